# SPDX-License-Identifier: GPL-3.0-or-later
"""A real headquarters in a temporary folder, and a tablet made from the protocol alone.

Nothing here shares code with the programs under test: lines, receipts and digests are worked out
again, so that both ends can't be wrong together.

With ALTM_ROAD=nginx in the environment every headquarters stands behind nginx, with TLS, as in use.
"""

import contextlib
import gzip
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
import unittest
import uuid
from datetime import datetime, timezone
from pathlib import Path
from types import SimpleNamespace

import certificates
import records
from reverse_proxy import UNLIMITED, Proxy, hold_port, trust

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get('ALTM_BUILD') or ROOT / '_build').resolve()
HQ_PROGRAM = BUILD / 'sync' / 'hq' / 'altm-field-hq'
TABLET_PROGRAM = BUILD / 'sync' / 'client' / 'altm-fieldctl'

BEHIND_NGINX = os.environ.get('ALTM_ROAD', 'direct') == 'nginx'
# What differs by rights between HQ itself and HQ behind nginx; everything else is the same.
ROADS = {
    # Of what it won't take, HQ discards so many bytes; nginx discards for some seconds. HQ then
    # closes; nginx goes on with a connection whose request it has read to its end.
    'direct': SimpleNamespace(counts_discarded=True, closes_after_too_long=True),
    'nginx': SimpleNamespace(counts_discarded=False, closes_after_too_long=False),
}

NDJSON = 'application/x-ndjson'
ADDRESS = re.compile(r'http://127\.0\.0\.1:(\d+)')
# No test is decided by how long something takes: seconds after which it counts as never coming.
PATIENCE = 600
# A connection is silent when nothing came while HQ answered so many calls, made one after the other
# with a pause before each: whatever was sent before them has been read and answered by then.
CALLS_OF_SILENCE = 6
PAUSE_OF_SILENCE = 0.1
EMPTY_SHA256 = hashlib.sha256(b'').hexdigest()


def environment():
    """The programs' environment: messages in English, and a time zone far from Paris, so that
    a date taken from the machine's own zone shows."""
    return {**os.environ, 'LC_ALL': 'C.UTF-8', 'LANGUAGE': '', 'TZ': 'Pacific/Auckland'}


def run_program(program, *arguments, data=None):
    """Runs a program of ours to its end; standard output and error come back as text."""
    return subprocess.run([str(program), *map(str, arguments)], input=data, text=True,
                          capture_output=True, timeout=PATIENCE, env=environment())


def as_moment(when):
    """A time with its offset, as the protocol writes it."""
    return when.isoformat(timespec='milliseconds')


def now():
    return datetime.now(timezone.utc)


def uuid7():
    """A UUID version 7 (RFC 9562, section 5.7): 48 bits of Unix time, then random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), 'big')
    value = value & ~(0xf << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def encode(line):
    """One line's bytes, without the newline; bytes are taken as they are."""
    if isinstance(line, bytes):
        return line
    return json.dumps(line, ensure_ascii=False, separators=(',', ':')).encode()


def as_body(lines):
    return b''.join(encode(line) + b'\n' for line in lines)


class Reply:
    """An HTTP answer, read whole."""

    def __init__(self, answer):
        self.status = answer.status
        self.headers = answer.headers
        self.body = answer.read()

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f'{self.status} {self.body[:400]!r}'


class Headquarters:
    """`altm-field-hq serve` with a store of its own, started and stopped by the test. It listens at
    `own_port`; `port` is where tablets go, which is nginx's where that stands before it."""

    def __init__(self, behind_nginx=BEHIND_NGINX, options=(), **words):
        self.folder = Path(tempfile.mkdtemp(prefix='altm-hq-'))
        self.store = self.folder / 'store'
        self.options = options
        self.process = None
        self.place = hold_port()
        self.own_port = self.place.getsockname()[1]
        self.starts = 0
        self.behind_nginx = behind_nginx
        self.road = ROADS['nginx' if behind_nginx else 'direct']
        self.words = words
        self.proxy = None
        self.ca = certificates.CA

    @property
    def port(self):
        return self.proxy.port if self.proxy else self.own_port

    def start(self):
        """Starts it, on the same port each time, and waits until it's ready."""
        self.start_itself()
        if self.behind_nginx and not self.proxy:
            self.proxy = Proxy(self.folder / 'nginx', self.own_port,
                               **{**UNLIMITED, **self.words}).start()
        return self

    def start_itself(self):
        self.starts += 1
        output = self.folder / f'serve-{self.starts}.out'
        errors = self.folder / f'serve-{self.starts}.err'
        with output.open('wb') as out, errors.open('wb') as err:
            self.process = subprocess.Popen(
                [HQ_PROGRAM, 'serve', '--store', self.store, '--listen',
                 f'127.0.0.1:{self.own_port}', *self.options],
                stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment())
        self._await_address(output, errors)

    def _await_address(self, output, errors):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = ADDRESS.search(output.read_text())
            if found:
                if int(found[1]) != self.own_port:
                    raise AssertionError(f'serve listens at {found[0]}, not at {self.own_port}')
                return
            if self.process.poll() is not None:
                raise AssertionError(
                    f'serve ended with {self.process.returncode}: {errors.read_text()}')
            time.sleep(0.01)
        raise AssertionError('serve printed no address')

    def stop(self):
        """Asks it to end, and makes sure that it did not crash on the way out."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(PATIENCE)
        self.process = None
        if code not in (0, -signal.SIGTERM):
            errors = (self.folder / f'serve-{self.starts}.err').read_text()
            raise AssertionError(f'serve ended with {code} on SIGTERM: {errors[:4000]}')

    def kill(self):
        """Ends it as a power cut would, and waits until it is gone."""
        self.process.kill()
        self.process.wait(PATIENCE)
        self.process = None

    def restart(self):
        self.stop()
        self.start()

    def close(self):
        """Stops what runs and removes the folder, whatever happened."""
        try:
            if self.process and self.process.poll() is None:
                self.stop()
        finally:
            if self.process:
                self.kill()
            if self.proxy:
                self.proxy.close()
                self.proxy.leave()
            self.place.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def memory(self, name):
        """What the kernel says of its memory, in bytes: VmRSS is now, VmHWM the most so far."""
        status = Path(f'/proc/{self.process.pid}/status').read_text()
        return int(re.search(rf'^{name}:\s*(\d+) kB$', status, re.M)[1]) * 1024

    def run(self, *arguments):
        """One of its commands on this store."""
        return run_program(HQ_PROGRAM, '--store', self.store, *arguments)

    def must(self, *arguments):
        """A command that has to end with 0; returns its standard output."""
        done = self.run(*arguments)
        if done.returncode != 0:
            raise AssertionError(f'{arguments} ended with {done.returncode}: {done.stderr}')
        return done.stdout

    def code(self):
        return self.must('code').strip()

    def figures(self, *dates):
        """The figures, for everything or for `first, last` day in Paris."""
        arguments = ['--from', dates[0], '--to', dates[1]] if dates else []
        return json.loads(self.must('figures', '--json', *arguments))

    def export(self):
        """The present state of each record, by its id; each may stand there once only."""
        records = {}
        for line in self.must('export', '--format', 'ndjson').split('\n')[:-1]:
            record = json.loads(line)
            if record['id'] in records:
                raise AssertionError(f'{record["id"]} is exported twice')
            records[record['id']] = record
        return records

    def address(self):
        return f'{"https" if self.proxy else "http"}://127.0.0.1:{self.port}'

    def trust(self):
        """What `enrol` has to be told to believe this headquarters."""
        if not self.proxy:
            return []
        path = self.folder / 'ca.pem'
        path.write_text(self.ca)
        return ['--ca', path]

    def open(self, timeout=PATIENCE):
        """A connection for requests, not yet made."""
        if self.proxy:
            return http.client.HTTPSConnection('127.0.0.1', self.port, timeout=timeout,
                                               context=trust(self.ca))
        return http.client.HTTPConnection('127.0.0.1', self.port, timeout=timeout)

    def request(self, method, path, body=None, headers=None):
        """One request on a connection of its own."""
        with contextlib.closing(self.open()) as connection:
            connection.request(method, path, body=body, headers=headers or {})
            return Reply(connection.getresponse())

    def hello(self):
        return self.request('GET', '/v1/hello').json()

    def enrol(self, code, install_id, name='tablette'):
        body = json.dumps({'code': code, 'device_name': name, 'install_id': install_id})
        return self.request('PUT', '/v1/enrol', body, {'Content-Type': 'application/json'})

    def device(self, name='tablette'):
        """A tablet enrolled with a new code."""
        return Device(self, name)

    def connect(self):
        """A bare socket to it, for what no HTTP library would send."""
        connection = socket.create_connection(('127.0.0.1', self.port), timeout=PATIENCE)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.proxy:
            return trust(self.ca).wrap_socket(connection, server_hostname='127.0.0.1')
        return connection

    def exchange(self, data):
        """Sends bytes as they are; returns all that comes back until it closes or falls silent."""
        with self.connect() as connection:
            with contextlib.suppress(ConnectionError, ssl.SSLError):
                connection.sendall(data)
            return self.read_until_silent(connection)

    def read_until_silent(self, connection):
        """What comes until the other side closes, by reset too, or says no more while it answers
        others."""
        connection.settimeout(PAUSE_OF_SILENCE)
        received, calls = b'', 0
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while calls < CALLS_OF_SILENCE:
                try:
                    chunk = connection.recv(65536)
                except TimeoutError:
                    self.hello()
                    calls += 1
                    continue
                if not chunk:
                    break
                received, calls = received + chunk, 0
        return received


def read_reply(connection):
    """One answer from a bare socket."""
    connection.settimeout(PATIENCE)
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    return Reply(answer)


def statuses(received):
    """The status codes of the answers in raw bytes."""
    return [int(code) for code in re.findall(rb'HTTP/1\.[01] (\d{3}) ', received)]


class Device:
    """A tablet with its own counter and notes, which takes no receipt on trust."""

    def __init__(self, hq, name):
        self.hq = hq
        self.name = name
        self.install_id = str(uuid.uuid4())
        reply = hq.enrol(hq.code(), self.install_id, name)
        if reply.status != 201:
            raise AssertionError(f'enrolment answered {reply}')
        self.adopt(reply.json())
        self.seq = 0
        self.notes = {}

    def adopt(self, answer):
        """Takes on what an enrolment or a fork gave."""
        self.device_id = answer['device_id']
        self.token = answer['token']
        self.epoch = answer['epoch']

    def next_seq(self):
        self.seq += 1
        return self.seq

    def line(self, kind, data=None, /, **fields):
        """A line as a dict: its own seq, a new id and the present time unless given otherwise."""
        line = {'v': 1, 'seq': self.next_seq(), 'id': uuid7(), 'rev': 1, 'type': kind,
                'at': as_moment(now())}
        if data is not None:
            line['data'] = data
        line.update(fields)
        return line

    def headers(self, **extra):
        return {'Authorization': f'Bearer {self.token}', 'Altm-Pending': '0',
                'Altm-Clock': as_moment(now()), **extra}

    def path(self, rest):
        return f'/v1/devices/{self.device_id}/{rest}'

    def get(self, path, **headers):
        return self.hq.request('GET', path, headers=self.headers(**headers))

    def put(self, body, batch=None, zipped=True, headers=None):
        """One push of raw bytes; the answer as it comes."""
        batch = batch or str(uuid.uuid4())
        sent = self.headers(**{'Content-Type': NDJSON})
        if zipped:
            body = gzip.compress(body, 6)
            sent['Content-Encoding'] = 'gzip'
        sent.update(headers or {})
        return self.hq.request('PUT', self.path(f'batches/{batch}'), body, sent)

    def push(self, lines, batch=None, zipped=True, headers=None):
        """Pushes lines, checks the receipt whole and notes what it says."""
        batch = batch or str(uuid.uuid4())
        lines = [encode(line) for line in lines]
        body = as_body(lines)
        reply = self.put(body, batch, zipped, headers)
        if reply.status != 200:
            raise AssertionError(f'the push answered {reply}')
        receipt = reply.json()
        check_receipt(receipt, batch, self.epoch, body, len(lines))
        self.note(receipt, lines)
        return receipt

    def note(self, receipt, lines):
        """Notes each line that is in no problem, and holds the receipt's totals against them."""
        bad = {problem['line'] for problem in receipt['problems']}
        for index, line in enumerate(lines):
            if index not in bad:
                fields = json.loads(line)
                self.notes[fields['seq']] = (fields['id'], fields['rev'], sha256(line))
        expected = (len(self.notes), max(self.notes, default=0))
        if (receipt['held'], receipt['high_seq']) != expected:
            raise AssertionError(f'held and high_seq must be {expected}: {receipt}')

    def digest(self, first, last):
        return self.get(self.path(f'digest?from={first}&to={last}')).json()

    def own_digest(self, first, last):
        """The digest worked out from this side's notes."""
        hashes = [bytes.fromhex(note[2]) for seq, note in sorted(self.notes.items())
                  if first <= seq <= last]
        return {'epoch': self.epoch, 'count': len(hashes), 'high_seq': max(self.notes, default=0),
                'sha256': sha256(b''.join(hashes))}


def check_receipt(receipt, batch, epoch, body, count):
    """All that a device must hold against a receipt before it believes it."""
    expected = {'batch': batch, 'epoch': epoch, 'sha256': sha256(body)}
    found = {name: receipt.get(name) for name in expected}
    if found != expected:
        raise AssertionError(f'the receipt says {found}, not {expected}')
    if receipt['stored'] + receipt['duplicate'] + len(receipt['problems']) != count:
        raise AssertionError(f'{count} lines were sent, and the receipt says {receipt}')
    for problem in receipt['problems']:
        check_problem_entry(problem, count)


def check_problem_entry(problem, count):
    missing = {'line', 'seq', 'id', 'rev', 'status', 'type', 'detail'} - set(problem)
    if missing:
        raise AssertionError(f'a problem lacks {missing}: {problem}')
    if not 0 <= problem['line'] < count or problem['status'] not in ('rejected', 'conflict'):
        raise AssertionError(f'a problem names no line that was sent: {problem}')
    if not problem['type'].startswith('/problems/') or not problem['detail']:
        raise AssertionError(f'a problem without a type or a reason: {problem}')


class HeadquartersCase(unittest.TestCase):
    """Tests that share one running headquarters; each enrols its own tablets."""

    @classmethod
    def setUpClass(cls):
        cls.hq = Headquarters()
        cls.addClassCleanup(cls.hq.close)
        cls.hq.start()

    def assert_problem(self, reply, status, name=None):
        """The answer is an error as RFC 9457 shapes it."""
        self.assertEqual(reply.status, status, reply)
        kind = reply.headers.get_content_type()
        self.assertEqual(kind, 'application/problem+json', reply)
        problem = reply.json()
        self.assertLessEqual({'type', 'title', 'status', 'detail'}, set(problem), problem)
        self.assertEqual(problem['status'], status)
        self.assertRegex(problem['type'], r'^/problems/[a-z0-9-]+$')
        if name:
            self.assertEqual(problem['type'], f'/problems/{name}')
        return problem

    def assert_same_notes(self, device, last=2**62):
        """HQ has noted what this side has noted, no more and no less."""
        self.assertEqual(device.digest(1, last), device.own_digest(1, last))

    def assert_serves(self, device):
        """HQ still takes a good line from a good tablet, and nothing else has come in."""
        receipt = device.push([device.line('contact', records.contact())])
        self.assertEqual(receipt['stored'], 1, receipt)
        self.assert_same_notes(device)
