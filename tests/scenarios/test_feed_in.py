# SPDX-License-Identifier: MIT
"""DC-coupled feed-in: solar chargers charge whatever the charge current limit says, only the charge
voltage acts. A stop must stop them all the same, and the charge voltage must come back."""
import time
import unittest

from support import AGGREGATE, CCL, CVL, BMS, Plant, ScenarioCase, Site, slowness, wait_until

from harness.daemon import config_for

SUN_A, OCV_V = 35.0, 53.0
CVL_V = 54.0
CAPACITY_AH = 100.0
MAY_FLOW_A = 0.01 * CAPACITY_AH
LEAST_V = 48.0  # 3.0 V for each of 16 cells


def sunny():
    return Plant(ocv_v=OCV_V, resistance_ohm=0.005, sun_a=SUN_A)


class FeedIn(ScenarioCase):
    def limits_since(self, mark, service, path):
        """Values that the service sent of a limit."""
        self.recorder.sync()
        owner = self.client.owner(service)
        return [c.items[path].value for c in self.recorder.carrying(path, owner, mark)]

    def check_stopped(self, site, service, begin, mark):
        self.within(25, lambda: site.charging_a() < MAY_FLOW_A, "current below 1 % of capacity", begin)
        self.assertEqual(self.client.value(CCL, service), 0.0)
        cvl = self.limits_since(mark, service, CVL)
        self.assertGreater(len(cvl), 2, "it came down step by step")
        self.assertEqual(cvl, sorted(cvl, reverse=True), "and never rose meanwhile")
        self.assertGreater(min(cvl), LEAST_V)
        self.assertLess(min(cvl), OCV_V)

    def check_back(self, site, service, begin, mark, ccl):
        self.within(25, lambda: self.client.value(CVL, service) == CVL_V, "the charge voltage is back", begin)
        self.assertEqual(self.client.value(CCL, service), ccl)
        wait_until(lambda: site.charging_a() > SUN_A - 1, 20 * slowness(), "the sun to charge again")
        cvl = self.limits_since(mark, service, CVL)
        self.assertEqual(cvl, sorted(cvl), "it rises, and does not hunt")


class OwnZero(FeedIn):
    def message(self, name):
        voltage, current = self.sites[name].plant.measure()
        return {"Dc": {"Power": voltage * current, "Voltage": voltage, "Current": current}, "Soc": 80,
                "InstalledCapacity": CAPACITY_AH,
                "Info": {"MaxChargeVoltage": CVL_V, "MaxChargeCurrent": self.ccl[name],
                         "MaxDischargeCurrent": 120}}

    def test_zero_of_the_battery_itself_and_its_silence(self):
        """One battery says 0 and later 80 again; the other one just ends."""
        self.sites = {"zero": Site(201, 201, sunny(), feed_in=True),
                      "silent": Site(202, 202, sunny(), feed_in=True)}
        self.ccl = {"zero": 80, "silent": 80}
        broker = self.start_broker()
        daemon = self.start_daemon(config_for(broker, mqtt={"topic": ""}, **{
            f"BATTERY_{name}": {"topic": f"battery/{name}", "device_instance": number, "timeout": 4}
            for name, number in (("zero", 201), ("silent", 202))}))
        self.systemcalc(*self.sites.values())
        for name in self.sites:
            broker.wait_subscribed(f"battery/{name}")
        telling = set(self.sites)
        self.feed(lambda: [(f"battery/{name}", self.message(name)) for name in telling], 0.25)
        zero, silent = (f"com.victronenergy.battery.mqtt_battery_{n}" for n in (201, 202))
        wait_until(lambda: all(s.charging_a() > SUN_A - 1 for s in self.sites.values()), 60, "35 A of sun")
        mark, begin = self.recorder.mark(), time.monotonic()
        telling.discard("silent")
        self.ccl["zero"] = 0
        last_v = self.sites["silent"].plant.measure()[0]
        self.check_stopped(self.sites["zero"], zero, begin, mark)
        daemon.wait_for_log(r"^WARNING .*charging goes on although CCL is 0.*CVL lowered to \d+\.\d", timeout=5)
        told = self.limits_since(mark, silent, CVL) or self.sites["silent"].multi.told("cvl_v", begin)
        self.assertLess(min(told, default=CVL_V), last_v, "silence: below the last voltage")
        wait_until(lambda: self.sites["silent"].charging_a() < MAY_FLOW_A, 5, "the sun to stop in silence, too")
        self.assertEqual(self.sites["silent"].multi.ccl_a, 0.0)
        mark, begin, log = self.recorder.mark(), time.monotonic(), daemon.mark()
        self.ccl["zero"] = 80
        self.check_back(self.sites["zero"], zero, begin, mark, 80.0)
        self.assertLessEqual(len(daemon.lines[log:]), 3, "a line for each transition")


class VirtualBms(FeedIn):
    """Without max_charge_current, so that its end shows whether the Multi may charge again."""

    def tell_shunts(self):
        voltage, current = self.site.plant.measure()
        for shunt in self.shunts:
            shunt.change(voltage=voltage, current=current / 2)

    def follow(self, condition, limit, what, begin):
        """As within(), with the shunts measuring twice a second meanwhile."""
        due = [0.0]

        def look():
            if time.monotonic() >= due[0]:
                due[0] = time.monotonic() + 0.5
                self.tell_shunts()
            return condition()
        return self.within(limit, look, what, begin)

    def test_stop_and_release_of_the_virtual_bms(self):
        self.shunts = [self.shunt(f"ttyS{n}", capacity=int(CAPACITY_AH / 2), temperature=20.0, voltage=OCV_V,
                                  current=0.0) for n in (5, 6)]
        self.site = Site(plant=sunny(), feed_in=True)
        self.site.plant.mains = True
        config = {k: v for k, v in BMS.items() if k != "max_charge_current"}
        self.aggregate({**config, "max_charge_voltage": CVL_V})
        self.systemcalc(self.site)
        multi = self.site.multi
        self.follow(lambda: multi.ccl_a == 10000.0, 10, "no limit is 10000 A at the Multi", None)
        self.site.plant.mains = False
        self.follow(lambda: self.site.charging_a() > SUN_A - 1, 10, "35 A of sun", None)
        begin, mark = time.monotonic(), self.recorder.mark()
        self.shunts[0].change(items={"/Alarms/HighVoltage": 2})
        self.follow(lambda: multi.ccl_a == 0.0, 1.5, "CCL 0 at the Multi", begin)
        self.follow(lambda: self.site.charging_a() < MAY_FLOW_A, 25, "the sun stops, too", begin)
        self.check_stopped(self.site, AGGREGATE, begin, mark)
        begin = time.monotonic()
        self.shunts[0].change(items={"/Alarms/HighVoltage": 0})
        self.follow(lambda: multi.ccl_a != 0.0, 33, "released", begin)
        self.assertGreater(time.monotonic() - begin, 29.5, "not before it was calm for 30 s")
        self.assertEqual(multi.ccl_a, 10000.0, "released to a number, or the Multi stays at 0 for ever")
        self.assertNotIn(None, self.limits_since(mark, AGGREGATE, CCL))
        self.follow(lambda: self.value(CVL) == CVL_V, 25, "the charge voltage is back", begin + 30)
        self.assertEqual(multi.told("ccl_a", begin), [10000.0])


if __name__ == "__main__":
    unittest.main()
