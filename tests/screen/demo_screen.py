# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""demo in a real terminal: three clients on one screen."""
import re

import tap
from screen import Screen

ROW = r"127\.0\.0\.1:\d+ +([1-9]\d*) +([1-9]\d*) +\d+"


def demo_runs(columns, rows):
    screen = Screen(columns, rows)
    before = screen.shell("stty -g")
    screen.run("demo")
    screen.wait(lambda text: len(re.findall(ROW, text)) >= 3, "three clients with acks")
    screen.wait_text(r"acked [1-9]")
    screen.wait_text(r"Clients 3\b")
    first = int(re.search(r"in (\d+)", screen.capture()).group(1))
    screen.wait(lambda text: int(re.search(r"in (\d+)", text).group(1)) > first, "more messages")
    screen.keys("q")
    screen.wait(lambda text: text.rstrip().endswith("READY>"), "the shell's prompt")
    tap.equal(screen.shell("echo $?"), "0", "exit status")
    tap.equal(screen.shell("stty -g"), before, "stty -g")


for _size in ((80, 24), (120, 40)):
    tap.add_case("%dx%d: three clients, their acks, more and more; q quits" % _size, demo_runs, *_size)


@tap.case("30x8: too small, then a resize shows it")
def too_small():
    screen = Screen(30, 8)
    screen.run("demo", wait=r"(?i)too small")
    screen.resize(80, 24)
    screen.wait(lambda text: len(re.findall(ROW, text)) >= 3, "three clients with acks")


@tap.case("--duration 3s ends it by itself")
def duration():
    screen = Screen()
    screen.run("demo", "--duration", "3s", wait=r"^received \d+, .*clients [1-3]\b.*\n(.+\n)*READY>")
    tap.equal(screen.shell("echo $?"), "0", "exit status")


tap.main()
