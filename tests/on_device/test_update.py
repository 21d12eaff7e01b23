# SPDX-License-Identifier: MIT
"""Updates that work, and updates that must leave things as they were."""
import functools
import http.server
import os
import threading
import unittest

from emulation.case import FOLDER, RELEASES, DeviceCase
from emulation.packages import DOES_NOT_RUN, REFUSES_CONFIG


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Update(DeviceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.packages.add("0.2.0")
        cls.packages.add("0.10.0")
        cls.packages.add("0.9.2", dbus_mqtt_battery=REFUSES_CONFIG)
        cls.packages.add("0.9.3", dbus_mqtt_battery=DOES_NOT_RUN)

    def installed(self, folder=FOLDER):
        return self.device.read(folder + "/VERSION").strip()

    def no_leftovers(self):
        names = [name for name in os.listdir(self.device.path("/data/etc")) if "old-python" not in name]
        self.assertEqual([], [name for name in names if name.startswith(".") or "previous" in name])
        self.assertEqual([], [name for name in os.listdir(self.device.path("/tmp")) if "lock" in name])

    def test_an_update_keeps_the_configuration_and_files_beside_it(self):
        self.start_broker()
        self.install("--version 0.1.0")
        self.configure()
        self.device.write(FOLDER + "/ca.crt", "a certificate")
        self.device.must(f"mkdir {FOLDER}/presets && echo mine >{FOLDER}/presets/mine.ini")
        self.device.must(f"echo old >{FOLDER}/share/presets/no-longer-shipped.ini")
        config = self.device.read(FOLDER + "/config.ini")
        before = self.device.wait_up()
        output = self.install("--version=0.2.0")
        self.assertIn("Kept config.ini; it is valid.", output)
        self.assertIn("0.2.0 is installed (before: 0.1.0)", output)
        self.assertEqual("0.2.0", self.installed())
        self.assertEqual(config, self.device.read(FOLDER + "/config.ini"))
        self.assertEqual("a certificate", self.device.read(FOLDER + "/ca.crt"))
        self.assertEqual("mine\n", self.device.read(FOLDER + "/presets/mine.ini"))
        self.assertTrue(self.device.exists(FOLDER + "/share/presets/batmon.ini"))
        self.assertFalse(self.device.exists(FOLDER + "/share/presets/no-longer-shipped.ini"))
        self.device.wait_up(other_than=before)
        self.wait_for_battery()
        self.no_leftovers()

    def test_without_arguments_the_newest_version_is_taken(self):
        self.assertRegex(self.device.must(f"sh {RELEASES}/download.sh --from {RELEASES} --list"),
                         r"0\.10\.0\n0\.9\.3\n0\.9\.2\n0\.2\.0\n0\.1\.0\n$")
        self.install()
        self.assertEqual("0.10.0", self.installed())

    def test_on_a_terminal_version_and_instance_are_asked_for(self):
        result = self.device.converse(
            f"bash {RELEASES}/download.sh --from {RELEASES}",
            [("Which version?", "x\n"), ("Which version?", "99\n"), ("Which version?", "4\n"),
             ("Which instance", "100\n"), ("Which instance", "3\n")], DMB_STAY_UP_SECONDS=1)
        self.assertEqual(0, result.code, result.output)
        self.assertEqual("0.2.0", self.installed(FOLDER + "-3"))
        self.device.wait_up("dbus-mqtt-battery-3")

    def unchanged(self, result, text):
        self.assertEqual(1, result.code, result.output)
        self.assertIn(text, result.output)
        self.assertEqual("0.1.0", self.installed())
        self.assertEqual(self.pid, self.device.wait_up())
        self.no_leftovers()

    def test_what_cannot_be_installed_changes_nothing(self):
        self.install("--version 0.1.0")
        self.pid = self.device.wait_up()
        self.unchanged(self.download("--version 0.9.3"), "does not run on this device")
        self.unchanged(self.download("--version 7.7"), "has no version 7.7")
        package = f"{RELEASES}/dbus-mqtt-battery-0.2.0-x86_64.tar.gz"
        with open(self.device.path(package), "r+b") as file:
            file.seek(5000)
            file.write(b"damaged")
        self.unchanged(self.download("--version 0.2.0"), "the checksum of dbus-mqtt-battery-0.2.0")
        self.device.must(f"rm {package}")
        self.unchanged(self.download("--version 0.2.0"), "cannot get")
        self.unchanged(self.download(f"--from {RELEASES}/nowhere"), "SHA256SUMS")

    def test_a_version_that_cannot_use_the_config_changes_nothing(self):
        self.install("--version 0.1.0")
        self.start_broker()
        self.configure()
        self.pid = self.device.wait_up()
        result = self.download("--version 0.9.2")
        self.unchanged(result, "version 0.9.2 cannot use config.ini as it is, so nothing was changed")
        self.assertIn("no such key", result.output)

    def test_a_full_disk_and_an_unknown_processor_are_told(self):
        self.install("--version 0.1.0")
        self.pid = self.device.wait_up()
        fake = "df() { printf 'F\\n/dev 1 1 4000 1 /\\n'; }; "
        self.unchanged(self.device.run(f"{fake} . {RELEASES}/download.sh --from {RELEASES}"),
                       "not enough free space in /data/etc")
        fake = "uname() { echo armv6l; }; "
        self.unchanged(self.device.run(f"{fake} . {RELEASES}/download.sh --from {RELEASES}"),
                       "no package for this processor (armv6l)")

    def test_wrong_arguments_are_told(self):
        for arguments in ("--instance 100", "--instance 0", "--instance two", "--instance", "--nonsense"):
            result = self.download(arguments)
            self.assertEqual(2, result.code, arguments + result.output)
        self.assertFalse(self.device.exists(FOLDER))

    def test_a_single_package_file_can_be_named(self):
        self.device.must(f"cd {RELEASES} && sh download.sh --instance 1 "
                         "--from dbus-mqtt-battery-0.2.0-x86_64.tar.gz", DMB_STAY_UP_SECONDS=1)
        self.assertEqual("0.2.0", self.installed())

    def test_two_at_once_do_not_meet(self):
        self.device.must("mkdir /tmp/dbus-mqtt-battery.lock")
        self.device.write("/tmp/dbus-mqtt-battery.lock/pid", str(os.getpid()))
        result = self.download()
        self.assertEqual(1, result.code)
        self.assertIn("another download.sh is running", result.output)

    def test_releases_are_loaded_from_the_web(self):
        handler = functools.partial(QuietHandler, directory=self.packages.location)
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            url = f"http://127.0.0.1:{server.server_port}/"
            for hide in ("", "mv /usr/bin/curl /usr/bin/curl.away; "):
                self.device.must(f"{hide}sh {RELEASES}/download.sh --from {url} --version 0.2.0",
                                 DMB_STAY_UP_SECONDS=1)
            self.device.must("mv /usr/bin/curl.away /usr/bin/curl")
            self.assertIn("cannot get", self.device.run(
                f"sh {RELEASES}/download.sh --from {url}nothing", DMB_STAY_UP_SECONDS=1).output)
            server.shutdown()
        self.assertEqual("0.2.0", self.installed())


if __name__ == "__main__":
    unittest.main(verbosity=2)
