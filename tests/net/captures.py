# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recordings of what goes to many: both ends have their real addresses, and replay shows the answers.
Two namespaces, joined by a cable; skipped if not permitted."""
import os

import netns
import tap
import udptui
from udptui import Server

GROUP = "239.9.9.9"


def recorded(target, serve, options):
    """A message to a target, recorded by sender and server; both replayed."""
    left, right = netns.pair()
    directory = udptui.temporary_directory()
    theirs, ours = os.path.join(directory, "serve.pcap"), os.path.join(directory, "send.pcap")
    with right:
        server = Server("--pcap", theirs, *serve, addresses=("0.0.0.0:4010",))
    with left:
        udptui.run("send", *options, "--timeout", "3s", "--pcap", ours, target, "hello").expect(0)
    server.stop()
    return [udptui.run("replay", "--json", path).expect(0).objects("message") for path in (ours, theirs)]


def answered(target, to, serve=(), options=()):
    for message, in recorded(target, serve, options):
        client, port = message["from"].rsplit(":", 1)
        tap.equal(client, "10.9.0.1", "the sender's address")
        tap.true(int(port) > 0, "the sender's port")
        tap.equal((message["to"], message["ack"], message["ack_from"], message["ack_text"]),
                  (to, "sent", "10.9.0.2:4010", "Message received"), "message")


tap.add_case("send --broadcast: its address and port are recorded, and the answer is found", answered,
             "10.9.0.255:4010", "10.9.0.255:4010", (), ("--broadcast",))
tap.add_case("send to a group: its address and port are recorded, and the answer is found", answered,
             GROUP + "%eth0:4010", GROUP + ":4010", ("--join", GROUP + "%eth0"))

tap.main()
