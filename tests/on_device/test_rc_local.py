# SPDX-License-Identifier: MIT
"""/data/rc.local belongs to many: it is changed carefully, and put back."""
import os
import unittest

from emulation.case import FOLDER, RELEASES, DeviceCase

FIRST = "#!/bin/bash\n"
FOREIGN = "# mine\nbash /data/etc/other/install.sh\n\n/data/apps/thing &\n"


def line(folder=FOLDER, quote=""):
    at = quote + folder + quote
    return (f"{{ [ -e {at} ] || mv {quote}{folder}.previous{quote} {at}; "
            f"bash {quote}{folder}/install.sh{quote}; }} || :\n")


LINE = line()
# What `bash FOLDER/install.sh` alone was in versions before.
OLD = f"bash {FOLDER}/install.sh\n"


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
        self.assertEqual(FIRST + LINE, self.install()[1])
        self.uninstall()
        self.assertFalse(self.device.exists("/data/rc.local"))

    def test_foreign_lines_stay_as_they_are(self):
        self.assertEqual(FIRST + LINE + FOREIGN, self.install(FIRST + FOREIGN)[1])
        self.uninstall()
        self.assertEqual(FIRST + FOREIGN, self.device.read("/data/rc.local"))

    def test_a_line_stands_only_once_however_it_was_written(self):
        for other in (f"sh {FOLDER}/install.sh &\n", f"  /bin/bash '{FOLDER}/install.sh' > /dev/null 2>&1 &\n",
                      f'{FOLDER}/install.sh\n', OLD, LINE):
            _, text = self.install(FIRST + other + "echo other\n" + LINE + OLD)
            self.assertEqual(FIRST + LINE + "echo other\n", text)

    def test_lines_that_only_look_like_ours_stay(self):
        foreign = (f"# bash {FOLDER}/install.sh\nbash {FOLDER}-2/install.sh\n" + line(FOLDER + "-3") +
                   f"echo {FOLDER}/install.sh; reboot-later\nbash /mnt{FOLDER}/install.sh\n")
        self.assertEqual(FIRST + LINE + foreign, self.install(FIRST + foreign)[1])
        self.uninstall()
        self.assertEqual(FIRST + foreign, self.device.read("/data/rc.local"))

    def test_it_stays_where_only_comments_and_other_instances_are_before_it(self):
        text = FIRST + "# start scripts\n\n" + line(FOLDER + "-2") + LINE + "echo other\n"
        self.assertEqual(text, self.install(text)[1])

    def test_nothing_in_the_file_keeps_it_from_starting(self):
        """What swallows a line at the end; an older installer's line there is moved."""
        for swallows in ("if true; then\n  exit 0\nfi\n", "cat <<END\n", "set -e\nfalse\n", "exit\n",
                         "if [ -e /data ]; then\n", "echo 'never closed\n", "exec sleep 0\n", "fi\n"):
            text = self.install(FIRST + swallows + OLD)[1]
            self.assertEqual(FIRST + LINE + swallows, text)
            self.device.must("rm -rf /service/dbus-mqtt-battery")
            self.device.run("/data/rc.local")
            self.assertTrue(self.device.exists("/service/dbus-mqtt-battery/run"), swallows)

    def test_a_failure_of_ours_does_not_keep_others_from_starting(self):
        self.install("#!/bin/sh -e\necho reached >/tmp/reached\n")
        self.device.must(f"rm -rf {FOLDER}")
        self.assertEqual(0, self.device.run("/data/rc.local").code)
        self.assertEqual("reached\n", self.device.read("/tmp/reached"))

    def test_line_ends_of_windows_are_mended_and_told(self):
        output, text = self.install(FIRST.replace("\n", "\r\n") + "echo other\r\n" + OLD.replace("\n", "\r\n"))
        self.assertEqual(FIRST + LINE + "echo other\n", text)
        self.assertIn("line ends of Windows", output)
        self.assertEqual(FIRST + "echo other\n" + OLD, self.device.read("/data/rc.local.with-cr"))
        self.assertIn(b"other\r\n", self.raw("/data/rc.local.with-cr"))
        self.assertNotIn("Windows", self.install()[0])

    def test_a_file_that_is_no_shell_script_is_left_alone_and_told(self):
        text = "#!/usr/bin/python3\nprint('mine')\n"
        output, found = self.install(text)
        self.assertEqual(text, found)
        self.assertIn("is no shell script", output)
        self.assertIn("  " + LINE, output)

    def raw(self, name):
        with open(self.device.path(name), "rb") as file:
            return file.read()

    def test_a_file_full_of_nuls_is_set_aside_and_written_anew(self):
        output, text = self.install(b"\0" * 512)
        self.assertEqual(FIRST + LINE, text)
        self.assertIn("damaged", output)
        self.assertEqual("\0" * 512, self.device.read("/data/rc.local.damaged"))
        self.device.reboot()
        self.device.wait_up()

    def test_whole_lines_of_a_damaged_file_survive_and_broken_ones_do_not(self):
        _, text = self.install(b"#!/bin/bash\nbash /data/etc/other/install.sh\nrm -rf /data\0\0\0\0\0")
        self.assertEqual(FIRST + LINE + "bash /data/etc/other/install.sh\n", text)

    def test_a_file_without_first_line_or_permission_is_made_to_run(self):
        self.assertEqual(FIRST + LINE + "echo hello\n", self.install("echo hello", 0o644)[1])
        output, _ = self.install(FIRST + LINE, 0o644)
        self.assertIn("not executable", output)

    def test_a_link_stays_a_link(self):
        self.device.write("/data/conf/start", FIRST + FOREIGN, 0o755)
        self.device.must("ln -s conf/start /data/rc.local")
        self.assertEqual(FIRST + LINE + FOREIGN, self.install()[1])
        self.assertTrue(os.path.islink(self.device.path("/data/rc.local")))

    def test_switched_off_start_scripts_stay_off_and_that_is_told(self):
        self.device.write("/data/rc.local.disabled", FIRST + FOREIGN, 0o755)
        output = self.device.must(f"sh {FOLDER}/install.sh")
        self.assertIn("switched off", output)
        self.assertFalse(self.device.exists("/data/rc.local"))
        self.assertEqual(FIRST + LINE + FOREIGN, self.device.read("/data/rc.local.disabled"))
        self.uninstall()
        self.assertEqual(FIRST + FOREIGN, self.device.read("/data/rc.local.disabled"))


class Uninstall(DeviceCase):
    def test_one_instance_goes_and_the_other_stays(self):
        self.device.write("/data/rc.local", FIRST + FOREIGN, 0o755)
        self.install()
        self.install("--instance 2")
        second = self.device.wait_up("dbus-mqtt-battery-2")
        self.device.must(f"sh {FOLDER}/uninstall.sh --yes")
        self.assertFalse(self.device.exists(FOLDER))
        self.assertFalse(self.device.exists("/data/log/dbus-mqtt-battery"))
        self.assertEqual([], [name for name in os.listdir(self.device.path("/service"))
                              if name not in ("localsettings", "dbus-mqtt-battery-2")])
        self.assertEqual(FIRST + line(FOLDER + "-2") + FOREIGN, self.device.read("/data/rc.local"))
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
