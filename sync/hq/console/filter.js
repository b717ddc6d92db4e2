// SPDX-License-Identifier: GPL-3.0-or-later
// What is counted or listed: days, territory, place, channel, team, and what else a page asks for, from the address and
// into it.

import { isDay } from './numbers.js';
import { findName, findPeriods } from './period.js';

const DAY = /^[12]\d{3}-\d\d-\d\d$/;
export const CHOICES = ['territory', 'place', 'channel', 'team'];

const NONE = {};

// `first` is the period where the address names none; `own` are a page's own choices by their names, with what each is
// where the address does not name it.
export function readFilter(query, { first = 'month', own = NONE } = {}) {
  const asked = [query.get('from'), query.get('to')];
  const isAsked = asked.every((day) => DAY.test(day) && isDay(day));
  const [from, to] = isAsked ? asked : findPeriods()[first];
  const filter = { from, to, period: findName(from, to, isAsked ? query.get('period') : first) };
  for (const name of CHOICES) filter[name] = query.get(name) ?? '';
  for (const [name, value] of Object.entries(own)) filter[name] = query.get(name) ?? value;
  return filter;
}

export function writeFilter(filter, { own = NONE } = {}) {
  const query = new URLSearchParams({ period: filter.period });
  for (const name of ['from', 'to', ...CHOICES]) if (filter[name]) query.set(name, filter[name]);
  for (const name of Object.keys(own)) query.set(name, filter[name]);
  return query;
}

// The month's page, YYYY-MM, of the same choices.
export function writeMonth(month, filter) {
  const query = new URLSearchParams({ m: month });
  for (const name of CHOICES) if (filter[name]) query.set(name, filter[name]);
  return query;
}

// What HQ is asked for.
export function writeQuestion(filter, kind) {
  const query = writeFilter(filter, kind);
  query.delete('period');
  return query;
}

export const isNarrow = (filter) => CHOICES.some((name) => filter[name]);
