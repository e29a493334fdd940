# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a process has, from /proc (proc(5)), and files that are read while they grow and are given back to the disk."""
import ctypes
import os
import re
import struct

import tap

_TICKS = os.sysconf("SC_CLK_TCK")
_PUNCH_HOLE = 0x02 | 0x01  # fallocate(2): FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE
_BLOCK = 4096
_libc = ctypes.CDLL(None, use_errno=True)
_libc.fallocate.argtypes = (ctypes.c_int, ctypes.c_int, ctypes.c_int64, ctypes.c_int64)

KEYS = ("rss_kib", "pss_kib", "heap_kib", "descriptors", "threads", "cpu_percent")


def _read(path):
    with open(path, encoding="ascii", errors="replace") as file:
        return file.read()


def _kib(text, name):
    found = re.search(r"^%s:\s+(\d+)" % name, text, re.MULTILINE)
    return int(found.group(1)) if found else 0


class Watched:
    """A process, and its series of samples. heap: its own memory, without what files back."""

    def __init__(self, name, pid):
        self.name, self.pid = name, pid
        self.series = {key: [] for key in KEYS}
        self.cpu_s = self.at_s = None

    def _path(self, name):
        return "/proc/%d/%s" % (self.pid, name)

    def sample(self, now_s):
        try:
            status, rollup = _read(self._path("status")), _read(self._path("smaps_rollup"))
            descriptors = len(os.listdir(self._path("fd")))
            stat = _read(self._path("stat")).rsplit(")", 1)[1].split()
        except OSError:
            raise tap.Failure("%s (process %d) has ended" % (self.name, self.pid)) from None
        if stat[0] == "Z":
            raise tap.Failure("%s (process %d) has ended" % (self.name, self.pid))
        values = (_kib(status, "VmRSS"), _kib(rollup, "Pss"), _kib(status, "RssAnon"), descriptors,
                  _kib(status, "Threads") or int(stat[17]), self._cpu_percent(stat, now_s))
        for key, value in zip(KEYS, values):
            self.series[key].append(value)

    def _cpu_percent(self, stat, now_s):
        cpu_s = (int(stat[11]) + int(stat[12])) / _TICKS
        before_s, at_s = self.cpu_s, self.at_s
        self.cpu_s, self.at_s = cpu_s, now_s
        return 0.0 if before_s is None else 100 * (cpu_s - before_s) / max(now_s - at_s, 0.001)


def machine():
    """(seconds that tasks waited for a processor, seconds stolen by other machines), both since it was started."""
    try:
        waited_s = int(re.search(r"^some .*total=(\d+)", _read("/proc/pressure/cpu"), re.MULTILINE).group(1)) / 1e6
    except (OSError, AttributeError):
        waited_s = 0.0
    fields = _read("/proc/stat").split("\n", 1)[0].split()
    return waited_s, int(fields[8]) / _TICKS


def udp_counters(namespace):
    """Of the kernel, in the namespace: {"InDatagrams": ...} (RFC 4113, udp)."""
    with namespace:
        names, values = re.findall(r"^Udp: (.*)$", _read("/proc/thread-self/net/snmp"), re.MULTILINE)
    return dict(zip(names.split(), map(int, values.split())))


class Tail:
    """Reads what is appended to a file, hands it to take(bytes), and gives the read part back to the disk: the file
    keeps its length, not its blocks. So a log of hours needs no room."""

    def __init__(self, path, take):
        self.path, self.take = path, take
        self.file, self.position, self.given_back = None, 0, 0
        self.size_bytes = 0  # of all files that had the name
        self.old = None
        tap.defer(self._close)

    def _close(self):
        if self.file is not None:
            os.close(self.file)
            self.file = None

    def _open(self):
        if self.file is None and os.path.exists(self.path):
            self.file, self.position, self.given_back = os.open(self.path, os.O_RDWR), 0, 0

    def rotate(self):
        """Moves the file away, as logrotate(8) does; the writer has to be told. It is read to its end, which is
        known to have come when another has its name."""
        if self.file is not None and self.old is None:
            self.old = self.path + ".old"
            os.rename(self.path, self.old)

    def read(self):
        moved = self.old is not None and os.path.exists(self.path)  # first: what is read then is all of the old one
        self._open()
        while self.file is not None:
            piece = os.pread(self.file, 1 << 20, self.position)
            if not piece:
                break
            self.position += len(piece)
            self.size_bytes += len(piece)
            self.take(piece)
        if moved:
            self._close()
            os.unlink(self.old)
            self.old = None
            self.read()
        elif self.file is not None:
            self._give_back()

    def _give_back(self):
        """All but the first block, which may have a header, and the last."""
        begin = max(self.given_back, _BLOCK)
        end = self.position // _BLOCK * _BLOCK - _BLOCK
        if end - begin >= 1 << 20 and _libc.fallocate(self.file, _PUNCH_HOLE, begin, end - begin) == 0:
            self.given_back = end

    def disk_kib(self):
        return os.fstat(self.file).st_blocks // 2 if self.file is not None else 0


class Lines:
    """For a Tail: counts the lines that match (a message that came has a number, what was sent by hand has 0), and keeps
    those that hold a part, in whole."""

    def __init__(self, counted=rb'"event":"message","n":[1-9]', kept=b'"event":"summary"', each=None):
        self.counted, self.kept, self.each = re.compile(counted), kept, each
        self.count, self.found, self.rest = 0, [], b""

    def __call__(self, piece):
        whole, newline, self.rest = (self.rest + piece).rpartition(b"\n")
        self.count += len(self.counted.findall(whole))
        if self.each:
            self.each(whole)
        if self.kept in whole:
            self.found += [line for line in whole.split(b"\n") if self.kept in line]


class Records:
    """For a Tail: counts the records of a pcap file in this machine's byte order."""

    def __init__(self):
        self.count, self.rest, self.header = 0, b"", 24

    def __call__(self, piece):
        data = self.rest + piece
        at, self.header = self.header, 0
        while at + 16 <= len(data):
            captured, = struct.unpack_from("=I", data, at + 8)
            if at + 16 + captured > len(data):
                break
            at += 16 + captured
            self.count += 1
        if at > len(data):
            self.header = at - len(data)
        self.rest = data[at:]
