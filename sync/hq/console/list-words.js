// SPDX-License-Identifier: GPL-3.0-or-later
// What lists, their fields and their values are called.

import { getLanguage, has, say } from './words.js';
import { nameCode, namePlaceInFull } from './choices.js';
import { formatDay } from './numbers.js';

// A list or a field that this console does not know yet is shown by its own name.
export const nameList = (list) => (has(`list-${list}`) ? say(`list-${list}`) : list);
export const nameField = (field) => (has(`list-field-${field}`) ? say(`list-field-${field}`) : field);
export const nameKind = (kind) => (has(`place-kind-${kind}`) ? say(`place-kind-${kind}`) : kind);

// What people call an entry by.
export function nameEntry(list, entry) {
  if (list === 'needs') return nameCode('theme', entry.theme);
  return entry.name ?? entry[`label_${getLanguage()}`] ?? entry.label_fr ?? entry.code ?? entry.id;
}

const WRITERS = {
  choice: nameKind,
  qpv: namePlaceInFull,
  date: (day) => formatDay(day),
  boolean: () => say('list-yes'),
};

// A value as it is read; nothing where there is none.
export function sayValue(field, value) {
  if (value === null || value === undefined || value === false) return '';
  const { kind, list } = field ?? {};
  if (kind === 'codes') return value.map((code) => nameCode(list, code)).join(', ');
  if (kind === 'code') return nameCode(list, value);
  return WRITERS[kind]?.(value) ?? String(value);
}

// A value as HQ reads it again.
export function writeValue(value) {
  if (Array.isArray(value)) return value.join(' ');
  return value === null || value === undefined || value === false ? '' : String(value);
}

export const sayProblem = (problem) => (has(`list-problem-${problem}`) ? say(`list-problem-${problem}`) : problem);

// Whatever the case and the accents.
export const fold = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
