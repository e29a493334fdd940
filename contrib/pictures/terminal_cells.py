# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a terminal shows, as cells: from the text with escape sequences that `tmux capture-pane -e` gives.

A screen is a list of rows, a row a list of cells. Each cell has a text (a character and what combines with it), a
width of 1 or 2 columns, and a style. The cell after a wide one is not in the list: columns are sums of widths."""
import collections
import re
import unicodedata

# foreground, background: None (the terminal's own), a number of the palette (0 to 255), or "#rrggbb".
Style = collections.namedtuple("Style", "foreground background bold dim italic underline reverse",
                               defaults=(None, None, False, False, False, False, False))
Cell = collections.namedtuple("Cell", "text width style")
PLAIN = Style()

# SGR (ECMA-48 section 8.3.117): what a number switches on, and off.
_ON = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse"}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",)}
_GROUND = {3: "foreground", 4: "background", 9: "foreground", 10: "background"}
_SGR = re.compile("\033\\[([\\d;:]*)m")


def width(character):
    """Columns of a character: 0 combines with the one before."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _extended(numbers):
    """The colour after 38 or 48: 5;N or 2;R;G;B. Takes its numbers off the list."""
    kind = numbers.pop(0)
    if kind == 5:
        return numbers.pop(0)
    red, green, blue = (numbers.pop(0) for _ in range(3))
    return "#%02x%02x%02x" % (red, green, blue)


def _coloured(style, number, numbers):
    """30 to 49 and 90 to 107."""
    tens, ones = divmod(number, 10)
    ground = _GROUND.get(tens)
    if not ground or (tens >= 9 and ones > 7):
        raise ValueError("SGR %d is not known" % number)
    if ones == 8:
        return style._replace(**{ground: _extended(numbers)})
    return style._replace(**{ground: None if ones == 9 else ones + (8 if tens >= 9 else 0)})


def restyled(style, parameters):
    """The style after `ESC [ parameters m`."""
    numbers = [int(number.split(":")[0] or 0) for number in parameters.split(";")]
    while numbers:
        number = numbers.pop(0)
        if number == 0:
            style = PLAIN
        elif number in _ON:
            style = style._replace(**{_ON[number]: True})
        elif number in _OFF:
            style = style._replace(**dict.fromkeys(_OFF[number], False))
        else:
            style = _coloured(style, number, numbers)
    return style


def _cells_of(text, style):
    cells = []
    for character in text:
        columns = width(character)
        if columns == 0 and cells:
            cells[-1] = cells[-1]._replace(text=cells[-1].text + character)
        else:
            cells.append(Cell(character, columns or 1, style))
    return cells


def parse(text):
    """The rows of a capture. A style goes on in the next row; an escape sequence other than SGR is an error."""
    style, rows = PLAIN, []
    for line in text.rstrip("\n").split("\n"):
        cells = []
        for number, part in enumerate(_SGR.split(line)):
            if number % 2:
                style = restyled(style, part)
            elif any(ord(character) < 32 for character in part):
                raise ValueError("a control character in %r" % part)
            else:
                cells += _cells_of(part, style)
        rows.append(cells)
    return rows


def plain(cells):
    """The text of a row, without the blanks at its end."""
    return "".join(cell.text for cell in cells).rstrip()
