# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""container: contrib/Containerfile. Engines seldom run within a test: its text is checked, the program as the first
process of a namespace, and, with UDPTUI_CONTAINER=1, its steps in roots that mmdebstrap makes (root, minutes)."""
import os
import re
import shlex
import shutil
import signal
import subprocess

import packaging
import tap
import udptui


def instructions():
    """(word, rest) of each instruction, a list a stage; what stands before the first FROM is left out."""
    text = re.sub(r"^#.*\n", "", packaging.read("contrib", "Containerfile"), flags=re.MULTILINE)
    stages = []
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            stages.append([])
        if stages and word:
            stages[-1].append((word, rest.strip()))
    return stages


def last(stage, word):
    found = [rest for name, rest in stage if name == word]
    tap.true(found, "no %s in %s" % (word, stage))
    return found[-1]


@tap.case("two stages: the first builds, the second has the package alone, and runs as a plain user")
def stages():
    build, final = instructions()
    tap.equal(last(build, "FROM").split()[0], last(final, "FROM").split()[0], "the system of both")
    tap.contains(last(build, "RUN"), "dpkg-buildpackage", "the build")
    tap.equal([rest for word, rest in final if word in ("COPY", "ADD")], [], "what is copied into the image")
    runs = " ".join(rest for word, rest in final if word == "RUN")
    tap.contains(runs, "/build/udptui_*.deb", "what is installed")
    tap.contains(runs, "rm -rf /var/lib/apt/lists/*", "what is removed again")
    user = last(final, "USER")
    tap.true(user not in ("root", "0"), "USER %s" % user)
    tap.matches(runs, r"useradd\b.* %s(?= |$)" % re.escape(user), "who makes the user")
    words = [word for word, _ in final]
    tap.true(words.index("USER") > max(at for at, word in enumerate(words) if word == "RUN"), "RUN after USER")
    tap.equal(last(final, "ENTRYPOINT"), '["udptui"]', "ENTRYPOINT")
    tap.equal(last(final, "STOPSIGNAL"), "SIGTERM", "STOPSIGNAL")


@tap.case("as the first process of a container it answers, and STOPSIGNAL ends it with its summary")
def first_process():
    udptui.need_program("unshare")
    if subprocess.run(["unshare", "-pf", "true"], stderr=subprocess.DEVNULL).returncode != 0:
        tap.skip("no right to make a PID namespace")
    server = udptui.Server(wrap=("unshare", "--pid", "--fork", "--kill-child=KILL"))
    tap.equal(udptui.run("send", "--timeout", "10s", server.text, "hello").expect(0).err, "", "send")
    tap.equal(server.messages(1)[0]["text"], "hello", "the message")
    children = "/proc/%d/task/%d/children" % (server.child.pid, server.child.pid)
    with open(children) as file:
        os.kill(int(file.read()), signal.SIGTERM)
    tap.equal(server.summary(128 + signal.SIGTERM)["received"], 1, "received")


# ---- its steps, without an engine

class Image:
    """A root directory in which the instructions of a stage are carried out."""

    def __init__(self, root):
        self.root, self.directory, self.variables = root, "/", {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}
        # A clock that is ahead, or a mirror that is behind, is no fault of the file's.
        packaging.run("mmdebstrap", "--variant=minbase", "--quiet", '--aptopt=Acquire::Check-Valid-Until "false"',
                      "stable", root)
        for name in ("dev", "proc"):
            self.mount("/" + name, "/" + name)
        shutil.copy("/etc/resolv.conf", root + "/etc/resolv.conf")

    def mount(self, source, target):
        os.makedirs(self.root + target, exist_ok=True)
        packaging.run("mount", "--bind", source, self.root + target)
        tap.defer(subprocess.run, ["umount", "--lazy", self.root + target])

    def run(self, *command, user="root"):
        inside = ["env", "-i", *("%s=%s" % row for row in self.variables.items()), *command]
        return packaging.run("chroot", "--userspec=" + user, self.root, "sh", "-c",
                             "cd %s && exec %s" % (self.directory, shlex.join(inside)))

    def do_env(self, rest):
        self.variables.update(word.split("=", 1) for word in shlex.split(rest))

    def do_workdir(self, rest):
        self.directory = rest
        os.makedirs(self.root + rest, exist_ok=True)

    def do_copy(self, rest):
        tap.equal(rest, ". .", "COPY")
        packaging.run("tar", "xf", packaging.tarball(), "--strip-components=1", "-C", self.root + self.directory)

    def do_run(self, rest, others):
        bind = re.match(r"--mount=type=bind,from=(\w+),source=(\S+),target=(\S+) +", rest)
        if bind:
            self.mount(others[bind.group(1)].root + bind.group(2), bind.group(3))
            rest = rest[bind.end():]
        return self.run("sh", "-c", rest)

    def carry_out(self, stage, others):
        for word, rest in stage:
            if word == "RUN":
                self.do_run(rest, others)
            elif word in ("ENV", "WORKDIR", "COPY"):
                getattr(self, "do_" + word.lower())(rest)
            else:
                tap.true(word in ("FROM", "USER", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD"), "%s is not known" % word)


@tap.case("its steps make an image with a program that runs", timeout_s=packaging.BUILD_TIMEOUT_S)
def steps():
    if not os.environ.get("UDPTUI_CONTAINER"):
        tap.skip("UDPTUI_CONTAINER is not set")
    udptui.need_program("mmdebstrap")
    build, final = instructions()
    work = udptui.temporary_directory()
    first, second = Image(work + "/build"), Image(work + "/final")
    first.carry_out(build, {})
    second.carry_out(final, {"build": first})
    output = second.run("udptui", "--version", user=last(final, "USER"))
    tap.contains(output, "udptui %s\n" % packaging.version(), "--version")
    tap.lacks(second.run("ldd", "/usr/bin/udptui"), "not found", "libraries")
    print("# the image has %s" % packaging.run("du", "-sxh", second.root).split()[0])


tap.main()
