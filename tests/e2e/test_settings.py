# SPDX-License-Identifier: MIT
"""Instance and name through com.victronenergy.settings (docs/venus-dbus.md, "Settings service")."""
import json
import os
import signal
import unittest

import dbus

from harness.bus import SERVICE
from harness.case import LIMITS, Case, payload
from harness.waiting import slowness, stays_true, wait_until

SETTINGS = "com.victronenergy.settings"


class Settings(Case):
    def stored(self):
        try:
            with open(os.path.join(self.folder, "settings.json"), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            return {}

    def store(self, values):
        """What an earlier life of the settings service left: {path: text}."""
        with open(os.path.join(self.folder, "settings.json"), "w", encoding="utf-8") as file:
            json.dump({path: {"type": "s", "default": "", "value": value}
                       for path, value in values.items()}, file)

    def path_of(self, leaf):
        """The one path of our device that ends in `leaf`."""
        found = [p for p in self.stored() if p.endswith("/" + leaf) and "/someone" not in p]
        self.assertEqual(len(found), 1, found)
        return found[0]

    def restart(self, **options):
        self.daemon.stop()
        self.client.wait_for_no_name()
        self.broker.kill()
        self.broker.start()
        return self.run_battery(broker=self.broker, **options)

    def write_name(self, text):
        self.assertEqual(self.client.set_value("/CustomName", dbus.String(text)), 0)

    def test_the_preferred_instance_is_used_and_kept(self):
        self.start_settings()
        self.run_battery(default={"device_instance": 110})
        self.assertEqual(self.client.get_value("/DeviceInstance"), ("i", 110))
        path = self.path_of("ClassAndVrmInstance")
        self.assertRegex(path, r"^/Settings/Devices/[A-Za-z0-9_]+/ClassAndVrmInstance$")
        self.assertEqual(self.stored()[path]["value"], "battery:110")

    def test_a_taken_instance_becomes_the_next_free_one_and_stays_so(self):
        self.store({f"/Settings/Devices/someone{n}/ClassAndVrmInstance": f"battery:{100 + n}"
                    for n in range(3)})
        self.start_settings()
        self.run_battery()
        self.assertEqual(self.client.value("/DeviceInstance"), 103)
        self.restart()
        self.assertEqual(self.client.value("/DeviceInstance"), 103)

    def test_the_instance_is_right_when_the_name_appears(self):
        self.store({"/Settings/Devices/someone/ClassAndVrmInstance": "battery:100"})
        self.start_settings(delay_ms=500)
        mark = len(self.recorder.changes)
        self.run_battery()
        self.assertEqual(self.client.value("/DeviceInstance"), 101)
        self.recorder.sync()
        self.assertEqual([c for c in self.recorder.carrying("/DeviceInstance", since=mark)
                          if c.sender == self.client.owner(SERVICE)], [])

    def test_an_instance_changed_by_the_user_is_used_after_a_restart(self):
        self.start_settings()
        self.run_battery()
        path = self.path_of("ClassAndVrmInstance")
        self.assertEqual(self.client.set_value(path, dbus.String("battery:277"), SETTINGS), 0)
        self.restart()
        self.assertEqual(self.client.value("/DeviceInstance"), 277)

    def test_an_instance_changed_while_the_battery_is_shown_makes_it_leave_and_come_back(self):
        """Consumers read the instance once, when the service appears."""
        self.start_settings()
        daemon = self.run_battery(LIMITS)
        path = self.path_of("ClassAndVrmInstance")
        seen = len(self.recorder.owners(SERVICE))
        self.assertEqual(self.client.set_value(path, dbus.String("battery:277"), SETTINGS), 0)
        wait_until(lambda: len(self.recorder.owners(SERVICE)) >= seen + 2, 30,
                   "the name to leave and to come back")
        left, back = self.recorder.owners(SERVICE)[seen:seen + 2]
        self.assertEqual((left.new, back.old), ("", ""))
        items = self.client.get_items()
        self.assertEqual(items["/DeviceInstance"].value, 277)
        self.assertEqual(items["/Soc"].value, 63.0)
        self.assertEqual(items["/Info/MaxChargeCurrent"].value, 80.0)
        daemon.wait_for_log("instance changed to 277")

    def test_two_batteries_get_two_instances(self):
        self.store({"/Settings/Devices/someone/ClassAndVrmInstance": "battery:100"})
        self.start_settings()
        self.run_battery(BATTERY_two={"topic": "home/two", "device_instance": 101})
        second = SERVICE + "_101"
        self.broker.wait_subscribed("home/two")
        self.broker.publish(payload(), "home/two")
        self.client.wait_for_name(second)
        numbers = {self.client.value("/DeviceInstance"), self.client.value("/DeviceInstance", second)}
        self.assertEqual(numbers, {101, 102})

    def test_a_name_written_from_outside_survives_a_restart(self):
        self.start_settings()
        self.run_battery()
        self.write_name("Boat shed ä")
        wait_until(lambda: self.stored()[self.path_of("CustomName")]["value"] == "Boat shed ä", 10,
                   "the name to be stored")
        self.restart()
        self.assertEqual(self.client.get_value("/CustomName"), ("s", "Boat shed ä"))

    def test_a_name_changed_in_the_settings_is_adopted(self):
        self.start_settings()
        self.run_battery()
        self.assertEqual(self.client.set_value(self.path_of("CustomName"), dbus.String("Cellar"), SETTINGS), 0)
        self.client.wait_for_value("/CustomName", "Cellar")

    def test_an_id_with_odd_characters_does_not_spoil_the_call(self):
        settings = self.start_settings()
        self.run_battery(default={"service_name": "mqtt_battery", "device_name": "Jo's bank #1"},
                         BATTERY_two={"topic": "home/two", "service_name": "a-b.c", "device_instance": 105})
        self.broker.wait_subscribed("home/two")
        self.broker.publish(payload(), "home/two")
        name = "com.victronenergy.battery.a-b.c"
        self.client.wait_for_name(name)
        self.assertEqual(self.client.value("/DeviceInstance", name), 105)
        self.assertTrue(settings.matching('"AddSettings"'))
        self.assertIn("battery:105", {entry["value"] for entry in self.stored().values()})

    def test_settings_that_appear_late_are_adopted(self):
        self.run_battery()
        self.assertEqual(self.client.value("/DeviceInstance"), 100)
        stays_true(self.daemon.running, 2, "the daemon without settings")
        self.store({"/Settings/Devices/someone/ClassAndVrmInstance": "battery:100"})
        self.start_settings()
        wait_until(lambda: self.client.owner(SERVICE) and self.client.value("/DeviceInstance") == 101,
                   20, "the instance that the late settings service gave")
        self.write_name("Late")
        wait_until(lambda: self.stored()[self.path_of("CustomName")]["value"] == "Late", 10, "the name")

    def test_a_name_written_while_settings_are_away_is_stored_later(self):
        self.run_battery()
        self.write_name("Early")
        self.start_settings()
        wait_until(lambda: any(p.endswith("/CustomName") and e["value"] == "Early"
                               for p, e in self.stored().items()), 20, "the name to be stored")
        self.assertEqual(self.client.value("/CustomName"), "Early")

    def test_a_restart_of_the_settings_changes_nothing(self):
        settings = self.start_settings()
        self.run_battery()
        owner = self.client.owner(SERVICE)
        self.write_name("Stays")
        wait_until(lambda: self.stored()[self.path_of("CustomName")]["value"] == "Stays", 10, "the name")
        settings.stop(signal.SIGKILL)
        self.publish_and_wait(payload(Soc=20))
        self.start_settings()
        self.publish_and_wait(payload(Soc=21))
        self.client.wait_for_value("/Soc", 21.0)
        self.assertEqual((self.client.value("/DeviceInstance"), self.client.value("/CustomName")),
                         (100, "Stays"))
        self.assertEqual(self.client.owner(SERVICE), owner)
        self.write_name("Again")
        wait_until(lambda: self.stored()[self.path_of("CustomName")]["value"] == "Again", 10, "the name")

    def test_without_settings_the_battery_works_with_the_preferred_instance(self):
        self.run_battery(default={"device_instance": 144})
        self.assertEqual(self.client.value("/DeviceInstance"), 144)
        self.write_name("Memory")
        self.assertEqual(self.client.value("/CustomName"), "Memory")
        self.assertEqual(self.daemon.errors(), [])

    def test_settings_that_hang_do_not_hold_up_the_battery(self):
        settings = self.start_settings()
        settings.send(signal.SIGSTOP)
        self.addCleanup(settings.send, signal.SIGCONT)
        self.run_battery()
        self.assertEqual(self.client.value("/DeviceInstance"), 100)
        self.publish_and_wait(payload(Soc=22), timeout=5 * slowness())


if __name__ == "__main__":
    unittest.main()
