# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cells of a terminal as SVG: a window, text in exact columns, drawn lines, light and dark colours.

A web page shows such a file as an image (<img>): no script runs and nothing is loaded, so there is none of either.
Fonts differ, columns must not: each run of text has its place and its length, which the browser keeps. Lines, blocks,
arrow heads and braille dots are drawn, not written, so that they join whatever the font is."""
import collections
import html
import re

from terminal_cells import Style

CELL, LINE, FONT, BASELINE = 9, 19, 15, 14  # pixels; a monospaced character is 0.6 of its height wide
MARGIN, BAR = 14, 34                        # around the cells, and above them: the window's bar
FONTS = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace"

LICENCE = ("<!-- SPDX-FileCopyrightText: 2026 the udptui authors -->\n"
           "<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n")

# A scheme: ground and text, dimmed text, frame, and the 16 colours of the palette.
Scheme = collections.namedtuple("Scheme", "ground text dim frame bar palette")
LIGHT = Scheme("#ffffff", "#1f2328", "#59636e", "#c8ced6", "#f0f3f6", (
    "#24292f", "#c5202b", "#11692d", "#855600", "#0550ae", "#7a3ec8", "#0a6a7d", "#57606a",
    "#57606a", "#a40e26", "#0b5a24", "#744a00", "#0349a0", "#6639ba", "#085c6d", "#24292f"))
DARK = Scheme("#0d1117", "#e1e6ec", "#929ba6", "#3a424d", "#1a212a", (
    "#7d8590", "#ff7b72", "#4fcf63", "#e0ae3d", "#79b8ff", "#cfa5fb", "#4fced8", "#c3cad2",
    "#929ba6", "#ffa198", "#6fdd80", "#f0c560", "#a5d2ff", "#dfc3ff", "#7adfe7", "#f0f6fc"))


# ---- colours

def _channels(colour):
    return [int(colour[at:at + 2], 16) for at in (1, 3, 5)]


def mixed(colour, other, share):
    """`colour` with a share of the other."""
    return "#" + "".join("%02x" % round(a + (b - a) * share) for a, b in zip(_channels(colour), _channels(other)))


def contrast(colour, other):
    """The ratio of two colours (WCAG 2.1, "contrast ratio"): 1 to 21; text should have 4.5."""
    def luminance(channels):
        parts = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    high, low = sorted((luminance(_channels(colour)), luminance(_channels(other))), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _indexed(number):
    """Colours 16 to 255 as xterm has them."""
    if number >= 232:
        return "#" + "%02x" % (8 + 10 * (number - 232)) * 3
    steps = (0, 95, 135, 175, 215, 255)
    number -= 16
    return "#%02x%02x%02x" % (steps[number // 36], steps[number // 6 % 6], steps[number % 6])


def shown(ink, scheme):
    """The colour of an ink, (a style's colour or "ground" or "frame" or "bar", dim), in a scheme."""
    colour, dim = ink
    if colour is None:
        return scheme.dim if dim else scheme.text
    if colour in ("ground", "frame", "bar"):
        return getattr(scheme, colour)
    if isinstance(colour, int):
        colour = scheme.palette[colour] if colour < 16 else _indexed(colour)
    return mixed(colour, scheme.ground, 0.3) if dim else colour


def inks(style):
    """(of the text, behind it or None): reversed, they change places."""
    front = (style.foreground, style.dim)
    back = None if style.background is None else (style.background, False)
    if not style.reverse:
        return front, back
    return back or ("ground", False), (style.foreground, False)


# ---- what is drawn: characters as lines, areas and dots

_BOX = {"─": "LR", "│": "UD", "┌": "RD", "┐": "LD", "└": "UR", "┘": "LU", "├": "UDR", "┤": "UDL", "┬": "LRD",
        "┴": "LRU", "┼": "LRUD", "╴": "L", "╵": "U", "╶": "R", "╷": "D"}
_DASHED = {"┄": "three", "┈": "four"}
_CURVED = {"╭": (1, 1), "╮": (-1, 1), "╰": (1, -1), "╯": (-1, -1)}
_SHADES = {"░": "light", "▒": "medium", "▓": "dark"}
_BRAILLE = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))  # column and row of bits 0 to 7


def _number(value):
    return ("%.2f" % value).rstrip("0").rstrip(".")


def _segments(character, x, y):
    """The straight lines of a box character, as (x1, y1, x2, y2)."""
    middle, height = x + CELL / 2, y + LINE / 2
    ends = {"L": (x, height), "R": (x + CELL, height), "U": (middle, y), "D": (middle, y + LINE)}
    for side in _BOX[character]:
        yield tuple(sorted(((middle, height), ends[side])))


def _join(segments):
    """The same lines in as few pieces as possible."""
    joined = []
    for level in (1, 0):  # horizontal ones share y, vertical ones share x
        lines = sorted((a[level], a[1 - level], b[1 - level]) for a, b in segments if a[level] == b[level])
        for at, start, end in lines:
            if joined and joined[-1][0] == level and joined[-1][1] == at and start <= joined[-1][3]:
                joined[-1][3] = max(joined[-1][3], end)
            else:
                joined.append([level, at, start, end])
    return "".join("M%s %s%s%s" % ((_number(start), _number(at), "h", _number(end - start)) if level else
                                   (_number(at), _number(start), "v", _number(end - start)))
                   for level, at, start, end in joined)


def _rectangle(x, y, width, height):
    return "M%s %sh%sv%sh-%sz" % tuple(_number(n) for n in (x, y, width, height, width))


def _block(character, x, y):
    """An eighth block: from below, or from the left; or None."""
    code = ord(character)
    if 0x2581 <= code <= 0x2588:
        height = LINE * (code - 0x2580) / 8
        return _rectangle(x, y + LINE - height, CELL, height)
    if 0x2589 <= code <= 0x258f:
        return _rectangle(x, y, CELL * (0x2590 - code) / 8, LINE)
    return {"▀": _rectangle(x, y, CELL, LINE / 2), "▐": _rectangle(x + CELL / 2, y, CELL / 2, LINE)}.get(character)


def _head(character, x, y):
    """An arrow head as wide as the cell; or None."""
    way = {"▶": CELL, "◀": -CELL}.get(character)
    if way is None:
        return None
    return "M%d %sl%d 5 %d 5z" % (x if way > 0 else x + CELL, _number(y + LINE / 2 - 5), way, -way)


def _drawn(character, x, y):
    """(kind, path) of a character that is drawn, or None. Kinds are classes of the sheet."""
    middle, height = _number(x + CELL / 2), _number(y + LINE / 2)
    if character in _DASHED:
        return _DASHED[character], "M%s %sh%d" % (x, height, CELL)
    if character in _CURVED:
        right, down = _CURVED[character]
        return "line", "M%s %sQ%s %s %s %s" % (middle, _number(y + LINE / 2 * (1 + down)), middle, height,
                                               _number(x + CELL / 2 * (1 + right)), height)
    if character in _SHADES:
        return _SHADES[character], _rectangle(x, y, CELL, LINE)
    if character in "✕╳":
        return "cross", "M%s %sl7 7m0-7l-7 7" % (x + 1, _number(y + LINE / 2 - 3.5))
    if character == "●":
        return "disc", "M%s %sh0" % (middle, height)
    if 0x2800 <= ord(character) <= 0x28ff:
        dots = [place for bit, place in enumerate(_BRAILLE) if ord(character) - 0x2800 >> bit & 1]
        return "dots", "".join("M%s %sh0" % (_number(x + CELL * (0.25 + column / 2)), _number(y + LINE * (row + 0.5) / 4))
                               for column, row in dots)
    area = _block(character, x, y) or _head(character, x, y)
    return ("area", area) if area else None


# How the kinds look besides their colour.
_LINES = {"line": "", "three": "stroke-dasharray:2 1", "four": "stroke-dasharray:1.25 1", "cross": "stroke-width:1.8",
          "dots": "stroke-width:3.8;stroke-linecap:round", "disc": "stroke-width:8;stroke-linecap:round"}
_AREAS = {"area": "", "light": "fill-opacity:.25", "medium": "fill-opacity:.5", "dark": "fill-opacity:.75"}


# ---- the sheet: classes for the colours that are used

class Sheet:
    """Gives out class names, and writes the style sheet with the rules of those that were asked for."""

    def __init__(self):
        self.names, self.kinds = {}, set()

    def ink(self, ink, stroke=False):
        return self.names.setdefault((ink, stroke), "%s%d" % ("s" if stroke else "f", len(self.names)))

    def kind(self, kind):
        self.kinds.add(kind)
        return kind

    def _colours(self, scheme):
        return "".join(".%s{%s:%s}" % (name, "stroke" if stroke else "fill", shown(ink, scheme))
                       for (ink, stroke), name in self.names.items())

    def css(self):
        looks = "".join(".%s{%s}" % (kind, look) for kind, look in {**_LINES, **_AREAS}.items()
                        if look and kind in self.kinds)
        return ("text{font:%dpx %s;white-space:pre}.bold{font-weight:700}.italic{font-style:italic}"
                "path{stroke-width:1.2}%s%s@media(prefers-color-scheme:dark){%s}"
                % (FONT, FONTS, looks, self._colours(LIGHT), self._colours(DARK)))


# ---- rows

def _placed(cells):
    x = 0
    for cell in cells:
        yield x, cell
        x += cell.width


def _behind(cells, y, paths):
    """The colours behind the text; neighbours of one colour are one rectangle."""
    runs = []
    for column, cell in _placed(cells):
        ink = inks(cell.style)[1]
        if runs and runs[-1][0] == ink and runs[-1][2] == column:
            runs[-1][2] += cell.width
        else:
            runs.append([ink, column, column + cell.width])
    for ink, start, end in runs:
        if ink:
            paths[ink, "area"].append(_rectangle(start * CELL, y, (end - start) * CELL, LINE))


def _is_drawn(cell):
    return cell.text in _BOX or _drawn(cell.text[0], 0, 0) is not None


def _is_joinable(cell):
    """One of the letters that every monospaced font has, in one width."""
    return cell.width == 1 and len(cell.text) == 1 and ord(cell.text) < 0x250


def _look(style):
    return inks(style)[0], style.bold, style.italic


class _Run:
    """Cells of one look that are written as one text; a blank, or a drawn cell, may be among them."""

    def __init__(self, column, cell):
        self.column, self.columns, self.text, self.cell = column, cell.width, cell.text, cell

    def goes_on(self, column, cell):
        return (column - self.column - self.columns <= 1 and _is_joinable(self.cell) and _is_joinable(cell) and
                _look(self.cell.style) == _look(cell.style))

    def add(self, column, cell):
        self.text = self.text.ljust(column - self.column) + cell.text
        self.columns = column - self.column + 1


def _runs(cells):
    """What is written of a row. A run neither begins nor ends with a blank, and has no two in a row."""
    runs = []
    for column, cell in _placed(cells):
        if cell.text == " " or _is_drawn(cell):
            continue
        if runs and runs[-1].goes_on(column, cell):
            runs[-1].add(column, cell)
        else:
            runs.append(_Run(column, cell))
    return runs


def _collect(cells, y, paths, segments):
    """What is drawn of a row: colours behind, underlines, and characters."""
    _behind(cells, y, paths)
    for column, cell in _placed(cells):
        x, ink = column * CELL, inks(cell.style)[0]
        if cell.style.underline:
            segments[ink].append(((x, y + LINE - 2.5), (x + cell.width * CELL, y + LINE - 2.5)))
        if cell.text in _BOX:
            segments[ink] += _segments(cell.text, x, y)
            continue
        drawn = _drawn(cell.text[0], x, y)
        if drawn:
            paths[ink, drawn[0]].append(drawn[1])


def _paths(paths, segments, sheet):
    for ink, pieces in segments.items():
        paths[ink, "line"].append(_join(pieces))
    for (ink, kind), pieces in paths.items():
        yield '<path class="%s %s"%s d="%s"/>' % (sheet.ink(ink, kind in _LINES), sheet.kind(kind),
                                                  ' fill="none"' if kind in _LINES else "", "".join(pieces))


def _text(x, y, length, text, style, sheet):
    classes = [sheet.ink(inks(style)[0])] + ["bold"] * style.bold + ["italic"] * style.italic
    return '<text class="%s" x="%s" y="%s" textLength="%s" lengthAdjust="spacingAndGlyphs">%s</text>' % (
        " ".join(classes), x, y, length, html.escape(text, quote=False))


def drawing(rows, sheet):
    """The elements of rows of cells, the first with its upper left corner at 0, 0."""
    paths, segments = collections.defaultdict(list), collections.defaultdict(list)
    texts = []
    for number, cells in enumerate(rows):
        _collect(cells, number * LINE, paths, segments)
        texts += [_text(run.column * CELL, number * LINE + BASELINE, run.columns * CELL, run.text, run.cell.style, sheet)
                  for run in _runs(cells)]
    return "\n".join(list(_paths(paths, segments, sheet)) + texts)


# ---- the window

def _bar(command, width, sheet):
    """The window's bar: three buttons and the command line."""
    frame, bar = sheet.ink(("frame", False)), sheet.ink(("bar", False))
    buttons = "".join('<circle class="%s" cx="%d" cy="17" r="5.5"/>' % (frame, 20 + 19 * n) for n in range(3))
    return ('<path class="%s" d="M1 %dV10a9 9 0 0 1 9-9h%da9 9 0 0 1 9 9v%dz"/>%s%s'
            % (bar, BAR, width - 20, BAR - 10, buttons,
               _text(MARGIN + 8 * CELL, 22, len(command) * CELL, command, Style(), sheet)))


def window(columns, rows, content, command, title, description, sheet, css=""):
    """The whole file. columns, rows: how many cells; content: elements from 0, 0 on; command: what was typed."""
    width, height = columns * CELL + 2 * MARGIN, rows * LINE + BAR + MARGIN + 8
    back = '<rect class="%s %s" x=".5" y=".5" width="%d" height="%d" rx="9.5"/>' % (
        sheet.ink(("ground", False)), sheet.ink(("frame", False), True), width - 1, height - 1)
    bar = _bar(command, width, sheet)
    return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" '
            'aria-labelledby="title desc">\n%s<title id="title">%s</title>\n<desc id="desc">%s</desc>\n'
            '<style>%s%s</style>\n%s\n%s\n<g transform="translate(%d %d)">\n%s\n</g>\n</svg>\n'
            % (width, height, width, height, LICENCE, html.escape(title, quote=False), html.escape(description, quote=False),
               sheet.css(), css, back, bar, MARGIN, BAR + 8, content))


def picture(rows, columns, command, title, description):
    """A still picture of a screen."""
    sheet = Sheet()
    return window(columns, len(rows), drawing(rows, sheet), command, title, description, sheet)


# ---- back to text

_RUN = re.compile(r'<text class="[^"]*" x="(\d+)" y="(\d+)" textLength="\d+"[^>]*>([^<]*)</text>')
_HEIGHT = re.compile(r'<svg [^>]*height="(\d+)"')


def written(svg):
    """The rows of a still picture as text, without what is drawn."""
    rows = [""] * ((int(_HEIGHT.search(svg).group(1)) - BAR - MARGIN - 8) // LINE)
    for x, y, text in _RUN.findall(svg[svg.index("<g transform"):]):
        row, column = (int(y) - BASELINE) // LINE, int(x) // CELL
        rows[row] = rows[row].ljust(column) + html.unescape(text)
    return rows
