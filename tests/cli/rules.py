# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""serve --on and --rules: what a datagram is answered with depends on what it is."""
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
    server = Server("--on", "from:127.0.0.2 => you again", "--on", "127.0.0.3 => by text")
    for host, answer in (("127.0.0.1", DEFAULT_ACK), ("127.0.0.2", b"you again"), ("127.0.0.3", b"by text")):
        tap.equal(Peer(host=host).ask(b"x", server.address), answer, host)


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


def wrong(pattern, *options):
    result = udptui.run("serve", "--no-ui", *options, "127.0.0.1:0").expect(2)
    tap.matches(result.err, r"\Audptui: [^\n]+\n\Z")
    tap.matches(result.err, pattern)


for _text, _pattern in (("hello", "at byte 6: => is missing"), ("(a => b", "at byte 1: .*\\)"),
                        ("status:held => x", "status:"), ("a => {nonsense}", "at byte 6: unknown field")):
    tap.add_case("refused: --on '%s'" % _text, wrong, _pattern, "--on", _text)


@tap.case("a wrong line of a file is named with its place; a file that is not there with why")
def wrong_file():
    path = udptui.write_file(b"a => b\n# fine\n  /x => y\n")
    wrong("line 3, byte 3: the regular expression is not closed", "--rules", path)
    result = udptui.run("serve", "--rules", "/nonexistent", "127.0.0.1:0").expect(3)
    tap.matches(result.err, r"--rules /nonexistent: No such file")


tap.main()
