# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""--dissect: what Wireshark's dissectors say, in lines and JSON, and what happens if they do not."""
import os
import random
import signal
import socket
import subprocess

import protocols
import tap
import tshark
import udptui


def need():
    udptui.need_program("sharkd")


def capture(packets):
    return udptui.write_file(protocols.pcap(packets))


def dissections(objects):
    """{frame: (protocol, summary)} of datagrams and their replies."""
    found = {}
    for item in objects:
        found[item["frame"]] = (item["protocol"], item["summary"])
        if "ack_summary" in item:
            found[item["ack_frame"]] = (item["ack_protocol"], item["ack_summary"])
    return found


def is_sharkd(process):
    """Not the one that starts it for a sandboxed udptui, nor itself before exec(2)."""
    try:
        with open("/proc/%d/comm" % process) as file:
            return file.read() == "sharkd\n"
    except FileNotFoundError:
        return False


def children(process):
    found = []
    for task in os.listdir("/proc/%d/task" % process):
        try:
            with open("/proc/%d/task/%s/children" % (process, task)) as file:
                found += [int(word) for word in file.read().split()]
        except FileNotFoundError:
            pass
    return [child for child in found if is_sharkd(child)]


def child_of(replay, besides=()):
    return replay.wait_for(lambda: [pid for pid in children(replay.child.pid) if pid not in besides], "a sharkd")[0]


@tap.case("protocol and summary are tshark's, of more than 200 datagrams of 26 protocols", timeout_s=90)
def agrees():
    need()
    tshark.need()
    packets = protocols.mixed(10)
    path = capture(packets)
    result = udptui.run("replay", "--json", "--dissect", path, wait_s=60).expect(0)
    ours = dissections(result.objects("message"))
    judge = subprocess.run(["tshark", "-2", "-r", path, "-T", "fields", "-e", "_ws.col.Protocol", "-e", "_ws.col.Info"],
                           capture_output=True, check=True, env=udptui.environment(), timeout=60)
    theirs = [tuple(line.split("\t")) for line in judge.stdout.decode().splitlines()]
    tap.equal(len(theirs), len(packets), "rows of tshark")
    tap.equal(sorted(ours), list(range(1, len(packets) + 1)), "frames with a dissection")
    for frame, row in enumerate(theirs, 1):
        tap.equal((ours[frame][0], ours[frame][1].replace("\\\\", "\\")), row, "frame %d" % frame)
    seen = {row[0] for row in theirs}
    tap.true(len(seen) >= 20, "protocols: %s" % sorted(seen))


@tap.case("lines: protocol and summary in brackets, of the reply too; without --dissect nothing of it")
def lines():
    need()
    client, server = ("10.0.0.1", 40000), ("10.0.1.1", 53)
    path = capture([protocols.packet(client, server, protocols.dns(7)),
                    protocols.packet(server, client, protocols.dns_reply(7))])
    first = udptui.run("replay", "--dissect", path, wait_s=60).expect(0).out.splitlines()[0]
    tap.contains(first, "  [DNS: Standard query 0x0007 A www.example.org]  [reply DNS: Standard query response "
                        "0x0007 A www.example.org A 192.0.2.7]  acked")
    tap.lacks(udptui.run("replay", path).expect(0).out, "Standard query")
    tap.lacks(udptui.run("replay", "--json", path).expect(0).out, "protocol")


@tap.case("serve --json --dissect: a line waits for its answer, in its order")
def serve():
    need()
    server = udptui.Server("--dissect", "--ack", "none", "--count", "3")
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    tap.defer(peer.close)
    for payload in (protocols.coap(5), b"plain", protocols.stun(9)):
        peer.sendto(payload, ("127.0.0.1", server.port))
    result = server.finish(60).expect(0)
    rows = result.objects("message")
    tap.equal([item["n"] for item in rows], [1, 2, 3], "order")
    tap.true(all(item["protocol"] and item["summary"] for item in rows), "what they are: %s" % rows)
    tap.equal(result.objects()[-1]["event"], "summary", "the last line")
    tap.equal(result.err, "", "stderr")


@tap.case("serve --json --dissect does not wait if too many come: all are written, in order, some of them dissected",
          timeout_s=150)
def flood():
    need()
    count = 30000
    server = udptui.Server("--dissect", "--ack", "none")
    peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    tap.defer(peer.close)
    for number in range(count):
        peer.sendto(b"number %d" % number, ("127.0.0.1", server.port))
        if number % 500 == 0:
            server.pump(0.01)
    server.wait_for(lambda: b'"protocol":"' in server.raw, "a message that was dissected", 60)
    server.child.send_signal(signal.SIGINT)
    result = server.finish(60)
    rows, summary = result.objects("message"), result.objects("summary")[0]
    tap.equal([item["n"] for item in rows], list(range(1, summary["received"] + 1)), "numbers")
    tap.equal(summary["received"] + summary["kernel_dropped"], count, "received and dropped")
    missing = sum(item["protocol"] is None for item in rows)
    tap.true(missing < len(rows), "not one of %d was dissected" % len(rows))
    if missing:
        tap.contains(result.err, "messages without an answer: %d" % missing)


def with_kills(path, kills):
    """replay --json --dissect while its sharkd is killed so many times, each a new one."""
    replay = udptui.start("replay", "--json", "--dissect", path)
    killed = []
    for _ in range(kills):
        killed.append(child_of(replay, killed))
        os.kill(killed[-1], signal.SIGKILL)
    return replay.finish(60).expect(0)


@tap.case("killing sharkd once loses nothing: the same answers; a second time: all is written, with a note", timeout_s=120)
def kills():
    need()
    path = capture(protocols.mixed(100))
    whole = udptui.run("replay", "--json", "--dissect", path, wait_s=60).expect(0)
    tap.equal(whole.err, "", "stderr without a kill")
    once = with_kills(path, 1)
    tap.equal(once.out, whole.out, "output with one kill")
    tap.contains(once.err, "sharkd ended and is started again: signal 9 (Killed)")
    twice = with_kills(path, 2)
    tap.contains(twice.err, "sharkd ended again, dissection is off: signal 9 (Killed)")
    tap.contains(twice.err, "messages without an answer: ")
    without = [{key: value for key, value in item.items()
                if key not in ("protocol", "summary", "ack_protocol", "ack_summary")} for item in twice.objects()]
    tap.equal(without, udptui.run("replay", "--json", path).expect(0).objects(), "the messages themselves")
    tap.true(any(item["protocol"] is None for item in twice.objects("message")), "some are null")


@tap.case("it has no network, no rights and no other files, and ends with us")
def confined():
    need()
    server = udptui.Server("--dissect")
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("127.0.0.1", server.port))
    child = child_of(server)
    server.wait_for(lambda: server.objects("message"), "the answer", 20)
    with open("/proc/%d/status" % child) as file:
        status = dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)
    tap.equal(status["NoNewPrivs"], "1")
    tap.equal(status["Seccomp"], "2")
    tap.true("0" not in status["Uid"].split(), "user %s" % status["Uid"])
    tap.equal(int(status["CapEff"], 16), 0, "capabilities")
    tap.equal(os.getpgid(child), child, "process group")
    with open("/proc/%d/limits" % child) as file:
        limits = file.read()
    tap.matches(limits, r"Max file size +0 +0")
    if os.geteuid() == 0:
        tap.true(os.readlink("/proc/%d/ns/net" % child) != os.readlink("/proc/self/ns/net"), "the network")
        tap.equal(sorted(int(fd) for fd in os.listdir("/proc/%d/fd" % child))[:4], [0, 1, 2, 3], "descriptors")
    os.kill(server.child.pid, signal.SIGKILL)
    tap.until(lambda: not os.path.exists("/proc/%d" % child), "the end of sharkd")


@tap.case("datagrams of random bytes at all kinds of ports: each has its answer", timeout_s=120)
def hostile():
    need()
    chance = random.Random(3)
    packets = []
    for index in range(1500):
        _, port, make = protocols.PROTOCOLS[index % len(protocols.PROTOCOLS)]
        payload = bytearray(make(index + 1))
        for _ in range(chance.randrange(1, 6)):
            payload[chance.randrange(len(payload))] = chance.randrange(256)
        payload = bytes(payload[:chance.randrange(len(payload) + 1)])
        packets.append(protocols.packet(("10.1.%d.%d" % (index // 200, index % 200), 40000), ("10.0.1.1", port), payload))
    result = udptui.run("replay", "--json", "--dissect", capture(packets), wait_s=100).expect(0)
    rows = result.objects("message")
    tap.equal(len(rows), 1500, "messages")
    tap.true(all("protocol" in item for item in rows), "each has its field")
    tap.true(all(byte >= 32 or byte == 10 for byte in result.raw), "no control bytes")


@tap.case("without sharkd: what to install, before anything is opened")
def missing():
    path = capture(protocols.mixed(1))
    for arguments in (("replay", "--json", "--dissect", path), ("serve", "--no-ui", "--dissect", ":0")):
        result = udptui.run(*arguments, env=udptui.environment(PATH="/nonexistent")).expect(3)
        tap.equal(result.out, "", "stdout")
        tap.equal(result.err, "udptui: --dissect: sharkd is not installed: it is in the package wireshark-common "
                              "(Debian, Ubuntu) or wireshark-cli (Fedora, Arch)\n")


@tap.case("with --privacy and with replay --to it is refused")
def conflicts():
    path = capture(protocols.mixed(1))
    for arguments, words in ((("serve", "--privacy", "--dissect"), "--privacy and --dissect"),
                             (("replay", "--privacy", "--dissect", path), "--privacy and --dissect"),
                             (("replay", "--dissect", "--to", "127.0.0.1:9", path), "--dissect and --to")):
        tap.contains(udptui.run(*arguments).expect(2).err, words)


tap.main()
