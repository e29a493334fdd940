# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""replay --to: a recording's requests are sent again, and their answers compared with the recorded ones."""
import signal
import struct
import threading
import time

import tap
import udptui
from udptui import Peer

ONE, TWO, SERVER = ("10.0.0.5", 50000), ("10.0.0.6", 50001), ("10.0.0.1", 4010)


def ipv4(source, destination, payload, kept=None):
    udp = struct.pack("!HHHH", source[1], destination[1], 8 + len(payload), 0) + payload
    addresses = b"".join(bytes(int(part) for part in host.split(".")) for host in (source[0], destination[0]))
    packet = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + addresses + udp
    return packet[:kept], len(packet)


def recording(packets):
    """packets: (time in ms, (bytes, length))."""
    content = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101)
    for time_ms, (packet, length) in packets:
        content += struct.pack("<IIII", time_ms // 1000, time_ms % 1000 * 1000, len(packet), length) + packet
    return udptui.write_file(content)


def asked(at_ms, client, text, answer=None):
    packets = [(at_ms, ipv4(client, SERVER, text))]
    return packets + ([(at_ms + 1, ipv4(SERVER, client, answer))] if answer is not None else [])


class Device(Peer):
    """Answers each datagram with what the table has for it."""

    def __init__(self, answers):
        super().__init__()
        self.answers, self.asked, self.sources = answers, [], []
        self.times = []
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                payload, source = self.socket.recvfrom(65536)
            except OSError:
                return
            self.times.append(time.monotonic())
            self.asked.append(payload)
            self.sources.append(source)
            for answer in self.answers.get(payload, ()):
                self.socket.sendto(answer, source)


def resend(device, path, *options, status=0):
    result = udptui.run("replay", "--json", "--to", device.text, *options, path).expect(status)
    return result.objects("answer"), result.objects("summary")[0]


@tap.case("each answer is compared with the recorded one")
def compared():
    others = [("10.0.0.7", port) for port in (1025, 1026)] # a later reply could be meant for these
    path = recording(asked(0, ONE, b"same", b"yes") + asked(50, TWO, b"other", b"old") + asked(100, ONE, b"mute", b"yes")
                     + asked(150, others[0], b"fresh") + asked(200, others[1], b"never")
                     + asked(250, TWO, b"twice", b"yes") + asked(3700, ONE, b"", b""))
    device = Device({b"same": [b"yes"], b"other": [b"new"], b"fresh": [b"hello"], b"twice": [b"yes", b"yes"],
                     b"": [b""]})
    answers, summary = resend(device, path, "--timeout", "3s", status=1)
    outcomes = {answer["n"]: answer["outcome"] for answer in answers if answer["outcome"] != "extra"}
    tap.equal(outcomes, {1: "same", 2: "different", 3: "silent", 4: "new", 5: "none", 6: "same", 7: "same"}, "outcomes")
    tap.equal([summary[key] for key in ("sent", "same", "different", "silent", "new", "none", "extra")],
              [7, 3, 1, 1, 1, 1, 1], "summary")
    different = [answer for answer in answers if answer["outcome"] == "different"][0]
    tap.equal((different["answer_text"], different["recorded_text"], different["client"]),
              ("new", "old", "10.0.0.6:50001"), "both answers")
    tap.equal(device.asked, [b"same", b"other", b"mute", b"fresh", b"never", b"twice", b""], "sent")


@tap.case("each client has a port of its own, and keeps it")
def ports():
    path = recording(sum((asked(n, (ONE, TWO)[n % 2], b"%d" % n, b"ok") for n in range(6)), []))
    device = Device({b"%d" % n: [b"ok"] for n in range(6)})
    _, summary = resend(device, path)
    tap.equal(summary["same"], 6, "same")
    tap.equal(len(set(device.sources)), 2, "ports")
    tap.equal(device.sources[::2], device.sources[:1] * 3, "the first client's")


@tap.case("the recording's timing is kept; --speed and --idle-limit change it")
def timing():
    path = recording(asked(0, ONE, b"a", b"ok") + asked(3000, ONE, b"b", b"ok"))
    for options, least_s in (((), 3), (("--speed", "10"), 0.3), (("--idle-limit", "200ms"), 0.2),
                             (("--speed", "max"), 0)):
        device = Device({b"a": [b"ok"], b"b": [b"ok"]})
        began = time.monotonic()
        resend(device, path, *options)
        took_s = device.times[1] - device.times[0]
        tap.took(took_s, least_s + 2.5, "%s: the time between the two" % (options,))
        took_s = device.times[1] - began  # the first may be late by itself; the second keeps its time
        tap.true(took_s >= least_s, "%s: the second after %.3f s" % (options, took_s))


def piped(packets):
    """The recording, as it comes through a pipe: its end is still to come."""
    with open(recording(packets), "rb") as file:
        return file.read()


@tap.case("a pipe that is slow: what was answered meanwhile is no silence, and each answer is told as it comes")
def slow_pipe():
    device = Device({b"a": [b"ok"], b"b": [b"ok"]})
    process = udptui.start("replay", "--json", "--timeout", "3s", "--speed", "max", "--to", device.text, "-")
    process.write(piped(asked(0, ONE, b"a", b"ok") + asked(100000, ONE, b"b", b"ok")))
    process.wait_for(lambda: device.asked, "the first request")
    time.sleep(3.1)  # longer than --timeout
    process.close_stdin()
    result = process.finish().expect(0)
    tap.equal(result.objects("summary")[0]["same"], 2, "same")


@tap.case("Ctrl-C while a pipe is waited for: the summary is there")
def slow_pipe_interrupted():
    device = Device({b"a": [b"ok"]})
    process = udptui.start("replay", "--json", "--speed", "max", "--to", device.text, "-")
    process.write(piped(asked(0, ONE, b"a", b"ok") + asked(100000, ONE, b"b", b"ok")))
    process.wait_for(lambda: device.asked, "the first request")
    process.signal(signal.SIGINT)
    result = process.finish().expect(130)
    tap.equal((result.err, len(result.objects("summary"))), ("", 1), "complaints, summaries")


@tap.case("a gap that no clock can measure: the request before it is sent")
def endless_gap():
    path = recording(asked(0, ONE, b"a", b"ok") + asked(4294967295000, ONE, b"b", b"ok"))
    device = Device({b"a": [b"ok"]})
    process = udptui.start("replay", "--json", "--speed", "0.01", "--to", device.text, path)
    process.wait_for(lambda: device.asked, "the first request")
    process.signal(signal.SIGINT)
    process.finish().expect(130)
    tap.equal(device.asked, [b"a"], "sent")


@tap.case("--filter chooses what is sent")
def chosen():
    path = recording(asked(0, ONE, b"a", b"ok") + asked(1, TWO, b"b", b"ok") + asked(2, ONE, b"c", b"ok"))
    device = Device({b"a": [b"ok"], b"c": [b"ok"]})
    _, summary = resend(device, path, "--filter", "from:10.0.0.5")
    tap.equal((summary["sent"], device.asked), (2, [b"a", b"c"]), "sent")


@tap.case("more clients than sockets: each is heard, none is lost")
def many_clients():
    clients = [("10.0.%d.%d" % (n // 200, 1 + n % 200), 1024 + n) for n in range(600)]
    path = recording(sum((asked(n // 10, client, b"x", b"ok") for n, client in enumerate(clients)), []))
    device = Device({b"x": [b"ok"]})
    _, summary = resend(device, path, "--speed", "max")
    tap.equal((summary["sent"], summary["same"], len(device.asked)), (600, 600, 600), "sent, same, received")


@tap.case("a datagram that the recording has only a part of is not sent, and counted")
def incomplete():
    path = recording([(0, ipv4(ONE, SERVER, b"x" * 100, kept=60))] + asked(10, ONE, b"a", b"ok"))
    device = Device({b"a": [b"ok"]})
    _, summary = resend(device, path, status=1)
    tap.equal((summary["sent"], summary["incomplete"]), (1, 1), "sent, incomplete")


@tap.case("nothing listens: it says so, status 1")
def refused():
    path = recording(asked(0, ONE, b"a", b"ok"))
    result = udptui.run("replay", "--timeout", "2s", "--to", "127.0.0.1:%d" % udptui.unused_port(), path).expect(1)
    tap.matches(result.out, r"#1  10\.0\.0\.5:50000  silent  recorded 2 B  ok  \w*.*refused|unreachable")


@tap.case("lines: both answers if they differ, and --privacy shows no address")
def lines():
    path = recording(asked(0, ONE, b"a", b"old"))
    device = Device({b"a": [b"new"]})
    result = udptui.run("replay", "--to", device.text, "--privacy", path).expect(1)
    tap.matches(result.out, r"(?m)#1  client 1  different at byte 1  answered 3 B  new  recorded 3 B  old$")
    tap.matches(result.out, r"(?m)^sent 1, reply as recorded 0, different reply 1, no reply 0$")


@tap.case("--loop: the recording again, each client from the port that it has; the round is said")
def loop():
    path = recording(asked(0, ONE, b"a", b"ok") + asked(5, TWO, b"b", b"yes"))
    device = Device({b"a": [b"ok"], b"b": [b"yet"]})
    answers, summary = resend(device, path, "--loop", "3", status=1)
    tap.equal(sorted((row["n"], row.get("round", 1), row["outcome"], row.get("differs_at")) for row in answers),
              [(1, n, "same", None) for n in (1, 2, 3)] + [(2, n, "different", 2) for n in (1, 2, 3)])
    tap.equal((summary["sent"], len(set(device.sources))), (6, 2), "sent, ports")
    result = udptui.run("replay", "--to", device.text, "--loop", "2", "-", stdin=open(path, "rb").read()).expect(2)
    tap.contains(result.err, "--loop reads a capture more than once")


@tap.case("a public address is refused, with what it would get")
def public():
    path = recording(asked(0, ONE, b"a", b"ok") + asked(3000, TWO, b"b"))
    for options, load in (((), "up to 2 datagrams in 3.00 s: add --yes"),
                          (("--speed", "2", "--loop", "5"), "up to 2 datagrams in 1.50 s, 5 times: add --yes"),
                          (("--speed", "max"), "up to 2 datagrams as fast as possible: add --yes")):
        result = udptui.run("replay", "--to", "8.8.8.8", *options, path).expect(2)
        tap.contains(result.err, load, "stderr")


for _wrong, _pattern in ((("--to", "host:0"), "--to host:0"),):
    tap.add_case("refused as usage: replay %s" % " ".join(_wrong),
                 lambda *wrong: tap.matches(udptui.run("replay", *wrong[:-1], "x.pcap").expect(2).err, wrong[-1]),
                 *_wrong, _pattern)

tap.main()
