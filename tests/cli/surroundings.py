# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Surroundings that are odd: TERM, locales, COLUMNS and LINES, HOME and the XDG directories, the history, blocked
and ignored signals, files that are no files. Each is told in a line, or is no obstacle."""
import os
import re
import shutil
import signal
import socket
import subprocess
import termios

import commands
import lessons
import screen
import tap
import udptui

SCREENS = {  # not all: they share one loop
    "serve": (["serve", "127.0.0.1:0"], rb"127\.0\.0\.1:[1-9]"),
    "lesson": (["lesson", "loss"], rb"loss")}
PROMPT = rb":\d+> "


def shown(arguments, pattern, **variables):
    """The program on a terminal, until it is up, and ended by a signal: all that it wrote."""
    terminal = screen.Pty([udptui.BINARY] + arguments, env=udptui.environment(**variables), columns=100, rows=30)
    terminal.wait(lambda raw: re.search(pattern, raw), "%s to come up" % arguments[0])
    os.kill(terminal.pid, signal.SIGTERM)
    tap.equal(terminal.exit_status(), 143, "exit status")
    terminal.modes_restored()
    return terminal.raw


# ---- terminals

TERMINALS = ("linux", "xterm", "xterm-256color", "vt100", "ansi", "screen", "vt220")
NONE = ((None, "is not set"), ("", "is not set"), ("dumb", "is dumb"), ("nonsense-9", "names an unknown terminal"),
        ("../../etc/passwd", "names an unknown terminal"), ("x" * 5000, "names an unknown terminal"))


def terminal_types(name):
    for term in TERMINALS:
        tap.lacks(shown(*SCREENS[name], TERM=term), b"TERM", "what TERM=%s shows" % term)
    for term, why in NONE:
        raw = shown(*SCREENS[name], TERM=term)
        tap.contains(raw, b"udptui: TERM %s: showing lines instead of the screen\r\n" % why.encode(), "the notice")
        tap.lacks(raw, b"\x1b", "the lines")


for _name in SCREENS:
    tap.add_case("%s: terminals of all kinds, and none" % _name, terminal_types, _name)


INSTALLED_MAX = 60  # tried, of perhaps thousands


def installed():
    """The types that terminfo(5) knows here: a file each, in a directory for each first letter."""
    roots = ("/etc/terminfo", "/lib/terminfo", "/usr/lib/terminfo", "/usr/share/terminfo", "/usr/local/share/terminfo")
    return sorted({name for root in roots for _, _, names in os.walk(root) for name in names if name != "README"})


@tap.case("serve: on types of terminals that are known here there is a screen, or lines and a notice", timeout_s=120)
def known_types():
    found = installed()
    if not found:
        tap.skip("no files of terminfo")
    for term in found[::1 + len(found) // INSTALLED_MAX]:
        raw = shown(*SCREENS["serve"], TERM=term)
        tap.true(b"showing lines instead" in raw or b"udptui serve" in raw, "TERM=%s: %r" % (term, raw[-300:]))


# ---- locales

LOCALES = ("C", "C.UTF-8", "de_DE.ISO-8859-1", "tr_TR.UTF-8", "he_IL.ISO-8859-8", "ja_JP.SJIS", "x" * 5000,
           "../../etc/passwd", "%s%n", "")
MADE = ("de_DE ISO-8859-1", "tr_TR ISO-8859-9")


def in_locale(locale, arguments, **more):
    env = udptui.environment(LC_ALL=locale, LANG=locale, LANGUAGE=locale, **more)
    result = lessons.each_try(lambda: (udptui.run(*arguments, env=env),),
                              lambda found: found.status != 1 or arguments[0] != "lesson")[0].expect(0)
    tap.equal(result.err, "", "stderr of %s" % arguments)
    result.raw.decode("utf-8")
    if "--json" in arguments:
        result.objects()
    elif "UTF-8" not in locale:
        tap.true(result.raw.isascii(), "not ASCII in %r: %r" % (locale, result.raw))


@tap.case("lines and JSON in locales of all kinds")
def locales():
    world = commands.World()
    commands.each([(locale, ["lesson", "loss", "--no-ui"]) for locale in LOCALES] +
                  [(locale, row.brief(world, "--json")) for locale in LOCALES[2::5] for row in commands.ROWS], in_locale)


@tap.case("locales with other character sets and Turkish letters")
def other_locales():
    if not shutil.which("localedef") or not os.path.exists("/usr/share/i18n/locales/tr_TR"):
        tap.skip("no sources of locales")
    directory = udptui.temporary_directory()
    world = commands.World()
    for words in MADE:
        language, charset = words.split()
        locale = "%s.%s" % (language, charset)
        subprocess.run(["localedef", "-i", language, "-f", charset, os.path.join(directory, locale)], check=True,
                       stderr=subprocess.DEVNULL)
        for row in commands.ROWS[:3]:
            in_locale(locale, row.brief(world, "--no-ui"), LOCPATH=directory)
        raw = shown(*SCREENS["serve"], LOCPATH=directory, LC_ALL=locale, TERM="xterm")
        tap.true(raw.isascii(), "the screen is not ASCII")


@tap.case("COLUMNS and LINES that are nonsense")
def nonsense_sizes():
    world = commands.World()
    for columns, lines in (("0", "0"), ("-1", "-5"), ("x", "y"), ("", ""), ("1000000", "1000000")):
        shown(*SCREENS["serve"], COLUMNS=columns, LINES=lines, TERM="xterm")
        in_locale("C.UTF-8", ["lesson", "loss", "--auto"], COLUMNS=columns, LINES=lines)
        shown(["send", "--no-history", world.echo.text], PROMPT, COLUMNS=columns, LINES=lines, TERM="xterm")


# ---- home and history

def prompt_with(home, **variables):
    """A line is sent from the prompt, whatever happens to its history; what is said about that."""
    echo = commands.World().echo
    terminal = screen.Pty([udptui.BINARY, "send", "--timeout", "10s", echo.text], columns=250,
                          env=udptui.environment(TERM="xterm", HOME=home, **variables))
    terminal.wait(lambda raw: re.search(PROMPT, raw), "the prompt")
    terminal.write(b"one\n")
    terminal.wait_bytes(b"rtt")
    terminal.write(b"\x04")
    tap.equal(terminal.exit_status(), 0, "exit status")
    terminal.modes_restored()
    found = re.search(r"the history is not kept[^\r\n]*", terminal.raw.decode("utf-8", "replace"))
    return found.group() if found else ""


def history_of(make):
    home = udptui.temporary_directory()
    path = os.path.join(home, ".local/state/udptui/history")
    os.makedirs(os.path.dirname(path))
    make(path)
    return prompt_with(home), path


def make_socket(path):
    listener = socket.socket(socket.AF_UNIX)
    tap.defer(listener.close)
    listener.bind(path)


for _name, _make, _why in (
        ("directory", os.mkdir, "Is a directory"), ("FIFO", os.mkfifo, "not a regular file"),
        ("socket", make_socket, "not a regular file"),
        ("link to itself", lambda path: os.symlink("history", path), "it is a symbolic link"),
        ("link to a device", lambda path: os.symlink("/dev/zero", path), "it is a symbolic link")):
    tap.add_case("a history that is a %s" % _name,
                 lambda make=_make, why=_why: tap.contains(history_of(make)[0], why, "what is said"))


def write(content):
    def make(path):
        with open(path, "wb") as file:
            file.write(content)
    return make


@tap.case("a history with NULs, with long and very many lines, with an end that is none")
def odd_histories():
    for content in (b"a\0b\n\0\n", b"y" * 3000000 + b"\n", b"\xff\xfe\x1b]0;x\x07" * 1000, b"last"):
        said, path = history_of(write(content))
        tap.equal(said, "", "what is said")
        with open(path, "rb") as file:
            tap.equal(file.read(), content + (b"" if content.endswith(b"\n") else b"\n") + b"one\n", "the history")
    said, path = history_of(write(b"".join(b"line %d\n" % number for number in range(100000))))
    with open(path, "rb") as file:
        tap.true(len(file.readlines()) < 10000, "the history was not shortened")


@tap.case("HOME and the XDG directories: unset, empty, relative, missing, a file")
def homes():
    file = udptui.write_file(b"x")
    none, missing = "there is no home directory: set HOME", "the home directory does not exist"
    for home, why in ((None, none), ("", none), ("relative", none), ("~", none), ("/nonexistent", missing),
                      (file, missing), ("/" + "x" * 5000, "the path is too long")):
        tap.contains(prompt_with(home), why, "HOME=%s" % home)
    home = udptui.temporary_directory()
    for place, why in (("", ""), ("relative", ""), (file, "Not a directory"), ("/" + "x" * 5000, "too long")):
        tap.contains(prompt_with(home, XDG_STATE_HOME=place, XDG_DATA_HOME=place), why, "XDG_STATE_HOME=%s" % place)


@tap.case("umask: files of ours are for their owner, whatever it is")
def umasks():
    for mask in (0, 0o22, 0o77):
        home = udptui.temporary_directory()
        before = os.umask(mask)
        try:
            tap.equal(prompt_with(home), "", "what is said")
        finally:
            os.umask(before)
        path = os.path.join(home, ".local/state/udptui/history")
        tap.equal(os.stat(path).st_mode & 0o777, 0o600, "mode of the history with umask %o" % mask)


# ---- signals that were blocked or ignored by the parent

def ends_by(arguments, number, before):
    signal.pthread_sigmask(signal.SIG_BLOCK, () if before else (number,))
    child = subprocess.Popen(["sh", "-c", before + ' exec "$0" "$@"', udptui.BINARY] + arguments,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             env=udptui.environment())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (number,))
    child.stdout.read(20)
    child.send_signal(number)
    _, errors = child.communicate(timeout=tap.patience_s())
    tap.equal((udptui.shell_status(child.returncode), errors), (128 + number, b""), "status and stderr")


@tap.case("signals that the parent has blocked or ignored still end every command")
def inherited_signals():
    world = commands.World()
    commands.each([(row.lasting(world, "--json"), number, before) for row in commands.ROWS if row.name != "lesson"
          for number, before in ((signal.SIGTERM, ""), (signal.SIGTERM, 'trap "" TERM;'), (signal.SIGHUP, ""))], ends_by)


# ---- files that are no files

READERS = (
    ("rules", ["serve", "-d", "50ms", "--rules"], ["127.0.0.1:0"]),
    ("questions", ["serve", "-d", "50ms", "--class", "--questions"], ["127.0.0.1:0"]),
    ("a payload", ["send", "--file"], ["127.0.0.1:9"]),
    ("packets", ["send", "--packet", "x", "--packets"], ["127.0.0.1:9"]),
    ("a capture", ["replay", "--json"], []),
    ("a capture to send", ["replay", "--to", "127.0.0.1:9"], []))
WRITERS = (
    ("a log", ["serve", "-d", "50ms", "--log"], ["127.0.0.1:0"]),
    ("a recording", ["serve", "-d", "50ms", "--pcap"], ["127.0.0.1:0"]),
    ("a lesson's capture", ["lesson", "loss", "--auto", "--pcap"], []))


def one_line(arguments, why):
    result = udptui.run(*arguments).expect(3)
    tap.matches(result.err, r"\Audptui: [^\n]*%s\n\Z" % re.escape(why), "stderr of %s" % " ".join(arguments))


def odd_paths(before, after):
    directory = udptui.temporary_directory()
    loop, device = os.path.join(directory, "loop"), os.path.join(directory, "socket")
    os.symlink("loop", loop)
    make_socket(device)
    for path, why in ((directory, "Is a directory"), (loop, "Too many levels of symbolic links"),
                      (os.path.join(directory, "none", "x"), "No such file or directory"),
                      (os.path.join(udptui.write_file(b""), "x"), "Not a directory")):
        one_line(before + [path] + after, why)
    tap.equal(udptui.run(*before, device, *after).status, 3, "status with a socket")


for _name, _before, _after in READERS + WRITERS:
    tap.add_case("a directory, a loop of links, a socket, a missing path as %s" % _name, odd_paths, _before, _after)


# ---- files that change while they are read

def changed(change, count):
    path = commands.capture_file(count, 0.001)
    child = udptui.start("replay", "--json", "--speed", "1", "-t", "1ms", path)
    child.wait_objects("message")
    change(path)
    result = child.finish()
    messages, summary = result.objects("message"), result.objects("summary")[-1]
    tap.equal(len(messages), summary["received"], "messages")
    return result


@tap.case("a capture that is removed while it is read is read to its end")
def removed_capture():
    tap.equal(len(changed(os.unlink, 500).expect(0).objects("message")), 500, "messages")


@tap.case("a capture that shrinks while it is read: what was read is counted, and its end is told")
def shrunk_capture():
    result = changed(lambda path: os.truncate(path, 100), 20000).expect(3)  # more than a buffer
    tap.matches(result.err, r"\Audptui: [^\n]*truncated: [^\n]*\n\Z", "stderr")


def append(path, data):
    with open(path, "ab") as file:
        file.write(data)


@tap.case("a capture that grows while it is read: all of it, or what was there; half a datagram at its end is told")
def grown_capture():
    with open(commands.capture_file(100), "rb") as file:
        more = file.read()[24:]  # without the file's header
    whole = changed(lambda path: append(path, more), 200).expect(0)
    tap.true(len(whole.objects("message")) in (200, 300), "%d messages" % len(whole.objects("message")))
    tap.equal(whole.err, "", "stderr")
    cut = changed(lambda path: append(path, more[:-1]), 200)
    tap.true((cut.status, len(cut.objects("message"))) in ((0, 200), (3, 299)), "status %d, %d messages" % (
        cut.status, len(cut.objects("message"))))
    tap.matches(cut.err, r"\A\Z" if cut.status == 0 else r"\Audptui: [^\n]*truncated: [^\n]*\n\Z", "stderr")


@tap.case("a file that is written is no other file of the command")
def same_files():
    directory = udptui.temporary_directory()
    capture = commands.capture_file(3)
    link, new = os.path.join(directory, "link"), os.path.join(directory, "new")
    os.symlink(capture, link)
    with open(capture, "rb") as file:
        content = file.read()
    for arguments in (["replay", "--log", link, capture], ["replay", "--save", link, capture],
                      ["serve", "--log", new, "--pcap", new], ["serve", "--rules", capture, "--log", link],
                      ["send", "--file", capture, "--log", capture, "127.0.0.1"],
                      ["lesson", "loss", "--auto", "--log", new, "--pcap", new]):
        result = udptui.run(*arguments).expect(2)
        tap.matches(result.err, r"\Audptui: [^\n]* are the same file: [^\n]*\n\Z", "stderr")
    with open(capture, "ab") as out:
        done = subprocess.run([udptui.BINARY, "replay", "--json", capture], stdout=out, stderr=subprocess.PIPE)
    tap.contains(done.stderr, b"FILE and standard output are the same file", "stderr")
    with open(capture, "rb") as file:
        tap.equal(file.read(), content, "the capture")


tap.main()
