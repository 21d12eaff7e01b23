# SPDX-License-Identifier: MIT
"""The aggregate of SmartShunts as a battery monitor: identity and rules (docs/behaviour.md,
"The bank as one battery")."""
import math
import unittest

import dbus

from harness.bus import Item
from harness.shunts import AGGREGATE, ALARMS, ShuntCase, shunt_data
from harness.waiting import slowness

SUM, LEAST, MOST, MEAN = sum, min, max, lambda values: sum(values) / len(values)
HISTORY = {
    **dict.fromkeys(["ChargeCycles", "FullDischarges", "AutomaticSyncs",
                     "TimeSinceLastFullCharge"], MOST),
    **dict.fromkeys(["TotalAhDrawn", "DischargedEnergy", "ChargedEnergy", "LowVoltageAlarms",
                     "HighVoltageAlarms", "LowStarterVoltageAlarms", "HighStarterVoltageAlarms",
                     "LastDischarge", "AverageDischarge", "DeepestDischarge"], SUM),
    **dict.fromkeys(["MinimumVoltage", "MinimumStarterVoltage"], LEAST),
    **dict.fromkeys(["MaximumVoltage", "MaximumStarterVoltage"], MOST)}


class Identity(ShuntCase):
    def check_identity(self):
        items = self.items()
        for path, wanted in {
                "/ProductId": Item("i", 0xA389, "0xA389"),
                "/ProductName": Item("s", "SmartShunt Aggregate", "SmartShunt Aggregate"),
                "/CustomName": Item("s", "SmartShunt Aggregate", "SmartShunt Aggregate"),
                "/Measurement/Kind": Item("s", "derived", "derived"),
                "/DeviceInstance": Item("i", 99, "99"), "/Connected": Item("i", 1, "1")}.items():
            self.assertEqual(items.get(path), wanted, path)
        forbidden = [path for path in items if path.startswith("/Io")
                     or path.startswith("/Info/Max") or path == "/Info/BatteryLowVoltage"]
        self.assertEqual(forbidden, [], "these change which battery systemcalc selects")

    def test_looks_like_a_smartshunt_and_never_like_a_bms(self):
        b, a = self.shunt("ttyS7"), self.shunt("ttyS5", "12v", voltage=53.0)
        self.aggregate()
        self.check_identity()
        self.assertEqual(self.value("/Measurement/TracksServices"), self.tracks(a, b))
        a.change(items={path: 2 for path in ALARMS}, temperature=80.0)
        self.becomes(items={path: 2 for path in ALARMS})
        self.check_identity()

    def test_needs_no_config_file(self):
        a, b = self.shunt("ttyS5", current=1.0), self.shunt("ttyS6", current=2.0)
        daemon = self.start_daemon(config=None, name="absent.ini")
        self.client.wait_for_name(AGGREGATE)
        self.becomes(current=3.0, items={"/Measurement/TracksServices": self.tracks(a, b)})
        self.check_identity()
        said = daemon.matching(r"absent\.ini")
        self.assertTrue(said, daemon.output())

    def test_shows_types_and_texts_of_the_table(self):
        self.shunt("ttyS5", temperature=21.0, voltage=53.509, current=-10.0)
        self.aggregate()
        items = self.items()
        for path, signature, text in (
                ("/Dc/0/Voltage", "d", "53.51V"), ("/Dc/0/Current", "d", "-10.0A"),
                ("/Dc/0/Power", "d", "-535W"), ("/Dc/0/Temperature", "d", "21.0°C"),
                ("/Soc", "d", "54%"), ("/ConsumedAmphours", "d", "-131.1Ah"),
                ("/InstalledCapacity", "d", "290.0Ah"), ("/History/ChargeCycles", "i", "3"),
                ("/Alarms/LowSoc", "i", "0"), ("/System/NrOfModulesOnline", "i", "1")):
            self.assertEqual((items[path].signature, items[path].text), (signature, text), path)
        self.assertIn(items["/TimeToGo"].signature, "id")

    def test_every_way_of_reading_agrees(self):
        self.shunt("ttyS5")
        self.aggregate()
        self.becomes(items={"/InstalledCapacity": 290.0})
        changing = "/UpdateIndex"
        items = {path: item for path, item in self.items().items() if path != changing}
        tree = self.client.value("/", AGGREGATE)
        texts = self.client.get_text("/", AGGREGATE)
        for values, part in ((tree, 1), (texts, 2)):
            self.assertIsNotNone(values.pop(changing[1:]))
            self.assertEqual(values, {path[1:]: item[part] for path, item in items.items()})
        for path, item in items.items():
            self.assertEqual(self.client.get_value(path, AGGREGATE), item[:2], path)
            self.assertEqual(self.client.get_text(path, AGGREGATE), item.text, path)
        self.assertEqual(self.client.value("/Dc/0", AGGREGATE)["Voltage"], items["/Dc/0/Voltage"].value)

    def test_nobody_can_write_to_it_but_the_name(self):
        self.shunt("ttyS5")
        self.aggregate()
        self.assertEqual(self.client.set_value("/Soc", dbus.Int32(3), AGGREGATE), 1)
        self.assertEqual(
            self.client.set_value("/Measurement/TracksServices", dbus.String("x"), AGGREGATE), 1)
        self.assertEqual(self.client.set_value("/CustomName", dbus.String("Bank"), AGGREGATE), 0)
        self.assertEqual(self.value("/CustomName"), "Bank")


class Sums(ShuntCase):
    def test_two_batteries_of_290_and_100_ah(self):
        (big, _), (small, _) = shunt_data("48v"), shunt_data("12v")
        small["/Dc/0/Voltage"] = big["/Dc/0/Voltage"]
        self.shunt("ttyS5"), self.shunt("ttyS6", "12v", items=small)
        self.aggregate()
        both = {path: (big.get(path), small.get(path)) for path in (
            "/Dc/0/Current", "/Dc/0/Power", "/ConsumedAmphours", "/Dc/0/Voltage", "/Soc")}
        soc = (big["/Soc"] * 290 + small["/Soc"] * 100) / 390
        self.becomes(current=SUM(both["/Dc/0/Current"]), power=float(SUM(both["/Dc/0/Power"])),
                     consumed=SUM(both["/ConsumedAmphours"]), voltage=MEAN(both["/Dc/0/Voltage"]),
                     soc=soc, items={"/InstalledCapacity": 390.0, "/Capacity": 390 * soc / 100,
                                     "/System/NrOfModulesOnline": 2, "/System/NrOfModulesOffline": 0})
        for name, rule in HISTORY.items():
            values = [v for v in (big.get("/History/" + name), small.get("/History/" + name))
                      if v is not None and "Starter" not in name]  # 12v: its input is open
            self.assert_shows(items={"/History/" + name: rule(values) if values else None})

    def test_history_with_every_field(self):
        values = {"/History/" + name: -7.0 if name.endswith("Discharge") else 12 for name in HISTORY}
        values["/History/TotalAhDrawn"] = -100.0
        a = self.shunt("ttyS5", items=values)
        self.shunt("ttyS6", items={path: value * 2 for path, value in values.items()})
        self.aggregate()
        self.becomes(items={path: HISTORY[path.rsplit("/", 1)[1]]([value, 2 * value])
                            for path, value in values.items()})
        a.change(items={path: None for path in values})
        self.becomes(items={path: value * 2 for path, value in values.items()})

    def test_soc_is_weighted_by_capacity(self):
        self.shunt("ttyS5", soc=90.0, capacity=100)
        b = self.shunt("ttyS6", soc=50.0, capacity=300)
        self.aggregate()
        self.becomes(soc=60.0, items={"/InstalledCapacity": 400.0, "/Capacity": 240.0})
        b.change(soc=None)
        self.becomes(soc=90.0)

    def test_power_falls_back_to_voltage_times_current(self):
        self.shunt("ttyS5", voltage=50.0, current=2.0, power=100)
        self.shunt("ttyS6", voltage=51.0, current=-4.0, power=None)
        self.aggregate()
        self.becomes(power=-104.0, current=-2.0, voltage=50.5)

    def test_no_value_anywhere_is_invalid_not_zero(self):
        a = self.shunt("ttyS5", temperature=20.0)
        b = self.shunt("ttyS6")
        self.aggregate()
        self.becomes(temperature=20.0)
        paths = ["/Dc/0/Current", "/Dc/0/Power", "/ConsumedAmphours", "/Soc", "/Capacity",
                 "/Dc/0/Temperature", "/TimeToGo", "/Alarms/LowSoc", "/History/TotalAhDrawn"]
        for shunt in (a, b):
            shunt.change(items={path: None for path in paths})
        self.becomes(items=dict.fromkeys(paths))

    def test_midpoint_and_starter_voltages_of_those_that_have_them(self):
        self.shunt("ttyS5", items={"/Dc/0/MidVoltage": 26.5, "/Dc/0/MidVoltageDeviation": 1.5})
        self.shunt("ttyS6", items={"/Dc/1/Voltage": 12.5})
        self.shunt("ttyS7", items={"/Dc/1/Voltage": 12.9, "/Dc/0/MidVoltage": 26.9,
                                   "/Dc/0/MidVoltageDeviation": -0.5})
        self.shunt("ttyS8", items={"/Dc/1/Voltage": 0.01})  # an open input
        self.aggregate()
        self.becomes(items={"/Dc/1/Voltage": 12.5, "/Dc/0/MidVoltage": 26.7,
                            "/Dc/0/MidVoltageDeviation": 0.5})


class Choices(ShuntCase):
    def test_alarms_are_the_worst_of_any_member(self):
        a = self.shunt("ttyS5", items={path: i % 3 for i, path in enumerate(ALARMS)})
        b = self.shunt("ttyS6", items={path: (i + 1) % 2 for i, path in enumerate(ALARMS)})
        self.aggregate()
        self.becomes(items={path: max(i % 3, (i + 1) % 2) for i, path in enumerate(ALARMS)})
        for path in ALARMS:
            a.change(items={path: 0})
            b.change(items={path: 2})
            self.becomes(items={path: 2})
            b.change(items={path: 0})
            self.becomes(items={path: 0})

    def test_voltage_follows_alarms(self):
        a = self.shunt("ttyS5", voltage=50.0, current=0.0)
        b = self.shunt("ttyS6", voltage=52.0, current=0.0)
        self.aggregate()
        self.becomes(voltage=51.0)
        a.change(items={"/Alarms/LowVoltage": 1})
        self.becomes(voltage=50.0)
        # 51.2 V nominal: 50.0 is 1.2 away, 52.0 is 0.8 away, 53.0 is 1.8 away.
        b.change(items={"/Alarms/HighVoltage": 2})
        self.becomes(voltage=50.0)
        b.change(voltage=53.0)
        self.becomes(voltage=53.0)
        a.change(items={"/Alarms/LowVoltage": 0})
        self.becomes(voltage=53.0)
        b.change(items={"/Alarms/HighVoltage": 0})
        self.becomes(voltage=51.5)

    def test_temperature_follows_the_limits(self):
        a = self.shunt("ttyS5", temperature=20.0)
        b = self.shunt("ttyS6", temperature=30.0)
        self.aggregate({"temp_cold_danger": 4, "temp_hot_danger": 40})
        for cold, hot, shown in ((20.0, 30.0, 25.0), (3.0, 30.0, 3.0), (10.0, 41.0, 41.0),
                                 (1.0, 41.0, 1.0), (3.0, 50.0, 50.0), (None, 30.0, 30.0),
                                 (None, None, None)):
            a.change(temperature=cold)
            b.change(temperature=hot)
            self.becomes(temperature=shown)

    def test_time_to_go_to_the_floor_of_the_shunts(self):
        """It counted down to 0 %, the shunts themselves to their discharge floor."""
        registers = {"0x1000": 200, "0x1008": 200}  # 20.0 %
        a = self.shunt("ttyS5", soc=50.0, vreg=registers, current=-10.0)
        b = self.shunt("ttyS6", soc=50.0, vreg=registers, current=-15.0)
        self.aggregate()
        self.becomes(items={"/TimeToGo": 30 * 4 / 25 * 3600})
        a.change(current=20.0)  # another sign: at once
        self.becomes(items={"/TimeToGo": 50 * 4 / 5 * 3600})
        b.change(current=-20.0)
        self.becomes(items={"/TimeToGo": 864000})

    def test_time_to_go_may_be_left_to_the_discharge(self):
        """As Victron's own devices have it; the floor of the config where no shunt tells one."""
        self.config["TIME_TO_GO"] = {"while_charging": "none", "soc": 30}
        a = self.shunt("ttyS5", soc=50.0, capacity=200, current=-10.0)
        self.aggregate()
        self.becomes(items={"/TimeToGo": 20 * 2 / 10 * 3600})
        a.change(current=10.0)
        self.becomes(items={"/TimeToGo": None})


class Capacity(ShuntCase):
    """One member besides the tested one is always known: 100 Ah, 50 %."""

    def setUp(self):
        super().setUp()
        self.shunt("ttyS9", capacity=100, soc=50.0, consumed=-50.0)

    def test_unknown_stays_unknown_and_is_explained(self):
        self.shunt("ttyS5", capacity=None, soc=96.0, consumed=-12.0, name="Bow bank")
        daemon = self.aggregate()
        self.becomes(soc=73.0, items=dict.fromkeys(("/InstalledCapacity", "/Capacity", "/TimeToGo")))
        daemon.wait_for_log(r"^WARNING .*Bow bank")

    def test_the_item_replaces_an_unreadable_register(self):
        self.shunt("ttyS5", vreg={}, soc=96.0, items={"/InstalledCapacity": 220.0})
        self.aggregate()
        self.becomes(items={"/InstalledCapacity": 320.0})

    def test_soc_tells_when_nothing_else_does(self):
        a = self.shunt("ttyS5", vreg={}, soc=96.0, consumed=-12.0)
        self.aggregate()
        self.becomes(items={"/InstalledCapacity": None})
        a.change(soc=80.0, consumed=-60.0)
        self.becomes(items={"/InstalledCapacity": 400.0})
        a.change(soc=95.0, consumed=-10.0)
        self.becomes(soc=(95 * 300 + 50 * 100) / 400, items={"/InstalledCapacity": 400.0})

    def test_soc_mode_asks_no_register(self):
        a = self.shunt("ttyS5", capacity=290, soc=60.0, consumed=-80.0)
        self.aggregate({"capacity_mode": "soc"})
        self.becomes(items={"/InstalledCapacity": 300.0})
        self.assertEqual(a.order(), [], "registers read")

    def test_a_configured_total_wins(self):
        self.shunt("ttyS5", capacity=None, soc=96.0)
        daemon = self.aggregate({"total_capacity": 500})
        self.becomes(soc=73.0, items={"/InstalledCapacity": 500.0, "/Capacity": 365.0})
        self.assertEqual(daemon.complaints(), [])

    def test_a_hung_register_delays_nobody(self):
        a = self.shunt("ttyS5", vreg={"0x1000": "never"}, soc=96.0, current=1.0)
        self.aggregate()
        self.becomes(timeout=2, items={"/System/NrOfModulesOnline": 2})
        mark = self.recorder.mark()
        a.change(current=5.0)
        self.assertLess(self.delay(mark, a, "/Dc/0/Current"), 0.5 * slowness())

    def test_a_slow_register_is_waited_for_without_alarm(self):
        self.shunt("ttyS5", vreg={"0x1000": {"value": 290, "delay_ms": 2000}}, soc=96.0)
        daemon = self.aggregate()
        self.becomes(items={"/InstalledCapacity": 390.0})
        self.assertEqual([line.text for line in daemon.complaints()], [])

    def test_hostile_registers_are_no_capacity(self):
        answers = ((0, []), (0, [1]), (0, [0, 0]), (0, list(range(200))), (0x8100, [44, 1]))
        for number, (error, data) in enumerate(answers):
            with self.subTest(error=error, data=data):
                shunt = self.shunt(f"ttyS{number}", soc=96.0,
                                   vreg={"0x1000": {"error": error, "data": data}})
                daemon = self.aggregate()
                self.becomes(items={"/System/NrOfModulesOnline": 2, "/InstalledCapacity": None})
                self.assertTrue(daemon.running())
                daemon.stop()
                shunt.kill()

    def test_warns_once_when_charged_voltages_disagree(self):
        for number in (5, 6):
            self.shunt(f"ttyS{number}", vreg={"0x1000": 100, "0x1001": 540 + number * 5})
        daemon = self.aggregate()
        daemon.wait_for_log(r"(?i)^WARNING .*charged voltage")
        self.becomes(items={"/InstalledCapacity": 300.0})
        self.assertEqual(len(daemon.matching(r"(?i)charged voltage")), 1, daemon.output())


class Signals(ShuntCase):
    def test_a_change_shows_at_once_in_one_message(self):
        a, b = self.shunt("ttyS5", current=1.0), self.shunt("ttyS6", current=1.0)
        self.aggregate()
        self.becomes(current=2.0, items={"/InstalledCapacity": 580.0})
        figures = []
        for number in range(20):
            mark = self.recorder.mark()
            a.change(with_properties=number % 2 == 1, voltage=53.0, current=10.0 + number)
            figures.append(self.delay(mark, a, "/Dc/0/Current"))
        print(f"shunt to aggregate: median {sorted(figures)[10] * 1e3:.2f} ms, "
              f"worst {max(figures) * 1e3:.2f} ms")
        self.assertLess(sorted(figures)[10], 0.1 * slowness())
        mark = self.recorder.mark()
        b.change(voltage=53.2, current=-40.0)
        self.becomes(current=-11.0)
        self.recorder.sync()
        told = self.recorder.of(self.client.owner(AGGREGATE), mark)
        self.assertEqual([(t.member, t.path, t.signature) for t in told],
                         [("ItemsChanged", "/", "a{sa{sv}}")])
        self.assertNotIn("/Measurement/Kind", told[0].items)
        self.assertNotIn("/History/ChargeCycles", told[0].items)

    def test_an_alarm_does_not_wait_for_its_turn(self):
        a = self.shunt("ttyS5", current=1.0)
        self.aggregate(default={"min_update_interval": 1000})
        self.becomes(current=1.0, items={"/InstalledCapacity": 290.0})
        a.change(current=2.0)
        self.becomes(current=2.0)
        mark = self.recorder.mark()
        a.change(current=3.0)
        a.change(items={"/Alarms/HighVoltage": 2})
        self.assertLess(self.delay(mark, a, "/Alarms/HighVoltage"), 0.3 * slowness())
        self.becomes(current=3.0)

    def test_values_are_gathered_when_asked_to(self):
        a = self.shunt("ttyS5", current=1.0)
        self.aggregate(default={"min_update_interval": 500})
        self.becomes(current=1.0, items={"/InstalledCapacity": 290.0})
        mark = self.recorder.mark()
        for number in range(20):
            a.change(current=10.0 + number)
        self.becomes(current=29.0)
        self.recorder.sync()
        count = len(self.recorder.carrying("/Dc/0/Current", self.client.owner(AGGREGATE), mark))
        self.assertLessEqual(count, 2 + math.floor(slowness()))

    def test_noise_below_the_display_costs_no_signal(self):
        a = self.shunt("ttyS5", current=1.0, voltage=53.0, power=53)
        self.aggregate()
        self.becomes(current=1.0, items={"/InstalledCapacity": 290.0})
        mark = self.recorder.mark()
        for number in range(10):
            a.change(items={"/Dc/0/Voltage": 53.0 + number * 1e-5})
        a.change(current=2.0)
        self.becomes(current=2.0)
        self.recorder.sync()
        self.assertEqual(len(self.recorder.of(self.client.owner(AGGREGATE), mark)), 1)


if __name__ == "__main__":
    unittest.main()
