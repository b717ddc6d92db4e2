# SPDX-License-Identifier: GPL-3.0-or-later
"""Consent and minimisation from end to end: what the tablet refuses is not queued, what HQ refuses
goes into quarantine on both sides, and an agreement that is taken back takes the name with it."""

import json
import sqlite3
import unittest

import records
from hq import Headquarters
from tablet import Tablet, as_input

DONE, NOT_ALL = 0, 1
NAME = 'Madame Introuvable'
FOR_A_CHILD = {'consent': True, 'public': 'enfant', 'consent_of': 'parent'}


def referral(private=None, **fields):
    entry = {'type': 'referral', 'place': records.QPV, 'data': records.referral(**fields)}
    return entry if private is None else {**entry, 'private': private}


def watch(**fields):
    return {'type': 'observation', 'place': records.QPV, 'data': records.observation(**fields)}


class Consent(unittest.TestCase):

    def setUp(self):
        self.hq = Headquarters()
        self.addCleanup(self.hq.close)
        self.hq.start()
        self.tablet = Tablet()
        self.addCleanup(self.tablet.close)
        self.tablet.enrol(self.hq)

    def assert_refused(self, entry, field):
        """By the tablet, naming the field and not what stands in it; nothing waits."""
        done = self.tablet.run('add', data=as_input([entry]))
        self.assertEqual((done.returncode, done.stdout.strip()), (NOT_ALL, ''), done)
        self.assertIn(field, done.stderr)
        for text in ('exemple', 'Introuvable'):
            self.assertNotIn(text, done.stderr)
        self.assertEqual(self.tablet.counts(), (0, 0, 0))

    def send(self, *entries):
        """Adds and sends; what HQ then shows of each."""
        keys = self.tablet.add_records(entries)
        self.assertEqual(self.tablet.push().code, DONE)
        exported = self.hq.export()
        return [exported[key] for key in keys]

    def test_the_tablet_refuses_a_name_without_agreement(self):
        self.assert_refused(referral(private={'name': NAME}), 'consent')
        self.assert_refused(referral(private={'name': NAME}, consent=True, public='enfant',
                                     consent_of='personne'), 'consent_of')
        self.assert_refused(referral(consent=True, public='enfant'), 'consent_of')
        self.assert_refused(referral(consent_of='parent'), 'consent_of')

    def test_the_tablet_refuses_who_it_was_in_a_text_in_clear(self):
        self.assert_refused(watch(what='voir jean@exemple.fr'), 'what')
        self.assert_refused(watch(where='2 55 08 14 168 025 38'), 'where')

    def test_a_service_s_number_and_a_sealed_note_pass(self):
        shown = self.send(watch(what='lampadaire, appeler le 04 78 12 34 56'),
                          {**watch(), 'private': {'note': 'jean@exemple.fr'}})
        self.assertEqual([each['has_private'] for each in shown], [False, True])

    def test_an_agreement_reaches_headquarters(self):
        shown = self.send(referral(private={'name': NAME}, **FOR_A_CHILD))[0]
        self.assertEqual({name: shown['data'].get(name) for name in FOR_A_CHILD}, FOR_A_CHILD)
        self.assertIs(shown['has_private'], True)

    def test_an_agreement_taken_back_takes_the_name_with_it(self):
        key = self.send(referral(private={'name': NAME}, **FOR_A_CHILD))[0]['id']
        shown = self.send({**referral(public='enfant'), 'id': key})[0]
        self.assertEqual((shown['rev'], shown['has_private'], shown['data']['consent']), (2, False, False))
        self.assertNotIn('consent_of', shown['data'])

    def test_what_an_older_tablet_sends_is_refused_there_too(self):
        """It checks less than this one: its line is HQ's to refuse, and both then keep it aside."""
        key = self.tablet.add_records([watch(what='voir jean at exemple.fr')])[0]
        self.change_queued('jean at exemple.fr', 'jean@exemple.fr')
        pushed = self.tablet.push()
        self.assertEqual((pushed.code, pushed.said['problems']), (NOT_ALL, 1), pushed)
        self.assertEqual(self.tablet.counts(), (0, 0, 1))
        entry = json.loads(self.tablet.run('journal').stdout)
        self.assertEqual((entry['state'], entry['reason'], entry['line']['id']), ('quarantined', 'personal', key))
        self.assertNotIn(key, self.hq.export())

    def change_queued(self, text, other):
        """The queued line as an older program would have frozen it."""
        with sqlite3.connect(self.tablet.store / 'field.db') as database:
            (line,), = database.execute('SELECT bytes FROM lines').fetchall()
            changed = bytes(line).replace(text.encode(), other.encode())
            self.assertNotEqual(json.loads(changed), json.loads(line))
            database.execute('UPDATE lines SET bytes = ?, sha256 = NULL', (changed,))
        database.close()


if __name__ == '__main__':
    unittest.main()
