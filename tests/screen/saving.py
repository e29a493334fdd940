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


@tap.case("serve: messages that the history no longer holds are counted")
def no_longer_kept():
    screen, address = serve("--history", "3")
    peer = Peer()
    for number in range(5):
        peer.ask(b"%d" % number, address)
    screen.wait_text("in 5 ")
    save(screen, "a.json", "^ Saved 3 messages to a.json; 2 are no longer kept$")
    tap.equal([row["text"] for row in objects(screen.path("a.json"))], ["2", "3", "4"])


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
