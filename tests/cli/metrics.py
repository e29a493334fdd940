# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""--metrics: a file for a node exporter, and an HTTP server for Prometheus."""
import json
import os
import re
import resource
import select
import shutil
import signal
import socket
import stat
import time

import exposition
import screen
import tap
import udptui
from exposition import LINE, OPENMETRICS, find_port, get, grouped, promtool, several
from udptui import Peer, Relay, Server


def metrics_path():
    return os.path.join(udptui.temporary_directory(), "udptui.prom")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def samples(text):
    """{name: value}, and {(name, reason): value} of what was held; every sample has the same other labels."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = LINE.match(line).groups()
        reason = re.search(r'reason="(\w+)"', labels)
        found[(name, reason.group(1)) if reason else name] = float(value)
    return found


def seconds(ns):
    return ns / 1e9


# The figures of the JSON that have another name or unit as a metric.
RENAMED = {"queue_capacity": ("udptui_queue_capacity_bytes", float),
           "payload_bits_per_s": ("udptui_payload_bytes_per_second", lambda bits: bits / 8)}


def compare(text, summary):
    """Every figure of the summary is there, with its value."""
    found, counted = samples(text), 0
    for key, value in summary.items():
        if key.endswith("_by"):
            for reason, count in value.items():
                tap.equal(found["udptui_%s_total" % key[:-3], reason], count, "held: " + reason)
            continue
        if key in ("event", "v", "time", "held", "back_held", "tallies"):
            continue
        name, unit = RENAMED.get(key, ("udptui_" + key, float))
        if key.endswith("_ns"):
            name, unit = "udptui_%s_seconds" % key[:-3], seconds
        if name not in found:
            name += "_total"
        tap.true(name in found, "%s is no metric of\n%s" % (key, text))
        tap.true(abs(found[name] - unit(value)) <= 1e-6 * abs(unit(value)), "%s: %s, not %s" % (name, found[name], value))
        counted += 1
    tap.true(counted > 10, "only %d figures" % counted)


def until_received(path, count):
    tap.until(lambda: samples(read(path))["udptui_received_total"] == count, "%d received in the metrics" % count)


# ---- a file

@tap.case("a file: every figure of the summary, exactly, also of what was held")
def file_is_exact():
    path, client = metrics_path(), Peer()
    server = Server("--metrics", path, "--impair", "in.loss=40%", "--seed", "3")
    until_received(path, 0)
    for number in range(100):
        client.send(b"%d" % number, server.address)
    until_received(path, 100)
    client.send(udptui.DEFAULT_ACK, server.address)
    server.wait_objects("message", 101)
    compare(text_at_end(server, path), server.finish().objects("summary")[0])


def text_at_end(server, path):
    server.signal(signal.SIGTERM)
    server.finish().expect(143)
    return read(path)


@tap.case("a file: promtool accepts it, of serve and of relay")
def file_is_accepted():
    udptui.need_program("promtool")
    path, client = metrics_path(), Peer()
    server = Server("--metrics", path)
    client.ask(b"x", server.address)
    promtool(text_at_end(server, path))
    path, target = metrics_path(), Server()
    relay = Relay(target.text, "--metrics", path)
    client.ask(b"x", relay.address)
    promtool(text_at_end(relay, path))


@tap.case("a file: relay's figures of both directions")
def file_of_relay():
    path, client, target = metrics_path(), Peer(), Server()
    relay = Relay(target.text, "--metrics", path)
    for _ in range(5):
        client.ask(b"hello", relay.address)
    text = text_at_end(relay, path)
    compare(text, relay.finish().objects("summary")[0])
    found = samples(text)
    tap.equal(found["udptui_rtt_samples_total"], 5, "round-trip times")
    tap.true(0 < found["udptui_rtt_min_seconds"] <= found["udptui_rtt_seconds_total"] / 5, "their mean")
    tap.contains(text, 'command="relay"', "the labels")


@tap.case("a file: others may read it, nothing is left beside it, and it is replaced at once")
def file_is_replaced():
    path = metrics_path()
    server = Server("--metrics", path)
    with open(path, "rb") as before:
        tap.equal(stat.S_IMODE(os.stat(path).st_mode), 0o666 & ~_umask(), "mode")
        Peer().ask(b"x", server.address)
        until_received(path, 1)
        tap.contains(before.read().decode(), "udptui_waiting", "the old file, whole")
    server.stop()
    tap.equal(os.listdir(os.path.dirname(path)), [os.path.basename(path)], "the directory")


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


@tap.case("a file: not more than once a second")
def file_once_a_second():
    path, client = metrics_path(), Peer()
    server = Server("--metrics", path)
    written = [os.stat(path).st_mtime_ns]
    while len(written) < 4:  # the first two are those of the beginning
        client.ask(b"x", server.address)
        server.pump(0)
        if os.stat(path).st_mtime_ns != written[-1]:
            written.append(os.stat(path).st_mtime_ns)
    server.stop()
    tap.true(written[3] - written[2] > tap.least(1, 0.1) * 1e9, "written at %s" % written)


@tap.case("a file: no client's address is in it, also without --privacy")
def no_addresses():
    for options in ((), ("--privacy",)):
        path, client = metrics_path(), Peer("127.0.0.9")
        server = Server("--metrics", path, *options)
        client.ask(b"x", server.address)
        tap.lacks(text_at_end(server, path), "127.0.0.9", "the metrics")


@tap.case("a file: that cannot be written is an error at the start")
def file_refused():
    for path, why in (("/nowhere/x.prom", "No such file or directory"), ("/dev/full", "not a regular file"),
                      (udptui.temporary_directory(), "not a regular file")):
        result = udptui.run("serve", "--no-ui", "--metrics", path, "127.0.0.1:0").expect(3)
        tap.matches(result.err, r"^udptui: --metrics %s: .*%s" % (re.escape(path), why), "stderr")


@tap.case("a file: its directory vanishes: reported once, counted, the server goes on, status 3")
def directory_vanishes():
    path, client = metrics_path(), Peer()
    directory = os.path.dirname(path)
    server = Server("--metrics", path)
    os.rename(directory, directory + ".away")
    tap.defer(shutil.rmtree, directory + ".away", True)
    client.ask(b"one", server.address)
    server.wait_for(lambda: server.raw_errors, "the error")
    os.rename(directory + ".away", directory)
    client.ask(b"two", server.address)
    until_received(path, 2)
    tap.true(samples(read(path))["udptui_metrics_failures_total"] >= 1, "failures")
    server.signal(signal.SIGTERM)
    lines = server.finish().expect(3).err.splitlines()
    tap.equal(len(lines), 2, "lines of %s" % lines)
    tap.matches(lines[0], r"^udptui: --metrics %s: No such file or directory$" % re.escape(path))
    tap.matches(lines[1], r"No such file or directory: times not written: \d+$")


@tap.case("a file: beside the screen; the key that resets its counts does not reset the metrics", timeout_s=60)
def beside_the_screen():
    path, client = metrics_path(), Peer()
    terminal = screen.start("serve", "--metrics", path, "127.0.0.1:0")
    tap.until(lambda: os.path.exists(path), "the metrics")
    address = udptui.split_address(re.search(r'listen="([^"]*)"', read(path)).group(1))
    for _ in range(7):
        client.ask(b"x", address)
    terminal.wait_bytes(b"127.0.0.1:%d " % client.port)
    terminal.write(b"\x12")
    terminal.wait_bytes(b"eset")
    terminal.write(b"y")
    terminal.settle(0.1)
    until_received(path, 7)
    client.ask(b"x", address)
    until_received(path, 8)
    terminal.write(b"q")
    tap.equal(terminal.exit_status(), 0, "exit status")
    tap.equal(samples(read(path))["udptui_received_total"], 8, "received")


@tap.case("a file that another option also names is an error")
def same_file():
    path = metrics_path()
    result = udptui.run("serve", "--log", path, "--metrics", path, "127.0.0.1:0").expect(2)
    tap.contains(result.err, "--metrics", "stderr")


# ---- HTTP

def serving(*options, command=Server, **more):
    udptui.need_feature("http")
    return find_port(command(*options, "--metrics", "127.0.0.1:0", **more))


def http_received(server, count):
    tap.until(lambda: samples(get(server).text)["udptui_received_total"] == count, "%d received over HTTP" % count)


@tap.case("HTTP: the same figures, in the format that Accept prefers")
def http_formats():
    server, client = serving(), Peer()
    for _ in range(3):
        client.ask(b"x", server.address)
    http_received(server, 3)
    plain, other = get(server), get(server, Accept=OPENMETRICS)
    tap.equal(plain.status, 200, "status")
    tap.equal(plain.getheader("Content-Type"), "text/plain; version=0.0.4; charset=utf-8", "type")
    tap.equal(other.getheader("Content-Type"), OPENMETRICS + "; charset=utf-8", "type of OpenMetrics")
    tap.equal(samples(plain.text), samples(other.text), "samples")
    promtool(plain.text)
    tap.true(other.text.endswith("\n# EOF\n"), "the end of OpenMetrics")
    for family in re.findall(r"^# TYPE (\S+) counter$", other.text, re.MULTILINE):
        tap.true(not family.endswith("_total"), family)
        tap.contains(other.text, "\n%s_total{" % family)
    for family, unit in re.findall(r"^# UNIT (\S+) (\S+)$", other.text, re.MULTILINE):
        tap.true(family.endswith("_" + unit), family)


@tap.case("HTTP: in the sandbox, of serve and of relay")
def http_in_the_sandbox():
    for command, first in ((Server, ()), (Relay, (Server().text,))):
        server = serving(*first, "--sandbox", "auto", command=command)
        Peer().ask(b"x", server.address)
        http_received(server, 1)
        server.signal(signal.SIGTERM)
        server.finish().expect(143)


@tap.case("HTTP: HEAD has no body; other paths and methods are refused")
def http_refusals():
    server = serving()
    head = get(server, method="HEAD")
    tap.equal((head.status, head.text), (200, ""), "HEAD")
    tap.true(int(head.getheader("Content-Length")) > 1000, "its length")
    for path in ("/", "/metrics/", "/metricsx", "/../metrics", "/%00", "/" + "x" * 3000):
        response = get(server, path)
        tap.equal((response.status, response.text), (404, "udptui: the metrics are at /metrics\n"), path)
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "BREW"):
        response = get(server, method=method)
        tap.equal((response.status, response.getheader("Allow")), (405, "GET, HEAD"), method)
    tap.equal(get(server, "/metrics?x=y").status, 200, "with a query")
    tap.equal(get(server, "http://host:1/metrics").status, 200, "as a proxy asks")
    tap.equal([get(server, path).status for path in ("http://metrics", "http:///metrics/")], [404, 404], "of other URLs")


def connect(server):
    connection = socket.create_connection(("127.0.0.1", server.metrics_port), tap.WAIT_S)
    tap.defer(connection.close)
    return connection


@tap.case("HTTP: garbage, halves and long headers end nothing", timeout_s=60)
def http_garbage():
    server, client = serving(), Peer()
    for request in (b"\0" * 100, b"\xff" * 5000, b"GET\r\n\r\n", b"GET /metrics HTTP/9.9\r\n\r\n", b"\r\n" * 1000,
                    b"GET /metrics HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"GET " + b"/" * 40000 + b" HTTP/1.1\r\n\r\n",
                    b"GET /metrics HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 10000 + b"\r\n",
                    b"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept: " + b"q=,;" * 2000 + b"\r\n\r\n",
                    b"POST /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffff\r\n"):
        connection = connect(server)
        try:
            connection.sendall(request)
            connection.settimeout(0.3)  # some are closed without an answer, after 5 s
            connection.recv(65536)
        except OSError:
            pass
        connection.close()
        client.ask(b"x", server.address)
    http_received(server, 10)
    server.signal(signal.SIGTERM)
    tap.equal(len(server.finish().expect(143).err.splitlines()), 1, "lines on stderr")


def descriptors(server):
    return len(os.listdir("/proc/%d/fd" % server.child.pid))


@tap.case("HTTP: 1000 connections that say nothing, and slow ones, keep nobody out", timeout_s=90)
def http_crowd():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 1200:
        tap.skip("no more than %d descriptors" % hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 1200), hard))
    server, client = serving(), Peer()
    before = descriptors(server)
    crowd = [connect(server) for _ in range(1000)]
    for connection in crowd[-100:]:
        try:
            connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: ")
        except OSError:
            pass
    client.ask(b"x", server.address)
    tap.equal(get(server).status, 200, "status")
    tap.true(descriptors(server) <= before + 34, "descriptors: %d, before %d" % (descriptors(server), before))
    for connection in crowd:
        connection.close()


@tap.case("HTTP: a byte now and then keeps a connection open for 10 seconds at most", timeout_s=60)
def http_slow():
    if not os.environ.get("UDPTUI_LONG"):
        tap.skip("takes 12 s: UDPTUI_LONG=1")
    server = serving()
    connection, begin = connect(server), time.monotonic()
    request = b"GET /metrics HTTP/1.1\r\nX: " + b"y" * 1000
    try:
        for byte in request:
            connection.sendall(bytes([byte]))
            if connection in select.select([connection], [], [], 0.5)[0]:
                break
    except OSError:
        pass
    took_s = time.monotonic() - begin
    tap.true(took_s > 9, "open for only %.1f s" % took_s)
    tap.took(took_s, 20, "the server's patience")


def rate_of(text):
    return samples(text)["udptui_payload_bytes_per_second"]


@tap.case("HTTP and a file: the average rate falls while nothing comes", timeout_s=90)
def average_falls():
    if not os.environ.get("UDPTUI_LONG"):
        tap.skip("takes 12 s: UDPTUI_LONG=1")
    path, server, client = metrics_path(), serving(), Peer()
    other = Server("--metrics", path)
    for address in (server.address, other.address):
        client.ask(b"x" * 1000, address)
    http_received(server, 1)
    until_received(path, 1)
    pages = (lambda: get(server).text, lambda: read(path))
    first = [rate_of(page()) for page in pages]
    tap.true(min(first) > 0, "rates: %s" % first)
    for before, page in zip(first, pages):
        tap.until(lambda: rate_of(page()) < before / 2, "a lower rate than %s" % before, 40)


@tap.case("HTTP: an address that is taken, wrong or unknown is an error that says so")
def http_errors():
    udptui.need_feature("http")
    taken = socket.create_server(("127.0.0.1", 0))
    tap.defer(taken.close)
    for where, status, why in (("127.0.0.1:%d" % taken.getsockname()[1], 3, "Address already in use"),
                               ("127.0.0.1:99999", 2, "port"), ("192.0.2.1:9464", 3, "annot assign"),
                               ("[::1:9464", 2, "")):
        result = udptui.run("serve", "--no-ui", "--duration", "100ms", "--metrics", where, "127.0.0.1:0").expect(status)
        tap.matches(result.err, r"^udptui: --metrics %s: .*" % re.escape(where), "stderr")
        tap.contains(result.err, why, "stderr")


@tap.case("an address without a port, and a port alone, make no file: what to write is said")
def no_port():
    directory = udptui.temporary_directory()
    for where, instead in (("127.0.0.1", "127.0.0.1:PORT"), ("127.0.0.1:", "127.0.0.1:PORT"), ("127.0.0.1:x", "127.0.0.1:PORT"),
                           ("::1", "[::1]:PORT"), ("[::1]", "[::1]:PORT"), ("[::1]:x", "[::1]:PORT"),
                           ("fe80::1%lo", "[fe80::1%lo]:PORT"), ("::1:9464", "[::1:9464]:PORT"), ("9464", ":9464")):
        result = udptui.run("serve", "--no-ui", "--metrics", where, "127.0.0.1:0", cwd=directory).expect(2)
        why = "for a port write %s, for a file ./%s" if where == "9464" else "there is no port: write %s, or for a file ./%s"
        tap.equal(result.err, "udptui: --metrics %s: %s\n" % (where, why % (instead, where)), where)
    tap.equal(udptui.run("serve", "--no-ui", "--metrics", "", "127.0.0.1:0").expect(2).err,
              "udptui: --metrics '': name a file, or ADDRESS:PORT\n", "an empty name")
    for name in ("./127.0.0.1", "./9464", "name", "name:x", "a.b:c"):
        udptui.run("serve", "--no-ui", "--duration", "1ms", "--metrics", name, "127.0.0.1:0", cwd=directory).expect(0)
    tap.equal(sorted(os.listdir(directory)), ["127.0.0.1", "9464", "a.b:c", "name", "name:x"], "the files")


@tap.case("HTTP: without libmicrohttpd the option says what to install")
def http_missing():
    if udptui.has_feature("http"):
        tap.skip("this udptui was built with it")
    result = udptui.run("serve", "--no-ui", "--metrics", "127.0.0.1:0", "127.0.0.1:0").expect(2)
    tap.contains(result.err, "install libmicrohttpd-dev", "stderr")


# ---- ping and load

PING_RTTS = {"0.5": "p50_ns", "0.9": "p90_ns", "0.99": "p99_ns"}


@tap.case("ping: each target's counts and a summary of its times, as its JSON has them; promtool accepts them")
def ping_file():
    path, server, silent = metrics_path(), Server(), Peer()
    result = udptui.run("ping", server.text, silent.text, "--json", "--quiet", "--count", "20", "--interval", "10ms",
                        "--timeout", "100ms", "--metrics", path).expect(1)
    text = read(path)
    promtool(text)
    grouped(text)
    found = several(text)
    for summary in result.objects("summary"):
        target = (("target", summary["target"]),)
        for key in ("sent", "received", "late", "duplicates", "reordered", "failed", "not_sent"):
            tap.equal(found["udptui_ping_%s_total" % key][target], summary[key], "%s of %s" % (key, target))
        tap.equal(found["udptui_ping_lost"][target], summary["lost"], "lost")
        tap.equal(found["udptui_ping_timeouts_total"][target], summary["lost"] + summary["late"], "timeouts")
        times = summary["rtt"]
        tap.equal(found["udptui_ping_rtt_seconds_count"][target], times["count"], "times")
        if times["count"] == 0:
            tap.true(target not in found["udptui_ping_rtt_min_seconds"], "a time of nothing")
            continue
        for quantile, key in PING_RTTS.items():
            value = found["udptui_ping_rtt_seconds"][(("quantile", quantile),) + target]
            tap.true(abs(value - times[key] / 1e9) < 1e-9, "%s: %s, not %s" % (key, value, times[key]))
        mean = found["udptui_ping_rtt_seconds_sum"][target] / times["count"]
        tap.true(abs(mean - times["mean_ns"] / 1e9) <= 1e-9, "the mean: %s, not %s" % (mean, times["mean_ns"]))
    tap.equal(len(found["udptui_ping_sent_total"]), 2, "targets")


@tap.case("load: its counts and times, as its JSON has them; promtool accepts them")
def load_file():
    path, server = metrics_path(), Server()
    result = udptui.run("load", server.text, "--json", "--quiet", "--duration", "200ms", "--rate", "2k/s",
                        "--timeout", "10s", "--metrics", path)
    summary, text = result.expect(0).objects("summary")[0], read(path)
    promtool(text)
    grouped(text)
    found = several(text)
    target = (("target", server.text),)
    for key in ("sent", "acked", "late", "duplicates", "not_sent"):
        tap.equal(found["udptui_load_%s_total" % key][target], summary[key], key)
    tap.equal(found["udptui_load_lost"][target], summary["lost"], "lost")
    tap.equal(found["udptui_load_acked_bytes_total"][target], 32 * summary["acked"], "bytes")
    tap.equal(found["udptui_load_rtt_app_seconds_count"][target], summary["rtt_app_samples"], "times")
    tap.equal(server.stop()["received"], found["udptui_load_sent_total"][target], "received by the server")


@tap.case("ping and load over HTTP, also in the strict sandbox: the counts grow while they run")
def clients_over_http():
    for mode in ("off", udptui.strict_sandbox()):
        for command, name in ((("ping", "--interval", "10ms"), "udptui_ping_received_total"),
                              (("load", "--rate", "100/s", "--duration", "1m", "-t", "20s"), "udptui_load_acked_total")):
            process = exposition.start(*command, Server().text, "--no-ui", "--quiet", "--sandbox", mode)
            tap.until(lambda: sum(several(get(process).text)[name].values()) > 100, "%s above 100" % name)
            tap.true(get(process, Accept=OPENMETRICS).text.endswith("# EOF\n"), "OpenMetrics")
            process.signal(signal.SIGTERM)
            process.finish().expect(143)


@tap.case("ping and load: what --metrics cannot be is an error before anything is sent")
def clients_refused():
    for command in ("ping", "load"):
        peer = Peer()
        tap.contains(udptui.run(command, peer.text, "--metrics", "127.0.0.1").expect(2).err, "there is no port", command)
        tap.contains(udptui.run(command, peer.text, "--metrics", "/nowhere/x").expect(3).err,
                     "--metrics /nowhere/x: No such file", command)
        tap.equal(peer.waiting(), [], "what was sent")


# ---- the dashboard

@tap.case("contrib/grafana: every metric that the dashboard names exists, with its labels")
def dashboard():
    with open(os.path.join(udptui.SOURCE, "contrib/grafana/udptui.json"), encoding="utf-8") as file:
        board = json.load(file)
    expressions = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    expressions += [item["query"]["query"] for item in board["templating"]["list"] if item["type"] == "query"]
    expressions = [text for text in expressions if "udptui_server_" not in text]  # of watch: tests/cli/watch_metrics.py
    tap.true(len(expressions) >= 8, "expressions")
    names = set()
    for first, command in (((), Server), ((Server().text,), Relay)):
        path, client = metrics_path(), Peer()
        server = command(*first, "--metrics", path)
        client.ask(b"x", server.address)
        names |= set(re.findall(r"^(udptui_\w+)\{", text_at_end(server, path), re.MULTILINE))
    path = metrics_path()
    udptui.run("ping", Server().text, "--quiet", "--count", "1", "--timeout", "10s", "--metrics", path).expect(0)
    names |= set(several(read(path)))
    for expression in expressions:
        used = set(re.findall(r"\budptui_\w+", expression))
        tap.true(used and used <= names, "%s of %s" % (used - names, expression))
        labels = set(re.findall(r"(\w+) ?(?:=~|=|!=)", expression))
        tap.true(labels <= {"instance", "job", "command", "listen", "reason", "target", "quantile"}, "labels of " + expression)


tap.main()
