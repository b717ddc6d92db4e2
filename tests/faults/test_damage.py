# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores that were damaged while nobody had them open, and bits that flip on the way.

A damaged store is either refused, with everything left in place, or set aside whole with what can
be read taken over; either way somebody is told. What a tablet was acknowledged stays at HQ.
"""

import shutil

from cells import FaultCase, cell, in_long, load_tests  # noqa: F401 (unittest looks for load_tests)
from ledger import DONE, NOT_ALL, NOT_REACHED, Difference

from preload import KILL_AFTER
from proxy import split_answer, with_body
from tablet import record

ENDS = (DONE, NOT_ALL, NOT_REACHED)


class Damage(FaultCase):

    def setUp(self):
        super().setUp()
        self.recorder.add(12)
        self.push()
        self.recorder.add(4, private={'note': 'revenir jeudi'})

    def keep(self):
        """What each round begins with: both stores, and a backup of HQ's."""
        self.recorder.remember()
        self.backup = self.hq.folder / 'backup.db'
        self.hq.must('backup', self.backup)
        if self.hq.process:
            self.hq.stop()
        self.kept = {folder: copy_store(folder, folder.with_name('kept'))
                     for folder in (self.tablet.store, self.hq.store)}
        self.kept_books = set(self.recorder.printed), dict(self.recorder.known)

    def put_back(self):
        """Both stores as they were, HQ not serving."""
        if self.hq.process and self.hq.process.poll() is None:
            self.hq.stop()
        for folder, kept in self.kept.items():
            shutil.rmtree(folder)
            copy_store(kept, folder)
        self.recorder.printed, self.recorder.known = set(self.kept_books[0]), dict(self.kept_books[1])

    def run_tablet(self, *arguments, data=None):
        """One command on a damaged store; whether it said that something is wrong."""
        done = self.tablet.run(*arguments, data=data)
        if done.returncode not in ENDS or (done.returncode and not done.stderr.strip()):
            raise Difference(f'{arguments} ended with {done.returncode}: {done.stderr}')
        return bool(done.stderr.strip())

    def check_hq_kept(self, held):
        journal = set(self.ledger.journal())
        if not held <= journal:
            raise Difference(f'{len(held - journal)} lines have gone from HQ')


class TabletDamaged(Damage):

    def damage_and_use(self, damage):
        self.put_back()
        self.hq.start()
        held = set(self.ledger.journal())
        damage()
        told = self.run_tablet('verify')
        told |= self.run_tablet('status')
        told |= self.try_add()
        told |= self.run_tablet('push')
        told |= self.run_tablet('journal')
        self.check_hq_kept(held)
        known = set(self.recorder.known.values())
        if not told and not known <= set(self.ledger.journal()):
            told = self.run_tablet('verify')
            self.assertTrue(told, 'lines are missing, and nobody was told')
        files = list(self.tablet.folder.rglob('*field.db*'))
        self.assertTrue(files, 'the damaged store is gone')
        self.ran()

    def try_add(self):
        """What is printed as saved is there, in the damaged store or in the one made of it."""
        done = self.recorder.try_add([record()])
        if done.returncode not in ENDS:
            raise Difference(f'add ended with {done.returncode}: {done.stderr}')
        if done.returncode == DONE:
            self.assertIn(done.stdout.strip(), self.tablet.run('journal').stdout)
        return bool(done.stderr.strip())


class TabletBits(TabletDamaged):

    fault = 'flipped bits in the tablet\'s store'

    @cell('open')
    def test_open(self):
        """Any bit of the file, but for those of the lines that wait, which the test of what HQ
        gets covers."""
        self.keep()
        file = self.recorder.file
        data = file.read_bytes()
        lines = [(data.find(line.bytes), len(line.bytes)) for line in self.recorder.lines()]
        places = [byte for byte in range(len(data))
                  if not any(start <= byte < start + length for start, length in lines if start >= 0)]
        for byte in self.chance.sample(places, in_long(2000, 15)):
            with self.subTest(byte=byte):
                self.damage_and_use(lambda byte=byte: flip(file, byte, self.chance.randrange(8)))

    @cell('settle')
    def test_acknowledged(self):
        """A bit of a line that HQ acknowledged: verify knows it, and HQ's stands."""
        self.keep()
        file = self.recorder.file
        data = file.read_bytes()
        line = self.recorder.lines()[0]
        start = data.index(line.bytes)
        for byte in self.chance.sample(range(start, start + len(line.bytes)), in_long(200, 4)):
            self.damage_and_use(lambda byte=byte: flip(file, byte, self.chance.randrange(8)))
            self.assertEqual(self.tablet.run('verify').returncode, NOT_ALL)


class TabletLog(TabletDamaged):
    """What was last written stands in the log alone, and the log is torn: the disk lied about
    what it had kept. What is left has to be consistent, and nothing is doubled."""

    fault = 'truncated WAL of the tablet'

    def interrupt(self, run, before):
        """Ends a command before it folds its log in; it is run once before, to be counted."""
        control, printed = self.new_fault(), set(self.recorder.printed)
        with control.preloaded():
            control.count(('fdatasync',), ('/store/field.db',))
            run()
            shutil.rmtree(self.tablet.store)
            shutil.copytree(before, self.tablet.store)
            self.recorder.printed = printed
            control.arm(control.seen - 1, KILL_AFTER, ('fdatasync',), ('/store/field.db',))
            run()
        self.assertGreater(self.log.stat().st_size, 0)
        self.recorder.remember()

    def torn(self, run):
        self.log = self.recorder.file.with_name('field.db-wal')
        self.interrupt(run, shutil.copytree(self.tablet.store, self.tablet.folder / 'before'))
        self.keep()
        whole = self.log.stat().st_size
        lengths = {0, 1, 31, 32, 33, whole - 1} | set(self.chance.sample(range(whole), in_long(2000, 8)))
        for length in sorted(lengths):
            with self.subTest(length=length):
                self.tear(length)
        self.ledger.check_whole(forks=True)

    def tear(self, length):
        self.put_back()
        self.hq.start()
        with self.log.open('r+b') as file:
            file.truncate(length)
        present = {(line.id, line.rev) for line in self.recorder.lines()}
        gone = set(self.recorder.known) - present
        journal = set(self.ledger.journal())
        self.recorder.printed -= gone
        for key in gone:
            if self.recorder.known[key] not in journal:
                self.recorder.forget([key])
        self.recorder.add(2)
        self.settle(forks=True)

    @cell('record')
    def test_record(self):
        self.torn(lambda: self.recorder.try_add([record() for _ in range(4)]))

    @cell('settle')
    def test_settle(self):
        self.torn(lambda: self.tablet.push())


class HeadquartersDamaged(Damage):

    def damage_and_use(self, damage):
        """Damaged, HQ refuses to serve or serves on; restored from its backup it is whole again."""
        self.put_back()
        damage()
        told = self.start_or_not()
        if self.hq.process.poll() is None:
            told |= self.tablet.push().code != DONE
            self.hq.stop()
        told |= self.run_hq('verify') | self.run_hq('export', '--format', 'ndjson')
        if told:
            self.restore()
        self.start_or_not()
        self.recorder.add(1)
        self.settle(forks=True)

    def run_hq(self, *arguments):
        done = self.hq.run(*arguments)
        if done.returncode not in ENDS or (done.returncode and not done.stderr.strip()):
            raise Difference(f'{arguments} ended with {done.returncode}: {done.stderr}')
        return done.returncode != DONE

    def start_or_not(self):
        try:
            self.hq.start()
        except AssertionError as problem:
            self.assertEqual(self.hq.process.poll(), NOT_ALL, problem)
            return True
        return False

    def restore(self):
        self.hq.process = None
        self.hq.must('restore', self.backup)


class HeadquartersBits(HeadquartersDamaged):

    fault = 'flipped bits in HQ\'s store'

    @cell('open')
    def test_open(self):
        self.keep()
        file = self.ledger.file
        size = file.stat().st_size
        for byte in self.chance.sample(range(size), in_long(2000, 15)):
            with self.subTest(byte=byte):
                self.damage_and_use(lambda byte=byte: flip(file, byte, self.chance.randrange(8)))

    @cell('commit')
    def test_journal(self):
        """A bit of a line in the journal: verify knows it."""
        self.keep()
        file = self.ledger.file
        line = self.recorder.lines()[0]
        start = file.read_bytes().index(line.bytes)
        for byte in self.chance.sample(range(start, start + len(line.bytes)), in_long(200, 4)):
            self.put_back()
            flip(file, byte, self.chance.randrange(8))
            self.assertTrue(self.run_hq('verify'))
            self.restore()
            self.start_or_not()
            self.recorder.add(1)
            self.settle()


class HeadquartersLog(Damage):

    fault = 'truncated WAL of HQ'

    @cell('commit')
    def test_commit(self):
        """HQ has lost what it had acknowledged, and does not know: the tablets bring it again."""
        self.hq.restart()
        self.push()
        self.recorder.add(5)
        self.push()
        log = self.ledger.file.with_name('hq.db-wal')
        self.hq.kill()
        self.hq_kept_log = log.read_bytes()
        self.keep()
        whole = len(self.hq_kept_log)
        lengths = {0, 1, 31, 32, 33, whole - 1} | set(self.chance.sample(range(whole), in_long(2000, 8)))
        for length in sorted(lengths):
            with self.subTest(length=length):
                self.put_back()
                log.write_bytes(self.hq_kept_log[:length])
                self.hq.start()
                self.recorder.add(1)
                self.settle()
        self.ledger.check_whole()


class OnTheWay(FaultCase):

    fault = 'flipped bits on the way'

    @cell('batch request')
    def test_batch_request(self):
        for _ in range(in_long(2000, 12)):
            self.pass_flipped('before', 'batch')
        self.ledger.check_whole()

    @cell('receipt')
    def test_receipt(self):
        for _ in range(in_long(2000, 12)):
            self.pass_flipped('after', 'batch')
        self.ledger.check_whole()

    @cell('hello')
    def test_hello(self):
        for _ in range(in_long(2000, 12)):
            self.pass_flipped('after', 'hello')
        self.ledger.check_whole()

    @cell('digest')
    def test_digest(self):
        for _ in range(in_long(2000, 8)):
            self.want_comparison()
            self.pass_flipped('after', 'digest')
        self.ledger.check_whole()

    def pass_flipped(self, place, step):
        self.recorder.add(2)
        self.proxy.calm()

        def rule(exchange):
            if exchange.step != step:
                return None
            if place == 'before':
                exchange.body = self.flipped(exchange.body)
                exchange.seqs = list
                return None
            return with_body(exchange.reply, self.flipped(split_answer(exchange.reply)[1]))
        setattr(self.proxy, place, rule)
        self.push(code=ENDS)
        self.ledger.check_promises()
        self.proxy.calm()
        self.settle()

    def flipped(self, data):
        changed = bytearray(data)
        changed[self.chance.randrange(len(changed))] ^= 1 << self.chance.randrange(8)
        return bytes(changed)


def flip(file, byte, bit):
    """Flips one bit of a file in place."""
    with file.open('r+b') as stream:
        stream.seek(byte)
        value = stream.read(1)[0] ^ 1 << bit
        stream.seek(byte)
        stream.write(bytes([value]))


def copy_store(folder, to):
    """Copies a store that nobody has open; its socket is no part of it."""
    return shutil.copytree(folder, to, ignore=shutil.ignore_patterns('control'))
