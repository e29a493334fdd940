# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Round-trip times of ping and send against a capture on the sender's interface, one by one, and those of load by
their percentiles. Two namespaces, joined by a cable; skipped if not permitted."""
import socket
import struct

import netns
import tap
import udptui
from udptui import Server
from wire import SO_TIMESTAMPNS, set_receive_buffer  # whose socket lets the kernel stamp from the first packet on

ETH_P_ALL = 3
PACKET_OUTGOING = 4
PROBES = 500


class Capture:
    """Times of the probes on their way out and of the replies on their way in, by number."""

    def __init__(self, namespace, port, reply_offset):
        self.port, self.out, self.back = port, {}, {}
        self.in_order = []  # (outgoing, time)
        self.offsets = {True: 8, False: 8 + reply_offset}  # of the number, in either direction
        with namespace:
            try:
                self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
            except PermissionError:
                tap.skip("packet sockets are not permitted")
            tap.defer(self.socket.close)
            set_receive_buffer(self.socket, 1 << 22)
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
        self.in_order.append((outgoing, seconds * 10**9 + nanoseconds))
        offset = self.offsets[outgoing]
        number, = struct.unpack("!I", datagram[offset:offset + 4])
        (self.out if outgoing else self.back)[number] = seconds * 10**9 + nanoseconds


@tap.case("every round-trip time is that of the wire: median within 5 us, p99 within 50 us", timeout_s=60)
def truth():
    left, right = netns.pair()
    with right:
        server = Server("--ack", "stamp", addresses=("10.9.0.2:0",))
    capture = Capture(left, server.port, reply_offset=24)  # STAMP has a copy of the request's number there
    with left:
        result = udptui.run("ping", "--json", "-m", "stamp", "-c", str(PROBES), "-i", "1ms", "-t", "10s",
                            server.text, wait_s=30).expect(0)
    capture.read()
    shown = {item["seq"]: item["rtt_ns"] for item in result.objects("reply")}
    tap.equal(result.objects("summary")[0]["kernel_stamps"], PROBES, "times of sending by the kernel")
    tap.equal(sorted(shown), sorted(capture.back), "numbers")
    compare(shown, capture)


def compare(shown, capture):
    errors_ns = sorted(abs(shown[number] - (capture.back[number] - capture.out[number])) for number in shown)
    median_ns, p99_ns = errors_ns[PROBES // 2], errors_ns[PROBES * 99 // 100]
    tap.true(median_ns < 5000 and p99_ns < 50000, "median %d ns, p99 %d ns" % (median_ns, p99_ns))
    print("# median %d ns, p99 %d ns, largest %d ns" % (median_ns, p99_ns, errors_ns[-1]))


@tap.case("send, too: median within 5 us, p99 within 50 us; the program's own view is longer", timeout_s=60)
def truth_of_send():
    left, right = netns.pair()
    with right:
        server = Server("--ack", "echo", "--ack-limit", "off", addresses=("10.9.0.2:0",))
    capture = Capture(left, server.port, reply_offset=0)
    texts = [b"%04d" % number for number in range(PROBES)]
    with left:
        result = udptui.run("send", "--json", "--rate", "500", "--timeout", "10s", server.text,
                            stdin=b"\n".join(texts) + b"\n", wait_s=30).expect(0)
    capture.read()
    results = result.objects("result")
    shown = {struct.unpack("!I", item["text"].encode())[0]: item["rtt_ns"] for item in results}
    tap.equal(sorted(shown), sorted(capture.back), "numbers")
    tap.equal([item for item in results if item["rtt_app_ns"] <= item["rtt_ns"]], [], "shorter for the program")
    compare(shown, capture)


@tap.case("the kernel's times of load, too: median within 5 us, p99 within 50 us, and the histogram's 1/128", timeout_s=60)
def truth_of_load():
    left, right = netns.pair()
    with right:
        server = Server("--ack", "echo", "--ack-limit", "off", addresses=("10.9.0.2:0",))
    capture = Capture(left, server.port, reply_offset=0)
    with left:
        result = udptui.run("load", "--json", "--quiet", "--rate", "500/s", "--clients", "1", "--window", "1",
                            "--duration", "1s", "--timeout", "10s", server.text, wait_s=30).expect(0)
    capture.read()
    summary = result.objects("summary")[0]
    ways, times_ns = zip(*sorted(capture.in_order, key=lambda item: item[1]))
    tap.equal(ways, (True, False) * summary["acked"], "one at a time")  # the payloads have no numbers
    truth_ns = sorted(back - out for out, back in zip(times_ns[::2], times_ns[1::2]))
    untimed = len(truth_ns) - summary["rtt_samples"]  # a busy machine may see a round's end too late
    tap.true(0 <= untimed <= len(truth_ns) * min(0.05 * tap.busy(), 0.5), "samples: %r" % summary)
    for name, percent, off_ns in (("min", 0, 5000), ("p50", 50, 5000), ("p90", 90, 50000), ("p99", 99, 50000)):
        place = max(0, -(-len(truth_ns) * percent // 100) - 1)
        least_ns, most_ns = truth_ns[max(0, place - untimed)], truth_ns[min(place + untimed, len(truth_ns) - 1)]
        shown_ns = summary["rtt_%s_ns" % name]
        words = "%s: %d ns shown, %d to %d ns on the wire" % (name, shown_ns, least_ns, most_ns)
        print("# " + words)
        tap.true(least_ns * 127 / 128 - off_ns < shown_ns < most_ns * 129 / 128 + off_ns, words)


tap.main()
