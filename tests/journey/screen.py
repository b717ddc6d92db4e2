# SPDX-License-Identifier: GPL-3.0-or-later
"""A handheld's screen with nobody in front of it: phoc, the compositor of the Phosh shell, inside
Xvfb. The app is seen through AT-SPI and pressed with the pointer, as a person would."""

import atexit
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

BUILD = pathlib.Path(os.environ.get("ALTM_BUILD", pathlib.Path(__file__).parents[2] / "_build")).resolve()
WIDE, BESIDE = 900, 420  # pixels from which on there are two panes, and those that the left one has
HEAD, FOOT = 60, 130  # pixels that a page's header takes, and a main button above the tabs
STILL = 4  # turns of the wheel after which what did not move stands at the page's end
PLACES = BUILD / "tests" / "journey" / "altm-place-probe.so"  # where GTK tells wrong ones
PATIENCE = 600  # seconds until something that is waited for counts as not coming
SWEEPS, TURNS = 6, 60  # over a page, down and up in turns, and of the wheel in one of them

# What slides would be pressed where it no longer is; who has a slow machine turns this off too.
SETTINGS = {
    "gtk-4.0/settings.ini": "[Settings]\ngtk-enable-animations=0\n",
    "glib-2.0/settings/keyfile": "[org/gnome/desktop/interface]\nenable-animations=false\n",
}


def name_role(node):
    """A control's role; newer AT-SPI (Debian 13) calls a push button a button."""
    role = node.getRoleName()
    return "push button" if role == "button" else role


def box_of(node):
    """Where a control is: (x, y, width, height); None for what has no place."""
    import pyatspi

    try:
        box = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    except NotImplementedError:
        return None
    return box.x, box.y, box.width, box.height


class Missing(Exception):
    """What was waited for did not come."""


def enter(width, height):
    """Runs this script again inside a session bus and an X server, unless it already is."""
    if os.environ.get("ALTM_SCREEN"):
        return
    os.environ["ALTM_SCREEN"] = f"{width}x{height}"
    server = f"-screen 0 {width}x{height}x24 -noreset"
    # No session of the user's, nor another run's: only what is started here is spoken to.
    for name in ("WAYLAND_DISPLAY", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "AT_SPI_BUS_ADDRESS"):
        os.environ.pop(name, None)
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="altm-session-")
    atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)
    sys.exit(subprocess.run(["dbus-run-session", "--", "xvfb-run", "-a", "-s", server, sys.executable,
                             *sys.argv], check=False).returncode)


def wait_for(what, look, patience=PATIENCE):
    """Calls look() until it returns something true, and returns that."""
    end = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise Missing(f"{what} did not come within {patience} s")
        time.sleep(0.1)


class Screen:
    """The compositor; `folder` holds its files and sockets."""

    def __init__(self, folder):
        self.folder = folder
        self.taps = 0
        self.size = tuple(int(n) for n in os.environ["ALTM_SCREEN"].split("x"))
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        settings = folder / "phoc.ini"
        settings.write_text("[core]\nxwayland=false\n\n[output:X11-1]\n"
                            f"mode = {self.size[0]}x{self.size[1]}\nscale = 1\n")
        self.environment = dict(os.environ, XDG_RUNTIME_DIR=str(runtime), WLR_BACKENDS="x11",
                                WLR_RENDERER="pixman")
        self.compositor = subprocess.Popen(["phoc", "-C", str(settings)], env=self.environment,
                                           stdout=(folder / "phoc.log").open("w"),
                                           stderr=subprocess.STDOUT)
        wait_for("the compositor", lambda: list(runtime.glob("wayland-?")))
        self.environment["WAYLAND_DISPLAY"] = next(runtime.glob("wayland-?")).name

    def panes(self):
        """The middle of each pane that there is room for."""
        width, height = self.size
        middles = (width // 2,) if width < WIDE else (BESIDE // 2, (BESIDE + width) // 2)
        return [(middle, height // 2) for middle in middles]

    def turn_wheel(self, button, times=1):
        """The wheel up (4) or down (5), over each pane."""
        for x, y in self.panes():
            subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "--repeat", str(times), "--delay", "20",
                            str(button)], check=True)

    def close(self):
        self.compositor.terminate()
        self.compositor.wait()

    def resize(self, width, height):
        """What the app has, within what the screen was made with: as a tablet is turned, or a window made narrow."""
        windows = subprocess.run(["xdotool", "search", "--name", ""], check=True, capture_output=True, text=True).stdout
        subprocess.run(["xdotool", "windowsize", windows.split()[-1], str(width), str(height)], check=True)
        self.size = width, height

    def picture(self, path):
        width, height = self.size
        subprocess.run(["import", "-window", "root", "-crop", f"{width}x{height}+0+0", str(path)], check=True)


def preload_places(environment):
    """The app tells rightly where a control is, if it would not by itself. AddressSanitizer wants to be loaded first,
    which what is preloaded would not need."""
    if PLACES.exists():
        environment["LD_PRELOAD"] = f"{PLACES} {environment.get('LD_PRELOAD', '')}".strip()
        environment["ASAN_OPTIONS"] = f"{environment.get('ASAN_OPTIONS', '')}:verify_asan_link_order=0".strip(":")


def write_settings(folder):
    for name, text in SETTINGS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


class App:
    """The app `altm-field` on a screen."""

    def __init__(self, screen, store, language="fr_FR.UTF-8", arguments=()):
        self.screen = screen
        environment = dict(screen.environment, GDK_BACKEND="wayland", GSK_RENDERER="cairo",
                           GTK_A11Y="atspi", LANG=language, G_DEBUG="fatal-criticals",
                           GSETTINGS_BACKEND="keyfile", XDG_DATA_HOME=str(screen.folder / "share"),
                           XDG_CONFIG_HOME=str(screen.folder / "config"))
        preload_places(environment)
        write_settings(screen.folder / "config")
        environment.pop("LC_ALL", None)
        environment.pop("LANGUAGE", None)
        self.log = screen.folder / "app.log"
        self.process = subprocess.Popen([str(BUILD / "app" / "altm-field"), "--store", str(store), *arguments],
                                        env=environment, stdout=self.log.open("a"), stderr=subprocess.STDOUT)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def close(self):
        self.process.terminate()
        self.process.wait()

    def controls(self):
        """All that is on the screen now: (role, name, (x, y, width, height))."""
        found = []
        for node, box in self.nodes():
            try:
                found.append((name_role(node), node.name, box))
            except Exception:  # a node that went away while it was looked at
                continue
        return found

    def nodes(self):
        """What is on the screen now, and its box, one after the other: whoever has found what they look for asks no more."""
        import pyatspi  # only inside the session bus

        if self.process.poll() is not None:
            raise Missing(f"the app ended with {self.process.returncode}:\n{self.log.read_text()[-2000:]}")
        for application in pyatspi.Registry.getDesktop(0):
            if application is not None and application.name == "altm-field":
                yield from self._walk(application)

    def _walk(self, node):
        try:
            box = box_of(node)
            if box is not None and box[2:] == (0, 0) and name_role(node) not in ("filler", "panel"):
                return
            children = [child for child in node if child is not None]
        except Exception:  # a node that went away while it was looked at
            return
        if box is not None:
            yield node, box
        for child in children:
            yield from self._walk(child)

    def find(self, name, role=None):
        """A control of that name that can be reached with the pointer: its box, or None."""
        found = self.find_node(name, role)
        return None if found is None else found[1]

    def find_node(self, name, role):
        for node, box in self.nodes():
            try:
                if self.is_reached(box) and node.name == name and role in (None, name_role(node)):
                    return node, box
            except Exception:  # it went away
                continue
        return None

    def find_among(self, controls, name, role):
        return next((box for its_role, its_name, box in controls
                     if its_name == name and role in (None, its_role) and self.is_reached(box)), None)

    def is_reached(self, box):
        """Whether its middle is on the screen."""
        x, y, width, height = box
        return (width > 1 and height > 1 and 0 <= x + width / 2 < self.screen.size[0] and
                0 <= y + height / 2 < self.screen.size[1])

    def see(self, name, role=None):
        """Waits for a control that stays where it is: looked at twice in the same place."""
        def look():
            found = self.find_node(name, role)
            if found is None:
                return None
            time.sleep(0.1)
            try:
                return found[1] if box_of(found[0]) == found[1] else None
            except Exception:  # it went away
                return None
        return wait_for(f"“{name}”", look)

    def press(self, name, role=None):
        x, y, width, height = self.see(name, role)
        self.tap(x + width // 2, y + height // 2)

    def answer(self, name):
        """Presses a dialog's button by its action: a dialog is a window of its own, and where the
        compositor puts it is not told."""
        import pyatspi

        def is_it(node):
            # GTK 4.8 names a button of libadwaita's dialogs by its label twice.
            return (name_role(node) == "push button" and node.name in (name, f"{name} {name}") and
                    node.queryComponent().getExtents(pyatspi.WINDOW_COORDS).width > 0)

        def look():
            for application in pyatspi.Registry.getDesktop(0):
                if application is not None and application.name == "altm-field":
                    found = pyatspi.findDescendant(application, is_it)
                    if found is not None:
                        return found.queryAction()
            return None

        wait_for(f"“{name}”", look).doAction(0)
        self.screen.taps += 1
        time.sleep(0.5)

    def tap(self, x, y):
        self.screen.taps += 1
        subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "1"], check=True)
        time.sleep(0.3)

    def scroll_to(self, name, role=None):
        """Turns the wheel until the control is well on the screen, clear of what stands at its head and its
        foot; where the page ends before that, until it no longer moves."""
        for button in ("5", "4") * (SWEEPS // 2):
            if self.scroll_one_way(name, role, button):
                return
        raise Missing(f"“{name}” is nowhere on this page")

    def scroll_one_way(self, name, role, button):
        height = self.screen.size[1]
        shown = []
        for _ in range(TURNS):
            shown.append(self.controls())
            box = self.find_among(shown[-1], name, role)
            if box and HEAD <= box[1] and box[1] + box[3] < height - FOOT:
                return True
            if shown[-STILL:] == [shown[-1]] * STILL:
                return box is not None and HEAD <= box[1] and box[1] + box[3] <= height
            self.screen.turn_wheel(button)
            time.sleep(0.15)
        return False

    def scroll_press(self, name, role=None):
        self.scroll_to(name, role)
        self.press(name, role)

    def find_focus(self):
        """The field that what is typed goes to, or None."""
        import pyatspi

        def is_it(node):
            return node.getState().contains(pyatspi.STATE_FOCUSED) and "EditableText" in pyatspi.listInterfaces(node)

        for application in pyatspi.Registry.getDesktop(0):
            if application is not None and application.name == "altm-field":
                return pyatspi.findDescendant(application, is_it)
        return None

    def write(self, text):
        """Types into the field that has the focus, once one has it. GTK 4.8 does not tell what is in it."""
        wait_for("a field with the focus", self.find_focus)
        self.type(text)

    def type(self, text):
        """Types into what was pressed just before: the keys come after the press, however slow it all is.
        GTK 4.8 does not tell whether a row that is an entry has the focus."""
        subprocess.run(["xdotool", "type", "--delay", "30", text], check=True)
        time.sleep(0.5)
