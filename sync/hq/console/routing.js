// SPDX-License-Identifier: GPL-3.0-or-later
// The address: #/PAGE?QUERY. It is all that a page is made from, so a link shows the same page, and back goes back.

const FIRST = 'figures';

export function readAddress() {
  const [page, query] = location.hash.replace(/^#\/?/, '').split('?');
  return { page: page || FIRST, query: new URLSearchParams(query ?? '') };
}

export const writeAddress = (page, query) => `#/${page}${String(query) ? `?${query}` : ''}`;

export function go(page, query) {
  location.hash = writeAddress(page, query);
}
