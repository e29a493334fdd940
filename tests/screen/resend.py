# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""replay --to in a real terminal: the recorded replies beside those of now."""
import os
import struct

import tap
import udptui
from screen import Screen
from udptui import Peer, Server


def recording(questions, answer):
    """A capture of a server that answers everything with that."""
    path = os.path.join(udptui.temporary_directory(), "old.pcap")
    server = Server("--ack", answer, "--pcap", path, "--count", str(len(questions)))
    peer = Peer()
    for question in questions:
        peer.ask(question, server.address)
    server.summary()
    return path


def with_a_pause(path):
    """The same capture, with a minute between its first exchange and the rest."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    at, number = 24, 0
    while at < len(content):
        seconds, _, size, _ = struct.unpack_from("=IIII", content, at)
        struct.pack_into("=I", content, at, seconds + (60 if number >= 2 else 0))
        at, number = at + 16 + size, number + 1
    return udptui.write_file(bytes(content))


def resend(path, device, *options, columns=80, rows=24):
    screen = Screen(columns, rows)
    screen.run("replay", "--to", device.text, *options, path, wait="udptui replay")
    return screen


@tap.case("80x24: rows, the summary, only what differs, both replies as hex; the exit status")
def rows():
    path = recording([b"get %d" % n for n in range(30)], "value 7")
    device = Server("--on", "/[05]$/ => value 8", "--ack", "value 7")
    screen = resend(path, device, "--speed", "max")
    screen.wait_text(r"^ sent 30  same 24  different 6  silent 0$")
    screen.wait_text("ended$")
    screen.wait_text(r"^ > 30 +value 7 +value 7 +same$")
    screen.keys("d")
    screen.wait_text(r"^ > 26 +value 7 +value 8 +differs at 7$")
    screen.keys("Home", "Enter")
    screen.wait_text(r"^ #1  127.0.0.1:\d+  differs at 7$")
    screen.wait_text(r"^ Recorded: 7 B +Now: 7 B$")
    screen.wait_text(r"^ 0000>76 61 6c 75 65 20 37 +value 7 +0000>76 61 6c 75 65 20 38 +value 8$")
    screen.keys("Escape", "d", "/")
    screen.type("/8$/ (")
    screen.wait_text("^ filter: /8\\$/ \\(  at byte 7: ")
    screen.keys("BSpace", "Enter")
    screen.wait_text(r"^ > 26 +value 7 +value 8 +differs at 7$")
    screen.wait_gone("value 7 +value 7")
    screen.keys("Escape")
    screen.wait_text(r"^ > 30 +value 7 +value 7 +same$")
    screen.keys("/", "Up")
    screen.wait_text("^ filter: /8\\$/$")
    screen.keys("Escape")
    screen.keys("q")
    screen.wait_text("^sent 30, reply as recorded 24, different reply 6, no reply 0$")
    tap.equal(screen.shell("echo $?"), "1", "exit status")


def thirty():
    """30 rows of a device that now answers otherwise."""
    path = recording([b"get %d" % n for n in range(30)], "value 7")
    screen = resend(path, Server("--ack", "value 8"), "--speed", "max")
    screen.wait_text("^ sent 30 .* different 30 ")
    screen.wait_text("ended$")
    return screen


def selected(screen, number):
    screen.wait_text(r"^ > %d +value 7 +value 8 +differs at 7$" % number)


@tap.case("each key moves the selection as the help says; F follows the newest again")
def moves():
    screen = thirty()
    selected(screen, 30)
    for key, number in (("Up", 29), ("k", 28), ("j", 29), ("Down", 30), ("Down", 30), ("Home", 1), ("Up", 1),
                        ("j", 2), ("G", 30), ("g", 1), ("End", 30), ("Home", 1), ("F", 30)):
        screen.keys(key)
        selected(screen, number)
    page = len([row for row in screen.capture().splitlines() if "differs at 7" in row])
    for key, number in (("PageUp", 30 - page), ("PageDown", 30), ("PageDown", 30), ("g", 1),
                        ("PageDown", 1 + page), ("PageUp", 1), ("PageUp", 1)):
        screen.keys(key)
        selected(screen, number)
    screen.keys("?")
    screen.wait_text("follow the newest")
    screen.wait_text("a page down")
    screen.keys("Escape")
    selected(screen, 1)


@tap.case("the filter's line: a word and all of it are erased, both ways through its history")
def filter_line():
    screen = thirty()
    screen.keys("/")
    screen.type("value size:7")
    screen.wait_text("^ filter: value size:7")
    screen.keys("Enter", "/", "C-w")
    screen.wait_text("^ filter: value *$")
    screen.keys("C-u")
    screen.type("no such reply")
    screen.wait_text("no row matches the filter")
    screen.keys("Enter", "/", "C-u")
    selected(screen, 30)
    for key, text in (("Up", "no such reply"), ("Up", "value size:7"), ("Down", "no such reply")):
        screen.keys(key)
        screen.wait_text("^ filter: %s *$" % text)
    screen.keys("Down")
    screen.wait_gone("no row matches")
    screen.keys("Escape")
    selected(screen, 30)


@tap.case("F3: the counts in large figures, above the rows; F3 again: without")
def large():
    screen = thirty()
    screen.keys("F3")
    screen.wait_text(r"^ +sent +same +different +silent *$")
    screen.wait_text(r" > 30 +value 7 +value 8 +differs at 7")
    screen.keys("F3")
    screen.wait_gone(r"^ +sent +same +different +silent *$")
    selected(screen, 30)


@tap.case("120x40 with clients; 40x10; 30x8 says that it is too small; q in the middle stops sending")
def sizes():
    path = with_a_pause(recording([b"a", b"b", b"c"], "same"))
    screen = resend(path, Server("--ack", "same"), columns=120, rows=40)
    screen.wait_text(r"^ > 1 +127.0.0.1:\d+ +same +same +same$")
    screen.resize(40, 10)
    screen.wait_text(r"^ > \d +same +same +same$")
    screen.resize(30, 8)
    screen.wait_text("Too small")
    screen.resize(80, 24)
    screen.wait_text("sending$")
    screen.keys("q")
    screen.wait_text(r"^sent 1, reply as recorded \d, different reply 0")


@tap.case("Ctrl-C ends it with the summary, status 130")
def interrupted():
    path = with_a_pause(recording([b"a", b"b"], "same"))
    screen = resend(path, Server("--ack", "same"))
    screen.wait_text("sent 1")
    screen.keys("C-c")
    screen.wait_text("^sent ")
    tap.equal(screen.shell("echo $?"), "130", "exit status")


tap.main()
