# SPDX-License-Identifier: GPL-3.0-or-later
"""HQ behind nginx as an administrator sets it up: the private authority, the configuration with
its own limits, whom a tablet believes, and what nginx says in HQ's place."""

import contextlib
import gzip
import json
import os
import select
import signal
import ssl
import stat
import tempfile
import time
import unittest
import urllib.parse
import uuid
from pathlib import Path

import certificates
from hq import HQ_PROGRAM, NDJSON, PATIENCE, Headquarters, HeadquartersCase, Reply, read_reply, run_program, sha256, statuses
from reverse_proxy import FILL, ROOT, trust
from receiver import Receiver
from tablet import Tablet
from test_client import DONE, NOT_REACHED
from test_console import PASSWORD, Browser

MAKE_CA = ROOT / 'sync' / 'hq' / 'deploy' / 'altm-field-hq-ca'
MIB = 1 << 20
ENROL_BURST, SECONDS_AN_ENROLMENT = 20, 5  # what nginx ships with: 12 a minute


def fingerprint(pem):
    return sha256(ssl.PEM_cert_to_DER_cert(pem))


def first_answer(connections):
    """What comes first, on any of them; TLS itself says things that are nobody's answer."""
    for connection in connections:
        connection.settimeout(0)
    while readable := select.select(connections, [], [], PATIENCE)[0]:
        for connection in readable:
            with contextlib.suppress(ssl.SSLWantReadError):
                return connection.recv(65536)
    raise AssertionError('nobody answers')


class Folder(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix='altm-ca-')
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def make(self, *names, status=0):
        done = run_program(MAKE_CA, self.folder, *names)
        self.assertEqual(done.returncode, status, done)
        return done.stdout.strip()

    def read(self, name):
        return (self.folder / name).read_text()


class Authority(Folder):
    """altm-field-hq-ca."""

    def test_hash_is_that_of_the_authority(self):
        self.assertEqual(self.make('127.0.0.1'), fingerprint(self.read('ca.pem')))

    def test_keys_are_for_their_owner_alone(self):
        self.make('127.0.0.1')
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in self.folder.iterdir()}
        self.assertEqual(modes, {'ca.pem': 0o644, 'ca.key': 0o600, 'server.pem': 0o644,
                                 'server.key': 0o600})

    def test_again_renews_and_keeps_the_authority(self):
        first = self.make('127.0.0.1')
        before = {name: self.read(name) for name in ('ca.pem', 'ca.key', 'server.pem')}
        self.assertEqual(self.make('127.0.0.1'), first)
        self.assertEqual(self.read('ca.pem'), before['ca.pem'])
        self.assertEqual(self.read('ca.key'), before['ca.key'])
        self.assertNotEqual(self.read('server.pem'), before['server.pem'])

    def test_lost_key_is_said_and_harms_nothing(self):
        self.make('127.0.0.1')
        (self.folder / 'ca.key').unlink()
        before = {path.name: path.read_bytes() for path in self.folder.iterdir()}
        self.make('127.0.0.1', status=1)
        self.assertEqual({path.name: path.read_bytes() for path in self.folder.iterdir()}, before)

    def test_names_that_are_none(self):
        for names in ((), ('',), ('a b',), ('x\nbasicConstraints=CA:true',), ('a,DNS:b',)):
            with self.subTest(names=names):
                self.make(*names, status=2)
                self.assertEqual(list(self.folder.iterdir()), [])


class Configuration(unittest.TestCase):
    """altm-field-hq-nginx."""

    def fill(self, *words, status=0):
        done = run_program(FILL, *words)
        self.assertEqual(done.returncode, status, done)
        return done.stdout

    def test_every_word_is_filled_in(self):
        self.assertNotRegex(self.fill('NAME=hq.example.org').replace('two @ are', ''), '@[A-Z]')

    def test_every_place_is_listened_at(self):
        filled = self.fill('NAME=hq.example.org', 'LISTEN=443 [::]:443 192.0.2.1:8443')
        for place in ('443', '[::]:443', '192.0.2.1:8443'):
            self.assertIn(f'\n  listen {place} ssl;\n', filled)

    def test_wrong_words(self):
        for words in ((), ('NAME=',), ('NAME',), ('NAME=a', 'NOM=b'), ('NAME=a;b',),
                      ('NAME=a', 'HQ=$x'), ('NAME=a', 'KEY=a|b'), ('NAME=a}\n{',), ('PATH=/x',)):
            with self.subTest(words=words):
                self.assertEqual(self.fill(*words, status=2), '')


class Served(Folder):
    """HQ with the authority that altm-field-hq-ca made, behind nginx with the certificate by it."""

    certificate = None

    def setUp(self):
        super().setUp()
        self.hash = self.make('127.0.0.1')
        words = {} if self.certificate else {
            'CERTIFICATE': self.folder / 'server.pem', 'KEY': self.folder / 'server.key'}
        self.hq = Headquarters(True, ('--ca', self.folder / 'ca.pem'), **words,
                               **({'certificate': self.certificate} if self.certificate else {}))
        self.addCleanup(self.hq.close)
        self.hq.ca = self.read('ca.pem')
        self.hq.start()
        self.tablet = Tablet()
        self.addCleanup(self.tablet.close)

    def link(self, hashed):
        return 'altm-field:enrol?' + urllib.parse.urlencode(
            {'u': self.hq.address(), 'c': self.hq.code(), 'ca': hashed})

    def write(self, pem):
        path = self.folder / 'told.pem'
        path.write_text(pem)
        return path

    def enrol(self, *arguments):
        return self.tablet.run('enrol', self.hq.address(), self.hq.code(), *arguments)

    def assert_works(self, done):
        self.assertEqual(done.returncode, DONE, done)
        self.assert_pushes()

    def assert_pushes(self):
        ids = self.tablet.add(3)
        push = self.tablet.push()
        self.assertEqual((push.code, push.said.get('stored')), (DONE, 3), push)
        self.assertLessEqual(set(ids), set(self.hq.export()))

    def assert_refused(self, done):
        """Nobody was enrolled, here or there, and the tablet holds nothing secret."""
        self.assertNotEqual(done.returncode, DONE, done)
        self.assertTrue(done.stderr.strip())
        self.assertIsNone(self.tablet.status()['device_id'])
        self.assertEqual(self.hq.figures()['silent_devices'], [])


class Trust(Served):

    def test_authority_given_as_a_file(self):
        self.assert_works(self.enrol('--ca', self.folder / 'ca.pem'))

    def test_authority_named_by_its_hash(self):
        self.assert_works(self.tablet.run('enrol', self.link(self.hash)))

    def test_no_authority(self):
        self.assert_refused(self.enrol())

    def test_another_authority(self):
        self.assert_refused(self.enrol('--ca', self.write(certificates.CA)))

    def test_the_console_names_the_authority(self):
        browser = Browser(self.hq)
        run_program(HQ_PROGRAM, '--store', self.hq.store, 'user', 'add', 'claire', data=PASSWORD + '\n')
        browser.sign_in()
        said = browser.call('POST', 'codes').json()
        self.assertEqual(said['ca'], self.hash)
        link = f'altm-field:enrol?u={self.hq.address()}&c={said["code"]}&ca={said["ca"]}'
        self.assert_works(self.tablet.run('enrol', link))

    def test_another_hash(self):
        self.assert_refused(self.tablet.run('enrol', self.link(fingerprint(certificates.CA))))

    def test_renewed_certificate_is_not_noticed(self):
        self.assert_works(self.enrol('--ca', self.folder / 'ca.pem'))
        before = ssl.get_server_certificate(('127.0.0.1', self.hq.port))
        self.make('127.0.0.1')
        self.hq.proxy.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + PATIENCE
        while ssl.get_server_certificate(('127.0.0.1', self.hq.port)) == before:
            self.assertLess(time.monotonic(), deadline, 'nginx shows its old certificate')
            time.sleep(0.05)
        self.assert_pushes()

    def test_certificate_by_another_authority_later(self):
        self.assert_works(self.tablet.run('enrol', self.link(self.hash)))
        for name in ('ca.pem', 'ca.key'):
            (self.folder / name).unlink()
        self.make('127.0.0.1')
        self.hq.proxy.close()
        self.hq.proxy.start()
        self.tablet.add(1)
        self.assertEqual(self.tablet.push().code, NOT_REACHED)
        self.assertEqual(self.tablet.counts()[0], 1)

    def test_older_tls_is_refused(self):
        old = trust(self.hq.ca)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_2
        with self.hq.proxy.connect() as plain, self.assertRaisesRegex(ssl.SSLError, 'version'):
            old.wrap_socket(plain, server_hostname='127.0.0.1')
        with self.hq.connect() as connection:
            self.assertEqual(connection.version(), 'TLSv1.3')


class Foreign(Served):
    """A certificate that the tablet must not take, whatever it trusts besides."""

    certificate = certificates.ELSEWHERE

    def test_for_another_name(self):
        self.assert_refused(self.enrol('--ca', self.write(certificates.CA)))


class Expired(Served):

    certificate = certificates.EXPIRED

    def test_expired(self):
        self.assert_refused(self.enrol('--ca', self.write(certificates.OLD_CA)))


class Away(Served):

    def setUp(self):
        super().setUp()
        self.assert_works(self.enrol('--ca', self.folder / 'ca.pem'))
        self.tablet.add(2)

    def assert_kept(self):
        self.assertEqual(self.tablet.push().code, NOT_REACHED)
        self.assertEqual(self.tablet.counts()[0], 2)

    def assert_sent(self):
        push = self.tablet.push()
        self.assertEqual((push.code, push.said['stored']), (DONE, 2), push)

    def test_hq_away(self):
        self.hq.stop()
        self.assert_kept()
        self.hq.start()
        self.assert_sent()

    def test_nginx_away(self):
        self.hq.proxy.close()
        self.assert_kept()
        self.hq.proxy.start()
        self.assert_sent()

    def test_lists_come_compressed_and_once(self):
        """nginx weakens the tag of what it compresses; HQ has to know it again."""
        device = self.hq.device()
        whole = device.get('/v1/reference', **{'Accept-Encoding': 'gzip'})
        self.assertEqual(whole.headers['Content-Encoding'], 'gzip')
        self.assertEqual(json.loads(gzip.decompress(whole.body)), device.get('/v1/reference').json())
        tag = whole.headers['ETag']
        self.assertRegex(tag, '^W/"')
        self.assertEqual(device.get('/v1/reference', **{'If-None-Match': tag}).status, 304)
        self.assertEqual(device.get('/v1/reference', **{'If-None-Match': 'W/"other"'}).status, 200)


class Compression(unittest.TestCase):

    def test_tablet_asks_for_it(self):
        """libsoup undoes it by itself."""
        hq, tablet = Receiver(), Tablet()
        self.addCleanup(hq.close)
        self.addCleanup(tablet.close)
        tablet.enrol(hq)
        self.assertIn('gzip', hq.said('GET', '/v1/hello')[0].headers['Accept-Encoding'])


class Limits(HeadquartersCase):
    """nginx with the limits that it ships with; what it says itself is said as HQ would."""

    @classmethod
    def setUpClass(cls):
        cls.hq = Headquarters(True, **dict.fromkeys(
            ('TABLET_RATE', 'TABLET_CONNECTIONS', 'ADDRESS_RATE', 'ENROL_RATE', 'API_RATE')))
        cls.addClassCleanup(cls.hq.close)
        cls.hq.start()
        cls.device = cls.hq.device()

    def tearDown(self):
        """Whatever happened: a tablet that is enrolled sends, and no secret was written down."""
        self.assert_serves(self.device)
        for path in (self.hq.proxy.folder.glob('*.log')):
            self.assertNotIn(self.device.token, path.read_text())
        self.assertEqual([path.name for path in self.hq.proxy.folder.glob('*.log')], ['error.log'])

    def assert_not_reached(self, reply, status):
        self.assertEqual((reply.status, reply.headers.get_content_type()),
                         (status, 'application/problem+json'), reply)
        self.assertEqual((reply.json()['type'], reply.json()['status']), ('about:blank', status))

    def assert_slowed_down(self, reply):
        self.assert_problem(reply, 429, 'busy')
        self.assertRegex(reply.headers['Retry-After'], r'^\d+$')

    def head(self, path, device=None, **headers):
        device = device or self.device
        fields = {'Host': 'hq', **device.headers(), 'Content-Type': NDJSON, **headers}
        lines = [f'PUT {path} HTTP/1.1'] + [f'{name}: {value}' for name, value in fields.items()]
        return '\r\n'.join([*lines, '', '']).encode()

    def batch(self):
        return self.device.path(f'batches/{uuid.uuid4()}')

    def test_body_far_too_long(self):
        self.assert_problem(self.device.put(bytes(3 * MIB), zipped=False), 413, 'too-large')

    def test_chunks_far_too_long(self):
        chunk = b'%x\r\n' % MIB + bytes(MIB) + b'\r\n'
        with self.hq.connect() as connection:
            connection.sendall(self.head(self.batch(), **{'Transfer-Encoding': 'chunked'}))
            connection.sendall(chunk * 2)
            self.assert_problem(read_reply(connection), 413, 'too-large')

    def test_hq_away(self):
        self.hq.stop()
        try:
            reply = self.device.put(b'{}\n')
        finally:
            self.hq.start()
        self.assert_not_reached(reply, 502)
        self.assertRegex(reply.headers['Retry-After'], r'^\d+$')

    def test_what_cannot_be_read(self):
        for request in (b'GET /v1/hello HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
                        b'GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n', b'GET /v1/hello HTTP/1.1\r\n\r\n',
                        b'GET /v1/hello HTTP/1.1\r\nHost: a\r\nX: ' + b'a' * 40_000 + b'\r\n\r\n'):
            with self.subTest(request=request[:60]), self.hq.connect() as connection:
                connection.sendall(request)
                self.assert_not_reached(read_reply(connection), 400)

    def test_plain_http_is_not_led_elsewhere(self):
        with self.hq.proxy.connect() as plain:
            plain.sendall(b'GET /v1/hello HTTP/1.1\r\nHost: a\r\n\r\n')
            self.assert_not_reached(read_reply(plain), 400)

    def test_eager_tablet_is_slowed_down_and_never_refused(self):
        with contextlib.closing(self.hq.open()) as connection:
            for _ in range(60):
                connection.request('GET', self.device.path('news'), headers=self.device.headers())
                answer = connection.getresponse()
                answer.read()
                self.assertEqual(answer.status, 200)

    def test_guesses_are_slowed_down(self):
        """At an HQ of their own, where nobody else can be enrolled for a while after that."""
        hq = Headquarters(True, ENROL_RATE=None)
        self.addCleanup(hq.close)
        hq.start()
        device = hq.device()
        start, replies = time.monotonic(), []
        while [reply.status for reply in replies].count(429) < 10:
            self.assertLess(len(replies), 1000, 'nobody is slowed down')
            replies.append(hq.enrol(f'AAAA{len(replies):04}', str(uuid.uuid4())))
        self.assertEqual({reply.status for reply in replies}, {403, 429})
        refused = [reply for reply in replies if reply.status == 429]
        self.assertLessEqual(len(replies) - len(refused),
                             ENROL_BURST + 1 + (time.monotonic() - start) / SECONDS_AN_ENROLMENT)
        self.assert_slowed_down(refused[0])
        self.assert_serves(device)

    def test_passwords_are_slowed_down(self):
        """Whoever they are tried for; a page that asks who is signed in is not."""
        hq = Headquarters(True, ENROL_RATE=None)
        self.addCleanup(hq.close)
        hq.start()
        headers = {'Content-Type': 'application/json', 'Altm-Csrf': '1'}
        replies = []
        while [reply.status for reply in replies].count(429) < 10:
            self.assertLess(len(replies), 1000, 'nobody is slowed down')
            body = json.dumps({'name': f'personne {len(replies)}', 'password': 'un mot de passe'})
            replies.append(hq.request('POST', '/console/api/session', body, headers))
        self.assertEqual({reply.status for reply in replies}, {401, 429})
        self.assert_slowed_down([reply for reply in replies if reply.status == 429][0])
        self.assertEqual({hq.request('GET', '/console/api/session').status for _ in range(50)}, {401})

    def test_a_program_that_reads_on_is_slowed_down_and_never_refused(self):
        token = self.hq.must('token', 'add', 'lecteur', '--scope', 'records').strip()
        with contextlib.closing(self.hq.open()) as connection:
            for _ in range(60):
                connection.request('GET', '/api/v1/records', headers={'Authorization': f'Bearer {token}'})
                answer = connection.getresponse()
                answer.read()
                self.assertEqual(answer.status, 200)

    def test_tokens_that_are_guessed_are_slowed_down(self):
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(contextlib.closing(self.hq.open())) for _ in range(160)]
            for n, connection in enumerate(connections):
                connection.request('GET', '/api/v1/figures', headers={'Authorization': f'Bearer faux-{n}'})
            replies = [Reply(connection.getresponse()) for connection in connections]
        self.assertEqual({reply.status for reply in replies}, {401, 429})
        self.assert_slowed_down([reply for reply in replies if reply.status == 429][0])

    def test_many_connections_of_one_token(self):
        """More than a tablet needs, none of which brings its body."""
        other = self.hq.device()
        with contextlib.ExitStack() as stack:
            head = self.head(other.path(f'batches/{uuid.uuid4()}'), other, **{'Content-Length': 99})
            connections = [stack.enter_context(self.hq.connect()) for _ in range(12)]
            for connection in connections:
                connection.sendall(head)
            self.assertEqual(statuses(first_answer(connections)), [429])
            self.assert_serves(self.device)

    def test_slow_clients_do_not_reach_hq(self):
        """nginx has the whole of a body before HQ hears of it."""
        devices = [self.hq.device() for _ in range(10)]
        before = self.open_files()
        with contextlib.ExitStack() as stack:
            for number in range(60):
                device = devices[number % len(devices)]
                connection = stack.enter_context(self.hq.connect())
                connection.sendall(self.head(device.path(f'batches/{uuid.uuid4()}'), device,
                                             **{'Content-Length': 9999}) + b'{"seq":')
            self.assert_serves(self.device)
            self.assertLess(self.open_files(), before + 20)

    def open_files(self):
        return len(os.listdir(f'/proc/{self.hq.process.pid}/fd'))


if __name__ == '__main__':
    unittest.main()
