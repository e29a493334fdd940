# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on the links of the networks that a lesson makes for itself (include/udptui/lesson/lab.h). A child of the
lesson makes the namespaces and hands their sockets over with sendmsg. Here it is stopped before that call (ptrace(2)),
until a packet socket of the test's own listens in each namespace. So the lesson needs no hook for its tests."""
import collections
import ctypes
import fcntl
import os
import re
import signal
import socket
import struct

import netns
import tap
import udptui
import wire

TRACEME, CONT, SYSCALL, DETACH, SETOPTIONS, GETEVENTMSG, GET_SYSCALL_INFO = 0, 7, 24, 17, 0x4200, 0x4201, 0x420e
TRACESYSGOOD, TRACEFORK, EXITKILL = 1, 2, 1 << 20
EVENT_FORK, SYSCALL_STOP, ENTRY = 1, signal.SIGTRAP | 0x80, 1
SENDMSG = {"x86_64": 46, "aarch64": 211, "riscv64": 211}
ETH_P_ALL, ETH_P_IP, PACKET_OUTGOING = 0x0003, 0x0800, 4
SIOCGIFADDR = 0x8915
# The hosts by the addresses of their interfaces: the gap that what they send is in, and whether it goes to the right.
SIDES = {"10.0.0.1": ("left", True), "10.0.0.2": ("left", False), "10.0.0.254": ("left", False),
         "10.0.1.254": ("right", True), "10.0.1.1": ("right", False)}

# A packet that left a host. packet: from the IP header on.
Frame = collections.namedtuple("Frame", "time_ns gap to_right packet")

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long


def _ptrace(request, pid=0, address=None, data=None):
    if _libc.ptrace(request, pid, address, data) < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _traced():
    """In the child, before the program: it stops after exec."""
    _ptrace(TRACEME)


def _without_leak_check():
    """LeakSanitizer does not work in a traced process; the other tests of the lessons have it."""
    options = os.environ.get("ASAN_OPTIONS", "")
    return udptui.environment(ASAN_OPTIONS=options + ":detect_leaks=0")


class Run:
    """The lesson with these options, run to its end. result; frames: of its own networks."""

    def __init__(self, *options):
        if os.uname().machine not in SENDMSG:
            tap.skip("the number of sendmsg is not known")
        self.listeners, self.frames = [], []
        try:
            process = udptui.start(*options, first=_traced, env=_without_leak_check())
        except OSError as problem:
            tap.skip("ptrace: %s" % problem.strerror)
        self.pid = process.child.pid
        os.waitpid(self.pid, 0)
        _ptrace(SETOPTIONS, self.pid, None, TRACESYSGOOD | TRACEFORK | EXITKILL)
        _ptrace(CONT, self.pid)
        while self._step():
            pass
        self.result = process.finish()
        for listener in self.listeners:
            listener.read(self.frames)
        self.frames.sort(key=lambda frame: frame.time_ns)

    def _step(self):
        """One stop of the program or of a child. False: the program has ended."""
        seen = os.waitid(os.P_ALL, 0, os.WEXITED | os.WSTOPPED | os.WNOWAIT)
        if seen.si_pid == self.pid and seen.si_code in (os.CLD_EXITED, os.CLD_KILLED, os.CLD_DUMPED):
            return False
        pid, status = os.waitpid(seen.si_pid, 0)
        if not os.WIFSTOPPED(status):
            return True
        number = os.WSTOPSIG(status)
        if pid == self.pid:
            _ptrace(CONT, pid, None, 0 if number in (signal.SIGTRAP, signal.SIGSTOP) else number)
        elif number == SYSCALL_STOP and self._is_handing_over(pid):
            self._listen(pid)
            _ptrace(DETACH, pid)
        else:
            _ptrace(SYSCALL, pid, None, 0 if number in (SYSCALL_STOP, signal.SIGSTOP) else number)
        return True

    @staticmethod
    def _is_handing_over(pid):
        """struct ptrace_syscall_info: op at 0, the number of the call at 24."""
        info = ctypes.create_string_buffer(88)
        _ptrace(GET_SYSCALL_INFO, pid, len(info), ctypes.addressof(info))
        return info.raw[0] == ENTRY and struct.unpack_from("Q", info, 24)[0] == SENDMSG[os.uname().machine]

    def _listen(self, pid):
        """In each namespace that the child has a descriptor of."""
        directory = "/proc/%d/fd" % pid
        for name in os.listdir(directory):
            path = os.path.join(directory, name)
            if re.match(r"net:\[", os.readlink(path)):
                self.listeners.append(_Listener(path))


class _Listener:
    """A packet socket in a namespace, from now on."""

    def __init__(self, path):
        home, there = os.open(netns.OWN_NAMESPACE, os.O_RDONLY), os.open(path, os.O_RDONLY)
        try:
            netns.enter(there)
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
            self.sides = self._interfaces()
        except PermissionError as problem:
            tap.skip("another's namespaces: %s" % problem.strerror)
        finally:
            netns.enter(home)
            os.close(home)
            os.close(there)
        tap.defer(self.socket.close)
        self.socket.setsockopt(socket.SOL_SOCKET, wire.SO_TIMESTAMPNS, 1)
        self.socket.setblocking(False)

    @staticmethod
    def _interfaces():
        """The sides of the interfaces that have one of the hosts' addresses, by their names."""
        sides = {}
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            for _, name in socket.if_nameindex():
                try:
                    request = fcntl.ioctl(probe, SIOCGIFADDR, struct.pack("16s24x", name.encode()))
                except OSError:
                    continue  # it has no address
                address = socket.inet_ntoa(request[20:24])
                if address in SIDES:
                    sides[name] = SIDES[address]
        return sides

    def read(self, frames):
        """All IPv4 packets that left the host since then."""
        while True:
            try:
                packet, control, _, address = self.socket.recvmsg(70000, 512)
            except BlockingIOError:
                return
            if address[1] == ETH_P_IP and address[2] == PACKET_OUTGOING and address[0] in self.sides:
                gap, to_right = self.sides[address[0]]
                frames.append(Frame(wire.stamp(control), gap, to_right, packet))


def label(frame):
    """What the ladder says of it: of a datagram its payload up to a NUL; of the others the name of the protocol."""
    packet = frame.packet
    header = (packet[0] & 15) * 4
    if packet[9] == socket.IPPROTO_UDP:
        return packet[header + 8:].split(b"\0")[0].decode()
    return {socket.IPPROTO_ICMP: "ICMP", socket.IPPROTO_IGMP: "IGMP"}[packet[9]]
