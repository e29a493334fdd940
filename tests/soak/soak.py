# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""serve and relay under load for SOAK_SECONDS (8 without it; `make soak` says 1,800), in two network namespaces:

    clients ==3,500/s==> relay ===> serve <=== ping --mode stamp, 200/s
    clients ==1,500/s==> relay ===> serve, which is started again now and then

The first serve publishes to a broker (mosquitto, if it is installed; in a long run started again now and then), and watch
reads there.
Clients come and go, tables evict, networks are impaired, datagrams are recorded and logged (the files are given back
to the disk as they are read). The screens of both relays and of the first serve are resized and keyed at random: every
key but those that quit, suspend or confirm the reset of the counters. SOAK_SEED repeats the keys.

A window of the run is wild for most of its time, then calm: all impairments are off, and service times are taken
(between the kernel's receive time and the reply, as STAMP says), beside those of a server that is started for each
window. At the end what was sampled is drawn and judged (judge.py), and all counts have to agree. SOAK_OUT: a file for
the report."""
import json
import os
import random
import re
import signal
import statistics
import time

import broker
import judge
import netns
import samples
import tap
import udptui
from parts import SANITIZED, Part, free_port, newest, start_clients
from screen import Pty, Screen, TERM

SECONDS = int(os.environ.get("SOAK_SECONDS") or 8)
SEED = int(os.environ.get("SOAK_SEED") or time.time_ns() % 1000000)
LONG = SECONDS >= 300  # there are windows enough for a judgement of latency
LEAST_SAMPLES = 24
WINDOW_S, CALM_S = (10.0, 3.0) if LONG else (2.0, 0.6)
QUIET = ("--filter", "size:>60000")  # no line for each message

SIZES = ((80, 24), (160, 50), (40, 10), (120, 40), (30, 8), (300, 90), (81, 25), (20, 4))
# What is pressed, as tmux names it; what belongs together stays so. None of it may quit, whatever mode it meets, and no
# "a" is alone, so that acks are not off for long.
PRESSES = [
    ("Tab",), ("Enter",), ("Escape",), ("Up",), ("k",), ("Down",), ("j",), ("PPage",), ("NPage",), ("Home",), ("End",), ("g",), ("G",),
    ("s",), ("I",), ("Space",), ("p",), ("F",), ("h",), ("d",), ("D",), ("Left",), ("Right",), ("l",), ("v",), ("t",), ("c",),
    ("i", "+", "Tab", "="), ("i", "Down", "+", "Right", "+", "-", "_"), ("i", "Down", "Down", "+", "0"), ("i", "o"), ("i", "1"),
    ("i", "2"), ("i", "3"), ("Q",), ("b",), ("a", "a"), ("?",), ("F1",), ("F2",), ("F3",), ("C-l",), ("n",),
    ("/", "h", "e", "l", "BSpace", "Enter"), ("/", "s", "i", "z", "e", ":", ">", "9", "Escape"), ("/", "C-w", "C-u", "Up", "Down", "Escape"),
    ("r", "h", "i", "Enter"), ("r", "h", "i", "C-u", "Escape"), ("C-r", "n"), ("C-r", "Escape"),
    ("w", "C-u", "o", "o", "Enter", "y"), ("w", "Escape"),
]
PRESSES_AT_ONCE = 6
MOUSE = ("\x1b[<0;10;5M\x1b[<0;10;5m", "\x1b[<64;10;9M", "\x1b[<65;10;9M")
CALM = ("Escape",) * 6 + ("i", "o", "Escape", "Escape")  # from wherever, all impairments off, to the list


class Faced:
    """A program with a screen, a log and a capture file."""

    def __init__(self, namespace, directory, name, *arguments):
        self.name = name
        os.mkdir(os.path.join(directory, name))
        self.log, self.pcap = (os.path.join(directory, name, file) for file in ("soak.log", "soak.pcap"))
        self.lines, self.records = samples.Lines(), samples.Records()
        self.tails = [samples.Tail(self.log, self.lines), samples.Tail(self.pcap, self.records)]
        with namespace:
            self.screen = Screen(120, 40)
        self.screen.shell("cd " + os.path.join(directory, name))
        self.screen.run(arguments[0], "--log", self.log, "--pcap", self.pcap, *arguments[1:], wait="udptui " + arguments[0])
        self.watched = samples.Watched(name, self.screen.program_pid())

    def press(self, choice):
        """A few keys or a new size, by chance."""
        kind = choice.random()
        if kind < 0.15:
            self.screen.resize(*choice.choice(SIZES))
        elif kind < 0.2:
            self.screen.type(choice.choice(MOUSE))
        else:
            self.screen.keys(*choice.choice(PRESSES))

    def warm_up(self):
        """Everything once; several keys in a call of tmux, which takes a while on a busy machine."""
        for size in SIZES:
            self.screen.resize(*size)
        self.screen.resize(120, 40)
        for at in range(0, len(PRESSES), PRESSES_AT_ONCE):
            self.screen.keys(*(key for keys in PRESSES[at:at + PRESSES_AT_ONCE] for key in keys))

    def calm(self):
        self.screen.resize(120, 40)
        self.screen.keys(*CALM)
        if re.search("(ACKS|FORWARDING) OFF", self.screen.capture()):
            self.screen.keys("a")

    def on_its_way(self):
        found = re.search(r"([\d,]+) on (?:its|their) way", self.screen.capture())
        return int(found.group(1).replace(",", "")) if found else 0

    def read(self):
        for tail in self.tails:
            tail.read()

    def rotate(self):
        """The log goes on in another file of the name."""
        self.tails[0].rotate()
        os.kill(self.watched.pid, signal.SIGHUP)

    def summary(self):
        """Ends it; what the log has as the last."""
        os.kill(self.watched.pid, signal.SIGTERM)
        def logged():
            self.read()
            return self.lines.found and json.loads(self.lines.found[-1])
        return tap.until(logged, "the summary of " + self.name, 60)


# ---- the service times

class Service:
    """From ping's lines: the service times of a window, in microseconds, and their percentiles of all windows."""
    REPLY = re.compile(rb'"event":"reply".*"server_ns":(\d+)')

    def __init__(self):
        self.window, self.p50, self.p99 = [], [], []

    def take(self, lines):
        self.window += [int(server_ns) / 1000 for server_ns in self.REPLY.findall(lines)]

    def close_window(self):
        self.p50.append(judge.percentile(self.window, 0.5))
        self.p99.append(judge.percentile(self.window, 0.99))


# ---- what is published

PUBLISHES = broker.usable()


class Fleet:
    """A broker in a namespace, and watch."""

    def __init__(self, namespace, directory):
        self.namespace = namespace
        port = free_port(namespace)
        with namespace:
            self.broker = broker.Broker("user root", port=port)
        out = os.path.join(directory, "watch.out")
        self.part = Part(namespace, directory, "watch", [udptui.BINARY, "watch", "--json", self.broker.url()], out)
        self.lines = samples.Lines()
        self.tail = samples.Tail(out, self.lines)
        self.watched = samples.Watched("watch", self.part.pid)

    def restart_broker(self):
        self.broker.kill()
        with self.namespace:
            self.broker.start()

    def sums(self):
        """The sums of serve, once watch knows that it has ended; then watch ends."""
        def ended():
            self.tail.read()
            newest_summary = json.loads(self.lines.found[-1]) if self.lines.found else {}
            return newest_summary.get("ended") == 1 and newest_summary
        summary = tap.until(ended, "watch to know the end of serve", 60)
        self.part.stop(signal.SIGTERM, 143)
        return summary["serve"]


# ---- the system

class Soak:
    def __init__(self):
        self.choice = random.Random(SEED)
        self.directory = udptui.temporary_directory()
        self.first, self.second, self.third = netns.Namespace(), netns.Namespace(), netns.Namespace()
        with self.first:  # some keys ask for names: these questions are refused, and counted like what is lost
            if netns.resolver().startswith("127."):
                PRESSES.remove(("n",))
        self.restarts = 0
        self.machine = []  # a window: what machine() counted in it
        self.held, self.disk_kib = [], []
        self.fleet = Fleet(self.first, self.directory) if PUBLISHES else None
        self._start_servers()
        self._start_load()

    def _start_servers(self):
        self.served = "127.0.0.1:%d" % free_port(self.first)
        self.fresh = "127.0.0.1:%d" % free_port(self.third)
        small = ("--max-clients", "120", "--history", "1000")
        publish = ("--publish", self.fleet.broker.url(), "--publish-as", "soak", "--publish-messages", "20") if self.fleet else ()
        self.serve = Faced(self.first, self.directory, "serve", "serve", "--ack", "stamp", *publish, *small, self.served)
        self.relay, self.entry = self._start_relay(self.first, "relay", self.served)
        self.target_text = "127.0.0.1:%d" % free_port(self.second)
        self.target_log = samples.Lines()
        self.target_tail = samples.Tail(os.path.join(self.directory, "target.log"), self.target_log)
        self.start_target()
        self.other, self.other_entry = self._start_relay(self.second, "relay-2", self.target_text)
        self.fresh_server = None
        self.start_fresh()

    def _start_relay(self, namespace, name, target):
        entry = "127.0.0.1:%d" % free_port(namespace)
        return Faced(namespace, self.directory, name, "relay", "--max-clients", "160", "--idle", "20s", "--history", "1000",
                     "--impair", "loss=1%,dup=1%,delay=2ms+-1ms", entry, target), entry

    def start_target(self):
        threads = self.choice.choice(("1", "2", "4"))
        self.target = Part(self.second, self.directory, "target",
                           [udptui.BINARY, "serve", "--no-ui", *QUIET, "--log", self.target_tail.path, "--threads", threads,
                            "--impair", "wifi", self.target_text])

    def start_fresh(self):
        if self.fresh_server:
            self.fresh_server.stop(signal.SIGTERM, 143)
        self.fresh_server = Part(self.third, self.directory, "fresh",
                                 [udptui.BINARY, "serve", "--no-ui", *QUIET, "--ack", "stamp", self.fresh])

    def _start_load(self):
        self.clients = start_clients(self.first, self.directory, "clients", 3500, 80, [self.entry], SEED)
        self.others = start_clients(self.second, self.directory, "clients-2", 1500, 80, [self.other_entry], SEED)
        self.ping, self.service = self._start_ping(self.first, "ping", self.served)
        self.fresh_ping, self.fresh_service = self._start_ping(self.third, "ping-fresh", self.fresh)
        self.faced = [self.serve, self.relay, self.other]
        self.watched = [one.watched for one in self.faced] + [samples.Watched("ping", self.ping.pid)]
        self.tails = [tail for one in self.faced for tail in one.tails] + [
            self.target_tail, self.ping.tail, self.fresh_ping.tail, self.clients.tail, self.others.tail]
        if self.fleet:
            self.watched.append(self.fleet.watched)
            self.tails.append(self.fleet.tail)

    def _start_ping(self, namespace, name, target):
        out = os.path.join(self.directory, name + ".out")
        part = Part(namespace, self.directory, name,
                    [udptui.BINARY, "ping", "--json", "--mode", "stamp", "-i", "5ms", target], out)
        service = Service()
        part.lines = samples.Lines(each=service.take)
        part.tail = samples.Tail(out, part.lines)
        return part, service

    # while it runs

    def read(self):
        for tail in self.tails:
            tail.read()

    def restart_target(self):
        self.target.stop(signal.SIGTERM, 143)
        self.restarts += 1
        self.start_target()

    def warm_up(self, planted):
        """Every key and size once, and traffic until the rings between the programs' threads have been filled once."""
        for one in self.faced:
            one.warm_up()
            one.calm()
        def filled():
            for one in planted:
                one.read()
            self.read()
            return all(one.lines.count >= 12000 for one in self.faced)
        tap.until(filled, lambda: "traffic: %r" % [one.lines.count for one in self.faced], 120, 0.05)

    def run(self, seconds, planted):
        """Windows until the time is over and there are samples enough: a busy machine takes few."""
        self.warm_up(planted)
        self.sample_s = 0
        ends_s = time.monotonic() + seconds
        while time.monotonic() < ends_s or len(self.disk_kib) < LEAST_SAMPLES:
            self._window(planted)

    def _window(self, planted):
        before, began_s = samples.machine(), time.monotonic()
        if self.choice.random() < 0.3:
            self.restart_target()
        if self.fleet and LONG and self.choice.random() < 0.1:
            self.fleet.restart_broker()
        self.choice.choice(self.faced).rotate()
        self.start_fresh()
        while time.monotonic() < began_s + WINDOW_S - CALM_S:
            self.choice.choice(self.faced).press(self.choice)
            self._look(planted)
        for one in self.faced:
            one.calm()
        self._look(planted)
        settles_s = time.monotonic() + CALM_S / 3
        while time.monotonic() < settles_s:
            self._look(planted)
        for service in (self.service, self.fresh_service):
            service.window.clear()
        ends_s = time.monotonic() + CALM_S
        while time.monotonic() < ends_s:
            self._look(planted)
        if all(len(service.window) >= 10 for service in (self.service, self.fresh_service)):
            self.service.close_window()  # a window in which one of them got no answers has no figures
            self.fresh_service.close_window()
        self.held.append(self.serve.on_its_way() + self.relay.on_its_way())
        self.machine.append(tuple(after - old for after, old in zip(samples.machine(), before)))

    def _look(self, planted):
        time.sleep(0.05)
        self.read()
        for one in planted:
            one.read()
        now_s = time.monotonic()
        if now_s - self.sample_s >= min(1.0, SECONDS / 60):
            self.sample_s = now_s
            for one in self.watched + [one.watched for one in planted]:
                one.sample(now_s)
            self.disk_kib.append(sum(tail.disk_kib() for tail in self.tails))

    # the end

    def settle(self):
        """Nothing is sent any more; what is under way arrives."""
        for clients in (self.clients, self.others):
            clients.child.stdin.write(b"no more\n")
            clients.child.stdin.flush()
        for ping in (self.ping, self.fresh_ping):
            ping.stop(signal.SIGINT, 0, 1)  # 1: some had no reply
        for one in self.faced:
            one.calm()
        counts = []
        def quiet():  # a queue that a key has limited to 1/s may take minutes: what waits in it is held as the end comes
            self.read()
            counts.append([newest(self.clients)["received"], newest(self.others)["received"]]
                          + [one.lines.count for one in self.faced])
            return len(counts) > 3 and all(new - old <= 5 for old, new in zip(counts[-3], counts[-1]))
        tap.until(quiet, lambda: "the last datagrams: %r" % counts[-4:], 60, 1.0)

    def end(self):
        """All parts, the senders first: (name, summary)."""
        totals = {}
        for name, clients in (("clients", self.clients), ("others", self.others)):
            clients.child.stdin.close()
            tap.equal(clients.child.wait(30), 0, "exit status of " + name)
            totals[name] = newest(clients)
        totals["ping"] = [json.loads(line) for line in self.ping.lines.found]
        for name, one in (("relay", self.relay), ("other", self.other), ("serve", self.serve)):
            totals[name] = one.summary()
        totals["published"] = self.fleet.sums() if self.fleet else {}
        self.target.stop(signal.SIGTERM, 143)
        self.read()
        totals["targets"] = [json.loads(line) for line in self.target_log.found]
        return totals


# ---- what must agree

def total(summaries, *names):
    return sum(item[name] for item in summaries for name in names)


def missing(clients, relay, servers, pings, counters):
    """Of the parts of a namespace: all that they say they sent, less what they say arrived or was dropped because a queue
    had no room or was closed, less what the kernel had no socket for."""
    sent = (clients["sent"] + total(pings, "sent") + total(servers, "acked", "copies", "more", "sent_by_hand")
            + total([relay], "forwarded", "back_forwarded", "copies", "sent_by_hand"))
    arrived = (clients["received"] + total([relay], "received", "back_received") + total(servers, "received")
               + total(pings, "received", "late", "duplicates", "strays"))
    dropped = clients["dropped"] + total([relay], "kernel_dropped", "back_dropped") + total(servers + pings, "kernel_dropped")
    return sent - arrived - dropped - counters["NoPorts"]


def gone_with_targets(soak, totals):
    return missing(totals["others"], totals["other"], totals["targets"], [], samples.udp_counters(soak.second))


def check_totals(soak, totals):
    """In the first namespace nothing ends while it runs: all is exact, unless a part says that it knows its drops only at
    least (the kernel counts a train of segments that it drops as one). In the second one, a target that ends takes what it
    has not yet read with it."""
    tap.equal(totals["relay"]["received"] + totals["relay"]["kernel_dropped"], totals["clients"]["sent"],
              "received and dropped by the relay, sent by the clients")
    tap.equal(totals["other"]["received"] + totals["other"]["kernel_dropped"], totals["others"]["sent"],
              "received and dropped by the other relay, sent by its clients")
    for relay in (totals["relay"], totals["other"]):
        udptui.passed_on(relay)
    for serve in [totals["serve"]] + totals["targets"]:
        udptui.conserved(serve)
    tap.equal(len(totals["targets"]), soak.restarts + 1, "summaries of targets")
    first = samples.udp_counters(soak.first)
    pings = totals["ping"]  # a reply that comes as ping ends may be read by nobody
    lost = missing(totals["clients"], totals["relay"], [totals["serve"]], pings, first)
    unsure = any(item.get(key + "_at_least") for item in [totals["relay"], totals["serve"]] for key in ("kernel_dropped", "back_dropped"))
    tap.true(0 <= lost and (unsure or lost <= total(pings, "waiting")), "%d datagrams were sent and did not arrive: %r %r" % (lost, totals, first))
    gone = gone_with_targets(soak, totals)
    tap.true(gone == 0 or gone > 0 and soak.restarts > 0, "%d datagrams are gone with %d targets: %r" % (gone, soak.restarts, totals))


def check_published(totals):
    """What watch has counted of serve is its summary; what is no count is of one that runs."""
    for key, value in totals["published"].items():
        if not key.endswith("_per_s") and key not in ("clients", "queue_bytes", "queue_capacity"):
            tap.equal(value, totals["serve"].get(key), "%s of serve in watch" % key)


def check_files(soak, totals):
    """The logs and captures have each datagram, or say how many they lack."""
    for name, one in (("serve", soak.serve), ("relay", soak.relay), ("other", soak.other)):
        summary = [totals[name]]
        came, sent = ("received",), ("acked", "more")
        if name != "serve":
            came, sent = ("received", "back_received"), ("forwarded", "back_forwarded")
        more = one.lines.count + total(summary, "not_logged") - total(summary, *came)
        tap.true(0 <= more <= (50 if total(summary, "not_logged") else 0),  # a reply by hand may be what was not logged
                 "%d more messages in the log of %s than came: %r" % (more, name, summary))
        tap.equal(one.records.count + total(summary, "not_recorded"), total(summary, *came, *sent, "copies", "sent_by_hand"),
                  "records in the capture of " + name)


# ---- the report

class Report:
    def __init__(self):
        self.rows, self.found = [], []

    def line(self, text=""):
        self.rows.append(text)

    def series(self, name, values, unit, growth=None):
        """A row: the course, and the medians of its quarters."""
        quarters = [judge.quarter(values, number) for number in (1, 2, 3, 4)]
        medians = " ".join("%.6g" % statistics.median(part) if part else "-" for part in quarters)
        self.line("%-22s %-60s  %s %s%s" % (name, judge.sparkline(values), medians, unit, "  GROWS" if growth else ""))
        if growth:
            self.found.append("%s grows: %s" % (name, growth))

    def show(self):
        for row in self.rows:
            print("# " + row)
        if os.environ.get("SOAK_OUT"):
            with open(os.environ["SOAK_OUT"], "w", encoding="utf-8") as file:
                file.write("\n".join(self.rows) + "\n")


# In seconds a table or a screen that a key asks for may look like growth; in minutes it does not.
KEYED_TOLERANCE_KIB = judge.MEMORY_TOLERANCE_KIB if LONG else 16 * 1024


UNEVEN_STEP_KIB = 768  # of a leak under a load that gets no processor for a while; noise is less


def judged(key, values, **rule):
    """None, or what has grown. rule: as memory_growth has it."""
    if key == "heap_kib" and not SANITIZED:  # what a sanitizer keeps of freed memory grows by design
        return judge.memory_growth(values, **rule)
    if key in ("descriptors", "threads"):
        return judge.count_growth(values)
    return None


def report_processes(report, watched):
    for one in watched:
        for key in samples.KEYS:
            name, _, unit = key.partition("_")
            values = one.series[key]
            growth = judged(key, values, tolerance_kib=KEYED_TOLERANCE_KIB)
            report.series("%s %s" % (one.name, name), values, {"percent": "%", "kib": "KiB"}.get(unit, ""), growth)


def report_service(report, soak):
    service, fresh = soak.service, soak.fresh_service
    for name, series in (("serve", service), ("fresh", fresh)):
        report.series(name + " service p50", series.p50, "us")
        report.series(name + " service p99", series.p99, "us")
    if not LONG:
        report.line("service times: not judged in %d s" % SECONDS)
        return
    growth, own, others = judge.latency_growth(service.p99, fresh.p99)
    report.line("p99 service time at the end: %.2f times that of the start; of a new process: %.2f times" % (own, others))
    if growth:
        report.found.append(growth)


def report_run(soak):
    report, clients = Report(), [newest(soak.clients), newest(soak.others)]
    report.line("soak of %d s, seed %d: clients sent %d and %d from %d ports; %d targets" % (
        SECONDS, SEED, *(item["sent"] for item in clients), total(clients, "sources"), soak.restarts + 1))
    report.line("%-22s %s  %s" % ("", "course".ljust(60), "median of each quarter"))
    report_processes(report, soak.watched)
    report_service(report, soak)
    report.series("messages on their way", soak.held, "")
    report.series("files on the disk", soak.disk_kib, "KiB")
    report.series("waiting for a CPU", [1000 * waited_s for waited_s, _ in soak.machine], "ms a window")
    report.series("stolen by others", [1000 * stolen_s for _, stolen_s in soak.machine], "ms a window")
    for one in soak.faced:
        report.line("%s: log %d bytes, %d messages; capture %d bytes, %d records" % (
            one.name, one.tails[0].size_bytes, one.lines.count, one.tails[1].size_bytes, one.records.count))
    return report


# ---- leaks that are planted

LEAKY = os.environ.get("UDPTUI_LEAKS")
# A kind of leak, and the series that shows it.
KINDS = {"memory": ("memory:1", "heap_kib"), "descriptor": ("descriptor:5", "descriptors"), "thread": ("thread:20", "threads"),
         "none": ("", None)}


class Leaky:
    """A server that leaks, with a screen that nobody looks at."""

    def __init__(self, namespace, kind):
        self.address = "127.0.0.1:%d" % free_port(namespace)
        with namespace:
            self.pty = Pty([LEAKY, "serve", "--max-clients", "20", "--history", "100", self.address],
                           env=udptui.environment(TERM=TERM, UDPTUI_LEAK=KINDS[kind][0]))
        self.watched = samples.Watched(kind, self.pty.pid)

    def read(self):
        while self.pty.pump(0):
            pass
        self.pty.raw = b""


def plant(soak):
    """A server for each kind of leak, under a small load of its own."""
    if LONG or not LEAKY:
        return []
    namespace = netns.Namespace()
    planted = [Leaky(namespace, kind) for kind in KINDS]
    addresses = [one.address for one in planted]
    soak.tails.append(start_clients(namespace, soak.directory, "clients-of-leaks", 1500, 30, addresses, SEED).tail)
    return planted


def check_planted(planted):
    """What leaks is found, and nothing else."""
    for one in planted:
        found = [key for key, values in one.watched.series.items() if judged(key, values, least_step_kib=UNEVEN_STEP_KIB)]
        planted_key = KINDS[one.watched.name][1]
        if planted_key == "heap_kib" and SANITIZED:
            continue
        expected = [planted_key] if planted_key else []
        if planted_key == "threads":  # they have stacks
            found = [key for key in found if key != "heap_kib"]
        tap.equal(found, expected, "found with a leak of %s: %r" % (one.watched.name, one.watched.series))


# ---- the rules themselves

def noisy(choice, count, growth=0.0, step_at=None):
    """Samples of 50,000 KiB that vary by 200, grow by so much a sample, and have a step of 5,000."""
    return [50000 + choice.gauss(0, 200) + growth * at + (5000 if step_at is not None and at >= step_at else 0)
            for at in range(count)]


@tap.case("the rules: noise and a step pass, steady growth of memory, descriptors or threads does not")
def growth_rules():
    for seed in range(200):
        choice = random.Random(seed)
        for series in (noisy(choice, 100), noisy(choice, 100, step_at=choice.randrange(100))):
            tap.equal(judge.memory_growth(series), None, "noise, seed %d" % seed)
        tap.true(judge.memory_growth(noisy(choice, 100, growth=50)), "a leak is not found, seed %d" % seed)
        faster = [kib + 1000 * max(0, at - 70) for at, kib in enumerate(noisy(choice, 100, growth=50))]
        tap.true(judge.memory_growth(faster, least_step_kib=UNEVEN_STEP_KIB), "a leak that ends faster, seed %d" % seed)
        step = noisy(choice, 100, step_at=choice.randrange(100))
        tap.equal(judge.memory_growth(step, least_step_kib=UNEVEN_STEP_KIB), None, "a step, seed %d" % seed)
        sessions = [choice.randrange(390, 401) for _ in range(100)]
        tap.equal(judge.count_growth(sessions), None, "descriptors that come and go, seed %d" % seed)
        tap.true(judge.count_growth([count + at // 2 for at, count in enumerate(sessions)]), "a leak of descriptors")
    for at in range(25):  # of 24 samples a quarter has six, of which three may be before a step
        tap.equal(judge.count_growth([5] * at + [7] * (24 - at)), None, "two descriptors more from sample %d on" % at)
        tap.equal(judge.memory_growth([0] * at + [9000] * (24 - at)), None, "9,000 KiB more from sample %d on" % at)
    tap.true(judge.count_growth([5] * 40 + [6] * 35 + [7] * 25), "a thread now and then")
    tap.true(judge.count_growth([at + (200 if at > 35 else 0) for at in range(100)]), "a leak with a burst")


@tap.case("the rules: latency that grows in the old process alone is found, what the machine does to both is not")
def latency_rules():
    for seed in range(200):
        choice = random.Random(seed)
        def windows(slower):  # at the end by a factor, with outliers
            return [100 * choice.lognormvariate(0, 0.3) * (20 if choice.random() < 0.1 else 1) * (slower if at >= 120 else 1)
                    for at in range(180)]
        tap.equal(judge.latency_growth(windows(1), windows(1))[0], None, "noise, seed %d" % seed)
        tap.equal(judge.latency_growth(windows(3), windows(3))[0], None, "a busy machine, seed %d" % seed)
        tap.true(judge.latency_growth(windows(3), windows(1))[0], "growth is not found, seed %d" % seed)


@tap.case("%d s under load: nothing grows, all totals agree; planted leaks are found" % SECONDS, timeout_s=SECONDS + 240)
def soak():
    run = Soak()
    planted = plant(run)
    run.run(SECONDS, planted)
    report = report_run(run)
    report.show()
    run.settle()
    totals = run.end()
    print("# gone with the queues of %d targets that ended: %d" % (run.restarts, gone_with_targets(run, totals)))
    check_totals(run, totals)
    check_published(totals)
    check_files(run, totals)
    tap.equal(report.found, [], "what grows")
    check_planted(planted)


tap.main()
