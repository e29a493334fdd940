# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes from the network, a capture, a broker and the command line never reach a terminal raw: the screens of serve, relay,
replay and watch, lines, send's prompt, and every complaint, each on a pty of which all bytes are kept."""
import re

import broker
import commands
import screen
import tap
import udptui
from terminal_bytes import HOSTILE, check_lines, check_screen
from udptui import Peer

BEGIN, END = b"{{", b"}}"
ON_ONE_SCREEN = 20


def framed(payload):
    return BEGIN + payload + END


def every_payload():
    """Each hostile sequence and each single byte, framed so that its rendering can be found."""
    return ([framed(payload) for payload in HOSTILE.values()]
            + [framed(bytes([value])) for value in range(256)])


def address_in(terminal, pattern=rb"(127\.0\.0\.1:[1-9]\d*)"):
    terminal.wait(lambda raw: re.search(pattern, raw), "the server's address")
    return udptui.split_address(re.search(pattern, terminal.raw).group(1).decode())


# ---- does the judge see anything at all?

@tap.case("the checks themselves fail on every raw payload")
def checks_can_fail():
    for name, payload in HOSTILE.items():
        if name in ("combining marks", "line ends and tabs"):
            continue
        tap.true(_fails(check_lines, framed(payload)), "check_lines passes %s" % name)
        tap.true(_fails(check_screen, framed(payload)),
                 "check_screen passes %s" % name)


def _fails(check, raw):
    try:
        check(raw)
    except tap.Failure:
        return True
    return False


# ---- serve

@tap.case("serve --no-ui on a terminal: only printable characters and line ends")
def serve_lines():
    terminal = screen.start("serve", "--no-ui", "127.0.0.1:0", columns=200)
    client, address = Peer(), address_in(terminal)
    for payload in every_payload():
        client.send(payload, address)
        while not client.waiting():
            terminal.pump(0.02)
    client.send(b"the end", address)
    terminal.wait_bytes(b"the end")
    check_lines(terminal.raw)
    tap.contains(terminal.raw, rb"{{\x1B]0;PWNED\x07}}", "the lines")
    tap.contains(terminal.raw, rb"{{\x9B}}", "the lines")
    tap.contains(terminal.raw, b"{{\\u{202E}evil\\u{202C}}}", "the lines")
    tap.contains(terminal.raw, rb"{{\t}}", "the lines")
    tap.contains(terminal.raw, rb"{{\\}}", "the lines")


@tap.case("serve outside UTF-8: everything from 0x80 up is escaped")
def serve_lines_ascii():
    terminal = screen.Pty([udptui.BINARY, "serve", "--no-ui", "127.0.0.1:0"],
                          env=udptui.environment(TERM=screen.TERM, LC_ALL="C"))
    client, address = Peer(), address_in(terminal)
    client.ask("naïve €".encode() + b"\xff", address)
    terminal.wait_bytes(b"acked")
    tap.true(all(byte < 0x80 for byte in terminal.raw), "raw bytes: %r" % terminal.raw)
    tap.contains(terminal.raw, b"na\\u{EF}ve \\u{20AC}\\xFF", "the line")


def redrawn_with(terminal, text):
    """Drawn again as a whole: a drawn difference may hold the text in pieces."""
    terminal.write(b"\x0c")
    terminal.settle(0.06, 2)
    return text in terminal.raw


def whole_sequences(terminal):
    """What came before the last one, which may still be under way."""
    return terminal.raw[:terminal.raw.rfind(b"\x1b")]


def put_all(terminal, put, keys):
    """Each payload drawn on the screen, on which put() brings one, then the screen after each key."""
    for number, payload in enumerate(every_payload() + [b"the end"], 1):
        put(payload)
        if number % ON_ONE_SCREEN == 0 or payload == b"the end":
            marker = b"row-%d" % number
            put(marker)
            tap.until(lambda: redrawn_with(terminal, marker), "the messages on the screen", pause_s=0)
    press_all(terminal, keys)


def press_all(terminal, keys):
    for key in keys:
        terminal.write(key)
        terminal.settle(0.15)
    check_screen(whole_sequences(terminal))
    tap.contains(terminal.raw, b"\\x", "an escaped byte on the screen")


def serve_screen_shows(keys):
    terminal = screen.start("serve", "127.0.0.1:0", columns=120, rows=40)
    client, address = Peer(), address_in(terminal)
    put_all(terminal, lambda payload: client.ask(payload, address), keys)
    return terminal


@tap.case("serve's screen: only its own sequences, also while scrolling back")
def serve_screen():
    serve_screen_shows([b"\t"] + [b"k"] * 3 + [b"\x1b[5~"] * 10 + [b"g"])


@tap.case("serve's detail pane: only its own sequences, text and hex")
def serve_detail():
    serve_screen_shows([b"\t", b"G", b"k", b"\r", b"h", b"k", b"k", b"h", b"k"])


@tap.case("serve's filter and reply line: what is typed or pasted is shown safely")
def serve_typed():
    terminal = serve_screen_shows([b"/", "x\u202ey\u009bz".encode(), b"\r", b"r",
                                   "a\u2066b".encode(), b"\x1b"])
    terminal.write(b"q")


# ---- the screens of others

@tap.case("relay's screen: requests and replies are shown safely")
def relay_screen():
    server, client, port = Peer(), Peer(), udptui.unused_port()
    terminal = screen.start("relay", "127.0.0.1:%d" % port, server.text, columns=120, rows=40)
    terminal.wait_bytes(b"udptui relay")

    def pass_on(payload):
        client.send(payload, ("127.0.0.1", port))
        server.send(payload, server.receive()[1])
        client.receive()
    put_all(terminal, pass_on, [b"\t", b"\x1b[5~", b"G", b"\r", b"h", b"k", b"\x1b", b"l"])


@tap.case("replay's screen: what was recorded is shown safely")
def replay_screen():
    terminal = screen.start("replay", "--speed", "max", commands.capture_of(every_payload()), columns=120, rows=40)
    terminal.wait_bytes(b"END")
    press_all(terminal, [b"\t", b"G"] + [b"\x1b[5~"] * 8 + [b"g", b"\r", b"h", b"\x1b", b"l"])


@tap.case("watch's screen: what a broker has of names, addresses, clients and payloads is shown safely")
def watch_screen():
    at = broker.Broker()
    between, client = broker.LossyBroker(at), broker.Client(at, "many")
    terminal = screen.start("watch", between.url(), columns=120, rows=40)
    terminal.wait_bytes(b"udptui watch")
    tap.until(lambda: (terminal.pump(0.01), between.is_subscribed())[1], "the subscriptions of watch")
    texts = [broker.words(payload) for payload in HOSTILE.values()]
    for boot, payload in enumerate(HOSTILE.values(), 1):
        publisher = broker.Publisher(at, "%d" % boot + broker.level(payload), boot=boot, client=client)
        publisher.listening = texts[boot - 1]
        publisher.state()
        publisher.stats(5)
        publisher.clients(("%d" % boot + texts[boot - 1], 5, texts[boot - 1]))
    terminal.write(b"\t\t")
    put_all(terminal, lambda payload: publisher.message(payload, client=broker.words(payload)),
            [b"G", b"\t", b"G", b"\r", b"\x1b", b"g", b"\r", b"\t", b"\t", b"\x1b", b"\t", b"G"])


# ---- send

def replies(terminal, peer, ask):
    """Each payload comes back as the answer to a line."""
    for number, payload in enumerate(every_payload()):
        ask(number)
        _, sender = receive(terminal, peer)
        peer.send(payload, sender)


def receive(terminal, peer):
    """The next datagram; the terminal is read meanwhile, so that its writer never waits."""
    def come():
        terminal.pump(0.01)
        got = peer.socket.recvfrom(65536) if not peer.silent(0) else None
        return got
    return tap.until(come, "a datagram from send", pause_s=0)


@tap.case("send's lines on a terminal: replies are shown safely")
def send_lines():
    peer = Peer()
    terminal = screen.start("send", "--timeout", "5s", peer.text,
                            *["%d" % number for number in range(len(every_payload()))], columns=200)
    replies(terminal, peer, lambda number: None)
    tap.equal(terminal.exit_status(), 0, "exit status")
    check_lines(terminal.raw)
    tap.contains(terminal.raw, rb"{{\x1B]0;PWNED\x07}}", "the lines")
    tap.contains(terminal.raw, rb"{{\x9B}}", "the lines")


@tap.case("send's prompt: replies are shown safely above the line")
def send_prompt():
    peer = Peer()
    terminal = screen.start("send", "--timeout", "5s", peer.text, columns=120)
    replies(terminal, peer, lambda number: terminal.write(b"%d\r" % number))
    terminal.write(b"last\r")
    peer.send(b"the end", receive(terminal, peer)[1])
    terminal.wait_bytes(b"the end")
    check_screen(whole_sequences(terminal))
    tap.contains(terminal.raw, rb"{{\x1B]0;PWNED\x07}}", "the terminal")


# ---- complaints

def complains(*arguments):
    terminal = screen.start(*arguments, columns=250)
    status = terminal.exit_status()
    tap.true(status in (2, 3), "exit status %d: %r" % (status, terminal.raw))
    check_lines(terminal.raw)
    tap.equal(terminal.raw.count(b"\n"), 1, "lines in %r" % terminal.raw)
    tap.true(terminal.raw.startswith(b"udptui: "), "%r" % terminal.raw)


_BAD_WORD = b"x\x1b]0;PWNED\x07\x9b31m\xe2\x80\xae\xc2\x9b\r\n\tz"
for _name, _arguments in (
        ("a command", (_BAD_WORD,)),
        ("an option", ("serve", b"--" + _BAD_WORD)),
        ("a letter", ("serve", b"-\x1b")),
        ("a letter that is C1", ("serve", b"-\x9b")),
        ("a value", ("serve", "--duration", _BAD_WORD)),
        ("a choice", ("send", "--match", _BAD_WORD, "127.0.0.1", "x")),
        ("an address", ("serve", _BAD_WORD)),
        ("a port", ("serve", b"127.0.0.1:" + _BAD_WORD)),
        ("a zone", ("serve", b"[fe80::1%" + _BAD_WORD[:12] + b"]:0")),
        ("a target", ("send", _BAD_WORD, "x")),
        ("a file", ("send", "--file", b"/nonexistent/" + _BAD_WORD, "127.0.0.1")),
        ("a group", ("serve", "--join", _BAD_WORD)),
        ("an address to bind", ("send", "--bind", _BAD_WORD, "127.0.0.1", "x")),
        ("a shell", ("completion", _BAD_WORD)),
        ("hex", ("send", "--hex", "127.0.0.1", _BAD_WORD)),
        ("an escape", ("send", "-e", "127.0.0.1", b"\\" + _BAD_WORD))):
    tap.add_case("a complaint about %s is one safe line" % _name, complains, *_arguments)


tap.main()
