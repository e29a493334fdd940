# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many sizes for each screen, under load: serve, relay, replay, lesson, demo, ping and load at once. A size is set on the
terminal itself (ioctl_tty(2), TIOCSWINSZ), so each one is a signal, faster than tmux would pass it on. In the end each
screen is as a redraw shows it, and nothing was leaked. RESIZES: how many (300; `make soak`: 1,000)."""
import fcntl
import os
import random
import re
import struct
import termios
import time

import netns
import samples
import tap
import udptui
import wire
from screen import Screen
from parts import SANITIZED, free_port, start_clients

RESIZES = int(os.environ.get("RESIZES") or 300)
COLUMNS, ROWS = 120, 40
PAUSE_S = 0.002
SEED = 13
LARGEST_SIZE = (250, 60)
GREW_KIB = 2048  # at most, in all: the cells of one screen of this size take as much as 60


def recording(path):
    """Requests and replies of a minute."""
    frames, client, server = [], ("127.0.0.1", 50000), ("127.0.0.1", 4010)
    for number in range(6000):
        source, target = (client, server) if number % 2 == 0 else (server, client)
        packet = netns.forged_packet(source, target, b"message %d" % (number // 2))
        frames.append(wire.Frame(number, 10**18 + number * 10**7, "udp", number % 2 == 0, b"", None, packet))
    wire.write_pcap(path, frames)
    return path


class Resized:
    """A program in a terminal whose size changes behind tmux' back."""

    def __init__(self, namespace, *arguments, pause=(), wait=None):
        self.name = arguments[0]
        with namespace:
            self.screen = Screen(COLUMNS, ROWS)
        self.screen.run(*arguments, wait=wait or "udptui " + arguments[0])
        self.screen.keys(*pause or ("C-l",))
        self.watched = samples.Watched(self.name, self.screen.program_pid())
        self.terminal = os.open(self.screen.variable("pane_tty"), os.O_RDWR | os.O_NOCTTY)
        tap.defer(os.close, self.terminal)

    def resize(self, columns, rows):
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def settled(self):
        """What is shown once it does not change any more; figures and charts may."""
        seen = []
        def same():
            seen.append(masked(self.screen.capture()))
            return len(seen) > 2 and seen[-1] == seen[-2] == seen[-3]
        tap.until(same, lambda: "%s to be drawn:\n%s" % (self.name, self.screen.capture()), 30, 0.1)
        return seen[-1]

    def check_screen(self):
        """It is what is drawn from nothing (Ctrl-L)."""
        before = self.settled()
        self.screen.keys("C-l")
        tap.equal(before, self.settled(), "the screen of %s after %d sizes" % (self.name, RESIZES))
        tap.matches(before.splitlines()[-1], r"\bq (quit|stop|end)", "the footer of " + self.name)


def masked(text):
    """Without figures, charts and what they push aside. A dotted line is a chart's: its row depends on the figures."""
    rows = ["" if "\u2508" in row else row for row in text.splitlines()]
    text = re.sub(r"\bnow\b|\d[\d.,:%-]*(?: ?(?:[mun]?s|[kMG]?B|[kMG]?bit|[kMG](?=/s)))?(?:/s)?(?: ago)?|queue \d+%", "0", "\n".join(rows))
    text = re.sub(r"(?m)^\s*0$", "", re.sub(r"0(?:\s+0)+", "0", text))
    text = re.sub(r"(?m)(?: +(?:mean|jitter|stddev) 0)+$", "", text)  # ping's last ones, if there is room
    text = re.sub(r" \((?:[a-z]+ 0(?:, )?)+\)", "", text)  # why datagrams were held, once some were
    return "\n".join(re.sub(r"[\u2580-\u259f\u2800-\u28ff\u00d7\s]+", " ", row).rstrip() for row in text.split("\n"))


def resize_all(programs, count, choice):
    for _ in range(count):
        for program in programs:
            program.resize(choice.randint(1, LARGEST_SIZE[0]), choice.randint(1, LARGEST_SIZE[1]))
        time.sleep(PAUSE_S)
    for program in programs:
        program.resize(*LARGEST_SIZE)  # in any order, each has had the largest memory
    time.sleep(0.1)
    for program in programs:
        program.resize(COLUMNS, ROWS)


def start_all(namespace, directory):
    served, entry = ("127.0.0.1:%d" % free_port(namespace) for _ in range(2))
    few = ("--history", "100", "--max-clients", "50")
    programs = [Resized(namespace, "serve", *few, "--ack", "stamp", served),
                Resized(namespace, "relay", *few, "--impair", "loss=5%,delay=5ms", entry, served)]
    clients = start_clients(namespace, directory, "clients", 1000, 40, [entry])
    programs = [Resized(namespace, "load", "--rate", "200/s", "-d", "10m", served),
                Resized(namespace, "ping", "-i", "100ms", "--mode", "stamp", served)] + programs
    programs += [Resized(namespace, "replay", recording(os.path.join(directory, "recording.pcap")), pause=("Space",)),
                 Resized(namespace, "lesson", "loss", wait="loss"),
                 Resized(namespace, "demo")]
    return programs, clients


@tap.case("%d sizes for each screen under load: all are right in the end, nothing is leaked" % RESIZES, timeout_s=180)
def resizes():
    choice = random.Random(SEED)
    namespace, directory = netns.Namespace(), udptui.temporary_directory()
    programs, clients = start_all(namespace, directory)
    resize_all(programs, RESIZES // 5, choice)
    for program in programs:
        if program.name in ("serve", "relay"):
            program.screen.wait_text("evicted")  # the tables are full
    for program in programs:
        program.watched.sample(time.monotonic())
    resize_all(programs, RESIZES, choice)
    clients.child.stdin.write(b"no more\n")
    clients.child.stdin.flush()
    for program in programs:
        if program.name in ("serve", "relay", "demo"):
            program.screen.keys("Space")  # the display pauses, so that two pictures can be compared
        program.check_screen()
        program.watched.sample(time.monotonic())
        check_leaks(program)
        if program.name == "lesson":
            check_stray_text(program)
        if program.name in ("load", "ping"):
            program.screen.keys("q")  # and sends no more to the servers
            program.screen.wait_prompt()


def check_stray_text(program):
    """The comparison itself: it finds what does not belong there."""
    os.write(program.terminal, b"\x1b7\x1b[20;10Hstray\x1b8")
    try:
        program.check_screen()
    except tap.Failure:
        return
    raise tap.Failure("a stray text is not found")


def check_leaks(program):
    sockets = 8 if program.name == "load" else 0  # after losses each of its clients takes another
    heap = [] if SANITIZED else [("heap_kib", GREW_KIB)]  # what a sanitizer keeps of freed memory grows
    for key, most in [("descriptors", sockets), ("threads", 0)] + heap:
        before, after = program.watched.series[key]
        print("# %-7s %-11s %d -> %d" % (program.name, key, before, after))
        tap.true(after - before <= most, "%s of %s: %d before, %d after %d sizes" % (key, program.name, before, after, RESIZES))


tap.main()
