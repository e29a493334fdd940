# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A limit is one limit, and a client is one client, whatever --threads is: clients are dealt out to the threads by
address and port, so 32 clients nearly always meet all of them. tests/net/steer.py has the odd packets."""
import time

import netns
import tap
import udptui
from udptui import Peer, Server

CLIENTS = 32
THREADS = ("1", "2", "4")


def each_sends(server, count=CLIENTS):
    """One datagram from each of so many clients."""
    clients = [Peer() for _ in range(count)]
    for number, client in enumerate(clients):
        client.send(b"message %d" % number, server.address)
    return clients


def count(threads):
    server = Server("--threads", threads, "--count", "20")
    clients = each_sends(server)
    summary = server.summary()
    tap.equal((summary["received"], summary["acked"]), (20, 20), "received, acked")
    came = []
    tap.until(lambda: came.extend(ack for client in clients for ack in client.waiting()) or len(came) >= 20, "20 acks")
    tap.equal(len(came), 20, "acks")


def count_of_a_burst(threads):
    """More than is asked for waits in every queue before a thread looks."""
    server = Server("--threads", threads, "--count", "500")
    server.freeze()
    for client in each_sends(server):
        for _ in range(40):
            client.send(b"x", server.address)
    server.signal(udptui.signal.SIGCONT)
    tap.equal(server.summary()["received"], 500, "received")


def count_under_way(threads):
    """What is on its way through the simulated network arrives before the end."""
    server = Server("--threads", threads, "--count", "20", "--impair", "delay=100ms")
    clients = each_sends(server, 20)
    tap.equal(server.summary()["acked"], 20, "acked")
    tap.equal([len(client.waiting(1)) for client in clients], [1] * 20, "acks")


def ack_limit(threads):
    server = Server("--threads", threads, "--ack-limit", "1/m")
    each_sends(server)
    server.messages(CLIENTS)
    summary = server.stop()
    tap.equal((summary["acked"], summary["held_by"]["limit"]), (1, CLIENTS - 1), "acked, limit")


def max_clients(threads):
    """A thread without a client keeps one place: with 32 clients, in 1 of 2,500 runs."""
    server = Server("--threads", threads, "--max-clients", "8")
    sent = len(each_sends(server, 4 * CLIENTS))
    server.messages(sent)
    summary = server.stop()
    tap.equal((summary["clients"], summary["clients_evicted"]), (8, sent - 8), "clients, evicted")
    tap.equal(summary["acked"], sent, "acked")


def slow(threads):
    server = Server("--threads", threads, "--slow", "50/s", "--rcvbuf", "1M")
    began = time.monotonic()
    each_sends(server)
    server.messages(CLIENTS)
    took_s = time.monotonic() - began
    tap.true(took_s > 0.4, "%d datagrams at 50/s took %.2f s" % (CLIENTS, took_s))


def narrow_way(threads):
    server = Server("--threads", threads, "--impair", "in.rate=50/s")
    began = time.monotonic()
    each_sends(server)
    server.messages(CLIENTS)
    took_s = time.monotonic() - began
    tap.true(took_s > 0.55, "%d datagrams at 50/s took %.2f s" % (CLIENTS, took_s))


def one_row_each(threads):
    """Each client sends to three ports: the thread that reads from it knows all of that."""
    listen = ("127.0.0.1:0", "127.0.0.1:0", "127.0.0.2:0")
    server = Server("--threads", threads, addresses=listen)
    for client in [Peer() for _ in range(CLIENTS)]:
        for address in server.addresses:
            client.send(b"x", address)
    server.messages(3 * CLIENTS)
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"], summary["clients"]),
              (3 * CLIENTS, 3 * CLIENTS, CLIENTS), "received, acked, clients")


for check, words in ((count, "--count is exact"),
                     (count_of_a_burst, "--count is exact in a burst"),
                     (count_under_way, "--count waits for what is under way"),
                     (one_row_each, "a client of three ports is one client"),
                     (ack_limit, "--ack-limit is one limit"),
                     (max_clients, "--max-clients is one number"),
                     (slow, "--slow is one rate"),
                     (narrow_way, "an impairment's rate is one rate")):
    for number in THREADS:
        tap.add_case("%s with --threads %s" % (words, number), check, number)


# ---- public sources, in prefixes

def send_from_many(sources, server, each):
    for source in sources:
        for number in range(each):
            netns.send_forged((source, 4000 + number), server.address, b"hello")
        server.wait_read()  # its queue may be small (net.core.rmem_max)


def prefix_limit(listen, sources, threads, most):
    """So many acks may leave in the burst and the time that the test takes."""
    with netns.Namespace() as space:
        udptui.need_ipv6()
        space.ip("route", "add", "default", "dev", "lo")
        space.ip("-6", "route", "add", "default", "dev", "lo")
        server = Server("--threads", threads, addresses=(listen,))
        began = time.monotonic()
        send_from_many(sources, server, 20)
        settled = server.wait_objects("message", len(sources) * 20)
        took_s = time.monotonic() - began
        acked = sum(item["ack"] == "sent" for item in settled)
    burst, rate = most
    tap.true(acked >= burst, "%d acks, the burst is %d" % (acked, burst))
    tap.true(acked <= burst + rate * (took_s + 1), "%d acks in %.1f s" % (acked, took_s))


IPV4_24 = ["8.1.1.%d" % host for host in range(1, 101)]
IPV6_48 = ["2606:4700:1:%x::1" % network for network in range(100)]

for number in ("1", "2"):
    tap.add_case("100 public addresses of a /24 together, --threads %s" % number, prefix_limit,
                 "127.0.0.1:0", IPV4_24, number, (8 * 125, 8 * 50))
    tap.add_case("100 public /64 of one /56 together, --threads %s" % number, prefix_limit,
                 "[::1]:0", IPV6_48, number, (4 * 125, 4 * 50))


tap.main()
