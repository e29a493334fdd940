# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""lesson: what each topic demonstrates, from its facts: counts, order, errors. Not its words."""
import errno
import os
import re
import shutil
import signal
import subprocess

import netns
import screen
import tap
import udptui
from lessons import shown

TOPICS = ("loss", "duplicate", "reorder", "boundaries", "connectionless", "truncation", "overflow",
          "unreachable", "mtu", "checksum", "retry", "tcp", "connected", "ports", "blackhole",
          "multicast", "broadcast",
          "window", "latency", "clocks", "playout", "congestion", "dns", "nat", "amplify", "quic")
OWN_NETWORK = ("blackhole", "multicast", "broadcast")  # they make their own and need no loopback of this machine
SEEDS = ("1", "4", "7", "1000")


def facts(topic, *options, status=0):
    """The one object of a lesson; 0 and shown go together."""
    arguments = (topic, "--auto", "--no-ui", "--json") + options
    result = shown(*arguments) if status == 0 else udptui.run("lesson", *arguments).expect(status)
    tap.equal(result.err, "", "stderr")
    found = result.objects()
    tap.equal([(item["v"], item["event"], item["topic"]) for item in found], [(1, "lesson", topic)], "objects")
    tap.equal(found[0]["shown"], status == 0, "shown")
    tap.equal("otherwise" in found[0], status != 0, "otherwise")
    return found[0]


def each(topic):
    def add(function):
        tap.add_case("%s: what it demonstrates" % topic, lambda: function(facts(topic)))
        return function
    return add


# ---- what a network does

def check_loss(found):
    tap.equal(found["sent"], 11, "sent")
    tap.equal(found["answered"] + found["silent"], found["sent"], "answered + silent")
    tap.equal(found["lost_requests"] + found["lost_acks"], found["silent"], "lost requests + lost acks")
    tap.equal(found["server_received"], found["sent"] - found["lost_requests"], "received by the server")
    tap.equal(len(found["silent_numbers"]), found["silent"], "numbers met with silence")
    tap.true(set(found["silent_numbers"]) < set(range(1, 12)), "numbers %r" % found["silent_numbers"])


@each("loss")
def loss(found):
    check_loss(found)
    tap.true(found["lost_requests"] > 0 and found["lost_acks"] > 0 and found["answered"] > 0, repr(found))


@each("duplicate")
def duplicate(found):
    numbers = found["received_numbers"]
    tap.equal((found["sent"], found["distinct"]), (5, 5), "sent, distinct")
    tap.equal(sorted(set(numbers)), [1, 2, 3, 4, 5], "the numbers in the answers")
    tap.equal((len(numbers), found["duplicates"]), (found["received"], found["received"] - 5), "received")
    tap.true(found["received"] > found["server_received"] > found["sent"],
             "neither requests nor answers were doubled: %r" % found)


@each("reorder")
def reorder(found):
    tap.equal(found["sent_numbers"], [1, 2, 3, 4, 5], "sent")
    tap.equal(sorted(found["received_numbers"]), found["sent_numbers"], "the same messages, once each")
    tap.true(found["received_numbers"] != found["sent_numbers"], "still in order")
    tap.equal((found["sent"], found["received"], found["in_order"]), (5, 5, False), "counts")
    tap.true(found["late_by"] >= 1, "nothing was overtaken")
    requests = [(int(leg["label"][1:]), leg) for leg in found["ladder"] if leg["from"] == "left"]
    for number, leg in requests:
        earlier = [n for n, other in requests if n > number and other["arrived_ns"] < leg["arrived_ns"]]
        tap.true(len(earlier) >= int(leg.get("note", "late by 0").split()[-1]), "drawn too early: %r" % requests)


@each("retry")
def retry(found):
    tap.equal(found["delivered"], [1, 2, 3, 4, 5, 6], "delivered")
    tap.equal((found["messages"], found["confirmed"]), (6, 6), "messages, confirmed")
    tap.equal(found["sends"], found["messages"] + found["resends"], "sends")
    tap.equal(found["server_received"], found["messages"] + found["duplicates_dropped"], "received")
    tap.true(found["resends"] > 0 and found["sends"] >= found["server_received"], repr(found))


# ---- what a socket does

@each("boundaries")
def boundaries(found):
    tap.equal(found["received_bytes"], found["sent_bytes"], "sizes")
    tap.equal(found["sent_bytes"], [7, 5, 0, 1], "sizes sent")
    tap.equal((found["sent"], found["received"], found["queue_empty"]), (4, 4, True), "counts")


@each("connectionless")
def connectionless(found):
    tap.equal((found["sent_before_server"], found["answered"], found["restarts"], found["same_client"]),
              ("sent", 4, 1, True), "before, answered, restarts, same client")
    tap.equal((found["clients"], found["server_sockets"], found["connect_datagrams"]), (3, 1, 0), "clients")


@each("truncation")
def truncation(found):
    tap.equal((found["sent_bytes"], found["received_bytes"]), ([12, 4], [4, 4]), "sizes")
    tap.equal((found["first"], found["second"]), ("Hell", "next"), "what was received")
    tap.equal((found["first_truncated"], found["second_truncated"]), (True, False), "MSG_TRUNC")
    tap.equal(found["lost_bytes"], 8, "lost bytes")


@each("overflow")
def overflow(found):
    tap.equal((found["sent"], found["send_errors"]), (24, 0), "sent, errors")
    tap.equal(found["read"] + found["dropped"], found["sent"], "read + dropped")
    tap.true(found["read"] > 0 and found["dropped"] > 0, repr(found))
    tap.equal(found["buffer_bytes"], 2 * found["asked_bytes"], "SO_RCVBUF is doubled")
    tap.true(found["charged_bytes"] > 100 and found["read"] * found["charged_bytes"] <=
             found["buffer_bytes"] + found["charged_bytes"], "what a datagram is charged: %r" % found)
    tap.equal(found["read_numbers"], list(range(1, found["read"] + 1)), "the first ones fit")


@each("unreachable")
def unreachable(found):
    tap.equal([found[name] for name in ("first_send", "second_send", "third_send")],
              ["sent", "ECONNREFUSED", "sent"], "the connected socket's sends")
    tap.equal((found["unconnected_sends"], found["unconnected_errors"]), (3, 0), "unconnected")
    tap.equal((found["icmp_type"], found["icmp_code"]), (3, 3), "ICMP")


@each("mtu")
def mtu(found):
    tap.equal((found["send_65507"], found["received_bytes"], found["send_65508"]),
              ("sent", 65507, "EMSGSIZE"), "the limit of IPv4")
    if not found["ethernet_permitted"]:
        tap.skip("no network namespaces: no path with an MTU of 1,500")
    tap.equal((found["send_4000"], found["received_4000"], found["fragments"], found["fragment_bytes"]),
              ("sent", 4000, 3, 1500), "in fragments")
    tap.equal((found["send_4000_df"], found["send_1472_df"], found["send_1473_df"]),
              ("EMSGSIZE", "sent", "EMSGSIZE"), "fragments forbidden")


def ones_complement(words):
    total = sum(words)
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return (~total & 0xFFFF) or 0xFFFF


def check_by_hand(found):
    """The steps add up, as this test computes them from the words that are shown."""
    words = []
    for step in ("pseudo_header", "header", "data"):
        parts, total = found[step].split(" = ")
        parts = [int(part, 16) for part in parts.split(" + ")]
        tap.equal(sum(parts), int(total, 16), step)
        words += parts
    tap.equal("%04x" % ones_complement(words), found["checksum"], "the checksum")


@each("checksum")
def checksum(found):
    check_by_hand(found)
    tap.equal(found["swapped_checksum"], found["checksum"], "with swapped words")
    tap.true(found["flipped_checksum"] != found["checksum"], "a flipped bit does not show")
    tap.equal((found["bits_flipped"], found["unchecked_delivered"]), (1, True), "corruption")
    tap.true(found["echoed"] not in ("", "Hi!?"), "came back as it was")
    if not found["raw_permitted"]:
        tap.skip("no raw sockets: a wrong checksum cannot be sent")
    tap.equal((found["right_delivered"], found["wrong_delivered"]), (True, False), "raw")
    tap.true(found["checksum_errors"] >= 1, "InCsumErrors did not grow")


@each("tcp")
def tcp(found):
    tap.equal((found["tcp_connected"], found["tcp_writes"], found["tcp_reads"], found["tcp_read"]),
              (True, 3, 1, "onetwothree"), "the stream")
    tap.equal((found["tcp_end"], found["tcp_nobody"]), (0, "ECONNREFUSED"), "its ends")
    tap.true(found["tcp_segments_sent"] >= 7 and found["tcp_segments_received"] >= 3, repr(found))
    tap.equal((found["udp_sends"], found["udp_receives"], found["udp_after_empty"]), (3, 3, True), "UDP")


@each("connected")
def connected(found):
    tap.equal([found[name] for name in ("source_before", "source_connected", "source_after")],
              ["0.0.0.0", "127.0.0.1", "0.0.0.0"], "the source address")
    tap.equal([found[name] for name in ("let_in_before", "let_in_connected", "let_in_after")], [True, False, True],
              "the stranger")
    tap.equal((found["connect_datagrams"], found["stranger_errors"], found["answered"]), (0, 1, True), "peer")
    tap.equal((found["send_to_closed"], found["next_call"]), ("sent", "ECONNREFUSED"), "the closed port")


@each("ports")
def ports(found):
    low, high = found["range_first"], found["range_last"]
    tap.true(all(low <= port <= high for port in found["ephemeral_ports"]), "ports: %r" % found)
    tap.equal((found["in_range"], len(set(found["ephemeral_ports"]))), (True, 3), "ephemeral ports")
    tap.equal((found["bind_in_use"], found["icmp_type"], found["icmp_code"]), ("EADDRINUSE", 3, 3), "errors")
    tap.equal((found["reuseport_same_socket"], found["reuseport_a"] + found["reuseport_b"]), (8, 16), "SO_REUSEPORT")
    tap.true(found["reuseport_a"] > 0 and found["reuseport_b"] > 0, "one socket got all: %r" % found)
    tap.equal(sorted([found["reuseaddr_a"], found["reuseaddr_b"]]), [0, 2], "SO_REUSEADDR")


@each("blackhole")
def blackhole(found):
    if not found["permitted"]:
        tap.skip("no network namespaces: no router")
    tap.equal((found["first_full"], found["icmp_type"], found["icmp_code"], found["learned_mtu"]),
              ("sent", 3, 4, 1400), "the router's message")
    tap.equal((found["second_full"], found["fitting"], found["fitting_received"]), ("EMSGSIZE", "sent", 1372),
              "with ICMP")
    tap.equal((found["silent_full"], found["silent_full_reported"], found["silent_full_received"],
               found["silent_fitting_received"]), ("sent", False, 0, 1372), "without ICMP")
    tap.equal(found["confirmed"], [size for size in found["probed"] if size <= 1372], "confirmed")
    tap.equal((found["largest_confirmed"], found["smallest_silent"]),
              (max(found["confirmed"]), min(set(found["probed"]) - set(found["confirmed"]))), "the range")


@each("broadcast")
def broadcast(found):
    tap.equal((found["without_option"], found["with_option"], found["receivers"], found["bound_receives"]),
              ("EACCES", "sent", 2, False), "on the link")
    if not found["permitted"]:
        tap.skip("no network namespaces: no router")
    tap.equal((found["far_receives"], found["limited_receivers"], found["far_receives_limited"],
               found["far_receives_unicast"], found["icmp"]), (False, 2, False, True, 0), "behind the router")


@each("multicast")
def multicast(found):
    tap.equal([found[name] for name in ("before", "members", "members_again", "after")], [0, 2, 2, 0], "members")
    tap.equal((found["third_hears"], found["third_hears_all_0"], found["ttl"]), (True, False, 1), "IP_MULTICAST_ALL")
    if not found["permitted"]:
        tap.skip("no network namespaces: no other host")
    tap.equal([found[name] for name in ("loop_members", "loop_local", "no_loop_members", "no_loop_local")],
              [2, True, 2, False], "IP_MULTICAST_LOOP")


@tap.case("without namespaces: no network of its own, and the lesson says so and is shown all the same")
def unprivileged_network():
    netns.Namespace()  # or skipped: a limit of one's own needs a user namespace
    for topic, key in (("mtu", "ethernet_permitted"), ("blackhole", "permitted"), ("broadcast", "permitted"),
                       ("multicast", "permitted")):
        found = shown(topic, "--json", first=netns.forbid).objects("lesson")[0]
        tap.equal(found[key], False, topic)
        tap.contains(found["happened"], "No permission here for a ")
        tap.true(found["ladder"], "an empty ladder for " + topic)
# ---- times and rates: what a slow machine cannot change

@each("window")
def window(found):
    tap.equal((found["messages"], found["windows"]), (24, [1, 2, 4, 8, 16]), "windows")
    tap.equal(found["replies"], 5 * found["messages"], "replies")
    times, busy, rtts = found["time_ms"], found["busy_percent"], found["rtt_ms"]
    tap.true(times[0] >= 24 * 20 - 1, "one in flight beats the round trip: %r" % found)
    tap.true(all(time >= 23 * 5 + 20 - 1 for time in times), "faster than the link: %r" % found)
    tap.true(times[2] < times[0] and rtts[4] >= 40, "the windows make no difference: %r" % found)
    for time, share in zip(times, busy):
        tap.true(abs(share - 100 * 24 * 5 / time) <= 2, "use of the link: %r" % found)


@each("latency")
def latency(found):
    tap.equal((found["sent"], found["replies"]), (100, 100), "counts")
    steps = [found[name + "_ms"] for name in ("min", "median", "p95", "p99", "max")]
    tap.equal(steps, sorted(steps), "percentiles")
    tap.true(found["min_ms"] >= 8 and found["p99_ms"] >= 208, "faster than the network: %r" % found)
    tap.true(found["slow"] >= 3 and found["below_mean"] > 50, "the mean: %r" % found)
    tap.true(found["min_ms"] < found["mean_ms"] < found["max_ms"], "the mean: %r" % found)
    took_ns = [leg["arrived_ns"] - leg["departed_ns"] for leg in found["ladder"] if leg["from"] == "left"]
    tap.true(min(took_ns) >= 7_900_000, "drawn faster than the network: %r" % took_ns)


@each("clocks")
def clocks(found):
    there, back, rtt, offset = (found[name + "_ms"] for name in ("there", "back", "rtt", "offset"))
    tap.equal((found["replies"], found["ahead_ms"]), (12, [0, 30, 0, 500]), "probes")
    for case in range(4):
        tap.true(abs(there[case] + back[case] - rtt[case]) <= 1, "the ways make the round trip: %r" % found)
        tap.true(abs((there[case] - back[case]) / 2 - offset[case]) <= 1, "the offset by the formula: %r" % found)
        tap.true(there[case] - found["ahead_ms"][case] >= found["path_there_ms"][case] - 1 and
                 back[case] + found["ahead_ms"][case] >= found["path_back_ms"][case] - 1,
                 "faster than the network: %r" % found)
    tap.true(there[1] > back[1] and there[2] > back[2] and back[3] < 0, "one way: %r" % found)


@each("playout")
def playout(found):
    tap.equal((found["sent"], found["arrived"], found["delays_ms"]), (50, 50, [40, 60, 80, 120, 160]), "counts")
    gaps = found["gaps"]
    tap.equal(gaps, sorted(gaps, reverse=True), "a longer delay has more gaps")
    tap.true(gaps[0] > gaps[4] and found["overtaken"] > 0, repr(found))
    tap.true(20 <= found["fastest_ms"] <= found["median_ms"] <= found["slowest_ms"], repr(found))
    for delay, late in zip(found["delays_ms"], gaps):
        tap.equal(late > 0, found["slowest_ms"] > delay or (late > 0 and found["slowest_ms"] == delay), "gaps")


def back_off(starts, stubborn):
    """The rounds as the plan describes them: rates of A and B, and how many of each arrived."""
    rates, arrived, now = ([], []), [0, 0], list(starts)
    for _ in range(12):
        due = sorted(((place + 0.5) / now[who], who) for who in (0, 1) for place in range(now[who]))
        passed = [sum(1 for _, sender in due[:8] if sender == who) for who in (0, 1)]
        for who in (0, 1):
            rates[who].append(now[who])
            arrived[who] += passed[who]
            if who != stubborn:
                now[who] = max(1, now[who] // 2) if passed[who] < now[who] else now[who] + 1
    return list(rates), arrived


@each("congestion")
def congestion(found):
    tap.equal((found["link"], found["rounds"]), (8, 12), "the link")
    for before, starts, stubborn in (("fair_", (1, 6), None), ("", (4, 8), 1)):
        rates, arrived = back_off(starts, stubborn)
        tap.equal([found[before + "rates_" + who] for who in "ab"], rates, "rates")
        tap.equal([found[before + "passed_" + who] for who in "ab"], arrived, "arrived")
    tap.equal(found["fair_lost"], sum(found["fair_rates_a"]) + sum(found["fair_rates_b"]) -
              found["fair_passed_a"] - found["fair_passed_b"], "dropped")
    tap.equal((found["lost_a"], found["lost_b"]), (sum(found["rates_a"]) - found["passed_a"],
                                                   sum(found["rates_b"]) - found["passed_b"]), "dropped")


# ---- what protocols on UDP do

def hex_of(text):
    return bytes.fromhex(text.replace(" ", ""))


def query_of(found):
    return b"".join(hex_of(found[key]) for key in ("id", "flags", "counts", "qname", "qtype", "qclass"))


def labels_of(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


@each("dns")
def dns(found):
    tap.equal(len(query_of(found)), found["query_bytes"], "the parts are the whole query")
    tap.equal(hex_of(found["qname"]), labels_of("udptui.example"), "the name")
    tap.equal((found["qtype"], found["qclass"]), ("0001", "0001"), "A, IN")
    tap.equal(hex_of(found["record"]), bytes.fromhex("000100010000003c0004"), "the record")
    tap.equal((found["pointer"], found["address"]), ("c00c", "c0 00 02 01"), "pointer and address")
    tap.equal(found["reply_bytes"], found["query_bytes"] + 16, "a record of 16 bytes")
    tap.equal(found["saved_bytes"], len(hex_of(found["qname"])) - 2, "a pointer for the name")
    tap.true(found["wrong_id"] != found["id"], "the same ID")
    tap.equal((found["ignored"], found["right_taken"]), (1, True), "the reply with another ID")
    tap.equal((found["cut_tc"], found["edns_tc"]), (True, False), "TC")
    tap.equal(found["cut_bytes"], 30 + 16 * found["cut_answers"], "without EDNS")
    tap.equal(found["cut_answers"], (512 - 30) // 16, "as many as fit")
    tap.equal(found["edns_bytes"], 30 + 16 * found["many_answers"] + len(hex_of(found["opt"])), "with EDNS")
    tap.equal((found["edns_answers"], found["many_answers"]), (40, 40), "all of them")


@each("nat")
def nat(found):
    tap.true(found["a_seen"] != found["a_inside"] and found["a_seen"].startswith("127.0.0.2:"), found["a_seen"])
    tap.equal([found[key + "_passed"] for key in ("stranger", "first", "second", "third")],
              [False, False, True, True], "filtering, and the hole")
    tap.equal(found["same_port"], True, "endpoint-independent mapping")
    host = found["c_seen"].split(":")[0]
    tap.true(found["c_other"].split(":")[0] == host and found["c_other"] != found["c_seen"],
             "another port of the same NAT: %r" % found)
    tap.equal((found["c_first_passed"], found["c_second_passed"]), (False, False), "no hole there")
    tap.equal((found["keep_alives"], found["kept_passed"], found["silent_passed"]), (2, True, False), "timeout")
    news = [leg for leg in found["ladder"] if leg["from"] == "right" and leg["label"] == "news"]
    tap.true(news[-2]["departed_ns"] - found["ladder"][0]["departed_ns"] > found["timeout_ms"] * 10**6,
             "the mapping was kept for less than its timeout: %r" % news)


@each("amplify")
def amplify(found):
    tap.equal(found["source"], found["victim"], "what the server saw")
    tap.equal((found["attacker_empty"], found["requests"]), (True, 3), "the attacker")
    tap.equal(found["sent_bytes"], 3 * (found["request_bytes"] + 28), "sent, with headers")
    tap.equal(found["got_bytes"], 3 * (found["reply_bytes"] + 28), "received, with headers")
    tap.equal(found["factor"], "%.1f" % (found["got_bytes"] / found["sent_bytes"]), "factor")
    tap.equal(found["cut_got_bytes"], 3 * (found["cut_reply_bytes"] + 28), "with the limit")
    tap.true(found["cut_got_bytes"] <= 3 * found["sent_bytes"], "more than three times as much: %r" % found)
    tap.equal(found["cut_factor"], "3.0", "its factor")


@each("quic")
def quic(found):
    tap.equal((found["plain_new_port"], found["plain_clients"], found["plain_last"]), (True, 2, 1), "by address")
    tap.equal((found["id_new_port"], found["connections"], found["id_last"]), (True, 1, 3), "by ID")
    tap.equal((found["validated"], len(hex_of(found["challenge"]))), (True, 8), "path validation")
    tap.equal(int(found["first_byte"], 16) & 0xC0, 0x40, "header form 0, fixed bit 1")
    tap.equal(found["header_bytes"], 1 + len(hex_of(found["connection_id"])) + 1, "the header")


@tap.case("without root: no raw socket, and the checksum lesson says so and is shown all the same")
def unprivileged():
    found = shown("checksum", "--json", first=udptui.without_rights).objects("lesson")[0]
    tap.equal((found["raw_permitted"], "wrong_delivered" in found), (False, False), "raw")
    check_by_hand(found)


@tap.case("without root: dns, nat, amplify and quic need no rights", timeout_s=60)
def no_rights():
    for topic in ("dns", "nat", "amplify", "quic"):
        found = shown(topic, "--json", first=udptui.without_rights).objects("lesson")[0]
        tap.equal(found["shown"], True, topic)


@tap.case("without a network: what is missing, one line a lesson, status 3, and on to the next")
def no_network():
    namespace = netns.Namespace()
    namespace.ip("address", "flush", "dev", "lo")
    namespace.ip("link", "set", "lo", "down")
    with namespace:
        process = udptui.start("lesson", "all", "--json")
    result = process.finish().expect(3)
    tap.equal([found["topic"] for found in result.objects("lesson")], list(OWN_NETWORK), "shown")
    tap.equal(len(result.err.splitlines()), len(TOPICS) - len(OWN_NETWORK), "lines on stderr")
    tap.true(all(line.startswith("udptui: cannot ") for line in result.err.splitlines()), result.err)


@tap.case("loopback that is down: each lesson ends, and none says that it showed what it should", timeout_s=80)
def loopback_down():
    namespace = netns.Namespace()
    namespace.ip("link", "set", "lo", "down")
    with namespace:
        processes = {topic: udptui.start("lesson", topic, "--json") for topic in TOPICS}
    for topic, process in processes.items():
        result = process.finish(wait_s=40)
        if topic not in OWN_NETWORK:
            tap.true(result.status in (1, 3), "%s: status %d" % (topic, result.status))
            tap.true(all(not found["shown"] for found in result.objects("lesson")), result.out)


@tap.case("a full disk: status 3, and it is said")
def full_disk():
    if not os.path.exists("/dev/full"):
        tap.skip("no /dev/full")
    with open("/dev/full", "w") as full:
        done = subprocess.run([udptui.BINARY, "lesson", "all", "--auto"], stdout=full, stderr=subprocess.PIPE,
                              timeout=20 * tap.busy())
    tap.equal(done.returncode, 3, "status")
    tap.contains(done.stderr.decode(), "standard output")


# ---- seeds

@tap.case("the same seed shows the same, another one something else")
def seeds():
    def without_times(found):
        return {key: value for key, value in found.items() if key not in ("ladder", "tries")}  # it tries again if late
    for topic in ("loss", "duplicate", "reorder"):
        first = without_times(facts(topic, "--seed", "7"))
        tap.equal(without_times(facts(topic)), first, "%s by default and with --seed 7" % topic)
    results = []
    for seed in SEEDS:
        found = facts("loss", "--seed", seed)
        check_loss(found)
        results.append(found["silent_numbers"])
    tap.true(len({tuple(numbers) for numbers in results}) > 1, "all seeds lose %r" % results[0])


@tap.case("a seed with which nothing is shown: it says so, and the next one that does is taken")
def not_shown():
    others = 0
    for seed in range(8):
        found = facts("reorder", "--seed", str(seed))
        tap.true(found["received_numbers"] != [1, 2, 3, 4, 5], "nothing was reordered: %r" % found)
        if found["seed"] == seed:
            continue
        others += 1
        text = shown("reorder", "--auto", "--seed", str(seed)).out
        tap.contains(text, "Seed %d showed nothing of it; this is seed %d." % (seed, found["seed"]))
        tap.contains(text, "--seed %d " % found["seed"], "the commands")
    tap.true(others > 0, "8 seeds, and each one reorders")


@tap.case("JSON: question, options, answer, sources, commands and ladder", timeout_s=200)
def whole_json():
    text = shown("all", "--auto").out
    for found in shown("all", "--json").objects("lesson"):
        flat = " ".join(text.split())
        for part in [found["question"], found["explanation"], found["sources"], found["plan"]]:
            tap.contains(flat, part, found["topic"])
        tap.true(3 <= len(found["options"]) <= 4 and 1 <= found["answer"] <= len(found["options"]), repr(found))
        tap.contains(flat, "The answer is %d: %s." % (found["answer"], found["options"][found["answer"] - 1]))
        tap.true(found["ladder"], "a ladder")
        for command in found["commands"]:
            tap.contains(" ".join(text.replace("\\\n", " ").split()), " ".join(command.split()), "commands")


@tap.case("the right answers are spread over the options", timeout_s=150)
def spread():
    answers = [found["answer"] for found in
               shown("all", "--json").objects("lesson")]
    tap.true(max(answers.count(n) for n in (1, 2, 3)) <= len(answers) / 2, "answers: %r" % answers)
    tap.true(max(answers.count(n) for n in (1, 2, 3)) <= len(answers) // 2, "answers: %r" % answers)


@tap.case("each lesson names its sources: an RFC or a manual page, and where in it", timeout_s=150)
def sources():
    for found in shown("all", "--json").objects("lesson"):
        tap.matches(found["sources"], r"RFC \d+|\w+\(\d\)", found["topic"])


# ---- text

@tap.case("udptui lesson lists all topics, one line each, status 0")
def listed():
    result = udptui.run("lesson").expect(0)
    tap.equal(tuple(line.split()[0] for line in result.out.splitlines()), TOPICS, "topics")
    tap.true(all(len(line) <= 80 for line in result.out.splitlines()), "too wide:\n" + result.out)
    tap.equal(tuple(item["topic"] for item in udptui.run("lesson", "--json").expect(0).objects("topic")),
              TOPICS, "topics as JSON")


@tap.case("all: every topic in order", timeout_s=150)
def all_of_them():
    found = shown("all", "--json").objects("lesson")
    tap.equal(tuple(item["topic"] for item in found), TOPICS, "topics")


@tap.case("--auto: each step of every topic prints something, at most 80 columns, without asking", timeout_s=150)
def text():
    result = shown("all", "--auto", "--ascii")
    tap.equal(result.err, "", "stderr")
    lessons = re.split(r"^== ", result.out, flags=re.MULTILINE)[1:]
    tap.equal(len(lessons), len(TOPICS), "lessons")
    wide = [line for line in result.out.splitlines() if len(line) > 80]
    tap.equal(wide, [], "lines past column 80")
    tap.true(result.out.isascii(), "not ASCII")
    for topic, lesson in zip(TOPICS, lessons):
        tap.matches(lesson, r"\Alesson %s \(\d+/%d\)" % (topic, len(TOPICS)))
        tap.matches(lesson, r"^  2  \S", "choices")
        tap.matches(lesson, r"^(You said|The answer is) ", "verdict")
        tap.matches(lesson, r"^To repeat it by hand .*:\n  \S", "commands")
        tap.matches(lesson, r"-{3,}>|<-{3,}", "the ladder")


@tap.case("the ladder's arrows arrive in the order in which the messages did")
def picture():
    for _ in range(5):
        text = shown("reorder", "--auto", "--ascii").out
        order = re.search(r"^ *arrived in this order +([\d ]+)$", text, re.MULTILINE).group(1).split()
        heads = [line for line in text.splitlines() if re.search(r"-->\|", line)]
        # Two that arrived in the same microsecond (on a slow machine) stand in either order.
        arrived = [(line.split()[0], re.search(r"#(\d)", line).group(1)) for line in heads]
        arrived.sort(key=lambda head: (head[0], order.index(head[1])))
        tap.equal([number for _, number in arrived], order, "order in\n" + text)


@tap.case("--view: each end's sends and receives alone, as the JSON has them; the JSON has everything")
def views():
    whole = facts("loss", "--view", "client")
    legs = whole["ladder"]
    tap.equal([leg["end"] for leg in legs], [leg["end"] for leg in facts("loss")["ladder"]], "the JSON's ends")
    arrived = {side: sum(leg["from"] == side and leg["end"] == "arrived" for leg in legs) for side in ("left", "right")}
    sent = {side: sum(leg["from"] == side for leg in legs) for side in ("left", "right")}
    for view, own, other in (("client", "left", "right"), ("server", "right", "left")):
        text = shown("loss", "--auto", "--view", view, "--ascii").out
        rows = [line for line in text.splitlines() if re.match(r" +\d+\.\d{6} ", line)]
        tap.true("view: " + view in text, "the view's name")
        tap.equal(len(rows), sent[own] + arrived[other], "rows of the " + view)
        tap.equal(sum("LOST" in row for row in rows), 0, "losses in the view of the " + view)
    text = shown("loss", "--auto").out
    tap.lacks(text, "view:", "the view that shows everything")


@tap.case("--sentences: a sentence for each datagram, with what became of it; the JSON is the same", timeout_s=150)
def sentences():
    legs = facts("loss")["ladder"]
    tap.equal([leg["end"] for leg in facts("loss", "--sentences")["ladder"]], [leg["end"] for leg in legs], "the JSON")
    text = " ".join(shown("loss", "--auto", "--sentences").out.split())
    said = re.findall(r"\d+\.\d{6} s: the (client|server) sends (#\d+)\. It (?:is (lost) on the way|(arrive)s at) ", text)
    tap.equal([(end, label, lost + arrived) for end, label, lost, arrived in said],
              [({"left": "client", "right": "server"}[leg["from"]], leg["label"], {"lost": "lost", "arrived": "arrive"}[leg["end"]])
               for leg in legs], "sentences")
    text = shown("all", "--auto", "--sentences", "--view", "client").out
    tap.equal([line for line in text.splitlines() if len(line) > 80 or "│" in line], [], "wide lines or arrows")


@tap.case("nothing is asked if stdin is no terminal")
def piped():
    result = shown("boundaries", "--no-ui", stdin=b"")
    tap.lacks(result.out, "prediction")


@tap.case("a terminal is asked: a prediction, then Enter")
def asked():
    pty = screen.start("lesson", "boundaries", "--no-ui")
    pty.wait_bytes(b"1 to 3")
    pty.write(b"x\n9\n1\n")
    pty.wait_bytes(b"continue")
    tap.lacks(pty.raw.decode(), "You said")
    pty.write(b"\n")
    tap.equal(pty.exit_status(), 0, "status")
    tap.contains(pty.raw.decode(), "You said 1, but it is 2")


@tap.case("a terminal is asked: q ends it before it is played")
def asked_and_quit():
    pty = screen.start("lesson", "all", "--no-ui")
    pty.wait_bytes(b"1 to 4")
    pty.write(b"q\n")
    tap.equal(pty.exit_status(), 0, "status")
    tap.lacks(pty.raw.decode(), "repeat it by hand")


@tap.case("Ctrl-C at the question: status 130")
def interrupted():
    pty = screen.start("lesson", "loss", "--no-ui")
    pty.wait_bytes(b"1 to 4")
    os.kill(pty.pid, signal.SIGINT)
    tap.equal(pty.exit_status(), 130, "status")


# ---- usage

@tap.case("an unknown topic: one line with the nearest, status 2")
def unknown():
    for typed, meant in (("los", "loss"), ("bondaries", "boundaries"), ("tpc", "tcp")):
        result = udptui.run("lesson", typed).expect(2)
        tap.matches(result.err, r"\Audptui: .*%s.*'udptui lesson %s'\?\n\Z" % (typed, meant))
    result = udptui.run("lesson", "\x1b[31mx").expect(2)
    tap.equal((result.out, result.err.count("\n")), ("", 1), "output")
    tap.lacks(result.err, "\x1b")


@tap.case("completion offers the topics and all")
def completed():
    offers = re.search(r"lesson\) words='([^-'][^']*)'", udptui.run("completion", "bash").expect(0).out)
    tap.equal(tuple(offers.group(1).split()), TOPICS + ("all",), "offers")


# ---- the commands to repeat it by hand

def commands_of(topic):
    out = shown(topic, "--auto").out
    text = re.search(r"^To repeat it by hand .*:\n((?:  .*\n)+)", out, re.MULTILINE).group(1)
    return [line.strip() for line in re.split(r"(?<!\\)\n", text)[:-1]]


class Terminals:
    """A lesson's commands as they are printed, but for the ports: servers stay in a terminal of their
    own, the others run one after the other. outputs: of each command, once all is over."""

    def __init__(self, topic):
        self.ports = {"4010": str(udptui.unused_port()), "4011": str(udptui.unused_port())}
        directory = udptui.temporary_directory()
        os.symlink(udptui.BINARY, os.path.join(directory, "udptui"))
        self.env = udptui.environment(PATH=directory + ":" + os.environ["PATH"])
        self.outputs, self.servers = [], []
        for command in commands_of(topic):
            self.enter(command)
        self.end_servers()

    def enter(self, command):
        for name in ("bash", "seq", "python3", "unshare"):
            if name in command and not shutil.which(name):
                tap.skip(name + " is not installed")
        command = re.sub("|".join(self.ports), lambda printed: self.ports[printed.group()], command)  # a port may hold the other
        self.outputs.append("")
        server = r"create_server|udptui (serve|relay)|bind\(\(\"127\.0\.0\.1\""
        if re.search(server, command) and not command.startswith("unshare "):
            self.start(command)
        else:
            done = subprocess.run(["sh", "-c", command], env=self.env, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=25 * tap.busy())
            self.outputs[-1] = udptui.unstamped(done.stdout.decode())

    def port_of(self, command):
        """Where a server listens: the first address of its command."""
        named = re.search(r"127\.0\.0\.\d+(?::|\",)(\d+)", command)
        return named.group(1) if named else self.ports["4010"]

    def start(self, command):
        port = self.port_of(command)
        self.end_servers(port)
        server = udptui.Process(["sh", "-c", command], env=self.env, stdin=subprocess.DEVNULL,
                                first=os.setsid)
        tap.defer(self.end, server)
        self.servers.append((len(self.outputs) - 1, port, server))
        udp = "create_server" not in command
        tap.until(lambda: self.listens(port, udp), "the server of %s" % command)
        at_once = 1 + count(command, r"& [\\\s]*udptui serve")
        if at_once > 1:
            word = "^.*Joined " if "--join" in command else "^.*Server is listening "
            server.wait_for(lambda: count(server.out, word) == at_once, "all servers of " + command)

    @staticmethod
    def listens(port, udp):
        with open("/proc/net/udp" if udp else "/proc/net/tcp") as table:
            rows = [line.split() for line in table.readlines()[1:]]
        return any(row[1].endswith(":%04X" % int(port)) and (udp or row[3] == "0A") for row in rows)

    @staticmethod
    def end(server):
        try:
            os.killpg(server.child.pid, signal.SIGINT)
        except ProcessLookupError:
            pass

    def end_servers(self, port=None):
        """Those of a port; None: all. The last one that was started first."""
        for item in [item for item in reversed(self.servers) if port in (None, item[1])]:
            number, _, server = item
            self.servers.remove(item)
            command = server.child.args[-1]
            if "udptui" not in command and "create_server" not in command:  # udptui reads at its end what has come
                tap.until(lambda at=int(item[1]): udptui.waiting_bytes(at) == 0, "a server to read what came")
            if "create_server" not in command:
                self.end(server)
            self.outputs[number] = server.finish().plain


def count(text, pattern):
    return len(re.findall(pattern, text, re.MULTILINE))


def numbers(pattern, text):
    return [int(number) for number in re.findall(pattern, text, re.MULTILINE)]


def loss_by_hand(found, outputs):
    server, client = outputs
    tap.matches(client, r"^sent %d, acked %d, timeout %d," % (found["sent"], found["answered"], found["silent"]))
    tap.equal(numbers(r"^#(\d+) .* no reply in", client), found["silent_numbers"], "without a reply")
    tap.equal((count(server, "LOST request$"), count(server, "LOST ack$")),
              (found["lost_requests"], found["lost_acks"]), "lost requests and answers")
    tap.matches(server, r"^received %d, acked %d," % (found["serve_counts"], found["answered"]))


def duplicate_by_hand(found, outputs):
    server, client = outputs
    tap.matches(client, r"^sent %d, acked %d, .*duplicate %d," %
                (found["sent"], found["distinct"], found["duplicates"]))
    tap.equal(numbers(r"^#\d+ .*  (?:duplicate: )?(\d)  rtt", client), found["received_numbers"], "as they came")
    tap.matches(server, r"^received %d,.*acks doubled %d" % (found["serve_counts"], found["duplicates"]))


def reorder_by_hand(found, outputs):
    server, client = outputs
    tap.equal(numbers(r"^#\d+ .*  (\d)  rtt", client), found["received_numbers"], "as they came")
    tap.matches(client, r"^sent %d, acked %d," % (found["sent"], found["received"]))
    tap.contains(server, "late by %d" % found["late_by"])


def late_replies(outputs):
    """How often something was resent that was not lost: a busy machine was slower than the timeout. What is sent
    then has a fate of its own, and the figures are others."""
    server, client = outputs
    return numbers(r"resent (\d+),", client)[0] - count(server, "LOST (?:request|ack)$")


def retry_by_hand(found, outputs):
    for _ in range(2):  # as often as the lesson itself tries again
        if late_replies(outputs) > 0:
            outputs = Terminals("retry").outputs
    server, client = outputs
    tap.matches(client, r"^sent %d, acked %d, timeout 0, resent %d," %
                (found["messages"], found["confirmed"], found["resends"]))
    tap.equal(numbers(r"^received (\d+)", server), [found["serve_counts"]], "received")
    tap.equal(found["serve_counts"] - count(server, "LOST request$"), found["server_received"], "came through")
    tap.equal(count(server, "LOST ack$"), found["duplicates_dropped"], "lost answers")


def boundaries_by_hand(found, outputs):
    server, client = outputs
    tap.equal(numbers(r"  (\d+) B  ", server), found["received_bytes"], "sizes")
    tap.matches(client, r"^sent %d," % found["sent"])
    tap.matches(server, r"^received %d," % found["received"])


def connectionless_by_hand(found, outputs):
    first, server, client, other, another = outputs
    tap.equal(first.strip(), found["sent_before_server"], "before there was a server")
    tap.equal(count(client + other + another, r"  rtt "), found["answered"], "answered")
    ports = re.findall(r"(?m)^127\.0\.0\.1:(\d+)  1 B  ", server)
    tap.equal((len(ports), ports[0] == ports[1], len(set(ports))),
              (found["answered"], found["same_client"], found["clients"]), "clients in\n" + server)
    tap.equal(count(server, "^Server is listening"), 1 + found["restarts"], "servers")


def truncation_by_hand(found, outputs):
    server, _ = outputs
    rows = re.findall(r"  (\d+) B  (\w+)( \(truncated\))?  ", server)
    tap.equal([int(row[0]) for row in rows], found["received_bytes"], "sizes received")
    tap.equal([row[1] for row in rows], [found["first"], found["second"]], "texts")
    tap.equal([row[2] != "" for row in rows], [found["first_truncated"], found["second_truncated"]], "cut")


def overflow_by_hand(found, outputs):
    server, _, burst = outputs
    tap.matches(server, r"kernel dropped %d," % found["dropped"])
    tap.matches(burst, r"^sent %d," % found["sent"])


def unreachable_by_hand(found, outputs):
    sends = ["ECONNREFUSED" if "Connection refused" in line else line for line in outputs[0].splitlines()]
    tap.equal(sorted(sends), sorted(found[name] for name in ("first_send", "second_send", "third_send")), "sends")


def mtu_by_hand(found, outputs):
    server, fits, too_large = outputs
    tap.matches(server, r"  %d B  " % found["received_bytes"])
    tap.matches(fits, r"^sent 1, acked 1")
    tap.matches(too_large, r"at most 65507 bytes .* 65508$")


def checksum_by_hand(found, outputs):
    tap.matches(outputs[1], r"  %s  rtt" % re.escape(found["echoed"]))


def tcp_by_hand(found, outputs):
    stream, _, nobody, server, _ = outputs
    tap.equal(stream.strip(), "b'%s' b''" % found["tcp_read"], "the first read, and the read after the end")
    tap.contains(nobody, "refused", found["tcp_nobody"])
    tap.equal(re.findall(r" B  (\S+|and on)  acked", server), ["one", "two", "three", "(empty)", "and on"], "UDP")


def connected_by_hand(found, outputs):
    lines = outputs[0].splitlines()
    tap.equal(lines[0], "source " + found["source_connected"], "source")
    tap.equal(lines[1], "stranger %d" % (errno.ECONNREFUSED if found["stranger_errors"] else 0), "the stranger's error")
    tap.equal(lines[2:4], ["b'reply'", "sent 8"], "the peer")
    tap.contains(lines[-1], "Connection refused", found["next_call"])


def ports_by_hand(found, outputs):
    server, clients, in_use, closed, shared = outputs
    ports = numbers(r"^127\.0\.0\.1:(\d+)  1 B  ", server)
    tap.equal(len(ports), len(found["ephemeral_ports"]), "clients in\n" + server)
    tap.true(all(found["range_first"] <= port <= found["range_last"] for port in ports), "ports: %r" % ports)
    tap.equal(count(clients, r"  rtt "), 3, "replies")
    tap.contains(in_use, "Address already in use", found["bind_in_use"])
    tap.contains(closed, "refused", "a closed port")
    a, b = (numbers(r"(\d+)", line) for line in shared.splitlines())
    tap.equal(len(a) + len(b), found["reuseport_a"] + found["reuseport_b"], "received in\n" + shared)
    tap.equal((len(set(a) | set(b)), set(a) & set(b)), (found["reuseport_clients"], set()), "one socket for each")


def broadcast_by_hand(found, outputs):
    servers, without, with_option = outputs
    tap.equal(count(servers, r"  6 B  to all \(broadcast\)"), found["receivers"], "received in\n" + servers)
    tap.contains(without, "add --broadcast", found["without_option"])
    tap.equal(count(with_option, r"^#1  "), found["receivers"], "replies in\n" + with_option)


def multicast_by_hand(found, outputs):
    servers, client, joined = outputs
    tap.equal(count(servers, r"  5 B  hello \(multicast\)"), found["members"], "received in\n" + servers + client)
    tap.equal(count(client, r"^#1  "), found["members"], "replies in\n" + client)
    tap.equal(joined.splitlines(), ["joined b'hello'"] + ["not joined b'hello'"] * found["third_hears"], "three")


def blackhole_by_hand(found, outputs):
    if "unshare: " in outputs[0]:
        tap.skip("network namespaces: " + outputs[0].strip())
    rows = re.findall(r"^#1  \S+  (.*)$", outputs[0], re.MULTILINE)
    tap.contains(rows[0], "no reply", "without ICMP: 1,472 bytes")
    tap.contains(rows[1], "rtt", "without ICMP: 1,372 bytes")
    tap.contains(rows[2], "(ICMP type %d code %d): the MTU of its next hop is %d" %
                 (found["icmp_type"], found["icmp_code"], found["learned_mtu"]), "with ICMP: the first")
    tap.contains(rows[3], "exceed the path MTU of %d" % found["learned_mtu"], "with ICMP: the second")
    tap.contains(rows[4], "rtt", "with ICMP: 1,372 bytes")


# Times on a busy machine: what the network makes sure of, and the same relations.

def window_by_hand(found, outputs):
    rates = [float(rate) for rate in re.findall(r"([0-9.]+)/s acked", outputs[1])]
    tap.equal(len(rates), len(found["windows"]), "runs of load in\n" + outputs[1])
    tap.true(max(rates) <= 215, "more than the link carries: %r" % rates)
    tap.true(rates[0] <= 51 and rates[0] < rates[2] and rates[0] < rates[4], "rates: %r" % rates)


def latency_by_hand(found, outputs):
    tap.matches(outputs[1], r"^sent %d, acked %d," % (found["sent"], found["replies"]))
    milliseconds = {name: float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit] for name, number, unit in
                    re.findall(r"(mean|p50|p99|max) ([0-9.]+) (us|ms|s)", outputs[1])}
    tap.true(milliseconds["p99"] >= 208 and found["p99_ms"] >= 208, repr(milliseconds))
    tap.true(milliseconds["p50"] < milliseconds["mean"] < milliseconds["max"], repr(milliseconds))
    tap.true(count(outputs[0], r" (5|50|95)  acked") == 3, outputs[0])


def clocks_by_hand(found, outputs):
    rows = [[int(number) for number in line.split()] for line in outputs[2].splitlines()]
    tap.equal(len(rows), 4, "probes in\n" + outputs[2])
    there, back, rtt = zip(*rows)
    for case in range(4):
        tap.true(rtt[case] >= 79 and abs(there[case] + back[case] - rtt[case]) <= 1, repr(rows))
        tap.true(there[case] >= found["path_there_ms"][case] + found["ahead_ms"][case] - 1, repr(rows))
    tap.true(there[1] > back[1] and there[2] > back[2] and back[3] < 0, repr(rows))


def playout_by_hand(found, outputs):
    gaps = numbers(r"(\d+)", outputs[1])
    tap.equal(gaps, sorted(gaps, reverse=True), "gaps")
    tap.equal(len(gaps), len(found["gaps"]), "play-out delays")
    # The same seed delays the same packets for as long; a busy machine only makes them later.
    tap.true(abs(gaps[0] - found["gaps"][0]) <= 10 and gaps[0] > gaps[4], "%r, not %r" % (gaps, found["gaps"]))


def congestion_by_hand(found, outputs):
    both = numbers(r"^sent \d+, acked (\d+)", outputs[1])
    alone, = numbers(r"^sent \d+, acked (\d+)", outputs[2])
    served, = numbers(r"^received (\d+), acked", outputs[0])
    tap.equal(len(both), 2, "two senders in\n" + outputs[1])
    tap.true(max(both) < 2.5 * min(both), "both wait for acks: %r" % both)
    others = served - sum(both) - alone
    tap.true(found["passed_b"] > 3 * found["passed_a"] and others > 1.5 * alone,
             "%d of one that waits, %d of one that does not" % (alone, others))


def dns_by_hand(found, outputs):
    server, one, _, cut, whole = outputs
    tap.contains(server, "  %d B  " % found["query_bytes"], "the query")
    tap.contains(one, "  %d B  " % found["reply_bytes"], "the reply")
    rows = [re.search(r"^ +%04x  ((?:[0-9a-f]{2} +){16})" % at, one, re.MULTILINE).group(1) for at in (0, 16, 32)]
    reply = hex_of("".join(rows))
    tap.equal(reply[:2] + reply[12:32], query_of(found)[:2] + query_of(found)[12:], "ID and question")
    tap.equal(reply[32:], hex_of(found["pointer"] + found["record"] + found["address"]), "the record")
    tap.contains(cut, "  %d B  " % found["cut_bytes"], "without EDNS")
    tap.contains(cut, "2a 18 87 00 00 01 00 %02x" % found["cut_answers"], "TC and the number of addresses")
    tap.contains(whole, "  %d B  " % found["edns_bytes"], "with EDNS")
    tap.contains(whole, "2a 19 85 00 00 01 00 %02x" % found["edns_answers"], "no TC")


def nat_by_hand(found, outputs):
    server, _, _, punched = outputs
    seen = re.findall(r"(?m)^(127\.0\.0\.\d+:\d+)  1 B  ", server)
    tap.true(not any(endpoint.startswith("127.0.0.11:") for endpoint in seen), "the client itself: %r" % seen)
    tap.equal((len(seen), seen[0] == seen[1], seen[1] == seen[2]), (3, True, False), "mappings: %r" % seen)
    tap.equal([line == "arrived" for line in punched.split()],
              [found[key + "_passed"] for key in ("first", "second", "third")], "the hole")


def amplify_by_hand(found, outputs):
    victim = outputs[0]
    tap.equal(numbers(r"  (\d+) B  ", victim), [found["reply_bytes"]] * 3 + [found["cut_reply_bytes"]] * 3,
              "what the victim got")
    tap.equal(count(outputs[3], r"^127\.0\.0\.2:\d+  %d B  .*cut: size" % found["request_bytes"]),
              found["requests"], "requests, as the server with a limit saw them")


def quic_by_hand(found, outputs):
    server, _, _, _, two, three = outputs
    tap.matches(server, r"clients %d" % found["plain_clients"])
    tap.equal(re.findall(r"connection (\d), message (\d)", two + three),
              [("1", "1"), ("1", "2"), (str(found["connections"]), str(found["id_last"]))], "by ID")


BY_HAND = {"dns": dns_by_hand, "nat": nat_by_hand, "amplify": amplify_by_hand, "quic": quic_by_hand,
           "connected": connected_by_hand, "ports": ports_by_hand,
           "blackhole": blackhole_by_hand, "broadcast": broadcast_by_hand,
           "multicast": multicast_by_hand,
           "loss": loss_by_hand, "duplicate": duplicate_by_hand, "reorder": reorder_by_hand,
           "boundaries": boundaries_by_hand, "connectionless": connectionless_by_hand,
           "truncation": truncation_by_hand, "overflow": overflow_by_hand, "unreachable": unreachable_by_hand,
           "mtu": mtu_by_hand, "checksum": checksum_by_hand, "retry": retry_by_hand, "tcp": tcp_by_hand,
           "window": window_by_hand, "latency": latency_by_hand, "clocks": clocks_by_hand,
           "playout": playout_by_hand, "congestion": congestion_by_hand}


def by_hand(topic):
    """Commands have no words for a machine that was too busy for them: then they are typed again."""
    for left in reversed(range(2 + int(tap.busy()))):
        try:
            BY_HAND[topic](facts(topic), Terminals(topic).outputs)
            return
        except (tap.Failure, LookupError, ValueError, AttributeError, subprocess.TimeoutExpired):
            if left == 0:
                raise


for _topic in TOPICS:
    tap.add_case("%s by hand, with the commands as printed: the figures of the lesson" % _topic,
                 by_hand, _topic)

tap.main()
