// SPDX-License-Identifier: GPL-3.0-or-later
// How complete the figures are: since when not, until when, and which tablets say nothing.

import { makeDisclosure } from './definition.js';
import { make } from './dom.js';
import { isNarrow } from './filter.js';
import { findDay, formatDay, formatNumber, formatTime, isNear, nameDay, nameMoment } from './numbers.js';
import { makeUncounted } from './waiting.js';
import { count, say } from './words.js';

const isIn = (text, to) => Boolean(text) && findDay(new Date(text)) <= to;

// What a tablet recorded before it was heard last, and does not hold back, has come in.
const isMissing = (device, to) => !device.last_seen || isIn(device.last_seen, to);
const matters = (device, to) => isMissing(device, to) || device.pending > 0;
const expect = (device, to) => (isMissing(device, to) ? device.expected : device.pending);

// On screen days are near; on paper they are dates.
const SCREEN = (day) => isNear(day);
const PAPER = () => false;

function sayMoment(key, text, isByName) {
  const [day, time] = [findDay(new Date(text)), formatTime(new Date(text))];
  return isByName(day) ? say(key, { day: nameDay(day), time }) : say(`${key}-date`, { date: formatDay(day), time });
}

const findFirst = (moments) => moments.filter(Boolean).sort((one, other) => Date.parse(one) - Date.parse(other))[0];

function sayExpected(heard, expected) {
  if (expected > 0) return count('expected', expected, { n: formatNumber(expected) });
  return heard.length > 0 ? say('expected-none') : '.';
}

// Tablets that say nothing: first that something is missing, and since when; then of whom, and what is there all the same.
// A tablet that was never heard may have nothing to send, and what one holds back may be of later days.
function saySilent(until, silent, to, isByName) {
  const heard = silent.map((device) => device.complete_to).filter(Boolean);
  const expected = silent.reduce((sum, device) => sum + expect(device, to), 0);
  const since = findFirst(heard.length > 0 ? [until, ...heard] : []);
  const key = isIn(since, to) && expected > 0 ? 'incomplete' : 'perhaps-incomplete';
  const others = until ? ` ${say('complete-others', { until: isIn(until, to) ? sayMoment('until', until, isByName) : say('until-end') })}` : '';
  return {
    lead: say(key, { since: isIn(since, to) ? ` ${sayMoment('since', since, isByName)}` : '' }),
    rest: ` ${count(heard.length > 0 ? 'silent' : 'never-heard', silent.length, { n: formatNumber(silent.length) })}` +
      `${sayExpected(heard, expected)}${others}`,
  };
}

// `lead` is what has to be seen.
function describe({ complete_to: until, silent_devices: all }, to, isByName) {
  const silent = all.filter((device) => matters(device, to));
  if (silent.length > 0) return { silent, isWarning: true, ...saySilent(until, silent, to, isByName) };
  if (!until && all.length === 0) return { silent, isWarning: true, lead: say('complete-waiting'), rest: '' };
  const isWhole = !isIn(until, to);
  return { silent, isWarning: false, rest: '',
    lead: say('complete', { until: isWhole ? say('until-end') : sayMoment('until', until, isByName) }) };
}

// The same in sentences for paper.
export function writeCompleteness(figures, to) {
  const { lead, rest } = describe(figures, to, PAPER);
  return `${lead}${rest}`;
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

// The quarantine is not the readers'.
export function makeCompleteness(figures, filter, { role }) {
  const { silent, isWarning, lead, rest } = describe(figures, filter.to, SCREEN);
  const { button, box } = makeDisclosure({ label: count('which', silent.length), content: silent.length > 0 ? makeTable(silent) : '', id: 'silent' });
  return make('div', { class: `completeness ${isWarning ? 'warned' : ''}` },
    make('p', {},
      isWarning ? make('span', { class: 'sign', 'aria-hidden': 'true' }, '!') : null,
      make('strong', {}, lead), rest,
      silent.length > 0 ? [' ', button] : null,
      isNarrow(filter) ? make('span', { class: 'note' }, ` ${say('all-teams')}`) : null),
    box,
    role === 'reader' ? null : makeUncounted());
}
