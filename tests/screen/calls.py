# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The socket calls in a real terminal: key c of serve, /calls of send's prompt."""
import re

import tap
import udptui
from screen import Screen
from udptui import Peer


# With recvmmsg and sendmmsg, or one message a call.
ONE = r"m?msg\(\d+, (?:\[1\], )?MSG_DONTWAIT\)"


def serve(*options, columns=80, rows=24):
    """A terminal with `serve`, its calls in front; and its address."""
    screen = Screen(columns, rows)
    address = ("127.0.0.1", udptui.unused_port())
    screen.run("serve", *options, udptui.join_address(address), wait="udptui serve")
    screen.keys("c")
    screen.wait_text("Calls")
    return screen, address


def calls(text):
    """(call, purpose) from top to bottom of a screen; a long call goes on on the next line."""
    body = text.split("\n", 3)[3]
    entries = re.split(r"^ \d\d:\d\d:\d\d\.\d{3}  ", body, flags=re.MULTILINE)[1:]
    found = []
    for entry in entries:
        lines = [line for line in entry.splitlines() if line.startswith(" " * 15) or line[:1] != " "]
        text, purpose = lines[0], None
        for line in lines[1:]:
            if line.startswith(" " * 17):
                text += " " + line.strip()
            elif purpose is None and line.startswith(" " * 15):
                purpose = line.strip()
        found.append((text, purpose))
    return found


@tap.case("80x24: how the socket was opened, in order, each with what it is for")
def opening():
    screen, address = serve()
    screen.wait_text("UDP_SEGMENT")  # the last one before the first datagram
    screen.keys("g")
    screen.wait_text(r"socket\(AF_INET")
    def in_order(text):
        seen = calls(text)
        names = [re.match(r"\w+", call).group() for call, _ in seen]
        return (names[:2] == ["socket", "setsockopt"] and len(seen) >= 9
                and all(purpose for _, purpose in seen))
    screen.wait(in_order, "socket, setsockopt, ..., each with a purpose")
    screen.keys("G")
    bind = screen.wait_text(r"bind\(\d+, \S+\) = 0").group()
    tap.contains(bind, udptui.join_address(address), "bind")


@tap.case("80x24, --batch 1: a datagram is a receive and a send, with its client and the errno behind it")
def one_by_one():
    screen, address = serve("--batch", "1")
    peer = Peer()
    peer.ask(b"hello", address)
    screen.wait_text("recv" + ONE + r" = \d: 5 B from " + re.escape(peer.text))
    screen.wait_text(r"receives one")
    screen.wait_text("send" + ONE + r" = \d+: 16 B to " + re.escape(peer.text))
    screen.wait_text("recv" + ONE + " = -1 EAGAIN$")
    screen.wait_text(r"no datagram is waiting")
    screen.wait_text(r"Calls: 3 to receive and send 2 datagrams, 1\.50 each")


@tap.case("scrolled back it stays, F follows again; Esc leads back to the list")
def scrolling():
    screen, address = serve("--batch", "1")
    peer = Peer()
    for number in range(8):
        peer.ask(b"x" * (20 + number), address)
    screen.wait_text(r"= \d+: 27 B from")
    screen.keys("g")
    screen.wait_text(r"socket\(AF_INET")
    peer.ask(b"x" * 50, address)
    screen.wait_text(r"in 9\b")
    tap.true(screen.rows_with("socket(AF_INET"), "the beginning is gone")
    screen.wait_text("F follows")
    screen.keys("F")
    screen.wait_text(r"= \d+: 50 B from")
    screen.keys("Escape")
    screen.wait_text(r"Clients 1\b")


@tap.case("80x24: t shows them as textbooks do, in C, then in Python, then as made; below each the real one")
def textbook():
    screen, address = serve("--batch", "1")
    peer = Peer()
    peer.ask(b"hello", address)
    screen.keys("t")
    screen.wait_text(r"Calls in C: 2 recvfrom and sendto; made: 3")
    screen.wait_text(r"  recvfrom\(\d+, buffer, size, 0, &from, &length\) = 5: 5 B from")
    screen.wait_text(r"^ {15}made: recv" + ONE + r" = \d: 5 B from\s+" + re.escape(peer.text))
    screen.wait_text(r"  no call: recvfrom waits until a datagram comes")
    screen.keys("t")
    screen.wait_text(r"Calls in Python: 2 recvfrom and sendto")
    screen.wait_text(r"data, address = s\d+\.recvfrom\(size\)  # 5 B from " + re.escape(peer.text))
    screen.keys("g")
    screen.wait_text(r"s\d+ = socket\(AF_INET, SOCK_DGRAM\)$")
    screen.keys("t")
    screen.wait_text(r"^ \S+  socket\(AF_INET, SOCK_DGRAM\|")


@tap.case("40x10: t shows a textbook's calls alone")
def textbook_small():
    screen, address = serve("--batch", "1", columns=40, rows=10)
    Peer().ask(b"hello", address)
    screen.keys("t")
    screen.wait_text(r"^ recvfrom\(")
    tap.true(not screen.rows_with("made: recv"), "the real call has no room")


@tap.case("40x10: the calls alone")
def small():
    screen, address = serve("--batch", "1", columns=40, rows=10)
    Peer().ask(b"hello", address)
    screen.wait_text(r"^ recvm?msg\(.*\) = \d: 5 B")
    screen.wait_text(r"= -1 EAGAIN")
    tap.true(not screen.rows_with("nothing waits"), "a purpose")


@tap.case("--privacy: the calls do not name the clients")
def private():
    screen, address = serve("--privacy")
    peer = Peer()
    peer.ask(b"hello", address)
    screen.wait_text(r"recvm?msg\(.*\) = \d: 5 B$")
    tap.lacks(screen.capture(), str(peer.port), "the screen")


@tap.case("the prompt: /calls shows connect, send, receive; of a refusal its errno")
def prompt():
    screen = Screen(100, 40)
    server, closed = udptui.Server(), Peer()
    screen.run("send", "--timeout", "10s", server.text, wait=re.escape(server.text) + ">")
    screen.line("hello")
    screen.wait_text("Message received")
    screen.line("/calls 3")
    screen.wait_text("^  send" + ONE + r" = \d: 5 B to " + re.escape(server.text))
    screen.wait_text(r"^      sends one")
    screen.wait_text(r"^  recvm?msg\(.*MSG_DONTWAIT\) = \d+: 16 B from " + re.escape(server.text))
    refusing = closed.text
    closed.socket.close()
    screen.line("/to " + refusing)
    screen.wait_text(re.escape(refusing) + "> ?$")
    screen.line("hello")
    screen.wait_text("refused")
    screen.line("/calls 24")
    screen.wait(lambda _: re.search(r"(?m)^  connect\(\d+, %s\) = 0" % re.escape(refusing),
                                    screen.scrolled()), "connect")
    screen.wait_text(r"MSG_ERRQUEUE\) = 5: ECONNREFUSED, 5 B to " + re.escape(refusing))
    screen.line("/textbook 24")
    screen.wait(lambda _: re.search(r"(?m)^      C       sendto?\(", screen.scrolled())
                and re.search(r"(?m)^      Python  s\d+\.sendt?o?\(", screen.scrolled()), "both languages")
    screen.wait(lambda _: "Windows: WSAECONNRESET (10054)" in screen.scrolled(), "Windows")
    screen.line("/errors")
    screen.wait(lambda _: "WSAEADDRINUSE (10048) [Microsoft Learn: bind]" in screen.scrolled(), "the table")
    screen.line("/calls 65")
    screen.wait_text(r"/calls takes a number from 1 to 64")


tap.main()
