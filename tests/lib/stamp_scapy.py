# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""scapy's idea of STAMP packets. The scapy of a distribution is that distribution's Python's, which need not
be the one that runs the tests: run as a program, this file is the other side of `ask`."""
import json
import subprocess
import sys

QUESTION = "import scapy.contrib.stamp"


def interpreter():
    """A Python that has scapy.contrib.stamp; None: there is none."""
    for name in (sys.executable, "/usr/bin/python3"):
        try:
            if subprocess.run([name, "-c", QUESTION], capture_output=True, check=False).returncode == 0:
                return name
        except OSError:
            pass
    return None


def ask(python, requests):
    """["build", fields, padding] gives a request as hex; ["request" or "reply", hex] gives its fields."""
    result = subprocess.run([python, __file__], input=json.dumps(requests).encode(), capture_output=True, check=True)
    return json.loads(result.stdout)


def _build(stamp, fields, padding):
    packet = stamp.STAMPSessionSenderTestUnauthenticated(
        err_estimate=stamp.ErrorEstimate(**fields.pop("error")), **fields)
    if padding:  # the Extra Padding TLV of RFC 8972 section 4.1
        packet.tlv_objects = [stamp.STAMPTestTLV(flags=0x80, type=1, len=padding - 4, value=bytes(padding - 4))]
    return bytes(packet).hex()


def _error(packet):
    return {name: getattr(packet, name) for name in ("S", "Z", "scale", "multiplier")}


def _read(stamp, kind, data):
    """The packet and what follows it apart: scapy 2.5 dissects no packet with TLVs. What TWAMP Light's requests
    leave out of STAMP's 44 bytes is zero."""
    layer = {"request": stamp.STAMPSessionSenderTestUnauthenticated,
             "reply": stamp.STAMPSessionReflectorTestUnauthenticated}[kind](data[:44].ljust(44, b"\0"))
    found = {name: value if isinstance(value, int) else _error(value)
             for name, value in layer.fields.items() if name != "tlv_objects"}
    found["tlvs"], rest = [], data[44:]
    while rest:
        tlv = stamp.STAMPTestTLV(rest[:4 + int.from_bytes(rest[2:4], "big")])
        found["tlvs"].append([int(tlv.flags), tlv.type, tlv.len, len(tlv.value)])
        rest = rest[4 + tlv.len:]
    return found


def _main():
    import scapy.contrib.stamp as stamp
    answers = []
    for kind, *arguments in json.load(sys.stdin):
        if kind == "build":
            answers.append(_build(stamp, *arguments))
        else:
            answers.append(_read(stamp, kind, bytes.fromhex(arguments[0])))
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    _main()
