# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel of impairments and the fates of rows, in a real terminal with real datagrams."""
import re

import tap
import udptui
from screen import ServeScreen
from udptui import Peer

SEED = ("--seed", "7")
ALL = "loss=30%,dup=20%,delay=80ms+-40ms,reorder=10%,corrupt=10%"
FATES = (r"LOST request", r"LOST ack", r"x2\b", r"late by [1-3]\b", r"delayed \d+ ms", r"corrupt")


def send(screen, count):
    peer = Peer()
    for number in range(count):
        peer.send(b"message %d" % number, screen.address)
    return peer


def settled(count):
    """All are received, and none is on its way."""
    def look(text):
        found = re.search(r"^ in (\d+)\b", text, re.MULTILINE)
        return found and int(found.group(1)) == count and "on its way" not in text
    return look


def fates_of(*options, count=14):
    """The words of each row, from the first message on."""
    screen = ServeScreen(*options, columns=120, rows=40)
    send(screen, count)
    def all_rows(text):
        found = re.findall(r"message (\d+) {2,}(\S.*?) *$", text, re.MULTILINE)
        return found if settled(count)(text) and len(found) == count else None
    rows = screen.wait(all_rows, "all of the messages")
    return [(number, re.sub(r"acked \d.*", "acked", words)) for number, words in rows]


@tap.case("every row tells its fate: lost on either way, doubled, late, delayed, corrupt")
def every_fate():
    screen = ServeScreen("--impair", ALL, *SEED, columns=120, rows=40)
    missing = set(FATES)
    peer = Peer()
    for number in range(20):
        for part in range(20):
            peer.send(b"message %d" % (20 * number + part), screen.address)
        screen.wait(settled(20 * number + 20), "all of the messages")
        text = screen.capture()
        missing = {word for word in missing if not re.search(r"message \d+ .*" + word, text)}
        if not missing:
            return
    raise tap.Failure("no row tells of %s:\n%s" % (sorted(missing), screen.capture()))


@tap.case("at 80x24, too, and the detail tells each leg")
def at_80x24():
    screen = ServeScreen("--impair", "dup=100%,delay=30ms", *SEED)
    peer = Peer()
    peer.send(b"message 0, long enough for four acks", screen.address)
    screen.wait_text(re.escape(peer.text) + r" .*message.*x4, delayed (([6-9]\d|\d{3,}) ms|\d[\d.]* s)")
    screen.keys("Tab", "Enter")
    for leg in ("Request", "  Ack", "  Ack twice", "Its copy"):
        screen.wait_text(leg + r" +delayed (\d{2,}(\.\d)? ms|\d[\d.]* s)")


@tap.case("copies beyond three times the request are left out: marked, and counted in the panel")
def left_out():
    screen = ServeScreen("--impair", "dup=100%", *SEED)
    peer = send(screen, 1)
    screen.wait_text(re.escape(peer.text) + r" .*message 0 .*x2")
    screen.keys("Tab", "Enter")
    screen.wait_text(r"beyond 3 times the request")
    screen.keys("Escape", "i")
    screen.wait_text(r"left out 2")


@tap.case("the same seed and the same traffic have the same fates, another seed others")
def seeded():
    options = ("--impair", "loss=50%,dup=50%")
    first = fates_of(*options, "--seed", "7")
    tap.equal(len(first), 14, "rows")
    tap.equal(sorted(fates_of(*options, "--seed", "7")), sorted(first), "fates of the same seed")
    tap.true(sorted(fates_of(*options, "--seed", "8")) != sorted(first), "another seed, the same fates")


@tap.case("a value that is changed acts at once, and the header says that it does")
def live():
    screen = ServeScreen(*SEED)
    peer = Peer()
    tap.equal(peer.ask(b"before", screen.address), udptui.DEFAULT_ACK, "ack")
    tap.lacks(screen.capture(), "IMPAIRED", "the header")
    screen.keys("i")
    screen.wait_text(r"Impairments .* seed 7")
    for _ in range(21):  # from 0 to 1% and then by steps of 5 to 100%
        screen.keys("+")
    screen.wait_text(r"loss +\[ +100% \]")
    screen.wait_text(r"--impair in\.loss=100% --seed 7")
    screen.wait_text(r"^ in .*IMPAIRED")
    peer.send(b"during", screen.address)
    screen.wait_text(r"So far +received 2, lost 1\b")
    screen.keys("o")
    screen.wait_gone("IMPAIRED")
    tap.equal(peer.ask(b"after", screen.address), udptui.DEFAULT_ACK, "ack")
    tap.equal(peer.waiting(), [], "other answers")
    screen.keys("i")
    screen.wait_row("during", "LOST request")


@tap.case("presets are on digits, 0 clears a cell, the arrows choose it")
def keys():
    screen = ServeScreen(*SEED)
    screen.keys("i", "2")
    screen.wait_text(r"loss +\[ +2% \] +2%")
    screen.keys("Right", "0")
    screen.wait_text(r"loss +2% +\[ +- \]")
    screen.keys("Down", "Tab", "0")
    screen.wait_text(r"dup +\[ +- \] +0\.5%")
    screen.keys("4")
    screen.wait_gone("IMPAIRED")
    screen.keys("Escape")
    screen.wait_text("Clients 0")


@tap.case("what the panel says to repeat a network repeats it")
def repeats():
    screen = ServeScreen(*SEED)
    screen.keys("i", "1")
    command = screen.wait_text(r"(--impair \S+ --seed \d+)$").group(1).split()
    screen.keys("i", "q")
    screen.wait_prompt()
    again = ServeScreen(*command)
    again.keys("i")
    again.wait_text(re.escape(" ".join(command)))


@tap.case("40x10: the chosen value stays in sight")
def small():
    screen = ServeScreen(*SEED, columns=40, rows=10)
    screen.keys("i")
    screen.wait_text(r"loss +\[ +- \]")
    screen.keys(*["Down"] * 6)
    screen.wait_text(r"rate +\[ +- \]")
    screen.keys("+")
    screen.wait_text(r"^ in 0 +IMPAIRED")


tap.main()
