# SPDX-License-Identifier: MIT
"""The folder for SetupHelper's package manager: it installs in the background, and changes nothing of the firmware."""
import os
import shutil
import subprocess
import tempfile
import unittest

from emulation.case import FOLDER, DeviceCase
from emulation.packages import SOURCE
from harness.waiting import wait_until

LOG = "/data/log/dbus-mqtt-battery-setup.log"
# What a setup script is given: what to do, a log, and how to end.
HELPERS = """scriptAction=NONE
case "$1" in install | reinstall) scriptAction=INSTALL ;; uninstall) scriptAction=UNINSTALL ;; esac
logMessage() { echo "$*" >>/run/messages; }
standardActionPrompt() { scriptAction=EXIT; }
endScript() { echo ended >>/run/messages; exit 0; }
"""


class SetupHelper(DeviceCase):
    def setUp(self):
        super().setUp()
        place = tempfile.mkdtemp(prefix="dmb-place-")
        self.addCleanup(shutil.rmtree, place, ignore_errors=True)
        self.packages.release_to(place, "0.1.0")
        shutil.copytree(place, self.device.path("/data/place"), symlinks=True)
        subprocess.run([os.path.join(SOURCE, "scripts/package/setuphelper_tree.sh"),
                        self.device.path("/data/dbus-mqtt-battery"), "0.1.0", "/data/place"], check=True)
        self.device.write("/data/SetupHelper/HelperResources/IncludeHelpers", HELPERS)

    def setup_script(self, action):
        """Returns what it logged, when the work in the background is done."""
        self.device.must(f"rm -f {LOG} /run/messages")
        self.device.must(f"bash /data/dbus-mqtt-battery/setup {action} auto deferReboot", DMB_STAY_UP_SECONDS=2)
        self.assertTrue(self.device.read("/run/messages").endswith("ended\n"))
        busy = "ps | grep '[w]ork.sh' || true"
        wait_until(lambda: self.device.exists(LOG) and not self.device.must(busy), 90, "the work in the background", 0.2)
        return self.device.read(LOG)

    def firmware(self):
        return self.device.must("find / -xdev \\( -path /data -o -path /proc -o -path /run -o -path /service -o -path /var "
                                "\\) -prune -o -print | sort | xargs -n 20 ls -ld | sha256sum")

    def test_it_installs_again_after_a_firmware_update_and_uninstalls(self):
        before = self.firmware()
        self.assertIn("Done: dbus-mqtt-battery 0.1.0 is installed", self.setup_script("install"))
        self.device.wait_up()
        self.device.must(f"echo '; mine' >>{FOLDER}/config.ini")
        # A firmware update leaves /data as it is; a start line that was lost is made again.
        self.device.must("rm /data/rc.local")
        self.device.reboot()
        self.assertIn("Installing dbus-mqtt-battery 0.1.0", self.setup_script("reinstall"))
        self.device.wait_up()
        self.assertIn("is stopped and will not start again", self.setup_script("uninstall"))
        self.assertFalse(self.device.exists("/service/dbus-mqtt-battery"))
        self.assertIn("; mine", self.device.read(FOLDER + "/config.ini"))
        self.assertEqual(before, self.firmware())

    def test_a_failure_is_told_in_its_log(self):
        self.device.must("mv /data/place /data/place.away")
        log = self.setup_script("install")
        self.assertIn("cannot get /data/place/SHA256SUMS", log)
        self.assertIn("Failed with exit code 1.", log)


if __name__ == "__main__":
    unittest.main(verbosity=2)
