# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter language against a model of it: 10,000 random messages in a capture, random expressions, and for each
the messages that Python chooses by its own evaluation of what the JSON says of them."""
import ipaddress
import os
import random
import re
import struct

import tap
import udptui

MESSAGES, EXPRESSIONS, SEED = 10_000, 80, 11
SERVER = ("10.0.0.1", 4010)
ALPHABET = b"abAB01 |()\"/!:\\.-\n\xff\x00"
STATUS_WORDS = {"sent": ("acked", "sent"), "unseen": ("unseen",), "unasked": ("unasked",), "more": ("more",)}


# ---- the messages

def datagram(source, destination, payload):
    addresses = ipaddress.ip_address(source[0]).packed + ipaddress.ip_address(destination[0]).packed
    return (struct.pack("!BBHHHBBH", 0x45, 0, 28 + len(payload), 0, 0, 64, 17, 0) + addresses
            + struct.pack("!HHHH", source[1], destination[1], 8 + len(payload), 0) + payload)


def random_payload(rng):
    if rng.random() < 0.02:
        return b"hello " + rng.choice((b"Ann", b"Bob", b"Cid"))
    return bytes(rng.choice(ALPHABET) for _ in range(rng.choice((0, 1, 3, 8, 30))))


def write_capture(rng, path):
    """Requests of 60 clients; most have a reply at once, some two, some none; some datagrams nobody asked for."""
    clients = [("10.0.%d.%d" % (rng.randrange(4), 2 + rng.randrange(200)), rng.choice((53, 1000, 50000 + number)))
               for number in range(60)]
    now = 1_700_000_000_000_000_000
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, 101))
        def put(frame):
            nonlocal now
            now += rng.randrange(1, 1_000_000)
            file.write(struct.pack("<IIII", now // 10**9, now % 10**9, len(frame), len(frame)) + frame)
        for _ in range(MESSAGES):
            client = rng.choice(clients)
            if rng.random() < 0.03:
                put(datagram(SERVER, client, random_payload(rng)))
                continue
            put(datagram(client, SERVER, random_payload(rng)))
            for _ in range(rng.choice((0, 1, 1, 1, 1, 2))):
                put(datagram(SERVER, client, random_payload(rng)))


# ---- the model: an expression is a function of a message and its text

def key_of(row):
    return row["n"], row["time"], row["hex"]


class Message:
    """Its text in lower case, which is bytes.lower: of ASCII alone."""

    def __init__(self, row):
        self.key = key_of(row)
        self.payload = bytes.fromhex(row["hex"])
        self.reply = bytes.fromhex(row["ack_hex"]) if "ack_hex" in row else None
        self.parts = [self.payload] + ([self.reply] if self.reply is not None else [])
        self.seen = [part.lower() for part in self.parts + [row["from"].encode(), row.get("name", "").encode()]]
        self.source, self.target = ((ipaddress.ip_address(host), port) for host, port in
                                    (udptui.split_address(row[key]) for key in ("from", "to")))
        self.size, self.status, self.name = row["bytes"], row["ack"], row.get("name", "").encode().lower()


def quoted(rng, data):
    """A text that stands for these bytes: bare if it can be, else in quotes, with escapes."""
    bare = re.fullmatch(rb"[a-z0-9.]+", data) and data not in (b"and", b"or", b"not")
    if bare and rng.random() < 0.7:
        return data.decode()
    escaped = "".join(chr(byte) if 32 <= byte < 127 and chr(byte) not in "\"\\" else "\\x%02x" % byte
                      for byte in data)
    return '"%s"' % escaped


def random_text(rng):
    if rng.random() < 0.2:
        return rng.choice((b"10.0.1", b"ann", b":53", b"hello", b"0.0"))
    return bytes(rng.choice(ALPHABET) for _ in range(rng.choice((1, 1, 2, 3))))


def leaf_text(rng):
    data = random_text(rng)
    return quoted(rng, data), lambda m, what=data.lower(): any(what in part for part in m.seen)


def leaf_hex(rng):
    data = bytes(rng.choice(ALPHABET) for _ in range(rng.choice((1, 2))))
    return "hex:" + data.hex(), lambda m: any(data in part for part in m.parts)


def leaf_regex(rng):
    pattern = rng.choice(("^a", "b$", "[01]{2}", "a.b", "(ab|ba)+", "^$", "\\xff", "hello (ann|bob)", "^.{3,8}$"))
    compiled = re.compile(pattern.encode(), re.IGNORECASE | re.DOTALL)
    return "/%s/" % pattern, lambda m: any(compiled.search(part) for part in m.parts)


def leaf_network(rng):
    key = rng.choice(("from", "to"))
    bits = rng.choice((8, 16, 22, 23, 24, 28, 31, 32))
    network = ipaddress.ip_network("10.0.%d.%d/%d" % (rng.randrange(4), rng.randrange(255), bits), strict=False)
    port = rng.choice((None, None, 53, 4010))
    text = "%s:%s/%d" % (key, network.network_address, bits)
    if port is not None:  # an address with a port has no prefix
        text, network = "%s:%s:%d" % (key, network.network_address, port), ipaddress.ip_network(
            network.network_address)
    def holds(m):
        host, its_port = m.source if key == "from" else m.target
        return host in network and port in (None, its_port)
    return text, holds


def leaf_range(rng):
    key, values = rng.choice((("size", (0, 1, 3, 8, 29, 30)), ("port", (52, 53, 1000, 4010, 50000, 50030))))
    low, high = sorted((rng.choice(values), rng.choice(values)))
    text, holds = rng.choice((
        ("%d" % low, lambda value: value == low), ("%d-%d" % (low, high), lambda value: low <= value <= high),
        (">%d" % low, lambda value: value > low), ("<=%d" % high, lambda value: value <= high)))
    if key == "size":
        return "size:" + text, lambda m: holds(m.size)
    return "port:" + text, lambda m: holds(m.source[1]) or holds(m.target[1])


def leaf_status(rng):
    status = rng.choice(list(STATUS_WORDS))
    return "status:" + rng.choice(STATUS_WORDS[status]), lambda m: m.status == status


def leaf_name(rng):
    part = rng.choice(("ann", "B", "i", "nobody"))
    return "name:" + part, lambda m: part.encode().lower() in m.name


LEAVES = (leaf_text, leaf_text, leaf_hex, leaf_regex, leaf_network, leaf_range, leaf_status, leaf_name)
OR, AND, NOT, LEAF = range(4)  # what binds tighter is greater


def grouped(rng, expression, least):
    """The text of a part, in parentheses if it binds less tightly than what is around it, or anyway."""
    text, _, level = expression
    return "(%s)" % text if level < least or rng.random() < 0.15 else text


def random_expression(rng, depth):
    """(text, function, how tightly it binds)"""
    kind = rng.choice((LEAF, NOT, AND, OR)) if depth > 0 else LEAF
    if kind == LEAF:
        return rng.choice(LEAVES)(rng) + (LEAF,)
    left = random_expression(rng, depth - 1)
    if kind == NOT:
        return rng.choice(("!", "not ")) + grouped(rng, left, NOT), lambda m: not left[1](m), NOT
    right = random_expression(rng, depth - 1)
    joint = rng.choice((" ", " and ") if kind == AND else ("|", " | ", " or "))
    text = grouped(rng, left, kind) + joint + grouped(rng, right, kind)
    if kind == AND:
        return text, lambda m: left[1](m) and right[1](m), AND
    return text, lambda m: left[1](m) or right[1](m), OR


# ---- the comparison

def rows_of(path, *options):
    return udptui.run("replay", "--json", "--class", *options, path, wait_s=60).expect(0).objects("message")


@tap.case("%d random expressions choose of %d random messages what a model chooses" % (EXPRESSIONS, MESSAGES),
          timeout_s=300)
def against_the_model():
    udptui.need_feature("pcre2")
    rng = random.Random(SEED)
    path = os.path.join(udptui.temporary_directory(), "random.pcap")
    write_capture(rng, path)
    messages = [Message(row) for row in rows_of(path)]
    tap.true(len(messages) >= MESSAGES, "%d messages" % len(messages))
    decided = 0
    for _ in range(EXPRESSIONS):
        text, holds, _ = random_expression(rng, rng.randrange(5))
        chosen = [key_of(row) for row in rows_of(path, "--filter", text)]
        expected = [message.key for message in messages if holds(message)]
        tap.equal(len(chosen), len(expected), "messages that %r chooses" % text)
        tap.true(chosen == expected, "%r chooses others" % text)
        decided += 0 < len(chosen) < len(messages)
    tap.true(decided > EXPRESSIONS // 2, "only %d expressions chose some and not all" % decided)


tap.main()
