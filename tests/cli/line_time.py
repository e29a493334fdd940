# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Date and time before each line of each command: --time none, time, full, and what holds without it."""
import datetime
import os
import re
import signal

import screen
import tap
import udptui
from udptui import Peer, Server

TIME = r"\d\d:\d\d:\d\d\.\d{3}"
STAMPS = {"none": r"(?!.*%s)" % TIME, "time": TIME + "  (?! )", "full": r"\d{4}-\d\d-\d\d %s  (?! )" % TIME}


def serve(*options):
    """All kinds of lines: listening, calls, messages, totals."""
    server, client = Server("--calls", *options, json_lines=False), Peer()
    for text in (b"one", b"two"):
        client.ask(text, server.address)
    server.signal(signal.SIGTERM)
    return server.finish().expect(143).out


def demo(*options):
    return udptui.run("demo", "--no-ui", "--duration", "1s", *options).expect(0).out


def send(*options):
    """Answers, a timeout, calls, totals and round-trip times."""
    silent = Peer()
    out = udptui.run("send", "--timeout", "10s", "--calls", *options, Server().text, "one", "two").expect(0).out
    return out + udptui.run("send", "--timeout", "50ms", *options, silent.text, "x").expect(1).out


def load(*options):
    """Progress, totals; and why it ended early."""
    out = udptui.run("load", "-d", "1200ms", "-t", "10s", "--rate", "100/s", *options, Server().text).expect(0).out
    return out + udptui.run("load", "-d", "5s", *options, "127.0.0.1:%d" % udptui.unused_port()).out


def replay(*options):
    path = os.path.join(udptui.temporary_directory(), "a.pcap")
    server = Server("--pcap", path)
    Peer().ask(b"one", server.address)
    server.stop()
    out = udptui.run("replay", *options, path).expect(0).out.splitlines()
    return "\n".join(out[:-2])  # the two at the end are about the capture, not about a time


COMMANDS = (serve, demo, send, load, replay)


def every_line(command, options, stamp):
    lines = command(*options).splitlines()
    tap.true(len(lines) >= 1, "no lines")
    for line in lines:
        tap.matches(line, "^" + STAMPS[stamp], "each line")


for _command in COMMANDS:
    for _word in STAMPS:
        tap.add_case("%s --time %s: each line has it" % (_command.__name__, _word), every_line, _command,
                     ("--time", _word), _word)
    tap.add_case("%s in a pipe: date and time" % _command.__name__, every_line, _command, (), "full")


@tap.case("the time is local, and that of the datagram")
def local():
    for zone, hours in (("UTC", 0), ("XXX-5", 5), ("YYY+12", -12)):
        server, client = Server(json_lines=False, env=udptui.environment(TZ=zone)), Peer()
        client.ask(b"what time is it", server.address)
        line = server.wait_for(lambda: re.search(r"^(.{23})  .*what time", server.out, re.MULTILINE), "the line")
        told = datetime.datetime.strptime(line.group(1), "%Y-%m-%d %H:%M:%S.%f")
        away = abs((told - datetime.timedelta(hours=hours) - datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)).total_seconds())
        tap.true(away < 20, "%s: %s" % (zone, line.group(1)))


@tap.case("on a terminal, lines have the time of day; the prompt has none unless asked")
def on_a_terminal():
    terminal = screen.start("serve", "--no-ui", "127.0.0.1:0")
    terminal.wait(lambda raw: re.match(rb"%s  Server is listening" % TIME.encode(), raw), "the line")
    server = Server()
    for options, before in (((), rb"[\r\n]"), (("--time", "full"), rb"\d\d-\d\d %s  " % TIME.encode())):
        prompt = screen.start("send", "--no-history", *options, server.text)
        prompt.wait_bytes(b"> ")
        prompt.write(b"one\n")
        prompt.wait(lambda raw: re.search(before + rb"#1  127", raw), "the answer")


@tap.case("--time soon: a usage error that names the words")
def wrong():
    tap.matches(udptui.run("serve", "--time", "soon").expect(2).err, r"none.*time.*full", "stderr")


tap.main()
