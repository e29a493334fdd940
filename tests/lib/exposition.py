# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What --metrics writes: parsed, checked, and fetched over HTTP."""
import http.client
import re
import shutil
import subprocess

import tap
import udptui

OPENMETRICS = "application/openmetrics-text; version=1.0.0"
LINE = re.compile(r'^(udptui_\w+)\{((?:\w+="(?:[^"\\]|\\.)*",?)*)\} (\S+)$')


def several(text):
    """{name: {labels: value}} of all samples; labels are sorted pairs, without `command`."""
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        matched = LINE.match(line)
        tap.true(matched, "no sample: " + line)
        name, labels, value = matched.groups()
        labels = dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels))
        labels.pop("command")
        key = tuple(sorted(labels.items()))
        tap.true(key not in found.setdefault(name, {}), "twice: " + line)
        found[name][key] = float(value)
    return found


def grouped(text):
    """Each family is described once, and its samples stand together."""
    names = re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)
    tap.equal(len(names), len(set(names)), "families that are described twice")
    for family in text.split("# HELP ")[1:]:
        name = family.split()[0]
        for line in family.splitlines()[2:]:
            tap.true(line.startswith(("#", name)), "%s in the family %s" % (line, name))


def promtool(text):
    """Nothing to say, if it is installed."""
    if not shutil.which("promtool"):
        return
    done = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    tap.equal((done.returncode, done.stdout.decode()), (0, ""), "promtool")


def find_port(process):
    """Waits until a process that was started with --metrics 127.0.0.1:0 has said where; returns it."""
    found = process.wait_for(lambda: re.search(r"metrics: http://127.0.0.1:(\d+)/metrics", process.raw_errors.decode()),
                             "where the metrics are")
    process.metrics_port = int(found.group(1))
    return process


def start(*arguments):
    """A command whose metrics are served at .metrics_port."""
    udptui.need_feature("http")
    return find_port(udptui.start(*arguments, "--metrics", "127.0.0.1:0"))


def get(process, path="/metrics", method="GET", wait_s=tap.WAIT_S, **headers):
    """The response, with its text."""
    connection = http.client.HTTPConnection("127.0.0.1", process.metrics_port, timeout=wait_s)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        response.text = response.read().decode()
        return response
    finally:
        connection.close()
