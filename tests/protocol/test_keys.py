# SPDX-License-Identifier: GPL-3.0-or-later
"""The real programs: who may read, and who read."""

import json
import os
import pty
import sqlite3
import subprocess
import termios
import time
import unittest
from pathlib import Path

from holders import CLAIRE, LATER, NADIA, SECRET, WRONG, KeysCase
from hq import HQ_PROGRAM, PATIENCE, Headquarters, environment, run_program
from sealing import key_id, split


class Reading(KeysCase):

    def test_nobody_reads_before_somebody_holds_the_key(self):
        record = self.enrolled()
        self.assert_refused(self.open(record))
        self.assertFalse(self.keys()[0]['protected'])
        self.assertEqual(self.whats()[-1], 'open-refused')

    def test_a_note_is_opened_by_its_passphrase_and_noted_first(self):
        record = self.enrolled()
        self.protect()
        self.assert_opens(record, SECRET)
        last = self.log()[-1]
        self.assertEqual((last['who'], last['what'], last['subject'], last['why']),
                         ('Claire', 'opened', record, 'suivi demandé'))
        self.assertNotIn(SECRET, self.hq.must('log'))

    def test_a_wrong_passphrase_is_noted_too(self):
        record = self.enrolled()
        self.protect()
        for passphrase, name in ((WRONG, 'Claire'), (CLAIRE, 'Nadia'), ('', 'Claire')):
            done = self.open(record, passphrase, name)
            self.assert_refused(done)
            self.assertNotIn(SECRET, done.stderr)
            last = self.log()[-1]
            self.assertEqual((last['who'], last['what'], last['subject']),
                             (name, 'open-refused', record))
        self.assertNotIn(WRONG, self.hq.must('log'))

    def test_who_and_why_are_asked_for(self):
        record = self.enrolled()
        self.protect()
        for words in (['--as', 'Claire'], ['--why', 'x'], ['--as', 'Claire', '--why', '']):
            done = self.typed('open', record, *words, lines=[CLAIRE])
            self.assertEqual((done.returncode, done.stdout), (2, ''), words)

    def test_what_is_not_there_is_said(self):
        self.enrolled()
        (bare,) = self.tablet.add()
        self.assertEqual(self.tablet.push().code, 0)
        self.protect()
        self.assert_refused(self.open(bare))
        self.assert_refused(self.open('0192f0c1-7b6a-7c3e-9d2f-3b1f6c0a9e11'))
        self.assert_refused(self.open(bare, CLAIRE, 'Claire', '--rev', '2'))

    def test_it_is_opened_one_by_one_also_when_nobody_serves(self):
        record = self.enrolled()
        self.protect()
        self.hq.stop()
        self.assert_opens(record, SECRET)
        self.assertEqual(self.whats()[-1], 'opened')
        done = self.typed('open', record, record, '--as', 'Claire', '--why', 'x', lines=[CLAIRE])
        self.assertEqual((done.returncode, done.stdout), (2, ''))

    def test_nothing_is_shown_that_could_not_be_noted(self):
        record = self.enrolled()
        self.protect()
        self.hq.stop()
        held = sqlite3.connect(self.hq.store / 'hq.db', isolation_level=None)
        self.addCleanup(held.close)
        held.execute('CREATE TRIGGER full BEFORE INSERT ON log'
                     " BEGIN SELECT RAISE (FAIL, 'full'); END")
        done = self.open(record)
        self.assert_refused(done)
        self.assertNotIn(SECRET, done.stderr)


class Holders(KeysCase):

    def test_protecting_leaves_no_open_key_and_serving_goes_on(self):
        record = self.enrolled()
        secret = self.beside('.key').read_text().strip()
        before = self.hq.hello()['seal_key']
        self.protect()
        self.assertFalse(self.beside('.key').exists())
        self.assertEqual(self.beside('.keys').stat().st_mode & 0o777, 0o600)
        for path in self.hq.folder.rglob('*'):
            if path.is_file():
                self.assertNotIn(secret.encode(), path.read_bytes(), path)
        self.assertEqual(self.hq.hello()['seal_key'], before)
        self.hq.restart()
        self.assertEqual(self.hq.hello()['seal_key'], before)
        self.assertFalse(self.beside('.key').exists())
        self.assert_opens(record, SECRET)

    def test_a_new_headquarters_is_protected_before_it_ever_served(self):
        other = Headquarters()
        self.addCleanup(other.close)
        done = run_program(HQ_PROGRAM, '--store', other.store, 'keys', 'protect', 'Claire',
                           data=CLAIRE + '\n')
        self.assertEqual(done.returncode, 0, done.stderr)
        other.start()
        self.assertFalse(Path(f'{other.store}.key').exists())
        (key,) = [json.loads(line) for line in other.must('keys').splitlines()]
        self.assertEqual(key['key'], other.hello()['seal_key'].partition('.')[0])

    def test_rotation_takes_effect_while_it_serves_and_old_notes_open(self):
        record = self.enrolled()
        self.protect()
        before = self.hq.hello()['seal_key']
        self.hq.must('keys', 'rotate')
        after = self.hq.hello()['seal_key']
        self.assertNotEqual(after, before)
        name, public = split(after)
        self.assertEqual(name, key_id(public))
        later = self.add(LATER)
        self.assert_opens(record, SECRET)
        self.assert_opens(later, LATER)
        self.assertEqual([key['current'] for key in self.keys()], [False, True])
        self.hq.restart()
        self.assertEqual(self.hq.hello()['seal_key'], after)

    def test_a_tablet_that_was_away_may_still_seal_to_the_old_key(self):
        self.enrolled()
        self.protect()
        (record,) = self.tablet.add(private={'note': LATER})
        self.hq.must('keys', 'rotate')
        self.assertEqual(self.tablet.push().code, 0)
        self.assert_opens(record, LATER)

    def test_two_hold_the_keys_and_one_is_withdrawn(self):
        record = self.enrolled()
        self.protect()
        self.assert_refused(self.typed('keys', 'grant', 'Nadia', lines=[WRONG, NADIA]))
        self.must_type('keys', 'grant', 'Nadia', lines=[CLAIRE, NADIA])
        self.assert_opens(record, SECRET, NADIA, 'Nadia')
        self.assertEqual(self.keys()[0]['holders'], ['Claire', 'Nadia'])
        self.hq.must('keys', 'withdraw', 'Claire')
        self.assert_refused(self.open(record))
        self.assert_opens(record, SECRET, NADIA, 'Nadia')
        self.assert_refused(self.hq.run('keys', 'withdraw', 'Nadia'))
        self.must_type('keys', 'passphrase', 'Nadia', lines=[NADIA, CLAIRE])
        self.assert_refused(self.open(record, NADIA, 'Nadia'))
        self.assert_opens(record, SECRET, CLAIRE, 'Nadia')
        noted = [what for what in self.whats() if what.startswith(('keys', 'pass'))]
        self.assertEqual(noted, ['keys-protected', 'passphrase-refused', 'keys-granted',
                                 'keys-withdrawn', 'passphrase-changed'])

    def test_whose_passphrase_is_asked_for_has_to_be_said(self):
        self.protect()
        self.must_type('keys', 'grant', 'Nadia', lines=[CLAIRE, NADIA])
        self.assert_refused(self.typed('keys', 'grant', 'Paul', lines=[NADIA, 'encore une phrase']))
        self.must_type('keys', 'grant', 'Paul', '--as', 'Nadia', lines=[NADIA, 'encore une phrase'])
        self.assertEqual(self.keys()[0]['holders'], ['Claire', 'Nadia', 'Paul'])

    def test_a_missing_keys_file_never_makes_a_new_key_in_silence(self):
        record = self.enrolled()
        self.protect()
        self.hq.stop()
        kept = self.hq.folder / 'kept.keys'
        self.beside('.keys').rename(kept)
        for command in (('serve', '--listen', '127.0.0.1:0'), ('keys', 'protect', 'Nadia')):
            done = self.typed(*command, lines=[NADIA])
            self.assert_refused(done)
            self.assertIn('abandon', done.stderr)
        self.assertFalse(self.beside('.key').exists())
        self.assertFalse(self.beside('.keys').exists())
        self.assertEqual(self.hq.run('keys', 'abandon', '--keys', kept).returncode, 2)
        self.hq.options = ('--keys', kept)
        self.hq.start()
        done = self.open(record, CLAIRE, 'Claire', '--keys', kept)
        self.assertEqual((done.returncode, json.loads(done.stdout)), (0, {'note': SECRET}))

    def test_a_lost_key_is_given_up_by_its_own_command_alone(self):
        record = self.enrolled()
        self.protect()
        before = self.hq.hello()['seal_key']
        self.hq.stop()
        self.beside('.keys').unlink()
        self.hq.must('keys', 'abandon')
        self.hq.start()
        self.assertNotEqual(self.hq.hello()['seal_key'], before)
        self.protect()
        self.assert_refused(self.open(record))
        self.assertEqual(self.tablet.push().code, 0)  # which tells the tablet of the new key
        self.assert_opens(self.add(LATER), LATER)
        self.assertIn('key-abandoned', self.whats())


class Secrets(KeysCase):

    def protecting(self):
        return [HQ_PROGRAM, '--store', self.hq.store, 'keys', 'protect', 'Claire']

    def test_store_backup_and_export_hold_no_note(self):
        self.enrolled()
        self.protect()
        self.hq.must('keys', 'rotate')
        self.add(LATER)
        backup = self.hq.folder / 'kept.backup'
        self.hq.must('backup', backup)
        export = self.hq.must('export', '--format', 'ndjson')
        self.assertIn('"has_private":true', export)
        self.hq.stop()
        everything = {path: path.read_bytes() for path in self.hq.folder.rglob('*')
                      if path.is_file()}
        self.assertIn(backup, everything)
        for planted in (SECRET, LATER, CLAIRE):
            self.assertNotIn(planted, export)
            for form in (planted.encode(), planted.encode('utf-16-le'),
                         json.dumps(planted).encode()):
                for path, data in everything.items():
                    self.assertNotIn(form, data, path)
        self.assertIn('exported', self.whats())

    def test_no_passphrase_is_in_the_arguments_or_the_environment(self):
        self.enrolled()
        process = subprocess.Popen(self.protecting(), stdin=subprocess.PIPE, env=environment(),
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            process.stdin.write(CLAIRE.encode() + b'\n')
            process.stdin.flush()
            for name in ('cmdline', 'environ'):
                with open(f'/proc/{process.pid}/{name}', 'rb') as file:
                    self.assertNotIn(CLAIRE.encode(), file.read())
        finally:
            process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 0)
        for words in (['--passphrase', CLAIRE], [CLAIRE]):
            self.assertEqual(self.hq.run('keys', 'grant', 'Nadia', *words).returncode, 2)

    def test_the_terminal_shows_nothing_of_what_is_typed(self):
        self.enrolled()
        screen, keyboard = pty.openpty()
        self.addCleanup(os.close, screen)
        process = subprocess.Popen(self.protecting(), stdin=keyboard, stdout=keyboard, stderr=keyboard,
                                   env=environment(), start_new_session=True)
        os.close(keyboard)
        shown = b''
        for prompt in (b'New passphrase of Claire: ', b'The same once more: '):
            shown += read_until(screen, prompt)
            self.assertFalse(termios.tcgetattr(screen)[3] & termios.ECHO)
            os.write(screen, CLAIRE.encode() + b'\n')
        shown += read_until_end(screen)
        self.assertEqual(process.wait(PATIENCE), 0, shown)
        self.assertNotIn(CLAIRE.encode(), shown)
        self.assertTrue(self.keys()[0]['protected'])


def read_until(screen, wanted):
    """What a terminal shows until it shows this; the echo is off from then on."""
    shown, deadline = b'', time.monotonic() + PATIENCE
    while wanted not in shown:
        if time.monotonic() > deadline:
            raise AssertionError(f'{wanted} never came: {shown}')
        shown += os.read(screen, 4096)
    while termios.tcgetattr(screen)[3] & termios.ECHO:
        if time.monotonic() > deadline:
            raise AssertionError('the echo stays on')
        time.sleep(0.01)
    return shown


def read_until_end(screen):
    shown = b''
    try:
        while chunk := os.read(screen, 4096):
            shown += chunk
    except OSError:
        """The other side closed its terminal."""
    return shown


if __name__ == '__main__':
    unittest.main()
