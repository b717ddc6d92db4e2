# SPDX-License-Identifier: GPL-3.0-or-later
"""The quarantine's page: what HQ could not take, in words, and what somebody decides of it."""

import re
import unittest

from console import NAME, PASSWORD, ConsoleCase, add_user

from hq import ROOT
from records import QPV, contact, observation
from test_console import Browser as Caller

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

WHY = 'vu avec l’équipe'
SEALED = 'QUJD' * 40


class Quarantine(ConsoleCase):

    @classmethod
    def fill(cls):
        add_user(cls.hq, 'Paul', 'reader')
        add_user(cls.hq, 'Anne', 'manager')

    def setUp(self):
        super().setUp()
        self.device = self.hq.device('Tablette du Pont')
        self.lines = []
        self.addCleanup(self.settle_all)

    def bring(self, *lines):
        self.device.push(list(lines))
        self.lines += [line for line in lines if isinstance(line, dict)]

    def line(self, **fields):
        return self.device.line('contact', contact(**fields), place=QPV, private=f'{"0" * 16}.{SEALED}')

    def bring_each(self):
        """One of each kind of trouble."""
        first = self.line(people=2, themes=['logement', 'emploi_formation'])
        self.bring(first)
        self.bring(self.line(people=600, themes=['logement'], ages={'12_17': 3}), self.line(themes=['nulle_part']),
                   {**first, 'seq': self.device.next_seq(), 'data': contact(people=3, themes=['logement'], minutes=15)},
                   self.device.line('observation', observation(what='durand@example.org'), place=QPV),
                   f'{{"{self.device.device_id}" <script>alert(1)</script>'.encode())

    def settle_all(self):
        """Nothing is left for another test."""
        caller = Caller(self.hq)
        caller.sign_in(NAME, PASSWORD)
        for state in ('waiting', 'asked'):
            for line in caller.call('GET', f'quarantine?state={state}').json()['lines']:
                caller.call('POST', 'quarantine', {'n': line['n'], 'decision': 'refuse', 'why': 'rangé'})

    def rows(self):
        return self.browser.find_all('.quarantine .line')

    def row(self, words):
        return next(row for row in self.rows() if row.find_element('css selector', 'h2').text == words)

    def text(self, element):
        return element.text.replace('\xa0', ' ')

    def decide(self, row, name):
        row.find_element('css selector', f'[id^={name}-]').click()
        return self.browser.wait_for('dialog[open]')

    def send(self, dialog, why=WHY):
        if why:
            dialog.find_element('css selector', 'input').send_keys(why)
        dialog.find_element('css selector', '[type=submit]').click()
        return self.browser.wait(lambda: self.browser.text('.done'), 'nothing is said')

    def kinds(self):
        return [(item['kind'], item['record']) for item in self.device.get(self.device.path('news')).json()['items']]

    def waiting(self):
        return self.browser.find('nav .waits').text.split('\n')[0] if self.browser.find_all('nav .waits:not([hidden])') else ''

    def test_what_is_wrong_is_told_in_words(self):
        self.bring_each()
        self.sign_in_to('quarantine')
        self.assertEqual([row.find_element('css selector', 'h2').text for row in self.rows()],
                         ['Hors des limites', 'Absent des listes', 'Deux versions', 'Identifie une personne', 'Illisible'])
        said = self.text(self.row('Hors des limites'))
        for words in ('« Personnes » : le nombre doit être entre 0 et 500.', 'Personnes\n600', 'Thèmes\nLogement', 'Tablette du Pont',
                      'Partie privée\nscellée, non montrée', 'cela doit d’abord être corrigé sur la tablette'):
            self.assertIn(words, said)
        self.assertIn('Ce choix n’existe pas dans la liste « Thèmes » du siège. Le plus souvent : demandez une correction.', self.text(self.row('Absent des listes')))
        self.assertIn('« Description », dont le texte n’est pas scellé, contient une adresse électronique.', self.text(self.row('Identifie une personne')))
        said = self.text(self.row('Illisible'))
        self.assertIn('Prévenez la personne qui s’occupe de l’ordinateur du siège', said)
        self.assertIn('Aucune correction ne peut être demandée : la fiche n’est pas lisible.', said)
        self.assertIn('masqué : ce texte semble identifier une personne', self.text(self.row('Identifie une personne')))
        raw = self.row('Illisible').find_element('css selector', 'pre')
        self.assertFalse(raw.is_displayed())
        self.row('Illisible').find_element('css selector', '[aria-expanded]').click()
        self.assertIn('<script>alert(1)</script>', raw.text)
        page = self.browser.driver.page_source
        self.assertNotIn(SEALED, page)
        self.assertNotIn('durand', page)
        self.browser.wait(lambda: self.waiting() == '5', 'the navigation does not tell how many wait')
        self.look('quarantine')
        self.browser.find('#language').click()
        self.assertIn('“People”: the number must be from 0 to 500.', self.text(self.rows()[0]))
        self.look('quarantine-english')
        self.assert_quiet()

    def test_the_list_that_lacks_a_code_is_one_press_away(self):
        self.bring(self.line(themes=['logement', 'inondation']))
        self.sign_in_to('quarantine')
        said = self.text(self.row('Absent des listes'))
        for words in ('« Thèmes » dit un choix qui n’est pas dans la liste « Thèmes ».', 'ajoutez-le à la liste avec le code « inondation », puis revenez ici.'):
            self.assertIn(words, said)
        self.assertIn('demandez une correction', said)
        self.send(self.decide(self.row('Absent des listes'), 'ask'), why=None)
        Select(self.browser.find('#filter-state')).select_by_value('asked')
        self.browser.wait(self.rows, 'it is not listed')
        # It was asked for already.
        self.assertNotIn('demandez une correction', self.text(self.row('Absent des listes')))
        self.row('Absent des listes').find_element('partial link text', 'Ouvrir la liste').click()
        self.browser.wait(lambda: self.browser.find_all('#list-choice'), 'the lists never came')
        self.assertEqual(self.browser.find('#list-choice').get_attribute('value'), 'theme')

    def test_every_cause_has_its_words(self):
        source = (ROOT / 'sync/hq/quarantine/altm-hq-cause.c').read_text()
        names = set(re.findall(r'^  \{ [^,]*?(?:, YYYY-MM-DD)?", "([a-z-]+)"', source, re.M)) | {'no-structure', 'of-the-app'}
        self.assertGreater(len(names), 25)
        for language in ('fr', 'en'):
            words = (ROOT / f'sync/hq/console/words-quarantine-{language}.js').read_text()
            self.assertEqual({name for name in names if f"'cause-{name}':" not in words}, set())

    def test_both_versions_stand_side_by_side(self):
        self.bring_each()
        self.sign_in_to('quarantine')
        row = self.row('Deux versions')
        differs = [each.find_element('css selector', 'th').text for each in row.find_elements('css selector', 'tr.differs')]
        self.assertEqual(differs, ['Personnes (diffère)', 'Thèmes (diffère)', 'Minutes (diffère)'])
        cells = [each.text for each in row.find_elements('css selector', 'tr.differs td')]
        self.assertEqual(cells[:2], ['2', '3'])
        self.assertFalse(row.find_elements('css selector', '[id^=accept-]'))

    def test_a_correction_is_asked_for_and_refused_after_all(self):
        self.bring(self.line(people=600))
        self.sign_in_to('quarantine', name='Anne')
        dialog = self.decide(self.row('Hors des limites'), 'ask')
        self.assertIn('« Tablette du Pont »', self.text(dialog))
        self.look('quarantine-ask')
        self.send(dialog, why=None)
        self.assertEqual(self.kinds(), [('correction', self.lines[0]['id'])])
        self.assertEqual(self.rows(), [])
        self.assertIn('Rien n’attend de décision', self.text(self.browser.find('.quarantine .read')))
        self.browser.wait(lambda: self.waiting() == '', 'the navigation still counts it')
        Select(self.browser.find('#filter-state')).select_by_value('asked')
        self.browser.wait(self.rows, 'it is not listed')
        self.assertIn('Correction demandée par Anne', self.text(self.rows()[0]))
        self.send(self.decide(self.rows()[0], 'refuse'))
        Select(self.browser.find('#filter-state')).select_by_value('settled')
        self.browser.wait(self.rows, 'it is not listed')
        self.assertIn('Écartée par Anne', self.text(self.rows()[0]))
        self.assertFalse(self.rows()[0].find_elements('css selector', 'button'))
        self.look('quarantine-settled')

    def test_what_a_revoked_tablet_brought_is_taken(self):
        before = self.hq.figures()['interventions']
        self.hq.must('revoke', self.device.device_id)
        self.bring(self.line(people=4))
        self.sign_in_to('quarantine')
        row = self.row('D’une tablette révoquée')
        self.assertIn('Aucune correction ne peut être demandée', self.text(row))
        dialog = self.decide(row, 'accept')
        dialog.find_element('css selector', '[type=submit]').click()
        self.assertEqual(self.hq.figures()['interventions'], before)
        self.look('quarantine-accept')
        self.assertIn('est prise et compte', self.send(dialog))
        self.assertEqual(self.hq.figures()['interventions'], before + 1)
        self.open('#/log')
        self.await_list('log')
        self.assertIn('a pris quand même une fiche de la tablette « Tablette du Pont »', self.text(self.browser.find('.log .read')))

    def test_what_was_settled_meanwhile_is_said(self):
        self.bring(self.line(people=600))
        self.sign_in_to('quarantine')
        dialog = self.decide(self.rows()[0], 'refuse')
        line = self.lines[0]
        self.device.push([self.device.line('contact', contact(), id=line['id'], rev=2)])
        dialog.find_element('css selector', 'input').send_keys(WHY)
        dialog.find_element('css selector', '[type=submit]').click()
        self.browser.wait(lambda: 'Rien n’a changé' in dialog.text, 'nothing is said')

    def test_keyboard_alone(self):
        self.bring(self.line(people=600))
        self.sign_in_to('quarantine')
        name = self.rows()[0].find_element('css selector', '[id^=refuse-]').get_attribute('id')
        self.tab_to(name)
        self.press(Keys.ENTER)
        self.browser.wait_for('dialog[open]')
        self.press(WHY, Keys.ENTER)
        self.browser.wait(lambda: self.browser.text('.done'), 'nothing is said')
        self.assertEqual(self.rows(), [])

    def test_a_reader_has_no_such_page(self):
        self.open('#/quarantine')
        self.try_sign_in(name='Paul')
        self.await_figures()
        self.assertEqual(self.pages(), ['figures'])


if __name__ == '__main__':
    unittest.main()
