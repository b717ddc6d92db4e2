# SPDX-License-Identifier: GPL-3.0-or-later
"""Text, language and what the program is, with nobody watching: comfort.py DIR [WIDTHxHEIGHT]

It begins a contact, chooses larger text in the settings and measures that the page's own words grow at once, chooses
English, restarts by the button that is there then, finds the contact that was begun offered in English, and goes back
to the language of the system. The window about the program names every source of the lists. A picture of each step
goes to DIR. Exits non-zero if anything differs."""

import re
import sys

import screen
import tour
from lock import Locked

SOURCES = ("ANCT – QPV 2024", "La Poste – 2025", "ANCT – France services 2024", "DILA – 2019", "INSEE – COG",
           "Plateforme de l’inclusion", "Licence Ouverte 2.0")

MOST_TABS = 12  # from anywhere in that window to anywhere


class Comfort(Locked):
    verdict = "text and language are as they were chosen, and what was begun is kept"

    def choose(self, row, *keys):
        """In a row that unfolds: what is in it is a surface of its own, so it is chosen with the keyboard."""
        self.app.scroll_press(row)
        self.press_keys(*keys, "Return")

    def setting(self, name):
        text = (self.folder / "config" / "glib-2.0" / "settings" / "keyfile").read_text()
        found = re.search(rf"^{name}=(.*)$", text, re.MULTILINE)
        return found and found[1]

    def begin_contact(self):
        self.start_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.app.press("Conflit")
        self.app.press("Une personne de plus")
        screen.wait_for("the draft on the disk", lambda: self.lines(self.tablet / "field.db",
                                                                    "SELECT form, id, updated_at FROM drafts"))
        self.app.kill()
        self.open_app()
        self.app.see("Poursuivre")

    def enlarge(self):
        self.open_settings()
        self.app.scroll_to("Taille du texte")
        before = self.app.see("Taille du texte", "label")
        self.picture("taille-du-systeme")
        self.choose("Taille du texte", *["Down"] * 4)
        screen.wait_for("text of twice the size", lambda: (box := self.app.find("Taille du texte", "label")) is not None
                        and box[3] >= 1.8 * before[3])
        self.picture("taille-200")
        yield from tour.expect("the size that is kept", self.setting("text-size"), "200")
        self.choose("Taille du texte", *["Up"] * 4)
        screen.wait_for("text of the size of before", lambda: (box := self.app.find("Taille du texte", "label")) is not None
                        and box[2:] == before[2:])
        self.say("the text grew to 200 % at once, and back")

    def change_language(self):
        self.choose("Langue (language)", "Down", "Down")
        self.app.scroll_to("Redémarrer")
        self.picture("langue-choisie")
        self.app.press("Redémarrer")
        self.app.see("Go on with it")
        self.picture("en-anglais")
        yield from tour.expect("the language that is kept", self.setting("language"), "'en'")
        self.app.press("Settings", "push button")
        self.choose("Language (langue)", "Up", "Up")
        self.app.scroll_press("Restart")
        self.app.see("Poursuivre")
        self.say("in English, and back, and what was begun is offered in both")

    def is_focused(self, name):
        import pyatspi  # only inside the session bus

        def is_it(node):
            return node.name == name and node.getState().contains(pyatspi.STATE_FOCUSED)

        return any(pyatspi.findDescendant(application, is_it) for application in pyatspi.Registry.getDesktop(0)
                   if application is not None and application.name == "altm-field")

    def read_about(self):
        """With the keyboard alone: it is a window of its own."""
        self.open_settings()
        self.app.scroll_press("ALTM Field", "list item")
        self.app.see("Mentions légales")
        self.picture("a-propos")
        for _ in range(MOST_TABS):
            if self.is_focused("Mentions légales"):
                break
            self.press_keys("Tab")
        self.press_keys("Return")
        screen.wait_for("every source", lambda: all(any(source in name for _, name, _ in self.app.controls())
                                                    for source in SOURCES))
        self.picture("mentions")

    def go_through(self):
        self.enrol()
        self.open_app()
        self.begin_contact()
        yield from self.enlarge()
        yield from self.change_language()
        self.read_about()


if __name__ == "__main__":
    sys.exit(tour.main(Comfort))
