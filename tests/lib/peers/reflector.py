# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A STAMP reflector (RFC 8762), an echo server or one that answers with a text, behind a network that
loses requests and replies, doubles replies and holds them back, each with a chance of its own. It
prints its port, and once its standard input is closed what it did, as JSON.

    reflector.py stamp|stateless|light|echo|text LOSS_THERE LOSS_BACK DOUBLE DELAY DELAY_MS SEED
    (chances in percent; "light" is TWAMP Light's reply of 38 bytes)
"""
import heapq
import json
import random
import select
import socket
import struct
import sys
import time

NTP_EPOCH_S = 2208988800
SO_RCVBUFFORCE = 33


def ntp(seconds):
    return int((seconds + NTP_EPOCH_S) * 2 ** 32)


class Reflector:
    def __init__(self, kind):
        self.kind, self.replies = kind, 0

    def reply(self, request, received_s):
        if self.kind == "echo":
            return request
        if self.kind == "text":
            return b"Message received"
        number, sent, error = struct.unpack("!IQH", request[:14])
        own = number if self.kind == "stateless" else self.replies
        self.replies += 1
        reply = struct.pack("!IQH2sQIQHxxBxxx", own, ntp(time.time()), 0x8001, request[14:16],
                            ntp(received_s), number, sent, error, 61)
        return reply[:38] if self.kind == "light" else reply + request[44:]


def set_receive_buffer(server, size_bytes):
    """Also more than the machine's limit (net.core.rmem_max), if permitted (socket(7))."""
    try:
        server.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, size_bytes)
    except PermissionError:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size_bytes)


def main():
    there, back, double, delay, delay_ms, seed = (float(text) for text in sys.argv[2:8])
    reflector, chance = Reflector(sys.argv[1]), random.Random(int(seed))
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    set_receive_buffer(server, 4 << 20)
    server.bind(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    did = dict.fromkeys(("received", "lost_there", "lost_back", "doubled", "held", "sent"), 0)
    due, order = [], 0

    def happens(percent):
        return chance.random() * 100 < percent

    while True:
        wait_s = max(0, due[0][0] - time.monotonic()) if due else None
        ready = select.select([server, sys.stdin], [], [], wait_s)[0]
        if server in ready:
            payload, whom = server.recvfrom(65536)
            received_s = time.time()
            did["received"] += 1
            if happens(there):
                did["lost_there"] += 1
                continue
            reply = reflector.reply(payload, received_s)
            if happens(back):
                did["lost_back"] += 1
                continue
            copies = 2 if happens(double) else 1
            did["doubled"] += copies - 1
            for _ in range(copies):
                held_s = chance.random() * delay_ms / 1000 if happens(delay) else 0
                did["held"] += held_s > 0
                heapq.heappush(due, (time.monotonic() + held_s, order, reply, whom))
                order += 1
        elif ready and not sys.stdin.read(1):
            break
        while due and due[0][0] <= time.monotonic():
            _, _, reply, whom = heapq.heappop(due)
            server.sendto(reply, whom)
            did["sent"] += 1
    print(json.dumps(did), flush=True)


main()
