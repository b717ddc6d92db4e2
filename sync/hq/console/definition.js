// SPDX-License-Identifier: GPL-3.0-or-later
// What opens and closes: a definition, a list, a table. A button, so by keyboard and touch alike.

import { make, makeId } from './dom.js';

// The button, and the content that it shows.
export function makeDisclosure({ label, name = null, className = 'btn btn-link', content, id = makeId('more') }) {
  const box = make('div', { id, hidden: true, class: 'disclosed' }, content);
  const button = make('button', { type: 'button', class: className, 'aria-expanded': 'false', 'aria-controls': id, 'aria-label': name }, make('span', {}, label));
  button.addEventListener('click', () => {
    box.hidden = !box.hidden;
    button.setAttribute('aria-expanded', String(!box.hidden));
  });
  return { button, box };
}
