# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A class's quiz without a screen: what students send and get, lines and JSON, --questions, --export."""
import csv
import json
import os
import re
import signal
import unicodedata

import tap
import udptui
from udptui import Peer, Server

USAGE, SETUP = 2, 3
QUESTIONS = """# two
Question: What does
  the sender know?
Choice: the message was lost
Answer: nothing
Question: Tea?
Choice: yes
Choice: no
"""
WHOLE = (b"question 1: What does the sender know?\n1 the message was lost\n2 nothing\n"
         b"answer with: answer N\n")
HEADERS = 28  # IPv4 and UDP


def questions(text=QUESTIONS):
    path = os.path.join(udptui.temporary_directory(), "questions")
    with open(path, "w") as file:
        file.write(text)
    return path


def classroom(*options, **more):
    server = Server("--class", "--questions", questions(), *options, **more)
    if server.json_lines:
        server.wait_objects("question", 1)
    else:
        server.wait_for(lambda: "question 1 open" in server.out, "the question")
    return server


def code_of(reply):
    return re.search(rb"ok \d{6}$", reply)[0]


def confirm(peer, server, name):
    code = code_of(peer.ask(b"name " + name, server.address))
    tap.equal(peer.ask(code, server.address), name + b": questions come to you now", "the reply")


@tap.case("a student's session: name, code, question, answer, again, changed")
def session():
    server = classroom()
    kim = Peer()
    tap.equal(kim.ask(b"answer 2", server.address), b"give your name first: name YOU, or: answer N YOU", "unknown")
    confirm(kim, server, b"kim")
    tap.equal(kim.ask(b"?\n", server.address), WHOLE, "the question")
    for sent, reply in ((b"answer 1", b"kim: answer 1 to question 1 counted"),
                        (b"1\n", b"kim: answer 1 to question 1 was already counted"),
                        (b"B", b"kim: changed from 1 to 2, and counted"),
                        (b"answer 3", b"answers are 1 to 2"),
                        (b"answer 1 to 2", b"there is no question 2"),
                        (b"good morning", udptui.DEFAULT_ACK)):
        tap.equal(kim.ask(sent, server.address), reply, "the reply to %r" % sent)
    server.wait_objects("class", 5)
    server.stop()
    happened = [(item["what"], item.get("answer"), item.get("before")) for item in server.objects("class")]
    tap.equal(happened, [("registered", None, None), ("confirmed", None, None), ("counted", 1, None),
                         ("repeated", 1, 1), ("changed", 2, 1)], "records")
    question, = server.objects("question")
    tap.equal((question["n"], question["state"], question["options"], "right" in question),
              (1, "open", ["the message was lost", "nothing"], False), "the question")
    summary, = server.objects("class_summary")
    tap.equal((summary["students"], summary["confirmed"]), (1, 1), "the summary")
    tally, = server.objects("tally")
    tap.equal((tally["question"], tally["students"], tally["answered"], tally["counts"]), (1, 1, 1, [0, 1]), "tally")


@tap.case("nothing is larger than 3 times the request until the code came back")
def amplification():
    server = classroom()
    for sent in (b"?", b"question", b"name a", b"hello b", b"answer 1 kim", b"2", b"name a-name-that-is-very-long"):
        peer = Peer()
        reply = peer.ask(sent, server.address)
        tap.true(len(reply) + HEADERS <= 3 * (len(sent) + HEADERS), "%r got %r" % (sent, reply))
    padded = Peer().ask(b"question" + b"." * 40, server.address)
    tap.equal(padded, WHOLE, "the reply to a padded request")
    tap.contains(Peer().ask(b"?", server.address), b"... for all: name YOU", "a short request's")
    server.stop()


@tap.case("one datagram is enough: the name is in the answer, from any port")
def one_shot():
    server = classroom()
    tap.equal(Peer().ask(b"answer 1 kim\n", server.address), b"kim: answer 1 to question 1 counted", "first")
    tap.equal(Peer().ask(b"kim: answer 2\n", server.address), b"kim: changed from 1 to 2, and counted", "second")
    other = Peer("127.0.0.2")
    tap.equal(other.ask(b"answer 1 kim", server.address), b"kim: registered at another address: not counted",
              "another address")
    tap.contains(other.ask(b"name kim", server.address), b"kim-2: registered (that name is taken); to get questions: ok ",
                 "another kim")
    server.stop()
    tap.equal([item["what"] for item in server.objects("class")],
              ["registered", "counted", "changed", "conflict", "registered"], "records")
    tap.equal(server.objects("class_summary")[0]["conflicts"], 1, "conflicts")


@tap.case("--students: who came stays, whatever comes then, and it is counted")
def full():
    server = classroom("--students", "2")
    confirm(Peer(), server, b"ann")
    bob = Peer()
    bob.ask(b"name bob", server.address)
    for number in range(2, 200):
        tap.equal(Peer("127.0.1.%d" % number).ask(b"name x%d" % number, server.address),
                  b"the class is full: ask the teacher", "the reply")
    tap.equal(bob.ask(b"1", server.address), b"bob: answer 1 to question 1 counted", "bob's")
    server.stop()
    summary, = server.objects("class_summary")
    tap.equal((summary["students"], summary["refused_full"]), (2, 198), "the summary")


@tap.case("lines say the same")
def lines():
    server = classroom(json_lines=False)
    peer = Peer()
    peer.ask(b"name kim", server.address)
    peer.ask(b"2", server.address)
    server.wait_for(lambda: "counted" in server.out, "the count")
    server.signal(15)
    out = server.finish().plain
    tap.contains(out, "question 1 open: What does the sender know?  1 the message was lost  2 nothing\n", "lines")
    tap.contains(out, "class: kim (%s) registered\n" % peer.text, "lines")
    tap.contains(out, "class: kim (%s) counted, question 1, answer 2\n" % peer.text, "lines")
    tap.contains(out, "question 1: answered 1 of 1, 1: 0 (0%), 2: 1 (100%)\n", "lines")
    tap.contains(out, "class: 1 of 250 places taken\n", "lines")


def export(name, *options):
    path = os.path.join(udptui.temporary_directory(), name)
    server = classroom("--export", path, *options)
    tap.true(os.path.exists(path), "the file is there from the start")
    kim, formula = Peer(), Peer()
    kim.ask(b'name kim, "k"', server.address)
    kim.ask(b"2", server.address)
    kim.ask(b"hi", server.address)
    formula.ask(b"name =1+1", server.address)
    server.stop()
    return path, kim, formula


@tap.case("--export FILE.csv: a row a student, RFC 4180, no formula")
def export_csv():
    path, kim, formula = export("class.csv")
    with open(path, "rb") as file:
        raw = file.read()
    tap.equal(raw.count(b"\r\n"), 3, "lines")
    rows = list(csv.DictReader(raw.decode().splitlines()))
    tap.equal([row["name"] for row in rows], ["'=1+1", 'kim, "k"'], "names")
    tap.equal([row["endpoint"] for row in rows], [formula.text, kim.text], "endpoints")
    tap.equal([row["messages"] for row in rows], ["1", "3"], "messages")
    tap.equal([row["q1_answer"] for row in rows], ["", "2"], "answers")
    tap.equal([row["q1_right"] for row in rows], ["", ""], "it was not shown")
    tap.true(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}\.\d{9}Z", rows[1]["q1_time"]), "time")


@tap.case("--export FILE.csv: no name begins a formula, nor if the semicolon separates cells")
def export_formulas():
    path = os.path.join(udptui.temporary_directory(), "class.csv")
    server = classroom("--export", path)
    for name in ("x;=1+1", "\uff1d1+1", "\uff0b1", "\uff20x"):
        Peer().ask(b"answer 1 " + name.encode(), server.address)
    server.stop()
    with open(path, encoding="utf-8", newline="") as file:
        lines = file.read().split("\r\n")[1:-1]
    for separator in ",;":
        cells = [cell for row in csv.reader(lines, delimiter=separator) for cell in row]
        wrong = [cell for cell in cells if unicodedata.normalize("NFKC", cell)[:1] in tuple("=+-@")]
        tap.equal(wrong, [], "formulas with %s between cells" % separator)
    tap.true(any(line.startswith('"x;=1+1",') for line in lines), "the name in quotes: %s" % lines)


@tap.case("--export: what was answered is in the file before the end, whatever keeps the program from ending")
def export_kept():
    path = os.path.join(udptui.temporary_directory(), "class.csv")
    server = classroom("--export", path)
    Peer().ask(b"answer 2 kim", server.address)
    def saved():
        with open(path, encoding="utf-8") as file:
            return "kim," in file.read()
    server.wait_for(saved, "kim in the file")
    server.stop()


@tap.case("--export FILE.json, and --privacy")
def export_json():
    for options in ((), ("--privacy",)):
        path, kim, _ = export("class.json", *options)
        with open(path) as file:
            whole = json.load(file)
        student = whole["students"][1]
        tap.equal((student["name"], student.get("endpoint")), ('kim, "k"', None if options else kim.text), "who")
        answer, = student["answers"]
        tap.equal((answer["question"], answer["answer"], answer["right"]), (1, 2, None), "the answer")
        tap.equal((whole["questions"][0]["n"], whole["places"]), (1, 250), "the rest")


@tap.case("a file that exists is kept without --force")
def kept():
    path = os.path.join(udptui.temporary_directory(), "a.csv")
    with open(path, "w") as file:
        file.write("last year\n")
    result = udptui.run("serve", "--class", "--export", path, "--no-ui", "127.0.0.1:0").expect(SETUP)
    tap.equal(result.err, "udptui: --export %s: the file exists: choose another name, or --force\n" % path, "stderr")
    with open(path) as file:
        tap.equal(file.read(), "last year\n", "the file")
    Server("--class", "--export", path, "--force").stop()
    with open(path) as file:
        tap.equal(file.readline(), "name,endpoint,messages,first_seen,last_seen,right,answered\n", "the file")


@tap.case("what is wrong is one line")
def errors():
    bad = questions("Question: a\nChoice: b\nAnswers: c\n")
    for options, status, err in (
            (("--questions", bad), USAGE, "--questions is for a class: add --class"),
            (("--export", "a.csv"), USAGE, "--export is for a class: add --class"),
            (("--class", "--threads", "2"), USAGE, "--class and --threads cannot be combined: a class has one thread"),
            (("--class", "--export", "a.txt"), USAGE, "--export a.txt: the name must end in .csv or .json"),
            (("--class", "--export", "/nowhere/a.csv"), SETUP, "--export /nowhere/a.csv: No such file or directory"),
            (("--class", "--questions", "/nowhere"), SETUP, "--questions /nowhere: No such file or directory"),
            (("--class", "--questions", bad), USAGE,
             bad + ":3:1: not a field: it begins with 'Question:', 'Choice:' or 'Answer:'")):
        result = udptui.run("serve", "--no-ui", *options, "127.0.0.1:0").expect(status)
        tap.equal(result.err, "udptui: " + err + "\n", "stderr of %r" % (options,))


@tap.case("an echo of the replies is not answered for ever")
def echo():
    server = classroom()
    peer = Peer()
    text, silent = b"answer 1 kim", False
    for _ in range(20):
        peer.send(text, server.address)
        silent = peer.silent()
        if silent:
            break
        text = peer.receive("the reply")[0]
    tap.true(silent, "there is an end")
    server.stop()


@tap.case("a lost answer is shown and not counted; a lost reply is counted")
def impaired():
    for way, counted in (("in", 0), ("out", 1)):
        server = classroom("--impair", "%s.loss=100%%" % way, "--seed", "1")
        peer = Peer()
        peer.send(b"answer 2 kim", server.address)
        server.messages(1)
        server.stop()
        message, = server.objects("message")
        tap.equal((message["ack"], message["why"]), ("held", "loss"), "the message")
        tap.equal(len([item for item in server.objects("class") if item["what"] == "counted"]), counted, way)


@tap.case("--questions of a FIFO waits for its writer, and SIGINT ends it without a word")
def fifo():
    path = os.path.join(udptui.temporary_directory(), "fifo")
    os.mkfifo(path)
    process = udptui.start("serve", "--no-ui", "--class", "--questions", path, "127.0.0.1:0")
    tap.until(lambda: process.waits_in("wait_for_partner"), "it waits for a writer")
    process.signal(signal.SIGINT)
    tap.equal(process.finish().expect(130).err, "", "stderr")


tap.main()
