// SPDX-License-Identifier: GPL-3.0-or-later
// Clients by day of the week and hour: a table of numbers, whose cells stand out where there were more.

import { make } from './dom.js';
import { formatNumber, nameHour, nameWeekday } from './numbers.js';
import { say } from './words.js';

const DAYS = 7;
const HOURS = 24;
const LEVELS = 5;
const UNCOUNTED = '–';

const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

// An hour in which nobody counted has no number: it is not nought.
const isCounted = (n) => n !== null;

// From the first to the last that is used.
function findUsed(length, isUsed) {
  const used = range(0, length - 1).filter(isUsed);
  return used.length > 0 ? range(used[0], used.at(-1)) : [];
}

function makeCell(n, most, figure) {
  if (!isCounted(n)) return make('td', { class: 'heat-0' }, UNCOUNTED);
  return make('td', { class: `heat-${Math.ceil((LEVELS * n) / most)}`, 'data-figure': figure }, formatNumber(n));
}

function makeHeading(day) {
  return make('th', { scope: 'col' }, make('abbr', { title: nameWeekday(day, 'long') }, nameWeekday(day, 'short')));
}

function makeTable(counts, days, hours) {
  const most = Math.max(1, ...counts);
  const makeRow = (hour) => make('tr', {},
    make('th', { scope: 'row' }, nameHour(hour)),
    days.map((day) => makeCell(counts[HOURS * day + hour], most, `clients_by_hour/${HOURS * day + hour}`)));
  return make('table', { class: 'heat' },
    make('caption', { class: 'visually-hidden' }, say('hours-title')),
    make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, say('hours-hour')), days.map(makeHeading))),
    make('tbody', {}, hours.map(makeRow)));
}

export function makeHeat({ clients_by_hour: counts }) {
  const days = findUsed(DAYS, (day) => range(0, HOURS - 1).some((hour) => isCounted(counts[HOURS * day + hour])));
  const hours = findUsed(HOURS, (hour) => range(0, DAYS - 1).some((day) => isCounted(counts[HOURS * day + hour])));
  return make('section', { class: 'panel', 'aria-label': say('hours-title') },
    make('h2', {}, say('hours-title')),
    days.length > 0 ? make('p', { class: 'note' }, say('hours-note')) : null,
    days.length > 0 ? makeTable(counts, days, hours) : make('p', {}, say('none-here')));
}
