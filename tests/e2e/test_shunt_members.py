# SPDX-License-Identifier: MIT
"""Which services the aggregate consists of, while they come, go, hang and lie (docs/behaviour.md,
"Members of a bank")."""
import signal
import time
import unittest

from harness.bus import Item
from harness.shunts import AGGREGATE, ALARMS, PREFIX, ShuntCase
from harness.waiting import slowness, stays_true

TRACKS = "/Measurement/TracksServices"


class Members(ShuntCase):
    def becomes_all_of(self, *shunts, timeout=20.0):
        self.becomes(timeout, current=sum(s.items["/Dc/0/Current"] for s in shunts), items={
            TRACKS: self.tracks(*shunts), "/System/NrOfModulesOnline": len(shunts)})

    def stays_absent(self, seconds=1.0):
        stays_true(lambda: not self.client.owner(AGGREGATE), seconds, "absence of the aggregate")


class Appearing(Members):
    def test_complete_or_not_at_all(self):
        shunts = [self.shunt(f"ttyS{n}", current=1.0 + n, capacity=100 + n) for n in (5, 6, 7, 8)]
        for _ in range(5):  # what is seen first is a matter of chance
            mark = self.recorder.mark()
            daemon = self.aggregate(wait=False)
            owner = self.client.wait_for_name(AGGREGATE)
            first = self.items()
            self.assertEqual(first[TRACKS].value, self.tracks(*shunts))
            self.assertEqual(first["/Dc/0/Current"], Item("d", 30.0, "30.0A"))
            self.assertEqual(first["/InstalledCapacity"], Item("d", 426.0, "426.0Ah"))
            stays_true(daemon.running, 0.3)
            self.recorder.sync()
            late = [sorted(change.items) for change in self.recorder.of(owner, mark)]
            self.assertEqual(late, [], "told after it had appeared")
            daemon.stop()
            self.client.wait_for_no_name(AGGREGATE)

    def test_healthy_shunts_cause_no_complaint(self):
        shunts = [self.shunt(f"ttyS{n}", kind, capacity=100 + n, soc=100.0, voltage=13.3)
                  for n, kind in ((5, "48v"), (6, "12v"), (7, "12v"))]
        for _ in range(5):
            daemon = self.aggregate()
            self.becomes(items={TRACKS: self.tracks(*shunts), "/InstalledCapacity": 318.0})
            self.assertEqual([line.text for line in daemon.complaints()], [])
            daemon.stop()
            self.client.wait_for_no_name(AGGREGATE)

    def test_a_voltage_is_enough_and_the_soc_may_come_later(self):
        """A shunt that was without power shows no SoC until the battery is full: waiting for one
        left CCL 0 at the chargers for good."""
        shunt = self.shunt("ttyS5", voltage=None, soc=None)
        daemon = self.aggregate(wait=False)
        daemon.wait_for_log("^WARNING .*no voltage")
        self.stays_absent()
        shunt.change(voltage=50.0)
        self.client.wait_for_name(AGGREGATE, 5)
        self.becomes(voltage=50.0, soc=None)
        shunt.change(with_properties=True, soc=50.0)
        self.becomes(voltage=50.0, soc=50.0)

    def test_the_soc_does_not_jump_for_a_shunt_that_is_away_for_a_moment(self):
        """It went 53 -> 95 -> 53 for seconds, and a generator started."""
        big = self.shunt("ttyS5", soc=50.0, capacity=300)
        small = self.shunt("ttyS6", soc=90.0, capacity=100)
        self.aggregate()
        self.becomes(soc=60.0)
        mark = self.recorder.mark()
        big.kill()
        self.becomes(soc=60.0, items={"/System/NrOfModulesOnline": 1})
        big.come_back()
        self.becomes(soc=60.0, items={"/System/NrOfModulesOnline": 2})
        self.recorder.sync()
        told = self.recorder.carrying("/Soc", self.client.owner(AGGREGATE), mark)
        self.assertEqual([change.items["/Soc"].value for change in told], [])
        big.kill()
        gone = time.monotonic()
        self.becomes(timeout=15, soc=90.0)
        self.assertGreater(time.monotonic() - gone, 9)
        small.change(soc=91.0)
        self.becomes(timeout=5, soc=91.0)

    def test_not_before_there_is_a_shunt(self):
        daemon = self.aggregate(wait=False)
        daemon.wait_for_log("(?i)^WARNING .*shunt")
        self.stays_absent(0.5)
        start = time.monotonic()
        shunt = self.shunt("ttyS5", claim=False)
        shunt.claim()
        self.client.wait_for_name(AGGREGATE, 5)
        self.assertLess(time.monotonic() - start, 2 * slowness())

    def test_a_shunt_that_appears_later_is_found_at_once(self):
        first = self.shunt("ttyS5", current=1.0)
        self.aggregate()
        figures = []
        for number in range(5):
            late = self.shunt(f"ttyUSB{number}", current=2.0, claim=False)
            mark = self.recorder.mark()
            late.claim()
            claimed = time.monotonic()
            self.becomes_all_of(first, late)
            self.recorder.sync()
            told = self.recorder.carrying(TRACKS, self.client.owner(AGGREGATE), mark)
            figures.append(told[0].time - claimed)
            late.kill()
            self.becomes_all_of(first)
        print(f"name claimed to member: worst {max(figures) * 1e3:.1f} ms")
        self.assertLess(max(figures), 1.0 * slowness())

    def test_half_initialised_shunts_become_members_when_they_tell(self):
        known = self.shunt("ttyS5", current=1.0)
        late = self.shunt("ttyS6", current=2.0, product=None, product_id=None)
        self.aggregate()
        self.becomes_all_of(known)
        late.change(with_properties=True, product="SmartShunt 300A/50mV")
        self.becomes_all_of(known, late, timeout=3)
        bare = self.shunt("ttyS7", claim=False)
        full = bare.items
        bare.kill()
        bare.items = {"/Mgmt/ProcessName": "vedirect-dbus"}
        bare.come_back()
        self.becomes_all_of(known, late)
        bare.change(items=full)
        self.becomes_all_of(known, late, bare, timeout=3)

    def test_services_without_getitems_are_read_too(self):
        old = self.shunt("ttyS5", current=3.0, claim=False)
        old.order(deaf=["no GetItems"])
        old.claim()
        self.aggregate()
        self.becomes_all_of(old)
        old.change(with_properties=True, current=4.0)
        self.becomes_all_of(old)

    def test_who_is_a_smartshunt(self):
        real = self.shunt("ttyS5", current=1.0)
        others = [dict(product_id=0xA381, product="BMV-702"),
                  dict(product_id=0xA382, product="BMV-700H"),
                  dict(product_id=None, product=None),
                  dict(product_id=0xFFFF, product="MQTT Battery"),
                  dict(items={"/Measurement/Kind": "derived"}), dict(items={"/Devices/0/Virtual": 1})]
        for number, values in enumerate(others):
            self.shunt(f"other{number}", current=100.0, **values)
        shunts = [self.shunt(f"ttyUSB{n}", current=2.0, **values) for n, values in enumerate([
            dict(product_id=0xA38A, product="?"), dict(product_id=0xA38B, product="?"),
            dict(product_id=0xC030, product="?"), dict(product_id=1, product="My SmartShunt IP65"),
            dict(items={"/Measurement/Kind": "direct"})])]
        self.aggregate()
        self.becomes_all_of(real, *shunts)
        stays_true(lambda: self.value("/Dc/0/Current") == 11.0, 0.5)

    def test_aggregates_do_not_count_each_other(self):
        shunt = self.shunt("ttyS5", current=5.0)
        self.aggregate()
        self.start_daemon("[SMARTSHUNTS]\nservice_name = second\ndevice_instance = 98\n",
                          name="second.ini")
        second = PREFIX + "second"
        self.client.wait_for_name(second)
        stays_true(lambda: self.value(TRACKS) == shunt.service
                   and self.client.value(TRACKS, second) == shunt.service, 1)
        self.assertEqual(self.client.value("/Dc/0/Current", second), 5.0)


class Leaving(Members):
    def test_leaves_with_the_last_and_returns_with_the_first(self):
        a, b = self.shunt("ttyS5", current=1.0), self.shunt("ttyS6", current=2.0)
        daemon = self.aggregate()
        self.becomes_all_of(a, b)
        a.kill()
        self.becomes_all_of(b, timeout=3)
        self.assert_shows(items={"/System/NrOfModulesOffline": 1})
        mark = daemon.mark()
        b.release()
        self.client.wait_for_no_name(AGGREGATE, 3)
        daemon.wait_for_log("^(WARNING|ERROR) .*(gone|left)", since=mark)
        b.claim()
        self.client.wait_for_name(AGGREGATE, 3)
        self.becomes_all_of(b)
        a.come_back(current=7.0)
        self.becomes_all_of(a, b, timeout=3)
        self.assert_shows(items={"/System/NrOfModulesOffline": 0, "/DeviceInstance": 99})

    def test_another_connection_under_the_same_name(self):
        a, b = self.shunt("ttyS5", current=1.0), self.shunt("ttyS6", current=2.0)
        self.aggregate()
        self.becomes_all_of(a, b)
        for current in (10.0, 20.0, 30.0):
            a.kill()
            a.come_back(current=current, soc=current)
            self.becomes_all_of(a, b, timeout=5)
            a.change(current=current + 1)
            self.becomes_all_of(a, b, timeout=3)

    def test_two_swapped_for_two_others_at_once(self):
        old = [self.shunt(f"ttyS{n}", current=1.0) for n in (5, 6)]
        new = [self.shunt(f"ttyUSB{n}", current=1.0, claim=False) for n in (0, 1)]
        self.aggregate()
        self.becomes_all_of(*old)
        for shunt in old:
            shunt.process.send(signal.SIGKILL)
        for shunt in new:
            shunt.claim()
        self.becomes_all_of(*new, timeout=3)

    def test_one_swapped_for_another_without_a_gap(self):
        old = [self.shunt(f"ttyS{n}", current=1.0) for n in (5, 6)]
        new = [self.shunt(f"ttyUSB{n}", current=1.0, claim=False) for n in (0, 1)]
        self.aggregate()
        self.becomes_all_of(*old)
        self.recorder.sync()
        owner, names = self.client.owner(AGGREGATE), len(self.recorder.owners(AGGREGATE))
        for gone, come in zip(old, new):
            gone.release()
            come.claim()
        self.becomes_all_of(*new, timeout=3)
        self.assertEqual(self.client.owner(AGGREGATE), owner)
        self.recorder.sync()
        self.assertEqual(len(self.recorder.owners(AGGREGATE)), names, "left the bus meanwhile")

    def test_a_shunt_on_another_port_is_the_same_shunt(self):
        a, b = self.shunt("ttyS5", current=1.0), self.shunt("ttyUSB0", current=2.0, serial="HQ1")
        self.aggregate()
        self.becomes_all_of(a, b)
        b.kill()
        moved = self.shunt("ttyUSB1", current=3.0, serial="HQ1")
        self.becomes_all_of(a, moved, timeout=5)
        self.assert_shows(items={"/System/NrOfModulesOffline": 0})

    def test_one_serial_counts_once_and_shunts_without_one_count_each(self):
        older, *shunts = [self.shunt(f"ttyS{n}", current=float(n), serial=serial, instance=279)
                          for n, serial in enumerate(("HQ1", "HQ1", "", "", None), start=1)]
        daemon = self.aggregate()
        self.becomes_all_of(*shunts)
        self.becomes(items={"/InstalledCapacity": 4 * 290.0, "/System/NrOfModulesOffline": 0})
        daemon.wait_for_log("^WARNING .*ttyS1 and .*ttyS2 are the same SmartShunt, serial HQ1")
        shunts.pop(0).kill()
        self.becomes_all_of(older, *shunts)
        self.assert_shows(items={"/System/NrOfModulesOffline": 0})
        shunts.pop(0).kill()
        self.becomes_all_of(older, *shunts)
        self.becomes(items={"/InstalledCapacity": 3 * 290.0, "/System/NrOfModulesOffline": 1})

    def test_a_leftover_of_the_old_port_is_not_counted_beside_the_new_one(self):
        steady, leftover = self.shunt("ttyS5", current=1.0), self.shunt("ttyUSB1", current=2.0, serial="HQ1")
        self.aggregate()
        self.becomes_all_of(steady, leftover)
        moved = self.shunt("ttyUSB0", current=4.0, serial="HQ1")  # the old program still runs
        self.becomes_all_of(steady, moved)
        leftover.kill()
        stays_true(lambda: self.value("/Dc/0/Current") == 5.0, 0.5)
        self.assert_shows(items={"/System/NrOfModulesOnline": 2, "/System/NrOfModulesOffline": 0})

    def test_what_turns_out_to_be_excluded_is_not_lost(self):
        steady, boat = self.shunt("ttyS5", current=1.0), self.shunt("ttyS6", current=2.0, name="")
        self.aggregate({"device_mode": "virtual-bms", "max_charge_voltage": 56, "max_charge_current": 80,
                        "exclude_shunts": "Boat"})
        self.becomes_all_of(steady, boat)
        alone = {"/System/NrOfModulesOffline": 0, "/Info/MaxChargeCurrent": 80.0, "/Alarms/BmsCable": 0}
        boat.change(name="Boat")  # late, or renamed
        self.becomes_all_of(steady)
        self.becomes(5, items=alone)
        boat.kill()
        boat.items["/CustomName"] = ""
        boat.come_back()  # replaced, late again
        self.becomes_all_of(steady, boat)
        boat.change(with_properties=True, name="boat")
        self.becomes_all_of(steady)
        self.becomes(5, items=alone)

    def test_a_bmv_is_counted_once_it_is_included(self):
        shunt = self.shunt("ttyS5", current=1.0)
        bmv = self.shunt("ttyO1", current=2.0, product_id=0xA381, product="BMV-712 Smart", name="Shed")
        daemon = self.aggregate({"include_shunts": "Shed"})
        self.becomes_all_of(shunt, bmv)
        self.assertEqual([line.text for line in daemon.complaints()], [])

    def test_a_storm_of_comings_and_goings(self):
        steady = self.shunt("ttyS5", current=1.0)
        restless = self.shunt("ttyS6", current=2.0)
        daemon = self.aggregate()
        for _ in range(100):
            restless.release()
            restless.claim()
        self.becomes_all_of(steady, restless)
        self.assertTrue(daemon.running())


class Trouble(Members):
    def test_a_hung_shunt_does_not_delay_the_others(self):
        good = self.shunt("ttyS5", current=1.0)
        stuck = self.shunt("ttyS6", current=2.0, claim=False)
        stuck.hang()
        stuck.claim()
        start = time.monotonic()
        self.aggregate()
        taken = time.monotonic() - start
        print(f"appears beside a hung shunt after {taken:.2f} s")
        self.assertLess(taken, 2 * slowness())
        self.becomes_all_of(good)
        mark = self.recorder.mark()
        good.change(current=3.0)
        self.assertLess(self.delay(mark, good, "/Dc/0/Current"), 0.3 * slowness())
        stuck.order(deaf=[])
        self.becomes_all_of(good, stuck, timeout=40)

    def test_a_member_that_freezes_does_not_delay_the_others(self):
        good, frozen = self.shunt("ttyS5", current=1.0), self.shunt("ttyS6", current=2.0)
        daemon = self.aggregate()
        self.becomes_all_of(good, frozen)
        frozen.process.send(signal.SIGSTOP)
        mark = self.recorder.mark()
        good.change(current=3.0)
        self.assertLess(self.delay(mark, good, "/Dc/0/Current"), 0.3 * slowness())
        code, taken = daemon.terminate()
        self.assertEqual(code, 0)
        self.assertLess(taken, 1.0 * slowness())

    def test_garbage_costs_only_that_quantity(self):
        good = self.shunt("ttyS5", voltage=50.0, current=1.0, soc=50.0, temperature=20.0)
        bad = self.shunt("ttyS6", voltage=52.0, current=2.0, soc=60.0, temperature=30.0)
        daemon = self.aggregate()
        self.becomes(voltage=51.0, current=3.0, soc=55.0, temperature=25.0)
        alone = dict(voltage=51.0, current=1.0, power=50.0, soc=50.0, temperature=20.0)
        garbage = [float("nan"), float("inf"), float("-inf"), "12.5 V", "", None, 1e300,
                   {"as": "as", "value": ["x"]}, {"as": "ad", "value": [1.0]},
                   {"as": "au", "value": []}]
        for number, value in enumerate(garbage):
            with self.subTest(value):
                bad.change(with_properties=number % 2 == 1, items={path: value for path in (
                    "/Dc/0/Current", "/Dc/0/Power", "/Soc", "/Dc/0/Temperature")})
                self.becomes(timeout=5, **alone)
                bad.change(voltage=52.0, current=2.0, soc=60.0, temperature=30.0)
                self.becomes(timeout=5, voltage=51.0, current=3.0, power=154.0, soc=55.0,
                             temperature=25.0)
        self.assertTrue(daemon.running())

    def test_garbage_from_the_start(self):
        good = self.shunt("ttyS5", current=1.0)
        self.shunt("ttyS6", current="?", soc=float("nan"), voltage="high",
                   power={"as": "as", "value": ["y"]},
                   items={**dict.fromkeys(ALARMS, "yes"), "/History/TotalAhDrawn": float("nan"),
                          "/CustomName": 5, "/Serial": 7.5, "/FirmwareVersion": None})
        self.aggregate()
        self.becomes(current=1.0, soc=good.items["/Soc"], items={
            "/System/NrOfModulesOnline": 1, "/System/NrOfModulesOffline": 1, "/Alarms/LowSoc": 0,
            "/History/TotalAhDrawn": good.items["/History/TotalAhDrawn"]})

    def test_all_number_types_are_numbers(self):
        shunt = self.shunt("ttyS5", voltage=50.0, current=1.0)
        self.aggregate()
        for kind in "ynqiuxtd":
            shunt.change(items={"/Dc/0/Current": {"as": kind, "value": 7}})
            self.becomes(current=7.0)
            shunt.change(current=1.0)
            self.becomes(current=1.0)

    def test_malformed_signals_are_ignored(self):
        shunt = self.shunt("ttyS5", current=1.0)
        daemon = self.aggregate()
        path, nine = "/Dc/0/Current", {"Value": {"as": "d", "value": 9.0}}
        shunt.order(raw=[
            ["/", "ItemsChanged", "s", ["x"]], ["/", "ItemsChanged", "a{sv}", [nine]],
            ["/", "ItemsChanged", "", []], [path, "PropertiesChanged", "i", [9]],
            [path, "PropertiesChanged", "", []],
            [path, "PropertiesChanged", "a{sv}", [{"Text": {"as": "s", "value": "9 A"}}]],
            [path, "ItemsChanged", "a{sa{sv}}", [{path: nine}]],
            ["/", "ItemsChanged", "a{sa{sv}}", [{"": {}, "Dc": {}, "/Dc/0/Current/": {}, "//": {}}]],
            ["/", "Nonsense", "a{sv}", [{}]]])
        stays_true(lambda: self.value("/Dc/0/Current") == 1.0, 0.5, "the current")
        shunt.change(current=4.0)
        self.becomes(current=4.0)
        self.assertTrue(daemon.running())

    def test_strangers_cannot_speak_for_a_shunt(self):
        shunt = self.shunt("ttyS5", current=1.0)
        stranger = self.shunt("ttyS6", current=2.0, claim=False)
        self.aggregate()
        stranger.change(current=50.0)
        stays_true(lambda: self.value("/Dc/0/Current") == 1.0, 0.5, "the current")
        self.becomes_all_of(shunt)


if __name__ == "__main__":
    unittest.main()
