// SPDX-License-Identifier: GPL-3.0-or-later
// The form of one entry. HQ checks each field again, and says which is wrong.

import { call } from './call.js';
import { makeDisclosure } from './definition.js';
import { once } from './desk.js';
import { make, makeId } from './dom.js';
import { canPropose, findLabel, makeField, proposeKey, readControl } from './list-field.js';
import { getKey } from './list-row.js';
import { nameEntry, nameField, nameList, sayProblem } from './list-words.js';
import { explain } from './problem.js';
import { getOther, say } from './words.js';

// A place's commune and territory follow from its INSEE code; where a structure's data come from is not typed in.
const HIDDEN = { places: ['commune', 'territory'], structures: ['source', 'source_date'] };

const isShown = (list, { name }) => name !== 'retired' && !(HIDDEN[list] ?? []).includes(name);

// What is rarely changed is folded: what a map needs, what the other language says, and a key that is proposed. What has to be
// typed in stands open.
const RARE = ['lat', 'lon'];
const isRare = (list, { name, kind }) =>
  RARE.includes(name) || name === `label_${getOther()}` || name === `short_${getOther()}` || (list === 'structures' && name === 'insee') ||
  (kind === 'key' && canPropose(list));
const isFolded = (list, entry, field) => isRare(list, field) && (entry !== null || !field.required || field.kind === 'key');

// The key comes last, being proposed; it stands for good in records, and is not changed once it is there.
function makeParts({ list, fields }, entry) {
  const asked = fields.filter((field) => isShown(list, field));
  const ordered = [...asked.filter(({ kind }) => kind !== 'key'), ...asked.filter(({ kind }) => kind === 'key' && !entry)];
  const parts = ordered.map((field) => makeField(list, field, entry ?? (list === 'places' ? { kind: 'other' } : {})));
  if (entry) return parts;
  for (const part of parts) part.was = '';
  proposeKey(list, parts);
  return parts;
}

// Where what is wrong can be seen.
const open = (fold, parts) => {
  if (fold && fold.box.hidden && parts.some(({ element }) => fold.box.contains(element))) fold.button.click();
};

function showErrors({ parts, fold, region }, errors) {
  for (const part of parts) {
    const own = errors.filter(({ field }) => field === part.field.name);
    part.wrong.textContent = own.map(({ problem }) => sayProblem(problem)).join(' ');
    part.control.setAttribute('aria-invalid', String(own.length > 0));
  }
  const wrong = parts.filter((part) => part.control.getAttribute('aria-invalid') === 'true');
  const others = errors.filter(({ field }) => !parts.some((part) => part.field.name === field));
  region.textContent = [say('list-refused'), ...others.map(({ field, problem }) => `${field ? nameField(field) : ''} ${sayProblem(problem)}`)].join(' ');
  open(fold, wrong);
  wrong[0]?.control.focus();
}

// Only what was changed is sent: what somebody else changes meanwhile stays.
function readRow(parts, key) {
  const row = { ...key };
  for (const { field, control, was } of parts)
    if (field.kind === 'key' || readControl(control) !== was) row[field.name] = readControl(control);
  return row;
}

function makeFold({ list }, entry, parts) {
  const folded = parts.filter(({ field }) => isFolded(list, entry, field));
  const key = entry && list !== 'needs' ? make('p', { class: 'note' }, say('list-key', { key: getKey(entry) })) : null;
  if (folded.length === 0 && !key) return null;
  return makeDisclosure({ label: say('list-more-fields'), content: [...folded.map(({ element }) => element), key], id: makeId('list-rare') });
}

function makeDialog({ shown, entry, parts, fold, region, submit }) {
  const { list } = shown;
  const title = entry ? say('list-edit-title', { name: nameEntry(list, entry) }) : say('list-add-title', { list: nameList(list) });
  const heading = make('h2', { id: makeId('list-form') }, title);
  const dialog = make('dialog', { class: 'confirm list-form', 'aria-labelledby': heading.id });
  const form = make('form', { onsubmit: submit }, heading,
    parts.filter(({ field }) => !isFolded(list, entry, field)).map(({ element }) => element), fold?.button, fold?.box,
    make('div', { class: 'bar' }, region, make('div', { class: 'buttons' },
      make('button', { type: 'button', class: 'btn btn-outline', onclick: () => dialog.close() }, say('cancel')),
      make('button', { type: 'submit', class: 'btn btn-primary' }, say(entry ? 'save' : 'list-add-now')))));
  // What the browser finds wrong, it finds before it shows where.
  form.addEventListener('invalid', ({ target }) => open(fold, parts.filter(({ control }) => control.contains(target))), true);
  dialog.append(form);
  dialog.addEventListener('close', () => dialog.remove());
  return dialog;
}

// `shown` is the list as HQ told it; `refresh` reads it again and returns it, or null. Calls `saved` with what the entry is
// called and its key.
export function openListForm({ shown, entry = null, signedOut, refresh, saved }) {
  const { list, fields } = shown;
  const parts = makeParts(shown, entry);
  const key = entry ? { [fields[0].name]: getKey(entry) } : {};
  const fold = makeFold(shown, entry, parts);
  const region = make('p', { class: 'problem', role: 'alert' });
  let base = shown.version;

  async function tell(problem) {
    if (problem.name === 'signed-out') {
      dialog.close();
      signedOut(problem);
    } else if (problem.plan) {
      showErrors({ parts, fold, region }, problem.plan.errors.first);
    } else if (problem.name === 'lists-stale') {
      base = (await refresh())?.version ?? base;
      region.textContent = say('list-form-stale');
    } else {
      region.textContent = explain(problem);
    }
  }

  const submit = once(async () => {
    const row = readRow(parts, key);
    region.textContent = '';
    try {
      await call('POST', 'lists', { form: { list, base, rows: [row], new: !entry } });
      dialog.close();
      saved(findLabel(parts)?.value ?? nameEntry(list, entry ?? row), row[fields[0].name]);
    } catch (problem) {
      await tell(problem);
    }
  });
  const dialog = makeDialog({ shown, entry, parts, fold, region, submit });
  document.getElementById('content').append(dialog);
  dialog.showModal();
}
