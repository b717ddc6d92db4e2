// SPDX-License-Identifier: GPL-3.0-or-later
// How a figure differs from the same period a year earlier: arrow, sign and words. Nothing where there is no such figure.

import { make } from './dom.js';
import { formatNumber, formatShare, formatSigned } from './numbers.js';
import { count, say } from './words.js';

// Below so many, a share of what there was says nothing.
export const FEW = 30;
const ARROWS = { 1: '▲ ', '-1': '▼ ', 0: '' };

function makeText(sign, text) {
  return make('p', { class: 'change' }, make('span', { 'aria-hidden': 'true' }, ARROWS[sign]), text);
}

const formatPart = (part) => formatSigned(part, { style: 'percent', maximumFractionDigits: Math.abs(part) < 0.01 ? 1 : 0 });

export function makeChange(now, before, format = formatNumber) {
  if (!before) return null;
  if (now === before) return makeText(0, say('change-none', { before: format(before) }));
  const change = before < FEW ? formatSigned(now - before) : formatPart((now - before) / before);
  return makeText(Math.sign(now - before), say('change', { change, before: format(before) }));
}

// Shares differ by points.
export function makeShareChange(now, before) {
  if (before === null || now === null) return null;
  const points = Math.round(now * 100) - Math.round(before * 100);
  if (points === 0) return makeText(0, say('change-none', { before: formatShare(before) }));
  const change = count('points', Math.abs(points), { n: formatSigned(points) });
  return makeText(Math.sign(points), say('change', { change, before: formatShare(before) }));
}
