// SPDX-License-Identifier: GPL-3.0-or-later
// The lists' page: what tablets let one choose from.

import { call } from './call.js';
import { setChoices } from './choices.js';
import { confirm } from './confirm.js';
import { makeDesk } from './desk.js';
import { make } from './dom.js';
import { openListForm } from './list-form.js';
import { makeHistory, sayVersion } from './list-history.js';
import { getKey } from './list-row.js';
import { makeListRows } from './list-rows.js';
import { makeListTop } from './list-top.js';
import { nameEntry } from './list-words.js';
import { say } from './words.js';

const FIRST = 'structures';

export function makeLists({ signedOut }) {
  let chosen = FIRST;
  let read = null;
  let narrow = () => {};

  const ask = async () => {
    read = await call('GET', 'lists', { query: new URLSearchParams({ list: chosen }) });
    return read;
  };
  // Without drawing anything anew: somebody is in the midst of a form.
  const refresh = () => ask().catch(() => null);
  const top = makeListTop({ signedOut, add, refresh, done: (text) => finish(text) });
  const desk = makeDesk({ name: 'lists', signedOut, ask, list: makeContent, top: top.element });

  // Other pages name what is new, too.
  async function finish(text, focus = null) {
    await desk.read();
    try {
      setChoices(await call('GET', 'choices'));
    } catch (problem) {
      desk.tell(problem);
    }
    desk.finish(text);
    if (focus) document.getElementById(focus)?.scrollIntoView({ block: 'nearest' });
  }

  const work = {
    edit: (entry) => openListForm({ shown: read, entry, signedOut, refresh,
      saved: (name, key) => finish(say('list-saved', { name, version: read.version + 1 }), `edit-${key}`) }),
    retire,
    restore,
  };

  const writeRetired = (entry, value) =>
    ({ list: read.list, base: read.version, rows: [{ [read.fields[0].name]: getKey(entry), retired: value }] });

  function retire(entry) {
    const name = nameEntry(read.list, entry);
    desk.finish('');
    confirm({
      title: say('list-retire-title', { name }),
      lines: ['tablets', 'records', 'back'].map((line) => say(`list-retire-${line}`)),
      button: say('list-retire-now'), warns: false,
      method: 'POST', path: 'lists', signedOut,
      form: () => writeRetired(entry, 'true'),
      done: () => finish(say('list-retire-done', { name })),
    });
  }

  async function restore(entry) {
    try {
      await call('POST', 'lists', { form: writeRetired(entry, '') });
      await finish(say('list-restore-done', { name: nameEntry(read.list, entry) }));
    } catch (problem) {
      desk.tell(problem);
    }
  }

  function add() {
    desk.finish('');
    openListForm({ shown: read, signedOut, refresh, saved: (name) => finish(say('list-added', { name })) });
  }

  function makeContent(shown) {
    const own = shown.may_change ? null : make('p', { class: 'note' }, say('list-read-only'));
    const rows = makeListRows({ shown, search: top.search, retired: top.retired, work });
    top.draw(shown, rows.number);
    narrow = rows.narrow;
    return [own, ...rows.elements, make('p', { class: 'note' }, sayVersion(shown)), ...makeHistory(shown)];
  }

  top.search.addEventListener('input', () => narrow());
  top.retired.addEventListener('change', () => narrow());

  return {
    element: desk.element,
    tell: desk.tell,
    draw() {
      desk.finish('');
      desk.draw();
    },
    show(query) {
      const asked = query.get('list') || FIRST;
      if (asked !== chosen) top.search.value = '';
      chosen = asked;
      return desk.read();
    },
  };
}
