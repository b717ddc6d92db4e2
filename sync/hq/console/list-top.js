// SPDX-License-Identifier: GPL-3.0-or-later
// The top of the lists' page: which list, what is searched for, how many entries that finds, and what is done with a list as a whole.

import { make } from './dom.js';
import { makeOption } from './filters.js';
import { makeListImport } from './list-import.js';
import { isOwn } from './list-rows.js';
import { nameList } from './list-words.js';
import { go } from './routing.js';
import { getLanguage, say } from './words.js';

function makeChoice(names, chosen) {
  const group = (label, lists) => make('optgroup', { label }, lists.map((list) => makeOption([list, nameList(list)])));
  const select = make('select', { class: 'form-select', id: 'list-choice', onchange: () => go('lists', `list=${select.value}`) },
    group(say('lists-own'), names.filter(isOwn)), group(say('lists-vocabulary'), names.filter((list) => !isOwn(list))));
  select.value = chosen;
  return make('div', { class: 'field' }, make('label', { class: 'form-label', for: 'list-choice' }, say('list')), select);
}

const makeExport = ({ list }) => make('a', { class: 'btn btn-outline', id: 'list-export', href: `api/list-file?list=${list}&language=${getLanguage()}`, download: `${list}.csv` }, say('list-export'));

// `add` is called to add an entry, `refresh` to read the list again, `done` with what an import did, in words. `search` and
// `retired` are the controls that say which entries are wanted.
export function makeListTop({ signedOut, add, refresh, done }) {
  const element = make('div', { class: 'list-top' });
  const search = make('input', { class: 'form-control', type: 'search', id: 'list-search', autocomplete: 'off', spellcheck: 'false' });
  const retired = make('input', { class: 'form-check-input', type: 'checkbox', id: 'list-retired' });

  function makeTools(shown) {
    const link = makeExport(shown);
    if (!shown.may_change) return [make('div', { class: 'buttons' }, link)];
    const { button, box } = makeListImport({ shown, signedOut, refresh, done });
    return [make('div', { class: 'buttons' }, make('button', { type: 'button', class: 'btn btn-primary', id: 'list-add', onclick: add }, say('list-add')), button, link), box];
  }

  // `number` is where it says how many there are.
  function draw(shown, number) {
    const focused = document.activeElement?.id;
    element.replaceChildren(
      make('div', { class: 'tools' }, makeChoice(shown.lists, shown.list),
        make('div', { class: 'field' }, make('label', { class: 'form-label', for: 'list-search' }, say('list-search')), search),
        make('div', { class: 'form-check' }, retired, make('label', { class: 'form-check-label', for: 'list-retired' }, say('list-show-retired'))),
        number),
      ...makeTools(shown));
    if (focused && element.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused).focus();
  }

  return { element, search, retired, draw };
}
