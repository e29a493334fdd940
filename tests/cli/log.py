# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""--log FILE: the JSON lines in addition to the screen or the lines, written by a separate thread."""
import json
import os
import signal
import subprocess

import lessons
import screen
import tap
import udptui
from reader import STALLED_TIMEOUT_S, WITHIN_S, StalledFifo
from udptui import Peer, Server


def log_path(name="log"):
    return os.path.join(udptui.temporary_directory(), name)


def objects(path, event=None):
    with open(path, "rb") as file:
        return udptui._objects(file.read(), event)


def without_time(items):
    return [{name: value for name, value in item.items() if name != "time" and not name.endswith("_ns")}
            for item in items]


# ---- serve

@tap.case("serve: beside lines, the log is what --json writes")
def beside_lines():
    path, client = log_path(), Peer()
    server = Server("--log", path, json_lines=False)
    for text in (b"one", b"\x1b[31m", b""):
        client.ask(text, server.address)
    server.signal(signal.SIGTERM)
    result = server.finish().expect(143)
    tap.contains(result.out, "one", "the lines")
    tap.equal([item["event"] for item in objects(path)], ["listening"] + ["message"] * 3 + ["summary"])
    tap.equal([item["hex"] for item in objects(path, "message")], ["6f6e65", "1b5b33316d", ""], "hex")
    tap.equal(objects(path, "summary")[0]["received"], 3, "received")
    tap.equal(objects(path, "summary")[0]["not_logged"], 0, "not logged")


@tap.case("serve: if the reader of the lines goes away, the log has all that was acked, and their count")
def beside_a_reader_that_goes():
    path, client = log_path(), Peer()
    server = subprocess.Popen([udptui.BINARY, "serve", "--no-ui", "--log", path, "127.0.0.1:0"],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    tap.defer(server.kill)
    address = udptui.split_address(server.stdout.readline().split()[-1].decode())
    server.stdout.close()
    acked = 0
    while server.poll() is None:
        client.send(b"x", address)
        acked += len(client.waiting())
    acked += len(client.waiting())
    messages = objects(path, "message")
    tap.equal(server.returncode, 141, "exit status")
    tap.true(0 < acked <= len(messages), "%d acked, %d logged" % (acked, len(messages)))
    tap.equal(objects(path, "summary")[0]["received"], len(messages), "received")


@tap.case("serve: beside --json, both have the same objects")
def beside_json():
    path, client = log_path(), Peer()
    server = Server("--log", path, "--calls")
    for _ in range(20):
        client.ask(b"x", server.address)
    server.stop()
    tap.equal(without_time(objects(path)), without_time(server.finish().objects()), "objects")


@tap.case("serve: beside the screen, every message is there, not samples", timeout_s=60)
def beside_the_screen():
    path = log_path()
    terminal = screen.start("serve", "--log", path, "127.0.0.1:0")
    address = udptui.split_address(
        tap.until(lambda: os.path.exists(path) and objects(path, "listening"), "the log")[0]["address"])
    client = Peer()
    for start in range(0, 3000, 50):
        for number in range(start, start + 50):
            client.send(b"%d" % number, address)
        for _ in range(50):
            client.receive()
        terminal.pump(0)
    terminal.write(b"q")
    tap.equal(terminal.exit_status(), 0, "exit status")
    tap.equal([item["text"] for item in objects(path, "message")], [str(n) for n in range(3000)], "texts")
    tap.equal(objects(path)[-1]["event"], "summary", "the last")


@tap.case("serve: names and numbers in place of addresses are in the log as well")
def privacy():
    path, client = log_path(), Peer()
    server = Server("--log", path, "--class", "--privacy", json_lines=False)
    client.ask(b"hello Ann", server.address)
    server.signal(signal.SIGTERM)
    server.finish().expect(143)
    message = objects(path, "message")[0]
    tap.equal(message["name"], "Ann", "name")
    tap.lacks(json.dumps(message), client.text, "the message")


@tap.case("serve: the log is appended to")
def appended():
    path = log_path()
    for _ in range(2):
        Server("--log", path).stop()
    tap.equal([item["event"] for item in objects(path)], ["listening", "summary"] * 2)


@tap.case("serve: SIGHUP opens the file again, and ends nothing")
def reopened():
    path, client = log_path(), Peer()
    server = Server("--log", path)
    client.ask(b"before", server.address)
    tap.until(lambda: objects(path, "message"), "the first message")
    os.rename(path, path + ".1")
    server.signal(signal.SIGHUP)
    tap.until(lambda: os.path.exists(path), "the new file")
    client.ask(b"after", server.address)
    tap.until(lambda: objects(path, "message"), "the second message")
    server.stop()
    tap.equal([item["text"] for item in objects(path + ".1", "message")], ["before"], "the old file")
    tap.equal([item["text"] for item in objects(path, "message")], ["after"], "the new file")
    tap.equal(objects(path)[-1]["event"], "summary", "the last of the new file")


@tap.case("serve: under nohup SIGHUP still opens the log again, and without a log it does nothing")
def nohup():
    path = log_path()
    ignoring = lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    server = Server("--log", path, first=ignoring)
    os.rename(path, path + ".1")
    server.signal(signal.SIGHUP)
    tap.until(lambda: os.path.exists(path), "the new file")
    server.stop()
    server, client = Server(first=ignoring), Peer()
    server.signal(signal.SIGHUP)
    for _ in range(5):
        client.ask(b"x", server.address)
    server.stop()


# ---- send

@tap.case("send: beside lines, the log is what --json writes")
def send_beside_lines():
    path, server = log_path(), Server()
    result = udptui.run("send", "--timeout", "10s", "--log", path, server.text, "one", "two").expect(0)
    tap.contains(result.out, "Message received", "the lines")
    tap.equal([item["event"] for item in objects(path)], ["result", "result", "summary"], "events")
    tap.equal(objects(path, "summary")[0]["not_logged"], 0, "not logged")


@tap.case("send: beside --json, both have the same objects, with the calls")
def send_beside_json():
    path, server = log_path(), Server()
    result = udptui.run("send", "--timeout", "10s", "--json", "--calls", "--log", path, server.text, "one").expect(0)
    # what closes the sockets comes after the log's last line or before it: the order is the same
    tap.equal(without_time(objects(path)), without_time(result.objects()), "objects")


@tap.case("send: with --quiet, the log has it all")
def send_quiet():
    path, server = log_path(), Server()
    tap.equal(udptui.run("send", "--timeout", "10s", "--quiet", "--log", path, server.text, "one").expect(0).out, "", "out")
    tap.equal(len(objects(path, "result")), 1, "results")


@tap.case("send: beside the prompt; SIGHUP opens the file again")
def send_beside_the_prompt():
    path, server = log_path(), Server()
    terminal = screen.start("send", "--timeout", "10s", "--no-history", "--log", path, server.text)
    terminal.wait_bytes(b"> ")
    terminal.write(b"one\n")
    terminal.wait_bytes(b"Message received")
    tap.until(lambda: objects(path, "result"), "the result")
    os.rename(path, path + ".1")
    os.kill(terminal.pid, signal.SIGHUP)
    tap.until(lambda: os.path.exists(path), "the new file")
    terminal.write(b"\x04")
    tap.equal(terminal.exit_status(), 0, "exit status")
    tap.equal([item["event"] for item in objects(path)], ["summary"], "the new file")


@tap.case("no command outlives its terminal because of --log")
def terminal_closed():
    echo = Server("--ack", "echo").text
    for command in (("serve", "--no-ui", "127.0.0.1:0"), ("ping", "-q", echo), ("ping", "--no-ui", "-i", "1h", echo),
                    ("load", "--no-ui", "-q", "-d", "1h", "-t", "20s", "--rate", "10/s", echo),
                    ("send", "--no-history", echo)):
        path = log_path()
        terminal = screen.start(*command, "--log", path)
        if command[0] == "send":
            terminal.wait_bytes(b"> ")
            terminal.write(b"one\n")
        if command[0] == "serve":
            terminal.wait_bytes(b"listening")
        else:
            tap.until(lambda: os.path.exists(path) and os.path.getsize(path), "the log of %s" % (command,))
        terminal.hang_up()
        tap.equal(terminal.ends_unread(10), 129, "status of %s" % (command,))


@tap.case("send: a full disk is said, and its lines are counted")
def send_disk_full():
    result = udptui.run("send", "--timeout", "10s", "--log", "/dev/full", "--count", "3", Server().text, "x").expect(3)
    tap.equal(result.out.count("Message received"), 3, "answers")
    tap.contains(result.err, "missing lines: 4", "stderr")
    tap.matches(result.out, r"not logged \d", "the summary")


# ---- load and lesson

@tap.case("load: beside lines, progress and the summary are in the log")
def load_beside_lines():
    path = log_path()
    result = udptui.run("load", "--timeout", "10s", "--log", path, "-d", "1200ms", "--rate", "100/s",
                        Server().text).expect(0)
    tap.contains(result.out, "acked", "the lines")
    tap.equal(objects(path)[-1]["event"], "summary", "the last")
    tap.true(len(objects(path, "progress")) >= 1, "no progress")
    tap.equal(objects(path, "summary")[0]["not_logged"], 0, "not logged")


@tap.case("ping, load: if the reader of the lines goes away, the summary in the log counts what is in it")
def measured_for_nobody():
    server = Server(json_lines=False)
    for command in (["ping", "-i", "10ms"], ["load", "-t", "20s", "--rate", "100/s"]):
        path = log_path(command[0])
        child = subprocess.Popen([udptui.BINARY] + command + ["--no-ui", "--log", path, server.text],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        tap.defer(child.kill)
        child.stdout.readline()
        child.stdout.close()
        tap.equal(child.wait(timeout=tap.patience_s()), 141, "exit status of " + command[0])
        tap.equal(len(objects(path, "summary")), 1, "summaries of " + command[0])
        summary = objects(path)[-1]
        tap.true(summary["sent"] > 0, "%s: %r" % (command[0], summary))
        if command[0] == "ping":
            tap.equal(summary["received"], len(objects(path, "reply")), "replies")


@tap.case("load: beside the screen")
def load_beside_the_screen():
    path, server = log_path(), Server()
    terminal = screen.start("load", "--timeout", "10s", "--log", path, "-d", "1s", "--rate", "100/s", server.text)
    tap.equal(terminal.exit_status(), 0, "exit status")
    tap.equal(objects(path)[-1]["event"], "summary", "the last")


@tap.case("lesson: beside its text, what it found is in the log")
def lesson_beside_text():
    def play():
        path = log_path()
        return udptui.run("lesson", "loss", "--auto", "--log", path, wait_s=40), path
    result, path = lessons.each_try(play)
    tap.contains(result.expect(0).out, "loss", "the text")
    whole = lessons.shown("loss", "--json").objects("lesson")
    logged = objects(path, "lesson")
    tap.equal([sorted(item) for item in logged], [sorted(item) for item in whole], "keys")
    tap.equal(logged[0]["topic"], "loss", "topic")


# ---- replay

def capture_file():
    path = log_path("a.pcap")
    server, client = Server("--pcap", path), Peer()
    for text in (b"one", b"two", b"three"):
        client.ask(text, server.address)
    server.stop()
    return path


@tap.case("replay: beside lines, the log is what --json writes")
def replay_beside_lines():
    path, capture = log_path(), capture_file()
    tap.contains(udptui.run("replay", "--log", path, capture).expect(0).out, "three", "the lines")
    tap.equal(objects(path), udptui.run("replay", "--json", capture).expect(0).objects(), "objects")


@tap.case("replay: beside the screen, each message once, however often it is played")
def replay_beside_the_screen():
    path, capture = log_path(), capture_file()
    terminal = screen.start("replay", "--log", path, capture)
    terminal.wait_bytes(b"END")
    tap.until(lambda: len(objects(path, "message")) == 3, "the log")
    first = len(objects(path))
    terminal.write(b"g")
    terminal.settle(0.3, 2)
    terminal.write(b" ")
    terminal.settle(0.5, 2)
    terminal.write(b"q")
    tap.equal(terminal.exit_status(), 0, "exit status")
    tap.equal([item["text"] for item in objects(path, "message")], ["one", "two", "three"], "texts")
    tap.equal([item["event"] for item in objects(path)[-2:]], ["capture", "summary"], "the end")
    tap.equal(len(objects(path)), first + 2, "objects")


@tap.case("replay --to: what came of each request is in the log")
def replay_to():
    path, capture, server = log_path(), capture_file(), Server()
    udptui.run("replay", "--to", server.text, "--log", path, capture).expect(0)
    whole = udptui.run("replay", "--to", server.text, "--json", capture).expect(0).objects()
    tap.equal([item["event"] for item in objects(path)], [item["event"] for item in whole], "events")
    tap.true(len(whole) >= 4, "objects: %r" % whole)


@tap.case("serve and replay: --filter leaves messages out of the log as well, and counts them")
def filtered():
    path, client = log_path(), Peer()
    server = Server("--log", path, "--filter", "one", json_lines=False)
    for text in (b"one", b"two"):
        client.ask(text, server.address)
    server.signal(signal.SIGTERM)
    server.finish().expect(143)
    tap.equal([item["text"] for item in objects(path, "message")], ["one"], "texts")
    tap.equal(objects(path, "summary")[0]["not_chosen"], 1, "not chosen")
    path, capture = log_path(), capture_file()
    udptui.run("replay", "--log", path, "--filter", "t", capture).expect(0)
    tap.equal([item["text"] for item in objects(path, "message")], ["two", "three"], "texts of replay")


# ---- files that take nothing

@tap.case("serve: a full disk is said, its lines are counted, acks continue")
def disk_full():
    server, client = Server("--log", "/dev/full"), Peer()
    for _ in range(10):
        client.ask(b"x", server.address)
    server.wait_for(lambda: b"No space left" in server.raw_errors, "the complaint")
    server.signal(signal.SIGTERM)
    result = server.finish().expect(3)
    tap.equal(result.objects("summary")[0]["acked"], 10, "acked")
    tap.true(result.objects("summary")[0]["not_logged"] >= 1, "not logged: %r" % result.objects("summary"))
    tap.matches(result.err, r"\Audptui: --log /dev/full: No space left on device\n"
                            r"udptui: --log /dev/full: .*missing lines: 12\n\Z", "stderr")


@tap.case("serve: on the screen a full disk is a notice, and a count")
def disk_full_on_the_screen():
    shell = screen.ServeScreen("--log", "/dev/full", columns=120)
    Peer().ask(b"x", shell.address)
    shell.wait_text("No space left")
    shell.wait_text(r"not logged \d")


@tap.case("serve: a pipe that nobody reads keeps neither acks nor the end", timeout_s=STALLED_TIMEOUT_S)
def unread_pipe():
    client = Peer()
    server = Server("--log", StalledFifo().path)
    for _ in range(1000):
        client.ask(b"x" * 100, server.address)
    server.messages(1000)
    server.signal(signal.SIGTERM)
    result = server.finish(WITHIN_S)
    tap.equal(result.status, 143, "exit status")
    tap.equal(len(result.objects("message")), 1000, "messages on standard output")
    tap.contains(result.err, "for a second", "stderr")


@tap.case("serve: what a blocked output has lost is said in a file, too, also in the sandbox",
          timeout_s=STALLED_TIMEOUT_S)
def errors_in_a_file():
    errors = log_path() + ".errors"
    with open(errors, "w") as file:
        server = Server("--log", StalledFifo().path, first=lambda: os.dup2(file.fileno(), 2))
    client = Peer()
    for _ in range(1000):
        client.ask(b"x" * 100, server.address)
    server.signal(signal.SIGTERM)
    tap.equal(server.finish(WITHIN_S).status, 143, "exit status")
    with open(errors) as file:
        tap.contains(file.read(), "for a second", "the errors")


def refused(path, status, pattern):
    result = udptui.run("serve", "--log", path, "127.0.0.1:0")
    tap.equal(result.status, status, "exit status")
    tap.matches(result.err, r"\Audptui: " + pattern + r".*\n\Z", "stderr")


tap.add_case("--log -: standard output is in use", refused, "-", 2, "--log -: standard output")
tap.add_case("--log in a directory that is not there", refused, "/no/such/file", 3,
             "--log /no/such/file: No such file")

@tap.case("replay: the capture that is read is no log, by whatever name")
def log_over_the_capture():
    path = udptui.write_file(bytes.fromhex("d4c3b2a1020004000000000000000000ffff000065000000"))
    other = path + ".log"
    os.link(path, other)
    for name in (path, other):
        result = udptui.run("replay", "--log", name, path).expect(2)
        tap.contains(result.err, "FILE and --log are the same file: " + path)
    with open(path, "rb") as file:
        tap.equal(len(file.read()), 24, "bytes of the capture")


tap.main()
