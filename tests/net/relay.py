# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""relay between networks: groups and broadcasts on the side of the clients, and a router that says that there is no way.
Two namespaces, joined by a cable; skipped if not permitted."""
import socket
import struct

import netns
import tap
from udptui import Peer, Relay

GROUP = "239.9.9.9"


def relay_in(namespace, *arguments, **more):
    with namespace:
        return Relay(*arguments, **more)


def peer_in(namespace, host="0.0.0.0", port=0):
    with namespace:
        return Peer(host, port)


def asks_everybody(client, where, target):
    """The target behind the relay receives the question, and the client gets its answer from the relay."""
    client.send(b"who is there?", (where, 4010))
    question, session = target.receive()
    tap.equal(question, b"who is there?", "question")
    target.send(b"a lamp", session)
    tap.equal(client.receive(), (b"a lamp", ("10.9.0.1", 4010)), "answer")


@tap.case("--join: a client asks a group, and gets the answer of the target behind the relay")
def near_group():
    left, right = netns.pair()
    target = peer_in(left, "127.0.0.1")
    relay = relay_in(left, target.text, "--join", GROUP + "%eth0", listen="0.0.0.0:4010")
    client = peer_in(right)
    with right:
        index = socket.if_nametoindex("eth0")
    client.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("4s4si", bytes(4), bytes(4), index))
    asks_everybody(client, GROUP, target)
    tap.true(relay.messages(2)[0]["multicast"], "multicast")


@tap.case("a client that asks everybody gets the answer of the target behind the relay")
def near_broadcast():
    left, right = netns.pair()
    target = peer_in(left, "127.0.0.1")
    relay = relay_in(left, target.text, listen="0.0.0.0:4010")
    client = peer_in(right)
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    asks_everybody(client, "10.9.0.255", target)
    tap.true(relay.messages(2)[0]["broadcast"], "broadcast")


@tap.case("a router that has no route: its address is in the ICMP error")
def no_route():
    left, right = netns.pair()
    left.ip("route", "add", "10.8.0.0/16", "via", "10.9.0.2")
    with right:
        with open("/proc/sys/net/ipv4/ip_forward", "w", encoding="ascii") as file:
            file.write("1")
    relay = relay_in(left, "10.8.0.1:53")
    client = peer_in(left, "127.0.0.1")
    client.send(b"anybody?", relay.address)
    found = relay.wait_objects("icmp")[0]
    tap.equal((found["offender"], found["to"], found["type"]), ("10.9.0.2", "10.8.0.1:53", 3), "the ICMP error")
    tap.contains(found["why"], "10.9.0.2 reports", "why")


tap.main()
