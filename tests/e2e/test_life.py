# SPDX-License-Identifier: MIT
"""What counts as life, and which limits count: values that are not available, limits that nobody gave live,
that cannot be right, or that come from before the end (docs/behaviour.md, "Life and silence", "Limits")."""
import unittest

from harness.bus import SERVICE
from harness.case import BLIND_STOP_V, LIMITS, MINIMUM, Case, payload
from harness.daemon import binary, config_for
from harness.process import run
from harness.waiting import stays_true, wait_until

CVL, CCL, DCL = ("/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent")
NO_LIMIT = 10000.0


def limits(**info):
    return payload(Info={"MaxChargeVoltage": 55.2, **info})


class Life(Case):
    def values(self, *paths):
        items = self.client.get_items()
        return tuple(items[path].value if path in items else "absent" for path in paths)

    def assert_never_invalid(self, path, mark):
        self.recorder.sync()
        self.assertNotIn(None, [c.items[path].value for c in self.recorder.carrying(path, since=mark)])

    def test_unavailable_values_beside_constant_limits_stop_charging_after_the_time_out(self):
        daemon = self.run_battery(LIMITS, default={"timeout": 3})
        mark = self.recorder.mark()
        unavailable = {"Soc": "unavailable", "Dc": {"Power": "unavailable", "Voltage": "unavailable"},
                       "Alarms": {"InternalFailure": 2}, "Info": LIMITS["Info"]}

        def dead_in_spite_of_messages():
            self.broker.publish(unavailable)
            return self.client.value(CCL) == 0.0
        self.publish_and_wait(unavailable)
        self.assertEqual(self.values("/Soc", "/Dc/0/Voltage", "/Alarms/InternalFailure"), (None, None, 2))
        wait_until(dead_in_spite_of_messages, 20, "the time-out", interval=0.3)
        self.assertEqual(self.values(CVL, "/Alarms/BmsCable"), (BLIND_STOP_V, 2))
        self.assert_never_invalid(CCL, mark)
        self.assertEqual(len(daemon.matching("Soc.* no sign of life")), 1, daemon.output())
        self.broker.publish(LIMITS)
        self.client.wait_for_value(CCL, 80.0)

    def test_a_battery_does_not_appear_before_it_knows_anything(self):
        broker = self.start_broker()
        daemon = self.start_daemon(config_for(broker))
        broker.wait_subscribed()
        broker.publish({"Soc": None, "Dc": {"Power": None, "Voltage": None}, "Info": LIMITS["Info"]})
        daemon.wait_for_log("no sign of life")
        stays_true(lambda: not self.client.owner(SERVICE), 2, "absence without any value")
        broker.publish(LIMITS)
        self.client.wait_for_name()

    def test_a_starter_battery_needs_a_voltage_only(self):
        self.run_battery({"Dc": {"Voltage": 12.7}}, default={"required": "Dc/0/Voltage"})
        self.assertEqual(self.values("/Soc", "/Dc/0/Voltage"), (None, 12.7))

    def test_a_rejected_message_names_the_keys_that_are_there(self):
        daemon = self.run_battery()
        self.broker.publish({"soc_percent": 50, "Dc": {"Voltage": 52}})
        daemon.wait_for_log("no Soc; it has Dc/0/Voltage, soc_percent;")

    def test_the_first_charge_limit_being_unusable_is_a_stop(self):
        daemon = self.run_battery()
        self.assertEqual(self.values(CVL, CCL, DCL), ("absent",) * 3)
        for unusable in (-5, "0,0", "NaN", False, None, 30000):
            with self.subTest(unusable):
                self.publish_and_wait(limits(MaxChargeCurrent=unusable, MaxDischargeCurrent=unusable))
                self.client.wait_for_value(CVL, 55.2)
                self.assertEqual(self.values(CCL, DCL), (0.0, 0.0))
                daemon.stop()
                self.client.wait_for_no_name()
                self.broker.stop()
                daemon = self.run_battery()

    def test_without_a_charge_limit_there_is_none_as_a_number(self):
        self.run_battery(limits(), default={"timeout": 2})
        mark = self.recorder.mark()
        self.assertEqual(self.values(CVL, CCL, DCL), (55.2, NO_LIMIT, "absent"))
        self.client.wait_for_value(CCL, 0.0)  # silent
        self.broker.publish(limits())
        self.client.wait_for_value(CCL, NO_LIMIT)
        self.assert_never_invalid(CCL, mark)

    def test_a_battery_that_blocks_charging_gets_no_charge_current(self):
        daemon = self.run_battery({**LIMITS, "Io": {"AllowToCharge": 0}})
        self.assertEqual(self.values(CCL), (80.0,), "a 0 that is always there, as in the README's example")
        self.publish_and_wait({**LIMITS, "Io": {"AllowToCharge": 1}})
        self.publish_and_wait({**LIMITS, "Io": {"AllowToCharge": 0}})
        self.client.wait_for_value(CCL, 0.0)
        self.assertEqual(self.values(CVL, DCL), (55.2, 120.0))
        daemon.wait_for_log("does not let itself be charged")
        self.publish_and_wait({**LIMITS, "Io": {"AllowToCharge": 1}})
        self.client.wait_for_value(CCL, 80.0)

    def test_a_stop_that_solar_chargers_do_not_obey_lowers_the_charge_voltage(self):
        def message(current, ccl):
            return {"Soc": 99, "Dc": {"Voltage": 52.7, "Current": current}, "InstalledCapacity": 280,
                    "Info": {"MaxChargeVoltage": 53, "MaxChargeCurrent": ccl}}

        def publish_until(condition, what, *contents):
            def published():
                self.broker.publish(message(*contents))
                return condition(self.client.value(CVL))
            wait_until(published, 40, what, interval=0.5)
        daemon = self.run_battery(message(35, 80))
        mark = self.recorder.mark()
        publish_until(lambda cvl: cvl <= 52.5, "CVL to go down below the voltage", 35, 0)
        self.recorder.sync()
        steps = [(c.time, c.items[CVL].value) for c in self.recorder.carrying(CVL, since=mark)]
        self.assertEqual(steps[0][1], 52.7, "to the present voltage first")
        self.assertEqual([v for _, v in steps], sorted((v for _, v in steps), reverse=True))
        line = daemon.matching("charging goes on although CCL is 0")[0]
        self.assertIn("CVL lowered to 52.7 V", line.text)
        self.assertEqual(self.values(CCL), (0.0,))
        publish_until(lambda cvl: cvl == 53.0, "CVL to rise again", 1, 80)
        self.assertEqual(len(daemon.matching("CVL lowered|CVL is back")), 2, daemon.output())

    def test_limits_do_not_come_back_from_before_a_declared_end(self):
        self.run_battery(LIMITS)
        self.broker.publish(b"")
        self.client.wait_for_value(CCL, 0.0)
        self.publish_and_wait(MINIMUM)
        self.client.wait_for_value("/Soc", 63.0)
        self.assertEqual(self.values(CVL, CCL), (BLIND_STOP_V, 0.0))
        self.client.wait_for_value(CVL, None)
        self.assertEqual(self.values(CCL), (0.0,))
        self.publish_and_wait(LIMITS)
        self.client.wait_for_value(CCL, 80.0)
        self.assertEqual(self.values(CVL), (55.2,))

    def test_retained_limits_enable_nothing(self):
        broker = self.start_broker()
        broker.publish(LIMITS, retain=True)
        self.start_daemon(config_for(broker))
        broker.wait_subscribed()
        broker.publish(MINIMUM)
        self.client.wait_for_name()
        self.assertEqual(self.values(CVL, CCL, DCL), ("absent",) * 3)
        self.publish_and_wait(limits())
        self.client.wait_for_value(CVL, 55.2)
        self.assertEqual(self.values(CCL), (0.0,), "there is a limit, and nobody knows it")
        self.publish_and_wait(LIMITS)
        self.client.wait_for_value(CCL, 80.0)

    def test_a_charge_voltage_that_cannot_be_right_is_none(self):
        daemon = self.run_battery(payload(Info={"MaxChargeVoltage": 552, "MaxChargeCurrent": 80}))
        self.assertEqual(self.values(CVL, CCL, "/Soc"), ("absent", 0.0, 63.0))
        daemon.wait_for_log("^ERROR.*MaxChargeVoltage.*unit")
        for wrong in (0, 5.52, 27.6):
            self.publish_and_wait(payload(Info={"MaxChargeVoltage": wrong, "MaxChargeCurrent": 80}))
            self.assertEqual(self.values(CVL, CCL), ("absent", 0.0), wrong)
        self.assertEqual(len(daemon.errors()), 1, daemon.output())
        self.publish_and_wait(LIMITS)
        self.client.wait_for_value(CCL, 80.0)
        # And when a voltage turns up that it does not fit: the zero first, then no BMS.
        self.publish_and_wait({**LIMITS, "Dc": {"Power": 50, "Voltage": 13.2}})
        self.client.wait_for_value(CCL, 0.0)
        self.assertEqual(self.values(CVL), (55.2,))
        self.client.wait_for_value(CVL, None)
        self.assertEqual(self.values(CCL), (0.0,))


class Wildcards(Case):
    A, B = "home/a/battery", "home/b/battery"

    def run_wild(self, topic="home/+/battery", **default):
        broker = self.start_broker()
        daemon = self.start_daemon(config_for(broker, default, {"topic": topic}))
        broker.wait_subscribed(topic)
        broker.publish(payload(Soc=60, Info=LIMITS["Info"]), self.A)
        self.client.wait_for_name()
        return daemon

    def test_two_batteries_behind_one_topic_are_not_mixed(self):
        daemon = self.run_wild()
        mark = self.recorder.mark()
        for _ in range(3):
            self.broker.publish(payload(Soc=80, Voltages={"Cell1": 3.3}), self.B)
        daemon.wait_for_log(f"{self.B} brings another battery.*BATTERY.*topic = {self.B}")
        self.broker.publish(b"", self.B)
        self.broker.publish(b"", "home/c/battery")
        self.publish_and_wait(payload(Soc=61, Info=LIMITS["Info"]), self.A)
        self.client.wait_for_value("/Soc", 61.0)
        self.recorder.sync()
        self.assertNotIn(80.0, [c.items["/Soc"].value for c in self.recorder.carrying("/Soc", since=mark)])
        self.assertEqual(self.client.value("/Voltages/Cell1"), None)
        self.assertEqual(self.client.value(CCL), 80.0, "the end of the other is not ours")
        self.assertEqual(len(daemon.matching("brings another battery")), 1)
        status = run([binary(), "--config", daemon.config_file, "--status"], check=False,
                     env=self.bus.environment()).stdout.decode()
        self.assertIn(f"in use: {self.A}", status)
        self.assertIn("brings other batteries too", status)
        self.broker.publish(b"", self.A)
        self.client.wait_for_value(CCL, 0.0)

    def test_the_next_one_takes_over_after_the_time_out(self):
        daemon = self.run_wild(timeout=3)

        def taken_over():
            self.broker.publish(payload(Soc=80), self.B)
            return self.client.value("/Soc") == 80.0
        stays_true(lambda: self.client.value("/Soc") == 60.0, 1, "the first one")
        wait_until(taken_over, 30, "the other battery to take over", interval=0.3)
        daemon.wait_for_log(f"{self.B} takes over")
        self.assertEqual(self.client.value(CCL), 0.0, "the limits of the first one are void")

    def test_nulls_of_single_values_beside_the_json_are_not_its_end(self):
        portal = "N/c0619ab12345/battery/"
        self.A = portal + "1/JsonData"
        daemon = self.run_wild(portal + "#")
        for topic in ("1/HardwareVersion", "1/Dc/0/MidVoltage", "0/Soc"):
            self.broker.publish('{"value":null}', portal + topic)
        self.broker.publish('{"value":52.1}', portal + "1/Dc/0/Voltage")
        self.broker.publish(b"", portal + "0/Soc")
        self.publish_and_wait(payload(Soc=61, Info=LIMITS["Info"]), self.A)
        self.client.wait_for_value("/Soc", 61.0)
        self.assertEqual(self.client.value(CCL), 80.0)
        self.assertEqual(daemon.complaints(), [], daemon.output())


if __name__ == "__main__":
    unittest.main()
