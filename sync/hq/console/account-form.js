// SPDX-License-Identifier: GPL-3.0-or-later
// What an account is made from.

import { getTeams } from './choices.js';
import { makeDisclosure } from './definition.js';
import { act, once } from './desk.js';
import { make, makeId } from './dom.js';
import { say } from './words.js';

const ROLES = ['reader', 'manager', 'direction'];
const LEAST_PASSWORD = 12;

function makeField(name, attributes) {
  const id = `new-${name}`;
  const shared = { class: 'form-control', id, name, required: true, spellcheck: 'false', 'aria-describedby': `${id}-help` };
  return make('div', { class: 'field' },
    make('label', { class: 'form-label', for: id }, say(`account-${name}-label`)),
    make('input', { ...shared, ...attributes }),
    make('p', { class: 'note', id: `${id}-help` }, say(`account-${name}-help`)));
}

function makeCheck(type, name, value, label, help = null) {
  const id = makeId(name);
  return make('div', { class: 'form-check' },
    make('input', { class: 'form-check-input', type, name, value, id, required: type === 'radio', 'aria-describedby': help && `${id}-help` }),
    make('label', { class: 'form-check-label', for: id }, label),
    help ? make('p', { class: 'note', id: `${id}-help` }, help) : null);
}

const makeRoles = () => make('fieldset', {}, make('legend', { class: 'form-label' }, say('account-role')),
  ROLES.map((role) => makeCheck('radio', 'role', role, say(`role-${role}`), say(`role-${role}-may`))));

// Teams bind managers alone.
const makeTeams = () => make('fieldset', { hidden: true }, make('legend', { class: 'form-label' }, say('account-teams')),
  getTeams().map((team) => makeCheck('checkbox', 'team', team, team)),
  make('p', { class: 'note' }, say(getTeams().length > 0 ? 'account-teams-help' : 'account-teams-none')));

const readForm = (form) => {
  const data = new FormData(form);
  const role = data.get('role');
  return { name: data.get('name').trim(), role, teams: role === 'manager' ? data.getAll('team') : [], password: data.get('password') };
};

// `begun` is called when it is sent, `added` with the name once HQ has the account.
export function makeAccountForm({ signedOut, begun, added }) {
  const name = makeField('name', { maxlength: '64', autocomplete: 'off' });
  // It is passed on by the one who types it, so it can be read.
  const password = makeField('password', { minlength: LEAST_PASSWORD, autocomplete: 'off', autocapitalize: 'none' });
  const teams = makeTeams();
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
