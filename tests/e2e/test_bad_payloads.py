# SPDX-License-Identifier: MIT
"""Whatever is published: the daemon stays up, says once what is wrong, and takes the next message."""
import json
import unittest

from harness.bus import SERVICE
from harness.case import MINIMUM, Case, payload
from harness.waiting import slowness

DEEP = '{"a":' * 100000 + "1" + "}" * 100000
DEEP_ARRAY = "[" * 100000 + "]" * 100000
GOOD = json.dumps(MINIMUM)

# What costs the whole message: (name, payload, what the one complaint must mention).
WHOLE = [
    ("empty object", "{}", "(?i)soc"),
    ("null", "null", r"(?i)object|\{"),
    ("a bare number", "42.5", r"\{.*"),
    ("a bare string", '"hello"', r"(?i)object|\{"),
    ("an array", "[1,2,3]", r"(?i)object|\{"),
    ("truncated", GOOD[:-7], "(?i)json"),
    ("not JSON at all", "Soc=63", "(?i)json"),
    ("two objects", GOOD + GOOD, "(?i)json"),
    ("deep objects", DEEP, "."),
    ("deep arrays", DEEP_ARRAY, "."),
    ("deep inside value", json.dumps({"value": DEEP}), "."),
    ("1 MiB of valid JSON", GOOD[:-1] + ', "Pad": "' + "x" * (1 << 20) + '"}', "(?i)large|size|Ki?B|bytes"),
    ("1 MiB of zeros", b"\0" * (1 << 20), "(?i)large|size|Ki?B|bytes"),
    ("invalid UTF-8",
     b'{"Soc": 63, "Dc": {"Power": 1, "Voltage": 2}, "Info": {"ChargeMode": "\xff\xfe"}}', "."),
    ("binary", bytes(range(256)), "(?i)json"),
    ("no SoC", json.dumps({"Dc": MINIMUM["Dc"]}), "(?i)soc"),
    ("only one of the three", json.dumps({"Dc": {"Power": 50}, "Soc": 50}), "Dc/0/Voltage.*it has Dc/0/Power"),
    ("value text is not JSON", json.dumps({"value": "hello"}), "(?i)json"),
    ("value is a number", json.dumps({"value": 52.1}), r"(?i)object|\{"),
    ("Dc is a number", json.dumps({"Dc": 5, "Soc": 50}), "(?i)dc|power|voltage"),
]
# What costs one field: (JSON text of the field's value, what the complaint mentions).
FIELDS = ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", '"warm"', "true", "[21]", '{"a":1}',
          "1e300", "99999999999999999999999999"]


class BadPayloads(Case):
    def setUp(self):
        super().setUp()
        self.start()

    def start(self):
        self.run_battery({"Dc": {"Power": 100, "Voltage": 50, "Temperature": 20}, "Soc": 90})

    def stop(self):
        self.daemon.stop()
        self.client.wait_for_no_name()
        self.broker.stop()

    def test_what_costs_the_message_is_reported_once_and_changes_nothing(self):
        for name, bad, mention in WHOLE:
            with self.subTest(name):
                before = self.client.get_items()
                mark, log = self.recorder.mark(), self.daemon.mark()
                for _ in range(3):
                    self.broker.publish(bad)
                line = self.daemon.wait_for_log("^(WARNING|ERROR)", since=log, timeout=10 * slowness())
                self.assertRegex(line.text, mention)
                self.assertLess(len(line.text), 1000, "a log line, not the payload")
                self.assertTrue(line.text.isprintable(), repr(line.text))
                self.assertEqual(self.client.get_items(), before)
                self.assertEqual(self.changes_since(mark), [])
                self.publish_and_wait(payload(Soc=44))
                self.client.wait_for_value("/Soc", 44.0)
                self.assertEqual(len(self.daemon.complaints(log)), 1, self.daemon.complaints(log))
                self.assertTrue(self.daemon.running())
            self.stop()
            self.start()

    def test_what_costs_a_field_costs_only_that_field(self):
        soc = 80.0
        for bad in FIELDS:
            with self.subTest(bad):
                soc -= 1
                self.publish_and_wait(payload(Dc={"Power": 100, "Voltage": 50, "Temperature": 20.5}))
                self.client.wait_for_value("/Dc/0/Temperature", 20.5)
                text = ('{"Dc":{"Power":100,"Voltage":50,"Temperature":%s},"Soc":%s}' % (bad, soc))
                self.publish_and_wait(text)
                self.client.wait_for_value("/Soc", soc)
                self.assertIn(self.client.get_value("/Dc/0/Temperature"),
                              [("ai", None), ("d", 20.5)], "neither invalid nor kept")
        warned = self.daemon.matching(r"^(WARNING|ERROR).*Temperature")
        self.assertEqual(len(warned), 1, "warned once per field")

    def test_a_nan_as_python_writes_it_in_a_cell_and_in_a_derived_input(self):
        mark = self.recorder.mark()
        text = json.dumps({"Dc": {"Power": 100.0, "Voltage": 50.0, "Current": float("nan")},
                           "Soc": 44, "Voltages": {"Cell1": float("nan"), "Cell2": 3.3, "Cell3": 3.4}})
        self.assertIn("NaN", text)
        self.publish_and_wait(text)
        self.client.wait_for_value("/Soc", 44.0)
        self.assertEqual(self.client.value("/System/MinCellVoltage"), 3.3)
        self.assertEqual(self.client.get_value("/Voltages/Cell1"), ("ai", None))
        for change in self.changes_since(mark):
            for path, item in change.items.items():
                self.assertEqual(item.value, item.value, f"{path} is NaN")

    def test_nan_for_the_minimum_costs_the_message(self):
        log = self.daemon.mark()
        self.broker.publish('{"Dc":{"Power":NaN,"Voltage":50},"Soc":12}')
        self.broker.publish('{"Dc":{"Power":10,"Voltage":50},"Soc":NaN}')
        self.publish_and_wait(payload(Soc=33))
        self.client.wait_for_value("/Soc", 33.0)
        self.assertGreaterEqual(len(self.daemon.complaints(log)), 1)

    def test_values_out_of_range_or_of_the_wrong_kind_cost_the_field_only(self):
        tries = [("Balancing", 77), ("Soh", -5), ("Alarms/HighVoltage", 7), ("Alarms/LowSoc", 1.5),
                 ("History/ChargeCycles", 3000000000), ("History/ChargeCycles", -1e18),
                 ("Voltages/Cell3", -4000), ("Info/MaxChargeCurrent", 1e12), ("Dc/0/Voltage", 1e9),
                 ("Alarms/LowVoltage", "none"), ("System/NrOfModulesOnline", [1]),
                 ("Io/AllowToCharge", {"x": 1}), ("Voltages/Cell0", 3.3)]
        power_and_current = {"Dc": {"Power": 100, "Current": 2}}
        for number, (key, bad) in enumerate(tries):
            with self.subTest(f"{key} = {bad}"):
                self.publish_and_wait({**payload(**power_and_current), "Soc": 10 + number, key: bad})
                self.client.wait_for_value("/Soc", 10.0 + number)
                item = self.client.get_items().get("/" + key)
                if key == "Voltages/Cell0":
                    self.assertIsNone(item, "cells count from 1")
                elif key == "Dc/0/Voltage":
                    self.assertIsNone(item.value, "nothing takes the place of a value that was refused")
                elif item:  # a limit is not even created
                    self.assertIn(item.signature, ("ai", "i", "d"))
                    self.assertNotEqual(item.value, bad)
                    self.assertIn(item.value, (None, 0, 1), "neither invalid nor the initial value")

    def test_a_voltage_in_hundredths_is_not_replaced_by_power_divided_by_current(self):
        """5223 "V" used to become 0.6 V = P/I; and an old current was mixed with a new power."""
        mark, log = self.recorder.mark(), self.daemon.mark()
        self.publish_and_wait({"Soc": 50, "Dc": {"Voltage": 52.2, "Current": 2.0, "Power": 104.4}})
        self.broker.publish({"Soc": 51, "Dc": {"Voltage": 5223, "Current": -94, "Power": -60}})
        self.broker.publish({"Soc": 52, "Dc": {"Voltage": "x", "Power": -4900}})
        self.publish_and_wait({"Soc": 53, "Dc": {"Voltage": "y", "Power": -4900}})
        self.client.wait_for_value("/Soc", 53.0)
        self.assertEqual(self.client.get_value("/Dc/0/Voltage"), ("ai", None))
        self.publish_and_wait({"Soc": 54, "Dc": {"Voltage": 52.2, "Power": 104.4}})
        self.client.wait_for_value("/Soc", 54.0)
        self.recorder.sync()
        shown = [c.items["/Dc/0/Voltage"].value
                 for c in self.recorder.carrying("/Dc/0/Voltage", since=mark)]
        self.assertFalse([v for v in shown if v is not None and not 50 <= v < 53], shown)
        self.assertEqual(len(self.daemon.matching("^WARNING.*Voltage 5223 .*hundredths of a volt", log)), 1)

    def test_a_soc_out_of_range_costs_the_message_as_it_is_part_of_the_minimum(self):
        log = self.daemon.mark()
        self.broker.publish(payload(Soc=4000))
        self.daemon.wait_for_log("(?i)^(WARNING|ERROR).*soc", since=log)
        self.publish_and_wait(payload(Soc=35))
        self.client.wait_for_value("/Soc", 35.0)
        self.recorder.sync()
        self.assertFalse([c for c in self.recorder.carrying("/Soc") if (c.items["/Soc"].value or 0) > 100])

    def test_the_payload_limit_is_256_kib(self):
        frame = len(json.dumps(payload(Soc=71, Pad="")))
        fits = 256 * 1024 - frame
        self.publish_and_wait(payload(Soc=71, Pad="x" * fits))
        self.client.wait_for_value("/Soc", 71.0)
        log = self.daemon.mark()
        self.broker.publish(payload(Soc=72, Pad="x" * (fits + 1)))
        self.daemon.wait_for_log("^WARNING", since=log)
        self.assertEqual(self.client.value("/Soc"), 71.0)

    def test_a_valid_message_with_a_deep_unknown_key_does_no_harm(self):
        self.broker.publish(json.dumps(payload(Soc=73))[:-1] + ', "Deep": %s}' % DEEP)
        self.broker.publish(json.dumps(payload(Soc=74))[:-1] + ', "Deep": %s}' % DEEP_ARRAY)
        self.publish_and_wait(payload(Soc=75))
        self.client.wait_for_value("/Soc", 75.0)

    def test_text_from_outside_stays_text(self):
        hostile = "a\nERROR forged line\x1b[31m\u202e"
        log = self.daemon.mark()
        self.publish_and_wait(payload(Info={"ChargeMode": hostile}, **{hostile: 1}))
        self.publish_and_wait(payload(Soc=31))
        self.assertEqual(self.daemon.matching(r"^ERROR forged", log), [])
        self.assertFalse([line for line in self.daemon.lines[log:] if "\x1b" in line.text])
        self.assertEqual(self.client.get_value("/Info/ChargeMode")[0], "s")

    def test_a_string_with_a_zero_byte_or_a_lone_surrogate_does_not_hurt(self):
        for text in ('"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"'):
            with self.subTest(text):
                self.broker.publish('{"Dc":{"Power":100,"Voltage":50},"Soc":50,'
                                    '"Info":{"ChargeMode":%s}}' % text)
                self.publish_and_wait(payload(Soc=32))
                self.client.get_items()
                self.assertIn(self.client.get_value("/Info/ChargeMode")[0], ("s", "ai"))

    def test_unknown_keys_are_said_once_and_ignored_ones_never(self):
        log = self.daemon.mark()
        message = payload(Frobnicate=1, Mgmt={"Connection": "x"}, FirmwareVersion="9", ErrorCode=0,
                          ProductId=1, Serial="z", History={"Clear": 0, "CanBeCleared": 1})
        for soc in (40, 41, 42):
            self.publish_and_wait({**message, "Soc": soc})
        self.assertEqual(len(self.daemon.matching("^INFO.*Frobnicate", log)), 1, self.daemon.output())
        self.assertEqual(self.daemon.complaints(log), [])
        for word in ("Mgmt", "FirmwareVersion", "ErrorCode", "ProductId", "Serial", "CanBeCleared"):
            self.assertEqual(self.daemon.matching(word, log), [], word)
        self.assertEqual(self.client.value("/ProductId"), 0xFFFF)

    def test_a_thousand_different_keys_do_not_flood_the_service(self):
        items = len(self.client.get_items())
        self.publish_and_wait(payload(**{f"Key{n}": n for n in range(1000)}))
        self.assertEqual(len(self.client.get_items()), items)
        log = self.daemon.mark()  # and what matters is still said
        self.broker.publish("not json")
        self.daemon.wait_for_log("^(WARNING|ERROR)", since=log, timeout=5 * slowness())

    def test_a_zero_length_payload_before_any_message_does_no_harm(self):
        self.broker.publish(b"", "home/battery")
        self.assertTrue(self.daemon.running())
        self.publish_and_wait(payload(Soc=55))
        self.client.wait_for_value("/Soc", 55.0)
        self.assertIsNotNone(self.client.owner(SERVICE))


if __name__ == "__main__":
    unittest.main()
