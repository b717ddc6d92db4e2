# SPDX-License-Identifier: GPL-3.0-or-later
"""The tablets' page: what is known of each, a code for a new one, and orders."""

import ssl
import subprocess
import unittest
from datetime import timedelta

from console import PICTURES, SIZES, ConsoleCase, add_user

import certificates
from hq import as_moment, now, sha256

from selenium.webdriver.common.keys import Keys

WHY = 'perdue dans le tram'


def read_qr(browser):
    """What a camera reads from the picture of the screen."""
    browser.resize(*SIZES[-1])
    browser.colour('dark')
    browser.wait_until_still()
    PICTURES.mkdir(parents=True, exist_ok=True)
    browser.picture(PICTURES / 'tablet-qr.png')
    return subprocess.run(['zbarimg', '--nodbus', '--quiet', '--raw', '--oneshot', '-Sdisable', '-Sqrcode.enable', PICTURES / 'tablet-qr.png'],
                          text=True, check=True, stdout=subprocess.PIPE).stdout.strip()


class OwnAuthority(ConsoleCase):
    """HQ has a certificate authority of its own, which the link names."""

    @classmethod
    def fill(cls):
        pem = cls.hq.folder / 'ca.pem'
        pem.write_text(certificates.CA)
        cls.hq.options = ('--ca', pem)
        cls.hq.restart()

    def test_link_and_picture_name_it(self):
        self.sign_in_to('tablets')
        self.browser.find('#add-tablet').click()
        code = self.browser.wait_for('#code').text
        known = sha256(ssl.PEM_cert_to_DER_cert(certificates.CA))
        self.assertEqual(self.browser.text('#link'), f'altm-field:enrol?u={self.hq.address()}&c={code}&ca={known}')
        self.assertEqual(read_qr(self.browser), self.browser.text('#link'))
        self.look('tablet-code-authority')


class First(ConsoleCase):

    def test_the_first_tablet_is_added_from_the_first_page(self):
        self.sign_in()
        self.browser.find('#first-tablet').click()
        self.await_list('tablets')
        self.assertIn('donne un code', self.browser.text('.read .empty'))
        self.browser.find('#add-tablet').click()
        self.browser.wait_for('#code')
        self.assertFalse(self.browser.find('.read .empty').is_displayed())
        self.look('tablet-first')


class Tablets(ConsoleCase):

    @classmethod
    def fill(cls):
        add_user(cls.hq, 'Anne', 'manager')
        cls.device = cls.hq.device('Tablette du Pont')
        cls.device.push([], headers={'Altm-Pending': '12', 'Altm-Oldest': as_moment(now() - timedelta(hours=2)),
                                     'Altm-Clock': as_moment(now() + timedelta(minutes=5, seconds=20))})
        cls.lost = cls.hq.device('Tablette perdue')

    def row(self, device):
        return self.browser.find(f'[data-id="{device.device_id}"]')

    def kinds(self, device):
        return [item['kind'] for item in device.get(device.path('news')).json()['items']]

    def press_order(self, device, name):
        if not self.browser.find(f'#{name}-{device.device_id}').is_displayed():
            self.browser.find(f'#orders-{device.device_id}').click()
        self.browser.find(f'#{name}-{device.device_id}').click()
        return self.browser.wait_for('dialog[open]')

    def give_order(self, device, name):
        dialog = self.press_order(device, name)
        dialog.find_element('css selector', 'input').send_keys(WHY)
        dialog.find_element('css selector', '[type=submit]').click()
        return self.browser.wait(lambda: self.browser.text('.done'), 'nothing is said')

    def last_entry(self):
        return self.browser.driver.execute_async_script(
            'fetch("api/log").then((reply) => reply.json()).then((found) => arguments[0](found.entries[0]))')

    def test_each_tablet_is_told_in_words(self):
        self.sign_in_to('tablets')
        said = self.row(self.device).text.replace('\xa0', ' ')
        self.assertRegex(said, r'à l’instant|il y a \d')
        self.assertIn('12 fiches à envoyer (depuis', said)
        self.assertIn('en avance de 5 minutes', said)
        self.assertIn('jamais', self.row(self.lost).text)
        # What was never heard holds back nobody knows what.
        self.assertIn('inconnu', self.row(self.lost).text)
        self.assertNotIn('rien', self.row(self.lost).text)
        self.look('tablets')
        self.browser.find('#language').click()
        self.assertIn('5 minutes fast', self.row(self.device).text)
        self.look('tablets-english')
        self.assert_quiet()

    def test_a_code_enrols_a_tablet(self):
        self.sign_in_to('tablets', name='Anne')
        self.browser.find('#add-tablet').click()
        code = self.browser.wait_for('#code').text
        self.assertEqual(self.browser.text('#link'), f'altm-field:enrol?u={self.hq.address()}&c={code}')
        self.assertRegex(self.browser.text('.code').replace('\xa0', ' '), r'jusqu’à \d+ h \d\d')
        self.assertIn(self.hq.address(), self.browser.text('.code ol'))
        self.look('tablet-code')
        self.assertEqual(read_qr(self.browser), self.browser.text('#link'))
        self.assertEqual(self.hq.enrol(code, 'une installation', 'Tablette neuve').status, 201)
        self.browser.find('#read-again').click()
        self.browser.wait(lambda: 'Tablette neuve' in self.browser.text('.rows'), 'it is not listed')
        # Good once.
        self.assertNotEqual(self.hq.enrol(code, 'une autre', 'Tablette de trop').status, 201)

    def test_an_order_says_what_it_does_and_reaches_the_tablet(self):
        device = self.hq.device('Tablette à effacer')
        self.sign_in_to('tablets')
        self.browser.find(f'#orders-{device.device_id}').click()
        self.assertIn('tout y est détruit', self.row(device).text)
        self.look('tablet-orders')
        dialog = self.press_order(device, 'wipe')
        self.assertIn('une fois que le siège a tout reçu', dialog.text)
        self.look('tablet-wipe')
        dialog.find_element('css selector', '.btn-outline').click()
        self.assertEqual(self.browser.focused(), f'wipe-{device.device_id}')
        self.assertEqual(self.kinds(device), [])
        self.assertIn('s’efface à son prochain contact', self.give_order(device, 'wipe'))
        self.assertEqual(self.kinds(device), ['wipe'])
        self.assertIn('Effacement demandé aujourd’hui', self.row(device).text)
        self.assertFalse(self.browser.find_all(f'#wipe-{device.device_id}, #revoke-{device.device_id}'))
        entry = self.last_entry()
        self.assertEqual((entry['what'], entry['subject'], entry['why']), ('wipe-ordered', device.device_id, WHY))
        self.look('tablet-wiped')

    def test_reset_and_revoked(self):
        device = self.hq.device('Tablette du marché')
        self.sign_in_to('tablets')
        self.give_order(device, 'reset-pin')
        self.assertEqual(self.kinds(device), ['pin-reset'])
        self.give_order(device, 'revoke')
        self.browser.wait(lambda: 'Révoquée aujourd’hui' in self.row(device).text, 'it is not told')
        self.assertEqual(self.last_entry()['what'], 'revoked')
        # Those that are no longer in use stand below a heading of their own.
        found = self.browser.run('return [...document.querySelectorAll(".tablets .scope")].map((each) => [each.textContent,'
                                 ' [...each.nextElementSibling.children].some((row) => row.dataset.id === arguments[0])])', device.device_id)
        self.assertEqual([listed for _, listed in found], [False, True])
        self.assertIn('retirée', found[1][0])
        self.look('tablets-revoked')

    def test_an_order_needs_a_reason_and_a_tablet_that_reads_it(self):
        device = self.hq.device('Tablette muette')
        self.sign_in_to('tablets')
        dialog = self.press_order(device, 'reset-pin')
        dialog.find_element('css selector', '[type=submit]').click()
        self.assertEqual(self.kinds(device), [])
        self.hq.must('revoke', device.device_id)
        dialog.find_element('css selector', 'input').send_keys(WHY)
        dialog.find_element('css selector', '[type=submit]').click()
        self.browser.wait(lambda: 'Rien n’a changé' in dialog.text, 'nothing is said')
        # Asking again would not help: there is nothing left but to close.
        self.assertEqual([button.text for button in dialog.find_elements('css selector', 'button')], ['Fermer'])
        self.assertFalse(dialog.find_elements('css selector', 'input'))
        self.look('tablet-refused')
        self.press(Keys.ENTER)
        self.browser.wait(lambda: not self.browser.find_all('dialog'), 'it is still open')

    def test_keyboard_alone(self):
        device = self.hq.device('Tablette du clavier')
        self.sign_in_to('tablets')
        self.tab_to('add-tablet')
        self.press(Keys.ENTER)
        self.browser.wait_for('#code')
        self.assertEqual(self.browser.focused(), 'add-tablet')
        self.tab_to(f'orders-{device.device_id}')
        self.press(Keys.ENTER)
        self.tab_to(f'reset-pin-{device.device_id}')
        self.press(Keys.ENTER)
        self.browser.wait_for('dialog[open]')
        self.press(WHY, Keys.ENTER)
        self.browser.wait(lambda: self.kinds(device) == ['pin-reset'], 'the tablet hears of it')

    def test_a_manager_gives_no_orders(self):
        self.sign_in_to('tablets', name='Anne')
        self.assertIn('tablets', self.pages())
        self.assertFalse(self.browser.find_all('[id^=orders-], [id^=wipe-], [id^=revoke-], [id^=reset-pin-]'))


if __name__ == '__main__':
    unittest.main()
