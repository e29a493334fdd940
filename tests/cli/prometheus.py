# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Prometheus scrapes --metrics in both text formats: what it has is what was sent."""
import http.server
import json
import os
import shutil
import signal
import socket
import threading
import urllib.error
import urllib.parse
import urllib.request

import exposition
import tap
import udptui
from broker import Broker, Publisher

CONFIG = """global: {scrape_interval: 2s, scrape_timeout: 2s}
scrape_configs:
"""
JOB = "- {job_name: %s, metrics_path: %s, static_configs: [{targets: ['127.0.0.1:%d']}]}\n"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return unused.getsockname()[1]


class Prometheus:
    """A server of its own; targets: {job: (port, path)}."""

    def __init__(self, targets):
        udptui.need_program("prometheus")
        self.directory = udptui.temporary_directory()
        self.config = os.path.join(self.directory, "prometheus.yml")
        with open(self.config, "w", encoding="utf-8") as file:
            file.write(CONFIG + "".join(JOB % (job, path, port) for job, (port, path) in targets.items()))
        self.jobs = targets
        for _ in range(5):  # somebody else may take the port in between
            self.port = free_port()
            self.process = udptui.Process(self._command())
            if tap.until(lambda: self.is_ready() or self.has_ended(), "Prometheus") and not self.has_ended():
                return
        raise tap.Failure("Prometheus did not start: " + self.process.raw_errors.decode())

    def _command(self):
        return [shutil.which("prometheus"), "--config.file=" + self.config, "--storage.tsdb.path=" + self.directory + "/data",
                "--web.listen-address=127.0.0.1:%d" % self.port, "--log.level=warn"]

    def has_ended(self):
        self.process.pump(0)
        return self.process.child.poll() is not None

    def fetch(self, path, **query):
        url = "http://127.0.0.1:%d%s?%s" % (self.port, path, urllib.parse.urlencode(query))
        try:
            with urllib.request.urlopen(url, timeout=tap.WAIT_S) as response:
                return response.read()
        except (urllib.error.URLError, OSError):
            return None

    def is_ready(self):
        return self.fetch("/-/ready") is not None

    def query(self, expression):
        """[(labels, value)] of an instant query."""
        answer = json.loads(self.fetch("/api/v1/query", query=expression) or b'{"data": {"result": []}}')
        return [(item["metric"], float(item["value"][1])) for item in answer["data"]["result"]]

    def value(self, expression):
        """The value of the only series, None if there is not just one."""
        found = self.query(expression)
        return found[0][1] if len(found) == 1 else None

    def until(self, expression, value):
        tap.until(lambda: self.value(expression) == value,
                  lambda: "%s == %s, not %s" % (expression, value, self.query(expression)))

    def until_up(self):
        tap.until(lambda: all(self.value('up{job="%s"}' % job) == 1 for job in self.jobs),
                  lambda: "all targets to be up: %s" % self.query("up"))

    def unit(self, job, metric):
        """The unit that the text described: the text format of Prometheus has none."""
        answer = json.loads(self.fetch("/api/v1/targets/metadata", match_target='{job="%s"}' % job, metric=metric) or b"{}")
        return [item["unit"] for item in answer.get("data", ())]


class PlainProxy(http.server.BaseHTTPRequestHandler):
    """Asks without Accept: /PORT/metrics gives the text format of Prometheus, which this one would not choose."""

    def do_GET(self):
        port = self.path.split("/")[1]
        with urllib.request.urlopen("http://127.0.0.1:%s/metrics" % port, timeout=tap.WAIT_S) as response:
            text, kind = response.read(), response.headers["Content-Type"]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format, *arguments):
        pass


def plain_proxy():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), PlainProxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tap.defer(server.server_close)
    tap.defer(server.shutdown)
    return server.server_address[1]


def metering(process):
    return exposition.find_port(process)


@tap.case("serve, relay, ping and load: up, and the counters are what was sent, in both formats", timeout_s=120)
def scraped():
    udptui.need_program("prometheus")
    udptui.need_feature("http")
    there = ("--metrics", "127.0.0.1:0")
    server, silent, client = metering(udptui.Server(*there)), udptui.Peer(), udptui.Peer()
    relay = metering(udptui.Relay(server.text, *there))
    ping = exposition.start("ping", silent.text, "--no-ui", "--quiet", "--count", "7", "--interval", "50ms", "--timeout", "5m")
    load = exposition.start("load", udptui.Server().text, "--no-ui", "--quiet", "--rate", "50/s", "--duration", "1h",
                            "--timeout", "20s")
    proxy = plain_proxy()
    targets = {"serve": (server.metrics_port, "/metrics"), "relay": (relay.metrics_port, "/metrics"),
               "ping": (ping.metrics_port, "/metrics"), "load": (load.metrics_port, "/metrics")}
    plain = {job + "_plain": (proxy, "/%d/metrics" % port) for job, (port, path) in targets.items()}
    prometheus = Prometheus({**targets, **plain})
    prometheus.until_up()
    for number in range(23):
        client.ask(b"%d" % number, server.address)
    for _ in range(5):
        client.ask(b"x", relay.address)
    for form in ("", "_plain"):
        prometheus.until('udptui_received_total{job="serve%s",command="serve"}' % form, 28)
        prometheus.until('udptui_acked_total{job="serve%s"}' % form, 28)
        prometheus.until('udptui_forwarded_total{job="relay%s"}' % form, 5)
        prometheus.until('udptui_rtt_samples_total{job="relay%s"}' % form, 5)
        prometheus.until('udptui_ping_sent_total{job="ping%s",target="%s"}' % (form, silent.text), 7)
        prometheus.until('udptui_ping_waiting{job="ping%s"}' % form, 7)
        prometheus.until('udptui_build_info{job="ping%s",version!=""}' % form, 1)
        tap.until(lambda: (prometheus.value('udptui_load_acked_total{job="load%s"}' % form) or 0) > 30, "acks of load")
        tap.until(lambda: (prometheus.value('udptui_load_rtt_app_seconds_count{job="load%s"}' % form) or 0) > 30, "its times")
    tap.equal(prometheus.unit("serve", "udptui_start_time_seconds"), ["seconds"], "it chose OpenMetrics")
    tap.equal(prometheus.unit("serve_plain", "udptui_start_time_seconds"), [""], "and got the other one")
    tap.equal(prometheus.query("scrape_samples_scraped - scrape_samples_post_metric_relabeling != 0"), [], "samples dropped")
    for process in (ping, load):
        process.signal(signal.SIGTERM)


@tap.case("watch: its servers by their labels, a name that has to be escaped, totals over a restart", timeout_s=120)
def watched():
    udptui.need_program("prometheus")
    udptui.need_feature("http")
    broker = Broker()
    publishers = [Publisher(broker, name) for name in ("room", 'a"b\\c')]
    for publisher in publishers:
        publisher.state()
        publisher.stats(40)
    watch = exposition.start("watch", "--no-ui", broker.url())
    proxy = plain_proxy()
    prometheus = Prometheus({"watch": (watch.metrics_port, "/metrics"),
                             "watch_plain": (proxy, "/%d/metrics" % watch.metrics_port)})
    prometheus.until_up()
    for job in ("watch", "watch_plain"):
        prometheus.until('udptui_received_total{job="%s",server="room:4010",kind="serve"}' % job, 40)
        prometheus.until('sum(udptui_received_total{job="%s"})' % job, 80)
        prometheus.until('udptui_server_state{job="%s",server="room:4010",state="up"}' % job, 1)
        tap.until(lambda: sorted(labels["server"] for labels, _ in prometheus.query('udptui_received_total{job="%s"}' % job))
                  == ['a"b\\\\c:4010', "room:4010"], "servers")
    publishers[0].client.die()
    again = Publisher(broker, "room", boot=2)
    again.state()
    again.stats(2)
    for job in ("watch", "watch_plain"):
        prometheus.until('udptui_received_total{job="%s",server="room:4010"}' % job, 42)
        tap.equal(prometheus.value('resets(udptui_received_total{job="%s",server="room:4010"}[1m])' % job), 0, "counted back")
    watch.signal(signal.SIGTERM)


tap.main()
