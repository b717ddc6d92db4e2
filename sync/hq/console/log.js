// SPDX-License-Identifier: GPL-3.0-or-later
// The access log's page: who did what, when and why.

import { call } from './call.js';
import { makeDesk } from './desk.js';
import { make } from './dom.js';
import { readFilter, writeFilter, writeQuestion } from './filter.js';
import { makeDays, makePeriod } from './filters.js';
import { nameWho, sayEntry } from './log-words.js';
import { findDay, formatDay, formatNumber, formatTime } from './numbers.js';
import { go, readAddress } from './routing.js';
import { count, say } from './words.js';

// HQ answers with so many at most, the last ones.
const MOST = 1000;

// It begins the sentence.
const sayWho = (who) => (nameWho(who) === who ? who : nameWho(who).replace(/^./, (letter) => letter.toUpperCase()));

function makeEntry(entry) {
  return make('li', {},
    make('span', { class: 'when' }, formatTime(new Date(entry.at))),
    make('div', {}, make('p', {}, make('strong', {}, sayWho(entry.who)), ` ${sayEntry(entry)}`),
      entry.why ? make('p', { class: 'note' }, say('log-why', { why: entry.why })) : null));
}

// Days in the order in which they come, the last first.
function groupByDay(entries) {
  const days = new Map();
  for (const entry of entries) {
    const day = findDay(new Date(entry.at));
    days.set(day, [...(days.get(day) ?? []), entry]);
  }
  return [...days];
}

const makeDay = ([day, entries]) => make('section', { class: 'panel' },
  make('h2', {}, formatDay(day, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })),
  make('ul', { class: 'entries' }, entries.map(makeEntry)));

function list({ entries }) {
  if (entries.length === 0) return make('p', { class: 'panel empty' }, say('log-none'));
  return [
    make('p', { class: 'scope', role: 'status' }, count('log-number', entries.length, { n: formatNumber(entries.length) })),
    entries.length === MOST ? make('p', { class: 'note' }, say('log-most', { n: formatNumber(MOST) })) : null,
    ...groupByDay(entries).map(makeDay),
  ];
}

export function makeLog({ signedOut }) {
  const top = make('div');
  let filter = readFilter(readAddress().query);

  const change = (next) => go('log', writeFilter(next));
  const desk = makeDesk({ name: 'log', signedOut, ask: () => call('GET', 'log', { query: writeQuestion(filter) }), list, top });

  function drawTop() {
    const focused = document.activeElement?.id;
    top.replaceChildren(make('form', { class: 'filters', 'aria-label': say('filters'), onsubmit: (event) => event.preventDefault() },
      makePeriod(filter, change), makeDays(filter, change)));
    if (focused?.startsWith('filter-')) document.getElementById(focused)?.focus();
  }

  return {
    element: desk.element,
    tell: desk.tell,
    draw() {
      drawTop();
      desk.draw();
    },
    show(query) {
      filter = readFilter(query);
      drawTop();
      desk.read();
    },
  };
}
