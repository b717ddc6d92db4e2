# SPDX-License-Identifier: GPL-3.0-or-later
"""Too much at once, without nginx in front: HQ goes on answering who is good, within its memory.
The same at full length is the bench `crowd`."""

import contextlib
import gzip
import json
import os
import resource
import select
import signal
import subprocess
import sys
import time
import unittest
import uuid
from pathlib import Path

from hq import PATIENCE, Headquarters, HeadquartersCase, as_body, read_reply
from records import contact

MIB = 1 << 20
# A sanitizer keeps what was freed for a while, to find who uses it.
MOST_MEMORY = (200 if 'ASAN_OPTIONS' not in os.environ else 700) * MIB
CROWD = {'slow_head': 40, 'slow_body': 40, 'stalled_body': 100, 'endless_head': 20,
         'endless_line': 20, 'endless_body': 20, 'bomb': 5, 'slow_reader': 20}
NOT_BORNE = ('stalled_body', 'endless_head', 'endless_line', 'endless_body')
PUSHES = 40
CONNECTIONS = 1000
PUSHES_AT_ONCE = 300
LINES = 500


class Overload(HeadquartersCase):

    @classmethod
    def setUpClass(cls):
        """The crowd's heads without end make libsoup 3.2 lose a few bytes each, which a leak
        checker would report if this headquarters ended by itself."""
        cls.hq = Headquarters(behind_nginx=False)
        cls.addClassCleanup(cls.hq.close)
        cls.addClassCleanup(cls.hq.kill)
        cls.hq.start()

    def setUp(self):
        self.device = self.hq.device()

    def peak_memory(self):
        return self.hq.memory('VmHWM')

    def head(self, length, **more):
        fields = {'Host': 'hq', **self.device.headers(), 'Content-Type': 'application/x-ndjson',
                  'Content-Length': length}
        fields.update({name.replace('_', '-'): value for name, value in more.items()})
        path = self.device.path(f'batches/{uuid.uuid4()}')
        lines = [f'PUT {path} HTTP/1.1'] + [f'{name}: {value}' for name, value in fields.items()]
        return '\r\n'.join([*lines, '', '']).encode()


class Crowd(Overload):

    def test_good_tablets_are_served_within_memory(self):
        bad = self.hq.device()
        command = [sys.executable, str(Path(__file__).with_name('badclients.py')), str(self.hq.port),
                   bad.device_id, bad.token, '0']
        command += [f'{kind}={count}' for kind, count in CROWD.items()]
        with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=0) as crowd:
            self.addCleanup(crowd.kill)
            pushes, end = 0, time.monotonic() + 6 * PATIENCE
            while pushes < PUSHES or not all_had_their_turn(crowd):
                self.assertLess(time.monotonic(), end, 'somebody is never hung up on or answered')
                self.assert_serves(self.device)
                pushes += 1
            self.assertIsNone(crowd.poll(), 'the crowd is gone')
            crowd.kill()
        self.assertLess(self.peak_memory(), MOST_MEMORY)


def all_had_their_turn(crowd):
    """Whether, by what the crowd printed last, of each kind that HQ need not bear as many were hung up
    on as there are, and as many bombs were answered."""
    line = crowd.stdout.readline()
    while line and select.select([crowd.stdout], [], [], 0)[0]:
        line = crowd.stdout.readline()
    said = json.loads(line)
    return (said['answered']['bomb'] >= CROWD['bomb'] and
            all(said['hung_up'][kind] >= CROWD[kind] for kind in NOT_BORNE))


class Stalled(Overload):

    def test_newest_of_many_uploads_is_taken(self):
        """200 MiB of bodies that lack their end; the last one of them gets it."""
        line = self.device.line('contact', contact())
        filler = b' ' * 60_000 + b'\n'
        body = as_body([line]) + filler * 17
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(self.hq.connect()) for _ in range(200)]
            for connection in connections:
                connection.sendall(self.head(len(body)) + body[:-1])
            with contextlib.suppress(ConnectionError):
                self.assertEqual(connections[0].recv(1), b'')
            connections[-1].sendall(body[-1:])
            reply = read_reply(connections[-1])
        self.assertEqual((reply.status, reply.json()['stored']), (200, 1), reply)
        self.device.note(reply.json(), body.split(b'\n')[:-1])
        self.assertLess(self.peak_memory(), MOST_MEMORY)
        self.assert_serves(self.device)

    def test_trickle_is_hung_up_on(self):
        """A byte a second, of a body that would take a quarter of an hour."""
        with self.hq.connect() as connection:
            connection.sendall(self.head(900))
            connection.settimeout(1)
            sent, closed = 0, False
            while not closed:
                self.assertLess(sent, 899, 'a trickle is listened to until its end')
                try:
                    connection.sendall(b'a')
                    sent += 1
                    closed = connection.recv(1) == b''
                except TimeoutError:
                    pass
                except ConnectionError:
                    closed = True


class ComingAndGoing(Overload):

    def open_files(self):
        return len(os.listdir(f'/proc/{self.hq.process.pid}/fd'))

    def test_connections_that_were_answered_are_let_go(self):
        """libsoup 3.2 by itself keeps each of them for ever."""
        before = self.open_files()
        for _ in range(CONNECTIONS):
            self.hq.hello()
        end = time.monotonic() + PATIENCE
        while self.open_files() > before and time.monotonic() < end:
            time.sleep(0.05)
        self.assertLessEqual(self.open_files(), before)

    def test_more_connections_than_a_shell_allows_files(self):
        limits = resource.prlimit(self.hq.process.pid, resource.RLIMIT_NOFILE)
        self.assertGreaterEqual(limits[0], min(2000, limits[1]))
        with contextlib.ExitStack() as stack:
            connections = [stack.enter_context(self.hq.connect()) for _ in range(700)]
            for connection in connections:
                connection.sendall(b'GET /v1/hello HTTP/1.1\r\nHost: hq\r\n\r\n')
            for connection in connections:
                self.assertIn(read_reply(connection).status, (200, 503))
            self.assert_serves(self.device)


class Busy(Overload):

    def test_too_many_at_once_are_asked_to_come_again(self):
        """HQ stands still until all of them are there, so that more wait than it lets wait."""
        body = as_body([self.device.line('contact', contact()) for _ in range(LINES)])
        zipped = gzip.compress(body)
        with contextlib.ExitStack() as stack:
            self.hq.process.send_signal(signal.SIGSTOP)
            stack.callback(self.hq.process.send_signal, signal.SIGCONT)
            connections = [stack.enter_context(self.hq.connect()) for _ in range(PUSHES_AT_ONCE)]
            for connection in connections:
                connection.sendall(self.head(len(zipped), Content_Encoding='gzip') + zipped)
            self.hq.process.send_signal(signal.SIGCONT)
            replies = [read_reply(connection) for connection in connections]
        busy = [reply for reply in replies if reply.status != 200]
        self.assertGreater(len(busy), 0)
        for reply in busy:
            self.assert_problem(reply, 503, 'busy')
            self.assertRegex(reply.headers['Retry-After'], r'^[1-9]\d*$')
        taken = [reply.json() for reply in replies if reply.status == 200]
        self.assertEqual(sum(each['stored'] for each in taken), LINES)
        self.assertEqual(sum(each['duplicate'] for each in taken), LINES * (len(taken) - 1))


if __name__ == '__main__':
    unittest.main()
