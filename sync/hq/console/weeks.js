// SPDX-License-Identifier: GPL-3.0-or-later
// Interventions by week beside the same weeks a year earlier, drawn and as a table.

import { makeDisclosure } from './definition.js';
import { make } from './dom.js';
import { isEmpty } from './empty.js';
import { drawLines } from './lines.js';
import { formatDay, formatNumber } from './numbers.js';
import { say } from './words.js';

const LONG = { day: 'numeric', month: 'long', year: 'numeric' };
const SHORT = { day: 'numeric', month: 'short' };

function makeTable(weeks, hasBefore) {
  const headings = [say('weeks-week'), say('weeks-now'), hasBefore ? say('weeks-before') : null].filter(Boolean);
  const rows = weeks.map((week) => make('tr', {},
    make('th', { scope: 'row' }, formatDay(week.from, LONG)),
    make('td', { 'data-figure': `weeks/${week.from}` }, formatNumber(week.interventions)),
    hasBefore ? make('td', {}, formatNumber(week.before)) : null));
  return make('table', { class: 'plain' },
    make('caption', { class: 'visually-hidden' }, say('weeks-title')),
    make('thead', {}, make('tr', {}, headings.map((each) => make('th', { scope: 'col' }, each)))),
    make('tbody', {}, rows));
}

// Which line is dashed is said in words: in a legend it is short.
function makeSeries(weeks, hasBefore) {
  const now = { label: say('weeks-now-line'), values: weeks.map((week) => week.interventions) };
  const before = { label: say('weeks-before-line'), values: weeks.map((week) => week.before), isDashed: true };
  return hasBefore ? [now, before] : [now];
}

export function makeWeeks({ weeks, before }) {
  const hasBefore = Boolean(before) && !isEmpty(before) && weeks.some((week) => week.before > 0);
  const canvas = make('canvas', { role: 'img', 'aria-label': say('weeks-picture') });
  const { button, box } = makeDisclosure({ label: say('weeks-table'), content: makeTable(weeks, hasBefore), id: 'weeks-table' });
  const isDrawn = weeks.length > 1;
  box.hidden = isDrawn;
  const panel = make('section', { class: 'panel', 'aria-label': say('weeks-title') },
    make('h2', {}, say('weeks-title')),
    make('p', { class: 'note' }, say('weeks-note'), hasBefore ? ` ${say('weeks-before-note')}` : null),
    isDrawn ? make('div', { class: 'picture' }, canvas) : null, isDrawn ? button : null, box);
  const draw = () => isDrawn && drawLines(canvas, weeks.map((week) => formatDay(week.from, SHORT)), makeSeries(weeks, hasBefore));
  return { panel, draw };
}
