# SPDX-License-Identifier: MIT
"""The virtual BMS: limits, stops, releases and the fail-safe (docs/behaviour.md, "Virtual BMS")."""
import os
import signal
import time
import unittest

import dbus

from harness.bus import Item
from harness.daemon import ini
from harness.shunts import AGGREGATE, ALARMS, ShuntCase
from harness.waiting import slowness, stays_true, wait_until

CVL, CCL, DCL = "/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent"
CHARGE, DISCHARGE = "/Io/AllowToCharge", "/Io/AllowToDischarge"
WHY_NOT_CHARGE, WHY_NOT_DISCHARGE = "/Info/ChargeLimitation", "/Info/DischargeLimitation"
CABLE = "/Alarms/BmsCable"
BMS = {"device_mode": "virtual-bms", "max_charge_voltage": 56.4, "max_charge_current": 80,
       "max_discharge_current": 120, "temp_cold_danger": 5, "temp_hot_danger": 45}
RELEASE_S, HOLD_S = 30.0, 10.0


class Bms(ShuntCase):
    def shunt(self, suffix, kind="48v", **options):
        """At rest, unless it is told otherwise: a stop is not fought over."""
        return super().shunt(suffix, kind, **{"current": 0.0, **options})

    def bank(self, shunts=None, default=None, **values):
        """Two batteries of 300 and 100 Ah behind a BMS."""
        self.big = self.shunt("ttyS5", name="Big one", capacity=300, temperature=20.0, **values)
        self.small = self.shunt("ttyS6", name="Small one", capacity=100, temperature=22.0, **values)
        daemon = self.aggregate(shunts or BMS, default)
        self.shows()
        return daemon

    def shows(self, ccl=80.0, dcl=120.0, charge=1, discharge=1, cable=0, timeout=5):
        self.becomes(timeout, items={CVL: 56.4, CCL: ccl, DCL: dcl, CHARGE: charge,
                                     DISCHARGE: discharge, CABLE: cable})

    def acts_within(self, seconds, mark, shunt, cause, effect):
        owner = self.client.owner(AGGREGATE)
        self.recorder.sync()
        ours = self.recorder.carrying(effect, owner, mark)[0]
        theirs = self.recorder.carrying(cause, shunt.unique, mark)[0]
        self.assertLess(ours.time - theirs.time, seconds * slowness())
        return ours


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


class Losses(Bms):
    def test_a_lost_member_takes_its_share_with_it_and_gives_it_back_late(self):
        """A shunt that flaps switched the chargers between 60 and 80 A each time."""
        daemon = self.bank()
        mark = daemon.mark()
        self.small.kill()
        self.shows(ccl=60.0, dcl=90.0, cable=1)
        daemon.wait_for_log("^(WARNING|ERROR) .*Small one", since=mark)
        self.assertTrue(self.value(WHY_NOT_CHARGE))
        self.small.come_back()
        self.shows(ccl=60.0, dcl=90.0)
        self.small.kill()
        self.shows(ccl=60.0, dcl=90.0, cable=1)
        back = time.monotonic()
        self.small.come_back()
        self.shows(ccl=60.0, dcl=90.0)
        self.assertIn("30 s", self.value(WHY_NOT_CHARGE))
        stays_true(lambda: self.value(CCL) == 60.0, back + RELEASE_S - 1 - time.monotonic(),
                   "the share", interval=0.2)
        self.shows()
        self.assertIn(self.items()[WHY_NOT_CHARGE].value, (None, ""))
        self.big.kill()
        self.shows(ccl=20.0, dcl=30.0, cable=1)

    def test_a_member_on_another_port_is_not_lost(self):
        self.bank()
        self.small.kill()
        self.shows(ccl=60.0, dcl=90.0, cable=1)
        self.shunt("ttyUSB7", capacity=100, temperature=22.0, serial=self.small.items["/Serial"])
        self.shows(ccl=60.0, dcl=90.0, cable=0)

    def test_a_stop_beats_the_share(self):
        self.bank()
        self.big.change(items={"/Alarms/HighVoltage": 2})
        self.shows(ccl=0.0, charge=0)
        self.small.kill()
        self.shows(ccl=0.0, dcl=90.0, charge=0, cable=1)

    def test_members_that_tell_nothing_are_lost(self):
        """Not connected, without a voltage, without any alarm: full limits were given for them."""
        daemon = self.bank()
        for said, reason in (({"/Connected": 0}, "not connected"),
                             ({"/Dc/0/Voltage": None}, "no voltage"),
                             ({path: None for path in ALARMS}, "no alarm")):
            with self.subTest(reason):
                mark = daemon.mark()
                before = {path: self.small.items[path] for path in said}
                self.small.change(items=said)
                self.shows(ccl=60.0, dcl=90.0, cable=1)
                self.becomes(items={"/System/NrOfModulesOnline": 1, "/System/NrOfModulesOffline": 1})
                daemon.wait_for_log(f"^WARNING .*Small one is not counted.*{reason}", since=mark)
                self.small.change(items=before)
                self.shows(ccl=60.0, dcl=90.0, cable=0)
        self.small.change(items={"/Connected": 0})
        self.big.change(items={path: None for path in ALARMS})
        self.becomes(items={CCL: 0.0, DCL: 90.0, CHARGE: 0, DISCHARGE: 1, CABLE: 2})

    def test_where_nobody_tells_anything_there_is_no_bms(self):
        self.shunt("ttyS5", items={path: None for path in ALARMS})
        self.shunt("ttyS6", items={"/Connected": 0})
        daemon = self.aggregate(BMS, wait=False)
        daemon.wait_for_log("^WARNING .*no alarm")
        daemon.wait_for_log("^WARNING .*not connected")
        stays_true(lambda: not self.client.owner(AGGREGATE), 1)

    def check_fail_safe(self, dcl, **options):
        daemon = self.bank(**options)
        instance, voltage = self.value("/DeviceInstance"), self.value("voltage")
        self.small.kill()
        self.shows(ccl=60.0, dcl=90.0, cable=1)
        mark = daemon.mark()
        lost = time.monotonic()
        self.big.kill()
        self.becomes(items={CCL: 0.0, DCL: dcl, CHARGE: 0, DISCHARGE: int(dcl != 0), CABLE: 2})
        self.assertLess(time.monotonic() - lost, 1.0 * slowness())
        self.becomes(voltage=None, current=None, power=None, soc=None)
        self.assertLessEqual(self.value(CVL), voltage, "CCL 0 alone does not stop solar chargers")
        self.client.wait_for_no_name(AGGREGATE, HOLD_S + 5)
        held = time.monotonic() - lost
        self.assertGreater(held, HOLD_S - 0.5)
        self.assertLess(held, HOLD_S + 1.5 * slowness())
        daemon.wait_for_log("^ERROR", since=mark)
        self.assertEqual(len(daemon.errors(mark)), 1, daemon.output())
        used = daemon.cpu_seconds()
        stays_true(lambda: not self.client.owner(AGGREGATE), 1)
        self.assertLess(daemon.cpu_seconds() - used, 0.2 * slowness(), "busy while off the bus")
        self.big.come_back()
        self.client.wait_for_name(AGGREGATE, 5)
        stopped = {CCL: 0.0, DCL: dcl, CHARGE: 0, DISCHARGE: int(dcl != 0)}
        self.becomes(timeout=5, items=stopped | {CABLE: 1})
        self.small.come_back()
        self.becomes(timeout=5, items=stopped | {CABLE: 0})
        self.becomes(soc=54.8, items={"/System/NrOfModulesOnline": 2, "/DeviceInstance": instance})

    def test_the_last_one_lost_stops_charging_then_leaves(self):
        self.check_fail_safe(dcl=90.0)

    def test_and_discharging_if_so_configured(self):
        self.check_fail_safe(dcl=0.0, default={"stop_discharge_on_timeout": 1})

    def test_back_within_the_hold_it_never_leaves_and_charges_only_later(self):
        """A shunt that flaps switched the chargers between 0 and 80 A each time."""
        self.bank()
        self.recorder.sync()
        owner, names = self.client.owner(AGGREGATE), len(self.recorder.owners(AGGREGATE))
        for shunt in (self.big, self.small):
            shunt.release()
        self.becomes(items={CCL: 0.0, CHARGE: 0, CABLE: 2})  # DCL stays what it was last
        stays_true(lambda: self.client.owner(AGGREGATE) == owner, 2)
        for shunt in (self.big, self.small):
            shunt.claim()
        back = time.monotonic()
        self.becomes(items={CCL: 0.0, CABLE: 0})
        stays_true(lambda: self.value(CCL) == 0.0, back + RELEASE_S - 1 - time.monotonic(),
                   "the stop", interval=0.2)
        self.becomes(timeout=5, items={CCL: 80.0, DCL: 120.0})
        self.shows(timeout=30)  # CVL rises slowly
        self.assertEqual(self.client.owner(AGGREGATE), owner)
        self.recorder.sync()
        self.assertEqual(len(self.recorder.owners(AGGREGATE)), names)

    def test_the_hold_lasts_although_the_instance_changes_during_it(self):
        """It left the bus after half a second, before the zero had reached the chargers."""
        self.start_settings()
        self.bank()
        for shunt in (self.big, self.small):
            shunt.kill()
        lost = time.monotonic()
        self.becomes(items={CCL: 0.0, CABLE: 2})
        path = "/Settings/Devices/dbus_mqtt_battery_aggregate_shunts/ClassAndVrmInstance"
        self.client.set_value(path, dbus.String("battery:177"), "com.victronenergy.settings")
        self.becomes(items={CCL: 0.0, CABLE: 2, "/DeviceInstance": 177})
        self.client.wait_for_no_name(AGGREGATE, HOLD_S + 5)
        self.assertGreater(time.monotonic() - lost, HOLD_S - 0.5)

    def test_a_hung_member_is_no_lost_member(self):
        self.bank()
        self.small.hang()
        self.big.change(current=3.0)
        self.shows()


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


class Memory(Bms):
    """A reload or a restart forgot lost members (50 -> 100 %), alarms (0 -> 100 A) and delays."""

    def restart(self, daemon, config=None):
        daemon.terminate()
        self.client.wait_for_no_name(AGGREGATE)
        return self.aggregate(config or BMS, fresh=False)

    def test_a_restart_forgets_no_lost_member_and_no_alarm(self):
        daemon = self.bank()
        self.small.change(items={"/Alarms/LowSoc": 2})
        self.shows(dcl=0.0, discharge=0)
        self.small.kill()
        self.shows(ccl=60.0, dcl=0.0, discharge=0, cable=1)
        daemon = self.restart(daemon)
        self.shows(ccl=60.0, dcl=0.0, discharge=0, cable=1)
        self.assertIn("Small one: low state-of-charge alarm (not heard since)",
                      self.value(WHY_NOT_DISCHARGE))
        self.small.come_back()
        self.big.change(items={"/Alarms/HighVoltage": 2})
        self.shows(ccl=0.0, dcl=0.0, charge=0, discharge=0)
        self.big.change(items={"/Alarms/HighVoltage": 0})
        daemon = self.restart(daemon)
        self.shows(ccl=0.0, dcl=0.0, charge=0, discharge=0)
        self.assertIn("released 30 s later", self.value(WHY_NOT_CHARGE))
        self.assertLess(os.path.getsize(self.state_file()), 2000)

    def test_a_kill_forgets_what_is_older_than_a_minute_at_most(self):
        daemon = self.bank()
        wait_until(lambda: os.path.exists(self.state_file()), 20, "the state file")
        daemon.stop(signal.SIGKILL)
        self.small.kill()
        self.client.wait_for_no_name(AGGREGATE)
        self.aggregate(BMS, fresh=False)
        self.shows(ccl=60.0, dcl=90.0, cable=1)

    def test_a_file_that_is_damaged_is_as_at_the_first_start(self):
        daemon = self.bank()
        daemon.terminate()
        for text in ("", "{", "\0" * 100, "[]"):
            with open(self.state_file(), "w", encoding="utf-8") as file:
                file.write(text)
            daemon = self.aggregate(BMS, fresh=False)
            self.shows()
            daemon.wait_for_log("^WARNING .*state.json cannot be read")
            daemon.terminate()
        with open(self.state_file(), encoding="utf-8") as file:
            self.assertIn("Small one", file.read())

    def test_one_that_cannot_be_written_costs_nothing_but_the_memory(self):
        os.mkdir(self.state_file() + ".new")
        daemon = self.bank()
        daemon.wait_for_log("^WARNING .*state.json cannot be written")
        self.shows()

    def test_a_reload_forgets_nothing_and_never_leaves_the_bus(self):
        daemon = self.bank()
        self.small.change(items={"/Alarms/LowSoc": 2})
        self.shows(dcl=0.0, discharge=0)
        self.small.kill()
        self.shows(ccl=60.0, dcl=0.0, discharge=0, cable=1)
        self.recorder.sync()
        owner, names = self.client.owner(AGGREGATE), len(self.recorder.owners(AGGREGATE))
        daemon.write_config(ini({"DEFAULT": {"logging": "INFO", "min_update_interval": 0},
                                 "SMARTSHUNTS": BMS | {"max_charge_current": 40,
                                                       "max_charge_voltage": 56.0}}))
        daemon.reload()
        self.becomes(items={CVL: 56.0, CCL: 30.0, DCL: 0.0, CABLE: 1})
        self.assertEqual(self.client.owner(AGGREGATE), owner)
        self.recorder.sync()
        self.assertEqual(len(self.recorder.owners(AGGREGATE)), names)


class Config(Bms):
    def test_without_a_charge_voltage_there_is_no_bms(self):
        self.shunt("ttyS5")
        daemon = self.aggregate({"device_mode": "virtual-bms"}, wait=False)
        daemon.wait_for_log("^ERROR .*max_charge_voltage")
        stays_true(lambda: not self.client.owner(AGGREGATE), 0.5)


if __name__ == "__main__":
    unittest.main()
