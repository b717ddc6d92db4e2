// SPDX-License-Identifier: GPL-3.0-or-later
// The access log's codes as what somebody did. What this console does not know yet is shown as it is.

import { nameCode, namePlaceInFull, nameTerritory } from './choices.js';
import { nameList } from './list-words.js';
import { formatDay, formatDays, formatNumber, nameMoment } from './numbers.js';
import { count, has, say } from './words.js';

// Who stands in the log under a name that is no person's.
const NOBODY = ['root', 'altm-field-hq', 'purge'];

export const nameWho = (who) => (NOBODY.includes(who) ? say(`who-${who}`) : who);

// What is no number or no day, as an older program or another may have written it, is left out of a sentence.
const isNumber = (text) => /^\d+$/.test(text ?? '');
const isMoment = (text) => !Number.isNaN(Date.parse(text));
const isDay = (text) => /^\d{4}-\d\d-\d\d$/.test(text ?? '') && isMoment(text);

// How many they were, under "KEY.one" or "KEY.other", or "KEY-some".
function sayNumber(key, n, values = {}) {
  return isNumber(n) ? count(key, Number(n), { ...values, n: formatNumber(Number(n)) }) : say(`${key}-some`, values);
}

// A code is called by its first letters and when it was made.
const MADE = /^(\S+) (\d{4}-\d\d-\d\dT\S+)$/;

const sayReleased = ({ detail }) => say(detail === 'handed-over' ? 'did-released-handed-over' : 'did-released-wiped');

// Of an export, what was asked for, as the address of its page has it.
const PARTS = {
  type: (type) => say(`export-type-${type}`),
  territory: nameTerritory,
  place: namePlaceInFull,
  channel: (channel) => nameCode('canal', channel),
  team: (team) => team,
};

function sayDays(from, to) {
  const days = [from, to].filter(isDay).sort();
  return days.length > 1 ? formatDays(...days) : days.map((day) => formatDay(day))[0];
}

function sayExported({ subject, detail }) {
  const asked = new URLSearchParams(detail ?? '');
  const parts = Object.entries(PARTS).map(([name, write]) => asked.get(name) && write(asked.get(name)));
  const days = sayDays(asked.get('from'), asked.get('to'));
  const format = has(`export-${subject}`) ? say(`export-${subject}`) : subject ?? say('log-unknown');
  const what = [...parts, days].filter(Boolean).join(' · ');
  return what ? say('did-exported-some', { format, what }) : say('did-exported', { subject: format });
}

// Entries of which something is told otherwise than by the code that stands there.
const TOLD = {
  'referral-status-set': ({ reference, subject, detail }) => ({ subject: reference ?? subject, detail: nameCode('orientation_statut', detail) }),
  'liaison-printed': ({ reference, subject }) => ({ subject: reference ?? subject }),
};

const sayListsChanged = ({ subject, detail }) => sayNumber('did-lists-changed', detail, { list: subject ? nameList(subject) : say('log-unknown') });
const sayErasedAgain = ({ detail }) => sayNumber('did-erased-again', detail);

// When a code was made is left out where the line begins with that minute.
function writeMade(text, letters, moment, at) {
  if (!isMoment(moment)) return text;
  return at && nameMoment(moment) === nameMoment(at) ? letters : `${letters} (${nameMoment(moment)})`;
}

const write = (text, at) => (text ? text.replace(MADE, (...found) => writeMade(...found.slice(0, 3), at)) : say('log-unknown'));

// What went in a purge, as the store noted it.
function sayPurged({ detail }) {
  const [, n, refused, entries] = /"private_erased":(\d+),"refused_lines":(\d+),"log_entries":(\d+)/.exec(detail ?? '') ?? [];
  return n === undefined ? say('did-purged-some') : say('did-purged', { private: n, refused, entries });
}

const sayErased = ({ subject, detail }) => say(detail === 'private' ? 'did-erased-private' : 'did-erased-record', { subject: write(subject) });

const sayRights = ({ role, teams }) =>
  (role === 'manager' ? `${say('role-manager')} (${teams.length > 0 ? teams.join(', ') : say('account-all-teams')})` : say(`role-${role}`));

// What an account was and is, as the store noted it.
function sayAccountChanged({ subject, detail }) {
  try {
    const { was, is } = JSON.parse(detail);
    return say('did-account-changed', { subject: write(subject), was: sayRights(was), is: sayRights(is) });
  } catch {
    return say('did-account-changed-some', { subject: write(subject) });
  }
}

const OTHERS = {
  released: sayReleased, exported: sayExported, 'lists-changed': sayListsChanged, purged: sayPurged, erased: sayErased, 'erased-again': sayErasedAgain,
  'account-changed': sayAccountChanged,
};

export function sayEntry(given) {
  const entry = { ...given, ...TOLD[given.what]?.(given) };
  const values = { subject: write(entry.subject, entry.at), detail: write(entry.detail, entry.at) };
  if (entry.what in OTHERS) return OTHERS[entry.what](entry);
  if (has(`did-${entry.what}`)) return say(`did-${entry.what}`, values);
  return [entry.what, entry.subject, entry.detail].filter(Boolean).join(' ');
}
