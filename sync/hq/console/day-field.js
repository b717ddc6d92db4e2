// SPDX-License-Identifier: GPL-3.0-or-later
// A day that is typed in as it is written, 27/11/2026, in whatever language the browser is: its own field of dates
// speaks the browser's, not the page's.

import { make } from './dom.js';
import { findDay, formatDay, isDay } from './numbers.js';
import { say } from './words.js';

const FIRST = '2000-01-01';
const LAST = '2999-12-31';
// 27/11/2026, 1.9.2026, 27112026 as keyboards of digits alone write it, and 2026-11-27 where it is pasted.
const WRITTEN = [/^(?<d>\d{1,2})\D+(?<m>\d{1,2})\D+(?<y>\d{4})$/, /^(?<d>\d\d)(?<m>\d\d)(?<y>\d{4})$/, /^(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)$/];

const write = (day) => (day ? formatDay(day, { day: '2-digit', month: '2-digit', year: 'numeric' }) : '');

// YYYY-MM-DD; empty where it is no day, such as 31/02/2026.
function read(text) {
  const found = WRITTEN.map((form) => form.exec(text)?.groups).find(Boolean);
  if (!found) return '';
  const day = [found.y, found.m.padStart(2, '0'), found.d.padStart(2, '0')].join('-');
  return isDay(day) ? day : '';
}

function complain(text, { min, max, required }) {
  if (!text && !required) return '';
  const day = read(text);
  if (!day) return say('day-wrong', { example: write(findDay(new Date())) });
  return day < min || day > max ? say('day-outside', { min: write(min), max: write(max) }) : '';
}

// The day that the field says, YYYY-MM-DD; what it says where that is none, so that it is not taken for nothing.
export const getDay = (input) => read(input.value.trim()) || input.value.trim();

export const isDayField = (control) => control.matches('.day');

// `day` is what it says at first, YYYY-MM-DD or empty. While it says no day, or one before `min` or after `max`, it is not
// valid, and its validationMessage says what to do.
export function makeDay({ min = FIRST, max = LAST, required = false, ...attributes }, day) {
  const check = () => input.setCustomValidity(complain(input.value.trim(), { min, max, required }));
  const input = make('input', {
    autocomplete: 'off', ...attributes, required, class: 'form-control day', type: 'text', inputmode: 'numeric', maxlength: '16',
    placeholder: say('day-form'), spellcheck: 'false', value: write(day), oninput: check,
    onchange: () => {
      input.value = write(read(input.value.trim())) || input.value;
      check();
    },
  });
  check();
  return input;
}
