# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits that are too low (setrlimit(2): open files, memory, stack, size of files): each command says so in one
line and ends with status 3, or works; a lack of files is never called one of memory or of an interface."""
import json
import os
import re
import resource
import signal

import commands
import lessons
import tap
import udptui

ENOUGH_FILES = 64  # more than any of them needs
MEMORY_MIB = (12, 24, 64)
STACK_BYTES = 128 << 10
MORE = (  # with what else opens files
    ("serve with threads", ["serve", "--no-ui", "-d", "50ms", "--threads", "3", "127.0.0.1:0"]),
    ("serve with a group", ["serve", "--no-ui", "-d", "50ms", "--join", "239.1.1.1%lo", "0.0.0.0:0"]),
    ("serve with a recording", ["serve", "--no-ui", "-d", "50ms", "--pcap", os.devnull, "127.0.0.1:0"]),
    ("serve with a log", ["serve", "--no-ui", "-d", "50ms", "--log", os.devnull, "127.0.0.1:0"]),
    ("serve in the sandbox", ["serve", "--no-ui", "-d", "50ms", "--sandbox", udptui.strict_sandbox(), "127.0.0.1:0"]))


def limited(kind, most, arguments, **options):
    return udptui.start(*arguments, first=lambda: resource.setrlimit(kind, (most, most)), **options).finish()


# ---- open files

def every_number_of_files(arguments):
    """From the least with which the program can be started up to the first that is enough."""
    failed = 0
    for files in range(5, ENOUGH_FILES):
        result = limited(resource.RLIMIT_NOFILE, files, arguments)
        if not result.err:
            break
        tap.equal(result.status, 3, "exit status with %d files: %s" % (files, result.err))
        tap.matches(result.err, r"\Audptui: [^\n]*too many open files[^\n]*\n\Z",
                    "stderr with %d files" % files)
        failed += 1
    tap.true(0 < failed, "no limit was too low")
    tap.true(result.status in (0, 1), "exit status %d" % result.status)  # 1: told as what could not be sent


for _row in commands.ROWS:
    if _row.name != "relay":  # which needs more, and says how many it has
        tap.add_case("too few open files: " + _row.name,
                     lambda row=_row: every_number_of_files(row.brief(commands.World(), "--json")))
for _name, _arguments in MORE:
    tap.add_case("too few open files: " + _name, every_number_of_files, _arguments)


@tap.case("too few open files: relay")
def files_of_relay():
    result = limited(resource.RLIMIT_NOFILE, 30, ["relay", "127.0.0.1:0", "127.0.0.1:9"]).expect(3)
    tap.equal(result.err, "udptui: the limit of open files is 30: raise it with 'ulimit -n'\n", "stderr")


# ---- memory, stack

def limited_row(kind, most, row):
    """A row's brief run, and its words; a lesson that could not show what it should is played again."""
    def play():
        words = row.brief(commands.World(), "--json")
        return limited(kind, most, words), words
    return lessons.each_try(play, lambda result: result.status != 1 or row.name != "lesson")


def options_are_known(command, message):
    """What an error advises to use is an option of the command."""
    for option in re.findall(r"--[a-z-]+", message):
        tap.contains(udptui.run("help", command, "all").expect(0).out, option, "what %r advises" % message)


def little_memory(row):
    if udptui.sanitizer() == "address":
        tap.skip("the address sanitizer needs terabytes of addresses")
    for mebibytes in MEMORY_MIB:
        result, words = limited_row(resource.RLIMIT_AS, mebibytes << 20, row)
        if result.status == 127:
            continue  # the libraries did not fit
        tap.true(result.status in (0, 3), "exit status with %d MiB: %d" % (mebibytes, result.status))
        tap.matches(result.err, r"\A\Z" if result.status == 0 else r"\Audptui: [^\n]*not enough memory[^\n]*\n\Z",
                    "stderr with %d MiB" % mebibytes)
        options_are_known(words[0], result.err)


def little_stack(row):
    """Which is also what a thread would get that does not ask for more."""
    if udptui.sanitizer() == "address":
        tap.skip("the address sanitizer needs more stack")
    limited_row(resource.RLIMIT_STACK, STACK_BYTES, row)[0].expect(0)


@tap.case("a small stack: a lesson with a network of its own, as a handout")
def little_stack_of_lessons():
    if udptui.sanitizer() == "address":
        tap.skip("the address sanitizer needs more stack")
    for words in (["multicast", "--json"], ["mtu", "--markdown"], ["loss"]):
        result = limited(resource.RLIMIT_STACK, STACK_BYTES, ["lesson"] + words)
        tap.true(result.status < 128, "lesson %s: exit status %d" % (words, result.status))


for _row in commands.ROWS:
    tap.add_case("too little memory: " + _row.name, little_memory, _row)
    tap.add_case("a small stack: " + _row.name, little_stack, _row)


# ---- size of files

def small_files(row):
    """SIGXFSZ would end it; EFBIG is a full disk."""
    log = os.path.join(udptui.temporary_directory(), "log")
    result = limited(resource.RLIMIT_FSIZE, 100, row.brief(commands.World(), "--json") + ["--log", log],
                     env=udptui.uncounted())
    tap.equal(result.status, 3, "exit status")
    tap.matches(result.err, r"\A(udptui: --log %s: File too large\n)?udptui: --log %s: File too large: "
                r"missing lines: \d+\n\Z" % (log, log), "stderr")
    tap.true(os.path.getsize(log) <= 100, "the log has %d bytes" % os.path.getsize(log))


for _row in commands.ROWS:
    tap.add_case("a log that may not grow (ulimit -f): " + _row.name, small_files, _row)



# ---- a disk that is full

class SmallDisk:
    """A command with a disk of its own, of which so many KiB are free (tmpfs(5), in a mount namespace)."""
    MADE = 'mount -t tmpfs -o size=%dk small "$0" && head -c 4096 /dev/zero > "$0/other" && exec "$@"'

    def __init__(self, free_kib):
        self.path = udptui.temporary_directory()
        self.wrap = ["unshare", "--mount" if os.geteuid() == 0 else "--map-root-user", "--mount",
                     "sh", "-c", self.MADE % (4 + free_kib), self.path]
        tried = udptui.Process(self.wrap + ["true"]).finish()
        if tried.status != 0:
            tap.skip("no disk can be mounted: %s" % tried.err.strip())

    def inside(self, process, name):
        """The path of a file on it, as others see it."""
        return "/proc/%d/root%s/%s" % (process.child.pid, self.path, name)


def full_disk(row):
    disk = SmallDisk(0)
    command = row.brief(commands.World(), "--json") + ["--log", disk.path + "/log"]
    result = udptui.Process(disk.wrap + [udptui.BINARY] + command, env=udptui.uncounted()).finish()
    tap.equal(result.status, 3, "exit status: " + result.err)
    log = re.escape("--log %s/log: No space left on device" % disk.path)
    tap.matches(result.err, r"\A(udptui: %s\n)?udptui: %s: missing lines: [1-9]\d*\n\Z" % (log, log), "stderr")


for _row in commands.ROWS:
    tap.add_case("a log on a full disk: " + _row.name, full_disk, _row)


@tap.case("serve: what a full disk does not take is counted; with room again the log goes on")
def room_again():
    disk, client = SmallDisk(0), udptui.Peer()
    server = udptui.Server("--log", disk.path + "/log", wrap=disk.wrap, env=udptui.uncounted())
    client.ask(b"does not fit", server.address)
    server.wait_for(lambda: b"No space left on device" in server.raw_errors, "the complaint")
    os.unlink(disk.inside(server, "other"))
    client.ask(b"fits", server.address)
    log = open(disk.inside(server, "log"), encoding="ascii")  # which keeps the disk after the server's end
    tap.defer(log.close)
    tap.until(lambda: log.seek(0) == 0 and '"fits"' in log.read(), "the log goes on")
    server.signal(signal.SIGTERM)
    summary = server.finish().expect(3).objects("summary")[0]
    udptui.conserved(summary)
    tap.equal((summary["received"], summary["acked"]), (2, 2), "received, acked")
    log.seek(0)
    events = [json.loads(line)["event"] for line in log]
    all_of_them = ["listening", "message", "message", "summary"]
    tap.equal(events, all_of_them[summary["not_logged"]:], "the log without what is missing")
    tap.true(summary["not_logged"] > 0, "nothing is missing: %r" % events)


@tap.case("serve: a capture ends when the disk is full, with whole records, and says how many are missing")
def capture_on_full_disk():
    disk, client = SmallDisk(8), udptui.Peer()
    server = udptui.Server("--pcap", disk.path + "/a.pcap", wrap=disk.wrap, env=udptui.uncounted())
    asked = 0
    while b"No space left on device" not in server.raw_errors:
        client.ask(b"x" * 500, server.address)
        asked += 1
        server.pump(0)
    with open(disk.inside(server, "a.pcap"), "rb") as file:
        path = udptui.write_file(file.read())
    server.signal(signal.SIGTERM)
    summary = server.finish().expect(3).objects("summary")[0]
    udptui.conserved(summary)
    replayed = udptui.run("replay", "--json", "--speed", "max", path).expect(0).objects("summary")[0]
    tap.equal(summary["received"], asked, "received")
    tap.equal(replayed["received"] + replayed["acked"] + summary["not_recorded"], 2 * asked, "records, and those that are missing: %r" % summary)

tap.main()
