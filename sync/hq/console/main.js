// SPDX-License-Identifier: GPL-3.0-or-later
// Begins with whoever is signed in, and shows the page that the address names.

import { call } from './call.js';
import { setChoices } from './choices.js';
import { make } from './dom.js';
import { makeFrame } from './frame.js';
import { findPage, makePage } from './pages.js';
import { explain } from './problem.js';
import { readAddress } from './routing.js';
import { endSession, findSession } from './session.js';
import { makeSignIn } from './sign-in.js';
import { countWaiting } from './waiting.js';
import { findLanguage, say, setLanguage } from './words.js';

const app = document.getElementById('app');
let account = null;
// The page that is shown, and those that were, each by its name: what they read is there when one comes back.
let page = null;
let shown = '';
let pages = new Map();

function showSignIn(problem = null) {
  account = null;
  page = null;
  pages = new Map();
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
  document.title = `${say(`page-${shown}`)} · ${say('name')}`;
  page.draw();
  app.replaceChildren(...makeFrame({ account, page: shown, content: page.element, signOut, redraw: draw }));
}

function openPage(name) {
  if (!pages.has(name)) pages.set(name, makePage(name, { account, signedOut }));
  page = pages.get(name);
  shown = name;
  draw();
  window.scrollTo(0, 0);
  document.getElementById('content').focus({ preventScroll: true });
  if (account.role !== 'reader') countWaiting();
}

function showAddress() {
  if (!account) return;
  const { page: asked, query } = readAddress();
  const name = findPage(account, asked);
  if (pages.get(name) !== page || !page) openPage(name);
  page.show(query);
}

async function showConsole(signedIn) {
  try {
    setChoices(await call('GET', 'choices'));
  } catch (problem) {
    showStop(problem);
    return;
  }
  account = signedIn;
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
