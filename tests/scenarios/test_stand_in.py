# SPDX-License-Identifier: MIT
"""The stand-in for systemcalc and chargers does what the real ones were seen to do
(docs/venus-dbus.md, "Limits"), so that a scenario which passes with it means something."""
import signal
import unittest

from support import CCL, CVL, DCL, Plant, ScenarioCase, Site, stays_true, wait_until

SUN_A = 35.0


class StandIn(ScenarioCase):
    """Plays batteries with the fakes of the shunts; no daemon here."""

    def battery(self, suffix, instance, cvl=55.0, ccl=80.0, dcl=100.0, **more):
        items = {path: value for path, value in ((CVL, cvl), (CCL, ccl), (DCL, dcl)) if value != "none"}
        return self.shunt(suffix, instance=instance, items={"/ProductName": "Battery", **items, **more})

    def becomes_true(self, condition, what):
        wait_until(lambda: condition() or self.calc.ended, 20, what, 0.05)
        self.assertIsNone(self.calc.ended)

    def test_the_path_of_a_charge_voltage_makes_the_monitor_then_the_lowest_instance(self):
        plain = self.battery("a", 10, cvl="none", ccl="none", dcl="none")
        self.battery("b", 30, cvl=None)
        two = self.battery("c", 20)
        site = Site()
        self.systemcalc(site)
        self.becomes_true(lambda: site.monitor == two.service and site.bms == two.service, "20 to win")
        two.change(items={"/Connected": 0})  # no monitor any more, still the only BMS
        self.becomes_true(lambda: site.monitor.endswith(".b") and site.bms == two.service, "30 to watch")
        two.kill()
        self.becomes_true(lambda: site.bms is None, "no BMS")
        self.assertNotEqual(site.monitor, plain.service)

    def test_the_monitor_wins_among_bmses_even_with_a_higher_instance(self):
        self.battery("a", 10)
        high = self.battery("b", 30)
        site = Site(monitor=30)
        self.systemcalc(site)
        self.becomes_true(lambda: site.bms == high.service, "the monitor's limits")

    def test_limits_are_written_each_cycle_and_stay_when_the_battery_leaves(self):
        battery = self.battery("a", 10, ccl=80.0)
        site = Site()
        self.systemcalc(site)
        self.becomes_true(lambda: (site.multi.cvl_v, site.multi.ccl_a, site.multi.dcl_a)
                          == (55.0, 80.0, 100.0), "limits")
        battery.change(items={CCL: 25.0})
        self.becomes_true(lambda: site.multi.ccl_a == 25.0, "the new limit")
        self.assertEqual((site.mppt.voltage_v, site.mppt.current_a), (55.0, 25.0))
        battery.kill()
        self.becomes_true(lambda: site.bms is None, "no BMS")
        self.cycles(3)
        self.assertEqual((site.multi.ccl_a, site.mppt.current_a), (25.0, 25.0), "what was written stays")

    def test_a_limit_that_becomes_invalid_is_skipped_by_the_multi_and_lifted_for_the_sun(self):
        battery = self.battery("a", 10, ccl=0.0)
        site = Site(plant=Plant(sun_a=SUN_A))
        self.systemcalc(site)
        self.becomes_true(lambda: site.multi.ccl_a == 0.0, "the stop")
        battery.change(items={CCL: None})
        self.becomes_true(lambda: site.mppt.current_a == 35.0, "the solar charger at its maximum")
        self.cycles(3)
        self.assertEqual(site.multi.ccl_a, 0.0, "the Multi keeps the last number for ever")

    def test_feed_in_of_solar_power_disregards_a_charge_current_of_zero(self):
        battery = self.battery("a", 10, cvl=55.2, ccl=0.0, **{"/Dc/0/Voltage": 53.0})
        site = Site(plant=Plant(ocv_v=53.0, sun_a=SUN_A), feed_in=True)
        self.systemcalc(site)
        self.becomes_true(lambda: site.mppt.voltage_v == 55.6, "the higher set-point")
        battery.change(items={"/Dc/0/Voltage": 53.175})
        self.becomes_true(lambda: abs(site.charging_a() - 35.0) < 0.1, "35 A into the battery")
        battery.change(items={CVL: 52.5})
        self.becomes_true(lambda: site.charging_a() < 0.1, "the charge voltage to act")
        site.feed_in = False
        battery.change(items={CVL: 55.2})
        self.becomes_true(lambda: site.multi.cvl_v == 55.2, "the old charge voltage")
        stays_true(lambda: site.charging_a() < 0.1, 0.5, "the stop without feed-in")

    def test_the_monitors_voltage_is_what_chargers_take_for_the_batterys(self):
        battery = self.battery("a", 10, cvl=55.2, ccl=80.0, **{"/Dc/0/Voltage": 55.2})
        site = Site(plant=Plant(ocv_v=55.2, sun_a=SUN_A))
        self.systemcalc(site)
        self.becomes_true(lambda: site.mppt.sense_v == 55.2, "the sense voltage")
        self.assertLess(site.charging_a(), 0.1, "full")
        battery.change(items={"/Dc/0/Voltage": 54.0})
        self.becomes_true(lambda: site.charging_a() > 34, "charging beyond the limit")
        battery.change(items={"/Mgmt/InsecureConnection": 1})
        self.becomes_true(lambda: site.charging_a() < 0.1, "the real voltage again")

    def test_two_of_one_instance_hide_each_other_and_go_together(self):
        self.battery("a", 10)
        second = self.battery("b", 10)
        site = Site()
        self.systemcalc(site)
        self.becomes_true(lambda: site.bms is not None, "one of them")
        self.becomes_true(lambda: len(self.calc.services) == 1, "one place for two")
        second.kill()
        self.cycles(3)
        self.assertLessEqual(len(self.calc.services), 1)

    def test_a_service_that_does_not_answer_blocks_everything(self):
        battery = self.battery("a", 10, ccl=80.0)
        site = Site()
        self.systemcalc(site)
        self.becomes_true(lambda: site.multi.ccl_a == 80.0, "limits")
        mute = self.shunt("b", instance=11, claim=False)
        mute.hang("GetItems")
        mute.claim()
        battery.change(items={CCL: 0.0})
        stays_true(lambda: site.multi.ccl_a == 80.0, 2, "an old limit while systemcalc waits")
        mute.process.stop(signal.SIGKILL)  # the bus answers in its place
        self.becomes_true(lambda: site.multi.ccl_a == 0.0, "the new limit")
        self.assertGreater(self.calc.blocked_s, 1.9)

    def test_a_wrong_type_or_no_number_ends_it(self):
        for path, value in (("/Soc", "63"), (CCL, float("nan")), (CVL, "55"), ("/CustomName", 5)):
            with self.subTest(path=path):
                battery = self.battery("a", 10, **{path: 50.0 if path == "/Soc" else None})
                self.systemcalc()
                self.cycles()
                battery.change(items={path: value})
                wait_until(lambda: self.calc.ended, 20, "its end")
                self.assertIn(path, self.calc.ended)
                self.calc.ended = None  # expected here
                battery.kill()


if __name__ == "__main__":
    unittest.main()
