#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs the daemon with charge control for a pack that tells its cells and no limits, and tells a story: a cell
runs ahead, a sensor is lost, a cell gets too high while the chargers do not mind, and all is well again."""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lib")]
from story import Story, play  # noqa: E402

SERVICE = "com.victronenergy.battery.mqtt_battery_101"
CONFIG = """[DEFAULT]
logging = INFO

[MQTT]
broker_address = 127.0.0.1
broker_port = {port}

[BATTERY Garage]
topic = demo/garage
device_instance = 101

[CHARGE CONTROL]
max_charge_current = 100
max_discharge_current = 150
"""
CELLS, CAPACITY_AH = 16, 280
AHEAD, LOST = 7, 4  # cells of the story
SUN_A = 60.0
DROP_V = 0.3  # that makes current flow from chargers into the battery
FEED_IN_ABOVE_V = 0.4  # CVL: where chargers stand that feed in


class Pack:
    """16 cells at what the story says. The chargers obey CCL, and CVL; with feed-in only CVL."""

    def __init__(self, place, view):
        self._view = view
        self.mean_v = self.ahead_v = 3.340
        self.lost = self.feeds_in = False
        self.current_a = 0.0
        self._publisher = place.spawn("garage", [
            "mosquitto_pub", "-h", "127.0.0.1", "-p", str(place.port), "-t", "demo/garage", "-l"],
            stdin=subprocess.PIPE)

    def cells(self):
        return {n: self.ahead_v if n == AHEAD else self.mean_v for n in range(1, CELLS + 1)}

    def voltage(self):
        return sum(self.cells().values())

    def charge(self):
        ccl_a = self._view.number("/Info/MaxChargeCurrent") or 0.0
        cvl_v = self._view.number("/Info/MaxChargeVoltage") or 0.0
        chargers_v = cvl_v + (FEED_IN_ABOVE_V if self.feeds_in else 0.0)
        allowed_a = SUN_A if self.feeds_in else min(SUN_A, ccl_a)
        self.current_a = allowed_a if chargers_v > self.voltage() - DROP_V else 0.0

    def tell(self):
        cells = {f"Cell{n}": None if self.lost and n == LOST else volts for n, volts in self.cells().items()}
        payload = {"Dc": {"Voltage": round(self.voltage(), 2), "Current": self.current_a, "Temperature": 18.0},
                   "Soc": 97.0, "InstalledCapacity": CAPACITY_AH, "Voltages": cells}
        self._publisher.stdin.write(json.dumps(payload).encode() + b"\n")
        self._publisher.stdin.flush()

    def row(self):
        lost = f", C{LOST} is not told" if self.lost else ""
        return (f" Garage tells   {self.voltage():.2f} V {self.current_a:6.1f} A   cells {self.mean_v:.3f} V, "
                f"C{AHEAD} {self.ahead_v:.3f} V{lost}")


class Demo(Story):
    patience_s = 60  # a stop is released after half of it
    dwell_s = 1

    def __init__(self, place, options):
        super().__init__(place, options, SERVICE)
        self._pack = Pack(place, self.view)
        self.start_daemon(CONFIG.format(port=place.port))

    def chapters(self):
        return [
            ("A pack tells its cells and no limits: they are made for it", lambda: None,
             lambda v: v.number("/Info/MaxChargeCurrent") == 100 and v.text("/Info/ChargeMode") == "Bulk"),
            (f"C{AHEAD} runs ahead of the others: CCL falls at once, and says why", lambda: self._cells(3.360, 3.425),
             lambda v: f"C{AHEAD} 3.425" in v.text("/Info/ChargeLimitation")),
            (f"C{AHEAD} is above its goal: CVL is held for it, far from 16 times 3.45 V",
             lambda: self._cells(3.365, 3.453),
             lambda v: "Absorption" in v.text("/Info/ChargeMode") and v.number("/Info/MaxChargeVoltage") < 54.5),
            (f"The sensor of C{LOST} is lost: a tenth is left", lambda: self._lose(True),
             lambda v: "not known: 1 of 16 cells" in v.text("/Info/ChargeLimitation") and
             v.number("/Info/MaxChargeCurrent") == 10),
            (f"C{LOST} is back: the limit rises half a minute later", lambda: self._lose(False),
             lambda v: "over" in v.text("/Info/ChargeLimitation")),
            (f"C{AHEAD} is above what no cell may have: CCL 0 and an alarm; the chargers feed in and do not mind it",
             lambda: self._feed_in(3.605),
             lambda v: v.number("/Info/MaxChargeCurrent") == 0 and v.number("/Alarms/HighCellVoltage") == 2),
            ("So CVL goes down, until no current flows in any more", lambda: None,
             lambda v: v.number("/Info/MaxChargeVoltage") < self._pack.voltage() and self._pack.current_a == 0),
            (f"C{AHEAD} is well below it again: the stop ends half a minute later, and the limits rise", lambda: self._cells(3.360, 3.380),
             self._is_released)]

    def _is_released(self, view):
        """In short: that it is going to be."""
        if self._options.once:
            return "over" in view.text("/Info/ChargeLimitation")
        return view.number("/Alarms/HighCellVoltage") == 0

    def _cells(self, mean_v, ahead_v):
        self._pack.mean_v, self._pack.ahead_v = mean_v, ahead_v

    def _lose(self, lost):
        self._pack.lost = lost

    def _feed_in(self, ahead_v):
        self._pack.ahead_v, self._pack.feeds_in = ahead_v, True

    def tick(self):
        self._pack.charge()
        self._pack.tell()

    def show(self):
        text = self.view.text
        print(self._pack.row())
        print(f" the bus shows  CVL {text('/Info/MaxChargeVoltage')}  CCL {text('/Info/MaxChargeCurrent')}  "
              f"DCL {text('/Info/MaxDischargeCurrent')}   {text('/Info/ChargeMode')}"
              f"{'   ALARM HighCellVoltage' if self.view.number('/Alarms/HighCellVoltage') == 2 else ''}")
        print(f"                {text('/Info/ChargeLimitation') or 'as configured'}", flush=True)


if __name__ == "__main__":
    sys.exit(play(Demo, "--charge", __doc__))
