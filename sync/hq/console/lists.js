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
import { getKey, makeListRow } from './list-row.js';
import { fold, nameEntry, nameList, sayValue } from './list-words.js';
import { formatNumber } from './numbers.js';
import { go } from './routing.js';
import { count, getLanguage, say } from './words.js';

const FIRST = 'structures';
// The lists that are no vocabulary come first; HQ names them so.
const OWN = 5;
// So many rows at most are drawn at once.
const MOST = 50;

function makeChoice(names, chosen) {
  const group = (label, lists) => make('optgroup', { label }, lists.map((list) => makeOption([list, nameList(list)])));
  const select = make('select', { class: 'form-select', id: 'list-choice', onchange: () => go('lists', `list=${select.value}`) },
    group(say('lists-own'), names.slice(0, OWN)), group(say('lists-vocabulary'), names.slice(OWN)));
  select.value = chosen;
  return make('div', { class: 'field' }, make('label', { class: 'form-label', for: 'list-choice' }, say('list')), select);
}

const readAll = ({ fields, list }, entry) =>
  fold([nameEntry(list, entry), getKey(entry), ...fields.map((field) => sayValue(field, entry[field.name]))].join(' '));

const sort = (shown) => shown.entries.map((entry) => ({ entry, words: readAll(shown, entry) }))
  .sort((one, other) => Boolean(one.entry.retired) - Boolean(other.entry.retired)
    // A vocabulary's order is that of the tablet's tiles.
    || (shown.lists.indexOf(shown.list) < OWN ? nameEntry(shown.list, one.entry).localeCompare(nameEntry(shown.list, other.entry), 'fr') : 0));

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
      button: say('list-retire'),
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

  function makeRows(shown) {
    const rows = sort(shown);
    const number = make('p', { class: 'scope', role: 'status' });
    const more = make('p', { class: 'note' });
    const body = make('ul', { class: 'rows' });
    narrow = () => {
      const words = fold(search.value).split(/\s+/).filter(Boolean);
      const found = rows.filter((each) => (retired.checked || !each.entry.retired) && words.every((word) => each.words.includes(word)));
      body.replaceChildren(...found.slice(0, MOST).map(({ entry }) => makeListRow(shown, entry, work)));
      number.textContent = found.length > 0 ? count('list-number', found.length, { n: formatNumber(found.length) }) : say(rows.length > 0 ? 'list-not-found' : 'list-empty');
      more.textContent = found.length > MOST ? say('list-more', { n: formatNumber(MOST) }) : '';
    };
    narrow();
    return [number, body, more];
  }

  function makeContent(shown) {
    drawTop(shown);
    const own = shown.may_change ? null : make('p', { class: 'note' }, say('list-read-only'));
    return [own, ...makeRows(shown), make('p', { class: 'note' }, sayVersion(shown)), ...makeHistory(shown)];
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
