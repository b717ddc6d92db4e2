# SPDX-License-Identifier: GPL-3.0-or-later
"""No memory: the N-th allocation from a moment on fails, once or with all that follow.

GLib ends the process then, which has to be as harmless as a kill; SQLite and jansson report it.
"""

from calls import HeadquartersFaults, TabletFaults
from cells import cell, in_long, load_tests  # noqa: F401 (unittest looks for load_tests)
from ledger import NOT_ALL, Difference

from preload import FAIL_ON, FAIL_ONCE

LINKER_GAVE_UP = 127


class Memory:
    """Where allocations are counted from: a request or an answer that passes the proxy."""

    actions = (FAIL_ONCE, FAIL_ON)
    most = in_long(500, 6)

    def check_end(self, code, errors):
        if code > NOT_ALL and code not in (*self.codes, LINKER_GAVE_UP):
            raise Difference(f'it ended with {code}: {errors}')

    def arm(self, number, action):
        self.control.arm(number, action, memory=True)

    def from_moment(self, place, asked, action):
        """Does something once, when the first message of a step passes the proxy."""
        done = []

        def rule(exchange):
            if exchange.step == asked and not done:
                done.append(exchange)
                action()
        setattr(self.proxy, place, rule)


class TabletMemory(Memory, TabletFaults):

    fault = 'no memory on the tablet'

    def after_answer(self, step, asked=None):
        """Allocations from HQ's answer on, to the end of the push."""
        asked = asked or step
        self.prepare(step)
        self.proxy.calm()
        self.from_moment('after', asked, lambda: self.control.count(memory=True))
        with self.control.preloaded():
            self.push()
        total = self.control.seen
        self.settle(**self.allowed_at(step))

        def strike(_step, number, action):
            self.prepare(step)
            self.proxy.calm()
            self.control.disarm()
            self.from_moment('after', asked, lambda: self.arm(number, action))
            with self.control.preloaded():
                done = self.tablet.push()
            return self.end(done.code, done.errors)
        self.each(step, list(range(1, total + 1)), strike)

    def end(self, code, errors):
        happened = self.control.happened
        self.control.disarm()
        self.proxy.calm()
        self.check_end(code, errors)
        self.ledger.check_promises()
        return happened > 0

    @cell('record')
    def test_record(self):
        with self.control.preloaded():
            self.control.count(memory=True)
            self.recorder.add(3)
        self.each('record', list(range(1, self.control.seen + 1)), self.strike_add)

    @cell('open')
    def test_open(self):
        with self.control.preloaded():
            seen = []
            self.recorder.add(1)
            self.from_moment('before', 'hello', lambda: seen.append(self.control.seen))
            self.control.count(memory=True)
            self.push()
        self.proxy.calm()
        self.each('open', list(range(1, seen[0] + 1)), self.strike_push)

    @cell('hello')
    def test_hello(self):
        self.after_answer('hello')

    @cell('reference')
    def test_reference(self):
        self.bring_newer_lists()
        self.after_answer('reference')

    @cell('digest')
    def test_digest(self):
        self.after_answer('digest')

    @cell('fork')
    def test_fork(self):
        self.after_answer('fork')

    @cell('settle')
    def test_settle(self):
        self.after_answer('settle', 'batch')

    @cell('news')
    def test_news(self):
        self.after_answer('news')


class HeadquartersMemory(Memory, HeadquartersFaults):

    fault = 'no memory at HQ'

    @property
    def codes(self):
        """However a process ends that has no memory."""
        return (*range(-64, 0), NOT_ALL, LINKER_GAVE_UP)

    def answer(self, step, asked=None):
        """Allocations from a request on, to its answer."""
        asked = asked or step
        self.prepare(step)
        self.proxy.calm()
        seen = []
        self.from_moment('before', asked, lambda: self.control.count(memory=True))
        self.from_moment('after', asked, lambda: seen.append(self.control.seen))
        self.push()
        self.control.disarm()
        self.settle(**self.allowed_at(step))

        def strike(_step, number, action):
            self.prepare(step)
            self.proxy.calm()
            self.from_moment('before', asked, lambda: self.arm(number, action))
            self.check_tablet(self.tablet.push())
            happened = self.control.happened
            self.control.disarm()
            self.proxy.calm()
            self.ledger.check_promises()
            self.go_on()
            return happened > 0
        self.each(step, list(range(1, seen[0] + 1)), strike)

    @cell('open')
    def test_open(self):
        self.hq.stop()
        self.control.count(memory=True)
        with self.control.preloaded():
            self.hq.start()
        self.each('open', list(range(1, self.control.seen + 1)), self.strike_open)

    @cell('hello')
    def test_hello(self):
        self.answer('hello')

    @cell('reference')
    def test_reference(self):
        self.bring_newer_lists()
        self.restart()
        self.answer('reference')

    @cell('digest')
    def test_digest(self):
        self.answer('digest')

    @cell('fork')
    def test_fork(self):
        self.answer('fork')

    @cell('commit')
    def test_commit(self):
        self.answer('commit', 'batch')

    @cell('news')
    def test_news(self):
        self.answer('news')
