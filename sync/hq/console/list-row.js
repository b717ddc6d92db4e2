// SPDX-License-Identifier: GPL-3.0-or-later
// One entry of a list: what is known of it, and what can be done with it.

import { make } from './dom.js';
import { nameEntry, nameField, sayValue } from './list-words.js';
import { getLanguage, say } from './words.js';

// What a row tells, in its order; other fields, and the key, are in the form.
const TOLD = {
  places: ['kind', 'commune', 'address', 'qpv'],
  structures: ['type', 'address', 'commune', 'phone', 'hours'],
  campaigns: ['from', 'to', 'say_fr'],
  mediators: ['team'],
  needs: ['structure_types'],
};

export const getKey = (entry) => entry.id ?? entry.code ?? entry.theme;

const listTold = (list) => TOLD[list] ?? [`short_${getLanguage()}`];

function makeFact(field, value) {
  const said = sayValue(field, value);
  return said ? make('div', {}, make('dt', {}, nameField(field.name)), make('dd', { class: 'list-value' }, said)) : null;
}

function makeFacts({ list, fields }, entry) {
  const facts = listTold(list).map((name) => fields.find((field) => field.name === name)).filter(Boolean)
    .map((field) => makeFact(field, entry[field.name])).filter(Boolean);
  return facts.length > 0 ? make('dl', {}, facts) : make('div');
}

function makeButton(entry, name, title, done) {
  return make('button', { type: 'button', class: 'btn btn-outline', id: `${name}-${getKey(entry)}`, 'aria-label': `${say(`list-${name}`)} ${title}`, onclick: () => done(entry) },
    say(`list-${name}`));
}

function listButtons(shown, entry, title, work) {
  if (!shown.may_change) return [];
  const canRetire = shown.fields.some(({ name }) => name === 'retired') && !shown.relied_on.includes(getKey(entry));
  return [
    makeButton(entry, 'edit', title, work.edit),
    entry.retired ? makeButton(entry, 'restore', title, work.restore) : null,
    canRetire && !entry.retired ? makeButton(entry, 'retire', title, work.retire) : null,
  ].filter(Boolean);
}

// `work`: `edit`, `retire` and `restore`, called with the entry.
export function makeListRow(shown, entry, work) {
  const title = nameEntry(shown.list, entry);
  return make('li', { class: `row-item list-row ${entry.retired ? 'retired' : ''}`, 'data-key': getKey(entry) },
    make('div', {}, make('h2', {}, title),
      entry.retired ? make('p', { class: 'state' }, say('list-is-retired')) : null,
      entry.to_check ? make('p', { class: 'state' }, say('list-is-to-check')) : null,
      shown.relied_on.includes(getKey(entry)) ? make('p', { class: 'note' }, say('list-is-relied-on')) : null),
    makeFacts(shown, entry),
    make('div', { class: 'buttons' }, listButtons(shown, entry, title, work)));
}
