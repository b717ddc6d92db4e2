# SPDX-License-Identifier: GPL-3.0-or-later
"""The lists' page: editing, retiring, and taking a spreadsheet's file, which is looked at first."""

import unittest

from console import NAME, PASSWORD, PICTURES, ConsoleCase, add_user

from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from test_console import Browser as Page

STRUCTURE = 'adil-42218-01'


class Lists(ConsoleCase):

    @classmethod
    def fill(cls):
        add_user(cls.hq, 'Anne', 'manager')
        add_user(cls.hq, 'Luc', 'reader')
        cls.page = Page(cls.hq)
        cls.page.sign_in(NAME, PASSWORD)

    # What HQ has.

    def read(self, name):
        return self.page.call('GET', f'lists?list={name}').json()

    def entry(self, name, key):
        found = self.read(name)
        own = found['fields'][0]['name']
        return next((each for each in found['entries'] if each[own] == key), None)

    def change(self, name, *rows):
        reply = self.page.call('POST', 'lists', {'list': name, 'base': self.read(name)['version'], 'rows': list(rows)})
        self.assertEqual(reply.status, 200, reply)

    # What the page does.

    def open_list(self, name, who=NAME):
        self.sign_in_to('lists', f'?list={name}', who)

    def done(self):
        return self.browser.wait(lambda: self.browser.text('.done'), 'nothing is said')

    def field(self, name):
        return self.browser.find(f'dialog [name="{name}"]')

    def type(self, name, text):
        self.field(name).clear()
        self.field(name).send_keys(text)

    def wrong(self, name):
        return self.browser.text(f'#{self.field(name).get_attribute("id")}-wrong')

    def submit(self):
        self.browser.find('dialog [type=submit]').click()

    def search(self, text):
        self.browser.find('#list-search').clear()
        self.browser.find('#list-search').send_keys(text)

    def keys(self):
        return [row.get_attribute('data-key') for row in self.browser.find_all('.rows .list-row')]

    def press_in(self, key, name):
        button = self.browser.find(f'[id="{name}-{key}"]')
        self.browser.run('arguments[0].scrollIntoView({ block: "center" })', button)
        button.click()

    def paste(self, text):
        if not self.browser.find('#list-text').is_displayed():
            self.browser.find('#list-import-button').click()
        self.browser.run('const e = arguments[0]; e.value = arguments[1]; e.dispatchEvent(new Event("input"))',
                         self.browser.find('#list-text'), text)
        self.browser.find('#list-look').click()

    def preview(self):
        return self.browser.wait(lambda: self.browser.text('.preview'), 'no preview came')

    def test_a_structure_is_corrected(self):
        self.open_list('structures')
        self.look('lists-structures')
        self.search('adil loire')
        self.assertEqual(self.keys(), [STRUCTURE])
        self.press_in(STRUCTURE, 'edit')
        self.look('list-form')
        self.type('hours', 'Lundi 9 h – 12 h')
        self.type('phone', 'appelez')
        self.submit()
        self.browser.wait(lambda: 'pas un numéro' in self.wrong('phone'), 'the wrong number is not marked')
        self.assertEqual(self.browser.focused(), self.field('phone').get_attribute('id'))
        self.assertIn('Rien n’a été enregistré', self.browser.text('dialog [role=alert]'))
        self.look('list-form-wrong')
        self.type('phone', '04 77 00 00 00')
        self.submit()
        self.assertIn('Enregistré', self.done())
        self.assertEqual((self.entry('structures', STRUCTURE)['phone'], self.entry('structures', STRUCTURE)['hours']),
                         ('04 77 00 00 00', 'Lundi 9 h – 12 h'))
        self.assertIn('Lundi 9 h – 12 h', self.browser.text(f'[data-key="{STRUCTURE}"]'))
        self.assertRegex(self.browser.text('.lists'), rf'Version \d+ des listes, faite aujourd’hui à .* par {NAME}')

    def test_the_number_stands_on_the_line_of_the_box_before_it(self):
        self.open_list('structures')
        PICTURES.mkdir(parents=True, exist_ok=True)
        for width in (1366, 768):
            self.browser.resize(width, 900)
            label, number = (self.browser.run('''const range = document.createRange();
                range.selectNodeContents(document.querySelector(arguments[0]));
                return range.getBoundingClientRect().bottom;''', selector) for selector in ('.list-top .form-check-label', '.list-top .scope'))
            self.assertAlmostEqual(label, number, delta=1, msg=width)
            self.browser.picture(PICTURES / f'lists-top-{width}.png')

    def test_accents_do_not_matter_in_a_search(self):
        self.open_list('places')
        for text in ('venissieux', 'VÉNISSIEUX'):
            self.search(text)
            self.assertIn('insee:69259', self.keys())
        self.search('nulle part au monde')
        self.assertEqual(self.keys(), [])
        self.assertIn('Rien dans cette liste', self.browser.text('.scope'))

    def test_a_place_is_added_with_a_proposed_id(self):
        self.open_list('places', 'Anne')
        self.browser.find('#list-add').click()
        self.type('name', 'Place Mazagran, côté jardin')
        self.assertEqual(self.field('id').get_attribute('value'), 'p-place-mazagran-cote-jardin')
        Select(self.field('insee')).select_by_visible_text('Lyon')
        self.look('list-add')
        self.submit()
        self.assertIn('est dans la liste', self.done())
        added = self.entry('places', 'p-place-mazagran-cote-jardin')
        self.assertEqual((added['kind'], added['insee'], added['commune']), ('other', '69123', 'Lyon'))
        # Other pages can choose it at once.
        self.browser.run('location.hash = "#/figures"')
        self.await_figures()
        self.assertIn('Place Mazagran', self.browser.find('#filter-place').get_attribute('textContent'))

    def test_days_are_typed_in_as_they_are_written(self):
        self.change('campaigns', {'code': 'masques', 'label_fr': 'Masques', 'label_en': 'Masks', 'from': '2026-07-01', 'to': '2026-08-31'})
        self.open_list('campaigns')
        self.press_in('masques', 'edit')
        self.browser.wait_for('dialog[open]')
        self.assertEqual(self.field('from').get_attribute('value'), '01/07/2026')
        self.type('from', '31/06/2026')
        self.submit()
        self.assertIn('jour, mois, année', self.field('from').get_attribute('validationMessage'))
        self.assertEqual(self.entry('campaigns', 'masques')['from'], '2026-07-01')
        self.type('from', '9/7/2026')
        self.submit()
        self.done()
        self.assertEqual(self.entry('campaigns', 'masques')['from'], '2026-07-09')

    def test_retired_and_brought_back(self):
        self.change('campaigns', {'code': 'canicule', 'label_fr': 'Canicule', 'label_en': 'Heat wave',
                                  'say_fr': 'Buvez ;\nappelez vos voisins', 'from': '2026-07-01', 'to': '2026-08-31'})
        self.open_list('campaigns')
        self.look('lists-campaigns')
        self.press_in('canicule', 'retire')
        self.browser.wait_for('dialog[open]')
        self.look('list-retire')
        self.submit()
        self.assertIn('est retiré', self.done())
        self.assertTrue(self.entry('campaigns', 'canicule')['retired'])
        self.assertNotIn('canicule', self.keys())
        self.browser.find('#list-retired').click()
        self.assertIn('plus proposé', self.browser.text('[data-key=canicule]'))
        self.press_in('canicule', 'restore')
        self.browser.wait(lambda: 'à nouveau proposé' in self.browser.text('.done'), 'nothing is said')
        self.assertNotIn('retired', self.entry('campaigns', 'canicule'))

    def test_words_that_the_program_counts_by_are_not_retired(self):
        self.open_list('resultat')
        self.assertTrue(self.browser.find_all('[id="edit-injoignable"]'))
        self.assertFalse(self.browser.find_all('[id="retire-injoignable"]'))
        self.assertTrue(self.browser.find_all('[id="retire-apaise"]'))
        self.look('lists-vocabulary')

    def test_a_file_is_looked_at_then_taken(self):
        self.change('mediators', {'code': 'm-1', 'name': 'Sarah', 'team': 'Est'}, {'code': 'm-2', 'name': 'Hugo', 'team': 'Est'})
        self.open_list('mediators')
        self.paste('Code;Nom;Équipe;Couleur\nm-1;Sarah Dupont;Est;bleu\nm-2;Hugo;Est;\nm-9;Nora;Ouest;\n')
        said = self.preview()
        for part in ('1 ajoutée, 1 modifiée, 1 inchangée', 'Colonnes laissées de côté', 'Couleur', 'Sarah Dupont', 'Nora'):
            self.assertIn(part, said)
        self.look('list-import')
        self.assertIsNone(self.entry('mediators', 'm-9'))
        self.browser.find('#list-take').click()
        self.assertIn('1 ajoutée, 1 modifiée', self.done())
        self.assertEqual(self.entry('mediators', 'm-9')['team'], 'Ouest')
        self.browser.find('[aria-controls=list-history]').click()
        self.assertIn('m-9', self.browser.text('#list-history'))
        self.look('list-history')
        # The whole list: what is absent is retired.
        self.browser.find('#list-import-button').click()
        self.browser.find('#list-whole').click()
        self.paste('code,name\nm-1,Sarah Dupont\nm-2,Hugo\n')
        self.assertIn('1 retirée', self.preview())

    def test_errors_of_a_file_are_told_by_line_and_nothing_changes(self):
        before = self.read('structures')
        self.open_list('structures')
        self.paste(f'id,name,phone\n{STRUCTURE},,appelez\nnouveau,Nouveau,\n')
        said = self.preview()
        for part in ('Ligne 2, colonne « Nom »', 'Ligne 2, colonne « Téléphone »', 'Ligne 3, colonne « Type »', 'rien n’a été changé'):
            self.assertIn(part, said.replace('\u00a0', ' '))
        self.assertFalse(self.browser.find_all('#list-take'))
        self.look('list-import-wrong')
        self.paste('id,name\n"x')
        self.browser.wait(lambda: 'ne se ferme jamais' in self.preview(), 'the open quote is not told')
        self.assertEqual(self.read('structures'), before)
        self.assertEqual([each for each in self.browser.complaints() if '400' not in each], [])

    def test_an_exported_file_is_taken_back_unchanged(self):
        self.open_list('structures')
        link = self.browser.find('#list-export').get_attribute('href')
        file = self.browser.folder / 'structures.csv'
        file.write_bytes(self.page.call('GET', link.split('/api/')[1]).body)
        self.browser.find('#list-import-button').click()
        self.assertEqual(self.browser.text('#list-file-name'), 'Aucun fichier choisi')
        self.tab_to('list-file')
        self.browser.find('#list-file').send_keys(str(file))
        self.assertEqual(self.browser.text('#list-file-name'), 'structures.csv')
        said = self.preview()
        self.assertIn('ne changerait rien', said)
        self.assertRegex(said, r'27\d inchangées')

    def test_somebody_else_was_faster(self):
        self.open_list('structures')
        self.search('adil rhone')
        key = self.keys()[0]
        self.press_in(key, 'edit')
        self.type('name', 'Adil du Rhône')
        self.change('structures', {'id': key, 'phone': '04 78 00 00 00'})
        self.submit()
        self.browser.wait(lambda: 'Quelqu’un d’autre' in self.browser.text('dialog [role=alert]'), 'it is not told')
        self.assertNotEqual(self.entry('structures', key)['name'], 'Adil du Rhône')
        self.submit()
        self.assertIn('Enregistré', self.done())
        self.assertEqual((self.entry('structures', key)['name'], self.entry('structures', key)['phone']),
                         ('Adil du Rhône', '04 78 00 00 00'))

    def test_keyboard_alone(self):
        self.open_list('theme')
        self.tab_to('list-add')
        self.press(Keys.ENTER)
        self.browser.wait_for('dialog[open]')
        # What is rare is folded; the code is proposed there.
        self.press('Vacances', Keys.TAB, 'Holidays', Keys.TAB, 'Vacances', Keys.TAB)
        self.assertFalse(self.field('code').is_displayed())
        self.press(Keys.SPACE, Keys.TAB, Keys.TAB)
        self.assertEqual(self.browser.focused(), self.field('code').get_attribute('id'))
        self.press(Keys.ENTER)
        self.assertIn('est dans la liste', self.done())
        self.assertEqual(self.entry('theme', 'vacances')['label_en'], 'Holidays')
        self.tab_to('edit-vacances', 200)
        self.press(Keys.ENTER)
        self.browser.wait_for('dialog[open]')
        self.press(Keys.ESCAPE)
        self.assertFalse(self.browser.find_all('dialog[open]'))
        self.assertEqual(self.browser.focused(), 'edit-vacances')

    def in_view(self, selector):
        """Whether the whole of it is in the window, and nothing above it."""
        return self.browser.run('const e = document.querySelector(arguments[0]), box = e.getBoundingClientRect();'
                                'return box.top >= 0 && box.bottom <= innerHeight'
                                ' && e.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2))', selector)

    def test_what_saves_stays_in_view(self):
        self.open_list('structures')
        self.search('adil loire')
        self.press_in(STRUCTURE, 'edit')
        for size in ((1366, 768), (768, 1024), (390, 844), (390, 500)):
            self.browser.resize(*size)
            for top in (0, 10000):
                self.browser.run('document.querySelector("dialog").scrollTop = arguments[0]', top)
                with self.subTest(size=size, top=top):
                    self.assertTrue(self.in_view('dialog [type=submit]') and self.in_view('dialog [type=button].btn-outline'))
            # By the keyboard no field hides behind it.
            self.browser.run('document.querySelector("dialog").scrollTop = 0; document.querySelector("dialog [name=name]").focus()')
            for _ in range(6):
                self.press(Keys.TAB)
                focused = self.browser.focused()
                if focused:
                    with self.subTest(size=size, focused=focused):
                        self.assertTrue(self.in_view(f'[id="{focused}"]'))
        # Lower than that it goes with the rest, so that fields have the window.
        self.browser.resize(390, 340)
        self.assertEqual(self.browser.run('return getComputedStyle(document.querySelector("dialog .bar")).position'), 'static')

    def fold(self):
        """What opens the folded fields, where it can be pressed."""
        button = self.browser.find('dialog [aria-expanded]')
        self.browser.run('arguments[0].scrollIntoView({ block: "center" })', button)
        return button

    def test_what_is_folded_opens_where_it_is_wrong(self):
        self.open_list('structures')
        self.search('adil loire')
        self.press_in(STRUCTURE, 'edit')
        self.assertFalse(self.field('lat').is_displayed())
        self.fold().click()
        self.assertIn(STRUCTURE, self.browser.text('dialog'))
        self.type('lat', 'nord')
        self.fold().click()
        self.submit()
        self.browser.wait(lambda: self.field('lat').is_displayed(), 'what is wrong is not shown')
        self.assertEqual((self.fold().get_attribute('aria-expanded'), self.browser.focused()), ('true', self.field('lat').get_attribute('id')))
        self.assertIn('pas un nombre', self.wrong('lat'))
        self.look('list-form-fold')
        self.press(Keys.ESCAPE)
        # What the browser itself wants, too.
        self.open_list_again('theme')
        self.browser.find('#list-add').click()
        self.type('label_fr', 'Congés')
        self.type('label_en', 'Leave')
        self.fold().click()
        self.field('code').clear()
        self.fold().click()
        self.submit()
        self.browser.wait(lambda: self.browser.focused() == self.field('code').get_attribute('id'), 'the code is not asked for')
        self.assertTrue(self.field('code').is_displayed())
        self.assertIsNone(self.entry('theme', 'conges'))

    def test_the_list_says_what_a_manager_looks_for(self):
        self.open_list('structures')
        self.assertRegex(self.browser.text('.tools .scope'), r'^27\d entrées, 50 affichées$')
        self.assertNotIn(self.keys()[0], self.browser.text('.lists .rows'))
        self.search('adil loire')
        self.assertEqual(self.browser.text('.tools .scope'), '1 entrée')
        self.open_list_again('theme')
        said = self.browser.text('.lists .rows')
        self.assertIn('Logement', said)
        for unsaid in ('Housing', 'emploi_formation', 'Libellé anglais', 'Code'):
            self.assertNotIn(unsaid, said)
        # Found by their codes all the same.
        self.search('emploi_formation')
        self.assertEqual(self.keys(), ['emploi_formation'])

    def open_list_again(self, name):
        self.browser.run('location.hash = `#/lists?list=${arguments[0]}`', name)
        self.browser.wait(lambda: self.browser.find('#list-choice').get_attribute('value') == name, 'the list never came')

    def test_roles_and_languages(self):
        self.open_list('theme', 'Anne')
        self.assertIn('Seule la direction', self.browser.text('.lists'))
        for selector in ('#list-add', '#list-import-button', '[id^=edit-]'):
            self.assertFalse(self.browser.find_all(selector))
        self.look('lists-read-only')
        self.browser.find('#language').click()
        self.assertIn('Only the direction', self.browser.text('.lists'))
        Select(self.browser.find('#list-choice')).select_by_visible_text('Places')
        self.browser.wait_for('#list-add')
        self.look('lists-english')
        self.assert_quiet()
        self.browser.find('#sign-out').click()
        self.try_sign_in(name='Luc')
        self.await_figures()
        self.assertNotIn('lists', self.pages())

    def test_needs_keep_their_order_and_the_log_says_it_in_words(self):
        self.change('needs', {'theme': 'budget', 'structure_types': 'ccas caf'})
        self.open_list('needs')
        self.look('lists-needs')
        self.press_in('budget', 'edit')
        choices = self.browser.find_all('dialog .codes select')
        self.assertEqual([each.get_attribute('value') for each in choices[:3]], ['ccas', 'caf', ''])
        self.look('list-form-needs')
        Select(choices[0]).select_by_value('caf')
        Select(choices[1]).select_by_value('adil')
        self.submit()
        self.assertIn('Enregistré', self.done())
        self.assertEqual(self.entry('needs', 'budget')['structure_types'], ['caf', 'adil'])
        self.browser.run('location.hash = "#/log"')
        self.await_list('log')
        self.assertIn('a changé la liste « Besoins', self.browser.text('.log').replace('\u00a0', ' '))


if __name__ == '__main__':
    unittest.main()
