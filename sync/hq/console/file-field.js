// SPDX-License-Identifier: GPL-3.0-or-later
// A file to choose, in the page's words: a browser's own field of files speaks the browser's language.

import { make } from './dom.js';
import { say } from './words.js';

// The field itself is there for the keyboard and for who listens; what is seen is its label, made a button, and the file's name.
export function makeFile({ id, label, help, accept, changed }) {
  const name = make('span', { class: 'chosen', id: `${id}-name`, role: 'status' }, say('file-none'));
  const input = make('input', {
    class: 'visually-hidden', type: 'file', id, accept, 'aria-labelledby': `${id}-label ${id}-button`,
    'aria-describedby': `${id}-name ${id}-help`,
    onchange: () => {
      name.textContent = input.files[0]?.name ?? say('file-none');
      changed();
    },
  });
  const element = make('div', { class: 'field file' },
    make('p', { class: 'form-label', id: `${id}-label` }, label),
    input,
    make('label', { class: 'btn btn-outline', for: id, id: `${id}-button` }, say('file-choose')), name,
    make('p', { class: 'note', id: `${id}-help` }, help));
  return { input, element };
}
