# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""lesson: the ladder and the capture of --pcap against the wire. Each lesson runs in a namespace of its own while
the test listens there: every frame is in the ladder once, at its time, and nothing else is; every datagram is in the
capture once, with its bytes. What the simulated network did between the two sockets is no frame; what is
reconstructed has no time, and is in its place.

A lesson may make a network of its own, in other namespaces. Its packets come from packet sockets there, and the
capture has their bytes: what tshark says of these is compared with the ladder, leg by leg, and over each router. In
another run the test's own packet sockets listen on those links (lab.py), and see what the ladder has and nothing else."""
import os
import re
import shutil

import lab
import netns
import tap
import tshark
import udptui
from lessons import first_try, is_on_the_wire, leg_number, time_of, topics
from wire import Wire

TOLERANCE_NS = 2 * 10**6  # between the kernel's stamps of sending and receiving, on a busy machine
ETHERNET_MTU = "1500"
OWN_NETWORK = ("blackhole", "multicast", "broadcast")


def play(topic):
    """The lesson's result, its wire, and the path of its capture."""
    namespace = netns.Namespace()
    namespace.ip("link", "set", "lo", "mtu", ETHERNET_MTU)
    path = os.path.join(udptui.temporary_directory(), "lesson.pcapng")
    wire = Wire(namespace)
    with namespace:
        process = udptui.start("lesson", topic, "--json", "--pcap", path)
    return process.finish(), wire, path


def played(topic):
    """The lesson's object, the frames, and the path of its capture."""
    result, wire, path = first_try(lambda: play(topic))
    found = result.expect(0).objects("lesson")[0]
    first = next((leg for leg in found["ladder"] if is_on_the_wire(leg)), {"from": "left"})
    return found, wire.frames(right_first=first["from"] == "right"), path


def kind_of(topic, leg):
    label = leg["label"]
    if label.startswith("ICMP"):
        return "icmp"
    if "fragment" in label:
        return "fragment"
    if topic == "tcp" and leg.get("note") != "UDP":
        return "data" if '"' in label else label
    return "udp"


def frames_of(leg):
    """How many frames it stands for."""
    many = re.search(r"(\d+) fragments", leg["label"])
    return int(many.group(1)) if many else 1


def direction_of(leg):
    """None with three lines: the far end of one gap is the near end of the other."""
    return None if "gap" in leg else leg["from"] == "left"


def class_of(topic, leg):
    return kind_of(topic, leg), direction_of(leg)


def fits(frame, kind, to_right):
    return frame.kind == kind and to_right in (None, frame.to_right)


def nearest_in_order(times, frames):
    """A frame for each of the times, both in their order, so that the sum of the differences is least. The nearest one
    to each alone would exchange two frames whose stamps a busy machine has moved. None: they are too far apart."""
    costs, choices = [0] * (len(frames) + 1), []
    for time_ns in times:
        row, chosen = [float("inf")], [False]
        for place, frame in enumerate(frames):
            off = abs(frame.time_ns - time_ns)
            with_it = costs[place] + off if off <= TOLERANCE_NS else float("inf")
            chosen.append(with_it < row[-1])
            row.append(min(with_it, row[-1]))
        costs = row
        choices.append(chosen)
    if costs[-1] == float("inf"):
        return None
    found, place = [], len(frames)
    for chosen in reversed(choices):
        while not chosen[place]:
            place -= 1
        place -= 1
        found.insert(0, frames[place])
    return found


def take_timed(topic, legs, left):
    """The frames of the legs with a time, by the legs' numbers; takes them from those that are left."""
    taken, classes = {}, {}
    for number, leg in enumerate(legs):
        if not leg["reconstructed"]:
            tap.true(time_of(leg) is not None, "no time: %r" % leg)
            classes.setdefault(class_of(topic, leg), []).append(number)
    for its, numbers in classes.items():
        numbers.sort(key=lambda number: time_of(legs[number]))
        fitting = [frame for frame in left if fits(frame, *its)]
        frames = nearest_in_order([time_of(legs[number]) for number in numbers], fitting)
        tap.true(frames is not None, "not on the wire: some of %r\n  in %r" % ([legs[number] for number in numbers], fitting))
        taken.update(zip(numbers, frames))
        for frame in frames:
            left.remove(frame)
    return taken


def take_first(topic, leg, left):
    """Of a leg without a time: the first frame, or frames, of its kind that is left; the last of them."""
    tap.true(time_of(leg) is None, "a time: %r" % leg)
    for _ in range(frames_of(leg)):
        frame = next((frame for frame in left if fits(frame, *class_of(topic, leg))), None)
        tap.true(frame is not None, "not on the wire: %r\n  in %r" % (leg, left))
        left.remove(frame)
    return frame


def compare(topic):
    """The lesson's object, its legs that were on the wire, the frame of each, and the path of the capture."""
    return compare_played(topic, *played(topic))


def compare_played(topic, found, frames, path):
    legs = [leg for leg in found["ladder"] if is_on_the_wire(leg)]
    left = list(frames)
    taken = take_timed(topic, legs, left)
    for number, leg in enumerate(legs):
        if leg["reconstructed"]:
            taken[number] = take_first(topic, leg, left)
    tap.equal(len(left), found.get("not_drawn", 0), "frames that the ladder does not show: %r" % left)
    return found, legs, [taken[number] for number in range(len(legs))], path


def is_in_order(legs):
    """Without delays in between: whether each leg was on the wire after the one above it."""
    times = [time_of(leg) for leg in legs if time_of(leg) is not None]
    return times == sorted(times)


# ---- a network of the lesson's own

def check_words(leg, packet):
    """The label is what is in the packet."""
    label = leg["label"]
    if packet.icmp is not None:
        words = {(3, 3): "ICMP port unreachable", (3, 4): "ICMP too big, MTU %s" % packet.icmp[2]}
        tap.equal(label, words.get(packet.icmp[:2], "ICMP %d, %d" % packet.icmp[:2]), packet.comment)
    elif packet.igmp is not None:
        tap.true(label.startswith("IGMP") and (packet.igmp[1] or "") in label, "%r of %r" % (packet.igmp, label))
    else:
        tap.equal(packet.payload.split(b"\0")[0].decode(), label, packet.comment)
        size = re.search(r"\b(\d+) B$", label)
        tap.true(size is None or packet.length - 28 == int(size.group(1)), "%d bytes of %r" % (packet.length, label))


def check_hops(legs, packets):
    """A packet that the router passes on is the same one, later, with one hop less; what it drops is on no other link."""
    for leg, packet in zip(legs, packets):
        if packet.payload is None or leg.get("gap") is None:
            continue
        same = [(other, its) for other, its in zip(legs, packets)
                if (its.payload, its.ports, its.source, its.destination) ==
                (packet.payload, packet.ports, packet.source, packet.destination) and other["gap"] != leg["gap"]]
        first = leg["gap"] == ("left" if leg["from"] == "left" else "right")
        if leg["end"] == "dropped" and first:
            tap.equal(same, [], "behind the host that dropped %r" % packet.comment)
        for other, its in same if first else []:
            tap.equal(its.ttl, packet.ttl - 1, "TTL behind the router: %r" % its.comment)
            tap.true(other["departed_ns"] >= leg["departed_ns"], "%r came before it was sent" % its.comment)


def network_is_the_capture(topic, found, path):
    tshark.need()
    wire_legs = [leg for leg in found["ladder"] if is_on_the_wire(leg)]
    packets = tshark.packets(path)
    legs = [found["ladder"][leg_number(packet.comment) - 1] for packet in packets]
    tap.equal(len(legs), len(wire_legs), "legs of %s that the capture has" % topic)
    for leg, packet in zip(legs, packets):
        tap.equal(packet.time_ns, time_of(leg), packet.comment)
        check_words(leg, packet)
    check_hops(legs, packets)


def nearest(frames, leg):
    """The frame that the leg stands for; None: there is none."""
    fitting = [frame for frame in frames if abs(frame.time_ns - leg["departed_ns"]) <= TOLERANCE_NS and
               (leg.get("gap", frame.gap), leg["from"] == "left") == (frame.gap, frame.to_right) and
               leg["label"].startswith(lab.label(frame))]
    return min(fitting, key=lambda frame: abs(frame.time_ns - leg["departed_ns"]), default=None)


def links_are_the_ladder(topic):
    """What left a host of the network, by packet sockets of the test's own. A host reports the groups that it leaves
    when the lesson closes its sockets: after the ladder."""
    def trace():
        run = lab.Run("lesson", topic, "--json")
        return run.result, run

    result, run = first_try(trace)
    legs = [leg for leg in result.expect(0).objects("lesson")[0]["ladder"] if is_on_the_wire(leg)]
    left = list(run.frames)
    for leg in legs:
        frame = nearest(left, leg)
        tap.true(frame, "not on a link: %r\n  of %r" % (leg, run.frames))
        left.remove(frame)
    end_ns = max(leg["departed_ns"] for leg in legs)
    tap.equal([frame for frame in left if lab.label(frame) != "IGMP" or frame.time_ns <= end_ns], [],
              "packets that the ladder does not show")


for _topic in OWN_NETWORK:
    tap.add_case("%s: each packet on the links of its network is in the ladder" % _topic, links_are_the_ladder, _topic)


# ---- every lesson

def check_order(legs, frames):
    """Of a ladder in order, what is reconstructed is in its place, too. (Order, not times: the kernel stamps a reset a
    little before the SYN that it answers.)"""
    numbers = [frame.number for frame in frames]
    if is_in_order(legs):
        tap.equal(numbers, sorted(numbers), "the frames in the ladder's order: %r" % legs)


def check_capture(found, legs, frames, path):
    """As tshark reads it: each datagram of the wire that the ladder has, with its bytes, its ports and its time."""
    frame_of = {found["ladder"].index(leg) + 1: frame for leg, frame in zip(legs, frames)}
    rows = tshark.packets(path)
    for row in rows:
        frame = frame_of[leg_number(row.comment)]
        tap.equal((frame.kind, row.payload, row.ports), ("udp", frame.payload, frame.ports), row.comment)
        tap.true(abs(row.time_ns - frame.time_ns) <= TOLERANCE_NS, "time of %r" % row.comment)
    tap.equal(len(rows), sum(frame.kind == "udp" for frame in frames), "datagrams in the capture")


def ladder_is_the_wire(topic):
    found, frames, path = played(topic)
    if not frames:
        tap.true(topic in OWN_NETWORK, "nothing was on lo, and the test does not listen elsewhere")
        network_is_the_capture(topic, found, path)
        return
    found, legs, frames, path = compare_played(topic, found, frames, path)
    check_order(legs, frames)
    if shutil.which("tshark"):
        check_capture(found, legs, frames, path)


for _topic in topics():
    tap.add_case("%s: the ladder and the capture are what was on the wire" % _topic, ladder_is_the_wire, _topic)


@tap.case("the answers' labels are what was in them")
def labels():
    for topic in ("checksum", "reorder"):
        _, legs, frames, _ = compare(topic)
        for leg, frame in zip(legs, frames):
            if leg["from"] == "right":
                tap.equal(leg["label"].encode(), frame.payload, "an answer of %s" % topic)


@tap.case("the times of the answers are the wire's")
def round_trip_times():
    _, legs, frames, _ = compare("loss")
    requests = [frame for leg, frame in zip(legs, frames) if leg["from"] == "left"]
    for leg, frame in zip(legs, frames):
        if "rtt_ns" not in leg:
            continue
        tap.equal(leg["arrived_ns"], frame.time_ns, "when it came")
        asked = [request for request in requests if request.payload == frame.payload][0]
        tap.true(abs(leg["rtt_ns"] - (frame.time_ns - asked.time_ns)) < TOLERANCE_NS, "rtt of %r" % leg)


@tap.case("on the screen the times are the same: a pause for the class enters none")
def unpaced():
    found, _, _ = played("boundaries")
    times = [leg["departed_ns"] for leg in found["ladder"]]
    tap.true(max(times) - min(times) < 250 * 10**6, "the lesson took %d ns" % (max(times) - min(times)))


tap.main()
