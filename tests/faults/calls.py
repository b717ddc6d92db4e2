# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults at the N-th call of a program's: which calls belong to which step, and what follows."""

import http.client
import itertools

from cells import LONG, FaultCase, in_long
from ledger import DONE, NOT_ALL, NOT_REACHED, Difference

from hq import PATIENCE
from preload import SOCKETS, WRITES, spread
from proxy import STEPS
from tablet import record


def step_of(head):
    """The step that a request asks for, by its first bytes; None where they are no request's."""
    if not head.startswith(('GET /v1/', 'PUT /v1/')):
        return None
    return next((step for part, step in STEPS if part[:-1] in head), None)


def steps_on_tablet(calls):
    """The numbers of the calls of a push, by step."""
    steps, step = {}, 'open'
    for call in calls:
        if call.name == 'connect':
            step = 'hello'
        elif call.name == 'send':
            asked = step_of(call.head)
            step = {'batch': 'batch request', None: step}.get(asked, asked)
        elif step == 'batch request' and call.name == 'recv':
            step = 'receipt'
        elif step == 'receipt' and call.name not in SOCKETS:
            step = 'settle'
        steps.setdefault(step, []).append(call.number)
    return steps


def steps_at_hq(calls):
    """The numbers of the calls by which HQ answers, by step."""
    steps, step = {}, 'hello'
    for call in calls:
        asked = step_of(call.head) if call.name == 'recv' else None
        if asked:
            step = {'batch': 'batch request'}.get(asked, asked)
        elif step in ('batch request', 'commit') and call.name not in SOCKETS:
            step = 'commit'
        elif step == 'commit' and call.name == 'send':
            step = 'receipt'
        steps.setdefault(step, []).append(call.number)
    return steps


class CallFaults(FaultCase):
    """`functions` on `targets` fail or kill by each of `actions`; `code` is the errno."""

    functions = WRITES + SOCKETS
    targets = ('/store', 'socket:')
    actions = ()
    codes = (DONE, NOT_ALL, NOT_REACHED)
    error = 0
    most = in_long(10**6, 4)

    def strikes(self, numbers):
        """Which calls are struck, and how: all in each way, or some, the ways taking turns."""
        picked = [numbers[number - 1] for number in spread(len(numbers), self.most)]
        if LONG:
            return [(number, action) for number in picked for action in self.actions]
        turns = itertools.cycle(self.actions)
        return [(number, next(turns)) for number in picked]

    def each(self, step, numbers, strike):
        """Strikes at each of the calls, in each way; at least half of the strikes must tell."""
        self.assertTrue(numbers, f'no call belongs to {step}')
        struck, strikes = 0, self.strikes(numbers)
        for number, action in strikes:
            with self.subTest(call=number, action=action):
                struck += strike(step, number, action)
                self.settle(**self.allowed_at(step))
        self.assertGreaterEqual(struck * 2, len(strikes), 'the calls were not hit')
        self.ledger.check_whole(**self.allowed_at(step))

    def trace(self):
        """From now on the calls are written down, with those that tell the steps apart."""
        self.control.trace(self.functions + SOCKETS, self.targets + ('socket:',))

    def numbered(self, classify):
        """The numbers of the calls that can be struck, by the step that they belong to."""
        calls, own = self.control.calls(), {}
        for call in calls:
            if call.name in self.functions and any(part in call.target for part in self.targets):
                own[call.number] = len(own) + 1
        return {step: [own[number] for number in numbers if number in own]
                for step, numbers in classify(calls).items()}

    def arm(self, number, action):
        self.control.arm(number, action, self.functions, self.targets, self.error)

    def check_end(self, code, errors):
        """A program that ends by itself says why, where not everything was done."""
        if code not in self.codes:
            raise Difference(f'it ended with {code} instead of {self.codes}: {errors}')
        if code > 0 and not errors.strip():
            raise Difference(f'it ended with {code} and said nothing')


class TabletFaults(CallFaults):

    def setUp(self):
        super().setUp()
        self.control = self.new_fault()

    def push_at(self, step):
        self.prepare(step)
        with self.control.preloaded():
            self.trace()
            self.push()
        steps = self.numbered(steps_on_tablet)
        self.settle(**self.allowed_at(step))
        self.each(step, steps.get(step, []), self.strike_push)

    def strike_push(self, step, number, action):
        self.prepare(step)
        self.arm(number, action)
        with self.control.preloaded():
            done = self.tablet.push()
        happened = self.control.happened
        self.control.disarm()
        self.check_end(done.code, done.errors)
        self.ledger.check_promises()
        return happened > 0

    def add_at(self):
        with self.control.preloaded():
            self.control.count(self.functions, self.targets)
            self.recorder.add(3)
        self.each('record', list(range(1, self.control.seen + 1)), self.strike_add)

    def strike_add(self, _step, number, action):
        records = [record() for _ in range(3)]
        held = len(self.recorder.printed)
        self.arm(number, action)
        with self.control.preloaded():
            done = self.recorder.try_add(records)
        happened = self.control.happened
        self.control.disarm()
        self.check_end(done.returncode, done.stderr)
        if done.returncode in (DONE, NOT_ALL):
            is_all = len(self.recorder.printed) - held == len(records)
            self.assertEqual(is_all, done.returncode == DONE, done)
        self.ledger.check_promises()
        return happened > 0


class HeadquartersFaults(CallFaults):

    def setUp(self):
        super().setUp()
        self.control = self.new_fault()
        self.restart()

    def restart(self):
        if self.hq.process and self.hq.process.poll() is None:
            self.hq.stop()
        with self.control.preloaded():
            self.hq.start()

    def push_at(self, step):
        # The first after a start begins a log, which takes calls of its own.
        self.prepare(step)
        self.push()
        self.prepare(step)
        self.trace()
        self.push()
        steps = self.numbered(steps_at_hq)
        self.control.disarm()
        self.settle(**self.allowed_at(step))
        self.each(step, steps.get(step, []), self.strike_push)

    def strike_push(self, step, number, action):
        self.prepare(step)
        self.arm(number, action)
        done = self.tablet.push()
        self.check_tablet(done)
        happened = self.control.happened
        self.control.disarm()
        self.ledger.check_promises()
        self.go_on()
        return happened > 0

    def check_tablet(self, done):
        """Whatever becomes of HQ, the tablet ends well."""
        if done.code not in (DONE, NOT_ALL, NOT_REACHED):
            raise Difference(f'push ended with {done.code}: {done.errors}')

    def go_on(self):
        """HQ is started again where it died, which it may do only as the fault says."""
        try:
            self.hq.hello()
            return
        except (OSError, http.client.HTTPException):
            code = self.hq.process.wait(PATIENCE)
        if code not in self.codes:
            raise Difference(f'serve ended with {code} instead of {self.codes}')
        self.restart()

    def open_at(self):
        self.hq.stop()
        self.control.count(self.functions, self.targets)
        with self.control.preloaded():
            self.hq.start()
        self.each('open', list(range(1, self.control.seen + 1)), self.strike_open)

    def strike_open(self, _step, number, action):
        self.recorder.add(1)
        self.hq.stop()
        self.arm(number, action)
        with self.control.preloaded():
            try:
                self.hq.start()
            except AssertionError as problem:
                self.check_end(self.hq.process.poll(), str(problem))
        happened = self.control.happened
        self.control.disarm()
        if self.hq.process.poll() is not None:
            self.restart()
        else:  # it may be on its way out still
            self.go_on()
        self.ledger.check_promises()
        return happened > 0
