# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real clients and real servers through `relay`, unchanged: what they say themselves must be right."""
import json
import os
import re
import socket
import subprocess
import threading

import tap
import udptui
from udptui import Process, Relay

QUERIES = 500


def start_server(*command, ready=None):
    """A server of another project; ready: what it says once it listens (on either stream)."""
    udptui.need_program(command[0])
    server = Process(list(command), stdin=subprocess.DEVNULL)
    if ready:
        server.wait_for(lambda: re.search(ready, server.raw + server.raw_errors), "%s to listen" % command[0])
    return server


def run_client(*command, wait_s=25):
    udptui.need_program(command[0])
    return Process(list(command), stdin=subprocess.DEVNULL).finish(wait_s)


def same_both_ways(relay, least):
    """Stops the relay: all that came from the client went on, and all that came back."""
    summary = relay.stop()
    tap.true(summary["received"] >= least, "%d datagrams from the client" % summary["received"])
    tap.equal((summary["forwarded"], summary["back_forwarded"]), (summary["received"], summary["back_received"]),
              "forwarded in both directions")
    return summary


# ---- DNS

def dns_server():
    port = udptui.unused_port()
    start_server("dnsmasq", "--keep-in-foreground", "--log-facility=-", "--conf-file=/dev/null", "--pid-file",
                 "--port=%d" % port, "--listen-address=127.0.0.1", "--bind-interfaces", "--no-resolv",
                 "--no-hosts", "--address=/example.test/192.0.2.7", ready=b"started")
    return "127.0.0.1:%d" % port


def dig(port, count, *options):
    """The names that got the right answer."""
    names = ["n%d.example.test" % number for number in range(count)]
    queries = udptui.write_file("".join(name + " A\n" for name in names).encode())
    result = run_client("dig", "@127.0.0.1", "-p", str(port), "+noall", "+answer", *options, "-f", queries)
    return len(set(re.findall(r"(?m)^(n\d+\.example\.test)\..*\s192\.0\.2\.7$", result.out)))


@tap.case("dig asks dnsmasq 500 times: every answer is right, and matched by its number")
def dns():
    relay = Relay(dns_server())
    tap.equal(dig(relay.port, QUERIES), QUERIES, "right answers")
    summary = same_both_ways(relay, QUERIES)
    tap.equal(summary["received"], QUERIES, "queries")
    tap.equal(summary["back_received"], QUERIES, "answers")


@tap.case("with loss, dig asks again: all answers are right, and the losses are what the summary says")
def dns_with_loss():
    relay = Relay(dns_server(), "--impair", "loss=20%", "--seed", "5")
    tap.equal(dig(relay.port, 30, "+tries=8", "+time=1"), 30, "right answers")
    summary = relay.stop()
    lost = summary["held_by"]["loss"] + summary["back_held_by"]["loss"]
    tap.true(lost > 3, "%d lost" % lost)
    tap.true(summary["received"] >= 30 + lost, "%d queries with %d lost" % (summary["received"], lost))


# ---- others

@tap.case("a CoAP client gets the resource of a CoAP server")
def coap():
    port = udptui.unused_port()
    start_server("coap-server-notls", "-A", "127.0.0.1", "-p", str(port))
    relay = Relay("127.0.0.1:%d" % port)
    text = tap.until(lambda: run_client("coap-client-notls", "-B", "3", "-m", "get",
                                        "coap://127.0.0.1:%d/" % relay.port).out, "an answer")
    tap.contains(text, "libcoap", "the resource")
    same_both_ways(relay, 1)


@tap.case("sockperf measures through it and finds its own messages")
def sockperf():
    port = udptui.unused_port()
    server = start_server("sockperf", "server", "-i", "127.0.0.1", "-p", str(port), ready=b"running|block")
    relay = Relay("127.0.0.1:%d" % port)
    result = run_client("sockperf", "ping-pong", "-i", "127.0.0.1", "-p", str(relay.port), "-t", "1")
    tap.matches(result.out, r"# dropped messages = 0; # duplicated messages = 0; # out-of-order messages = 0",
                "sockperf's report")
    same_both_ways(relay, int(100 / tap.busy() ** 2) or 1)
    server.signal(2)


@tap.case("irtt counts no loss")
def irtt():
    port = udptui.unused_port()
    # -i 0: it drops nothing of what a client that was held up sends in a burst
    start_server("irtt", "server", "-i", "0", "-b", "127.0.0.1:%d" % port, ready=b"starting")
    relay = Relay("127.0.0.1:%d" % port)
    path = os.path.join(udptui.temporary_directory(), "result.json")
    run_client("irtt", "client", "-q", "-i", "10ms", "-d", "1s", "--wait=2s", "-o", path, "127.0.0.1:%d" % relay.port)
    with open(path if os.path.exists(path) else path + ".gz", "rb") as file:
        stats = json.load(file)["stats"]
    tap.equal(stats["packets_received"], stats["packets_sent"], "packets")
    same_both_ways(relay, stats["packets_sent"])


def forward_tcp(near, far):
    """iperf3 speaks TCP beside UDP, on the same port: this carries it past the relay."""
    listener = socket.create_server(near)
    tap.defer(listener.close)

    def carry(source, sink):
        try:
            while piece := source.recv(65536):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def accept():
        try:
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(far)
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=carry, args=pair, daemon=True).start()
        except OSError:
            pass

    threading.Thread(target=accept, daemon=True).start()


@tap.case("iperf3 -u sends through it, and loses nothing at a modest rate")
def iperf3():
    port = udptui.unused_port()
    start_server("iperf3", "-s", "-B", "127.0.0.1", "-p", str(port), "--forceflush", ready=b"listening")
    relay = Relay("127.0.0.1:%d" % port, listen="127.0.0.2:%d" % port)
    forward_tcp(("127.0.0.2", port), ("127.0.0.1", port))
    result = run_client("iperf3", "-J", "-u", "-b", "1M", "-w", "200K", "-t", "1", "-l", "1000", "-c", "127.0.0.2",
                        "-p", str(port))
    total = json.loads(result.out)["end"]["sum"]
    tap.equal(total["lost_packets"], 0, "packets lost")
    summary = relay.stop()
    tap.true(summary["forwarded"] >= total["packets"], "%r of %r" % (summary["forwarded"], total["packets"]))


# ---- QUIC

def quic_download(relay, place):
    """What a QUIC client gets of the server's file."""
    run_client("gtlsclient", "--quiet", "--exit-on-all-streams-close", "--download=" + place, "127.0.0.1",
               str(relay.port), "https://localhost/file").expect(0)
    with open(os.path.join(place, "file"), "rb") as file:
        return file.read()


@tap.case("QUIC: a file comes whole, also with loss in both directions", timeout_s=60)
def quic():
    root, place = udptui.temporary_directory(), udptui.temporary_directory()
    content = os.urandom(300000)
    with open(os.path.join(root, "file"), "wb") as file:
        file.write(content)
    key, certificate = os.path.join(place, "key"), os.path.join(place, "certificate")
    udptui.need_program("openssl")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate,
                    "-days", "2", "-subj", "/CN=localhost"], check=True, stderr=subprocess.DEVNULL)
    port = udptui.unused_port()
    start_server("gtlsserver", "--quiet", "--htdocs=" + root, "127.0.0.1", str(port), key, certificate,
                 ready=b"document root")
    relay = Relay("127.0.0.1:%d" % port)
    tap.true(quic_download(relay, place) == content, "the file")
    same_both_ways(relay, 10)
    relay = Relay("127.0.0.1:%d" % port, "--impair", "loss=5%", "--seed", "7")
    tap.true(quic_download(relay, place) == content, "the file, with loss")
    summary = relay.stop()
    tap.true(summary["held_by"]["loss"] > 0 or summary["back_held_by"]["loss"] > 0, "something was lost")


tap.main()
