// SPDX-License-Identifier: GPL-3.0-or-later
// Periods that have a name. One that is not over yet ends today: so the same days are compared a year earlier.

import { addDays, findDay } from './numbers.js';

export const NAMES = ['month', 'last-month', 'quarter', 'year', 'last-year'];

const firstOf = (year, month) => `${year}-${String(month).padStart(2, '0')}-01`;

export function findPeriods(today = findDay(new Date())) {
  const [year, month] = today.split('-').map(Number);
  const before = month === 1 ? firstOf(year - 1, 12) : firstOf(year, month - 1);
  return {
    month: [firstOf(year, month), today],
    'last-month': [before, addDays(firstOf(year, month), -1)],
    quarter: [firstOf(year, month - ((month - 1) % 3)), today],
    year: [firstOf(year, 1), today],
    'last-year': [firstOf(year - 1, 1), `${year - 1}-12-31`],
    all: ['', ''],
  };
}

// In January several names mean the same days: the one that was chosen stays, and so do days of one's own.
export function findName(from, to, chosen) {
  const periods = findPeriods();
  const means = (name) => periods[name]?.[0] === from && periods[name]?.[1] === to;
  return chosen === 'days' || means(chosen) ? chosen : (NAMES.find(means) ?? 'days');
}

// The day a year earlier; 29 February has none, and is 28 February then.
export function findYearBefore(day) {
  const earlier = `${Number(day.slice(0, 4)) - 1}${day.slice(4)}`;
  return earlier.endsWith('02-29') ? earlier.replace('02-29', '02-28') : earlier;
}
