// SPDX-License-Identifier: GPL-3.0-or-later
// One field of a list's form, made from what HQ says of it.

import { getCodes, listCommunes, listNeighbourhoods, nameCode } from './choices.js';
import { getDay, isDayField, makeDay } from './day-field.js';
import { make, makeId } from './dom.js';
import { makeOption } from './filters.js';
import { fold, nameField, nameKind, writeValue } from './list-words.js';
import { has, say } from './words.js';

// An arrondissement of Lyon lies in Lyon.
const FOLDED = /^6938.$/;
const SPARE = 3;

function makeChoice(attributes, rows, value) {
  const known = rows.some(([each]) => each === value);
  const select = make('select', { ...attributes, class: 'form-select' }, [['', ''], ...rows, ...(known || !value ? [] : [[value, value]])].map(makeOption));
  select.value = value;
  return select;
}

const listCodes = (list) => getCodes(list).map((code) => [code, nameCode(list, code)]);
const listInsee = () => listCommunes().map(([id, name]) => [id.replace('insee:', ''), name]);

const makeText = (attributes, value) => make('input', { ...attributes, class: 'form-control', type: 'text', value });

// Codes in their order, the best first: a choice for each, and some to spare.
function makeCodes({ id, name, required }, list, value) {
  const codes = value.split(' ').filter(Boolean);
  const choices = Array.from({ length: codes.length + SPARE }, (_, n) =>
    makeChoice({ 'aria-label': `${nameField(name)} ${n + 1}`, required: required && n === 0 }, listCodes(list), codes[n] ?? ''));
  return make('div', { id, role: 'group', 'aria-label': nameField(name), tabindex: '-1', class: 'codes' }, choices);
}

function makeCheck(attributes, value) {
  const input = make('input', { ...attributes, class: 'form-check-input', type: 'checkbox' });
  input.checked = value === 'true';
  return input;
}

const MAKERS = {
  key: (attributes, value, { list }) => (list ? makeChoice(attributes, listCodes(list), value) : makeText(attributes, value)),
  lines: (attributes, value) => make('textarea', { ...attributes, class: 'form-control', rows: 4 }, value),
  choice: (attributes, value, { list }) => makeChoice(attributes, list.split(' ').map((kind) => [kind, nameKind(kind)]), value),
  code: (attributes, value, { list }) => makeChoice(attributes, listCodes(list), value),
  codes: (attributes, value, { list }) => makeCodes(attributes, list, value),
  commune: (attributes, value) => makeChoice(attributes, listInsee(), FOLDED.test(value) ? '69123' : value),
  qpv: (attributes, value) => makeChoice(attributes, listNeighbourhoods(), value),
  boolean: makeCheck,
  date: makeDay,
  phone: (attributes, value) => make('input', { ...attributes, class: 'form-control', type: 'tel', value }),
};

export function readControl(control) {
  if (control.type === 'checkbox') return control.checked ? 'true' : '';
  if (control.matches('.codes')) return [...control.children].map(({ value }) => value).filter(Boolean).join(' ');
  return isDayField(control) ? getDay(control) : control.value.trim();
}

function makeControl(field, value) {
  const id = makeId(`list-${field.name}`);
  const attributes = { id, name: field.name, required: field.required && field.kind !== 'boolean', maxlength: field.most || null,
    autocomplete: 'off', spellcheck: field.kind === 'lines' || field.kind === 'text' ? null : 'false' };
  return (MAKERS[field.kind] ?? makeText)(attributes, value, field);
}

export function makeField(list, field, entry) {
  const value = writeValue(entry[field.name]);
  const control = makeControl(field, value);
  const wrong = make('p', { class: 'problem', id: `${control.id}-wrong` });
  const key = [`list-help-${list}-${field.name}`, `list-help-${field.name}`].find(has);
  const help = key ? make('p', { class: 'note', id: `${control.id}-help` }, say(key)) : null;
  control.setAttribute('aria-describedby', [help?.id, wrong.id].filter(Boolean).join(' '));
  const name = nameField(field.kind === 'commune' ? 'commune' : field.name);
  const label = make(field.kind === 'codes' ? 'p' : 'label',
    { class: field.kind === 'boolean' ? 'form-check-label' : 'form-label', for: field.kind === 'codes' ? null : control.id }, field.kind === 'date' ? say('day-label', { label: name }) : name,
    field.required ? null : make('span', { class: 'note' }, ` ${say('list-optional')}`));
  const parts = field.kind === 'boolean' ? [make('div', { class: 'form-check' }, control, label)] : [label, control];
  return { field, control, wrong, was: readControl(control), element: make('div', { class: 'field' }, ...parts, help, wrong) };
}

const isLabel = ({ field }) => field.name === 'name' || field.name === 'label_fr';

// What the entry is called, as it stands in the form.
export const findLabel = (parts) => parts.find(isLabel)?.control;

// A key is proposed from what the entry is called, until somebody types another.
const PREFIXES = { places: 'p-', structures: 's-' };
export const canPropose = (list) => list !== 'mediators' && list !== 'needs';
export function proposeKey(list, parts) {
  const key = parts.find(({ field }) => field.kind === 'key').control;
  const label = findLabel(parts);
  if (!canPropose(list)) return;
  const join = list in PREFIXES ? '-' : '_';
  let proposed = '';
  label.addEventListener('input', () => {
    if (key.value !== proposed) return;
    const words = fold(label.value).replace(/[^a-z0-9]+/g, join).slice(0, 38 - join.length);
    proposed = (PREFIXES[list] ?? '') + words.replace(/^[-_]+|[-_]+$/g, '');
    key.value = proposed;
  });
}
