# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Standard input, output and error that are closed, full, of the wrong kind or without a reader: the same
status and the same words in every command, as lines and as JSON (tests/lib/commands.py has the commands)."""
import os
import re
import signal
import subprocess

import commands
import lessons
import tap
import udptui
from udptui import Peer

BAD, FULL = "Bad file descriptor", "No space left on device"


# ---- one program with its streams as a shell made them

def start(arguments, redirection="", before="", **options):
    """What the redirection leaves alone is: nothing on stdin, pipes for the rest."""
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    script = '%s exec "$0" "$@" %s' % (before, redirection)
    return subprocess.Popen(["sh", "-c", script, udptui.BINARY] + arguments, env=udptui.environment(), **streams)


def finish(child):
    """(status as a shell shows it, stdout, stderr) at the end of a program that is not slow to end."""
    try:
        out, err = child.communicate(timeout=tap.patience_s())
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
        raise tap.Failure("%s did not end" % child.args) from None
    return udptui.shell_status(child.returncode), out, err.decode()


def complaint(why):
    return "udptui: cannot write to standard output: %s\n" % why


# ---- closed, full, of the wrong kind: redirection, status, stderr, whether something is printed

REDIRECTIONS = (
    ("<&-", 0, "", True),
    ("2>&-", 0, "", True),
    ("</", 0, "", True),  # a directory
    ("0>/dev/null", 0, "", True),  # cannot be read
    (">&-", 3, complaint(BAD), False),
    ("1</dev/null", 3, complaint(BAD), False),
    (">/dev/full", 3, complaint(FULL), False),
    ("<&- >/dev/full", 3, complaint(FULL), False),
    (">/dev/full 2>/dev/full", 3, "", False),
    ("<&- >&- 2>&-", 3, "", False))


def redirected(row):
    world = commands.World()

    def judge(redirection, status, errors, prints, arguments):
        got, out, err = lessons.each_try(lambda: finish(start(arguments, redirection)),
                                         lambda found: found != 1 or row.name != "lesson")
        tap.equal((got, err), (status, errors), "status and stderr of %s %s" % (" ".join(arguments), redirection))
        tap.equal(bool(out), prints, "whether something was printed")
    commands.each([case + (row.brief(world, form),) for case in REDIRECTIONS for form in row.forms], judge)


for _row in commands.ROWS:
    tap.add_case("%s: streams that are closed, full or of the wrong kind" % _row.name, redirected, _row)


def has_other_descriptors(arguments):
    child = start(arguments, "<&- 2>&-", stderr=subprocess.DEVNULL)
    tap.defer(child.stdout.close)
    tap.defer(child.wait)
    tap.defer(child.kill)
    child.stdout.readline()
    directory = "/proc/%d/fd" % child.pid
    tap.until(lambda: any("socket:" in link for link in udptui.descriptors(child.pid)), "a socket")
    for number in ("0", "2"):
        tap.equal(os.readlink(os.path.join(directory, number)), os.devnull, "descriptor " + number)


for _row in commands.ROWS:
    if _row.name not in ("replay", "lesson"):  # which have no socket, or not for long
        tap.add_case("%s: no socket gets the place of a closed stream" % _row.name,
                     lambda row=_row: has_other_descriptors(row.lasting(commands.World(), "--json")))


# ---- texts

TEXTS = (["--help"], ["--version"], ["help", "serve", "all"], ["serve", "--help"], ["completion", "bash"], ["lesson"],
         ["lesson", "--source", "loss"], ["lesson", "loss", "--markdown"])


@tap.case("help, version, completion and handouts: the same status and words")
def texts():
    commands.each([(words, redirection, why) for words in TEXTS
          for redirection, why in ((">&-", BAD), (">/dev/full", FULL))], text_fails)


def text_fails(words, redirection, why):
    tap.equal(finish(start(words, redirection)), (3, b"", complaint(why)), "%s %s" % (words, redirection))


# ---- a reader that goes away

def abandoned(arguments, before="", mask=()):
    """As `udptui ... | head -c 20`."""
    reading, writing = os.pipe()
    signal.pthread_sigmask(signal.SIG_BLOCK, mask)
    child = start(arguments, before=before, stdout=writing)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, mask)
    os.close(writing)
    os.read(reading, 20)
    os.close(reading)
    tap.equal(finish(child)[::2], (141, ""), "status and stderr of %s" % " ".join(arguments))


def reader_goes(row):
    world = commands.World()
    commands.each([(row.lasting(world, form),) + how for form in row.forms
          for how in (("",), ('trap "" PIPE;',), ("", (signal.SIGPIPE,)))], abandoned)


for _row in commands.ROWS:
    tap.add_case("%s: a reader that goes away is status 141 without a word, also if SIGPIPE is ignored or blocked"
                 % _row.name, reader_goes, _row)


@tap.case("texts: a reader that goes away is status 141 without a word")
def text_reader_goes():
    commands.each([(words, how) for words in TEXTS for how in ("", 'trap "" PIPE;')], text_abandoned)


def text_abandoned(words, before):
    reading, writing = os.pipe()
    os.close(reading)
    child = start(words, before=before, stdout=writing)
    os.close(writing)
    tap.equal(finish(child)[::2], (141, ""), "status and stderr of %s" % words)


# ---- a reader that stands still

def answers_on(form):
    reading, writing = os.pipe()
    child = start(["serve", form, "127.0.0.1:0"], stdout=writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        first = pipe.readline()
        address = udptui.split_address(re.search(rb"127\.0\.0\.1:\d+", first).group().decode())
        client = Peer()
        for number in range(3000):  # three times what the pipe has room for
            tap.equal(client.ask(b"%d" % number, address), udptui.DEFAULT_ACK, "reply %d" % number)
        child.send_signal(signal.SIGINT)
        rest = pipe.read()
    tap.equal(finish(child)[::2], (130, ""), "status and stderr")
    tap.equal(rest.count(b"\n"), 3001, "lines of the messages and the summary")


for _form in commands.FORMS:
    tap.add_case("serve %s: replies do not wait for a reader that stands still" % _form, answers_on, _form)


tap.main()
