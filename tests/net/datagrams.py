# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel does with odd datagrams, on loopback: empty, cut, refused, dropped, port 0, TTL."""
import os
import signal
import socket

import netns
import tap
import udptui
from udptui import Peer, Server

ACK = udptui.DEFAULT_ACK


# ---- serve

@tap.case("an empty datagram is acknowledged and shown as (empty)")
def empty():
    server, client = Server(json_lines=False), Peer()
    tap.equal(client.ask(b"", server.address), ACK, "ack")
    tap.contains(server.wait_text(r"^.* 0 B .*$").group(), "(empty)", "the line")
    tap.equal(client.ask(b"more", server.address), ACK, "ack of the next")


@tap.case("an empty datagram in JSON: 0 bytes, empty text and hex, sent")
def empty_json():
    server = Server()
    Peer().ask(b"", server.address)
    message = server.messages(1)[0]
    tap.equal([message[name] for name in ("bytes", "text", "hex", "ack")], [0, "", "", "sent"])


@tap.case("an empty answer is an answer")
def empty_answer():
    peer = Peer()
    send = udptui.start("send", "--json", "--timeout", "10s", peer.text, "x")
    peer.send(b"", peer.receive()[1])
    result = send.finish().expect(0).objects("result")[0]
    tap.equal((result["status"], result["hex"]), ("acked", ""), "status, hex")


@tap.case("--buffer 16 cuts a longer datagram and says so, never silently")
def truncated():
    server, client = Server("--buffer", "16"), Peer()
    client.ask(b"0123456789abcdef", server.address)
    client.ask(b"0123456789abcdefg", server.address)
    whole, cut = server.messages(2)
    tap.true(not whole.get("truncated"), "16 bytes fit: %r" % whole)
    tap.equal(cut.get("truncated"), True, "truncated")
    tap.equal(bytes.fromhex(cut["hex"])[:16], b"0123456789abcdef", "what was kept")


@tap.case("a cut datagram is marked in the lines")
def truncated_line():
    server = Server("--buffer", "16", json_lines=False)
    Peer().ask(b"0123456789abcdefghijk", server.address)
    tap.contains(server.wait_text(r"^.*0123456789abcdef.*$").group(), "truncated", "the line")


@tap.case("65507 bytes arrive whole and are echoed whole")
def largest():
    server, payload = Server("--ack", "echo"), os.urandom(65507)
    tap.equal(Peer().ask(payload, server.address), payload, "the echo")
    message = server.messages(1)[0]
    tap.equal((message["bytes"], bytes.fromhex(message["hex"])), (65507, payload), "what arrived")


@tap.case("the largest IPv6 datagram, 65507 bytes and more, arrives whole")
def largest_ipv6():
    udptui.need_ipv6()
    server, payload = Server("--ack", "echo", addresses=("[::1]:0",)), os.urandom(65527)
    tap.equal(Peer("::1").ask(payload, server.address), payload, "the echo")
    tap.equal(server.messages(1)[0]["bytes"], 65527, "bytes")


@tap.case("a client that is gone: the ICMP error is ignored, the next client is served")
def refused_ack():
    server = Server()
    for _ in range(3):
        gone = Peer()
        server.freeze()
        gone.send(b"bye", server.address)
        gone.socket.close()
        server.signal(signal.SIGCONT)
    server.messages(3)
    tap.equal(Peer().ask(b"hello", server.address), ACK, "ack")
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"]), (4, 4), "received, acked")


@tap.case("what the kernel drops is counted exactly: sent = received + kernel_dropped")
def kernel_drops():
    server, client = Server("--rcvbuf", "8192"), Peer()
    server.freeze()
    for _ in range(5000):
        client.send(b"x" * 100, server.address)
    server.signal(signal.SIGCONT)
    asked = _ask_until_answered(server)
    summary = server.stop()
    tap.true(summary["kernel_dropped"] > 1000, "nothing was dropped: %r" % summary)
    tap.equal(summary["received"] + summary["kernel_dropped"], 5000 + asked, "received + dropped")


def _ask_until_answered(server):
    """Returns how many datagrams it took: the first may be dropped like the others."""
    client, asked = Peer(wait_s=0.3), 0
    while client.silent(0.3 if asked else 0):
        tap.true(asked < 30, "no answer after the flood")
        client.send(b"x", server.address)
        asked += 1
    return asked


@tap.case("drops with nothing received after them are counted too")
def kernel_drops_at_the_end():
    server, client = Server("--rcvbuf", "8192"), Peer()
    server.freeze()
    for _ in range(2000):
        client.send(b"x" * 100, server.address)
    server.signal(signal.SIGCONT)
    summary = server.stop()
    tap.equal(summary["received"] + summary["kernel_dropped"], 2000, "received + dropped")


@tap.case("source port 0: held as source, no reply is tried, the next is served")
def source_port_0():
    with netns.Namespace():
        server = Server()
        netns.send_forged(("127.0.0.1", 0), server.address, b"hello")
        message = server.messages(1)[0]
        tap.equal((message["from"], message["ack"], message["why"]),
                  ("127.0.0.1:0", "held", "source"), "from, ack, why")
        tap.equal(Peer().ask(b"x", server.address), ACK, "ack of the next")
        tap.equal(server.stop()["failed"], 0, "failed")


@tap.case("the reply leaves from the address that was hit")
def reply_source():
    server = Server(addresses=("0.0.0.0:0",))
    client = Peer("0.0.0.0")
    for host in ("127.0.0.1", "127.0.0.2", "127.9.8.7"):
        client.send(b"x", (host, server.port))
        tap.equal(client.receive(), (ACK, (host, server.port)), "the answer")
    tap.equal([item["to"] for item in server.messages(3)],
              ["%s:%d" % (host, server.port) for host in ("127.0.0.1", "127.0.0.2", "127.9.8.7")], "to")


@tap.case("TTL and TOS of each datagram are in the JSON")
def ttl_and_tos():
    server, client = Server(), Peer()
    for ttl, tos in ((3, 0xb8), (255, 0x04)):
        client.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)
        client.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, tos)
        client.ask(b"x", server.address)
    tap.equal([(item["hop_limit"], item["traffic_class"]) for item in server.messages(2)],
              [(3, 0xb8), (255, 0x04)], "hop_limit, traffic_class")


@tap.case("[::] answers IPv6 and IPv4, and writes IPv4 addresses as IPv4")
def dual_stack():
    udptui.need_ipv6()
    server, four, six = Server(addresses=("[::]:0",)), Peer(), Peer("::1")
    tap.equal(four.ask(b"four", ("127.0.0.1", server.port)), ACK, "ack on IPv4")
    tap.equal(six.ask(b"six", ("::1", server.port)), ACK, "ack on IPv6")
    first, second = server.messages(2)
    tap.equal((first["from"], first["to"]), (four.text, "127.0.0.1:%d" % server.port), "IPv4")
    tap.equal((second["from"], second["to"]), (six.text, "[::1]:%d" % server.port), "IPv6")


@tap.case("[::] with IPv4: TTL and TOS are known too, and the reply leaves from the address hit")
def dual_stack_ttl():
    udptui.need_ipv6()
    server, client = Server(addresses=("[::]:0",)), Peer("0.0.0.0")
    client.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 9)
    client.socket.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, 0x28)
    client.send(b"x", ("127.0.0.5", server.port))
    tap.equal(client.receive()[1], ("127.0.0.5", server.port), "source of the answer")
    message = server.messages(1)[0]
    tap.equal((message["hop_limit"], message["traffic_class"]), (9, 0x28), "hop_limit, traffic_class")


@tap.case("serve without an address: every address, port 4010, IPv4 and IPv6")
def default_address():
    with netns.Namespace():
        server = Server(addresses=())
        tap.contains(("[::]:4010", "0.0.0.0:4010"), server.text, "listening")
        tap.equal(Peer().ask(b"x", ("127.0.0.1", 4010)), ACK, "ack")
        udptui.run("send", "--timeout", "10s", "127.0.0.1", "port 4010 by default").expect(0)


@tap.case("a stop by SIGSTOP and SIGCONT in between disturbs nothing")
def interrupted_calls():
    server, client = Server(), Peer()
    for _ in range(5):
        server.freeze()
        server.signal(signal.SIGCONT)
        tap.equal(client.ask(b"x", server.address), ACK, "ack")
    tap.equal(server.stop()["received"], 5, "received")


# ---- send

@tap.case("destination port 0 is refused as usage: connect() would have taken it")
def destination_port_0():
    result = udptui.run("send", "127.0.0.1:0", "x").expect(2)
    tap.matches(result.err, r"\Audptui: .*1.*65,?535.*\n\Z|port", "stderr")


@tap.case("refused, then the server comes: the next line is sent once more, not lost")
def refused_then_there():
    port = udptui.unused_port()
    send = udptui.start("send", "--json", "--timeout", "5s", "127.0.0.1:%d" % port)
    send.write("one\n")
    tap.equal(send.wait_objects("result", 1)[0]["status"], "refused", "status")
    peer = Peer(port=port)
    send.write("two\n")
    payload, sender = peer.receive()
    peer.send(ACK, sender)
    tap.equal((payload, send.wait_objects("result", 2)[1]["status"]), (b"two", "acked"), "the second")
    send.close_stdin()
    send.finish().expect(1)
    tap.equal(peer.waiting(), [], "datagrams sent twice")


@tap.case("a datagram to ourselves comes back as an answer, once")
def to_ourselves():
    port = udptui.unused_port()
    text = "127.0.0.1:%d" % port
    result = udptui.run("send", "--json", "--bind", text, "--timeout", "1s", text, "mirror")
    tap.true(result.status in (0, 1, 2, 3), "exit status %d" % result.status)
    tap.true(len(result.objects("result")) <= 1, "results %r" % result.out)


tap.main()
