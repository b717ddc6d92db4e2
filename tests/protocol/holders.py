# SPDX-License-Identifier: GPL-3.0-or-later
"""A headquarters whose sealing keys people hold, with what they type."""

import json
import unittest
from pathlib import Path

from hq import HQ_PROGRAM, Headquarters, run_program
from tablet import Tablet

CLAIRE = 'quatre mots choisis au hasard'
NADIA = 'autre phrase, assez longue'
WRONG = 'quatre mots choisis au hasarD'
SECRET = 'Mme Planté, 06 39 98 00 11'
LATER = 'M. Semé, 06 39 98 00 22'


class KeysCase(unittest.TestCase):
    """Each test has a headquarters of its own, and a tablet."""

    @classmethod
    def setUpClass(cls):
        """Nothing is shared."""

    def setUp(self):
        self.hq = Headquarters()
        self.addCleanup(self.hq.close)
        self.hq.start()
        self.tablet = Tablet()
        self.addCleanup(self.tablet.close)

    def typed(self, *arguments, lines):
        """A command on the store, with these lines typed into it."""
        return run_program(HQ_PROGRAM, '--store', self.hq.store, *arguments,
                           data=''.join(line + '\n' for line in lines))

    def must_type(self, *arguments, lines):
        done = self.typed(*arguments, lines=lines)
        self.assertEqual(done.returncode, 0, (arguments, done.stderr))
        return done.stdout

    def protect(self):
        return self.must_type('keys', 'protect', 'Claire', lines=[CLAIRE])

    def open(self, record, passphrase=CLAIRE, name='Claire', *more):
        return self.typed('open', record, '--as', name, '--why', 'suivi demandé', *more,
                          lines=[passphrase])

    def assert_opens(self, record, note, passphrase=CLAIRE, name='Claire'):
        done = self.open(record, passphrase, name)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout), {'note': note})

    def assert_refused(self, done):
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(done.stdout, '')
        self.assertTrue(done.stderr.strip())

    def add(self, note):
        """A contact with a note, at HQ; its id."""
        (record,) = self.tablet.add(private={'note': note})
        push = self.tablet.push()
        self.assertEqual((push.code, push.said['queued'], push.said['problems']), (0, 0, 0), push)
        return record

    def enrolled(self):
        self.tablet.enrol(self.hq)
        return self.add(SECRET)

    def log(self, *arguments):
        return [json.loads(line) for line in self.hq.must('log', *arguments).splitlines()]

    def whats(self):
        return [entry['what'] for entry in self.log()]

    def keys(self):
        return [json.loads(line) for line in self.hq.must('keys').splitlines()]

    def beside(self, ending):
        return Path(f'{self.hq.store}{ending}')

    def devices(self):
        return [json.loads(line) for line in self.hq.must('devices').splitlines()]
