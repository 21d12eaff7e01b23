# SPDX-License-Identifier: MIT
"""The aggregate of shunts that are not of our making: npm's stand-in for Victron devices."""
import json
import signal
import unittest

import dbus

from harness.shunts import AGGREGATE, PREFIX, ShuntCase, shunt_data
from harness.waiting import stays_true
from test_node_consumer import Node, install

KINDS = {int: "i", float: "d", str: "s", type(None): "d"}
A, B = PREFIX + "ttyUSB0", PREFIX + "ttyUSB1"


class ShuntsOfAnotherMaking(ShuntCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.npm = install()

    def play(self, **shunts):
        """Node plays shunts of these {suffix: items}; values from the recorded 48 V one."""
        base = {"/DeviceInstance": 279, "/CustomName": "", "/Serial": "HQ2230ABCDE", "/Connected": 1,
                "/Mgmt/Connection": "VE.Direct", **shunt_data("48v")[0]}
        everything = {
            PREFIX + suffix: {path[1:]: [KINDS[type(value)], value]
                              for path, value in {**base, **items}.items()}
            for suffix, items in shunts.items()}
        node = Node(self, "shunts.js", json.dumps(everything))
        node.wait_for_log("^ready ")
        return node

    def tell(self, service, path, value):
        """Node changes a value and tells it with ItemsChanged."""
        self.assertEqual(self.client.set_value(path, value, service), 0)

    def play_two(self):
        return self.play(
            ttyUSB0={"/Dc/0/Voltage": 52.0, "/Dc/0/Current": -10.0, "/Dc/0/Power": -520.0, "/Soc": 90.0,
                     "/ConsumedAmphours": -10.0, "/Dc/0/Temperature": 21.5,
                     "/Settings/HasTemperature": 1},
            ttyUSB1={"/Dc/0/Voltage": 52.4, "/Dc/0/Current": -30.0, "/Dc/0/Power": -1572.0, "/Soc": 50.0,
                     "/ConsumedAmphours": -150.0, "/DeviceInstance": 280, "/Serial": "HQ2230ABCDF",
                     "/Settings/HasTemperature": 1})

    def test_agrees_with_sums_of_what_they_say(self):
        self.play_two()
        self.aggregate()
        # No registers: 10 / (1 - 0.9) = 100 Ah, 150 / (1 - 0.5) = 300 Ah, and no floor but [TIME_TO_GO]'s 10 %.
        self.becomes(voltage=52.2, current=-40.0, power=-2092.0, consumed=-160.0, soc=60.0,
                     temperature=21.5, items={
                         "/InstalledCapacity": 400.0, "/Capacity": 240.0, "/TimeToGo": 18000,
                         "/History/TotalAhDrawn": 2 * -2994.109, "/History/ChargeCycles": 3,
                         "/Measurement/TracksServices": f"{A},{B}"})

    def test_follows_their_changes(self):
        node = self.play_two()
        self.aggregate()
        self.becomes(current=-40.0)
        self.tell(A, "/Dc/0/Current", dbus.Double(5.5))
        self.becomes(current=-24.5)
        self.tell(B, "/Dc/0/Temperature", dbus.Double(50.5))
        self.becomes(temperature=50.5)
        self.tell(B, "/Alarms/LowVoltage", dbus.Int32(2))
        self.becomes(voltage=52.0, items={"/Alarms/LowVoltage": 2})
        self.tell(B, "/Soc", dbus.Array([], signature="i"))
        self.becomes(soc=90.0)
        node.stop(signal.SIGKILL)
        self.client.wait_for_no_name(AGGREGATE, 5)

    def test_its_broadcast_of_everything_changes_nothing(self):
        node = self.play_two()
        daemon = self.aggregate()
        self.becomes(current=-40.0, items={"/InstalledCapacity": 400.0})
        node.send(signal.SIGUSR2)
        stays_true(lambda: self.value("/Dc/0/Current") == -40.0, 0.5)
        self.tell(A, "/Dc/0/Current", dbus.Int32(2))
        self.becomes(current=-28.0)
        self.assertEqual(daemon.errors(), [])

    def test_sixty_four_of_them(self):
        count = 64
        self.play(**{f"ttyUSB{n}": {"/DeviceInstance": 300 + n, "/Serial": f"HQ{n}", "/Dc/0/Current": 0.5 + n}
                     for n in range(count)})
        self.aggregate()
        self.becomes(current=count * 0.5 + sum(range(count)), voltage=53.509, consumed=count * -131.099,
                     items={"/System/NrOfModulesOnline": count})
        for number in range(count):
            self.tell(f"{PREFIX}ttyUSB{number}", "/Dc/0/Current", dbus.Double(1.0))
        self.becomes(current=float(count))

    def test_as_a_bms(self):
        self.play_two()
        self.aggregate({"device_mode": "virtual-bms", "max_charge_voltage": 56, "max_charge_current": 70})
        self.becomes(current=-40.0, items={"/Info/MaxChargeCurrent": 70.0})
        self.tell(A, "/Alarms/HighVoltage", dbus.Int32(2))
        self.becomes(items={"/Info/MaxChargeCurrent": 0.0, "/Io/AllowToCharge": 0,
                            "/Info/MaxChargeVoltage": 56.0})


if __name__ == "__main__":
    unittest.main()
