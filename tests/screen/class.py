# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A class in a real terminal: the large join line, names, silence, and no address with --privacy."""
import re

import tap
import udptui
from screen import ServeScreen
from udptui import Peer

ACK = udptui.DEFAULT_ACK
SILENCE_S = 30
HOSTILE = b"hello \x1b]0;owned\x07\x1b[2J\r\n\xe2\x80\xaemirrored \xff\xfe and much longer than any name"


def join(screen, name):
    peer = Peer()
    tap.contains(peer.ask(b"hello " + name, screen.address), b": registered", "the reply")
    return peer


@tap.case("the line to join stands large, and goes if there is no room or at key b")
def banner():
    screen = ServeScreen("--class")
    text = screen.wait(lambda text: sum("█" in line for line in text.splitlines()) == 5 and text,
                       "five rows of large letters")
    tap.contains(text.splitlines()[8], "udptui send " + screen.text, "the line below them")
    screen.keys("b")
    screen.wait_gone("██")
    screen.keys("b")
    screen.wait_text("██")
    screen.resize(80, 18)
    screen.wait_gone("██")
    screen.wait_text(r"═{20}\n.*udptui send " + re.escape(screen.text))
    screen.resize(40, 10)
    screen.wait_gone("═{20}")
    screen.wait_text("Clients 0")


@tap.case("hello NAME names a client: in both panes, the detail, the prompt, the filter")
def names():
    screen = ServeScreen("--class")
    ann, other = join(screen, b"Ann"), Peer()
    tap.equal(other.ask(b"good morning", screen.address), ACK, "ack")
    screen.wait_text(r"^ > Ann +1 +1 +0 ")
    screen.wait_text("^   %s +1 +1 +0 " % re.escape(other.text))
    screen.wait_row("Ann", "hello Ann", "acked")
    screen.keys("Enter")
    screen.wait_text(r"Client: Ann\b")
    screen.wait_text(r"Port +%d" % ann.port)
    screen.keys("r")
    screen.wait_text(r"reply to Ann: ")
    screen.line("well done")
    tap.equal(ann.receive("the reply")[0], b"well done", "the reply")
    screen.wait_text(r"Client: Ann\b")  # back where r was pressed
    screen.keys("Escape")
    screen.type("/aNN")
    screen.wait_text(r"Clients 1 of 2")


@tap.case("a hostile name is shown as what it is, and the terminal is as it was")
def hostile():
    screen = ServeScreen("--class")
    title = screen.variable("pane_title")
    join(screen, HOSTILE[6:])
    screen.wait_text(r"^ > \\x1B\]0;owned\\x07\\x1…")
    tap.equal(screen.variable("pane_title"), title, "the terminal's title")
    tap.lacks(screen.capture(), "\u202e", "the screen")


def no_address(screen, peers):
    text = screen.capture()
    for peer in peers:
        tap.equal(re.findall(r"\b%d\b" % peer.port, text), [], "the port in\n" + text)


@tap.case("with --privacy no mode tells an address")
def privacy():
    screen = ServeScreen("--class", "--privacy", rows=40, columns=120)
    peers = [join(screen, b"Ann"), join(screen, HOSTILE[6:]), Peer()]
    tap.equal(peers[2].ask(b"no name", screen.address), ACK, "ack")
    screen.wait_text(r"^   client 3 +1 +1 +0 ")
    screen.wait_text(r"^ > Ann +1 +1 +0 ")
    no_address(screen, peers)
    for keys, shown in ((("Enter",), "Client: Ann"), (("Escape", "Tab", "Enter"), "From +client 3"),
                        (("Escape", "r"), "reply to client 3: "), (("Escape", "c"), "recvm"),
                        (("Escape", "l"), ""), (("Escape", "i"), "Impairments"),
                        (("Escape", "?"), "Keys and words"), (("Escape", "Tab", "s"), "sort: msgs")):
        screen.keys(*keys)
        screen.wait_text(shown)
        no_address(screen, peers)
    screen.type("/%d" % peers[2].port)
    screen.wait_text("no client matches the filter")
    screen.wait_text("no message matches the filter")


@tap.case("who says nothing for 20 seconds is told, until the next word", timeout_s=2 * SILENCE_S)
def silence():
    screen = ServeScreen("--class", "--privacy")
    ann, bob = join(screen, b"Ann"), join(screen, b"Bob")
    screen.wait_text("Clients 2 ")
    screen.wait_text(r"Clients 2, 2 silent", wait_s=SILENCE_S)
    silent_s = int(screen.wait_text(r"^...Ann .* silent (\d+) s$").group(1))
    tap.true(20 <= silent_s <= SILENCE_S, "silent for %d s" % silent_s)
    tap.equal(ann.ask(b"here", screen.address), ACK, "ack")
    screen.wait_text(r"Clients 2, 1 silent")
    tap.equal(bob.ask(b"here, too", screen.address), ACK, "ack")
    screen.wait_gone("silent")


def sort_by(screen, wanted):
    """Presses s until the clients are sorted so; each press is waited for."""
    def sort():
        return re.search(r"sort: ([a-z ]+[a-z])", screen.capture()).group(1)
    for _ in range(8):
        before = sort()
        if before == wanted:
            return
        screen.keys("s")
        tap.until(lambda: sort() != before, "another sort than " + before)
    raise tap.Failure("no sort by " + wanted)


@tap.case("80x24: forty students are seen at once, and the keys go through them", timeout_s=60)
def forty():
    screen = ServeScreen("--class", "--privacy")
    screen.keys("b")
    students = ["Student %d" % number for number in range(1, 41)]
    peers = [join(screen, name.encode()) for name in students]
    screen.wait_text("Clients 40")
    def all_are_seen(text):
        return all(re.search(r"\b%s +1\b" % name, text) for name in students)
    screen.wait(all_are_seen, "forty students on one screen")
    sort_by(screen, "name")
    screen.keys(*["Down"] * 12)
    screen.wait_text(r"> ?Student 20 ")  # 1, 10 to 19, 2, 20
    screen.keys("Enter")
    screen.wait_text(r"Client: Student 20\b")
    screen.keys("Escape")
    screen.wait(all_are_seen, "forty students again")
    imitator = Peer("127.0.0.2")
    tap.contains(imitator.ask(b"hello Student 1", screen.address), b"Student 1-2: reg", "the reply")
    screen.wait_text(r"Clients 41")
    screen.keys("Home")
    screen.wait_text(r"Student 1-2 +1\b")
    tap.equal(len(peers), 40, "students")


@tap.case("the same name from the same address is one row, whatever the port; another's is told apart")
def persons():
    screen = ServeScreen("--class", "--privacy")
    first, again = join(screen, b"Ann"), join(screen, b"ann")
    screen.wait_text(r"Clients 1 \(2 ports\)")
    screen.wait_text(r"^ > Ann +2 +2 +0 ")
    tap.equal(first.ask(b"from the old port", screen.address), ACK, "ack")
    screen.wait_text(r"^ > Ann +3 +3 +0 ")
    other = Peer("127.0.0.2")
    tap.contains(other.ask(b"hello Ann", screen.address), b"Ann-2: registered", "the reply")
    screen.wait_text(r"^...Ann-2 +1 +1 ")
    tap.contains(again.ask(b"hello, client 1!", screen.address), b"client 1-2: renamed", "the reply")
    screen.wait_text(r"^...client 1-2 +4 +4 ")
    tap.equal(Peer().ask(b"hello world", screen.address), ACK, "ack")
    screen.wait_text(r"^...world\? ")


@tap.case("the silent ones can be sorted first")
def silent_first():
    screen = ServeScreen("--class")
    for name in (b"Ann", b"Bob"):
        join(screen, name)
    screen.wait_text("Clients 2")
    sort_by(screen, "silent first")


@tap.case("without --class nothing of it is there")
def without():
    screen = ServeScreen()
    peer = Peer()
    tap.equal(peer.ask(b"hello Ann", screen.address), ACK, "ack")
    screen.wait_text(r"^ > %s +1 +1 +0 " % re.escape(peer.text))
    screen.wait_text(r"\A.*\n.*\n─ Clients 1")


tap.main()
