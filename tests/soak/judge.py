# SPDX-FileCopyrightText: 2026 the udptui authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a series of samples has grown, and a series as a line of text. Pure: no clock, no process.

A run is cut into quarters. The first one is for tables, history and buffers to fill. A leak grows from each of
the other quarters to the next; what is allocated once, whenever that is, is a step in one place. So growth is
what the medians of the second, third and last quarter all show."""
import statistics

MEMORY_TOLERANCE_KIB = 1024  # half a run at 5,000 datagrams/s: in 30 minutes 0.25 bytes a datagram
LATENCY_FACTOR = 1.5
_BARS = "▁▂▃▄▅▆▇█"


def quarter(series, number):
    """Number 1 to 4."""
    return series[len(series) * (number - 1) // 4:len(series) * number // 4]


def _medians(series):
    """Each is a value of the series: a mean of two, before and after a step, would make two steps of one."""
    return [statistics.median_low(quarter(series, number)) for number in (2, 3, 4)]


def memory_growth(kib, tolerance_kib=MEMORY_TOLERANCE_KIB, least_step_kib=None):
    """None, or what grew. Of steady growth each of the two steps is half, of a step at most one is more than noise.
    least_step_kib: what each step is at least, however uneven a busy machine makes the growth; else a quarter of it."""
    second, third, last = _medians(kib)
    growth = last - second
    least_kib = growth / 4 if least_step_kib is None else least_step_kib
    if growth > tolerance_kib and min(third - second, last - third) > least_kib:
        return "medians of quarters 2, 3, 4: %d, %d, %d KiB" % (second, third, last)
    return None


def count_growth(counts):
    """Of descriptors or threads, whose number may go up and down: None, or what grew. In the last quarter there were
    nearly always more than ever in the second, so that it does not matter how evenly they grew."""
    second, third, last = _medians(counts)
    if second < third < last and percentile(quarter(counts, 4), 0.1) > percentile(quarter(counts, 2), 0.9):
        return "medians of quarters 2, 3, 4: %g, %g, %g" % (second, third, last)
    return None


def latency_growth(aged, fresh, factor=LATENCY_FACTOR):
    """Of p99 service times, one a window: of the program that runs throughout, and, measured at the same time, of
    one that was started for the window. The median window of the last quarter is compared with that of the first,
    whose first window is left out. If the program without a past has slowed down by as much, the machine is to
    blame, and it is not counted. Returns (None or what grew, the ratio of the aged, that of the fresh)."""
    def ratio(series):
        return statistics.median(quarter(series, 4)) / statistics.median(quarter(series, 1)[1:] or quarter(series, 1))
    own, others = ratio(aged), ratio(fresh)
    if own > factor and own / others > factor:
        return "p99 service time is %.2f times that of the start, a new process's %.2f times" % (own, others), own, others
    return None, own, others


def sparkline(series, width=60):
    """A bar for each slice: its median, between the least and the greatest of them."""
    width = min(width, len(series))
    slices = [series[len(series) * at // width:len(series) * (at + 1) // width] for at in range(width)]
    heights = [statistics.median(part) for part in slices]
    low, high = min(heights, default=0), max(heights, default=0)
    scale = (len(_BARS) - 1) / (high - low) if high > low else 0
    return "".join(_BARS[round((height - low) * scale)] for height in heights)


def percentile(values, share):
    """The least value that at least so many of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-int(len(ordered) * share * 1000) // 1000) - 1)]
