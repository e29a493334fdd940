# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look of all screens: high contrast has no colour and nothing dim, NO_COLOR has no colour, and the main
figures stand in large digits."""
import re

import tap
import udptui
from screen import Screen

LARGE = "██"


def commands():
    """Each screen: its arguments, and what it shows."""
    address = udptui.Server().text
    return (
        ("demo", ("demo",), "Clients 3"),
        ("lesson", ("lesson", "loss"), "udptui lesson"),
        ("ping", ("ping", "-i", "100ms", address), "p99"),
        ("load", ("load", "--rate", "100/s", "--duration", "1h", address), "acked"),
    )


def sgr(screen):
    """All parameters of the attributes on the screen."""
    return set(";".join(re.findall(r"\x1b\[([0-9;]*)m", screen.tmux("capture-pane", "-p", "-e"))).split(";"))


COLOURS = {str(base + colour) for base in (30, 40, 90, 100) for colour in range(8)} | {"38", "48"}


def check_plain(screen, what, dim=False):
    tap.equal(sgr(screen) & (COLOURS | (set() if dim else {"2"})), set(), "colours and dim text of " + what)


@tap.case("each screen: --theme contrast has neither colour nor dim text; F2 brings them back", timeout_s=60)
def contrast():
    each = commands()
    for name, arguments, shown in each:
        screen = Screen()
        screen.run(*arguments, "--theme", "contrast", wait=shown)
        check_plain(screen, name)
        screen.keys("F2")
        screen.wait(lambda _: sgr(screen) & (COLOURS | {"2"}), "colours of " + name)
        screen.keys("F2")
        screen.wait(lambda _: not sgr(screen) & (COLOURS | {"2"}), "no colours of " + name)
        tap.true("1" in sgr(screen), "bold text of " + name)


@tap.case("each screen: NO_COLOR has no colour", timeout_s=60)
def no_color():
    each = commands()
    for name, arguments, shown in each:
        screen = Screen(NO_COLOR="1")
        screen.run(*arguments, wait=shown)
        check_plain(screen, name, dim=True)


@tap.case("each screen: F3 and --large show the main figures in large digits, at 80x24 with the rest, at 40x10 alone",
          timeout_s=60)
def large():
    each = commands()
    for name, arguments, shown in each:
        screen = Screen()
        screen.run(*arguments, "--large", wait=shown)
        if name == "lesson":
            screen.keys("Enter", "Enter")
        screen.wait_text(LARGE)
        screen.wait_text("q (quit|stop|end)")
        screen.resize(40, 10)
        screen.wait_text("F3 the whole screen")
        screen.wait_text(LARGE[:1])
        screen.resize(30, 8)
        screen.wait_text("Too small")
        screen.resize(80, 24)
        screen.wait_text(LARGE)
        screen.keys("F3")
        screen.wait(lambda text: text.startswith(" udptui " + name), "the title in the first row again")


@tap.case("large digits alone, in the language of the lesson: its keys, too")
def large_in_malay():
    udptui.need_feature("translations")
    screen = Screen(40, 10)
    screen.run("lesson", "truncation", "--lang", "ms", "--large", wait="teruskan")
    screen.keys("Enter", "Enter")
    screen.wait_text("F3 seluruh skrin  q keluar")


tap.main()
