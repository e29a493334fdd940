# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program on a pipe that is read by hand: slowly, later, or not at all."""
import fcntl
import os
import struct
import subprocess
import termios
import time

import tap
import udptui

WITHIN_S = 30  # a program that ends looks ten times, 0.1 s apart, whether its output is taken; each look may be late
STALLED_TIMEOUT_S = 90


class StalledFifo:
    """A FIFO whose reader stands still."""

    def __init__(self):
        self.path = os.path.join(udptui.temporary_directory(), "fifo")
        os.mkfifo(self.path)
        self.read = os.open(self.path, os.O_RDONLY | os.O_NONBLOCK)
        tap.defer(os.close, self.read)

    def unread_bytes(self):
        return struct.unpack("i", fcntl.ioctl(self.read, termios.FIONREAD, bytes(4)))[0]


class Reader:
    """A pipe of the test's own: it reads when it wants to, and may make the writer's end non-blocking. room: bytes that
    the pipe takes without being read."""

    def __init__(self, nonblocking=False, room=None):
        self.read, self.write = os.pipe()
        tap.defer(os.close, self.read)
        if room:
            self.set_room(room)
        if nonblocking:
            flags = fcntl.fcntl(self.write, fcntl.F_GETFL)
            fcntl.fcntl(self.write, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        self.raw = bytearray()
        self.slowest_s = 0

    def start(self, *arguments, errors_too=False, **options):
        """errors_too: standard error is the same pipe."""
        self.child = subprocess.Popen([udptui.BINARY] + list(arguments), stdin=subprocess.DEVNULL,
                                      stdout=self.write, stderr=subprocess.STDOUT if errors_too else subprocess.PIPE,
                                      env=udptui.environment(), **options)
        os.close(self.write)
        tap.defer(self._end)
        return self

    def set_room(self, room):
        fcntl.fcntl(self.read, 1031, room)  # F_SETPIPE_SZ

    def _end(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()
        if self.child.stderr:
            self.child.stderr.close()

    def take(self, size=65536):
        """One read; False at the end."""
        piece = os.read(self.read, size)
        self.raw += piece
        return bool(piece)

    def take_line(self):
        while not self.raw.endswith(b"\n"):
            self.take(1)
        return self.raw

    def take_slowly(self, size=65536, pause_s=0.02):
        """To the end; slowest_s is the longest time from one read to the next."""
        more, read_s = True, time.monotonic()
        while more:
            more, before_s, read_s = self.take(size), read_s, time.monotonic()
            self.slowest_s = max(self.slowest_s, read_s - before_s)
            time.sleep(pause_s)

    def finish(self, within_s=WITHIN_S):
        """Waits for the end without reading; (status as a shell shows it, stderr)."""
        status = tap.until(lambda: self.child.poll() is not None and (self.child.returncode,),
                           "the end", within_s)[0]
        return udptui.shell_status(status), self.child.stderr.read().decode() if self.child.stderr else ""

    def objects(self, event):
        return udptui._objects(self.raw, event)
