#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzes each target of tests/fuzz for a time, with libFuzzer (clang) or AFL++ (afl-clang-fast).

    fuzz.py [--afl] SOURCE TREE [TARGET]...

SOURCE: the sources, not configured (make distdir). TREE: where to build, kept for the next time. TARGET:
"text" for tests/fuzz/fuzz_text.c; without one, all. FUZZ_SECONDS (60): for each target. FUZZ_JOBS: targets
at a time (one a processor). It starts from tests/fuzz/corpus and keeps what it finds in TREE/grown; an
input that breaks something is in TREE/found. Writes TAP, and automake's totals."""

import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys

SECONDS = int(os.environ.get("FUZZ_SECONDS", "60"))
JOBS = int(os.environ.get("FUZZ_JOBS", os.cpu_count() or 1))
INPUT_MAX = 4096
OPTIONS = {"ASAN_OPTIONS": "abort_on_error=1:symbolize=0:detect_leaks=0", "AFL_NO_UI": "1",
           "AFL_SKIP_CPUFREQ": "1", "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES": "1", "AFL_NO_AFFINITY": "1"}


def run(command, directory=None, **environment):
    """Its status and what it wrote."""
    done = subprocess.run(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, text=True, errors="replace",
                          env=dict(os.environ, **environment))
    return done.returncode, done.stdout


def build(source, tree, compiler, names):
    os.makedirs(tree, exist_ok=True)
    if not os.path.exists(os.path.join(tree, "config.status")):
        compiler = (["ccache"] if shutil.which("ccache") else []) + [compiler]
        status, log = run([os.path.join(os.path.abspath(source), "configure"), "--enable-fuzz",
                           "CC=" + " ".join(compiler)], tree)
        if status:
            sys.exit(log)
    status, log = run(["make", "-s", f"-j{os.cpu_count() or 1}", *("tests/fuzz/fuzz_" + name for name in names)], tree, AFL_QUIET="1")
    if status:
        sys.exit(log)


def artifacts(directory):
    return sorted(glob.glob(os.path.join(directory, "*")))


def shared_sanitizer():
    """The library that a target in a simulated world is linked with (SIM_FUZZ_LINK of Makefile.am)."""
    return run(["clang", f"-print-file-name=libclang_rt.asan-{os.uname().machine}.so"])[1].strip()


class Target:
    def __init__(self, source, tree, name):
        self.name = name
        self.program = os.path.join(tree, "tests/fuzz/fuzz_" + name)
        self.corpus = os.path.join(source, "tests/fuzz/corpus", name)
        self.grown = os.path.join(tree, "grown", name)
        self.found = os.path.join(tree, "found", name)
        self.words = os.path.join(tree, "words", name)
        for directory in (self.grown, self.found, os.path.dirname(self.words)):
            os.makedirs(directory, exist_ok=True)
        with open(os.path.join(source, "tests/fuzz", f"fuzz_{name}.c"), encoding="utf-8") as file:
            self.sanitizer = shared_sanitizer() if "sim_fuzz.h" in file.read() else ""
        run([self.program], FUZZ_DICTIONARY=self.words, **self.preload("LD_PRELOAD"))

    def preload(self, variable):
        return {variable: self.sanitizer} if self.sanitizer else {}

    def libfuzzer(self):
        """Whether all was well, what was done, and the log."""
        status, log = run([self.program, f"-max_total_time={SECONDS}", f"-max_len={INPUT_MAX}", "-timeout=20",
                           "-rss_limit_mb=2560", "-print_final_stats=1", "-reload=0",
                           f"-dict={self.words}", f"-artifact_prefix={self.found}/",
                           self.grown, self.corpus], **self.preload("LD_PRELOAD"))
        done = re.search(r"number_of_executed_units: (\d+)", log)
        return status == 0, f"{done[1] if done else '?'} inputs", log

    def afl(self):
        out = os.path.join(self.grown, "afl")
        begin = "-" if os.path.exists(os.path.join(out, "default/queue")) else self.corpus
        status, log = run(["afl-fuzz", "-i", begin, "-o", out, "-V", str(SECONDS), "-x", self.words,
                           "-m", "none", "-t", "20000", "-G", str(INPUT_MAX), "--", self.program],
                          **OPTIONS, **self.preload("AFL_PRELOAD"))
        stats = {}
        if os.path.exists(os.path.join(out, "default/fuzzer_stats")):
            with open(os.path.join(out, "default/fuzzer_stats"), encoding="ascii") as file:
                stats = dict(re.findall(r"^(\w+)\s*: (.*)$", file.read(), re.M))
        for kind in ("crashes", "hangs"):
            for path in artifacts(os.path.join(out, "default", kind)):
                if not path.endswith("README.txt"):
                    shutil.copy(path, self.found)
        good = status == 0 and not artifacts(self.found)
        return good, f"{stats.get('execs_done', '?')} inputs", log


def fuzz(target, engine):
    good, done, log = getattr(target, engine)()
    lines = [f"{target.name}: {done} in {SECONDS} s"]
    if not good:
        lines += ["# " + line for line in log.splitlines()[-40:]]
        lines += ["# found: " + path for path in artifacts(target.found)]
    return good, lines


def main(arguments):
    engine = "libfuzzer" if shutil.which("clang") else "afl"
    if arguments[:1] == ["--afl"]:
        engine = arguments.pop(0)[2:]
    source, tree, *names = arguments
    names = names or sorted(os.path.basename(path)[len("fuzz_"):-2]
                            for path in glob.glob(os.path.join(source, "tests/fuzz/fuzz_*.c")))
    compiler = {"libfuzzer": "clang", "afl": "afl-clang-fast"}[engine]
    if not shutil.which(compiler):
        sys.exit(f"make fuzz: {compiler} was not found: install clang or afl++ (Debian, Ubuntu, Fedora)")
    build(source, tree, compiler, names)
    failed = 0
    print(f"1..{len(names)}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for number, (good, lines) in enumerate(
                pool.map(lambda name: fuzz(Target(source, tree, name), engine), names), 1):
            failed += not good
            print(f"{'ok' if good else 'not ok'} {number} - " + "\n".join(lines), flush=True)
    print(f"# PASS:  {len(names) - failed}\n# FAIL:  {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
