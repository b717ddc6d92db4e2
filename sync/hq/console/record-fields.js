// SPDX-License-Identifier: GPL-3.0-or-later
// What a record says, field by field, in words.

import { nameCode, namePlace, nameStructure } from './choices.js';
import { make } from './dom.js';
import { formatDay, formatNumber, nameMoment } from './numbers.js';
import { has, say } from './words.js';

// So many characters of a value are shown.
const MOST = 300;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
const DAY = /^\d{4}-\d\d-\d\d$/;

const cut = (text) => (text.length > MOST ? `${text.slice(0, MOST)}…` : text);

// Codes of what is in no vocabulary; the two lists of an observation's subject.
const NAMES = {
  kind: (code) => (has(`kind-${code}`) ? say(`kind-${code}`) : code),
  office: namePlace,
  structure: (structure) => nameStructure({ structure }),
  subject: (code) => [nameCode('veille_technique', code), nameCode('incident', code)].find((name) => name !== code) ?? code,
};

export const nameField = (name) => (has(`field-${name}`) ? say(`field-${name}`) : name);
export const nameType = (type) => say(has(`type-${type}`) ? `type-${type}` : 'type-other');

function sayText(text, { name, list }) {
  if (list) return nameCode(list, text);
  if (NAMES[name]) return NAMES[name](text);
  if (DAY.test(text)) return formatDay(text);
  return MOMENT.test(text) && !Number.isNaN(Date.parse(text)) ? nameMoment(text) : text;
}

const sayCounts = (counts, { list }) =>
  Object.entries(counts).map(([code, n]) => `${list ? nameCode(list, code) : code} : ${typeof n === 'number' ? formatNumber(n) : JSON.stringify(n)}`).join(', ');

function sayAny(value, field) {
  if (typeof value === 'string') return sayText(value, field);
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'boolean') return say(value ? 'line-yes' : 'line-no');
  if (Array.isArray(value)) return value.map((each) => sayAny(each, field)).join(', ');
  return value === null ? '–' : sayCounts(value, field);
}

// A field as HQ describes it: {"name", "list", "is_hidden", "value"}.
export const sayField = (field) => (field.is_hidden ? say('line-hidden') : cut(sayAny(field.value, field)));

export const makeFact = (label, ...said) => make('div', {}, make('dt', {}, label), make('dd', {}, said));

export const listFields = ({ fields }) => fields.map((field) => makeFact(nameField(field.name), sayField(field)));
