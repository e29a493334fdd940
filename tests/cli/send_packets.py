# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""send --packets: packets with names in a file, as JSON and as the ini of Packet Sender."""
import json
import os

import tap
import udptui
from udptui import Server

INI = r"""[CAM_AE%20Bright]
fromIP=
fromPort=0
hexString=81 01 04 39 0d ff
name=CAM_AE Bright
port=5678
repeat=@Variant(\0\0\0\x87\0\0\0\0)
requestPath=
sendResponse=0
tcpOrUdp=TCP
timestamp="Sun, 15 Jan 2023 11:43:44"
toIP=192.168.100.88

[Lamp%20on]
hexString=6f 6e
port=9000
tcpOrUdp=UDP
timestamp="Sun, 15 Jan 2023 11:43:44"
toIP=lamp.example

[x]
name="Gr\xfc\xdf, \"two\""
hexString=00 ff
tcpOrUdp=udp
port=1
toIP=fd00::1
"""


def file_of(content, suffix=".json"):
    path = os.path.join(udptui.temporary_directory(), "packets" + suffix)
    with open(path, "w") as file:
        file.write(content if isinstance(content, str) else json.dumps(content))
    return path


def send(path, *arguments):
    return udptui.run("send", "--packets", path, "--timeout", "3", *arguments)


@tap.case("--packet sends packets by name, in the order given, with what each expects")
def by_name():
    path = file_of({"packets": [{"name": "a", "text": "one\\n", "expect": "received"},
                                {"name": "b", "hex": "ff 00", "expect": "nothing like it"}, {"name": "c"}]})
    server = Server()
    send(path, "--packet", "c", "--packet", "a", server.text).expect(0)
    tap.equal([row["hex"] for row in server.messages(2)], ["", "6f6e650a"])
    rows = send(path, "--json", "--packet", "a", "--packet", "b", server.text, "text").expect(1).objects()
    tap.equal([(row["event"], row.get("as_expected")) for row in rows],
              [("result", None), ("result", True), ("result", False), ("unmet", None), ("summary", 1)])
    tap.true("bytes" not in rows[3], "the event unmet is about no datagram: %r" % rows[3])


@tap.case("--packet without a host sends to the packet's target, if all have the same")
def own_target():
    server = udptui.Server()
    path = file_of([{"name": "a", "text": "one", "target": server.text},
                    {"name": "b", "text": "two", "target": server.text},
                    {"name": "other", "text": "x", "target": "127.0.0.1:9"}, {"name": "none", "text": "x"}])
    rows = send(path, "--json", "--packet", "a", "--packet", "b").expect(0).objects()
    tap.equal([row["from"] for row in rows if row["event"] == "result"], 2 * [server.text], "who replied")
    for names, why in ((("none",), "--packet none: it has no target: add HOST"),
                       (("a", "other"), "--packet other: it has another target: add HOST")):
        options = [word for name in names for word in ("--packet", name)]
        tap.contains(send(path, *options).expect(2).err, why)
    tap.contains(send(path).expect(2).err, "an argument is missing")


@tap.case("the user's own file, which /save writes, is used without --packets")
def own_file():
    data = udptui.temporary_directory()
    os.makedirs(os.path.join(data, "udptui"))
    os.rename(file_of([{"name": "mine", "text": "hi"}]), os.path.join(data, "udptui", "packets.json"))
    server = Server()
    udptui.run("send", "--timeout", "10s", "--packet", "mine", server.text,
               env=udptui.environment(XDG_DATA_HOME=data)).expect(0)
    tap.equal(server.messages(1)[0]["text"], "hi")


@tap.case("Packet Sender's ini: UDP packets, names with blanks and quotes")
def packet_sender():
    server, path = Server(), file_of(INI, ".ini")
    send(path, "--packet", "Lamp on", "--packet", "Gr\xfc\xdf, \"two\"", server.text).expect(0)
    tap.equal([row["hex"] for row in server.messages(2)], ["6f6e", "00ff"])
    tap.contains(send(path, "--packet", "CAM_AE Bright", server.text).expect(2).err, "no such packet for UDP")


@tap.case("what is wrong with the file is said with its place; status 2; status 3 if it cannot be read")
def wrong():
    for content, why in (("{", "line 1, column 1: "), ('{"packets": 3}', 'no array "packets"'),
                         ([{"text": "x"}], "packet 1 has no name"),
                         ([{"name": "a", "tetx": "x"}], "unknown field 'tetx': did you mean text?"),
                         ([{"name": "a", "text": 5}], "text must be a text in quotes"),
                         ([{"name": "a", "text": "\\q"}], "packet 'a': "),
                         ([{"name": "a", "hex": "f"}], "packet 'a': "),
                         ([{"name": "a", "hex": "ff", "text": "x"}], "has text and hex"),
                         ([{"name": "a"}, {"name": "a"}], "two packets are called 'a'"),
                         ([{"name": "a", "expect": "("}], "packet 'a': expect: at byte 2: "),
                         ([{"name": "p%d" % number} for number in range(1025)], "more than 1024 packets"),
                         ([3], "packet 1 is not an object")):
        result = send(file_of(content), "127.0.0.1:9", "x").expect(2)
        tap.matches(result.err, r"\Audptui: --packets [^\n]*\n\Z", "one line")
        tap.contains(result.err, why, "stderr")
    tap.contains(send("/nowhere/packets.json", "127.0.0.1:9", "x").expect(3).err, "No such file")
    result = send(file_of([{"name": "status"}]), "--packet", "statsu", "127.0.0.1:9").expect(2)
    tap.contains(result.err, "did you mean status?", "stderr")


tap.main()
