# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""lesson: the ladder against the wire. Each lesson runs in a namespace of its own while the test
listens there: every frame is in the ladder once, at its time, and nothing else is. What the simulated
network did between the two sockets is no frame; what is reconstructed has no time, and is in its place."""
import re

import netns
import tap
import udptui
from wire import Wire

TOPICS = ("loss", "duplicate", "reorder", "boundaries", "connectionless", "truncation", "overflow",
          "unreachable", "mtu", "checksum", "retry", "tcp", "connected", "window", "latency", "clocks",
          "playout", "congestion")
OVERTAKING = ("loss", "duplicate", "reorder", "retry", "window", "latency", "playout")  # with delays in between
TOLERANCE_NS = 2 * 10**6  # between the kernel's stamps of sending and receiving, on a busy machine
ETHERNET_MTU = "1500"


def played(topic):
    """The lesson's object, and the frames."""
    namespace = netns.Namespace()
    if topic == "mtu":
        namespace.ip("link", "set", "lo", "mtu", ETHERNET_MTU)
    wire = Wire(namespace, right_first=topic == "connected")
    with namespace:
        process = udptui.start("lesson", topic, "--json")
    found = process.finish().expect(0).objects("lesson")[0]
    return found, wire.frames()


def is_on_the_wire(leg):
    if leg["end"] in ("unsent", "event"):
        return False
    if leg["from"] == "left":
        return not leg["copy"]  # the simulated network's copy
    return leg["end"] != "lost"  # an answer lost there was never sent


def time_of(leg):
    return leg["departed_ns"] if leg["from"] == "left" else leg.get("arrived_ns", leg["departed_ns"])


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


def take(frames, kind, to_right, time_ns):
    """Takes the frame nearest to that time; without a time the first. None: there is none."""
    fitting = [frame for frame in frames if (frame.kind, frame.to_right) == (kind, to_right)]
    if time_ns is not None:
        fitting = sorted((frame for frame in fitting if abs(frame.time_ns - time_ns) <= TOLERANCE_NS),
                         key=lambda frame: abs(frame.time_ns - time_ns))
    if not fitting:
        return None
    frames.remove(fitting[0])
    return fitting[0]


def compare(topic):
    found, frames = played(topic)
    legs = [leg for leg in found["ladder"] if is_on_the_wire(leg)]
    left, taken = list(frames), {}
    for certain in (True, False):
        for number, leg in enumerate(legs):
            if leg["reconstructed"] == certain:
                continue
            tap.equal(time_of(leg) is not None, certain, "whether it has a time")
            for _ in range(frames_of(leg)):
                taken[number] = take(left, kind_of(topic, leg), leg["from"] == "left", time_of(leg))
                tap.true(taken[number], "not on the wire: %r\n  of %r" % (leg, frames))
    tap.equal(len(left), found.get("not_drawn", 0), "frames that the ladder does not show: %r" % left)
    return found, legs, [taken[number] for number in range(len(legs))]


def in_order(topic):
    """Without delays in between, the ladder's order is the wire's. (Order, not times: the kernel
    stamps a reset a little before the SYN that it answers.)"""
    _, legs, frames = compare(topic)
    numbers = [frame.number for frame in frames]
    tap.equal(numbers, sorted(numbers), "the frames in the ladder's order: %r" % legs)


for _topic in TOPICS:
    if _topic in OVERTAKING:
        tap.add_case("%s: the ladder is what was on the wire" % _topic, compare, _topic)
    else:
        tap.add_case("%s: the ladder is what was on the wire, in its order" % _topic, in_order, _topic)


@tap.case("the answers' labels are what was in them")
def labels():
    for topic in ("checksum", "reorder"):
        _, legs, frames = compare(topic)
        for leg, frame in zip(legs, frames):
            if leg["from"] == "right":
                tap.equal(leg["label"].encode(), frame.payload, "an answer of %s" % topic)


@tap.case("the times of the answers are the wire's")
def round_trip_times():
    _, legs, frames = compare("loss")
    requests = [frame for leg, frame in zip(legs, frames) if leg["from"] == "left"]
    for leg, frame in zip(legs, frames):
        if "rtt_ns" not in leg:
            continue
        tap.equal(leg["arrived_ns"], frame.time_ns, "when it came")
        asked = [request for request in requests if request.payload == frame.payload][0]
        tap.true(abs(leg["rtt_ns"] - (frame.time_ns - asked.time_ns)) < TOLERANCE_NS, "rtt of %r" % leg)


@tap.case("on the screen the times are the same: a pause for the class enters none")
def unpaced():
    found, _ = played("boundaries")
    times = [leg["departed_ns"] for leg in found["ladder"]]
    tap.true(max(times) - min(times) < 250 * 10**6, "the lesson took %d ns" % (max(times) - min(times)))


tap.main()
