# SPDX-License-Identifier: GPL-3.0-or-later
"""The app as it is installed, as the background sender of a session: background.py DIR [WIDTHxHEIGHT]

It installs the app below a folder, with a build of its own for that prefix, and gives the session's bus and its start that
prefix's files. The session starts it as the autostart file says, with a record queued and HQ up: it is sent, and
the process ends by itself. With HQ down it stays, without a window, until HQ is back. Another program then asks the bus for
the app, which the bus starts; and once more with nothing queued, when it ends by itself too. Exits
non-zero if anything differs."""

import configparser
import json
import pathlib
import shlex
import subprocess
import sys
import time

import screen
import tour

NAME = "org.altm.Field"
SERVICE_WAIT = 10  # seconds that a service with nothing to send waits to be asked for its window
SOURCE = pathlib.Path(__file__).parents[2]
# What is installed; the tests are not.
TARGETS = ("app/altm-field", "sync/client/altm-fieldctl", "sync/hq/altm-field-hq", "altm-field-gmo")
RECORD = {"type": "contact", "place": "QN06901M",
          "data": {"channel": "espace_public", "register": "presence_active", "public": "habitant", "people": 1}}


class Background(tour.Tour):

    verdict = "What was left queued is sent from the session's start on, and nothing stays that is not needed"
    bus = None
    sent = 0

    def install(self):
        self.prefix = self.folder / "prefix"
        build = self.folder / "build"
        with (self.folder / "install.log").open("w") as log:
            for command in (["meson", "setup", build, SOURCE, f"--prefix={self.prefix}"], ["ninja", "-C", build, *TARGETS],
                            ["meson", "install", "-C", build, "--no-rebuild"]):
                subprocess.run(command, check=True, stdout=log, stderr=log)
        self.say("the app is installed below a folder")

    def enter_session(self):
        """A bus that knows the services of that prefix, and the environment of what it starts."""
        share = self.prefix / "share"
        self.environment = dict(
            self.screen.environment, GDK_BACKEND="wayland", GSK_RENDERER="cairo", GSETTINGS_BACKEND="memory",
            XDG_DATA_DIRS=f"{share}:/usr/local/share:/usr/share", XDG_DATA_HOME=str(self.folder / "share"),
            XDG_CONFIG_DIRS=str(self.prefix / "etc" / "xdg"), XDG_CONFIG_HOME=str(self.folder / "config"),
            DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nonexistent")
        self.bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address",
                                     f"--address=unix:path={self.folder / 'session-bus'}"],
                                    env=self.environment, stdout=subprocess.PIPE, stderr=(self.folder / "bus.log").open("w"),
                                    text=True)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.bus.stdout.readline().strip()
        self.tablet = self.folder / "share" / "altm-field"

    def close(self):
        super().close()
        if self.bus is not None:
            self.bus.terminate()
            self.bus.wait()

    def ask_bus(self, method, *words, to="org.freedesktop.DBus", path="/org/freedesktop/DBus",
                interface="org.freedesktop.DBus"):
        return subprocess.run(["gdbus", "call", "--session", "--dest", to, "--object-path", path, "--method",
                               f"{interface}.{method}", *words], env=self.environment, check=True, capture_output=True,
                              text=True).stdout

    def is_running(self):
        return "true" in self.ask_bus("NameHasOwner", NAME)

    def queue(self):
        subprocess.run([tour.CTL, "--store", self.tablet, "add"], input=json.dumps(RECORD), check=True, capture_output=True,
                       text=True)
        self.sent += 1

    def start_session(self):
        """Starts what the session's start finds in the autostart folder."""
        entry = configparser.ConfigParser(interpolation=None)
        entry.optionxform = str
        entry.read(self.prefix / "etc" / "xdg" / "autostart" / f"{NAME}.desktop")
        return subprocess.Popen(shlex.split(entry["Desktop Entry"]["Exec"]),
                                env=dict(self.environment, PATH="/usr/bin:/bin"))

    def send_from_start(self):
        self.queue()
        app = self.start_session()
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        yield from tour.expect("how the service ends", app.wait(), 0)
        self.say("the session's start sends what was queued, and the service ends by itself")

    def stay_until_sent(self):
        self.hq.stop()
        self.queue()
        app = self.start_session()
        screen.wait_for("the service", self.is_running)
        time.sleep(SERVICE_WAIT + 2)  # in which it would have ended with nothing to send, as below
        yield from tour.expect("that it stays while something is queued", app.poll(), None)
        self.hq.start()
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        yield from tour.expect("how the service ends", app.wait(), 0)
        self.say("with HQ down it stays, and sends by itself once HQ is back")

    def be_activated(self):
        self.queue()
        self.ask_bus("StartServiceByName", NAME, "0")
        screen.wait_for("an empty queue", lambda: self.status()["queued"] == 0)
        screen.wait_for("the end of the service", lambda: not self.is_running())
        self.ask_bus("StartServiceByName", NAME, "0")
        screen.wait_for("the end of a service with nothing to send", lambda: not self.is_running())
        self.say("the bus starts it too, and it ends by itself")

    def go_through(self):
        self.install()
        self.enter_session()
        self.enrol()
        self.hq.start()
        yield from self.send_from_start()
        yield from self.stay_until_sent()
        self.be_activated()
        figures = json.loads(self.hq.ask("figures", "--json"))
        yield from tour.expect("contacts at HQ", figures["interventions"], self.sent)


if __name__ == "__main__":
    sys.exit(tour.main(Background))
