# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three servers of one address behind a router that spreads clients over them (ECMP), a broker, and `watch`: servers
and the broker are killed and started again, and the totals are exact.

    load -- router, broker, watch --+-- server 1, with one thread
                                    +-- server 2, with two
                                    +-- server 3, with three
"""
import datetime
import signal
import time

import netns
import tap
import udptui
from broker import Broker
from udptui import Server

ADDRESS, PORT = "10.10.10.10", 4010
BROKER_PORT = 1883
SERVERS = (1, 2, 3)
INTERVAL_S = 1  # a server publishes once a second at most
WAIT_S = 30


def in_namespace(space, make, *arguments, **options):
    with space:
        return make(*arguments, **options)


def seconds_of(item):
    return datetime.datetime.fromisoformat(item["time"][:26] + "+00:00").timestamp()


def set_network(space, name, value):
    with space, open("/proc/sys/net/ipv4/" + name, "w", encoding="ascii") as file:
        file.write(value)


def broker_at(host):
    return "mqtt://%s:%d/lab" % (host, BROKER_PORT)


class Fleet:
    """The network, and what runs in it."""

    def __init__(self):
        udptui.need_feature("mqtt")
        self.outside, self.router = netns.Namespace(), netns.Namespace()
        self.spaces = {number: netns.Namespace() for number in SERVERS}
        netns.wire(self.router, self.outside, "c", 0)
        self.outside.ip("route", "add", "default", "via", "10.9.0.1")
        for number, space in self.spaces.items():
            netns.wire(self.router, space, "s%d" % number, number)
            space.ip("address", "add", ADDRESS + "/32", "dev", "lo")
            space.ip("route", "add", "default", "via", "10.9.%d.1" % number)
        set_network(self.router, "ip_forward", "1")
        set_network(self.router, "fib_multipath_hash_policy", "1")  # by ports as well
        self.route(SERVERS)
        self.broker = in_namespace(self.router, Broker, "user root", "listener %d 0.0.0.0" % BROKER_PORT,
                                   port=BROKER_PORT + 1)
        self.servers = {number: self.server(number) for number in SERVERS}
        self.watch = in_namespace(self.router, udptui.start, "watch", "--json", broker_at("127.0.0.1"))

    def route(self, numbers):
        """To these servers."""
        hops = ["nexthop via 10.9.%d.2 dev s%d" % (number, number) for number in numbers]
        self.router.ip("route", "replace", ADDRESS + "/32", *" ".join(hops).split())

    def server(self, number):
        return in_namespace(self.spaces[number], Server, "--publish", broker_at("10.9.%d.1" % number),
                            "--publish-as", "server-%d" % number, "--threads", str(number),
                            addresses=("%s:%d" % (ADDRESS, PORT),))

    def start_load(self, duration="500ms", timeout="10s"):
        return in_namespace(self.outside, udptui.start, "load", "--json", "--quiet", "--clients", "48", "--rate",
                            "2k/s", "--duration", duration, "--timeout", timeout, "%s:%d" % (ADDRESS, PORT))

    def finish_load(self, load):
        """Its summary."""
        tap.until(lambda: self.drain() and not load.pump(0) and not load.open, "the end of load", WAIT_S)
        return load.finish().expect(0 if load.finish().status == 0 else 1).objects("summary")[0]

    def load(self):
        """Loses nothing. Returns how many datagrams it sent."""
        found = self.finish_load(self.start_load())
        tap.equal((found["lost"], found["acked"]), (0, found["sent"]), "lost, acked by load")
        return found["sent"]

    def drain(self):
        """Reads what all have written: one that waits for its reader publishes nothing. Always true."""
        while any([process.pump(0) for process in [self.watch, *self.servers.values()]]):
            pass
        return True

    # ---- what watch says

    def latest(self, number):
        """The newest report of a server."""
        self.drain()
        found = [item for item in self.watch.objects("server") if item["server"] == "server-%d" % number]
        return found[-1] if found else {}

    def watched(self, figure="received"):
        return sum(self.latest(number).get("serve", {}).get(figure, 0) for number in SERVERS)

    def wait_watched(self, expected):
        tap.until(lambda: self.watched() >= expected, lambda: "%d datagrams, watch says %d"
                  % (expected, self.watched()), WAIT_S)
        tap.equal((self.watched(), self.watched("acked")), (expected, expected), "received, acked by watch")

    def wait_state(self, number, state):
        """Returns what watch says about it."""
        def newest():
            self.drain()
            found = [item for item in self.watch.objects("state") if item["server"] == "server-%d" % number]
            return found and found[-1]["state"] == state and found[-1]
        return tap.until(newest, "server %d %s" % (number, state), WAIT_S)

    def most_between_reports_s(self):
        """Between two of a server: an interval, and what the machine was late."""
        most_s = INTERVAL_S
        for number in SERVERS:
            times_s = [seconds_of(item) for item in self.watch.objects("server")
                       if item["server"] == "server-%d" % number]
            most_s = max([most_s] + [later - earlier for earlier, later in zip(times_s, times_s[1:])])
        return most_s

    # ---- ends

    def kill(self, number):
        """Without a word. Returns the messages that it wrote, one for each datagram that it received."""
        server, published = self.servers[number], self.latest(number)["serve"]["received"]
        tap.until(lambda: self.drain() and len(server.objects("message")) >= published, "the messages that were published")
        server.signal(signal.SIGKILL)
        server.finish().expect(128 + signal.SIGKILL)
        return server.objects("message")

    def stop(self):
        """All servers; returns the sum of what they received."""
        summaries = []
        for server in self.servers.values():
            server.signal(signal.SIGTERM)
            summaries += server.finish().expect(128 + signal.SIGTERM).objects("summary")
        tap.equal(len(summaries), len(SERVERS), "summaries")
        for number in SERVERS:
            self.wait_state(number, "ended")
        return sum(summary["received"] for summary in summaries)

    def summary(self):
        self.watch.signal(signal.SIGTERM)
        return self.watch.finish().expect(128 + signal.SIGTERM).objects("summary")[-1]


@tap.case("a server and the broker killed and started again: the totals are exact", timeout_s=120)
def exact():
    fleet = Fleet()
    sent = fleet.load()
    fleet.wait_watched(sent)
    tap.true(all(fleet.latest(number)["serve"]["received"] > 0 for number in SERVERS), "each has a part")

    first_life = len(fleet.kill(2))
    fleet.wait_state(2, "gone")
    tap.equal(fleet.latest(2)["serve"]["received"], first_life, "what the killed server received")
    fleet.route((1, 3))
    sent += fleet.load()
    fleet.servers[2] = fleet.server(2)
    fleet.wait_state(2, "up")
    fleet.route(SERVERS)
    sent += fleet.load()
    fleet.wait_watched(sent)
    tap.equal([fleet.latest(number)["restarts"] for number in SERVERS], [0, 1, 0], "restarts")

    fleet.broker.kill()
    sent += fleet.load()
    in_namespace(fleet.router, fleet.broker.start)
    fleet.wait_watched(sent)
    sent += fleet.load()
    fleet.wait_watched(sent)

    tap.equal(fleet.stop() + first_life, sent, "the sum of the servers")
    summary = fleet.summary()
    tap.equal((summary["serve"]["received"], summary["serve"]["acked"], summary["serve"]["kernel_dropped"]),
              (sent, sent, 0), "received, acked, dropped in watch's summary")


@tap.case("a server killed in the middle of traffic: what it had not yet published is missing, and nothing else",
          timeout_s=120)
def in_the_middle():
    fleet = Fleet()
    load = fleet.start_load("2s", "1s")
    tap.until(lambda: fleet.latest(2).get("serve", {}).get("received", 0) > 0 and not load.pump(0), "a report")
    first_life, killed = fleet.kill(2), time.time()
    gone = fleet.wait_state(2, "gone")
    bound_s = fleet.most_between_reports_s() + INTERVAL_S * tap.busy()  # the last one, which did not come, was late too
    tap.true(0 < gone["age_ns"] < bound_s * 1e9, "its figures are %.1f s old" % (gone["age_ns"] / 1e9))
    tap.until(lambda: fleet.latest(2)["time"] >= gone["time"], "its last figures, which watch writes once a second")
    reported = fleet.latest(2)["serve"]["acked"]
    fleet.servers[2] = fleet.server(2)
    fleet.wait_state(2, "up")
    found = fleet.finish_load(load)
    lived = fleet.stop()
    missing = found["acked"] - lived - reported
    tap.true(0 <= missing, "%d datagrams are counted twice" % -missing)
    if missing > 0 and reported < len(first_life):
        age_s = killed - seconds_of(first_life[reported])
        tap.true(age_s < bound_s, "what is missing came up to %.1f s before the end" % age_s)
    summary = fleet.summary()
    tap.equal((summary["serve"]["received"], summary["serve"]["acked"]), (lived + reported, lived + reported),
              "received, acked in watch's summary")


tap.main()
