# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing is lost uncounted: floods that overflow the receive queues, and sources without number. UDPTUI_LONG=1: with
1,000,000 datagrams and 1,000,000 sources each."""
import os
import signal
import socket
import struct

import tap
import udptui
from udptui import Peer, Relay, Server

LONG = bool(os.environ.get("UDPTUI_LONG"))
DATAGRAMS = 1000000 if LONG else 12000
SOURCES = 1000500 if LONG else 18000  # whole turns
TIMEOUT_S = 900 if LONG else 60
QUIET = ("--filter", "size:>60000", "--rcvbuf", "65536")  # no line for each message
SENDERS, TRAIN, TRAIN_BYTES = 8, 50, 40
IP_PKTINFO = 8
NETWORKS = {"plain": (), "impaired": ("--impair", "loss=10%,dup=5%,reorder=5%,corrupt=2%"),
            "delayed": ("--impair", "delay=2ms+-1ms,loss=1%")}
ON_THE_WAY = ("--impair", "loss=10%,in.dup=5%,reorder=5%,corrupt=2%")  # so that the copies of relay go one way


def senders(trains):
    """Clients whose ports the kernel deals out to different threads."""
    found = [Peer() for _ in range(SENDERS)]
    for peer in found if trains else ():
        peer.send_trains(TRAIN_BYTES)
    return found


def flood(process, trains):
    """A flood of DATAGRAMS, the first part of it to a process that sleeps: no queue has room for so many. Returns how
    many were sent."""
    each, peers, sent = TRAIN if trains else 1, senders(trains), 0
    payload = b"x" * (TRAIN_BYTES * each)
    process.freeze()
    while sent < DATAGRAMS:
        if sent == DATAGRAMS // 4 // (each * SENDERS) * each * SENDERS:
            process.signal(signal.SIGCONT)
        for peer in peers:
            peer.send(payload, process.address)
        sent += each * len(peers)
    process.wait_read(TIMEOUT_S)
    return sent


def compare(summary, sent, exact):
    """Drops of what GRO has merged are a lower bound, and then said to be one."""
    total = summary["received"] + summary["kernel_dropped"]
    tap.true(summary["kernel_dropped"] > 0, "nothing was dropped: %r" % summary)
    if exact or not summary.get("kernel_dropped_at_least"):
        tap.equal(total, sent, "received + dropped of %r" % summary)
    tap.true(total <= sent, "more than %d: %r" % (sent, summary))


def served(threads, gear, network, trains):
    server = Server("--threads", threads, *gear, *NETWORKS[network], *QUIET)
    sent = flood(server, trains)
    compare(server.stop(), sent, exact=not trains or "--no-gro" in gear)


def relayed(gear, network, trains):
    """All three: client, relay and server agree. With impairments, acks of what left late may find the relay gone."""
    exact = not trains or "--no-gro" in gear
    server = Server(*gear, *QUIET)
    relay = Relay(server.text, *gear, *(ON_THE_WAY if network == "impaired" else NETWORKS[network]), *QUIET)
    sent = flood(relay, trains)
    server.wait_read()
    relay.wait_read()
    if network == "plain":  # a program may still hold the last that it has read: what is answered came after that
        sent += ask_all([Peer()], relay)
        server.wait_read()
        relay.wait_read()
    passed = relay.stop()
    server.wait_read()
    seen = server.stop()
    compare(passed, sent, exact)
    tap.true(network == "plain" or passed["copies"] > 0 < passed["held_by"]["loss"], "nothing was impaired: %r" % passed)
    arrived, came_back = seen["received"] + seen["kernel_dropped"], passed["back_received"] + passed["back_dropped"]
    if exact and not seen.get("kernel_dropped_at_least"):
        tap.equal(arrived, passed["forwarded"] + passed["copies"], "sent to the server")
    if network == "plain" and exact:
        tap.equal(came_back, seen["acked"], "acks of the server")
    tap.true(arrived <= passed["forwarded"] + passed["copies"] and came_back <= seen["acked"], "%r\n%r" % (passed, seen))


for _trains, _words in ((False, "single datagrams"), (True, "trains of %d" % TRAIN)):
    for _gear, _gro in (((), "GRO"), (("--no-gro",), "no GRO")):
        for _network in NETWORKS if LONG or _trains != bool(_gear) else ("plain",):
            for _threads in ("1", "4"):
                tap.add_case("a flood of %s, %s, %s, --threads %s: all are counted" % (_words, _gro, _network, _threads),
                             served, _threads, _gear, _network, _trains, timeout_s=TIMEOUT_S)
        for _network in ("plain", "impaired"):
            tap.add_case("a flood of %s, %s, relayed, %s: all are counted" % (_words, _gro, _network), relayed, _gear,
                         _network, _trains, timeout_s=TIMEOUT_S)


# ---- sources without number

TABLE, LIVE, TURN = 4000, 20, 1500  # a live client asks often enough to be among the latest TABLE
RING_KIB, ROW_KIB, SPARE_KIB = 16384, 1, 2048  # of what a thread reports; of a client; of all else


def memory_kib(process):
    with open("/proc/%d/status" % process.child.pid, encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


def send_from_everywhere(sender, address, first, count):
    """From addresses of 127/8 that were not used before: all of them are this machine's, so none is forged."""
    for number in range(first, first + count):
        source = struct.pack("!I", 0x7f010001 + number)
        sender.sendmsg([b"once"], [(socket.IPPROTO_IP, IP_PKTINFO, struct.pack("i4s4x", 0, source))], 0, address)


def ask_all(live, server):
    """Returns how many datagrams it took: in a flood one may be dropped."""
    asked = 0
    for client in live:
        answered = False
        while not answered:
            client.send(b"still here", server.address)
            asked += 1
            answered = not client.silent(0.3)
            client.waiting()
    return asked


def many_sources(threads):
    server, live = Server("--threads", threads, "--max-clients", str(TABLE), *QUIET[:2]), [Peer() for _ in range(LIVE)]
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    tap.defer(sender.close)
    sender.bind(("0.0.0.0", 0))
    asked, before_kib = ask_all(live, server), memory_kib(server)
    for first in range(0, SOURCES, TURN):
        send_from_everywhere(sender, server.address, first, TURN)
        asked += ask_all(live, server)
    server.wait_read()
    more_kib = memory_kib(server) - before_kib
    summary = server.stop()
    if udptui.sanitizer() is None:  # one keeps memory of its own for each byte
        tap.true(more_kib <= int(threads) * RING_KIB + TABLE * ROW_KIB + SPARE_KIB, "%d KiB more" % more_kib)
    tap.equal(summary["received"] + summary["kernel_dropped"], SOURCES + asked, "received + dropped of %r" % summary)
    tap.equal(summary["clients"], TABLE, "clients in the table")
    known = summary["received"] - asked + LIVE
    tap.true(known - LIVE <= summary["clients"] + summary["clients_evicted"] <= known + summary["kernel_dropped"],
             "clients and evictions of %r, %d known" % (summary, known))
    if threads == "1" and summary["kernel_dropped"] == 0:
        tap.equal(summary["clients"] + summary["clients_evicted"], known, "clients and evictions")
    tap.equal(summary["acked"], summary["received"], "acked")


for _threads in ("1", "4"):
    tap.add_case("%d sources, --threads %s: memory is bounded, live clients are served, all are counted"
                 % (SOURCES, _threads), many_sources, _threads, timeout_s=TIMEOUT_S)


tap.main()
