# SPDX-License-Identifier: MIT
"""Configs of other aggregators, translated by `--import`: taken as they are, and the bank does on the bus what the
documentation of the other program says of them."""
import os
import unittest

from harness.case import DATA
from harness.daemon import binary, ini
from harness.packs import CCL, CVL, DCL, Pack
from harness.process import run
from harness.shunts import ShuntCase
from harness.waiting import slowness, wait_until

BANK = "com.victronenergy.battery.bank_110"


class Import(ShuntCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(lambda: self.bus.process.running() and self.client.wait_for_no_name(BANK))
        self.packs = [Pack(self, "serial", number, cvl=cvl, ccl=50.0, dcl=60.0) for number, cvl in ((1, 28.4), (2, 28.0))]
        for pack, current in zip(self.packs, (10.0, 5.0)):
            pack.change(current=current)

    def monitor(self, suffix, **values):
        return self.shunt(suffix, **{"voltage": 26.8, "current": 12.0, "soc": 77.0, **values})

    def program(self, *arguments):
        done = run([binary(), *arguments], check=False, env=self.bus.environment(), timeout=30 * slowness())
        return done.returncode, done.stdout.decode()

    def translate(self, name):
        """The program runs with what `--import` makes of this sample, to which nothing is added."""
        code, sections = self.program("--import", os.path.join(DATA, "import", name))
        self.assertEqual(code, 0, sections)
        daemon = self.start_daemon(ini({"DEFAULT": {"logging": "INFO"}}) + sections)
        code, said = self.program("--check-config", "--config", daemon.config_file)
        self.assertEqual(code, 0, said)
        self.assertNotRegex(said, "(?i)error|warning")
        self.client.wait_for_name(BANK, 30 * slowness())
        return sections

    def shows(self, **wanted):
        """Waits until the bank shows these numbers."""
        last = {}

        def reached():
            items = self.client.get_items(BANK)
            last.update({path: items[path].value for path in wanted if path in items})
            return all(last.get(path) is not None and abs(last[path] - value) < 0.06 for path, value in wanted.items())
        wait_until(reached, 60 * slowness(), lambda: f"{wanted}; last: {last}", 0.3)

    def test_limits_of_the_batteries_are_taken_and_aggregated(self):
        """OWN_CHARGE_PARAMETERS = False: those "from Serial Battery instances are taken and aggregated"; a SmartShunt is
        no battery."""
        self.monitor("ttyS1")
        sections = self.translate("aggregate-batteries-plain.ini")
        self.shows(**{"/Dc/0/Current": 15.0, "/InstalledCapacity": 200.0, "/System/NrOfModulesOnline": 2,
                      CVL: 28.0, CCL: 100.0, DCL: 120.0})
        for key in ("SEARCH_TRIALS", "DCLOAD_SERVICE_NAME", "SEND_CELL_VOLTAGES", "OWN_SOC_FULL_VOLTAGE"):
            self.assertIn(key, sections)
        self.assertIn("log_period = 600", sections)

    def test_limits_are_made_of_the_cells(self):
        """OWN_CHARGE_PARAMETERS = True, CURRENT_FROM_VICTRON with one shunt: its current; CCL and DCL by their curves."""
        self.monitor("ttyS1", instance=279)
        cells = {f"/Voltages/Cell{n}": 3.30 for n in range(1, 9)}
        ends = {"/System/MinCellVoltage": 3.30, "/System/MaxCellVoltage": 3.30}
        for pack in self.packs:
            pack.change(items={CVL: None, CCL: None, DCL: None, **cells, **ends})
        self.translate("aggregate-batteries-own.ini")
        self.shows(**{"/Dc/0/Current": 12.0, "/Soc": 77.0, CCL: 80.0, DCL: 120.0, CVL: 27.6})
        self.packs[0].change(items={"/Voltages/Cell3": 3.40, "/System/MaxCellVoltage": 3.40})
        self.shows(**{CCL: 20.0, DCL: 120.0})
        self.packs[1].change(items={"/Voltages/Cell5": 2.90, "/System/MinCellVoltage": 2.90})
        self.shows(**{DCL: 0.0})

    def test_an_excluded_shunt_does_not_count(self):
        self.monitor("ttyS1")
        self.translate("battery-aggregator-excluded.json")
        self.shows(**{"/Dc/0/Current": 15.0, "/InstalledCapacity": 200.0, CVL: 28.0, CCL: 100.0})

    def test_the_state_of_charge_is_that_of_the_primary_service(self):
        self.monitor("ttyS1")
        sections = self.translate("battery-aggregator-primary.json")
        self.shows(**{"/Soc": 77.0, "/Dc/0/Current": 12.0, CVL: 28.0, CCL: 100.0})
        self.assertIn("current, SoC and ampere-hours of the bank come from the shunt", sections)

    def test_each_virtual_battery_is_a_pack_and_its_shunt(self):
        self.monitor("ttyS1", current=9.0, soc=70.0, capacity=100)
        self.monitor("ttyS2", current=4.0, soc=80.0, capacity=100)
        self.translate("battery-aggregator-virtual.json")
        self.shows(**{"/Soc": 75.0, "/Dc/0/Current": 13.0, "/System/NrOfModulesOnline": 2, CVL: 28.0, CCL: 100.0})


if __name__ == "__main__":
    unittest.main()
