# SPDX-License-Identifier: MIT
"""What goes out as signals, contract 1.4 and specification 5."""
import unittest

from harness.bus import SERVICE
from harness.case import LIMITS, Case, payload
from harness.waiting import slowness, wait_until


class Signals(Case):
    def start(self, interval, first=None):
        self.run_battery(first, default={"min_update_interval": interval})
        self.recorder.sync()

    def publish_marked(self, message):
        """Publishes and returns the changes up to the applied message's signal."""
        mark = self.recorder.mark()
        self.publish_and_wait(message)
        return self.changes_since(mark)

    def test_one_items_changed_per_update_with_only_what_changed(self):
        self.start(0, payload(Soh=99, System={"NrOfModulesOnline": 2}))
        tries = [({"Soc": 50}, {"/Soc"}), ({"Soc": 49, "Soh": 98}, {"/Soc", "/Soh"}),
                 ({"Soc": 49, "Soh": 98, "Dc": {"Power": 527.0, "Voltage": 52.7}},
                  {"/Dc/0/Power", "/Dc/0/Current"})]
        for changed, paths in tries:
            with self.subTest(changed):
                changes = self.publish_marked(payload(**changed))
                self.assertEqual(len(changes), 1, changes)
                self.assertEqual((changes[0].member, changes[0].path, changes[0].signature),
                                 ("ItemsChanged", "/", "a{sa{sv}}"))
                self.assertEqual(changes[0].items.keys() - {"/UpdateIndex"}, paths)

    def test_signals_carry_what_get_items_then_answers(self):
        self.start(0)
        changes = self.publish_marked({"Dc": {"Voltage": 51.234, "Current": -7.5, "Temperature": 20.25},
                                       "Soc": 41.5, "Voltages": {"Cell1": 3.201, "Cell2": 3.3}})
        items = self.client.get_items()
        self.assertEqual(len(changes), 1)
        for path, item in changes[0].items.items():
            self.assertEqual(item, items[path], path)

    def test_the_same_payload_again_causes_no_signal_but_counts(self):
        self.start(0)
        for _ in range(3):
            self.assertEqual(self.publish_marked(payload()), [])

    def test_noise_below_display_causes_no_signal(self):
        self.start(0, {"Dc": {"Power": 500.0, "Voltage": 50.0, "Current": 10.0}, "Soc": 50.0})
        noisy = {"Dc": {"Power": 500.01, "Voltage": 50.0001, "Current": 10.001}, "Soc": 50.01}
        self.assertEqual(self.publish_marked(noisy), [])

    def test_update_index_wraps_at_255(self):
        self.start(0)
        for _ in range(260):
            self.broker.publish(payload())
        seen = self.client.value("/UpdateIndex")
        wait_until(lambda: self.client.value("/UpdateIndex") in (4, 5), 20,
                   lambda: f"/UpdateIndex to wrap, last {self.client.value('/UpdateIndex')}, was {seen}")

    def test_a_burst_is_gathered_but_the_first_change_and_the_newest_value_go_out(self):
        self.start(1000)
        mark = self.recorder.mark()
        for soc in range(60, 50, -1):
            self.broker.publish(payload(Soc=soc))
        self.client.wait_for_value("/Soc", 51.0)
        wait_until(lambda: [c for c in self.recorder.carrying("/Soc", since=mark)
                            if c.items["/Soc"].value == 51.0], 10, "the newest value in a signal")
        changes = self.changes_since(mark)
        self.assertLess(len(changes), 10)
        for before, after in zip(changes, changes[1:]):
            self.assertGreater(after.time - before.time, 0.9)

    def test_a_flood_costs_ten_signals_a_second_and_ends_with_the_newest_value(self):
        self.start(100)
        mark = self.recorder.mark()
        self.broker.publish_many([payload(Soc=n % 100, Soh=n % 7) for n in range(3000)] + [payload(Soc=33.3)])
        self.client.wait_for_value("/Soc", 33.3, timeout=5 * slowness())
        self.recorder.wait_for("/Soc", lambda item: item.value == 33.3, since=mark)
        changes = self.changes_since(mark)
        duration = changes[-1].time - changes[0].time
        self.assertLessEqual(len(changes), duration / 0.1 + 2)
        self.assertTrue(self.daemon.running())

    def test_alarms_and_limits_are_never_delayed(self):
        self.start(20000, LIMITS)
        urgent = [({"Alarms": {"HighVoltage": 2}}, "/Alarms/HighVoltage", 2),
                  ({"Info": {"MaxChargeCurrent": 5}}, "/Info/MaxChargeCurrent", 5.0),
                  ({"Info": {"MaxDischargeCurrent": 6}}, "/Info/MaxDischargeCurrent", 6.0),
                  ({"Info": {"MaxChargeVoltage": 54}}, "/Info/MaxChargeVoltage", 54.0)]
        for index, (change, path, value) in enumerate(urgent):
            mark = self.recorder.mark()
            self.broker.publish({**LIMITS, "Soc": 50 - index, **change})
            found = self.recorder.wait_for(path, lambda item, v=value: item.value == v, since=mark,
                                           timeout=5 * slowness())
            self.assertEqual(found.sender, self.client.owner(SERVICE))


if __name__ == "__main__":
    unittest.main()
