// SPDX-License-Identifier: GPL-3.0-or-later
// The referrals' page: those that are due first, and what becomes of each.

import { call } from './call.js';
import { getCodes, nameCode } from './choices.js';
import { makeDesk } from './desk.js';
import { make } from './dom.js';
import { findDue, isClosed, isLate, isNow } from './due.js';
import { readFilter, writeFilter, writeQuestion } from './filter.js';
import { makeFilters, makeOption, makeSelect } from './filters.js';
import { findDay, formatDay, formatNumber } from './numbers.js';
import { makeReferralRow } from './referral-row.js';
import { go, readAddress } from './routing.js';
import { count, say } from './words.js';

// HQ answers with so many at most.
const MOST = 500;
const KIND = { first: 'all', own: { status: 'open' } };

function makeStatus(filter, change) {
  const rows = [['open', say('status-open')], ['any', say('status-any')],
    ...getCodes('orientation_statut').map((code) => [code, nameCode('orientation_statut', code)])];
  return makeSelect('status', rows.map(makeOption), filter.status, (status) => change({ ...filter, status }));
}

// As they are read out or typed in: whatever the case, and the marks between.
const fold = (text) => (text ?? '').toUpperCase().replace(/[^A-Z0-9]/g, '');

function sortByDue(referrals) {
  const place = (each) => (isClosed(each) ? '9' : '') + findDue(each);
  return [...referrals].sort((one, other) => place(one).localeCompare(place(other)));
}

function sayHowMany(referrals, today) {
  const [n, due, late] = [referrals, referrals.filter((each) => isNow(each, today)), referrals.filter((each) => isLate(each, today))]
    .map((each) => each.length);
  return [
    count('referrals-number', n, { n: formatNumber(n) }),
    due > 0 ? count('referrals-due', due, { n: formatNumber(due) }) : null,
    late > 0 ? count('referrals-late', late, { n: formatNumber(late) }) : null,
  ].filter(Boolean).join(', ');
}

export function makeReferrals({ account, signedOut }) {
  const filters = make('div', {});
  const search = make('input', { class: 'form-control', type: 'search', id: 'search', autocomplete: 'off', spellcheck: 'false' });
  const tools = make('div', { class: 'tools' });
  let filter = readFilter(readAddress().query, KIND);
  let narrow = () => {};

  const change = (next) => go('referrals', writeFilter(next, KIND));

  function list({ referrals }) {
    const today = findDay(new Date());
    const makeRow = (referral) => makeReferralRow({ referral, today, signedOut, changed: () => narrow() });
    const rows = sortByDue(referrals).map((referral) => ({ key: fold(referral.reference), row: makeRow(referral) }));
    const number = make('p', { class: 'scope', role: 'status' });
    narrow = () => {
      const key = fold(search.value);
      for (const each of rows) each.row.hidden = !each.key.includes(key);
      const n = rows.filter((each) => !each.row.hidden).length;
      if (!key) number.textContent = sayHowMany(referrals, today);
      else number.textContent = n > 0 ? count('referrals-found', n, { n: formatNumber(n) }) : say('referrals-not-found');
    };
    narrow();
    return [
      number,
      referrals.length === MOST ? make('p', { class: 'note' }, say('referrals-most', { n: formatNumber(MOST) })) : null,
      make('p', { class: 'printed' }, say('printed-on', { day: formatDay(today) })),
      referrals.length > 0 ? make('ul', { class: 'rows' }, rows.map((each) => each.row)) : make('p', { class: 'panel empty' }, say('referrals-none')),
    ];
  }

  // HQ knows a status, those that are open, or all.
  function ask() {
    const query = writeQuestion(filter, KIND);
    if (filter.status === 'any') query.delete('status');
    return call('GET', 'referrals', { query });
  }

  const desk = makeDesk({ name: 'referrals', signedOut, ask, list, top: [filters, tools] });

  function drawTop() {
    const focused = document.activeElement?.id;
    filters.replaceChildren(makeFilters({ filter, account, change, kind: KIND, fields: [makeStatus] }));
    tools.replaceChildren(
      make('div', { class: 'field' }, make('label', { class: 'form-label', for: 'search' }, say('referrals-search')), search),
      make('button', { type: 'button', class: 'btn btn-outline', id: 'print', onclick: () => window.print() }, say('print')));
    if (focused && (focused.startsWith('filter-') || focused === 'search')) document.getElementById(focused)?.focus();
  }

  search.addEventListener('input', () => narrow());

  return {
    element: desk.element,
    tell: desk.tell,
    draw() {
      drawTop();
      desk.draw();
    },
    show(query) {
      filter = readFilter(query, KIND);
      drawTop();
      desk.read();
    },
  };
}
