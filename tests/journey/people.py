# SPDX-License-Identifier: GPL-3.0-or-later
"""Two mediators on one tablet, with nobody watching: people.py DIR [WIDTHxHEIGHT]

HQ lists three mediators. It presses the app's own buttons: one is chosen with a partner at the start
of a shift and sets a PIN, the other takes over and sets one too, neither PIN opens the other's, the
last one goes on by one tap, and HQ then retires the first. HQ's export is compared with what was
pressed, the tablet's keys with whom HQ still lists. A picture of each step goes to DIR. Exits
non-zero if anything differs."""

import contextlib
import json
import sqlite3
import subprocess
import sys

import screen
import tour
from lock import Locked

PINS = {"m-1": "739204", "m-2": "618305"}
MEDIATORS = [{"code": "m-1", "name": "Amina Diallo", "team": "Villeurbanne"},
             {"code": "m-2", "name": "Karim Benali", "team": "Villeurbanne"},
             {"code": "m-3", "name": "Zoé Martin", "team": "Saint-Étienne"}]


class People(Locked):
    verdict = "HQ knows who recorded what, and each PIN opened for its own mediator"
    settings = ""

    def list_mediators(self, mediators):
        """HQ has newer lists: with these mediators."""
        with contextlib.closing(sqlite3.connect(self.folder / "hq" / "hq.db")) as store, store:
            store.execute("INSERT INTO lists SELECT version + 1, json_set (body, '$.version', version + 1,"
                          " '$.mediators', json (?)) FROM lists ORDER BY version DESC LIMIT 1", [json.dumps(mediators)])

    def bring_mediators(self):
        self.list_mediators(MEDIATORS)
        self.hq.start()
        subprocess.run([tour.CTL, "--store", self.tablet, "push"], check=True, capture_output=True)
        self.say("the tablet has HQ's list of mediators")

    def press_pin(self, pin):
        """The first digit by a tap, which puts the keys where the rest is typed."""
        self.app.press(pin[0], "push button")
        self.app.type(pin[1:])
        self.press_keys("Return")

    def enter_twice(self, pin):
        self.press_pin(pin)
        self.app.see("Le même code, encore une fois")
        self.press_pin(pin)

    def first_shift(self):
        """Whoever taps a place before saying who they are is asked."""
        self.start_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.app.see("Qui êtes-vous ?")
        self.picture("qui")
        self.app.press("Amina Diallo")
        self.app.see("Avec qui ?")
        self.picture("avec-qui")
        self.app.press("Karim Benali")
        self.app.see("Présence active")
        self.picture("tuiles")
        self.look_for_help()
        self.app.press("Choisir un code PIN")
        self.enter_twice(PINS["m-1"])
        self.app.see("Déverrouillé")
        self.picture("code-amina")
        self.go_back()
        self.record()
        self.say("Amina, with Karim, has a PIN")

    def look_for_help(self):
        """Two taps from the tiles; a tablet that has no telephone says what to dial."""
        self.open_settings()
        self.app.press("Numéros d’urgence")
        for number in ("112", "119", "3919", "115"):
            screen.wait_for(number, lambda: self.tells(f"{number} :"))
        self.app.press("115 : sans abri")
        screen.wait_for("what to dial", lambda: self.tells("Composez le 115 sur un téléphone"))
        self.picture("urgence")
        self.app.answer("Compris")
        self.go_back()

    def record(self):
        self.app.press("Présence active")
        self.app.press("Enregistrer")
        self.app.see("Comme le précédent")

    def end_shift(self):
        self.app.scroll_press("Terminer le service")
        self.app.answer("Terminer")
        self.app.see("Reprendre")

    def take_over(self):
        self.end_shift()
        self.picture("reprendre")
        if not self.tells("Amina Diallo, avec Karim Benali"):
            raise screen.Missing("the last shift does not say whose it was")
        self.app.press("Quelqu’un d’autre…")
        self.app.see("Qui êtes-vous ?")
        self.app.press("Karim Benali")
        self.app.see("Avec qui ?")
        self.app.press("Sans binôme")
        self.app.see("Présence active")
        self.open_settings()
        self.app.see("Verrouillé")
        self.say("Karim took over, and what Amina had opened is closed")

    def second_pin(self):
        self.picture("reglages-karim")
        self.app.see("Karim Benali")
        self.app.press("Ajouter votre propre code")
        self.app.see("Saisissez votre code PIN")
        self.press_pin(PINS["m-1"])
        self.app.see("Un code de 6 chiffres ou plus, que personne ne devinerait")
        self.picture("code-karim")
        self.enter_twice(PINS["m-2"])
        self.app.see("Déverrouillé")
        self.app.press("Verrouiller maintenant")
        self.app.see("Verrouillé")
        self.say("Karim has a PIN too")

    def mix_up(self):
        self.app.press("Changer le code PIN")
        self.app.see("Saisissez votre code PIN")
        self.picture("qui-deverrouille")
        self.press_pin(PINS["m-1"])
        screen.wait_for("9 tries", lambda: self.tells("Il reste 9 essais"))
        self.picture("code-de-l-autre")
        self.press_pin(PINS["m-2"])
        self.app.see("Un code de 6 chiffres ou plus, que personne ne devinerait")
        self.go_back()
        self.app.see("Déverrouillé")
        self.go_back()
        self.say("Amina's PIN does not open Karim's")

    def resume(self):
        """One tap for who had it last."""
        self.record()
        self.end_shift()
        self.app.press("Reprendre")
        self.app.see("Présence active")
        self.record()
        self.say("Karim goes on by one tap")

    def holders(self):
        return [holder["name"] for holder in json.loads((self.tablet / "keys.json").read_text())["holders"]]

    def retire(self):
        self.hq.stop()
        self.list_mediators([dict(MEDIATORS[0], retired=True), *MEDIATORS[1:]])
        self.hq.start()
        self.app.press("Envoi", "page tab")
        self.app.press("Envoyer maintenant")
        screen.wait_for("one holder", lambda: self.holders() == ["m-2"])
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        self.say("HQ retired Amina, whose PIN is gone")

    def compare_people(self):
        records = [json.loads(line) for line in self.hq.ask("export", "--format", "ndjson").splitlines()]
        found = [(record["type"], record.get("by"), record["data"].get("partners")) for record in records]
        wanted = [("shift", "m-1", ["m-2"]), ("contact", "m-1", None), ("shift", "m-2", None),
                  ("contact", "m-2", None), ("contact", "m-2", None), ("shift", "m-2", None)]
        return list(tour.expect("who recorded", sorted(map(str, found)), sorted(map(str, wanted))))

    def go_through(self):
        self.enrol()
        self.bring_mediators()
        self.open_app()
        self.app.see("Espace public")
        self.first_shift()
        self.take_over()
        self.second_pin()
        self.mix_up()
        self.resume()
        self.retire()
        return self.compare_people()


if __name__ == "__main__":
    sys.exit(tour.main(People))
