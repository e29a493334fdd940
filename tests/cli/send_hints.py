# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What send says about a command line that was perhaps meant otherwise."""
import netns
import tap
import udptui
from udptui import Server


def hints(arguments, words):
    with netns.Namespace():  # no other server is on the default port
        result = udptui.run("send", "-t", "100ms", *arguments)
        quiet = udptui.run("send", "-q", "-t", "100ms", *arguments)
    tap.true(result.status in (1, 3), "exit status %d" % result.status)
    tap.contains(result.err, "udptui: hint: ", "stderr")
    tap.contains(result.err, words, "stderr")
    tap.lacks(quiet.err, "hint", "stderr with --quiet")


def is_silent(arguments):
    with netns.Namespace():
        tap.lacks(udptui.run("send", "-t", "100ms", *arguments).err, "hint", "stderr")


for _arguments, _words in (
        (("127.0.0.1", "5000"), "'5000' was sent as a message to port 4010; to send to that port write 127.0.0.1:5000"),
        (("localhost", "53"), "localhost:53"),
        (("::1", "5000"), "to send to that port write [::1]:5000"),
        (("::1:4010", "x"), "to send to port 4010 write [::1]:4010"),
        (("127.0.0.1:9", "127.0.0.1:10", "hello"), "to send to several targets write 127.0.0.1:9,127.0.0.1:10"),
        (("127.0.0.1:9", "[::1]:10"), "127.0.0.1:9,[::1]:10")):
    tap.add_case("send %s" % " ".join(_arguments), hints, _arguments, _words)

for _arguments in (("127.0.0.1:9", "5000"), ("127.0.0.1", "hello"), ("127.0.0.1", "5000", "x"),
                   ("127.0.0.1", "70000"), ("127.0.0.1", "0"), ("[::1]:4010", "x"), ("ff02::1:2", "x"),
                   ("127.0.0.1:9", "12:30"), ("127.0.0.1:9", "host:1"), ("127.0.0.1:9", "")):
    tap.add_case("send %s: nothing looks wrong" % " ".join(_arguments), is_silent, _arguments)


@tap.case("an answer needs no hint, but for a second target that was sent as a message")
def answered():
    server = Server()
    tap.equal(udptui.run("send", "--timeout", "10s", server.text, "5000").expect(0).err, "", "stderr")
    result = udptui.run("send", "--timeout", "10s", server.text, "127.0.0.1:9", "hello").expect(0)
    tap.contains(result.err, "udptui: hint: '127.0.0.1:9' was sent as a message; "
                 "to send to several targets write %s,127.0.0.1:9" % server.text, "stderr")


@tap.case("with --no-reply nobody is missed")
def no_reply():
    with netns.Namespace():
        tap.equal(udptui.run("send", "--no-reply", "127.0.0.1", "5000").expect(0).err, "", "stderr")


tap.main()
