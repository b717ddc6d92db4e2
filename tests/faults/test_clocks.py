# SPDX-License-Identifier: GPL-3.0-or-later
"""Clocks that are years off either way, that change to and from summer time, and that pass 2038.

A wrong clock refuses nothing and loses nothing: HQ notices the skew, and its figures take the time
that it must have been."""

import json
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from cells import FaultCase, cell, load_tests  # noqa: F401 (unittest looks for load_tests)
from ledger import query

from preload import clock

# The programs' zone in these tests (tests/protocol/hq.py), and when its clocks change.
ZONE = ZoneInfo('Pacific/Auckland')
END_OF_TIME_32 = datetime.fromtimestamp(2**31, ZONE)
YEAR_US = 365 * 86400 * 10**6


class Clocks(FaultCase):

    offsets = ()

    def setUp(self):
        super().setUp()
        self.count = 0

    def add(self, count=2):
        self.recorder.add(count)
        self.count += count

    def check_figures(self, dates=None):
        """Each contact counts once; with dates, at the time that it must have been."""
        figures = self.hq.figures(*(dates or ()))
        self.assertEqual(figures['interventions'], self.count)

    def around_today(self):
        today = datetime.now(timezone.utc)
        return [(today + timedelta(days=days)).date().isoformat() for days in (-2, 2)]

    def check_offsets(self):
        """Each line says its zone's offset at its time."""
        for line in self.recorder.lines():
            at = datetime.fromisoformat(json.loads(line.bytes)['at'])
            self.assertEqual(at.utcoffset(), at.astimezone(ZONE).utcoffset(), at)

    def serve_with(self, offset):
        self.hq.stop()
        with clock(offset):
            self.hq.start()

    def at_record(self):
        """Recorded under a wrong clock, and sent under a right one."""
        for offset in self.offsets:
            with self.subTest(clock=offset):
                with clock(offset):
                    self.add()
                self.settle()
        self.end()

    def at_push(self):
        """Recorded under a right clock, and sent under a wrong one."""
        for offset in self.offsets:
            with self.subTest(clock=offset):
                self.add()
                with clock(offset):
                    self.push()
                self.settle()
        self.end()

    def at_both(self):
        """The tablet's clock is wrong all along."""
        for offset in self.offsets:
            with self.subTest(clock=offset), clock(offset):
                self.add()
                self.settle()
                self.add()
                self.push()
                self.check_skew(offset)
                self.settle()
        self.end()

    def at_hq(self):
        """HQ's clock is wrong, and then right again."""
        for offset in self.offsets:
            with self.subTest(clock=offset):
                self.add()
                self.serve_with(offset)
                self.settle()
                self.hq.restart()
                self.add()
                self.settle()
        self.end()

    def check_skew(self, offset):
        """HQ knows by how much the tablet's clock is off."""

    def end(self):
        self.check_figures()
        self.check_offsets()
        self.ledger.check_whole()


class FarOff(Clocks):

    fault = 'clock years off, either way'
    offsets = ('+30y', '-20y', '+3y', '-3y', '@1970-01-02 00:00:10', '@2099-12-31 23:59:58')

    @cell('record')
    def test_record(self):
        self.at_record()

    @cell('batch request')
    def test_batch_request(self):
        self.at_push()

    @cell('settle')
    def test_settle(self):
        """Wrong for all of the tablet's steps: the figures have it today all the same."""
        self.at_both()
        self.check_figures(self.around_today())

    def check_skew(self, offset):
        skew = query(self.ledger.file, 'SELECT MAX (skew), MIN (skew) FROM devices')[0]
        self.assertGreater(max(abs(each) for each in skew), YEAR_US)

    @cell('commit')
    def test_commit(self):
        self.at_hq()


class SummerTime(Clocks):
    """Moments before, in and after the hour that is left out or comes twice."""

    fault = 'change to and from summer time'
    offsets = tuple(f'@{day} {time}' for day, times in (
        ('2026-04-05', ('01:59:58', '02:30:00', '02:59:58', '03:00:01')),
        ('2026-09-27', ('01:30:00', '01:59:58', '03:00:01'))) for time in times)

    @cell('record')
    def test_record(self):
        self.at_record()

    @cell('batch request')
    def test_batch_request(self):
        self.at_push()

    @cell('settle')
    def test_settle(self):
        self.at_both()

    @cell('commit')
    def test_commit(self):
        self.at_hq()


class Year2038(Clocks):
    """Before and after 32 bits of seconds are used up, and in the second in which they are."""

    fault = '2038'
    offsets = tuple((END_OF_TIME_32 + timedelta(seconds=seconds)).strftime('@%Y-%m-%d %H:%M:%S')
                    for seconds in (-3600, -1, 0, 3600))

    @cell('record')
    def test_record(self):
        self.at_record()

    @cell('batch request')
    def test_batch_request(self):
        self.at_push()

    @cell('settle')
    def test_settle(self):
        self.at_both()

    @cell('commit')
    def test_commit(self):
        self.at_hq()
