# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A class of 60: 20 with nc, 20 with Python, 20 with send, in network namespaces of their own, answer a quiz over
10% loss in each direction, sending again until there is a reply."""
import json
import os
import socket
import subprocess
import threading

import netns
import tap
import udptui
from screen import Screen

ROUNDS, EACH, PORT = 3, 10, 4010
KINDS = ("nc", "python", "send") * 2
QUESTIONS = "".join("Question: number %d\nChoice: a\nAnswer: b\nChoice: c\n" % n for n in range(1, ROUNDS + 1))
ATTEMPTS = 60


def by_nc(port, host, text):
    for _ in range(ATTEMPTS):
        done = subprocess.run(["nc", "-u", "-w1", "-p", str(port), host, str(PORT)], input=text.encode() + b"\n",
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if b"counted" in done.stdout:
            return done.stdout.decode()
    return None


def by_python(port, host, text):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as student:
        student.bind(("", port))
        student.settimeout(0.3)
        for _ in range(ATTEMPTS):
            student.sendto(text.encode(), (host, PORT))
            try:
                return student.recv(2000).decode()
            except socket.timeout:
                pass
    return None


def by_send(port, host, text):
    done = udptui.run("send", "--bind", "0.0.0.0:%d" % port, "--retry", str(ATTEMPTS), "--timeout", "300ms",
                      "%s:%d" % (host, PORT), text, wait_s=120)
    return done.out if done.status == 0 else None


ASK = {"nc": by_nc, "python": by_python, "send": by_send}


def name_of(room, seat):
    return "%s%d%02d" % (KINDS[room], room, seat)


def port_of(seat, number):
    """The kernel may choose one that was another student's just now: the server would take the next student for that one."""
    return 20000 + EACH * number + seat


def choice_of(room, seat, number):
    return (room + seat + number) % 3 + 1


class Student(threading.Thread):
    def __init__(self, namespace, room, seat, number):
        super().__init__(daemon=True)
        self.namespace, self.room, self.name_ = namespace, room, name_of(room, seat)
        self.text = "answer %d to %d %s" % (choice_of(room, seat, number), number, self.name_)
        self.expected = "%s: answer %d to question %d" % (self.name_, choice_of(room, seat, number), number)
        self.port, self.reply = port_of(seat, number), None

    def run(self):
        with netns_of(self.namespace):
            self.reply = ASK[KINDS[self.room]](self.port, "10.9.%d.1" % self.room, self.text)


class netns_of:
    """As `with namespace:`, for a thread that never leaves it."""

    def __init__(self, namespace):
        self.namespace = namespace

    def __enter__(self):
        netns._call("setns", self.namespace.handle, netns.CLONE_NEWNET)

    def __exit__(self, *_):
        pass


def answer_all(screen, rooms, number):
    screen.keys("n")
    screen.wait_text("Question %d of %d: open" % (number, number))
    students = [Student(rooms[room], room, seat, number) for room in range(len(rooms)) for seat in range(EACH)]
    for student in students:
        student.start()
    screen.keys("Tab")  # it is live meanwhile
    screen.wait_text("Scores")
    screen.keys("Tab")
    screen.wait_text("answered %d of %d  100%%" % (len(students), len(students)), wait_s=120)
    for student in students:
        student.join(120)
        tap.contains(student.reply or "", student.expected, "the reply to " + student.text)
    screen.keys("s")
    screen.wait_text("Question %d of %d: shown" % (number, number))


def arrived(message):
    """Whether the answer came to the server: the simulated network did not lose it."""
    return message["text"].startswith("answer") and message.get("lost") != "request"


@tap.case("60 students over 10% loss: what arrived is counted once, and the export is right", timeout_s=400)
def sixty():
    udptui.need_program("nc")
    server, rooms = netns.Namespace(), [netns.Namespace() for _ in KINDS]
    for number, room in enumerate(rooms):
        netns.wire(server, room, name="c%d" % number, number=number)
    folder = udptui.temporary_directory()
    paths = {name: os.path.join(folder, name) for name in ("questions", "class.json", "class.log")}
    with open(paths["questions"], "w") as file:
        file.write(QUESTIONS)
    with server:
        screen = Screen()
    screen.run("serve", "--class", "--questions", paths["questions"], "--export", paths["class.json"], "--log",
               paths["class.log"], "--impair", "loss=10%", "--seed", "4", "0.0.0.0:%d" % PORT)
    screen.wait_text("IMPAIRED")
    screen.keys("Q")
    for number in range(1, ROUNDS + 1):
        answer_all(screen, rooms, number)
    screen.wait_text(r"LOST on the way: \d+ messages or replies")
    screen.keys("q")
    screen.wait_prompt()
    with open(paths["class.json"]) as file:
        exported = json.load(file)
    with open(paths["class.log"]) as file:
        log = [json.loads(line) for line in file]
    check_export(exported)
    check_log(log, exported)


def check_export(exported):
    students = {student["name"]: student for student in exported["students"]}
    tap.equal(len(students), len(KINDS) * EACH, "students")
    for room in range(len(KINDS)):
        for seat in range(EACH):
            student = students[name_of(room, seat)]
            choices = [choice_of(room, seat, number) for number in range(1, ROUNDS + 1)]
            tap.equal([answer["answer"] for answer in student["answers"]], choices, "answers of " + student["name"])
            tap.equal([answer["right"] for answer in student["answers"]], [choice == 2 for choice in choices], "right")
            tap.equal(student["right"], choices.count(2), "the score")
            tap.equal(student["endpoint"].split(":")[0], "10.9.%d.2" % room, "endpoint")
            tap.equal(student["conflicts"], 0, "conflicts")


def check_log(log, exported):
    what = [item["what"] for item in log if item["event"] == "class"]
    messages = [item for item in log if item["event"] == "message"]
    counted, repeated = what.count("counted"), what.count("repeated") + what.count("late")
    tap.equal(counted, ROUNDS * len(KINDS) * EACH, "answers counted")
    tap.equal(what.count("changed"), 0, "answers changed")
    tap.equal(counted + repeated, sum(arrived(message) for message in messages), "answers that arrived")
    tap.true(any(message.get("lost") == "request" for message in messages), "some answers were lost")
    tap.true(any(message.get("lost") == "ack" for message in messages), "some replies were lost")
    repeats = sum(answer["repeats"] for student in exported["students"] for answer in student["answers"])
    tap.equal(repeats, what.count("repeated"), "repeats")
    tap.equal([item["notes_skipped"] for item in log if item["event"] == "class_summary"], [0], "skipped records")


@tap.case("20,000 forged sources push out nobody", timeout_s=120)
def forged():
    left, right = netns.pair()
    with right:
        server = udptui.Server("--class", "--students", "30", "--max-clients", "1000", addresses=("10.9.0.2:%d" % PORT,))
    with left:
        students = [udptui.Peer("10.9.0.1") for _ in range(20)]
        probe = udptui.Peer("10.9.0.1")
        flood = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    target = ("10.9.0.2", PORT)
    for number, student in enumerate(students):
        tap.contains(student.ask(b"name s%d" % number, target), b": registered", "the reply")
    sent = 20000  # each source once: more would only take longer
    for number in range(sent):
        source = ("10.%d.%d.%d" % (10 + number // 62500, number // 250 % 250, number % 250 + 1), 1024 + number % 60000)
        flood.sendto(netns.forged(source, target, b"name f%d" % number), target)
    flood.close()
    tap.until(lambda: probe.send(b"?", target) or probe.waiting(), "room in the server's receive queue", 60)
    for number, student in enumerate(students):
        tap.equal(student.ask(b"answer 1", target), b"no question is open", "a student of the class")
        tap.contains(student.ask(b"name s%d" % number, target), b"s%d: registered" % number, "the same name")
    server.signal(15)
    server.finish(60)
    summary, = server.objects("class_summary")
    tap.equal(summary["students"], 30, "students")
    tap.true(0 < summary["refused_full"] <= sent - 10, "refused: %r" % summary)


tap.main()
