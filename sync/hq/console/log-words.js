// SPDX-License-Identifier: GPL-3.0-or-later
// The access log's codes as what somebody did. What this console does not know yet is shown as it is.

import { nameMoment } from './numbers.js';
import { has, say } from './words.js';

// A code is called by its first letters and when it was made.
const MADE = /^(\S+) (\d{4}-\d\d-\d\dT\S+)$/;

const sayReleased = ({ detail }) => say(detail === 'handed-over' ? 'did-released-handed-over' : 'did-released-wiped');

const write = (text) => (text ?? '').replace(MADE, (_, letters, moment) => `${letters} (${nameMoment(moment)})`);

export function sayEntry(entry) {
  const values = { subject: write(entry.subject), detail: write(entry.detail) };
  if (entry.what === 'released') return sayReleased(entry);
  if (has(`did-${entry.what}`)) return say(`did-${entry.what}`, values);
  return [entry.what, entry.subject, entry.detail].filter(Boolean).join(' ');
}
