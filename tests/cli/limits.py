# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits that are too low (setrlimit(2): open files, memory, stack, size of files): each command says so in one
line and ends with status 3, or works; a lack of files is never called one of memory or of an interface."""
import os
import re
import resource

import commands
import tap
import udptui

ENOUGH_FILES = 64  # more than any of them needs
MEMORY_MIB = (12, 24, 64)
STACK_BYTES = 512 << 10
MORE = (  # with what else opens files
    ("serve with threads", ["serve", "--no-ui", "-d", "50ms", "--threads", "3", "127.0.0.1:0"]),
    ("serve with a group", ["serve", "--no-ui", "-d", "50ms", "--join", "239.1.1.1%lo", "0.0.0.0:0"]),
    ("serve with a recording", ["serve", "--no-ui", "-d", "50ms", "--pcap", os.devnull, "127.0.0.1:0"]),
    ("serve with a log", ["serve", "--no-ui", "-d", "50ms", "--log", os.devnull, "127.0.0.1:0"]))


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

def options_are_known(command, message):
    """What an error advises to use is an option of the command."""
    for option in re.findall(r"--[a-z-]+", message):
        tap.contains(udptui.run("help", command, "all").expect(0).out, option, "what %r advises" % message)


def little_memory(row):
    if udptui.sanitizer() == "address":
        tap.skip("the address sanitizer needs terabytes of addresses")
    for mebibytes in MEMORY_MIB:
        words = row.brief(commands.World(), "--json")
        result = limited(resource.RLIMIT_AS, mebibytes << 20, words)
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
    limited(resource.RLIMIT_STACK, STACK_BYTES, row.brief(commands.World(), "--json")).expect(0)


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

tap.main()
