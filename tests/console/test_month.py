# SPDX-License-Identifier: GPL-3.0-or-later
"""The month's page: one page of A4, whose figures are those of `figures`, and of which nothing masked can be found out."""

import contextlib
import json
import re
import sqlite3
import unittest
from datetime import datetime, time, timedelta

from console import PICTURES, ConsoleCase

import records
import season
from hq import ROOT, as_moment, now
from paper import A4, Paper
from tally import PARIS

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

SHOWN = '''
const found = {};
for (const each of document.querySelectorAll('.sheet [data-figure]')) found[each.dataset.figure] = each.textContent;
return found;
'''
# Tables whose sum stands on the page, and the figure that it is.
SUMS = {'activities': 'interventions', 'by_register': 'interventions', 'referrals_by_status': 'referrals',
        'clients_by_office': 'clients'}
THEIRS = ('telephone', 'espace_public', 'bureau_poste')


LISTS = json.loads((ROOT / 'data' / 'reference' / 'vocabulary.json').read_text())['vocabulary']
PLACES = json.loads((ROOT / 'data' / 'reference' / 'places.json').read_text())['places']
OFFICES = [place['id'] for place in PLACES if place['kind'] == 'post_office'][:12]
OTHER = OFFICES[5]


def read(text):
    """A number, None where it is masked."""
    return None if '–' in text or '<' in text else int(re.sub(r'\D', '', text))


def activities(figures):
    """One table, as the newsletter has it."""
    return {**{code: n for code, n in figures['by_process'].items() if code != 'autre'},
            **{code: n for code, n in figures['by_channel'].items() if code not in THEIRS}}


class MonthCase(ConsoleCase):

    @classmethod
    def fill(cls):
        today = now().astimezone(PARIS).date()
        cls.last = today.replace(day=1) - timedelta(days=1)
        cls.month = cls.last.replace(day=1)
        cls.days = (cls.month.isoformat(), cls.last.isoformat())
        cls.device = cls.hq.device('Tablette')

    @classmethod
    def at(cls, place=records.QPV):
        """When and where, in the month."""
        noon = datetime.combine(cls.month, time(12), PARIS)
        return {'at': as_moment(noon), 'place': place}

    @classmethod
    def slot(cls, n=0):
        return f'{cls.month + timedelta(days=n)}T09:15:00Z'

    def read_sheet(self):
        return {name: read(text) for name, text in self.browser.run(SHOWN).items()}

    def open_month(self, query=''):
        self.sign_in_to('month', f'?m={self.month:%Y-%m}{query}')
        self.browser.wait_for('.sheet')

    def print(self, name):
        paper = Paper(self.browser, PICTURES / f'{name}.pdf')
        paper.pictures()
        return paper

    def assert_one_page(self, paper):
        self.assertEqual(paper.sizes(), [A4])
        fonts = paper.fonts()
        self.assertTrue(fonts)
        self.assertEqual([name for name, is_embedded in fonts if not is_embedded], [])


    def assert_signs_are_explained(self):
        """Those that are on the page, and no others."""
        shown = self.browser.run(SHOWN).values()
        legend = ' '.join(each.text for each in self.browser.find_all('.sheet .legend')).replace('\u00a0', ' ')
        for sign in ('–', '< 5'):
            self.assertEqual(f'« {sign} »' in legend, any(sign in text for text in shown), sign)


class Month(MonthCase):

    @classmethod
    def fill(cls):
        """A season, and groups of few, so that there is something to be masked in each table."""
        super().fill()
        season.push(cls.hq, 400, 40, 1)
        cls.device.push(
            [cls.device.line('contact', records.contact(channel='domicile', register='concertation', themes=['mobilite']),
                             **cls.at()) for _ in range(3)] +
            [cls.device.line('referral', records.referral(status='sans_retour'), **cls.at()),
             cls.device.line('flow', records.flow(cls.slot(), OTHER, entres=2, aide_formulaire=1), **cls.at(OTHER))])

    def tables(self, figures):
        return {'activities': activities(figures), **{name: figures[name] for name in
                                                      ('by_register', 'by_theme', 'referrals_by_status', 'flow')}}

    def test_figures_are_those_of_hq_and_few_are_masked(self):
        self.open_month()
        figures, shown = self.hq.figures(*self.days), self.read_sheet()
        for name in ('interventions', 'people', 'referrals'):
            self.assertEqual(shown[name], figures[name])
        self.assertEqual(shown['clients'], figures['flow']['entres'])
        masked = 0
        for table, counts in self.tables(figures).items():
            for code, n in counts.items():
                if f'{table}/{code}' not in shown:
                    self.assertTrue(n == 0 or code in ('entres', *records.MAXIMA), (table, code))
                elif shown[f'{table}/{code}'] is None:
                    masked += 1
                else:
                    self.assertEqual(shown[f'{table}/{code}'], n, (table, code))
                    self.assertFalse(0 < n < 5, (table, code))
        self.assertGreater(masked, 5)

    def test_nothing_masked_can_be_found_from_the_rest(self):
        """In no table whose sum is told is one masked alone, nor are so few that they tell of a few together."""
        self.open_month()
        shown = self.read_sheet()
        for table, sum_of in SUMS.items():
            rows = {name: n for name, n in shown.items() if name.startswith(f'{table}/')}
            masked = [name for name, n in rows.items() if n is None]
            self.assertNotEqual(len(masked), 1, table)
            rest = shown[sum_of] - sum(n for n in rows.values() if n is not None)
            # Each that is masked is 1 or more: whichever it is may be 5 all the same.
            self.assertTrue(rest - (len(masked) - 1) >= 5 if masked else rest == 0, (table, rest))
        self.assertIn('activities/domicile', shown)
        # Channels are not told a second time beside the processes that they are made of.
        self.assertFalse([name for name in shown if name.startswith('by_channel')])
        # Nothing of what is masked reaches the browser.
        for row in self.browser.find_all('.sheet .bars tbody tr'):
            cells = ' '.join(cell.text for cell in row.find_elements('css selector', 'td'))
            if '–' in cells:
                self.assertEqual(re.sub(r'\D', '', cells), '', row.text)
                self.assertFalse(row.find_elements('css selector', '.bar:not([hidden])'))

    def test_one_page_of_a4_with_the_same_figures(self):
        self.open_month()
        self.assert_signs_are_explained()
        self.assertNotIn('Provisoire', self.browser.text('.sheet'))
        self.assertIn('Interventions : Échanges', self.browser.text('.sheet .notes ol'))
        self.look('month')
        shown = self.browser.run(SHOWN)
        paper = self.print('month')
        self.assert_one_page(paper)
        text = re.sub(r'[\s\u202f\xa0]+', ' ', paper.text())
        for name, said in shown.items():
            if read(said) is not None:
                self.assertIn(re.sub(r'[\s\u202f\xa0]+', ' ', said), text, name)
        for words in ('ALTM', 'La médiation sociale en', 'Complet', 'nombres inférieurs à 5 masqués', 'Espace public'):
            self.assertIn(words, text)
        for words in ('Se déconnecter', 'Imprimer', 'Retour'):
            self.assertNotIn(words, text)
        self.assert_quiet()

    def test_masked_rows_hold_no_number_on_paper(self):
        self.open_month()
        rows = [line for line in self.print('month-masked').text().splitlines() if 'Visite à domicile' in line]
        self.assertEqual(len(rows), 1)
        self.assertRegex(rows[0], r'Visite à domicile\s+–')

    def test_from_the_key_figures_and_back_with_the_same_choices(self):
        self.sign_in(f'#/figures?from={self.days[0]}&to={self.days[1]}&territory=metropole_lyon')
        button = self.browser.find('#month')
        self.assertRegex(button.text, rf'^La page (de |d’)\w+ {self.month.year}$')
        button.click()
        self.browser.wait_for('.sheet')
        self.assertIn('Métropole de Lyon', self.browser.text('.sheet .head'))
        self.assertIn(f'm={self.month:%Y-%m}', self.browser.driver.current_url)
        self.assertEqual(self.browser.run('return document.title'), f'ALTM chiffres clés {self.month:%Y-%m}')
        self.assertEqual(self.browser.find('nav [aria-current]').text, 'Chiffres clés')
        self.browser.find('.tools a').click()
        self.await_figures()
        self.assertIn('territory=metropole_lyon', self.browser.driver.current_url)
        self.assertIn(f'from={self.days[0]}', self.browser.driver.current_url)

    def test_keyboard_alone(self):
        self.sign_in()
        self.tab_to('month')
        self.press(Keys.ENTER)
        self.browser.wait_for('.sheet')
        self.tab_to('filter-month')
        self.press(Keys.ARROW_DOWN)
        self.browser.wait(lambda: self.browser.run('return location.hash').startswith(f'#/month?m={self.month:%Y-%m}'), 'chosen')
        self.await_list('month')
        self.assertEqual(self.browser.focused(), 'filter-month')
        self.browser.run('window.print = () => { window.isPrinted = true; }')
        self.tab_to('print')
        self.press(Keys.ENTER)
        self.assertTrue(self.browser.run('return window.isPrinted === true'))

    def test_a_month_with_nothing(self):
        self.open_month('&place=insea:0')
        self.browser.wait(lambda: 'Aucune fiche' in self.browser.text('.sheet'), 'nothing is said')
        self.assertFalse(self.browser.find_all('.sheet .legend'))
        self.assert_one_page(self.print('month-nothing'))
        Select(self.browser.find('#filter-month')).select_by_index(20)
        self.browser.wait(lambda: f'{self.month:%Y-%m}' not in self.browser.driver.current_url, 'chosen')

    def test_english(self):
        self.open_month()
        self.browser.find('#language').click()
        self.assertIn('Social mediation in', self.browser.text('.sheet'))
        self.assert_one_page(self.print('month-english'))


class Much(MonthCase):
    """Every code of every list at once, in long words."""

    @classmethod
    def fill(cls):
        super().fill()
        cls.lengthen()
        codes = {name: [entry['code'] for entry in LISTS[name]] for name in LISTS}
        contacts = [cls.device.line('contact', records.contact(
            channel=codes['canal'][n % len(codes['canal'])], register=codes['registre'][n % len(codes['registre'])],
            themes=[codes['theme'][n % len(codes['theme'])]], people=400), **cls.at()) for n in range(800)]
        referrals = [cls.device.line('referral', records.referral(status=codes['orientation_statut'][n % 8]), **cls.at())
                     for n in range(80)]
        flows = [cls.device.line('flow', records.flow(
            cls.slot(n // len(OFFICES)), OFFICES[n % len(OFFICES)],
            **{code: 99_000 + n for code in codes['poste_compteur']}), **cls.at(OFFICES[n % len(OFFICES)])) for n in range(60)]
        for lines in (contacts[:400], contacts[400:], referrals, flows):
            problems = cls.device.push(lines)['problems']
            assert not problems, problems[:2]

    @classmethod
    def lengthen(cls):
        """HQ has newer lists: every post office has a name of three lines."""
        with contextlib.closing(sqlite3.connect(cls.hq.store / 'hq.db')) as store, store:
            version, body = store.execute('SELECT version, body FROM lists ORDER BY version DESC LIMIT 1').fetchone()
            lists = json.loads(body)
            for place in lists['places']:
                if place['kind'] == 'post_office':
                    place['name'] += ' – Établissement-pilote-intercommunal-de-médiation-numérique' * 2
            store.execute('INSERT INTO lists VALUES (?, ?)',
                          (version + 1, json.dumps({**lists, 'version': version + 1}, ensure_ascii=False)))
        cls.hq.restart()

    def test_it_is_one_page_all_the_same(self):
        self.open_month()
        self.assert_signs_are_explained()
        self.look('month-much')
        paper = self.print('month-much')
        self.assert_one_page(paper)
        self.assertIn('et 2 autres', re.sub(r'\s', ' ', paper.text()))
        for entry in (*LISTS['theme'], *LISTS['registre']):
            self.assertIn(re.split(r'[ /’]', entry['label_fr'])[0], paper.text())


if __name__ == '__main__':
    unittest.main()
