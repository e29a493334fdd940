# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How every command with a screen or a prompt ends: a signal, a crash, Ctrl-Z, a terminal that takes no
bytes. One mechanism, so one table of commands."""
import ctypes
import os
import re
import signal
import time

import reader
import screen
import tap
import udptui
from broker import Broker, Publisher
from screen import Screen
from udptui import Peer, Server

ALTERNATE_ON, ALTERNATE_OFF = b"\x1b[?1049h", b"\x1b[?1049l"

ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
OTHERS = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF,
          signal.SIGIO, signal.SIGXCPU, signal.SIGQUIT, signal.SIGRTMIN)
CRASHES = (signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGABRT, signal.SIGTRAP,
           signal.SIGSYS)


# ---- the commands, each with what shows that it is up

def capture_file():
    path = os.path.join(udptui.temporary_directory(), "a.pcap")
    server = Server("--pcap", path)
    for text in (b"one", b"two", b"three"):
        Peer().ask(text, server.address)
    server.stop()
    return path


def serve():
    return ("serve", "127.0.0.1:0"), rb"127\.0\.0\.1:[1-9]"


def demo():
    return ("demo",), rb"hello"


def load():
    return ("load", "-d", "60s", "--rate", "100/s", "--timeout", "20s", Server().text), rb"acked"


def lesson():
    return ("lesson", "loss"), rb"loss"


def replay():
    return ("replay", capture_file()), rb"END"


def ping():
    return ("ping", "-i", "20ms", Server("--ack", "stamp").text), rb"rtt"


def relay():
    return ("relay", "127.0.0.1:0", Server().text), rb"127\.0\.0\.1:[1-9]"


def resend():
    return ("replay", "--to", Server().text, "--loop", "1000000", "--speed", "0.1", capture_file()), rb"sent"


def watch():
    broker = Broker()
    server = Publisher(broker, "room-1")
    server.state()
    server.stats(5)
    return ("watch", broker.url()), rb"room-1:4010"


def send():
    return ("send", "--no-history", Server().text), rb":\d+>"


SCREENS = (serve, demo, load, lesson, replay, ping, relay, resend, watch)
ALL = SCREENS + (send,)


def started(make, *options):
    """The command on a pty, up."""
    arguments, pattern = make()
    terminal = screen.start(*(arguments[:1] + options + arguments[1:]))
    terminal.wait(lambda raw: re.search(pattern, raw), "%s to come up" % make.__name__)
    if make in SCREENS:
        tap.contains(terminal.raw, ALTERNATE_ON, "the beginning")
    terminal.settle(0.1, 1)
    return terminal


def is_given_back(terminal, make):
    """What a terminal that is read again at last has got in the end."""
    terminal.modes_restored()
    terminal.drain()
    if make in SCREENS:
        tap.contains(terminal.raw, ALTERNATE_OFF, "the end")
        tap.true(terminal.raw.rindex(ALTERNATE_OFF) > terminal.raw.rindex(ALTERNATE_ON), "the order")


# ---- a terminal that takes no bytes

def ends_though_stalled(make, number):
    terminal = started(make)
    terminal.stall()
    os.kill(terminal.pid, number)
    tap.equal(terminal.ends_unread(reader.WITHIN_S), 128 + number, "exit status")
    is_given_back(terminal, make)


for _make in ALL:
    for _number in ENDING:
        tap.add_case("%s on a terminal that is not read: %s ends it, and gives the terminal back"
                     % (_make.__name__, _number.name), ends_though_stalled, _make, _number,
                     timeout_s=reader.STALLED_TIMEOUT_S)


def duration_though_stalled(make):
    terminal = started(make, "--duration", "1s")
    terminal.stall()
    terminal.ends_unread(1 + reader.WITHIN_S)
    is_given_back(terminal, make)


for _make in (serve, demo, watch):
    tap.add_case("%s on a terminal that is not read: --duration ends it" % _make.__name__,
                 duration_though_stalled, _make, timeout_s=reader.STALLED_TIMEOUT_S)


@tap.case("serve: what cannot be set up is told when the screen is gone")
def not_set_up():
    terminal = Screen()
    terminal.run("serve", "--threads", "16", "127.0.0.1:0", before="ulimit -n 40; ")
    terminal.wait_text(r"^udptui: cannot start the server: .*open files")
    tap.equal(terminal.shell("echo $?"), "3", "exit status")


@tap.case("load on a terminal that is not read: --duration ends it", timeout_s=reader.STALLED_TIMEOUT_S)
def load_duration_though_stalled():
    terminal = screen.start("load", "-d", "1s", "--rate", "100/s", Server().text)
    terminal.wait_bytes(b"acked")
    terminal.stall()
    terminal.ends_unread(1 + reader.WITHIN_S)
    is_given_back(terminal, load)


@tap.case("serve: a terminal that is not read from the first byte on is no trap either",
          timeout_s=reader.STALLED_TIMEOUT_S)
def stalled_from_the_start():
    terminal = screen.Pty(["sh", "-c", "read line; exec \"$0\" serve 127.0.0.1:0", udptui.BINARY])
    terminal.stall()
    terminal.write(b"\n")
    name = "/proc/%d/comm" % terminal.pid
    tap.until(lambda: "udptui" in open(name).read(), "the program")
    time.sleep(0.2)  # for its first bytes, of which nothing can be seen
    os.kill(terminal.pid, signal.SIGTERM)
    tap.equal(terminal.ends_unread(reader.WITHIN_S), 143, "exit status")
    terminal.modes_restored()


def quits_though_stalled(make, key):
    terminal = started(make)
    terminal.stall()
    terminal.write(key)
    terminal.ends_unread(reader.WITHIN_S)
    is_given_back(terminal, make)


for _make, _key in ((serve, b"q"), (lesson, b"q"), (replay, b"q"), (watch, b"q"),
                    (send, b"\x04")):
    tap.add_case("%s on a terminal that is not read: %r quits" % (_make.__name__, _key.decode()),
                 quits_though_stalled, _make, _key, timeout_s=reader.STALLED_TIMEOUT_S)


# ---- a terminal that goes away

def hangs_up(make, before):
    arguments, pattern = make()
    terminal = screen.Pty(["sh", "-c", before + 'exec "$0" "$@"', udptui.BINARY] + list(arguments))
    terminal.wait(lambda raw: re.search(pattern, raw), "%s to come up" % make.__name__)
    terminal.hang_up()
    tap.equal(terminal.exit_status(), 129, "exit status")


for _make in ALL:
    tap.add_case("%s: a terminal that goes away ends it" % _make.__name__, hangs_up, _make, "")
    tap.add_case("%s: a terminal that goes away ends it, also if SIGHUP is ignored (nohup)" % _make.__name__,
                 hangs_up, _make, "trap '' HUP; ")


# ---- signals

def ends_by(make, number):
    terminal = started(make)
    os.kill(terminal.pid, number)
    expected = (0, 1) if make is ping and number == signal.SIGINT else (128 + number,)  # ping: as ping(8)
    status = terminal.exit_status()
    tap.true(status in expected, "exit status %d" % status)
    is_given_back(terminal, make)


for _make in ALL:
    for _number in ENDING + CRASHES[:1]:
        tap.add_case("%s: %s gives the terminal back" % (_make.__name__, _number.name), ends_by, _make,
                     _number)
for _number in OTHERS + CRASHES[1:]:
    tap.add_case("serve: signal %d gives the terminal back" % _number, ends_by, serve, _number)
    tap.add_case("send: signal %d gives the terminal back" % _number, ends_by, send, _number)


def threads_of(pid):
    return [int(name) for name in os.listdir("/proc/%d/task" % pid)]


@tap.case("serve: a crash in any of its threads gives the terminal back")
def crash_in_a_thread():
    threads = 1
    index = 0
    while index < threads:
        terminal = started(serve)
        found = threads_of(terminal.pid)
        threads = len(found)
        tgkill = ctypes.CDLL(None, use_errno=True).syscall
        tgkill(234, terminal.pid, found[index], int(signal.SIGSEGV))  # tgkill(2) on x86-64
        tap.equal(terminal.exit_status(), 128 + signal.SIGSEGV, "exit status")
        is_given_back(terminal, serve)
        index += 1
    tap.true(threads >= 3, "only %d threads" % threads)


# ---- job control

def suspends(make):
    arguments, pattern = make()
    shell = Screen()
    before = shell.shell("stty -g")
    up = pattern.decode()
    shell.run(*arguments, wait=up)
    shell.keys("C-z")
    shell.wait(lambda text: text.rstrip().endswith(screen.PROMPT), "the shell's prompt")
    tap.equal(shell.variable("alternate_on"), "0", "alternate screen")
    tap.equal(shell.shell("stty -g"), before, "stty -g")
    shell.line("clear; fg")
    shell.wait_text(up)
    if make in SCREENS:  # the words may be those of the command's line, which the shell repeats
        tap.until(lambda: shell.variable("alternate_on") == "1", "the alternate screen")
    os.kill(shell.program_pid(), signal.SIGTERM)
    shell.wait(lambda text: text.rstrip().endswith(screen.PROMPT), "the shell's prompt")
    tap.equal(shell.shell("stty -g"), before, "stty -g after the end")


def has_ended(pid):
    """Whether it is gone, or a zombie."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def killed_in_the_background(make):
    arguments, pattern = make()
    shell = Screen()
    shell.run(*arguments, wait=pattern.decode())
    pid = shell.program_pid()
    shell.keys("C-z")
    shell.wait(lambda text: text.rstrip().endswith(screen.PROMPT), "the shell's prompt")
    shell.line("kill %1; kill -CONT %1")
    tap.until(lambda: has_ended(pid), "the end of a job that was suspended")


for _make in ALL:
    tap.add_case("%s: Ctrl-Z gives the shell its terminal, fg brings it back" % _make.__name__, suspends,
                 _make)
    tap.add_case("%s: a suspended job ends when it is killed" % _make.__name__,
                 killed_in_the_background, _make)

tap.main()
