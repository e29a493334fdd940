# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every call that can fail is made to fail, in every command, at its 1st, 2nd, 3rd ... use, once and
from then on, until a run passes without reaching it (tests/faults/faults.c). Whatever fails: the program
ends in time with a status of its own, says in one line why if it could not go on, and does not spin; what
it counted is complete. With a sanitizer: no leak and no wild access.

Every use up to UDPTUI_FAULT_USES is tried; without it the first one. `make faults` tries all."""
import concurrent.futures
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time

import tap
import udptui

PROGRAM = os.environ.get("UDPTUI_FAULTS")
USES = int(os.environ.get("UDPTUI_FAULT_USES", "1"))
AT_ONCE = 6  # the programs wait more than they work
ONLY = os.environ.get("UDPTUI_FAULT_ONLY", "")  # a regular expression, while one works on something
ENDS_WITHIN_S = 20
FOREVER = 1000000
SPIN_SHARE = 0.3  # of the time that passed: so much more CPU than the undisturbed run is no rest

MEMORY = ("ENOMEM",)
FILE = ("EIO", "ENOSPC")
ERRORS = {
    "malloc": MEMORY, "calloc": MEMORY, "realloc": MEMORY, "aligned_alloc": MEMORY, "strdup": MEMORY,
    "open_memstream": MEMORY, "mmap": MEMORY, "pthread_create": ("EAGAIN",), "fork": ("EAGAIN",),
    "socket": ("EMFILE", "EPERM"), "bind": ("EADDRINUSE", "EACCES"), "connect": ("ENETUNREACH", "EACCES"),
    "setsockopt": ("ENOPROTOOPT", "EPERM"), "getsockopt": ("ENOPROTOOPT",), "getsockname": ("ENOBUFS",),
    "recv": ("EINTR", "EAGAIN", "ECONNREFUSED", "ENOMEM", "ENETDOWN"),
    "recvmsg": ("EINTR", "EAGAIN", "ECONNREFUSED", "ENOMEM", "ENETDOWN", "SHORT"),
    "recvmmsg": ("EINTR", "EAGAIN", "ECONNREFUSED", "ENOMEM", "ENETDOWN", "SHORT"),
    "send": ("EINTR", "EAGAIN", "ENOBUFS", "ECONNREFUSED", "ENETUNREACH", "EPERM", "EMSGSIZE"),
    "sendto": ("EINTR", "EAGAIN", "ENOBUFS", "ECONNREFUSED", "ENETUNREACH", "EPERM", "EMSGSIZE"),
    "sendmsg": ("EINTR", "EAGAIN", "ENOBUFS", "ECONNREFUSED", "ENETUNREACH", "EPERM", "EMSGSIZE"),
    "sendmmsg": ("EINTR", "EAGAIN", "ENOBUFS", "ECONNREFUSED", "ENETUNREACH", "EPERM", "EIO", "EINVAL", "SHORT"),
    "poll": ("EINTR", "ENOMEM"), "ppoll": ("EINTR", "ENOMEM"), "epoll_create1": ("EMFILE",),
    "epoll_ctl": ("ENOMEM",), "epoll_wait": ("EINTR",), "epoll_pwait2": ("EINTR", "ENOSYS"),
    "eventfd": ("EMFILE",), "signalfd": ("EMFILE",), "pipe2": ("EMFILE",), "memfd_create": ("EMFILE",),
    "open": ("EMFILE", "EACCES"), "fopen": ("EMFILE", "EACCES"), "fdopen": MEMORY, "fcntl": ("EPERM",),
    "ioctl": ("EPERM",), "fstat": ("EIO",), "ftruncate": ("EIO",), "lseek": ("EIO",), "rename": ("EIO",),
    "mkdir": ("ENOSPC",), "read": ("EINTR", "EAGAIN", "EIO", "SHORT"), "write": ("EINTR", "EAGAIN", "EIO", "ENOSPC", "SHORT"),
    "fwrite": FILE, "fflush": FILE, "fclose": FILE, "getaddrinfo": ("EAI_MEMORY", "EAI_AGAIN"), "getifaddrs": ("ENOMEM",),
}


def read_text(path):
    with open(path, encoding="utf-8", errors="backslashreplace") as file:
        return file.read()


# ---- peers

class Echo(threading.Thread):
    """Echoes what comes, until the case ends."""

    def __init__(self):
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.over = threading.Event()
        self.start()

    def run(self):
        self.socket.settimeout(0.1)
        with self.socket:
            while not self.over.is_set():
                try:
                    data, peer = self.socket.recvfrom(65536)
                    self.socket.sendto(data, peer)
                except OSError:
                    continue


class Clients(threading.Thread):
    """Three clients that send to a port every few milliseconds, whoever is there or is not."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.over = port, threading.Event()
        self.start()

    def run(self):
        sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(3)]
        texts = itertools.cycle((b"hello", b"name ann", b"name bob", b"name =1+1", b"hello", b"?", b"answer 2", b"1"))
        while not self.over.wait(0.004):
            for one in sockets:
                one.setblocking(False)
                try:
                    one.sendto(next(texts), ("127.0.0.1", self.port))
                    one.recv(65536)
                except OSError:
                    pass
        for one in sockets:
            one.close()


# ---- scenarios: a name, and what makes the command's arguments

def capture_file():
    return os.path.join(udptui.SOURCE, "tests", "captures", "bad_checksum.pcap")


def questions_file(home):
    with open(home + "/questions", "w") as file:
        file.write("Question: Tea?\nChoice: yes\nAnswer: no\n")
    return home + "/questions"


def serve(peers, home):
    return ["serve", "--json", "-d", "250ms", "--log", home + "/log", "--pcap", home + "/capture.pcap",
            "127.0.0.1:%d" % peers.port]


def impaired(peers, home):
    return ["serve", "--no-ui", "-d", "250ms", "--impair", "loss=20%,dup=20%,delay=5ms",
            "127.0.0.1:%d" % peers.port]


def classroom(peers, home):
    return ["serve", "--json", "-d", "250ms", "--class", "--questions", questions_file(home), "--export",
            home + "/class.csv", "--log", home + "/log", "127.0.0.1:%d" % peers.port]


def relay(peers, home):
    return ["relay", "--json", "-d", "250ms", "--log", home + "/log", "127.0.0.1:%d" % peers.port, peers.echo.address]


def send(peers, home):
    return ["send", "--timeout", "300ms", "--log", home + "/log", peers.echo.address, "one", "two", "three"]


def ping(peers, home):
    return ["ping", "-c", "5", "-i", "20ms", "--timeout", "200ms", "--json", peers.echo.address]


def load(peers, home):
    return ["load", "-d", "150ms", "--clients", "4", "--json", peers.echo.address]


def replay(peers, home):
    return ["replay", "--no-ui", capture_file()]


def lesson(peers, home):
    return ["lesson", "loss", "--auto"]


SCENARIOS = (serve, impaired, classroom, relay, send, ping, load, replay, lesson)


class Peers:
    def __init__(self):
        self.echo = Echo()
        self.port = udptui.unused_port()


# ---- one run

class Run:
    """The program with that fault, to its end."""

    def __init__(self, scenario, peers, fault):
        home = udptui.temporary_directory()
        self.fault, self.report = fault, home + "/report"
        environment = udptui.environment(HOME=home, UDPTUI_FAULT_REPORT=self.report, UDPTUI_FAULT=fault)
        clients = Clients(peers.port)
        began = time.monotonic()
        with open(home + "/out", "wb") as out, open(home + "/err", "wb") as err:
            child = subprocess.Popen([PROGRAM] + scenario(peers, home), stdin=subprocess.DEVNULL, stdout=out,
                                     stderr=err, env=environment, start_new_session=True)
            self.status, self.cpu_s = self.wait(child)
        self.took_s = time.monotonic() - began
        clients.over.set()
        clients.join()
        self.out, self.err = (read_text(home + name) for name in ("/out", "/err"))

    @staticmethod
    def wait(child):
        alarm = threading.Timer(ENDS_WITHIN_S, os.killpg, (child.pid, signal.SIGKILL))
        alarm.start()
        _, status, usage = os.wait4(child.pid, 0)
        alarm.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        return udptui.shell_status(child.returncode), usage.ru_utime + usage.ru_stime

    def lines(self):
        return read_text(self.report).splitlines() if os.path.exists(self.report) else []

    def fired(self):
        return "fired" in self.lines()

    def uses(self):
        """How often each call was made by the process that made most of them."""
        most = {}
        for line in self.lines():
            name, _, count = line.partition(" ")
            if count:
                most[name] = max(most.get(name, 0), int(count))
        return most

    def faults(self, undisturbed_cpu_s):
        """What is wrong with it."""
        if self.status == 137:
            yield "did not end in %d s" % ENDS_WITHIN_S
        elif self.status not in (0, 1, 3):
            yield "ended with status %d" % self.status
        if self.status == 3 and not re.search(r"^udptui: .{8}", self.err, re.MULTILINE):
            yield "ended with status 3 and without a reason"
        if len(self.err) > 4000:
            yield "wrote %d bytes to stderr" % len(self.err)
        if "Sanitizer" in self.err or "runtime error" in self.err:
            yield "sanitizer"
        if self.cpu_s > undisturbed_cpu_s + SPIN_SHARE * self.took_s + 0.05:
            yield "used %.2f s of CPU in %.2f s" % (self.cpu_s, self.took_s)
        yield from self.wrong_sums()

    def wrong_sums(self):
        for line in self.out.splitlines():
            if '"event":"summary"' not in line or '"received"' not in line:
                continue
            try:
                summary = json.loads(line)
                if "acked" in summary:
                    udptui.conserved(summary)
                elif "forwarded" in summary:
                    udptui.passed_on(summary)
            except (ValueError, tap.Failure) as error:
                yield "summary: %s" % error


# ---- all of them

def stays(call, error):
    """Whether it can happen from then on: not what a caller repeats at once because it passes."""
    return error not in ("SHORT", "EINTR", "EAGAIN", "ECONNREFUSED") or call in ("pthread_create", "fork")


def faults_of(uses):
    for call, errors in ERRORS.items():
        for error in errors:
            for use in range(1, min(uses.get(call, 0), USES) + 1):
                yield "%s:%s:%d" % (call, error, use)
                if use <= 2 and stays(call, error):
                    yield "%s:%s:%d:%d" % (call, error, use, FOREVER)


def try_fault(scenario, calm, fault):
    """What is wrong with the run, as text."""
    peers = Peers()
    run = Run(scenario, peers, fault)
    peers.echo.over.set()
    return ["%s: %s\n    %s" % (fault, what, run.err[:300].replace("\n", "\n    ")) for what in run.faults(calm.cpu_s)]


def try_scenario(scenario):
    calm = Run(scenario, Peers(), "malloc:ENOMEM:%d" % FOREVER)
    tap.true(calm.status in (0, 1), "the undisturbed run: status %d\n%s" % (calm.status, calm.err))
    faults = list(filter(re.compile(ONLY).search, faults_of(calm.uses())))
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        wrong = sum(pool.map(lambda fault: try_fault(scenario, calm, fault), faults), [])
    print("# %s: %d faults tried" % (scenario.__name__, len(faults)), flush=True)
    tap.true(not wrong, "%d of %d:\n%s" % (len(wrong), len(faults), "\n".join(wrong)))


for one in SCENARIOS:
    tap.add_case("%s ends, counts and says why, whatever fails" % one.__name__, try_scenario, one, timeout_s=3000)

if not PROGRAM:
    print("1..0 # SKIP UDPTUI_FAULTS names no program")
else:
    tap.main()
