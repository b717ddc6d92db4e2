# SPDX-License-Identifier: GPL-3.0-or-later
"""A morning's rush: many tablets with a week's backlog each come at once to one HQ. Beside it the
same kind of records one by one, each a request and a commit of its own.

Each tablet does what a tablet does: a connection of its own, hello, its batches one after the other,
news; asked to come later, it does, and not all at the same moment. Everything that it says is made
beforehand; the receipts are checked whole. Aims at loopback alone, and ends by itself.
"""

import asyncio
import gzip
import hashlib
import http.client
import itertools
import json
import os
import random
import re
import socket
import sys
import time
import uuid
from datetime import datetime, timezone
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'protocol'))

from reverse_proxy import UNLIMITED, Proxy, trust  # noqa: E402
from wire import Day  # noqa: E402

RECORDS = 300  # of a tablet's week
BATCH = 150  # lines; a tablet begins with 12 kB, which they are
DAYS = 5
VARIANTS = 20
SINGLE_TABLETS = 50
MOST_SECONDS = 900
MOST_BACKOFF = 30
NDJSON = 'application/x-ndjson'


class Tablet:
    """One enrolled tablet with what it will send: (batch's id, lines, hash of the bytes, request)."""

    def __init__(self, answer):
        self.device_id = answer['device_id']
        self.token = answer['token']
        self.pushes = []

    def head(self, method, path, *more):
        return '\r\n'.join([f'{method} {path} HTTP/1.1', 'Host: 127.0.0.1', 'Altm-Pending: 0',
                            f'Authorization: Bearer {self.token}', 'Accept-Encoding: gzip', *more,
                            f'Altm-Clock: {datetime.now(timezone.utc).isoformat("T", "milliseconds")}',
                            '', '']).encode()

    def news(self):
        return self.head('GET', f'/v1/devices/{self.device_id}/news')

    def prepare(self, lines, size):
        for start in range(0, len(lines), size):
            batch, some = str(uuid.uuid4()), lines[start:start + size]
            body = b'\n'.join(some) + b'\n'
            zipped = gzip.compress(body, 6)
            head = self.head('PUT', f'/v1/devices/{self.device_id}/batches/{batch}',
                             f'Content-Type: {NDJSON}', 'Content-Encoding: gzip',
                             f'Content-Length: {len(zipped)}')
            self.pushes.append((batch, len(some), hashlib.sha256(body).hexdigest(), head + zipped))


def weeks():
    """Weeks as lists of lines with a place for the seq and one for the id, used in turn."""
    made = []
    for variant in range(VARIANTS):
        week = [record for day in range(DAYS) for record in Day(variant * DAYS + day).records()]
        made.append([as_template(record) for record in week[:RECORDS]])
    return itertools.cycle(made)


def as_template(record):
    line = {'v': 1, 'seq': 0, 'id': '', 'rev': 1}
    line |= {name: value for name, value in record.items() if name != 'id'}
    text = json.dumps(line, ensure_ascii=False, separators=(',', ':')).replace('%', '%%')
    return text.replace('"seq":0,"id":""', '"seq":%d,"id":"%s"', 1)


def make_lines(week, count, after=0):
    """The week's first lines, with new ids and the seqs that come after."""
    first = uuid.uuid4().hex
    identity = f'0192f0c1-{first[:4]}-7{first[4:7]}-8{first[7:10]}-%012x'
    return [(template % (seq, identity % seq)).encode()
            for seq, template in enumerate(week[:count], after + 1)]


class Rush:

    def __init__(self, port, context=None):
        self.port = port
        self.context = context
        self.batch_seconds = []
        self.tablet_seconds = []
        self.acknowledged = 0
        self.asked_later = 0
        self.cut = 0

    async def ask(self, stream, request):
        """One exchange: status, seconds to wait, body."""
        reader, writer = stream
        writer.write(request)
        head = await reader.readuntil(b'\r\n\r\n')
        length = int(re.search(rb'(?i)\r\ncontent-length: *(\d+)', head)[1])
        later = re.search(rb'(?i)\r\nretry-after: *(\d+)', head)
        return int(head[9:12]), int(later[1]) if later else 0, await reader.readexactly(length)

    async def open(self):
        return await asyncio.open_connection('127.0.0.1', self.port, ssl=self.context)

    async def run_tablet(self, tablet, arrival):
        await asyncio.sleep(arrival)
        start = time.monotonic()
        calls = [(b'GET /v1/hello HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', None)]
        calls += [(push[3], push) for push in tablet.pushes] + [(tablet.news(), None)]
        failures = 0
        while calls:
            try:
                wait = await self.run_calls(calls)
            except (OSError, asyncio.IncompleteReadError):
                self.cut += 1
                wait = 0
            if calls:
                # As the tablet draws it: what was asked for, and full jitter that grows.
                failures += 1
                bound = max(wait, min(2 ** failures, MOST_BACKOFF))
                await asyncio.sleep(wait + random.uniform(0, bound))
        self.tablet_seconds.append(time.monotonic() - start)

    async def run_calls(self, calls):
        """Makes the calls on one connection, and takes away those that are done; returns how long
        to wait before the rest."""
        stream = await self.open()
        try:
            while calls:
                start = time.monotonic()
                status, later, body = await self.ask(stream, calls[0][0])
                if status in (429, 502, 503, 504):
                    self.asked_later += 1
                    return later
                if status != 200:
                    raise AssertionError(f'HQ answered {status} {body[:300]}')
                if calls[0][1]:
                    self.check(calls[0][1], json.loads(body))
                    self.batch_seconds.append(time.monotonic() - start)
                calls.pop(0)
        finally:
            stream[1].close()
        return 0

    def check(self, push, receipt):
        batch, count, sha256, _ = push
        if (receipt['batch'], receipt['sha256'], receipt['stored'] + receipt['duplicate']) != (
                batch, sha256, count):
            raise AssertionError(f'no receipt for what was sent: {str(receipt)[:500]}')
        self.acknowledged += count

    async def run(self, tablets, seconds):
        """All of them, beginning at random within so many seconds; returns how long it took."""
        chance = random.Random(7)
        start = time.monotonic()
        await asyncio.wait_for(asyncio.gather(*(
            self.run_tablet(tablet, chance.uniform(0, seconds)) for tablet in tablets)),
            MOST_SECONDS)
        return time.monotonic() - start


def enrol(hq, count):
    """Tablets enrolled with codes that are asked for at HQ's control socket, many at a time."""
    tablets = []
    for number in range(count):
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(f'{hq.store}/control')
            control.sendall(b'code\n')
            code = control.makefile().read().split()[-1]
        tablets.append(Tablet(json.loads(put(hq.port, '/v1/enrol', {
            'code': code, 'device_name': f'tablette {number}', 'install_id': str(uuid.uuid4())}))))
    return tablets


def put(port, path, form):

    connection = http.client.HTTPConnection('127.0.0.1', port, timeout=60)
    try:
        connection.request('PUT', path, json.dumps(form), {'Content-Type': 'application/json'})
        return connection.getresponse().read()
    finally:
        connection.close()


def quantile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def processor_seconds(process):
    fields = Path(f'/proc/{process.pid}/stat').read_text().rpartition(')')[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')


def peak_mib(process):
    status = Path(f'/proc/{process.pid}/status').read_text()
    return int(re.search(r'VmHWM:\s*(\d+)', status)[1]) / 1024


def measure_one(hq, tablets, seconds, port, context):
    rush = Rush(port, context)
    before = processor_seconds(hq.process)
    total = asyncio.run(rush.run(tablets, seconds))
    sent = sum(count for tablet in tablets for _, count, _, _ in tablet.pushes)
    if rush.acknowledged != sent:
        raise AssertionError(f'{sent} records were sent, {rush.acknowledged} are acknowledged')
    return {'tablets': len(tablets), 'records': sent, 'seconds': total,
            'batch_p50': quantile(rush.batch_seconds, .5), 'batch_p99': quantile(rush.batch_seconds, .99),
            'tablet_p50': quantile(rush.tablet_seconds, .5),
            'tablet_p99': quantile(rush.tablet_seconds, .99), 'asked_later': rush.asked_later,
            'cut': rush.cut, 'hq_processor': processor_seconds(hq.process) - before,
            'hq_peak_mib': peak_mib(hq.process)}


def measure(start_hq, folder, count, seconds, singles, behind_nginx):
    """A rush of `count` tablets within so many seconds, and one record a request for `singles`
    records (0: not at all); each at a new HQ, in turn. `start_hq` starts one in a folder."""
    said = {}
    for name, tablet_count, records, size, spread in (
            ('batches', count, RECORDS, BATCH, seconds),
            ('singles', SINGLE_TABLETS, singles // SINGLE_TABLETS, 1, 0)):
        if records == 0:
            continue
        work = folder / name
        work.mkdir()
        with start_hq(work) as hq:
            tablets = enrol(hq, tablet_count)
            for tablet, week in zip(tablets, weeks()):
                tablet.prepare(make_lines(week, records), size)
            if not behind_nginx:
                said[name] = measure_one(hq, tablets, spread, hq.port, None)
                continue
            # With the limits that it ships with, and all tablets behind one address; what no tablet
            # does, one record a request, is let through.
            limits = UNLIMITED if name == 'singles' else {}
            proxy = Proxy(work / 'nginx', hq.port, **limits).start()
            try:
                said[name] = measure_one(hq, tablets, spread, proxy.port, trust())
            finally:
                proxy.close()
    return said
