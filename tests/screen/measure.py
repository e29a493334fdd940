# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The measuring commands of send's prompt in a real terminal."""
import re

import tap
import udptui
from screen import Screen
from udptui import Peer, Server


def prompt(target, *options, columns=80, rows=40):
    screen = Screen(columns, rows)
    screen.run("send", *options, target, wait="Each line is sent")
    screen.wait_text(re.escape(target) + ">")
    return screen


@tap.case("/plot draws the round-trip times, and a mark where none came")
def plot():
    peer = Peer()
    screen = prompt(peer.text, "--timeout", "300ms")
    screen.line("/plot")
    screen.wait_text("no message has a result yet")
    for text in (b"one", b"two"):
        screen.line(text.decode())
        peer.send(b"reply to " + text, peer.receive()[1])
        screen.wait_text("reply to " + text.decode())
    screen.line("nobody")
    screen.wait_text("no reply in 300 ms")
    screen.line("/plot")
    screen.wait_text("Round-trip times of the latest messages")
    screen.wait_text(r"p50 \d")
    shown = screen.capture()
    tap.matches(shown, r"\n +0 +[⠀-⣿]*×", "the mark of the lost one")
    tap.matches(shown, "[⠁-⣿]", "dots")


@tap.case("/ping: a line a probe, the figures at the end, and the prompt goes on meanwhile")
def ping():
    server = Server("--ack", "echo")
    screen = prompt(server.text)
    screen.line("/ping 4")
    screen.wait_text("seq 0 .*rtt")
    screen.line("hello")
    screen.wait_text(r"#1 .*hello  rtt")
    screen.wait_text(r"sent 4, received 4, .*loss 0.00%")
    screen.wait_text(r"^rtt: .*p50 ")


@tap.case("/ping: Ctrl-C stops it, with the figures so far; a second one has to wait")
def ping_stopped():
    server = Server()
    screen = prompt(server.text)
    screen.line("/ping 1000")
    screen.wait_text("seq 0 .*rtt")
    screen.line("/ping")
    screen.wait_text("/ping is running: Ctrl-C stops it")
    screen.keys("C-c")
    screen.wait_text("/ping is stopped")
    screen.wait_text(r"^rtt: ")
    screen.line("/ping 0")
    screen.wait_text("takes a number from 1 to 100000: how many probes to send")
    screen.line("still here")
    screen.wait_text(r"#1 .*Message received")


@tap.case("/ping: a closed port is said to be one, probe by probe")
def ping_refused():
    peer = Peer()
    address = peer.text
    peer.socket.close()
    screen = prompt(address)
    screen.line("/ping 2")
    screen.wait_text("seq 1 .*port unreachable")
    screen.wait_text("sent 2, received 0")


tap.main()
