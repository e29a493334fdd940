# SPDX-License-Identifier: GPL-3.0-or-later
"""Loops and limits: an ack is never acknowledged, some sources get none, a reply stays small."""
import signal

import netns
import tap
import udptui
from udptui import Peer, Server

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
    second, sender = Server(), Peer()
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
    summary = burst(server, client, 400)
    tap.true(summary["held_by"]["limit"] > 100, "summary %r" % summary)
    tap.true(summary["acked"] >= 125, "summary %r" % summary)
    tap.equal(len(client.waiting()), summary["acked"], "echoes")


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
