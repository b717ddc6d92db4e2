// SPDX-License-Identifier: GPL-3.0-or-later
// What is around a referral's sheet for the partner says in English; the sheet itself is in French.

export default {
  'page-liaison': 'Partner’s sheet',
  'liaison-lead': 'One page for the partner, in French and without a name: what identifies the person is written by hand, with their agreement. Opening it is noted in the access log.',
  'liaison-back': 'Back to referrals',
  'liaison-file': 'Fiche de liaison {reference}',
  'liaison-by-hand': 'What is missing of your address is a line to fill in by hand. “Address on papers” writes it once for all.',
  'liaison-by-hand-ask': 'What is missing of your address is a line to fill in by hand. The direction can write it once for all.',
  'page-letterhead': 'Address on papers',
  'letterhead-lead': 'What the partner’s sheet says of the association: who sends it, where to call, where the answer goes. A line that is left empty is to be filled in by hand there. The log notes who changes them.',
  'letterhead-back': 'Back to the sheet',
  'letterhead-name-label': 'The association’s name',
  'letterhead-name-help': 'If empty, the sheet says “ALTM, association de médiation sociale”.',
  'letterhead-address-label': 'Address',
  'letterhead-address-help': 'Street, postcode and town, on one line.',
  'letterhead-phone-label': 'Telephone',
  'letterhead-phone-help': 'The one that the partner may call.',
  'letterhead-answer_to-label': 'Where the answer goes',
  'letterhead-answer_to-help': 'An address, an e-mail or a service.',
  'letterhead-done': 'It is saved: the next sheets will say it.',
  'letterhead-line': 'A line is too long, or has a character that can’t be printed. Nothing was changed: correct it, then save again.',
  'did-letterhead-set': 'changed the address that stands on papers.',
  'did-liaison-printed': 'opened the partner’s sheet of the referral {subject}.',
};
