# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server a first lesson on UDP writes: it prints each message and answers it. HOST PORT."""
import socket
import sys

ACK = "Message received"


def serve(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((host, port))
        print("Server is listening on {}:{}".format(*server.getsockname()), flush=True)
        while True:
            message, client = server.recvfrom(1024)
            print("Message from {}:{}: {}".format(*client, message.decode()), flush=True)
            server.sendto(ACK.encode(), client)


serve(sys.argv[1], int(sys.argv[2]))
