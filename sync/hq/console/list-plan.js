// SPDX-License-Identifier: GPL-3.0-or-later
// What a file would do to a list, before it does: what is wrong first, then what is added, changed and retired.

import { make } from './dom.js';
import { nameEntry, nameField, sayProblem, sayValue } from './list-words.js';
import { formatNumber } from './numbers.js';
import { count, say } from './words.js';

const PARTS = ['added', 'changed', 'retired', 'restored'];

function sayPlace({ line, key }) {
  if (line) return say('list-line', { line: formatNumber(line) });
  return key ? say('list-entry', { key }) : say('list-file');
}

const sayColumn = (field) => (field ? say('list-column', { column: nameField(field) }) : '');

const makeComplaint = (each) => make('li', {}, make('strong', {}, `${sayPlace(each)}${sayColumn(each.field)} : `), sayProblem(each.problem));

function makeErrors({ errors }) {
  return [
    make('h2', {}, count('list-errors', errors.number, { n: formatNumber(errors.number) })),
    make('ul', { class: 'complaints' }, errors.first.map(makeComplaint)),
    make('p', { class: 'note' }, say('list-errors-help')),
  ];
}

const makeWarnings = (warnings) => (warnings.length === 0 ? [] : [
  make('p', { class: 'note' }, say('list-columns-unknown', { columns: warnings.map(({ field }) => field).join(', ') }))]);

function makeDifference(fields, { field: name, old, new: now }) {
  const field = fields.find((each) => each.name === name);
  return make('li', {}, `${nameField(name)} : `,
    make('del', {}, sayValue(field, old) || say('list-nothing')), ' → ', make('ins', {}, sayValue(field, now) || say('list-nothing')));
}

function makeEntry({ list, fields }, part, each) {
  const named = nameEntry(list, { name: each.name ?? undefined, code: each.key, theme: each.key });
  const differences = part === 'changed' ? make('ul', {}, each.fields.map((field) => makeDifference(fields, field))) : null;
  return make('li', {}, make('strong', {}, named), named === each.key ? null : ` (${each.key})`, differences);
}

function makePart(shown, plan, part) {
  const { number, first } = plan[part];
  if (number === 0) return [];
  return [
    make('h2', {}, count(`list-plan-${part}`, number, { n: formatNumber(number) })),
    make('ul', { class: 'planned' }, first.map((each) => makeEntry(shown, part, each))),
    number > first.length ? make('p', { class: 'note' }, say('list-plan-more', { n: formatNumber(number - first.length) })) : null,
  ];
}

export const isEmpty = (plan) => PARTS.every((part) => plan[part].number === 0);

export function sayPlan(plan) {
  const said = [...PARTS.filter((part) => plan[part].number > 0).map((part) => count(`list-plan-${part}`, plan[part].number, { n: formatNumber(plan[part].number) })),
    plan.unchanged > 0 ? count('list-plan-unchanged', plan.unchanged, { n: formatNumber(plan.unchanged) }) : null];
  return said.filter(Boolean).join(', ');
}

// While anything is wrong, nothing would be done.
export function makePlan(shown, plan) {
  const warnings = makeWarnings(plan.warnings ?? []);
  if (plan.errors.number > 0) return [...makeErrors(plan), ...warnings];
  return [
    make('p', { class: 'scope' }, say('list-plan-would', { plan: sayPlan(plan) })),
    ...warnings,
    ...PARTS.flatMap((part) => makePart(shown, plan, part)),
  ].filter(Boolean);
}
