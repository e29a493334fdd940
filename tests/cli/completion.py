# SPDX-License-Identifier: GPL-3.0-or-later
"""completion: what it prints is valid for its shell and knows every command and option."""
import re
import subprocess

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


@tap.case("bash offers the commands")
def bash_commands():
    tap.equal(sorted(bash_offers("udptui", "se")), ["send", "serve"], "offers for se")


@tap.case("bash offers a command's options, and only its own")
def bash_options():
    offers = bash_offers("udptui", "serve", "--max")
    tap.equal(offers, ["--max-clients"], "offers for serve --max")
    tap.equal(bash_offers("udptui", "send", "--max"), [], "offers for send --max")


@tap.case("bash offers the words of a choice")
def bash_choices():
    tap.equal(sorted(bash_offers("udptui", "send", "--match", "")), ["auto", "echo", "order", "port"], "offers")


tap.main()
