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
// So many more are shown at once.
const STEP = 50;
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

const sayNumber = (key, n) => count(key, n, { n: formatNumber(n) });

// How many, and of those that somebody waits for, when they are due.
function sayHowMany(referrals, today) {
  const open = referrals.filter((each) => !isClosed(each));
  const late = open.filter((each) => isLate(each, today)).length;
  const now = open.filter((each) => isNow(each, today)).length - late;
  const [all, n] = [referrals.length, open.length];
  if (n === 0) return sayNumber('referrals-number', all);
  const number = n === all ? sayNumber('referrals-open', n) : `${sayNumber('referrals-number', all)}, ${sayNumber('referrals-of-open', n)}`;
  const which = [['late', late], ['today', now], ['later', n - late - now]].filter(([, some]) => some > 0)
    .map(([key, some]) => sayNumber(`referrals-${key}`, some)).join(', ');
  return say('referrals-which', { number, which });
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
    const next = make('button', { type: 'button', class: 'btn btn-outline', id: 'next' });
    const unprinted = make('p', { class: 'printed unprinted' });
    let most = STEP;
    const find = () => rows.filter((each) => each.key.includes(fold(search.value)));
    narrow = () => {
      const [key, found] = [fold(search.value), find()];
      for (const each of rows) each.row.hidden = true;
      for (const each of found.slice(0, most)) each.row.hidden = false;
      const n = found.length;
      const left = Math.max(0, n - most);
      next.hidden = left === 0;
      next.textContent = sayNumber('referrals-next', Math.min(left, STEP));
      unprinted.textContent = left > 0 ? sayNumber('referrals-left', left) : '';
      if (!key) number.textContent = sayHowMany(referrals, today);
      else number.textContent = n > 0 ? sayNumber('referrals-found', n) : say('referrals-not-found');
    };
    next.addEventListener('click', () => {
      const { row } = find()[most];
      most += STEP;
      narrow();
      row.focus();
    });
    narrow();
    return [
      number,
      referrals.length === MOST ? make('p', { class: 'note' }, say('referrals-most', { n: formatNumber(MOST) })) : null,
      make('p', { class: 'printed' }, say('printed-on', { day: formatDay(today) })),
      referrals.length > 0 ? make('ul', { class: 'rows' }, rows.map((each) => each.row)) : make('p', { class: 'panel empty' }, say('referrals-none')),
      make('div', { class: 'tools' }, next),
      unprinted,
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
