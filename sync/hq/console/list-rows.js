// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of a list: those that a search finds, in their order.

import { make } from './dom.js';
import { getKey, makeListRow } from './list-row.js';
import { fold, nameEntry, sayValue } from './list-words.js';
import { formatNumber } from './numbers.js';
import { count, say } from './words.js';

// So many at most are drawn at once.
const MOST = 50;
const OWN = ['places', 'structures', 'campaigns', 'mediators', 'needs'];

// Whether a list is none of the vocabulary.
export const isOwn = (list) => OWN.includes(list);

const readAll = ({ fields, list }, entry) =>
  fold([nameEntry(list, entry), getKey(entry), ...fields.map((field) => sayValue(field, entry[field.name]))].join(' '));

// By their names, those that are retired last; a vocabulary's order is that of the tablet's tiles.
function sort(shown) {
  const name = ({ entry }) => nameEntry(shown.list, entry);
  return shown.entries.map((entry) => ({ entry, words: readAll(shown, entry) }))
    .sort((one, other) => Boolean(one.entry.retired) - Boolean(other.entry.retired)
      || (isOwn(shown.list) ? name(one).localeCompare(name(other), 'fr') : 0));
}

function sayNumber(found, all) {
  const number = found > 0 ? count('list-number', found, { n: formatNumber(found) }) : '';
  if (found > MOST) return `${number}, ${count('list-drawn', MOST, { n: formatNumber(MOST) })}`;
  if (found > 0) return number;
  return say(all > 0 ? 'list-not-found' : 'list-empty');
}

// `search` and `retired` are the controls that say which; `number` says how many, above; `narrow` looks at them again.
export function makeListRows({ shown, search, retired, work }) {
  const rows = sort(shown);
  const number = make('p', { class: 'scope', role: 'status' });
  const more = make('p', { class: 'note' });
  const body = make('ul', { class: 'rows' });
  const narrow = () => {
    const words = fold(search.value).split(/\s+/).filter(Boolean);
    const found = rows.filter((each) => (retired.checked || !each.entry.retired) && words.every((word) => each.words.includes(word)));
    body.replaceChildren(...found.slice(0, MOST).map(({ entry }) => makeListRow(shown, entry, work)));
    number.textContent = sayNumber(found.length, rows.length);
    more.textContent = found.length > MOST ? say('list-more', { n: formatNumber(MOST) }) : '';
  };
  narrow();
  return { number, elements: [body, more], narrow };
}
