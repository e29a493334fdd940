# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A quiz in real terminals: the teacher's screen, a student at the prompt of send, one with nc, one with Python."""
import csv
import re

import tap
import udptui
from screen import Screen, ServeScreen
from udptui import Peer

QUESTIONS = b"""Question: What does the sender know?
Choice: the message was lost
Choice: the reply was lost
Answer: nothing
"""


def classroom(*options, **more):
    path = udptui.write_file(QUESTIONS, udptui.temporary_directory())
    screen = ServeScreen("--class", "--questions", path, *options, **more)
    if "columns" not in more:
        screen.wait_text(r"^ Q quiz  Tab pane .* i impair  \? help  q quit$")
    screen.keys("Q")
    screen.wait_text("No question was asked yet")
    return screen


def by_nc(address, text):
    nc = udptui.Process(["nc", "-u", address[0], str(address[1])])
    nc.write(text)
    nc.wait_for(lambda: b"counted" in nc.raw, "the reply")
    return nc.raw


@tap.case("a teacher and three students: send, nc, Python", timeout_s=60)
def three():
    udptui.need_program("nc")
    path = udptui.temporary_directory() + "/class.csv"
    teacher = classroom("--export", path)
    lee, ann = Screen(), Peer()
    lee.run("send", "--timeout", "20s", teacher.text)
    lee.line("name lee")
    lee.wait_text(r"^sent for you: ok \d{6}$")
    lee.wait_text(r"lee: questions come to you now  rtt")
    tap.contains(ann.ask(b"name Ann", teacher.address), b"Ann: registered", "Ann's reply")
    teacher.keys("n")
    lee.wait_text(r"QUESTION 1: What does the sender know\?\n    1  the message was lost\n    2  the reply was lost\n"
                  r"    3  nothing\n    answer with: answer N\n")
    lee.line("?")
    lee.wait_text(r"^#3 .* QUESTION 1: What does the sender know\?  rtt")
    lee.line("answer 3")
    lee.wait_text("lee: answer 3 to question 1 counted")
    tap.equal(ann.ask(b"1", teacher.address), b"Ann: answer 1 to question 1 counted", "Ann's reply")
    tap.equal(by_nc(teacher.address, b"answer 2 kim\n"), b"kim: answer 2 to question 1 counted", "kim's reply")
    teacher.wait_text(r"Question 1 of 1: open .* answered 3 of 3  100%")
    for row in (r"1 the message was lost .* 1   33%", r"2 the reply was lost .* 1   33%", r"3 nothing .* 1   33%$"):
        teacher.wait_text(row)
    tap.lacks(teacher.capture(), "RIGHT", "before it is shown")
    teacher.keys("s")
    teacher.wait_text(r"3 nothing .* 33% RIGHT")
    lee.wait_text(r"3  nothing  RIGHT")
    tap.true(ann.silent(), "who did not return the code gets nothing")
    teacher.keys("Tab")
    teacher.wait_text(r"^   lee +1 of 1 +1 +4$")
    teacher.wait_text(r"^   kim +0 of 1 +1 +1  no code$")
    teacher.keys("e")
    teacher.wait_text("Exported to " + re.escape(path))
    with open(path, newline="") as file:
        rows = list(csv.DictReader(file))
    tap.equal([(row["name"], row["q1_answer"], row["q1_right"], row["right"]) for row in rows],
              [("Ann", "1", "no", "0"), ("kim", "2", "no", "0"), ("lee", "3", "yes", "1")], "the export")


@tap.case("a typed question at 40x10; Esc goes back")
def typed():
    teacher = classroom(columns=40, rows=10)
    peer = Peer()
    peer.ask(b"name kim", teacher.address)
    teacher.keys("t")
    for line in ("Really?", "yes", "no", "", "1"):
        teacher.line(line)
    teacher.wait_text("Question 1 of 1: open")
    teacher.wait_text(r"^   Really\?")
    peer.ask(b"answer 1", teacher.address)
    teacher.wait_text(r" 1  100%")
    teacher.keys("Escape")
    teacher.wait_text("Clients 1")


@tap.case("a lesson's question is in the language of the lessons")
def lesson():
    for language, text in (("C.UTF-8", "What does the sender know"), ("de_DE.UTF-8", "Was wei. der Sender")):
        teacher = classroom(LANGUAGE=language)
        teacher.keys("m")
        teacher.line("loss")
        teacher.wait_text(text)


tap.main()
