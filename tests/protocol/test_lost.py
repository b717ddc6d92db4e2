# SPDX-License-Identifier: GPL-3.0-or-later
"""Tablets that are lost or handed over, and the log of what was done about them."""

import contextlib
import json
import sqlite3
import subprocess
import unittest

from holders import SECRET, KeysCase
from hq import HQ_PROGRAM, PATIENCE, HeadquartersCase, environment
from records import contact


class Lost(KeysCase, HeadquartersCase):

    def setUp(self):
        super().setUp()
        self.device = self.hq.device('Guillotière 1')

    def news(self):
        return [item['kind'] for item in self.device.get(self.device.path('news')).json()['items']]

    def put(self, call, form):
        return self.hq.request('PUT', self.device.path(call), json.dumps(form),
                               self.device.headers(**{'Content-Type': 'application/json'}))

    def release(self, why):
        return self.put('release', {'why': why})

    def order(self, command, *words):
        return self.hq.must(command, 'Guillotière 1', '--as', 'Claire', '--why', 'perdue',
                            *words).strip()

    def assert_revoked(self):
        line = self.device.line('contact', contact())
        (problem,) = self.device.push([line])['problems']
        self.assertEqual(problem['type'], '/problems/revoked')
        self.assert_problem(self.put('fork', {'install_id': 'i'}), 403, 'revoked')

    def test_revoked_at_once_while_it_serves(self):
        self.device.push([self.device.line('contact', contact())])
        self.assertEqual(self.order('revoke'), self.device.device_id)
        self.assert_revoked()
        self.assertEqual(self.news(), [])

    def test_wiped_at_its_next_contact_and_released(self):
        self.order('wipe')
        self.assertEqual(self.news(), ['wipe'])
        self.assert_revoked()
        for _ in range(2):
            reply = self.release('wiped')
            self.assertEqual(reply.status, 200, reply)
            self.assertEqual(reply.json(), {'device_id': self.device.device_id})
        (device,) = self.devices()
        self.assertEqual(device['released_why'], 'wiped')
        for name in ('revoked_at', 'wipe_ordered_at', 'released_at', 'last_seen'):
            self.assertIsNotNone(device[name], name)
        self.assertEqual(self.whats()[-2:], ['wipe-ordered', 'released'])

    def test_a_pin_is_reset_and_the_tablet_goes_on(self):
        self.order('reset-pin')
        self.assertEqual(self.news(), ['pin-reset'])
        self.assertEqual(self.device.push([self.device.line('contact', contact())])['stored'], 1)
        self.order('revoke')
        self.assert_refused(self.hq.run('reset-pin', 'Guillotière 1'))

    def test_handed_over(self):
        self.assertEqual(self.release('handed-over').status, 200)
        self.assert_revoked()
        self.assert_problem(self.release('sold'), 400)

    def test_released_only_from_the_headquarters_that_it_compared_with(self):
        hello = self.hq.request('GET', '/v1/hello').json()
        self.hq.stop()
        self.hq.start()
        form = {'why': 'handed-over', 'epoch': hello['epoch'], 'instance': hello['instance']}
        self.assert_problem(self.put('release', form), 409, 'restored')
        again = self.hq.request('GET', '/v1/hello').json()
        self.assertEqual(again['epoch'], hello['epoch'])
        self.assertEqual(self.put('release', form | {'instance': again['instance']}).status, 200)

    def test_orders_work_when_nobody_serves(self):
        self.hq.stop()
        self.order('wipe')
        self.hq.start()
        self.assertEqual(self.news(), ['wipe'])

    def test_what_is_printed_commands_no_terminal(self):
        note = 'avant \u009b2J \u007f après'
        self.protect()
        self.tablet.enrol(self.hq)
        record = self.add(note)
        opened = self.open(record)
        self.assertEqual(json.loads(opened.stdout), {'note': note})
        self.hq.must('revoke', 'Guillotière 1', '--why', note)
        logged = self.hq.must('log')
        self.assertEqual(json.loads(logged.splitlines()[-1])['why'], note)
        for printed in (opened.stdout, logged):
            self.assertNotRegex(printed, '[\\x7f-\\x9f]')
            self.assertIn('\\u009b', printed)

    def test_a_reason_too_long_for_the_log_is_said_to_be(self):
        done = self.hq.run('revoke', 'Guillotière 1', '--why', 'x' * 9000)
        self.assert_refused(done)
        self.assertIn('longer than the access log takes', done.stderr)
        self.assertNotIn('revoked', self.whats())

    def test_what_was_refused_of_a_tablet_handed_over_is_where_it_is_said_to_be(self):
        self.tablet.enrol(self.hq)
        self.hq.must('revoke', self.tablet.status()['device_id'])
        self.tablet.add()
        self.tablet.is_leaving = True
        push = self.tablet.push()
        self.assertEqual((push.code, push.said['problems']), (1, 1), push)
        self.assertIn('in its quarantine', push.errors)
        self.assertNotIn('journal', push.errors)
        self.assertEqual(self.tablet.counts(), (0, 0, 0))

    def test_two_of_one_name_are_told_apart(self):
        other = self.hq.device('Guillotière 1')
        done = self.hq.run('wipe', 'Guillotière 1')
        self.assert_refused(done)
        for device in (self.device, other):
            self.assertIn(device.device_id, done.stderr)
        self.hq.must('wipe', other.device_id)
        self.assertEqual(self.news(), [])
        self.assert_refused(self.hq.run('wipe', 'nobody'))

    def test_who_used_which_code(self):
        code = self.hq.code()
        self.assertEqual(self.hq.enrol(code, 'i', 'Bron').status, 201)
        (device,) = [device for device in self.devices() if device['name'] == 'Bron']
        self.assertTrue(device['code'].startswith(code[:3] + ' '))
        made = [entry['subject'] for entry in self.log() if entry['what'] == 'code-made']
        self.assertIn(device['code'], made)
        self.assertNotIn(code, self.hq.must('log') + self.hq.must('devices'))

    def test_a_restore_keeps_the_log_and_what_was_revoked(self):
        self.tablet.enrol(self.hq)
        record = self.add(SECRET)
        self.protect()
        backup = self.hq.folder / 'kept.backup'
        self.hq.must('backup', backup)
        self.assert_opens(record, SECRET)
        self.order('wipe')
        self.hq.must('keys', 'rotate')
        before = self.log()
        self.hq.stop()
        self.hq.must('restore', backup)
        self.hq.start()
        self.assertEqual(self.log()[:-1], before)
        self.assertEqual(self.whats()[-1], 'restored')
        self.device.epoch = self.hq.hello()['epoch']
        self.assertEqual(self.news(), ['wipe'])
        self.assert_revoked()
        self.assertEqual(self.keys()[1]['key'], self.hq.hello()['seal_key'].partition('.')[0])
        self.assert_opens(record, SECRET)

    def test_entries_go_after_twelve_months_when_it_starts(self):
        self.order('revoke')
        self.hq.stop()
        with contextlib.closing(sqlite3.connect(self.hq.store / 'hq.db')) as database:
            for days in (400, 300):
                database.execute("INSERT INTO log (at, who, what, subject) VALUES"
                                 " ((unixepoch () - 86400 * ?) * 1000000, 'Claire', 'opened', ?)",
                                 (days, str(days)))
            database.commit()
        self.hq.start()
        self.assertEqual([entry['subject'] for entry in self.log() if entry['what'] == 'opened'],
                         ['300'])
        self.assertIn('revoked', self.whats())

    def test_commands_wait_for_each_other(self):
        self.hq.stop()
        running = [subprocess.Popen([HQ_PROGRAM, '--store', self.hq.store, 'export'],
                                    stdout=subprocess.DEVNULL, env=environment())
                   for _ in range(8)]
        self.assertEqual([process.wait(PATIENCE) for process in running], [0] * 8)
        self.assertEqual(self.whats().count('exported'), 8)

    def test_the_log_is_asked_for_by_day(self):
        self.order('revoke')
        self.assertEqual(self.log('--to', '2020-01-01'), [])
        self.assertEqual(self.log('--from', '2020-01-01'), self.log())
        self.assertEqual(self.hq.run('log', '--from', 'yesterday').returncode, 2)


if __name__ == '__main__':
    unittest.main()
