// SPDX-License-Identifier: GPL-3.0-or-later
// The page where one signs in.

import { make } from './dom.js';
import { makeShow } from './form-fields.js';
import { makeLanguageSwitch } from './language.js';
import { explain } from './problem.js';
import { beginSession } from './session.js';
import { say } from './words.js';

// `hint` is the id of what helps to fill it in.
function makeField(id, label, hint, attributes) {
  return [
    make('label', { class: 'form-label', for: id }, label),
    make('input', { class: 'form-control', id, name: id, required: true, 'aria-describedby': `${hint} sign-in-problem`, ...attributes }),
  ];
}

function showProblem(problem, region, fields) {
  region.textContent = explain(problem);
  const isWrong = problem.name === 'sign-in';
  for (const field of fields) field.setAttribute('aria-invalid', String(isWrong));
  if (isWrong) fields.at(-1).select();
  fields.at(-1).focus();
}

// Calls `done` with the account. `problem` is why one is here again, or null.
export function makeSignIn({ problem, done, redraw }) {
  const name = makeField('name', say('sign-in-name'), 'name-hint', { autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false' });
  const password = makeField('password', say('sign-in-password'), 'forgotten', { type: 'password', autocomplete: 'current-password' });
  const fields = [name[1], password[1]];
  const region = make('p', { class: 'problem', id: 'sign-in-problem', role: 'alert' }, problem ? explain(problem) : null);
  const button = make('button', { class: 'btn btn-primary', type: 'submit' }, say('sign-in'));
  const submit = async (event) => {
    event.preventDefault();
    if (button.getAttribute('aria-disabled')) return;
    button.setAttribute('aria-disabled', 'true');
    button.textContent = say('sign-in-busy');
    try {
      done(await beginSession(fields[0].value.trim(), fields[1].value));
    } catch (wrong) {
      showProblem(wrong, region, fields);
    } finally {
      button.removeAttribute('aria-disabled');
      button.textContent = say('sign-in');
    }
  };
  const form = make('form', { onsubmit: submit },
    name, make('p', { class: 'note', id: 'name-hint' }, say('sign-in-name-hint')),
    password, makeShow('show-password', fields[1]), region, button);
  const page = make('main', { class: 'sign-in' },
    make('p', { class: 'name' }, say('name')),
    make('h1', {}, say('sign-in-title')),
    make('p', { class: 'note' }, say('sign-in-lead')),
    form,
    make('p', { class: 'note', id: 'forgotten' }, say('sign-in-forgotten')),
    makeLanguageSwitch(redraw));
  return { page, focus: () => fields[0].focus() };
}
