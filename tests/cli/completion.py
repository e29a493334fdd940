# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""completion: what it prints is valid for its shell and knows every command and option."""
import os
import re
import subprocess

import screen
import tap
import udptui

COMMANDS = ("serve", "send", "load", "demo", "lesson", "replay", "completion")


def script(shell):
    result = udptui.run("completion", shell).expect(0)
    tap.equal(result.err, "", "stderr")
    return result.out


def options_of(command):
    """The long options that the command's help names."""
    text = udptui.run(command, "--help", "all").expect(0).out
    found = set(re.findall(r"^ {1,8}(?:-\w, )?--([a-z][a-z0-9-]+)", text, re.MULTILINE))
    tap.true(found, "no options in the help of %s:\n%s" % (command, text))
    return found


def knows_all(shell):
    text = script(shell)
    for command in COMMANDS:
        tap.contains(text, command, "the %s script" % shell)
        for option in options_of(command):
            tap.contains(text, option, "the %s script (%s)" % (shell, command))


def valid(shell):
    udptui.need_program(shell)
    path = udptui.write_file(script(shell).encode())
    done = subprocess.run([shell, "-n", path], stderr=subprocess.PIPE)
    tap.equal((done.returncode, done.stderr), (0, b""), "%s -n" % shell)


for _shell in ("bash", "zsh", "fish"):
    tap.add_case("%s: every command and option is in it" % _shell, knows_all, _shell)
    tap.add_case("%s: it parses" % _shell, valid, _shell)


def bash_offers(*words):
    """What bash would offer for the last word, as its readline asks for it."""
    udptui.need_program("bash")
    path = udptui.write_file(script("bash").encode())
    quoted = " ".join("'%s'" % word for word in words)
    ask = """. %s
        name=$(complete -p udptui | sed 's/.*-F \\([^ ]*\\).*/\\1/')
        COMP_WORDS=(%s) COMP_CWORD=%d COMP_LINE="%s" COMP_POINT=%d
        "$name" udptui '%s' '%s'; printf '%%s\\n' "${COMPREPLY[@]}" """ % (
            path, quoted, len(words) - 1, " ".join(words), len(" ".join(words)), words[-1], words[-2])
    done = subprocess.run(["bash", "--norc", "-c", ask], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    tap.equal(done.stderr, b"", "stderr of bash")
    return [line.strip() for line in done.stdout.decode().split("\n") if line.strip()]


@tap.case("bash offers the commands, after help too")
def bash_commands():
    tap.equal(sorted(bash_offers("udptui", "se")), ["send", "serve"], "offers for se")
    tap.equal(bash_offers("udptui", "hel"), ["help"], "offers for hel")
    tap.equal(sorted(bash_offers("udptui", "help", "se")), ["send", "serve"], "offers for help se")
    tap.equal(bash_offers("udptui", "help", "con"), ["config"], "offers for help con")


@tap.case("bash offers a command's options, and only its own")
def bash_options():
    offers = bash_offers("udptui", "serve", "--max")
    tap.equal(offers, ["--max-clients"], "offers for serve --max")
    tap.equal(bash_offers("udptui", "send", "--max"), [], "offers for send --max")


@tap.case("bash offers the words of a choice")
def bash_choices():
    tap.equal(sorted(bash_offers("udptui", "send", "--match", "")), ["auto", "echo", "order", "port"], "offers")


# What is typed, and some of what must be offered and must not be.
FIXED_WORDS = (
    ("serve --ack ", ("echo", "none"), ()),
    ("serve --ack-limit ", ("auto", "off"), ("RATE",)),
    ("serve --impair ", ("kurose", "wifi", "satellite", "loss=", "delay=", "in."), ()),
    ("serve --filter ", ("from:", "port:", "status:"), ()),
    ("replay --speed ", ("max",), ("N",)),
    ("send --match ", ("auto", "echo", "order", "port"), ()),
    ("send --eol ", ("none", "lf", "crlf", "cr"), ()),
    ("lesson ", ("loss", "reorder", "all"), ()),
    ("lesson lo", ("loss",), ("reorder",)),
)


def offers_fixed_words(offers):
    for line, wanted, unwanted in FIXED_WORDS:
        found = offers("udptui " + line)
        for word in wanted:
            tap.true(word in found, "%s is not offered for %r: %s" % (word, line, found))
        for word in unwanted:
            tap.true(word not in found, "%s is offered for %r" % (word, line))


@tap.case("bash offers the values with fixed words")
def bash_fixed_words():
    offers_fixed_words(lambda line: bash_offers(*line.split(" ")))


@tap.case("bash offers lessons in files besides the topics, and the directories on the way to them")
def bash_lesson_files():
    directory = udptui.temporary_directory()
    os.mkdir(directory + "/more")
    for name in ("mine.lesson", "other.txt"):
        with open(os.path.join(directory, name), "w", encoding="utf-8"):
            pass
    tap.equal(sorted(bash_offers("udptui", "lesson", directory + "/m")),
              [directory + "/mine.lesson", directory + "/more"], "files")
    tap.equal(bash_offers("udptui", "lesson", directory + "/o"), [], "no lesson")


def fish_offers(line):
    """What fish would offer at the end of a line."""
    udptui.need_program("fish")
    path = udptui.write_file(script("fish").encode())
    done = subprocess.run(["fish", "--no-config", "-c", "source %s; complete -C '%s'" % (path, line)],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=udptui.environment(HOME="/"))
    tap.equal(done.stderr, b"", "stderr of fish")
    return [row.split("\t")[0] for row in done.stdout.decode().splitlines()]


@tap.case("fish offers the commands, and the values with fixed words")
def fish_fixed_words():
    tap.equal(sorted(fish_offers("udptui se")), ["send", "serve"], "offers for se")
    offers_fixed_words(fish_offers)


@tap.case("fish knows by the first word whose options to offer")
def fish_command():
    tap.true("--match" in fish_offers("udptui send serve --ma"), "--match is not offered")
    tap.true("--max-clients" not in fish_offers("udptui send serve --ma"), "an option of serve is offered")


class Zsh:
    """An interactive zsh with the script; a line and a TAB show what it offers."""

    def __init__(self):
        udptui.need_program("zsh")
        directory = udptui.temporary_directory()
        path = udptui.write_file(script("zsh").encode())
        self.terminal = screen.Pty(["zsh", "-f", "-i"], columns=120, rows=60,
                                   env=udptui.environment(TERM="dumb", HOME=directory, PS1="READY> "))
        self.say("PROMPT='READY> '; unsetopt automenu listbeep; setopt autolist; LISTMAX=999\n")
        self.say("autoload -Uz compinit; compinit -u -D; source %s; print loaded:$?\n" % path)
        self.terminal.wait_bytes(b"loaded:0")
        self.new_line()

    def say(self, text):
        self.terminal.write(text.encode())

    def new_line(self):
        """Clears the line, and waits for the next one: zsh has then drawn all that it offers, and takes keys again."""
        before = len(self.terminal.raw)
        self.say("\x15print Q''Q7\n")
        self.terminal.wait(lambda raw: re.search(rb"QQ7[\s\S]*READY> ", raw[before:]), "a new line")

    def offers(self, line):
        """Every word that stands on the terminal from the TAB to the marker that is typed after it."""
        before = len(self.terminal.raw)
        self.say(line + "\tEND")
        self.terminal.wait(lambda raw: b"END" in raw[before:], "the end of what zsh offers")
        self.new_line()
        return self.terminal.raw[before:].decode(errors="replace").replace("END", " ").split()


@tap.case("zsh offers the commands, and the values with fixed words")
def zsh_fixed_words():
    zsh = Zsh()
    found = zsh.offers("udptui ")
    for word in COMMANDS + ("help",):
        tap.true(word in found, "%s is not offered: %s" % (word, found))
    offers_fixed_words(zsh.offers)


@tap.case("zsh offers the letters of options that may be repeated, again")
def zsh_repeated():
    zsh = Zsh()
    for line in ("udptui serve -", "udptui serve --join=239.1.1.1 -"):
        tap.true("-j" in zsh.offers(line), "-j is not offered for %r" % line)
    tap.true("-d" not in zsh.offers("udptui serve --duration 1s -"), "-d is offered again")


tap.main()
