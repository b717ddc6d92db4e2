// SPDX-License-Identifier: GPL-3.0-or-later
// One record as HQ has it, in words.

import { nameCode, namePlaceInFull } from './choices.js';
import { makeCopy } from './copy.js';
import { make } from './dom.js';
import { nameWho } from './log-words.js';
import { nameMoment } from './numbers.js';
import { makeFact, nameField, sayField } from './record-fields.js';
import { has, say } from './words.js';

// The list whose codes a field has.
const LISTS = {
  channel: 'canal', register: 'registre', origin: 'origine', public: 'public', setting: 'lieu', themes: 'theme', theme: 'theme',
  school_themes: 'theme_ecole', conflict_mode: 'type_conflit_gestion', actions: 'action', result: 'resultat', ages: 'tranche_age',
  genders: 'genre', structure_type: 'structure_type', mode: 'orientation_mode', status: 'orientation_statut', urgency: 'urgence',
  reported_to: 'structure_type',
};

export const nameKind = ({ type }) => (has(`kind-${type}`) ? say(`kind-${type}`) : say('kind-other'));

const makeFacts = ({ data, place }) => make('dl', { class: 'facts' },
  place ? makeFact(say('place'), namePlaceInFull(place)) : null,
  Object.entries(data ?? {}).filter(([field]) => field !== 'contact').map(([name, value]) => makeFact(nameField(name), sayField({ name, list: LISTS[name], value }))));

function makeRevision(revision) {
  const values = { rev: revision.rev, device: revision.device ?? '', moment: nameMoment(revision.at) };
  return make('li', {},
    make('h3', {}, say(revision.deleted ? 'revision-withdrawn' : 'revision', values)),
    make('p', { class: 'note' }, say('revision-received', { moment: nameMoment(revision.received_at), device: values.device })),
    makeFacts(revision),
    revision.has_private ? make('p', {}, say('revision-sealed')) : null);
}

const makeLines = (title, rows, write) => (rows.length === 0 ? null
  : make('div', {}, make('h3', {}, say(title)), make('ul', {}, rows.map((row) => make('li', {}, write(row))))));

const sayWord = ({ status, at, who }) => say('rights-word', { status: nameCode('orientation_statut', status), moment: nameMoment(at), who: nameWho(who) });
const sayRefused = ({ device, received_at: at }) => say('rights-refused-one', { moment: nameMoment(at), device: device ?? '' });
const sayErasure = ({ scope, at, who, why }) =>
  say(`erased-${scope}`, { moment: nameMoment(at), who: who === 'purge' ? say('by-retention') : nameWho(who), why: who === 'purge' || !why ? '' : ` (${why})` });

// What is sealed is opened elsewhere, by somebody who has to be told which record it is.
function makeSealed(record) {
  if (!record.has_private) return make('p', { class: 'state' }, say('rights-has-no-private'));
  const label = [say('rights-copy-number'), make('span', { class: 'visually-hidden' }, ` ${record.id}`)];
  return make('div', { class: 'sealed' },
    make('p', { class: 'state' }, say('rights-has-private')),
    make('p', {}, say('rights-sealed')),
    makeCopy({ text: record.id, id: `copy-${record.id}`, label, copied: say('rights-number-copied') }));
}

export function makeRecord(record) {
  return make('section', { class: 'panel rights-record', 'data-id': record.id },
    make('h2', {}, nameKind(record)),
    make('p', { class: 'note' }, say('rights-id', { id: record.id })),
    makeSealed(record),
    makeLines('rights-erasures', record.erasures, sayErasure),
    make('ul', { class: 'revisions' }, record.revisions.map(makeRevision)),
    makeLines('rights-words', record.words, sayWord),
    makeLines('rights-refused', record.refused, sayRefused));
}
