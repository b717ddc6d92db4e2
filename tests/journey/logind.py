# SPDX-License-Identifier: GPL-3.0-or-later
"""A system bus with nothing but a login manager on it, which says that the tablet goes to sleep, or
that its screen is locked, whenever it is told to; and who asked it to wait, and let it go on."""

import os
import queue
import subprocess
import sys
import threading

NAME, PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
SESSION = f"{PATH}/session/_31"
ACCOUNT = f"""<node><interface name="{NAME}.Manager">
  <method name="Inhibit">
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="h" direction="out"/>
  </method>
</interface></node>"""
WORDS = {
    "sleep": (PATH, f"{NAME}.Manager", "PrepareForSleep", True),
    "wake": (PATH, f"{NAME}.Manager", "PrepareForSleep", False),
    "lock": (SESSION, f"{NAME}.Session", "Lock", None),
}


class Service:
    """The bus at `address`, and what is on it as a process of its own, of `script`; `said` has what that says, line by
    line."""

    script = None

    def __init__(self, folder):
        path = folder / "system-bus"
        self.bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", "--print-address", f"--address=unix:path={path}"],
                                    stdout=subprocess.PIPE, text=True)
        self.address = self.bus.stdout.readline().strip()
        self.process = subprocess.Popen([sys.executable, self.script, self.address], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.said = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self.said.put(line.strip())

    def hear(self, word, patience):
        """Waits until it says that."""
        while self.said.get(timeout=patience) != word:
            pass

    def say(self, word):
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()

    def close(self):
        for process in (self.process, self.bus):
            process.terminate()
            process.wait()


class LoginManager(Service):

    script = __file__


def connect(address):
    from gi.repository import Gio

    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    return Gio.DBusConnection.new_for_address_sync(address, flags, None, None)


def own(bus, name):
    from gi.repository import Gio, GLib

    bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "RequestName",
                  GLib.Variant("(su)", (name, 0)), None, Gio.DBusCallFlags.NONE, -1, None)


def serve(address):
    from gi.repository import Gio, GLib

    bus = connect(address)
    loop = GLib.MainLoop()

    def tell(word):
        print(word, flush=True)

    def released_cb(channel, condition, end):
        os.close(end)
        tell("released")
        return False

    def call_cb(connection, sender, path, interface, method, parameters, invocation):
        ours, theirs = os.pipe()
        files = Gio.UnixFDList.new()
        files.append(theirs)
        os.close(theirs)
        GLib.io_add_watch(GLib.IOChannel.unix_new(ours), GLib.PRIORITY_DEFAULT, GLib.IOCondition.HUP, released_cb, ours)
        invocation.return_value_with_unix_fd_list(GLib.Variant("(h)", (0,)), files)
        tell("inhibited")

    def word_cb(channel, condition):
        line = sys.stdin.readline()
        if not line:
            loop.quit()
            return False
        path, interface, signal, state = WORDS[line.strip()]
        bus.emit_signal(None, path, interface, signal, None if state is None else GLib.Variant("(b)", (state,)))
        return True

    bus.register_object(PATH, Gio.DBusNodeInfo.new_for_xml(ACCOUNT).interfaces[0], call_cb, None, None)
    own(bus, NAME)
    GLib.io_add_watch(GLib.IOChannel.unix_new(0), GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP, word_cb)
    tell("ready")
    loop.run()


if __name__ == "__main__":
    serve(sys.argv[1])
