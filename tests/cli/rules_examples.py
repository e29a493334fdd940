# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The devices of contrib/rules, asked as their clients ask: a thermostat, DNS, TFTP."""
import os
import struct
import subprocess
import time

import tap
import udptui
from udptui import Peer, Process, Server

HELLO = b"Hello from udptui\n"


def device(name, *options, **more):
    udptui.need_feature("pcre2")
    return Server("--rules", os.path.join(udptui.SOURCE, "contrib", "rules", name + ".rules"), *options, **more)


@tap.case("the thermostat answers get and set, refuses what it cannot, and counts exactly")
def thermostat():
    server, client = device("thermostat", "--seed", "1"), Peer()
    for question, answer in ((b"get temp", b'temp {"celsius":21.5}'), (b"get battery", b"battery 48%"),
                             (b"set temp 22", b"OK 22"), (b"set temp 31", b"ERROR 31 is not 5 to 30"),
                             (b"SET TEMP 5", b"OK 5"), (b"open", b"ERROR unknown command: open")):
        tap.equal(client.ask(question, server.address), answer, question.decode())
    client.send(b"reset", server.address)
    tap.true(client.silent(), "an answer to reset")
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"], summary["held_by"]["off"]), (7, 6, 1), "totals")


@tap.case("the thermostat sends a value a second after watch, which is counted apart")
def watch():
    server, client = device("thermostat"), Peer()
    began = time.monotonic()
    tap.equal(client.ask(b"watch", server.address), b"ok", "the first")
    tap.equal(client.receive()[0], b"temp 21.5", "the second")
    took_s = time.monotonic() - began
    tap.true(took_s > 0.9, "it came after %.2f s, not a second later" % took_s)
    tap.took(took_s, 5)
    records = server.wait_objects("message", 2)
    tap.equal([(item["n"], item["ack"], item["text"]) for item in records],
              [(1, "sent", "watch"), (1, "more", "temp 21.5")], "records")
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"], summary["more"], summary["more_held"]), (1, 1, 1, 0), "totals")


def query(name, kind, number=0xabcd):
    labels = b"".join(bytes([len(label)]) + label for label in name.split(b"."))
    return struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", kind, 1)


@tap.case("DNS: the answer has the query's ID and question, and one address")
def dns():
    server, client = device("dns"), Peer()
    asked = query(b"DeVice.test", 1)
    answer = client.ask(asked, server.address)
    tap.equal(answer[:2], asked[:2], "ID")
    tap.equal(struct.unpack(">5H", answer[2:12]), (0x8580, 1, 1, 0, 0), "flags and counts")
    tap.equal(answer[12:29], asked[12:], "question")
    tap.equal(answer[29:], bytes.fromhex("c00c000100010000003c0004c0000201"), "record")
    nothing = client.ask(query(b"device.test", 28), server.address)
    tap.equal(struct.unpack(">4H", nothing[:8]), (0xabcd, 0x8580, 1, 0), "AAAA")
    unknown = client.ask(query(b"other.test", 1, 7), server.address)
    tap.equal(struct.unpack(">2H", unknown[:4]), (7, 0x8583), "another name")
    client.send(answer, server.address)
    tap.true(client.silent(), "an answer to an answer")


@tap.case("DNS: dig understands it")
def dig():
    udptui.need_program("dig")
    server = device("dns")

    def ask(*question):
        return subprocess.run(["dig", "@127.0.0.1", "-p", str(server.port), "+tries=1", "+time=5", *question],
                              stdout=subprocess.PIPE, check=True).stdout.decode()
    tap.equal(ask("+short", "device.test"), "192.0.2.1\n", "the address")
    tap.contains(ask("device.test", "AAAA"), "status: NOERROR", "AAAA")
    tap.contains(ask("other.test"), "status: NXDOMAIN", "another name")


def read_request(name, mode=b"octet"):
    return b"\0\1" + name + b"\0" + mode + b"\0"


@tap.case("TFTP: the block comes from another port, which takes the acknowledgement")
def tftp():
    server, client = device("tftp", listening=2), Peer()
    client.send(read_request(b"hello.txt"), server.address)
    block, source = client.receive()
    tap.equal(block, b"\0\3\0\1" + HELLO, "block 1")
    tap.true(source[1] != server.port, "it comes from another port")
    client.send(b"\0\4\0\1", source)
    records = server.wait_objects("message", 2)
    tap.equal(records[0]["ack_from"], "127.0.0.1:%d" % source[1], "the port in the record")
    tap.equal((records[1]["to"], records[1]["ack"]), ("127.0.0.1:%d" % source[1], "held"), "the acknowledgement")
    for request, answer in ((read_request(b"other"), b"\0\5\0\1no such file\0"),
                            (read_request(b"hello.txt", b"mail"), b"\0\5\0\0only mode octet\0"),
                            (b"\0\2x\0octet\0", b"\0\5\0\2read only\0")):
        client.send(request, server.address)
        tap.equal(client.receive(), (answer, source), "an error")
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"], summary["held_by"]["off"]), (5, 4, 1), "totals")


@tap.case("TFTP: a tftp client fetches the file")
def tftp_client():
    udptui.need_program("tftp")
    server, directory = device("tftp", listening=2), udptui.temporary_directory()
    Process(["tftp", "127.0.0.1", str(server.port), "-m", "octet", "-c", "get", "hello.txt"],
            cwd=directory).finish()
    with open(os.path.join(directory, "hello.txt"), "rb") as file:
        tap.equal(file.read(), HELLO, "the file")


tap.main()
