// SPDX-License-Identifier: GPL-3.0-or-later
// What went wrong, and what to do next.

import { count, has, say } from './words.js';

const SAYINGS = { 'sign-in': 'wrong-sign-in', 'signed-out': 'session-ended' };

export function explain(problem) {
  if (problem.name === 'too-many-tries') {
    const n = Math.max(1, Math.ceil(problem.wait / 60));
    return count('too-many-tries', n, { n });
  }
  const key = SAYINGS[problem.name] ?? problem.name;
  return has(key) ? say(key) : say('failed', { name: problem.name });
}
