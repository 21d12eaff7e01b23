# SPDX-License-Identifier: MIT
"""Draws a BusView as a table: in two columns for a terminal, or as a plain list."""

import time

# What stands in the left column, most important first; further groups follow while there is room.
LEFT = [
    ("/", ["Soc", "Capacity", "ConsumedAmphours", "TimeToGo"]),
    ("/Dc/0", ["Voltage", "Current", "Power", "Temperature"]),
    ("/Info", ["MaxChargeVoltage", "MaxChargeCurrent", "MaxDischargeCurrent"]),
    ("/Alarms", ["HighCellVoltage", "CellImbalance"]),
    ("/System", ["MinCellVoltage", "MaxCellVoltage"]),
    ("/System", ["MinVoltageCellId", "MaxVoltageCellId", "MinCellTemperature",
                 "MaxCellTemperature", "MOSTemperature", "NrOfModulesOnline"]),
    ("/Io", ["AllowToCharge", "AllowToDischarge", "AllowToBalance"]),
    ("/History", ["ChargeCycles"]),
    ("/Mgmt", ["ProcessName", "ProcessVersion", "Connection"]),
]
CELLS = 16
LEFT_WIDTH = 42
CELL_BAR = 9
CELL_SPAN_V = 0.035  # what the bar shows on either side of the mean

PLAIN, BOLD, DIM, RED, GREEN, YELLOW, CYAN, REVERSE = (
    "", "1", "2", "1;31", "32", "33", "36", "7")


class Style:
    """Colours and bar characters of the terminal at hand."""

    def __init__(self, colour, unicode):
        self._colour = colour
        self._blocks = " ▏▎▍▌▋▊▉█" if unicode else " #"
        self._empty = "·" if unicode else "."
        self.dot = " · " if unicode else " | "
        self.balancing = "≈" if unicode else "b"

    def paint(self, code, text):
        return f"\033[{code}m{text}\033[0m" if self._colour and code else text

    def bar(self, share, width):
        """A bar of `width` characters, as exact as the characters allow."""
        steps = len(self._blocks) - 1
        filled = round(min(max(share, 0.0), 1.0) * width * steps)
        full, part = divmod(filled, steps)
        drawn = self._blocks[-1] * full + (self._blocks[part] if part else "")
        return drawn + self._empty * (width - len(drawn))


def age(item, now):
    seconds = int(now - item.changed_at)
    if seconds < 100:
        return f"{seconds}s"
    return f"{seconds // 60}m" if seconds < 6000 else f"{seconds // 3600}h"


def shown(value):
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".") or "0"
    return str(value)


def duration(seconds):
    minutes = int(seconds) // 60
    return f"{minutes // 60} h {minutes % 60:02} min"


def cut(text, width):
    return f"{text[:width]:<{width}}"


def item_colour(path, item):
    if item.value is None:
        return DIM
    if path.startswith("/Alarms/"):
        return {0: GREEN, 1: YELLOW}.get(item.value, RED)
    if path in ("/Dc/0/Current", "/Dc/0/Power"):
        return GREEN if item.value > 0 else YELLOW
    return PLAIN


def item_row(view, style, now, path, name):
    item = view.items.get(path)
    if item is None:
        return style.paint(DIM, cut(f" {name:<20}{'not there':>17}", LEFT_WIDTH))
    label = cut(f" {name}", 21)
    fresh = BOLD if now - item.changed_at < 1 and item_colour(path, item) == PLAIN else ""
    figures = f"{shown(item.value)[:8]:>8} {item.text[:8]:>8}"
    return (label + style.paint(item_colour(path, item) or fresh, figures) +
            style.paint(DIM, f"{age(item, now):>4}"))


def left_rows(view, style, now, height):
    rows = []
    for group, names in LEFT:
        if len(rows) + 1 + len(names) > height:
            break
        rows.append(style.paint(CYAN, cut(group, LEFT_WIDTH)))
        prefix = "/" if group == "/" else group + "/"
        rows += [item_row(view, style, now, prefix + name, name) for name in names]
    return rows


def cell_row(view, style, now, number, mean):
    item = view.items.get(f"/Voltages/Cell{number}")
    if item is None or item.value is None:
        return style.paint(DIM, f" Cell{number:<4} -")
    share = (item.value - mean + CELL_SPAN_V) / (2 * CELL_SPAN_V)
    balancing = view.number(f"/Balances/Cell{number}") == 1
    bar = style.paint(YELLOW if balancing else GREEN, style.bar(share, CELL_BAR))
    mark = style.paint(YELLOW, style.balancing) if balancing else " "
    return (f" Cell{number:<3}{shown(item.value):>6} {item.text[:7]:>7} {bar}{mark}" +
            style.paint(DIM, f"{age(item, now):>4}"))


def right_rows(view, style, now):
    volts = [v for v in (view.number(f"/Voltages/Cell{n}") for n in range(1, CELLS + 1)) if v]
    mean = sum(volts) / len(volts) if volts else 0.0
    rows = [style.paint(CYAN, " /Voltages") + style.paint(DIM, f"   {style.balancing} balancing")]
    rows += [cell_row(view, style, now, n, mean) for n in range(1, CELLS + 1)]
    for name in ("Sum", "Diff"):
        item = view.items.get(f"/Voltages/{name}")
        if item:
            rows.append(f" {name:<7}{shown(item.value)[:6]:>6} {item.text[:7]:>7} {' ' * (CELL_BAR + 1)}" +
                        style.paint(DIM, f"{age(item, now):>4}"))
    return rows + [style.paint(DIM, " Ctrl-C ends the demo")]


def title(view, width):
    left = f" {view.service}"
    instance = view.number("/DeviceInstance")
    right = f"instance {instance} " if instance is not None else ""
    return left + right.rjust(max(0, width - len(left)))


def statistics(view, style, now):
    parts = [view.text("/CustomName") or view.text("/ProductName") or "?",
             f"{view.signals_per_second():.1f} updates/s", f"{view.signals} signals",
             f"{view.last_signal_items} items in the last",
             f"up {int(now - view.since)} s"]
    return " " + style.dot.join(parts)


def soc_line(view, style):
    soc, current, to_go = (view.number(p) for p in ("/Soc", "/Dc/0/Current", "/TimeToGo"))
    if soc is None:
        return " no state of charge"
    colour = RED if soc < 15 else YELLOW if soc < 30 else GREEN
    line = f" {soc:5.1f} % " + style.paint(colour, style.bar(soc / 100, 30))
    if current is not None:
        line += f"  {'charging' if current > 0 else 'discharging'} {abs(current):.1f} A"
        if to_go is not None and to_go < 864000:
            line += f", {duration(to_go)} to {'full' if current > 0 else 'go'}"
    return line


def screen(view, style, width, height):
    """The lines of one picture of the service."""
    now = time.monotonic()
    lines = [style.paint(REVERSE, cut(title(view, width), width)), statistics(view, style, now),
             soc_line(view, style), ""][: 4 if height > 24 else 3]
    left = left_rows(view, style, now, height - len(lines))
    right = right_rows(view, style, now)
    for index in range(min(height - len(lines), max(len(left), len(right)))):
        lines.append((left[index] if index < len(left) else " " * LEFT_WIDTH) +
                     (right[index] if index < len(right) else ""))
    return lines


def listing(view, style):
    """Every item that has a value, one per line, in groups."""
    now = time.monotonic()
    lines = [title(view, 79).rstrip(), statistics(view, style, now), ""]
    group = None
    valid = {path: item for path, item in view.items.items() if item.value is not None}
    for path in sorted(valid, key=natural_order):
        if path.rsplit("/", 1)[0] != group:
            group = path.rsplit("/", 1)[0]
            lines.append(group or "/")
        item = valid[path]
        lines.append(f"  {path:<34}{shown(item.value)[:20]:>20} {item.text[:16]:>16} "
                     f"{age(item, now):>4}")
    lines.append(f"{len(valid)} items with a value, {len(view.items) - len(valid)} without")
    return lines


def natural_order(path):
    """Groups in alphabetical order, Cell2 before Cell10."""
    group, name = path.rsplit("/", 1)
    stem = name.rstrip("0123456789")
    return group, stem, int(name[len(stem):] or 0)
