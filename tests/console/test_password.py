# SPDX-License-Identifier: GPL-3.0-or-later
"""The page where one changes one's own password."""

import unittest

from console import NAME, PASSWORD, ConsoleCase, add_user

from selenium.webdriver.common.keys import Keys

OTHER = 'cheval agrafe pile correcte'


class Password(ConsoleCase):

    @classmethod
    def fill(cls):
        for name in ('Anne', 'Paul', 'Lucie'):
            add_user(cls.hq, name, 'reader')

    def open_page(self, name):
        self.open()
        self.try_sign_in(name=name)
        self.await_figures()
        self.browser.find('#own-password').click()
        self.browser.wait_for('#password-current')

    def change(self, current, password):
        for selector, text in (('#password-current', current), ('#password-new', password)):
            self.browser.find(selector).clear()
            self.browser.find(selector).send_keys(text)
        self.browser.find('.password [type=submit]').click()

    def test_a_reader_changes_their_own(self):
        self.open_page('Anne')
        self.assertEqual(self.browser.find('#own-password').get_attribute('aria-current'), 'page')
        self.look('password')
        self.change(PASSWORD, OTHER)
        self.browser.wait(lambda: 'C’est fait' in self.browser.text('.done'), 'nothing is said')
        self.assertEqual([self.browser.find(f'#password-{each}').get_attribute('value') for each in ('current', 'new')], ['', ''])
        self.look('password-done')
        self.browser.find('#language').click()
        self.assertIn('Your other sessions end', self.browser.text('.password'))
        self.look('password-english')
        self.assert_quiet()
        self.browser.find('#sign-out').click()
        self.try_sign_in(OTHER, 'Anne')
        self.await_figures()

    def test_the_wrong_one_changes_nothing_and_the_page_says_so(self):
        self.open_page('Paul')
        self.change('ce n’est pas lui', OTHER)
        self.browser.wait(lambda: 'n’est pas celui-là' in self.browser.text('.password .problem'), 'nothing is said')
        self.look('password-wrong')
        for _ in range(5):
            self.change('ce n’est pas lui', OTHER)
            self.browser.wait(lambda: self.browser.text('.password .problem'), 'nothing is said')
        self.browser.wait(lambda: 'Attendez' in self.browser.text('.password .problem'), 'it goes on for ever')

    def test_keyboard_alone(self):
        self.open()
        self.try_sign_in(name='Lucie')
        self.await_figures()
        self.tab_to('own-password')
        self.press(Keys.ENTER)
        self.browser.wait_for('#password-current')
        self.tab_to('password-current')
        self.press(PASSWORD, Keys.TAB, OTHER, Keys.TAB, Keys.SPACE)
        self.assertEqual(self.browser.find('#password-new').get_attribute('type'), 'text')
        self.press(Keys.TAB, Keys.ENTER)
        self.browser.wait(lambda: 'C’est fait' in self.browser.text('.done'), 'nothing is said')

    def test_the_direction_has_it_too(self):
        self.open_page(NAME)
        self.assertIn(NAME, self.browser.text('.password .intro'))


if __name__ == '__main__':
    unittest.main()
