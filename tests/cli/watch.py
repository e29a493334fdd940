# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""watch in lines and JSON with a real broker: states, sums over restarts, hostile messages, a broker that is away."""
import json
import re
import signal
import time

import tap
import udptui
from broker import (SUBACK, SUBSCRIPTIONS, UNSUBACK, Broker, Client, Impostor, LossyBroker, OldBroker, Publisher,
                    publish_packet)


class Watch(udptui.Process):
    """`watch --json` on a broker; its objects, read as they come."""

    def __init__(self, url, *options, form="--json", **more):
        super().__init__([udptui.BINARY, "watch", form, *options, url], **more)

    def latest(self, event, **members):
        """The last object of this event with these members; None if there is none."""
        found = [item for item in self.objects(event) if all(item.get(key) == value for key, value in members.items())]
        return found[-1] if found else None

    def wait_latest(self, event, condition, what, **members):
        def found():
            item = self.latest(event, **members)
            return item if item and condition(item) else None
        return self.wait_for(found, what)

    def received(self, count):
        """Waits until the sum over all servers is so much."""
        return self.wait_latest("summary", lambda item: item.get("serve", {}).get("received") == count,
                                "a sum of %d received" % count)

    def stop(self):
        self.signal(signal.SIGTERM)
        result = self.finish().expect(128 + signal.SIGTERM)
        tap.equal(result.err, "", "stderr")
        return result


def up(publisher, received=0, **more):
    publisher.state()
    publisher.stats(received, **more)
    return publisher


@tap.case("a line a change of a state, the sums, and these again at the end")
def lines():
    broker = Broker()
    one = up(Publisher(broker, "room-1"), 12, held=2)
    watch = Watch(broker.url(), form="--no-ui")
    watch.wait_for(lambda: "room-1:4010 is up, serve on 127.0.0.1:4010\n" in udptui.unstamped(watch.out), "its state")
    two = up(Publisher(broker, "room-2", boot=2), 30)
    watch.wait_for(lambda: "room-2:4010 is up" in watch.out, "the second one")
    two.client.die()
    watch.wait_for(lambda: "room-2:4010 is gone" in watch.out, "its end by the will")
    one.stats(20, held=2)
    one.state("ended")
    watch.wait_for(lambda: "room-1:4010 is ended" in watch.out, "the end of the first")
    watch.signal(signal.SIGTERM)
    out = udptui.unstamped(watch.finish().expect(128 + signal.SIGTERM).out)
    tail = out.splitlines()[-2:]
    tap.matches(tail[0], r"^servers 2, up 0, gone 1, ended 1, received (\S+( k)?/s|-), acked (\S+( k)?/s|-)$")
    tap.matches(tail[1], r"^serve: received 50, acked 48, held 2 \(off 2\), failed 0, kernel dropped 0, clients 0$")
    tap.matches(out, r"\AConnect(ing|ed) to 127\.0\.0\.1:%d/school$" % broker.port)


@tap.case("a server that starts again is added up; what the broker had kept, and old snapshots, change nothing")
def restart():
    broker = Broker()
    old = up(Publisher(broker, "a", boot=1), 100, counted_s=10)
    watch = Watch(broker.url())
    watch.received(100)
    old.stats(90, counted_s=9)  # an older one
    old.stats(150, counted_s=11)
    watch.received(150)
    old.client.die()
    watch.wait_latest("state", lambda item: item["state"] == "gone", "its end")
    new = up(Publisher(broker, "a", boot=2), 7, counted_s=1)
    watch.received(157)
    state = watch.wait_latest("state", lambda item: item["state"] == "up" and item["restarts"] == 1, "its return")
    tap.equal((state["server"], state["place"], state["boot"]), ("a", "4010", "%016x" % 2), "which")
    old_again = Publisher(broker, "a", boot=1, client=new.client)
    old_again.started = old.started
    old_again.stats(150, counted_s=11)  # retained, it comes again
    new.stats(8, counted_s=2)
    watch.received(158)
    summary = watch.stop().objects("summary")[-1]
    tap.equal(summary["serve"]["received"], 158, "received at the end")
    tap.true(summary["repeated"] >= 1, "repeated: %r" % summary)


@tap.case("two programs under one name are noticed, and both are counted")
def doubled():
    broker = Broker()
    one, two = Publisher(broker, "a", boot=1), Publisher(broker, "a", boot=2)
    between = LossyBroker(broker)
    watch = Watch(between.url())
    between.until_subscribed()
    for count in range(1, 5):
        one.stats(count, counted_s=count)
        two.stats(10 * count, counted_s=count)
        watch.wait_for(lambda: watch.latest("state", doubled=True) or count < 4, "the notice")
    watch.received(44)
    watch.stop()


HOSTILE = (
    b"", b"{", b"null", b"[]", b"\xff\xfe\x00", b"[" * 100000, b'{"v":1,' * 5000, b'{"v":2,"event":"stats"}',
    b'{"v":1,"event":"stats","kind":"serve","boot":"01","totals":{"received":-1}}',
    b'{"v":1,"event":"stats","kind":"serve","boot":"0000000000000001","totals":{"received":18446744073709551615}}',
    b'{"v":1,"event":"stats","kind":"serve","boot":"0000000000000001","totals":{"received":1e300}}',
    b'{"v":1,"event":"stats","kind":"serve","boot":"0000000000000001","totals":"many"}',
    b'{"v":1,"event":"stats","kind":"\\u001b[2J","boot":"0000000000000001"}',
    b'{"v":1,"event":"stats","kind":"serve","boot":"0000000000000001","pad":"' + b"x" * 400000 + b'"}',
)


@tap.case("what cannot be read is counted; no byte of it reaches the output")
def hostile():
    broker = Broker()
    between = LossyBroker(broker)
    watch = Watch(between.url(), form="--no-ui")
    up(Publisher(broker, "first"), 1)
    watch.wait_for(lambda: "first:4010 is up" in watch.out, "the first one")
    between.until_subscribed()
    client = Client(broker, "attacker")
    for number, payload in enumerate(HOSTILE):
        for part in ("stats", "clients", "state", "messages"):
            client.publish("school/v1/evil\u202e/%d/%s" % (number, part), payload, retain=False)
    client.publish("school/v1/a/b", b"short", retain=False)
    good = up(Publisher(broker, "good"), 5)
    good.message(b"\x1b]0;owned\x07\x9b2J", client="\x1b[31mred")
    watch.wait_for(lambda: "good:4010 is up" in watch.out, "the good one")
    watch.wait_for(lambda: "owned" in watch.out, "its message")
    watch.signal(signal.SIGTERM)
    out = watch.finish().expect(128 + signal.SIGTERM).out
    tap.true(not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out), "raw bytes in %r" % out[-2000:])
    tap.matches(out.splitlines()[-2], r"servers \d+, up 2, .*unreadable \d{2,}")
    tap.matches(out.splitlines()[-1], "serve: received 6, acked 6")


@tap.case("a broker that takes no answers, sends what was not asked for, or refuses the topics is left, with the reason")
def impostors():
    stats = "school/v1/a/1/stats"
    welcomes = b"\x20\x02\x00\x00" * 1000  # watch subscribes after each: more than a socket holds, soon
    refusals = b"\x90\x03\x00\x01\x80" * 4
    for data, words in ((welcomes, "takes no answers"), (refusals, "does not let us read"), (publish_packet(stats, b"x", qos=2), "QoS 2"),
                        (publish_packet("elsewhere", b"x"), "nobody asked")):
        watch = Watch(Impostor(data, endless=True).url())
        watch.wait_for(lambda: words in watch.out, words)
        watch.stop()


@tap.case("10,000 names: 50 servers are kept, the reports of the others are counted", timeout_s=60)
def crowd():
    broker = Broker()
    watch = Watch(broker.url(), "--max-servers", "50")
    up(Publisher(broker, "first"), 1)
    watch.received(1)  # it is subscribed
    client = Client(broker, "crowd")
    for number in range(10000):
        client.publish("school/v1/s%d/1/state" % number,
                       {"v": 1, "event": "state", "kind": "serve", "boot": "%016x" % 1, "state": "running"}, retain=False)
    watch.wait_latest("summary", lambda item: item["crowded"] + item["dropped"] >= 9951, "9,951 refused")
    watch.wait_latest("summary", lambda item: (item["servers"], item["up"]) == (50, 50), "50 servers that are up")
    watch.stop()


@tap.case("the broker is killed and comes back: it says so, goes on, and the sums are right again", timeout_s=60)
def away():
    broker = Broker()
    one = up(Publisher(broker, "a"), 10, counted_s=1)
    watch = Watch(broker.url())
    watch.received(10)
    broker.kill()
    watch.wait_latest("broker", lambda item: item["state"] == "not connected" and item["why"], "the loss")
    broker.start()
    watch.wait_for(lambda: len([item for item in watch.objects("broker") if item["state"] == "connected"]) == 2,
                   "the new connection", 40)
    one = Publisher(broker, "a", client=Client(broker, "again"))
    up(one, 25, counted_s=5)
    watch.received(25)
    tap.equal(watch.stop().objects("summary")[-1]["up"], 1, "up")


@tap.case("the broker queues less than it keeps: all of it comes; a server without figures is counted as such")
def many_topics():
    broker = Broker("max_queued_messages 30", "max_inflight_messages 5")
    client = Client(broker, "many")
    for number in range(200):
        one = Publisher(broker, "s%d" % number, boot=number + 1, client=client)
        one.stats(number, qos=1)
        one.clients(("192.0.2.%d:5" % number, number), qos=1)
        one.state(qos=1)
    Publisher(broker, "reticent", client=client).state(qos=1)
    tap.until(lambda: client.acknowledged() == 601, "the broker to have it all")
    watch, lines = Watch(broker.url()), Watch(broker.url(), form="--no-ui")
    watch.received(sum(range(200)))
    watch.wait_latest("summary", lambda item: (item["up"], item["unreported"]) == (201, 1), "all up, one without figures")
    watch.wait_for(lambda: len({item["server"] for item in watch.objects("clients") if item["clients"]}) == 200, "all clients")
    lines.wait_for(lambda: "servers 201, up 201, gone 0, ended 0, without figures 1, " in lines.out, "the same in lines")
    watch.stop()
    lines.stop()


@tap.case("watch is stopped for seconds and the broker drops what is for it: the sums are right again")
def stopped():
    broker = Broker("max_queued_messages 10")
    one = up(Publisher(broker, "a"), 1, counted_s=1)
    watch = Watch(broker.url())
    watch.received(1)
    watch.signal(signal.SIGSTOP)
    tap.defer(watch.signal, signal.SIGCONT)
    tap.until(lambda: process_state(watch) == "T", "the stop")
    stopped_s = time.monotonic()
    for _ in range(120):  # more than the sockets hold
        one.client.publish(one.topic + "messages", b"x" * 200000, retain=False, qos=1)
    one.stats(2, counted_s=2, qos=1)
    tap.until(lambda: one.client.acknowledged() == 121, "the broker to have it all")
    time.sleep(max(0.0, stopped_s + 2.5 - time.monotonic()))
    watch.signal(signal.SIGCONT)
    watch.received(2)
    watch.stop()


@tap.case("the broker loses answers while messages come all the time: watch asks for all topics, and for all of them again")
def lost_answers():
    broker = Broker()
    one, busy = up(Publisher(broker, "a"), 1, counted_s=1), up(Publisher(broker, "busy"), 1, counted_s=1)
    one.clients(("192.0.2.7:1234", 3))
    lossy = LossyBroker(broker, {SUBACK: 1, UNSUBACK: 2})
    watch = Watch(lossy.url())

    def after_news(condition):
        busy.stats(watch.number, counted_s=watch.number)
        watch.number += 1
        return condition()
    watch.number = 2
    watch.wait_for(lambda: after_news(lambda: watch.latest("clients", server="a")), "the topics after the answer that was lost")
    watch.wait_for(lambda: after_news(lambda: lossy.passed[SUBACK] >= SUBSCRIPTIONS - 1 + SUBSCRIPTIONS), "the second round")
    tap.equal(lossy.losses, {SUBACK: 0, UNSUBACK: 0}, "answers still to be lost")
    watch.stop()


@tap.case("watch speaks MQTT 3.1.1 to a broker that knows only that, whether it refuses MQTT 5 or hangs up")
def old_broker():
    broker = Broker()
    one = up(Publisher(broker, "a"), 1, counted_s=1)
    old = [OldBroker(broker, refusal) for refusal in (b"\x20\x02\x00\x01", b"")]
    watches = [Watch(at.url()) for at in old]
    for watch in watches:
        watch.received(1)
    one.stats(2, counted_s=2)
    for watch, at in zip(watches, old):
        watch.received(2)
        watch.stop()
        states = broker_states(watch)
        if states[0] == "connecting":  # else it was connected before it had told anything
            del states[0]
        tap.equal((at.versions, states), ([5, 4], ["connected"]), "versions and states")


def peak_kib(process):
    with open("/proc/%d/status" % process.child.pid, encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


@tap.case("a message of 60 MiB costs no memory: with MQTT 5 the broker does not send it")
def huge():
    broker = Broker()
    one = up(Publisher(broker, "a"), 1, counted_s=1)
    watch = Watch(broker.url())
    watch.received(1)
    before = peak_kib(watch)
    for part in ("messages", "clients"):
        one.client.publish(one.topic + part, b"x" * (60 << 20), qos=1)
    tap.until(lambda: one.client.acknowledged() == 2, "the broker to have it", 20)
    one.stats(2, counted_s=2)
    watch.received(2)
    grown = peak_kib(watch) - before
    tap.true(grown < 20 << 10, "it has grown by %d KiB" % grown)
    watch.stop()


def process_state(process):
    with open("/proc/%d/stat" % process.child.pid, encoding="ascii") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


def broker_states(watch):
    return [item["state"] for item in watch.objects("broker")]


@tap.case("the broker hangs with its connections open: said within seconds, no state or rate is made up, exact afterwards",
          timeout_s=60)
def hung():
    broker = Broker()
    one, two = up(Publisher(broker, "a"), 10, counted_s=1), up(Publisher(broker, "b"), 5, counted_s=1)
    watch, lines = Watch(broker.url()), Watch(broker.url(), form="--no-ui")
    watch.received(15)
    lines.wait_for(lambda: "serve: received 15" in lines.out, "the sums")
    frozen_s = time.monotonic()
    broker.freeze()
    silent = watch.wait_latest("broker", lambda item: item["state"] == "not answering", "the silence")
    took_s = time.monotonic() - frozen_s
    tap.true(3e9 <= silent["silent_ns"] <= (took_s + 5) * 1e9, "%r after %.1f s" % (silent, took_s))
    print("# noticed after %.1f s" % took_s)
    one.stats(25, counted_s=9)  # these wait in the broker's socket
    two.client.die()
    summary = watch.wait_latest("summary", lambda item: item["stale"] == 2, "both are stale")
    tap.equal((summary["received_per_s"], summary["acked_per_s"]), (None, None), "rates")
    tap.equal(summary["serve"]["received"], 15, "what is known")
    lines.wait_for(lambda: "/school has not answered for" in lines.out, "a line about the silence")
    broker.thaw()
    watch.received(30)
    watch.wait_latest("state", lambda item: item["state"] == "gone", "the end of the one that died", server="b")
    tap.equal(broker_states(watch)[-3:], ["connected", "not answering", "connected"], "states of the connection")
    tap.equal({item["state"] for item in watch.objects("state") if item["server"] == "a"}, {"up"}, "states of the other one")
    lines.wait_for(lambda: re.search(r"/school has not answered for \S+ s: what is known may be old\n.*/school answers again\n",
                                     lines.out, re.DOTALL), "lines about it")
    lines.wait_for(lambda: "serve: received 30" in lines.out, "the sums")
    watch.stop()
    lines.stop()


@tap.case("a broker that is never there: status 3 and why; --duration ends it")
def unreachable():
    udptui.need_feature("mqtt")
    url = "mqtt://127.0.0.1:%d/x" % udptui.unused_port()
    result = udptui.run("watch", "--no-ui", "-d", "3s", url).expect(3)
    tap.matches(result.err, r"^udptui: 127\.0\.0\.1:\d+/x: not connected: nothing listens there, or a firewall rejects it$")
    for wrong in ("http://a/b", "mqtt://host", "mqtt://kim:secret@host/x", "mqtt://host/a+b", "host"):
        tap.true(len(udptui.run("watch", wrong).expect(2).err.splitlines()) == 1, "one line about " + wrong)


@tap.case("a prefix under which nobody publishes: lines say so, and that it may be the wrong one")
def wrong_prefix():
    broker = Broker()
    up(Publisher(broker, "a"), 10)
    url = "mqtt://127.0.0.1:%d/%s" % (broker.port, "elsewhere")
    wrong, right = Watch(url, form="--no-ui"), Watch(broker.url(), form="--no-ui")
    for watch, words in ((wrong, "Connected to "), (right, "a:4010 is up")):
        watch.wait_for(lambda: words in watch.out, words)
        watch.signal(signal.SIGTERM)
    tap.matches(wrong.finish().out, r"received \S+, acked \S+; nobody publishes under this prefix yet: is it that of --publish\?$")
    tap.true("nobody publishes" not in right.finish().out.splitlines()[-2], right.out)


@tap.case("--filter chooses by name, port, client and state; the sums are of all")
def chosen():
    broker = Broker()
    publishers = [up(Publisher(broker, name, port), 10) for name, port in (("a", 1), ("b", 2), ("c", 3))]
    publishers[2].clients(("10.1.2.3:5", 10))
    publishers[1].state("ended")
    cases = (("name:a", {"a"}), ("port:2", {"b"}), ("from:10.1.0.0/16", {"c"}), ("!name:a port:1-2", {"b"}),
             ("status:ended", {"b"}), ("!status:ended", {"a", "c"}))
    watches = [Watch(broker.url(), "--filter", expression) for expression, _ in cases]
    for watch, (expression, expected) in zip(watches, cases):
        watch.received(30)
        watch.wait_for(lambda: {item["server"] for item in watch.objects("server")} >= expected, "those of " + expression)
    wrong = udptui.run("watch", "--filter", "status:dead", broker.url()).expect(2)
    tap.matches(wrong.err, "at byte 8: unknown status: up stale gone ended x2 acked held")
    tap.matches(udptui.run("serve", "--filter", "status:gone").expect(2).err, "unknown status: acked held")
    for watch, (expression, expected) in zip(watches, cases):
        tap.equal({item["server"] for item in watch.stop().objects("server")}, expected, "servers with " + expression)


@tap.case("--log has the JSON beside the lines; --sandbox on lets it work")
def log():
    broker = Broker()
    up(Publisher(broker, "a"), 3)
    path = udptui.temporary_directory() + "/log"
    watch = Watch(broker.url(), "--log", path, "--sandbox", udptui.strict_sandbox(), form="--no-ui")
    watch.wait_for(lambda: "serve: received 3" in watch.out and "a:4010 is up" in watch.out, "the sums and the state")
    watch.signal(signal.SIGTERM)
    watch.finish().expect(128 + signal.SIGTERM)
    with open(path) as file:
        events = [json.loads(line)["event"] for line in file]
    tap.equal(events[-1], "summary", "the last object")
    tap.true({"broker", "state", "server"} <= set(events), "objects: %s" % events)


@tap.case("clients and messages are in the JSON")
def details():
    broker = Broker()
    one = up(Publisher(broker, "a"), 3)
    one.clients(("192.0.2.7:1234", 3))
    between = LossyBroker(broker)
    watch = Watch(between.url())
    clients = watch.wait_latest("clients", lambda item: item["clients"], "the clients")
    tap.equal((clients["known"], clients["clients"][0]["from"], clients["clients"][0]["received"]), (1, "192.0.2.7:1234", 3),
              "clients")
    between.until_subscribed()
    one.message(b"hello")
    message = watch.wait_latest("message", lambda item: True, "the message")
    tap.equal((message["server"], message["text"], message["from"], message["ack"]), ("a", "hello", "192.0.2.1:5000", "sent"),
              "message")
    tap.equal(watch.stop().objects("summary")[-1]["messages"], 1, "messages")


@tap.case("what the broker drops is forgotten")
def forgotten():
    broker = Broker()
    one, two = up(Publisher(broker, "a"), 3), up(Publisher(broker, "b"), 4)
    watch = Watch(broker.url())
    watch.received(7)
    one.client.publish(one.topic + "stats")
    watch.wait_latest("forgotten", lambda item: item["server"] == "a", "the end")
    watch.received(4)
    watch.stop()
    two.client.goodbye()


tap.main()
