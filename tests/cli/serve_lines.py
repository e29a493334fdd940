# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""serve without a screen: its lines, its JSON objects, its ack policies, its ends."""
import os
import signal
import subprocess
import time

import tap
import udptui
from udptui import Peer, Server

EVERY_BYTE = bytes(range(256))


def read_text(path):
    with open(path, encoding="ascii") as file:
        return file.read()


# ---- lines

@tap.case("the listening line comes first and at once, and names the free port of port 0")
def listening_line():
    server = Server(json_lines=False)
    tap.matches(udptui.unstamped(server.lines()[0]), r"^Server is listening on 127\.0\.0\.1:[1-9]\d*$", "first line")
    tap.equal(server.out.count("\n"), 1, "lines before the first datagram")
    tap.equal(Peer().ask(b"hello", server.address), udptui.DEFAULT_ACK, "ack")


@tap.case("a line for a message names client, size, text and ack")
def message_line():
    server, client = Server(json_lines=False), Peer()
    client.ask(b"good morning", server.address)
    line = server.wait_text(r"^.*good morning.*$").group()
    for part in (client.text, "12 B", "acked"):
        tap.contains(line, part, "the line")


@tap.case("lines without --no-ui if stdout is no terminal")
def lines_by_themselves():
    server = udptui.start("serve", "127.0.0.1:0", stdin=subprocess.DEVNULL)
    address = server.wait_text(r"\AServer is listening on (127\.0\.0\.1:\d+)$").group(1)
    tap.equal(Peer().ask(b"x", udptui.split_address(address)), udptui.DEFAULT_ACK, "ack")


@tap.case("several addresses: one listening line each, each answers")
def several_addresses():
    server = Server(addresses=("127.0.0.1:0", "127.0.0.2:0"), json_lines=False)
    tap.equal([host for host, _ in server.addresses], ["127.0.0.1", "127.0.0.2"], "addresses")
    client = Peer()
    for address in server.addresses:
        client.send(b"which", address)
        tap.equal(client.receive(), (udptui.DEFAULT_ACK, address), "the answer")


@tap.case("the lines end with the totals")
def totals_line():
    server, client = Server(json_lines=False), Peer()
    for _ in range(3):
        client.ask(b"x", server.address)
    server.signal(signal.SIGTERM)
    result = server.finish().expect(143)
    last = result.out.splitlines()[-1]
    tap.matches(result.out, r"(?i)received\D{0,3}3|3 received|in 3", "the totals")
    tap.matches(last, r"\d", "the last line")


# ---- JSON

@tap.case("--json: the first object is the listening one")
def json_listening():
    server = Server()
    tap.equal(server.objects()[0], {"v": 1, "event": "listening", "address": server.text})


@tap.case("--json: a message has every field of the contract")
def json_message():
    server, client = Server(), Peer()
    client.ask(b"hello", server.address)
    message = server.messages(1)[0]
    expected = {"v": 1, "event": "message", "n": 1, "from": client.text, "to": server.text,
                "bytes": 5, "text": "hello", "hex": "68656c6c6f", "ack": "sent"}
    tap.equal({name: message.get(name) for name in expected}, expected, "message")
    tap.matches(message["time"], udptui.ISO_TIME, "time")
    tap.true(isinstance(message["service_ns"], int) and message["service_ns"] > 0, "service_ns")
    for name in ("truncated", "broadcast", "multicast", "why"):
        tap.true(not message.get(name), "%s in %r" % (name, message))


@tap.case("--json: text is safe, hex is exact, for every byte")
def json_bytes():
    server, client = Server(), Peer()
    client.ask(EVERY_BYTE, server.address)
    message = server.messages(1)[0]
    tap.equal(bytes.fromhex(message["hex"]), EVERY_BYTE, "hex")
    tap.contains(message["text"], r"\x00", "text")
    tap.contains(message["text"], r"\t\n\x0B", "text")
    tap.contains(message["text"], r"\x1B", "text")
    tap.contains(message["text"], "[\\\\]", "text")
    tap.contains(message["text"], r"\x80\x81", "text")


@tap.case("--json: n counts, and every one of 2000 datagrams is there")
def json_all():
    server, client = Server(), Peer()
    for start in range(0, 2000, 40):
        for number in range(start, start + 40):
            client.send(b"%d" % number, server.address)
        for number in range(start, start + 40):
            client.receive()
    messages = server.messages(2000)
    tap.equal([item["n"] for item in messages], list(range(1, 2001)), "n")
    tap.equal([item["text"] for item in messages], [str(n) for n in range(2000)], "text")
    tap.equal(server.stop()["received"], 2000, "received")


@tap.case("--json: the summary counts what came")
def json_summary():
    server = Server()
    clients = [Peer() for _ in range(3)]
    for client in clients:
        client.ask(b"x", server.address)
    clients[0].send(udptui.DEFAULT_ACK, server.address)
    server.messages(4)
    summary = server.stop()
    expected = {"v": 1, "received": 4, "acked": 3, "held": 1, "failed": 0, "kernel_dropped": 0,
                "clients": 3}
    tap.equal({name: summary.get(name) for name in expected}, expected, "summary")
    tap.equal(summary["held_by"]["loop"], 1, "held_by loop")


# ---- how it ends

@tap.case("--count 3 ends after three datagrams, all acknowledged, status 0")
def count():
    server, client = Server("--count", "3"), Peer()
    for _ in range(3):
        tap.equal(client.ask(b"x", server.address), udptui.DEFAULT_ACK, "ack")
    summary = server.summary(0)
    tap.equal((summary["received"], summary["acked"]), (3, 3), "received, acked")


@tap.case("--count 2 takes exactly two of five that wait already")
def count_of_waiting():
    server, client = Server("--count", "2"), Peer()
    server.freeze()
    for _ in range(5):
        client.send(b"x", server.address)
    server.signal(signal.SIGCONT)
    tap.equal(server.summary(0)["received"], 2, "received")
    tap.equal(len(client.waiting(2)), 2, "acks")


@tap.case("--duration 2s ends by itself, in time, status 0")
def duration():
    server = Server("--duration", "2s")
    Peer().ask(b"x", server.address)
    tap.equal(server.summary(0)["received"], 1, "received")
    tap.true(1.95 <= server.finish().took_s, "took only %.2f s" % server.finish().took_s)
    tap.took(server.finish().took_s, 6)


def ends_on_signal(number, json_lines):
    server, client = Server(json_lines=json_lines), Peer()
    client.ask(b"x", server.address)
    if json_lines:
        tap.equal(server.stop(number)["received"], 1, "received")
        return
    server.signal(number)
    result = server.finish().expect(128 + number)
    tap.true(len(result.out.splitlines()) >= 3, "no totals after the message:\n" + result.out)


for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    for _json, _form in ((True, "--json"), (False, "--no-ui")):
        tap.add_case("%s with %s: totals, then status %d" % (_number.name, _form, 128 + _number),
                     ends_on_signal, _number, _json)


@tap.case("a reader that goes away ends it, in time")
def reader_gone():
    server, client = Server(), Peer()
    server.child.stdout.close()
    server.open.discard(server.names[0])

    def ended():
        client.send(b"x", server.address)
        return server.child.poll() is not None
    tap.until(ended, "the end of a server nobody reads", pause_s=0.05)
    tap.true(server.child.returncode != 0, "status 0 although its lines were lost")


@tap.case("a full disk is said, once, and the status is not 0")
def disk_full():
    if not os.path.exists("/dev/full"):
        tap.skip("no /dev/full")
    done = subprocess.run([udptui.BINARY, "serve", "--json", "--duration", "200ms", "127.0.0.1:0"],
                          stdout=open("/dev/full", "w"), stderr=subprocess.PIPE, timeout=10 * tap.busy(),
                          env=udptui.environment())
    tap.true(done.returncode != 0, "status 0")
    tap.matches(done.stderr.decode(), r"\Audptui: .*[Nn]o space left.*\n\Z", "stderr")


# ---- acks

@tap.case("--ack TEXT: {n} {bytes} {from} {text} {time} are filled in")
def ack_fields():
    server = Server("--ack", "#{n} {bytes} {from} <{text}> {time}")
    client, payload = Peer(), b"a message that is long enough for the answer"
    for number in (1, 2):
        answer = client.ask(payload, server.address).decode()
        start = "#%d %d %s <%s> " % (number, len(payload), client.text, payload.decode())
        tap.equal(answer[:len(start)], start, "the answer")
        tap.matches(answer[len(start):], r"^(\d{4}-\d\d-\d\dT)?\d\d:\d\d:\d\d", "the time")


@tap.case("--ack TEXT goes out as it is if there is nothing to fill in")
def ack_text():
    server = Server("--ack", "danke %s {{x}")
    tap.equal(Peer().ask(b"a longer request", server.address), b"danke %s {x}", "ack")


@tap.case("--ack echo returns every byte")
def ack_echo():
    server, client = Server("--ack", "echo"), Peer()
    for payload in (EVERY_BYTE, b"", b"\0", os.urandom(9000)):
        tap.equal(client.ask(payload, server.address), payload, "the echo")


@tap.case("--ack none answers nothing and counts it as held: off")
def ack_none():
    server, client = Server("--ack", "none"), Peer()
    client.send(b"x", server.address)
    message = server.messages(1)[0]
    tap.equal((message["ack"], message["why"]), ("held", "off"), "ack, why")
    tap.equal(server.stop()["held_by"]["off"], 1, "held_by off")
    tap.equal(client.waiting(), [], "answers")


# ---- bounds

@tap.case("--max-clients 2 with five clients: the totals still conserve")
def max_clients():
    server = Server("--max-clients", "2")
    for client in [Peer() for _ in range(5)]:
        for _ in range(3):
            client.ask(b"x", server.address)
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"]), (15, 15), "received, acked")
    tap.equal((summary["clients"], summary["clients_evicted"]), (2, 3), "clients, evicted")


@tap.case("--max-clients 1: two clients in turn evict each other, nothing is lost from the totals")
def max_clients_in_turn():
    server, one, two = Server("--max-clients", "1"), Peer(), Peer()
    for _ in range(20):
        one.ask(b"x", server.address)
        two.send(udptui.DEFAULT_ACK, server.address)
    server.messages(40)
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"], summary["held"]), (40, 20, 20), "totals")


@tap.case("--filter chooses what is written, and the rest is answered and counted")
def chosen():
    server, client = Server("--filter", "size:>3 !hello | hex:ff"), Peer()
    for payload in (b"a", b"hello", b"four", b"\xff", b"Hello again"):
        tap.equal(client.ask(payload, server.address), udptui.DEFAULT_ACK, "answer")
    tap.equal([message["text"] for message in server.messages(2)], ["four", "\\xFF"], "chosen")
    summary = server.stop()
    tap.equal((summary["received"], summary["acked"], summary["not_chosen"]), (5, 5, 3), "totals")


@tap.case("--filter by address with --privacy gives nothing away")
def chosen_privately():
    server, client = Server("--privacy", "--filter", "from:127.0.0.1 | 127.0.0.1 | x"), Peer()
    for payload in (b"a", b"x"):
        client.ask(payload, server.address)
    tap.equal([message["text"] for message in server.messages(1)], ["x"], "chosen")
    tap.equal(server.stop()["not_chosen"], 1, "not chosen")


@tap.case("--duration and signals end it though more comes than lines can be written")
def ends_in_a_flood():
    for options, number in ((("--duration", "500ms"), None), ((), signal.SIGINT)):
        port = udptui.unused_port()
        address = "127.0.0.1:%d" % port
        server = subprocess.Popen([udptui.BINARY, "serve", "--json", *options, address], stdout=subprocess.DEVNULL,
                                  env=udptui.environment())
        tap.defer(server.kill)
        tap.until(lambda: ":%04X 00000000:0000" % port in read_text("/proc/net/udp") or server.poll() is not None,
                  "the server's port is open, or was until it ended")
        load = udptui.start("load", "--json", "--duration", "60s", "--clients", "16", "--window", "64", address)
        if number:
            load.wait_text('"event":"progress"')  # the lines have fallen behind
            server.send_signal(number)
        tap.equal(udptui.shell_status(server.wait(tap.patience_s())), 128 + number if number else 0, "exit status")
        load.signal(signal.SIGTERM)
        load.finish()


@tap.case("--rcvbuf is asked of the kernel and granted")
def receive_buffer():
    server = Server("--rcvbuf", "65536")
    udptui.need_program("ss")
    shown = subprocess.run(["ss", "-uanpmH", "sport", "=", ":%d" % server.port],
                           stdout=subprocess.PIPE).stdout.decode()
    tap.contains(shown, "rb131072", "ss")


@tap.case("--filter with a word like a key that is none says so, and takes it as a text")
def filter_doubt():
    for word, note in (("bogus:3", "at byte 1: no key bogus:, so it is a text; quote it to search without this note"),
                       ("prot:53", "at byte 1: no key prot:, so it is a text; did you mean port:?"), ("10.0.0.1:53", "")):
        server = udptui.start("serve", "--no-ui", "--count", "1", "--filter", word, "127.0.0.1:0")
        address = server.wait_text(r"listening on (\S+)$").group(1)
        Peer().send(b"a text with " + word.encode(), udptui.split_address(address))
        result = server.finish().expect(0)
        tap.contains(result.out, "a text with", "the messages")
        tap.equal(result.err, "udptui: --filter '%s': note: %s\n" % (word, note) if note else "", "stderr")


QUESTION = b"udptui counters?"


@tap.case("a client that asks for its counters gets its own, with the impairments' path as without")
def counters():
    for options in ((), ("--impair", "delay=1ms"), ("--ack", "number {n}")):
        server, client, other = Server(*options), Peer(), Peer()
        for text in (b"one", b"two", b"three"):
            client.ask(text, server.address)
        other.ask(b"of another client", server.address)
        for received in (3, 4):
            tap.equal(client.ask(QUESTION, server.address), b"udptui counters: received %d, dropped 0" % received,
                      "%s, the reply" % (options,))
        tap.equal(server.stop()["received"], 6, "received, the questions included")


@tap.case("counters: a rule comes first, and an ack that is no text is what it always is")
def counters_of_others():
    server = Server("--on", "counters => of a rule")
    tap.equal(Peer().ask(QUESTION, server.address), b"of a rule", "the reply")
    server = Server("--ack", "echo")
    tap.equal(Peer().ask(QUESTION, server.address), QUESTION, "the reply")
    server, client = Server("--ack", "none"), Peer()
    client.send(QUESTION, server.address)
    tap.true(client.silent(), "a reply with --ack none")


@tap.case("service_ns is never longer than the client's whole round trip")
def service_time():
    server, client = Server(), Peer()
    trips = []
    for number in range(200):
        began_ns = time.monotonic_ns()
        client.ask(b"%d" % number, server.address)
        trips.append(time.monotonic_ns() - began_ns)
    services = [item["service_ns"] for item in server.messages(200)]
    longer = [pair for pair in zip(services, trips) if pair[0] > pair[1]]
    tap.equal(longer, [], "(service, round trip) if the service took longer")


tap.main()
