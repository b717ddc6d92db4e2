// SPDX-License-Identifier: GPL-3.0-or-later
// HQ's address, which a tablet is told.

import { make } from './dom.js';
import { say } from './words.js';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

// That a tablet cannot reach HQ at the address by which this browser does; null where it can.
export const makeLocalWarning = () =>
  (LOOPBACK.test(location.hostname) ? make('p', { class: 'local' }, say('address-local', { address: location.origin })) : null);
