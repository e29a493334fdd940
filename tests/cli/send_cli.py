# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""send without a prompt: one-shot and pipe, what goes out byte for byte, and what is said of it.

If a peer must misbehave, the test itself is the peer: it holds the socket and answers by hand."""
import os
import signal
import statistics
import time

import tap
import udptui
from udptui import Peer, Server

ACK = udptui.DEFAULT_ACK


class Conversation:
    """`send --json` in pipe mode, with the test as its peer, which may be slow: it waits for 8 s if nothing else is said."""

    def __init__(self, *options, host="127.0.0.1"):
        self.peer = Peer(host)
        self.send = udptui.start("send", "--json", "--timeout", "8s", *options, self.peer.text)

    def line(self, text):
        self.send.write(text + "\n")

    def hears(self, payload):
        """Expects the next datagram; returns its sender."""
        got, sender = self.peer.receive()
        tap.equal(got, payload, "the datagram")
        return sender

    def answer(self, text, to):
        self.peer.send(text, to)

    def results(self, count):
        return self.send.wait_objects("result", count)

    def event(self, name, count=1):
        return self.send.wait_objects(name, count)[count - 1]

    def end(self, status):
        self.send.close_stdin()
        result = self.send.finish().expect(status)
        return result.objects("summary")[-1]


def counts(summary, *names):
    return tuple(summary.get(name) for name in names)


# ---- one-shot

@tap.case("MESSAGE goes out, the reply and its time come back, status 0")
def one_shot():
    server = Server()
    result = udptui.run("send", "--timeout", "10s", server.text, "hello there").expect(0)
    tap.matches(result.out, r"Message received.*\d(\.\d+)? ?(ns|us|ms|s)\b", "stdout")
    tap.equal(result.err, "", "stderr")
    tap.equal(server.messages(1)[0]["text"], "hello there", "what arrived")


@tap.case("each MESSAGE is one datagram, in order")
def several_messages():
    server = Server()
    udptui.run("send", "--timeout", "10s", server.text, "one", "two", "", "three").expect(0)
    tap.equal([item["text"] for item in server.messages(4)], ["one", "two", "", "three"], "texts")


@tap.case("--json: result and summary have every field of the contract")
def json_objects():
    server = Server()
    result = udptui.run("send", "--timeout", "10s", "--json", server.text, "hello", "again").expect(0)
    first = result.objects("result")[0]
    expected = {"v": 1, "event": "result", "seq": 1, "to": server.text, "bytes": 5,
                "status": "acked", "text": "Message received", "hex": ACK.hex()}
    tap.equal({name: first.get(name) for name in expected}, expected, "result")
    tap.true(0 < first["rtt_ns"] < first["rtt_app_ns"] < 10**10, "rtt_ns, rtt_app_ns of %r" % first)
    tap.true(not first.get("ambiguous"), "ambiguous without reason")
    summary = result.objects("summary")[0]
    tap.equal(counts(summary, "v", "sent", "acked", "timeout"), (1, 2, 2, 0), "summary")
    times = [summary["rtt_%s_ns" % name] for name in ("min", "p50", "p99", "max")]
    tap.equal(times, sorted(times), "rtt min, p50, p99, max")
    each = [item["rtt_ns"] for item in result.objects("result")]
    tap.true(abs(summary["rtt_mean_ns"] - statistics.mean(each)) <= 1, "rtt_mean_ns of %r: %r" % (each, summary))
    tap.true(abs(summary["rtt_stddev_ns"] - statistics.pstdev(each)) <= 1, "rtt_stddev_ns: %r" % summary)
    tap.equal(times[0], min(item["rtt_ns"] for item in result.objects("result")), "rtt_min_ns")


@tap.case("--quiet: only the status speaks, or the reply alone")
def quiet():
    server = Server()
    result = udptui.run("send", "--timeout", "10s", "--quiet", server.text, "hello").expect(0)
    tap.true(result.out in ("", "Message received\n"), "stdout %r" % result.out)
    tap.equal(result.err, "", "stderr")


@tap.case("a reply with nasty bytes is shown safely and kept exactly in hex")
def nasty_reply():
    talk = Conversation()
    talk.line("x")
    talk.answer(bytes(range(256)), talk.hears(b"x"))
    result = talk.results(1)[0]
    tap.equal(bytes.fromhex(result["hex"]), bytes(range(256)), "hex")
    tap.contains(result["text"], r"\x1B", "text")
    talk.end(0)


# ---- what goes out

def goes_out(options, message, expected):
    server = Server()
    udptui.run("send", "--timeout", "8s", *options, server.text, message).expect(0)
    tap.equal(bytes.fromhex(server.messages(1)[0]["hex"]), expected, "what arrived")


for _options, _message, _expected in (
        (("--hex",), "de ad:beEF 00", b"\xde\xad\xbe\xef\x00"),
        (("--hex",), "0x0a0d", b"\n\r"),
        (("-e",), r"a\n\r\t\0\\\x7f\xFF", b"a\n\r\t\0\\\x7f\xff"),
        ((), r"a\n\x41", rb"a\n\x41"),
        ((), "grüße €", "grüße €".encode()),
        (("--eol", "lf"), "x", b"x\n"),
        (("--eol", "crlf"), "x", b"x\r\n"),
        (("--eol", "none"), "x", b"x")):
    tap.add_case("%s %s sends %r" % (" ".join(_options) or "plain", ascii(_message), _expected),
                 goes_out, _options, _message, _expected)


def size_arrives(size):
    server, payload = Server(), os.urandom(size)
    path = udptui.write_file(payload)
    result = udptui.run("send", "--json", "--timeout", "8s", "--file", path, server.text).expect(0)
    message = server.messages(1)[0]
    tap.equal(message["bytes"], size, "bytes")
    tap.equal(bytes.fromhex(message["hex"]), payload, "what arrived")
    tap.equal(result.objects("result")[0]["bytes"], size, "bytes that were sent")


for _size in (0, 1, 1472, 1473, 65507):
    tap.add_case("--file of %d bytes arrives byte for byte" % _size, size_arrives, _size)


@tap.case("65508 bytes are explained: the limit is named, nothing goes out")
def too_big():
    peer = Peer()
    path = udptui.write_file(b"x" * 65508)
    result = udptui.run("send", "--file", path, peer.text)
    tap.true(result.status in (1, 2, 3), "exit status %d" % result.status)
    tap.matches(result.out + result.err, r"65,?507", "what was said")
    tap.equal(peer.waiting(), [], "what arrived")


@tap.case("65508 bytes among other lines: JSON says too_big, the rest goes on")
def too_big_line():
    talk = Conversation()
    talk.line("x" * 65508)
    tap.equal(talk.results(1)[0]["status"], "too_big", "status")
    talk.line("short")
    talk.answer(ACK, talk.hears(b"short"))
    tap.equal(talk.results(2)[1]["status"], "acked", "status of the next")
    talk.end(1)


# ---- pipe

@tap.case("stdin: one datagram a line, the next after the ack")
def pipe():
    talk = Conversation()
    talk.line("one\ntwo\nthree")
    for text in (b"one", b"two", b"three"):
        sender = talk.hears(text)
        tap.true(talk.peer.silent(), "the next line did not wait for the ack")
        talk.answer(ACK, sender)
    tap.equal(counts(talk.end(0), "sent", "acked"), (3, 3), "sent, acked")


@tap.case("stdin: the last line needs no newline; an empty line is an empty datagram")
def pipe_edges():
    server = Server()
    udptui.run("send", "--timeout", "10s", server.text, stdin=b"one\n\ntwo").expect(0)
    tap.equal([item["text"] for item in server.messages(3)], ["one", "", "two"], "texts")


@tap.case("stdin at its end: the last reply is waited for")
def pipe_last_reply():
    talk = Conversation("--timeout", "8s")
    talk.line("x")
    sender = talk.hears(b"x")
    talk.send.close_stdin()
    talk.send.pump(0.3)
    tap.equal(talk.send.objects("result"), [], "results before the answer")
    talk.answer(b"at last", sender)
    result = talk.send.finish().expect(0)
    tap.equal(result.objects("result")[0]["text"], "at last", "text")


@tap.case("stdin: NUL and bytes that are no UTF-8 go out as they are")
def pipe_bytes():
    server = Server()
    udptui.run("send", "--timeout", "10s", server.text, stdin=b"a\0b\xff\x1b\n").expect(0)
    tap.equal(bytes.fromhex(server.messages(1)[0]["hex"]), b"a\0b\xff\x1b", "what arrived")


@tap.case("--rate paces and does not wait for acks")
def rate():
    talk = Conversation("--rate", "20/s", "--timeout", "5s")
    started = time.monotonic()
    talk.line("1\n2\n3\n4\n5")
    senders = [talk.hears(b"%d" % number) for number in range(1, 6)]
    took = time.monotonic() - started
    # 200 ms, less what the first was late: up to a tenth of a second is made up for
    tap.true(0.09 <= took, "five at 20/s took only %.3f s" % took)
    tap.took(took, 3, "five at 20/s")
    for sender in senders:
        talk.answer(ACK, sender)
    tap.equal(counts(talk.end(0), "sent", "acked"), (5, 5), "sent, acked")


@tap.case("--count and --interval repeat the message")
def count():
    server = Server()
    result = udptui.run("send", "--timeout", "10s", "--json", "--count", "3", "--interval", "100ms", server.text,
                        "tick")
    tap.equal(counts(result.expect(0).objects("summary")[0], "sent", "acked"), (3, 3), "summary")
    tap.equal([item["text"] for item in server.messages(3)], ["tick"] * 3, "texts")
    tap.true(result.took_s >= 0.2, "took only %.3f s" % result.took_s)


# ---- no answer

@tap.case("silence: status 1 after the timeout, and the text says so")
def timeout():
    peer = Peer()
    result = udptui.run("send", "--timeout", "300ms", peer.text, "anybody").expect(1)
    tap.true(0.3 <= result.took_s, "took only %.2f s" % result.took_s)
    tap.took(result.took_s, 5)
    tap.matches(result.out + result.err, r"(?i)no (answer|reply)|time(d )?out|silence", "what was said")


@tap.case("silence: JSON says timeout, and some answered is still status 1")
def timeout_json():
    talk = Conversation("--timeout", "3s")
    talk.line("one")
    talk.answer(ACK, talk.hears(b"one"))
    talk.line("two")
    talk.hears(b"two")
    tap.equal([item["status"] for item in talk.results(2)], ["acked", "timeout"], "status")
    tap.equal(counts(talk.end(1), "sent", "acked", "timeout"), (2, 1, 1), "summary")


@tap.case("refused: at once, with who sent the ICMP message")
def refused():
    target = "127.0.0.1:%d" % udptui.unused_port()
    result = udptui.run("send", "--timeout", "8s", target, "x").expect(1)
    tap.took(result.took_s, 6, "a refusal, without the timeout,")
    tap.matches(result.out + result.err, r"(?i)refused", "what was said")
    tap.matches(result.out + result.err, r"127\.0\.0\.1", "who refused")


@tap.case("refused: JSON says refused")
def refused_json():
    target = "127.0.0.1:%d" % udptui.unused_port()
    result = udptui.run("send", "--json", target, "x", "y").expect(1)
    tap.equal([item["status"] for item in result.objects("result")], ["refused"] * 2, "status")
    tap.contains(str(result.objects("result")[0]), "127.0.0.1", "who refused")


@tap.case("refused on IPv6")
def refused_ipv6():
    udptui.need_ipv6()
    target = "[::1]:%d" % udptui.unused_port("::1")
    result = udptui.run("send", "--json", target, "x").expect(1)
    tap.equal(result.objects("result")[0]["status"], "refused", "status")


@tap.case("--retry resends after a loss, shows it, and status is 0")
def retry():
    talk = Conversation("--retry", "3", "--timeout", "200ms")
    talk.line("again")
    talk.hears(b"again")
    talk.hears(b"again")
    talk.answer(ACK, talk.hears(b"again"))
    result = talk.results(1)[0]
    tap.equal(result["status"], "acked", "status")
    tap.true(any(value in (2, 3) for name, value in result.items() if name not in ("seq", "v")),
             "the resends are not shown: %r" % result)
    talk.end(0)


@tap.case("--retry gives up, with growing pauses")
def retry_gives_up():
    def pauses():
        talk = Conversation("--retry", "2", "--timeout", "150ms")
        talk.line("again")
        moments = []
        for _ in range(3):
            talk.hears(b"again")
            moments.append(time.monotonic())
        tap.equal(talk.results(1)[0]["status"], "timeout", "status")
        talk.end(1)
        tap.equal(talk.peer.waiting(), [], "further datagrams")
        return moments[1] - moments[0], moments[2] - moments[1]
    # a busy machine may make one of them longer or, as we wake late, shorter, but not each time
    tap.until(lambda: [pair for pair in (pauses(),) if pair[0] >= 0.14 and pair[1] > pair[0] * 1.3],
              "growing pauses, the first as long as the timeout")


@tap.case("SIGINT ends it with the summary, status 130")
def interrupted():
    talk = Conversation("--timeout", "20s")
    talk.line("x")
    talk.hears(b"x")
    talk.send.signal(signal.SIGINT)
    result = talk.send.finish().expect(130)
    tap.equal(result.objects("summary")[0]["sent"], 1, "sent")


# ---- matching replies

@tap.case("--match order: two outstanding, the reply goes to the oldest and is marked ambiguous")
def match_order():
    talk = Conversation("--match", "order", "--rate", "1000/s", "--timeout", "8s")
    talk.line("one\ntwo")
    sender = talk.hears(b"one")
    talk.hears(b"two")
    talk.answer(b"A", sender)
    first = talk.results(1)[0]
    tap.equal((first["seq"], first["text"], first.get("ambiguous")), (1, "A", True), "first result")
    talk.answer(b"B", sender)
    tap.equal(talk.results(2)[1]["seq"], 2, "seq of the second")
    talk.end(0)


@tap.case("--match order: one outstanding and none lost is not ambiguous; after a timeout it is")
def match_order_after_timeout():
    talk = Conversation("--match", "order", "--timeout", "3s")
    talk.line("one")
    talk.answer(ACK, talk.hears(b"one"))
    tap.true(not talk.results(1)[0].get("ambiguous"), "ambiguous without reason")
    talk.line("two")
    talk.hears(b"two")
    tap.equal(talk.results(2)[1]["status"], "timeout", "status")
    talk.line("three")
    talk.answer(ACK, talk.hears(b"three"))
    tap.equal((talk.results(3)[2]["status"], talk.results(3)[2].get("ambiguous")), ("acked", True),
              "the third")
    talk.end(1)


@tap.case("--match order: a reply that came twice is never known to be over")
def match_order_doubled():
    talk = Conversation("--match", "order", "--timeout", "8s")
    talk.line("one")
    sender = talk.hears(b"one")
    talk.answer(b"A", sender)
    talk.answer(b"A", sender)
    talk.event("duplicate")
    for number in (2, 3):
        talk.line("more")
        talk.answer(b"A", talk.hears(b"more"))
        tap.equal(talk.results(number)[-1].get("ambiguous"), True, "ambiguous")
    talk.end(0)


@tap.case("--bind with a port means --match order")
def bind_means_order():
    talk = Conversation("--bind", "127.0.0.1:%d" % udptui.unused_port(), "--timeout", "3s")
    talk.line("one")
    first = talk.hears(b"one")
    talk.results(1)
    talk.line("two")
    second = talk.hears(b"two")
    tap.equal(first, second, "the source port")
    talk.answer(ACK, second)
    tap.equal(talk.results(2)[1].get("ambiguous"), True, "ambiguous")
    talk.end(1)


@tap.case("the lines mark an ambiguous time with ?")
def ambiguous_mark():
    peer = Peer()
    send = udptui.start("send", "--match", "order", "--rate", "1000/s", "--timeout", "8s", peer.text)
    send.write("one\ntwo\n")
    sender = peer.receive()[1]
    peer.receive()
    peer.send(ACK, sender)
    peer.send(ACK, sender)
    send.close_stdin()
    result = send.finish().expect(0)
    tap.matches(result.out, r"\d(\.\d+)? ?[num]?s ?\?", "stdout")


# ---- --match auto

@tap.case("--match auto: while each is answered once, all leave from one port, and all times stand")
def auto_clean():
    talk = Conversation("--timeout", "8s")
    senders = set()
    for number in range(1, 11):
        talk.line("same")
        senders.add(talk.hears(b"same"))
        talk.answer(ACK, list(senders)[0])
        talk.results(number)
    tap.equal(len(senders), 1, "source ports")
    summary = talk.end(0)
    tap.equal(counts(summary, "acked", "ambiguous", "uncertain"), (10, 0, 0), "summary")


@tap.case("--match auto: after a timeout the next leaves from a fresh port; the late reply is exact")
def auto_after_timeout():
    talk = Conversation("--timeout", "4s")
    talk.line("one")
    first = talk.hears(b"one")
    talk.results(1)
    talk.line("two")
    second = talk.hears(b"two")
    tap.true(first != second, "the same port again")
    talk.answer(b"to one", first)
    late = talk.event("late")
    tap.equal((late["seq"], late["text"], late.get("ambiguous")), (1, "to one", None), "late")
    talk.answer(b"to two", second)
    result = talk.results(2)[1]
    tap.equal((result["status"], result["text"], result.get("ambiguous")), ("acked", "to two", None),
              "the second")
    talk.line("three")
    sender = talk.hears(b"three")
    tap.equal(sender, second, "the port of the third")
    talk.answer(ACK, sender)
    tap.equal(talk.results(3)[2].get("ambiguous"), None, "ambiguous")
    tap.equal(talk.end(1)["ambiguous"], 0, "ambiguous times")


@tap.case("--match auto: a copy that came first is found when the true reply comes, and taken back")
def auto_copy_first():
    talk = Conversation("--timeout", "8s")
    talk.line("one")
    sender = talk.hears(b"one")
    talk.answer(b"to one", sender)
    talk.results(1)
    talk.line("two")
    tap.equal(talk.hears(b"two"), sender, "the port of the second")
    talk.answer(b"to one", sender)
    talk.results(2)
    talk.answer(b"to two", sender)
    event = talk.event("uncertain")
    tap.equal(counts(event, "seq", "last_seq", "count", "ambiguous"), (2, 2, 1, True), "uncertain")
    tap.contains(event["why"], "second reply", "why")
    talk.line("three")
    other = talk.hears(b"three")
    tap.true(other != sender, "the same port again")
    talk.answer(b"to three", other)
    third = talk.results(3)[2]
    tap.equal(third.get("ambiguous"), None, "ambiguous")
    summary = talk.end(0)
    tap.equal(counts(summary, "acked", "ambiguous", "uncertain", "more"), (3, 1, 1, 1), "summary")
    sure = [item["rtt_ns"] for item in (talk.results(3)[0], third)]
    tap.equal(counts(summary, "rtt_min_ns", "rtt_max_ns"), (min(sure), max(sure)), "figures")


@tap.case("--match auto, lines: '#2 rtt uncertain: a second reply came'")
def auto_lines():
    peer = Peer()
    send = udptui.start("send", "--timeout", "8s", peer.text)
    for text in ("one", "two"):
        send.write(text + "\n")
        sender = peer.receive()[1]
        peer.send(ACK, sender)
        send.wait_text(r"^#%d .*rtt" % (1 if text == "one" else 2))
    peer.send(ACK, sender)
    send.wait_text(r"^#2 rtt uncertain: a second reply came$")
    send.close_stdin()
    tap.matches(send.finish().expect(0).plain, r"(?m)^ambiguous or uncertain.*: 1, ", "summary")


def answer_in_order(order, *options):
    """Three messages that overlap leave from ports of their own, and are matched in any order."""
    talk = Conversation(*options, "--rate", "1000/s", "--timeout", "8s")
    talk.line("one\ntwo\nthree")
    senders = [talk.hears(text) for text in (b"one", b"two", b"three")]
    tap.equal(len(set(senders)), 3, "source ports")
    for number in order:
        talk.answer(b"reply %d" % (number + 1), senders[number])
    results = talk.results(3)
    tap.equal({item["seq"]: item["text"] for item in results},
              {1: "reply 1", 2: "reply 2", 3: "reply 3"}, "texts by seq")
    tap.true(not any(item.get("ambiguous") for item in results), "ambiguous")
    talk.end(0)


@tap.case("--match auto: what overlaps leaves from other ports")
def auto_overlap():
    answer_in_order((2, 0, 1))


@tap.case("further datagrams after the answer are 'more', the same bytes again 'duplicate'")
def more():
    talk = Conversation("--timeout", "8s")
    talk.line("invite")
    sender = talk.hears(b"invite")
    for text in (b"trying", b"ringing", b"trying", b"ok"):
        talk.answer(text, sender)
    tap.equal([item["text"] for item in talk.send.wait_objects("more", 2)], ["ringing", "ok"], "more")
    tap.equal(talk.event("duplicate")["text"], "trying", "duplicate")
    talk.line("bye")
    other = talk.hears(b"bye")
    talk.answer(b"late news", sender)
    talk.answer(b"done", other)
    tap.equal(talk.results(2)[1]["text"], "done", "the second")
    tap.equal(talk.send.wait_objects("more", 3)[2]["seq"], 1, "whose the late news are")
    talk.end(0)


@tap.case("--json has the reply's size, and that of what was unasked")
def reply_bytes():
    talk = Conversation("--match", "echo", "--timeout", "8s")
    talk.line("one")
    sender = talk.hears(b"one")
    talk.answer(b"psst", sender)
    tap.equal(counts(talk.event("unsolicited"), "bytes", "reply_bytes"), (None, 4), "unsolicited")
    talk.answer(b"one", sender)
    tap.equal(counts(talk.results(1)[0], "bytes", "reply_bytes"), (3, 3), "result")
    talk.end(0)


@tap.case("the end of input: a second reply that comes soon after the last is still seen")
def second_reply_at_the_end():
    peer = Peer()
    send = udptui.start("send", "--json", "--timeout", "8s", peer.text, "one", "two")
    sender = peer.receive()[1]
    time.sleep(1.5)  # it listens on for twice the longest time that an answer took
    peer.send(b"to one", sender)
    peer.receive()
    peer.send(b"to one", sender)
    send.wait_objects("result", 2)
    peer.send(b"to two", sender)
    summary = send.finish().expect(0).objects("summary")[0]
    tap.equal(counts(summary, "acked", "ambiguous", "more"), (2, 1, 1), "summary")


@tap.case("--match port: replies in reverse order are matched exactly")
def match_port():
    answer_in_order((2, 1, 0), "--match", "port")


@tap.case("--match echo: equal content is matched in any order")
def match_echo():
    talk = Conversation("--match", "echo", "--rate", "1000/s", "--timeout", "8s")
    talk.line("one\ntwo")
    sender = talk.hears(b"one")
    talk.hears(b"two")
    talk.answer(b"two", sender)
    talk.answer(b"one", sender)
    tap.equal({item["seq"]: item["text"] for item in talk.results(2)}, {1: "one", 2: "two"}, "texts")
    tap.true(not any(item.get("ambiguous") for item in talk.results(2)), "ambiguous")
    talk.end(0)


@tap.case("--match echo: other content is no answer")
def match_echo_other():
    talk = Conversation("--match", "echo", "--timeout", "400ms")
    talk.line("one")
    talk.answer(b"other", talk.hears(b"one"))
    tap.equal(talk.results(1)[0]["status"], "timeout", "status")
    tap.equal(talk.event("unsolicited")["text"], "other", "unsolicited")
    talk.end(1)


def duplicated(match):
    talk = Conversation("--match", match, "--timeout", "8s")
    talk.line("one")
    sender = talk.hears(b"one")
    talk.answer(b"one", sender)
    talk.answer(b"one", sender)
    tap.equal(talk.results(1)[0]["status"], "acked", "status")
    tap.equal(talk.event("duplicate")["text"], "one", "duplicate")
    tap.equal(counts(talk.end(0), "sent", "acked"), (1, 1), "sent, acked")


for _match in ("port", "echo"):
    tap.add_case("--match %s: a second answer is a duplicate, counted once" % _match, duplicated, _match)


@tap.case("--match order: a second answer is counted apart")
def duplicated_order():
    talk = Conversation("--timeout", "8s")
    talk.line("one")
    sender = talk.hears(b"one")
    talk.answer(ACK, sender)
    tap.equal(talk.results(1)[0]["status"], "acked", "status")
    talk.answer(ACK, sender)
    talk.send.wait_for(lambda: talk.send.objects("duplicate") + talk.send.objects("unsolicited"),
                       "duplicate or unsolicited")
    tap.equal(counts(talk.end(0), "sent", "acked"), (1, 1), "sent, acked")


@tap.case("--match port: an answer after the timeout is late, with its time")
def late():
    talk = Conversation("--match", "port", "--timeout", "150ms")
    talk.line("one")
    sender = talk.hears(b"one")
    tap.equal(talk.results(1)[0]["status"], "timeout", "status")
    talk.answer(b"sorry", sender)
    event = talk.event("late")
    tap.equal((event["seq"], event["text"]), (1, "sorry"), "late")
    tap.true(event["rtt_ns"] >= 150 * 10**6, "rtt_ns %r" % event["rtt_ns"])
    talk.end(1)


@tap.case("a datagram nobody asked for is unsolicited")
def unsolicited():
    talk = Conversation("--match", "echo", "--timeout", "8s")
    talk.line("one")
    sender = talk.hears(b"one")
    talk.answer(b"psst", sender)
    tap.equal(talk.event("unsolicited")["text"], "psst", "text")
    talk.answer(b"one", sender)
    tap.equal(talk.results(1)[0]["status"], "acked", "status")
    talk.end(0)


# ---- the sender of a datagram

@tap.case("an answer from another port of the target is shown with that, and our host does not refuse it")
def other_port():
    talk = Conversation("--timeout", "8s")
    talk.line("read the file")
    sender = talk.hears(b"read the file")
    other = Peer()
    other.socket.connect(sender)
    other.socket.send(b"DATA 1")
    result = talk.results(1)[0]
    tap.equal(counts(result, "status", "text", "from"), ("acked", "DATA 1", other.text), "result")
    tap.contains(result["why"], "another port", "why")
    other.socket.send(b"DATA 2")
    tap.equal(talk.event("more")["from"], other.text, "more")
    other.socket.send(b"no ECONNREFUSED")
    talk.end(0)


@tap.case("an answer from another address is shown and counted, and is no answer")
def other_address():
    talk = Conversation("--timeout", "400ms")
    other = Peer("127.0.0.2")
    talk.line("one")
    other.send(b"I have two addresses", talk.hears(b"one"))
    event = talk.event("unsolicited")
    tap.equal(counts(event, "text", "from", "reply_bytes"), ("I have two addresses", other.text, 20),
              "unsolicited")
    tap.contains(event["why"], "not from the target's address", "why")
    tap.equal(talk.results(1)[0]["status"], "timeout", "status")
    tap.equal(talk.end(1)["unsolicited"], 1, "unsolicited of the summary")


@tap.case("its own datagram is never an answer, whatever address it is bound to")
def ourselves():
    for address in ("127.0.0.1:%d", "0.0.0.0:%d"):
        port = udptui.unused_port()
        result = udptui.run("send", "--json", "--timeout", "300ms", "--bind", address % port,
                            "127.0.0.1:%d" % port, "mirror").expect(1)
        event = result.objects("unsolicited")[0]
        tap.equal(counts(event, "text", "reply_bytes"), ("mirror", 6), "unsolicited")
        tap.contains(event["why"], "our own", "why")
        tap.equal(result.objects("summary")[0]["acked"], 0, "acked")


@tap.case("0.0.0.0 and :: reach this machine, and its answer is one")
def unspecified():
    server = Server()
    udptui.run("send", "--timeout", "10s", "0.0.0.0:%d" % server.port, "hello").expect(0)
    udptui.need_ipv6()
    server = Server(addresses=("[::1]:0",))
    udptui.run("send", "--timeout", "10s", "[::]:%d" % server.port, "hello").expect(0)


# ---- several replies, and none

@tap.case("--replies N: so many different ones are waited for, the same bytes again do not count")
def replies():
    talk = Conversation("--replies", "3", "--timeout", "8s")
    talk.line("one")
    sender = talk.hears(b"one")
    for text in (b"a", b"a", b"b"):
        talk.answer(text, sender)
    talk.send.wait_objects("more", 1)
    talk.line("two")
    tap.true(talk.peer.silent(), "the next line did not wait for the third reply")
    talk.answer(b"c", sender)
    other = talk.hears(b"two")
    for text in (b"x", b"y", b"z"):
        talk.answer(text, other)
    summary = talk.end(0)
    tap.equal(counts(summary, "acked", "more", "duplicate", "incomplete"), (2, 4, 1, 0), "summary")


@tap.case("--replies N: fewer are told, status 1")
def too_few_replies():
    talk = Conversation("--replies", "3", "--timeout", "3s")
    talk.line("one")
    talk.answer(b"a", talk.hears(b"one"))
    event = talk.event("incomplete")
    tap.equal(counts(event, "seq", "why"), (1, "1 of 3 replies came"), "incomplete")
    tap.equal(counts(talk.end(1), "acked", "incomplete"), (1, 1), "summary")


@tap.case("--wait TIME: what comes after the answer is listened to so long, the end included")
def wait():
    talk = Conversation("--wait", "3s", "--timeout", "8s")
    talk.line("one")
    sender = talk.hears(b"one")
    talk.send.close_stdin()
    started = time.monotonic()
    talk.answer(b"trying", sender)
    talk.results(1)
    talk.answer(b"ok", sender)
    summary = talk.send.finish().expect(0).objects("summary")[0]
    tap.equal(counts(summary, "acked", "more"), (1, 1), "summary")
    took_s = time.monotonic() - started
    tap.true(2.95 < took_s, "it listened for %.2f s only" % took_s)
    tap.took(took_s, 10)


@tap.case("--no-reply waits for nothing: status 0 if all was sent")
def no_reply():
    peer = Peer()
    result = udptui.run("send", "--json", "--no-reply", "--timeout", "8s", peer.text, "one",
                        "two").expect(0)
    tap.took(result.took_s, 4, "sending without waiting")
    tap.equal([peer.receive()[0] for _ in range(2)], [b"one", b"two"], "what arrived")
    tap.equal([item["status"] for item in result.objects("result")], ["not_awaited"] * 2, "status")
    summary = result.objects("summary")[0]
    tap.equal(counts(summary, "sent", "acked", "timeout", "not_awaited", "unanswered_percent"),
              (2, 0, 0, 2, 0), "summary")
    result = udptui.run("send", "--no-reply", "--hex", peer.text, "zz")
    tap.true(result.status != 0, "status of what was not sent")


# ---- source and destination

@tap.case("::1 with and without a port in brackets")
def ipv6():
    udptui.need_ipv6()
    server = Server(addresses=("[::1]:0",))
    udptui.run("send", "--timeout", "10s", server.text, "six").expect(0)
    message = server.messages(1)[0]
    tap.matches(message["from"], r"^\[::1\]:\d+$", "from")
    tap.equal(message["to"], server.text, "to")


@tap.case("-4 and -6 choose the family of a name")
def families():
    udptui.need_ipv6()
    if udptui.has_localhost():
        server = Server(addresses=("127.0.0.1:0",))
        udptui.run("send", "--timeout", "10s", "-4", "localhost:%d" % server.port, "four").expect(0)
        tap.equal(server.messages(1)[0]["text"], "four", "text")
    for option, target in (("-4", "[::1]:4010"), ("-6", "127.0.0.1:4010")):
        result = udptui.run("send", option, target, "x")
        tap.true(result.status in (2, 3), "%s %s: status %d" % (option, target, result.status))
        tap.matches(result.err, r"\Audptui: [^\n]+\n\Z", "stderr")


@tap.case("--bind chooses the source address and port")
def bind():
    server, port = Server(), udptui.unused_port("127.0.0.3")
    udptui.run("send", "--timeout", "10s", "--bind", "127.0.0.3:%d" % port, server.text, "x").expect(0)
    tap.equal(server.messages(1)[0]["from"], "127.0.0.3:%d" % port, "from")


@tap.case("--ttl and --dscp are what the server sees")
def ttl_and_dscp():
    server = Server()
    udptui.run("send", "--timeout", "10s", "--ttl", "7", "--dscp", "46", server.text, "x").expect(0)
    message = server.messages(1)[0]
    tap.equal((message["hop_limit"], message["traffic_class"]), (7, 46 << 2), "TTL, TOS")


@tap.case("--ttl and --dscp on IPv6")
def hop_limit_ipv6():
    udptui.need_ipv6()
    server = Server(addresses=("[::1]:0",))
    udptui.run("send", "--timeout", "10s", "--ttl", "9", "--dscp", "10", server.text, "x").expect(0)
    message = server.messages(1)[0]
    tap.equal((message["hop_limit"], message["traffic_class"]), (9, 40), "hop limit, traffic class")


@tap.case("a reader that goes away ends it, in time")
def reader_gone():
    talk = Conversation("--timeout", "100ms")
    talk.send.child.stdout.close()
    talk.send.open.discard(talk.send.names[0])

    def ended():
        try:
            talk.line("x")
        except BrokenPipeError:
            pass
        return talk.send.child.poll() is not None
    tap.until(ended, "the end of a sender nobody reads", pause_s=0.1)


tap.main()
