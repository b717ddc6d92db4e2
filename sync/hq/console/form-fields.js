// SPDX-License-Identifier: GPL-3.0-or-later
// What forms are made from: a labelled field, a box to tick, the choice of teams.

import { getTeams } from './choices.js';
import { make, makeId } from './dom.js';
import { say } from './words.js';

// The field's element is its second child: an input of these attributes, or `input`.
export function makeField({ id, name, label, help = null, input = null, ...attributes }) {
  return make('div', { class: 'field' },
    make('label', { class: 'form-label', for: id }, label),
    input ?? make('input', { class: 'form-control', id, name, required: true, spellcheck: 'false', 'aria-describedby': help && `${id}-help`, ...attributes }),
    help ? make('p', { class: 'note', id: `${id}-help` }, help) : null);
}

export function makeCheck(type, name, value, label, help = null, attributes = {}) {
  const id = makeId(name);
  return make('div', { class: 'form-check' },
    make('input', { class: 'form-check-input', type, name, value, id, required: type === 'radio', 'aria-describedby': help && `${id}-help`, ...attributes }),
    make('label', { class: 'form-check-label', for: id }, label),
    help ? make('p', { class: 'note', id: `${id}-help` }, help) : null);
}

// `help` says what it means that none is ticked; `none`, that there is none to tick. Those that are `chosen` are there also
// where the lists name them no more: they must not get lost without being seen.
export function makeTeams({ help, none, chosen = [], ...attributes }) {
  const teams = [...new Set([...getTeams(), ...chosen])];
  return make('fieldset', attributes,
    make('legend', { class: 'form-label' }, say('account-teams')),
    teams.map((team) => makeCheck('checkbox', 'team', team, team, null, { checked: chosen.includes(team) })),
    make('p', { class: 'note' }, teams.length > 0 ? help : none));
}

// A box that shows what is typed in the fields.
export function makeShow(id, ...fields) {
  const box = make('input', { class: 'form-check-input', type: 'checkbox', id });
  box.addEventListener('change', () => fields.forEach((field) => field.setAttribute('type', box.checked ? 'text' : 'password')));
  return make('div', { class: 'form-check' }, box, make('label', { class: 'form-check-label', for: id }, say('show-password')));
}
