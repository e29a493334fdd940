# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""/mtu of send's prompt on paths of its own: who says no to a payload that is too big. Namespaces joined
by cables; skipped if not permitted."""
import re

import netns
import tap
import udptui
from screen import Screen
from udptui import Server


def routed(mtu):
    """left - router - right; the second cable has the MTU."""
    left, router, right = netns.Namespace(), netns.Namespace(), netns.Namespace()
    netns.wire(left, router, "eth0", 0)
    netns.wire(router, right, "eth1", 1, mtu=mtu)
    left.ip("route", "add", "10.9.1.0/24", "via", "10.9.0.2")
    right.ip("route", "add", "10.9.0.0/24", "via", "10.9.1.1")
    with router, open("/proc/sys/net/ipv4/ip_forward", "w") as file:
        file.write("1")
    return left, router, right


def measure(left, target, *options):
    with left:
        screen = Screen(100, 40)
        screen.run("send", "--timeout", "5s", *options, target, wait="Each line is sent")
        screen.wait_text(re.escape(target) + ">")
        screen.line("/mtu")
    return screen


def server_in(namespace, address, delay="500ms"):
    """Its replies are slow: /mtu waits four times as long for the larger sizes as for the first, but at most 2 s."""
    with namespace:
        return Server("--impair", "in.delay=" + delay, addresses=(address + ":0",)).text


@tap.case("the interface says no", timeout_s=60)
def interface():
    left, right = netns.pair(mtu=1400)
    screen = measure(left, server_in(right, "10.9.0.2"))
    screen.wait_text("/mtu: 1372 bytes of payload are answered: packets of 1400 bytes")
    screen.wait_text("refused by this machine: the MTU of the interface is 1400")


@tap.case("IPv6: the interface says no", timeout_s=60)
def interface_ipv6():
    left, right = netns.pair(mtu=1400)
    screen = measure(left, server_in(right, "[fd09::2]"))
    screen.wait_text("/mtu: 1352 bytes of payload are answered: packets of 1400 bytes")
    screen.wait_text("refused by this machine: the MTU of the interface is 1400")


@tap.case("a router says no, with the MTU of its next hop", timeout_s=60)
def router():
    left, _, right = routed(1300)
    screen = measure(left, server_in(right, "10.9.1.2"))
    screen.wait_text("/mtu: 1272 bytes of payload are answered: packets of 1300 bytes")
    screen.wait_text("refused by 10.9.0.2: the MTU of its next hop is 1300")


@tap.case("IPv6: a router says no, with the MTU of its next hop", timeout_s=60)
def router_ipv6():
    left, middle, right = routed(1300)
    with middle, open("/proc/sys/net/ipv6/conf/all/forwarding", "w") as file:
        file.write("1")
    left.ip("route", "add", "fd09:1::/64", "via", "fd09::2")
    right.ip("route", "add", "fd09::/64", "via", "fd09:1::1")
    target = server_in(right, "[fd09:1::2]")
    with left:  # the router solicits once its address is checked
        udptui.run("send", "--retry", "9", "--timeout", "1s", target, "x", wait_s=40).expect(0)
    screen = measure(left, target)
    screen.wait_text("/mtu: 1252 bytes of payload are answered: packets of 1300 bytes")
    screen.wait_text(r"refused by \[?fd09::2\]?: the MTU of its next hop is 1300")


@tap.case("a router that says nothing is a black hole", timeout_s=60)
def black_hole():
    left, router, right = routed(1496)  # near to 1500: of the sizes between only few are waited for in vain
    # Its ICMP messages to the sender are dropped; the path to the server stays.
    router.ip("route", "add", "10.9.1.2/32", "dev", "eth1", "mtu", "lock", "1496")
    router.ip("rule", "add", "iif", "lo", "to", "10.9.0.1", "prohibit")
    screen = measure(left, server_in(right, "10.9.1.2", "300ms"))
    screen.wait_text("/mtu: 1468 bytes of payload are answered", wait_s=40)
    screen.wait_text("a black hole: nothing comes back for more")


@tap.case("nobody replies: no size is known to pass; Ctrl-C stops the wait", timeout_s=60)
def nobody():
    left, right = netns.pair()
    screen = measure(left, "10.9.0.2:9", "--timeout", "20s")
    screen.wait_text("10.9.0.2 reports port unreachable")
    screen.wait_text("no size is known to pass")
    right.ip("link", "set", "eth0", "down")
    with left:
        screen.line("/to 10.9.0.99:9")
        screen.line("/mtu")
        screen.wait_text("10.9.0.99:9>")
        screen.keys("C-c")
    screen.wait_text("/mtu is stopped|no size is known to pass.*\n.*no size is known")


tap.main()
