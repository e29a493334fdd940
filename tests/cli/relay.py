# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""relay without a screen: lines, JSON, both directions, what the target refuses, errors of the command line."""
import os
import signal

import tap
import tshark
import udptui
from udptui import Peer, Relay


def exchange(relay, server, client, question=b"hello", answer=b"you too"):
    """The server sees the question from the relay's session; the client gets its answer from the relay."""
    client.send(question, relay.address)
    seen, session = server.receive("the question")
    tap.equal(seen, question, "question")
    server.send(answer, session)
    tap.equal(client.receive("the answer"), (answer, relay.address), "answer")
    return session


# ---- lines

@tap.case("a line for each datagram, with its direction, and a summary of both")
def lines():
    server, client = Peer(), Peer()
    relay = Relay(server.text, "--time", "none", json_lines=False)
    tap.equal(relay.target, server.text, "target")
    exchange(relay, server, client)
    relay.wait_text("after #1")
    relay.signal(15)
    result = relay.finish().expect(143)
    tap.equal(result.err, "", "stderr")
    duration = r"[\d.]+ [a-z]+"
    first, question, answer, totals, times = result.out.splitlines()
    tap.equal(first, "Relay is listening on %s, target %s" % (relay.text, server.text), "the first line")
    tap.matches(question, r"^#1  %s > %s  5 B  hello  forwarded %s$" % (client.text, server.text, duration))
    tap.matches(answer, r"^#2  %s > %s  7 B  you too  forwarded %s, %s after #1$"
                % (server.text, client.text, duration, duration))
    tap.equal(totals, "from clients 1, forwarded 1, held 0, failed 0, from targets 1, forwarded 1, held 0, failed 0, "
              "kernel dropped 0, clients 1, sessions 1", "totals")
    tap.matches(times, r"^rtt of the target min %s, mean %s, p50 %s, p99 %s, max %s$" % ((duration,) * 5))


# ---- JSON

@tap.case("JSON has both ends, both sockets, what a reply answers and its time")
def json_lines():
    server, client = Peer(), Peer()
    relay = Relay(server.text)
    session = exchange(relay, server, client)
    question, answer = relay.messages(2)
    for item in (question, answer):
        tap.equal((item["listener"], item["session"]), (relay.text, udptui.join_address(session)), "sockets")
        tap.matches(item["time"], udptui.ISO_TIME)
        tap.true(item["service_ns"] >= 0, "service_ns")
    tap.equal([question[key] for key in ("n", "direction", "from", "to", "bytes", "text", "hex", "status")],
              [1, "to_target", client.text, server.text, 5, "hello", "68656c6c6f", "forwarded"], "the question")
    tap.equal([answer[key] for key in ("n", "direction", "from", "to", "text", "status", "request", "match")],
              [2, "to_client", server.text, client.text, "you too", "forwarded", 1, "alone"], "the answer")
    tap.true(0 < answer["rtt_ns"] < 5e9, "rtt_ns: %d" % answer["rtt_ns"])
    tap.lacks(question, "rtt_ns")
    summary = relay.stop()
    tap.equal((summary["rtt_min_ns"], summary["rtt_mean_ns"], summary["rtt_max_ns"]), (answer["rtt_ns"],) * 3, "times")
    tap.equal((summary["clients"], summary["sessions_opened"]), (1, 1), "clients, sessions")


@tap.case("--class: a client is named after what it sends, not after what the target does")
def names():
    server, client = Peer(), Peer()
    relay = Relay(server.text, "--class")
    exchange(relay, server, client, answer=b"hello target")
    exchange(relay, server, client, question=b"hello Ann", answer=b"hello again")
    tap.equal([item.get("name") for item in relay.messages(4)], [None, None, "Ann", "Ann"], "names")
    relay.stop()


@tap.case("a reply is found by the transaction number, else by order, which is said")
def matches():
    server, client = Peer(), Peer()
    relay = Relay(server.text)
    header = b"\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01"
    for number in (b"\x00\x07", b"\x00\x08"):
        client.send(number + header, relay.address)
    _, session = server.receive()
    server.receive()
    server.send(b"\x00\x08\x81" + header[1:], session)
    client.receive()
    for text in (b"first", b"second"):
        client.send(text, relay.address)
        server.receive()
    server.send(b"an answer", session)
    client.receive()
    found = [item for item in relay.wait_objects("message", 6) if item["direction"] == "to_client"]
    tap.equal([(item["match"], item["request"]) for item in found], [("id", 2), ("order", 1)], "matches")


@tap.case("through the simulated network, too, each reply has a time, which begins before the request is sent")
def times_with_impairments():
    server, client = Peer(), Peer()
    relay = Relay(server.text, "--impair", "in.corrupt=0.0001%")
    for number in range(100):
        exchange(relay, server, client, b"%d" % number)
    found = [item for item in relay.messages(200) if item["direction"] == "to_client"]
    tap.equal([item["n"] for item in found if "rtt_ns" not in item], [], "replies without a time")


@tap.case("each client has a session of its own, and gets its own answers")
def clients():
    server = Peer()
    relay = Relay(server.text)
    several = [Peer() for _ in range(20)]
    sessions = {exchange(relay, server, client, client.text.encode(), b"to " + client.text.encode())
                for client in several}
    tap.equal(len(sessions), 20, "sessions")
    tap.equal(relay.stop()["clients"], 20, "clients")


@tap.case("what the target sends later, without a question, goes to the client too")
def later():
    server, client = Peer(), Peer()
    relay = Relay(server.text)
    session = exchange(relay, server, client)
    server.send(b"news", session)
    tap.equal(client.receive()[0], b"news", "news")
    item = relay.messages(3)[2]
    tap.equal(item["direction"], "to_client", "direction")
    tap.lacks(item, "rtt_ns")


@tap.case("an empty datagram and the largest one pass unchanged, both ways")
def sizes():
    server, client = Peer(), Peer()
    relay = Relay(server.text)
    exchange(relay, server, client, b"", b"")
    exchange(relay, server, client, bytes(range(256)) * 255 + b"x" * 227, b"y" * 65507)
    tap.equal([item["bytes"] for item in relay.messages(4)], [0, 0, 65507, 65507], "sizes")


# ---- what does not go through

@tap.case("a target that refuses: who says so, in lines and in JSON")
def refused():
    target = "127.0.0.1:%d" % udptui.unused_port()
    client = Peer()
    relay = Relay(target)
    client.send(b"anybody?", relay.address)
    found = relay.wait_objects("icmp")[0]
    tap.equal([found[key] for key in ("from", "to", "offender", "type", "code", "ipv6")],
              [client.text, target, "127.0.0.1", 3, 3, False], "the ICMP error")
    tap.contains(found["why"], "port unreachable", "why")
    tap.equal(relay.stop()["icmp_errors"], 1, "icmp_errors")
    lines_of = Relay(target, "--time", "none", json_lines=False)
    client.send(b"anybody?", lines_of.address)
    lines_of.wait_text(r"^ICMP for (#1, )?%s > %s: 127\.0\.0\.1 reports port unreachable" % (client.text, target))


@tap.case("with loss in one direction, that direction alone is held")
def losses():
    server, client = Peer(), Peer()
    relay = Relay(server.text, "--impair", "in.loss=100%", "--seed", "1")
    client.send(b"never there", relay.address)
    item = relay.messages(1)[0]
    tap.equal((item["status"], item["why"], item["direction"]), ("held", "loss", "to_target"), "the message")
    tap.true("lost" not in item, "a relay's datagram is no request or ack: %r" % item)
    tap.true(server.silent(), "the server got it")
    summary = relay.stop()
    tap.equal((summary["held_by"]["loss"], summary["back_held"]), (1, 0), "held")


@tap.case("delay and copies are in the message, and the server gets both copies")
def copies():
    server, client = Peer(), Peer()
    relay = Relay(server.text, "--impair", "in.dup=100%,in.delay=30ms")
    client.send(b"twice", relay.address)
    tap.equal([server.receive()[0], server.receive()[0]], [b"twice", b"twice"], "what the server got")
    item = relay.messages(1)[0]
    tap.equal((item["status"], item["copies"]), ("forwarded", 2), "the message")
    tap.true(29e6 < item["delay_ns"] < 10e9 * tap.busy(), "delay_ns: %d" % item["delay_ns"])


@tap.case("a flipped bit: the payload is what the server got, and the message says which bit")
def corrupt():
    server, client = Peer(), Peer()
    relay = Relay(server.text, "--impair", "in.corrupt=100%")
    client.send(b"intact", relay.address)
    got = server.receive()[0]
    item = relay.messages(1)[0]
    tap.true(got != b"intact", "nothing was flipped")
    tap.equal((item["hex"], item["corrupt"]), (got.hex(), True), "the message")
    place = item["flipped"]["byte"]
    tap.equal((item["flipped"]["sent"], item["flipped"]["handed_over"]), (b"intact"[place], got[place]), "the byte")


@tap.case("--dissect: the protocol is that of the target's port, in both directions", timeout_s=60)
def dissected():
    udptui.need_program("sharkd")
    try:
        server, client = Peer("127.0.0.83", 5683), Peer()
    except OSError as problem:
        tap.skip("CoAP's port: %s" % problem.strerror)
    relay = Relay(server.text, "--dissect")
    exchange(relay, server, client, b"\x40\x01\x00\x07", b"\x60\x45\x00\x07\xffhot")
    relay.wait_objects("message", 2, wait_s=30)  # the dissectors leave a busy machine to others
    relay.stop()
    tap.equal([item.get("protocol") for item in relay.objects("message")], ["CoAP", "CoAP"], "protocols")


# ---- limits

@tap.case("--idle: a silent client's socket is closed; when it sends again, it gets another one")
def idle():
    server, client = Peer(), Peer()
    relay = Relay(server.text, "--idle", "1500ms")
    first = exchange(relay, server, client)
    tap.true(server.silent(2.5), "something came")
    second = exchange(relay, server, client)
    tap.true(first != second, "the session lasted: %r" % (first,))
    summary = relay.stop()
    tap.equal((summary["sessions_opened"], summary["clients"]), (2, 1), "sessions opened, clients")
    tap.true(summary["sessions_idle"] >= 1, "sessions_idle")


@tap.case("--max-clients: the one that was unused for the longest time makes room, and is counted")
def eviction():
    server, clients = Peer(), [Peer() for _ in range(5)]
    relay = Relay(server.text, "--max-clients", "2")
    for client in clients:
        exchange(relay, server, client)
    exchange(relay, server, clients[0])
    summary = relay.stop()
    tap.equal((summary["received"], summary["back_forwarded"], summary["clients"], summary["clients_evicted"]), (6, 6, 2, 4),
              "received, forwarded back, clients, evicted")


# A relay sends with a hop limit of 175 (proto/loop.h), each further one with 2 less, the last with 153.
PASSES = len(range(175, 152, -2))


def has_held(relays):
    """Whether one of them has held a message as a loop so far."""
    for relay in relays:
        relay.pump(0.05)
    return any(item.get("why") == "loop" for relay in relays for item in relay.objects("message"))


def circle(count):
    """Nobody sends anything after the message that is held: totals are those of an end, not of a pause."""
    places = ["127.0.0.1:%d" % udptui.unused_port() for _ in range(count)]
    relays = [Relay(target, listen=place) for place, target in zip(places, places[1:] + places[:1])]
    Peer().send(b"round", relays[0].address)
    tap.until(lambda: has_held(relays), "a message that is held")
    while any([relay.pump(0.25) for relay in relays]):
        pass
    summaries = [relay.stop() for relay in relays]
    totals = [sum(one[key] for one in summaries) for key in ("received", "forwarded", "held", "failed", "back_received")]
    tap.equal(totals, [PASSES + 1, PASSES, 1, 0, 0], "received, forwarded, held, failed, and back: %r" % summaries)
    tap.equal(sum(one["held_by"]["loop"] for one in summaries), 1, "held as a loop")


for _count in (2, 3, 5):
    tap.add_case("a circle of %d relays ends, and what went in it is held as a loop" % _count, circle, _count)


@tap.case("a relay whose target is itself is refused, or holds what comes back")
def to_itself():
    place = "127.0.0.1:%d" % udptui.unused_port()
    relay = udptui.start("relay", "--json", place, place)
    relay.wait_for(lambda: relay.objects("listening") or not relay.open, "a start or a refusal")
    if relay.objects("listening"):
        Peer().send(b"round", udptui.split_address(place))
        relay.wait_objects("message")
        relay.signal(signal.SIGTERM)
        summary = relay.finish().objects("summary")[0]
        tap.true(summary["held"] >= 1 and summary["received"] <= 20, "it went on: %r" % summary)


@tap.case("a target that is started again serves its old clients")
def restarted():
    server, client = Peer(port=udptui.unused_port()), Peer()
    relay = Relay(server.text)
    exchange(relay, server, client)
    port = server.port
    server.socket.close()
    client.send(b"nobody there", relay.address)
    relay.wait_objects("icmp")
    exchange(relay, Peer(port=port), client, b"again")
    relay.stop()


@tap.case("over IPv6 on one side, IPv4 on the other")
def families():
    udptui.need_ipv6()
    server, client = Peer(), Peer("::1")
    relay = Relay(server.text, listen="[::1]:0")
    exchange(relay, server, client)
    tap.equal(relay.messages(2)[1]["to"], client.text, "the client")


# ---- choosing, hiding, stopping

@tap.case("--filter sees the sender and the receiver of each datagram")
def filtered():
    server, client = Peer(), Peer()
    relay = Relay(server.text, "--filter", "to:%s" % server.text)
    exchange(relay, server, client)
    summary = relay.stop()
    result = relay.finish()
    tap.equal([item["text"] for item in result.objects("message")], ["hello"], "messages")
    tap.equal(summary["not_chosen"], 1, "not chosen")


@tap.case("--privacy shows no address of a client")
def privacy():
    server, client = Peer(), Peer("127.0.0.77")
    relay = Relay(server.text, "--privacy")
    exchange(relay, server, client)
    tap.equal([item[key] for item, key in zip(relay.messages(2), ("from", "to"))], ["client 1", "client 1"], "client")
    relay.stop()
    tap.lacks(relay.out, "127.0.0.77", "JSON")


@tap.case("--count stops after so many datagrams of clients, and their summary is right")
def count():
    server, client = Peer(), Peer()
    relay = Relay(server.text, "--count", "3")
    for number in range(3):
        client.send(b"%d" % number, relay.address)
    summary = relay.summary()
    tap.equal(summary["received"], 3, "received")


@tap.case("--pcap has each datagram twice: as it came to one socket and as it left the other")
def recorded():
    tshark.need()
    path = os.path.join(udptui.temporary_directory(), "relay.pcap")
    server, client = Peer(), Peer()
    relay = Relay(server.text, "--pcap", path)
    session = exchange(relay, server, client)
    relay.messages(2)
    tap.equal(relay.stop()["not_recorded"], 0, "not recorded")
    rows = tshark.read(path, relay.port)
    ends = [(client.address, relay.address, b"hello"), (session, server.address, b"hello"),
            (server.address, session, b"you too"), (relay.address, client.address, b"you too")]
    tap.equal([(row.source, row.destination, row.payload) for row in rows], ends, "datagrams")
    tap.equal([problem for row in rows for problem in row.problems], [], "what tshark found")


@tap.case("--log writes what --json prints")
def log():
    path = udptui.write_file(b"")
    server, client = Peer(), Peer()
    relay = Relay(server.text, "--log", path)
    exchange(relay, server, client)
    relay.messages(2)
    relay.stop()
    with open(path, encoding="utf-8") as file:
        tap.equal(file.read(), relay.out, "the log")


# ---- the command line

@tap.case("errors are one line: what, why, and what to do")
def errors():
    taken = Peer()
    port = udptui.unused_port()
    table = [
        (["relay"], 2, r"TARGET"),
        (["relay", "127.0.0.1:%d" % port, "127.0.0.1:%d" % port], 2, r"itself|ourselves|own"),
        (["relay", taken.text, "127.0.0.1:%d" % port], 3, r"in use"),
        (["relay", "127.0.0.1:0", "no-such-host.invalid:53"], 3, r"no-such-host\.invalid"),
        (["relay", "127.0.0.1:0", "127.0.0.1:0"], 2, r"port"),
        (["relay", "127.0.0.1:0", "127.0.0.1:99999"], 2, r"port"),
        (["relay", "--privacy", "--pcap", "x.pcap", "127.0.0.1:0", "127.0.0.1:53"], 2, r"--privacy and --pcap"),
    ]
    for arguments, status, words in table:
        result = udptui.run(*arguments)
        tap.equal((result.status, result.out, result.err.count("\n")), (status, "", 1),
                  "status, stdout, lines of %s: %s" % (arguments, result.err))
        tap.matches(result.err, r"^udptui: .*(%s)" % words, "stderr of %s" % arguments)


@tap.case("two pairs: each listener has its own target")
def pairs():
    servers, client = [Peer(), Peer()], Peer()
    relay = udptui.start("relay", "--json", *["127.0.0.1:0=" + server.text for server in servers])
    listening = relay.wait_objects("listening", 2)
    tap.equal([item["target"] for item in listening], [server.text for server in servers], "targets")
    for server, item in zip(servers, listening):
        client.send(b"hello", udptui.split_address(item["address"]))
        server.receive()


tap.main()
