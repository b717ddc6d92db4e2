// SPDX-License-Identifier: GPL-3.0-or-later
// Asks before something that is not undone, and says what it does.

import { act, once } from './desk.js';
import { make, makeId } from './dom.js';
import { say } from './words.js';

function makeWhy(label, attributes) {
  const input = make('input', { class: 'form-control', id: makeId('why'), required: true, maxlength: '300', autocomplete: 'off', ...attributes });
  return { input, field: make('div', {}, make('label', { class: 'form-label', for: input.id }, label), input) };
}

// `asks`: the label of the reason, or of what else is asked for, whose field has `attributes`. `form` is what HQ is told, given
// that. Calls `done` once HQ has done it. What takes something from somebody is of the colour that warns.
export function confirm({ title, lines, asks = null, attributes = {}, button, warns = true, method, path, form, signedOut, done }) {
  const why = asks ? makeWhy(asks, attributes) : null;
  const region = make('p', { class: 'problem', role: 'alert' });
  const heading = make('h2', { id: makeId('confirm') }, title);
  const dialog = make('dialog', { class: 'confirm', 'aria-labelledby': heading.id });
  const submit = once(async () => {
    const answer = await act({ method, path, form: form(why ? why.input.value.trim() : null), region, signedOut });
    if (!answer) return;
    dialog.close();
    done();
  });
  dialog.append(make('form', { onsubmit: submit }, heading,
    make('ul', {}, lines.map((line) => make('li', {}, line))),
    why ? why.field : null, region,
    make('div', { class: 'buttons' },
      make('button', { type: 'button', class: 'btn btn-outline', onclick: () => dialog.close() }, say('cancel')),
      make('button', { type: 'submit', class: warns ? 'btn btn-danger' : 'btn btn-primary' }, button))));
  dialog.addEventListener('close', () => dialog.remove());
  document.getElementById('content').append(dialog);
  dialog.showModal();
}
