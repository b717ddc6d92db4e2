# SPDX-License-Identifier: GPL-3.0-or-later
"""The yearly report on adulte-relais posts: two pages of A4 each, for the direction, who says why."""

import contextlib
import json
import re
import sqlite3
import unittest

from console import NAME, PICTURES, ConsoleCase, add_user

import again
import records
import season
import tally
from hq import ROOT, as_moment, now
from paper import A4, Paper
from tally import PARIS

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

WHY = 'bilan annuel pour la préfecture'
MEDIATORS = ('m-2', 'm-10', 'm-1')
SHOWN = '''
const found = {};
for (const each of arguments[0].querySelectorAll('[data-figure]')) found[each.dataset.figure] = each.textContent;
return found;
'''


def read(text):
    """A number, None where it is masked."""
    return None if '–' in text or '<' in text else int(re.sub(r'\D', '', text))


class AdulteRelais(ConsoleCase):

    @classmethod
    def fill(cls):
        add_user(cls.hq, 'Anne', 'manager')
        cls.year = now().astimezone(PARIS).year - 1
        device = cls.hq.device('Tablette')
        drawn = season.Season(device, 3)
        made = {}
        cls.lines = [{**line, 'by': made.setdefault(line['id'], MEDIATORS[len(made) % 3])}
                     for line in drawn.season(500) + [drawn.shift() for _ in range(40)]]
        for start in range(0, len(cls.lines), 200):
            device.push(cls.lines[start:start + 200])
        cls.name_mediator()

    @classmethod
    def name_mediator(cls):
        """HQ's lists know one of them by name."""
        with contextlib.closing(sqlite3.connect(cls.hq.store / 'hq.db')) as store, store:
            store.execute("INSERT INTO lists SELECT version + 1, json_set (body, '$.version', version + 1,"
                          " '$.mediators', json (?)) FROM lists ORDER BY version DESC LIMIT 1",
                          [json.dumps([{'code': 'm-10', 'name': 'Nadia Benali'}])])
        cls.hq.restart()

    def of(self, mediator):
        return tally.count([line for line in self.lines if line['by'] == mediator], f'{self.year}-01-01', f'{self.year}-12-31')

    def hours_of(self, mediator):
        return again.count_hours([line for line in tally.present_state(self.lines) if line['type'] == 'shift' and
                                  line['by'] == mediator and tally.day_of(line).startswith(str(self.year))])

    def open_page(self):
        self.open(f'#/adulte-relais?y={self.year}')
        self.try_sign_in()
        self.browser.wait_for('#why')

    def make(self):
        self.open_page()
        self.browser.find('#why').send_keys(WHY)
        self.browser.find('#make-report').click()
        self.browser.wait_for('.sheet')

    def posts(self):
        return self.browser.find_all('.sheet.post')

    def print(self, name):
        paper = Paper(self.browser, PICTURES / f'{name}.pdf')
        paper.pictures()
        return paper

    def test_each_post_s_figures_are_its_own_in_the_order_of_codes(self):
        self.make()
        codes = [re.search(r'Poste (\S+)', post.text)[1] for post in self.posts()]
        self.assertEqual(codes, ['m-1', 'm-2', 'm-10'])
        for code, post in zip(codes, self.posts()):
            shown = {name: read(text) for name, text in self.browser.run(SHOWN, post).items()}
            expected = self.of(code)
            self.assertGreater(expected['interventions'], 10)
            for name in ('interventions', 'people', 'referrals'):
                self.assertEqual(shown[name], expected[name], (code, name))
            self.assertEqual(shown['clients'], expected['flow']['entres'])
            self.assertEqual(shown['hours'], self.hours_of(code))
            for table in ('by_register', 'by_theme', 'referrals_by_status'):
                for each, n in expected[table].items():
                    self.assertIn(shown.get(f'{table}/{each}'), (n, None) if n >= 5 else (None,), (code, table, each))
            territories = [n for name, n in shown.items() if name.startswith('by_qpv/')]
            self.assertNotEqual(territories.count(None), 1)
        self.look('adulte-relais')
        self.assert_quiet()

    def test_it_is_noted_who_made_it_and_why(self):
        self.make()
        said = [json.loads(line) for line in self.hq.must('log').splitlines()]
        self.assertIn((NAME, 'adulte-relais-opened', str(self.year), WHY),
                      [(entry['who'], entry['what'], entry['subject'], entry['why']) for entry in said])

    def test_nothing_is_shown_before_a_reason_is_given(self):
        self.open_page()
        before = self.hq.must('log').count('adulte-relais-opened')
        self.browser.find('#make-report').click()
        self.assertEqual(self.browser.focused(), 'why')
        self.assertFalse(self.posts())
        self.assertEqual(self.hq.must('log').count('adulte-relais-opened'), before)

    def test_two_pages_of_a4_for_each_post(self):
        self.make()
        paper = self.print('adulte-relais')
        self.assertEqual(paper.sizes(), [A4] * 6)
        self.assertTrue(all(is_embedded for _, is_embedded in paper.fonts()))
        pages = [re.sub(r'[\s\u202f\xa0]+', ' ', page) for page in paper.pages()]
        for n, code in enumerate(('m-1', 'm-2', 'm-10')):
            self.assertIn(f'Poste {code} ·', pages[2 * n])
            self.assertIn(f'{self.of(code)["interventions"]} ', pages[2 * n])
            self.assertIn('nombres inférieurs à 5 masqués', pages[2 * n])
            self.assertIn(f'Poste {code} : à compléter à la main', pages[2 * n + 1])
            for words in ('Objectifs du poste', 'Formation', 'Perspectives', 'signature'):
                self.assertIn(words, pages[2 * n + 1])
        for words in ('Établir le bilan', 'Se déconnecter', WHY):
            self.assertNotIn(words, paper.text())

    def test_one_post_alone_and_another_year(self):
        self.make()
        Select(self.browser.find('#filter-post')).select_by_value('m-10')
        self.browser.wait(lambda: len(self.posts()) == 1, 'chosen')
        self.assertEqual(self.browser.focused(), 'filter-post')
        self.assertEqual(self.browser.run('return document.title'), f'ALTM bilan adulte-relais {self.year} m-10')
        for heading in self.browser.find_all('.sheet .head h2'):
            self.assertEqual(heading.text, f'Adulte-relais : bilan d’activité {self.year}, Nadia Benali')
        self.assertNotIn('Provisoire', self.browser.text('.read'))
        self.assertEqual(self.print('adulte-relais-one').sizes(), [A4] * 2)
        years = [each.text for each in Select(self.browser.find('#filter-year')).options]
        self.assertEqual([text for text in years if 'en cours' in text], [f'{now().astimezone(PARIS).year} (en cours)'])
        self.browser.find('#language').click()
        self.assertIn('Adulte-relais: report for', self.browser.text('.sheet'))
        Select(self.browser.find('#filter-year')).select_by_value(str(self.year - 3))
        self.browser.wait(lambda: not self.posts(), 'another year’s is not shown under this one')
        self.browser.find('#make-report').click()
        self.browser.wait(lambda: 'names a mediator' in self.browser.text('.read'), 'nothing is said')

    def test_keyboard_alone(self):
        self.sign_in()
        self.tab_to('adulte-relais')
        self.press(Keys.ENTER)
        self.browser.wait_for('#why')
        self.tab_to('filter-year')
        self.press(Keys.ARROW_DOWN)
        self.browser.wait(lambda: f'y={self.year}' in self.browser.driver.current_url, 'chosen')
        self.tab_to('why')
        self.press(WHY, Keys.ENTER)
        self.browser.wait(self.posts, 'nothing is shown')

    def test_it_is_the_direction_s_alone(self):
        self.sign_in()
        self.assertTrue(self.browser.find_all('#adulte-relais'))
        self.browser.find('#sign-out').click()
        self.open('#/adulte-relais')
        self.browser.driver.refresh()
        self.try_sign_in(name='Anne')
        self.await_figures()
        self.assertTrue(self.browser.find_all('#month'))
        self.assertFalse(self.browser.find_all('#adulte-relais'))


class Much(ConsoleCase):
    """One post that did all that there is, everywhere."""

    @classmethod
    def fill(cls):
        lists = ROOT / 'data' / 'reference'
        codes = {name: [entry['code'] for entry in entries] for name, entries in
                 json.loads((lists / 'vocabulary.json').read_text())['vocabulary'].items()}
        places = [place['id'] for place in json.loads((lists / 'places.json').read_text())['places'] if place['kind'] == 'qpv']
        device = cls.hq.device()
        fields = {'by': 'm-1', 'at': as_moment(now())}
        device.push([device.line('contact', records.contact(
            channel=codes['canal'][n % 9], register=codes['registre'][n % 8], themes=[codes['theme'][n % 25]]),
            place=places[n % len(places)], **fields) for n in range(6 * len(places))])
        device.push([device.line('referral', records.referral(
            status=codes['orientation_statut'][n % 8], structure_type=codes['structure_type'][n % len(codes['structure_type'])]),
            place=places[0], **fields) for n in range(6 * len(codes['structure_type']))])

    def test_it_is_two_pages_all_the_same(self):
        self.open('#/adulte-relais')
        self.try_sign_in()
        self.browser.wait_for('#why').send_keys(WHY)
        self.browser.find('#make-report').click()
        self.browser.wait_for('.sheet')
        paper = Paper(self.browser, PICTURES / 'adulte-relais-much.pdf')
        paper.pictures()
        self.assertEqual(paper.sizes(), [A4] * 2)
        # The year is not over.
        self.assertIn('Provisoire : chiffres jusqu’au', paper.text().replace('\xa0', ' '))
        for words in ('et 47 autres', 'et 26 autres', 'Gestes barrières'):
            self.assertIn(words, paper.text().replace('\xa0', ' '))


if __name__ == '__main__':
    unittest.main()
