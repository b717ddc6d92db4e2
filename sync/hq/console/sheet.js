// SPDX-License-Identifier: GPL-3.0-or-later
// What is printed on A4: numbers, tables and notes, of which HQ has masked some: these are null.

import { MASKED, makeBars } from './bars.js';
import { nameCode, namePlace, namePlaceInFull } from './choices.js';
import { make } from './dom.js';
import { findDay, formatDay, formatNumber, formatShare } from './numbers.js';
import { count, say } from './words.js';

const PROCESSES = ['telephone_habitants', 'telephone_familles', 'espace_public', 'bureau_poste'];

// In points, and in pixels: of 297 mm less twice the margin of 12 mm, and a bit less, as printers round.
const LARGEST = 9.5;
const SMALLEST = 5;
const STEP = 0.25;
const HEIGHT = (271 / 25.4) * 96;

// The largest text with which all is on one page.
function fit(sheet) {
  sheet.classList.add('measured');
  for (let size = LARGEST; size >= SMALLEST; size -= STEP) {
    sheet.style.fontSize = `${size}pt`;
    if (sheet.offsetHeight <= HEIGHT) break;
  }
  sheet.classList.remove('measured');
}

function fitAll() {
  for (const sheet of document.querySelectorAll('.sheet')) fit(sheet);
}

window.addEventListener('beforeprint', fitAll);
window.addEventListener('afterprint', () => {
  for (const sheet of document.querySelectorAll('.sheet')) sheet.style.fontSize = '';
});

const byCount = (one, other) => other.count - one.count;
const byLabel = (one, other) => one.label.localeCompare(other.label, 'fr');

// Rows of what there is; those that are masked last, by their names: their order tells nothing.
function makeRows(figure, counts, name) {
  const rows = Object.entries(counts)
    .filter(([, n]) => n !== 0)
    .map(([code, n]) => ({ figure: `${figure}/${code}`, label: name(code), count: n }));
  const isMasked = (row) => row.count === null;
  return [...rows.filter((row) => !isMasked(row)).sort(byCount), ...rows.filter(isMasked).sort(byLabel)];
}

const nameActivity = (code) => (PROCESSES.includes(code) ? say(`process-${code}`) : nameCode('canal', code));

// A table of which nothing may be told.
const makeWithheld = (title) => make('section', { class: 'panel' }, make('h2', {}, title), make('p', {}, say('table-masked')));

// The newsletter's four first, in its order, also where nothing was done in one.
export function makeActivities({ activities, interventions }) {
  if (!activities) return makeWithheld(say('process-title'));
  const rows = makeRows('activities', activities, nameActivity);
  const known = { ...Object.fromEntries(PROCESSES.map((code) => [code, 0])), ...activities };
  const first = PROCESSES.map((code) => ({ figure: `activities/${code}`, label: nameActivity(code), count: known[code] }));
  const others = rows.filter(({ figure }) => !first.some((row) => row.figure === figure));
  return makeBars({ title: say('process-title'), rows: [...first, ...others], total: interventions, isRegion: false });
}

// `most` rows; of the others only how many they are.
export function makeTable({ title, note, figure, counts, name, total = 0, most = Infinity }) {
  if (!counts) return makeWithheld(title);
  const rows = makeRows(figure, counts, name);
  const left = rows.length - most;
  const more = left > 0 ? [count('and-more', left, { n: formatNumber(left) })] : [];
  return makeBars({ title, note, rows: rows.slice(0, most), total, more, isRegion: false });
}

const makeCodes = (title, figure, list, more = {}) => (figures) => makeTable({
  title: say(title), figure, counts: figures[figure], name: (code) => nameCode(list, code),
  ...more, note: more.note ? say(more.note) : null, total: more.of ? figures[more.of] : 0 });

export const makeRegisters = makeCodes('register-title', 'by_register', 'registre', { of: 'interventions' });
export const makeThemes = makeCodes('theme-title', 'by_theme', 'theme', { note: 'paper-theme-note' });
export const makeStatuses = makeCodes('status-title', 'referrals_by_status', 'orientation_statut', { of: 'referrals' });
export const makeCounters = makeCodes('flow-title', 'flow', 'poste_compteur', { note: 'paper-flow-note' });
export const makeStructures = makeCodes('structures-title', 'by_structure_type', 'structure_type', { of: 'referrals', most: 14 });

export const makeOffices = ({ clients_by_office: offices, clients }) => makeTable({
  title: say('office-title'), figure: 'clients_by_office', counts: offices, name: namePlace, total: clients, most: 10 });

export const makeTerritories = ({ by_qpv: places, interventions }) => makeTable({
  title: say('territories-title'), figure: 'by_qpv', counts: places, total: interventions, most: 16,
  name: (id) => (id === 'elsewhere' ? say('elsewhere') : namePlaceInFull(id)) });

// One number: a few are less than 5, and no more is told.
const sayFew = () => say('less-than', { n: 5 });
const formatMasked = (n) => (n === null ? sayFew() : formatNumber(n));

function formatQpv(qpv) {
  const { in: inside, out } = qpv ?? {};
  if (!Number.isInteger(inside) || !Number.isInteger(out)) return MASKED;
  return inside + out > 0 ? formatShare(inside / (inside + out)) : say('no-share');
}

const NUMBERS = {
  interventions: ({ interventions }) => formatMasked(interventions),
  people: ({ people }) => formatMasked(people),
  referrals: ({ referrals }) => formatMasked(referrals),
  clients: ({ clients }) => formatMasked(clients),
  hours: ({ minutes }) => say('hours-value', { n: formatNumber(Math.round(minutes / 60)) }),
  qpv: ({ qpv }) => formatQpv(qpv),
};

// Each with the number of its note.
export function makeNumbers(figures) {
  const makeNumber = ([name, format], i) => make('div', {},
    make('dt', {}, say(name), make('sup', {}, String(i + 1))),
    make('dd', { 'data-figure': name }, format(figures)));
  return make('dl', { class: 'numbers' }, Object.entries(NUMBERS).map(makeNumber));
}

function sayAttempts({ attempts }) {
  if (attempts === null) return say('attempts-few');
  return attempts > 0 ? count('attempts', attempts, { n: formatNumber(attempts) }) : say('attempts-none');
}

// Signs that are explained where they stand among the figures.
function makeLegend(content) {
  const shown = content.flatMap((each) => [...each.querySelectorAll('[data-figure]')]).map((each) => each.textContent);
  const signs = [
    shown.includes(sayFew()) ? say('legend-few') : null,
    shown.some((text) => text.startsWith(MASKED)) ? say('legend-masked') : null,
  ].filter(Boolean);
  return signs.length > 0 ? make('p', { class: 'legend' }, signs.join(' ')) : null;
}

// What the numbers count, what is masked in `content`, the elements above, and how complete all is.
export function makeNotes(figures, content, sentences) {
  const makeNote = (name) => make('li', {}, make('strong', {}, say('note-term', { name: say(name) })), ' ', say(`${name}-definition`));
  return make('footer', { class: 'notes' },
    make('p', {}, sentences.join(' ')),
    make('p', {}, say('paper-attempts', { attempts: sayAttempts(figures) })),
    makeLegend(content),
    make('ol', {}, Object.keys(NUMBERS).map(makeNote)));
}

// In as many columns as there is room for, which end at about the same height whatever a table has to tell.
export const makeColumns = (tables, figures) => make('div', { class: 'panels' }, tables.map((each) => each(figures)));

export function makeHead(title, lines) {
  return make('header', { class: 'head' },
    make('span', { class: 'brand' }, 'ALTM'),
    make('h2', {}, title),
    lines.filter(Boolean).map((line) => make('p', {}, line)));
}

// What has no end yet says up to when it goes; `to` is its last day.
export function makeProvisional(to) {
  const today = findDay(new Date());
  return today <= to ? make('strong', {}, say('provisional', { date: formatDay(today) })) : null;
}

export function makePrint() {
  const print = { type: 'button', class: 'btn btn-primary', id: 'print', onclick: () => window.print() };
  return make('button', print, say('print-or-pdf'));
}
