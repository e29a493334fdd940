# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ping on pipes: against reflectors, echo servers and others behind a network that misbehaves and says
what it did."""
import csv
import io
import json
import os
import re
import signal
import subprocess
import sys

import tap
import udptui
from udptui import Peer, Server


class Reflector:
    def __init__(self, kind, there=0, back=0, double=0, delay=0, delay_ms=0, seed=1):
        path = os.path.join(udptui.PEERS, "reflector.py")
        self.child = subprocess.Popen(
            [sys.executable, path, kind] + [str(each) for each in (there, back, double, delay, delay_ms, seed)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        tap.defer(self.end)
        self.text = "127.0.0.1:%d" % int(self.child.stdout.readline())

    def did(self):
        """What became of all that came; it ends."""
        self.child.stdin.close()
        return json.loads(self.child.stdout.readline())

    def end(self):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()


def ping(*arguments, status=0, wait_s=30):
    """Unless a case says how long, a reply is waited for longer than a busy machine takes."""
    if "-t" not in arguments:
        arguments = ("-t", "10s", *arguments)
    return udptui.run("ping", *arguments, wait_s=wait_s).expect(status)


# ---- who answers

def finds_out(kind, mode):
    reflector = Reflector(kind)
    result = ping("--json", "-c", "5", "-i", "5ms", reflector.text)
    tap.equal([item["mode"] for item in result.objects("mode")], [mode], "mode")
    replies = result.objects("reply")
    tap.equal(sorted(item["seq"] for item in replies), list(range(5)), "numbers")
    for item in replies:
        tap.true(0 < item["rtt_ns"] <= item["rtt_app_ns"], "times: %r" % item)
    summary = result.objects("summary")[0]
    tap.equal((summary["mode"], summary["sent"], summary["received"], summary["lost"], summary["strays"]),
              (mode, 5, 5, 0, 0), "summary")


for _kind, _mode in (("stamp", "stamp"), ("stateless", "stamp"), ("light", "stamp"), ("echo", "echo"),
                     ("text", "text")):
    tap.add_case("auto finds out who answers: %s" % _kind, finds_out, _kind, _mode)


@tap.case("it goes on although the first probes are lost, and ends with the mode found")
def first_lost():
    reflector = Reflector("stamp", there=60, seed=4)
    summary = ping("--json", "-q", "-c", "40", "-i", "2ms", "-t", "3s", reflector.text,
                   status=1).objects("summary")[0]
    tap.equal((summary["mode"], summary["lost"]), ("stamp", reflector.did()["lost_there"]), "mode, lost")


@tap.case("a server of ours is measured as it stands")
def own_server():
    server = Server()
    summary = ping("--json", "-q", "-c", "20", "-i", "1ms", server.text).objects("summary")[0]
    tap.equal((summary["mode"], summary["received"]), ("text", 20), "mode, received")
    tap.equal(server.stop()["received"], 20, "received there")


# ---- counts, against what the network did

def counts(kind, options, mode, exact_ways):
    reflector = Reflector(kind, **options)
    result = ping("--json", "-m", mode, "-c", "3000", "-i", "200us", "-t", "2s", reflector.text, status=1)
    summary, did = result.objects("summary")[0], reflector.did()
    lost = did["lost_there"] + did["lost_back"]
    tap.equal((summary["sent"], summary["lost"], summary["received"] + summary["late"]),
              (3000, lost, 3000 - lost), "sent, lost, answered; %r" % did)
    tap.equal(summary["duplicates"], did["doubled"], "duplicates")
    tap.equal(len(result.objects("lost")), lost + summary["late"], "lines of loss")
    tap.equal(summary["kernel_dropped"], 0, "dropped by our own queue")
    if exact_ways:
        there, back, untold = (summary["lost_" + way] for way in ("there", "back", "untold"))
        tap.equal(there + back + untold, lost, "the ways together")
        tap.true(did["lost_there"] - untold <= there <= did["lost_there"], "there: %d, %r" % (there, did))
        tap.true(did["lost_back"] - untold <= back <= did["lost_back"], "back: %d, %r" % (back, did))
        tap.true(untold <= 20, "untold %d" % untold)
    else:
        tap.true("lost_there" not in summary, "nothing is made up about the way")
    return summary


LOSSES = {"there": 5, "back": 10, "double": 3}
tap.add_case("a stateful reflector: loss on each way, duplicates", counts, "stamp", LOSSES, "stamp", True,
             timeout_s=60)
tap.add_case("a stateless one: the same, and no word of the way", counts, "stateless", LOSSES, "stamp", False,
             timeout_s=60)
tap.add_case("an echo server", counts, "echo", LOSSES, "echo", False, timeout_s=60)


@tap.case("replies out of order are counted as such", timeout_s=60)
def reordered():
    summary = counts("stamp", {"there": 2, "back": 2, "delay": 20, "delay_ms": 30}, "stamp", True)
    tap.true(100 < summary["reordered"] < 700, "reordered %d" % summary["reordered"])


@tap.case("a reply after the timeout is late, and not lost any more", timeout_s=60)
def late():
    reflector = Reflector("stamp", delay=50, delay_ms=200)
    result = udptui.run("ping", "--json", "-m", "stamp", "-c", "200", "-i", "1ms", "-t", "50ms", "-w", "20s",
                        reflector.text, wait_s=30)
    if result.status != 0:  # on a busy machine the last replies may have come before ping looks
        result.expect(1)
    summary = result.objects("summary")[0]
    tap.equal(result.status, 1 if summary["lost"] > 0 else 0, "exit status")
    tap.equal(len(result.objects("late")), summary["late"], "late")
    tap.equal(summary["received"] + summary["late"] + summary["lost"], 200, "sent")
    tap.true(summary["late"] > 0, "late %d" % summary["late"])


@tap.case("with a text no reply is credited to another probe", timeout_s=60)
def text_credit():
    reflector = Reflector("text", there=10, double=10, delay=30, delay_ms=60)
    result = ping("--json", "-m", "text", "-c", "200", "-i", "3ms", "-t", "2s", reflector.text, status=1)
    summary, did = result.objects("summary")[0], reflector.did()
    tap.equal((summary["sent"], summary["lost"]), (200, did["lost_there"]), "sent, lost")


@tap.case("with a text and more intervals in a round trip than there are ports, none is lost")
def text_slow():
    reflector = Reflector("text", delay=100, delay_ms=200)
    summary = ping("--json", "-q", "-m", "text", "-c", "300", "-i", "1ms", "-t", "10s",
                   reflector.text).objects("summary")[0]
    tap.equal((summary["received"], summary["lost"]), (300, 0), "received, lost")


# ---- stamp's own figures

@tap.case("stamp: the server's time, and one-way delays that are marked as not synchronised")
def stamp_figures():
    reply = ping("--json", "-m", "stamp", "-c", "1", Reflector("stamp").text).objects("reply")[0]
    tap.true(0 <= reply["server_ns"] <= reply["rtt_ns"], "server_ns: %r" % reply)
    tap.true("synchronised" in reply, "synchronised: %r" % reply)
    tap.true(abs(reply["there_ns"] + reply["back_ns"] + reply["server_ns"] - reply["rtt_ns"]) < 2000,
             "there + server + back = rtt: %r" % reply)
    tap.equal(reply["hop_limit"], 64, "hop limit")


@tap.case("a probe is a STAMP packet: number, time, error estimate, zeros, TTL 255")
def packet():
    peer = Peer(wait_s=5)
    child = udptui.Process([udptui.BINARY, "ping", "-m", "stamp", "-c", "2", "-i", "10ms", "-s", "64",
                            "-t", "50ms", peer.text])
    for number in range(2):
        payload = peer.receive()[0]
        tap.equal((len(payload), payload[:4]), (64, number.to_bytes(4, "big")), "size, number")
        tap.true(payload[13] > 0, "the multiplier of the error estimate is never 0")
        tap.equal(payload[14:], bytes(30) + b"\x80\1\0\x10" + bytes(16), "the rest, with the Extra Padding TLV")
    child.finish()


# ---- output

@tap.case("lines")
def lines():
    reflector = Reflector("echo")
    out = ping("-m", "echo", "-c", "2", "-i", "5ms", reflector.text).plain.splitlines()
    tap.equal(out[0], "PING %s: 44 bytes every 5.00 ms, timeout 10.0 s" % reflector.text, "first line")
    for number, line in enumerate(out[1:3]):
        tap.matches(line, r"^seq %d  ttl 64  rtt [\d.]+ [um]?s" % number, "a reply")
    tap.equal(out[3], "--- %s, mode echo ---" % reflector.text, "summary")
    tap.matches(out[4], r"sent 2, received 2, lost 0, loss 0\.00%, in .*", "counts")
    tap.matches(out[5], r"rtt: min .*, mean .*, p50 .*, p99\.9 .*, max .*, stddev .*, jitter .*", "times")
    tap.matches(out[7], r"ipdv: min .*, mean .*, p50 .*, p99\.9 .*, max .*, stddev [^,]*$", "variation")
    tap.true("in the last" not in "".join(out), "figures of the last minute of a shorter run")
    for line in out[5:]:
        for value in re.findall(r"p[\d.]+ ([\d.]+) [mun]?s", line):
            tap.true(len(value.replace(".", "").lstrip("0")) <= 3, "more digits than are true: %s" % value)


@tap.case("ipdv: of each probe and the one sent before it, absolute in the summary, with losses between")
def variation():
    reflector = Reflector("stamp", there=20, seed=7)
    result = ping("--json", "-m", "stamp", "-c", "60", "-i", "2ms", "-t", "2s", reflector.text, status=1)
    replies = {item["seq"]: item for item in result.objects("reply")}
    differences = {seq: item["rtt_ns"] - replies[seq - 1]["rtt_ns"] for seq, item in replies.items()
                   if seq - 1 in replies}
    tap.equal({seq: item["ipdv_ns"] for seq, item in replies.items() if "ipdv_ns" in item}, differences, "signed")
    summary = result.objects("summary")[0]
    shown, values = summary["ipdv"], sorted(map(abs, differences.values()))
    tap.true(0 < len(values) < summary["received"] - 1, "%d pairs, some without" % len(values))
    tap.equal((shown["count"], shown["min_ns"], shown["max_ns"]), (len(values), values[0], values[-1]), "ipdv")
    tap.true(abs(shown["mean_ns"] - sum(values) / len(values)) <= 1, "mean %d" % shown["mean_ns"])
    median = values[-(-len(values) // 2) - 1]
    tap.true(median <= shown["p50_ns"] <= median + median / 128 + 1, "p50 %d of %d" % (shown["p50_ns"], median))
    tap.true("jitter_ns" not in shown, "a running estimate of the variation")
    for way in ("there", "back"):
        values = sorted(abs(item[way + "_ns"] - replies[seq - 1][way + "_ns"]) for seq, item in replies.items()
                        if seq - 1 in replies)
        shown = summary["ipdv_" + way]
        tap.equal((shown["count"], shown["min_ns"], shown["max_ns"]), (len(values), values[0], values[-1]), way)


@tap.case("the last minute of a shorter run is all of it; a reply that is late was lost in it")
def last_minute():
    reflector = Reflector("echo", there=30, seed=5)
    result = ping("--json", "-q", "-m", "echo", "-c", "40", "-i", "2ms", "-t", "2s", reflector.text, status=1)
    summary = result.objects("summary")[0]
    minute = summary["last_minute"]
    tap.equal((minute["received"], minute["lost"]), (summary["received"], summary["lost"] + summary["late"]),
              "received, lost")
    tap.true(0 < minute["covers_ns"] <= summary["elapsed_ns"], "covers %d" % minute["covers_ns"])
    for name in ("count", "min_ns", "p50_ns", "p99_ns", "max_ns"):
        tap.equal(minute[name], summary["rtt"][name], name)


@tap.case("--json: what serve and send have too has the same name")
def same_names():
    server = udptui.Server("--ack", "stamp")
    objects = ping("-m", "stamp", "-c", "2", "-i", "2ms", "--json", server.text).objects()
    sent = udptui.run("send", "--timeout", "10s", "--json", server.text, "x" * 44).expect(0).objects()
    served = server.messages(3) + [server.stop()]
    replies, messages = [item for item in objects if item["event"] == "reply"], served[:-1]
    tap.equal(([item["hop_limit"] for item in replies], messages[0]["hop_limit"]), ([200, 200], 255), "hop limits")
    for summary in (objects[-1], sent[-1], served[-1]):
        tap.equal(summary["kernel_dropped"], 0, "dropped by the kernel")
    for item in objects + sent + served:
        tap.equal(sorted({"ttl", "dropped"} & set(item)), [], "other names in %r" % item)


@tap.case("--csv has a header and a row for each probe")
def as_csv():
    reflector = Reflector("stamp", there=40, seed=3)
    result = ping("--csv", "-m", "stamp", "-c", "20", "-i", "2ms", "-t", "3s", reflector.text, status=1)
    rows = list(csv.DictReader(io.StringIO(result.out)))
    lost = reflector.did()["lost_there"]
    tap.equal(sorted(int(row["seq"]) for row in rows), list(range(20)), "numbers")
    tap.equal(sum(row["event"] == "lost" for row in rows), lost, "lost")
    by_number = {int(row["seq"]): row for row in rows}
    for number in range(1, 20):
        before, row = by_number[number - 1], by_number[number]
        known = before["rtt_ns"] != "" and row["rtt_ns"] != ""
        tap.equal(row["ipdv_ns"], str(int(row["rtt_ns"]) - int(before["rtt_ns"])) if known else "", "ipdv")
    tap.true(all((row["rtt_ns"] == "") == (row["event"] == "lost") for row in rows), "times of what was answered")


@tap.case("--quiet prints the summary only; --log has every event all the same")
def quiet_and_log():
    path = os.path.join(udptui.temporary_directory(), "log")
    reflector = Reflector("echo")
    out = ping("-q", "-m", "echo", "-c", "3", "-i", "1ms", "--log", path, reflector.text).plain
    tap.true("seq" not in out and "--- " in out, "lines: %r" % out)
    with open(path, encoding="utf-8") as file:
        events = [json.loads(line)["event"] for line in file]
    tap.equal(events, ["ping", "reply", "reply", "reply", "summary"], "events in the log")


@tap.case("several targets, a summary each")
def several():
    targets = [Reflector("echo"), Reflector("stamp")]
    result = ping("--json", "-c", "3", "-i", "2ms", *[each.text for each in targets])
    tap.equal(sorted(item["target"] for item in result.objects("summary")), sorted(each.text for each in targets),
              "targets")
    tap.equal(sorted(item["mode"] for item in result.objects("summary")), ["echo", "stamp"], "modes")


# ---- ends

@tap.case("a closed port: ICMP says so, and a probe is not waited for any longer")
def refused():
    target = "127.0.0.1:%d" % udptui.unused_port()
    result = ping("--json", "-c", "3", "-i", "1ms", "-t", "20s", target, status=1, wait_s=10)
    tap.equal([item["seq"] for item in result.objects("failed")], [0, 1, 2], "failed")
    tap.contains(result.objects("failed")[0]["why"],
                 "127.0.0.1 reports port unreachable (ICMP type 3 code 3): nothing listens there", "why")
    tap.equal(result.objects("summary")[0]["lost"], 3, "lost")


@tap.case("--duration stops sending and waits for replies, --deadline ends at once")
def ends():
    silent = Peer()
    summary = ping("--json", "-q", "-m", "echo", "-d", "50ms", "-i", "10ms", "-t", "100ms", silent.text,
                   status=1).objects("summary")[0]
    tap.true(1 <= summary["sent"] <= 6, "sent %d" % summary["sent"])
    tap.equal(summary["lost"], summary["sent"], "all were waited for")
    summary = ping("--json", "-q", "-m", "echo", "-w", "50ms", "-i", "10ms", "-t", "20s", silent.text,
                   status=1, wait_s=10).objects("summary")[0]
    tap.equal(summary["waiting"], summary["sent"], "none was waited for")


@tap.case("Ctrl-C writes the summary")
def interrupted():
    reflector = Reflector("echo")
    child = udptui.Process([udptui.BINARY, "ping", "--json", "-m", "echo", "-i", "5ms", "-t", "10s", reflector.text])
    child.wait_for(lambda: child.raw.count(b'"reply"') > 2, "replies")
    child.signal(signal.SIGINT)
    result = child.finish()
    summary = result.objects("summary")[0]
    tap.equal(summary["sent"], summary["received"] + summary["waiting"], "sent")


@tap.case("SIGQUIT writes the figures so far, and it goes on")
def figures_so_far():
    reflector = Reflector("echo")
    child = udptui.Process([udptui.BINARY, "ping", "--json", "-m", "echo", "-i", "5ms", reflector.text])
    child.wait_for(lambda: child.raw.count(b'"reply"') > 2, "replies")
    child.signal(signal.SIGQUIT)
    so_far = child.wait_objects("summary")[0]
    child.wait_for(lambda: len(child.objects("reply")) > so_far["received"] + 2, "more replies")
    child.signal(signal.SIGINT)
    tap.true(child.finish().objects("summary")[1]["sent"] > so_far["sent"], "sent")


@tap.case("the schedule is absolute: 1,000 probes take their time, however late single ones are")
def schedule():
    reflector = Reflector("echo")
    result = ping("--json", "-q", "-m", "echo", "-c", "1000", "-i", "1ms", reflector.text)
    tap.true(result.took_s > 0.99, "took %.3f s" % result.took_s)
    tap.equal(result.objects("summary")[0]["received"], 1000, "received")


@tap.case("what cannot be is refused")
def refusals():
    for arguments, word in ((("-s", "43", "127.0.0.1:9"), "size"), (("-i", "1us", "127.0.0.1:9"), "interval"),
                            (("-i", "10us", "-t", "1h", "127.0.0.1:9"), "timeout"), (("--json", "--csv", "127.0.0.1:9"), "--csv"), ((), "HOST")):
        result = udptui.run("ping", *arguments)
        tap.true(result.status in (2, 3), "status %d of %r" % (result.status, arguments))
        tap.contains(result.err, word, "the complaint")
        tap.equal(result.err.count("\n"), 1, "lines of complaint")


tap.main()
