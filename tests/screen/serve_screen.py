# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""serve in a real terminal: what is seen, and each key. How it ends is in serve_ends.py."""
import json
import os
import re
import time

import schemas
import tap
import udptui
import screen as terminal
from udptui import Peer

ACK = udptui.DEFAULT_ACK
SIZES = ((80, 24), (120, 40))


class ServeScreen(terminal.ServeScreen):
    """With clients in its rows."""

    def client(self, *payloads, host="127.0.0.1"):
        """A client whose messages have all been answered or held."""
        peer = Peer(host)
        for payload in payloads:
            self.tell(peer, payload)
        return peer

    def tell(self, peer, payload):
        if payload == ACK:
            peer.send(payload, self.address)
        else:
            tap.equal(peer.ask(payload, self.address), ACK, "ack")

    def wait_client(self, peer, messages, acks, held=0):
        """The row of a client in the upper pane, with its counts."""
        return self.wait_text(r"^.*%s +%d +%d +%d\b.*$"
                              % (re.escape(peer.text), messages, acks, held)).group()

    def client_order(self):
        """The clients' rows from top to bottom."""
        upper = re.split(r"Messages", self.capture())[0]
        return re.findall(r"(127\.0\.0\.\d+:\d+) +\d+ +\d+ +\d+", upper)

    def selected(self):
        found = re.findall(r"^ *> *(\S+)", self.capture(), re.MULTILINE)
        return found[0] if found else None


# ---- what is seen

def shows_clients(columns, rows):
    screen = ServeScreen(columns=columns, rows=rows)
    one = screen.client(*[b"hello %d" % number for number in range(5)])
    two = screen.client(b"good morning", b"good evening")
    screen.wait_client(one, 5, 5)
    screen.wait_client(two, 2, 2)
    screen.wait_row(one.text, "hello 4", "acked")
    screen.wait_row(two.text, "good evening", "12 B", "acked")
    screen.wait_text(r"in 7\b.*acked 7\b.*held 0\b")
    screen.wait_text(r"Clients 2\b")
    screen.tell(one, b"one more")
    screen.wait_client(one, 6, 6)


def shows_loop(columns, rows):
    screen = ServeScreen(columns=columns, rows=rows)
    peer = screen.client(b"x", ACK)
    screen.wait_row(peer.text, "Message received", "HELD loop")
    screen.wait_client(peer, 2, 1, 1)
    screen.wait_text(r"held 1 \(loop 1\)")
    tap.equal(peer.waiting(), [], "answers")


def shows_join(columns, rows):
    screen = ServeScreen(columns=columns, rows=rows)
    screen.wait_text(r"\A.*udptui send " + re.escape(screen.text))


for _size in SIZES:
    tap.add_case("%dx%d: clients, messages and acks as they arrive" % _size, shows_clients, *_size)
    tap.add_case("%dx%d: HELD loop, in the row, the client's counts and the totals" % _size,
                 shows_loop, *_size)
    tap.add_case("%dx%d: the header shows the line a student types" % _size, shows_join, *_size)


@tap.case("30x8: says too small, goes on acknowledging, shows it all once there is room")
def too_small():
    screen = ServeScreen(columns=30, rows=8, wait=False)
    screen.wait_text(r"(?i)too small")
    peer = screen.client(b"one", b"two", b"three")
    screen.resize(80, 24)
    screen.wait_client(peer, 3, 3)
    screen.resize(30, 8)
    screen.wait_text(r"(?i)too small")
    screen.tell(peer, b"four")
    screen.resize(80, 24)
    screen.wait_client(peer, 4, 4)


@tap.case("40x10 is large enough")
def smallest():
    screen = ServeScreen(columns=40, rows=10)
    screen.client(b"tiny")
    screen.wait_text(r"127\.0\.0\.1")
    tap.lacks(screen.capture().lower(), "too small", "the screen")


@tap.case("resizing back and forth keeps every row right")
def resize():
    screen = ServeScreen()
    peer = screen.client(b"stay")
    for columns, rows in ((120, 40), (60, 12), (200, 50), (1, 1), (80, 24)):
        screen.resize(columns, rows)
        screen.tell(peer, b"%d columns" % columns)
        if columns >= 80:
            screen.wait_row(peer.text, "%d columns" % columns, "acked")
    screen.wait_client(peer, 6, 6)


@tap.case("a hundred clients: counted, and scrolled to with PgDn, G and g")
def many_clients():
    screen = ServeScreen()
    peers = [screen.client(b"x") for _ in range(100)]
    screen.wait_text(r"Clients 100\b")
    top = tap.until(screen.selected, "a selected row")
    screen.keys("PageDown")
    screen.wait(lambda _: screen.selected() not in (None, top), "another row after PgDn")
    screen.keys("G")
    last = tap.until(screen.selected, "a selected row")
    screen.keys("g")
    screen.wait(lambda _: screen.selected() not in (None, last), "another row after g")
    tap.contains([peer.text for peer in peers], screen.selected(), "the clients")


@tap.case("wide characters and long texts keep the columns right")
def wide():
    screen = ServeScreen()
    peer = screen.client("日本語のテキスト".encode(), b"y" * 300)
    screen.wait_row(peer.text, "日本語", "acked")
    screen.wait_row(peer.text, "300 B", "yyyy", "acked")


# ---- keys

@tap.case("arrows, j and k move the selection")
def move():
    screen = ServeScreen()
    first = [screen.client(b"x") for _ in range(3)][-1].text  # the one that was seen last
    tap.until(lambda: screen.selected() == first, "the first row")
    for down, up in (("j", "k"), ("Down", "Up")):
        screen.keys(down)
        screen.wait(lambda _: screen.selected() not in (None, first), "another row after %s" % down)
        screen.keys(up)
        screen.wait(lambda _: screen.selected() == first, "the first row after %s" % up)


@tap.case("/ filters the clients and messages, Esc goes back to all")
def filter_rows():
    screen = ServeScreen()
    two, three = screen.client(b"from two", host="127.0.0.2"), screen.client(b"from three", host="127.0.0.3")
    screen.wait_client(three, 1, 1)
    screen.keys("/")
    screen.type("127.0.0.2")
    screen.keys("Enter")
    screen.wait_gone(re.escape(three.text))
    screen.wait_client(two, 1, 1)
    screen.keys("Escape")
    screen.wait_client(three, 1, 1)
    screen.tell(two, b"still here")


@tap.case("/ understands or and not, and says what is wrong while it is typed")
def filter_language():
    screen = ServeScreen()
    client = screen.client(b"alpha", b"beta", b"gamma")
    screen.wait_client(client, 3, 3)
    screen.keys("/")
    screen.type("alpha|(gam")
    screen.wait_text(r"at 7: the parenthesis is not closed")
    screen.keys("Enter")
    screen.type("ma)")
    screen.keys("Enter")
    screen.wait_text(r"Messages 2 of 3\b")
    screen.keys("Escape", "/")
    screen.type("prot:53")
    screen.wait_text(r"at 1: no key prot:, so it is a text; did you mean port:")
    screen.keys("Escape", "/")
    screen.type("!alpha size:<5")
    screen.wait_text(r"Messages 1 of 3\b")


@tap.case("--filter begins with a filter; Esc takes it back")
def filter_from_the_start():
    screen = ServeScreen("--filter", "beta")
    client = screen.client(b"alpha", b"beta")
    screen.wait_text(r"Messages 1 of 2\b")
    screen.wait_text(r"filter: beta")
    screen.keys("Escape")
    screen.wait_client(client, 2, 2)
    screen.wait_text(r"Messages 2\b")


@tap.case("s sorts by something else, I inverts")
def sort():
    screen = ServeScreen()
    counts = {screen.client(*[b"x"] * count).text: count for count in (3, 1, 2)}
    screen.wait_text(r"Clients 3\b")
    seen = set()
    for _ in range(8):
        label = screen.wait_text(r"sort: ([a-z ]+)").group(1).strip()
        seen.add(label)
        if re.match(r"(msgs|messages)", label):
            break
        screen.keys("s")
        screen.wait(lambda text: label not in re.findall(r"sort: ([a-z ]+?) *[^a-z ]", text), "another order")
    tap.true(len(seen) >= 2 and re.match(r"(msgs|messages)", label), "orders seen: %r" % seen)
    ordered = screen.wait(lambda _: [order for order in ([1, 2, 3], [3, 2, 1])
                                     if order == [counts[text] for text in screen.client_order()]],
                          "the order by messages")[0]
    screen.keys("I")
    screen.wait(lambda _: [counts[text] for text in screen.client_order()] == ordered[::-1],
                "the inverse of %r" % ordered)


def pauses(key):
    screen = ServeScreen()
    peer = screen.client(b"before")
    screen.wait_row("before", "acked")
    screen.keys(key)
    screen.wait_text(r"(?i)paused")
    screen.wait_text(r"acks continue")
    screen.tell(peer, b"meanwhile")
    screen.tell(peer, b"meanwhile 2")
    tap.lacks(screen.capture(), "meanwhile", "the paused screen")
    screen.keys(key)
    screen.wait_row("meanwhile 2", "acked")
    screen.wait_client(peer, 3, 3)
    screen.wait_gone(r"(?i)paused")


for _key in ("Space", "p"):
    tap.add_case("%s pauses the display; acks continue, and it says so" % _key, pauses, _key)


@tap.case("Tab and Enter open a message: text, hex, sizes, addresses; Esc goes back, never quits")
def detail():
    screen = ServeScreen(columns=120, rows=40)
    peer = screen.client(b"look \x1b[31m inside")
    screen.wait_row(peer.text, "acked")
    screen.keys("Tab")
    screen.keys("G")
    screen.keys("Enter")
    screen.wait_text(r"6c 6f 6f 6b 20 1b 5b 33 +31 6d 20|6c 6f 6f 6b 20 1b 5b 33 31 6d 20")
    screen.wait_text(r"^ *\S* *0000")
    screen.wait_text(re.escape(r"look \x1B[31m inside"))
    for part in (peer.text, screen.text, "16 B"):
        screen.wait_text(re.escape(part))
    screen.wait_text(r"(?i)(ttl|hop limit)\D*64")
    screen.keys("Escape")
    screen.wait_gone(r"6c 6f 6f 6b")
    screen.keys("Escape", "Escape")
    screen.tell(peer, b"still running")
    screen.wait_row("still running", "acked")


@tap.case("Enter on a client shows its detail, too")
def client_detail():
    screen = ServeScreen()
    peer = screen.client(b"one", ACK)
    screen.wait_client(peer, 2, 1, 1)
    before = screen.capture()
    screen.keys("Enter")
    screen.wait(lambda text: text != before and peer.text in text, "a detail of the client")
    screen.keys("Escape")
    screen.wait_client(peer, 2, 1, 1)


@tap.case("h shows the messages as hex and back")
def hexadecimal():
    screen = ServeScreen()
    screen.client(b"JKLM")
    screen.wait_row("JKLM", "acked")
    screen.keys("h")
    screen.wait_text(r"(?i)4a ?4b ?4c ?4d")
    screen.keys("h")
    screen.wait_gone(r"(?i)4a ?4b ?4c ?4d")
    screen.wait_row("JKLM", "acked")


@tap.case("r replies to the selected client from the server's port")
def reply():
    screen = ServeScreen()
    peer = screen.client(b"question")
    screen.wait_client(peer, 1, 1)
    screen.keys("r")
    screen.type("an answer by hand")
    screen.wait_text("an answer by hand")
    screen.keys("Enter")
    tap.equal(peer.receive(), (b"an answer by hand", screen.address), "what the client got")
    screen.wait_client(peer, 1, 1)


@tap.case("r then Esc sends nothing")
def reply_cancelled():
    screen = ServeScreen()
    peer = screen.client(b"question")
    screen.wait_client(peer, 1, 1)
    screen.keys("r")
    screen.type("never mind")
    screen.wait_text("never mind")
    screen.keys("Escape")
    screen.wait_gone("never mind")
    screen.tell(peer, b"next")
    tap.equal(peer.waiting(), [], "what the client got")


@tap.case("Ctrl-R resets the counters, after a yes only")
def reset():
    screen = ServeScreen()
    peer = screen.client(b"one", b"two")
    screen.wait_client(peer, 2, 2)
    screen.keys("C-r")
    question = screen.wait_text(r"(?i)reset.*\?").group()
    screen.keys("n")
    screen.wait_gone(re.escape(question.strip()))
    screen.wait_text(r"in 2\b")
    screen.keys("C-r")
    screen.wait_text(r"(?i)reset.*\?")
    screen.keys("y")
    screen.wait_text(r"in 0\b.*acked 0\b")
    screen.tell(peer, b"three")
    screen.wait_text(r"in 1\b.*acked 1\b")


def resets_in(path):
    with open(path, encoding="utf-8") as file:
        return file.read().count('"event":"reset"')


@tap.case("Ctrl-R in the log: each thread's counts until then, so that its messages add up")
def reset_in_log():
    path = os.path.join(udptui.temporary_directory(), "log")
    screen = ServeScreen("--threads", "2", "--log", path)
    peers = [screen.client(b"one", b"two") for _ in range(4)]
    screen.wait_text(r"in 8\b.*acked 8\b")
    screen.keys("C-r")
    screen.wait_text(r"(?i)reset.*\?")
    screen.keys("y")
    tap.until(lambda: resets_in(path) == 2, "both threads to reset")
    screen.wait_text(r"in 0\b.*acked 0\b")
    screen.tell(peers[0], b"three")
    screen.wait_text(r"in 1\b.*acked 1\b")
    screen.keys("q")
    screen.wait_prompt()
    with open(path, encoding="utf-8") as file:
        items = [json.loads(line) for line in file]
    schemas.check(items)
    resets, summary = [item for item in items if item["event"] == "reset"], items[-1]
    tap.equal(sorted((item["engine"], item["resets"], item["waiting"]) for item in resets), [(0, 1, 0), (1, 1, 0)], "resets")
    tap.equal((sum(item["before"]["received"] for item in resets), sum(item["before"]["acked"] for item in resets),
               summary["received"]), (8, 8, 1), "counts")
    tap.equal(len([item for item in items if item["event"] == "message"]), 9, "messages")


def shows_help(key):
    screen = ServeScreen()
    screen.keys(key)
    for word in ("filter", "sort", "reply", "quit", "Tab", "Ctrl-L|\\^L"):
        screen.wait_text("(?i)" + word)
    screen.wait_text(r"(?i)reset")
    screen.keys("Escape")
    screen.wait_gone(r"(?i)reset")


for _key in ("?", "F1"):
    tap.add_case("%s shows the keys, Esc goes back" % _key, shows_help, _key)


@tap.case("F follows the newest message again after scrolling back")
def follow():
    screen = ServeScreen()
    peer = screen.client(*[b"message %d" % number for number in range(60)])
    screen.wait_row("message 59")
    screen.wait_text(r"following")
    screen.keys("Tab")
    screen.keys("g")
    screen.wait_row("message 0 ")
    screen.tell(peer, b"the newest")
    screen.wait_client(peer, 61, 61)
    tap.lacks(screen.capture(), "the newest", "the screen that was scrolled back")
    screen.keys("F")
    screen.wait_row("the newest")


@tap.case("Ctrl-L draws everything again")
def redraw():
    screen = ServeScreen()
    peer = screen.client(b"draw me")
    screen.wait_row("draw me")
    screen.tmux("send-keys", "-R")
    screen.wait_gone("draw me")
    screen.keys("C-l")
    screen.wait_row("draw me", peer.text)


@tap.case("the footer names the keys")
def footer():
    screen = ServeScreen()
    words = ("filter", "sort", "help", "quit")
    screen.wait(lambda text: all(word in text.rstrip().splitlines()[-1] for word in words), "a last row with %s" % (words,))


# ---- surroundings

@tap.case("--ascii: nothing but ASCII on the screen, state as words")
def ascii_only():
    screen = ServeScreen("--ascii")
    peer = screen.client("naïve".encode(), ACK)
    screen.wait_row(peer.text, "HELD loop")
    screen.wait_row(peer.text, r"na\u{EF}ve")
    tap.true(screen.capture().isascii(), "not ASCII:\n" + screen.capture())


@tap.case("a locale without UTF-8: nothing but ASCII by itself")
def ascii_locale():
    screen = terminal.Screen()
    address = ("127.0.0.1", udptui.unused_port())
    screen.run("serve", udptui.join_address(address), before="LC_ALL=C ")
    screen.wait_text(re.escape(udptui.join_address(address)))
    Peer().ask("naïve".encode(), address)
    screen.wait_row(r"na\u{EF}ve", "acked")
    tap.true(screen.capture().isascii(), "not ASCII:\n" + screen.capture())


@tap.case("several addresses share one screen")
def several_addresses():
    screen = terminal.Screen()
    addresses = [("127.0.0.%d" % last, udptui.unused_port()) for last in (1, 2)]
    screen.run("serve", *map(udptui.join_address, addresses))
    screen.wait_text(re.escape(udptui.join_address(addresses[0])))
    for number, address in enumerate(addresses):
        tap.equal(Peer().ask(b"to %d" % number, address), ACK, "ack")
    screen.wait_text(r"in 2\b.*acked 2\b")
    screen.wait_text(r"Clients 2\b")


def writes(pid):
    """The write system calls of a process so far (proc_pid_io(5))."""
    try:
        with open("/proc/%d/io" % pid) as file:
            return int(re.search(r"^syscw: (\d+)$", file.read(), re.MULTILINE).group(1))
    except FileNotFoundError:
        tap.skip("the kernel does not count system calls (CONFIG_TASK_IO_ACCOUNTING)")


@tap.case("a frame is written in a few calls, not in one for each move of the cursor")
def few_writes():
    program = terminal.start("serve", "127.0.0.1:0")
    program.wait_bytes(b"quit")
    program.settle()
    before, began_s = writes(program.pid), time.monotonic()
    for key, word in ((b"?", b"Enter"), (b"\033", b"Clients")) * 5:
        program.raw = b""
        program.write(key)
        program.wait_bytes(word)
        program.settle(0.1)
    made = writes(program.pid) - before
    frames = 10 + (time.monotonic() - began_s)  # and one a second, however long the test takes
    tap.true(made <= 4 * frames, "%d calls for %.1f frames" % (made, frames))


tap.main()
