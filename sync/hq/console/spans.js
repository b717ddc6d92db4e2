// SPDX-License-Identifier: GPL-3.0-or-later
// Spans of time in words.

import { formatNumber } from './numbers.js';
import { getLocale, say } from './words.js';

const MINUTE = 60;
const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', MINUTE]];

// "3 days ago"; two hours and more are hours, two days and more are days.
export function sayAgo(moment, now = Date.now()) {
  const seconds = Math.max(0, (now - Date.parse(moment)) / 1000);
  if (seconds < MINUTE) return say('just-now');
  const [unit, length] = UNITS.find((each) => seconds >= 2 * each[1]) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(getLocale(), { numeric: 'always' }).format(-Math.floor(seconds / length), unit);
}

export function saySpan(seconds) {
  const [unit, length] = UNITS.find((each) => seconds >= 2 * each[1]) ?? UNITS.at(-1);
  return formatNumber(Math.floor(seconds / length), { style: 'unit', unit, unitDisplay: 'long' });
}
