# SPDX-License-Identifier: MIT
"""[BANK]: batteries of this process as one, on the bus themselves or not."""
import json
import unittest

from harness.case import Case
from harness.daemon import config_for
from harness.shunts import FakeShunt
from harness.waiting import wait_until

BANK = "com.victronenergy.battery.bank_110"
PACKS = [f"com.victronenergy.battery.mqtt_battery_{instance}" for instance in (101, 102)]


def pack(current, soc, capacity):
    return {"Dc": {"Power": 52.0 * current, "Voltage": 52.0, "Current": current}, "Soc": soc,
            "InstalledCapacity": capacity}


def limited(current, soc, capacity):
    return {**pack(current, soc, capacity),
            "Info": {"MaxChargeVoltage": 56.0, "MaxChargeCurrent": 0.5 * capacity, "MaxDischargeCurrent": capacity}}


def config(broker, **bank):
    sections = {f"BATTERY Pack{i}": {"topic": f"home/{i}", "device_instance": 100 + i, "timeout": 6 if i == 2 else 60}
                for i in (1, 2)}
    sections["BANK House"] = bank
    text = config_for(broker, **sections)
    return text.replace("topic = home/battery\n", "").replace("service_name = mqtt_battery\n", "")


class Bank(Case):
    def start(self, wait=30.0, packs=pack, **bank):
        broker = self.start_broker()
        self.addCleanup(self.client.wait_for_no_name, BANK)
        daemon = self.start_daemon(config(broker, **bank))
        for i in (1, 2):
            broker.wait_subscribed(f"home/{i}")
        broker.publish(packs(10, 60, 100), "home/1")
        broker.publish(packs(20, 90, 300), "home/2")
        self.client.wait_for_name(BANK)
        self.client.wait_for_value("/Dc/0/Current", wait, BANK)
        return daemon

    def status(self):
        name = f"io.github.dbus_mqtt_battery.Status.p{self.daemon.pid}"
        reply = self.client.call(name, "/", "GetStatus", interface="io.github.dbus_mqtt_battery.Status")
        return json.loads(reply.args[0])

    def test_two_packs_are_one_battery_and_the_loss_of_one_leaves_the_other(self):
        daemon = self.start()
        for path, value in {"/Dc/0/Voltage": 52.0, "/DeviceInstance": 110,
                            "/ProductName": "Battery Bank", "/CustomName": "House"}.items():
            self.client.wait_for_value(path, value, BANK)
        for name in PACKS:
            self.client.wait_for_name(name)
        self.assertEqual(daemon.matching("capacity .* not known"), [])
        # The second one falls silent: what it told last must not count any more.
        self.broker.publish(pack(11, 60, 100), "home/1")
        self.client.wait_for_value("/Dc/0/Current", 11.0, BANK)
        bank = self.status()["banks"][0]
        self.assertEqual(([member["name"] for member in bank["members"]], bank["lost"]), (["Pack1"], 1))
        self.broker.publish(pack(20, 90, 300), "home/2")
        self.client.wait_for_value("/Dc/0/Current", 31.0, BANK)
        # Without the section the bank goes, and the packs stay.
        daemon.write_config(config(self.broker).replace("[BANK House]\n", ""))
        daemon.reload()
        self.client.wait_for_no_name(BANK)
        self.assertTrue(self.client.owner(PACKS[0]))

    def test_packs_that_are_not_shown_count_all_the_same(self):
        daemon = self.start(show_members=0)
        for name in PACKS:
            self.assertFalse(self.client.owner(name))
        daemon.write_config(config(self.broker, show_members=1))
        daemon.reload()
        self.client.wait_for_name(PACKS[0])
        self.broker.publish(pack(20, 90, 300), "home/2")
        self.client.wait_for_value("/Dc/0/Current", 30.0, BANK)
        daemon.write_config(config(self.broker, show_members=0))
        daemon.reload()
        for name in PACKS:
            self.client.wait_for_no_name(name)

    def test_limits_are_those_of_the_members_and_one_on_the_bus_is_a_member_like_any(self):
        serial = FakeShunt(self, "ttyUSB0", items={
            "/ProductId": 0xBA77, "/ProductName": "SerialBattery(JK)", "/CustomName": "Pack3",
            "/Info/MaxChargeVoltage": 55.0, "/Info/MaxChargeCurrent": 100.0, "/Info/MaxDischargeCurrent": 200.0},
            voltage=52.0, current=10.0, soc=70.0, instance=1, capacity=100)
        serial.change(items={"/InstalledCapacity": 100.0})
        self.start(wait=40.0, packs=limited)
        self.client.wait_for_value("/Info/MaxChargeVoltage", 55.0, BANK)
        # How fast it rises to that depends on the order in which they came.
        self.assertTrue(0 < self.client.value("/Info/MaxChargeCurrent", BANK) <= 250.0)
        # Its cells are cold: the others decide, and the bank says why.
        self.broker.publish({**limited(20, 90, 300), "Info": {"MaxChargeVoltage": 56.0, "MaxChargeCurrent": 0,
                                                              "MaxDischargeCurrent": 100}}, "home/2")
        wait_until(lambda: "Pack2" in str(self.client.value("/Info/ChargeLimitation", BANK)), 20, "the reason")
        self.assertLessEqual(self.client.value("/Info/MaxChargeCurrent", BANK), 150.0)
        members = self.status()["banks"][0]["members"]
        self.assertEqual(sorted(member["name"] for member in members), ["Pack1", "Pack2", "Pack3"])

    def test_without_control_there_are_values_and_no_limit(self):
        self.start(control=0, packs=limited)
        limits = {"/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent",
                  "/Io/AllowToCharge", "/Io/AllowToDischarge"}
        self.assertEqual(limits & set(self.client.get_items(BANK)), set())


if __name__ == "__main__":
    unittest.main()
