# SPDX-License-Identifier: GPL-3.0-or-later
"""A cell of the matrix: one test, of one fault at one step, and how often it was run."""

import json
import os
import random
import shutil
import sqlite3
import unittest
import uuid
from contextlib import closing

from ledger import DONE, Difference, Ledger, Recorder, change

from hq import Headquarters
from preload import Fault
from proxy import Proxy

LONG = os.environ.get('ALTM_FAULTS') == 'long'
SEED = int(os.environ.get('ALTM_SEED', '20261125'))
RESULTS = os.environ.get('ALTM_CELLS')

# The columns, in the order in which a record meets them.
STEPS = ('record', 'open', 'hello', 'reference', 'digest', 'fork', 'batch request', 'commit',
         'receipt', 'settle', 'news', 'release')


def cell(step):
    """Says at which step a test makes its class's fault happen."""
    assert step in STEPS, step

    def mark(test):
        test.step = step
        return test
    return mark


def in_long(long, short):
    return long if LONG else short


def load_tests(_loader, tests, _pattern):
    """For each module of tests: the classes that others are made from have no fault, and no tests
    of their own."""
    kept = unittest.TestSuite()
    for suite in tests:
        kept.addTests(each for each in suite if each.fault)
    return kept


class FaultCase(unittest.TestCase):
    """A real HQ, one or more real tablets, and the road between them.

    `fault` is the row; each test is a cell of it."""

    fault = None
    tablets = 1

    def run(self, result=None):
        """Runs the test, and writes its cell down."""
        self.runs = 0
        bad = len(result.failures) + len(result.errors)
        super().run(result)
        test = getattr(self, self._testMethodName)
        if RESULTS and hasattr(test, 'step'):
            passed = len(result.failures) + len(result.errors) == bad
            name = '.'.join(self.id().split('.')[-3:])
            with open(RESULTS, 'a', encoding='utf-8') as file:
                file.write(json.dumps({'fault': self.fault, 'step': test.step, 'test': name,
                                       'runs': self.runs, 'passed': passed}) + '\n')
        return result

    def ran(self, runs=1):
        self.runs += runs

    def setUp(self):
        self.chance = random.Random(SEED)
        self.hq = Headquarters()
        self.addCleanup(self.hq.close)
        self.hq.start()
        self.proxy = Proxy(self.hq)
        self.addCleanup(self.proxy.close)
        self.recorders = [self.new_recorder() for _ in range(self.tablets)]
        self.recorder = self.recorders[0]
        self.tablet = self.recorder.tablet
        self.ledger = Ledger(self.hq, self.recorders)
        for recorder in self.recorders:
            recorder.enrol(self.proxy)

    def new_recorder(self):
        recorder = Recorder()
        self.addCleanup(recorder.close)
        return recorder

    def new_fault(self):
        fault = Fault()
        self.addCleanup(fault.close)
        return fault

    def push(self, recorder=None, code=DONE):
        """One push, which has to end so."""
        done = (recorder or self.recorder).tablet.push()
        codes = code if isinstance(code, tuple) else (code,)
        if done.code not in codes:
            raise Difference(f'push ended with {done.code} instead of {code}: {done}')
        return done

    def settle(self, **allowed):
        """The fault has gone: everything is sent, and then the books are compared."""
        for recorder in self.recorders:
            self.push(recorder, (DONE, 1) if allowed.get('quarantined') else DONE)
        self.ledger.check(**allowed)
        self.ran()

    # What makes a step of a push come up, each time anew.

    def prepare(self, step):
        """Something to send, and what makes the push pass through a step."""
        {'reference': self.want_lists, 'digest': self.want_comparison, 'fork': self.want_fork,
         'news': self.want_news}.get(step, lambda: None)()
        self.recorder.add(2)

    def want_lists(self):
        """The tablet has no lists of HQ's, whose are newer than the built-in ones."""
        change(self.recorder.file, ('DELETE FROM lists',),
               ("DELETE FROM settings WHERE name = 'lists_tag'",))

    def bring_newer_lists(self):
        """HQ has newer lists than the tablet's own, from its next start on."""
        self.hq.stop()
        change(self.ledger.file, ("INSERT INTO lists SELECT version + 1, json_set (body, '$.version',"
                                  " version + 1) FROM lists ORDER BY version DESC LIMIT 1",))
        self.hq.start()

    def want_comparison(self):
        """The tablet last saw another epoch."""
        change(self.recorder.file, ("UPDATE settings SET value = ? WHERE name = 'epoch'",
                                    str(uuid.uuid4())))

    def want_fork(self):
        """The tablet's store is put back to what it was before its last push, and goes on."""
        copy = self.tablet.folder / 'copy'
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.tablet.store, copy)
        self.recorder.add(1)
        self.push()
        self.recorder.remember()
        shutil.rmtree(self.tablet.store)
        copy.rename(self.tablet.store)

    def want_news(self):
        """HQ has something to say: of each kind that takes nothing away."""
        items = [{'kind': 'message', 'text': 'bonjour'}, {'kind': 'referral', 'record': str(uuid.uuid4()), 'status': 'acceptee'},
                 {'kind': 'correction', 'record': str(uuid.uuid4()), 'reason': 'doublon'}]
        self.tell(self.recorder, items)

    def tell(self, recorder, items):
        device = recorder.setting('device_id')
        for item in items:
            name = str(uuid.uuid4())
            body = json.dumps({'id': name, 'at': '2026-11-24T18:12:03.123Z', **item})
            change(self.ledger.file, ('INSERT INTO news (device, id, kind, body) VALUES'
                                      ' ((SELECT n FROM devices WHERE device_id = ?), ?, ?, ?)',
                                      device, name, item['kind'], body))

    def allowed_at(self, step):
        """Where the tablet is made to fork it becomes another device."""
        return {'forks': step == 'fork'}
