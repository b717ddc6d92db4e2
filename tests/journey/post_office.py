# SPDX-License-Identifier: GPL-3.0-or-later
"""Half a day in a post office: post_office.py DIR [WIDTHxHEIGHT]

With HQ down it presses the app's own buttons: a shift at an office, 500 clients counted as fast as a pointer presses, over
four quarters of an hour, some of them taken back, with helps, a tension that was calmed, an incident, and the longest queue.
Then 500 once more on a disk whose fsync takes 200 ms, and the app is killed with SIGKILL while taps are being written. While
it counts, what the tiles show is compared with what is on the disk. The shift ends, HQ starts, all is sent, and HQ holds
exactly what was pressed. It prints the taps, and for how long the main loop did not listen, which decides nothing. A picture
of each step goes to DIR, and figures.json. Exits non-zero if anything differs."""

import collections
import contextlib
import datetime
import glob
import json
import sqlite3
import struct
import subprocess
import sys
import time

import loop
import screen
import tour

FAULT = screen.BUILD / "tests" / "faults" / "fault.so"
CONTROL = struct.Struct("=qqqiiii256s256s")  # tests/faults/fault.c lays it out
SLOW = 6  # its ACTION_SLOW
SYNC_MS = 200
DELAY_MS = 4  # between two clicks
QUARTERS = 4
WAIT = 5  # minutes
INTO_QUARTER = 20  # seconds after its beginning
OFFICE = "Vénissieux Minguettes"
TILES = {"Entrés": "entres", "Accueillis": "accueillis", "Colis": "colis", "Courrier": "courrier",
         "Aide numérique": "aide_numerique", "Tensions apaisées": "tensions_apaisees"}
# Presses as fast as a pointer can, and how many of the last are taken back: 125 taps.
FAST = [("Entrés", 40, 0), ("Colis", 25, 5), ("Courrier", 20, 0), ("Entrés", 20, 3), ("Accueillis", 12, 0)]
HELPS = ["Aide numérique", "Tensions apaisées"]


class PostOffice(tour.Tour):
    verdict = "HQ holds exactly what was counted"
    # What offers to take an incident back covers the tiles no longer than need be.
    settings = "[org/altm/Field]\noffer-seconds=uint32 1\n"

    def __init__(self, pictures):
        super().__init__(pictures)
        self.pressed = collections.Counter()
        self.figures = {"taps": []}
        self.ahead = 0
        self.foot = None
        self.differences = []
        self.clock = self.folder / "clock"
        self.control = self.folder / "fault"
        self.probe = self.folder / "loop"

    # What the app runs with

    def set_clock(self, quarters_back):
        """The app's clock, soon in another quarter of an hour; it runs on from there."""
        now = time.time()
        then = now // 900 * 900 - 900 * quarters_back + INTO_QUARTER if quarters_back else now
        self.clock.write_text(f"{then - now:+.0f}\n")
        self.offset = then - now

    def set_fsync(self, milliseconds):
        """How much longer each fsync takes, from the next on; how many there were is counted anew."""
        self.fsync_ms = milliseconds
        control = CONTROL.pack(1, 0, 0, SLOW, milliseconds, 0, 0, b" fdatasync  fsync ", b"")
        # The app has it mapped: it is never cut short.
        with self.control.open("r+b" if self.control.exists() else "wb") as file:
            file.write(control.ljust(4096, b"\0"))

    def count_syncs(self):
        return CONTROL.unpack(self.control.read_bytes()[:CONTROL.size])[1]

    def open_app(self):
        clock_library = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")))
        more = {"LD_PRELOAD": f"{clock_library} {FAULT} {loop.PROBE}", "ALTM_FAULT": str(self.control),
                "ALTM_LOOP": str(self.probe), "FAKETIME_TIMESTAMP_FILE": str(self.clock), "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}
        self.probe.unlink(missing_ok=True)
        self.screen.environment.update(more)
        super().open_app()
        screen.wait_for("the probe", self.probe.exists)

    # What is shown, and what is on the disk

    def load_counts(self):
        """(start of the quarter in seconds since 1970, code): count, as the disk has it."""
        with contextlib.closing(sqlite3.connect(f"file:{self.tablet / 'field.db'}?mode=ro", uri=True)) as store:
            return {(slot // 10**6, code): count for slot, code, count in
                    store.execute("SELECT slot, code, count FROM flow_counts WHERE count > 0")}

    def count_all(self, counts):
        total = collections.Counter()
        for (_, code), count in counts.items():
            total[code] += count
        return total

    def find_counts(self):
        """What each tile that is on the screen shows."""
        controls = self.app.controls()
        shown = {}
        for tile, code in TILES.items():
            box = next((box for role, name, box in controls if name == tile and role == "push button"), None)
            for role, name, (x, y, _, _) in controls:
                if (box and role == "label" and name.isdigit() and box[0] <= x < box[0] + box[2]
                        and box[1] <= y < box[1] + box[3]):
                    shown[code] = int(name)
        return shown

    def sample(self, undone=0):
        """What is shown was on the disk before it was shown."""
        shown = self.find_counts()
        slot = (time.time() + self.offset) // 900 * 900
        disk = self.load_counts()
        # A tile may show for a moment more what the quarter before it had.
        for code, number in shown.items():
            most = max(disk.get((slot - 900 * back, code), 0) for back in range(2))
            self.ahead = max(self.ahead, number - most - undone)
        return shown

    # What is pressed

    def find_tiles(self, names):
        return {name: self.app.see(name, "push button") for name in names}

    def press_fast(self, presses):
        """One process presses all of it, so that nothing slows it down; returns it while it still does."""
        boxes = self.find_tiles([*{tile for tile, _, _ in presses}, "Annuler"])
        words = []
        for tile, number, undone in presses:
            for name, count in ((tile, number), ("Annuler", undone)):
                x, y, width, height = boxes[name]
                if count:
                    words += ["mousemove", x + width // 2, y + height // 2, "click", "--repeat", count, "--delay", DELAY_MS, 1]
            self.pressed[TILES[tile]] += number - undone
        return subprocess.Popen(["xdotool", *map(str, words)])

    def await_pressed(self):
        screen.wait_for("every tap on the disk", lambda: self.count_all(self.load_counts()) == self.pressed)

    def count_fast(self, name, is_sampled):
        """125 taps; where they are sampled, the screen is read meanwhile, which costs the app something."""
        taps = sum(number + undone for _, number, undone in FAST)
        most_undone = max(undone for _, _, undone in FAST)
        loop.ask(self.probe, "take")
        begun, syncs, samples = time.monotonic(), self.count_syncs(), 0
        process = self.press_fast(FAST)
        while is_sampled and process.poll() is None:
            self.sample(most_undone)
            samples += 1
        process.wait()
        clicked = time.monotonic() - begun
        self.await_pressed()
        figures = {"fsync_ms": self.fsync_ms, "taps": taps, "clicked_s": clicked, "written_s": time.monotonic() - begun,
                   "samples": samples, "syncs": self.count_syncs() - syncs, **loop.ask(self.probe, "take")}
        self.figures["taps"].append(figures)
        self.say(f"{name}: {taps} taps within {clicked:.1f} s, all written after {figures['written_s']:.1f} s by "
                 f"{figures['syncs']} fsync; the main loop did not listen for {figures['turns']['longest_ms']:.1f} ms at most, drawing "
                 "apart"
                 + (f"; seen {samples} times" if is_sampled else ""))

    def await_shown(self):
        """The tiles have caught up with the disk, and neither changes any more."""
        screen.wait_for("tiles that show what is on the disk", lambda: self.find_counts() == {
            code: self.load_counts().get(((time.time() + self.offset) // 900 * 900, code), 0) for code in self.find_counts()})
        self.await_pressed()

    def count_one(self):
        """PRODUCT: a client is counted by one tap."""
        self.foot = self.find_foot()
        self.app.press("Entrés", "push button")
        self.pressed["entres"] += 1
        self.await_pressed()
        self.say("a client counted: 1 tap")

    def help(self):
        for name in HELPS:
            self.app.scroll_press(name, "push button")
            self.pressed[TILES[name]] += 1

    def lengthen_queue(self, by):
        self.app.scroll_to("Une personne de plus dans la file")
        for _ in range(by):
            self.app.press("Une personne de plus dans la file")
        self.queue += by
        # The longest of each quarter of an hour, added up as the disk is.
        self.pressed["file_max"] += self.queue
        self.await_pressed()
        self.picture("file")
        self.wheel(4)

    def wait_longer(self):
        """The longest wait, in steps of five minutes; and somebody is helped at length."""
        self.app.scroll_press("Cinq minutes d’attente de plus")
        self.pressed["attente_max_min"] += WAIT
        self.await_pressed()
        self.app.scroll_press("Aide détaillée")
        self.app.see("Enregistrer")
        self.picture("aide-detaillee")
        self.app.press("Enregistrer")
        self.app.see("Aide détaillée")
        self.wheel(4)
        self.app.see("Entrés")
        self.await_rest()

    def report_incident(self):
        self.app.press("Incident", "push button")
        self.app.press("Altercation (file)")
        self.picture("incident")
        self.app.press("Enregistrer")
        self.app.see("Entrés")
        screen.wait_for("the incident in the queue", lambda: self.status()["queued"] >= 2)
        self.await_rest()

    def find_foot(self):
        """Where the page's last buttons end."""
        _, y, _, height = self.app.see("Incident", "push button")
        return y + height

    def await_rest(self):
        """What offers to take a record back has gone, and its room with it: the page is as high as at the beginning."""
        screen.wait_for("a page without the offer", lambda: self.find_foot() == self.foot)

    # The half day

    def begin_quarter(self, back):
        self.set_clock(back)
        screen.wait_for("a new quarter of an hour", lambda: self.find_counts().get("entres") == 0)

    def count_quarters(self):
        for number in range(QUARTERS):
            if number:
                self.begin_quarter(QUARTERS + 1 - number)
            self.count_fast(f"quarter {number + 1}", number % 2 == 0)
            self.await_shown()
            self.help()
            self.lengthen_queue(1 + number % 2)
            if number == 1:
                self.report_incident()
                self.wait_longer()
            self.picture(f"quart-{number + 1}")

    def count_slowly_written(self):
        self.begin_quarter(1)
        self.set_fsync(SYNC_MS)
        for number in range(QUARTERS):
            self.count_fast(f"{SYNC_MS} ms an fsync, {number + 1}", number % 2 == 0)
        self.await_shown()
        self.picture("disque-lent")

    def die_while_writing(self):
        """Killed in the midst of it: what the tile has shown is there."""
        process = self.press_fast([("Entrés", 400, 0)])
        before = self.count_all(self.load_counts())["entres"]
        screen.wait_for("taps on the disk", lambda: self.count_all(self.load_counts())["entres"] > before)
        shown = self.sample()
        self.app.kill()
        is_midst = process.poll() is None
        process.wait()
        self.say(f"the app is killed, {'while taps come' if is_midst else 'after the last tap'}; it showed {shown['entres']}")
        counts = self.load_counts()
        found = counts.get(((time.time() + self.offset) // 900 * 900, "entres"), 0)
        if found < shown["entres"]:
            self.differences.append(f"{shown['entres']} were shown as counted, the disk has {found}")
        # What was in flight when it died was never shown; what is there is what counts from now on.
        self.pressed = self.count_all(counts)
        self.set_fsync(0)
        self.open_app()
        self.app.see("Entrés", "push button")
        self.await_shown()
        self.count_one()
        self.picture("apres-sigkill")

    def end(self):
        self.set_clock(0)
        self.wheel(5)
        self.app.scroll_press("Terminer le service")
        self.app.answer("Terminer")
        self.app.see("Bureau de poste")

    def send(self):
        self.hq.start()
        self.app.press("Envoi", "page tab")
        self.app.press("Envoyer maintenant")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        self.picture("envoi-recu")

    def work(self):
        self.queue = 0
        self.set_clock(QUARTERS + 1)
        self.set_fsync(0)
        self.open_app()
        self.start_shift("Bureau de poste", "minguettes", OFFICE)
        self.app.see("Entrés")
        self.count_one()
        self.count_quarters()
        self.count_slowly_written()
        self.die_while_writing()
        self.end()
        self.send()

    def compare(self):
        figures = json.loads(self.hq.ask("figures", "--json"))
        records = [json.loads(line) for line in self.hq.ask("export", "--format", "ndjson").splitlines()]
        counts = self.load_counts()
        held = {(int(datetime.datetime.fromisoformat(record["data"]["slot"]).timestamp()), code): count
                for record in records if record["type"] == "flow" for code, count in record["data"]["counts"].items()}
        yield from tour.expect("HQ's quarters of an hour", held, counts)
        yield from tour.expect("what the disk has", self.count_all(counts), self.pressed)
        taps = {code: count for code, count in self.pressed.items() if code not in ("file_max", "attente_max_min")}
        yield from tour.expect("HQ's flow", {code: figures["flow"].get(code) for code in taps}, taps)
        yield from tour.expect("HQ's longest queue", figures["flow"].get("file_max"), self.queue)
        yield from tour.expect("HQ's longest wait", figures["flow"].get("attente_max_min"), WAIT)
        yield from tour.expect("who was helped at length", [record["data"]["register"] for record in records
                                                             if record["type"] == "contact"], ["lever_incomprehensions"])
        yield from tour.expect("observations", [record["data"]["subject"] for record in records
                                                if record["type"] == "observation"], ["altercation_file"])
        yield from tour.expect("at most shown ahead of the disk", max(self.ahead, 0), 0)
        if len({slot for slot, _ in counts}) <= QUARTERS:
            yield f"counted in {len({slot for slot, _ in counts})} quarters of an hour only"
        yield from self.differences

    def go_through(self):
        self.enrol()
        self.work()
        (self.pictures / "figures.json").write_text(json.dumps(self.figures, indent=1))
        return self.compare()


if __name__ == "__main__":
    sys.exit(tour.main(PostOffice))
