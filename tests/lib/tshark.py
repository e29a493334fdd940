# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads capture files with tshark, which judges checksums and everything else that it finds odd."""
import collections
import subprocess

import tap
import udptui

# One datagram. time_ns: since 1970; lengths in bytes; problems: checksums that are wrong, "expert" notes.
Row = collections.namedtuple("Row", "time_ns source destination payload checksum ttl tos problems")

FIELDS = ("frame.time_epoch", "frame.cap_len", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
          "udp.srcport", "udp.dstport", "udp.length", "udp.checksum", "udp.checksum.status",
          "ip.checksum.status", "ip.ttl", "ipv6.hlim", "ip.dsfield", "ipv6.tclass", "udp.payload",
          "_ws.expert.message", "_ws.malformed")
GOOD, ABSENT = "1", "3"  # of a checksum


def need():
    udptui.need_program("tshark")


def _field_options():
    return [word for name in FIELDS for word in ("-e", name)]


def _row(line):
    field = dict(zip(FIELDS, line.split("\t")))
    seconds, fraction = field["frame.time_epoch"].split(".")
    ipv4 = field["ip.src"] != ""
    problems = [text for text in (field["_ws.expert.message"], field["_ws.malformed"])
                if text and not text.startswith("Possible traceroute")]  # the port looks like one
    if field["udp.checksum.status"] != (GOOD if int(field["udp.checksum"], 16) else ABSENT):
        problems.append("UDP checksum status " + field["udp.checksum.status"])
    if ipv4 and field["ip.checksum.status"] != GOOD:
        problems.append("IP checksum status " + field["ip.checksum.status"])
    payload = bytes.fromhex(field["udp.payload"])
    if int(field["udp.length"]) != len(payload) + 8:
        problems.append("UDP length %s with %d bytes" % (field["udp.length"], len(payload)))
    return Row(int(seconds) * 10**9 + int(fraction.ljust(9, "0")),
               (field["ip.src"] or field["ipv6.src"], int(field["udp.srcport"])),
               (field["ip.dst"] or field["ipv6.dst"], int(field["udp.dstport"])),
               payload, int(field["udp.checksum"], 16), int(field["ip.ttl"] or field["ipv6.hlim"]),
               int(field["ip.dsfield"] or field["ipv6.tclass"], 16), problems)


def read(path, port):
    """The datagrams of a file; those of this port are not taken for some protocol's."""
    command = ["tshark", "-r", path, "-n", "-d", "udp.port==%d,data" % port,
               "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields"]
    result = subprocess.run(command + _field_options(), capture_output=True, check=False,
                            env=udptui.environment(), timeout=tap.CASE_TIMEOUT_S)
    tap.equal(result.returncode, 0, "tshark's status: " + result.stderr.decode())
    return [_row(line) for line in result.stdout.decode().splitlines()]


# A packet of any protocol, with its comment; of what is not in it: None. length: of IP; icmp: type, code, MTU of the
# next hop; igmp: type, group; checksum: the status of UDP's.
Packet = collections.namedtuple("Packet", "time_ns source destination ttl length ports payload checksum icmp igmp comment")

PACKET_FIELDS = ("frame.time_epoch", "ip.src", "ip.dst", "ip.ttl", "ip.len", "ip.proto", "udp.srcport", "udp.dstport",
                 "udp.payload", "udp.checksum.status", "icmp.type", "icmp.code", "icmp.mtu", "igmp.type", "igmp.maddr",
                 "frame.comment")
ICMP, IGMP, UDP = "1", "2", "17"


def _number(text):
    return int(text, 0) if text else None


def _packet(line):
    field = dict(zip(PACKET_FIELDS, line.split("\t")))
    seconds, fraction = field["frame.time_epoch"].split(".")
    icmp, igmp, udp = (field["ip.proto"] == number for number in (ICMP, IGMP, UDP))
    return Packet(int(seconds) * 10**9 + int(fraction.ljust(9, "0")), field["ip.src"], field["ip.dst"],
                  int(field["ip.ttl"]), int(field["ip.len"]),
                  (int(field["udp.srcport"]), int(field["udp.dstport"])) if udp else None,
                  bytes.fromhex(field["udp.payload"]) if udp else None,
                  field["udp.checksum.status"] if udp else None,
                  tuple(_number(field["icmp." + name]) for name in ("type", "code", "mtu")) if icmp else None,
                  (_number(field["igmp.type"]), field["igmp.maddr"]) if igmp else None, field["frame.comment"])


def packets(path):
    """Those of a file, IPv4; of an ICMP message the outer header."""
    command = ["tshark", "-r", path, "-n", "-d", "udp.port==1-65535,data", "-o", "udp.check_checksum:TRUE", "-T", "fields",
               "-E", "occurrence=f"]
    result = subprocess.run(command + [word for name in PACKET_FIELDS for word in ("-e", name)], capture_output=True,
                            check=False, env=udptui.environment(), timeout=tap.CASE_TIMEOUT_S)
    tap.equal(result.returncode, 0, "tshark's status: " + result.stderr.decode())
    return [_packet(line) for line in result.stdout.decode().splitlines()]
