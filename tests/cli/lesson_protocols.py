# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""lesson: dns, nat, amplify and quic against the wire: addresses, ports and bytes, beside what lesson_wire.py looks at."""
import os
import re
import subprocess

import netns
import tap
import udptui
from lessons import first_try, is_on_the_wire, time_of
from wire import Wire, ends, write_pcap

TOLERANCE_NS = 2 * 10**6  # between the kernel's stamps of sending and receiving, on a busy machine


def play(topic):
    """The lesson's result, and its wire."""
    namespace = netns.Namespace()
    wire = Wire(namespace)
    with namespace:
        process = udptui.start("lesson", topic, "--json")
    return process.finish(), wire


def played(topic):
    """The lesson's object, and the frames."""
    result, wire = first_try(lambda: play(topic))
    return result.expect(0).objects("lesson")[0], wire.frames()


def in_sequence(topic):
    """Every leg is a frame, in one order, each at its time. Returns the lesson's object, and the legs with their frames."""
    found, frames = played(topic)
    legs = [leg for leg in found["ladder"] if is_on_the_wire(leg)]
    tap.equal([(frame.kind, len(frames)) for frame in frames], [("udp", len(legs))] * len(legs), "frames")
    for leg, frame in zip(legs, frames):
        tap.true(abs(time_of(leg) - frame.time_ns) <= TOLERANCE_NS, "time of %r: %d" % (leg, frame.time_ns))
    return found, list(zip(legs, frames))


@tap.case("nat: addresses, ports and texts of the ladder are the wire's")
def nat_ends():
    found, pairs = in_sequence("nat")
    text, inside, outside = None, re.compile(r"127\.0\.0\.1[123]:"), re.compile(r"127\.0\.0\.[234]:")
    for leg, frame in pairs:
        near, far = ends(frame) if leg["from"] == "left" else ends(frame)[::-1]
        tap.true((inside if leg["gap"] == "left" else outside).match(near), "near end of %r: %s" % (leg, near))
        if leg["gap"] == "left":
            tap.true(outside.match(far), "far end of %r: %s" % (leg, far))
        port = re.match(r"from :(\d+)$", leg["label"])
        if port:
            tap.equal(near.split(":")[1], port.group(1), "port of %r" % leg)
        else:
            text = leg["label"].encode()
        tap.equal(frame.payload, text, "payload of %r: a NAT does not change it" % leg)
    tap.true(found["a_seen"] in {ends(frame)[0] for _, frame in pairs}, "A as the server sees it")


@tap.case("amplify: the requests have the victim's address, the replies go there")
def amplify_ends():
    found, pairs = in_sequence("amplify")
    for leg, frame in pairs:
        tap.equal(leg["label"], "%d bytes" % len(frame.payload), "size")
        tap.equal(ends(frame)[leg["gap"] == "right"], found["victim"], "the victim's end of %r" % leg)
        tap.equal(leg["from"], "left", "direction")


def by_tshark(frames, *fields):
    """Each frame's fields as tshark dissects them, as DNS."""
    udptui.need_program("tshark")
    path = os.path.join(udptui.temporary_directory(), "lesson.pcap")
    write_pcap(path, frames)
    port = ends(frames[0])[1].split(":")[1]
    done = subprocess.run(["tshark", "-r", path, "-n", "-d", "udp.port==%s,dns" % port, "-T", "fields"] +
                          [word for field in fields for word in ("-e", field)],
                          capture_output=True, check=False, env=udptui.environment(), timeout=tap.CASE_TIMEOUT_S)
    tap.equal(done.returncode, 0, "tshark's status: " + done.stderr.decode())
    return [line.split("\t") for line in done.stdout.decode().splitlines()]


@tap.case("dns: what Wireshark's dissector reads in the datagrams is what the lesson says")
def dns_by_tshark():
    found, frames = played("dns")
    rows = by_tshark(frames, "dns.id", "dns.flags", "dns.qry.name", "dns.qry.type", "dns.count.answers", "dns.a",
                     "dns.rr.udp_payload_size", "_ws.malformed")
    identity, wrong = "0x" + found["id"], "0x" + found["wrong_id"]
    tap.equal([row[0] for row in rows[:3]], [identity, wrong, identity], "IDs")
    tap.equal([row[2] for row in rows], ["udptui.example"] * 3 + ["many.example"] * 4, "names")
    tap.equal({(row[3], row[7]) for row in rows}, {("1", "")}, "type A, nothing malformed")
    tap.equal([row[1] for row in rows], ["0x0100", "0x8500", "0x8500", "0x0100", "0x8700", "0x0100", "0x8500"], "flags")
    tap.equal([row[4] for row in rows[4::2]], [str(found["cut_answers"]), str(found["edns_answers"])], "answers")
    tap.equal((rows[2][5], len(rows[6][5].split(","))), ("192.0.2.1", found["edns_answers"]), "addresses")
    tap.equal([row[6] for row in rows], [""] * 5 + ["1232"] * 2, "EDNS")
    tap.equal([len(frame.payload) for frame in frames],
              [found["query_bytes"], found["reply_bytes"], found["reply_bytes"], 30, found["cut_bytes"], 41,
               found["edns_bytes"]], "sizes")


@tap.case("quic: the header and the path validation are what was on the wire")
def quic_packets():
    found, pairs = in_sequence("quic")
    legs, frames = zip(*pairs)
    identity, challenge = bytes.fromhex(found["connection_id"]), bytes.fromhex(found["challenge"])
    packets = [frame.payload for frame in frames[6:]]
    client_id = packets[1][1:9]
    for leg, frame, packet in zip(legs[6:], frames[6:], packets):
        tap.equal(packet[:9], bytes.fromhex(found["first_byte"]) + (identity if frame.to_right else client_id),
                  "header of %r" % leg)
    tap.equal([packet[9] for packet in packets], [0, 0, 1, 1, 2, 2, 3, 3], "packet numbers")
    tap.equal([packet[10] for packet in packets], [0x30] * 5 + [0x1A, 0x1B, 0x30], "frame types")
    tap.equal((packets[5][11:], packets[6][11:]), (challenge, challenge), "challenge and response")
    sources = [ends(frame)[0] for frame in frames[6:] if frame.to_right]
    tap.true(sources[0] == sources[1] != sources[2] == sources[3], "the client's port: %r" % sources)


tap.main()
