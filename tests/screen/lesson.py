# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""lesson on the screen, with keys: the question, the ladder as it happens, what was found."""
import fcntl
import os
import re
import struct
import termios
import time

import lessons
import tap
import udptui
from screen import Screen

OWN = """Name: mine
Title: A first datagram [script]
Question: Who sends?
Choice: both
Answer: the client alone
Script:
  server s
  client c
  c send "hello"
  s receive
  s note "hears {s.text}"
Facts:
  received "the server received" = s.received
"""

ARROW = r"[─-]{2,}[▶>→]|[◀<←][─-]{2,}"


def lesson(topic, columns=80, rows=24, *options):
    screen = Screen(columns, rows)
    screen.run("lesson", topic, *options, wait=r"^ ?udptui lesson %s \(\d+/\d+\)" % (topic if topic != "all" else "loss"))
    return screen


def ended(screen, status):
    screen.wait_prompt()
    tap.equal(screen.shell("echo $?"), status, "exit status")


@tap.case("80x24 loss: a prediction, lost requests and a lost ack in the ladder, the figures", timeout_s=60)
def loss():
    screen = lesson("loss")
    screen.wait_text(r"^ +4 +none of these")
    screen.keys("1")
    screen.wait_text(r"What does the sender know\?")
    screen.wait_text(r"You predicted 1: the message was lost")
    screen.wait_text(r"seconds")
    screen.wait_text(r"all at once")
    screen.wait_text(r"#1\b")
    screen.wait_text(r"LOST request")
    screen.wait_text(r"LOST ack")
    screen.keys("Enter")
    screen.wait_text(r"You predicted 1")
    screen.wait_text(r"Enter result")
    screen.keys("Enter")
    screen.wait_text(r"You said 1, but it is 4")
    figures = re.search(r"(\d+) sent, (\d+) with a reply. Of the (\d+) .*?, (\d+) never .*?; (\d+)\s+did",
                        " ".join(screen.capture().split()))
    sent, answered, silent, requests, acks = map(int, figures.groups())
    tap.equal((sent, answered + silent, requests + acks), (11, 11, silent), "figures")
    screen.wait_text(r"udptui serve .*--impair kurose")
    screen.keys("l")
    screen.wait_text(r"Enter result")
    screen.keys("Enter")
    screen.wait_text(r"You said 1")
    screen.keys("Enter")
    ended(screen, "0")


def cpu_s(pid):
    with open("/proc/%d/stat" % pid) as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@tap.case("while a lesson's ladder is looked at, its server sleeps")
def sleeps():
    screen = lesson("loss")
    screen.keys("1")
    screen.wait_text(r"#1\b")
    pid = screen.program_pid()
    began_s, used_s = time.monotonic(), cpu_s(pid)
    time.sleep(2)
    tap.true(cpu_s(pid) - used_s < 0.4 * (time.monotonic() - began_s), "%.2f s of CPU" % (cpu_s(pid) - used_s))
    screen.keys("q")
    ended(screen, "0")


@tap.case("Enter while the lesson is played: the whole ladder as soon as it is known")
def all_at_once():
    rows = 60 * ['  c send "hello"', "  s receive"]  # 18 s at the pace of the screen, more than a wait
    path = udptui.write_file(OWN.replace('  c send "hello"\n  s receive', "\n".join(rows)).encode())
    screen = Screen(80, 24)
    screen.run("lesson", path, wait=r"^ ?udptui lesson mine \(1/1\)")
    screen.keys("1", "Enter")
    screen.wait_text(r"Enter result")
    screen.keys("r")
    screen.wait_text(r"slower than in reality")
    screen.keys("q")
    ended(screen, "0")


@tap.case("key v: what the client knows, what the server knows, everything again", timeout_s=60)
def views():
    screen = lesson("loss")
    screen.keys("1")
    screen.wait_text(r"all at once")
    screen.keys("Enter")
    screen.wait_text(r"Enter result")
    screen.wait_text(r"view: everything")
    everything = screen.capture()
    screen.keys("v")
    screen.wait_text(r"view: client")
    seen = screen.capture()
    tap.equal(re.findall("LOST|✕", seen), [], "what the client cannot know")
    tap.equal(seen.count("? no reply"), everything.count("✕"), "silences")
    screen.keys("v")
    screen.wait_text(r"view: server")
    seen = screen.capture()
    tap.equal(re.findall("LOST|✕|[?] no reply", seen), [], "what the server cannot know")
    tap.equal(len(re.findall(r"│ +\?─ #", seen)), everything.count("▶"), "requests that arrived")
    screen.keys("v")
    screen.wait_text(r"view: everything")
    tap.equal(screen.capture(), everything, "as before")
    screen.keys("q")
    ended(screen, "0")


@tap.case("after the end the result and the commands stay on the terminal")
def stays():
    screen = lesson("boundaries", 80, 60)
    screen.keys("2", "Enter")
    screen.wait_text(r"Enter result")
    screen.keys("Enter")
    screen.wait_text(r"You said 2, and that is right")
    screen.keys("q")
    screen.wait_prompt()
    left = screen.capture()
    for part in ("== lesson boundaries (4/", "You said 2, and that is right", "To repeat it by hand",
                 "udptui serve", "Sources: udp(7)"):
        tap.contains(left, part, "the terminal afterwards")


@tap.case("Esc goes back, step by step, and never quits; q quits")
def goes_back():
    screen = lesson("truncation")
    screen.keys("3", "Enter")
    screen.wait_text(r"Enter result")
    screen.keys("Enter")
    screen.wait_text(r"You said 3")
    screen.keys("Escape")
    screen.wait_text(r"Enter result")
    screen.keys("Escape")
    screen.wait_text(r"1-3 predict")
    screen.keys("Escape", "Escape")
    screen.wait_text(r"1-3 predict")
    screen.keys("q")
    ended(screen, "0")


@tap.case("80x24 reorder: arrows that cross, and the order in which they came", timeout_s=60)
def reorder():
    screen = lesson("reorder")
    screen.keys("Enter")
    screen.wait_text(r"No prediction")
    screen.wait_text(r"late by")
    screen.wait_text(r"Enter result", wait_s=25)
    screen.wait_text(r"╳")
    screen.keys("Enter")
    screen.wait_text(r"The answer is 3")
    found = screen.wait_text(r"arrived in this order +((?:\d ?)+)")
    numbers = found.group(1).split()
    tap.equal(sorted(numbers), ["1", "2", "3", "4", "5"], "numbers")
    tap.true(numbers != sorted(numbers), "in order")
    screen.keys("q")
    ended(screen, "0")


@tap.case("40x10: it scrolls, n and p change the lesson, q ends it", timeout_s=60)
def small():
    screen = lesson("boundaries", 40, 10)
    screen.wait_text(r"more below")
    for _ in range(20):
        screen.keys("Down")
    screen.wait_text(r"^ +3 +it depends")
    screen.wait_text(r"more above")
    screen.keys("n")
    screen.wait_text(r"lesson connectionless \(5/\d+\)")
    screen.keys("p")
    screen.wait_text(r"lesson boundaries \(4/\d+\)")
    screen.keys("2")
    screen.wait_text(ARROW)
    screen.wait_text(r"Enter result", wait_s=25)
    screen.keys("Enter")
    screen.wait_text(r"^ 4 sends")
    for _ in range(40):
        screen.keys("Down")
    screen.wait_text(r"nothing is left in the queue\n +yes")
    screen.keys("q")
    ended(screen, "0")


def see_playout():
    """The exit status: 1 if the machine was late in all tries of the lesson."""
    screen = lesson("playout")
    screen.keys("2", "Enter")
    screen.wait_text(r"Enter result", wait_s=25)
    screen.wait_text(r"#10 (.*▶│ )?\d+ ms")  # in one row with its beginning, if nothing happened meanwhile
    tap.lacks(screen.capture(), "#11", "the ladder")
    screen.keys("Enter")
    screen.wait_text(r"You said 2, and that is right")
    for _ in range(20):
        screen.keys("Down")
    screen.wait_text(r"play-out delays, ms +40 60 80 120 160")
    gaps = screen.wait_text(r"gaps with each of them +((?:\d+ ?)+)").group(1).split()
    tap.equal(len(gaps), 5, "gaps")
    screen.wait_text(r"that the ladder leaves out +40")
    screen.keys("q")
    screen.wait_prompt()
    return screen.shell("echo $?")


@tap.case("80x24 playout: a part of the ladder, with how long each packet took, and the gaps", timeout_s=60)
def playout():
    status, = lessons.each_try(lambda: (see_playout(),), lambda status: status != "1")
    tap.equal(status, "0", "exit status")


@tap.case("all: Enter leads from one lesson to the next")
def all_of_them():
    screen = lesson("all")
    screen.keys("n")
    screen.wait_text(r"lesson duplicate \(2/\d+\)")
    screen.keys("n")
    screen.wait_text(r"lesson reorder \(3/\d+\)")
    screen.keys("n")
    screen.wait_text(r"lesson boundaries \(4/\d+\)")
    screen.keys("Enter")
    screen.wait_text(r"Enter result", wait_s=25)
    screen.keys("Enter")
    screen.wait_text(r"Enter continue")
    screen.keys("Enter")
    screen.wait_text(r"lesson connectionless \(5/\d+\)")
    screen.keys("q")
    ended(screen, "0")


@tap.case("leaving in the middle ends it at once; r plays it again")
def leaving():
    screen = lesson("retry")
    screen.keys("Enter")
    screen.wait_text(r"slower than in reality")
    screen.keys("n")
    screen.wait_text(r"lesson tcp \(12/\d+\)")
    screen.keys("Enter")
    screen.wait_text(r"Enter result", wait_s=25)
    screen.keys("r")
    screen.wait_text(r"slower than in reality")
    screen.keys("q")
    ended(screen, "0")


@tap.case("30x8: too small, then a resize shows it")
def too_small():
    screen = Screen(30, 8)
    screen.run("lesson", "mtu", wait=r"(?i)too small")
    screen.resize(80, 24)
    screen.wait_text(r"lesson mtu \(9/\d+\)")
    screen.keys("q")
    ended(screen, "0")


@tap.case("a size that is changed and changed back between two frames: all of the screen is there")
def there_and_back():
    screen = lesson("mtu")
    terminal = os.open(screen.variable("pane_tty"), os.O_RDWR | os.O_NOCTTY)
    tap.defer(os.close, terminal)
    for number in range(12):
        rows = 22 + number % 2  # drawn at once, and then not before some milliseconds have passed
        for size in ((rows, 79), (12, 60), (rows, 79)):
            fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
            time.sleep(0.004)
        screen.wait(lambda text, row=rows - 1: "q quit" in (text.splitlines() + [""] * 24)[row] and
                    "udptui lesson mtu" in text.splitlines()[0], "the first row and the footer")
    screen.keys("q")
    ended(screen, "0")


@tap.case("a lesson of one's own: its texts and notes, and no keys for other lessons")
def own():
    path = udptui.write_file(OWN.encode()) # a path is a file, whatever its ending
    screen = Screen(80, 24)
    screen.run("lesson", path, wait=r"^ ?udptui lesson mine \(1/1\)")
    screen.wait_text(r"1-2 predict  Enter continue  \? help  q quit")
    screen.keys("n")
    screen.keys("2")
    screen.wait_text(r"You predicted 2: the client alone")
    screen.wait_text(r"hears hello")
    screen.wait_text(r"Enter result +Esc question +v view +t words +r again +\? help", wait_s=25)
    screen.keys("Enter")
    screen.wait_text(r"You said 2, and that is right")
    screen.wait_text(r"the server received +1")
    screen.keys("Enter")
    ended(screen, "0")


@tap.case("--ascii: the ladder in ASCII")
def ascii_only():
    screen = lesson("truncation", 80, 24, "--ascii")
    screen.keys("Enter")
    screen.wait_text(r"Enter result", wait_s=25)
    tap.true(screen.capture().isascii(), screen.capture())
    screen.keys("Enter")
    screen.wait_text(r"MSG_TRUNC")
    tap.true(screen.capture().isascii(), screen.capture())
    screen.keys("q")
    ended(screen, "0")


tap.main()
