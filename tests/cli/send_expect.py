# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""send --expect: the exit status says whether the replies are those that a filter describes."""
import tap
import udptui
from udptui import Peer


class Device:
    """A peer that sends these replies to each request; the test is the device, which may be slow."""

    def __init__(self, *options, wait_s="10"):
        self.peer = Peer()
        self.send = udptui.start("send", "--timeout", wait_s, *options[:-1], self.peer.text, options[-1])

    def reply(self, *replies):
        _, sender = self.peer.receive()
        for text in replies:
            self.peer.send(text, sender)

    def end(self, status):
        return self.send.finish().expect(status)


@tap.case("a reply that matches: 0, and the line says so")
def met():
    device = Device("--expect", "temp", "get")
    device.reply(b"temp 21")
    lines = device.end(0).plain.splitlines()
    tap.matches(lines[0], r"\A#1  \S+  temp 21  rtt .*  as expected\Z", "the result")
    tap.matches(lines[1], r"\Asent 1, acked 1, timeout 0, as expected 1", "the summary")


@tap.case("another reply: 1 after the timeout, with what came instead")
def other():
    device = Device("--expect", "OK", "get", wait_s="3")
    device.reply(b"ERROR 5")
    lines = device.end(1).plain.splitlines()
    tap.matches(lines[0], r"\A#1  \S+  ERROR 5  rtt .*  NOT as expected\Z", "the result")
    tap.matches(lines[1], r"\A#1  \S+  unmet: no reply is as expected: 1 other came\Z", "the verdict")
    tap.contains(lines[2], ", unmet 1, ", "the summary")


@tap.case("what the reply must not contain: !text is met by one without it")
def without():
    device = Device("--expect", "!error", "get")
    device.reply(b"ERROR 5", b"temp 21")
    lines = device.end(0).plain.splitlines()
    tap.contains(lines[0], "NOT as expected", "the first")
    tap.matches(lines[1], r"  more: temp 21  rtt .*  as expected\Z", "the second")


@tap.case("the expected reply after others: 0; nothing else is sent before it")
def later():
    device = Device("--expect", "OK", "--json", "get")
    device.reply(b"busy", b"busy 2", b"OK")
    rows = device.end(0).objects()
    tap.equal([row.get("as_expected") for row in rows], [False, False, True, 1], "as_expected")
    tap.equal((rows[-1]["as_expected"], rows[-1]["unmet"]), (1, 0), "the summary")


@tap.case("each message needs one: the second has none, 1")
def each():
    peer = Peer()
    send = udptui.start("send", "--expect", "OK", "-q", "--timeout", "1.5", peer.text, "a", "b")
    for reply in (b"OK", b"no"):
        _, sender = peer.receive()
        peer.send(reply, sender)
    result = send.finish().expect(1)
    tap.equal(result.out, "", "stdout with -q")


@tap.case("--retry: the reply to a resent message counts; without any, 1")
def retried():
    device = Device("--expect", "OK", "--retry", "2", "get", wait_s="0.5")
    device.peer.receive()
    device.reply(b"OK")
    device.end(0)
    device = Device("--expect", "OK", "--retry", "1", "get", wait_s="0.1")
    lines = device.end(1).plain.splitlines()
    tap.matches(lines[-2], r"\A#1  \S+  unmet: no reply is as expected\Z", "the verdict")


@tap.case("--replies: as many as asked for, and one of them as expected")
def several():
    device = Device("--expect", "two", "--replies", "2", "get")
    device.reply(b"one", b"two")
    device.end(0)
    device = Device("--expect", "two", "--replies", "3", "get", wait_s="1.5")
    device.reply(b"one", b"two")
    device.end(1)


@tap.case("from: is the sender of the reply; several targets each need theirs")
def senders():
    good, bad = udptui.Server("--ack", "OK"), udptui.Server("--ack", "no")
    udptui.run("send", "--timeout", "10s", "--expect", "from:%s" % good.text, good.text, "x").expect(0)
    both = "%s,%s" % (good.text, bad.text)
    result = udptui.run("send", "--expect", "OK", "--timeout", "3", "--json", both, "x").expect(1)
    tap.equal([(row["as_expected"], row["unmet"]) for row in result.objects("summary")], [(1, 0), (0, 1)])


@tap.case("--broadcast: one of the answers is enough; each is marked")
def broadcast():
    port = udptui.unused_port("0.0.0.0")
    for text in ("first", "second"):
        udptui.Server("--reuse", "--ack", text, addresses=("0.0.0.0:%d" % port,))
    target = "127.255.255.255:%d" % port
    rows = udptui.run("send", "--broadcast", "--json", "--timeout", "3", "--expect", "second", target, "x").expect(
        0).objects()
    tap.equal(sorted((row["text"], row["as_expected"]) for row in rows if "text" in row),
              [("first", False), ("second", True)])
    udptui.run("send", "--broadcast", "-q", "--timeout", "1.5", "--expect", "third", target, "x").expect(1)


@tap.case("at 2000 messages with --rate, each is judged by its own reply")
def at_a_rate():
    server = udptui.Server("--on", '"0;" => no', "--ack", "OK {text}", "--ack-limit", "off")
    send = udptui.start("send", "--expect", "OK", "--rate", "20k/s", "--timeout", "4", "--json", server.text)
    send.write("".join("m%d;\n" % number for number in range(2000)))
    send.close_stdin()
    summary = send.finish().expect(1).objects("summary")[0]
    tap.equal((summary["sent"], summary["acked"], summary["as_expected"], summary["unmet"]),
              (2000, 2000, 1800, 200), "sent, acked, as_expected, unmet")


@tap.case("a filter that is wrong, or asks for what a reply does not have: 2, with the place")
def wrong():
    for text, why in (("a (b", "at byte 3: the parenthesis is not closed"), ("status:held", "a reply has no status"),
                      ("name:x", "a reply has no name")):
        result = udptui.run("send", "--expect", text, "127.0.0.1:9", "x").expect(2)
        tap.contains(result.err, why, "stderr")
    tap.contains(udptui.run("send", "--expect", "x", "--no-reply", "127.0.0.1:9", "x").expect(2).err, "--no-reply")


tap.main()
