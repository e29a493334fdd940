# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""--names and key n: names of addresses come from a name server of the test's own, in a namespace where
it has the address that /etc/resolv.conf names. Names are hostile, late, or do not come at all."""
import os
import re
import signal
import time

import netns
import screen as terminal
import tap
import udptui
from udptui import Peer, Server

CLIENT, NEXT = "10.9.0.1", "10.9.0.3"
RESOLVER_WAITS_S = 5  # at the least, for an answer (resolv.conf(5))


# ---- a name server

def label(text):
    return b"".join(bytes([len(part)]) + part for part in text.split(b".") if part) + b"\0"


class NameServer(netns.NameServer):
    """Answers what is asked for the reverse of an address (RFC 1035 section 3.5) with `names`."""

    def __init__(self, namespace, names):
        self.names, self.asked, self.silent = names, [], False
        super().__init__(namespace, self._reverse)

    def _reverse(self, name, _kind):
        address = ".".join(reversed(name.split(".")[:4]))
        self.asked.append(address)
        return [label(self.names[address])] if address in self.names else None

    def _answer(self, *arguments):
        if not self.silent:
            super()._answer(*arguments)


def network(names):
    left, right = netns.pair()
    return left, right, NameServer(right, names)


def client(left, host=CLIENT):
    with left:
        return Peer(host)


def until_named(server, peer, key="host"):
    """Asks until a message has a name; what comes first has none yet."""
    def once():
        peer.ask(b"hello", ("10.9.0.2", 4010))
        server.pump(0.05)
        return [item for item in server.objects("message") if key in item]
    return tap.until(once, "a message with a name")[0]


def wait_named(server, peer, name):
    """The same with lines."""
    def once():
        peer.ask(b"hello", ("10.9.0.2", 4010))
        server.pump(0.05)
        return "%s [%s]" % (peer.text, name) in server.out
    tap.until(once, "a line with the name")


def start(right, *options, **more):
    with right:
        return Server(*options, addresses=(":4010",), **more)


# ---- lines and JSON

@tap.case("without --names nobody is asked")
def never_by_default():
    left, right, names = network({CLIENT: b"pc1.example"})
    server = start(right)
    client(left).ask(b"x", ("10.9.0.2", 4010))
    tap.lacks(str(server.messages(1)[0]), "pc1", "the message")
    server.stop()
    tap.equal(names.asked, [], "questions")


@tap.case("--names: the JSON has the name beside the address, asked for once")
def in_json():
    left, right, names = network({CLIENT: b"pc1.example"})
    server = start(right, "--names")
    peer = client(left)
    message = until_named(server, peer)
    tap.equal((message["from"], message["host"]), (peer.text, "pc1.example"), "from, host")
    until_named(server, client(left))
    tap.equal(names.asked.count(CLIENT), 1, "questions")


@tap.case("--names: the lines have it behind the address")
def in_lines():
    left, right, _ = network({CLIENT: b"pc1.example"})
    wait_named(start(right, "--names", json_lines=False), client(left), "pc1.example")


def hostile(name, shown):
    """Nothing shows that a result without a name was taken; but addresses are looked up one after the other, and
    the next one has a name."""
    left, right, _ = network({CLIENT: name, NEXT: b"pc2.example"})
    left.ip("address", "add", NEXT + "/24", "dev", "eth0")
    server = start(right, "--names", json_lines=False)
    peer = client(left)
    peer.ask(b"one", ("10.9.0.2", 4010))
    server.wait_text("one")
    wait_named(server, client(left, NEXT), "pc2.example")
    peer.ask(b"two", ("10.9.0.2", 4010))
    line = server.wait_text(r"^.*two.*$").group()
    tap.true(all(" " <= character <= "~" for character in line), "the line %r" % line)
    if shown is None:
        tap.lacks(line, "[", "the line")
    else:
        tap.contains(line, "[%s" % shown, "the line")


tap.add_case("a name that reads like an address is not taken", hostile, b"192.0.2.1", None)
tap.add_case("a name that reads like an address and port is not taken", hostile, b"host:4010", None)
tap.add_case("a long name is cut", hostile, b".".join([b"a" * 60] * 3), "a" * 40)
# glibc refuses most of these itself; whatever comes through is plain text
tap.add_case("a name with an escape sequence does not reach the terminal", hostile, b"\x1b[2Jpc1.example", None)


@tap.case("a name server that does not answer keeps nothing up: acks, the end")
def silent():
    left, right, names = network({CLIENT: b"pc1.example"})
    names.silent = True
    server = start(right, "--names")
    peer = client(left)
    for _ in range(20):
        tap.equal(peer.ask(b"x", ("10.9.0.2", 4010)), udptui.DEFAULT_ACK, "ack")
    tap.until(lambda: names.asked, "a question")
    before = time.monotonic()
    server.stop(signal.SIGINT)
    tap.took(time.monotonic() - before, RESOLVER_WAITS_S - 1, "the end")


@tap.case("--names and --privacy cannot be combined")
def privacy():
    tap.contains(udptui.run("serve", "--names", "--privacy").expect(2).err, "--privacy", "stderr")


# ---- the screen

@tap.case("key n shows names and, pressed again, addresses; the detail has both")
def on_screen():
    left, right, names = network({CLIENT: b"pc1.example"})
    with right:
        screen = terminal.Screen()
    screen.run("serve", ":4010")
    screen.wait_text(r"\? help")
    peer = client(left)
    peer.ask(b"hello", ("10.9.0.2", 4010))
    screen.wait_text(re.escape(peer.text))
    tap.equal(names.asked, [], "questions")
    screen.keys("n")
    screen.wait_text("pc1.example:%d" % peer.port)
    screen.keys("Enter")
    screen.wait_text(r"Host +pc1\.example")
    screen.wait_text(r"Address +10\.9\.0\.1")
    screen.keys("Escape", "n")
    screen.wait_text(r"> %s" % re.escape(peer.text))


@tap.case("replay: key N shows names, as --names does from the start")
def in_replay():
    left, right, names = network({CLIENT: b"pc1.example"})
    path = os.path.join(udptui.temporary_directory(), "talk.pcap")
    server = start(right, "--pcap", path)
    peer = client(left)
    peer.ask(b"hello", ("10.9.0.2", 4010))
    server.stop()
    with right:
        screen = terminal.Screen()
    screen.run("replay", "--speed", "max", path)
    screen.wait_text(re.escape(peer.text))
    tap.equal(names.asked, [], "questions")
    screen.keys("N")
    screen.wait_text("pc1.example:%d" % peer.port)


tap.main()
