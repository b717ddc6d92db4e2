# SPDX-License-Identifier: GPL-3.0-or-later
"""What HQ keeps: over a restart, a crash, a backup, a restore and a rebuild."""

import sqlite3
import unittest
import uuid

import records
import tally
from hq import Headquarters, HeadquartersCase, as_body
from records import contact

IN_USE = 4


class Keeping(HeadquartersCase):

    @classmethod
    def setUpClass(cls):
        """Each test has a headquarters of its own, to stop and to break."""

    def setUp(self):
        self.hq = Headquarters()
        self.addCleanup(self.hq.close)
        self.hq.start()

    def filled(self):
        """A tablet whose records HQ has."""
        device = self.hq.device()
        self.lines = records.least(device) + records.whole(device)
        device.push(self.lines)
        return device

    def picture(self):
        """All that HQ shows of what it has."""
        return tally.comparable(self.hq.figures()), self.hq.export()

    def stop(self):
        self.hq.stop()

    def assert_all_there(self, device, picture):
        self.assert_same_notes(device)
        self.assertEqual(self.picture(), picture)


class Restarts(Keeping):

    def test_restart_keeps_everything(self):
        device, batch = self.filled(), str(uuid.uuid4())
        line = device.line('contact', contact())
        device.push([line], batch)
        hello, picture = self.hq.hello(), self.picture()
        tag = device.get('/v1/reference').headers['ETag']
        self.hq.restart()
        again = self.hq.hello()
        for name in ('epoch', 'seal_key', 'lists', 'limits', 'name'):
            self.assertEqual(again[name], hello[name])
        self.assert_all_there(device, picture)
        self.assertEqual(device.get('/v1/reference').headers['ETag'], tag)
        self.assertEqual(device.push([line], batch)['duplicate'], 1)
        self.assert_problem(device.put(as_body([device.line('contact', contact())]), batch),
                            409, 'batch-reused')

    def test_power_cut_keeps_every_receipt(self):
        device = self.filled()
        for _ in range(5):
            device.push([device.line('contact', contact()) for _ in range(20)])
            self.hq.kill()
            self.hq.start()
            self.assert_same_notes(device)
        self.assert_serves(device)

    def test_code_outlives_a_restart(self):
        code = self.hq.code()
        self.hq.restart()
        self.assertEqual(self.hq.enrol(code, str(uuid.uuid4())).status, 201)

    def test_commands_work_without_the_server(self):
        self.filled()
        picture = self.picture()
        self.stop()
        self.assertEqual(self.picture(), picture)
        self.assertRegex(self.hq.code(), r'^[A-Z0-9-]{8,}$')

    def test_second_server_is_told_that_the_store_is_in_use(self):
        done = self.hq.run('serve', '--listen', '127.0.0.1:0')
        self.assertEqual(done.returncode, IN_USE, done)
        self.assertTrue(done.stderr.strip())

    def test_wrong_use(self):
        for arguments in (['nonsense'], [], ['backup'], ['restore'], ['figures', '--nonsense'],
                          ['export', '--format', 'nonsense']):
            done = self.hq.run(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertTrue(done.stderr.strip(), arguments)


class Backups(Keeping):

    def backup(self):
        target = self.hq.folder / 'kept.backup'
        self.hq.must('backup', target)
        self.assertGreater(target.stat().st_size, 0)
        return target

    def test_restore_is_refused_while_it_serves(self):
        device = self.filled()
        target, picture = self.backup(), self.picture()
        done = self.hq.run('restore', target)
        self.assertEqual(done.returncode, IN_USE, done)
        self.assertTrue(done.stderr.strip())
        self.assert_all_there(device, picture)

    def test_restore_gives_back_what_was_kept_under_a_new_epoch(self):
        device = self.filled()
        target, picture, hello = self.backup(), self.picture(), self.hq.hello()
        kept = dict(device.notes)
        later = [device.line('contact', contact()) for _ in range(4)]
        device.push(later)
        self.restore(target)
        again = self.hq.hello()
        self.assertNotEqual(again['epoch'], hello['epoch'])
        self.assertEqual(again['seal_key'], hello['seal_key'])
        device.epoch, device.notes = again['epoch'], kept
        self.assert_all_there(device, picture)
        self.assertEqual(device.push(later)['stored'], 4)

    def restore(self, target):
        self.stop()
        self.hq.must('restore', target)
        self.hq.start()

    def test_every_restore_makes_another_epoch(self):
        self.filled()
        target, epochs = self.backup(), [self.hq.hello()['epoch']]
        for _ in range(3):
            self.restore(target)
            epochs.append(self.hq.hello()['epoch'])
        self.assertEqual(len(set(epochs)), 4)

    def test_old_store_is_set_aside_whole(self):
        device = self.filled()
        target = self.backup()
        line = device.line('contact', contact())
        device.push([line])
        self.restore(target)
        self.assertNotIn(line['id'], self.hq.export())
        self.assertIn(line['id'], ids_in_stores(self.hq.folder))

    def test_backup_while_tablets_push(self):
        device = self.filled()
        for number in range(5):
            device.push([device.line('contact', contact()) for _ in range(50)])
            self.hq.must('backup', self.hq.folder / f'{number}.backup')
        self.assert_serves(device)

    def test_what_is_no_backup_replaces_nothing(self):
        device = self.filled()
        picture = self.picture()
        self.stop()
        for content in (b'', b'not a backup', b'SQLite format 3\0' + bytes(4096)):
            broken = self.hq.folder / 'broken.backup'
            broken.write_bytes(content)
            done = self.hq.run('restore', broken)
            self.assertEqual(done.returncode, 1, (content[:20], done))
            self.assertTrue(done.stderr.strip())
        self.assertEqual(self.hq.run('restore', self.hq.folder / 'absent').returncode, 1)
        self.hq.start()
        self.assert_all_there(device, picture)


def ids_in_stores(folder):
    """Every id that a line in any SQLite database below the folder names."""
    found = set()
    for path in folder.rglob('*.db*'):
        if path.is_file() and path.read_bytes()[:16] == b'SQLite format 3\0':
            found |= journal_ids(path)
    return found


def journal_ids(path):
    database = sqlite3.connect(f'{path.as_uri()}?mode=ro', uri=True)
    try:
        return {row[0] for row in database.execute(
            "SELECT json_extract (bytes, '$.id') FROM journal WHERE json_valid (bytes)")}
    finally:
        database.close()


class Rebuilds(Keeping):

    def test_rebuild_gives_the_same_figures(self):
        device = self.filled()
        device.push([b'not json', device.line('contact', contact(people=501)),
                     device.line('contact', contact(people=3), v=2)])
        picture = self.picture()
        self.stop()
        self.hq.must('rebuild')
        self.assertEqual(self.picture(), picture)
        self.hq.start()
        self.assert_all_there(device, picture)

    def test_verify_finds_nothing(self):
        self.filled()
        self.hq.must('verify')
        self.stop()
        self.hq.must('verify')
        self.hq.must('rebuild')
        self.hq.must('verify')

    def test_verify_finds_a_changed_byte(self):
        self.filled()
        self.stop()
        database = sqlite3.connect(self.hq.store / 'hq.db')
        for (name,) in database.execute(
                "SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE journal SET bytes = "
                         "CAST (replace (CAST (bytes AS TEXT), 'habitant', 'habitanT') AS BLOB)")
        self.assertGreater(database.total_changes, 0)
        database.commit()
        database.close()
        done = self.hq.run('verify')
        self.assertEqual(done.returncode, 1, done)
        self.assertTrue(done.stderr.strip())


if __name__ == '__main__':
    unittest.main()
