# SPDX-License-Identifier: MIT
"""`--forget`: a shunt that was taken out for good is not missed any more."""
import json
import os
import unittest

from harness.daemon import binary
from harness.process import run
from harness.shunts import AGGREGATE, ShuntCase
from harness.waiting import slowness, stays_true, wait_until

CCL = "/Info/MaxChargeCurrent"
BMS = {"device_mode": "virtual-bms", "max_charge_voltage": 56.4, "max_charge_current": 80}
STATUS = "io.github.dbus_mqtt_battery.Status"
RELEASE_S = 30


class Forget(ShuntCase):
    def forget(self, name):
        result = run([binary(), "--forget", name], env=self.bus.environment(), check=False,
                     timeout=30 * slowness())
        return result.returncode, result.stdout.decode()

    def bank(self, **keys):
        """Two equal batteries, of which the second is gone: half the limit."""
        self.bow = self.shunt("ttyS5", name="Bow", serial="HQ1", capacity=100, temperature=20.0)
        self.stern = self.shunt("ttyS6", name="Stern", serial="HQ2", capacity=100, temperature=20.0)
        daemon = self.aggregate({**BMS, **keys})
        self.becomes(items={CCL: 80.0})
        self.stern.kill()
        self.becomes(items={CCL: 40.0, "/System/NrOfModulesOffline": 1, "/Alarms/BmsCable": 1})
        return daemon

    def test_a_missing_shunt_is_forgotten_for_good(self):
        daemon = self.bank()
        self.assertEqual(self.forget("Mast")[0], 1)
        code, text = self.forget("stern")
        self.assertEqual(code, 0, text)
        self.assertIn("stern is forgotten", text)
        self.assertIn("No shunt is missing", text)
        daemon.wait_for_log("^WARNING .*the missing shunt stern is forgotten, as was asked")
        self.becomes(items={"/System/NrOfModulesOffline": 0, "/Alarms/BmsCable": 0})
        self.assertEqual(self.value(CCL), 40.0, "its share comes back late")
        wait_until(lambda: self.value(CCL) == 80.0, 2 * RELEASE_S * slowness(), "the whole limit")
        daemon.stop()
        with open(os.path.join(self.folder, "state.json"), encoding="utf-8") as file:
            self.assertNotIn("HQ2", file.read())
        self.start_daemon()
        self.client.wait_for_name(AGGREGATE)
        self.becomes(items={CCL: 80.0, "/System/NrOfModulesOffline": 0})

    def test_what_cannot_be_forgotten_is_said_with_what_is_missing(self):
        self.bank()
        for name, words in (("Mast", "no missing shunt is called Mast"), ("HQ1", "HQ1 is on the bus"),
                            ("Bow", "cannot be forgotten")):
            code, text = self.forget(name)
            self.assertEqual(code, 1, text)
            self.assertIn(words, text)
            self.assertIn("Missing:\n  Stern (HQ2)\n", text)
        self.assertEqual(self.value(CCL), 40.0)

    def test_one_that_is_there_and_tells_nothing_is_not_forgotten(self):
        self.bank()
        self.bow.change(items={"/Connected": 0})
        self.becomes(items={CCL: 0.0})
        code, text = self.forget("Bow")
        self.assertEqual(code, 1, text)
        self.assertIn("Bow is on the bus", text)
        self.assertEqual(self.value(CCL), 0.0)

    def test_a_number_in_the_config_is_named_when_it_misses_the_shunt_all_the_same(self):
        self.bank(expected_shunts=2)
        code, text = self.forget("HQ2")
        self.assertEqual(code, 0, text)
        self.assertIn("expected_shunts", text)
        stays_true(lambda: self.value(CCL) == 40.0, 1, "the share of one of two")

    def test_seven_days_away_are_enough_over_restarts_too(self):
        """The file says for how many hours it was away; only that of the daemon counts on."""
        daemon = self.bank()
        state = os.path.join(self.folder, "state.json")
        for hours, missing in ((167, 1), (168, 0)):
            daemon.stop()
            self.client.wait_for_no_name(AGGREGATE)
            with open(state, encoding="utf-8") as file:
                content = json.load(file)
            stern = next(s for bank in content["banks"].values() for s in bank["shunts"] if s["id"] == "HQ2")
            stern["away_h"] = hours
            with open(state, "w", encoding="utf-8") as file:
                json.dump(content, file)
            daemon = self.start_daemon()
            self.client.wait_for_name(AGGREGATE)
            self.becomes(items={"/System/NrOfModulesOffline": missing, "/Alarms/BmsCable": missing, CCL: 40.0})

    def test_expected_shunts_says_how_many_there_are(self):
        self.shunt("ttyS5", serial="HQ1", capacity=100, temperature=20.0)
        other = self.shunt("ttyS6", serial="HQ2", capacity=100, temperature=20.0)
        daemon = self.aggregate({**BMS, "max_charge_current": 90, "expected_shunts": 3})
        self.becomes(items={CCL: 60.0, "/System/NrOfModulesOffline": 1, "/Alarms/BmsCable": 1})
        daemon.stop()
        self.client.wait_for_no_name(AGGREGATE)
        os.remove(os.path.join(self.folder, "state.json"))  # it holds the share back
        self.aggregate({**BMS, "max_charge_current": 90, "expected_shunts": 1})
        self.becomes(items={CCL: 90.0, "/System/NrOfModulesOffline": 0})
        other.kill()
        self.becomes(items={"/System/NrOfModulesOnline": 1})
        stays_true(lambda: self.value(CCL) == 90.0 and self.value("/Alarms/BmsCable") == 0, 1,
                   "the limit of a bank of one")

    def test_nothing_that_runs_and_nothing_that_aggregates(self):
        code, text = self.forget("Bow")
        self.assertEqual(code, 3, text)
        self.assertIn("Start it", text)
        self.run_battery()
        code, text = self.forget("Bow")
        self.assertEqual(code, 1, text)
        self.assertIn("aggregates no shunts", text)

    def test_nonsense_on_the_bus_is_an_error_and_changes_nothing(self):
        self.bank()
        import dbus  # pylint: disable=import-outside-toplevel
        connection = dbus.bus.BusConnection(self.bus.address)
        self.addCleanup(connection.close)
        name = next(n for n in connection.list_names() if n.startswith(STATUS + ".p"))

        def ask(signature, *arguments):
            return connection.call_blocking(name, "/", STATUS, "Forget", signature, arguments, 30)
        for signature, arguments in (("", ()), ("i", (7,)), ("v", ("Stern",)), ("as", (["Stern"],)),
                                     ("ss", ("Stern", "Bow")), ("s", ("",)), ("s", ("Stern" * 100,)),
                                     ("s", ("x" * 10_000_000,))):
            with self.assertRaises(dbus.DBusException) as raised:
                ask(signature, *arguments)
            self.assertEqual(raised.exception.get_dbus_name(), "org.freedesktop.DBus.Error.InvalidArgs")
        self.assertEqual(json.loads(ask("s", "\x1b[2J"))["outcome"], "unknown")
        self.assertEqual(self.value(CCL), 40.0)
        self.assertEqual(self.value("/System/NrOfModulesOffline"), 1)


if __name__ == "__main__":
    unittest.main()
