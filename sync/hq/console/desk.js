// SPDX-License-Identifier: GPL-3.0-or-later
// What each page with a list has: heading, what went wrong, what was done, and what was read last, which stays where
// nothing newer can be read.

import { call } from './call.js';
import { make } from './dom.js';
import { explain } from './problem.js';
import { say } from './words.js';

// `ask` reads; `list` makes the content from what was read; `top` is between the heading and the list.
export function makeDesk({ name, signedOut, ask, list, top = null }) {
  const heading = make('h1', {});
  const lead = make('p', { class: 'note intro' });
  const problem = make('div', { role: 'alert' });
  const done = make('p', { class: 'done', role: 'status', tabindex: '-1' });
  const body = make('div', { class: 'read' });
  const element = make('div', { class: `desk ${name}` }, heading, lead, top, problem, done, body);
  let shown = null;
  let last = 0;

  function draw() {
    heading.textContent = say(`page-${name}`);
    lead.textContent = say(`${name}-lead`);
    if (shown) body.replaceChildren(...[list(shown)].flat().filter(Boolean));
  }

  function tell(wrong) {
    if (wrong.name === 'signed-out') {
      signedOut(wrong);
      return;
    }
    problem.replaceChildren(make('p', { class: 'problem' }, `${explain(wrong)} ${say(shown ? 'kept-list' : 'unread-list')} `,
      make('button', { type: 'button', class: 'btn btn-outline', onclick: read }, say('retry'))));
  }

  async function read() {
    last += 1;
    const asked = last;
    element.setAttribute('aria-busy', 'true');
    try {
      const found = await ask();
      if (asked !== last) return;
      shown = found;
      problem.replaceChildren();
      draw();
    } catch (wrong) {
      if (asked === last) tell(wrong);
    } finally {
      if (asked === last) element.removeAttribute('aria-busy');
    }
  }

  // What was done is said where the one who did it goes on from.
  function finish(text) {
    done.textContent = text;
    if (text) done.focus();
  }

  // The page itself, where nothing in its address matters; `drawTop` draws what is above the list.
  const makePage = (drawTop) => ({
    element, tell, show: read,
    draw() {
      drawTop();
      finish('');
      draw();
    },
  });

  return { element, draw, tell, read, finish, makePage };
}

// What a form or a button does, once at a time: who presses twice means it once.
export function once(work) {
  let isBusy = false;
  return async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    try {
      await work();
    } finally {
      isBusy = false;
    }
  };
}

// Has something done; where it is not, says why in `region`, tells `refused` of it, and returns null.
export async function act({ method, path, form, region, signedOut, refused = () => {} }) {
  region.textContent = '';
  try {
    return await call(method, path, { form });
  } catch (problem) {
    if (problem.name === 'signed-out') {
      signedOut(problem);
    } else {
      region.textContent = explain(problem);
      refused(problem);
    }
    return null;
  }
}
