# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""schema/udptui.schema.json: it is a schema, each property has a description with its unit, the lines of every command
are as it says, and each of its definitions is hit, here or by a test that is named here. (tests/lib checks the
lines that the other tests read.)"""
import json
import os
import re
import subprocess

import broker
import lessons
import schemas
import tap
import udptui
from screen import Pty
from udptui import Peer, Relay, Server

UNITS = r"\((?:count|bytes|ns|ns, with a sign|ns since 1970|bit/s|1/s|%|number|word|text|true or false|true, else left out|" \
        r"true, false or null|pairs of hex digits|16 hex digits|ISO 8601, UTC, ns|address and port, or the number of a client)\)$"
UNITLESS = r"\b(?:bit|byte|port|Port|class|limit|type|code)\b"  # a number that counts nothing
CAPTURE = os.path.join(udptui.SOURCE, "tests", "captures", "bad_checksum.pcap")

# What needs a conversation or a network that another test has, which reads these lines by tests/lib.
ELSEWHERE = {
    "serve.reset": "tests/screen/serve_screen.py", "relay.reset": "tests/screen/relay.py",
    "membership": "tests/net/multicast.py", "relay.target": "tests/net/relay_targets.py",
    "send.answer": "tests/net/namespaces.py", "send.more": "tests/cli/send_cli.py", "send.late": "tests/cli/send_cli.py",
    "send.duplicate": "tests/cli/send_cli.py", "send.unsolicited": "tests/cli/send_cli.py",
    "send.resent": "tests/net/reasons.py", "send.uncertain": "tests/cli/send_cli.py", "ping.late": "tests/cli/ping.py",
}


def need_schema():
    if schemas.jsonschema is None:
        tap.skip("python3-jsonschema is not installed")


def properties(name, row):
    """(path, description) of each property at every depth."""
    for key, value in row.get("properties", {}).items():
        yield "%s/%s" % (name, key), value
        yield from properties("%s/%s" % (name, key), value)
    if "items" in row:
        yield name + "/[]", row["items"]
        yield from properties(name + "/[]", row["items"])


@tap.case("it is a schema, and no definition allows what it does not list, but the facts of a lesson")
def valid():
    need_schema()
    schemas.jsonschema.Draft202012Validator.check_schema(schemas.text())
    for name, row in schemas.definitions().items():
        tap.equal(row["additionalProperties"] is False, name != "lesson.lesson", name)
        tap.equal(row["required"][:2], ["v", "event"], name)
        tap.equal(row["properties"]["event"]["const"], "summary" if name == "replay.resent" else name.split(".")[-1], name)


@tap.case("each property has a description, with its unit")
def descriptions():
    whole, count = schemas.text(), 0
    for name, row in whole["$defs"].items():
        tap.true(row.get("description"), "no description of %s" % name)
        for path, value in properties(name, row):
            count += 1
            text = value.get("description", "")
            structure = value.get("type") in ("array", "object") or "_by" in path or re.search(r"/(serve|relay|ping|targets/\[\]|"
                                                                                              r"clients/\[\]|rtt\w*|ipdv\w*|server|lateness)$|\.reset/before$", path)
            tap.true(text and (structure or re.search(UNITS, text) or re.search(UNITLESS, text)), "%s: %r has no unit" % (path, text))
    tap.true(count > 800, "only %d properties" % count)


@tap.case("what is not in the schema fails: a field, a word, an event, a number below 0")
def fails():
    need_schema()
    good = {"v": 1, "event": "listening", "address": "127.0.0.1:1"}
    tap.equal(schemas.find(good), (["listening"], None), "a good one")
    for wrong in ({"more": 1}, {"v": 2}, {"event": "listens"}, {"address": 1}):
        names, error = schemas.find({**good, **wrong})
        tap.true(not names and error, "%s passes" % wrong)
        try:
            schemas.check([{**good, **wrong}])
        except tap.Failure:
            continue
        raise tap.Failure("tests/lib does not find %s" % wrong)
    tap.true(not schemas.find({k: v for k, v in good.items() if k != "address"})[0], "a field that is missing passes")


# ---- the commands

@tap.case("serve, a class, its export, and --calls")
def serve():
    directory = udptui.temporary_directory()
    questions, export = os.path.join(directory, "questions"), os.path.join(directory, "class.json")
    with open(questions, "w") as file:
        file.write("Question: Tea?\nChoice: no\nAnswer: yes\n")
    server = Server("--class", "--questions", questions, "--export", export, "--calls", "--impair", "delay=1ms")
    peer = Peer()
    for sent in (b"name kim", b"answer 2", b"hello"):
        peer.ask(sent, server.address)
    server.stop()
    for event in ("listening", "message", "call", "question", "class", "tally", "class_summary", "summary"):
        tap.true(server.objects(event), "no %s" % event)
    with open(export) as file:
        schemas.check([json.load(file)])


def logged(path, event):
    """Whether a log has an object of the event; all of it is checked."""
    with open(path) as file:
        text = file.read()
    items = [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]
    schemas.check(items)
    return [item for item in items if item["event"] == event]


def recording():
    """A capture of two requests and their replies, which come later."""
    path = os.path.join(udptui.temporary_directory(), "a.pcap")
    server = Server("--pcap", path, "--impair", "out.delay=100ms")
    Peer().ask(b"x", server.address)
    Peer().ask(b"y", server.address)
    server.stop()
    return path


@tap.case("replay's log beside its screen: a message, and what becomes of it later")
def later():
    path = os.path.join(udptui.temporary_directory(), "log")
    terminal = Pty([udptui.BINARY, "replay", recording(), "--log", path])

    def found():
        terminal.pump(0.05)
        return os.path.exists(path) and logged(path, "ack")
    tap.until(found, "an object 'ack' in the log")
    terminal.write(b"q")


@tap.case("relay, and the ICMP error of a target that refuses")
def relay():
    server = Server()
    through = Relay(server.text)
    Peer().ask(b"x", through.address)
    through.messages(2)
    through.stop()
    refused = Relay("127.0.0.1:%d" % udptui.unused_port())
    peer = Peer()
    peer.send(b"x", refused.address)
    refused.wait_objects("icmp")
    refused.stop()


@tap.case("send: results, what --expect and --replies miss, and the totals")
def send():
    server = Server()
    result = udptui.run("send", "--json", "--expect", "never", "--timeout", "3s", server.text, "x").expect(1)
    tap.true(result.objects("unmet") and result.objects("result"), result.out)
    result = udptui.run("send", "--json", "--replies", "2", "--timeout", "3s", server.text, "x").expect(1)
    tap.true(result.objects("incomplete") and result.objects("summary"), result.out)


@tap.case("ping: replies, their copies, strays, losses, failures, the mode")
def ping():
    server = Server("--ack", "echo", "--impair", "dup=50%,loss=30%", "--seed", "5")
    udptui.run("ping", "--json", "-c", "30", "-i", "5ms", server.text).objects("duplicate")
    port = udptui.unused_port()
    udptui.run("ping", "--json", "-c", "2", "-i", "5ms", "127.0.0.1:%d" % port).objects()
    peer = Peer()
    process = udptui.Process([udptui.BINARY, "ping", "--json", "-c", "200", "-i", "50ms", "--mode", "stamp", peer.text])
    peer.send(b"no reply", peer.receive()[1])
    process.wait_objects("stray")
    process.signal(2)
    process.finish().objects()


@tap.case("load, lesson, replay, and replay --to")
def others():
    server = Server()
    udptui.run("load", "--json", "-d", "1200ms", "-t", "10s", "--rate", "100/s", server.text).expect(0).objects()
    udptui.run("lesson", "--json").expect(0).objects()
    lessons.shown("--json", "--auto", "loss").objects()
    path = recording()
    udptui.run("replay", "--json", path).expect(0).objects()
    udptui.run("replay", "--json", CAPTURE).objects()
    udptui.run("replay", "--json", "--yes", "--to", server.text, path).expect(0).objects()


@tap.case("publish and watch, if there is a broker")
def watch():
    there = broker.Broker()
    between = broker.LossyBroker(there)
    watching = udptui.Process([udptui.BINARY, "watch", "--json", between.url()], stdin=None)
    watching.wait_objects("broker")
    between.until_subscribed()
    sample = subprocess.Popen(["mosquitto_sub", "-p", str(there.port), "-t", "+/v1/+/+/messages", "-C", "1"],
                              stdout=subprocess.PIPE)
    tap.defer(sample.kill)
    server = Server("--publish", there.url(), "--publish-messages", "10", "--publish-as", "here")
    for event in ("state", "server", "clients", "message", "summary"):
        Peer().ask(b"x", server.address)
        watching.wait_objects(event)
    peer = Peer()
    tap.until(lambda: peer.ask(b"x", server.address) and sample.poll() is not None, "a message that is published",
              pause_s=0.2)
    schemas.check([json.loads(sample.communicate()[0])])
    schemas.check([json.loads(data) for data in there.retained().values()])
    server.stop()
    watching.wait_for(lambda: [item for item in watching.objects("state") if item["state"] == "ended"], "the end")
    state, = [topic for topic in there.retained() if topic.endswith("/state")]
    subprocess.run(["mosquitto_pub", "-p", str(there.port), "-t", state, "-r", "-n"], check=True)
    watching.wait_objects("forgotten")
    watching.signal(2)
    watching.finish()


@tap.case("each definition was hit, or is by the test that is named")
def all_hit():
    need_schema()
    names = set(schemas.definitions())
    tap.equal(sorted(set(ELSEWHERE) - names), [], "names that the schema does not have")
    unpublished = {name for name in names if name.startswith(("watch.", "publish."))} if not broker_ran() else set()
    tap.equal(sorted(names - schemas.hits - set(ELSEWHERE) - unpublished), [], "definitions that nothing hits")
    with open(os.path.join(udptui.SOURCE, "Makefile.am"), encoding="utf-8") as file:
        makefile = file.read()
    for name, test in ELSEWHERE.items():
        tap.contains(makefile, test, "the tests")
        with open(os.path.join(udptui.SOURCE, test), encoding="utf-8") as file:
            tap.contains(file.read(), name.split(".")[-1], "%s, which is to hit %s" % (test, name))


def broker_ran():
    return any(name.startswith("watch.") for name in schemas.hits)


tap.main()
