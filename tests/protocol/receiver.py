# SPDX-License-Identifier: GPL-3.0-or-later
"""A headquarters of our own, small and obedient, that can be told to misbehave.

It keeps what it takes in memory and writes down each request, so that a test can see what a
tablet said, on which connection, and with which bytes.
"""

import contextlib
import gzip
import hashlib
import http.server
import json
import re
import secrets
import socket
import ssl
import threading
import urllib.parse
import uuid
from types import SimpleNamespace

from hq import EMPTY_SHA256, PATIENCE, ROOT, as_moment, now, sha256
from sealing import KeyPair

LIMITS = {'batch_bytes': 1 << 20, 'inflated_bytes': 4 << 20, 'line_bytes': 65536, 'lines': 500}
# The version that a tablet has from the start, so that it keeps its own lists.
BUILT_IN = json.loads((ROOT / 'data' / 'reference' / 'lists.json').read_text())['version']
LISTS = {'version': BUILT_IN, 'vocabulary': {}, 'places': [], 'structures': [], 'needs': [],
         'mediators': [], 'campaigns': []}
HTML = b'<!doctype html><title>WiFi</title><form>Bienvenue</form>'


class Answer:
    """What goes back; `cut` ends the connection after so many bytes of the body."""

    def __init__(self, status, body=b'', kind='application/json', cut=None, **headers):
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.headers = {'Content-Type': kind, **headers}
        self.cut = cut


class Silence(Exception):
    """Raised by a rule in the place of an answer: the connection ends without a word."""


def problem(status, name, **headers):
    return Answer(status, {'type': f'/problems/{name}', 'title': name, 'status': status,
                           'detail': f'{name}, says the test'},
                  'application/problem+json', **headers)


class Handler(http.server.BaseHTTPRequestHandler):
    """Reads a request, asks the receiver, sends the answer in one piece."""

    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True

    def handle_any(self):
        request = SimpleNamespace(
            method=self.command, path=urllib.parse.urlsplit(self.path).path, url=self.path,
            query=dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)),
            headers=self.headers, connection=self.client_address[1], body=self.read_body())
        try:
            answer = self.server.receiver.serve(request)
        except Silence:
            self.close_connection = True
            return
        self.send(answer)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

    def read_body(self):
        """The body as it was before its encodings."""
        if 'chunked' in self.headers.get('Transfer-Encoding', ''):
            body = self.read_chunks()
        else:
            body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        if self.headers.get('Content-Encoding') == 'gzip':
            body = gzip.decompress(body)
        return body

    def read_chunks(self):
        body = b''
        while length := int(self.rfile.readline().split(b';')[0], 16):
            body += self.rfile.read(length)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def send(self, answer):
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(answer.body)))
        self._headers_buffer.append(b'\r\n')
        head = b''.join(self._headers_buffer)
        self._headers_buffer = []
        body = answer.body if answer.status != 304 and self.command != 'HEAD' else b''
        if answer.cut is not None:
            body, self.close_connection = body[:answer.cut], True
        self.wfile.write(head + body)

    def log_message(self, *_):
        """The test's output stays its own."""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    context = None

    def get_request(self):
        """With TLS, the handshake is left to the connection's own thread."""
        connection, address = super().get_request()
        if self.context:
            connection = self.context.wrap_socket(connection, server_side=True,
                                                  do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request, client_address):
        """A tablet that is killed or hangs up is no error of the test's."""


class Receiver:
    """The protocol's other side. `rules` are asked first, each with the request, until one gives
    an answer; `tamper` may change a receipt before it goes out."""

    def __init__(self):
        self.lock = threading.RLock()
        self.epoch = str(uuid.uuid4())
        self.keys = KeyPair()
        self.limits = dict(LIMITS)
        self.codes = {}
        self.tokens = {}
        self.notes = {}
        self.lines = {}
        self.batches = {}
        self.forks = {}
        self.released = {}
        self.news = []
        self.requests = []
        self.rules = []
        self.tamper = None
        self.rejected = set()
        self.protocol = {'min': 1, 'max': 1}
        self.server = Server(('127.0.0.1', 0), Handler)
        self.server.receiver = self
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def close(self):
        """Stops listening; a second time does nothing."""
        if self.thread.is_alive():
            self.server.shutdown()
            self.server.server_close()
            self.thread.join()

    def address(self):
        return f'{"https" if self.server.context else "http"}://127.0.0.1:{self.port}'

    def trust(self):
        """What `enrol` has to be told to believe it; it has the system's trust or a test's own."""
        return []

    def use_certificate(self, path):
        """From now on it speaks TLS, with this certificate and its key."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        self.server.context = context

    def code(self):
        code = secrets.token_hex(5).upper()
        self.codes[code] = None
        return code

    def new_epoch(self):
        self.epoch = str(uuid.uuid4())

    def lose(self, ids):
        """Forgets these records, as a restored backup would."""
        with self.lock:
            self.lines = {key: line for key, line in self.lines.items() if key[0] not in ids}
            for notes in self.notes.values():
                for seq in [seq for seq, note in notes.items() if note[0] in ids]:
                    del notes[seq]

    def said(self, method, part):
        """The requests that were made so far, by method and a part of their path."""
        with self.lock:
            return [each for each in self.requests
                    if each.method == method and part in each.path]

    def pushes(self):
        return self.said('PUT', '/batches/')

    def serve(self, request):
        with self.lock:
            self.requests.append(request)
            for rule in self.rules:
                answer = rule(request)
                if answer:
                    return answer
            return self.answer(request)

    def answer(self, request):
        """The right answer."""
        try:
            return self.answer_call(request)
        except (ValueError, KeyError):
            return problem(400, 'bad-request')

    def answer_call(self, request):
        if request.path == '/v1/hello':
            return Answer(200, self.hello())
        if request.path == '/v1/enrol' and request.method == 'PUT':
            return self.enrol(json.loads(request.body))
        device = self.device_of(request)
        if device is None:
            return problem(401, 'unauthorized')
        if request.path == '/v1/reference':
            return self.reference(request)
        return self.answer_device(request, device)

    def answer_device(self, request, device):
        parts = re.fullmatch(r'/v1/devices/([^/]+)/(fork|release|digest|news|batches/([^/]+))',
                             request.path)
        if not parts:
            return problem(404, 'not-found')
        if parts[1] != device:
            return problem(403, 'forbidden')
        if parts[3]:
            return self.push(device, parts[3], request.body)
        return {'fork': self.fork, 'release': self.release, 'digest': self.digest,
                'news': self.tell_news}[parts[2]](device, request)

    def hello(self):
        return {'name': 'Essai', 'epoch': self.epoch, 'time': as_moment(now()),
                'protocol': self.protocol, 'limits': self.limits, 'seal_key': self.keys.text,
                'lists': LISTS['version']}

    def device_of(self, request):
        scheme, _, token = request.headers.get('Authorization', '').partition(' ')
        return self.tokens.get(token) if scheme == 'Bearer' else None

    def give_token(self, device):
        token = secrets.token_urlsafe(32)
        self.tokens[token] = device
        self.notes.setdefault(device, {})
        return Answer(201, {'device_id': device, 'token': token, 'epoch': self.epoch,
                            'seal_key': self.keys.text})

    def enrol(self, asked):
        code, install = asked['code'], asked['install_id']
        if code not in self.codes or (self.codes[code] or (install,))[0] != install:
            return problem(403, 'code-refused')
        if not self.codes[code]:
            self.codes[code] = (install, str(uuid.uuid4()))
        return self.give_token(self.codes[code][1])

    def fork(self, device, request):
        pair = device, json.loads(request.body)['install_id']
        return self.give_token(self.forks.setdefault(pair, str(uuid.uuid4())))

    def release(self, device, request):
        why = json.loads(request.body)['why']
        if why not in ('wiped', 'handed-over'):
            raise ValueError(why)
        self.released.setdefault(device, why)
        return Answer(200, {'device_id': device})

    def reference(self, request):
        tag = f'"{LISTS["version"]}"'
        if request.headers.get('If-None-Match') == tag:
            return Answer(304, ETag=tag)
        return Answer(200, LISTS, ETag=tag)

    def digest(self, device, request):
        first, last = int(request.query['from']), int(request.query['to'])
        notes = self.notes[device]
        hashes = [bytes.fromhex(notes[seq][2]) for seq in sorted(notes) if first <= seq <= last]
        return Answer(200, {'epoch': self.epoch, 'count': len(hashes),
                            'high_seq': max(notes, default=0),
                            'sha256': hashlib.sha256(b''.join(hashes)).hexdigest()
                            if hashes else EMPTY_SHA256})

    def tell_news(self, _device, request):
        start, after = 0, request.query.get('after', '')
        if after.startswith(self.epoch):
            start = int(after.rpartition('.')[2])
        return Answer(200, {'cursor': f'{self.epoch}.{len(self.news)}',
                            'items': self.news[start:]})

    def push(self, device, batch, body):
        if self.batches.setdefault(batch, sha256(body)) != sha256(body):
            return problem(409, 'batch-reused')
        lines = body.split(b'\n')[:-1]
        if self.reuses_a_seq(device, lines):
            del self.batches[batch]
            return problem(409, 'seq-reused')
        receipt = {'batch': batch, 'epoch': self.epoch, 'sha256': sha256(body), 'stored': 0,
                   'duplicate': 0, 'problems': []}
        for index, line in enumerate(lines):
            self.judge(device, index, line, receipt)
        receipt['held'] = len(self.notes[device])
        receipt['high_seq'] = max(self.notes[device], default=0)
        if self.tamper:
            receipt = self.tamper(receipt)
        return Answer(200, receipt)

    def reuses_a_seq(self, device, lines):
        seen = {seq: note[:2] for seq, note in self.notes[device].items()}
        for line in map(json.loads, lines):
            key = line['id'], line['rev']
            if seen.setdefault(line['seq'], key) != key:
                return True
        return False

    def judge(self, device, index, line, receipt):
        fields = json.loads(line)
        key = fields['id'], fields['rev']
        if fields['id'] in self.rejected:
            receipt['problems'].append(self.bad_line(index, fields, 'rejected'))
        elif self.lines.get(key, line) != line:
            receipt['problems'].append(self.bad_line(index, fields, 'conflict'))
        else:
            receipt['duplicate' if key in self.lines else 'stored'] += 1
            self.lines[key] = line
            self.notes[device][fields['seq']] = (*key, sha256(line))

    def bad_line(self, index, fields, status):
        return {'line': index, 'seq': fields['seq'], 'id': fields['id'], 'rev': fields['rev'],
                'status': status, 'type': f'/problems/{status}', 'detail': 'so says the test'}


class Listener:
    """A port where nobody of ours lives: it counts who comes, and what they say first."""

    def __init__(self):
        self.socket = socket.create_server(('127.0.0.1', 0))
        self.socket.settimeout(0.05)
        self.port = self.socket.getsockname()[1]
        self.heard = []
        self.open = True
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        """Until it is closed, and whoever had come by then was heard."""
        while True:
            was_open = self.open
            try:
                connection, _ = self.socket.accept()
            except TimeoutError:
                if was_open:
                    continue
                return
            with connection:
                connection.settimeout(PATIENCE)
                with contextlib.suppress(ConnectionError):
                    self.heard.append(connection.recv(65536))

    def close(self):
        """After the programs that might come have ended."""
        self.open = False
        self.thread.join()
        self.socket.close()
