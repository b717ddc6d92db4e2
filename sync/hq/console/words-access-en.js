// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages of passwords and tokens say in English, as words-en.js does.

export default {
  'did-token-made': 'made the token “{subject}”.',
  'did-token-revoked': 'revoked the token “{subject}”.',
};
