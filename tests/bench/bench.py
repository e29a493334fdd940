#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""bench: udptui beside what else there is, paired in one run, as ratios of medians.

Each row runs its two sides in turn, several rounds, on loopback; absolute figures of a shared
machine mean little, their ratio in one run does. Nothing is stored and nothing can fail: this
measures, `make check` tests. The server has its screen on, in a terminal that is read. Rows whose two sides
should cost the same are measured more precisely, and show the noise (beside.py).

    bench.py [--rounds N] [--seconds S] [--json] [--before BINARY] [ROW]...

--before names another build of udptui; the rows before-plain and before-bulk serve from both, the rows
load-before-plain and load-before-bulk load from both.
"""
import argparse
import json
import os
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from beside import NOTHING_LOST, MetricsFile, MetricsHttp, row_before, row_beside, row_publish, row_threads, Side
from programs import BULK, PLAIN, UDPTUI, Pipe, Screen, cpu_ticks, cpu_us, load, ours

BUILD = os.environ["UDPTUI_BENCH"]  # where bare and spread are built
PEERS = os.path.join(os.environ["UDPTUI_SOURCE"], "tests", "lib", "peers")


def bare(*mode):
    return lambda: Pipe(os.path.join(BUILD, "bare"), *mode)


def python_server():
    return Pipe(sys.executable, "-u", os.path.join(PEERS, "python_server.py"), "127.0.0.1", "0")


def measured(server, seconds, arguments):
    """Acks a second, and the CPU time that one costs the server, in us."""
    running = server()
    try:
        port, before = running.port(), cpu_us(running.pid)
        result = load(port, seconds, *arguments)
        return result["acks_per_s"], (cpu_us(running.pid) - before) / result["acked"]
    finally:
        running.close()


def acks(server, seconds, arguments):
    return measured(server, seconds, arguments)[0]


def pair(options, ours_side, other_side):
    """Both sides in turn; returns the medians."""
    figures = ([], [])
    for _ in range(options.rounds):
        figures[0].append(ours_side())
        figures[1].append(other_side())
    return statistics.median(figures[0]), statistics.median(figures[1])


def row_against(name, server, arguments, want, ours_extra=()):
    def measure(options):
        mine, other = [], []
        for _ in range(options.rounds):
            mine.append(measured(ours(*ours_extra), options.seconds, arguments))
            other.append(measured(server, options.seconds, arguments))
        rates = [statistics.median(rate for rate, _ in side) for side in (mine, other)]
        costs = [statistics.median(cost for _, cost in side) for side in (mine, other)]
        return {"row": name, "udptui_per_s": rates[0], "other_per_s": rates[1],
                "ratio": rates[0] / rates[1], "udptui_cpu_us_per_ack": costs[0],
                "other_cpu_us_per_ack": costs[1], "want": want}
    return measure


def relayed(start, seconds, arguments, mode):
    """Acks a second through a relay to a bare server, and the CPU time that one costs the relay, in us."""
    target = bare(*mode)()
    try:
        return measured(lambda: start(target.port()), seconds, arguments)
    finally:
        target.close()


def our_relay(target):
    return Screen("relay", "127.0.0.1:0", "127.0.0.1:%d" % target)


class OtherRelay(Pipe):
    """Does not print its port: it gets a free one."""

    def __init__(self, target):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind(("127.0.0.1", 0))
            self.number = probe.getsockname()[1]
        self.process = subprocess.Popen(self.command(target), stderr=subprocess.DEVNULL, start_new_session=True)
        self.pid = self.process.pid
        time.sleep(0.3)

    def command(self, target):
        raise NotImplementedError

    def close(self):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()


class Socat(OtherRelay):
    def command(self, target):
        return ["socat", "UDP4-LISTEN:%d,bind=127.0.0.1,fork" % self.number, "UDP4:127.0.0.1:%d" % target]


class Nginx(OtherRelay):
    """Its stream module, as one process."""

    MODULE = "/usr/lib/nginx/modules/ngx_stream_module.so"

    def command(self, target):
        self.place = tempfile.TemporaryDirectory()
        path = os.path.join(self.place.name, "nginx.conf")
        with open(path, "w", encoding="ascii") as file:
            file.write("daemon off; master_process off; load_module %s; pid %s/pid; error_log stderr;\n"
                       "events { worker_connections 16384; }\n"
                       "stream { server { listen 127.0.0.1:%d udp; proxy_pass 127.0.0.1:%d; proxy_timeout 2s; } }\n"
                       % (self.MODULE, self.place.name, self.number, target))
        return ["nginx", "-p", self.place.name, "-c", path]


def row_relayed(name, arguments, mode, want, other=None, needs=None):
    def measure(options):
        if needs and not (shutil.which(needs) or os.path.exists(needs)):
            return {"row": name, "skipped": f"{needs} is not there"}
        start = other or (lambda target: Pipe(os.path.join(BUILD, "bare_relay"), str(target), *mode))
        sides = [[relayed(side, options.seconds, arguments, mode) for side in (our_relay, start)]
                 for _ in range(options.rounds)]
        mine, others = ([pair[i][0] for pair in sides] for i in (0, 1))
        costs = [statistics.median(pair[i][1] for pair in sides) for i in (0, 1)]
        return {"row": name, "udptui_per_s": statistics.median(mine), "other_per_s": statistics.median(others),
                "ratio": statistics.median(mine) / statistics.median(others),
                "udptui_cpu_us_per_ack": costs[0], "other_cpu_us_per_ack": costs[1], "want": want}
    return measure


def one_way(command, pattern, scale):
    """What a sender that needs no acks sends a second, by its own word."""
    output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            timeout=60, check=False).stdout.decode(errors="replace")
    return float(re.findall(pattern, output)[-1]) * scale


def iperf3(seconds):
    server = subprocess.Popen(["iperf3", "-s", "-p", "52011", "-1"], stdout=subprocess.DEVNULL)
    try:
        time.sleep(0.3)
        output = subprocess.run(["iperf3", "-u", "-c", "127.0.0.1", "-p", "52011", "-b", "0", "-l",
                                 "32", "-t", str(seconds), "-J"], stdout=subprocess.PIPE,
                                check=False).stdout
        total = json.loads(output)["end"]["sum"]
        return total["packets"] / total["seconds"]
    finally:
        server.kill()
        server.wait()


def sockperf(seconds):
    server = subprocess.Popen(["sockperf", "server", "-i", "127.0.0.1", "-p", "52012"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.3)
        return one_way(["sockperf", "tp", "-i", "127.0.0.1", "-p", "52012", "-m", "32", "-t",
                        str(seconds)], r"Summary: Message Rate is (\d+)", 1)
    finally:
        server.kill()
        server.wait()


def row_load_before(name, arguments):
    def measure(options):
        if options.before is None:
            return {"row": name, "skipped": "no --before BINARY"}
        server = ours()()
        port = server.port()
        mine, other = pair(options, *(
            lambda binary=binary: load(port, options.seconds, *arguments, binary=binary)["acks_per_s"]
            for binary in (UDPTUI, options.before)))
        server.close()
        return {"row": name, "udptui_per_s": mine, "other_per_s": other, "ratio": mine / other, "want": ">= 0.98"}
    return measure


def row_one_way(name, tool, measure_other):
    def measure(options):
        if shutil.which(tool) is None:
            return {"row": name, "skipped": f"{tool} is not installed"}
        mine, other = pair(options, lambda: acks(ours(), options.seconds, BULK),
                           lambda: measure_other(options.seconds))
        return {"row": name, "udptui_per_s": mine, "other_per_s": other, "ratio": mine / other,
                "want": "> 1"}
    return measure


IMPAIRED = (("plain", "off"), ("loss", "loss=10%"), ("delay_reorder", "delay=1ms,reorder=10%"))


def flooded(impair, seconds, clients, burst, *mode):
    """Messages a second that a server takes from clients that do not wait, acks a second that they
    get, and the CPU time that one message costs the server, in us."""
    server = Screen("serve", "127.0.0.1:0", "--impair", impair, "--seed", "7")
    port, before = server.port(), cpu_ticks(server.pid)
    acks_per_s = float(subprocess.run(
        [os.path.join(BUILD, "flood"), str(port), clients, burst, str(seconds * 1000), *mode],
        stdout=subprocess.PIPE, check=True).stdout)
    ticks = cpu_ticks(server.pid) - before
    server.close()
    received = int(re.findall(rb"received ([\d,]+)", server.data)[-1].replace(b",", b""))
    return received / seconds, acks_per_s, ticks * 1e4 / received


def row_impaired(name, *load_shape):
    """The simulated network beside none, under clients that do not wait for acks."""
    def measure(options):
        found = {key: [] for key, _ in IMPAIRED}
        for _ in range(options.rounds):
            for key, impair in IMPAIRED:
                found[key].append(flooded(impair, options.seconds, *load_shape))
        rates = {key: statistics.median(sample[0] for sample in samples) for key, samples in found.items()}
        return {"row": name, "received_per_s": rates,
                "acks_per_s": {key: statistics.median(sample[1] for sample in samples)
                               for key, samples in found.items()},
                "cpu_us": {key: statistics.median(sample[2] for sample in samples)
                           for key, samples in found.items()},
                "loss_ratio": rates["loss"] / rates["plain"],
                "delay_ratio": rates["delay_reorder"] / rates["plain"],
                "want": "loss >= 0.5, delay and reorder >= 0.25"}
    return measure


def start_time(options):
    def once():
        began = time.monotonic()
        server = subprocess.Popen([UDPTUI, "serve", "--no-ui", "127.0.0.1:0"],
                                  stdout=subprocess.PIPE)
        server.stdout.readline()
        elapsed = time.monotonic() - began
        server.kill()
        server.wait()
        return elapsed * 1000
    return {"row": "exec to listening", "ms": statistics.median(
        once() for _ in range(5 * options.rounds)), "want": "< 10"}


def status_of(pid, key):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return int(re.search(rf"^{key}:\s+(\d+)", status.read(), re.M).group(1))


def switches(pid):
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        total += status_of(f"{pid}/task/{task}", "voluntary_ctxt_switches")
    return total


def idle(options):
    server = Screen("serve", "127.0.0.1:0")
    try:
        server.port()
        time.sleep(2)
        before, ticks, seconds = switches(server.pid), cpu_ticks(server.pid), 10
        time.sleep(seconds)
        return {"row": "idle, screen on", "wakeups_per_s": (switches(server.pid) - before) / seconds,
                "cpu_ms_per_s": (cpu_ticks(server.pid) - ticks) * 10 / seconds,
                "resident_kb": status_of(server.pid, "VmRSS"), "want": "< 3 wake-ups, < 8 MB"}
    finally:
        server.close()


def stalled(options):
    server = Screen("serve", "127.0.0.1:0")
    try:
        port = server.port()
        server.stalled.set()
        result = load(port, 20, "--rate", "20000", "--clients", "8", "--window", "4096")
        return {"row": "terminal stalled 20 s at 20,000/s", "sent": result["sent"],
                "acked": result["acked"], "lost": result["lost"], "want": "lost 0"}
    finally:
        server.close()


def key_latency(options):
    """From a key to the changed screen while the engine is saturated."""
    server = Screen("serve", "127.0.0.1:0")
    times = []
    try:
        port = server.port()
        loader = threading.Thread(target=load, args=(port, 12, *BULK))
        loader.start()
        time.sleep(1)
        for i in range(100):
            opens = i % 2 == 0
            server.chunks.clear()
            began = time.monotonic()
            os.write(server.fd, b"?" if opens else b"\x1b")
            mark = b"quit" if opens else b"Last seen"
            while mark not in server.data and time.monotonic() - began < 1:
                time.sleep(0.001)
            times.append((time.monotonic() - began) * 1000)
            time.sleep(0.05)
        loader.join()
    finally:
        server.close()
    times.sort()
    return {"row": "key to changed screen, saturated", "p50_ms": times[len(times) // 2],
            "p99_ms": times[int(len(times) * 0.99) - 1], "want": "p99 < 50"}


def table_sizes(options):
    figures = {}
    for clients in (1, 100, 10000, 100000):
        def once(count=clients):
            server = Screen("serve", "127.0.0.1:0", "--max-clients", "131072", "--no-gso")
            try:
                output = subprocess.run([os.path.join(BUILD, "spread"), str(server.port()),
                                         str(count), "512", str(options.seconds * 1000)],
                                        stdout=subprocess.PIPE, check=True).stdout
                return float(output.split()[0])
            finally:
                server.close()
        figures[clients] = statistics.median(once() for _ in range(options.rounds))
    least, most = min(figures.values()), max(figures.values())
    return {"row": "acks/s by clients in the table", "per_s": figures, "least_to_most": least / most,
            "want": ">= 0.75"}


def conserved(options):
    """sent = acked + lost on both ends."""
    server = subprocess.Popen([UDPTUI, "serve", "--json", "--no-ui", "127.0.0.1:0"],
                              stdout=subprocess.PIPE)
    port = int(re.search(rb":(\d+)\"", server.stdout.readline()).group(1))
    result = load(port, options.seconds, *BULK)
    server.send_signal(signal.SIGTERM)
    summary = json.loads(server.stdout.read().splitlines()[-1])
    server.wait()
    return {"row": "sent = acked + lost, both ends", "sent": result["sent"],
            "received": summary["received"], "acked_by_server": summary["acked"],
            "acked_by_load": result["acked"], "lost": result["lost"],
            "kernel_dropped": summary["kernel_dropped"], "want": "equal"}


RECORD_SECONDS, RECORD_RATE = 10, "400000"


def recorded_by_us(path):
    """Messages a second, and the share of the datagrams of both ways that is not in the file."""
    server = Screen("serve", "127.0.0.1:0", "--pcap", path)
    result = load(server.port(), RECORD_SECONDS, *BULK, "--rate", RECORD_RATE)
    server.close()
    lost = re.search(rb"not recorded ([\d,]+)", server.data[server.data.rfind(b"received "):])
    lost = int(lost.group(1).replace(b",", b"")) if lost else 0
    return result["acks_per_s"], 100 * lost / (2 * result["acked"])


def recorded_by_dumpcap(path):
    """The same of frames: one of them carries many datagrams (UDP_SEGMENT), so it has less to do."""
    server = ours()()
    capture = subprocess.Popen(["dumpcap", "-q", "-i", "lo", "-f", f"udp port {server.port()}",
                                "-w", path], stderr=subprocess.PIPE)
    for line in capture.stderr:
        if line.startswith(b"File:"):
            break
    else:
        server.close()
        return None
    result = load(server.port(), RECORD_SECONDS, *BULK, "--rate", RECORD_RATE)
    capture.send_signal(signal.SIGINT)
    words = capture.stderr.read()
    capture.wait()
    server.close()
    taken, dropped = map(int, re.search(rb"interface '[^']*': (\d+)/(\d+)", words).groups())
    return result["acks_per_s"], 100 * dropped / (taken + dropped)


def record(_options):
    """What is not in the file of --pcap, and of dumpcap's in the same run."""
    figures = {"row": f"--pcap at {int(RECORD_RATE):,} messages/s for {RECORD_SECONDS} s",
               "want": "0% lost"}
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "capture")
        figures["messages_per_s"], figures["lost_percent"] = recorded_by_us(path)
        other = recorded_by_dumpcap(path) if shutil.which("dumpcap") else None
    if other is None:
        figures["dumpcap"] = "not installed, or may not capture"
    else:
        figures["dumpcap_messages_per_s"], figures["dumpcap_lost_percent"] = other
    return figures


# ---- round-trip times

PROBE_BYTES = 44


def pinged(port, interval, count, *arguments):
    """The summary of `udptui ping` against an echo server."""
    output = subprocess.run([UDPTUI, "ping", "--json", "-q", "-m", "echo", "-i", interval, "-c", str(count),
                             *arguments, f"127.0.0.1:{port}"], stdout=subprocess.PIPE, check=False).stdout
    return json.loads(output.splitlines()[-1])


def bare_pingpong(port, count):
    output = subprocess.run([os.path.join(BUILD, "pingpong"), str(port), str(count), "1000", str(PROBE_BYTES)],
                            stdout=subprocess.PIPE, check=True).stdout
    return int(output.split()[0])


def with_server(command, measure):
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(0.5)
        return measure()
    finally:
        server.kill()
        server.wait()


def irtt_median(seconds):
    def measure():
        output = subprocess.run(["irtt", "client", "-i", "1ms", "-d", f"{seconds}s", "-l", str(PROBE_BYTES), "-o",
                                 "-", "-Q", "127.0.0.1:52013"], stdout=subprocess.PIPE, check=False).stdout
        return json.loads(output)["stats"]["rtt"]["median"]
    return with_server(["irtt", "server", "-b", "127.0.0.1:52013", "-i", "0"], measure)


def sockperf_median(seconds):
    def measure():
        return one_way(["sockperf", "under-load", "--full-rtt", "--reply-every", "1", "--mps", "1000", "-i",
                        "127.0.0.1", "-p", "52014", "-m", str(PROBE_BYTES), "-t", str(seconds)],
                       r"percentile 50\.000 =\s+([\d.]+)", 1000)
    return with_server(["sockperf", "server", "-i", "127.0.0.1", "-p", "52014"], measure)


def round_trips(options):
    """A thousand probes a second; the medians of the kernel's times and of the program's."""
    others = {"irtt": irtt_median, "sockperf": sockperf_median}
    others = {name: measure for name, measure in others.items() if shutil.which(name)}
    found = {"ours": [], "ours_app": [], "bare": [], **{name: [] for name in others}}
    server = Pipe(os.path.join(BUILD, "pingpong"), "echo")
    for _ in range(options.rounds):
        summary = pinged(server.port(), "1ms", options.seconds * 1000)
        found["ours"].append(summary["rtt"]["p50_ns"])
        found["ours_app"].append(summary["rtt_app"]["p50_ns"])
        found["bare"].append(bare_pingpong(server.port(), options.seconds * 1000))
        for name, measure in others.items():
            found[name].append(measure(options.seconds))
    server.close()
    medians = {name + "_p50_ns": statistics.median(values) for name, values in found.items()}
    return {"row": "ping, 1,000 probes/s, median RTT: by the kernel, by the program, a bare ping-pong", **medians,
            "ratio": medians["ours_p50_ns"] / medians["bare_p50_ns"], "want": "<= 1.05"}


def irtt_rate(seconds):
    def measure():
        output = subprocess.run(["irtt", "client", "-i", "10us", "-d", f"{seconds}s", "-l", str(PROBE_BYTES), "-o",
                                 "-", "-Q", "127.0.0.1:52013"], stdout=subprocess.PIPE, check=False).stdout
        return json.loads(output)["stats"]["packets_sent"] / seconds
    return with_server(["irtt", "server", "-b", "127.0.0.1:52013", "-i", "0"], measure)


def sockperf_rate(seconds):
    def measure():
        output = subprocess.run(["sockperf", "under-load", "--full-rtt", "--reply-every", "1", "--mps", "100000", "-i",
                                 "127.0.0.1", "-p", "52014", "-m", str(PROBE_BYTES), "-t", str(seconds)],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout
        run_s, sent = re.search(rb"RunTime=([\d.]+) sec; Warm.*SentMessages=(\d+)", output).groups()
        return int(sent) / float(run_s)
    return with_server(["sockperf", "server", "-i", "127.0.0.1", "-p", "52014"], measure)


def schedule(options):
    """100,000 probes a second: how late they leave, and how many others send at this interval."""
    others = {"irtt": irtt_rate, "sockperf": sockperf_rate}
    rates = {name + "_sent_per_s": statistics.median(measure(options.seconds) for _ in range(options.rounds))
             for name, measure in others.items() if shutil.which(name)}
    server = Pipe(os.path.join(BUILD, "pingpong"), "echo")
    summaries = [pinged(server.port(), "10us", options.seconds * 100000) for _ in range(options.rounds)]
    server.close()
    late_ns = statistics.median(item["lateness"]["p99_ns"] for item in summaries)
    return {"row": "ping, 100,000 probes/s", "lateness_p50_ns": statistics.median(
                item["lateness"]["p50_ns"] for item in summaries), "lateness_p99_ns": late_ns,
            "sent_per_s": statistics.median(item["sent"] / (item["sent"] + item["skipped"]) * 1e5 for item in summaries),
            **rates,
            "lost": sum(item["lost"] for item in summaries), "want": "p99 < 100,000 ns"}


# ---- answer rules

def rules_file(directory, count, line):
    path = os.path.join(directory, "rules")
    with open(path, "w", encoding="ascii") as file:
        file.writelines(line % number for number in range(count))
    return path


def rules_row(arguments, line, want):
    """The plain server, and with rules none of which applies: what looking for them costs."""
    def measure(options):
        runs = {0: [], 1: [], 1000: []}
        with tempfile.TemporaryDirectory() as directory:
            for _ in range(options.rounds):
                for count, figures in runs.items():
                    extra = ("--rules", rules_file(directory, count, line)) if count else ()
                    figures.append(measured(ours(*extra), options.seconds, arguments))
        per_s = {count: statistics.median(rate for rate, _ in figures) for count, figures in runs.items()}
        cpu_us = {count: statistics.median(cost for _, cost in figures) for count, figures in runs.items()}
        return {"row": "rules, %s: %s" % (" ".join(arguments), line.strip()), "per_s": per_s,
                "cpu_us_per_ack": cpu_us, "1_to_0": per_s[1] / per_s[0], "1000_to_0": per_s[1000] / per_s[0],
                "want": want}
    return measure


ROWS = {
    "plain": row_against("plain clients 64x16, against the bare loop", bare(), PLAIN, ">= 1.1"),
    "python": row_against("plain clients 64x16, against the Python server", python_server, PLAIN,
                          ">= 3"),
    "bulk": row_against("load 8x256, against the bare GRO/GSO loop", bare("gso"), BULK,
                        ">= 0.6, and >= 4,000,000/s"),
    "same": row_beside("plain clients 64x16, serve against serve: the noise", PLAIN, Side, {}),
    "same-bulk": row_beside("load 8x256, serve against serve: the noise", BULK, Side, {}),
    "threads": row_threads("plain clients 64x16, --threads 2, against one thread", PLAIN),
    "threads-bulk": row_threads("load 8x256, --threads 2, against one thread", BULK),
    "publish": row_publish("plain clients 64x16, --publish, against serve without", PLAIN),
    "publish-bulk": row_publish("load 8x256, --publish, against serve without", BULK),
    "metrics": row_beside("plain clients 64x16, --metrics FILE, against serve without", PLAIN, MetricsFile, NOTHING_LOST),
    "metrics-bulk": row_beside("load 8x256, --metrics FILE, against serve without", BULK, MetricsFile, NOTHING_LOST),
    "metrics-http": row_beside("plain clients 64x16, --metrics scraped each second, against serve without", PLAIN,
                               MetricsHttp, NOTHING_LOST),
    "metrics-http-bulk": row_beside("load 8x256, --metrics scraped each second, against serve without", BULK,
                                    MetricsHttp, NOTHING_LOST),
    "rules": rules_row(PLAIN, "\"get value %d\" => is {n}\n", ">= 0.8"),
    "rules-bulk": rules_row(BULK, "\"get value %d\" => is {n}\n", ""),
    "rules-from": rules_row(PLAIN, "from:127.0.0.0/8 port:%d => is {n}\n", ">= 0.8"),
    "rules-from-bulk": rules_row(BULK, "from:127.0.0.0/8 port:%d => is {n}\n", ""),
    "stamp": row_against("STAMP reflector, plain clients 64x16 with 44 bytes, against the fixed text", ours(),
                         PLAIN + ("--size", "44"), ">= 0.6", ("--ack", "stamp")),
    "impaired": row_impaired("impaired, plain clients 64x16 that do not wait", "64", "16"),
    "impaired-bulk": row_impaired("impaired, 8x256 that do not wait, GSO", "8", "256", "gso"),
    "relay": row_relayed("relay, plain clients 64x16, against a bare relay loop", PLAIN, (), ">= 0.8"),
    "relay-bulk": row_relayed("relay, load 8x256, against a bare GRO/GSO relay loop", BULK, ("gso",), ">= 0.8"),
    "relay-socat": row_relayed("relay, load 8x256, against socat UDP-LISTEN,fork", BULK, ("gso",), ">= 10",
                               Socat, "socat"),
    "relay-nginx": row_relayed("relay, plain clients 64x16, against nginx stream", PLAIN, (), "", Nginx,
                               Nginx.MODULE),
    "relay-nginx-bulk": row_relayed("relay, load 8x256, against nginx stream", BULK, ("gso",), "", Nginx,
                                    Nginx.MODULE),
    "before-plain": row_before("plain clients 64x16, against the build before", PLAIN),
    "before-bulk": row_before("load 8x256, against the build before", BULK),
    "load-before-plain": row_load_before("load 64x16 of plain clients, against load of the build before", PLAIN),
    "load-before-bulk": row_load_before("load 8x256, against load of the build before", BULK),
    "iperf3": row_one_way("acknowledged, against iperf3 -u unacknowledged", "iperf3", iperf3),
    "sockperf": row_one_way("acknowledged, against sockperf tp unacknowledged", "sockperf",
                            sockperf),
    "ping": round_trips,
    "ping-schedule": schedule,
    "record": record,
    "conserved": conserved,
    "table": table_sizes,
    "start": start_time,
    "idle": idle,
    "key": key_latency,
    "stalled": stalled,
}


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as cpuinfo:
        model = re.search(r"model name\s*:\s*(.*)", cpuinfo.read())
    return {"machine": model.group(1) if model else platform.machine(), "cores": os.cpu_count(),
            "kernel": platform.release()}


def shown_ratio(value):
    """The text of an estimate (beside.estimate)."""
    bar = f", wanted >= {value['bar']}: {value['verdict']}" if "bar" in value else ""
    figures = " and ".join(f"{value[key]:,.0f}" if value[key] >= 1000 else f"{value[key]:.3g}"
                           for key in ("first", "second"))
    return (f"{figures}, ratio {value['ratio']:.3f} "
            f"({value['low']:.3f} to {value['high']:.3f}){bar}")


def shown(value):
    if isinstance(value, float):
        return f"{value:,.0f}" if value >= 1000 else f"{value:.2f}"
    if isinstance(value, dict) and "low" in value:
        return shown_ratio(value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {shown(part)}" for key, part in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)


def show(result, as_json):
    if as_json:
        print(json.dumps(result), flush=True)
        return
    between = "\n    " if any("low" in value for value in result.values() if isinstance(value, dict)) else "  "
    figures = between.join(f"{key} {shown(value)}" for key, value in result.items()
                           if key not in ("row", "want"))
    want = f"   (wanted: {result['want']})" if result.get("want") else ""
    print(f"{result.get('row', '')}\n    {figures}{want}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--before", metavar="BINARY", help="another build, to compare with")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(ROWS))
    options = parser.parse_args()
    show(machine(), options.json)
    for name in options.rows or ROWS:
        show(ROWS[name](options), options.json)


if __name__ == "__main__":
    main()
