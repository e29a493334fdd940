# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What proto/impair is to draw, said once more: a SplitMix64 sequence for each figure, way, branch
and copy, and the acks that come out of two ways of such fates."""
import collections

STEP, MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1
WAYS = IN, OUT = 0, 1
LOSS, DUP, REORDER, GAP, CORRUPT, BIT, DELAY = range(7)

Fate = collections.namedtuple("Fate", "lost copies gap corrupt bits delays_ns")
Journey = collections.namedtuple("Journey", "request acks corrupt")


def mix(bits):
    bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 & MASK
    bits = (bits ^ bits >> 27) * 0x94D049BB133111EB & MASK
    return bits ^ bits >> 31


class Impairments:
    """Settings by name: in_loss=0.3, delay=(0.08, 0.04) for both ways; times in seconds."""

    def __init__(self, seed, **settings):
        self.seed, self.settings = seed, settings

    @property
    def text(self):
        """As --impair takes it."""
        def value(setting):
            if isinstance(setting, tuple):
                return "%dus+-%dus" % tuple(round(part * 1e6) for part in setting)
            return repr(setting)
        return ",".join("%s=%s" % (name.replace("_", ".", 1), value(setting))
                        for name, setting in self.settings.items()) or "off"

    @property
    def options(self):
        return ("--impair", self.text, "--seed", str(self.seed))

    def _setting(self, way, name, default=0):
        return self.settings.get(("in_", "out_")[way] + name, self.settings.get(name, default))

    def _draw(self, figure, way, number, branch, copy=0):
        lane = ((figure * 2 + copy) * 2 + branch) * 2 + way
        start = mix(mix(self.seed + STEP & MASK) ^ mix((lane + 1) * STEP & MASK))
        return mix(start + number * STEP & MASK)

    def _unit(self, *which):
        return (self._draw(*which) >> 11) / (1 << 53)

    def _delay_ns(self, way, number, branch, copy):
        delay_ns, jitter_ns = (round(part * 1e9) for part in self._setting(way, "delay", (0, 0)))
        if jitter_ns:
            unit = self._unit(DELAY, way, number, branch, copy)
            delay_ns += int(unit * (2 * jitter_ns + 1)) - jitter_ns
        return max(0, delay_ns)

    def fate(self, way, number, branch=0):
        def chance(figure, name, copy=0):
            return self._unit(figure, way, number, branch, copy) < self._setting(way, name)
        copies = range(2 if chance(DUP, "dup") else 1)
        gap = 1 + self._draw(GAP, way, number, branch) % 3
        return Fate(lost=chance(LOSS, "loss"), copies=len(copies),
                    gap=gap if chance(REORDER, "reorder") else 0,
                    corrupt=[chance(CORRUPT, "corrupt", copy) for copy in copies],
                    bits=[self._draw(BIT, way, number, branch, copy) for copy in copies],
                    delays_ns=[self._delay_ns(way, number, branch, copy) for copy in copies])

    def arrivals(self, fate, payload):
        """What one way makes of a datagram: (payload, is it corrupt, delay) of each copy."""
        if fate.lost:
            return []
        return [(flip(payload, fate.bits[copy]) if fate.corrupt[copy] else payload,
                 fate.corrupt[copy] and bool(payload), fate.delays_ns[copy])
                for copy in range(fate.copies)]

    def _allowed(self, number, requests, ratio):
        """(branch, copy) of the acks that stay within 3 times the request together: so many are
        `ratio`; the first copy to each request goes before the second ones."""
        fates = [self.fate(OUT, number, branch) for branch in range(requests)]
        return [(branch, copy) for copy in range(2) for branch, fate in enumerate(fates)
                if not fate.lost and copy < fate.copies][:ratio]

    def journey(self, number, payload, answer, header=28):
        """A message's way in and its acks' way out; answer(payload) is what the server says, None
        for nothing. header: bytes of IP and UDP. acks: (payload, delay of both ways at the least)."""
        request = self.fate(IN, number)
        acks, corrupt = [], False
        for branch, (heard, damaged, waited_ns) in enumerate(self.arrivals(request, payload)):
            corrupt |= damaged
            said = answer(heard)
            if said is None:
                continue
            ratio = 3 * (header + len(payload)) // (header + len(said))
            allowed = self._allowed(number, request.copies, ratio)
            out = self.arrivals(self.fate(OUT, number, branch), said)
            for copy, (ack, ruined, more_ns) in enumerate(out):
                if (branch, copy) in allowed:
                    corrupt |= ruined
                    acks.append((ack, waited_ns + more_ns))
        return Journey(request, acks, corrupt)


def flip(payload, bit):
    """The payload with one bit turned; there is none in an empty one."""
    if not payload:
        return payload
    bit %= len(payload) * 8
    turned = bytearray(payload)
    turned[bit // 8] ^= 1 << bit % 8
    return bytes(turned)


def different_bits(one, other):
    return bin(int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).count("1")
