# SPDX-License-Identifier: GPL-3.0-or-later
"""`altm-fieldctl` against a headquarters of our own, which tells lies when a test asks it to."""

import json
import os
import shutil
import tempfile
import unittest
import uuid
from datetime import datetime
from pathlib import Path

import certificates
import records
from hq import sha256
from receiver import HTML, Answer, Listener, Receiver, Silence, problem
from reverse_proxy import hold_port
from sealing import BLOCK, split
from tablet import Tablet, as_input, record

DONE, NOT_ALL, WRONG_USE, NOT_REACHED, IN_USE = range(5)
# As long as a tablet lets itself be told to wait; longer than any test waits for a program's end.
LONG = '3600'


class ClientCase(unittest.TestCase):

    def setUp(self):
        self.afresh()

    def afresh(self):
        """Another headquarters and another tablet; a test of many cases asks for them each time."""
        self.hq = Receiver()
        self.addCleanup(self.hq.close)
        self.tablet = self.new_tablet()
        self.tablet.enrol(self.hq)

    def new_tablet(self):
        tablet = Tablet()
        self.addCleanup(tablet.close)
        return tablet

    def assert_counts(self, queued=0, acknowledged=0, quarantined=0):
        self.assertEqual(self.tablet.counts(), (queued, acknowledged, quarantined))

    def assert_all_sent(self, count):
        """Queue empty, and HQ has the very bytes that were frozen in the store."""
        done = self.tablet.push()
        self.assertEqual(done.code, DONE, done)
        self.assert_counts(acknowledged=count)
        self.assert_same_bytes(count)

    def assert_same_bytes(self, count):
        self.assertEqual(len(self.hq.lines), count)
        self.assertEqual(self.hq.lines, self.tablet.frozen())

    def on_push(self, answer, times=1):
        """Answers the next pushes so instead of rightly."""
        left = [times]

        def rule(request):
            if '/batches/' not in request.path or left[0] <= 0:
                return None
            left[0] -= 1
            return answer(request) if callable(answer) else answer
        self.hq.rules.append(rule)

    def take_and_say_nothing(self, request):
        """HQ has it, and the reply is lost."""
        self.hq.answer(request)
        raise Silence

    def hang_up(self):
        raise Silence


class Enrolling(ClientCase):

    def test_enrolment_asks_as_agreed(self):
        asked = json.loads(self.hq.said('PUT', '/v1/enrol')[0].body)
        self.assertEqual(set(asked), {'code', 'device_name', 'install_id'})
        self.assertTrue(asked['install_id'])
        for request in self.hq.said('PUT', '/v1/enrol') + self.hq.said('GET', '/v1/hello'):
            if request.path == '/v1/enrol':
                self.assertNotIn('Authorization', request.headers)

    def test_status_says_who_and_where(self):
        status = self.tablet.status()
        self.assertLessEqual({'device_id', 'hq', 'epoch', 'queued', 'acknowledged',
                              'quarantined', 'oldest', 'last_receipt', 'high_seq'}, set(status))
        self.assertIn(status['device_id'], self.hq.tokens.values())
        self.assertEqual(status['epoch'], self.hq.epoch)
        self.assertIn(str(self.hq.port), status['hq'])

    def test_wrong_code(self):
        tablet = self.new_tablet()
        done = tablet.run('enrol', self.hq.address(), 'ZZZZ-ZZZZ')
        self.assertEqual(done.returncode, NOT_ALL, done)
        self.assertTrue(done.stderr.strip())

    def test_nobody_there(self):
        with hold_port() as place:
            port = place.getsockname()[1]
            done = self.new_tablet().run('enrol', f'http://127.0.0.1:{port}', 'AAAA-AAAA')
        self.assertEqual(done.returncode, NOT_REACHED, done)

    def test_lost_reply_does_not_burn_the_code(self):
        """The same installation asks again with the same code, under the same install_id."""
        tablet, code = self.new_tablet(), self.hq.code()
        self.hq.rules.append(self.lose_first_enrolment())
        self.assertEqual(tablet.run('enrol', self.hq.address(), code).returncode, NOT_REACHED)
        done = tablet.run('enrol', self.hq.address(), code)
        self.assertEqual(done.returncode, DONE, done)

    def lose_first_enrolment(self):
        lost = []

        def rule(request):
            if request.path == '/v1/enrol' and not lost:
                lost.append(self.hq.answer(request))
                raise Silence
        return rule

    def test_answers_that_are_no_enrolment(self):
        for answer in (Answer(201, {}), Answer(201, b'not json'), Answer(200, HTML, 'text/html'),
                       Answer(201, {'device_id': 5, 'token': [], 'epoch': None}),
                       Answer(302, Location='http://127.0.0.1:1/')):
            tablet = self.new_tablet()
            self.hq.rules = [lambda request, answer=answer:
                             answer if request.path == '/v1/enrol' else None]
            done = tablet.run('enrol', self.hq.address(), self.hq.code())
            self.assertIn(done.returncode, (NOT_ALL, NOT_REACHED), (answer.body, done))

    def test_plain_http_goes_to_loopback_only(self):
        for address in ('http://192.0.2.1:80', 'http://hq.example.org',
                        'http://127.0.0.1.example.org', 'http://127.0.0.1@192.0.2.1/',
                        'http://localhost.example.org', 'http://[2001:db8::1]/', 'ftp://127.0.0.1',
                        'file:///etc/passwd', 'not an address', ''):
            with self.subTest(address=address):
                done = self.new_tablet().run('enrol', address, 'AAAA-AAAA')
                self.assertIn(done.returncode, (NOT_ALL, WRONG_USE), done)
                self.assertTrue(done.stderr.strip())

    def test_wrong_use(self):
        for arguments in ([], ['nonsense'], ['enrol'], ['enrol', 'x'], ['push', 'more']):
            done = self.tablet.run(*arguments)
            self.assertEqual(done.returncode, WRONG_USE, arguments)
            self.assertTrue(done.stderr.strip(), arguments)


class Adding(ClientCase):

    def test_each_id_stands_alone_on_its_line(self):
        done = self.tablet.run('add', data=as_input([record() for _ in range(5)]))
        self.assertEqual(done.returncode, DONE, done)
        ids = done.stdout.splitlines()
        self.assertEqual(len(set(ids)), 5)
        for each in ids:
            self.assertEqual((str(uuid.UUID(each)), uuid.UUID(each).version), (each, 7))
        self.assert_counts(queued=5)

    def test_lines_are_as_agreed(self):
        self.tablet.add(3, by='m-17')
        self.assert_all_sent(3)
        lines = [json.loads(line) for line in self.hq.lines.values()]
        seqs = [line['seq'] for line in lines]
        self.assertEqual(seqs, sorted(set(seqs)))
        for line in lines:
            self.assertEqual((line['rev'], line['type'], line['by'], line['place']),
                             (1, 'contact', 'm-17', records.QPV))
            self.assertEqual(line.get('v', 1), 1)
            self.assertIsNotNone(datetime.fromisoformat(line['at']).utcoffset())
            self.assertEqual(line['data'], records.contact())

    def test_each_type_arrives(self):
        data = {'shift': records.shift(), 'contact': records.WHOLE_CONTACT,
                'referral': records.referral(), 'flow': records.flow(),
                'observation': records.observation()}
        self.tablet.add_records([{'type': kind, 'data': each, 'place': records.QPV}
                                 for kind, each in data.items()])
        self.assert_all_sent(5)
        sent = {line['type']: line['data'] for line in map(json.loads, self.hq.lines.values())}
        self.assertEqual(sent, data)

    def test_correction_and_withdrawal(self):
        name = self.tablet.add()[0]
        self.tablet.add_records([record(id=name, rev=2, data=records.contact(people=4))])
        self.tablet.add_records([{'type': 'contact', 'id': name, 'rev': 3, 'deleted': True}])
        self.assert_all_sent(3)
        self.assertEqual(set(self.hq.lines), {(name, 1), (name, 2), (name, 3)})
        self.assertIs(json.loads(self.hq.lines[name, 3])['deleted'], True)

    def test_bad_records_are_refused_and_good_ones_kept(self):
        bad = [record(data=records.contact(people=501)), record(type='nonsense'),
               record(data=records.contact(channel='nonsense')), {},
               record(data={'channel': 'espace_public'}),
               {'type': 'shift', 'data': records.shift()}]
        for each in bad:
            with self.subTest(record=each):
                done = self.tablet.run('add', data=as_input([each]))
                self.assertEqual(done.returncode, NOT_ALL, done)
                self.assertEqual(done.stdout.strip(), '')
                self.assertTrue(done.stderr.strip())
        self.assert_counts()

    def test_input_that_is_no_record(self):
        for data in ('not json\n', '[]\n', '[' * 100_000 + '\n', '{"type":\n'):
            done = self.tablet.run('add', data=data)
            self.assertEqual((done.returncode, done.stdout.strip()), (NOT_ALL, ''), data[:20])
        self.assert_counts()

    def test_private_text_is_sealed_to_hq(self):
        note = 'Madame X, troisième étage'
        name = self.tablet.add(private={'note': note})[0]
        self.assert_all_sent(1)
        line = json.loads(self.hq.lines[name, 1])
        self.assertEqual(self.hq.keys.open(line['private']),
                         {'id': name, 'rev': 1, 'private': {'note': note}})
        self.assertEqual((len(split(line['private'])[1]) - 48) % BLOCK, 0)

    def test_private_text_is_nowhere_in_clear(self):
        self.tablet.add(private={'note': 'Madame Introuvable'})
        self.tablet.push()
        said = self.tablet.run('journal').stdout + json.dumps(self.tablet.status())
        kept = b''.join(path.read_bytes() for path in self.tablet.folder.rglob('*')
                        if path.is_file())
        self.assertNotIn(b'Introuvable', kept + said.encode())

    def test_lengths_of_notes_do_not_show(self):
        names = [self.tablet.add(private={'note': note})[0] for note in ('a', 'abcdefgh')]
        self.assert_all_sent(2)
        lengths = {len(json.loads(self.hq.lines[name, 1])['private']) for name in names}
        self.assertEqual(len(lengths), 1)

    def test_recording_before_enrolment_is_sent_after_it(self):
        self.tablet = self.new_tablet()
        self.tablet.add(3)
        self.assert_counts(queued=3)
        self.tablet.enrol(self.hq)
        self.assert_all_sent(3)


class Sending(ClientCase):

    def test_push_says_what_it_did(self):
        self.tablet.add(4)
        done = self.tablet.push()
        self.assertEqual((done.code, done.said), (DONE, {
            'sent': 4, 'stored': 4, 'duplicate': 0, 'problems': 0, 'queued': 0}))
        self.assert_same_bytes(4)

    def test_push_with_nothing_asks_hello(self):
        before = len(self.hq.said('GET', '/v1/hello'))
        done = self.tablet.push()
        self.assertEqual((done.code, done.said['sent']), (DONE, 0))
        self.assertGreater(len(self.hq.said('GET', '/v1/hello')), before)

    def test_push_is_as_agreed(self):
        self.tablet.add(3)
        self.tablet.push()
        request = self.hq.pushes()[0]
        self.assertEqual(request.headers['Content-Encoding'], 'gzip')
        self.assertEqual(request.headers.get_content_type(), 'application/x-ndjson')
        self.assertEqual(request.body.count(b'\n'), 3)
        self.assertTrue(request.body.endswith(b'\n'))
        batch = request.path.rpartition('/')[2]
        self.assertEqual(str(uuid.UUID(batch)), batch)

    def test_altm_headers_say_what_stays_queued(self):
        self.hq.limits['lines'] = 10
        self.tablet.add(25)
        self.tablet.push()
        pushes = self.hq.pushes()
        self.assertEqual([int(each.headers['Altm-Pending']) for each in pushes], [15, 5, 0])
        for each in pushes:
            self.assertIsNotNone(
                datetime.fromisoformat(each.headers['Altm-Clock']).utcoffset())
        self.assertIsNotNone(
            datetime.fromisoformat(pushes[0].headers['Altm-Oldest']).utcoffset())

    def test_batches_share_one_connection(self):
        self.hq.limits['lines'] = 10
        self.tablet.add(60)
        self.tablet.push()
        pushes = self.hq.pushes()
        self.assertEqual(len(pushes), 6)
        self.assertEqual(len({each.connection for each in pushes}), 1)
        self.assertEqual(len({each.path for each in pushes}), 6)

    def test_limits_of_hello_are_kept(self):
        self.hq.limits.update(lines=7, inflated_bytes=2500)
        self.tablet.add(50)
        self.assert_all_sent(50)
        for each in self.hq.pushes():
            self.assertLessEqual(each.body.count(b'\n'), 7)
            self.assertLessEqual(len(each.body), 2500)

    def test_order_is_that_of_seq(self):
        self.hq.limits['lines'] = 10
        names = self.tablet.add(30)
        self.tablet.push()
        sent = [json.loads(line)['id'] for each in self.hq.pushes()
                for line in each.body.splitlines()]
        self.assertEqual(sent, names)

    def test_acknowledged_lines_are_not_sent_again(self):
        self.tablet.add(5)
        self.tablet.push()
        count = len(self.hq.pushes())
        self.assertEqual(self.tablet.push().code, DONE)
        self.assertEqual(len(self.hq.pushes()), count)

    def test_token_is_never_shown(self):
        self.tablet.add(2)
        shown = self.tablet.run('status').stdout + self.tablet.run('journal').stdout
        done = self.tablet.run('push')
        for token in self.hq.tokens:
            self.assertNotIn(token, shown + done.stdout + done.stderr)

    def test_problems_go_to_quarantine(self):
        names = self.tablet.add(5)
        self.hq.rejected = set(names[1:3])
        done = self.tablet.push()
        self.assertEqual((done.said['stored'], done.said['problems'], done.said['queued']),
                         (3, 2, 0))
        self.assertEqual(done.code, NOT_ALL, done)
        self.assert_counts(acknowledged=3, quarantined=2)
        self.assertIn('so says the test', self.tablet.run('journal').stdout)
        self.assertEqual(len(self.hq.lines), 3)

    def test_conflicts_go_to_quarantine(self):
        names = self.tablet.add(3)
        self.hq.lines[names[0], 1] = b'{"other":"bytes"}'
        self.tablet.push()
        self.assert_counts(acknowledged=2, quarantined=1)

    def test_duplicates_are_success(self):
        self.tablet.add(4)
        self.hq.lines = self.tablet.frozen()
        done = self.tablet.push()
        self.assertEqual((done.code, done.said['duplicate']), (DONE, 4))
        self.assert_counts(acknowledged=4)


class Receipts(ClientCase):
    """Only a receipt that fits in every way removes a line from the queue."""

    def assert_not_believed(self, tamper):
        self.tablet.add(6)
        self.hq.tamper = tamper
        done = self.tablet.push()
        self.assertIn(done.code, (NOT_ALL, NOT_REACHED), done)
        self.assertTrue(done.errors.strip())
        self.assert_counts(queued=6)
        self.hq.tamper = None
        self.assert_all_sent(6)

    def change(self, **fields):
        return lambda receipt: {**receipt, **fields}

    def drop(self, name):
        return lambda receipt: {key: value for key, value in receipt.items() if key != name}

    def test_wrong_hash(self):
        self.assert_not_believed(self.change(sha256=sha256(b'other bytes')))

    def test_hash_in_capitals(self):
        self.assert_not_believed(lambda receipt: {**receipt, 'sha256': receipt['sha256'].upper()})

    def test_wrong_batch(self):
        self.assert_not_believed(self.change(batch=str(uuid.uuid4())))

    def test_wrong_epoch(self):
        self.assert_not_believed(self.change(epoch=str(uuid.uuid4())))

    def test_too_few(self):
        self.assert_not_believed(lambda receipt: {**receipt, 'stored': receipt['stored'] - 1})

    def test_too_many(self):
        self.assert_not_believed(lambda receipt: {**receipt, 'duplicate': 1})

    def test_negative_counts_that_add_up(self):
        self.assert_not_believed(lambda receipt: {**receipt, 'stored': 8, 'duplicate': -2})

    def test_missing_fields(self):
        for name in ('batch', 'sha256', 'epoch', 'stored', 'duplicate'):
            with self.subTest(name=name):
                self.afresh()
                self.assert_not_believed(self.drop(name))

    def test_fields_of_the_wrong_kind(self):
        for fields in ({'stored': '6'}, {'stored': None}, {'problems': 5}, {'problems': [5]},
                       {'sha256': 5}, {'epoch': []}, {'batch': {}}):
            with self.subTest(fields=fields):
                self.afresh()
                self.assert_not_believed(self.change(**fields))

    def test_problems_that_name_no_line(self):
        for line in (-1, 6, 2**40, '0', None, 1.5):
            with self.subTest(line=line):
                self.afresh()
                self.assert_not_believed(lambda receipt, line=line: {
                    **receipt, 'stored': receipt['stored'] - 1, 'problems': [
                        {'line': line, 'seq': None, 'id': None, 'rev': None,
                         'status': 'rejected', 'type': '/problems/x', 'detail': 'x'}]})

    def test_same_line_named_twice(self):
        entry = {'line': 0, 'seq': None, 'id': None, 'rev': None, 'status': 'rejected',
                 'type': '/problems/x', 'detail': 'x'}
        self.assert_not_believed(lambda receipt: {
            **receipt, 'stored': receipt['stored'] - 2, 'problems': [entry, entry]})

    def test_answers_that_are_no_receipt(self):
        for answer in (Answer(200, b''), Answer(200, b'null'), Answer(200, b'[]'),
                       Answer(200, b'{"batch":'), Answer(200, b'[' * 100_000), Answer(204),
                       Answer(200, HTML, 'text/html'), Answer(201, {}), Answer(500, b'oops'),
                       Answer(404, HTML, 'text/html'), problem(400, 'bad-gzip'),
                       problem(403, 'forbidden'), problem(415, 'media-type')):
            with self.subTest(status=answer.status, body=answer.body[:20]):
                self.afresh()
                self.tablet.add(3)
                self.on_push(answer, times=100)
                done = self.tablet.push()
                self.assertIn(done.code, (NOT_ALL, NOT_REACHED), done)
                self.assert_counts(queued=3)
                self.hq.rules = []
                self.assert_all_sent(3)


class Refused(ClientCase):

    def test_413_halves_the_batch(self):
        self.tablet.add(40)
        self.hq.rules.append(lambda request: problem(413, 'too-large')
                             if request.body.count(b'\n') > 6 else None)
        self.assert_all_sent(40)
        sizes = [each.body.count(b'\n') for each in self.hq.pushes()]
        self.assertIn(20, sizes)
        self.assertIn(5, sizes)

    def test_lone_line_answered_413_goes_to_quarantine(self):
        names = self.tablet.add(9)
        heavy = names[4].encode()
        self.hq.rules.append(lambda request: problem(413, 'too-large')
                             if '/batches/' in request.path and heavy in request.body else None)
        done = self.tablet.push()
        self.assertIn(done.code, (DONE, NOT_ALL), done)
        self.assert_counts(acknowledged=8, quarantined=1)
        self.assertEqual({key[0] for key in self.hq.lines}, set(names) - {names[4]})

    def test_busy_hq_is_left_alone_at_once(self):
        for status in (503, 429):
            with self.subTest(status=status):
                self.afresh()
                self.tablet.add(3)
                self.on_push(problem(status, 'busy', Retry_After=LONG), times=100)
                done = self.tablet.push()
                self.assertEqual(done.code, NOT_REACHED, done)
                self.assertEqual(len(self.hq.pushes()), 1)
                self.assert_counts(queued=3)
                self.hq.rules = []
                self.assert_all_sent(3)

    def test_busy_at_hello(self):
        self.tablet.add(3)
        self.hq.rules.append(lambda _: problem(503, 'busy', Retry_After=LONG))
        before = len(self.hq.requests)
        done = self.tablet.push()
        self.assertEqual(done.code, NOT_REACHED, done)
        self.assertEqual(len(self.hq.requests), before + 1)
        self.assert_counts(queued=3)

    def test_unknown_token_keeps_all_and_asks_for_enrolment(self):
        self.tablet.add(2)
        self.tablet.push()
        self.tablet.add(3)
        self.hq.tokens.clear()
        done = self.tablet.push()
        self.assertEqual(done.code, NOT_ALL, done)
        self.assertIn('enrol', done.errors.lower())
        self.assert_counts(queued=3, acknowledged=2)

    def test_new_enrolment_queues_every_line_again(self):
        self.tablet.add(2)
        self.tablet.push()
        self.tablet.add(3)
        self.hq.tokens.clear()
        self.hq.lines.clear()
        self.hq.new_epoch()
        self.tablet.enrol(self.hq)
        self.assert_counts(queued=5)
        self.assert_all_sent(5)

    def test_new_enrolment_sends_what_was_in_quarantine_too(self):
        names = self.tablet.add(3)
        self.hq.rejected = {names[0]}
        self.tablet.push()
        self.hq.rejected = set()
        self.tablet.enrol(self.hq)
        self.assert_all_sent(3)

    def test_batch_id_that_is_taken_is_changed(self):
        self.tablet.add(3)
        self.on_push(problem(409, 'batch-reused'))
        self.tablet.push()
        self.assert_all_sent(3)
        self.assertEqual(len({each.path for each in self.hq.pushes()}), len(self.hq.pushes()))

    def test_reused_seq_makes_a_fork(self):
        self.tablet.add(4)
        self.tablet.push()
        old = self.tablet.status()['device_id']
        self.tablet.add(2)
        self.on_push(problem(409, 'seq-reused'))
        self.tablet.push()
        self.assert_all_sent(6)
        self.assertEqual(len(self.hq.said('PUT', f'/{old}/fork')), 1)
        new = self.tablet.status()['device_id']
        self.assertNotEqual(new, old)
        self.assertEqual({note[0] for note in self.hq.notes[new].values()},
                         {key[0] for key in self.hq.lines})

    def test_fork_asks_with_a_fresh_install_id(self):
        self.tablet.add(1)
        self.on_push(problem(409, 'seq-reused'))
        self.tablet.push()
        first = json.loads(self.hq.said('PUT', '/v1/enrol')[0].body)['install_id']
        asked = json.loads(self.hq.said('PUT', '/fork')[0].body)
        self.assertNotEqual(asked['install_id'], first)

    def test_lost_reply_to_a_fork_makes_one_device(self):
        """The second question is the same as the first, as the id was committed before it."""
        self.tablet.add(2)
        old = self.tablet.status()['device_id']
        self.on_push(lambda request: problem(409, 'seq-reused') if old in request.path else None,
                     times=9)
        self.hq.rules.append(self.lose_first_fork())
        self.assertEqual(self.tablet.push().code, NOT_REACHED)
        self.tablet.push()
        self.assert_all_sent(2)
        self.assertEqual(len({each.body for each in self.hq.said('PUT', '/fork')}), 1)
        self.assertEqual(len(set(self.hq.forks.values())), 1)

    def lose_first_fork(self):
        lost = []

        def rule(request):
            if request.path.endswith('/fork') and not lost:
                lost.append(self.hq.answer(request))
                raise Silence
        return rule

    def test_copied_store_forks_by_itself(self):
        """Two tablets from one image: each record of both arrives, under two devices."""
        self.tablet.add(3)
        self.tablet.push()
        twin = self.new_tablet()
        shutil.copytree(self.tablet.store, twin.store)
        names = self.tablet.add(2)
        self.tablet.push()
        names += twin.add(2)
        for _ in range(2):
            twin.push()
        self.assertLessEqual(set(names), {key[0] for key in self.hq.lines})
        self.assertNotEqual(twin.status()['device_id'], self.tablet.status()['device_id'])
        self.assertEqual(twin.counts()[0], 0)

    def test_hq_that_speaks_a_newer_protocol_only(self):
        self.tablet.add(2)
        self.hq.protocol = {'min': 2, 'max': 3}
        done = self.tablet.push()
        self.assertIn(done.code, (NOT_ALL, NOT_REACHED), done)
        self.assertTrue(done.errors.strip())
        self.assertEqual(self.hq.pushes(), [])
        self.assertEqual(len(self.tablet.add(1)), 1)
        self.assert_counts(queued=3)


class Roads(ClientCase):
    """The network between, and those who sit on it."""

    def test_captive_portal(self):
        self.tablet.add(3)
        self.hq.rules = [lambda _: Answer(200, HTML, 'text/html')]
        self.assert_unreached()

    def test_captive_portal_that_claims_json(self):
        self.tablet.add(3)
        for body in (HTML, b'{}', b'[]', b'{"name":"x"}', b''):
            self.hq.rules = [lambda _, body=body: Answer(200, body)]
            done = self.tablet.push()
            self.assertIn(done.code, (NOT_ALL, NOT_REACHED), (body, done))
            self.assert_counts(queued=3)

    def test_portal_that_comes_up_in_the_middle(self):
        self.hq.limits['lines'] = 2
        self.tablet.add(6)
        self.hq.rules = [lambda _: Answer(200, HTML, 'text/html')
                         if len(self.hq.pushes()) > 1 else None]
        done = self.tablet.push()
        self.assertEqual(done.code, NOT_REACHED, done)
        self.assert_counts(queued=4, acknowledged=2)
        self.hq.rules = []
        self.assert_all_sent(6)

    def assert_unreached(self):
        done = self.tablet.push()
        self.assertEqual(done.code, NOT_REACHED, done)
        self.assertTrue(done.errors.strip())
        self.assert_counts(queued=3)
        self.hq.rules = []
        self.assert_all_sent(3)

    def test_redirects_are_never_followed(self):
        other = Listener()
        self.addCleanup(other.close)
        for status in (301, 302, 303, 307, 308):
            for part in ('/v1/', '/batches/'):
                with self.subTest(status=status, part=part):
                    self.afresh()
                    self.tablet.add(3)
                    target = f'http://127.0.0.1:{other.port}/v1/hello'
                    self.hq.rules = [lambda request: Answer(status, Location=target)
                                     if part in request.path else None]
                    self.assert_unreached()
        other.close()
        self.assertEqual(other.heard, [])

    def test_redirect_to_itself_is_not_followed_either(self):
        self.tablet.add(3)
        self.hq.rules = [lambda request: Answer(307, Location=request.url + '?again')
                         if '/batches/' in request.path else None]
        done = self.tablet.push()
        self.assertEqual(done.code, NOT_REACHED, done)
        self.assertFalse([each for each in self.hq.requests if 'again' in each.url])

    def test_token_goes_to_hq_alone(self):
        """A tablet that is enrolled elsewhere shows nobody its old token."""
        other = Receiver()
        self.addCleanup(other.close)
        self.tablet.add(2)
        self.tablet.enrol(other)
        self.tablet.push()
        for request in other.requests:
            given = request.headers.get('Authorization', '').removeprefix('Bearer ')
            self.assertNotIn(given, self.hq.tokens)
        self.assertEqual(len(other.lines), 2)

    def test_proxy_of_the_environment_hears_no_token(self):
        other = Listener()
        self.addCleanup(other.close)
        names = ('http_proxy', 'HTTP_PROXY', 'all_proxy')
        for name in names:
            os.environ[name] = f'http://127.0.0.1:{other.port}'
            self.addCleanup(os.environ.pop, name)
        self.tablet.add(1)
        self.tablet.push()
        other.close()
        self.assertFalse([data for data in other.heard if b'Bearer' in data])

    def test_nobody_there(self):
        self.tablet.add(3)
        self.hq.close()
        with hold_port(self.hq.port):
            done = self.tablet.push()
        self.assertEqual(done.code, NOT_REACHED, done)
        self.assert_counts(queued=3)

    def test_lost_reply(self):
        """HQ has the lines, and the tablet doesn't know."""
        self.tablet.add(3)
        self.on_push(self.take_and_say_nothing)
        done = self.tablet.push()
        self.assertEqual(done.code, NOT_REACHED, done)
        self.assert_counts(queued=3)
        self.assertEqual(len(self.hq.lines), 3)
        self.assertEqual(len(self.hq.pushes()), 1, 'sent again without being asked to')
        self.assert_all_sent(3)

    def test_nothing_is_ever_sent_without_its_body(self):
        """A library that repeats a request by itself must repeat it whole."""
        self.hq.limits['lines'] = 5
        self.tablet.add(20)
        for broken in (2, 3, 4):
            self.hq.rules = [lambda _: self.hang_up() if len(self.hq.pushes()) == broken else None]
            self.tablet.push()
        self.assertEqual([each.path for each in self.hq.pushes() if not each.body], [])

    def test_reply_that_is_cut(self):
        for cut in (0, 1, 40, 150):
            with self.subTest(cut=cut):
                self.afresh()
                self.tablet.add(3)
                self.on_push(lambda request, cut=cut: self.cut_answer(request, cut))
                done = self.tablet.push()
                self.assertEqual(done.code, NOT_REACHED, done)
                self.assert_counts(queued=3)
                self.assert_all_sent(3)

    def cut_answer(self, request, cut):
        answer = self.hq.answer(request)
        answer.cut = cut
        return answer

    def test_failure_after_some_batches_keeps_the_rest(self):
        self.hq.limits['lines'] = 5
        self.tablet.add(20)
        self.hq.rules = [lambda _: self.hang_up() if len(self.hq.pushes()) == 3 else None]
        done = self.tablet.push()
        self.assertEqual(done.code, NOT_REACHED, done)
        self.assertEqual(done.said.get('queued'), 10, done)
        self.assert_counts(queued=10, acknowledged=10)
        self.hq.rules = []
        self.assert_all_sent(20)

    def test_push_before_enrolment(self):
        self.tablet = self.new_tablet()
        self.tablet.add(1)
        done = self.tablet.push()
        self.assertIn(done.code, (NOT_ALL, WRONG_USE), done)
        self.assertIn('enrol', done.errors.lower())
        self.assert_counts(queued=1)


class Comparing(ClientCase):
    """HQ lost something, or says that it did."""

    def filled(self, count=12):
        self.hq.limits['lines'] = 5
        names = self.tablet.add(count)
        self.assert_all_sent(count)
        self.before = dict(self.hq.lines)
        return names

    def assert_whole_again(self):
        done = self.tablet.push()
        self.assertEqual(done.code, DONE, done)
        self.assertEqual(self.hq.lines, self.before)
        self.assert_counts(acknowledged=len(self.before))

    def sent_since(self, mark):
        return [json.loads(line)['id'] for each in self.hq.pushes()[mark:]
                for line in each.body.splitlines()]

    def test_new_epoch_that_lost_some(self):
        names = self.filled()
        mark = len(self.hq.pushes())
        self.hq.lose({names[3], names[4], names[11]})
        self.hq.new_epoch()
        self.assert_whole_again()
        self.assertEqual(self.sent_since(mark), [names[3], names[4], names[11]])
        self.assertEqual(self.tablet.status()['epoch'], self.hq.epoch)

    def test_new_epoch_that_lost_all(self):
        names = self.filled()
        mark = len(self.hq.pushes())
        self.hq.lose(set(names))
        self.hq.new_epoch()
        self.assert_whole_again()
        self.assertEqual(self.sent_since(mark), names)

    def test_new_epoch_that_lost_nothing(self):
        self.filled()
        mark = len(self.hq.pushes())
        self.hq.new_epoch()
        self.assert_whole_again()
        self.assertEqual(self.sent_since(mark), [])
        self.assertEqual(self.tablet.status()['epoch'], self.hq.epoch)

    def test_same_epoch_that_lost_some(self):
        """Only the numbers of the next receipt show it."""
        names = self.filled()
        self.hq.lose({names[2], names[7]})
        self.tablet.add(1)
        self.tablet.push()
        self.tablet.push()
        self.assertEqual(self.hq.lines, self.tablet.frozen())

    def test_every_epoch_is_compared(self):
        names = self.filled()
        for lost in (names[0:2], names[5:6], names[9:12]):
            self.hq.lose(set(lost))
            self.hq.new_epoch()
            self.assert_whole_again()

    def test_comparison_that_is_cut_short_goes_on_later(self):
        names = self.filled()
        self.hq.lose(set(names[4:8]))
        self.hq.new_epoch()
        self.hq.rules = [lambda request: self.hang_up() if 'digest' in request.path else None]
        done = self.tablet.push()
        self.assertEqual(done.code, NOT_REACHED, done)
        self.hq.rules = []
        self.assert_whole_again()

    def test_queued_line_that_hq_holds_counts_as_equal(self):
        names = self.filled()
        self.tablet.add(3)
        self.on_push(self.take_and_say_nothing)
        self.tablet.push()
        self.hq.new_epoch()
        device = self.tablet.status()['device_id']
        done = self.tablet.push()
        self.assertEqual(done.code, DONE, done)
        self.assertEqual(self.tablet.status()['device_id'], device)
        self.assert_counts(acknowledged=len(names) + 3)
        self.assert_same_bytes(len(names) + 3)

    def test_higher_seq_than_was_given_out_makes_a_fork(self):
        names = self.filled()
        device = self.tablet.status()['device_id']
        self.hq.notes[device][5000] = (str(uuid.uuid4()), 1, sha256(b'not ours'))
        self.hq.new_epoch()
        for _ in range(2):
            self.tablet.push()
        self.assertNotEqual(self.tablet.status()['device_id'], device)
        self.assert_counts(acknowledged=len(names))

    def test_quarantined_lines_are_offered_once_more(self):
        names = self.tablet.add(4)
        self.hq.rejected = {names[1]}
        self.tablet.push()
        self.assert_counts(acknowledged=3, quarantined=1)
        self.hq.new_epoch()
        self.tablet.push()
        offered = [each for each in self.hq.pushes() if names[1].encode() in each.body]
        self.assertEqual(len(offered), 2)
        self.tablet.push()
        self.assert_counts(acknowledged=3, quarantined=1)
        self.hq.rejected = set()
        self.hq.new_epoch()
        self.tablet.push()
        self.assert_counts(acknowledged=4)

    def test_liar_at_hello_alone_changes_nothing(self):
        """A new epoch is believed after authenticated digests only."""
        self.filled()
        epoch = self.tablet.status()['epoch']
        hello = {**self.hq.hello(), 'epoch': str(uuid.uuid4())}
        self.hq.rules = [lambda request: Answer(200, hello) if request.path == '/v1/hello'
                         else problem(401, 'unauthorized')]
        self.tablet.push()
        self.assertEqual(self.tablet.status()['epoch'], epoch)
        self.assert_counts(acknowledged=12)
        self.hq.rules = []
        self.assert_whole_again()


class News(ClientCase):

    def tell(self, kind, **fields):
        self.hq.news.append({'id': str(uuid.uuid4()), 'kind': kind, 'at': '2026-11-24T18:00:00Z',
                             **fields})

    def test_accepted_line_leaves_quarantine(self):
        names = self.tablet.add(3)
        self.hq.rejected = {names[0]}
        self.tablet.push()
        self.assert_counts(acknowledged=2, quarantined=1)
        self.tell('accepted', record=names[0], rev=1)
        self.tablet.push()
        self.assert_counts(acknowledged=3)

    def test_accepted_of_something_else_changes_nothing(self):
        names = self.tablet.add(2)
        self.hq.rejected = {names[0]}
        self.tablet.push()
        self.tell('accepted', record=names[0], rev=7)
        self.tell('accepted', record=str(uuid.uuid4()), rev=1)
        self.tell('accepted', record=5)
        self.tablet.push()
        self.assert_counts(acknowledged=1, quarantined=1)

    def test_news_goes_on_from_its_cursor(self):
        for _ in range(3):
            self.tell('message', text='Canicule')
            self.tablet.push()
        asked = [each.query.get('after', '') for each in self.hq.said('GET', '/news')]
        self.assertEqual(asked[-1].rpartition('.')[2], '2')

    def test_news_of_every_kind_does_no_harm(self):
        names = self.tablet.add(2)
        self.tell('message', text='Canicule')
        self.tell('unheard-of', more=[1, {'deep': None}])
        self.tell('correction', record=names[0], reason='place')
        self.tell('referral', record=names[1], status='close')
        self.tell('referral')
        self.hq.news += [{}, {'kind': 5, 'id': 5, 'at': 5}]
        self.assert_all_sent(2)
        self.assertEqual(self.tablet.push().code, DONE)
        self.assert_counts(acknowledged=2)

    def test_wipe_takes_queued_lines_after_hq_has_them_only(self):
        names = self.tablet.add(3, private={'note': 'revenir jeudi'})
        self.tell('wipe')
        self.on_push(problem(503, 'busy'))
        self.tablet.push()
        for _ in range(2):
            self.tablet.push()
        self.assertEqual({key[0] for key in self.hq.lines}, set(names))


class Trust(unittest.TestCase):
    """HQ behind TLS: the system's authorities, or the one file that the tablet was given."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix='altm-tls-')
        self.addCleanup(self.folder.cleanup)
        self.hq = Receiver()
        self.addCleanup(self.hq.close)
        self.hq.use_certificate(self.write('hq', certificates.HQ))
        self.tablet = Tablet()
        self.addCleanup(self.tablet.close)

    def write(self, name, text):
        path = Path(self.folder.name) / f'{name}.pem'
        path.write_text(text)
        return path

    def enrol(self, *arguments):
        return self.tablet.run('enrol', self.hq.address(), self.hq.code(), *arguments)

    def enrol_rightly(self):
        done = self.enrol('--ca', self.write('ca', certificates.CA))
        self.assertEqual(done.returncode, DONE, done)

    def assert_not_enrolled(self, done):
        self.assertIn(done.returncode, (NOT_ALL, NOT_REACHED), done)
        self.assertTrue(done.stderr.strip())
        self.assertEqual(self.hq.requests, [])

    def test_private_authority(self):
        self.enrol_rightly()
        names = self.tablet.add(3)
        self.assertEqual(self.tablet.push().code, DONE)
        self.assertEqual({key[0] for key in self.hq.lines}, set(names))

    def test_authority_is_kept_with_the_store(self):
        self.enrol_rightly()
        (Path(self.folder.name) / 'ca.pem').unlink()
        self.tablet.add(1)
        self.assertEqual(self.tablet.push().code, DONE)

    def test_authority_that_nobody_was_told_of(self):
        self.assert_not_enrolled(self.enrol())

    def test_another_authority(self):
        self.assert_not_enrolled(self.enrol('--ca', self.write('other', certificates.OTHER_CA)))

    def test_another_name(self):
        self.hq.use_certificate(self.write('elsewhere', certificates.ELSEWHERE))
        self.assert_not_enrolled(self.enrol('--ca', self.write('ca', certificates.CA)))

    def test_file_that_is_no_certificate(self):
        for name, text in (('empty', ''), ('text', 'not a certificate')):
            done = self.enrol('--ca', self.write(name, text))
            self.assertIn(done.returncode, (NOT_ALL, WRONG_USE), done)
        done = self.enrol('--ca', Path(self.folder.name) / 'absent.pem')
        self.assertIn(done.returncode, (NOT_ALL, WRONG_USE), done)
        self.assertEqual(self.hq.requests, [])

    def test_impostor_hears_nothing(self):
        """One who takes HQ's place later gets neither the token nor a line."""
        self.enrol_rightly()
        self.tablet.add(3)
        self.hq.requests.clear()
        for impostor in (certificates.IMPOSTOR, certificates.ELSEWHERE):
            self.hq.use_certificate(self.write('impostor', impostor))
            done = self.tablet.push()
            self.assertIn(done.code, (NOT_ALL, NOT_REACHED), done)
            self.assertTrue(done.errors.strip())
        self.assertEqual(self.hq.requests, [])
        self.assertEqual(self.tablet.counts(), (3, 0, 0))


if __name__ == '__main__':
    unittest.main()
