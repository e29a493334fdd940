# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""relay with many clients: 10,000 at once, a flood of sources that never come back, a target that is late."""
import os
import random
import resource
import select
import signal
import socket
import threading
import time

import netns
import tap
import udptui
from udptui import Peer, Relay, Server

QUIET = ("--filter", "size:>60000")  # no line for each message


class Echo:
    """Sends back whatever comes, and remembers the senders of what begins with a mark."""

    def __init__(self, mark=None):
        self.peer = Peer(wait_s=None)
        self.peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.mark, self.seen, self.count = mark, {}, 0
        self.text = self.peer.text
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                payload, sender = self.peer.socket.recvfrom(65536)
                if self.mark and payload.startswith(self.mark):
                    self.seen.setdefault(payload, set()).add(sender)
                self.peer.socket.sendto(payload, sender)
            except (OSError, ValueError):
                return
            self.count += 1


def descriptors(process):
    return len(os.listdir("/proc/%d/fd" % process.child.pid))


def memory_kib(process):
    with open("/proc/%d/status" % process.child.pid) as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def raise_limit(wanted):
    """Of open files, for this process and its children."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        tap.skip("at most %d open files" % hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        tap.defer(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))


def open_clients(count, relay):
    """Connected, so that what strays in from elsewhere is not taken for an answer."""
    clients = []
    for _ in range(count):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tap.defer(client.close)
        client.settimeout(tap.WAIT_S)
        client.connect(relay.address)
        clients.append(client)
    return clients


@tap.case("10,000 clients at once: each has a session, and gets its own answers", timeout_s=120)
def ten_thousand():
    count = 10000
    raise_limit(count + 200)
    with netns.Namespace():  # of the 28,000 ports that the kernel gives, this takes 20,000
        echo = Echo()
        relay = Relay(echo.text, *QUIET)
        clients = open_clients(count, relay)
    for turn in (b"first", b"second"):
        for first in range(0, count, 100):  # so that no receive queue overflows
            some = clients[first:first + 100]
            for number, client in enumerate(some):
                client.send(b"%s %d" % (turn, first + number))
            for number, client in enumerate(some):
                tap.equal(client.recv(100), b"%s %d" % (turn, first + number), "the answer")
    tap.true(count <= descriptors(relay) <= count + 64, "%d descriptors" % descriptors(relay))
    summary = relay.stop()
    tap.equal([summary[key] for key in ("received", "back_forwarded", "clients", "sessions_opened", "clients_evicted")],
              [2 * count, 2 * count, count, count, 0], "the summary")


def flood(address, sources):
    """One datagram from each of so many addresses of 127/8."""
    for number in range(sources):
        network, host = divmod(number, 254)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forged:
            forged.bind(("127.%d.%d.%d" % (1 + (network >> 8), network & 255, 1 + host), 0))
            forged.sendto(b"flood", address)


@tap.case("100,000 sources that come once: memory and descriptors are bounded, live clients keep their sessions, "
          "all are counted", timeout_s=180)
def flooded():
    sessions, live, turns, sources = 400, 50, 14, 7200
    echo = Echo(b"live")
    relay = Relay(echo.text, "--max-clients", str(sessions), *QUIET)
    clients = open_clients(live, relay)

    def all_ask():
        relay.wait_read()  # a queue that is still full of the crowd has no room for these
        tap.until(lambda: udptui.waiting_bytes(echo.peer.port) == 0, "the target to have read all")
        for number, client in enumerate(clients):
            client.send(b"live %d" % number)
            while client.recv(100) != b"live %d" % number:
                pass
    all_ask()
    all_ask()
    for turn in range(turns):
        flood(relay.address, sources)
        if turn == 4:  # its rings have been used whole
            before_kib = memory_kib(relay)
        all_ask()
        tap.true(descriptors(relay) <= sessions + 64, "%d descriptors" % descriptors(relay))
    tap.true(memory_kib(relay) - before_kib < 2048, "%d KiB more" % (memory_kib(relay) - before_kib))
    summary = relay.stop()
    tap.equal({payload: len(senders) for payload, senders in echo.seen.items()},
              {b"live %d" % number: 1 for number in range(live)}, "sessions of the live clients")
    tap.equal(summary["clients"], sessions, "clients")
    tap.equal(summary["received"] + summary["kernel_dropped"], turns * sources + (2 + turns) * live,
              "received + dropped of %r" % summary)
    known = turns * sources + live - summary["kernel_dropped"]
    tap.equal(summary["sessions_opened"], summary["clients"] + summary["clients_evicted"], "sessions of %r" % summary)
    tap.true(known <= summary["sessions_opened"] <= turns * sources + live, "%d known, %r" % (known, summary))


@tap.case("a target that is not read until later: nothing is lost uncounted on the way")
def overload():
    target = Peer()
    target.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    relay = Relay(target.text, *QUIET)
    client = Peer()
    sent = 20000
    for number in range(sent):
        client.send(b"%d" % number, relay.address)
    relay.wait_read()
    summary = relay.stop()
    tap.equal(summary["received"] + summary["kernel_dropped"], sent, "received + dropped of %r" % summary)
    tap.equal(summary["received"], summary["forwarded"] + summary["failed"], "%r" % summary)
    arrived = 0
    while select.select([target.socket], [], [], 0)[0]:
        target.socket.recv(100)
        arrived += 1
    tap.true(0 < arrived <= summary["forwarded"], "arrived: %d of %r" % (arrived, summary))


@tap.case("replies that are unread when their client is dropped are counted")
def unread():
    target, first, second = Peer(), Peer(), Peer()
    relay = Relay(target.text, "--max-clients", "1", "--batch", "8", *QUIET)
    first.send(b"first", relay.address)
    session = target.receive()[1]
    relay.freeze()
    for number in range(20):
        target.send(b"%d" % number, session)
    second.send(b"second", relay.address)  # takes the place of the first after one batch of its replies
    relay.signal(signal.SIGCONT)
    tap.equal(target.receive()[0], b"second", "what the target got")
    summary = relay.stop()
    received = summary["back_received"]
    tap.true(1 <= received <= 8, "%d received: one batch, which is one without recvmmsg" % received)
    tap.equal([summary[key] for key in ("back_forwarded", "back_dropped", "clients_evicted")],
              [received, 20 - received, 1], "the summary")


class Restarted(threading.Thread):
    """A target that echoes, and is away for a while after each 500 datagrams. It has an address of its own, so that no
    session gets its port meanwhile."""

    def __init__(self):
        super().__init__(daemon=True)
        self.peer = Peer("127.0.0.2", wait_s=0.1)
        self.text, self.port, self.ended = self.peer.text, self.peer.port, threading.Event()
        tap.defer(self.ended.set)
        self.start()

    def run(self):
        count = 0
        while not self.ended.is_set():
            try:
                payload, sender = self.peer.socket.recvfrom(65536)
                self.peer.socket.sendto(payload, sender)
                count += 1
            except OSError:
                continue
            if count % 500 == 0:
                self.peer.socket.close()
                self.ended.wait(0.05)
                self.peer = Peer("127.0.0.2", self.port, wait_s=0.1)


def ask_until_answered(client):
    """Returns how many datagrams it took: sessions of the crowd rarely live long enough for an answer."""
    asked = 0

    def has_answer():
        nonlocal asked
        client.send(b"at last")
        asked += 1
        return bool(select.select([client], [], [], 0.05)[0])
    tap.until(has_answer, "an answer")
    return asked


@tap.case("conservation with more clients than sessions, idle ends, impairments and a target that is "
          "started again and again", timeout_s=120)
def turmoil():
    for settings in ("off", "loss=20%", "delay=3ms,jitter=3ms,dup=10%,corrupt=10%,reorder=10%,loss=5%"):
        target, dice = Restarted(), random.Random(settings)
        relay = Relay(target.text, "--max-clients", "7", "--idle", "100ms", "--impair", settings, "--seed", "1", *QUIET)
        clients = open_clients(20, relay)
        for number in range(10000):
            client, size = dice.choice(clients), dice.choice((0, 1, 8, 100, 1400, 20000))
            client.send(dice.randbytes(size))
            if number % 3000 == 0:
                time.sleep(0.15)  # longer than --idle
        sent = 10000 + ask_until_answered(client)
        relay.wait_read()
        summary = relay.stop()  # conserved in both directions
        tap.equal(summary["received"] + summary["kernel_dropped"], sent, "received + dropped of %r" % summary)
        tap.true(summary["clients_evicted"] > 1000 and summary["back_received"] > 0, "%r" % summary)
        tap.equal(summary["failed"], 0, "a refusal costs no later datagram: %r" % summary)
        target.ended.set()


def train(client, address, first, count, size=8):
    """Numbered datagrams that come merged, if the kernel can do that."""
    client.send_trains(size)
    client.send(b"".join(b"%0*d" % (size, first + number) for number in range(count)), address)


@tap.case("drops of merged datagrams are a lower bound, also if the queue was full before the first was read")
def merged_drops():
    for program in (Relay(Peer().text, "--rcvbuf", "20000", *QUIET), Server("--rcvbuf", "20000", *QUIET)):
        client = Peer()
        program.freeze()
        for _ in range(50):
            train(client, program.address, 0, 60, 100)
        program.signal(signal.SIGCONT)
        program.wait_for(lambda: not program.pump(0.3), "silence")  # it has read what was kept
        summary = program.stop()
        if summary["received"] + summary["kernel_dropped"] == 50 * 60:
            tap.skip("the kernel does not merge them")
        tap.true(0 < summary["kernel_dropped"] < 50 and summary.get("kernel_dropped_at_least"), "%r" % summary)


@tap.case("merged datagrams stay what they are, plain, with loss alone and with delay, both ways")
def merged():
    sent, length = 400, 50
    for settings in ("off", "loss=20%", "delay=5ms", "in.delay=2ms,loss=10%", "dup=20%,delay=1ms"):
        echo = Echo(b"0")
        relay = Relay(echo.text, "--impair", settings, "--seed", "3")
        client = Peer()
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        for first in range(0, sent, length):
            train(client, relay.address, first, length)

        def settled(way, wanted):
            relay.pump(0.05)
            return sum(item["direction"] == way for item in relay.objects("message")) == wanted()
        tap.until(lambda: settled("to_target", lambda: sent), "all messages with " + settings, pause_s=0)
        tap.until(lambda: settled("to_client", lambda: echo.count), "all answers with " + settings, pause_s=0)
        summary = relay.stop()
        came = client.waiting(summary["back_forwarded"])
        tap.true(all(len(payload) == 8 and int(payload) < sent for payload in came), "a payload with " + settings)
        tap.equal(set(came) <= set(echo.seen), True, "answers to what the target got")
        if "dup" not in settings:
            tap.until(lambda: len(echo.seen) == summary["forwarded"], "all at the target with " + settings)
            tap.equal((len(came), len(set(came))), (summary["back_forwarded"],) * 2, "at the client with " + settings)
        tap.equal(summary["received"], sent, "received")


tap.main()
