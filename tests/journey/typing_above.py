# SPDX-License-Identifier: GPL-3.0-or-later
"""The on-screen keyboard covers no field that is typed into: typing_above.py DIR [WIDTHxHEIGHT]

squeekboard, the keyboard of the Phosh shell, comes up while a field has the focus: of the places, an
incident, a note and the structures. The field has to lie above it, and above the page's main button, which has to be seen whole."""

import subprocess
import sys
import time

import consent
import screen
import sweep
import tour

PLACE, STRUCTURE, WHAT, WHERE = "Chercher un lieu", "Chercher une structure", "En quelques mots", "Où exactement"


class Typing(tour.Tour):
    verdict = "The keyboard covers no field that is typed into"

    def open_app(self):
        self.differences = []
        environment = dict(self.screen.environment, GDK_BACKEND="wayland")
        with (self.folder / "squeekboard.log").open("w") as log:
            self.keyboard = subprocess.Popen(["squeekboard"], env=environment, stdout=log, stderr=subprocess.STDOUT)
        screen.wait_for("the keyboard", lambda: self.show_keyboard(False))
        self.app = sweep.Probed(self.screen, self.tablet, "fr_FR.UTF-8")

    def show_keyboard(self, is_shown):
        command = ["busctl", "--user", "call", "sm.puri.OSK0", "/sm/puri/OSK0", "sm.puri.OSK0", "SetVisible", "b",
                   "true" if is_shown else "false"]
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    def height(self):
        return max(seen["height"] for seen in self.app.ask("look") if seen["kind"] == "window")

    def check(self, field, button=None):
        """The window is as high as the keyboard leaves it."""
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

    def go_through(self):
        self.enrol()
        self.open_app()
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
        self.app.scroll_press("Orienter vers une structure")
        self.check(STRUCTURE)
        self.keyboard.terminate()
        self.keyboard.wait()
        return self.differences


if __name__ == "__main__":
    sys.exit(tour.main(Typing))
