# SPDX-License-Identifier: MIT
"""The virtual BMS when shunts are lost, and what it remembers of them (docs/behaviour.md, "Virtual BMS")."""
import os
import signal
import time
import unittest

import dbus

from harness.bms import (BMS, CABLE, CCL, CHARGE, CVL, DCL, DISCHARGE, HOLD_S, RELEASE_S,
                         WHY_NOT_CHARGE, WHY_NOT_DISCHARGE, Bms)
from harness.daemon import ini
from harness.shunts import AGGREGATE, ALARMS
from harness.waiting import slowness, stays_true, wait_until


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


if __name__ == "__main__":
    unittest.main()
