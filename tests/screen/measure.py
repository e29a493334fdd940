# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The measuring commands of send's prompt in a real terminal."""
import re
import socket
import struct

import tap
import udptui
from screen import Screen
from udptui import Peer, Server


def prompt(target, *options, columns=80, rows=40):
    screen = Screen(columns, rows)
    screen.run("send", *options, target, wait="Each line is sent")
    screen.wait_text(re.escape(target) + ">")
    return screen


@tap.case("/plot draws the round-trip times, and a mark for each that did not come")
def plot():
    peer = Peer()
    screen = prompt(peer.text, "--timeout", "2s")
    screen.line("/plot")
    screen.wait_text("no message has a result yet")
    for text in (b"one", b"two"):
        screen.line(text.decode())
        peer.send(b"reply to " + text, peer.receive()[1])
        screen.wait_text("reply to " + text.decode())
    screen.line("nobody")
    screen.wait_text(r"#3 .*no reply in 2\S* s")
    screen.line("/plot")
    screen.wait_text("Round-trip times of the latest messages")
    screen.wait_text(r"p50 \d")
    screen.wait_text(r"×\s*\n127")  # the mark of the lost one, in the bottom row
    screen.wait_text("[⠁-⣿]")


@tap.case("/ping: a line a probe, the figures at the end, and the prompt goes on meanwhile")
def ping():
    server = Server("--ack", "echo")
    screen = prompt(server.text, "--timeout", "10s")
    screen.line("/ping 4")
    screen.wait_text("seq 0 .*rtt")
    screen.line("hello")
    screen.wait_text(r"#1 .*hello  rtt")
    screen.wait_text(r"sent 4, received 4, .*loss 0.00%")
    screen.wait_text(r"^rtt: .*p50 ")


@tap.case("/ping: Ctrl-C stops it, with the figures so far; a second one has to wait")
def ping_stopped():
    server = Server()
    screen = prompt(server.text, "--timeout", "10s")
    screen.line("/ping 1000")
    screen.wait_text("seq 0 .*rtt")
    screen.line("/ping")
    screen.wait_text("/ping is running: Ctrl-C stops it")
    screen.keys("C-c")
    screen.wait_text("/ping is stopped")
    screen.wait_text(r"^rtt: ")
    screen.line("/ping 0")
    screen.wait_text("takes a number from 1 to 100000: how many probes to send")
    screen.line("still here")
    screen.wait_text(r"#1 .*Message received")


@tap.case("/ping: a closed port is said to be one, probe by probe")
def ping_refused():
    address = "127.0.0.1:%d" % udptui.unused_port()
    screen = prompt(address)
    screen.line("/ping 2")
    screen.wait_text("seq 1 .*port unreachable")
    screen.wait_text("sent 2, received 0")


@tap.case("/burst: all are answered, and it says in which time; nonsense is refused")
def burst():
    server = Server()
    screen = prompt(server.text, "--timeout", "10s")
    screen.line("/burst 400 100")
    screen.wait_text(r"/burst: sent 400 in .*, replies 400 \(100\.0%\), the last one after ")
    screen.wait_text(r"the server: received 400, dropped 0 \(receive queue full; of all clients\)")
    for wrong in ("/burst", "/burst 10001", "/burst 5 65508", "/burst x"):
        screen.line(wrong)
        screen.wait_text(re.escape(wrong) + r"\n/burst needs how many \(1 to 10000\)")


@tap.case("/burst: replies that are missing and replies that come twice are counted")
def burst_counts():
    peer = Peer()
    screen = prompt(peer.text, "--timeout", "3s")
    screen.line("/burst 4 0")
    question, asker = peer.receive()
    tap.equal(question, b"udptui counters?", "the question")
    senders = [peer.receive()[1] for _ in range(4)]
    peer.send(b"one", senders[0])
    screen.wait_text(r"sent 4 in .*, replies 1 \(25\.0%\)")
    screen.line("/burst 1 65507")
    peer.send(b"no udptui", peer.receive()[1])
    size, sender = peer.receive()
    tap.equal(len(size), 65507, "bytes")
    screen.wait_text(r"sent 1 in .*, replies 0 \(0\.0%\)$")
    tap.lacks(screen.capture(), "the server:")


@tap.case("/burst: what the server's kernel dropped is known if it is a udptui")
def burst_there():
    server = Server("--rcvbuf", "20000", "--slow", "100")
    screen = prompt(server.text, "--timeout", "2s")
    screen.line("/burst 200 1000")
    text = screen.wait_text(r"the server: received (\d+), dropped (\d+) \(receive queue full").group(0)
    received, dropped = map(int, re.findall(r"\d+", text))
    tap.equal(received + dropped, 200, "sent")
    tap.true(dropped > 100, f"{dropped} dropped")
    screen.wait_text(rf"sent 200 in .*, replies {received} ")


@tap.case("/burst: replies later than the timeout are counted as late")
def burst_late():
    server = Server("--slow", "3")
    screen = prompt(server.text, "--timeout", "3s")
    screen.line("/burst 16")
    screen.wait_text(r"sent 16 in .*, replies 16 .*\n  the server: received 16, dropped 0.*\n  late: ([2-9]|1[0-6])$")


def stun_response(request, address, change=0):
    port = (address[1] + change) ^ 0x2112
    host = bytes(a ^ b for a, b in zip(socket.inet_aton(address[0]), request[4:8]))
    return struct.pack("!HH", 0x101, 12) + request[4:20] + struct.pack("!HHBBH", 0x20, 8, 0, 1, port) + host


@tap.case("/nat: what the server saw, with and without a NAT in between")
def nat():
    peer = Peer()
    screen = prompt(peer.text, columns=120)
    screen.line("/nat")
    request, sender = peer.receive()
    tap.equal(request[:8], bytes.fromhex("0001 0000 2112a442"), "the request")
    peer.send(stun_response(request, sender), sender)
    screen.wait_text(r"/nat: the server sees 127\.0\.0\.1:%d, and that is what we sent from: no NAT" % sender[1])
    peer.waiting()  # the same request again, if the first response was late
    screen.line("/nat")
    request, sender = peer.receive()
    peer.send(stun_response(request, sender, change=1), sender)
    screen.wait_text(r"sees 127\.0\.0\.1:%d, and we sent from 127\.0\.0\.1:%d: a NAT changes the port" % (sender[1] + 1, sender[1]))


@tap.case("/nat: coturn's server is read", timeout_s=30)
def nat_coturn():
    udptui.need_program("turnserver")
    directory, port = udptui.temporary_directory(), udptui.unused_port()
    coturn = udptui.Process(["turnserver", "-n", "-S", "-L", "127.0.0.1", "-p", str(port), "--no-tcp", "--no-tls",
                             "--no-dtls", "--no-cli", "-b", directory + "/db", "--pidfile", directory + "/pid",
                             "--log-file", "stdout"])
    question = struct.pack("!HHI12s", 1, 0, 0x2112A442, b"transaction.")
    client = Peer(wait_s=0.2)

    def answers():
        coturn.pump(0)
        try:
            return client.ask(question, ("127.0.0.1", port))
        except (tap.Failure, ConnectionRefusedError):
            return None
    tap.until(answers, "turnserver's first response")
    screen = prompt("127.0.0.1:%d" % port, columns=120)
    screen.line("/nat")
    screen.wait_text(r"/nat: the server sees 127\.0\.0\.1:\d+, and that is what we sent from: no NAT")


@tap.case("/nat: serve --ack stun is such a server, for IPv6, too")
def nat_served():
    for address in ("127.0.0.1:0", "[::1]:0"):
        server = Server("--ack", "stun", addresses=(address,))
        screen = prompt(server.text, columns=120)
        screen.line("/nat")
        screen.wait_text(r"/nat: the server sees \S+:\d+, and that is what we sent from: no NAT")


@tap.case("/nat: a target that does not speak STUN, and one that says nothing and is asked again")
def nat_foreign():
    peer = Peer()
    screen = prompt(peer.text)
    screen.line("/nat")
    peer.send(b"Message received", peer.receive()[1])
    screen.wait_text("the target replies, but not with STUN")
    peer.waiting()
    screen.line("/nat")
    first = peer.receive()
    second = peer.receive()
    tap.equal(second, first, "the same request again, from the same port")
    screen.keys("C-c")
    screen.wait_text("/nat is stopped")


tap.main()
