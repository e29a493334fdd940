# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server's sockets receive: groups that they joined, on the interface where they did, once, and
nothing that another process joined. Two namespaces, joined by one or two cables; skipped if not
permitted."""
import os
import signal
import socket
import struct

import netns
import tap
import udptui
from udptui import Peer, Server

ACK = udptui.DEFAULT_ACK
GROUP, GROUP6 = "239.9.9.9", "ff15::4010"


# ---- peers

def joined(port, group, interface, reuse=False):
    """Another process's socket that is a member of the group on the interface."""
    ipv6 = ":" in group
    member = socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET, socket.SOCK_DGRAM)
    tap.defer(member.close)
    member.settimeout(tap.WAIT_S)
    if ipv6:
        member.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    if reuse:
        member.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    member.bind(("", port))
    index = socket.if_nametoindex(interface)
    if ipv6:
        member.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP,
                          socket.inet_pton(socket.AF_INET6, group) + struct.pack("@I", index))
    else:
        member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                          struct.pack("4s4si", socket.inet_aton(group), bytes(4), index))
    return member


def say(namespace, payload, target, port=4010, interface="eth0", broadcast=False):
    """Sends to a group, a broadcast or an address by that interface; returns the socket."""
    with namespace:
        peer = Peer("::" if ":" in target else "0.0.0.0")
        index = socket.if_nametoindex(interface)
    if ":" in target:
        peer.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
        peer.socket.sendto(payload, (target, port, 0, index if target.startswith(("ff", "fe80")) else 0))
        return peer
    peer.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("4s4si", bytes(4), bytes(4), index))
    peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, int(broadcast))
    peer.send(payload, (target, port))
    return peer


def server_in(namespace, *options, addresses, **more):
    with namespace:
        return Server(*options, addresses=addresses, **more)


def received(server, last):
    """The texts up to `last`, which was sent when all the others had been."""
    server.wait_for(lambda: last in [item["text"] for item in server.objects("message")], last)
    return [item["text"] for item in server.objects("message")]


# ---- what others joined

def ignores_foreign_groups(options, address, target):
    left, right = netns.pair()
    with right:
        others = [joined(4999, GROUP, "eth0")]
        if socket.has_ipv6 and os.path.exists("/proc/sys/net/ipv6"):
            others.append(joined(4998, GROUP6, "eth0"))
    server = server_in(right, *options, addresses=(address,))
    say(left, b"v4 group", GROUP)
    say(left, b"all hosts", "224.0.0.1")
    if len(others) > 1:
        say(left, b"v6 group", GROUP6)
        say(left, b"all nodes", "ff02::1")
    tap.equal(say(left, b"you", target).receive()[0], ACK, "the answer to a unicast datagram")
    tap.equal(received(server, "you"), ["you"], "texts")
    tap.equal(server.stop()["received"], 1, "received")


for _options, _address, _target in (
        ((), ":4010", "10.9.0.2"), ((), ":4010", "fd09::2"), (("-4",), ":4010", "10.9.0.2"),
        (("-6",), ":4010", "fd09::2"), ((), "0.0.0.0:4010", "10.9.0.2"), ((), "[::]:4010", "fd09::2"),
        ((), "10.9.0.2:4010", "10.9.0.2"), ((), "[fd09::2]:4010", "fd09::2"),
        (("--join", "239.1.1.1%eth0"), ":4010", "10.9.0.2"),
        (("--join", "ff15::99%eth0"), ":4010", "fd09::2"),
        (("--threads", "3"), ":4010", "10.9.0.2")):
    tap.add_case("serve %s %s: groups that another process joined are not received (asked at %s)"
                 % (" ".join(_options), _address, _target),
                 ignores_foreign_groups, _options, _address, _target)


def by_interface(group, spelling, address):
    left, right = netns.pair()
    netns.wire(left, right, "eth1", 1)
    with right:
        other = joined(4999, group, "eth1")
    server = server_in(right, *spelling, addresses=(address,))
    say(left, b"wrong cable", group, interface="eth1")
    say(left, b"its neighbour hears it", group, port=4999, interface="eth1")
    tap.equal(other.recv(100), b"its neighbour hears it", "the other process")
    tap.equal(say(left, b"right cable", group).receive()[0], ACK, "the answer")
    tap.equal(received(server, "right cable"), ["right cable"], "texts")


for _group in (GROUP, GROUP6):
    _any = "[::]:4010" if ":" in _group else "0.0.0.0:4010"
    _bound = "[%s%%eth0]:4010" if ":" in _group else "%s%%eth0:4010"
    tap.add_case("--join %s%%eth0 on %s: what comes by eth1 is not received" % (_group, _any),
                 by_interface, _group, ("--join", _group + "%eth0"), _any)
    tap.add_case("--join %s%%eth0 on :4010: what comes by eth1 is not received" % _group,
                 by_interface, _group, ("--join", _group + "%eth0"), ":4010")
    tap.add_case("serve %s joins, on eth0 alone" % (_bound % _group),
                 by_interface, _group, (), _bound % _group)


# ---- listening on a group

@tap.case("serve GROUP:PORT gets the group's datagrams alone and answers from the machine's address")
def group_alone():
    left, right = netns.pair()
    server = server_in(right, addresses=(GROUP + "%eth0:4010",))
    tap.equal(server.text, GROUP + "%eth0:4010", "listening on")
    say(left, b"you", "10.9.0.2")
    tap.equal(say(left, b"members", GROUP).receive(), (ACK, ("10.9.0.2", 4010)), "the answer")
    tap.equal(received(server, "members"), ["members"], "texts")


@tap.case("serve GROUP:PORT without an interface takes the one of the routes, or says what to add")
def group_by_route():
    left, right = netns.pair()
    with right:
        refused = udptui.run("serve", "--json", GROUP + ":4010").expect(3)
    tap.contains(refused.err, "GROUP%INTERFACE", "stderr")
    right.ip("route", "add", "default", "via", "10.9.0.1")
    server = server_in(right, addresses=(GROUP + ":4010",))
    tap.equal([(item["group"], item["interface"], item["joined"])
               for item in server.wait_objects("membership", 1)], [(GROUP, "eth0", True)], "memberships")
    say(left, b"members", GROUP).receive()


@tap.case("--join without a socket that could receive the group is refused, with the way that works")
def join_in_vain():
    with netns.pair()[1]:
        for arguments in (("--join", GROUP + "%eth0", "10.9.0.2:4010"),
                          ("--join", GROUP6 + "%eth0", "[fd09::2]:4010")):
            refused = udptui.run("serve", *arguments).expect(2)
            tap.contains(refused.err, "listen on :PORT", "stderr")
        tap.contains(udptui.run("serve", "--join", GROUP6, "-4", ":4010").expect(2).err, "family",
                     "stderr")


@tap.case("a group beside every address on one port is refused with the way that works")
def group_beside_every_address():
    with netns.pair()[1]:
        for addresses in ((GROUP + "%eth0:4010", ":4010"), ("0.0.0.0:4010", GROUP + "%eth0:4010"),
                          (":4010", "[%s%%eth0]:4010" % GROUP6)):
            tap.contains(udptui.run("serve", *addresses).expect(2).err, "--join", "stderr")
        Server(addresses=("10.9.0.2:4010", GROUP + "%eth0:4010")).stop()
        Server(addresses=(":4010", GROUP + "%eth0:4011")).stop()


@tap.case("more ports than a server can have are refused")
def too_many_ports():
    tap.contains(udptui.run("serve", ":4001-4099").expect(2).err, "at most 64", "stderr")


@tap.case("--join goes with every socket that can receive the group: each port of a range")
def join_every_port():
    left, right = netns.pair()
    server = server_in(right, "--join", GROUP + "%eth0", addresses=("0.0.0.0:4010-4012", "10.9.0.2:4999"),
                       listening=4)
    for port in (4012, 4011, 4010):
        tap.equal(say(left, b"to %d" % port, GROUP, port=port).receive()[1], ("10.9.0.2", port), "from")
    tap.equal(received(server, "to 4010"), ["to 4012", "to 4011", "to 4010"], "texts")


# ---- one datagram is one datagram

def once(options, address, group, broadcast=False):
    left, right = netns.pair()
    server = server_in(right, *options, addresses=(address,))
    for text in (b"one", b"two"):
        peer = say(left, text, group, broadcast=broadcast)
        tap.equal(peer.receive()[0], ACK, "the answer")
        tap.true(peer.silent(), "a second answer came")
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"]), (2, 2), "received, acked")


tap.add_case("--threads 4: a broadcast is received and answered once", once,
             ("--threads", "4"), ":4010", "10.9.0.255", True)
tap.add_case("--threads 4, -4: a broadcast is received and answered once", once,
             ("-4", "--threads", "4"), ":4010", "10.9.0.255", True)
tap.add_case("--threads 4: a multicast is received and answered once", once,
             ("--threads", "4", "--join", GROUP + "%eth0"), ":4010", GROUP)
tap.add_case("--threads 4: an IPv6 multicast is received and answered once", once,
             ("--threads", "4", "--join", GROUP6 + "%eth0"), ":4010", GROUP6)
tap.add_case("--threads 4 on the group itself: once", once,
             ("--threads", "4"), GROUP + "%eth0:4010", GROUP)


# ---- broadcasts

@tap.case("serve ADDRESS gets no broadcasts; with the broadcast address beside it, it does")
def broadcast_address():
    left, right = netns.pair()
    server = server_in(right, addresses=("10.9.0.2:4010",))
    tap.true(say(left, b"all", "10.9.0.255", broadcast=True).silent(), "an answer came")
    tap.equal(server.stop()["received"], 0, "received")
    both = server_in(right, addresses=("10.9.0.2:4010", "10.9.0.255:4010"), listening=2)
    tap.equal(say(left, b"all", "10.9.0.255", broadcast=True).receive(), (ACK, ("10.9.0.2", 4010)),
              "the answer")
    tap.equal(say(left, b"you", "10.9.0.2").receive()[0], ACK, "the answer to a unicast datagram")
    tap.equal(both.stop()["received"], 2, "received")


# ---- interfaces that go and come back

def cut(left):
    left.ip("link", "delete", "eth0")


def lost_and_back(spelling, address, group):
    left, right = netns.pair()
    server = server_in(right, *spelling, addresses=(address,))
    say(left, b"first", group).receive()
    cut(left)
    lost = server.wait_objects("membership", 2)[1]
    tap.equal((lost["group"], lost["interface"], lost["joined"]), (group, "eth0", False), "lost")
    netns.wire(left, right)
    back = server.wait_objects("membership", 3)[2]
    tap.equal((back["group"], back["interface"], back["joined"], back["again"]),
              (group, "eth0", True, True), "joined again")
    say(left, b"second", group).receive()
    say(left, b"you", "fd09::2" if ":" in group else "10.9.0.2") if spelling else None
    tap.equal(received(server, "second")[:2], ["first", "second"], "texts")


tap.add_case("a membership is lost with its interface and taken up again, IPv4", lost_and_back,
             ("--join", GROUP + "%eth0"), ":4010", GROUP)
tap.add_case("a membership is lost with its interface and taken up again, IPv6", lost_and_back,
             ("--join", GROUP6 + "%eth0"), ":4010", GROUP6)
tap.add_case("a membership of a socket on the group is taken up again", lost_and_back,
             (), GROUP + "%eth0:4010", GROUP)
tap.add_case("a membership of a socket on a link-local group is taken up again", lost_and_back,
             (), "[ff02::4010%eth0]:4010", "ff02::4010")


@tap.case("without the right to follow the interface a link-local group stays lost, and says what to do")
def lost_for_good():
    left, right = netns.pair()
    server = server_in(right, addresses=("[ff02::4010%eth0]:4010",), first=udptui.without_rights)
    cut(left)
    netns.wire(left, right)
    kept = server.wait_for(lambda: [item for item in server.objects("membership") if "why" in item],
                           "the reason")[0]
    tap.equal((kept["joined"], kept["why"]),
              (False, "its socket stays bound to the old interface: start the server again"), "joined, why")
    tap.equal(len(server.objects("membership")), 3, "told once")


@tap.case("a membership on the routes' interface is taken up again when there is a route")
def routed_and_back():
    left, right = netns.pair()
    right.ip("route", "add", "224.0.0.0/4", "dev", "eth0")
    server = server_in(right, "--join", GROUP, addresses=("0.0.0.0:4010",))
    cut(left)
    server.wait_objects("membership", 2)
    netns.wire(left, right)
    right.ip("route", "add", "224.0.0.0/4", "dev", "eth0")
    server.wait_objects("membership", 3)
    tap.equal(say(left, b"second", GROUP).receive()[0], ACK, "the answer")


@tap.case("an interface that comes back with the same index: lost and joined again, too")
def same_index():
    left, right = netns.pair()
    server = server_in(right, "--join", GROUP + "%eth0", addresses=("0.0.0.0:4010",))
    away = netns.Namespace()
    right.ip("link", "set", "eth0", "netns", "/proc/%d/fd/%d" % (os.getpid(), away.handle))
    away.ip("link", "set", "eth0", "netns", "/proc/%d/fd/%d" % (os.getpid(), right.handle))
    server.wait_objects("membership", 3)
    right.ip("address", "add", "10.9.0.2/24", "dev", "eth0")
    right.ip("link", "set", "eth0", "up")
    netns.carrier(right, "eth0")
    tap.equal(say(left, b"second", GROUP).receive()[0], ACK, "the answer")


@tap.case("the lines say what was joined, lost and joined again")
def lost_in_lines():
    left, right = netns.pair()
    server = server_in(right, "--join", GROUP + "%eth0", addresses=(":4010",), json_lines=False)
    server.wait_text(r"^Joined %s on eth0$" % GROUP)
    cut(left)
    server.wait_text(r"^.*lost: %s on eth0.*$" % GROUP)
    netns.wire(left, right)
    server.wait_text(r"^.*joined again: %s on eth0$" % GROUP)


# ---- a shared port

@tap.case("--reuse shares the port: both get the group, one alone a unicast datagram")
def shared():
    left, right = netns.pair()
    with right:
        other = joined(4010, GROUP, "eth0", reuse=True)
        refused = udptui.run("serve", "--join", GROUP + "%eth0", "0.0.0.0:4010").expect(3)
    tap.contains(refused.err, "--reuse", "stderr")
    tap.contains(refused.err, "unicast", "stderr")
    server = server_in(right, "--reuse", "--join", GROUP + "%eth0", addresses=("0.0.0.0:4010",))
    tap.equal(say(left, b"members", GROUP).receive()[0], ACK, "the answer")
    tap.equal(other.recv(100), b"members", "what the other program got")
    say(left, b"you", "10.9.0.2").receive()
    tap.equal(received(server, "you"), ["members", "you"], "texts")


@tap.case("--reuse with a program that set SO_REUSEPORT alone, and with several threads")
def shared_by_reuseport():
    with netns.Namespace():
        other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tap.defer(other.close)
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("0.0.0.0", 4010))
        Server("--reuse", addresses=("0.0.0.0:4010",)).stop()
    with netns.Namespace():
        joined(4010, GROUP, "lo", reuse=True)
        Server("--reuse", "--threads", "3", addresses=("0.0.0.0:4010",)).stop()


@tap.case("--reuse cannot share with a program that does not: said so")
def not_shared():
    with netns.Namespace():
        Peer("0.0.0.0", 4010)
        refused = udptui.run("serve", "--reuse", "0.0.0.0:4010").expect(3)
    tap.contains(refused.err, "does not share", "stderr")


@tap.case("serve GROUP:PORT shares the port without --reuse: it takes nothing from anybody")
def shared_group():
    left, right = netns.pair()
    with right:
        other = joined(4010, GROUP, "eth0", reuse=True)
    server = server_in(right, addresses=(GROUP + "%eth0:4010",))
    say(left, b"members", GROUP).receive()
    say(left, b"you", "10.9.0.2")
    tap.equal((other.recv(100), other.recv(100)), (b"members", b"you"), "what the other program got")
    tap.equal(server.stop()["received"], 1, "received")


tap.main()
