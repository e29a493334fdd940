# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the pictures show: udptui in a real terminal (tmux), driven by keys, with real servers, clients and relays.

A scene is a generator. It first yields the terminal with the command's first screen, which a test compares with the
picture, then plays, and yields the terminal again as it is to be drawn. Addresses are those of an imagined small
network, in a network namespace of the scene's own; losses and delays come from fixed seeds."""
import collections
import contextlib
import math
import os
import random
import time

import broker
import netns
import screen
import udptui

SERVER, RELAY, KIM, SENSOR, CAMERA, LAMP = ("192.168.0.%d" % n for n in (108, 1, 21, 22, 23, 40))
ROOMS = tuple("192.168.0.%d" % n for n in range(101, 107))
NAMES = {SERVER: "server", RELAY: "relay", KIM: "kim", SENSOR: "sensor", CAMERA: "camera", LAMP: "lamp"}
COLUMNS, ROWS = 92, 24

# name: of the file. command: as typed. title, description: for those who do not see the picture; README's alternative
# text is the description. heads: rows whose words do not depend on the traffic (from the end if below 0). play: the
# generator. duration_s: of an animation, whose frames are taken while `play` runs; poster_s: when it shows what is seen
# without motion; both None for a still picture.
Scene = collections.namedtuple("Scene", "name command title description heads play duration_s poster_s")
SCENES = []


def scene(name, command, title, description, heads, duration_s=None, poster_s=None):
    def add(function):
        SCENES.append(Scene(name, command, title, description, heads, function, duration_s, poster_s))
        return function
    return add


def _name_of(asked, kind):
    """The name of an address (RFC 1035 section 3.3.12, PTR) as a record; None: there is none."""
    address = ".".join(reversed(asked.split(".")[:4]))
    if kind != 12 or address not in NAMES:
        return None
    return [b"".join(bytes([len(label)]) + label.encode() for label in (NAMES[address], "example")) + b"\0"]


@contextlib.contextmanager
def network(names=False):
    """A network namespace that has these addresses, and on request a name server that knows their names."""
    namespace = netns.Namespace()
    for address in (*NAMES, *ROOMS):
        namespace.ip("address", "add", address + "/32", "dev", "lo")
    if names:
        netns.NameServer(namespace, _name_of)
    with namespace:
        yield


class Terminal(screen.Screen):
    """A terminal in which the command runs, from its first word, udptui, on."""

    def __init__(self, command, rows=ROWS, wait=r"^.*\bquit$", files=()):
        super().__init__(COLUMNS, rows)
        self.note = ""  # what an animation shows in the window's bar
        for name, content in files:
            os.rename(udptui.write_file(content, self.directory), self.path(name))
        self.run(*command.split()[1:], before="cd %s; " % self.directory, wait=wait)

    def press(self, key, pause_s, note):
        """Presses a key, shows what for, and waits so long."""
        self.note = note
        self.keys(key)
        time.sleep(pause_s)


# ---- demo

@scene("demo", "udptui demo --seed 1", "udptui demo: a server and three clients, moving",
       "Animation of a terminal with udptui demo: messages of three clients arrive at a server, and each is acked; the "
       "key i simulates a network that loses some of them; the key l draws each datagram as an arrow between client and "
       "server, and those that are LOST end halfway.",
       heads=(0, 3, -1), duration_s=17, poster_s=16)
def demo():
    with network():
        shown = Terminal("udptui demo --seed 1")
        shown.wait_row("Client ", "Msgs")
        yield shown
        time.sleep(5)
        shown.press("i", 1.2, "i: simulate a bad network")
        for _ in range(4):
            shown.press("+", 0.3, "+: more loss")
        time.sleep(0.6)
        shown.press("Escape", 2.2, "Esc: back")
        shown.press("l", 7, "l: ladder")
        yield shown


# ---- serve

SERVE = "udptui serve --names --impair loss=10%,delay=20ms+-15ms --seed 7 192.168.0.108"
CHAT = ("hello", "is anybody there?", "grüß dich, 你好", "each line is a datagram", "and gets a reply", "bye")


@scene("serve", SERVE, "udptui serve: clients and messages",
       "The screen of udptui serve. A header counts messages, acks and what was held, and why. Below it is a row for each "
       "client with its name, counts, rate and a small chart, then a row for each message with its fate: acked after "
       "which delay, LOST request, HELD loop.",
       heads=(0, 3, -1))
def serve():
    with network(names=True):
        shown = Terminal(SERVE)
        kim, sensor, camera, lamp = (udptui.Peer(*client) for client in
                                     ((KIM, 51874), (SENSOR, 4711), (CAMERA, 40022), (LAMP, 9000)))
        def say(peer, payload):
            peer.send(payload, (SERVER, 4010))
        say(lamp, b"on")
        shown.wait_row("lamp.example:9000")
        yield shown
        for number in range(24):
            if number % 4 == 1:
                say(kim, CHAT[number // 4].encode())
            say(sensor, b"temperature=21.%d" % (number * 7 % 10))
            if number % 3 == 2:
                say(camera, b"\x00\x01frame %d\xff" % number)
            if number == 19:
                say(lamp, udptui.DEFAULT_ACK)
            time.sleep(0.3)
        shown.keys("Tab")
        time.sleep(0.5)
        yield shown


# ---- send

# A CoAP request and its reply (RFC 7252 section 3): GET temp, 2.05 Content.
PACKETS = b'{"packets": [{"name": "coap", "hex": "4001 0007 b474656d70", "target": "%s:5683"}]}' % LAMP.encode()
COAP = "port:5683 => hex:6045 {bytes:2:2} ff 32312e35"
LINES = (("get temp", "celsius"), ("set temp 31", "ERROR"), ("/to 192.168.0.23:9000", "23:9000>"),
         ("hello?", "port unreachable"), ("/packet coap", "60 45 00 07"), ("/what", "Length: 4"))
SEND = "udptui send --packets device.json 192.168.0.40:9000"


@scene("send", SEND, "udptui send: the prompt",
       "The prompt of udptui send: two commands to a thermostat, each with its reply and round-trip time; a message to a "
       "port where nothing listens, and who reports port unreachable; a CoAP request with its reply in hex; and /what, which "
       "shows the fields of that reply.",
       heads=(0,))
def send():
    with network():
        rules = os.path.join(udptui.SOURCE, "contrib/rules/thermostat.rules")
        udptui.Server("--rules", rules, addresses=(LAMP + ":9000",))
        udptui.Server("--on", COAP, addresses=(LAMP + ":5683",))
        shown = Terminal(SEND, rows=29, wait="9000>$", files=[("device.json", PACKETS)])
        yield shown
        for line, reply in LINES:
            shown.line(line)
            shown.wait(lambda text, reply=reply: reply in text and text.rstrip().endswith(">"), "reply to " + line)
        yield shown


# ---- ping

PING = "udptui ping --interval 20ms 192.168.0.108:4010"


@scene("ping", PING, "udptui ping: the chart of round-trip times",
       "The screen of udptui ping: a chart of the latest round-trip times. Three times a burst of other traffic fills a "
       "queue on the path: the times jump up and fall again as the queue drains. Lost probes are marked at the bottom; below "
       "are the percentiles of the round-trip times and of their variation.",
       heads=(0, 1, 3, -1))
def ping():
    with network():
        server = udptui.Server("--ack", "stamp", "--impair", "loss=2%,delay=10ms+-4ms,in.rate=120/s", "--seed", "2",
                               addresses=(SERVER + ":4010",))
        shown = Terminal(PING, wait="log scale$")
        shown.wait_row("received 1")
        yield shown
        other = udptui.Peer(CAMERA)
        for _ in range(3):
            time.sleep(0.9)
            for _ in range(16):
                other.send(b"x" * 1000, server.address)
        time.sleep(0.3)
        yield shown


# ---- relay and ladder

RELAY_COMMAND = "udptui relay --impair loss=20%% --seed %d 192.168.0.1:7001 192.168.0.108:7000"


@contextlib.contextmanager
def _relayed(seed):
    """A relay before a server; the clients are the scene's."""
    with network():
        udptui.Server("--ack", "you said: {text}", "--impair", "delay=6ms+-3ms", "--seed", "1", addresses=(SERVER + ":7000",))
        yield Terminal(RELAY_COMMAND % seed)


def _ask(client, *lines):
    """As a person at another machine: `send` from that address, which sends again if there is no reply."""
    udptui.run("send", "--bind", client, "--retry", "4", "--timeout", "300ms", RELAY + ":7001", *lines)


@scene("relay", RELAY_COMMAND % 2, "udptui relay: both directions",
       "The screen of udptui relay: a row for each client with what it sent, what came back and the target's round-trip "
       "time; then each datagram with its direction and what became of it: forwarded, LOST, or a reply with its RTT.",
       heads=(0, 3, -1))
def relay():
    with _relayed(2) as shown:
        _ask("%s:50001" % KIM, "message 1")
        shown.wait_row("target replies")
        yield shown
        for number in range(2, 6):
            _ask("%s:40022" % SENSOR, "temperature=21.%d" % number)
            _ask("%s:50001" % KIM, "message %d" % number)
        shown.keys("Tab")
        time.sleep(0.5)
        yield shown


@scene("ladder", RELAY_COMMAND % 1, "The ladder of udptui relay",
       "The ladder of udptui relay: three lines for client, relay and target, and an arrow for each datagram on its way. "
       "Some end at LOST between relay and target; the client sends those again.",
       heads=(0, 2, 3, -1))
def ladder():
    with _relayed(1) as shown:
        shown.keys("l")
        _ask(KIM, "message 1")
        shown.wait_row("target replies")
        yield shown
        _ask(KIM, *("message %d" % number for number in range(2, 8)))
        time.sleep(0.5)
        yield shown


# ---- watch

URL = "mqtt://192.168.0.1/school"


def _rooms():
    """A server in each room, which publishes; the third simulates a bad network."""
    return [udptui.Server("--publish", URL, "--publish-as", "room-%d" % number,
                          *(("--impair", "loss=15%", "--seed", "4") if number == 3 else ()),
                          addresses=(address + ":4010",))
            for number, address in enumerate(ROOMS, 1)]


@scene("watch", "udptui watch " + URL, "udptui watch: six servers in one view",
       "The screen of udptui watch: the sums of six servers and a chart of their messages a second; then a row for each "
       "server with its state, clients, rates, a small chart, what was held, failed or dropped, and when it was last "
       "heard of. One server is gone.",
       heads=(0, 6, -1))
def watch():
    with network():
        broker.Broker("listener 1883 " + RELAY, port=1883)
        rooms = _rooms()
        shown = Terminal("udptui watch " + URL, rows=20)
        shown.wait(lambda text: all("room-%d:" % number in text for number in range(1, 7)), "six servers")
        yield shown
        chance = random.Random(1)
        students = [(udptui.Peer(chance.choice((KIM, SENSOR, CAMERA, LAMP))), chance.choice(rooms)) for _ in range(40)]
        for tick in range(285):
            for student, room in chance.sample(students, round(2 + 2 * math.sin(tick / 20))):
                student.send(b"answer %d" % (tick % 4), room.address)
            time.sleep(0.1)
            if tick == 240:
                rooms[1].child.kill()
        yield shown
