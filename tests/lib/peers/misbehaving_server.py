# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A UDP server that loses, doubles and delays its replies, each with a chance of its own, and says in
each which message it answers and how long it held that back: "re TEXT held MICROSECONDS", or with
"echo" the text alone. It prints its port.

    misbehaving_server.py LOSS DOUBLE DELAY DELAY_MS SEED [echo]      (chances in percent)
"""
import heapq
import random
import select
import socket
import sys
import time


def main():
    loss, double, delay, delay_ms, seed = (float(text) for text in sys.argv[1:6])
    echo = sys.argv[6:] == ["echo"]
    chance = random.Random(int(seed))
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    due = []  # (when, order, payload, whom)
    order = 0
    while True:
        wait_s = max(0, due[0][0] - time.monotonic()) if due else None
        if select.select([server], [], [], wait_s)[0]:
            payload, whom = server.recvfrom(65536)
            if chance.random() * 100 < loss:
                continue
            for _ in range(2 if chance.random() * 100 < double else 1):
                held_s = chance.random() * delay_ms / 1000 if chance.random() * 100 < delay else 0
                text = payload if echo else b"re %s held %d" % (payload, held_s * 1e6)
                heapq.heappush(due, (time.monotonic() + held_s, order, text, whom))
                order += 1
        while due and due[0][0] <= time.monotonic():
            _, _, text, whom = heapq.heappop(due)
            if chance.random() * 100 >= loss:
                server.sendto(text, whom)


main()
