# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every call that can fail is made to fail, in every command, at its 1st, 2nd, 3rd ... use, once and
from then on, until a run passes without reaching it (tests/faults/faults.c). Whatever fails: the program
ends in time with a status of its own, says in one line why if it could not go on, and does not spin; what
it counted is complete, and so are log and capture, but for what is counted as missing (tests/lib/sums.py); no
descriptor is left open, and the terminal is as it was. With a sanitizer: no leak and no wild access.

`make check` tries the first use of each call with each error in one scenario of those that reach it;
`make faults` every use up to UDPTUI_FAULT_USES, then those at twice, four times ... as many, in every
scenario."""
import concurrent.futures
import fcntl
import itertools
import json
import os
import queue
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import termios
import threading
import time
import zlib

import broker
import commands
import sums
import tap
import udptui
from screen import Screen

PROGRAM = os.environ.get("UDPTUI_FAULTS")
USES = int(os.environ.get("UDPTUI_FAULT_USES", "0"))  # 0: the quick selection
AT_ONCE = int(os.environ.get("UDPTUI_FAULT_AT_ONCE", "6"))  # the programs wait more than they work
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
    "recvmsg": ("EINTR", "EAGAIN", "ECONNREFUSED", "ENOMEM", "ENETDOWN", "SHORT", "HALF"),
    "recvmmsg": ("EINTR", "EAGAIN", "ECONNREFUSED", "ENOMEM", "ENETDOWN", "SHORT", "HALF", "FEW"),
    "send": ("EINTR", "EAGAIN", "ENOBUFS", "ECONNREFUSED", "ENETUNREACH", "EPERM", "ENETDOWN", "EMSGSIZE"),
    "sendto": ("EINTR", "EAGAIN", "ENOBUFS", "ECONNREFUSED", "ENETUNREACH", "EPERM", "ENETDOWN", "EMSGSIZE"),
    "sendmsg": ("EINTR", "EAGAIN", "ENOBUFS", "ECONNREFUSED", "ENETUNREACH", "EPERM", "ENETDOWN", "EMSGSIZE"),
    "sendmmsg": ("EINTR", "EAGAIN", "ENOBUFS", "ECONNREFUSED", "ENETUNREACH", "EPERM", "ENETDOWN", "EIO", "EINVAL", "SHORT"),
    "poll": ("EINTR", "ENOMEM"), "ppoll": ("EINTR", "ENOMEM"), "epoll_create1": ("EMFILE",),
    "epoll_ctl": ("ENOMEM",), "epoll_wait": ("EINTR",), "epoll_pwait2": ("EINTR", "ENOSYS"),
    "eventfd": ("EMFILE",), "signalfd": ("EMFILE",), "pipe2": ("EMFILE",), "memfd_create": ("EMFILE",),
    "open": ("EMFILE", "EACCES"), "fopen": ("EMFILE", "EACCES"), "fdopen": MEMORY, "fcntl": ("EPERM",),
    "ioctl": ("EIO",), "fstat": ("EIO",), "ftruncate": ("EIO",), "lseek": ("EIO",), "rename": ("EIO",),
    "mkdir": ("ENOSPC",), "read": ("EINTR", "EAGAIN", "EIO", "SHORT"), "write": ("EINTR", "EAGAIN", "EIO", "ENOSPC", "SHORT"),
    "fwrite": FILE, "fflush": FILE, "fclose": FILE, "getaddrinfo": ("EAI_MEMORY", "EAI_AGAIN"), "getifaddrs": ("ENOMEM",),
    "malloc@libc": MEMORY, "malloc@libjansson": MEMORY, "malloc@libpcre2": MEMORY,
    "malloc@libmosquitto": MEMORY, "strndup": MEMORY,
    "vasprintf": MEMORY, "asprintf": MEMORY, "getline": MEMORY + ("EIO",), "fopencookie": MEMORY,
    "sigaction": ("EINVAL",), "sigaltstack": MEMORY, "pthread_sigmask": ("EINVAL",), "socketpair": ("EMFILE",),
    "listen": ("EADDRINUSE",), "accept": ("EMFILE", "EINTR"), "accept4": ("EMFILE", "EINTR", "ENOMEM"),
    "shutdown": ("EIO",), "getpeername": ("ENOBUFS",), "getnameinfo": ("EAI_MEMORY",), "if_nametoindex": ("ENODEV",),
    "getrlimit": ("EPERM",), "setrlimit": ("EPERM",),
    "prctl": ("EINVAL",), "syscall": ("ENOSYS", "EPERM"), "dup2": ("EMFILE",), "execve": ("EACCES",),
    "waitpid": ("EINTR", "ECHILD"), "waitid": ("EINTR", "ECHILD"), "unshare": ("EPERM",), "setns": ("EPERM",),
    "setgroups": ("EPERM",), "setresuid": ("EPERM",), "setresgid": ("EPERM",), "eventfd_read": ("EAGAIN",),
    "nanosleep": ("EINTR",), "getrandom": ("ENOSYS", "EINTR"), "stat": ("EACCES", "EIO"),
    "lstat": ("EACCES", "EIO"), "access": ("EACCES",), "unlink": ("EPERM",), "realpath": ("EACCES", "ENOMEM"),
    "setvbuf": ("ENOMEM",), "isatty": ("EIO",), "tcgetattr": ("EIO",), "tcsetattr": ("EIO", "EINTR"), "fgets": ("EIO",),
    "pthread_mutex_init": ("ENOMEM",), "pthread_cond_init": ("ENOMEM",), "setlocale": ("ENOMEM",), "newterm": ("ENOMEM",),
    "faccessat": ("EACCES",), "fchmod": ("EPERM",), "fchown": ("EPERM",), "getcwd": ("EACCES",), "ttyname_r": ("EIO",),
    "seccomp_init": ("ENOMEM",), "seccomp_attr_set": ("ENOMEM",), "seccomp_rule_add": ("ENOMEM",),
    "seccomp_rule_add_array": ("ENOMEM",), "seccomp_load": ("ENOMEM", "EINVAL"),
}
# Without them there may be no screen, its modes may stay, or it is gone.
TERMINAL_CALLS = ("tcsetattr", "tcgetattr", "newterm", "isatty", "setlocale", "ioctl")


def read_text(path):
    with open(path, encoding="utf-8", errors="backslashreplace") as file:
        return file.read()


# ---- peers

class Echo(threading.Thread):
    """Echoes what comes, until the case ends."""

    def __init__(self, host):
        super().__init__(daemon=True)
        self.count = 0
        self.socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.address = udptui.join_address(self.socket.getsockname())
        self.over = threading.Event()
        self.start()

    def run(self):
        self.socket.settimeout(0.1)
        with self.socket:
            while not self.over.is_set():
                try:
                    data, peer = self.socket.recvfrom(65536)
                    self.count += 1
                    self.socket.sendto(data, peer)
                except OSError:
                    continue


class Clients(threading.Thread):
    """Three clients that send to a port every few milliseconds, whoever is there or is not."""
    TEXTS = (b"hello", b"name ann", b"name bob", b"name =1+1", b"hello", b"?", b"answer 2", b"1", 4000 * b"x")

    def __init__(self, host, port):
        super().__init__(daemon=True)
        self.host, self.port, self.over = host, port, threading.Event()
        self.sent = self.replies = 0
        self.start()

    def run(self):
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        sockets = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(3)]
        texts = itertools.cycle(self.TEXTS)
        while not self.over.wait(0.004):
            for one in sockets:
                one.setblocking(False)
                try:
                    one.sendto(next(texts), (self.host, self.port))
                    self.sent += 1
                    one.recv(65536)
                    self.replies += 1
                except OSError:
                    pass
        for one in sockets:
            one.close()


class Scraper(threading.Thread):
    """Asks for the metrics every few milliseconds, whoever is there or is not."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.address, self.over, self.pages = udptui.split_address(address), threading.Event(), 0
        self.start()

    def run(self):
        while not self.over.wait(0.01):
            try:
                with socket.create_connection(self.address, 0.3) as one:
                    one.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
                    self.pages += b"udptui_" in b"".join(iter(lambda: one.recv(65536), b""))
            except OSError:
                pass


class Peers:
    """A server that echoes, and a port for the program's own."""

    def __init__(self, host="127.0.0.1"):
        self.host, self.echo, self.port = host, Echo(host), PORTS.get()
        self.own = udptui.join_address((host, self.port))

    def end(self):
        self.echo.over.set()
        PORTS.put(self.port)


PORTS = queue.SimpleQueue()  # a run borrows one: a reserved port stays this process's
for _ in range(AT_ONCE):
    PORTS.put(udptui.unused_port())


# ---- scenarios: what makes the command's arguments; for a screen or the prompt, the keys

CAPTURE = os.path.join(udptui.SOURCE, "tests", "captures", "bad_checksum.pcap")
SCENARIOS = {}  # by name: (arguments, keys, host)


def scenario(keys=None, host="127.0.0.1"):
    def add(arguments):
        SCENARIOS[arguments.__name__] = (arguments, keys, host)
        return arguments
    return add


def written(home, name, text):
    with open(os.path.join(home, name), "w", encoding="utf-8") as file:
        file.write(text)
    return file.name


def recording(home):
    """Requests and replies of two clients: the one that the tests have is of one datagram."""
    path = os.path.join(home, "recorded.pcap")
    frames = []
    for number in range(12):
        client, reply = 4000 + number % 2, number % 4 > 1
        ports = (4010, client) if reply else (client, 4010)
        text = b"Message received" if reply else b"hello %d" % number
        hosts = b"\x7f\0\0\1" * 2
        udp = struct.pack(">HHHH", *ports, 8 + len(text), 0) + text
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0) + hosts
        frames.append(struct.pack("<IIII", 1700000000, 5000 * number, 20 + len(udp), 20 + len(udp)) + ip + udp)
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101) + b"".join(frames))
    return path


def questions(home):
    return written(home, "questions", "Question: Tea?\nChoice: yes\nAnswer: no\n")


@scenario()
def serve(peers, home):
    return ["serve", "--json", "-d", "250ms", "--log", home + "/log", "--pcap", home + "/capture.pcap", peers.own]


@scenario()
def serve_lines(peers, home):
    return ["serve", "--no-ui", "-d", "250ms", "--calls", "--filter", "hello|/a+n/",
            "--rules", written(home, "rules", "/^n(ame) / => hi {1}\nhello => wait 5ms then {text} and bye\n"), peers.own]


if all(part in subprocess.run([PROGRAM or udptui.BINARY, "--version"], capture_output=True, check=False, text=True).stdout
       for part in ("system calls", "files (Landlock")):
    @scenario()
    def sandbox_on(peers, home):
        return ["serve", "--json", "-d", "250ms", "--sandbox", "on", "--log", home + "/log", peers.own]


@scenario()
def serve_metrics(peers, home):
    return ["serve", "--json", "-d", "250ms", "--metrics", home + "/udptui.prom", peers.own]


if udptui.has_feature("http"):
    @scenario()
    def serve_metrics_http(peers, _home):
        return ["serve", "--json", "-d", "250ms", "--metrics", peers.own, peers.own]


@scenario()
def serve_names(peers, _home):
    return ["serve", "--no-ui", "-d", "250ms", "--names", peers.own]


@scenario()
def serve_threads(peers, _home):
    return ["serve", "--json", "-d", "250ms", "--threads", "2", "--batch", "4", peers.own]


@scenario(host="::1")
def serve_ipv6(peers, home):
    return ["serve", "--json", "-d", "250ms", "--pcap", home + "/capture.pcap", peers.own]


@scenario()
def serve_group(peers, _home):
    return ["serve", "--json", "-d", "200ms", "--join", "239.255.4.10%lo", "--reuse", "0.0.0.0:%d" % peers.port]


@scenario()
def reflector(peers, _home):
    return ["serve", "--json", "-d", "250ms", "--ack", "stamp", peers.own]


@scenario()
def impaired(peers, _home):
    return ["serve", "--no-ui", "-d", "250ms", "--impair", "loss=20%,dup=20%,delay=5ms", peers.own]


@scenario()
def classroom(peers, home):
    return ["serve", "--json", "-d", "250ms", "--class", "--questions", questions(home), "--export",
            home + "/class.csv", "--log", home + "/log", peers.own]


if shutil.which("sharkd"):
    @scenario()
    def dissected(peers, _home):
        return ["serve", "--json", "-d", "1s", "-c", "40", "--dissect", peers.own]


@scenario(keys=("\t", "\r", "\x1b", "/", "hello", "\r", "s", "D", "\x1b", "l", "t", "v", "\x1b", "c", "\x1b", "i", "+", "\x1b", "?", "q"))
def serve_screen(peers, home):
    return ["serve", "--log", home + "/log", peers.own]


@scenario(keys=("w", "\x15", "saved.pcap", "\r", "\r", "Q", "n", "m", "s", "\r", "e", "\r", "\x1b", "I", "q", "y"))
def serve_screen_class(peers, home):
    return ["serve", "--class", "--questions", questions(home), "--export", home + "/class.json", "--pcap",
            home + "/capture.pcap", peers.own]


@scenario()
def relay(peers, home):
    return ["relay", "--json", "-d", "250ms", "--log", home + "/log", "--pcap", home + "/capture.pcap", peers.own,
            peers.echo.address]


@scenario(host="::1")
def relay_ipv6(peers, _home):
    return ["relay", "--no-ui", "-d", "250ms", "--impair", "loss=10%,dup=10%,delay=3ms", "--copy-ttl", peers.own,
            peers.echo.address]


@scenario(keys=("\t", "\r", "\x1b", "l", "\x1b", "i", "+", "\x1b", "c", "q"))
def relay_screen(peers, _home):
    return ["relay", peers.own, peers.echo.address]


@scenario()
def send(peers, home):
    return ["send", "--timeout", "300ms", "--log", home + "/log", "--pcap", home + "/capture.pcap", peers.echo.address,
            "one", "two", "three"]


@scenario(host="::1")
def send_ipv6(peers, _home):
    return ["send", "--timeout", "100ms", "--json", "--calls", "--retry", "1", "--match", "port", "--df", "--expect", "/o+/",
            peers.echo.address, "one", "two"]


@scenario()
def send_packets(peers, home):
    packets = {"packets": [{"name": "a", "text": "one\\n", "expect": "one", "target": peers.echo.address},
                           {"name": "b", "hex": "ff00", "target": peers.echo.address}]}
    return ["send", "--timeout", "300ms", "--packets", written(home, "packets.json", json.dumps(packets)), "--packet", "a",
            "--packet", "b"]


@scenario()
def send_files(peers, home):
    return ["send", "--timeout", "300ms", "--file", written(home, "bytes", "x" * 3000), "--rate", "200/s", "-c", "3",
            peers.echo.address]


@scenario(keys=("hello\r", "/save it hi\r", "/hex ff 00\r", "/ladder\r", "/ping 2 5ms\r", "/packets\r", "/load it\r", "\r",
                "/history\r", "/stats\r", "/quit\r", "\x04"))
def prompt(peers, home):
    return ["send", "--timeout", "100ms", "--log", home + "/log", peers.echo.address]


@scenario()
def ping(peers, home):
    return ["ping", "-c", "5", "-i", "20ms", "--timeout", "200ms", "--json", "--log", home + "/log", peers.echo.address]


@scenario(host="::1")
def ping_ipv6(peers, _home):
    return ["ping", "-c", "3", "-i", "20ms", "--timeout", "100ms", "--csv", "--mode", "stamp", peers.echo.address]


@scenario(keys=("?", "\x1b", "r", "q"))
def ping_screen(peers, _home):
    return ["ping", "-i", "20ms", "--timeout", "200ms", peers.echo.address]


@scenario()
def load(peers, home):
    return ["load", "-d", "150ms", "--clients", "4", "--rate", "4k/s", "--json", "--log", home + "/log", peers.echo.address]


@scenario(keys=("?", "\x1b", "q"))
def load_screen(peers, _home):
    return ["load", "-d", "10s", "--rate", "1k/s", peers.echo.address]


@scenario()
def replay(_peers, home):
    return ["replay", "--no-ui", "--log", home + "/log", "--speed", "max", recording(home)]


@scenario()
def replay_save(_peers, home):
    return ["replay", "--filter", "from:127.0.0.1 hello|/rec/", "--save", home + "/part.pcap", recording(home)]


@scenario()
def replay_to(peers, home):
    return ["replay", "--json", "--to", peers.echo.address, "--timeout", "100ms", recording(home)]


@scenario(keys=(" ", ".", "\r", "\x1b", "l", "\x1b", ">", "w", "\x15", "saved.pcap", "\r", "q"))
def replay_screen(_peers, home):
    return ["replay", recording(home)]


@scenario(keys=(" ", "\r", "\x1b", "?", "\x1b", "q"))
def replay_to_screen(peers, home):
    return ["replay", "--to", peers.echo.address, "--timeout", "100ms", recording(home)]


@scenario()
def lesson(_peers, home):
    return ["lesson", "boundaries", "--auto", "--log", home + "/log", "--pcap", home + "/lesson.pcap"]


@scenario()
def lesson_namespace(_peers, _home):
    return ["lesson", "multicast", "--json"]


@scenario()
def lesson_stream(_peers, _home):
    return ["lesson", "tcp", "--markdown"]


@scenario(keys=("\r", "\r", "1", "\r", "t", "v", "\r", "\r", "\r", "q", "q"))
def lesson_screen(_peers, _home):
    return ["lesson", "boundaries"]


@scenario()
def lesson_own(_peers, home):
    source = subprocess.run([PROGRAM, "lesson", "--source", "ports"], capture_output=True, check=False)
    return ["lesson", "--auto", "--lang", "de", written(home, "own.lesson", source.stdout.decode())]


def start_broker():
    """For all cases; another program publishes there all the time."""
    at = broker.Broker()
    commands.Reporter(at).publisher.clients(("192.0.2.1:5", 5))
    tap.keep()
    return at


if broker.usable():
    BROKER = start_broker()

    @scenario()
    def watch(_peers, home):
        return ["watch", "--json", "-d", "400ms", "--filter", "!status:ended", "--log", home + "/log", BROKER.url()]

    @scenario(keys=("\r", "\t", "\t", "\x1b", "\t", "\t", "/", "status:up", "\r", "\x1b", "s", "I", "x", "?", "\x1b", "q"))
    def watch_screen(_peers, home):
        return ["watch", "--log", home + "/log", BROKER.url()]

    @scenario()
    def serve_publish(peers, home):
        return ["serve", "--json", "-d", "400ms", "--publish-messages", "100", "--publish", BROKER.url("other"),
                "--publish-as", os.path.basename(home), peers.own]


@scenario()
def demo(_peers, _home):
    return ["demo", "--json", "-d", "300ms"]


@scenario(keys=("\t", "l", "\x1b", "q"))
def demo_screen(_peers, _home):
    return ["demo"]


# ---- one run

class Terminal(threading.Thread):
    """A terminal at which keys are pressed, some milliseconds apart; at last those that end a screen, a prompt, lines."""
    PAUSE_S = 0.03
    LAST = ("\x1b", "q", "\x15", "\x04")

    def __init__(self, keys, tries):
        super().__init__(daemon=True)
        self.keys, self.over = itertools.chain(keys, tries * self.LAST, itertools.repeat("\x03")), threading.Event()
        self.master, self.slave = os.openpty()
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.modes = termios.tcgetattr(self.slave)
        self.output = bytearray()
        self.start()

    def run(self):
        due = time.monotonic() + 1.5
        while not self.over.is_set():
            if select.select([self.master], [], [], self.PAUSE_S)[0]:
                self.output += os.read(self.master, 65536)
                due = min(due, time.monotonic() + 0.1)  # it is there once it has drawn something
            if time.monotonic() >= due:
                os.write(self.master, next(self.keys).encode())
                due = time.monotonic() + self.PAUSE_S

    def wrong_state(self):
        """What the program has left behind."""
        self.over.set()
        self.join()
        if termios.tcgetattr(self.slave) != self.modes:
            yield "the terminal's modes are not restored"
        while select.select([self.master], [], [], 0)[0]:
            self.output += os.read(self.master, 65536)
        for begin, end in ((b"\x1b[?1049h", b"\x1b[?1049l"), (b"\x1b[?25l", b"\x1b[?25h"), (b"\x1b[?2004h", b"\x1b[?2004l")):
            if self.output.rfind(begin) > self.output.rfind(end):
                yield "the terminal got %r last and not %r" % (begin, end)
        os.close(self.master)
        os.close(self.slave)


class Run:
    """The program with that fault, to its end."""

    def __init__(self, name, fault):
        arguments, keys, host = SCENARIOS[name]
        home, peers = tempfile.mkdtemp(prefix="udptui-test-"), Peers(host)
        self.name, self.fault, report, self.left_behind, self.shown = name, fault, home + "/report", [], b""
        environment = udptui.environment(HOME=home, UDPTUI_FAULT_REPORT=report, UDPTUI_FAULT=fault,
                                         TERM="xterm-256color" if keys else "dumb")
        words = [PROGRAM] + arguments(peers, home)
        terminal = Terminal(keys, 2 if fault.startswith(TERMINAL_CALLS) else 100) if keys else None
        clients = Clients(host, peers.port)
        scraper = Scraper(peers.own) if words.count(peers.own) > 1 else None
        began = time.monotonic()
        with open(home + "/out", "wb") as out, open(home + "/err", "wb") as err:
            child = subprocess.Popen(["setsid", "--ctty"] + words if keys else words,
                                     stdin=terminal.slave if keys else subprocess.DEVNULL,
                                     stdout=terminal.slave if keys else out, stderr=err, env=environment, cwd=home,
                                     start_new_session=not keys)
            self.status, self.cpu_s = self.wait(child)
        self.took_s = time.monotonic() - began
        for one in filter(None, (clients, scraper)):
            one.over.set()
            one.join()
        peers.end()
        self.pages = scraper.pages if scraper else None
        if terminal:
            wrong = list(terminal.wrong_state())
            self.left_behind = [] if fault.startswith(TERMINAL_CALLS) else wrong
            self.shown = terminal.output[-2000:]
        self.out, self.err = (read_text(home + part) for part in ("/out", "/err"))
        self.lines = read_text(report).splitlines() if os.path.exists(report) else []
        self.keep_counts(words, home, {"asked": clients.sent, "replies": clients.replies, "echoed": peers.echo.count})
        shutil.rmtree(home, True)

    def keep_counts(self, words, home, seen):
        """What the program counted, and what there is to compare it with."""
        self.seen, self.command = seen, words[1]
        self.printed = sums.objects(self.out)[0] if "--json" in words else None
        self.logged = read_text(home + "/log") if os.path.exists(home + "/log") else None
        self.capture = None
        if os.path.exists(home + "/capture.pcap"):
            with open(home + "/capture.pcap", "rb") as file:
                self.capture = file.read()

    @staticmethod
    def wait(child):
        alarm = threading.Timer(ENDS_WITHIN_S * tap.busy(), os.kill, (child.pid, signal.SIGKILL))
        alarm.start()
        _, status, usage = os.wait4(child.pid, 0)
        alarm.cancel()
        child.returncode = os.waitstatus_to_exitcode(status)
        return udptui.shell_status(child.returncode), usage.ru_utime + usage.ru_stime

    def uses(self):
        """How often each call was made by the process that made most of them."""
        most = {}
        for line in self.lines:
            name, _, count = line.partition(" ")
            if count.isdigit():
                most[name] = max(most.get(name, 0), int(count))
        return most

    def open_descriptors(self):
        """Those that the program left open. It inherits none of the test: what Python opens is closed on exec."""
        return [line for line in self.lines if line.startswith("fd ")]

    def faults(self, calm):
        """What is wrong with it, beside the undisturbed run."""
        if self.status == 137:
            yield "did not end in %d s" % self.took_s
        elif self.status in (129, 130) and self.fault.startswith(TERMINAL_CALLS):
            pass  # lines instead of the screen, which Ctrl-C ends; or the terminal seems to have hung up
        elif self.status == 130 and "showing lines instead of the screen" in self.err:
            pass
        elif self.status == 2 and ("there is no such interface" in self.err or "--no-config leaves it out" in self.err):
            pass  # what was typed has to change
        elif self.status not in (0, 1, 3):
            yield "ended with status %d" % self.status
        if self.status == 3 and not re.search(r"^udptui: .{8}", self.err, re.MULTILINE):
            yield "ended with status 3 and without a reason"
        if len(self.err) > 4000:
            yield "wrote %d bytes to stderr" % len(self.err)
        if "Sanitizer" in self.err or "runtime error" in self.err:
            yield "sanitizer"
        if self.cpu_s > calm.cpu_s + SPIN_SHARE * self.took_s + 0.05:
            yield "used %.2f s of CPU in %.2f s" % (self.cpu_s, self.took_s)
        if len(self.open_descriptors()) > len(calm.open_descriptors()):
            yield "left open: %s" % ", ".join(self.open_descriptors())
        yield from self.wrong_sandbox(calm)
        yield from self.left_behind
        yield from self.wrong_log()
        yield from self.wrong_sums(calm)
        yield from self.wrong_files()

    def wrong_sandbox(self, calm):
        """auto does without what cannot be given up; on gives up all of it, or ends."""
        if self.name != "sandbox_on" and "--sandbox" in self.err:
            yield "ends for its sandbox, which is auto"
        missing = [line for line in calm.lines if line.startswith("in the sandbox") and line not in self.lines]
        if self.name == "sandbox_on" and self.status in (0, 1) and self.lines and missing:
            yield "goes on without %s" % missing

    def summaries(self):
        """All objects with figures, and all objects beside each: of the lines, and of the log."""
        for items in (self.printed, sums.objects(self.logged)[0] if self.logged else None):
            yield from ((item, items) for item in items or () if item.get("event") in ("summary", "capture"))

    def wrong_sums(self, calm):
        for item, items in self.summaries():
            try:
                sums.add_up(item)
                if not SCENARIOS[self.name][1]:  # a key may begin the counts again
                    sums.have(item, self.seen)
                if self.status != 3:  # else lines or log may lack some
                    sums.results(items)
                if self.command in ("serve", "relay"):
                    tap.true(item["received"] <= self.seen["asked"], "%d sent, %r" % (self.seen["asked"], item))
            except tap.Failure as error:
                yield "summary: %s" % error
        if self.status in (0, 1) and any(calm.summaries()) and not any(self.summaries()):
            yield "no summary"

    def lost_lines(self):
        """How many lines the log lacks, as the program says at its end."""
        found = re.search(r"--log .*: missing lines: (\d+)$", self.err, re.MULTILINE)
        return int(found.group(1)) if found else 0

    def wrong_log(self):
        if self.logged is None:
            return
        (items, others), lost = sums.objects(self.logged), self.lost_lines()
        if lost and self.status != 3:
            yield "the log lacks %d lines, and the status is %d" % (lost, self.status)
        if others > lost:
            yield "%d lines of the log are no objects, and it says that %d are missing" % (others, lost)
        if self.printed is not None and len(self.printed) - len(items) > lost:
            yield "printed %d objects, logged %d, and says that %d are missing" % (len(self.printed), len(items), lost)

    def wrong_files(self):
        """What log and capture of serve and relay lack is in the summary."""
        for item in self.printed or ():
            if item.get("event") != "summary" or self.command not in ("serve", "relay"):
                continue
            missing = sums.unlogged(item, sums.objects(self.logged)[0]) if self.logged is not None else 0
            if missing > max(item["not_logged"], self.lost_lines() + item["not_shown"]):
                yield "%d messages are not in the log: %r" % (missing, item)
            missing = sums.unrecorded(item, self.capture) if self.capture is not None else 0
            if missing > item["not_recorded"]:
                yield "%d datagrams are not in the capture: %r" % (missing, item)


# ---- all of them

def stays(call, error):
    """Whether it can happen from then on: not what a caller repeats at once because it passes."""
    return error not in ("SHORT", "HALF", "FEW", "EINTR", "EAGAIN", "ECONNREFUSED") or call in ("pthread_create", "fork")


def uses_to_try(count):
    """Each up to the bound, then those at twice, four times ... as many."""
    bound = max(USES, 1)
    yield from range(1, min(count, bound) + 1)
    while USES and bound * 2 <= count:
        bound *= 2
        yield bound


def faults_of(name, uses):
    for call, errors in ERRORS.items():
        if call == "malloc@libc" and SCENARIOS[name][1]:
            continue  # terminfo's own copies of texts are among them: it ends with SIGSEGV without memory
        for error, use in itertools.product(errors, uses_to_try(uses.get(call, 0))):
            yield "%s:%s:%d" % (call, error, use)
            if use <= 2 and stays(call, error):
                yield "%s:%s:%d:%d" % (call, error, use, FOREVER)


def try_fault(name, fault):
    """What is wrong with the run, as text."""
    run = Run(name, fault)
    seen = "%s\n    %r" % (run.err[:300].replace("\n", "\n    "), bytes(run.shown)) if run.status > 128 else run.err[:300]
    return ["%s: %s\n    %s" % (fault, what, seen) for what in run.faults(CALM[name])]


CALM = {}  # by scenario: the run without a fault


def calm_run(name):
    """Once more if it ended with status 3: on a busy machine, watch may have no time to connect."""
    for _ in range(5):
        run = Run(name, "malloc:ENOMEM:%d" % FOREVER)
        if run.status != 3:
            break
    return run


def calm_runs():
    if not CALM:
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            CALM.update(zip(SCENARIOS, pool.map(calm_run, SCENARIOS)))
    return CALM


def chosen(name):
    """The faults of a scenario: all of them, or those that no other scenario tries."""
    reached = {one: list(faults_of(one, run.uses())) for one, run in calm_runs().items()}
    for fault in filter(re.compile(ONLY).search, reached[name]):
        able = [one for one, faults in reached.items() if fault in faults]
        if USES or able[zlib.crc32(fault.encode()) % len(able)] == name:
            yield fault


def try_scenario(name):
    calm = calm_runs()[name]
    tap.true(calm.status in (0, 1) and not list(calm.faults(calm)),
             "the undisturbed run: status %d, %s\n%s\n%r" % (calm.status, list(calm.faults(calm)), calm.err, bytes(calm.shown)))
    tap.true(calm.pages != 0, "nobody got the metrics")
    faults = list(chosen(name))
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        wrong = sum(pool.map(lambda fault: try_fault(name, fault), faults), [])
    print("# %s: %d faults tried" % (name, len(faults)), flush=True)
    tap.true(not wrong, "%d of %d:\n%s" % (len(wrong), len(faults), "\n".join(wrong)))


for one in SCENARIOS:
    tap.add_case("%s ends, counts and says why, whatever fails" % one, try_scenario, one, timeout_s=7200)

def thread_faults(command, *arguments):
    """Each thread of a command with --metrics cannot be started: stderr has one line about it, and no other reason."""
    udptui.need_feature("http")
    reasons = []
    for use in range(1, 10):
        child = subprocess.run([PROGRAM, command, "--no-ui", "--metrics", "127.0.0.1:0", *arguments], capture_output=True,
                               check=False, timeout=ENDS_WITHIN_S * tap.busy(), stdin=subprocess.DEVNULL,
                               env={**os.environ, "UDPTUI_FAULT": "pthread_create:EAGAIN:%d:%d" % (use, FOREVER)})
        lines = [line for line in child.stderr.decode(errors="replace").splitlines() if "metrics: http:" not in line]
        if child.returncode != 3:
            break
        tap.equal(len(lines), 1, "lines about thread %d: %s" % (use, lines))
        tap.contains(lines[0], "cannot start a thread")
        reasons.append(lines[0])
    tap.true(any("--metrics" in line for line in reasons), "reasons: %s" % reasons)


for one in (("ping", "-c", "1", "127.0.0.1:9"), ("load", "-d", "100ms", "127.0.0.1:9"), ("serve", "-d", "100ms", "127.0.0.1:0"),
            ("relay", "-d", "100ms", "127.0.0.1:0", "127.0.0.1:9")):
    tap.add_case("%s has one reason if a thread cannot be started" % one[0], thread_faults, *one)


@tap.case("send's /mtu names no MTU if nobody does")
def unnamed_mtu():
    """The kernel refuses a size, and its error queue is empty."""
    screen = Screen(UDPTUI_FAULT="sendmmsg:EMSGSIZE:1:%d" % FOREVER)
    screen.line("%s send 127.0.0.1:9" % PROGRAM)
    screen.wait_text("127.0.0.1:9>")
    screen.line("/mtu")
    screen.wait_text("bytes: too big for the interface$")


def receive_fails(error, command, *arguments):
    """Each receive call fails, from the first one on: it is counted, and told once, in the totals."""
    port = PORTS.get()
    clients = Clients("127.0.0.1", port)
    child = subprocess.run([PROGRAM, command, "--no-ui", "-d", "500ms", "127.0.0.1:%d" % port, *arguments], capture_output=True,
                           check=False, timeout=ENDS_WITHIN_S * tap.busy(), stdin=subprocess.DEVNULL,
                           env={**os.environ, "UDPTUI_FAULT": "recvmmsg:%s:1:%d" % (error, FOREVER)})
    clients.over.set()
    clients.join()
    PORTS.put(port)
    out, err = child.stdout.decode(), child.stderr.decode()
    tap.equal((child.returncode, err), (0, ""), "status, stderr")
    counts = re.findall(r"receive errors (\d+)", out)
    tap.equal(len(counts), 1, "how often it is told: %s" % out)
    tap.true(0 < int(counts[0]) <= 1000, "%s calls in half a second" % counts[0])  # it rests for a millisecond after each


for one in ("ENETDOWN", "ENOMEM"):
    tap.add_case("serve: %s that stays is counted and told once" % one, receive_fails, one, "serve")
    tap.add_case("relay: %s that stays is counted and told once" % one, receive_fails, one, "relay", "127.0.0.1:9")

if not PROGRAM:
    print("1..0 # SKIP UDPTUI_FAULTS names no program")
else:
    tap.main()
