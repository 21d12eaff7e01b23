# SPDX-License-Identifier: MIT
"""A new version has to prove itself: by staying up, and by the batteries it shows; also over power cuts."""
import os
import unittest

from emulation.case import FOLDER, DeviceCase
from emulation.packages import ENDS_AT_ONCE, ENDS_SOON, NO_BATTERY
from harness.waiting import wait_until

LOG = "/data/log/dbus-mqtt-battery-install.log"


class Prove(DeviceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.packages.add("0.2.0")
        cls.packages.add("0.9.1", dbus_mqtt_battery=ENDS_AT_ONCE)
        cls.packages.add("0.9.2", dbus_mqtt_battery=ENDS_SOON)
        cls.packages.add("0.9.3", dbus_mqtt_battery=NO_BATTERY)

    def installed(self):
        return self.device.read(FOLDER + "/VERSION").strip()

    def no_leftovers(self):
        names = [name for name in os.listdir(self.device.path("/data/etc")) if "old-python" not in name]
        self.assertEqual([], [name for name in names if name.startswith(".") or "previous" in name])
        self.assertEqual([], [name for name in os.listdir(self.device.path("/tmp")) if "lock" in name])
        self.assertFalse(self.device.exists(FOLDER + "/.before"))

    def running_battery(self):
        self.start_broker()
        self.install("--version 0.1.0")
        self.configure()
        self.keep_publishing()
        self.wait_for_battery()

    def test_a_version_that_ends_at_once_is_rolled_back(self):
        self.running_battery()
        result = self.download("--version 0.9.1", seconds=None)
        self.assertEqual(3, result.code, result.output)
        self.assertIn("Version 0.9.1 did not stay up for 10 s.", result.output)
        self.assertIn("ERROR I am broken", result.output)
        self.assertRegex(result.output, r"The version before \(0\.1\.0\) is back: .*: up \(pid")
        self.assertEqual("0.1.0", self.installed())
        self.wait_for_battery()
        self.no_leftovers()
        self.device.reboot()
        self.wait_for_battery()

    def test_a_version_that_ends_after_three_seconds_is_rolled_back(self):
        self.install("--version 0.1.0")
        result = self.download("--version 0.9.2", seconds=5)
        self.assertEqual(3, result.code, result.output)
        self.assertEqual("0.1.0", self.installed())
        self.assertEqual("0.9.2\n", self.device.read(FOLDER + "/.refused"))
        self.device.wait_up()

    def test_a_first_version_that_does_not_stay_up_is_stopped(self):
        result = self.download("--version 0.9.1", seconds=4)
        self.assertEqual(3, result.code, result.output)
        self.assertIn("It was stopped", result.output)
        self.assertFalse(self.device.exists("/service/dbus-mqtt-battery"))
        self.assertFalse(self.device.exists("/data/rc.local"))

    def test_a_version_that_runs_without_the_battery_is_rolled_back(self):
        self.running_battery()
        result = self.download("--version 0.9.3", seconds=1, DMB_BE_WELL_SECONDS=8)
        self.assertEqual(3, result.code, result.output)
        self.assertIn("Version 0.9.3 runs, but after 8 s the batteries are not as they were", result.output)
        self.assertIn("  NOT RUNNING: broken", result.output)
        self.assertEqual("0.1.0", self.installed())
        self.wait_for_battery()
        self.no_leftovers()

    def test_where_there_was_no_battery_a_version_that_stays_up_will_do(self):
        self.install("--version 0.1.0")
        self.install("--version 0.9.3", DMB_BE_WELL_SECONDS=8)
        self.assertEqual("0.9.3", self.installed())

    def test_after_a_power_cut_between_the_renames_the_next_boot_has_the_version_before(self):
        self.install("--version 0.1.0")
        self.device.write(FOLDER + "/mine", "x")
        self.device.power_off()
        self.device.must(f"mv {FOLDER} {FOLDER}.previous; mkdir -p /data/etc/.dbus-mqtt-battery.new/x")
        self.device.boot()
        self.device.wait_up()
        self.assertEqual("x", self.device.read(FOLDER + "/mine"))
        self.no_leftovers()

    def cut_while_watching(self, version):
        """An update at whose end the power is away; then it comes back."""
        self.running_battery()
        self.device.power_off()
        self.device.must("rm -rf /service/*")
        self.assertIn("is watched then", self.install(f"--version {version}", seconds=4))
        self.assertTrue(self.device.exists(FOLDER + ".previous"))
        self.device.boot()
        wait_until(lambda: not self.device.exists(FOLDER + ".previous"), 90, "the end of the watch", 0.2)
        self.wait_for_battery()
        wait_until(lambda: not self.device.exists("/tmp/dbus-mqtt-battery.lock"), 90, "tidying up", 0.2)
        self.no_leftovers()

    def test_a_good_version_is_proved_after_a_power_cut(self):
        self.cut_while_watching("0.2.0")
        self.assertEqual("0.2.0", self.installed())
        self.assertIn("Done: dbus-mqtt-battery 0.2.0", self.device.read(LOG))

    def test_a_bad_version_is_rolled_back_after_a_power_cut(self):
        self.cut_while_watching("0.9.1")
        self.assertEqual("0.1.0", self.installed())
        self.assertIn("The version before (0.1.0) is back", self.device.read(LOG))


if __name__ == "__main__":
    unittest.main(verbosity=2)
