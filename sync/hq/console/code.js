// SPDX-License-Identifier: GPL-3.0-or-later
// The code that enrols a tablet, and what to do with it.

import { make } from './dom.js';
import { formatTime } from './numbers.js';
import { say } from './words.js';

const LASTS = 15 * 60_000;

export const makeUntil = () => Date.now() + LASTS;

export const writeLink = (code) => `altm-field:enrol?u=${location.origin}&c=${code}`;

function makeCopy(text) {
  const told = make('p', { class: 'note', role: 'status' });
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      told.textContent = say('copied');
    } catch {
      told.textContent = say('copy-failed');
    }
  };
  return [make('button', { type: 'button', class: 'btn btn-outline', id: 'copy-link', onclick: copy }, say('copy-link')), told];
}

function makeSteps(code) {
  const [before, between, after] = say('code-step-2', { address: '\n', code: '\n' }).split('\n');
  return make('ol', {},
    make('li', {}, say('code-step-1')),
    make('li', {}, before, make('strong', {}, location.origin), between, make('strong', {}, code), after),
    make('li', {}, say('code-step-3')));
}

// Where no picture could be drawn, the code and the link do.
const makePicture = (svg) => svg && make('img', { class: 'qr', src: `data:image/svg+xml,${encodeURIComponent(svg)}`, alt: say('code-picture') });

// Nothing but that it is over, once it is.
export function makeCode({ code, until, svg }) {
  if (Date.now() >= until) return make('section', { class: 'panel code', 'aria-label': say('code-title') }, make('p', {}, say('code-over')));
  return make('section', { class: 'panel code', 'aria-label': say('code-title') },
    make('h2', {}, say('code-title')),
    make('p', { class: 'big', id: 'code' }, code),
    make('p', {}, say('code-until', { time: formatTime(new Date(until)) })),
    makeSteps(code),
    make('p', {}, say('code-or-link')),
    make('p', {}, make('code', { id: 'link' }, writeLink(code))),
    makePicture(svg),
    makeCopy(writeLink(code)));
}
