// SPDX-License-Identifier: GPL-3.0-or-later
// A referral's sheet for the partner, on one page of A4. The sheet is in French, whatever the pages around it are in.

import { call } from './call.js';
import { getCodes, nameCode, namePlaceInFull } from './choices.js';
import { makeDesk } from './desk.js';
import { make } from './dom.js';
import { findDay, formatDay } from './numbers.js';
import { makeFact } from './record-fields.js';
import { readAddress, writeAddress } from './routing.js';
import { makeHead, makePrint } from './sheet.js';
import { has, inFrench, say } from './words.js';

const makeSection = (title, ...content) => make('section', {}, make('h3', {}, say(title)), content);
const makeFacts = (...facts) => make('dl', {}, facts.filter(([, said]) => said).map(([label, said]) => makeFact(label, said)));
const makeRuled = (...labels) => make('div', { class: 'ruled' }, labels.map((label) => make('span', {}, say(label))));

// What HQ was not told of the association is written in by hand.
const makeOwn = (label, said) => make('div', { class: said ? null : 'by-hand' }, make('dt', {}, say(label)), make('dd', {}, said));
// What a partner misses most comes first.
const OWN = ['address', 'answer_to', 'phone'];

function makeFrom({ team, place, letterhead: { name, address, phone } }) {
  return makeSection('sheet-from', make('p', {}, make('strong', {}, name ?? say('sheet-from-who'))),
    make('dl', {}, makeOwn('sheet-address', address), makeOwn('sheet-phone', phone)),
    makeFacts([say('line-team'), team], [say('sheet-place'), place && namePlaceInFull(place)]));
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
    [say('sheet-due'), due && formatDay(due)],
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
const nameOutcome = (code) => (has(`sheet-outcome-${code}`) ? say(`sheet-outcome-${code}`) : nameCode('orientation_statut', code));

function makeAnswer({ letterhead: { answer_to: to } }) {
  const codes = getCodes('orientation_statut').filter((code) => OUTCOMES.includes(code));
  return makeSection('sheet-answer', make('dl', {}, makeOwn('sheet-answer-to', to)), makeRuled('sheet-received', 'sheet-by'),
    make('p', { class: 'visually-hidden' }, say('sheet-outcome')),
    make('ul', { class: 'outcomes' }, codes.map((code) => make('li', {}, nameOutcome(code)))),
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

function makeLetterheadLink(key) {
  return make('a', { class: 'btn btn-link', href: writeAddress('letterhead', new URLSearchParams({ id: findId() })) }, say(key));
}

// Told before one prints, which is possible all the same.
function makeLack(letterhead, maySet) {
  const lacking = OWN.find((name) => !letterhead[name]);
  return lacking ? make('div', { class: 'completeness warned' }, make('p', {},
    make('span', { class: 'sign', 'aria-hidden': 'true' }, '!'),
    make('strong', {}, say(`liaison-lacks-${lacking}`)), ` ${say('liaison-rest')} `,
    maySet ? makeLetterheadLink('liaison-complete') : say('liaison-complete-ask'))) : '';
}

export function makeLiaison({ account, signedOut }) {
  const maySet = account.role === 'direction';
  const lack = make('div');
  const tools = make('div', { class: 'tools' });

  // The title is what the file is called that is printed into.
  function list(referral) {
    document.title = say('liaison-file', { reference: referral.reference ?? '' }).trim();
    lack.replaceChildren(makeLack(referral.letterhead, maySet));
    return inFrench(() => makeSheet(referral));
  }

  const desk = makeDesk({
    name: 'liaison', signedOut, list, top: [lack, tools],
    ask: () => call('POST', 'liaison', { form: { id: findId() } }),
  });

  const drawTools = () => tools.replaceChildren(makePrint(), ...(maySet ? [makeLetterheadLink('page-letterhead')] : []),
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
