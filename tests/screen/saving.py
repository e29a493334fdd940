# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The key w in a real terminal: what the filter selects, saved as a capture and as JSON."""
import json
import os

import tap
import udptui
from screen import Screen
from udptui import Peer


def serve(*options, columns=80, rows=24):
    """A terminal with `serve`, its address, and a directory for files."""
    screen = Screen(columns, rows)
    address = ("127.0.0.1", udptui.unused_port())
    screen.run("serve", *options, udptui.join_address(address),
               before="cd %s; " % screen.directory, wait="udptui serve")
    return screen, address


def save(screen, name, wait):
    screen.keys("w")
    screen.wait_text(r"to(?: \(.pcap or .json\))?:( |$)")
    screen.line(name)
    screen.wait_text(wait)


def objects(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def texts(path):
    """The requests of a capture, as replay reads it."""
    return [row["text"] for row in udptui.run("replay", "--json", path).expect(0).objects("message")]


@tap.case("serve: what the filter selects, as a capture and as the JSON of --log")
def selected():
    screen, address = serve("--log", "log.json")
    peer = Peer()
    for text in ("hello 1", "hay", "hello 2"):
        peer.ask(text.encode(), address)
    screen.type("/hello")
    screen.keys("Enter")
    screen.wait_text("Messages 2 of 3")
    save(screen, "part.pcap", r"^ Saved 2 messages \(4 datagrams\) to part.pcap$")
    save(screen, "part.json", r"^ Saved 2 messages to part.json$")
    tap.equal(texts(screen.path("part.pcap")), ["hello 1", "hello 2"])
    screen.keys("q")
    screen.wait_prompt()
    logged = [row for row in objects(screen.path("log.json"))
              if row["event"] == "message" and "hello" in row["text"]]
    tap.equal(objects(screen.path("part.json")), logged, "the same as --log")


@tap.case("serve: an existing file is kept until y, and what is not a regular file always")
def existing():
    screen, address = serve()
    Peer().ask(b"one", address)
    screen.wait_text("Messages 1 ")
    with open(screen.path("notes.json"), "w") as file:
        file.write("mine\n")
    os.mkfifo(screen.path("pipe.pcap"))
    save(screen, "notes.json", "overwrite it\\?  y yes  n no")
    screen.keys("n")
    screen.wait_text("save to .*: notes.json")
    with open(screen.path("notes.json")) as file:
        tap.equal(file.read(), "mine\n")
    screen.keys("Enter")
    screen.wait_text("overwrite it")
    screen.keys("y")
    screen.wait_text("Saved 1 message to notes.json")
    tap.equal([row["text"] for row in objects(screen.path("notes.json"))], ["one"])
    save(screen, "pipe.pcap", "Not saved: .*not a regular file")
    save(screen, "none/such.pcap", "Not saved: none/such.pcap: No such file or directory")
    save(screen, "notes", "Not saved: name it .pcap or .pcapng")


@tap.case("serve: messages that the history does not hold are counted")
def no_longer_kept():
    screen, address = serve("--history", "3")
    peer = Peer()
    for number in range(5):
        peer.ask(b"%d" % number, address)
    screen.wait_text("in 5 ")
    save(screen, "a.json", "^ Saved 3 messages to a.json; 2 are not in the history$")
    tap.equal([row["text"] for row in objects(screen.path("a.json"))], ["2", "3", "4"])


def recording(messages):
    """A capture of so many messages, every third of them with the word odd."""
    path = os.path.join(udptui.temporary_directory(), "all.pcap")
    server = udptui.Server("--pcap", path, "--count", str(messages))
    peer = Peer()
    for number in range(messages):
        peer.ask(b"%s %d" % (b"odd" if number % 3 == 0 else b"even", number), server.address)
    server.summary()
    return path


def replay(path, *options, columns=80, rows=24):
    screen = Screen(columns, rows)
    screen.run("replay", *options, path, before="cd %s; " % screen.directory, wait="udptui replay")
    return screen


def bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


@tap.case("replay at 120x40: its frames of the whole capture, as --save copies them; JSON as --json")
def of_a_capture():
    path = recording(60)
    screen = replay(path, "--speed", "0.01", "--filter", "odd", columns=120, rows=40)
    save(screen, "w.pcap", r"^ Saved 20 messages \(40 frames\) to w.pcap$")
    save(screen, "w.json", r"^ Saved 20 messages to w.json$")
    udptui.run("replay", "--filter", "odd", "--save", screen.path("s.pcap"), path).expect(0)
    tap.equal(bytes_of(screen.path("w.pcap")), bytes_of(screen.path("s.pcap")), "as --save")
    lines = udptui.run("replay", "--filter", "odd", "--json", path).expect(0).objects("message")
    tap.equal(objects(screen.path("w.json")), lines, "as --json")
    save(screen, path, "overwrite it")
    screen.keys("y")
    screen.wait_text("Not saved: ")
    tap.equal(len(texts(path)), 60, "the capture itself is left alone")


@tap.case("replay of a pipe: what the history holds")
def of_a_pipe():
    screen = Screen()
    path = recording(4)
    screen.line("cd %s; cat %s | %s replay -" % (screen.directory, path, udptui.BINARY))
    screen.wait_text("Messages 4 ")
    save(screen, "a.pcap", r"Saved 4 messages \(8 datagrams\) to a.pcap")
    tap.equal(texts(screen.path("a.pcap")), texts(path))


@tap.case("relay: both directions, each received and sent on, as --pcap records them")
def of_a_relay():
    server, screen = udptui.Server("--ack", "pong"), Screen()
    address = ("127.0.0.1", udptui.unused_port())
    screen.run("relay", "--pcap", "all.pcap", udptui.join_address(address), server.text,
               before="cd %s; " % screen.directory, wait="udptui relay")
    peer = Peer()
    for number in range(3):
        peer.ask(b"ping %d" % number, address)
    screen.wait_text("Messages 6 ")
    save(screen, "w.pcap", r"Saved 6 messages \(12 datagrams\) to w.pcap")
    save(screen, "w.json", "Saved 6 messages to w.json")
    screen.keys("q")
    screen.wait_prompt()
    tap.equal([row["direction"] for row in objects(screen.path("w.json"))], ["to_target", "to_client"] * 3)
    def datagrams(name):
        rows = udptui.run("replay", "--json", screen.path(name)).expect(0).objects("message")
        return [(row["from"], row["to"], row["text"], row.get("ack_text")) for row in rows]
    tap.equal(sorted(datagrams("w.pcap")), sorted(datagrams("all.pcap")))


@tap.case("serve at 40x10, --privacy: no addresses are saved")
def narrow_and_private():
    screen, address = serve("--privacy", columns=40, rows=10)
    Peer().ask(b"one", address)
    screen.wait_text("in 1 ")
    save(screen, "a.pcap", "Not saved: a capture contains every")
    screen.keys("Escape")
    save(screen, "a.json", "Saved 1 message to a.json")
    tap.equal(objects(screen.path("a.json"))[0]["from"], "client 1")



tap.main()
