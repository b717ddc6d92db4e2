// SPDX-License-Identifier: GPL-3.0-or-later
// What is counted: days, territory, place, channel, team, from the address and into it.

import { findName, findPeriods } from './period.js';

const DAY = /^[12]\d{3}-\d\d-\d\d$/;
export const CHOICES = ['territory', 'place', 'channel', 'team'];

export function readFilter(query) {
  const asked = [query.get('from'), query.get('to')];
  const [from, to] = asked.every((day) => DAY.test(day)) ? asked : findPeriods().month;
  const filter = { from, to, period: findName(from, to, query.get('period')) };
  for (const name of CHOICES) filter[name] = query.get(name) ?? '';
  return filter;
}

export function writeFilter(filter) {
  const query = new URLSearchParams({ period: filter.period, from: filter.from, to: filter.to });
  for (const name of CHOICES) if (filter[name]) query.set(name, filter[name]);
  return query;
}

// What HQ is asked for.
export function writeQuestion(filter) {
  const query = writeFilter(filter);
  query.delete('period');
  return query;
}

export const isNarrow = (filter) => CHOICES.some((name) => filter[name]);
