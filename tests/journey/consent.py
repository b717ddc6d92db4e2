# SPDX-License-Identifier: GPL-3.0-or-later
"""Consent in the forms, with nobody watching: consent.py DIR

It presses the app's own buttons on a handheld's screen. No personal field is there before an
agreement is, nor once it is said that there is none, a child does not agree alone, what would identify a person is warned about as it is
typed, and is not saved in a text that is not sealed. HQ then has what was agreed, and nothing
else. A picture of each step goes to DIR. Exits non-zero if anything differs."""

import json
import subprocess
import sys
import time

import screen
import tour

PERSONAL_FIELDS = ("Nom", "Téléphone", "Motif")
REFUSED = "Aucun accord"
NOTE = "Note scellée, sans nom ni téléphone"


class Consent(tour.Tour):
    verdict = "HQ holds what was agreed, and nothing else"

    def shown(self):
        return {name for _, name, _ in self.app.controls()}

    def wait_gone(self, names):
        screen.wait_for(f"a page without {names}", lambda: not self.shown() & set(names))

    def see_alert(self, beginning):
        """A warning that a screen reader reads out."""
        screen.wait_for(f"the warning “{beginning}…”", lambda: any(
            role in ("alert", "notification") and name.startswith(beginning) for role, name, _ in self.app.controls()))

    def type_into(self, name, text):
        self.app.scroll_to(name)
        self.app.press(name)
        self.app.type(text)

    def choose_structure(self):
        self.app.scroll_press("Orienter vers une structure")
        self.app.press(tour.STRUCTURE)
        self.app.see("Ajouter à la fiche")
        self.app.scroll_to("Responsable légal")
        self.wait_gone(PERSONAL_FIELDS)

    def agree(self, who):
        self.app.scroll_press(who)
        screen.wait_for("the personal fields", lambda: self.shown() >= set(PERSONAL_FIELDS))
        self.wheel(5)

    def add(self):
        self.app.press("Ajouter à la fiche")
        self.app.see("Enregistrer")
        time.sleep(1)

    def refuse(self):
        """As easy to say as an agreement, and nothing more is asked then."""
        self.app.scroll_press(REFUSED)
        self.wait_gone(PERSONAL_FIELDS)

    def refer_without_agreement(self):
        self.app.press("Incompréhension")
        self.choose_structure()
        self.agree("La personne")
        self.type_into("Nom", "Introuvable")
        self.refuse()
        self.picture("accord-refuse")
        self.add()
        self.app.press("Enregistrer")
        self.app.see("3 en attente. Ouvrir l’envoi.")
        self.say("a referral without an agreement is saved")

    def refer_an_adult(self):
        self.app.press("Incompréhension")
        self.choose_structure()
        self.picture("sans-accord")
        self.agree("La personne")
        self.type_into("Motif", "0612345678")
        self.see_alert("On dirait un numéro de téléphone.")
        self.picture("accord")
        self.app.scroll_press("La personne")
        self.wait_gone(PERSONAL_FIELDS)
        self.say("taken back, the agreement takes the personal fields with it")
        self.agree("La personne")
        self.type_into("Nom", "Introuvable")
        self.add()

    def refer_a_child(self):
        self.wheel(4)
        self.app.press("Habitant")
        self.app.press("Enfant / élève")
        time.sleep(1)
        self.picture("enfant")
        self.app.answer("Compris")
        self.choose_structure()
        if "Qui accepte que le nom soit transmis\u202f?" in self.shown():
            raise screen.Missing("an adult's agreement for a child")
        self.refuse()
        self.agree("Un parent")
        self.type_into("Nom", "Introuvable")
        self.picture("accord-parent")
        self.add()
        self.say("a child's referral, with a parent's agreement")

    def write_note(self):
        self.wheel(5)
        self.type_into(NOTE, "06 12 34 56 78")
        self.see_alert("On dirait un numéro de téléphone. Le siège")
        self.picture("note")
        self.go_back()
        self.app.see("Quitter sans enregistrer\u202f?")
        self.picture("quitter-sans-code")
        self.app.answer("Rester")
        self.app.press("Enregistrer")
        self.app.see("5 en attente. Ouvrir l’envoi.")
        self.say("the note was warned about, and saved")

    def look_for_help(self):
        """In immediate danger the numbers are one tap away, and the form is as it was afterwards."""
        self.app.press("Danger immédiat")
        self.picture("danger-immediat")
        self.app.scroll_press("Numéros d’urgence")
        self.app.see("Gratuits, à toute heure")
        self.picture("numeros-d-urgence")
        self.go_back()
        self.app.see("Enregistrer")

    def tell_an_incident(self):
        self.wheel(5)
        self.app.scroll_press("Terminer le service")
        self.app.answer("Terminer")
        self.start_shift("Bureau de poste", "minguettes", "Vénissieux Minguettes")
        self.app.press("Incident")
        self.app.press("Menaces")
        self.look_for_help()
        self.type_into("Où exactement", "chez a@exemple.fr")
        self.see_alert("On dirait une adresse électronique.")
        self.picture("incident")
        self.app.press("Enregistrer")
        self.app.answer("Compris")
        self.say("an address in a text that is not sealed is not saved")
        self.app.press("Où exactement")
        subprocess.run(["xdotool", "key", "ctrl+a"], check=True)
        self.app.type("au guichet 2")
        self.app.press("Enregistrer")
        self.see_queue(8, 7)

    def send(self):
        self.hq.start()
        subprocess.run(["xdotool", "mousemove", "1", "1"], check=True)
        self.app.press("Envoi", "page tab")
        self.app.press("Envoyer maintenant")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)

    def compare(self):
        exported = [json.loads(line) for line in self.hq.ask("export", "--format", "ndjson").splitlines()]
        records = {record["type"]: record for record in exported}
        referrals = [dict(record["data"], has_private=record["has_private"]) for record in exported
                     if record["type"] == "referral"]
        agreed = [{name: referral.get(name) for name in ("consent", "consent_of", "public", "has_private")}
                  for referral in referrals]
        yield from tour.expect("the agreements", agreed, [
            {"consent": False, "consent_of": None, "public": "habitant", "has_private": False},
            {"consent": True, "consent_of": "parent", "public": "enfant", "has_private": True}])
        told = {name: records["observation"]["data"].get(name) for name in ("subject", "urgency", "where")}
        yield from tour.expect("the incident", told, {"subject": "menaces", "urgency": "immediate", "where": "au guichet 2"})
        private = sorted((record["type"], record["has_private"]) for record in exported
                         if record["type"] in ("contact", "observation"))
        yield from tour.expect("private parts", private, [("contact", False), ("contact", True), ("observation", False)])
        if b"Introuvable" in b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file()):
            yield "the name stands on the disk in clear"

    def go_through(self):
        self.enrol()
        self.open_app()
        self.start_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.refer_without_agreement()
        self.refer_an_adult()
        self.refer_a_child()
        self.write_note()
        self.tell_an_incident()
        self.send()
        return list(self.compare())


if __name__ == "__main__":
    sys.exit(tour.main(Consent))
