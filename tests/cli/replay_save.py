# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""replay --save: what is chosen of a capture, as the frames that they were, with their times."""
import functools
import gzip
import json
import os
import re
import signal
import struct
import subprocess

import tap
import tshark
import udptui
from reader import STALLED_TIMEOUT_S, WITHIN_S, StalledFifo

CLIENT, OTHER, SERVER = ("192.168.0.23", 50000), ("10.0.0.7", 50001), ("192.168.0.1", 4010)
ETHERNET, RAW, COOKED = 1, 101, 113
BASE_NS = 1_700_000_000 * 10**9
FIFO_BYTES = 65536  # pipe(7)


# ---- frames

def udp(source, destination, payload):
    return struct.pack("!HHHH", source[1], destination[1], 8 + len(payload), 0) + payload


def ip(source, destination, content, protocol=17, identification=0, offset=0, more=False):
    addresses = b"".join(bytes(int(part) for part in host[0].split("."))
                         for host in (source, destination))
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(content), identification,
                       (0x2000 if more else 0) | offset // 8, 64, protocol, 0) + addresses + content


def datagram(source, destination, payload):
    return ip(source, destination, udp(source, destination, payload))


def fragments(source, destination, payload, identification, size=512):
    whole = udp(source, destination, payload)
    return [ip(source, destination, whole[at:at + size], 17, identification, at,
               at + size < len(whole)) for at in range(0, len(whole), size)]


def ethernet(packet):
    return b"\x02\0\0\0\0\x01" + b"\x02\0\0\0\0\x02" + b"\x08\x00" + packet


def cooked(packet):
    return struct.pack("!HHH8sH", 0, 1, 6, b"\x02\0\0\0\0\x02\0\0", 0x0800) + packet


TCP = ip(CLIENT, SERVER, bytes(20), protocol=6)


# ---- files

def pcap(frames, link_type=ETHERNET, snapshot=65535, order="<", magic=0xa1b2c3d4):
    """frames: (time in ns, bytes)."""
    tick_ns = 1 if magic == 0xa1b23c4d else 1000
    content = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snapshot, link_type)
    for time_ns, frame in frames:
        content += struct.pack(order + "IIII", time_ns // 10**9, time_ns % 10**9 // tick_ns,
                               len(frame[:snapshot]), len(frame)) + frame[:snapshot]
    return content


def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


def section():
    return block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))


def interface(link_type, snapshot=0, options=b""):
    return block(1, struct.pack("<HHI", link_type, 0, snapshot) + options)


def enhanced(number, time_ns, frame, snapshot=None, tick_ns=1000):
    kept = frame[:snapshot]
    ticks = time_ns // tick_ns
    return block(6, struct.pack("<IIIII", number, ticks >> 32, ticks & 0xffffffff, len(kept),
                                len(frame)) + kept)


def simple(frame):
    return block(3, struct.pack("<I", len(frame)) + frame)


NANOSECONDS = struct.pack("<HHB3x", 9, 1, 9)


# ---- saving

def save(content, *options, status=0):
    """Returns what the run wrote, and the path of the new capture."""
    out = os.path.join(udptui.temporary_directory(), "out")
    run = udptui.run("replay", "--save", out, *options, udptui.write_file(content))
    missing = re.search(r"this build has no [^(\n]*|this udptui was built without \w+", run.err)
    if missing:
        tap.skip(missing.group())
    return run.expect(status), out


@functools.lru_cache(maxsize=None)
def original_frames(content):
    return tshark_frames(udptui.write_file(content))


def tshark_frames(path):
    """Each frame as its time, link type, lengths and bytes."""
    command = ["tshark", "-r", path, "-n", "-o", "ip.defragment:FALSE", "-T", "json", "-x", "-J", "frame"]
    result = subprocess.run(command, capture_output=True, check=False, env=udptui.environment(),
                            timeout=tap.CASE_TIMEOUT_S)
    tap.equal(result.returncode, 0, "tshark's status: " + result.stderr.decode())
    layers = [item["_source"]["layers"] for item in json.loads(result.stdout)]
    return [tuple(layer["frame"].get(name) for name in
                  ("frame.time_epoch", "frame.encap_type", "frame.len", "frame.cap_len")) +
            (layer["frame_raw"][0],) for layer in layers]


def expect_frames(content, numbers, *options):
    """Exactly these frames of the original are saved."""
    run, out = save(content, *options)
    tshark.need()
    original = original_frames(content)
    tap.equal(tshark_frames(out), [original[number - 1] for number in numbers], "frames")
    tap.true("frames saved %d\n" % len(numbers) in run.out, run.out)
    return run, out


def talk():
    """A long capture in short: two clients, TCP, a reply in fragments, a copy, a further reply, one
    request without a reply, and a datagram without a request."""
    packets = [
        TCP,                                          # 1
        datagram(CLIENT, SERVER, b"hello"),           # 2
        datagram(OTHER, SERVER, b"time?"),            # 3
        datagram(SERVER, CLIENT, b"ok hello"),        # 4
        *fragments(SERVER, OTHER, b"noon" * 300, 7),  # 5, 6, 7
        datagram(SERVER, CLIENT, b"ok hello"),        # 8: a copy
        datagram(SERVER, CLIENT, b"ok, and more"),    # 9
        datagram(OTHER, SERVER, b"lost"),             # 10
        datagram(SERVER, ("10.0.0.9", 9000), b"unasked"),  # 11
    ]
    return [(BASE_NS + number * 1_001_000, ethernet(packet))
            for number, packet in enumerate(packets, 1)]


# ---- what belongs to a message

@tap.case("a client's exchange: request, reply, copy and further reply, nothing else")
def one_client():
    run, _out = expect_frames(pcap(talk()), [2, 4, 8, 9], "--filter", "from:192.168.0.23")
    tap.equal(len(run.out.splitlines()), 2, "lines, without one a message")


@tap.case("all fragments of a message that a text chooses, and of its reply")
def fragments_of_reply():
    expect_frames(pcap(talk()), [3, 5, 6, 7], "--filter", "noon")
    expect_frames(pcap(talk()), [3, 5, 6, 7], "--filter", "time?")


@tap.case("a further reply that is chosen brings its whole message")
def further_reply():
    expect_frames(pcap(talk()), [2, 4, 8, 9], "--filter", "more")


@tap.case("what was no reply, and what was not asked for")
def without_reply():
    expect_frames(pcap(talk()), [10], "--filter", "status:unseen")
    expect_frames(pcap(talk()), [11], "--filter", "status:unasked")


@tap.case("fragments in any order, one of them twice, between those of another datagram")
def mixed_fragments():
    mine = fragments(CLIENT, SERVER, b"a" * 1100, 1)
    others = fragments(OTHER, SERVER, b"b" * 1100, 2)
    packets = [others[0], mine[2], mine[0], others[1], mine[0], mine[1], others[2],
               *fragments(SERVER, CLIENT, b"c" * 900, 3)]
    frames = [(BASE_NS + number * 1000, ethernet(packet)) for number, packet in enumerate(packets)]
    expect_frames(pcap(frames), [2, 3, 5, 6, 8, 9], "--filter", "from:192.168.0.23")


@tap.case("the beginning of a datagram whose end is missing, with all that is there of it")
def incomplete():
    parts = fragments(CLIENT, SERVER, b"a" * 1900, 1)
    packets = [datagram(OTHER, SERVER, b"x"), parts[0], parts[1], parts[3]]
    frames = [(BASE_NS + number * 1000, ethernet(packet)) for number, packet in enumerate(packets)]
    expect_frames(pcap(frames), [2, 3, 4], "--filter", "from:192.168.0.23")


@tap.case("a packet in fragments that was in a tunnel in fragments")
def nested_fragments():
    inner = fragments(CLIENT, SERVER, b"a" * 1500, 1, size=1024)
    ends = (("172.16.0.1", 0), ("172.16.0.2", 0))
    packets = [datagram(OTHER, SERVER, b"x")]
    for identification, packet in enumerate(inner, 50):
        packets += [ip(*ends, packet[at:at + 512], 4, identification, at, at + 512 < len(packet))
                    for at in range(0, len(packet), 512)]
    frames = [(BASE_NS + number * 1000, ethernet(packet)) for number, packet in enumerate(packets)]
    expect_frames(pcap(frames), list(range(2, len(packets) + 1)), "--filter", "from:192.168.0.23")


@tap.case("--port and --server choose, too; nothing given is all UDP")
def by_server():
    expect_frames(pcap(talk()), list(range(2, 12)))
    expect_frames(pcap(talk()), [11], "--port", "9000")
    expect_frames(pcap(talk()), list(range(2, 12)), "--server", "192.168.0.1:4010")


@tap.case("a message of thousands, chosen long before and after others, with the pairs mixed")
def many_clients():
    frames, wanted = [], []
    for n in range(3000):
        client = ("10.1.%d.%d" % (n // 250, 1 + n % 250), 5000)
        chosen = n % 100 == 7
        packets = [datagram(client, SERVER, b"q%d" % n)]
        frames.append(packets[0])
        if n >= 20:
            m = n - 20
            late = ("10.1.%d.%d" % (m // 250, 1 + m % 250), 5000)
            frames.append(datagram(SERVER, late, b"r%d" % m))
            if m % 100 == 7:
                wanted.append(len(frames))
        if chosen:
            wanted.append(len(frames) - (n >= 20))
    content = pcap([(BASE_NS + n * 1000, ethernet(frame)) for n, frame in enumerate(frames)])
    expect_frames(content, sorted(wanted), "--filter", "/^q([0-9]*0)?7$/")


# ---- files

@tap.case("a pcap of nanoseconds is written as it was, but for what is left out")
def same_bytes():
    frames = [(time_ns + 123, frame) for time_ns, frame in talk()]
    _run, out = save(pcap(frames, magic=0xa1b23c4d, snapshot=60), "--filter", "hello")
    chosen = [frames[number - 1] for number in (2, 4, 8, 9)]
    with open(out, "rb") as file:
        tap.equal(file.read(), pcap(chosen, magic=0xa1b23c4d, snapshot=60), "bytes")


@tap.case("the other byte order, frames that were cut, a compressed file")
def other_pcaps():
    expect_frames(pcap(talk(), order=">", snapshot=50), [2, 4, 8, 9],
                  "--filter", "from:192.168.0.23")
    _run, out = save(gzip.compress(pcap(talk())), "--filter", "from:192.168.0.23")
    _run, plain = save(pcap(talk()), "--filter", "from:192.168.0.23")
    with open(out, "rb") as one, open(plain, "rb") as other:
        tap.equal(one.read(), other.read(), "bytes")


@tap.case("a pcap says of its frame check sequences what the original did")
def check_sequences():
    word = 0x24000000 | ETHERNET  # 4 bytes behind each frame
    frames = [(time_ns, frame + b"\x01\x02\x03\x04") for time_ns, frame in talk()]
    expect_frames(pcap(frames, link_type=word), [2, 4, 8, 9], "--filter", "from:192.168.0.23")


def several_interfaces():
    packets = [packet[1][14:] for packet in talk()]
    times = [time_ns for time_ns, _frame in talk()]
    content = section() + interface(ETHERNET, 96) + interface(RAW) + block(0x80000001, b"of somebody")
    for number, packet in enumerate(packets[:6]):
        content += enhanced(number % 2, times[number],
                            packet if number % 2 else ethernet(packet), 96 if number % 2 == 0 else None)
    content += section() + interface(COOKED, 262144, NANOSECONDS)
    for number in range(6, len(packets)):
        content += enhanced(0, times[number] + number, cooked(packets[number]), tick_ns=1)
    return content


@tap.case("a pcapng of several interfaces and sections: link types, times of either resolution")
def interfaces():
    expect_frames(several_interfaces(), [2, 4, 8, 9], "--filter", "from:192.168.0.23")
    expect_frames(several_interfaces(), list(range(2, 12)))


@tap.case("frames without a time stay without one, also of another section")
def untimed():
    content = section() + interface(ETHERNET)
    content += enhanced(0, BASE_NS, ethernet(datagram(CLIENT, SERVER, b"one")))
    content += section() + interface(RAW) + simple(datagram(CLIENT, SERVER, b"two"))
    content += enhanced(0, BASE_NS + 1000, datagram(OTHER, SERVER, b"three"))
    expect_frames(content, [1, 2], "--filter", "from:192.168.0.23")


@tap.case("times before 1970 and what an interface's offset says")
def offsets():
    option = struct.pack("<HHq", 14, 8, -10) + struct.pack("<HHq", 14, 8, 1000)[12:]
    content = section() + interface(RAW, 0, option)
    content += enhanced(0, BASE_NS, datagram(CLIENT, SERVER, b"one"))
    expect_frames(content, [1])


@tap.case("nothing chosen is a capture without frames, for libpcap, too")
def nothing():
    for content in (pcap(talk()), several_interfaces()):
        _run, out = expect_frames(content, [], "--filter", "nobody said this")
        udptui.run("replay", "--no-ui", out).expect(0)
        tap.equal(udptui.run("replay", "--json", out).expect(0).objects("capture")[0]["frames"], 0)


@tap.case("a capture that ends within a frame: what is there, and the complaint once")
def truncated():
    run, out = save(pcap(talk())[:-5], "--filter", "from:192.168.0.23", status=3)
    tap.equal(run.err.count("truncated"), 1, "complaints")
    _run, whole = save(pcap(talk()), "--filter", "from:192.168.0.23")
    with open(out, "rb") as one, open(whole, "rb") as other:
        tap.equal(one.read(), other.read(), "bytes")


# ---- reports

@tap.case("--json: the chosen messages, their frames as Wireshark counts them, and how many were saved")
def told():
    run, _out = save(pcap(talk()), "--json", "--filter", "from:10.0.0.7")
    tap.equal([(item["frame"], item.get("ack_frame")) for item in run.objects("message")],
              [(3, 7), (10, None)], "frames")
    tap.equal(run.objects("capture")[0]["frames_saved"], 5, "saved")
    tap.equal(run.objects("summary")[0]["not_chosen"], 3, "not chosen")
    plain = udptui.run("replay", "--json", udptui.write_file(pcap(talk()))).expect(0)
    tap.true("frames_saved" not in plain.objects("capture")[0], "nothing is said without --save")
    lines = save(pcap(talk()), "--no-ui", "--filter", "from:10.0.0.7")[0]
    tap.equal(len(lines.out.splitlines()), 4, "two messages, the capture, the summary")


@tap.case("--log says it, too")
def logged():
    log = os.path.join(udptui.temporary_directory(), "log")
    save(pcap(talk()), "--log", log, "--filter", "from:10.0.0.7")
    with open(log, encoding="utf-8") as file:
        events = [json.loads(line) for line in file]
    tap.equal([item["frames_saved"] for item in events if item["event"] == "capture"], [5], "saved")
    tap.equal(sum(item["event"] == "message" for item in events), 2, "messages")


# ---- what cannot be

def refuse(status, words, *arguments):
    run = udptui.run("replay", *arguments).expect(status)
    tap.contains(run.err, words)
    tap.equal(len(run.err.splitlines()), 1, "lines")


@tap.case("not from a pipe, not onto itself, not over another file unless --force says so")
def refused():
    path = udptui.write_file(pcap(talk()))
    folder = udptui.temporary_directory()
    other, out = os.path.join(folder, "letter"), os.path.join(folder, "out")
    with open(other, "w", encoding="utf-8") as file:
        file.write("Dear colleague, this is no capture.\n")
    link = os.path.join(folder, "link")
    os.symlink(path, link)
    refuse(2, "more than once", "--save", out, "-")
    refuse(2, "standard output is in use", "--save", "-", path)
    refuse(2, "cannot be combined", "--save", out, "--privacy", path)
    refuse(2, "cannot be combined", "--save", out, "--speed", "2", path)
    refuse(2, "cannot be combined", "--save", out, "--to", "127.0.0.1:9", path)
    tap.true(not os.path.exists(out), "nothing was made")
    refuse(2, "FILE and --save are the same file", "--save", path, path)
    refuse(2, "FILE and --save are the same file", "--save", link, "--force", path)
    refuse(3, "--force", "--save", other, path)
    refuse(3, "No such file", "--save", os.path.join(folder, "none", "out"), path)
    with open(path, "rb") as file:
        tap.equal(file.read(), pcap(talk()), "the original")
    udptui.run("replay", "--save", other, "--force", path).expect(0)
    with open(other, "rb") as file:
        tap.equal(file.read(4), b"\x4d\x3c\xb2\xa1", "a capture")


@tap.case("a full disk: what is said, and no figure that is not true")
def full_disk():
    if not os.path.exists("/dev/full"):
        tap.skip("no /dev/full")
    run = udptui.run("replay", "--save", "/dev/full", udptui.write_file(pcap(talk()))).expect(3)
    tap.contains(run.err, "No space left on device: the capture is not complete")
    tap.contains(run.out, "frames saved 0\n")


@tap.case("a FIFO whose reader stands still keeps nobody", timeout_s=STALLED_TIMEOUT_S)
def stalled_fifo():
    fifo = StalledFifo()
    frames = [(BASE_NS + number, datagram(CLIENT, SERVER, bytes(1000))) for number in range(1000)]
    process = udptui.start("replay", "--save", fifo.path, udptui.write_file(pcap(frames, RAW)))
    tap.until(lambda: fifo.unread_bytes() == FIFO_BYTES, "a full FIFO")
    process.child.send_signal(signal.SIGINT)
    result = process.finish(WITHIN_S)
    tap.equal(result.status, 130, "exit status")
    tap.contains(result.err, "was blocked for a second", "stderr")


tap.main()
