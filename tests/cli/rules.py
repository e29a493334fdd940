# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""serve --on and --rules: what a datagram is answered with depends on what it is."""
import os
import signal
import time

import tap
import udptui
from udptui import DEFAULT_ACK, Peer, Server

DEVICE = b"""# a thermostat
"get temp" => 21.5
"set " => OK
hex:ff01 => none

ping => echo
=> unknown command: {text}
"""


def ask(server, *questions):
    client = Peer()
    return [client.ask(question, server.address) for question in questions]


@tap.case("the first rule that fits answers, --ack the rest")
def first():
    server = Server("--on", "hello => hi", "--on", "hello world => never", "--on", "size:3 => {bytes} bytes",
                    "--on", "back => echo")
    tap.equal(ask(server, b"hello world", b"abc", b"come back", b"else"),
              [b"hi", b"3 bytes", b"come back", DEFAULT_ACK], "answers")
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"]), (4, 4), "totals")


@tap.case("a file of rules is a device; none answers nothing")
def device():
    server = Server("--rules", udptui.write_file(DEVICE))
    tap.equal(ask(server, b"get temp", b"set 19.5", b"ping 1", b"open"),
              [b"21.5", b"OK", b"ping 1", b"unknown command: open"], "answers")
    client = Peer()
    client.send(b"\xff\x01", server.address)
    server.messages(5)
    tap.true(client.silent(), "an answer to what has none")
    summary = server.stop()
    tap.equal((summary["acked"], summary["held_by"]["off"]), (4, 1), "totals")


@tap.case("{hex:...} in an answer stands for bytes, also in --ack")
def bytes_of_a_device():
    server = Server("--on", "hex:ff01 => {hex:ff 01 06}", "--ack", "{hex:00}{bytes}{hex:0a}")
    tap.equal(ask(server, b"\xff\x01\x00", b"abc"), [b"\xff\x01\x06", b"\x003\n"], "answers")


@tap.case("--on comes before --rules, and --ack none leaves the rules")
def order():
    server = Server("--ack", "none", "--on", "temp => first", "--rules", udptui.write_file(DEVICE[:DEVICE.index(b'"set')]))
    tap.equal(ask(server, b"get temp"), [b"first"], "answer")
    client = Peer()
    client.send(b"x", server.address)
    server.messages(2)
    tap.true(client.silent(), "an answer though --ack is none")


@tap.case("a rule can ask who sent it")
def by_sender():
    server = Server("--on", "from:127.0.0.2 => you again")
    for host, answer in (("127.0.0.1", DEFAULT_ACK), ("127.0.0.2", b"you again")):
        tap.equal(Peer(host=host).ask(b"x", server.address), answer, host)


@tap.case("a text is looked for in the message alone, not in the sender's address and port")
def text_in_the_message():
    server, client = Server("--on", "127.0.0.1 => an address"), Peer()
    for digit in "0123456789":
        other = Server("--on", "%s => found" % digit)
        tap.equal(client.ask(b"x", other.address), DEFAULT_ACK, "%s, from port %d" % (digit, client.port))
    tap.equal(client.ask(b"x", server.address), DEFAULT_ACK, "x")
    tap.equal(client.ask(b"127.0.0.1", server.address), b"an address", "its text")


@tap.case("bursts: equal and different answers come to who asked, all counted")
def bursts():
    server, client = Server("--on", "a => first", "--on", "b => second {n}", "--on", "c => echo"), Peer()
    sent = [b"abcd"[n % 4:n % 4 + 1] + b"-" * (n % 4 > 1) for n in range(200)]
    for payload in sent:
        client.send(payload, server.address)
    answers = [client.receive()[0] for _ in sent]
    tap.equal(answers.count(b"first"), 50, "first")
    tap.equal(sum(answer.startswith(b"second ") for answer in answers), 50, "second")
    tap.equal(answers.count(b"c-"), 50, "echoes")
    tap.equal(answers.count(DEFAULT_ACK), 50, "the rest")
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"], summary["held"]), (200, 200, 0), "totals")


@tap.case("an answer is at most three times the request, whatever rule it is of")
def bounded():
    server = Server("--on", "x => " + "long " * 100)
    answer = ask(server, b"x")[0]
    tap.equal(len(answer) + 28, 3 * (1 + 28), "bytes of the packet")
    tap.equal(server.stop()["acks_cut"], 1, "acks cut")


@tap.case("through the impairments, too")
def impaired():
    server = Server("--on", "a => first", "--on", "b => {text}!", "--impair", "delay=5ms")
    tap.equal(ask(server, b"a", b"b", b"d"), [b"first", b"b!", DEFAULT_ACK], "answers")


@tap.case("with several threads")
def threads():
    server = Server("--on", "a => first", "--threads", "2")
    for _ in range(8):
        tap.equal(ask(server, b"a", b"d"), [b"first", DEFAULT_ACK], "answers")


# ---- planned answers

BIG = b"x" * 200  # three times as much is enough for what follows


@tap.case("several datagrams, copies and delays come in order, and are counted apart")
def several():
    server, client = Server("--on", "x => after 40ms a {n} ; twice b ; after 30ms hex:63"), Peer()
    began = time.monotonic()
    client.send(BIG, server.address)
    answers = []
    for _ in range(4):
        answers.append((client.receive()[0], time.monotonic() - began))
    tap.equal([payload for payload, _ in answers], [b"a 1", b"b", b"b", b"c"], "answers")
    tap.true(answers[0][1] >= 0.04 and answers[3][1] >= 0.07, "times %r" % answers)
    records = server.messages(4)
    tap.equal([(item["n"], item["ack"], item["text"]) for item in records],
              [(1, "sent", BIG.decode()), (1, "more", "b"), (1, "more", "b"), (1, "more", "c")], "records")
    tap.true(records[0]["service_ns"] >= 40_000_000, "the delay is in service_ns")
    tap.lacks(records[0], "delay_ns", "effects of a network that there is not")
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"], summary["more"], summary["more_held"], summary["copies"]),
              (1, 1, 3, 0, 0), "totals")


@tap.case("lines and --log have each datagram")
def lines():
    server = Server("--on", "x => a ; b", json_lines=False)
    client = Peer()
    client.send(BIG, server.address)
    client.receive(), client.receive()
    server.wait_text(r"1 B  b  more$")
    server.wait_text(r"200 B  x+.*  acked [\d.]+ [um]?s$")
    server.signal(signal.SIGTERM)
    tap.matches(server.finish().out, r"received 1, acked 1, .*, more 1\n\Z")


@tap.case("--privacy hides what names the client, also in an answer's later datagrams")
def privacy():
    for json_lines in (True, False):
        server = Server("--privacy", "--on", "x => {from} ; {from}! ; b", json_lines=json_lines)
        client = Peer()
        client.send(BIG, server.address)
        tap.equal([client.receive()[0] for _ in range(3)],
                  [client.text.encode(), client.text.encode() + b"!", b"b"], "answers")
        server.wait_text("more.*\\n(.*\\n)*.*more")
        tap.lacks(server.out, client.text, "what is written")
        tap.lacks(server.out, client.text.encode().hex(), "what is written")


@tap.case("all datagrams together are at most three times the request; a copy counts as one")
def bounded_together():
    server, client = Server("--on", "x => 3 times 0123456789 ; y"), Peer()
    tap.equal(client.ask(b"x", server.address), b"0123456789", "the first")  # 3 * 29 = 38 + 38 + 11
    tap.equal(client.receive()[0], b"0123456789", "its copy")
    tap.true(client.silent(), "more than three times the request")
    tap.equal(server.messages(1)[0]["why"], "size", "why")
    summary = server.stop()
    tap.equal((summary["acked"], summary["more"], summary["more_held"], summary["copies_left_out"]),
              (1, 1, 2, 2), "totals")


@tap.case("a chance is drawn from the seed; otherwise the later rules apply")
def chance():
    seen = []
    for _ in range(2):
        server, client = Server("--seed", "9", "--on", "a => chance 50% heads", "--on", "a => tails"), Peer()
        seen.append([client.ask(b"a", server.address) for _ in range(40)])
    tap.equal(seen[0], seen[1], "the same seed")
    tap.true(8 < seen[0].count(b"heads") < 32, "about half: %r" % seen[0])
    server, client = Server("--ack", "chance 0.001% a"), Peer()
    client.send(b"x", server.address)
    tap.equal((server.messages(1)[0]["ack"], server.stop()["held_by"]["off"]), ("held", 1), "--ack with a chance")


@tap.case("to port N: another port of the client; never a port of ours")
def to_port():
    other = Peer()
    server, client = Server("--on", "x => to port %d hello ; b" % other.port), Peer()
    client.send(BIG, server.address)
    tap.equal(other.receive(), (b"hello", server.address), "at the other port")
    tap.equal(client.receive(), (b"b", server.address), "at its own")
    tap.equal(server.messages(1)[0]["ack_to_port"], other.port, "the port in the record")
    port = udptui.unused_port()
    server = Server("--on", "x => to port %d hello" % port, addresses=("127.0.0.1:%d" % port,))
    Peer().send(BIG, server.address)
    tap.equal(server.messages(1)[0]["why"], "source", "an answer to ourselves")
    tap.equal(server.stop()["received"], 1, "received")


@tap.case("from another port: of each address, in the capture too, also with threads")
def from_another_port():
    for options in ((), ("--threads", "2")):
        path = os.path.join(udptui.temporary_directory(), "x.pcap")
        server = Server("--on", "x => from another port hello ; b", "--pcap", path, *options, listening=2)
        client = Peer()
        client.send(BIG, server.address)
        found = sorted(client.receive() for _ in range(2))
        tap.equal(found[0], (b"b", server.address), "from the port that it sent to")
        tap.equal(found[1], (b"hello", server.addresses[1]), "from the other one")
        server.messages(2)
        server.stop()
        shown = udptui.run("replay", "--json", path).expect(0).out
        tap.contains(shown, "%s:%d" % server.addresses[1], "the capture")


@tap.case("a full queue holds and counts what does not fit; the end settles what waits")
def full():
    server, client = Server("--on", "x => after 100s late", "--no-gro"), Peer()
    sent = 0
    while sent < 17000:
        for _ in range(100):
            client.send(b"x", server.address)
        sent += 100
        tap.equal(client.ask(b"y", server.address), DEFAULT_ACK, "another message is still answered")
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"], summary["held_by"]["end"], summary["held_by"]["full"]),
              (sent + sent // 100, sent // 100, 16384, sent - 16384), "totals")


@tap.case("through the impairments: delays add up, each datagram has its fate, all is counted")
def planned_and_impaired():
    server = Server("--on", "x => after 20ms a ; b ; c", "--impair", "delay=20ms,out.loss=30%", "--seed", "3")
    client, sent = Peer(), 60
    for _ in range(sent):
        client.send(BIG, server.address)
    records = server.wait_objects("message", 3 * sent)
    lost = [item for item in records if item.get("lost") == "ack"]
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"] + summary["held_by"]["loss"]), (sent, sent), "messages")
    tap.equal(summary["more"] + summary["more_held"], 2 * sent, "the others")
    tap.equal(len(client.waiting(summary["acked"] + summary["more"])), summary["acked"] + summary["more"], "what came")
    tap.true(len(lost) == summary["more_held"] + summary["held_by"]["loss"] > 20, "losses %d" % len(lost))


@tap.case("--count waits for the answers that are planned")
def count():
    server, client = Server("--count", "2", "--on", "x => after 100ms a ; after 100ms b"), Peer()
    client.send(BIG, server.address)
    client.send(BIG, server.address)
    tap.equal(sorted(client.receive()[0] for _ in range(4)), [b"a", b"a", b"b", b"b"], "answers")
    tap.equal(server.summary()["more"], 2, "the second ones")


@tap.case("a file's content, slices and groups")
def contents():
    udptui.need_feature("pcre2")
    path = udptui.write_file(b"{n}\\x00")
    server, client = Server("--on", "file => file:%s" % path, "--on", "/^set (\\w+)=(.*)/ => {2}={1}",
                            "--on", "=> hex:{bytes:1:2} ff"), Peer()
    for question, answer in ((b"file", b"{n}\\x00"), (b"set a=b c", b"b c=a"), (b"\1\2\3\4", b"\2\3\xff"),
                             (b"\1", b"\xff")):
        tap.equal(client.ask(question, server.address), answer, repr(question))


@tap.case("a hostile payload takes a regular expression's budget, not the server's time")
def hostile():
    udptui.need_feature("pcre2")
    server, client = Server("--on", "/(a+)+$/ => never", "--on", "/([ab]*)*[cd]$/ => never", "--on", "z => fine"), Peer()
    began_s, sent = udptui.cpu_s(server.child.pid), 100
    for _ in range(sent):
        tap.equal(client.ask(b"a" * 60000 + b"!", server.address), DEFAULT_ACK, "what --ack says")
    took_s = udptui.cpu_s(server.child.pid) - began_s
    tap.true(took_s < 5, "%d of them took %.1f s of the CPU" % (sent, took_s))
    tap.equal(client.ask(b"z", server.address), b"fine", "the next one")
    tap.equal(server.stop()["rules_given_up"], sent, "given up")


@tap.case("a thousand rules: each is found")
def thousand():
    server = Server("--rules", udptui.write_file(b"".join(b'"get value %d;" => is %d\n' % (n, n) for n in range(1000))))
    client = Peer()
    for number in (0, 1, 99, 500, 999):
        tap.equal(client.ask(b"Get value %d;" % number, server.address), b"is %d" % number, "rule %d" % number)
    tap.equal(client.ask(b"get value", server.address), DEFAULT_ACK, "none")


def wrong(pattern, *options):
    result = udptui.run("serve", "--no-ui", *options, "127.0.0.1:0").expect(2)
    tap.matches(result.err, r"\Audptui: [^\n]+\n\Z")
    tap.matches(result.err, pattern)


for _text, _pattern in (("hello", "at byte 6: => is missing"), ("(a => b", "at byte 1: .*\\)"),
                        ("status:held => x", "status:"), ("a => {nonsense}", "at byte 6: unknown field"),
                        ("a => ok ; after 5x b", "at byte 17: expected a time"),
                        ("x => {1}", "at byte 6: .*regular expression"),
                        ("a => file:/nonexistent", "at byte 11: No such file"),
                        ("a => chance 200% b", "at byte 13: expected a percentage"),
                        ("a => 40 times b", "at byte 6: .*32 times"), ("a => \\q", "at byte 6: unknown escape"),
                        ("a => b ; none", "at byte 10: none sends nothing")):
    tap.add_case("refused: --on '%s'" % _text, wrong, _pattern, "--on", _text)


@tap.case("a rule with a word like a key that is none is kept, and said to be doubtful")
def doubtful():
    for rules in (("--on", "sise:>3 => x"), ("--rules", udptui.write_file(b"a => b\nsise:>3 => x\n"))):
        server = udptui.start("serve", "--no-ui", "--count", "1", *rules, "127.0.0.1:0")
        address = server.wait_text(r"listening on (\S+)$").group(1)
        tap.equal(Peer().ask(b"SISE:>3", udptui.split_address(address)), b"x", "the reply")
        tap.equal(server.finish().expect(0).err, "udptui: rule 'sise:>3 => x': note: at byte 1: no key sise:, "
                  "so it is a text; did you mean size:?\n", "stderr")


@tap.case("a wrong line of a file is named with its place; a file that is not there with why")
def wrong_file():
    path = udptui.write_file(b"a => b\n# fine\n  /x => y\n")
    wrong("line 3, byte 3: the regular expression is not closed", "--rules", path)
    result = udptui.run("serve", "--rules", "/nonexistent", "127.0.0.1:0").expect(3)
    tap.matches(result.err, r"--rules /nonexistent: No such file")


tap.main()
