# SPDX-License-Identifier: GPL-3.0-or-later
"""HQ's figures and its export, against a count of our own."""

import random
import sqlite3
import unittest
from datetime import datetime, timedelta, timezone

import records
import tally
from hq import Headquarters, HeadquartersCase, as_moment, now
from records import contact, observation, referral
from tally import PARIS

CHANNELS = ('telephone', 'espace_public', 'ecole', 'bureau_poste', 'habitat', 'permanence')
PUBLICS = ('habitant', 'commercant', 'enfant', 'parent_famille', 'client_poste', 'senior')
THEMES = ('logement', 'budget', 'sante', 'langue', 'autre')
RESULTS = ('resolu', 'apaise', 'informe', 'oriente', 'refus')
REGISTERS = ('presence_active', 'lever_incomprehensions', 'mise_en_relation')
STATUSES = ('proposee', 'acceptee', 'refusee', 'transmise', 'close')


class Chance:
    """Lines drawn from a seed, spread over a year that holds both changes of the clock."""

    def __init__(self, device, seed):
        self.device = device
        self.random = random.Random(seed)

    def moment(self):
        start = datetime(2025, 9, 1, tzinfo=timezone.utc)
        return start + timedelta(seconds=self.random.randrange(365 * 86_400))

    def fields(self):
        zone = timezone(timedelta(minutes=self.random.choice((-600, 0, 60, 120, 330))))
        return {'at': as_moment(self.moment().astimezone(zone))}

    def contact_data(self):
        pick = self.random
        if pick.random() < 0.15:
            return records.attempt(public=pick.choice(PUBLICS))
        data = contact(channel=pick.choice(CHANNELS), public=pick.choice(PUBLICS),
                       register=pick.choice(REGISTERS), people=pick.randint(1, 12))
        if pick.random() < 0.7:
            data['themes'] = pick.sample(THEMES, pick.randint(1, 3))
        if pick.random() < 0.7:
            data['result'] = pick.choice(RESULTS)
        return data

    def data(self, kind):
        pick = self.random
        if kind == 'contact':
            return self.contact_data()
        if kind == 'referral':
            return referral(status=pick.choice(STATUSES))
        if kind == 'observation':
            return observation(kind='incident', subject='malaise')
        return records.flow(
            records.quarter(self.moment()), pick.choice((records.OFFICE, records.OTHER_OFFICE)),
            entres=pick.randint(0, 60), colis=pick.randint(0, 9), file_max=pick.randint(0, 30),
            attente_max_min=pick.randint(0, 45))

    def line(self):
        kind = self.random.choices(('contact', 'referral', 'flow', 'observation'),
                                   (6, 2, 2, 1))[0]
        return self.device.line(kind, self.data(kind), **self.fields())

    def correction(self, line):
        return {**line, 'seq': self.device.next_seq(), 'rev': line['rev'] + 1,
                'data': self.data(line['type'])}

    def withdrawal(self, line):
        gone = {**line, 'seq': self.device.next_seq(), 'rev': line['rev'] + 1, 'deleted': True}
        del gone['data']
        return gone

    def season(self, count):
        """New records, some corrected, some withdrawn after that, in the order of their making."""
        lines = []
        for _ in range(count):
            line = self.line()
            lines.append(line)
            if self.random.random() < 0.25:
                line = self.correction(line)
                lines.append(line)
            if self.random.random() < 0.15:
                lines.append(self.withdrawal(line))
        return lines


class FiguresCase(HeadquartersCase):
    """Each test has a headquarters of its own, as figures are of all that it has."""

    @classmethod
    def setUpClass(cls):
        """Nothing is shared here."""

    def setUp(self):
        self.hq = Headquarters()
        self.addCleanup(self.hq.close)
        self.hq.start()

    def assert_figures(self, lines, *dates):
        found = tally.comparable(self.hq.figures(*dates))
        self.assertEqual(found, tally.comparable(tally.count(lines, *dates)), dates)

    def assert_interventions(self, expected, *dates):
        self.assertEqual(self.hq.figures(*dates)['interventions'], expected, dates)


class Counting(FiguresCase):

    def test_nothing_yet(self):
        self.assert_figures([])

    def test_figures_have_the_agreed_shape(self):
        figures = self.hq.figures('2026-01-01', '2026-01-31')
        self.assertLessEqual({'from', 'to', 'complete_to', 'silent_devices', *tally.count([])},
                             set(figures))
        self.assertEqual((figures['from'], figures['to']), ('2026-01-01', '2026-01-31'))
        self.assertLessEqual({'telephone_habitants', 'telephone_familles', 'espace_public',
                              'bureau_poste', 'autre'}, set(figures['by_process']))

    def test_season_of_two_tablets(self):
        lines = []
        for seed in (1, 2):
            device = self.hq.device(f'tablette {seed}')
            season = Chance(device, seed).season(150)
            for start in range(0, len(season), 40):
                device.push(season[start:start + 40])
            lines += season
        self.assert_figures(lines)
        self.assert_months(lines)
        self.assert_exported(lines)
        self.hq.must('verify')

    def assert_months(self, lines):
        for dates in (('2025-10-01', '2025-10-31'), ('2025-10-26', '2025-10-26'),
                      ('2026-03-01', '2026-03-31'), ('2026-03-29', '2026-03-29'),
                      ('2025-09-01', '2026-08-31'), ('2024-01-01', '2024-12-31')):
            self.assert_figures(lines, *dates)

    def assert_exported(self, lines):
        """The export has each record once, in its highest revision."""
        exported = self.hq.export()
        highest = {}
        for line in sorted(lines, key=lambda line: line['rev']):
            highest[line['id']] = line
        self.assertEqual(set(exported), set(highest))
        for name, line in highest.items():
            record = exported[name]
            self.assertEqual((record['rev'], record['type']), (line['rev'], line['type']))
            self.assertEqual(bool(record.get('deleted')), bool(line.get('deleted')), record)
            self.assertEqual(datetime.fromisoformat(record['at']),
                             datetime.fromisoformat(line['at']))
            self.assertEqual(record.get('by'), line.get('by'), record)
            if 'data' in line:
                self.assertEqual(record['data'], line['data'])

    def test_revisions_that_arrive_backwards(self):
        device = self.hq.device()
        chance = Chance(device, 3)
        lines = [line for line in chance.season(60) if line['type'] != 'referral']
        for start in range(0, len(lines), 7):
            device.push(lines[::-1][start:start + 7])
        self.assert_figures(lines)
        self.hq.must('verify')

    def test_resent_lines_count_once(self):
        one, two = self.hq.device(), self.hq.device()
        lines = Chance(one, 4).season(30)
        one.push(lines)
        one.push(lines)
        two.push(lines)
        self.assert_figures(lines)

    def test_bad_and_uninterpreted_lines_count_for_nothing(self):
        device = self.hq.device()
        good = [device.line('contact', contact(people=2))]
        device.push(good + [
            device.line('contact', contact(people=501)),
            device.line('contact', contact(people=7), v=2), device.line('workshop', {}),
            device.line('contact', contact(people=7, themes=['new']), lists=999_999),
            {**good[0], 'data': contact(people=9)}])
        self.assert_figures(good)

    def test_processes(self):
        device = self.hq.device()
        lines = [device.line('contact', contact(channel=channel, public=public))
                 for channel in CHANNELS for public in PUBLICS]
        device.push(lines)
        self.assert_figures(lines)
        self.assertEqual(self.hq.figures()['by_process']['telephone_familles'], 2)

    def test_attempts_are_no_interventions(self):
        device = self.hq.device()
        lines = [device.line('contact', records.attempt()) for _ in range(3)]
        lines.append(device.line('contact', contact(channel='telephone', people=1)))
        device.push(lines)
        figures = self.hq.figures()
        self.assertEqual((figures['interventions'], figures['attempts'], figures['people']),
                         (1, 3, 1))
        self.assert_figures(lines)

    def test_flow_of_two_tablets_at_one_office(self):
        one, two = self.hq.device(), self.hq.device()
        mine = one.line('flow', records.flow(entres=40, colis=5, file_max=9, attente_max_min=3))
        theirs = two.line('flow', records.flow(entres=25, banque=2, file_max=4,
                                               attente_max_min=8))
        one.push([mine])
        two.push([theirs])
        self.assertEqual(tally.comparable(self.hq.figures())['flow'], {
            'entres': 65, 'colis': 5, 'banque': 2, 'file_max': 9, 'attente_max_min': 8})

    def test_flow_is_the_slot_s_total_and_no_difference(self):
        device = self.hq.device()
        first = device.line('flow', records.flow(entres=10, file_max=6))
        second = device.line('flow', records.flow(entres=14, file_max=5), id=first['id'], rev=2)
        device.push([first])
        device.push([second])
        self.assertEqual(tally.comparable(self.hq.figures())['flow'],
                         {'entres': 14, 'file_max': 5})

    def test_referral_s_last_status_counts(self):
        device = self.hq.device()
        first = device.line('referral', referral(status='proposee'))
        device.push([first])
        device.push([device.line('referral', referral(status='prise_en_charge'), id=first['id'],
                                 rev=2)])
        figures = tally.comparable(self.hq.figures())
        self.assertEqual((figures['referrals'], figures['referrals_by_status']),
                         (1, {'prise_en_charge': 1}))


class Days(FiguresCase):

    def push_at(self, *moments):
        device = self.hq.device()
        device.push([device.line('contact', contact(), at=at) for at in moments])

    def test_a_day_is_a_day_in_paris(self):
        self.push_at('2026-06-09T23:59:59.999+02:00', '2026-06-10T00:00:00+02:00',
                     '2026-06-10T21:59:59Z', '2026-06-10T22:00:00Z',
                     '2026-06-10T23:30:00+14:00')
        self.assert_interventions(1, '2026-06-09', '2026-06-09')
        self.assert_interventions(3, '2026-06-10', '2026-06-10')
        self.assert_interventions(1, '2026-06-11', '2026-06-11')
        self.assert_interventions(5, '2026-06-09', '2026-06-11')

    def test_a_winter_s_day(self):
        self.push_at('2026-01-14T22:59:59Z', '2026-01-14T23:00:00Z', '2026-01-15T22:59:59Z')
        self.assert_interventions(1, '2026-01-14', '2026-01-14')
        self.assert_interventions(2, '2026-01-15', '2026-01-15')

    def test_day_of_25_hours(self):
        self.push_at('2025-10-25T22:00:00Z', '2025-10-26T22:59:59Z', '2025-10-26T23:00:00Z')
        self.assert_interventions(2, '2025-10-26', '2025-10-26')

    def test_day_of_23_hours(self):
        self.push_at('2026-03-28T23:00:00Z', '2026-03-29T21:59:59Z', '2026-03-29T22:00:00Z')
        self.assert_interventions(2, '2026-03-29', '2026-03-29')

    def test_flow_belongs_to_its_slot(self):
        device = self.hq.device()
        device.push([device.line('flow', records.flow('2026-06-10T21:45:00Z', entres=3),
                                 at='2026-06-12T08:00:00+02:00')])
        self.assertEqual(self.hq.figures('2026-06-10', '2026-06-10')['flow']['entres'], 3)
        self.assertEqual(
            tally.comparable(self.hq.figures('2026-06-12', '2026-06-12'))['flow'], {})

    def test_bad_dates_are_wrong_use(self):
        for first, last in (('soon', 'later'), ('2026-02-30', '2026-03-01'),
                            ('2026-03-01', '')):
            done = self.hq.run('figures', '--json', '--from', first, '--to', last)
            self.assertEqual(done.returncode, 2, (first, last, done))
            self.assertTrue(done.stderr.strip())


class Clocks(FiguresCase):

    def today(self):
        return now().astimezone(PARIS).date().isoformat()

    def push_by_clock(self, clock, at):
        """One contact, from a tablet whose clock says `clock` now; the day in Paris on which this was
        begun, and the day on which it was over."""
        device, day = self.hq.device(), self.today()
        device.push([device.line('contact', contact(), at=as_moment(at))],
                    headers={'Altm-Clock': as_moment(clock)})
        return day, self.today()

    def push_by_wrong_clock(self, days):
        day = self.today()
        wrong = now() + timedelta(days=days)
        self.assert_interventions(1, day, self.push_by_clock(wrong, wrong)[1])

    def test_clock_that_is_months_behind_is_corrected(self):
        self.push_by_wrong_clock(-100)

    def test_clock_that_is_months_ahead_is_corrected(self):
        self.push_by_wrong_clock(100)

    def test_clock_a_day_off_is_taken_as_it_is(self):
        wrong = now() - timedelta(hours=30)
        self.push_by_clock(wrong, wrong)
        day = wrong.astimezone(PARIS).date().isoformat()
        self.assert_interventions(1, day, day)

    def test_old_record_of_a_right_clock_keeps_its_day(self):
        self.push_by_clock(now(), datetime(2026, 2, 3, 12, tzinfo=timezone.utc))
        self.assert_interventions(1, '2026-02-03', '2026-02-03')


class Completeness(FiguresCase):

    def setUp(self):
        super().setUp()
        self.device = self.hq.device('tablette 7')
        self.oldest = now() - timedelta(hours=3)
        self.waiting = {'Altm-Pending': '12', 'Altm-Oldest': as_moment(self.oldest)}

    def complete_to(self):
        return datetime.fromisoformat(self.hq.figures()['complete_to']).astimezone(timezone.utc)

    def assert_between(self, first, moment, last):
        """HQ says moments in whole milliseconds."""
        self.assertGreater(moment, first - timedelta(milliseconds=1))
        self.assertLessEqual(moment, last)

    def silent(self):
        return {device['name']: device for device in self.hq.figures()['silent_devices']}

    def let_days_pass(self, days):
        """Moves what HQ remembers of its tablets into the past, as if it had waited so long."""
        self.hq.stop()
        database = sqlite3.connect(self.hq.store / 'hq.db')
        for name in ('last_seen', 'enrolled_at', 'oldest'):
            database.execute(f'UPDATE devices SET {name} = {name} - ?', (days * 86_400_000_000,))
        database.commit()
        database.close()
        self.hq.start()

    def test_figures_are_complete_to_the_oldest_that_waits(self):
        for path in ('/v1/reference', self.device.path('digest?from=1&to=2'),
                     self.device.path('news?after=')):
            self.device.get(path, **self.waiting)
            self.assertEqual(as_moment(self.complete_to()), as_moment(self.oldest), path)
            before = now()
            self.device.get(path)
            self.assert_between(before, self.complete_to(), now())

    def test_push_tells_what_stays_queued(self):
        self.device.push([self.device.line('contact', contact())], headers=self.waiting)
        self.assertEqual(as_moment(self.complete_to()), as_moment(self.oldest))

    def test_tablet_that_was_just_here_is_not_silent(self):
        self.device.get('/v1/reference')
        self.assertEqual(self.silent(), {})

    def test_tablet_of_days_ago_is_silent_with_what_it_had(self):
        other = self.hq.device('tablette 8')
        before = now()
        self.device.get('/v1/reference', **self.waiting)
        after = now()
        self.let_days_pass(3)
        last = now()
        other.get('/v1/reference')
        silent = self.silent()
        self.assertEqual(set(silent), {'tablette 7'})
        self.assertEqual(silent['tablette 7']['pending'], 12)
        seen = datetime.fromisoformat(silent['tablette 7']['last_seen'])
        self.assert_between(before, seen + timedelta(days=3), after)
        complete = datetime.fromisoformat(silent['tablette 7']['complete_to']) + timedelta(days=3)
        self.assertEqual(as_moment(complete.astimezone(timezone.utc)), as_moment(self.oldest))
        # A silent tablet is named, and does not hold the others back.
        self.assert_between(last, self.complete_to(), now())

    def test_tablet_without_a_queue_is_silent_all_the_same(self):
        """What it has recorded since it was last here, nobody knows."""
        self.device.get('/v1/reference')
        self.let_days_pass(3)
        self.assertEqual(self.silent()['tablette 7']['pending'], 0)

    def test_nonsense_in_the_headers_is_no_reason_to_refuse(self):
        device = self.device
        for name, values in (('Altm-Pending', ('many', '-1', '1' * 400, '')),
                             ('Altm-Oldest', ('never', '-1', '2026-99-99')),
                             ('Altm-Clock', ('noon', '0', '9999999999', '1970-01-01'))):
            for value in values:
                receipt = device.push([device.line('contact', contact())],
                                      headers={name: value})
                self.assertEqual(receipt['stored'], 1, (name, value))
        self.assert_interventions(11)


if __name__ == '__main__':
    unittest.main()
