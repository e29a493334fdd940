# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile payloads, and what a terminal may be sent. The program's own escape sequences are distinguished from
a payload's by grammar: only sequences that move, erase, colour or set the modes a screen uses."""
import re
import unicodedata

import tap

HOSTILE = {
    "a title (OSC)": b"\x1b]0;PWNED\x07",
    "a title (OSC, ended by ST)": b"\x1b]2;PWNED\x1b\\",
    "the clipboard (OSC 52)": b"\x1b]52;c;UFdORUQ=\x07",
    "a link (OSC 8)": b"\x1b]8;;http://pwned.invalid\x1b\\x\x1b]8;;\x1b\\",
    "a question for the position (CSI 6n)": b"\x1b[6n",
    "a question for the terminal (CSI c)": b"\x1b[>0c",
    "a cursor move (CSI H)": b"\x1b[77;77H",
    "a window size (CSI t)": b"\x1b[8;5;5t",
    "a colour": b"\x1b[38;5;77;48;5;78m",
    "a reset (ESC c)": b"\x1bc",
    "a device control (DCS)": b"\x1bP$q\"p\x1b\\",
    "a bare ESC": b"\x1b",
    "C1 CSI as a byte": b"\x9b77;77H",
    "C1 OSC as a byte": b"\x9d0;PWNED\x9c",
    "C1 CSI in UTF-8": "\u009b77;77H".encode(),
    "C1 OSC in UTF-8": "\u009d0;PWNED\u009c".encode(),
    "line ends and tabs": b"\r\n\t\v\f\x08\x08\x08",
    "shift out": b"\x0e",
    "DEL": b"\x7f",
    "bidi override": "\u202eevil\u202c".encode(),
    "bidi isolate": "\u2066evil\u2069".encode(),
    "Arabic letter mark": "\u061c".encode(),
    "zero width": "\u200b\u200d\u2060\ufeff".encode(),
    "tags": "\U000e0001\U000e0041".encode(),
    "line separators": "\u2028\u2029".encode(),
    "private use": "\ue000\U000f0000".encode(),
    "unassigned": "\u0378\uffff".encode(),
    "overlong slash": b"\xc0\xaf",
    "overlong ESC": b"\xe0\x80\x9b\xc0\x9b",
    "a surrogate": b"\xed\xa0\x80",
    "beyond Unicode": b"\xf4\x90\x80\x80\xf5",
    "a broken end": b"\xe2\x82",
    "combining marks": ("e" + "\u0301" * 40).encode(),
    "every byte": bytes(range(256)),
}

_OWN_SEQUENCES = re.compile(
    r"\x1b\[\??[0-9;]*[ABCDGHJKLMPSTXbdfhlmr@]"  # move, erase, insert, delete, modes, colours
    r"|\x1b[()][AB0]|\x1b[78=>MDEHZ]|\x1b\[!p"   # character sets, save, keypad, index
    r"|\x1b\[[23]0?[hl]")
_OWN_CONTROLS = set("\r\n\b\x0f")
_FORBIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _strict(raw):
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as problem:
        around = raw[max(0, problem.start - 30):problem.end + 10]
        raise tap.Failure("no UTF-8 at byte %d: %r" % (problem.start, around)) from None


def _printable(text, allowed):
    for index, character in enumerate(text):
        if character in allowed or unicodedata.category(character) not in _FORBIDDEN:
            continue
        raise tap.Failure("%r reached the terminal: %r" % (character, text[max(0, index - 40):index + 20]))


def _no_payload_sequence(raw):
    for name, payload in HOSTILE.items():
        if len(payload) > 3 and (b"\x1b" in payload or b"\x9b" in payload or b"\x9d" in payload):
            tap.lacks(raw, payload, "what the terminal got (%s)" % name)


def check_lines(raw):
    """Output without a screen: printable characters and line ends, nothing else."""
    _printable(_strict(raw), set("\r\n"))


def check_screen(raw):
    """Output with a screen or a prompt: besides, sequences of the program's own."""
    _no_payload_sequence(raw)
    _printable(_OWN_SEQUENCES.sub("", _strict(raw)), _OWN_CONTROLS)
