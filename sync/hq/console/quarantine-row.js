// SPDX-License-Identifier: GPL-3.0-or-later
// One record that HQ could not take: what is wrong with it, what it says, and what can be decided.

import { namePlaceInFull } from './choices.js';
import { makeDisclosure } from './definition.js';
import { make, makeId } from './dom.js';
import { nameMoment } from './numbers.js';
import { listLimits, makeCause } from './quarantine-cause.js';
import { listFields, makeFact, nameField, nameType, sayField } from './record-fields.js';
import { sayAgo } from './spans.js';
import { has, say } from './words.js';

const nameProblem = ({ problem }) => (has(`problem-${problem}`) ? `problem-${problem}` : 'problem-other');

const isMoment = (at) => at && !Number.isNaN(Date.parse(at));

export function nameLine({ type, at, text, is_deleted: isDeleted }) {
  if (text !== undefined) return say('line-of-nothing');
  const name = isMoment(at) ? say('line-of', { type: nameType(type), moment: nameMoment(at) }) : nameType(type);
  return isDeleted ? `${name}, ${say('line-withdrawn')}` : name;
}

function makeFacts({ line, tablet, received_at: received }) {
  return make('dl', {},
    makeFact(say('line-kind'), nameLine(line)),
    line.place ? makeFact(say('line-place'), namePlaceInFull(line.place)) : null,
    makeFact(say('line-received'), sayAgo(received), make('span', { class: 'note' }, ` (${nameMoment(received)})`)),
    makeFact(say('line-tablet'), tablet),
    line.team ? makeFact(say('line-team'), line.team) : null);
}

// Names of both, in the order of the first; what only the second has comes last.
const listNames = (...lines) => [...new Set(lines.flatMap(({ fields }) => fields.map(({ name }) => name)))];

function pairFields(held, line) {
  const find = ({ fields }, name) => fields.find((field) => field.name === name);
  const tell = (field) => (field ? sayField(field) : '–');
  const place = ({ place: id }) => (id ? namePlaceInFull(id) : '–');
  const moment = ({ at }) => (isMoment(at) ? nameMoment(at) : '–');
  return [
    [say('line-kind'), nameType(held.type), nameType(line.type)],
    [say('line-place'), place(held), place(line)],
    [say('line-at'), moment(held), moment(line)],
    ...listNames(held, line).map((name) => [nameField(name), tell(find(held, name)), tell(find(line, name))]),
  ];
}

function makePair([label, first, second]) {
  const differs = first !== second;
  return make('tr', { class: differs ? 'differs' : null },
    make('th', { scope: 'row' }, label, differs ? make('span', { class: 'note' }, ` (${say('both-differs')})`) : null),
    make('td', {}, first), make('td', {}, second));
}

// Side by side; `labels` are above them; `same` is said first where nothing differs.
export function makeBoth({ first, second, title, labels, same = say('both-same') }) {
  const pairs = pairFields(first, second);
  const id = makeId('both');
  return make('div', { class: 'both', role: 'region', 'aria-labelledby': id, tabindex: '0' },
    pairs.every(([, one, other]) => one === other) ? make('p', { class: 'note' }, same) : null,
    make('table', {}, make('caption', { id }, title),
      make('thead', {}, make('tr', {}, [say('both-field'), ...labels].map((label) => make('th', { scope: 'col' }, label)))),
      make('tbody', {}, pairs.map(makePair))));
}

const isReadable = (line) => line && line.text === undefined;

// What came as it came, for whoever looks for the fault in the tablet.
function makeTechnical({ text, size }) {
  const { button, box } = makeDisclosure({ label: say('line-technical'), content: [
    make('h3', {}, say('line-text', { size })), make('pre', { tabindex: '0' }, text),
  ] });
  return make('div', {}, button, box);
}

function makeContent({ line, held, problem }) {
  if (!isReadable(line)) return makeTechnical(line);
  if (problem === 'conflict' && isReadable(held))
    return makeBoth({ first: held, second: line, title: say('both-title'), labels: [say('both-held'), say('both-set-aside')] });
  return make('div', {}, make('h3', {}, say('line-content')),
    make('dl', {}, listFields(line), line.has_private ? makeFact(say('line-private'), say('line-private-there')) : null));
}

const STATES = ['accepted', 'refused', 'asked', 'corrected', 'taken'];

function makeState({ state, settled_by: who, settled_at: at }) {
  if (!STATES.includes(state)) return null;
  return make('p', { class: 'state' }, say(`line-${state}`, { who, moment: at ? nameMoment(at) : '' }));
}

function listDecisions({ state, can_accept: canAccept, can_ask: canAsk }) {
  if (state !== 'waiting' && state !== 'asked') return [];
  return [canAccept && 'accept', canAsk && state === 'waiting' && 'ask', 'refuse'].filter(Boolean);
}

function makeDecisions(entry, decide) {
  const decisions = listDecisions(entry);
  if (decisions.length === 0) return null;
  return make('div', { class: 'decisions' },
    listLimits(entry),
    make('div', { class: 'buttons' }, decisions.map((name, i) => make('button', {
      type: 'button', class: `btn ${i === 0 && name !== 'refuse' ? 'btn-primary' : 'btn-outline'}`, id: `${name}-${entry.n}`,
      'aria-label': `${say(`decide-${name}`)} ${nameLine(entry.line)}`, onclick: () => decide(entry, name),
    }, say(`decide-${name}`)))));
}

// `decide` is called with the entry and what is to become of it.
export function makeQuarantineRow({ entry, decide }) {
  const problem = nameProblem(entry);
  return make('li', { class: 'panel line', 'data-n': entry.n },
    make('h2', {}, say(problem)),
    makeCause(problem, entry),
    makeState(entry),
    make('div', { class: 'sides' }, makeFacts(entry), makeContent(entry)),
    makeDecisions(entry, decide));
}
