# SPDX-License-Identifier: GPL-3.0-or-later
"""Likely twins: one encounter that two recorded, which HQ flags and lets somebody decide about."""

import contextlib
import sqlite3
import unittest

from records import QPV, attempt, contact
from tablet import Tablet, record
from test_quarantine import QuarantineCase

# Within one minute.
FIRST, SECOND, NEXT = '2026-03-02T09:15:04+01:00', '2026-03-02T09:15:51+01:00', '2026-03-02T09:16:00+01:00'
THEMES = ['logement', 'emploi_formation']


class TwinsCase(QuarantineCase):

    def twins(self, browser=None):
        reply = (browser or self.browser).call('GET', 'twins')
        self.assertEqual(reply.status, 200, reply)
        return reply.json()['twins']

    def pairs(self):
        return [(pair['one']['id'], pair['other']['id'], pair['state']) for pair in self.twins()]

    def decide(self, what, one, other, browser=None):
        return (browser or self.browser).call('POST', f'twins-{what}', {'one': one, 'other': other})

    def must_decide(self, what, one, other):
        reply = self.decide(what, one, other)
        self.assertEqual(reply.status, 200, reply)

    def rebuild(self):
        self.hq.must('verify')
        self.hq.stop()
        self.hq.must('rebuild')
        self.hq.start()
        self.hq.must('verify')


class Tablets(TwinsCase):
    """End to end, with two real tablets."""

    def setUp(self):
        super().setUp()
        self.mine, self.theirs = self.new_tablet(), self.new_tablet()

    def new_tablet(self):
        tablet = Tablet()
        self.addCleanup(tablet.close)
        tablet.enrol(self.hq)
        return tablet

    def add(self, tablet, at=FIRST, **fields):
        [added] = tablet.add(at=at, data=contact(**{'people': 2, 'themes': THEMES, **fields}))
        self.push(tablet)
        return added

    def push(self, tablet):
        done = tablet.push()
        self.assertEqual((done.code, done.said['problems']), (0, 0), done.errors)

    def both(self):
        return self.add(self.mine), self.add(self.theirs, SECOND, themes=THEMES[::-1], minutes=10)

    def test_one_encounter_on_two_tablets_is_found(self):
        one, other = self.both()
        [pair] = self.twins()
        self.assertEqual((pair['one']['id'], pair['other']['id'], pair['state']), (one, other, 'waiting'))
        self.assertEqual([each['name'] for each in pair['other']['line']['fields'] if each['value'] == 10], ['minutes'])
        self.assertEqual(self.browser.call('GET', 'waiting').json(), {'quarantine': 0, 'twins': 1})
        # A flag changes no figure.
        self.whole(2)
        self.rebuild()
        self.assertEqual(self.pairs(), [(one, other, 'waiting')])

    def test_what_differs_is_no_twin(self):
        self.add(self.mine)
        # Of the same mediator on the same tablet, too.
        self.add(self.mine, SECOND)
        self.add(self.theirs, NEXT)
        self.add(self.theirs, people=3)
        self.add(self.theirs, themes=THEMES[:1])
        self.theirs.add(at=FIRST, place='insee:69266', data=contact(people=2, themes=THEMES))
        self.theirs.add(at=FIRST, data=attempt(themes=THEMES))
        self.mine.add(at=FIRST, data=attempt(themes=THEMES))
        self.push(self.theirs)
        self.push(self.mine)
        self.assertEqual(self.twins(), [])
        self.hq.must('verify')

    def test_another_mediator_on_the_same_tablet_is_another(self):
        one = self.add(self.mine)
        [other] = self.mine.add(at=SECOND, by='m-2', data=contact(people=2, themes=THEMES))
        self.push(self.mine)
        self.assertEqual(self.pairs(), [(one, other, 'waiting')])

    def test_settled_is_settled_for_good(self):
        one, other = self.both()
        self.must_decide('settle', one, other)
        self.assertEqual(self.twins(), [])
        self.assert_problem(self.decide('settle', one, other), 409, 'twins-gone')
        self.rebuild()
        self.browser.sign_in()
        self.assertEqual(self.twins(), [])
        # A correction that leaves them alike asks nobody again.
        self.theirs.add_records([{**record(at=SECOND, data=contact(people=2, themes=THEMES, minutes=20)), 'id': other}])
        self.push(self.theirs)
        self.assertEqual(self.twins(), [])
        self.whole(2)
        self.assertEqual([(each['subject'], each['detail'], each['who']) for each in self.logged('twins-settled')],
                         [(one, other, 'claire')])

    def test_what_was_said_after_a_backup_is_carried_over(self):
        one, other = self.both()
        third = self.add(self.new_tablet())
        backup = self.hq.folder / 'backup'
        self.hq.must('backup', backup)
        self.must_decide('settle', one, other)
        self.must_decide('ask', one, third)
        self.hq.stop()
        self.hq.must('restore', backup)
        self.hq.start()
        self.browser.sign_in()
        self.assertEqual(sorted(self.pairs()), sorted([(one, third, 'asked'), (other, third, 'waiting')]))
        self.hq.must('verify')

    def test_the_second_is_withdrawn_when_its_tablet_is_asked(self):
        one, other = self.both()
        self.must_decide('ask', one, other)
        self.assert_problem(self.decide('ask', one, other), 409, 'twins-gone')
        self.assertEqual(self.pairs(), [(one, other, 'asked')])
        self.assertEqual(self.browser.call('GET', 'waiting').json()['twins'], 0)
        self.whole(2)
        self.push(self.theirs)
        with contextlib.closing(sqlite3.connect(self.theirs.store / 'field.db')) as store:
            news = [body for rows in store.execute('SELECT * FROM news') for body in rows if 'twin' in str(body)]
        self.assertEqual(len(news), 1)
        self.theirs.add_records([{'type': 'contact', 'id': other, 'deleted': True}])
        self.push(self.theirs)
        self.assertEqual(self.twins(), [])
        self.whole(1)
        self.assertEqual([(each['subject'], each['who']) for each in self.logged('twins-asked')], [(other, 'claire')])

    def test_what_is_corrected_apart_is_no_twin_and_is_one_again(self):
        one, other = self.both()
        for people, found in ((5, []), (2, [(one, other, 'waiting')])):
            self.theirs.add_records([{**record(at=SECOND, data=contact(people=people, themes=THEMES)), 'id': other}])
            self.push(self.theirs)
            self.assertEqual(self.pairs(), found)
            self.whole(2)

    def test_of_three_the_others_stay(self):
        one, other = self.both()
        third = self.add(self.new_tablet())
        self.assertEqual(len(self.twins()), 3)
        self.theirs.add_records([{'type': 'contact', 'id': other, 'deleted': True}])
        self.push(self.theirs)
        self.assertEqual(self.pairs(), [(one, third, 'waiting')])
        self.whole(2)

    def test_a_store_that_an_older_program_counted_is_counted_anew(self):
        one, other = self.both()
        self.hq.stop()
        with contextlib.closing(sqlite3.connect(self.hq.store / 'hq.db')) as store, store:
            store.execute('DELETE FROM meetings')
            store.execute("DELETE FROM settings WHERE name = 'counted'")
        self.hq.start()
        self.assertEqual(self.pairs(), [(one, other, 'waiting')])

    def test_verify_finds_a_flag_that_is_wrong(self):
        self.both()
        self.hq.stop()
        with contextlib.closing(sqlite3.connect(self.hq.store / 'hq.db')) as store, store:
            store.execute('UPDATE meetings SET is_alike = 0')
        self.assertIn('meetings', self.hq.run('verify').stderr)
        self.hq.start()


class Teams(TwinsCase):
    """By tablets made from the protocol alone."""

    def bring(self, by):
        device = self.hq.device('Tablette du Pont')
        line = device.line('contact', contact(), place=QPV, by=by, at=FIRST)
        device.push([line])
        return device, line['id']

    def test_managers_see_those_of_which_both_are_of_their_teams(self):
        teams = self.name_teams()
        self.add_user('anne', '--role', 'manager', '--team', teams.own)
        anne = type(self.browser)(self.hq)
        anne.sign_in('anne')
        one, other, strange = (self.bring(by)[1] for by in (teams.mediator, teams.mediator, teams.stranger))
        self.assertEqual(len(self.twins()), 3)
        self.assertEqual([(pair['one']['id'], pair['other']['id']) for pair in self.twins(anne)], [(one, other)])
        for what in ('settle', 'ask'):
            self.assert_problem(self.decide(what, one, strange, anne), 409, 'twins-gone')
        self.assertEqual(self.decide('settle', one, other, anne).status, 200)
        self.assertEqual(len(self.twins()), 2)

    def test_a_revoked_tablet_is_not_asked(self):
        _, one = self.bring('m-1')
        device, other = self.bring('m-1')
        self.hq.must('revoke', device.device_id)
        self.assertIsNone(self.twins()[0]['asks'])
        self.assert_problem(self.decide('ask', one, other), 409, 'twins-untold')
        self.assert_problem(self.decide('settle', other, one), 409, 'twins-gone')
        self.assertEqual(self.pairs(), [(one, other, 'waiting')])


if __name__ == '__main__':
    unittest.main()
