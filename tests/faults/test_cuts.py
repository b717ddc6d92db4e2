# SPDX-License-Identifier: GPL-3.0-or-later
"""The line is cut after any byte of a push, of what the tablet says and of what HQ says."""

from cells import LONG, FaultCase, cell, in_long, load_tests  # noqa: F401 (unittest looks for load_tests)
from ledger import DONE, NOT_REACHED

from preload import spread
from proxy import FIN, REPLY, REQUEST, RST

LINES = 2        # in a batch, so that the records of one push make several
MOST = in_long(2000, 6)


class Cuts(FaultCase):

    stream = None

    def good_road(self):
        self.proxy.calm()
        self.proxy.lines = LINES

    def positions(self, step, asked):
        """Where to cut: the bytes of a step's messages in a push that went well, all of them or a
        spread of them, and the borders."""
        self.prepare_more(step)
        self.good_road()
        self.push()
        ranges = [(start, end) for which, start, end in self.proxy.steps_of(self.stream)
                  if which == asked]
        self.assertTrue(ranges, f'the push made no {asked}')
        bytes_of = [byte for start, end in ranges for byte in range(start, end)]
        borders = {ranges[0][0], ranges[-1][0], ranges[-1][1] - 1}
        return sorted(borders | {bytes_of[number - 1] for number in spread(len(bytes_of), MOST)})

    def prepare_more(self, step):
        self.prepare(step)
        self.recorder.add(3)

    def cut_within(self, step, asked=None):
        for number, byte in enumerate(self.positions(step, asked or step)):
            for how in (FIN, RST) if LONG else ((FIN, RST)[number % 2],):
                with self.subTest(byte=byte, how=how):
                    self.cut_at(step, byte, how)
        self.ledger.check_whole(**self.allowed_at(step))

    def cut_at(self, step, byte, how):
        self.prepare_more(step)
        self.good_road()
        self.proxy.cut_after(self.stream, byte, how)
        self.push(code=(DONE, NOT_REACHED))
        self.ledger.check_promises()
        device, acknowledged = self.recorder.setting('device_id'), self.recorder.acknowledged()
        had = {seq for each in self.proxy.exchanges for seq in each.seqs()}
        self.good_road()
        self.settle(**self.allowed_at(step))
        if self.recorder.setting('device_id') == device:
            self.check_sent_again(had, acknowledged)

    def check_sent_again(self, had, acknowledged):
        """Of what had reached HQ, only the batch in flight came again."""
        sent = [seq for each in self.proxy.exchanges for seq in each.seqs()]
        self.assertFalse(acknowledged & set(sent), 'acknowledged lines were sent again')
        self.assertEqual(len(sent), len(set(sent)))
        self.assertLessEqual(len(had & set(sent)), LINES)


class RequestCut(Cuts):

    fault = 'request cut'
    stream = REQUEST

    @cell('hello')
    def test_hello(self):
        self.cut_within('hello')

    @cell('reference')
    def test_reference(self):
        self.bring_newer_lists()
        self.cut_within('reference')

    @cell('digest')
    def test_digest(self):
        self.cut_within('digest')

    @cell('fork')
    def test_fork(self):
        self.cut_within('fork')

    @cell('batch request')
    def test_batch_request(self):
        self.cut_within('batch request', 'batch')

    @cell('news')
    def test_news(self):
        self.cut_within('news')


class ReplyCut(Cuts):

    fault = 'reply cut'
    stream = REPLY

    @cell('hello')
    def test_hello(self):
        self.cut_within('hello')

    @cell('reference')
    def test_reference(self):
        self.bring_newer_lists()
        self.cut_within('reference')

    @cell('digest')
    def test_digest(self):
        self.cut_within('digest')

    @cell('fork')
    def test_fork(self):
        self.cut_within('fork')

    @cell('receipt')
    def test_receipt(self):
        self.cut_within('receipt', 'batch')

    @cell('news')
    def test_news(self):
        self.cut_within('news')
