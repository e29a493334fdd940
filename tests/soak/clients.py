# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that come and go: `clients.py RATE ACTIVE SEED HOST:PORT...` sends RATE datagrams a second from ACTIVE
sockets to each of the servers in turn. A socket lives for 2 s; then it only listens, until what may still come to
it has had its time. A line on stdin ends the sending; the end of stdin ends the program, which prints its counts as
JSON, as it does once a second."""
import json
import random
import select
import socket
import struct
import sys
import time

LIFE_S = 2.0
LINGER_S = 6.0
MOST_AT_ONCE = 200  # of what is late: a machine that stalls is not flooded afterwards
PAYLOADS = 256
SO_MEMINFO = 55  # of sock(7): nine integers, the last of them counts what the receive queue had no room for
NOBODY = ("127.0.0.1", 9)
FIRST, FIRST_SIZE = 15000, 1400  # the first ones are large: they fill the rings of a server


class Clients:
    def __init__(self, rate, active, seed, targets):
        self.rate, self.active, self.targets = rate, active, targets
        self.random = random.Random(seed)
        self.payloads = [self._payload() for _ in range(PAYLOADS)]
        self.epoll = select.epoll()
        self.open = {}  # descriptor: socket
        self.sending, self.lingering = [], []  # (socket, when it became that)
        self.sent = self.received = self.failed = self.sources = self.left_out = self.dropped = 0

    def _payload(self):
        """At least as long as a STAMP request, so that an answer is not longer; text, or any bytes."""
        size = self.random.choice((44, 44, 64, 100, 300))
        if self.random.random() < 0.5:
            return (b"hello, world " * 30)[:size]
        return bytes(self.random.randrange(256) for _ in range(size))

    def _come(self, now_s):
        client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        client.setblocking(False)
        client.connect(self.targets[self.sources % len(self.targets)])
        self.epoll.register(client, select.EPOLLIN)
        self.open[client.fileno()] = client
        self.sending.append((client, now_s))
        self.sources += 1

    def turn_over(self, now_s):
        """Clients come and go one by one, not all at once."""
        if self.sending and now_s - self.sending[0][1] > LIFE_S:
            self.lingering.append((self.sending.pop(0)[0], now_s))
        if len(self.sending) < self.active and (not self.sending or
                                                now_s - self.sending[-1][1] >= LIFE_S / self.active):
            self._come(now_s)
        if self.lingering and now_s - self.lingering[0][1] > LINGER_S:
            self.go(self.lingering.pop(0)[0])

    def go(self, client):
        """First it turns to another peer: what still comes is from then on what the kernel has no socket for, and counts."""
        client.connect(NOBODY)
        self._take(client)
        self.dropped += struct.unpack("9I", client.getsockopt(socket.SOL_SOCKET, SO_MEMINFO, 36))[8]
        del self.open[client.fileno()]
        client.close()

    def send(self, count):
        for _ in range(count):
            client = self.random.choice(self.sending)[0]
            payload = self.payloads[self.sent % PAYLOADS]
            try:
                client.send(payload if self.sent >= FIRST else payload.ljust(FIRST_SIZE))
                self.sent += 1
            except OSError:  # what an earlier one caused, or a full buffer: this one was not sent
                self.failed += 1

    def _take(self, client):
        try:
            while True:
                client.recv(2048)
                self.received += 1
        except OSError:
            pass

    def listen(self, wait_s):
        for descriptor, _ in self.epoll.poll(max(wait_s, 0)):
            self._take(self.open[descriptor])

    def report(self):
        print(json.dumps({"sent": self.sent, "received": self.received, "failed": self.failed, "sources": self.sources,
                          "left_out": self.left_out, "dropped": self.dropped}), flush=True)


def main():
    rate, active, seed = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    targets = [(host, int(port)) for host, port in (word.rsplit(":", 1) for word in sys.argv[4:])]
    clients = Clients(rate, active, seed, targets)
    sending, began_s, due = True, time.monotonic(), 0
    report_s, look_s = began_s + 1, began_s
    while True:
        now_s = time.monotonic()
        if now_s >= look_s:
            look_s = now_s + 0.05
            if select.select([sys.stdin], [], [], 0)[0]:
                if not sys.stdin.readline():
                    break
                sending = False
        if sending:
            clients.turn_over(now_s)
            late = int((now_s - began_s) * rate) - due
            if late > MOST_AT_ONCE:
                clients.left_out += late - MOST_AT_ONCE
            due += late
            clients.send(min(late, MOST_AT_ONCE))
        if now_s >= report_s:
            report_s = now_s + 1
            clients.report()
        clients.listen(0.001)
    for client in list(clients.open.values()):
        clients.go(client)
    clients.report()


main()
