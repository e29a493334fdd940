# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of a system under load, each in a namespace."""
import json
import os
import subprocess
import sys

import samples
import tap
import udptui

SANITIZED = udptui.sanitizer() is not None
HERE = os.path.dirname(os.path.abspath(__file__))


def free_port(namespace):
    with namespace:
        return udptui.unused_port()


class Part:
    """A process of the system in its namespace. Its standard output is a file, which lines() reads as it grows."""

    def __init__(self, namespace, directory, name, command, out=None, stdin=subprocess.DEVNULL, **variables):
        self.name, self.errors = name, os.path.join(directory, name + ".err")
        with namespace, open(out or os.devnull, "wb") as stdout, open(self.errors, "wb") as stderr:
            self.child = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=stderr, cwd=directory,
                                          env=udptui.environment(**variables))
        tap.defer(self._end)
        self.pid = self.child.pid

    def _end(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.wait()

    def stop(self, number, *statuses):
        self.child.send_signal(number)
        status = udptui.shell_status(self.child.wait(60))
        tap.true(status in statuses, "exit status of %s: %d" % (self.name, status))


def start_clients(namespace, directory, name, rate, active, targets, seed=0):
    out = os.path.join(directory, name + ".out")
    command = [sys.executable, os.path.join(HERE, "clients.py"), str(rate), str(active), str(seed)] + targets
    part = Part(namespace, directory, name, command, out, subprocess.PIPE)
    part.reports = samples.Lines(kept=b"{")
    part.tail = samples.Tail(out, part.reports)
    return part


def newest(clients):
    clients.tail.read()
    return json.loads(clients.reports.found[-1]) if clients.reports.found else None
