# SPDX-License-Identifier: GPL-3.0-or-later
"""SIGKILL before and after any call by which a program changes its store, hears or speaks."""

from calls import HeadquartersFaults, TabletFaults
from cells import cell, load_tests  # noqa: F401 (unittest looks for load_tests)
from ledger import DONE, KILLED

from preload import KILL_AFTER, KILL_BEFORE


class TabletKilled(TabletFaults):

    fault = 'SIGKILL of the tablet'
    actions = (KILL_BEFORE, KILL_AFTER)
    codes = (DONE, KILLED)

    @cell('record')
    def test_record(self):
        self.add_at()

    @cell('open')
    def test_open(self):
        self.push_at('open')

    @cell('hello')
    def test_hello(self):
        self.push_at('hello')

    @cell('reference')
    def test_reference(self):
        self.bring_newer_lists()
        self.push_at('reference')

    @cell('digest')
    def test_digest(self):
        self.push_at('digest')

    @cell('fork')
    def test_fork(self):
        self.push_at('fork')

    @cell('batch request')
    def test_batch_request(self):
        self.push_at('batch request')

    @cell('receipt')
    def test_receipt(self):
        self.push_at('receipt')

    @cell('settle')
    def test_settle(self):
        self.push_at('settle')

    @cell('news')
    def test_news(self):
        self.push_at('news')


class HeadquartersKilled(HeadquartersFaults):

    fault = 'SIGKILL of HQ'
    actions = (KILL_BEFORE, KILL_AFTER)
    codes = (KILLED,)

    @cell('open')
    def test_open(self):
        self.open_at()

    @cell('hello')
    def test_hello(self):
        self.push_at('hello')

    @cell('reference')
    def test_reference(self):
        self.bring_newer_lists()
        self.restart()
        self.push_at('reference')

    @cell('digest')
    def test_digest(self):
        self.push_at('digest')

    @cell('fork')
    def test_fork(self):
        self.push_at('fork')

    @cell('batch request')
    def test_batch_request(self):
        self.push_at('batch request')

    @cell('commit')
    def test_commit(self):
        self.push_at('commit')

    @cell('receipt')
    def test_receipt(self):
        self.push_at('receipt')

    @cell('news')
    def test_news(self):
        self.push_at('news')
