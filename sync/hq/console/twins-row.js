// SPDX-License-Identifier: GPL-3.0-or-later
// Two interventions that are perhaps one, side by side, and what can be decided.

import { make } from './dom.js';
import { nameMoment } from './numbers.js';
import { makeBoth, nameLine } from './quarantine-row.js';
import { say } from './words.js';

function makeState({ state, asks, settled_by: who, settled_at: at }) {
  if (state !== 'asked') return null;
  return make('p', { class: 'state' }, say(asks ? 'twins-asked' : 'twins-asked-nobody', { tablet: asks, who, moment: nameMoment(at) }));
}

// Of several codes the order says nothing.
const sortCodes = ({ fields, ...line }) => ({
  ...line, fields: fields.map((field) => (Array.isArray(field.value) ? { ...field, value: [...field.value].sort() } : field)),
});

// `decide` is called with both and what is to become of them.
export function makeTwinsRow({ pair, decide }) {
  const { one, other, state, asks } = pair;
  const decisions = state === 'waiting' && asks ? ['ask', 'settle'] : ['settle'];
  return make('li', { class: 'panel line', 'data-one': one.id },
    make('h2', {}, nameLine(one.line)),
    make('p', {}, say('twins-question')),
    makeState(pair),
    makeBoth({
      first: sortCodes(one.line), second: sortCodes(other.line), title: say('twins-both'), same: say('twins-same'),
      labels: [say('twins-first', { tablet: one.tablet }), say('twins-second', { tablet: other.tablet })],
    }),
    make('div', { class: 'decisions' },
      state === 'waiting' && !asks ? make('p', { class: 'note' }, say('twins-cannot-ask')) : null,
      make('div', { class: 'buttons' }, decisions.map((name) => make('button', {
        type: 'button', class: `btn ${name === 'ask' ? 'btn-primary' : 'btn-outline'}`, id: `twins-${name}-${one.id}-${other.id}`,
        'aria-label': `${say(`twins-${name}`)} ${nameLine(one.line)}`, onclick: () => decide(pair, name),
      }, say(`twins-${name}`))))));
}
