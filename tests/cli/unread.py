# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program whose lines nobody reads: what it does besides them goes on."""
import json
import os
import re
import signal

import broker
import screen
import tap
import udptui
from reader import STALLED_TIMEOUT_S, Reader
from udptui import Peer

ROOM = 4096  # of the pipe: some lines
MANY = 200  # datagrams whose lines are more than that


def start(*arguments, **more):
    """The program after its first line, of which nothing more is read."""
    reader = Reader(room=ROOM).start(*arguments, **more)
    reader.take_line()
    return reader


def serving(*options, **more):
    """serve --json, and its address."""
    reader = start("serve", "--json", *options, "127.0.0.1:0", **more)
    return reader, udptui.split_address(reader.objects("listening")[0]["address"])


def ask(address, count, payload=b"x" * 100):
    client = Peer()
    for _ in range(count):
        client.ask(payload, address)


def path(name):
    return os.path.join(udptui.temporary_directory(), name)


def metric(where, name):
    with open(where, encoding="ascii") as file:
        found = re.search(r"^udptui_%s\{.*\} (\S+)$" % name, file.read(), re.MULTILINE)
    return float(found.group(1)) if found else None


def logged(where, event):
    if not os.path.exists(where):
        return []
    with open(where, "rb") as file:
        return udptui._objects(file.read(), event)


def until_metric(where, name, value):
    tap.until(lambda: metric(where, name) == value, "%s %s in the metrics" % (name, value))


def published(server, part):
    """What the broker keeps of the one program; {}: nothing."""
    return next((json.loads(data) for topic, data in server.retained().items() if topic.endswith("/" + part)), {})


# ---- serve and relay

@tap.case("serve: --metrics and --log go on; a signal ends it; the log is complete", timeout_s=STALLED_TIMEOUT_S)
def serve_shares():
    metrics, log = path("metrics"), path("log")
    reader, address = serving("--metrics", metrics, "--log", log)
    ask(address, MANY)
    until_metric(metrics, "received_total", MANY)
    tap.until(lambda: len(logged(log, "message")) == MANY, "all of them in the log")
    reader.child.send_signal(signal.SIGTERM)
    status, errors = reader.finish()
    tap.equal(status, 143, "exit status")
    tap.equal(errors, "udptui: the output was blocked for a second: the rest is lost\n", "stderr")
    tap.equal(logged(log, "summary")[0]["received"], MANY, "received, in the log")
    tap.equal(logged(log, "summary")[0]["not_shown"], 0, "not shown, in the log")


@tap.case("serve: --publish goes on, and says that it has ended", timeout_s=STALLED_TIMEOUT_S)
def serve_publishes():
    server = broker.Broker()
    reader, address = serving("--publish", server.url(), "--publish-as", "here")
    ask(address, MANY)
    tap.until(lambda: published(server, "stats").get("totals", {}).get("received") == MANY, "all of them at the broker")
    reader.child.send_signal(signal.SIGTERM)
    tap.equal(reader.finish()[0], 143, "exit status")
    tap.equal(published(server, "state")["state"], "ended", "the state")


@tap.case("serve: nobody reads its errors either: --metrics goes on, though the broker goes and comes",
          timeout_s=STALLED_TIMEOUT_S)
def errors_unread():
    server, metrics = broker.Broker(), path("metrics")
    reader, address = serving("--publish", server.url(), "--publish-as", "here", "--metrics", metrics, errors_too=True)
    ask(address, MANY)
    until_metric(metrics, "received_total", MANY)
    server.kill()
    for count in (2 * MANY, 3 * MANY):  # by the second time it has noticed
        ask(address, MANY)
        until_metric(metrics, "received_total", count)
    server.start()
    tap.until(lambda: published(server, "stats").get("totals", {}).get("received") == 3 * MANY, "them at the broker")
    reader.child.send_signal(signal.SIGTERM)
    tap.equal(reader.finish()[0], 143, "exit status")
    tap.equal(published(server, "state")["state"], "ended", "the state")


@tap.case("relay: --metrics goes on, and so does forwarding")
def relay_shares():
    metrics, target = path("metrics"), udptui.Server()
    reader = start("relay", "--json", "--metrics", metrics, "127.0.0.1:0", target.text)
    ask(udptui.split_address(reader.objects("listening")[0]["address"]), MANY)
    until_metric(metrics, "received_total", MANY)
    until_metric(metrics, "back_received_total", MANY)


@tap.case("serve: on a terminal that is not read --metrics goes on")
def terminal():
    metrics, port = path("metrics"), udptui.unused_port()
    pty = screen.Pty([udptui.BINARY, "serve", "--json", "--metrics", metrics, "127.0.0.1:%d" % port])
    pty.wait_bytes(b"listening")
    ask(("127.0.0.1", port), MANY)
    until_metric(metrics, "received_total", MANY)


def resident_bytes(pid):
    with open("/proc/%d/status" % pid, encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+) kB", file.read()).group(1)) * 1024


@tap.case("serve: more than is held for the reader is left out and counted; the rest comes whole, in order",
          timeout_s=STALLED_TIMEOUT_S)
def left_out():
    metrics, count = path("metrics"), 250
    reader, address = serving("--metrics", metrics, "--ack", "ok")
    before = resident_bytes(reader.child.pid)
    ask(address, count, bytes(range(128, 256)) * 400)  # 51,200 bytes, 7 times that as a line
    until_metric(metrics, "received_total", count)
    grown = resident_bytes(reader.child.pid) - before
    not_shown = metric(metrics, "not_shown_total")
    reader.set_room(1 << 20)
    reader.child.send_signal(signal.SIGINT)
    reader.take_slowly(1 << 20, 0)
    tap.equal(reader.finish(), (130, ""), "status and stderr")
    tap.true(grown < 100 << 20 or udptui.sanitizer(), "it grew by %d bytes" % grown)
    numbers = [item["n"] for item in reader.objects("message")]
    summary = reader.objects("summary")[0]
    tap.equal(numbers, sorted(numbers), "the order")
    tap.true(not_shown > 0, "all of them were held")
    tap.equal(summary["not_shown"], not_shown, "not shown, in the summary and the metrics")
    tap.equal(len(numbers) + not_shown, count, "lines, and not shown")
    tap.equal(reader.raw.count(b"\n"), len(numbers) + 2, "lines")


# ---- the others

@tap.case("ping: --log goes on, and has every probe", timeout_s=STALLED_TIMEOUT_S)
def ping_logs():
    log = path("log")
    reader = start("ping", "--json", "-i", "5ms", "--log", log, udptui.Server().text)
    tap.until(lambda: len(logged(log, "reply")) >= MANY, "%d replies in the log" % MANY)
    reader.child.send_signal(signal.SIGTERM)
    tap.equal(reader.finish()[0], 143, "exit status")
    summary = logged(log, "summary")[0]
    tap.equal(len(logged(log, "reply")), summary["received"], "replies in the log")
    tap.equal(summary["not_shown"], 0, "not shown")


@tap.case("ping: --publish goes on, and says that it has ended", timeout_s=STALLED_TIMEOUT_S)
def ping_publishes():
    server = broker.Broker()
    reader = start("ping", "--json", "-i", "5ms", "--publish", server.url(), "--publish-as", "here",
                   udptui.Server().text)
    tap.until(lambda: [item for item in published(server, "stats").get("targets", []) if item["received"] > MANY],
              "the replies at the broker")
    reader.child.send_signal(signal.SIGTERM)
    tap.equal(reader.finish()[0], 143, "exit status")
    tap.equal(published(server, "state")["state"], "ended", "the state")


@tap.case("load: --log goes on, though the pipe is full from the beginning", timeout_s=STALLED_TIMEOUT_S)
def load_logs():
    log, reader = path("log"), Reader(room=ROOM)
    os.write(reader.write, b"." * ROOM)
    reader.start("load", "--json", "-d", "30s", "-t", "20s", "--rate", "100/s", "--log", log, udptui.Server().text)
    tap.until(lambda: len(logged(log, "progress")) > 1, "progress in the log")
    reader.child.send_signal(signal.SIGTERM)
    tap.equal(reader.finish()[0], 143, "exit status")
    tap.equal(len(logged(log, "summary")), 1, "summaries in the log")


@tap.case("replay --to: the requests are sent in their time")
def replay_sends():
    capture, target = path("capture"), udptui.Server()
    recorded = udptui.Server("--pcap", capture)
    ask(recorded.address, MANY)
    recorded.stop()
    start("replay", "--json", "--to", target.text, capture)
    target.messages(MANY)


@tap.case("replay --to: of more lines than are held the rest is left out, with their number, and the requests are sent",
          timeout_s=STALLED_TIMEOUT_S)
def replay_leaves_out():
    capture, requests, rounds = path("capture"), 20, 10  # a line has 180,000 bytes or more
    recorded, target = udptui.Server("--ack", "echo", "--pcap", capture), udptui.Server("--ack", "echo", json_lines=False)
    ask(recorded.address, requests, b"x" * 60000)
    recorded.stop()
    reader = start("replay", "--json", "--timeout", "2s", "--loop", str(rounds), "--to", target.text, capture)
    error = reader.child.stderr.readline().decode()
    left_out = int(tap.matches(error, r"^udptui: nobody read standard output: lines left out: (\d+)$").group(1))
    while reader.take(1 << 20):
        pass
    reader.finish()
    summary = reader.objects("summary")[0]
    tap.equal(summary["sent"], requests * rounds, "requests that were sent")
    late = summary.get("extra", 0)  # on a busy machine; each has a line besides that of its request
    tap.true(late < requests, "too many replies were late: %d" % late)
    tap.equal(left_out + len(reader.objects("answer")), requests * rounds + late, "lines with those left out")


@tap.case("watch: --log goes on, and a signal ends it", timeout_s=STALLED_TIMEOUT_S)
def watch_logs():
    server, log = broker.Broker(), path("log")
    publisher = broker.Publisher(server, "room-1")
    publisher.state()
    publisher.stats(1)
    between = broker.LossyBroker(server)
    reader = start("watch", "--json", "--log", log, between.url())
    tap.until(lambda: logged(log, "server"), "what the broker has kept")
    between.until_subscribed()
    for number in range(MANY):
        publisher.message(b"number %d" % number)
    tap.until(lambda: len(logged(log, "message")) == MANY, "all messages in the log")
    reader.child.send_signal(signal.SIGTERM)
    tap.equal(reader.finish()[0], 143, "exit status")
    tap.equal(logged(log, "summary")[-1]["messages"], MANY, "messages in the sums")


tap.main()
