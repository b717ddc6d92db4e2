# SPDX-License-Identifier: GPL-3.0-or-later
"""The accounts' page: who may sign in, and what they may."""

import contextlib
import json
import sqlite3
import unittest

from console import NAME, ConsoleCase, add_user

from selenium.webdriver.common.keys import Keys

PASSWORD = 'cheval agrafe pile correcte'


class Accounts(ConsoleCase):

    @classmethod
    def fill(cls):
        add_user(cls.hq, 'Anne', 'manager')
        with contextlib.closing(sqlite3.connect(cls.hq.store / 'hq.db')) as store, store:
            store.execute("INSERT INTO lists SELECT version + 1, json_set (body, '$.version', version + 1,"
                          " '$.mediators', json (?)) FROM lists ORDER BY version DESC LIMIT 1",
                          [json.dumps([{'code': 'm-1', 'name': 'A', 'team': 'Lyon'}, {'code': 'm-2', 'name': 'B', 'team': 'Est'}])])
        cls.hq.restart()

    def row(self, name):
        return self.browser.find(f'[data-name="{name}"]')

    def at_hq(self, name):
        """What HQ's own command says of an account."""
        accounts = [json.loads(line) for line in self.hq.must('user', 'list').splitlines()]
        return next((each for each in accounts if each['name'] == name), None)

    def done(self):
        return self.browser.wait(lambda: self.browser.text('.done'), 'nothing is said')

    def fill_in(self, name, password=PASSWORD, role='reader', teams=()):
        if not self.browser.find('#new-name').is_displayed():
            self.browser.find('#account-add-button').click()
        for selector, text in (('#new-name', name), ('#new-password', password)):
            self.browser.find(selector).clear()
            self.browser.find(selector).send_keys(text)
        self.browser.find(f'[name=role][value={role}]').click()
        for team in teams:
            self.browser.find(f'[name=team][value={team}]').click()

    def press_order(self, name, order):
        self.row(name).find_element('css selector', f'[data-order={order}]').click()

    def send(self):
        self.browser.find('#account-add [type=submit]').click()

    def test_somebody_who_was_added_signs_in(self):
        self.sign_in_to('accounts')
        self.assertFalse(self.browser.find('#new-name').is_displayed())
        self.fill_in('Paul', role='manager', teams=['Est'])
        self.look('account-form')
        self.send()
        self.assertIn('peut se connecter', self.done())
        self.assertEqual((self.at_hq('Paul')['role'], self.at_hq('Paul')['teams']), ('manager', ['Est']))
        self.assertIn('Est', self.row('Paul').text)
        self.assertNotIn(PASSWORD, self.browser.driver.page_source)
        self.look('accounts')
        self.browser.find('#language').click()
        self.assertIn('Team manager', self.row('Paul').text)
        self.look('accounts-english')
        self.assert_quiet()
        self.browser.find('#sign-out').click()
        self.try_sign_in(PASSWORD, 'Paul')
        self.await_figures()
        self.assertIn('referrals', self.pages())
        self.assertNotIn('accounts', self.pages())

    def test_keyboard_alone(self):
        self.sign_in_to('accounts')
        self.tab_to('account-add-button')
        self.press(Keys.ENTER)
        self.tab_to('new-name')
        self.press('Karim', Keys.TAB, PASSWORD, Keys.TAB, Keys.SPACE, Keys.ENTER)
        self.assertIn('peut se connecter', self.done())
        self.assertEqual(self.at_hq('Karim')['role'], 'reader')

    def test_a_closed_account_signs_in_no_more(self):
        add_user(self.hq, 'Jeanne', 'reader')
        self.sign_in_to('accounts')
        self.press_order('Jeanne', 'close')
        dialog = self.browser.wait_for('dialog[open]')
        self.look('account-close')
        dialog.find_element('css selector', '[type=submit]').click()
        self.assertIn('plus personne ne se connecte', self.done())
        self.assertIsNotNone(self.at_hq('Jeanne')['closed_at'])
        self.assertIn('Fermé aujourd’hui', self.row('Jeanne').text)
        self.browser.find('#sign-out').click()
        self.try_sign_in(name='Jeanne')
        self.browser.wait(lambda: 'n’est pas le bon' in self.browser.text('#sign-in-problem'), 'it is refused')

    def test_another_role_and_other_teams(self):
        add_user(self.hq, 'Nadia', 'manager', teams=['Nord'])
        self.sign_in_to('accounts')
        self.press_order('Nadia', 'change')
        dialog = self.browser.wait_for('dialog[open]')
        # A team that the lists name no more is not lost by not being seen.
        chosen = [box.get_attribute('value') for box in dialog.find_elements('css selector', ':checked')]
        self.assertEqual(chosen, ['manager', 'Nord'])
        dialog.find_element('css selector', '[value=Est]').click()
        self.look('account-change')
        dialog.find_element('css selector', '[type=submit]').click()
        self.assertIn('sont à jour', self.done())
        self.assertEqual((self.at_hq('Nadia')['role'], self.at_hq('Nadia')['teams']), ('manager', ['Est', 'Nord']))
        self.assertIn('Est, Nord', self.row('Nadia').text)
        self.press_order('Nadia', 'change')
        dialog = self.browser.wait_for('dialog[open]')
        dialog.find_element('css selector', '[value=reader]').click()
        self.assertFalse(dialog.find_element('css selector', '[value=Est]').is_displayed())
        dialog.find_element('css selector', '[type=submit]').click()
        self.browser.wait(lambda: self.at_hq('Nadia')['role'] == 'reader', 'it is not changed')
        self.assertEqual(self.at_hq('Nadia')['teams'], [])
        self.open('#/log')
        self.await_list('log')
        said = self.browser.text('.log .read').replace('\xa0', ' ')
        self.assertIn('a changé le compte « Nadia » : avant, Responsable d’équipe (Est, Nord) ; maintenant, Lecture des chiffres.', said)
        self.look('log-account')

    def test_a_new_password_for_somebody_who_lost_theirs(self):
        add_user(self.hq, 'Samir', 'reader')
        self.sign_in_to('accounts')
        self.press_order('Samir', 'renew')
        dialog = self.browser.wait_for('dialog[open]')
        dialog.find_element('css selector', 'input').send_keys(PASSWORD)
        self.look('account-renew')
        dialog.find_element('css selector', '[type=submit]').click()
        self.assertIn('se connecte avec le nouveau mot de passe', self.done())
        self.assertNotIn(PASSWORD, self.browser.driver.page_source)
        self.browser.find('#sign-out').click()
        self.try_sign_in(PASSWORD, 'Samir')
        self.await_figures()

    def test_one_s_own_account_is_not_closed_by_mistake(self):
        self.sign_in_to('accounts')
        self.assertIn('C’est votre compte', self.row(NAME).text)
        self.assertFalse(self.row(NAME).find_elements('css selector', 'button'))

    def test_what_cannot_be_added_is_told_and_adds_nothing(self):
        self.sign_in_to('accounts')
        self.fill_in('Anne', role='direction')
        self.send()
        problem = '#account-add .problem'
        self.browser.wait(lambda: 'Rien n’a été ajouté' in self.browser.text(problem), 'nothing is said')
        self.assertEqual(self.at_hq('Anne')['role'], 'manager')
        self.assertEqual(self.browser.find('#new-password').get_attribute('value'), PASSWORD)
        self.look('account-refused')
        # The browser itself lets no short one through; HQ refuses it too.
        self.fill_in('Lucie', 'court')
        self.browser.run('document.querySelector("#account-add form").noValidate = true')
        self.send()
        self.browser.wait(lambda: '12 caractères' in self.browser.text(problem), 'nothing is said')
        self.assertIsNone(self.at_hq('Lucie'))

    def test_a_manager_has_no_such_page(self):
        self.open('#/accounts')
        self.try_sign_in(name='Anne')
        self.await_figures()
        self.assertNotIn('accounts', self.pages())


if __name__ == '__main__':
    unittest.main()
