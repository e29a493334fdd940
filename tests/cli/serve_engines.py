# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""serve in each of its gears (threads, batches, with and without segmentation offload): every client
gets every ack, the totals are exact, nothing is said twice."""

import tap
import udptui
from udptui import Peer, Server

GEARS = ((), ("--no-gso",), ("--no-gro",), ("--no-gso", "--no-gro"), ("--batch", "1"),
         ("--batch", "7"), ("--threads", "4"), ("--threads", "2", "--no-gso", "--no-gro"))
CLIENTS, ROUNDS, WINDOW = 8, 5, 20


def receive_all(client, count):
    return [client.receive("ack %d" % number)[0] for number in range(count)]


def many_clients(options):
    """Several clients with several datagrams under way each; texts and acks come out exact."""
    server = Server("--ack", "#{text}#", "--ack-limit", "off", *options)
    clients = [Peer() for _ in range(CLIENTS)]
    sent = []
    for turn in range(ROUNDS):
        for index, client in enumerate(clients):
            texts = ["%d-%d-%d" % (index, turn, number) for number in range(WINDOW)]
            sent += texts
            for text in texts:
                client.send(text.encode(), server.address)
        for index, client in enumerate(clients):
            expected = [b"#%d-%d-%d#" % (index, turn, number) for number in range(WINDOW)]
            tap.equal(receive_all(client, WINDOW), expected, "the acks, in order")
    messages = server.messages(len(sent))
    tap.equal(sorted(item["text"] for item in messages), sorted(sent), "texts")
    tap.equal(sorted(item["n"] for item in messages), list(range(1, len(sent) + 1)), "n")
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"], summary["clients"]),
              (len(sent), len(sent), CLIENTS), "received, acked, clients")


def segmented(options):
    """A train of segments in one send (UDP_SEGMENT), the last one shorter: each is a message."""
    server, client = Server(*options), Peer()
    client.send_trains(100)
    train = b"".join(b"%c" % (65 + number) * 100 for number in range(10)) + b"the end"
    client.send(train, server.address)
    tap.equal(receive_all(client, 11), [udptui.DEFAULT_ACK] * 11, "acks")
    messages = server.messages(11)
    tap.equal([item["bytes"] for item in messages], [100] * 10 + [7], "bytes")
    tap.equal(bytes.fromhex("".join(item["hex"] for item in messages)), train, "what arrived")
    tap.equal(server.stop()["received"], 11, "received")


def train_with_a_loop(options):
    """Held and acknowledged messages in one train are distinguished."""
    server, client = Server(*options), Peer()
    ack = udptui.DEFAULT_ACK
    client.send_trains(len(ack))
    other = b"x" * len(ack)
    client.send(other + ack + other + ack + ack, server.address)
    tap.equal([item["ack"] for item in server.messages(5)], ["sent", "held", "sent", "held", "held"])
    summary = server.stop()
    tap.equal((summary["acked"], summary["held_by"]["loop"]), (2, 3), "acked, held as loop")
    tap.equal(client.waiting(2), [ack] * 2, "acks")


for _gear in GEARS:
    _name = " ".join(_gear) or "as it is"
    tap.add_case("%s: eight clients, a hundred datagrams each" % _name, many_clients, _gear)
    tap.add_case("%s: a train of segments" % _name, segmented, _gear)
    tap.add_case("%s: a train of which some are held" % _name, train_with_a_loop, _gear)

tap.main()
