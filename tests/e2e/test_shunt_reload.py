# SPDX-License-Identifier: MIT
"""A reload changes an aggregate in place: it stays on the bus and forgets nothing."""
import unittest

from harness.daemon import ini
from harness.shunts import AGGREGATE, ShuntCase
from harness.waiting import wait_until

CVL, CCL, DCL = "/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent"
BMS = {"device_mode": "virtual-bms", "max_charge_voltage": 56.4, "max_charge_current": 80,
       "max_discharge_current": 120}


class Reload(ShuntCase):
    def bank(self, **keys):
        """Two batteries of 300 and 100 Ah behind a BMS."""
        self.big = self.shunt("ttyS5", name="Big", capacity=300, temperature=20.0)
        self.small = self.shunt("ttyS6", name="Small", capacity=100, temperature=20.0)
        self.aggregate({**BMS, **keys})
        self.becomes(items={CCL: 80.0, DCL: 120.0, "/System/NrOfModulesOnline": 2})
        return self.client.owner(AGGREGATE)

    def reload_with(self, keys, default=None):
        log = self.daemon.mark()
        self.daemon.write_config(ini({"DEFAULT": {"logging": "INFO", "min_update_interval": 0, **(default or {})},
                                      "SMARTSHUNTS": keys}))
        self.daemon.reload()
        self.daemon.wait_for_log("is loaded", since=log)

    def test_new_limits_hold_at_once_and_the_service_stays(self):
        owner = self.bank()
        self.reload_with({**BMS, "max_charge_voltage": 55.2, "max_charge_current": 40, "device_name": "House",
                          "total_capacity": 500, "min_update_interval": 50, "log_period": 0})
        self.assertEqual([self.value(path) for path in (CVL, CCL, DCL)], [55.2, 40.0, 120.0])
        self.becomes(items={"/CustomName": "House", "/InstalledCapacity": 500.0})
        self.reload_with({**BMS, "temp_cold_danger": 20.5})
        self.becomes(items={CCL: 0.0, DCL: 120.0})
        self.assertEqual(self.client.owner(AGGREGATE), owner)

    def test_a_lost_shunt_stays_lost(self):
        owner = self.bank()
        self.small.kill()
        self.becomes(items={CCL: 60.0, DCL: 90.0, "/Alarms/BmsCable": 1})
        for keys in ({"log_period": 7}, {"temp_hot_danger": 50}, {"timeout": 60},
                     {"exclude_shunts": "999"}, {"max_charge_current": 40}):
            self.reload_with({**BMS, **keys})
            self.assertEqual(self.value(CCL), 30.0 if "max_charge_current" in keys else 60.0, keys)
            self.assertEqual(self.value("/Alarms/BmsCable"), 1)
        self.assertEqual(self.client.owner(AGGREGATE), owner)

    def test_a_lost_shunt_that_is_excluded_is_not_missed_any_more(self):
        owner = self.bank()
        self.small.kill()
        self.becomes(items={CCL: 60.0, "/System/NrOfModulesOffline": 1})
        self.reload_with({**BMS, "exclude_shunts": "small"})
        self.becomes(items={"/System/NrOfModulesOffline": 0, "/Alarms/BmsCable": 0})
        self.assertEqual(self.client.owner(AGGREGATE), owner)

    def test_an_alarm_that_holds_goes_on_holding(self):
        owner = self.bank()
        self.small.change(items={"/Alarms/HighVoltage": 2})
        self.becomes(items={CCL: 0.0})
        self.small.kill()  # it never said that all is well
        self.becomes(items={"/Alarms/BmsCable": 1})
        self.reload_with({**BMS, "log_period": 7})
        self.assertEqual(self.value(CCL), 0.0)
        self.assertEqual(self.client.owner(AGGREGATE), owner)

    def test_a_release_does_not_come_sooner(self):
        self.bank()
        self.small.change(items={"/Alarms/HighVoltage": 2})
        self.becomes(items={CCL: 0.0})
        self.small.change(items={"/Alarms/HighVoltage": 0})
        self.becomes(items={"/Alarms/HighVoltage": 0})
        self.reload_with({**BMS, "log_period": 7})
        self.assertEqual(self.value(CCL), 0.0)

    def test_another_instance_name_and_mode_forget_nothing_either(self):
        owner = self.bank()
        self.small.kill()
        self.becomes(items={CCL: 60.0})
        self.reload_with({**BMS, "device_instance": 150})
        wait_until(lambda: self.client.owner(AGGREGATE), 10, "the aggregate to be back")
        self.becomes(items={"/DeviceInstance": 150, CCL: 60.0})
        self.reload_with({**BMS, "device_instance": 150, "service_name": "bank"})
        name = AGGREGATE.rsplit(".", 1)[0] + ".bank"
        self.client.wait_for_name(name)
        self.client.wait_for_no_name(AGGREGATE)
        self.assertEqual(self.client.value(CCL, name), 60.0)
        self.reload_with({"device_instance": 150})
        self.becomes(items={"/System/NrOfModulesOffline": 1, "/DeviceInstance": 150})
        self.assertNotIn(CVL, self.items())
        self.reload_with(BMS)
        self.becomes(items={CCL: 60.0, "/System/NrOfModulesOffline": 1})
        self.assertIsNotNone(owner)


if __name__ == "__main__":
    unittest.main()
