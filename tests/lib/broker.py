# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real MQTT broker (mosquitto) on loopback, one that breaks the rules, and programs that publish with plain sockets
(MQTT 3.1.1)."""
import collections
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unicodedata

import tap
import udptui

PREFIX = "school"
PROGRAMS = ("mosquitto", "mosquitto_sub", "mosquitto_pub")


def usable():
    """Whether a broker can be started, and udptui can publish there."""
    return all(map(shutil.which, PROGRAMS)) and udptui.has_feature("mqtt")


def need():
    for name in PROGRAMS:
        udptui.need_program(name)
    udptui.need_feature("mqtt")


class Broker:
    """mosquitto on a port of its own; it keeps nothing over a restart unless `persistent`."""

    def __init__(self, *lines, port=None, persistent=False):
        need()
        self.port = port or udptui.unused_port()
        self.ports = [self.port] + [int(line.split()[1]) for line in lines if line.startswith("listener ")]
        self.directory = udptui.temporary_directory()
        os.chmod(self.directory, 0o777)  # mosquitto gives up root
        settings = ["allow_anonymous true"] if not any("anonymous" in line for line in lines) else []
        if persistent:
            settings += ["persistence true", "persistence_location %s/" % self.directory]
        self.config = udptui.write_file("\n".join(["listener %d 127.0.0.1" % self.port, *settings, *lines, ""]).encode(),
                                        self.directory)
        os.chmod(self.config, 0o644)
        self.process = None
        tap.defer(self.kill)
        self.start()

    def url(self, prefix=PREFIX):
        return "mqtt://127.0.0.1:%d/%s" % (self.port, prefix)

    def start(self):
        self.process = subprocess.Popen(["mosquitto", "-c", self.config], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        try:  # a program that ends waits for the broker a second at most: a busy machine shall not hold it up
            os.setpriority(os.PRIO_PROCESS, self.process.pid, -10)
        except OSError:  # not permitted
            pass
        tap.until(self._answers, "the broker on the ports %s" % self.ports)

    def _answers(self):
        tap.true(self.process.poll() is None, "mosquitto has ended")
        try:
            for port in self.ports:
                socket.create_connection(("127.0.0.1", port), 1).close()
            return True
        except OSError:
            return False

    def _end(self, number):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait()

    def stop(self):
        self._end(signal.SIGTERM)

    def freeze(self):
        """The process and its connections stay, but it does nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self._end(signal.SIGKILL)

    def retained(self, *options):
        """What the broker keeps: {topic: bytes}. options: of the clients of mosquitto. The subscriber ends at the first
        message that is not retained: it has all by then."""
        client, found = ["-p", str(self.port), *options], {}
        with tempfile.TemporaryFile() as out:
            listener = subprocess.Popen(["mosquitto_sub", *client, "-t", "#", "--retained-only", "-F", "%t %x"], stdout=out,
                                        stderr=subprocess.DEVNULL)
            tap.defer(listener.wait)
            tap.defer(listener.kill)

            def over():
                subprocess.run(["mosquitto_pub", *client, "-t", "over", "-m", "over"], stderr=subprocess.DEVNULL, check=False)
                return listener.poll() is not None
            tap.until(over, "what the broker keeps")
            out.seek(0)
            lines = out.read().decode().splitlines()
        for line in lines:
            name, _, data = line.rpartition(" ")
            found[name] = bytes.fromhex(data)
        return found


# ---- a client

def _text(data):
    data = data.encode() if isinstance(data, str) else data
    return struct.pack("!H", len(data)) + data


def _packet(kind, body):
    length, encoded = len(body), b""
    while True:
        length, digit = divmod(length, 128)
        encoded += bytes([digit | (0x80 if length else 0)])
        if not length:
            return bytes([kind]) + encoded + body


def publish_packet(topic, payload, qos=0, number=1, retain=False):
    return _packet(0x30 | qos << 1 | retain, _text(topic) + (struct.pack("!H", number) if qos else b"") + payload)


class Impostor:
    """Lets each client in, sends it `data`, again and again if `endless`, and reads nothing. hello: the answer to
    CONNECT; that of MQTT 3.1.1 lets nobody in who speaks MQTT 5."""

    def __init__(self, data, endless=False, hello=b"\x20\x02\x00\x00"):
        udptui.need_feature("mqtt")
        self.data, self.endless, self.hello, self.sockets = data, endless, hello, []
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen()
        self.port = self.listener.getsockname()[1]
        tap.defer(self.close)
        threading.Thread(target=self._accept, daemon=True).start()

    url = Broker.url

    def close(self):
        for one in (self.listener, *self.sockets):
            try:
                one.shutdown(socket.SHUT_RDWR)  # a thread may be in a call on it
            except OSError:
                pass
            one.close()

    def _accept(self):
        try:
            while True:
                self.sockets.append(self.listener.accept()[0])
                threading.Thread(target=self._serve, args=(self.sockets[-1],), daemon=True).start()
        except OSError:
            pass

    def _serve(self, peer):
        try:
            peer.recv(4096)  # CONNECT
            peer.sendall(self.hello + self.data)
            while self.endless:
                peer.sendall(self.data)
        except OSError:
            pass


class Middle:
    """Stands before a broker; what it does with a client and its own connection to the broker is in `_serve`."""

    def __init__(self, broker):
        self.broker = broker
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        tap.defer(self.close)
        threading.Thread(target=self._accept, daemon=True).start()

    url = Broker.url

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)  # the thread is in accept
        self.listener.close()

    def _accept(self):
        try:
            while True:
                peer = self.listener.accept()[0]
                threading.Thread(target=self._serve, args=(peer,), daemon=True).start()
        except OSError:
            pass

    def _serve(self, peer):
        raise NotImplementedError

    def _connect(self, peer, back, hello=b""):
        """Carries bytes both ways, those to the client by `back`, until one ends."""
        with socket.create_connection(("127.0.0.1", self.broker.port)) as behind:
            behind.sendall(hello)
            thread = threading.Thread(target=back, args=(behind, peer), daemon=True)
            thread.start()
            self._copy(peer, behind)
            thread.join()

    @staticmethod
    def _copy(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class OldBroker(Middle):
    """Lets in clients that speak MQTT 3.1.1; others get `refusal`, and the connection ends."""

    def __init__(self, broker, refusal):
        self.refusal, self.versions = refusal, []
        super().__init__(broker)

    def _serve(self, peer):
        with peer:
            hello = peer.recv(4096)
            self.versions.append(hello[hello.index(b"MQTT") + 4])
            if self.versions[-1] == 4:
                self._connect(peer, self._copy, hello)
            else:
                peer.sendall(self.refusal)


SUBACK, UNSUBACK = 0x90, 0xb0
SUBSCRIPTIONS = 4  # of watch: state, stats, clients, messages


class LossyBroker(Middle):
    """Loses answers as mosquitto does if its queue is full: of each kind so many, the first ones. `passed` counts what
    came through."""

    def __init__(self, broker, losses=()):
        self.losses, self.passed = dict(losses), collections.Counter()
        super().__init__(broker)

    def _serve(self, peer):
        with peer:
            self._connect(peer, self._copy_packets)

    def is_subscribed(self):
        """Whether watch has all its topics, one after the other: what is published before and not kept does not reach it."""
        return self.passed[SUBACK] >= SUBSCRIPTIONS

    def until_subscribed(self):
        tap.until(self.is_subscribed, "the subscriptions of watch")

    def _copy_packets(self, source, sink):
        try:
            with source.makefile("rb") as stream:
                while packet := _read_packet(stream):
                    if self.losses.get(packet[0], 0) > 0:
                        self.losses[packet[0]] -= 1
                    else:
                        self.passed[packet[0]] += 1
                        sink.sendall(packet)
            sink.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def _read_packet(stream):
    """One packet of MQTT; empty at the end."""
    packet, length, shift = stream.read(1), 0, 0
    while packet and (digit := stream.read(1)):
        packet += digit
        length |= (digit[0] & 0x7f) << shift
        shift += 7
        if digit[0] < 0x80:
            return packet + stream.read(length)
    return b""


class Client:
    """Publishes by hand; what comes is not read, except the answer to CONNECT."""

    def __init__(self, broker, name, will=None):
        self.socket, self.received = socket.create_connection(("127.0.0.1", broker.port), tap.WAIT_S), b""
        tap.defer(self.socket.close)
        flags = 0x02 | (0x04 | 0x20 if will else 0)  # a clean session; a retained will
        body = _text("MQTT") + bytes([4, flags]) + struct.pack("!H", 0) + _text(name)
        if will:
            body += _text(will[0]) + _text(will[1])
        self.socket.sendall(_packet(0x10, body))
        tap.equal(self.socket.recv(4, socket.MSG_WAITALL), b"\x20\x02\x00\x00", "the broker's answer")

    def publish(self, topic, payload=b"", retain=True, qos=0):
        payload = json.dumps(payload).encode() if isinstance(payload, dict) else payload
        self.socket.sendall(publish_packet(topic, payload, qos, retain=retain))

    def acknowledged(self):
        """How many of its messages with QoS 1, so far."""
        self.socket.setblocking(False)
        try:
            while data := self.socket.recv(65536):
                self.received += data
        except BlockingIOError:
            pass
        self.socket.settimeout(tap.WAIT_S)
        return len(self.received) // 4  # nothing but PUBACK comes

    def goodbye(self):
        self.socket.sendall(b"\xe0\x00")
        self.socket.close()

    def die(self):
        """The broker publishes the will."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


# ---- a program that publishes

def words(data):
    """Bytes as JSON can have them; jansson takes no NUL."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\0", "")


def level(data):
    """Bytes as a level of a topic, as far as brokers take them (MQTT 3.1.1, sections 1.5.3 and 4.7.1)."""
    kept = [one for one in words(data) if unicodedata.category(one) != "Cc" and one not in "+#/$" and ord(one) & 0xfffe != 0xfffe]
    return "".join(kept).encode()[:100].decode(errors="ignore")


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + ".%09dZ" % (seconds % 1 * 1e9)


class Publisher:
    """Says what udptui serve --publish would, with counts that the test chooses."""

    def __init__(self, broker, name, port=4010, boot=1, prefix=PREFIX, client=None):
        self.topic = "%s/v1/%s/%s/" % (prefix, name, port)
        self.boot, self.port, self.name = "%016x" % boot, port, name
        self.started, self.listening = time.time(), "127.0.0.1:%s" % port
        self.client = client or Client(broker, "%s-%s-%x" % (name, port, boot),
                                       (self.topic + "state", json.dumps(self._head("state", state="gone"))))

    def _head(self, event, **more):
        return {"v": 1, "event": event, "kind": "serve", "boot": self.boot, **more}

    def state(self, word="running", qos=0):
        self.client.publish(self.topic + "state", self._head("state", state=word, time=iso(time.time())), qos=qos)

    def stats(self, received, acked=None, held=0, failed=0, counted_s=None, qos=0, **more):
        acked = received - held - failed if acked is None else acked
        counted_s = time.time() - self.started if counted_s is None else counted_s
        totals = {"received": received, "received_bytes": 5 * received, "acked": acked, "held": held,
                  "held_by": {"off": held}, "failed": failed, "kernel_dropped": 0, "clients": 0, "acks_on": True,
                  "counted_ns": int(counted_s * 1e9), **more}
        self.client.publish(self.topic + "stats", self._head(
            "stats", time=iso(time.time()), started=iso(self.started), resets=0, totals=totals,
            listening=self.listening), qos=qos)

    def clients(self, *rows, qos=0):
        """rows: (address, received) each, all acknowledged, and perhaps a name."""
        self.client.publish(self.topic + "clients", self._head(
            "clients", time=iso(time.time()), resets=0, known=len(rows),
            clients=[{"from": address, "received": count, "acked": count, "held": 0, "failed": 0,
                      "last": iso(time.time()), **{"name": name for name in names}} for address, count, *names in rows]), qos=qos)

    def message(self, text, client="192.0.2.1:5000"):
        self.client.publish(self.topic + "messages", self._head(
            "message", time=iso(time.time()), n=1, to="127.0.0.1:%s" % self.port, bytes=len(text), text=words(text),
            hex=text.hex(), ack="sent", **{"from": client}), retain=False)
