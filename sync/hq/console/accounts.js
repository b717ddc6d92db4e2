// SPDX-License-Identifier: GPL-3.0-or-later
// The accounts' page: who may sign in, and what they may.

import { makeAccountForm, makeRights, readRights } from './account-form.js';
import { call } from './call.js';
import { confirm } from './confirm.js';
import { makeDesk } from './desk.js';
import { make } from './dom.js';
import { nameMoment } from './numbers.js';
import { LEAST_PASSWORD } from './password.js';
import { writeAddress } from './routing.js';
import { say } from './words.js';

function sayTeams({ role, teams }) {
  if (role !== 'manager') return null;
  return make('p', { class: 'note' }, teams.length > 0 ? teams.join(', ') : say('account-all-teams'));
}

const sayState = ({ made_at: made, closed_at: closed }) =>
  closed ? make('p', { class: 'state' }, say('account-closed-at', { moment: nameMoment(closed) }))
    : make('p', { class: 'note' }, say('account-made-at', { moment: nameMoment(made) }));

function makeButtons(each, own, orders) {
  if (each.closed_at) return null;
  if (each.name === own) return make('p', { class: 'note' }, say('account-own'));
  return orders.map(([order, give]) => make('button', {
    type: 'button', class: 'btn btn-outline', 'aria-label': `${say(`account-${order}`)} ${each.name}`, 'data-order': order, onclick: () => give(each),
  }, say(`account-${order}`)));
}

function makeRow(each, own, orders) {
  return make('li', { class: 'row-item account-row', 'data-name': each.name },
    make('div', {}, make('h2', {}, each.name), sayState(each)),
    make('div', {}, make('p', {}, say(`role-${each.role}`)), sayTeams(each)),
    make('div', { class: 'buttons' }, makeButtons(each, own, orders)));
}

// Those that are closed come last.
const sort = (accounts) => [...accounts].sort((one, other) => Boolean(one.closed_at) - Boolean(other.closed_at));

export function makeAccounts({ account, signedOut }) {
  const top = make('div');
  const more = make('p');

  function close({ name }) {
    desk.finish('');
    confirm({
      title: say('account-close-title', { name }),
      lines: ['now', 'kept', 'name'].map((line) => say(`account-close-line-${line}`)),
      button: say('account-close-now'),
      method: 'DELETE', path: 'accounts', signedOut,
      form: () => ({ name }),
      done: async () => {
        await desk.read();
        desk.finish(say('account-close-done', { name }));
      },
    });
  }

  function setRole({ name, role, teams }) {
    desk.finish('');
    confirm({
      title: say('account-change-title', { name }),
      lines: ['now', 'kept'].map((line) => say(`account-change-line-${line}`)),
      fields: makeRights({ role, teams }),
      button: say('account-change-now'), warns: false,
      method: 'POST', path: 'account-role', signedOut,
      form: (_, form) => ({ name, ...readRights(form) }),
      done: async () => {
        await desk.read();
        desk.finish(say('account-change-done', { name }));
      },
    });
  }

  function setPassword({ name }) {
    desk.finish('');
    confirm({
      title: say('account-renew-title', { name }),
      lines: ['ends', 'tell'].map((line) => say(`account-renew-line-${line}`)),
      asks: say('account-password-label'),
      attributes: { minlength: LEAST_PASSWORD, spellcheck: 'false', autocapitalize: 'none' },
      button: say('account-renew-now'), warns: false,
      method: 'POST', path: 'account-password', signedOut,
      form: (password) => ({ name, password }),
      done: () => desk.finish(say('account-renew-done', { name })),
    });
  }

  const orders = [['change', setRole], ['renew', setPassword], ['close', close]];
  const list = ({ accounts }) => make('ul', { class: 'rows' }, sort(accounts).map((each) => makeRow(each, account.name, orders)));
  const desk = makeDesk({ name: 'accounts', signedOut, ask: () => call('GET', 'accounts'), list, top: [top, more] });

  async function added(name) {
    drawForm();
    await desk.read();
    desk.finish(say('account-add-done', { name }));
  }

  function drawForm() {
    top.replaceChildren(...makeAccountForm({ signedOut, begun: () => desk.finish(''), added }));
  }

  return desk.makePage(() => {
    more.replaceChildren(make('a', { href: writeAddress('tokens', '') }, say('accounts-tokens')));
    drawForm();
  });
}
