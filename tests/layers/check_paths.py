#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when an item path of a battery is spelled anywhere but in its row of the table of quantities,
or of that of the page of cells: code says q("/Soc"), which the compiler looks up there."""

import argparse
import re
import sys
import tempfile
from pathlib import Path

TABLE = Path("include/dmb/battery/quantity_rows.h")
PAGE_TABLE = Path("include/dmb/battery/cell_page_rows.h")  # of the display's page of cells
TABLES = (TABLE, PAGE_TABLE)
ROW = re.compile(r'^\s*\{"(/[^"]+)",', re.M)
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/', re.S)
LITERAL = re.compile(r'(\bq\()?"(/[A-Z][^"\n]*)"')
# Paths of other services that happen to be called alike.
ELSEWHERE = {("src/sinks/bus/settings_wire.cpp", "/CustomName")}


def code_of(file):
    return COMMENT.sub("", file.read_text(encoding="utf-8"))


def problems_of(source):
    rows = [row for table in TABLES if (source / table).exists() for row in ROW.findall(code_of(source / table))]
    families = {row for row in rows if "#" in row}
    single = [row for row in rows if row not in families]
    problems = [f"{TABLE}: {path} has {single.count(path)} rows"
                for path in sorted(set(single)) if single.count(path) > 1]
    known = re.compile("|".join(re.escape(row).replace(r"\#", r"\d+") for row in set(rows)))
    for file in sorted(f for top in ("include", "src") for f in (source / top).rglob("*.[hc]*")):
        where = file.relative_to(source)
        for looked_up, path in LITERAL.findall(code_of(file)):
            if where in TABLES or looked_up or (str(where), path) in ELSEWHERE:
                continue
            if known.fullmatch(path):
                problems.append(f"{where}: spells {path}, which stands in {TABLE}: say q(\"{path}\")")
    return problems, len(set(rows))


def self_test():
    table = '{"/Soc", D},\n{"/Voltages/Cell#", D},\n'
    samples = {"good.cpp": 'a(q("/Soc")); b("/N/"); // "/Soc"\n', "bad.cpp": 'a("/Soc");',
               "family.h": 'a("/Voltages/Cell7");', "quantity.cpp": 'constexpr auto kSoc = q("/Soc");'}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / TABLE).parent.mkdir(parents=True)
        (root / "src").mkdir()
        for name, text in samples.items():
            (root / "src" / name).write_text(text)
        (root / TABLE).write_text(table)
        found = [problem.split(":")[0] for problem in problems_of(root)[0]]
        (root / TABLE).write_text(table + '{"/Soc", C},\n')
        twice = problems_of(root)[0]
    wrong = [] if found == ["src/bad.cpp", "src/family.h"] else [f"found {found}"]
    return wrong + ([] if any("has 2 rows" in problem for problem in twice) else ["two rows not found"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, help="check the sources of this repository")
    parser.add_argument("--self-test", action="store_true", help="check the check itself")
    arguments = parser.parse_args()
    problems = self_test() if arguments.self_test else []
    if arguments.source:
        found, rows = problems_of(arguments.source)
        problems += found
        if rows < 100:
            problems.append(f"only {rows} rows were found in {TABLE}")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
