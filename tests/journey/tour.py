# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job with nobody watching: tour.py DIR [WIDTHxHEIGHT]

With HQ down it presses the app's own buttons: a shift on the street, three contacts and a
referral, then a shift at a post office and twelve clients. It kills the app with SIGKILL, starts
it again, starts HQ, lets it send, and compares HQ's figures, its export and the very bytes with
what was pressed. A picture of each step goes to DIR. Exits non-zero if anything differs."""

import collections
import contextlib
import json
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

import screen

HQ = screen.BUILD / "sync" / "hq" / "altm-field-hq"
CTL = screen.BUILD / "sync" / "client" / "altm-fieldctl"
STRUCTURE = "France services Pimms Médiation de Villeurbanne"
QUARTER_US = 15 * 60 * 10**6
TAPS = {"Entrés": ("entres", 7), "Colis": ("colis", 3), "Courrier": ("courrier", 2)}


class Hq:
    """HQ on loopback; started again on the same port each time."""

    def __init__(self, store):
        self.store = store
        # Holds a port that HQ may take, and that nobody else gets while HQ is down.
        self.place = socket.socket()
        self.place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.place.bind(("127.0.0.1", 0))
        self.port = self.place.getsockname()[1]
        self.process = None

    def start(self):
        self.process = subprocess.Popen([HQ, "serve", "--store", self.store, "--listen", f"127.0.0.1:{self.port}"],
                                        stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()
        if not self.address:
            raise screen.Missing("HQ did not start")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def ask(self, *words):
        return subprocess.run([HQ, *words, "--store", self.store], check=True, capture_output=True, text=True).stdout


class Tour:
    """A journey through the app; what comes after it is one too, with a way of its own to go through."""

    verdict = "HQ holds exactly what was pressed"
    size = "360x640"
    # What was saved can be taken back however slow the machine is, and nothing moves as the offer ends.
    settings = "[org/altm/Field]\noffer-seconds=uint32 600\n"

    def __init__(self, pictures):
        self.pictures = pictures
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="altm-tour-"))
        self.tablet = self.folder / "tablet"
        self.hq = Hq(self.folder / "hq")
        self.steps = 0
        self.app = None

    def say(self, what):
        print(f"* {what}", flush=True)

    def picture(self, name):
        self.steps += 1
        time.sleep(0.7)  # let what slides in arrive
        self.screen.picture(self.pictures / f"{self.steps:02}-{name}.png")

    def enrol(self):
        self.hq.start()
        code = self.hq.ask("code").strip()
        subprocess.run([CTL, "--store", self.tablet, "enrol", self.hq.address, code], check=True)
        self.hq.stop()
        self.say("the tablet is enrolled, and HQ is down")

    def wheel(self, button):
        """The wheel up (4) or down (5), as far as it goes."""
        self.screen.turn_wheel(button, 40)
        time.sleep(0.7)

    def start_shift(self, channel, words, place):
        self.app.press(channel)
        self.app.press("Chercher un lieu")
        self.app.write(words)
        self.picture("lieu")
        self.app.press(place)
        self.say(f"a shift: {channel}, {place}")

    def save(self, register, waiting):
        """Saves the form, and waits until the app says that it is on the disk."""
        self.picture(register)
        self.app.press("Enregistrer")
        self.app.see(f"{waiting} en attente. Ouvrir l’envoi.")
        self.say(f"a contact: {register}")

    def record_contacts(self):
        self.app.press("Présence active")
        self.app.see("Enregistrer")
        self.save("presence-active", 2)

        self.app.press("Conflit")
        self.app.press("Une personne de plus")
        self.app.press("Une personne de plus")
        self.app.press("Voisinage")
        self.app.scroll_press("Médiation")
        self.app.scroll_press("Apaisé")
        self.save("conflit", 3)

        self.app.press("Incompréhension")
        self.app.scroll_press("Orienter vers une structure")
        self.app.see("Chercher une structure")
        self.picture("orienter")
        self.app.press(STRUCTURE)
        self.app.see("Ajouter à la fiche")
        self.picture("structure")
        self.app.press("Ajouter à la fiche")
        self.app.see("Enregistrer")
        self.save("orientation", 5)

    def count_clients(self):
        """As fast as a pointer presses: each tap counts."""
        for tile, (_, number) in TAPS.items():
            x, y, width, height = self.app.see(tile)
            subprocess.run(["xdotool", "mousemove", str(x + width // 2), str(y + height // 2),
                            "click", "--repeat", str(number), "--delay", "60", "1"], check=True)
            self.screen.taps += number
            self.say(f"{number} taps on {tile}")
        self.await_counts()
        self.picture("comptage")

    def await_counts(self):
        """All the taps are on disk, and the tiles show those of this quarter of an hour: most often
        all of them, for another may have begun meanwhile."""
        for tile, (code, number) in TAPS.items():
            screen.wait_for(f"{number} in {tile}", lambda: self.counted(code) == number and
                            self.shows(tile, self.counted(code, time.time_ns() // 1000 // QUARTER_US * QUARTER_US)))

    def counted(self, code, slot=0):
        """On disk, in quarters of an hour that began then, in microseconds since 1970, or later."""
        with contextlib.closing(sqlite3.connect(f"file:{self.tablet / 'field.db'}?mode=ro", uri=True)) as store:
            return store.execute("SELECT COALESCE (SUM (count), 0) FROM flow_counts WHERE code = ? AND slot >= ?",
                                 (code, slot)).fetchone()[0]

    def shows(self, tile, number):
        """Whether the tile shows the number: a label of it within the tile."""
        box = self.app.find(tile)
        return box is not None and any(
            name == str(number) and box[0] - 20 <= x <= box[0] + box[2] and box[1] - 20 <= y <= box[1] + box[3] + 30
            for _, name, (x, y, _, _) in self.app.controls())

    def status(self):
        return json.loads(subprocess.run([CTL, "--store", self.tablet, "status"], check=True, capture_output=True,
                                         text=True).stdout)

    def wait_queued(self, lines):
        """So many lines are on the disk; what is in front may not tell so itself."""
        screen.wait_for(f"{lines} lines queued", lambda: self.status()["queued"] == lines)

    def see_queue(self, lines, records):
        """So many lines are on the disk, and the app tells how many records they are of, each once."""
        self.wait_queued(lines)
        self.app.see(f"{records} en attente. Ouvrir l’envoi.")

    def open_app(self):
        self.app = screen.App(self.screen, self.tablet)

    def open_settings(self):
        self.app.press("Réglages", "push button")

    def go_back(self):
        self.app.press("Retour", "push button")

    def record_offline(self):
        self.open_app()
        self.app.see("Espace public")
        self.picture("bonjour")
        self.start_shift("Espace public", "monod", "Monod - Baratin - Cacard")
        self.app.see("Conflit")
        self.picture("tuiles")
        self.record_contacts()
        self.wheel(5)
        self.app.scroll_press("Terminer le service")
        self.app.answer("Terminer")
        self.app.see("Bureau de poste")
        self.picture("service-termine")
        self.start_shift("Bureau de poste", "minguettes", "Vénissieux Minguettes")
        self.app.see("Entrés")
        self.count_clients()

    def open_journal(self, state):
        """To the journal, until its rows show that state."""
        self.app.press("Journal", "page tab")
        screen.wait_for(f"“{state}” in the journal", lambda: any(
            name.endswith(state) and x > self.screen.panes()[0][0] for _, name, (x, _, _, _) in self.app.controls()))

    def die_and_come_back(self):
        before = self.status()
        self.app.kill()
        self.say(f"the app is killed with {before['queued']} lines queued")
        self.open_app()
        self.await_counts()
        self.picture("apres-sigkill")
        if self.status()["queued"] < before["queued"]:
            raise screen.Missing("something that was queued is gone")
        self.open_journal("en attente")
        self.picture("journal-en-attente")
        self.app.press("Envoi", "page tab")
        self.picture("envoi-hors-ligne")

    def press_send(self):
        self.app.press("Envoyer maintenant")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)

    def send(self):
        self.hq.start()
        self.say("HQ is up again")
        self.press_send()
        if not self.lines(self.tablet / "field.db", "SELECT id, rev, bytes FROM lines WHERE type = 'flow'"):
            # It was sending by itself when that was pressed; what is being counted goes when somebody asks for it.
            self.press_send()
        self.app.see("à jour. Ouvrir l’envoi.")
        self.picture("envoi-recu")
        self.open_journal("reçu")
        self.picture("journal-recu")
        self.say(f"sent: {self.status()['acknowledged']} lines acknowledged")

    def lines(self, path, query):
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as store:
            return {(row[0], row[1]): row[2] for row in store.execute(query)}

    def compare(self):
        figures = json.loads(self.hq.ask("figures", "--json"))
        records = [json.loads(line) for line in self.hq.ask("export", "--format", "ndjson").splitlines()]
        differences = list(compare_figures(figures)) + list(compare_records(records))
        sent = self.lines(self.tablet / "field.db", "SELECT id, rev, bytes FROM lines")
        held = self.lines(self.folder / "hq" / "hq.db", "SELECT id, rev, bytes FROM journal")
        if sent != held:
            differences.append(f"HQ's journal: {len(held)} lines, not the {len(sent)} of the tablet byte for byte")
        subprocess.run([CTL, "--store", self.tablet, "verify"], check=True)
        self.hq.ask("verify")
        return differences

    def go_through(self):
        self.enrol()
        self.record_offline()
        self.die_and_come_back()
        self.send()
        return self.compare()

    def run(self):
        """What differs, in words: nothing where all is as it should be."""
        self.screen = screen.Screen(self.folder)
        try:
            return list(self.go_through())
        except (screen.Missing, subprocess.CalledProcessError) as problem:
            self.picture("ici")
            return [str(problem)]
        finally:
            self.close()

    def close(self):
        if self.app is not None:
            self.app.close()
        self.hq.stop()
        self.screen.close()


def expect(what, found, wanted):
    if found != wanted:
        yield f"{what}: {found!r}, pressed was {wanted!r}"


def compare_figures(figures):
    wanted = {
        "interventions": 3, "attempts": 0, "people": 5, "referrals": 1, "observations": 0,
        "flow": {code: number for code, number in TAPS.values()},
        "by_channel": {"espace_public": 3},
        "by_register": {"presence_active": 1, "situations_conflictuelles": 1, "lever_incomprehensions": 1},
        "by_theme": {"conflit_voisinage": 1}, "by_result": {"apaise": 1, "oriente": 1}, "referrals_by_status": {"proposee": 1},
        "by_process": {"telephone_habitants": 0, "telephone_familles": 0, "espace_public": 3, "bureau_poste": 0,
                       "autre": 0},
    }
    for name, value in wanted.items():
        yield from expect(f"HQ's {name}", figures[name], value)
    yield from expect("silent devices", figures["silent_devices"], [])
    if figures["complete_to"] is None:
        yield "HQ does not say until when its figures are complete"


def compare_records(records):
    by_type = collections.defaultdict(list)
    for record in records:
        by_type[record["type"]].append(record)
    counts = {name: len(found) for name, found in by_type.items() if name != "flow"}
    yield from expect("records exported", counts, {"shift": 2, "contact": 3, "referral": 1})
    if counts.get("contact") != 3 or counts.get("referral") != 1:
        return

    last = by_type["contact"][2]
    referral = by_type["referral"][0]["data"]
    yield from expect("the referral's contact", referral.get("contact"), last["id"])
    yield from expect("the referral's consent", referral.get("consent"), False)
    yield from expect("the place", {record["place"] for record in by_type["contact"]}, {"QN06901M"})
    yield from expect("people", [record["data"]["people"] for record in by_type["contact"]], [1, 3, 1])
    yield from expect("the first shift's end", "ended" in by_type["shift"][0]["data"], True)
    if not re.fullmatch(r"[A-Z0-9-]{3,12}", referral.get("reference", "")):
        yield f"the referral's reference: {referral.get('reference')!r}"
    flow = collections.Counter()
    for record in by_type["flow"]:
        flow.update(record["data"]["counts"])
    yield from expect("clients exported", dict(flow), {code: number for code, number in TAPS.values()})


def main(journey_class):
    """Runs a journey as the script that it is in is asked to."""
    script = pathlib.Path(sys.argv[0]).name
    size = re.fullmatch(r"(\d+)x(\d+)", sys.argv[2] if len(sys.argv) == 3 else journey_class.size)
    if len(sys.argv) not in (2, 3) or size is None:
        print(f"{script} DIR [WIDTHxHEIGHT]: a folder for the pictures, and the screen's size", file=sys.stderr)
        return 2
    pictures = pathlib.Path(sys.argv[1]).resolve()
    pictures.mkdir(parents=True, exist_ok=True)
    screen.enter(int(size[1]), int(size[2]))
    screen.SETTINGS["glib-2.0/settings/keyfile"] += journey_class.settings
    journey = journey_class(pictures)
    differences = journey.run()
    journey.say(f"{journey.screen.taps} taps in all")
    for difference in differences:
        print(f"DIFFERS: {difference}")
    if differences:
        print(f"What is left of it is in {journey.folder}")
        return 1
    shutil.rmtree(journey.folder)
    print(journey.verdict)
    return 0


if __name__ == "__main__":
    sys.exit(main(Tour))
