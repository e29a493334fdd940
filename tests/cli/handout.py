# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""lesson --pcap: the file against the ladder of the same run, by tshark; lesson --markdown: the sheets, rendered by
cmark, against the JSON of the same run. Every lesson of the program."""
import html.parser
import json
import os
import re
import subprocess

import lessons
import netns
import tap
import tshark
import udptui
from lessons import LEG, is_datagram, is_on_the_wire, is_simulated, time_of, topics


def play(topic, *options):
    """The result of a run in a namespace of its own."""
    with netns.Namespace():
        process = udptui.start("lesson", topic, *options)
    return process.finish(),


def shown(topic, *options):
    """The lesson's object and the path of its capture."""
    path = os.path.join(udptui.temporary_directory(), topic + ".pcapng")
    result, = lessons.each_try(lambda: play(topic, "--json", "--pcap", path, "--force", *options))
    return result.expect(0).objects("lesson")[0], path


def file_comment(path):
    """That of the section: the first option of its header block."""
    with open(path, "rb") as file:
        head = file.read(1 << 13)
    tap.equal(int.from_bytes(head[24:26], "little"), 1, "a comment")
    return head[28:28 + int.from_bytes(head[26:28], "little")].decode()


def check(topic):
    tshark.need()
    found, path = shown(topic)
    rows, about = tshark.packets(path), file_comment(path)
    legs = found["ladder"]
    in_file, ends = [], {}
    for row in rows:
        match = LEG.match(row.comment)
        tap.true(match, "no leg in %r" % row.comment)
        number, leg = int(match.group(1)), legs[int(match.group(1)) - 1]
        in_file.append(number)
        tap.equal(int(match.group(2)), len(legs), "legs of %r" % row.comment)
        names = match.groups()[2:] if leg["from"] == "left" else match.groups()[:1:-1]
        tap.equal(names, ends.setdefault(leg.get("gap"), names), "ends of %r, from left to right" % row.comment)
        tap.contains(row.comment, leg["label"], "comment")
        tap.contains(row.comment, leg.get("note", ""), "comment")
        tap.equal(row.time_ns, time_of(leg), "time of %r" % row.comment)
        tap.true(is_on_the_wire(leg), "%r was on no wire" % row.comment)
        if row.source.startswith("127.") and row.checksum is not None:  # elsewhere it is as captured: for the card to do
            tap.equal(row.checksum not in (tshark.GOOD, tshark.ABSENT), "wrong" in leg["label"], row.comment)
    tap.equal(len(set(in_file)), len(in_file), "a leg is in the file once")
    tap.equal([row.time_ns for row in rows], sorted(row.time_ns for row in rows), "order")
    for number, leg in enumerate(legs, 1):
        missing = is_datagram(leg) and number not in in_file
        tap.equal(missing, re.search(r"\bleg %d \(" % number, about) is not None,
                  "leg %d (%r) is said to be missing in %r" % (number, leg, about))
        tap.true(not missing or is_simulated(leg) or leg["reconstructed"] or topic == "tcp"
                 or leg["label"].startswith("ICMP"), "leg %d is a datagram with a time: %r" % (number, leg))
    tap.contains(about, "udptui lesson %s, seed %d:" % (topic, found["seed"]), "the file's comment")


for _topic in topics():
    tap.add_case("--pcap of %s: its datagrams, times and comments are the ladder's" % _topic, check, _topic)


class Page(html.parser.HTMLParser):
    """The blocks of a rendered page: [(tag, text)]; an item of a list is a block of its own."""

    BLOCKS = {"h1", "h2", "h3", "p", "li", "pre", "hr"}

    def __init__(self, rendered):
        super().__init__()
        self.blocks = []
        self.feed(rendered)

    def handle_starttag(self, tag, attrs):
        if tag in self.BLOCKS:
            self.blocks.append((tag, ""))

    def handle_data(self, data):
        if self.blocks:
            tag, text = self.blocks[-1]
            self.blocks[-1] = (tag, text + data)

    def of(self, tag):
        return [text.strip() for kind, text in self.blocks if kind == tag]


def rendered(markdown):
    udptui.need_program("cmark")
    done = subprocess.run(["cmark"], input=markdown.encode(), capture_output=True, check=True, timeout=tap.CASE_TIMEOUT_S)
    return done.stdout.decode()


def sheets(topic, *options):
    """The lesson's object, the question sheet and the answer sheet as rendered, of one run."""
    log = os.path.join(udptui.temporary_directory(), "lesson.log")
    result, = lessons.each_try(lambda: play(topic, "--markdown", "--log", log, *options))
    markdown = result.expect(0).out
    with open(log, encoding="utf-8") as file:
        found = [json.loads(line) for line in file if '"event":"lesson"' in line.replace(" ", "")][-1]
    question, answer, rest = rendered(markdown).split("<hr />")
    tap.equal(rest.strip(), "", "behind the answer sheet")
    return found, Page(question), Page(answer)


def check_question(topic, found, page):
    tap.equal(page.of("h1"), ["Question sheet: " + topic], "heading")
    paragraphs = page.of("p")
    tap.equal(paragraphs[1:3], [found["plan"], found["question"]], "plan and question")
    tap.equal(page.of("li"), found["options"], "choices")
    text = " ".join(text for _, text in page.blocks)
    tap.lacks(text, found["explanation"][:40], "the question sheet")
    tap.lacks(text, found["happened"][:40] or "-", "the question sheet")
    tap.lacks(text, "%d: " % found["answer"], "the question sheet")


def check_answer(topic, found, page):
    tap.equal(page.of("h1"), ["Answer sheet: " + topic], "heading")
    paragraphs = page.of("p")
    tap.equal(paragraphs[2], "%d: %s" % (found["answer"], found["options"][found["answer"] - 1]), "the answer")
    tap.true(found["happened"] in paragraphs, "what happened is in %r" % paragraphs)
    explanation = [text for text in paragraphs if re.search(r" \[\d+(, \d+)*\]$", text)][0].replace("\n", " ")
    marks = {int(number) for mark in re.findall(r" \[([\d, ]+)\]", explanation) for number in mark.split(", ")}
    tap.equal(re.sub(r" \[[\d, ]+\]", "", explanation), found["explanation"], "explanation")
    listed = page.blocks[[text.strip() for _, text in page.blocks].index("Sources") + 1:]
    listed = [text.strip() for tag, text in listed if tag == "li"]
    tap.true(max(marks) <= len(listed) and min(marks) >= 1, "%r of %r" % (marks, listed))
    for source in found["sources"].split("; "):
        tap.true(source in listed, "%r is in %r" % (source, listed))
    commands = page.of("pre")[1:]
    tap.equal("\n".join(commands), "\n".join(found["commands"]), "commands")
    ladder = page.of("pre")[0]
    for leg in found["ladder"]:
        tap.contains(ladder, leg["label"][:12], "ladder")


def check_sheets(topic):
    found, question, answer = sheets(topic)
    check_question(topic, found, question)
    check_answer(topic, found, answer)


for _topic in topics():
    tap.add_case("--markdown of %s: the sheets say what the JSON of the run says, and the question alone" % _topic,
                 check_sheets, _topic)


HOSTILE = """Name: mine
Title: *Stars*, _lines_, `ticks` & <b>tags</b> [script]
Ends: client, server
Plan: 1) no list, ![no image](x), \\ and | and ~~this~~. [script]
Question: - no list?
Choice: 1. one
Choice: **two**
Answer: > three &amp; ``` four
Script:
  server s
  client c
  c send "*one*" label "```` *one*"
  s receive
Facts:
  sent "<i>sent</i> #1" = c.sent
Happened: + {sent} *sent*.
Explanation: # no heading, not 5 > 4 either. [a1]
  === [script]
Source: a1 = RFC *768* [x](y)
Command: echo '```' *
"""


@tap.case("--markdown of a teacher's file: its texts are shown as they are, whatever markup they look like")
def hostile():
    path = os.path.join(udptui.temporary_directory(), "mine.lesson")
    with open(path, "w") as file:
        file.write(HOSTILE)
    found, question, answer = sheets(path)
    tap.equal(question.of("p")[:3], ["*Stars*, _lines_, `ticks` & <b>tags</b>",
                                     "1) no list, ![no image](x), \\ and | and ~~this~~.", "- no list?"], "paragraphs")
    tap.equal(question.of("li"), ["1. one", "**two**", "> three &amp; ``` four"], "choices")
    paragraphs = answer.of("p")
    tap.true("+ 1 *sent*." in paragraphs, "what happened is in %r" % paragraphs)
    tap.true("# no heading, not 5 > 4 either. [1]\n=== [2]" in paragraphs, "the explanation is in %r" % paragraphs)
    tap.true("<i>sent</i> #1: 1" in answer.of("li") and "RFC *768* [x](y)" in answer.of("li"), "items")
    tap.contains(answer.of("pre")[0], "\u2500 ```` *one* \u2500", "the ladder")
    tap.equal(answer.of("pre")[1:], ["echo '```' *"], "commands")
    tap.equal(found["commands"], ["echo '```' *"], "commands of the JSON")


@tap.case("--markdown of all: the questions of all lessons, then the answers of all, in their order")
def booklet():
    page = Page(rendered(lessons.shown("all", "--markdown", wait_s=90).out))
    heads = page.of("h1")
    tap.equal(heads, ["Question sheet: " + topic for topic in topics()]
              + ["Answer sheet: " + topic for topic in topics()], "headings")


@tap.case("--markdown without a topic: the list, an item a lesson")
def items():
    page = Page(rendered(udptui.run("lesson", "--markdown").expect(0).out))
    tap.equal([item.split(":")[0] for item in page.of("li")], topics(), "items")


@tap.case("--markdown --json is an error; --lang translates the headings")
def formats():
    tap.contains(udptui.run("lesson", "loss", "--markdown", "--json").expect(2).err, "two formats", "stderr")
    udptui.need_feature("translations")
    out = lessons.shown("boundaries", "--markdown", "--lang", "de").out
    tap.contains(out, "# Aufgabenblatt: boundaries\n", "the question sheet")
    tap.contains(out, "# L\u00f6sungsblatt: boundaries\n", "the answer sheet")


@tap.case("--pcap: what is in a datagram is what was sent; replies go back to the sender")
def contents():
    tshark.need()
    found, path = shown("loss")
    rows = tshark.packets(path)
    client, server = rows[0].ports
    for row in rows:
        leg = found["ladder"][int(LEG.match(row.comment).group(1)) - 1]
        tap.equal(row.payload.decode(), leg["label"], "payload")
        ends = (client, server) if leg["from"] == "left" else (server, client)
        tap.equal(row.ports, ends, "ports of %r" % row.comment)


@tap.case("--pcap with all: an error; a file that is no capture is not overwritten without --force")
def refused():
    path = os.path.join(udptui.temporary_directory(), "notes.txt")
    result = udptui.run("lesson", "all", "--auto", "--pcap", path).expect(2)
    tap.contains(result.err, "--pcap FILE holds one lesson", "stderr")
    with open(path, "w") as file:
        file.write("my notes\n")
    result = udptui.run("lesson", "boundaries", "--auto", "--pcap", path).expect(3)
    tap.contains(result.err, "notes.txt", "stderr")
    lessons.shown("boundaries", "--auto", "--pcap", path, "--force")
    with open(path, "rb") as file:
        tap.equal(file.read(4), b"\x0a\x0d\x0d\x0a", "a pcapng")


tap.main()
