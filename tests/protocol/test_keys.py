# SPDX-License-Identifier: GPL-3.0-or-later
"""The real programs: who may read, who read, and tablets that are lost."""

import contextlib
import json
import os
import pty
import sqlite3
import subprocess
import termios
import time
import unittest
from pathlib import Path

from hq import HQ_PROGRAM, PATIENCE, Headquarters, HeadquartersCase, environment, run_program
from records import contact
from sealing import key_id, split
from tablet import Tablet

CLAIRE = 'quatre mots choisis au hasard'
NADIA = 'autre phrase, assez longue'
WRONG = 'quatre mots choisis au hasarD'
SECRET = 'Mme Planté, 06 39 98 00 11'
LATER = 'M. Semé, 06 39 98 00 22'


class Keys(HeadquartersCase):

    @classmethod
    def setUpClass(cls):
        """Each test has a headquarters of its own."""

    def setUp(self):
        self.hq = Headquarters()
        self.addCleanup(self.hq.close)
        self.hq.start()
        self.tablet = Tablet()
        self.addCleanup(self.tablet.close)

    def typed(self, *arguments, lines):
        """A command on the store, with these lines typed into it."""
        return run_program(HQ_PROGRAM, '--store', self.hq.store, *arguments,
                           data=''.join(line + '\n' for line in lines))

    def must_type(self, *arguments, lines):
        done = self.typed(*arguments, lines=lines)
        self.assertEqual(done.returncode, 0, (arguments, done.stderr))
        return done.stdout

    def protect(self):
        return self.must_type('keys', 'protect', 'Claire', lines=[CLAIRE])

    def open(self, record, passphrase=CLAIRE, name='Claire', *more):
        return self.typed('open', record, '--as', name, '--why', 'suivi demandé', *more,
                          lines=[passphrase])

    def assert_opens(self, record, note, passphrase=CLAIRE, name='Claire'):
        done = self.open(record, passphrase, name)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout), {'note': note})

    def assert_refused(self, done):
        self.assertEqual(done.returncode, 1, done)
        self.assertEqual(done.stdout, '')
        self.assertTrue(done.stderr.strip())

    def add(self, note):
        """A contact with a note, at HQ; its id."""
        (record,) = self.tablet.add(private={'note': note})
        push = self.tablet.push()
        self.assertEqual((push.code, push.said['queued'], push.said['problems']), (0, 0, 0), push)
        return record

    def enrolled(self):
        self.tablet.enrol(self.hq)
        return self.add(SECRET)

    def log(self, *arguments):
        return [json.loads(line) for line in self.hq.must('log', *arguments).splitlines()]

    def whats(self):
        return [entry['what'] for entry in self.log()]

    def keys(self):
        return [json.loads(line) for line in self.hq.must('keys').splitlines()]

    def beside(self, ending):
        return Path(f'{self.hq.store}{ending}')

    def devices(self):
        return [json.loads(line) for line in self.hq.must('devices').splitlines()]


class Reading(Keys):

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


class Holders(Keys):

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


class Secrets(Keys):

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


class Lost(Keys):

    def setUp(self):
        super().setUp()
        self.device = self.hq.device('Guillotière 1')

    def news(self):
        return [item['kind'] for item in self.device.get(self.device.path('news')).json()['items']]

    def put(self, call, form):
        return self.hq.request('PUT', self.device.path(call), json.dumps(form),
                               self.device.headers(**{'Content-Type': 'application/json'}))

    def release(self, why):
        return self.put('release', {'why': why})

    def order(self, command, *words):
        return self.hq.must(command, 'Guillotière 1', '--as', 'Claire', '--why', 'perdue',
                            *words).strip()

    def assert_revoked(self):
        line = self.device.line('contact', contact())
        (problem,) = self.device.push([line])['problems']
        self.assertEqual(problem['type'], '/problems/revoked')
        self.assert_problem(self.put('fork', {'install_id': 'i'}), 403, 'revoked')

    def test_revoked_at_once_while_it_serves(self):
        self.device.push([self.device.line('contact', contact())])
        self.assertEqual(self.order('revoke'), self.device.device_id)
        self.assert_revoked()
        self.assertEqual(self.news(), [])

    def test_wiped_at_its_next_contact_and_released(self):
        self.order('wipe')
        self.assertEqual(self.news(), ['wipe'])
        self.assert_revoked()
        for _ in range(2):
            reply = self.release('wiped')
            self.assertEqual(reply.status, 200, reply)
            self.assertEqual(reply.json(), {'device_id': self.device.device_id})
        (device,) = self.devices()
        self.assertEqual(device['released_why'], 'wiped')
        for name in ('revoked_at', 'wipe_ordered_at', 'released_at', 'last_seen'):
            self.assertIsNotNone(device[name], name)
        self.assertEqual(self.whats()[-2:], ['wipe-ordered', 'released'])

    def test_a_pin_is_reset_and_the_tablet_goes_on(self):
        self.order('reset-pin')
        self.assertEqual(self.news(), ['pin-reset'])
        self.assertEqual(self.device.push([self.device.line('contact', contact())])['stored'], 1)
        self.order('revoke')
        self.assert_refused(self.hq.run('reset-pin', 'Guillotière 1'))

    def test_handed_over(self):
        self.assertEqual(self.release('handed-over').status, 200)
        self.assert_revoked()
        self.assert_problem(self.release('sold'), 400)

    def test_orders_work_when_nobody_serves(self):
        self.hq.stop()
        self.order('wipe')
        self.hq.start()
        self.assertEqual(self.news(), ['wipe'])

    def test_two_of_one_name_are_told_apart(self):
        other = self.hq.device('Guillotière 1')
        done = self.hq.run('wipe', 'Guillotière 1')
        self.assert_refused(done)
        for device in (self.device, other):
            self.assertIn(device.device_id, done.stderr)
        self.hq.must('wipe', other.device_id)
        self.assertEqual(self.news(), [])
        self.assert_refused(self.hq.run('wipe', 'nobody'))

    def test_who_used_which_code(self):
        code = self.hq.code()
        self.assertEqual(self.hq.enrol(code, 'i', 'Bron').status, 201)
        (device,) = [device for device in self.devices() if device['name'] == 'Bron']
        self.assertTrue(device['code'].startswith(code[:3] + ' '))
        made = [entry['subject'] for entry in self.log() if entry['what'] == 'code-made']
        self.assertIn(device['code'], made)
        self.assertNotIn(code, self.hq.must('log') + self.hq.must('devices'))

    def test_a_restore_keeps_the_log_and_what_was_revoked(self):
        self.tablet.enrol(self.hq)
        record = self.add(SECRET)
        self.protect()
        backup = self.hq.folder / 'kept.backup'
        self.hq.must('backup', backup)
        self.assert_opens(record, SECRET)
        self.order('wipe')
        self.hq.must('keys', 'rotate')
        before = self.log()
        self.hq.stop()
        self.hq.must('restore', backup)
        self.hq.start()
        self.assertEqual(self.log()[:-1], before)
        self.assertEqual(self.whats()[-1], 'restored')
        self.device.epoch = self.hq.hello()['epoch']
        self.assertEqual(self.news(), ['wipe'])
        self.assert_revoked()
        self.assertEqual(self.keys()[1]['key'], self.hq.hello()['seal_key'].partition('.')[0])
        self.assert_opens(record, SECRET)

    def test_entries_go_after_twelve_months_when_it_starts(self):
        self.order('revoke')
        self.hq.stop()
        with contextlib.closing(sqlite3.connect(self.hq.store / 'hq.db')) as database:
            for days in (400, 300):
                database.execute("INSERT INTO log (at, who, what, subject) VALUES"
                                 " ((unixepoch () - 86400 * ?) * 1000000, 'Claire', 'opened', ?)",
                                 (days, str(days)))
            database.commit()
        self.hq.start()
        self.assertEqual([entry['subject'] for entry in self.log() if entry['what'] == 'opened'],
                         ['300'])
        self.assertIn('revoked', self.whats())

    def test_commands_wait_for_each_other(self):
        self.hq.stop()
        running = [subprocess.Popen([HQ_PROGRAM, '--store', self.hq.store, 'export'],
                                    stdout=subprocess.DEVNULL, env=environment())
                   for _ in range(8)]
        self.assertEqual([process.wait(PATIENCE) for process in running], [0] * 8)
        self.assertEqual(self.whats().count('exported'), 8)

    def test_the_log_is_asked_for_by_day(self):
        self.order('revoke')
        self.assertEqual(self.log('--to', '2020-01-01'), [])
        self.assertEqual(self.log('--from', '2020-01-01'), self.log())
        self.assertEqual(self.hq.run('log', '--from', 'yesterday').returncode, 2)


if __name__ == '__main__':
    unittest.main()
