# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The translations of the lessons: nothing is missing, stale or malformed, and --lang chooses."""
import glob
import json
import os
import re
import shutil
import subprocess

import tap
import udptui

PO = os.path.join(udptui.SOURCE, "src/lesson/po")
TEXTS = os.path.join(os.path.dirname(udptui.PROGRAM), "src/lesson/po/texts")
LANGUAGES = sorted(os.path.basename(path)[:-3] for path in glob.glob(os.path.join(PO, "*.po")))

# What may stand in a translation besides ASCII: outside UTF-8 the program spells these with two letters.
LETTERS = {"de": "äöüÄÖÜß", "ms": ""}

# Words that are the same in a translation: names of calls, keys, protocols, units.
SAME_EVERYWHERE = set("""
    accept connect recv read send ms B Esc Enter Ctrl L Z PgUp PgDn F ID TC NAT DNS MTU TCP UDP SYN ACK
    RFC ICMP STAMP Minimum Median median p x T""".split())
SAME = {"de": set("Client Clients Server NATs Jitter Router ICMP type code loopback lauscht".split()),
        "ms": set("datagram port min minimum NAT unreachable".split())}


def unquote(text):
    return json.loads('"%s"' % text)


def entries(text):
    """[(flags, msgid, msgstr)] of a .po file, without its header and what is no longer used."""
    found = []
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.split("\n") if line and not line.startswith("#~")]
        flags = "".join(line for line in lines if line.startswith("#,"))
        parts = {"msgid": "", "msgstr": ""}
        part = None
        for line in lines:
            match = re.match(r'(?:(msgid|msgstr) )?"(.*)"$', line)
            if match:
                part = match.group(1) or part
                parts[part] += unquote(match.group(2))
        if parts["msgid"]:
            found.append((flags, parts["msgid"], parts["msgstr"]))
    return found


def read(name):
    with open(os.path.join(PO, name), encoding="utf-8") as file:
        return file.read()


def translations(language):
    return [(original, translation) for _, original, translation in entries(read(language + ".po"))]


# ---- what may be wrong with a translation: each gives a complaint or nothing

def placeholders(text):
    """In any order: "{sent}", "%d" (the order of those is msgfmt's matter)."""
    return sorted(re.findall(r"\{[^}]*\}", text))


def wrong_placeholders(_, original, translation):
    if placeholders(original) != placeholders(translation):
        return "other places: %s" % placeholders(translation)


def wrong_letters(language, _, translation):
    strange = [letter for letter in translation
               if not (" " <= letter <= "~" or letter in LETTERS[language] + "\n")]
    if strange:
        return "letters %r" % strange


def wrong_ends(_, original, translation):
    def ends(text):
        return (re.match(r"[ \n]*", text).group(0), re.search(r"[ \n]*$", text).group(0),
                text.rstrip(' "')[-1:] if text.rstrip(' "')[-1:] in (".", ":", "?") else "")
    if ends(original) != ends(translation):
        return "begins or ends in another way: %r, %r" % (ends(original), ends(translation))


def untranslated(language, original, translation):
    """The same as in English, although it has words that are not the same in both."""
    text = re.sub(r"\{[^}]*\}|%[-.*0-9]*[lz]*[a-z]|\"[^\"]*\"|\b[A-Z_]{3,}\b|\w*\d\w*", " ", original)
    words = set(re.findall(r"[A-Za-z]+", text)) - SAME_EVERYWHERE - SAME[language]
    if original == translation and words:
        return "not translated: %s" % " ".join(sorted(words))


CHECKS = (wrong_placeholders, wrong_letters, wrong_ends, untranslated)


def complaints(language, pairs):
    found = []
    for original, translation in pairs:
        for check in CHECKS:
            complaint = check(language, original, translation)
            if complaint:
                found.append("%s: %r: %s" % (language, original, complaint))
    return found


# ---- the files

@tap.case("the template is up to date: make update-po", timeout_s=60)
def template():
    for program in ("xgettext", "msgcat"):
        udptui.need_program(program)
    if not os.path.exists(TEXTS):
        tap.skip("%s is not built" % TEXTS)
    made = subprocess.run([os.path.join(PO, "extract.sh"), TEXTS], cwd=udptui.SOURCE, check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    is_there, needed = ({text for _, text, _ in entries(content)} for content in (read("udptui.pot"), made))
    tap.equal(sorted(needed - is_there), [], "texts that udptui.pot lacks")
    tap.equal(sorted(is_there - needed), [], "texts that nobody uses")


def complete(language):
    wanted = {text for _, text, _ in entries(read("udptui.pot"))}
    found = entries(read(language + ".po"))
    tap.equal(sorted(wanted - {original for _, original, translation in found if translation}), [], "missing")
    tap.equal(sorted({original for _, original, _ in found} - wanted), [], "no longer used")
    tap.equal([original for flags, original, _ in found if "fuzzy" in flags], [], "fuzzy")
    tap.true("#~" not in read(language + ".po"), "entries that are no longer used")


def sound(language):
    wrong = complaints(language, translations(language))
    tap.true(not wrong, "\n".join(wrong))


def compiles(language):
    udptui.need_program("msgfmt")
    done = subprocess.run(["msgfmt", "--check", "--check-format", "--output-file=/dev/null",
                           os.path.join(PO, language + ".po")], stderr=subprocess.PIPE, text=True)
    tap.equal((done.returncode, done.stderr), (0, ""), "msgfmt")


for _language in LANGUAGES:
    tap.add_case("%s: every text of the template has a translation, and no other" % _language, complete, _language)
    tap.add_case("%s: places, letters, ends; nothing left in English" % _language, sound, _language)
    tap.add_case("%s: msgfmt finds nothing wrong" % _language, compiles, _language)


@tap.case("caught: wrong places, letters, ends, and what was left in English")
def catches():
    for original, translation in (("{sent} sent", "{send} gesendet"), ("{sent} sent", "gesendet"),
                                  ("done", "fertig\u2026"), ("done", "\u201efertig\u201c"), ("done.", "fertig"),
                                  (" more above ", "mehr oben "), ("the reply was lost", "the reply was lost"),
                                  ("TCP: reads", "TCP: reads")):
        tap.equal(len(complaints("de", [(original, translation)])), 1, "%r, %r" % (original, translation))
    tap.equal(complaints("de", [("{sent} sent, {lost} lost", "{lost} verloren, {sent} gesendet"),
                                ('recv %d: "%s"', 'recv %d: "%s"'), ("p95, ms", "p95, ms")]), [])


# ---- the choice

def lesson(*arguments, **environment):
    done = subprocess.run([udptui.BINARY, "lesson", *arguments], env=udptui.environment(**environment),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@tap.case("--lang and the environment choose, as gettext does; no locale need be installed")
def chooses():
    udptui.need_feature("translations")
    lists = {language: lesson("--lang", language)[1] for language in ["en"] + LANGUAGES}
    tap.equal(len(set(lists.values())), 3, "lists that differ")
    for variables, language in (({"LC_ALL": None, "LANG": "de_DE.UTF-8"}, "de"),
                                ({"LC_ALL": None, "LANG": "ms_MY.UTF-8"}, "ms"),
                                ({"LC_ALL": "de_AT.UTF-8", "LANG": "ms_MY.UTF-8"}, "de"),
                                ({"LC_ALL": None, "LC_MESSAGES": "ms_MY.UTF-8", "LANG": "de_DE.UTF-8"}, "ms"),
                                ({"LC_ALL": None, "LANG": "fr_FR.UTF-8", "LANGUAGE": "fr:ms:de"}, "ms"),
                                ({"LC_ALL": "C", "LANG": "de_DE.UTF-8", "LANGUAGE": "de"}, "en"),
                                ({"LC_ALL": None, "LANG": "fr_FR.UTF-8"}, "en")):
        tap.equal(lesson(**variables)[1], lists[language], str(variables))
    tap.equal(lesson("--lang", "en", LC_ALL="de_DE.UTF-8")[1], lists["en"], "--lang before the environment")


@tap.case("a language that there is not: one line with those that there are")
def unknown():
    udptui.need_feature("translations")
    tap.equal(lesson("--lang", "fr"), (2, "", "udptui: --lang fr: not one of en, de, ms\n"))


@tap.case("outside UTF-8, and with --ascii, umlauts have two letters")
def ascii_letters():
    udptui.need_feature("translations")
    plain = lesson("--lang", "de", LC_ALL="C")[1]
    tap.true(plain.isascii(), "letters: %r" % plain)
    tap.equal(lesson("--lang", "de", "--ascii")[1], plain, "--ascii")
    spelled = lesson("--lang", "de")[1]
    for letter, letters in zip("äöüÄÖÜß", ("ae", "oe", "ue", "Ae", "Oe", "Ue", "ss")):
        spelled = spelled.replace(letter, letters)
    tap.equal(re.sub(r"\s+", " ", plain), re.sub(r"\s+", " ", spelled))


@tap.case("JSON: the keys are the same in every language, the texts are translated", timeout_s=60)
def keys_of_json():
    udptui.need_feature("translations")
    results = {}
    for language in ["en"] + LANGUAGES:
        status, output, errors = lesson("truncation", "--json", "--lang", language)
        tap.equal((status, errors), (0, ""), language)
        results[language] = json.loads(output)
    for language in LANGUAGES:
        tap.equal(list(results[language]), list(results["en"]), "keys in " + language)
        for key in ("plan", "question", "explanation", "happened"):
            tap.true(results[language][key] != results["en"][key], "%s in %s" % (key, language))
        for key in ("commands", "sources", "answer", "first", "second"):
            tap.equal(results[language][key], results["en"][key], "%s in %s" % (key, language))


tap.main()
