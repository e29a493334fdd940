# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""All screens of all lessons in all languages, at 80x24 and 40x10: nothing is cut.

A session for each language goes through the lessons. What a lesson's screens have to show stands in the
JSON of the same run (--log); every text of it must be on the screen, as a whole.
"""
import concurrent.futures
import json
import os
import re
import subprocess
import time

import tap
import udptui
from screen import Screen

SIZES = ((80, 24), (40, 10))
TOP, AROUND = 2, 3  # title and rule; these and the footer
PO = os.path.join(udptui.SOURCE, "src/lesson/po")


def words_of(language):
    """The program's own words in a language, by the English ones."""
    if language == "en":
        return {}
    with open(os.path.join(PO, language + ".po"), encoding="utf-8") as file:
        pairs = re.findall(r'^msgid "(.*)"\nmsgstr "(.*)"$', file.read(), re.MULTILINE)
    return {json.loads('"%s"' % original): json.loads('"%s"' % translation) for original, translation in pairs}


def lessons(language):
    done = subprocess.run([udptui.BINARY, "lesson", "--json", "--lang", language], env=udptui.environment(),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def file_of(name):
    """Of a lesson's file: {key: label of a fact}, [names of the ends], in English."""
    with open(os.path.join(udptui.SOURCE, "src/lesson/topics/%s.lesson" % name), encoding="utf-8") as file:
        text = file.read()
    labels = re.findall(r'^ +(\w+) "((?:[^"\\]|\\.)*)"', text.split("\nFacts:")[1], re.MULTILINE)
    ends = re.search(r"^Ends: (.*)$", text, re.MULTILINE)
    return ({key: re.sub(r"\\(.)", r"\1", label) for key, label in labels},
            ends.group(1).split(", ") if ends else ["client", "server"])


def squeezed(text):
    return re.sub(r"\s+", "", text)


class Reader:
    """One session, in one language."""

    def __init__(self, language):
        self.language, self.words = language, words_of(language)
        self.screen = Screen(*SIZES[0])
        self.log = self.screen.path("log")
        self.complaints = []

    def say(self, english):
        return self.words.get(english, english)

    # ---- what is on the screen

    def footer_is(self, name, word):
        """Waits for a whole screen of the present size whose footer has this key; returns its rows."""
        wanted = r"(?:^|  | )%s %s(?:  |$)" % (re.escape(self.say(name)), re.escape(self.say(word)))
        rows = self.screen.rows

        def settled(text):
            lines = text.split("\n")[:rows]
            return len(lines) == rows and re.search(wanted, lines[-1]) and \
                len(lines[1]) in (self.screen.columns, 0) and lines
        return self.screen.wait(settled, "%s %s in the footer" % (name, word), 40)

    def rows(self):
        return self.screen.capture().split("\n")[:self.screen.rows]

    def press(self, key, rows):
        """Presses a key that moves the page; the rows afterwards."""
        self.screen.keys(key)
        before = rows

        def moved():
            nonlocal before
            now, last = self.rows(), before
            before = now
            return now if now != rows and now == last else None  # half drawn, it changes again
        return tap.until(moved, lambda: "%s to move\n%s" % (key, "\n".join(rows)), 20)

    def press_in_order(self, keys, mode):
        """Presses keys that need not change anything: they were acted on when the help after them is closed."""
        self.screen.keys(*keys, "?")
        self.footer_is("Esc", "back")
        self.screen.keys("Escape")
        return self.footer_is(*mode)

    def is_more(self, rows, where):
        """What the rule says of a page."""
        return any(self.say(words) in rows[1] for words in (" more %s " % where, " more above and below "))

    def page(self, rows):
        """The whole page as lines, from its top on: as long as the rule says that there is more."""
        while self.is_more(rows, "above"):
            rows = self.press("PPage", rows)
        lines = rows[TOP:-1]
        while self.is_more(rows, "below"):
            rows = self.press("NPage", rows)
            shown = rows[TOP:-1]
            known = max(count for count in range(len(shown) + 1) if lines[len(lines) - count:] == shown[:count])
            lines = lines + shown[known:]
        return lines

    def ladder(self):
        """All of the ladder, from its newest rows up; nothing says how many there are."""
        rows = self.press_in_order(["NPage"] * 20, ("Enter", "result"))
        lines = rows[TOP:-1]
        while True:
            above = self.press_in_order(["PPage"], ("Enter", "result"))
            if above == rows:
                return lines
            rows = above
            lines = rows[TOP:-1] + lines

    # ---- complaints

    def complain(self, name, what):
        self.complaints.append("%s, %s, %dx%d: %s" % (self.language, name, self.screen.columns,
                                                     self.screen.rows, what))

    def check_footer(self, name, rows):
        """The keys that have no room are left out; what is there is whole, and q is always there."""
        if not rows[-1].rstrip().endswith("q " + self.say("quit")):
            self.complain(name, "footer %r" % rows[-1])

    def check_texts(self, name, lines, texts):
        """Each text stands there, wrapped. A command goes on behind a backslash."""
        shown = squeezed("".join(re.sub(r" \\$", "", line.rstrip()) + " " for line in lines))
        for text in texts:
            if squeezed(text) not in shown:
                self.complain(name, "%r is not in\n%s" % (text, "\n".join(lines)))

    def check_words(self, name, lines, texts):
        """Each word stands there, between arrows and lines; nothing was shortened."""
        shown = "\n".join(lines)
        for word in {word for text in texts for word in text.split()}:
            if word not in shown and word not in squeezed(shown):
                self.complain(name, "%r is not in\n%s" % (word, shown))
        if "\u2026" in shown:
            self.complain(name, "an ellipsis in\n%s" % shown)

    # ---- the steps of a lesson

    def at_each_size(self, key, word, read):
        """read(rows) at each size, and back to the first."""
        for size in SIZES:
            if size != (self.screen.columns, self.screen.rows):
                self.screen.resize(*size)
            rows = self.footer_is(key, word)
            self.check_footer(word, rows)
            read(rows)
        self.screen.resize(*SIZES[0])
        return self.footer_is(key, word)

    def play(self):
        """Starts the lesson, and reveals its ladder at once."""
        self.screen.keys("1")
        all_at_once, result = ("%s %s" % (self.say("Enter"), self.say(word)) for word in ("all at once", "result"))
        back = "%s %s" % (self.say("Esc"), self.say("ladder"))  # of the result, where Enter leads if the ladder has ended
        while True:
            seen = self.screen.wait(lambda text: any(key in text for key in (all_at_once, result, back)) and text,
                                    "the ladder", 40)
            if result in seen:
                return
            left, key = (back, "Escape") if back in seen else (all_at_once, "Enter")
            self.screen.keys(key)
            self.screen.wait(lambda text: left not in text or result in text, "the end of\n" + seen, 40)

    def read_lesson(self, topic):
        questions, ladders, results = [], [], []
        name = topic["topic"]
        self.screen.wait_text(r"udptui lesson %s \(" % name)
        self.at_each_size("Enter", "continue", lambda rows: questions.append((self.where(), rows[:1] + self.page(rows))))
        self.play()
        self.at_each_size("Enter", "result", lambda rows: ladders.append((self.where(), self.ladder())))
        self.screen.keys("Enter")
        self.at_each_size("Esc", "ladder", lambda rows: results.append((self.where(), self.page(rows))))
        with open(self.log, encoding="utf-8") as file:
            found = json.loads(file.read().splitlines()[-1])
        tap.equal(found["topic"], name, "in the log")
        self.compare(topic, found, questions, ladders, results)

    def where(self):
        return self.screen.columns, self.screen.rows

    def compare(self, topic, found, questions, ladders, results):
        name = topic["topic"]
        labels, ends = file_of(name)
        shown_labels = [self.say(label) for key, label in labels.items() if key in found]
        tap.true(shown_labels or not labels, "no labels of %s" % name)
        legs = [text for leg in found["ladder"]
                for text in ("" if leg["copy"] else leg["label"], leg.get("note", ""))]
        for place, lines in questions:
            self.screen.columns, self.screen.rows = place
            self.check_texts(name, lines, [topic["summary"], found["plan"], found["question"]] + found["options"])
        for place, lines in ladders:
            self.screen.columns, self.screen.rows = place
            self.check_words(name, lines, legs + [self.say(end) for end in ends])
        for place, lines in results:
            self.screen.columns, self.screen.rows = place
            self.check_texts(name, lines, [found["happened"], found["explanation"], found["sources"]] + found["commands"])
            self.check_words(name, lines, shown_labels)
        self.screen.columns, self.screen.rows = SIZES[0]

    def read_help(self):
        """Opened over the first question."""
        with open(os.path.join(udptui.SOURCE, "src/ui/lesson/screen.c"), encoding="utf-8") as file:
            texts = [self.say(text) for text in re.findall(r'\.help = CATALOG_MARK\("(.*?)"\)', file.read())]
        for columns, rows in SIZES:
            self.screen.resize(columns, rows)
            self.footer_is("Enter", "continue")
            self.screen.keys("?")
            seen = self.footer_is("Esc", "back")
            while not any(self.say("suspend the program") in line for line in seen[-rows:]):  # its last entry
                seen = seen + self.press("Down", seen[-rows:])
            for text in texts:
                if not any(text in line for line in seen):
                    self.complain("help", "%r is not in\n%s" % (text, "\n".join(seen)))
            self.screen.keys("Escape")
        self.screen.resize(*SIZES[0])
        self.footer_is("Enter", "continue")

    def read_all(self, topics):
        self.screen.run("lesson", "all", "--lang", self.language, "--log", self.log)
        self.footer_is("Enter", "continue")
        self.read_help()
        for index, topic in enumerate(topics):
            self.read_lesson(topic)
            if index + 1 < len(topics):
                self.screen.keys("n")
        self.screen.keys("q")
        self.screen.wait_prompt()
        return self.complaints


@tap.case("all screens of all lessons, in all languages, at 80x24 and 40x10: nothing is cut", timeout_s=900)
def nothing_is_cut():
    udptui.need_feature("translations")
    languages = ["en"] + sorted(name[:-3] for name in os.listdir(PO) if name.endswith(".po"))
    topics = {language: lessons(language) for language in languages}
    readers = [Reader(language) for language in languages]
    with concurrent.futures.ThreadPoolExecutor(len(readers)) as pool:
        results = [pool.submit(reader.read_all, topics[reader.language]) for reader in readers]
    complaints = [complaint for result in results for complaint in result.result()]
    tap.true(not complaints, "\n".join(complaints))


tap.main()
