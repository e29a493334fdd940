# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""beside: two ways to run serve that should cost the same, or nearly: what is the difference?

A block has two new servers and a ratio for each figure: acks a second, CPU time an ack of the threads that
answer ("engine"), and of all threads of the server ("server"). Each is a ratio of acks, a second or a CPU
second: below 1, the first side costs more. It is measured in two ways:

- "shared": both servers are loaded at the same time, on one and the same core, with their loads. Whatever
  else the machine does takes the same from both, so that small differences show.
- "alone": in turns, in the order A B B A, on all cores, so that what changes slowly adds to both. On a
  machine with other work this shows large differences only.

Before, each server has been loaded for a while, has published or has been scraped: starting up is not
measured. Of all blocks the median is shown, and between which values it is with 95% certainty if blocks
are independent (order statistics of the median, from 6 blocks on). The rows "same" have two servers of one
kind: what they show is noise.
"""
import concurrent.futures
import math
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.request

from programs import UDPTUI, Screen, load, thread_cpu_us

WARM_S = 0.4
ORDER = "ABBA"
READY_WITHIN_S = 10
BLOCKS_A_ROUND = 4

NOTHING_LOST = {"shared_acks_per_s": 0.97, "shared_engine_us_per_ack": 0.97, "shared_server_us_per_ack": 0.97,
                "alone_acks_per_s": 0.97}
TWO_THREADS = {"shared_server_us_per_ack": 0.8, "alone_server_us_per_ack": 0.8}


class Side:
    """One way to run serve."""

    def __init__(self, *options, threads=1, binary=UDPTUI):
        self.options, self.threads, self.binary = options, threads, binary

    def start(self):
        self.server = Screen("serve", "127.0.0.1:0", *self.options, binary=self.binary)
        self.port = self.server.port()

    def has_begun(self):
        """After the first acks: whether what the options ask for has been done once."""
        return True

    def pause(self):
        """It is not loaded now."""

    def resume(self):
        """It is loaded from now on."""

    def close(self):
        self.server.close()


class Publishing(Side):
    def __init__(self, broker):
        super().__init__("--publish", "mqtt://127.0.0.1:%d/bench" % broker)
        self.broker = broker

    def has_begun(self):
        command = ["mosquitto_sub", "-p", str(self.broker), "-t", "bench/v1/+/%d/stats" % self.port, "-C", "1", "-W", "1"]
        return b'"received"' in subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout


class MetricsFile(Side):
    def start(self):
        self.directory = tempfile.TemporaryDirectory()
        self.path = self.directory.name + "/udptui.prom"
        self.options = ("--metrics", self.path)
        super().start()

    def has_begun(self):
        with open(self.path, encoding="ascii") as file:
            return "udptui_received" in file.read()

    def close(self):
        super().close()
        self.directory.cleanup()


def unused_tcp_port():
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        return reserved.getsockname()[1]


class MetricsHttp(Side):
    """Scraped as Prometheus does, but each second; not while the other one is loaded."""

    def start(self):
        self.metrics, self.scraper = unused_tcp_port(), None
        self.options = ("--metrics", "127.0.0.1:%d" % self.metrics)
        super().start()

    def scrape(self, done):
        while not done.wait(1):
            self.page()

    def page(self):
        return urllib.request.urlopen("http://127.0.0.1:%d/metrics" % self.metrics, timeout=5).read()

    def has_begun(self):
        return b"udptui_received" in self.page()

    def resume(self):
        self.done = threading.Event()
        self.scraper = threading.Thread(target=self.scrape, args=(self.done,))
        self.scraper.start()

    def pause(self):
        self.done.set()
        self.scraper.join()


# ---- one block

def turn(side, seconds, arguments):
    """Acks a second, and CPU time an ack in us: of the threads that answer, which use the most, and of all."""
    before = thread_cpu_us(side.server.pid)
    side.resume()
    result = load(side.port, seconds, *arguments)
    side.pause()
    spent = sorted((us - before.get(thread, 0) for thread, us in thread_cpu_us(side.server.pid).items()), reverse=True)
    return {"acks_per_s": result["acks_per_s"], "engine_us_per_ack": sum(spent[:side.threads]) / result["acked"],
            "server_us_per_ack": sum(spent) / result["acked"]}


def warm(side, arguments):
    load(side.port, WARM_S, *arguments)
    until = time.monotonic() + READY_WITHIN_S
    while not side.has_begun():
        if time.monotonic() > until:
            raise RuntimeError("%s: nothing came of it in %d s" % (" ".join(side.options), READY_WITHIN_S))
        time.sleep(0.1)


def confine(side, cores):
    for thread in os.listdir("/proc/%d/task" % side.server.pid):
        os.sched_setaffinity(int(thread), cores)


def turn_on_core(side, core, seconds, arguments):
    """Its server and its load have this core; both may then use all again."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})  # of this thread, from which the load is started
    confine(side, {core})
    found = turn(side, seconds, arguments)
    confine(side, allowed)
    os.sched_setaffinity(0, allowed)
    return found


def shared(sides, core, seconds, arguments):
    """One turn of each, both at the same time."""
    with concurrent.futures.ThreadPoolExecutor(len(sides)) as pool:
        return list(pool.map(lambda side: turn_on_core(side, core, seconds, arguments), sides))


def alone(sides, seconds, arguments):
    """The mean of the turns of each."""
    turns = [[], []]
    for letter in ORDER:
        which = ORDER.index(letter)
        turns[which].append(turn(sides[which], seconds, arguments))
    return [{key: statistics.mean(one[key] for one in mine) for key in mine[0]} for mine in turns]


def block(sides, number, seconds, arguments):
    """The figures of two sides. number: of the block."""
    cores, begun = sorted(os.sched_getaffinity(0)), []
    try:
        for side in sides:
            side.start()
            begun.append(side)
        for side in sides:
            warm(side, arguments)
        ways = {"shared": shared(sides, cores[number % len(cores)], seconds, arguments),
                "alone": alone(sides, seconds / 2, arguments)}
    finally:
        for side in begun:
            side.close()
    return [{way + "_" + key: figure for way, found in ways.items() for key, figure in found[which].items()}
            for which in (0, 1)]


# ---- all blocks of a row

def rank_of_interval(count):
    """The largest k for which the median of a distribution is between the k-th smallest and the k-th largest
    of so many samples with 95% certainty; 0 if even the smallest and the largest do not suffice."""
    below, rank = 0.0, 0
    while rank < count // 2:
        below += math.comb(count, rank) / 2 ** count
        if 2 * below > 0.05:
            break
        rank += 1
    return rank


def verdict(low, high, bar, certain):
    if not certain or low < bar <= high:
        return "not decided"
    return "met" if low >= bar else "missed"


def estimate(ratios, bar):
    ordered, rank = sorted(ratios), rank_of_interval(len(ratios))
    low, high = ordered[max(rank, 1) - 1], ordered[-max(rank, 1)]
    found = {"ratio": statistics.median(ordered), "low": low, "high": high}
    if bar is not None:
        found.update(bar=bar, verdict=verdict(low, high, bar, rank > 0))
    return found


def compare(options, name, arguments, sides, bars):
    """sides: makes both, of which the second is the one without. bars: by the name of the figure."""
    blocks = []
    for number in range(BLOCKS_A_ROUND * options.rounds):
        mine, other = sides()
        first = number // 2 % 2  # for each core as often as second
        pair = block((other, mine) if first else (mine, other), number, options.seconds / 2, arguments)
        blocks.append(pair[::-1] if first else pair)
    found = {"row": name, "blocks": len(blocks)}
    for key in blocks[0][0]:
        ratios = [mine[key] / other[key] if key.endswith("_per_s") else other[key] / mine[key] for mine, other in blocks]
        found[key] = {"first": statistics.median(mine[key] for mine, _ in blocks),
                      "second": statistics.median(other[key] for _, other in blocks), **estimate(ratios, bars.get(key))}
    return found


def row_beside(name, arguments, side, bars):
    return lambda options: compare(options, name, arguments, lambda: (side(), Side()), bars)


def row_threads(name, arguments):
    return row_beside(name, arguments, lambda: Side("--threads", "2", threads=2), TWO_THREADS)


def row_publish(name, arguments):
    def measure(options):
        if shutil.which("mosquitto") is None or shutil.which("mosquitto_sub") is None:
            return {"row": name, "skipped": "mosquitto or mosquitto_sub is not installed"}
        port = unused_tcp_port()
        with subprocess.Popen(["mosquitto", "-p", str(port)], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as broker:
            try:
                return row_beside(name, arguments, lambda: Publishing(port), NOTHING_LOST)(options)
            finally:
                broker.kill()
    return measure


def row_before(name, arguments):
    def measure(options):
        if options.before is None:
            return {"row": name, "skipped": "no --before BINARY"}
        return compare(options, name, arguments, lambda: (Side(), Side(binary=options.before)), NOTHING_LOST)
    return measure
