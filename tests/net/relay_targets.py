# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""relay's way to the target: a name whose address changes, a source address that the machine loses, and the hop limit
and DSCP that datagrams leave with. In network namespaces; skipped if not permitted."""
import signal
import socket

import netns
import tap
from udptui import Peer, Relay

NAME = "target.example"
PORT = 4077
TYPE_A = 1
IP_RECVTTL, IP_RECVTOS = 12, 13  # ip(7); Python names only the second, since 3.10


def name_server(namespace, addresses):
    """NAME has the addresses of this list, which the test may change; no other name is known."""
    def answers(name, kind):
        if name != NAME:
            return None
        return [socket.inet_aton(address) for address in addresses] if kind == TYPE_A else []
    netns.NameServer(namespace, answers)


def peer_in(namespace, host, port=0):
    with namespace:
        return Peer(host, port)


@tap.case("a target that refuses is looked up again: its clients go to the name's new address")
def moved():
    namespace = netns.Namespace()
    addresses = ["127.0.0.2"]
    name_server(namespace, addresses)
    target = peer_in(namespace, "127.0.0.2", PORT)
    with namespace:
        relay = Relay("%s:%d" % (NAME, PORT))
    client = peer_in(namespace, "127.0.0.1")
    client.send(b"before", relay.address)
    tap.equal(target.receive()[0], b"before", "at the old address")
    target.socket.close()
    other = peer_in(namespace, "127.0.0.3", PORT)
    addresses[:] = ["127.0.0.3"]
    client.send(b"refused", relay.address)
    found = relay.wait_objects("target")[0]
    tap.equal((found["found"], found["before"], found["target"]), (True, "127.0.0.2:%d" % PORT, "127.0.0.3:%d" % PORT),
              "what was looked up")
    client.send(b"after", relay.address)
    question, session = other.receive()
    tap.equal(question, b"after", "at the new address")
    other.send(b"answer", session)
    tap.equal(client.receive()[0], b"answer", "the answer")
    relay.stop()


@tap.case("a name that is gone when the target refuses: it is said, and the old address stays")
def gone():
    namespace = netns.Namespace()
    addresses = ["127.0.0.2"]
    name_server(namespace, addresses)
    with namespace:
        relay = Relay("%s:%d" % (NAME, PORT))
    addresses.clear()
    client = peer_in(namespace, "127.0.0.1")
    client.send(b"refused", relay.address)
    found = relay.wait_objects("target")[0]
    tap.equal((found["found"], found["before"]), (False, "127.0.0.2:%d" % PORT), "what was looked up")
    tap.true(found["why"], "why")
    target = peer_in(namespace, "127.0.0.2", PORT)
    client.send(b"again", relay.address)
    tap.equal(target.receive()[0], b"again", "at the old address")
    relay.stop()


@tap.case("a machine that loses the address of a session: a fresh socket takes over, on a simulated network, too")
def renumbered():
    for options in ((), ("--impair", "delay=1ms")):
        left, right = netns.pair()
        target = peer_in(left, "10.9.0.1")
        with right:
            relay = Relay(target.text, *options)
        client = peer_in(right, "127.0.0.1")
        client.send(b"before", relay.address)
        tap.equal(target.receive()[1][0], "10.9.0.2", "the session's address")
        right.ip("address", "del", "10.9.0.2/24", "dev", "eth0")
        right.ip("address", "add", "10.9.0.77/24", "dev", "eth0")
        client.send(b"after", relay.address)
        question, session = target.receive()
        tap.equal((question, session[0]), (b"after", "10.9.0.77"), "with the new address")
        target.send(b"answer", session)
        tap.equal(client.receive()[0], b"answer", "the answer")
        relay.stop()


@tap.case("a machine that loses its only address: each datagram of a burst fails once, on a simulated network, too")
def unnumbered():
    for options in ((), ("--impair", "delay=1ms")):
        left, right = netns.pair()
        target = peer_in(left, "10.9.0.1")
        with right:
            relay = Relay(target.text, *options)
        client = peer_in(right, "127.0.0.1")
        client.send(b"before", relay.address)
        target.receive()
        right.ip("address", "del", "10.9.0.2/24", "dev", "eth0")
        relay.freeze()  # so that it reads the burst in one batch
        for size in range(1, 9):
            client.send(b"x" * size, relay.address)
        relay.signal(signal.SIGCONT)
        relay.wait_for(lambda: [one["status"] for one in relay.objects("message")].count("failed") == 8, "the burst to fail")
        summary = relay.stop()
        tap.equal((summary["forwarded"], summary["failed"]), (1, 8), "forwarded and failed")


def marks(peer):
    """Hop limit and traffic class of the next datagram."""
    peer.socket.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
    peer.socket.setsockopt(socket.IPPROTO_IP, IP_RECVTOS, 1)
    _, control, _, sender = peer.socket.recvmsg(100, 200)
    found = {kind: data[0] for _, kind, data in control}
    return found[socket.IP_TTL], found[socket.IP_TOS], sender


@tap.case("hop limit and DSCP are the relay's own, or copied with --copy-ttl and --copy-dscp")
def copied():
    namespace = netns.Namespace()
    for options, there, back in (((), (175, 0), (175, 0)),
                                 (("--copy-ttl", "--copy-dscp"), (32, 0xb8), (9, 0x28))):
        target, client = peer_in(namespace, "127.0.0.1"), peer_in(namespace, "127.0.0.1")
        with namespace:
            relay = Relay(target.text, *options)
        for peer in (target, client):
            peer.socket.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
            peer.socket.setsockopt(socket.IPPROTO_IP, IP_RECVTOS, 1)
        client.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 33)
        client.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0xb8 | 1)  # ECN is not copied
        client.send(b"question", relay.address)
        hops, octet, session = marks(target)
        tap.equal((hops, octet), there, "to the target with %r" % (options,))
        target.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 10)
        target.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0x28)
        target.send(b"answer", session)
        tap.equal(marks(client)[:2], back, "to the client with %r" % (options,))
        relay.stop()


@tap.case("--copy-ttl: a datagram that came with hop limit 1 goes no further, and is held as a loop")
def used_up():
    namespace = netns.Namespace()
    target, client = peer_in(namespace, "127.0.0.1"), peer_in(namespace, "127.0.0.1")
    with namespace:
        relay = Relay(target.text, "--copy-ttl")
    client.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 1)
    client.send(b"near", relay.address)
    found = relay.messages(1)[0]
    tap.equal((found["status"], found["why"]), ("held", "loop"), "the message")
    tap.equal(target.waiting(), [], "at the target")
    relay.stop()


@tap.case("a public client is limited to 50 datagrams a second, a burst of 125; a private one is not; --limit off lifts it")
def limited():
    left, right = netns.pair()
    left.ip("address", "add", "9.9.9.1/32", "dev", "eth0")  # a public address (endpoint_is_public)
    right.ip("route", "add", "9.9.9.1/32", "dev", "eth0")
    target = peer_in(right, "127.0.0.1")
    for options, address, held in (((), "10.9.0.1", False), ((), "9.9.9.1", True),
                                   (("--limit", "off"), "9.9.9.1", False)):
        with right:
            relay = Relay(target.text, *options, listen="10.9.0.2:0")
        client = peer_in(left, address)
        for number in range(400):
            client.send(b"%d" % number, relay.address)
            if number % 50 == 49:
                relay.wait_read()  # its queue may be small (net.core.rmem_max)
        relay.messages(400)
        summary = relay.stop()
        tap.equal(summary["held_by"]["limit"] > 0, held, "%s with %r: %r" % (address, options, summary))
        tap.true(summary["forwarded"] >= 125, "%r" % summary)


@tap.case("a client on a port whose service answers anything is held, unless --answer-all is set")
def service_port():
    namespace = netns.Namespace()
    target = peer_in(namespace, "127.0.0.1")
    for options, status in (((), "held"), (("--answer-all",), "forwarded")):
        with namespace:
            relay = Relay(target.text, *options)
        client = peer_in(namespace, "127.0.0.1", 123)
        client.send(b"time?", relay.address)
        tap.equal(relay.messages(1)[0]["status"], status, "with %r" % (options,))
        relay.stop()
        client.socket.close()


tap.main()
