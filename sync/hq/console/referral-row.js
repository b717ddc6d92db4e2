// SPDX-License-Identifier: GPL-3.0-or-later
// One referral of the list, and what becomes of it.

import { getCodes, nameCode, namePlaceInFull, nameStructure } from './choices.js';
import { act, once } from './desk.js';
import { make, makeId } from './dom.js';
import { isLate, isNow, sayDue } from './due.js';
import { nameMoment } from './numbers.js';
import { writeAddress } from './routing.js';
import { say } from './words.js';

export const nameReferral = ({ reference }) => (reference ? say('referral-reference', { reference }) : say('referral-bare'));

function sayMade({ at, channel, team }) {
  return [say('referral-made', { moment: nameMoment(at) }), channel && nameCode('canal', channel), team].filter(Boolean).join(' · ');
}

function makeStatus(referral, id) {
  const select = make('select', { class: 'form-select', id }, getCodes('orientation_statut').map((code) =>
    make('option', { value: code }, nameCode('orientation_statut', code))));
  select.value = referral.status;
  return select;
}

// Arrow keys go through a list's lines: only the button says that one is meant.
function makeForm({ referral, signedOut, saved }) {
  const select = makeStatus(referral, makeId('status'));
  const region = make('p', { class: 'problem', role: 'alert' });
  const done = make('p', { class: 'done', role: 'status' });
  const button = make('button', { type: 'submit', class: 'btn btn-primary', hidden: true }, say('save'));
  const look = () => {
    button.hidden = select.value === referral.status;
    done.textContent = '';
    region.textContent = '';
  };
  const save = once(async () => {
    const status = select.value;
    if (status === referral.status) return;
    const answer = await act({ method: 'POST', path: 'referrals', form: { id: referral.id, status }, region, signedOut });
    if (!answer) return;
    select.focus();
    referral.status = status;
    saved();
    look();
    done.textContent = say('referral-saved', { status: nameCode('orientation_statut', status) });
  });
  select.addEventListener('change', look);
  return make('form', { class: 'status', onsubmit: save },
    make('label', { class: 'form-label', for: select.id }, say('status'),
      make('span', { class: 'visually-hidden' }, ` · ${nameReferral(referral)}`)),
    make('div', { class: 'with-button' }, select, button), region, done);
}

const makeLiaison = (referral) => make('a', { class: 'btn btn-link liaison-link', href: writeAddress('liaison', new URLSearchParams({ id: referral.id })) },
  say('page-liaison'), make('span', { class: 'visually-hidden' }, ` · ${nameReferral(referral)}`));

// Calls `changed` when it is another than it was.
export function makeReferralRow({ referral, today, signedOut, changed }) {
  const due = make('p', {});
  const printed = make('p', { class: 'printed' });
  const tellDue = () => {
    due.textContent = sayDue(referral, today);
    due.className = `due ${isLate(referral, today) ? 'late' : ''} ${isNow(referral, today) ? 'now' : ''}`;
    printed.textContent = nameCode('orientation_statut', referral.status);
  };
  const saved = () => {
    tellDue();
    changed();
  };
  tellDue();
  return make('li', { class: 'row-item', tabindex: '-1', 'data-id': referral.id },
    make('div', {}, make('h2', {}, nameReferral(referral)), due),
    make('div', {},
      make('p', {}, nameStructure(referral)),
      referral.theme ? make('p', { class: 'note' }, nameCode('theme', referral.theme)) : null),
    make('div', {}, make('p', {}, namePlaceInFull(referral.place)), make('p', { class: 'note' }, sayMade(referral))),
    make('div', {}, makeForm({ referral, signedOut, saved }), printed, makeLiaison(referral)));
}
