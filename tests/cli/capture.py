# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""capture: one file a link type, a tunnel and a kind of block; tshark is the truth if it is there."""
import functools
import gzip
import os
import shutil
import struct
import subprocess

import tap
import udptui

CLIENT, SERVER, PAYLOAD = ("10.0.0.1", 5555), ("10.0.0.9", 4010), b"ask"
CLIENT6, SERVER6 = ("2001:db8::1", 5555), ("2001:db8::9", 4010)
MAC = bytes.fromhex("020000000001 020000000002")


# ---- packets

def address(host):
    if ":" not in host:
        return bytes(int(part) for part in host.split("."))
    left, right = host.split("::")
    words = [[int(part, 16) for part in side.split(":") if part] for side in (left, right)]
    return struct.pack("!8H", *words[0], *[0] * (8 - len(words[0]) - len(words[1])), *words[1])


def udp(payload=PAYLOAD, checksum=0, length=None):
    size = 8 + len(payload) if length is None else length
    return struct.pack("!HHHH", CLIENT[1], SERVER[1], size, checksum) + payload


def checksum(pseudo_header, datagram):
    data = pseudo_header + datagram + b"\0" * (len(datagram) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff or 0xffff


def ipv4(content=None, protocol=17, identification=0, fragment=0, hosts=(CLIENT[0], SERVER[0])):
    content = udp() if content is None else content
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(content), identification, fragment, 64,
                       protocol, 0) + address(hosts[0]) + address(hosts[1]) + content


def good_udp6():
    datagram = udp()
    pseudo = address(CLIENT6[0]) + address(SERVER6[0]) + struct.pack("!II", len(datagram), 17)
    return udp(checksum=checksum(pseudo, datagram))


def ipv6(content=None, protocol=17):
    content = good_udp6() if content is None else content
    return struct.pack("!IHBB", 0x60000000, len(content), protocol, 64) + \
        address(CLIENT6[0]) + address(SERVER6[0]) + content


def ethernet(ethertype, content):
    return MAC + struct.pack("!H", ethertype) + content


def ppp(protocol=0x21, content=None):
    return struct.pack("!H", protocol) + (ipv4() if content is None else content)


def pppoe(content=None):
    content = ppp() if content is None else content
    return struct.pack("!BBHH", 0x11, 0, 1, len(content)) + content


def snap(content=None, ethertype=0x800):
    return b"\xaa\xaa\x03\0\0\0" + struct.pack("!H", ethertype) + (ipv4() if content is None else content)


def wireless(control=0x08, flags=0, content=None, extra=b""):
    return bytes((control, flags)) + bytes(22) + extra + (snap() if content is None else content)


def nflog(order):
    packet = ipv4()
    attributes = struct.pack(order + "HH", 8, 1) + b"\x08\0\3\0"
    attributes += struct.pack(order + "HH", 4 + len(packet), 9) + packet + b"\0" * (-len(packet) % 4)
    return b"\x02\0\0\x05" + attributes


def pktap():
    return struct.pack("<III24sIIIII20sIHHI20s", 108, 1, 1, b"en0", 2, 2, 14, 0, 7, b"a", 0, 6, 0, 7,
                       b"a") + \
        ethernet(0x800, ipv4())


def gre(flags=0, ethertype=0x800, options=b"", content=None):
    return struct.pack("!HH", flags, ethertype) + options + (ipv4() if content is None else content)


def outer(protocol, content):
    return ipv4(content, protocol, hosts=("192.0.2.1", "192.0.2.2"))


AH = bytes((17, 4)) + bytes(22)

# A name, the link type, a frame: one datagram from CLIENT to SERVER, or CLIENT6 to SERVER6.
FRAMES = (
    ("BSD loopback", 0, b"\2\0\0\0" + ipv4()),
    ("BSD loopback, IPv6, big-endian", 0, b"\0\0\0\x1e" + ipv6()),
    ("Ethernet", 1, ethernet(0x800, ipv4())),
    ("Ethernet, two VLAN tags", 1, ethernet(0x88a8, b"\0\5\x81\0\0\6\x08\0" + ipv4())),
    ("Ethernet, 802.3 with SNAP", 1, ethernet(len(snap()), snap())),
    ("PPPoE", 1, ethernet(0x8864, pppoe())),
    ("PPPoE, IPv6", 1, ethernet(0x8864, pppoe(ppp(0x57, ipv6())))),
    ("MPLS", 1, ethernet(0x8847, bytes.fromhex("00010040 00011140") + ipv4())),
    ("MACsec, signed only", 1, ethernet(0x88e5, bytes.fromhex("2000 00000001 0200000000010001 0800") +
                                        ipv4() + bytes(16))),
    ("HSR", 1, ethernet(0x892f, bytes.fromhex("0023 0001 0800") + ipv4())),
    ("provider backbone bridging", 1, ethernet(0x88e7, bytes(4) + ethernet(0x800, ipv4()))),
    ("Ethernet in IP", 1, ethernet(0x800, outer(97, b"\x30\0" + ethernet(0x800, ipv4())))),
    ("MPLS in IP", 1, ethernet(0x800, outer(137, bytes.fromhex("00010140") + ipv4()))),
    ("MPLS pseudowire without a control word", 1, ethernet(0x8847, bytes.fromhex("00010140") +
                                                           ethernet(0x800, ipv4()))),
    ("MPLS pseudowire of Ethernet", 1, ethernet(0x8847, bytes.fromhex("00010140 00000000") +
                                                ethernet(0x800, ipv4()))),
    ("IP in IP", 1, ethernet(0x800, outer(4, ipv4()))),
    ("IPv6 in IPv4", 1, ethernet(0x800, outer(41, ipv6()))),
    ("GRE", 1, ethernet(0x800, outer(47, gre()))),
    ("GRE with key and sequence", 1, ethernet(0x800, outer(47, gre(0x3000, options=bytes(8))))),
    ("GRE with Ethernet", 1, ethernet(0x800, outer(47, gre(ethertype=0x6558,
                                                           content=ethernet(0x800, ipv4()))))),
    ("GRE of PPTP", 1, ethernet(0x800, outer(47, gre(0x3001, 0x880b, struct.pack("!HHI", 35, 1, 0),
                                                     b"\xff\x03" + ppp())))),
    ("ERSPAN II", 1, ethernet(0x800, outer(47, gre(0x1000, 0x88be, bytes(4) + bytes.fromhex(
        "1000000000000000"), ethernet(0x800, ipv4()))))),
    ("IPv4 with AH", 1, ethernet(0x800, ipv4(AH + udp(), 51))),
    ("IPv6 with AH", 1, ethernet(0x86dd, ipv6(AH + good_udp6(), 51))),
    ("Token Ring", 6, b"\x10\x40" + MAC + snap()),
    ("ARCNET, RFC 1201", 7, b"\x01\x02\xd4\0\0\1" + ipv4()),
    ("ARCNET, RFC 1051", 7, b"\x01\x02\xf0" + ipv4()),
    ("PPP", 9, b"\xff\x03" + ppp()),
    ("PPP without address and control", 9, ppp()),
    ("PPP, MPLS below", 9, b"\xff\x03" + ppp(0x281, bytes.fromhex("00010140") + ipv4())),
    ("PPP, bridged Ethernet", 9, b"\xff\x03" + ppp(0x31, b"\0\1" + ethernet(0x800, ipv4()))),
    ("PPP without a protocol's upper byte", 9, b"\xff\x03\x21" + ipv4()),
    ("FDDI", 10, b"\x50" + MAC + snap()),
    ("PPP over a serial line", 50, b"\xff\x03" + ppp()),
    ("Cisco HDLC among PPP", 50, b"\x0f\0\x08\0" + ipv4()),
    ("PPPoE without Ethernet", 51, pppoe()),
    ("ATM, RFC 1483", 100, snap()),
    ("raw IPv4", 101, ipv4()),
    ("raw IPv6", 101, ipv6()),
    ("Cisco HDLC", 104, b"\x0f\0\x08\0" + ipv4()),
    ("802.11", 105, wireless()),
    ("802.11, QoS", 105, wireless(0x88, extra=bytes(2))),
    ("802.11, four addresses", 105, wireless(flags=3, extra=bytes(6))),
    ("LOOP", 108, b"\0\0\0\2" + ipv4()),
    ("OpenBSD's IPsec interface", 109, bytes.fromhex("02000000 00000000 00000000") + ipv4()),
    ("Linux cooked", 113, bytes.fromhex("0000 0001 0006 0200000000010000 0800") + ipv4()),
    ("Linux cooked, radiotap", 113, bytes.fromhex("0000 0323 0006 0200000000010000 0004") +
     b"\0\0\x08\0\0\0\0\0" + wireless()),
    ("PFLOG", 117, bytes((61, 2, 0, 0)) + b"em0".ljust(16, b"\0") + bytes(44) + ipv4()),
    ("Prism", 119, struct.pack("<II", 0x44, 144) + bytes(136) + wireless()),
    ("IP over Fibre Channel", 122, bytes(16) + snap()),
    ("radiotap", 127, b"\0\0\x08\0\0\0\0\0" + wireless()),
    ("radiotap with padding behind 802.11's header", 127,
     b"\0\0\x09\0\x02\0\0\0\x20" + wireless(0x88, extra=bytes(4))),
    ("AVS", 163, struct.pack("!II", 0x80211001, 64) + bytes(56) + wireless()),
    ("PPP of pppd", 166, b"\1\x03" + ppp()),
    ("PPI", 192, struct.pack("<BBHI", 0, 0, 8, 105) + wireless()),
    ("PPP with direction", 204, b"\1\xff\x03" + ppp()),
    ("Cisco HDLC with direction", 205, b"\1\x0f\0\x08\0" + ipv4()),
    ("MPLS alone", 219, bytes.fromhex("00010140") + ipv4()),
    ("IPv4", 228, ipv4()),
    ("IPv6", 229, ipv6()),
    ("NFLOG", 239, nflog("<")),
    ("NFLOG of a big-endian machine", 239, nflog(">")),
    ("NetANALYZER", 240, bytes(4) + ethernet(0x800, ipv4()) + bytes(4)),
    ("PKTAP", 258, pktap()),
    ("802.3br", 274, bytes.fromhex("55555555555555d5") + ethernet(0x800, ipv4()) + bytes(4)),
    ("a Broadcom switch's tag in front", 282, bytes(4) + ethernet(0x800, ipv4())),
    ("Linux cooked, version 2", 276,
     bytes.fromhex("0800 0000 00000002 0001 00 06 0200000000010000") + ipv4()),
)


# ---- files

def pcap(frames, link_type, snapshot=65535, order="<"):
    content = struct.pack(order + "IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, snapshot, link_type)
    for number, frame in enumerate(frames):
        content += struct.pack(order + "IIII", 1700000000, number * 1000, len(frame), len(frame)) + frame
    return content


def block(kind, body, order="<"):
    body += b"\0" * (-len(body) % 4)
    size = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + size + body + size


def section(order="<"):
    return block(0x0a0d0d0a, struct.pack(order + "IHHq", 0x1a2b3c4d, 1, 0, -1), order)


def interface(link_type, snapshot=65535, resolution=6, order="<"):
    return block(1, struct.pack(order + "HHIHHB3xHH", link_type, 0, snapshot, 9, 1, resolution, 0, 0),
                 order)


def enhanced(number, ticks, frame, order="<"):
    return block(6, struct.pack(order + "IIIII", number, ticks >> 32, ticks & 0xffffffff, len(frame),
                                len(frame)) + frame, order)


def simple(frame, order="<"):
    return block(3, struct.pack(order + "I", len(frame)) + frame, order)


def replay(content, *options, status=0, errors=""):
    result = udptui.run("replay", "--json", *options, udptui.write_file(content)).expect(status)
    if not errors:
        tap.equal(result.err, "", "stderr")
    return result


def datagrams(result):
    return [(item["from"], item["to"], bytes.fromhex(item["hex"])) for item in result.objects("message")]


def told(ends, payload=PAYLOAD):
    return (udptui.join_address(ends[0]), udptui.join_address(ends[1]), payload)


ENDS = ("ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "udp.srcport", "udp.dstport", "udp.payload")


def tshark_datagrams(content, *fields):
    """The innermost datagram of each frame, as tshark has it; skips without it."""
    udptui.need_program("tshark")
    names = fields or ENDS
    command = ["tshark", "-r", udptui.write_file(content), "-n", "-Y", "udp", "-T", "fields",
               "-d", "udp.port==4010,data", "-E", "occurrence=l",
               *[word for name in names for word in ("-e", name)]]
    result = subprocess.run(command, capture_output=True, check=False, env=udptui.environment(),
                            timeout=tap.CASE_TIMEOUT_S)
    rows = [line.split("\t") for line in result.stdout.decode().splitlines()]
    return rows if fields else [ends(row) for row in rows]


def ends(row):
    """Of a tunnel tshark has both addresses, and the datagram's own are those of its family."""
    source, destination = row[2:4] if row[2] and row[0] in ("", "192.0.2.1") else row[:2]
    return (udptui.join_address((source, int(row[4]))),
            udptui.join_address((destination, int(row[5]))), bytes.fromhex(row[6]))


# ---- link types and tunnels

@functools.lru_cache(maxsize=None)
def all_by_tshark():
    """What tshark finds in each of FRAMES, by its number: all in one file, since tshark takes long to start."""
    content = section() + b"".join(interface(link_type) for _, link_type, _ in FRAMES) + \
        b"".join(enhanced(number, number, frame) for number, (_, _, frame) in enumerate(FRAMES))
    found = {}
    for number, *row in tshark_datagrams(content, "frame.number", *ENDS):
        found.setdefault(int(number) - 1, []).append(ends(row))
    return found


def link_type_is_read(number, link_type, frame, compare):
    content = pcap([frame], link_type)
    result = replay(content)
    found = datagrams(result)
    tap.equal(found, [told((CLIENT, SERVER) if "." in found[0][0] else (CLIENT6, SERVER6))]
              if found else "a datagram", "datagrams")
    tap.equal(result.objects("capture")[0]["datagrams"], 1, "datagrams counted")
    if compare and shutil.which("tshark"):
        tap.equal(all_by_tshark().get(number), found, "what tshark finds")


# What tshark 4.0 does not read, needs options for, or guesses at otherwise.
NOT_BY_TSHARK = ("MPLS pseudowire of Ethernet", "MPLS pseudowire without a control word", "PPP of pppd",
                 "Cisco HDLC with direction", "MPLS alone",
                 "NetANALYZER", "802.3br", "a Broadcom switch's tag in front", "NFLOG of a big-endian machine")

for _number, (_name, _link_type, _frame) in enumerate(FRAMES):
    tap.add_case(_name, link_type_is_read, _number, _link_type, _frame, _name not in NOT_BY_TSHARK)


@tap.case("frames cut at any byte, of any link type: never more than is there, each counted")
def cut_anywhere():
    for name, link_type, frame in FRAMES:
        counts = replay(pcap([frame[:size] for size in range(len(frame))], link_type)).objects("capture")[0]
        tap.equal(counts["frames"], len(frame), "frames of " + name)
        tap.equal(counts["datagrams"] + counts["not_udp"] + counts["malformed"] + counts["unread"] +
                  counts["fragments"], len(frame), "each frame is one of them: " + name)


@tap.case("a tunnel that carries UDP in UDP shows the outer datagram")
def udp_in_udp():
    vxlan = b"\x08\0\0\0\0\0\x01\0" + ethernet(0x800, ipv4(hosts=("172.16.0.1", "172.16.0.2")))
    content = pcap([ethernet(0x800, ipv4(udp(vxlan)))], 1)
    tap.equal(datagrams(replay(content)), [told((CLIENT, SERVER), vxlan)], "datagrams")


# ---- what is not read has a name

UNREAD = (
    ("encrypted 802.11 frames", 105, wireless(flags=0x40)),
    ("aggregated 802.11 frames (A-MSDU)", 105, wireless(0x88, extra=b"\x80\0")),
    ("multilink PPP frames", 9, b"\xff\x03\0\x3d" + bytes(20)),
    ("PPPoE session frames", 1, ethernet(0x8864, b"\x21" + pppoe()[1:])),
    ("encrypted MACsec frames", 1, ethernet(0x88e5, b"\x0c\0\0\0\0\1" + bytes(40))),
    ("encrypted IPsec packets (ESP)", 101, ipv4(bytes(40), 50)),
    ("frames of link type 147 (USER0)", 147, ipv4()),
    ("frames of link type 299", 299, ipv4()),
)


def unread_is_named(name, link_type, frame):
    content = pcap([frame] * 3, link_type)
    counts = replay(content).objects("capture")[0]
    tap.equal((counts["frames"], counts["datagrams"], counts["not_udp"], counts["unread"]), (3, 0, 0, 3),
              "frames, datagrams, not UDP, unread")
    tap.equal(counts["unread_kinds"], [{"name": name, "frames": 3}], "kinds")
    lines = udptui.run("replay", "--no-ui", udptui.write_file(content)).expect(0)
    tap.contains(lines.out, "not read: %s: 3\n" % name, "lines")


for _name, _link_type, _frame in UNREAD:
    tap.add_case("not read, and named: " + _name, unread_is_named, _name, _link_type, _frame)


# ---- formats

@tap.case("pcap of any snapshot length and byte order")
def snapshot_lengths():
    for snapshot in (0, 1, 65535, 0x7fffffff, 0xffffffff):
        for order in "<>":
            tap.equal(datagrams(replay(pcap([ipv4()], 101, snapshot, order))), [told((CLIENT, SERVER))],
                      "snapshot length %d, %s" % (snapshot, order))


@tap.case("pcapng of interfaces that differ in link type, snapshot length and time")
def several_interfaces():
    content = section() + interface(1, 65535) + interface(101, 96, 9) + interface(9, 0, 0x80 | 20) + \
        enhanced(0, 1700000000 * 10**6, ethernet(0x800, ipv4())) + \
        enhanced(1, 1700000001 * 10**9 + 5, ipv6()) + \
        enhanced(2, (1700000002 << 20) + (1 << 19), b"\xff\x03" + ppp())
    result = replay(content)
    tap.equal(datagrams(result), [told((CLIENT, SERVER)), told((CLIENT6, SERVER6)), told((CLIENT, SERVER))],
              "datagrams")
    tap.equal([item["time"] for item in result.objects("message")],
              ["2023-11-14T22:13:20.000000000Z", "2023-11-14T22:13:21.000000005Z",
               "2023-11-14T22:13:22.500000000Z"], "times")
    if shutil.which("tshark"):
        tap.equal(tshark_datagrams(content), datagrams(result), "what tshark finds")


@tap.case("pcapng of two sections in different byte orders, with blocks of other kinds")
def sections():
    content = section() + interface(101) + block(5, bytes(12)) + enhanced(0, 1, ipv4()) + \
        section(">") + interface(1, order=">") + block(0x80001234, bytes(5), ">") + \
        enhanced(0, 2, ethernet(0x86dd, ipv6()), ">")
    tap.equal(datagrams(replay(content)), [told((CLIENT, SERVER)), told((CLIENT6, SERVER6))], "datagrams")


@tap.case("pcapng with simple packets: read, and counted as without a time")
def simple_packets():
    content = section() + interface(101) + enhanced(0, 10**6, ipv4()) + simple(ipv4())
    result = replay(content)
    tap.equal(len(datagrams(result)), 2, "datagrams")
    tap.equal(result.objects("capture")[0]["no_time"], 1, "without a time")
    tap.equal([item.get("time") for item in result.objects("message")],
              ["1970-01-01T00:00:01.000000000Z", None], "times")
    lines = udptui.run("replay", "--no-ui", udptui.write_file(content)).expect(0)
    times = [line.split("  ")[0].split()[-1] for line in lines.out.splitlines()[:2]]
    tap.equal(times, ["00:00:01.000", "--:--:--.---"], "times in lines")


@tap.case("no time, no time between request and reply")
def untimed_exchange():
    reply = ipv4(struct.pack("!HHHH", SERVER[1], CLIENT[1], 10, 0) + b"ok", hosts=(SERVER[0], CLIENT[0]))
    content = section() + interface(101) + enhanced(0, 10**6, ipv4()) + simple(reply)
    message = replay(content).objects("message")[0]
    tap.equal((message["ack"], message.get("service_ns")), ("sent", None), "reply and its time")
    lines = udptui.run("replay", "--no-ui", udptui.write_file(content)).expect(0)
    tap.contains(lines.out, "acked ?", "lines")


@tap.case("simple packets as tshark reads them")
def simple_packets_compared():
    content = section() + interface(101) + simple(ipv4()) + simple(ipv4())
    result = replay(content)
    if shutil.which("tshark"):
        tap.equal(tshark_datagrams(content), datagrams(result), "what tshark finds")


def compressed(content):
    tap.equal(datagrams(replay(content)), [told((CLIENT, SERVER))] * 2, "datagrams of a file")
    result = udptui.run("replay", "--json", "-", stdin=content).expect(0)
    tap.equal(len(datagrams(result)), 2, "datagrams of a pipe")
    result = udptui.run("replay", "--json", udptui.write_file(content[:-9])).expect(3)
    tap.contains(result.err, "ends early", "a cut file")


def need_decoder(name, content):
    result = udptui.run("replay", "--json", udptui.write_file(content))
    if "built without" in result.err:
        tap.contains(result.err, name + " -dc FILE | udptui replay -", "the way that helps")
        tap.skip("this udptui was built without " + name)


@tap.case("a file that gzip compressed, also of several members")
def gzipped():
    content = pcap([ipv4()] * 2, 101)
    need_decoder("gzip", gzip.compress(content))
    compressed(gzip.compress(content))
    compressed(gzip.compress(content[:30]) + gzip.compress(content[30:]))


@tap.case("a file that zstd compressed, also of several frames")
def zstd():
    udptui.need_program("zstd")
    content = pcap([ipv4()] * 2, 101)
    parts = [subprocess.run(["zstd", "-qc"], input=part, capture_output=True, check=True).stdout
             for part in (content, content[:30], content[30:])]
    need_decoder("zstd", parts[0])
    compressed(parts[0])
    compressed(parts[1] + parts[2])


@tap.case("what a file is instead of a capture is said")
def other_files():
    for content, words in ((b"\xfd7zXZ\0", "xz -dc"), (b"BZh91AY&SY", "bzip2 -dc"), (b"snoop\0\0\0", "snoop"),
                           (b"PK\3\4....", "zip"), (b"hello, world", "not a capture file"),
                           (b"", "not a capture file"), (gzip.compress(b"hello, world"), "not a capture file")):
        result = udptui.run("replay", "--no-ui", udptui.write_file(content)).expect(3)
        if "built without" not in result.err:
            tap.contains(result.err, words, "stderr")
        tap.equal(result.err.count("\n"), 1, "lines")


# ---- fragments, lengths, checksums

def fragments(identification, payload, size=16):
    whole = udp(payload)
    parts = [whole[at:at + size] for at in range(0, len(whole), size)]
    return [ipv4(part, identification=identification,
                 fragment=(0x2000 if (n + 1) * size < len(whole) else 0) | n * size // 8)
            for n, part in enumerate(parts)]


@tap.case("fragments are put together, in any order and among others")
def fragments_together():
    first, second = fragments(1, b"a" * 50), fragments(2, b"b" * 40)
    frames = [first[1], second[0], first[0], first[3], ipv4(), second[2], second[1], first[2]]
    result = replay(pcap(frames, 101))
    tap.equal({payload for _, _, payload in datagrams(result)}, {b"a" * 50, b"b" * 40, PAYLOAD}, "payloads")
    counts = result.objects("capture")[0]
    tap.equal((counts["datagrams"], counts["fragments"], counts["reassembled"], counts["incomplete"]),
              (3, 7, 2, 0), "datagrams, fragments, reassembled, incomplete")
    if shutil.which("tshark"):
        tap.equal(sorted(row[2] for row in tshark_datagrams(pcap(frames, 101))),
                  sorted(payload for _, _, payload in datagrams(result)), "what tshark puts together")


@tap.case("a first fragment alone is shown cut, a later one counted")
def fragments_missing():
    result = replay(pcap([fragments(1, b"a" * 50)[0], fragments(2, b"b" * 50)[1]], 101))
    tap.equal([(item["text"], item["bytes"], item.get("truncated")) for item in result.objects("message")],
              [("a" * 8, 50, True)], "messages")
    counts = result.objects("capture")[0]
    tap.equal((counts["incomplete"], counts["fragments_unused"]), (1, 1), "incomplete, unused")


@tap.case("a UDP length beyond what was captured shows what is there, marked")
def long_length():
    result = replay(pcap([ipv4(udp(length=500))], 101))
    tap.equal([(item["text"], item["bytes"], item.get("truncated")) for item in result.objects("message")],
              [("ask", 492, True)], "messages")


tap.main()
