# SPDX-License-Identifier: MIT
"""Shunts that own their name and say nothing: quiet, or a program that stands still."""
import signal
import time
import unittest

from harness.shunts import AGGREGATE, ShuntCase
from harness.waiting import slowness, stays_true, wait_until

TRACKS = "/Measurement/TracksServices"
CCL, CABLE = "/Info/MaxChargeCurrent", "/Alarms/BmsCable"
ONLINE, OFFLINE = "/System/NrOfModulesOnline", "/System/NrOfModulesOffline"
SILENCE_S = 3
BMS = {"device_mode": "virtual-bms", "max_charge_voltage": 56.4, "max_charge_current": 100,
       "timeout": SILENCE_S}


class Frozen(ShuntCase):
    def bank(self, shunts):
        """Two batteries of equal size; nothing changes unless a test says so."""
        self.first, self.second = self.shunt("ttyS5", capacity=100), self.shunt("ttyS6", capacity=100)
        daemon = self.aggregate(shunts)
        self.becomes(items={ONLINE: 2})
        return daemon

    def freeze(self, shunt):
        shunt.process.send(signal.SIGSTOP)
        self.addCleanup(shunt.process.send, signal.SIGCONT)
        return time.monotonic()

    def test_a_frozen_shunt_is_lost_and_the_quiet_one_beside_it_is_not(self):
        daemon = self.bank(BMS)
        begin = self.freeze(self.second)
        self.becomes(SILENCE_S + 10, items={
            ONLINE: 1, OFFLINE: 1, CCL: 50.0, CABLE: 1, TRACKS: self.tracks(self.first)})
        print(f"a frozen shunt counts as lost after {time.monotonic() - begin:.1f} s")
        daemon.wait_for_log("^WARNING SmartShunt .*ttyS6.* does not answer any more")
        stays_true(lambda: self.value(ONLINE) == 1, 1.5 * SILENCE_S, "the quiet shunt's membership",
                   interval=0.5)
        begin = time.monotonic()
        self.second.process.send(signal.SIGCONT)
        self.becomes(5, items={ONLINE: 2, OFFLINE: 0, CABLE: 0})
        print(f"it is back {time.monotonic() - begin:.2f} s after it goes on")
        daemon.wait_for_log("^WARNING SmartShunt .*ttyS6.* answers again")

    def test_charging_stops_when_all_shunts_are_frozen(self):
        daemon = self.bank(BMS)
        begin = self.freeze(self.first)
        self.freeze(self.second)
        self.becomes(SILENCE_S + 10, items={CCL: 0.0})
        print(f"charging stops {time.monotonic() - begin:.1f} s after the shunts freeze")
        self.client.wait_for_no_name(AGGREGATE, 20)
        self.first.process.send(signal.SIGCONT)
        self.client.wait_for_name(AGGREGATE, 10)
        self.assertTrue(daemon.running())

    def test_a_service_that_owns_its_name_and_answers_nothing_is_lost(self):
        self.bank({"timeout": SILENCE_S})
        self.second.hang()
        self.becomes(SILENCE_S + 10, items={ONLINE: 1})
        self.second.order(deaf=[])
        self.second.change(current=4.0)
        self.becomes(5, items={ONLINE: 2})


class Quiet(ShuntCase):
    def test_a_bank_whose_values_stand_still_shows_life_once_in_a_third_of_the_timeout(self):
        timeout = 6
        self.shunt("ttyS5", capacity=100)
        self.aggregate({"timeout": timeout, "log_period": 0})
        mark = self.recorder.mark()

        def three_signals():
            self.recorder.sync()
            changes = self.recorder.of(self.client.owner(AGGREGATE), mark)
            return changes if len(changes) >= 3 else None
        first, second = wait_until(three_signals, 30, "signals of a bank that does not change")[1:3]
        self.assertEqual(first.items.keys() | second.items.keys(), {"/UpdateIndex"})
        self.assertLess(second.time - first.time, timeout / 3 * slowness())
        self.assertGreater(second.time - first.time, timeout / 4)


class Idle(ShuntCase):
    def test_nothing_to_do_after_the_last_shunt_left(self):
        shunt = self.shunt("ttyS5")
        daemon = self.aggregate({"timeout": 2, "log_period": 0})
        shunt.kill()
        self.client.wait_for_no_name(AGGREGATE)
        wait_until(lambda: daemon.wake_ups(1.0) <= 3, 20, "rest")
        self.assertLess(daemon.cpu_seconds(), 5)


if __name__ == "__main__":
    unittest.main()
