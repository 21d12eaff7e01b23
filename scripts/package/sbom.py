#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""sbom.py SYSROOT_WORK TREE VERSION ARCH: writes TREE/licences/sbom.spdx.json (SPDX 2.3), what the package is made of:
every bundled library and everything compiled in, with the Debian package it is from and that one's source package.
"""
import datetime
import hashlib
import json
import os
import re
import subprocess
import sys
import urllib.parse

COMPILED_IN = ("libfmt-dev", "libspdlog-dev", "nlohmann-json3-dev")
# As in stand_ins.sh: made by stand_in.sh, of no package.
STAND_INS = ("libgcrypt.so.20", "libzstd.so.1", "liblz4.so.1", "liblzma.so.5")
# In a copyright file of the newer format, and in any other one.
LICENCE = re.compile(r"^License: *(\S.*?) *$", re.M)
LICENCE_TEXT = re.compile(r"/usr/share/common-licenses/([A-Za-z0-9.-]*[A-Za-z0-9])")


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return [line.split() for line in file]


def source_of(work, name, version, arch):
    """(source package, its version) of a binary package, from its control file."""
    file = f"{work}/cache/archives/{name}_{version.replace(':', '%3a')}_{arch}.deb"
    text = subprocess.check_output(["dpkg-deb", "-f", file, "Source"], text=True).strip()
    found = re.fullmatch(r"(\S+)(?: \((\S+)\))?", text)
    return (found[1], found[2] or version) if found else (name, version)


def licences_of(work, name):
    with open(f"{work}/root/usr/share/doc/{name}/copyright", encoding="utf-8", errors="replace") as file:
        text = file.read()
    return sorted(set(LICENCE.findall(text) or LICENCE_TEXT.findall(text)))


def identifier(name):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def debian_package(work, name, version, arch):
    source, source_version = source_of(work, name, version, arch)
    licences = ", ".join(licences_of(work, name))
    return {
        "SPDXID": identifier(name),
        "name": name,
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "sourceInfo": f"Debian's source package {source} {source_version}",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "licenseComments": f"Debian's copyright file, which is in THIRD-PARTY.gz, names: {licences or 'see there'}",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{name}@{urllib.parse.quote(version, safe='')}"
                                f"?arch={arch}&distro=bookworm"}],
    }


def library_file(tree, name):
    return {
        "SPDXID": identifier("file-" + name),
        "fileName": f"./lib/{name}",
        "checksums": [{"algorithm": "SHA256", "checksumValue": sha256(f"{tree}/lib/{name}")},
                      {"algorithm": "SHA1", "checksumValue": sha1(f"{tree}/lib/{name}")}],
        "licenseConcluded": "NOASSERTION",
        "copyrightText": "NOASSERTION",
    }


def sha1(path):
    """SPDX asks for it."""
    with open(path, "rb") as file:
        return hashlib.sha1(file.read(), usedforsecurity=False).hexdigest()


def related(one, how, other):
    return {"spdxElementId": one, "relationshipType": how, "relatedSpdxElement": other}


def document(work, tree, version, arch):
    owners = {library: package for package, library in lines_of(work + "/libraries")}
    versions = {name: (number, of) for name, number, of in lines_of(work + "/packages")}
    libraries = sorted(os.listdir(tree + "/lib"))
    bundled = {library: owners[library] for library in libraries if library not in STAND_INS}
    names = sorted(set(bundled.values()) | set(COMPILED_IN))
    product = identifier("dbus-mqtt-battery")
    time = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"dbus-mqtt-battery-{version}-{arch}",
        "documentNamespace": f"urn:dbus-mqtt-battery:{version}:{arch}:{sha256(tree + '/bin/dbus-mqtt-battery')}",
        "creationInfo": {"created": time.strftime("%Y-%m-%dT%H:%M:%SZ"),
                         "creators": ["Tool: dbus-mqtt-battery scripts/package/sbom.py"]},
        "packages": [{"SPDXID": product, "name": "dbus-mqtt-battery", "versionInfo": version,
                      "downloadLocation": "NOASSERTION", "filesAnalyzed": False, "licenseConcluded": "MIT",
                      "licenseDeclared": "MIT", "copyrightText": "NOASSERTION"},
                     *(debian_package(work, name, *versions[name]) for name in names)],
        "files": [library_file(tree, library) for library in libraries],
        "relationships": [
            related("SPDXRef-DOCUMENT", "DESCRIBES", product),
            *(related(product, "STATIC_LINK", identifier(name)) for name in COMPILED_IN),
            *(related(product, "DYNAMIC_LINK", identifier("file-" + library)) for library in libraries),
            *(related(identifier("file-" + library), "GENERATED_FROM", identifier(name))
              for library, name in sorted(bundled.items()))],
    }


def main():
    if len(sys.argv) != 5:
        sys.exit("usage: sbom.py SYSROOT_WORK TREE VERSION ARCH")
    work, tree, version, arch = sys.argv[1:]
    with open(tree + "/licences/sbom.spdx.json", "w", encoding="utf-8") as file:
        json.dump(document(work, tree, version, arch), file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
