# SPDX-License-Identifier: GPL-3.0-or-later
"""Stores that are not what they were: HQ restored from an old backup, a tablet restored from an old
copy, two tablets from one image; and a device that HQ has revoked."""

import shutil
import socket
import uuid

from cells import FaultCase, cell, in_long, load_tests  # noqa: F401 (unittest looks for load_tests)
from ledger import DONE, KILLED, NOT_ALL, NOT_REACHED, QUARANTINED, change, query

from hq import PATIENCE
from preload import KILL_BEFORE, spread
from proxy import Cut, Road
from records import contact
from tablet import record

ROUNDS = in_long(50, 2)


class BackedUp(FaultCase):

    def backup(self):
        self.file = self.hq.folder / f'{uuid.uuid4()}.db'
        self.hq.must('backup', self.file)


class HeadquartersRestored(BackedUp):

    fault = 'HQ restored from an old backup'

    def restore(self):
        self.hq.stop()
        self.hq.must('restore', self.file)
        self.hq.start()

    @cell('hello')
    def test_hello(self):
        """What HQ has lost is sent again by itself, though nothing else waits."""
        for _ in range(ROUNDS):
            self.recorder.add(3)
            self.push()
            self.backup()
            self.recorder.add(3)
            self.push()
            self.restore()
            self.settle()
        self.ledger.check_whole()

    @cell('digest')
    def test_digest(self):
        """It is restored once more while it is compared with."""
        for _ in range(ROUNDS):
            self.recorder.add(3)
            self.push()
            self.backup()
            self.recorder.add(20)
            self.push()
            self.restore()
            self.proxy.calm()
            self.restore_at('digest', 2)
            self.push(code=(DONE, NOT_ALL, NOT_REACHED))
            self.proxy.calm()
            self.settle()
        self.ledger.check_whole()

    def restore_at(self, step, number):
        """At the step's request of this number HQ is restored, and then it answers."""
        seen = []

        def rule(exchange):
            seen.append(exchange.step)
            if exchange.step != step or seen.count(step) != number:
                return None
            self.restore()
            with socket.create_connection(('127.0.0.1', self.hq.port), PATIENCE) as connection:
                connection.sendall(exchange.raw)
                return Road(connection).read_reply(exchange.method)
        self.proxy.before = rule

    @cell('receipt')
    def test_receipt(self):
        """Between two batches: the next receipt has another epoch, and settles nothing."""
        for _ in range(ROUNDS):
            self.recorder.add(1)
            self.push()
            self.backup()
            self.recorder.add(6)
            self.proxy.calm()
            self.proxy.lines = 2
            self.restore_at('batch', 2)
            self.push(code=(DONE, NOT_ALL, NOT_REACHED))
            self.proxy.calm()
            self.settle()
        self.ledger.check_whole()

    @cell('news')
    def test_news(self):
        """Told again from the beginning, each once."""
        for _ in range(ROUNDS):
            self.want_news()
            self.recorder.add(1)
            self.push()
            self.backup()
            self.want_news()
            self.push()
            self.restore()
            self.want_news()
            self.settle()
            held = {name for name, in query(self.recorder.file, 'SELECT id FROM news')}
            told = {name for name, in query(self.ledger.file, 'SELECT id FROM news')}
            self.assertLessEqual(told, held)
        self.ledger.check_whole()

    @cell('batch request')
    def test_batch_request(self):
        """From before the tablet was enrolled: it says so, keeps all, and is enrolled again."""
        self.backup()
        recorder = self.new_recorder()
        self.recorders.append(recorder)
        recorder.enrol(self.proxy)
        recorder.add(5)
        self.push(recorder)
        self.restore()
        recorder.add(2)
        done = self.push(recorder, NOT_ALL)
        self.assertRegex(done.errors, 'enrol')
        self.assertEqual(len(recorder.lines()), 7)
        recorder.enrol(self.proxy)
        self.settle()
        self.ledger.check_whole()



class RestoreKilled(BackedUp):
    """There is a store at every moment: the one that was, or the one that is put in its place."""

    fault = "SIGKILL of HQ's restore"

    def restore_until(self, number):
        self.fault_at.arm(number, KILL_BEFORE, ('rename', 'fsync', 'fdatasync'), ('/store',))
        with self.fault_at.preloaded():
            return self.hq.run('restore', self.file).returncode

    @cell('open')
    def test_open(self):
        self.fault_at = self.new_fault()
        self.recorder.add(3)
        self.push()
        self.backup()
        self.recorder.add(3)
        self.push()
        self.hq.stop()
        pristine = self.hq.folder / 'pristine'
        shutil.copytree(self.hq.store, pristine, ignore=shutil.ignore_patterns('control'))
        self.assertEqual(self.restore_until(0), DONE)
        for number in spread(self.fault_at.seen, in_long(1000, 20)):
            shutil.rmtree(self.hq.store)
            shutil.copytree(pristine, self.hq.store)
            self.assertEqual(self.restore_until(number), KILLED)
            self.hq.start()
            self.settle()
            self.hq.stop()
        self.hq.start()


class TabletRestored(FaultCase):

    fault = 'tablet restored from an old copy'

    def copy(self):
        self.kept = self.tablet.folder / str(uuid.uuid4())
        shutil.copytree(self.tablet.store, self.kept)

    def put_back(self):
        self.recorder.remember()
        shutil.rmtree(self.tablet.store)
        shutil.copytree(self.kept, self.tablet.store)

    def forks(self):
        return query(self.ledger.file, 'SELECT COUNT (*) FROM devices WHERE forked_from IS NOT NULL')[0][0]

    @cell('batch request')
    def test_batch_request(self):
        """It gives out seqs that were used: HQ takes none of it, and the tablet forks."""
        for number in range(ROUNDS):
            self.copy()
            self.recorder.add(3)
            self.push()
            self.put_back()
            self.recorder.add(2)
            self.settle(forks=True)
            self.assertEqual(self.forks(), number + 1)
        self.ledger.check_whole(forks=True)

    @cell('hello')
    def test_hello(self):
        """With nothing recorded since: nothing is lost, and nothing has to be done."""
        for _ in range(ROUNDS):
            self.recorder.add(2)
            self.push()
            self.copy()
            self.recorder.add(2)
            self.push()
            self.put_back()
            self.push()
            self.ledger.check_promises()
            self.recorder.add(1)
            self.settle(forks=True)
        self.ledger.check_whole(forks=True)

    @cell('receipt')
    def test_receipt(self):
        """With lines queued that were acknowledged meanwhile: they are duplicates."""
        for _ in range(ROUNDS):
            self.recorder.add(3)
            self.copy()
            self.push()
            self.put_back()
            done = self.push()
            self.assertEqual((done.said['stored'], done.said['duplicate']), (0, 3))
            self.settle()
        self.ledger.check_whole()

    @cell('fork')
    def test_fork(self):
        """The answer to its fork is lost: the same fork is asked for again."""
        for number in range(ROUNDS):
            self.want_fork()
            self.recorder.add(2)
            self.proxy.calm()
            self.proxy.after = self.lose_fork
            self.push(code=NOT_REACHED)
            self.proxy.calm()
            self.settle(forks=True)
            self.assertEqual(self.forks(), number + 1)
        self.ledger.check_whole(forks=True)

    def lose_fork(self, exchange):
        if exchange.step == 'fork':
            raise Cut

    @cell('digest')
    def test_digest(self):
        """HQ holds a higher seq than the tablet ever gave out: it forks."""
        for number in range(ROUNDS):
            self.copy()
            self.recorder.add(3)
            self.push()
            self.put_back()
            self.want_comparison()
            self.push()
            self.recorder.add(1)
            self.settle(forks=True)
            self.assertEqual(self.forks(), number + 1)
        self.ledger.check_whole(forks=True)


class Cloned(FaultCase):

    fault = 'two tablets from one image'

    def clone(self):
        """Another tablet with a copy of the first one's store."""
        twin = self.new_recorder()
        shutil.copytree(self.tablet.store, twin.tablet.store)
        twin.device_id = self.recorder.device_id
        self.recorders.append(twin)
        return twin

    @cell('batch request')
    def test_batch_request(self):
        """Both record and send by turns."""
        for _ in range(ROUNDS):
            self.recorder.add(2)
            twin = self.clone()
            for _ in range(3):
                for recorder in (self.recorder, twin):
                    recorder.add(2)
                    self.push(recorder)
            self.settle(forks=True)
        devices = {recorder.setting('device_id') for recorder in self.recorders}
        self.assertEqual(len(devices), len(self.recorders))
        self.ledger.check_whole(forks=True)

    @cell('receipt')
    def test_receipt(self):
        """Both have the same lines queued: HQ has them once."""
        self.recorder.add(5)
        twin = self.clone()
        self.push()
        done = self.push(twin)
        self.assertEqual((done.said['stored'], done.said['duplicate']), (0, 5))
        self.settle(forks=True)
        self.ledger.check_whole(forks=True)

    @cell('settle')
    def test_settle(self):
        """Both correct the same record: HQ keeps the first, and shows the second, as they do. They
        are told apart by what they record next."""
        name = self.recorder.add(1)[0]
        self.push()
        twin = self.clone()
        twin.printed, twin.known = set(self.recorder.printed), dict(self.recorder.known)
        for people, recorder in enumerate((self.recorder, twin), 2):
            self.correct(recorder, name, people)
            self.push(recorder, (DONE, NOT_ALL))
            recorder.add(1)
            self.push(recorder, (DONE, NOT_ALL))
        self.settle(forks=True, quarantined=1)
        self.ledger.check_whole(forks=True, quarantined=1)

    def correct(self, recorder, name, people):
        records = [record(id=name, rev=2, data=contact(people=people))]
        recorder.saved(records, recorder.tablet.add_records(records))

    @cell('fork')
    def test_fork(self):
        """The image was made while a fork was asked for, so that both ask for the same: one of them
        is told to enrol again, and loses nothing."""
        self.want_fork()
        self.recorder.add(2)
        self.proxy.after = TabletRestored.lose_fork.__get__(self)
        self.push(code=NOT_REACHED)
        self.proxy.calm()
        twin = self.clone()
        for recorder in (self.recorder, twin):
            recorder.add(1)
            self.push(recorder)
        self.push(self.recorder, NOT_ALL)
        self.recorder.enrol(self.proxy)
        self.settle(forks=True)
        self.ledger.check_whole(forks=True)


class Revoked(FaultCase):
    """What a revoked device brings is kept aside at HQ, and the tablet shows it."""

    fault = 'revoked device'

    def revoke(self):
        self.hq.stop()
        change(self.ledger.file, ('UPDATE devices SET revoked_at = 1 WHERE device_id = ?',
                                  self.recorder.setting('device_id')))
        self.hq.start()

    def check_aside(self, count):
        self.settle(quarantined=count, forks=False)
        self.ledger.check_whole(quarantined=count)
        reasons = query(self.recorder.file, 'SELECT DISTINCT reason FROM lines WHERE state = ?', QUARANTINED)
        self.assertEqual(reasons, [('revoked',)])

    @cell('batch request')
    def test_batch_request(self):
        self.recorder.add(3)
        self.push()
        self.revoke()
        self.recorder.add(2)
        self.push(code=NOT_ALL)
        self.check_aside(2)

    @cell('receipt')
    def test_receipt(self):
        """Revoked after it had taken them, before the receipt arrived: they are duplicates."""
        self.recorder.add(3)

        def lose(exchange):
            if exchange.step == 'batch':
                raise Cut
        self.proxy.after = lose
        self.push(code=NOT_REACHED)
        self.proxy.calm()
        self.revoke()
        done = self.push()
        self.assertEqual(done.said['duplicate'], 3)
        self.recorder.add(1)
        self.push(code=NOT_ALL)
        self.check_aside(1)

    @cell('digest')
    def test_digest(self):
        self.recorder.add(3)
        self.push()
        self.revoke()
        self.want_comparison()
        self.recorder.add(1)
        self.push(code=NOT_ALL)
        self.check_aside(1)

    @cell('fork')
    def test_fork(self):
        """It may not fork: it stays who it was, and what it holds is safe on it."""
        self.recorder.add(1)
        self.push()
        kept = shutil.copytree(self.tablet.store, self.tablet.folder / 'kept')
        self.recorder.add(2)
        self.push()
        self.recorder.remember()
        shutil.rmtree(self.tablet.store)
        kept.rename(self.tablet.store)
        self.revoke()
        self.want_comparison()
        self.recorder.add(1)
        self.push(code=NOT_ALL)
        self.ledger.check_promises()
        self.assertEqual(len(self.recorder.lines()), 2)
        self.recorder.enrol(self.proxy)
        self.settle(forks=True)
        self.ledger.check_whole(forks=True)

    @cell('news')
    def test_news(self):
        """Only `wipe` is told, and the tablet is emptied once HQ has answered all that it held."""
        self.recorder.add(3)
        self.push()
        self.tell(self.recorder, [{'kind': 'message', 'text': 'bonjour'}, {'kind': 'wipe'}])
        self.revoke()
        self.recorder.add(2)
        self.recorder.remember()
        self.push(code=NOT_ALL)
        _, known = self.ledger.check_promises()
        aside = self.ledger.quarantine()
        self.assertEqual(len(aside), 2)
        self.assertEqual(known - set(self.ledger.journal()), aside)
        self.assertEqual(self.recorder.lines(), [])
        self.assertIsNone(self.recorder.setting('token'))
        self.assertEqual(query(self.recorder.file, 'SELECT kind FROM news'), [])
        self.ran()
