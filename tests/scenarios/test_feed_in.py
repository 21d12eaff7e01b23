# SPDX-License-Identifier: MIT
"""DC-coupled feed-in: solar chargers charge whatever the charge current limit says, only the charge
voltage acts. A stop must stop them all the same, and the charge voltage must come back."""
import time
import unittest

from support import CCL, CVL, Plant, ScenarioCase, Site, slowness, wait_until

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
        self.assertLess(min(told, default=CVL_V), last_v + 0.01, "silence: at most the last voltage")
        self.assertEqual(self.sites["silent"].multi.ccl_a, 0.0)
        mark, begin, log = self.recorder.mark(), time.monotonic(), daemon.mark()
        self.ccl["zero"] = 80
        self.check_back(self.sites["zero"], zero, begin, mark, 80.0)
        self.assertLessEqual(len(daemon.lines[log:]), 3, "a line for each transition")


if __name__ == "__main__":
    unittest.main()
