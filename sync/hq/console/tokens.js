// SPDX-License-Identifier: GPL-3.0-or-later
// The tokens' page: which programs read what, until when.

import { call } from './call.js';
import { confirm } from './confirm.js';
import { makeDesk } from './desk.js';
import { make } from './dom.js';
import { formatDay, findDay, nameMoment } from './numbers.js';
import { writeAddress } from './routing.js';
import { makeTokenForm } from './token-form.js';
import { makeTokenMade } from './token-made.js';
import { say } from './words.js';

// It ends with the day before the instant at which it is good no more.
const findLastDay = ({ ends_at: ends }) => findDay(new Date(Date.parse(ends) - 1000));
const isOver = ({ ends_at: ends }) => Date.parse(ends) <= Date.now();
const isGood = (token) => !token.revoked_at && !isOver(token);

function sayState(token) {
  if (token.revoked_at) return make('p', { class: 'state' }, say('token-revoked-at', { moment: nameMoment(token.revoked_at) }));
  const day = formatDay(findLastDay(token));
  return make('p', { class: isOver(token) ? 'state' : 'note' }, say(isOver(token) ? 'token-over' : 'token-until', { day }));
}

const sayUse = ({ used_at: used }) => (used ? say('token-used', { moment: nameMoment(used) }) : say('token-unused'));

function makeRow(token, revoke) {
  const label = `${say('token-revoke')} ${token.name}`;
  return make('li', { class: 'row-item account-row', 'data-name': token.name },
    make('div', {}, make('h2', {}, token.name), sayState(token)),
    make('div', {}, make('p', {}, say(`scope-${token.scope}`)),
      make('p', { class: 'note' }, token.teams.length > 0 ? token.teams.join(', ') : say('account-all-teams')),
      make('p', { class: 'note' }, sayUse(token)),
      make('p', { class: 'note' }, say('token-made-by', { name: token.made_by, moment: nameMoment(token.made_at) }))),
    make('div', { class: 'buttons' }, isGood(token)
      ? make('button', { type: 'button', class: 'btn btn-outline', 'aria-label': label, onclick: () => revoke(token) }, say('token-revoke')) : null));
}

// Those that are good come first.
const sort = (tokens) => [...tokens].sort((one, other) => isGood(other) - isGood(one));

export function makeTokens({ signedOut }) {
  const top = make('div');
  const place = make('div', { class: 'made' });
  const back = make('p');

  function revoke({ name }) {
    desk.finish('');
    confirm({
      title: say('token-revoke-title', { name }),
      lines: ['now', 'again'].map((line) => say(`token-revoke-line-${line}`)),
      button: say('token-revoke-now'),
      method: 'DELETE', path: 'tokens', signedOut,
      form: () => ({ name }),
      done: async () => {
        await desk.read();
        desk.finish(say('token-revoke-done', { name }));
      },
    });
  }

  const list = ({ tokens }) => (tokens.length > 0 ? make('ul', { class: 'rows' }, sort(tokens).map((token) => makeRow(token, revoke)))
    : make('p', { class: 'panel empty' }, say('tokens-none')));
  const desk = makeDesk({ name: 'tokens', signedOut, ask: () => call('GET', 'tokens'), list, top: [back, top, place] });

  function close() {
    place.replaceChildren();
    document.getElementById('token-add-button').focus();
  }

  async function made(token) {
    drawForm();
    place.replaceChildren(makeTokenMade(token, close));
    document.getElementById('token-made').focus();
    await desk.read();
  }

  function drawForm() {
    top.replaceChildren(...makeTokenForm({ signedOut, begun: () => desk.finish(''), made }));
  }

  return desk.makePage(() => {
    back.replaceChildren(make('a', { href: writeAddress('accounts', '') }, say('tokens-back')));
    drawForm();
    place.replaceChildren();
  });
}
