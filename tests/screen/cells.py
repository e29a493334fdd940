# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a payload holds changes no cell outside its field: the screen of serve in a terminal (tmux), row by row. Each byte,
pairs of bytes, characters that no font shows, random strings. UDPTUI_LONG=1: every pair, all of Cf, Zl, Zp and Co, and
100,000 random strings."""
import itertools
import os
import random
import re
import sys
import unicodedata

import broker
import commands
import screen
import tap
import udptui
from udptui import Peer

LONG = bool(os.environ.get("UDPTUI_LONG"))
COLUMNS, ROWS, ON_ONE_SCREEN = 250, 60, 40
LESSON_MESSAGES = 18  # two rows each
EACH_BYTES = 60  # of a message: rendered it fits into the field
RANDOM_STRINGS = 100000 if LONG else 300
TRICKY = b"\0\t\n\r\x1b\\\x7f\x80\x9b\xc2\xcc\xe2\xf0\xff"
ROW = re.compile(r"^[ >]{1,4}\d\d:\d\d:\d\d\.\d{3}  127\.0\.0\.1:\d+ +\d+ B  ")
TIMEOUT_S = 1800 if LONG else 60
CHART = re.compile("[\u2500\u2508\u2580-\u259f\u2800-\u28ff]")
FIGURE = re.compile(r"\bnow\b|\d[\d.,:%-]*(?: ?(?:[mun]?s|[kMG]?B|[kMG]?bit|[kMG](?=/s)))?(?:/s)?(?: ago)?")


def around(rows):
    """The words of all rows but those of messages, without charts and figures."""
    return {" ".join(FIGURE.sub("0", CHART.sub(" ", row)).split()) for row in rows if not ROW.match(row)}


def packed(pieces):
    """Messages of several pieces each, with a blank between them."""
    message = b""
    for piece in pieces:
        if len(message) + len(piece) > EACH_BYTES:
            yield message
            message = b""
        message += piece + b" "
    yield message


def pairs():
    yield from (bytes([one]) for one in range(256))
    for first in range(256) if LONG else TRICKY:
        yield from (bytes([first, second]) for second in range(256))
    if not LONG:
        yield from (bytes([first, second]) for first in range(256) for second in TRICKY)


def unshown():
    """Characters of format, line and paragraph ends, and for private use; of these, without LONG, some."""
    for code in range(sys.maxunicode + 1):
        category = unicodedata.category(chr(code))
        if category in ("Cf", "Zl", "Zp") or (category == "Co" and (LONG or code % 997 == 0)):
            yield chr(code).encode()


def random_strings():
    """Of bytes, and of characters that have a width, or none, or two."""
    chance = random.Random(1)
    ranges = ((0x20, 0x24f), (0x300, 0x36f), (0x590, 0x6ff), (0x900, 0x97f), (0x1100, 0x11ff), (0x3000, 0x30ff),
              (0x4e00, 0x4fff), (0xac00, 0xacff), (0xfe00, 0xfeff), (0xff00, 0xffef), (0x1f300, 0x1f6ff))
    for _ in range(RANDOM_STRINGS):
        if chance.random() < 0.5:
            yield bytes(chance.randrange(256) for _ in range(chance.randrange(1, EACH_BYTES)))
        else:
            yield "".join(chr(chance.randint(*chance.choice(ranges))) for _ in range(chance.randrange(1, 15))).encode()


def cells_of(shown):
    """The rows, with the blanks at their ends: each has all its cells."""
    return shown.capture("-N").split("\n")[:ROWS]


class Watched(screen.ServeScreen):
    """A large screen of serve, and where its fields are: every row of a message has "acked" at one place."""

    def __init__(self):
        super().__init__(columns=COLUMNS, rows=ROWS)
        self.peer, self.number = Peer(), 0
        self.say(b"harmless")
        tap.true(self.marked(), "no row of a message:\n" + self.capture())
        row = self.marked()[0]
        self.right = len(row) - row.rindex("acked")
        self.around = None

    def say(self, payload):
        tap.equal(self.peer.ask(payload, self.address), udptui.DEFAULT_ACK, "the ack")

    def cells(self):
        return cells_of(self)

    def marked(self):
        """The rows of messages, once a message that marks the end is among them."""
        self.number += 1
        mark = "mark-%d-end" % self.number
        self.say(mark.encode())
        self.wait(lambda text: mark in text, mark)
        return [row for row in self.cells() if ROW.match(row)]

    def fill(self):
        """So that all rows are in use; notes what stands in those that are not of messages."""
        for number in range(ROWS):
            self.say(b"harmless %d" % number)
        self.marked()
        self.around = around(self.cells()) | {"", "0"}

    def check(self, messages):
        self.fill()
        for first in range(0, len(messages), ON_ONE_SCREEN):
            some = messages[first:first + ON_ONE_SCREEN]
            for message in some:
                self.say(message)
            found = self.marked()
            tap.true(len(found) > len(some), "%d rows for %d messages:\n%s" % (len(found), len(some), self.capture()))
            tap.until(lambda: self.strange() is None, lambda: "rows in their place: %r is not" % self.strange())

    def strange(self):
        """A row that is out of place; None if there is none, in a frame that is whole."""
        rows = self.cells()
        if self.text not in rows[0] or not re.match(r" Tab pane ", rows[-1]):
            return "header or footer"
        out = [row for row in rows if ROW.match(row) and not row[-self.right:].startswith("acked")]
        return (out + sorted(around(rows) - self.around) + [None])[0]


@tap.case("bytes and pairs of bytes stay in their field", timeout_s=TIMEOUT_S)
def bytes_and_pairs():
    Watched().check(list(packed(pairs())))


@tap.case("characters that are not shown stay in their field", timeout_s=TIMEOUT_S)
def unshown_characters():
    Watched().check(list(packed(unshown())))


@tap.case("random strings stay in their field", timeout_s=TIMEOUT_S)
def strings():
    Watched().check(list(random_strings()))


def framed(watched, title, footer):
    """The rows, once header, title and footer are where they belong."""
    def whole(text):
        rows = text.splitlines()
        return watched.text in rows[0] and re.match(footer, rows[-1]) and any(re.match(title, row) for row in rows)
    watched.wait(whole, "%r above %r" % (title, footer))
    return cells_of(watched)


@tap.case("detail and ladder keep their frame, whatever the payload is")
def other_views():
    watched = Watched()
    watched.check(list(packed(bytes([one]) for one in range(256))))
    watched.keys("l")
    framed(watched, "─ Ladder of all clients ", " Esc back ")
    watched.keys("Escape")
    framed(watched, "─ Messages ", " Tab pane ")  # before the next key: Esc and a key may be one key
    watched.keys("Tab")
    for _ in range(8):
        watched.keys("Up", "Enter")
        rows = framed(watched, r"─ Message \d+ ─", " Esc back ")
        frame = {len(row.rstrip()) for row in rows if re.match(" +[┌│├└]", row)}
        tap.equal(len(frame), 1, "widths of the frame's rows:\n%s" % "\n".join(rows))
        watched.keys("Escape")
        framed(watched, "─ Messages ", " Tab pane ")


@tap.case("the calls keep their frame, whatever the payload is")
def calls():
    watched = Watched()
    watched.keys("c")
    for number, message in enumerate(selection(), 1):
        watched.say(message)
        if number % 10 == 0:
            rows = framed(watched, "─ Calls: ", " Esc back ")
            strange = [row for row in rows[3:-1] if not re.match(r" \d\d:\d\d:\d\d\.\d{3}  \w+\(| {15}[a-z0-9]| *$", row)]
            tap.equal(strange, [], "rows of calls")


# ---- the screens of others

def selection():
    """Some of each: bytes, pairs, what is not shown, random strings."""
    step = 1 if LONG else 6
    yield from packed(bytes([one]) for one in range(256))
    yield from list(packed(bytes([first, second]) for first in TRICKY for second in TRICKY))[::step]
    yield from list(packed(unshown()))[::8 * step]
    yield from itertools.islice(random_strings(), 60 // step)


def check_rows(rows, pattern, count, ends):
    """So many rows match; what stands right of the field begins at one place in all of them (ends: as a regular expression)."""
    found = [row for row in rows if re.match(pattern, row)]
    tap.true(len(found) >= count, "%d rows for %d messages:\n%s" % (len(found), count, "\n".join(rows)))
    places = {len(row) - [part.start() for part in re.finditer(ends, row)][-1] for row in found if re.search(ends, row)}
    tap.equal((len(places), [row for row in found if not re.search(ends, row)]), (1, []), "places from the right: %r" % found)


def anchored(shown):
    """The rows, with an @ in their last cell, which the test puts there behind the program's back: where a program has not
    drawn anything up to the right edge, that tells where the edge is."""
    places = b"".join(b"\x1b[%d;%dH@" % (row, COLUMNS) for row in range(1, ROWS + 1))

    def rows():
        with open(shown.variable("pane_tty"), "wb", buffering=0) as terminal:
            terminal.write(b"\x1b7" + places + b"\x1b8")
        found = cells_of(shown)
        return found if all(row.endswith("@") for row in found) else None
    return tap.until(rows, "an @ at the end of each row")


def whole(text, title, footer):
    rows = text.splitlines()
    tap.true(title in rows[0] and re.match(footer, rows[-1]), "header and footer:\n" + text)


TIME = r"[ >]{1,4}\d\d:\d\d:\d\d\.\d{3}  "


@tap.case("relay: requests and replies stay in their field", timeout_s=TIMEOUT_S)
def relayed():
    shown, server, client = screen.Screen(COLUMNS, ROWS), Peer(), Peer()
    shown.run("relay", "127.0.0.1:0", server.text, wait="udptui relay")
    port = int(re.search(r"127\.0\.0\.1:(\d+) -> ", shown.wait_row(" -> ")).group(1))
    messages = list(selection())
    for first in range(0, len(messages), ON_ONE_SCREEN // 2):
        mark = b"mark-%d-end" % first
        some = messages[first:first + ON_ONE_SCREEN // 2 - 1] + [mark]
        for message in some:
            client.send(message, ("127.0.0.1", port))
            server.send(message, server.receive()[1])
            tap.equal(client.receive()[0], message, "the reply")
        shown.wait(lambda text: text.count(mark.decode()) == 2, mark)
        rows = cells_of(shown)
        check_rows(rows, TIME + r"127\.0\.0\.1:\d+ →", len(some), r"forwarded( |$)")
        check_rows(rows, TIME + r"127\.0\.0\.1:\d+ ←", len(some), r"RTT \d")
        whole(shown.capture(), "udptui relay", " a forward ")


@tap.case("roster: names that clients give themselves stay in their fields", timeout_s=TIMEOUT_S)
def roster():
    shown, peer = screen.ServeScreen("--class", columns=COLUMNS, rows=ROWS), Peer()
    for number, message in enumerate(selection()):
        peer.ask(b"name " + message, shown.address)
        if number % 10:
            continue
        mark = b"mark-%d-end" % number
        peer.ask(mark, shown.address)
        shown.wait(lambda text: mark.decode() in text, mark)
        rows = cells_of(shown)
        check_rows(rows, TIME, 1, r"acked \d")
        clients = [row for row in rows if re.search(r" [kM]?B +[\d.]+/s .* %s  " % re.escape(peer.text), row)]
        tap.equal(len(clients), 1, "rows of clients: %r" % rows)
        whole(shown.capture(), shown.text, " Q quiz ")


@tap.case("replay: what was recorded stays in its field", timeout_s=TIMEOUT_S)
def replayed():
    messages, step = list(selection()), ON_ONE_SCREEN - 1
    for first in range(0, len(messages), step):
        shown = screen.Screen(COLUMNS, ROWS)
        some = [b"first"] + messages[first:first + step] + [b"mark-end"]
        shown.run("replay", "--speed", "max", commands.capture_of(some), wait="mark-end")
        rows = cells_of(shown)
        check_rows(rows, TIME + r"1\.2\.3\.4:50000 ", len(some), r"(no reply|unanswered|waiting|-)( |$)")
        whole(shown.capture(), "udptui replay", " Space ")


@tap.case("quiz: questions, choices and names stay in their fields", timeout_s=TIMEOUT_S)
def quiz():
    messages = list(selection())[:ON_ONE_SCREEN]
    texts = [b"q" + message[:30].translate(None, b"\0\r\n") for message in messages]
    lines = [b"Question: %s\nChoice: a%s\nChoice: b%s\nAnswer: c%s\n" % ((text,) * 4) for text in texts]
    shown = screen.ServeScreen("--class", "--questions", udptui.write_file(b"".join(lines)), columns=COLUMNS, rows=ROWS)
    for number, message in enumerate(messages):
        Peer().ask(b"name n%02d" % number + message, shown.address)
    shown.keys("Q")
    for number in range(1, len(texts) + 1):
        shown.keys("n")
        shown.wait_text(r"^─ Question %d of %d: open " % (number, number))
        framed(shown, "─ Question ", r" .*Esc back")
        check_rows(anchored(shown), r" {3}[1-4] [abc]q", 3, r"\d%")
    shown.keys("Tab")
    framed(shown, "─ Scores ", r" .*Esc back")
    check_rows(anchored(shown), r" {3}n\d\d", len(messages), r"\d of \d")


@tap.case("dissection: what Wireshark says of the payload stays in its field, and its fields beside the bytes", timeout_s=TIMEOUT_S)
def dissected():
    udptui.need_program("sharkd")
    messages = list(selection())
    for first in range(0, len(messages), ON_ONE_SCREEN):
        shown = screen.Screen(COLUMNS, ROWS)
        some = [b"<13>" + message for message in messages[first:first + ON_ONE_SCREEN] + [b"mark-end"]]
        shown.run("replay", "--speed", "max", "--dissect", commands.capture_of(some, port=514), wait="Syslog +.*mark-end")
        check_rows(cells_of(shown), TIME + r"1\.2\.3\.4:50000 +\d+ B  Syslog ", len(some), r"no reply seen( |$)")
        whole(shown.capture(), "udptui replay", " Space ")
        shown.keys("Tab", "End", "Enter", "d")
        for _ in range(4):
            shown.wait_text("^─ Message \\d+: Syslog")
            rows = shown.wait(lambda text: re.search(r"^ *> - Syslog message: ", text, re.M), "its fields") and cells_of(shown)
            dumped = {len(row) - found.start() for row in rows for found in re.finditer(r" 00[0-9a-f]0 [ \[](?=[0-9a-f]{2}[ \]])", row)}
            tap.equal(len(dumped), 1, "places of the bytes, from the right:\n%s" % "\n".join(rows))
            whole(shown.capture(), "udptui replay", " Esc back ")
            shown.keys("Escape")
            shown.wait_text("source port 50000")
            shown.keys("Up", "d")


def written(message):
    """What a lesson's file may hold of it, between quotes: printable characters, and no jamo without a width of its own."""
    return "".join(letter for letter in message.decode("utf-8", "ignore")
                   if (unicodedata.category(letter)[0] not in "CZ" or letter == " ") and letter not in '"{}\\'
                   and not "\u1160" <= letter <= "\u11ff").strip() or "-"


def lesson_of(texts):
    lines = ["Name: mine", "Title: %s [script]" % texts[0], "Question: %s" % texts[1], "Choice: a %s" % texts[2],
             "Answer: b %s" % texts[3], "Script:", "  server s", "  client c"]
    for text in texts:
        lines += ['  c send "%s"' % text, "  s receive", '  s note "n {s.text}"']
    return udptui.write_file("\n".join(lines + ["Facts:", '  received "received" = s.received', ""]).encode())


@tap.case("lesson: texts and payloads of a file stay between the lines of the ladder", timeout_s=TIMEOUT_S)
def lesson():
    texts = [written(message) for message in selection()]
    for first in range(0, len(texts), LESSON_MESSAGES):
        some = texts[first:first + LESSON_MESSAGES]
        shown = screen.Screen(COLUMNS, ROWS)
        shown.run("lesson", lesson_of(some + ["hello"] * 4), wait="^ 1-2 predict")
        whole(shown.capture(), "udptui lesson mine ", " 1-2 predict ")
        shown.keys("1")
        shown.wait_text("Enter all at once")  # at its pace the ladder takes longer than a wait
        shown.keys("Enter")
        shown.wait_text("Enter result")
        rows = anchored(shown)
        check_rows(rows, r" +\d\.\d{6} ", 2 * len(some) + 8, "│")
        lines = {row.index("│") for row in rows if re.match(r" +\d\.\d{6} ", row)}
        tap.equal(len(lines), 1, "places of the client's line:\n%s" % "\n".join(rows))
        whole(shown.capture(), "udptui lesson mine ", " Enter result ")


WATCHED = ON_ONE_SCREEN // 2 - 2


@tap.case("watch: names, addresses and payloads that a broker has stay in their fields", timeout_s=TIMEOUT_S)
def watched():
    messages = list(selection())
    for first in range(0, len(messages), WATCHED):
        watch_shows(messages[first:first + WATCHED])


def watch_shows(some):
    at = broker.Broker()
    between, client, shown = broker.LossyBroker(at), broker.Client(at, "many"), screen.Screen(COLUMNS, ROWS)
    shown.run("watch", between.url(), wait="udptui watch")
    between.until_subscribed()
    names = ["%02d" % number + broker.level(message) for number, message in enumerate(some)] + ["labels", "names"]
    for boot, name in enumerate(names, 1):
        publisher = broker.Publisher(at, name, boot=boot, client=client)
        publisher.state()
        publisher.stats(5)
        if name == "labels":
            publisher.clients(*[("%02d" % number + broker.words(message), 5) for number, message in enumerate(some)])
    publisher.clients(*[("192.0.2.1:%02d" % number, 5, broker.words(message)) for number, message in enumerate(some, 10)])
    watch_servers(shown, len(some), len(names))
    watch_clients(shown, len(some))
    watch_messages(shown, publisher, some)
    tap.lacks(shown.capture(), "unreadable", "the screen")


def watch_rows(shown, title):
    shown.wait_text("^─ %s " % title)
    whole(shown.capture(), "udptui watch", " .*q quit")
    return anchored(shown)


def watch_servers(shown, count, all_of_them):
    rows = watch_rows(shown, "Servers %d" % all_of_them)
    check_rows(rows, r"[ >]{3}\d\d", count, r" up +serve ")


def watch_clients(shown, count):
    """The labels at the left, then names at the right, each beside plain texts."""
    shown.keys("Tab")
    rows = watch_rows(shown, "Clients %d" % (2 * count))
    check_rows(rows, r"[ >]{3}(?!192)\d\d", count, r" labels:4010 +5 +5 +0 +0 ")
    place = [row.index(" Name") + 1 for row in rows if row.startswith("   Client ")][0]
    named = [row for row in rows if re.match(r"[ >]{3}192\.0\.2\.1:", row)]
    wrong = [row for row in named if not re.match(r".{3}\S+ +names:4010 +5 +5 +0 +0 +\S+( s)? $", row[:place]) or len(row[place:-1].rstrip()) > 16]
    tap.equal((len(named), wrong), (count, []), "rows of clients with names")


def watch_messages(shown, publisher, some):
    shown.keys("Tab")
    for message in some:
        publisher.message(message)
        publisher.message(b"plain", client=broker.words(message))
    publisher.message(b"mark-end")
    shown.wait_text("mark-end")
    rows = watch_rows(shown, "Messages %d" % (2 * len(some) + 1))
    check_rows(rows, r"[ >]{3}\d\d:\d\d:\d\d\.\d{3} names:4010 ", 2 * len(some) + 1, r"acked ")


@tap.case("prompt: a reply is a line, or a dump below one, and the prompt is below all", timeout_s=TIMEOUT_S)
def prompt():
    shown, peer = screen.Screen(COLUMNS, ROWS), Peer()
    asks = re.escape(peer.text) + ">"
    shown.run("send", "--timeout", "10s", peer.text, wait="^" + asks)
    for number, message in enumerate(selection(), 1):
        shown.line("hello")
        peer.send(message, peer.receive()[1])
        shown.wait(lambda text: re.search(r"^#%d  " % number, text, re.M) and re.match(asks, text.rstrip().splitlines()[-1]),
                   "reply %d, and the prompt" % number)
        rows = shown.capture().rstrip().splitlines()
        strange = [row for row in rows if not re.match(asks + "|#\\d+  %s  .*  rtt [\\d.]+ [mun]?s|    [0-9a-f]{4}  |$" % re.escape(peer.text), row)]
        tap.equal([row for row in strange if "Each line" not in row and "udptui" not in row and "$" not in row[:2]], [], "rows, reply %r" % message)
        tap.true(re.match(asks, rows[-1]), "the last row: %r" % rows[-1])


tap.main()
