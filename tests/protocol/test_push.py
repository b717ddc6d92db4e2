# SPDX-License-Identifier: GPL-3.0-or-later
"""Pushes and their receipts: what is stored, what was there, what conflicts."""

import json
import unittest
import uuid

import records
from hq import EMPTY_SHA256, HeadquartersCase, NDJSON, as_body, uuid7
from records import contact
from sealing import seal


class Push(HeadquartersCase):

    def test_least_of_each_type_is_stored(self):
        device = self.hq.device()
        receipt = device.push(records.least(device))
        self.assertEqual((receipt['stored'], receipt['problems']), (5, []))
        self.assert_same_notes(device)

    def test_whole_of_each_type_is_stored(self):
        device = self.hq.device()
        receipt = device.push(records.whole(device))
        self.assertEqual((receipt['stored'], receipt['problems']), (5, []))
        self.assert_same_notes(device)

    def test_plain_body_is_taken_too(self):
        device = self.hq.device()
        receipt = device.push(records.least(device), zipped=False)
        self.assertEqual(receipt['stored'], 5)

    def test_receipt_is_json(self):
        device = self.hq.device()
        reply = device.put(as_body(records.least(device)))
        self.assertEqual(reply.headers.get_content_type(), 'application/json')

    def test_same_lines_again_are_duplicates(self):
        device = self.hq.device()
        lines = records.least(device)
        device.push(lines)
        receipt = device.push(lines + [device.line('contact', contact())])
        self.assertEqual((receipt['stored'], receipt['duplicate']), (1, 5))
        self.assert_same_notes(device)

    def test_line_twice_in_one_batch(self):
        device = self.hq.device()
        line = device.line('contact', contact())
        receipt = device.push([line, line])
        self.assertEqual((receipt['stored'], receipt['duplicate']), (1, 1))
        self.assert_same_notes(device)

    def test_bytes_count_and_not_their_meaning(self):
        device = self.hq.device()
        line = device.line('contact', contact())
        device.push([line])
        spaced = json.dumps(line, indent=None, separators=(' , ', ' : ')).encode()
        receipt = device.push([spaced])
        self.assertEqual([p['status'] for p in receipt['problems']], ['conflict'])

    def test_bytes_are_kept_however_they_are_written(self):
        device = self.hq.device()
        line = device.line('observation', records.observation(what='Éclairage 🔦 "cassé"'))
        odd = json.dumps(dict(reversed(line.items())), separators=(' ,\t', ' : ')).encode()
        device.push([b'  ' + odd + b' '])
        self.assert_same_notes(device)

    def test_conflict_keeps_the_first(self):
        device = self.hq.device()
        first = device.line('contact', contact(people=2))
        second = {**first, 'data': contact(people=9)}
        device.push([first])
        receipt = device.push([second])
        problem = receipt['problems'][0]
        self.assertEqual((problem['status'], problem['line']), ('conflict', 0))
        self.assertEqual((problem['seq'], problem['id'], problem['rev']),
                         (first['seq'], first['id'], 1))
        self.assert_same_notes(device)
        self.assertEqual(self.hq.export()[first['id']]['data']['people'], 2)

    def test_conflict_within_one_batch(self):
        device = self.hq.device()
        first = device.line('contact', contact(people=2))
        receipt = device.push([first, {**first, 'data': contact(people=9)}])
        self.assertEqual(receipt['stored'], 1)
        self.assertEqual([(p['line'], p['status']) for p in receipt['problems']],
                         [(1, 'conflict')])

    def test_key_is_the_same_whichever_device_brings_it(self):
        one, two = self.hq.device(), self.hq.device()
        line = one.line('contact', contact())
        one.push([line])
        receipt = two.push([line])
        self.assertEqual((receipt['stored'], receipt['duplicate']), (0, 1))
        self.assert_same_notes(two)
        other = two.push([{**line, 'seq': 77}])
        self.assertEqual(other['problems'][0]['status'], 'conflict')

    def test_revisions_in_any_order(self):
        device = self.hq.device()
        first = device.line('contact', contact(people=1))
        revised = [{**first, 'seq': device.next_seq(), 'rev': rev, 'data': contact(people=rev)}
                   for rev in (2, 3, 4)]
        device.push([revised[2]])
        device.push([revised[0], first, revised[1]])
        self.assert_same_notes(device)
        record = self.hq.export()[first['id']]
        self.assertEqual((record['rev'], record['data']['people']), (4, 4))

    def test_sequence_in_any_order_with_gaps(self):
        device = self.hq.device()
        lines = [device.line('contact', contact(), seq=seq) for seq in (900, 4, 77, 12_000, 5)]
        device.push(lines[:3])
        device.push(lines[3:])
        self.assert_same_notes(device)

    def test_withdrawal_needs_no_data(self):
        device = self.hq.device()
        line = device.line('contact', contact())
        gone = device.line('contact', id=line['id'], rev=2, deleted=True)
        receipt = device.push([line, gone])
        self.assertEqual(receipt['stored'], 2)
        self.assertIs(self.hq.export()[line['id']]['deleted'], True)

    def test_withdrawal_before_what_it_withdraws(self):
        device = self.hq.device()
        line = device.line('contact', contact())
        device.push([device.line('contact', id=line['id'], rev=2, deleted=True)])
        device.push([line])
        self.assertIs(self.hq.export()[line['id']]['deleted'], True)

    def test_record_can_come_back_after_a_withdrawal(self):
        device = self.hq.device()
        line = device.line('contact', contact())
        device.push([line, device.line('contact', id=line['id'], rev=2, deleted=True),
                     device.line('contact', contact(people=3), id=line['id'], rev=3)])
        record = self.hq.export()[line['id']]
        self.assertNotIn('deleted', [name for name, value in record.items() if value is True])
        self.assertEqual(record['data']['people'], 3)

    def test_unknown_fields_are_kept(self):
        device = self.hq.device()
        line = device.line('contact', contact(mood={'colour': 'blue'}), weather=['rain', 3])
        self.assertEqual(device.push([line])['stored'], 1)
        self.assert_same_notes(device)

    def test_unknown_type_and_newer_version_are_stored(self):
        device = self.hq.device()
        lines = [device.line('workshop', {'anything': [1, 2]}),
                 device.line('contact', {'channel': 'teleportation'}, v=2),
                 device.line('workshop', {'x': 1}, v=9)]
        receipt = device.push(lines)
        self.assertEqual((receipt['stored'], receipt['problems']), (3, []))
        self.assert_same_notes(device)

    def test_lists_that_hq_has_not_got_are_stored_uninterpreted(self):
        device = self.hq.device()
        line = device.line('contact', contact(themes=['solar_flare']), lists=999_999)
        receipt = device.push([line])
        self.assertEqual((receipt['stored'], receipt['problems']), (1, []))

    def test_defaults_of_absent_fields(self):
        device = self.hq.device()
        line = device.line('contact', contact(themes=[], actions=[], school_themes=[]))
        del line['v']
        self.assertEqual(device.push([line])['stored'], 1)

    def test_people_and_shifts_are_not_checked_against_lists(self):
        device = self.hq.device()
        line = device.line('contact', contact(), by='nobody-knows', shift=uuid7())
        self.assertEqual(device.push([line])['stored'], 1)

    def test_media_type_may_have_a_parameter(self):
        device = self.hq.device()
        receipt = device.push(records.least(device),
                              headers={'Content-Type': f'{NDJSON}; charset=utf-8'})
        self.assertEqual(receipt['stored'], 5)

    def test_altm_headers_may_be_absent(self):
        device = self.hq.device()
        device.headers = lambda **extra: {'Authorization': f'Bearer {device.token}', **extra}
        self.assertEqual(device.push(records.least(device))['stored'], 5)

    def test_empty_batch_stores_nothing(self):
        device = self.hq.device()
        reply = device.put(b'')
        self.assertIn(reply.status, (200, 400), reply)
        self.assert_same_notes(device)


class BatchIds(HeadquartersCase):

    def test_same_bytes_are_judged_again_and_answered_whole(self):
        device, batch = self.hq.device(), str(uuid.uuid4())
        lines = [device.line('contact', contact()), b'not json',
                 device.line('contact', contact(people=501))]
        first = device.push(lines, batch)
        again = device.push(lines, batch)
        self.assertEqual((first['stored'], first['duplicate']), (1, 0))
        self.assertEqual((again['stored'], again['duplicate']), (0, 1))
        self.assertEqual(first['problems'], again['problems'])

    def test_other_compression_of_the_same_bytes_is_the_same_batch(self):
        device, batch = self.hq.device(), str(uuid.uuid4())
        lines = records.least(device)
        device.push(lines, batch)
        self.assertEqual(device.push(lines, batch, zipped=False)['duplicate'], 5)

    def test_other_bytes_are_refused(self):
        device, batch = self.hq.device(), str(uuid.uuid4())
        device.push([device.line('contact', contact())], batch)
        reply = device.put(as_body([device.line('contact', contact())]), batch)
        self.assert_problem(reply, 409, 'batch-reused')
        self.assert_same_notes(device)

    def test_batch_ids_are_each_device_s_own(self):
        one, two, batch = self.hq.device(), self.hq.device(), str(uuid.uuid4())
        one.push([one.line('contact', contact())], batch)
        receipt = two.push([two.line('contact', contact())], batch)
        self.assertEqual(receipt['stored'], 1)

    def test_refused_batch_leaves_its_id_free(self):
        device, batch = self.hq.device(), str(uuid.uuid4())
        line = device.line('contact', contact())
        device.push([line])
        refused = as_body([device.line('contact', contact(), seq=line['seq'])])
        self.assert_problem(device.put(refused, batch), 409, 'seq-reused')
        self.assertEqual(device.push([device.line('contact', contact())], batch)['stored'], 1)

    def test_ids_that_are_no_uuid_store_nothing(self):
        device = self.hq.device()
        body = as_body([device.line('contact', contact())])
        for batch in ('x', '..', '%2e%2e', "1'--", 'a' * 5000, '%00', '%ff%fe'):
            self.assertIn(device.put(body, batch).status, (400, 404, 414, 431), batch)
        self.assert_same_notes(device)


class SequenceReuse(HeadquartersCase):

    def assert_refused_whole(self, device, lines):
        known = self.hq.export()
        self.assert_problem(device.put(as_body(lines)), 409, 'seq-reused')
        self.assert_same_notes(device)
        self.assertEqual(set(self.hq.export()), set(known))

    def test_noted_seq_under_another_id(self):
        device = self.hq.device()
        line = device.line('contact', contact())
        device.push([line])
        self.assert_refused_whole(device, [
            device.line('contact', contact()),
            device.line('contact', contact(), seq=line['seq']),
            device.line('contact', contact())])

    def test_noted_seq_under_another_revision(self):
        device = self.hq.device()
        line = device.line('contact', contact())
        device.push([line])
        self.assert_refused_whole(device, [{**line, 'rev': 2}])

    def test_seq_twice_in_one_batch(self):
        device = self.hq.device()
        line = device.line('contact', contact())
        self.assert_refused_whole(device, [line, device.line('contact', contact(),
                                                             seq=line['seq'])])

    def test_seq_is_free_again_after_a_rejection(self):
        device = self.hq.device()
        bad = device.line('contact', contact(people=501))
        self.assertEqual(len(device.push([bad])['problems']), 1)
        good = device.line('contact', contact(), seq=bad['seq'])
        self.assertEqual(device.push([good])['stored'], 1)

    def test_other_devices_count_for_themselves(self):
        one, two = self.hq.device(), self.hq.device()
        one.push([one.line('contact', contact(), seq=5)])
        self.assertEqual(two.push([two.line('contact', contact(), seq=5)])['stored'], 1)


class Digest(HeadquartersCase):

    def test_nothing_noted(self):
        device = self.hq.device()
        self.assertEqual(device.digest(1, 100), {
            'epoch': device.epoch, 'count': 0, 'high_seq': 0, 'sha256': EMPTY_SHA256})

    def test_ranges_with_both_ends_included(self):
        device = self.hq.device()
        seqs = [3, 4, 7, 20, 21, 500]
        device.push([device.line('contact', contact(), seq=seq) for seq in reversed(seqs)])
        for first in (1, 3, 4, 5, 20, 22, 501):
            for last in (2, 3, 7, 19, 21, 500, 9999):
                if first <= last:
                    with self.subTest(first=first, last=last):
                        self.assertEqual(device.digest(first, last),
                                         device.own_digest(first, last))

    def test_rejected_and_conflicting_lines_are_in_no_digest(self):
        device = self.hq.device()
        line = device.line('contact', contact())
        device.push([line, device.line('contact', contact(people=-1)), b'{}'])
        device.push([{**line, 'data': contact(people=8)}])
        self.assert_same_notes(device)

    def test_odd_ranges_are_answered(self):
        device = self.hq.device()
        device.push(records.least(device))
        for query in ('', '?from=1', '?to=1', '?from=&to=', '?from=a&to=b', '?from=-5&to=-1',
                      '?from=9&to=1', f'?from=1&to={2**63}', f'?from=-{2**70}&to={2**70}',
                      '?from=1.5&to=2', '?from=1&to=2&from=3', '?from=%00&to=%ff'):
            with self.subTest(query=query):
                reply = device.get(device.path(f'digest{query}'))
                self.assertIn(reply.status, (200, 400), reply)
        self.assert_same_notes(device)

    def test_digest_needs_its_own_device(self):
        device, other = self.hq.device(), self.hq.device()
        self.assert_problem(device.get(other.path('digest?from=1&to=2')), 403)


class Reading(HeadquartersCase):
    """The lists and the news."""

    def test_reference_is_whole(self):
        lists = self.hq.device().get('/v1/reference').json()
        self.assertLessEqual({'version', 'vocabulary', 'places', 'structures', 'needs',
                              'mediators', 'campaigns'}, set(lists))
        self.assertLessEqual({'canal', 'registre', 'public', 'theme', 'resultat'},
                             set(lists['vocabulary']))
        for name, entries in lists['vocabulary'].items():
            for entry in entries:
                self.assertLessEqual({'code', 'label_fr', 'label_en'}, set(entry), name)
        places = {place['id']: place['kind'] for place in lists['places']}
        self.assertEqual((places[records.QPV], places[records.OFFICE]), ('qpv', 'post_office'))
        self.assertIn(records.STRUCTURE, {each['id'] for each in lists['structures']})

    def test_reference_is_not_sent_twice(self):
        device = self.hq.device()
        first = device.get('/v1/reference')
        tag = first.headers['ETag']
        self.assertRegex(tag, r'^(W/)?"[^"]+"$')
        again = device.get('/v1/reference', **{'If-None-Match': tag})
        self.assertEqual((again.status, again.body), (304, b''))
        self.assertEqual(again.headers['ETag'], tag)
        other = device.get('/v1/reference', **{'If-None-Match': '"other"'})
        self.assertEqual((other.status, other.body), (200, first.body))

    def test_news_starts_empty_and_goes_on_from_its_cursor(self):
        device = self.hq.device()
        first = device.get(device.path('news?after=')).json()
        self.assertEqual(first['items'], [])
        again = device.get(device.path(f'news?after={first["cursor"]}')).json()
        self.assertEqual(again['items'], [])

    def test_odd_cursors_start_from_the_beginning(self):
        device = self.hq.device()
        for query in ('', '?after=', '?after=7', f'?after={uuid.uuid4()}.12',
                      f'?after={uuid.uuid4()}:12', '?after=%27%00%ff'):
            with self.subTest(query=query):
                reply = device.get(device.path(f'news{query}'))
                self.assertIn(reply.status, (200, 400), reply)

    def test_news_needs_its_own_device(self):
        device, other = self.hq.device(), self.hq.device()
        self.assert_problem(device.get(other.path('news?after=')), 403)


class Sealed(HeadquartersCase):
    """HQ opens nothing on the way in; it must only keep what it's told to keep."""

    def setUp(self):
        self.device = self.hq.device()
        self.key = self.hq.hello()['seal_key']

    def sealed(self, line, note):
        return {**line, 'private': seal(self.key, line['id'], line['rev'], {'note': note})}

    def revision(self, line, **fields):
        """The next revision, which says nothing of `private` unless it is told to."""
        kept = {name: value for name, value in line.items() if name != 'private'}
        return {**kept, 'seq': self.device.next_seq(), 'rev': line['rev'] + 1, **fields}

    def has_private(self, line):
        return self.hq.export()[line['id']]['has_private']

    def test_private_part_is_kept(self):
        line = self.sealed(self.device.line('contact', contact()), 'revenir jeudi')
        plain = self.device.line('contact', contact())
        self.device.push([line, plain])
        self.assertIs(self.has_private(line), True)
        self.assertIs(self.has_private(plain), False)

    def test_absent_on_a_later_revision_is_unchanged(self):
        line = self.sealed(self.device.line('contact', contact()), 'revenir jeudi')
        self.device.push([line, self.revision(line)])
        self.assertIs(self.has_private(line), True)

    def test_null_removes(self):
        line = self.sealed(self.device.line('contact', contact()), 'revenir jeudi')
        self.device.push([line, self.revision(line, private=None)])
        self.assertIs(self.has_private(line), False)

    def test_absent_after_null_stays_removed_in_any_order(self):
        line = self.sealed(self.device.line('contact', contact()), 'revenir jeudi')
        removed = self.revision(line, private=None)
        later = self.revision(removed)
        self.device.push([later])
        self.device.push([line])
        self.assertIs(self.has_private(line), True)
        self.device.push([removed])
        self.assertIs(self.has_private(line), False)

    def test_private_of_a_rejected_revision_counts(self):
        line = self.device.line('contact', contact())
        refused = self.revision(line, data=contact(people=501))
        refused = self.sealed(refused, 'à relire')
        later = self.revision(refused, data=contact(people=50))
        receipt = self.device.push([line, refused, later])
        self.assertEqual((receipt['stored'], len(receipt['problems'])), (2, 1))
        self.assertIs(self.has_private(line), True)

    def test_private_that_is_not_sealed_is_rejected(self):
        for private in (5, True, ['x'], {'note': 'en clair'}):
            line = self.device.line('contact', contact(), private=private)
            receipt = self.device.push([line])
            self.assertEqual(len(receipt['problems']), 1, private)


if __name__ == '__main__':
    unittest.main()
