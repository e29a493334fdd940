# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says what share of the lines and branches of each room of src ran: make coverage. Reads what
`gcovr --json-summary` writes; the exit status is 1 below the bar (two percentages, lines and branches)."""

import argparse
import collections
import json

FIGURES = ("line_covered", "line_total", "branch_covered", "branch_total")


def room_of(path):
    """src/ui/serve/view.c is of ui/serve, src/main.c of main.c."""
    parts = path.split("/")[1:]
    return "/".join(parts[:-1]) or parts[0]


def share(covered, total):
    return 100.0 * covered / total if total else 100.0


def row(name, figures):
    lines, lines_all, branches, branches_all = figures
    return "%-14s %6d of %6d lines %5.1f%%   %6d of %6d branches %5.1f%%" % (
        name, lines, lines_all, share(lines, lines_all), branches, branches_all, share(branches, branches_all))


def sums(files):
    rooms = collections.defaultdict(lambda: [0] * len(FIGURES))
    for item in files:
        for place, figure in enumerate(FIGURES):
            rooms[room_of(item["filename"])][place] += item[figure]
    return rooms


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("summary")
    parser.add_argument("bar", type=float, nargs=2)
    arguments = parser.parse_args()
    with open(arguments.summary, encoding="utf-8") as file:
        rooms = sums(json.load(file)["files"])
    for name in sorted(rooms):
        print(row(name, rooms[name]))
    total = [sum(figures) for figures in zip(*rooms.values())] or [0] * len(FIGURES)
    print(row("src", total))
    lines, branches = share(*total[:2]), share(*total[2:])
    print("coverage: %.1f%% of the lines and %.1f%% of the branches of src" % (lines, branches))
    if lines < arguments.bar[0] or branches < arguments.bar[1]:
        print("coverage: below the bar of %g%% of the lines and %g%% of the branches" % tuple(arguments.bar))
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
