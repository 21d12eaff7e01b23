# SPDX-License-Identifier: MIT
"""Where versions come from: a place of releases on a code host or in a folder, betas, and what comes instead of them."""
import os
import shutil
import tempfile
import unittest

from emulation.case import FOLDER, DeviceCase
from emulation.code_host import CodeHost
from emulation.packages import SOURCE

PLACE = "releases.example/owner/project/releases"
PAGE = b"<!DOCTYPE html>\n<html><body>Please log in to the harbour's Wi-Fi</body></html>\n"
PACKAGE = "dbus-mqtt-battery-0.2.0-x86_64.tar.gz"


class Download(DeviceCase):
    """The place has 0.1.0, 0.2.0 and two betas of 0.3.0, published in an order that is not theirs."""
    place = "https://" + PLACE

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = tempfile.mkdtemp(prefix="dmb-site-")
        cls.addClassCleanup(shutil.rmtree, cls.site, ignore_errors=True)
        for version in ("0.3.0-beta.10", "0.1.0", "0.2.0", "0.3.0-beta.2"):
            cls.packages.add(version)
            cls.packages.release_to(os.path.join(cls.site, PLACE), version)

    def setUp(self):
        super().setUp()
        self.host = CodeHost(self.site)
        self.addCleanup(self.host.close)
        self.device.write("/etc/test-web-port", str(self.host.port))

    def get(self, arguments="", **environment):
        return self.device.run(f"bash {FOLDER}/download.sh {arguments}", DMB_STAY_UP_SECONDS=1, **environment)

    def first(self):
        """As the README says: with the download.sh of the newest version."""
        self.device.must(f"wget -O /tmp/download.sh {self.place}/latest/download/download.sh")
        return self.device.run("bash /tmp/download.sh", DMB_STAY_UP_SECONDS=1)

    def check(self, result, version):
        self.assertEqual(0, result.code, result.output)
        self.assertEqual(version + "\n", self.device.read(FOLDER + "/VERSION"))

    def listed(self, arguments):
        return self.get("--list " + arguments).output.splitlines()[1:]

    def refused(self, result, text):
        self.assertEqual(1, result.code, result.output)
        self.assertIn(text, result.output)
        self.assertFalse(self.device.exists(FOLDER))

    def test_from_the_code_host_to_a_beta_and_back(self):
        self.check(self.first(), "0.2.0")
        self.assertIn(f"/{PLACE}/download/v0.2.0/{PACKAGE}?stored", self.host.asked)
        self.device.wait_up()
        self.assertEqual(["0.2.0", "0.1.0"], self.listed(""))
        self.assertEqual(["0.3.0-beta.10", "0.3.0-beta.2", "0.2.0", "0.1.0"], self.listed("--beta"))
        self.check(self.get("--beta"), "0.3.0-beta.10")
        self.check(self.get("--version 0.3.0-beta.2"), "0.3.0-beta.2")
        self.device.must("mv /usr/bin/curl /usr/bin/curl.away")
        self.check(self.get(), "0.2.0")
        self.device.wait_up()

    def test_a_folder_is_a_place_as_well(self):
        shutil.copytree(os.path.join(self.site, PLACE), self.device.path("/data/place"), symlinks=True)
        self.host.close()
        result = self.device.run("sh /data/place/latest/download/download.sh --from /data/place", DMB_STAY_UP_SECONDS=1)
        self.check(result, "0.2.0")
        self.check(self.get("--beta", DMB_RELEASES="/data/place"), "0.3.0-beta.10")

    def test_without_any_place_it_says_what_to_do(self):
        shutil.copy(os.path.join(SOURCE, "download.sh"), self.device.path("/tmp/download.sh"))
        self.refused(self.device.run("sh /tmp/download.sh"), "Take the one of a release, or tell the place: --from")

    def test_a_version_that_is_not_there_is_told_with_those_that_are(self):
        self.device.must(f"wget -O /tmp/download.sh {self.place}/latest/download/download.sh")
        self.refused(self.device.run("sh /tmp/download.sh --version 7.7"), "has no version 7.7")

    def test_when_there_are_only_betas_it_says_how_to_take_one(self):
        self.device.must("mkdir -p /data/place/download/index")
        self.device.write("/data/place/download/index/VERSIONS", "# comment\n0.3.0-rc.1 beta 2026-01-01\n")
        result = self.device.run("sh /data/releases/download.sh --from /data/place")
        self.refused(result, "There are only betas so far; --beta shows and takes them.")

    def test_a_login_page_is_recognised_whatever_it_came_instead_of(self):
        shutil.copy(os.path.join(self.site, PLACE, "download/v0.2.0/download.sh"), self.device.path("/tmp/download.sh"))
        for name in ("VERSIONS", "SHA256SUMS", PACKAGE):
            self.host.answers.clear()
            self.host.answers[name] = PAGE
            with self.subTest(instead_of=name):
                self.refused(self.device.run("sh /tmp/download.sh"), f"/{name} is a web page: does the Wi-Fi")

    def test_line_ends_of_another_system_do_no_harm(self):
        for name in (PACKAGE, "SHA256SUMS"):
            shutil.copy(os.path.join(self.site, PLACE, "download/v0.2.0", name), self.device.path("/data/" + name))
        self.device.must("sed -i 's/$/\\r/' /data/SHA256SUMS")
        result = self.device.run("sh /data/releases/download.sh --from /data --version 0.2.0", DMB_STAY_UP_SECONDS=1)
        self.check(result, "0.2.0")

    def test_why_nothing_came_is_told(self):
        shutil.copy(os.path.join(self.site, PLACE, "download/v0.2.0/download.sh"), self.device.path("/tmp/download.sh"))
        self.host.close()
        self.refused(self.device.run("sh /tmp/download.sh"), "Failed to connect")
        self.device.must("mv /usr/bin/curl /usr/bin/curl.away")
        self.refused(self.device.run("sh /tmp/download.sh"), "Connection refused")
        full = "df() { printf 'F\\n/tmp 1 1 0 100 /tmp\\n'; }; "
        self.refused(self.device.run(full + ". /tmp/download.sh"), "/tmp is full")

    def test_on_a_terminal_it_shows_how_far_it_is(self):
        shutil.copy(os.path.join(self.site, PLACE, "download/v0.2.0/download.sh"), self.device.path("/tmp/download.sh"))
        result = self.device.converse("bash /tmp/download.sh --instance 1", [("Which version?", "\n")],
                                      DMB_STAY_UP_SECONDS=1)
        self.check(result, "0.2.0")
        self.assertRegex(result.output, r"#+ +100")


if __name__ == "__main__":
    unittest.main(verbosity=2)
