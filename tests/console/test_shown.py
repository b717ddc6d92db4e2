# SPDX-License-Identifier: GPL-3.0-or-later
"""The key figures' page: every figure on it is counted again from the lines that were sent."""

import unittest

from console import PICTURES, ConsoleCase

import again
from paper import Paper
import records
import season

from selenium.webdriver.support.select import Select

SHOWN = '''
const found = {};
for (const each of document.querySelectorAll('[data-figure]')) found[each.dataset.figure] = each.textContent;
return found;
'''

CHART = '''
const chart = Chart.getChart(document.querySelector('.picture canvas'));
return [Math.max(...chart.data.datasets.flatMap((each) => each.data)), chart.scales.y.ticks.map((each) => each.value)];
'''
BEYOND = '''
const { clientWidth } = document.documentElement;
return [...document.querySelectorAll('.keycard, .panel, .completeness, .picture canvas, .figures table')]
  .filter((each) => each.getBoundingClientRect().right > clientWidth - .5).map((each) => each.outerHTML.slice(0, 80));
'''


class Shown(ConsoleCase):

    @classmethod
    def fill(cls):
        cls.lines = season.push(cls.hq, 400, 40, 1) + season.push(cls.hq, 150, 20, 2)

    def choose(self, name, value):
        Select(self.browser.find(f'#filter-{name}')).select_by_value(value)
        self.browser.wait(lambda: f'{name}={value}' in self.browser.driver.current_url, 'chosen')
        self.browser.wait_until_still()
        self.await_figures()

    def asked(self):
        """The days in the address."""
        return self.browser.run('const q = new URLSearchParams(location.hash.split("?")[1]);'
                                'return [q.get("from"), q.get("to")]')

    def shown(self):
        return again.read(self.browser.run(SHOWN))

    def assert_shown(self, lines, **choices):
        expected = again.narrow(again.count(lines, *self.asked()), **choices)
        self.assertGreater(expected['interventions'], 0)
        self.assertEqual(self.shown(), expected)

    def test_figures_of_a_year(self):
        self.sign_in()
        self.choose('period', 'year')
        self.assert_shown(self.lines)
        self.choose('period', 'last-year')
        self.assert_shown(self.lines)
        self.look('last-year')
        highest, lines = self.browser.run(CHART)
        self.assertGreaterEqual(lines[-1], highest)
        self.assert_quiet()

    def test_figures_of_a_place(self):
        self.sign_in()
        self.choose('period', 'year')
        self.choose('place', records.QPV)
        self.assert_shown([line for line in self.lines if again.place_of(line) == records.QPV], place=records.QPV)
        self.browser.find('#filter-clear').click()
        self.browser.wait(lambda: 'place' not in self.browser.driver.current_url, 'cleared')
        self.await_figures()
        self.assert_shown(self.lines)

    def test_address_keeps_the_filter(self):
        self.sign_in()
        self.choose('period', 'last-year')
        self.choose('place', records.QPV)
        before = self.shown()
        self.browser.driver.refresh()
        self.await_figures()
        self.assertEqual(self.shown(), before)
        self.assertEqual(Select(self.browser.find('#filter-place'))
                         .first_selected_option.get_attribute('value'), records.QPV)
        self.browser.driver.back()
        self.browser.wait(lambda: self.shown() != before, 'back leads to all places')

    def test_definitions_open_and_close(self):
        self.sign_in()
        button = self.browser.find('.definition')
        box = self.browser.find('#' + button.get_attribute('aria-controls'))
        for is_open in (False, True, False):
            self.assertEqual(box.is_displayed(), is_open)
            self.assertEqual(button.get_attribute('aria-expanded'), str(is_open).lower())
            button.click()

    def test_on_paper_everything_is_open_and_light(self):
        self.sign_in()
        self.browser.colour('dark')
        ground = 'return getComputedStyle(document.querySelector(".keycard")).backgroundColor'
        self.assertNotEqual(self.browser.run(ground), 'rgb(255, 255, 255)')
        self.browser.print_media()
        self.assertEqual(self.browser.run(ground), 'rgb(255, 255, 255)')
        for box in self.browser.find_all('.keycard .disclosed, #weeks-table'):
            self.assertTrue(box.is_displayed(), box.get_attribute('id'))
        self.assertFalse(self.browser.find('#filter-period').is_displayed())
        # As wide as A4 leaves room for between its margins.
        self.browser.resize(703)
        self.browser.wait_until_still()
        self.assertEqual(self.browser.run(BEYOND), [])
        paper = Paper(self.browser, PICTURES / 'figures.pdf')
        paper.pictures()
        self.assertIn('Document interne', paper.pages()[0])
        self.browser.colour('light')
        self.assertNotIn('Document interne', self.browser.text())

    def test_what_was_read_stays_where_hq_is_gone(self):
        self.sign_in()
        before = self.shown()
        self.hq.stop()
        try:
            Select(self.browser.find('#filter-period')).select_by_value('last-year')
            said = self.browser.wait_for('.problem button').find_element('xpath', '..').text
        finally:
            self.hq.start()
        self.assertIn('ne répond pas', said)
        self.assertEqual(self.shown(), before)
        self.browser.find('.problem button').click()
        self.browser.wait(lambda: not self.browser.find_all('.problem button'), 'read again')
        self.assertNotEqual(self.shown(), before)


if __name__ == '__main__':
    unittest.main()
