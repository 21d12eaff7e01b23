# SPDX-License-Identifier: MIT
"""scripts/release/publish_github.sh, with a `gh` whose code host is a folder with the layout that devices see."""
import os
import subprocess
import unittest

from case import ReleaseCase, part, parts

# gh release create TAG [FILE...] | view TAG | download TAG --pattern NAME --dir DIR | upload TAG FILE --clobber
GH = """#!/usr/bin/python3
import os, shutil, sys
site = os.environ["SITE"]
verb, tag, rest = sys.argv[2], sys.argv[3], sys.argv[4:]
folder = os.path.join(site, "download", tag)
if verb == "view":
    sys.exit(not os.path.isdir(folder))
elif verb == "download":
    if os.environ.get("HOST_FAILS"):
        sys.exit(1)
    shutil.copy(os.path.join(folder, rest[1]), rest[3])
else:
    if verb == "create":
        os.makedirs(folder)
    for before, name in zip([""] + rest, rest):
        if os.path.isfile(name) and before != "--notes-file":
            shutil.copy(name, folder)
    with open(site + "/said", "a") as said:
        print(verb, tag, *[word for word in rest if word.startswith("--")], file=said)
"""


class Publish(ReleaseCase):
    def setUp(self):
        super().setUp()
        self.write("bin/gh", GH, 0o755)
        self.environment["SITE"] = self.site = os.path.join(self.folder, "site")
        os.makedirs(self.site)
        remote = os.path.join(self.folder, "remote.git")
        subprocess.run(["git", "init", "-q", "--bare", remote], check=True)
        self.git("remote", "add", "origin", remote)

    def make(self, version):
        self.git("tag", "v" + version)
        self.pack(version)
        self.must(self.release("--tag", "v" + version))

    def publish(self, version):
        return self.run_script("scripts/release/publish_github.sh", self.to, "v" + version)

    def test_devices_find_the_files_and_the_list_of_all_versions(self):
        self.make(self.version)
        self.must(self.publish(self.version))
        folder = os.path.join(self.site, "download/v" + self.version)
        self.assertEqual(set(os.listdir(f"{self.to}/download/v{self.version}")), set(os.listdir(folder)))
        # Another machine: its folder knows nothing of the release before.
        beta = self.version + "-beta.1"
        self.to += "-2"
        self.make(beta)
        self.must(self.publish(beta))
        self.assertRegex(self.read(self.site + "/download/index/VERSIONS"),
                         rf"\n{self.version} stable \S+\n{beta} beta \S+\n$")
        said = self.read(self.site + "/said")
        self.assertIn(f"create v{self.version} --verify-tag --title --notes-file\n", said)
        self.assertIn(f"create v{beta} --verify-tag --title --notes-file --prerelease\n", said)

    def test_a_rebuild_of_an_old_version_does_not_become_the_latest(self):
        self.write("site/download/index/VERSIONS", "99.0.0 stable 2026-01-01\n")
        self.make(self.version + ".1")
        self.must(self.publish(self.version + ".1"))
        self.assertIn(f"create v{self.version}.1 --verify-tag --title --notes-file --latest=false\n",
                      self.read(self.site + "/said"))

    def test_setuphelper_gets_a_branch_with_its_folder_and_nothing_else(self):
        self.make(self.version)
        self.must(self.publish(self.version))
        self.git("fetch", "-q", "origin", "setuphelper")
        self.assertEqual(["setup", "version"], self.git("ls-tree", "--name-only", "FETCH_HEAD").split())
        self.assertEqual(f"v{self.version}\n", self.git("show", "FETCH_HEAD:version"))
        self.assertEqual("", self.git("status", "--porcelain"))

    def test_a_list_that_cannot_be_read_is_not_replaced_by_a_shorter_one(self):
        self.make(self.version)
        self.must(self.publish(self.version))
        before = self.read(self.site + "/download/index/VERSIONS")
        self.environment["HOST_FAILS"] = "1"
        self.make(self.version + ".1")
        self.refused(self.publish(self.version + ".1"), "the list of versions cannot be read")
        self.assertFalse(os.path.exists(f"{self.site}/download/v{self.version}.1"))
        self.assertEqual(before, self.read(self.site + "/download/index/VERSIONS"))

    def test_what_was_only_tried_out_is_not_published(self):
        self.pack(self.version, armv7=parts()[1:] + [part("libc6", "2.36-8", "glibc 2.36-8", "LGPL-2.1")])
        self.must(self.release("--allow-stale"))
        self.refused(self.publish(self.version), "was made with --allow-stale, which is not for publishing")
        self.assertEqual([], os.listdir(self.site))

    def test_damaged_files_are_not_published(self):
        self.make(self.version)
        self.write(f"to/download/v{self.version}/download.sh", "other")
        self.refused(self.publish(self.version), "are not as they were made")
        self.assertEqual([], os.listdir(self.site))
        self.refused(self.publish("7.7.7"), "is no release")


if __name__ == "__main__":
    unittest.main(verbosity=2)
