#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when a source file includes or calls what its layer must not know (see rules.py)."""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rules import ADAPTERS, FORBIDDEN_IN_CORE, FORBIDDEN_SYMBOLS, LAYERS

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
COMMENT_OR_STRING = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S)


def code_only(text):
    """`text` without comments and literals, line numbers kept; digit separators are no quotes."""
    text = re.sub(r"(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])", "", text)
    return COMMENT_OR_STRING.sub(lambda m: " " + "\n" * m.group().count("\n"), text)


def layer_of(source, file):
    parts = file.relative_to(source).parts
    rest = parts[2:] if parts[0] == "include" else parts[1:]
    return rest[0] if len(rest) > 1 else "main"


def include_problem(file, layer, quote, header):
    if quote == '"' and "/" in header:
        parts = header.split("/")
        if parts[0] != "dmb" and parts[0] not in ADAPTERS:
            return f'"{header}" is neither a header of core (dmb/) nor one of an adapter'
        folder = parts[1] if parts[0] == "dmb" else parts[0]
        return None if folder in layer.folders else f'may not know "{header}"'
    if quote == '"':
        return None if (file.parent / header).is_file() else f'"{header}" is no file beside it'
    if layer.allows_std(header) or layer.allows_other(header):
        return None
    return f"may not include <{header}>"


def file_problems(source, file):
    name = layer_of(source, file)
    where = file.relative_to(source)
    layer = LAYERS.get(name)
    if layer is None:
        yield f"{where}: folder '{name}' has no rule in tests/layers/rules.py"
        return
    if where.parts[0] == "include" and not layer.core:
        yield f"{where}: include/ is for core's headers; '{name}' keeps its own beside its sources"
    text = file.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        problem = match and include_problem(file, layer, *match.groups())
        if problem:
            yield f"{where}:{number}: {name} {problem}"
    if not layer.core:
        return
    for number, line in enumerate(code_only(text).splitlines(), 1):
        for what, pattern in FORBIDDEN_IN_CORE.items():
            if not line.lstrip().startswith("#") and re.search(pattern, line):
                yield f"{where}:{number}: {name} {what}: {line.strip()}"


def check_sources(source):
    files = sorted(file for top in ("include/dmb", "src") for kind in ("*.h", "*.cpp")
                   for file in (source / top).rglob(kind))
    if not files:
        return [f"no sources under {source}"]
    return [problem for file in files for problem in file_problems(source, file)]


def check_archives(archives):
    problems = []
    for archive in archives:
        listing = subprocess.run(["nm", "-C", "--undefined-only", archive], check=True,
                                 capture_output=True, text=True).stdout
        symbols = {line.split(maxsplit=1)[1] for line in listing.splitlines()
                   if line.strip().startswith("U ")}
        problems += [f"{Path(archive).name} refers to {symbol}"
                     for symbol in sorted(symbols) if FORBIDDEN_SYMBOLS.search(symbol)]
    return problems


BAD_SOURCES = {
    "include/dmb/battery/clock.h": "#include <sys/time.h>\n",
    "src/battery/now.cpp": "#include <chrono>\nauto t() { return std::chrono::steady_clock::now(); }\n",
    "src/battery/up.cpp": '#include "dmb/codec/text.h"\n',
    "src/codec/file.cpp": "#include <fstream>\n",
    "src/codec/env.cpp": '#include <cstdlib>\nconst char* e() { return std::getenv("X"); }\n',
    "src/config/log.cpp": "#include <spdlog/spdlog.h>\n",
    "src/runtime/paho.cpp": "#include <mqtt/async_client.h>\n",
    "src/mqtt/bus.cpp": '#include "dbus/bus.h"\n',
    "src/dbus/broker.cpp": '#include "mqtt/mqtt_source.h"\n',
    "src/app/bus.cpp": "#include <sdbus-c++/sdbus-c++.h>\n",
    "src/extra/new.cpp": "#include <vector>\n",
    "src/main.cpp": "#include <mqtt/async_client.h>\n",
}
GOOD_SOURCES = {
    "src/battery/good.cpp": '#include "dmb/battery/value.h"\n\n#include <chrono>\n'
                           '// steady_clock::now() in a comment\nconst char* s = "fopen(";\n'
                           "constexpr int kBig = 1'000; int after_separator = 1'0;\n",
    "src/dbus/good.cpp": "#include <sdbus-c++/sdbus-c++.h>\n#include <sys/epoll.h>\n"
                         '#include "runtime/loop.h"\n',
}
BAD_OBJECT = "#include <chrono>\nauto t() { return std::chrono::steady_clock::now(); }\n"


def self_test(compiler):
    """A check that cannot fail proves nothing: every bad sample must be found, no good one."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in {**BAD_SOURCES, **GOOD_SOURCES}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        found = {problem.split(":")[0] for problem in check_sources(root)}
        failures = [f"not found: {name}" for name in BAD_SOURCES if name not in found]
        failures += [f"found in vain: {name}" for name in GOOD_SOURCES if name in found]

        sample = root / "sample.cpp"
        sample.write_text(BAD_OBJECT)
        subprocess.run([compiler, "-c", str(sample), "-o", str(root / "sample.o")], check=True)
        if not check_archives([str(root / "sample.o")]):
            failures.append("not found: steady_clock::now in an object file")
        return failures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, help="check the sources of this repository")
    parser.add_argument("--archives", nargs="+", help="check core's static libraries")
    parser.add_argument("--self-test", metavar="COMPILER", help="check the check itself")
    arguments = parser.parse_args()
    problems = []
    if arguments.source:
        problems += check_sources(arguments.source)
    if arguments.archives:
        problems += check_archives(arguments.archives)
    if arguments.self_test:
        problems += self_test(arguments.self_test)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
