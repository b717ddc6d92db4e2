# SPDX-License-Identifier: GPL-3.0-or-later
"""Each page and each role: what the navigation has, what an address opens, and what HQ answers to a call that a role may not
make, whatever the pages show."""

import re
import unittest

from console import ConsoleCase, add_user

from hq import ROOT

ROLES = ('reader', 'manager', 'direction')
# Who may open them at least, said here once more; pages and calls that came later are held to what their own tables say.
PAGES = {'figures': 'reader', 'month': 'reader', 'referrals': 'manager', 'tablets': 'manager', 'accounts': 'direction',
         'log': 'direction', 'adulte-relais': 'direction', 'tokens': 'direction', 'password': 'reader',
         'rights': 'manager', 'letterhead': 'direction', 'quarantine': 'manager', 'twins': 'manager'}
CALLS = {('GET', 'choices'): 'reader', ('GET', 'figures'): 'reader', ('GET', 'month'): 'reader', ('GET', 'referrals'): 'manager',
         ('POST', 'referrals'): 'manager', ('GET', 'tablets'): 'manager', ('POST', 'tablets'): 'direction',
         ('POST', 'codes'): 'manager', ('POST', 'qr'): 'manager', ('GET', 'log'): 'direction', ('GET', 'accounts'): 'direction',
         ('POST', 'accounts'): 'direction', ('DELETE', 'accounts'): 'direction', ('POST', 'adulte-relais'): 'direction',
         ('POST', 'password'): 'reader', ('POST', 'account-password'): 'direction',
         ('POST', 'account-role'): 'direction', ('GET', 'tokens'): 'direction',
         ('POST', 'tokens'): 'direction', ('DELETE', 'tokens'): 'direction',
         ('POST', 'rights'): 'manager', ('DELETE', 'rights'): 'direction', ('POST', 'rights-copy'): 'manager',
         ('GET', 'letterhead'): 'direction', ('POST', 'letterhead'): 'direction', ('GET', 'retention'): 'manager', ('GET', 'twins'): 'manager', ('POST', 'twins-settle'): 'manager',
         ('POST', 'twins-ask'): 'manager'}
ASK = '''
const [method, path, done] = arguments;
const options = { method, headers: { 'Altm-Csrf': '1', 'Content-Type': 'application/json' } };
if (method !== 'GET') options.body = '{}';
fetch(`api/${path}`, options).then(async (reply) => done([reply.status, (await reply.json()).type ?? '']));
'''


def read_pages(navigated=False):
    """Each page of pages.js, and who may open it; those alone that the navigation has, and no other page leads to."""
    source = (ROOT / 'sync/hq/console/pages.js').read_text()
    found = re.findall(r"^  '?([a-z-]+)'?: \{ least: '(\w+)', make: \w+(, of: '[a-z-]+')? \},$", source, re.M)
    return {page: least for page, least, of in found if not (navigated and of)}


def read_calls():
    """Each call of the console's table, and who may make it; -1 is anybody."""
    source = (ROOT / 'sync/hq/calls/altm-console.c').read_text()
    return {(method, path): role.lower() for method, path, role in
            re.findall(r'\{ "(\w+)", "([\w./-]+)", ALTM_ROLE_(\w+),', source)}


class Roles(ConsoleCase):

    @classmethod
    def fill(cls):
        for role in ROLES:
            add_user(cls.hq, f'Une {role}', role)

    def sign_in_as(self, role):
        self.open()
        self.try_sign_in(name=f'Une {role}')
        self.await_figures()

    def may(self, role, least):
        return ROLES.index(role) >= ROLES.index(least)

    def ask(self, method, path):
        self.browser.driver.set_script_timeout(600)
        return self.browser.driver.execute_async_script(ASK, method, path)

    def opened(self, page):
        """The name of the page that an address opens, once it is loaded anew."""
        self.open(f'#/{page}')
        self.browser.driver.refresh()
        self.browser.wait_for('main#content > div')
        return self.browser.run('return document.querySelector("main#content > div").className').split()[-1]

    def test_the_tables_say_what_is_said_here(self):
        self.assertLessEqual(PAGES.items(), read_pages().items())
        self.assertLessEqual(CALLS.items(), read_calls().items())

    def test_the_navigation_has_what_a_role_may_open(self):
        for role in ROLES:
            with self.subTest(role):
                self.sign_in_as(role)
                self.assertEqual(self.pages(), [page for page, least in read_pages(navigated=True).items() if self.may(role, least)])
                self.browser.find('#sign-out').click()

    def test_an_address_opens_what_a_role_may_open_and_the_figures_else(self):
        for role in ROLES:
            self.sign_in_as(role)
            for page, least in read_pages().items():
                with self.subTest(role, page=page):
                    self.assertEqual(self.opened(page), page if self.may(role, least) else 'figures')
            self.browser.find('#sign-out').click()

    def test_hq_refuses_what_a_role_may_not_ask(self):
        refused = 0
        for role in ROLES:
            self.sign_in_as(role)
            for (method, path), least in read_calls().items():
                with self.subTest(role, call=f'{method} {path}'):
                    if not self.may(role, least):
                        self.assertEqual(self.ask(method, path), [403, '/problems/not-allowed'])
                        refused += 1
                    elif method == 'GET':
                        self.assertNotIn(self.ask(method, path)[0], (401, 403))
            self.browser.find('#sign-out').click()
        self.assertGreater(refused, len(CALLS))

    def test_a_reader_sees_figures_alone(self):
        self.sign_in_as('reader')
        self.assertEqual(self.pages(), ['figures'])
        self.assertTrue(self.browser.find_all('#month'))
        # They add no tablets.
        self.assertFalse(self.browser.find_all('#first-tablet'))
        self.assertIn('dès qu’une tablette', self.browser.text('.empty'))
        self.assertFalse(self.browser.find_all('#adulte-relais'))
        self.look('reader')
        self.assert_quiet()


if __name__ == '__main__':
    unittest.main()
