# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client a first lesson on UDP writes: it sends each message and prints the answer.
HOST PORT MESSAGE..."""
import socket
import sys


def talk(host, port, messages):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        for message in messages:
            client.sendto(message.encode(), (host, port))
            answer, server = client.recvfrom(1024)
            print("{}:{} answered: {}".format(*server, answer.decode()), flush=True)


talk(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
