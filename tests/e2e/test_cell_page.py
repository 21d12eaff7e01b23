# SPDX-License-Identifier: MIT
"""The display's own pages of cells ("Individual Battery Info"), of modules' alarms and of the system, read by the
pages' rules and no others."""
import re
import unittest

import dbus

from harness.bus import SERVICE
from harness.case import Case
from harness.daemon import config_for
from harness.shunts import AGGREGATE, FakeShunt, ShuntCase
from harness.waiting import wait_until

BANK = "com.victronenergy.battery.bank_110"
REQUEST = "/Battery/Request/Id"
TAKEN, NOT_WRITABLE, REFUSED = 0, 1, 2


class Page:
    """What gui-v2's PageLynxIonBatteryInfo shows of a service: it reads these paths, writes one, and hides a row
    whose value is not valid. It shows as many cells as the one number for all batteries says."""

    def __init__(self, client, service):
        self.client, self.service = client, service

    def read(self, path):
        try:
            return self.client.value(path, self.service)
        except dbus.DBusException:
            return None  # never seen, or not there any more: the page knows no difference

    @property
    def is_offered(self):
        return self.read(REQUEST) is not None

    @property
    def chosen(self):
        return self.read(REQUEST)

    def choices(self):
        count = self.read("/System/NrOfBatteries") or 0
        return {n: self.read(f"/Battery/{n}/Serial") for n in range(1, count + 1)}

    def choose(self, number):
        return self.client.set_value(REQUEST, dbus.Int32(number), self.service)

    def of_battery(self, field):
        return self.read(f"/Battery/{self.chosen}/{field}")

    def cells(self):
        """{number: voltage as it is shown} of the rows that are visible."""
        rows = {}
        for cell in range(1, (self.read("/System/NrOfCellsPerBattery") or 0) + 1):
            volts = self.of_battery(f"Cell/{cell}/Voltage")
            if volts is not None:
                rows[cell] = f"{volts:.3f}"
        return rows

    def wait_for_cells(self, expected, timeout=30.0):
        wait_until(lambda: self.cells() == expected, timeout,
                   lambda: f"cells {expected} of battery {self.chosen}, last seen {self.cells()}")


class OtherPages:
    """What gui-v2's PageBattery offers beside: "Module level alarms" lists the valid ones of the items below
    /Diagnostics that match its expression, and shows of a chosen one the alarms that are valid; "System" is offered
    where the number of batteries is valid."""

    ALARMS = ("LowVoltage HighVoltage HighCellVoltage HighChargeCurrent HighCurrent HighDischargeCurrent LowSoc "
              "StateOfHealth LowStarterVoltage HighStarterVoltage LowTemperature HighTemperature "
              "BatteryTemperatureSensor MidVoltage FuseBlown HighInternalTemperature LowChargeTemperature "
              "HighChargeTemperature InternalFailure CellImbalance LowCellVoltage BmsCable Contactor").split()
    SYSTEM = {"batteries": "/System/NrOfBatteries", "parallel": "/System/BatteriesParallel",
              "series": "/System/BatteriesSeries", "balancer": "/Balancer/Status"}

    def __init__(self, client, service):
        self.client, self.service = client, service

    def valid(self):
        return {path: item.value for path, item in self.client.get_items(self.service).items() if item.value is not None}

    def modules(self):
        """{name: {alarm: value}} of all that are listed."""
        items = self.valid()
        found = {}
        for path, name in items.items():
            if path.startswith("/Diagnostics/") and re.search(r"/Module[0-9]/Id$", path):
                root = path[:-3]
                found[name] = {alarm: items[f"{root}/Alarms/{alarm}"] for alarm in self.ALARMS
                               if f"{root}/Alarms/{alarm}" in items}
        return found

    def system(self):
        """None where the page is not offered."""
        items = self.valid()
        rows = {row: items.get(path) for row, path in self.SYSTEM.items()}
        return rows if rows["batteries"] is not None else None


def volts(count, base):
    return [round(base + 0.001 * i, 3) for i in range(1, count + 1)]


def shown(cells):
    return {i: f"{v:.3f}" for i, v in enumerate(cells, 1)}


def pack(cells, voltage=52.0, **more):
    told = {"Dc": {"Power": 10 * voltage, "Voltage": voltage, "Current": 10.0, "Temperature": 21.0}, "Soc": 60,
            "InstalledCapacity": 100, "Alarms": {"CellImbalance": 0}, "Balancing": 0,
            "Info": {"MaxChargeVoltage": 56.0, "MaxChargeCurrent": 50.0, "MaxDischargeCurrent": 100.0}, **more}
    if cells:
        told["Voltages"] = {f"Cell{i}": v for i, v in enumerate(cells, 1)}
    return told


class OneBattery(Case):
    def start(self, **default):
        broker = self.start_broker()
        self.start_daemon(config_for(broker, default=default))
        broker.wait_subscribed()
        return broker, Page(self.client, SERVICE)

    def test_its_cells_are_shown_without_a_choice_and_change(self):
        broker, page = self.start()
        broker.publish(pack(volts(16, 3.3)))
        self.client.wait_for_name()
        page.wait_for_cells(shown(volts(16, 3.3)))
        self.assertEqual((page.chosen, page.choices()), (1, {1: "MQTT Battery"}))
        self.assertEqual([page.of_battery(field) for field in ("Voltage", "Current", "Temperature", "Capacity", "Status")],
                         [52.0, 10.0, 21.0, 100.0, 1])
        # Somebody looks: the next values come soon, and not in twenty seconds.
        self.assertEqual(page.choose(1), TAKEN)
        broker.publish(pack(volts(16, 3.4), Alarms={"HighCellVoltage": 2, "CellImbalance": 1}))
        page.wait_for_cells(shown(volts(16, 3.4)))
        self.assertEqual(page.of_battery("Status"), 512 | 2)
        self.assertEqual(self.client.get_text("/Battery/1/Cell/1/Voltage"), "3.401V")
        self.assertEqual(self.client.get_value(REQUEST), ("i", 1))

    def test_its_items_are_items_like_any(self):
        broker, page = self.start()
        broker.publish(pack(volts(16, 3.3)))
        self.client.wait_for_name()
        page.wait_for_cells(shown(volts(16, 3.3)))
        items = {path: item for path, item in self.client.get_items().items() if path.startswith("/Battery/")}
        self.assertEqual(len(items), 1 + 6 + 16)  # the request; what is known of the battery; its cells
        tree = self.client.call(SERVICE, "/Battery", "GetValue").args[0]
        self.assertEqual({f"/Battery/{path}" for path in tree}, items.keys())
        self.assertEqual(str(self.client.call(SERVICE, "/Battery/1/Cell", "GetText").args[0]["9/Voltage"]), "3.309V")
        for node, children in {"/Battery": {"1", "Request"}, "/Battery/1/Cell": {str(i) for i in range(1, 17)}}.items():
            xml = str(self.client.call(SERVICE, node, "Introspect", interface="org.freedesktop.DBus.Introspectable").args[0])
            self.assertEqual(set(re.findall(r'<node name="([^"]+)"', xml)), children)
        root = str(self.client.call(SERVICE, "/", "Introspect", interface="org.freedesktop.DBus.Introspectable").args[0])
        for name in ("Battery", "System"):
            self.assertEqual(root.count(f'<node name="{name}"'), 1)

    def test_what_is_written_must_be_the_number_of_a_battery(self):
        broker, page = self.start()
        broker.publish(pack(volts(4, 3.3)))
        self.client.wait_for_name()
        page.wait_for_cells(shown(volts(4, 3.3)))
        empty = dbus.Array([], signature="i")
        for value, code in [(dbus.Int32(0), NOT_WRITABLE), (dbus.Int32(-1), NOT_WRITABLE), (dbus.Int32(2), REFUSED),
                            (dbus.Int32(16), REFUSED), (dbus.Int32(17), NOT_WRITABLE), (dbus.Int32(2**31 - 1), NOT_WRITABLE),
                            (dbus.Double(float("nan")), NOT_WRITABLE), (dbus.String("first"), NOT_WRITABLE),
                            (empty, REFUSED), (dbus.Int32(1), TAKEN), (dbus.Double(1.0), TAKEN),
                            (dbus.String("1"), TAKEN), (dbus.Int64(1), TAKEN)]:
            with self.subTest(value=repr(value)):
                self.assertEqual(self.client.set_value(REQUEST, value), code)
                self.assertEqual(page.chosen, 1)
        for path in ("/Battery/1/Cell/1/Voltage", "/Battery/1/Serial", "/System/NrOfBatteries"):
            self.assertEqual(self.client.set_value(path, dbus.Int32(1)), NOT_WRITABLE, path)
        page.wait_for_cells(shown(volts(4, 3.3)))

    def test_there_is_no_page_without_cells_or_where_it_is_turned_off(self):
        broker, page = self.start()
        broker.publish(pack([]))
        self.client.wait_for_name()
        wait_until(lambda: page.read("/Dc/0/Voltage") == 52.0, 30, "its values")
        self.assertFalse(page.is_offered)
        broker.publish(pack(volts(4, 3.3)))
        page.wait_for_cells(shown(volts(4, 3.3)))
        self.daemon.write_config(config_for(broker, default={"cell_page": 0}))
        self.daemon.reload()
        # It leaves for a moment and comes back without.
        wait_until(lambda: not page.is_offered and page.read("/Dc/0/Voltage") == 52.0 and not page.is_offered, 30,
                   "the page to go")
        self.assertEqual([path for path in self.client.get_items() if path.startswith("/Battery/")], [])
        self.assertEqual(self.client.value("/Voltages/Cell4"), 3.304)


class ThreePacks(Case):
    CELLS = {"Pack1": volts(16, 3.25), "Pack2": volts(8, 6.5), "Pack3": volts(15, 3.46)}

    def start(self):
        broker = self.start_broker()
        self.addCleanup(self.client.wait_for_no_name, BANK)
        self.serial = FakeShunt(self, "ttyUSB0", items={
            "/ProductId": 0xBA77, "/ProductName": "SerialBattery(JK)", "/CustomName": "Pack3",
            "/Info/MaxChargeVoltage": 55.0, "/Info/MaxChargeCurrent": 100.0, "/Info/MaxDischargeCurrent": 200.0,
            "/InstalledCapacity": 100.0,
            **{f"/Voltages/Cell{i}": v for i, v in enumerate(self.CELLS["Pack3"], 1)}},
            voltage=52.0, current=10.0, soc=70.0, instance=1, capacity=100)
        sections = {f"BATTERY Pack{i}": {"topic": f"home/{i}", "device_instance": 100 + i} for i in (1, 2)}
        sections["BANK House"] = {}
        text = config_for(broker, **sections)
        self.start_daemon(text.replace("topic = home/battery\n", "").replace("service_name = mqtt_battery\n", ""))
        for i in (1, 2):
            broker.wait_subscribed(f"home/{i}")
            broker.publish(pack(self.CELLS[f"Pack{i}"]), f"home/{i}")
        self.client.wait_for_name(BANK)
        page = Page(self.client, BANK)
        wait_until(lambda: len(page.choices()) == 3 and None not in page.choices().values(), 40,
                   lambda: f"three packs to choose from, last seen {page.choices()}")
        return broker, page

    def test_every_cell_of_three_packs_with_different_counts_is_shown_when_its_pack_is_chosen(self):
        broker, page = self.start()
        names = page.choices()
        self.assertEqual(sorted(names.values()), sorted(self.CELLS))
        before = self.client.get_items(BANK)
        for number, name in names.items():
            self.assertEqual(page.choose(number), TAKEN)
            self.assertEqual(page.chosen, number)  # at once
            page.wait_for_cells(shown(self.CELLS[name]))
            self.assertEqual(page.of_battery("Voltage"), 52.0)
            valid = [path for path, item in self.client.get_items(BANK).items()
                     if "/Cell/" in path and item.value is not None]
            self.assertEqual(len(valid), len(self.CELLS[name]))
            self.assertTrue(all(path.startswith(f"/Battery/{number}/") for path in valid))
        # Nothing was written but the request.
        after = self.client.get_items(BANK)
        steady = [path for path in before if not path.startswith("/Battery/") and path != "/UpdateIndex"
                  and not path.startswith("/Info/")]
        self.assertEqual({path: after[path] for path in steady}, {path: before[path] for path in steady})
        # Those of the chosen one change with it, also of one on the bus.
        numbers = {name: number for number, name in names.items()}
        page.choose(numbers["Pack3"])
        self.serial.change(items={"/Voltages/Cell7": 3.555})
        page.wait_for_cells({**shown(self.CELLS["Pack3"]), 7: "3.555"})
        page.choose(numbers["Pack2"])
        broker.publish(pack(volts(8, 6.6)), "home/2")
        page.wait_for_cells(shown(volts(8, 6.6)))

    def test_the_alarms_of_each_member_are_listed_and_the_system_is_counted(self):
        broker, _page = self.start()
        pages = OtherPages(self.client, BANK)

        def wait_for(what, expected):
            wait_until(lambda: what() == expected, 30, lambda: f"{expected}, last seen {what()}")

        quiet = {"CellImbalance": 0}
        serial = pages.modules()["Pack3"]
        self.assertEqual(set(serial.values()), {0})
        wait_for(pages.modules, {"Pack1": quiet, "Pack2": quiet, "Pack3": serial})
        wait_for(pages.system, {"batteries": 3, "parallel": 3, "series": 1, "balancer": None})
        # At once: nobody has to look for it.
        broker.publish(pack(self.CELLS["Pack2"], Alarms={"CellImbalance": 1, "LowCellVoltage": 2}), "home/2")
        wait_for(pages.modules, {"Pack1": quiet, "Pack2": {"CellImbalance": 1, "LowCellVoltage": 2}, "Pack3": serial})
        self.serial.change(items={"/Alarms/HighTemperature": 2})
        wait_for(lambda: pages.modules()["Pack3"], {**serial, "HighTemperature": 2})
        wait_for(lambda: pages.system()["balancer"], 3)
        for path in [p for p in pages.valid() if p.startswith("/Diagnostics/") or p in pages.SYSTEM.values()]:
            self.assertEqual(self.client.set_value(path, dbus.Int32(1), BANK), NOT_WRITABLE, path)
        self.serial.kill()
        wait_for(lambda: sorted(pages.modules()), ["Pack1", "Pack2"])

    def test_one_that_leaves_while_it_is_chosen_leaves_nothing_behind(self):
        _broker, page = self.start()
        number = next(n for n, name in page.choices().items() if name == "Pack3")
        others = {n: name for n, name in page.choices().items() if n != number}
        self.assertEqual(page.choose(number), TAKEN)
        page.wait_for_cells(shown(self.CELLS["Pack3"]))
        self.serial.kill()
        page.wait_for_cells({})
        self.assertEqual((page.chosen, page.choices()), (number, {**others, number: None}))
        for field in ("Voltage", "Current", "Status", "Capacity"):
            self.assertIsNone(page.of_battery(field), field)
        self.assertEqual(page.choose(min(others)), TAKEN)
        page.wait_for_cells(shown(self.CELLS[others[min(others)]]))


class Shunts(ShuntCase):
    def test_the_alarms_of_ten_of_twelve_are_listed_and_nothing_is_said_of_their_batteries(self):
        shunts = [self.shunt(f"ttyS{i}", name=f"Shunt {i}", serial=f"HQ{i:02}", instance=200 + i) for i in range(12)]
        daemon = self.aggregate()
        self.becomes(items={"/System/NrOfModulesOnline": 12})
        pages = OtherPages(self.client, AGGREGATE)
        wait_until(lambda: len(pages.modules()) == 10, 30, lambda: f"ten modules, last seen {pages.modules()}")
        names = {f"Shunt {i}" for i in range(12)}
        self.assertLessEqual(pages.modules().keys(), names)
        self.assertTrue(all(alarms["LowVoltage"] == 0 for alarms in pages.modules().values()))
        self.assertIsNone(pages.system())
        listed = next(i for i in range(12) if f"Shunt {i}" in pages.modules())
        shunts[listed].change(items={"/Alarms/LowSoc": 2})
        wait_until(lambda: pages.modules()[f"Shunt {listed}"]["LowSoc"] == 2, 30, "the alarm")
        # One that has no number gets that of one that left.
        shunts[listed].kill()
        wait_until(lambda: len(pages.modules()) == 10 and f"Shunt {listed}" not in pages.modules(), 30,
                   lambda: f"another one in its place, last seen {pages.modules()}")
        daemon.write_config("[SMARTSHUNTS]\ndevice_mode = monitor\ncell_page = 0\n")
        daemon.reload()

        def has_come_back_without():
            try:
                return pages.modules() == {} and pages.valid()
            except dbus.DBusException:  # it is away for a moment
                return False

        wait_until(has_come_back_without, 30, "no pages")


if __name__ == "__main__":
    unittest.main()
