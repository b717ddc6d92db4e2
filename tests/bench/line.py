# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a day's records take over 2G: a mediator's 60 records, made while there was no network,
until HQ's receipt for them is on the tablet. Once by `altm-fieldctl push`, and once by the sender
that the app has, from the moment at which the system says that the network is back."""

import json
import queue
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from pathlib import Path

import wire

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'protocol'))

import certificates  # noqa: E402 (of the protocol's tests)

BYTES_PER_SECOND = 5000  # 40 kbit/s
ROUND_TRIP = 0.8
PIECE = 256


class Line:
    """Passes connections on to a port: down, fast, or as slow as 2G in each direction."""

    def __init__(self, port):
        self.target = ('127.0.0.1', port)
        self.state = 'down'
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.state == 'down':
                client.close()
            else:
                threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        if self.state == 'slow':
            time.sleep(ROUND_TRIP)  # of the connection itself
        hq = socket.create_connection(self.target)
        for source, sink in ((client, hq), (hq, client)):
            sink.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pieces = queue.Queue()
            threading.Thread(target=self.read, args=(source, pieces), daemon=True).start()
            threading.Thread(target=self.write, args=(sink, pieces), daemon=True).start()

    def read(self, source, pieces):
        """Each piece, with the time at which it comes out at the other end."""
        free = time.monotonic()
        while True:
            try:
                piece = source.recv(PIECE)
            except OSError:
                piece = b''
            if self.state == 'slow':
                free = max(free, time.monotonic()) + len(piece) / BYTES_PER_SECOND
                pieces.put((free + ROUND_TRIP / 2, piece))
            else:
                pieces.put((0, piece))
            if not piece:
                return

    def write(self, sink, pieces):
        while True:
            due, piece = pieces.get()
            time.sleep(max(0, due - time.monotonic()))
            try:
                if not piece:
                    sink.shutdown(socket.SHUT_WR)
                    return
                sink.sendall(piece)
            except OSError:
                return

    def close(self):
        self.listener.close()


class Front:
    """What stands before HQ: speaks TLS, and passes on what it hears."""

    def __init__(self, port, certificate):
        self.target = ('127.0.0.1', port)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate)
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        try:
            with self.context.wrap_socket(client, server_side=True) as inside, \
                    socket.create_connection(self.target) as hq:
                requests, answers = inside.makefile('rb'), hq.makefile('rb')
                while request := wire.read_message(requests):
                    hq.sendall(request)
                    inside.sendall(wire.read_message(answers))
        except OSError:
            return

    def close(self):
        self.listener.close()


def write(path, text):
    path.write_text(text)
    return path


class Tablet:
    """Enrolled over a fast line, with a day's records queued while it was down."""

    def __init__(self, fieldctl, hq, line, folder, scheme):
        self.fieldctl, self.line, self.store = fieldctl, line, folder / 'tablet'
        line.state = 'fast'
        trust = ['--ca', str(write(folder / 'ca.pem', certificates.CA))] if scheme == 'https' else []
        wire.run_fieldctl(fieldctl, self.store, 'enrol', f'{scheme}://127.0.0.1:{line.port}',
                          hq.code(), *trust)
        line.state = 'down'
        self.day = list(wire.Day(5).records())
        wire.run_fieldctl(fieldctl, self.store, 'add', data=''.join(
            json.dumps(record, ensure_ascii=False) + '\n' for record in self.day))

    def check(self):
        said = json.loads(wire.run_fieldctl(self.fieldctl, self.store, 'status'))
        if said['acknowledged'] != len(self.day) or said['queued'] != 0:
            raise SystemExit(f'after the push the tablet says {said}')

    def push(self):
        self.line.state = 'slow'
        start = time.monotonic()
        wire.run_fieldctl(self.fieldctl, self.store, 'push')
        seconds = time.monotonic() - start
        self.check()
        return seconds

    def send(self, program):
        """By the app's sender, which was started while the line was down, and failed."""
        sender = subprocess.Popen([program, self.store], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        with sender:
            if sender.stdout.readline() != 'offline\n':
                raise SystemExit('the sender did not notice that there is no network')
            self.line.state = 'slow'
            sender.stdin.write('back\n')
            sender.stdin.flush()
            seconds = re.fullmatch(r'acknowledged after ([0-9.]+) s\n', sender.stdout.readline())
            sender.stdin.close()
        self.check()
        return float(seconds[1])


def measure(fieldctl, sender, hq, folder):
    """Seconds of each way, without and with TLS."""
    seconds = {}
    front = Front(hq.port, write(folder / 'hq.pem', certificates.HQ))
    for scheme, port in (('http', hq.port), ('https', front.port)):
        for name in ('push', 'send'):
            work = folder / f'{scheme}-{name}'
            work.mkdir()
            line = Line(port)
            tablet = Tablet(fieldctl, hq, line, work, scheme)
            seconds[scheme, name] = tablet.push() if name == 'push' else tablet.send(sender)
            line.close()
    front.close()
    return seconds
