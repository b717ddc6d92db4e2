// SPDX-License-Identifier: GPL-3.0-or-later
// The key figures. Each stands for itself: they are never added up.

import { FEW, makeChange, makeShareChange } from './change.js';
import { makeDisclosure } from './definition.js';
import { make } from './dom.js';
import { formatNumber, formatShare } from './numbers.js';
import { hasClients } from './scope.js';
import { count, say } from './words.js';

const countWith = (key, n, values = {}) => count(key, n, { n: formatNumber(n), ...values });
const getShare = ({ in: inside, of }) => (of > 0 ? inside / of : null);
const getHours = (minutes) => Math.round(minutes / 60);

function makeCard({ name, value, notes, change }) {
  const { button, box } = makeDisclosure({
    label: '?', name: say('definition', { name: say(name) }), className: 'definition', content: say(`${name}-definition`) });
  return make('section', { class: 'keycard', 'aria-label': say(name) },
    make('h2', {}, say(name), ' ', button),
    make('p', { class: 'value', 'data-figure': name }, value),
    change,
    notes.map((note) => make('p', { class: 'note' }, note)),
    box);
}

function makeInterventions(figures, before) {
  const { interventions, attempts } = figures;
  const note = attempts > 0 ? countWith('attempts', attempts) : say('attempts-none');
  return makeCard({
    name: 'interventions', value: formatNumber(interventions), change: makeChange(interventions, before?.interventions),
    notes: [make('span', { 'data-figure': 'attempts' }, note)] });
}

function makePeople(figures, before) {
  const { people, interventions } = figures;
  const each = () => say('people-each', { n: formatNumber(people / interventions, { maximumFractionDigits: 1 }) });
  return makeCard({
    name: 'people', value: formatNumber(people), change: makeChange(people, before?.people),
    notes: interventions > 0 ? [each()] : [] });
}

function noteReferrals({ referrals, referrals_by_status: statuses }) {
  const taken = statuses.prise_en_charge ?? 0;
  if (referrals === 0) return [];
  return taken > 0 ? [countWith('referrals-taken', taken, { share: formatShare(taken / referrals) })] : [say('referrals-taken-none')];
}

function makeReferrals(figures, before) {
  return makeCard({
    name: 'referrals', value: formatNumber(figures.referrals), change: makeChange(figures.referrals, before?.referrals),
    notes: noteReferrals(figures) });
}

function makeClients(figures, before) {
  const clients = figures.flow.entres ?? 0;
  const offices = Object.values(figures.clients_by_office).filter((n) => n > 0).length;
  return makeCard({
    name: 'clients', value: formatNumber(clients), change: makeChange(clients, before?.flow.entres),
    notes: offices > 0 ? [countWith('clients-offices', offices)] : [] });
}

function makeHours({ shifts }, before) {
  const format = (n) => say('hours-value', { n: formatNumber(n) });
  const [now, then] = [getHours(shifts.minutes), getHours(before?.shifts.minutes ?? 0)];
  const hours = formatNumber(getHours(shifts.mediator_minutes));
  return makeCard({
    name: 'hours', value: format(now), change: makeChange(now, then, format),
    notes: shifts.number > 0 ? [countWith('hours-shifts', shifts.number, { hours })] : [] });
}

function makeQpv({ qpv }, before) {
  const share = getShare(qpv);
  const note = () => say('qpv-of', { n: formatNumber(qpv.in), of: formatNumber(qpv.of) });
  return makeCard({
    name: 'qpv', value: share === null ? '–' : formatShare(share),
    change: makeShareChange(share, before?.qpv.of >= FEW ? getShare(before.qpv) : null), notes: share === null ? [] : [note()] });
}

const listCards = (filter) => [
  makeInterventions, makePeople, makeReferrals, ...(hasClients(filter) ? [makeClients] : []), makeHours, makeQpv,
];

export const makeCards = (figures, filter) =>
  make('div', { class: 'keycards' }, listCards(filter).map((each) => each(figures, figures.before)));
