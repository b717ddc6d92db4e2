// SPDX-License-Identifier: GPL-3.0-or-later
// What an account is made from.

import { makeDisclosure } from './definition.js';
import { act, once } from './desk.js';
import { make } from './dom.js';
import { makeCheck, makeField, makeTeams } from './form-fields.js';
import { LEAST_PASSWORD } from './password.js';
import { say } from './words.js';

const ROLES = ['reader', 'manager', 'direction'];

const makeRoles = () => make('fieldset', {}, make('legend', { class: 'form-label' }, say('account-role')),
  ROLES.map((role) => makeCheck('radio', 'role', role, say(`role-${role}`), say(`role-${role}-may`))));

const makeNamed = (name, attributes) => makeField({ id: `new-${name}`, name, label: say(`account-${name}-label`), help: say(`account-${name}-help`), ...attributes });

const readForm = (form) => {
  const data = new FormData(form);
  const role = data.get('role');
  return { name: data.get('name').trim(), role, teams: role === 'manager' ? data.getAll('team') : [], password: data.get('password') };
};

// `begun` is called when it is sent, `added` with the name once HQ has the account.
export function makeAccountForm({ signedOut, begun, added }) {
  const name = makeNamed('name', { maxlength: '64', autocomplete: 'off' });
  // It is passed on by the one who types it, so it can be read.
  const password = makeNamed('password', { minlength: LEAST_PASSWORD, autocomplete: 'off', autocapitalize: 'none' });
  // Teams bind managers alone.
  const teams = makeTeams({ hidden: true, help: say('account-teams-help'), none: say('account-teams-none') });
  const region = make('p', { class: 'problem', role: 'alert' });
  const submit = once(async () => {
    const asked = readForm(form);
    begun();
    if (await act({ method: 'POST', path: 'accounts', form: asked, region, signedOut })) added(asked.name);
  });
  const form = make('form', { class: 'account-form', onsubmit: submit }, name, password, makeRoles(), teams, region,
    make('button', { type: 'submit', class: 'btn btn-primary' }, say('account-add-now')));
  form.addEventListener('change', () => {
    teams.hidden = new FormData(form).get('role') !== 'manager';
  });
  const { button, box } = makeDisclosure({ label: say('account-add'), className: 'btn btn-primary', content: form, id: 'account-add' });
  button.id = 'account-add-button';
  box.classList.add('panel');
  return [button, box];
}
