# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A terminal that changes, as one SVG that moves by CSS alone.

Each row of the screen is a reel: what it shows in turn stands one below the other, and a clip shows one of them. At the
time of a frame the reel jumps (step-end) to what the row shows from then on. What several rows show, such as a list that
scrolls, is stored once. Without motion (prefers-reduced-motion, or a program that knows no CSS animation) the poster is
seen: the place of each reel as an attribute, which CSS overrides."""
import collections

import terminal_svg
from terminal_cells import PLAIN, Cell
from terminal_svg import CELL, LINE, Sheet

NOTE_TOP = 22 - terminal_svg.BASELINE - terminal_svg.BAR - 8  # the note is in the window's bar

# time_s: since the start; rows: of cells; note: what is shown in the window's bar, such as the key that was pressed.
Frame = collections.namedtuple("Frame", "time_s rows note")


class _Store:
    """Rows of cells, each drawn once, by their ids."""

    def __init__(self, sheet):
        self.sheet, self.ids, self.drawn = sheet, {}, []

    def id_of(self, cells):
        key = tuple(cells)
        if key not in self.ids:
            self.ids[key] = "i%d" % len(self.ids)
            self.drawn.append('<g id="%s">%s</g>' % (self.ids[key], terminal_svg.drawing([cells], self.sheet)))
        return self.ids[key]


def _percent(time_s, duration_s):
    return ("%.2f" % (100 * time_s / duration_s)).rstrip("0").rstrip(".") + "%"


def _reel(name, shown, poster_s, duration_s):
    """(css, elements) of a reel. shown: (time, id) of each change, the first at 0."""
    slots = list(dict.fromkeys(ident for _, ident in shown))
    uses = "".join('<use href="#%s"%s/>' % (ident, ' y="%d"' % (slot * LINE) if slot else "")
                   for slot, ident in enumerate(slots))
    poster = slots.index([ident for time_s, ident in shown if time_s <= poster_s][-1])
    place = ' transform="translate(0 -%d)"' % (poster * LINE) if poster else ""
    if len(slots) == 1:
        return "", "<g>%s</g>" % uses
    steps = "".join("%s{transform:translateY(%dpx)}" % (_percent(time_s, duration_s), -slots.index(ident) * LINE)
                    for time_s, ident in shown)
    css = "@keyframes %s{%s}.%s{animation:%s %gs step-end infinite}" % (name, steps, name, name, duration_s)
    return css, '<g class="%s"%s>%s</g>' % (name, place, uses)


def _changes(frames, row, store):
    """(time, id) of a row, when it changes."""
    shown = []
    for frame in frames:
        ident = store.id_of(frame.rows[row])
        if not shown or shown[-1][1] != ident:
            shown.append((frame.time_s, ident))
    return shown


def _with_note(frame, columns):
    """A row more, above the others: the note, at the right."""
    note = [Cell(" ", 1, PLAIN)] * (columns - len(frame.note)) + [Cell(c, 1, PLAIN._replace(bold=True)) for c in frame.note]
    return frame._replace(rows=[note] + list(frame.rows))


def animation(frames, columns, duration_s, poster_s, command, title, description):
    """frames: the first at 0; all have as many rows. poster_s: when it shows what is seen without motion."""
    sheet = Sheet()
    store = _Store(sheet)
    frames = [_with_note(frame, columns) for frame in frames]
    count = len(frames[0].rows)
    css, reels = [], []
    for row in range(count):
        rules, reel = _reel("r%d" % row, _changes(frames, row, store), poster_s, duration_s)
        css.append(rules)
        top = (row - 1) * LINE if row else NOTE_TOP
        reels.append('<g transform="translate(0 %d)"><g clip-path="url(#row)">%s</g></g>' % (top, reel))
    content = ('<defs><clipPath id="row"><rect width="%d" height="%d"/></clipPath>\n%s</defs>\n%s'
               % (columns * CELL, LINE, "\n".join(store.drawn), "\n".join(reels)))
    still = "@media(prefers-reduced-motion:reduce){g{animation:none!important}}"
    return terminal_svg.window(columns, count - 1, content, command, title, description, sheet, "".join(css) + still)
