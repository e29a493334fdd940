# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""serve under a service manager: sockets that it passes (sd_listen_fds(3)), what it is notified of (sd_notify(3)), and
the unit files in contrib."""
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys

import tap
import udptui
from screen import Pty, TERM
from udptui import DEFAULT_ACK, Peer, Server

MANAGER = os.path.join(udptui.PEERS, "manager.py")
UNITS = ("udptui-serve.socket", "udptui-serve.service")
EXPOSURE_MAX = 2.0
IPV6_V6ONLY, IP_RECVTTL, IP_MULTICAST_ALL = 26, 12, 49


def wrapped(sockets):
    return [sys.executable, MANAGER, " ".join(str(one.fileno()) for one in sockets)]


def options_of(sockets, **variables):
    return {"wrap": wrapped(sockets), "pass_fds": [one.fileno() for one in sockets],
            "env": udptui.environment(**variables)}


def opened(host="127.0.0.1", kind=socket.SOCK_DGRAM, family=socket.AF_INET):
    one = socket.socket(family, kind)
    tap.defer(one.close)
    if family != socket.AF_UNIX:
        one.bind((host, 0))
    return one


def activated(sockets, *arguments, **variables):
    return Server(*arguments, addresses=(), listening=len(sockets), **options_of(sockets, **variables))


def refused(sockets, *arguments, status, error, **variables):
    """The one line on standard error."""
    command = wrapped(sockets) + [udptui.BINARY, "serve", "--json"] + list(arguments)
    process = udptui.Process(command, env=udptui.environment(**variables), stdin=subprocess.DEVNULL,
                             pass_fds=[one.fileno() for one in sockets])
    result = process.finish().expect(status)
    tap.equal((result.out, result.err), ("", "udptui: %s\n" % error), "output")


# ---- sockets

@tap.case("sockets of a service manager are served, and what waited in them is answered")
def serves_inherited():
    sockets = [opened(), opened()]
    early = Peer()
    early.send(b"before the start", sockets[0].getsockname())
    server = activated(sockets)
    tap.equal(server.addresses, [one.getsockname() for one in sockets], "addresses")
    tap.equal(early.receive()[0], DEFAULT_ACK, "the ack of what waited")
    for address in server.addresses:
        tap.equal(Peer().ask(b"hello", address), DEFAULT_ACK, "ack")
    messages = server.messages(3)
    tap.true(not any(item.get("broadcast") for item in messages), "broadcasts: %r" % messages)
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"]), (3, 3), "received, acked")


@tap.case("the manager's socket stays open when serve ends, and the next serve goes on with it")
def serves_again():
    inherited = opened()
    for _ in range(2):
        server = activated([inherited])
        tap.equal(Peer().ask(b"hello", server.address), DEFAULT_ACK, "ack")
        tap.equal(server.stop()["received"], 1, "received")


@tap.case("datagrams that were dropped before the start are not counted as drops of this run")
def drops_before():
    inherited = opened()
    inherited.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client = Peer()
    for _ in range(200):
        client.send(b"x" * 1000, inherited.getsockname())
    server = activated([inherited])
    server.wait_read()
    client.send(b"the last", inherited.getsockname())
    server.wait_for(lambda: [1 for item in server.objects("message") if item["text"] == "the last"], "the last")
    summary = server.stop()
    tap.true(1 < summary["received"] < 201, "none waited, or none was dropped: %r" % summary)
    tap.equal(summary["kernel_dropped"], 0, "kernel_dropped")


@tap.case("an inherited IPv6 socket that takes IPv4 answers both")
def dual_stack():
    try:
        inherited = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        tap.defer(inherited.close)
        inherited.setsockopt(socket.IPPROTO_IPV6, IPV6_V6ONLY, 0)
        inherited.bind(("::", 0))
    except OSError as problem:
        tap.skip("no IPv6: %s" % problem.strerror)
    server = activated([inherited])
    port = inherited.getsockname()[1]
    for host in ("127.0.0.1", "::1"):
        tap.equal(Peer(host).ask(b"hello", (host, port)), DEFAULT_ACK, "the ack by %s" % host)
    server.stop()


@tap.case("the socket is set up like one of ours: hop limit, and only groups that it joined")
def set_up():
    inherited = opened("0.0.0.0")
    server = activated([inherited])
    Peer().ask(b"hello", ("127.0.0.1", inherited.getsockname()[1]))
    tap.equal(inherited.getsockopt(socket.IPPROTO_IP, IP_MULTICAST_ALL), 0, "IP_MULTICAST_ALL")
    ours = Server()
    reply_of = [_hop_limit(address) for address in (("127.0.0.1", server.port), ours.address)]
    tap.equal(reply_of[0], reply_of[1], "hop limits of acks")
    server.stop()


def _hop_limit(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(tap.WAIT_S)
        client.setsockopt(socket.IPPROTO_IP, IP_RECVTTL, 1)
        client.sendto(b"hop limit?", address)
        control = client.recvmsg(100, 100)[1]
        return [struct.unpack("i", data)[0] for level, _, data in control if level == socket.IPPROTO_IP]


@tap.case("the manager's receive buffer stays, and --rcvbuf changes it")
def buffers():
    inherited = opened()
    inherited.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 50000)
    activated([inherited]).stop()
    tap.equal(inherited.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF), 100000, "left alone")
    activated([inherited], "--rcvbuf", "20000").stop()
    tap.equal(inherited.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF), 40000, "of --rcvbuf")


@tap.case("answers from another port work with inherited sockets")
def another_port():
    inherited, client = opened(), Peer()
    server = activated([inherited], "--ack", "from another port hello")
    client.send(b"hello?", server.address)
    payload, sender = client.receive()
    tap.equal(payload, b"hello", "answer")
    tap.true(sender[1] != server.port, "it came from the same port")
    server.stop()


@tap.case("without LISTEN_FDS, or with that of another process, serve opens its own")
def not_ours():
    inherited = opened()
    server = Server(**options_of([inherited], LISTEN_FDS="1", LISTEN_PID="1"))
    tap.true(server.address != inherited.getsockname(), "the foreign socket was taken")
    server.signal(signal.SIGTERM)
    tap.equal(server.finish().err, "udptui: note: LISTEN_PID names another process: the sockets of its service manager "
              "are not used\n", "stderr")


ADVICE = "the service manager passes the sockets: "
for _arguments, _error in ((["127.0.0.1:0"], "leave out the addresses"), (["-4"], "leave out -4 and -6"),
                           (["-6"], "leave out -4 and -6"), (["--reuse"], "leave out --reuse"),
                           (["--threads", "2"], "they have one thread: leave out --threads")):
    tap.add_case("with inherited sockets, %s is refused" % _arguments[0],
                 lambda arguments, error: refused([opened()], *arguments, status=2, error=ADVICE + error),
                 _arguments, _error)


@tap.case("what cannot be served is refused in one line")
def useless_sockets():
    of = "cannot listen on descriptor 3%s of the service manager: "
    stream = opened(kind=socket.SOCK_STREAM)
    refused([stream], status=3, LISTEN_FDNAMES="web", error=of % " (web)" + "it is not a socket for datagrams: in a "
            ".socket file write ListenDatagram=")
    refused([opened(family=socket.AF_UNIX)], status=3,
            error=of % "" + "it is not a UDP socket for IPv4 or IPv6")
    connected = opened()
    connected.connect(Peer().address)
    refused([connected], status=3,
            error=of % "" + "it is connected: a server needs one that receives from everybody")
    unbound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    tap.defer(unbound.close)
    refused([unbound], status=3, error=of % "" + "it is bound to no port")
    with open(os.devnull, encoding="ascii") as file:
        refused([file], status=3, error=of % "" + "it is not a socket")
    refused([opened(), stream], status=3, LISTEN_FDNAMES="a:b\x1b[2J", error="cannot listen on descriptor 4 (b\\x1B[2J) "
            "of the service manager: it is not a socket for datagrams: in a .socket file write ListenDatagram=")


@tap.case("variables that make no sense are refused in one line")
def nonsense():
    sets = ": a service manager sets it, see sd_listen_fds(3)"
    refused([opened()], status=3, LISTEN_FDS="2", error="LISTEN_FDS is 2, but descriptor 4 is not open" + sets)
    refused([opened()], status=3, LISTEN_PID="x", error="LISTEN_PID is 'x', which is not a process ID" + sets)
    refused([], status=3, LISTEN_FDS="1000",
            error="the service manager passes 1000 sockets: a server listens on at most 64")
    refused([opened()], status=3, LISTEN_FDNAMES="a:b", error="LISTEN_FDNAMES has 2 names for 1 descriptor" + sets)
    refused([opened(), opened()], status=3, LISTEN_FDNAMES="a", error="LISTEN_FDNAMES has 1 name for 2 descriptors" + sets)


@tap.case("the same socket twice is refused: its drops would count twice")
def passed_twice():
    inherited = opened()
    refused([opened(), inherited, inherited], status=3, error="descriptors 4 and 5 are the same socket: a service manager "
            "sets it, see sd_listen_fds(3)")


# ---- notifications

class Notified:
    """The socket to which the program reports."""

    def __init__(self, abstract=False):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        tap.defer(self.socket.close)
        self.socket.settimeout(tap.WAIT_S)
        if abstract:
            self.socket.bind("")
            self.name = "@" + self.socket.getsockname()[1:].decode()
        else:
            self.name = os.path.join(udptui.temporary_directory(), "notify")
            self.socket.bind(self.name)

    def receive(self):
        return dict(line.split("=", 1) for line in self.socket.recv(4096).decode().split("\n"))


def notifies(abstract):
    """READY comes when it answers, not before; STOPPING before it ends."""
    manager = Notified(abstract)
    server = Server(env=udptui.environment(NOTIFY_SOCKET=manager.name))
    tap.equal(manager.receive(), {"READY": "1", "STATUS": "listening on " + server.text}, "the first report")
    tap.equal(Peer().ask(b"hello", server.address), DEFAULT_ACK, "ack")
    server.stop()
    tap.equal(manager.receive(), {"STOPPING": "1", "STATUS": "stopping"}, "the last report")


tap.add_case("READY and STOPPING are sent to a path", notifies, False)
tap.add_case("READY and STOPPING are sent to a name of the abstract namespace", notifies, True)


@tap.case("a quit that is asked for twice is reported once")
def notifies_once():
    manager = Notified()
    screen = Pty([udptui.BINARY, "serve", "127.0.0.1:0"], env=udptui.environment(TERM=TERM, NOTIFY_SOCKET=manager.name))
    tap.equal(manager.receive()["READY"], "1", "READY")
    screen.write(b"qq")
    tap.equal(screen.exit_status(), 0, "exit status")
    tap.equal(manager.receive()["STOPPING"], "1", "STOPPING")
    manager.socket.setblocking(False)
    try:
        tap.true(False, "it was reported again: %r" % manager.receive())
    except BlockingIOError:
        pass


@tap.case("relay notifies, too")
def relay_notifies():
    manager, target = Notified(), Peer()
    relay = udptui.Relay(target.text, env=udptui.environment(NOTIFY_SOCKET=manager.name))
    tap.equal(manager.receive()["READY"], "1", "READY")
    relay.stop()
    tap.equal(manager.receive()["STOPPING"], "1", "STOPPING")


@tap.case("the watchdog gets signs of life as long as the program runs")
def watchdog():
    manager = Notified()
    server = Server(env=udptui.environment(NOTIFY_SOCKET=manager.name, WATCHDOG_USEC="200000"))
    tap.equal(manager.receive()["READY"], "1", "READY")
    for _ in range(5):
        tap.equal(manager.receive(), {"WATCHDOG": "1"}, "a sign of life")
    server.stop()


@tap.case("inside the sandbox it notifies, too, and uses what it inherited")
def inside_the_sandbox():
    manager, inherited = Notified(), opened()
    command = wrapped([inherited]) + [udptui.BINARY, "serve", "--json", "--sandbox", "on"]
    process = udptui.Process(command, stdin=subprocess.DEVNULL, pass_fds=[inherited.fileno()],
                             env=udptui.environment(NOTIFY_SOCKET=manager.name, WATCHDOG_USEC="200000"))
    process.wait_for(lambda: process.objects("listening") or not process.open, "a start or a refusal")
    if not process.open:
        tap.skip("no whole sandbox here: %s" % process.raw_errors.decode().strip())
    tap.equal(manager.receive()["READY"], "1", "READY")
    tap.equal(Peer().ask(b"hello", inherited.getsockname()), DEFAULT_ACK, "ack")
    for _ in range(3):
        tap.equal(manager.receive(), {"WATCHDOG": "1"}, "a sign of life")
    process.signal(signal.SIGTERM)
    process.finish().expect(143)
    while "STOPPING" not in manager.receive():  # signs of life may come before it
        pass


@tap.case("the service manager is not needed: without it, or with a name that makes no sense, serve runs")
def nobody_listens():
    for name, why in (("/nonexistent/socket", "NOTIFY_SOCKET /nonexistent/socket: No such file or directory"),
                      ("nonsense", "NOTIFY_SOCKET is 'nonsense', which is neither /PATH nor @NAME")):
        server = Server(env=udptui.environment(NOTIFY_SOCKET=name))
        tap.equal(Peer().ask(b"hello", server.address), DEFAULT_ACK, "ack")
        server.signal(signal.SIGTERM)
        tap.equal(server.finish().err, "udptui: note: %s: the service manager is not notified\n" % why, "stderr")


@tap.case("a manager that takes nothing does not keep serve from answering or from ending")
def deaf_manager():
    manager = Notified()
    manager.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    server = Server(env=udptui.environment(NOTIFY_SOCKET=manager.name, WATCHDOG_USEC="2000"))
    client = Peer()
    for _ in range(20):
        tap.equal(client.ask(b"hello", server.address), DEFAULT_ACK, "ack")
    server.stop()


@tap.case("children do not get the manager's sockets")
def closed_on_exec():
    manager, inherited = Notified(), opened()
    server = activated([inherited], NOTIFY_SOCKET=manager.name)
    manager.receive()
    directory = "/proc/%d/fdinfo" % server.child.pid
    if not os.path.isdir(directory):
        tap.skip("there is no %s" % directory)
    kept = []
    for number in os.listdir(directory):
        try:
            with open(os.path.join(directory, number), encoding="ascii") as info:
                flags = int(re.search(r"flags:\s+(\d+)", info.read()).group(1), 8)
        except FileNotFoundError:  # it was closed meanwhile
            continue
        if int(number) > 2 and not flags & os.O_CLOEXEC:
            kept.append(number)
    tap.equal(kept, [], "descriptors that a child would get")
    server.stop()


# ---- the units

def units():
    """A directory with the units of contrib, for the program that is tested."""
    if not shutil.which("systemd-analyze"):
        tap.skip("systemd-analyze is not installed")
    directory = udptui.temporary_directory()
    for name in UNITS:
        with open(os.path.join(udptui.SOURCE, "contrib", name), encoding="utf-8") as file:
            text = file.read().replace("ExecStart=udptui", "ExecStart=" + os.path.realpath(udptui.PROGRAM))
        with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
            file.write(text)
    return directory


def analyze(directory, *arguments):
    done = subprocess.run(["systemd-analyze", "--no-pager"] + list(arguments), cwd=directory,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=udptui.environment(), check=False)
    text = done.stdout.decode("utf-8", "replace")
    if "unrecognized option" in text or "Unknown command" in text:
        tap.skip("this systemd-analyze is too old")
    return done.returncode, text


@tap.case("systemd-analyze verify has nothing to say of the units")
def verify():
    status, text = analyze(units(), "verify", "--man=no", *["./" + name for name in UNITS])
    said = [line for line in text.splitlines() if "udptui-serve" in line]
    tap.equal((status, said), (0, []), "systemd-analyze verify")


@tap.case("systemd-analyze security gives the service an exposure under %.1f" % EXPOSURE_MAX)
def exposure():
    _, text = analyze(units(), "security", "--offline=true", "./udptui-serve.service")
    found = tap.matches(text, r"Overall exposure level for udptui-serve\.service: ([\d.]+)")
    tap.true(float(found.group(1)) < EXPOSURE_MAX, "exposure %s" % found.group(1))


@tap.case("the unit's command runs, and udptui knows its options")
def the_unit_s_command():
    with open(os.path.join(udptui.SOURCE, "contrib", UNITS[1]), encoding="utf-8") as file:
        command = tap.matches(file.read(), r"^ExecStart=udptui serve (.*)$").group(1).split()
    manager, inherited = Notified(), opened()
    process = udptui.Process(wrapped([inherited]) + [udptui.BINARY, "serve"] + command, stdin=subprocess.DEVNULL,
                             env=udptui.environment(NOTIFY_SOCKET=manager.name), pass_fds=[inherited.fileno()])
    tap.equal(manager.receive()["READY"], "1", "READY")
    Peer().ask(b"hello", inherited.getsockname())
    process.wait_text("hello")
    process.signal(signal.SIGTERM)
    tap.equal(process.finish().status, 143, "the status that the unit calls a success")


tap.main()
