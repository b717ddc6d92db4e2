// SPDX-License-Identifier: GPL-3.0-or-later
// What a token is made from.

import { getDay, makeDay } from './day-field.js';
import { makeDisclosure } from './definition.js';
import { act, once } from './desk.js';
import { make } from './dom.js';
import { makeCheck, makeField, makeTeams } from './form-fields.js';
import { addDays, findDay } from './numbers.js';
import { say } from './words.js';

const SCOPES = ['figures', 'records'];
const MOST_DAYS = 365;

const makeScopes = () => make('fieldset', {}, make('legend', { class: 'form-label' }, say('token-scope-label')),
  SCOPES.map((scope) => makeCheck('radio', 'scope', scope, say(`scope-${scope}`), say(`scope-${scope}-may`))));

function makeEnd() {
  const today = findDay(new Date());
  const last = addDays(today, MOST_DAYS);
  const input = makeDay({ id: 'token-to', required: true, min: today, max: last, 'aria-describedby': 'token-to-help' }, last);
  return makeField({ id: input.id, label: say('day-label', { label: say('token-to') }), help: say('token-to-help'), input });
}

function readForm(form) {
  const data = new FormData(form);
  return { name: data.get('name').trim(), scope: data.get('scope'), teams: data.getAll('team'), to: getDay(form.querySelector('#token-to')) };
}

// `begun` is called when it is sent, `made` with what was asked for and the token once HQ has made it.
export function makeTokenForm({ signedOut, begun, made }) {
  const region = make('p', { class: 'problem', role: 'alert' });
  const submit = once(async () => {
    const asked = readForm(form);
    begun();
    const answer = await act({ method: 'POST', path: 'tokens', form: asked, region, signedOut });
    if (answer) made({ ...asked, token: answer.token });
  });
  const form = make('form', { class: 'account-form', onsubmit: submit },
    makeField({ id: 'token-name', name: 'name', maxlength: '64', autocomplete: 'off', label: say('token-name-label'), help: say('token-name-help') }),
    makeScopes(), makeTeams({ help: say('token-teams-help'), none: say('token-teams-none') }), makeEnd(), region,
    make('button', { type: 'submit', class: 'btn btn-primary' }, say('token-add-now')));
  const { button, box } = makeDisclosure({ label: say('token-add'), className: 'btn btn-primary', content: form, id: 'token-add' });
  button.id = 'token-add-button';
  box.classList.add('panel');
  return [button, box];
}
