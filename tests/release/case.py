# SPDX-License-Identifier: MIT
"""Base of the tests: a clone of this checkout with a tag, and packages that are none but have what is looked at."""
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import unittest

SOURCE = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
ARCHITECTURES = ("armv7", "aarch64", "x86_64")
PLACE = "https://host.example/owner/project/releases"
# An apt-get that has one source of packages, and every source package that is asked for.
APT_GET = """#!/bin/sh
case "$*" in
  *indextargets*) for suite in bookworm bookworm-security; do echo "http://mirror.example/ $suite main"; done ;;
  *update*) ! grep -q "${BROKEN_SUITE:-none} main" "$(sed -n 's/^Dir::Etc::SourceList "\\(.*\\)";/\\1/p' "$APT_CONFIG")" ;;
  *source*) while [ "$1" != --only-source ]; do shift; done; shift; for name; do [ "${name%%=*}" != "${NO_SOURCE:-}" ] || exit 100; echo "$name" >"${name%%=*}.dsc"; done ;;
esac
"""


def part(name, version, source, licences):
    return {"name": name, "versionInfo": version, "sourceInfo": f"Debian's source package {source}",
            "licenseComments": f"names: {licences}"}


def parts():
    """Of a package's bill of materials, what a release looks at."""
    return [part("libc6", "2.36-9", "glibc 2.36-9", "GPL-2, LGPL-2.1"),
            part("libcap2", "1:2.66-4+b1", "libcap2 1:2.66-4", "BSD-3-clause"),
            part("libpaho-mqtt1.3", "1.3.12-1", "paho.mqtt.c 1.3.12-1", "EPL-2.0"),
            part("libstdc++6", "12.2.0-14", "gcc-12 12.2.0-14", "GPL-3, LGPL")]


def add_file(archive, name, text):
    member = tarfile.TarInfo("dbus-mqtt-battery/" + name)
    member.size = len(text.encode())
    archive.addfile(member, io.BytesIO(text.encode()))


class ReleaseCase(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dmb-release-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.clone = os.path.join(self.folder, "clone")
        self.packages = os.path.join(self.folder, "packages")
        self.to = os.path.join(self.folder, "to")
        os.makedirs(self.packages)
        self.write("bin/apt-get", APT_GET, 0o755)
        self.environment = {**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}", "DMB_RELEASES": ""}
        self._copy_sources()

    def _copy_sources(self):
        """What is being worked on, committed: the test is of these files, not of the last commit."""
        shutil.copytree(os.path.join(SOURCE, "scripts"), os.path.join(self.clone, "scripts"))
        for name in ("CMakeLists.txt", "CHANGELOG.md", "LICENSE", "README.md", "download.sh"):
            shutil.copy(os.path.join(SOURCE, name), self.clone)
        self.git("init", "-q", "-b", "main")
        self.commit()
        with open(os.path.join(SOURCE, "CMakeLists.txt"), encoding="utf-8") as file:
            self.version = file.read().split(" VERSION ")[1].split()[0]

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def read(self, name):
        with open(os.path.join(self.folder, name), encoding="utf-8") as file:
            return file.read()

    def git(self, *arguments):
        return subprocess.check_output(["git", "-c", "user.name=test", "-c", "user.email=test@example", *arguments],
                                       cwd=self.clone, text=True)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "change")

    def pack(self, version, place=PLACE, **replaced):
        """Makes what scripts/package.sh makes; `replaced` is {architecture: other parts}."""
        for arch in ARCHITECTURES:
            name = f"{self.packages}/dbus-mqtt-battery-{version}-{arch}.tar.gz"
            with tarfile.open(name, "w:gz") as archive:
                add_file(archive, "download.sh", f"#!/bin/sh\nplace={place}\n")
                add_file(archive, "licences/sbom.spdx.json", json.dumps({"packages": replaced.get(arch, parts())}))
        for kind in ("venus-data", "setuphelper"):
            with tarfile.open(f"{self.packages}/{kind}-dbus-mqtt-battery-{version}.tar.gz", "w:gz") as archive:
                add_file(archive, "setup", "#!/bin/bash\n")
                add_file(archive, "version", f"v{version}\n")
        with open(self.packages + "/SHA256SUMS", "w", encoding="utf-8") as sums:
            for name in sorted(name for name in os.listdir(self.packages) if name.endswith(".gz")):
                with open(os.path.join(self.packages, name), "rb") as file:
                    sums.write(f"{hashlib.sha256(file.read()).hexdigest()}  {name}\n")

    def run_script(self, name, *arguments):
        return subprocess.run([os.path.join(self.clone, name), *arguments], env=self.environment, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def release(self, *arguments, place=PLACE):
        return self.run_script("scripts/release.sh", "--to", self.to, "--packages", self.packages, "--place", place,
                               *arguments)

    def must(self, done):
        self.assertEqual(0, done.returncode, done.stdout)
        return done.stdout

    def refused(self, done, text):
        self.assertNotEqual(0, done.returncode, done.stdout)
        self.assertIn(text, done.stdout)
