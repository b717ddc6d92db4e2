# SPDX-License-Identifier: GPL-3.0-or-later
"""The bad road between a tablet and HQ: a TCP proxy that reads what passes.

It cuts after a given byte, waits, is slow, answers in HQ's place, changes what HQ said, and sends
things twice or later. What it let through whole is written down, with the seqs of each push.
"""

import gzip
import json
import socket
import ssl
import struct
import threading
import time
from contextlib import suppress

from hq import PATIENCE

FIN, RST = 'FIN', 'RST'
REQUEST, REPLY = 'request', 'reply'
BITS_A_SECOND, ROUND_TRIP = 40_000, 0.8
RESET = struct.pack('ii', 1, 0)
CHUNK = 128

# A step of a push, by what its request's path ends in or holds.
STEPS = (('/v1/hello', 'hello'), ('/v1/reference', 'reference'), ('/digest?', 'digest'),
         ('/fork', 'fork'), ('/batches/', 'batch'), ('/news?', 'news'), ('/release', 'release'), ('/v1/enrol', 'enrol'))


class Cut(Exception):
    """The connection ends here."""


class Last(bytes):
    """An answer after which the connection ends."""


class Exchange:
    """One request, and what was answered."""

    def __init__(self, head, body):
        self.head = head
        self.body = body
        self.reply = b''
        self.method, self.path = head.split(b' ', 2)[:2]
        self.path = self.path.decode()
        self.step = next((step for part, step in STEPS if part in self.path), None)

    @property
    def raw(self):
        return self.head + self.body

    def seqs(self):
        """The seqs of a push; none in anything else."""
        if self.step != 'batch':
            return []
        body = gzip.decompress(self.body) if b'content-encoding: gzip' in self.head.lower() else self.body
        return [json.loads(line)['seq'] for line in body.split(b'\n')[:-1]]


def http_answer(status, body=b'', kind='application/json', **headers):
    """A whole answer in bytes."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f'HTTP/1.1 {status} So', f'Content-Type: {kind}', f'Content-Length: {len(body)}',
             *(f'{name.replace("_", "-")}: {value}' for name, value in headers.items())]
    return '\r\n'.join(lines).encode() + b'\r\n\r\n' + body


def split_answer(reply):
    """An answer's head, with the empty line, and its body."""
    head, _, body = reply.partition(b'\r\n\r\n')
    return head + b'\r\n\r\n', body


def with_body(reply, body):
    """The same answer with another body."""
    head = split_answer(reply)[0]
    lines = [line for line in head.split(b'\r\n') if not line.lower().startswith(b'content-length')]
    return b'\r\n'.join(lines[:-2] + [b'Content-Length: %d' % len(body), b'', b'']) + body


class Proxy:
    """Listens on loopback, and goes on to HQ with each connection that comes.

    `before(exchange)` may look at a request before HQ gets it, and answer in its place with bytes;
    `after(exchange)` may give other bytes than `exchange.reply` to the tablet. Either may raise Cut.
    """

    def __init__(self, hq, context=None):
        self.hq = hq
        self.context = context
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        self.open = True
        self.connections = []
        self.calm()
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def calm(self):
        """A good road from now on."""
        self.before = self.after = None
        self.cut = None
        self.delay = 0
        self.is_slow = False
        self.lines = None
        self.exchanges = []
        self.moved = {REQUEST: 0, REPLY: 0}
        self.ranges = []

    def address(self):
        return f'{"https" if self.context else "http"}://127.0.0.1:{self.port}'

    def code(self):
        return self.hq.code()

    def close(self):
        self.open = False
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join()
        for thread in self.connections:
            thread.join(PATIENCE)

    def cut_after(self, stream, byte, how):
        """Ends the connection when so many bytes of a stream have passed, counted from now on."""
        self.moved = {REQUEST: 0, REPLY: 0}
        self.cut = stream, byte, how

    def steps_of(self, stream):
        """Where each step's bytes began and ended in a stream since `calm`."""
        return [(step, start, end) for which, step, start, end in self.ranges if which == stream]

    def _listen(self):
        while self.open:
            try:
                tablet, _ = self.socket.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(tablet,), daemon=True)
            self.connections = [each for each in self.connections if each.is_alive()] + [thread]
            thread.start()

    def _serve(self, tablet):
        """One connection of a tablet's, and the one to HQ that belongs to it."""
        up = None
        try:
            tablet.settimeout(PATIENCE)
            tablet.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.context:
                tablet = self.context.wrap_socket(tablet, server_side=True)
            self._wait_one_way()
            self._wait_one_way()
            road = Road(tablet)
            while exchange := road.read_request():
                up = up or Road(socket.create_connection(('127.0.0.1', self.hq.port), PATIENCE))
                self._pass(exchange, road, up)
        except (Cut, OSError, ssl.SSLError, ValueError):
            pass
        finally:
            self._end(tablet)
            if up:
                self._end(up.socket)

    def _end(self, connection):
        if self.cut and self.cut[2] == RST:
            with suppress(OSError):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.close()

    def _wait_one_way(self):
        time.sleep(self.delay / 2 + (ROUND_TRIP / 2 if self.is_slow else 0))

    def _pass(self, exchange, tablet, up):
        answer = self.before(exchange) if self.before else None
        if answer is None:
            self._wait_one_way()
            self._send(up.socket, exchange.raw, REQUEST, exchange.step)
            exchange.reply = up.read_reply(exchange.method)
            self.exchanges.append(exchange)
            answer = exchange.reply
            if self.lines and exchange.step == 'hello':
                answer = self._lower_limit(answer)
            other = self.after(exchange) if self.after else None
            answer = answer if other is None else other
        self._wait_one_way()
        self._send(tablet.socket, answer, REPLY, exchange.step)
        if isinstance(answer, Last):
            raise Cut

    def _lower_limit(self, answer):
        """HQ's hello with fewer lines in a batch, so that a few records make several."""
        head, body = split_answer(answer)
        hello = json.loads(body)
        hello['limits']['lines'] = self.lines
        return with_body(head, json.dumps(hello).encode())

    def _send(self, connection, data, stream, step):
        start = self.moved[stream]
        self.ranges.append((stream, step, start, start + len(data)))
        is_cut = self.cut and self.cut[0] == stream and start + len(data) > self.cut[1]
        if is_cut:
            data = data[:max(self.cut[1] - start, 0)]
        self.moved[stream] += len(data)
        if self.is_slow:
            self._trickle(connection, data)
        else:
            connection.sendall(data)
        if is_cut:
            raise Cut

    def _trickle(self, connection, data):
        for start in range(0, len(data), CHUNK):
            chunk = data[start:start + CHUNK]
            time.sleep(len(chunk) * 8 / BITS_A_SECOND)
            connection.sendall(chunk)


class Road:
    """Whole messages from a socket."""

    def __init__(self, connection):
        self.socket = connection
        self.buffer = b''

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise Cut
        self.buffer += data

    def _take(self, count):
        while len(self.buffer) < count:
            self._more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def _read_head(self):
        while b'\r\n\r\n' not in self.buffer:
            self._more()
        return self._take(self.buffer.index(b'\r\n\r\n') + 4)

    def _read_body(self, head):
        for line in head.lower().split(b'\r\n'):
            if line.startswith(b'content-length:'):
                return self._take(int(line.split(b':')[1]))
        return b''

    def read_request(self):
        head = self._read_head()
        return Exchange(head, self._read_body(head))

    def read_reply(self, method):
        head = self._read_head()
        status = head.split(b' ', 2)[1]
        if status == b'304' or b'\r\ncontent-length:' in head.lower():
            return head if status == b'304' else head + self._read_body(head)
        # Without a length an answer ends with its connection.
        with suppress(Cut):
            while True:
                self._more()
        return Last(head + self._take(len(self.buffer)))
