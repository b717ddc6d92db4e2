# SPDX-License-Identifier: GPL-3.0-or-later
"""`hello`, enrolment and forks."""

import base64
import re
import unittest
import uuid
from datetime import datetime, timedelta

from hq import HeadquartersCase, now
from records import contact
from sealing import key_id, split

MILLISECOND = timedelta(milliseconds=1)
LIMITS = ('batch_bytes', 'inflated_bytes', 'line_bytes', 'lines')


def is_uuid(text):
    return str(uuid.UUID(text)) == text


class Hello(HeadquartersCase):

    def test_hello_says_all_without_a_token(self):
        reply = self.hq.request('GET', '/v1/hello')
        self.assertEqual(reply.status, 200)
        self.assertEqual(reply.headers.get_content_type(), 'application/json')
        hello = reply.json()
        self.assertEqual(hello['protocol'], {'min': 1, 'max': 1})
        self.assertTrue(is_uuid(hello['epoch']))
        self.assertIsInstance(hello['name'], str)
        for limit in LIMITS:
            self.assertIs(type(hello['limits'][limit]), int)
            self.assertGreater(hello['limits'][limit], 0)

    def test_time_is_now_with_an_offset(self):
        before = now()
        said = datetime.fromisoformat(self.hq.hello()['time'])
        self.assertIsNotNone(said.utcoffset())
        self.assertGreater(said, before - MILLISECOND)
        self.assertLessEqual(said, now())

    def test_seal_key_is_named_by_its_hash(self):
        name, public = split(self.hq.hello()['seal_key'])
        self.assertEqual(len(public), 32)
        self.assertEqual(name, key_id(public))

    def test_lists_is_the_version_of_the_reference(self):
        version = self.hq.hello()['lists']
        device = self.hq.device()
        self.assertEqual(version, device.get('/v1/reference').json()['version'])


class Enrolment(HeadquartersCase):

    def test_code_gives_a_device(self):
        install = str(uuid.uuid4())
        reply = self.hq.enrol(self.hq.code(), install)
        self.assertEqual(reply.status, 201, reply)
        answer, hello = reply.json(), self.hq.hello()
        self.assertTrue(is_uuid(answer['device_id']))
        self.assertEqual(answer['epoch'], hello['epoch'])
        self.assertEqual(answer['seal_key'], hello['seal_key'])

    def test_token_is_256_bits_in_base64url(self):
        token = self.hq.device().token
        self.assertRegex(token, r'^[A-Za-z0-9_-]{43}=?$')
        self.assertEqual(len(base64.urlsafe_b64decode(token.rstrip('=') + '=')), 32)

    def test_codes_are_as_agreed_and_differ(self):
        codes = [self.hq.code() for _ in range(20)]
        for code in codes:
            self.assertRegex(code, r'^[A-Z0-9-]{8,}$')
        self.assertEqual(len(set(codes)), len(codes))

    def test_lost_reply_does_not_burn_the_code(self):
        code, install = self.hq.code(), str(uuid.uuid4())
        first = self.hq.enrol(code, install).json()
        again = self.hq.enrol(code, install)
        self.assertEqual(again.status, 201, again)
        self.assertEqual(again.json()['device_id'], first['device_id'])
        self.assertNotEqual(again.json()['token'], first['token'])
        self.assert_token_works(again.json())

    def assert_token_works(self, answer):
        reply = self.hq.request('GET', f'/v1/devices/{answer["device_id"]}/digest?from=1&to=9',
                                headers={'Authorization': f'Bearer {answer["token"]}'})
        self.assertEqual(reply.status, 200, reply)

    def test_used_code_is_refused_to_another_installation(self):
        code, install = self.hq.code(), str(uuid.uuid4())
        first = self.hq.enrol(code, install).json()
        self.assert_problem(self.hq.enrol(code, str(uuid.uuid4())), 403)
        again = self.hq.enrol(code, install)
        self.assertEqual(again.json()['device_id'], first['device_id'])

    def test_new_code_always_makes_a_new_device(self):
        install = str(uuid.uuid4())
        first = self.hq.enrol(self.hq.code(), install).json()
        second = self.hq.enrol(self.hq.code(), install).json()
        self.assertNotEqual(first['device_id'], second['device_id'])
        self.assert_token_works(first)
        self.assert_token_works(second)

    def test_wrong_code_is_refused(self):
        self.hq.code()
        self.assert_problem(self.hq.enrol('ZZZZ-ZZZZ-ZZZZ', str(uuid.uuid4())), 403)

    def test_code_works_after_wrong_ones(self):
        code = self.hq.code()
        for wrong in ('AAAAAAAA', code[:-1], code + 'A', code[::-1] + '-'):
            self.assertIn(self.hq.enrol(wrong, str(uuid.uuid4())).status, (403, 429), wrong)
        self.assertEqual(self.hq.enrol(code, str(uuid.uuid4())).status, 201)


class OddEnrolment(HeadquartersCase):
    """Each on a headquarters that may slow guesses down."""

    BODIES = (b'', b'{', b'[]', b'null', b'"code"', b'{}', b'{"code":"AAAAAAAA"}',
              b'{"code":5,"device_name":"t","install_id":"i"}',
              b'{"code":"","device_name":"t","install_id":"i"}',
              b'{"code":"\\u0000AAAAAAAA","device_name":"t","install_id":"i"}',
              b'{"code":"\xff\xfeAAAAAA","device_name":"t","install_id":"i"}',
              b'{"code":"%\' OR 1=1 --","device_name":"t","install_id":"i"}',
              b'[' * 100_000, b'{"code":"' + b'A' * 100_000 + b'"}')

    def test_odd_bodies_enrol_nobody(self):
        code = self.hq.code()
        for body in self.BODIES:
            reply = self.hq.request('PUT', '/v1/enrol', body,
                                    {'Content-Type': 'application/json'})
            self.assertIn(reply.status, (400, 403, 413, 415, 422, 429), (body[:60], reply))
            self.assert_problem(reply, reply.status)
        self.assertEqual(self.hq.enrol(code, str(uuid.uuid4())).status, 201)

    def test_code_in_lower_case_is_no_other_device(self):
        code, install = self.hq.code(), str(uuid.uuid4())
        reply = self.hq.enrol(code.lower(), install)
        self.assertIn(reply.status, (201, 400, 403), reply)
        self.assertEqual(self.hq.enrol(code, install).status, 201)

    def test_guesses_are_never_let_in(self):
        for number in range(40):
            reply = self.hq.enrol(f'AAAA{number:04}', str(uuid.uuid4()))
            self.assertIn(reply.status, (403, 429), reply)
            if reply.status == 429:
                self.assertTrue(re.fullmatch(r'\d+', reply.headers['Retry-After']), reply)


class Fork(HeadquartersCase):

    def fork(self, device, install):
        return self.hq.request('PUT', device.path('fork'), f'{{"install_id":"{install}"}}',
                               device.headers(**{'Content-Type': 'application/json'}))

    def test_fork_gives_a_new_device_and_keeps_the_old_one(self):
        device = self.hq.device()
        device.push([device.line('contact', contact())])
        reply = self.fork(device, uuid.uuid4())
        self.assertEqual(reply.status, 201, reply)
        answer = reply.json()
        self.assertLessEqual({'device_id', 'token', 'epoch', 'seal_key'}, set(answer))
        self.assertNotEqual(answer['device_id'], device.device_id)
        self.assertNotEqual(answer['token'], device.token)
        self.assert_serves(device)

    def test_fork_starts_with_no_notes_and_takes_the_lines_again(self):
        device = self.hq.device()
        lines = [device.line('contact', contact()) for _ in range(3)]
        device.push(lines)
        device.adopt(self.fork(device, uuid.uuid4()).json())
        device.notes = {}
        self.assert_same_notes(device)
        receipt = device.push(lines)
        self.assertEqual((receipt['stored'], receipt['duplicate']), (0, 3))
        self.assert_same_notes(device)

    def test_same_pair_answers_the_same_device(self):
        device, install = self.hq.device(), uuid.uuid4()
        first, again = self.fork(device, install).json(), self.fork(device, install).json()
        self.assertEqual(first['device_id'], again['device_id'])
        other = self.fork(device, uuid.uuid4()).json()
        self.assertNotEqual(first['device_id'], other['device_id'])

    def test_token_of_a_repeated_fork_works(self):
        device, install = self.hq.device(), uuid.uuid4()
        self.fork(device, install)
        device.adopt(self.fork(device, install).json())
        self.assert_serves(device)

    def test_fork_of_another_device_is_refused(self):
        device, other = self.hq.device(), self.hq.device()
        reply = self.hq.request('PUT', other.path('fork'), b'{"install_id":"x"}',
                                device.headers(**{'Content-Type': 'application/json'}))
        self.assert_problem(reply, 403)

    def test_fork_without_install_id_is_refused(self):
        device = self.hq.device()
        for body in (b'', b'{}', b'[]', b'{"install_id":7}', b'not json'):
            reply = self.hq.request('PUT', device.path('fork'), body,
                                    device.headers(**{'Content-Type': 'application/json'}))
            self.assertIn(reply.status, (400, 422), (body, reply))
            self.assert_problem(reply, reply.status)


if __name__ == '__main__':
    unittest.main()
