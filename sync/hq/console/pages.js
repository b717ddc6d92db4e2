// SPDX-License-Identifier: GPL-3.0-or-later
// The pages by their names in the address, in their order, and who may open each. HQ checks each call again.

import { makeAccounts } from './accounts.js';
import { makeFigures } from './figures.js';
import { makeLog } from './log.js';
import { makeReferrals } from './referrals.js';
import { makeTablets } from './tablets.js';

const ROLES = ['reader', 'manager', 'direction'];

const PAGES = {
  figures: { least: 'reader', make: makeFigures },
  referrals: { least: 'manager', make: makeReferrals },
  tablets: { least: 'manager', make: makeTablets },
  accounts: { least: 'direction', make: makeAccounts },
  log: { least: 'direction', make: makeLog },
};

const mayOpen = ({ role }, name) => ROLES.indexOf(role) >= ROLES.indexOf(PAGES[name].least);

export const listPages = (account) => Object.keys(PAGES).filter((name) => mayOpen(account, name));

// The page that the address asks for, where there is one that this account may open; else the first.
export function findPage(account, asked) {
  const pages = listPages(account);
  return pages.includes(asked) ? asked : pages[0];
}

export const makePage = (name, parts) => PAGES[name].make(parts);
