# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the figures of a command promise (udptui-json(5)), whatever went wrong while they were counted: that they add up,
that what peers saw is among them, and that the log and the capture lack no more than they say."""
import json
import struct

import tap
import udptui

# By a key that one kind of object alone has: a total, and the figures that it is the sum of.
TOTALS = {
    "unsolicited": ("sent", ("acked", "timeout", "refused", "unreachable", "too_big", "failed", "not_awaited", "waiting")),
    "loss_runs": ("sent", ("received", "late", "lost", "waiting")),
    "end": ("sent", ("acked", "lost")),
    "unseen": ("received", ("acked", "unseen")),
    "different": ("sent", ("same", "different", "silent", "new", "none", "failed")),
    "unreported": ("servers", ("up", "stale", "gone", "ended")),
}
# Likewise: what a peer saw, and the figures that have it.
SEEN = {
    "acks_cut": (("replies", ("acked", "copies", "more", "sent_by_hand")),),
    "back_received": (("echoed", ("forwarded", "copies")), ("replies", ("back_forwarded", "copies", "sent_by_hand"))),
    "unsolicited": (("echoed", ("sent", "resent")),),
    "end": (("echoed", ("sent",)),),
}
# Of serve's message and of relay's: how it is called if it is no datagram that came.
NOT_RECEIVED = ("more", "manual")


def objects(text):
    """Of lines of JSON: the objects, and how many lines are none."""
    found, others = [], 0
    for line in text.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            others += 1
    return found, others


def add_up(item):
    """Fails if the figures of a summary disagree, or those of a capture that was read."""
    if item["event"] == "capture":
        others = sum(item[key] for key in ("fragments", "not_udp", "malformed", "unread"))
        tap.equal(item["datagrams"] - item["reassembled"] - item["incomplete"] + others, item["frames"], "frames of %r" % item)
    if "back_received" in item:
        udptui.passed_on(item)
    elif "acks_cut" in item:
        udptui.conserved(item)
    elif "serve" in item:
        udptui.conserved(item["serve"])
    for key, (total, parts) in TOTALS.items():
        if key in item:
            tap.equal(sum(item[part] for part in parts), item[total], "%s of %r" % (" + ".join(parts), item))


def have(item, seen):
    """Fails if the figures of a summary have less than was seen: a count of each word in SEEN."""
    for key, rows in SEEN.items():
        for word, parts in rows if key in item else ():
            counted = sum(item[part] for part in parts)
            tap.true(seen[word] <= counted, "%d %s, and %s are %d in %r" % (seen[word], word, " + ".join(parts), counted, item))


def results(items):
    """Fails if send's results, or ping's replies, are not as many as its summary says; items: all objects of a run."""
    for item in items:
        if item.get("event") == "summary" and "unsolicited" in item:
            expected = (("result", item["sent"] - item["waiting"]), ("late", item["late"]), ("resent", item["resent"]))
        elif item.get("event") == "summary" and "loss_runs" in item and not item["not_shown"]:
            expected = (("reply", item["received"]), ("late", item["late"]))
        else:
            continue
        for event, count in expected:
            tap.equal(sum(other.get("event") == event for other in items), count, "objects of %r beside %r" % (event, item))


def unlogged(summary, items):
    """How many of the datagrams that serve or relay received are not among a log's objects."""
    messages = sum(item.get("event") == "message" and item.get("ack", item.get("status")) not in NOT_RECEIVED for item in items)
    return summary["received"] + summary.get("back_received", 0) - messages


def unrecorded(summary, capture):
    """How many of the datagrams that serve or relay received and sent are not in its capture, a pcap."""
    keys = ("received", "acked", "copies", "more", "sent_by_hand", "forwarded", "back_received", "back_forwarded")
    return sum(summary.get(key, 0) for key in keys) - frames(capture)


def frames(capture):
    """The whole frames of a pcap with this machine's byte order."""
    count, at = 0, 24
    while at + 16 <= len(capture):
        at += 16 + struct.unpack_from("=I", capture, at + 8)[0]
        count += at <= len(capture)
    return count
