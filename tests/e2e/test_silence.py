# SPDX-License-Identifier: MIT
"""A battery that falls silent: limits to zero first, then off the bus (docs/behaviour.md,
"Life and silence")."""
import unittest

from harness.bus import SERVICE
from harness.case import BLIND_STOP_V, LIMITS, MINIMUM, Case, payload
from harness.daemon import config_for
from harness.servers import Proxy
from harness.waiting import slowness, stays_true, wait_until

CVL, CCL, DCL = ("/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent")
MEASURED = ("/Dc/0/Voltage", "/Dc/0/Current", "/Dc/0/Power", "/Dc/0/Temperature", "/Soc")
HOLD_S = 10.0


class Silence(Case):
    def wait_silent(self, timeout=30.0):
        """Waits for the alarm of a silent battery and returns the items then."""
        self.client.wait_for_value("/Alarms/BmsCable", 2, timeout=timeout)
        return self.client.get_items()

    def assert_fail_safe(self, items, dcl):
        self.assertEqual(items[CCL].value, 0.0)
        self.assertEqual(items[CCL].signature, "d")
        self.assertEqual(items[CVL].value, BLIND_STOP_V, "the voltage limit marks the BMS and must "
                         "stay, but so far below the last voltage that solar chargers stop")
        self.assertEqual(items[DCL].value, dcl)
        self.assertEqual(items["/Alarms/BmsCable"][:2], ("i", 2))
        for path in MEASURED:
            self.assertEqual(items[path].signature, "ai", path)
        self.assertEqual(items["/Connected"].value, 1)
        # Drivers that add up modules end when one of these is not there.
        self.assertEqual([items[f"/System/NrOfModules{what}"].value for what in
                          ("Online", "Offline", "BlockingCharge", "BlockingDischarge")], [0, 1, 0, 0])

    def test_limits_go_to_zero_then_the_service_leaves_and_comes_back(self):
        daemon = self.run_battery(LIMITS, default={"timeout": 2, "device_instance": 140})
        mark, log = self.recorder.mark(), daemon.mark()
        owner = self.client.owner(SERVICE)
        self.assert_fail_safe(self.wait_silent(), dcl=120.0)
        self.client.wait_for_no_name(timeout=HOLD_S + 10)
        zero = self.recorder.wait_for(CCL, lambda item: item.value == 0.0, since=mark)
        self.recorder.sync()
        left = next(e for e in self.recorder.owners(SERVICE) if e.old == owner and not e.new)
        self.assertGreater(left.time - zero.time, HOLD_S - 0.5)
        self.assertLess(left.time - zero.time, HOLD_S + 3 * slowness())
        for change in self.recorder.of(owner, mark):
            self.assertNotIn(None, [change.items[p].value for p in (CVL, CCL, DCL) if p in change.items],
                             "a limit must never be invalid")
        self.assertEqual(len(daemon.errors(log)), 1, daemon.output())
        self.broker.publish({**LIMITS, "Soc": 71})
        self.client.wait_for_name()
        items = self.client.get_items()
        self.assertEqual((items["/DeviceInstance"].value, items["/Soc"].value), (140, 71.0))
        self.assertEqual((items[CVL].value, items[CCL].value, items[DCL].value), (55.2, 80.0, 120.0))
        self.assertEqual(items["/Dc/0/Voltage"].value, 52.7)
        self.assertNotEqual(items["/Alarms/BmsCable"].value, 2)
        self.assertTrue(daemon.running())

    def test_a_message_within_the_hold_restores_everything_at_once(self):
        daemon = self.run_battery(LIMITS, default={"timeout": 2})
        owner = self.client.owner(SERVICE)
        self.wait_silent()
        self.broker.publish(LIMITS)
        self.client.wait_for_value(CCL, 80.0, timeout=10)
        items = self.client.get_items()
        self.assertNotEqual(items["/Alarms/BmsCable"].value, 2)
        self.assertEqual(items["/Dc/0/Voltage"].value, 52.7)
        self.assertEqual(self.client.owner(SERVICE), owner)
        self.assertTrue(daemon.running())

    def test_discharge_stops_too_when_asked_for(self):
        self.run_battery(LIMITS, default={"timeout": 2, "stop_discharge_on_timeout": 1})
        self.assert_fail_safe(self.wait_silent(), dcl=0.0)

    def test_a_battery_without_limits_gets_none(self):
        self.run_battery(MINIMUM, default={"timeout": 2, "stop_discharge_on_timeout": 1})
        items = self.wait_silent()
        self.assertFalse({CVL, CCL, DCL} & items.keys())
        self.assertEqual(items["/Soc"].signature, "ai")
        self.client.wait_for_no_name(timeout=HOLD_S + 10)
        self.recorder.sync()
        self.assertFalse([c for c in self.recorder.changes if {CVL, CCL, DCL} & c.items.keys()
                          and c.time > self.recorder.owners(SERVICE)[-2].time])

    def test_the_time_out_counts_from_the_last_applied_message(self):
        self.run_battery(LIMITS, default={"timeout": 3})
        for soc in range(60, 54, -1):  # keeps it alive twice as long as the time-out
            self.publish_and_wait({**LIMITS, "Soc": soc})
            stays_true(lambda: self.client.value("/Alarms/BmsCable") != 2, 1, "a live battery")

        def dead_in_spite_of_rejected_messages():
            self.broker.publish("{}")
            return self.client.value("/Alarms/BmsCable") == 2
        wait_until(dead_in_spite_of_rejected_messages, 20, "the time-out", interval=0.3)

    def test_zero_length_and_null_act_at_once(self):
        for gone in (b"", '{"value":null}', '{"value": null}'):
            with self.subTest(gone):
                daemon = self.run_battery(LIMITS, default={"timeout": 600})
                self.broker.publish(gone)
                self.assert_fail_safe(self.wait_silent(timeout=5 * slowness()), dcl=120.0)
                self.assertTrue(daemon.running())
                daemon.stop()
                self.client.wait_for_no_name()

    def test_an_empty_payload_that_is_to_be_stored_is_an_end_like_any_other(self):
        """A broker keeps no empty message: it hands it on as live, and forgets what it had stored."""
        self.run_battery(LIMITS, default={"timeout": 600})
        self.broker.publish(LIMITS, retain=True)
        self.broker.publish("", retain=True)
        self.assert_fail_safe(self.wait_silent(timeout=5 * slowness()), dcl=120.0)
        self.client.wait_for_no_name(timeout=20 * slowness())

    def test_a_retained_end_from_before_ends_no_live_battery(self):
        """What the broker stored long ago comes again with each new connection."""
        broker = self.start_broker()
        broker.publish('{"value": null}', retain=True)
        proxy = Proxy(broker.port)
        self.addCleanup(proxy.stop)
        daemon = self.start_daemon(config_for(proxy, {"timeout": 600}))
        broker.wait_subscribed()
        broker.publish(LIMITS)
        self.client.wait_for_name()
        mark = self.recorder.mark()
        proxy.cut()
        broker.wait_subscribed(count=2)
        self.publish_and_wait(payload(Soc=64, Info=LIMITS["Info"]))  # behind the stored one
        self.recorder.sync()
        for path, shown in ((CCL, 0.0), ("/Soc", None)):
            values = [change.items[path].value for change in self.recorder.carrying(path, since=mark)]
            self.assertNotIn(shown, values, "the battery had ended")
        self.assertFalse(daemon.matching("the device is gone"), daemon.output())

    def test_a_retained_message_fills_in_but_is_no_life(self):
        broker = self.start_broker()
        broker.publish({**LIMITS, "Soh": 98}, retain=True)
        self.start_daemon(config_for(broker, {"timeout": 30}))
        broker.wait_subscribed()
        stays_true(lambda: not self.client.owner(SERVICE), 3, "absence with a retained message only")
        broker.publish(payload(Soc=62))
        self.client.wait_for_name()
        items = self.client.get_items()
        self.assertEqual((items["/Soc"].value, items["/Soh"].value), (62.0, 98.0))

    def test_a_retained_message_suffices_without_a_time_out(self):
        broker = self.start_broker()
        broker.publish(LIMITS, retain=True)
        self.start_daemon(config_for(broker, {"timeout": 0}))
        self.client.wait_for_name()
        self.assertEqual(self.client.value("/Soc"), 63.0)

    def test_a_retained_message_does_not_end_the_silence(self):
        self.run_battery(LIMITS, default={"timeout": 2})
        self.wait_silent()
        self.broker.publish(LIMITS, retain=True)  # to a live subscriber: not flagged, so it is life
        self.client.wait_for_value(CCL, 80.0)

    def test_without_a_time_out_silence_is_fine(self):
        self.run_battery(LIMITS, default={"timeout": 0})
        stays_true(lambda: self.client.value(CCL) == 80.0, 5, "the charge limit")

    def test_fields_age_one_by_one(self):
        self.run_battery({**LIMITS, "Soh": 98}, default={"timeout": 3})
        mark = self.recorder.mark()
        living = {"Dc": {"Power": 321.6, "Voltage": 52.7}, "Soc": 63,
                  "Info": {"MaxChargeVoltage": 55.2, "MaxDischargeCurrent": 120}}
        self.assertEqual(self.client.value("/Dc/0/Temperature"), 21.0)

        def aged():
            self.publish_and_wait(living)
            return self.client.value("/Dc/0/Temperature") is None and self.client.value("/Soh") is None
        wait_until(aged, 15, "temperature and Soh to age out", interval=0.3)
        self.client.wait_for_value(CCL, 0.0, timeout=5)
        items = self.client.get_items()
        self.assertEqual(items["/Soc"].value, 63.0)
        self.assertEqual((items[CVL].value, items[DCL].value), (55.2, 120.0))
        self.assertNotEqual(items["/Alarms/BmsCable"].value, 2)
        self.recorder.sync()
        self.assertNotIn(None, [c.items[CCL].value for c in self.recorder.carrying(CCL, since=mark)])
        self.publish_and_wait(LIMITS)
        self.client.wait_for_value(CCL, 80.0)
        self.client.wait_for_value("/Dc/0/Temperature", 21.0)

    def test_a_battery_of_its_own_section_has_its_own_time_out(self):
        self.run_battery(LIMITS, default={"timeout": 600}, BATTERY_two={
            "topic": "home/two", "device_instance": 102, "timeout": 2})
        second = SERVICE + "_102"
        self.broker.publish(LIMITS, "home/two")
        self.client.wait_for_name(second)
        self.client.wait_for_value("/Alarms/BmsCable", 2, service=second)
        self.assertEqual(self.client.value("/Soc"), 63.0)
        self.client.wait_for_no_name(second)
        self.assertEqual(self.client.value(CCL), 80.0)


if __name__ == "__main__":
    unittest.main()
