// SPDX-License-Identifier: GPL-3.0-or-later
// When a referral is to be asked about again, as tablets have it.

import { addDays, countDays, findDay, formatDay, formatNumber } from './numbers.js';
import { count, say } from './words.js';

// What became of these is known: nobody has to ask again.
const CLOSED = ['refusee', 'prise_en_charge', 'sans_retour', 'close'];

// One without a date of its own is due so many days after it was made.
const DAYS = 14;

export const isClosed = ({ status }) => CLOSED.includes(status);

export const findDue = ({ due, at }) => due ?? addDays(findDay(new Date(at)), DAYS);

export const isLate = (referral, today) => !isClosed(referral) && findDue(referral) < today;

export const isNow = (referral, today) => !isClosed(referral) && findDue(referral) <= today;

export function sayDue(referral, today) {
  if (isClosed(referral)) return say('due-closed');
  const due = findDue(referral);
  const days = countDays(today, due);
  if (days === 0) return say('due-today');
  return count(days < 0 ? 'due-late' : 'due-later', Math.abs(days), { n: formatNumber(Math.abs(days)), date: formatDay(due) });
}
