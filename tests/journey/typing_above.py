# SPDX-License-Identifier: GPL-3.0-or-later
"""The on-screen keyboard covers no field that is typed into: typing_above.py DIR [WIDTHxHEIGHT]

squeekboard, the keyboard of the Phosh shell, comes up while a field has the focus: each one that the app has, from the
enrolment on. The field has to lie above it, and above the page's main button, which has to be seen whole."""

import subprocess
import sys
import time

import consent
import screen
import sweep
import tour

PLACE, STRUCTURE, WHAT, WHERE = "Chercher un lieu", "Chercher une structure", "En quelques mots", "Où exactement"
ENROL = "Enrôler cette tablette"


class Typing(consent.Consent):
    verdict = "The keyboard covers no field that is typed into"

    def open_keyboard(self):
        self.differences = []
        environment = dict(self.screen.environment, GDK_BACKEND="wayland")
        with (self.folder / "squeekboard.log").open("w") as log:
            self.keyboard = subprocess.Popen(["squeekboard"], env=environment, stdout=log, stderr=subprocess.STDOUT)
        screen.wait_for("the keyboard", lambda: self.show_keyboard(False))

    def open_app(self):
        self.app = sweep.Probed(self.screen, self.tablet, "fr_FR.UTF-8")

    def show_keyboard(self, is_shown):
        command = ["busctl", "--user", "call", "sm.puri.OSK0", "/sm/puri/OSK0", "sm.puri.OSK0", "SetVisible", "b",
                   "true" if is_shown else "false"]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def height(self):
        return max(seen["height"] for seen in self.app.ask("look") if seen["kind"] == "window")

    def check(self, field, button=None, has_focus=False):
        """The window is as high as the keyboard leaves it."""
        if not has_focus:
            self.app.scroll_press(field)
        self.show_keyboard(True)
        screen.wait_for("a window above the keyboard", lambda: self.height() < self.screen.size[1])
        time.sleep(1)
        self.picture(f"clavier-{field.lower().replace(' ', '-')}")
        foot, focus = self.height(), self.app.ask("focus", field)
        if button is not None:
            _, y, _, height = self.app.see(button)
            if y + height > foot:
                self.differences.append(f"{button}: it ends at {y + height}, the window at {foot}")
            foot = y
        top, bottom = focus["box"][1], focus["box"][1] + focus["box"][3]
        if focus["type"] not in ("GtkText", "GtkTextView", "AdwEntryRow") or top < screen.HEAD or bottom > foot:
            self.differences.append(f"{field}: from {top} to {bottom}, and {foot} is what the keyboard leaves: {focus}")
        self.show_keyboard(False)
        screen.wait_for("the whole window", lambda: self.height() == self.screen.size[1])
        self.say(f"{field} is above the keyboard" if not self.differences else self.differences[-1])

    def enrol_by_hand(self):
        self.open_app()
        self.app.see(ENROL, "push button")
        for field in ("Lien", "Adresse", "Code"):
            self.check(field)
        self.app.close()
        self.enrol()

    def set_passphrase(self):
        self.open_settings()
        self.app.scroll_press("Choisir un code PIN")
        self.app.scroll_press("Choisir plutôt une phrase de passe")
        self.check("Phrase de passe", has_focus=True)
        self.go_back()
        self.go_back()

    def refer(self):
        self.app.scroll_press("Orienter vers une structure")
        self.app.see(STRUCTURE)
        self.check(STRUCTURE)
        self.app.type("pimms")
        self.app.press(tour.STRUCTURE)
        self.app.see("Ajouter à la fiche")
        self.app.scroll_to("Responsable légal")
        self.agree("La personne")
        for field in consent.PERSONAL_FIELDS:
            self.check(field, "Ajouter à la fiche")
        self.app.press("Ajouter à la fiche")
        self.app.press("Enregistrer")
        self.app.see("3 en attente. Ouvrir l’envoi.")

    def search(self):
        self.app.press("Journal", "page tab")
        self.app.press("Rechercher dans le journal", "push button")
        self.check("Rechercher dans le journal", has_focus=True)
        self.app.press("Saisie", "page tab")

    def list_calls(self):
        self.app.scroll_press("Terminer le service")
        self.app.answer("Terminer")
        self.start_shift("Téléphone", "monod", "Monod - Baratin - Cacard")
        self.app.press("Saisir la liste d’appels")
        self.app.see("Noms et numéros, une ligne par personne")
        self.check("Noms et numéros, une ligne par personne", "Ajouter à la liste")

    def go_through(self):
        self.open_keyboard()
        self.enrol_by_hand()
        self.open_app()
        self.set_passphrase()
        self.app.press("Espace public")
        self.check(PLACE)
        self.app.press(PLACE)
        self.app.type("monod")
        self.app.press("Monod - Baratin - Cacard")
        self.app.press("Incident")
        self.check(WHAT, "Enregistrer")
        self.check(WHERE, "Enregistrer")
        self.go_back()
        self.app.press("Incompréhension")
        self.check(consent.NOTE, "Enregistrer")
        self.refer()
        self.search()
        self.list_calls()
        self.keyboard.terminate()
        self.keyboard.wait()
        return self.differences


if __name__ == "__main__":
    sys.exit(tour.main(Typing))
