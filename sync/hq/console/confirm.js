// SPDX-License-Identifier: GPL-3.0-or-later
// Asks before something is changed, and says what that does.

import { act, once } from './desk.js';
import { make, makeId } from './dom.js';
import { say } from './words.js';

function makeWhy(label, attributes) {
  const input = make('input', { class: 'form-control', id: makeId('why'), required: true, maxlength: '300', autocomplete: 'off', ...attributes });
  return { input, field: make('div', {}, make('label', { class: 'form-label', for: input.id }, label), input) };
}

// `asks`: the label of the reason, or of what else is asked for, whose field has `attributes`; `fields`: others, where one
// text does not do. `form` is what HQ is told, given that text and the form. Calls `done` once HQ has done it. What takes
// something from somebody is of the colour that warns. After a refusal that stays one there is nothing left but to close.
export function confirm({ title, lines, asks = null, attributes = {}, fields = [], button, warns = true, method, path, form, signedOut, done }) {
  const why = asks ? makeWhy(asks, attributes) : null;
  const region = make('p', { class: 'problem', role: 'alert' });
  const heading = make('h2', { id: makeId('confirm') }, title);
  const dialog = make('dialog', { class: 'confirm', 'aria-labelledby': heading.id });
  const asked = make('div', { class: 'asked' }, make('ul', {}, lines.map((line) => make('li', {}, line))), fields, why ? why.field : null);
  const close = make('button', { type: 'button', class: 'btn btn-outline', onclick: () => dialog.close() }, say('cancel'));
  const go = make('button', { type: 'submit', class: warns ? 'btn btn-danger' : 'btn btn-primary' }, button);
  const refused = (problem) => {
    if (!problem.isFinal) return;
    asked.remove();
    go.remove();
    close.textContent = say('close');
    close.focus();
  };
  const submit = once(async () => {
    const answer = await act({ method, path, form: form(why ? why.input.value.trim() : null, whole), region, signedOut, refused });
    if (!answer) return;
    dialog.close();
    done();
  });
  const whole = make('form', { onsubmit: submit }, heading, asked, region, make('div', { class: 'buttons' }, close, go));
  dialog.append(whole);
  dialog.addEventListener('close', () => dialog.remove());
  document.getElementById('content').append(dialog);
  dialog.showModal();
}
