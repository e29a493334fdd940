# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How serve begins and ends on a terminal: the terminal is as it was on every way out, and without a
usable terminal there are lines."""
import os
import re
import signal
import time

import screen
import tap
import udptui
from screen import Screen
from udptui import Peer

ALTERNATE_ON, ALTERNATE_OFF = b"\x1b[?1049h", b"\x1b[?1049l"


# ---- in a shell

def leaves(end, status):
    """Starts serve in a shell, ends it, and looks at the shell's terminal."""
    shell = Screen()
    before = shell.shell("stty -g")
    shell.run("serve", "127.0.0.1:0", wait=r"127\.0\.0\.1:\d+")
    tap.equal(shell.variable("alternate_on"), "1", "alternate screen while it runs")
    end(shell)
    shell.wait(lambda text: text.rstrip().endswith(screen.PROMPT), "the shell's prompt")
    tap.equal(shell.shell("echo $?"), str(status), "exit status")
    tap.equal(shell.shell("stty -g"), before, "stty -g")
    for name, value in (("alternate_on", "0"), ("cursor_flag", "1"), ("mouse_any_flag", "0"),
                        ("keypad_flag", "0"), ("keypad_cursor_flag", "0"), ("insert_flag", "0")):
        tap.equal(shell.variable(name), value, name)
    shell.line("echo us''able")
    shell.wait_text(r"^usable$")
    shell.wait_text(r"echo us''able")


def by_key(name):
    return lambda shell: shell.keys(name)


def by_signal(number):
    return lambda shell: os.kill(shell.program_pid(), number)


for _key in ("q", "F10"):
    tap.add_case("%s quits: status 0, the terminal as it was" % _key, leaves, by_key(_key), 0)
tap.add_case("Ctrl-C quits: status 130, the terminal as it was", leaves, by_key("C-c"), 130)
for _number in (signal.SIGTERM, signal.SIGHUP, signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT):
    tap.add_case("%s: status %d, the terminal as it was" % (_number.name, 128 + _number),
                 leaves, by_signal(_number), 128 + _number)


@tap.case("the summary after the screen is broken between words")
def summary_in_few_columns():
    shell = Screen(40, 12)
    shell.run("serve", "127.0.0.1:0", wait=r"127\.0\.0\.1:\d+")
    shell.keys("q")
    shell.wait_text(r"^received 0, acked 0, held 0, failed 0,\s*\n\s+kernel dropped 0, clients 0")


@tap.case("Ctrl-Z gives the shell its terminal back, fg brings the screen back")
def suspend():
    shell = Screen()
    before = shell.shell("stty -g")
    shell.run("serve", "127.0.0.1:0", wait=r"127\.0\.0\.1:\d+")
    shell.keys("C-z")
    shell.wait(lambda text: text.rstrip().endswith(screen.PROMPT), "the shell's prompt")
    tap.equal(shell.variable("alternate_on"), "0", "alternate screen")
    tap.equal(shell.shell("stty -g"), before, "stty -g")
    shell.line("fg")
    tap.until(lambda: shell.variable("alternate_on") == "1", "the alternate screen")
    shell.wait_text(r"udptui serve +127\.0\.0\.1:\d+")
    shell.keys("q")
    shell.wait(lambda text: text.rstrip().endswith(screen.PROMPT), "the shell's prompt")
    tap.equal(shell.shell("stty -g"), before, "stty -g after q")


@tap.case("--duration ends the screen by itself, status 0")
def duration():
    terminal = screen.start("serve", "--duration", "400ms", "127.0.0.1:0")
    tap.equal(terminal.exit_status(), 0, "exit status")
    tap.contains(terminal.raw, ALTERNATE_OFF, "the end")
    terminal.modes_restored()


# ---- on a bare pty

def started(*options, **more):
    terminal = screen.start("serve", *options, "127.0.0.1:0", **more)
    terminal.wait(lambda raw: re.search(rb"127\.0\.0\.1:[1-9]", raw), "the address")
    address = re.search(rb"127\.0\.0\.1:[1-9]\d*", terminal.raw).group().decode()
    return terminal, udptui.split_address(address)


def modes_after(number):
    terminal, _ = started()
    os.kill(terminal.pid, number)
    tap.equal(terminal.exit_status(), 128 + number, "exit status")
    terminal.modes_restored()
    tap.contains(terminal.raw, ALTERNATE_OFF, "the end of the output")
    tap.true(terminal.raw.rindex(ALTERNATE_OFF) > terminal.raw.index(ALTERNATE_ON), "the order")
    tap.matches(terminal.raw.decode("utf-8", "replace"), r"\x1b\[\?25h|\x1b\[\?12l\x1b\[\?25h|\x1b\[34h",
                "the cursor")


for _number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGSEGV, signal.SIGBUS,
                signal.SIGFPE, signal.SIGILL, signal.SIGABRT):
    tap.add_case("%s restores the modes of the tty and leaves the alternate screen" % _number.name,
                 modes_after, _number)


@tap.case("the totals stand on the terminal after the screen is gone")
def totals_after():
    terminal, address = started()
    Peer().ask(b"x", address)
    terminal.write(b"q")
    tap.equal(terminal.exit_status(), 0, "exit status")
    after = terminal.raw[terminal.raw.rindex(ALTERNATE_OFF):].decode("utf-8", "replace")
    tap.matches(after, r"received 1, acked 1", "what is left")


@tap.case("the terminal goes away: status 129, in time")
def terminal_gone():
    terminal, address = started()
    Peer().ask(b"x", address)
    terminal.hang_up()
    tap.equal(terminal.exit_status(5), 129, "exit status")


@tap.case("the terminal goes away while SIGHUP is ignored: it ends or lives on, without a spin")
def terminal_gone_ignored():
    terminal = screen.Pty(["sh", "-c", "trap '' HUP; exec \"$0\" serve 127.0.0.1:0", udptui.BINARY])
    terminal.wait(lambda raw: re.search(rb"127\.0\.0\.1:[1-9]", raw), "the address")
    terminal.hang_up()
    used = _cpu_seconds_until_end_or(terminal, 1.0)
    tap.true(used is None or used < 0.5, "it spins: %.2f s of CPU in 1 s" % (used or 0))


def _cpu_seconds_until_end_or(terminal, limit_s):
    """CPU seconds used in the time, or None if the program ended."""
    deadline = time.monotonic() + limit_s
    first = udptui.cpu_s(terminal.pid)
    while time.monotonic() < deadline:
        if terminal.ended():
            return None
        time.sleep(0.02)
    return udptui.cpu_s(terminal.pid) - first


@tap.case("idle: hardly any CPU, hardly any output")
def idle():
    terminal, _ = started()
    terminal.wait_bytes(b"quit")
    terminal.settle(0.3, 3)
    size, used = len(terminal.raw), udptui.cpu_s(terminal.pid)
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        terminal.pump(0.2)
    tap.true(udptui.cpu_s(terminal.pid) - used < 0.3, "CPU %.2f s" % (udptui.cpu_s(terminal.pid) - used))
    tap.true(len(terminal.raw) - size < 2000, "%d bytes written in 2 s" % (len(terminal.raw) - size))


# ---- no usable terminal

def falls_back(term):
    env = udptui.environment(TERM=term)
    terminal = screen.Pty([udptui.BINARY, "serve", "127.0.0.1:0"], env=env, columns=200)
    terminal.wait_bytes(b"Server is listening on 127.0.0.1:")
    terminal.wait(lambda raw: re.search(rb"listening on 127\.0\.0\.1:\d+\r\n", raw), "the whole line")
    port = int(re.search(rb"listening on 127\.0\.0\.1:(\d+)", terminal.raw).group(1))
    Peer().ask(b"in a line", ("127.0.0.1", port))
    terminal.wait_bytes(b"in a line")
    tap.lacks(terminal.raw, b"\x1b", "the output")
    notice = [line for line in terminal.raw.split(b"\r\n") if b"TERM" in line or b"terminal" in line]
    tap.equal(len(notice), 1, "notices in %r" % terminal.raw)
    os.kill(terminal.pid, signal.SIGTERM)
    tap.equal(terminal.exit_status(), 143, "exit status")


for _term in ("dumb", "", None, "no-such-terminal"):
    tap.add_case("TERM=%s: lines, with a notice of one line" % ("(unset)" if _term is None else _term),
                 falls_back, _term)


@tap.case("--no-ui on a terminal gives lines, without a notice")
def no_ui():
    terminal = screen.start("serve", "--no-ui", "127.0.0.1:0")
    terminal.wait_bytes(b"Server is listening on 127.0.0.1:")
    tap.true(udptui.unstamped(terminal.raw.decode()).startswith("Server is listening"), "%r" % terminal.raw)
    tap.lacks(terminal.raw, b"\x1b", "the output")


@tap.case("--json on a terminal gives objects")
def json_on_terminal():
    terminal = screen.start("serve", "--json", "127.0.0.1:0")
    terminal.wait_bytes(b'"event"')
    tap.true(terminal.raw.startswith(b"{"), "%r" % terminal.raw)


# ---- colours and mouse

COLOUR = rb"\x1b\[[0-9;]*(?<![0-9])(3[0-7]|4[0-7]|9[0-7]|10[0-7]|38|48)(?![0-9])[0-9;]*m"


def drawn(**variables):
    terminal, address = started(env=udptui.environment(TERM=screen.TERM, **variables))
    client = Peer()
    client.ask(b"x", address)
    client.send(udptui.DEFAULT_ACK, address)
    terminal.wait_bytes(b"HELD")
    terminal.settle(0.2, 2)
    return terminal.raw


@tap.case("colours by default, none with NO_COLOR")
def no_colour():
    tap.true(re.search(COLOUR, drawn()), "no colour at all")
    found = re.search(COLOUR, drawn(NO_COLOR="1"))
    tap.true(not found, "a colour in spite of NO_COLOR: %r" % (found and found.group()))


@tap.case("an empty NO_COLOR means nothing")
def empty_no_colour():
    tap.true(re.search(COLOUR, drawn(NO_COLOR="")), "no colour")


@tap.case("the mouse is asked for and given back; --no-mouse leaves it alone")
def mouse():
    terminal, _ = started()
    tap.true(re.search(rb"\x1b\[\?100[0236](;100\d)*h", terminal.raw), "the mouse was not asked for")
    terminal.write(b"q")
    terminal.exit_status()
    tap.true(re.search(rb"\x1b\[\?100[0236](;100\d)*l", terminal.raw), "the mouse was not given back")
    terminal, _ = started("--no-mouse")
    tap.true(not re.search(rb"\x1b\[\?100\d", terminal.raw), "the mouse in spite of --no-mouse")


@tap.case("a tty of 0x0 falls back to a size that works")
def no_size():
    terminal, address = started(columns=0, rows=0)
    tap.equal(Peer().ask(b"x", address), udptui.DEFAULT_ACK, "ack")
    terminal.write(b"q")
    tap.equal(terminal.exit_status(), 0, "exit status")


tap.main()
