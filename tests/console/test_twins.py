# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of likely twins: both side by side, and what somebody decides of them."""

import itertools
import unittest

from console import NAME, PASSWORD, ConsoleCase, add_user

from records import QPV, contact
from test_console import Browser as Caller

from selenium.webdriver.common.keys import Keys

# One for each test: what was settled in another is alike too.
MINUTES = itertools.count(10)


class LikelyTwins(ConsoleCase):

    @classmethod
    def fill(cls):
        add_user(cls.hq, 'Paul', 'reader')
        add_user(cls.hq, 'Anne', 'manager')

    def setUp(self):
        super().setUp()
        minute = next(MINUTES)
        self.first, self.second = (f'2026-03-02T09:{minute}:{second}+01:00' for second in ('04', '51'))
        self.mine, self.theirs = self.hq.device('Tablette du Pont'), self.hq.device('Tablette de la Place')
        self.one = self.bring(self.mine, self.first, ['logement', 'emploi_formation'])
        self.other = self.bring(self.theirs, self.second, ['emploi_formation', 'logement'], minutes=15)
        self.addCleanup(self.settle_all)

    def bring(self, device, at, themes, **fields):
        line = device.line('contact', contact(people=3, themes=themes, **fields), place=QPV, at=at)
        device.push([line])
        return line['id']

    def withdraw(self, device, record, at):
        device.push([{'v': 1, 'seq': device.next_seq(), 'id': record, 'rev': 2, 'type': 'contact', 'at': at, 'deleted': True}])

    def settle_all(self):
        """Nothing is left for another test."""
        caller = Caller(self.hq)
        caller.sign_in(NAME, PASSWORD)
        for pair in caller.call('GET', 'twins').json()['twins']:
            caller.call('POST', 'twins-settle', {'one': pair['one']['id'], 'other': pair['other']['id']})

    def rows(self):
        return self.browser.find_all('.twins .line')

    def text(self, element):
        return element.text.replace('\xa0', ' ')

    def decide(self, name):
        button = self.browser.find(f'#twins-{name}-{self.one}-{self.other}')
        self.browser.run('arguments[0].scrollIntoView({ block: "center", behavior: "instant" })', button)
        button.click()
        return self.browser.wait_for('dialog[open]')

    def send(self, dialog):
        dialog.find_element('css selector', '[type=submit]').click()
        return self.browser.wait(lambda: self.browser.text('.done'), 'nothing is said').replace('\xa0', ' ')

    def news(self):
        return [(item['kind'], item['record'], item['reason']) for item in self.theirs.get(self.theirs.path('news')).json()['items']]

    def badge(self):
        return [each.text.split('\n')[0] for each in self.browser.find_all('#twins .waits:not([hidden])')]

    def test_they_are_reached_from_the_quarantine_and_stand_side_by_side(self):
        self.sign_in_to('quarantine')
        self.browser.wait(lambda: self.badge() == ['1'], 'the quarantine does not tell that there are some')
        self.assertFalse(self.browser.find_all('nav .waits:not([hidden])'))
        self.look('quarantine-twins')
        self.browser.find('#twins').click()
        self.await_list('twins')
        [row] = self.rows()
        said = self.text(row)
        for words in ('la même rencontre notée deux fois ?', 'La première (Tablette du Pont)', 'La seconde (Tablette de la Place)'):
            self.assertIn(words, said)
        self.assertEqual([each.text for each in row.find_elements('css selector', '.differs th')], ['Minutes (diffère)'])
        self.assertIn('Les deux comptent dans les chiffres tant que', self.text(self.browser.find('.twins .intro')))
        self.assertEqual(self.browser.find('nav [aria-current=page]').text.split('\n')[0], 'Quarantaine')
        self.look('twins')
        self.browser.find('#language').click()
        self.assertIn('the same encounter recorded twice?', self.text(self.rows()[0]))
        self.look('twins-english')
        self.assert_quiet()

    def test_both_are_real(self):
        before = self.hq.figures()['interventions']
        self.sign_in_to('twins')
        dialog = self.decide('settle')
        self.look('twins-settle')
        self.assertIn('les deux interventions comptent', self.send(dialog))
        self.assertEqual(self.rows(), [])
        self.assertIn('Aucun doublon probable', self.browser.text('.twins .read'))
        self.look('twins-none')
        self.assertEqual(self.hq.figures()['interventions'], before)
        self.open('#/log')
        self.await_list('log')
        self.assertIn('a dit que deux interventions semblables sont bien deux', self.browser.text('.log .read'))

    def test_a_tablet_is_asked_and_the_pair_vanishes_once_one_is_withdrawn(self):
        self.sign_in_to('twins')
        dialog = self.decide('ask')
        self.assertIn('« Tablette de la Place »', self.text(dialog))
        self.look('twins-ask')
        self.assertIn('Les deux comptent encore', self.send(dialog))
        self.assertEqual(self.news(), [('correction', self.other, 'twin')])
        self.assertIn(f'Retrait de la seconde demandé par {NAME}', self.text(self.rows()[0]))
        self.assertEqual(len(self.rows()[0].find_elements('css selector', 'button')), 1)
        self.look('twins-asked')
        self.withdraw(self.theirs, self.other, self.second)
        self.browser.driver.refresh()
        self.browser.wait(lambda: 'Aucun doublon probable' in self.browser.text('.twins .read'), 'the pair is still there')

    def test_what_was_withdrawn_meanwhile_is_said(self):
        self.sign_in_to('twins')
        dialog = self.decide('settle')
        self.withdraw(self.mine, self.one, self.first)
        dialog.find_element('css selector', '[type=submit]').click()
        self.browser.wait(lambda: 'Rien n’a changé' in dialog.text, 'nothing is said')

    def test_keyboard_alone(self):
        self.sign_in_to('twins')
        self.tab_to(f'twins-settle-{self.one}-{self.other}')
        self.press(Keys.ENTER)
        self.browser.wait_for('dialog[open]')
        self.press(Keys.TAB, Keys.ENTER)
        self.browser.wait(lambda: self.browser.text('.done'), 'nothing is said')
        self.assertEqual(self.rows(), [])

    def test_a_manager_has_the_page_and_a_reader_has_not(self):
        self.sign_in_to('twins', name='Anne')
        self.assertTrue(self.browser.find_all('.twins'))
        self.browser.find('#sign-out').click()
        self.try_sign_in(name='Paul')
        self.await_figures()
        self.assertEqual(self.pages(), ['figures'])


if __name__ == '__main__':
    unittest.main()
