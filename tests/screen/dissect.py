# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys d and D in a real terminal: what Wireshark's dissectors say, in serve and in replay."""
import os
import signal
import socket

import protocols
import tap
import udptui
from screen import Screen

CLIENT, SERVER = ("10.0.0.1", 40000), ("10.0.1.1", 53)


def capture(screen):
    path = screen.path("capture.pcap")
    with open(path, "wb") as file:
        file.write(protocols.pcap([protocols.packet(CLIENT, SERVER, protocols.dns(7)),
                                   protocols.packet(SERVER, CLIENT, protocols.dns_reply(7)),
                                   protocols.packet(("10.0.0.2", 40001), ("10.0.1.1", 123), protocols.ntp(5))]))
    return path


def replay(columns, rows, *options):
    screen = Screen(columns, rows)
    screen.run("replay", "--speed", "max", "--server", "10.0.1.1", *options, capture(screen))
    screen.wait_text("all of them")
    screen.keys("Enter", ">")
    screen.wait_text("Messages 2")
    return screen


def fields(columns, rows):
    udptui.need_program("sharkd")
    screen = replay(columns, rows)
    screen.keys("Tab", "g", "d")
    screen.wait_text("Message 1: DNS, Standard query 0x0007 A www.example.org", wait_s=30)
    screen.wait_text(r"> - Domain Name System \(query\)")
    screen.keys("Down")
    screen.wait_text(r">     Transaction ID: 0x0007")
    screen.wait_text(r"0000 \[00 07\]01 00 00 01")
    screen.wait_text("sharkd: no network")
    screen.keys("Down", "Right", "Down")
    screen.wait_text(r">       0\.\.\. \.\.\.\. \.\.\.\. \.\.\.\. = Response: Message is a query")
    screen.keys("Tab")
    screen.wait_text("Reply to message 1: DNS, Standard query response 0x0007")
    screen.keys("End")
    screen.keys("Escape")
    screen.wait_text("source port 40000")
    screen.keys("Escape")
    screen.wait_text("Messages 2")
    screen.keys("q")
    screen.wait_prompt()


for _size in ((80, 24), (120, 40)):
    tap.add_case("fields of a message and of its reply, and their bytes, at %dx%d" % _size, fields, *_size, timeout_s=60)


@tap.case("the list with --dissect shows protocol and summary, D switches them off", timeout_s=60)
def rows():
    udptui.need_program("sharkd")
    screen = replay(120, 40, "--dissect")
    screen.wait_text(r"DNS +Standard query 0x0007 A www\.example\.org", wait_s=30)
    screen.wait_text(r"NTP +NTP Version 4, client")
    screen.keys("D")
    screen.wait_gone("Standard query")
    screen.keys("D")
    screen.wait_text("Standard query")


def program(screen):
    """The udptui of the terminal: the one whose child is called sharkd."""
    for name in os.listdir("/proc"):
        try:
            with open("/proc/%s/comm" % name) as file:
                if file.read() == "sharkd\n":
                    with open("/proc/%s/stat" % name) as stat:
                        parent = int(stat.read().rsplit(")", 1)[1].split()[1])
                    with open("/proc/%d/environ" % parent, "rb") as environ:
                        if screen.directory.encode() in environ.read():
                            return parent, int(name)
        except (FileNotFoundError, NotADirectoryError, ProcessLookupError, PermissionError):
            pass
    return None


@tap.case("serve: new messages are dissected after sharkd was killed; a second time there is a note, and d tries again",
          timeout_s=90)
def serve():
    udptui.need_program("sharkd")
    screen = Screen(100, 30)
    port = udptui.unused_port()
    screen.run("serve", "--dissect", "127.0.0.1:%d" % port, wait="udptui serve")
    peer = udptui.Peer()
    peer.ask(b"x" * 19, ("127.0.0.1", port))
    screen.wait_text(r"UDP +%d → %d Len=19" % (peer.port, port), wait_s=30)
    tap.defer(peer.socket.close)
    for kill in range(2):
        found = tap.until(lambda: program(screen), "a sharkd")
        os.kill(found[1], signal.SIGKILL)
        tap.until(lambda: not os.path.exists("/proc/%d" % found[1]), "its end")
        peer.ask(b"x" * (kill + 20), ("127.0.0.1", port))
        screen.wait_text("sharkd ended and is started again" if kill == 0 else "dissection is off")
        if kill == 0:
            screen.wait_text(r"UDP +%d → %d Len=20" % (peer.port, port), wait_s=30)
    screen.wait_text(r"\(not dissected\)")
    screen.keys("D", "D")
    screen.wait_text(r"UDP +%d → %d Len=21" % (peer.port, port), wait_s=30)


@tap.case("without sharkd the note says what to install; a window of 30x8 is too small for it")
def missing():
    screen = Screen(80, 24)
    screen.run("replay", "--speed", "max", "--server", "10.0.1.1", capture(screen), before="PATH=/bin/none; ")
    screen.wait_text("all of them")
    screen.keys("Enter", ">")
    screen.wait_text("Messages 2")
    screen.keys("Tab", "g", "d")
    screen.wait_text("No answer; d tries again. sharkd is not installed: it is in the package")
    screen.resize(30, 8)
    screen.wait_text("Too small")
    screen.resize(80, 24)
    screen.wait_text("No answer")


tap.main()
