# SPDX-License-Identifier: GPL-3.0-or-later
"""The tablet is turned, and its window made narrow, with a form half filled: resize.py DIR

At 1280×800 a contact is begun, with a theme and a note, and a structure looked for above it. At each of these pages,
and with none open, the app then becomes 800×1280, 360×640 and what it was. The page that was open has to be the one
that is shown, with what was entered; the first page is beside it where there is room for both, and only there. What is
saved at the end is compared with what was entered, and the app has nothing to say on standard error. Exits non-zero if
anything differs."""

import json
import re
import sys

import consent
import screen
import sweep
import tour

SIZES = ((800, 1280), (360, 640), (1280, 800), (360, 640), (800, 1280), (1280, 800))
NOTE, WORDS = "hall B, porte verte", "pimms"
FIRST, NOTHING = "Comme le précédent", "Rien n’est ouvert"
COMPLAINT = re.compile(r".*(?:WARNING|CRITICAL|ERROR).*")


class Resize(tour.Tour):
    verdict = "Nothing that was entered, and no page, is lost however the app's size changes"
    size = "1280x1280"  # room for each of them

    def open_app(self):
        self.screen.resize(*SIZES[-1])
        self.app = sweep.Probed(self.screen, self.tablet, "fr_FR.UTF-8")

    def labels(self):
        return {seen["text"] for seen in self.app.ask("look") if seen["kind"] == "label"}

    def window(self):
        return next((seen["width"], seen["height"]) for seen in self.app.ask("look") if seen["kind"] == "window")

    def text(self, name):
        """What is in the field of that name, or in the one that is part of it."""
        import pyatspi  # only inside the session bus

        for node, _ in self.app.nodes():
            if node.name == name and "Text" in pyatspi.listInterfaces(node):
                text = node.queryText()
                return text.getText(0, text.characterCount)
        return None

    def is_chosen(self, name):
        import pyatspi  # only inside the session bus

        return any(node.name == name and node.getState().contains(pyatspi.STATE_CHECKED) for node, _ in self.app.nodes())

    def turn(self, name, *kept):
        """kept: functions that are true as long as the page is what it was."""
        for size in SIZES:
            self.screen.resize(*size)
            screen.wait_for(f"a window of {size}", lambda size=size: self.window() == size)
            is_beside = size[0] >= screen.WIDE
            screen.wait_for(f"{'two panes' if is_beside else 'one pane'} at {size}", lambda: (
                FIRST in self.labels()) == (is_beside or name == "accueil"))
            for keeps in kept:
                screen.wait_for(f"{name} as it was at {size}", keeps)
            self.picture(f"{name}-{size[0]}x{size[1]}")
        self.say(f"{name}: turned and made narrow")

    def is_filled(self):
        return "Enregistrer" in self.labels() and self.is_chosen("Voisinage") and self.text(consent.NOTE) == NOTE

    def is_searched(self):
        return "Orienter" in self.labels() and tour.STRUCTURE in self.labels() and self.text("Chercher une structure") == WORDS

    def begin(self):
        self.start_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.app.press("Présence active")
        self.app.press("Enregistrer")
        self.app.see(FIRST)
        self.app.press("Conflit")
        self.app.press("Une personne de plus")
        self.app.press("Voisinage")
        self.app.scroll_press(consent.NOTE)
        self.app.type(NOTE)

    def go_through(self):
        self.enrol()
        self.open_app()
        self.app.see("Espace public")
        self.begin()
        self.turn("fiche", self.is_filled)
        self.app.scroll_press("Orienter vers une structure")
        self.app.press("Chercher une structure")
        self.app.type(WORDS)
        self.turn("orienter", self.is_searched)
        self.go_back()
        screen.wait_for("the form as it was", self.is_filled)
        self.app.press("Enregistrer")
        self.turn("accueil", lambda: (NOTHING in self.labels()) == (self.screen.size[0] >= screen.WIDE))
        return list(self.compare())

    def compare(self):
        lines = self.lines(self.tablet / "field.db", "SELECT id, rev, bytes FROM lines WHERE type = 'contact' ORDER BY seq")
        saved = [json.loads(line) for line in lines.values()]
        found = [(line["data"]["people"], line["data"].get("themes"), "private" in line) for line in saved]
        yield from tour.expect("contacts", found, [(1, None, False), (2, ["conflit_voisinage"], True)])
        complaints = COMPLAINT.findall(self.app.log.read_text())
        yield from tour.expect("what the app complains of", complaints, [])


if __name__ == "__main__":
    sys.exit(tour.main(Resize))
