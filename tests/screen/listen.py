# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the screen says of the sockets: what they listen on, the line to join with, groups that are lost.
Each case has namespaces of its own; skipped if not permitted."""
import re

import netns
import screen as terminal
import tap
import udptui

GROUP = "239.9.9.9"


def serve_in(namespace, *arguments, columns=80):
    with namespace:
        screen = terminal.Screen(columns=columns)
    screen.run("serve", *arguments)
    screen.wait_text(r"\? help")
    return screen


def join_line(screen):
    """The command of the header, the one of the empty pane and the one of the banner, if there is one."""
    commands = set(re.findall(r"udptui send (?:--broadcast )?\S+", screen.wait_text(
        r"(?s)\A.*udptui send.*udptui send (?:--broadcast )?\S+ hello.*\Z").group()))
    tap.equal(len(commands), 1, "one line to join with: %r in\n%s" % (commands, screen.capture()))
    return commands.pop().split()[2:]


def joins(expected, *arguments):
    """The line is the expected one, and it works on the same machine."""
    udptui.need_ipv6()
    _, right = netns.pair()
    right.add_ipv6("fe80::22")
    screen = serve_in(right, *arguments)
    line = join_line(screen)
    tap.equal(" ".join(line), expected, "the line")
    with right:
        udptui.run("send", "--timeout", "5s", *line, "hello there").expect(0)
    screen.wait_text("hello there")


for _expected, _arguments in (
        ("10.9.0.2", ()),
        ("10.9.0.2", ("-4",)),
        ("[fd09::2]:4010", ("-6",)),
        ("[fd09::2]:4010", ("-6", "--class")),
        ("10.9.0.2:4020", ("127.0.0.1:4019", ":4020")),
        ("10.9.0.2", ("10.9.0.255", "10.9.0.2")),
        ("--broadcast 10.9.0.255", ("10.9.0.255",)),
        ("127.0.0.1:4020", ("127.0.0.1:4020",)),
        ("[fe80::22%eth0]:4020", ("[fe80::22%eth0]:4020", "127.0.0.1:4020")),
        (GROUP + "%eth0", (GROUP + "%eth0",)),
        ("[ff15::1%eth0]:4010", ("ff15::1%eth0",)),
):
    tap.add_case("serve %s: the line to join with is send %s" % (" ".join(_arguments), _expected),
                 joins, _expected, *_arguments)


@tap.case("a range of ports is written as a range, groups stand behind it")
def listening():
    _, right = netns.pair()
    screen = serve_in(right, "--join", GROUP + "%eth0", "0.0.0.0:4001-4005", columns=120)
    screen.wait_text(re.escape("0.0.0.0:4001-4005 + %s%%eth0" % GROUP))


@tap.case("a lost group is named in the header until it is joined again")
def lost():
    left, right = netns.pair()
    screen = serve_in(right, "--join", GROUP + "%eth0")
    left.ip("link", "delete", "eth0")
    screen.wait_text("LOST %s on eth0" % GROUP)
    netns.wire(left, right)
    screen.wait_text("Joined again: %s on eth0" % GROUP)
    tap.lacks(screen.capture(), "LOST", "the screen")


@tap.case("wide screens show bits a second beside datagrams a second")
def bits():
    _, right = netns.pair()
    screen = serve_in(right, columns=120)
    with right:
        udptui.run("send", "--timeout", "10s", "127.0.0.1", "x" * 1000).expect(0)
    screen.wait_text(r"in 1 .*\b[1-9][\d.]* kbit/s")


tap.main()
