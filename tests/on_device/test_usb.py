# SPDX-License-Identifier: MIT
"""Installing from a USB stick: at boot, again and again, and while the device runs."""
import os
import unittest

from emulation.case import FOLDER, DeviceCase
from emulation.packages import Packages
from harness.waiting import wait_until

STICK = "/run/media/sda1"
LOG = STICK + "/dbus-mqtt-battery-install.log"


class Usb(DeviceCase):
    def stick(self, version="0.1.0"):
        """Puts a stick with the archive of a version into the device that is switched off or on."""
        releases = Packages()
        self.addCleanup(releases.remove)
        releases.add(version)
        self.device.must(f"rm -rf {STICK}; mkdir -p {STICK}")
        releases.usb_archive(self.device.path(f"{STICK}/venus-data-dbus-mqtt-battery-{version}.tar.gz"))

    def state(self):
        return self.device.must(f"find {FOLDER} /data/rc.local -exec stat -c '%n %Y %i %s' '{{}}' ';'")

    def ini(self, address="127.0.0.1"):
        return f"[MQTT]\r\nbroker_address = {address}\r\nbroker_port = {self.broker.port}\r\n" \
               "topic = home/battery\r\n"

    def test_it_installs_at_boot_with_the_configuration_on_the_stick(self):
        self.start_broker()
        self.device.power_off()
        self.stick()
        self.device.write(STICK + "/dbus-mqtt-battery.ini", self.ini())
        self.device.boot()
        self.assertIn("Done: dbus-mqtt-battery 0.1.0 is installed", self.device.read(LOG))
        self.assertIn("config.ini is valid", self.device.read(LOG))
        self.assertEqual(self.device.read(LOG), self.device.read("/data/log/dbus-mqtt-battery-install.log"))
        self.wait_for_battery()
        # The stick stays in.
        state = self.state()
        os.unlink(self.device.path(LOG))
        self.device.reboot()
        self.assertIn("nothing to do", self.device.boot_log)
        self.wait_for_battery()
        self.assertEqual(state, self.state())
        self.assertFalse(self.device.exists(LOG))
        # And is applied once more while the driver runs.
        pid = self.device.wait_up()
        self.assertIn("nothing to do", self.device.plug_in())
        self.assertEqual(pid, self.device.wait_up())
        # Only /data/etc, the start line and logs: the archive itself unpacks nothing.
        self.assertEqual({"etc", "log", "conf", "releases", "rc.local"},
                         set(os.listdir(self.device.path("/data"))))

    def test_it_updates_every_instance_and_keeps_their_configuration(self):
        self.start_broker()
        self.install()
        self.install("--instance 2")
        self.configure()
        self.configure(FOLDER + "-2", "home/battery2")
        config = self.device.read(FOLDER + "/config.ini")
        self.device.power_off()
        self.stick("0.2.0")
        self.device.write(STICK + "/dbus-mqtt-battery.ini", self.ini("nowhere.example"))
        self.device.boot()
        self.assertEqual("0.2.0\n", self.device.read(FOLDER + "/VERSION"))
        self.assertEqual("0.2.0\n", self.device.read(FOLDER + "-2/VERSION"))
        self.assertEqual(config, self.device.read(FOLDER + "/config.ini"))
        self.wait_for_battery()
        self.wait_for_battery("mqtt_battery_2", "home/battery2")

    def test_plugged_in_while_the_device_runs_it_works_in_the_background(self):
        self.install()
        before = self.device.wait_up()
        self.stick("0.2.0")
        self.assertIn("in the background", self.device.plug_in())
        wait_until(lambda: self.device.exists(LOG), 90, "the log on the stick", 0.2)
        self.assertIn("It runs: ", self.device.read(LOG))
        self.assertEqual("0.2.0\n", self.device.read(FOLDER + "/VERSION"))
        self.device.wait_up(other_than=before)
        wait_until(lambda: not self.device.exists("/tmp/dbus-mqtt-battery-usb"), 30, "tidying up")

    def test_a_forgotten_stick_does_not_undo_a_later_update(self):
        later = Packages()
        self.addCleanup(later.remove)
        later.add("0.3.0")
        later.copy_to(self.device, "/data/releases")
        self.install("--version 0.3.0")
        self.stick("0.1.0")
        self.device.reboot()
        self.assertEqual("0.3.0\n", self.device.read(FOLDER + "/VERSION"))

    def test_newer_libraries_are_installed_and_a_beta_does_not_replace_its_version(self):
        self.install()
        self.stick("0.1.0.1")
        self.device.reboot()
        self.assertEqual("0.1.0.1\n", self.device.read(FOLDER + "/VERSION"))
        self.stick("0.1.0-rc.2")
        self.device.reboot()
        self.assertEqual("0.1.0.1\n", self.device.read(FOLDER + "/VERSION"))

    def test_an_untouched_configuration_is_replaced_by_the_one_on_the_stick(self):
        self.start_broker()
        self.install()
        self.device.power_off()
        self.stick()
        self.device.write(STICK + "/dbus-mqtt-battery.ini", self.ini())
        self.device.boot()
        self.wait_for_battery()

    def test_a_damaged_installation_is_repaired(self):
        self.install()
        self.device.must(f"rm {FOLDER}/bin/dbus-mqtt-battery")
        self.device.power_off()
        self.stick()
        self.device.boot()
        self.device.wait_up()

    def test_an_archive_without_a_package_for_this_device_is_cancelled(self):
        self.stick()
        self.device.must("mv /usr/bin/uname /usr/bin/uname.away")
        self.device.must("mkdir -p /tmp/x && cd /tmp/x && tar xzf /run/media/sda1/venus-data-*.tar.gz")
        self.device.must("sed -i s/x86_64/armv7/ /tmp/x/rc/packages/SHA256SUMS")
        result = self.device.run("sh /tmp/x/rc/pre-hook.sh")
        self.assertEqual(1, result.code)
        self.assertIn("no package for this device", result.output)
        self.assertEqual(1, self.device.run("sh /tmp/x/rc/post-hook.sh extraction-failed").code)
        self.assertFalse(self.device.exists(FOLDER))


if __name__ == "__main__":
    unittest.main(verbosity=2)
