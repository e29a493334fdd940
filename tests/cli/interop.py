# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""With other programs, both ways: a Python server and client of the first lesson, nc, ncat, socat."""
import os
import re
import subprocess
import sys

import tap
import udptui
from udptui import Peer, Process, Server

ACK = "Message received"


def python_peer(name, *arguments):
    return Process([sys.executable, os.path.join(udptui.PEERS, name)] + list(arguments))


def python_server(host):
    server = python_peer("python_server.py", host, "0")
    return server, server.wait_text(r"^Server is listening on (\S+)$").group(1)


# ---- Python

@tap.case("send talks to the Python server")
def send_to_python():
    server, address = python_server("127.0.0.1")
    result = udptui.run("send", "--timeout", "10s", address, "hello", "it is me").expect(0)
    tap.equal(result.out.count(ACK), 2, "answers shown")
    server.wait_text(r"^Message from 127\.0\.0\.1:\d+: it is me$")


@tap.case("send pipes a file of lines to the Python server")
def pipe_to_python():
    _, address = python_server("127.0.0.1")
    text = "".join("line %d\n" % number for number in range(200))
    result = udptui.run("send", "--json", "--timeout", "10s", address, stdin=text.encode()).expect(0)
    tap.equal(result.objects("summary")[0]["acked"], 200, "acked")


@tap.case("the Python client talks to serve")
def python_to_serve():
    server = Server()
    client = python_peer("python_client.py", "127.0.0.1", str(server.port), "hello", "again")
    result = client.finish().expect(0)
    tap.equal(result.out, ("%s answered: %s\n" % (server.text, ACK)) * 2, "what the client printed")
    tap.equal([item["text"] for item in server.messages(2)], ["hello", "again"], "texts")


# ---- nc, ncat, socat as clients

def client_talks(name, *command):
    """The client gets a line on stdin and prints the answer; the server saw the line."""
    udptui.need_program(name)
    server = Server()
    client = Process([word.replace("PORT", str(server.port)) for word in (name,) + command])
    client.write("from %s\n" % name)
    client.wait_text(ACK)
    tap.equal(server.messages(1)[0]["text"], r"from %s\n" % name, "text")


for _name, _command in (
        ("nc", ("-u", "127.0.0.1", "PORT")),
        ("ncat", ("-u", "127.0.0.1", "PORT")),
        ("socat", ("-", "UDP4:127.0.0.1:PORT"))):
    tap.add_case("%s talks to serve" % _name, client_talks, _name, *_command)


# ---- nc, ncat, socat as servers

def listens(process, port):
    """Waits until the kernel shows a UDP socket on the port."""
    pattern = r":%04X 0{8}:0000 07" % port

    def shown():
        with open("/proc/net/udp") as file:
            return re.search(pattern, file.read())
    tap.until(shown, "a listener on port %d; stderr %r" % (port, process.raw_errors))


def echo_server(name, *command):
    udptui.need_program(name)
    port = udptui.unused_port()
    listens(Process([word.replace("PORT", str(port)) for word in (name,) + command]), port)
    result = udptui.run("send", "--json", "--timeout", "10s", "--match", "echo", "127.0.0.1:%d" % port, "hello").expect(0)
    tap.equal(result.objects("result")[0]["text"], "hello", "the echo")


for _name, _command in (
        ("ncat", ("-u", "-l", "127.0.0.1", "PORT", "--exec", "/bin/cat")),
        ("socat", ("UDP4-RECVFROM:PORT,bind=127.0.0.1,fork", "EXEC:cat"))):
    tap.add_case("send talks to an echo server made of %s" % _name, echo_server, _name, *_command)


@tap.case("send talks to nc that listens, and a person answers")
def send_to_nc():
    udptui.need_program("nc")
    port = udptui.unused_port()
    listener = Process(["nc", "-u", "-l", "127.0.0.1", str(port)])
    _skip_other_nc(listener)
    listens(listener, port)
    send = udptui.start("send", "--json", "--timeout", "10s", "127.0.0.1:%d" % port, "who is there")
    listener.wait_for(lambda: b"who is there" in listener.raw, "the message in nc")
    listener.write("me\n")
    result = send.finish().expect(0)
    tap.equal(result.objects("result")[0]["text"], r"me\n", "the answer")


def _skip_other_nc(listener):
    """Traditional netcat spells this `-l -p`; the case is about the exchange, not about its options."""
    try:
        listener.child.wait(timeout=0.2)
    except subprocess.TimeoutExpired:
        return
    tap.skip("this nc does not take -l HOST PORT")


@tap.case("socat sends one line and goes: the server is not disturbed by the refused ack")
def client_that_goes():
    udptui.need_program("socat")
    server = Server()
    for _ in range(5):
        sender = Process(["socat", "-u", "-", "UDP4:127.0.0.1:%d" % server.port])
        sender.write("bye\n")
        sender.close_stdin()
        sender.finish().expect(0)
    server.messages(5)
    tap.equal(Peer().ask(b"still there", server.address), udptui.DEFAULT_ACK, "ack")
    tap.equal(server.stop()["received"], 6, "received")


tap.main()
