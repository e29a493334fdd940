# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Terminals for the program: a real one (tmux, which can be looked at) and a bare pty (which keeps
every byte that was written to it)."""
import errno
import fcntl
import itertools
import os
import pty
import re
import select
import shlex
import signal
import struct
import subprocess
import termios
import time

import tap
import udptui

TERM = "screen-256color"
PROMPT = "READY>"
MARK = b"\xff"  # in no UTF-8, so that no program of ours writes it
WAIT_MARK_S = 2
_numbers = itertools.count(1)


# ---- a real terminal

class Screen:
    """A tmux server of its own with one window, in which a plain shell waits."""

    def __init__(self, columns=80, rows=24, **variables):
        udptui.need_program("tmux")
        self.directory = udptui.temporary_directory()
        self.env = udptui.environment(TMUX_TMPDIR=self.directory, PS1=PROMPT, PS2="", ENV=None,
                                      PROMPT_COMMAND=None, SHELL="/bin/sh", **variables)
        self.name = "udptui-%d-%d" % (os.getpid(), next(_numbers))
        self.columns, self.rows = columns, rows
        self._start()
        self.wait_prompt()

    def _start(self):
        path = os.path.join(self.directory, "tmux.conf")
        with open(path, "w") as file:
            file.write("set -g default-terminal %s\nset -g status off\nset -s escape-time 0\n"
                       "set -g remain-on-exit on\n" % TERM)
        self.command = ["tmux", "-u", "-L", self.name, "-f", path]
        tap.defer(self.close)
        done = subprocess.run(self.command + ["new-session", "-d", "-x", str(self.columns), "-y",
                                              str(self.rows), "sh", "-i"],
                              env=self.env, stderr=subprocess.PIPE)
        if done.returncode != 0:
            raise tap.Failure("tmux: %s" % done.stderr.decode())

    def close(self):
        subprocess.run(self.command + ["kill-server"], env=self.env, stderr=subprocess.DEVNULL)

    def tmux(self, *arguments):
        done = subprocess.run(self.command + list(arguments), env=self.env, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.stdout.decode("utf-8", "backslashreplace")

    # what is seen

    def capture(self, *flags):
        """The screen, when no frame is half drawn: a frame comes in several writes and ends with a hidden cursor at the
        top left, or with a cursor that is shown at an input. Other programs than ours may leave it elsewhere."""
        limit = tap.Limit(5)
        while True:
            state, _, text = self.tmux("display-message", "-p", "#{alternate_on}#{cursor_flag} #{cursor_x},#{cursor_y}", ";",
                                       "capture-pane", "-p", *flags).partition("\n")
            if not state.startswith("10 ") or state == "10 0,0" or limit.over():
                return text
            time.sleep(0.01)

    def scrolled(self):
        """What is seen, with what has scrolled off the top."""
        return self.tmux("capture-pane", "-p", "-S", "-")

    def rows_with(self, *words):
        """The rows that hold all the words."""
        return [row for row in self.capture().splitlines() if all(word in row for word in words)]

    def variable(self, name):
        return self.tmux("display-message", "-p", "#{%s}" % name).strip()

    def wait(self, condition, what, wait_s=tap.WAIT_S):
        """Looks until condition(text of the screen) is true; returns its answer."""
        return tap.until(lambda: condition(self.capture()),
                         lambda: "%s; the screen shows\n%s" % (what, self.capture()), wait_s, 0.04)

    def wait_text(self, pattern, wait_s=tap.WAIT_S):
        return self.wait(lambda text: re.search(pattern, text, re.MULTILINE), repr(pattern), wait_s)

    def wait_gone(self, pattern, wait_s=tap.WAIT_S):
        return self.wait(lambda text: not re.search(pattern, text, re.MULTILINE),
                         "the end of %r" % pattern, wait_s)

    def wait_row(self, *words, wait_s=tap.WAIT_S):
        """Waits for one row that holds all the words; returns it."""
        def found(text):
            rows = [row for row in text.splitlines() if all(word in row for word in words)]
            return rows[0] if rows else None
        return self.wait(found, "a row with %r" % (words,), wait_s)

    def wait_prompt(self):
        """The shell is back, on a line of its own that is the last."""
        self.wait(lambda text: text.rstrip().splitlines()[-1:] == [PROMPT], "the shell's prompt")

    # what is typed

    def keys(self, *names):
        """Presses keys by tmux's names: q, Enter, C-r, Down, F10."""
        self.tmux("send-keys", *names)

    def type(self, text):
        self.tmux("send-keys", "-l", text)

    def line(self, text):
        self.type(text)
        self.keys("Enter")

    def paste(self, text):
        """As a terminal pastes: bracketed if the program has enabled that."""
        self.tmux("load-buffer", udptui.write_file(text.encode(), self.directory))
        self.tmux("paste-buffer", "-p")

    def resize(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    # a program in it

    def run(self, *arguments, before="", wait=None):
        """Types the program's command line into the shell."""
        words = " ".join(shlex.quote(word) for word in (udptui.BINARY,) + arguments)
        path = self.path("run")
        with open(path, "w") as file:
            file.write("%s%s\n" % (before, words))
        self.line("clear; . %s" % path)
        if wait:
            self.wait_text(wait)

    def path(self, name):
        return os.path.join(self.directory, name)

    def shell(self, command):
        """Runs a command in the shell and returns its output, through a file."""
        path = self.path("out-%d" % next(_numbers))
        self.line("{ %s; } > %s.new; mv %s.new %s" % (command, path, path, path))
        tap.until(lambda: os.path.exists(path), "the output of %r" % command)
        with open(path) as file:
            return file.read().strip()

    def program_pid(self):
        """The process that the shell runs."""
        shell = int(self.variable("pane_pid"))
        def child():
            with open("/proc/%d/task/%d/children" % (shell, shell)) as file:
                found = file.read().split()
            return int(found[0]) if found else None
        return tap.until(child, "the program in the shell")


class ServeScreen(Screen):
    """A terminal in which `serve` runs on a free port of loopback."""

    def __init__(self, *options, columns=80, rows=24, wait=True, **variables):
        super().__init__(columns, rows, **variables)
        self.address = ("127.0.0.1", udptui.unused_port())
        self.text = udptui.join_address(self.address)
        self.run("serve", *options, self.text)
        if wait:
            self.wait_text(re.escape(self.text))


# ---- a bare pty

def _fill(handle, after_s=0):
    """Writes until there is no room; returns how many bytes that was."""
    time.sleep(after_s)
    written = 0
    try:
        while True:
            written += os.write(handle, b"." * 64)
    except BlockingIOError:
        return written


def _put(handle, data):
    """Whether there was room for it."""
    try:
        return os.write(handle, data) == len(data)
    except BlockingIOError:
        return False


class Pty:
    """The program on a pty: `raw` keeps each byte it writes. The test holds the slave open too, so
    that the terminal's modes can be compared before and after."""

    def __init__(self, command, columns=80, rows=24, env=None, term=TERM):
        self.master, self.slave = pty.openpty()
        self.closed = False
        tap.defer(self._close)
        self.resize(columns, rows)
        self.modes = termios.tcgetattr(self.slave)
        self.raw = b""
        self.status = None
        self._spawn(command, env or udptui.environment(TERM=term))

    def _spawn(self, command, env):
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.setsid()
                fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
                for handle in (0, 1, 2):
                    os.dup2(self.slave, handle)
                os.closerange(3, 256)
                for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM, signal.SIGHUP,
                               signal.SIGPIPE, signal.SIGXFSZ):
                    signal.signal(number, signal.SIG_DFL)
                os.execvpe(command[0], command, env)
            finally:
                os._exit(127)
        tap.defer(self._end)

    def _end(self):
        """SIGTERM first: a killed program does not write what it counted (make coverage)."""
        if self.status is None:
            os.kill(self.pid, signal.SIGTERM)
            try:
                self.exit_status(2)
            except tap.Failure:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)

    def _close(self):
        self.hang_up()

    def hang_up(self):
        """The terminal goes away: both our ends are closed."""
        if not self.closed:
            self.closed = True
            os.close(self.master)
            os.close(self.slave)

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def write(self, data):
        os.write(self.master, data)

    def stall(self):
        """Fills what the terminal has of buffers, so that it takes no more bytes until it is read. The
        kernel moves bytes from one of them to the next in its own time, which is longer on a busy machine: a
        terminal that takes some bytes later gives the program, rightly, a second of patience more."""
        again = os.open(os.ttyname(self.slave), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            while _fill(again) + _fill(again, min(1.0, 0.1 * tap.busy())):
                pass
        finally:
            os.close(again)

    def ends_unread(self, within_s):
        """Waits for the end without reading a byte; the status as a shell shows it."""
        tap.until(self.ended, "the end of a program whose terminal is not read", within_s)
        return self.status

    def pump(self, wait_s):
        if not select.select([self.master], [], [], wait_s)[0]:
            return False
        try:
            self.raw += os.read(self.master, 65536)
        except OSError as problem:
            if problem.errno != errno.EIO:
                raise
        return True

    def trickle(self, bytes_per_s, wait_s, condition=None):
        """Reads no faster than that, for so long or until the condition holds of what came; whether it does."""
        begun_s, at = time.monotonic(), len(self.raw)
        while time.monotonic() < begun_s + wait_s:
            room = int(bytes_per_s * (time.monotonic() - begun_s)) - (len(self.raw) - at)
            if room > 0 and select.select([self.master], [], [], 0)[0]:
                self.raw += os.read(self.master, room)
            if condition is not None and condition(self.raw):
                return True
            time.sleep(0.01)
        return False

    def wait(self, condition, what, wait_s=tap.WAIT_S):
        """Reads until condition(all bytes) is true."""
        limit = tap.Limit(wait_s)
        while not condition(self.raw):
            ended = self.ended()
            more = self.drain() if ended else self.pump(0.1)
            if not more and (ended or limit.over()):
                raise tap.Failure("%s did not come; the terminal got %r" % (what, self.raw[-1500:]))

    def wait_bytes(self, part, wait_s=tap.WAIT_S):
        self.wait(lambda raw: part in raw, repr(part), wait_s)

    def settle(self, quiet_s=0.3, wait_s=tap.WAIT_S):
        """Reads until nothing has come for a while."""
        deadline = time.monotonic() + wait_s
        while time.monotonic() < deadline and self.pump(quiet_s):
            pass

    def drain(self):
        """Reads all that has been written; whether that was anything. The kernel hands it on in its own time, so a mark is
        written behind it."""
        before, marked, limit = len(self.raw), False, tap.Limit(WAIT_MARK_S)
        if self.closed:
            return False
        again = os.open(os.ttyname(self.slave), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            while not (marked and self.raw.endswith(MARK)) and not limit.over():
                marked = marked or _put(again, MARK)
                self.pump(0.05)
        finally:
            os.close(again)
        if marked and self.raw.endswith(MARK):
            self.raw = self.raw[:-1]
        return len(self.raw) > before

    def exit_status(self, wait_s=tap.WAIT_S):
        """Reads to the end of the program; its status as a shell shows it."""
        limit = tap.Limit(wait_s)
        while not self.ended():
            if limit.over():
                raise tap.Failure("the program did not end; the terminal got %r" % self.raw[-1500:])
            if self.closed:
                time.sleep(0.01)
            else:
                self.pump(0.02)
        self.drain()
        return self.status

    def ended(self):
        self._poll()
        return self.status is not None

    def _poll(self):
        """Notes the end of the program, if it has come."""
        if self.status is not None:
            return
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid:
            signalled = os.WIFSIGNALED(status)
            self.status = 128 + os.WTERMSIG(status) if signalled else os.WEXITSTATUS(status)

    def modes_restored(self):
        tap.equal(termios.tcgetattr(self.slave), self.modes, "the terminal's modes")


def start(*arguments, **options):
    return Pty([udptui.BINARY] + list(arguments), **options)
