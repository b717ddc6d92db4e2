# SPDX-License-Identifier: GPL-3.0-or-later
"""HQ with a network's size of data: how long the figures of any filter take, and how fast a line is still taken.

A network of associations: interventions over five years, drawn from the project's own lists in the proportions of the
ALTM's 2018 (34 mediators, 34,444 interventions, 1,632 referrals), client flow of its post offices, and shifts.
"""

import gzip
import http.client
import json
import random
import statistics
import subprocess
import time
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urlencode

LISTS = Path(__file__).resolve().parents[2] / 'data' / 'reference'
FIRST_DAY = datetime(2021, 9, 1, 8, tzinfo=timezone.utc)
DAYS = 5 * 365
REFERRALS = 1632 / 34444
LINES = 1000  # in a batch
CHANNELS = {'espace_public': 41, 'telephone': 32, 'bureau_poste': 15, 'habitat': 7, 'ecole': 5}
PASSWORD = 'a password of this bench'


class Network:
    """Lines of records, day by day, the same for the same seed."""

    def __init__(self, interventions, seed=1, days=DAYS):
        self.random = random.Random(seed)
        self.left = interventions
        self.days = days
        self.places = json.loads((LISTS / 'places.json').read_text())['places']
        self.vocabulary = json.loads((LISTS / 'vocabulary.json').read_text())['vocabulary']
        self.offices = [place['id'] for place in self.places if place['kind'] == 'post_office'][:30]
        # Where mediators are sent is not drawn each day: three quarters of the time it is a few places.
        ids = [place['id'] for place in self.places if place['kind'] == 'qpv']
        self.weights = [1 / (rank + 1) for rank in range(len(ids))]
        self.qpv = ids
        self.seq = 0

    def code(self, name):
        return self.random.choice(self.vocabulary[name])['code']

    def line(self, kind, at, data, **more):
        self.seq += 1
        # A tablet's ids begin with their time (UUIDv7, RFC 9562), and so come in about that order.
        number = int(at.timestamp() * 1000) << 80 | self.random.getrandbits(80)
        name = uuid.UUID(int=number & ~(0xf << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)
        return {'v': 1, 'seq': self.seq, 'id': str(name), 'rev': 1, 'type': kind, 'at': at.isoformat(timespec='milliseconds'),
                'by': f'm-{self.random.randrange(300)}', 'data': data, **more}

    def contact(self, at):
        pick = self.random
        channel = pick.choices(list(CHANNELS), CHANNELS.values())[0]
        place = pick.choice(self.offices) if channel == 'bureau_poste' else pick.choices(self.qpv, self.weights)[0]
        data = {'channel': channel, 'register': self.code('registre'), 'public': self.code('public'),
                'people': min(1 + int(pick.expovariate(0.9)), 40), 'themes': list({self.code('theme'), self.code('theme')}),
                'origin': self.code('origine')}
        if pick.random() < 0.8:
            data['result'] = pick.choice([each['code'] for each in self.vocabulary['resultat'] if each['code'] != 'injoignable'])
        return self.line('contact', at, data, place=place)

    def flow(self, at, office):
        slot = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
        counts = {'entres': self.random.randrange(5, 40), 'file_max': self.random.randrange(12)}
        return self.line('flow', at, {'office': office, 'slot': slot.strftime('%Y-%m-%dT%H:%M:%SZ'), 'counts': counts})

    def day(self, start, interventions):
        for _ in range(interventions):
            contact = self.contact(start + timedelta(seconds=self.random.randrange(9 * 3600)))
            yield contact
            if self.random.random() < REFERRALS:
                yield self.line('referral', start, {'contact': contact['id'], 'structure_type': 'ccas', 'consent': False,
                                                    'status': self.code('orientation_statut')}, place=contact['place'])
        for office in self.random.sample(self.offices, 6):
            for quarter in range(16):
                yield self.flow(start + timedelta(minutes=15 * quarter), office)

    def lines(self):
        a_day = max(self.left * 7 // (self.days * 5), 1)
        for day in range(10 * self.days):
            start = FIRST_DAY + timedelta(days=day)
            if start.weekday() < 5 and self.left > 0:
                count = min(a_day, self.left)
                self.left -= count
                yield from self.day(start, count)


class Hq:
    """A connection to HQ as one tablet, and as one browser."""

    def __init__(self, program, store, port):
        self.program, self.store = program, store
        self.connection = http.client.HTTPConnection('127.0.0.1', port, timeout=600)

    def ask(self, method, path, body=None, **headers):
        self.connection.request(method, path, body, {name.replace('_', '-'): value for name, value in headers.items()})
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status >= 300:
            raise SystemExit(f'{method} {path} answered {answer.status}: {data[:300]}')
        return json.loads(data), answer

    def enrol(self):
        code = subprocess.run([self.program, '--store', self.store, 'code'], check=True, text=True,
                              stdout=subprocess.PIPE).stdout.strip()
        body = json.dumps({'code': code, 'device_name': 'bench', 'install_id': str(uuid.uuid4())})
        said, _ = self.ask('PUT', '/v1/enrol', body, Content_Type='application/json')
        self.device, self.token = said['device_id'], said['token']

    def push(self, lines):
        body = gzip.compress(b''.join(json.dumps(line).encode() + b'\n' for line in lines), 1)
        start = time.perf_counter()
        said, _ = self.ask('PUT', f'/v1/devices/{self.device}/batches/{uuid.uuid4()}', body, Authorization=f'Bearer {self.token}',
                           Content_Type='application/x-ndjson', Content_Encoding='gzip')
        if said['stored'] != len(lines):
            raise SystemExit(f'{len(lines)} lines were sent: {json.dumps(said)[:500]}')
        return time.perf_counter() - start

    def sign_in(self):
        subprocess.run([self.program, '--store', self.store, 'user', 'add', 'bench'], input=PASSWORD + '\n', text=True, check=True)
        _, answer = self.ask('POST', '/console/api/session', json.dumps({'name': 'bench', 'password': PASSWORD}),
                             Content_Type='application/json', Altm_Csrf='1')
        self.cookie = answer.headers['Set-Cookie'].split(';')[0]

    def figures(self, **query):
        start = time.perf_counter()
        said, _ = self.ask('GET', '/console/api/figures?' + urlencode(query), Cookie=self.cookie)
        return time.perf_counter() - start, said


def draw_filter(pick, network):
    """What a team manager may ask for: any period, and none to three of the other choices."""
    first = FIRST_DAY + timedelta(days=pick.randrange(DAYS))
    last = min(first + timedelta(days=pick.choice((0, 6, 30, 91, 364, 3 * 365))), FIRST_DAY + timedelta(days=DAYS))
    query = {'from': first.date().isoformat(), 'to': last.date().isoformat()} if pick.random() < 0.9 else {}
    if pick.random() < 0.4:
        query['territory'] = pick.choice(('metropole_lyon', 'saint_etienne_metropole', 'insee:69266'))
    if pick.random() < 0.2:
        query['place'] = pick.choice(network.qpv)
    if pick.random() < 0.3:
        query['channel'] = pick.choice(list(CHANNELS))
    return query


def fill(hq, network):
    """Lines a second, by tenths of the whole."""
    batch, seconds, count = [], [], []
    for line in network.lines():
        batch.append(line)
        if len(batch) == LINES:
            seconds.append(hq.push(batch))
            count.append(len(batch))
            batch = []
    if batch:
        hq.push(batch)
    tenth = max(len(seconds) // 10, 1)
    return [sum(count[i:i + tenth]) / sum(seconds[i:i + tenth]) for i in range(0, tenth * 10, tenth)]


def measure(program, hq, interventions, questions=300):
    """Times in milliseconds; `floor_ms` is an answer that reads nothing: who is signed in."""
    network = Network(interventions)
    client = Hq(program, hq.store, hq.port)
    client.enrol()
    rates = fill(client, network)
    client.sign_in()
    pick = random.Random(2)
    asked = [(client.figures(**query)[0], query) for query in (draw_filter(pick, network) for _ in range(questions))]
    times = sorted(seconds for seconds, _ in asked)
    floor = []
    for _ in range(50):
        start = time.perf_counter()
        client.ask('GET', '/console/api/session', Cookie=client.cookie)
        floor.append(time.perf_counter() - start)
    return {
        'lines': network.seq, 'interventions': interventions,
        'first_per_second': rates[0], 'last_per_second': rates[-1], 'ratio': rates[-1] / rates[0],
        'median_ms': 1000 * statistics.median(times), 'p95_ms': 1000 * times[int(0.95 * len(times))],
        'slowest_ms': 1000 * times[-1], 'slowest': max(asked, key=lambda each: each[0])[1],
        'all_ms': 1000 * client.figures()[0], 'floor_ms': 1000 * statistics.median(floor),
        'store_mib': sum(path.stat().st_size for path in Path(hq.store).iterdir() if path.is_file()) / 1024 ** 2}
