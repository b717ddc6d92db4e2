# SPDX-License-Identifier: GPL-3.0-or-later
"""What HQ may keep no longer goes by itself: sealed parts two years after the last contact, the log after twelve months."""

import contextlib
import json
import sqlite3
import unittest
from datetime import timedelta

from hq import as_moment, encode, now, uuid7
from records import QPV, contact, observation, referral
from test_erasure import REFUSED, ErasureCase

LONG_AGO, LATELY = 740, 700


class Retention(ErasureCase):

    def record(self, kind, data, days, rev=1, of=None, **fields):
        """One with a sealed part, so many days old; its line."""
        record = of or uuid7()
        line = self.device.line(kind, data, id=record, rev=rev, place=QPV, at=as_moment(now() - timedelta(days=days)),
                                private=self.sealed(record, rev, uuid7()), **fields)
        self.push(line)
        self.received[line['id'], rev] = days
        return line

    def setUp(self):
        super().setUp()
        self.received = {}

    def age(self):
        """As though HQ had received each line on its day; the journal itself lets nobody say so."""
        with contextlib.closing(sqlite3.connect(self.hq.store / 'hq.db', timeout=600)) as store, store:
            [(trigger,)] = store.execute("SELECT sql FROM sqlite_schema WHERE name = 'journal_is_never_changed'")
            store.execute('DROP TRIGGER journal_is_never_changed')
            store.executemany('UPDATE journal SET received_at = received_at - ? * 86400000000 WHERE id = ? AND rev = ?',
                              [(days, *key) for key, days in self.received.items()])
            store.execute(trigger)
        self.received = {}

    def purge(self, *options):
        return json.loads(self.hq.must('purge', *options))

    def sealed_still(self):
        return {record for record, line in self.hq.export().items() if line['has_private']}

    def logged(self):
        return [json.loads(entry) for entry in self.hq.must('log').splitlines() if json.loads(entry)['what'] == 'purged']

    def test_two_years_after_the_last_contact(self):
        due = [self.record('contact', contact(), LONG_AGO), self.record('observation', observation(), LONG_AGO),
               self.record('referral', referral(consent=True), LONG_AGO)]
        late = self.record('contact', contact(), LATELY)
        told = self.record('referral', referral(consent=True), LONG_AGO)
        self.hq.must('referral', told['id'], 'acceptee')
        seen = self.record('referral', referral(consent=True, contact=late['id']), LONG_AGO)
        met = self.record('referral', referral(consent=True), LONG_AGO)
        self.record('referral', referral(consent=True), LATELY, 2, met['id'])
        kept = {line['id'] for line in (late, told, seen, met)}
        fallen_back = self.record('contact', contact(), LONG_AGO)
        del self.received[fallen_back['id'], 1]
        kept.add(fallen_back['id'])
        self.age()
        before = self.hq.figures()
        self.assertEqual(self.purge('--dry-run')['private_erased'], len(due))
        self.assertEqual(self.sealed_still(), kept | {line['id'] for line in due})
        report = self.purge()
        self.assertEqual((report['private_erased'], report['log_entries']), (len(due), 0))
        self.assertEqual(self.sealed_still(), kept)
        self.assert_gone(*(line['private'] for line in due))
        self.assertEqual(self.hq.figures(), before)
        self.assertEqual([json.loads(entry['detail']) for entry in self.logged()], [report])
        self.assertEqual(self.purge()['private_erased'], 0)
        self.assert_sound()

    def test_what_was_removed_or_refused_goes_too(self):
        withdrawn = self.record('referral', referral(consent=True), LONG_AGO)
        self.push({**withdrawn, 'seq': self.device.next_seq(), 'rev': 2, 'private': None, 'data': referral(consent=False)})
        self.received[withdrawn['id'], 2] = LONG_AGO
        refused = self.device.line('contact', contact(themes=['nulle_part']), place=QPV, private=self.sealed(uuid7()))
        self.device.put(encode(refused) + b'\n')
        self.age()
        self.execute('UPDATE quarantine SET received_at = received_at - 740 * 86400000000')
        self.assert_kept(withdrawn['private'], refused['private'])
        report = self.purge()
        self.assertEqual((report['private_erased'], report['refused_private']), (1, 1))
        self.assert_gone(withdrawn['private'], refused['private'])
        self.assert_sound()

    def test_many_go_in_portions_that_are_told_once(self):
        lines = []
        for _ in range(250):
            record = uuid7()
            lines.append(self.device.line('contact', contact(), id=record, at=as_moment(now() - timedelta(days=LONG_AGO)),
                                          private=self.sealed(record)))
        self.push(*lines)
        self.received = {(line['id'], 1): LONG_AGO for line in lines}
        self.age()
        self.assertEqual(self.purge()['private_erased'], len(lines))
        self.assertEqual(self.sealed_still(), set())
        self.assertEqual(len(self.logged()), 1)
        self.assert_gone(*(line['private'] for line in lines[::50]))

    def test_it_does_so_by_itself_when_it_starts(self):
        line = self.record('contact', contact(), LONG_AGO)
        self.age()
        self.hq.restart()
        self.hq.hello()
        self.assertEqual(self.sealed_still(), set())
        self.assert_gone(line['private'])
        self.assertEqual([entry['who'] for entry in self.logged()], ['purge'])
        self.hq.restart()
        self.assertEqual(len(self.logged()), 1)

    def test_a_clock_of_hq_s_that_runs_years_ahead_erases_nothing_by_itself(self):
        line = self.record('contact', contact(), LONG_AGO)
        self.age()
        self.hq.stop()
        self.execute('UPDATE devices SET skew = -3 * 365 * 86400000000')
        self.hq.start()
        self.hq.hello()
        self.assertEqual(self.sealed_still(), {line['id']})
        self.assertEqual(self.purge()['private_erased'], 1)

    def test_without_the_server_too(self):
        line = self.record('contact', contact(), LONG_AGO)
        self.age()
        self.hq.stop()
        self.assertEqual(self.purge()['private_erased'], 1)
        self.hq.start()
        self.assert_gone(line['private'])

    def test_what_nobody_could_read_goes_with_its_age(self):
        self.device.put(encode(self.device.line('observation', observation(what=REFUSED), place=QPV))[:-2] + b'\n')
        self.assert_kept(REFUSED)
        self.assertEqual(self.purge()['refused_lines'], 0)
        self.hq.stop()
        self.execute('UPDATE quarantine SET received_at = received_at - 740 * 86400000000')
        self.assertEqual(self.purge()['refused_lines'], 1)
        self.hq.start()
        self.assert_gone(REFUSED)


if __name__ == '__main__':
    unittest.main()
