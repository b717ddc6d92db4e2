# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists at HQ: changed by hand and by file, by one at a time, and seen by tablets."""

import base64
import csv
import io
import json
import tempfile
import unittest
from pathlib import Path

from hq import HQ_PROGRAM, TABLET_PROGRAM, HeadquartersCase, run_program
from records import contact
from test_console import PASSWORD, Browser

SCHOOL = {'id': 'p-ecole-jean-mace', 'kind': 'school', 'name': 'École Jean Macé', 'insee': '69387'}
STRUCTURE = 'adil-42218-01'
MOST = 768 * 1024


def write_csv(rows, separator=','):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator='\r\n').writerows(rows)
    return text.getvalue()


class ListsCase(HeadquartersCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = {}
        for name, role in (('claire', 'direction'), ('anne', 'manager'), ('paul', 'reader')):
            done = run_program(HQ_PROGRAM, '--store', cls.hq.store, 'user', 'add', name, '--role', role,
                               *(['--team', 'Est'] if name == 'anne' else []), data=PASSWORD + '\n')
            if done.returncode != 0:
                raise AssertionError(done.stderr)
            cls.people[name] = Browser(cls.hq)
            cls.people[name].sign_in(name)

    def read(self, name, who='claire'):
        reply = self.people[who].call('GET', f'lists?list={name}')
        self.assertEqual(reply.status, 200, reply)
        return reply.json()

    def version(self):
        return self.read('places')['version']

    def entry(self, name, key):
        found = self.read(name)
        own = found['fields'][0]['name']
        return next((each for each in found['entries'] if each[own] == key), None)

    def call(self, name, who='claire', **form):
        return self.people[who].call('POST', 'lists', {'list': name, 'base': self.version(), **form})

    def change(self, name, *rows, who='claire', **form):
        return self.call(name, who, rows=list(rows), **form)

    def must_change(self, name, *rows, **form):
        reply = self.change(name, *rows, **form)
        self.assertEqual(reply.status, 200, reply)
        return int(reply.json()['version'])

    def send(self, name, data, who='claire', **form):
        if isinstance(data, str):
            data = data.encode()
        return self.call(name, who, csv=base64.b64encode(data).decode(), **form)

    def preview(self, name, data, **form):
        reply = self.send(name, data, preview=True, **form)
        self.assertEqual(reply.status, 200, reply)
        return reply.json()['plan']

    def problems(self, plan):
        return [(each['line'], each['field'], each['problem']) for each in plan['errors']['first']]

    def assert_problem(self, reply, status, name):
        self.assertEqual((reply.status, reply.json()['type']), (status, f'/problems/{name}'), reply)

    def assert_wrong(self, reply, *problems):
        """Refused whole for these reasons, without a version made."""
        self.assert_problem(reply, 400, 'list-entries')
        self.assertEqual([(each['field'], each['problem']) for each in reply.json()['plan']['errors']['first']],
                         list(problems))


class Changes(ListsCase):

    def test_an_entry_is_added_changed_retired_and_brought_back(self):
        before = self.version()
        self.assertEqual(self.must_change('places', SCHOOL, new=True), before + 1)
        school = self.entry('places', SCHOOL['id'])
        # What follows from the commune's code is filled in.
        self.assertEqual((school['name'], school['commune'], school['territory']),
                         ('École Jean Macé', 'Lyon', 'metropole_lyon'))
        self.must_change('places', {'id': SCHOOL['id'], 'name': 'École Macé'})
        school = self.entry('places', SCHOOL['id'])
        self.assertEqual((school['name'], school['insee']), ('École Macé', '69387'))
        self.must_change('places', {'id': SCHOOL['id'], 'retired': 'true'})
        self.assertIs(self.entry('places', SCHOOL['id'])['retired'], True)
        self.must_change('places', {'id': SCHOOL['id'], 'retired': ''})
        self.assertNotIn('retired', self.entry('places', SCHOOL['id']))
        self.must_change('places', {'id': SCHOOL['id'], 'insee': '69266'})
        self.assertEqual(self.entry('places', SCHOOL['id'])['commune'], 'Villeurbanne')

    def test_what_is_not_named_stays(self):
        before = self.entry('structures', STRUCTURE)
        self.must_change('structures', {'id': STRUCTURE, 'hours': 'Lundi 9 h – 12 h\nMardi 14 h – 17 h', 'to_check': 'non'})
        after = self.entry('structures', STRUCTURE)
        self.assertEqual(after.pop('hours'), 'Lundi 9 h – 12 h\nMardi 14 h – 17 h')
        self.assertTrue(before.pop('to_check'))
        self.assertEqual(after, before)

    def test_nothing_changed_makes_no_version(self):
        before = self.version()
        name = self.entry('structures', STRUCTURE)['name']
        self.assertEqual(self.must_change('structures', {'id': STRUCTURE, 'name': name}), before)

    def test_two_managers_at_once(self):
        base = self.version()
        self.assertEqual(self.must_change('campaigns', {'code': 'deux', 'label_fr': 'Deux', 'label_en': 'Two'}), base + 1)
        for preview in (False, True):
            reply = self.people['anne'].call('POST', 'lists', {'list': 'structures', 'base': base, 'preview': preview,
                                                               'rows': [{'id': STRUCTURE, 'name': 'Autre'}]})
            self.assert_problem(reply, 409, 'lists-stale')
        self.assertEqual(self.version(), base + 1)
        self.assertNotEqual(self.entry('structures', STRUCTURE)['name'], 'Autre')

    def test_who_may_change_what(self):
        place = {'id': 'p-gratte-ciel', 'kind': 'other', 'name': 'Gratte-ciel', 'insee': '69266'}
        self.assertEqual(self.change('places', place, who='anne').status, 200)
        for name, row in (('mediators', {'code': 'm-1', 'name': 'A'}), ('needs', {'theme': 'budget'}),
                          ('theme', {'code': 'budget', 'label_fr': 'Argent'})):
            self.assert_problem(self.change(name, row, who='anne'), 403, 'not-allowed')
            self.assertFalse(self.read(name, 'anne')['may_change'])
        for method, path in (('GET', 'lists?list=places'), ('GET', 'list-file?list=places'), ('POST', 'lists')):
            self.assert_problem(self.people['paul'].call(method, path, {} if method == 'POST' else None), 403, 'not-allowed')
        nobody = Browser(self.hq)
        self.assert_problem(nobody.call('GET', 'lists?list=places'), 401, 'signed-out')

    def test_a_manager_sees_the_mediators_of_their_teams(self):
        self.must_change('mediators', {'code': 'm-17', 'name': 'Sarah', 'team': 'Est'},
                         {'code': 'm-18', 'name': 'Hugo', 'team': 'Ouest'})
        self.assertEqual([each['code'] for each in self.read('mediators', 'anne')['entries']], ['m-17'])
        self.assertNotIn('Hugo', self.people['anne'].call('GET', 'list-file?list=mediators').body.decode())
        self.assertIn('Hugo', self.people['claire'].call('GET', 'list-file?list=mediators').body.decode())

    def test_what_is_wrong_is_named_and_nothing_changes(self):
        before = self.version()
        place = {'id': 'p-x', 'kind': 'other', 'name': 'X', 'insee': '69266'}
        campaign = {'code': 'canicule', 'label_fr': 'Canicule', 'label_en': 'Heat wave'}
        for name, row, *problems in (
                ('places', {'id': ''}, ('id', 'missing')),
                ('places', {**place, 'id': 'P X'}, ('id', 'not-a-key')),
                ('places', {**place, 'id': 'p-' + 'x' * 80}, ('id', 'too-long')),
                ('places', {**place, 'name': ''}, ('name', 'missing')),
                ('places', {**place, 'name': 'x' * 101}, ('name', 'too-long')),
                ('places', {**place, 'name': 'a\x07b'}, ('name', 'control')),
                ('places', {**place, 'kind': 'gare'}, ('kind', 'not-a-choice')),
                ('places', {**place, 'kind': 'qpv'}, ('id', 'id-of-another-kind')),
                ('places', {**place, 'insee': '13055'}, ('commune', 'missing')),
                ('places', {**place, 'insee': '13055', 'commune': 'Marseille'}, ('insee', 'unknown-commune')),
                ('places', {**place, 'lat': '91'}, ('lat', 'out-of-range')),
                ('places', {**place, 'lon': 'est'}, ('lon', 'not-a-number')),
                ('places', {**place, 'qpv': 'QN00000X'}, ('qpv', 'unknown-qpv')),
                ('places', {**place, 'couleur': 'bleu'}, ('couleur', 'no-such-field')),
                ('places', {**place, 'name': 3}, ('name', 'not-a-text')),
                ('structures', {'id': STRUCTURE, 'phone': '04 77'}, ('phone', 'phone')),
                ('structures', {'id': STRUCTURE, 'postcode': '4200'}, ('postcode', 'postcode')),
                ('structures', {'id': STRUCTURE, 'type': 'banque'}, ('type', 'unknown-code')),
                ('structures', {'id': STRUCTURE, 'to_check': 'peut-être'}, ('to_check', 'neither-yes-nor-no')),
                ('campaigns', {**campaign, 'from': '2026-02-30'}, ('from', 'date')),
                ('campaigns', {**campaign, 'from': '2026-07-02', 'to': '2026-07-01'}, ('to', 'ends-before-it-begins')),
                ('theme', {'code': 'nouveau', 'label_fr': 'Nouveau'}, ('label_en', 'missing')),
                ('theme', {'code': 'budget', 'short_fr': 'Bien trop long pour une tuile'}, ('short_fr', 'too-long')),
                ('theme', {'code': 'budget', 'short_fr': 'Numérique'}, ('short_fr', 'label-taken')),
                ('needs', {'theme': 'budget', 'structure_types': 'ccas banque'}, ('structure_types', 'unknown-code')),
                ('needs', {'theme': 'rien', 'structure_types': 'ccas'}, ('theme', 'unknown-code'))):
            with self.subTest(name, row=row):
                self.assert_wrong(self.change(name, row), *problems)
        self.assertEqual(self.version(), before)

    def test_several_at_once_are_all_or_none(self):
        before = self.version()
        good = {'id': 'p-bon', 'kind': 'other', 'name': 'Bon', 'insee': '69266'}
        self.assert_wrong(self.change('places', good, {**good, 'name': 'Encore'}), ('id', 'twice'))
        self.assert_wrong(self.change('places', good, {'id': 'p-mauvais'}), ('kind', 'missing'), ('name', 'missing'),
                          ('insee', 'missing'), ('commune', 'missing'))
        self.assertEqual((self.version(), self.entry('places', 'p-bon')), (before, None))
        self.must_change('places', good, new=True)
        self.assert_wrong(self.change('places', good, new=True), ('id', 'exists'))

    def test_codes_that_the_program_names_are_renamed_and_not_retired(self):
        for name, code in (('canal', 'telephone'), ('resultat', 'injoignable'), ('poste_compteur', 'entres')):
            self.assertIn(code, self.read(name)['relied_on'])
            self.assert_wrong(self.change(name, {'code': code, 'retired': 'true'}), ('retired', 'relied-on'))
            self.must_change(name, {'code': code, 'label_fr': f'Autrement dit {code}'})
        self.must_change('theme', {'code': 'langue', 'retired': 'true'})

    def test_a_list_that_is_none_and_a_form_that_is_none(self):
        self.assert_problem(self.change('gares', {}), 404, 'no-list')
        self.assert_problem(self.people['claire'].call('GET', 'lists?list=gares'), 404, 'no-list')
        self.assert_problem(self.people['claire'].call('GET', 'list-file'), 404, 'no-list')
        for rows in ('x', [3], None):
            self.assert_problem(self.call('places', rows=rows), 400, 'bad-request')

    def test_who_did_it_is_in_the_log_and_the_history(self):
        version = self.must_change('campaigns', {'code': 'masques', 'label_fr': 'Masques', 'label_en': 'Masks'})
        entry = [json.loads(line) for line in self.hq.must('log').splitlines()][-1]
        self.assertEqual([entry[name] for name in ('who', 'what', 'subject', 'detail')],
                         ['claire', 'lists-changed', 'campaigns', '1'])
        said = self.read('places')['changes'][0]
        self.assertEqual([said[name] for name in ('version', 'list', 'added', 'changed', 'keys', 'who')],
                         [version, 'campaigns', 1, 0, ['masques'], 'claire'])


class Tablets(ListsCase):

    def test_a_tablet_sees_new_lists_and_an_old_version_stays_good(self):
        old = self.version()
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / 'tablet'

            def tablet(*arguments, data=None):
                done = run_program(TABLET_PROGRAM, '--store', store, *arguments, data=data)
                self.assertEqual((done.returncode, done.stderr), (0, ''))
                return done.stdout

            tablet('enrol', self.hq.address(), self.hq.code(), *self.hq.trust())
            tablet('push')
            version = self.must_change('theme', {'code': 'vacances', 'label_fr': 'Vacances', 'label_en': 'Holidays'})
            self.assertEqual(self.hq.hello()['lists'], version)
            line = {'type': 'contact', 'data': contact(themes=['vacances'])}
            done = run_program(TABLET_PROGRAM, '--store', store, 'add', data=json.dumps(line) + '\n')
            self.assertNotEqual(done.returncode, 0, 'the tablet knows the code before it has the lists')
            tablet('push')
            tablet('add', data=json.dumps(line) + '\n')
            said = json.loads(tablet('push'))
            self.assertEqual((said['stored'], said['problems'], said['queued']), (1, 0, 0))
        device = self.hq.device()
        reply = device.get('/v1/reference')
        self.assertEqual(reply.json()['version'], version)
        self.assertEqual(device.get('/v1/reference', **{'If-None-Match': reply.headers['ETag']}).status, 304)
        lines = [device.line('contact', contact(themes=['vacances']), lists=number) for number in (old, version)]
        receipt = device.push(lines)
        self.assertEqual([(each['line'], each['type']) for each in receipt['problems']], [(0, '/problems/unknown-code')])

    def test_a_retired_code_stays_good(self):
        version = self.must_change('theme', {'code': 'mobilite', 'retired': 'true'})
        device = self.hq.device()
        receipt = device.push([device.line('contact', contact(themes=['mobilite']), lists=version)])
        self.assertEqual(receipt['stored'], 1)

    def test_versions_outlive_a_restart(self):
        version = self.must_change('campaigns', {'code': 'hiver', 'label_fr': 'Hiver', 'label_en': 'Winter'})
        self.hq.restart()
        self.assertEqual((self.version(), self.entry('campaigns', 'hiver')['label_en']), (version, 'Winter'))
        self.hq.must('verify')


class Files(ListsCase):

    def file(self, name, language='en'):
        reply = self.people['claire'].call('GET', f'list-file?list={name}&language={language}')
        self.assertEqual((reply.status, reply.headers.get_content_type()), (200, 'text/csv'))
        return reply.body

    def assert_unchanged(self, plan, number):
        counts = {part: plan[part]['number'] for part in ('added', 'changed', 'retired', 'restored', 'errors')}
        self.assertEqual((counts, plan['warnings']), (dict.fromkeys(counts, 0), []), plan)
        self.assertEqual(plan['unchanged'], number)

    def test_each_list_comes_back_as_it_went(self):
        self.must_change('campaigns', {'code': 'pieges', 'label_fr': '=1+1', 'label_en': '"a", b; c', 'from': '2026-07-01',
                                       'say_fr': '-Buvez ;\n\'+de l\'eau, "souvent"\n@tous'})
        self.must_change('campaigns', {'code': 'apostrophe', 'label_fr': "'=x", 'label_en': "'tis", 'say_fr': '+33'})
        self.must_change('structures', {'id': STRUCTURE, 'phone': '+33 4 77 95 13 32', 'retired': 'oui'})
        self.must_change('places', {**SCHOOL, 'id': 'p-ouest', 'name': 'Ouest', 'lat': '45.7', 'lon': '-4.833333333333333'})
        for name in self.read('places')['lists']:
            number = len(self.read(name)['entries'])
            for language in ('en', 'fr'):
                for whole in (False, True):
                    with self.subTest(name, language=language, whole=whole):
                        self.assert_unchanged(self.preview(name, self.file(name, language), whole=whole), number)

    def test_no_cell_is_a_formula(self):
        self.must_change('campaigns', {'code': 'formule', 'label_fr': '=HYPERLINK("http://x")', 'label_en': '@SUM(A1)',
                                       'say_fr': '+1'})
        for row in csv.reader(io.StringIO(self.file('campaigns').decode('utf-8-sig'))):
            for cell in row:
                self.assertNotRegex(cell, r'^[=+@\t\r-]')

    def test_a_file_is_looked_at_then_taken(self):
        text = write_csv([['id', 'kind', 'name', 'insee', 'Couleur'],
                          ['p-mazagran', 'other', 'Place Mazagran', '69387', 'bleu'],
                          ['QN06901M', 'qpv', 'Monod', '69266', '']])
        base = self.version()
        plan = self.preview('places', text)
        self.assertEqual([(each['key'], each['line']) for each in plan['added']['first']], [('p-mazagran', 2)])
        self.assertEqual(plan['changed']['first'][0]['fields'],
                         [{'field': 'name', 'old': 'Monod - Baratin - Cacard', 'new': 'Monod'}])
        self.assertEqual((plan['retired']['number'], plan['errors']['number']), (0, 0))
        self.assertEqual([(each['field'], each['problem']) for each in plan['warnings']], [('Couleur', 'column-unknown')])
        self.assertEqual(self.version(), base)
        self.assertEqual(self.send('places', text).status, 200)
        self.assertEqual((self.version(), self.entry('places', 'QN06901M')['name']), (base + 1, 'Monod'))

    def test_what_is_absent_is_retired_only_where_the_file_is_the_whole_list(self):
        self.must_change('mediators', *({'code': f'm-{n}', 'name': f'M {n}', 'team': 'Est'} for n in range(1, 4)))
        text = write_csv([['code', 'name', 'retired'], ['m-1', 'M 1', ''], ['m-2', 'M 2', 'oui']])
        plan = self.preview('mediators', text)
        self.assertEqual([each['key'] for each in plan['retired']['first']], ['m-2'])
        plan = self.preview('mediators', text, whole=True)
        self.assertLessEqual({'m-2', 'm-3'}, {each['key'] for each in plan['retired']['first']})
        self.assertEqual(self.send('mediators', text, whole=True).status, 200)
        self.assertTrue(self.entry('mediators', 'm-3')['retired'])
        # What the program names itself is never retired by being absent.
        plan = self.preview('urgence', write_csv([['code'], ['jour']]), whole=True)
        self.assertEqual(self.problems(plan), [(None, 'retired', 'relied-on')])

    def test_as_spreadsheets_write_it(self):
        rows = [['Code', 'Libellé français', 'LIBELLE ANGLAIS', 'À dire', 'Du', 'Au'],
                ['canicule', 'Été : vague de chaleur', 'Heat wave', 'Buvez ;\nmême sans soif – œuvrez', '01/07/2026', '31/08/2026'],
                ['', '', '', '', '', '']]
        for separator in ',;\t':
            text = write_csv(rows, separator)
            for data in (text.encode(), text.encode('utf-8-sig'), text.encode('cp1252'), text.encode('utf-16'),
                         text.replace('\r\n', '\n').encode()):
                with self.subTest(separator=separator, data=data[:30]):
                    plan = self.preview('campaigns', data)
                    self.assertEqual(self.problems(plan), [])
                    new = {each['field']: each['new'] for each in plan['added']['first'][0]['fields']}
                    self.assertEqual(new, {'code': 'canicule', 'label_fr': 'Été : vague de chaleur', 'label_en': 'Heat wave',
                                           'say_fr': 'Buvez ;\nmême sans soif – œuvrez', 'from': '2026-07-01',
                                           'to': '2026-08-31'})

    def test_errors_say_line_and_column(self):
        text = ('id;nom;téléphone;horaires\r\n'
                f'{STRUCTURE};"Deux\r\nlignes";04 77 95 13 32;\r\n'
                f'mlj-1;Mission;appelez;"9 h\r\n17 h"\r\n'
                f'{STRUCTURE};Encore;;\r\n'
                'mlj-2;x;;;trop\r\n')
        plan = self.preview('structures', text)
        self.assertEqual(self.problems(plan), [(7, None, 'cell-beyond'), (2, 'name', 'control'), (4, 'phone', 'phone'),
                                               (4, 'type', 'missing'), (6, 'id', 'twice'), (7, 'type', 'missing')])
        before = self.version()
        self.assert_problem(self.send('structures', text), 400, 'list-entries')
        self.assertEqual(self.version(), before)

    def test_columns(self):
        for header, *problems in (('nom', (1, 'id', 'column-missing')),
                                  ('id,nom,Nom', (1, 'Nom', 'column-twice')),
                                  ('id,name,NOM', (1, 'NOM', 'column-twice'))):
            with self.subTest(header):
                self.assertEqual(self.problems(self.preview('structures', header + '\n'))[:1], problems)

    def test_hostile_files(self):
        header = 'id,name\n'
        for data, *problems in ((b'"' * (MOST - 1), (1, None, 'csv-unclosed')),
                                (b'"' * MOST, (1, 'id', 'column-missing')),
                                (b'', (None, None, 'csv-empty')),
                                (b'\r\n' * 1000, (1000, None, 'csv-empty')),
                                (header.encode() + b'a,"b\nc\nd', (2, None, 'csv-unclosed')),
                                (header.encode() + b'a,b"c\n', (2, None, 'csv-quote')),
                                (header.encode() + b'a,"b"c\n', (2, None, 'csv-quote')),
                                (header.encode() + b'a\0,b\n', (None, None, 'csv-nul')),
                                (b'\0' * 1000, (None, None, 'csv-nul')),
                                (header.encode() + b'\x81\x8d', (None, None, 'csv-encoding')),
                                (b'\xff\xfe\x00\xd8', (None, None, 'csv-encoding')),
                                (header.encode() + b'a,b\n' * 100_000, (10_002, None, 'csv-rows')),
                                (b',' * 100_000, (1, None, 'csv-columns')),
                                (b'a,' * 200, (1, None, 'csv-columns'))):
            with self.subTest(data[:40]):
                plan = self.preview('structures', data)
                self.assertEqual(self.problems(plan)[:1], problems)
                self.assert_problem(self.send('structures', data), 400, 'list-entries')
        # Ten thousand rows are looked at, and the errors of them all are not sent.
        plan = self.preview('structures', header + ''.join(f's-{n},x\n' for n in range(10_000)))
        self.assertEqual((plan['errors']['number'], plan['added']['number']), (200, 10_000))
        self.assertLessEqual(len(plan['added']['first']), 300)

    def test_a_file_that_is_too_large(self):
        reply = self.send('structures', b'x' * (MOST + 3000), preview=True)
        self.assertEqual(self.problems(reply.json()['plan']), [(None, None, 'csv-size')])
        self.assertEqual(self.send('structures', b'x' * (2 * MOST)).status, 413)


if __name__ == '__main__':
    unittest.main()
