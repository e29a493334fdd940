# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""On a terminal of 80 columns, and of 50, no line that the program writes of itself is wider. Lines with what
others sent may be; in a pipe nothing is broken."""
import os
import re
import signal
import subprocess

import screen
import tap
import udptui
from udptui import Peer, Server

PAYLOAD = re.compile(r"hello \d|Message received|  #")


def write(*arguments, columns=80, end=None):
    """What the program writes to a terminal without its screen. end: (text to wait for, signal)."""
    terminal = screen.start(arguments[0], "--no-ui", *arguments[1:], columns=columns)
    if end:
        terminal.wait_bytes(end[0])
        os.kill(terminal.pid, end[1])
    terminal.exit_status(wait_s=20)
    return terminal.raw.decode().replace("\r\n", "\n")


def narrow(text, what, columns=80):
    lines = [line for line in text.splitlines() if not PAYLOAD.search(line)]
    tap.equal([line for line in lines if len(line) > columns], [], "%s: too wide for %d columns" % (what, columns))
    tap.true(len(lines) > 0, "%s wrote %r" % (what, text))
    return text


@tap.case("ping: replies, losses and the summary, in each mode", timeout_s=60)
def ping():
    for ack, mode in (("stamp", "stamp"), ("echo", "echo"), ("an answer", "text"), ("stamp", "auto")):
        server = Server("--ack", ack, "--ack-limit", "off", "--impair", "loss=20%,dup=20%", "--seed", "2")
        narrow(write("ping", "--mode", mode, "--count", "40", "--interval", "2ms", "--timeout", "50ms", server.text),
               "ping --mode " + mode)


@tap.case("ping: a closed port, several targets, a narrow terminal")
def ping_others():
    closed = "127.0.0.1:%d" % udptui.unused_port()
    narrow(write("ping", "-c", "2", "-i", "1ms", closed), "ping of a closed port")
    targets = [Server("--ack", "stamp").text for _ in range(3)]
    narrow(write("ping", "-c", "3", "-i", "1ms", *targets), "ping of three")
    text = write("ping", "-q", "-c", "2", "-i", "1ms", "--timeout", "10s", targets[0], columns=50)
    narrow(text, "ping", 50)
    tap.matches(text, r"(?m)^ {14,16}\S", "a continued line")
    narrow(write("ping", "-q", "-c", "2", "-i", "1ms", targets[0], columns=36), "ping", 36)


@tap.case("relay: its beginning, what ICMP says, and the summary")
def relay():
    port = udptui.unused_port()
    closed = "127.0.0.1:%d" % udptui.unused_port()
    for target in (Server().text, closed):
        terminal = screen.start("relay", "--no-ui", "127.0.0.1:%d" % port, target)
        terminal.wait_bytes(b"listening")
        client = Peer()
        client.send(b"hello 1", ("127.0.0.1", port))
        if target != closed:
            client.receive()
        else:
            terminal.wait_bytes(b"unreachable")
        os.kill(terminal.pid, signal.SIGTERM)
        terminal.exit_status()
        narrow(terminal.raw.decode().replace("\r\n", "\n"), "relay")


@tap.case("send: timeouts, doubtful times, a closed port, several targets, the summary")
def send():
    server, closed = Server("--impair", "loss=30%,dup=30%", "--seed", "3"), "127.0.0.1:%d" % udptui.unused_port()
    words = ["message %d" % number for number in range(10)]
    narrow(write("send", "--timeout", "50ms", server.text, *words), "send")
    narrow(write("send", closed, "hello"), "send to a closed port")
    narrow(write("send", "--timeout", "50ms", "%s,%s" % (Server().text, Server().text), "hello"), "send to two")


@tap.case("load: progress and summary, with losses, and ended early", timeout_s=60)
def load():
    server = Server("--impair", "loss=1%")
    narrow(write("load", "--duration", "2200ms", "--timeout", "100ms", server.text), "load")
    narrow(write("load", "--duration", "2200ms", "--rate", "1000/s", Server().text), "load --rate")
    narrow(write("load", "--duration", "2200ms", "--time", "none", Server().text), "load --time none")
    narrow(write("load", "127.0.0.1:%d" % udptui.unused_port()), "load of a closed port")


@tap.case("serve: the beginning and the summary, with everything held that can be")
def serve():
    port = udptui.unused_port()
    terminal = screen.start("serve", "--no-ui", "--ack-limit", "1/s", "--impair", "loss=30%", "127.0.0.1:%d" % port)
    terminal.wait_bytes(b"listening")
    for number in range(20):
        Peer().send(b"hello %d" % number, ("127.0.0.1", port))
    terminal.wait_bytes(b"hello 19")
    os.kill(terminal.pid, signal.SIGTERM)
    terminal.exit_status()
    narrow(terminal.raw.decode().replace("\r\n", "\n"), "serve")


@tap.case("replay, and replay --to: the summary")
def replay():
    path = os.path.join(udptui.temporary_directory(), "a.pcap")
    server = Server("--pcap", path)
    for number in range(5):
        Peer().ask(b"hello %d" % number, server.address)
    server.stop()
    narrow(write("replay", path), "replay", 80)
    narrow(write("replay", path, columns=50), "replay", 50)
    narrow(write("replay", "--to", Server("--ack", "other").text, path), "replay --to")


@tap.case("in a pipe a record is one line, however wide")
def pipe():
    server = Server("--ack", "stamp")
    result = subprocess.run([udptui.BINARY, "ping", "-q", "-c", "2", "-i", "1ms", "--timeout", "10s", server.text],
                            capture_output=True, env=udptui.environment(), check=True)
    lines = result.stdout.decode().splitlines()
    tap.true(any(len(line) > 100 for line in lines), "no wide line in %r" % lines)
    tap.equal([line for line in lines if not re.match(udptui.STAMP, line)], [], "lines without a time")


tap.main()
