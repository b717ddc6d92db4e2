# SPDX-License-Identifier: GPL-3.0-or-later
"""A new tablet, from HQ's link to its first receipt, with nobody watching: newtablet.py DIR [WIDTHxHEIGHT]

The app has no store. The link is opened as the desktop opens it, and the tablet is enrolled; the mediator chooses a PIN,
says who they are, starts their first shift and records their first contact, which is sent by itself: the receipt is on
the page. A second link comes while a form is begun: it is shown above the form, and nothing of that is lost. The taps are
counted. A picture of each step goes to DIR. Exits non-zero if anything differs."""

import contextlib
import json
import sqlite3
import subprocess
import sys

import lock
import people
import screen
import tour

PIN = "739204"


class NewTablet(people.People):

    verdict = "A new tablet's first record is at HQ"
    settings = "[org/altm/Field]\nlock-after=60\n"
    press_pin = lock.Locked.press_pin  # each digit by a tap

    def link(self):
        return f"altm-field:enrol?u={self.hq.address}&c={self.hq.ask('code').strip()}"

    def open_link(self):
        """The desktop starts the app anew with the link; where one runs, that one gets it and the new one ends."""
        return screen.App(self.screen, self.tablet, arguments=[self.link()])

    def enrol_by_link(self):
        self.hq.start()
        self.list_mediators(people.MEDIATORS)
        self.hq.stop()
        self.hq.start()
        self.app = self.open_link()
        self.app.see("Enrôler cette tablette", "push button")
        self.picture("lien")
        if self.tablet.joinpath("field.db").exists() and self.status()["device_id"]:
            raise screen.Missing("a link that waits for the mediator to agree")
        self.app.press("Enrôler cette tablette", "push button")
        self.app.see("Espace public")
        screen.wait_for("HQ's lists", self.has_lists)
        self.say("enrolled by the link")
        self.picture("bonjour")

    def has_lists(self):
        with contextlib.closing(sqlite3.connect(f"file:{self.tablet / 'field.db'}?mode=ro", uri=True)) as store:
            return store.execute("SELECT value FROM settings WHERE name = 'lists_tag'").fetchone()

    def begin_shift(self):
        self.app.scroll_press("Espace public")
        self.app.press("Chercher un lieu")
        self.app.write("monod")
        self.app.press("Monod - Baratin - Cacard")
        self.app.see("Qui êtes-vous\u202f?")
        self.picture("qui")
        self.app.scroll_press("Amina Diallo")
        self.app.see("Avec qui\u202f?")
        self.app.scroll_press("Sans binôme")
        self.app.see("Présence active")

    def choose_pin(self):
        self.open_settings()
        self.app.scroll_press("Choisir un code PIN")
        self.enter_twice(PIN)
        self.app.see("Déverrouillé")
        self.picture("code")
        self.go_back()

    def record_first(self):
        self.app.scroll_press("Présence active")
        self.app.press("Enregistrer")
        self.app.see("Comme le précédent")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        self.app.press("Envoi", "page tab")
        self.app.see("rien n’attend sur cette tablette")
        screen.wait_for("the receipt", lambda: any(name.startswith("dernière réception au siège") for _, name, _
                                                   in self.app.controls()))
        self.picture("premier-recu")
        self.say(f"the first receipt is on the page, {self.screen.taps} taps after the link was opened")

    def link_above_form(self):
        """HQ sends another link while a form is begun."""
        before = self.status()["device_id"]
        self.app.press("Saisie", "page tab")
        self.app.press("Conflit")
        self.app.press("Une personne de plus")
        second = self.open_link()
        self.app.see("Enrôler cette tablette", "push button")
        yield from tour.expect("how the second start ends", second.process.wait(), 0)
        self.picture("lien-au-dessus")
        self.app.press("Enrôler cette tablette", "push button")
        screen.wait_for("another enrolment", lambda: self.status()["device_id"] != before)
        self.app.see("Enregistrer")
        self.picture("fiche-gardee")
        self.app.press("Enregistrer")
        self.app.see("Comme le précédent")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        self.say("a link that comes while a form is begun is shown above it, and nothing is lost")

    def compare(self):
        records = [json.loads(line) for line in self.hq.ask("export", "--format", "ndjson").splitlines()]
        contacts = {(record["id"], record["data"]["register"], record["data"]["people"])
                    for record in records if record["type"] == "contact"}
        yield from tour.expect("contacts at HQ", sorted(contact[1:] for contact in contacts),
                               [("presence_active", 1), ("situations_conflictuelles", 2)])
        subprocess.run([tour.CTL, "--store", self.tablet, "verify"], check=True)

    def go_through(self):
        self.enrol_by_link()
        self.begin_shift()
        self.choose_pin()
        self.record_first()
        yield from self.link_above_form()
        yield from self.compare()


if __name__ == "__main__":
    sys.exit(tour.main(NewTablet))
