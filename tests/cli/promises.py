# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""README's table of what is promised names tests that exist and run, its links lead somewhere; SECURITY.md is there."""
import os
import re

import tap
import udptui

HEADING = "## What is promised, and which test shows it"


def read(name):
    with open(os.path.join(udptui.SOURCE, name), encoding="utf-8") as file:
        return file.read()


def rows():
    """(promise, tests) of each row of the table, which is the last section."""
    section = read("README.md").split(HEADING)[1]
    tap.lacks(section, "\n## ", "what follows the heading")
    found = re.findall(r"^\| (?!promised)([^|]+) \| ([^|]+) \|$", section, re.MULTILINE)
    tap.true(len(found) >= 15, "only %d rows" % len(found))
    return found


def names_in_makefile():
    makefile = read("Makefile.am")
    return set(re.findall(r"\btests/[\w/]+(?:\.py|\.c)?", makefile))


@tap.case("each promise has a test, and each test is one that make check runs")
def each_exists():
    known = names_in_makefile()
    for promise, tests in rows():
        named = re.findall(r"`([^`]+)`", tests)
        tap.true(named, "no test shows %r" % promise)
        tap.equal(", ".join("`%s`" % name for name in named), tests, "the tests of %r" % promise)
        for name in named:
            program, _, module = name.partition(" ")
            tap.true(program in known, "%s is no test of make check" % program)
            if module:
                source = program.replace("/run", "/test_%s.c" % module)
                tap.true(source in known, "%s: there is no %s" % (name, source))
                tap.contains(read(source), '.name = "%s"' % module, source)
            if program.endswith(".py"):
                tap.contains(read(program), "tap.main()", program)


@tap.case("the check finds what is not there")
def check_can_fail():
    known = names_in_makefile()
    tap.true("tests/cli/nothing.py" not in known and "tests/unit/proto/test_nothing.c" not in known, "it knows nothing.py")
    tap.true({"tests/cli/loop.py", "tests/unit/proto/run", "tests/unit/proto/test_loop.c"} <= known, "known: %r" % known)


def anchors(text):
    """The anchors of the headings, as web pages of repositories make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def dead_links(text):
    """The links that lead to no heading of the text and to no file of the tree."""
    found = re.findall(r"\]\(([^)\s]+)\)", text)
    return [link for link in found if not (link[1:] in anchors(text) if link.startswith("#") else
                                           os.path.exists(os.path.join(udptui.SOURCE, link)))]


@tap.case("README's links lead to its chapters and to files")
def links():
    text = read("README.md")
    tap.true(len(re.findall(r"\]\(#", text)) >= 5, "few links to chapters")
    tap.equal(dead_links(text), [], "links that lead nowhere")
    tap.equal(dead_links("# A b, c?\n[x](#a-b-c) [y](#b) [z](README.md) [w](no.md)"), ["#b", "no.md"], "the check")


@tap.case("SECURITY.md says what is trusted, what is not, and how to report; README names it")
def security():
    text = read("SECURITY.md")
    for heading in ("What udptui trusts", "What it does not trust", "What an attacker can do, and cannot",
                    "How to report"):
        tap.contains(text, "\n## %s\n" % heading, "SECURITY.md")
    tap.contains(read("README.md"), "](SECURITY.md)", "README.md")
    tap.equal(re.findall(r"https?://|[\w.]+@[\w.]+\.\w+", text), [], "addresses in SECURITY.md")


tap.main()
