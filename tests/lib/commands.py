# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command of udptui, a row each: what any of them must stand is tested for all of them, and a new
command is one more row."""
import concurrent.futures
import socket
import struct
import threading

import broker
import tap
import udptui

AT_ONCE = 6  # the programs wait more than they work
FORMS = ("--no-ui", "--json")


# ---- the world around them

class Echo(threading.Thread):
    """Returns each datagram to its sender, until the case ends."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(0.1)
        self.text = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.over = threading.Event()
        self.start()

    def run(self):
        with self.socket:
            while not self.over.is_set():
                try:
                    payload, sender = self.socket.recvfrom(65536)
                    self.socket.sendto(payload, sender)
                except OSError:
                    pass


class Client(threading.Thread):
    """Sends to a port every few milliseconds, whether a program listens there or not."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.over = port, threading.Event()
        self.start()

    def run(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.setblocking(False)
            while not self.over.wait(0.005):
                for call in (lambda: client.sendto(b"hello", ("127.0.0.1", self.port)), lambda: client.recv(65536)):
                    try:
                        call()
                    except OSError:
                        pass


def capture_of(payloads, interval_s=1, port=4010):
    """Of requests with these payloads, from 1.2.3.4:50000 to that port of 5.6.7.8, in a file of its own (pcap, LINKTYPE_RAW)."""
    pieces = [struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)]
    for number, payload in enumerate(payloads):
        udp = struct.pack("!HHHH", 50000, port, 8 + len(payload), 0) + payload
        frame = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + bytes(range(1, 9)) + udp
        time_us = int(1700000000e6 + number * interval_s * 1e6)
        pieces.append(struct.pack("<IIII", time_us // 1000000, time_us % 1000000, len(frame), len(frame)) + frame)
    return udptui.write_file(b"".join(pieces))


def capture_file(count=300, interval_s=0.01):
    """Of so many requests."""
    return capture_of([b"hello"] * count, interval_s)


class Reporter(threading.Thread):
    """A server that publishes a message to a broker every few milliseconds."""

    def __init__(self, at):
        super().__init__(daemon=True)
        self.publisher, self.over = broker.Publisher(at, "a"), threading.Event()
        self.publisher.state()
        self.publisher.stats(5)
        self.start()

    def run(self):
        while not self.over.wait(0.005):
            try:
                self.publisher.message(b"hello")
            except OSError:
                return


class World:
    """What the commands need: an echo server, a port with clients, a capture, and a broker."""

    def __init__(self):
        self.echo = Echo()
        self.lock, self.at = threading.Lock(), None
        tap.defer(self.echo.join)
        tap.defer(self.echo.over.set)

    def broker(self):
        with self.lock:
            if self.at is None:
                self.at = broker.Broker()
                reporter = Reporter(self.at)
                tap.defer(reporter.join)
                tap.defer(reporter.over.set)
        return self.at.url()

    def place(self):
        """A port that nobody else uses, with a client that sends there."""
        client = Client(udptui.unused_port())
        tap.defer(client.join)
        tap.defer(client.over.set)
        return "127.0.0.1:%d" % client.port


# ---- the commands

class Row:
    """lasting: arguments (after the form) of a run that prints until it is ended, from a world; brief: of one that
    ends by itself soon. up: what its screen or prompt shows first, None if it has neither."""

    def __init__(self, name, lasting, brief, up, forms=FORMS, prompts=False):
        self.name, self.up, self.forms, self.prompts = name, up, forms, prompts
        self._lasting, self._brief = lasting, brief

    @staticmethod
    def _with(words, form):
        return words[:1] + ([form] if form else []) + words[1:]

    def lasting(self, world, form=None):
        return self._with(self._lasting(world), form)

    def brief(self, world, form=None):
        return self._with(self._brief(world), form)


ROWS = (
    Row("serve", lambda world: ["serve", world.place()],
        lambda world: ["serve", "-d", "200ms", world.place()], rb"127\.0\.0\.1:[1-9]"),
    Row("send", lambda world: ["send", "--no-history", "-c", "100000", "-i", "5ms", world.echo.text, "hello"],
        lambda world: ["send", "--no-history", "-c", "3", "-t", "10s", world.echo.text, "hello"], None),
    Row("ping", lambda world: ["ping", "-i", "5ms", world.echo.text],
        lambda world: ["ping", "-i", "5ms", "-c", "3", "-t", "10s", world.echo.text], rb"rtt"),
    Row("relay", lambda world: ["relay", world.place(), world.echo.text],
        lambda world: ["relay", "-d", "200ms", world.place(), world.echo.text], rb"127\.0\.0\.1:[1-9]"),
    Row("load", lambda world: ["load", "-d", "60s", "--rate", "200", "-t", "20s", world.echo.text],
        lambda world: ["load", "-d", "200ms", "--rate", "200", "-t", "10s", world.echo.text], rb"acked"),
    Row("replay", lambda world: ["replay", "--speed", "1", "-t", "20ms", capture_file(count=6000)],
        lambda world: ["replay", "--speed", "max", capture_file()], rb"hello"),
    Row("resend", lambda world: ["replay", "--to", world.echo.text, capture_file(count=6000)],
        lambda world: ["replay", "--to", world.echo.text, capture_file(count=30)], rb"sent"),
    Row("lesson", lambda world: ["lesson", "all"], lambda world: ["lesson", "loss"], rb"loss"),
    Row("demo", lambda world: ["demo"], lambda world: ["demo", "-d", "300ms"], rb"hello"),
)

if broker.usable():
    ROWS += (Row("watch", lambda world: ["watch", world.broker()],
                 lambda world: ["watch", "-d", "2s", world.broker()], rb"servers"),)


def each(rows, judge):
    """Judges every row, several at a time; fails with all that failed."""
    failures = []

    def attempt(row):
        try:
            judge(*row)
        except tap.Failure as failure:
            failures.append("%r: %s" % (row, failure))
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(attempt, rows))
    tap.true(not failures, "\n".join(failures))
