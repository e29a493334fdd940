# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pictures of README (doc/pictures, made by contrib/pictures): each is there, harmless, small, described, and shows
the words that the program of today shows; cells of a terminal become the SVG that they should."""
import glob
import os
import re
import subprocess
import sys
import xml.etree.ElementTree

import tap
import udptui

sys.path.insert(0, os.path.join(udptui.SOURCE, "contrib/pictures"))
import pictures
import scenes
import terminal_animation
import terminal_cells
import terminal_svg
from terminal_cells import Style

STILL_BYTES, MOVING_BYTES = 60000, 400000
SVG = "{http://www.w3.org/2000/svg}"
ELEMENTS = {SVG + name for name in ("svg", "title", "desc", "style", "defs", "clipPath", "g", "use", "rect", "circle",
                                    "path", "text")}
VOLATILE = {"last", "s", "ms", "us", "ns", "now"}  # they depend on how long it has run
STALE = "doc/pictures/%s.svg is not what the program shows: make pictures"


def read(*path):
    with open(os.path.join(udptui.SOURCE, *path), encoding="utf-8") as file:
        return file.read()


def svg_of(scene):
    return read("doc/pictures", scene.name + ".svg")


# ---- the files

def named_in_readme():
    """{name: alternative text}"""
    found = re.findall(r"!\[([^\]]*)\]\(doc/pictures/([\w-]+)\.svg\)", read("README.md"))
    return {name: text for text, name in found}


@tap.case("README shows each picture, there are no others, and each is distributed")
def files():
    there = {os.path.basename(path)[:-4] for path in glob.glob(os.path.join(udptui.SOURCE, "doc/pictures/*.svg"))}
    made = {scene.name for scene in scenes.SCENES}
    tap.equal(sorted(there), sorted(made), "doc/pictures")
    tap.equal(sorted(named_in_readme()), sorted(made), "the pictures in README")
    tap.equal(len(re.findall(r"doc/pictures/", read("README.md"))), len(made), "places in README that name pictures")
    listed = re.findall(r"doc/pictures/([\w-]+)\.svg", read("Makefile.am"))
    tap.equal(sorted(listed), sorted(made), "the pictures in Makefile.am")


@tap.case("README's alternative texts and the pictures' descriptions are those of the scenes")
def described():
    for scene in scenes.SCENES:
        tap.equal(named_in_readme()[scene.name], scene.description, "README's text of %s" % scene.name)
        root = xml.etree.ElementTree.fromstring(svg_of(scene))
        tap.equal((root.find(SVG + "title").text, root.find(SVG + "desc").text, root.get("role"),
                   root.get("aria-labelledby")), (scene.title, scene.description, "img", "title desc"), scene.name)


def harms(svg):
    """What a picture may not have: scripts, references to elsewhere, elements that are not known."""
    root = xml.etree.ElementTree.fromstring(svg)
    found = [element.tag for element in root.iter() if element.tag not in ELEMENTS]
    for element in root.iter():
        for name, value in element.attrib.items():
            if name.startswith("on") or "href" in name and not value.startswith("#") or re.search("url\\((?!#)", value):
                found.append("%s=%s" % (name, value))
    style = root.find(SVG + "style").text or ""
    return found + re.findall(r"@import|@font-face|url\(|//|<", style) + re.findall(r"<!DOCTYPE|<!ENTITY|<\?", svg)


@tap.case("each picture is XML without script or reference to elsewhere, and small; rsvg-convert draws it")
def harmless():
    for scene in scenes.SCENES:
        svg = svg_of(scene)
        tap.equal(harms(svg), [], scene.name)
        size, limit = len(svg.encode()), MOVING_BYTES if scene.duration_s else STILL_BYTES
        tap.true(size <= limit, "%s has %d bytes" % (scene.name, size))
        tap.contains(svg, "prefers-color-scheme:dark", scene.name)
        tap.equal("prefers-reduced-motion" in svg, bool(scene.duration_s), "%s heeds reduced motion" % scene.name)
    udptui.need_program("rsvg-convert")
    for scene in scenes.SCENES:
        path = os.path.join(udptui.SOURCE, "doc/pictures", scene.name + ".svg")
        done = subprocess.run(["rsvg-convert", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        tap.equal((done.returncode, done.stderr, done.stdout[1:4]), (0, b"", b"PNG"), scene.name)


@tap.case("the check of harm finds each kind")
def harm_can_fail():
    for bad in ("<script/>", "<a href='x'/>", "<use href='http://x/'/>", "<g onclick='x'/>", "<g style='fill:url(x)'/>",
                "<foreignObject/>"):
        tap.true(harms('<svg xmlns="http://www.w3.org/2000/svg"><style/>%s</svg>' % bad), bad)
    tap.true(harms('<svg xmlns="http://www.w3.org/2000/svg"><style>@import "x"</style></svg>'), "@import")


# ---- cells

def styles(text):
    return [cell.style for row in terminal_cells.parse(text) for cell in row]


@tap.case("escape sequences become styles")
def sequences():
    for sequence, style in (("", Style()), ("1", Style(bold=True)), ("2;3;4;7", Style(None, None, False, True, True, True, True)),
                            ("31", Style(1)), ("97", Style(15)), ("42", Style(None, 2)), ("105", Style(None, 13)),
                            ("38;5;208", Style(208)), ("48;2;1;2;255", Style(None, "#0102ff")), ("4:3", Style(underline=True)),
                            ("1;31;0", Style()), ("1;2;22", Style()), ("31;44;39;49", Style()), ("7;27", Style())):
        tap.equal(styles("\033[%smx" % sequence), [style], sequence)
    tap.equal(styles("\033[1ma\nb\033[mc"), [Style(bold=True), Style(bold=True), Style()], "into the next row")
    for wrong in ("\033[5A", "\033]0;x\a", "a\rb", "\033[58m"):
        try:
            terminal_cells.parse(wrong)
            raise tap.Failure("%r was taken" % wrong)
        except ValueError:
            pass


@tap.case("wide characters have two columns, combining ones belong to the cell before")
def widths():
    row = terminal_cells.parse("a你e\u0301x")[0]
    tap.equal([(cell.text, cell.width) for cell in row], [("a", 1), ("你", 2), ("e\u0301", 1), ("x", 1)])


# ---- SVG

def drawn(text, sheet=None):
    """The elements of a row, by tag, with their classes replaced by what the light scheme says."""
    sheet = sheet or terminal_svg.Sheet()
    elements = terminal_svg.drawing(terminal_cells.parse(text), sheet)
    rules = dict(re.findall(r"\.([fs]\d+)\{(?:fill|stroke):(#\w+)\}", sheet.css().split("@media")[0]))
    return re.sub(r"\b[fs]\d+\b", lambda found: rules[found.group()], elements).splitlines()


def text_element(colour, column, columns, text, more=""):
    return ('<text class="%s%s" x="%d" y="14" textLength="%d" lengthAdjust="spacingAndGlyphs">%s</text>'
            % (colour, more, column * 9, columns * 9, text))


TEXT, GROUND, DIM = terminal_svg.LIGHT.text, terminal_svg.LIGHT.ground, terminal_svg.LIGHT.dim
RED, GREEN = terminal_svg.LIGHT.palette[1:3]


@tap.case("text: runs in their columns, colours, escapes, wide and combining characters")
def texts():
    for text, expected in (
            ("a b  c", [text_element(TEXT, 0, 3, "a b"), text_element(TEXT, 5, 1, "c")]),
            ("  x ", [text_element(TEXT, 2, 1, "x")]),
            ("\033[31mr\033[32mg", [text_element(RED, 0, 1, "r"), text_element(GREEN, 1, 1, "g")]),
            ("\033[1mb\033[0;2md\033[0;3mi", [text_element(TEXT, 0, 1, "b", " bold"), text_element(DIM, 1, 1, "d"),
                                              text_element(TEXT, 2, 1, "i", " italic")]),
            ("<a & \"b\">", [text_element(TEXT, 0, 9, "&lt;a &amp; \"b\"&gt;")]),
            ("a你好b", [text_element(TEXT, 0, 1, "a"), text_element(TEXT, 1, 2, "你"), text_element(TEXT, 3, 2, "好"),
                      text_element(TEXT, 5, 1, "b")]),
            ("e\u0301x", [text_element(TEXT, 0, 1, "e\u0301"), text_element(TEXT, 1, 1, "x")]),
            ("ü→", [text_element(TEXT, 0, 1, "ü"), text_element(TEXT, 1, 1, "→")])):
        tap.equal(drawn(text), expected, text)


def path_element(colour, kind, path, fill=""):
    return '<path class="%s %s"%s d="%s"/>' % (colour, kind, fill, path)


LINE = ' fill="none"'


@tap.case("reversed and coloured grounds, underlines, and what is drawn")
def shapes():
    for text, expected in (
            ("\033[7m a\033[m", [path_element(TEXT, "area", "M0 0h18v19h-18z"), text_element(GROUND, 1, 1, "a")]),
            ("\033[7;31mr", [path_element(RED, "area", "M0 0h9v19h-9z"), text_element(GROUND, 0, 1, "r")]),
            ("\033[42;31mr", [path_element(GREEN, "area", "M0 0h9v19h-9z"), text_element(RED, 0, 1, "r")]),
            ("\033[4mu  ", [path_element(TEXT, "line", "M0 16.5h27", LINE), text_element(TEXT, 0, 1, "u")]),
            ("──", [path_element(TEXT, "line", "M0 9.5h18", LINE)]),
            ("│\n│", [path_element(TEXT, "line", "M4.5 0v38", LINE)]),
            ("┌", [path_element(TEXT, "line", "M4.5 9.5h4.5M4.5 9.5v9.5", LINE)]),
            ("┈┈", [path_element(TEXT, "four", "M0 9.5h9M9 9.5h9", LINE)]),
            ("▂█▌", [path_element(TEXT, "area", "M0 14.25h9v4.75h-9zM9 0h9v19h-9zM18 0h4.5v19h-4.5z")]),
            ("▒", [path_element(TEXT, "medium", "M0 0h9v19h-9z")]),
            ("▶◀", [path_element(TEXT, "area", "M0 4.5l9 5 -9 5zM18 4.5l-9 5 9 5z")]),
            ("✕", [path_element(TEXT, "cross", "M1 6l7 7m0-7l-7 7", LINE)]),
            ("⠉", [path_element(TEXT, "dots", "M2.25 2.38h0M6.75 2.38h0", LINE)]),
            ("a─b", [path_element(TEXT, "line", "M9 9.5h9", LINE), text_element(TEXT, 0, 3, "a b")])):
        tap.equal(drawn(text), expected, text)


@tap.case("in both schemes each colour can be read on its ground")
def contrasts():
    for scheme in (terminal_svg.LIGHT, terminal_svg.DARK):
        for dim in (False, True):
            for colour in [None] + list(range(1, 16)):
                shown = terminal_svg.shown((colour, dim), scheme)
                least = 3 if dim and colour is not None else 4.5
                ratio = terminal_svg.contrast(shown, scheme.ground)
                tap.true(ratio >= least, "colour %s of %s: %.1f" % (colour, scheme.ground, ratio))
    tap.equal(round(terminal_svg.contrast("#000000", "#ffffff"), 2), 21.0, "black on white")


@tap.case("a picture can be read back; the description is escaped")
def read_back():
    svg = terminal_svg.picture(terminal_cells.parse(" a <b>  ─\n\nend"), 20, "cmd", "1 < 2", "a & b")
    tap.equal(terminal_svg.written(svg), [" a <b>", "", "end"])
    tap.equal(xml.etree.ElementTree.fromstring(svg).find(SVG + "desc").text, "a & b")


@tap.case("an animation: rows that change are reels, what is shown twice is stored once, the poster is an attribute")
def reels():
    rows = [terminal_cells.parse(text) for text in ("one\nstays", "two\nstays", "one\nstays", "stays\nstays")]
    frames = [terminal_animation.Frame(time_s, shown, "") for time_s, shown in zip((0, 1, 2.5, 3), rows)]
    svg = terminal_animation.animation(frames, 10, 4, 1.5, "cmd", "title", "description")
    tap.equal(harms(svg), [])
    tap.equal(len(re.findall('<g id="i', svg)), 4, "rows that are stored: the empty note, one, two, stays")
    tap.contains(svg, "@keyframes r1{0%{transform:translateY(0px)}25%{transform:translateY(-19px)}"
                      "62.5%{transform:translateY(0px)}75%{transform:translateY(-38px)}}.r1{animation:r1 4s step-end infinite}")
    tap.contains(svg, '<g class="r1" transform="translate(0 -19)">')
    tap.lacks(svg, "@keyframes r2", "a row that does not change")


# ---- the program of today

def fixed_words(row):
    """The words of a row without figures, addresses and times."""
    return [word for word in row.split() if re.fullmatch("[A-Za-z?/]+[:,]?", word) and word not in VOLATILE]


def differences(scene, svg, rows):
    """Which rows of a picture's heads have other words than the rows of today."""
    today = terminal_svg.written(terminal_svg.picture(rows, scenes.COLUMNS, "", "", ""))
    if scene.duration_s:
        known = set(" ".join(re.findall(">([^<]*)</text>", svg)).split())
        return [(today[head], "somewhere") for head in scene.heads if not set(fixed_words(today[head])) <= known]
    picture = terminal_svg.written(svg)
    return [(today[head], picture[head]) for head in scene.heads
            if not fixed_words(today[head]) or fixed_words(today[head]) != fixed_words(picture[head])]


def shows_today(scene):
    shown, svg = next(scene.play()), svg_of(scene)
    found = []

    def is_same():  # what a scene waits for may be on the screen before the rest of it is
        found[:] = differences(scene, svg, pictures.rows_of(shown))
        return not found
    tap.until(is_same, lambda: "%s: %r" % (STALE % scene.name, found))


for _scene in scenes.SCENES:
    tap.add_case("%s: title, heads of columns and keys are those of today's program" % _scene.name, shows_today, _scene)


@tap.case("a picture that has gone stale is found")
def stale_is_found():
    scene = next(scene for scene in scenes.SCENES if scene.name == "serve")
    svg = svg_of(scene)
    rows = [terminal_cells.parse(row)[0] for row in terminal_svg.written(svg)]
    tap.equal(differences(scene, svg, rows), [], "with itself")
    for word in ("udptui", "Msgs", "quit"):
        other = svg.replace(word, "changed")
        tap.true(other != svg and differences(scene, other, rows), "a changed %s was not found" % word)


tap.main()
