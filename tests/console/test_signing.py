# SPDX-License-Identifier: GPL-3.0-or-later
"""Who comes in, how, and in which language."""

import unittest

from console import NAME, PASSWORD, PICTURES, ConsoleCase

import axe

from selenium.webdriver.common.keys import Keys

MOST_BYTES = 500_000


class Signing(ConsoleCase):

    def problem(self):
        return self.browser.wait(lambda: self.browser.text('#sign-in-problem'), 'nothing is said')

    def test_first_visit_is_small_and_of_this_host_alone(self):
        self.sign_in()
        self.assertLess(self.browser.transferred(), MOST_BYTES)
        self.assert_quiet()

    def test_wrong_password_and_unknown_name_are_told_alike(self):
        self.open()
        said = []
        for name, password in ((NAME, 'un autre mot de passe'), ('Personne', PASSWORD)):
            self.try_sign_in(password, name)
            said.append(self.problem())
            self.browser.wait(lambda: self.browser.focused() == 'password', 'where to go on')
            self.browser.driver.refresh()
        self.assertEqual(said[0], said[1])
        self.assertIn('n’est pas le bon', said[0])

    def test_right_password_after_a_wrong_one(self):
        self.open()
        self.try_sign_in('un autre mot de passe')
        self.problem()
        self.look('sign-in')
        self.try_sign_in()
        self.await_figures()
        self.assertIn(NAME, self.browser.text('header'))
        self.assert_quiet()

    def test_too_many_tries(self):
        self.open()
        for _ in range(30):
            self.try_sign_in('faux', 'Paul')
            said = self.problem()
            if 'Trop d’essais' in said:
                break
            self.browser.driver.refresh()
        self.assertRegex(said, r'Attendez (une minute|\d+\sminutes)')

    def test_the_fields_say_what_helps(self):
        self.open()
        for field, words in (('name', 'par exemple Claire Martin'), ('password', 'La direction peut vous en donner un autre')):
            hint = self.browser.wait_for(f'#{field}').get_attribute('aria-describedby').split()[0]
            self.assertIn(words, self.browser.text(f'#{hint}'))

    def test_signing_out(self):
        self.sign_in()
        self.browser.find('#sign-out').click()
        self.browser.wait_for('#name')
        self.open()
        self.browser.wait_for('#name')
        self.assertFalse(self.browser.find_all('.figures'))

    def test_session_that_ended_comes_back_to_the_same_page(self):
        self.sign_in('#/figures?from=2026-01-01&to=2026-03-31')
        self.browser.driver.delete_all_cookies()
        self.browser.driver.refresh()
        self.try_sign_in()
        self.await_figures()
        self.assertIn('mars 2026', self.browser.text('.scope'))

    def test_the_menu_of_a_narrow_screen(self):
        self.sign_in()
        self.browser.resize(390, 844)
        self.browser.wait(lambda: not self.browser.find('nav').is_displayed(), 'the pages are still shown')
        self.tab_to('menu')
        self.press(Keys.ENTER)
        self.browser.wait(lambda: self.browser.find('nav').is_displayed(), 'the pages are not shown')
        self.assertEqual(self.browser.find('#menu').get_attribute('aria-expanded'), 'true')
        # The pages first: they are what one comes for.
        tops = [self.browser.find(selector).rect['y'] for selector in ('nav', '#own-password', '#sign-out')]
        self.assertEqual(tops, sorted(tops))
        self.assertEqual(axe.find(self.browser), [])
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.browser.picture(PICTURES / 'menu-390-light.png')
        self.browser.find('nav a[href^="#/log"]').click()
        self.await_list('log')
        self.assertFalse(self.browser.find('nav').is_displayed())

    def test_language_switch(self):
        self.open()
        self.assertEqual(self.browser.run('return document.documentElement.lang'), 'fr')
        self.browser.wait_for('#language').click()
        self.assertEqual(self.browser.text('h1'), 'Sign in')
        self.try_sign_in()
        self.await_figures()
        self.assertEqual(self.browser.text('h1'), 'Key figures')
        self.browser.driver.refresh()
        self.await_figures()
        self.assertEqual(self.browser.text('h1'), 'Key figures')
        self.browser.find('#language').click()
        self.assertEqual(self.browser.text('h1'), 'Chiffres clés')
        self.assertEqual(self.browser.run('return document.documentElement.lang'), 'fr')

    def test_keyboard_alone(self):
        self.open()
        self.browser.wait(lambda: self.browser.focused() == 'name', 'the name is in focus')
        self.press(NAME, Keys.TAB, PASSWORD, Keys.ENTER)
        self.await_figures()
        self.tab_to('filter-period')
        self.press(Keys.ARROW_DOWN)
        self.browser.wait(lambda: 'period=last-month' in self.browser.driver.current_url, 'chosen')
        self.await_figures()
        self.assertEqual(self.browser.focused(), 'filter-period')
        self.tab_to('filter-channel')
        self.press(Keys.ARROW_DOWN)
        self.browser.wait(lambda: 'channel=telephone' in self.browser.driver.current_url, 'chosen')
        self.tab_to('filter-clear')
        self.press(Keys.ENTER)
        self.browser.wait(lambda: 'channel' not in self.browser.driver.current_url, 'cleared')

    def test_store_without_a_tablet_says_what_to_do(self):
        self.sign_in()
        said = self.browser.text('.empty')
        self.assertIn('aucune n’est encore enrôlée', said)
        self.assertIn(self.hq.address(), said)
        self.assertIn('ne marche que sur cet ordinateur', self.browser.text('.empty .local'))
        self.assertFalse(self.browser.find_all('.keycard, canvas'))
        # One thing to do, and no paper of nothing.
        self.assertEqual([link.text for link in self.browser.find_all('#content .btn-primary')], ['Ajouter une tablette'])
        self.look('no-tablet')


class English(ConsoleCase):
    language = 'en-GB'

    def test_the_browser_s_language_decides(self):
        self.open()
        self.browser.wait_for('#name')
        self.assertEqual(self.browser.text('h1'), 'Sign in')


if __name__ == '__main__':
    unittest.main()
