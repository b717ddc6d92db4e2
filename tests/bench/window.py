# SPDX-License-Identifier: GPL-3.0-or-later
"""First frame and memory of the app with a large store, against a libadwaita window with nothing
in it. Both are watched from outside, alike: an X server of our own keeps its pixels in a file that
is mapped here, and the first frame is there when the first pixel of the window has changed."""

import contextlib
import mmap
import os
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / 'journey'))

import loop  # noqa: E402 (beside the journeys)

WIDTH, HEIGHT = 1280, 800
SECONDS_TO_DRAW = 30
SECONDS_TO_SETTLE = 5  # after which memory is read
QUIET = 0.6  # seconds without a changed pixel
ROWS = (12, 70, 140, 280, 520, 700)  # of the window's pixels, clear of the pointer
JOURNAL = (155, 690)  # the second one of the switcher at the window's foot
WHEEL_TURNS = 120
# Frames and pixels in each, after the name of a way to scroll; no pixels: from end to end in so many frames.
SCROLLS = {'a thumb': (300, 40), 'a fling': (300, 700), 'from end to end': (600, 0)}


class Screen:
    """An Xvfb, its pixels readable without asking it."""

    def __init__(self, folder):
        # The pixels are no store: they may lie in memory.
        base = '/dev/shm' if os.access('/dev/shm', os.W_OK) else folder
        self.folder = Path(tempfile.mkdtemp(prefix='altm-bench-screen-', dir=base))
        reading, writing = os.pipe()
        self.process = subprocess.Popen(
            ['Xvfb', '-displayfd', str(writing), '-screen', '0', f'{WIDTH}x{HEIGHT}x24',
             '-nolisten', 'tcp', '-noreset', '-fbdir', self.folder],
            pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as numbers:
            self.display = ':' + numbers.readline().strip()
        with (self.folder / 'Xvfb_screen0').open('rb') as file:
            self.pixels = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        # The file is an XWD dump (X11/XWDFile.h): sizes in its head, then the colours, the pixels.
        head = struct.unpack('>25I', self.pixels[:100])
        self.stride = head[12]
        self.start = head[0] + 12 * head[19]

    def sample(self):
        rows = (self.start + self.stride * row for row in ROWS)
        return b''.join(self.pixels[row:row + 4 * 400] for row in rows)

    def close(self):
        self.pixels.close()
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def environment(screen, home):
    """The same for both: a home with nothing in it, drawing without a graphics card."""
    kept = {name: os.environ[name] for name in ('PATH', 'DBUS_SESSION_BUS_ADDRESS')}
    return {**kept, 'DISPLAY': screen.display, 'HOME': str(home), 'XDG_RUNTIME_DIR': str(home),
            'GDK_BACKEND': 'x11', 'GSK_RENDERER': 'cairo', 'GSETTINGS_BACKEND': 'memory',
            'LC_ALL': 'C.UTF-8'}


@contextlib.contextmanager
def running(command, screen, home, more=None):
    blank = screen.sample()
    start = time.perf_counter()
    with (home / 'output').open('ab') as output:
        process = subprocess.Popen(command, env={**environment(screen, home), **(more or {})}, stdout=output,
                                   stderr=output)
    try:
        yield process, start, blank
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    # The screen is as it was before the next one begins.
    deadline = time.perf_counter() + 5
    while screen.sample() != blank and time.perf_counter() < deadline:
        time.sleep(0.02)


def await_frame(process, screen, start, blank):
    """Seconds from the start of the program to its first pixel."""
    while screen.sample() == blank:
        if process.poll() is not None or time.perf_counter() - start > SECONDS_TO_DRAW:
            raise SystemExit(f'{process.args[0]} drew nothing')
        time.sleep(0.001)
    return time.perf_counter() - start


def await_quiet(screen, start):
    """Seconds from the start of the program to its last pixel before it falls quiet."""
    seen, changed = screen.sample(), time.perf_counter()
    while time.perf_counter() - changed < QUIET and time.perf_counter() - start < SECONDS_TO_DRAW:
        time.sleep(0.005)
        now = screen.sample()
        if now != seen:
            seen, changed = now, time.perf_counter()
    return changed - start


def memory(process):
    """MiB: the proportional share of a process (PSS), and what it alone has (USS)."""
    sizes = {}
    for line in Path(f'/proc/{process.pid}/smaps_rollup').read_text().splitlines()[1:]:
        name, size = line.split(':')
        sizes[name] = int(size.split()[0]) / 1024
    return sizes['Pss'], sizes['Private_Clean'] + sizes['Private_Dirty']


def page_journal(screen, home):
    """To the Journal, and down in it for a while."""
    open_journal(screen, home)
    subprocess.run(['xdotool', 'mousemove', '200', '400', 'click', '--repeat', str(WHEEL_TURNS), '--delay', '25', '5'],
                   env=environment(screen, home), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(2)


def open_journal(screen, home):
    subprocess.run(['xdotool', 'mousemove', *map(str, JOURNAL), 'click', '1'], env=environment(screen, home), check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(2)


def scroll(screen, home, full, way):
    """What its frames were like, and how much memory it has then (PSS)."""
    probe = home / 'loop'
    more = {'LD_PRELOAD': str(loop.PROBE), 'ALTM_LOOP': str(probe)}
    with running(full.command, screen, home, more) as (process, start, blank):
        await_frame(process, screen, start, blank)
        time.sleep(SECONDS_TO_SETTLE)
        open_journal(screen, home)
        before = memory(process)[0]
        loop.ask(probe, 'take')
        if loop.ask(probe, 'scroll', *SCROLLS[way]) is None:
            raise SystemExit('the journal is not on the screen')
        while loop.ask(probe, 'scrolling'):
            time.sleep(0.2)
        frames = loop.ask(probe, 'take')['frames']
        time.sleep(1)
        return {**frames, 'grown_mib': memory(process)[0] - before}


def picture(screen, home, path):
    subprocess.run(['import', '-window', 'root', '-crop', '400x720+0+0', path],
                   env=environment(screen, home), check=False)


class Contestant:
    def __init__(self, command):
        self.command = command
        self.first, self.quiet, self.pss, self.uss = [], [], [], []
        self.paged = []

    def draw(self, screen, home):
        with running(self.command, screen, home) as (process, start, blank):
            self.first.append(await_frame(process, screen, start, blank))
            self.quiet.append(await_quiet(screen, start))

    def weigh(self, screen, home, pages, pictures):
        with running(self.command, screen, home) as (process, start, blank):
            await_frame(process, screen, start, blank)
            time.sleep(SECONDS_TO_SETTLE)
            pss, uss = memory(process)
            self.pss.append(pss)
            self.uss.append(uss)
            if pictures:
                picture(screen, home, f'{pictures}-opened.png')
            if not pages:
                return
            before = screen.sample()
            page_journal(screen, home)
            if screen.sample() != before:
                self.paged.append(memory(process)[0])
            if pictures:
                picture(screen, home, f'{pictures}-journal.png')


def middle(values, factor=1.0):
    return round(factor * statistics.median(values), 2) if values else None


def measure(empty_window, app, store, folder, runs=12, weighings=3, pictures=None):
    """Both in turns. Times in milliseconds, sizes in MiB."""
    home = folder / 'home'
    home.mkdir(mode=0o700)
    screen = Screen(folder)
    empty = Contestant([str(empty_window)])
    full = Contestant([str(app), '--store', str(store)])
    try:
        for warm_up in (empty, full):
            warm_up.draw(screen, home)
        for each in (empty, full):
            each.first.clear()
            each.quiet.clear()
        for _ in range(runs):
            empty.draw(screen, home)
            full.draw(screen, home)
        for number in range(weighings):
            empty.weigh(screen, home, False, None)
            full.weigh(screen, home, True, pictures if number == 0 else None)
        scrolls = {way: scroll(screen, home, full, way) for way in SCROLLS}
    finally:
        screen.close()
    return {
        'scrolls': scrolls,
        'empty_ms': middle(empty.first, 1000), 'app_ms': middle(full.first, 1000),
        'ratio': middle([b / a for a, b in zip(empty.first, full.first)]),
        'empty_settled_ms': middle(empty.quiet, 1000), 'app_settled_ms': middle(full.quiet, 1000),
        'settled_ratio': middle([b / a for a, b in zip(empty.quiet, full.quiet)]),
        'empty_mib': middle(empty.pss), 'app_mib': middle(full.pss),
        'over_mib': round(middle(full.pss) - middle(empty.pss), 2),
        'over_private_mib': round(middle(full.uss) - middle(empty.uss), 2),
        'journal_mib': middle(full.paged),
        'journal_over_mib': round(middle(full.paged) - middle(empty.pss), 2) if full.paged else None}


def main():
    """As `run` calls it, inside a session bus of its own."""
    import json

    empty_window, app, store, folder, runs, *pictures = sys.argv[1:]
    print(json.dumps(measure(Path(empty_window), Path(app), Path(store), Path(folder), int(runs),
                             pictures=pictures[0] if pictures else None)))


if __name__ == '__main__':
    main()
