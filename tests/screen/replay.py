# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""replay in a real terminal: playing, stopping, stepping, seeking, speeds, its end."""
import os
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
    screen.wait_text("next datagram")
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


# ---- what is in it, and going back

def frames(packets):
    """packets: (time in us, source, destination, payload)."""
    content = [struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)]
    for at_us, source, destination, payload in packets:
        frame = packet(source, destination, payload)
        content += [struct.pack("<IIII", 1700000000 + at_us // 10**6, at_us % 10**6, len(frame), len(frame)), frame]
    return b"".join(content)


def two_servers():
    other = ("192.168.0.2", 53)
    return frames([(0, CLIENT, SERVER, b"one"), (1000, SERVER, CLIENT, b"ok"),
                   (2000, CLIENT, other, b"two"), (9000, CLIENT, SERVER, b"three"),
                   (9500, SERVER, CLIENT, b"ok")])


@tap.case("80x24: a capture of several servers opens with what it holds; one can be chosen")
def overview():
    screen = Screen(80, 24)
    screen.run("replay", udptui.write_file(two_servers()[:-3]), wait="Overview of the capture")
    screen.wait_row("Frames", "4, with 4 UDP datagrams")
    screen.wait_row("Stopped")
    screen.wait_text(r"all of them +3 +1 +2$")
    screen.wait_text(r"192\.168\.0\.1:4010 +2 +1 +1$")
    screen.wait_text(r"192\.168\.0\.2:53 +1 +0 +1$")
    screen.keys("Down", "Down", "Enter")
    screen.wait_row("192.168.0.23:50000", "two")
    screen.wait_text(r"in 1\b.*acked 0\b")
    tap.equal(screen.rows_with("three"), [], "messages of the other server")
    screen.keys("o")
    screen.wait_text("Overview of the capture")
    screen.keys("Home", "Enter")
    screen.wait_row("192.168.0.23:50000 > 192.168.0.2:53", "two")
    screen.wait_row("192.168.0.23:50000 > 192.168.0.1:4010", "one", "acked")
    screen.wait_row("192.168.0.23:50000", "several")
    screen.keys("q")
    screen.wait_text(r"^capture: frames 4, datagrams 4$")


@tap.case("80x24: with one server chosen, a step is one datagram of that server")
def steps_of_one_server():
    other = ("192.168.0.2", 5353)
    busy = [(n * 10**6, CLIENT, SERVER, b"busy %d." % n) for n in range(30)]
    rare = [(n * 10**6 + 500, CLIENT, other, b"rare %d." % n) for n in (10, 20, 29)]
    screen = Screen(80, 24)
    screen.run("replay", udptui.write_file(frames(sorted(busy + rare))), wait="Overview of the capture")
    screen.keys("Down", "Down", "Enter", "Space", "<")
    screen.wait_text("00:00/00:29.*PAUSED")
    screen.keys(".")
    screen.wait_row("rare 10.")
    screen.keys(".", ".")
    screen.wait_row("rare 29.")
    tap.equal(screen.rows_with("busy"), [], "messages of the other server")
    screen.keys("<", ".")  # at once, in this order
    screen.wait(lambda text: "rare 10." in text and "rare 20." not in text, "the first one alone")


@tap.case("80x24: no reply, one too many, unasked: the words of a capture, and no others")
def words():
    screen = Screen(80, 24)
    screen.run("replay", udptui.write_file(frames(
        [(0, SERVER, CLIENT, b"news"), (10, CLIENT, SERVER, b"ask"), (20, SERVER, CLIENT, b"yes"),
         (30, SERVER, CLIENT, b"and no"), (40, CLIENT, SERVER, b"lost"), (30 * 10**6, SERVER, CLIENT, b"news")])))
    screen.wait_row("news", "unasked")
    screen.keys(">")
    screen.wait_row("ask", "acked 10")
    screen.wait_row("and no", "more of #1")
    screen.wait_row("lost", "no reply seen")
    screen.wait_text(r"acked 1  no reply seen 1 .*unasked 2  more 1$")
    for word in ("kernel", "held", "by hand", "failed"):
        tap.equal(screen.rows_with(word), [], word)
    screen.keys("Tab", "Home", "Down", "Enter", "End")
    screen.wait_row("Reply", "yes")
    screen.keys("Escape", "l")
    screen.wait_row("ack #1 yes")
    screen.keys("?", "End")
    screen.wait_row("Unasked", "2 datagrams")
    tap.equal(screen.rows_with("Not recorded"), [], "a server's figures")


@tap.case("80x24: back in a long capture: figures, rates and messages as they were")
def back():
    exchanges = 60000
    packets = []
    for n in range(exchanges):
        packets += [(n * 1000, CLIENT, SERVER, b"message %d." % n), (n * 1000 + 20, SERVER, CLIENT, b"ok")]
    screen = Screen(80, 24)
    screen.run("replay", "--history", "100", udptui.write_file(frames(packets)), wait="playing$")
    screen.keys("Space", ">")
    screen.wait_text(r"in 60,000 .*acked 60,000\b")
    screen.keys("Left")
    screen.wait_text(r"in 54,999 .*acked 54,999\b|in 55,000 .*acked 5(4,999|5,000)\b")
    screen.wait_text(r"1,?\.?00 k/s|1000/s|1\.0 k/s")
    screen.wait_row("message 54997.", "acked 20")
    screen.wait_text(r"Messages 100\b")
    tap.equal(screen.rows_with("message 55001."), [], "what is to come")
    for _ in range(4):
        screen.keys("Left")
    screen.wait_text(r"in 3[45],\d\d\d .*acked 3[45],\d\d\d\b")
    screen.keys("Right")
    screen.wait_text(r"in (39,999|40,000) ")


@tap.case("80x24: a gap of a day ends after --idle-limit")
def idle_limit():
    screen = Screen(80, 24)
    screen.run("replay", "--idle-limit", "200ms", udptui.write_file(frames(
        [(0, CLIENT, SERVER, b"one"), (86400 * 10**6, CLIENT, SERVER, b"a day later")])), wait="one")
    screen.wait_row("a day later")


@tap.case("80x24: forty years of capture: the bar is right at each place")
def forty_years():
    content = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)
    for at_s in (0, 40 * 31557600 // 2, 40 * 31557600):
        frame = packet(CLIENT, SERVER, b"at %d" % at_s)
        content += struct.pack("<IIII", at_s, 0, len(frame), len(frame)) + frame
    screen = Screen(100, 24)
    screen.run("replay", udptui.write_file(content), wait="playing$")
    screen.keys("Space", "<")
    screen.wait_text("\u2591" * 8 + " 00:0")
    screen.keys(".")
    screen.wait_text("\u2593" * 4 + "\u2591" * 4 + " 175320:00:00/350640:00:00")
    screen.keys(">")
    screen.wait_text("\u2593" * 8 + " 350640:00:00")


@tap.case("42x14: the summary, after the screen or after lines, is broken between figures")
def narrow_summary():
    figures = r"^requests 61, acked 61, no reply seen 0,\n  "
    screen = replay("--speed", "max", columns=42, rows=14)
    screen.wait_text("END$")
    screen.keys("q")
    screen.wait_text(figures + "clients 1$")
    screen.run("replay", "--no-ui", "--filter", "nothing", session(), wait=figures + "not chosen 61, clients 1$")


# ---- live

@tap.case("80x24: from a pipe, live: keys come from the terminal")
def live():
    screen = Screen(80, 24)
    path = udptui.write_file(frames([(0, CLIENT, SERVER, b"first"), (1500, SERVER, CLIENT, b"ok")]))
    fifo = screen.path("fifo")
    os.mkfifo(fifo)
    screen.run("replay", "-", before="{ cat %s; cat %s; } | " % (path, fifo), wait="LIVE$")
    screen.wait_row("first", "acked 1.50 ms")
    screen.keys("Left")
    screen.wait_text("A live capture cannot")
    screen.keys("?")
    screen.wait_text("next datagram")
    screen.keys("Escape", "q")
    screen.wait_text(r"^requests 1, acked 1, no reply seen 0, clients 1")


@tap.case("- is not read from the terminal that the keys come from")
def no_pipe():
    screen = Screen(80, 24)
    screen.run("replay", "-", wait="standard input is the terminal")
    tap.equal(screen.shell("echo $?"), "2", "exit status")


tap.main()
