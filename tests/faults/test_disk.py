# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that are full, and disks that fail: at any call, and a small disk that really is full."""

import subprocess
from contextlib import contextmanager

from calls import HeadquartersFaults, TabletFaults
from cells import FaultCase, cell, in_long, load_tests  # noqa: F401 (unittest looks for load_tests)
from ledger import DONE, NOT_ALL, NOT_REACHED, change

from preload import BROKEN, FAIL_ON, FAIL_ONCE, NO_SPACE, READS, SHORT, WRITES
from tablet import record

GROWS = ('write', 'pwrite64', 'ftruncate64', 'fdatasync')
SMALL = 3 << 20


@contextmanager
def small_disk(test, folder, fault):
    """A disk of 3 MB on a folder, and a function that fills it up, or frees it. Where mounting is
    not allowed, every write of the program that carries `fault` fails instead."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', f'size={SMALL}', 'none', folder],
                             capture_output=True).returncode == 0
    ballast = folder / 'ballast'

    def fill(is_full):
        if not mounted:
            fault.arm(1 if is_full else 0, FAIL_ON, GROWS, (str(folder),), NO_SPACE)
        elif not is_full:
            ballast.unlink(missing_ok=True)
        else:
            with test.assertRaises(OSError), ballast.open('ab', buffering=0) as file:
                while file.write(b'\0' * 4096) == 4096:
                    pass
                raise OSError
    try:
        yield fill
    finally:
        if mounted:
            subprocess.run(['umount', '-l', folder], check=True)


class TabletSteps(TabletFaults):

    @cell('record')
    def test_record(self):
        self.add_at()

    @cell('open')
    def test_open(self):
        self.push_at('open')

    @cell('hello')
    def test_hello(self):
        """HQ has another name and key than the tablet knows, so that it writes them down."""
        self.push_at('hello')

    @cell('digest')
    def test_digest(self):
        self.push_at('digest')

    @cell('fork')
    def test_fork(self):
        self.push_at('fork')

    @cell('settle')
    def test_settle(self):
        self.push_at('settle')

    @cell('news')
    def test_news(self):
        self.push_at('news')

    def prepare(self, step):
        super().prepare(step)
        if step == 'hello':
            self.forget_hello()

    def forget_hello(self):
        change(self.recorder.file, ("DELETE FROM settings WHERE name = 'hq'",))


class HeadquartersSteps(HeadquartersFaults):

    @cell('open')
    def test_open(self):
        self.open_at()

    @cell('digest')
    def test_digest(self):
        self.push_at('digest')

    @cell('fork')
    def test_fork(self):
        self.push_at('fork')

    @cell('commit')
    def test_commit(self):
        self.push_at('commit')

    @cell('news')
    def test_news(self):
        self.push_at('news')


class TabletDiskFull(TabletSteps):

    fault = 'full disk of the tablet'
    functions = GROWS
    targets = ('/store',)
    actions = (FAIL_ON, SHORT)
    error = NO_SPACE


class HeadquartersDiskFull(HeadquartersSteps):

    fault = 'full disk of HQ'
    functions = GROWS
    targets = ('/store',)
    actions = (FAIL_ON, SHORT)
    error = NO_SPACE


class TabletWritesFail(TabletSteps):

    fault = 'failing writes and fsyncs (EIO) of the tablet'
    functions = WRITES
    targets = ('/store',)
    actions = (FAIL_ONCE, FAIL_ON)
    error = BROKEN


class HeadquartersWritesFail(HeadquartersSteps):

    fault = 'failing writes and fsyncs (EIO) of HQ'
    functions = WRITES
    targets = ('/store',)
    actions = (FAIL_ONCE, FAIL_ON)
    error = BROKEN


class TabletReadsFail(TabletFaults):

    fault = 'failing reads (EIO) of the tablet'
    functions = READS
    targets = ('/store',)
    actions = (FAIL_ONCE, FAIL_ON)
    error = BROKEN

    @cell('record')
    def test_record(self):
        self.add_at()

    @cell('open')
    def test_open(self):
        self.push_at('open')

    @cell('news')
    def test_news(self):
        """With it the push ends, and what it wrote is read back into the store."""
        self.push_at('news')


class HeadquartersReadsFail(HeadquartersFaults):

    fault = 'failing reads (EIO) of HQ'
    functions = READS
    targets = ('/store',)
    actions = (FAIL_ONCE, FAIL_ON)
    error = BROKEN

    @cell('open')
    def test_open(self):
        self.open_at()


class SmallDisks(FaultCase):
    """A disk that really is full."""

    def add_until_refused(self, recorder):
        """Adds records until one is refused; what was printed is there, and counted."""
        for _ in range(2000):
            done = recorder.try_add([record() for _ in range(20)])
            if done.returncode != DONE:
                return done
        raise AssertionError('the disk never became full')


class TabletDiskSmall(SmallDisks):

    fault = 'full disk of the tablet'

    @cell('commit')
    def test_small_disk(self):
        """The disk fills up while records are made; they are sent once there is space again."""
        recorder, control = self.new_recorder(), self.new_fault()
        self.recorders.append(recorder)
        with small_disk(self, recorder.tablet.store, control) as fill, control.preloaded():
            recorder.enrol(self.proxy)
            for _ in range(in_long(20, 3)):
                recorder.add(10)
                fill(True)
                done = self.add_until_refused(recorder)
                self.assertEqual(done.returncode, NOT_ALL)
                self.assertRegex(done.stderr, r'full|space|disk')
                self.push(recorder, (DONE, NOT_ALL, NOT_REACHED))
                fill(False)
                self.ledger.check_promises()
                self.settle()
            self.ledger.check_whole()
            self.recorders.remove(recorder)


class HeadquartersDiskSmall(SmallDisks):

    fault = 'full disk of HQ'

    def setUp(self):
        super().setUp()
        self.hq.stop()
        self.control = self.new_fault()

    @cell('receipt')
    def test_small_disk(self):
        """HQ says that it can't, nothing is acknowledged, and it goes on when there is space."""
        store = self.hq.store
        kept = store.rename(store.with_name('kept'))
        with small_disk(self, store, self.control) as fill:
            subprocess.run(['cp', '-a', f'{kept}/.', store], check=True)
            with self.control.preloaded():
                self.hq.start()
            for _ in range(in_long(20, 3)):
                self.meet_full_disk(fill)
            self.ledger.check_whole()
            self.hq.stop()

    def meet_full_disk(self, fill):
        self.recorder.add(200)
        before = self.recorder.acknowledged()
        fill(True)
        self.proxy.calm()
        while self.push(code=(DONE, NOT_REACHED)).code == DONE:
            before = self.recorder.acknowledged()
            self.recorder.add(200)
        self.assertEqual(self.proxy.exchanges[-1].reply[9:12], b'500')
        self.assertEqual(self.recorder.acknowledged(), before)
        self.ledger.check_promises()
        fill(False)
        self.settle()
