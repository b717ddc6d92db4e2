// SPDX-License-Identifier: GPL-3.0-or-later
// Counts as a table whose rows are bars too: what is drawn can be read. A count that is masked is null, and has no bar.

import { make } from './dom.js';
import { formatNumber, formatShare } from './numbers.js';
import { say } from './words.js';

function makeBar(count, most, tone) {
  const bar = make('span', { class: `bar ${tone}`, 'aria-hidden': 'true', hidden: !count });
  bar.style.width = `${most > 0 ? (100 * count) / most : 0}%`;
  return make('span', { class: 'track' }, bar);
}

export const MASKED = '–';

const makeMasked = () => [
  make('span', { 'aria-hidden': 'true' }, MASKED), make('span', { class: 'visually-hidden' }, say('masked')),
];

function makeRow({ figure, label, count, tone = '' }, most, total) {
  return make('tr', {},
    make('th', { scope: 'row' }, make('div', { class: 'labelled' }, make('span', { class: 'label' }, label), makeBar(count, most, tone))),
    make('td', { 'data-figure': figure }, count === null ? makeMasked() : formatNumber(count)),
    total > 0 ? make('td', { class: 'share' }, count === null ? '' : formatShare(count / total)) : null);
}

function makeTable(title, rows, total) {
  const most = Math.max(...rows.map((row) => row.count));
  const headings = [say('label'), say('number'), total > 0 ? say('share') : null].filter(Boolean);
  return make('table', { class: 'bars' },
    make('caption', { class: 'visually-hidden' }, title),
    make('thead', { class: 'visually-hidden' }, make('tr', {}, headings.map((each) => make('th', { scope: 'col' }, each)))),
    make('tbody', {}, rows.map((row) => makeRow(row, most, total))));
}

// A panel of rows {figure, label, count, tone}; shares are of `total`, and left out where it is 0 or masked. What stands on a
// page several times is no region of it.
export function makeBars({ title, note = null, rows, total = 0, more = [], isRegion = true }) {
  return make('section', { class: 'panel', 'aria-label': isRegion ? title : null },
    make('h2', {}, title),
    note ? make('p', { class: 'note' }, note) : null,
    rows.length > 0 ? makeTable(title, rows, total) : make('p', {}, say('none-here')),
    more.map((text) => make('p', { class: 'note' }, text)));
}
