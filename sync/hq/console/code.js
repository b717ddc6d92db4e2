// SPDX-License-Identifier: GPL-3.0-or-later
// The code that enrols a tablet, and what to do with it.

import { makeCopy } from './copy.js';
import { make } from './dom.js';
import { formatTime } from './numbers.js';
import { makeLocalWarning } from './own-address.js';
import { say } from './words.js';

const LASTS = 15 * 60_000;

export const makeUntil = () => Date.now() + LASTS;

// `ca` is the hash of HQ's own authority, where it has one: by it the tablet knows HQ.
export const writeLink = ({ code, ca = '' }) => `altm-field:enrol?u=${location.origin}&c=${code}${ca && `&ca=${ca}`}`;

function makeSteps(code) {
  const [before, between, after] = say('code-step-2', { address: '\n', code: '\n' }).split('\n');
  return make('ol', {},
    make('li', {}, say('code-step-1')),
    make('li', {}, before, make('strong', {}, location.origin), between, make('strong', {}, code), after),
    make('li', {}, say('code-step-3')));
}

const makePicture = (svg) => make('img', { class: 'qr', src: `data:image/svg+xml,${encodeURIComponent(svg)}`, alt: say('code-picture') });

// Nothing but that it is over, once it is. The picture comes first: who has one types nothing.
export function makeCode({ code, link, until, svg }) {
  if (Date.now() >= until) return make('section', { class: 'panel code', 'aria-label': say('code-title') }, make('p', {}, say('code-over')));
  return make('section', { class: 'panel code', 'aria-label': say('code-title') },
    make('h2', {}, say('code-title')),
    make('p', { class: 'until' }, say('code-until', { time: formatTime(new Date(until)) })),
    make('p', { class: 'note' }, say('code-once')),
    makeLocalWarning(),
    svg ? [make('h3', {}, say('code-by-picture')), makePicture(svg)] : null,
    make('h3', {}, say(svg ? 'code-by-hand' : 'code-by-hand-alone')),
    make('p', { class: 'big', id: 'code' }, code),
    makeSteps(code),
    make('h3', {}, say('code-by-link')),
    make('p', {}, make('code', { id: 'link' }, link)),
    makeCopy({ text: link, id: 'copy-link', label: say('copy-link'), copied: say('copied') }));
}
