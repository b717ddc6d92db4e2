// SPDX-License-Identifier: GPL-3.0-or-later
// The versions of the lists: what each changed, when, and by whom as long as the access log knows it.

import { makeDisclosure } from './definition.js';
import { make } from './dom.js';
import { nameList } from './list-words.js';
import { formatNumber, nameMoment } from './numbers.js';
import { count, say } from './words.js';

const PARTS = ['added', 'changed', 'retired', 'restored'];

function sayKeys({ keys, ...change }) {
  const rest = PARTS.reduce((sum, part) => sum + change[part], 0) - keys.length;
  return rest > 0 ? `${keys.join(', ')}…` : keys.join(', ');
}

const sayWhat = (change) => PARTS.filter((part) => change[part] > 0)
  .map((part) => count(`list-plan-${part}`, change[part], { n: formatNumber(change[part]) })).join(', ');

const makeChange = (change) => make('li', {},
  make('span', { class: 'when' }, say('list-version', { n: change.version })),
  make('div', {},
    make('p', {}, make('strong', {}, nameList(change.list)), ` · ${sayWhat(change)}`),
    make('p', { class: 'note' }, [nameMoment(change.at), change.who, sayKeys(change)].filter(Boolean).join(' · '))));

export function sayVersion({ version, changes }) {
  const [last] = changes;
  if (last?.version !== version) return say('list-version-brought', { n: version });
  return say(last.who ? 'list-version-by' : 'list-version-at', { n: version, moment: nameMoment(last.at), who: last.who });
}

export function makeHistory({ changes }) {
  if (changes.length === 0) return [];
  const { button, box } = makeDisclosure({ label: say('list-history'), content: make('ul', { class: 'entries' }, changes.map(makeChange)), id: 'list-history' });
  box.classList.add('panel');
  return [button, box];
}
