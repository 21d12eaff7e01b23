# SPDX-License-Identifier: MIT
"""The virtual BMS: limits, stops, releases and voltages (docs/behaviour.md, "Virtual BMS")."""
import time
import unittest

from harness.bms import (BMS, CABLE, CCL, CHARGE, CVL, DCL, DISCHARGE, HOLD_S, RELEASE_S,
                         WHY_NOT_CHARGE, WHY_NOT_DISCHARGE, Bms)
from harness.bus import Item
from harness.shunts import AGGREGATE
from harness.waiting import stays_true, wait_until


class Normal(Bms):
    def test_identity_and_limits(self):
        self.bank()
        items = self.items()
        for path, wanted in {
                "/ProductId": Item("i", 0xBA77, "0xBA77"),
                "/ProductName": Item("s", "Aggregate BMS", "Aggregate BMS"),
                "/CustomName": Item("s", "Aggregate BMS", "Aggregate BMS"),
                "/Measurement/Kind": Item("s", "derived", "derived"),
                "/Measurement/TracksServices": Item("s", *[self.tracks(self.big, self.small)] * 2),
                CVL: Item("d", 56.4, "56.40V"), CCL: Item("d", 80.0, "80.0A"),
                DCL: Item("d", 120.0, "120.0A"), CHARGE: Item("i", 1, "1"),
                DISCHARGE: Item("i", 1, "1"), CABLE: Item("i", 0, "0")}.items():
            self.assertEqual(items.get(path), wanted, path)
        self.assertIn(items[WHY_NOT_CHARGE].value, (None, ""))
        self.assertIn(items[WHY_NOT_DISCHARGE].value, (None, ""))

    def test_appears_complete(self):
        for number, capacity in ((5, 300), (6, 100)):
            self.shunt(f"ttyS{number}", capacity=capacity)
        mark = self.recorder.mark()
        daemon = self.aggregate(BMS, wait=False)
        owner = self.client.wait_for_name(AGGREGATE)
        items = self.items()
        self.assertEqual([items[path].value for path in (CVL, CCL, DCL, CHARGE, DISCHARGE, CABLE)],
                         [56.4, 80.0, 120.0, 1, 1, 0])
        stays_true(daemon.running, 0.3)
        self.recorder.sync()
        told = {path for change in self.recorder.of(owner, mark) for path in change.items}
        self.assertEqual(told & {CVL, CCL, DCL, CHARGE, DISCHARGE, CABLE}, set())

    def test_appears_stopped_when_there_is_a_reason_already(self):
        self.shunt("ttyS5", items={"/Alarms/HighTemperature": 2})
        self.aggregate(BMS, wait=False)
        self.client.wait_for_name(AGGREGATE)
        items = self.items()
        self.assertEqual([items[path].value for path in (CVL, CCL, DCL, CHARGE, DISCHARGE)],
                         [56.4, 0.0, 0.0, 0, 0])

    def test_no_limit_is_a_number_before_during_and_after_a_stop(self):
        """A CCL that went from 0 to invalid left the inverter at 0 A for ever."""
        shunt = self.shunt("ttyS5")
        mark = self.recorder.mark()
        self.aggregate({"device_mode": "virtual-bms", "max_charge_voltage": 56.4})
        self.shows(ccl=10000.0, dcl=10000.0)
        shunt.change(items={"/Alarms/HighTemperature": 2})
        self.shows(ccl=0.0, dcl=0.0, charge=0, discharge=0)
        shunt.change(items={"/Alarms/HighTemperature": 0})
        self.shows(ccl=10000.0, dcl=10000.0, timeout=RELEASE_S + 5)
        self.recorder.sync()
        for path in (CCL, DCL):
            told = self.recorder.carrying(path, self.client.owner(AGGREGATE), mark)
            self.assertEqual([change.items[path].value for change in told], [0.0, 10000.0], path)

    def test_the_aggregate_itself_is_as_in_monitor_mode(self):
        self.bank(voltage=52.0, current=-10.0, soc=50.0)
        self.becomes(voltage=52.0, current=-20.0, power=-1040.0, soc=50.0, items={
            "/InstalledCapacity": 400.0, "/Capacity": 200.0, "/TimeToGo": 28800})


class Stops(Bms):
    CASES = [  # what one member says: charging goes on, discharging goes on
        ({"/Alarms/HighVoltage": 2}, False, True, "(?i)voltage"),
        ({"/Alarms/HighTemperature": 2}, False, False, "(?i)temperature|hot"),
        ({"/Alarms/LowTemperature": 2}, False, True, "(?i)temperature|cold"),  # a lit house
        ({"/Alarms/LowVoltage": 2}, True, False, "(?i)voltage"),
        ({"/Alarms/LowSoc": 2}, True, False, "(?i)soc|charge"),
        ({"/Dc/0/Temperature": 45.5}, False, True, "(?i)temperature|hot"),
        ({"/Dc/0/Temperature": 4.5}, False, True, "(?i)temperature|cold")]
    HARMLESS = {"/Alarms/Alarm": 2, "/Alarms/MidVoltage": 2, "/Alarms/LowStarterVoltage": 2,
                "/Alarms/HighStarterVoltage": 2, "/Dc/0/Temperature": 44.9}

    def check_stop(self, said, charge, discharge, reason):
        daemon = self.bank(default={"min_update_interval": 1000})
        mark = self.recorder.mark()
        self.small.change(items=said)
        self.shows(ccl=80.0 if charge else 0.0, dcl=120.0 if discharge else 0.0,
                   charge=int(charge), discharge=int(discharge))
        change = self.acts_within(0.3, mark, self.small, next(iter(said)), DCL if charge else CCL)
        texts = self.items()
        for goes_on, limit, flag, why in ((charge, CCL, CHARGE, WHY_NOT_CHARGE),
                                          (discharge, DCL, DISCHARGE, WHY_NOT_DISCHARGE)):
            if goes_on:
                self.assertIn(texts[why].value, (None, ""))
                continue
            self.assertEqual(change.items[limit].value, 0.0)
            self.assertEqual(change.items[flag].value, 0, "limit and flag in one message")
            self.assertIn("Small one", texts[why].value)
            self.assertNotIn("Big one", texts[why].value)
            self.assertRegex(texts[why].value, reason)
        daemon.wait_for_log("^(WARNING|ERROR) .*Small one")
        daemon.stop()
        for shunt in (self.big, self.small):
            shunt.kill()
        self.client.wait_for_no_name(AGGREGATE)

    def test_each_reason_stops_what_it_must(self):
        for said, charge, discharge, reason in self.CASES:
            with self.subTest(said):
                self.check_stop(said, charge, discharge, reason)

    def test_other_alarms_stop_nothing(self):
        self.bank()
        self.small.change(items=self.HARMLESS)
        self.becomes(items={"/Alarms/Alarm": 2})
        self.shows()

    def test_a_new_alarm_stops_although_values_are_gathered(self):
        self.bank(default={"min_update_interval": 60000})
        for current in (1.0, 2.0):
            self.big.change(current=current)
        mark = self.recorder.mark()
        self.big.change(items={"/Alarms/HighVoltage": 2})
        self.shows(ccl=0.0, charge=0)
        self.acts_within(0.3, mark, self.big, "/Alarms/HighVoltage", CCL)


class Releases(Bms):
    def test_thirty_seconds_after_the_last_reason(self):
        daemon = self.bank()
        self.big.change(items={"/Alarms/HighVoltage": 2})
        self.small.change(items={"/Alarms/LowSoc": 2})
        self.shows(ccl=0.0, dcl=0.0, charge=0, discharge=0)
        self.big.change(items={"/Alarms/HighVoltage": 0})
        self.small.change(items={"/Alarms/LowSoc": 0})
        stays_true(lambda: self.value(CCL) == 0.0, 4)
        self.big.change(items={"/Alarms/HighVoltage": 2})
        self.shows(ccl=0.0, dcl=0.0, charge=0, discharge=0)
        mark, log = self.recorder.mark(), daemon.mark()
        self.big.change(items={"/Alarms/HighVoltage": 0})
        cleared = time.monotonic()
        self.shows(ccl=0.0, dcl=120.0, charge=0, discharge=1, timeout=RELEASE_S)
        stays_true(lambda: (self.value(CCL), self.value(CHARGE)) == (0.0, 0),
                   cleared + RELEASE_S - 1 - time.monotonic(), "the stop", interval=0.2)
        self.shows(timeout=5)
        self.recorder.sync()
        released = self.recorder.carrying(CCL, self.client.owner(AGGREGATE), mark)[-1]
        print(f"released {released.time - cleared:.2f} s after the alarm cleared")
        self.assertGreaterEqual(released.time - cleared, RELEASE_S - 0.05)
        self.assertIn(self.items()[WHY_NOT_CHARGE].value, (None, ""))
        daemon.wait_for_log("(?i)charging allowed", since=log)

    def test_temperatures_need_two_degrees_more(self):
        self.bank()
        self.small.change(temperature=46.0, items={"/Alarms/LowSoc": 2})
        self.shows(ccl=0.0, dcl=0.0, charge=0, discharge=0)
        self.small.change(temperature=43.5, items={"/Alarms/LowSoc": 0})
        self.shows(ccl=0.0, dcl=120.0, charge=0, discharge=1, timeout=RELEASE_S + 3)
        stays_true(lambda: self.value(CCL) == 0.0, 1, "the stop")


class Voltages(Bms):
    def test_the_chargers_never_get_a_disconnected_battery_s_voltage(self):
        """One battery had opened at 10.8 V, the other was charged at 14.2 V: systemcalc told the
        chargers 10.8 V."""
        self.big = self.shunt("ttyS5", name="Big one", voltage=14.2, current=20.0, capacity=300)
        self.small = self.shunt("ttyS6", name="Small one", voltage=14.1, current=5.0, capacity=100)
        daemon = self.aggregate(BMS | {"max_charge_voltage": 14.4})
        self.becomes(voltage=14.15, items={CCL: 80.0})
        mark = daemon.mark()
        self.small.change(voltage=10.8, current=0.0, items={"/Alarms/LowVoltage": 2})
        self.becomes(voltage=14.2, items={CCL: 60.0, DCL: 0.0, CABLE: 0})
        self.assertIn("Small one", self.value(WHY_NOT_CHARGE))
        daemon.wait_for_log("^WARNING .*Small one .*disconnected", since=mark)

    def test_a_shunt_of_another_bank_is_not_counted(self):
        """12 V and 24 V shunts were averaged to 19.9 V."""
        self.shunt("ttyS5", name="House", voltage=13.2, current=5.0)
        self.shunt("ttyS6", name="Winch", voltage=26.6, current=7.0)
        daemon = self.aggregate(BMS | {"max_charge_voltage": 14.4})
        self.becomes(voltage=13.2, current=5.0, items={
            CCL: 80.0, "/System/NrOfModulesOnline": 1, "/System/NrOfModulesOffline": 0})
        daemon.wait_for_log("^WARNING .*Winch is not counted.*another bank")

    def test_a_charge_voltage_that_cannot_be_right_makes_no_bms(self):
        """56.8 V for a bank of 13 V was published, and the status said OK."""
        shunt = self.shunt("ttyS5", voltage=13.2)
        daemon = self.aggregate(BMS, wait=False)
        daemon.wait_for_log("^ERROR .*max_charge_voltage = 56.4 V .*13.2 V")
        stays_true(lambda: not self.client.owner(AGGREGATE), 1)
        shunt.change(voltage=52.0)
        self.client.wait_for_name(AGGREGATE, 5)
        self.becomes(items={CVL: 56.4, CCL: 80.0})
        shunt.change(voltage=13.2)
        # Below what the bank has: no charger shall want to go on.
        self.becomes(items={CVL: 12.536, CCL: 0.0, CHARGE: 0})
        self.client.wait_for_no_name(AGGREGATE, HOLD_S + 5)

    def test_a_sensor_that_is_gone_ends_too_cold(self):
        """"Too cold" held for ever after the input was set to starter battery."""
        self.bank()
        self.small.change(temperature=-3.0)
        self.shows(ccl=0.0, charge=0)
        self.small.change(items={"/Settings/HasTemperature": 0, "/Dc/1/Voltage": 12.8})
        self.becomes(temperature=20.0)
        self.shows(timeout=RELEASE_S + 5)


class FeedIn(Bms):
    def test_cvl_goes_down_while_current_flows_in_spite_of_the_stop(self):
        """35 A flowed into a battery that said CCL 0: only CVL stops solar chargers with feed-in."""
        daemon = self.bank(voltage=54.0, current=20.0)
        self.small.change(items={"/Alarms/HighVoltage": 2})
        self.shows(ccl=0.0, charge=0)
        stopped = time.monotonic()
        self.becomes(timeout=15, items={CVL: 54.0, CCL: 0.0})
        self.assertGreater(time.monotonic() - stopped, 4)
        daemon.wait_for_log("^WARNING .*charging goes on although CCL is 0")
        wait_until(lambda: self.value(CVL) < 53.8, 15, "CVL to go on falling")
        for shunt in (self.big, self.small):
            shunt.change(current=0.0)
        wait_until(lambda: self.value("current") == 0.0, 5, "the current to end")
        level = self.value(CVL)
        stays_true(lambda: self.value(CVL) == level, 2, "CVL")


class Config(Bms):
    def test_without_a_charge_voltage_there_is_no_bms(self):
        self.shunt("ttyS5")
        daemon = self.aggregate({"device_mode": "virtual-bms"}, wait=False)
        daemon.wait_for_log("^ERROR .*max_charge_voltage")
        stays_true(lambda: not self.client.owner(AGGREGATE), 0.5)


if __name__ == "__main__":
    unittest.main()
