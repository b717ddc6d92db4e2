# SPDX-License-Identifier: GPL-3.0-or-later
"""Something else than HQ's own answer comes back, or HQ's comes late, or a request comes twice."""

import gzip
import json
import socket
import ssl
import time
import uuid

from cells import LONG, FaultCase, cell, in_long, load_tests  # noqa: F401 (unittest looks for load_tests)
from ledger import DONE, NOT_ALL, NOT_REACHED, query

import certificates
from hq import PATIENCE, sha256
from proxy import Cut, Last, Proxy, Road, http_answer, split_answer, with_body
from receiver import HTML


class WrongAnswers(FaultCase):
    """At one step something else answers: in HQ's place, or after HQ has done what it was asked."""

    def answers(self):
        """Each a function of the exchange that gives the tablet's bytes, or raises Cut."""
        raise NotImplementedError

    def answered(self, step, asked=None):
        for number, answer in enumerate(self.answers()):
            for place in ('before', 'after') if LONG else (('before', 'after')[number % 2],):
                with self.subTest(answer=number, place=place):
                    self.answer_at(step, asked or step, place, answer)
        self.ledger.check_whole(**self.allowed_at(step))

    def answer_at(self, step, asked, place, answer):
        self.prepare(step)
        self.proxy.calm()
        heard = []

        def rule(exchange):
            if exchange.step == asked:
                heard.append(exchange)
                return answer(exchange)
            return None
        setattr(self.proxy, place, rule)
        before = self.recorder.acknowledged()
        # What is no list is no reason to keep records back.
        self.push(code=DONE if asked == 'reference' else (NOT_ALL, NOT_REACHED))
        self.assertTrue(heard, f'the push made no {asked}')
        if asked == 'batch':
            self.assertEqual(self.recorder.acknowledged(), before)
        self.ledger.check_promises()
        self.proxy.calm()
        self.settle(**self.allowed_at(step))


class EachStep(WrongAnswers):
    """The cells of a fault that may meet any step."""

    @cell('hello')
    def test_hello(self):
        self.answered('hello')

    @cell('digest')
    def test_digest(self):
        self.answered('digest')

    @cell('fork')
    def test_fork(self):
        self.answered('fork')

    @cell('receipt')
    def test_receipt(self):
        self.answered('receipt', 'batch')

    @cell('news')
    def test_news(self):
        self.answered('news')


class EachStepWithLists(EachStep):

    @cell('reference')
    def test_reference(self):
        self.bring_newer_lists()
        self.answered('reference')


class PortalPage(EachStepWithLists):

    fault = 'captive portal: 200 with HTML'

    def answers(self):
        return [lambda _: http_answer(200, HTML, 'text/html'),
                lambda _: http_answer(200, HTML, 'application/json')]

    def test_nothing_else_is_said_to_a_portal(self):
        self.recorder.add(1)
        asked = []

        def rule(exchange):
            asked.append(exchange.path)
            return http_answer(200, HTML, 'text/html')
        self.proxy.before = rule
        self.push(code=NOT_REACHED)
        self.assertEqual(asked, ['/v1/hello'])


class PortalRedirect(EachStep):

    fault = 'captive portal: 302'

    def answers(self):
        address = self.proxy.address()
        return [lambda _: http_answer(302, HTML, 'text/html', Location=f'{address}/portal'),
                lambda each: http_answer(302, Location=f'{address}{each.path}'),
                lambda each: http_answer(307, Location=f'{address}{each.path}')]


class Garbage(EachStep):

    fault = 'garbage'

    def answers(self):
        noise = self.chance.randbytes(4000)
        return [lambda _: Last(noise + b'\r\n\r\n'),
                lambda _: Last(b''),
                lambda _: http_answer(200, noise),
                lambda _: http_answer(200, b'{"' + noise),
                lambda _: http_answer(200, b'[' * 100_000),
                lambda _: http_answer(200, {}),
                lambda _: http_answer(500, b'oops', 'text/plain'),
                lambda _: Last(b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n{"a":')]


class HalfGzip(EachStep):

    fault = 'half a gzip'

    def answers(self):
        def cut_at(part):
            def answer(exchange):
                # Before HQ was asked there is nothing of its to cut.
                body = split_answer(exchange.reply)[1] or HTML * 20
                packed = gzip.compress(body)
                whole = http_answer(200, packed[:int(len(packed) * part)], Content_Encoding='gzip')
                return whole
            return answer
        return [cut_at(part) for part in (0, 0.1, 0.5, 0.9)]

    @cell('batch request')
    def test_batch_request(self):
        """HQ gets a whole request with half of a gzip: it takes nothing of it."""
        parts = in_long(200, 12)
        for part in range(parts):
            with self.subTest(part=part):
                self.push_with_half(part / parts)
        self.ledger.check_whole()

    def push_with_half(self, part):
        self.recorder.add(3)
        held = self.ledger.journal()

        def rule(exchange):
            if exchange.step == 'batch':
                exchange.body = exchange.body[:int(len(exchange.body) * part)]
                exchange.head = with_body(exchange.head, exchange.body)[:-len(exchange.body) or None]
                exchange.seqs = list
        self.proxy.before = rule
        self.push(code=NOT_ALL)
        self.assertEqual(self.ledger.journal(), held)
        self.proxy.calm()
        self.settle()


class ForeignReceipt(WrongAnswers):

    fault = 'foreign receipt'

    def receipts(self):
        """What a receipt may say that is not this batch's."""
        named = {'line': 0, 'seq': 1, 'id': str(uuid.uuid4()), 'rev': 1, 'status': 'rejected',
                 'type': '/problems/x', 'detail': 'x'}
        return [
            lambda each: each.update(batch=str(uuid.uuid4())),
            lambda each: each.update(epoch=str(uuid.uuid4())),
            lambda each: each.update(sha256=sha256(b'')),
            lambda each: each.update(sha256=each['sha256'].upper()),
            lambda each: each.update(stored=each['stored'] - 1),
            lambda each: each.update(stored=each['stored'] + 1),
            lambda each: each.update(duplicate=each['duplicate'] + 1),
            lambda each: each.update(stored=-1, duplicate=each['stored'] + each['duplicate'] + 1),
            lambda each: each['problems'].append(dict(named)),
            lambda each: each.update(stored=0, problems=[dict(named), dict(named)]),
            lambda each: each.update(stored=1, problems=[{**named, 'line': 7}]),
            lambda each: each.pop('problems'),
            lambda each: each.pop('sha256'),
        ]

    def answers(self):
        def tampered(change):
            def answer(exchange):
                # In HQ's place the best that a liar can do: he has heard the request.
                whole = exchange.reply or self.forge(exchange)
                receipt = json.loads(split_answer(whole)[1])
                change(receipt)
                return with_body(whole, json.dumps(receipt).encode())
            return answer
        return [tampered(change) for change in self.receipts()]

    def forge(self, exchange):
        body = gzip.decompress(exchange.body)
        return http_answer(200, {
            'batch': exchange.path.rpartition('/')[2], 'epoch': self.recorder.setting('epoch'),
            'sha256': sha256(body), 'stored': body.count(b'\n'), 'duplicate': 0, 'high_seq': 99,
            'held': 99, 'problems': []})

    @cell('receipt')
    def test_receipt(self):
        self.answered('receipt', 'batch')

    @cell('settle')
    def test_settle(self):
        """A receipt of before comes again in the place of the next: nothing is settled by it."""
        for _ in range(in_long(20, 3)):
            self.recorder.add(2)
            self.proxy.calm()
            self.push()
            old = [each.reply for each in self.proxy.exchanges if each.step == 'batch']
            for place in ('before', 'after'):
                self.answer_at('receipt', 'batch', place, lambda _, old=old: old[0])
        self.ledger.check_whole()

    @cell('digest')
    def test_digest(self):
        """A digest of another epoch than the one before it queues nothing and adopts nothing."""
        for _ in range(in_long(20, 3)):
            self.answer_at('digest', 'digest', 'after', self.other_digest())
        self.ledger.check_whole()

    def other_digest(self):
        epochs = iter(str(uuid.uuid4()) for _ in range(1000))

        def answer(exchange):
            digest = json.loads(split_answer(exchange.reply)[1])
            digest.update(epoch=next(epochs), count=digest['count'] + 1)
            return with_body(exchange.reply, json.dumps(digest).encode())
        return answer


class ForeignCertificate(EachStep):
    """The proxy stands for HQ behind TLS; then somebody else does."""

    fault = 'captive portal: a foreign certificate'

    def setUp(self):
        super().setUp()
        self.proxy.close()
        self.proxy = Proxy(self.hq, self.context(certificates.HQ))
        self.addCleanup(self.proxy.close)
        authority = self.tablet.folder / 'ca.pem'
        authority.write_text(certificates.CA)
        self.recorder.enrol(self.proxy, '--ca', str(authority))

    def context(self, certificate):
        file = self.hq.folder / f'{uuid.uuid4()}.pem'
        file.write_text(certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def answered(self, step, asked=None):
        for certificate in (certificates.IMPOSTOR, certificates.ELSEWHERE):
            with self.subTest(certificate=certificate[40:60]):
                self.interrupt(step, asked or step, certificate)
        self.ledger.check_whole(**self.allowed_at(step))

    def interrupt(self, step, asked, certificate):
        """From this step on the tablet meets somebody else, who hears nothing of it."""
        good, heard = self.proxy.context, []
        self.prepare(step)
        self.proxy.calm()

        def rule(exchange):
            heard.append(exchange)
            if self.proxy.context is not good:
                raise AssertionError('the tablet spoke to an impostor')
            if exchange.step == asked or asked == 'hello':
                self.proxy.context = self.context(certificate)
                raise Cut
        self.proxy.before = rule
        if asked == 'hello':
            self.proxy.context = self.context(certificate)
        self.push(code=NOT_REACHED)
        self.push(code=NOT_REACHED)
        self.assertEqual([each.step for each in heard].count(asked), int(asked != 'hello'))
        self.ledger.check_promises()
        self.proxy.context = good
        self.proxy.calm()
        self.settle(**self.allowed_at(step))


class Replay(FaultCase):
    """Each request of a step reaches HQ twice or more, as it stands."""

    fault = 'replay'

    def replayed(self, step, asked=None, moments=(False, True)):
        for times in (1, 2, 5):
            for is_late in moments:
                with self.subTest(times=times, is_late=is_late):
                    self.replay(step, asked or step, times, is_late)
        self.ledger.check_whole(**self.allowed_at(step))

    def replay(self, step, asked, times, is_late):
        self.prepare(step)
        self.proxy.calm()
        kept = []

        def rule(exchange):
            if exchange.step == asked:
                kept.append(exchange)
                if not is_late:
                    self.send_again(exchange, times)
        self.proxy.before = rule
        self.push()
        self.assertTrue(kept, f'the push made no {asked}')
        self.recorder.add(1)
        self.push()
        if is_late:
            for exchange in kept:
                self.send_again(exchange, times)
        self.proxy.calm()
        self.settle(**self.allowed_at(step))

    def send_again(self, exchange, times):
        for _ in range(times):
            with socket.create_connection(('127.0.0.1', self.hq.port), PATIENCE) as connection:
                connection.sendall(exchange.raw)
                reply = Road(connection).read_reply(exchange.method)
            self.assertIn(reply.split(b' ')[1], (b'200', b'201', b'304'), reply)

    @cell('hello')
    def test_hello(self):
        self.replayed('hello')

    @cell('reference')
    def test_reference(self):
        self.bring_newer_lists()
        self.replayed('reference')

    @cell('digest')
    def test_digest(self):
        self.replayed('digest')

    @cell('fork')
    def test_fork(self):
        """The same pair again answers the same device, under a fresh token: one that comes after
        the tablet has taken its token is for HQ to be asked about, so not here."""
        self.replayed('fork', moments=(False,))
        self.assertEqual(len(query(self.ledger.file, 'SELECT n FROM devices')), 1 + 3)

    @cell('batch request')
    def test_batch_request(self):
        self.replayed('batch request', 'batch')

    @cell('news')
    def test_news(self):
        self.replayed('news')


class Reordering(FaultCase):
    """Whole pushes of two tablets reach HQ late, twice, and in any order."""

    fault = 'reordering'
    tablets = 2

    @cell('batch request')
    def test_batch_request(self):
        for _ in range(in_long(200, 6)):
            self.shuffle()
        self.ledger.check_whole()

    def shuffle(self):
        held = []

        def hold(exchange):
            if exchange.step == 'batch':
                held.append(exchange)
                raise Cut
        for _ in range(3):
            for recorder in self.recorders:
                recorder.add(2)
                self.proxy.calm()
                self.proxy.before = hold
                self.push(recorder, NOT_REACHED)
        self.proxy.calm()
        held += self.chance.sample(held, 3)
        self.chance.shuffle(held)
        late = held[:len(held) // 2]
        for exchange in held[len(late):]:
            self.deliver(exchange)
        self.ledger.check_promises()
        self.settle()
        for exchange in late:
            self.deliver(exchange)
        self.ledger.check()

    def deliver(self, exchange):
        with socket.create_connection(('127.0.0.1', self.hq.port), PATIENCE) as connection:
            connection.sendall(exchange.raw)
            reply = Road(connection).read_reply(exchange.method)
        self.assertIn(b' 200 ', reply[:20], reply)


class Delay(FaultCase):

    fault = 'delay'

    def delayed(self, place, step, asked=None, seconds=None):
        for wait in seconds or in_long((0.1, 1, 5, 20), (0.1, 1)):
            self.prepare(step)
            self.proxy.calm()

            def rule(exchange, wait=wait):
                if exchange.step == (asked or step):
                    time.sleep(wait)
            setattr(self.proxy, place, rule)
            self.push()
            self.proxy.calm()
            self.settle(**self.allowed_at(step))
        self.ledger.check_whole(**self.allowed_at(step))

    @cell('hello')
    def test_hello(self):
        self.delayed('after', 'hello')

    @cell('digest')
    def test_digest(self):
        self.delayed('after', 'digest')

    @cell('fork')
    def test_fork(self):
        self.delayed('after', 'fork')

    @cell('batch request')
    def test_batch_request(self):
        self.delayed('before', 'batch request', 'batch')

    @cell('receipt')
    def test_receipt(self):
        self.delayed('after', 'receipt', 'batch')
        if LONG:
            self.wait_too_long()

    def wait_too_long(self):
        """Longer than a tablet waits for an answer: it ends, and asks again another time."""
        self.recorder.add(2)
        self.proxy.calm()
        self.proxy.after = lambda exchange: time.sleep(80 if exchange.step == 'batch' else 0)
        self.push(code=NOT_REACHED)
        self.ledger.check_promises()
        self.proxy.calm()
        self.settle()

    @cell('news')
    def test_news(self):
        self.delayed('after', 'news')


class SecondGeneration(FaultCase):
    """40 kbit/s each way, 800 ms there and back."""

    fault = '2G'

    @cell('batch request')
    def test_batch_request(self):
        """A day of 60 records."""
        for _ in range(in_long(5, 1)):
            self.recorder.add(60)
            self.proxy.calm()
            self.proxy.is_slow = True
            done = self.push()
            print(f'60 records over 2G: {done.seconds:.1f} s', end=' ', flush=True)
            self.settle()
        self.ledger.check_whole()

    @cell('digest')
    def test_digest(self):
        self.recorder.add(20)
        self.push()
        self.prepare('digest')
        self.proxy.is_slow = True
        self.push()
        self.settle()
        self.ledger.check_whole()

    @cell('fork')
    def test_fork(self):
        self.prepare('fork')
        self.proxy.is_slow = True
        self.push()
        self.settle(forks=True)
        self.ledger.check_whole(forks=True)
