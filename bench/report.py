# SPDX-License-Identifier: MIT
"""The figures of a run as one Markdown table."""

import math
import statistics


def percentile(ordered, percent):
    """Nearest rank; with fewer than 100 values the 99th percentile is the largest."""
    if not ordered:
        return math.nan
    return ordered[min(len(ordered) - 1, math.ceil(percent / 100 * len(ordered)) - 1)]


def _milliseconds(value):
    return "–" if math.isnan(value) else f"{value / 1000:.2f} ms"


def _rows(rates):
    """(title, function from a subject's result to a number, format, compare with the floor)"""
    for rate in rates:
        for percent in (50, 99):
            yield (f"latency p{percent} at {rate}/s",
                   lambda r, rate=rate, percent=percent: percentile(r["latency_us"][rate], percent),
                   _milliseconds, True)
    for rate in rates:
        yield (f"CPU per 1000 messages at {rate}/s",
               lambda r, rate=rate: r["cpu_s_per_1000"][rate], lambda v: f"{v:.3f} s", True)
    for rate in rates:
        yield (f"messages shown at {rate}/s", lambda r, rate=rate: 100 * r["shown"][rate],
               lambda v: f"{v:.0f} %", False)
    for what in ("signals", "items", "bytes"):
        yield (f"{what} per shown message", lambda r, what=what: r["per_shown_update"][what],
               lambda v: f"{v:.0f}" if v >= 100 else f"{v:.1f}", False)
    for when, key in (("", "memory_kb"), (" after the load", "memory_kb_after")):
        yield (f"RSS{when}", lambda r, key=key: r[key]["rss"] / 1024, _megabytes, False)
        yield (f"anonymous memory{when}", lambda r, key=key: r[key]["anonymous"] / 1024,
               _megabytes, False)
    yield ("start to name on the bus, median",
           lambda r: 1e6 * statistics.median(r["start_up_s"]), _milliseconds, False)
    yield ("start to name on the bus, worst", lambda r: 1e6 * max(r["start_up_s"]),
           _milliseconds, False)
    yield ("wake-ups per second without messages", lambda r: r["idle_wakeups_per_s"],
           lambda v: f"{v:.1f}", False)


def _megabytes(value):
    return f"{value:.1f} MB"


def _cell(function, text, result, floor):
    try:
        value = function(result)
    except (KeyError, statistics.StatisticsError):
        return "–"
    if floor is None or result is floor:
        return text(value)
    return f"{text(value)} ({value / function(floor):.2f} ×)"


def markdown(results, rates):
    names = list(results)
    lines = ["| | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for title, function, text, compared in _rows(rates):
        floor = results.get("floor") if compared else None
        cells = [_cell(function, text, results[name], floor) for name in names]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
