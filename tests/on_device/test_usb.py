# SPDX-License-Identifier: MIT
"""Installing from a USB stick: at boot, again and again, and while the device runs."""
import os
import unittest

from emulation.case import FOLDER, DeviceCase
from emulation.packages import ENDS_AT_ONCE, Packages
from harness.waiting import wait_until

STICK = "/run/media/sda1"
LOG = STICK + "/dbus-mqtt-battery-install.log"


class Usb(DeviceCase):
    def stick(self, version="0.1.0", **replaced):
        """Puts a stick with the archive of a version into the device that is switched off or on."""
        releases = Packages()
        self.addCleanup(releases.remove)
        releases.add(version, **replaced)
        self.device.must(f"rm -rf {STICK}; mkdir -p {STICK}")
        self.archive = f"{STICK}/venus-data-dbus-mqtt-battery-{version}.tar.gz"
        releases.usb_archive(self.device.path(self.archive))

    def state(self):
        return self.device.must(f"find {FOLDER} /data/rc.local -exec stat -c '%n %Y %i %s' '{{}}' ';'")

    def ini(self, address="127.0.0.1", topic="home/battery", extra=""):
        return f"[MQTT]\r\nbroker_address = {address}\r\nbroker_port = {self.broker.port}\r\n" \
               f"topic = {topic}\r\n{extra}"

    def boot_with(self, ini=None, name="dbus-mqtt-battery.ini"):
        """Boots with a configuration on the stick; returns the stick's log."""
        self.device.power_off()
        if ini is not None:
            self.device.write(f"{STICK}/{name}", ini)
        self.device.boot()
        return self.device.read(LOG)

    def wait_for_version(self, version, folder=FOLDER):
        """An update of what runs is done after the boot."""
        wait_until(lambda: self.device.exists(folder + "/VERSION") and
                   self.device.read(folder + "/VERSION") == version + "\n", 150, version, 0.2)

    def wait_for_report(self, text="OK"):
        """Until how the batteries are is on the stick, too."""
        wait_until(lambda: self.device.exists(LOG) and "\n" + text in self.device.read(LOG), 100, "the report", 0.2)

    def test_it_installs_at_boot_with_the_configuration_on_the_stick(self):
        self.start_broker()
        self.keep_publishing()
        self.device.power_off()
        self.stick()
        log = self.boot_with(self.ini())
        self.assertIn("Done: dbus-mqtt-battery 0.1.0 is installed", log)
        self.assertIn("config.ini is valid", log)
        self.wait_for_battery()
        self.wait_for_report()
        self.assertEqual(self.device.read(LOG), self.device.read("/data/log/dbus-mqtt-battery-install.log"))
        # The stick stays in.
        state = self.state()
        log = self.boot_with()
        self.assertIn("dbus-mqtt-battery 0.1.0 is installed: nothing to do", log)
        self.wait_for_battery()
        self.assertEqual(state, self.state())
        self.wait_for_report()
        # And is applied once more while the driver runs.
        pid = self.device.wait_up()
        os.unlink(self.device.path(LOG))
        self.assertIn("in the background", self.device.plug_in())
        self.wait_for_report()
        self.assertIn("nothing to do", self.device.read(LOG))
        self.assertEqual(pid, self.device.wait_up())
        self.assertEqual(state, self.state())
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
        self.keep_publishing()
        self.keep_publishing("home/battery2")
        self.assertIn("is installed when the device has booted", self.boot_with(self.ini("nowhere.example")))
        self.wait_for_version("0.2.0")
        self.wait_for_version("0.2.0", FOLDER + "-2")
        self.wait_for_report()
        self.assertIn("dbus-mqtt-battery.ini was not taken: /data/etc/dbus-mqtt-battery/config.ini was changed",
                      self.device.read(LOG))
        self.assertEqual(config, self.device.read(FOLDER + "/config.ini"))
        self.wait_for_battery()
        self.wait_for_battery("mqtt_battery_2", "home/battery2")

    def test_what_a_stick_brought_can_be_corrected_and_repaired_by_a_stick(self):
        self.start_broker()
        self.device.power_off()
        self.stick()
        log = self.boot_with(self.ini(topic=""))
        self.assertIn("dbus-mqtt-battery.ini was not taken, it cannot be used yet:", log)
        self.assertRegex(log, r"\ndbus-mqtt-battery.ini: .*topic: is missing")
        self.boot_with(self.ini(topic="wrong", extra="password = secret\r\n"))
        path = self.device.path(FOLDER + "/config.ini")
        self.assertEqual(0o600, os.stat(path).st_mode & 0o777)
        self.assertIn("Took config.ini of dbus-mqtt-battery", self.boot_with(self.ini()))
        self.assertIn("wrong", self.device.read(FOLDER + "/config.ini.before-stick"))
        self.wait_for_battery()
        self.device.write(FOLDER + "/config.ini", "[MQTT]\nbroker_address = \n")  # broken on the device
        self.assertIn("Took config.ini of dbus-mqtt-battery", self.boot_with())
        self.wait_for_battery()

    def test_what_is_wrong_on_the_stick_is_named(self):
        self.start_broker()
        self.device.power_off()
        self.stick()
        for name in ("dbus-mqtt-battery.ini.txt", "config.ini", "dbus-mqtt-battery-2.ini"):
            self.device.write(f"{STICK}/{name}", self.ini())
        log = self.boot_with()
        self.assertIn("dbus-mqtt-battery.ini.txt is not read: rename it to dbus-mqtt-battery.ini ", log)
        self.assertIn("\nconfig.ini is not read: rename it to dbus-mqtt-battery.ini.", log)
        self.assertIn("dbus-mqtt-battery-2.ini is not read: there is no /data/etc/dbus-mqtt-battery-2 on", log)
        self.assertFalse(self.device.exists(FOLDER + "-2"))

    def test_an_archive_that_was_copied_half_is_named_and_installs_nothing(self):
        self.device.power_off()
        self.stick()
        path = self.device.path(self.archive)
        size = os.path.getsize(path)
        for part in (size * 2 // 3, size - 100):
            os.truncate(path, part)
            self.assertIn("was only copied half", self.boot_with())
        self.assertFalse(self.device.exists(FOLDER))

    def test_a_version_that_was_worse_is_not_tried_again(self):
        self.start_broker()
        self.keep_publishing()
        self.install()
        self.configure()
        self.device.power_off()
        self.stick("0.2.0", dbus_mqtt_battery=ENDS_AT_ONCE)
        self.boot_with()
        wait_until(lambda: self.device.exists(FOLDER + "/.refused"), 100, "the way back", 0.2)
        self.assertIn("0.2.0 was worse on this device and is not tried again", self.boot_with())
        self.assertEqual("0.1.0\n", self.device.read(FOLDER + "/VERSION"))

    def test_plugged_in_while_the_device_runs_it_works_in_the_background(self):
        self.install()
        before = self.device.wait_up()
        self.stick("0.2.0")
        self.assertIn("in the background", self.device.plug_in())
        wait_until(lambda: self.device.exists(LOG), 90, "the log on the stick", 0.2)
        wait_until(lambda: "It runs: " in self.device.read(LOG), 90, "the end of it", 0.2)
        self.assertEqual("0.2.0\n", self.device.read(FOLDER + "/VERSION"))
        self.device.wait_up(other_than=before)
        self.wait_for_report("DEGRADED")
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
        self.start_broker()
        self.keep_publishing()
        self.configure()
        self.stick("0.1.0.1")
        self.device.reboot()
        self.wait_for_version("0.1.0.1")
        wait_until(lambda: not self.device.exists("/tmp/dbus-mqtt-battery-usb"), 90, "its end", 0.2)
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
        self.assertIn("no package for this device", self.device.read(LOG))
        self.assertEqual(1, self.device.run("sh /tmp/x/rc/post-hook.sh extraction-failed").code)
        self.assertIn("could not unpack the archive (extraction-failed)", self.device.read(LOG))
        self.assertFalse(self.device.exists(FOLDER))


if __name__ == "__main__":
    unittest.main(verbosity=2)
