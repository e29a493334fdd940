# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The look of all screens: high contrast has no colour and nothing dim, NO_COLOR has no colour, and the main
figures stand in large digits."""
import re
import subprocess

import tap
import udptui
from screen import Pty, Screen

LARGE = "██"


def commands():
    """Each screen: its arguments, and what it shows."""
    address = udptui.Server().text
    return (
        ("demo", ("demo",), "Clients 3"),
        ("lesson", ("lesson", "loss"), "udptui lesson"),
        ("ping", ("ping", "-i", "100ms", address), "p99"),
        ("load", ("load", "--rate", "100/s", "--duration", "1h", "--timeout", "20s", address), "acked"),
    )


def sgr(screen):
    """All parameters of the attributes on the screen."""
    return set(";".join(re.findall(r"\x1b\[([0-9;]*)m", screen.capture("-e"))).split(";"))


COLOURS = {str(base + colour) for base in (30, 40, 90, 100) for colour in range(8)} | {"38", "48"}


def check_plain(screen, what, dim=False):
    tap.equal(sgr(screen) & (COLOURS | (set() if dim else {"2"})), set(), "colours and dim text of " + what)


def coloured_rows(screen, pattern):
    """The rows of the screen that match, with their attributes."""
    return [row for row in screen.capture("-e").split("\n")
            if re.search(pattern, re.sub(r"\x1b\[[0-9;]*m", "", row))]


@tap.case("bars in the row under the keys have its colours; those of other rows have their own")
def selected_bars():
    screen = Screen(80, 24)
    screen.run("demo", wait="Clients 3")
    screen.wait_text(r"^ > 127\.0\.0\.1:\d+ .*[▁-▇]")
    screen.wait_text(r"^   127\.0\.0\.1:\d+ .*[▁-▇]")
    selected, = coloured_rows(screen, r"^ > 127\.0\.0\.1:\d+ ")
    tap.lacks(selected, "\x1b[36m", "the row under the keys")
    others = coloured_rows(screen, r"^   127\.0\.0\.1:\d+ .*[▁-▇]")
    tap.true(all("\x1b[36m" in row for row in others), "other rows: %r" % others)
    screen.keys("q")


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


@tap.case("--color always overrides NO_COLOR, never has no colour, in each screen", timeout_s=90)
def color():
    for name, arguments, shown in commands():
        screen = Screen(NO_COLOR="1")
        screen.run(*arguments, "--color", "always", wait=shown)
        screen.wait(lambda _: sgr(screen) & COLOURS, "colours of " + name)
        screen.keys("q")
        screen.wait_text("READY>")
        screen.run(*arguments, "--color=never", "--theme", "dark", wait=shown)
        check_plain(screen, name, dim=True)


# Entries of terminfo(5) of our own: not every machine has those of ncurses-term. How each begins a colour.
DEPTHS = (
    ("8", "colors#8, setaf=\\E[3%p1%dm,", rb"\x1b\[(?:[0-9;]*;)?32m"),
    ("16", "colors#16, setaf=\\E[%?%p1%{8}%<%t%p1%{30}%+%e%p1%{82}%+%;%dm,", rb"\x1b\[(?:[0-9;]*;)?92m"),
    ("88", "colors#88, setaf=\\E[38;5;%p1%dm,", rb"\x1b\[38;5;41m"),
    ("256", "colors#256, setaf=\\E[38;5;%p1%dm,", rb"\x1b\[38;5;114m"),
    ("direct", "colors#0x1000000, RGB, setaf=\\E[%?%p1%{8}%<%t3%p1%d%e38:2::%p1%{65536}%/%d:%p1%{256}%/%{255}%&%d:"
     "%p1%{255}%&%d%;m,", rb"\x1b\[38:2::135:215:135m"),
)


@tap.case("a terminal with 8, 16, 88 or 256 colours or direct colour gets the theme's colours for it")
def depths():
    udptui.need_program("tic")
    directory = udptui.temporary_directory()
    for name, entry, green in DEPTHS:
        source = udptui.write_file(("udptui-%s|a test, %s\n\tpairs#0x7fff, use=xterm-256color,\n" % (name, entry)).encode())
        subprocess.run(["tic", "-x", "-o", directory, source], check=True, stderr=subprocess.DEVNULL)
        terminal = Pty([udptui.BINARY, "demo", "--theme", "dark"],
                            env=udptui.environment(TERM="udptui-" + name, TERMINFO=directory))
        tap.until(lambda: terminal.settle(0.1, 1) or re.search(green, terminal.raw),
                  lambda: "green of %s colours in %r" % (name, terminal.raw[-3000:]))
        others = [other for other, _, pattern in DEPTHS if other != name and re.search(pattern, terminal.raw)]
        tap.equal(others, [], "colours of other depths with %s" % name)
        terminal.write(b"q")


@tap.case("F2 goes to high contrast and back to the theme, which tmux shows", timeout_s=60)
def themes():
    for theme, green in (("dark", "38;5;114"), ("light", "38;5;22"), ("safe", "38;5;75"), ("safe-light", "38;5;25")):
        screen = Screen()
        screen.run("demo", "--theme", theme, wait="Clients 3")
        has_green = lambda _: green in screen.capture("-e")
        screen.wait(has_green, theme)
        tap.true("2" not in sgr(screen), "dim text of " + theme)
        screen.keys("F2")
        screen.wait(lambda _: not sgr(screen) & COLOURS, "no colours")
        screen.keys("F2")
        screen.wait(has_green, theme)


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
