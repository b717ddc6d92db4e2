// SPDX-License-Identifier: GPL-3.0-or-later
// Begins with whoever is signed in, and shows the page that the address names.

import { call } from './call.js';
import { setChoices } from './choices.js';
import { make } from './dom.js';
import { makeFigures } from './figures.js';
import { makeFrame } from './frame.js';
import { explain } from './problem.js';
import { readAddress } from './routing.js';
import { endSession, findSession } from './session.js';
import { makeSignIn } from './sign-in.js';
import { findLanguage, say, setLanguage } from './words.js';

const app = document.getElementById('app');
let account = null;
let page = null;

function showSignIn(problem = null) {
  account = null;
  page = null;
  document.title = `${say('sign-in-title')} · ${say('name')}`;
  const signIn = makeSignIn({ problem, done: showConsole, redraw: () => showSignIn(problem) });
  app.replaceChildren(signIn.page);
  signIn.focus();
}

// Nobody can go on; what the page shows stays in the address.
function signedOut(problem) {
  if (account) showSignIn(problem);
}

async function signOut() {
  try {
    await endSession();
  } catch (problem) {
    if (problem.name !== 'signed-out') {
      page.tell(problem);
      return;
    }
  }
  history.replaceState(null, '', location.pathname);
  showSignIn();
}

function draw() {
  document.title = `${say('page-figures')} · ${say('name')}`;
  page.draw();
  app.replaceChildren(...makeFrame({ account, page: readAddress().page, content: page.element, signOut, redraw: draw }));
}

function showAddress() {
  if (page) page.show(readAddress().query);
}

async function showConsole(signedIn) {
  try {
    setChoices(await call('GET', 'choices'));
  } catch (problem) {
    showStop(problem);
    return;
  }
  account = signedIn;
  page = makeFigures({ account, signedOut });
  draw();
  document.getElementById('content').focus();
  showAddress();
}

// Not even who is signed in could be read.
function showStop(problem) {
  app.replaceChildren(make('main', { class: 'sign-in' },
    make('h1', {}, say('name')),
    make('p', { class: 'problem', role: 'alert' }, explain(problem)),
    make('button', { type: 'button', class: 'btn btn-primary', onclick: start }, say('retry'))));
}

async function start() {
  try {
    const session = await findSession();
    if (session) await showConsole(session);
    else showSignIn();
  } catch (problem) {
    showStop(problem);
  }
}

setLanguage(findLanguage());
window.addEventListener('hashchange', showAddress);
start();
