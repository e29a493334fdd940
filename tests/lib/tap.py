# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small producer of TAP (the Test Anything Protocol) on stdout.

A script names its cases with @tap.case, then calls tap.main(). A case passes unless it raises:
tap.skip() skips it, anything else fails it. What a case opens it hands to tap.defer(), which undoes
it, last first, when the case ends, however it ends. `SCRIPT WORD` runs the cases whose names hold WORD.
"""
import atexit
import os
import re
import signal
import sys
import time
import traceback

CASE_TIMEOUT_S = 30
WAIT_S = 10

# A shell that starts the tests with & ignores these two, and what we start would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)

_cases = []
_cleanups = []
_case_limit = None


class Skip(Exception):
    """The case cannot be shown here."""


class Timeout(BaseException):
    """The case took too long; no `except Exception` stops it."""


class Failure(AssertionError):
    """What was seen is not what was expected."""


def case(name, timeout_s=CASE_TIMEOUT_S):
    def add(function):
        _cases.append((name, function, timeout_s))
        return function
    return add


def add_case(name, function, *arguments, timeout_s=CASE_TIMEOUT_S):
    """A case made from a row of a table."""
    _cases.append((name, lambda: function(*arguments), timeout_s))


def skip(reason):
    raise Skip(reason)


def defer(function, *arguments):
    _cleanups.append((function, arguments))


def keep():
    """What was opened so far is undone as the program ends."""
    kept = _cleanups[:]
    _cleanups.clear()
    atexit.register(lambda: [function(*arguments) for function, arguments in reversed(kept)])


# ---- what a case says

def true(condition, message):
    if not condition:
        raise Failure(message)


def equal(actual, expected, what="value"):
    if actual != expected:
        raise Failure("%s\n  got      %s\n  expected %s" % (what, _short(actual), _short(expected)))


def contains(whole, part, what="text"):
    if part not in whole:
        raise Failure("%s lacks %s\n  got %s" % (what, _short(part), _short(whole)))


def lacks(whole, part, what="text"):
    if part in whole:
        raise Failure("%s holds %s\n  got %s" % (what, _short(part), _short(whole)))


def matches(text, pattern, what="text"):
    found = re.search(pattern, text, re.MULTILINE)
    if not found:
        raise Failure("%s does not match %r\n  got %s" % (what, pattern, _short(text)))
    return found


def _short(value, limit=700):
    text = repr(value) if not isinstance(value, str) or "\n" not in value else "\n" + value
    return text if len(text) <= limit else text[:limit] + "... (%d characters)" % len(text)


# ---- time

def _running():
    """How many processes run or want to at this moment, without this one (proc(5) loadavg); 0 if that is not told."""
    try:
        with open("/proc/loadavg", encoding="ascii") as file:
            return int(file.read().split()[3].split("/")[0]) - 1
    except OSError:
        return 0


def busy():
    """How many times as long as on a machine of its own something may take: how many processes want each core
    (getloadavg(3), of the last minute, or more now: the mean follows slowly), at least 1."""
    return max(1.0, max(os.getloadavg()[0], _running()) / len(os.sched_getaffinity(0)))


class Limit:
    """So many seconds from now on; on a busy machine, where a program hardly gets a core, as many times longer."""

    def __init__(self, wait_s):
        self.began_s, self.wait_s = time.monotonic(), wait_s

    def passed_s(self):
        return time.monotonic() - self.began_s

    def over(self):
        return self.passed_s() >= self.wait_s and self.passed_s() >= self.wait_s * busy()


def patience_s():
    """For a call that takes a fixed time to wait: longer than any Limit of WAIT_S, also if more runs later than now."""
    return 3 * WAIT_S * busy()


def took(took_s, limit_s, what="it"):
    """A promise of the program to be prompt: what it took is less than the limit, which is longer on a busy machine."""
    if took_s >= limit_s and took_s >= limit_s * busy():
        raise Failure("%s took %.2f s, not less than %.2f (%.1f times on a busy machine)" % (what, took_s, limit_s, busy()))


def least(wait_s, early_s):
    """The least gap to expect between two things that a program does wait_s apart: it is shorter by early_s if the first
    came late, by more on a busy machine, up to half of wait_s."""
    return wait_s - min(early_s * busy(), wait_s / 2)


PAUSE_S, PAUSE_MAX_S = 0.02, 0.2


def until(condition, what, wait_s=WAIT_S, pause_s=PAUSE_S):
    """Waits for a true answer of condition() and returns it; fails if it has not come within the limit. What is long in
    coming is looked for less often: many tests wait at a time, and looking takes a core from what they wait for."""
    limit = Limit(wait_s)
    while True:
        answer = condition()
        if answer:
            return answer
        if limit.over():
            raise Failure("waited %.1f s for %s" % (limit.passed_s(), what() if callable(what) else what))
        time.sleep(max(pause_s, min(limit.passed_s() / 20, PAUSE_MAX_S)) if pause_s >= PAUSE_S else pause_s)


# ---- running

def undo():
    """Undoes what the case opened; returns what went wrong in doing so."""
    problems = []
    while _cleanups:
        function, arguments = _cleanups.pop()
        try:
            function(*arguments)
        except Exception as problem:
            problems.append("cleanup: %r" % problem)
    return problems


def _diagnose(text):
    for line in text.rstrip().splitlines():
        print("# " + line.encode("ascii", "backslashreplace").decode())


def _describe(problem):
    """The exception and the test's own lines that led to it."""
    frames = traceback.extract_tb(problem.__traceback__)
    own = [frame for frame in frames if os.path.basename(frame.filename) != "tap.py"][-4:]
    where = ["  at %s:%d: %s" % (os.path.basename(frame.filename), frame.lineno, frame.line)
             for frame in own]
    name = "" if isinstance(problem, Failure) else type(problem).__name__ + ": "
    return "\n".join([name + str(problem)] + where)


def _attempt(function, timeout_s):
    """Runs one case: (passed, skip reason or None, diagnostics)."""
    global _case_limit
    try:
        _case_limit = Limit(timeout_s)
        signal.alarm(timeout_s)
        function()
        return True, None, ""
    except Skip as reason:
        return True, str(reason), ""
    except Timeout as problem:
        return False, None, "the case took more than %d s\n%s" % (_case_limit.passed_s(), _describe(problem))
    except Exception as problem:
        return False, None, _describe(problem)
    finally:
        signal.alarm(0)


def _run(number, name, function, timeout_s):
    passed, reason, diagnostics = _attempt(function, timeout_s)
    problems = undo()
    if problems and passed:
        passed, reason = False, None
    for text in [diagnostics] + problems:
        _diagnose(text)
    print("%s %d - %s%s" % ("ok" if passed else "not ok", number, name.replace("#", "\\#"),
                            " # SKIP " + reason if reason else ""), flush=True)
    return passed


def _on_alarm(_number, _frame):
    """Looks again later if the machine is busy: most of what a case waits for is given longer then."""
    if not _case_limit.over():
        signal.alarm(1)
        return
    raise Timeout()


def _on_end(number, _frame):
    signal.alarm(0)
    undo()
    os._exit(128 + number)


def main():
    signal.signal(signal.SIGALRM, _on_alarm)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _on_end)
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    chosen = [entry for entry in _cases if word in entry[0]]
    print("1..%d" % len(chosen), flush=True)
    passed = [_run(number, name, function, timeout_s) for number, (name, function, timeout_s) in enumerate(chosen, 1)]
    sys.exit(0 if all(passed) else 1)  # for who reads no TAP: make soak, make faults
