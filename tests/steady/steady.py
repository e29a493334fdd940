# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""make steady: make check again and again, with the machine busy beside it. It ends with 1 if any test
failed in any round, and names each with how often it did; what the tests of such a round printed stays in
steady-round-N.log. Beside the tests there are, for each core, a loop that does nothing else but run, and
another udptui: serve on the default port with a load of 2,000 datagrams a second, and, if root runs it, a
serve of another user. --alone does without them. A round in which one of them ended early counts as failed."""
import argparse
import collections
import os
import re
import resource
import shutil
import subprocess
import sys
import time

BINARY = os.path.abspath(os.environ.get("UDPTUI", "./udptui"))


def arguments():
    parser = argparse.ArgumentParser(description="Runs make check in many rounds and counts what fails.")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--tests", default="", help="as make's TESTS; all if not given")
    parser.add_argument("--alone", action="store_true", help="nothing runs beside the tests")
    return parser.parse_args()


NOBODY = 65534


class Company:
    """What keeps the machine busy; in processes of their own, ended by close."""

    def __init__(self):
        self.running = []

    def open(self):
        for _ in range(os.cpu_count()):
            self.start(sys.executable, "-c", "while True: pass")
        self.start(BINARY, "serve", "--json", "127.0.0.1:4010")
        self.start(BINARY, "load", "--rate", "2k/s", "--duration", "1000h", "127.0.0.1:4010")
        if os.geteuid() == 0:
            try:
                self.start(BINARY, "serve", "--json", "127.0.0.1:0", user=NOBODY, group=NOBODY, extra_groups=[])
            except PermissionError:
                print("without a serve of another user, who may not enter the directory of %s" % BINARY)

    def start(self, *command, **identity):
        self.running.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                             stderr=subprocess.DEVNULL, cwd="/", **identity))

    def missing(self):
        """What is no longer there: a round without it showed less."""
        return ["ended beside it: " + " ".join(process.args[:2]) for process in self.running if process.poll() is not None]

    def close(self):
        for process in self.running:
            process.kill()
            process.wait()


def cpu_s():
    """Of the tests that have ended: the others, which run until the end, are not counted."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def play(options):
    """One round: how many cases passed, and the names of those that failed."""
    command = ["make", "-k", "-j%d" % options.jobs, "check"] + (["TESTS=" + options.tests] if options.tests else [])
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    text = done.stdout.decode("utf-8", "replace")
    passed = sum(map(int, re.findall(r"^# PASS: +(\d+)", text, re.MULTILINE)))
    failed = re.findall(r"^(?:FAIL|ERROR): (.* \d+ - .*|\S+ - .*)$", text, re.MULTILINE)
    if done.returncode != 0 and not failed:
        failed = ["make check, status %d: %s" % (done.returncode, text[-300:])]
    return passed, failed


def main():
    options = arguments()
    company = None if options.alone else Company()
    counts = collections.Counter()
    try:
        if company:
            company.open()
        for number in range(1, options.rounds + 1):
            began, cpu_before = time.monotonic(), cpu_s()
            passed, failed = play(options)
            failed += company.missing() if company else []
            counts.update(failed)
            print("round %d: %d passed, %d failed in %d s, %d s of CPU" %
                  (number, passed, len(failed), time.monotonic() - began, cpu_s() - cpu_before))
            for name in failed:
                print("  failed: %s" % name)
            if failed and os.path.exists("test-suite.log"):
                shutil.copy("test-suite.log", "steady-round-%d.log" % number)
            sys.stdout.flush()
    finally:
        if company:
            company.close()
    for name, times in counts.most_common():
        print("%d of %d rounds: %s" % (times, options.rounds, name))
    print("steady: %d rounds, %d cases failed in one or more" % (options.rounds, len(counts)))
    return 1 if counts else 0


if __name__ == "__main__":
    sys.exit(main())
