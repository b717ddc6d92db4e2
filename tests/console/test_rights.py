# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of people's rights: what HQ has about a reference, a copy of it, and its erasure, by whoever may."""

import json
import unittest

from console import ConsoleCase, add_user

import sealing
from hq import uuid7
from records import QPV, STRUCTURE, contact, referral

from selenium.webdriver.common.keys import Keys

WHY = 'demande reçue par courrier'


class Rights(ConsoleCase):

    @classmethod
    def fill(cls):
        add_user(cls.hq, 'Anne', 'manager')
        add_user(cls.hq, 'Paul', 'reader')
        cls.device = cls.hq.device('Tablette du Pont')

    def refer(self, reference):
        record = uuid7()
        met = self.device.line('contact', contact(people=2, themes=['logement'], ages={'12_17': 2}), place=QPV)
        sent = self.device.line('referral', referral(contact=met['id'], consent=True, reference=reference, theme='logement',
                                                     structure=STRUCTURE, due='2026-12-24'), id=record, place=QPV,
                                private=sealing.seal(self.hq.hello()['seal_key'], record, 1, {'name': 'Zoraïde'}))
        self.assertEqual(self.device.push([met, sent])['problems'], [])
        return sent

    def search(self, wanted):
        self.browser.find('#wanted').clear()
        self.browser.find('#wanted').send_keys(wanted)
        self.browser.find('[role=search] [type=submit]').click()
        self.await_list('rights')
        self.browser.wait(lambda: self.browser.find_all('.read [role=status]'), 'nothing is found or not')

    def exported(self, line):
        return self.hq.export()[line['id']]

    def logged(self, what):
        return [(entry['who'], entry['subject'], entry['why']) for entry in map(json.loads, self.hq.must('log').splitlines())
                if entry['what'] == what]

    def test_what_is_known_is_found_by_the_reference(self):
        line = self.refer('K7F3-2')
        self.hq.must('referral', line['id'], 'acceptee')
        self.sign_in_to('rights')
        self.look('rights')
        self.search('k7 f32')
        text = self.browser.text('.read')
        for words in ('Orientation', 'Intervention', 'K7F3-2', 'Logement', 'Tablette du Pont', 'gardée, scellée', 'Acceptée', '24 décembre 2026'):
            self.assertIn(words, text)
        self.assertNotIn('Zoraïde', text)
        self.assertNotIn(line['private'], self.browser.driver.page_source)
        self.assertNotIn('altm-field-hq', text)
        self.assertNotIn('K7F3', self.browser.driver.current_url)
        self.look('rights-found')
        self.browser.find('#language').click()
        self.assertIn('Referral', self.browser.text('.read'))
        self.look('rights-found-english')
        self.assert_quiet()

    def test_what_is_not_there_is_said(self):
        self.sign_in_to('rights')
        self.search('NADA-0')
        self.assertIn('Vérifiez-la avec la personne', self.browser.text('.read'))

    def test_the_number_of_what_is_sealed_is_copied_for_whoever_may_open_it(self):
        line = self.refer('NUME-8')
        self.sign_in_to('rights')
        self.search('NUME-8')
        buttons = self.browser.find_all('.rights-record .sealed button')
        self.assertEqual([button.get_attribute('id') for button in buttons], [f'copy-{line["id"]}'])
        self.browser.run('navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }')
        buttons[0].click()
        self.browser.wait(lambda: 'est copié' in self.browser.text('.rights-record .sealed'), 'nothing is said')
        self.assertEqual(self.browser.run('return window.copied'), line['id'])

    def test_a_copy_is_noted(self):
        line = self.refer('COPI-1')
        self.sign_in_to('rights')
        self.search('COPI-1')
        self.browser.find('#copy').click()
        self.browser.wait(lambda: 'La copie est enregistrée' in self.browser.text('.done'), 'nothing is said')
        self.assertIn(('Claire Martin', line['id'], None), self.logged('person-exported'))

    def tick_all(self):
        for box in self.browser.find_all('.erase-form [name=id]'):
            self.assertFalse(box.is_selected())
            self.browser.run('arguments[0].scrollIntoView({ block: "center", behavior: "instant" })', box)
            box.click()

    def erase(self, scope):
        self.tick_all()
        choice = self.browser.find(f'[name=scope][value={scope}]')
        self.browser.run('arguments[0].scrollIntoView({ block: "center", behavior: "instant" })', choice)
        choice.click()
        self.browser.find('.erase-form [type=submit]').click()
        self.browser.wait_for('dialog.confirm [id^=why]').send_keys(WHY)
        self.look(f'rights-erase-{scope}')
        self.browser.find('dialog.confirm [type=submit]').click()
        self.browser.wait(lambda: 'C’est effacé' in self.browser.text('.done'), 'nothing is said')
        self.await_list('rights')

    def test_the_direction_erases_the_private_part(self):
        line = self.refer('PART-4')
        self.sign_in_to('rights')
        self.search('PART-4')
        self.erase('private')
        self.assertFalse(self.exported(line)['has_private'])
        self.assertEqual(self.exported(line)['data']['reference'], 'PART-4')
        self.assertIn('Partie privée effacée', self.browser.text('.read'))
        self.assertIn(('Claire Martin', line['id'], WHY), self.logged('erased'))
        self.browser.driver.get(f'{self.hq.address()}/console/#/log')
        self.await_list('log')
        self.assertIn('a effacé la partie privée de la fiche', self.browser.text('.read'))
        self.assert_quiet()

    def test_the_direction_erases_all(self):
        line = self.refer('TOUT-5')
        self.sign_in_to('rights')
        self.search('TOUT-5')
        self.erase('record')
        for record in (line['id'], line['data']['contact']):
            self.assertTrue(self.hq.export()[record]['deleted'])
        self.assertIn('Rien sous cette référence', self.browser.text('.read'))
        self.search(line['id'])
        self.assertIn('Tout effacé', self.browser.text('.read'))
        self.assertEqual(self.browser.find_all('.erase-form'), [])
        self.look('rights-erased')
        self.hq.must('verify')
        self.assert_quiet()

    def test_keyboard_alone(self):
        line = self.refer('CLAV-7')
        self.sign_in_to('rights')
        self.tab_to('wanted')
        self.press('CLAV-7', Keys.ENTER)
        self.browser.wait(lambda: self.browser.find_all('.erase-form'), 'nothing is found')
        self.tab_to_a(f'[name=id][value="{line["id"]}"]')
        self.press(Keys.SPACE)
        self.tab_to_a('[name=scope]')
        self.press(Keys.SPACE)
        self.tab_to_a('.erase-form [type=submit]')
        self.press(Keys.ENTER)
        self.browser.wait_for('dialog.confirm')
        self.press(WHY, Keys.ENTER)
        self.browser.wait(lambda: 'C’est effacé' in self.browser.text('.done'), 'nothing is said')
        self.assertFalse(self.exported(line)['has_private'])

    def test_a_manager_finds_and_erases_nothing(self):
        line = self.refer('LIRE-6')
        self.sign_in_to('rights', name='Anne')
        self.search('LIRE-6')
        self.assertIn('LIRE-6', self.browser.text('.read'))
        self.assertEqual(self.browser.find_all('.erase-form'), [])
        answer = self.browser.driver.execute_async_script(
            "const done = arguments[1]; fetch('api/rights', { method: 'DELETE', headers: { 'Altm-Csrf': '1', 'Content-Type': 'application/json' },"
            " body: JSON.stringify({ ids: [arguments[0]], scope: 'record', why: 'x' }) }).then((reply) => done(reply.status))", line['id'])
        self.assertEqual(answer, 403)
        self.assertIn('data', self.exported(line))

    def test_a_reader_has_no_such_page(self):
        self.open('#/rights')
        self.try_sign_in(name='Paul')
        self.await_figures()
        self.assertNotIn('rights', self.pages())


if __name__ == '__main__':
    unittest.main()
