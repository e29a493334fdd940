# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wall clock is set by an hour while the program runs, forwards and back: round-trip times, timeouts, what waits for a
time of its own and the end do not notice. The program is udptui-clock (steps.c)."""
import os
import struct
import time

import commands
import tap
import udptui
from udptui import Peer, Relay, Server

HOUR_NS = 3600 * 10**9
STEPS = (HOUR_NS, 0, -HOUR_NS, 0)  # offsets, one after the other
RTT_MAX_NS = 20 * 10**9  # a busy machine's, and far from an hour

udptui.BINARY = os.environ.get("UDPTUI_CLOCK_PROGRAM") or "tests/clock/udptui-clock"


class Clock:
    """The clock of the processes that are started with its environment."""

    def __init__(self):
        self.path, self.count = udptui.write_file(bytes(16 * 16)), 0
        self.env = udptui.environment(UDPTUI_CLOCK=self.path)

    def step(self, offset_ns):
        """From now on. The time of the step is written last: until then it has not happened."""
        with open(self.path, "r+b", buffering=0) as file:
            file.seek(self.count * 16 + 8)
            file.write(struct.pack("q", offset_ns))
            file.seek(self.count * 16)
            file.write(struct.pack("q", time.time_ns()))
        self.count += 1


def right(times, least):
    """They are times of loopback."""
    tap.true(len(times) >= least, "%d times" % len(times))
    wrong = [one for one in times if not 0 < one < RTT_MAX_NS]
    tap.equal(wrong, [], "times in ns")


def walk(clock, process, event, each=30):
    """Sets the clock after so many objects of the event, then again: later than the second in which no time is sure."""
    seen = 0
    for offset_ns in STEPS:
        seen = len(process.wait_objects(event, seen + each))
        clock.step(offset_ns)
    return process.wait_objects(event, seen + each)


@tap.case("the clock of the program is one that can be set")
def it_is_set():
    clock = Clock()
    server = Server(env=clock.env)
    shown = []
    for offset_ns in (0,) + STEPS[:1]:
        clock.step(offset_ns)
        Peer().ask(b"what time is it?", server.address)
        shown.append(server.messages(len(shown) + 1)[-1]["time"])
    hours = [int(text[11:13]) for text in shown]
    tap.true((hours[1] - hours[0]) % 24 in (1, 2), "times %r" % shown)
    server.stop()


@tap.case("serve: service times are right")
def serve():
    clock, client = Clock(), Peer()
    server, count = Server(env=clock.env), 0
    for offset_ns in STEPS:
        for _ in range(5):
            client.ask(b"hello", server.address)
        count += 5
        server.messages(count)
        clock.step(offset_ns)
    client.ask(b"hello", server.address)
    messages = server.messages(count + 1)
    right([item["service_ns"] for item in messages if item.get("service_ns") is not None], 1)
    tap.equal(server.stop()["acked"], count + 1, "acked")


@tap.case("ping: round-trip times are right, none is lost")
def ping():
    clock, server = Clock(), Server()
    process = udptui.start("ping", "--timeout", "10s", "--json", "-i", "50ms", server.text, env=clock.env)
    replies = walk(clock, process, "reply")
    process.signal(udptui.signal.SIGINT)
    objects = process.finish()
    right([item["rtt_ns"] for item in replies if item.get("rtt_ns") is not None], 2 * len(STEPS))
    summary = objects.objects("summary")[0]
    tap.true(summary["lost"] <= 1, "lost: %r" % summary)


@tap.case("send: round-trip times are right, and a timeout lasts as long as it should")
def send():
    clock, peer = Clock(), Peer()
    process = udptui.start("send", "--json", "--timeout", "8s", peer.text, env=clock.env)
    for number, offset_ns in enumerate(STEPS):
        process.write(b"line %d\n" % number)
        payload, sender = peer.receive()
        clock.step(offset_ns)  # while it is under way
        peer.send(b"reply to " + payload, sender)
        process.wait_objects("result", number + 1)
    right([item["rtt_ns"] for item in process.objects("result")], len(STEPS))
    tap.equal({item["status"] for item in process.objects("result")}, {"acked"}, "statuses")
    process.close_stdin()
    process.finish()
    process = udptui.start("send", "--json", "--timeout", "1s", peer.text, env=clock.env)
    for number, offset_ns in enumerate(STEPS):
        process.write(b"no reply %d\n" % number)
        peer.receive()
        began = time.monotonic()
        clock.step(offset_ns)
        process.wait_objects("result", number + 1)
        tap.true(time.monotonic() - began > 0.5, "the timeout came after %.2f s" % (time.monotonic() - began))
    tap.equal({item["status"] for item in process.objects("result")}, {"timeout"}, "statuses")
    process.close_stdin()
    process.finish()


@tap.case("relay --idle: a session lasts as long as it should after its last datagram")
def relay_idle():
    clock, server, client = Clock(), Peer(), Peer()
    relay = Relay(server.text, "--idle", "3s", env=clock.env)
    sources, asked_s = [], []
    for offset_ns in STEPS + (-HOUR_NS,):
        asked_s.append(time.monotonic())
        client.send(b"hello", relay.address)
        sources.append(server.receive()[1])
        took_s = time.monotonic() - asked_s[-2:][0]
        tap.true(sources[-1] == sources[-2:][0] or took_s > 2.9, "another session after %.2f s" % took_s)
        clock.step(offset_ns)
    tap.until(lambda: sources[-1][1] not in relay.udp_ports(), "the end of the session")
    took_s = time.monotonic() - asked_s[-1]
    tap.true(took_s > 2.9, "it ended after %.2f s" % took_s)
    relay.stop()


@tap.case("load: times are right, no ack is late or lost")
def load():
    clock, server = Clock(), Server()
    process = udptui.start("load", "--json", "--rate", "200/s", "--timeout", "10s", "--duration", "10m", server.text,
                           env=clock.env)
    walk(clock, process, "progress", each=1)
    process.signal(udptui.signal.SIGINT)
    summary = process.finish().expect(130).objects("summary")[0]
    tap.equal((summary["lost"], summary["late"]), (0, 0), "lost, late")
    kinds = ["rtt_app"] + ["rtt"] * (summary["rtt_samples"] > 0)
    right([summary["%s_%s_ns" % (kind, name)] for kind in kinds for name in ("min", "p50", "max")], 3)


@tap.case("load: a timeout lasts as long as it should")
def load_timeout():
    clock, peer, began = Clock(), Peer(), time.monotonic()
    process = udptui.start("load", "--json", "--clients", "1", "--window", "1", "--timeout", "2s", "--duration", "100ms",
                           peer.text, env=clock.env)
    peer.receive()
    for offset_ns in STEPS[:3]:
        clock.step(offset_ns)
    summary = process.finish().objects("summary")[0]
    tap.equal((summary["acked"], summary["lost"]), (0, summary["sent"]), "acked, lost")
    took_s = time.monotonic() - began
    tap.true(took_s > 1.9, "it took %.2f s" % took_s)


@tap.case("replay --to: recorded pauses and a timeout are no shorter than they should be")
def resend():
    clock, peer, began = Clock(), Peer(), time.monotonic()
    process = udptui.start("replay", "--json", "--timeout", "3s", "--to", peer.text,
                           commands.capture_file(len(STEPS) + 1, 0.4), env=clock.env)
    for offset_ns in STEPS:
        payload, sender = peer.receive()
        clock.step(offset_ns)  # while it is under way
        peer.send(b"reply to " + payload, sender)
    peer.receive()
    clock.step(-HOUR_NS)
    summary = process.finish().objects("summary")[0]
    tap.equal((summary["sent"], summary["new"], summary["none"]), (len(STEPS) + 1, len(STEPS), 1), "sent, replies, no reply")
    took_s = time.monotonic() - began
    tap.true(took_s > 0.4 * len(STEPS) + 2.9, "it took %.2f s" % took_s)


@tap.case("--duration lasts as long as it should")
def duration():
    clock = Clock()
    began = time.monotonic()
    server = Server("--duration", "1500ms", env=clock.env)
    for offset_ns in STEPS:
        clock.step(offset_ns)
    server.summary()
    tap.true(1.4 < time.monotonic() - began < 30, "it took %.2f s" % (time.monotonic() - began))


tap.main()
