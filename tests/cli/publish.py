# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""--publish: what a real broker (mosquitto) gets from serve, relay and ping, and what they do if it is slow, dead,
or refuses them."""
import json
import os
import signal
import subprocess
import time

import broker
import tap
import udptui

NAME = ("--publish-as", "here")


class Listener(udptui.Process):
    """All that is published below the prefix, as it comes."""

    def __init__(self, server, *more):
        super().__init__(["mosquitto_sub", "-p", str(server.port), "-t", broker.PREFIX + "/#", "-F", "%r %t %x", *more],
                         stdin=subprocess.DEVNULL)

    def documents(self, part, live=None):
        """Of one topic's last level, the oldest first; live: only those not retained."""
        found = []
        for line in self.lines():
            retained, topic, data = line.split(" ")
            if topic.endswith("/" + part) and not (live and retained == "1"):
                found.append(json.loads(bytes.fromhex(data)))
        return found

    def wait(self, part, condition, what, wait_s=tap.WAIT_S):
        """The first document that meets the condition."""
        return self.wait_for(lambda: next((item for item in self.documents(part) if condition(item)), None), what, wait_s)

    def wait_received(self, count, **more):
        return self.wait("stats", lambda item: item["totals"]["received"] == count, "a snapshot of %d" % count, **more)


def serve(server, *options, name=NAME, **more):
    return udptui.Server("--publish", server.url(), *name, *options, **more)


def exchange(program, count=1):
    peer = udptui.Peer()
    for i in range(count):
        peer.send(b"number %d" % i, program.address)
        tap.equal(peer.receive()[0], udptui.DEFAULT_ACK, "the ack")


def wait_known(server, *options):
    """Until the broker knows the program: one that ends before that may end unknown."""
    tap.until(lambda: any(topic.endswith("/state") for topic in server.retained(*options)), "a state at the broker")


def retained(server):
    """What the broker keeps of the one program: {part: document}."""
    found = server.retained()
    tap.equal(len({topic.rsplit("/", 1)[0] for topic in found}), 1, "programs in %s" % list(found))
    return {topic.rsplit("/", 1)[1]: json.loads(data) for topic, data in found.items()}


@tap.case("the final snapshot has the figures of the summary; the state is ended; the busiest clients come first")
def exact():
    server = broker.Broker()
    program = serve(server, "--ack-limit", "5/s")
    exchange(program, 4)
    other = udptui.Peer()
    for i in range(60):
        other.send(b"many", program.address)
    program.messages(64)
    wait_known(server)
    summary = program.stop()
    found = retained(server)
    stats, clients, state = (found[part] for part in ("stats", "clients", "state"))
    figures = {key: value for key, value in summary.items() if key not in ("v", "event", "payload_bits_per_s")}
    tap.equal({key: stats["totals"].get(key) for key in figures}, figures, "the totals")
    tap.true(summary["held"] > 0, "something was held")
    tap.equal(state["state"], "ended", "the state")
    tap.equal([item["received"] for item in clients["clients"]], [60, 4], "the clients")
    tap.equal(clients["clients"][0]["from"], udptui.join_address(other.socket.getsockname()), "the busiest")
    tap.equal({item["boot"] for item in (stats, clients, state)}, {stats["boot"]}, "one boot")
    tap.matches(stats["time"], udptui.ISO_TIME, "the time")


@tap.case("a snapshot comes each second at most, and none while nothing happens")
def seldom():
    server = broker.Broker()
    listener, program = Listener(server), serve(server)
    began = time.monotonic()
    for _ in range(12):
        exchange(program)
        time.sleep(0.1)
    listener.wait_received(12)
    took_s = time.monotonic() - began
    program.stop()
    listener.wait("state", lambda item: item["state"] == "ended", "the end")
    times = [int(item["time"][17:19]) + int(item["time"][20:29]) / 1e9 for item in listener.documents("stats")]
    apart = [(later - sooner) % 60 for sooner, later in zip(times, times[1:-1])]  # the last one comes at the end
    tap.true(all(gap >= tap.least(1, 0.1) for gap in apart), "snapshots apart: %s" % apart)
    tap.true(len(times) <= 3 + took_s, "%d snapshots in %.1f s" % (len(times), took_s))


@tap.case("a broker that takes small messages only: serve says so, not that it is silent, and answers")
def too_large():
    program = serve(broker.Broker("max_packet_size 400"))
    exchange(program, 3)
    program.wait_for(lambda: program.raw_errors.count(b"what is published is larger than the broker takes; trying again\n"),
                     "the reason")
    exchange(program)
    program.signal(signal.SIGTERM)
    program.finish()
    tap.equal(program.objects("summary")[-1]["acked"], 4, "acked")
    tap.true(b"stopped answering" not in program.raw_errors, program.raw_errors)


@tap.case("the broker is killed and started again: acks go on, and the totals are right at once, also in the sandbox")
def killed():
    server = broker.Broker()
    url = server.url().replace("127.0.0.1", "localhost") if udptui.has_localhost() else server.url()  # it is looked up
    program = udptui.Server("--publish", url, *NAME, "--sandbox", udptui.strict_sandbox())
    exchange(program, 5)
    server.kill()
    exchange(program, 20)
    program.wait_for(lambda: b"trying again" in program.raw_errors, "a line about the broker")
    server.start()
    listener = Listener(server)
    listener.wait_received(25)
    exchange(program, 5)
    listener.wait_received(30)
    program.wait_for(lambda: b"connected to " in program.raw_errors, "a line about the connection")
    program.signal(signal.SIGTERM)
    tap.equal(program.finish().expect(143).objects("summary")[0]["received"], 30, "the summary")


@tap.case("the broker hangs with its connections open: said within seconds, also if nothing is published; then exact",
          timeout_s=60)
def hung():
    server = broker.Broker()
    busy, idle = serve(server), udptui.Server("--publish", server.url(), "--publish-as", "idle")
    exchange(busy, 5)
    wait_known(server)
    server.freeze()
    exchange(busy, 20)
    for program in (busy, idle):
        program.wait_for(lambda: b"the broker has stopped answering; what is published waits" in program.raw_errors,
                         "a line about it", 10)
    exchange(busy, 5)
    server.thaw()
    listener = Listener(server)
    listener.wait_received(30)
    for program in (busy, idle):
        program.wait_for(lambda: b"answers again" in program.raw_errors, "its return")
        program.signal(signal.SIGTERM)
        program.finish().expect(143)
    listener.wait("state", lambda item: item["state"] == "ended", "the end")


@tap.case("the broker accepts and never reads: acks go on, memory is bounded, quitting waits a second at most")
def stopped():
    server = broker.Broker()
    program = serve(server, "--publish-messages", "1000")
    listener = Listener(server)
    exchange(program, 100)
    listener.wait_received(100)
    server.process.send_signal(signal.SIGSTOP)
    tap.defer(server.process.send_signal, signal.SIGCONT)
    exchange(program, 500)
    before = resident_kib(program)
    for _ in range(3):
        exchange(program, 500)
        time.sleep(0.5)
    grown = resident_kib(program) - before
    tap.true(grown < 4096 or udptui.sanitizer(), "it has grown by %d KiB" % grown)
    began = time.monotonic()
    program.signal(signal.SIGTERM)
    program.finish().expect(143)
    tap.took(time.monotonic() - began, 5, "the end")
    server.process.send_signal(signal.SIGCONT)
    listener.wait("state", lambda item: item["state"] in ("gone", "ended"), "its end")


def resident_kib(process):
    with open("/proc/%d/status" % process.child.pid, encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


@tap.case("a server that is killed is gone: its will names its boot")
def will():
    server = broker.Broker()
    listener, program = Listener(server), serve(server)
    boot = listener.wait("state", lambda item: item["state"] == "running", "its beginning")["boot"]
    program.signal(signal.SIGKILL)
    gone = listener.wait("state", lambda item: item["state"] == "gone", "its will")
    tap.equal(gone["boot"], boot, "the boot")
    again = serve(server)
    exchange(again)
    listener.wait("state", lambda item: item["state"] == "running" and item["boot"] != boot, "another boot")


@tap.case("the broker comes after the server: it starts all the same, says so, and publishes then")
def late():
    broker.need()
    port = udptui.unused_port()
    program = udptui.Server("--publish", "mqtt://127.0.0.1:%d/%s" % (port, broker.PREFIX), *NAME)
    exchange(program, 3)
    program.wait_for(lambda: b"nothing listens there" in program.raw_errors, "a line about the broker")
    server = broker.Broker(port=port)
    Listener(server).wait_received(3)
    tap.equal(program.raw_errors.count(b"trying again"), 1, "lines about the broker")


@tap.case("a wrong password is refused in plain words; the right one comes from the environment or from a file")
def password():
    udptui.need_program("mosquitto_passwd")
    path = os.path.join(udptui.temporary_directory(), "users")
    os.chmod(os.path.dirname(path), 0o777)
    subprocess.run(["mosquitto_passwd", "-b", "-c", path, "kim", "secret"], check=True, stdout=subprocess.DEVNULL)
    os.chmod(path, 0o644)
    server = broker.Broker("allow_anonymous false", "password_file " + path)
    url = server.url().replace("//", "//kim@")
    for env, words in (({"UDPTUI_MQTT_PASSWORD": "wrong"}, b"refuses the user or the password|does not let us in: is the user or"),
                       ({}, b"refuses the user or the password|does not let us in: it may want a password")):
        program = udptui.Server("--publish", url, env=udptui.environment(**env))
        program.wait_for(lambda: b"trying again" in program.raw_errors, "a refusal")
        tap.matches(program.raw_errors.decode(), words.decode(), "the reason")
    good = udptui.write_file(b"secret\n")
    kim = ("-u", "kim", "-P", "secret")
    for name, env in (("one", {"UDPTUI_MQTT_PASSWORD": "secret"}), ("two", {"UDPTUI_MQTT_PASSWORD_FILE": good})):
        program = udptui.Server("--publish", url, "--publish-as", name, env=udptui.environment(**env))
        exchange(program)
        tap.until(lambda: any("/%s/" % name in topic for topic in server.retained(*kim)), "what it has published")
        program.stop()
    states = [data for topic, data in server.retained(*kim).items() if topic.endswith("/state")]
    tap.equal([b'"state":"ended"' in data for data in states], [True] * 2, "ends in %r" % states)


def make_authority(directory):
    """An authority and a certificate of 127.0.0.1 that it has signed."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test", "-days", "2")
    openssl("req", *key, "-keyout", "key.pem", "-out", "request.pem", "-subj", "/CN=127.0.0.1")
    with open(os.path.join(directory, "names"), "w", encoding="ascii") as file:
        file.write("subjectAltName=IP:127.0.0.1")
    openssl("x509", "-req", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
            "certificate.pem", "-days", "2", "-extfile", "names")


@tap.case("TLS: a certificate of a chosen authority is trusted, also in the sandbox; another one is refused")
def tls():
    udptui.need_program("openssl")
    directory = udptui.temporary_directory()
    os.chmod(directory, 0o755)
    make_authority(directory)
    for name in os.listdir(directory):
        os.chmod(os.path.join(directory, name), 0o644)
    plain = udptui.unused_port()
    server = broker.Broker("listener %d 127.0.0.1" % plain, "cafile %s/ca.pem" % directory,
                           "certfile %s/certificate.pem" % directory, "keyfile %s/key.pem" % directory)
    url = "mqtts://127.0.0.1:%d/%s" % (plain, broker.PREFIX)
    stranger = udptui.Server("--publish", url, *NAME)
    stranger.wait_for(lambda: b"trying again" in stranger.raw_errors, "a refusal")
    tap.contains(stranger.raw_errors.decode(), "the broker's certificate is not trusted", "the reason")
    empty = udptui.write_file(b"no certificate\n")
    for scheme, file, words in (("mqtts", empty, "there is no certificate in the file"),
                                ("mqtt", empty, "does it expect TLS?")):
        wrong = udptui.Server("--publish", url.replace("mqtts", scheme), *NAME,
                              env=udptui.environment(UDPTUI_MQTT_CA_FILE=file))
        wrong.wait_for(lambda: b"trying again" in wrong.raw_errors, "a failure")
        tap.contains(wrong.raw_errors.decode(), words, "the reason")
    wrong = udptui.Server("--publish", server.url().replace("mqtt:", "mqtts:"), *NAME)
    wrong.wait_for(lambda: b"trying again" in wrong.raw_errors, "a failure")
    tap.contains(wrong.raw_errors.decode(), "does this port speak TLS?", "the reason")
    listener = Listener(server)
    program = udptui.Server("--publish", url, *NAME, "--sandbox", udptui.strict_sandbox(),
                            env=udptui.environment(UDPTUI_MQTT_CA_FILE=os.path.join(directory, "ca.pem")))
    exchange(program, 2)
    listener.wait_received(2)
    program.stop()


@tap.case("--privacy: no address of a client leaves, in no document")
def privacy():
    server = broker.Broker()
    listener = Listener(server)
    program = serve(server, "--privacy", "--publish-messages", "100", "--ack", "you are {from}")
    listener.wait("state", lambda item: item["state"] == "running", "its beginning")
    peer = udptui.Peer()
    peer.send(b"hello", program.address)
    peer.receive()
    listener.wait_received(1)
    program.stop()
    listener.wait("state", lambda item: item["state"] == "ended", "the end")
    port = str(peer.socket.getsockname()[1])
    for part in ("stats", "clients", "messages"):
        tap.lacks(json.dumps([{key: value for key, value in item.items() if key not in ("time", "boot")}
                              for item in listener.documents(part)]).replace(program.text, ""), ":" + port, part)
    tap.equal([item["from"] for item in listener.documents("messages")], ["client 1"], "who")
    clients = listener.wait("clients", lambda item: item["clients"], "the clients")["clients"]
    tap.equal(clients[0]["from"], "client 1", "who")


@tap.case("--publish-messages: samples, at most so many a second, with exact payload; --filter chooses them")
def samples():
    server = broker.Broker()
    listener = Listener(server)
    program = serve(server, "--publish-messages", "3", "--filter", "yes")
    listener.wait("state", lambda item: item["state"] == "running", "its beginning")
    peer = udptui.Peer()
    for i in range(50):
        peer.send(b"no", program.address)
        peer.send(b"yes \xff%d" % i, program.address)
    listener.wait_received(100)
    program.signal(signal.SIGTERM)
    program.finish()
    listener.wait("state", lambda item: item["state"] == "ended", "the end")
    found = listener.documents("messages")
    seconds = len(listener.documents("stats"))
    tap.true(3 <= len(found) <= 3 * seconds, "%d samples in %d seconds" % (len(found), seconds))
    tap.equal(bytes.fromhex(found[0]["hex"]), b"yes \xff0", "the payload")
    tap.equal({item["ack"] for item in found}, {"sent"}, "what became of them")
    tap.equal(sorted(topic for topic in server.retained() if topic.endswith("messages")), [], "retained samples")


@tap.case("--publish-messages without a broker: the samples that could not be sent are counted")
def unsent():
    broker.need()
    directory = udptui.temporary_directory()
    log, metrics = os.path.join(directory, "log"), os.path.join(directory, "metrics")
    program = udptui.Server("--publish", "mqtt://127.0.0.1:%d/unsent" % udptui.unused_port(), "--publish-messages", "1000",
                            "--threads", "2", "--log", log, "--metrics", metrics)
    program.wait_for(lambda: b"nothing listens there" in program.raw_errors, "a line about the broker")
    exchange(program, 7)
    program.signal(signal.SIGTERM)
    tap.equal(program.finish().expect(143).objects("summary")[0]["not_published"], 7, "in the summary")
    with open(log, encoding="utf-8") as lines:
        tap.equal(json.loads(lines.readlines()[-1])["not_published"], 7, "in the log")
    with open(metrics, encoding="utf-8") as text:
        tap.matches(text.read(), r"(?m)^udptui_not_published_total\{.*\} 7$", "the metrics")


@tap.case("two servers under one name and port notice each other, and what is left afterwards is right")
def rivals():
    server = broker.Broker()
    first = serve(server, name=("--publish-as", "twin"))
    Listener(server).wait("state", lambda item: item["state"] == "running", "its beginning")
    second = broker.Publisher(server, "twin", first.port, boot=7)
    second.state()
    first.wait_for(lambda: b"another program publishes" in first.raw_errors, "a line about the other")
    second.state("ended")
    listener = Listener(server)
    listener.wait("state", lambda item: item["state"] == "running" and item["boot"] != second.boot, "our state again")


@tap.case("relay: both directions, exact against its summary")
def relayed():
    server = broker.Broker()
    target = udptui.Peer()
    program = udptui.Relay(udptui.join_address(target.socket.getsockname()), "--publish", server.url(), *NAME)
    client = udptui.Peer()
    for i in range(7):
        client.send(b"%d" % i, program.address)
        data, source = target.receive()
        target.send(data, source)
        client.receive()
    wait_known(server)
    program.signal(signal.SIGTERM)
    summary = program.finish().expect(143).objects("summary")[0]
    found = retained(server)
    stats = found["stats"]
    tap.equal(stats["kind"], "relay", "the kind")
    figures = {key: value for key, value in summary.items() if key not in ("v", "event", "payload_bits_per_s")}
    tap.equal({key: stats["totals"].get(key) for key in figures}, figures, "the totals")
    tap.equal(found["clients"]["clients"][0]["back_forwarded"], 7, "the client's replies")


@tap.case("ping: the figures of its targets, exact against its summaries")
def pinged():
    server = broker.Broker()
    first, second = udptui.Server(), udptui.Server("--ack", "stamp")
    listener = Listener(server)
    result = udptui.run("ping", "--json", "--quiet", "-c", "5", "-i", "200ms", "-t", "10s", "--publish", server.url(), *NAME,
                        first.text, second.text).expect(0)
    listener.wait("state", lambda item: item["state"] == "ended", "the end")
    stats = retained(server)["stats"]
    tap.equal([item["target"] for item in stats["targets"]], [first.text, second.text], "the targets")
    for target, summary in zip(stats["targets"], result.objects("summary")):
        for key in ("sent", "received", "late", "lost", "duplicates"):
            tap.equal(target[key], summary[key], key)
        tap.equal([target["rtt_p50_ns"], target["rtt_max_ns"]], [summary["rtt"]["p50_ns"], summary["rtt"]["max_ns"]], "times")
    tap.equal({topic.split("/")[3] for topic in server.retained()}, {"ping-" + first.text}, "the place")


@tap.case("a broker that breaks the rules is left, with the reason; acks go on, the memory stays")
def impostors():
    for data, words in ((broker.publish_packet("school/v1/other/1/state", b"{}"), "messages for which nobody asked"),
                        (broker.publish_packet("x", bytes(100000), qos=2), "QoS 2"),
                        (broker.publish_packet(b"\xff\x1b[2J", b""), "is no MQTT broker"),
                        (b"\x00", "is no MQTT broker")):
        impostor = broker.Impostor(data, endless=True)
        program = serve(impostor)
        program.wait_for(lambda: words.encode() in program.raw_errors, words)
        exchange(program, 3)
        tap.true(resident_kib(program) < 100000, "%d KiB" % resident_kib(program))
        tap.lacks(program.raw_errors, b"\x1b", "stderr")
        program.signal(signal.SIGTERM)
        program.finish().expect(128 + signal.SIGTERM)


@tap.case("MQTT 5: a broker that sends unknown properties or allows too little stops nothing else")
def impostors_of_5():
    accept = b"\x20\x03\x00\x00\x00"
    for hello, data, words in ((accept, b"\x30\x06\x00\x01x\x02\x7f\x01", "for which nobody asked"),
                               (b"\x20\x05\x00\x00\x02\x7f\x01", b"", "has stopped answering"),
                               (b"\x20\x08\x00\x00\x05\x27\x00\x00\x00\x01", b"", "larger than the broker takes"),
                               (b"\x20\x05\x00\x00\x02\x24\x00", b"", "no messages with QoS 1")):
        leaks = {"env": udptui.environment(ASAN_OPTIONS="detect_leaks=0")} if b"\x7f" in hello + data else {}
        program = serve(broker.Impostor(data, hello=hello), **leaks)  # libmosquitto's, once
        program.wait_for(lambda: words.encode() in program.raw_errors, words)
        exchange(program, 3)
        program.signal(signal.SIGTERM)
        program.finish().expect(128 + signal.SIGTERM)


@tap.case("what cannot be is refused before anything starts, with a reason and no password in it")
def refused():
    udptui.need_feature("mqtt")
    for url, words in (("http://h/x", "mqtt:// or mqtts://"), ("mqtt://h", "no prefix"), ("mqtt://h/", "no prefix"),
                       ("mqtt:///x", "no host"), ("mqtt://h:0/x", "port 0"), ("mqtt://h:99999/x", "port"),
                       ("mqtt://h/a+b", "may not contain"), ("mqtt://h/#", "may not contain"), ("mqtt://h/$SYS", "broker's own"),
                       ("mqtt://@h/x", "no user"), ("mqtt://kim:hidden@h/x", "UDPTUI_MQTT_PASSWORD_FILE"),
                       ("mqtt://kim:hid/hidden@h/x", "port"), ("mqtt:/kim:hidden@h/x", "mqtt:// or mqtts://"),
                       ("kim:hidden@h/x", "mqtt:// or mqtts://")):
        result = udptui.run("serve", "127.0.0.1:0", "--json", "--publish", url).expect(2)
        tap.contains(result.err, words, "the reason")
        tap.equal(result.err.count("\n"), 1, "lines of %r" % result.err)
        tap.lacks(result.err, "hidden", "the error")
    for command, option in (("serve", "--publish-as"), ("ping", "--publish-as"), ("relay", "--publish-messages")):
        alone = udptui.run(command, "127.0.0.1:9", "--no-ui", option, "7").expect(2)
        tap.equal(alone.err, "udptui: %s is for what is published: add --publish\n" % option, "stderr")
    missing = udptui.run("serve", "127.0.0.1:0", "--json", "--publish", "mqtt://kim@h/x",
                         env=udptui.environment(UDPTUI_MQTT_PASSWORD_FILE="/nonexistent")).expect(3)
    tap.contains(missing.err, "UDPTUI_MQTT_PASSWORD_FILE /nonexistent", "the reason")


@tap.case("a build without libmosquitto says what to install")
def missing_library():
    if udptui.has_feature("mqtt"):
        tap.skip("this udptui has libmosquitto")
    result = udptui.run("serve", "127.0.0.1:0", "--json", "--publish", "mqtt://127.0.0.1/x").expect(2)
    tap.contains(result.err, "install libmosquitto-dev", "the reason")


tap.main()
