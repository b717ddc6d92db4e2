# SPDX-License-Identifier: GPL-3.0-or-later
"""A tablet is handed over while the line is cut and programs are killed: it lets go of nothing that
HQ does not hold, and in the end HQ and the tablet agree that it is nobody's."""

from calls import HeadquartersFaults, TabletFaults
from cells import cell, load_tests  # noqa: F401 (unittest looks for load_tests)
from ledger import DONE, KILLED, NOT_ALL, Difference, Ledger, expect_none, query

from preload import KILL_AFTER, KILL_BEFORE
from proxy import REPLY, REQUEST
from test_cuts import Cuts


class Farewells(Ledger):
    """Holds what an emptied tablet had against HQ's own account."""

    def check(self, **_allowed):
        journal, known = self.check_promises()
        expect_none('handed over and not at HQ', known - set(journal))
        for recorder in self.recorders:
            expect_none('on the tablet still', recorder.lines())
            left = query(self.file, 'SELECT released_why, revoked_at IS NOT NULL FROM devices'
                                    ' WHERE device_id = ?', recorder.device_id)
            if left != [('handed-over', 1)] or recorder.setting('token'):
                raise Difference(f'HQ says {left} of a tablet that was handed over')

    def check_whole(self, **_allowed):
        self.check()
        self.hq.must('verify')
        for recorder in self.recorders:
            done = recorder.tablet.run('verify')
            if done.returncode != DONE:
                raise Difference(f'the tablet is not sound: {done.stderr}')


class Leaving:
    """Each push of the tablet hands it over; it is enrolled anew before the next."""

    def setUp(self):
        super().setUp()
        self.tablet.is_leaving = True
        self.ledger = Farewells(self.hq, self.recorders)

    def prepare(self, step):
        if not self.recorder.setting('device_id'):
            self.recorder.enrol(self.proxy)
        super().prepare(step)
        self.recorder.remember()

    def settle(self, **_allowed):
        if self.recorder.setting('device_id'):
            self.push()
        self.ledger.check()
        self.ran()


class LeavingCut(Leaving, Cuts):

    def prepare_more(self, step):
        self.prepare(step)
        self.recorder.add(3)
        self.recorder.remember()


class RequestCutInRelease(LeavingCut):

    fault = 'request cut'
    stream = REQUEST

    @cell('release')
    def test_release(self):
        self.cut_within('release')


class ReplyCutInRelease(LeavingCut):

    fault = 'reply cut'
    stream = REPLY

    @cell('release')
    def test_release(self):
        self.cut_within('release')


class TabletKilledInRelease(Leaving, TabletFaults):

    fault = 'SIGKILL of the tablet'
    actions = (KILL_BEFORE, KILL_AFTER)
    codes = (DONE, NOT_ALL, KILLED)

    @cell('release')
    def test_release(self):
        self.push_at('release')


class HeadquartersKilledInRelease(Leaving, HeadquartersFaults):

    fault = 'SIGKILL of HQ'
    actions = (KILL_BEFORE, KILL_AFTER)
    codes = (KILLED,)

    @cell('release')
    def test_release(self):
        self.push_at('release')
