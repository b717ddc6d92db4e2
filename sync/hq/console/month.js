// SPDX-License-Identifier: GPL-3.0-or-later
// A month as the newsletter prints it, on one page of A4. What few people make up is masked by HQ.

import { call } from './call.js';
import { writeCompleteness } from './completeness.js';
import { makeDesk } from './desk.js';
import { make } from './dom.js';
import { isNarrow, readFilter, writeFilter, writeMonth, writeQuestion } from './filter.js';
import { makeOption, makeSelect } from './filters.js';
import { addDays, findDay, formatDay } from './numbers.js';
import { findPeriods } from './period.js';
import { go, readAddress, writeAddress } from './routing.js';
import { nameChoices } from './scope.js';
import {
  makeActivities, makeColumns, makeCounters, makeHead, makeNotes, makeNumbers, makeOffices, makePrint, makeProvisional,
  makeRegisters, makeStatuses, makeThemes,
} from './sheet.js';
import { say } from './words.js';

const MONTH = /^[12]\d{3}-(0[1-9]|1[0-2])$/;
const LISTED = 36;

const findFirst = (month) => `${month}-01`;
const move = (month, n) => addDays(findFirst(month), n).slice(0, 7);
const findLast = (month) => addDays(findFirst(move(month, 31)), -1);
const nameMonth = (month) => formatDay(findFirst(month), { month: 'long', year: 'numeric' });

// The last whole month where the address names none.
function readPage(query) {
  const asked = query.get('m');
  const month = MONTH.test(asked) ? asked : findPeriods()['last-month'][0].slice(0, 7);
  return { ...readFilter(query), period: 'days', month, from: findFirst(month), to: findLast(month) };
}

function listMonths(asked) {
  const months = [findDay(new Date()).slice(0, 7)];
  while (months.length < LISTED) months.push(move(months.at(-1), -1));
  return [...new Set([...months, asked])].sort().reverse();
}

const isEmpty = ({ interventions, attempts, referrals, observations, clients, minutes }) =>
  [interventions, attempts, referrals, observations, clients, minutes].every((n) => n === 0);

const TABLES = [makeActivities, makeRegisters, makeThemes, makeStatuses, makeCounters, makeOffices];

function makeSheet(figures, page) {
  const title = say('month-title', { month: nameMonth(page.month) });
  const made = say('paper-made', { date: formatDay(findDay(new Date())) });
  const whole = isNarrow(page) ? [say('all-teams')] : [];
  const content = isEmpty(figures) ? [make('p', { class: 'empty' }, say('paper-none'))]
    : [makeNumbers(figures), makeColumns(TABLES, figures)];
  return make('article', { class: 'sheet', 'aria-label': title },
    makeHead(title, [say('month-about'), nameChoices(page), makeProvisional(page.to)]),
    content,
    makeNotes(figures, content, [writeCompleteness(figures, page.to), ...whole, made]));
}

export function makeMonth({ signedOut }) {
  const tools = make('div', { class: 'tools' });
  let page = readPage(readAddress().query);
  let of = page;

  async function ask() {
    const asked = page;
    const figures = await call('GET', 'month', { query: writeQuestion(asked) });
    of = asked;
    return figures;
  }

  const desk = makeDesk({ name: 'month', signedOut, ask, list: (figures) => makeSheet(figures, of), top: tools });

  // The title is what the file is called that is printed into.
  function drawTop() {
    const focused = document.activeElement?.id;
    document.title = say('month-file', { month: page.month });
    tools.replaceChildren(
      makeSelect('month', listMonths(page.month).map((month) => makeOption([month, nameMonth(month)])), page.month,
        (month) => go('month', writeMonth(month, page))),
      makePrint(),
      make('a', { class: 'btn btn-link', href: writeAddress('figures', writeFilter(page)) }, say('back-to-figures')));
    if (focused === 'filter-month') document.getElementById(focused).focus();
  }

  return {
    element: desk.element,
    tell: desk.tell,
    draw() {
      drawTop();
      desk.draw();
    },
    show(query) {
      page = readPage(query);
      drawTop();
      desk.read();
    },
  };
}
