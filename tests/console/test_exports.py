# SPDX-License-Identifier: GPL-3.0-or-later
"""The exports' page: what is chosen, what it says of the file, and the file itself."""

import csv
import io
import tempfile
import unittest
import zipfile
from pathlib import Path

from console import ConsoleCase, add_user

import season
import tally

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

UNFINISHED = '.crdownload'


class Exports(ConsoleCase):

    @classmethod
    def fill(cls):
        add_user(cls.hq, 'Anne', 'manager')
        add_user(cls.hq, 'Luc', 'reader')
        cls.lines = season.push(cls.hq, 120, 12, 5)

    def setUp(self):
        super().setUp()
        self.folder = Path(tempfile.mkdtemp(dir=self.browser.folder))
        self.browser.driver.execute_cdp_cmd('Browser.setDownloadBehavior', {
            'behavior': 'allow', 'downloadPath': str(self.folder)})

    def choose(self, name, value):
        Select(self.browser.find(f'#filter-{name}')).select_by_value(value)
        self.browser.wait(lambda: f'{name}={value}' in self.browser.driver.current_url, 'chosen')
        self.await_list('exports')

    def files(self):
        return [path for path in self.folder.iterdir() if path.suffix != UNFINISHED]

    def download(self):
        self.browser.find('#download').click()
        self.browser.wait(self.files, 'nothing was downloaded')
        self.assertEqual(len(self.files()), 1)
        return self.files()[0]

    def exported(self):
        return [line for line in self.hq.must('log').splitlines() if '"exported"' in line]

    def asked(self):
        return self.browser.run('const q = new URLSearchParams(location.hash.split("?")[1]);'
                                'return [q.get("from"), q.get("to")]')

    def test_workbook(self):
        self.sign_in_to('exports')
        self.assertIn('Exports', self.browser.text('h1'))
        self.look('exports')
        path = self.download()
        self.assertRegex(path.name, r'^altm-fiches-\d{4}-\d\d\.xlsx$')
        with zipfile.ZipFile(path) as book:
            self.assertIsNone(book.testzip())
        self.assertIn(path.name, self.browser.text('.done'))
        self.assertIn('"subject":"xlsx"', self.exported()[-1])
        self.assert_quiet()

    def test_table_of_a_year(self):
        self.sign_in_to('exports')
        self.choose('period', 'last-year')
        self.choose('format', 'csv-semicolon')
        self.assertEqual(Select(self.browser.find('#filter-type')).first_selected_option
                         .get_attribute('value'), 'contact')
        self.choose('type', 'referral')
        self.browser.find('.columns summary').click()
        self.look('exports-columns')
        first, last = self.asked()
        path = self.download()
        self.assertEqual(path.name, f'altm-orientations-{first}_{last}.csv')
        text = path.read_bytes().decode('utf-8-sig')
        rows = list(csv.DictReader(io.StringIO(text, newline=''), delimiter=';'))
        count = sum(row['Retirée'] == 'non' for row in rows)
        self.assertEqual(count, tally.count(self.lines, first, last)['referrals'])
        self.assertGreater(count, 0)
        entry = self.exported()[-1]
        self.assertIn(f'"detail":"type=referral&from={first}&to={last}"', entry)
        self.assert_quiet()

    def test_log_says_it_in_words(self):
        self.sign_in_to('exports', '?format=csv&type=flow&from=2026-01-01&to=2026-01-31&period=days')
        self.download()
        self.open('#/log')
        self.await_list('log')
        self.assertIn('CSV à virgules', self.browser.text('.log'))
        self.assertIn('Flux en bureau de poste · 1er–31 janvier 2026', self.browser.text('.log'))

    def test_keyboard_alone(self):
        self.sign_in_to('exports')
        self.tab_to('filter-format')
        self.press(Keys.ARROW_DOWN)
        self.browser.wait(lambda: 'format=' in self.browser.driver.current_url, 'chosen')
        self.await_list('exports')
        self.assertEqual(self.browser.focused(), 'filter-format')
        self.tab_to('download')
        self.press(Keys.ENTER)
        self.browser.wait(self.files, 'nothing was downloaded')

    def test_who_may(self):
        self.open('#/exports')
        self.try_sign_in(name='Luc')
        self.await_figures()
        self.assertNotIn('exports', self.pages())
        self.open('#/exports')
        self.browser.find('#sign-out').click()
        self.browser.wait_for('#name')
        self.sign_in_to('exports', name='Anne')
        self.assertIn('exports', self.pages())
        self.download()


class ExportsInEnglish(ConsoleCase):
    language = 'en'

    def test_page(self):
        self.sign_in_to('exports')
        self.look('exports-en')
        self.assert_quiet()


if __name__ == '__main__':
    unittest.main()
