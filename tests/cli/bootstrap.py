# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""bootstrap on machines that lack something, each made of a directory of stub commands."""
import os
import shutil
import subprocess

import tap
import udptui

SOURCE = os.environ["UDPTUI_SOURCE"]
REAL = ("sh", "dirname", "sort", "tr", "sed", "env", "printf", "echo", "true", "cat", "rm")
BUILD = ("gcc", "make", "autoreconf", "autoconf", "automake", "msgfmt")
LIBRARIES = {"build": "ncursesw readline libutf8proc jansson zlib libzstd libpcre2-8 libseccomp libmosquitto libmicrohttpd",
             "test": "cmocka"}


class Machine:
    """Commands that say in a file how they were called, and a copy of bootstrap to run."""

    def __init__(self, manager, user, commands, libraries):
        self.root = udptui.temporary_directory()
        self.calls = os.path.join(self.root, "calls")
        self.path = os.path.join(self.root, "bin")
        os.mkdir(self.path)
        for name in REAL:
            os.symlink(shutil.which(name), os.path.join(self.path, name))
        self.add("id", "echo %d" % user)
        self.add("pkg-config", 'case " %s " in *" $2 "*) ;; *) exit 1 ;; esac' % libraries)
        for name in (manager,) + commands:
            self.add(name, 'echo "%s $*" >>%s' % (name, self.calls))
        shutil.copy(os.path.join(SOURCE, "bootstrap"), self.root)
        self.add("../configure", 'echo "configure $*" >>%s' % self.calls)

    def add(self, name, line):
        path = os.path.join(self.path, name)
        with open(path, "w") as script:
            script.write("#!/bin/sh\n%s\n" % line)
        os.chmod(path, 0o755)

    def bootstrap(self, *options):
        return subprocess.run(["./bootstrap", *options], cwd=self.root, env={"PATH": self.path},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20 * tap.busy())

    def called(self):
        if not os.path.exists(self.calls):
            return []
        with open(self.calls) as calls:
            return calls.read().splitlines()


@tap.case("nothing there, no rights: the whole command to type, for each package manager, and no build")
def command_to_type():
    for manager, command in (("apt-get", "apt-get install -y --no-install-recommends autoconf automake "),
                             ("dnf", "dnf install -y autoconf automake gcc "),
                             ("pacman", "pacman -S --needed --noconfirm autoconf automake "),
                             ("apk", "apk add autoconf automake build-base ")):
        machine = Machine(manager, 1000, (), "")
        result = machine.bootstrap()
        tap.equal(result.returncode, 1, manager)
        tap.true("\n    %s" % command in result.stderr, result.stderr)
        tap.true("tmux" in result.stderr, "what the tests need is in the same command: %s" % result.stderr)
        tap.equal(machine.called(), [], manager)


@tap.case("pacman never fetches a new list alone, which would be half an upgrade")
def no_partial_upgrade():
    machine = Machine("pacman", 0, BUILD, LIBRARIES["build"])
    machine.bootstrap()
    calls = [call for call in machine.called() if call.startswith("pacman")]
    tap.true(len(calls) > 0, "it was asked for something")
    tap.true(all(call.startswith("pacman -S ") for call in calls), calls)


@tap.case("only what the tests need is missing: it says so and builds")
def builds_without_tests():
    machine = Machine("apt-get", 1000, BUILD, LIBRARIES["build"])
    result = machine.bootstrap("--disable-mmsg")
    tap.equal(result.returncode, 0, result.stderr)
    tap.true("tests that need it are skipped" in result.stderr, result.stderr)
    tap.true("    apt-get install -y --no-install-recommends libcmocka-dev mandoc python3 tmux\n"
             in result.stderr, result.stderr)
    tap.true("configure --disable-mmsg" in machine.called(), machine.called())


@tap.case("installing what the tests need fails: it builds all the same")
def builds_after_failure():
    machine = Machine("dnf", 0, BUILD, LIBRARIES["build"])
    machine.add("dnf", "exit 1")
    result = machine.bootstrap()
    tap.equal(result.returncode, 0, result.stderr)
    tap.true("configure " in machine.called(), machine.called())


@tap.case("no package manager: the names of what is missing")
def no_manager():
    result = Machine("true-manager", 1000, (), "").bootstrap()
    tap.equal(result.returncode, 1, result.stderr)
    tap.true("autoconf" in result.stderr and "ncursesw" in result.stderr, result.stderr)


tap.main()
