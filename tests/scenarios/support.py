# SPDX-License-Identifier: MIT
"""What the scenarios have in common: a daemon, and a systemcalc with chargers that obey it."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

# pylint: disable=wrong-import-position
from harness.chargers import Plant  # noqa: E402
from harness.mqtt_client import Feed, MqttClient  # noqa: E402
from harness.shunts import AGGREGATE, ShuntCase  # noqa: E402
from harness.systemcalc import CCL, CVL, DCL, Site, Systemcalc  # noqa: E402
from harness.venus_broker import VenusBroker  # noqa: E402
from harness.waiting import slowness, stays_true, wait_until  # noqa: E402

HOLD_S = 10.0
# A promised time is for a machine with nothing else to do; the one that runs the tests may be busy.
BUSY = 3
FULL = {"Dc": {"Power": 527.0, "Voltage": 52.7, "Current": 10.0}, "Soc": 63, "InstalledCapacity": 100,
        "Info": {"MaxChargeVoltage": 55.2, "MaxChargeCurrent": 80, "MaxDischargeCurrent": 120}}
BMS = {"device_mode": "virtual-bms", "max_charge_voltage": 56.4, "max_charge_current": 80,
       "max_discharge_current": 120, "temp_cold_danger": 5, "temp_hot_danger": 45}


class ScenarioCase(ShuntCase):
    """Batteries, shunts, brokers as in the end-to-end tests; sites watch what chargers are told."""

    def systemcalc(self, *sites, **options):
        """The stand-in; at the end of the test it must still live."""
        self.calc = Systemcalc(self.bus.address, *sites, **options)
        self.addCleanup(self.calc.stop)
        self.addCleanup(lambda: self.assertIsNone(self.calc.ended, "systemcalc died"))
        return self.calc

    def cycles(self, count=2):
        """Returns after so many whole cycles of systemcalc from now on."""
        goal = self.calc.cycles + count + 1
        wait_until(lambda: self.calc.cycles >= goal or self.calc.ended, 60, "systemcalc's cycles")
        self.assertIsNone(self.calc.ended)

    def client_for(self, broker, **options):
        client = MqttClient(broker.port, **options)
        self.addCleanup(client.close)
        return client

    def feed(self, messages, every=0.4, broker=None):
        feed = Feed((broker or self.broker).port, messages, every)
        self.addCleanup(feed.stop)
        return feed

    def venus(self, values, **options):
        venus = VenusBroker(self.broker.port, values, **options)
        self.addCleanup(venus.stop)
        return venus

    def within(self, limit, condition, what, begin=None):
        """Waits for `condition`, prints how long it took since `begin`, fails if that is more than
        `limit` seconds (more, where the machine is busy). Returns the seconds."""
        begin = time.monotonic() if begin is None else begin
        allowed = limit * slowness() * BUSY
        wait_until(condition, max(0.0, begin + allowed - time.monotonic()), what, 0.02)
        seconds = time.monotonic() - begin
        print(f"\nSCENARIO {type(self).__name__}.{self._testMethodName}: {what}: {seconds:.1f} s "
              f"(limit {limit:g} s)", flush=True)
        return seconds


__all__ = ["AGGREGATE", "BMS", "BUSY", "CCL", "CVL", "DCL", "FULL", "HOLD_S", "Plant", "ScenarioCase",
           "Site", "Systemcalc", "slowness", "stays_true", "wait_until"]
