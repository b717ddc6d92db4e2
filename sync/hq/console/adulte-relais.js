// SPDX-License-Identifier: GPL-3.0-or-later
// The yearly report on each adulte-relais post, for the State: two pages of A4 each, figures in front, and boxes that are
// filled in by hand. For the direction, once they have said why; posts are in the order of their codes, never of figures.
//
// The State has no one form for it. What it is about: the contract's object, priority neighbourhoods and the relations there
// between residents and public services (Code du travail, L5134-100); the post's characteristics and activity, which the
// convention states (D5134-145 and following); and what its yearly enquiry asks an employer: domains and themes, main
// activities, training, the organisation (CGET, Enquête annuelle de suivi du programme Adultes-relais, 2015).

import { call } from './call.js';
import { writeCompleteness } from './completeness.js';
import { makeDesk, once } from './desk.js';
import { make } from './dom.js';
import { makeOption, makeSelect } from './filters.js';
import { findDay, formatDay, formatDays, formatNumber } from './numbers.js';
import { go, readAddress } from './routing.js';
import {
  makeActivities, makeColumns, makeHead, makeNotes, makeNumbers, makePrint, makeProvisional, makeRegisters, makeStatuses,
  makeStructures, makeTerritories, makeThemes,
} from './sheet.js';
import { count, say } from './words.js';

const YEAR = /^2\d{3}$/;
const LISTED = 6;
const BOXES = ['objectives', 'highlights', 'training', 'difficulties', 'perspectives'];

const findYear = () => Number(findDay(new Date()).slice(0, 4));
const readYear = (query) => (YEAR.test(query.get('y')) ? Number(query.get('y')) : findYear());

function listYears(asked) {
  const years = Array.from({ length: LISTED }, (_, i) => findYear() - i);
  return [...new Set([...years, asked])].sort((one, other) => other - one);
}

const nameYear = (year) => (year === findYear() ? say('year-running', { year }) : String(year));

const TABLES = [makeActivities, makeRegisters, makeTerritories, makeThemes, makeStructures, makeStatuses];

const makeBlank = (key, known = null) => make('p', { class: 'blank' }, say(key), known ? ` ${known}` : null);

function sayUnassigned({ unassigned }) {
  if (unassigned === 0) return null;
  return unassigned === null ? say('unassigned-few') : count('unassigned', unassigned, { n: formatNumber(unassigned) });
}

// The lists may have no name for a code.
function sayTitle({ name }, { year }) {
  const title = say('post-title', { year });
  return name ? say('post-title-of', { title, name }) : title;
}

function makeFront(post, report) {
  const { year } = report;
  const days = [`${year}-01-01`, `${year}-12-31`];
  const about = say('post-about', { post: post.mediator, days: formatDays(...days) });
  const content = [makeNumbers(post), makeColumns(TABLES, post)];
  return make('article', { class: 'sheet post', 'aria-label': say('post-label', { post: post.mediator }) },
    makeHead(sayTitle(post, report), [about, post.team ? say('post-team', { team: post.team }) : null, makeProvisional(days[1])]),
    make('div', { class: 'blanks' }, makeBlank('blank-name', post.name), makeBlank('blank-convention')),
    content,
    makeNotes(post, content, [writeCompleteness(report, days[1]), sayUnassigned(report), say('post-note'),
      say('paper-made', { date: formatDay(findDay(new Date())) })].filter(Boolean)));
}

const makeBox = (name) => make('section', { class: 'box' },
  make('h2', {}, say(`box-${name}`)),
  make('p', { class: 'note' }, say(`box-${name}-note`)));

function makeBack(post, report) {
  return make('article', { class: 'sheet back', 'aria-label': say('post-back', { post: post.mediator }) },
    makeHead(sayTitle(post, report), [say('post-back', { post: post.mediator })]),
    BOXES.map(makeBox),
    make('div', { class: 'blanks' }, makeBlank('blank-employer'), makeBlank('blank-mediator')));
}

const byCode = (one, other) => one.mediator.localeCompare(other.mediator, 'fr', { numeric: true });

export function makeAdulteRelais({ signedOut }) {
  const top = make('div', { class: 'tools' });
  const why = make('input', { class: 'form-control', id: 'why', required: true, maxlength: '300', autocomplete: 'off' });
  let year = readYear(readAddress().query);
  let only = '';

  function choosePost(posts) {
    const rows = [['', say('posts-all')], ...posts.map(({ mediator, name }) => [mediator, name ? `${name} (${mediator})` : mediator])];
    return makeSelect('post', rows.map(makeOption), only, (post) => {
      only = post;
      draw();
      document.getElementById('filter-post').focus();
    });
  }

  // Another year's is not shown under this one's name.
  function list(report) {
    if (report.year !== year) return null;
    const posts = [...report.posts].sort(byCode);
    if (!posts.some(({ mediator }) => mediator === only)) only = '';
    if (posts.length === 0) return make('p', { class: 'panel empty' }, say('posts-none', { year }));
    const shown = posts.filter(({ mediator }) => !only || mediator === only);
    return [
      make('div', { class: 'tools' }, choosePost(posts), makePrint()),
      ...shown.flatMap((post) => [makeFront(post, report), makeBack(post, report)]),
    ];
  }

  const ask = () => call('POST', 'adulte-relais', { form: { year, why: why.value.trim() } });
  const desk = makeDesk({ name: 'adulte-relais', signedOut, ask, list, top });

  const submit = once(async () => {
    await desk.read();
    document.getElementById('print')?.focus();
  });

  function drawTop() {
    const focused = document.activeElement?.id;
    document.title = say('post-file', { year, post: only }).trim();
    top.replaceChildren(make('form', { class: 'filters', onsubmit: submit },
      makeSelect('year', listYears(year).map((each) => makeOption([String(each), nameYear(each)])), String(year),
        (next) => go('adulte-relais', new URLSearchParams({ y: next }))),
      make('div', { class: 'field why' }, make('label', { class: 'form-label', for: 'why' }, say('report-why')), why),
      make('button', { type: 'submit', class: 'btn btn-primary', id: 'make-report' }, say('make-report'))));
    if (focused === 'filter-year' || focused === 'why') document.getElementById(focused).focus();
  }

  function draw() {
    drawTop();
    desk.draw();
  }

  return {
    element: desk.element,
    tell: desk.tell,
    draw,
    show(query) {
      year = readYear(query);
      draw();
    },
  };
}
