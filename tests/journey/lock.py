# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock of private text, with nobody watching: lock.py DIR [WIDTHxHEIGHT]

It enrols a tablet at an HQ of its own and presses the app's buttons: sets a PIN, records a contact
with a note, locks, looks for the note in all that a screen reader is told, shows it with the PIN,
waits until the app locks by itself, tries a wrong PIN, replaces the note while locked, and hands
the tablet over. Then it compares what HQ and the tablet hold with what was pressed. A picture of
each step goes to DIR. Exits non-zero if anything differs."""

import json
import sqlite3
import subprocess
import sys
import time

import screen
import tour

PIN = "739204"
FIRST_NOTE = "premiere note du hall B"
SECOND_NOTE = "seconde note du hall C"
LOCK_MINUTES = 1  # the shortest that can be chosen


class Locked(tour.Tour):
    """A tour that sets a PIN."""

    verdict = "HQ and the tablet hold what was pressed, and nobody was told a note without the PIN"
    # Nothing is locked before it is told to, however slow the machine is; then the shortest delay is chosen.
    settings = "[org/altm/Field]\nlock-after=60\n"

    pin = PIN

    def press_pin(self, pin):
        for digit in pin:
            self.app.press(digit, "push button")
        self.app.press("OK", "push button")

    def press_keys(self, *names):
        for name in names:
            time.sleep(0.5)  # until what the last one opened takes the next one
            subprocess.run(["xdotool", "key", name], check=True)

    def texts(self):
        """All that a screen reader can be told: names, descriptions and the text of fields."""
        import pyatspi  # only inside the session bus

        found = []
        for application in pyatspi.Registry.getDesktop(0):
            if application is not None and application.name == "altm-field":
                self.gather(application, found)
        return found

    def gather(self, node, found):
        try:
            found += [node.name, node.description]
            try:
                found.append(node.queryText().getText(0, -1))
            except NotImplementedError:
                pass
            for child in node:
                if child is not None:
                    self.gather(child, found)
        except Exception:  # a node that went away while it was looked at
            return

    def tells(self, text):
        return any(text in told for told in self.texts())

    def must_not_tell(self, *secrets):
        told = [secret for secret in secrets if self.tells(secret)]
        if told:
            raise screen.Missing(f"the tablet is locked, and a screen reader is told {told}")

    def set_pin(self):
        self.open_settings()
        self.app.see("Aucun code PIN")
        self.picture("reglages")
        self.app.press("Choisir un code PIN")
        self.press_pin("123456")
        screen.wait_for("a PIN that is refused", lambda: self.tells("motif"))
        self.picture("code-faible")
        self.press_pin(self.pin)
        self.app.see("Le même code, encore une fois")
        self.press_pin(self.pin)
        self.app.see("Déverrouillé")
        self.picture("code-choisi")
        self.say("a PIN is set")

    def choose_delay(self):
        self.app.press("Verrouiller sans activité après")
        # A list that pops up is a window of its own, and where it stands is not told.
        self.press_keys("Up", "Return")
        self.app.see(f"{LOCK_MINUTES}\u202fmin")
        self.picture("delai")

    def record_note(self):
        self.go_back()
        self.start_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.app.press("Présence active")
        self.app.scroll_press("Note scellée, sans nom ni téléphone")
        self.app.write(FIRST_NOTE)
        self.save("note", 2)

    def open_record(self):
        self.app.press("Journal", "page tab")
        self.app.press("Présence active")
        self.app.see("Remplacer la note")

    def lock_now(self):
        self.open_settings()
        self.app.press("Verrouiller maintenant")
        self.app.see("Verrouillé")
        self.say("locked")
        self.choose_delay()
        self.go_back()
        self.open_record()
        self.must_not_tell(FIRST_NOTE, PIN)
        self.picture("fiche-verrouillee")

    def show_note(self):
        self.app.press("Afficher la note")
        self.app.see("Saisissez votre code PIN")
        self.picture("code-demande")
        self.press_pin(self.pin)
        self.app.see(FIRST_NOTE)
        self.picture("note-affichee")
        self.say("the PIN shows the note")

    def wait_for_lock(self):
        """Nobody touches it any more."""
        screen.wait_for("the lock", lambda: not self.tells(FIRST_NOTE), screen.PATIENCE + 60 * LOCK_MINUTES)
        self.app.see("Afficher la note")
        self.must_not_tell(FIRST_NOTE, PIN)
        self.picture("verrouillee-seule")
        self.say("it locked by itself")

    def try_wrong_pin(self):
        self.app.press("Afficher la note")
        self.app.see("Saisissez votre code PIN")
        self.press_pin("401837")
        screen.wait_for("9 tries", lambda: self.tells("Il reste 9 essais"))
        self.must_not_tell(FIRST_NOTE, PIN)
        self.picture("code-faux")
        self.app.press("Code oublié\u202f?")
        self.app.see("Appelez le siège")
        self.picture("code-oublie")
        self.app.press("Retour")
        self.app.see("Saisissez votre code PIN")
        self.app.press("Retour")
        self.say("a wrong PIN is counted, and shows nothing")

    def replace_note(self):
        self.app.scroll_press("Remplacer la note")
        self.app.press("Note scellée, sans nom ni téléphone")
        self.app.write(SECOND_NOTE)
        self.picture("note-remplacee")
        self.app.press("Enregistrer")
        self.app.see("Afficher la note")
        self.must_not_tell(FIRST_NOTE, SECOND_NOTE)
        self.app.press("Retour")
        self.say("the note is replaced while locked")

    def send(self):
        self.hq.start()
        self.app.press("Envoi", "page tab")
        self.app.press("Envoyer maintenant")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        self.say("all is sent")

    def read_new_note(self):
        self.open_record()
        self.app.press("Afficher la note")
        self.press_pin(self.pin)
        self.app.see(SECOND_NOTE)
        self.picture("nouvelle-note")
        if self.tells(FIRST_NOTE):
            raise screen.Missing("the note that was replaced is still told")
        self.app.press("Retour")

    def compare_tablet(self):
        """The contact's revisions, both sealed; no file of the tablet holds a note in clear."""
        query = "SELECT bytes FROM lines WHERE type = 'contact' ORDER BY rev"
        with sqlite3.connect(f"file:{self.tablet / 'field.db'}?mode=ro", uri=True) as store:
            lines = [json.loads(row[0]) for row in store.execute(query)]
        revisions = [(line["rev"], "private" in line) for line in lines]
        if revisions != [(1, True), (2, True)]:
            yield f"the contact's revisions and whether they have a seal: {revisions}"
        if len(lines) == 2 and lines[0]["data"] != lines[1]["data"]:
            yield "the figures changed with the note"
        for path in self.folder.rglob("*"):
            if path.is_file() and path.name != "app.log":
                held = [note for note in (FIRST_NOTE, SECOND_NOTE) if note.encode() in path.read_bytes()]
                if held:
                    yield f"{path} holds {held} in clear"
        log = self.app.log.read_text()
        if any(secret in log for secret in (FIRST_NOTE, SECOND_NOTE, PIN)):
            yield "the app's log holds a note or the PIN"

    def compare_hq(self):
        records = [json.loads(line) for line in self.hq.ask("export", "--format", "ndjson").splitlines()]
        contacts = [record for record in records if record["type"] == "contact"]
        if [(record["rev"], record["has_private"]) for record in contacts] != [(2, True)]:
            yield f"HQ's contact: {contacts}"
        figures = json.loads(self.hq.ask("figures", "--json"))
        if figures["interventions"] != 1:
            yield f"HQ counts {figures['interventions']} interventions, not 1"

    def hand_over(self):
        self.open_settings()
        self.app.scroll_press("Transmettre la tablette à une autre équipe")
        self.picture("transmettre")
        self.app.press("Transmettre la tablette à une autre équipe", "push button")
        self.app.answer("Transmettre")
        self.app.see("Enrôler cette tablette", "push button")
        self.picture("transmise")
        if (self.tablet / "keys.json").exists():
            yield "the tablet was handed over with its keys"
        with sqlite3.connect(f"file:{self.tablet / 'field.db'}?mode=ro", uri=True) as store:
            left = store.execute("SELECT COUNT(*) FROM lines").fetchone()[0]
        self.say("the tablet is handed over")
        if left:
            yield f"the tablet was handed over with {left} lines"

    def press_all(self):
        self.open_app()
        self.app.see("Espace public")
        self.set_pin()
        self.record_note()
        self.lock_now()
        self.show_note()
        self.wait_for_lock()
        self.try_wrong_pin()
        self.replace_note()
        self.send()
        self.read_new_note()

    def go_through(self):
        self.enrol()
        self.press_all()
        return [*self.compare_tablet(), *self.compare_hq(), *self.hand_over()]


if __name__ == "__main__":
    sys.exit(tour.main(Locked))
