# SPDX-License-Identifier: GPL-3.0-or-later
"""The sheet for the partner of a referral: one page of A4, in French, that names nobody."""

import unittest

from console import PICTURES, ConsoleCase, add_user

from paper import A4, Paper
from records import QPV, STRUCTURE, contact, referral

from selenium.webdriver.common.keys import Keys


class Liaison(ConsoleCase):

    @classmethod
    def fill(cls):
        add_user(cls.hq, 'Anne', 'manager')
        add_user(cls.hq, 'Paul', 'reader')
        cls.device = cls.hq.device('Tablette du Pont')
        met = cls.device.line('contact', contact(actions=['ecoute', 'information']), place=QPV, by='m-secret')
        cls.line = cls.device.line('referral', referral(
            reference='K7F3', contact=met['id'], structure=STRUCTURE, theme='logement', mode='rdv_pris', due='2027-01-15',
            consent=True, consent_of='personne'), place=QPV, by='m-secret')
        cls.bare = cls.device.line('referral', referral(), place=QPV)
        cls.child = cls.device.line('referral', referral(consent=True, consent_of='parent'), place=QPV)
        cls.device.push([met, cls.line, cls.bare, cls.child])

    def open_sheet(self, line, name='Claire Martin'):
        self.sign_in_to('referrals', name=name)
        row = self.browser.find(f'[data-id="{line["id"]}"]')
        row.find_element('css selector', '.liaison-link').click()
        self.await_list('liaison')

    def sheet(self):
        return self.browser.find('.sheet').text.replace('\xa0', ' ')

    def print(self, name):
        paper = Paper(self.browser, PICTURES / f'{name}.pdf')
        paper.pictures()
        self.assertEqual(paper.sizes(), [A4])
        return paper.text().replace('\xa0', ' ')

    def log(self):
        return self.browser.driver.execute_async_script(
            'fetch("api/log").then((reply) => reply.json()).then((found) => arguments[0](found.entries))')

    def test_it_says_what_the_partner_needs_and_names_nobody(self):
        self.open_sheet(self.line)
        said = self.sheet()
        for words in ('Référence K7F3', 'ADIL', 'Logement', 'Rendez-vous', 'Réponse souhaitée avant le', '15 janvier 2027', 'Écoute', 'Rencontre à', 'Minguettes',
                      'La personne n’est pas venue',
                      'd’accord pour que son nom vous soit transmis', 'Reçue le', 'Pour la structure, date et signature', 'RGPD'):
            self.assertIn(words, said)
        for words in ('m-secret', 'Proposée', 'elle-même', 'Non honorée'):
            self.assertNotIn(words, said)
        self.assertEqual(self.browser.driver.title, 'Fiche de liaison K7F3')
        self.look('liaison')
        self.assertIn('Référence K7F3', self.print('liaison-page'))
        self.assert_quiet()

    def test_without_agreement_there_is_no_room_for_a_name(self):
        self.open_sheet(self.bare)
        said = self.sheet()
        self.assertIn('Elle n’a pas souhaité que son nom soit transmis', said)
        self.assertIn('CCAS', said)
        self.assertNotIn('Nom', said.split('\n'))
        self.assertNotIn('référence', said.lower())
        self.assertNotIn('L’orientation', said.split('\n'))
        self.print('liaison-bare')

    def post(self, **lines):
        """The problem's type, empty where the lines were taken."""
        lines = {'name': '', 'address': '', 'phone': '', 'answer_to': '', **lines}
        return self.browser.driver.execute_async_script(
            "const done = arguments[1]; fetch('api/letterhead', { method: 'POST', headers: { 'Altm-Csrf': '1', 'Content-Type': 'application/json' },"
            " body: JSON.stringify(arguments[0]) }).then(async (reply) => done((await reply.json()).type ?? ''))", lines)

    def lack(self):
        return self.browser.text('.liaison .warned').replace('\xa0', ' ')

    def by_hand(self):
        return len(self.browser.find_all('.sheet .by-hand'))

    def test_a_child_has_somebody_who_agrees(self):
        self.open_sheet(self.child)
        self.assertIn('Son nom peut vous être transmis, avec l’accord de son père ou sa mère.', self.sheet())

    def test_what_the_direction_writes_once_stands_on_every_sheet(self):
        self.open_sheet(self.line)
        self.assertEqual(self.by_hand(), 3)
        self.assertIn('ALTM, association de médiation sociale', self.sheet())
        self.assertIn('L’adresse d’ALTM manque : la structure ne saura pas où répondre.', self.lack())
        self.look('liaison-lack')
        self.browser.find('.liaison .warned [href^="#/letterhead"]').click()
        self.await_list('letterhead')
        self.addCleanup(self.post)
        lines = {'name': 'ALTM Lyon Métropole', 'address': '12 rue du Pont, 69200 Vénissieux', 'phone': '04 72 00 00 00',
                 'answer_to': 'suivi@altm.example'}
        for name, text in lines.items():
            self.browser.find(f'#letterhead-{name}').send_keys(text)
        self.look('letterhead')
        self.browser.find('.letterhead [type=submit]').click()
        self.browser.wait(lambda: 'C’est enregistré' in self.browser.text('.letterhead .done'), 'nothing is said')
        self.browser.find('.letterhead [href^="#/liaison"]').click()
        self.await_list('liaison')
        self.assertEqual(self.by_hand(), 0)
        for text in lines.values():
            self.assertIn(text, self.sheet())
        self.assertEqual(self.browser.find_all('.liaison .warned'), [])
        self.look('liaison-own')
        self.assertIn('À renvoyer à', self.print('liaison-own-page'))
        self.assertIn('letterhead-set', [entry['what'] for entry in self.log()])
        self.assert_quiet()

    def test_a_line_that_is_too_long_or_none_is_refused(self):
        self.sign_in_to('letterhead')
        self.addCleanup(self.post)
        self.assertEqual(self.post(phone='04 72 00 00 00'), '')
        for wrong in ({'phone': '0' * 41}, {'address': 'x' * 201}, {'name': 'un\ndeux'}, {'name': 7}, {'answer_to': None}):
            self.assertEqual(self.post(**wrong), '/problems/letterhead-line')
        self.browser.driver.refresh()
        self.await_list('letterhead')
        self.assertEqual(self.browser.find('#letterhead-phone').get_attribute('value'), '04 72 00 00 00')

    def test_a_manager_is_told_whom_to_ask(self):
        self.open_sheet(self.line, name='Anne')
        self.assertIn('Demandez à la direction de compléter les coordonnées.', self.lack())
        self.assertEqual(self.browser.find_all('[href^="#/letterhead"]'), [])
        self.assertTrue(self.browser.find('#print').is_enabled())
        self.browser.print_media()
        self.assertFalse(self.browser.find('.liaison .warned').is_displayed())

    def test_the_line_that_lacks_is_told(self):
        self.open_sheet(self.line)
        self.addCleanup(self.post)
        self.post(address='12 rue du Pont, 69200 Vénissieux', answer_to='suivi@altm.example')
        self.browser.driver.refresh()
        self.await_list('liaison')
        self.assertIn('Le téléphone d’ALTM manque : la structure ne saura pas où appeler.', self.lack())

    def test_it_is_french_whatever_the_console_is(self):
        self.open_sheet(self.line, name='Anne')
        french = self.sheet()
        self.browser.find('#language').click()
        self.assertEqual(self.sheet(), french)
        self.assertEqual(self.browser.text('h1'), 'Partner’s sheet')
        self.assertEqual(self.browser.find('.sheet').get_attribute('lang'), 'fr')

    def test_keyboard_alone(self):
        self.sign_in_to('referrals')
        self.tab_to_a(f'[data-id="{self.line["id"]}"] .liaison-link')
        self.press(Keys.ENTER)
        self.await_list('liaison')
        self.tab_to_a('.liaison .btn-primary')
        self.assertIn('Imprimer', self.browser.run('return document.activeElement.textContent'))

    def test_opening_it_is_noted_by_its_reference(self):
        self.open_sheet(self.line)
        entry = self.log()[0]
        self.assertEqual((entry['what'], entry['subject'], entry['reference']), ('liaison-printed', self.line['id'], 'K7F3'))
        self.open('#/log')
        self.await_list('log')
        self.assertIn('a ouvert la fiche de liaison de l’orientation K7F3.', self.browser.text('.log .read'))

    def test_what_is_not_there_is_refused_and_not_noted(self):
        self.open('#/liaison?id=01a21b74-b4c2-79d2-9fc0-6bf94592fe72')
        self.try_sign_in()
        self.browser.wait(lambda: self.browser.find_all('.liaison .problem'), 'nothing is said')
        known = [each['id'] for each in (self.line, self.bare, self.child)]
        self.assertNotIn('liaison-printed', [each['what'] for each in self.log() if each['subject'] not in known])


if __name__ == '__main__':
    unittest.main()
