// SPDX-License-Identifier: GPL-3.0-or-later
// The switch of the language, which is written in the language that one goes to.

import { make } from './dom.js';
import { getOther, keepLanguage, say } from './words.js';

export function makeLanguageSwitch(redraw) {
  const change = () => {
    keepLanguage(getOther());
    redraw();
    document.getElementById('language').focus();
  };
  return make('button', { type: 'button', class: 'btn btn-link', id: 'language', lang: getOther(), onclick: change }, say('switch-language'));
}
