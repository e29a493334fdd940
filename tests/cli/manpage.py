# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""manpage: every command has a page, which has the options of its --help, and the other way round."""
import glob
import os
import re
import subprocess

import tap
import udptui

PAGES = sorted(glob.glob(os.path.join(udptui.SOURCE, "man", "*.[1-8]")))
GLOBAL_OPTIONS = {"--help", "--version", "-V"}


def read(path):
    with open(path, encoding="utf-8") as file:
        return re.sub(r'^\.\\".*\n', "", file.read(), flags=re.MULTILINE)


def page(name):
    """The text of man/NAME, such as `udptui-json.5`, without comments."""
    return read(os.path.join(udptui.SOURCE, "man", name))


def command_page(command):
    return page("udptui-%s.1" % command)


def section(text, name):
    """The lines of a page from `.Sh NAME` to the next section; none if it has no such section."""
    found = re.search(r"^\.Sh %s\n(.*?)(?=^\.Sh |\Z)" % re.escape(name), text, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


def flags(line):
    """The options of a macro line: `.It Fl a , Fl -ack Ar text` gives -a and --ack."""
    return tuple("-" + name for name in re.findall(r"\bFl (-?[\w-]+)", line))


# An option is (its names, whether a value follows).

def options_in_page(command):
    lines = re.findall(r"^\.It (Fl .*)$", section(command_page(command), "OPTIONS"), re.MULTILINE)
    return [(flags(line), bool(re.search(r"\b(Ar|Cm)\b", line))) for line in lines]


def options_in_help(command):
    text = udptui.run(command, "--help", "all").expect(0).out
    rows = re.findall(r"^ {2}(?:(-\w), | {4})(--[\w-]+)( \S+)?", text, re.MULTILINE)
    tap.true(rows, "no options in\n" + text)
    return [(tuple(name for name in (letter, name) if name), bool(value)) for letter, name, value in rows]


def commands():
    text = udptui.run("--help").expect(0).out
    found = re.findall(r"^  ([a-z]+) +[A-Z]", text, re.MULTILINE)
    tap.true(len(found) >= 4, "commands in\n" + text)
    return found


@tap.case("the commands of --help are those of udptui(1), in that order, and each has a page")
def synopsis():
    listed = re.findall(r"^\.It Xr udptui-(\w+) 1$", section(page("udptui.1"), "COMMANDS"), re.MULTILINE)
    tap.equal(listed, commands(), "commands")
    for command in commands():
        text = command_page(command)
        tap.contains(section(text, "SYNOPSIS"), ".Nm udptui\n.Cm %s\n" % command, "the synopsis of its page")
        summary = udptui.run(command, "--help").expect(0).out.split("\n\n")[0].split("\n", 1)[1]
        tap.equal(section(text, "NAME").split(".Nd ")[1].strip(), summary[0].lower() + summary[1:].replace("\n", " "),
                  "what the page of %s says first" % command)
        for extent in ((), ("all",)):
            help_text = " ".join(udptui.run("help", command, *extent).expect(0).out.split())
            tap.contains(help_text, "; see udptui-%s(1)" % command, "its help")


@tap.case("udptui(1) lists each other page")
def subjects():
    text = page("udptui.1")
    listed = re.findall(r"^\.It Xr (\S+) (\d)$", section(text, "COMMANDS") + section(text, "SUBJECTS"), re.MULTILINE)
    there = [tuple(os.path.basename(path).rsplit(".", 1)) for path in PAGES]
    tap.equal(sorted(listed + [("udptui", "1")]), sorted(there), "pages")


@tap.case("each page says its own name, and refers to pages and sections that exist")
def references():
    names = [os.path.basename(path) for path in PAGES]
    for path, name in zip(PAGES, names):
        text = read(path)
        tap.contains(text, ".Dt %s\n" % name.upper().replace(".", " "), "its title")
        tap.contains(text, ".Sh NAME\n.Nm %s\n.Nd " % name.rsplit(".", 1)[0], "its name")
        found = re.findall(r"\bXr (udptui\S*) (\d)", text)
        tap.equal([at for at in found if ".".join(at) not in names], [], "pages that %s names" % name)
        headings = re.findall(r"^\.S[hs] (.*)$", text, re.MULTILINE)
        own = re.findall(r"\bSx ([^.,;:()\n]*?) ?(?=[.,;:()\n])", text)
        tap.equal([words for words in own if words not in headings], [], "sections that %s names" % name)
        others = re.findall(r"\bDq ([A-Z ]+)(?:\nin\n\.| No in )Xr (\S+) (\d)", text)
        tap.equal([at for at in others if not section(page(".".join(at[1:])), at[0])], [],
                  "sections of other pages that %s names" % name)


@tap.case("every command's options are those of its page, in the same order")
def options():
    for command in commands():
        tap.equal(options_in_page(command), options_in_help(command), "options of %s" % command)


def limits_in_page(command):
    """Of each option of the section, by its long name: what stands in parentheses on a line of its own."""
    found = {}
    for item in re.split(r"^\.It (?=Fl )", section(command_page(command), "OPTIONS"), flags=re.MULTILINE)[1:]:
        name = flags(item.split("\n")[0])[-1]
        found[name] = re.findall(r"^\.Pq (.*?)(?: [.,;:])?$", item, re.MULTILINE)
    return found


def limits_in_help(command):
    """Of each option, by its long name, the range and the default at the end of its text."""
    text = udptui.run(command, "--help", "all").expect(0).out.split("\nExamples:")[0]
    rows = re.findall(r"^ {2}(?:-\w, | {4})(--[\w-]+)(.*\n(?: {28}.*\n)*)", text, re.MULTILINE)
    ends = [(name, re.search(r"\(([^()]*)\)$", " ".join(row.split()))) for name, row in rows]
    return {name: end.group(1) for name, end in ends
            if end and re.match(r"(default|at least|\d\w* to \d)", end.group(1))}


@tap.case("every range and default of --help all stands in its page, in the same words")
def limits():
    total = 0
    for command in commands():
        page_has = limits_in_page(command)
        for name, words in limits_in_help(command).items():
            tap.true(words in page_has[name], "%s %s: (%s) is not in the page: %s" % (command, name, words, page_has[name]))
            total += 1
    tap.true(total >= 30, "only %d ranges and defaults were found" % total)


def words_in_help(command):
    text = udptui.run(command, "--help", "all").expect(0).out
    part = re.search(r"^Words:\n(.*?)(?=\n\n|\Z)", text, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^ {2}(\S.*?) {2,}(\S.*(?:\n {15}.*)*)", part.group(1), re.MULTILINE) if part else []
    return [(word, " ".join(meaning.split()).capitalize() + ".") for word, meaning in rows]


def words_in_page(command):
    rows = re.findall(r"^\.It Em (.*)\n((?:[^.].*\n)+)", section(command_page(command), "WORDS"), re.MULTILINE)
    return [(word, " ".join(meaning.split()).capitalize()) for word, meaning in rows]


@tap.case("--help of --impair and --ack has each word that they take")
def table_words():
    text = " ".join(udptui.run("serve", "--help").expect(0).out.split())
    for wrong in ("bogus", "bogus=1%"):
        error = udptui.run("serve", "--impair", wrong).expect(2).err
        words = re.search(r": use ((?:\w+ )*\w+),", error).group(1).split()
        tap.true(len(words) >= 4 and " ".join(words) in text, "%s is not in %s" % (words, text))
    tap.contains(text, "echo stamp sockperf stun none", "the words of --ack")


@tap.case("the words of --help all are those of its page, and ping and load have some")
def words():
    for command in commands():
        tap.equal(words_in_page(command), words_in_help(command), "words of %s" % command)
    for command in ("ping", "load"):
        one_line = [len(meaning) for _, meaning in words_in_help(command)]
        tap.true(max(one_line) <= 66, "a line each: %s" % one_line)
        tap.true({"lost", "late"} < set(word for word, _ in words_in_help(command)), "words of %s" % command)
    tap.lacks(udptui.run("ping", "--help").expect(0).out, "Words:", "the short help")


@tap.case("every option that the pages speak of exists")
def mentions():
    known = set(GLOBAL_OPTIONS)
    for command in commands():
        for names, _ in options_in_help(command):
            known.update(names)
    spoken = {name for path in PAGES for name in flags(read(path))}
    tap.equal(sorted(spoken - known), [], "options that no command has")


@tap.case("an option that a page calls another page's is there")
def owners():
    for path in PAGES:
        for option, name, part in re.findall(r"\bFl -(\S+)(?:[^\n]* of Xr|\nof\n\.Xr) (udptui\S*) (\d)", read(path)):
            tap.true(re.search(r"^\.It .*Fl -%s\b" % re.escape(option), page("%s.%s" % (name, part)), re.MULTILINE),
                     "--%s, which %s says is of %s(%s)" % (option, os.path.basename(path), name, part))


@tap.case("every help text has its operands and its options on at most 80 columns")
def width():
    for words in [["--help"]] + [["help", command, *extent] for command in commands() for extent in ((), ("all",))]:
        text = udptui.run(*words).expect(0).out
        wide = [line for line in text.splitlines() if len(line) > 80]
        tap.equal(wide, [], "lines past column 80 of %s" % " ".join(words))


@tap.case("the help of a command fits a screen of 80x40, below it the shell's prompt")
def height():
    for command in commands():
        tall = len(udptui.run(command, "--help").expect(0).out.splitlines())
        tap.true(tall <= 39, "the help of %s has %d lines" % (command, tall))


@tap.case("each group of options has one heading, and --help all has every option of --help")
def groups():
    for command in commands():
        texts = [udptui.run(command, "--help", *extent).expect(0).out for extent in ((), ("all",))]
        common, all_of_them = [re.findall(r"^ +(?:-\w, )?(--[\w-]+)", text, re.MULTILINE) for text in texts]
        tap.equal([name for name in common if name not in all_of_them], [], "options of %s not in 'all'" % command)
        headings = re.findall(r"^(\w.*):$", texts[1], re.MULTILINE)
        tap.equal(len(headings), len(set(headings)), "headings of %s: %s" % (command, headings))


def sources(*folders):
    paths = [path for folder in folders for path in glob.glob(os.path.join(udptui.SOURCE, "src", folder, "*.c"))]
    return "".join(open(path, encoding="utf-8").read() for path in paths)


def keys_in_page():
    """The words after Va in udptui-json(5), up to the next macro."""
    found = set()
    for line in re.findall(r"^\.(?:It |Pq |Po )?.*\bVa .*$", page("udptui-json.5"), re.MULTILINE):
        for part in re.split(r"\bVa\b", line)[1:]:
            found.update(re.findall(r"\b[a-z][a-z0-9_]*\b", re.split(r"\b(?:No|Pq|Po|Pc|Fl|Cm)\b", part)[0]))
    return found


@tap.case("each key that the sources give to JSON is in udptui-json(5), and the other way round")
def json_keys():
    rows = sources("output", "proto", "load", "probe", "replay", "capture", "lesson")
    keys = set(re.findall(r'json_(?:object_set_new|add_\w+)\(\w+, "(\w+)"', sources("output")) +
               re.findall(r'set_known\(object, "(\w+)"', sources("output")) +
               re.findall(r'\.key = "(\w+)"', rows) + re.findall(r'\b(?:COUNT|\w*RTT|TIME)\("(\w+)"', rows))
    tap.true(len(keys) > 150, "only %d keys" % len(keys))
    words = set(re.findall(r"\w+", page("udptui-json.5")))
    tap.equal(sorted(keys - words), [], "keys that the page does not have")
    built = {key + "_at_least" for key in keys} | {key + "_by" for key in keys}  # output/figures.c
    tap.equal(sorted(key for key in keys_in_page() - built if '"%s"' % key not in rows), [],
              "keys of the page that no source has")


@tap.case("what takes several paragraphs to explain is explained in one page")
def explained_once():
    items = {}
    for path in PAGES:
        for item in re.split(r"^\.(?=It |El$|Sh |Ss )", read(path), flags=re.MULTILINE):
            if item.startswith("It ") and "\n.Pp\n" in item:
                items.setdefault(item, []).append(os.path.basename(path))
    tap.equal([names for names in items.values() if len(names) > 1], [], "pages with the same item")


@tap.case("a literal ends before the comma: each of several has quotes of its own")
def literals():
    joined = re.findall(r"^\.(?:.* )?Ql .* (?:[,;] \w|No ).*$", "".join(map(read, PAGES)), re.MULTILINE)
    tap.equal(joined, [], "lines with one pair of quotes around several literals")


@tap.case("no word of a heading is taken for a macro")
def headings():
    found = re.findall(r"^\.S[hs] (?:.* )?(?:An|At|Do|In|No|Op|So)\b.*$", "".join(map(read, PAGES)), re.MULTILINE)
    tap.equal(found, [], "headings with a word that mdoc(7) calls, such as In")


@tap.case("the pages are correct mdoc")
def lint():
    udptui.need_program("mandoc")
    done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", *PAGES], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    tap.equal((done.returncode, done.stdout.decode()), (0, ""), "mandoc -Tlint")


tap.main()
