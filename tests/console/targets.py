# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether what is pressed is large enough for a finger: 48 px high and wide, but for links within a sentence (WCAG 2.2, 2.5.8)."""

LEAST = 48

# A box is pressed on its words too. What is fixed at a fraction of a pixel is not small.
RUN = '''
const [least] = arguments;
const found = new Set();
for (const each of document.querySelectorAll('a[href], button, select, textarea, input, summary, [role=button]')) {
  const style = getComputedStyle(each);
  if (!each.checkVisibility() || style.display === 'inline' || each.closest('.visually-hidden, .skip') || style.opacity === '0') continue;
  const label = each.matches('[type=checkbox], [type=radio]') ? each.labels[0] : null;
  const boxes = [each, label].filter(Boolean).map((box) => box.getBoundingClientRect());
  const height = Math.max(...boxes.map((box) => box.height));
  const width = Math.max(...boxes.map((box) => box.width));
  if (height > 0 && (height < least - 0.5 || width < least - 0.5)) {
    found.add(`${each.outerHTML.slice(0, 120)} ${Math.round(width)}x${Math.round(height)}`);
  }
}
return [...found];
'''


def find(browser):
    """What is too small on the page that is shown, each with its size."""
    return browser.run(RUN, LEAST)
