# SPDX-License-Identifier: MIT
"""`control = 0` beside a driver that controls: what limits would differ, and that nobody is told them."""
import json
import unittest

from harness.case import TOPIC
from harness.daemon import binary
from harness.gx import CCL, CVL, DCL, SYSTEM, Gx
from harness.process import run
from harness.shunts import FakeShunt, ShuntCase
from harness.waiting import slowness, wait_until

LIMITS = {CVL, CCL, DCL}
MESSAGE = {"Dc": {"Voltage": 53.0, "Current": 12.0, "Power": 636.0}, "Soc": 63,
           "Info": {"MaxChargeVoltage": 55.2, "MaxChargeCurrent": 80, "MaxDischargeCurrent": 120}}


class Trial(ShuntCase):
    def start(self, **mqtt):
        """House, which does not control, beside JK, which does."""
        self.jk = FakeShunt(self, "ttyUSB1", voltage=53.0, current=12.0, instance=1, items={
            CVL: 55.4, CCL: 100.0, DCL: 120.0, "/ProductName": "JK BMS", "/CustomName": "JK", "/Connected": 1,
            "/Mgmt/Connection": "ttyUSB1"})
        self.gx = Gx(self)
        self.run_battery(MESSAGE, {"device_name": "House"}, {"control": 0, **mqtt})
        self.gx.look()
        self.gx.show()

    def trial(self):
        name = f"io.github.dbus_mqtt_battery.Status.p{self.daemon.pid}"
        reply = self.client.call(name, "/", "GetStatus", interface="io.github.dbus_mqtt_battery.Status")
        return json.loads(reply.args[0])["batteries"][0]["trial"]

    def becomes(self, condition, what):
        last = [None]

        def holds():
            last[0] = self.trial()
            return condition(last[0])
        wait_until(holds, 40 * slowness(), lambda: f"{what}; last: {last[0]}", 0.5)
        return last[0]

    def ask(self, *arguments):
        done = run([binary(), *arguments], check=False, env=self.bus.environment(), timeout=30 * slowness())
        return done.stdout.decode()

    def test_differences_to_the_limits_in_force_are_told(self):
        self.start()
        trial = self.becomes(lambda t: t["hours"] and t["hours"][-1]["compared_s"] > 0, "a comparison")
        self.assertEqual((trial["beside"], trial["not_compared"]), ("JK", ""))
        self.assertEqual(trial["own"], {"max_charge_voltage_v": 55.2, "max_charge_current_a": 80,
                                        "max_discharge_current_a": 120})
        self.assertEqual(trial["in_force"], {"max_charge_voltage_v": 55.4, "max_charge_current_a": 100,
                                             "max_discharge_current_a": 120})
        hour = trial["hours"][-1]
        self.assertEqual((len(trial["hours"]), hour["ended_age_s"], hour["beside"]), (1, None, "JK"))
        self.assertAlmostEqual(hour["max_charge_voltage_v"]["mean_difference"], -0.2, 3)
        self.assertEqual(hour["max_charge_current_a"]["mean_difference"], -20)
        self.assertEqual(hour["max_discharge_current_a"]["lower_s"], 0)
        # Nobody is told: neither systemcalc, nor whoever looks at the items.
        self.assertEqual(LIMITS & set(self.client.get_items()), set())
        self.assertTrue(self.gx.bms.endswith("ttyUSB1"))
        text = self.ask("--status", "--config", self.daemon.config_file)
        self.assertIn("in force are, in brackets, those of JK:", text)
        self.assertIn("CVL 55.20 V (55.40 V), CCL 80.0 A (100.0 A)", text)
        self.assertRegex(text, r"\n    now +[0-9.]+ s +-0\.20 V +-20\.0 A +same")
        self.assertNotIn("reach no charger", text)
        self.assertNotIn("DEGRADED", text)

    def test_why_shows_both(self):
        self.start()
        text = self.ask("--why", "House")
        self.assertIn("JK controls the chargers, not House", text)
        self.assertRegex(text, r"80 A +House: would be its limit \(control = 0\)")
        self.assertRegex(text, r"> 100 A +JK")

    def test_what_cannot_be_compared_is_said(self):
        self.start()
        self.becomes(lambda t: t["beside"] == "JK", "JK")
        self.gx.dvcc = False
        self.gx.show()
        self.becomes(lambda t: "DVCC is off" in t["not_compared"], "DVCC off")
        self.gx.dvcc = True
        self.gx.changes[SYSTEM] = {"/ActiveBmsService": "\x1b[2J"}
        self.gx.show()
        self.becomes(lambda t: "tells no limits" in t["not_compared"], "no name of a service")
        self.gx.absent = {SYSTEM}
        self.gx.show()
        self.becomes(lambda t: "system does not answer" in t["not_compared"], "systemcalc gone")

    def test_a_bank_goes_by_limits_that_its_batteries_do_not_show(self):
        bank = "com.victronenergy.battery.bank_110"
        self.addCleanup(self.client.wait_for_no_name, bank)
        self.gx = Gx(self)
        self.run_battery(MESSAGE, {"device_name": "House"}, {"control": 0}, **{
            "BATTERY Shed": {"topic": "home/shed", "device_instance": 101, "control": 0},
            "BANK Both": {"control": 0}})
        self.broker.publish({**MESSAGE, "InstalledCapacity": 100}, TOPIC)
        self.broker.publish({**MESSAGE, "InstalledCapacity": 100}, "home/shed")
        self.client.wait_for_name(bank)
        self.gx.look()
        self.gx.show()
        name = f"io.github.dbus_mqtt_battery.Status.p{self.daemon.pid}"

        def both():
            reply = self.client.call(name, "/", "GetStatus", interface="io.github.dbus_mqtt_battery.Status")
            return json.loads(reply.args[0])["banks"][0]["trial"]
        wanted = {"max_charge_voltage_v": 55.2, "max_charge_current_a": 160, "max_discharge_current_a": 240}
        wait_until(lambda: both()["own"] == wanted, 60 * slowness(), both, 0.5)
        self.assertEqual(both()["not_compared"], "no battery gives limits to the GX")
        for service in (bank, "com.victronenergy.battery.mqtt_battery", "com.victronenergy.battery.mqtt_battery_101"):
            self.assertEqual(LIMITS & set(self.client.get_items(service)), set(), service)

    def test_a_reload_ends_and_begins_it(self):
        self.start()
        self.becomes(lambda t: t["beside"] == "JK", "JK")
        with open(self.daemon.config_file, encoding="utf-8") as file:
            text = file.read()
        self.daemon.write_config(text.replace("control = 0", "control = 1"))
        self.daemon.reload()
        self.broker.publish(MESSAGE, TOPIC)
        self.client.wait_for_value(CVL, 55.2)
        self.assertIsNone(self.trial())
        self.daemon.write_config(text)
        self.daemon.reload()
        self.broker.publish(MESSAGE, TOPIC)
        wait_until(lambda: self.client.owner("com.victronenergy.battery.mqtt_battery") and
                   not LIMITS & set(self.client.get_items()), 20 * slowness(), "no limit any more")


if __name__ == "__main__":
    unittest.main()
