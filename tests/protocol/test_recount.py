# SPDX-License-Identifier: GPL-3.0-or-later
"""Every figure of the terminal's and of the console's, against a count from the NDJSON export alone."""

import unittest
from datetime import datetime, timedelta, timezone

import recount
import records
from test_console import ConsoleCase
from test_figures import Chance
from hq import as_moment

# Both changes of the clock, a month, nearly a year; and everything.
PERIODS = (('2025-10-26', '2025-10-26'), ('2026-03-29', '2026-03-29'), ('2025-11-01', '2025-11-30'),
           ('2025-09-08', '2026-08-02'))
PLACES = (records.QPV, records.COMMUNE)
ORIGINS = ('aller_vers', 'sollicitation_habitant')


class Work(Chance):
    """A team's records with all that they may say, in shifts of which some were forgotten."""

    def fields(self):
        return {**super().fields(), 'place': self.random.choice(PLACES), 'by': 'm-17', 'lists': 1}

    def contact_data(self):
        data, pick = super().contact_data(), self.random
        if data['people']:
            data.update({'ages': {'12_17': 1}, 'minutes': pick.randint(1, 60), 'setting': 'rue_place',
                         'actions': pick.sample(('ecoute', 'information', 'relance'), 2), 'genders': {'femme': 1}})
        return data

    def shift(self):
        began = self.moment()
        ended = {'ended': as_moment(began + timedelta(minutes=self.random.randint(1, 900)))}
        opened = self.device.line('shift', records.shift(partners=['m-1'] * self.random.randint(0, 1),
                                                         **self.random.choice((ended, {}))),
                                  **{**self.fields(), 'at': as_moment(began)})
        later = as_moment(began + timedelta(minutes=self.random.randint(1, 300)))
        met = self.device.line('contact', self.contact_data(), **{**self.fields(), 'at': later}, shift=opened['id'])
        return [opened, met, self.device.line('referral', records.referral(contact=met['id']),
                                              **{**self.fields(), 'at': later}, shift=opened['id'])]

    def changes_of_the_clock(self):
        """An hour that comes twice, and one that there is not."""
        moments = [datetime(2025, 10, 26, hour, 30, tzinfo=timezone.utc) for hour in (0, 1)]
        moments += [datetime(2026, 3, 29, hour, 30, tzinfo=timezone.utc) for hour in (0, 1)]
        return [self.device.line(kind, data, at=as_moment(moment)) for moment in moments
                for kind, data in (('flow', records.flow(records.quarter(moment), entres=3)),
                                   ('contact', records.contact(people=2)))]


class Recount(ConsoleCase):

    def fill(self):
        for seed in (1, 2, 3):
            device = self.hq.device(f'Tablette {seed}')
            work = Work(device, seed)
            lines = work.season(150) + work.changes_of_the_clock()
            for _ in range(15):
                lines += work.shift()
            device.push(lines)
        device.push([device.line('contact', records.contact(people=7), v=2)])
        self.referrals = [line['id'] for line in lines if line['type'] == 'referral' and 'data' in line][-8:]
        for name in self.referrals[:4]:
            self.hq.must('referral', name, 'prise_en_charge')

    def exported(self):
        return recount.read(self.hq.must('export', '--format', 'ndjson').splitlines())

    def assert_terminal(self, lines):
        for days in ((), *PERIODS):
            with self.subTest('figures', days=days):
                found = self.hq.figures(*days)
                expected = recount.comparable(recount.count(lines, *days))
                for name in set(found) & set(expected):
                    value = found[name]
                    value = {code: n for code, n in value.items() if n} if isinstance(value, dict) else value
                    self.assertEqual(value, expected[name], name)

    def assert_console(self, lines):
        for first, last in PERIODS:
            for choice in ({}, {'place': records.QPV}, {'channel': 'espace_public'}, {'channel': 'bureau_poste'}):
                with self.subTest('console', first=first, last=last, **choice):
                    found = self.browser.figures(**{'from': first, 'to': last}, **choice)
                    expected = recount.count(lines, first, last, **choice)
                    self.assertEqual(recount.comparable(found), recount.comparable(expected))

    def test_every_figure(self):
        self.add_user()
        self.browser.sign_in()
        self.fill()
        lines = self.exported()
        self.assertGreater(recount.count(lines)['referrals_by_status']['prise_en_charge'], 3)
        self.assertGreater(recount.count(lines)['shifts']['number'], 20)
        self.assert_terminal(lines)
        self.assert_console(lines)


if __name__ == '__main__':
    unittest.main()
