// SPDX-License-Identifier: GPL-3.0-or-later
// A button that copies, and says whether it did.

import { make } from './dom.js';
import { say } from './words.js';

// `id` is the button's; `label` and `copied` are what is on it, and what is said once it is done.
export function makeCopy({ text, id, label, copied }) {
  const told = make('p', { class: 'note', role: 'status' });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      told.textContent = copied;
    } catch {
      told.textContent = say('copy-failed');
    }
  };
  return [make('button', { type: 'button', class: 'btn btn-outline', id, onclick: copy }, label), told];
}
