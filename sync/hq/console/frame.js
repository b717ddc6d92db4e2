// SPDX-License-Identifier: GPL-3.0-or-later
// What is around each page: name, pages, language, who is signed in.

import { make } from './dom.js';
import { makeLanguageSwitch } from './language.js';
import { findPlace, listPages } from './pages.js';
import { writeAddress } from './routing.js';
import { makeBadge } from './waiting.js';
import { say } from './words.js';

// What stands beside a page's name.
const BADGES = { quarantine: () => makeBadge('quarantine') };

function makeNavigation(account, page) {
  const links = listPages(account).map((name) => make('li', {},
    make('a', { href: writeAddress(name, ''), 'aria-current': name === findPlace(page) ? 'page' : null }, say(`page-${name}`), BADGES[name]?.())));
  return make('nav', { 'aria-label': say('pages') }, make('ul', {}, links));
}

function makeAccount(account, page, signOut) {
  return make('div', { class: 'account' },
    make('span', { class: 'who' },
      make('span', { class: 'visually-hidden' }, say('signed-in-as', { name: '' })),
      make('strong', {}, account.name), ` · ${say(`role-${account.role}`)}`),
    make('a', { class: 'btn btn-link', id: 'own-password', href: writeAddress('password', ''), 'aria-current': page === 'password' ? 'page' : null }, say('own-password')),
    make('button', { type: 'button', class: 'btn btn-outline', id: 'sign-out', onclick: signOut }, say('sign-out')));
}

function skip(event) {
  event.preventDefault();
  document.getElementById('content').focus();
}

// On a narrow screen the pages and the account are behind one button.
function makeMenu(header) {
  const menu = make('button', { type: 'button', class: 'btn btn-outline menu', id: 'menu', 'aria-expanded': 'false', onclick: () => {
    menu.setAttribute('aria-expanded', String(header.classList.toggle('open')));
  } }, say('menu'));
  return menu;
}

function makeHeader({ account, page, signOut, redraw }) {
  const header = make('header', { class: 'frame' });
  header.append(
    make('span', { class: 'name' }, say('name')),
    makeMenu(header),
    makeNavigation(account, page),
    make('div', { class: 'own' }, makeLanguageSwitch(redraw), makeAccount(account, page, signOut)));
  return header;
}

export function makeFrame({ content, ...parts }) {
  return [
    make('a', { class: 'visually-hidden-focusable skip', href: '#content', onclick: skip }, say('skip')),
    makeHeader(parts),
    make('main', { id: 'content', tabindex: '-1' }, content),
  ];
}
