# SPDX-License-Identifier: GPL-3.0-or-later
"""load without a screen: every datagram is counted on both ends, and the loop knows when to end."""
import signal

import tap
import udptui
from udptui import Peer, Server

QUIET = ("--no-ui", "--quiet", "--json")


def load(server, *options):
    """The summary of a load that runs for 300 ms unless it is told otherwise, and its Result."""
    result = udptui.run("load", *QUIET, "--duration", "300ms", *options, server.text)
    return result, result.objects("summary")[0]


def both_ends(*options, serve=()):
    """Runs a load and holds it against what the server counted: sent = acked + lost on both ends."""
    server = Server(*serve)
    result, summary = load(server, *options)
    result.expect(0)
    totals = server.stop()
    tap.true(summary["sent"] > 0, "nothing was sent")
    tap.equal((summary["acked"], summary["lost"], summary["duplicates"], summary["not_sent"]),
              (summary["sent"], 0, 0, 0), "acked, lost, duplicates, not sent")
    tap.equal((totals["received"], totals["acked"]), (summary["sent"], summary["sent"]),
              "received and acked by the server")
    return summary, totals


@tap.case("everything sent is acknowledged, and both ends count the same")
def conserved():
    summary, totals = both_ends("--clients", "4", "--window", "32", "--duration", "30ms")
    tap.equal(totals["clients"], 4, "clients")
    tap.true(0 < summary["rtt_min_ns"] <= summary["rtt_p50_ns"] <= summary["rtt_p90_ns"]
             <= summary["rtt_p99_ns"] <= summary["rtt_p999_ns"] <= summary["rtt_max_ns"], "order of times")


for _options in (("--no-gso",), ("--no-gro",), ("--no-gso", "--no-gro"), ("--size", "0"),
                 ("--size", "1"), ("--size", "16"), ("--size", "1472"), ("--size", "60000", "--rate", "200"),
                 ("--window", "1", "--clients", "1")):
    tap.add_case("load %s" % " ".join(_options), both_ends, "--window", "8", "--rate", "20k/s", *_options)


@tap.case("a server of several threads counts the same")
def threads():
    _, totals = both_ends("--clients", "16", "--rate", "20k/s", serve=("--threads", "3"))
    tap.equal(totals["clients"], 16, "clients")


@tap.case("an echoing server is loaded too")
def echo():
    both_ends("--clients", "2", "--size", "100", "--rate", "20k/s", serve=("--ack", "echo", "--ack-limit", "off"))


@tap.case("--rate holds on average")
def rate():
    server = Server()
    _, summary = load(server, "--rate", "500", "--duration", "1s")
    tap.true(400 <= summary["sent"] <= 520, "sent %d in a second at 500/s" % summary["sent"])


@tap.case("a window that lost its datagrams is used again, and the lost are counted")
def losses():
    """One of two clients is never answered: after a second its four datagrams are lost, and four more come."""
    peer = Peer()
    process = udptui.start("load", *QUIET, "--clients", "2", "--window", "4", "--duration", "2500ms", peer.text)
    unheard, came = None, 0
    while came < 8:
        _, source = peer.receive()
        unheard = unheard or source
        if source == unheard:
            came += 1
        else:
            peer.send(b"ok", source)
    summary = process.finish().expect(1).objects("summary")[0]
    tap.true(summary["acked"] > 0, "nothing was acknowledged")
    tap.equal(summary["lost"], summary["sent"] - summary["acked"], "lost")
    tap.true(summary["lost"] >= 8, "lost %d" % summary["lost"])


@tap.case("slower than one a second is not silence")
def slow_rate():
    server = Server()
    result = udptui.run("load", *QUIET, "--rate", "0.6/s", "--clients", "1", "--duration", "2500ms",
                        server.text).expect(0)
    summary = result.objects("summary")[0]
    tap.equal((summary["sent"], summary["acked"]), (2, 2), "sent, acked")


@tap.case("nothing acknowledged for a second ends it, and it says so")
def silence():
    peer = Peer()
    result, summary = load(peer, "--duration", "30s", "--clients", "2", "--window", "3")
    result.expect(1)
    tap.equal((summary["sent"], summary["acked"], summary["lost"]), (6, 0, 6), "sent, acked, lost")
    tap.contains(summary["end"], "nothing was acknowledged")
    tap.true(result.took_s < 6, "took %.1f s" % result.took_s)


@tap.case("a port where nothing listens ends it at once")
def refused():
    result = udptui.run("load", "--no-ui", "127.0.0.1:%d" % udptui.unused_port()).expect(1)
    tap.contains(result.out, "port unreachable: nothing listens there, or a firewall says so")
    tap.true(result.took_s < 4, "took %.1f s" % result.took_s)


@tap.case("lines: one a second, then the totals")
def lines():
    server = Server()
    result = udptui.run("load", "--no-ui", "--duration", "1500ms", server.text).expect(0)
    tap.matches(result.out, r"(?m)^00:00:01  acked .*/s  in flight ")
    tap.matches(result.out, r"(?m)^sent (\d+), acked \1, lost 0, ")
    tap.matches(result.out, r"(?m)^rtt min .* p99\.9 .* max ")


@tap.case("SIGINT ends it with the totals, status 130")
def interrupted():
    server = Server()
    process = udptui.start("load", "--no-ui", "--json", "--duration", "60s", server.text)
    process.wait_objects("progress")
    process.signal(signal.SIGINT)
    result = process.finish().expect(130)
    tap.equal(len(result.objects("summary")), 1, "summaries")


for _wrong in (("--clients", "0"), ("--clients", "4097"), ("--window", "0"), ("--size", "65508"),
               ("--rate", "0"), ("--duration", "0s")):
    tap.add_case("refused as usage: load %s" % " ".join(_wrong),
                 lambda *wrong: udptui.run("load", *wrong, "127.0.0.1").expect(2), *_wrong)

tap.main()
