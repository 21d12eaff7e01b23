# SPDX-License-Identifier: MIT
"""Installing, and what keeps the service running."""
import os
import signal
import stat
import subprocess
import threading
import unittest

from emulation import mounts
from emulation.case import FOLDER, RELEASES, DeviceCase
from harness.waiting import wait_until


def snapshot(device):
    """Names and times of everything on the root file system; what is on /data or in RAM is left out."""
    found = {}
    for folder, names, files in os.walk(device.root):
        inside = os.path.relpath(folder, device.root)
        names[:] = [name for name in names
                    if os.path.normpath(os.path.join(inside, name)) not in ("data", "service", "run", "var", "proc")]
        for name in names + files:
            status = os.lstat(os.path.join(folder, name))
            found[os.path.join(inside, name)] = (status.st_mtime_ns, status.st_size, status.st_mode)
    return found


class Install(DeviceCase):
    def test_a_payload_becomes_a_battery_and_the_log_can_be_read(self):
        before = snapshot(self.device)
        self.start_broker()
        output = self.install(seconds=None)
        self.assertIn("Checksum verified", output)
        self.assertIn("nano /data/etc/dbus-mqtt-battery/config.ini", output)
        self.assertIn("Watching version 0.1.0 for 10 s", output)
        self.assertGreaterEqual(self.device.status()[1], 10)
        self.device.wait_for_log(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ .*IP_ADDR_OR_FQDN")
        self.configure()
        self.assertEqual(63, self.wait_for_battery())
        self.assertEqual(before, snapshot(self.device))
        self.assertFalse(os.path.islink(self.device.path("/service/dbus-mqtt-battery")))

    def test_the_service_comes_back_when_it_is_killed_and_after_a_reboot(self):
        self.start_broker()
        self.install()
        self.configure()
        self.wait_for_battery()
        first = self.device.wait_up()
        os.kill(first, signal.SIGKILL)
        self.device.wait_up(timeout=15, other_than=first)
        self.wait_for_battery()
        self.device.reboot()
        self.device.wait_up(timeout=15)
        self.wait_for_battery()

    def test_a_second_instance_runs_beside_the_first(self):
        self.start_broker()
        self.install()
        self.install("--instance 2")
        second = FOLDER + "-2"
        text = self.device.read(second + "/config.ini")
        for line in ("device_name = MQTT Battery 2", "device_instance = 102", "service_name = mqtt_battery_2"):
            self.assertIn("\n" + line + "\n", text)
        self.assertIn("\n;device_name = SmartShunt Aggregate\n", text)
        self.assertEqual(text, self.device.read(second + "/config.sample.ini"))
        self.configure()
        self.configure(second, "home/battery2")
        self.wait_for_battery()
        self.wait_for_battery("mqtt_battery_2", "home/battery2")
        self.device.reboot()
        self.device.wait_up("dbus-mqtt-battery")
        self.device.wait_up("dbus-mqtt-battery-2")
        self.wait_for_battery()
        self.wait_for_battery("mqtt_battery_2", "home/battery2")

    def test_running_it_again_changes_nothing_and_disturbs_nobody(self):
        self.install()
        pid = self.device.wait_up()
        before = self.device.must(f"find {FOLDER} /data/rc.local -exec stat -c '%n %Y %i %s' '{{}}' ';'")
        for _ in range(2):
            self.device.must(f"bash {FOLDER}/install.sh")
        self.assertEqual(before, self.device.must(
            f"find {FOLDER} /data/rc.local -exec stat -c '%n %Y %i %s' '{{}}' ';'"))
        self.assertEqual(pid, self.device.wait_up())

    def test_restart_shows_the_new_process(self):
        self.install()
        before = self.device.wait_up()
        output = self.device.must(f"{FOLDER}/restart.sh")
        self.assertRegex(output, r"/service/dbus-mqtt-battery: up \(pid \d+\)")
        self.assertNotEqual(before, self.device.wait_up())

    def test_a_package_unpacked_by_hand_is_installed_too(self):
        self.device.must(f"tar -xzf {RELEASES}/dbus-mqtt-battery-0.1.0-x86_64.tar.gz -C /data/etc")
        self.device.must(f"bash {FOLDER}/install.sh")
        self.device.wait_up()

    def test_a_package_for_another_processor_is_named(self):
        self.device.must(f"tar -xzf {RELEASES}/dbus-mqtt-battery-0.1.0-x86_64.tar.gz -C /data/etc && "
                         f"echo aarch64 >{FOLDER}/ARCH")
        self.device.write(FOLDER + "/dbus-mqtt-battery", "\x7fELF\x02 of another processor", 0o755)
        result = self.device.run(f"bash {FOLDER}/install.sh")
        self.assertEqual(1, result.code)
        self.assertIn("this is the package for aarch64; this device needs the one for x86_64", result.output)
        self.assertFalse(self.device.exists("/data/rc.local"))
        self.assertFalse(self.device.exists("/service/dbus-mqtt-battery"))

    def test_the_config_it_creates_is_for_root_only(self):
        self.install()
        self.assertEqual(0o600, os.stat(self.device.path(FOLDER + "/config.ini")).st_mode & 0o777)

    def test_a_folder_with_spaces_and_a_link_will_do(self):
        self.device.must("mkdir -p '/data/my apps' && cd '/data/my apps' && "
                         f"tar -xzf {RELEASES}/dbus-mqtt-battery-0.1.0-x86_64.tar.gz && "
                         "bash '/data/my apps/dbus-mqtt-battery/install.sh'")
        self.device.reboot()
        self.device.wait_up()
        self.device.must(f"sh '/data/my apps/dbus-mqtt-battery/download.sh' --from {RELEASES}",
                         DMB_STAY_UP_SECONDS=1)
        self.assertFalse(self.device.exists(FOLDER))
        self.device.must("'/data/my apps/dbus-mqtt-battery/restart.sh'")
        self.device.must("'/data/my apps/dbus-mqtt-battery/uninstall.sh' --yes")
        self.assertFalse(self.device.exists("/data/my apps/dbus-mqtt-battery"))
        self.assertFalse(self.device.exists("/data/rc.local"))

    def test_a_linked_folder_keeps_its_name(self):
        self.device.must("mkdir /data/apps && tar -xzf "
                         f"{RELEASES}/dbus-mqtt-battery-0.1.0-x86_64.tar.gz -C /data/apps && "
                         f"ln -s /data/apps/dbus-mqtt-battery {FOLDER}-2 && bash {FOLDER}-2/install.sh")
        self.device.wait_up("dbus-mqtt-battery-2")
        self.assertIn(f"bash {FOLDER}-2/install.sh;", self.device.read("/data/rc.local"))

    def test_a_half_done_installation_is_completed(self):
        self.install()
        self.device.power_off()
        self.device.must("rm /data/rc.local; rm -rf /service/dbus-mqtt-battery; "
                         "ln -s /data/gone/service /service/dbus-mqtt-battery")
        self.device.write("/data/etc/.dbus-mqtt-battery.new/rubbish", "x")
        self.device.must(f"bash {FOLDER}/install.sh")
        self.assertTrue(self.device.exists("/service/dbus-mqtt-battery/log/run"))
        self.device.boot()
        self.device.wait_up()
        self.install()
        self.assertFalse(self.device.exists("/data/etc/.dbus-mqtt-battery.new"))

    def test_a_place_that_a_reboot_empties_is_refused(self):
        self.device.must(f"tar -xzf {RELEASES}/dbus-mqtt-battery-0.1.0-x86_64.tar.gz -C /tmp")
        result = self.device.run("bash /tmp/dbus-mqtt-battery/install.sh")
        self.assertEqual(1, result.code)
        self.assertIn("would be gone after a reboot", result.output)
        self.assertFalse(self.device.exists("/data/rc.local"))

    def test_the_driver_runs_when_its_log_cannot_be_written(self):
        self.install()
        self.device.must("svc -dx /service/dbus-mqtt-battery /service/dbus-mqtt-battery/log")
        self.device.power_off()
        self.device.must("rm -rf /data/log && ln -s /proc/nowhere /data/log")
        self.device.boot()
        self.device.wait_up()
        wait_until(lambda: "ERROR" in self.device.log_in("/var/volatile/log/dbus-mqtt-battery"),
                   20, "the log in RAM")

    def test_a_log_that_is_being_rotated_is_read_whole(self):
        """Of the tests' own means: without a file called `current`, or with half of it elsewhere."""
        folder, lines = "/tmp/rotating", 1500
        self.assertEqual(self.device.log_in(folder), "")
        feeder = threading.Thread(target=self.device.must, args=(
            f"i=0; while [ $i -lt {lines} ]; do echo line $i; i=$((i + 1)); done"
            f" | multilog t s4096 n50 {folder}",))
        feeder.start()
        last = -1
        while last < lines - 1:
            ended = not feeder.is_alive()
            numbers = [int(line.rsplit(" ", 1)[1])
                       for line in self.device.log_in(folder).splitlines(keepends=True)
                       if line.endswith("\n")]
            self.assertEqual(numbers, list(range(len(numbers))))
            last = max(last, len(numbers) - 1)
            self.assertFalse(ended and last < lines - 1, f"only {last} of {lines} lines")
        feeder.join()
        self.assertGreater(self.device.must(f"ls {folder}").count("@"), 5, "nothing was rotated")

    def test_a_folder_that_is_gone_does_not_start_for_ever(self):
        self.install()
        pid = self.device.wait_up()
        self.device.must(f"mv {FOLDER} /data/elsewhere")
        os.kill(pid, signal.SIGTERM)
        self.device.wait_for_log("is missing: install the driver again")
        wait_until(lambda: self.device.status() is None, 20, "the service to be down")
        self.device.must(f"mv /data/elsewhere {FOLDER} && bash {FOLDER}/install.sh")
        self.device.wait_up()

    def test_limits_of_memory_are_those_of_a_venus_service(self):
        self.install()
        with open(f"/proc/{self.device.wait_up()}/limits", encoding="utf-8") as file:
            limits = file.read()
        self.assertRegex(limits, r"Max address space +400000000 ")
        self.assertRegex(limits, r"Max data size +100000000 ")
        self.assertRegex(limits, r"Max stack size +1000000 ")

    def test_the_files_may_be_run_by_everybody_who_may_read_them(self):
        self.install()
        for name in ("install.sh", "uninstall.sh", "restart.sh", "download.sh", "dbus-mqtt-battery"):
            self.assertTrue(os.stat(self.device.path(f"{FOLDER}/{name}")).st_mode & stat.S_IXUSR, name)


@unittest.skipUnless(mounts.ALLOWED, "needs the right to mount")
class Full(DeviceCase):
    """File systems of their own that have no room any more."""

    def mount(self, place, size):
        path = self.device.path(place)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", path], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", path], check=True)

    def fill(self, place):
        self.device.run(f"dd if=/dev/zero of={place}/filler bs=4096")
        self.assertNotEqual(0, self.device.run(f"echo x >{place}/more").code)

    def test_the_driver_starts_at_boot_when_tmp_is_full(self):
        self.install()
        self.device.must(f"sh {FOLDER}/install.sh --undo-service")
        self.mount("/var/volatile/tmp", "256k")
        self.fill("/tmp")
        self.device.must("/data/rc.local")
        self.device.wait_up()
        self.assertEqual(FOLDER + "\n", self.device.read("/service/dbus-mqtt-battery/folder"))

    def test_it_can_be_uninstalled_when_data_is_full(self):
        self.mount("/data", "200m")
        self.device.must("mkdir -p /data/etc /data/log /data/conf")
        self.packages.copy_to(self.device, RELEASES)
        self.install()
        self.device.write("/data/rc.local", self.device.read("/data/rc.local") + "echo mine\n", 0o755)
        self.fill("/data")
        output = self.device.must(f"sh {FOLDER}/uninstall.sh --yes")
        self.assertIn("was made a comment instead of removed", output)
        self.assertFalse(self.device.exists(FOLDER))
        self.assertFalse(self.device.exists("/service/dbus-mqtt-battery"))
        self.assertRegex(self.device.read("/data/rc.local"), r"^#!/bin/bash\n# .*install.sh; } \|\| :\necho mine\n$")


if __name__ == "__main__":
    unittest.main(verbosity=2)
