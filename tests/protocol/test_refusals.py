# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole-batch errors and what comes before them; none of them stores anything."""

import gzip
import os
import unittest
import uuid
import zlib

from hq import NDJSON, HeadquartersCase, as_body, read_reply
from records import contact

MIB = 1 << 20
READ_AND_DISCARDED = 16 * MIB


class Refusals(HeadquartersCase):

    def setUp(self):
        self.device = self.hq.device()
        self.device.push([self.device.line('contact', contact())])
        self.limits = self.hq.hello()['limits']

    def tearDown(self):
        self.assert_serves(self.device)

    def good_body(self):
        """A good line that HQ must not get; its seq is never used by a push that succeeds."""
        return as_body([self.device.line('contact', contact())])

    def batch_path(self, device=None):
        return (device or self.device).path(f'batches/{uuid.uuid4()}')


class WhoIsThere(Refusals):

    def paths(self):
        return (('PUT', self.batch_path()), ('GET', self.device.path('digest?from=1&to=9')),
                ('GET', self.device.path('news?after=')), ('GET', '/v1/reference'),
                ('PUT', self.device.path('fork')))

    def test_no_token(self):
        for method, path in self.paths():
            with self.subTest(path=path):
                self.assert_problem(self.hq.request(method, path), 401)

    def test_wrong_tokens(self):
        token = self.device.token
        for value in ('', 'Bearer', 'Bearer ', 'Bearer x', f'Bearer {token[:-1]}',
                      f'Bearer {token}A', f'Bearer {token} {token}', token, f'Basic {token}',
                      f'Bearer {token.swapcase()}', 'Bearer ' + 'A' * 43, 'Bearer ' + 'A' * 4000):
            for method, path in self.paths():
                with self.subTest(value=value[:60], path=path):
                    reply = self.hq.request(method, path, headers={'Authorization': value})
                    self.assert_problem(reply, 401)

    def test_another_device_s_path(self):
        other = self.hq.device()
        for method, path in (('PUT', self.batch_path(other)),
                             ('GET', other.path('digest?from=1&to=9')),
                             ('GET', other.path('news?after=')), ('PUT', other.path('fork'))):
            with self.subTest(path=path):
                reply = self.hq.request(method, path, headers=self.device.headers())
                self.assert_problem(reply, 403)

    def test_device_that_never_was(self):
        path = f'/v1/devices/{uuid.uuid4()}/batches/{uuid.uuid4()}'
        reply = self.hq.request('PUT', path, self.good_body(),
                                self.device.headers(**{'Content-Type': NDJSON}))
        self.assert_problem(reply, 403)

    def test_who_is_asked_before_anything_else_is_looked_at(self):
        other = self.hq.device()
        bodies = ((b'not gzip', {'Content-Encoding': 'gzip', 'Content-Type': NDJSON}),
                  (b'x', {'Content-Type': 'text/plain'}),
                  (b'x', {'Content-Encoding': 'br', 'Content-Type': NDJSON}),
                  (os.urandom(self.limits['batch_bytes'] + 1), {'Content-Type': NDJSON}))
        for body, headers in bodies:
            with self.subTest(headers=headers, length=len(body)):
                reply = self.hq.request('PUT', self.batch_path(), body, headers)
                self.assert_problem(reply, 401)
                reply = self.hq.request('PUT', self.batch_path(other), body,
                                        self.device.headers(**headers))
                self.assert_problem(reply, 403)

    def test_refused_push_does_not_speak_for_the_device(self):
        before = self.hq.figures()['silent_devices']
        self.hq.request('PUT', self.batch_path(), b'', {
            'Authorization': 'Bearer nobody', 'Altm-Pending': '4711'})
        self.assertEqual(self.hq.figures()['silent_devices'], before)


class Sizes(Refusals):

    def test_body_over_batch_bytes(self):
        body = os.urandom(self.limits['batch_bytes'] + 1)
        self.assert_problem(self.device.put(body, zipped=False), 413)
        self.assert_same_notes(self.device)

    def test_good_lines_over_batch_bytes(self):
        line = self.device.line('contact', contact(extra=''))
        line['data']['extra'] = os.urandom(self.limits['line_bytes'] // 3).hex()
        body = as_body([line]) * (self.limits['batch_bytes'] // len(as_body([line])) + 1)
        self.assert_problem(self.device.put(body, zipped=False), 413)
        self.assert_same_notes(self.device)

    def test_answer_arrives_though_the_body_is_far_too_long(self):
        body = bytes(READ_AND_DISCARDED - MIB)
        self.assert_problem(self.device.put(body, zipped=False), 413)

    def test_connection_after_too_long_a_body(self):
        body = bytes(self.limits['batch_bytes'] + 1)
        lines = [f'PUT {self.batch_path()} HTTP/1.1', 'Host: hq', f'Content-Length: {len(body)}']
        lines += [f'{name}: {value}' for name, value in
                  self.device.headers(**{'Content-Type': NDJSON}).items()]
        with self.hq.connect() as connection:
            connection.sendall('\r\n'.join([*lines, '', '']).encode() + body)
            self.assertEqual(read_reply(connection).status, 413)
            if self.hq.road.closes_after_too_long:
                self.assertEqual(connection.recv(1), b'')
            else:
                connection.sendall(b'GET /v1/hello HTTP/1.1\r\nHost: hq\r\n\r\n')
                self.assertEqual(read_reply(connection).status, 200)

    def test_inflated_over_the_limit(self):
        length = self.limits['line_bytes']
        rows = self.limits['inflated_bytes'] // length
        body = (b' ' * (length - 1) + b'\n') * rows
        body += b' ' * (self.limits['inflated_bytes'] + 1 - len(body))
        self.assert_problem(self.device.put(body), 413)

    def test_lines_over_the_limit(self):
        self.assert_problem(self.device.put(b'{}\n' * (self.limits['lines'] + 1)), 413)

    def test_as_many_lines_as_allowed(self):
        receipt = self.device.push([b'{}'] * self.limits['lines'])
        self.assertEqual(len(receipt['problems']), self.limits['lines'])

    def test_good_lines_are_lost_to_the_limit_together(self):
        body = self.good_body() + b'{}\n' * self.limits['lines']
        self.assert_problem(self.device.put(body), 413)
        self.assert_same_notes(self.device)

    def test_bomb_is_not_inflated(self):
        before = self.peak_memory()
        reply = self.put_zipped(bomb(256))
        self.assert_problem(reply, 413)
        self.assertLess(self.peak_memory() - before, 128 * MIB)

    def test_bombs_at_once(self):
        for _ in range(5):
            self.assert_problem(self.put_zipped(bomb(64)), 413)

    def put_zipped(self, body):
        """Sends what is a gzip stream already."""
        return self.device.put(body, zipped=False, headers={'Content-Encoding': 'gzip'})

    def peak_memory(self):
        return self.hq.memory('VmHWM')


def bomb(mebibytes):
    """Spaces that inflate to so many MiB, in a thousandth of it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b''.join(packer.compress(b' ' * MIB) for _ in range(mebibytes)) + packer.flush()


class Encodings(Refusals):

    def send(self, body, **headers):
        headers = {name.replace('_', '-'): value for name, value in headers.items()}
        return self.hq.request('PUT', self.batch_path(), body, self.device.headers(**headers))

    def assert_refused(self, status, body, **headers):
        self.assert_problem(self.send(body, **headers), status)
        self.assert_same_notes(self.device)

    def test_other_media_types(self):
        for kind in ('application/json', 'text/plain', 'application/x-ndjsonx', 'x',
                     'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'):
            with self.subTest(kind=kind):
                self.assert_refused(415, self.good_body(), Content_Type=kind)

    def test_other_encodings(self):
        for name in ('br', 'deflate', 'zstd', 'gzip, gzip', 'nonsense'):
            with self.subTest(name=name):
                self.assert_refused(415, self.good_body(), Content_Type=NDJSON,
                                    Content_Encoding=name)

    def test_bad_gzip(self):
        whole = gzip.compress(self.good_body())
        damaged = whole[:-8] + bytes(byte ^ 0xff for byte in whole[-8:])
        for body in (b'', b'not gzip', self.good_body(), whole[:-1], whole[:-9], whole[:10],
                     whole[:2], damaged, b'\x1f\x8b' + os.urandom(200),
                     zlib.compress(self.good_body())):
            with self.subTest(body=body[:20], length=len(body)):
                self.assert_refused(400, body, Content_Type=NDJSON, Content_Encoding='gzip')

    def test_bytes_after_the_stream_hide_nothing(self):
        """Either the whole body counts, or none of it."""
        first, second = self.good_body(), self.good_body()
        reply = self.send(gzip.compress(first) + gzip.compress(second), Content_Type=NDJSON,
                          Content_Encoding='gzip')
        self.assertIn(reply.status, (200, 400), reply)
        if reply.status == 200:
            self.assertEqual(reply.json()['stored'], 2)
            self.device.note(reply.json(), (first + second).splitlines())
        self.assert_refused(400, gzip.compress(self.good_body()) + b'garbage',
                            Content_Type=NDJSON, Content_Encoding='gzip')

    def test_last_line_without_its_newline(self):
        body = self.good_body() + self.good_body()[:-1]
        reply = self.send(body, Content_Type=NDJSON)
        self.assertIn(reply.status, (200, 400), reply)
        if reply.status == 200:
            receipt = reply.json()
            self.assertEqual(receipt['stored'] + len(receipt['problems']), 2, receipt)
            self.device.note(receipt, body.splitlines())
        self.assert_same_notes(self.device)


class Addresses(Refusals):

    def test_unknown_paths(self):
        for path in ('/v1/nothing', '/v1', '/v1/', '/v2/hello', '/v1/hello/more', '/v1/devices',
                     f'/v1/devices/{self.device.device_id}', self.device.path('nothing'),
                     self.device.path('batches')):
            with self.subTest(path=path):
                reply = self.device.get(path)
                self.assert_problem(reply, 404)

    def test_methods_that_are_not_allowed(self):
        calls = (('DELETE', '/v1/hello', 'GET'), ('POST', '/v1/hello', 'GET'),
                 ('GET', '/v1/enrol', 'PUT'), ('POST', '/v1/enrol', 'PUT'),
                 ('POST', self.batch_path(), 'PUT'), ('GET', self.batch_path(), 'PUT'),
                 ('DELETE', self.batch_path(), 'PUT'), ('PUT', '/v1/reference', 'GET'),
                 ('PUT', self.device.path('digest?from=1&to=2'), 'GET'),
                 ('DELETE', self.device.path('news'), 'GET'),
                 ('GET', self.device.path('fork'), 'PUT'))
        for method, path, allowed in calls:
            with self.subTest(method=method, path=path):
                reply = self.hq.request(method, path, b'', self.device.headers())
                self.assert_problem(reply, 405)
                self.assertIn(allowed, reply.headers.get('Allow', ''))


if __name__ == '__main__':
    unittest.main()
