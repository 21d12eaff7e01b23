# SPDX-License-Identifier: MIT
"""The Python driver of the same name is replaced where it is."""
import os
import unittest

from emulation.case import FOLDER, RELEASES, DeviceCase
from emulation.packages import ENDS_AT_ONCE, NO_BATTERY

CONFIG = "[DEFAULT]\nlogging = WARNING\ndevice_name = Saloon\ndevice_instance = 41\n\n" \
         "[MQTT]\nbroker_address = 127.0.0.1\nbroker_port = {port}\ntopic = home/battery\n"
# Stands for the Python program: no Python is needed to see it run and end.
PROGRAM = "#!/bin/sh\necho python driver runs\nexec sleep 100000\n"


class PythonDriver(DeviceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.packages.add("0.0.9", dbus_mqtt_battery=ENDS_AT_ONCE)
        cls.packages.add("0.0.8", dbus_mqtt_battery=NO_BATTERY)

    def install_python(self, number=""):
        """As its own installer leaves it: service linked into /service, line in rc.local."""
        folder, name = FOLDER + number, "dbus-mqtt-battery" + number
        self.device.write(f"{folder}/{name}.py", PROGRAM, 0o755)
        self.device.write(f"{folder}/config.ini", CONFIG.format(port=self.broker.port))
        self.device.write(f"{folder}/config.sample.ini", CONFIG)
        self.device.write(f"{folder}/ext/velib_python/vedbus.py", "")
        self.device.write(f"{folder}/service/run", f"#!/bin/sh\nexec 2>&1\nexec {folder}/{name}.py\n", 0o755)
        self.device.write(f"{folder}/service/log/run",
                          f"#!/bin/sh\nexec multilog t s25000 n4 /var/log/{name}\n", 0o755)
        self.device.write(f"{folder}/install.sh", f"#!/bin/sh\n[ -L /service/{name} ] || "
                          f"ln -s {folder}/service /service/{name}\nL='bash {folder}/install.sh'\n"
                          "[ -f /data/rc.local ] || printf '#!/bin/bash\\n' >/data/rc.local\n"
                          "chmod 755 /data/rc.local\n"
                          "grep -qxF \"$L\" /data/rc.local || echo \"$L\" >>/data/rc.local\n", 0o755)
        self.device.must(f"bash {folder}/install.sh")
        self.device.wait_up(name)

    def setUp(self):
        super().setUp()
        self.start_broker()

    def python_processes(self):
        return self.device.run("pgrep -f 'sleep 100000' | wc -l").output.strip()

    def check_replaced(self):
        self.assertEqual(CONFIG.format(port=self.broker.port), self.device.read(FOLDER + "/config.ini"))
        self.wait_for_battery("mqtt_battery_41")
        self.assertFalse(self.device.exists(FOLDER + "/dbus-mqtt-battery.py"))
        self.assertFalse(self.device.exists(FOLDER + "/ext"))
        self.assertFalse(os.path.islink(self.device.path("/service/dbus-mqtt-battery")))
        for name in ("dbus-mqtt-battery.py", "ext/velib_python/vedbus.py", "config.ini"):
            self.assertTrue(self.device.exists(f"{FOLDER}.old-python/{name}"), name)
        self.device.reboot()
        self.wait_for_battery("mqtt_battery_41")

    def test_download_replaces_it(self):
        self.install_python()
        output = self.install("--version 0.1.0")
        self.assertIn("Kept config.ini; it is valid.", output)
        self.assertIn("before: the Python driver", output)
        self.assertIn("dbus-mqtt-battery.old-python", output)
        self.check_replaced()
        self.assertIn(f"rm -rf {FOLDER}.old-python", self.device.must(f"{FOLDER}/uninstall.sh"))

    def test_unpacking_over_it_and_running_install_replaces_it(self):
        self.install_python()
        self.device.must(f"tar -xzf {RELEASES}/dbus-mqtt-battery-0.1.0-x86_64.tar.gz -C /data/etc && "
                         f"bash {FOLDER}/install.sh")
        self.device.wait_for_log(r"\*\*\* starting dbus-mqtt-battery \*\*\*")
        self.check_replaced()

    def test_it_comes_back_when_ours_does_not_stay_up(self):
        self.install_python()
        result = self.download("--version 0.0.9", seconds=4)
        self.assertEqual(3, result.code, result.output)
        self.assertIn("(the Python driver) is back", result.output)
        self.device.wait_up()
        self.assertTrue(self.device.exists(FOLDER + "/dbus-mqtt-battery.py"))
        self.assertFalse(self.device.exists(FOLDER + ".old-python"))
        self.assertEqual(1, self.device.read("/data/rc.local").count("install.sh"))

    def test_it_comes_back_when_its_battery_does_not(self):
        self.install_python()
        pid = self.device.wait_up()
        self.device.write("/usr/bin/dbus-send", "#!/bin/sh\ncase \"$*\" in\n"
                          "  *ListNames) echo '   string \"com.victronenergy.battery.mqtt_battery_41\"' ;;\n"
                          f"  *ProcessID\\ string:com.victronenergy.battery.mqtt_battery_41) echo '   uint32 {pid}' ;;\n"
                          "esac\n", 0o755)
        result = self.download("--version 0.0.8", seconds=1, DMB_BE_WELL_SECONDS=6)
        self.assertEqual(3, result.code, result.output)
        self.assertIn("Version 0.0.8 runs, but after 6 s the batteries are not as they were", result.output)
        self.assertIn("(the Python driver) is back", result.output)
        self.device.wait_up()

    def test_the_config_of_a_second_instance_stays_as_it_was_copied_in(self):
        self.install_python("-2")
        self.install("--instance 2 --version 0.1.0")
        self.assertEqual(CONFIG.format(port=self.broker.port), self.device.read(FOLDER + "-2/config.ini"))
        self.wait_for_battery("mqtt_battery_41")

    def test_another_instance_of_it_is_named(self):
        self.install_python("-3")
        output = self.install("--version 0.1.0")
        self.assertIn(f"Note: the Python driver still runs in {FOLDER}-3.", output)
        self.assertIn(f"  bash {FOLDER}/download.sh --instance 3\n", output)

    def test_a_config_with_a_password_is_for_root_only(self):
        self.install_python()
        self.device.write(FOLDER + "/config.ini", CONFIG.format(port=self.broker.port) + "password = secret\n")
        self.assertIn("only root can read it", self.install("--version 0.1.0"))
        self.assertEqual(0o600, os.stat(self.device.path(FOLDER + "/config.ini")).st_mode & 0o777)


AGGREGATOR = "/data/apps/dbus-aggregate-smartshunts"
THEIR_LINE = f"bash {AGGREGATOR}/enable.sh > {AGGREGATOR}/startup.log 2>&1 &\n"


class PythonAggregator(DeviceCase):
    def setUp(self):
        super().setUp()
        self.device.write(AGGREGATOR + "/service/run", "#!/bin/sh\nexec sleep 100000\n", 0o755)
        self.device.write(AGGREGATOR + "/enable.sh", "#!/bin/bash\n", 0o755)
        self.device.write(AGGREGATOR + "/config.ini", "[DEFAULT]\r\nDEVICE_MODE = virtual-bms\r\n"
                          "MAX_CHARGE_VOLTAGE = 56.8\r\nTOTAL_CAPACITY = 300\r\n")
        self.device.write("/data/rc.local", "#!/bin/bash\necho mine\n" + THEIR_LINE, 0o755)
        self.device.must(f"ln -s {AGGREGATOR}/service /service/dbus-aggregate-smartshunts")
        self.device.wait_up("dbus-aggregate-smartshunts")

    def test_it_is_told_of_and_left_alone(self):
        output = self.install("--version 0.1.0")
        self.assertIn("two aggregates", output)
        self.assertIn(f"bash {FOLDER}/install.sh --take-over-aggregator", output)
        self.device.wait_up("dbus-aggregate-smartshunts")
        self.assertIn(THEIR_LINE, self.device.read("/data/rc.local"))

    def test_its_place_its_config_and_its_start_are_taken_over(self):
        self.install("--version 0.1.0")
        output = self.device.must(f"bash {FOLDER}/install.sh --take-over-aggregator")
        self.assertIn("config.ini; it is valid", output)
        self.assertEqual("[DEFAULT]\nDEVICE_MODE = virtual-bms\nMAX_CHARGE_VOLTAGE = 56.8\nTOTAL_CAPACITY = 300\n",
                         self.device.read(FOLDER + "/config.ini"))
        self.assertFalse(self.device.exists("/service/dbus-aggregate-smartshunts"))
        self.assertNotEqual(0, self.device.run(f"svok {AGGREGATOR}/service").code)
        text = self.device.read("/data/rc.local")
        self.assertNotIn(AGGREGATOR, text)
        self.assertIn("echo mine\n", text)
        self.device.wait_for_log("no SmartShunt on the bus yet")
        self.assertTrue(self.device.exists(AGGREGATOR + "/config.ini"))

    def test_a_config_in_use_is_not_overwritten(self):
        self.install("--version 0.1.0")
        self.device.write(FOLDER + "/config.ini", "[SMARTSHUNTS]\ndevice_mode = monitor\n")
        result = self.device.run(f"bash {FOLDER}/install.sh --take-over-aggregator")
        self.assertEqual(1, result.code)
        self.assertIn("is in use, so nothing was changed", result.output)
        self.device.wait_up("dbus-aggregate-smartshunts")
        self.device.must(f"bash {FOLDER}/install.sh --take-over-aggregator --keep-config")
        self.assertFalse(self.device.exists("/service/dbus-aggregate-smartshunts"))
        self.assertIn("monitor", self.device.read(FOLDER + "/config.ini"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
