# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ping's round-trip times against a capture on the sender's interface, probe by probe. Two namespaces,
joined by a cable; skipped where not permitted."""
import socket
import struct

import netns
import tap
import udptui
from udptui import Server

ETH_P_ALL = 3
SO_TIMESTAMPNS = 35
PACKET_OUTGOING = 4
PROBES = 500


class Capture:
    """Times of the probes on their way out and of the replies on their way in, by number."""

    def __init__(self, namespace, port):
        self.port, self.out, self.back = port, {}, {}
        with namespace:
            try:
                self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
            except PermissionError:
                tap.skip("packet sockets are not permitted")
            tap.defer(self.socket.close)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            self.socket.bind(("eth0", ETH_P_ALL))
        self.socket.setblocking(False)

    def read(self):
        while True:
            try:
                packet, control, _, address = self.socket.recvmsg(65536, 512)
            except BlockingIOError:
                return
            self._take(packet, control, address[2] == PACKET_OUTGOING)

    def _take(self, packet, control, outgoing):
        if packet[0] >> 4 != 4 or packet[9] != socket.IPPROTO_UDP:
            return
        datagram = packet[(packet[0] & 15) * 4:]
        if self.port not in struct.unpack("!HH", datagram[:4]):
            return
        seconds, nanoseconds = struct.unpack("qq", control[0][2][:16])
        offset = 8 if outgoing else 8 + 24  # the request's number, or a copy of it in the reply
        number, = struct.unpack("!I", datagram[offset:offset + 4])
        (self.out if outgoing else self.back)[number] = seconds * 10**9 + nanoseconds


@tap.case("every round-trip time is that of the wire: median within 5 us, p99 within 50 us", timeout_s=60)
def truth():
    left, right = netns.pair()
    with right:
        server = Server("--ack", "stamp", addresses=("10.9.0.2:0",))
    capture = Capture(left, server.port)
    with left:
        result = udptui.run("ping", "--json", "-m", "stamp", "-c", str(PROBES), "-i", "1ms", server.text,
                            wait_s=30).expect(0)
    capture.read()
    shown = {item["seq"]: item["rtt_ns"] for item in result.objects("reply")}
    tap.equal(result.objects("summary")[0]["kernel_stamps"], PROBES, "times of sending by the kernel")
    tap.equal(sorted(shown), sorted(capture.back), "numbers")
    errors_ns = sorted(abs(shown[number] - (capture.back[number] - capture.out[number])) for number in shown)
    median_ns, p99_ns = errors_ns[PROBES // 2], errors_ns[PROBES * 99 // 100]
    tap.true(median_ns < 5000 and p99_ns < 50000, "median %d ns, p99 %d ns" % (median_ns, p99_ns))
    print("# median %d ns, p99 %d ns, largest %d ns" % (median_ns, p99_ns, errors_ns[-1]))


tap.main()
