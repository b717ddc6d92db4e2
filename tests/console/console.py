# SPDX-License-Identifier: GPL-3.0-or-later
"""A real headquarters with an account, and a browser that looks at its console."""

import os
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'protocol'))

import axe
import targets
from browser import Browser
from hq import BUILD, HQ_PROGRAM, Headquarters, environment

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

NAME = 'Claire Martin'
PASSWORD = 'un long mot de passe'
PICTURES = Path(os.environ.get('ALTM_PICTURES') or f'{BUILD}-results/console')
SIZES = ((390, 844), (1366, 768))
SCHEMES = ('light', 'dark')


def add_user(hq, name=NAME, role='direction', password=PASSWORD, teams=()):
    options = [word for team in teams for word in ('--team', team)]
    subprocess.run([HQ_PROGRAM, '--store', hq.store, 'user', 'add', name, '--role', role, *options],
                   input=password + '\n', text=True, check=True, env=environment())


class ConsoleCase(unittest.TestCase):
    """Each has a browser that is as new: starting one takes longer than most tests."""

    language = 'fr'

    @classmethod
    def setUpClass(cls):
        cls.hq = Headquarters()
        cls.addClassCleanup(cls.hq.close)
        cls.hq.start()
        add_user(cls.hq)
        cls.fill()
        cls.browser = Browser(cls.language)
        cls.addClassCleanup(cls.browser.close)

    @classmethod
    def fill(cls):
        """What HQ has, before anybody looks."""

    def setUp(self):
        self.browser.forget()
        self.browser.resize(*SIZES[-1])
        self.browser.colour('light')

    def open(self, address=''):
        self.browser.driver.get(f'{self.hq.address()}/console/{address}')

    def try_sign_in(self, password=PASSWORD, name=NAME):
        browser = self.browser
        browser.wait_for('#name')
        for selector, text in (('#name', name), ('#password', password)):
            browser.find(selector).clear()
            browser.find(selector).send_keys(text)
        browser.find('[type=submit]').click()

    def await_figures(self):
        """Until the figures that were asked for last are there."""
        self.browser.wait(lambda: self.browser.find_all('.figures:not([aria-busy]) .completeness'),
                          'the figures never came')

    def sign_in(self, address=''):
        self.open(address)
        self.try_sign_in()
        self.await_figures()

    def await_list(self, page):
        """Until the list that was asked for last is there."""
        self.browser.wait(lambda: self.browser.find_all(f'.{page}:not([aria-busy]) .read > *'),
                          f'the list of {page} never came')

    def sign_in_to(self, page, query='', name=NAME):
        """Straight to a page with a list."""
        self.open(f'#/{page}{query}')
        self.try_sign_in(name=name)
        self.await_list(page)

    def pages(self):
        """What the navigation leads to."""
        return [link.get_attribute('href').split('#/')[1] for link in self.browser.find_all('nav a')]

    def press(self, *keys):
        ActionChains(self.browser.driver).send_keys(*keys).perform()

    def tab_to(self, name, most=40):
        """Goes on by the keyboard until this is in focus."""
        for _ in range(most):
            if self.browser.focused() == name:
                return
            self.press(Keys.TAB)
        self.fail(f'{name} is not reached by the keyboard')

    def tab_to_a(self, selector, most=60):
        """As tab_to(), for what has no id of its own."""
        for _ in range(most):
            if self.browser.run('return document.activeElement.matches(arguments[0])', selector):
                return
            self.press(Keys.TAB)
        self.fail(f'{selector} is not reached by the keyboard')

    def look(self, name):
        """The page at every size and in both colours: a picture of each, and nothing wrong."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        for width, height in SIZES:
            for scheme in SCHEMES:
                self.browser.resize(width, height)
                self.browser.colour(scheme)
                self.browser.wait_until_still()
                with self.subTest(name, width=width, scheme=scheme):
                    self.assertEqual(self.browser.size()['width'], self.browser.run(
                        'return document.documentElement.scrollWidth'), 'it is wider than the window')
                    self.assertEqual(axe.find(self.browser), [])
                    self.assertEqual(targets.find(self.browser), [])
                self.browser.picture(PICTURES / f'{name}-{width}-{scheme}.png')

    def assert_quiet(self):
        """Nothing was wrong, and nobody else was asked for anything."""
        self.assertEqual(self.browser.complaints(), [])
        self.assertEqual(self.browser.hosts(), {f'127.0.0.1:{self.hq.port}'})
