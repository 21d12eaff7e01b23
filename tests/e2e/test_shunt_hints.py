# SPDX-License-Identifier: MIT
"""What a person should look at in a bank of shunts: told by `--status`, and in the log once."""
import unittest

from harness.status import StatusCase



class Hints(StatusCase):
    def hints(self):
        report = self.as_json()
        told = " ".join(a["what"] for a in report["advice"] if not a["problem"])
        return {hint["kind"]: hint for hint in report["processes"][0]["aggregate"]["hints"]}, told

    def test_members_that_differ_and_what_is_not_counted(self):
        self.shunt("ttyS5", name="Bow", voltage=52.0, current=-10.0, soc=80.0,
                   vreg={"0x1000": 100, "0x1001": 552}, items={"/TimeToGo": 28800})
        self.shunt("ttyS6", name="Stern", voltage=52.0, current=-20.0, soc=50.0,
                   vreg={"0x1000": 100, "0x1001": 564}, items={"/TimeToGo": 9000})
        late = self.shunt("ttyS7", name="Keel", capacity=100, voltage=52.0, current=-5.0, soc=None)
        self.shunt("ttyO1", product_id=0xA381, product="BMV-712 Smart", name="Shore")
        daemon = self.aggregate({"total_capacity": 400})
        self.becomes(current=-35.0)
        found, told = self.hints()
        self.assertEqual(set(found), {"soc_differs", "time_to_go_differs", "charged_voltage_differs",
                                      "capacity_differs", "not_synchronised", "monitor_not_counted"})
        self.assertIn("the times to go differ: Bow 8 h, Stern 2 h 30 min", told)
        self.assertIn("charged voltages differ: Stern 56.4 V, Bow 55.2 V", told)
        self.assertEqual((found["soc_differs"]["who"], found["soc_differs"]["other"]), ("Bow", "Stern"))
        self.assertEqual((found["capacity_differs"]["value"], found["capacity_differs"]["other_value"]),
                         (400, 300))
        self.assertEqual(found["not_synchronised"]["who"], "Keel")
        self.assertIn("Shore is a battery monitor and not counted", told)
        daemon.wait_for_log("^INFO .*the states of charge differ: Bow 80 %, Stern 50 %")
        daemon.wait_for_log("^INFO .*Keel knows no state of charge")
        late.change(soc=79.0)
        self.becomes(soc=(80 + 50 + 79) / 3)
        found, _ = self.hints()
        self.assertNotIn("not_synchronised", found)
        for words in ("the states of charge differ", "total_capacity is 400 Ah"):
            self.assertEqual(len(daemon.matching(words)), 1, daemon.output())
        self.assertEqual([line.text for line in daemon.complaints()
                          if "charged voltage" not in line.text], [])

    def test_a_bank_as_it_should_be_has_none(self):
        for number in (5, 6):
            self.shunt(f"ttyS{number}", capacity=100, current=-10.0, soc=60.0)
        self.aggregate()
        self.becomes(current=-20.0)
        self.assertEqual(self.hints()[0], {})


if __name__ == "__main__":
    unittest.main()
