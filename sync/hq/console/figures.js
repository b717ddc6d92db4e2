// SPDX-License-Identifier: GPL-3.0-or-later
// The key figures' page. What is there stays while others are read, and where they can't be.

import { call } from './call.js';
import { makeCards } from './cards.js';
import { makeCompleteness } from './completeness.js';
import {
  makeChannels, makeFlow, makeOffices, makeProcesses, makeRegisters, makeStatuses, makeThemes,
} from './distributions.js';
import { make } from './dom.js';
import { isEmpty, makeEmpty } from './empty.js';
import { readFilter, writeFilter, writeMonth, writeQuestion } from './filter.js';
import { makeFilters } from './filters.js';
import { makeHeat } from './heat.js';
import { findDay, formatDays, sayMonth } from './numbers.js';
import { findYearBefore } from './period.js';
import { explain } from './problem.js';
import { go, readAddress, writeAddress } from './routing.js';
import { hasClients, nameChoices } from './scope.js';
import { makeWeeks } from './weeks.js';
import { say } from './words.js';

const nameScope = (filter) => [formatDays(filter.from, filter.to), nameChoices(filter)].filter(Boolean).join(' · ');

// Papers that are made from here, in the colour of what comes next only where there is something to print. The yearly report
// is the direction's.
function makePapers(filter, account, hasFigures) {
  const makeLink = (page, query, kind, words) => make('a', { class: `btn ${kind}`, id: page, href: writeAddress(page, query) }, words);
  const month = (filter.to || findDay(new Date())).slice(0, 7);
  const papers = [makeLink('month', writeMonth(month, filter), hasFigures ? 'btn-primary' : 'btn-outline', sayMonth('month-open', month))];
  return account.role === 'direction' ? [...papers, makeLink('adulte-relais', '', 'btn-outline', say('page-adulte-relais'))] : papers;
}

function makeCompared({ from, to }, figures) {
  const { before } = figures;
  if (!before || isEmpty(before) || isEmpty(figures)) return null;
  const days = formatDays(findYearBefore(from), findYearBefore(to));
  return make('p', { class: 'note compared' }, say('compared', { days }));
}

// What is chosen leaves nothing to tell of clients elsewhere than in post offices, nor of channels where it is one.
function makePanels(figures, weeks, filter) {
  const left = [makeProcesses, () => weeks.panel, makeThemes, makeRegisters];
  const clients = hasClients(filter) ? [makeHeat, makeOffices, makeFlow] : [];
  const right = [...clients, makeStatuses, ...(filter.channel ? [] : [makeChannels])];
  return make('div', { class: 'panels' },
    [left, right].map((panels) => make('div', { class: 'column' }, panels.map((each) => each(figures, filter)))));
}

export function makeFigures({ account, signedOut }) {
  const filters = make('div');
  const heading = make('h1', {});
  const papers = make('div', { class: 'papers' });
  const internal = make('p', { class: 'printed' });
  const scope = make('p', { class: 'scope' });
  const status = make('p', { class: 'visually-hidden', role: 'status' });
  const problem = make('div', { role: 'alert' });
  const body = make('div', {});
  const element = make('div', { class: 'figures' },
    make('div', { class: 'top' }, heading, papers), internal, filters, problem, scope, status, body);
  // What was read last, and of what; what is asked for; how the chart is drawn again.
  let shown = null;
  let filter = readFilter(readAddress().query);
  let drawChart = () => {};

  const change = (next) => go('figures', writeFilter(next));

  function drawPapers() {
    const focused = papers.contains(document.activeElement) ? document.activeElement.id : '';
    papers.replaceChildren(...makePapers(filter, account, Boolean(shown) && !isEmpty(shown.figures)));
    if (focused) document.getElementById(focused)?.focus();
  }

  function drawFilters() {
    const focused = document.activeElement?.id;
    filters.replaceChildren(makeFilters({ filter, account, change }));
    drawPapers();
    if (focused?.startsWith('filter-')) document.getElementById(focused)?.focus();
  }

  function drawFigures() {
    const { figures, filter: of } = shown;
    drawPapers();
    scope.textContent = nameScope(of);
    const weeks = makeWeeks(figures);
    const content = isEmpty(figures) ? [makeEmpty(figures, account)] : [makeCards(figures, of), makePanels(figures, weeks, of)];
    body.replaceChildren(makeCompleteness(figures, of, account), ...[makeCompared(of, figures)].filter(Boolean), ...content);
    drawChart = weeks.draw;
    if (!isEmpty(figures)) requestAnimationFrame(() => drawChart());
  }

  function tell(wrong) {
    if (wrong.name === 'signed-out') {
      signedOut(wrong);
      return;
    }
    problem.replaceChildren(make('p', { class: 'problem' },
      `${explain(wrong)} ${say(shown ? 'kept' : 'nothing-read')} `,
      make('button', { type: 'button', class: 'btn btn-outline', onclick: read }, say('retry'))));
  }

  async function read() {
    const asked = filter;
    element.setAttribute('aria-busy', 'true');
    try {
      const figures = await call('GET', 'figures', { query: writeQuestion(asked) });
      if (asked !== filter) return;
      shown = { figures, filter: asked };
      problem.replaceChildren();
      drawFigures();
      status.textContent = say('updated', { scope: nameScope(asked) });
    } catch (wrong) {
      if (asked === filter) tell(wrong);
    } finally {
      if (asked === filter) element.removeAttribute('aria-busy');
    }
  }

  // Paper is white, whatever the screen is; what is drawn on a canvas does not follow by itself.
  function paint(isPrinting) {
    document.documentElement.classList.toggle('printing', isPrinting);
    drawChart();
  }

  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawChart());
  window.addEventListener('beforeprint', () => paint(true));
  window.addEventListener('afterprint', () => paint(false));

  return {
    element,
    tell,
    draw() {
      heading.textContent = say('page-figures');
      internal.textContent = say('internal');
      drawFilters();
      if (shown) drawFigures();
    },
    show(query) {
      filter = readFilter(query);
      drawFilters();
      read();
    },
  };
}
