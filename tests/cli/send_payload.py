# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What send puts into its datagrams: fields that are filled in (--fill), and files."""
import os
import re
import signal

import tap
import udptui
from udptui import Peer, Server


def texts(server, count):
    return [item["text"] for item in server.messages(count)]


@tap.case("--fill numbers the repeats of one message")
def numbers():
    server = Server()
    udptui.run("send", "--timeout", "10s", "--fill", "-c", "3", "-i", "5ms", server.text, "seq {n}").expect(0)
    tap.equal(texts(server, 3), ["seq 1", "seq 2", "seq 3"], "what arrived")


@tap.case("without --fill braces are bytes")
def not_asked_for():
    server = Server()
    udptui.run("send", "--timeout", "10s", server.text, "seq {n} {time} {random:8}").expect(0)
    tap.equal(texts(server, 1), ["seq {n} {time} {random:8}"], "what arrived")


@tap.case("--fill: time and random bytes are new in each; JSON around them stays")
def time_and_random():
    server = Server()
    udptui.run("send", "--timeout", "10s", "--fill", "-c", "2", server.text, '{"t":"{time}","n":{n}}',
               "{random:16}").expect(0)
    messages = server.messages(4)
    for number, item in enumerate(messages[:2], 1):
        tap.matches(item["text"], r'\A\{"t":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z","n":%d\}\Z' % number, "text")
    tap.equal([item["bytes"] for item in messages[2:]], [16, 16], "bytes")
    tap.true(messages[2]["hex"] != messages[3]["hex"], "the same random bytes twice")


@tap.case("--fill fills lines of stdin and files, and --retry repeats what was filled in")
def lines_files_and_retry():
    peer = Peer()
    path = udptui.write_file(b"file {n}")
    send = udptui.start("send", "--fill", "--retry", "3", "-t", "300ms", "-f", path, peer.text, "x {n} {random:4}")
    first, sender = peer.receive()
    tap.true(re.match(rb"\Ax 1 .{4}\Z", first, re.DOTALL), "the first: %r" % first)
    tap.equal(peer.receive()[0], first, "the same again")
    peer.send(b"ok", sender)
    while True:
        payload, sender = peer.receive()
        if payload != first:
            break
    tap.equal(payload, b"file 2", "the file")
    peer.send(b"ok", sender)
    send.finish().expect(0)


@tap.case("--fill with more random bytes than a datagram takes is too big, and nothing leaves")
def too_big():
    peer = Peer()
    result = udptui.run("send", "--json", "--fill", peer.text, "{random:65508}").expect(1)
    tap.equal(result.objects("result")[0]["status"], "too_big", "status")
    tap.equal(peer.waiting(), [], "what arrived")


@tap.case("-f a -f b sends both, behind the messages, each --count times")
def two_files():
    server = Server()
    one, two = udptui.write_file(b"first"), udptui.write_file(b"")
    udptui.run("send", "--timeout", "10s", "-c", "2", "-f", one, "-f", two, server.text, "word").expect(0)
    tap.equal(texts(server, 6), ["word", "word", "first", "first", "", ""], "what arrived")


@tap.case("-f: one of several that cannot be read: nothing is sent")
def one_is_missing():
    peer = Peer()
    result = udptui.run("send", "-f", udptui.write_file(b"x"), "-f", "/nonexistent", peer.text).expect(3)
    tap.contains(result.err, "/nonexistent", "stderr")
    tap.equal(peer.waiting(), [], "what arrived")


@tap.case("--file of a FIFO waits for its writer, and SIGINT ends it")
def fifo():
    directory, server = udptui.temporary_directory(), Server()
    path = os.path.join(directory, "fifo")
    os.mkfifo(path)
    send = udptui.start("send", "--timeout", "10s", "-f", path, server.text)
    with open(path, "wb") as file:
        file.write(b"through a pipe")
    send.finish().expect(0)
    tap.equal(texts(server, 1), ["through a pipe"], "what arrived")
    send = udptui.start("send", "-f", path, server.text)
    tap.until(lambda: send.waits_in("wait_for_partner"), "send waits for a writer")
    send.signal(signal.SIGINT)
    send.finish().expect(130)


tap.main()
