// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages of passwords and tokens say in French, as words-fr.js does.

export default {
  'did-token-made': 'a fait le jeton « {subject} ».',
  'did-token-revoked': 'a révoqué le jeton « {subject} ».',
};
