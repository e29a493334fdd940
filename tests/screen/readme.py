# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""README's text blocks of lessons, a dissection and a quiz: each row is one that the program shows."""
import os
import re

import protocols
import tap
import udptui
from screen import Screen, ServeScreen
from udptui import Peer

CLIENT, SERVER = ("10.0.0.1", 40000), ("10.0.1.1", 53)
QUESTIONS = b"""Question: A message gets no reply. What does the sender know?
Choice: the message was lost
Choice: the reply was lost
Answer: it cannot tell them apart
"""
ANSWERS = (("kim", b"1"), ("lee", b"1"), ("ann", b"2"), ("joe", b"3"), ("bob", None), ("pat", None))
TIME = r"\d+\.\d{6} | +[\d.]+ [um]s └"  # differs from run to run
TRIES = 3


def block(begin):
    """The rows of README's text block that has a row which begins like that."""
    with open(os.path.join(udptui.SOURCE, "README.md"), encoding="utf-8") as file:
        blocks = re.findall(r"(?:^    .*\n)+", file.read(), re.MULTILINE)
    found = [text for text in blocks if "    " + begin in text]
    tap.equal(len(found), 1, "blocks with %r" % begin)
    return [row[4:] for row in found[0].splitlines()]


def shows(screen, begin):
    for row in block(begin):
        screen.wait_text("^%s *$" % ("(?:%s)" % TIME).join(re.escape(part) for part in re.split(TIME, row)))


@tap.case("what a lesson shows, of everything and of what the client knows", timeout_s=90)
def lesson():
    for options, begin in (((), "── view: everything"), (("--view", "client"), "── view: client")):
        for tries in range(1, TRIES + 1):  # a reply on a busy machine may take longer than the lesson waits
            screen = Screen()
            screen.run("lesson", "loss", "--lang", "en", *options)
            screen.wait_text("1-4 predict")
            screen.keys("4")
            try:
                shows(screen, begin)
                break
            except tap.Failure:
                if tries == TRIES:
                    raise


@tap.case("the fields and bytes of a query", timeout_s=60)
def dissection():
    udptui.need_program("sharkd")
    screen = Screen()
    path = screen.path("query.pcap")
    with open(path, "wb") as file:
        file.write(protocols.pcap([protocols.packet(CLIENT, SERVER, protocols.dns(1)),
                                   protocols.packet(SERVER, CLIENT, protocols.dns_reply(1))]))
    screen.run("replay", "--speed", "max", "--server", SERVER[0], path)
    screen.wait_text("END$")
    screen.keys("Tab", "d")
    screen.wait_text("Transaction ID", wait_s=30)
    screen.keys(*["Down"] * 6)
    shows(screen, "─ Message 1: DNS")


@tap.case("the bars of a question")
def question():
    teacher = ServeScreen("--class", "--questions", udptui.write_file(QUESTIONS, udptui.temporary_directory()))
    students = {name: Peer() for name, _ in ANSWERS}
    for name, student in students.items():
        student.ask(b"name " + name.encode(), teacher.address)
    teacher.keys("Q", "n")
    teacher.wait_text("Question 1 of 1: open")
    for name, answer in ANSWERS:
        if answer is not None:
            students[name].ask(answer, teacher.address)
    teacher.wait_text("answered 4 of 6")
    teacher.keys("s")
    shows(teacher, "─ Question 1 of 1: shown")


tap.main()
