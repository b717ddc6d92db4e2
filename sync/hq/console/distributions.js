// SPDX-License-Identifier: GPL-3.0-or-later
// What the figures are made of, by the codes of the lists.

import { makeBars } from './bars.js';
import { getCodes, nameCode, namePlace } from './choices.js';
import { formatNumber } from './numbers.js';
import { count, say } from './words.js';

// The newsletter's, in its order, each with its colour. Their channels are not named a second time.
const PROCESSES = ['telephone_habitants', 'telephone_familles', 'espace_public', 'bureau_poste'];
const THEIRS = ['telephone', 'espace_public', 'bureau_poste'];
const isOf = (process, channel) => !channel || process.replace(/^telephone_.*/, 'telephone') === channel;
const MAXIMA = ['file_max', 'attente_max_min'];

const byCount = (one, other) => other.count - one.count;

function makeRows(figure, counts, name) {
  return Object.entries(counts)
    .filter(([, n]) => n > 0)
    .map(([code, n]) => ({ figure: `${figure}/${code}`, label: name(code), count: n }));
}

// Those codes first that the list has, in its order.
function sortByList(rows, figure, list) {
  const codes = getCodes(list).map((code) => `${figure}/${code}`);
  const place = ({ figure: each }) => (codes.includes(each) ? codes.indexOf(each) : codes.length);
  return rows.sort((one, other) => place(one) - place(other));
}

export function makeProcesses({ by_process: processes, by_channel: channels, interventions }, { channel }) {
  const first = PROCESSES.filter((code) => isOf(code, channel)).map((code) => ({
    figure: `by_process/${code}`, label: say(`process-${code}`), count: processes[code] ?? 0, tone: `tone-${code}` }));
  const others = makeRows('by_channel', channels, (code) => nameCode('canal', code)).filter(
    ({ figure }) => !THEIRS.includes(figure.split('/')[1]));
  const rows = [...first, ...others.map((row) => ({ ...row, figure: `other/${row.figure}`, tone: 'tone-other' })).sort(byCount)];
  return makeBars({ title: say('process-title'), note: say('process-note'), rows, total: interventions });
}

export function makeChannels({ by_channel: channels, interventions }) {
  const rows = makeRows('by_channel', channels, (code) => nameCode('canal', code)).sort(byCount);
  return makeBars({ title: say('channel-title'), rows, total: interventions });
}

export function makeRegisters({ by_register: registers, interventions }) {
  const rows = makeRows('by_register', registers, (code) => nameCode('registre', code)).sort(byCount);
  return makeBars({ title: say('register-title'), rows, total: interventions });
}

export function makeThemes({ by_theme: themes, interventions }) {
  const rows = makeRows('by_theme', themes, (code) => nameCode('theme', code)).sort(byCount);
  return makeBars({ title: say('theme-title'), note: say('theme-note'), rows, total: interventions });
}

export function makeStatuses({ referrals_by_status: statuses, referrals }) {
  const rows = makeRows('referrals_by_status', statuses, (code) => nameCode('orientation_statut', code));
  return makeBars({
    title: say('status-title'), note: say('status-note'), total: referrals,
    rows: sortByList(rows, 'referrals_by_status', 'orientation_statut') });
}

export function makeOffices({ clients_by_office: offices, flow }) {
  const rows = makeRows('clients_by_office', offices, namePlace).sort(byCount);
  return makeBars({ title: say('office-title'), rows, total: flow.entres ?? 0 });
}

// Counters are of different things, and the greatest of what was seen is no sum: no shares.
export function makeFlow({ flow }) {
  const rows = makeRows('flow', flow, (code) => nameCode('poste_compteur', code)).filter(
    ({ figure }) => !['entres', ...MAXIMA].includes(figure.split('/')[1]));
  const more = MAXIMA.filter((code) => flow[code] > 0).map((code) => count(`flow-${code}`, flow[code], { n: formatNumber(flow[code]) }));
  return makeBars({ title: say('flow-title'), note: say('flow-note'), rows: sortByList(rows, 'flow', 'poste_compteur'), more });
}
