#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bundled.py same PACKAGE...     fails when a library is in the packages in different versions
bundled.py sources PACKAGE...  prints "source=version" of everything whose licence (LGPL, EPL) asks for its source
bundled.py sbom PACKAGE        prints the package's bill of materials
"""
import json
import re
import sys
import tarfile

SBOM = "dbus-mqtt-battery/licences/sbom.spdx.json"
# Rebuilt by Debian from the same source, e.g. 2.66-4+b1.
REBUILD = re.compile(r"\+b\d+$")
# The compiler's libraries may go along with any program (GCC Runtime Library Exception).
COMPILER = re.compile(r"gcc-\d+$")


def sbom_text(package):
    with tarfile.open(package) as archive:
        return archive.extractfile(SBOM).read().decode()


def parts_of(package):
    """What is in the package that is not ours."""
    return [part for part in json.loads(sbom_text(package))["packages"] if "sourceInfo" in part]


def unequal(packages):
    """{name: {version: packages}} of what has more than one version."""
    found = {}
    for package in packages:
        for part in parts_of(package):
            version = REBUILD.sub("", part["versionInfo"])
            found.setdefault(part["name"], {}).setdefault(version, []).append(package.rsplit("/", 1)[-1])
    return {name: versions for name, versions in found.items() if len(versions) > 1}


def sources(packages):
    wanted = set()
    for part in (part for package in packages for part in parts_of(package)):
        name, version = part["sourceInfo"].rsplit(" ", 2)[1:]
        if re.search(r"\b(LGPL|EPL)", part["licenseComments"]) and not COMPILER.match(name):
            wanted.add(f"{name}={version}")
    return sorted(wanted)


def check_same(packages):
    differing = unequal(packages)
    for name, versions in sorted(differing.items()):
        told = "; ".join(f"{version} in {', '.join(names)}" for version, names in sorted(versions.items()))
        print(f"bundled.py: {name} has different versions: {told}", file=sys.stderr)
    if differing:
        sys.exit("bundled.py: build all packages anew from the same package lists")


def main():
    what, packages = (sys.argv[1], sys.argv[2:]) if len(sys.argv) > 2 else ("", [])
    if what == "same":
        check_same(packages)
    elif what == "sources":
        print(*sources(packages), sep="\n")
    elif what == "sbom" and len(packages) == 1:
        print(sbom_text(packages[0]), end="")
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main()
