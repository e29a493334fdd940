# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What needs a network of its own: broadcast, multicast, path MTU, no route, prohibited, two addresses.
Each case joins two namespaces by a cable (10.9.0.1 and 10.9.0.2); skipped if not permitted."""
import socket

import netns
import tap
import udptui
from udptui import Peer, Server

ACK = udptui.DEFAULT_ACK
GROUP = "239.9.9.9"


def server_in(namespace, *options, addresses):
    with namespace:
        return Server(*options, addresses=addresses)


def send_in(namespace, *arguments, **options):
    with namespace:
        return udptui.run("send", "--json", *arguments, **options)


def result_of(finished, index=0):
    return finished.objects("result")[index]


# ---- broadcast

@tap.case("a broadcast is answered from the server's own address and marked")
def broadcast():
    left, right = netns.pair()
    server = server_in(right, addresses=("0.0.0.0:4010",))
    with left:
        client = Peer("10.9.0.1")
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    client.send(b"anybody?", ("10.9.0.255", 4010))
    tap.equal(client.receive(), (ACK, ("10.9.0.2", 4010)), "the answer")
    message = server.messages(1)[0]
    tap.equal((message.get("broadcast"), message["to"]), (True, "10.9.0.255:4010"), "broadcast, to")


@tap.case("the limited broadcast 255.255.255.255 is marked too, a plain datagram is not")
def limited_broadcast():
    left, right = netns.pair()
    server = server_in(right, addresses=("0.0.0.0:4010",))
    with left:
        client = Peer("10.9.0.1")
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    left.ip("route", "add", "default", "dev", "eth0")
    client.send(b"all", ("255.255.255.255", 4010))
    client.receive()
    client.ask(b"you", ("10.9.0.2", 4010))
    tap.equal([bool(item.get("broadcast")) for item in server.messages(2)], [True, False], "broadcast")


@tap.case("the lines mark a broadcast")
def broadcast_line():
    left, right = netns.pair()
    with right:
        server = Server(addresses=("0.0.0.0:4010",), json_lines=False)
    with left:
        udptui.run("send", "--broadcast", "--timeout", "3s", "10.9.0.255", "anybody?").expect(0)
    tap.contains(server.wait_text(r"^.*anybody\?.*$").group(), "broadcast", "the line")


@tap.case("send to a broadcast address without --broadcast: EACCES is explained")
def broadcast_not_asked_for():
    left, _ = netns.pair()
    with left:
        result = udptui.run("send", "10.9.0.255", "x")
    tap.true(result.status in (1, 2, 3), "exit status %d" % result.status)
    tap.contains(result.out + result.err, "--broadcast", "what was said")


@tap.case("send --broadcast lists each who answers one message")
def broadcast_answers():
    left, right = netns.pair()
    right.ip("address", "add", "10.9.0.3/24", "dev", "eth0")
    with right:
        anyone, third = Peer("0.0.0.0"), Peer("10.9.0.3")
    with left:
        send = udptui.start("send", "--json", "--broadcast", "--timeout", "3s",
                            "10.9.0.255:%d" % anyone.port, "who")
    _, sender = anyone.receive()
    anyone.send(b"I am one", sender)
    third.send(b"I am another", sender)
    result = send.finish()
    answers = [item for item in result.objects() if item.get("text") in ("I am one", "I am another")]
    tap.equal({item["text"]: item["from"] for item in answers},
              {"I am one": "10.9.0.2:%d" % anyone.port, "I am another": third.text}, "who answered")


# ---- multicast

@tap.case("serve --join GROUP receives what is sent to the group, marks it, answers from itself")
def multicast():
    left, right = netns.pair()
    server = server_in(right, "--join", GROUP + "%eth0", addresses=("0.0.0.0:4010",))
    with left:
        client = Peer("10.9.0.1")
    client.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.9.0.1"))
    client.send(b"members?", (GROUP, 4010))
    tap.equal(client.receive(), (ACK, ("10.9.0.2", 4010)), "the answer")
    message = server.messages(1)[0]
    tap.equal((message.get("multicast"), message["to"]), (True, GROUP + ":4010"), "multicast, to")


@tap.case("serve --join of an IPv6 group")
def multicast_ipv6():
    udptui.need_ipv6()
    left, right = netns.pair()
    server = server_in(right, "--join", "ff15::4010%eth0", addresses=("[::]:4010",))
    with left:
        client = Peer("fd09::1")
        index = socket.if_nametoindex("eth0")
    client.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    client.socket.sendto(b"members?", ("ff15::4010", 4010, 0, index))
    tap.equal(client.receive()[0], ACK, "the answer")
    tap.equal(server.messages(1)[0].get("multicast"), True, "multicast")


@tap.case("without --join the group is not heard")
def multicast_not_joined():
    left, right = netns.pair()
    server = server_in(right, addresses=("0.0.0.0:4010",))
    with left:
        client = Peer("10.9.0.1")
    client.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("10.9.0.1"))
    client.send(b"members?", (GROUP, 4010))
    client.ask(b"you", ("10.9.0.2", 4010))
    tap.equal([item["text"] for item in server.messages(1)], ["you"], "texts")
    tap.equal(server.stop()["received"], 1, "received")


@tap.case("send to a group: the answer comes from the member's own address")
def multicast_send():
    left, right = netns.pair()
    server = server_in(right, "--join", GROUP + "%eth0", addresses=("0.0.0.0:4010",))
    left.ip("route", "add", "224.0.0.0/4", "dev", "eth0")
    result = send_in(left, "--timeout", "3s", GROUP, "members?").expect(0)
    server.messages(1)
    tap.contains(result.out, "10.9.0.2:4010", "who answered")


# ---- paths

@tap.case("a datagram larger than the path's MTU with fragmentation forbidden is explained")
def path_mtu():
    left, right = netns.pair()
    server_in(right, addresses=("10.9.0.2:4010",))
    left.ip("route", "add", "10.9.0.2/32", "dev", "eth0", "mtu", "lock", "600")
    path = udptui.write_file(b"x" * 1200)
    result = send_in(left, "--timeout", "2s", "--file", path, "10.9.0.2")
    tap.contains(("acked", "too_big"), result_of(result)["status"], "status")


@tap.case("no route: said at once, status 1 or 3, not a silent timeout")
def no_route():
    with netns.Namespace():
        result = udptui.run("send", "--timeout", "5s", "10.77.0.1", "x")
    tap.true(result.status in (1, 3), "exit status %d" % result.status)
    tap.took(result.took_s, 4)
    tap.matches(result.out + result.err, r"(?i)no route|unreachable", "what was said")


@tap.case("no route in JSON: unreachable, or the complaint of the set-up")
def no_route_json():
    with netns.Namespace():
        result = udptui.run("send", "--json", "--timeout", "5s", "10.77.0.1", "x")
    if result.status == 1:
        tap.equal(result_of(result)["status"], "unreachable", "status")
    else:
        tap.matches(result.expect(3).err, r"\Audptui: [^\n]+\n\Z", "stderr")


@tap.case("host unreachable: nobody has the address on the cable")
def host_unreachable():
    left, _ = netns.pair()
    result = send_in(left, "--timeout", "8s", "10.9.0.99", "x").expect(1)
    tap.equal(result_of(result)["status"], "unreachable", "status")


@tap.case("prohibited: the router that refuses is named")
def prohibited():
    left, right = netns.pair()
    left.ip("route", "add", "10.50.0.0/16", "via", "10.9.0.2")
    right.ip("route", "add", "prohibit", "10.50.0.0/16")
    with right:
        with open("/proc/sys/net/ipv4/ip_forward", "w") as file:
            file.write("1")
    result = send_in(left, "--timeout", "8s", "10.50.0.1", "x").expect(1)
    tap.contains(("unreachable", "refused"), result_of(result)["status"], "status")
    tap.contains(str(result_of(result)), "10.9.0.2", "who refused")


@tap.case("refused across the cable names the host that refused")
def refused_by():
    left, _ = netns.pair()
    result = send_in(left, "--timeout", "8s", "10.9.0.2:9", "x").expect(1)
    tap.equal(result_of(result)["status"], "refused", "status")
    with left:
        lines = udptui.run("send", "--timeout", "8s", "10.9.0.2:9", "x").expect(1)
    tap.matches(lines.out + lines.err, r"(?i)port unreachable", "what was said")
    tap.contains(lines.out + lines.err, "10.9.0.2", "what was said")


@tap.case("two addresses on one cable: the reply leaves from the one that was hit")
def two_addresses():
    left, right = netns.pair()
    right.ip("address", "add", "10.9.0.22/24", "dev", "eth0")
    server = server_in(right, addresses=("0.0.0.0:4010",))
    for host in ("10.9.0.22", "10.9.0.2"):
        send_in(left, "--timeout", "10s", host, "x").expect(0)
    tap.equal([item["to"] for item in server.messages(2)], ["10.9.0.22:4010", "10.9.0.2:4010"], "to")


@tap.case("two IPv6 addresses, and a link-local one with its zone")
def link_local():
    udptui.need_ipv6()
    left, right = netns.pair()
    right.add_ipv6("fd09::22")
    right.add_ipv6("fe80::22")
    left.add_ipv6("fe80::21")
    server = server_in(right, addresses=("[::]:4010",))
    for target in ("fd09::22", "fd09::2", "[fe80::22%eth0]:4010"):
        send_in(left, "--timeout", "5s", target, "x").expect(0)
    tap.equal([item["to"].split("%")[0].strip("[]").split("]")[0] for item in server.messages(3)],
              ["fd09::22", "fd09::2", "fe80::22"], "to")


@tap.case("the network goes down under a running server: it stays, and serves when it is back")
def network_down():
    left, right = netns.pair()
    server = server_in(right, addresses=("0.0.0.0:4010",))
    send_in(left, "--timeout", "10s", "10.9.0.2", "before").expect(0)
    right.ip("link", "set", "eth0", "down")
    send_in(left, "--timeout", "200ms", "10.9.0.2", "during").expect(1)
    right.ip("link", "set", "eth0", "up")
    send_in(left, "--timeout", "500ms", "--retry", "8", "10.9.0.2", "after").expect(0)
    texts = [item["text"] for item in server.messages(2)]
    if texts[1] == "during":  # it waited for the neighbour's address, and left when the cable was back
        texts = [texts[0], server.messages(3)[2]["text"]]
    tap.equal(texts, ["before", "after"], "texts")


@tap.case("an ack the kernel refuses is counted as failed, and the server goes on")
def failed_ack():
    left, right = netns.pair()
    server = server_in(right, addresses=("0.0.0.0:4010",))
    left.ip("address", "add", "10.50.0.1/32", "dev", "lo")
    right.ip("route", "add", "unreachable", "10.50.0.1/32")
    with right:
        for name in ("all", "eth0"):
            with open("/proc/sys/net/ipv4/conf/%s/rp_filter" % name, "w") as file:
                file.write("0")
    with left:
        Peer("10.50.0.1").send(b"no way back", ("10.9.0.2", 4010))
    message = server.messages(1)[0]
    tap.equal(message["ack"], "failed", "ack")
    send_in(left, "--timeout", "10s", "10.9.0.2", "x").expect(0)
    summary = server.stop()
    tap.equal((summary["acked"], summary["failed"]), (1, 1), "acked, failed")


@tap.case("the machine's address changes under a running send: it goes on from the new one")
def address_changes():
    left, right = netns.pair()
    server = server_in(right, addresses=("0.0.0.0:4010",))
    with left:
        send = udptui.start("send", "--json", "--timeout", "5s", "10.9.0.2")
    send.write("before\n")
    send.wait_objects("result", 1)
    left.ip("address", "add", "10.9.0.33/24", "dev", "eth0")
    left.ip("address", "del", "10.9.0.1/24", "dev", "eth0")
    left.ip("address", "replace", "10.9.0.33/24", "dev", "eth0")
    send.write("after\n")
    tap.equal(send.wait_objects("result", 2)[1]["status"], "acked", "status")
    tap.equal([item["from"].rsplit(":", 1)[0] for item in server.messages(2)],
              ["10.9.0.1", "10.9.0.33"], "from")


@tap.case("the address that --bind names goes away and comes back: the reason names it, then it heals")
def bound_address_goes():
    left, right = netns.pair()
    server_in(right, addresses=("0.0.0.0:4010",))
    left.ip("address", "add", "10.9.0.33/24", "dev", "eth0")
    with left:
        send = udptui.start("send", "--json", "--bind", "10.9.0.33", "--timeout", "5s", "10.9.0.2")
    send.write("before\n")
    tap.equal(send.wait_objects("result", 1)[0]["status"], "acked", "status")
    left.ip("address", "del", "10.9.0.33/24", "dev", "eth0")
    for number in (2, 3):
        send.write("meanwhile\n")
        result = send.wait_objects("result", number)[-1]
        tap.equal(result["status"], "failed", "status")
        tap.matches(result["why"], r"10\.9\.0\.33: not an address of this machine", "why")
    left.ip("address", "add", "10.9.0.33/24", "dev", "eth0")
    send.write("after\n")
    tap.equal(send.wait_objects("result", 4)[3]["status"], "acked", "status")


@tap.case("the route goes away under a running send: the reason names the route")
def route_goes():
    left, right = netns.pair()
    server_in(right, addresses=("0.0.0.0:4010",))
    with left:
        send = udptui.start("send", "--json", "--timeout", "5s", "10.9.0.2")
    send.write("before\n")
    send.wait_objects("result", 1)
    left.ip("route", "del", "10.9.0.0/24", "dev", "eth0")
    send.write("meanwhile\n")
    result = send.wait_objects("result", 2)[1]
    tap.equal(result["status"], "unreachable", "status")
    tap.contains(result["why"], "no route", "why")


tap.main()
