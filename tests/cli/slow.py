# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""serve --slow: the queue of a reader that is too slow fills and overflows, to the datagram."""
import tap
import udptui
from udptui import Peer, Server

FLOOD = 500


@tap.case("every send succeeds; what was read, what waits and what was dropped is all that was sent")
def overflow():
    server, client = Server("--slow", "50/s", "--duration", "1s"), Peer()
    for n in range(FLOOD):
        tap.equal(client.socket.sendto(b"%03d" % n, server.address), 3, "sent bytes")
    summary = server.summary()
    tap.true(summary["kernel_dropped"] > 0, "nothing was dropped: %r" % summary)
    tap.true(0 < summary["received"] <= 52, "50 a second were read: %r" % summary)
    waiting = FLOOD - summary["received"] - summary["kernel_dropped"]
    tap.true(waiting >= 0, "more than was sent: %r" % summary)
    tap.equal(summary["queue_bytes"] % max(waiting, 1), 0, "bytes for each of %d waiting" % waiting)
    tap.equal(summary["queue_bytes"] > 0, waiting > 0, "something waits")
    tap.equal(len(client.waiting(summary["acked"])), summary["acked"], "acks")


@tap.case("with a queue for all of them nothing is dropped, and the gauge says what waits")
def room_for_all():
    server = Server("--slow", "20/s", "--rcvbuf", "4Mi", "--duration", "500ms")
    client = Peer()
    for _ in range(100):
        client.send(b"x", server.address)
    summary = server.summary()
    tap.equal(summary["kernel_dropped"], 0, "dropped")
    tap.true(summary["queue_bytes"] > 0, "the gauge: %r" % summary)
    tap.true(summary["queue_bytes"] <= summary["queue_capacity"], "the gauge: %r" % summary)


@tap.case("the order and the times: one datagram each fiftieth of a second")
def paced():
    server, client = Server("--slow", "50/s", "--count", "10"), Peer()
    for n in range(10):
        client.send(b"%d" % n, server.address)
    messages = server.messages(10)
    tap.equal([item["text"] for item in messages], [str(n) for n in range(10)], "texts")
    waited = [item["service_ns"] for item in messages]
    for n, service_ns in enumerate(waited):
        tap.true(service_ns >= (n - 1) * 20e6, "message %d was answered after %d ns" % (n, service_ns))
    tap.equal(server.summary()["received"], 10, "received")


@tap.case("a rate that is none is a usage error")
def bad_rate():
    result = udptui.run("serve", "--slow", "often").expect(2)
    tap.contains(result.err, "--slow", "the complaint")


tap.main()
