# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""--sandbox: what a command that runs can still do, by calls that are made in its place."""
import errno
import os
import socket
import struct

import broker
import commands
import inject
import screen
import tap
import udptui

OPENAT, SOCKET, EXECVE, FORK, KILL, PTRACE, GETPID, MKDIR, UNSHARE = 257, 41, 59, 57, 62, 101, 39, 83, 272
CONNECT, STDERR = 42, 2
FCNTL, F_GETFD, F_SETOWN, F_SETSIG, AF_NETLINK, NETLINK_NETFILTER = 72, 1, 8, 10, 16, 12
CLONE_NEWUSER, HERE = 0x10000000, -100
REFUSED = (-errno.EPERM, -errno.EACCES)


def offered():
    version = udptui.run("--version").expect(0).out
    return "seccomp)" in version and "Landlock" in version


def need():
    if not offered():
        tap.skip("the build or the kernel does not offer it")
    inject.need()


def threads(pid):
    return sorted(int(name) for name in os.listdir("/proc/%d/task" % pid))


def helpers(pid):
    """The processes that it has begun, by their names."""
    found = {}
    for thread in threads(pid):
        with open("/proc/%d/task/%d/children" % (pid, thread)) as file:
            for child in map(int, file.read().split()):
                with open("/proc/%d/comm" % child) as name:
                    found[name.read().strip()] = child
    return found


def names_helper(pid):
    """The process that looks names up, once it has its name."""
    return tap.until(lambda: helpers(pid).get("udptui-names"), "the process that looks names up")


def status(thread):
    with open("/proc/%d/status" % thread) as file:
        return dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)


def start(command, *options):
    """Each command, running against something, and for how long it likes."""
    if command == "serve":
        return udptui.Server(*options)
    if command == "demo":
        process = udptui.start("demo", "--json", *options)
        process.wait_objects("message")
        return process
    if command == "watch":
        process = udptui.start("watch", "--json", *options, broker.Broker().url())
        process.wait_for(lambda: "\"connected\"" in process.out, "the connection")
        return process
    server = udptui.Server()
    if command == "relay":
        return udptui.Relay(server.text, *options)
    if command == "load":
        process = udptui.start("load", "--json", "--rate", "20/s", "-d", "1h", "-t", "20s", *options, server.text)
    elif command == "ping":
        process = udptui.start("ping", "--json", "-i", "20ms", *options, server.text)
    elif command == "send":
        process = udptui.start("send", "--json", *options, server.text)
        process.write("hello\n")
    else:
        path = udptui.temporary_directory() + "/a.pcap"
        fifo = path + ".fifo"
        os.mkfifo(fifo)
        udptui.run("serve", "--json", "-d", "100ms", "--pcap", path, "127.0.0.1:0").expect(0)
        process = udptui.start("replay", "--json", *options, fifo)
        writer = open(fifo, "wb")
        tap.defer(writer.close)
        with open(path, "rb") as file:
            writer.write(file.read())
        writer.flush()
    server.wait_for(lambda: command == "replay" or server.objects("message"), "a datagram")
    return process


def filtered(pid):
    return lambda: all(status(thread)["Seccomp"] == "2" for thread in threads(pid))


# What no process may do, except send the first three; and what only one that looks names up itself may do.
FORBIDDEN = (("open", OPENAT, HERE, b"/etc/passwd", os.O_RDONLY),
             ("make a file", OPENAT, HERE, b"/tmp/udptui-made", os.O_WRONLY | os.O_CREAT, 0o600),
             ("make a directory", MKDIR, b"/tmp/udptui-made", 0o700),
             ("start a program", EXECVE, b"/bin/true", 0, 0),
             ("make a process", FORK),
             ("reach the test", KILL, os.getpid(), 0),
             ("signal its group", KILL, 0, 0),
             ("send the test a descriptor's signals", FCNTL, 2, F_SETOWN, os.getpid()),
             ("choose a descriptor's signal", FCNTL, 2, F_SETSIG, 9),
             ("reach the firewall", SOCKET, AF_NETLINK, 3, NETLINK_NETFILTER),
             ("make an ICMP socket", SOCKET, 2, 2, 1),
             ("trace the test", PTRACE, 16, os.getpid(), 0, 0),
             ("make a namespace", UNSHARE, CLONE_NEWUSER))
OF_NAMES = (("make a TCP socket", SOCKET, socket.AF_INET, socket.SOCK_STREAM, 0),
            ("make a local socket", SOCKET, socket.AF_UNIX, socket.SOCK_STREAM, 0),
            ("open the list of hosts", OPENAT, HERE, b"/etc/hosts", os.O_RDONLY))


# At the prompt of send any file may be named, of others, too, and any address and interface (capability.h).
OF_SEND = FORBIDDEN[3:] + OF_NAMES[:2]
RIGHTS_OF_SEND = sum(1 << number for number in (0, 1, 3, 10, 13))


def check_inside(pid, forbidden=FORBIDDEN + OF_NAMES, kept=0):
    tap.until(filtered(pid), "the filter in every thread")
    kept &= int(status(os.getpid())["CapPrm"], 16)
    for thread in threads(pid):
        seen = status(thread)
        tap.equal((seen["NoNewPrivs"], int(seen["CapEff"], 16), int(seen["CapPrm"], 16)), ("1", kept, kept), "rights")
        for what, number, *arguments in forbidden:
            got = inject.call(thread, number, *arguments)
            tap.true(got in REFUSED, "%s: %d" % (what, got))
        tap.equal(inject.call(thread, GETPID), pid, "an allowed call")
        tap.equal(inject.call(thread, FCNTL, 2, F_GETFD), 0, "an allowed command of fcntl")


def case_of(command):
    @tap.case("%s: in every thread no file is opened, no program started, nobody else reached" % command, timeout_s=60)
    def inside():
        need()
        check_inside(start(command, "--sandbox", "on").child.pid)


for name in ("serve", "relay", "load", "ping", "replay", "watch"):
    case_of(name)


@tap.case("demo, which has no --sandbox: the same")
def demo():
    need()
    check_inside(start("demo").child.pid)


@tap.case("serve --threads: the same in every one of them")
def many_threads():
    need()
    server = start("serve", "--threads", "4", "--sandbox", "on")
    tap.until(lambda: len(threads(server.child.pid)) > 4, "all threads to be there")
    check_inside(server.child.pid)


@tap.case("send may open files, and nothing else")
def send():
    need()
    process = start("send", "--sandbox", "on")
    check_inside(process.child.pid, OF_SEND, RIGHTS_OF_SEND)
    tap.true(inject.call(process.child.pid, *FORBIDDEN[0][1:]) > STDERR, "it opens a file")


# ---- names

def connect(pid, port):
    """What the process gets that connects a TCP socket to a port of this machine."""
    tcp = inject.call(pid, *OF_NAMES[0][1:])
    address = struct.pack("=H", socket.AF_INET) + struct.pack("!H4s8x", port, b"\x7f\0\0\1")
    tap.true(tcp > STDERR, "a TCP socket: %d" % tcp)
    return inject.call(pid, CONNECT, tcp, address, len(address))


def check_looks_up(pid):
    """Of a process that looks names up: it may do what that needs, and nothing of FORBIDDEN."""
    check_inside(pid, FORBIDDEN)
    tap.true(inject.call(pid, OPENAT, HERE, b"/etc/hosts", os.O_RDONLY) > STDERR, "the list of hosts")
    tap.true(connect(pid, 4010) in REFUSED, "it connects to port 4010")


def check_helper(pid):
    """The process that looks names up for others."""
    check_looks_up(pid)
    held = {os.readlink("/proc/%d/fd/%d" % (pid, fd)).split(":")[0] for fd in range(4)}
    tap.equal(held, {"/dev/null", "socket"}, "its descriptors")


@tap.case("names: a process of its own looks them up and can do nothing else; the command cannot do even that")
def names():
    need()
    server = udptui.Server("--names", "--sandbox", "on")
    check_inside(server.child.pid)
    helper = names_helper(server.child.pid)
    check_helper(helper)
    peer = udptui.Peer()
    peer.ask(b"hello", server.address)
    if socket.getnameinfo(("127.0.0.1", 0), 0)[0] != "127.0.0.1":
        server.wait_for(lambda: peer.ask(b"hello", server.address) and
                        any("host" in message for message in server.objects("message")), "a name")
    os.kill(helper, 9)
    for _ in range(3):
        tap.equal(peer.ask(b"hello", server.address), udptui.DEFAULT_ACK, "an ack once the process has ended")
    server.stop()


@tap.case("names: those of a relay's targets, too")
def relay_names():
    need()
    relay = udptui.Relay("localhost:%d" % udptui.Server().port, "-4", "--sandbox", "on")
    check_inside(relay.child.pid)
    helper = names_helper(relay.child.pid)
    check_helper(helper)
    relay.stop()
    tap.until(lambda: not os.path.exists("/proc/%d" % helper), "its end with the relay")


@tap.case("names: that of a broker is looked up in the command itself, which may do that besides and no more", timeout_s=60)
def broker_name():
    need()
    if not udptui.has_localhost():
        tap.skip("localhost has no address")
    at = broker.Broker()
    url = "mqtt://localhost:%d/school" % at.port
    watch = udptui.start("watch", "--json", "--sandbox", "on", url)
    watch.wait_for(lambda: "\"connected\"" in watch.out, "the connection")
    for process in (watch, udptui.Server("--publish", url, "--sandbox", "on")):
        check_looks_up(process.child.pid)
        tap.equal(connect(process.child.pid, at.port), 0, "it connects to the broker")


def screen_of(words):
    """A command with its screen or prompt, and its process."""
    terminal = screen.Pty([udptui.BINARY, *words])
    terminal.wait(bool, "the screen")
    return terminal


@tap.case("the screens of load, ping, replay and watch: the same", timeout_s=60)
def other_screens():
    need()
    server = udptui.Server()
    for words in (("load", "--rate", "20/s", "-d", "1h", server.text), ("ping", "-i", "20ms", server.text),
                  ("replay", "--privacy", commands.capture_file()), ("watch", broker.Broker().url())):
        check_inside(screen_of((words[0], "--sandbox", "on", *words[1:])).pid)
    check_helper(names_helper(screen_of(("replay", "--sandbox", "on", commands.capture_file())).pid))


@tap.case("the screen of demo: the same")
def demo_screen():
    need()
    check_inside(screen_of(("demo",)).pid)


@tap.case("the prompt of send may look names up and open files, and nothing else")
def prompt():
    need()
    terminal = screen_of(("send", "--sandbox", "on", udptui.Server().text))
    check_inside(terminal.pid, FORBIDDEN[3:], RIGHTS_OF_SEND)
    tap.true(connect(terminal.pid, 4010) in REFUSED, "it connects to port 4010")
    tap.true(inject.call(terminal.pid, *FORBIDDEN[0][1:]) > STDERR, "it opens a file")


@tap.case("names: on the screens of serve and relay, too", timeout_s=60)
def screens():
    need()
    for words in (("serve", "127.0.0.1:0"), ("relay", "127.0.0.1:0", "127.0.0.1:%d" % udptui.Server().port)):
        terminal = screen.Pty([udptui.BINARY, *words, "--sandbox", "on"])
        terminal.wait_bytes(b"127.0.0.1")
        check_inside(terminal.pid)
        check_helper(names_helper(terminal.pid))
        terminal.write(b"q")
        tap.equal(terminal.exit_status(), 0, "status")


@tap.case("an export stays the file of the user whose it is, in the sandbox, too")
def keeps_the_owner():
    need()
    if os.geteuid() != 0:
        tap.skip("root alone gives files away")
    somebody, directory = (12345, 54321), udptui.temporary_directory()
    path = os.path.join(directory, "class.csv")
    with open(path, "w", encoding="ascii") as file:
        file.write("old")
    for name in (path, directory):
        os.chown(name, *somebody)
    os.chmod(directory, 0o1777)  # only the owner of a file may replace it
    server = udptui.Server("--class", "--export", path, "--force", "--sandbox", "on")
    os.truncate(path, 0)
    server.stop()
    found = os.stat(path)
    tap.true(found.st_size > 0, "the export was not written again")
    tap.equal((found.st_uid, found.st_gid), somebody, "the owner")


@tap.case("it goes on after it was asked for forbidden calls: every message is answered")
def goes_on():
    need()
    server = udptui.Server("--sandbox", "on")
    tap.until(filtered(server.child.pid), "the filter")
    peer = udptui.Peer()
    for turn in range(3):
        for thread in threads(server.child.pid):
            tap.true(inject.call(thread, EXECVE, b"/bin/true", 0, 0) in REFUSED, "execve")
        tap.equal(peer.ask(b"hello", ("127.0.0.1", server.port)), udptui.DEFAULT_ACK, "ack")


@tap.case("with a log its directory alone stays open: SIGHUP opens it again, as without a sandbox")
def log_again():
    need()
    directory = udptui.temporary_directory()
    path = directory + "/log"
    server = udptui.Server("--sandbox", "on", "--log", path)
    tap.until(filtered(server.child.pid), "the filter")
    os.rename(path, path + ".1")
    server.child.send_signal(1)
    tap.until(lambda: os.path.exists(path), "a new log")
    thread = threads(server.child.pid)[0]
    tap.true(inject.call(thread, OPENAT, HERE, (directory + "/log.1").encode(), os.O_RDONLY) >= 0, "beside it")
    tap.equal(inject.call(thread, OPENAT, HERE, b"/etc/passwd", os.O_RDONLY), -errno.EACCES, "another file")


@tap.case("off: only new privileges are refused")
def off():
    server = udptui.Server("--sandbox", "off")
    seen = status(server.child.pid)
    tap.equal((seen["NoNewPrivs"], seen["Seccomp"]), ("1", status(os.getpid())["Seccomp"]), "what holds")
    if os.geteuid() == 0:
        tap.equal(seen["CapEff"], status(os.getpid())["CapEff"], "capabilities")


@tap.case("on: runs if all parts are there, else one line says which is missing and ends it")
def on():
    result = udptui.run("serve", "--no-ui", "--sandbox", "on", "-d", "100ms", "127.0.0.1:0")
    if offered():
        result.expect(0)
        tap.equal(result.err, "", "stderr")
    else:
        result.expect(3)
        tap.matches(result.err, r"\Audptui: --sandbox on: [^\n]+\n\Z", "stderr")


@tap.case("a word that is none of the three is refused")
def words():
    result = udptui.run("load", "--sandbox", "maybe", "127.0.0.1").expect(2)
    tap.contains(result.err, "auto", "stderr")


tap.main()
