# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""lesson_files: lessons in files of one's own: what is read, and what is reported of a wrong one."""
import glob
import os
import re
import signal
import time

import lessons
import tap
import udptui

TOPICS = udptui.SOURCE + "/src/lesson/topics"

SMALL = """Name: small
Title: One datagram is one receive [script]
Question: What does the second receive return?
Choice: the rest
Answer: the next datagram
Script:
  server s
  client c
  c send "Hello, class"
  c send "next"
  s receive into 4 as one
  s receive into 4 as two
Facts:
  first "the first receive" = one.text
  second "the second receive" = two.text
Happened: The first receive returned {first}, the second {second}.
Expect: the rest should have been lost if first = "Hell" and second = "next"
"""

STEP = SMALL.replace(SMALL[SMALL.index("  server"):SMALL.index("Facts")], "  step tcp\n").replace(
    " = one.text", "").replace(" = two.text", "")


def in_file(text, name="mine.lesson"):
    directory = udptui.temporary_directory()
    path = os.path.join(directory, name)
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    return path


def complains(path, status, message):
    """One line on stderr, nothing on stdout."""
    result = udptui.run("lesson", path, "--auto", "--no-ui").expect(status)
    tap.equal(result.out, "", "stdout")
    tap.equal(result.err, "udptui: " + message + "\n", "stderr")


@tap.case("--source prints the file of every topic as it is in the sources")
def source():
    paths = glob.glob(TOPICS + "/*.lesson")
    tap.true(len(paths) >= 12, "files: %r" % paths)
    for path in paths:
        topic = os.path.basename(path)[:-len(".lesson")]
        with open(path, encoding="utf-8") as file:
            tap.equal(udptui.run("lesson", "--source", topic).expect(0).out, file.read(), topic)


@tap.case("the ends have singular names: sentences say 'the client sends', 'at the client'")
def names_of_ends():
    for path in glob.glob(TOPICS + "/*.lesson"):
        with open(path, encoding="utf-8") as file:
            ends = re.search(r"(?m)^Ends: (.*)$", file.read())
        for end in ends.group(1).split(", ") if ends else ():
            tap.true(not re.search(r"s$|side$(?<! side)| and |^(this|that|the|an?) ", end), "%s: Ends: %s" % (path, end))


@tap.case("--source without a topic, with all or with a file: usage")
def source_of_what():
    for operands in ((), ("all",), ("./mine.lesson",)):
        result = udptui.run("lesson", "--source", *operands).expect(2)
        tap.matches(result.err, r"^udptui: lesson --source: the file of which topic\? .*\n$", repr(operands))
    tap.contains(udptui.run("lesson", "--source", "los").expect(2).err, "did you mean 'udptui lesson loss'?", "los")


@tap.case("the file of a topic, played: the same facts as the topic")
def played():
    path = in_file(udptui.run("lesson", "--source", "loss").expect(0).out)
    mine, shipped = [lessons.shown(name, "--json", "--seed", "3").objects("lesson")[0] for name in (path, "loss")]
    for found in (mine, shipped):
        del found["ladder"], found["tries"]  # of which there are more if the machine is late
    tap.equal(mine, shipped, "facts")


@tap.case("a small lesson of one's own; a path, or a name with .lesson")
def small():
    path = in_file(SMALL)
    text = lessons.shown(path, "--auto").out
    tap.matches(text, r"\A== lesson small \(1/1\)\nOne datagram is one receive\n\nWhat does")
    tap.contains(text, "The first receive returned Hell, the second next.", "what happened")
    tap.true(not re.search(r"Sources|repeat|queue_empty|\n\n\n", text), "no empty parts:\n" + text)
    tap.equal(lessons.shown("mine.lesson", "--auto", cwd=os.path.dirname(path)).out.split("\n")[0],
              "== lesson small (1/1)", "by its name")
    other = in_file(SMALL, "mine.txt")
    tap.equal(lessons.shown(other, "--json").objects("lesson")[0]["topic"], "small", "by its path")


def page():
    with open(udptui.SOURCE + "/man/udptui-lesson.5", encoding="utf-8") as file:
        return file.read()


@tap.case("the example of the manual is a lesson that shows its point")
def example():
    text = re.search(r"^\.Bd -literal\n(.*?)^\.Ed", page(), re.MULTILINE | re.DOTALL).group(1).replace("\\e", "\\")
    found = lessons.shown(in_file(text), "--json").objects("lesson")[0]
    tap.equal((found["topic"], found["sent"], sorted(found["order"])), ("overtaken", 4, [1, 2, 3, 4]), "facts")
    tap.true(found["order"] != [1, 2, 3, 4], "still in order")
    tap.true(re.match(r"4 were sent; they arrived as [1-4 ]{7}\. Nothing was lost\.$", found["happened"]), found["happened"])


def words_of(path, table):
    """The first word of each row of a table in the sources."""
    with open(udptui.SOURCE + "/src/lesson/" + path, encoding="utf-8") as file:
        rows = re.search(r"\b%s\[\] = \{\n(.*?)\n\};" % table, file.read(), re.DOTALL).group(1)
    return set(re.findall(r'^\s*\{"(\w+)"', rows, re.MULTILINE))


@tap.case("the manual has every field, verb, clause, figure and function")
def manual():
    words = set(re.findall(r"\w+", page()))
    tables = (("parser_fields.c", "rules", 15), ("parser_script.c", "verb_rules", 19), ("parser_clauses.c", "clause_rules", 13),
              ("figure_rules.c", "rules", 33), ("parser_expression.c", "functions", 5))
    for path, table, least in tables:
        known = words_of(path, table)
        tap.true(len(known) >= least - 3, "%s: %s" % (path, known))
        tap.equal(sorted(known - words), [], "words of %s that the page does not have" % path)


@tap.case("an expectation that is not met: status 1, and the text of it")
def not_met():
    path = in_file(SMALL.replace('second = "next"', 'second = "none"'))
    result = udptui.run("lesson", path, "--auto").expect(1)
    tap.contains(result.out, "This machine behaved differently: the rest should have been lost", "text")
    tap.equal(result.err, "", "stderr")


@tap.case("a value that the script does not deliver, or Facts does not list: status 3, and which")
def values():
    path = in_file(STEP)
    result = udptui.run("lesson", path, "--json").expect(3)
    tap.equal(result.err, "udptui: lesson small: tcp_connected: the script delivers it, but Facts has no line with "
              "this key\n", "stderr")
    path = in_file(SMALL.replace("Happened", '  other "another"\nHappened'))
    tap.equal(udptui.run("lesson", path, "--json").expect(3).err,
              "udptui: lesson small: other: the script did not deliver this value\n", "stderr")


@tap.case("a script that waits too long ends after 8 seconds: status 3")
def too_long():
    path = in_file(SMALL.replace('  c send "next"\n', '  c send "next"\n  repeat 100\n    wait 2s\n  end\n'))
    begin = time.monotonic()
    result = udptui.run("lesson", path, "--json", wait_s=30).expect(3)
    tap.equal(result.err, "udptui: lesson small: the script takes longer than 8 s\n", "stderr")
    took_s = time.monotonic() - begin
    tap.true(took_s > 7.5, "it took only %.1f s" % took_s)
    tap.took(took_s, 20)


@tap.case("SIGINT ends a script that waits, at once")
def interrupted():
    path = in_file(SMALL.replace('  c send "next"\n', '  c send "next"\n  repeat 100\n    wait 2s\n  end\n'))
    process = udptui.start("lesson", path, "--auto")
    process.wait_text(r"== lesson small")
    process.signal(signal.SIGINT)
    tap.equal(process.finish().status, 130, "status")


@tap.case("a wrong file: file:line:column: what is wrong, status 2")
def wrong():
    rows = ((SMALL.replace("Choice", "Choise"), '4:1: unknown field Choise: did you mean Choice?'),
            (SMALL.replace(" [script]", ""), "2:35: the sentence before this has no source: end it with [KEY], "
             "[script] or [measured]"),
            (SMALL.replace('= "next"', '= "next" and second > 1'), "17:82: second is a text, but this needs a number"),
            (SMALL.replace('send "next"', 'send \u201cnext\u201d'), '10:10: the text in quotes is missing: write "...", '
             'with straight quotes'),
            (SMALL.replace("c send", "c sned", 1), "9:5: unknown word sned: did you mean send?"),
            (SMALL.replace("one.text", "one.txt"), "14:35: there is no one.txt: it has bytes, text, arrived, "
             "truncated, from"),
            ("", "1:1: the lesson has no Name"))
    for text, message in rows:
        path = in_file(text)
        complains(path, 2, "%s:%s" % (path, message))


@tap.case("bytes that are no text: their place, and nothing of them reaches the terminal")
def bytes_in_it():
    for bad, name in ((b"\x00", "0x00"), (b"\x1b[31m", "0x1b"), (b"\xff", "0xff"), (b"\xc2\x9b", "0xc2"),
                      ("\u202e".encode(), "0xe2")):
        path = in_file(SMALL.encode().replace(b"What does", b"What " + bad + b"does"))
        complains(path, 2, "%s:3:16: the byte %s is no text here: a lesson is UTF-8 without control characters"
                  % (path, name))


@tap.case("what cannot be read: why, status 3, at once")
def unreadable():
    directory = udptui.temporary_directory()
    fifo = os.path.join(directory, "fifo.lesson")
    os.mkfifo(fifo)
    complains(directory + "/", 3, "lesson: cannot read %s/: Is a directory" % directory)
    complains(directory + "/none.lesson", 3,
              "lesson: cannot read %s/none.lesson: No such file or directory" % directory)
    complains(fifo, 3, "lesson: cannot read %s: not a regular file" % fifo)
    complains("/dev/zero", 3, "lesson: cannot read /dev/zero: not a regular file")


@tap.case("a file without rights: why, status 3")
def no_rights():
    path = in_file(SMALL)
    os.chmod(path, 0)
    if os.access(path, os.R_OK):
        tap.skip("root may read every file")
    complains(path, 3, "lesson: cannot read %s: Permission denied" % path)


@tap.case("100 MB: no more than a lesson's size is read, status 2")
def large():
    path = in_file(SMALL)
    with open(path, "r+b") as file:
        file.truncate(100_000_000)
    complains(path, 2, "%s:1:1: a lesson has at most 32 kB" % path)
    os.unlink(path)


@tap.case("a name with control characters in a message is made safe")
def hostile_name():
    result = udptui.run("lesson", "./\x1b[31m.lesson").expect(3)
    tap.equal(result.err, "udptui: lesson: cannot read ./\\x1B[31m.lesson: No such file or directory\n", "stderr")


@tap.case("README and the manual have each lesson, in the order of the list, and README their number")
def documented():
    listed = re.findall(r"^ {0,2}(\w+)", udptui.run("lesson").expect(0).out, re.M)
    with open(udptui.SOURCE + "/README.md", encoding="utf-8") as file:
        readme = file.read()
    table = readme[readme.index("| lesson |"):]
    tap.equal(re.findall(r"^\| `([^|]*)` \|", table[:table.index("\n\n")], re.M), listed, "README's table")
    tap.equal(re.findall(r"lists (\d+) demonstrations|lesson loss \(1/(\d+)\)", readme),
              [(str(len(listed)), ""), ("", str(len(listed)))], "README's numbers")
    with open(udptui.SOURCE + "/man/udptui-lesson.1", encoding="utf-8") as file:
        manual = file.read()
    items = [item for item in re.findall(r"^\.It Cm (\w+)$", manual, re.M) if item in listed]
    tap.equal(items[:len(listed)], listed, "the manual's list")


tap.main()
