# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job with keys alone: keyboard.py DIR [WIDTHxHEIGHT]

No pointer is moved: by Tab, arrows, Return and the shortcuts it starts a shift, records a contact
with a referral, counts a client, looks through the journal, the settings and the list of shortcuts, and
sends. HQ's figures are compared with what was recorded. It prints how many keys that was."""

import json
import subprocess
import sys
import time

import screen
import sweep
import tour

TABS = 120  # times that Tab is pressed until what is looked for counts as not reached
SETTLE = 0.12  # seconds until a key has moved the focus


class Keyboard(tour.Tour):
    verdict = "HQ holds what was recorded with keys alone"
    keys = 0

    def open_app(self):
        self.app = sweep.Probed(self.screen, self.tablet, "fr_FR.UTF-8")

    def key(self, *names):
        for name in names:
            self.keys += 1
            subprocess.run(["xdotool", "key", name], check=True)
            time.sleep(SETTLE)

    def type(self, text):
        self.keys += len(text)
        self.app.type(text)

    def go_to(self, name):
        """Tab until the control of that name has the focus; from row to row of a list with the arrow."""
        before = None
        for _ in range(TABS):
            focus = self.app.ask("focus", name)
            if focus and focus["is_it"]:
                return
            self.key("Down" if focus and focus["is_row"] and focus != before else "Tab")
            before = focus
        raise screen.Missing(f"“{name}” is not reached with Tab; the focus is on {before}")

    def choose(self, name):
        self.go_to(name)
        self.key("Return")

    def begin_shift(self, channel, words, place):
        self.choose(channel)
        self.go_to("Chercher un lieu")
        self.type(words)
        self.choose(place)
        self.say(f"a shift: {channel}, {place}")

    def record(self):
        self.choose("Incompréhension")
        self.app.see("Enregistrer")
        self.key("Tab", "Tab")
        self.picture("fiche")
        self.choose("Une personne de plus")
        self.choose("Orienter vers une structure")
        self.app.see("Chercher une structure")
        self.choose(tour.STRUCTURE)
        self.app.see("Ajouter à la fiche")
        self.picture("orientation")
        self.key("ctrl+Return")
        self.app.see("Enregistrer")
        self.key("ctrl+Return")
        self.app.see("3 en attente. Ouvrir l’envoi.")
        self.picture("enregistre")

    def look_around(self):
        self.key("ctrl+f")
        self.app.see("Rechercher dans le journal")
        self.type("incompr")
        screen.wait_for("a record that is found", lambda: any(name.startswith("Incompréhension")
                                                              for _, name, _ in self.app.controls()))
        self.picture("recherche")
        self.key("Escape", "Escape")
        self.choose("Réglages")
        self.app.see("Retour")
        self.key("Escape")
        self.key("alt+1")
        self.app.see("Présence active")
        self.choose("Réglages")
        self.app.see("Retour")
        self.key("alt+Left")
        self.key("F1")
        self.app.see("Revenir en arrière")
        self.picture("raccourcis")
        self.key("Escape")

    def count(self):
        self.choose("Terminer le service")
        self.choose("Terminer")
        self.app.see("Bureau de poste")
        self.begin_shift("Bureau de poste", "minguettes", "Vénissieux Minguettes")
        self.choose("Entrés")
        screen.wait_for("a client that is counted", lambda: self.counted("entres") == 1)
        self.picture("comptage")

    def send(self):
        self.key("alt+4")
        self.hq.start()
        self.choose("Envoyer maintenant")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)

    def record_offline(self):
        self.open_app()
        self.app.see("Espace public")
        self.begin_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.record()
        self.look_around()
        self.count()

    def go_through(self):
        self.enrol()
        self.record_offline()
        self.send()
        return self.compare()

    def compare(self):
        figures = json.loads(self.hq.ask("figures", "--json"))
        self.say(f"{self.keys} keys")
        wanted = {"interventions": 1, "people": 2, "referrals": 1, "flow": {"entres": 1}}
        return [problem for name, value in wanted.items() for problem in tour.expect(name, figures[name], value)]


if __name__ == "__main__":
    sys.exit(tour.main(Keyboard))
