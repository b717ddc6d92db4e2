# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports as tables: read by Python and by LibreOffice, each row against the NDJSON export; who may; hanging up."""

import contextlib
import csv
import io
import json
import random
import sqlite3
import subprocess
import unittest
import zipfile
from datetime import datetime
from urllib.parse import urlencode

import records
from hq import HQ_PROGRAM, PATIENCE, ROOT, environment
from test_console import API, COOKIE, Browser, ConsoleCase
from test_recount import Work
from tally import PARIS

SHEETS = {'shift': 'Vacations', 'contact': 'Interventions', 'referral': 'Orientations', 'flow': 'Flux',
          'observation': 'Observations'}
SAYINGS = ('=1+1', '+33', '-2', '@SOMME(A1)', "'=1+1", 'été, « ça » ; "dit"', 'une\nligne', '<b>&amp;', ' ', 'a\x01b')
VOCABULARY = json.loads((ROOT / 'data/reference/vocabulary.json').read_text())['vocabulary']
# A column with a code, as each field stands in the NDJSON.
CODES = {
    'contact': {'Canal': 'channel', 'Registre': 'register', 'Public': 'public', 'Résultat': 'result', 'Cadre': 'setting'},
    'referral': {'Structure': 'structure', 'Type de structure': 'structure_type', 'État sur la fiche': 'status'},
    'observation': {'Nature': 'kind', 'Objet': 'subject'}, 'shift': {'Canal': 'channel'}, 'flow': {'Bureau de poste': 'office'},
}
SEVERAL = {'Thèmes': 'themes', 'Actions': 'actions', 'Thèmes à l’école': 'school_themes'}
COUNTS = {'contact': {'Âge': ('ages', 'tranche_age'), 'Genre': ('genders', 'genre')},
          'flow': {'Comptage': ('counts', 'poste_compteur')}}
NUMBERS = {'contact': {'Personnes': 'people', 'Minutes': 'minutes'}}
TEXTS = {'observation': {'Quoi': 'what', 'Où': 'where'}, 'referral': {'Référence': 'reference', 'Intervention': 'contact'}}


def clean(text):
    """The apostrophe before what looks like a formula is no part of the text."""
    return text[1:] if text[:1] == "'" and text[1:2] in tuple("=+-@\t\r'") and len(text) > 1 else text


def local(text):
    return datetime.fromisoformat(text).astimezone(PARIS).strftime('%Y-%m-%d %H:%M')


def minute(text):
    """A moment to the minute: as the CSV has it, or as LibreOffice writes what it took for a date, in its own way."""
    form = '%m/%d/%Y %H:%M' if text[2:3] == '/' else '%Y-%m-%d %H:%M'
    return datetime.strptime(text[:16], form).strftime('%Y-%m-%d %H:%M')


def expected(record):
    """What a row has to say, by the column's name; empty where there is nothing."""
    data, kind = record.get('data', {}), record['type']
    row = {
        'Identifiant': record['id'], 'Révision': str(record['rev']), 'Horodatage': record['at'],
        'Retirée': 'oui' if record.get('deleted') else 'non', 'Partie privée': 'oui' if record['has_private'] else 'non',
        'Lieu (code)': data.get('office') or record.get('place', ''), 'Reçue le': local(record['received_at']),
        'Début' if kind == 'shift' else 'Date et heure': local(data['slot'] if 'slot' in data else record['at']),
    }
    row.update({f'{name} (code)': data.get(field, '') for name, field in CODES[kind].items()})
    row.update({name: data.get(field, '') for name, field in TEXTS.get(kind, {}).items()})
    row.update({name: str(data.get(field, '')) for name, field in NUMBERS.get(kind, {}).items()})
    if kind == 'contact':
        row.update({f'{name} (code)': ' ; '.join(data.get(field, [])) for name, field in SEVERAL.items()})
    for name, (field, vocabulary) in COUNTS.get(kind, {}).items():
        for entry in VOCABULARY[vocabulary]:
            row[f'{name}\u00a0: {entry["label_fr"]}'] = str(data.get(field, {}).get(entry['code'], ''))
    return row


def read_csv(text, delimiter=','):
    return list(csv.DictReader(io.StringIO(text, newline=''), delimiter=delimiter))


class Tables(ConsoleCase):

    def setUp(self):
        super().setUp()
        device = self.hq.device('=Tablette')
        work = Work(device, 11)
        lines = records.least(device) + records.whole(device) + work.season(120)
        for _ in range(5):
            lines += work.shift()
        lines += [device.line('observation', records.observation(what=text, where='ici')) for text in SAYINGS]
        self.assertEqual(device.push(lines)["problems"], [])
        self.records = self.hq.export()

    def raw(self, *arguments):
        done = subprocess.run([HQ_PROGRAM, '--store', self.hq.store, 'export', *arguments], capture_output=True,
                              timeout=PATIENCE, env=environment())
        self.assertEqual((done.returncode, done.stderr), (0, b''))
        return done.stdout

    def assert_rows(self, kind, rows, write=clean):
        wanted = {name: record for name, record in self.records.items() if record['type'] == kind}
        self.assertEqual(len(rows), len(wanted), kind)
        for row in rows:
            right = expected(wanted[row['Identifiant']])
            found = {name: minute(row[name]) if name in ('Début', 'Date et heure', 'Reçue le') else write(row[name])
                     for name in right}
            self.assertEqual(found, right, kind)

    def office(self, path, sheet_filter, folder):
        """LibreOffice reads it, and writes each sheet as CSV."""
        profile = folder / 'profile'
        done = subprocess.run(['soffice', f'-env:UserInstallation=file://{profile}', '--headless', '--convert-to',
                               f'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,{sheet_filter}',
                               '--outdir', folder, path], capture_output=True, timeout=PATIENCE, text=True, env=environment())
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_csv_as_python_reads_it(self):
        for kind in SHEETS:
            raw = self.raw('--format', 'csv', '--type', kind)
            self.assertTrue(raw.startswith(b'\xef\xbb\xbf'))
            self.assertTrue(raw.endswith(b'\r\n'))
            self.assert_rows(kind, read_csv(raw.decode('utf-8-sig')))
            other = self.raw('--format', 'csv-semicolon', '--type', kind).decode('utf-8-sig')
            self.assert_rows(kind, read_csv(other, ';'))

    def test_no_cell_is_a_formula(self):
        for kind in SHEETS:
            for row in read_csv(self.raw('--format', 'csv', '--type', kind).decode('utf-8-sig')):
                for cell in row.values():
                    self.assertNotIn(cell[:1], tuple('=+-@\t\r'), cell)

    def test_workbook_as_libreoffice_reads_it(self):
        folder = self.hq.folder / 'office'
        folder.mkdir()
        path = folder / 'fiches.xlsx'
        path.write_bytes(self.raw('--format', 'xlsx'))
        with zipfile.ZipFile(path) as book:
            self.assertIsNone(book.testzip())
            sheets = [book.read(name).decode() for name in book.namelist() if name.startswith('xl/worksheets/sheet')]
        self.assertEqual(len(sheets), len(SHEETS) + 1)
        self.assertNotIn('<f>', ''.join(sheets))
        self.assertTrue(all('state="frozen"' in sheet for sheet in sheets))
        self.assertEqual(sum('<autoFilter' in sheet for sheet in sheets), len(SHEETS))
        self.office(path, -1, folder)
        for kind, name in SHEETS.items():
            self.assert_rows(kind, read_csv((folder / f'fiches-{name}.csv').read_bytes().decode('utf-8-sig')), str)
        self.assert_definitions(read_csv((folder / 'fiches-Définitions.csv').read_bytes().decode('utf-8-sig')), folder)

    def assert_definitions(self, rows, folder):
        """Each column of each sheet is defined, and each of the main figures."""
        for name in SHEETS.values():
            header = next(csv.reader(io.StringIO((folder / f'fiches-{name}.csv').read_bytes().decode('utf-8-sig'), newline='')))
            self.assertEqual([row['Colonne ou chiffre'] for row in rows if row['Feuille'] == name], header)
        self.assertTrue(all(row['Ce qu’on y trouve'] for row in rows))
        self.assertLess(5, sum(row['Feuille'] == 'Chiffre' for row in rows))

    def test_csv_as_libreoffice_reads_it(self):
        folder = self.hq.folder / 'office'
        (folder / 'read').mkdir(parents=True)
        path = folder / 'observations.csv'
        path.write_bytes(self.raw('--format', 'csv', '--type', 'observation'))
        subprocess.run(['soffice', f'-env:UserInstallation=file://{folder / "profile"}', '--headless',
                        '--infilter=CSV:44,34,76,1,,0,false,true', '--convert-to', 'csv:Text - txt - csv (StarCalc):44,34,76',
                        '--outdir', folder / 'read', path], capture_output=True, timeout=PATIENCE, check=True, env=environment())
        self.assert_rows('observation', read_csv((folder / 'read/observations.csv').read_bytes().decode('utf-8-sig')))

    def test_period_and_language(self):
        raw = self.raw('--format', 'csv', '--type', 'contact', '--from', '2025-10-01', '--to', '2025-10-31', '--lang', 'en')
        rows = read_csv(raw.decode('utf-8-sig'))
        days = {row['Date and time'][:7] for row in rows}
        self.assertEqual(days, {'2025-10'})
        self.assertEqual({row['Channel'] for row in rows} & {'École', 'Médiation téléphonique'}, set())

    def test_wrong_use(self):
        for arguments in (('--format', 'csv'), ('--format', 'pdf'), ('--format', 'csv', '--type', 'visite'), ('--from', 'hier')):
            self.assertEqual(self.hq.run('export', *arguments).returncode, 2, arguments)

    def test_private_texts_are_in_no_format(self):
        self.assertNotIn('note', json.dumps(list(self.records.values())))
        for kind in SHEETS:
            header = self.raw('--format', 'csv', '--type', kind).decode('utf-8-sig').split('\r\n')[0]
            self.assertNotIn('private_text', header)
            self.assertNotIn('m-17', self.raw('--format', 'csv', '--type', kind).decode())


class Versions(ConsoleCase):
    """What only older lists had is counted in a column too, however many versions came since."""

    VERSIONS = 60

    def setUp(self):
        super().setUp()
        self.add_user()
        self.browser.sign_in()

    def add_versions(self):
        """Each has a counter that no other has; then comes one without any of them."""
        path = self.hq.store / 'hq.db'
        self.hq.stop()
        with contextlib.closing(sqlite3.connect(path)) as store, store:
            first, body = store.execute('SELECT version, body FROM lists ORDER BY version DESC LIMIT 1').fetchone()
            for n in range(1, self.VERSIONS + 2):
                lists = {**json.loads(body), 'version': first + n}
                if n <= self.VERSIONS:
                    lists['vocabulary']['poste_compteur'].insert(0, {'code': f'c{n:03}', 'label_fr': f'C {n}', 'label_en': f'C {n}'})
                store.execute('INSERT INTO lists VALUES (?, ?)', (first + n, json.dumps(lists)))
        self.hq.start()
        return first

    def test_columns_of_all_of_them(self):
        first = self.add_versions()
        device = self.hq.device()
        lines = [device.line('flow', records.flow(**{f'c{n:03}': n}), lists=first + n)
                 for n in range(1, self.VERSIONS + 1)]
        self.assertEqual(device.push(lines)['problems'], [])
        rows = read_csv(self.hq.must('export', '--format', 'csv', '--type', 'flow').lstrip('\ufeff'))
        names = [name.split('\u00a0: ')[1] for name in rows[0] if name.startswith('Comptage\u00a0: ')]
        # Those of the newest in its order, then the others, the latest first.
        now = [entry['label_fr'] for entry in VOCABULARY['poste_compteur']]
        self.assertEqual(names, now + [f'c{n:03}' for n in range(self.VERSIONS, 0, -1)])
        found = {row['Identifiant']: {name.split(': ')[1]: value for name, value in row.items() if name.startswith('Comptage') and value}
                 for row in rows}
        self.assertEqual(found, {line['id']: {f'c{n:03}': str(n)} for n, line in enumerate(lines, 1)})
        for language in ('fr', 'en'):
            self.assertEqual(self.hq.run('export', '--format', 'csv-semicolon', '--type', 'flow', '--lang', language).returncode, 0)


class Downloads(ConsoleCase):

    def setUp(self):
        super().setUp()
        self.add_user()
        self.browser.sign_in()
        device = self.hq.device()
        device.push(Work(device, 12).season(40))

    def grant(self, browser=None, **query):
        return (browser or self.browser).call('POST', 'exports?' + urlencode({'format': 'ndjson', **query}))

    def fetch(self, ticket, browser=None):
        return (browser or self.browser).call('GET', 'exports?' + urlencode({'ticket': ticket}))

    def log(self):
        return [json.loads(line) for line in self.hq.must('log').splitlines() if '"exported"' in line]

    def test_download_is_the_terminal_s_export(self):
        granted = self.grant(**{'from': '2025-11-01', 'to': '2025-11-30', 'type': 'contact'}).json()
        self.assertEqual(granted['file'], 'altm-interventions-2025-11.ndjson')
        reply = self.fetch(granted['ticket'])
        self.assertEqual(reply.headers['Content-Disposition'], f'attachment; filename="{granted["file"]}"')
        self.assertEqual(reply.headers['Cache-Control'], 'no-store')
        self.assertEqual(reply.body.decode(), self.hq.must('export', '--type', 'contact', '--from', '2025-11-01', '--to',
                                                           '2025-11-30'))
        entry = self.log()[0]
        self.assertEqual((entry['who'], entry['subject'], entry['detail']),
                         ('claire', 'ndjson', 'type=contact&from=2025-11-01&to=2025-11-30'))

    def test_ticket_is_good_once_and_for_one(self):
        self.add_user('anne', '--role', 'manager')
        other = Browser(self.hq)
        other.sign_in('anne')
        ticket = self.grant().json()['ticket']
        self.assert_problem(self.fetch(ticket, other), 404, 'no-download')
        self.assert_problem(self.fetch('x' * 43), 404, 'no-download')
        self.assertEqual(self.fetch(ticket).status, 200)
        self.assert_problem(self.fetch(ticket), 404, 'no-download')

    def test_who_may(self):
        self.add_user('luc', '--role', 'reader')
        reader = Browser(self.hq)
        reader.sign_in('luc')
        self.assert_problem(self.grant(reader), 403, 'not-allowed')
        self.assert_problem(self.fetch('x', reader), 403, 'not-allowed')
        self.assert_problem(self.grant(Browser(self.hq)), 401, 'signed-out')
        reply = self.hq.request('POST', API + 'exports?format=ndjson', None, {'Cookie': f'{COOKIE}={self.browser.token}'})
        self.assert_problem(reply, 403, 'foreign-page')
        self.assertEqual(self.log(), [])

    def test_manager_gets_own_teams_alone(self):
        self.add_user('anne', '--role', 'manager', '--team', 'Nord')
        manager = Browser(self.hq)
        manager.sign_in('anne')
        self.assertEqual(self.fetch(self.grant(manager).json()['ticket'], manager).body, b'')
        self.assertEqual(self.fetch(self.grant(manager, team='').json()['ticket'], manager).body, b'')

    def test_wrong_choices(self):
        for query in ({'format': 'pdf'}, {'format': 'csv'}, {'type': 'visite'}, {'from': 'hier'}):
            self.assert_problem(self.grant(**query), 400, 'bad-request')
        self.assertEqual(self.log(), [])

    def test_who_takes_nothing_holds_nobody_up(self):
        """The export is larger than what a connection holds; HQ answers others, forgets it, and ends in peace."""
        device = self.hq.device('grande')
        draw = random.Random(5)
        for _ in range(12):
            device.push([device.line('contact', records.contact(people=draw.randint(1, 9), themes=['logement']))
                         for _ in range(1500)])
        ticket = self.grant().json()['ticket']
        held = [self.hq.connect() for _ in range(2)]
        for connection, asked in zip(held, (ticket, self.grant().json()['ticket'])):
            connection.sendall(f'GET {API}exports?ticket={asked} HTTP/1.1\r\nHost: h\r\nCookie: {COOKIE}={self.browser.token}'
                               '\r\n\r\n'.encode())
            self.assertIn(b' 200 ', connection.recv(64))
        for _ in range(5):
            self.assertGreater(self.browser.figures()['interventions'], 18000)
        held[0].close()
        self.assertGreater(len(self.fetch(self.grant().json()['ticket']).body), 5_000_000)
        self.hq.restart()
        held[1].close()


if __name__ == '__main__':
    unittest.main()
