// SPDX-License-Identifier: GPL-3.0-or-later
// The page where one changes one's own password.

import { act, once } from './desk.js';
import { make } from './dom.js';
import { makeField, makeShow } from './form-fields.js';
import { explain } from './problem.js';
import { say } from './words.js';

export const LEAST_PASSWORD = 12;

const makeSecret = (name, attributes) => makeField({ id: `password-${name}`, name, type: 'password', autocapitalize: 'none', label: say(`password-${name}`), ...attributes });

function makeForm({ account, signedOut, done, region }) {
  const current = makeSecret('current', { autocomplete: 'current-password' });
  const next = makeSecret('new', { autocomplete: 'new-password', minlength: LEAST_PASSWORD, help: say('account-password-help') });
  const inputs = [current, next].map((field) => field.querySelector('input'));
  const submit = once(async () => {
    done('');
    const [was, password] = inputs.map((input) => input.value);
    if (!await act({ method: 'POST', path: 'password', form: { current: was, password }, region, signedOut })) return;
    for (const input of inputs) input.value = '';
    done(say('password-done'));
  });
  // Whoever keeps passwords in the browser is told whose it is.
  const name = make('input', { type: 'text', class: 'visually-hidden', hidden: true, autocomplete: 'username', value: account.name });
  return make('form', { class: 'account-form', onsubmit: submit }, name, current, next, makeShow('show-passwords', ...inputs), region,
    make('button', { type: 'submit', class: 'btn btn-primary' }, say('password-change')));
}

export function makePassword({ account, signedOut }) {
  const heading = make('h1');
  const lead = make('p', { class: 'note intro' });
  const told = make('p', { class: 'done', role: 'status', tabindex: '-1' });
  const region = make('p', { class: 'problem', role: 'alert' });
  const panel = make('div', { class: 'panel' });

  function done(text) {
    told.textContent = text;
    if (text) told.focus();
  }

  return {
    element: make('div', { class: 'desk password' }, heading, lead, told, panel),
    tell(problem) {
      if (problem.name === 'signed-out') signedOut(problem);
      else region.textContent = explain(problem);
    },
    draw() {
      heading.textContent = say('page-password');
      lead.textContent = say('password-lead', { name: account.name });
      region.textContent = '';
      done('');
      panel.replaceChildren(makeForm({ account, signedOut, done, region }));
    },
    show() {},
  };
}
