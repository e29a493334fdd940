# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""pcap: the capture files of serve and send, as tshark reads them."""
import os
import signal
import struct
import subprocess
import time

import tap
import tshark
import udptui
from reader import STALLED_TIMEOUT_S, WITHIN_S, StalledFifo

SIZES = (0, 1, 3, 1472, 65507)


def capture_path():
    return os.path.join(udptui.temporary_directory(), "capture.pcap")


def payloads():
    return [bytes(i * 7 + size & 255 for i in range(size)) for size in SIZES]


def expect_sound(rows, count, began_ns):
    """tshark has nothing to say against them, and they stand in the order of their times."""
    tap.equal(len(rows), count, "datagrams in the file")
    problems = [problem for row in rows for problem in row.problems]
    tap.equal(problems, [], "what tshark found")
    times = [row.time_ns for row in rows]
    tap.equal(times, sorted(times), "times")
    tap.true(began_ns <= times[0] and times[-1] <= time.time_ns(), "times lie within the run")


def expect_talk(rows, client, server):
    """Each payload went to the server and back."""
    expected = [(source, destination, payload) for payload in payloads()
                for source, destination in ((client, server), (server, client))]
    tap.equal([(row.source, row.destination, row.payload) for row in rows], expected, "datagrams")


def expect_checksums(rows, received, host):
    """Sent datagrams have one, and so have those received by IPv6; for IPv4 a socket does not report it."""
    for row in rows:
        unknown = row.source == received and ":" not in host
        tap.equal(row.checksum == 0, unknown, "no checksum from %s" % row.source[0])


def talk(server, *options):
    """Sends all payloads, one after the other."""
    lines = "".join(payload.hex() + "\n" for payload in payloads())
    return udptui.run("send", "--json", "--hex", "--timeout", "10s", *options, server.text, stdin=lines.encode()).expect(0)


def need_host(host):
    tshark.need()
    if ":" in host:
        udptui.need_ipv6()


def record_send(host):
    need_host(host)
    path, began_ns = capture_path(), time.time_ns()
    server = udptui.Server("--ack", "echo", addresses=(udptui.join_address((host, 0)),))
    result = talk(server, "--pcap", path)
    tap.equal(result.objects("summary")[0]["not_recorded"], 0, "not recorded")
    client = udptui.split_address(server.messages(1)[0]["from"])
    rows = tshark.read(path, server.port)
    expect_sound(rows, 2 * len(SIZES), began_ns)
    expect_talk(rows, client, (host, server.port))
    tap.equal({row.ttl for row in rows if row.source == client}, {64}, "time to live")
    tap.equal({row.ttl for row in rows if row.source != client}, {200}, "time to live of acks")


tap.add_case("send records both ways on IPv4", record_send, "127.0.0.1")
tap.add_case("send records both ways on IPv6", record_send, "::1")


def record_serve(host):
    need_host(host)
    path, began_ns = capture_path(), time.time_ns()
    server = udptui.Server("--ack", "echo", "--pcap", path,
                           addresses=(udptui.join_address((host, 0)),))
    talk(server, "--ttl", "33", "--dscp", "46")
    client = udptui.split_address(server.messages(1)[0]["from"])
    summary = server.stop()
    tap.equal(summary["not_recorded"], 0, "not recorded")
    rows = tshark.read(path, server.port)
    expect_sound(rows, 2 * len(SIZES), began_ns)
    expect_talk(rows, client, (host, server.port))
    expect_checksums(rows, client, host)
    came = [row for row in rows if row.source == client]
    tap.equal({(row.ttl, row.tos) for row in came}, {(33, 46 << 2)}, "time to live and type of service")
    tap.equal({row.ttl for row in rows if row.source != client}, {200}, "time to live of acks")


tap.add_case("serve records both ways on IPv4", record_serve, "127.0.0.1")
tap.add_case("serve records both ways on IPv6", record_serve, "::1")


@tap.case("each transmission of a retry is in the file")
def _():
    tshark.need()
    path = capture_path()
    silent = udptui.Peer()
    udptui.run("send", "--pcap", path, "--retry", "2", "--timeout", "20ms", silent.text, "hello").expect(1)
    rows = tshark.read(path, silent.port)
    tap.equal([(row.destination[1], row.payload) for row in rows], [(silent.port, b"hello")] * 3, "datagrams")


@tap.case("what did not leave is not in the file")
def _():
    tshark.need()
    path = capture_path()
    silent = udptui.Peer()
    udptui.run("send", "--pcap", path, "--file", udptui.write_file(b"x" * 65508), silent.text).expect(1)
    tap.equal(tshark.read(path, silent.port), [], "datagrams")


@tap.case("the file grows while send goes on")
def _():
    path = capture_path()
    server = udptui.Server()
    process = udptui.start("send", "--timeout", "10s", "--pcap", path, "--json", server.text)
    process.write("hello\n")
    process.wait_objects("result")
    tap.until(lambda: os.path.getsize(path) == 24 + (16 + 33) + (16 + 44), "two datagrams in the file")
    process.close_stdin()
    process.finish().expect(0)


@tap.case("a datagram that --buffer cut is cut in the file")
def _():
    tshark.need()
    path = capture_path()
    server = udptui.Server("--pcap", path, "--buffer", "10", "--ack", "none")
    udptui.Peer().send(b"0123456789abcdef", server.address)
    server.messages(1)
    server.stop()
    with open(path, "rb") as file:
        data = file.read()
    captured, original = struct.unpack("=II", data[24 + 8:24 + 16])
    tap.equal((captured, original), (28 + 10, 28 + 11), "captured and least original length")
    tap.true(data.endswith(b"0123456789"), "the payload")


@tap.case("under load all that was received and acknowledged is there, from two threads")
def _():
    tshark.need()
    path, began_ns = capture_path(), time.time_ns()
    server = udptui.Server("--pcap", path, "--threads", "2")
    udptui.run("load", "--json", "-d", "300ms", "--rate", "10000", "--timeout", "10s", server.text).expect(0)
    summary = server.stop()
    rows = tshark.read(path, server.port)
    came = sum(row.destination == ("127.0.0.1", server.port) for row in rows)
    tap.equal((came, len(rows) - came, summary["not_recorded"]),
              (summary["received"], summary["acked"], 0), "datagrams of both ways, not recorded")
    tap.equal([problem for row in rows for problem in row.problems], [], "what tshark found")
    latest = began_ns
    for row in rows:
        tap.true(row.time_ns > latest - 10**9, "times go up, but for what waited")
        latest = max(latest, row.time_ns)


@tap.case("what an impairment loses has come all the same, and what it doubles goes twice")
def _():
    tshark.need()
    path = capture_path()
    server = udptui.Server("--pcap", path, "--impair", "in.loss=50%,out.dup=100%", "--seed", "7")
    peer = udptui.Peer()
    for number in range(20):
        peer.send(b"number %d" % number, server.address)
    acked = sum(message["ack"] == "sent" for message in server.messages(20))
    tap.true(0 < acked < 20, "some were lost")
    server.stop()
    rows = tshark.read(path, server.port)
    tap.equal(sum(row.source == peer.address for row in rows), 20, "requests")
    tap.equal(sum(row.destination == peer.address for row in rows), 2 * acked, "acks")


# ---- files that cannot be

def complains(arguments, status, words):
    result = udptui.run(*arguments).expect(status)
    tap.equal(result.err, "udptui: --pcap %s\n" % words, "stderr")
    tap.equal(result.out, "", "stdout")


for _command, _target in (("serve", "127.0.0.1:0"), ("send", "127.0.0.1:4010")):
    _begin = (_command, "--no-ui", _target, "--pcap")
    tap.add_case(_command + ": standard output is no file", complains, (*_begin, "-"), 2,
                 "-: standard output is in use: name a file, or a pipe made by mkfifo")
    tap.add_case(_command + ": a file that cannot be made", complains,
                 (*_begin, "/nowhere/x.pcap"), 3, "/nowhere/x.pcap: No such file or directory")
    tap.add_case(_command + ": a full disk", complains, (*_begin, "/dev/full"), 3,
                 "/dev/full: No space left on device")


@tap.case("a file that is no capture is not overwritten without --force")
def precious():
    for command, target in (("serve", "127.0.0.1:0"), ("send", "127.0.0.1:4010")):
        path = udptui.write_file(b"a letter to my grandmother\n")
        begin = (command, "--no-ui", target, "--pcap", path)
        complains(begin, 3, path + ": exists and is not a capture: add --force to overwrite it")
        with open(path, "rb") as file:
            tap.equal(file.read(), b"a letter to my grandmother\n", "the file")
    for _ in range(2):  # the second time it is a capture
        udptui.run("serve", "--no-ui", "-d", "1ms", "--force", "127.0.0.1:0", "--pcap", path).expect(0)
        tap.equal(os.path.getsize(path), 24, "an empty capture")


@tap.case("lesson: a FIFO whose reader stands still keeps nobody", timeout_s=STALLED_TIMEOUT_S)
def stalled_lesson():
    fifo = StalledFifo()
    process = udptui.start("lesson", "mtu", "--pcap", fifo.path)
    tap.until(lambda: fifo.unread_bytes() > 60000, "a FIFO without room for the rest", 20)
    process.child.send_signal(signal.SIGINT)
    result = process.finish(WITHIN_S)
    tap.equal(result.status, 130, "exit status")
    tap.contains(result.err, "was blocked for a second", "stderr")


@tap.case("a pipe whose reader goes away: acks go on, and the end says so")
def _():
    path = os.path.join(udptui.temporary_directory(), "pipe")
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    server = udptui.Server("--pcap", path)
    os.close(reader)
    peer = udptui.Peer()
    tap.equal(peer.ask(b"one", server.address), udptui.DEFAULT_ACK, "the ack")
    server.wait_for(lambda: server.raw_errors.endswith(b": Broken pipe\n") or
                    peer.ask(b"another", server.address) != udptui.DEFAULT_ACK, "the complaint")
    tap.equal(peer.ask(b"last", server.address), udptui.DEFAULT_ACK, "the ack")
    server.signal(15)
    result = server.finish().expect(3)
    summary = result.objects("summary")[0]
    tap.equal(summary["not_recorded"], summary["received"] + summary["acked"], "not recorded: all of them")
    tap.equal(result.err, "udptui: --pcap %s: Broken pipe\n"
              "udptui: --pcap %s: Broken pipe: the capture is not complete\n" % (path, path), "stderr")


@tap.case("a pipe whose reader takes nothing keeps neither acks nor the end", timeout_s=STALLED_TIMEOUT_S)
def unread_pipe():
    peer = udptui.Peer()
    server = udptui.Server("--pcap", StalledFifo().path)
    for _ in range(400):
        peer.ask(b"x" * 200, server.address)
    server.signal(15)
    result = server.finish(WITHIN_S)
    tap.equal(result.status, 143, "exit status")
    tap.contains(result.err, "for a second", "stderr")


@tap.case("a pipe that nobody reads is refused at once, as for --log")
def pipe_without_reader():
    path = os.path.join(udptui.temporary_directory(), "pipe")
    os.mkfifo(path)
    for arguments in (["serve", "--no-ui", "-d", "50ms", "127.0.0.1:0"], ["send", "127.0.0.1:9", "hello"],
                      ["relay", "--no-ui", "-d", "50ms", "127.0.0.1:0", "127.0.0.1:9"], ["lesson", "loss", "--auto"]):
        result = udptui.run(arguments[0], "--pcap", path, *arguments[1:]).expect(3)
        tap.equal(result.err, "udptui: --pcap %s: a FIFO without a reader, or a socket\n" % path, arguments[0])


@tap.case("what a full disk did not take is counted, by serve and by send")
def full_disk():
    tshark.need()
    directory = udptui.temporary_directory()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", directory],
                      capture_output=True, check=False).returncode != 0:
        tap.skip("a small file system cannot be mounted here")
    try:
        server = udptui.Server("--pcap", os.path.join(directory, "serve.pcap"))
        lines = "".join("%d\n" % n for n in range(500)) * 2
        result = udptui.run("send", "--json", "--timeout", "10s", "--pcap", os.path.join(directory, "send.pcap"),
                            server.text, stdin=lines.encode()).expect(3)
        server.signal(2)
        told = [("send", result.objects("summary")[0]["not_recorded"], 2000),
                ("serve", server.finish().expect(3).objects("summary")[0]["not_recorded"], 2000)]
        for name, lost, all_of_them in told:
            rows = tshark.read(os.path.join(directory, name + ".pcap"), server.port)
            tap.true(lost > 0, "nothing was lost by " + name)
            tap.equal(len(rows) + lost, all_of_them, "recorded and not recorded by " + name)
    finally:
        subprocess.run(["umount", "-l", directory], check=False)


tap.main()
