# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""send's options that need a network of their own: fragments, interfaces, multicast."""
import netns
import tap
import udptui
from udptui import Server

GROUP = "239.9.9.9"
GROUP_WAIT = "2500ms"  # all of it: more may answer


def serve_in(namespace, *options, addresses=("0.0.0.0:4010",)):
    with namespace:
        return Server(*options, addresses=addresses)


def send_in(namespace, *arguments, wait="10s"):
    with namespace:
        return udptui.run("send", "--json", "-t", wait, *arguments)


def status_and_why(finished):
    item = finished.objects("result")[0]
    return item["status"], item.get("why", "")


def with_a_second_cable():
    """left and right, and in left a second interface eth1 that leads nowhere."""
    left, right = netns.pair()
    left.ip("link", "add", "eth1", "type", "veth", "peer", "name", "eth2")
    for name in ("eth1", "eth2"):
        left.ip("link", "set", name, "up")
    left.ip("address", "add", "10.8.0.1/24", "dev", "eth1")
    return left, right


def forbids_fragments(target, address, mtu_said):
    left, right = netns.pair()
    if ":" in address:
        udptui.need_ipv6()
    serve_in(right, addresses=(address,))
    path = udptui.write_file(b"x" * 2000)
    tap.equal(status_and_why(send_in(left, "-f", path, target))[0], "acked", "status with fragments")
    status, why = status_and_why(send_in(left, "--df", "-f", path, target))
    tap.equal(status, "too_big", "status with --df")
    tap.contains(why, mtu_said, "why")
    small = udptui.write_file(b"x" * 1400)
    tap.equal(status_and_why(send_in(left, "--df", "-f", small, target))[0], "acked", "status of a small one")


tap.add_case("--df: 2,000 bytes are not sent, and the MTU is named", forbids_fragments, "10.9.0.2",
             "10.9.0.2:4010", "1500")
tap.add_case("--df on IPv6", forbids_fragments, "fd09::2", "[fd09::2]:4010", "1500")


@tap.case("--interface sends by that interface, whatever the routes say")
def interface():
    left, right = with_a_second_cable()
    server = serve_in(right)
    left.ip("route", "add", "10.9.0.2/32", "dev", "eth1")
    tap.true(send_in(left, "10.9.0.2", "astray", wait="1s").status != 0, "the route does not lead astray")
    send_in(left, "--interface", "eth0", "10.9.0.2", "straight").expect(0)
    tap.equal([item["text"] for item in server.messages(1)], ["straight"], "what arrived")


def wrong_interface(name):
    left, _ = netns.pair()
    with left:
        result = udptui.run("send", "--interface", name, "10.9.0.2", "x").expect(3)
    tap.matches(result.err, r"\Audptui: cannot use the interface \S* towards 10\.9\.0\.2:4010: "
                            r"there is no such interface: 'ip link' lists them\n\Z", "stderr")


for _name in ("nosuch", "eth0-and-much-more-than-fits"):
    tap.add_case("--interface %s: there is none" % _name, wrong_interface, _name)


@tap.case("--multicast-ttl is what arrives, --ttl or not")
def multicast_ttl():
    left, right = netns.pair()
    server = serve_in(right, "--join", GROUP + "%eth0")
    left.ip("route", "add", "224.0.0.0/4", "dev", "eth0")
    for options in ((), ("--multicast-ttl", "7"), ("--ttl", "9"), ("--ttl", "9", "--multicast-ttl", "3")):
        send_in(left, *options, GROUP, "x", wait=GROUP_WAIT).expect(0)
    tap.equal([item["hop_limit"] for item in server.messages(4)], [1, 7, 9, 3], "TTL")


def group_and_interface(group, target, options=()):
    if ":" in group:
        udptui.need_ipv6()
    left, right = with_a_second_cable()
    server = serve_in(right, "--join", group + "%eth0", addresses=("[::]:4010" if ":" in group else "0.0.0.0:4010",))
    if ":" not in group:
        left.ip("route", "add", "224.0.0.0/4", "dev", "eth1")  # astray
    result = send_in(left, *options, target, "to the group", wait=GROUP_WAIT).expect(0)
    message = server.messages(1)[0]
    tap.equal(message.get("multicast"), True, "multicast")
    tap.contains(result.objects("result")[0]["to"], "%", "the target")


tap.add_case("send GROUP%IF leaves by that interface", group_and_interface, GROUP, GROUP + "%eth0")
tap.add_case("send GROUP%IF:PORT too", group_and_interface, GROUP, GROUP + "%eth0:4010")
tap.add_case("send [GROUP%IF]:PORT of IPv6", group_and_interface, "ff15::4010", "[ff15::4010%eth0]:4010")


@tap.case("send GROUP%IF with an interface that is not there, and ADDRESS%IF that is no group")
def group_wrong_interface():
    left, _ = netns.pair()
    with left:
        tap.contains(udptui.run("send", GROUP + "%nosuch", "x").expect(3).err, "no such interface", "stderr")
        tap.contains(udptui.run("send", "10.9.0.2%eth0", "x").expect(2).err, "zone", "stderr")


@tap.case("--no-loop: this machine's own members do not get it, others do")
def no_loop():
    left, right = netns.pair()
    here = serve_in(left, "--join", GROUP + "%eth0")
    there = serve_in(right, "--join", GROUP + "%eth0")
    left.ip("route", "add", "224.0.0.0/4", "dev", "eth0")
    send_in(left, "--no-loop", GROUP, "quiet", wait=GROUP_WAIT).expect(0)
    send_in(left, GROUP, "loud", wait=GROUP_WAIT).expect(0)
    tap.equal([item["text"] for item in there.messages(2)], ["quiet", "loud"], "over there")
    tap.equal([item["text"] for item in here.messages(1)], ["loud"], "here")
    tap.equal(here.stop()["received"], 1, "received here")


tap.main()
