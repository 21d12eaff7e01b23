# SPDX-License-Identifier: MIT
"""Every payload users publish arrives on the bus with the right value, type, sign and text."""
import json
import unittest

from harness import paths
from harness.bus import INVALID, SERVICE
from harness.case import MINIMUM, Case, payload, read_payload

# What is derived from each file, beside what the file itself says.
FILES = {
    "payload-seed-minimum.json": {"/Dc/0/Current": 321.6 / 52.7},
    "payload-seed-with-limits.json": {"/Dc/0/Current": 321.6 / 52.7},
    "payload-seed-full.json": {"/Voltages/Sum": sum(3.200 + n / 1000 for n in range(1, 25)),
                               "/Voltages/Diff": 0.023},
    "payload-user-5-modules.json": {},
    "payload-flat-paths.json": {"/ConsumedAmphours": -55.0},
    "payload-serialbattery-jsondata.json": {},
    "payload-esphome-bms-to-inverter.json": {},
    "payload-homeassistant-template.json": {"/Dc/0/Current": 321.6 / 52.7},
    "payload-jbd-victron-bridge.json": {},
    "payload-shelly-uni.json": {"/Dc/0/Current": 0.178 / 12.7},
}
# {payload}: {path: value}, None meaning invalid.
DERIVED = [
    ("power and voltage give the current", MINIMUM, {"/Dc/0/Current": 321.6 / 52.7}),
    ("voltage and current give the power",
     {"Dc": {"Voltage": 50.0, "Current": -4.2}, "Soc": 50}, {"/Dc/0/Power": -210.0}),
    ("power and current give the voltage",
     {"Dc": {"Power": 500.0, "Current": 10.0}, "Soc": 50}, {"/Dc/0/Voltage": 50.0}),
    ("a power of null is derived like one that is missing",
     {"Dc": {"Power": None, "Voltage": 50.0, "Current": 2.0}, "Soc": 50}, {"/Dc/0/Power": 100.0}),
    ("a power of null without a current is just not known",
     {"Dc": {"Power": None, "Voltage": 50.0}, "Soc": 50},
     {"/Dc/0/Power": None, "/Dc/0/Voltage": 50.0, "/Soc": 50.0}),
    ("a power of garbage costs itself only",
     {"Dc": {"Power": "x", "Voltage": 50.0, "Current": 2.0}, "Soc": 50},
     {"/Dc/0/Power": None, "/Dc/0/Voltage": 50.0, "/Dc/0/Current": 2.0}),
    ("a given current stands although P/U differs",
     {"Dc": {"0": {"Power": 100.0, "Voltage": 50.0, "Current": 3.0}}, "Soc": 50},
     {"/Dc/0/Current": 3.0, "/Dc/0/Power": 100.0}),
    ("installed capacity and SoC give both capacities and the time to the floor",
     {"Dc": {"Power": -250.0, "Voltage": 50.0}, "Soc": 60, "InstalledCapacity": 200},
     {"/Capacity": 120.0, "/ConsumedAmphours": -80.0, "/TimeToGo": 72000}),
    ("consumed Ah of any sign give the remaining capacity",
     payload(InstalledCapacity=200, ConsumedAmphours=74.5),
     {"/Capacity": 125.5, "/ConsumedAmphours": -74.5}),
    ("negative consumed Ah too", payload(InstalledCapacity=200, ConsumedAmphours=-74.5),
     {"/Capacity": 125.5, "/ConsumedAmphours": -74.5}),
    ("remaining capacity gives the consumed Ah", payload(InstalledCapacity=200, Capacity=125.5),
     {"/ConsumedAmphours": -74.5}),
    ("without capacity the time to go is unknown", MINIMUM,
     {"/TimeToGo": None, "/Capacity": None, "/ConsumedAmphours": None}),
    ("at the floor nothing is left",
     {"Dc": {"Power": -250.0, "Voltage": 50.0}, "Soc": 9, "InstalledCapacity": 200}, {"/TimeToGo": 0}),
    ("charging counts to full",
     {"Dc": {"Power": 500.0, "Voltage": 50.0}, "Soc": 50, "InstalledCapacity": 200},
     {"/TimeToGo": 36000}),
    ("no current is the cap",
     {"Dc": {"Power": 0.0, "Voltage": 50.0}, "Soc": 50, "InstalledCapacity": 200},
     {"/TimeToGo": 864000}),
    ("a trickle is capped",
     {"Dc": {"Voltage": 50.0, "Current": -0.1}, "Soc": 90, "InstalledCapacity": 2000},
     {"/TimeToGo": 864000}),
    ("a given time to go wins", payload(InstalledCapacity=200, TimeToGo=4711), {"/TimeToGo": 4711}),
    ("cell figures come from numeric cells only",
     payload(Voltages={"Cell1": 3.30, "Cell2": None, "Cell3": 3.20, "Cell4": 3.35, "Cell5": "",
                       "Sum": 13.2, "Diff": 0.2}),
     {"/System/MinCellVoltage": 3.20, "/System/MaxCellVoltage": 3.35, "/Voltages/Cell2": None,
      "/System/MinVoltageCellId": "C3", "/System/MaxVoltageCellId": "C4",
      "/Voltages/Sum": 13.2, "/Voltages/Diff": 0.2}),
    ("cells and modules are counted, and what is not allowed blocks them",
     payload(Voltages={"Cell1": 3.30, "Cell2": 3.20}, Io={"AllowToCharge": 0}),
     {"/System/NrOfCellsPerBattery": 2, "/System/NrOfModulesOnline": 1, "/System/NrOfModulesOffline": 0,
      "/System/NrOfModulesBlockingCharge": 1, "/System/NrOfModulesBlockingDischarge": 0}),
    ("sum and difference of the cells",
     payload(Voltages={"Cell1": 3.30, "Cell2": 3.20, "Cell3": 3.35}),
     {"/Voltages/Sum": 9.85, "/Voltages/Diff": 0.15}),
]
# What publishers write for a value, and what it is: keys beside the minimum, items.
WRITTEN = [
    ({"Soc": 100.36, "SocBms": "104.9 %"}, {"/Soc": 100.0, "/SocBms": 100.0}),
    ({"Soc": -0.4}, {"/Soc": 0.0}),
    ({"Soh": "98 %", "CurrentAvg": "-4.3A", "Info": {"MaxChargeCellVoltage": "3550 mV"}},
     {"/Soh": 98.0, "/CurrentAvg": -4.3, "/Info/MaxChargeCellVoltage": 3.55}),
    ({"Soh": "Unavailable", "CurrentAvg": "unknown", "Info": {"ChargeMode": "none"}},
     {"/Soh": None, "/CurrentAvg": None, "/Info/ChargeMode": None}),
    ({"Balancing": "on", "Io": {"AllowToCharge": "Yes", "AllowToDischarge": "off"}},
     {"/Balancing": 1, "/Io/AllowToCharge": 1, "/Io/AllowToDischarge": 0}),
    ({"Alarms": {"HighVoltage": True, "LowVoltage": "on", "LowSoc": False}},
     {"/Alarms/HighVoltage": 2, "/Alarms/LowVoltage": 2, "/Alarms/LowSoc": 0}),
    ({"Voltages": {"Cell01": 3.301, "Cell02": "3.299 V"}}, {"/Voltages/Cell1": 3.301, "/Voltages/Cell2": 3.299}),
    ({"Voltages": [3.311, 3.312, None, 3.314], "Balances": [0, 1, "off"]},
     {"/Voltages/Cell1": 3.311, "/Voltages/Cell3": None, "/Voltages/Cell4": 3.314,
      "/Balances/Cell2": 1, "/Balances/Cell3": 0}),
    ({"Cell": {"1": {"Volts": 3.321}, "2": {"Volts": 3.322}, "Sum": 6.65, "Diff": 0.002}},
     {"/Voltages/Cell1": 3.321, "/Voltages/Cell2": 3.322, "/Voltages/Sum": 6.65,
      "/Voltages/Diff": 0.002}),
    ({"ErrorCode": 13, "Mode": 3, "DeviceState": 9, "CapacityBms": 101.5, "ConsumedAmphoursBms": 12.5,
      "History": {"AutomaticSyncs": 4}},
     {"/ErrorCode": 13, "/Mode": 3, "/DeviceState": 9, "/CapacityBms": 101.5,
      "/ConsumedAmphoursBms": -12.5, "/History/AutomaticSyncs": 4}),
]
# Other forms of the same data.
FORMS = {
    "plain": MINIMUM,
    "value as text": {"value": json.dumps(MINIMUM)},
    "value as object": {"value": MINIMUM},
    "nested Dc": {"Dc": {"0": MINIMUM["Dc"]}, "Soc": 63},
    "flat": {"Dc/0/Power": 321.6, "Dc/0/Voltage": 52.7, "Soc": 63},
    "flat with slashes": {"/Dc/0/Power": 321.6, "/Dc/0/Voltage": 52.7, "/Soc": 63},
    "lower case": {"dc": {"power": 321.6, "voltage": 52.7}, "soc": 63},
    "numbers as text": {"Dc": {"Power": "321.6", "Voltage": "52.7"}, "Soc": "63"},
    "units behind the numbers": {"Dc": {"Power": "0.3216 kW", "Voltage": "52.7 V"}, "Soc": "63 %"},
}


def given(text):
    data = json.loads(text)
    data = json.loads(data["value"]) if isinstance(data.get("value"), str) else data
    found = paths.leaves(data)
    return {path: value for path, value in found.items() if paths.row(path)}


class Payloads(Case):
    def setUp(self):
        super().setUp()
        self.start_broker()

    def check(self, items, wanted):
        problems = []
        for path, value in wanted.items():
            problem = paths.mismatch(path, items.get(path), paths.expected(path, value))
            if problem:
                problems.append(problem)
        self.assertFalse(problems, "\n".join(problems))

    def show(self, message):
        """Items after a fresh daemon got this one message."""
        daemon = self.run_battery(message, broker=self.broker)
        items = self.client.get_items()
        daemon.stop()
        self.client.wait_for_no_name()
        self.broker.kill()
        self.broker.start()
        return items

    def test_every_file_arrives_with_value_type_sign_and_text(self):
        for name, derived in FILES.items():
            with self.subTest(name):
                text = read_payload(name)
                values = given(text)
                items = self.show(text)
                # A null is either unknown or derived from the rest; nobody has to rely on which.
                self.check(items, {p: v for p, v in values.items() if v not in (None, "")} | derived)
                self.assertEqual(paths.LIMITS & items.keys(), paths.LIMITS & values.keys())

    def test_serialbattery_keeps_its_own_current_and_unknown_values(self):
        items = self.show(read_payload("payload-serialbattery-jsondata.json"))
        self.assertEqual(items["/Dc/0/Current"].value, 3.61)
        self.assertEqual(items["/TimeToSoC/100"][:2], ("s", "68040"))
        for path in ("/Soh", "/Dc/0/MidVoltage", "/System/MOSTemperature", "/Alarms/FuseBlown",
                     "/History/MinimumVoltage", "/Info/HeatingPower", "/TimeToSoC/80",
                     "/ConnectionInformation"):
            self.assertEqual(items[path], INVALID, path)
        self.assertNotIn("SerialBattery", items["/CustomName"].value)
        self.assertEqual(items["/ProductId"].value, 0xFFFF)

    def test_every_seed_path_exists_whatever_the_payload_holds_but_no_limit(self):
        items = self.show(MINIMUM)
        self.assertEqual(sorted(paths.ROWS.keys() - paths.LIMITS - items.keys()), [])
        self.assertEqual(sorted(paths.LIMITS & items.keys()), [])
        for path in paths.ROWS.keys() - paths.LIMITS:
            signature = items[path].signature
            self.assertIn(signature, ["ai", *paths.row(path)[0].split("/")], path)
            self.assertEqual(signature == "ai", items[path].text == "---", path)

    def test_derives_what_the_payload_lacks(self):
        for what, message, wanted in DERIVED:
            with self.subTest(what):
                self.check(self.show(message), wanted)

    def test_reads_every_form_of_the_same_data(self):
        for what, message in FORMS.items():
            with self.subTest(what):
                self.check(self.show(message), {"/Dc/0/Power": 321.6, "/Dc/0/Voltage": 52.7,
                                                "/Soc": 63.0, "/Dc/0/Current": 321.6 / 52.7})

    def test_what_publishers_write_for_a_value_is_understood(self):
        """Units, words, SoC of 100.36, Cell01, lists of cells, what only dbus-serialbattery sends."""
        self.run_battery(broker=self.broker)
        for message, wanted in WRITTEN:
            with self.subTest(message):
                self.publish_and_wait(payload(**message))
                self.check(self.client.get_items(), wanted)
        self.assertEqual(self.daemon.complaints(0), [])

    def test_a_bare_nan_or_inf_costs_its_field_and_not_the_message(self):
        self.run_battery(payload(Soh=97, Voltages={"Cell1": 3.3}), broker=self.broker)
        for number, word in enumerate(("nan", "NaN", "-nan", "inf", "-Infinity", "unavailable", "None")):
            with self.subTest(word):
                self.publish_and_wait('{"Soc":%d,"Dc":{"Power":1,"Voltage":52},"Soh":%s,'
                                      '"Voltages":[%s]}' % (10 + number, word, word))
                self.check(self.client.get_items(), {"/Soc": 10.0 + number, "/Soh": None,
                                                     "/Voltages/Cell1": None})

    def test_types_are_stable_whatever_number_type_arrives(self):
        self.run_battery(payload(Alarms={"LowVoltage": 0}, System={"NrOfModulesOnline": 4}),
                         broker=self.broker)
        tries = [{"Dc": {"Power": 100, "Voltage": 50}, "Soc": 50, "Balancing": True,
                  "System": {"NrOfModulesOnline": 3.0}},
                 {"Dc": {"Power": 100.5, "Voltage": 50.5}, "Soc": 50.5, "Balancing": False,
                  "System": {"NrOfModulesOnline": "2"}}]
        for message in tries:
            self.publish_and_wait(message)
            items = self.client.get_items()
            self.check(items, {"/Dc/0/Power": message["Dc"]["Power"], "/Soc": message["Soc"],
                               "/Dc/0/Voltage": message["Dc"]["Voltage"],
                               "/Balancing": message["Balancing"],
                               "/System/NrOfModulesOnline": int(message["System"]["NrOfModulesOnline"])})

    def test_cells_beyond_24_appear_on_sight(self):
        self.run_battery(broker=self.broker)
        self.assertNotIn("/Voltages/Cell30", self.client.get_items())
        mark = self.recorder.mark()
        cells = {"Cell30": 3.301, "Cell128": 3.302, "Cell129": 3.303}
        self.publish_and_wait(payload(Voltages=cells, Balances={"Cell30": 1}))
        items = self.client.get_items()
        self.check(items, {"/Voltages/Cell30": 3.301, "/Voltages/Cell128": 3.302,
                           "/Balances/Cell30": 1, "/System/MinVoltageCellId": "C30"})
        self.assertNotIn("/Voltages/Cell129", items)
        self.recorder.wait_for("/Voltages/Cell30", since=mark)
        self.assertEqual(self.client.get_value("/Voltages/Cell30"), ("d", 3.301))

    def test_limits_appear_once_a_payload_has_carried_them_and_not_before(self):
        self.run_battery(broker=self.broker)
        for path in paths.LIMITS:
            self.assertEqual(self.client.error_of(SERVICE, path, "GetValue"),
                             "org.freedesktop.DBus.Error.UnknownObject", path)
        mark = self.recorder.mark()
        self.publish_and_wait(payload(Info={"MaxChargeCurrent": 80}))
        items = self.client.get_items()
        self.check(items, {"/Info/MaxChargeCurrent": 80.0})
        self.assertEqual(paths.LIMITS & items.keys(), {"/Info/MaxChargeCurrent"})
        self.recorder.wait_for("/Info/MaxChargeCurrent", since=mark)
        self.assertFalse([c for c in self.recorder.changes
                          if {"/Info/MaxChargeVoltage", "/Info/MaxDischargeCurrent"} & c.items.keys()
                          and c.sender == self.client.owner(SERVICE)])

    def test_a_null_makes_a_value_invalid(self):
        self.run_battery({"Dc": {"Power": 100, "Voltage": 50, "Temperature": 21.5}, "Soc": 50},
                         broker=self.broker)
        self.assertEqual(self.client.value("/Dc/0/Temperature"), 21.5)
        for nothing in (None, ""):
            self.publish_and_wait({"Dc": {"Power": 100, "Voltage": 50, "Temperature": 21.5}, "Soc": 50})
            self.client.wait_for_value("/Dc/0/Temperature", 21.5)
            self.publish_and_wait({"Dc": {"Power": 100, "Voltage": 50, "Temperature": nothing},
                                   "Soc": 50})
            self.client.wait_for_value("/Dc/0/Temperature", None)
            self.assertEqual(self.client.get_value("/Dc/0/Temperature"), ("ai", None))

    def test_missing_fields_keep_their_value(self):
        self.run_battery(payload(Soh=97), broker=self.broker)
        self.publish_and_wait(payload(Soc=62))
        self.client.wait_for_value("/Soc", 62.0)
        self.assertEqual(self.client.value("/Soh"), 97.0)

    def test_a_message_is_applied_whole_or_not_at_all(self):
        self.run_battery(broker=self.broker)
        before = self.client.value("/UpdateIndex")
        self.broker.publish({"Dc": {"Power": 1.0}, "Soc": 12})  # lacks one of the minimum
        self.publish_and_wait(payload(Soc=61))
        self.client.wait_for_value("/Soc", 61.0)
        self.assertEqual(self.client.value("/UpdateIndex"), before + 1)
        self.recorder.sync()
        self.assertFalse([c for c in self.recorder.carrying("/Soc", self.client.owner(SERVICE))
                          if c.items["/Soc"].value == 12])

    def test_time_to_go_follows_the_configuration(self):
        discharge = {"Dc": {"Power": -250.0, "Voltage": 50.0}, "Soc": 60, "InstalledCapacity": 200}
        charge = {"Dc": {"Power": 250.0, "Voltage": 50.0}, "Soc": 60, "InstalledCapacity": 200}
        tries = [({"soc": 20}, discharge, 57600), ({"enabled": 0}, discharge, None),
                 ({"while_charging": "none"}, charge, None), ({"while_charging": "full"}, charge, 57600)]
        for options, message, wanted in tries:
            with self.subTest(options):
                daemon = self.run_battery(message, broker=self.broker, TIME_TO_GO=options)
                self.assertEqual(self.client.value("/TimeToGo"), wanted)
                daemon.stop()
                self.client.wait_for_no_name()
                self.broker.kill()
                self.broker.start()

    def test_time_to_go_is_recalculated_seldom_but_at_once_when_the_sign_changes(self):
        def battery(current):
            return {"Dc": {"Voltage": 50.0, "Current": current}, "Soc": 60, "InstalledCapacity": 200}
        self.run_battery(battery(-5.0), broker=self.broker)
        for current, seconds in ((-5.0, 72000), (-10.0, 72000), (10.0, 28800), (20.0, 28800), (-20.0, 18000)):
            with self.subTest(current):
                self.publish_and_wait(battery(current))
                self.client.wait_for_value("/Dc/0/Current", current)
                self.assertEqual(self.client.value("/TimeToGo"), seconds)


if __name__ == "__main__":
    unittest.main()
