# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the real binary (UDPTUI in the environment) and plays its peers with plain sockets."""
import atexit
import collections
import ctypes
import errno
import json
import os
import random
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import netns
import schemas
import tap

netns.isolate()

BINARY = shutil.which(os.environ.get("UDPTUI") or "udptui")
SOURCE = os.environ.get("UDPTUI_SOURCE") or os.path.join(os.path.dirname(__file__), "..", "..")
PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")
DEFAULT_ACK = b"Message received"
STAMP = r"(?:(?:[\d-]{10} )?[\d-]{2}:[\d-]{2}:[\d-]{2}\.[\d-]{3}  )"  # before a line, as --time says
ISO_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$"
if not BINARY:
    print("Bail out! UDPTUI names no program: build it first, or use `make check`")
    sys.exit(1)
os.environ["UDPTUI_CONFIG"] = ""  # a test that starts the program in another way reads no config file of its user
os.environ["PATH"] += os.pathsep + "/usr/sbin"  # some distributions have servers there, out of a user's way
SUMMARY_OF_SERVE = ("received", "acked", "held", "failed", "kernel_dropped", "clients")


# ---- surroundings

def temporary_directory():
    path = tempfile.mkdtemp(prefix="udptui-test-")
    tap.defer(shutil.rmtree, path, True)
    return path


def environment(**changes):
    """The environment of a child: a home of its own, UTF-8; a change to None removes a variable."""
    result = {name: value for name, value in os.environ.items()
              if not name.startswith(("XDG_", "TMUX")) and name not in ("INPUTRC", "NO_COLOR", "LANGUAGE", "UDPTUI_CONFIG")}
    result.update(LC_ALL="C.UTF-8", TERM="dumb", HOME=temporary_directory())
    result.update(GCOV_ERROR_FILE="/dev/null")  # make coverage: counters that cannot be written
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result


def uncounted():
    """The environment of a child whose files may not grow: its counters, which are cut, would spoil those of
    the others (make coverage)."""
    return environment(GCOV_PREFIX=temporary_directory())


def write_file(content, directory=None):
    handle, path = tempfile.mkstemp(dir=directory or temporary_directory())
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return path


def descriptors(pid):
    """What a process has open: the link of each descriptor (proc(5)), but of those that it closes meanwhile."""
    folder, found = "/proc/%d/fd" % pid, set()
    for name in os.listdir(folder):
        try:
            found.add(os.readlink(os.path.join(folder, name)))
        except FileNotFoundError:
            pass
    return found


def cpu_s(pid):
    """The time that it has used of the CPU (proc(5)): it does not depend on what else runs."""
    with open("/proc/%d/stat" % pid, encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def waiting_bytes(port):
    """In the receive queues of a UDP port (proc(5), /proc/net/udp)."""
    with open("/proc/net/udp", encoding="ascii") as table:
        rows = [row.split() for row in list(table)[1:]]
    return sum(int(row[4].split(":")[1], 16) for row in rows if int(row[1].split(":")[1], 16) == port)


def shell_status(return_code):
    """As a shell shows it: 128 + n for a process that signal n ended."""
    return return_code if return_code >= 0 else 128 - return_code


def without_rights():
    """In a child, before the program: even root may then only do what a plain user may
    (prctl(2) PR_CAPBSET_DROP)."""
    libc = ctypes.CDLL(None)
    for capability in range(64):
        libc.prctl(24, capability, 0, 0, 0)


def unstamped(text):
    """Lines without the date and the time before them: what most cases look at."""
    return re.sub("(?m)^" + STAMP, "", text)


SANDBOXED = ("serve", "relay", "load", "ping", "replay", "send", "watch")


def with_sandbox(binary, mode):
    """A program that runs the binary with --sandbox MODE, if a command has that option: so that the whole
    suite can be run with it on and off (UDPTUI_TEST_SANDBOX)."""
    directory = tempfile.mkdtemp(prefix="udptui-test-")
    path = os.path.join(directory, "udptui")
    atexit.register(shutil.rmtree, directory, True)
    with open(path, "w") as file:
        file.write('#!/bin/sh\ncase $1 in\n%s)\n    command=$1\n    shift\n'
                   '    set -- "$command" --sandbox %s "$@" ;;\nesac\nexec "%s" "$@"\n'
                   % (" | ".join(SANDBOXED), mode, os.path.abspath(binary)))
    os.chmod(path, 0o755)
    return path


PROGRAM = os.path.abspath(BINARY)  # itself, not a script that runs it
SCRIPT = None
if os.environ.get("UDPTUI_TEST_SANDBOX"):
    SCRIPT = BINARY = with_sandbox(BINARY, os.environ["UDPTUI_TEST_SANDBOX"])


# ---- processes

class Result:
    """A process that ended: its exit status and all it wrote."""

    def __init__(self, status, stdout, stderr, took_s):
        self.status, self.raw, self.raw_errors, self.took_s = status, stdout, stderr, took_s
        self.out = stdout.decode("utf-8", "backslashreplace")
        self.err = stderr.decode("utf-8", "backslashreplace")

    @property
    def plain(self):
        return unstamped(self.out)

    def objects(self, event=None):
        return _objects(self.raw, event)

    def expect(self, status):
        if self.status != status:
            raise tap.Failure("exit status %d, expected %d\nstdout: %s\nstderr: %s"
                              % (self.status, status, self.out[-1500:], self.err[-1500:]))
        return self


def _objects(raw, event):
    """The JSON objects of the complete lines, or those of one event."""
    complete = raw[:raw.rfind(b"\n") + 1]
    objects = [json.loads(line) for line in complete.splitlines()]
    schemas.check(objects)
    return [item for item in objects if event is None or item["event"] == event]


class Process:
    """A running child; its output is read as it comes, its end is part of the case's cleanup."""

    def __init__(self, command, env=None, cwd=None, stdin=subprocess.PIPE, first=None, pass_fds=()):
        self.started = time.monotonic()
        self.child = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, env=env or environment(), cwd=cwd,
                                      preexec_fn=first, pass_fds=pass_fds)
        self.output = {stream.fileno(): bytearray() for stream in (self.child.stdout, self.child.stderr)}
        self.open = set(self.output)
        self.names = tuple(self.output)
        self.result = None
        tap.defer(self._end)

    def _end(self):
        if self.child.poll() is None:
            self._end_child()
        for stream in (self.child.stdin, self.child.stdout, self.child.stderr):
            try:
                if stream:
                    stream.close()
            except OSError:
                pass

    def _end_child(self):
        """SIGTERM first: a killed program does not write what it counted (make coverage)."""
        self.child.terminate()
        try:
            self.child.wait(2)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def waits_in(self, function):
        """Whether it sleeps in this function of the kernel's (proc(5) wchan)."""
        with open("/proc/%d/wchan" % self.child.pid) as file:
            found = file.read()
        return found == "0" or function in found

    @property
    def raw(self):
        return bytes(self.output[self.names[0]])

    @property
    def raw_errors(self):
        return bytes(self.output[self.names[1]])

    @property
    def out(self):
        return self.raw.decode("utf-8", "backslashreplace")

    def lines(self):
        return self.out[:self.out.rfind("\n") + 1].splitlines()

    def objects(self, event=None):
        return _objects(self.raw, event)

    def pump(self, wait_s):
        """Takes what the child has written, waiting at most so long for something."""
        ready = select.select(list(self.open), [], [], wait_s)[0] if self.open else []
        for handle in ready:
            piece = os.read(handle, 65536)
            self.output[handle] += piece
            if not piece:
                self.open.discard(handle)
        return bool(ready)

    def wait_for(self, condition, what, wait_s=tap.WAIT_S):
        """Reads until condition() is true and returns its answer."""
        limit = tap.Limit(wait_s)
        while True:
            answer = condition()
            if answer:
                return answer
            if not self.open or limit.over():
                raise tap.Failure("%s did not come\nstdout: %s\nstderr: %s"
                                  % (what, self.out[-1500:], self.raw_errors[-1500:]))
            self.pump(min(0.2, max(0.01, wait_s - limit.passed_s())))

    def wait_text(self, pattern, wait_s=tap.WAIT_S):
        """The pattern knows nothing of stamps."""
        return self.wait_for(lambda: re.search(pattern, unstamped(self.out), re.MULTILINE),
                             repr(pattern), wait_s)

    def wait_objects(self, event, count=1, wait_s=tap.WAIT_S):
        """The objects of an event once there are so many."""
        def enough():
            found = self.objects(event)
            return found if len(found) >= count else None
        return self.wait_for(enough, "%d objects of %r" % (count, event), wait_s)

    def write(self, text):
        self.child.stdin.write(text if isinstance(text, bytes) else text.encode())
        self.child.stdin.flush()

    def close_stdin(self):
        self.child.stdin.close()

    def signal(self, number):
        self.child.send_signal(number)

    def freeze(self):
        """SIGSTOP, and back once every thread has stopped: the signal alone does not wait for that."""
        self.signal(signal.SIGSTOP)
        tap.until(self._is_frozen, "the threads to stop")

    def _is_frozen(self):
        tasks = "/proc/%d/task" % self.child.pid
        if not os.path.isdir(tasks):  # no such files on this system: hope for the best
            return True
        try:
            return all(self._task_state(os.path.join(tasks, task)) == "T" for task in os.listdir(tasks))
        except (FileNotFoundError, ProcessLookupError):  # a thread that has ended since
            return False

    @staticmethod
    def _task_state(task):
        with open(os.path.join(task, "stat"), encoding="utf-8") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0]

    def _udp_rows(self):
        """Of its sockets (proc(5), /proc/net/udp)."""
        folder, found, own = "/proc/%d/" % self.child.pid, [], descriptors(self.child.pid)
        for name in ("udp", "udp6"):
            if os.path.exists(folder + "net/" + name):
                with open(folder + "net/" + name, encoding="ascii") as file:
                    rows = [line.split() for line in list(file)[1:]]
                found += [row for row in rows if "socket:[%s]" % row[9] in own]
        return found

    def unread_bytes(self):
        """What waits in the receive queues of its sockets."""
        return sum(int(row[4].split(":")[1], 16) for row in self._udp_rows())

    def udp_ports(self):
        """Those that its sockets have."""
        return {int(row[1].split(":")[1], 16) for row in self._udp_rows()}

    def wait_read(self, wait_s=tap.WAIT_S):
        """Until it has received all that waits in its queues."""
        self.wait_for(lambda: self.unread_bytes() == 0, "empty receive queues", wait_s)

    def finish(self, wait_s=tap.WAIT_S):
        """Waits for the end of the child and of its output; asked again, gives the same."""
        if self.result:
            return self.result
        limit = tap.Limit(wait_s)
        while self.open:
            if limit.over():
                raise tap.Failure("the program did not end in %.0f s\nstdout: %s\nstderr: %s"
                                  % (limit.passed_s(), self.out[-1500:], self.raw_errors[-1500:]))
            self.pump(0.2)
        status = self.child.wait(timeout=wait_s)
        self.result = Result(shell_status(status), self.raw, self.raw_errors,
                             time.monotonic() - self.started)
        return self.result


def command(*arguments):
    """The program with these, as the script would run it: that needs descriptors of its own."""
    if BINARY != SCRIPT:
        return [BINARY, *arguments]
    options = ["--sandbox", os.environ["UDPTUI_TEST_SANDBOX"]] if arguments and arguments[0] in SANDBOXED else []
    return [PROGRAM, *arguments[:1], *options, *arguments[1:]]


def start(*arguments, **options):
    return Process(command(*arguments), **options)


def run(*arguments, stdin=b"", wait_s=15, **options):
    """Runs the program to its end; a small stdin is written at once."""
    process = start(*arguments, **options)
    try:
        process.write(stdin)
        process.close_stdin()
    except BrokenPipeError:
        pass
    return process.finish(wait_s)


# ---- the server

class Server(Process):
    """`serve` on loopback; ready when made: the line (or object) that names its address was read."""

    def __init__(self, *options, addresses=("127.0.0.1:0",), json_lines=True, wrap=(), listening=0, **more):
        form = "--json" if json_lines else "--no-ui"
        super().__init__(list(wrap) + [BINARY, "serve", form] + list(options) + list(addresses),
                         stdin=subprocess.DEVNULL, **more)
        self.json_lines = json_lines
        count = max(1, len(addresses), listening)  # a range of ports has more
        self.listening = self.wait_for(lambda: self._listening(count), "the listening line")
        self.addresses = [split_address(text) for text in self.listening]
        self.address = self.addresses[0]
        self.text = self.listening[0]
        self.port = self.address[1]

    def _listening(self, count):
        if self.json_lines:
            found = [item["address"] for item in self.objects("listening")]
        else:
            found = re.findall(r"^Server is listening on (\S+)$", unstamped(self.out), re.MULTILINE)
        return found if len(found) >= count else None

    def messages(self, count):
        return self.wait_objects("message", count)[:count]

    def stop(self, number=signal.SIGTERM):
        """Ends it with a signal; returns its summary, which conserves the datagrams."""
        self.signal(number)
        return self.summary(128 + number)

    def summary(self, status=0, wait_s=tap.WAIT_S):
        result = self.finish(wait_s).expect(status)
        tap.equal(result.err, "", "stderr")
        summaries = result.objects("summary")
        tap.equal(len(summaries), 1, "summaries")
        tap.equal(result.objects()[-1]["event"], "summary", "the last object")
        conserved(summaries[0])
        return summaries[0]


class Relay(Process):
    """`relay` on loopback in front of a target; ready when made: the line (or object) that names both was read."""

    def __init__(self, target, *options, listen="127.0.0.1:0", json_lines=True, **more):
        super().__init__([BINARY, "relay", "--json" if json_lines else "--no-ui"] + list(options) + [listen, target],
                         stdin=subprocess.DEVNULL, **more)
        self.json_lines = json_lines
        self.text, self.target = self.wait_for(self._listening, "the listening line")
        self.address = split_address(self.text)
        self.port = self.address[1]

    def _listening(self):
        if self.json_lines:
            found = [(item["address"], item["target"]) for item in self.objects("listening")]
        else:
            found = re.findall(r"^Relay is listening on (\S+), target (\S+)$", unstamped(self.out), re.MULTILINE)
        return found[0] if found else None

    def messages(self, count):
        return self.wait_objects("message", count)[:count]

    def stop(self, number=signal.SIGTERM):
        """Ends it with a signal; returns its summary, which conserves the datagrams in both directions."""
        self.signal(number)
        return self.summary(128 + number)

    def summary(self, status=0, wait_s=tap.WAIT_S):
        result = self.finish(wait_s).expect(status)
        tap.equal(result.err, "", "stderr")
        summaries = result.objects("summary")
        tap.equal(len(summaries), 1, "summaries")
        passed_on(summaries[0])
        return summaries[0]


def passed_on(summary):
    """received = forwarded + held + failed, and the same for the way back."""
    for before in ("", "back_"):
        received, forwarded, held, failed = (summary[before + key] for key in ("received", "forwarded", "held", "failed"))
        tap.equal(forwarded + held + failed, received, "%sreceived of %r" % (before, summary))
        tap.equal(sum(summary[before + "held_by"].values()), held, "the sum of %sheld_by" % before)


def conserved(summary):
    """received = acked + held + failed, and held is the sum of its reasons."""
    for name in SUMMARY_OF_SERVE:
        tap.true(isinstance(summary.get(name), int), "summary lacks %s: %r" % (name, summary))
    tap.equal(summary["acked"] + summary["held"] + summary["failed"], summary["received"],
              "acked + held + failed of %r" % summary)
    if "held_by" in summary:
        tap.equal(sum(summary["held_by"].values()), summary["held"], "the sum of held_by")


def sanitizer():
    """What the program was built with that keeps memory of its own: "address", "thread" or None."""
    with open(PROGRAM, "rb") as file:
        found = re.search(rb"__([at])san_init", file.read())
    return {b"a": "address", b"t": "thread"}[found.group(1)] if found else None


def strict_sandbox():
    """on if it can be, as --sandbox takes it."""
    return "on" if has_feature("seccomp") and not sanitizer() else "auto"


def split_address(text):
    """"127.0.0.1:4010" or "[::1]:4010" -> what a Python socket takes."""
    host, port = text.rsplit(":", 1)
    return host.strip("[]"), int(port)


def join_address(address):
    host, port = address[:2]
    return "[%s]:%d" % (host, port) if ":" in host else "%s:%d" % (host, port)


# ---- ports

BLOCK_PORTS = 64
_peer_ports = collections.deque()  # of this process, the one that was unused for longest first
_reserved = []


def _ephemeral_ports():
    """The first and the last that the kernel gives to sockets without one (ip(7), ip_local_port_range)."""
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        return tuple(map(int, file.read().split()))


def _token(name):
    """Reserves a name for this process among all tests: that of a Unix socket, which belongs to the network namespace
    as ports do. None if another process has it."""
    token = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        token.bind("\0udptui-test-" + name)
    except OSError:
        token.close()
        return None
    _reserved.append(token)
    return token


def _reserve_block():
    """Another block of ports for the peers of this process; False if there is none left. Ports of clients for the
    server (proto/loop.h), but none that the kernel would choose."""
    last = _ephemeral_ports()[1]
    firsts = list(range(max(last, 49151) + 1, 65537 - BLOCK_PORTS, BLOCK_PORTS))
    random.shuffle(firsts)
    for first in firsts:
        if _token("block-%d" % first):
            _peer_ports.extendleft(range(first, first + BLOCK_PORTS))
            return True
    return False


def _is_bound(peer, host, port):
    try:
        peer.bind((host, port))
        return True
    except OSError as problem:
        if problem.errno != errno.EADDRINUSE:
            raise
        return False


def _bind(peer, host, port):
    """To a port that no other test has or had a moment ago. What another program sends to a client that has ended would
    come to whom the kernel has given its port since, and count as a reply to that one."""
    if port:
        peer.bind((host, port))
        return
    for _ in range(len(_peer_ports)):
        _peer_ports.rotate(-1)
        if _is_bound(peer, host, _peer_ports[-1]):
            return
    if _reserve_block():
        _bind(peer, host, 0)
    else:
        peer.bind((host, 0))


# ---- plain sockets

UDP_SEGMENT = 103  # linux/udp.h


class Peer:
    """A UDP socket in the hands of the test: server and client at once."""

    def __init__(self, host="127.0.0.1", port=0, wait_s=tap.WAIT_S):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        tap.defer(self.socket.close)
        self.socket.settimeout(wait_s)
        _bind(self.socket, host, port)

    @property
    def address(self):
        return self.socket.getsockname()[:2]

    @property
    def port(self):
        return self.address[1]

    @property
    def text(self):
        return join_address(self.address)

    def send(self, payload, to):
        self.socket.sendto(payload, to)

    def send_trains(self, datagram_bytes):
        """From now on what is sent in one call leaves as datagrams of this size, the last one shorter (udp(7))."""
        try:
            self.socket.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, datagram_bytes)
        except OSError as problem:
            tap.skip("no UDP_SEGMENT here: %s" % problem.strerror)

    def receive(self, what="a datagram"):
        try:
            payload, sender = self.socket.recvfrom(65536)
        except socket.timeout:
            raise tap.Failure("%s did not come to %s" % (what, self.text)) from None
        return payload, sender[:2]

    def ask(self, payload, to):
        """Sends and returns the answer."""
        self.send(payload, to)
        return self.receive("the answer")[0]

    def arrived(self, expected=0):
        """All that has arrived: (payload, sender's address) of each. So many are waited for: what a program has handed
        to the kernel is not always in the queue of the receiver at once (ksoftirqd)."""
        found, deadline = [], time.monotonic() + tap.WAIT_S
        while not self.silent(max(0, deadline - time.monotonic()) if len(found) < expected else 0):
            payload, sender = self.socket.recvfrom(65536)
            found.append((payload, sender[:2]))
        return found

    def waiting(self, expected=0):
        """The payloads of all that has arrived."""
        return [payload for payload, _ in self.arrived(expected)]

    def silent(self, for_s=0.25):
        """True if nothing comes for so long: the one wait that has no condition to wait for."""
        return not select.select([self.socket], [], [], for_s)[0]


def _reserve_closed(host, port):
    """Reserved before it is tried: what another test sends to its own must not come to the socket that tries."""
    token = _token("port-%d" % port)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM) if token else ():
            with socket.socket(family, kind) as probe:
                probe.bind((host, port))
    except OSError:
        _reserved.remove(token)
        token.close()
        return False
    return bool(token)


def unused_port(host="127.0.0.1"):
    """A closed port of those that servers choose (proto/loop.h). No other test gets it, nor does the kernel choose it:
    then another process would have it before it is used."""
    ports = range(10000, min(32768, _ephemeral_ports()[0]))
    for port in random.sample(ports, min(len(ports), 1000)):
        if _reserve_closed(host, port):
            return port
    raise tap.Failure("no unused port below %d" % ports.stop)


def has_localhost():
    """Whether the name has an IPv4 address: /etc/hosts may lack it."""
    try:
        return bool(socket.getaddrinfo("localhost", None, socket.AF_INET))
    except OSError:
        return False


def need_ipv6():
    try:
        Peer("::1")
    except OSError as problem:
        tap.skip("no IPv6 loopback: %s" % problem.strerror)


def need_program(name):
    if not shutil.which(name):
        tap.skip("%s is not installed" % name)


def has_feature(name):
    """Of those that --version lists: "pcre2"."""
    return "+" + name in run("--version").out.split()


def need_feature(name):
    if not has_feature(name):
        tap.skip("this udptui was built without " + name)
