// SPDX-License-Identifier: GPL-3.0-or-later
// A token, the only time that it is shown, and how a program asks with it.

import { makeCopy } from './copy.js';
import { makeDisclosure } from './definition.js';
import { make } from './dom.js';
import { say } from './words.js';

const ADDRESS = '/api/v1/';

const writeExample = ({ token, scope }) => `curl -H 'Authorization: Bearer ${token}' ${location.origin}${ADDRESS}${scope}`;

const makeLine = ({ id, text, label, copied }) => [
  make('p', {}, make('code', { id, tabindex: '0' }, text)),
  ...makeCopy({ text, id: `copy-${id}`, label, copied }),
];

// What whoever sets the program up asks for, and nobody else needs.
function makeSetUp(made) {
  const { button, box } = makeDisclosure({ label: say('token-set-up'), content: [
    make('p', {}, say('token-address'), ' ', make('code', {}, `${location.origin}${ADDRESS}`)),
    make('p', {}, say('token-example')),
    ...makeLine({ id: 'example', text: writeExample(made), label: say('token-copy-example'), copied: say('token-copied-example') }),
    make('p', {}, say('token-document'), ' ', make('a', { href: `${ADDRESS}openapi.json` }, `${ADDRESS}openapi.json`)),
  ] });
  button.id = 'token-set-up';
  return [button, box];
}

// `close` takes it off the page.
export function makeTokenMade(made, close) {
  const heading = make('h2', { tabindex: '-1', id: 'token-made' }, say('token-made-title', { name: made.name }));
  return make('section', { class: 'panel code', 'aria-labelledby': 'token-made' }, heading,
    make('p', { class: 'once' }, say('token-once')),
    makeLine({ id: 'token', text: made.token, label: say('token-copy'), copied: say('token-copied') }),
    makeSetUp(made),
    make('button', { type: 'button', class: 'btn btn-primary', id: 'token-noted', onclick: close }, say('token-noted')));
}
