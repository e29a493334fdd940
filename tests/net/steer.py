# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""--threads: all that a client sends is with one thread, whichever of our ports it sends to and however its
packets look. A client that two threads know would be counted twice."""
import socket
import threading

import netns
import tap
import udptui
from udptui import Peer, Server

CLIENTS = 24
IPV6_HOPOPTS, IPV6_RTHDRDSTOPTS, IPV6_DSTOPTS, IPV6_MTU = 54, 55, 59, 24  # linux/in6.h
PADDING = bytes((0, 0, 1, 4, 0, 0, 0, 0))  # an extension header that is only PadN (RFC 8200 section 4.2)
LONG = bytes((0, 2, 0x1e, 20)) + bytes(20)  # one of 24 bytes, with an option to be skipped (RFC 4727)


def option(level, name, value):
    def set_option(client):
        client.socket.setsockopt(level, name, value)
        return b"x"
    return set_option


def extended(*names):
    """Sends with these extension headers."""
    def set_options(client):
        for number, name in enumerate(names):
            client.socket.setsockopt(socket.IPPROTO_IPV6, name, LONG if number % 2 else PADDING)
        return b"x"
    return set_options


def fragmented(client):
    return bytes(5000)


def train(client):
    client.send_trains(100)
    return bytes(350)


WAYS = {
    "plain datagrams": lambda client: b"x",
    "empty datagrams": lambda client: b"",
    "fragments": fragmented,
    "a train of segments": train,
}
IPV4_WAYS = dict(WAYS, **{
    "an IP option": option(socket.IPPROTO_IP, socket.IP_OPTIONS, bytes((1, 1, 1, 1))),
    "a full header of options": option(socket.IPPROTO_IP, socket.IP_OPTIONS, bytes((1,) * 40)),
})
IPV6_WAYS = dict(WAYS, **{
    "a header for each hop": extended(IPV6_HOPOPTS),
    "a header for the destination": extended(IPV6_DSTOPTS),
    "two extension headers": extended(IPV6_HOPOPTS, IPV6_DSTOPTS),
})


def messages_of(way):
    return 4 if way is train else 1


def one_thread_each(listen, targets, way):
    """Each client sends a plain datagram and one of that way to each address."""
    with netns.Namespace() as space:
        if ":" in targets[0]:
            udptui.need_ipv6()
        space.ip("link", "set", "lo", "mtu", "1500")
        server = Server("--threads", "4", addresses=listen, listening=len(listen))
        addresses = [(host, port) for own, port in server.addresses for host in targets if own in ("::", host)]
        clients = [Peer(targets[0]) for _ in range(CLIENTS)]
        for client in clients:
            for address in addresses:
                client.send(b"plain", address)
            payload = way(client)
            for address in addresses:
                client.send(payload, address)
        expected = CLIENTS * len(addresses) * (1 + messages_of(way))
        server.messages(expected)
        summary = server.stop()
    tap.equal((summary["received"], summary["clients"]), (expected, CLIENTS), "received, clients")


for name, some_way in IPV4_WAYS.items():
    tap.add_case("IPv4, two ports: a client with %s is with one thread" % name, one_thread_each,
                 ("127.0.0.1:0", "127.0.0.1:0"), ("127.0.0.1",), some_way)
for name, some_way in IPV6_WAYS.items():
    tap.add_case("IPv6, two ports: a client with %s is with one thread" % name, one_thread_each,
                 ("[::1]:0", "[::1]:0"), ("::1",), some_way)
tap.add_case("IPv4 on an IPv6 socket, two ports: a client is with one thread", one_thread_each,
             ("[::]:4010", "[::]:4011"), ("127.0.0.1", "127.0.0.2"), WAYS["plain datagrams"])
tap.add_case("two of our addresses: a client is with one thread", one_thread_each,
             ("127.0.0.1:4010", "127.0.0.2:4010"), ("127.0.0.1", "127.0.0.2"), WAYS["plain datagrams"])


@tap.case("a broadcast is taken once, by the thread that has its sender's other datagrams")
def broadcast():
    left, right = netns.pair()
    with right:
        server = Server("--threads", "4", addresses=("0.0.0.0:4010",))
    with left:
        clients = [Peer("10.9.0.1") for _ in range(CLIENTS)]
    for client in clients:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        client.send(b"anybody?", ("10.9.0.255", 4010))
        tap.equal(client.receive(), (udptui.DEFAULT_ACK, ("10.9.0.2", 4010)), "the answer")
        client.ask(b"you", ("10.9.0.2", 4010))
    summary = server.stop()
    tap.equal((summary["received"], summary["clients"]), (2 * CLIENTS, CLIENTS), "received, clients")


def members(namespace, ipv6):
    """Clients that send to groups by eth0."""
    with namespace:
        clients = [Peer("fd09::1" if ipv6 else "10.9.0.1") for _ in range(CLIENTS)]
        for client in clients:
            if ipv6:
                client.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, socket.if_nametoindex("eth0"))
            else:
                client.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.9.0.1"))
    return clients


def is_answered(client, address):
    client.send(b"again", address)
    return not client.silent(0.1)


def group_too(listen, group, unicast):
    """Each client sends to the group and to the server alone; then the group's interface goes and comes back."""
    left, right = netns.pair()
    if ":" in group:
        udptui.need_ipv6()
    with right:
        server = Server("--threads", "4", "--join", group + "%eth0", addresses=(listen,))
    clients = members(left, ":" in group)
    for client in clients:
        client.ask(b"anybody?", (group, 4010))
        client.ask(b"you", (unicast, 4010))
        tap.equal(client.waiting(), [], "further answers")
    left.ip("link", "delete", "eth0")
    tap.equal(server.wait_objects("membership", 2)[1]["joined"], False, "joined")
    netns.wire(left, right)
    server.wait_objects("membership", 3)
    for client in members(left, ":" in group):  # each thread joins again by itself
        tap.until(lambda one=client: is_answered(one, (group, 4010)), "the group is joined again")
        client.ask(b"you", (unicast, 4010))
    tap.equal(len(server.objects("membership")), 3, "reports of memberships")
    tap.equal(server.stop()["clients"], 2 * CLIENTS, "clients")


tap.add_case("a group's datagrams are taken once, by the thread that has their sender's others, IPv4", group_too,
             "0.0.0.0:4010", "239.9.9.9", "10.9.0.2")
tap.add_case("a group's datagrams are taken once, by the thread that has their sender's others, IPv6", group_too,
             "[::]:4010", "ff15::9", "fd09::2")


def sent_until(stop, clients, address):
    """From each in turn, a burst of segments a call."""
    for client in clients:
        train(client)
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    while not stop.is_set():
        for client in clients:
            try:
                client.send(bytes(350), address)
            except ConnectionRefusedError:  # before the server is there
                pass


@tap.case("what comes while the sockets are opened is not with another thread")
def started_in_a_flood():
    with netns.Namespace():
        clients, stop = [Peer() for _ in range(CLIENTS)], threading.Event()
        flood = threading.Thread(target=sent_until, args=(stop, clients, ("127.0.0.1", 4010)))
        flood.start()
        try:
            for _ in range(5):
                server = Server("--threads", "16", "--filter", "size:>350", "--duration", "200ms",
                                addresses=("127.0.0.1:4010",))
                seen = server.summary()["clients"]
                tap.true(seen <= CLIENTS, "%d clients are %d for the server" % (CLIENTS, seen))
        finally:
            stop.set()
            flood.join()


tap.main()
