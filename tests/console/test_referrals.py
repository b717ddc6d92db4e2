# SPDX-License-Identifier: GPL-3.0-or-later
"""The referrals' page: what is due, in words, and what becomes of it."""

import unittest
from datetime import timedelta
from urllib.parse import urlencode

from console import ConsoleCase, add_user

from hq import as_moment, now
from records import COMMUNE, QPV, referral
from tally import PARIS

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select


def day(days):
    return (now().astimezone(PARIS) + timedelta(days=days)).date().isoformat()


class Referrals(ConsoleCase):

    @classmethod
    def fill(cls):
        add_user(cls.hq, 'Paul', 'reader')
        add_user(cls.hq, 'Anne', 'manager')

    def setUp(self):
        super().setUp()
        self.device = self.hq.device('Tablette du Pont')
        self.lines = {}
        for reference, place, fields in (
                ('TARD-3', QPV, {'due': day(-3), 'theme': 'logement'}), ('JOUR-0', QPV, {'due': day(0)}),
                ('BIEN-5', COMMUNE, {'due': day(5)}), ('CLOS-9', QPV, {'due': day(-9), 'status': 'close'})):
            self.refer(reference, place, **fields)
        # One without a day of its own is due a fortnight after it was made.
        self.refer('SANS-1', QPV, at=as_moment(now() - timedelta(days=15)))
        self.addCleanup(self.withdraw)

    def refer(self, reference, place, at=None, **fields):
        line = self.device.line('referral', referral(reference=reference, **fields), place=place, **({'at': at} if at else {}))
        self.assertEqual(self.device.push([line])['problems'], [])
        self.lines[reference] = line

    def withdraw(self):
        self.device.push([self.device.line('referral', id=line['id'], rev=9, deleted=True)
                          for line in self.lines.values()])

    def row(self, reference):
        return self.browser.find(f'[data-id="{self.lines[reference]["id"]}"]')

    def listed(self):
        return [row.find_element('css selector', 'h2').text.removeprefix('Référence ')
                for row in self.browser.find_all('.row-item') if row.is_displayed()]

    def shown(self):
        return self.browser.run("return document.querySelectorAll('.row-item:not([hidden])').length")

    def scope(self):
        return self.browser.text('.scope').replace('\xa0', ' ')

    def news(self):
        return [(item['kind'], item['record'], item['status'])
                for item in self.device.get(self.device.path('news')).json()['items'] if item['kind'] == 'referral']

    def counted(self):
        return self.hq.figures()['referrals_by_status']

    def choose(self, name, value):
        Select(self.browser.find(f'#filter-{name}')).select_by_value(value)
        self.browser.wait(lambda: urlencode({name: value}) in self.browser.driver.current_url, 'chosen')
        self.browser.wait_until_still()
        self.await_list('referrals')

    def test_what_is_due_comes_first_and_is_said_in_words(self):
        self.sign_in_to('referrals')
        self.assertEqual(self.listed(), ['TARD-3', 'SANS-1', 'JOUR-0', 'BIEN-5'])
        for reference, words in (('TARD-3', 'en retard de 3 jours'), ('SANS-1', 'en retard d’un jour'),
                                 ('JOUR-0', 'à relancer aujourd’hui'), ('BIEN-5', 'à relancer dans 5 jours')):
            self.assertIn(words, self.row(reference).text)
        self.assertIn('Logement', self.row('TARD-3').text)
        self.assertIn('CCAS', self.row('TARD-3').text)
        self.assertIn('4 orientations à suivre : 2 en retard, 1 pour aujourd’hui, 1 à venir', self.scope())
        self.assertRegex(self.row('SANS-1').text, r'faite le .+ à \d+ h \d\d')
        self.look('referrals')
        self.browser.find('#language').click()
        self.assertIn('3 days late', self.row('TARD-3').text)
        self.look('referrals-english')
        self.assert_quiet()

    def test_a_status_counts_and_the_tablet_hears_it(self):
        self.sign_in_to('referrals', name='Anne')
        row = self.row('TARD-3')
        select = row.find_element('css selector', 'select')
        self.assertEqual(row.find_element('css selector', f'label[for={select.get_attribute("id")}]').text.split('\n')[0][:4], 'État')
        self.assertFalse(row.find_element('css selector', '[type=submit]').is_displayed())
        Select(select).select_by_value('prise_en_charge')
        self.assertEqual(self.news(), [])
        row.find_element('css selector', '[type=submit]').click()
        self.browser.wait(lambda: 'La tablette le saura à son prochain passage' in row.text, 'nothing is said')
        self.assertIn('plus rien à attendre', row.text)
        self.assertEqual(self.news(), [('referral', self.lines['TARD-3']['id'], 'prise_en_charge')])
        self.assertEqual(self.counted()['prise_en_charge'], 1)
        self.look('referral-saved')
        self.choose('status', 'prise_en_charge')
        self.assertEqual(self.listed(), ['TARD-3'])

    def test_filters_are_in_the_address_and_references_are_found(self):
        self.sign_in_to('referrals')
        self.choose('status', 'any')
        self.assertEqual(self.listed()[-1], 'CLOS-9')
        self.assertEqual(self.scope(), '5 orientations, dont 4 à suivre : 2 en retard, 1 pour aujourd’hui, 1 à venir')
        self.choose('place', COMMUNE)
        self.browser.driver.refresh()
        self.await_list('referrals')
        self.assertEqual(self.listed(), ['BIEN-5'])
        self.assertEqual(self.scope(), '1 orientation à suivre : 1 à venir')
        self.browser.find('#search').send_keys('tard')
        self.assertIn('Cette liste n’a pas cette référence', self.browser.text('.scope'))
        self.browser.find('#search').clear()
        self.browser.find('#filter-clear').click()
        self.browser.wait(lambda: len(self.browser.find_all('.row-item')) == 5, 'cleared')
        self.browser.find('#search').send_keys('tard 3')
        self.assertEqual(self.listed(), ['TARD-3'])
        self.choose('period', 'days')
        self.assertTrue(self.browser.find('#filter-from').get_attribute('value'))

    def test_keyboard_alone(self):
        self.sign_in_to('referrals')
        select = self.row('TARD-3').find_element('css selector', 'select').get_attribute('id')
        self.tab_to(select)
        self.press('Pris')
        self.press(Keys.TAB, Keys.ENTER)
        self.browser.wait(lambda: self.news() == [('referral', self.lines['TARD-3']['id'], 'prise_en_charge')],
                          'the tablet hears of it')
        self.browser.wait(lambda: self.browser.focused() == select, 'where to go on')

    def test_what_is_not_there_any_more_is_refused_and_changes_nothing(self):
        self.sign_in_to('referrals')
        row = self.row('JOUR-0')
        self.device.push([self.device.line('referral', id=self.lines['JOUR-0']['id'], rev=2, deleted=True)])
        Select(row.find_element('css selector', 'select')).select_by_value('close')
        row.find_element('css selector', '[type=submit]').click()
        self.browser.wait(lambda: 'Rien n’a changé' in row.text, 'nothing is said')
        self.assertNotIn('Enregistré', row.text)
        self.assertEqual(self.news(), [])
        self.look('referral-refused')

    def test_on_paper_there_is_the_status_and_no_button(self):
        self.sign_in_to('referrals')
        self.browser.print_media()
        row = self.row('TARD-3')
        self.assertTrue(row.find_element('css selector', '.printed').is_displayed())
        for selector in ('.row-item select', '.row-item .liaison-link', '#print', '#filter-status', '#search'):
            self.assertFalse(self.browser.find(selector).is_displayed(), selector)

    def test_a_long_list_is_shown_bit_by_bit(self):
        lines = {f'LOIN-{n}': self.device.line('referral', referral(reference=f'LOIN-{n}', due=day(n)), place=QPV) for n in range(30, 79)}
        self.assertEqual(self.device.push([*lines.values()])['problems'], [])
        self.lines.update(lines)
        self.sign_in_to('referrals')
        self.assertIn('53 orientations à suivre', self.scope())
        self.browser.find('#search').send_keys('loin 78')
        self.assertEqual(self.listed(), ['LOIN-78'])
        self.assertFalse(self.browser.find('#next').is_displayed())
        self.press(*[Keys.BACKSPACE] * len('loin 78'))
        self.assertEqual(self.shown(), 50)
        self.assertEqual(self.browser.text('#next'), 'Afficher les 3 suivantes')
        self.browser.run("document.getElementById('next').focus()")
        self.press(Keys.ENTER)
        self.assertEqual(self.shown(), 53)
        self.assertEqual(self.browser.run('return document.activeElement.dataset.id'), self.lines['LOIN-76']['id'])
        self.assertFalse(self.browser.find('#next').is_displayed())
        self.browser.driver.refresh()
        self.await_list('referrals')
        self.browser.print_media()
        self.assertFalse(self.browser.find('#next').is_displayed())
        self.assertEqual(self.browser.text('.unprinted'), '3 orientations de plus ne sont pas imprimées.')
        self.assert_quiet()

    def test_a_reader_has_no_such_page(self):
        self.open('#/referrals')
        self.try_sign_in(name='Paul')
        self.await_figures()
        self.assertEqual(self.pages(), ['figures'])
        answer = self.browser.driver.execute_async_script(
            'fetch("api/referrals").then((reply) => arguments[0](reply.status))')
        self.assertEqual(answer, 403)


if __name__ == '__main__':
    unittest.main()
