# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is sent for a request is never more than three times its size, headers included, whatever the size and whatever
answers it: small sizes, and those next to a boundary. UDPTUI_LONG=1: many between them, too. The limit itself is computed
for every size in tests/unit/proto/test_ack.c."""
import os
import signal
import socket
import struct

import tap
import udptui
from udptui import Peer, Server

LONG = bool(os.environ.get("UDPTUI_LONG"))
LARGEST = 65507
HEADERS = {"127.0.0.1": 28, "::1": 48}
QUEUED_MAX = 60000  # bytes that may wait in the server's receive queue
BOUNDARIES = (44, 64, 128, 256, 512, 1024, 1472, 4096, 16384, 32768, LARGEST)


def sizes(header):
    """Those to try, with so many bytes of headers before each."""
    small, step = 34, 31 if LONG else LARGEST
    limits = ((LARGEST + header) // 3 - header, (LARGEST + header) // 3)
    near = {size for middle in BOUNDARIES + limits for size in range(middle - 2, middle + 3) if size <= LARGEST}
    return sorted(set(range(small)) | set(range(small, LARGEST, step)) | near)


def questions():
    return udptui.write_file(b"Question: What does the sender know?\nChoice: the message was lost\nAnswer: nothing\n")


FOURFOLD = "{text}" * 4
RULES = udptui.SOURCE + "/contrib/rules/%s.rules"
KEEP = ("--ack-limit", "off", "--answer-all")
ANSWERS = {
    "the default text": (), "a long text": ("--ack", "w" * 1024), "four times the request": ("--ack", FOURFOLD),
    "characters of three bytes": ("--ack", "€" * 340),
    "fields": ("--ack", "{n} {from} {time} {bytes} {text}{text}{text}{text}"), "hex": ("--ack", "{hex:ff}" * 200),
    "echo": ("--ack", "echo"), "stamp": ("--ack", "stamp"), "sockperf": ("--ack", "sockperf"), "stun": ("--ack", "stun"),
    "none": ("--ack", "none"), "copies by a word": ("--ack", "5 times {text}"),
    "several datagrams": ("--ack", "{text} ; {text} ; twice {text} ; " + "w" * 900),
    "delayed": ("--ack", "after 1ms {text} ; after 1ms {text}{text}"),
    "from another port": ("--ack", "from another port {text}{text}{text}{text} ; b"),
    "rules": ("--on", "size:<100 => " + "w" * 900, "--on", "size:<3000 => {text}{text}{text}{text} ; {text}", "--on",
              "=> twice {text}{text}"),
    "a file": ("--on", "=> file:%s" % udptui.__file__),
    "copies by the network": ("--ack", "{text}{text}", "--impair", "dup=100%"),
    "a network that delays and doubles": ("--ack", FOURFOLD, "--impair", "dup=100%,delay=1ms"),
    "two replies to one request, of which the network changed a copy":
        ("--ack", "{text}", "--on", "rrrrrrrrrr => " + "w" * 1024, "--impair", "dup=100%,in.corrupt=50%"),
    "a short request that is longer on the way": ("--ack", "echo", "--impair", "corrupt=100%"),
    "dns.rules": ("--rules", RULES % "dns"), "tftp.rules": ("--rules", RULES % "tftp"),
    "thermostat.rules": ("--rules", RULES % "thermostat"), "threads": ("--ack", FOURFOLD, "--threads", "4"),
    "single datagrams": ("--ack", FOURFOLD, "--no-gso", "--no-gro"),
    "a quiz's question": ("--class", "--questions", questions), "a quiz's registrations": ("--class", "--questions", questions),
    "a quiz's answers": ("--class", "--questions", questions),
}
IPV6 = ("four times the request", "fields", "stun", "several datagrams", "copies by the network", "rules", "a quiz's question")
DELAYED = ("delayed", "a network that delays and doubles")  # by 1 ms, at most twice


# A payload of that size which the policy answers; others answer whatever comes.
PAYLOADS = {
    "stun": lambda size: struct.pack("!HHI12x", 1, size - 20 & 0xfffc, 0x2112a442) + b"\0" * (size - 20),
    "sockperf": lambda size: struct.pack("!QHI", 1, 3, size) + b"\0" * (size - 14),
    "dns.rules": lambda size: bytes.fromhex("000101000001000000000000") + b"\6device\4test\0\0\1\0\1" + b"\0" * (size - 29),
    "a quiz's question": lambda size: b"question" + b"." * (size - 8) if size > 8 else b"?" + b"." * (size - 1),
    "a quiz's registrations": lambda size: b"name " + b"k" * (size - 5),
    "a quiz's answers": lambda size: b"answer 1 " + b"k" * (size - 9),
    "tftp.rules": lambda size: b"\0\1hello.txt\0octet\0" + b"\0" * (size - 18),
}


def client(host):
    peer = Peer(host)
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    return peer


def ask(server, host, sizes, payload):
    """A request of each size, by a client of its own; (size, client) of each. The server keeps up."""
    asked, queued = [], 0
    for size in sizes:
        peer = client(host)
        peer.send(payload(size)[:size], server.address)
        asked.append((size, peer))
        queued += size + 1000
        if queued > QUEUED_MAX:
            server.wait_read()
            queued = 0
    server.wait_read()
    return asked


def check(host, asked, ports):
    """Of what has come for each request from the server's ports: all together. How many replies there were."""
    total = 0
    for size, peer in asked:
        sent = [payload for payload, sender in peer.arrived() if sender[1] in ports]
        sum_bytes = sum(len(payload) + HEADERS[host] for payload in sent)
        tap.true(sum_bytes <= 3 * (size + HEADERS[host]), "%d bytes in %d datagrams for a request of %d: %r"
                 % (sum_bytes, len(sent), size + HEADERS[host], [payload[:40] for payload in sent]))
        total += len(sent)
        peer.socket.close()
    return total


def count_replies(name, host, sizes):
    """By a server of its own, which has ended before they are counted: none comes later, to whom has the port then."""
    options = [word() if callable(word) else word for word in ANSWERS[name]]
    server = Server(*KEEP, *options, addresses=(udptui.join_address((host, 0)),), json_lines=False)
    ports = server.udp_ports()
    asked = ask(server, host, sizes, PAYLOADS.get(name, lambda size: b"r" * size))
    for _ in range(2 if name in DELAYED else 0):  # what waited before is sent before
        Peer(host).ask(b"last", server.address)
    server.signal(signal.SIGTERM)
    server.finish().expect(143)
    return check(host, asked, ports)


def bounded(name, host="127.0.0.1"):
    tried = sizes(HEADERS[host])
    replies = sum(count_replies(name, host, tried[first:first + 500]) for first in range(0, len(tried), 500))
    tap.true(name == "none" or replies > 0, "no reply came at all")


for _name in ANSWERS:
    tap.add_case("requests of each size get three times as much at most: " + _name, bounded, _name,
                 timeout_s=900 if LONG else 60)


def over_ipv6(name):
    udptui.need_ipv6()
    bounded(name, "::1")


for _name in IPV6:
    tap.add_case("the same over IPv6: " + _name, over_ipv6, _name, timeout_s=900 if LONG else 60)

tap.main()
