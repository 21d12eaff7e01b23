# SPDX-License-Identifier: MIT
"""/data/rc.local belongs to many: it is changed carefully, and put back."""
import os
import unittest

from emulation.case import FOLDER, RELEASES, DeviceCase

LINE = f"bash {FOLDER}/install.sh\n"
FOREIGN = "#!/bin/bash\n# mine\nbash /data/etc/other/install.sh\n\n/data/apps/thing &\n"


class RcLocal(DeviceCase):
    def setUp(self):
        super().setUp()
        self.device.must(f"tar -xzf {RELEASES}/dbus-mqtt-battery-0.1.0-x86_64.tar.gz -C /data/etc")

    def install(self, content=None, mode=0o755):
        """Runs install.sh with this rc.local; returns what it printed and what is in the file then."""
        if content is not None:
            self.device.write("/data/rc.local", content, mode)
        output = self.device.must(f"sh {FOLDER}/install.sh")
        self.assertTrue(os.access(self.device.path("/data/rc.local"), os.X_OK))
        return output, self.device.read("/data/rc.local")

    def uninstall(self):
        self.device.must(f"sh {FOLDER}/uninstall.sh --keep")

    def test_it_is_created_and_removed_again(self):
        self.assertEqual("#!/bin/bash\n" + LINE, self.install()[1])
        self.uninstall()
        self.assertFalse(self.device.exists("/data/rc.local"))

    def test_foreign_lines_stay_as_they_are(self):
        self.assertEqual(FOREIGN + LINE, self.install(FOREIGN)[1])
        self.uninstall()
        self.assertEqual(FOREIGN, self.device.read("/data/rc.local"))

    def test_a_line_stands_only_once_however_it_was_written(self):
        for line in (f"sh {FOLDER}/install.sh &\n", f"  /bin/bash '{FOLDER}/install.sh' > /dev/null 2>&1 &\n",
                     f'{FOLDER}/install.sh\n'):
            _, text = self.install("#!/bin/bash\n" + line + "echo other\n" + LINE)
            self.assertEqual("#!/bin/bash\n" + line + "echo other\n", text)

    def test_lines_that_only_look_like_ours_stay(self):
        foreign = (f"#!/bin/sh\n# bash {FOLDER}/install.sh\nbash {FOLDER}-2/install.sh\n"
                   f"echo {FOLDER}/install.sh; reboot-later\nbash /mnt{FOLDER}/install.sh\n")
        self.assertEqual(foreign + LINE, self.install(foreign)[1])
        self.uninstall()
        self.assertEqual(foreign, self.device.read("/data/rc.local"))

    def test_an_early_exit_does_not_keep_it_from_starting(self):
        output, text = self.install("#!/bin/sh\nif false; then\n  exit 1\nfi\necho hello\nexit 0\necho never\n")
        self.assertEqual("#!/bin/sh\nif false; then\n  exit 1\nfi\necho hello\n" + LINE +
                         "exit 0\necho never\n", text)
        self.assertIn("/data/rc.local ends at its line 7 (exit)", output)
        # An older installer appended its line where it was never reached.
        self.assertEqual("#!/bin/sh\n" + LINE + "exit 0\n", self.install("#!/bin/sh\nexit 0\n" + LINE)[1])
        self.device.reboot()
        self.device.wait_up()

    def test_a_file_full_of_nuls_is_set_aside_and_written_anew(self):
        output, text = self.install(b"\0" * 512)
        self.assertEqual("#!/bin/bash\n" + LINE, text)
        self.assertIn("damaged", output)
        self.assertEqual("\0" * 512, self.device.read("/data/rc.local.damaged"))
        self.device.reboot()
        self.device.wait_up()

    def test_whole_lines_of_a_damaged_file_survive_and_broken_ones_do_not(self):
        _, text = self.install(b"#!/bin/bash\nbash /data/etc/other/install.sh\nrm -rf /data\0\0\0\0\0")
        self.assertEqual("#!/bin/bash\nbash /data/etc/other/install.sh\n" + LINE, text)

    def test_a_file_without_first_line_or_permission_is_made_to_run(self):
        self.assertEqual("#!/bin/bash\necho hello\n" + LINE, self.install("echo hello", 0o644)[1])
        output, _ = self.install("#!/bin/bash\n" + LINE, 0o644)
        self.assertIn("not executable", output)

    def test_a_link_stays_a_link(self):
        self.device.write("/data/conf/start", FOREIGN, 0o755)
        self.device.must("ln -s conf/start /data/rc.local")
        self.assertEqual(FOREIGN + LINE, self.install()[1])
        self.assertTrue(os.path.islink(self.device.path("/data/rc.local")))

    def test_switched_off_start_scripts_stay_off_and_that_is_told(self):
        self.device.write("/data/rc.local.disabled", FOREIGN, 0o755)
        output = self.device.must(f"sh {FOLDER}/install.sh")
        self.assertIn("switched off", output)
        self.assertFalse(self.device.exists("/data/rc.local"))
        self.assertEqual(FOREIGN + LINE, self.device.read("/data/rc.local.disabled"))
        self.uninstall()
        self.assertEqual(FOREIGN, self.device.read("/data/rc.local.disabled"))


class Uninstall(DeviceCase):
    def test_one_instance_goes_and_the_other_stays(self):
        self.device.write("/data/rc.local", FOREIGN, 0o755)
        self.install()
        self.install("--instance 2")
        second = self.device.wait_up("dbus-mqtt-battery-2")
        self.device.must(f"sh {FOLDER}/uninstall.sh --yes")
        self.assertFalse(self.device.exists(FOLDER))
        self.assertFalse(self.device.exists("/data/log/dbus-mqtt-battery"))
        self.assertEqual([], [name for name in os.listdir(self.device.path("/service"))
                              if name not in ("localsettings", "dbus-mqtt-battery-2")])
        self.assertEqual(FOREIGN + f"bash {FOLDER}-2/install.sh\n", self.device.read("/data/rc.local"))
        self.assertEqual(second, self.device.wait_up("dbus-mqtt-battery-2"))
        self.device.reboot()
        self.device.wait_up("dbus-mqtt-battery-2")
        self.assertIsNone(self.device.status())

    def test_it_asks_before_it_deletes(self):
        self.install()
        answer = self.device.converse(f"{FOLDER}/uninstall.sh", [("[y/N]", "\n")])
        self.assertEqual(0, answer.code, answer.output)
        self.assertTrue(self.device.exists(FOLDER + "/config.ini"))
        self.assertFalse(self.device.exists("/service/dbus-mqtt-battery"))
        self.device.must(f"bash {FOLDER}/install.sh")
        self.device.wait_up()
        self.device.converse(f"{FOLDER}/uninstall.sh", [("[y/N]", "y\n")])
        self.assertFalse(self.device.exists(FOLDER))

    def test_without_a_terminal_it_keeps_the_files(self):
        self.install()
        self.assertIn("Kept", self.device.must(f"{FOLDER}/uninstall.sh"))
        self.assertTrue(self.device.exists(FOLDER + "/config.ini"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
