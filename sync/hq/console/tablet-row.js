// SPDX-License-Identifier: GPL-3.0-or-later
// One tablet of the list: what is known of it, and what may be ordered.

import { makeDisclosure } from './definition.js';
import { make } from './dom.js';
import { formatNumber, nameMoment } from './numbers.js';
import { sayAgo, saySpan } from './spans.js';
import { count, say } from './words.js';

// From so many seconds on a clock is said to be off.
const OFF = 120;

const makeFact = (label, ...said) => make('div', {}, make('dt', {}, say(label)), make('dd', {}, said));

function makeSeen({ last_seen: seen }) {
  if (!seen) return makeFact('tablet-seen', say('never'));
  return makeFact('tablet-seen', sayAgo(seen), make('span', { class: 'note' }, ` (${nameMoment(seen)})`));
}

function makePending({ pending, oldest, last_seen: seen }) {
  if (!seen) return makeFact('tablet-pending', say('tablet-pending-unknown'));
  const n = pending > 0 ? count('tablet-pending-number', pending, { n: formatNumber(pending) }) : say('tablet-pending-none');
  const since = pending > 0 && oldest ? say('tablet-pending-since', { moment: nameMoment(oldest) }) : '';
  return makeFact('tablet-pending', n, make('span', { class: 'note' }, since));
}

// Nothing is known of the clock of one that was never heard.
function makeClock({ skew_s: skew, last_seen: seen }) {
  if (!seen) return null;
  if (Math.abs(skew) <= OFF) return makeFact('tablet-clock', say('tablet-clock-right'));
  const off = say(skew > 0 ? 'tablet-clock-fast' : 'tablet-clock-slow', { span: saySpan(Math.abs(skew)) });
  return makeFact('tablet-clock', make('strong', {}, off), ' ', make('span', { class: 'note' }, say('tablet-clock-help')));
}

// Whose order waits to be carried out, or what became of the tablet; the last word first.
function listStates({ revoked_at: revoked, wipe_ordered_at: wiped, released_at: released, released_why: why, pin_reset_at: pin }) {
  return [
    released && say(why === 'wiped' ? 'tablet-wiped' : 'tablet-handed-over', { moment: nameMoment(released) }),
    wiped && (!released || released < wiped) && say('tablet-wipe-ordered', { moment: nameMoment(wiped) }),
    revoked && say('tablet-revoked', { moment: nameMoment(revoked) }),
    pin && say('tablet-pin-reset', { moment: nameMoment(pin) }),
  ].filter(Boolean);
}

const isEmptied = ({ released_at: released, wipe_ordered_at: wiped }) => released && (!wiped || released >= wiped);

function listOrders(tablet) {
  return [
    !tablet.revoked_at && 'reset-pin',
    !tablet.revoked_at && 'revoke',
    !tablet.wipe_ordered_at && !isEmptied(tablet) && 'wipe',
  ].filter(Boolean);
}

function makeOrder(tablet, name, order) {
  const id = `${name}-${tablet.device_id}`;
  return make('div', { class: 'order' },
    make('button', { type: 'button', class: 'btn btn-outline', id, 'aria-label': `${say(`order-${name}`)} ${tablet.name}`, 'aria-describedby': `${id}-does`,
      onclick: () => order(tablet, name) }, say(`order-${name}`)),
    make('p', { class: 'note', id: `${id}-does` }, say(`order-${name}-does`)));
}

// Each order with what it does; all behind one button, as they are rare and a list is long.
function makeOrders(tablet, order) {
  const names = listOrders(tablet);
  if (names.length === 0) return null;
  const { button, box } = makeDisclosure({ label: say('tablet-orders'), name: `${say('tablet-orders')} ${tablet.name}`, className: 'btn btn-outline',
    content: names.map((name) => makeOrder(tablet, name, order)) });
  button.id = `orders-${tablet.device_id}`;
  return make('div', { class: 'orders' }, button, box);
}

// `order` is called with the tablet and what is to be done with it; null where the account may not.
export function makeTabletRow({ tablet, order }) {
  const states = listStates(tablet);
  return make('li', { class: 'row-item tablet', 'data-id': tablet.device_id },
    make('div', {}, make('h3', {}, tablet.name),
      states.length > 0 ? states.map((state) => make('p', { class: 'state' }, state)) : make('p', { class: 'note' }, say('tablet-in-use')),
      make('p', { class: 'note' }, say('tablet-enrolled', { moment: nameMoment(tablet.enrolled_at) }))),
    make('dl', {}, makeSeen(tablet), makePending(tablet), makeClock(tablet)),
    order ? makeOrders(tablet, order) : null);
}
