# SPDX-License-Identifier: GPL-3.0-or-later
"""What HQ could not take: what is shown of it, and what becomes of it at both ends."""

import contextlib
import hashlib
import json
import sqlite3
import unittest
from types import SimpleNamespace

import records
from hq import as_moment, encode, now
from records import QPV, contact
from tablet import Tablet, record
from test_console import ConsoleCase

# A theme that no list has yet.
NEW = 'inondation'
WHY = 'décidé en réunion'
SEALED = 'QUJD' * 40


@contextlib.contextmanager
def database(path):
    """A store that no program has open."""
    with contextlib.closing(sqlite3.connect(path)) as opened, opened:
        yield opened


class QuarantineCase(ConsoleCase):

    def setUp(self):
        super().setUp()
        self.add_user('claire', '--role', 'direction')
        self.browser.sign_in()

    def lines(self, state='waiting', browser=None):
        reply = (browser or self.browser).call('GET', f'quarantine?state={state}')
        self.assertEqual(reply.status, 200, reply)
        return reply.json()['lines']

    def one(self, state='waiting'):
        found = self.lines(state)
        self.assertEqual(len(found), 1, found)
        return found[0]

    def settle(self, decision, n=None, why=WHY):
        n = self.one()['n'] if n is None else n
        return self.browser.call('POST', 'quarantine', {'n': n, 'decision': decision, 'why': why})

    def must_settle(self, decision, n=None):
        reply = self.settle(decision, n)
        self.assertEqual((reply.status, reply.json()), (200, {'decision': decision}))

    def waiting(self):
        return self.browser.call('GET', 'waiting').json()['quarantine']

    def logged(self, what):
        return [entry for entry in map(json.loads, self.hq.must('log').splitlines()) if entry['what'] == what]

    def whole(self, interventions):
        """Counted once each, and nothing of the store is out of joint."""
        self.assertEqual(self.hq.figures()['interventions'], interventions)
        self.hq.must('verify')

    def news(self, device):
        return device.get(device.path('news')).json()['items']

    def name_teams(self):
        """Mediators, in HQ's lists."""
        self.hq.stop()
        with database(self.hq.store / 'hq.db') as store:
            version, body = store.execute('SELECT version, body FROM lists ORDER BY version DESC LIMIT 1').fetchone()
            lists = {**json.loads(body), 'version': version + 1, 'mediators': [
                {'code': 'm-1', 'name': 'Une', 'team': 'Lyon'}, {'code': 'm-2', 'name': 'Deux', 'team': 'Vénissieux'}]}
            store.execute('INSERT INTO lists VALUES (?, ?)', (version + 1, json.dumps(lists)))
        self.hq.start()
        return SimpleNamespace(own='Lyon', mediator='m-1', stranger='m-2')


class Tablets(QuarantineCase):
    """End to end, with a real tablet."""

    def setUp(self):
        super().setUp()
        self.tablet = Tablet()
        self.addCleanup(self.tablet.close)
        self.tablet.enrol(self.hq)
        self.push()

    @property
    def file(self):
        return self.tablet.store / 'field.db'

    def push(self):
        done = self.tablet.push()
        self.assertEqual(done.code, 1 if done.said['problems'] else 0, done.errors)
        return done.said

    def setting(self, name):
        with database(self.file) as store:
            return store.execute('SELECT value FROM settings WHERE name = ?', (name,)).fetchone()[0]

    def add_to_lists(self, file, is_newer):
        """The new theme, in lists of HQ's version or of a newer one."""
        with database(self.hq.store / 'hq.db') as store:
            version, body = store.execute('SELECT version, body FROM lists ORDER BY version DESC LIMIT 1').fetchone()
        lists = {**json.loads(body), 'version': version + is_newer}
        lists['vocabulary']['theme'].append({'code': NEW, 'label_fr': 'Inondation', 'label_en': 'Flood'})
        with database(file) as store:
            store.execute('INSERT OR REPLACE INTO lists VALUES (?, ?)', (version + is_newer, json.dumps(lists)))

    def bring_unknown(self):
        """A tablet that is ahead of HQ's lists brings a record that HQ cannot take, between two that it can."""
        self.add_to_lists(self.file, is_newer=False)
        self.tablet.add()
        self.id = self.tablet.add(data=contact(themes=[NEW]))[0]
        self.tablet.add()
        self.assertEqual(self.push()['problems'], 1)
        self.assertEqual(self.tablet.counts(), (0, 2, 1))
        self.device_id = self.setting('device_id')

    def learn(self):
        """HQ's lists have the theme from now on."""
        self.hq.stop()
        self.add_to_lists(self.hq.store / 'hq.db', is_newer=True)
        self.hq.start()

    def compare(self):
        """The next push begins with a comparison."""
        with database(self.file) as store:
            store.execute("UPDATE settings SET value = '1' WHERE name = 'compared_at'")

    def ask_hq(self, path):
        """A call of this very tablet's."""
        return self.hq.request('GET', f'/v1/devices/{self.device_id}/{path}', headers={
            'Authorization': f'Bearer {self.setting("token")}', 'Altm-Pending': '0', 'Altm-Clock': as_moment(now())}).json()

    def assert_same_notes(self):
        with database(self.file) as store:
            notes = store.execute('SELECT seq, sha256 FROM notes ORDER BY seq').fetchall()
        digest = self.ask_hq(f'digest?from=1&to={2**62}')
        expected = {'count': len(notes), 'high_seq': max(seq for seq, _ in notes),
                    'sha256': hashlib.sha256(b''.join(sha256 for _, sha256 in notes)).hexdigest()}
        self.assertEqual({name: digest[name] for name in expected}, expected)

    def assert_taken(self):
        """The tablet is who it was, holds all three as HQ's, and sends nothing more, compared or not."""
        self.assertEqual(self.setting('device_id'), self.device_id)
        self.assertEqual(self.tablet.counts(), (0, 3, 0))
        self.assert_same_notes()
        self.compare()
        self.assertEqual(self.push()['sent'], 0)
        self.assert_same_notes()
        self.assertEqual(self.setting('device_id'), self.device_id)
        self.assertEqual(self.hq.export()[self.id]['data']['themes'], [NEW])
        self.whole(3)

    def test_accepted_and_then_compared_before_the_news_are_read(self):
        self.bring_unknown()
        self.learn()
        self.must_settle('accept')
        self.whole(3)
        self.assert_same_notes()
        self.compare()
        self.assertEqual(self.push()['sent'], 0)
        self.assert_taken()

    def test_accepted_and_the_news_lost_on_the_road_then_compared(self):
        self.bring_unknown()
        self.learn()
        self.must_settle('accept')
        self.assertEqual([item['kind'] for item in self.ask_hq('news')['items']], ['accepted'])
        # HQ has noted more than the tablet by now.
        self.compare()
        self.tablet.add()
        self.assertEqual(self.push()['sent'], 1)
        self.assertEqual(self.tablet.counts(), (0, 4, 0))
        self.assertEqual(self.setting('device_id'), self.device_id)
        self.assert_same_notes()
        self.whole(4)

    def test_accepted_after_a_restore_that_had_it_offered_again(self):
        self.bring_unknown()
        backup = self.hq.folder / 'backup'
        self.hq.must('backup', backup)
        self.hq.stop()
        self.hq.must('restore', backup)
        self.hq.start()
        self.assertEqual(self.push()['problems'], 1)
        self.learn()
        self.browser.sign_in()
        self.must_settle('accept')
        self.push()
        self.assert_taken()

    def test_what_was_accepted_and_is_offered_again_is_a_duplicate(self):
        self.bring_unknown()
        self.learn()
        self.must_settle('accept')
        backup = self.hq.folder / 'backup'
        self.hq.must('backup', backup)
        self.hq.stop()
        self.hq.must('restore', backup)
        self.hq.start()
        said = self.push()
        self.assertEqual((said['sent'], said['duplicate'], said['stored']), (1, 1, 0))
        self.assert_taken()

    def test_a_list_that_has_the_code_is_needed(self):
        self.bring_unknown()
        self.assertFalse(self.one()['can_accept'])
        self.assert_problem(self.settle('accept'), 409, 'line-wrong')
        self.whole(2)
        self.learn()
        self.assertTrue(self.one()['can_accept'])
        self.must_settle('accept')
        # Counted from the journal alone, too.
        self.hq.stop()
        self.hq.must('rebuild')
        self.hq.start()
        self.whole(3)

    def test_a_tablet_that_corrects_it_settles_it(self):
        self.bring_unknown()
        self.must_settle('ask')
        self.assertEqual((self.waiting(), self.one('asked')['id']), (0, self.id))
        self.assertEqual([(item['record'], item['reason']) for item in self.ask_hq('news')['items']], [(self.id, 'unknown-code')])
        self.tablet.add_records([{**record(), 'id': self.id}])
        self.push()
        self.assertEqual((self.one('settled')['state'], self.lines('asked'), self.waiting()), ('corrected', [], 0))
        self.whole(3)

    def test_a_revoked_tablets_records_are_taken_and_it_makes_no_fork(self):
        self.tablet.add()
        self.push()
        self.device_id = self.setting('device_id')
        self.hq.must('revoke', self.device_id)
        self.tablet.add()
        self.assertEqual(self.tablet.push().said['problems'], 1)
        entry = self.one()
        self.assertEqual((entry['problem'], entry['can_accept'], entry['can_ask']), ('revoked', True, False))
        self.assert_problem(self.settle('ask'), 409, 'line-untold')
        self.must_settle('accept')
        self.compare()
        self.tablet.push()
        self.assertEqual(self.setting('device_id'), self.device_id)
        self.assertEqual(self.tablet.counts(), (0, 1, 1))
        self.whole(2)


class Decisions(QuarantineCase):
    """By a tablet made from the protocol alone."""

    def setUp(self):
        super().setUp()
        self.device = self.hq.device('Tablette du Pont')

    def bring(self, *lines):
        self.device.push([self.device.line('contact', contact())])
        return self.device.push(list(lines))['problems']

    def wrong(self, **fields):
        return self.device.line('contact', contact(people=600), place=QPV, **fields)

    def test_what_waits_is_told_without_its_private_part(self):
        line = self.wrong(private=f'{"0" * 16}.{SEALED}')
        self.bring(line)
        entry = self.one()
        self.assertEqual((entry['problem'], entry['tablet'], entry['id'], entry['can_accept'], entry['can_ask']),
                         ('out-of-range', 'Tablette du Pont', line['id'], False, True))
        self.assertEqual((entry['cause'], entry['hindrance']),
                         ({'name': 'number', 'field': 'people', 'list': None, 'numbers': [0, 500]}, None))
        said = entry['line']
        self.assertEqual((said['type'], said['at'], said['place'], said['has_private']), ('contact', line['at'], QPV, True))
        self.assertIn({'name': 'people', 'list': None, 'is_hidden': False, 'value': 600}, said['fields'])
        self.assertIn({'name': 'channel', 'list': 'canal', 'is_hidden': False, 'value': 'espace_public'}, said['fields'])
        self.assertNotIn(SEALED, json.dumps(entry))

    def test_what_is_no_line_is_shown_as_much_as_is_safe(self):
        for sent, shown in ((b'{"type":"contact","priv', '{"type":"contact","priv'), (b'\xff\x00<b>', '���<b>'.replace('�', '\ufffd')),
                            (b'{"x":1,"private":"Mme Durand", nonsense', '{"x":1,'), (b'[' * 5000, '[' * 600)):
            self.bring(sent)
            entry = self.one()
            with self.subTest(sent[:20]):
                self.assertIsNone(entry['id'])
                self.assertEqual((entry['can_accept'], entry['can_ask']), (False, False))
                self.assertEqual((entry['line']['size'], entry['line']['text'].count('\ufffd') <= 3), (len(sent), True))
                self.assertTrue(entry['line']['text'].startswith(shown[:3]) or '\ufffd' in shown)
                self.assertLessEqual(len(entry['line']['text']), 600)
                self.assertNotIn('Durand', json.dumps(entry))
            self.must_settle('refuse')

    def test_a_private_part_that_is_not_sealed_is_not_shown_either(self):
        self.bring(self.wrong(private={'note': 'Mme Durand'}))
        self.assertNotIn('Durand', json.dumps(self.one()))
        self.assertTrue(self.one()['line']['has_private'])

    def test_a_text_that_identifies_a_person_is_not_shown(self):
        self.bring(self.device.line('observation', records.observation(what='durand@example.org', where='porte B'), place=QPV))
        entry = self.one()
        self.assertEqual((entry['problem'], entry['can_accept'], entry['can_ask']), ('personal', False, True))
        self.assertNotIn('durand', json.dumps(entry))
        self.assert_problem(self.settle('accept'), 409, 'line-wrong')

    def test_nor_where_something_else_was_wrong_first(self):
        self.bring(self.device.line('observation', records.observation(kind=5, what='durand@example.org'), place=QPV))
        self.assertNotEqual(self.one()['problem'], 'personal')
        self.assertNotIn('durand', json.dumps(self.one()))

    def test_a_conflict_shows_both_and_the_first_stays(self):
        first = self.device.line('contact', contact(people=2), place=QPV)
        second = {**first, 'seq': self.device.next_seq(), 'data': contact(people=3)}
        self.bring(first)
        self.device.push([second])
        entry = self.one()
        self.assertEqual((entry['problem'], entry['can_accept']), ('conflict', False))
        self.assertEqual([[field['value'] for field in line['fields'] if field['name'] == 'people']
                          for line in (entry['line'], entry['held'])], [[3], [2]])
        self.assert_problem(self.settle('accept'), 409, 'line-held')
        self.must_settle('refuse')
        self.assertEqual(self.hq.export()[first['id']]['data']['people'], 2)
        self.whole(2)

    def test_what_is_refused_stays_refused_when_it_is_offered_again(self):
        line = self.wrong()
        self.bring(line)
        self.must_settle('refuse')
        self.assertEqual((self.waiting(), len(self.device.push([line])['problems'])), (0, 1))
        entry = self.one('settled')
        self.assertEqual((self.waiting(), entry['state'], entry['settled_by']), (0, 'refused', 'claire'))
        self.assert_problem(self.settle('refuse', entry['n']), 409, 'line-settled')
        self.assertEqual([(each['subject'], each['detail'], each['why']) for each in self.logged('line-refused')],
                         [(line['id'], 'Tablette du Pont', WHY)])

    def test_what_was_asked_for_can_still_be_decided(self):
        self.bring(self.wrong())
        self.must_settle('ask')
        entry = self.one('asked')
        self.assert_problem(self.settle('ask', entry['n']), 409, 'line-settled')
        self.must_settle('refuse', entry['n'])
        self.assertEqual([item['kind'] for item in self.news(self.device)], ['correction'])
        self.assertEqual(len(self.logged('correction-asked')), 1)

    def test_the_same_bytes_of_two_tablets_wait_once(self):
        line = self.wrong()
        self.bring(line)
        other = self.hq.device('Tablette copiée')
        other.push([encode(line)])
        self.must_settle('ask')
        # The one before is nobody's.
        self.assertEqual((self.news(self.device), len(self.news(other)), self.waiting()), ([], 1, 0))

    def test_a_device_that_notes_nothing_by_itself_agrees_until_it_is_told(self):
        self.bring()
        self.hq.must('revoke', self.device.device_id)
        line = self.device.line('contact', contact(), place=QPV)
        self.device.push([line])
        other = self.hq.device('Tablette neuve')
        self.must_settle('accept')
        self.assertEqual(self.device.digest(1, 99), self.device.own_digest(1, 99))
        # Whoever brings it now brings what HQ has.
        self.assertEqual(other.push([line])['duplicate'], 1)
        self.whole(2)

    def test_a_reason_is_needed_and_a_line(self):
        self.bring(self.wrong())
        for decision in ('accept', 'refuse'):
            self.assert_problem(self.settle(decision, why=''), 400, 'bad-request')
        self.assert_problem(self.settle('burn'), 400, 'bad-request')
        self.assert_problem(self.settle('refuse', 999), 404, 'no-line')
        self.assertEqual(self.waiting(), 1)

    def test_managers_see_their_own_teams(self):
        teams = self.name_teams()
        self.add_user('anne', '--role', 'manager', '--team', teams.own)
        self.bring(self.wrong(by=teams.mediator), self.wrong(by=teams.stranger), b'nonsense')
        anne = type(self.browser)(self.hq)
        anne.sign_in('anne')
        self.assertEqual([each['line']['team'] for each in self.lines(browser=anne)], [teams.own])
        others = [each['n'] for each in self.lines() if each['line'].get('team') != teams.own]
        self.assertEqual(len(others), 2)
        for n in others:
            self.assert_problem(anne.call('POST', 'quarantine', {'n': n, 'decision': 'refuse', 'why': WHY}), 404, 'no-line')
        self.assertEqual((anne.call('GET', 'waiting').json()['quarantine'], self.waiting()), (1, 3))

    def test_of_thousands_a_manager_is_told_the_own_that_wait_longest(self):
        """What is of another team, or of nobody, is passed over however much of it came first."""
        teams = self.name_teams()
        self.add_user('anne', '--role', 'manager', '--team', teams.own)
        anne = type(self.browser)(self.hq)
        anne.sign_in('anne')
        own = []
        for _ in range(3):
            self.bring(*(self.wrong(by=teams.stranger) for _ in range(400)), self.wrong(), b'nonsense, "by": "m-1"',
                       *(lines := [self.wrong(by=teams.mediator) for _ in range(45)]))
            own += [line['id'] for line in lines]
        self.assertEqual([each['id'] for each in self.lines(browser=anne)], own[:100])
        self.assertEqual((anne.call('GET', 'waiting').json()['quarantine'], self.waiting()), (100, 100))
        others = self.lines()
        self.assertEqual({each['line'].get('team') for each in others}, {'Vénissieux'})
        stranger = type(self.browser)(self.hq)
        self.add_user('bea', '--role', 'manager', '--team', 'Vénissieux')
        stranger.sign_in('bea')
        self.assertEqual([each['id'] for each in self.lines(browser=stranger)], [each['id'] for each in others])
        # Who wrote it in a way of their own has nobody's name.
        self.bring(self.wrong(by=5), self.wrong(by=['m-1']))
        self.assertEqual(len(self.lines(browser=anne)), 100)

    def test_the_true_cause_is_told(self):
        """By its name, with the limits that were broken, and the list that lacks it."""
        def contacts(**fields):
            return self.device.line('contact', contact(**fields), place=QPV)

        def of(kind, data, **fields):
            return self.device.line(kind, data, **{'place': QPV, **fields})

        for line, cause in (
                (contacts(people=600), ('number', 'people', None, [0, 500])),
                (contacts(people='trois'), ('not-a-number', 'people', None, [])),
                (contacts(themes=['logement', 'emploi_formation', 'budget', 'sante']), ('too-many', 'themes', None, [3])),
                (contacts(themes=['logement', 'logement']), ('twice', 'themes', None, [])),
                (contacts(themes=[NEW]), ('not-in-list', 'themes', 'theme', [])),
                (contacts(themes='logement'), ('not-choices', 'themes', None, [])),
                (contacts(channel=None), ('not-a-choice', 'channel', None, [])),
                (contacts(ages=3), ('not-counts', 'ages', None, [])),
                (contacts(people=1, ages={'12_17': 3}), ('more-than-people', 'ages', None, [])),
                (contacts(people=0), ('nobody', 'people', None, [0])),
                (contacts(campaign='nulle'), ('not-in-list', 'campaign', 'campaigns', [])),
                (of('contact', {'channel': 'espace_public'}), ('missing', 'register', None, [])),
                (of('contact', contact(), place='p-nulle-part'), ('not-in-list', 'place', 'places', [])),
                (of('contact', contact(), private='en clair'), ('not-sealed', 'private', None, [])),
                (of('contact', contact(), rev=0), ('of-the-app', None, None, [])),
                (of('contact', contact(), at='hier'), ('of-the-app', None, None, [])),
                (of('shift', {'channel': 'espace_public', 'ended': 'hier'}), ('not-a-moment', 'ended', None, [3339])),
                (of('shift', {'channel': 'espace_public', 'partners': ['']}), ('length', 'partners', None, [1, 40])),
                (of('referral', {'status': 'proposee', 'consent': False}), ('no-structure', None, None, [])),
                (of('observation', records.observation(what='x' * 121)), ('length', 'what', None, [1, 120])),
                (of('observation', records.observation(kind='autre')), ('no-kind', 'kind', None, [])),
                (of('observation', records.observation(subject='nulle')), ('not-in-list', 'subject', 'veille_technique', [])),
                (of('observation', records.observation(what='durand@example.org')), ('email', 'what', None, []))):
            with self.subTest(cause):
                self.bring(line)
                entry = self.one()
                self.assertEqual(entry['cause'], dict(zip(('name', 'field', 'list', 'numbers'), cause)))
                self.assertIsNone(entry['hindrance'])
                self.must_settle('refuse')
        for sent in (b'nonsense', b'[' * 5000, encode(contacts(x='y' * 17000))):
            self.bring(sent)
            self.assertIsNone(self.one()['cause'])
            self.must_settle('refuse')

    def test_what_else_is_wrong_is_told_once_the_lists_have_the_code(self):
        self.bring(self.device.line('contact', contact(themes=[NEW], minutes=9999), place=QPV))
        self.assertEqual((self.one()['cause']['list'], self.one()['hindrance']), ('theme', None))
        reference = self.browser.call('GET', 'lists?list=theme').json()['version']
        row = {'code': NEW, 'label_fr': 'Inondation', 'label_en': 'Flood'}
        self.assertEqual(self.browser.call('POST', 'lists', {'list': 'theme', 'base': reference, 'rows': [row]}).status, 200)
        entry = self.one()
        self.assertEqual((entry['cause']['name'], entry['can_accept']), ('not-in-list', False))
        self.assertEqual((entry['hindrance']['name'], entry['hindrance']['field'], entry['hindrance']['numbers']),
                         ('number', 'minutes', [1, 720]))

    def test_readers_may_not(self):
        self.add_user('paul', '--role', 'reader')
        paul = type(self.browser)(self.hq)
        paul.sign_in('paul')
        for method, name in (('GET', 'quarantine'), ('POST', 'quarantine'), ('GET', 'waiting')):
            self.assert_problem(paul.call(method, name), 403, 'not-allowed')


if __name__ == '__main__':
    unittest.main()
