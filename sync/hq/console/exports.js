// SPDX-License-Identifier: GPL-3.0-or-later
// The exports' page: which records, as what; what will be in the file; one button.

import { call } from './call.js';
import { act, makeDesk, once } from './desk.js';
import { make } from './dom.js';
import { readFilter, writeFilter, writeQuestion } from './filter.js';
import { makeFilters, makeOption, makeSelect } from './filters.js';
import { formatDays } from './numbers.js';
import { go, readAddress } from './routing.js';
import { getLanguage, say } from './words.js';

const FORMATS = ['xlsx', 'csv-semicolon', 'csv', 'ndjson'];
const TYPES = ['contact', 'referral', 'flow', 'observation', 'shift'];
// A CSV is one table; the others hold each type.
const isOne = (format) => format.startsWith('csv');
const KIND = { first: 'last-month', own: { format: 'xlsx', type: '' } };

// What was chosen fits together, whatever the address says.
function read(query) {
  const filter = readFilter(query, KIND);
  const format = FORMATS.includes(filter.format) ? filter.format : FORMATS[0];
  const type = TYPES.includes(filter.type) ? filter.type : '';
  return { ...filter, format, type: type || (isOne(format) ? TYPES[0] : '') };
}

function makeFormat(filter, change) {
  const rows = FORMATS.map((format) => makeOption([format, say(`export-${format}`)]));
  return makeSelect('format', rows, filter.format, (format) => change({ ...filter, format }));
}

function makeType(filter, change) {
  const types = isOne(filter.format) ? TYPES : ['', ...TYPES];
  const rows = types.map((type) => makeOption([type, say(`export-type-${type || 'all'}`)]));
  return makeSelect('type', rows, filter.type, (type) => change({ ...filter, type }));
}

function makeColumns({ type, columns }) {
  return make('details', { class: 'columns' },
    make('summary', {}, say('export-columns', { name: say(`export-type-${type}`), n: columns.length })),
    make('dl', {}, columns.flatMap(({ name, definition }) => [make('dt', {}, name), make('dd', {}, definition)])));
}

// A plain link streams the file to the disk; what it is good for was granted by the call before.
function fetchFile({ ticket, file }) {
  const link = make('a', { href: `api/exports?${new URLSearchParams({ ticket })}`, download: file });
  document.body.append(link);
  link.click();
  link.remove();
}

export function makeExports({ account, signedOut }) {
  const filters = make('div', {});
  const wrong = make('p', { class: 'problem', role: 'alert' });
  const tools = make('div', { class: 'tools' });
  let filter = read(readAddress().query);
  let desk = null;
  // In which language the columns were read.
  let asked = '';

  const change = (next) => go('exports', writeFilter(next, KIND));

  function writeAsked() {
    const query = writeQuestion(filter, KIND);
    if (!filter.type) query.delete('type');
    query.set('language', getLanguage());
    return query;
  }

  const download = once(async () => {
    desk.finish('');
    const granted = await act({ method: 'POST', path: `exports?${writeAsked()}`, region: wrong, signedOut });
    if (!granted) return;
    fetchFile(granted);
    desk.finish(say('export-begun', { file: granted.file }));
  });

  function ask() {
    asked = getLanguage();
    const query = new URLSearchParams({ language: asked });
    if (filter.type) query.set('type', filter.type);
    return call('GET', 'columns', { query });
  }

  function list({ tables }) {
    const { format, from, to } = filter;
    return make('section', { class: 'panel' },
      make('h2', {}, say('export-inside')),
      make('p', {}, say(`export-holds-${format}`), ' ', say('export-days', { days: formatDays(from, to) })),
      make('p', {}, say('export-kept-inside')),
      format === 'ndjson' ? null : tables.map(makeColumns));
  }

  desk = makeDesk({ name: 'exports', signedOut, ask, list, top: [filters, tools, wrong] });

  function drawTop() {
    const focused = document.activeElement?.id;
    filters.replaceChildren(makeFilters({ filter, account, change, kind: KIND, fields: [makeFormat, makeType] }));
    tools.replaceChildren(make('button', { type: 'button', class: 'btn btn-primary', id: 'download', onclick: download }, say('export-download')));
    if (focused && (focused.startsWith('filter-') || focused === 'download')) document.getElementById(focused)?.focus();
  }

  return {
    element: desk.element,
    tell: desk.tell,
    draw() {
      drawTop();
      desk.draw();
      if (asked && asked !== getLanguage()) desk.read();
    },
    show(query) {
      filter = read(query);
      wrong.textContent = '';
      desk.finish('');
      drawTop();
      desk.read();
    },
  };
}
