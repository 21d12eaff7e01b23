# SPDX-License-Identifier: MIT
"""[CHARGE CONTROL]: limits made of the cells that a publisher sends, for a battery and for a bank."""
import json
import os
import signal
import subprocess
import unittest

from harness.case import Case
from harness.daemon import binary, config_for, ini
from harness.waiting import wait_until

CVL, CCL, DCL = (f"/Info/Max{what}" for what in ("ChargeVoltage", "ChargeCurrent", "DischargeCurrent"))
WHY = "/Info/ChargeLimitation"
MODE = "/Info/ChargeMode"
HIGH = "/Alarms/HighCellVoltage"
BANK = "com.victronenergy.battery.bank_110"
FLOATING = {"version": 1, "banks": {}, "charge_controls": {"mqtt_battery": {"phase": {"name": "float", "goal_v": 3.375}}}}


def pack(cell=3.30, current=10.0, **others):
    """A battery of 16 cells that only measures; `others`: C7=3.46 is another voltage, None one that is not known."""
    cells = {f"Cell{n}": others.get(f"C{n}", cell) for n in range(1, 17)}
    voltage = sum(volts or cell for volts in cells.values())
    return {"Dc": {"Power": voltage * current, "Voltage": voltage, "Current": current}, "Soc": 85,
            "InstalledCapacity": 280, "Voltages": cells}


class OneBattery(Case):
    def start(self):
        self.start_broker()
        self.config = config_for(self.broker, **{"CHARGE CONTROL": {"max_charge_current": 100, "max_discharge_current": 150}})
        self.run_daemon()

    def run_daemon(self):
        count = len(self.daemons) + 1
        self.start_daemon(self.config)
        self.broker.wait_subscribed(count=count)

    def becomes(self, message, **items):
        """After this message."""
        self.broker.publish(message)
        for path, value in items.items():
            self.client.wait_for_value(path, value)

    def why(self):
        return self.client.value(WHY)

    def state(self, fresh=None):
        """What is remembered; `fresh`: from now on, before there is a daemon."""
        path = os.path.join(self.folder, "state.json")
        if fresh is not None:
            with open(path, "w", encoding="utf-8") as file:
                json.dump(fresh, file)
        with open(path, encoding="utf-8") as file:
            return file.read()

    def test_limits_come_of_the_cells_and_each_says_why(self):
        self.start()
        self.becomes(pack(), **{CVL: 55.2, CCL: 100.0, DCL: 150.0, MODE: "Bulk", WHY: "", "/Io/AllowToCharge": 1})
        self.becomes(pack(C7=3.46), **{CCL: 16.0})
        self.assertIn("C7 3.460 V", self.why())
        # It is not known any more: that it was good before is worth nothing.
        self.becomes(pack(C9=None), **{CCL: 10.0})
        self.assertIn("1 of 16 cells", self.why())
        self.becomes(pack(C7=3.61), **{CCL: 0.0, HIGH: 2, "/Io/AllowToCharge": 0})
        self.assertIn("C7", self.why())
        self.daemon.wait_for_log("^WARNING .*C7")
        # Back at once, and released late.
        self.broker.publish(pack(3.31))
        self.client.wait_for_value("/System/MaxCellVoltage", 3.31)
        self.assertEqual((self.client.value(CCL), self.client.value(HIGH)), (0.0, 2))

    def test_after_a_kill_it_goes_on_where_it_was(self):
        self.state(fresh=FLOATING)
        self.start()
        self.becomes(pack(3.375, 0.0), **{CVL: 54.0, MODE: "Float"})
        wait_until(lambda: '"cells": 16' in self.state(), 30, "a written state")
        self.daemon.stop(signal.SIGKILL)
        self.client.wait_for_no_name()
        self.run_daemon()
        self.becomes(pack(3.375, 0.0, C9=None), **{CVL: 54.0, MODE: "Float", CCL: 10.0})
        self.assertIn("1 of 16 cells", self.why())
        forget = [binary(), "--forget", "MQTT Battery"]
        done = subprocess.run(forget, env=self.bus.environment(), capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual((done.returncode, "are not missed any more" in done.stdout), (0, True), done.stdout)


class Bank(Case):
    def start(self):
        broker = self.start_broker()
        self.addCleanup(self.client.wait_for_no_name, BANK)
        self.start_daemon(ini({
            "DEFAULT": {"min_update_interval": 0},
            "MQTT": {"broker_address": "127.0.0.1", "broker_port": broker.port},
            **{f"BATTERY Pack{i}": {"topic": f"home/{i}", "device_instance": 100 + i} for i in (1, 2)},
            "BANK House": {}, "CHARGE CONTROL House": {"max_charge_current": 200, "max_discharge_current": 300}}))
        for i in (1, 2):
            broker.wait_subscribed(f"home/{i}")
            broker.publish(pack(), f"home/{i}")
        self.client.wait_for_name(BANK)
        for path, value in {CVL: 55.2, CCL: 200.0, DCL: 300.0, MODE: "Bulk"}.items():
            self.client.wait_for_value(path, value, BANK)
        return broker

    def test_the_cold_and_a_cell_that_is_too_high_of_one_pack_limit_all(self):
        broker = self.start()
        broker.publish({**pack(), "System": {"Temperature2": 1.0}}, "home/1")
        self.client.wait_for_value(CCL, 10.0, BANK)
        self.assertIn("coldest Pack1", self.client.value(WHY, BANK))
        broker.publish({**pack(), "System": {"Temperature2": 20.0}}, "home/1")
        wait_until(lambda: "more follows" in self.client.value(WHY, BANK), 20, "the cold to be over")
        broker.publish(pack(C3=3.61), "home/2")
        self.client.wait_for_value(HIGH, 2, BANK)
        self.assertEqual(self.client.value(CCL, BANK), 0.0)

    def test_a_cell_of_one_pack_that_is_high_or_missing(self):
        broker = self.start()
        broker.publish(pack(C3=3.46), "home/2")
        self.client.wait_for_value(CCL, 32.0, BANK)
        self.assertIn("Pack2 C3 3.460 V", self.client.value(WHY, BANK))
        broker.publish(pack(C3=None), "home/2")
        wait_until(lambda: "Pack2: 1 of 16 cells" in self.client.value(WHY, BANK), 20, "the reason")
        self.assertLessEqual(self.client.value(CCL, BANK), 20.0)
        # Not above float, and not that of 15 cells: what is not known has not gone.
        self.assertTrue(52.5 < self.client.value(CVL, BANK) <= 54.0, self.client.value(CVL, BANK))


if __name__ == "__main__":
    unittest.main()
