# SPDX-License-Identifier: MIT
"""`--why`: each situation of docs/why.md, played on a bus with a simulated GX, and the line that the table promises."""
import json
import os
import re
import signal
import time
import unittest

import dbus

from harness.case import payload
from harness.daemon import binary, config_for
from harness.gx import CCL, CVL, DCL, SETTINGS, SOLAR, SYSTEM, VEBUS, Gx
from harness.process import run
from harness.shunts import FakeShunt, ShuntCase
from harness.waiting import slowness, wait_until

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "why.md")
NOTHING_LIMITS, LIMITED, NOTHING_TO_EXPLAIN = 0, 1, 3
CHARGE_CONTROL = {"CHARGE CONTROL": {"max_charge_current": 100, "max_discharge_current": 150}}


def rows():
    """{situation: the line} of the table in docs/why.md."""
    with open(TABLE, encoding="utf-8") as file:
        found = re.findall(r"^\| ([^|`]+) \| `([^`|]+)` \|$", file.read(), re.M)
    assert len(found) == len(dict(found)), "two rows of one name"
    return dict(found)


def message(gx, **changes):
    """What House sends: what really flows, with limits unless `info` is None."""
    voltage, current = gx.plant.measure()
    info = changes.pop("info", {})
    dc = {"Voltage": voltage, "Current": current, "Power": voltage * current}
    told = {"Dc": {**dc, **changes.pop("dc", {})}, "Soc": 63, **changes}
    if info is not None:
        told["Info"] = {"MaxChargeVoltage": 55.2, "MaxChargeCurrent": 80, "MaxDischargeCurrent": 120, **info}
    return told


def cells(volts, **others):
    return {f"Cell{n}": others.get(f"C{n}", volts) for n in range(1, 17)}


class Situation(ShuntCase):
    """One battery, House, that controls; a test changes what it says and how the GX is."""

    def start(self, first=None, sections=None, default=None):
        self.gx = Gx(self)
        self.run_battery(first or message(self.gx), {"device_name": "House", **(default or {})}, **(sections or {}))

    def settle(self, **changes):
        """The battery tells what flows, the GX obeys, until it stays as it is."""
        for _ in range(3):
            self.publish_and_wait(message(self.gx, **changes))
            self.gx.look()
        self.gx.show()

    def ask(self, *arguments):
        done = run([binary(), "--why", *arguments], check=False, env=self.bus.environment(), timeout=30 * slowness())
        return done.returncode, done.stdout.decode()

    def says(self, situation, code=LIMITED):
        """The first line is that of the table. It may be behind by one reading."""
        wanted, last = rows()[situation], [None]

        def reached():
            last[:] = self.ask()
            return last[1].splitlines()[:1] == [wanted]
        wait_until(reached, 10 * slowness(), lambda: f"{wanted!r}; last: {last[1]}", 0.2)
        self.assertEqual(last[0], code, last[1])
        TOLD.add(situation)
        return last[1]


TOLD = set()


class Sun(Situation):
    def test_sun(self):
        self.start()
        self.settle()
        text = self.says("The sun gives less than the battery allows", NOTHING_LIMITS)
        self.assertIn("> 80 A      House: as the payload gives it", text)
        self.assertIn("  35 A      Roof: is told", text)
        as_json = json.loads(self.ask("--json")[1])
        self.assertEqual((as_json["exit_code"], as_json["battery"]), (0, "House"))
        self.assertEqual(as_json["verdict"], text.splitlines()[0])
        self.assertEqual(self.ask("Stern")[0], NOTHING_TO_EXPLAIN)

    def test_night(self):
        self.start()
        self.gx.mppt.sun_a = 0
        self.settle()
        self.says("Night", NOTHING_LIMITS)

    def test_own_maximum(self):
        self.start()
        self.gx.mppt.sun_a = 60
        self.settle()
        self.says("The solar charger gives the most it is set to")

    def test_error(self):
        self.start()
        self.gx.mppt.sun_a = 0
        self.gx.changes[SOLAR] = {"/ErrorCode": 33, "/State": 2}
        self.settle()
        self.says("The solar charger has an error")

    def test_remote(self):
        self.start()
        self.gx.mppt.sun_a = 0
        self.gx.changes[SOLAR] = {"/DeviceOffReason": 8}
        self.settle()
        self.says("The solar charger is switched off")


class Limits(Situation):
    def test_used_up(self):
        self.start()
        self.gx.mppt.sun_a = 30
        self.settle(info={"MaxChargeCurrent": 10})
        self.says("The battery's limit is used up")

    def test_blocked(self):
        self.start()
        self.settle(info={"MaxChargeCurrent": 0})
        self.says("The battery does not let itself be charged")

    def test_full(self):
        self.start()
        self.gx.plant.ocv_v = 55.19
        self.settle()
        self.says("The battery is full")

    def test_user_current(self):
        self.start()
        self.gx.user_a = 5
        self.settle()
        self.says("A current limit is set on the GX")

    def test_user_voltage(self):
        self.start()
        self.gx.user_v = 53.02
        self.settle()
        self.says("A voltage limit is set on the GX")

    def test_feed_in(self):
        self.start()
        self.gx.feed_in, self.gx.plant.load_a = True, 5
        self.settle(info={"MaxChargeCurrent": 2})
        self.says("Feed-in of DC-coupled PV overrules the limit")

    def test_silence(self):
        self.start(default={"timeout": 3})
        self.settle()
        self.client.wait_for_value(CCL, 0.0, timeout=30 * slowness())
        self.gx.look()
        self.gx.show()
        self.says("The battery is silent")
        self.client.wait_for_no_name(timeout=60 * slowness())
        self.gx.look()
        self.gx.changes[SOLAR] = {"/ErrorCode": 67, "/State": 2, "/Dc/0/Current": 0.0}
        self.gx.changes[SYSTEM] = {"/Dc/Battery/Current": 0.0}
        self.gx.show()
        wanted = rows()["The battery is off the bus"]
        wait_until(lambda: re.sub(r"for \d+ s", "for 20 s", self.ask()[1].splitlines()[0]) == wanted, 10 * slowness(),
                   lambda: f"{wanted}, not {self.ask()[1]}", 0.2)
        TOLD.add("The battery is off the bus")


    def switch(self, name, item, value):
        self.assertEqual(self.client.set_value(f"/SwitchableOutput/{name}/{item}", dbus.Int32(value)), 0)
        self.settle()

    def test_switches(self):
        self.start(default={"switches": 1})
        self.settle()
        self.switch("stop_charge", "State", 1)
        text = self.says("A switch stops charging")
        self.assertIn("without that: CCL 80 A (as the payload gives it)", " ".join(text.split()))
        self.switch("stop_charge", "State", 0)
        self.switch("charge_to", "Dimming", 60)
        self.says("The battery is as full as it is wanted")


class System(Situation):
    def other(self, **items):
        return FakeShunt(self, "ttyUSB0", items={
            CVL: 56.0, CCL: 30.0, DCL: 60.0, "/ProductName": "JK BMS", "/CustomName": "JK", "/Connected": 1,
            "/Dc/0/Voltage": 53.06, "/Dc/0/Current": 12.0, "/Info/ChargeLimitation": "cell 3", **items}, vreg={}, instance=1)

    def test_dvcc(self):
        self.start()
        self.gx.dvcc = False
        self.settle()
        self.says("DVCC is off")

    def test_no_systemcalc(self):
        self.start()
        self.gx.absent = {SYSTEM}
        self.settle()
        self.says("Nobody hands on limits")

    def test_hung(self):
        self.start()
        self.gx.deaf[SYSTEM] = ["*"]
        self.settle()
        begin = time.monotonic()
        self.says("Who hands on limits hangs")
        self.assertLess(time.monotonic() - begin, 6 * slowness())

    def test_services_of_older_make(self):
        """They answer GetValue of all, and have no GetItems."""
        self.start()
        self.gx.deaf = {name: ["no GetItems"] for name in (SYSTEM, SETTINGS, SOLAR, VEBUS)}
        self.settle()
        self.says("The sun gives less than the battery allows", NOTHING_LIMITS)

    def test_no_bms_wanted(self):
        self.start()
        self.gx.bms_instance = -255
        self.settle()
        self.says("The GX is set to no BMS")

    def test_other_bms(self):
        self.other()
        self.start()
        self.gx.bms_instance = 1
        self.settle()
        self.says("Another BMS is chosen")

    def test_two_bmses(self):
        self.other()
        self.start()
        self.gx.monitor_instance = 100
        self.settle()
        self.says("Two batteries give limits", NOTHING_LIMITS)

    def test_monitor(self):
        self.start(message(Gx(self), info=None))
        self.settle(info=None)
        self.says("The battery gives no limits")

    def test_not_running(self):
        self.other()
        self.gx = Gx(self)
        self.gx.look()
        self.gx.show()
        self.says("This program does not run")

    def test_standing_still(self):
        self.other()
        self.start()
        self.gx.bms_instance = 1
        self.settle()
        self.daemon.send(signal.SIGSTOP)
        self.addCleanup(self.daemon.send, signal.SIGCONT)
        self.says("This program stands still")

    def test_hostile(self):
        """Whatever the others say: an answer, one line, nothing of it reaches the terminal."""
        self.start()
        self.settle()
        odd = [{"as": "d", "value": value} for value in (-1e308, 1e308)] + [
            "\x1b[2J", None, {"as": "as", "value": ["a"]}, {"as": "t", "value": 2 ** 63}, {"as": "b", "value": True}]
        for value in odd:
            for name, items in self.gx.services().items():
                self.gx.changes[name] = {path: value for path in items if "Service" not in path}
            self.gx.show()
            code, text = self.ask("House")
            self.assertIn(code, (NOTHING_LIMITS, LIMITED), text)
            self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f]")


class Inverter(Situation):
    def test_inverter_only(self):
        self.start()
        self.gx.changes[VEBUS] = {"/Mode": 2, "/Ac/ActiveIn/Connected": 1}
        self.gx.mppt.sun_a = 0
        self.settle()
        self.says("The Multi is set to inverter only")

    def test_charger_only(self):
        self.start()
        self.gx.changes[VEBUS] = {"/Mode": 1, "/Ac/ActiveIn/Connected": 1}
        self.gx.mppt.sun_a = 0
        self.settle()
        self.says("The Multi is set to charger only")

    def test_ess(self):
        self.start()
        self.gx.low_soc, self.gx.feed_in, self.gx.mppt.sun_a = 1, True, 0
        self.settle()
        self.says("ESS keeps its minimum")

    def test_discharge_blocked(self):
        self.start()
        self.gx.mppt.sun_a = 0
        self.settle(info={"MaxDischargeCurrent": 0})
        self.says("The battery may not be discharged")


class Control(Situation):
    """A battery that only measures, and a charge control that makes its limits."""

    def run_control(self, volts, plant_v=53.0, sun_a=12.0, **others):
        self.gx = Gx(self)
        self.gx.plant.ocv_v, self.gx.mppt.sun_a = plant_v, sun_a
        said = {"info": None, "InstalledCapacity": 280, "Voltages": cells(volts, **others.pop("cells", {})), **others}
        self.run_battery(message(self.gx, **said), {"device_name": "House"}, **CHARGE_CONTROL)
        self.settle(**said)

    def test_cell(self):
        self.run_control(3.31, plant_v=52.8, cells={"C7": 3.42})
        self.says("One cell is high", NOTHING_LIMITS)

    def test_cold(self):
        self.run_control(3.31, dc={"Temperature": -1.0})
        self.says("It is too cold to charge")

    def test_float(self):
        with open(os.path.join(self.folder, "state.json"), "w", encoding="utf-8") as file:
            json.dump({"version": 1, "banks": {}, "charge_controls": {
                "mqtt_battery": {"phase": {"name": "float", "goal_v": 3.375}}}}, file)
        self.run_control(3.375, plant_v=54.0)
        self.says("The charge control floats")

    def test_low(self):
        self.run_control(3.31, sun_a=0.0, cells={"C3": 2.79})
        self.says("One cell is empty")

    def test_sensor(self):
        self.gx = Gx(self)
        self.gx.mppt.sun_a = 30
        said = {"info": None, "InstalledCapacity": 280, "Voltages": cells(3.31)}
        self.run_battery(message(self.gx, **said), {"device_name": "House"}, **CHARGE_CONTROL)
        said["Voltages"]["Cell9"] = None
        self.settle(**said)
        self.says("A cell is not known any more")


class Shunts(Situation):
    def test_lost(self):
        self.shunt("ttyS5", name="Bow", voltage=53.0, current=6.0, temperature=20.0)
        lost = self.shunt("ttyS6", name="Stern", voltage=53.0, current=6.0, temperature=20.0)
        self.aggregate({"device_mode": "virtual-bms", "max_charge_voltage": 56.8, "max_charge_current": 100,
                        "max_discharge_current": 200, "device_name": "Bank"})
        self.becomes(items={"/System/NrOfModulesOnline": 2})
        lost.kill()
        self.becomes(items={CCL: 50.0})
        self.gx = Gx(self)
        self.gx.look()
        self.gx.show()
        self.says("A shunt of two is lost", NOTHING_LIMITS)


class Table(unittest.TestCase):
    def test_there_are_twenty_and_each_is_played(self):
        self.assertGreaterEqual(len(rows()), 20)
        self.assertEqual(set(rows()), TOLD)


def load_tests(loader, _tests, _pattern):
    """The table last: by then each situation was told."""
    classes = [Sun, Limits, System, Inverter, Control, Shunts, Table]
    return unittest.TestSuite(loader.loadTestsFromTestCase(one) for one in classes)


if __name__ == "__main__":
    unittest.main()
