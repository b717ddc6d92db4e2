// SPDX-License-Identifier: GPL-3.0-or-later
// Who is signed in: {"name", "role", "teams"}.

import { call } from './call.js';

// Null where nobody is.
export async function findSession() {
  try {
    return await call('GET', 'session');
  } catch (problem) {
    if (problem.name === 'signed-out') return null;
    throw problem;
  }
}

export const beginSession = (name, password) => call('POST', 'session', { form: { name, password } });
export const endSession = () => call('DELETE', 'session');
