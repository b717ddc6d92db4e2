# SPDX-License-Identifier: GPL-3.0-or-later
"""What leaves HQ on paper: masked where few people make it up, and so that nothing masked is found from the rest."""

import json
import unittest

from records import COMMUNE, QPV, contact, flow, referral, shift
from test_console import Browser, ConsoleCase, OTHER_PLACE

WHY = 'bilan annuel pour la préfecture'


class PaperCase(ConsoleCase):

    def setUp(self):
        super().setUp()
        self.add_user()
        self.browser.sign_in()
        self.device = self.hq.device()

    def push(self, *groups):
        """Each group so many times: (count, kind, data, fields)."""
        self.device.push([self.device.line(kind, data, **{'at': '2026-03-18T12:00:00+01:00', 'place': QPV, **fields})
                          for count, kind, data, fields in groups for _ in range(count)])

    def month(self):
        return self.browser.call('GET', 'month?from=2026-03-01&to=2026-03-31').json()

    def report(self, **body):
        return self.browser.call('POST', 'adulte-relais', {'year': 2026, 'why': WHY, **body})

    def post(self, mediator='m-1'):
        return next(each for each in self.report().json()['posts'] if each['mediator'] == mediator)


class Month(PaperCase):

    def test_nothing(self):
        page = self.month()
        for name in ('interventions', 'attempts', 'people', 'referrals', 'observations', 'clients', 'minutes'):
            self.assertEqual(page[name], 0, name)
        self.assertEqual(page['qpv'], {'in': 0, 'out': 0})

    def test_a_sum_of_few_is_masked_with_its_parts(self):
        self.push((3, 'contact', contact(people=40, themes=['budget']), {}), (4, 'referral', referral(), {}),
                  (1, 'flow', flow('2026-03-18T09:15:00Z', entres=4, colis=3, file_max=2), {}))
        page = self.month()
        self.assertEqual([page[name] for name in ('interventions', 'people', 'referrals', 'clients')], [None, 120, None, None])
        for table in ('activities', 'by_register', 'referrals_by_status', 'clients_by_office', 'qpv'):
            self.assertIsNone(page[table], table)
        self.assertEqual((page['by_theme'], page['flow']), ({'budget': None}, {'colis': None}))

    def test_a_table_of_ones_is_not_told_at_all(self):
        """Five kinds that are 5 together are 1 each, masked or not."""
        self.push(*[(1, 'referral', referral(status=status), {})
                    for status in ('proposee', 'acceptee', 'refusee', 'transmise', 'close')])
        page = self.month()
        self.assertEqual((page['referrals'], page['referrals_by_status']), (5, None))

    def test_processes_and_channels_do_not_tell_of_each_other(self):
        """Of 60 calls 3 were with families: 57 beside 60 would tell."""
        self.push((57, 'contact', contact(channel='telephone'), {}), (3, 'contact', contact(channel='telephone', public='enfant'), {}),
                  (12, 'contact', contact(channel='habitat'), {}), (40, 'contact', contact(), {}))
        page = self.month()
        self.assertEqual(page['interventions'], 112)
        self.assertEqual(page['activities'], {'telephone_habitants': 57, 'telephone_familles': None, 'espace_public': 40,
                                              'bureau_poste': 0, 'habitat': None})
        self.assertNotIn('by_channel', page)
        self.assertNotIn('by_process', page)

    def test_a_share_does_not_tell_of_the_few_that_are_the_rest_of_it(self):
        self.push((96, 'contact', contact(), {}), (4, 'contact', contact(), {'place': COMMUNE}))
        self.assertEqual(self.month()['qpv'], {'in': None, 'out': None})
        self.push((1, 'contact', contact(), {'place': COMMUNE}))
        self.assertEqual(self.month()['qpv'], {'in': 96, 'out': 5})

    def test_what_is_asked_for_is_what_the_account_may_see(self):
        self.push((7, 'contact', contact(), {}))
        self.add_user('paul', '--role', 'manager', '--team', 'Est')
        paul = Browser(self.hq)
        paul.sign_in('paul')
        self.assertEqual(paul.call('GET', 'month?from=2026-03-01&to=2026-03-31').json()['interventions'], 0)
        self.assertEqual(self.browser.call('GET', 'month?from=mars').status, 400)


class AdulteRelais(PaperCase):

    def test_a_record_counts_for_who_made_it_and_a_shift_for_who_was_on_it(self):
        self.push((8, 'contact', contact(people=3), {'by': 'm-1'}), (6, 'contact', contact(), {'by': 'm-2'}),
                  (9, 'contact', contact(), {}), (5, 'referral', referral(structure_type='caf'), {'by': 'm-1'}),
                  (1, 'shift', shift(ended='2026-03-18T14:30:00+01:00', partners=['m-2', 'm-3']), {'by': 'm-1'}))
        report = self.report().json()
        found = {post['mediator']: post for post in report['posts']}
        self.assertEqual(set(found), {'m-1', 'm-2', 'm-3'})
        self.assertEqual([found[code]['interventions'] for code in ('m-1', 'm-2', 'm-3')], [8, 6, 0])
        self.assertEqual([post['minutes'] for post in found.values()], [150, 150, 150])
        self.assertEqual((found['m-1']['people'], found['m-1']['by_structure_type']), (24, {'caf': 5}))
        self.assertEqual((report['year'], report['unassigned']), (2026, 9))
        self.assertEqual(self.report(year=2025).json()['posts'], [])

    def test_the_share_in_qpv_does_not_tell_of_a_territory_that_is_masked(self):
        """20 elsewhere are masked with the 3: the share, which is of the same, would bring both back."""
        self.push((3, 'contact', contact(), {'by': 'm-1', 'place': OTHER_PLACE}), (40, 'contact', contact(), {'by': 'm-1'}),
                  (20, 'contact', contact(), {'by': 'm-1', 'place': COMMUNE}))
        post = self.post()
        self.assertEqual(post['by_qpv'], {OTHER_PLACE: None, QPV: 40, 'elsewhere': None})
        self.assertIsNone(post['qpv'])
        self.push((2, 'contact', contact(), {'by': 'm-1', 'place': OTHER_PLACE}))
        self.assertEqual(self.post()['qpv'], {'in': 45, 'out': 20})

    def test_the_latest_revision_counts_and_what_was_withdrawn_does_not(self):
        lines = [self.device.line('contact', contact(people=10), at='2026-03-18T12:00:00+01:00', place=QPV, by='m-1') for _ in range(8)]
        self.device.push(lines)
        self.device.push([{**lines[0], 'seq': self.device.next_seq(), 'rev': 2, 'data': contact(people=90)},
                          {**{name: lines[1][name] for name in lines[1] if name != 'data'}, 'seq': self.device.next_seq(),
                           'rev': 2, 'deleted': True}])
        post = self.post()
        self.assertEqual((post['interventions'], post['people']), (7, 150))

    def test_who_opened_it_and_why_is_noted_first(self):
        self.assertEqual(self.report().status, 200)
        entry = self.browser.call('GET', 'log').json()['entries'][0]
        self.assertEqual((entry['who'], entry['what'], entry['subject'], entry['why']),
                         ('claire', 'adulte-relais-opened', '2026', WHY))

    def test_without_a_reason_or_a_year_nothing_is_opened(self):
        for body in ({'why': ''}, {'why': None}, {'why': 'x' * 2000}, {'year': '2026'}, {'year': 1}, {'year': None}):
            self.assertEqual(self.report(**body).status, 400, body)
        self.assertNotIn('adulte-relais-opened', self.hq.must('log'))

    def test_it_is_the_direction_s_alone(self):
        for role in ('reader', 'manager'):
            self.add_user(role, '--role', role)
            browser = Browser(self.hq)
            browser.sign_in(role)
            self.assertEqual(browser.call('POST', 'adulte-relais', {'year': 2026, 'why': WHY}).status, 403, role)
        self.assertNotIn('adulte-relais-opened', json.dumps(self.hq.must('log')))


if __name__ == '__main__':
    unittest.main()
