# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many sizes for each screen, under load: serve, relay, replay, lesson, demo, ping and load at once, then the
prompt and watch. A size is set on the terminal itself (ioctl_tty(2), TIOCSWINSZ), so each one is a signal, faster than tmux would pass it on. In the end each
screen is as a redraw shows it, and nothing was leaked. Where the program can stand still, each cell is compared. RESIZES: how many (300; `make soak`: 1,000)."""
import contextlib
import fcntl
import os
import random
import re
import struct
import termios
import time

import broker
import commands
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
SENDERS = ("load", "ping")
TYPED_EVERY = 20  # sizes
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
        self.mask = MASKS.get(self.name, still)
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
        """The rows once they do not change any more, but for what goes on as well."""
        seen = []
        def same():
            seen.append(self.mask(self.screen.capture()).splitlines())
            return len(seen) > 2 and seen[-1] == seen[-2] == seen[-3]
        tap.until(same, lambda: "%s to be drawn:\n%s" % (self.name, self.screen.capture()), 30, 0.1)
        return seen[-1]

    def stale_rows(self):
        """Those that are not as they are drawn from nothing (Ctrl-L): number, what was seen, what is right."""
        before = self.settled()
        self.screen.keys("C-l")
        after = self.settled()
        tap.equal(len(before), len(after), "rows of " + self.name)
        tap.matches(after[-1], r"\bq (quit|stop|end)", "the footer of " + self.name)
        return [(number, *pair) for number, pair in enumerate(zip(before, after)) if pair[0] != pair[1]]

    def check_screen(self):
        tap.equal(self.stale_rows(), [], "stale rows of %s after %d sizes" % (self.name, RESIZES))

    def stand_still(self):
        """So that all cells can be compared: nothing is sent any more, the rates and their chart, and the gauge of the
        queue, which is shown for some seconds after it was not empty, are gone, and the display pauses."""
        if self.name in ("serve", "relay"):
            self.screen.wait_gone(r"^ in .*\bqueue\b", 20)
            self.screen.wait_text(r"^ in [\d,]+  (?:0/s |IMPAIRED)[^\u2581-\u2588]*$", 20)  # a rate may have no room
        if self.name in ("serve", "relay", "demo"):
            self.screen.keys("Space")
            self.screen.wait_text("PAUSED")


# ---- what may differ

UPTIME = r"\bup \d\d:\d\d:\d\d"


def still(text):
    """Of a program that stands still only the time since its start goes on."""
    return re.sub(UPTIME, "up", text)


def going(text):
    """Without figures, charts and what they push aside. A dotted line is a chart's: its row depends on the figures."""
    rows = ["" if "\u2508" in row else re.sub(r"[\u2580-\u259f\u2800-\u28ff\u00d7]", " ", row) for row in text.splitlines()]
    text = re.sub(r"\bnow\b|\d[\d.,:%-]*(?: ?(?:[mun]?s|[kMG]?B|[kMG]?bit|[kMG](?=/s)))?(?:/s)?(?: ago)?", "0", "\n".join(rows))
    text = re.sub(r"0(?: +0)+", "0", text)
    text = re.sub(r"(?m)^ *0 *$", "", text)  # a chart's, in which nothing was as much
    text = re.sub(r"(?m)(?: +(?:mean|jitter|stddev) 0)+$", "", text)  # ping's last ones, if there is room
    # Of load, from the first one on that a busy machine was too late to time, or that came twice.
    text = re.sub(r" +of 0 acks\b|^ uncertain \?", "", text, flags=re.MULTILINE)
    text = re.sub(r"(?m)^(?: +(?:lost|late|duplicates|not sent) 0){4}$",  # of load: what is not zero comes first
                  lambda row: " ".join(sorted(row[0].strip().split("  "))), text)
    text = re.sub(r"(?m)^ longest run of loss .*", "", text)  # of ping, until a late reply comes
    return "\n".join(re.sub(r" +", " ", row).rstrip() for row in text.split("\n"))


def paused_demo(text):
    """Its clients go on, and so do the counts in three rows: in them the words before the first loss are compared."""
    return "\n".join(going(re.sub(r"  held .*", "", row)) if re.match(" udptui demo| in ", row) or "PAUSED" in row else row
                     for row in text.splitlines())


MASKS = {"load": going, "ping": going, "watch": going, "demo": paused_demo}


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
    programs = [Resized(namespace, "load", "--rate", "200/s", "-d", "10m", "--timeout", "20s", served),
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
    for program in programs:
        if program.name in SENDERS:
            check(program)
            program.screen.keys("q")  # and sends no more to the servers
            program.screen.wait_prompt()
    clients.child.stdin.write(b"no more\n")
    clients.child.stdin.flush()
    others = [program for program in programs if program.name not in SENDERS]
    for program in others:
        program.stand_still()
        check(program)
    resize_all(others, RESIZES // 5, choice)
    for program in others:
        program.check_screen()
        if program.mask is still:
            check_stray_cells(program, choice)


def check(program):
    if program.name == "ping" and program.screen.wait_text(r" (\d\d:\d\d:\d\d)").group(1) >= "00:00:40":
        program.screen.wait_text("^ last min ", 40)  # from a minute on: a row that the chart has before
    program.check_screen()
    program.watched.sample(time.monotonic())
    check_leaks(program)


def stray_columns(row, choice):
    """A column for a cell that does not belong there, but not where time goes on."""
    moving = [column for found in re.finditer(UPTIME, row) for column in range(*found.span())]
    return choice.choice([column for column in range(COLUMNS) if column not in moving])


def put_stray_cells(program, choice):
    """One in each row. Returns how many rows there are, and the rows in which one is found."""
    rows = program.screen.capture().splitlines()
    places = [(number + 1, stray_columns(row, choice) + 1) for number, row in enumerate(rows)]
    os.write(program.terminal, b"\x1b7" + b"".join(b"\x1b[%d;%dH@" % place for place in places) + b"\x1b8")
    return len(rows), [number for number, _, _ in program.stale_rows()]


def check_stray_cells(program, choice):
    """The comparison itself: it finds one wrong cell in each row, whatever belongs there. A frame of the program may come
    in between and draw over one: then they are put there again."""
    for _ in range(5):
        count, found = put_stray_cells(program, choice)
        if found == list(range(count)):
            return
    tap.equal(found, list(range(count)), "rows with a stray cell, of " + program.name)


def check_leaks(program):
    sockets = 8 if program.name == "load" else 0  # after losses each of its clients takes another
    heap = [] if SANITIZED else [("heap_kib", GREW_KIB)]  # what a sanitizer keeps of freed memory grows
    for key, most in [("descriptors", sockets), ("threads", 0)] + heap:
        before, after = program.watched.series[key]
        print("# %-7s %-11s %d -> %d" % (program.name, key, before, after))
        tap.true(after - before <= most, "%s of %s: %d before, %d after %d sizes" % (key, program.name, before, after, RESIZES))


# ---- the prompt, of which readline draws the last row, and watch

def sizes_while_typing(programs, prompt, count, choice):
    """After some sizes a line is typed and sent, and its reply is awaited: for lines at once there is a socket each."""
    for _ in range(max(1, count // TYPED_EVERY)):
        resize_all(programs, TYPED_EVERY, choice)
        prompt.sent += 1
        prompt.screen.keys("line %d" % prompt.sent, "Enter")
        prompt.screen.wait(lambda text: re.search(r"^#%d  .*Message received" % prompt.sent, text, re.MULTILINE), "the reply")
    prompt.watched.sample(time.monotonic())


def check_prompt(prompt, address):
    """Directly below the last reply there is the prompt, and what is typed is shown behind it."""
    prompt.screen.keys("typed")
    prompt.screen.wait_text(r"(?s)^#%d  [^\n]*\n%s> typed\s*$" % (prompt.sent, re.escape(address)))
    prompt.screen.keys("C-u")


@tap.case("%d sizes for the prompt and for watch: both go on, the last rows are right, nothing is leaked" % RESIZES, timeout_s=180)
def resizes_of_others():
    choice, server, at = random.Random(SEED), udptui.Server(), broker.Broker()
    reporter = commands.Reporter(at)
    tap.defer(reporter.join)
    tap.defer(reporter.over.set)
    prompt = Resized(contextlib.nullcontext(), "send", "--timeout", "10s", server.text, wait="^%s>" % re.escape(server.text))
    prompt.sent = 0
    watch = Resized(contextlib.nullcontext(), "watch", at.url())
    watch.screen.keys("Tab", "Tab")
    watch.screen.wait_text("^─ Messages 1,?000 ", 30)  # as many as it keeps
    sizes_while_typing([prompt, watch], prompt, RESIZES // 5, choice)
    watch.watched.sample(time.monotonic())
    sizes_while_typing([prompt, watch], prompt, RESIZES, choice)
    check_prompt(prompt, server.text)
    reporter.over.set()
    watch.check_screen()
    watch.watched.sample(time.monotonic())
    for program in (prompt, watch):
        check_leaks(program)


tap.main()
