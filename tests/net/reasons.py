# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every row of proto/reason that a kernel can be brought to say: each failure is provoked in a namespace
of its own and must be reported with its words, by send and, if it can happen there, by serve and load."""
import re
import resource
import shutil
import socket
import struct
import subprocess

import netns
import tap
import udptui
from udptui import Peer

ROUTES = {"blackhole": 1, "prohibit": 2, "unreachable": 3, "throw": 4}


def network():
    """One end of a cable, with a route of each kind that leads nowhere."""
    left, right = netns.pair()
    for kind, number in ROUTES.items():
        left.ip("route", "add", kind, "10.60.%d.0/24" % number)
        if udptui_has_ipv6():
            left.ip("-6", "route", "add", kind, "fd60:%d::/64" % number)
    return left, right


def udptui_has_ipv6():
    try:
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).close()
        return True
    except OSError:
        return False


def said(namespace, *arguments, status=(1, 3)):
    """What send says, in lines and in JSON: the same words."""
    with namespace:
        lines = udptui.run(*arguments)
        objects = udptui.run(arguments[0], "--json", *arguments[1:])
    tap.contains(status, lines.status, "exit status")
    tap.equal(objects.status, lines.status, "status with --json")
    if lines.err:
        tap.equal(objects.err, lines.err, "stderr with --json")
        return lines.err
    why = objects.objects("result")[0]["why"]
    tap.contains(lines.out, why, "the lines")
    return why


def tells(words, arguments, wrong=()):
    left, _ = network()
    text = said(left, *arguments)
    tap.contains(text, words, "what was said")
    for word in wrong:
        tap.lacks(text, word, "what was said")


# ---- what this machine's own routes and addresses say

for _target, _words, _wrong in (
        ("10.60.1.1", "a route on this machine discards it (blackhole)", ("not an address",)),
        ("10.60.2.1", "a route on this machine prohibits it", ("broadcast",)),
        ("10.60.3.1", "no route to that host", ()),
        ("10.60.4.1", "no route to that network", ()),
        ("192.0.2.1", "no route to that network", ()),
        ("10.9.0.255", "a broadcast address: add --broadcast", ("firewall", "prohibit")),
        ("[fd60:1::1]:4010", "a route on this machine discards it (blackhole)", ()),
        ("[fd60:2::1]:4010", "a route on this machine prohibits it", ("broadcast",)),
        ("[fd60:3::1]:4010", "no route to that host", ()),
        ("[fd60:4::1]:4010", "no route to that network", ()),
        ("fe80::1", "a link-local address needs its interface", ("blackhole",))):
    tap.add_case("send %s: %s" % (_target, _words), tells, _words, ("send", _target, "x"), _wrong)


@tap.case("a prohibit route with --broadcast is still a prohibit route")
def prohibit_with_broadcast():
    left, _ = network()
    text = said(left, "send", "--broadcast", "10.60.2.1", "x")
    tap.contains(text, "prohibits it", "what was said")
    tap.lacks(text, "--broadcast", "what was said")


@tap.case("send -b on a port that is in use: cannot send from it, not listen on it")
def source_in_use():
    left, _ = network()
    with left:
        holder = Peer("10.9.0.1")
    text = said(left, "send", "-b", holder.text, "10.9.0.2", "x", status=(3,))
    tap.contains(text, "cannot send from %s: the port is in use: use another" % holder.text, "stderr")
    tap.lacks(text, "listen", "stderr")


@tap.case("send -b with an address of nobody here")
def source_not_ours():
    tells("cannot send from 10.9.0.77: not an address of this machine: 'ip address' lists its addresses", ("send", "-b", "10.9.0.77",
          "10.9.0.2", "x"), ("listen",))


@tap.case("send -b with a loopback address to another machine")
def source_loopback():
    tells("datagrams from a loopback address cannot leave this machine", ("send", "-b", "127.0.0.1", "10.9.0.2",
          "x"), ("blackhole",))


@tap.case("without IPv6, send ::1 says so, not a bare errno text")
def no_ipv6():
    if not udptui_has_ipv6():
        tap.skip("this machine has no IPv6 at all")
    left, _ = network()
    with left, open("/proc/sys/net/ipv6/conf/all/disable_ipv6", "w") as file:
        file.write("1")
    text = said(left, "send", "::1", "x", status=(3,))
    tap.contains(text, "this machine has no IPv6 address to send from", "stderr")
    with left:
        tap.contains(udptui.run("load", "-d", "1s", "::1").expect(3).err,
                     "this machine has no IPv6 address to send from", "load's stderr")


@tap.case("a firewall of this machine that drops: not permitted")
def firewall_drops():
    left, _ = network()
    rules(left, "drop")
    tap.contains(said(left, "send", "-t", "2s", "10.9.0.2:9", "x"), "a firewall on this machine blocks it",
                 "what was said")


@tap.case("a firewall that rejects (its default) is told apart from nothing that is certain")
def firewall_rejects():
    left, right = network()
    rules(right, "reject", "input")
    with right:
        held = Peer("10.9.0.2")  # something does listen on that port
    tap.true(held.port != 9, "the port")
    text = said(left, "send", "-t", "5s", "10.9.0.2:9", "x")
    tap.contains(text, "port unreachable", "what was said")
    tap.contains(text, "nothing listens there, or a firewall rejects it", "what was said")


def rules(namespace, verdict, hook="output"):
    if not shutil.which("nft"):
        tap.skip("nft (nftables) is not installed")
    script = ("add table ip t\nadd chain ip t c { type filter hook %s priority 0; }\n"
              "add rule ip t c udp dport 9 %s\n" % (hook, verdict))
    with namespace:
        done = subprocess.run(["nft", "-f", "-"], input=script.encode(), stderr=subprocess.PIPE)
    if done.returncode != 0:
        tap.skip("nft: %s" % done.stderr.decode().strip().splitlines()[0])


def no_port_is_free(arguments):
    """All of the one port that the kernel may give away is taken."""
    with netns.Namespace():
        with open("/proc/sys/net/ipv4/ip_local_port_range", "w") as file:
            file.write("40000 40000")
        Peer("0.0.0.0", 40000)
        result = udptui.run(*arguments).expect(3)
    tap.contains(result.err, "no port is free: net.ipv4.ip_local_port_range", "stderr")


for _arguments in (("send", "127.0.0.1:9", "x"), ("send", "-b", "127.0.0.1", "127.0.0.1:9", "x"),
                   ("serve", "--no-ui", "-d", "1s", "127.0.0.1:0"), ("load", "--no-ui", "-d", "1s", "127.0.0.1:9")):
    tap.add_case("no port is free: %s" % " ".join(_arguments), no_port_is_free, _arguments)


@tap.case("too many open files")
def too_many_files():
    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))
    result = udptui.run("send", "127.0.0.1:9,127.0.0.1:10", "x", first=few).expect(3)
    tap.contains(result.err, "cannot open a socket for 127.0.0.1:10: too many open files: raise", "stderr")


@tap.case("serve on a link-local address without its interface")
def listen_link_local():
    udptui.need_ipv6()
    with netns.Namespace():
        tap.contains(udptui.run("serve", "--no-ui", "fe80::1").expect(3).err,
                     "a link-local address needs its interface: ADDRESS%INTERFACE", "stderr")


@tap.case("more groups than net.ipv4.igmp_max_memberships, and no interface to join on")
def too_many_groups():
    left, _ = network()
    with left:
        with open("/proc/sys/net/ipv4/igmp_max_memberships", "w") as file:
            file.write("1")
        result = udptui.run("serve", "--no-ui", "-d", "1s", "--join", "239.9.9.9%eth0", "--join",
                            "239.9.9.8%eth0", "0.0.0.0:0").expect(3)
        tap.contains(result.err, "too many groups are joined: net.ipv4.igmp_max_memberships", "stderr")
    with netns.Namespace():
        result = udptui.run("serve", "--no-ui", "-d", "1s", "--join", "239.9.9.9", "0.0.0.0:0").expect(3)
        tap.contains(result.err, "no interface to join on: name one as GROUP%INTERFACE", "stderr")


@tap.case("the interface goes down under send: unreachable, with the reason")
def interface_down():
    left, right = network()
    with right:
        peer = Peer("10.9.0.2")
    with left:
        send = udptui.start("send", "--json", "-t", "5s", peer.text)
    send.write("one\n")
    peer.send(b"ok", peer.receive()[1])
    send.wait_objects("result")
    left.ip("link", "set", "eth0", "down")
    send.write("two\n")
    result = send.wait_objects("result", 2)[1]
    tap.equal(result["status"], "unreachable", "status")
    tap.matches(result["why"], r"no route to that network|the interface is (down|gone)", "why")


# ---- what others say: ICMP

def icmp_message(kind, code, rest, datagram, source, target):
    """ICMP (RFC 792) about our datagram: its IP and UDP headers and payload follow."""
    udp = struct.pack("!HHHH", source[1], target[1], 8 + len(datagram), 0) + datagram
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0x4000, 64, socket.IPPROTO_UDP, 0,
                         socket.inet_aton(source[0]), socket.inet_aton(target[0]))
    message = struct.pack("!BBHI", kind, code, 0, rest) + header + udp
    total = sum(struct.unpack("!%dH" % (len(message) // 2), message[:len(message) // 2 * 2]))
    total += message[-1] << 8 if len(message) % 2 else 0
    total = (total & 0xffff) + (total >> 16)
    total = ~((total & 0xffff) + (total >> 16)) & 0xffff
    return message[:2] + struct.pack("!H", total) + message[4:]


def icmpv6_message(kind, code, rest, datagram, source, target):
    udp = struct.pack("!HHHH", source[1], target[1], 8 + len(datagram), 0) + datagram
    header = struct.pack("!IHBB16s16s", 6 << 28, len(udp), socket.IPPROTO_UDP, 64,
                         socket.inet_pton(socket.AF_INET6, source[0]),
                         socket.inet_pton(socket.AF_INET6, target[0]))
    return struct.pack("!BBHI", kind, code, 0, rest) + header + udp  # the kernel fills the sum in


def answered_by_icmp(host, kind, code, rest, words, status):
    ipv6 = ":" in host
    if ipv6:
        udptui.need_ipv6()
    left, right = netns.pair()
    with right:
        peer = Peer(host)
        try:
            raw = socket.socket(socket.AF_INET6 if ipv6 else socket.AF_INET, socket.SOCK_RAW,
                                socket.IPPROTO_ICMPV6 if ipv6 else socket.IPPROTO_ICMP)
        except PermissionError:
            tap.skip("raw sockets are not permitted")
    tap.defer(raw.close)
    with left:
        send = udptui.start("send", "--json", "-t", "8s", peer.text, "x")
    payload, sender = peer.receive()
    make = icmpv6_message if ipv6 else icmp_message
    raw.sendto(make(kind, code, rest, payload, sender, peer.address), (sender[0], 0))
    result = send.finish().expect(1).objects("result")[0]
    tap.equal(result["status"], status, "status")
    tap.contains(result["why"], words, "why")
    tap.contains(result["why"], host, "who said it")
    tap.matches(result["why"], r"\(ICMP(v6)? type %d code %d\)" % (kind, code), "type and code")


CLOSED = "nothing listens there, or a firewall rejects it"
FORBIDDEN = "a firewall or router on the path blocks it"
NO_ROUTE = "a router on the path has no route to it"
NO_MACHINE = "no machine on its network has that address"
HOPS = "its hop limit is used up: a routing loop, or --ttl is too small"

for _host, _kind, _code, _rest, _words, _status in (
        ("10.9.0.2", 3, 0, 0, "network unreachable|" + NO_ROUTE, "unreachable"),
        ("10.9.0.2", 3, 1, 0, "host unreachable|" + NO_MACHINE, "unreachable"),
        ("10.9.0.2", 3, 2, 0, "protocol unreachable|the machine does not accept UDP", "unreachable"),
        ("10.9.0.2", 3, 3, 0, "port unreachable|" + CLOSED, "refused"),
        ("10.9.0.2", 3, 4, 600, "fragmentation needed|the MTU of its next hop is 600", "too_big"),
        ("10.9.0.2", 3, 5, 0, "source route failed", "unreachable"),
        ("10.9.0.2", 3, 6, 0, "network unknown|" + NO_ROUTE, "unreachable"),
        ("10.9.0.2", 3, 7, 0, "host unknown|" + NO_MACHINE, "unreachable"),
        ("10.9.0.2", 3, 8, 0, "source host isolated", "unreachable"),
        ("10.9.0.2", 3, 9, 0, "network administratively prohibited|" + FORBIDDEN, "unreachable"),
        ("10.9.0.2", 3, 10, 0, "host administratively prohibited|" + FORBIDDEN, "unreachable"),
        ("10.9.0.2", 3, 11, 0, "network unreachable for this type of service", "unreachable"),
        ("10.9.0.2", 3, 12, 0, "host unreachable for this type of service", "unreachable"),
        ("10.9.0.2", 3, 13, 0, "reports administratively prohibited|" + FORBIDDEN, "unreachable"),
        ("10.9.0.2", 3, 14, 0, "host precedence violation|" + FORBIDDEN, "unreachable"),
        ("10.9.0.2", 3, 15, 0, "precedence cutoff in effect|" + FORBIDDEN, "unreachable"),
        ("10.9.0.2", 11, 0, 0, "hop limit exceeded|" + HOPS, "unreachable"),
        ("10.9.0.2", 12, 0, 0, "parameter problem|its IP header has an error", "unreachable"),
        ("10.9.0.2", 12, 1, 0, "required option missing", "unreachable"),
        ("10.9.0.2", 12, 2, 0, "bad length", "unreachable"),
        ("fd09::2", 1, 0, 0, "no route to destination|" + NO_ROUTE, "unreachable"),
        ("fd09::2", 1, 1, 0, "reports administratively prohibited|" + FORBIDDEN, "unreachable"),
        ("fd09::2", 1, 2, 0, "beyond scope of source address|send from an address of a wider", "unreachable"),
        ("fd09::2", 1, 3, 0, "address unreachable|" + NO_MACHINE, "unreachable"),
        ("fd09::2", 1, 4, 0, "port unreachable|" + CLOSED, "refused"),
        ("fd09::2", 1, 5, 0, "source address failed policy|" + FORBIDDEN, "unreachable"),
        ("fd09::2", 1, 6, 0, "route rejected|" + FORBIDDEN, "unreachable"),
        ("fd09::2", 2, 0, 1280, "packet too big|the MTU of its next hop is 1280", "too_big"),
        ("fd09::2", 3, 0, 0, "hop limit exceeded|" + HOPS, "unreachable"),
        ("fd09::2", 3, 1, 0, "reassembly time exceeded|a fragment of it was lost", "unreachable"),
        ("fd09::2", 4, 0, 0, "parameter problem|its IP header has an error", "unreachable"),
        ("fd09::2", 4, 1, 0, "unknown next header|the machine does not accept UDP", "unreachable"),
        ("fd09::2", 4, 2, 0, "unknown IPv6 option|its IP header has an error", "unreachable")):
    for _part in _words.split("|"):
        tap.add_case("ICMP%s %d/%d: %s" % ("v6" if ":" in _host else "", _kind, _code, _part),
                     answered_by_icmp, _host, _kind, _code, _rest, _part, _status)


@tap.case("--retry to a closed port says that it was refused, not that no answer came yet")
def refused_and_again():
    with netns.Namespace():
        result = udptui.run("send", "--json", "--retry", "1", "-t", "100ms", "127.0.0.1:9", "x").expect(1)
    tap.contains(result.objects("resent")[0]["why"], "port unreachable", "why")
    tap.lacks(result.objects("resent")[0]["why"], "no reply yet", "why")
    tap.equal(result.objects("result")[0]["status"], "refused", "status")


@tap.case("load to a closed port: no more certain than send")
def load_refused():
    with netns.Namespace():
        result = udptui.run("load", "--no-ui", "-d", "3s", "127.0.0.1:9")
    text = result.out + result.err
    tap.true(re.search("port unreachable: nothing listens, or a firewall rejects it", text), text)


tap.main()
