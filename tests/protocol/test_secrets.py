# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person said is read by nobody it was not said to: not from a tablet's disk, nor on the road, nor
from HQ's disk, its backups and exports without a passphrase. The real programs record planted secrets, and
everything that they leave behind is searched for them in every disguise (image.py).

What a running program has in its memory is not looked at: whoever may read that (root) may read what is
typed as well.
"""

import array
import base64
import contextlib
import fcntl
import json
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import termios
import threading
import time
import unittest
import uuid
from pathlib import Path

import records
import sealing
from hq import BUILD, HQ_PROGRAM, PATIENCE, ROOT, Headquarters, environment, run_program
from image import Key, find_in, find_under
from tablet import Tablet, as_input, record

LOCK_PROGRAM = BUILD / 'tests' / 'protocol' / 'altm-lock'
DONE, NOT_ALL = 0, 1
PASSPHRASE = 'girofle anarchique violon 82'
HOLDER, HQ_PASSPHRASE = 'Claire', 'quatre tambours sous la pergola'

# Each is a word that stands in one place only, so that an index of words gives it away too.
FIRST, SECOND, THIRD = 'Quévrémont', 'Brindavoine', 'Hurlubière'
NAME, PURPOSE, PHONE = 'Zoraïde Flambertin', 'ostréiculture', '06 39 98 47 11'
WATCHED, DRAFTED, QUEUED = 'Tarasconnade', 'Vermicellière', 'Mirliflorette'
SECRETS = [FIRST, SECOND, THIRD, NAME, 'Flambertin', PURPOSE, PHONE, WATCHED, DRAFTED, QUEUED]
PASSPHRASES = [PASSPHRASE, HQ_PASSPHRASE]
# What anyone may read: it has to be found, or the search has looked in the wrong place.
PUBLIC = 'lampadaire Marcassin'

CRASHES = (signal.SIGABRT, signal.SIGSEGV)


def note(word):
    return f'{word} attend une réponse jeudi, 3e étage'


def contact(word=None, **fields):
    return record(**fields) if word is None else record(private={'note': note(word)}, **fields)


def referral():
    return {'type': 'referral', 'place': records.QPV, 'data': records.referral(consent=True),
            'private': {'name': NAME, 'phone': PHONE, 'purpose': f'une {PURPOSE}, dit-elle'}}


def observation():
    return {'type': 'observation', 'place': records.QPV, 'data': records.observation(what=PUBLIC),
            'private': {'note': note(WATCHED)}}


class PrivateTablet(Tablet):
    """A tablet all of whose programs live below one folder; what they say is kept."""

    def __init__(self):
        super().__init__()
        self.store = self.folder / 'home' / 'share' / 'altm-field'
        self.said = []
        for name in ('home/share', 'home/config', 'home/cache', 'home/state', 'run', 'tmp'):
            (self.folder / name).mkdir(parents=True)

    def environment(self):
        home = self.folder / 'home'
        return {**environment(), 'HOME': str(home), 'XDG_DATA_HOME': str(home / 'share'),
                'XDG_CONFIG_HOME': str(home / 'config'), 'XDG_CACHE_HOME': str(home / 'cache'),
                'XDG_STATE_HOME': str(home / 'state'), 'XDG_RUNTIME_DIR': str(self.folder / 'run'),
                'TMPDIR': str(self.folder / 'tmp')}

    def run_line(self, line, data):
        done = subprocess.run(line, input=data, text=True, capture_output=True, timeout=PATIENCE,
                              env=self.environment(), cwd=self.folder / 'home')
        return done

    def run(self, *arguments, data=None):
        done = self.run_line(self.command(*arguments), data)
        self.said.append(f'{arguments}\n{done.stdout}\n{done.stderr}')
        return done

    def must(self, *arguments, data=None):
        done = self.run(*arguments, data=data)
        if done.returncode != DONE:
            raise AssertionError(f'{arguments} ended with {done.returncode}: {done.stderr}')
        return done.stdout

    def start(self, *arguments):
        """A command that goes on until it is told to end."""
        return subprocess.Popen(self.command(*arguments), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=self.environment(), cwd=self.folder / 'home',
                                preexec_fn=allow_cores)

    def lock(self, *arguments, lines=()):
        """What the app does with the lock; what it shows is for who gave the passphrase."""
        done = self.run_line([str(LOCK_PROGRAM), str(self.store), *arguments], ''.join(f'{line}\n' for line in lines))
        if done.returncode != DONE:
            raise AssertionError(f'{arguments} ended with {done.returncode}: {done.stderr}')
        self.said.append(done.stderr)
        return done.stdout

    def set_lock(self):
        self.lock('set', lines=[PASSPHRASE])

    def read(self, key):
        return json.loads(self.lock('read', key, lines=[PASSPHRASE]))

    def correct(self, key, rev, **fields):
        self.add_records([record(id=key, rev=rev, **fields)])


def allow_cores():
    """As much of a core file as may be had at all."""
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


class SecretsCase(unittest.TestCase):

    def setUp(self):
        self.hq = Headquarters(behind_nginx=False)
        self.addCleanup(self.hq.close)
        self.hq.start()
        self.tablet = self.new_tablet()
        self.tablet.enrol(self.hq)

    def new_tablet(self):
        tablet = PrivateTablet()
        self.addCleanup(tablet.close)
        return tablet

    def work(self):
        """A day's work, with everything that may be private in it."""
        keys = self.tablet.add_records([contact(FIRST), contact(FIRST), contact(FIRST), referral(), observation()])
        corrections = [{}, {'private': {'note': note(SECOND)}}, {'private': None}]
        self.tablet.add_records([record(id=key, rev=2, **fields) for key, fields in zip(keys, corrections)])
        return keys

    def assert_nothing_readable(self, folder, secrets=(*SECRETS, *PASSPHRASES), public=PUBLIC):
        """No secret below the folder, where what is public is found."""
        self.assertEqual(find_under([folder], secrets), [])
        if public:
            self.assertNotEqual(find_under([folder], [public]), [], 'the search finds nothing at all')

    def assert_tablet_tells_nothing(self, tablet=None):
        tablet = tablet or self.tablet
        self.assert_nothing_readable(tablet.folder)
        self.assertEqual(find_in('\n'.join(tablet.said).encode(), [*SECRETS, *PASSPHRASES]), [])

    def push(self):
        push = self.tablet.push()
        self.assertEqual((push.code, push.said['queued'], push.said['problems']), (DONE, 0, 0), push)

    def protect(self):
        return run_program(HQ_PROGRAM, '--store', self.hq.store, 'keys', 'protect', HOLDER, data=HQ_PASSPHRASE + '\n')

    def open(self, key, *more):
        return run_program(HQ_PROGRAM, '--store', self.hq.store, 'open', key, '--as', HOLDER, '--why', 'suivi', *more,
                           data=HQ_PASSPHRASE + '\n')

    def assert_opens(self, key, private, *more):
        done = self.open(key, *more)
        self.assertEqual(done.returncode, DONE, done.stderr)
        self.assertEqual(json.loads(done.stdout), private)

    def assert_refused(self, done):
        self.assertEqual((done.returncode, done.stdout), (NOT_ALL, ''), done)


class OnTheTablet(SecretsCase):

    def test_without_a_lock(self):
        self.work()
        self.assert_tablet_tells_nothing()
        self.push()
        self.assert_tablet_tells_nothing()

    def test_with_a_lock(self):
        self.tablet.set_lock()
        keys = self.work()
        self.tablet.lock('draft', 'contact', lines=[json.dumps({'note': note(DRAFTED)})])
        self.assert_tablet_tells_nothing()
        for key, private in zip(keys, ({'note': note(FIRST)}, {'note': note(SECOND)}, None, referral()['private'])):
            self.assertEqual(self.tablet.read(key), private)
        self.assertEqual(json.loads(self.tablet.lock('read-draft', 'contact', lines=[PASSPHRASE])), {'note': note(DRAFTED)})
        self.assert_tablet_tells_nothing()
        self.push()
        self.assert_tablet_tells_nothing()

    def record_and_wait(self, process, *entries):
        """Each is on the disk when its id has come; the program then waits for more."""
        process.stdin.write(as_input(entries).encode())
        process.stdin.flush()
        return [process.stdout.readline().decode().strip() for _ in entries]

    def end(self, process, number):
        process.send_signal(number)
        output, errors = process.communicate(timeout=PATIENCE)
        self.tablet.said.append((output + errors).decode())
        self.assertLess(process.returncode, 0)  # the sanitizers end a SIGSEGV with a SIGABRT

    def test_killed_with_its_log_not_yet_in_the_file(self):
        self.tablet.set_lock()
        process = self.tablet.start('add')
        keys = self.record_and_wait(process, contact(FIRST), referral(), observation())
        self.end(process, signal.SIGKILL)
        self.assertGreater((self.tablet.store / 'field.db-wal').stat().st_size, 0)
        self.assert_tablet_tells_nothing()
        self.assertEqual(self.tablet.read(keys[1]), referral()['private'])

    def test_a_copy_from_before_a_migration(self):
        older = self.tablet = self.new_tablet()
        older.store.mkdir(parents=True)
        with contextlib.closing(sqlite3.connect(older.store / 'field.db')) as database:
            database.executescript((ROOT / 'tests' / 'unit' / 'store' / '2.sql').read_text())
            database.execute('DELETE FROM lists')  # which hold next to nothing: back to the project's own
            database.commit()
        older.enrol(self.hq)
        self.assertTrue((older.store / 'field.db.before-3').exists())
        older.set_lock()
        self.work()
        self.assert_tablet_tells_nothing()

    def test_a_damaged_store_that_was_set_aside(self):
        self.tablet.set_lock()
        keys = self.work()
        file = self.tablet.store / 'field.db'
        file.write_bytes(bytes(100) + file.read_bytes()[100:])
        self.work()
        self.assertEqual(len(list(self.tablet.store.glob('damaged-*'))), 1)
        self.assert_tablet_tells_nothing()
        self.assertEqual(self.tablet.read(keys[1]), {'note': note(SECOND)})

    def refused(self):
        """Lines that cannot be taken, with a secret in each place where one may stand."""
        data = records.contact()
        return [
            FIRST, f'{{"{FIRST}', json.dumps([FIRST]), f'{{"type":"contact","data":{{}},"x":"{FIRST}" "}}',
            *({**record(), name: FIRST} for name in ('type', 'place', 'id', 'at', 'rev', 'deleted', 'data')),
            {**record(), FIRST: 1}, {**record(), 'private': FIRST}, {**record(), 'private': [FIRST]},
            {**record(), 'private': {FIRST: 'x'}}, {**record(), 'private': {'note': [FIRST]}},
            {**record(), 'private': {'note': FIRST * 40}}, {**record(), 'data': {**data, FIRST: 1}},
            *({**record(), 'data': {**data, name: value}} for name in data for value in (FIRST, [FIRST], {FIRST: 1})),
            *({**record(), 'data': {**data, name: value}} for name in ('themes', 'ages', 'actions', 'campaign', 'result')
              for value in (FIRST, [FIRST], {FIRST: 1})),
            {**referral(), 'data': records.referral(consent=False)},
            *({**referral(), 'data': records.referral(consent=True, **{name: NAME})}
              for name in ('structure', 'structure_type', 'contact', 'due', 'reference', 'status', 'mode', 'consent_of')),
            *({**observation(), 'data': records.observation(**{name: WATCHED})} for name in ('kind', 'subject', 'setting', 'urgency')),
            {**observation(), 'data': records.observation(what=f'{FIRST}, {PHONE.replace("06", "+33 6")}, jean@exemple.fr')},
            {'type': 'flow', 'place': records.OFFICE, 'data': records.flow(slot=FIRST)},
            {'type': 'flow', 'place': records.OFFICE, 'data': records.flow(office=FIRST)},
            {'type': 'flow', 'place': records.OFFICE, 'data': records.flow(**{FIRST: 1})},
            {'type': 'shift', 'place': records.QPV, 'data': records.shift(partners=[FIRST * 9], ended=FIRST)},
        ]

    def test_what_is_refused_is_not_said_again(self):
        for entry in self.refused():
            line = entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False)
            done = self.tablet.run('add', data=line + '\n')
            self.assert_refused(done)
            self.assertTrue(done.stderr.strip())
            self.assertEqual(find_in(done.stderr.encode(), SECRETS), [], line)
        self.assert_nothing_readable(self.tablet.folder, public=None)
        self.assertEqual(self.tablet.counts(), (0, 0, 0))

    def test_a_crash_leaves_no_core_file(self):
        self.tablet.set_lock()
        for number in CRASHES:
            process = self.tablet.start('add')
            self.record_and_wait(process, contact(FIRST), observation())
            process.stdin.write(as_input([contact(SECOND)]).encode()[:-9])  # in its memory, and not saved
            process.stdin.flush()
            self.assertEqual(told_of(process.pid, [*SECRETS, *PASSPHRASES]), [])
            self.end(process, number)
        self.assert_tablet_tells_nothing()
        self.assertEqual(cores_in(self.tablet.folder / 'home'), [])

    def test_the_kernel_leaves_one_of_a_program_that_lets_it(self):
        """Else the test before this one would prove nothing; a system may take cores elsewhere, or none."""
        pattern = Path('/proc/sys/kernel/core_pattern').read_text()
        is_left = not pattern.startswith(('|', '/')) and resource.getrlimit(resource.RLIMIT_CORE)[1] != 0
        folder = self.tablet.folder / 'tmp'
        subprocess.run([sys.executable, '-c', 'import os; os.abort()'], cwd=folder, preexec_fn=allow_cores, check=False,
                       stderr=subprocess.DEVNULL)
        self.assertEqual(cores_in(folder) != [], is_left)


def cores_in(folder):
    return [path for path in folder.rglob('*') if path.is_file() and path.read_bytes()[:4] == b'\x7fELF']


def told_of(process, secrets):
    """What the system's list of programs gives away."""
    told = b''.join(Path(f'/proc/{process}/{name}').read_bytes() for name in ('cmdline', 'environ', 'comm'))
    return find_in(told, secrets)


class AtHeadquarters(SecretsCase):

    def everything(self):
        """All that its commands say of what it holds, backup and export among them."""
        self.hq.must('backup', self.hq.folder / f'{uuid.uuid4()}.backup')
        said = [self.hq.must(*words) for words in (
            ['export', '--format', 'ndjson'], ['figures', '--json'], ['devices'], ['log'], ['keys'], ['verify'])]
        return '\n'.join(said).encode()

    def refuse_some(self):
        """A line that goes into quarantine, with what is private in it sealed; and one that is unreadable."""
        device = self.hq.device()
        key = str(uuid.uuid4())
        sealed = sealing.seal(self.hq.hello()['seal_key'], key, 1, {'note': note(QUEUED)})
        lines = [device.line('contact', records.contact(people=99999), private=sealed), b'{not JSON']
        self.assertEqual(len(device.push(lines)['problems']), 2)

    def secret_key(self):
        return base64.b64decode(Path(f'{self.hq.store}.key').read_text())

    def test_nothing_without_a_passphrase(self):
        key = Key('the secret key', self.secret_key())
        self.assertNotEqual(find_under([self.hq.folder], [key]), [])  # anyone who has the file
        self.assertEqual(self.protect().returncode, DONE)
        keys = self.work()
        self.push()
        self.refuse_some()
        secrets = [*SECRETS, *PASSPHRASES, key]
        self.assertEqual(find_in(self.everything(), secrets), [])
        self.assert_nothing_readable(self.hq.folder, secrets)
        self.assert_opens(keys[1], {'note': note(SECOND)})
        self.assert_opens(keys[3], referral()['private'])
        self.hq.must('keys', 'rotate')
        self.assertEqual(find_in(self.everything() + self.said_by_wrong_tries(keys[0]), secrets), [])
        self.hq.kill()
        self.assert_nothing_readable(self.hq.folder, secrets)

    def said_by_wrong_tries(self, key):
        """A passphrase that is nearly right, and one given where none is taken."""
        wrong = run_program(HQ_PROGRAM, '--store', self.hq.store, 'open', key, '--as', HOLDER, '--why', 'x',
                            data=HQ_PASSPHRASE[:-1] + '\n')
        self.assert_refused(wrong)
        return wrong.stderr.encode()

    def test_restored_and_rebuilt(self):
        self.assertEqual(self.protect().returncode, DONE)
        keys = self.work()
        self.push()
        backup = self.hq.folder / 'kept.backup'
        self.hq.must('backup', backup)
        self.tablet.add_records([contact(THIRD)])
        self.push()
        self.hq.stop()
        self.hq.must('restore', backup)
        self.hq.must('rebuild')
        self.assertGreater(len(list(self.hq.folder.glob('store*'))), 1)
        self.assert_nothing_readable(self.hq.folder)
        self.hq.start()
        self.assert_opens(keys[3], referral()['private'])
        self.assert_nothing_readable(self.hq.folder)

    def test_a_crash_leaves_no_core_file(self):
        self.work()
        self.push()
        for number in CRASHES:
            self.hq.stop()
            process = subprocess.Popen(
                [HQ_PROGRAM, 'serve', '--store', self.hq.store, '--listen', '127.0.0.1:0'], stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, env=environment(), cwd=self.hq.folder, preexec_fn=allow_cores)
            self.assertTrue(process.stdout.readline())
            process.send_signal(number)
            process.communicate(timeout=PATIENCE)
            self.assertLess(process.returncode, 0)
            self.assertEqual(cores_in(self.hq.folder), [])
            self.hq.start()

    def test_the_key_is_in_no_core_file_of_opening(self):
        """Killed while it holds the passphrase."""
        keys = self.work()
        self.push()
        self.assertEqual(self.protect().returncode, DONE)
        process = subprocess.Popen(
            [HQ_PROGRAM, '--store', self.hq.store, 'open', keys[0], '--as', HOLDER, '--why', 'x'], env=environment(),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.hq.folder,
            preexec_fn=allow_cores)
        process.stdin.write(HQ_PASSPHRASE.encode())  # without its newline: it goes on reading
        process.stdin.flush()
        wait_until(lambda: unread(process.stdin) == 0)
        self.assertEqual(told_of(process.pid, PASSPHRASES), [])
        process.send_signal(signal.SIGABRT)
        output, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual(find_in(output + errors, [*SECRETS, *PASSPHRASES]), [])
        self.assertEqual(cores_in(self.hq.folder), [])


def unread(pipe):
    """How much of what was written to a pipe nobody has taken yet."""
    count = array.array('i', [0])
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return count[0]


def wait_until(look):
    end = time.monotonic() + PATIENCE
    while not look():
        if time.monotonic() > end:
            raise AssertionError('it never came')
        time.sleep(0.01)


class Relay:
    """A road to headquarters that keeps every byte, both ways."""

    def __init__(self, hq):
        self.hq = hq
        self.heard = {'up': b'', 'down': b''}
        self.mutex = threading.Lock()
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.threads = [threading.Thread(target=self.listen)]
        self.threads[0].start()

    def address(self):
        return f'http://127.0.0.1:{self.socket.getsockname()[1]}'

    def code(self):
        return self.hq.code()

    def trust(self):
        return []

    def listen(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.socket.accept()
                far = socket.create_connection(('127.0.0.1', self.hq.port))
                for way, source, target in (('up', near, far), ('down', far, near)):
                    self.threads.append(threading.Thread(target=self.pass_on, args=(way, source, target)))
                    self.threads[-1].start()

    def pass_on(self, way, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                with self.mutex:
                    self.heard[way] += data
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)
        if way == 'down':
            source.close()
            target.close()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.threads[0].join()
        for thread in self.threads[1:]:
            thread.join()
        self.socket.close()


class OnTheRoad(SecretsCase):

    def test_a_captured_exchange_holds_nothing(self):
        """All that a tablet and headquarters say to each other, TLS taken away."""
        self.tablet = self.new_tablet()
        relay = Relay(self.hq)
        self.addCleanup(relay.close)
        self.tablet.enrol(relay)
        self.tablet.set_lock()
        keys = self.work()
        self.push()
        self.lose_and_compare(keys)
        self.hq.must('reset-pin', self.device()['device_id'])
        self.push()
        self.tablet.must('handover')
        for way, heard in relay.heard.items():
            self.assertEqual(find_in(heard, [*SECRETS, *PASSPHRASES]), [], way)
        self.assertNotEqual(find_in(relay.heard['up'], [PUBLIC]), [], 'the search does not see into a push')
        for call in (b'/v1/hello', b'/v1/enrol', b'/batches/', b'/digest?', b'/news?', b'/release'):
            self.assertIn(call, relay.heard['up'])

    def device(self):
        return json.loads(self.hq.must('devices').splitlines()[-1])

    def lose_and_compare(self, keys):
        """A restored headquarters, which asks for digests and for lines anew."""
        backup = self.hq.folder / 'kept.backup'
        self.hq.must('backup', backup)
        self.tablet.correct(keys[0], 3, private={'note': note(THIRD)})
        self.push()
        self.hq.stop()
        self.hq.must('restore', backup)
        self.hq.start()
        self.push()


class Corrected(SecretsCase):

    def test_a_record_corrected_while_locked_keeps_its_note(self):
        self.tablet.set_lock()
        self.assertEqual(self.protect().returncode, DONE)
        kept, replaced, removed, agreed = self.work()[:4]
        before = self.tablet.frozen()
        self.assertNotIn('private', json.loads(before[kept, 2]))
        self.push()
        for key, private in ((kept, {'note': note(FIRST)}), (replaced, {'note': note(SECOND)}), (agreed, referral()['private'])):
            self.assert_opens(key, private)
            self.assertEqual(self.tablet.read(key), private)
        self.assert_refused(self.open(removed))
        self.assertIsNone(self.tablet.read(removed))

    def test_again_and_again_and_in_any_order(self):
        """Two more revisions say nothing of the note; one of them, and the first, come late."""
        self.tablet.set_lock()
        self.assertEqual(self.protect().returncode, DONE)
        (key,) = self.tablet.add_records([contact(FIRST)])
        for rev in (2, 3):
            self.tablet.correct(key, rev, data=records.contact(people=rev))
        lines = [line for _, line in sorted(self.tablet.frozen().items(), reverse=True)]
        other = self.hq.device()
        for line in lines:
            self.assertEqual(other.push([line])['stored'], 1)
        self.assert_opens(key, {'note': note(FIRST)})
        self.assertEqual(self.hq.export()[key]['data']['people'], 3)

    def test_a_withdrawn_record_stays_sealed(self):
        (key,) = self.tablet.add_records([contact(FIRST)])
        self.tablet.add_records([{'type': 'contact', 'id': key, 'rev': 2, 'deleted': True}])
        self.push()
        self.assertEqual(self.protect().returncode, DONE)
        self.assert_refused(self.open(key))


class PassedOn(SecretsCase):

    def setUp(self):
        super().setUp()
        self.tablet.set_lock()
        self.keys = self.work()
        self.push()
        self.tablet.lock('draft', 'contact', lines=[json.dumps({'note': note(DRAFTED)})])
        self.keys += self.tablet.add_records([contact(QUEUED)])
        self.traces = self.list_traces()

    def list_traces(self):
        """All that tells of the team that had it: who, where, with which keys, and what they recorded."""
        with contextlib.closing(sqlite3.connect(f'{(self.tablet.store / "field.db").as_uri()}?mode=ro', uri=True)) as store:
            settings = dict(store.execute('SELECT name, value FROM settings'))
        said = [settings[name] for name in ('token', 'device_id', 'epoch', 'install_id', 'url')]
        locked = json.loads((self.tablet.store / 'keys.json').read_text())
        self.assertIn('url', settings)
        return [*self.keys, *said, settings['seal_key'].partition('.')[0], *texts_of(locked), records.QPV, PUBLIC]

    def assert_holds_nothing_of_before(self):
        self.assertFalse((self.tablet.store / 'keys.json').exists())
        self.assert_nothing_readable(self.tablet.folder, [*self.traces, *SECRETS], public=None)
        self.assertEqual(self.tablet.must('journal'), '')
        self.assertIsNone(self.tablet.status()['hq'])

    def assert_hq_has_all(self):
        self.assertEqual(set(self.hq.export()), set(self.keys))

    def test_the_traces_are_there_before(self):
        """Or it would prove nothing that they are gone."""
        found = {one.secret for one in find_under([self.tablet.folder], self.traces)}
        self.assertEqual(found, set(self.traces))

    def test_handed_over_and_enrolled_by_another_team(self):
        self.tablet.must('handover')
        self.assert_holds_nothing_of_before()
        self.assert_hq_has_all()
        other = Headquarters(behind_nginx=False)
        self.addCleanup(other.close)
        other.start()
        self.tablet.enrol(other)
        self.assertEqual(self.tablet.must('journal'), '')
        (key,) = self.tablet.add_records([{**contact(), 'place': 'insee:69266'}])
        self.assertEqual(self.tablet.push().code, DONE)
        self.assertEqual(set(other.export()), {key})
        self.assert_hq_has_all()
        self.assert_nothing_readable(self.tablet.folder, [*self.traces, *SECRETS], public=None)

    def test_wiped(self):
        device = self.tablet.status()['device_id']
        self.hq.must('wipe', device)
        for _ in range(2):  # told of it, and, where a contact ended early, at the next one
            self.tablet.run('push')
        self.assert_holds_nothing_of_before()
        (found,) = [json.loads(line) for line in self.hq.must('devices').splitlines()]
        self.assertEqual(found['released_why'], 'wiped')

    def test_a_store_that_was_set_aside_goes_too(self):
        file = self.tablet.store / 'field.db'
        file.write_bytes(bytes(100) + file.read_bytes()[100:])
        self.keys += self.tablet.add_records([contact(THIRD)])
        self.assertEqual(len(list(self.tablet.store.glob('damaged-*'))), 1)
        self.tablet.must('handover')
        self.assert_holds_nothing_of_before()
        self.assert_hq_has_all()


def texts_of(value):
    """The texts in some JSON that are long enough to be told from any other."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in texts_of(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts_of(each)]
    return [value] if isinstance(value, str) and len(value) >= 12 else []


class WholeDay(SecretsCase):

    COUNT, PIECE = 200, 25

    def test_a_day_while_locked_loses_nothing(self):
        """Recorded in pieces, with the line cut and the program killed in between; each note opens at HQ."""
        self.tablet.set_lock()
        notes = {}
        for start in range(0, self.COUNT, self.PIECE):
            words = [f'{FIRST} {number}' for number in range(start, start + self.PIECE)]
            keys = self.tablet.add_records([contact(word) for word in words])
            notes |= {key: note(word) for key, word in zip(keys, words)}
            if start % (2 * self.PIECE):
                self.push_cut_short(start)
        self.push()
        self.assertEqual(len(notes), self.COUNT)
        self.assertEqual(set(self.hq.export()), set(notes))
        self.assertEqual(self.hq.figures()['interventions'], self.COUNT)
        self.assertEqual(self.opened(), notes)
        some = list(notes)[::self.COUNT // 2]
        self.assertEqual([self.tablet.read(key) for key in some], [{'note': notes[key]} for key in some])
        self.assertEqual(self.protect().returncode, DONE)
        for key in some:
            self.assert_opens(key, {'note': notes[key]})

    def push_cut_short(self, number):
        """HQ is gone in the midst of the day, or the program is killed while it sends."""
        if number % 4 == 1:
            self.hq.stop()
            self.assertNotEqual(self.tablet.push().code, DONE)
            self.hq.start()
            return
        process = self.tablet.start('push')
        process.kill()
        process.communicate(timeout=PATIENCE)

    def opened(self):
        """What HQ's key opens in HQ's journal, with libsodium itself."""
        pair = sealing.KeyPair.from_secret(base64.b64decode(Path(f'{self.hq.store}.key').read_text()))
        with contextlib.closing(sqlite3.connect(f'{(self.hq.store / "hq.db").as_uri()}?mode=ro', uri=True)) as store:
            lines = [json.loads(row[0]) for row in store.execute("SELECT bytes FROM journal")]
        opened = {line['id']: pair.open(line['private']) for line in lines}
        self.assertEqual(len(opened), len(lines))
        return {key: one['private']['note'] for key, one in opened.items() if one['id'] == key and one['rev'] == 1}


if __name__ == '__main__':
    unittest.main()
