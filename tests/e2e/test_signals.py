# SPDX-License-Identifier: MIT
"""What goes out as signals (docs/behaviour.md, "Publishing")."""
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

    def test_the_same_payload_again_causes_no_signal_and_is_not_counted(self):
        self.start(0)
        before = self.client.value("/UpdateIndex")
        for _ in range(3):
            self.assertEqual(self.publish_marked(payload()), [])
        self.assertEqual(self.client.value("/UpdateIndex"), before)

    def test_update_index_of_get_items_is_that_of_the_last_signal(self):
        """Over MQTT only signals are seen: what GetItems says must have been signalled."""
        self.start(0)
        before = self.client.value("/UpdateIndex")
        for number in range(1, 4):
            changes = self.publish_marked(payload(Soc=50 + number))
            told = [change.items["/UpdateIndex"].value for change in changes]
            self.assertEqual(told, [(before + number) % 256])
            self.publish_and_wait(payload(Soc=50 + number))  # constant: no signal, no count
            self.assertEqual(self.client.value("/UpdateIndex"), told[-1])

    def test_a_live_battery_with_constant_values_shows_life_once_in_a_third_of_the_timeout(self):
        timeout = 6
        self.run_battery(default={"timeout": timeout, "min_update_interval": 0})
        mark = self.recorder.mark()

        def two_signals():
            self.broker.publish(payload())
            changes = self.changes_since(mark)
            return changes if len(changes) >= 2 else None
        first, second = wait_until(two_signals, 30, "two signals of a battery that does not change")[:2]
        self.assertEqual(first.items.keys() | second.items.keys(), {"/UpdateIndex"})
        index = self.client.value("/UpdateIndex")
        self.assertEqual((first.items["/UpdateIndex"].value, second.items["/UpdateIndex"].value),
                         (index - 1, index), "each is news to its readers")
        self.assertLess(second.time - first.time, timeout / 3 * slowness())
        self.assertGreater(second.time - first.time, timeout / 4, "no more than that")

    def test_a_battery_that_says_nothing_shows_no_life(self):
        self.run_battery(default={"timeout": 4, "min_update_interval": 0})
        mark = self.recorder.mark()
        self.client.wait_for_value("/Alarms/BmsCable", 2)
        lonely = [c for c in self.changes_since(mark) if c.items.keys() == {"/UpdateIndex"}]
        self.assertEqual(lonely, [])

    def test_numbers_go_out_without_what_floats_leave_behind(self):
        """77.10000000000001 and 7.199999999999999, of derived values and of the publisher's own."""
        self.start(0, {"Soc": 63, "Dc": {"Power": 1, "Voltage": 51}})
        cells = {f"Cell{n}": 3.2 + n / 1000 for n in range(1, 25)}
        changes = self.publish_marked(
            {"Soc": 64.4, "InstalledCapacity": 20.2, "Dc": {"Power": 0.1 + 0.2, "Voltage": 52.70000076},
             "Voltages": cells, "Info": {"MaxChargeVoltage": 57.599999999999994,
                                         "MaxChargeCurrent": 120.30000305}})
        items = {path: item.value for change in changes for path, item in change.items.items()}
        noisy = {path: value for path, value in items.items()
                 if isinstance(value, float) and len(repr(value).rpartition(".")[2]) > 4}
        self.assertEqual(noisy, {})
        wanted = {"/Info/MaxChargeVoltage": 57.6, "/Info/MaxChargeCurrent": 120.3, "/Dc/0/Voltage": 52.7,
                  "/Dc/0/Power": 0.3, "/Dc/0/Current": 0.01, "/ConsumedAmphours": -7.19,
                  "/Voltages/Sum": 77.1, "/Voltages/Diff": 0.023, "/Voltages/Cell24": 3.224}
        self.assertEqual({path: items.get(path) for path in wanted}, wanted)

    def test_noise_below_display_causes_no_signal(self):
        self.start(0, {"Dc": {"Power": 500.0, "Voltage": 50.0, "Current": 10.0}, "Soc": 50.0})
        noisy = {"Dc": {"Power": 500.01, "Voltage": 50.0001, "Current": 10.001}, "Soc": 50.01}
        self.assertEqual(self.publish_marked(noisy), [])

    def test_update_index_wraps_at_255(self):
        self.start(0)
        mark = self.recorder.mark()

        def wrapped():
            self.broker.publish_many([payload(Soc=20 + n % 2) for n in range(100)])
            self.recorder.sync()
            told = [c.items["/UpdateIndex"].value for c in self.recorder.carrying("/UpdateIndex", since=mark)]
            return (255, 0) in zip(told, told[1:]) and told
        told = wait_until(wrapped, 60, "/UpdateIndex to wrap")
        self.assertEqual([new for old, new in zip(told, told[1:]) if new != (old + 1) % 256], [])

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
