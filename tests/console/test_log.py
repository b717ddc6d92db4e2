# SPDX-License-Identifier: GPL-3.0-or-later
"""The access log's page: who did what, in words."""

import contextlib
import re
import sqlite3
import time
import unittest

from console import NAME, ConsoleCase, add_user

from hq import ROOT

from selenium.webdriver.common.keys import Keys

WHY = 'perdue dans le tram'
# Where the codes are that go into the log, and how they stand there.
SOURCES = sorted((ROOT / 'sync' / 'hq').rglob('altm-*.c'))
WRITTEN = re.compile(r'"([a-z]+(?:-[a-z]+)*)"')
CODES = {
    'adulte-relais-opened', 'signed-in', 'code-made', 'enrolled', 'forked', 'released', 'revoked', 'wipe-ordered', 'pin-reset', 'account-added', 'account-changed',
    'password-set', 'account-closed', 'referral-status-set', 'exported', 'restored', 'keys-protected', 'keys-granted',
    'keys-withdrawn', 'keys-rotated', 'key-abandoned', 'passphrase-changed', 'passphrase-refused', 'opened', 'open-refused', 'token-made',
    'token-revoked', 'line-accepted', 'line-refused', 'correction-asked', 'twins-settled', 'twins-asked', 'liaison-printed', 'lists-changed', 'lists-brought',
    'erased', 'erased-again', 'erased-on-arrival', 'person-exported', 'purged', 'letterhead-set',
}
# What else stands in the same lines.
OTHERS = {
    'accept', 'ask', 'detail', 'do', 'forget-key', 'format', 'grant', 'id', 'keys', 'line-held', 'line-settled', 'line-untold', 'line-wrong',
    'ndjson', 'note', 'noted', 'passphrase', 'protect', 'refuse', 'rotate', 'subject', 'what', 'why', 'withdraw',
}


class Log(ConsoleCase):

    @classmethod
    def fill(cls):
        add_user(cls.hq, 'Anne', 'manager')
        cls.device = cls.hq.device('Tablette du Pont')
        cls.hq.must('revoke', cls.device.device_id, '--why', WHY)

    def note(self, *codes, at=None, who='QUI-{}', subject='SUJET', detail='DETAIL'):
        """Entries as HQ writes them."""
        at = at or time.time_ns() // 1000
        with contextlib.closing(sqlite3.connect(self.hq.store / 'hq.db', timeout=60)) as store, store:
            store.executemany('INSERT INTO log (at, who, what, subject, detail) VALUES (?, ?, ?, ?, ?)',
                              [(at + n, who.format(code), code, subject, detail) for n, code in enumerate(codes)])

    def said(self):
        return self.browser.text('.log .read').replace('\xa0', ' ')

    def test_what_was_done_is_told(self):
        self.sign_in_to('log')
        said = self.said()
        self.assertIn(f'{NAME} a ouvert une session.', said)
        self.assertIn('a révoqué la tablette « Tablette du Pont ».', said)
        self.assertIn(f'Raison : {WHY}', said)
        self.assertIn('Tablette du Pont a été enrôlée', said)
        self.assertIn('a ajouté le compte « Anne ».', said)
        self.assertRegex(said, r'a créé le code d’enrôlement \w+\.')
        self.look('log')
        self.browser.find('#language').click()
        self.assertIn(f'{NAME} signed in.', self.said())
        self.look('log-english')
        self.assert_quiet()

    def test_every_code_has_words_in_both_languages(self):
        self.note(*sorted(CODES))
        self.sign_in_to('log')
        for _ in range(2):
            said = self.said()
            for code in CODES:
                line = re.search(rf'^QUI-{code} (.+)$', said, re.M)
                self.assertIsNotNone(line, code)
                self.assertNotEqual(line[1], f'{code} SUJET DETAIL')
                self.assertTrue(line[1].endswith('.'), line[1])
            self.browser.find('#language').click()

    def test_what_is_missing_or_no_number_or_day_is_said_so(self):
        self.note(*sorted(CODES), subject=None, detail=None)
        for detail in ('', 'x', '{}', 'from=2026-13-99&to=hier', 'from=2026-13-99'):
            self.note('lists-changed', 'exported', 'purged', 'erased-again', detail=detail)
        self.note('code-made', subject='ABCD 2026-99-99T00:00')
        self.note('erased-again', detail='1234')
        self.sign_in_to('log')
        for _ in range(2):
            said = self.said()
            for word in ('NaN', 'undefined', 'null', 'Invalid'):
                self.assertNotIn(word, said)
            for code in CODES:
                self.assertRegex(said, rf'(?m)^QUI-{code} .+\.$')
            self.browser.find('#language').click()
        self.assertIn('a ouvert la partie privée de la fiche inconnu (inconnu).', self.said())
        self.assertRegex(self.said(), r'a refait 1\s234 effacements')

    def test_who_is_no_person_is_named(self):
        self.note('revoked', who='root')
        self.note('lists-brought', who='altm-field-hq')
        self.sign_in_to('log')
        self.assertIn('L’administrateur de la machine (root) a révoqué', self.said())
        self.assertIn('La machine du siège (altm-field-hq) a apporté', self.said())

    def test_the_codes_are_those_that_hq_writes(self):
        written = set()
        for path in SOURCES:
            for line in path.read_text().splitlines():
                if re.search(r'AltmHqEntry entry = |log_with \(store|log_request \(|change_account \(store|give_order \(store, order|note \(options|'
                             r'"keys-|"passphrase-changed"|"what", "|"line-|"correction-', line):
                    written.update(WRITTEN.findall(line))
        self.assertEqual(written - OTHERS, CODES)

    def test_the_period_is_kept_in_the_address(self):
        self.note('exported', at=1_700_000_000_000_000)
        self.sign_in_to('log', '?from=2023-11-14&to=2023-11-15')
        self.assertIn('mardi 14 novembre 2023', self.said())
        self.assertIn('a exporté toutes les fiches', self.said())
        self.assertNotIn('a ouvert une session', self.said())
        self.open('#/log?from=2022-11-14&to=2022-11-15')
        self.browser.wait(lambda: 'Rien n’a été noté' in self.said(), 'nothing is said')

    def test_keyboard_alone(self):
        self.sign_in_to('log')
        self.tab_to('filter-period')
        self.press(Keys.ARROW_DOWN)
        self.browser.wait(lambda: 'period=last-month' in self.browser.driver.current_url, 'chosen')
        self.await_list('log')
        self.assertEqual(self.browser.focused(), 'filter-period')

    def test_a_manager_has_no_such_page(self):
        self.open('#/log')
        self.try_sign_in(name='Anne')
        self.await_figures()
        self.assertNotIn('log', self.pages())


if __name__ == '__main__':
    unittest.main()
