// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers, days and moments as they are read. Days are texts, YYYY-MM-DD, in Europe/Paris, wherever the browser is.

import { getLanguage, getLocale, say } from './words.js';

const ZONE = 'Europe/Paris';

export const formatNumber = (n, options) => new Intl.NumberFormat(getLocale(), options).format(n);
export const formatShare = (part) => formatNumber(part, { style: 'percent', maximumFractionDigits: 0 });
export const formatSigned = (n, options) => formatNumber(n, { signDisplay: 'exceptZero', ...options }).replace('-', '−');

export const findDay = (moment) => new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE }).format(moment);

// Noon in UTC is the same day in UTC, whatever is done with it.
export const readDay = (day) => new Date(`${day}T12:00:00Z`);

// 31 February, of which a date makes 3 March, is none.
export const isDay = (day) => readDay(day).toJSON()?.startsWith(day) ?? false;

export function addDays(day, n) {
  const moved = readDay(day);
  moved.setUTCDate(moved.getUTCDate() + n);
  return moved.toISOString().slice(0, 10);
}

// In French the first day of a month is "1er".
const writeFirst = (text) => (getLanguage() === 'fr' ? text.replace(/(?<!\d)1(?=[\s–])/g, '1er') : text);

export function formatDay(day, options = { day: 'numeric', month: 'long', year: 'numeric' }) {
  return writeFirst(new Intl.DateTimeFormat(getLocale(), { timeZone: 'UTC', ...options }).format(readDay(day)));
}

export function formatDays(from, to) {
  const format = new Intl.DateTimeFormat(getLocale(), { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' });
  return writeFirst(format.formatRange(readDay(from), readDay(to)));
}

// What is said of a month, YYYY-MM: in French, "de mars" and "d’avril".
export function sayMonth(key, month) {
  const name = formatDay(`${month}-01`, { month: 'long', year: 'numeric' });
  return say(/^[ao]/i.test(name) ? `${key}.vowel` : key, { month: name });
}

export function formatTime(moment) {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, hour: '2-digit', minute: '2-digit' });
  const [h, m] = format.format(moment).split(':');
  return say('time', { h, m, hour: Number(h) });
}

export const isNear = (day, today = findDay(new Date())) => day <= today && day > addDays(today, -7);

// Near days by their names, others by their dates.
export function nameDay(day, today = findDay(new Date())) {
  if (day === today) return say('today');
  if (day === addDays(today, -1)) return say('yesterday');
  return isNear(day, today) ? formatDay(day, { weekday: 'long' }) : say('on-date', { date: formatDay(day) });
}

export function nameMoment(text) {
  const moment = new Date(text);
  return say('day-and-time', { day: nameDay(findDay(moment)), time: formatTime(moment) });
}

export const countDays = (from, to) => Math.round((readDay(to) - readDay(from)) / 86_400_000);

// The hour of a day, as a heading.
export const nameHour = (hour) => say('hour', { h: hour });

// Days of the week, from Monday on: 2024-01-01 was one.
export const nameWeekday = (n, style) => formatDay(addDays('2024-01-01', n), { weekday: style });
