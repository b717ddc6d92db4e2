// SPDX-License-Identifier: GPL-3.0-or-later
// The quarantine's page: what HQ could not take, and what becomes of it.

import { call } from './call.js';
import { confirm } from './confirm.js';
import { makeDesk } from './desk.js';
import { make } from './dom.js';
import { makeOption, makeSelect } from './filters.js';
import { makeQuarantineRow } from './quarantine-row.js';
import { go, writeAddress } from './routing.js';
import { countWaiting, makeBadge } from './waiting.js';
import { count, say } from './words.js';

// HQ answers with so many at most.
const MOST = 100;
const STATES = ['waiting', 'asked', 'settled'];

// What is said before a decision.
const LINES = {
  accept: ['counts', 'tablet', 'final'],
  ask: ['tablet', 'until', 'later'],
  refuse: ['counts', 'kept', 'final'],
};

export function makeQuarantine({ signedOut }) {
  const tools = make('div', { class: 'tools' });
  let state = STATES[0];

  function decide({ n, tablet }, name) {
    desk.finish('');
    confirm({
      title: say(`${name}-title`),
      lines: LINES[name].map((line) => say(`${name}-${line}`, { tablet })),
      asks: name === 'ask' ? null : say('decide-why'),
      button: say(`${name}-now`), warns: name === 'refuse',
      method: 'POST', path: 'quarantine', signedOut,
      form: (why) => ({ n, decision: name, why }),
      done: async () => {
        await desk.read();
        countWaiting();
        desk.finish(say(`${name}-done`));
      },
    });
  }

  function list({ lines }) {
    if (lines.length === 0) return make('p', { class: 'panel empty' }, say(`lines-none-${state}`));
    return [
      make('p', { class: 'scope', role: 'status' }, count('lines-number', lines.length, { n: lines.length })),
      lines.length === MOST ? make('p', { class: 'note' }, say('lines-most', { n: MOST })) : null,
      make('ul', { class: 'rows' }, lines.map((entry) => makeQuarantineRow({ entry, decide }))),
    ];
  }

  const desk = makeDesk({
    name: 'quarantine', signedOut, list, top: tools,
    ask: () => call('GET', 'quarantine', { query: new URLSearchParams({ state }) }),
  });

  function drawTools() {
    const isFocused = document.activeElement?.id === 'filter-state';
    const rows = STATES.map((name) => makeOption([name, say(`state-${name}`)]));
    tools.replaceChildren(makeSelect('state', rows, state, (next) => go('quarantine', new URLSearchParams({ state: next }))),
      make('a', { class: 'btn btn-outline', id: 'twins', href: writeAddress('twins', '') }, say('page-twins'), makeBadge('twins')));
    if (isFocused) document.getElementById('filter-state')?.focus();
  }

  return {
    element: desk.element,
    tell: desk.tell,
    draw() {
      drawTools();
      desk.finish('');
      desk.draw();
    },
    show(query) {
      const asked = query.get('state');
      state = STATES.includes(asked) ? asked : STATES[0];
      drawTools();
      desk.finish('');
      desk.read();
    },
  };
}
