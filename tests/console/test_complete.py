# SPDX-License-Identifier: GPL-3.0-or-later
"""How complete the figures are is told beside them."""

import sqlite3
import unittest
from datetime import datetime, timedelta

from console import ConsoleCase, add_user

from hq import as_moment, now
from records import QPV, contact
import season
from tally import PARIS

DAYS = 3
SECOND = 1_000_000


class Complete(ConsoleCase):

    @classmethod
    def fill(cls):
        """One tablet that was just heard, and one that has said nothing for days."""
        add_user(cls.hq, 'Paul', 'reader')
        season.push(cls.hq, 60, 5, 1)
        heard = cls.hq.device('Tablette de la Place')
        heard.push([heard.line('contact', contact(people=600), place=QPV) for _ in range(2)])
        cls.device = cls.hq.device('Tablette du Pont')
        cls.device.push([season.Season(cls.device, 2).shift()], headers={
            'Altm-Pending': '12', 'Altm-Oldest': as_moment(now() - timedelta(hours=2))})
        cls.hq.stop()
        database = sqlite3.connect(cls.hq.store / 'hq.db')
        for name in ('last_seen', 'enrolled_at', 'oldest'):
            database.execute(f'UPDATE devices SET {name} = {name} - ? WHERE name = ?',
                             (DAYS * 86_400 * SECOND, 'Tablette du Pont'))
        database.commit()
        database.close()
        cls.hq.start()

    def line(self):
        return self.browser.text('.completeness p')

    def test_silent_tablet_is_told_and_named(self):
        self.sign_in()
        weekday = ('lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche')[
            (now().astimezone(PARIS) - timedelta(days=DAYS)).weekday()]
        # What is missing comes first, and only then what is there.
        self.assertRegex(self.line(), rf'^!\s*Incomplet depuis {weekday} à \d+\sh\s\d\d\s: 1\stablette muette, ')
        self.assertRegex(self.line(), r'\. Pour les autres tablettes, complet jusqu’à (aujourd’hui|hier) à \d+\sh\s\d\d\. ')
        expected = sum(device['expected'] for device in self.hq.figures()['silent_devices'])
        self.assertRegex(self.line(), rf'environ {expected}\sfiches attendues')
        self.look('silent-tablet')
        self.browser.find('.completeness button').click()
        self.assertIn('Tablette du Pont', self.browser.text('#silent'))
        self.look('silent-tablets-open')
        self.assert_quiet()

    def test_what_is_in_quarantine_is_told_to_those_who_decide(self):
        self.sign_in()
        link = self.browser.wait_for('.uncounted:not([hidden]) a')
        self.assertRegex(link.text, r'^2\sfiches en quarantaine ne sont pas comptées\.$')
        link.click()
        self.await_list('quarantine')
        self.browser.find('#sign-out').click()
        self.try_sign_in(name='Paul')
        self.await_figures()
        self.assertFalse(self.browser.find_all('.uncounted'))

    def test_period_before_it_fell_silent(self):
        """What it holds back may be of then too."""
        last = datetime.now(PARIS).year - 1
        self.sign_in(f'#/figures?from={last}-01-01&to={last}-12-31')
        self.assertRegex(self.line(), r'^!\s*Peut-être incomplet\s: 1\stablette muette, environ 12\sfiches attendues\. '
                                      'Pour les autres tablettes, complet pour toute la période')

    def test_on_paper_it_comes_first_too(self):
        self.sign_in_to('month', f'?m={datetime.now(PARIS):%Y-%m}')
        self.assertRegex(self.browser.text('.sheet .notes p'), r'^Incomplet depuis le .* 20\d\d à .* : 1\stablette muette, environ ')
        self.assertIn('Provisoire', self.browser.text('.sheet .head'))
        self.look('month-silent')


if __name__ == '__main__':
    unittest.main()
