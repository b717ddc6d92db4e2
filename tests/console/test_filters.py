# SPDX-License-Identifier: GPL-3.0-or-later
"""The key figures by territory, place, channel and team: what is shown, what the address keeps, and who sees which team."""

import contextlib
import json
import sqlite3
import unittest

from console import ConsoleCase, add_user

import again
import records
import season
import tally
from hq import ROOT

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

SHOWN = '''
const found = {};
for (const each of document.querySelectorAll('.figures [data-figure]')) found[each.dataset.figure] = each.textContent;
return found;
'''
TEAMS = {'m-1': 'Lyon', 'm-2': 'Est', 'm-3': 'Est'}
# In Saint-Étienne's métropole; the season's own are in Lyon's.
ELSEWHERE = 'QN04202M'
VENISSIEUX = 'insee:69259'
PLACES = {place['id']: place for place in json.loads((ROOT / 'data/reference/places.json').read_text())['places']}


class Spread(season.Season):
    """By several mediators, in both territories."""

    def fields(self):
        place = ELSEWHERE if self.random.random() < 0.4 else super().fields()['place']
        return {**super().fields(), 'place': place, 'by': self.random.choice(list(TEAMS))}

    def shift(self):
        return {**super().shift(), 'by': self.random.choice(list(TEAMS)), 'place': ELSEWHERE}


def channel_of(line):
    return 'bureau_poste' if line['type'] == 'flow' else line['data'].get('channel', '')


def lies_in(line, territory):
    place = PLACES.get(again.place_of(line), {})
    if territory.startswith('insee:'):
        return PLACES[territory]['name'] in place.get('commune', '').split(' ; ')
    return place.get('territory') == territory


TAKES = {
    'territory': lies_in,
    'place': lambda line, place: again.place_of(line) == place,
    'channel': lambda line, channel: channel_of(line) == channel,
    'team': lambda line, team: TEAMS[line['by']] == team,
}


class Filters(ConsoleCase):

    @classmethod
    def fill(cls):
        """Teams are those of the lists that a line names."""
        add_user(cls.hq, 'Anne', 'manager', teams=['Est'])
        with contextlib.closing(sqlite3.connect(cls.hq.store / 'hq.db')) as store, store:
            store.execute("INSERT INTO lists SELECT version + 1, json_set (body, '$.version', version + 1,"
                          " '$.mediators', json (?)) FROM lists ORDER BY version DESC LIMIT 1",
                          [json.dumps([{'code': code, 'name': code, 'team': team} for code, team in TEAMS.items()])])
            version = store.execute('SELECT MAX (version) FROM lists').fetchone()[0]
        cls.hq.restart()
        device = cls.hq.device()
        drawn = Spread(device, 5)
        lines = [{**line, 'lists': version} for line in drawn.season(500) + [drawn.shift() for _ in range(40)]]
        for start in range(0, len(lines), 200):
            assert device.push(lines[start:start + 200])['problems'] == []
        cls.lines = tally.present_state(lines)

    def choose(self, name, value):
        Select(self.browser.find(f'#filter-{name}')).select_by_value(value)
        self.await_choice(name, value)

    def await_choice(self, name, value):
        self.browser.wait(lambda: self.asked().get(name, '') == value, f'{name} is {value}')
        self.browser.wait_until_still()
        self.await_figures()

    def asked(self):
        """What the address keeps."""
        return self.browser.run('return Object.fromEntries(new URLSearchParams(location.hash.split("?")[1]))')

    def chosen(self, name):
        return Select(self.browser.find(f'#filter-{name}')).first_selected_option.get_attribute('value')

    def offered(self, name):
        return [option.get_attribute('value') for option in Select(self.browser.find(f'#filter-{name}')).options]

    def take(self, **choices):
        return [line for line in self.lines if all(TAKES[name](line, value) for name, value in choices.items())]

    def assert_shown(self, **choices):
        asked = self.asked()
        counted = again.count(self.take(**choices), asked['from'], asked['to'])
        expected = again.narrow(counted, **{name: choices[name] for name in ('place', 'channel') if name in choices})
        self.assertGreater(expected['interventions'], 0, choices)
        self.assertEqual(again.read(self.browser.run(SHOWN)), expected, choices)

    def sign_in_to_year(self, name=None):
        self.open('#/figures')
        self.try_sign_in(**({'name': name} if name else {}))
        self.await_figures()
        self.choose('period', 'year')

    def test_each_filter_takes_what_a_count_of_our_own_takes(self):
        self.sign_in_to_year()
        self.assert_shown()
        for name, value in (('territory', 'metropole_lyon'), ('territory', 'saint_etienne_metropole'), ('territory', VENISSIEUX),
                            ('place', records.QPV), ('channel', 'espace_public'), ('channel', 'telephone'),
                            ('channel', 'bureau_poste'), ('team', 'Lyon'), ('team', 'Est')):
            self.choose(name, value)
            self.assert_shown(**{name: value})
            self.browser.find('#filter-clear').click()
            self.await_choice(name, '')
        self.assert_shown()
        self.assert_quiet()

    def test_an_office_is_told_from_its_commune(self):
        self.sign_in_to_year()
        for place, said in ((records.OFFICE, 'Bron (bureau de poste)'), ('insee:69029', 'Bron')):
            self.choose('place', place)
            self.assertEqual(self.browser.text('.scope').split(' · ')[1], said)

    def test_clients_are_left_out_where_there_can_be_none(self):
        self.sign_in_to_year()
        title = 'Clients en bureau de poste'
        self.assertIn(title, self.browser.text('.keycards'))
        self.choose('channel', 'telephone')
        self.assertNotIn(title, self.browser.text('.figures'))
        self.look('filters-telephone')
        self.choose('channel', 'bureau_poste')
        self.assertIn(title, self.browser.text('.keycards'))
        self.browser.find('#filter-clear').click()
        self.await_choice('channel', '')
        self.choose('place', records.QPV)
        self.assertNotIn(title, self.browser.text('.figures'))

    def type_day(self, name, text):
        field = self.browser.find(f'#filter-{name}')
        field.clear()
        field.send_keys(text, Keys.TAB)

    def test_days_are_typed_in_as_they_are_written(self):
        self.sign_in_to_year()
        year = int(self.asked()['from'][:4])
        self.choose('period', 'days')
        self.assertEqual(self.browser.find('#filter-from').get_attribute('value'), f'01/01/{year}')
        for text in (f'1/2/{year - 1}', f'0102{year - 1}', f'{year - 1}-02-01'):
            self.type_day('from', text)
            self.await_choice('from', f'{year - 1}-02-01')
            self.type_day('from', f'01.01.{year}')
            self.await_choice('from', f'{year}-01-01')
        shown = self.browser.run(SHOWN)
        for text, words in (('31/02/2026', 'jour, mois, année'), ('demain', 'jour, mois, année'), ('', 'jour, mois, année'),
                            ('01/01/3000', '31/12/2999'), ('01/01/2999', 'après le dernier')):
            self.type_day('from', text)
            self.browser.wait(lambda: words in self.browser.text('#days-wrong'), words)
            self.assertEqual(self.browser.find('#filter-from').get_attribute('aria-invalid'), 'true')
            self.assertEqual(self.asked()['from'], f'{year}-01-01')
        self.look('filters-day-wrong')
        self.assertEqual(self.browser.run(SHOWN), shown)
        self.type_day('from', f'02/01/{year}')
        self.await_choice('from', f'{year}-01-02')
        self.assertEqual(self.browser.text('#days-wrong'), '')

    def test_filters_narrow_together(self):
        self.sign_in_to_year()
        self.choose('territory', 'saint_etienne_metropole')
        self.choose('channel', 'espace_public')
        self.choose('team', 'Est')
        self.assert_shown(territory='saint_etienne_metropole', channel='espace_public', team='Est')
        self.look('filters')

    def test_the_address_keeps_them_and_back_goes_back(self):
        self.sign_in_to_year()
        steps = (('territory', 'metropole_lyon'), ('channel', 'telephone'), ('team', 'Est'))
        for name, value in steps:
            self.choose(name, value)
        kept = dict(steps)
        self.assertLessEqual(kept.items(), self.asked().items())
        self.browser.driver.refresh()
        self.await_figures()
        self.assertEqual({name: self.chosen(name) for name in kept}, kept)
        self.assert_shown(**kept)
        for name, _ in reversed(steps):
            self.browser.driver.back()
            self.await_choice(name, '')
            del kept[name]
            self.assertEqual(self.chosen(name), '')
            self.assert_shown(**kept)
        self.browser.driver.forward()
        self.await_choice('territory', 'metropole_lyon')
        self.assert_shown(territory='metropole_lyon')

    def test_a_place_goes_with_the_territory_that_it_is_not_in(self):
        self.sign_in_to_year()
        self.choose('place', ELSEWHERE)
        self.choose('territory', 'saint_etienne_metropole')
        self.assertEqual(self.chosen('place'), ELSEWHERE)
        self.choose('territory', 'metropole_lyon')
        self.assertEqual((self.chosen('place'), self.asked().get('place')), ('', None))
        self.assertNotIn(ELSEWHERE, self.offered('place'))
        self.assert_shown(territory='metropole_lyon')

    def test_a_manager_sees_their_own_team_alone(self):
        self.sign_in_to_year('Anne')
        self.assertEqual(self.offered('team'), ['', 'Est'])
        self.assert_shown(team='Est')
        self.choose('team', 'Est')
        self.assert_shown(team='Est')
        self.choose('channel', 'telephone')
        self.assert_shown(team='Est', channel='telephone')

    def test_another_team_in_the_address_shows_a_manager_nothing(self):
        self.sign_in_to_year('Anne')
        asked = self.asked()
        self.open(f'#/figures?from={asked["from"]}&to={asked["to"]}&team=Lyon')
        self.await_choice('team', 'Lyon')
        self.browser.wait(lambda: self.browser.find_all('.panel.empty'), 'nothing is shown')
        self.assertEqual(self.browser.run(SHOWN), {})


if __name__ == '__main__':
    unittest.main()
