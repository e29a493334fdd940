# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""load without a screen: every datagram is counted on both ends, and the loop knows when to end."""
import signal
import time

import tap
import udptui
from udptui import Peer, Server

QUIET = ("--no-ui", "--quiet", "--json")


def load(server, *options):
    """The summary of a load that runs for 300 ms and waits 10 s for acks unless the options say otherwise, and its
    Result."""
    if "--timeout" not in options:
        options = ("--timeout", "10s", *options)
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
    for kind in ("rtt", "rtt_app"):
        if summary[kind + "_samples"] == 0:  # a slow build, which never saw a round's end in time
            continue
        times = times_of(summary, kind)
        tap.true(0 < times[0] and times == sorted(times), "order of %s: %r" % (kind, times))


def times_of(summary, kind):
    return [summary["%s_%s_ns" % (kind, name)] for name in ("min", "p50", "p90", "p99", "p999", "max")]


@tap.case("a slow load is timed by the kernel as a whole: less than the program saw, figure by figure")
def kernel_times():
    server = Server()
    result, summary = load(server, "--rate", "200/s", "--clients", "1", "--window", "1", "--duration", "500ms")
    result.expect(0)
    # on a busy machine it may see a round's end too late to time it, and read the clocks too far apart
    few = summary["acked"] * min(0.05 * tap.busy(), 0.5)
    for kind in ("rtt", "rtt_app"):
        tap.true(summary["acked"] - few <= summary[kind + "_samples"] <= summary["acked"], "%s: %r" % (kind, summary))
    pairs = list(zip(times_of(summary, "rtt"), times_of(summary, "rtt_app")))
    tap.true(all(0 < kernel <= app for kernel, app in pairs), "times of kernel and program: %r" % pairs)
    # percentiles are known to 1/128: long ones of both may be told alike
    tap.true(all(kernel < app for kernel, app in (pairs[0], pairs[-1])), "shortest and longest: %r" % pairs)
    result = udptui.run("load", "--no-ui", "--quiet", "--time", "none", "--duration", "20ms", "--rate", "200/s",
                        "--timeout", "10s", server.text).expect(0)
    tap.matches(result.plain, r"(?m)^rtt of a sample of \d+ acks: min .* p99\.9 .* max ")


@tap.case("a fast load is timed by a sample, at most two thousand a second and twenty")
def sample():
    server = Server()
    for options in ((), ("--no-gso", "--no-gro")):
        for _ in range(5):  # no round ends in time if the server is late throughout
            result, summary = load(server, *options)
            result.expect(0)
            if summary["rtt_samples"] > 0:
                break
        limit = 2 * summary["elapsed_ns"] / 1e6 + 20
        tap.true(0 < summary["rtt_samples"] <= limit, "%d of %d" % (summary["rtt_samples"], limit))
        tap.true(summary["rtt_app_samples"] > 5 * summary["rtt_samples"], "%r" % summary)


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


def rate(asked, size_bytes, per_s):
    """Never more than asked for; a busy machine may leave some out (base/pace has the exact test)."""
    server = Server()
    _, summary = load(server, "--rate", asked, "--size", str(size_bytes), "--duration", "2s")
    wanted = per_s * 2
    tap.true(wanted / 2 <= summary["sent"] <= wanted + 1, "sent %d in 2 s at %s" % (summary["sent"], asked))


for _asked, _size, _per_s in (("1/m", 32, 0.5), ("3/s", 32, 3), ("7.5/s", 32, 7.5), ("999/s", 32, 999),
                              ("1Mbit/s", 125, 1000)):
    tap.add_case("--rate %s holds" % _asked, rate, _asked, _size, _per_s)


def lossy(loss):
    """It goes on at the rate that the loss allows, and both ends count the same."""
    for _ in range(5):  # a server that stands still for two timeouts acks to a port that is closed
        server = Server("--impair", "loss=%s" % loss, "--seed", "4010")
        result, summary = load(server, "--timeout", "50ms", "--clients", "2", "--window", "16", "--duration", "2s")
        result.expect(1)
        totals = server.stop()
        tap.true(summary["acked"] <= totals["acked"], "%d acked, not %d" % (summary["acked"], totals["acked"]))
        if summary["acked"] == totals["acked"]:
            break
    tap.equal(summary["end"], "the time is over", "end")
    tap.true(summary["elapsed_ns"] >= 2e9, "it stopped after %d ns" % summary["elapsed_ns"])
    tap.equal(summary["sent"], totals["received"] + totals["kernel_dropped"], "sent and received")
    tap.equal(summary["acked"], totals["acked"], "acked on both ends")
    tap.equal(summary["lost"], summary["sent"] - summary["acked"], "lost")
    tap.true(summary["sent"] > 32 * 3, "%d datagrams in 40 timeouts" % summary["sent"])
    tap.true(summary["rtt_app_samples"] < summary["acked"], "%d times" % summary["rtt_app_samples"])
    # What the program saw may be longer: it reads late on a busy machine what came in time.
    tap.true(summary.get("rtt_max_ns", 0) < 50e6, "an ack that came after the timeout is not late: %r" % summary)


for _loss in ("1%", "10%", "50%"):
    tap.add_case("--impair loss=%s does not starve it" % _loss, lossy, _loss)


@tap.case("an ack after the timeout is late, not lost; the next datagram has a port of its own")
def late():
    peer = Peer()
    process = udptui.start("load", *QUIET, "--clients", "1", "--window", "1", "--timeout", "1s", "--duration",
                           "2500ms", peer.text)
    _, first = peer.receive()
    _, second = peer.receive()
    tap.true(first != second, "both from " + str(first))
    peer.send(b"ok", first)
    peer.send(b"ok", second)
    while process.child.poll() is None and not process.objects("summary"):
        process.pump(0.1)
    summary = process.finish().expect(1).objects("summary")[0]
    tap.equal((summary["acked"], summary["rtt_uncertain"]), (2, False), "acked, uncertain")
    tap.true(1 <= summary["late"] <= 2, "late %d" % summary["late"])
    tap.equal(summary["lost"], summary["sent"] - 2, "lost")


def read_late(answers_late):
    """load stands still until the timeout is over; the ack comes before that, or after it."""
    peer = Peer()
    process = udptui.start("load", *QUIET, "--clients", "1", "--rate", "1/s", "--timeout", "2s", "--duration", "300ms",
                           peer.text)
    _, source = peer.receive()
    process.freeze()
    if not answers_late:
        peer.send(b"ok", source)
    time.sleep(2.2)
    if answers_late:
        peer.send(b"ok", source)
    process.signal(signal.SIGCONT)
    summary = process.finish().expect(0).objects("summary")[0]
    tap.equal((summary["sent"], summary["acked"], summary["lost"]), (1, 1, 0), "sent, acked, lost")
    tap.equal(summary["late"], int(answers_late), "late")


tap.add_case("an ack that came within the timeout is not late, however late load reads it", read_late, False)
tap.add_case("an ack that came after the timeout is late, also if load could not look before", read_late, True)


@tap.case("acks that come twice are duplicates, and the times are not certain")
def duplicates():
    server = Server("--impair", "out.dup=100%")
    _, summary = load(server, "--clients", "1", "--window", "1", "--rate", "50/s")
    tap.true(summary["duplicates"] > 0, "no duplicates")
    tap.equal(summary["rtt_uncertain"], True, "uncertain")


@tap.case("a window that lost its datagrams is used again, and the lost are counted")
def losses():
    """Of two clients the first is never answered: after a second its four datagrams are lost, and four more come
    from a port of their own."""
    peer = Peer()
    process = udptui.start("load", *QUIET, "--clients", "2", "--window", "4", "--duration", "2500ms", peer.text)
    unheard, answered, came = None, None, 0
    while came < 8:
        _, source = peer.receive()
        unheard = unheard or source
        answered = answered or (source if source != unheard else None)
        if source == answered:
            peer.send(b"ok", source)
        else:
            came += 1
    summary = process.finish().expect(1).objects("summary")[0]
    tap.true(summary["acked"] > 0, "no more acks arrived")
    tap.equal(summary["lost"], summary["sent"] - summary["acked"], "lost")
    tap.true(summary["lost"] >= 8, "lost %d" % summary["lost"])


@tap.case("slower than one a second is not silence")
def slow_rate():
    server = Server()
    result = udptui.run("load", *QUIET, "--rate", "0.5/s", "--clients", "1", "--duration", "3900ms", "--timeout", "10s",
                        server.text).expect(0)
    summary = result.objects("summary")[0]
    tap.equal((summary["sent"], summary["acked"]), (2, 2), "sent, acked")


@tap.case("nothing acknowledged, three windows long, ends it, and it says so")
def silence():
    peer = Peer()
    result, summary = load(peer, "--timeout", "1s", "--duration", "30s", "--clients", "2", "--window", "3")
    result.expect(1)
    tap.equal((summary["acked"], summary["lost"]), (0, summary["sent"]), "acked, lost")
    tap.true(18 <= summary["sent"] <= 24, "sent %d" % summary["sent"])
    tap.contains(summary["end"], "no more acks arrived")
    tap.took(result.took_s, 12)


@tap.case("a port where nothing listens ends it at once")
def refused():
    result = udptui.run("load", "--no-ui", "127.0.0.1:%d" % udptui.unused_port()).expect(1)
    tap.contains(result.out, "port unreachable: nothing listens, or a firewall rejects it")
    tap.took(result.took_s, 8)


@tap.case("lines: one a second, then the totals")
def lines():
    server = Server()
    result = udptui.run("load", "--no-ui", "--timeout", "10s", "--duration", "1500ms", server.text).expect(0)
    tap.matches(result.plain, r"(?m)^acked .*/s  .*bit/s  lost 0  rtt p50 .* p99 ")
    tap.matches(result.plain, r"(?m)^sent (\d+), acked \1 \(late 0\), lost 0, .* of payload$")
    tap.matches(result.plain, r"(?m)^rtt .*min .* p99\.9 .* max ")
    unstamped = udptui.run("load", "--no-ui", "--time", "none", "--timeout", "10s", "--duration", "1500ms",
                           server.text).expect(0)
    tap.matches(unstamped.out, r"(?m)^00:00:01  acked ")


@tap.case("SIGINT ends it with the totals, status 130")
def interrupted():
    server = Server()
    process = udptui.start("load", "--no-ui", "--json", "--timeout", "20s", "--duration", "60s", server.text)
    process.wait_objects("progress")
    process.signal(signal.SIGINT)
    result = process.finish().expect(130)
    tap.equal(len(result.objects("summary")), 1, "summaries")


@tap.case("SIGINT while acks are missing: it does not wait for a long --timeout")
def interrupted_at_the_end():
    server = Peer()  # receives, and answers nothing
    process = udptui.start("load", "--no-ui", "--json", "--duration", "300ms", "--timeout", "1h", server.text)
    server.receive()
    process.signal(signal.SIGINT)
    summary = process.finish().expect(130).objects("summary")
    tap.equal(len(summary), 1, "summaries")
    tap.equal(summary[0]["acked"], 0, "acked")


for _wrong in (("--clients", "0"), ("--clients", "4097"), ("--window", "0"), ("--size", "65508"),
               ("--rate", "0"), ("--duration", "0s"), ("--timeout", "0s"), ("--timeout", "2h"),
               ("--rate", "10Mbit/s", "--size", "0"), ("--rate", "900Gbit/s", "--size", "1"),
               ("--rate", "1bit/s", "--size", "60000")):
    tap.add_case("refused as usage: load %s" % " ".join(_wrong),
                 lambda *wrong: udptui.run("load", *wrong, "127.0.0.1").expect(2), *_wrong)

tap.main()
