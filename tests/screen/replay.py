# SPDX-License-Identifier: GPL-3.0-or-later
"""replay in a real terminal: playing, stopping, stepping, seeking, speeds, its end."""
import re
import struct

import tap
import tshark
import udptui
from screen import Screen

CLIENT, SERVER = ("192.168.0.23", 50000), ("192.168.0.1", 4010)
SECONDS = 60


def packet(source, destination, payload):
    udp = struct.pack("!HHHH", source[1], destination[1], 8 + len(payload), 0) + payload
    addresses = b"".join(bytes(int(part) for part in host.split("."))
                         for host in (source[0], destination[0]))
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + addresses + udp


def session():
    """A minute: each second "second N", answered after 2 ms."""
    content = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)
    for n in range(SECONDS + 1):
        for at_us, frame in ((0, packet(CLIENT, SERVER, b"second %d." % n)),
                             (2000, packet(SERVER, CLIENT, b"Message received"))):
            content += struct.pack("<IIII", 1700000000 + n, at_us, len(frame), len(frame)) + frame
    return udptui.write_file(content)


def replay(*options, columns=80, rows=24):
    screen = Screen(columns, rows)
    screen.run("replay", *options, session())
    return screen


def position(screen):
    return int(screen.wait_text(r"00:(\d\d)/01:00").group(1))


@tap.case("80x24: plays in the capture's time; Space stops it and lets it go on")
def plays():
    screen = replay()
    screen.wait_text(r"udptui replay .* x1 playing$")
    screen.wait_row("second 0.", "acked 2.00 ms")
    screen.wait_row("second 1.")
    screen.keys("Space")
    screen.wait_text("PAUSED")
    stopped = position(screen)
    screen.keys("Space")
    screen.wait(lambda text: re.search(r"00:0[%d-9]/01:00" % (stopped + 1), text), "it goes on")


@tap.case("80x24: a datagram a step")
def steps():
    screen = replay()
    screen.keys("Space", "<")
    screen.wait_text("00:00/01:00.*PAUSED")
    for n in range(1, 4):
        while not screen.rows_with("second %d." % n):
            before = screen.capture()
            screen.keys(".")
            screen.wait(lambda text, before=before: text != before, "a step to show")
    tap.equal(screen.rows_with("second 5."), [], "what is to come")
    screen.wait_row("second 2.", "acked")


@tap.case("80x24: on and back by five seconds, to the end and the start")
def seeks():
    screen = replay()
    screen.keys("Space")
    screen.wait_text("PAUSED")
    before = position(screen)
    screen.keys("Right", "Right")
    screen.wait_text(r"00:%02d/01:00" % (before + 10))
    screen.wait_text(r"second %d\." % (before + 10))
    screen.keys("Left")
    screen.wait_text(r"00:%02d/01:00" % (before + 5))
    tap.equal(screen.rows_with("second %d." % (before + 10)), [], "what is to come again")
    screen.keys(">")
    screen.wait_text(r"01:00/01:00.*END")
    screen.wait_text(r"in 61\b.*acked 61\b")
    screen.keys("<")
    screen.wait_text(r"00:00/01:00")
    screen.wait_text(r"in [01]\b")


@tap.case("80x24: faster and slower; at the end Space begins again")
def speeds():
    screen = replay("--speed", "2")
    screen.wait_text(r"x2 playing")
    screen.keys("+", "+")
    screen.wait_text(r"x8 playing")
    screen.keys("-")
    screen.wait_text(r"x4 playing")
    screen.keys("+", "+", "+", "+", "+")
    screen.wait_text("END")
    screen.keys("Space")
    screen.wait_text("playing|END")
    screen.keys("q")
    screen.wait(lambda text: text.rstrip().endswith("READY>"), "the shell's prompt")


@tap.case("80x24: ladder, detail and help as in serve; keys that ask a server say so")
def same_screen():
    screen = replay()
    screen.wait_row("second 0.")
    screen.keys("Space", "l")
    screen.wait_text("Ladder of")
    screen.wait_row("second 0.", "▶│")
    screen.keys("Escape", "?")
    screen.wait_text("one datagram on")
    screen.keys("Escape", "a")
    screen.wait_text("Not in a replay")
    screen.keys("Tab", "Enter")
    screen.wait_text("RFC 768")


@tap.case("40x10: position and state")
def small():
    screen = replay(columns=40, rows=10)
    screen.wait_text(r"00:\d\d/01:00 playing")
    screen.wait_row("192.168.0.23:50", "secon", "acked")


@tap.case("q: the totals stay, status 0; a capture without UDP has nothing to play")
def ends():
    screen = replay()
    screen.wait_row("second 0.")
    screen.keys("q")
    screen.wait_text(r"^capture: frames")
    screen.wait(lambda text: text.rstrip().endswith("READY>"), "the shell's prompt")
    tap.equal(screen.shell("echo $?"), "0", "exit status")
    empty = udptui.write_file(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101))
    screen.run("replay", empty, wait="00:00/00:00.*END")


tap.main()
