# SPDX-License-Identifier: GPL-3.0-or-later
"""A tablet that gets lost, with nobody watching: lost.py DIR

It presses the app's own buttons: sets a PIN, records a contact with a note and a referral with a name,
a telephone number and a purpose, shows the note, and leaves another one typed halfway. Then the
tablet goes to sleep. Whoever finds it is told none of that: not by what a screen reader is given, the
session's bus, or the clipboard, and not by any file, of an app that runs, was locked again by the
session's lock, was killed, started again, or crashed. Everything that the tablet has lies below one
folder, and all of it is searched, in every disguise. HQ then has what was recorded. A picture of each
step goes to DIR. Exits non-zero if anything differs.

What the running app has in its memory is not looked at: whoever may read that (root) may as well read
what is typed."""

import base64
import contextlib
import json
import os
import pathlib
import resource
import signal
import sqlite3
import subprocess
import sys
import time

import screen
import tour
from consent import NOTE, Consent
from lock import Locked
from logind import LoginManager

sys.path.append(str(pathlib.Path(__file__).parents[1] / "protocol"))

import sealing  # noqa: E402
from image import find_in, find_under  # noqa: E402

FIRST, HALF = "Quevremont", "Brindavoine"
FIRST_NOTE, HALF_NOTE = f"{FIRST} attend une lettre", f"puis {HALF} a dit que"
NAME, PHONE, PURPOSE = "Flambertin", "06 39 98 47 11", "ostreiculture"
SECRETS = (FIRST, HALF, NAME, PHONE, PURPOSE)
PUBLIC = "QN06901M"  # the place, which has to be found, or the search looked in the wrong place
TAKEN = "collage"  # typed before what the clipboard gives


class Lost(Locked, Consent):
    """A tour that ends in somebody else's hands. Its PIN is so long that it stands nowhere by chance."""

    verdict = "Nobody is told what was said to the mediator, and HQ has all of it"
    settings = ""

    pin = "7392041865"

    def confine(self):
        """All that the app and its libraries write goes below the folder."""
        for name in ("home", "cache", "state", "tmp"):
            (self.folder / name).mkdir()
        self.screen.environment.update(
            HOME=str(self.folder / "home"), XDG_CACHE_HOME=str(self.folder / "cache"),
            XDG_STATE_HOME=str(self.folder / "state"), TMPDIR=str(self.folder / "tmp"),
            DBUS_SYSTEM_BUS_ADDRESS=self.logind.address, G_MESSAGES_DEBUG="all")
        hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
        os.chdir(self.folder / "home")

    def listen_to_bus(self):
        self.monitor = subprocess.Popen(["dbus-monitor", "--session"], stdout=(self.folder / "bus.log").open("wb"),
                                        stderr=subprocess.DEVNULL)
        screen.wait_for("the session's bus", lambda: (self.folder / "bus.log").stat().st_size)

    def choose_pin(self):
        self.open_settings()
        self.app.press("Choisir un code PIN")
        self.press_pin(self.pin)
        self.app.see("Le même code, encore une fois")
        self.press_pin(self.pin)
        self.app.see("Déverrouillé")
        self.logind.hear("inhibited", screen.PATIENCE)
        self.say("a PIN is set")

    def record(self):
        self.go_back()
        self.start_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.app.press("Présence active")
        self.choose_structure()
        self.agree("La personne")
        for field, text in (("Nom", NAME), ("Téléphone", PHONE), ("Motif", PURPOSE)):
            self.type_into(field, text)
        self.picture("orientation")
        self.add()
        self.type_into(NOTE, FIRST_NOTE)
        self.save("note", 3)

    def find_row(self):
        """The contact's row in the journal, not the tile of the same name."""
        return next((box for role, name, box in self.app.controls()
                     if role == "list item" and name.startswith("Présence active, ")), None)

    def open_record(self):
        self.app.press("Journal", "page tab")
        x, y, width, height = screen.wait_for("the contact in the journal", self.find_row)
        self.app.tap(x + width // 2, y + height // 2)
        self.app.see("Remplacer la note")

    def look_at_note(self):
        self.open_record()
        self.app.press("Afficher la note")
        self.app.see(FIRST_NOTE)
        self.must_tell(FIRST)
        self.picture("note")
        self.app.press("Retour")
        self.say("the note is shown to who has the PIN")

    def must_tell(self, text):
        """Else nothing is proved by what is not told."""
        if not find_in(self.told(), [text]):
            raise screen.Missing(f"a screen reader is not told {text} of a tablet that is unlocked")

    def told(self):
        return "\n".join(self.texts()).encode()

    def leave_half_typed(self):
        self.app.press("Saisie", "page tab")
        self.app.press("Conflit")
        self.type_into(NOTE, HALF_NOTE)
        subprocess.run(["xdotool", "key", "ctrl+a", "ctrl+c"], check=True)
        self.picture("a-moitie")

    def search(self, when):
        """What anyone who has the tablet can find of what is nobody's business."""
        told = find_in(self.told(), [*SECRETS, self.pin]) if self.app.process.poll() is None else []
        found = find_under([self.folder], [*SECRETS, self.pin])
        if told or found:
            self.picture("ici")
            raise screen.Missing(f"{when}: {len(told)} told, {len(found)} found: {told[:9]} {found[:9]}")
        if not find_under([self.folder], [PUBLIC]):
            raise screen.Missing(f"{when}: the search finds nothing at all")
        self.say(f"{when}: 0 planted secrets found")

    def wait_silent(self):
        try:
            screen.wait_for("a tablet that tells nothing", lambda: not find_in(self.told(), [*SECRETS, self.pin]))
        except screen.Missing as problem:
            raise screen.Missing(f"{problem}: {find_in(self.told(), [*SECRETS, self.pin])}") from problem

    def sleep(self):
        self.logind.say("sleep")
        self.logind.hear("released", screen.PATIENCE)
        self.wait_silent()
        self.picture("en-veille")
        self.search("asleep")
        self.logind.say("wake")
        self.wait_silent()

    def take_from_clipboard(self):
        """Whoever finds the tablet writes another note, and pastes what was marked and copied into it."""
        self.app.press("Remplacer")
        self.type_into(NOTE, TAKEN)
        subprocess.run(["xdotool", "key", "ctrl+v"], check=True)
        x, y, width, height = self.app.see(NOTE)
        subprocess.run(["xdotool", "mousemove", str(x + width // 2), str(y + height // 2), "click", "2"], check=True)
        time.sleep(1)
        self.picture("colle")
        self.app.press("Enregistrer")
        self.app.see("4 en attente. Ouvrir l’envoi.")

    def lock_session(self):
        self.open_record()
        self.app.press("Afficher la note")
        self.app.see("Saisissez votre code PIN")
        self.press_pin(self.pin)
        self.app.see(FIRST_NOTE)
        self.logind.hear("inhibited", screen.PATIENCE)
        self.logind.say("lock")
        self.logind.hear("released", screen.PATIENCE)
        self.wait_silent()
        self.picture("session-verrouillee")
        self.search("with its session locked")

    def die(self):
        self.app.kill()
        self.search("killed")
        self.open_app()
        self.app.see("Conflit")
        self.search("started again")
        self.app.process.send_signal(signal.SIGABRT)
        self.app.process.wait()
        self.search("crashed")
        cores = [str(path) for path in self.folder.rglob("*") if path.is_file() and path.read_bytes()[:4] == b"\x7fELF"]
        if cores:
            raise screen.Missing(f"a core file: {cores}")

    def send_all(self):
        self.hq.start()
        subprocess.run([tour.CTL, "--store", self.tablet, "push"], check=True, capture_output=True)
        self.search("sent")

    def opened(self):
        """What HQ's key opens, with libsodium itself."""
        pair = sealing.KeyPair.from_secret(base64.b64decode((self.folder / "hq.key").read_text()))
        with contextlib.closing(sqlite3.connect(f"file:{self.folder / 'hq' / 'hq.db'}?mode=ro", uri=True)) as store:
            lines = [json.loads(row[0]) for row in store.execute("SELECT bytes FROM journal")]
        return [pair.open(line["private"])["private"] for line in lines if "private" in line]

    def compare(self):
        opened = sorted(self.opened(), key=json.dumps)
        yield from tour.expect("what HQ opens", opened, sorted([
            {"note": FIRST_NOTE}, {"note": TAKEN},
            {"name": NAME, "phone": PHONE, "purpose": PURPOSE}], key=json.dumps))

    def lose(self):
        self.open_app()
        self.app.see("Espace public")
        self.choose_pin()
        self.record()
        self.look_at_note()
        self.leave_half_typed()
        self.sleep()
        self.take_from_clipboard()
        self.lock_session()
        self.die()
        self.send_all()

    def go_through(self):
        self.enrol()
        self.confine()
        self.listen_to_bus()
        self.lose()
        return list(self.compare())

    def run(self):
        self.monitor = None
        self.logind = LoginManager(self.folder)
        self.logind.hear("ready", screen.PATIENCE)
        return super().run()

    def close(self):
        super().close()
        if self.monitor is not None:
            self.monitor.terminate()
            self.monitor.wait()
        self.logind.close()
        os.chdir("/")


if __name__ == "__main__":
    sys.exit(tour.main(Lost))
