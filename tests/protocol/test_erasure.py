# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person asked to be erased is gone from HQ's disk, and neither a tablet nor a backup brings it back."""

import contextlib
import json
import shutil
import sqlite3
import subprocess
import unittest

import sealing
from hq import HQ_PROGRAM, Headquarters, encode, environment, uuid7
from image import find_under
from records import QPV, contact, observation, referral

REFERENCE, WHERE, REFUSED = 'ZQK7-F3XW', 'sous le porche Marcassin', 'Mme Brindavoine, 06 39 98 47 11'
WHY = 'demande de la personne'


class ErasureCase(unittest.TestCase):

    def setUp(self):
        self.hq = Headquarters(behind_nginx=False)
        self.addCleanup(self.hq.close)
        self.hq.start()
        self.device = self.hq.device()
        self.key = self.hq.hello()['seal_key']

    def sealed(self, record, rev=1, name='Zoraïde'):
        return sealing.seal(self.key, record, rev, {'name': name})

    def refer(self, **fields):
        """A referral with a sealed part, which HQ has; its line."""
        record = uuid7()
        line = self.device.line('referral', referral(consent=True, reference=REFERENCE, **fields), id=record, place=QPV,
                                private=self.sealed(record))
        self.push(line)
        return line

    def push(self, *lines):
        receipt = self.device.push(lines)
        self.assertEqual(receipt['problems'], [])
        return receipt

    def again(self, line, rev, **fields):
        return {**line, 'seq': self.device.next_seq(), 'rev': rev, **fields}

    def erase(self, line, scope='record'):
        self.hq.must('erase', line['id'], '--scope', scope, '--why', WHY, '--as', 'Claire')

    def rows(self, query, *values):
        with contextlib.closing(sqlite3.connect(f'{(self.hq.store / "hq.db").as_uri()}?mode=ro', uri=True)) as store:
            return store.execute(query, values).fetchall()

    def execute(self, statement):
        with contextlib.closing(sqlite3.connect(self.hq.store / 'hq.db')) as store:
            store.execute(statement)
            store.commit()

    def found(self, *texts):
        """Which of them lie anywhere below HQ's folder, beside what was said about tablets and by programs."""
        return sorted({one.secret for one in find_under([self.hq.folder], texts)})

    def assert_gone(self, *texts):
        self.assertEqual(self.found(*texts), [])

    def assert_kept(self, *texts):
        self.assertEqual(self.found(*texts), sorted(texts))

    def assert_sound(self):
        self.hq.must('verify')
        last = max(self.device.notes)
        self.assertEqual(self.device.digest(1, last), self.device.own_digest(1, last))


class Erased(ErasureCase):

    def test_the_sealed_part_goes_and_the_record_counts(self):
        line = self.refer()
        later = self.again(line, 2, private=self.sealed(line['id'], 2, 'Flambertin'))
        self.push(later)
        other = self.refer()
        before = self.hq.figures()
        secrets = [line['private'], later['private']]
        self.assert_kept(*secrets, other['private'])
        self.erase(line, 'private')
        self.assert_gone(*secrets)
        self.assert_kept(other['private'])
        exported = self.hq.export()
        self.assertFalse(exported[line['id']]['has_private'])
        self.assertTrue(exported[other['id']]['has_private'])
        self.assertEqual(exported[line['id']]['data'], later['data'])
        self.assertEqual(self.hq.figures(), before)
        self.assert_sound()

    def test_all_of_a_record_goes(self):
        line = self.refer(due='2026-12-24')
        self.hq.must('referral', line['id'], 'acceptee')
        self.assert_kept(REFERENCE, line['private'])
        self.assertEqual(self.hq.figures()['referrals'], 1)
        self.erase(line)
        self.assert_gone(REFERENCE, line['private'], '2026-12-24')
        self.assertEqual(self.hq.figures()['referrals'], 0)
        self.assertNotIn('data', self.hq.export()[line['id']])
        self.assertTrue(self.hq.export()[line['id']]['deleted'])
        self.assert_sound()

    def test_what_comes_again_is_a_duplicate(self):
        line = self.refer()
        self.erase(line)
        receipt = self.push(line)
        self.assertEqual((receipt['stored'], receipt['duplicate']), (0, 1))
        self.assert_gone(line['private'], REFERENCE)
        self.assert_sound()

    def test_a_revision_that_comes_late_is_erased_on_its_arrival(self):
        line = self.refer()
        self.erase(line)
        late = self.again(line, 2, data=referral(consent=True, due='2031-05-06', reference=REFERENCE),
                          private=self.sealed(line['id'], 2))
        self.assertEqual(self.push(late)['stored'], 1)
        self.assert_gone(line['private'], late['private'], REFERENCE, '2031-05-06')
        self.assertEqual(self.hq.figures()['referrals'], 0)
        logged = [json.loads(entry) for entry in self.hq.must('log').splitlines()]
        self.assertEqual([(entry['who'], entry['subject']) for entry in logged if entry['what'] == 'erased-on-arrival'],
                         [('tablette', line['id'])])
        self.assertEqual(self.push(late)['duplicate'], 1)
        self.assert_sound()

    def test_a_sealed_part_that_comes_late_is_erased_and_the_rest_counts(self):
        line = self.refer()
        self.erase(line, 'private')
        late = self.again(line, 2, data=referral(consent=True, status='prise_en_charge'), private=self.sealed(line['id'], 2))
        self.push(late)
        self.assert_gone(late['private'])
        self.assertEqual(self.hq.figures()['referrals_by_status']['prise_en_charge'], 1)
        self.assertFalse(self.hq.export()[line['id']]['has_private'])
        self.assert_sound()

    def test_what_was_refused_goes_too(self):
        line = self.refer()
        refused = self.again(line, 2, data={**line['data'], 'status': REFUSED})
        other = {**line, 'data': {**line['data'], 'theme': 'logement'}, 'place': 'insee:69266'}
        long = encode({**self.again(line, 3), 'what': WHERE * 2000})
        for bad in (refused, other, long):
            self.device.put(encode(bad) + b'\n')
        self.assertEqual(self.rows('SELECT COUNT (*) FROM quarantine'), [(3,)])
        self.assert_kept(REFUSED, WHERE)
        self.erase(line)
        self.assert_gone(REFUSED, WHERE, line['private'], REFERENCE)
        self.device.put(encode(refused) + b'\n')
        self.assert_gone(REFUSED)
        self.assertEqual(self.rows('SELECT COUNT (*) FROM quarantine'), [(3,)])

    def test_what_is_no_json_goes_where_the_record_is_named_in_it(self):
        line = self.refer()
        torn = encode({**self.again(line, 2), 'what': REFUSED})[:-2]
        # SQLite reads text to its first NUL: what stands before it is JSON here.
        hidden = b'{}\0' + encode({**self.again(line, 3), 'what': WHERE})
        self.device.put(torn + b'\n' + hidden + b'\n')
        self.assert_kept(REFUSED, WHERE)
        self.erase(line)
        self.assert_gone(REFUSED, WHERE)
        self.hq.device('Une autre').put(torn + b'\n' + hidden + b'\n')
        self.assert_gone(REFUSED, WHERE)
        self.hq.restart()
        self.hq.must('purge')
        self.assert_sound()

    def test_what_another_record_says_stays_though_it_names_this_one(self):
        line = self.refer()
        long = encode({**self.device.line('referral', referral(contact=line['id'])), 'what': WHERE * 2000})
        self.device.put(long + b'\n')
        self.erase(line)
        self.assert_kept(WHERE)
        self.assertEqual(self.rows('SELECT settled FROM quarantine'), [(None,)])

    def test_it_stays_so_in_a_rebuilt_store(self):
        line = self.refer()
        kept = self.device.line('observation', observation(where=WHERE), place=QPV)
        self.push(kept)
        self.erase(line)
        before = self.hq.export(), self.hq.figures()
        self.hq.stop()
        self.hq.must('rebuild')
        self.hq.start()
        self.assertEqual((self.hq.export(), self.hq.figures()), before)
        self.assert_gone(line['private'])
        self.assert_kept(WHERE)

    def test_a_contact_goes_from_what_came_of_it_and_from_its_shift(self):
        shift = self.device.line('shift', {'channel': 'espace_public'}, place=QPV)
        met = self.device.line('contact', contact(people=3, themes=['logement']), place=QPV, shift=shift['id'])
        sent = self.device.line('referral', referral(contact=met['id']), place=QPV, shift=shift['id'])
        self.push(shift, met, sent)
        self.erase(met)
        self.assertEqual((self.hq.figures()['people'], self.hq.figures()['referrals']), (0, 1))
        self.assert_sound()

    def test_what_many_references_left_in_the_file_goes(self):
        """Rows that were moved when pages became full."""
        lines = []
        for number in range(600):
            record = uuid7()
            lines.append(self.device.line('referral', referral(reference=f'{number * 7919 % 1000:03}-ZQ-{number}'),
                                          id=record, place=QPV))
        for start in range(0, 600, 100):
            self.push(*lines[start:start + 100])
        for line in lines[::40]:
            self.erase(line)
        self.assert_gone(*(line['data']['reference'] for line in lines[::40]))
        self.assert_sound()


class Restored(ErasureCase):

    def setUp(self):
        super().setUp()
        self.line, self.note = self.refer(), self.refer()
        self.backup = self.hq.folder / 'backup.db'
        self.hq.must('backup', self.backup)

    def restore(self):
        """The backup in the store's place; what stays of before it, its owner removes."""
        self.hq.stop()
        done = self.hq.run('restore', self.backup)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.aside = next(self.hq.store.glob('before-restore-*'))
        self.hq.start()
        self.device.epoch = self.hq.hello()['epoch']

    def remove_copies(self):
        self.backup.unlink()
        shutil.rmtree(self.aside)

    def assert_erased(self):
        self.remove_copies()
        self.assert_gone(self.line['private'], self.note['private'])
        exported = self.hq.export()
        self.assertTrue(exported[self.line['id']]['deleted'])
        self.assertFalse(exported[self.note['id']]['has_private'])
        self.assertEqual(self.hq.figures()['referrals'], 1)
        self.assert_sound()

    def erase_both(self):
        self.erase(self.line)
        self.erase(self.note, 'private')

    def test_a_backup_brings_nothing_back(self):
        self.erase_both()
        self.restore()
        self.assert_erased()

    def test_nor_does_one_without_the_store_that_it_is_for(self):
        self.erase_both()
        self.hq.stop()
        shutil.rmtree(self.hq.store)
        self.hq.store.mkdir()
        done = self.hq.run('restore', self.backup)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.hq.start()
        self.device.epoch = self.hq.hello()['epoch']
        self.backup.unlink()
        self.assert_gone(self.line['private'], self.note['private'])
        self.assert_sound()

    def test_nor_one_with_the_store_but_without_the_list(self):
        self.erase_both()
        (self.hq.folder / 'store.erased').unlink()
        self.restore()
        self.assert_erased()
        listed = (self.hq.folder / 'store.erased').read_text()
        self.assertIn(self.line['id'], listed)
        self.assertIn(self.note['id'], listed)

    def test_what_the_tablet_sends_again_stays_erased(self):
        late = self.again(self.line, 2, private=self.sealed(self.line['id'], 2))
        self.push(late)
        self.erase_both()
        self.restore()
        self.device.notes.pop(late['seq'])
        self.assertEqual(self.push(self.line)['duplicate'], 1)
        self.assertEqual(self.push(late)['stored'], 1)
        self.remove_copies()
        self.assert_gone(self.line['private'], late['private'])
        self.assertEqual(self.hq.figures()['referrals'], 1)
        self.assert_sound()

    def test_the_list_names_nobody(self):
        self.erase_both()
        path = self.hq.folder / 'store.erased'
        self.assertEqual(path.stat().st_mode & 0o777, 0o600)
        entries = [json.loads(entry) for entry in path.read_text().split('\n') if entry]
        self.assertEqual([(entry['id'], entry['scope']) for entry in entries],
                         [(self.line['id'], 'record'), (self.note['id'], 'private')])
        self.assertEqual({frozenset(entry) for entry in entries}, {frozenset(('id', 'scope', 'at'))})

    def test_what_hq_decided_since_is_carried_over(self):
        self.hq.must('referral', self.line['id'], 'prise_en_charge')
        subprocess.run([HQ_PROGRAM, '--store', self.hq.store, 'user', 'add', 'Anne'], input='un long mot de passe\n', text=True,
                       check=True, env=environment())
        later = self.refer(status='acceptee')
        self.hq.must('referral', later['id'], 'close')
        self.execute("""INSERT INTO settings VALUES ('letterhead', '{"phone":"04 00 00 00 00"}')""")
        self.restore()
        self.assertEqual(self.rows("SELECT value FROM settings WHERE name = 'letterhead'"), [('{"phone":"04 00 00 00 00"}',)])
        self.assertEqual(self.hq.figures()['referrals_by_status'], {'prise_en_charge': 1, 'proposee': 1})
        self.device.notes.pop(later['seq'])
        self.push(later)
        self.assertEqual(self.hq.figures()['referrals_by_status'], {'prise_en_charge': 1, 'proposee': 1, 'close': 1})
        self.push(self.again(later, 2, data={**later['data'], 'status': 'sans_retour'}))
        self.assertEqual(self.hq.figures()['referrals_by_status'], {'prise_en_charge': 1, 'proposee': 1, 'sans_retour': 1})
        self.assertIn('Anne', self.hq.must('user', 'list'))
        items = self.device.get(self.device.path('news')).json()['items']
        self.assertEqual({(item['record'], item['status']) for item in items if item['kind'] == 'referral'},
                         {(self.line['id'], 'prise_en_charge'), (later['id'], 'close')})
        self.assert_sound()


class CutShort(ErasureCase):

    def test_what_only_the_list_has_is_erased_when_it_starts(self):
        """As after a power cut between the list and the store."""
        line = self.refer()
        self.hq.stop()
        entry = json.dumps({'id': line['id'], 'scope': 'record', 'at': '2026-11-24T18:12:03Z'})
        (self.hq.folder / 'store.erased').write_text(f'\n{{"id": "half-writ\n{entry}\n')
        self.hq.start()
        self.assert_gone(line['private'], REFERENCE)
        self.assertEqual(self.hq.figures()['referrals'], 0)
        self.assert_sound()

    def test_what_is_erased_when_it_starts_is_logged_once(self):
        lines = [self.refer(), self.refer()]
        self.hq.stop()
        entries = [{'id': line['id'], 'scope': scope, 'at': '2026-11-24T18:12:03Z'} for line, scope in zip(lines, ('record', 'private'))]
        (self.hq.folder / 'store.erased').write_text('\n'.join(map(json.dumps, entries)) + '\n')
        for _ in range(2):
            self.hq.start()
            logged = [json.loads(entry) for entry in self.hq.must('log').splitlines()]
            self.assertEqual([(entry['who'], entry['subject'], entry['detail']) for entry in logged if entry['what'] == 'erased-again'],
                             [('altm-field-hq', None, '2')])
            self.hq.stop()


class Refused(ErasureCase):

    def test_what_is_about_nobody_or_not_there(self):
        shift = self.device.line('shift', {'channel': 'espace_public'}, place=QPV)
        self.push(shift)
        for record in (shift['id'], uuid7()):
            self.assertEqual(self.hq.run('erase', record, '--why', WHY).returncode, 1)
        line = self.refer()
        self.assertEqual(self.hq.run('erase', line['id']).returncode, 2)
        self.assertEqual(self.hq.run('erase', line['id'], '--scope', 'all', '--why', WHY).returncode, 1)
        self.assertEqual(self.rows('SELECT * FROM erasures'), [])
        self.assertFalse((self.hq.folder / 'store.erased').exists())
        self.assertEqual(self.hq.export()[line['id']]['data'], line['data'])

    def test_the_journal_is_changed_in_no_other_way(self):
        lines = self.refer(), self.refer(), self.refer()
        self.erase(lines[0])
        self.erase(lines[1], 'private')
        self.hq.stop()
        stripped = "json_remove (CAST (bytes AS TEXT), '$.private')"
        changes = ["bytes = X'', left_sha256 = X'00'", "bytes = CAST (bytes || ' ' AS BLOB), left_sha256 = X'00'", 'rev = rev + 1', 'device = 9',
                   'received_at = 0', "sha256 = X'00'", "left_sha256 = X'00', id = id", 'skew = 7']
        with contextlib.closing(sqlite3.connect(self.hq.store / 'hq.db')) as store:
            for line, change in [*((line, change) for line in lines[1:] for change in changes),
                                 (lines[2], f"bytes = CAST ({stripped} AS BLOB), left_sha256 = X'00'")]:
                with self.subTest(change), self.assertRaisesRegex(sqlite3.IntegrityError, 'append-only'):
                    store.execute(f'UPDATE journal SET {change} WHERE id = ?', (line['id'],))
            for statement in ('DELETE FROM journal', 'DELETE FROM erasures', "UPDATE erasures SET scope = 'private'"):
                with self.subTest(statement), self.assertRaises(sqlite3.IntegrityError):
                    store.execute(statement)
            store.rollback()
            store.execute("INSERT INTO erasures (id, scope, at, who, why) VALUES (?, 'private', 0, 'x', NULL)", (lines[2]['id'],))
            store.execute(f"UPDATE journal SET bytes = CAST ({stripped} AS BLOB), left_sha256 = X'00' WHERE id = ?", (lines[2]['id'],))

    def test_verify_still_finds_other_damage(self):
        lines = self.refer(), self.refer()
        self.erase(lines[0])
        self.hq.stop()
        for line in lines:
            with self.subTest(line['rev']), contextlib.closing(sqlite3.connect(self.hq.store / 'hq.db')) as store:
                store.execute('DROP TRIGGER IF EXISTS journal_is_never_changed')
                (before,), = store.execute('SELECT bytes FROM journal WHERE id = ?', (line['id'],))
                store.execute('UPDATE journal SET bytes = ? WHERE id = ?', (before.replace(b'referral', b'observat'), line['id']))
                store.commit()
                self.assertEqual(self.hq.run('verify').returncode, 1)
                store.execute('UPDATE journal SET bytes = ? WHERE id = ?', (before, line['id']))
                store.commit()
                self.assertEqual(self.hq.run('verify').returncode, 0)


if __name__ == '__main__':
    unittest.main()
