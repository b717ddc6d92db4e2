# SPDX-License-Identifier: GPL-3.0-or-later
"""What HQ rejects, line by line; a bad line never holds back another."""

import json
import unittest
import uuid

import records
from hq import HeadquartersCase, as_moment, encode, now, uuid7
from records import contact, observation, referral, shift
from sealing import seal

NOTHING = (None, None, None)
DEEPEST = 64


class Judged(HeadquartersCase):

    def setUp(self):
        self.device = self.hq.device()

    def judge(self, line):
        """Sends a line between two good ones; returns its problem, or None where it is stored."""
        good = [self.device.line('contact', contact()) for _ in range(2)]
        receipt = self.device.push([good[0], line, good[1]])
        problems = receipt['problems']
        self.assertEqual(receipt['stored'], 3 - len(problems), receipt)
        self.assertLessEqual([problem['line'] for problem in problems], [1], receipt)
        return problems[0] if problems else None

    def assert_stored(self, line):
        self.assertIsNone(self.judge(line), line)
        self.assert_same_notes(self.device)

    def assert_rejected(self, line, named=None):
        """Rejected by line number, and by what can be read of its name."""
        problem = self.judge(line)
        self.assertIsNotNone(problem, f'stored: {encode(line)[:300]}')
        self.assertEqual((problem['line'], problem['status']), (1, 'rejected'), problem)
        if named:
            self.assertEqual((problem['seq'], problem['id'], problem['rev']), named, problem)
        self.assert_same_notes(self.device)
        return problem

    def name_of(self, line):
        return line['seq'], line['id'], line['rev']

    def assert_data(self, kind, good, bad, **fields):
        """Each data of `good` is stored, and each of `bad` rejected under its own name."""
        for data in good:
            with self.subTest(kind=kind, stored=data):
                self.assert_stored(self.device.line(kind, data, **fields))
        for data in bad:
            with self.subTest(kind=kind, rejected=data):
                line = self.device.line(kind, data, **fields)
                self.assert_rejected(line, self.name_of(line))


class Form(Judged):
    """The line as such, whatever its type."""

    def test_not_json(self):
        for line in (b'not json', b'', b' ', b'{', b'}', b'{"seq":1,}', b'{"a":1}{"b":2}', b'nul',
                     b'{"seq":1 "id":2}', b"{'seq':1}", b'\x00', b'\xef\xbb\xbf', b'{"a":01}',
                     b'{"a":"\t"}', b'{"a":NaN}', b'{"a":Infinity}', b'{"a":"\\x"}', b'# comment'):
            with self.subTest(line=line):
                self.assert_rejected(line, NOTHING)

    def test_json_that_is_no_object(self):
        for line in (b'null', b'true', b'7', b'"text"', b'[]', b'[{"seq":1}]'):
            with self.subTest(line=line):
                self.assert_rejected(line, NOTHING)

    def test_empty_object(self):
        self.assert_rejected(b'{}', NOTHING)

    def test_text_after_the_object(self):
        line = encode(self.device.line('contact', contact()))
        self.assert_rejected(line + b' x')
        self.assert_rejected(line + b'}')

    def test_missing_fields(self):
        for name in ('seq', 'id', 'rev', 'type', 'at', 'data'):
            with self.subTest(missing=name):
                line = self.device.line('contact', contact())
                named = tuple(None if field == name else line[field]
                              for field in ('seq', 'id', 'rev'))
                del line[name]
                self.assert_rejected(line, named)

    def test_null_is_missing(self):
        for name in ('seq', 'id', 'rev', 'type', 'at', 'data'):
            with self.subTest(null=name):
                self.assert_rejected(self.device.line('contact', contact(), **{name: None}))

    def test_fields_of_the_wrong_kind(self):
        wrong = {'seq': ['1', 1.5, True, [], {}], 'rev': ['1', 1.5, False, []],
                 'id': [5, [], True], 'type': [5, [], {}], 'at': [5, True, {}],
                 'data': [5, 'text', [], True], 'place': [5, [], {}],
                 'deleted': ['yes', 1, []], 'v': ['1', 1.5, []], 'lists': ['1', 1.5, []]}
        for name, values in wrong.items():
            for value in values:
                with self.subTest(name=name, value=value):
                    self.assert_rejected(
                        self.device.line('contact', contact(), **{name: value}))

    def test_unreadable_names_are_null(self):
        line = self.device.line('contact', contact(), seq='17', rev='1')
        self.assert_rejected(line, (None, line['id'], None))
        line = self.device.line('contact', contact(), id=17)
        self.assert_rejected(line, (line['seq'], None, 1))

    def test_counters_out_of_range(self):
        for value in (0, -1, -2**63, 2**63, 2**64, 10**40):
            for name in ('seq', 'rev'):
                with self.subTest(name=name, value=value):
                    self.assert_rejected(
                        self.device.line('contact', contact(), **{name: value}))

    def test_ids_that_are_no_uuid7_in_lower_case(self):
        for name in ('', 'x', uuid7().upper(), uuid7().replace('-', ''), '{' + uuid7() + '}',
                     'urn:uuid:' + uuid7(), str(uuid.uuid4()), str(uuid.UUID(int=0)),
                     uuid7() + ' ', uuid7()[:-1], uuid7()[:-1] + 'g',
                     uuid7()[:19] + 'c' + uuid7()[20:]):
            with self.subTest(id=name):
                self.assert_rejected(self.device.line('contact', contact(), id=name))

    def test_times_without_sense(self):
        for at in ('', 'yesterday', '2026-11-24', '2026-11-24T18:12:03', '18:12:03+01:00',
                   '2026-13-01T00:00:00+01:00', '2026-02-30T00:00:00+01:00',
                   '2026-11-24T25:00:00+01:00', '2026-11-24T18:61:00+01:00', '1732471923'):
            with self.subTest(at=at):
                line = self.device.line('contact', contact(), at=at)
                self.assert_rejected(line, self.name_of(line))

    def test_times_with_any_offset(self):
        for at in ('2026-11-20T18:12:03.123+01:00', '2026-11-20T18:12:03Z',
                   '2026-11-20T18:12:03-11:30', '2026-11-20T18:12:03.1+14:00'):
            with self.subTest(at=at):
                self.assert_stored(self.device.line('contact', contact(), at=at))

    def test_clock_that_is_wrong_is_no_reason(self):
        for at in ('1970-01-01T00:00:00+01:00', '2011-11-11T11:11:11+01:00',
                   '2099-12-31T23:59:59+01:00'):
            with self.subTest(at=at):
                self.assert_stored(self.device.line('contact', contact(), at=at))

    def test_invalid_utf8(self):
        good = encode(self.device.line('observation', observation(what='X')))
        for broken in (b'\xff', b'\xc3', b'\xc0\xaf', b'\xed\xa0\x80', b'\xf5\x80\x80\x80'):
            with self.subTest(broken=broken):
                self.assert_rejected(good.replace(b'"X"', b'"' + broken + b'"'))

    def test_places(self):
        for place in (records.QPV, records.OFFICE, records.COMMUNE):
            self.assert_stored(self.device.line('contact', contact(), place=place))
        for place in ('', 'QN99999X', 'insee:', 'insee:x', 'p-nowhere'):
            with self.subTest(place=place):
                self.assert_rejected(self.device.line('contact', contact(), place=place))

    def test_unknown_type_needs_its_name_all_the_same(self):
        for name in ('seq', 'id', 'rev', 'at'):
            line = self.device.line('workshop', {})
            del line[name]
            with self.subTest(missing=name):
                self.assert_rejected(line)


class Depth(Judged):

    def nested(self, depth, opening=b'[', closing=b']'):
        """A line whose deepest value lies so many brackets deep, the line's own one included."""
        line = encode(self.device.line('contact', contact(extra='HERE')))
        inner = depth - 2
        return line.replace(b'"HERE"', opening * inner + b'1' + closing * inner)

    def test_deepest_that_is_allowed(self):
        self.assert_stored(self.nested(DEEPEST))
        self.assert_stored(self.nested(DEEPEST, b'{"a":', b'}'))

    def test_one_deeper(self):
        self.assert_rejected(self.nested(DEEPEST + 1), NOTHING)
        self.assert_rejected(self.nested(DEEPEST + 1, b'{"a":', b'}'), NOTHING)

    def test_brackets_by_the_thousand(self):
        for line in (b'[' * 100_000, b'{"a":' * 20_000, self.nested(20_000), b'[' * 100_000 +
                     b']' * 100_000, b'[{"a":' * 10_000):
            self.assert_rejected(line, NOTHING)

    def test_brackets_in_text_are_none(self):
        for text in ('[' * 100, '{' * 100, '\\"[' * 90, '"' + '[' * 90):
            self.assert_stored(self.device.line('contact', contact(extra=text)))

    def test_many_brackets_side_by_side_are_not_deep(self):
        self.assert_stored(self.device.line('contact', contact(extra=[[]] * 500)))


class Length(Judged):

    def of_length(self, length):
        line = self.device.line('contact', contact(extra=''))
        line['data']['extra'] = 'x' * (length - len(encode(line)))
        return line

    def test_longest_line_and_one_longer(self):
        longest = self.hq.hello()['limits']['line_bytes']
        self.assert_stored(self.of_length(longest))
        self.assert_rejected(self.of_length(longest + 1))

    def test_bytes_count_and_not_characters(self):
        longest = self.hq.hello()['limits']['line_bytes']
        line = self.of_length(longest)
        line['data']['extra'] = 'é' + line['data']['extra'][1:]
        self.assertEqual(len(encode(line)), longest + 1)
        self.assert_rejected(line)


class Shifts(Judged):

    def test_place_is_required(self):
        line = self.device.line('shift', shift())
        self.assert_rejected(line, self.name_of(line))

    def test_data(self):
        late = as_moment(now())
        self.assert_data('shift', place=records.QPV, good=[
            shift(), shift(ended=late), shift(partners=['m-1', 'anyone'])], bad=[
            {}, shift(channel='boat'), shift(channel=5), shift(ended='soon'), shift(ended=5),
            shift(partners='m-1'), shift(partners=[5])])


class Contacts(Judged):

    def test_required_fields(self):
        self.assert_data('contact', good=[contact()], bad=[
            {name: value for name, value in contact().items() if name != missing}
            for missing in ('channel', 'register', 'public', 'people')])

    def test_codes(self):
        fields = ('channel', 'register', 'origin', 'public', 'setting', 'conflict_mode', 'result',
                  'campaign')
        self.assert_data('contact', good=[records.WHOLE_CONTACT], bad=[
            contact(**{field: value})
            for field in fields for value in ('unheard_of', '', 'Habitant ', 5, ['autre'])])

    def test_lists_of_codes(self):
        self.assert_data('contact', good=[
            contact(themes=['logement', 'budget', 'sante']), contact(themes=[]),
            contact(school_themes=['harcelement', 'absenteisme']), contact(actions=['ecoute'])],
            bad=[contact(themes=['unheard_of']), contact(themes=['logement', 'unheard_of']),
                 contact(themes='logement'), contact(themes=[5]), contact(themes={'logement': 1}),
                 contact(themes=['logement', 'budget', 'sante', 'langue']),
                 contact(school_themes=['harcelement', 'absenteisme', 'decrochage']),
                 contact(school_themes=['logement']), contact(actions=['unheard_of'])])

    def test_people(self):
        self.assert_data('contact', good=[
            contact(people=500), records.attempt()], bad=[
            contact(people=501), contact(people=-1), contact(people=2.5), contact(people='3'),
            contact(people=True), contact(people=None), contact(people=0),
            contact(people=0, result='resolu')])

    def test_ages_and_genders(self):
        self.assert_data('contact', good=[
            contact(people=5, ages={'12_17': 2, '18_24': 3}), contact(people=5, ages={}),
            contact(people=5, genders={'femme': 5}), contact(people=5, ages={'12_17': 1})], bad=[
            contact(people=5, ages={'12_17': 3, '18_24': 3}), contact(people=5, ages={'99': 1}),
            contact(people=5, ages={'12_17': -1}), contact(people=5, ages={'12_17': 1.5}),
            contact(people=5, ages={'12_17': '1'}), contact(people=5, ages=['12_17']),
            contact(people=5, ages={'12_17': 2**62, '18_24': 2**62, '25_39': 2**62}),
            contact(people=5, genders={'femme': 6}), contact(people=5, genders={'x': 1})])

    def test_minutes(self):
        self.assert_data('contact', good=[contact(minutes=1), contact(minutes=720)], bad=[
            contact(minutes=0), contact(minutes=721), contact(minutes=-5),
            contact(minutes=10.5), contact(minutes='10')])


class Referrals(Judged):

    def test_required_fields(self):
        self.assert_data('referral', good=[
            referral(), referral(structure=records.STRUCTURE)], bad=[
            {'status': 'proposee', 'consent': True},
            {'structure_type': 'ccas', 'consent': True},
            {'structure_type': 'ccas', 'status': 'proposee'}])

    def test_fields(self):
        self.assert_data('referral', good=[
            referral(contact=uuid7(), theme='budget', mode='accompagnement', consent=True,
                     due='2028-02-29', reference='AB12')], bad=[
            referral(structure='nowhere'), referral(structure_type='nowhere'),
            referral(theme='unheard_of'), referral(mode='unheard_of'),
            referral(status='unheard_of'), referral(consent='yes'), referral(consent=1),
            referral(due='soon'), referral(due='2026-02-30'), referral(due=20261231),
            referral(contact='not an id'), referral(contact=5), referral(reference=5)])


class Flows(Judged):

    def test_required_fields(self):
        whole = records.flow()
        self.assert_data('flow', good=[whole], bad=[
            {name: value for name, value in whole.items() if name != missing}
            for missing in whole])

    def test_fields(self):
        self.assert_data('flow', good=[
            records.flow(entres=0, file_max=0), records.flow(attente_max_min=45)], bad=[
            records.flow(unheard_of=1), records.flow(entres=-1), records.flow(entres=1.5),
            records.flow(entres='1'), records.flow(office='nowhere'), records.flow(office=5),
            records.flow(slot='2026-03-02T09:07:00Z'), records.flow(slot='2026-03-02T09:15:01Z'),
            records.flow(slot='2026-03-02T09:15:00'), records.flow(slot='morning'),
            {**records.flow(), 'counts': [1]}, {**records.flow(), 'counts': 5}])


class Observations(Judged):

    def test_required_fields(self):
        self.assert_data('observation', good=[observation()], bad=[
            {'kind': 'veille'}, {'subject': 'eclairage'}, {}])

    def test_subject_belongs_to_its_kind(self):
        self.assert_data('observation', good=[
            observation(kind='incident', subject='menaces')], bad=[
            observation(kind='incident', subject='eclairage'),
            observation(kind='veille', subject='menaces'), observation(kind='rumour')])

    def test_texts_have_their_length_in_characters(self):
        self.assert_data('observation', good=[
            observation(what='é' * 120, where='🔦' * 120)], bad=[
            observation(what='x' * 121), observation(where='é' * 121), observation(what=5)])

    def test_codes(self):
        self.assert_data('observation', good=[
            observation(setting='piscine', urgency='immediate', reported_to='mairie')], bad=[
            observation(setting='unheard_of'), observation(urgency='unheard_of'),
            observation(reported_to='unheard_of')])


class Consent(Judged):
    """Nothing that names a person without an agreement, and for a child not without an adult's."""

    def refused_for(self, name, data, **fields):
        line = self.device.line('referral', data, **fields)
        problem = self.assert_rejected(line, self.name_of(line))
        self.assertEqual(problem['type'], f'/problems/{name}', problem)
        return problem

    def sealed(self, line):
        key = self.hq.hello()['seal_key']
        return {**line, 'private': seal(key, line['id'], line['rev'], {'name': 'Madame Introuvable'})}

    def test_codes(self):
        self.assert_data('referral', good=[
            referral(public='enfant'), referral(consent=True, consent_of='personne'),
            referral(consent=True, public='senior'), referral(consent=True, consent_of='parent'),
            referral(consent=True, public='enfant', consent_of='parent'),
            referral(consent=True, public='enfant', consent_of='responsable_legal')], bad=[
            referral(public='unheard_of'), referral(consent=True, consent_of='unheard_of'),
            referral(consent=True, consent_of=True), referral(public=5)])

    def test_nothing_private_without_agreement(self):
        line = self.sealed(self.device.line('referral', referral()))
        problem = self.assert_rejected(line, self.name_of(line))
        self.assertEqual(problem['type'], '/problems/no-consent')
        self.assert_stored(self.sealed(self.device.line('referral', referral(
            consent=True, public='enfant', consent_of='parent'))))

    def test_a_child_does_not_agree_alone(self):
        for data in (referral(consent=True, public='enfant'),
                     referral(consent=True, public='enfant', consent_of='personne')):
            with self.subTest(data=data):
                self.refused_for('inconsistent', data)

    def test_nobody_s_agreement_is_nobody_s(self):
        self.refused_for('inconsistent', referral(consent_of='parent'))


class Personal(Judged):
    """Texts that are not sealed identify nobody."""

    FINE = ('appeler le 04 78 12 34 56', 'le 3919 ou le 115', '12 personnes, bus 27', '69003 Lyon',
            'le 24/11/2026 à 18h30', 'bâtiment 12, porte 405')
    PERSONAL = ('a.b@exemple.fr', 'voir jean@exemple.fr demain', '2 55 08 14 168 025 38', '255081416802538',
                '1 85 05 2A 004 084 95', 'FR14 2004 1010 0505 0001 3M02 606', 'DE89370400440532013000',
                '2\u202f55\u202f08\u202f14\u202f168\u202f025\u202f38', '２５５０８１４１６８０２５３８')

    def test_what_is_fine(self):
        for text in self.FINE:
            with self.subTest(text=text):
                self.assert_stored(self.device.line('observation', observation(what=text, where=text)))

    def test_what_identifies_a_person(self):
        for field in ('what', 'where'):
            for text in self.PERSONAL:
                with self.subTest(field=field, text=text):
                    line = self.device.line('observation', observation(**{field: text}))
                    problem = self.assert_rejected(line, self.name_of(line))
                    self.assertEqual(problem['type'], '/problems/personal')
                    self.assertIn(field, problem['detail'])
                    self.assertNotIn(text, problem['detail'])

    def test_under_lists_that_headquarters_has_not_got(self):
        ahead = self.hq.hello()['lists'] + 1000
        self.assert_rejected(self.device.line('observation', observation(what='a@exemple.fr'), lists=ahead))


class ListVersions(Judged):

    def test_unknown_code_of_a_known_version_is_rejected(self):
        known = self.hq.hello()['lists']
        self.assert_rejected(self.device.line('contact', contact(themes=['new']), lists=known))

    def test_unknown_code_of_an_unknown_version_is_stored(self):
        ahead = self.hq.hello()['lists'] + 1000
        for data in (contact(themes=['new']), contact(channel='new'), contact(campaign='new'),
                     contact(result='new', people=2)):
            self.assert_stored(self.device.line('contact', data, lists=ahead))
        self.assert_stored(self.device.line('contact', contact(), lists=ahead, place='p-new'))

    def test_range_holds_under_any_version(self):
        ahead = self.hq.hello()['lists'] + 1000
        for data in (contact(people=501), contact(minutes=0), {'channel': 'espace_public'}):
            with self.subTest(data=data):
                self.assert_rejected(self.device.line('contact', data, lists=ahead))


class Crowd(Judged):

    def test_good_lines_among_many_bad_ones(self):
        good = [self.device.line('contact', contact()) for _ in range(20)]
        lines = []
        for index, line in enumerate(good):
            lines += [b'bad %d' % index, line, self.device.line('contact', contact(people=-1))]
        receipt = self.device.push(lines)
        self.assertEqual(receipt['stored'], len(good))
        self.assertEqual([problem['line'] for problem in receipt['problems']],
                         [n for n in range(len(lines)) if n % 3 != 1])
        exported = self.hq.export()
        self.assertLessEqual({line['id'] for line in good}, set(exported))

    def test_rejected_records_are_not_exported(self):
        line = self.device.line('contact', contact(people=501))
        self.device.push([line])
        self.assertNotIn(line['id'], self.hq.export())

    def test_reason_names_the_field(self):
        problem = self.assert_rejected(self.device.line('contact', contact(minutes=9999)))
        self.assertIn('minutes', problem['detail'])
        self.assertRegex(problem['type'], r'^/problems/[a-z0-9-]+$')
        self.assertLess(len(json.dumps(problem)), 2000)


if __name__ == '__main__':
    unittest.main()
