# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""watch on a terminal with a real broker: rows, sums, keys, one server alone, 200 servers at once."""
import os
import re
import threading
import time

import tap
import udptui
from broker import Broker, Client, Publisher
from screen import Pty, Screen


def start(broker, *options, columns=80, rows=24):
    screen = Screen(columns, rows)
    screen.run("watch", *options, broker.url(), wait="udptui watch|Too small")
    return screen


def up(broker, name, port=4010, received=0, boot=1, **more):
    publisher = Publisher(broker, name, port, boot)
    publisher.state()
    publisher.stats(received, **more)
    return publisher


@tap.case("80x24: a row a server, the sums, states by the will; q leaves the sums on the terminal")
def rows():
    broker = Broker()
    up(broker, "room-1", received=1200, held=200, clients=2)
    two = up(broker, "room-2", received=34, clients=1)
    screen = start(broker)
    screen.wait_text(r"servers 2  up 2  stale 0  gone 0  ended 0  clients 3")
    screen.wait_text(r"in 1,234 \(\S+/s\)  acked 1,034 \(\S+/s\)  held 200  failed 0  drops 0")
    screen.wait_text(r"Server +State +Clients +In +Acked +Held +Failed +Drops +Last")
    screen.wait_row("room-1:4010", "up", "200")
    two.client.die()
    screen.wait_row("room-2:4010", "gone")
    screen.wait_text("clients 2$")
    screen.keys("q")
    screen.wait_text(r"servers 2, up 1, gone 1, ended 0")
    screen.wait_text(r"serve: received 1234, acked 1034, held 200 \(off 200\)")
    screen.wait_prompt()


@tap.case("metrics that cannot be written any more are in the title")
def metrics_fail():
    broker = Broker()
    one = up(broker, "a", received=10)
    directory = os.path.join(udptui.temporary_directory(), "d")
    os.mkdir(directory)
    screen = start(broker, "--metrics", os.path.join(directory, "m"))
    screen.wait_row("a:4010", "up")
    tap.until(lambda: os.listdir(directory), "the file")
    os.rename(directory, directory + "-gone")
    one.stats(20)
    screen.wait_text(r"^ udptui watch .* METRICS FAILED")


@tap.case("the chart begins when watch does: what came before is not known, and not zero")
def chart_begins():
    broker = Broker()
    one = up(broker, "a", received=10)
    screen = start(broker)
    screen.wait_row("a:4010", "up")
    one.stats(20)
    screen.wait_text(r"^ +0/s {20,}\S")


@tap.case("Enter opens a server: figures, its clients, its messages; Esc goes back")
def inside():
    broker = Broker()
    one = up(broker, "a", received=10, held=3)
    up(broker, "b", received=1)
    one.clients(("192.0.2.1:1000", 7), ("192.0.2.2:1000", 3))
    screen = start(broker)
    screen.wait_row(">", "a:4010")
    screen.keys("Enter")
    screen.wait_text(r"^ a:4010  up  serve  127\.0\.0\.1:4010")
    screen.wait_text(r"held +3  off 3")
    screen.keys("Tab")
    screen.wait_row("192.0.2.1:1000", "7")
    screen.keys("Tab")
    # Again and again: what the broker gets before it has the last subscription does not come.
    tap.until(lambda: one.message(b"hi \x1b[2J there") or screen.rows_with("192.0.2.1:5000", r"hi \x1B[2J there", "acked"),
              "the message", pause_s=0.3)
    screen.keys("Escape")
    screen.wait_text("Servers 2 ")


@tap.case("clients of several servers are merged; / filters, s sorts, I inverts")
def lists():
    broker = Broker()
    for number, name in enumerate(("alpha", "beta", "gamma")):
        publisher = up(broker, name, 4010 + number, received=10 * (number + 1), held=number)
        publisher.clients(("192.0.2.9:1000", 5), ("192.0.2.%d:2000" % number, 1))
    screen = start(broker)
    screen.wait_row(">", "alpha:4010")
    screen.keys("I")
    screen.wait_row(">", "gamma:4012")
    screen.keys("I", "/")
    screen.type("port:4011")
    screen.wait_text("Servers 1 of 3")
    screen.wait_row("beta:4011")
    screen.keys("C-u")
    screen.type("from:192.0.2.2")
    screen.wait_row("gamma:4012")
    screen.wait_gone("beta:4011")
    screen.keys("C-u")
    screen.type("size:x")
    screen.wait_text("filter: size:x +\\S+")
    screen.keys("Escape", "s", "s", "s", "s")
    screen.wait_text("sort: held")
    screen.wait_row(">", "gamma:4012")
    screen.keys("Tab")
    screen.wait_row("192.0.2.9:1000", "3 servers", "15")
    screen.wait_text("Clients 4 ")


@tap.case("/ chooses servers by their state, as it changes; messages by their server's state and their own status")
def filter_state():
    broker = Broker()
    one, two = up(broker, "one", received=1), up(broker, "two", received=2)
    two.message(b"last words")
    screen = start(broker)
    screen.wait_row("two:4010", "up")
    screen.keys("/")
    screen.type("status:gone")
    screen.wait_text("Servers 0 of 2")
    two.client.die()
    screen.wait_row("two:4010", "gone")
    screen.wait_text("Servers 1 of 2")
    screen.keys("C-u")
    screen.type("!status:gone")
    screen.wait_row("one:4010", "up")
    screen.wait_gone("two:4010")
    screen.keys("C-u")
    screen.type("state:up")
    screen.wait_text("no key state:, so it is a text; did you mean status:")
    screen.keys("C-u")
    screen.type("status:up status:acked")
    screen.keys("Enter", "Tab", "Tab")
    one.message(b"hello")
    screen.wait_row("one:4010", "hello")
    screen.keys("?")
    screen.wait_text("status:gone !a")


@tap.case("x makes the broker forget a server that is gone, after a question; one that is up stays")
def forget():
    broker = Broker()
    dead, alive = up(broker, "dead", received=7), up(broker, "live", received=3)
    dead.client.die()
    screen = start(broker)
    screen.wait_row("live:4010", "up")
    screen.wait_row(">", "dead:4010", "gone")
    screen.keys("Down", "x")
    screen.wait_text("live:4010 is up: its next report would bring it back")
    screen.keys("Up", "x")
    screen.wait_text(r"Forget dead:4010 and its counts, for every viewer\?")
    screen.keys("n")
    screen.wait_gone("Forget")
    screen.keys("x")
    screen.wait_text("Forget dead:4010")
    screen.keys("y")
    screen.wait_text("servers 1 ")
    screen.wait_text(r"in 3 \(")
    tap.until(lambda: not [name for name in broker.retained() if "/dead/" in name], "the broker to forget it")
    alive.stats(4)
    screen.wait_text(r"in 4 \(")


@tap.case("x forgets the server of the question, also if another one is in its row when it is answered")
def forget_asked():
    broker = Broker()
    up(broker, "b", received=7).client.die()
    screen = start(broker)
    screen.wait_row(">", "b:4010", "gone")
    screen.keys("x")
    screen.wait_text("Forget b:4010")
    up(broker, "a", received=3).client.die()
    screen.wait_row(">", "a:4010", "gone")
    screen.keys("y")
    screen.wait_text("servers 1 ")
    screen.wait_row("a:4010", "gone")
    screen.wait_gone("b:4010")
    tap.until(lambda: not [name for name in broker.retained() if "/b/" in name], "the broker to forget it")


@tap.case("without the broker it says so, shows what it knows, and is back later", timeout_s=60)
def away():
    broker = Broker()
    one = up(broker, "a", received=6)
    screen = start(broker)
    screen.wait_row("a:4010", "up")
    one.stats(7)
    screen.wait_text(r"^ {9}0/s .{65}\S$")
    broker.kill()
    screen.wait_text("NOT CONNECTED: .*; next try in")
    screen.wait_row("a:4010", "stale        -        -        -  ")  # neither clients nor rates are known
    screen.wait_text(r"in 7 \(-\)  acked 7 \(-\)")
    screen.wait_text(r"^ {9}0/s .{0,62}$", wait_s=20)  # in the chart, the newest eight seconds are not known
    screen.wait_text(r"(not connected|connecting) 00:00:[1-5]\d")  # however often it has tried since
    broker.start()
    up(broker, "a", received=9, counted_s=50)
    screen.wait_row("a:4010", "up", wait_s=40)
    screen.wait_text(r"in 9 \(")
    screen.wait_gone("NOT CONNECTED")


@tap.case("a broker that hangs is shown, with how old the figures are; rates are not known; it recovers", timeout_s=60)
def hung():
    broker = Broker()
    one = up(broker, "a", received=6)
    screen = start(broker)
    screen.wait_row("a:4010", "up")
    one.stats(7)
    screen.wait_text(r"in 7 \(")
    broker.freeze()
    screen.wait_text(r"THE BROKER DOES NOT ANSWER: last answer \d+ s ago; what is shown may be old", wait_s=10)
    screen.wait_text(r"127\.0\.0\.1:\d+/school  not answering 00:00:\d\d")
    screen.wait_row("a:4010", "stale        -        -        -  ")
    screen.resize(30, 8)
    screen.wait_text("^not answering$")
    screen.resize(80, 24)
    screen.wait_text(r"in 7 \(-\)  acked 7 \(-\)")
    one.stats(9)
    broker.thaw()
    screen.wait_text(r"in 9 \(")
    screen.wait_row("a:4010", "up")
    screen.wait_gone("NOT ANSWER")


@tap.case("30x8 says too small, and it goes on; 120x40 has sparklines; ASCII has no other letters; help")
def sizes():
    broker = Broker()
    one = up(broker, "a", received=1)
    screen = start(broker, "--ascii", columns=30, rows=8)
    screen.wait_text("Too small")
    screen.wait_text("^up 1 of 1$")
    screen.resize(120, 40)
    screen.wait_row("a:4010", "up")
    for count in range(2, 6):
        one.stats(100 * count)
        time.sleep(0.3)  # reports of several moments
    screen.wait_text(r"last \d+ s")
    screen.wait_text(r"a:4010 .*[.:=+*#-] ")
    tap.true(screen.capture().isascii(), "ASCII alone")
    screen.keys("?")
    screen.wait_text("servers, clients, messages")
    screen.keys("Escape", "q")
    screen.wait_prompt()


class Crowd(threading.Thread):
    """So many servers, each with 50 datagrams more and a report a second, until end()."""

    def __init__(self, broker, count):
        super().__init__(daemon=True)
        self.over, self.each, self.took_s = threading.Event(), 0, []
        client = Client(broker, "many")
        self.publishers = [Publisher(broker, "s%d" % number, boot=number, client=client) for number in range(1, count + 1)]
        for publisher in self.publishers:
            publisher.state()
        tap.defer(self.end)
        self.start()

    def run(self):
        while not self.over.is_set():
            begun = time.monotonic()
            self.each += 50
            for number, publisher in enumerate(self.publishers, 1):
                publisher.stats(self.each, held=self.each // 3, clients=self.each % 7)
                self.over.wait(max(0.0, begun + number / len(self.publishers) - time.monotonic()))
            self.took_s.append(time.monotonic() - begun)

    def end(self):
        self.over.set()
        self.join()


@tap.case("a terminal that takes 2,000 bytes a second: keys act within three seconds, at 80x24 and at 30x8", timeout_s=60)
def slow_terminal():
    broker = Broker()
    Crowd(broker, 40)
    for columns, rows, key, answer in ((80, 24, b"?", b"this help"), (30, 8, b"q", b"\x1b[?1049l")):
        terminal = Pty([udptui.BINARY, "watch", broker.url()], columns, rows)
        terminal.trickle(2000, 20, lambda raw: b"servers 40" in raw or b"of 40" in raw)
        terminal.trickle(2000, 5)
        begun_s, at = time.monotonic(), len(terminal.raw)
        terminal.write(key)
        tap.true(terminal.trickle(2000, 10, lambda raw, answer=answer, at=at: answer in raw[at:]), "the key acts")
        took_s = time.monotonic() - begun_s
        print("# %dx%d: after %.2f s" % (columns, rows, took_s))
        tap.took(took_s, 3, "the answer to a key")


@tap.case("200 servers, a report a second each: the screen is live at less than 10% of a core", timeout_s=60)
def many():
    broker = Broker()
    crowd = Crowd(broker, 200)
    screen = start(broker)
    screen.wait_text("servers 200  up 200")
    pid = screen.program_pid()
    before, begun = udptui.cpu_s(pid), time.monotonic()
    seen = {screen.wait_text(r" in ([\d,]+) ").group(1)}
    while time.monotonic() - begun < 6 or (len(seen) < 5 and time.monotonic() - begun < 20):
        seen.add(screen.wait_text(r" in ([\d,]+) ").group(1))
        time.sleep(0.2)
    used = (udptui.cpu_s(pid) - before) / (time.monotonic() - begun)
    print("# %.1f%% of a core, %d values seen" % (100 * used, len(seen)))
    tap.true(len(seen) >= 5, "the screen is live: %s" % seen)
    tap.true(used < 0.1, "%.1f%% of a core" % (100 * used))
    def right(text):
        shown = re.search(r" in [\d,]+ \((\d+\.\d+) k/s\)", text)
        return shown and 9 / max(crowd.took_s) <= float(shown.group(1)) <= 11 / min(crowd.took_s)  # 200 times 50 a round
    screen.wait(right, "the rate at which they count")
    crowd.end()
    screen.wait_text("in %s \\(" % format(200 * crowd.each, ","))
    screen.keys("q")
    screen.wait_prompt()


tap.main()
