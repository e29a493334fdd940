# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ladder in a real terminal: key l of serve, with every phenomenon that it is there to show."""
import re

import tap
import udptui
from screen import Screen
from udptui import Peer

HEAD, BACK, DEAD, CROSS = "▶│", "│◀", "✕", "╳"


def ladder(*options, columns=80, rows=24):
    """A terminal with the ladder of `serve` in front, and its address."""
    screen = Screen(columns, rows)
    address = ("127.0.0.1", udptui.unused_port())
    screen.run("serve", "--seed", "7", *options, udptui.join_address(address), wait="udptui serve")
    screen.keys("l")
    screen.wait_text("Ladder of all clients")
    return screen, address


def impaired(text, *options, **size):
    return ladder("--impair", text, *options, **size)


@tap.case("80x24: a request and its ack are two level arrows")
def exchange():
    screen, address = ladder()
    screen.wait_text("no datagram yet")
    Peer().ask(b"hello", address)
    tap.contains(screen.wait_row("#1 hello"), HEAD, "the request")
    tap.contains(screen.wait_row("ack #1"), BACK, "the ack")
    tap.matches(screen.wait_row("#1 hello"), r"^ \d\d:\d\d:\d\d\.\d{3} ", "the time of day")


@tap.case("80x24: a request that was lost ends on its way, and is not answered")
def lost_request():
    screen, address = impaired("in.loss=100%")
    Peer().send(b"hello", address)
    row = screen.wait_row("#1 hello", "LOST request")
    tap.contains(row, DEAD, "the mark")
    tap.true(HEAD not in row and "ack #1" not in screen.capture(), "it goes on: %s" % row)


@tap.case("80x24: an ack that was lost: the request arrived")
def lost_ack():
    screen, address = impaired("out.loss=100%")
    Peer().send(b"hello", address)
    tap.contains(screen.wait_row("#1 hello"), HEAD, "the request")
    row = screen.wait_row("LOST ack", "ack #1")
    tap.true(DEAD in row and BACK not in row, row)


@tap.case("80x24: key v shows what the client knows, then what the server knows, then everything")
def views():
    screen, address = impaired("out.loss=100%")
    Peer().send(b"hello", address)
    screen.wait_row("LOST ack", "ack #1")
    screen.keys("v")
    screen.wait_text("what the client knows, if only the simulated network loses")
    tap.true("?" in screen.wait_row("#1 hello", "no reply"), "the request")
    tap.lacks(screen.capture(), "LOST", "the client's view")
    screen.keys("v")
    screen.wait_text("what the server knows")
    tap.contains(screen.wait_row("#1 hello"), HEAD, "the request")
    row = screen.wait_row("ack #1")
    tap.true("?" in row and DEAD not in row and BACK not in row, row)
    screen.keys("v")
    screen.wait_text("Ladder of all clients")
    screen.wait_row("LOST ack", "ack #1")


@tap.case("80x24: key t says the ladder in words, which scroll, and draws it again")
def sentences():
    screen, address = impaired("in.loss=100%")
    client = Peer()
    client.send(b"hello", address)
    screen.wait_row("LOST request")
    screen.keys("t")
    screen.wait_text(r"^ \d\d:\d\d:\d\d\.\d{3}: the client sends #1 hello\. It is lost on the way to the server\.")
    for number in range(2, 42):
        client.send(b"hello", address)
        screen.wait_text(r"^ in %d " % number)  # in batches of their own: so they keep their order
    screen.wait_text("#41 hello")
    screen.keys("Home")
    screen.wait_text("sends #1 hello")
    screen.keys("F")
    screen.wait_text("#41 hello")
    screen.keys("t")
    screen.wait_row("#41 hello", "LOST request", DEAD)


@tap.case("80x24: what the network doubled arrives twice")
def doubled():
    screen, address = impaired("in.dup=100%,in.delay=100ms+-50ms")
    client = Peer()
    client.send(b"hello", address)
    screen.wait(lambda text: text.count(HEAD) == 2 and text.count(BACK) == 2, "two of each")
    screen.wait_row("copy")
    tap.equal(len([client.receive(), client.receive()]), 2, "acks")


@tap.case("80x24: what is overtaken is crossed, and late by so many")
def reordered():
    screen, address = impaired("in.reorder=50%", "--seed", "10")
    client = Peer()
    client.send_trains(3)  # what overtakes must not be late itself
    client.send(b"onetwo", address)
    tap.contains(screen.wait_row("#2 two"), HEAD, "the one that overtook")
    tap.contains(screen.wait_row("late by 1"), "#1", "the one that was overtaken")
    screen.wait_text(CROSS)


@tap.case("80x24: a delayed ack has its round-trip time in a bracket")
def delayed():
    screen, address = impaired("in.delay=150ms,out.delay=150ms")
    Peer().send(b"hello", address)
    row = screen.wait(lambda text: re.search(r"^.* (?:[3-9]\d\d ms|\d[\d.]* s) └│◀.*$", text, re.MULTILINE),
                      "the bracket's end").group()
    tap.contains(row, "ack #1", "the ack")
    tap.contains(screen.wait_row("#1 hello"), "┌│", "the bracket's beginning")


@tap.case("80x24: an arrow that is under way grows, and arrives")
def under_way():
    screen, address = impaired("in.delay=4s")
    Peer().send(b"hello", address)
    def reached(text):
        found = re.search(r"^.*│( *╰─*…).*│", text, re.MULTILINE)
        return len(found.group(1)) if found else 0
    before = screen.wait(lambda text: reached(text), "an arrow under way")
    screen.wait(lambda text: reached(text) > before, "more of it")
    tap.contains(screen.wait_row("#1 hello", HEAD), HEAD, "its end")


@tap.case("80x24: an answer of a rule that waits, and its later datagrams, on a good and a bad network")
def planned():
    for options in ((), ("--impair", "delay=10ms")):
        wait = "300ms" if options else "6s"
        screen, address = ladder("--on", "hello => after %s one ; two" % wait, *options)
        Peer().send(b"hello, and much more than that", address)
        if not options:
            tap.contains(screen.wait_row("#1 hello", "on its way"), HEAD, "while it waits")
        screen.wait_row("ack #1 one")
        tap.lacks(screen.wait_row("more of #1 two"), " ms ", "a round-trip time of what answers nothing")
        tap.lacks(screen.capture(), "ack #1 two", "a second ack")


@tap.case("80x24: what was corrupted says so")
def corrupted():
    screen, address = impaired("in.corrupt=100%")
    Peer().ask(b"hello", address)
    tap.contains(screen.wait_row("#1 hello", HEAD), "corrupt", "the request")


@tap.case("corruption is seen: sent in the ladder, handed over in the row and the detail, the byte marked")
def corruption_seen():
    for impairments in ("in.corrupt=100%", "in.corrupt=100%,out.delay=300ms"):
        screen, address = impaired(impairments, "--ack", "echo", rows=40)
        client = Peer()
        echoed = client.ask(b"aaaa", address)
        tap.equal(len(echoed), 4, "the echo")
        place = [i for i in range(4) if echoed[i:i + 1] != b"a"][0]
        tap.contains(screen.wait_row("#1 aaaa", HEAD), "corrupt", "the request, as it was sent")
        screen.keys("Escape", "Tab")
        screen.wait_text("corrupt")
        screen.keys("Enter")
        screen.wait_text(r"Flipped +byte %d: sent as 61, handed over as %02x" % (place, echoed[place]))
        screen.wait_text(r"0000 +%s" % echoed.hex(" "))
        screen.keys("q")


@tap.case("held and by hand: the reason stands beside the arrow")
def held():
    screen, address = ladder()
    Peer().send(b"Message received", address)
    tap.contains(screen.wait_row("#1 Message received"), "HELD loop", "the request")


@tap.case("one client's ladder: the one that was chosen")
def one_client():
    screen, address = ladder()
    screen.keys("l")
    clients = [Peer(), Peer()]
    for n, client in enumerate(clients):
        client.ask(b"from %d" % n, address)
    screen.wait_text("Clients 2")
    screen.keys("Down", "l")
    title = screen.wait_text(r"Ladder of (127\.0\.0\.1:\d+)").group(1)
    mine = [n for n, client in enumerate(clients) if client.text == title][0]
    screen.wait_row("from %d" % mine)
    tap.equal(screen.rows_with("from %d" % (1 - mine)), [], "rows of the other")


@tap.case("keys: up stops following, F follows again, Esc goes back")
def keys():
    screen, address = ladder()
    client = Peer()
    for n in range(40):
        client.ask(b"number %d" % n, address)
    screen.wait_text("number 39")
    screen.keys("PageUp")
    screen.wait_text("F follows")
    before = screen.capture().splitlines()[3:-1]
    client.ask(b"the last", address)
    screen.wait_text(r"in 41\b")
    tap.equal(screen.capture().splitlines()[3:-1], before, "what is looked at")
    screen.keys("F")
    screen.wait_text("the last")
    screen.keys("Escape")
    screen.wait_text("Clients 1")


def prompt(*options):
    """A terminal with send's prompt and a server of the test's own."""
    server, screen = Peer(), Screen()
    screen.run("send", *options, server.text, wait=re.escape(server.text + ">"))
    return screen, server


@tap.case("the prompt: /ladder shows a request, its answer and the round-trip time between them")
def prompt_exchange():
    screen, server = prompt("--timeout", "10s")
    screen.line("/ladder")
    screen.wait_text("nothing was sent yet")
    screen.line("hello")
    _, client = server.receive()
    server.send(b"hi yourself", client)
    rtt = screen.wait_text(r"#1 .* rtt (\S+ \S+)").group(1)
    screen.line("/ladder")
    tap.contains(screen.wait_row("#1 hello", HEAD), "┌│", "the request")
    tap.contains(screen.wait_row("#1 hi yourself", BACK), rtt, "the answer")


@tap.case("the prompt: no answer, and nobody says which way it was lost; late, and twice")
def prompt_lost():
    screen, server = prompt("--timeout", "200ms")
    screen.line("anybody?")
    _, client = server.receive()
    screen.wait_text("no reply in 200 ms")
    screen.line("/ladder")
    tap.contains(screen.wait_row("#1 anybody?", "no reply"), "? no reply", "the request")
    screen.line("/sentences")
    screen.wait_text(r"the client sends #1 anybody\?. What becomes of it is not known")
    server.send(b"here", client)
    screen.wait_text("late")
    server.send(b"here", client)
    screen.wait_text("duplicate")
    screen.line("/ladder")
    screen.wait_row("#1 anybody?", HEAD)
    screen.wait_row("#1 here", BACK, "late")
    screen.wait_row("#1 here", BACK, "duplicate")


@tap.case("the prompt: a closed port takes nothing")
def prompt_refused():
    screen, address = Screen(), udptui.join_address(("127.0.0.1", udptui.unused_port()))
    screen.run("send", address, wait=re.escape(address + ">"))
    screen.line("anybody?")
    screen.wait_text("#1 .*refused|#1 .*unreachable")
    screen.line("/ladder")
    tap.contains(screen.wait_row("#1 anybody?", "closed port"), DEAD + "│", "at the far line")
    screen.wait_row("ICMP", BACK)


@tap.case("the prompt: how many, and what is no number")
def prompt_count():
    screen, server = prompt("--timeout", "10s")
    for n in range(3):
        screen.line("number %d" % n)
        server.send(b"ok", server.receive()[1])
        screen.wait_text(r"#%d .*ok" % (n + 1))
    screen.line("/ladder 2")
    screen.wait_row("#3 number 2", HEAD)
    tap.equal(screen.rows_with("#1 number 0"), [], "rows of the first")
    screen.line("/ladder 65")
    screen.wait_text("/ladder takes a number from 1 to 64")


@tap.case("40x10 and ASCII: arrows all the same")
def small():
    screen, address = ladder("--ascii", columns=40, rows=10)
    Peer().ask(b"hello", address)
    tap.matches(screen.wait_row("#1 hello"), r"\|- #1 hello -+>\|", "the request")
    tap.matches(screen.wait_row("ack #1"), r"\|<-+ ack #1 .*-\|", "the ack")


tap.main()
