# SPDX-License-Identifier: GPL-3.0-or-later
"""Training, with nobody watching: training.py DIR [WIDTHxHEIGHT]

A contact is recorded and sent, another one waits since HQ is down. Then it trains: clients are counted, a contact with
a note and a referral is recorded, every page says that it is training, the app is killed in the midst of it and comes back in
training, and what waited for real is sent meanwhile. It leaves training, finds the real shift as it was, records one
more contact, and compares HQ's figures and export with the three real contacts. A picture of each step goes to DIR.
Exits non-zero if anything differs."""

import json
import sys

import consent
import screen
import tour
from lock import Locked

BANNER = "Entraînement\u202f: rien n’est envoyé ni compté"
NOTE = "note pour apprendre, sans personne"
PLACE = "Monod - Baratin - Cacard"


class Training(Locked):
    verdict = "HQ holds what was real, and nothing of the training"

    def record_real(self, register):
        """Until it is on the disk of the real store."""
        before = self.held()
        self.app.press(register)
        self.app.press("Enregistrer")
        screen.wait_for("the contact on the disk", lambda: self.held() == before + 1)
        self.say(f"a real contact: {register}")

    def held(self):
        return len(self.lines(self.tablet / "field.db", "SELECT id, rev, type FROM lines WHERE type = 'contact'"))

    def see_banner(self, name):
        self.app.see(BANNER)
        self.picture(name)

    def see_no_banner(self, name):
        screen.wait_for("a screen without the banner", lambda: self.app.find(BANNER) is None)
        self.picture(name)

    def start_training(self):
        self.open_settings()
        self.app.scroll_press("Mode entraînement")
        self.picture("question")
        self.app.answer("S’entraîner")
        self.see_banner("bonjour")

    def count_in_training(self):
        self.app.press("Bureau de poste")
        self.app.press("Chercher un lieu")
        self.see_banner("lieu")
        self.app.write("minguettes")
        self.app.press("Vénissieux Minguettes")
        for _ in range(3):
            self.app.press("Entrés")
        self.see_banner("comptage")
        self.wheel(5)
        self.app.scroll_press("Terminer le service")
        self.app.answer("Terminer")

    def record_in_training(self):
        self.start_shift("Espace public", "monod", PLACE)
        self.app.press("Incompréhension")
        self.app.scroll_press("Orienter vers une structure")
        self.see_banner("orienter")
        self.app.press(tour.STRUCTURE)
        self.app.press("Ajouter à la fiche")
        self.wheel(5)
        self.app.scroll_press(consent.NOTE)
        self.app.type(NOTE)
        self.see_banner("fiche")
        self.app.press("Enregistrer")
        screen.wait_for("the contact and its referral in training", lambda: self.count_trained() >= 5)
        self.say("two shifts, clients, a contact with a note and a referral, all of them in training")

    def count_trained(self):
        return len(self.lines(self.tablet / "training" / "field.db", "SELECT id, rev, type FROM lines"))

    def look_around(self):
        """No page hides that it is training."""
        for tab in ("Journal", "Suivi", "Envoi"):
            self.app.press(tab, "page tab")
            self.see_banner(tab.lower())
        self.app.press("Saisie", "page tab")
        self.open_settings()
        self.see_banner("reglages")
        self.go_back()

    def die_in_training(self):
        before = self.count_trained()
        self.app.kill()
        self.open_app()
        self.see_banner("apres-sigkill")
        if self.count_trained() < before:
            raise screen.Missing("what was shown as saved in training is gone")
        self.say("killed, and in training again")

    def leave(self):
        self.app.press("Quitter l’entraînement")
        self.app.answer("Effacer et quitter")
        self.see_no_banner("service-reel")
        self.app.see(PLACE)
        screen.wait_for("a folder without training", lambda: not list(self.tablet.glob("training*")))
        self.say("training is left, and what was recorded in it is gone")

    def go_through(self):
        self.enrol()
        self.hq.start()
        self.open_app()
        self.start_shift("Espace public", "monod", PLACE)
        self.record_real("Présence active")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        self.hq.stop()
        self.record_real("Conflit")
        self.start_training()
        self.count_in_training()
        self.record_in_training()
        self.look_around()
        self.die_in_training()
        self.hq.start()
        screen.wait_for("what waited for real, sent while training", lambda: self.status()["queued"] == 0)
        self.say("what waited was sent meanwhile")
        self.leave()
        self.record_real("Présence active")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        return list(self.compare())

    def compare(self):
        figures = json.loads(self.hq.ask("figures", "--json"))
        records = [json.loads(line) for line in self.hq.ask("export", "--format", "ndjson").splitlines()]
        for name, value in {"interventions": 3, "people": 3, "referrals": 0, "flow": {}, "observations": 0}.items():
            yield from tour.expect(f"HQ's {name}", figures[name], value)
        yield from tour.expect("records", sorted(record["type"] for record in records), ["contact"] * 3 + ["shift"])
        yield from tour.expect("contacts of the one shift", {record["place"] for record in records}, {"QN06901M"})
        sent = self.lines(self.tablet / "field.db", "SELECT id, rev, bytes FROM lines")
        held = self.lines(self.folder / "hq" / "hq.db", "SELECT id, rev, bytes FROM journal")
        yield from tour.expect("HQ's journal, byte for byte the tablet's", held == sent, True)
        found = [path.name for path in self.folder.rglob("*") if path.is_file() and NOTE.encode() in path.read_bytes()]
        yield from tour.expect("files that hold the note", found, [])


if __name__ == "__main__":
    sys.exit(tour.main(Training))
