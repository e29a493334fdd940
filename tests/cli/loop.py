# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loops and limits: an ack is never acknowledged, some sources get none, a reply stays small."""
import signal
import struct
import time

import netns
import tap
import udptui
from udptui import Peer, Relay, Server

ACK = udptui.DEFAULT_ACK
ANSWERING_PORTS = (7, 13, 17, 19, 37, 53, 69, 123)
HEADERS = 28


def settled(server):
    """Everything sent to the server before now has been dealt with once this one is answered."""
    Peer().ask(b"a probe", server.address)


def two_servers(spoof):
    """One datagram that pretends to be from `first` reaches `second`: one ack, then silence."""
    first, second = spoof()
    message = first.messages(1)[0]
    tap.equal((message["text"], message["ack"], message["why"]), (ACK.decode(), "held", "loop"),
              "what the first server made of the ack")
    settled(second)
    settled(first)
    totals = [server.stop() for server in (second, first)]
    tap.equal([(item["received"], item["acked"], item["held"]) for item in totals],
              [(2, 2, 0), (2, 1, 1)], "received, acked, held of second and first")


def queued_spoof():
    """Without any right: the datagram waits in the stopped second server while its sender's port
    passes to the first server."""
    second, sender = Server(), Peer(port=udptui.unused_port())  # its port is used again
    second.freeze()
    sender.send(b"hello", second.address)
    text = sender.text
    sender.socket.close()
    first = Server(addresses=(text,))
    second.signal(signal.SIGCONT)
    return first, second


@tap.case("two servers and a datagram between them: one ack, then silence, held as loop")
def loop():
    two_servers(queued_spoof)


@tap.case("the same with a forged source address")
def loop_forged():
    with netns.Namespace():
        first, second = Server(), Server()
        netns.send_forged(first.address, second.address, b"hello")
        two_servers(lambda: (first, second))


# ---- whatever they answer

POLICIES = ("Message received", "ok", "{n}", "{time}", "{bytes}", "{from}", "{n} {text}", "{text}.", "echo",
            "twice {n} ; {n}", "after 5ms {hex}", "from another port {time} ; {n}")
OPTIONS = {"": (), "--threads 2": ("--threads", "2"), "corruption": ("--impair", "corrupt=100%"),
           "copies": ("--impair", "dup=100%"), "delay": ("--impair", "delay=5ms"),
           "--ack-limit off": ("--ack-limit", "off")}


def messages_held(servers, reasons=("loop",)):
    """Those that the servers have held so far for these reasons."""
    for server in servers:
        server.pump(0.01)
    return sum(item["why"] in reasons for server in servers for item in server.objects("message") if "why" in item)


def quiet_totals(servers):
    """Their summaries, when it is quiet: nothing that was on its way is left."""
    while any([server.pump(0.1) for server in servers]):
        pass
    return [server.stop() for server in servers]


def totals_after_a_spoof(servers, request=b"hello", reasons=("loop",)):
    """Each server gets a datagram that claims to be from the next one. Their summaries, when it is quiet."""
    for server, other in zip(servers, servers[1:] + servers[:1]):
        netns.send_forged(other.address, server.address, request)
    tap.until(lambda: messages_held(servers, reasons) >= len(servers), "messages that are held")
    return quiet_totals(servers)


def silence_between(policies, options):
    with netns.Namespace():
        servers = [Server("--ack", policy, *options) for policy in policies]
        totals = totals_after_a_spoof(servers)
    acked = [item["acked"] + item["copies"] + item["more"] for item in totals]
    tap.true(max(acked) <= 20, "acks of %r: %r" % (policies, acked))
    tap.true(sum(item["held_by"]["loop"] for item in totals) >= len(servers), "held as loop: %r" % totals)


def every_pair(options):
    for number, policy in enumerate(POLICIES):
        silence_between((policy, POLICIES[(number + 1) % len(POLICIES)]), options)
        silence_between((policy, "another text"), options)


for name, values in OPTIONS.items():
    tap.add_case("two servers with different texts, and one datagram to each: silence %s" % name,
                 every_pair, values, timeout_s=60)


@tap.case("three servers")
def three_servers():
    silence_between(("one", "two {n}", "echo"), ())


# What a protocol's own policy takes as a request; another datagram it holds without a look at loops, as if it were off.
REQUESTS = {"stamp": bytes(44), "stun": struct.pack("!HHI12x", 1, 0, 0x2112a442), "sockperf": struct.pack("!QHI", 1, 3, 14)}
ANSWERS = [(("--ack", policy), request) for policy, request in REQUESTS.items()]
ANSWERS += [(("--on", rule), b"hello") for rule in ("=> {text}!", "size:<100 => twice {n} ; {text}", "=> after 5ms {text}.")]


def by_itself_and_a_text(options, request):
    for other in (options, ("--ack", "another text")):
        with netns.Namespace():
            servers = [Server(*options), Server(*other)]
            totals = totals_after_a_spoof(servers, request, ("loop", "off"))
        acked = [item["acked"] + item["copies"] + item["more"] for item in totals]
        tap.true(max(acked) <= 20, "acks of %r and %r: %r" % (options, other, acked))


for _options, _request in ANSWERS:
    tap.add_case("two servers, one with %s: silence" % " ".join(_options), by_itself_and_a_text, _options, _request)


def through_relays(policy, count):
    """The ack comes back to the server through as many relays, each with a lower hop limit, and is known all the same."""
    with netns.Namespace():
        server = Server("--ack", policy)
        relays = [Relay(server.text)]
        while len(relays) < count:
            relays.append(Relay(relays[-1].text))
        netns.send_forged(server.address, relays[-1].address, REQUESTS.get(policy, b"hello"))
        tap.until(lambda: messages_held([server]) >= 1, "an ack that is held")
        totals = quiet_totals([server] + relays)
    tap.equal([totals[0][key] for key in ("received", "acked", "held")], [2, 1, 1], "received, acked, held")
    for item in totals[1:]:
        tap.equal([item[key] for key in ("received", "forwarded", "back_received", "back_forwarded")], [1] * 4, "a relay's")


for _policy, _count in (("Message received", 1), ("stamp", 2), ("echo", 5)):
    tap.add_case("a server, --ack '%s', that is its own client through relays (%d): one ack, then silence" % (_policy, _count),
                 through_relays, _policy, _count)


@tap.case("an IPv6 server and an IPv6 server")
def ipv6_servers():
    udptui.need_ipv6()
    with netns.Namespace():
        servers = [Server("--ack", text, addresses=("[::1]:0",)) for text in ("one", "two")]
        totals = totals_after_a_spoof(servers)
    tap.equal([item["acked"] for item in totals], [1, 1], "acked")


@tap.case("a late ack to a port where a second server listens now: held, and no loop without forging")
def late_ack():
    second, first = Server("--impair", "delay=2s", "--ack", "{n}"), Peer(port=udptui.unused_port())
    first.send(b"hello", second.address)
    second.freeze()  # a start may take longer than the delay
    text = first.text
    first.socket.close()
    first = Server("--ack", "other", addresses=(text,))
    second.signal(signal.SIGCONT)
    tap.equal(first.messages(1)[0]["why"], "loop", "why the late ack was held")
    tap.equal([item.stop()["acked"] for item in (second, first)], [1, 0], "acked")


def is_over(server, peer, sent, for_s):
    """Whether no more acks come to the peer, which has sent so many datagrams: nothing comes for so long, nor after the
    server has dealt with all of them. One that stands still is silent as well."""
    def told():
        return server.raw.count(b'"event":"message"') >= sent
    return peer.silent(for_s) and server.wait_for(told, "%d messages" % sent) and peer.silent(0.1)


def answer_at_once(server, peer, texts):
    """A server of another kind in the hands of the test: it answers each ack with the next text.
    Returns how many acks it got before there were no more, and the longest time from one to the
    next: on a busy machine "at once" may not be true."""
    peer.send(b"the forged one", server.address)
    began, slowest_s = time.monotonic(), 0
    for got, text in enumerate(texts):
        if is_over(server, peer, 1 + got, 0.5):
            return got, slowest_s
        peer.receive()
        peer.send(text, server.address)
        slowest_s = max(slowest_s, time.monotonic() - began)
        began = time.monotonic()
    raise tap.Failure("the loop did not end")


def other_server(texts):
    for _ in range(5):
        server, peer = Server("--ack", "ours"), Peer(port=udptui.unused_port())
        got, slowest_s = answer_at_once(server, peer, texts)
        held = server.stop()["held_by"]["loop"]
        if slowest_s < 0.05:
            break
    tap.true(got <= 20, "%d acks" % got)
    tap.equal(held, 1, "held as loop")


@tap.case("a server that is no udptui, with one text: at most 20 acks, then held as loop")
def other_server_one_text():
    other_server([b"Message received too"] * 200)


@tap.case("the same with a number in its text")
def other_server_number():
    other_server([b"ack number %d" % number for number in range(200)])


# ---- servers that return what they get

def echo_server(policy, most):
    """What it gets goes back, as the echo service does it on whatever port (RFC 862). Acks count since the last one that
    a busy machine returned late: that is no loop, but a new conversation."""
    server, peer = Server("--ack", policy), Peer(port=udptui.unused_port())
    peer.send(b"the forged one", server.address)
    row, longest, ended, began = 0, 0, False, time.monotonic()
    for got in range(5000):
        ended = is_over(server, peer, 1 + got, 0.3)
        if ended:
            break
        payload, sender = peer.receive()
        peer.send(payload, sender)
        now = time.monotonic()
        row, began = row + 1 if now - began < 0.05 else 0, now
        longest = max(longest, row)
    tap.true(ended, "the loop did not end")
    tap.true(longest <= most, "%d acks to an echo server" % longest)
    tap.true(server.stop()["held"] >= 1, "nothing is shown as held")


# An answer of several datagrams makes several of one, and a text that contains what came changes until its first 64
# bytes do not.
for policy in POLICIES + ("twice {n} ; {text}.", "a{n} ; b{n} ; c{n}"):
    if policy != "echo":
        tap.add_case("an echo server, --ack '%s': at most 20 acks, then silence" % policy, echo_server, policy, 20)


@tap.case("an echo server and --ack echo: only --ack-limit ends it, at its rate")
def echo_of_echoes():
    server, peer = Server("--ack", "echo"), Peer(port=udptui.unused_port())
    peer.send(b"the forged one", server.address)
    got = 0
    while got < 2000 and not is_over(server, peer, 1 + got, 0.5):
        payload, sender = peer.receive()
        peer.send(payload, sender)
        got += 1
    tap.true(got < 2000, "it goes on")
    tap.true(server.stop()["held"] >= 1, "nothing is shown as held")


@tap.case("the same while impairments double what comes and what goes: it ends, too")
def other_server_copies():
    for _ in range(5):
        server, peer = Server("--ack", "ours", "--impair", "dup=100%"), Peer(port=udptui.unused_port())
        got, slowest_s = answer_at_once(server, peer, [b"an answer that is long enough for copies"] * 2000)
        held = server.stop()["held_by"]["loop"]
        if slowest_s < 0.05:
            break
    tap.true(got < 200, "%d acks" % got)
    tap.true(held > 0, "nothing held as loop")


@tap.case("the same with a hundred forged datagrams at once: it ends, too")
def other_server_many():
    server, peer = Server("--ack", "ours"), Peer(port=udptui.unused_port())
    for _ in range(100):
        peer.send(b"a forged one", server.address)
    got = 0
    while got < 20000 and not is_over(server, peer, 100 + got, 0.5):
        peer.receive()
        peer.send(b"answer number %d" % got, server.address)
        got += 1
    tap.true(got < 7000, "%d acks" % got)
    totals = server.stop()
    tap.true(totals["held_by"]["loop"] > 0, "nothing held as loop")
    tap.equal(totals["received"], totals["acked"] + totals["held"], "received")


CLIENTS = {"the same text": lambda number: b"ping", "a number": lambda number: b"%d" % number,
           "lines": lambda number: bytes([97 + number % 26, 97 + number // 26 % 26])}


def fast_client(text, threads):
    """It waits for each ack and sends the next at once."""
    server, client = Server("--threads", threads), Peer()
    for number in range(3000):
        client.ask(text(number), server.address)
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"]), (3000, 3000), "received, acked")


for name, make in CLIENTS.items():
    for count in ("1", "2"):
        tap.add_case("a client that is only fast (%s) is left alone, --threads %s" % (name, count),
                     fast_client, make, count)


@tap.case("udptui send with 500 lines: each is answered")
def fast_send():
    lines = b"".join(b"%d\n" % number for number in range(500))
    server = Server("--ack", "{n}")
    udptui.run("send", "--timeout", "10s", server.text, stdin=lines).expect(0)
    tap.equal(server.stop()["acked"], 500, "acked")


@tap.case("a client that is bound to a server's port loses one ack, asks again and is served")
def bound_client():
    server, client = Server(), Peer(port=udptui.unused_port(), wait_s=1)
    answered = 0
    for number in range(60):
        client.send(b"ping", server.address)
        if client.silent(0.3) and server.messages(number + 1)[number]["ack"] == "held":
            continue
        client.receive()
        answered += 1
    tap.true(answered >= 57, "answered %d of 60" % answered)


@tap.case("a template does not hold an honest message that looks like an ack")
def honest():
    for template, message in (("{n} {text}", b"hello world"), ("{text}.", b"A sentence."), ("#{n}", b"#5"),
                              ("{n}", b"17")):
        server, client = Server("--ack", template), Peer()
        client.ask(message, server.address)
        tap.equal(server.stop()["acked"], 1, "acked with %r" % template)


@tap.case("the lines say HELD loop")
def loop_line():
    server, client = Server(json_lines=False), Peer()
    client.send(ACK, server.address)
    server.wait_text(r"HELD loop")
    tap.equal(client.waiting(), [], "answers")


@tap.case("--ack TEXT: its own text is the loop then, the default is not")
def loop_of_own_text():
    server, client = Server("--ack", "roger"), Peer()
    client.send(b"roger", server.address)
    tap.equal(server.messages(1)[0].get("why"), "loop", "why")
    tap.equal(client.ask(ACK, server.address), b"roger", "ack of the default text")


@tap.case("--ack-acks answers an ack all the same")
def ack_acks():
    server = Server("--ack-acks")
    tap.equal(Peer().ask(ACK, server.address), ACK, "ack")


@tap.case("a datagram that claims to be from the server itself is held as source")
def from_itself():
    with netns.Namespace():
        server = Server()
        netns.send_forged(server.address, server.address, b"hello")
        message = server.messages(1)[0]
        tap.equal((message["ack"], message["why"]), ("held", "source"), "ack, why")
        settled(server)
        tap.equal(server.stop()["received"], 2, "received")


@tap.case("sources of services that answer everything are held as source")
def answering_ports():
    with netns.Namespace():
        server = Server()
        peers = [Peer(port=port) for port in ANSWERING_PORTS]
        for peer in peers:
            peer.send(b"hello", server.address)
        found = server.messages(len(peers))
        tap.equal([(item["ack"], item.get("why")) for item in found],
                  [("held", "source")] * len(peers), "ack, why")
        Peer(port=124).ask(b"a neighbour port is answered", server.address)
        tap.equal([peer.waiting() for peer in peers], [[]] * len(peers), "answers")
        tap.equal(server.stop()["held_by"]["source"], len(peers), "held_by source")


# ---- limits

def burst(server, client, count):
    """Sends so many in small windows, each ended by its messages in the server's output."""
    for start in range(0, count, 25):
        for number in range(start, start + 25):
            client.send(b"%d" % number, server.address)
        server.messages(start + 25)
    return server.stop()


@tap.case("--ack echo limits every source: a burst, then held as limit")
def echo_limit():
    server, client = Server("--ack", "echo"), Peer()
    client.socket.setsockopt(udptui.socket.SOL_SOCKET, udptui.socket.SO_RCVBUF, 1 << 20)
    summary = burst(server, client, 400)
    tap.true(summary["held_by"]["limit"] > 100, "summary %r" % summary)
    tap.true(summary["acked"] >= 125, "summary %r" % summary)
    tap.equal(len(client.waiting(summary["acked"])), summary["acked"], "echoes")


@tap.case("--ack echo --ack-limit off echoes all")
def echo_without_limit():
    server, client = Server("--ack", "echo", "--ack-limit", "off"), Peer()
    tap.equal(burst(server, client, 400)["acked"], 400, "acked")


@tap.case("plain acks to private sources are not limited")
def no_limit_on_loopback():
    tap.equal(burst(Server(), Peer(), 400)["acked"], 400, "acked")


@tap.case("plain acks to a public source are limited")
def public_source():
    left, right = netns.pair()
    left.ip("address", "add", "8.8.4.4/32", "dev", "eth0")
    right.ip("route", "add", "8.8.4.4/32", "via", "10.9.0.1")
    with right:
        server = Server(addresses=("10.9.0.2:0",))
    with left:
        client = Peer("8.8.4.4")
    summary = burst(server, client, 400)
    tap.true(summary["held_by"]["limit"] > 100, "summary %r" % summary)
    tap.true(summary["acked"] >= 125, "summary %r" % summary)


@tap.case("--ack-limit RATE limits every source to it")
def own_limit():
    summary = burst(Server("--ack-limit", "1/s"), Peer(), 100)
    tap.true(summary["held_by"]["limit"] > 50, "summary %r" % summary)


# ---- size

@tap.case("a reply is at most three times the request with headers, and the cut is counted")
def size():
    template = "0123456789" * 30
    server, client = Server("--ack", template), Peer()
    for request in (b"", b"x", b"ten bytes!"):
        answer = client.ask(request, server.address).decode()
        limit = 3 * (len(request) + HEADERS) - HEADERS
        tap.true(0 < len(answer) <= limit, "%d bytes for %d" % (len(answer), len(request)))
        tap.true(len(answer) >= limit - 10, "cut further than needed: %d of %d" % (len(answer), limit))
        tap.true(template.startswith(answer), "not the beginning of the text: %r" % answer)
    tap.equal(client.ask(b"x" * 200, server.address).decode(), template, "the whole answer")
    summary = server.stop()
    tap.equal((summary["acked"], summary["acks_cut"]), (4, 3), "acked, acks_cut")


@tap.case("the line of a cut reply says size")
def size_line():
    server, client = Server("--ack", "0123456789" * 30, json_lines=False), Peer()
    client.ask(b"short", server.address)
    tap.contains(server.wait_text(r"^.*short.*$").group(), "size", "the line")


@tap.case("a cut never splits a character")
def size_character():
    server, client = Server("--ack", "€" * 100), Peer()
    for length in range(4):
        client.ask(b"x" * length, server.address).decode("utf-8")


tap.main()
