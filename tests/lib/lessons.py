# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lessons of the program, and the legs of their ladders as the JSON has them."""
import re

import tap
import udptui

SEED = 7  # of a lesson without --seed
LEG = re.compile(r"^leg (\d+) of (\d+), (.*?) to (.*?): ")  # the comment of a packet


def topics():
    return [item["topic"] for item in udptui.run("lesson", "--json").expect(0).objects("topic")]


def each_try(play, is_good=lambda result: result.status != 1, times=3):
    """What play() returns: a lesson's result first. If the machine is so busy that the lesson could not show what it
    should, it says so with status 1, and is played again; times: how often at most on a quiet
    machine."""
    for _ in range(times - 1 + int(tap.busy())):
        played = play()
        if is_good(played[0]):
            break
    return played


def is_first_try(result):
    """Whether the lesson showed its point at once, so that nothing else was on the wire: it tries again if the machine
    was late, and with the next seed if there was nothing to see by chance."""
    if result.status != 0:
        return result.status != 1
    found = result.objects("lesson")[0]
    return (found["seed"], found["tries"]) == (SEED, 1)


def first_try(play):
    """As each_try, of a lesson that did not try again: all that was on the wire is in its ladder. In 1 of 128 plays of
    `ports` the kernel's hash leaves one socket without a datagram."""
    return each_try(play, is_first_try, times=5)


def shown(*arguments, wait_s=40, **options):
    """A lesson that shows what it should."""
    return each_try(lambda: (udptui.run("lesson", *arguments, wait_s=wait_s, **options),))[0].expect(0)


def is_datagram(leg):
    return leg["end"] not in ("unsent", "event")


def is_simulated(leg):
    """The simulated network is inside the server: its copy of a request, or an answer that it lost, was on no wire."""
    return leg["copy"] if leg["from"] == "left" else leg["end"] == "lost" and "gap" not in leg


def is_on_the_wire(leg):
    return is_datagram(leg) and not is_simulated(leg)


def time_of(leg):
    """When it was on the wire; None: that is not known."""
    return leg["departed_ns"] if leg["from"] == "left" else leg.get("arrived_ns", leg["departed_ns"])


def leg_number(comment):
    """Of the leg that a packet's comment names, from 1; None: it names none."""
    found = LEG.match(comment)
    return int(found.group(1)) if found else None
