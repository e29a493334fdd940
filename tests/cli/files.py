# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A limit of open files that is too low (RLIMIT_NOFILE): each command says so in one line and ends; it is
never called a lack of memory or of an interface."""
import os
import resource

import tap
import udptui

MOST = 40  # more than any of them needs


def run_with(files, arguments):
    """As after `ulimit -n FILES`."""
    return udptui.start(*arguments, first=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (files, files)))


def every_limit(*arguments):
    """From the least with which the program can be started up to the first that is enough."""
    failed = 0
    for files in range(5, MOST):
        result = run_with(files, arguments).finish()
        if not result.err:
            break
        tap.equal(result.status, 3, "exit status with %d files: %s" % (files, result.err))
        tap.matches(result.err, r"\Audptui: [^\n]*[Tt]oo many open files[^\n]*\n\Z",
                    "stderr with %d files" % files)
        failed += 1
    tap.true(0 < failed < MOST - 6, "%d limits were too low" % failed)


SERVE = ("serve", "--no-ui", "--duration", "50ms")
for _name, _arguments in (
        ("serve", SERVE + ("127.0.0.1:0",)),
        ("serve with threads", SERVE + ("--threads", "3", "127.0.0.1:0")),
        ("serve with a group", SERVE + ("--join", "239.1.1.1%lo", "0.0.0.0:0")),
        ("serve with a recording", SERVE + ("--pcap", os.devnull, "127.0.0.1:0")),
        ("serve with a log", SERVE + ("--log", os.devnull, "127.0.0.1:0")),
        ("demo", ("demo", "--no-ui", "--duration", "50ms")),
        ("load", ("load", "--no-ui", "--duration", "50ms", "127.0.0.1:9")),
):
    tap.add_case("too few open files: " + _name, every_limit, *_arguments)

tap.main()
