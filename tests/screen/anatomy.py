# SPDX-License-Identifier: GPL-3.0-or-later
"""anatomy: the datagram in the detail is the one in the capture file, checksum and all."""
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
    shown = screen.wait_text(r"checksum 0x([0-9a-f]{4}) reconstructed").group(1)
    screen.wait_text(r"source port %d +seen" % screen.peer.port)
    screen.wait_text(r"length 30 \(8 \+ 22\) +seen")
    limit = screen.wait_text(r"seen: (?:TTL|hop limit) (\d+)").group(1)
    row = screen.recorded()
    tap.equal((int(shown, 16), int(limit)), (row.checksum, row.ttl), "checksum and time to live")


tap.add_case("the checksum on the screen is the capture's on IPv4", same_checksum, "127.0.0.1")
tap.add_case("the checksum on the screen is the capture's on IPv6", same_checksum, "::1")


@tap.case("in 40 columns a list takes the place of the boxes")
def _():
    screen = Shown("127.0.0.1", b"narrow", columns=40, rows=24)
    screen.wait_text(r"Source port +%d, seen" % screen.peer.port)
    screen.wait_text(r"Checksum +0x[0-9a-f]{4}, reconstructed")
    screen.keys("G")
    screen.wait_text(r"0000 +6e 61 72 72 6f 77")


tap.main()
