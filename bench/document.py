# SPDX-License-Identifier: MIT
"""Puts the tables of a run into docs/measurements.md, in place of those of the last run."""

import datetime
import os
import platform
import re

DOCUMENT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                        "docs", "measurements.md")


def machine():
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        model = re.search(r"^model name\s*:\s*(.*)$", file.read(), re.M)
    name = model[1].strip() if model else platform.machine()
    return f"{os.cpu_count()} cores of {name}, Linux {platform.release().split('-')[0]}"


def put(name, table, command):
    """Replaces what stands between the comments `begin NAME` and `end NAME`."""
    with open(DOCUMENT, encoding="utf-8") as file:
        text = file.read()
    begin, end = f"<!-- begin {name} -->\n", f"<!-- end {name} -->"
    if begin not in text:
        raise SystemExit(f"{DOCUMENT} has no place for the table {name}")
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    block = f"`{command}`, {datetime.date.today()}, {machine()}:\n\n{table.strip()}\n"
    with open(DOCUMENT, "w", encoding="utf-8") as file:
        file.write(before + begin + block + end + after)
