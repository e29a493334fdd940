# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""programs: servers in a terminal or a pipe, load, and the CPU time of a process."""
import collections
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading
import time

UDPTUI = os.environ["UDPTUI"]
LISTENING = re.compile(rb"127\.0\.0\.1:(\d+)")

PLAIN = ("--clients", "64", "--window", "16", "--no-gso", "--no-gro")
BULK = ("--clients", "8", "--window", "256")

CHUNKS_KEPT = 2000


class Screen:
    """A program in a pseudo-terminal of 120x40; read by a thread unless stalled."""

    def __init__(self, *arguments, binary=UDPTUI):
        self.chunks = collections.deque(maxlen=CHUNKS_KEPT)
        self.stalled = threading.Event()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm-256color"
            os.execv(binary, [binary, *arguments])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while True:
            while self.stalled.is_set():
                time.sleep(0.05)
            try:
                chunk = os.read(self.fd, 65536)
            except OSError:
                return
            if not chunk:
                return
            self.chunks.append(chunk)

    @property
    def data(self):
        """The latest bytes. Joined only here: while a server is measured, reading has to be cheap."""
        return b"".join(list(self.chunks))

    def port(self):
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            found = LISTENING.search(self.data)
            if found:
                return int(found.group(1))
            time.sleep(0.01)
        raise RuntimeError("the server did not come up")

    def close(self):
        self.stalled.clear()
        os.kill(self.pid, signal.SIGTERM)
        os.waitpid(self.pid, 0)
        self.thread.join()  # before the descriptor's number is another's: it would read that one
        os.close(self.fd)


class Pipe:
    """A server that prints its port as the first number of its output."""

    def __init__(self, *arguments, sink=subprocess.DEVNULL):
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=sink)
        self.pid = self.process.pid
        line = self.process.stdout.readline()
        self.number = int(re.findall(rb"(\d+)\s*$", line)[0])
        self.drain = threading.Thread(target=self.read, daemon=True)
        self.drain.start()

    def read(self):
        while self.process.stdout.read1(65536):
            pass

    def port(self):
        return self.number

    def close(self):
        self.process.kill()
        self.process.wait()


def ours(*extra):
    return lambda: Screen("serve", "127.0.0.1:0", *extra)


def load(port, seconds, *arguments, binary=UDPTUI):
    """The summary of `udptui load`."""
    output = subprocess.run([binary, "load", f"127.0.0.1:{port}", "--json", "--quiet",
                             "--duration", f"{seconds}s", *arguments],
                            stdout=subprocess.PIPE, check=False).stdout
    return json.loads(output.splitlines()[-1])


def cpu_ticks(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def thread_cpu_us(pid):
    """The CPU time of each thread that runs, by its number; finer than clock ticks if the kernel says so
    (sched-stats.rst)."""
    found = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as stat:
                found[task] = int(stat.read().split()[0]) / 1000
        except FileNotFoundError:
            found[task] = cpu_ticks(f"{pid}/task/{task}") * 1e4
    return found


def cpu_us(pid):
    return sum(thread_cpu_us(pid).values())
