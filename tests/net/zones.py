# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A link-local address is shown with the name of its interface, everywhere: never with an index."""
import re

import netns
import tap
import udptui
from udptui import Server


def link_local():
    udptui.need_ipv6()
    left, right = netns.pair()
    right.add_ipv6("fe80::22")
    left.add_ipv6("fe80::21")
    return left, right


def named(text, what):
    """Every zone in the text is eth0."""
    tap.contains(text, "%eth0", what)
    tap.equal(set(re.findall(r":[0-9a-f]*(%\w+)", text)), {"%eth0"}, "zones in " + what)


def start(right, *options, **more):
    with right:
        return Server(*options, addresses=("[fe80::22%eth0]:4010",), **more)


def ask(left, *options):
    with left:
        return udptui.run("send", "--timeout", "5s", "-b", "fe80::21%eth0", *options, "[fe80::22%eth0]:4010", "x").expect(0)


@tap.case("serve: the address it listens on, the client, the address that was hit, in JSON and in calls")
def serve_json():
    left, right = link_local()
    server = start(right, "--calls")
    tap.equal(server.text, "[fe80::22%eth0]:4010", "listening on")
    ask(left)
    tap.contains(server.messages(1)[0]["from"], "[fe80::21%eth0]:", "from")
    server.signal(15)
    result = server.finish()
    named(result.out, "all of the JSON")


@tap.case("serve: the lines, and {from} in an ack")
def serve_lines():
    left, right = link_local()
    server = start(right, "--ack", "you are {from}", "--calls", json_lines=False)
    answer = ask(left, "--json").objects("result")[0]
    tap.contains(answer["text"], "you are [fe80::21%eth0]:", "the ack")
    server.wait_text(r"fe80::21")
    named(server.out, "the lines")


@tap.case("send: lines, JSON and calls")
def send():
    left, right = link_local()
    start(right)
    named(ask(left, "--calls").out, "the lines")
    named(ask(left, "--json", "--calls").out, "the JSON")


@tap.case("send: a refusal names who refused by its zone")
def refused():
    left, right = link_local()
    with left:
        result = udptui.run("send", "[fe80::22%eth0]:9", "x").expect(1)
    named(result.out + result.err, "what was said")


@tap.case("an address that cannot be listened on is named as it was typed")
def errors():
    left, _ = link_local()
    with left:
        named(udptui.run("serve", "[fe80::99%eth0]:4010").expect(3).err, "stderr")


tap.main()
