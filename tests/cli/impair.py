# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""serve --impair on real sockets: fates are those of the seed, to the bit; nothing is invented, and
nothing is lost but what was meant to be; nothing comes too early."""
import signal
import time

import fates
import tap
import udptui
from fates import Impairments
from udptui import Peer, Server

MS = 0.001
CLIENTS, WINDOW, ROUNDS = 5, 30, 3
ROUGH = dict(loss=0.2, dup=0.3, delay=(10 * MS, 8 * MS), reorder=0.2, corrupt=0.2, rate=3000)


# ---- acks: the option, and what it answers to message n

def answer_default(_n, _payload):
    return udptui.DEFAULT_ACK


def answer_echo(_n, payload):
    return payload


def answer_none(_n, _payload):
    return None


def answer_template(n, payload):
    return b"%d: %s." % (n, payload)


ACKS = {"default": ((), answer_default), "echo": (("--ack", "echo"), answer_echo),
        "none": (("--ack", "none"), answer_none),
        "template": (("--ack", "{n}: {text}."), answer_template)}


def sent_payload(message):
    """As it was before an impairment flipped a bit: what is shown is what was handed over."""
    payload, flipped = bytearray.fromhex(message["hex"]), message.get("flipped")
    if flipped:
        payload[flipped["byte"]] = flipped["sent"]
    return bytes(payload)


# ---- talking

class Talk:
    """A server with impairments, clients that send windows, and all that both of them saw."""

    def __init__(self, impairments, ack="echo", options=(), clients=CLIENTS, host="127.0.0.1",
                 limit="off"):
        self.impairments = impairments
        self.ack_options, self.answer = ACKS[ack]
        self.header = 48 if ":" in host else 28
        address = udptui.join_address((host, 0))
        self.server = Server(*impairments.options, *self.ack_options, "--ack-limit", limit,
                             *options, addresses=(address,))
        self.clients = [Peer(host) for _ in range(clients)]
        self.received = {client.text: [] for client in self.clients}
        self.sent = []

    def send_window(self, window=WINDOW):
        for number in range(window):
            for index, client in enumerate(self.clients):
                payload = b"%d-%d-%d" % (index, len(self.sent), number) if number else b""
                client.send(payload, self.server.address)
                self.sent.append((client.text, payload))

    def drain(self):
        """Takes the acks that have come, before a socket is full of them."""
        for client in self.clients:
            self.received[client.text] += client.waiting()

    def drain_all(self, expected):
        """The same once the last of them has come."""
        def come():
            self.drain()
            return sum(map(len, self.received.values())) >= expected
        tap.until(come, "%d acks" % expected)

    def wait_settled(self, count):
        """Until so many messages have been reported: each is, once it is settled."""
        def settled():
            self.drain()
            return self.server.raw.count(b'"event":"message"') >= count
        if not settled():
            self.server.wait_for(settled, "%d messages" % count)

    def run(self, rounds=ROUNDS, window=WINDOW):
        for _ in range(rounds):
            self.send_window(window)
            self.wait_settled(len(self.sent))
        return self

    def end(self, summary=None):
        """The server is stopped, or has stopped with this summary; what both sides saw agrees."""
        self.summary = summary or self.server.stop()
        self.messages = sorted(self.server.objects("message"), key=lambda item: item["n"])
        self.check_conserved()
        return self

    def check_conserved(self):
        """received = acked + held + failed, and the clients got acked + copies acks."""
        summary, sent = self.summary, len(self.sent)
        self.drain_all(summary["acked"] + summary["copies"])
        tap.equal((summary["received"], summary["failed"], summary["kernel_dropped"]), (sent, 0, 0),
                  "received, failed, dropped by the kernel")
        tap.equal(summary["acked"] + summary["held"], sent, "acked + held")
        tap.equal(sum(map(len, self.received.values())), summary["acked"] + summary["copies"],
                  "acks that the clients got, against acked + copies")
        tap.equal([item["n"] for item in self.messages], list(range(1, sent + 1)), "n")
        tap.equal(sorted((item["from"], sent_payload(item)) for item in self.messages),
                  sorted(self.sent), "what was told, against what was sent")
        for word, name in (("sent", "acked"), ("held", "held")):
            tap.equal(sum(item["ack"] == word for item in self.messages), summary[name], name)

    def check_fates(self):
        """Each message had its legs, and each client got its acks, to the bit."""
        expected = {client.text: [] for client in self.clients}
        for item in self.messages:
            payload = sent_payload(item)
            journey = self.impairments.journey(item["n"], payload,
                                               lambda heard: self.answer(item["n"], heard),
                                               self.header)
            expected[item["from"]] += [ack for ack, _ in journey.acks]
            check_words(item, journey, silent=self.answer is answer_none)
        for client, acks in self.received.items():
            tap.equal(sorted(acks), sorted(expected[client]), "acks of %s" % client)
        return self

    def fates(self):
        """What does not depend on the clock."""
        keys = ("n", "hex", "ack", "why", "lost", "acks", "corrupt")
        return [tuple(item.get(key) for key in keys) for item in self.messages]


def check_words(item, journey, silent):
    """The reported fate of a message is its real one."""
    count = len(journey.acks)
    lost = "request" if journey.request.lost else "ack" if count == 0 and not silent else None
    tap.equal(item["ack"], "sent" if count else "held", "ack of %r" % item)
    tap.equal(item.get("lost"), lost, "lost of %r" % item)
    tap.equal(item.get("acks"), count if count > 1 else None, "acks of %r" % item)
    tap.equal(item.get("corrupt", False), journey.corrupt, "corrupt of %r" % item)
    if count == 0:
        tap.equal(item["why"], "off" if silent and lost is None else "loss", "why of %r" % item)
    else:
        earliest_ns = min(delay_ns for _, delay_ns in journey.acks)
        tap.true(item.get("delay_ns", 0) + 3000 >= earliest_ns,
                 "delayed less than %d ns: %r" % (earliest_ns, item))


# ---- conservation and fates: each setting alone, all together, in each gear

ALONE = (dict(loss=0.3), dict(in_loss=0.3), dict(out_loss=0.3), dict(dup=0.4), dict(in_dup=1.0),
         dict(dup=1.0), dict(corrupt=0.5), dict(in_corrupt=1.0), dict(reorder=0.3),
         dict(delay=(20 * MS, 15 * MS)), dict(delay=(5 * MS, 20 * MS)), dict(rate=3000),
         dict(loss=1.0), dict(out_loss=1.0), dict(in_dup=0.5, out_loss=0.5), ROUGH)
GEARS = (("--batch", "1"), ("--threads", "2"), ("--threads", "2", "--batch", "3"),
         ("--no-gso", "--no-gro"))


def fates_are_kept(impairments, ack, options):
    Talk(impairments, ack, options).run().end().check_fates()


for _settings in ALONE:
    _impairments = Impairments(7, **_settings)
    tap.add_case("fates and conservation: %s" % _impairments.text, fates_are_kept, _impairments,
                 "echo", ())
for _ack in ("default", "none", "template"):
    tap.add_case("fates and conservation: all, --ack %s" % _ack, fates_are_kept,
                 Impairments(2026, **ROUGH), _ack, ())
for _gear in GEARS:
    tap.add_case("fates and conservation: all, %s" % " ".join(_gear), fates_are_kept,
                 Impairments(4, **ROUGH), "echo", _gear)


@tap.case("fates and conservation: all, over IPv6")
def over_ipv6():
    udptui.need_ipv6()
    Talk(Impairments(6, **ROUGH), host="::1").run(rounds=1).end().check_fates()


@tap.case("without impairments: no copies, and no word of fates")
def off():
    talk = Talk(Impairments(7)).run(rounds=1).end().check_fates()
    tap.equal((talk.summary["acked"], talk.summary["copies"]), (len(talk.sent), 0), "acked, copies")
    for item in talk.messages:
        tap.true(not {"lost", "acks", "late_by", "delay_ns", "corrupt"} & set(item), repr(item))


# ---- the seed

def fates_with(seed):
    talk = Talk(Impairments(seed, loss=0.3, dup=0.3, corrupt=0.3)).run(rounds=1).end()
    return talk.fates(), [sorted(talk.received[client.text]) for client in talk.clients]


@tap.case("the same seed and the same traffic: the same fates and acks; another seed: others")
def seeds():
    first, second, other = fates_with(7), fates_with(7), fates_with(8)
    tap.equal(first, second, "fates")
    tap.true(first[0] != other[0] and first[1] != other[1], "another seed has the same fates")


@tap.case("without a seed the fates differ from run to run")
def no_seed():
    # 150 messages with an even chance: the same by accident once in 2^150 runs.
    class ByChance(Impairments):
        options = ("--impair", "in.loss=50%")
    runs = [Talk(ByChance(0)).run(rounds=1).end().fates() for _ in range(2)]
    tap.true(runs[0] != runs[1], "twice the same")


@tap.case("kurose loses requests and nothing else")
def kurose():
    class Kurose(Impairments):
        options = ("--impair", "kurose", "--seed", "7")
    talk = Talk(Kurose(7, in_loss=4 / 11)).run(rounds=1).end().check_fates()
    tap.true(all(item.get("lost") in (None, "request") for item in talk.messages), "lost acks")
    tap.equal(talk.summary["held_by"]["loss"], talk.summary["held"], "held for another reason")
    tap.equal(talk.summary["copies"], 0, "copies")


# ---- corruption

@tap.case("a corrupt ack differs in exactly one bit")
def one_bit():
    talk = Talk(Impairments(7, out_corrupt=1.0), clients=1).run(rounds=1).end()
    pairs = list(zip([payload for _, payload in talk.sent], talk.received[talk.clients[0].text]))
    tap.equal(len(pairs), WINDOW, "acks")
    for payload, ack in pairs:
        tap.equal(len(ack), len(payload), "bytes of an ack")
        tap.equal(fates.different_bits(payload, ack), 1 if payload else 0, "bits of %r" % ack)


@tap.case("a train of segments: each has a fate of its own")
def train():
    talk = Talk(Impairments(7, loss=0.3, dup=0.3, corrupt=0.3), clients=1)
    client = talk.clients[0]
    client.send_trains(100)
    segments = [b"%c" % (65 + number) * 100 for number in range(20)] + [b"the end"]
    client.send(b"".join(segments), talk.server.address)
    talk.sent = [(client.text, segment) for segment in segments]
    talk.wait_settled(len(segments))
    talk.end().check_fates()


@tap.case("copies of acks count against the limit of a source, and are made while there is room")
def limited():
    before = time.monotonic()
    talk = Talk(Impairments(7, dup=1.0), clients=1, limit="auto").run(rounds=2, window=60).end()
    most = 125 + 50 * (time.monotonic() - before) + 1  # the burst, and 50 a second
    tap.equal(talk.messages[0]["acks"], 3, "acks of the first, an empty one")
    acks = talk.summary["acked"] + talk.summary["copies"]
    tap.true(125 <= acks <= most, "%d acks, at most %d" % (acks, most))
    tap.true(talk.summary["held_by"]["limit"] > 0, "none was held: %r" % talk.summary)


# ---- time

def ask_each(talk, count):
    """Asks one after the other; returns how long each took, in ns, as the client saw it."""
    client, took = talk.clients[0], []
    for number in range(count):
        before_ns = time.monotonic_ns()
        payload = b"%d" % number
        client.send(payload, talk.server.address)
        talk.sent.append((client.text, payload))
        ack, _ = client.receive()
        took.append(time.monotonic_ns() - before_ns)
        talk.received[client.text].append(ack)
    talk.wait_settled(count)
    return took


def never_early(settings, least_ms):
    """A client waits as long as its message was delayed, and the message as long as was drawn."""
    talk = Talk(Impairments(7, **settings), clients=1)
    took = ask_each(talk, 15)
    talk.end().check_fates()
    for item, took_ns in zip(talk.messages, took):
        tap.true(item["delay_ns"] >= least_ms * 1e6 - 3000, "too early: %r" % item)
        tap.true(took_ns + 3000 >= item["delay_ns"], "ack after %d ns: %r" % (took_ns, item))


tap.add_case("no ack is early: both ways", never_early, dict(delay=(30 * MS, 0)), 60)
tap.add_case("no ack is early: the request's way", never_early, dict(in_delay=(40 * MS, 0)), 40)
tap.add_case("no ack is early: the ack's way", never_early, dict(out_delay=(40 * MS, 0)), 40)
tap.add_case("no ack is early: jitter", never_early, dict(delay=(40 * MS, 30 * MS)), 20)


@tap.case("a rate spaces the acks of a burst")
def spaced():
    count, per_second = 20, 100
    talk = Talk(Impairments(7, out_rate=per_second), clients=1)
    before_ns = time.monotonic_ns()
    talk.send_window(count)
    for number in range(count):
        talk.received[talk.clients[0].text].append(talk.clients[0].receive()[0])
        after_ns = time.monotonic_ns() - before_ns
        tap.true(after_ns >= number * 1e9 / per_second, "ack %d after %d ns" % (number, after_ns))
    talk.wait_settled(count)
    talk.end().check_fates()
    tap.equal(talk.received[talk.clients[0].text], [payload for _, payload in talk.sent], "order")


def overtaken(order):
    """How many greater numbers stand before each."""
    return {n: sum(other > n for other in order[:place]) for place, n in enumerate(order)}


def told_as_late(settings):
    """late_by is what the client sees: so many acks to later messages came before."""
    talk = Talk(Impairments(7, **settings), ack="template", clients=1).run(rounds=1, window=60)
    talk.end().check_fates()
    order = [int(ack.split(b":")[0]) for ack in talk.received[talk.clients[0].text]]
    seen = overtaken(order)
    told = {item["n"]: item.get("late_by", 0) for item in talk.messages}
    tap.equal(told, seen, "late_by")
    tap.true(sum(late > 0 for late in seen.values()) > 5, "hardly any is late: %r" % order)


tap.add_case("late_by is what the client sees: requests", told_as_late, dict(in_reorder=0.3))
tap.add_case("late_by is what the client sees: acks", told_as_late, dict(out_reorder=0.3))
tap.add_case("late_by is what the client sees: jitter", told_as_late,
             dict(out_delay=(20 * MS, 20 * MS)))


@tap.case("a client's datagrams are not overtaken by those of another")
def others_do_not_count():
    talk = Talk(Impairments(7, reorder=1.0), ack="template", clients=5)
    talk.send_window(1)
    talk.wait_settled(5)
    talk.end().check_fates()
    tap.true(not any("late_by" in item for item in talk.messages), "late: %r" % talk.messages)


# ---- the end, with messages still under way

def ended_by(number):
    talk = Talk(Impairments(7, delay=(800 * MS, 800 * MS), dup=0.5, loss=0.2))
    talk.send_window()
    talk.wait_settled(len(talk.sent) // 4)
    tap.until(lambda: udptui.waiting_bytes(talk.server.port) == 0, "the server to have read all")
    talk.end(talk.server.stop(number))
    tap.true(talk.summary["held_by"]["end"] > 0, "nothing was under way: %r" % talk.summary)


tap.add_case("SIGTERM with messages under way conserves", ended_by, signal.SIGTERM)
tap.add_case("SIGINT with messages under way conserves", ended_by, signal.SIGINT)


@tap.case("a long delay does not hold up the end")
def ends_at_once():
    talk = Talk(Impairments(7, delay=(60.0, 0)))
    talk.send_window()
    tap.until(lambda: udptui.waiting_bytes(talk.server.port) == 0, "the server to have read all")
    before = time.monotonic()
    talk.end()
    tap.took(time.monotonic() - before, 5, "the end")
    tap.equal(talk.summary["held_by"]["end"], len(talk.sent), "held as end")


def ended_by_count(settings):
    """--count N: what is under way arrives first, and nothing is held but by its fate."""
    total = CLIENTS * WINDOW
    talk = Talk(Impairments(7, **settings), options=("--count", str(total)))
    talk.send_window()
    talk.wait_settled(total)
    talk.end(talk.server.summary(0)).check_fates()


tap.add_case("--count waits for what is under way", ended_by_count,
             dict(delay=(60 * MS, 60 * MS), dup=0.5, loss=0.2))
tap.add_case("--count waits for the overtaken", ended_by_count, dict(reorder=0.5))


# ---- what is typed wrong

def refused(text, word):
    result = udptui.run("serve", "--no-ui", "--impair", text, "127.0.0.1:0").expect(2)
    tap.equal(len(result.err.splitlines()), 1, "lines of %r" % result.err)
    tap.contains(result.err, "--impair")
    tap.contains(result.err, word)


for _text, _word in (("loss=130%", "probability"), ("delay=fast", "delay"), ("rate=-1", "rate"),
                     ("los=3%", "loss"), ("wlan", "wifi"), ("", "empty"), ("loss=3%,", "empty")):
    tap.add_case("--impair '%s' is refused, with what to write" % _text, refused, _text, _word)

@tap.case("corruption is seen: JSON has what was handed over, and which bit it was")
def corruption_in_json():
    server = Server("--impair", "in.corrupt=100%", "--seed", "7", "--ack", "echo")
    client = Peer()
    echoed = client.ask(b"Hi!?", server.address)
    message = server.messages(1)[0]
    tap.equal(bytes.fromhex(message["hex"]), echoed, "hex is what the server got, and echoed")
    tap.equal(fates.different_bits(echoed, b"Hi!?"), 1, "bits")
    flipped = message["flipped"]
    tap.equal((flipped["sent"], flipped["handed_over"]),
              (b"Hi!?"[flipped["byte"]], echoed[flipped["byte"]]), "the byte")
    tap.equal(flipped["sent"] ^ flipped["handed_over"], 1 << flipped["bit"], "the bit")
    server.stop()


tap.main()
