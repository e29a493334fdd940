# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a source address claims is compared with how the datagram really came: forged packets, in
namespaces. The whole table is in tests/unit/proto/test_source.c; here is what a kernel lets through."""
import netns
import tap
import udptui
from udptui import Peer, Server

PORT = 4010


def held_as_source(server, number=1):
    message = server.messages(number)[number - 1]
    tap.equal((message["ack"], message.get("why")), ("held", "source"),
              "ack, why of %s" % message["from"])
    return message


def not_injected(source, put, target, bystander):
    """A dual-stack echo server gets it, and the service on loopback gets nothing of it."""
    server = Server("--ack", "echo", addresses=("[::]:%d" % PORT,))
    put((source, bystander.port), (target, PORT), b"attack")
    tap.equal(held_as_source(server)["from"], "[%s]:%d" % (source, bystander.port), "from")
    Peer().ask(b"a probe", ("127.0.0.1", PORT))
    tap.equal(bystander.waiting(), [], "what the service got")
    server.stop()


@tap.case("an IPv4 address in an IPv6 header injects nothing into loopback")
def mapped_on_loopback():
    udptui.need_ipv6()
    with netns.Namespace():
        not_injected("::ffff:127.0.0.1", netns.send_forged, "::1", Peer())


@tap.case("the same from another machine")
def mapped_from_outside():
    udptui.need_ipv6()
    left, right = netns.pair()
    put = netns.cable(left, right)
    with right:
        not_injected("::ffff:127.0.0.1", put, "fd09::2", Peer())


@tap.case("a public IPv4 address in an IPv6 header is held, too")
def mapped_public():
    udptui.need_ipv6()
    with netns.Namespace():
        server = Server(addresses=("[::]:%d" % PORT,))
        netns.send_forged(("::ffff:8.8.8.8", 5000), ("::1", PORT), b"attack")
        tap.equal(held_as_source(server)["from"], "[::ffff:8.8.8.8]:5000", "from")
        tap.equal(server.stop()["held_by"]["source"], 1, "held_by source")


@tap.case("IPv4 itself goes on: a dual-stack server answers it")
def ipv4_is_answered():
    udptui.need_ipv6()
    with netns.Namespace():
        server, client = Server(addresses=("[::]:%d" % PORT,)), Peer()
        tap.equal(client.ask(b"hello", ("127.0.0.1", PORT)), udptui.DEFAULT_ACK, "ack")
        tap.equal(server.messages(1)[0]["from"], client.text, "from")


CLAIMS = (("10.9.0.255", "the subnet's broadcast address"), ("10.9.0.0", "its old form"),
          ("240.0.0.1", "a reserved address"), ("0.1.2.3", "an address of 'this network'"),
          ("fd09::2", "our own address and port"), ("::", "no address"))


def claim(source):
    left, right = netns.pair()
    put = netns.cable(left, right)
    family = "fd09::2" if ":" in source else "10.9.0.2"
    with right:
        server = Server(addresses=("[%s]:%d" % (family, PORT) if ":" in family else
                                   "%s:%d" % (family, PORT),))
    put((source, PORT), (family, PORT), b"hello")
    held_as_source(server)
    with left:
        tap.equal(Peer("fd09::1" if ":" in family else "10.9.0.1").ask(b"x", (family, PORT)),
                  udptui.DEFAULT_ACK, "ack of an honest one")


for address, words in CLAIMS:
    tap.add_case("from the cable, source %s (%s): held" % (address, words), claim, address)


@tap.case("a server on every address does not answer any address of its own")
def own_addresses():
    with netns.Namespace():
        server = Server("--ack", "{n}", addresses=("0.0.0.0:%d" % PORT,))
        for number, source in enumerate(("127.0.0.1", "127.0.0.2", "127.9.8.7"), 1):
            netns.send_forged((source, PORT), ("127.0.0.1", PORT), b"hello")
            held_as_source(server, number)
        tap.equal(server.stop()["acked"], 0, "acked")


@tap.case("nor an address that it was given while it ran, nor one of its other listeners")
def new_address():
    left, right = netns.pair()
    put = netns.cable(left, right)
    with right:
        server = Server(addresses=("0.0.0.0:%d" % PORT, "10.9.0.2:7777"))
    right.ip("address", "add", "10.77.0.1/24", "dev", "eth0")
    with right:
        for number, source in enumerate((("10.77.0.1", PORT), ("10.9.0.2", 7777)), 1):
            netns.send_forged(source, ("10.9.0.2", PORT), b"hello")
            held_as_source(server, number)
    put(("10.77.0.255", 5000), ("10.9.0.2", PORT), b"hello")
    held_as_source(server, 3)
    tap.equal(server.stop()["acked"], 0, "acked")


@tap.case("an interface without a broadcast address: its own address is a host's, and is joined so")
def no_broadcast_address():
    with netns.Namespace() as machine:
        machine.ip("link", "add", "eth0", "type", "veth", "peer", "name", "eth1")
        machine.ip("address", "add", "10.9.0.1/24", "dev", "eth0")  # as typed by hand: no "brd"
        machine.ip("link", "set", "eth0", "up")
        server = Server(addresses=("0.0.0.0:%d" % PORT,))
        tap.equal(Peer("10.9.0.1").ask(b"x", ("10.9.0.1", PORT)), udptui.DEFAULT_ACK, "ack")
        netns.send_forged(("10.9.0.255", 5000), ("10.9.0.1", PORT), b"hello")
        held_as_source(server, 2)
        server.stop()


@tap.case("--answer-all answers a client on port 53, and still no impossible source")
def answer_all():
    with netns.Namespace():
        server = Server("--answer-all")
        tap.equal(Peer(port=53).ask(b"x", server.address), udptui.DEFAULT_ACK, "ack")
        netns.send_forged(("127.0.0.1", 0), server.address, b"hello")
        held_as_source(server, 2)


@tap.case("two threads check the same")
def threads():
    with netns.Namespace():
        server = Server("--threads", "2", addresses=("0.0.0.0:%d" % PORT,))
        for number in range(1, 9):
            netns.send_forged(("127.0.0.%d" % number, PORT), ("127.0.0.1", PORT), b"hello")
            held_as_source(server, number)
        tap.equal(server.stop()["acked"], 0, "acked")


tap.main()
