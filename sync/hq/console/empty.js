// SPDX-License-Identifier: GPL-3.0-or-later
// What is said instead of charts of nothing.

import { make } from './dom.js';
import { say } from './words.js';

export const isEmpty = ({ interventions, attempts, referrals, observations, flow, shifts }) =>
  interventions + attempts + referrals + observations + shifts.number === 0 && Object.keys(flow).length === 0;

function makeSteps() {
  const [before, after] = say('no-tablet-step-2', { address: '\n' }).split('\n');
  return make('ol', {},
    make('li', {}, say('no-tablet-step-1')),
    make('li', {}, before, make('strong', {}, location.origin), after),
    make('li', {}, say('no-tablet-step-3')));
}

export function makeEmpty({ devices }) {
  if (devices === 0)
    return make('section', { class: 'panel empty' }, make('h2', {}, say('no-tablet-title')), make('p', {}, say('no-tablet-text')), makeSteps());
  return make('section', { class: 'panel empty' }, make('h2', {}, say('nothing-yet-title')), make('p', {}, say('nothing-yet-text')));
}
