# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names and privacy without a screen: lines and JSON."""
import tap
import udptui
from udptui import Peer, Server

HOSTILE = b"hello \x1b[31mred\r\n\xe2\x80\xae"
USAGE = 2


def talk(server, named=True):
    """Three clients: one with a name, one with a bad one, one without. Returns them."""
    peers = [Peer(), Peer(), Peer()]
    for peer, payload in zip(peers, (b"hello Ann", HOSTILE, b"good morning")):
        expected = b": registered" if named and b"hello" in payload else udptui.DEFAULT_ACK
        tap.contains(peer.ask(payload, server.address), expected, "ack")
    peers[0].ask(b"again", server.address)
    return peers


@tap.case("--class: JSON has the name beside the address")
def class_json():
    server = Server("--class")
    peers = talk(server)
    messages = server.messages(4)
    tap.equal([item["from"] for item in messages], [peers[i].text for i in (0, 1, 2, 0)], "from")
    tap.equal([item.get("name") for item in messages], ["Ann", "\\x1B[31mred\\r\\n\\u{2…", None, "Ann"],
              "names")
    server.stop()


@tap.case("--privacy: numbers in the order of coming, and no address, in JSON and in lines")
def privacy():
    for json_lines in (True, False):
        server = Server("--class", "--privacy", "--calls", json_lines=json_lines)
        peers = talk(server)
        server.wait_for(lambda: "again" in server.out, "the last message")
        server.signal(15)
        out = server.finish().expect(128 + 15).out
        for peer in peers:
            tap.lacks(out, peer.text, "the output")
        if json_lines:
            froms = [item["from"] for item in server.objects("message")]
            tap.equal(froms, ["client 1", "client 2", "client 3", "client 1"], "from")
        else:
            tap.contains(out, "  client 1 (Ann)  5 B  again  acked", "the output")
            tap.contains(out, "  client 3  12 B  good morning  acked", "the output")


@tap.case("--privacy without --class hears no names")
def numbers():
    server = Server("--privacy")
    talk(server, named=False)
    tap.equal([item.get("name") for item in server.messages(4)], [None] * 4, "names")
    server.stop()


@tap.case("without both there are addresses alone")
def neither():
    server = Server()
    peers = talk(server, named=False)
    messages = server.messages(4)
    tap.equal([item["from"] for item in messages], [peers[i].text for i in (0, 1, 2, 0)], "from")
    tap.equal([item for item in messages if "name" in item], [], "names")
    server.stop()


@tap.case("--privacy and --pcap cannot be combined: status 2 and one line")
def capture():
    result = udptui.run("serve", "--privacy", "--pcap", "/nonexistent/file", "127.0.0.1:0").expect(USAGE)
    tap.equal(len(result.err.splitlines()), 1, "lines of " + result.err)
    tap.contains(result.err, "--privacy and --pcap", "stderr")


@tap.case("--privacy: an ack that names the client is not written; others are")
def private_acks():
    for ack, shown in (("you are {from}", False), ("you are welcome", True)):
        server = udptui.Server("--privacy", "--ack", ack, "--ack-acks")
        peer = udptui.Peer()
        peer.ask(b"hi", server.address)
        message, = server.messages(1)
        server.stop()
        tap.equal("ack_text" in message, shown, "ack_text with %r" % ack)
        tap.equal("ack_hex" in message, shown, "ack_hex with %r" % ack)


@tap.case("--class: what the server sends names nobody")
def names_of_answers():
    for json_lines in (True, False):
        server = Server("--class", "--ack", "ok ; hello you", json_lines=json_lines)
        peer = Peer()
        for _ in range(2):
            tap.equal(peer.ask(b"a message long enough for two", server.address), b"ok", "the ack")
            tap.equal(peer.receive()[0], b"hello you", "the next datagram")
        server.signal(15)
        out = server.finish().expect(128 + 15).out
        tap.contains(out, "hello you", "the output")
        tap.lacks(out, "(you)", "a name in lines")
        tap.lacks(out, '"name"', "a name in JSON")


tap.main()
