# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""replay: captures of our own and of others, as lines and as JSON."""
import os
import random
import re
import resource
import signal
import struct
import subprocess
import time

import tap
import tshark
import udptui
from udptui import Peer, Server

CLIENT, SERVER = ("192.168.0.23", 50000), ("192.168.0.1", 4010)


# ---- captures of the test's own making

def ipv4(source, destination, payload, protocol=17, fragment=0):
    """A packet, without checksums: they are not what is looked at here."""
    udp = struct.pack("!HHHH", source[1], destination[1], 8 + len(payload), 0) + payload
    addresses = b"".join(bytes(int(part) for part in host.split("."))
                         for host in (source[0], destination[0]))
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, fragment, 64, protocol, 0) + \
        addresses + udp


def pcap(packets, link_type=101):
    """packets: (time in us, bytes)."""
    content = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, link_type)
    for time_us, packet in packets:
        content += struct.pack("<IIII", time_us // 10**6, time_us % 10**6, len(packet), len(packet))
        content += packet
    return content


def file_of(packets, **options):
    return udptui.write_file(pcap(packets, **options))


def exchange(n, at_us, text=b"hello"):
    return [(at_us, ipv4(CLIENT, SERVER, text)), (at_us + 1500, ipv4(SERVER, CLIENT, b"ok %d" % n))]


def replay(path, *options, status=0):
    return udptui.run("replay", "--json", *options, path).expect(status)


def recorded(*options, messages, directory):
    """A session of serve --pcap: its capture, and the messages as serve reported them."""
    path = os.path.join(directory, "session.pcap")
    server = Server("--pcap", path, *options)
    for n, text in enumerate(messages):
        Peer().send(text, server.address)
        server.messages(n + 1)
    server.stop()
    return path, server.objects("message")


def conserved(summary):
    tap.equal(summary["received"], summary["acked"] + summary["unseen"], "received")


# ---- what is in them

@tap.case("what serve recorded replays to the same messages")
def own_session():
    texts = [b"hello", b"", b"\xff\x00 bytes", b"x" * 2000, b"hello"]
    path, told = recorded(messages=texts, directory=udptui.temporary_directory())
    again = replay(path).objects("message")
    for name in ("n", "time", "from", "to", "bytes", "text", "hex", "ack", "ack_bytes", "ack_hex"):
        tap.equal([item[name] for item in again], [item[name] for item in told], name)


@tap.case("lost, doubled: the fates of a bad network, as far as a capture can carry them")
def own_fates():
    path, told = recorded("--impair", "in.loss=30%,dup=30%", "--seed", "7",
                          messages=[b"%d" % n for n in range(40)],
                          directory=udptui.temporary_directory())
    result = replay(path)
    fates = {item["n"]: item for item in result.objects("message")}
    for item in told:
        seen = "unseen" if item["ack"] == "held" else item["ack"]
        tap.equal(fates[item["n"]]["ack"], seen, "ack of %r" % item)
        tap.equal(fates[item["n"]].get("acks"), item.get("acks"), "acks of %r" % item)
    tap.true(any("acks" in item for item in told), "nothing was doubled")
    conserved(result.objects("summary")[0])


@tap.case("a pcapng that another program wrote, of Ethernet frames")
def foreign_pcapng():
    tshark.need()
    ethernet = [(at, b"\0" * 12 + b"\x08\x00" + packet)
                for n in range(3) for at, packet in exchange(n, n * 10**6)]
    path = os.path.join(udptui.temporary_directory(), "other.pcapng")
    subprocess.run(["tshark", "-F", "pcapng", "-r", file_of(ethernet, link_type=1), "-w", path],
                   check=True, stderr=subprocess.DEVNULL)
    with open(path, "rb") as file:
        tap.equal(file.read(4), b"\x0a\x0d\x0d\x0a", "the file's first bytes")
    messages = replay(path).objects("message")
    tap.equal([item["ack"] for item in messages], ["sent"] * 3, "acks")
    tap.equal([item["service_ns"] for item in messages], [1500000] * 3, "times")


@tap.case("a pcapng that dumpcap wrote, live")
def live_pcapng():
    tshark.need()
    udptui.need_program("dumpcap")
    server = Server()
    path = os.path.join(udptui.temporary_directory(), "live.pcapng")
    capture = udptui.Process(["dumpcap", "-q", "-i", "lo", "-f", "udp port %d and host 127.0.0.1" % server.port,
                              "-w", path])
    def capturing():
        capture.pump(0.05)
        return b"File: " in capture.raw_errors or capture.child.poll() is not None
    tap.until(capturing, "dumpcap to begin")
    if capture.child.poll() is not None:
        tap.skip("dumpcap may not capture here")
    client = Peer()
    def arrived():
        client.ask(b"hello", server.address)
        return os.path.getsize(path) > 1000
    tap.until(arrived, "packets in the file")
    capture.signal(signal.SIGINT)
    capture.finish()
    messages = replay(path).objects("message")
    tap.true(messages, "no message")
    tap.equal({item["ack"] for item in messages[:-1]} or {"sent"}, {"sent"}, "acks")
    tap.equal({item["text"] for item in messages}, {"hello"}, "texts")


@tap.case("frames that are no UDP are counted, not guessed at")
def other_frames():
    frames = exchange(1, 0) + [(10, ipv4(CLIENT, SERVER, b"x", protocol=6)),
                               (20, ipv4(CLIENT, SERVER, b"late", fragment=100)),
                               (30, ipv4(CLIENT, SERVER, b"hello")[:10]), (40, b"\x99")]
    capture = replay(file_of(sorted(frames))).objects("capture")[0]
    tap.equal(capture["frames"], 6, "frames")
    tap.equal(capture["datagrams"], 2, "datagrams")
    tap.equal(capture["fragments"], 1, "fragments")
    tap.equal(capture["not_udp"] + capture["malformed"] + capture["unknown_link_type"], 3, "others")


@tap.case("--port: only that server's")
def port_filter():
    other = [(5, ipv4(CLIENT, ("192.168.0.1", 53), b"?"))]
    result = replay(file_of(exchange(1, 0) + other), "--port", "53")
    tap.equal([item["text"] for item in result.objects("message")], ["?"], "messages")
    tap.equal(result.objects("capture")[0]["filtered"], 2, "filtered")


@tap.case("an unasked datagram, a request without an ack")
def halves():
    result = replay(file_of([(0, ipv4(SERVER, CLIENT, b"news")), (1, ipv4(CLIENT, SERVER, b"so?"))]),
                    "--port", "4010")
    tap.equal([(item["text"], item["ack"]) for item in result.objects("message")],
              [("news", "unasked"), ("so?", "unseen")], "messages")
    summary = result.objects("summary")[0]
    tap.equal((summary["unasked"], summary["unseen"]), (1, 1), "summary")
    for name in ("held", "kernel_dropped", "sent_by_hand", "queue_bytes"):
        tap.true(name not in summary, "%s is in a replay's summary" % name)


@tap.case("an ack that may be of two requests: no time, and it is said")
def ambiguous():
    packets = [(0, ipv4(CLIENT, SERVER, b"one")), (1, ipv4(CLIENT, SERVER, b"two")),
               (9, ipv4(SERVER, CLIENT, b"ok")), (10, ipv4(SERVER, CLIENT, b"ok"))]
    one, two = replay(file_of(packets)).objects("message")
    for item in (one, two):
        tap.equal((item["ack"], item["ambiguous"], "service_ns" in item), ("sent", True, False), "%r" % item)


@tap.case("lines: the words for it, names and no addresses")
def lines():
    path = file_of(exchange(1, 0, b"hello Ann") + [(5000, ipv4(CLIENT, SERVER, b"lost?"))])
    result = udptui.run("replay", "--no-ui", "--class", "--privacy", path).expect(0)
    tap.matches(result.plain, r"(?m)^#1  client 1 \(Ann\) > server:4010  9 B  hello Ann  acked 1\.50 ms$", "the first line")
    tap.matches(result.plain, r"(?m)^#2  client 1 \(Ann\) > server:4010  5 B  lost\?  no reply seen$", "the second line")
    tap.true("192.168.0.23" not in result.out, "the address is told")
    tap.contains(result.out, "capture: frames 3, datagrams 3", "the capture's line")


# ---- who is who, and what is sure

@tap.case("each pair of endpoints has its own server, and a reply is no lost request")
def roles():
    a, b, c = ("10.0.0.1", 123), ("10.0.0.2", 123), ("10.0.0.3", 123)
    path = file_of([(0, ipv4(a, b, b"A asks B")), (1000, ipv4(b, a, b"B answers A")),
                    (2000, ipv4(c, a, b"C asks A")), (3000, ipv4(a, c, b"A answers C")),
                    (4000, ipv4(a, b, b"A asks B again")), (5000, ipv4(b, a, b"B answers A again"))])
    for options in ((), ("--port", "123")):
        result = replay(path, *options)
        tap.equal([(item["from"], item["to"], item["text"], item["ack_text"], item["service_ns"])
                   for item in result.objects("message")],
                  [("10.0.0.1:123", "10.0.0.2:123", "A asks B", "B answers A", 1000000),
                   ("10.0.0.3:123", "10.0.0.1:123", "C asks A", "A answers C", 1000000),
                   ("10.0.0.1:123", "10.0.0.2:123", "A asks B again", "B answers A again", 1000000)],
                  "messages")
    named = replay(path, "--server", "10.0.0.1")
    tap.equal([(item["text"], item["ack"]) for item in named.objects("message")],
              [("A asks B", "unasked"), ("B answers A", "sent"), ("C asks A", "sent"),
               ("B answers A again", "unseen")],
              "with --server: who is named is one, whoever began")
    private = udptui.run("replay", "--json", "--privacy", path).expect(0)
    for address in ("10.0.0.1", "10.0.0.2", "10.0.0.3"):
        tap.true(address not in private.out, "%s is told" % address)


@tap.case("asked of a group or by broadcast: whoever answers from that port, named")
def many():
    host, client, group = ("10.77.0.1", 4010), ("10.77.0.2", 40000), ("239.1.2.3", 4010)
    path = file_of([(0, ipv4(client, ("10.77.0.255", 4010), b"hello broadcast")),
                    (87, ipv4(host, client, b"Message received")),
                    (1000, ipv4((client[0], 40001), group, b"hello mc")),
                    (1102, ipv4(host, (client[0], 40001), b"Message received"))])
    one, two = replay(path).objects("message")
    tap.equal((one["ack"], one["service_ns"], one["ack_from"], one["broadcast"]),
              ("sent", 87000, "10.77.0.1:4010", True), "broadcast")
    tap.equal((two["ack"], two["service_ns"], two["ack_from"], two["multicast"]),
              ("sent", 102000, "10.77.0.1:4010", True), "multicast")


def dns(number, answers, name=b"example"):
    flags = 0x8180 if answers else 0x0100
    return struct.pack("!HHHHHH", number, flags, 1, 1 if answers else 0, 0, 0) + \
        bytes([len(name)]) + name + b"\0" + struct.pack("!HH", 1, 1) + \
        (b"\xc0\x0c" + struct.pack("!HHIH", 1, 1, 60, 4) + bytes(4) if answers else b"")


def resolver_session(count, seed):
    """Queries of one resolver from one port, many at a time: answers late, lost, in any order, twice."""
    source = random.Random(seed)
    resolver, server = ("10.0.0.2", 5353 + 40000), ("10.0.0.9", 53)
    packets, at_us = [], 0
    for _ in range(count):
        at_us += source.randrange(100, 20000)
        number = source.randrange(1, 65536)
        packets.append((at_us, ipv4(resolver, server, dns(number, False))))
        if source.random() < 0.05:
            continue
        delay_us = source.choice((source.randrange(200, 3000), source.randrange(3000, 900000)))
        packets.append((at_us + delay_us, ipv4(server, resolver, dns(number, True))))
        if source.random() < 0.05:
            packets.append((at_us + delay_us + 50, ipv4(server, resolver, dns(number, True))))
    return sorted(packets, key=lambda item: item[0])


@tap.case("700 DNS exchanges at a time: all times are known, and are those of tshark's dns.time")
def as_tshark_says():
    tshark.need()
    path = file_of(resolver_session(700, 3))
    rows = subprocess.run(["tshark", "-r", path, "-Y", "dns.time && !dns.retransmit_response", "-T", "fields",
                           "-e", "dns.response_to", "-e", "dns.time"], check=True, capture_output=True,
                          text=True).stdout.split("\n")
    stamps = subprocess.run(["tshark", "-r", path, "-T", "fields", "-e", "frame.time_epoch"], check=True,
                            capture_output=True, text=True).stdout.split()
    truth = {}
    for frame, seconds in (row.split("\t") for row in rows if row):
        truth.setdefault(round(float(stamps[int(frame) - 1]) * 1e6), float(seconds) * 1e9)
    result = replay(path)
    answered = [item for item in result.objects("message") if item["ack"] == "sent"]
    known = [item for item in answered if "service_ns" in item]
    tap.true(len(known) >= len(answered) - 2, "%d of %d times are known" % (len(known), len(answered)))
    tap.true(len(known) > 600, "%d times are known" % len(known))
    for item in known:
        at_us = round(time_of(item["time"]) * 1e6)
        tap.true(at_us in truth, "tshark has no answer to %r" % item)
        tap.true(abs(truth[at_us] - item["service_ns"]) <= 2000, "%r, tshark: %r" % (item, truth[at_us]))


def time_of(text):
    """Seconds since 1970 of a capture that began then."""
    hours, minutes, seconds = re.match(r"1970-01-01T(\d+):(\d+):([\d.]+)Z$", text).groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


@tap.case("a busy flow: 400,000 datagrams of one pair take no longer than those of many", timeout_s=150)
def busy_flow():
    def took(clients):
        content = bytearray(pcap([]))
        for n in range(200000):
            client = ("10.0.%d.%d" % (n % clients // 250, n % clients % 250 + 1), 50000)
            for packet in (ipv4(client, SERVER, b"%d" % n), ipv4(SERVER, client, b"ok") if n % 3 else None):
                if packet is not None:
                    content += struct.pack("<IIII", n // 100000, n % 100000 * 10, len(packet), len(packet)) + packet
        path = udptui.write_file(bytes(content))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = udptui.run("replay", "--no-ui", path, wait_s=140).expect(0)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        tap.contains(result.out.splitlines()[-1], "requests 200000, ", "summary")
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    many, one = took(2000), took(1)
    tap.true(one < 3 * many + 1, "one pair: %.1f s of CPU, 2,000 pairs: %.1f s" % (one, many))


@tap.case("a reply that is stamped before its request is none; what is stamped back is marked")
def impossible():
    result = replay(file_of([(5 * 10**6, ipv4(CLIENT, SERVER, b"ask")), (0, ipv4(SERVER, CLIENT, b"ok"))]))
    messages = {item["text"]: item for item in result.objects("message")}
    tap.equal(messages["ask"]["ack"], "unseen", "the request")
    tap.true("service_ns" not in messages["ask"], "a time is told")
    tap.equal((messages["ok"]["ack"], messages["ok"]["backwards"]), ("unasked", True), "the reply")
    tap.equal(result.objects("summary")[0]["backwards"], 1, "summary")


@tap.case("--timeout: how long a reply may take")
def timeout():
    path = file_of([(0, ipv4(CLIENT, SERVER, b"ask")), (12 * 10**6, ipv4(SERVER, CLIENT, b"late"))])
    tap.equal([item["ack"] for item in replay(path).objects("message")], ["unseen", "unasked"], "10 s")
    late, = replay(path, "--timeout", "20s").objects("message")
    tap.equal(late["service_ns"], 12 * 10**9, "20 s")


@tap.case("--names: not with --privacy, and only on the screen")
def names():
    path = file_of(exchange(1, 0))
    for options, words in ((("--names", "--privacy"), "cannot be combined"),
                           (("--names",), "only the screen"),
                           (("--names", "--json"), "only the screen")):
        result = udptui.run("replay", *options, path).expect(2)
        tap.contains(result.err, words, "stderr of %s" % (options,))
        tap.equal(result.out, "", "stdout of %s" % (options,))


@tap.case("--server that is no address is a usage error")
def bad_servers():
    for text in ("example.org", "10.0.0.1:port", "[::1", ""):
        result = udptui.run("replay", "--server", text, "/dev/null").expect(2)
        tap.contains(result.err, "--server", "the complaint")


@tap.case("further datagrams after a reply: a copy is counted, others are shown")
def more():
    path = file_of([(0, ipv4(CLIENT, SERVER, b"INVITE")), (10, ipv4(SERVER, CLIENT, b"180 Ringing")),
                    (11, ipv4(SERVER, CLIENT, b"180 Ringing")), (99, ipv4(SERVER, CLIENT, b"200 OK"))])
    result = replay(path)
    first, second = result.objects("message")
    tap.equal((first["ack_text"], first["service_ns"], first["acks"]), ("180 Ringing", 10000, 2), "first")
    tap.equal((second["ack"], second["n"], second["text"]), ("more", 1, "200 OK"), "second")
    summary = result.objects("summary")[0]
    tap.equal((summary["copies"], summary["more"]), (1, 1), "summary")


# ---- time

@tap.case("--speed: in the capture's time, so many times as fast")
def speed():
    path = file_of(exchange(1, 0) + exchange(2, 60 * 10**6))
    replay(path)  # not for a minute: udptui.run waits 15 s
    tap.true(replay(path, "--speed", "120").took_s >= 0.5, "it came too early")


@tap.case("speeds that are none are usage errors")
def bad_speeds():
    for text in ("0", "-1", "fast", "1e9", "nan", "2x", ""):
        result = udptui.run("replay", "--speed", text, "/dev/null").expect(2)
        tap.contains(result.err, "--speed", "the complaint")


def piece(packets):
    """What follows a capture's head in a pipe."""
    return pcap(packets)[24:]


@tap.case("live from a pipe: a message with its reply at once, without one within a second, the rest later")
def live():
    process = udptui.start("replay", "--json", "--timeout", "5s", "-")
    process.write(pcap([]))
    took = []
    for n in range(5):
        process.write(piece(exchange(n, n * 10**6)))
        written = time.monotonic()
        message = process.wait_objects("message", n + 1)[n]
        took.append(time.monotonic() - written)
        tap.equal((message["n"], message["ack"], message["service_ns"]), (n + 1, "sent", 1500000), "with its reply")
    tap.true(min(took) < 0.3, "at once: %s" % took)  # the others, or the test, may have waited for a busy machine
    written = time.monotonic()
    process.write(piece([(10 * 10**6, ipv4(CLIENT, SERVER, b"slow"))]))
    second = process.wait_objects("message", 6)[5]
    tap.true(0.3 < time.monotonic() - written, "it came after %.1f s" % (time.monotonic() - written))
    tap.equal((second["n"], second["ack"], second["text"]), (6, "waiting", "slow"), "before the timeout")
    process.write(piece([(11 * 10**6, ipv4(SERVER, CLIENT, b"here"))]))
    later, = process.wait_objects("ack")
    tap.equal((later["n"], later["ack"], later["service_ns"], later["ack_text"]),
              (6, "sent", 10**9, "here"), "the reply of a message that was told")
    process.write(piece([(12 * 10**6, ipv4(CLIENT, SERVER, b"lost"))]))
    unseen = process.wait_objects("ack", 2)[1]  # nothing comes, but time passes
    tap.equal((unseen["n"], unseen["ack"]), (7, "unseen"), "the lost one")
    process.close_stdin()
    result = process.finish().expect(0)
    tap.equal(conserved(result.objects("summary")[0]), None, "summary")


@tap.case("live lines: number and time name the message that a later line is about")
def live_lines():
    process = udptui.start("replay", "--no-ui", "-")
    process.write(pcap([(0, ipv4(CLIENT, SERVER, b"slow"))]))
    process.wait_text(r"#1  192\.168\.0\.23:50000 > 192\.168\.0\.1:4010  4 B  slow  no reply yet$")
    process.write(piece([(2 * 10**6, ipv4(SERVER, CLIENT, b"here"))]))
    process.wait_text(r"#1  192\.168\.0\.23:50000 > 192\.168\.0\.1:4010  acked 2\.00 s$")
    process.signal(signal.SIGINT)
    result = process.finish()
    tap.equal(result.status, 130, "status")
    tap.contains(result.out, "requests 1, acked 1, no reply seen 0", "summary")


@tap.case("--speed: what has no reply yet is told within a second, too")
def speed_tells_in_time():
    path = file_of([(0, ipv4(CLIENT, SERVER, b"lost"))] + exchange(1, 60 * 10**6))
    process = udptui.start("replay", "--json", "--speed", "1", "--timeout", "50s", path)
    first, = process.wait_objects("message")
    tap.equal((first["text"], first["ack"]), ("lost", "waiting"), "first")


@tap.case("--idle-limit: a gap of a day is played as a short one")
def idle_limit():
    path = file_of(exchange(1, 0) + exchange(2, 86400 * 10**6))
    result = udptui.run("replay", "--json", "--speed", "1", "--idle-limit", "300ms", path).expect(0)
    tap.true(0.2 < result.took_s, "it took %.1f s" % result.took_s)
    tap.equal([item["service_ns"] for item in result.objects("message")], [1500000] * 2, "times")


# ---- files that are not as they should be

@tap.case("no such file, no capture, a directory: one line and status 3")
def no_capture():
    for path in ("/no/such/file", udptui.write_file(b"not a capture"), udptui.write_file(b""),
                 udptui.temporary_directory()):
        result = udptui.run("replay", "--no-ui", path).expect(3)
        tap.matches(result.err, r"\Audptui: [^\n]+\n\Z", "stderr")
        tap.contains(result.err, path, "stderr")


@tap.case("cut off in the middle: what was there is shown, then the line, status 3")
def cut_off():
    whole = pcap(exchange(1, 0) + exchange(2, 10**6))
    result = udptui.run("replay", "--json", udptui.write_file(whole[:-7])).expect(3)
    tap.equal([item["ack"] for item in result.objects("message")], ["sent", "unseen"], "acks")
    tap.matches(result.err, r"\Audptui: [^\n]+\n\Z", "stderr")


@tap.case("any bytes: never a crash, never a raw byte in a message")
def any_bytes():
    source = random.Random(7)
    whole = pcap(exchange(1, 0) + exchange(2, 10**6))
    for _ in range(60):
        broken = bytearray(whole)
        for _ in range(source.randrange(1, 20)):
            broken[source.randrange(len(broken))] = source.randrange(256)
        path = udptui.write_file(bytes(broken[:source.randrange(len(broken) + 1)]))
        result = udptui.run("replay", "--no-ui", path)
        tap.true(result.status in (0, 3), "status %d: %s" % (result.status, result.err))
        for line in result.err.splitlines():
            tap.true(line.isprintable(), "stderr: %r" % line)


@tap.case("from standard input, as lines")
def standard_input():
    result = udptui.run("replay", "--json", "-", stdin=pcap(exchange(1, 0))).expect(0)
    tap.equal(len(result.objects("message")), 1, "messages")


tap.main()
