#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Fails when code, tests or documents cite what is not in the repository: a document of somewhere else,
a heading that no document has, or a link that leads nowhere."""

import argparse
import re
import sys
import tempfile
from pathlib import Path

TOPS = ("include", "src", "tests", "bench", "scripts", "docs", "service", "cmake", ".ci")
NOT_OURS = ("tests/data", "tests/fuzz/corpus", "tests/fuzz/dictionaries", "tests/citations")
KINDS = (".h", ".cpp", ".py", ".sh", ".md", ".txt", ".cmake", ".ini", "")

# Between two words: blanks, and the end of a line with the mark of the next comment line.
GAP = r"(?:[ \t]|\n[ \t]*(?:///?<?|#|\*)?)+"
OUTSIDE = {
    "a section of a document that is not here": re.compile(
        rf"\b(?:specification|contract|runtime|issue),?{GAP}(?:section{GAP})?\d{{1,2}}(?!\d)|§\s*\d", re.I),
    "a document that is not here": re.compile(
        r"\b(?:house|style-notes|specification|venus-dbus-contract|venus-os-runtime|build-and-package)\.md\b"),
    "a path of somebody's machine": re.compile(r"(?<![\w.])/work/"),
}
DOCUMENT = re.compile(r"\bdocs/([\w-]+\.md)\b")
CITATION = re.compile(rf'\bdocs/([\w-]+\.md)[,:]{GAP}("[^"]+"(?:,{GAP}"[^"]+")*)')
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.M)


def files_of(source):
    found = [file for file in source.iterdir() if file.is_file() and not file.name.startswith(".")]
    for top in TOPS:
        found += (file for file in (source / top).rglob("*") if file.is_file())
    return sorted(file for file in found if file.suffix in KINDS and "__pycache__" not in file.parts
                  and not str(file.relative_to(source)).startswith(NOT_OURS))


def headings_of(document):
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.M | re.S)
    return [re.sub(r"[`*]", "", heading) for heading in HEADING.findall(text)]


def anchor_of(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def outside_problems(text):
    for what, pattern in OUTSIDE.items():
        for match in pattern.finditer(text):
            yield match.start(), f"cites {what}: {' '.join(match[0].split())}"


def heading_problems(source, text):
    for match in DOCUMENT.finditer(text):
        if not (source / "docs" / match[1]).is_file():
            yield match.start(), f"cites docs/{match[1]}, which is not there"
    for match in CITATION.finditer(text):
        document = source / "docs" / match[1]
        known = headings_of(document) if document.is_file() else []
        for quoted in re.findall(r'"([^"]+)"', match[2]):
            heading = re.sub(GAP, " ", quoted)
            if heading not in known:
                yield match.start(), f'docs/{match[1]} has no heading "{heading}"'


def link_problems(file, text):
    for match in LINK.finditer(text):
        target = file.parent / match[1] if match[1] else file
        if not target.exists():
            yield match.start(), f"links to {match[1]}, which is not there"
        elif match[2] and match[2] not in map(anchor_of, headings_of(target)):
            yield match.start(), f"links to {match[1]}#{match[2]}, which is no heading there"


def problems_of(source):
    files = files_of(source)
    if not files:
        yield f"no files under {source}"
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found = [*outside_problems(text), *heading_problems(source, text)]
        if file.suffix == ".md":
            found += link_problems(file, text)
        for at, problem in sorted(found):
            yield f"{file.relative_to(source)}:{text.count(chr(10), 0, at) + 1}: {problem}"


DOCUMENTS = {
    "docs/law.md": '# Law\n\n## The stop\n\n## Names and `so`\n\n```sh\n# no heading\n```\n',
    "README.md": "[a](docs/law.md#the-stop), [b](docs/law.md), [c](#read-me)\n\n# Read me\n",
}
GOOD = {
    "src/a.cpp": '// docs/law.md, "The stop"\n// docs/law.md, "The\n// stop", "Names and so"\n',
    "src/b.h": "/// The D-Bus specification, the contract of a function, at runtime; see docs/law.md.\n",
    "tests/CMakeLists.txt": "dmb_e2e_test(contract 300)\n",
    "tests/c.py": '"""What holds (docs/law.md,\n"The stop")."""\n',
}
BAD = {
    "src/d.cpp": "/// As long as it lasts (specification 3.5).\n",
    "src/e.h": "/// Whatever comes (specification\n/// 3.2).\n",
    "include/dmb/f.h": "// Contract 4.2: the mere path.\n",
    "tests/g.py": "# By its description (runtime document; house.md)\n",
    "docs/h.md": "As in the specification, section 7.\n",
    "bench/i.sh": "# See § 4.\n",
    "src/j.cpp": '// docs/law.md, "The rules"\n',
    "src/k.cpp": '// docs/law.md, "The stop", "Nothing of\n// that"\n',
    "src/l.cpp": '// docs/law.md, "no heading"\n',
    "src/m.cpp": '// docs/lore.md, "The stop"\n',
    "docs/n.md": "[a](lore.md)\n",
    "docs/o.md": "[a](law.md#the-rules)\n",
    "CHANGELOG.md": "As issue 12 wants it.\n",
    "scripts/p.sh": "cd /work/main\n",
}


def self_test():
    """A check that cannot fail proves nothing: every bad sample must be found, no good one."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, text in {**DOCUMENTS, **GOOD, **BAD}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        found = {problem.split(":")[0] for problem in problems_of(root)}
        yield from (f"not found: {name}" for name in BAD if name not in found)
        yield from (f"found in vain: {name}" for name in found if name not in BAD)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, help="check this repository")
    parser.add_argument("--self-test", action="store_true", help="check the check itself")
    arguments = parser.parse_args()
    problems = []
    if arguments.source:
        problems += problems_of(arguments.source)
    if arguments.self_test:
        problems += self_test()
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
