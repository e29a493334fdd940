# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""serve as a STAMP reflector (RFC 8762) and as sockperf's server: packets byte by byte, as tshark reads
them, numbers by session, and real clients."""
import json
import os
import re
import socket
import struct
import subprocess
import time

import stamp_scapy
import tap
import tshark
import udptui
from udptui import Peer, Server

NTP_EPOCH_S = 2208988800
SIZES = (14, 16, 38, 44, 45, 128, 1400)


def ntp_s(timestamp):
    return timestamp / 2 ** 32 - NTP_EPOCH_S


def request(number, size=44, session=b"\x12\x34", sent=0xe0000000_12345678, error=0x8e02):
    packet = struct.pack("!IQH", number, sent, error) + session
    padding = bytes(value % 251 for value in range(max(0, size - 44)))
    return (packet + bytes(28))[:min(size, 44)] + padding


def unpack(reply):
    keys = ("number", "sent", "error", "session", "received", "its_number", "its_sent", "its_error", "zero",
            "ttl", "zeros")
    return dict(zip(keys, struct.unpack("!IQH2sQIQHHB3s", reply[:44])))


# ---- packets

def reflects(size):
    server, peer = Server("--ack", "stamp"), Peer()
    before_s = time.time()
    asked = request(77, size)
    reply = peer.ask(asked, server.address)
    tap.equal(len(reply), max(44, size), "size")
    got = unpack(reply)
    tap.equal((got["its_number"], got["its_sent"], got["its_error"]), (77, 0xe0000000_12345678, 0x8e02),
              "what the sender said")
    tap.equal(got["session"], b"\x12\x34" if size >= 16 else bytes(2), "session")
    tap.equal((got["number"], got["zero"], got["zeros"], got["ttl"]), (0, 0, bytes(3), 64), "number, zeros, TTL")
    tap.true(got["error"] & 0xff > 0, "the multiplier is never 0")
    received_s, sent_s = ntp_s(got["received"]), ntp_s(got["sent"])
    tap.true(before_s - 0.001 <= received_s <= sent_s <= time.time() + 0.001, "times: %r" % got)
    tap.equal(reply[44:], asked[44:], "what follows")
    server.stop()


for _size in SIZES:
    tap.add_case("a request of %d bytes" % _size, reflects, _size)


@tap.case("what is shorter than a request is not answered")
def short():
    server, peer = Server("--ack", "stamp"), Peer()
    for size in (0, 1, 13):
        peer.send(bytes(size), server.address)
    tap.equal([(item["ack"], item["why"]) for item in server.messages(3)], [("held", "off")] * 3, "acks")
    tap.equal(peer.waiting(), [], "replies")


@tap.case("stateful: replies are counted for each address, port and session identifier")
def stateful():
    server, peers = Server("--ack", "stamp"), [Peer(), Peer()]
    for count in range(3):
        for peer in peers:
            for session in (b"\0\0", b"\0\1"):
                reply = unpack(peer.ask(request(10 * count, session=session), server.address))
                tap.equal((reply["number"], reply["its_number"]), (count, 10 * count), "numbers")


@tap.case("--stateless returns the request's number")
def stateless():
    server, peer = Server("--ack", "stamp", "--stateless"), Peer()
    for number in (5, 3, 0xffffffff):
        tap.equal(unpack(peer.ask(request(number), server.address))["number"], number, "number")


@tap.case("in the impaired network, too: what it loses on the way back has a number, on the way there none")
def impaired():
    server = Server("--ack", "stamp", "--impair", "in.loss=20%,out.loss=10%", "--seed", "3")
    result = udptui.run("ping", "--json", "-q", "-m", "stamp", "-c", "2000", "-i", "200us", "-t", "2s",
                        server.text, wait_s=30)
    summary = result.expect(1).objects("summary")[0]
    totals = server.stop()
    lost = totals["held_by"]["loss"]
    tap.equal(summary["lost"], lost, "lost")
    tap.true(300 < summary["lost_there"] < 500, "there: %r" % summary)
    tap.true(100 < summary["lost_back"] < 220, "back: %r" % summary)


@tap.case("behind the impaired network: it receives when the request leaves the network, and sends before the way back")
def delayed():
    server, peer = Server("--ack", "stamp", "--impair", "in.delay=60ms,out.delay=30ms"), Peer()
    before_s = time.time()
    got = unpack(peer.ask(request(1), server.address))
    received_s, sent_s = ntp_s(got["received"]), ntp_s(got["sent"])
    tap.true(received_s - before_s >= 0.0599, "on the way there for %f s" % (received_s - before_s))
    tap.true(received_s <= sent_s + 0.0001 and sent_s <= time.time() - 0.0299, "times: %r" % got)


@tap.case("a rule can reflect as well")
def by_rule():
    server, peer = Server("--on", "size:44 => stamp"), Peer()
    tap.equal(len(peer.ask(request(1), server.address)), 44, "the reflector's reply")
    tap.equal(peer.ask(b"hello", server.address), udptui.DEFAULT_ACK, "any other")


@tap.case("threads count sessions each for itself, and a session stays with its thread")
def threads():
    server, peer = Server("--ack", "stamp", "--threads", "2"), Peer()
    for count in range(20):
        tap.equal(unpack(peer.ask(request(count), server.address))["number"], count, "number")


# ---- tshark

FIELDS = ("seq_number", "timestamp", "timestamp.received", "sender_seq_number", "sender_timestamp", "sender_ttl",
          "error_estimate.multiplier", "error_estimate.s")


@tap.case("tshark reads both directions as the RFC's packets", timeout_s=60)
def decoded():
    tshark.need()
    path = os.path.join(udptui.temporary_directory(), "stamp.pcap")
    server = Server("--ack", "stamp", "--pcap", path)
    udptui.run("ping", "--timeout", "10s", "-m", "stamp", "-c", "3", "-i", "5ms", server.text).expect(0)
    server.stop()
    command = ["tshark", "-r", path, "-n", "-d", "udp.port==%d,twamp.test" % server.port, "-T", "json"]
    result = subprocess.run(command, capture_output=True, check=True, env=udptui.environment())
    packets = [item["_source"]["layers"] for item in json.loads(result.stdout)]
    replies = [layers for layers in packets if int(layers["udp"]["udp.srcport"]) == server.port]
    tap.equal((len(packets), len(replies)), (6, 3), "packets, and replies among them")
    for direction in (replies, [layers for layers in packets if layers not in replies]):
        for number, layers in enumerate(direction):
            tap.true("_ws.malformed" not in layers, "malformed: %r" % layers)
            tap.equal(int(layers["twamp.test"]["twamp.test.seq_number"]), number, "number")
    for number, layers in enumerate(replies):
        tap.equal(int(layers["twamp.test"]["twamp.test.sender_seq_number"]), number, "the sender's number")
        tap.equal(int(layers["twamp.test"]["twamp.test.sender_ttl"]), 255, "the sender's TTL")


# ---- scapy

def need_scapy():
    python = stamp_scapy.interpreter()
    if python is None:
        tap.skip("no Python with scapy.contrib.stamp (python3-scapy)")
    return python


ERROR = {"S": 1, "Z": 0, "scale": 14, "multiplier": 2}
SENT = 0xe0000000_12345678


@tap.case("scapy reads our requests and our reflector's replies", timeout_s=60)
def scapy_reads():
    python = need_scapy()
    for size in (44, 128, 1400):
        server = Server("--ack", "stamp")
        began_s = time.time()
        udptui.run("ping", "--timeout", "10s", "-m", "stamp", "-c", "2", "-i", "5ms", "--size", str(size),
                   server.text).expect(0)
        messages = server.messages(2)
        read = stamp_scapy.ask(python, [[kind, message[field]] for message in messages
                                        for kind, field in (("request", "hex"), ("reply", "ack_hex"))])
        padding = [[0x80, 1, size - 48, size - 48]] if size > 44 else []
        for number, (asked, reply) in enumerate(zip(read[::2], read[1::2])):
            tap.equal((asked["seq"], asked["ssid"], asked["mbz"], asked["tlvs"]), (number, 0, 0, padding), "request")
            tap.true(began_s - 1 < ntp_s(asked["ts"]) < time.time() + 1, "T1: %r" % asked)
            tap.true(asked["err_estimate"]["multiplier"] > 0, "the multiplier: %r" % asked)
            tap.equal((reply["seq"], reply["seq_sender"], reply["ts_sender"], reply["err_estimate_sender"]),
                      (number, number, asked["ts"], asked["err_estimate"]), "what the reply returns")
            tap.equal((reply["ttl_sender"], reply["mbz1"], reply["mbz2"], reply["tlvs"]), (255, 0, 0, padding),
                      "the reply")
            tap.true(asked["ts"] <= reply["ts_rx"] <= reply["ts"], "T1, T2, T3: %r %r" % (asked, reply))
        server.stop()


def scapy_asks(size):
    python, server, peer = need_scapy(), Server("--ack", "stamp"), Peer()
    fields = {"seq": 77, "ts": SENT / 2 ** 32, "ssid": 0x1234, "error": ERROR}
    request_bytes = bytes.fromhex(stamp_scapy.ask(python, [["build", fields, max(0, size - 44)]])[0])[:size]
    tap.equal(len(request_bytes), size, "scapy's request")
    began_s = time.time()
    reply = peer.ask(request_bytes, server.address)
    ended_s = time.time()
    tap.equal(len(reply), max(44, size), "the reply's size")
    read = stamp_scapy.ask(python, [["request", request_bytes.hex()], ["reply", reply.hex()]])
    tap.equal((read[1]["seq"], read[1]["seq_sender"], read[1]["ts_sender"]), (0, 77, read[0]["ts"]), "numbers, T1")
    tap.equal((read[1]["err_estimate_sender"], read[1]["ssid"]), (ERROR, 0x1234 if size >= 16 else 0), "error, SSID")
    tap.equal((read[1]["ttl_sender"], read[1]["mbz1"], read[1]["mbz2"]), (64, 0, 0), "TTL, zeros")
    tap.equal(read[1]["tlvs"], read[0]["tlvs"], "extensions")
    received_s, sent_s = ntp_s(read[1]["ts_rx"]), ntp_s(read[1]["ts"])
    tap.true(began_s - 1 < received_s <= sent_s < ended_s + 1, "T2 and T3: %r" % read[1])


for _size in (14, 44, 128, 1400):
    tap.add_case("scapy's request of %d bytes gets the reply that scapy expects" % _size, scapy_asks, _size)


# ---- sockperf

@tap.case("sockperf: the client's bit is cleared, the rest comes back; only requests are answered")
def sockperf_packet():
    server, peer = Server("--ack", "sockperf"), Peer()
    message = struct.pack("!QHI", 7, 0x0003, 20) + b"abcdef"
    tap.equal(peer.ask(message, server.address), struct.pack("!QHI", 7, 0x0002, 20) + b"abcdef", "reply")
    for other in (struct.pack("!QHI", 7, 0x0002, 14), struct.pack("!QHI", 7, 0x0001, 14), bytes(13), b"hello"):
        peer.send(other, server.address)
    tap.equal([item["ack"] for item in server.messages(5)[1:]], ["held"] * 4, "acks")


def sockperf_client(*arguments):
    udptui.need_program("sockperf")
    server = Server("--ack", "sockperf")
    command = ["sockperf", *arguments, "-i", "127.0.0.1", "-p", str(server.port), "-t", "1"]
    result = subprocess.run(command, capture_output=True, check=False, timeout=tap.patience_s())
    text = result.stdout.decode() + result.stderr.decode()
    tap.equal(result.returncode, 0, "sockperf: " + text[-2000:])
    found = re.search(r"SentMessages=(\d+); ReceivedMessages=(\d+)", text)
    tap.true(found, "no counts in " + text[-2000:])
    sent, received = map(int, found.groups())
    tap.true(received > 100 / tap.busy(), "%d of %d came back before sockperf ended" % (received, sent))
    summary = server.stop()
    tap.equal((summary["acked"], summary["failed"]), (summary["received"], 0), "acked and failed")


@tap.case("stun: a binding request is answered with the address that it came from; nothing else is")
def stun():
    server, peer = Server("--ack", "stun"), Peer()
    request = struct.pack("!HHI12s", 1, 0, 0x2112A442, b"transaction.")
    response = peer.ask(request, server.address)
    host, port = peer.address
    host = bytes(a ^ b for a, b in zip(socket.inet_aton(host), request[4:8]))
    tap.equal(response, struct.pack("!HH", 0x101, 12) + request[4:]
              + struct.pack("!HHBBH", 0x20, 8, 0, 1, port ^ 0x2112) + host, "the response")
    for other in (response, request[:19], b"hello"):
        peer.send(other, server.address)
    tap.equal([item["ack"] for item in server.messages(4)[1:]], ["held"] * 3, "acks")


@tap.case("stun: coturn's client reads our response, for IPv4 and IPv6", timeout_s=30)
def stun_client():
    udptui.need_program("turnutils_stunclient")
    for address in ("127.0.0.1", "::1"):
        server = Server("--ack", "stun", addresses=(udptui.join_address((address, 0)),))
        result = subprocess.run(["turnutils_stunclient", "-p", str(server.port), address], capture_output=True,
                                check=False, timeout=tap.patience_s())
        seen = re.search(r"UDP reflexive addr: (\S+)", result.stdout.decode())
        tap.true(seen, "coturn's client says: %r" % result)
        tap.equal(seen.group(1), re.sub(r"[][]", "", server.messages(1)[0]["from"]), "the address, which it shows without brackets")


tap.add_case("sockperf ping-pong", sockperf_client, "ping-pong", timeout_s=30)
tap.add_case("sockperf under-load", sockperf_client, "under-load", "--mps", "1000", "--reply-every", "1", timeout_s=30)

tap.main()
