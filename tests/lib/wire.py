# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was on the loopback of a namespace, from a packet socket of the test's own: the truth that a
ladder is compared with. The times are the kernel's, the same that a capture file would have."""
import collections
import socket
import struct

import tap

ETH_P_IP = 0x0800
SO_RCVBUFFORCE, SO_TIMESTAMPNS = 33, 35
PACKET_HOST = 0
FIN, SYN, RST, ACK = 1, 2, 4, 16

# The kernel begins to stamp a while after a first socket has asked for it, and stamps what came before that
# when it is read. So one socket asks as long as the test runs.
STAMPING = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
STAMPING.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)

# number: in the order of the wire; kind: "udp", "fragment", "icmp", or a TCP segment's "SYN, ACK", "data", ...; to_right: from the end
# that sent first; payload: of UDP and TCP; ports: from, to; packet: all of it, from the IP header on.
Frame = collections.namedtuple("Frame", "number time_ns kind to_right payload ports packet")


def ends(frame):
    """Source and destination of UDP over IPv4, as "127.0.0.1:4010"."""
    hosts = (socket.inet_ntoa(frame.packet[at:at + 4]) for at in (12, 16))
    return tuple("%s:%d" % end for end in zip(hosts, frame.ports))


def write_pcap(path, frames):
    """For tshark: link type RAW (101), times in nanoseconds."""
    with open(path, "wb") as file:
        file.write(struct.pack("=IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 1 << 17, 101))
        for frame in frames:
            file.write(struct.pack("=IIII", *divmod(frame.time_ns, 10**9), len(frame.packet), len(frame.packet)))
            file.write(frame.packet)


def set_receive_buffer(receiver, size_bytes):
    """Also more than the machine's limit (net.core.rmem_max), if permitted (socket(7))."""
    try:
        receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, size_bytes)
    except PermissionError:
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size_bytes)


class Wire:
    """Listens on the namespace's lo from now on."""

    def __init__(self, namespace):
        with namespace:
            try:
                self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
            except PermissionError:
                tap.skip("packet sockets are not permitted")
        tap.defer(self.socket.close)
        set_receive_buffer(self.socket, 1 << 22)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.bind(("lo", ETH_P_IP))
        self.socket.setblocking(False)

    def frames(self, right_first=False):
        """All since then, in their order. right_first: the first datagram came from the right."""
        judge, found = _Judge(right_first), []
        while True:
            try:
                packet, control, _, address = self.socket.recvmsg(70000, 512)
            except BlockingIOError:
                return found
            if address[2] == PACKET_HOST:
                found.append(Frame(len(found), stamp(control), *judge.look(packet), packet))


def stamp(control):
    for level, kind, data in control:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, nanoseconds = struct.unpack("qq", data[:16])
            return seconds * 10**9 + nanoseconds
    raise tap.Failure("a packet without a time")


class _Judge:
    """Who is at the left: who sent first from its port to the other's, unless the other one is known to be there."""

    def __init__(self, right_first=False):
        self.left, self.fragmented, self.right_first = {}, {}, right_first

    def _to_right(self, protocol, source, target):
        source, target = (protocol, source), (protocol, target)
        if source not in self.left:
            target_is_left = self.left.get(target, self.right_first and not self.left)
            self.left[source] = not target_is_left
        self.left.setdefault(target, not self.left[source])
        return self.left[source]

    def _icmp_to_right(self, quoted):
        """It goes back to where the datagram came from that it is about (RFC 792)."""
        header = (quoted[0] & 15) * 4
        source, target = struct.unpack("!HH", quoted[header:header + 4])
        return not self._to_right(quoted[9], source, target)

    def look(self, packet):
        """(kind, to_right, payload, ports)."""
        header = (packet[0] & 15) * 4
        identity, place = struct.unpack("!HH", packet[4:8])
        protocol = packet[9]
        body = packet[header:]
        if protocol == socket.IPPROTO_ICMP:
            return "icmp", self._icmp_to_right(body[8:]), b"", None
        if place & 0x1FFF:
            return "fragment", self.fragmented[identity], body, None
        source, target = struct.unpack("!HH", body[:4])
        to_right = self._to_right(protocol, source, target)
        if place & 0x2000:
            self.fragmented[identity] = to_right
            return "fragment", to_right, body, (source, target)
        if protocol == socket.IPPROTO_UDP:
            return "udp", to_right, body[8:], (source, target)
        return _segment(body), to_right, body[(body[12] >> 4) * 4:], (source, target)


def _segment(body):
    flags, data = body[13], body[(body[12] >> 4) * 4:]
    if data:
        return "data"
    names = ((SYN, "SYN"), (FIN, "FIN"), (RST, "RST"), (ACK, "ACK"))
    return ", ".join(name for bit, name in names if flags & bit)
