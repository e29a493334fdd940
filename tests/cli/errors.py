# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is typed wrong: one line on stderr that says what and why, status 2 (usage) or 3 (set-up)."""
import os
import subprocess

import tap
import udptui
from udptui import Peer

USAGE, SETUP = 2, 3


def one_line(arguments, status, pattern=None, first=None):
    """Runs it; expects one line of complaint and nothing left in the home directory."""
    env = udptui.environment()
    result = udptui.run(*arguments, env=env, first=first).expect(status)
    tap.matches(result.err, r"\Audptui: [^\n]+: [^\n]+\n\Z", "stderr")
    tap.equal(result.out, "", "stdout")
    tap.equal(os.listdir(env["HOME"]), [], "what was left behind")
    if pattern:
        tap.matches(result.err, pattern, "stderr")


def rows(status, *table):
    for arguments, pattern in table:
        shown = " ".join(ascii(word)[1:-1][:40] or "''" for word in arguments)
        tap.add_case("status %d: udptui %s" % (status, shown), one_line, arguments, status, pattern)


# ---- commands and options

rows(USAGE,
     ((), None),
     (("frobnicate",), "frobnicate"),
     (("srve",), "serve"),
     (("listen",), "did you mean 'udptui serve'"),
     (("--frobnicate",), "--frobnicate"),
     (("serve", "--frobnicate"), "--frobnicate"),
     (("serve", "--durration", "1s"), "--duration"),
     (("serve", "-Z"), "-Z"),
     (("serve", "127.0.0.1", "5000"), r"write 127\.0\.0\.1:5000; .* :5000$"),
     (("serve", ":4011", "::1", "5000"), r"write \[::1\]:5000;"),
     (("serve", "[fe80::1%lo]", "5000"), r"write \[fe80::1%lo\]:5000;"),
     (("serve", "--filter", "src:10.0.0.1"), "write from:"),
     (("send", "--tiemout", "1s", "127.0.0.1"), "--timeout"),
     (("send",), "HOST|address|target"),
     (("completion",), "bash"),
     (("completion", "tcsh"), "tcsh"),
     (("demo", "no-such-scenario"), "no-such-scenario"))

# ---- values

rows(USAGE,
     (("send", "-p", "5000", "127.0.0.1", "x"), "-p: write the port after the host: HOST:PORT"),
     (("send", "--port=5000", "127.0.0.1"), "--port=5000: write the port after the host|HOST:PORT"),
     (("send", "-u", "127.0.0.1", "x"), "-u: .*leave it out"),
     (("load", "-p", "5000", "127.0.0.1"), "HOST:PORT"),
     (("serve", "-p", "5000"), "-p: write the port after the address, or alone: ADDRESS:PORT or :PORT"),
     (("serve", "-l", "5000"), "-l: .*leave it out"))

rows(USAGE,
     (("serve", "--duration", "soon"), "soon"),
     (("serve", "--duration", "-1s"), "-1s"),
     (("serve", "--duration"), "--duration"),
     (("serve", "--count", "many"), "many"),
     (("serve", "--count", "-1"), "-1"),
     (("serve", "--count", "99999999999999999999"), "99999999999999999999"),
     (("serve", "--max-clients", "0"), "--max-clients"),
     (("serve", "--history", "-5"), "--history"),
     (("serve", "--rcvbuf", "huge"), "huge"),
     (("serve", "--buffer", "99999999"), "--buffer"),
     (("serve", "--no-ui=maybe"), "--no-ui maybe: not yes or no"),
     (("serve", "--ack-limit", "fast"), "fast"),
     (("serve", "--ack", "{nonsense}"), "nonsense"),
     (("serve", "--ack", "{n"), r"\{n"),
     (("serve", "--join", "10.0.0.1", ":0"), r"10\.0\.0\.1"),
     (("serve", "--join", "224.0.0.251%nosuchif", ":0"), "nosuchif"),
     (("send", "--timeout", "never", "127.0.0.1", "x"), "never"),
     (("send", "--timeout", "", "127.0.0.1", "x"), "--timeout"),
     (("send", "--rate", "0", "127.0.0.1", "x"), "--rate"),
     (("send", "--rate", "warp", "127.0.0.1", "x"), "warp"),
     (("send", "--rate", "0.000000001/h", "127.0.0.1", "x"), "1/day to 1000M/s"),
     (("send", "--rate", "1001M", "127.0.0.1", "x"), "1/day to 1000M/s"),
     (("send", "--rate", "10Mbit/s", "127.0.0.1", "x"), "bits"),
     (("serve", "--slow", "1kB/s", "127.0.0.1:0"), "bits or bytes"),
     (("serve", "--slow", "1/week", "127.0.0.1:0"), "not a rate"),
     (("serve", "--ack-limit", "0.1/day", "127.0.0.1:0"), "1/day to 1000M/s.*auto or off"),
     (("serve", "--impair", "rate=10Mbps", "127.0.0.1:0"), "bits"),
     (("serve", "--filter", "a|(b", "127.0.0.1:0"), "at byte 3: .* add a \\)"),
     (("replay", "--filter", "status:lost", "x.pcap"), "at byte 8: unknown status: what is lost is why:loss"),
     (("replay", "--loop", "2", "x.pcap"), "--loop sends the recording again: add --to"),
     (("send", "--ttl", "0", "127.0.0.1", "x"), "--ttl"),
     (("send", "--ttl", "256", "127.0.0.1", "x"), "256"),
     (("send", "--dscp", "64", "127.0.0.1", "x"), "64"),
     (("send", "--match", "guess", "127.0.0.1", "x"), "guess.*port"),
     (("send", "-b", "::1", "127.0.0.1", "x"), "--bind ::1: IPv6 cannot send to 127.0.0.1:4010, which is IPv4"),
     (("send", "-b", "127.0.0.1", "::1", "x"), r"--bind 127.0.0.1: IPv4 cannot send to \[::1\]:4010, which is IPv6"),
     (("send", "--eol", "tab", "127.0.0.1", "x"), "tab"),
     (("send", "--retry", "-1", "127.0.0.1", "x"), "-1"),
     (("send", "--hex", "127.0.0.1", "abc"), "hex"),
     (("send", "--hex", "127.0.0.1", "zz"), "hex"),
     (("send", "-e", "127.0.0.1", r"\q"), "q"),
     (("send", "-e", "127.0.0.1", r"\x1"), "x"))

# ---- addresses

rows(USAGE,
     (("serve", "127.0.0.1:65536"), "65536"),
     (("serve", "127.0.0.1:-1"), "port"),
     (("serve", "127.0.0.1:http-alt"), "http-alt"),
     (("serve", "127.0.0.1:"), "port"),
     (("serve", "[::1"), r"\["),
     (("serve", "[::1]x"), r"\["),
     (("serve", "[]:4010"), r"\["),
     (("serve", "127.0.0.1%lo:4010"), "zone"),
     (("serve", "bad host"), "bad host"),
     (("serve", "a" * 300), None),
     (("send", "127.0.0.1:0", "x"), "0"),
     (("send", "127.0.0.1:70000", "x"), "70000"),
     (("send", ":0", "x"), "0"),
     (("send", "host:port:more", "x"), None),
     (("send", "[::1", "x"), r"\["),
     (("send", "", "x"), None))

# ---- a value that is longer than any screen

LONG = "a" * 70000
LINE_MAX = 1100  # of the message, which is cut in its middle (base/problem)


def long_rules():
    return udptui.write_file(b"# a comment\n" + LONG.encode() + b" => {nonsense}\n")


def long_value(status, *words):
    """It is told in one line that has room on a screen."""
    words = [word() if callable(word) else word for word in words]
    result = udptui.run(*words).expect(status)
    tap.matches(result.err, r"\Audptui: [^\n]+\n\Z", "stderr")
    tap.true(len(result.err) <= LINE_MAX, "a line of %d characters" % len(result.err))
    tap.equal(result.out, "", "stdout")


for _status, _words in (
        (USAGE, ("serve", "--ack", LONG)), (USAGE, ("serve", "--ack", "{" + LONG + "}")), (USAGE, ("serve", "--impair", LONG)),
        (USAGE, ("serve", "--impair", "loss=" + LONG)), (USAGE, ("serve", "--filter", LONG)),
        (USAGE, ("serve", "--filter", "(" + LONG)), (USAGE, ("serve", "--on", LONG)), (USAGE, ("serve", "--rules", long_rules)),
        (SETUP, ("serve", "--rules", LONG)), (USAGE, ("serve", "--duration", LONG)), (USAGE, ("serve", "--join", LONG)),
        (USAGE, ("serve", "--publish", LONG)), (SETUP, ("serve", "--log", LONG)), (USAGE, ("serve", "--" + LONG)), (USAGE, ("serve", LONG)),
        (USAGE, ("send", LONG, "x")), (USAGE, ("send", "--hex", "127.0.0.1", "z" + LONG)), (USAGE, ("relay", "127.0.0.1:0", LONG)),
        (USAGE, ("lesson", LONG)), (USAGE, ("demo", LONG)), (USAGE, ("help", LONG)), (USAGE, (LONG,)), (SETUP, ("replay", LONG))):
    tap.add_case("70,000 characters are one line: udptui %s" % " ".join(
        word.replace(LONG, "aaa") if isinstance(word, str) else "FILE" for word in _words), long_value, _status, *_words)

# ---- set-up

rows(SETUP,
     (("send", "nosuch.invalid", "x"), r"nosuch\.invalid"),
     (("serve", "nosuch.invalid"), r"nosuch\.invalid"),
     (("serve", "--no-ui", "192.0.2.77:0"), r"192\.0\.2\.77.*(not.*this machine|assign|no such address)"),
     (("send", "--bind", "192.0.2.77", "127.0.0.1", "x"), r"192\.0\.2\.77"),
     (("send", "--file", "/nonexistent/file", "127.0.0.1"), "/nonexistent/file.*No such file"),
     (("send", "--file", "/", "127.0.0.1"), "directory"))


@tap.case("port in use: says so and what to do")
def port_in_use():
    holder = Peer()
    one_line(("serve", "--no-ui", holder.text), SETUP,
             r":%d: the port is in use: .*ss -ulpn" % holder.port)


@tap.case("what is typed wrong is said first, though the port is in use or there is no such name")
def usage_before_setup():
    holder = Peer()
    values = (("--publish", "http://h/x"), ("--publish", "mqtt://h"), ("--publish-as", "a"), ("--publish-messages", "4"),
              ("--metrics", "127.0.0.1"), ("--metrics", "9464"), ("--metrics", ""), ("--metrics", ":99999"), ("--log", "-"),
              ("--pcap", "-"), ("--impair", "loss=200%"), ("--filter", "("), ("--join", "192.0.2.1"))
    for command in (("serve", holder.text), ("relay", holder.text, "127.0.0.1:9")):
        for value in values:
            one_line((*command, "--no-ui", *value), USAGE)
    for value in values[:3] + values[4:9] + (("--bind", "192.0.2.1.5"),):
        one_line(("ping", "nosuch.invalid", "--no-ui", *value), USAGE)
    for value in values[4:9]:
        one_line(("load", "nosuch.invalid", "--no-ui", *value), USAGE)


@tap.case("one of two ports in use: nothing listens")
def second_port_in_use():
    holder, free = Peer(), udptui.unused_port()
    one_line(("serve", "--no-ui", "127.0.0.1:%d" % free, holder.text), SETUP, "in use")


@tap.case("a privileged port without the right: says so")
def privileged_port():
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start") as file:
        if int(file.read()) <= 9:
            tap.skip("every port is free to bind here")
    one_line(("serve", "--no-ui", "127.0.0.1:9"), SETUP, "(?i)permi|privileg",
             first=udptui.without_rights)


@tap.case("a file that may not be read: says so")
def unreadable_file():
    path = udptui.write_file(b"secret")
    os.chmod(path, 0)
    one_line(("send", "--file", path, "127.0.0.1"), SETUP, "Permission denied",
             first=udptui.without_rights)


@tap.case("a wrong option among right ones: nothing is sent")
def nothing_is_sent():
    peer = Peer()
    one_line(("send", peer.text, "x", "--bogus"), USAGE, "--bogus")
    tap.equal(peer.waiting(), [], "what arrived")


# ---- help and version

def helps(arguments, *words):
    result = udptui.run(*arguments).expect(0)
    tap.equal(result.err, "", "stderr")
    for word in words:
        tap.contains(result.out, word, "help")
    tap.true(all(len(line) <= 80 for line in result.out.splitlines()), "a line of more than 80 columns")


for _arguments, _words in (
        (("--help",), ("serve", "send", "demo", "completion", "--version")),
        (("help",), ("serve", "send", "demo", "completion", "--version")),
        (("serve", "--help"), ("Replies:", "--ack", "--json", "--no-ui", "--count", "--duration", "--join")),
        (("help", "serve"), ("Replies:", "--ack", "--json", "--no-ui", "--count", "--duration", "--join")),
        (("serve", "--help", "all"), ("--max-clients", "(1 to 16777216; default 65536)", "--history", "--rcvbuf")),
        (("help", "serve", "all"), ("--max-clients", "--history", "--rcvbuf")),
        (("serve", "--help=all"), ("--max-clients", "--history", "--rcvbuf")),
        (("send", "--help"), ("--timeout", "default 1s", "--retry", "--hex", "--file", "--bind", "--broadcast",
                              "--rate", "--interval")),
        (("send", "--help", "all"), ("--match", "--eol", "--ttl", "--dscp", "1ms to 1h")),
        (("demo", "--help"), ("--duration",)),
        (("completion", "--help"), ("bash", "zsh", "fish"))):
    tap.add_case("udptui %s: on stdout, status 0, 80 columns" % " ".join(_arguments),
                 helps, _arguments, *_words)


@tap.case("help COMMAND prints what COMMAND --help does; --help leaves the rare options out")
def help_of_a_command():
    for extent in ((), ("all",)):
        tap.equal(udptui.run("help", "send", *extent).expect(0).out,
                  udptui.run("send", "--help", *extent).expect(0).out, "help of send")
    tap.true("--dscp" not in udptui.run("send", "--help").expect(0).out, "--dscp in the short help")
    one_line(("help", "sned"), USAGE, "did you mean 'udptui send'")
    one_line(("help", "send", "more"), USAGE, "udptui help")
    one_line(("send", "--help=more"), USAGE, "only 'all' may follow")


@tap.case("--version: name, number, features, copyright and licence")
def version():
    for option in ("--version", "-V"):
        text = udptui.run(option).expect(0).out
        tap.matches(text, r"\Audptui \d+\.\d+\.\d+.*\nFeatures: [+-]pcre2 [+-]seccomp [+-]mqtt [+-]http [+-]zlib [+-]zstd "
                    r"[+-]recvmmsg [+-]translations\nSandbox here: .*capabilities\n", "version")
        tap.contains(text, "Copyright (C)", "version")
        tap.contains(text, "GPL-3.0-or-later", "version")
        tap.true(all(len(line) <= 80 for line in text.splitlines()), "a line of more than 80 columns")


@tap.case("help that cannot be written: status is not 0")
def help_to_full_disk():
    if not os.path.exists("/dev/full"):
        tap.skip("no /dev/full")
    with open("/dev/full", "w") as full:
        done = subprocess.run([udptui.BINARY, "--help"], stdout=full, stderr=subprocess.PIPE, timeout=10 * tap.busy())
    tap.true(done.returncode != 0, "status 0")


def closed(redirection, status, words, *arguments):
    done = subprocess.run(["sh", "-c", 'exec "$0" "$@" ' + redirection, udptui.BINARY, *arguments],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=15 * tap.busy())
    tap.equal(done.returncode, status, "status")
    tap.contains(done.stderr.decode(), words, "stderr")


for _redirection, _status, _words, _arguments in (
        ("<&-", 0, "", ("serve", "--no-ui", "--duration", "100ms", "127.0.0.1:0")),
        (">&-", 3, "cannot write", ("serve", "--no-ui", "--duration", "100ms", "127.0.0.1:0")),
        ("<&-", 3, "cannot read", ("send", "127.0.0.1:9")),
        (">/dev/full", 3, "cannot write", ("demo", "--no-ui", "--duration", "300ms"))):
    tap.add_case("%s with %s: no socket takes its place, status %d" % (_arguments[0], _redirection, _status),
                 closed, _redirection, _status, _words, *_arguments)

tap.main()
