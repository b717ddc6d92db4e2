// SPDX-License-Identifier: GPL-3.0-or-later
// The pages by their names in the address, in their order, and who may open each. HQ checks each call again.

import { makeAccounts } from './accounts.js';
import { makeAdulteRelais } from './adulte-relais.js';
import { makeExports } from './exports.js';
import { makeFigures } from './figures.js';
import { makeLetterhead } from './letterhead.js';
import { makeLists } from './lists.js';
import { makeLiaison } from './liaison.js';
import { makeLog } from './log.js';
import { makeMonth } from './month.js';
import { makePassword } from './password.js';
import { makeQuarantine } from './quarantine.js';
import { makeReferrals } from './referrals.js';
import { makeRights } from './rights.js';
import { makeTablets } from './tablets.js';
import { makeTokens } from './tokens.js';
import { makeTwins } from './twins.js';

const ROLES = ['reader', 'manager', 'direction'];

// `of` is the page from which one comes to it; it is none of the navigation's.
const PAGES = {
  figures: { least: 'reader', make: makeFigures },
  month: { least: 'reader', make: makeMonth, of: 'figures' },
  'adulte-relais': { least: 'direction', make: makeAdulteRelais, of: 'figures' },
  referrals: { least: 'manager', make: makeReferrals },
  liaison: { least: 'manager', make: makeLiaison, of: 'referrals' },
  letterhead: { least: 'direction', make: makeLetterhead, of: 'referrals' },
  quarantine: { least: 'manager', make: makeQuarantine },
  twins: { least: 'manager', make: makeTwins, of: 'quarantine' },
  tablets: { least: 'manager', make: makeTablets },
  lists: { least: 'manager', make: makeLists },
  exports: { least: 'manager', make: makeExports },
  rights: { least: 'manager', make: makeRights },
  accounts: { least: 'direction', make: makeAccounts },
  tokens: { least: 'direction', make: makeTokens, of: 'accounts' },
  log: { least: 'direction', make: makeLog },
  // One comes to it from one's own name.
  password: { least: 'reader', make: makePassword, of: 'password' },
};

const mayOpen = ({ role }, name) => ROLES.indexOf(role) >= ROLES.indexOf(PAGES[name].least);

const listOpen = (account) => Object.keys(PAGES).filter((name) => mayOpen(account, name));

export const listPages = (account) => listOpen(account).filter((name) => !PAGES[name].of);

// Where a page stands in the navigation.
export const findPlace = (name) => PAGES[name].of ?? name;

// The page that the address asks for, where there is one that this account may open; else the first.
export function findPage(account, asked) {
  const pages = listOpen(account);
  return pages.includes(asked) ? asked : pages[0];
}

export const makePage = (name, parts) => PAGES[name].make(parts);
