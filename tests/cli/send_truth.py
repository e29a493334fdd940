# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""send against a server that loses, doubles and delays, and says which message it answers: every
time that stands at the end without a mark is that of its own message.

UDPTUI_TRUTH=10000 sends so many messages in each case instead of a few hundred."""
import os
import re
import subprocess
import sys

import tap
import udptui

MESSAGES = int(os.environ.get("UDPTUI_TRUTH", 0))
LIMIT_S = tap.CASE_TIMEOUT_S + MESSAGES // 10


class Misbehaving:
    def __init__(self, *arguments):
        path = os.path.join(udptui.PEERS, "misbehaving_server.py")
        self.child = subprocess.Popen([sys.executable, path, *map(str, arguments)],
                                      stdout=subprocess.PIPE)
        tap.defer(self.end)
        self.text = "127.0.0.1:%d" % int(self.child.stdout.readline())

    def end(self):
        self.child.kill()
        self.child.wait()
        self.child.stdout.close()


def standing(result):
    """The final reports, by number, with corrections applied. Only the first report of each."""
    told = {}
    for item in result.objects():
        if item["event"] == "result" and item["status"] == "acked" or item["event"] == "late":
            told.setdefault(item["seq"], dict(item))
        elif item["event"] == "uncertain":
            for seq in range(item["seq"], item["last_seq"] + 1):
                if told.get(seq, {}).get("provisional"):
                    told[seq]["taken_back"] = True
    return told


def is_marked(item):
    return item.get("ambiguous") or item.get("taken_back")


def is_wrong(item, echo):
    if echo:
        return item["text"] != "message %d" % item["seq"]
    found = re.fullmatch(r"re message (\d+) held (\d+)", item["text"])
    return int(found.group(1)) != item["seq"] or item["rtt_ns"] < int(found.group(2)) * 1000


def talk(count, server, *options):
    """All reports, the share of the answered that is marked, and the summary."""
    lines = "".join("message %d\n" % number for number in range(1, count + 1))
    result = udptui.run("send", "--json", *options, server.text, stdin=lines.encode(),
                        wait_s=60 + count / 10)
    told = standing(result)
    acked = [item for item in told.values() if item["event"] == "result"]
    marked = sum(1 for item in acked if is_marked(item))
    summary = result.objects("summary")[0]
    tap.equal(summary["ambiguous"], marked, "ambiguous times of the summary")
    print("# %s: %d answered, %d marked, %d taken back"
          % (" ".join(options), len(acked), marked, summary["uncertain"]))
    return told, marked / max(1, len(acked)), summary


def no_wrong_time(network, seed, match, *options):
    server = Misbehaving(*network, seed, *(("echo",) if match == "echo" else ()))
    told, _, summary = talk(MESSAGES or 300, server, "--match", match, "--timeout", "15ms", *options)
    wrong = [item for item in told.values() if not is_marked(item) and is_wrong(item, match == "echo")]
    tap.equal(wrong, [], "wrong times without a mark")
    standing_times = [item["rtt_ns"] for item in told.values()
                      if item["event"] == "result" and not is_marked(item)]
    if standing_times:
        tap.equal((summary["rtt_min_ns"], summary["rtt_max_ns"]),
                  (min(standing_times), max(standing_times)), "the figures' extremes")


BAD, DOUBLING, LATE = (5, 5, 10, 60), (0, 20, 20, 30), (10, 0, 30, 60)
for _seed, (_name, _network) in enumerate((("loses, doubles and delays", BAD),
                                           ("doubles and delays", DOUBLING),
                                           ("loses and delays", LATE))):
    for _match in ("auto", "order", "port", "echo"):
        tap.add_case("--match %s, a server that %s: no wrong time without a mark" % (_match, _name),
                     no_wrong_time, _network, _seed, _match, timeout_s=LIMIT_S)
tap.add_case("--match auto --rate: no wrong time without a mark", no_wrong_time, BAD, 7, "auto",
             "--rate", "500/s", timeout_s=LIMIT_S)
tap.add_case("--match auto --retry: no wrong time without a mark", no_wrong_time, BAD, 8, "auto",
             "--retry", "2", timeout_s=LIMIT_S)


@tap.case("--match auto at 20% loss without delay: less than 5% are marked", LIMIT_S)
def loss_alone():
    _, share, _ = talk(MESSAGES or 300, Misbehaving(10.6, 0, 0, 0, 3), "--timeout", "15ms")
    tap.true(share < 0.05, "%.1f%% are marked" % (100 * share))


@tap.case("three datagrams a request: each unmarked answer is its own message's first")
def three_each():
    peer, count = udptui.Peer(), 40
    send = udptui.start("send", "--json", "--timeout", "5s", peer.text)
    send.write("".join("%d\n" % number for number in range(1, count + 1)))
    for number in range(1, count + 1):
        payload, sender = peer.receive()
        parts = [b"%s.%d" % (payload, part) for part in range(3)]
        peer.send_trains(len(parts[0]))  # else a peer that loses its core is late with the second
        peer.send(b"".join(parts), sender)
    send.close_stdin()
    result = send.finish().expect(0)
    told = standing(result)
    wrong = [item for item in told.values()
             if not is_marked(item) and item["text"] != "%d.0" % item["seq"]]
    tap.equal(wrong, [], "wrong answers without a mark")
    marked = sum(1 for item in told.values() if is_marked(item))
    tap.true(marked <= min(5 * tap.busy(), count / 2), "%d of %d are marked" % (marked, count))
    mores = [item for item in result.objects("more") if item["text"].split(".")[0] != str(item["seq"])]
    tap.true(len(mores) <= min(3 * tap.busy(), count / 2), "datagrams of another message: %r" % mores)


tap.main()
