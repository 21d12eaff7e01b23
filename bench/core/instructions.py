#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Counts the instructions of core's operations, and compares them with those on record: what a
change costs shows on any machine, however fast or busy it is."""

import argparse
import glob
import os
import re
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bench"))
import document  # noqa: E402

RECORD = os.path.join(ROOT, "bench", "core", "instructions.txt")
DATA = os.path.join(ROOT, "tests", "data")
COLUMNS = ("x86_64", "armv7")
TOLERANCE = 0.10
HEADER = """# Instructions per operation (bench/core/operations.cpp): Debian 12, gcc 12, -O2.
# Made by bench/core/instructions.py --record; CI compares with a tolerance of 10 %.
"""


def build_native(build_dir):
    subprocess.run(["cmake", "-S", ROOT, "-B", build_dir, "-G", "Ninja"],
                   check=True, stdout=sys.stderr)
    subprocess.run(["cmake", "--build", build_dir, "--target", "core_repeat"],
                   check=True, stdout=sys.stderr)
    return os.path.join(build_dir, "bench", "core", "core_repeat")


def build_armv7(folder):
    """Core needs no library but headers, so one command makes a program of it."""
    program = os.path.join(folder, "core_repeat")
    sources = [source for part in ("src/battery", "src/bank", "src/control", "src/codec", "src/mapping", "src/device", "src/publish", "bench/core")
               for source in glob.glob(os.path.join(ROOT, part, "*.cpp"))
               if not source.endswith("core_bench.cpp")]
    subprocess.run(["arm-linux-gnueabihf-g++", "-std=c++20", "-O2", "-DNDEBUG", "-static", "-Wno-psabi",
                    "-I", os.path.join(ROOT, "include"), "-idirafter", "/usr/include",
                    os.path.join(ROOT, "bench", "payload_series.cpp"), *sources, "-o", program],
                   check=True)
    return program


def by_valgrind(program, operation, count):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
               *program, DATA, operation, str(count)]
    result = subprocess.run(command, check=True, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True)
    return int(re.search(r"Collected : (\d+)", result.stderr)[1])


def by_qemu(program, operation, count):
    """One line of the log for each instruction."""
    command = [program[0], "-singlestep", "-d", "exec,nochain", *program[1:], DATA, operation, str(count)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        lines = sum(chunk.count(b"\nTrace ") for chunk in iter(lambda: process.stderr.read(1 << 20),
                                                                b""))
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, command)
    return lines


def measure(program, counter, few, many):
    """{operation: instructions of one repetition}, without start and preparation."""
    listed = subprocess.run([*program, "list"], check=True, stdout=subprocess.PIPE, text=True)
    counts = {}
    for line in listed.stdout.splitlines():
        name = line.split("\t")[0]
        difference = counter(program, name, many) - counter(program, name, few)
        counts[name] = round(difference / (many - few))
        print(f"  {name}: {counts[name]}", file=sys.stderr, flush=True)
    return counts


def read_record():
    """{column: {operation: instructions}}"""
    record = {column: {} for column in COLUMNS}
    if not os.path.exists(RECORD):
        return record
    with open(RECORD, encoding="ascii") as file:
        for line in file:
            if line.startswith("#") or line.startswith("operation"):
                continue
            name, *values = line.split()
            for column, value in zip(COLUMNS, values):
                if value != "-":
                    record[column][name] = int(value)
    return record


def write_record(record):
    names = list(dict.fromkeys(name for column in COLUMNS for name in record[column]))
    with open(RECORD, "w", encoding="ascii") as file:
        file.write(HEADER)
        file.write(f"{'operation':20}" + "".join(f"{column:>10}" for column in COLUMNS) + "\n")
        for name in names:
            values = "".join(f"{record[column].get(name, '-'):>10}" for column in COLUMNS)
            file.write(f"{name:20}{values}\n")


def put_into_document(program, record):
    listed = subprocess.run([program, "list"], check=True, stdout=subprocess.PIPE, text=True)
    lines = ["| operation | | x86-64 | armv7 |", "|---|---|---:|---:|"]
    for line in listed.stdout.splitlines():
        name, meaning = line.split("\t")
        counts = (record[column].get(name) for column in COLUMNS)
        cells = (f"{count:,}".replace(",", " ") if count else "–" for count in counts)
        lines.append(f"| {name} | {meaning} | {' | '.join(cells)} |")
    document.put("core", "\n".join(lines), "bench/core/instructions.py")


def compare(measured, recorded):
    """Prints a line each; true when none is more than the tolerance off."""
    good = True
    for name, count in measured.items():
        before = recorded.get(name)
        if before is None:
            print(f"INSTRUCTIONS {name}: {count}, not on record")
            good = False
            continue
        change = count / before - 1
        good = good and abs(change) <= TOLERANCE
        note = "" if abs(change) <= TOLERANCE else ("  TOO MANY" if change > 0 else "  FEWER: record it")
        print(f"INSTRUCTIONS {name}: {count} ({change:+.1%} of {before}){note}")
    for name in recorded.keys() - measured.keys():
        print(f"INSTRUCTIONS {name}: on record, but there is no such operation")
        good = False
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--armv7", action="store_true",
                        help="for the device's processor, under qemu (slow)")
    parser.add_argument("--record", action="store_true", help="put the counts on record")
    parser.add_argument("--document", action="store_true",
                        help="only put what is on record into docs/measurements.md")
    parser.add_argument("--build-dir", default=os.path.join(ROOT, "build"),
                        help="where the native program is built (%(default)s)")
    options = parser.parse_args()
    if options.document:
        put_into_document(build_native(options.build_dir), read_record())
        return 0
    column = "armv7" if options.armv7 else "x86_64"
    if options.armv7:
        with tempfile.TemporaryDirectory() as folder:
            measured = measure(["qemu-arm-static", build_armv7(folder)], by_qemu, 2, 4)
    else:
        measured = measure([build_native(options.build_dir)], by_valgrind, 300, 1100)
    record = read_record()
    if options.record:
        record[column] = measured
        write_record(record)
        return 0
    if compare(measured, record[column]):
        return 0
    print("instructions.py: a change of more than 10 %: if it is meant, --record it and say why",
          file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
