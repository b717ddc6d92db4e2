// SPDX-License-Identifier: GPL-3.0-or-later
// The page of likely twins: the same encounter that was perhaps recorded by both of a pair.

import { call } from './call.js';
import { confirm } from './confirm.js';
import { makeDesk } from './desk.js';
import { make } from './dom.js';
import { writeAddress } from './routing.js';
import { makeTwinsRow } from './twins-row.js';
import { countWaiting } from './waiting.js';
import { count, say } from './words.js';

// HQ answers with so many at most.
const MOST = 100;

// What is said before a decision.
const LINES = {
  settle: ['counts', 'final'],
  ask: ['tablet', 'until', 'later'],
};

export function makeTwins({ signedOut }) {
  const back = make('p');

  function decide({ one, other, asks }, name) {
    desk.finish('');
    confirm({
      title: say(`twins-${name}-title`),
      lines: LINES[name].map((line) => say(`twins-${name}-${line}`, { tablet: asks })),
      button: say(`twins-${name}-now`), warns: false,
      method: 'POST', path: `twins-${name}`, signedOut,
      form: () => ({ one: one.id, other: other.id }),
      done: async () => {
        await desk.read();
        countWaiting();
        desk.finish(say(`twins-${name}-done`));
      },
    });
  }

  function list({ twins }) {
    if (twins.length === 0) return make('p', { class: 'panel empty' }, say('twins-none'));
    return [
      make('p', { class: 'scope', role: 'status' }, count('twins-number', twins.length, { n: twins.length })),
      twins.length === MOST ? make('p', { class: 'note' }, say('lines-most', { n: MOST })) : null,
      make('ul', { class: 'rows' }, twins.map((pair) => makeTwinsRow({ pair, decide }))),
    ];
  }

  const desk = makeDesk({ name: 'twins', signedOut, list, top: back, ask: () => call('GET', 'twins') });

  return desk.makePage(() => back.replaceChildren(make('a', { href: writeAddress('quarantine', '') }, say('twins-back'))));
}
