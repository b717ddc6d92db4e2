// SPDX-License-Identifier: GPL-3.0-or-later
// What is around a referral's sheet for the partner says in English; the sheet itself is in French.

export default {
  'page-liaison': 'Partner’s sheet',
  'liaison-lead': 'One page for the partner, in French and without a name: what identifies the person is written by hand, with their agreement. Opening it is noted in the access log.',
  'liaison-back': 'Back to referrals',
  'liaison-file': 'Fiche de liaison {reference}',
  'did-liaison-printed': 'opened the partner’s sheet of the referral {subject}.',
};
