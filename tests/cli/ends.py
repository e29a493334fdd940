# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the commands end on a pipe or in a file: no output is lost as long as there is a reader,
and a reader that stops does not block the program."""
import os
import resource
import signal
import subprocess
import time

import lessons
import tap
import udptui
from reader import STALLED_TIMEOUT_S, Reader
from udptui import Peer, Server


def serving(*options, **more):
    """serve --json on a pipe that is read by hand, and its address."""
    reader = Reader(**more).start("serve", "--json", "--no-gro", *options, "127.0.0.1:0")
    reader.take_line()
    return reader, udptui.split_address(reader.objects("listening")[0]["address"])


def flood(address, count):
    """So many datagrams; with their acks taken, so that each has been received."""
    client = Peer()
    for start in range(0, count, 100):
        for number in range(start, start + 100):
            client.send(b"message %06d" % number, address)
        for _ in range(100):
            client.receive()
    return client


# ---- a slow reader gets all of it

SLOW = 20000
FLIGHTS = 25000  # more than the simulated network has room for


def read_slowly(play):
    """play: starts a server, sends to it and returns its reader. Reads all after SIGINT. A busy machine may keep the test
    itself for the second that a reader has: then it is played again."""
    for _ in range(3):
        reader = play()
        reader.child.send_signal(signal.SIGINT)
        reader.take_slowly(32768, 0.02)
        if reader.slowest_s < 0.8:
            break
    tap.equal(reader.finish(), (130, ""), "status and stderr")
    return reader


def flooded():
    reader, address = serving()
    flood(address, SLOW)
    return reader


@tap.case("serve: after SIGINT a slow reader gets every line and the summary", timeout_s=60)
def slow_reader():
    reader = read_slowly(flooded)
    tap.true(len(reader.raw) > 1.5 / 0.02 * 32768, "that was no slow reader")
    messages = reader.objects("message")
    tap.equal([item["n"] for item in messages], list(range(1, SLOW + 1)), "n")
    tap.equal(reader.objects("summary")[0]["received"], SLOW, "received")
    tap.equal(reader.objects("summary")[0]["not_shown"], 0, "not shown")


def impaired():
    reader, address = serving("--impair", "loss=10%,out.delay=60s")
    client = Peer()
    for number in range(FLIGHTS):
        client.send(b"message %06d" % number, address)
        if number % 200 == 0:
            tap.until(lambda: udptui.waiting_bytes(address[1]) == 0, "the queue to be read", pause_s=0.001)
    tap.until(lambda: udptui.waiting_bytes(address[1]) == 0, "all to be received")
    return reader


@tap.case("serve: after SIGINT a slow reader gets what an impaired network still held, and what it had no room for",
          timeout_s=60)
def slow_reader_of_flights():
    reader = read_slowly(impaired)
    summary = reader.objects("summary")[0]
    tap.equal(summary["received"], FLIGHTS, "received")
    tap.equal(len(reader.objects("message")) + summary["not_shown"], FLIGHTS, "lines, and not shown")
    tap.equal(summary["not_shown"], 0, "not shown")
    tap.true(summary["held_by"]["full"] > 0, "the network had room for all: %r" % summary)


# ---- a reader that stops does not block the program

def stalled(number):
    reader, address = serving()
    flood(address, 2000)
    reader.child.send_signal(number)
    status, errors = reader.finish()
    tap.equal(status, 128 + number, "exit status")
    tap.contains(errors, "was blocked for a second", "stderr")
    tap.equal(errors.count("\n"), 1, "lines of %r" % errors)


for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1):
    tap.add_case("serve: a reader that stands still keeps nobody: %s" % _number.name, stalled, _number,
                 timeout_s=STALLED_TIMEOUT_S)


@tap.case("serve: a reader that stands still keeps nobody: --duration", timeout_s=STALLED_TIMEOUT_S)
def stalled_duration():
    reader, address = serving("--duration", "3s", room=4096)
    flood(address, 200)
    status, errors = reader.finish()
    tap.equal(status, 3, "exit status")
    tap.contains(errors, "was blocked for a second", "stderr")


@tap.case("serve: --count waits for its reader, as a filter does")
def count_waits():
    reader, address = serving("--count", "2000")
    flood(address, 2000)
    time.sleep(1.5)  # longer than the patience after a signal: the point of the case
    tap.true(reader.child.poll() is None, "it did not wait")
    reader.take_slowly(65536, 0)
    tap.equal(reader.finish(), (0, ""), "status and stderr")
    tap.equal(len(reader.objects("message")), 2000, "messages")


# ---- a pipe that does not block

def capture(count):
    path = os.path.join(udptui.temporary_directory(), "a.pcap")
    server = Server("--pcap", path)
    flood(server.address, count)
    server.messages(count)
    server.stop()
    return path


def nonblocking(arguments, least_bytes):
    reader = Reader(nonblocking=True).start(*arguments)
    time.sleep(0.3)  # for the pipe to fill: 64 KiB
    reader.take_slowly(4096, 0.002)
    tap.equal(reader.finish(), (0, ""), "status and stderr")
    tap.true(len(reader.raw) > least_bytes, "only %d bytes" % len(reader.raw))
    return reader


@tap.case("serve on a non-blocking pipe with a slow reader loses nothing")
def serve_nonblocking():
    reader, address = serving("--count", "3000", nonblocking=True)
    flood(address, 3000)
    reader.take_slowly(4096, 0.001)
    tap.equal(reader.finish(), (0, ""), "status and stderr")
    tap.equal(len(reader.objects("message")), 3000, "messages")


@tap.case("replay on a non-blocking pipe with a slow reader loses nothing")
def replay_nonblocking():
    reader = nonblocking(("replay", "--json", capture(1000)), 100000)
    tap.equal(len(reader.objects("message")), 1000, "messages")


@tap.case("send on a non-blocking pipe with a slow reader loses nothing")
def send_nonblocking():
    reader = nonblocking(("send", "--json", "--timeout", "10s", "--count", "1000", Server().text, "x"), 100000)
    tap.equal(len(reader.objects("result")), 1000, "results")


@tap.case("lesson on a non-blocking pipe with a slow reader loses nothing")
def lesson_nonblocking():
    whole = lessons.shown("loss", "--auto").out
    reader = Reader(nonblocking=True)
    os.write(reader.write, b"." * 65536)
    reader.start("lesson", "loss", "--auto")
    time.sleep(0.5)
    reader.take_slowly(4096, 0.001)
    tap.equal(reader.finish(), (0, ""), "status and stderr")
    tap.equal(len(reader.raw[65536:].splitlines()), len(whole.splitlines()), "lines")


# ---- files

def limited():
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


@tap.case("serve: a file that may not grow (ulimit -f) is an error like a full disk")
def file_too_large():
    path = os.path.join(udptui.temporary_directory(), "out")
    with open(path, "wb") as out:
        child = subprocess.Popen([udptui.BINARY, "serve", "--json", "127.0.0.1:0"], stdout=out,
                                 stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, preexec_fn=limited,
                                 env=udptui.uncounted())
    tap.defer(child.stderr.close)
    tap.defer(child.kill)
    listening = tap.until(lambda: udptui._objects(open(path, "rb").read(), "listening"), "the address")
    address, client = udptui.split_address(listening[0]["address"]), Peer()

    def ended():
        client.send(b"x" * 100, address)
        return child.poll() is not None
    tap.until(ended, "the end", pause_s=0.01)
    tap.equal(child.returncode, 3, "exit status")
    tap.matches(child.stderr.read().decode(), r"\Audptui: .*File too large.*\n\Z", "stderr")


# ---- an engine that cannot go on

@tap.case("serve: an engine that cannot wait any more ends the program with a word and status 3")
def engine_fails():
    env = udptui.environment(ASAN_OPTIONS="detect_leaks=0")  # which needs descriptors at the end
    server, client = Server("--threads", "2", env=env), Peer()
    client.ask(b"x", server.address)
    resource.prlimit(server.child.pid, resource.RLIMIT_NOFILE, (1, 1))  # poll(2): EINVAL from now on
    for _ in range(20):
        client.send(b"x", server.address)
    result = server.finish()
    tap.equal(result.status, 3, "exit status")
    tap.matches(result.err, r"\Audptui: the server ended: .*Invalid argument\n"
                            r"(profiling:.*\n)*\Z", "stderr")  # libgcov needs descriptors as well
    tap.equal(len(result.objects("summary")), 1, "summaries")


tap.main()
