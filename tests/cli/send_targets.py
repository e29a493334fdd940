# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One message to several targets: send A:P,B:P. The test is the peers, and answers by hand."""
import json
import resource

import tap
import udptui
from udptui import Peer, Server

ACK = udptui.DEFAULT_ACK


@tap.case("each target gets the message, each answer has its name, each target its summary")
def both():
    one, two = Server(), Server()
    result = udptui.run("send", "--timeout", "10s", "--json", one.text + "," + two.text, "hello", "again").expect(0)
    for server in (one, two):
        tap.equal([item["text"] for item in server.messages(2)], ["hello", "again"], "what arrived")
    results = result.objects("result")
    tap.equal(sorted((item["seq"], item["target"], item["from"]) for item in results),
              sorted((seq, server.text, server.text) for seq in (1, 2) for server in (one, two)), "results")
    tap.equal([(item["target"], item["sent"], item["acked"]) for item in result.objects("summary")],
              [(one.text, 2, 2), (two.text, 2, 2)], "summaries")


@tap.case("lines: the name as typed stands before the address, and in the summaries")
def names():
    server, other = Server(), Server()
    targets = "localhost:%d,%s" % (server.port, other.text)
    result = udptui.run("send", "--timeout", "10s", "--time", "none", "-4", targets, "hello").expect(0)
    tap.matches(result.plain, r"(?m)^#1  localhost:%d  127\.0\.0\.1:%d  Message received  rtt " % (server.port, server.port), "stdout")
    tap.matches(result.plain, r"(?m)^#1  127\.0\.0\.1:%d  Message received  rtt " % other.port, "stdout")
    tap.matches(result.plain, r"(?m)^localhost:%d: sent 1, acked 1, " % server.port, "stdout")
    tap.matches(result.out, r"(?m)^127\.0\.0\.1:%d: rtt min " % other.port, "stdout")


@tap.case("the next message waits for all of them; a late one is the others' delay, not their time")
def waits_for_all():
    fast, slow = Peer(), Peer()
    send = udptui.start("send", "--json", "-t", "8s", fast.text + "," + slow.text)
    send.write("one\ntwo\n")
    fast.send(ACK, fast.receive()[1])
    sender = slow.receive()[1]
    send.wait_objects("result")
    tap.true(fast.silent(), "the second message left before all had answered")
    slow.send(ACK, sender)
    fast.send(ACK, fast.receive()[1])
    slow.send(ACK, slow.receive()[1])
    send.close_stdin()
    results = send.finish().expect(0).objects("result")
    times = {(item["target"], item["seq"]): item["rtt_ns"] for item in results}
    tap.true(times[fast.text, 1] < times[slow.text, 1], "times %r" % times)
    tap.true(not any(item.get("ambiguous") for item in results), "an ambiguous time")


@tap.case("one that is silent: status 1, and whose silence it is")
def one_is_silent():
    server, silent = Server(), Peer()
    result = udptui.run("send", "--json", "-t", "3s", server.text + "," + silent.text, "x").expect(1)
    tap.equal({item["target"]: item["status"] for item in result.objects("result")},
              {server.text: "acked", silent.text: "timeout"}, "status")


@tap.case("a reply to one is never credited to another, whatever its content")
def not_mixed_up():
    one, two = Peer(), Peer("127.0.0.2")
    send = udptui.start("send", "--json", "-t", "8s", "--match", "echo", one.text + "," + two.text, "same")
    to_one, to_two = one.receive()[1], two.receive()[1]
    one.send(b"same", to_two)  # from the wrong one: it is not taken for the other's
    two.send(b"same", to_two)
    one.send(b"same", to_one)
    results = send.finish().expect(0).objects("result")
    tap.equal(sorted((item["target"], item["from"]) for item in results),
              sorted((peer.text, peer.text) for peer in (one, two)), "who answered whom")


@tap.case("IPv4 and IPv6 together, and --count")
def families():
    udptui.need_ipv6()
    four, six = Server(), Server(addresses=("[::1]:0",))
    result = udptui.run("send", "--timeout", "10s", "--json", "-c", "3", "-i", "5ms", four.text + "," + six.text,
                        "x").expect(0)
    tap.equal([item["acked"] for item in result.objects("summary")], [3, 3], "acked")


@tap.case("--pcap has what went to both")
def recorded():
    one, two = Server(), Server()
    path = udptui.write_file(b"")
    udptui.run("send", "--timeout", "10s", "--pcap", path, one.text + "," + two.text, "x").expect(0)
    lines = udptui.run("replay", "--no-ui", path).expect(0).out
    tap.equal(lines.count("acked"), 3, "acks in\n" + lines)  # two messages, and the summary


@tap.case("--log has both, each with its name, as --json has")
def logged():
    one, two = Server(), Server()
    path = udptui.write_file(b"")
    udptui.run("send", "--timeout", "10s", "--log", path, one.text + "," + two.text, "x").expect(0)
    with open(path, encoding="utf-8") as file:
        objects = [json.loads(line) for line in file]
    for event in ("result", "summary"):
        tap.equal(sorted(item.get("target") for item in objects if item["event"] == event),
                  sorted((one.text, two.text)), "targets of the %ss" % event)


@tap.case("--pcap that cannot be written to its end: status 3, though all was answered")
def recording_fails():
    server, path = Server(), udptui.write_file(b"")
    big = udptui.write_file(b"x" * 60000)

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
    result = udptui.run("send", "--pcap", path, "-f", big, server.text, first=small_files,
                        env=udptui.uncounted()).expect(3)
    tap.matches(result.err, r"\Audptui: --pcap [^\n]+\n\Z", "stderr")


def refused(arguments, words):
    result = udptui.run("send", *arguments)
    tap.true(result.status in (2, 3), "status %d" % result.status)
    tap.matches(result.err, r"\Audptui: [^\n]+\n\Z", "stderr")
    tap.contains(result.err, words, "stderr")


for _arguments, _words in ((("127.0.0.1:9,", "x"), "no host"),
                           (("127.0.0.1:9,127.0.0.1:70000", "x"), "70000"),
                           ((",".join(["127.0.0.1:9"] * 17), "x"), "too many targets: at most 16"),
                           (("-b", "127.0.0.1:4321", "127.0.0.1:9,127.0.0.1:10", "x"), "each needs its own port"),
                           (("127.0.0.1:9,nosuch.invalid", "x"), "nosuch.invalid")):
    tap.add_case("send %s" % " ".join(_arguments)[:60], refused, _arguments, _words)

tap.main()
