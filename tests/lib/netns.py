# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network namespaces without names: each lives as long as the descriptor this process holds, so a
test that dies leaves nothing behind. Sockets and children made inside `with namespace:` belong to it.
Without root, a user namespace is tried first; if that is not permitted the case is skipped."""
import ctypes
import fcntl
import ipaddress
import os
import re
import shutil
import socket
import struct
import subprocess
import threading

import tap

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCGIFHWADDR = 0x8913, 0x8914, 0x8927
IFF_UP, IFF_RUNNING = 0x1, 0x40
RTF_LOCAL = 0x80000000
OWN_NAMESPACE = "/proc/thread-self/ns/net"

_libc = ctypes.CDLL(None, use_errno=True)
_user_namespace_tried = False


def _call(name, *arguments):
    if getattr(_libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _write(path, text):
    with open(path, "w") as file:
        file.write(text)


def _enter_user_namespace(others=0):
    """With those other namespaces; as its root."""
    user, group = os.geteuid(), os.getegid()
    _call("unshare", CLONE_NEWUSER | others)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", "0 %d 1" % user)
    _write("/proc/self/gid_map", "0 %d 1" % group)


def _become_root_of_a_user_namespace():
    """Once a process: gives a plain user the right to make network namespaces."""
    global _user_namespace_tried
    if os.geteuid() == 0 or _user_namespace_tried:
        return
    _user_namespace_tried = True
    _enter_user_namespace(CLONE_NEWNET)


def enter(handle):
    """This thread, from now on."""
    _call("setns", handle, CLONE_NEWNET)


def forbid():
    """In a child, before the program: even root may then make no network namespace (namespaces(7))."""
    _enter_user_namespace()
    _write("/proc/sys/user/max_net_namespaces", "0")


def isolate():
    """If we are root: puts this program and what it starts into a network of its own, with nothing but loopback, for as
    long as it runs. On a loopback that all programs share, what is on its way to a port that another test has closed
    reaches the next one that the kernel gives the port to: ours."""
    if os.geteuid() != 0:
        return
    try:
        _call("unshare", CLONE_NEWNET)
        _loopback_up()
    except OSError:
        return  # not permitted, as in a container: then it has the machine's


class Namespace:
    """A network namespace with its loopback up."""

    def __init__(self):
        self.outside = []
        try:
            _become_root_of_a_user_namespace()
            self.handle = self._make()
        except OSError as problem:
            tap.skip("network namespaces: %s" % problem.strerror)
        tap.defer(os.close, self.handle)
        with self:
            _loopback_up()

    @staticmethod
    def _make():
        home = os.open(OWN_NAMESPACE, os.O_RDONLY)
        try:
            _call("unshare", CLONE_NEWNET)
            made = os.open(OWN_NAMESPACE, os.O_RDONLY)
            _call("setns", home, CLONE_NEWNET)
            return made
        finally:
            os.close(home)

    def __enter__(self):
        self.outside.append(os.open(OWN_NAMESPACE, os.O_RDONLY))
        _call("setns", self.handle, CLONE_NEWNET)
        return self

    def __exit__(self, *_):
        home = self.outside.pop()
        _call("setns", home, CLONE_NEWNET)
        os.close(home)

    def ip(self, *arguments):
        """Runs ip(8) inside."""
        with self:
            _ip(*arguments)

    def add_ipv6(self, address, device="eth0"):
        """Until a work queue of the kernel has made the route to it, what comes to a new address is dropped, silently."""
        self.ip("address", "add", address + "/64", "dev", device, "nodad")
        with self:
            tap.until(lambda: _is_local_ipv6(address), "the route to " + address)


def _is_local_ipv6(address):
    beginning = socket.inet_pton(socket.AF_INET6, address).hex() + " 80 "
    with open("/proc/thread-self/net/ipv6_route") as routes:
        return any(route.startswith(beginning) and int(route.split()[8], 16) & RTF_LOCAL for route in routes)


def _flags(name, new=None):
    """The flags of an interface (netdevice(7)), after setting them to `new`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        if new is not None:
            fcntl.ioctl(probe, SIOCSIFFLAGS, struct.pack("16sh22x", name, new))
        request = struct.pack("16sh22x", name, 0)
        return struct.unpack_from("16sh", fcntl.ioctl(probe, SIOCGIFFLAGS, request))[1]


def _loopback_up():
    _flags(b"lo", _flags(b"lo") | IFF_UP)


def carrier(namespace, name):
    """Until the kernel has noticed that the other end is up, it drops what is sent, silently."""
    with namespace:
        tap.until(lambda: _flags(name.encode()) & IFF_RUNNING, "the carrier of " + name)


def _ip(*arguments):
    if not shutil.which("ip"):
        tap.skip("ip (iproute2) is not installed")
    done = subprocess.run(["ip"] + list(arguments), stderr=subprocess.PIPE)
    if done.returncode != 0:
        tap.skip("ip %s: %s" % (" ".join(arguments), done.stderr.decode().strip()))


def wire(left, right, name="eth0", number=0, mtu=1500):
    """Joins two namespaces: both ends have the name; 10.9.NUMBER.1/24 and fd09:NUMBER::1/64 on the
    left, .2 and ::2 on the right."""
    path = "/proc/%d/fd/%d" % (os.getpid(), right.handle)
    left.ip("link", "add", name, "mtu", str(mtu), "type", "veth",
            "peer", "name", name, "mtu", str(mtu), "netns", path)
    for namespace, last in ((left, 1), (right, 2)):
        namespace.ip("address", "add", "10.9.%d.%d/24" % (number, last),
                     "broadcast", "10.9.%d.255" % number, "dev", name)
        namespace.ip("link", "set", name, "up")
    for namespace, last in ((left, 1), (right, 2)):
        carrier(namespace, name)
        if os.path.exists("/proc/sys/net/ipv6"):
            namespace.add_ipv6("fd09:%d::%d" % (number, last) if number else "fd09::%d" % last, name)


def pair(mtu=1500):
    """Two namespaces joined by a cable: (left 10.9.0.1/24 fd09::1/64, right 10.9.0.2/24 fd09::2/64),
    both ends named eth0."""
    left, right = Namespace(), Namespace()
    wire(left, right, mtu=mtu)
    return left, right


# ---- forged datagrams

def forged(source, target, payload):
    """An IPv4 packet with a UDP datagram from a forged source (RFC 791, RFC 768, no checksum)."""
    length = 8 + len(payload)
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + length, 0, 0, 64, socket.IPPROTO_UDP, 0,
                         socket.inet_aton(source[0]), socket.inet_aton(target[0]))
    return header + struct.pack("!HHHH", source[1], target[1], length, 0) + payload


def _sum(data):
    """The internet checksum (RFC 1071)."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def forged_ipv6(source, target, payload):
    """The same as IPv6 (RFC 8200), which demands the checksum."""
    addresses = (socket.inet_pton(socket.AF_INET6, source[0]) +
                 socket.inet_pton(socket.AF_INET6, target[0]))
    length = 8 + len(payload)
    udp = struct.pack("!HHHH", source[1], target[1], length, 0) + payload
    check = _sum(addresses + struct.pack("!IxxxB", length, socket.IPPROTO_UDP) + udp) or 0xffff
    header = struct.pack("!IHBB", 6 << 28, length, socket.IPPROTO_UDP, 64)
    return header + addresses + udp[:6] + struct.pack("!H", check) + udp[8:]


def forged_packet(source, target, payload):
    if ":" in target[0]:
        return forged_ipv6(source, target, payload)
    packet = forged(source, target, payload)
    return packet[:10] + struct.pack("!H", _sum(packet[:20])) + packet[12:]


def _hardware_address(namespace):
    with namespace, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        answer = fcntl.ioctl(probe, SIOCGIFHWADDR, struct.pack("16s16x", b"eth0"))
        return answer[18:24]


def cable(left, right):
    """A function that puts a packet on the cable of pair(), as if from left: no check of left's
    kernel is in the way."""
    with left:
        try:
            wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
        except PermissionError:
            tap.skip("packet sockets are not permitted")
    tap.defer(wire.close)
    hardware = _hardware_address(right)

    def put(source, target, payload):
        packet = forged_packet(source, target, payload)
        protocol = 0x86dd if ":" in target[0] else 0x0800
        wire.sendto(packet, ("eth0", protocol, 0, 0, hardware))
    return put


def send_forged(source, target, payload):
    """Sends it from the namespace the caller is in."""
    try:
        family = socket.AF_INET6 if ":" in target[0] else socket.AF_INET
        raw = socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW)
    except PermissionError:
        tap.skip("raw sockets are not permitted")
    with raw:
        raw.sendto(forged_packet(source, target, payload), (target[0], 0))


# ---- names

def resolver():
    """The first name server that the C library asks; skipped if names come from elsewhere."""
    try:
        with open("/etc/nsswitch.conf") as file:
            hosts = re.search(r"^hosts:(.*)$", file.read(), re.MULTILINE)
            if hosts and "dns" not in hosts.group(1).split():
                tap.skip("names do not come from DNS")
    except FileNotFoundError:
        pass
    try:
        with open("/etc/resolv.conf") as file:
            found = re.search(r"^nameserver\s+(\S+)", file.read(), re.MULTILINE)
    except FileNotFoundError:
        found = None
    return found.group(1).split("%")[0] if found else "127.0.0.1"


class NameServer:
    """Answers on the address that resolver() returns, in the namespace. answers: a function of the name asked
    for (lower case, "pc.example") and the type (RFC 1035 section 3.2.2); returns the data of the records, None if
    there is no such name."""

    def __init__(self, namespace, answers):
        self.answers = answers
        address = ipaddress.ip_address(resolver())
        if not address.is_loopback:
            namespace.ip("address", "add", str(address), "dev", "lo")
        with namespace:
            family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
            self.socket = socket.socket(family, socket.SOCK_DGRAM)
            self.socket.bind((str(address), 53))
        tap.defer(self.socket.close)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                question, sender = self.socket.recvfrom(4096)
            except OSError:
                return
            end = question.index(b"\0", 12) + 5
            kind, = struct.unpack_from("!H", question, end - 4)
            labels, at = [], 12
            while question[at]:
                labels.append(question[at + 1:at + 1 + question[at]].decode().lower())
                at += 1 + question[at]
            found = self.answers(".".join(labels), kind)
            self._answer(question[:2], question[12:end], kind, found, sender)

    def _answer(self, number, asked, kind, found, sender):
        """RFC 1035 section 4.1; the records point to the name in the question."""
        records = b"".join(b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 1, len(data)) + data for data in found or [])
        header = struct.pack("!HHHHH", 0x8183 if found is None else 0x8180, 1, len(found or []), 0, 0)
        self.socket.sendto(number + header + asked + records, sender)
