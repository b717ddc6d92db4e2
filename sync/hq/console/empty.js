// SPDX-License-Identifier: GPL-3.0-or-later
// What is said instead of charts of nothing.

import { make } from './dom.js';
import { makeLocalWarning } from './own-address.js';
import { writeAddress } from './routing.js';
import { say } from './words.js';

export const isEmpty = ({ interventions, attempts, referrals, observations, flow, shifts }) =>
  interventions + attempts + referrals + observations + shifts.number === 0 && Object.keys(flow).length === 0;

const makePanel = (name, ...content) =>
  make('section', { class: 'panel empty' }, make('h2', {}, say(`${name}-title`)), make('p', {}, say(`${name}-text`)), content);

function makeSteps() {
  const [before, after] = say('no-tablet-step-2', { address: '\n' }).split('\n');
  return make('ol', {},
    make('li', {}, say('no-tablet-step-1')),
    make('li', {}, before, make('strong', {}, location.origin), after),
    make('li', {}, say('no-tablet-step-3')));
}

// Readers add no tablets: they learn that there is nothing to do for them but wait, and whom to ask.
export function makeEmpty({ devices }, { role }) {
  if (devices > 0) return makePanel('nothing-yet');
  if (role === 'reader') return makePanel('no-tablet-yet');
  return makePanel('no-tablet',
    make('p', {}, make('a', { class: 'btn btn-primary', id: 'first-tablet', href: writeAddress('tablets', '') }, say('tablet-add'))),
    makeLocalWarning(),
    makeSteps());
}
