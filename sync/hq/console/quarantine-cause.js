// SPDX-License-Identifier: GPL-3.0-or-later
// Why HQ could not take a record, the true cause alone, and what can be done about it.

import { getCodes } from './choices.js';
import { make } from './dom.js';
import { nameList } from './list-words.js';
import { formatNumber } from './numbers.js';
import { nameField } from './record-fields.js';
import { writeAddress } from './routing.js';
import { has, say } from './words.js';

const isUnknown = (cause) => cause?.name === 'not-in-list' || cause?.name === 'not-an-office';

// A mediator writes none of these: the app does.
const OF_THE_APP = ['not-json', 'too-deep', 'wrong-type'];
const isOfTheApp = ({ problem, cause }) => OF_THE_APP.includes(problem) || cause?.name === 'of-the-app';

// A code as lists have them; another text is not said again.
const CODE = /^[\w:.-]{1,64}$/;

function listValues({ place, fields }, { field }) {
  if (field === 'place') return [place];
  const found = fields?.find(({ name }) => name === field);
  if (!found || found.is_hidden || !found.value) return [];
  return typeof found.value === 'string' ? [found.value] : [found.value].flatMap((value) => (Array.isArray(value) ? value : Object.keys(value)));
}

// The codes that the list lacks.
const listMissing = (line, cause) =>
  listValues(line, cause).filter((code) => CODE.test(code) && !getCodes(cause.list).includes(code));

const sayCause = ({ name, field, list, numbers }) => say(`cause-${name}`, {
  field: field ? nameField(field) : '', list: list ? nameList(list) : '', least: formatNumber(numbers[0]), most: formatNumber(numbers.at(-1)),
});

const isSaid = (cause) => cause && has(`cause-${cause.name}`);

// `problem` is the words' name of the refusal.
export function makeCause(problem, entry) {
  return make('div', {},
    make('p', {}, isSaid(entry.cause) ? sayCause(entry.cause) : say(`${problem}-help`)),
    has(`${problem}-why`) ? make('p', { class: 'note' }, say(`${problem}-why`)) : null,
    isOfTheApp(entry) ? make('p', {}, say('line-tell', { tablet: entry.tablet })) : null);
}

const makeOpenList = ({ list }) =>
  make('a', { class: 'btn btn-outline', href: writeAddress('lists', `list=${list}`) }, say('line-open-list', { list: nameList(list) }));

// What is most often right comes before what is rare.
function makeUnknown({ line, state, can_ask: canAsk }, cause) {
  const codes = listMissing(line, cause).map((code) => say('line-code', { code })).join(', ');
  const sayings = [
    say('cannot-accept-not-listed', { list: nameList(cause.list) }),
    canAsk && state === 'waiting' ? say('cannot-accept-ask') : null,
    codes ? say('cannot-accept-new-code', { codes }) : say('cannot-accept-new'),
  ];
  return [
    make('p', { class: 'note' }, sayings.filter(Boolean).join(' ')),
    make('p', {}, makeOpenList(cause)),
  ];
}

function sayNotAccepted({ problem, cause, hindrance }) {
  if (has(`cannot-accept-${problem}`)) return say(`cannot-accept-${problem}`);
  if (isSaid(hindrance)) return say('cannot-accept-too', { cause: sayCause(hindrance) });
  return say(cause && cause.name !== 'of-the-app' ? 'cannot-accept-cause' : 'cannot-accept');
}

function makeNotAccepted(entry) {
  const cause = entry.hindrance ?? entry.cause;
  return isUnknown(cause) ? makeUnknown(entry, cause) : [make('p', { class: 'note' }, sayNotAccepted(entry))];
}

// What cannot be done is said instead of the button.
export const listLimits = (entry) => [
  ...(entry.can_accept ? [] : makeNotAccepted(entry)),
  entry.can_ask ? null : make('p', { class: 'note' }, say(entry.id ? 'cannot-ask-revoked' : 'cannot-ask-unreadable')),
];
