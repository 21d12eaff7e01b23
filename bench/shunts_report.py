# SPDX-License-Identifier: MIT
"""The figures of an aggregator run as one Markdown table."""

import math
import statistics

from report import growth, percentile

MISSING = "–"


def _ms(us):
    return MISSING if math.isnan(us) else f"{us / 1000:.2f} ms"


def _us(us):
    return f"{us:.0f} µs"


def _percent(value):
    return f"{value:.2f} %"


def _plain(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}"


def _mb(value):
    return f"{value:.1f} MB"


def _latency_rows(run):
    title = f"{run['shunts']} shunts, one change at a time: "
    for label, pick in (("p50", lambda us: percentile(us, 50)),
                        ("p99", lambda us: percentile(us, 99)), ("max", max)):
        yield (title + label, lambda one, pick=pick: pick(sorted(one["us"])), _ms, True)
    yield title + "changes never seen", lambda one: one["lost"], _plain, False
    yield (f"{run['shunts']} shunts there, start to name on the bus, median",
           lambda one: 1e6 * statistics.median(one["start_s"]), _ms, False)
    yield ("a shunt appears → TracksServices names it, median",
           lambda one: statistics.median(one["found_us"]), _ms, False)
    yield "the same, worst", lambda one: max(one["found_us"]), _ms, False
    yield ("a shunt leaves → TracksServices without it, median",
           lambda one: statistics.median(one["lost_us"]), _ms, False)


def _rate_rows(run):
    title = f"{run['shunts']} at 1 Hz, interval {run['interval_ms']}: "
    yield title + "members when it appeared", lambda one: one["members"] or math.nan, _plain, False
    yield title + "CPU per update", lambda one: statistics.mean(one["cpu_us"]), _us, True
    yield title + "of a core", lambda one: statistics.mean(one["percent"]), _percent, False
    yield title + "signals per update", lambda one: one["signals"] / one["sent"], _plain, False
    if run["interval_ms"]:
        yield (title + "newest value visible, p99",
               lambda one: percentile(sorted(one["us"]), 99), _ms, False)
        yield title + "newest value visible, max", lambda one: max(one["us"]), _ms, False
        return
    yield title + "items per signal", lambda one: one["items"] / one["signals"], _plain, False
    yield title + "bytes per signal", lambda one: one["bytes_per_signal"], _plain, False
    yield title + "RSS", lambda one: one["memory_kb"]["rss"] / 1024, _mb, False
    yield (title + "anonymous memory", lambda one: one["memory_kb"]["anonymous"] / 1024, _mb,
           False)


def _growth_rows(runs):
    """What all the runs at 1 Hz say together; of a subject's figures in each of them."""
    for interval in sorted({run["interval_ms"] for run in runs}):
        def cost_of(name, interval=interval):
            return {run["shunts"]: statistics.mean(run["subjects"][name]["percent"])
                    for run in runs if run["interval_ms"] == interval}
        cells = [_plain(growth(cost_of(name))) for name in runs[0]["subjects"]]
        yield (f"| growth of the CPU with the shunts at 1 Hz, interval {interval} (1 = linear) | " +
               " | ".join(cells) + " |")


def _cell(function, text, one, floor):
    try:
        value = function(one)
        if math.isnan(value):
            return MISSING
        return text(value) + (f" ({value / function(floor):.2f} ×)" if floor else "")
    except (KeyError, ValueError, ZeroDivisionError, statistics.StatisticsError):
        return MISSING


def _lines(run):
    subjects = run["subjects"]
    for title, function, text, compared in (_latency_rows if run["kind"] == "latency"
                                            else _rate_rows)(run):
        cells = [_cell(function, text, one, subjects["floor"] if compared and name != "floor"
                       else None) for name, one in subjects.items()]
        if any(cell != MISSING for cell in cells):
            yield f"| {title} | " + " | ".join(cells) + " |"
    if "dbus_percent" in run:
        share = _percent(statistics.mean(run["dbus_percent"]))
        yield (f"| {run['shunts']} at 1 Hz, interval {run['interval_ms']}: dbus-daemon, for all "
               f"columns together | {share} |" + " |" * (len(subjects) - 1))


def _noise(results):
    spreads = [max(one["cpu_us"]) / min(one["cpu_us"]) for run in results["runs"]
               if run["kind"] == "rate" for name, one in run["subjects"].items()
               if name == "floor"]
    machine = results["machine"]
    others = max(0.0, machine["busy_percent"] - machine["own_percent"])
    return (f"{results['seconds']:.0f} s. Noise: the machine was {machine['busy_percent']:.0f} % "
            f"busy, {others:.0f} % with other things; load {machine['load'][0]:.1f}; the floor's "
            f"CPU per update differed between turns by up to {max(spreads, default=1):.2f} ×.")


def markdown(results):
    names = list(results["runs"][0]["subjects"])
    lines = ["| | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for run in results["runs"]:
        lines += _lines(run)
    rated = [run for run in results["runs"] if run["kind"] == "rate"]
    if len({run["shunts"] for run in rated}) > 1:
        lines += _growth_rows(rated)
    return "\n".join([*lines, "", _noise(results)])
