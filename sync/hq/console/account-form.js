// SPDX-License-Identifier: GPL-3.0-or-later
// What an account is made from, and what of it can be changed.

import { makeDisclosure } from './definition.js';
import { act, once } from './desk.js';
import { make } from './dom.js';
import { makeCheck, makeField, makeTeams } from './form-fields.js';
import { LEAST_PASSWORD } from './password.js';
import { say } from './words.js';

const ROLES = ['reader', 'manager', 'direction'];

const makeRoles = (chosen) => make('fieldset', {}, make('legend', { class: 'form-label' }, say('account-role-label')),
  ROLES.map((role) => makeCheck('radio', 'role', role, say(`role-${role}`), say(`role-${role}-may`), { checked: role === chosen })));

// Role and teams, which bind managers alone; of an account that there is, those that it has.
export function makeRights({ role = null, teams = [] } = {}) {
  const roles = makeRoles(role);
  const choice = makeTeams({ hidden: role !== 'manager', chosen: teams, help: say('account-teams-help'), none: say('account-teams-none') });
  roles.addEventListener('change', ({ target }) => {
    choice.hidden = target.value !== 'manager';
  });
  return [roles, choice];
}

export function readRights(form) {
  const data = new FormData(form);
  const role = data.get('role');
  return { role, teams: role === 'manager' ? data.getAll('team') : [] };
}

const makeNamed = (name, attributes) => makeField({ id: `new-${name}`, name, label: say(`account-${name}-label`), help: say(`account-${name}-help`), ...attributes });

const readForm = (form) => {
  const data = new FormData(form);
  return { name: data.get('name').trim(), ...readRights(form), password: data.get('password') };
};

// `begun` is called when it is sent, `added` with the name once HQ has the account.
export function makeAccountForm({ signedOut, begun, added }) {
  const name = makeNamed('name', { maxlength: '64', autocomplete: 'off' });
  // It is passed on by the one who types it, so it can be read.
  const password = makeNamed('password', { minlength: LEAST_PASSWORD, autocomplete: 'off', autocapitalize: 'none' });
  const region = make('p', { class: 'problem', role: 'alert' });
  const submit = once(async () => {
    const asked = readForm(form);
    begun();
    if (await act({ method: 'POST', path: 'accounts', form: asked, region, signedOut })) added(asked.name);
  });
  const form = make('form', { class: 'account-form', onsubmit: submit }, name, password, makeRights(), region,
    make('button', { type: 'submit', class: 'btn btn-primary' }, say('account-add-now')));
  const { button, box } = makeDisclosure({ label: say('account-add'), className: 'btn btn-primary', content: form, id: 'account-add' });
  button.id = 'account-add-button';
  box.classList.add('panel');
  return [button, box];
}
