# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""relay in a real terminal: both directions in the panes, the ladder with three lines, the target's state, and
figures that are those of the JSON."""
import json
import os
import re
import signal
import subprocess

import schemas
import tap
import udptui
from screen import Screen
from udptui import Peer, Server


class RelayScreen:
    """A terminal with `relay` in front of a server that the test plays."""

    def __init__(self, *options, columns=80, rows=24, target=None):
        self.screen = Screen(columns, rows)
        self.server, self.client = Peer(), Peer()
        self.screen.run("relay", *options, "127.0.0.1:0", target or self.server.text, wait="udptui relay")
        port = re.search(r"127\.0\.0\.1:(\d+) -> ", self.screen.wait_row(" -> ")).group(1)
        self.address = ("127.0.0.1", int(port))

    def ask(self, text=b"hello"):
        self.client.send(text, self.address)

    def exchange(self, question=b"hello", answer=b"you too"):
        self.ask(question)
        _, session = self.server.receive("the question")
        self.server.send(answer, session)
        tap.equal(self.client.receive("the answer"), (answer, self.address), "answer")


@tap.case("80x24: without a client, it says where to send to; then both directions are there")
def panes():
    relay = RelayScreen()
    screen = relay.screen
    screen.wait_text("Let the clients send to")
    screen.wait_text("%s -> %s" % tuple(map(re.escape, (udptui.join_address(relay.address), relay.server.text))))
    relay.exchange()
    screen.wait_row(relay.client.text, "→", "5 B", "hello", "forwarded")
    screen.wait_row(relay.client.text, "←", "7 B", "you too", "RTT ")
    row = screen.wait_row("in 1 ", "back 1")
    tap.matches(row, r"forwarded 1  held 0  failed 0  dropped 0  back 1  forwarded 1")
    screen.wait_text(r"target replies, p50 [\d.]+ [mnu]?s$")
    tap.matches(screen.wait_row("Client ", "Sent"), r"Sent +Back +Held +RTT +Rate")
    screen.keys("q")
    screen.wait_text("from clients 1, forwarded 1")


@tap.case("Ctrl-R in the log: what was forwarded until then")
def reset_in_log():
    path = os.path.join(udptui.temporary_directory(), "log")
    relay = RelayScreen("--log", path)
    relay.exchange()
    relay.screen.wait_row("in 1 ", "back 1")
    relay.screen.keys("C-r")
    relay.screen.wait_text(r"(?i)reset.*\?")
    relay.screen.keys("y")
    relay.screen.wait_row("in 0 ", "back 0")
    relay.screen.keys("q")
    relay.screen.wait_prompt()
    with open(path, encoding="utf-8") as file:
        items = [json.loads(line) for line in file]
    schemas.check(items)
    before = [item["before"] for item in items if item["event"] == "reset"]
    tap.equal([(row["received"], row["forwarded"], row["back_received"], row["back_forwarded"]) for row in before],
              [(1, 1, 1, 1)], "counts until the reset")


@tap.case("80x24: the ladder has three lines, and the bracket of the target's time")
def three_lines():
    relay = RelayScreen()
    screen = relay.screen
    screen.keys("l")
    screen.wait_row("client", "relay", "target")
    relay.exchange()
    tap.matches(screen.wait_row("#2 you too"), r"[\d.]+ [mu]?s └│◀─+│◀─+ #2 you too ─│")
    tap.matches(screen.wait_row("#1 hello"), r"┌│─ #1 hello ─+▶│─+▶│")


@tap.case("80x24: what is lost ends behind the relay, in either direction")
def lost():
    relay = RelayScreen("--impair", "in.loss=100%")
    relay.screen.keys("l")
    relay.ask()
    tap.matches(relay.screen.wait_row("#1 hello", "LOST"), r"│─ #1 hello ─+▶│─+✕ LOST +│")
    tap.true(relay.server.silent(), "the server got it")
    back = RelayScreen("--impair", "out.loss=100%")
    back.screen.keys("l")
    back.ask()
    back.server.send(b"you too", back.server.receive()[1])
    tap.matches(back.screen.wait_row("#2 you too", "LOST"), r"│ +LOST ✕─+│◀─+ #2 you too ─│")


@tap.case("80x24: what a client sends again after a loss is seen in the ladder")
def retries():
    server = Server("--ack", "echo")
    relay = RelayScreen("--impair", "in.loss=50%", "--seed", "1", target=server.text)
    relay.screen.keys("l")
    udptui.run("send", "--retry", "9", "--timeout", "100ms", udptui.join_address(relay.address), "again!").expect(0)
    relay.screen.wait_row("again! ", "│◀─")
    rows = [row for row in relay.screen.capture().splitlines() if "again!" in row]
    fates = ["LOST" if "✕ LOST" in row else "sent on" if "▶│─" in row else "reply" for row in rows]
    before = fates[:fates.index("reply")]  # a late reply may come after another copy
    tap.true("sent on" in before and before[0] == "LOST", "fates: %r\n%s" % (fates, "\n".join(rows)))


@tap.case("80x24: impairments of one direction, switched on while it runs")
def live():
    relay = RelayScreen()
    relay.exchange()
    screen = relay.screen
    screen.keys("i")
    screen.wait_row("to target", "to client")
    for _ in range(30):
        screen.keys("+")
    screen.wait_row("loss", "[", "100%")
    relay.ask(b"gone")
    screen.wait_row("IMPAIRED")
    screen.wait_text(r"So far +received 3, lost 1")
    screen.keys("o", "Escape")
    screen.wait_gone("IMPAIRED")
    relay.exchange(b"again")


@tap.case("100x24: a target that refuses: who says so, until it replies again")
def refused():
    port = udptui.unused_port()
    relay = RelayScreen(columns=100, target="127.0.0.1:%d" % port)
    relay.ask()
    relay.screen.wait_text(r"target refused, reported by 127\.0\.0\.1")
    relay.screen.keys("Enter")
    relay.screen.wait_text(r"ICMP errors +1; the latest: 127\.0\.0\.1 reports port unreachable")
    relay.screen.keys("l")
    relay.screen.wait_row("│◀─", "ICMP: refused ─│")
    relay.server = Peer(port=port)
    relay.exchange()
    relay.screen.wait_text("target replies")


@tap.case("80x24: forwarding off and on, and a detail of each kind")
def details():
    relay = RelayScreen()
    screen = relay.screen
    relay.exchange()
    screen.wait_row("you too")
    screen.keys("Enter")
    screen.wait_text(r"To target +1 = 1 forwarded \+ 0 held \+ 0 failed")
    screen.wait_text(r"To client +1 = 1 forwarded \+ 0 held \+ 0 failed")
    screen.keys("Escape", "Tab", "Enter")
    screen.wait_text(r"From +%s$" % relay.server.text)
    screen.wait_text(r"Reply to +message 1: it was the only one that waited")
    screen.keys("Escape", "r")
    screen.type("by hand")
    screen.keys("Enter")
    tap.equal(relay.client.receive(), (b"by hand", relay.address), "what the client got")
    screen.wait_row("←", "by hand", "sent by hand")
    screen.keys("a")
    screen.wait_text("FORWARDING OFF")
    relay.ask(b"stays here")
    screen.wait_row("stays here", "HELD off")
    screen.keys("a")
    screen.wait_gone("FORWARDING OFF")
    relay.exchange(b"goes on")


def figures(row):
    """The figures of the header: {"in": 3, "forwarded": 2, ...}; those of the way back begin with "back"."""
    found, prefix = {}, ""
    for name, value in re.findall(r"(?:^|  |^ )([a-z]+(?: [a-z]+)*) ([\d,]+)(?= \(|  |$)", row):
        if name == "back":
            prefix = "back "
        found[name if name == "back" else prefix + name] = int(value.replace(",", ""))
    return found


@tap.case("120x40: the figures on the screen are those of the JSON")
def same_figures():
    path = udptui.write_file(b"")
    relay = RelayScreen("--log", path, "--impair", "loss=30%", "--seed", "3", columns=120, rows=40)
    for number in range(40):
        relay.ask(b"%d" % number)
    forwarded = figures(relay.screen.wait_row("in 40 ", "held "))["forwarded"]
    for _ in range(forwarded):
        relay.server.send(b"yes", relay.server.receive()[1])
    row = relay.screen.wait_row("in 40 ", "back %d " % forwarded)
    relay.screen.keys("q")
    relay.screen.wait_prompt()
    with open(path, encoding="utf-8") as file:
        summary = [json.loads(line) for line in file][-1]
    shown = figures(row)
    for name, key in (("in", "received"), ("forwarded", "forwarded"), ("held", "held"), ("back", "back_received"),
                      ("back forwarded", "back_forwarded"), ("back held", "back_held")):
        tap.equal(shown[name], summary[key], "%s of %s" % (name, row))
    tap.true(summary["held_by"]["loss"] > 0, "losses")
    udptui.passed_on(summary)


@tap.case("40x10 and too small: it goes on")
def small():
    relay = RelayScreen()
    relay.screen.resize(40, 10)
    relay.exchange()
    relay.screen.wait_row("→", "hel")
    relay.screen.resize(30, 8)
    relay.screen.wait_text("forwarding continues")
    relay.exchange(b"still")
    relay.screen.resize(80, 24)
    relay.screen.wait_row("still", "forwarded")


def end(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def mosh_server(port):
    """A mosh server with a plain shell; its key. It ends with its shell."""
    done = subprocess.run(["mosh-server", "new", "-i", "127.0.0.1", "-p", str(port), "--", "sh", "-i"],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=udptui.environment(TERM="xterm", PS1="far> "), timeout=tap.patience_s())
    found = re.search(rb"MOSH CONNECT \d+ (\S+)", done.stdout)
    tap.true(found, "mosh-server says %r" % (done.stdout + done.stderr))
    tap.defer(end, int(re.search(rb"pid = (\d+)", done.stdout + done.stderr).group(1)))
    return found.group(1).decode()


@tap.case("mosh: a shell through the relay, also with loss on the way")
def mosh():
    udptui.need_program("mosh-server")
    port = udptui.unused_port()
    key = mosh_server(port)
    relay = udptui.Relay("127.0.0.1:%d" % port, "--impair", "loss=10%", "--seed", "1")
    screen = Screen(80, 24)
    screen.line("MOSH_KEY=%s mosh-client 127.0.0.1 %d" % (key, relay.port))
    screen.wait_text(r"^far>")
    screen.line("echo $((6 * 7))")
    screen.wait_text("^42$")
    def loses():
        screen.line("true")
        relay.pump(0)
        return any(item.get("why") == "loss" for item in relay.objects("message"))
    tap.until(loses, "a datagram that is lost", pause_s=0.3)  # mosh sends few, and several changes at once
    screen.line("exit")
    screen.wait_prompt()
    summary = relay.stop()
    tap.true(summary["back_forwarded"] > 0 and summary["held_by"]["loss"] + summary["back_held_by"]["loss"] > 0,
             "both directions, with losses: %r" % summary)


tap.main()
