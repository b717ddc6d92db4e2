// SPDX-License-Identifier: GPL-3.0-or-later
// The language, and its words.

import accessEnglish from './words-access-en.js';
import accessFrench from './words-access-fr.js';
import deskEnglish from './words-desk-en.js';
import deskFrench from './words-desk-fr.js';
import exportsEnglish from './words-exports-en.js';
import exportsFrench from './words-exports-fr.js';
import listsEnglish from './words-lists-en.js';
import listsFrench from './words-lists-fr.js';
import english from './words-en.js';
import french from './words-fr.js';
import liaisonEnglish from './words-liaison-en.js';
import liaisonFrench from './words-liaison-fr.js';
import paperEnglish from './words-paper-en.js';
import paperFrench from './words-paper-fr.js';
import quarantineEnglish from './words-quarantine-en.js';
import quarantineFrench from './words-quarantine-fr.js';
import rightsEnglish from './words-rights-en.js';
import rightsFrench from './words-rights-fr.js';

const WORDS = {
  fr: { ...french, ...accessFrench, ...deskFrench, ...exportsFrench, ...paperFrench, ...quarantineFrench, ...listsFrench, ...liaisonFrench, ...rightsFrench },
  en: { ...english, ...accessEnglish, ...deskEnglish, ...exportsEnglish, ...paperEnglish, ...quarantineEnglish, ...listsEnglish, ...liaisonEnglish, ...rightsEnglish },
};
const KEY = 'altm-language';

let language = 'fr';
let plurals = new Intl.PluralRules('fr');

export const getLanguage = () => language;
export const getOther = () => (language === 'fr' ? 'en' : 'fr');
// Dates and numbers as they are written in France and in Great Britain, where weeks begin on Monday.
export const getLocale = () => (language === 'fr' ? 'fr-FR' : 'en-GB');

// What was chosen here before, else the browser's, else French.
export function findLanguage() {
  const asked = [localStorage.getItem(KEY), ...navigator.languages].map((each) => String(each).slice(0, 2));
  return asked.find((each) => each in WORDS) ?? 'fr';
}

export function setLanguage(code) {
  language = code;
  plurals = new Intl.PluralRules(getLocale());
  document.documentElement.lang = code;
}

export function keepLanguage(code) {
  localStorage.setItem(KEY, code);
  setLanguage(code);
}

// What is for people outside is in French, whatever the pages are in.
export function inFrench(write) {
  const kept = [language, plurals];
  [language, plurals] = ['fr', new Intl.PluralRules('fr')];
  try {
    return write();
  } finally {
    [language, plurals] = kept;
  }
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// The words of a key; {name} in them stands for a value.
export function say(key, values = {}) {
  return fill(WORDS[language][key], values);
}

// The words for so many: those of "KEY.one" or "KEY.other".
export function count(key, n, values) {
  const form = plurals.select(n) === 'one' ? 'one' : 'other';
  return say(`${key}.${form}`, values);
}

export const has = (key) => key in WORDS[language];
