# SPDX-License-Identifier: GPL-3.0-or-later
"""HQ's console over HTTP: who signs in, what they may, and figures by filter against a count of our own."""

import contextlib
import gzip
import json
import random
import sqlite3
import unittest
from http.cookies import SimpleCookie
from urllib.parse import urlencode

import records
import tally
from hq import HQ_PROGRAM, Headquarters, run_program
from records import COMMUNE, QPV, contact, observation, referral

API = '/console/api/'
COOKIE = '__Host-altm'
PASSWORD = 'un mot de passe long'
OWN = {'Altm-Csrf': '1', 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/json'}

# In another territory than the places of records.
OTHER_PLACE = 'QN04202M'


class Browser:
    """What a page of the console sends, with its cookie."""

    def __init__(self, hq):
        self.hq = hq
        self.token = None

    def call(self, method, name, body=None, **headers):
        sent = dict(OWN) if method != 'GET' else {}
        sent.update(headers)
        if self.token:
            sent['Cookie'] = f'autre=1; {COOKIE}={self.token}'
        reply = self.hq.request(method, API + name, None if body is None else json.dumps(body), sent)
        jar = SimpleCookie(reply.headers.get('Set-Cookie', ''))
        if COOKIE in jar:
            self.token = jar[COOKIE].value or None
        return reply

    def sign_in(self, name='claire', password=PASSWORD):
        return self.call('POST', 'session', {'name': name, 'password': password})

    def figures(self, **query):
        reply = self.call('GET', 'figures?' + urlencode(query))
        if reply.status != 200:
            raise AssertionError(reply)
        return reply.json()


class ConsoleCase(unittest.TestCase):

    def setUp(self):
        self.hq = Headquarters()
        self.addCleanup(self.hq.close)
        self.hq.start()
        self.browser = Browser(self.hq)

    def user(self, *arguments, password=PASSWORD):
        return run_program(HQ_PROGRAM, '--store', self.hq.store, 'user', *arguments, data=password + '\n')

    def add_user(self, name='claire', *options):
        done = self.user('add', name, *options)
        self.assertEqual((done.returncode, done.stderr), (0, ''))

    def assert_problem(self, reply, status, name):
        self.assertEqual((reply.status, reply.json()['type']), (status, f'/problems/{name}'), reply)

    def assert_signed_out(self, browser=None):
        self.assert_problem((browser or self.browser).call('GET', 'session'), 401, 'signed-out')


class Accounts(ConsoleCase):

    def test_user_add_needs_a_long_password_and_a_known_role(self):
        for password, options, why in (('court', (), '12 characters'), (PASSWORD, ('--role', 'chef'), 'roles are')):
            done = self.user('add', 'claire', *options, password=password)
            self.assertEqual(done.returncode, 1)
            self.assertIn(why, done.stderr)
        self.assertEqual(self.user('list').stdout, '')
        self.assertEqual(self.user('add').returncode, 2)

    def test_a_name_is_taken_once(self):
        self.add_user()
        done = self.user('add', 'claire')
        self.assertEqual(done.returncode, 1)
        self.assertIn('called so already', done.stderr)

    def test_list_names_no_password(self):
        self.add_user('claire', '--role', 'manager', '--team', 'Lyon', '--team', 'Vénissieux')
        said = json.loads(self.user('list').stdout)
        self.assertEqual((said['name'], said['role'], said['teams'], said['closed_at']),
                         ('claire', 'manager', ['Lyon', 'Vénissieux'], None))
        self.assertNotIn('password', said)

    def test_neither_store_nor_log_holds_the_password(self):
        self.add_user()
        self.browser.sign_in()
        for path in self.hq.folder.rglob('*'):
            if path.is_file():
                data = path.read_bytes()
                self.assertNotIn(PASSWORD.encode(), data, path)
                self.assertNotIn(self.browser.token.encode(), data, path)

    def test_what_is_done_is_in_the_log(self):
        self.add_user()
        self.browser.sign_in()
        self.user('password', 'claire')
        self.user('close', 'claire')
        said = [json.loads(line) for line in self.hq.must('log').splitlines()]
        self.assertEqual([entry['what'] for entry in said],
                         ['account-added', 'signed-in', 'password-set', 'account-closed'])


class Sessions(ConsoleCase):

    def setUp(self):
        super().setUp()
        self.add_user()

    def test_sign_in_and_out(self):
        self.assert_signed_out()
        reply = self.browser.sign_in()
        self.assertEqual((reply.status, reply.json()), (200, {'name': 'claire', 'role': 'direction', 'teams': []}))
        for part in ('; Path=/', '; Secure', '; HttpOnly', '; SameSite=Strict'):
            self.assertIn(part, reply.headers['Set-Cookie'])
        self.assertEqual(reply.headers['Cache-Control'], 'no-store')
        self.assertEqual(self.browser.call('GET', 'session').json()['name'], 'claire')
        token = self.browser.token
        self.assertEqual(self.browser.call('DELETE', 'session').status, 200)
        self.browser.token = token
        self.assert_signed_out()

    def test_a_session_outlives_a_restart(self):
        self.browser.sign_in()
        self.hq.restart()
        self.assertEqual(self.browser.call('GET', 'session').status, 200)

    def test_wrong_name_and_wrong_password_are_answered_alike(self):
        replies = [self.browser.sign_in('claire', 'autre chose encore'), self.browser.sign_in('personne')]
        self.assertEqual(replies[0].body, replies[1].body)
        self.assert_problem(replies[0], 401, 'sign-in')
        self.assertIsNone(replies[0].headers['Set-Cookie'])

    def test_too_many_wrong_passwords_have_to_wait_also_for_the_right_one(self):
        for _ in range(5):
            self.assert_problem(self.browser.sign_in('claire', 'autre chose encore'), 401, 'sign-in')
        reply = self.browser.sign_in()
        self.assert_problem(reply, 429, 'too-many-tries')
        self.assertGreater(int(reply.headers['Retry-After']), 0)
        self.assert_signed_out()
        # A name that nobody has waits alike, and another name does not.
        for _ in range(5):
            self.assert_problem(self.browser.sign_in('personne'), 401, 'sign-in')
        self.assert_problem(self.browser.sign_in('personne'), 429, 'too-many-tries')
        self.add_user('paul')
        self.assertEqual(self.browser.sign_in('paul').status, 200)

    def test_another_password_or_a_closed_account_ends_what_goes_on(self):
        self.browser.sign_in()
        self.assertEqual(self.user('password', 'claire', password='un autre mot de passe').returncode, 0)
        self.assert_signed_out()
        self.assert_problem(self.browser.sign_in(), 401, 'sign-in')
        self.assertEqual(self.browser.sign_in('claire', 'un autre mot de passe').status, 200)
        self.assertEqual(self.user('close', 'claire').returncode, 0)
        self.assert_signed_out()
        self.assert_problem(self.browser.sign_in('claire', 'un autre mot de passe'), 401, 'sign-in')
        self.assertEqual(self.user('close', 'claire').returncode, 1)

    def test_who_cannot_be_looked_up_is_not_signed_out(self):
        self.browser.sign_in()
        for name, other, status in (('sessions', 'gone', 500), ('gone', 'sessions', 200)):
            with contextlib.closing(sqlite3.connect(self.hq.store / 'hq.db')) as store, store:
                store.execute(f'ALTER TABLE {name} RENAME TO {other}')
            self.assertEqual(self.browser.call('GET', 'session').status, status)

    def test_a_token_that_nobody_was_given(self):
        for token in ('', 'x', 'A' * 43, 'A' * 5000):
            self.browser.token = token
            self.assert_signed_out()


class Passwords(ConsoleCase):
    """Another password for oneself, or for somebody else."""

    OTHER = 'un autre mot de passe'

    def setUp(self):
        super().setUp()
        self.add_user()
        self.add_user('paul', '--role', 'reader')
        self.browser.sign_in('paul')

    def change(self, current=PASSWORD, password=OTHER):
        return self.browser.call('POST', 'password', {'current': current, 'password': password})

    def test_one_s_own_ends_all_other_sessions(self):
        elsewhere, claire = Browser(self.hq), Browser(self.hq)
        elsewhere.sign_in('paul')
        claire.sign_in()
        self.assertEqual(self.change().status, 200)
        self.assertEqual(self.browser.call('GET', 'session').json()['name'], 'paul')
        self.assert_signed_out(elsewhere)
        self.assert_problem(elsewhere.sign_in('paul'), 401, 'sign-in')
        self.assertEqual(elsewhere.sign_in('paul', self.OTHER).status, 200)
        entry = claire.call('GET', 'log').json()['entries'][1]
        self.assertEqual((entry['who'], entry['what'], entry['subject']), ('paul', 'password-set', 'paul'))

    def test_the_present_one_is_asked_for_and_not_for_ever(self):
        self.assert_problem(self.change(password='court'), 400, 'account-password')
        for body in ({}, {'current': PASSWORD}, {'password': self.OTHER}, {'current': 1, 'password': self.OTHER}):
            self.assertEqual(self.browser.call('POST', 'password', body).status, 400, body)
        for _ in range(5):
            self.assert_problem(self.change('autre chose encore'), 403, 'wrong-password')
        self.assert_problem(self.change(), 429, 'too-many-tries')
        self.assertEqual(self.browser.call('GET', 'session').status, 200)
        self.assert_problem(Browser(self.hq).call('POST', 'password', {}), 401, 'signed-out')

    def test_the_direction_sets_another_s(self):
        claire = Browser(self.hq)
        claire.sign_in()
        asked = {'name': 'paul', 'password': self.OTHER}
        self.assertEqual(self.browser.call('POST', 'account-password', asked).status, 403)
        for change, status in (({'password': 'court'}, 400), ({'password': None}, 400), ({'name': 'personne'}, 404)):
            self.assertEqual(claire.call('POST', 'account-password', {**asked, **change}).status, status, change)
        self.assertEqual(self.browser.call('GET', 'session').status, 200)
        self.assertEqual(claire.call('POST', 'account-password', asked).status, 200)
        self.assert_signed_out()
        self.assertEqual(self.browser.sign_in('paul', self.OTHER).status, 200)


class Requests(ConsoleCase):

    def setUp(self):
        super().setUp()
        self.add_user()

    def test_foreign_pages_change_nothing(self):
        self.browser.sign_in()
        for headers in ({'Altm-Csrf': ''}, {'Sec-Fetch-Site': 'cross-site'}, {'Sec-Fetch-Site': 'same-site'}):
            self.assert_problem(self.browser.call('DELETE', 'session', **headers), 403, 'foreign-page')
        form = self.browser.call('POST', 'session', {}, **{'Content-Type': 'text/plain'})
        self.assertEqual(form.status, 415)
        self.assertEqual(self.browser.call('GET', 'session').status, 200)

    def test_bad_requests_have_a_named_error(self):
        for body, status in ((None, 400), ([], 400), ({'name': 1, 'password': PASSWORD}, 400),
                             ({'name': 'claire', 'password': 'x' * 5000}, 400), ({'name': 'x' * 20_000}, 413)):
            self.assertEqual(self.browser.call('POST', 'session', body).status, status, body)
        self.browser.sign_in()
        for query in ('from=hier', 'to=2026-13-01', 'from=2026-11-31'):
            self.assertEqual(self.browser.call('GET', f'figures?{query}').status, 400, query)
        self.assertEqual(self.browser.call('GET', 'nothing').status, 404)
        self.assertEqual(self.browser.call('PUT', 'figures').status, 405)

    def test_what_can_be_chosen_goes_zipped_to_who_takes_that(self):
        self.browser.sign_in()
        plain = self.browser.call('GET', 'choices')
        zipped = self.browser.call('GET', 'choices', **{'Accept-Encoding': 'gzip, deflate'})
        self.assertIsNone(plain.headers['Content-Encoding'])
        self.assertEqual((zipped.headers['Content-Encoding'], zipped.headers['Cache-Control'], zipped.headers['ETag']),
                         ('gzip', 'no-store', None))
        self.assertEqual(gzip.decompress(zipped.body), plain.body)
        self.assertLess(len(zipped.body), len(plain.body) / 3)

    def test_pages_are_closed_to_all_but_their_own_files(self):
        page = self.hq.request('GET', '/console/')
        self.assertEqual(page.status, 200)
        policy = page.headers['Content-Security-Policy']
        self.assertIn("default-src 'none'", policy)
        self.assertNotIn('unsafe', policy)
        self.assertNotIn('http', policy)
        self.assertEqual(self.hq.request('GET', '/').headers['Location'], '/console/')
        again = self.hq.request('GET', '/console/', headers={'If-None-Match': page.headers['ETag']})
        self.assertEqual((again.status, again.body), (304, b''))
        for path in ('/console/../schema/1.sql', '/console/%2e%2e/schema/1.sql', '/console/api', '/console//'):
            self.assertEqual(self.hq.request('GET', path).status, 404, path)


class Figures(ConsoleCase):
    """A season of two tablets, of which each filter takes what a count of our own takes."""

    def setUp(self):
        super().setUp()
        self.add_user()
        self.browser.sign_in()
        self.random = random.Random(7)
        self.device = self.hq.device()

    def line(self):
        pick = self.random
        kind = pick.choice(('contact', 'contact', 'contact', 'referral', 'flow', 'observation'))
        at = f'2026-{pick.randint(1, 12):02}-{pick.randint(1, 28):02}T{pick.randint(0, 23):02}:30:00+01:00'
        place = {'place': pick.choice((QPV, OTHER_PLACE, COMMUNE))}
        if kind == 'contact':
            data = contact(channel=pick.choice(('espace_public', 'telephone', 'habitat')), people=pick.randint(1, 9))
        elif kind == 'referral':
            data = referral()
        elif kind == 'observation':
            data = observation(kind='incident', subject='malaise')
        else:
            data, place = records.flow(at.replace('+01:00', 'Z'), records.OFFICE, entres=pick.randint(1, 30),
                                       file_max=pick.randint(0, 9)), {}
        return self.device.line(kind, data, at=at, **place)

    def season(self, count=120):
        lines = [self.line() for _ in range(count)]
        self.assertEqual(self.device.push(lines)['problems'], [])
        return lines

    def assert_counted(self, lines, **query):
        found = tally.comparable(self.browser.figures(**query))
        self.assertEqual(found, tally.comparable(tally.count(lines, query.get('from'), query.get('to'))), query)

    def test_each_filter(self):
        lines = self.season()
        self.assert_counted(lines)
        self.assert_counted(lines, **{'from': '2026-02-10', 'to': '2026-06-20'})
        self.assert_counted([line for line in lines if line.get('place') == QPV], place=QPV)
        self.assert_counted([line for line in lines if line['type'] == 'flow'], channel='bureau_poste')
        self.assert_counted([line for line in lines if line['data'].get('channel') == 'habitat'], channel='habitat')
        self.assert_counted([], team='Lyon')
        self.assert_counted([line for line in lines if line.get('place') == COMMUNE], territory=COMMUNE)

    def test_territories_and_the_share_in_qpv(self):
        lines = self.season()
        interventions = [line for line in lines if line['type'] == 'contact']
        found = self.browser.figures()
        self.assertEqual(found['qpv'], {'in': sum(line['place'] != COMMUNE for line in interventions),
                                        'of': len(interventions)})
        lyon = self.browser.figures(territory='metropole_lyon')
        self.assertEqual(lyon['interventions'], sum(line['place'] != OTHER_PLACE for line in interventions))

    def list_mediators(self, mediators):
        """HQ has newer lists: with these mediators."""
        with contextlib.closing(sqlite3.connect(self.hq.store / 'hq.db')) as store, store:
            store.execute("INSERT INTO lists SELECT version + 1, json_set (body, '$.version', version + 1,"
                          " '$.mediators', json (?)) FROM lists ORDER BY version DESC LIMIT 1", [json.dumps(mediators)])
            version = store.execute('SELECT MAX (version) FROM lists').fetchone()[0]
        self.hq.restart()
        return version

    def test_teams_and_who_sees_them(self):
        version = self.list_mediators([{'code': 'm-1', 'name': 'A', 'team': 'Lyon'}, {'code': 'm-2', 'name': 'B', 'team': 'Est'}])
        lines = [self.device.line('contact', contact(people=people), by=by, lists=version, place=QPV)
                 for by, people in (('m-1', 1), ('m-2', 2), ('m-2', 4), ('m-9', 8))]
        self.device.push(lines)
        for team, people in (('Lyon', 1), ('Est', 6), ('Nord', 0)):
            self.assertEqual(self.browser.figures(team=team)['people'], people, team)
        self.assertEqual(self.browser.call('GET', 'choices').json()['teams'], ['Lyon', 'Est'])
        self.add_user('paul', '--role', 'manager', '--team', 'Est')
        self.browser.sign_in('paul')
        self.assertEqual([self.browser.figures(**query)['people'] for query in ({}, {'team': 'Est'}, {'team': 'Lyon'})],
                         [6, 6, 0])
        self.assertEqual(self.browser.call('GET', 'choices').json()['teams'], ['Est'])

    def test_clients_by_hour_add_up(self):
        lines = self.season()
        found = self.browser.figures(**{'from': '2026-01-05', 'to': '2026-12-20'})
        clients = sum(filter(None, found['clients_by_hour']))
        self.assertEqual(clients, found['flow'].get('entres', 0))
        self.assertEqual(sum(found['clients_by_office'].values()), clients)
        self.assertGreater(clients, 0, len(lines))

    def test_the_year_before_and_the_weeks(self):
        self.device.push([self.device.line('contact', contact(people=2), at=f'{year}-03-18T12:00:00+01:00', place=QPV)
                          for year, count in ((2025, 3), (2026, 5)) for _ in range(count)])
        found = self.browser.figures(**{'from': '2026-03-01', 'to': '2026-03-31'})
        self.assertEqual((found['interventions'], found['before']['interventions'], found['before']['people']), (5, 3, 6))
        week = [each for each in found['weeks'] if each['from'] == '2026-03-16']
        self.assertEqual(week, [{'from': '2026-03-16', 'interventions': 5, 'before': 3}])
        self.assertIsNone(self.browser.figures()['before'])

    def test_hours_on_shift_end_with_the_last_record_where_nobody_ended_the_shift(self):
        shift = self.device.line('shift', records.shift(), at='2026-03-18T09:00:00+01:00', place=QPV)
        ended = self.device.line('shift', records.shift(ended='2026-03-18T11:30:00+01:00', partners=['m-2']),
                                 at='2026-03-18T10:00:00+01:00', place=QPV)
        last = self.device.line('contact', contact(), at='2026-03-18T10:15:00+01:00', place=QPV, shift=shift['id'])
        self.device.push([last, shift, ended])
        self.assertEqual(self.browser.figures()['shifts'], {'number': 2, 'minutes': 75 + 90, 'mediator_minutes': 75 + 180})


class Desk(ConsoleCase):
    """What is done at the console, and who may."""

    def setUp(self):
        super().setUp()
        self.add_user()
        self.browser.sign_in()

    def sign_in_as(self, role, *options):
        self.add_user(role, '--role', role, *options)
        browser = Browser(self.hq)
        browser.sign_in(role)
        return browser

    def refer(self, device):
        line = device.line('referral', referral(due='2026-12-01', reference='ABC-12'), place=QPV)
        self.assertEqual(device.push([line])['problems'], [])
        return line

    def news(self, device):
        return device.get(device.path('news')).json()['items']

    def test_each_role_may_what_it_may(self):
        calls = {'choices': 'reader', 'figures': 'reader', 'referrals': 'manager', 'tablets': 'manager', 'log': 'direction',
                 'accounts': 'direction', 'tokens': 'direction'}
        roles = ['reader', 'manager', 'direction']
        for rank, role in enumerate(roles):
            browser = self.sign_in_as(role)
            for name, least in calls.items():
                self.assertEqual(browser.call('GET', name).status, 200 if rank >= roles.index(least) else 403, (role, name))
        for name in calls:
            self.assertEqual(Browser(self.hq).call('GET', name).status, 401, name)

    def test_a_status_counts_and_reaches_the_tablets_that_brought_the_referral(self):
        one, two, other = self.hq.device(), self.hq.device(), self.hq.device()
        line = self.refer(one)
        two.push([line])
        reply = self.browser.call('POST', 'referrals', {'id': line['id'], 'status': 'prise_en_charge'})
        self.assertEqual((reply.status, reply.json()), (200, {'id': line['id']}))
        self.assertEqual(self.browser.figures()['referrals_by_status'], {'prise_en_charge': 1})
        for device in (one, two):
            told = self.news(device)
            self.assertEqual([(item['kind'], item['record'], item['status']) for item in told],
                             [('referral', line['id'], 'prise_en_charge')])
        self.assertEqual(self.news(other), [])
        listed = self.browser.call('GET', 'referrals').json()['referrals']
        self.assertEqual([(each['id'], each['status'], each['due'], each['reference'], each['place']) for each in listed],
                         [(line['id'], 'prise_en_charge', '2026-12-01', 'ABC-12', QPV)])
        # What a tablet says after that counts again, and a rebuild finds the same.
        one.push([one.line('referral', referral(status='close'), id=line['id'], rev=2, place=QPV)])
        self.assertEqual(self.browser.figures()['referrals_by_status'], {'close': 1})
        self.browser.call('POST', 'referrals', {'id': line['id'], 'status': 'sans_suite'})
        before = self.browser.figures()
        self.hq.must('verify')
        self.hq.stop()
        self.hq.must('rebuild')
        self.hq.start()
        self.assertEqual(self.browser.figures()['referrals_by_status'], before['referrals_by_status'])
        self.hq.must('verify')

    def test_what_cannot_be_said_of_a_referral(self):
        line = self.refer(self.hq.device())
        for body, status in (({'id': line['id'], 'status': 'perdue'}, 400), ({'id': 'x', 'status': 'close'}, 404),
                             ({'id': line['id']}, 400), ({}, 404)):
            self.assertEqual(self.browser.call('POST', 'referrals', body).status, status, body)
        self.assertEqual(self.sign_in_as('manager', '--team', 'Est').call(
            'POST', 'referrals', {'id': line['id'], 'status': 'close'}).status, 404)
        self.assertEqual(self.browser.figures()['referrals_by_status'], {'proposee': 1})

    def test_a_code_enrols_and_an_order_reaches_the_tablet(self):
        code = self.browser.call('POST', 'codes').json()['code']
        self.assertEqual(self.hq.enrol(code, 'une installation').status, 201)
        listed = self.browser.call('GET', 'tablets').json()['tablets']
        self.assertEqual([tablet['name'] for tablet in listed], ['tablette'])
        device = self.hq.device('autre')
        for order, status in (('wipe', 200), ('explode', 400)):
            self.assertEqual(self.browser.call('POST', 'tablets', {'device': device.device_id, 'order': order}).status, status)
        self.assertEqual([item['kind'] for item in self.news(device)], ['wipe'])
        self.assertEqual(self.browser.call('POST', 'tablets', {'device': 'x', 'order': 'revoke'}).status, 404)
        self.assertEqual(self.sign_in_as('manager').call('POST', 'tablets', {'device': device.device_id, 'order': 'revoke'}).status, 403)

    def test_a_qr_code_is_drawn_for_those_who_enrol(self):
        self.assertIn('<svg ', self.browser.call('POST', 'qr', {'text': 'altm-field:enrol?u=a&c=b'}).json()['svg'])
        for body in ({}, {'text': ''}, {'text': 'a' * 513}):
            self.assertEqual(self.browser.call('POST', 'qr', body).status, 400, body)
        self.assertEqual(self.sign_in_as('reader').call('POST', 'qr', {'text': 'a'}).status, 403)

    def test_open_referrals_are_those_to_follow_up_the_most_urgent_first(self):
        device = self.hq.device()
        lines = [device.line('referral', referral(reference=reference, status=status, **due), at='2026-03-02T10:00:00+01:00', place=QPV)
                 for reference, status, due in (('C', 'acceptee', {'due': '2026-03-20'}), ('B', 'proposee', {}),
                                                ('A', 'non_honoree', {'due': '2026-03-10'}), ('D', 'close', {'due': '2026-03-01'}))]
        device.push(lines)
        for query, expected in (('?status=open', 'ABC'), ('', 'DABC'), ('?status=close', 'D')):
            listed = self.browser.call('GET', 'referrals' + query).json()['referrals']
            self.assertEqual(''.join(each['reference'] for each in listed), expected, query)

    def test_tokens_are_made_and_revoked(self):
        made = {'name': 'tableau', 'scope': 'figures', 'teams': ['Est']}
        reply = self.browser.call('POST', 'tokens', made)
        token = reply.json()['token']
        self.assertEqual(reply.headers['Cache-Control'], 'no-store')
        ask = {'Authorization': f'Bearer {token}'}
        self.assertEqual(self.hq.request('GET', '/api/v1/figures', headers=ask).status, 200)
        for change, status in (({}, 409), ({'name': ''}, 400), ({'name': 'a', 'scope': 'tout'}, 400),
                               ({'name': 'b', 'to': '2020-01-01'}, 400), ({'name': None}, 400)):
            self.assertEqual(self.browser.call('POST', 'tokens', {**made, **change}).status, status, change)
        listed = self.browser.call('GET', 'tokens')
        self.assertNotIn(token, listed.body.decode())
        self.assertEqual([(each['name'], each['scope'], each['teams'], each['made_by']) for each in listed.json()['tokens']],
                         [('tableau', 'figures', ['Est'], 'claire')])
        manager = self.sign_in_as('manager')
        for method in ('POST', 'DELETE'):
            self.assertEqual(manager.call(method, 'tokens', made).status, 403)
        self.assertEqual(self.browser.call('DELETE', 'tokens', {'name': 'tableau'}).status, 200)
        self.assertEqual(self.browser.call('DELETE', 'tokens', {'name': 'tableau'}).status, 404)
        self.assertEqual(self.hq.request('GET', '/api/v1/figures', headers=ask).status, 401)

    def test_another_role_and_other_teams_hold_at_once(self):
        paul = self.sign_in_as('manager', '--team', 'Est')
        asked = {'name': 'manager', 'role': 'direction', 'teams': []}
        self.assert_problem(paul.call('POST', 'account-role', asked), 403, 'not-allowed')
        for change, status, name in (({'role': 'chef'}, 400, 'account-role'), ({'teams': None}, 400, 'bad-request'),
                                     ({'teams': [1]}, 400, 'bad-request'), ({'name': 'personne'}, 404, 'no-account')):
            self.assert_problem(self.browser.call('POST', 'account-role', {**asked, **change}), status, name)
        # Left out, they must not come to mean all of them.
        self.assert_problem(self.browser.call('POST', 'account-role', {'name': 'manager', 'role': 'manager'}), 400, 'bad-request')
        self.assertEqual(paul.call('GET', 'session').json()['teams'], ['Est'])
        self.assertEqual(self.browser.call('POST', 'account-role', {**asked, 'role': 'reader'}).status, 200)
        self.assert_signed_out(paul)
        paul.sign_in('manager')
        self.assertEqual(paul.call('GET', 'tablets').status, 403)
        entry = self.browser.call('GET', 'log').json()['entries'][1]
        self.assertEqual((entry['who'], entry['what'], entry['subject']), ('claire', 'account-changed', 'manager'))
        self.assertEqual(json.loads(entry['detail']), {'was': {'role': 'manager', 'teams': ['Est']}, 'is': {'role': 'reader', 'teams': []}})

    def test_somebody_of_the_direction_stays(self):
        asked = {'name': 'claire', 'role': 'manager', 'teams': ['Est']}
        self.assert_problem(self.browser.call('POST', 'account-role', asked), 409, 'last-direction')
        self.assertEqual(self.user('role', 'claire', '--role', 'reader').returncode, 1)
        self.assertEqual(self.user('role', 'claire').returncode, 2)
        self.assertEqual(self.browser.call('GET', 'session').json()['role'], 'direction')
        self.sign_in_as('reader')
        self.assertEqual(self.user('role', 'reader', '--role', 'direction').returncode, 0)
        self.assertEqual(self.browser.call('POST', 'account-role', asked).status, 200)
        self.assert_signed_out()
        self.assertEqual(self.browser.sign_in('claire').json(), {'name': 'claire', 'role': 'manager', 'teams': ['Est']})

    def test_accounts_are_added_and_closed(self):
        made = {'name': 'paul', 'role': 'manager', 'teams': ['Est'], 'password': PASSWORD}
        self.assertEqual(self.browser.call('POST', 'accounts', made).status, 200)
        for change, status in (({}, 409), ({'name': ''}, 400), ({'name': 'root'}, 400), ({'name': 'a', 'role': 'chef'}, 400),
                               ({'name': 'b', 'password': 'court'}, 400), ({'name': 'c', 'password': None}, 400),
                               ({'name': 'd', 'teams': {'Est': True}}, 400), ({'name': 'e', 'teams': [1]}, 400)):
            self.assertEqual(self.browser.call('POST', 'accounts', {**made, **change}).status, status, change)
        self.assertEqual([(each['name'], each['teams']) for each in self.browser.call('GET', 'accounts').json()['accounts']],
                         [('claire', []), ('paul', ['Est'])])
        paul = Browser(self.hq)
        self.assertEqual(paul.sign_in('paul').status, 200)
        self.assertEqual(self.browser.call('DELETE', 'accounts', {'name': 'paul'}).status, 200)
        self.assert_signed_out(paul)
        entries = self.browser.call('GET', 'log').json()['entries']
        self.assertEqual([(each['who'], each['what'], each['subject']) for each in entries[:3]],
                         [('claire', 'account-closed', 'paul'), ('paul', 'signed-in', None), ('claire', 'account-added', 'paul')])


if __name__ == '__main__':
    unittest.main()
