// SPDX-License-Identifier: GPL-3.0-or-later
// The lists' page: what tablets let one choose from.

import { call } from './call.js';
import { setChoices } from './choices.js';
import { confirm } from './confirm.js';
import { makeDesk } from './desk.js';
import { make } from './dom.js';
import { makeOption } from './filters.js';
import { openListForm } from './list-form.js';
import { makeHistory, sayVersion } from './list-history.js';
import { makeListImport } from './list-import.js';
import { getKey } from './list-row.js';
import { isOwn, makeListRows } from './list-rows.js';
import { nameEntry, nameList } from './list-words.js';
import { go } from './routing.js';
import { getLanguage, say } from './words.js';

const FIRST = 'structures';

function makeChoice(names, chosen) {
  const group = (label, lists) => make('optgroup', { label }, lists.map((list) => makeOption([list, nameList(list)])));
  const select = make('select', { class: 'form-select', id: 'list-choice', onchange: () => go('lists', `list=${select.value}`) },
    group(say('lists-own'), names.filter(isOwn)), group(say('lists-vocabulary'), names.filter((list) => !isOwn(list))));
  select.value = chosen;
  return make('div', { class: 'field' }, make('label', { class: 'form-label', for: 'list-choice' }, say('list')), select);
}

export function makeLists({ signedOut }) {
  const top = make('div', { class: 'list-top' });
  const search = make('input', { class: 'form-control', type: 'search', id: 'list-search', autocomplete: 'off', spellcheck: 'false' });
  const retired = make('input', { class: 'form-check-input', type: 'checkbox', id: 'list-retired' });
  let chosen = FIRST;
  let read = null;
  let narrow = () => {};

  const ask = async () => {
    read = await call('GET', 'lists', { query: new URLSearchParams({ list: chosen }) });
    return read;
  };
  const desk = makeDesk({ name: 'lists', signedOut, ask, list: makeContent, top });
  // Without drawing anything anew: somebody is in the midst of a form.
  const refresh = () => ask().catch(() => null);

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

  function makeContent(shown) {
    drawTop(shown);
    const own = shown.may_change ? null : make('p', { class: 'note' }, say('list-read-only'));
    const rows = makeListRows({ shown, search, retired, work });
    narrow = rows.narrow;
    return [own, ...rows.elements, make('p', { class: 'note' }, sayVersion(shown)), ...makeHistory(shown)];
  }

  function makeTools(shown) {
    const link = make('a', { class: 'btn btn-outline', id: 'list-export', href: `api/list-file?list=${shown.list}&language=${getLanguage()}`, download: `${shown.list}.csv` }, say('list-export'));
    if (!shown.may_change) return { buttons: [link], box: null };
    const taken = makeListImport({ shown, signedOut, refresh, done: (text) => finish(text) });
    const add = make('button', { type: 'button', class: 'btn btn-primary', id: 'list-add', onclick: () => {
      desk.finish('');
      openListForm({ shown: read, signedOut, refresh, saved: (name) => finish(say('list-added', { name })) });
    } }, say('list-add'));
    return { buttons: [add, taken.button, link], box: taken.box };
  }

  function drawTop(shown) {
    const focused = document.activeElement?.id;
    const { buttons, box } = makeTools(shown);
    top.replaceChildren(...[
      make('div', { class: 'tools' }, makeChoice(shown.lists, shown.list),
        make('div', { class: 'field' }, make('label', { class: 'form-label', for: 'list-search' }, say('list-search')), search),
        make('div', { class: 'form-check' }, retired, make('label', { class: 'form-check-label', for: 'list-retired' }, say('list-show-retired')))),
      make('div', { class: 'buttons' }, buttons), box].filter(Boolean));
    if (focused && top.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused).focus();
  }

  search.addEventListener('input', () => narrow());
  retired.addEventListener('change', () => narrow());

  return {
    element: desk.element,
    tell: desk.tell,
    draw() {
      desk.finish('');
      desk.draw();
    },
    show(query) {
      const asked = query.get('list') || FIRST;
      if (asked !== chosen) search.value = '';
      chosen = asked;
      return desk.read();
    },
  };
}
