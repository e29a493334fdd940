# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""serve --like kurose: the UDP pinger's server, with a client as students write it."""
import os
import re
import sys

import tap
import udptui
from netns import Namespace
from udptui import Peer, Process, Server

PORT = 12000
PINGS = 10

CLIENT = """
from socket import *
import time

client = socket(AF_INET, SOCK_DGRAM)
client.settimeout(2.5)
for sequence in range(1, %d + 1):
    sent = time.time()
    client.sendto(("ping %%d %%f" %% (sequence, sent)).encode(), ("127.0.0.1", %d))
    try:
        message, server = client.recvfrom(1024)
        print(message.decode(), "rtt", time.time() - sent, flush=True)
    except timeout:
        print("Request timed out", flush=True)
"""


def ping(port):
    path = os.path.join(udptui.temporary_directory(), "client.py")
    with open(path, "w") as file:
        file.write(CLIENT % (PINGS, port))
    return Process([sys.executable, path]).finish(PINGS * 3 + 5).expect(0).out.splitlines()


def check_pings(lines, messages):
    """What the student's client says of each ping is what became of it at the server."""
    tap.equal(len(lines), PINGS, "lines of the client")
    for number, (line, message) in enumerate(zip(lines, messages), 1):
        tap.matches(message["text"], r"^ping %d \d+\.\d+$" % number, "a message")
        if message["ack"] == "sent":
            tap.matches(line, r"^%s rtt \d" % re.escape(message["text"].upper()), "ping %d" % number)
        else:
            tap.equal((message["ack"], message["why"]), ("held", "loss"), "ping %d" % number)
            tap.equal(line, "Request timed out", "ping %d" % number)


@tap.case("alone: port 12000 of every address; ten pings, the replies in capitals, the others lost")
def alone():
    with Namespace():
        server = Server("--like", "kurose", "--seed", "7", addresses=(), listening=1)
        tap.equal(server.port, PORT, "port")
        lines = ping(PORT)
        check_pings(lines, server.messages(PINGS))
        summary = server.stop()
    tap.equal(summary["held_by"]["loss"], summary["held"], "held for another reason")
    lost = sum(line == "Request timed out" for line in lines)
    tap.equal((lost, summary["held"]), (summary["held"], lost), "lost")
    tap.true(0 < lost < PINGS, "%d lost: with this seed some are, not all" % lost)


@tap.case("an address without a port gets 12000, one with a port keeps it")
def ports():
    with Namespace():
        server = Server("--like", "kurose", addresses=("127.0.0.1", "127.0.0.2:7000", "127.0.0.3:8000-8001"),
                        listening=4)
        tap.equal(server.listening, ["127.0.0.1:12000", "127.0.0.2:7000", "127.0.0.3:8000", "127.0.0.3:8001"],
                  "listening")
        server.stop()


@tap.case("what is given as well wins: --impair off loses nothing, --ack replies something else")
def given():
    server, peer = Server("--like", "kurose", "--impair", "off"), Peer()
    for payload, reply in ((b"hello 1", b"HELLO 1"), (b"", b""), (b"\xc3\xa4\x00z{`", b"\xc3\xa4\x00Z{`"),
                           (b"x" * 3000, b"X" * 3000)):
        tap.equal(peer.ask(payload, server.address), reply, "reply to %r" % payload[:20])
    server.stop()
    server = Server("--like", "kurose", "--impair", "off", "--ack", "got it")
    tap.equal(peer.ask(b"hello", server.address), b"got it", "reply")
    server.stop()


@tap.case("an unknown name is an error that names the known ones")
def unknown():
    result = udptui.run("serve", "--like", "stevens").expect(2)
    tap.contains(result.err, "kurose", "stderr")


@tap.case("{upper} is limited like an echo: two such servers do not answer each other for ever")
def limited():
    server, peer = Server("--like", "kurose", "--impair", "off", "--json"), Peer()
    for _ in range(400):
        peer.socket.sendto(b"HELLO", server.address)
    server.wait_objects("message", 200)
    summary = server.stop()
    tap.true(summary["held_by"]["limit"] > 0, "no limit in %r" % summary)


tap.main()
