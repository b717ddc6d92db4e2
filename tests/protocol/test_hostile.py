# SPDX-License-Identifier: GPL-3.0-or-later
"""What no tablet of ours sends. HQ goes on serving, and stores nothing that it should not."""

import contextlib
import gzip
import json
import os
import random
import signal
import socket
import ssl
import time
import unittest
import uuid
from pathlib import Path

from hq import NDJSON, HeadquartersCase, as_body, encode, read_reply, sha256, statuses
from records import contact, observation

MIB = 1 << 20
# What HQ reads and discards of a body that is too long, at most, and what both ends' kernels hold.
DISCARDED_BYTES = 17 * MIB + sum(int(Path(f'/proc/sys/net/ipv4/tcp_{way}mem').read_text().split()[2])
                                 for way in 'rw')
# HQ listens to such a body for ten seconds, nginx likewise; to a body within the limit that trickles,
# HQ for half a minute and longer, for five minutes at most.
SECONDS_UNTIL_HUNG_UP = 280
CONNECTIONS = 200
# Who finds the queue full is not answered at all before HQ takes others out of it.
PATIENCE_OF_A_CALLER = 120


class Hostile(HeadquartersCase):

    def setUp(self):
        self.device = self.hq.device()
        self.known = set(self.hq.export())

    def tearDown(self):
        """A good tablet is served, its notes are its own, and no record came in from elsewhere."""
        self.assertIsNone(self.hq.process.poll(), 'HQ is gone')
        self.assert_serves(self.device)
        mine = {note[0] for note in self.device.notes.values()}
        self.assertLessEqual(set(self.hq.export()) - self.known, mine)

    def head(self, method='PUT', path=None, **headers):
        """A request's head; header names are given with underscores."""
        path = path or self.device.path(f'batches/{uuid.uuid4()}')
        fields = {'Host': 'hq', **self.device.headers(), 'Content-Type': NDJSON}
        fields.update({name.replace('_', '-'): value for name, value in headers.items()})
        lines = [f'{method} {path} HTTP/1.1']
        lines += [f'{name}: {value}' for name, value in fields.items()]
        return '\r\n'.join([*lines, '', '']).encode()

    def body(self):
        """One good line that HQ must not take, as it never comes whole or never rightly."""
        return as_body([self.device.line('contact', contact())])

    def assert_refused(self, data):
        """Whatever the answer is, if any, it is no success."""
        received = self.hq.exchange(data)
        for status in statuses(received):
            self.assertGreaterEqual(status, 400, received[:300])
            self.assertNotEqual(status, 500, received[:300])
        return statuses(received)

    def assert_ended(self, first, more):
        """Whoever sends without end is hung up on, after so many bytes or so many seconds."""
        counts = self.hq.road.counts_discarded
        with self.hq.connect() as connection:
            self.send_until_refused(connection, first, more, 0 if counts else 0.01)

    def send_until_refused(self, connection, first, more, pause):
        """Sends `more` for ever; the other side has to close before it has had far more than it
        should read."""
        connection.settimeout(SECONDS_UNTIL_HUNG_UP)
        end, sent = time.monotonic() + SECONDS_UNTIL_HUNG_UP, 0
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            connection.sendall(first)
            while True:
                connection.sendall(more)
                sent += len(more)
                self.assertLess(sent, DISCARDED_BYTES, 'it is read on and on')
                self.assertLess(time.monotonic(), end, 'nobody hangs up')
                time.sleep(pause)


class Slow(Hostile):

    def assert_served_beside(self, count, data):
        """So many connections stand open, on which only this much was said: a good tablet is served
        while HQ still waits for the rest of each of them."""
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(self.hq.connect()) for _ in range(count)]
            for connection in connections:
                connection.sendall(data)
            self.assert_serves(self.device)
            self.assertEqual([is_open(connection) for connection in connections], [True] * count)

    def test_slow_heads_do_not_stop_others(self):
        self.assert_served_beside(30, b'PUT /v1/enrol HTTP/1.1\r\nHost: hq\r\nX-Slow: ')

    def test_slow_bodies_do_not_stop_others(self):
        head = self.head(Content_Length='1000')
        self.assert_served_beside(30, head + b'{"seq":')

    def test_slow_gzip_does_not_stop_others(self):
        head = self.head(Content_Length='100000', Content_Encoding='gzip')
        self.assert_served_beside(30, head + gzip.compress(self.body())[:20])

    def test_silent_connections_are_bounded(self):
        self.assert_served_beside(CONNECTIONS, b'')

    def test_connections_that_come_and_go(self):
        for _ in range(CONNECTIONS):
            self.hq.connect().close()
        self.assert_serves(self.device)

    def test_queue_of_the_port_is_long(self):
        """HQ stands still, and all of them find room; where the queue is short they would wait."""
        with contextlib.ExitStack() as stack:
            self.hq.process.send_signal(signal.SIGSTOP)
            stack.callback(self.hq.process.send_signal, signal.SIGCONT)
            for _ in range(CONNECTIONS):
                stack.enter_context(socket.create_connection(('127.0.0.1', self.hq.own_port),
                                                             timeout=PATIENCE_OF_A_CALLER))
        self.assert_serves(self.device)

    def test_reader_that_never_reads(self):
        head = self.head('GET', '/v1/reference')
        self.assert_served_beside(10, head * 20)

    def test_trickle_of_single_bytes_is_taken(self):
        line = self.device.line('contact', contact())
        body = as_body([line])
        with self.hq.connect() as connection:
            for byte in self.head(Content_Length=str(len(body))) + body:
                connection.send(bytes([byte]))
            reply = read_reply(connection)
        self.assertEqual(reply.status, 200, reply)
        self.device.note(reply.json(), [encode(line)])


class Heads(Hostile):

    def test_huge_headers(self):
        # libsoup takes 64 KiB in Debian 12, and 100 KiB in Debian 13.
        for count, length in ((1, 1 << 20), (5000, 200), (1, 100 << 10)):
            fields = ''.join(f'X-{n}: {"a" * length}\r\n' for n in range(count)).encode()
            self.assert_refused(self.head(Content_Length='3')[:-2] + fields + b'\r\nabc')

    def test_headers_without_end(self):
        self.assert_ended(b'GET /v1/hello HTTP/1.1\r\n', b'X-More: ' + b'a' * 1000 + b'\r\n')

    def test_garbage(self):
        chance = random.Random(5)
        for data in (b'\0' * 1000, b'\r\n' * 1000, b'GET\r\n\r\n', b'GET / HTTP/9.9\r\n\r\n',
                     b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03' + bytes(500),
                     b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', b'GET / HTTP/1.1\r\n: x\r\n\r\n',
                     b'GET /v1/hello HTTP/1.1\r\nHost: a\r\nHo\0st: b\r\n\r\n',
                     b'A' * 70_000, chance.randbytes(5000)):
            with self.subTest(data=data[:30]):
                self.hq.exchange(data)

    def test_pipelined_garbage_after_a_good_request(self):
        line = self.device.line('contact', contact())
        body = as_body([line])
        head = self.head(Content_Length=str(len(body)))
        received = self.hq.exchange(head + body + b'\0\1garbage {"seq":1}\r\n\r\n')
        self.assertEqual(statuses(received)[:1], [200], received[:300])
        self.device.notes[line['seq']] = noted(line)

    def test_requests_one_after_the_other_share_a_connection(self):
        paths = ('/v1/hello', '/v1/nothing', '/v1/hello', self.device.path('news?after='))
        with self.hq.connect() as connection:
            for path, status in zip(paths, (200, 404, 200, 200)):
                connection.sendall(self.head('GET', path))
                self.assertEqual(read_reply(connection).status, status, path)

    def test_pipelined_requests_are_answered_in_order(self):
        """Those that are answered at all: nothing of ours asks before it has its answer."""
        requests = self.head('GET', '/v1/hello') + self.head('GET', '/v1/nothing')
        received = self.hq.exchange(requests + self.head('GET', '/v1/hello', Connection='close'))
        answered = statuses(received)
        self.assertEqual(answered, [200, 404, 200][:len(answered) or 1])

    def test_paths_that_climb_or_lead_elsewhere(self):
        for path in ('/v1/../../../../etc/passwd', '/../store/hq.db', '/%2e%2e/%2e%2e/etc/passwd',
                     '//etc/passwd', '/v1/..%2f..%2fetc%2fpasswd', '/v1/hello%00.html',
                     '/v1/devices/../../etc/passwd', '/..\\..\\etc\\passwd', '/v1/%c0%ae%c0%ae/',
                     '/static/../../../../etc/passwd', '/v1/devices/%2e%2e/fork', '/' + 'a' * 9000):
            with self.subTest(path=path[:60]):
                received = self.hq.exchange(self.head('GET', path, Connection='close'))
                self.assertNotIn(b'root:', received)
                self.assertNotIn(b'SQLite format', received)
                self.assertNotIn(200, statuses(received), received[:300])

    def test_absolute_addresses(self):
        other = self.hq.device()
        path = other.path('digest?from=1&to=2')
        for target in (f'http://elsewhere.example{path}', f'{self.hq.address()}{path}'):
            received = self.hq.exchange(self.head('GET', target, Connection='close'))
            self.assertTrue(all(status >= 400 for status in statuses(received)), received[:300])

    def test_nul_in_the_path(self):
        path = self.device.path('batches/') + str(uuid.uuid4())
        for odd in (path + '\0', path + '%00', path.replace('batches', 'batch\0es')):
            body = self.body()
            self.assert_refused(self.head(path=odd, Content_Length=str(len(body))) + body)


def noted(line):
    return line['id'], line['rev'], sha256(encode(line))


def is_open(connection):
    """Whether the other side has not hung up; what it said is read and left aside."""
    connection.settimeout(0)
    try:
        return connection.recv(65536) != b''
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except ConnectionError:
        return False


class Bodies(Hostile):

    def test_chunked_body_without_end(self):
        chunk = b'4000\r\n' + b'x' * 0x4000 + b'\r\n'
        self.assert_ended(self.head(Transfer_Encoding='chunked'), chunk)

    def test_slow_body_that_is_too_long_ends_in_time(self):
        """It is read on for ten seconds at most once a body is over the limit."""
        limit = self.hq.hello()['limits']['batch_bytes']
        first = self.head(Transfer_Encoding='chunked')
        first += b'%x\r\n' % (2 * limit) + bytes(2 * limit) + b'\r\n'
        with self.hq.connect() as connection:
            self.send_until_refused(connection, first, b'1\r\nx\r\n', pause=0.1)

    def test_good_chunks_are_taken(self):
        line = self.device.line('contact', contact())
        body = as_body([line])
        chunks = b''.join(b'%x\r\n%b\r\n' % (len(part), part) for part in
                          (body[:7], body[7:8], body[8:])) + b'0\r\n\r\n'
        with self.hq.connect() as connection:
            connection.sendall(self.head(Transfer_Encoding='chunked') + chunks)
            reply = read_reply(connection)
        self.assertEqual(reply.status, 200, reply)
        self.device.note(reply.json(), [encode(line)])

    def test_bad_chunks(self):
        body = self.body()
        for chunks in (b'zz\r\n' + body + b'\r\n0\r\n\r\n', b'-5\r\n' + body,
                       b'ffffffffffffffffffff\r\n' + body, b'%x\r\n' % (len(body) + 9) + body):
            received = self.hq.exchange(self.head(Transfer_Encoding='chunked') + chunks)
            self.assertNotIn(b'"stored":1', received)

    def test_length_that_promises_more(self):
        body = self.body()
        with self.hq.connect() as connection:
            connection.sendall(self.head(Content_Length=str(len(body) + 1)) + body)
            connection.shutdown(socket.SHUT_WR)
            self.assertNotIn(200, statuses(self.hq.read_until_silent(connection)))

    def test_length_that_promises_less(self):
        """The line is cut where the length says, and so it's no line."""
        body = self.body()
        received = self.hq.exchange(self.head(Content_Length=str(len(body) // 2)) + body)
        if statuses(received)[:1] == [200]:
            self.assertIn(b'"stored":0', received.replace(b' ', b''))

    def test_two_lengths_hide_no_second_request(self):
        hidden = self.body()
        inner = self.head(Content_Length=str(len(hidden))) + hidden
        outer = self.head(Content_Length='3')[:-2]
        received = self.hq.exchange(
            outer + f'Content-Length: {len(inner) + 3}\r\n\r\n{{}}\n'.encode() + inner)
        self.assertLessEqual(len(statuses(received)), 2)
        self.device.notes |= self.taken(received, hidden)

    def test_length_and_chunks_hide_no_second_request(self):
        hidden = self.body()
        inner = self.head(Content_Length=str(len(hidden))) + hidden
        outer = self.head(path='/v1/enrol', Content_Length='4', Transfer_Encoding='chunked')
        received = self.hq.exchange(outer + b'0\r\n\r\n' + inner)
        self.assertLessEqual(received.count(b'"stored"'), 1)
        self.device.notes |= self.taken(received, hidden)

    def taken(self, received, body):
        """What the receipt says: the hidden request carries its own token, so a server that takes
        it as one that follows (RFC 9112, section 6.1) lets nobody in."""
        line = json.loads(body)
        return {line['seq']: noted(line)} if b'"stored":1' in received else {}

    def test_expectation_of_a_stranger_is_refused(self):
        body = bytes(50_000)
        head = self.head(Content_Length=str(len(body)), Expect='100-continue',
                         Authorization='Bearer nobody')
        with self.hq.connect() as connection:
            connection.sendall(head)
            received = connection.recv(65536)
            if statuses(received) == [100]:
                connection.sendall(body)
                received = connection.recv(65536)
        self.assertEqual(statuses(received), [401])

    def test_expectation_of_a_tablet_is_met(self):
        line = self.device.line('contact', contact())
        body = as_body([line])
        with self.hq.connect() as connection:
            connection.sendall(self.head(Content_Length=str(len(body)), Expect='100-continue'))
            self.assertEqual(statuses(connection.recv(65536)), [100])
            connection.sendall(body)
            reply = read_reply(connection)
        self.assertEqual(reply.status, 200, reply)
        self.device.note(reply.json(), [encode(line)])

    def test_connections_cut_in_the_middle(self):
        body = self.body()
        data = self.head(Content_Length=str(len(body))) + body
        for cut in range(1, len(data) - 1, 29):
            with self.hq.connect() as connection:
                connection.sendall(data[:cut])

    def test_random_bodies(self):
        chance = random.Random(11)
        for _ in range(30):
            body = chance.randbytes(chance.randrange(1, 5000))
            reply = self.device.put(body, zipped=chance.random() < 0.5)
            self.assertIn(reply.status, (200, 400), reply)
            if reply.status == 200:
                self.assertEqual(reply.json()['stored'], 0)


class Lengths(Hostile):

    @classmethod
    def setUpClass(cls):
        """This headquarters is killed in the end: libsoup 3.2 loses the address of a request whose
        head it can't read, a few bytes that a leak checker would report when it ends by itself."""
        super().setUpClass()
        cls.addClassCleanup(cls.hq.kill)

    def test_lengths_without_sense(self):
        body = self.body()
        for length in ('-1', 'many', '1e3', '99999999999999999999999', '0x10', '+5', ''):
            with self.subTest(length=length):
                received = self.hq.exchange(self.head(Content_Length=length) + body)
                self.assertNotIn(b'"stored":1', received.replace(b' ', b''))


class Lines(Hostile):
    """Good HTTP around lines that try something."""

    def push_raw(self, line):
        """Whatever HQ makes of it: it's in exactly one place, and both sides agree on which."""
        receipt = self.device.push([line, self.device.line('contact', contact())])
        self.assertGreaterEqual(receipt['stored'], 1, receipt)
        self.assert_same_notes(self.device)
        return receipt

    def test_duplicate_names_are_rejected(self):
        good = encode(self.device.line('contact', contact()))
        for name, value in ((b'seq', b'99'), (b'id', b'"x"'), (b'rev', b'7'),
                            (b'type', b'"flow"'), (b'data', b'{}')):
            with self.subTest(name=name):
                line = good[:-1] + b',"' + name + b'":' + value + b'}'
                self.assertEqual(len(self.push_raw(line)['problems']), 1)
        inner = good.replace(b'"people":1', b'"people":1,"people":400')
        self.assertEqual(len(self.push_raw(inner)['problems']), 1)

    def test_numbers_without_end(self):
        for number in (b'9' * 400, b'1e999', b'-1e999', b'0.' + b'1' * 400, b'1' + b'0' * 30):
            line = encode(self.device.line('contact', contact(people=77)))
            with self.subTest(number=number[:20]):
                line = line.replace(b'"people":77', b'"people":' + number)
                self.assertEqual(len(self.push_raw(line)['problems']), 1)

    def test_numbers_beyond_64_bits_in_counters(self):
        for number in (2**63, 2**64 + 1, -2**63 - 1, 10**100):
            for name in ('seq', 'rev', 'v', 'lists'):
                line = self.device.line('contact', contact(), **{name: number})
                with self.subTest(name=name, number=number):
                    self.push_raw(line)

    def test_greatest_counter(self):
        device = self.hq.device()
        receipt = device.push([device.line('contact', contact(), seq=2**63 - 1)])
        self.assertEqual(receipt['stored'] + len(receipt['problems']), 1)
        self.assertEqual(device.digest(1, 2**63 - 1), device.own_digest(1, 2**63 - 1))
        self.known |= {note[0] for note in device.notes.values()}

    def test_nul_in_text(self):
        line = encode(self.device.line('observation', observation(what='X')))
        for text in (b'a\\u0000b', b'a\0b', b'\\ud800', b'\\udc00\\ud800'):
            with self.subTest(text=text):
                self.push_raw(line.replace(b'"X"', b'"' + text + b'"'))

    def test_text_that_tries_sql_and_markup(self):
        text = "'; DROP TABLE journal; --<script>alert(1)</script>"
        line = self.device.line('observation', observation(what=text))
        self.push_raw(line)
        self.assertEqual(self.hq.export()[line['id']]['data']['what'], text)

    def test_other_newlines_do_not_end_a_line(self):
        line = self.device.line('observation', observation(what='a\u2028b\u0085c'))
        self.assertEqual(self.push_raw(line)['problems'], [])

    def test_carriage_return_belongs_to_the_line(self):
        line = encode(self.device.line('contact', contact())) + b'\r'
        self.push_raw(line)

    def test_line_of_many_names(self):
        extra = {f'name{number}': number for number in range(2000)}
        self.push_raw(self.device.line('contact', contact(**extra)))

    def test_random_damage_to_good_lines(self):
        """From a tablet of their own, one by one: a damaged seq may be that of another line."""
        chance, device = random.Random(17), self.hq.device()
        for _ in range(200):
            line = self.damaged(chance, device)
            reply = device.put(as_body([line]))
            self.assertIn(reply.status, (200, 409), (line, reply))
            if reply.status == 200:
                device.note(reply.json(), [line])
        self.assert_same_notes(device)
        self.known |= {note[0] for note in device.notes.values()}

    def damaged(self, chance, device):
        """A good line with one byte put wrong."""
        line = bytearray(encode(device.line('contact', contact())))
        line[chance.randrange(len(line))] = chance.choice(b'\x00\xff"{}[]:,09aZ \\')
        return bytes(line)


class Memory(Hostile):

    def test_random_gzip_at_the_limit(self):
        limit = self.hq.hello()['limits']['batch_bytes']
        body = gzip.compress(os.urandom(limit - 2000))
        reply = self.device.put(body, zipped=False, headers={'Content-Encoding': 'gzip'})
        self.assertIn(reply.status, (200, 413), reply)


if __name__ == '__main__':
    unittest.main()
