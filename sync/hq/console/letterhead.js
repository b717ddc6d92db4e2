// SPDX-License-Identifier: GPL-3.0-or-later
// What stands on papers of the association: who it is, where it is reached, and where an answer goes.

import { call } from './call.js';
import { act, makeDesk, once } from './desk.js';
import { make } from './dom.js';
import { makeField } from './form-fields.js';
import { readAddress, writeAddress } from './routing.js';
import { say } from './words.js';

// With how many characters HQ takes of each at most.
const LINES = { name: 100, address: 200, phone: 40, answer_to: 200 };

const makeLine = (letterhead, [name, most]) => makeField({
  id: `letterhead-${name}`, name, maxlength: most, value: letterhead[name], required: false, autocomplete: 'off',
  label: say(`letterhead-${name}-label`), help: say(`letterhead-${name}-help`),
});

// One comes to it from a sheet, and goes back there.
function makeBack() {
  const id = readAddress().query.get('id');
  return id ? make('a', { href: writeAddress('liaison', new URLSearchParams({ id })) }, say('letterhead-back'))
    : make('a', { href: writeAddress('referrals', '') }, say('liaison-back'));
}

export function makeLetterhead({ signedOut }) {
  const back = make('p');

  function list({ letterhead }) {
    const region = make('p', { class: 'problem', role: 'alert' });
    const save = once(async () => {
      desk.finish('');
      if (!await act({ method: 'POST', path: 'letterhead', form: Object.fromEntries(new FormData(form)), region, signedOut })) return;
      await desk.read();
      desk.finish(say('letterhead-done'));
    });
    const form = make('form', { class: 'panel account-form', onsubmit: save },
      Object.entries(LINES).map((line) => makeLine(letterhead, line)), region,
      make('button', { type: 'submit', class: 'btn btn-primary' }, say('save')));
    return form;
  }

  const desk = makeDesk({ name: 'letterhead', signedOut, ask: () => call('GET', 'letterhead'), list, top: back });

  return {
    element: desk.element,
    tell: desk.tell,
    draw() {
      desk.finish('');
      desk.draw();
    },
    show() {
      back.replaceChildren(makeBack());
      desk.read();
    },
  };
}
