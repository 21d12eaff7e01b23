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


def _cpu_us(pool):
    """For one message."""
    return 1e6 * pool["cpu_s"] / pool["sent"]


def _core_percent(pool, rate):
    return 100 * rate * pool["cpu_s"] / pool["sent"]


def _shown_percent(pool):
    return 100 * len(pool["us"]) / pool["counted"]


def growth(cost_of):
    """By which power of the load the cost grows, from {load: cost}: 1 is linear."""
    low, high = min(cost_of), max(cost_of)
    if low == high or cost_of[low] <= 0:
        return math.nan
    return math.log(cost_of[high] / cost_of[low]) / math.log(high / low)


def _pool_rows(title, pick):
    """Of messages of one kind at one rate; `pick` finds their pool in a subject's result."""
    for percent in (50, 99):
        yield (f"latency p{percent}{title}",
               lambda r, percent=percent: percentile(sorted(pick(r)["us"]), percent),
               _milliseconds, True)
    yield f"CPU per message{title}", lambda r: _cpu_us(pick(r)), _microseconds, True
    yield (f"context switches per 1000 messages{title}",
           lambda r: 1000 * pick(r)["switches"] / pick(r)["sent"], _plain, False)
    yield f"messages shown{title}", lambda r: _shown_percent(pick(r)), _percent, False


def _rows(rates):
    """(title, function from a subject's result to a number, format, compare with the floor)"""
    for rate in rates:
        yield from _pool_rows(f" at {rate}/s", lambda r, rate=rate: r["rates"][rate])
    for rate in rates:
        yield (f"of a core at {rate}/s",
               lambda r, rate=rate: _core_percent(r["rates"][rate], rate), _percent, False)
    yield ("growth of that with the rate (1 = linear)",
           lambda r: growth({rate: _core_percent(r["rates"][rate], rate) for rate in rates}),
           _plain, False)
    for what in ("signals", "items", "bytes"):
        yield (f"{what} per shown message", lambda r, what=what: r["per_shown_update"][what],
               _plain, False)
    for when, key in (("", "memory_kb"), (" after the load", "memory_kb_after")):
        yield (f"RSS{when}", lambda r, key=key: r[key]["rss"] / 1024, _megabytes, False)
        yield (f"anonymous memory{when}", lambda r, key=key: r[key]["anonymous"] / 1024,
               _megabytes, False)
    yield ("start to name on the bus, median",
           lambda r: 1e6 * statistics.median(r["start_up_s"]), _milliseconds, False)
    yield ("start to name on the bus, worst", lambda r: 1e6 * max(r["start_up_s"]),
           _milliseconds, False)
    yield ("wake-ups per minute without messages", lambda r: 60 * r["idle_wakeups_per_s"],
           _plain, False)


def _payload_rows(payloads):
    for payload in payloads:
        yield from _pool_rows(f", {payload}", lambda r, payload=payload: r["payloads"][payload])
        yield (f"items per shown message, {payload}",
               lambda r, payload=payload: r["payloads"][payload]["items"] /
               r["payloads"][payload]["sent"], _plain, False)


def _overload_rows():
    def of(key):
        return lambda r: r["overload"][key]
    yield "messages per second", of("rate"), _plain, False
    yield ("messages shown", lambda r: 100 * len(r["overload"]["us"]) / r["overload"]["sent"],
           _percent, False)
    yield "the newest message is visible after", of("newest_us"), _milliseconds, False
    yield ("age of what is shown, p99", lambda r: percentile(sorted(r["overload"]["us"]), 99),
           _milliseconds, False)
    yield "CPU", of("cpu_s"), lambda v: f"{v:.2f} s", False
    yield "RSS, highest ever", lambda r: r["overload"]["peak_kb"] / 1024, _megabytes, False
    yield ("anonymous memory after it", lambda r: r["overload"]["memory_kb"]["anonymous"] / 1024,
           _megabytes, False)


def _microseconds(value):
    return f"{value:.0f} µs"


def _plain(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def _percent(value):
    return f"{value:.0f} %" if value >= 10 else f"{value:.2f} %"


def _megabytes(value):
    return f"{value:.1f} MB"


def _cell(function, text, result, floor):
    try:
        value = function(result)
        if value is None or math.isnan(value):
            return "–"
    except (KeyError, TypeError, ZeroDivisionError, statistics.StatisticsError):
        return "–"
    if floor is None or result is floor:
        return text(value)
    return f"{text(value)} ({value / function(floor):.2f} ×)"


def _table(results, rows):
    lines = ["| | " + " | ".join(results) + " |", "|---|" + "---:|" * len(results)]
    for title, function, text, compared in rows:
        floor = results.get("floor") if compared else None
        cells = [_cell(function, text, result, floor) for result in results.values()]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def markdown(results, rates):
    return _table(results, _rows(rates))


def payloads_markdown(results, payloads):
    return _table(results, _payload_rows(payloads))


def overload_markdown(results):
    return _table(results, _overload_rows())
