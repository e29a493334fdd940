# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""lesson --pcap: the file against the ladder of the same run, by tshark; every lesson of the program."""
import os
import re
import subprocess

import netns
import tap
import tshark
import udptui

LEG = re.compile(r"^leg (\d+) of (\d+), (client to server|server to client): ")


def topics():
    return [item["topic"] for item in udptui.run("lesson", "--json").expect(0).objects("topic")]


def shown(topic, *options):
    """The lesson's object and the path of its capture, of one run in a namespace of its own."""
    path = os.path.join(udptui.temporary_directory(), topic + ".pcapng")
    with netns.Namespace():
        process = udptui.start("lesson", topic, "--json", "--pcap", path, *options)
    return process.finish().expect(0).objects("lesson")[0], path


def comments(path):
    """Those of the packets, in their order."""
    done = subprocess.run(["tshark", "-r", path, "-n", "-T", "fields", "-e", "frame.comment"], capture_output=True,
                          check=False, env=udptui.environment(), timeout=tap.CASE_TIMEOUT_S)
    tap.equal(done.returncode, 0, "tshark's status: " + done.stderr.decode())
    return done.stdout.decode().splitlines()


def file_comment(path):
    """That of the section: the first option of its header block."""
    with open(path, "rb") as file:
        head = file.read(1 << 13)
    tap.equal(int.from_bytes(head[24:26], "little"), 1, "a comment")
    return head[28:28 + int.from_bytes(head[26:28], "little")].decode()


def is_datagram(leg):
    return leg["end"] not in ("unsent", "event")


def is_simulated(leg):
    return leg["copy"] if leg["from"] == "left" else leg["end"] == "lost"


def wire_time(leg):
    return leg["arrived_ns"] if leg["from"] == "right" and leg["end"] == "arrived" else leg["departed_ns"]


def check(topic):
    tshark.need()
    found, path = shown(topic)
    rows, notes, about = tshark.read(path, 1), comments(path), file_comment(path)
    legs = found["ladder"]
    tap.equal(len(notes), len(rows), "comments")
    in_file = []
    for row, note in zip(rows, notes):
        match = LEG.match(note)
        tap.true(match, "no leg in %r" % note)
        number, leg = int(match.group(1)), legs[int(match.group(1)) - 1]
        in_file.append(number)
        tap.equal(int(match.group(2)), len(legs), "legs of %r" % note)
        tap.equal(match.group(3) == "client to server", leg["from"] == "left", "direction of %r" % note)
        tap.contains(note, leg["label"], "comment")
        tap.contains(note, leg.get("note", ""), "comment")
        tap.equal(row.time_ns, wire_time(leg), "time of %r" % note)
        tap.true(is_datagram(leg) and not is_simulated(leg), "%r was on no wire" % note)
        problems = [text for text in row.problems if text != note]  # Wireshark has notes for comments
        tap.equal(bool(problems), "wrong" in leg["label"], "%r: a wrong checksum: %r" % (problems, note))
    tap.equal(len(set(in_file)), len(in_file), "a leg is in the file once")
    tap.equal([row.time_ns for row in rows], sorted(row.time_ns for row in rows), "order")
    for number, leg in enumerate(legs, 1):
        missing = is_datagram(leg) and number not in in_file
        tap.equal(missing, re.search(r"\bleg %d \(" % number, about) is not None,
                  "leg %d (%r) is said to be missing in %r" % (number, leg, about))
        tap.true(not missing or is_simulated(leg) or leg["reconstructed"] or topic == "tcp"
                 or leg["label"].startswith("ICMP"), "leg %d is a datagram with a time: %r" % (number, leg))
    tap.contains(about, "udptui lesson %s, seed %d:" % (topic, found["seed"]), "the file's comment")


for _topic in topics():
    tap.add_case("--pcap of %s: its datagrams, times and comments are the ladder's" % _topic, check, _topic)


@tap.case("--pcap: what is in a datagram is what was sent; replies go back to the sender")
def contents():
    tshark.need()
    found, path = shown("loss")
    rows = tshark.read(path, 1)
    client, server = rows[0].source, rows[0].destination
    for row, note in zip(rows, comments(path)):
        leg = found["ladder"][int(LEG.match(note).group(1)) - 1]
        tap.equal(row.payload.decode(), leg["label"], "payload")
        ends = (client, server) if leg["from"] == "left" else (server, client)
        tap.equal((row.source, row.destination), ends, "ends of %r" % note)


@tap.case("--pcap with all: an error; a file that is no capture is not overwritten without --force")
def refused():
    path = os.path.join(udptui.temporary_directory(), "notes.txt")
    result = udptui.run("lesson", "all", "--auto", "--pcap", path).expect(2)
    tap.contains(result.err, "--pcap FILE holds one lesson", "stderr")
    with open(path, "w") as file:
        file.write("my notes\n")
    result = udptui.run("lesson", "boundaries", "--auto", "--pcap", path).expect(3)
    tap.contains(result.err, "notes.txt", "stderr")
    udptui.run("lesson", "boundaries", "--auto", "--pcap", path, "--force").expect(0)
    with open(path, "rb") as file:
        tap.equal(file.read(4), b"\x0a\x0d\x0d\x0a", "a pcapng")


tap.main()
