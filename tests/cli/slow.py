# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""serve --slow: the queue of a reader that is too slow fills and overflows, to the datagram."""
import calendar
import time

import tap
import udptui
from udptui import Peer, Server

FLOOD = 500


def wall_ns(text):
    """Of a time in the JSON."""
    whole, fraction = text.rstrip("Z").split(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) * 10**9 + int(fraction)


@tap.case("every send succeeds; what was read and what was dropped is all that was sent")
def overflow():
    server, client = Server("--slow", "50/s"), Peer()
    began_s = time.monotonic()
    for n in range(FLOOD):
        tap.equal(client.socket.sendto(b"%03d" % n, server.address), 3, "sent bytes")
    server.wait_read()
    summary = server.stop()
    took_s = time.monotonic() - began_s
    tap.true(summary["kernel_dropped"] > 0, "nothing was dropped: %r" % summary)
    tap.true(0 < summary["received"] <= 2 + 50 * took_s, "50 a second were read in %.2f s: %r" % (took_s, summary))
    tap.equal(summary["received"] + summary["kernel_dropped"], FLOOD, "what was read and what was dropped")
    tap.equal(summary["queue_bytes"], 0, "bytes that wait")
    tap.equal(len(client.waiting(summary["acked"])), summary["acked"], "acks")


@tap.case("with a queue for all of them nothing is dropped, and the gauge says what waits")
def room_for_all():
    server = Server("--slow", "20/s", "--rcvbuf", "4Mi")
    client = Peer()
    for _ in range(100):
        client.send(b"x", server.address)
    server.messages(2)
    summary = server.stop()
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
    came_ns = [wall_ns(item["time"]) for item in messages]
    for n, item in enumerate(messages):
        after_ns = came_ns[n] + item["service_ns"] - came_ns[0]
        tap.true(after_ns >= (n - 1) * 20e6, "message %d was answered %d ns after the first came" % (n, after_ns))
    tap.equal(server.summary()["received"], 10, "received")


@tap.case("a rate that is none is a usage error")
def bad_rate():
    result = udptui.run("serve", "--slow", "often").expect(2)
    tap.contains(result.err, "--slow", "the complaint")


tap.main()
