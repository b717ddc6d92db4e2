// SPDX-License-Identifier: GPL-3.0-or-later
// The form of one entry, made from what HQ says of the list's fields. HQ checks each field again, and says which is wrong.

import { call } from './call.js';
import { getCodes, listCommunes, listNeighbourhoods, nameCode } from './choices.js';
import { once } from './desk.js';
import { make, makeId } from './dom.js';
import { makeOption } from './filters.js';
import { getKey } from './list-row.js';
import { fold, nameEntry, nameField, nameKind, nameList, sayProblem, writeValue } from './list-words.js';
import { explain } from './problem.js';
import { has, say } from './words.js';

// A place's commune and territory follow from its INSEE code; where a structure's data come from is not typed in.
const HIDDEN = { places: ['commune', 'territory'], structures: ['source', 'source_date'] };
const FOLDED = /^6938.$/;

const isShown = (list, { name }) => name !== 'retired' && !(HIDDEN[list] ?? []).includes(name);

function makeChoice(attributes, rows, value) {
  const known = rows.some(([each]) => each === value);
  const select = make('select', { ...attributes, class: 'form-select' }, [['', ''], ...rows, ...(known || !value ? [] : [[value, value]])].map(makeOption));
  select.value = value;
  return select;
}

const listCodes = (list) => getCodes(list).map((code) => [code, nameCode(list, code)]);
const listInsee = () => listCommunes().map(([id, name]) => [id.replace('insee:', ''), name]);

const makeText = (attributes, value) => make('input', { ...attributes, class: 'form-control', type: 'text', value });

function makeCodes(attributes, list, value) {
  const select = make('select', { ...attributes, class: 'form-select', multiple: true, size: 8 }, listCodes(list).map(makeOption));
  for (const option of select.options) option.selected = value.split(' ').includes(option.value);
  return select;
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
  date: (attributes, value) => make('input', { ...attributes, class: 'form-control', type: 'date', value }),
  phone: (attributes, value) => make('input', { ...attributes, class: 'form-control', type: 'tel', value }),
};

function readControl(control) {
  if (control.type === 'checkbox') return control.checked ? 'true' : '';
  if (control.multiple) return [...control.selectedOptions].map((option) => option.value).join(' ');
  return control.value.trim();
}

function makeControl(field, value) {
  const id = makeId(`list-${field.name}`);
  const attributes = { id, name: field.name, required: field.required && field.kind !== 'boolean', maxlength: field.most || null,
    autocomplete: 'off', spellcheck: field.kind === 'lines' || field.kind === 'text' ? null : 'false' };
  return (MAKERS[field.kind] ?? makeText)(attributes, value, field);
}

function makeField(list, field, entry) {
  const value = writeValue(entry[field.name]);
  const control = makeControl(field, value);
  const wrong = make('p', { class: 'problem', id: `${control.id}-wrong` });
  const key = [`list-help-${list}-${field.name}`, `list-help-${field.name}`].find(has);
  const help = key ? make('p', { class: 'note', id: `${control.id}-help` }, say(key)) : null;
  control.setAttribute('aria-describedby', [help?.id, wrong.id].filter(Boolean).join(' '));
  const label = make('label', { class: field.kind === 'boolean' ? 'form-check-label' : 'form-label', for: control.id }, nameField(field.kind === 'commune' ? 'commune' : field.name),
    field.required ? null : make('span', { class: 'note' }, ` ${say('list-optional')}`));
  const parts = field.kind === 'boolean' ? [make('div', { class: 'form-check' }, control, label)] : [label, control];
  return { field, control, wrong, was: readControl(control), element: make('div', { class: 'field' }, ...parts, help, wrong) };
}

// A key is proposed from what the entry is called, until somebody types another.
const PREFIXES = { places: 'p-', structures: 's-' };
function proposeKey(list, parts) {
  const key = parts.find(({ field }) => field.kind === 'key').control;
  const label = parts.find(({ field }) => field.name === 'name' || field.name === 'label_fr')?.control;
  if (!label || list === 'mediators') return;
  const join = list in PREFIXES ? '-' : '_';
  let proposed = '';
  label.addEventListener('input', () => {
    if (key.value !== proposed) return;
    const words = fold(label.value).replace(/[^a-z0-9]+/g, join).slice(0, 38 - join.length);
    proposed = (PREFIXES[list] ?? '') + words.replace(/^[-_]+|[-_]+$/g, '');
    key.value = proposed;
  });
}

function showErrors(parts, region, errors) {
  for (const part of parts) {
    const own = errors.filter(({ field }) => field === part.field.name);
    part.wrong.textContent = own.map(({ problem }) => sayProblem(problem)).join(' ');
    part.control.setAttribute('aria-invalid', String(own.length > 0));
  }
  const others = errors.filter(({ field }) => !parts.some((part) => part.field.name === field));
  region.textContent = [say('list-refused'), ...others.map(({ field, problem }) => `${field ? nameField(field) : ''} ${sayProblem(problem)}`)].join(' ');
  parts.find((part) => part.control.getAttribute('aria-invalid') === 'true')?.control.focus();
}

// Only what was changed is sent: what somebody else changes meanwhile stays.
function readRow(parts, key) {
  const row = { ...key };
  for (const { field, control, was } of parts)
    if (field.kind === 'key' || readControl(control) !== was) row[field.name] = readControl(control);
  return row;
}

// `shown` is the list as HQ told it; `refresh` reads it again and returns it. Calls `saved` with the entry's name.
export function openListForm({ shown, entry = null, signedOut, refresh, saved }) {
  const { list, fields } = shown;
  const isNew = !entry;
  // The key comes last, being proposed; it stands for good in records, and is not changed once it is there.
  const asked = fields.filter((field) => isShown(list, field));
  const ordered = [...asked.filter(({ kind }) => kind !== 'key'), ...asked.filter(({ kind }) => kind === 'key' && isNew)];
  const parts = ordered.map((field) => makeField(list, field, entry ?? (list === 'places' ? { kind: 'other' } : {})));
  const key = isNew ? {} : { [fields[0].name]: getKey(entry) };
  const region = make('p', { class: 'problem', role: 'alert' });
  const title = isNew ? say('list-add-title', { list: nameList(list) }) : say('list-edit-title', { name: nameEntry(list, entry) });
  const heading = make('h2', { id: makeId('list-form') }, title);
  const dialog = make('dialog', { class: 'confirm list-form', 'aria-labelledby': heading.id });
  let base = shown.version;
  if (isNew) for (const part of parts) part.was = '';
  if (isNew) proposeKey(list, parts);

  async function tell(problem) {
    if (problem.name === 'signed-out') {
      dialog.close();
      signedOut(problem);
    } else if (problem.plan) {
      showErrors(parts, region, problem.plan.errors.first);
    } else {
      if (problem.name === 'lists-stale') base = (await refresh())?.version ?? base;
      region.textContent = problem.name === 'lists-stale' ? say('list-form-stale') : explain(problem);
    }
  }

  const submit = once(async () => {
    region.textContent = '';
    try {
      await call('POST', 'lists', { form: { list, base, rows: [readRow(parts, key)], new: isNew } });
      dialog.close();
      const name = parts.find(({ field }) => field.name === 'name' || field.name === 'label_fr')?.control.value;
      const row = readRow(parts, key);
      saved(name ?? nameEntry(list, entry ?? row), row[fields[0].name]);
    } catch (problem) {
      await tell(problem);
    }
  });
  dialog.append(make('form', { onsubmit: submit }, heading, isNew ? null : make('p', { class: 'note' }, getKey(entry)), parts.map(({ element }) => element), region,
    make('div', { class: 'buttons' },
      make('button', { type: 'button', class: 'btn btn-outline', onclick: () => dialog.close() }, say('cancel')),
      make('button', { type: 'submit', class: 'btn btn-primary' }, say(isNew ? 'list-add-now' : 'save')))));
  dialog.addEventListener('close', () => dialog.remove());
  document.getElementById('content').append(dialog);
  dialog.showModal();
}
