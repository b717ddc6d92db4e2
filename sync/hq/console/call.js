// SPDX-License-Identifier: GPL-3.0-or-later
// Calls of HQ, and what went wrong with them.

const PATIENCE = 30_000;

// `name` is the problem's type without /problems/; `unreached` where no answer came at all. `plan`: of a list that was refused.
export class Problem extends Error {
  constructor(name, { status = 0, wait = 0, plan = null } = {}) {
    super(name);
    this.name = name;
    this.status = status;
    this.wait = wait;
    this.plan = plan;
  }

  // Whoever asks once more is told the same: this account may not, or what it was about is no longer so.
  get isFinal() {
    return [403, 404, 409, 410].includes(this.status);
  }
}

async function readProblem(reply) {
  const body = await reply.json().catch(() => ({}));
  const name = String(body.type ?? '').split('/').pop() || 'unknown';
  return new Problem(name, { status: reply.status, wait: Number(reply.headers.get('Retry-After') ?? 0), plan: body.plan });
}

function writeOptions(method, form) {
  const options = { method, signal: AbortSignal.timeout(PATIENCE), credentials: 'same-origin', headers: {} };
  if (method !== 'GET') options.headers['Altm-Csrf'] = '1';
  if (form) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(form);
  }
  return options;
}

export async function call(method, path, { query = '', form = null } = {}) {
  const address = `api/${path}${query ? `?${query}` : ''}`;
  let reply;
  try {
    reply = await fetch(address, writeOptions(method, form));
    if (reply.ok) return await reply.json();
  } catch {
    throw new Problem('unreached');
  }
  throw await readProblem(reply);
}
