# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""watch --metrics: states and sums of all servers in one text, whatever names the broker has."""
import os
import re
import signal

import exposition
import tap
import udptui
from broker import Broker, Publisher
from exposition import several


def up(publisher, received=0, **more):
    publisher.state()
    publisher.stats(received, **more)
    return publisher


def watching(broker, *options):
    return exposition.start("watch", "--no-ui", *options, broker.url())


def labels(server, **more):
    return tuple(sorted({"kind": "serve", "prefix": "school", "server": server, **more}.items()))


def sample(watch, name, server, **more):
    return several(exposition.get(watch).text).get(name, {}).get(labels(server, **more))


def until(watch, name, value, server, **more):
    tap.until(lambda: sample(watch, name, server, **more) == value, "%s of %s: %s" % (name, server, value))


def until_connected(watch, value):
    def found():
        return several(exposition.get(watch).text).get("udptui_watch_connected", {}).get((("prefix", "school"),))

    tap.until(lambda: found() == value, "connected: %d" % value)


def states(watch, server):
    found = several(exposition.get(watch).text)["udptui_server_state"]
    return {dict(key)["state"]: value for key, value in found.items() if dict(key)["server"] == server}


@tap.case("states and totals of each server; a server that starts again never counts back")
def totals():
    broker = Broker()
    one, two = up(Publisher(broker, "a"), 100, held=3), up(Publisher(broker, "b", boot=7), 50)
    watch = watching(broker)
    until(watch, "udptui_received_total", 100, "a:4010")
    until(watch, "udptui_received_total", 50, "b:4010")
    tap.equal(sample(watch, "udptui_held_total", "a:4010", reason="off"), 3, "held")
    tap.equal(states(watch, "a:4010"), {"up": 1, "stale": 0, "gone": 0, "ended": 0}, "state of a")
    two.client.die()
    until(watch, "udptui_server_state", 1, "b:4010", state="gone")
    tap.equal(sample(watch, "udptui_received_total", "b:4010"), 50, "what it had received")
    up(Publisher(broker, "b", boot=8), 4)
    until(watch, "udptui_received_total", 54, "b:4010")
    tap.equal(sample(watch, "udptui_server_restarts_total", "b:4010"), 1, "restarts")
    one.stats(120)
    one.state("ended")
    until(watch, "udptui_server_state", 1, "a:4010", state="ended")
    until(watch, "udptui_received_total", 120, "a:4010")
    text = exposition.get(watch).text
    exposition.grouped(text)
    exposition.promtool(text)
    with open(os.path.join(udptui.SOURCE, "contrib/grafana/udptui.json"), encoding="utf-8") as board:
        used = set(re.findall(r"\budptui_server_\w+", board.read()))
    tap.true(used and used <= set(several(text)), "of the dashboard: %s" % used)
    tap.contains(text, 'udptui_watch_connected{command="watch",prefix="school"} 1\n', "the connection")
    tap.lacks(text, "udptui_acked_at_least", "no floors of what has none")
    other = exposition.get(watch, Accept=exposition.OPENMETRICS).text
    tap.equal(several(other), several(text), "OpenMetrics has the same")
    broker.stop()
    until_connected(watch, 0)
    tap.equal(sample(watch, "udptui_received_total", "b:4010"), 54, "the sums stay")


@tap.case("a broker that hangs counts as not connected, and its servers as stale")
def hanging():
    broker = Broker()
    up(Publisher(broker, "a"), 100)
    watch = watching(broker)
    until(watch, "udptui_received_total", 100, "a:4010")
    until_connected(watch, 1)
    broker.freeze()
    until_connected(watch, 0)
    until(watch, "udptui_server_state", 1, "a:4010", state="stale")
    broker.thaw()
    until_connected(watch, 1)


@tap.case("real programs of each kind; no address of a client in any label")
def kinds():
    broker = Broker()
    server, client = udptui.Server("--publish", broker.url(), "--publish-as", "room"), udptui.Peer("127.0.0.9")
    relay = udptui.Relay(server.text, "--publish", broker.url(), "--publish-as", "room")
    ping = udptui.start("ping", server.text, "--no-ui", "--quiet", "--interval", "20ms", "--publish", broker.url(),
                        "--publish-as", "room")
    watch = watching(broker)
    for _ in range(3):
        client.ask(b"x", relay.address)
    until(watch, "udptui_forwarded_total", 3, "room:%d" % relay.address[1], kind="relay")
    tap.until(lambda: (sample(watch, "udptui_received_total", "room:%d" % server.address[1]) or 0) > 3, "received by serve")
    probes = "room:ping-" + server.text
    tap.until(lambda: (sample(watch, "udptui_ping_received_total", probes, kind="ping") or 0) > 10, "replies")
    text = exposition.get(watch).text
    exposition.grouped(text)
    exposition.promtool(text)
    found = several(text)
    tap.true(found["udptui_ping_rtt_seconds"][labels(probes, kind="ping", quantile="0.5")] > 0, "its median")
    tap.lacks(text, "127.0.0.9", "the metrics")
    ping.signal(signal.SIGTERM)


NAMES = ['a"b', "a\\b", "a:b", "a\\x3Ab", "\u202etxt", "e\u0301" * 9, "x" * 127, "\\" * 127, ":" * 127, "\u200b" * 42]


@tap.case("hostile names: every text is valid, and no two servers share their labels")
def hostile():
    broker = Broker()
    for name in NAMES:
        up(Publisher(broker, name), 1)
    one, other = up(Publisher(broker, "a:b", port="c"), 2), up(Publisher(broker, "a", port="b:c"), 3)
    watch = watching(broker)
    tap.until(lambda: len(several(exposition.get(watch).text).get("udptui_received_total", ())) == len(NAMES) + 2,
              "all servers")
    text = exposition.get(watch).text
    exposition.grouped(text)
    exposition.promtool(text)
    tap.equal(sample(watch, "udptui_received_total", "a\\\\x3Ab:c"), 2, "a:b, c")
    tap.equal(sample(watch, "udptui_received_total", "a:b:c"), 3, "a, b:c")
    for bad in ("\u202e", "\u200b", "\n\n"):
        tap.lacks(text, bad, "the metrics")
    for publisher in (one, other):
        publisher.client.die()


@tap.case("not more servers than --max-servers; what is missing is counted")
def bounded():
    broker = Broker()
    for number in range(5):
        up(Publisher(broker, "room-%d" % number), 1)
    watch = watching(broker, "--max-servers", "3")
    tap.until(lambda: several(exposition.get(watch).text).get("udptui_watch_servers", {}).get((("prefix", "school"),)) == 3,
              "three servers")
    tap.until(lambda: len(several(exposition.get(watch).text).get("udptui_received_total", ())) == 3, "three series")
    tap.until(lambda: several(exposition.get(watch).text)["udptui_watch_crowded_total"][(("prefix", "school"),)] >= 2,
              "messages of the others")


@tap.case("a file, in the strict sandbox: replaced while it runs, and final at the end")
def file():
    broker = Broker()
    up(Publisher(broker, "a"), 5)
    path = os.path.join(udptui.temporary_directory(), "watch.prom")
    watch = udptui.start("watch", "--json", "--metrics", path, "--sandbox", udptui.strict_sandbox(), broker.url())

    def received():
        with open(path, encoding="utf-8") as text:
            return several(text.read()).get("udptui_received_total", {}).get(labels("a:4010"))
    tap.until(lambda: os.path.exists(path) and received() == 5, "5 in the file")
    publisher = Publisher(broker, "a")
    publisher.stats(9, counted_s=100)
    watch.wait_for(lambda: [item for item in watch.objects("summary") if item.get("serve", {}).get("received") == 9], "9")
    watch.signal(signal.SIGTERM)
    watch.finish().expect(143)
    tap.equal(received(), 9, "in the file at the end")


tap.main()
