// SPDX-License-Identifier: GPL-3.0-or-later
// How complete the figures are: until when, and which tablets say nothing.

import { makeDisclosure } from './definition.js';
import { make } from './dom.js';
import { isNarrow } from './filter.js';
import { findDay, formatDay, formatNumber, formatTime, nameDay, nameMoment } from './numbers.js';
import { count, say } from './words.js';

// What a tablet recorded before it was heard last, and does not hold back, has come in.
const matters = (device, to) => !device.last_seen || findDay(new Date(device.last_seen)) <= to || device.pending > 0;
const isMissing = (device, to) => !device.last_seen || findDay(new Date(device.last_seen)) <= to;
const expect = (device, to) => (isMissing(device, to) ? device.expected : device.pending);

// On screen days are near; on paper they are dates.
const SCREEN = { sayTo: (until) => say('complete-to', { moment: nameMoment(until) }), nameSince: (day) => nameDay(day) };
const PAPER = {
  sayTo: (until) => say('complete-to-date', { date: formatDay(findDay(new Date(until))), time: formatTime(new Date(until)) }),
  nameSince: (day) => say('on-date', { date: formatDay(day) }),
};

function sayUntil(figures, silent, to, { sayTo }) {
  const { complete_to: until, silent_devices: all } = figures;
  if (!until) return say(all.length > 0 ? 'complete-none' : 'complete-waiting');
  if (silent.length === 0 && findDay(new Date(until)) > to) return say('complete-whole');
  return sayTo(until);
}

function saySilent(silent, { nameSince }) {
  const seen = silent.map((device) => device.last_seen).filter(Boolean).sort((one, other) => Date.parse(one) - Date.parse(other));
  const n = formatNumber(silent.length);
  if (seen.length === 0) return count('silent-never', silent.length, { n });
  return count('silent-since', silent.length, { n, day: nameSince(findDay(new Date(seen[0]))) });
}

const findSilent = (figures, to) => figures.silent_devices.filter((device) => matters(device, to));

// The same in one sentence or two for paper.
export function writeCompleteness(figures, to) {
  const silent = findSilent(figures, to);
  const until = sayUntil(figures, silent, to, PAPER);
  return silent.length > 0 ? `${until} ${saySilent(silent, PAPER)}${sayExpected(silent, to)}` : until;
}

function sayExpected(silent, to) {
  const expected = silent.reduce((sum, device) => sum + expect(device, to), 0);
  return expected > 0 ? count('expected', expected, { n: formatNumber(expected) }) : say('expected-none');
}

function makeRow(device) {
  return make('tr', {},
    make('th', { scope: 'row' }, device.name),
    make('td', {}, device.last_seen ? nameMoment(device.last_seen) : say('never')),
    make('td', { class: 'number' }, formatNumber(device.pending)),
    make('td', { class: 'number' }, formatNumber(device.expected)));
}

function makeTable(silent) {
  const headings = ['silent-name', 'silent-seen', 'silent-pending', 'silent-expected'].map((key) => say(key));
  return [
    make('table', { class: 'plain' },
      make('caption', {}, say('silent-caption')),
      make('thead', {}, make('tr', {}, headings.map((each) => make('th', { scope: 'col' }, each)))),
      make('tbody', {}, silent.map(makeRow))),
    make('p', { class: 'note' }, say('silent-help')),
  ];
}

export function makeCompleteness(figures, filter) {
  const silent = findSilent(figures, filter.to);
  const { button, box } = makeDisclosure({ label: say('which'), content: silent.length > 0 ? makeTable(silent) : '', id: 'silent' });
  const isWhole = silent.length === 0 && figures.complete_to;
  return make('div', { class: `completeness ${isWhole ? '' : 'warned'}` },
    make('p', {},
      make('strong', {}, sayUntil(figures, silent, filter.to, SCREEN)),
      silent.length > 0 ? [' ', saySilent(silent, SCREEN), sayExpected(silent, filter.to), ' ', button] : null,
      isNarrow(filter) ? make('span', { class: 'note' }, ` ${say('all-teams')}`) : null),
    box);
}
