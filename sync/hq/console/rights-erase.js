// SPDX-License-Identifier: GPL-3.0-or-later
// What of it is to be erased, and what that means.

import { confirm } from './confirm.js';
import { make } from './dom.js';
import { makeCheck } from './form-fields.js';
import { nameMoment } from './numbers.js';
import { nameKind } from './rights-record.js';
import { say } from './words.js';

const SCOPES = ['private', 'record'];
const KINDS = ['contact', 'referral', 'observation'];

function nameRecord(record) {
  const first = record.revisions[0];
  return first ? say('rights-of', { kind: nameKind(record), moment: nameMoment(first.at) }) : nameKind(record);
}

const isWhole = ({ erasures }) => erasures.some(({ scope }) => scope === 'record');

// Calls `erased` once it is gone.
export function makeErase({ records, signedOut, erased }) {
  const some = records.filter((record) => !isWhole(record) && (record.type === null || KINDS.includes(record.type)));
  if (some.length === 0) return null;
  const region = make('p', { class: 'problem', role: 'alert' });
  const form = make('form', { class: 'panel erase-form' },
    make('h2', {}, say('erase')),
    make('fieldset', {}, make('legend', { class: 'form-label' }, say('erase-which')),
      some.map((record) => makeCheck('checkbox', 'id', record.id, nameRecord(record)))),
    make('fieldset', {}, make('legend', { class: 'form-label' }, say('erase-what')),
      SCOPES.map((scope) => makeCheck('radio', 'scope', scope, say(`erase-${scope}`), say(`erase-${scope}-help`)))),
    region,
    make('button', { type: 'submit', class: 'btn btn-outline' }, say('erase-go-on')));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const data = new FormData(form);
    const [ids, scope] = [data.getAll('id'), data.get('scope')];
    region.textContent = ids.length === 0 ? say('erase-none') : '';
    if (ids.length === 0) return;
    confirm({
      title: say(`erase-${scope}-title`),
      lines: [...['gone', 'stays', 'figures'].map((line) => say(`erase-${scope}-${line}`)), say('erase-tablet'), say('erase-backups')],
      asks: say('erase-why'), button: say('erase-now'), method: 'DELETE', path: 'rights', signedOut,
      form: (why) => ({ ids, scope, why }), done: erased,
    });
  });
  return form;
}
