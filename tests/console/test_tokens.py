# SPDX-License-Identifier: GPL-3.0-or-later
"""The tokens' page: what other programs read, and until when."""

import json
import re
import unittest

from console import NAME, ConsoleCase, add_user

from selenium.webdriver.common.keys import Keys

DASHBOARD = 'Tableau de bord, Métropole'


class NoTokens(ConsoleCase):

    def test_it_says_what_to_press(self):
        self.sign_in_to('tokens')
        self.assertIn('Aucun autre logiciel', self.browser.text('.tokens .read'))
        self.look('tokens-none')


class Tokens(ConsoleCase):

    @classmethod
    def fill(cls):
        add_user(cls.hq, 'Anne', 'manager')

    def row(self, name):
        return self.browser.find(f'[data-name="{name}"]')

    def ask(self, token, name='figures'):
        return self.hq.request('GET', f'/api/v1/{name}', headers={'Authorization': f'Bearer {token}'}).status

    def listed(self, name):
        tokens = [json.loads(line) for line in self.hq.must('token', 'list').splitlines()]
        return [each for each in tokens if each['name'] == name]

    def send(self):
        """Scrolled to at once: the page itself would glide there."""
        button = self.browser.find('#token-add [type=submit]')
        self.browser.run('arguments[0].scrollIntoView({ block: "center", behavior: "instant" })', button)
        button.click()

    def make(self, name, scope='figures'):
        """Fills the form in and sends it; the token, once it is shown."""
        self.browser.find('#token-add-button').click()
        self.browser.find('#token-name').send_keys(name)
        self.browser.find(f'[name=scope][value={scope}]').click()
        self.send()
        return self.browser.wait_for('#token').text

    def test_a_token_is_shown_once_and_reads(self):
        self.sign_in_to('accounts')
        self.browser.find('.accounts a[href="#/tokens"]').click()
        self.await_list('tokens')
        self.browser.find('#token-add-button').click()
        self.look('token-form')
        self.browser.find('#token-add-button').click()
        token = self.make(DASHBOARD)
        self.assertEqual(self.browser.focused(), 'token-made')
        self.assertEqual((self.ask(token), self.ask(token, 'records')), (200, 403))
        # What is for whoever sets the program up is folded.
        self.assertFalse(self.browser.find('#example').is_displayed())
        self.look('token-made-folded')
        self.browser.find('#token-set-up').click()
        example = self.browser.text('#example')
        self.assertEqual(re.findall(r'[\w-]{43}', example), [token])
        self.assertIn(f'{self.hq.address()}/api/v1/figures', example)
        self.browser.wait(lambda: self.row(DASHBOARD), 'it is not listed')
        self.look('token-made')
        self.browser.find('#token-noted').click()
        self.assertEqual(self.browser.focused(), 'token-add-button')
        self.assertNotIn(token, self.browser.driver.page_source)
        said = self.row(DASHBOARD).text.replace('\xa0', ' ')
        self.assertIn(f'Créé par {NAME}, aujourd’hui', said)
        self.assertRegex(said, r'Valable jusqu’au \d')
        self.browser.find('#language').click()
        self.assertRegex(self.row(DASHBOARD).text, r'Good until \d+ \w+ 20\d\d')
        self.look('tokens-english')
        self.assert_quiet()

    def test_the_copy_buttons_say_what_they_copied(self):
        self.browser.driver.execute_cdp_cmd('Browser.grantPermissions', {'permissions': ['clipboardReadWrite', 'clipboardSanitizedWrite']})
        self.sign_in_to('tokens')
        token = self.make('À copier', 'records')
        self.browser.find('#token-set-up').click()
        for name in ('token', 'example'):
            text = self.browser.text(f'#{name}')
            self.browser.find(f'#copy-{name}').click()
            self.browser.wait(lambda: 'est copiée' in self.browser.text('.made'), 'nothing is said')
            self.assertEqual(self.browser.driver.execute_async_script('navigator.clipboard.readText().then(arguments[0])'), text)
        self.assertEqual(self.ask(token, 'records'), 200)

    def test_a_revoked_token_reads_nothing(self):
        token = self.hq.must('token', 'add', 'Prestataire', '--scope', 'records', '--team', 'Lyon').strip()
        self.ask(token)
        self.sign_in_to('tokens')
        said = self.row('Prestataire').text
        self.assertIn('Lyon', said)
        self.assertRegex(said.replace('\xa0', ' '), r'Dernier usage : aujourd’hui')
        self.row('Prestataire').find_element('css selector', 'button').click()
        dialog = self.browser.wait_for('dialog[open]')
        self.look('token-revoke')
        dialog.find_element('css selector', '[type=submit]').click()
        self.browser.wait(lambda: 'ne lit plus rien' in self.browser.text('.done'), 'nothing is said')
        self.assertEqual(self.ask(token), 401)
        self.assertIn('Retiré aujourd’hui', self.row('Prestataire').text)
        self.assertFalse(self.row('Prestataire').find_elements('css selector', 'button'))
        self.look('tokens')

    def test_what_cannot_be_made_is_told(self):
        self.hq.must('token', 'add', 'Déjà là', '--scope', 'figures')
        self.sign_in_to('tokens')
        self.browser.find('#token-add-button').click()
        self.browser.find('#token-name').send_keys('Déjà là')
        self.browser.find('[name=scope][value=figures]').click()
        self.send()
        self.browser.wait(lambda: 'Un accès de ce nom sert déjà' in self.browser.text('#token-add .problem'), 'nothing is said')
        self.assertEqual(len(self.listed('Déjà là')), 1)
        self.look('token-refused')

    def test_keyboard_alone(self):
        self.sign_in_to('tokens')
        self.tab_to('token-add-button')
        self.press(Keys.ENTER)
        self.tab_to('token-name')
        self.press('Au clavier', Keys.TAB, Keys.SPACE, Keys.ENTER)
        token = self.browser.wait_for('#token').text
        self.assertEqual(self.ask(token), 200)
        self.tab_to('token-noted')
        self.press(Keys.ENTER)
        self.assertFalse(self.browser.find_all('#token'))

    def test_a_manager_has_no_such_page(self):
        self.open('#/tokens')
        self.try_sign_in(name='Anne')
        self.await_figures()
        self.assertFalse(self.browser.find_all('.tokens'))


if __name__ == '__main__':
    unittest.main()
