// SPDX-License-Identifier: GPL-3.0-or-later
// The form that says what is counted.

import { getCodes, getTeams, hasPlace, listCommunes, listPlaces, listTerritories, nameCode } from './choices.js';
import { make } from './dom.js';
import { isNarrow } from './filter.js';
import { NAMES, findPeriods } from './period.js';
import { say } from './words.js';

export const makeOption = ([value, label]) => make('option', { value }, label);
const makeGroup = ([label, options]) => (options.length > 0 ? make('optgroup', { label }, options.map(makeOption)) : null);

function makeField(label, control) {
  return make('div', { class: 'field' }, make('label', { class: 'form-label', for: control.id }, label), control);
}

// `rows` are options, or groups of them.
export function makeSelect(name, rows, value, change) {
  const select = make('select', { class: 'form-select', id: `filter-${name}`, onchange: () => change(select.value) }, rows);
  select.value = value;
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

function makeDay(name, filter) {
  const attributes = { class: 'form-control', type: 'date', id: `filter-${name}`, required: true, min: '2000-01-01', max: '2999-12-31' };
  return make('input', { ...attributes, value: filter[name], 'aria-describedby': 'days-wrong' });
}

// Both days, where the period has no name. They count only once both are days, in their order.
export function makeDays(filter, change) {
  if (filter.period !== 'days') return [];
  const [from, to] = [makeDay('from', filter), makeDay('to', filter)];
  const wrong = make('p', { class: 'problem', id: 'days-wrong', role: 'alert' });
  const read = () => {
    const isWrong = from.value > to.value;
    if (!from.checkValidity() || !to.checkValidity()) return;
    wrong.textContent = isWrong ? say('days-wrong') : '';
    for (const day of [from, to]) day.setAttribute('aria-invalid', String(isWrong));
    if (!isWrong) change({ ...filter, from: from.value, to: to.value });
  };
  for (const day of [from, to]) day.addEventListener('change', read);
  return [makeField(say('from'), from), makeField(say('to'), to), wrong];
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
