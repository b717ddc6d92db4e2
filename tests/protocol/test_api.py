# SPDX-License-Identifier: GPL-3.0-or-later
"""The API for other programs: tokens, each call against the OpenAPI document, what is masked, and what is never told."""

import contextlib
import itertools
import json
import random
import re
import sqlite3
import unittest
from datetime import date, timedelta
from fractions import Fraction
from urllib.parse import urlencode

import records
import tally
import test_console
from hq import ROOT, Headquarters, HeadquartersCase
from openapi import Document, read_values
from records import COMMUNE, OFFICE, OTHER_OFFICE, QPV, contact, observation, referral

API = '/api/v1/'
SOURCE = (ROOT / 'sync' / 'hq' / 'api' / 'altm-api.c').read_text()
TYPES = (ROOT / 'data' / 'altm-record-type.c').read_text()
OTHER_PLACE = 'QN04202M'
MONTHS = (('2026-01-01', '2026-01-31'), ('2026-02-01', '2026-02-28'), ('2026-03-01', '2026-03-31'), ('2026-04-01', '2026-04-30'),
          ('2026-05-01', '2026-05-31'))
# In which months what is rare; each way some other part of the tree hides what is rare.
CHANNELS = (('espace_public',) * 12 + ('bureau_poste',) * 9 + ('telephone',) * 8 + ('habitat',),
            ('espace_public',) * 20 + ('telephone',) * 14 + ('habitat', 'ecole') * 4 + ('bureau_poste',))
# Too much at once is tests/protocol/test_overload.py's.
ELSEWHERE = {503}


class ApiCase(HeadquartersCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = Document(cls.hq.request('GET', API + 'openapi.json').body)
        cls.seen = set()

    def token(self, name, scope='figures', *options):
        return self.hq.must('token', 'add', name, '--scope', scope, *options).strip()

    def sql(self, text):
        with contextlib.closing(sqlite3.connect(self.hq.store / 'hq.db', timeout=60)) as store, store:
            store.execute(text)

    def ask(self, name, token=None, headers=None, **query):
        """An answer that is as the document says."""
        sent = {'Authorization': f'Bearer {token}'} if token else {}
        question = '?' + urlencode(query) if query else ''
        reply = self.hq.request('GET', API + name + question, headers={**sent, **(headers or {})})
        self.document.check_reply(API + name, reply)
        self.seen.add((API + name, reply.status))
        return reply

    def refuse(self, status, problem, name, token=None, **query):
        reply = self.ask(name, token, **query)
        self.assertEqual((reply.status, reply.json()['type']), (status, f'/problems/{problem}'), reply)
        return reply

    def records(self, token, what='records', **query):
        """All pages."""
        found, reply = [], self.ask(what, token, **query)
        while True:
            self.assertEqual(reply.status, 200, reply)
            found += read_values(reply, 'application/x-ndjson')
            if reply.headers['Link'] is None:
                return found, reply.headers['Altm-Cursor']
            after = re.fullmatch(rf'</api/v1/{what}\?(?:.*&)?after=([^>&]+)>; rel="next"', reply.headers['Link'])[1]
            self.assertEqual(after, reply.headers['Altm-Cursor'])
            reply = self.ask(what, token, **{**query, 'after': after})


class Tokens(ApiCase):

    def listed(self, name):
        tokens = [json.loads(line) for line in self.hq.must('token', 'list').splitlines()]
        return [each for each in tokens if each['name'] == name]

    def test_a_token_is_shown_once_and_kept_nowhere(self):
        token = self.token('tableau de bord', 'records', '--team', 'Lyon', '--team', 'Est')
        self.assertRegex(token, r'^[A-Za-z0-9_-]{43}$')
        self.assertEqual(self.ask('figures', token).status, 200)
        said = self.listed('tableau de bord')[0]
        self.assertEqual((said['scope'], said['teams'], said['revoked_at']), ('records', ['Lyon', 'Est'], None))
        self.assertIsNotNone(said['used_at'])
        for path in self.hq.folder.rglob('*'):
            if path.is_file():
                self.assertNotIn(token.encode(), path.read_bytes(), path)
        self.assertNotIn(token, self.hq.must('log'))

    def test_a_revoked_token_reads_nothing(self):
        token = self.token('prestataire')
        self.assertEqual(self.ask('figures', token).status, 200)
        self.hq.must('token', 'revoke', 'prestataire')
        self.refuse(401, 'unauthorized', 'figures', token)
        self.assertEqual(self.hq.run('token', 'revoke', 'prestataire').returncode, 1)
        # The name is free again; the old token stays what it is.
        self.assertEqual(self.ask('figures', self.token('prestataire')).status, 200)
        self.refuse(401, 'unauthorized', 'figures', token)
        self.assertEqual([each['revoked_at'] is None for each in self.listed('prestataire')], [True, False])
        log = [json.loads(line) for line in self.hq.must('log').splitlines()]
        self.assertEqual([each['what'] for each in log if each['subject'] == 'prestataire'],
                         ['token-made', 'token-revoked', 'token-made'])

    def test_a_token_ends_within_a_year(self):
        today = date.today()
        for last in ((today - timedelta(days=3)).isoformat(), (today + timedelta(days=400)).isoformat(), 'demain'):
            done = self.hq.run('token', 'add', 'trop', '--scope', 'figures', '--to', last)
            self.assertEqual(done.returncode, 1, last)
            self.assertIn('nothing was changed', done.stderr)
        self.token('court', 'figures', '--to', (today + timedelta(days=10)).isoformat())
        self.assertEqual(self.listed('court')[0]['ends_at'][:10], (today + timedelta(days=10)).isoformat())
        self.assertEqual(self.listed('trop'), [])

    def test_a_token_that_is_over_reads_nothing(self):
        token = self.token('fini')
        self.hq.stop()
        self.sql("UPDATE tokens SET ends_at = made_at WHERE name = 'fini'")
        self.hq.start()
        self.refuse(401, 'unauthorized', 'figures', token)

    def test_wrong_use(self):
        for arguments, code in ((('add', 'x', '--scope', 'tout'), 1), (('add', 'x'), 1), (('add', ''), 1), (('add',), 2),
                                (('revoke',), 2), (('list', 'x'), 2), (('vendre', 'x'), 2)):
            self.assertEqual(self.hq.run('token', *arguments).returncode, code, arguments)
        self.token('deux fois')
        self.assertEqual(self.hq.run('token', 'add', 'deux fois', '--scope', 'figures').returncode, 1)

    def test_a_restored_backup_lets_nobody_in_again(self):
        kept, revoked = self.token('reste'), self.token('révoqué')
        self.hq.must('backup', self.hq.folder / 'backup')
        later = self.token('plus tard')
        self.hq.must('token', 'revoke', 'révoqué')
        self.hq.stop()
        self.hq.must('restore', self.hq.folder / 'backup')
        self.hq.start()
        self.assertEqual([self.ask('figures', token).status for token in (kept, revoked, later)], [200, 401, 200])


class Contract(ApiCase):
    """The document, and each answer that it describes."""

    def test_the_document_is_openapi(self):
        self.assertEqual(self.document.root['openapi'], '3.1.0')
        self.assertEqual(self.document.problems(), [])

    def test_the_document_and_the_program_have_the_same_calls(self):
        table = re.search(r'routes\[\] = \{(.*?)\n\};', SOURCE, re.S)[1]
        program = {API + path: (scope, re.findall(r'"([a-z]+)"', parameters))
                   for path, scope, parameters in re.findall(r'\{ "([a-z.]+)", (\w+), \{(.*?)\}', table)}
        described = {}
        for (path, method), operation in self.document.operations().items():
            self.assertEqual(method, 'get')
            described[path] = [each['name'] for each in operation['parameters'] if each['in'] == 'query']
            self.assertEqual(operation.get('security') == [], program[path][0] == 'ANYBODY', path)
        self.assertEqual(described, {path: parameters for path, (_, parameters) in program.items()})

    def test_the_document_names_each_field_of_a_record(self):
        for kind in ('shift', 'contact', 'referral', 'flow', 'observation'):
            table = re.search(rf'AltmField {kind}_fields\[\] = \{{(.*?)\n\}};', TYPES, re.S)[1]
            fields = re.findall(r'\{ "(\w+)", ALTM_FIELD_(\w+), (\w+)', table)
            schema = self.document.root['components']['schemas'][f'{kind.capitalize()}Data']
            told = [(name, need) for name, field, need in fields if field not in ('NAMES', 'REFERENCE')]
            self.assertEqual(list(schema['properties']), [name for name, _ in told], kind)
            self.assertEqual(schema['required'], [name for name, need in told if need == 'REQUIRED'], kind)

    def test_each_call_answers_each_status_as_it_is_described(self):
        device = self.hq.device()
        device.push(records.whole(device) + records.least(device))
        figures, own = self.token('chiffres'), self.token('fiches', 'records', '--team', 'Lyon')
        self.ask_well(figures, own)
        self.ask_wrongly(figures, own)
        self.lose_the_store(figures, own)
        described = {(path, status) for (path, _) in self.document.operations() for status in self.document.responses(path)
                     if status not in ELSEWHERE}
        self.assertEqual(self.seen, described)

    def ask_well(self, figures, own):
        for name, token in (('openapi.json', None), ('lists', figures)):
            reply = self.ask(name, token)
            again = self.ask(name, token, {'If-None-Match': reply.headers['ETag']})
            self.assertEqual((reply.status, again.status), (200, 304), name)
        self.assertEqual(self.ask('lists', own).json()['teams'], ['Lyon'])
        for query in ({}, {'from': '2026-02-01', 'to': '2026-11-30'}, {'territory': 'metropole_lyon'}, {'territory': COMMUNE},
                      {'place': QPV}, {'channel': 'telephone'}, {'team': 'Lyon'}, {'from': ''}):
            self.assertEqual(self.ask('figures', own, **query).status, 200, query)
        for query in ({}, {'from': '2026-02-01', 'to': '2026-11-30'}, {'type': 'flow'}, {'limit': 1}):
            self.assertEqual(self.ask('records', own, **query).status, 200, query)
        for query in ({}, {'limit': 1}):
            self.assertEqual(self.ask('erased', own, **query).status, 200, query)

    def ask_wrongly(self, figures, own):
        for query in ({'from': 'hier'}, {'to': '2026-02-30'}, {'from': '2026-02-02'}, {'to': '2026-02-27'}, {'form': '2026-02-01'},
                      {'channel': 'pigeon'}, {'place': 'nulle-part'}, {'territory': 'bretagne'}):
            self.refuse(400, 'bad-request', 'figures', own, **query)
        for query in ({'from': 'hier'}, {'type': 'rumeur'}, {'limit': 0}, {'limit': 1001}, {'limit': 'x'}, {'after': '7'},
                      {'after': 'aaaaaaaa-x'}, {'team': 'Lyon'}):
            self.refuse(400, 'bad-request', 'records', own, **query)
        for query in ({'limit': 0}, {'limit': 1001}, {'after': '7'}, {'after': 'aaaaaaaa-x'}, {'after': '00000000-1'}, {'from': '2026-02-01'}):
            self.refuse(400, 'bad-request', 'erased', own, **query)
        for name in ('lists', 'openapi.json'):
            self.refuse(400, 'bad-request', name, figures, x=1)
        for name, after in (('records', '00000000-1'), ('erased', '00000000-e1')):
            self.refuse(403, 'not-allowed', name, figures)
            self.refuse(409, 'restored', name, own, after=after)
        self.refuse(403, 'not-allowed', 'figures', own, team='Est')
        for name in ('lists', 'figures', 'records', 'erased'):
            self.refuse(401, 'unauthorized', name)
            for _ in range(5):
                self.refuse(401, 'unauthorized', name, f'faux-{name}')
            self.assertGreater(int(self.refuse(429, 'too-many-tries', name, f'faux-{name}').headers['Retry-After']), 0)
        # Whoever else asks does not wait.
        self.assertEqual(self.ask('lists', figures).status, 200)

    def lose_the_store(self, figures, own):
        for name, token in (('lists', figures), ('figures', figures), ('records', own), ('erased', own)):
            self.sql('ALTER TABLE tokens RENAME TO gone')
            self.refuse(500, 'store-failed', name, token)
            self.sql('ALTER TABLE gone RENAME TO tokens')
            # Who could not be looked up is not wrong.
            self.assertEqual(self.ask(name, token).status, 200)

    def test_it_is_only_read_from_and_sets_no_cookie(self):
        token = self.token('lecteur')
        headers = {'Authorization': f'Bearer {token}', 'Origin': 'https://ailleurs.example'}
        for method in ('POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'):
            reply = self.hq.request(method, API + 'figures', headers=headers)
            self.assertEqual((reply.status, reply.headers['Allow']), (405, 'GET'), method)
        reply = self.hq.request('GET', API + 'figures', headers=headers)
        self.assertIsNone(reply.headers['Set-Cookie'])
        self.assertFalse([name for name in reply.headers if name.lower().startswith('access-control')])
        self.assertEqual(reply.headers['Cache-Control'], 'no-store')
        for path in ('/api/', '/api/v1', '/api/v2/figures', API, API + 'figures/', API + 'tokens'):
            self.assert_problem(self.hq.request('GET', path, headers=headers), 404, 'not-found')
        # A person's session is no token, and a token opens no page of the console.
        self.assertEqual(self.hq.request('GET', '/console/api/figures', headers={'Cookie': f'__Host-altm={token}'}).status, 401)
        self.assert_problem(self.hq.request('GET', '/v1/reference', headers=headers), 401, 'unauthorized')

    def test_lists_name_no_mediator(self):
        self.assertNotIn('mediators', self.ask('lists', self.token('annuaire')).json())


class Figures(ApiCase):
    """A season, of which each cell is the true one or null, and no null can be worked out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(11)
        device = cls.hq.device()
        cls.lines = [cls.line(device) for _ in range(700)]
        if device.push(cls.lines)['problems']:
            raise AssertionError('the season has problems')
        cls.secret = cls.hq.must('token', 'add', 'saison', '--scope', 'figures').strip()

    @classmethod
    def line(cls, device):
        pick = cls.random
        kind = pick.choice(('contact',) * 6 + ('referral', 'flow', 'observation'))
        month = pick.choice((1, 1, 1, 2, 2, 3, 4))
        at = f'2026-{month:02}-{pick.randint(1, 28):02}T{pick.randint(8, 17):02}:{pick.choice(("00", "15", "30"))}:00+01:00'
        place = {'place': pick.choice((QPV,) * 5 + (OTHER_PLACE,) * 3 + (COMMUNE,))}
        if kind == 'contact':
            channel = pick.choice(CHANNELS[month % 2])
            data = contact(channel=channel, people=pick.randint(1, 9), public=pick.choice(('habitant', 'enfant', 'parent_famille')),
                           register=pick.choice(('presence_active',) * 9 + ('concertation',)),
                           themes=pick.sample(('logement', 'tranquillite', 'autre'), pick.randint(0, 2)))
        elif kind == 'referral':
            data = referral(status=pick.choice(('proposee', 'acceptee', 'close')))
        elif kind == 'observation':
            data = observation(**pick.choice(({}, {}, {'kind': 'incident', 'subject': 'malaise'})))
        else:
            data, place = records.flow(at.replace('+01:00', 'Z'), pick.choice((OFFICE, OFFICE, OTHER_OFFICE)),
                                       entres=pick.randint(0, 6), file_max=pick.randint(0, 3)), {}
        return device.line(kind, data, at=at, **place)

    def questions(self):
        yield {}
        for first, last in itertools.combinations_with_replacement(MONTHS, 2):
            days = {'from': first[0], 'to': last[1]}
            yield days
            yield from ({**days, 'channel': channel} for channel in ('telephone', 'habitat', 'espace_public', 'bureau_poste'))
            yield from ({**days, 'place': place} for place in (QPV, OTHER_PLACE, COMMUNE))

    def truth(self, query):
        def takes(line):
            channel = 'bureau_poste' if line['type'] == 'flow' else line['data'].get('channel')
            return channel == query.get('channel', channel) and \
                ('place' not in query or line.get('place') == query['place'])
        return tally.count(list(filter(takes, self.lines)), query.get('from'), query.get('to'))

    def test_what_is_told_is_true_and_what_is_small_is_not_told(self):
        masked = 0
        for query in self.questions():
            found, true = self.ask('figures', self.secret, **query).json(), self.truth(query)
            for name, value in true.items():
                cells = [(found[name], value)] if not isinstance(value, dict) else \
                    [(found[name].get(code, 0) if found[name] is not None else None, n)
                     for code, n in value.items() if code != 'file_max']
                for told, n in cells:
                    self.assertIn(told, (n, None), (query, name))
                    self.assertFalse(told is not None and 0 < n < 5, (query, name, n))
                    masked += told is None
            self.assertEqual(found['flow'].get('file_max', 0), true['flow'].get('file_max', 0))
        self.assertGreater(masked, 40)

    def test_nothing_that_is_masked_can_be_worked_out(self):
        for query in self.questions():
            found = self.ask('figures', self.secret, **query).json()
            unknown = {cell for cell, value in flatten(found).items() if value is None}
            self.assertEqual(solve(equations(found)) & unknown, set(), (query, found))

    def test_days_are_not_told(self):
        for query in ({'from': '2026-01-01', 'to': '2026-01-30'}, {'from': '2026-01-02', 'to': '2026-01-31'},
                      {'from': '2026-01-15', 'to': '2026-01-15'}):
            self.refuse(400, 'bad-request', 'figures', self.secret, **query)


def flatten(found):
    cells = {}
    for name, value in found.items():
        if isinstance(value, dict):
            cells.update({f'{name}/{code}': n for code, n in value.items()})
        elif name not in ('from', 'to', 'complete_to'):
            cells[name] = value
    return cells


def equations(found):
    """What anybody knows of how cells hang together: (cells, sum of the others), each cell counted once."""
    def part(table, leave=()):
        return [f'{table}/{code}' for code in found[table] or () if code not in leave]

    processes, channels = found['by_process'] or {}, found['by_channel'] or {}
    inside = [f'by_place/{place}' for place in found['by_place'] or () if place.startswith('QN')]
    sums = [(part('by_process'), 'interventions'), (part('by_channel'), 'interventions'), (part('by_place'), 'interventions'),
            (part('by_register'), 'interventions'), (part('by_public'), 'interventions'), (part('by_kind'), 'observations'),
            (part('referrals_by_status'), 'referrals'), (part('clients_by_office'), 'flow/entres'), (inside, 'in_qpv'),
            (part('by_channel', ('telephone', 'espace_public', 'bureau_poste')), 'by_process/autre')]
    sums += [([f'by_channel/{code}'], f'by_process/{code}') for code in ('espace_public', 'bureau_poste')
             if code in channels and code in processes]
    if 'telephone' in channels and processes:
        sums.append((['by_process/telephone_habitants', 'by_process/telephone_familles'], 'by_channel/telephone'))
    known = {cell: value for cell, value in flatten(found).items() if value is not None}
    rows = [{**dict.fromkeys(parts, 1), whole: -1} for parts, whole in sums if parts]
    return [({cell: Fraction(n) for cell, n in row.items() if cell not in known},
             -sum(n * known[cell] for cell, n in row.items() if cell in known)) for row in rows]


def solve(rows):
    """The cells that linear equations leave no choice for (Gauss and Jordan)."""
    rows, done = [dict(row) for row, _ in rows], []
    while rows:
        row = {cell: n for cell, n in rows.pop().items() if n}
        if not row:
            continue
        lead = next(iter(row))
        row = {cell: n / row[lead] for cell, n in row.items()}
        for other in rows + done:
            if other.get(lead):
                times = other[lead]
                for cell, n in row.items():
                    other[cell] = other.get(cell, Fraction(0)) - times * n
        done.append(row)
    left = [{cell for cell, n in row.items() if n} for row in done]
    return set().union(*(cells for cells in left if len(cells) == 1))


class Records(ApiCase):

    def setUp(self):
        self.hq = Headquarters()
        self.addCleanup(self.hq.close)
        self.hq.start()
        self.device = self.hq.device()
        self.secret = self.token('fiches', 'records')

    def test_each_record_is_told_once_and_what_changed_is_told_again(self):
        lines = [self.device.line('contact', contact(people=n), place=QPV) for n in range(1, 8)]
        self.device.push(lines)
        found, cursor = self.records(self.secret, limit=3)
        self.assertEqual([(each['id'], each['data']['people']) for each in found],
                         [(line['id'], line['data']['people']) for line in lines])
        self.assertEqual(self.records(self.secret, after=cursor)[0], [])
        changed = self.device.line('contact', contact(people=70), id=lines[0]['id'], rev=2, place=QPV)
        withdrawn = self.device.line('contact', id=lines[1]['id'], rev=2, deleted=True)
        self.device.push([changed, withdrawn])
        found, later = self.records(self.secret, after=cursor)
        self.assertEqual([(each['id'], each['rev'], each['deleted'], each['data'] and each['data']['people']) for each in found],
                         [(lines[0]['id'], 2, False, 70), (lines[1]['id'], 2, True, None)])
        self.assertEqual(self.records(self.secret, after=later), ([], later))
        self.assertEqual(len(self.records(self.secret)[0]), 7)

    def test_what_is_told_is_what_the_export_says_without_people(self):
        sealed = self.device.line('contact', contact(), private=f'{"0" * 16}.{"A" * 128}', place=QPV)
        self.device.push([*records.whole(self.device), sealed])
        told = {each['id']: each for each in self.records(self.secret)[0]}
        exported = self.hq.export()
        self.assertEqual(set(told), set(exported))
        for name, record in exported.items():
            expected = {code: value for code, value in record['data'].items() if code not in ('partners', 'reference')}
            self.assertEqual(told[name]['data'], expected)
            self.assertEqual((told[name]['type'], told[name]['at'], told[name]['received_at']),
                             (record['type'], record['at'], record['received_at']))
        said = json.dumps(told)
        for secret in ('m-17', 'm-12', 'K7F3', 'private', 'A' * 20, self.device.device_id):
            self.assertNotIn(secret, said)

    def test_fields_that_nobody_described_are_not_told(self):
        self.device.push([self.device.line('contact', contact(nouveau='champ'), v=1, place=QPV)])
        self.assertEqual(set(self.records(self.secret)[0][0]['data']), {'channel', 'register', 'public', 'people'})

    def test_days_and_types(self):
        self.device.push([self.device.line(kind, data, at=at, place=QPV) for kind, data, at in (
            ('contact', contact(people=1), '2026-03-01T00:10:00+01:00'), ('contact', contact(people=2), '2026-02-28T23:50:00+01:00'),
            ('observation', observation(), '2026-03-01T12:00:00+01:00'))])
        found, _ = self.records(self.secret, **{'from': '2026-03-01', 'to': '2026-03-01', 'type': 'contact', 'limit': 1})
        self.assertEqual([each['data']['people'] for each in found], [1])

    def test_a_token_of_a_team_sees_no_other(self):
        version = test_console.Figures.list_mediators(self, [{'code': 'm-1', 'name': 'A', 'team': 'Lyon'},
                                                             {'code': 'm-2', 'name': 'B', 'team': 'Est'}])
        own = self.token('lyon', 'records', '--team', 'Lyon')
        self.device.push([self.device.line('contact', contact(people=people), by=by, lists=version, place=QPV)
                          for by, people in (('m-2', 2), ('m-1', 1), ('m-2', 4), ('m-9', 8), ('m-1', 16))])
        found, _ = self.records(own, limit=1)
        self.assertEqual([(each['team'], each['data']['people']) for each in found], [('Lyon', 1), ('Lyon', 16)])
        self.assertEqual([each['team'] for each in self.records(self.secret)[0]], ['Est', 'Lyon', 'Est', None, 'Lyon'])
        self.assertEqual(self.ask('lists', own).json()['teams'], ['Lyon'])
        self.assertEqual(self.ask('lists', self.secret).json()['teams'], ['Lyon', 'Est'])
        self.assertEqual([self.ask('figures', token).json()['people'] for token in (own, self.secret)], [None, 31])

    def test_what_hq_erased_is_told_to_who_holds_copies(self):
        lines = [self.device.line('contact', contact(people=n), place=QPV) for n in range(1, 6)]
        self.device.push(lines)
        _, cursor = self.records(self.secret)
        gone, later = self.records(self.secret, 'erased')
        self.assertEqual((gone, self.records(self.secret, 'erased', after=later)), ([], ([], later)))

        def erase(line, scope='record'):
            self.hq.must('erase', line['id'], '--scope', scope, '--why', 'demande', '--as', 'Claire')

        for line in (lines[3], lines[0], lines[2]):
            erase(line)
        # What is sealed is told to no program: that it went concerns none.
        erase(lines[1], 'private')
        gone, end = self.records(self.secret, 'erased', after=later, limit=2)
        self.assertEqual([each['id'] for each in gone], [lines[3]['id'], lines[0]['id'], lines[2]['id']])
        self.assertEqual(self.records(self.token('lyon', 'records', '--team', 'Lyon'), 'erased')[0], gone)
        self.assertEqual(self.records(self.secret, 'erased', after=end)[0], [])
        erase(lines[4])
        self.assertEqual([each['id'] for each in self.records(self.secret, 'erased', after=end)[0]], [lines[4]['id']])
        # Nothing of it is left in what is told behind the cursor.
        self.assertNotIn('"people"', json.dumps([each for each in self.records(self.secret, after=cursor)[0]
                                                 if each['id'] != lines[1]['id']]))

    def test_a_restored_store_begins_anew(self):
        self.device.push([self.device.line('contact', contact(), place=QPV)])
        _, cursor = self.records(self.secret)
        self.hq.must('backup', self.hq.folder / 'backup')
        self.hq.stop()
        self.hq.must('restore', self.hq.folder / 'backup')
        self.hq.start()
        self.refuse(409, 'restored', 'records', self.secret, after=cursor)
        self.assertEqual(len(self.records(self.secret)[0]), 1)


if __name__ == '__main__':
    unittest.main()
