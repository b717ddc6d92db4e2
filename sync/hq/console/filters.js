// SPDX-License-Identifier: GPL-3.0-or-later
// The form that says what is counted.

import { getCodes, getTeams, hasPlace, listCommunes, listPlaces, listTerritories, nameCode } from './choices.js';
import { getDay, makeDay } from './day-field.js';
import { make } from './dom.js';
import { isNarrow } from './filter.js';
import { NAMES, findPeriods } from './period.js';
import { say } from './words.js';

export const makeOption = ([value, label]) => make('option', { value }, label);
const makeGroup = ([label, options]) => (options.length > 0 ? make('optgroup', { label }, options.map(makeOption)) : null);

function makeField(label, control) {
  return make('div', { class: `field for-${control.id}` }, make('label', { class: 'form-label', for: control.id }, label), control);
}

// `rows` are options, or groups of them.
export function makeSelect(name, rows, value, change) {
  const select = make('select', { class: 'form-select', id: `filter-${name}`, onchange: () => change(select.value) }, rows);
  select.value = value;
  // What is too long for its field is told whole.
  select.title = select.selectedOptions[0]?.textContent ?? '';
  return makeField(say(name), select);
}

// Days of one's own begin with those that are shown.
const findOwn = ({ from, to }) => (from ? [from, to] : findPeriods().month);

export function makePeriod(filter, change, { first = 'month' } = {}) {
  const choose = (period) => {
    const [from, to] = findPeriods()[period] ?? findOwn(filter);
    change({ ...filter, period, from, to });
  };
  const rows = [...(first === 'all' ? ['all'] : []), ...NAMES, 'days'].map((name) => makeOption([name, say(`period-${name}`)]));
  return makeSelect('period', rows, filter.period, choose);
}

// Both days, where the period has no name. They count only once both are days, in their order.
export function makeDays(filter, change) {
  if (filter.period !== 'days') return [];
  const days = ['from', 'to'].map((name) => makeDay({ id: `filter-${name}`, required: true, 'aria-describedby': 'days-wrong' }, filter[name]));
  const wrong = make('p', { class: 'problem', id: 'days-wrong', role: 'alert' });
  const read = () => {
    const [from, to] = days.map(getDay);
    const bad = days.filter((day) => !day.checkValidity());
    const isTurned = bad.length === 0 && from > to;
    wrong.textContent = isTurned ? say('days-wrong') : (bad[0]?.validationMessage ?? '');
    for (const day of days) day.setAttribute('aria-invalid', String(isTurned || bad.includes(day)));
    if (bad.length === 0 && !isTurned) change({ ...filter, from, to });
  };
  for (const day of days) day.addEventListener('change', read);
  return [...['from', 'to'].map((name, i) => makeField(say('day-label', { label: say(name) }), days[i])), wrong];
}

function makeTerritory(filter, change) {
  const rows = [makeOption(['', say('territory-any')]), makeGroup([say('territories'), listTerritories()]), makeGroup([say('communes'), listCommunes()])];
  return makeSelect('territory', rows, filter.territory, (territory) =>
    change({ ...filter, territory, place: hasPlace(territory, filter.place) ? filter.place : '' }));
}

function makePlace(filter, change) {
  const rows = [makeOption(['', say('place-any')]), ...listPlaces(filter.territory).map(makeGroup)];
  return makeSelect('place', rows, filter.place, (place) => change({ ...filter, place }));
}

function makeChannel(filter, change) {
  const rows = [['', say('channel-any')], ...getCodes('canal').map((code) => [code, nameCode('canal', code)])];
  return makeSelect('channel', rows.map(makeOption), filter.channel, (channel) => change({ ...filter, channel }));
}

function makeTeam(filter, account, change) {
  if (getTeams().length === 0) return null;
  const any = account.role === 'manager' && account.teams.length > 0 ? 'team-own' : 'team-any';
  const rows = [['', say(any)], ...getTeams().map((team) => [team, team])];
  return makeSelect('team', rows.map(makeOption), filter.team, (team) => change({ ...filter, team }));
}

function makeClear(filter, change) {
  if (!isNarrow(filter)) return null;
  const clear = () => change({ ...filter, territory: '', place: '', channel: '', team: '' });
  return make('button', { type: 'button', class: 'btn btn-link', id: 'filter-clear', onclick: clear }, say('clear'));
}

const FIELDS = [makePeriod, makeDays, makeTerritory, makePlace, makeChannel];

// `fields` are a page's own, before those that all have; `kind` is what readFilter() takes.
export function makeFilters({ filter, account, change, kind = {}, fields = [] }) {
  const made = [...fields, ...FIELDS].flatMap((make) => make(filter, change, kind));
  return make('form', { class: 'filters', 'aria-label': say('filters'), onsubmit: (event) => event.preventDefault() },
    made, makeTeam(filter, account, change), makeClear(filter, change));
}
