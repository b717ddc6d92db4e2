// SPDX-License-Identifier: GPL-3.0-or-later
// A referral's sheet for the partner, on one page of A4. The sheet is in French, whatever the pages around it are in.

import { call } from './call.js';
import { getCodes, nameCode, namePlace } from './choices.js';
import { makeDesk } from './desk.js';
import { make } from './dom.js';
import { findDay, formatDay } from './numbers.js';
import { makeFact } from './record-fields.js';
import { readAddress, writeAddress } from './routing.js';
import { makeHead, makePrint } from './sheet.js';
import { inFrench, say } from './words.js';

const makeSection = (title, ...content) => make('section', {}, make('h3', {}, say(title)), content);
const makeFacts = (...facts) => make('dl', {}, facts.filter(([, said]) => said).map(([label, said]) => makeFact(label, said)));
const makeRuled = (...labels) => make('div', { class: 'ruled' }, labels.map((label) => make('span', {}, say(label))));

// What HQ was not told of the association is written in by hand.
const makeOwn = (label, said) => make('div', { class: said ? null : 'by-hand' }, make('dt', {}, say(label)), make('dd', {}, said));
const OWN = ['address', 'phone', 'answer_to'];

function makeFrom({ team, place, letterhead: { name, address, phone } }) {
  return makeSection('sheet-from', make('p', {}, make('strong', {}, name ?? say('sheet-from-who'))),
    make('dl', {}, makeOwn('sheet-address', address), makeOwn('sheet-phone', phone)),
    makeFacts([say('line-team'), team], [say('line-place'), place && namePlace(place)]));
}

function makeTo({ partner, structure_type: type }) {
  if (!partner) return makeSection('sheet-to', make('p', {}, make('strong', {}, type ? nameCode('structure_type', type) : '–')));
  const address = [partner.address, [partner.postcode, partner.commune].filter(Boolean).join(' ')].filter(Boolean).join(', ');
  return makeSection('sheet-to', make('p', {}, make('strong', {}, partner.name)),
    makeFacts([say('field-structure_type'), nameCode('structure_type', partner.type)], [say('sheet-address'), address],
      [say('sheet-phone'), partner.phone], [say('sheet-hours'), partner.hours]));
}

function makeWhat({ theme, mode, due, actions }) {
  const facts = makeFacts(
    [say('field-theme'), theme && nameCode('theme', theme)], [say('field-mode'), mode && nameCode('orientation_mode', mode)],
    [say('field-due'), due && formatDay(due)],
    [say('sheet-done'), actions.map((code) => nameCode('action', code)).join(', ')]);
  return facts.children.length > 0 ? makeSection('sheet-what', facts) : null;
}

function makePerson({ reference, consent, consent_of: of }) {
  if (!consent) return makeSection('sheet-person', make('p', {}, say(reference ? 'sheet-not-agreed' : 'sheet-not-agreed-bare')));
  const agreed = of && of !== 'personne' ? say('sheet-agreed-of', { who: nameCode('accord', of).toLowerCase() }) : say('sheet-agreed');
  return makeSection('sheet-person', make('p', {}, agreed), makeRuled('sheet-name', 'sheet-phone'));
}

// What the partner may answer; other states are ours to say.
const OUTCOMES = ['acceptee', 'prise_en_charge', 'non_honoree', 'refusee'];

function makeAnswer({ letterhead: { answer_to: to } }) {
  const codes = getCodes('orientation_statut').filter((code) => OUTCOMES.includes(code));
  return makeSection('sheet-answer', make('dl', {}, makeOwn('sheet-answer-to', to)), makeRuled('sheet-received', 'sheet-by'),
    make('p', { class: 'visually-hidden' }, say('sheet-outcome')),
    make('ul', { class: 'outcomes' }, codes.map((code) => make('li', {}, nameCode('orientation_statut', code)))),
    make('div', { class: 'box' }, say('sheet-remarks')));
}

function makeSheet(referral) {
  const [day, today] = [findDay(new Date(referral.at)), findDay(new Date())].map((each) => formatDay(each));
  return make('article', { class: 'sheet', lang: 'fr', 'aria-label': say('page-liaison') },
    makeHead(say('page-liaison'), [
      referral.reference && say('sheet-reference', { reference: referral.reference }),
      say('sheet-made', { day, today })]),
    make('div', { class: 'parts' }, makeFrom(referral), makeTo(referral)),
    makeWhat(referral), makePerson(referral), makeAnswer(referral),
    make('div', { class: 'signatures' }, ['sheet-sign-altm', 'sheet-sign-partner'].map((key) => make('div', { class: 'box' }, say(key)))),
    make('p', { class: 'rights' }, say('sheet-rights'), ' ', say(referral.reference ? 'sheet-access' : 'sheet-access-bare')));
}

const findId = () => readAddress().query.get('id');

function makeLetterheadLink() {
  return make('a', { class: 'btn btn-link', href: writeAddress('letterhead', new URLSearchParams({ id: findId() })) }, say('page-letterhead'));
}

export function makeLiaison({ account, signedOut }) {
  const maySet = account.role === 'direction';
  const tools = make('div', { class: 'tools' });

  // The title is what the file is called that is printed into.
  function list(referral) {
    document.title = say('liaison-file', { reference: referral.reference ?? '' }).trim();
    return [
      OWN.every((name) => referral.letterhead[name]) ? null : make('p', { class: 'note' }, say(maySet ? 'liaison-by-hand' : 'liaison-by-hand-ask')),
      inFrench(() => makeSheet(referral)),
    ];
  }

  const desk = makeDesk({
    name: 'liaison', signedOut, list, top: tools,
    ask: () => call('POST', 'liaison', { form: { id: findId() } }),
  });

  const drawTools = () => tools.replaceChildren(makePrint(), ...(maySet ? [makeLetterheadLink()] : []),
    make('a', { class: 'btn btn-link', href: writeAddress('referrals', '') }, say('liaison-back')));

  return {
    element: desk.element,
    tell: desk.tell,
    draw() {
      drawTools();
      desk.draw();
    },
    show() {
      drawTools();
      desk.read();
    },
  };
}
