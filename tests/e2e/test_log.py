# SPDX-License-Identifier: MIT
"""What the log says when others do their worst: never nothing, and never without end."""
import unittest

from harness.case import LIMITS, Case, payload
from harness.shunts import ShuntCase
from harness.waiting import wait_until

GONE = {"value": None}


def limits(**changes):
    """The payload with limits, some of them changed."""
    return {**LIMITS, "Info": {**LIMITS["Info"], **changes}}


class Log(Case):
    def said(self, pattern, mark):
        return self.daemon.wait_for_log(pattern, since=mark)

    def test_a_stop_by_a_message_is_said_each_time(self):
        daemon = self.run_battery(LIMITS)
        for name, change in {"CCL null": {"MaxChargeCurrent": None}, "CCL unusable": {"MaxChargeCurrent": "0,0"},
                             "CVL null": {"MaxChargeVoltage": None}}.items():
            with self.subTest(name):
                mark = daemon.mark()
                self.publish_and_wait(limits(**change))
                self.said(r"^WARNING .*charging is stopped \(CCL 0\)", mark)
                self.publish_and_wait(LIMITS)
                self.said("^WARNING .*charge limits are back", mark)

    def test_stops_and_bad_json_are_said_after_a_flood_of_unknown_keys(self):
        daemon = self.run_battery(LIMITS)
        self.broker.publish_many([{**LIMITS, f"key{i}": 1} for i in range(400)])
        self.publish_and_wait(LIMITS)
        self.assertEqual(len(daemon.matching(r"key\d+ is not known")), 256)
        mark = daemon.mark()
        self.broker.publish("{nonsense")
        self.said("^WARNING .*not valid JSON", mark)
        self.publish_and_wait(limits(MaxChargeCurrent=None))
        self.said(r"^WARNING .*charging is stopped \(CCL 0\)", mark)

    def test_a_battery_that_comes_and_goes_all_the_time_does_not_fill_the_log(self):
        daemon = self.run_battery(LIMITS)
        self.broker.publish_many([GONE, LIMITS] * 500)
        self.publish_and_wait(payload(Soc=17))
        self.assertLess(len(daemon.lines), 60, daemon.output())
        self.assertEqual(len(daemon.matching("^WARNING .*all the time")), 1, daemon.output())

    def test_limits_that_flicker_do_not_fill_the_log(self):
        daemon = self.run_battery(LIMITS)
        for _ in range(45):  # one by one, so that each is a turn of its own
            self.broker.publish(limits(MaxChargeCurrent=None))
            self.broker.publish(LIMITS)
        self.publish_and_wait(payload(Soc=17))
        self.assertLess(len(daemon.lines), 60, daemon.output())


class ShuntLog(ShuntCase):
    def test_an_alarm_that_flickers_does_not_fill_the_log(self):
        shunt = self.shunt("ttyS5")
        daemon = self.aggregate({"device_mode": "virtual-bms", "max_charge_voltage": 56.4})
        for number in range(60):
            one, other = ("High", "Low") if number % 2 else ("Low", "High")
            shunt.change(items={f"/Alarms/{one}Temperature": 2, f"/Alarms/{other}Temperature": 0})
            # One by one: what comes in one turn is one change.
            self.becomes(items={f"/Alarms/{one}Temperature": 2, f"/Alarms/{other}Temperature": 0})
        wait_until(lambda: len(daemon.matching("^WARNING .*all the time")) == 2, 10,
                   "a notice for each direction")
        self.assertLess(len(daemon.matching("^WARNING")), 55, daemon.output())  # 120 changes


if __name__ == "__main__":
    unittest.main()
