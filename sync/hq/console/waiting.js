// SPDX-License-Identifier: GPL-3.0-or-later
// How much waits for somebody to decide, beside the name of the page where one does.

import { call } from './call.js';
import { make } from './dom.js';
import { writeAddress } from './routing.js';
import { count, say } from './words.js';

// HQ counts no further.
const MOST = 100;

let waiting = { quarantine: 0, twins: 0 };

function draw(badge) {
  const found = waiting[badge.dataset.of];
  const n = found >= MOST ? `${MOST - 1}+` : found;
  badge.hidden = found === 0;
  badge.replaceChildren(
    make('span', { 'aria-hidden': 'true' }, String(n)),
    make('span', { class: 'visually-hidden' }, `, ${count('waiting-number', found, { n })}`));
}

// `page`: the quarantine's or the likely twins'.
export function makeBadge(page) {
  const badge = make('span', { class: 'waits', 'data-of': page });
  draw(badge);
  return badge;
}

function drawUncounted(line) {
  const n = waiting.quarantine;
  line.hidden = n === 0;
  const words = n >= MOST ? say('uncounted-most', { n: MOST }) : count('uncounted', n, { n });
  line.replaceChildren(make('a', { href: writeAddress('quarantine', '') }, words));
}

// What the figures leave out until somebody decides.
export function makeUncounted() {
  const line = make('p', { class: 'uncounted' });
  drawUncounted(line);
  return line;
}

// What cannot be counted is told by the page itself.
export async function countWaiting() {
  const counted = await call('GET', 'waiting').catch(() => null);
  if (!counted) return;
  waiting = counted;
  document.querySelectorAll('.waits').forEach(draw);
  document.querySelectorAll('.uncounted').forEach(drawUncounted);
}
