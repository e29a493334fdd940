# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""anatomy: the datagram in the detail is the one in the capture file, checksum and all."""
import os
import re

import tap
import tshark
import udptui
from screen import Screen


class Shown(Screen):
    """A terminal in which `serve` has got one message and shows its detail."""

    def __init__(self, host, payload, *options, columns=80, rows=24):
        super().__init__(columns, rows)
        self.file = self.path("capture.pcap")
        self.port = udptui.unused_port(host)
        address = (host, self.port)
        self.run("serve", "--pcap", self.file, *options, udptui.join_address(address))
        self.wait_text("Clients")
        self.peer = udptui.Peer(host)
        tap.equal(self.peer.ask(payload, address), udptui.DEFAULT_ACK, "the ack")
        self.wait_text(r"Clients 1\b")
        self.keys("Tab", "Enter")
        self.wait_text("From +" + re.escape(self.peer.text))

    def recorded(self):
        """The message as tshark reads it, once the program has ended."""
        self.keys("Escape")
        self.wait_gone("From +" + re.escape(self.peer.text))
        self.keys("q")
        self.wait_prompt()
        rows = [row for row in tshark.read(self.file, self.port) if row.source == self.peer.address]
        tap.equal(len(rows), 1, "messages in the file")
        tap.equal(rows[0].problems, [], "what tshark found")
        return rows[0]


def same_checksum(host):
    udptui.need_program("tshark")
    if ":" in host:
        udptui.need_ipv6()
    screen = Shown(host, b"what is in a datagram?")
    ipv4 = ":" not in host
    shown = screen.wait_text(r"checksum 0x([0-9a-f]{4}) %s" % ("if it had one" if ipv4 else "reconstructed"))
    screen.wait_text(r"checksum \(%s\)" % ("if it had one" if ipv4 else "pseudo-header"))
    screen.wait_text(r"source port %d +seen" % screen.peer.port)
    screen.wait_text(r"length 30 \(8 \+ 22\) +seen")
    limit = screen.wait_text(r"seen: (?:TTL|hop limit) (\d+)").group(1)
    row = screen.recorded()
    tap.equal((0 if ipv4 else int(shown.group(1), 16), int(limit)), (row.checksum, row.ttl),
              "checksum and time to live")


tap.add_case("what is not known of the checksum on IPv4, neither screen nor file claims", same_checksum, "127.0.0.1")
tap.add_case("the checksum on the screen is the capture's on IPv6", same_checksum, "::1")


@tap.case("a capture's checksum is the one that was seen; a bad one is marked on every screen")
def seen_checksums():
    screen = Screen(80, 24)
    screen.run("replay", "--speed", "max", os.path.join(udptui.SOURCE, "tests", "captures", "bad_checksum.pcap"))
    screen.wait_text("BAD CHECKSUM bad chec")
    screen.wait_text(" no checksum ")
    screen.keys("Tab", "g", "Enter")
    screen.wait_text("checksum 0xdead bad +seen")
    screen.wait_text("Checksum +BAD: 0xdf4d belongs to this data")
    screen.keys("Escape", "l")
    screen.wait_text(r"#1 BAD CHECKSUM bad ")
    screen.keys("Escape", "Down", "Enter")
    screen.wait_text("checksum 0x0000 none +seen")


@tap.case("in 40 columns a list takes the place of the boxes")
def _():
    screen = Shown("127.0.0.1", b"narrow", columns=40, rows=24)
    screen.wait_text(r"Source port +%d, seen" % screen.peer.port)
    screen.wait_text(r"Checksum +0x[0-9a-f]{4}, if it had one")
    screen.keys("G")
    screen.wait_text(r"0000 +6e 61 72 72 6f 77")


tap.main()
