// SPDX-License-Identifier: GPL-3.0-or-later
// What HQ has about a person who was given a reference: seen, copied, erased.

import { call } from './call.js';
import { makeDesk, once } from './desk.js';
import { make } from './dom.js';
import { formatNumber, nameMoment } from './numbers.js';
import { makeErase } from './rights-erase.js';
import { makeRecord } from './rights-record.js';
import { count, say } from './words.js';

function save(wanted, records) {
  const text = JSON.stringify({ reference: wanted, exported_at: new Date().toISOString(), records }, null, 2);
  const link = make('a', { href: URL.createObjectURL(new Blob([text], { type: 'application/json' })), download: 'altm-field.json' });
  link.click();
  URL.revokeObjectURL(link.href);
}

function sayRetention(retention) {
  if (!retention) return say('retention-none');
  const n = retention.report.private_erased;
  return `${say('retention-last', { moment: nameMoment(retention.at) })} ${count('retention-private', n, { n: formatNumber(n) })}`;
}

const makeRest = ({ retention }) => make('section', { class: 'panel rights-rules' },
  make('h2', {}, say('rights-rules')),
  make('ul', {}, ['search', 'correct', 'open', 'backups', 'retention'].map((rule) => make('li', {}, say(`rights-rule-${rule}`)))),
  make('p', { class: 'note' }, sayRetention(retention)));

export function makeRights({ account, signedOut }) {
  const input = make('input', { class: 'form-control', type: 'search', id: 'wanted', required: true, maxlength: '64', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'characters' });
  const form = make('form', { class: 'tools', role: 'search' });
  let wanted = '';

  async function ask() {
    const [{ records }, { retention }] = await Promise.all([
      wanted ? call('POST', 'rights', { form: { wanted } }) : { records: [] }, call('GET', 'retention')]);
    return { asked: wanted, records, retention };
  }

  // HQ is asked once more, so that it notes who took a copy.
  const copy = once(async () => {
    try {
      save(wanted, (await call('POST', 'rights-copy', { form: { wanted } })).records);
      desk.finish(say('rights-copied'));
    } catch (problem) {
      desk.tell(problem);
    }
  });

  const makeTools = () => make('div', { class: 'buttons rights-tools' },
    make('button', { type: 'button', class: 'btn btn-outline', id: 'copy', onclick: copy }, say('rights-copy')),
    make('button', { type: 'button', class: 'btn btn-outline', id: 'print', onclick: () => window.print() }, say('rights-print')));

  async function erased() {
    await desk.read();
    desk.finish(say('rights-erased'));
  }

  function list({ asked, records, retention }) {
    const rest = makeRest({ retention });
    if (!asked) return rest;
    if (records.length === 0) return [make('p', { class: 'panel empty', role: 'status' }, say('rights-not-found')), rest];
    return [
      make('p', { class: 'scope', role: 'status' }, count('rights-found', records.length, { n: formatNumber(records.length) })),
      makeTools(),
      ...records.map(makeRecord),
      account.role === 'direction' ? makeErase({ records, signedOut, erased }) : null,
      rest,
    ];
  }

  const desk = makeDesk({ name: 'rights', signedOut, ask, list, top: form });

  function drawTop() {
    form.replaceChildren(
      make('div', { class: 'field' }, make('label', { class: 'form-label', for: 'wanted' }, say('rights-wanted')), input),
      make('button', { type: 'submit', class: 'btn btn-primary' }, say('rights-search')));
  }

  form.addEventListener('submit', once(async () => {
    desk.finish('');
    wanted = input.value.trim();
    await desk.read();
  }));

  return {
    element: desk.element,
    tell: desk.tell,
    draw() {
      drawTop();
      desk.finish('');
      desk.draw();
    },
    show: desk.read,
  };
}
