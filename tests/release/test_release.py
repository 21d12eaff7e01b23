# SPDX-License-Identifier: MIT
"""scripts/release.sh: what a release consists of, and everything that must not become one."""
import hashlib
import os
import re
import tarfile
import unittest

from case import ARCHITECTURES, PLACE, ReleaseCase, part, parts


class Release(ReleaseCase):
    def released(self, version):
        return os.path.join(self.to, "download/v" + version)

    def test_a_tag_becomes_a_complete_release(self):
        self.git("tag", "v" + self.version)
        self.pack(self.version)
        self.must(self.release())
        folder, name = self.released(self.version), f"dbus-mqtt-battery-{self.version}"
        self.assertEqual(
            {f"{name}-{arch}.{end}" for arch in ARCHITECTURES for end in ("tar.gz", "spdx.json")} |
            {f"venus-data-{name}.tar.gz", f"setuphelper-{name}.tar.gz", f"{name}-sources.tar", "download.sh", "LICENSE",
             "NOTES.md", "SHA256SUMS"}, set(os.listdir(folder)))
        for line in self.read(folder + "/SHA256SUMS").splitlines():
            digest, file = line.split("  ")
            with open(os.path.join(folder, file), "rb") as content:
                self.assertEqual(digest, hashlib.sha256(content.read()).hexdigest(), file)
        self.assertIn(f"\nplace={PLACE}\n", self.read(folder + "/download.sh"))
        self.assertRegex(self.read(self.to + "/download/index/VERSIONS"), rf"\n{self.version} stable \d{{4}}-\d\d-\d\d\n$")
        self.assertEqual(os.path.realpath(folder), os.path.realpath(self.to + "/latest/download"))

    def test_the_sources_are_those_of_the_commit_and_of_what_a_licence_asks_for(self):
        self.pack(self.version)
        self.must(self.release())
        name = f"dbus-mqtt-battery-{self.version}-sources"
        with tarfile.open(f"{self.released(self.version)}/{name}.tar") as archive:
            files = {member.name.removeprefix(name + "/") for member in archive.getmembers() if member.isfile()}
            self.assertEqual({(0, 0)}, {(member.uid, member.gid) for member in archive.getmembers()})
        self.assertIn("dbus-mqtt-battery/CMakeLists.txt", files)
        self.assertEqual({"debian/glibc.dsc", "debian/paho.mqtt.c.dsc", "debian/SOURCES"},
                         {file for file in files if file.startswith("debian/")})

    def test_a_source_that_cannot_be_had_is_an_error_but_for_what_is_only_tried_out(self):
        self.pack(self.version)
        self.environment["NO_SOURCE"] = "glibc"
        self.refused(self.release(), "the mirror has not all files of the sources of glibc=2.36-9")
        self.assertEqual([], os.listdir(self.to + "/download"))
        self.must(self.release("--allow-stale"))
        name = f"dbus-mqtt-battery-{self.version}-sources"
        with tarfile.open(f"{self.released(self.version)}/{name}.tar") as archive:
            self.assertEqual(b"glibc=2.36-9\n", archive.extractfile(f"{name}/debian/MISSING").read())

    def test_the_same_packages_make_the_same_release(self):
        self.pack(self.version)
        self.must(self.release())
        first, self.to = self.to, self.to + "-2"
        self.must(self.release())
        self.assertEqual(self.read(f"{first}/download/v{self.version}/SHA256SUMS"),
                         self.read(f"{self.to}/download/v{self.version}/SHA256SUMS"))

    def test_without_an_address_the_folder_is_the_place(self):
        self.pack(self.version, place=self.to)
        self.must(self.release(place=""))
        self.assertIn(f"\nplace={self.to}\n", self.read(self.released(self.version) + "/download.sh"))
        self.assertIn(f"bash {self.to}/download/v{self.version}/download.sh\n",
                      self.read(self.released(self.version) + "/NOTES.md"))

    def test_the_notes_are_those_of_the_version(self):
        self.write("clone/CHANGELOG.md",
                   f"# Changes\n\n## Unreleased\nlater\n\n## {self.version} (2026-01-01)\nnow\n\n## 0.0.1\nold\n")
        self.commit()
        self.pack(self.version)
        self.must(self.release())
        notes = self.read(self.released(self.version) + "/NOTES.md")
        self.assertIn(f"wget -O /tmp/download.sh {PLACE}/download/v{self.version}/download.sh\n"
                      "bash /tmp/download.sh\n", notes)
        self.assertTrue(notes.endswith("\nnow\n"), notes)

    def test_a_beta_is_listed_as_one_and_is_not_the_latest(self):
        self.pack(self.version)
        self.must(self.release())
        beta = self.version + "-beta.1"
        self.git("tag", "v" + beta)
        self.pack(beta)
        self.must(self.release())
        self.assertRegex(self.read(self.to + "/download/index/VERSIONS"),
                         rf"\n{self.version} stable \S+\n{re.escape(beta)} beta \S+\n$")
        self.assertTrue(os.path.realpath(self.to + "/latest/download").endswith("/v" + self.version))
        self.assertIn("bash /tmp/download.sh --beta\n", self.read(self.released(beta) + "/NOTES.md"))

    def test_a_rebuild_with_newer_libraries_is_the_latest(self):
        self.pack(self.version)
        self.must(self.release())
        self.git("tag", f"v{self.version}.1")
        self.pack(self.version + ".1")
        self.must(self.release("--tag", f"v{self.version}.1"))
        self.assertTrue(os.path.realpath(self.to + "/latest/download").endswith(f"/v{self.version}.1"))

    def test_what_must_not_be_released_is_refused_and_leaves_nothing(self):
        self.refused(self.release(), f"dbus-mqtt-battery-{self.version}-armv7.tar.gz is missing")
        self.pack(self.version, place="https://other.example/releases")
        self.refused(self.release(), "was built for the place 'https://other.example/releases'")
        self.pack(self.version, armv7=[*parts()[1:], part("libc6", "2.36-8", "glibc 2.36-8", "LGPL-2.1")])
        self.refused(self.release(), "libc6 has different versions: "
                     f"2.36-8 in dbus-mqtt-battery-{self.version}-armv7.tar.gz; 2.36-9 in")
        self.pack(self.version)
        self.write(f"packages/setuphelper-dbus-mqtt-battery-{self.version}.tar.gz", "damaged")
        self.refused(self.release(), "is not what was built there")
        self.assertEqual([], os.listdir(self.to + "/download"))
        self.assertFalse(os.path.exists(self.to + "/latest"))

    def test_what_goes_with_no_version_is_refused(self):
        self.pack(self.version)
        self.refused(self.release("--tag", "v" + self.version), "this commit has no tag")
        self.git("tag", "release-7")
        self.refused(self.release("--tag", "release-7"), "the tag must be v<version>")
        self.refused(self.release(place="nowhere special"), "is no place for releases")
        self.write("clone/CHANGELOG.md", "# Changes\n")
        self.refused(self.release(), "the checkout differs from its commit")
        self.commit()
        self.refused(self.release(), f"CHANGELOG.md says nothing about {self.version}")
        self.refused(self.run_script("scripts/release.sh"), "--to FOLDER is missing")

    def test_a_version_is_released_once(self):
        self.pack(self.version)
        self.must(self.release())
        self.refused(self.release(), "is there already: a version is released once")

    def test_a_tag_that_does_not_go_with_the_sources_is_not_built(self):
        for version in ("99.0.0", self.version + "-beta", self.version + "-gamma.1", self.version + ".0"):
            self.refused(self.run_script("scripts/package.sh", "--no-install", "--version", version),
                         "does not go with CMakeLists.txt")

    def test_setuphelper_understands_the_version_and_where_it_is_from(self):
        def made(version, place):
            folder = f"{self.folder}/helper-{version}"
            self.must(self.run_script("scripts/package/setuphelper_tree.sh", folder, version, place))
            return folder
        for version, theirs in (("1.2.0", "v1.2.0"), ("1.2.0.1", "v1.2.0.1"), ("1.2.0-beta.3", "v1.2.0~3"),
                                ("1.2.0-rc.1", "v1.2.0~101"), ("1.2.0-alpha.2", "v1.2.0a2")):
            folder = made(version, PLACE)
            self.assertEqual(theirs + "\n", self.read(folder + "/version"))
            self.assertEqual("owner:setuphelper\n", self.read(folder + "/gitHubInfo"))
            self.assertIn(f"\nplace={PLACE}\n", self.read(folder + "/download.sh"))
        self.assertFalse(os.path.exists(made("2.0.0", "/data/place") + "/gitHubInfo"))

    def test_package_lists_without_security_updates_are_an_error(self):
        self.environment["BROKEN_SUITE"] = "bookworm-security"
        self.write("clone/try.sh", f"#!/bin/bash\n. {self.clone}/scripts/package/private_apt.sh\n"
                   f"private_apt_set_up {self.folder}/apt amd64\nprivate_apt_update\n", 0o755)
        self.refused(self.run_script("try.sh"), "the list of security updates could not be read")
        self.environment["DMB_ALLOW_STALE"] = "1"
        self.assertIn("WARNING", self.must(self.run_script("try.sh")))
        self.environment["BROKEN_SUITE"] = "none"
        self.assertEqual("", self.must(self.run_script("try.sh")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
