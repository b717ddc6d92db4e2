// SPDX-License-Identifier: GPL-3.0-or-later
// The tablets' page: when each was heard last, what it holds back, a code for a new one, and orders.

import { call } from './call.js';
import { makeCode, makeUntil, writeLink } from './code.js';
import { confirm } from './confirm.js';
import { act, makeDesk, once } from './desk.js';
import { make } from './dom.js';
import { makeTabletRow } from './tablet-row.js';
import { count, say } from './words.js';

// What is said before an order, and after it.
const LINES = {
  'reset-pin': ['pins', 'waiting', 'next'],
  revoke: ['new', 'kept', 'nothing-wiped', 'again'],
  wipe: ['contact', 'waiting', 'kept', 'offline', 'again'],
};

// Those that were heard longest ago first: they are what one looks for.
const sort = (tablets) => [...tablets].sort((one, other) => (one.last_seen ?? '').localeCompare(other.last_seen ?? ''));

export function makeTablets({ account, signedOut }) {
  const region = make('p', { class: 'problem', role: 'alert' });
  const place = make('div', { role: 'status' });
  const tools = make('div', { class: 'tools' });
  let code = null;
  let timer = 0;

  function order(tablet, name) {
    desk.finish('');
    confirm({
      title: say(`${name}-title`, { name: tablet.name }),
      lines: LINES[name].map((line) => say(`${name}-${line}`)),
      asks: say('order-why'),
      button: say(`order-${name}-now`),
      method: 'POST', path: 'tablets', signedOut,
      form: (why) => ({ device: tablet.device_id, order: name, why }),
      done: async () => {
        await desk.read();
        desk.finish(say(`${name}-done`, { name: tablet.name }));
      },
    });
  }

  function makeGroup(tablets, name) {
    if (tablets.length === 0) return [];
    const n = tablets.length;
    return [
      make('h2', { class: 'scope' }, count(name, n, { n })),
      make('ul', { class: 'rows' }, sort(tablets).map((tablet) => makeTabletRow({ tablet, order: account.role === 'direction' ? order : null }))),
    ];
  }

  function list({ tablets }) {
    if (tablets.length === 0) return make('p', { class: 'panel empty' }, say('tablets-none'));
    return [
      ...makeGroup(tablets.filter((each) => !each.revoked_at), 'tablets-number'),
      ...makeGroup(tablets.filter((each) => each.revoked_at), 'tablets-revoked-number'),
    ];
  }

  const desk = makeDesk({ name: 'tablets', signedOut, ask: () => call('GET', 'tablets'), list, top: [tools, region, place] });

  function drawCode() {
    place.replaceChildren(...(code ? [makeCode(code)] : []));
  }

  const add = once(async () => {
    const answer = await act({ method: 'POST', path: 'codes', form: {}, region, signedOut });
    if (!answer) return;
    const until = makeUntil();
    const link = writeLink(answer);
    const picture = await call('POST', 'qr', { form: { text: link } }).catch(() => null);
    code = { code: answer.code, link, until, svg: picture?.svg };
    clearTimeout(timer);
    timer = setTimeout(drawCode, until - Date.now() + 1000);
    desk.finish('');
    drawCode();
  });

  function drawTools() {
    const focused = document.activeElement?.id;
    tools.replaceChildren(
      make('button', { type: 'button', class: 'btn btn-primary', id: 'add-tablet', onclick: add }, say('tablet-add')),
      make('button', { type: 'button', class: 'btn btn-outline', id: 'read-again', onclick: desk.read }, say('read-again')));
    if (focused) document.getElementById(focused)?.focus();
  }

  return desk.makePage(() => {
    drawTools();
    drawCode();
    region.textContent = '';
  });
}
