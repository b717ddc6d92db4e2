// SPDX-License-Identifier: GPL-3.0-or-later
// How much waits for somebody to decide, beside the page's name in the navigation.

import { call } from './call.js';
import { make } from './dom.js';
import { count } from './words.js';

// HQ counts no further.
const MOST = 100;

let waiting = 0;

function draw(badge) {
  const n = waiting >= MOST ? `${MOST - 1}+` : waiting;
  badge.hidden = waiting === 0;
  badge.replaceChildren(
    make('span', { 'aria-hidden': 'true' }, String(n)),
    make('span', { class: 'visually-hidden' }, `, ${count('waiting-number', waiting, { n })}`));
}

export function makeBadge() {
  const badge = make('span', { class: 'waits' });
  draw(badge);
  return badge;
}

// What cannot be counted is told by the page itself.
export async function countWaiting() {
  const counted = await call('GET', 'waiting').catch(() => null);
  if (!counted) return;
  waiting = counted.quarantine;
  document.querySelectorAll('.waits').forEach(draw);
}
