// SPDX-License-Identifier: GPL-3.0-or-later
// Making elements. What is given as text is text, never markup.

// make('button', { type: 'button', onclick: f }, 'Text', element, null): null stands for nothing.
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

let last = 0;

// An id that no other element has: labels and descriptions point at it.
export function makeId(name) {
  last += 1;
  return `${name}-${last}`;
}
