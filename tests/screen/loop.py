# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the loop gives to every screen: the help of its keys, a word about a window that is too small, resizing."""
import datetime
import re
import struct

import tap
import udptui
from screen import Screen


def serve():
    return ("serve", "127.0.0.1:0"), r"^ udptui serve ", "reply to the client", "held"


def demo():
    return ("demo",), r"^ udptui demo ", "reply to the client", "held"


def replay():
    """A minute of a capture, a datagram a second."""
    content = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)
    udp = struct.pack("!HHHH", 50000, 4010, 13, 0) + b"hello"
    frame = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + bytes(range(1, 9)) + udp
    for second in range(60):
        content += struct.pack("<IIII", 1700000000 + second, 0, len(frame), len(frame)) + frame
    return ("replay", udptui.write_file(content)), r"^ udptui replay ", "twice as fast", "no reply seen"


def lesson():
    return ("lesson", "loss"), r"^ udptui lesson loss", "the next lesson", "What does the sender know"


def load():
    server = udptui.Server()
    return ("load", server.text, "--duration", "60s", "--rate", "100", "--timeout", "20s"), r"^ udptui load ", \
        "stop and show the summary", "in flight"


def ping():
    server = udptui.Server("--ack", "stamp")
    return ("ping", "-i", "100ms", server.text), r"^ udptui ping ", "histogram or chart", "received"


def runs(make, columns, rows):
    """The program on a screen; what its help and what its screen show."""
    arguments, title, helped, shown = make()
    screen = Screen(columns, rows)
    screen.run(*arguments)
    return screen, title, helped, shown


def help_of(make):
    screen, title, helped, shown = runs(make, 80, 24)
    screen.wait_text(title)
    screen.wait_text(shown)
    for key, back in (("?", "Escape"), ("F1", "?")):
        screen.keys(key)
        screen.wait_text(helped)
        screen.wait_text("Ctrl-Z +suspend the program")
        screen.keys(back)
        screen.wait_gone("suspend the program")
        screen.wait_text(title)
    screen.keys("?")
    screen.wait_text("suspend the program")
    screen.keys("q")
    screen.wait_prompt()


def too_small(make):
    screen, title, _, shown = runs(make, 30, 8)
    screen.wait_text(r"Too small \(30x8\): at least\n40x10")
    screen.resize(80, 24)
    screen.wait_text(title)
    screen.wait_text(shown)
    screen.resize(39, 24)
    screen.wait_text(r"Too small \(39x24\)")
    screen.resize(100, 40)
    screen.wait_text(title)
    screen.keys("q")
    screen.wait_prompt()


@tap.case("load: the summary below the screen has the time when it ended, not when it began")
def summary_time():
    screen, title, _, shown = runs(lambda: summary_of("--time", "full"), 100, 24)
    screen.wait_text(title)
    screen.wait_text(shown)
    asked = datetime.datetime.now(datetime.timezone.utc)
    screen.keys("q")
    screen.wait_prompt()
    told = re.search(r"^(\S+ \S+)  sent ", screen.capture(), re.MULTILINE).group(1)
    told = datetime.datetime.fromisoformat(told).replace(tzinfo=datetime.timezone.utc)
    tap.true(told >= asked.replace(microsecond=asked.microsecond // 1000 * 1000), "%s, not before %s" % (told, asked))


def summary_of(*options):
    arguments, title, helped, shown = load()
    return arguments + options, title, helped, shown


for _make in (serve, demo, replay, lesson, load, ping):
    tap.add_case("%s: ? shows its keys, Esc leads back, q quits from there, too" % _make.__name__, help_of, _make)
    tap.add_case("%s: too small, and what it shows as soon as there is room" % _make.__name__, too_small, _make)

tap.main()
