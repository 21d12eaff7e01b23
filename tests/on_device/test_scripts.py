# SPDX-License-Identifier: MIT
"""The scripts for the device as text: the small shell reads them, and they use what the device has."""
import os
import re
import subprocess
import unittest

from emulation.packages import SOURCE

SCRIPTS = ("install.sh", "uninstall.sh", "restart.sh", "download.sh", "service/change_over.sh",
           "service/start_line.sh", "service/take_over.sh", "service/run", "service/log/run", "scripts/usb/pre-hook.sh", "scripts/usb/post-hook.sh")
READ_BY_OTHERS = ("service/start_line.sh", "service/take_over.sh")
# Not on the device, or not with the oldest busybox: words at the start of a command.
ABSENT = r"(?:^|[|;&(]|\bthen|\bdo)\s*(timeout|sha512sum|xz|seq|realpath|numfmt|truncate|stat|python3?|jq)\s"
LONG_OPTIONS = r"\b(tar|cp|mv|rm|mkdir|sort|head|tail|cut|df|ln|mktemp|sha256sum)\s+(-\w+\s+)*--[a-z]"
BASHISMS = r"\[\[ |^function \w+|(?<!\.)\blocal +\w|\bselect\b|<<<|\bsource\b|read -p|echo -e|sort -V|readlink -[^f]"


def read(name):
    with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
        return file.read()


class Scripts(unittest.TestCase):
    def test_busybox_can_read_each_of_them(self):
        for name in SCRIPTS:
            done = subprocess.run(["busybox", "sh", "-n", os.path.join(SOURCE, name)], check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual((0, b""), (done.returncode, done.stdout), name)

    def test_they_are_executable_and_start_with_the_plain_shell(self):
        for name in SCRIPTS:
            if name in READ_BY_OTHERS:
                continue
            self.assertTrue(os.access(os.path.join(SOURCE, name), os.X_OK), name)
            self.assertTrue(read(name).startswith("#!/bin/sh\n# SPDX-License-Identifier: MIT\n"), name)

    def test_they_use_nothing_that_the_device_lacks(self):
        for name in SCRIPTS:
            code = "\n".join(line for line in read(name).splitlines() if not line.lstrip().startswith("#"))
            for pattern in (ABSENT, LONG_OPTIONS, BASHISMS):
                self.assertIsNone(re.search(pattern, code, re.M), f"{name}: {pattern}")

    def test_every_one_answers_when_asked_for_help(self):
        for name in ("download.sh", "uninstall.sh", "restart.sh"):
            done = subprocess.run(["busybox", "sh", os.path.join(SOURCE, name), "--help"], check=False,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual(0, done.returncode, name)
            self.assertIn(b"Usage:", done.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
