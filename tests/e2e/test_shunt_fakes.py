# SPDX-License-Identifier: MIT
"""The fake shunts themselves: what the aggregator's tests stand on (docs/venus-dbus.md, "SmartShunts")."""
import unittest

from harness.bus import INVALID, Item
from harness.shunts import PREFIX, UNREACHABLE, VREG, ShuntCase

LINK = "/Devices/0/VregLink"


class Fakes(ShuntCase):
    def register(self, shunt, number):
        reply = self.client.call(shunt.service, LINK, "GetVreg", number, signature="q", interface=VREG)
        self.assertEqual(reply.signature, "qay")
        return int(reply.args[0]), bytes(reply.args[1])

    def test_answers_like_a_shunt(self):
        shunt = self.shunt("ttyUSB0", instance=288, name="Bow")
        items = self.client.get_items(shunt.service)
        self.assertEqual(items["/Dc/0/Current"], Item("d", 23.866, "23.866"))
        self.assertEqual(items["/Dc/0/Power"], Item("i", 1277, "1277"))
        self.assertEqual(items["/ProductId"], Item("i", 0xA389, str(0xA389)))
        self.assertEqual(items["/CustomName"], Item("s", "Bow", "Bow"))
        self.assertEqual(items["/TimeToGo"], INVALID)
        self.assertEqual(self.client.get_value("/Soc", shunt.service), ("d", 54.8))
        self.assertEqual(self.client.get_text("/Soc", shunt.service), "54.8")
        tree = self.client.get_value("/Dc", shunt.service)[1]
        self.assertEqual(tree["0/Voltage"], 53.509)
        self.assertEqual(self.client.error_of(shunt.service, "/Nothing", "GetValue"),
                         "org.freedesktop.DBus.Error.UnknownObject")

    def test_answers_registers(self):
        shunt = self.shunt("ttyUSB0")
        self.assertEqual(self.register(shunt, 0x1000), (0, (290).to_bytes(2, "little")))
        self.assertEqual(self.register(shunt, 0x1008), (UNREACHABLE, b""))
        bare = self.shunt("ttyUSB1", vreg={})
        self.assertEqual(self.client.error_of(bare.service, LINK, "GetVreg", 0x1000, signature="q",
                                              interface=VREG),
                         "org.freedesktop.DBus.Error.UnknownMethod")

    def test_tells_changes_with_both_signals(self):
        shunt = self.shunt("ttyUSB0")
        mark = self.recorder.mark()
        shunt.change(current=1.5, voltage=50.0)
        shunt.change(with_properties=True, current=2.5)
        self.recorder.sync()
        batch, single = self.recorder.of(shunt.unique, mark)
        self.assertEqual((batch.member, batch.path, batch.signature), ("ItemsChanged", "/", "a{sa{sv}}"))
        self.assertEqual(batch.items["/Dc/0/Power"].value, 75.0)
        self.assertEqual((single.member, single.path), ("PropertiesChanged", "/Dc/0/Current"))
        self.assertEqual(single.items["/Dc/0/Current"], Item("d", 2.5, "2.5"))
        self.assertEqual(self.client.value("/Dc/0/Current", shunt.service), 2.5)

    def test_sends_nonsense_when_told(self):
        shunt = self.shunt("ttyUSB0")
        mark = self.recorder.mark()
        shunt.change(soc={"as": "as", "value": ["x"]}, items={"/Dc/0/Voltage": float("nan")})
        shunt.order(raw=[["/", "ItemsChanged", "s", ["hello"]], ["/Soc", "PropertiesChanged", "", []]])
        self.recorder.sync()
        seen = self.recorder.of(shunt.unique, mark)
        self.assertEqual([change.signature for change in seen], ["a{sa{sv}}", "s", ""])
        self.assertEqual(seen[0].items["/Soc"].signature, "as")

    def test_hangs_vanishes_and_comes_back(self):
        shunt = self.shunt("ttyUSB0", claim=False)
        self.assertIsNone(self.client.owner(shunt.service))
        shunt.claim()
        self.assertEqual(self.client.owner(PREFIX + "ttyUSB0"), shunt.unique)
        shunt.hang("GetItems")
        self.assertEqual(self.client.error_of(shunt.service, "/", "GetItems", timeout=0.3),
                         "org.freedesktop.DBus.Error.NoReply")
        self.assertEqual(self.client.value("/Soc", shunt.service), 54.8)
        first = shunt.unique
        shunt.kill()
        self.client.wait_for_no_name(shunt.service)
        shunt.come_back(soc=12.0)
        self.assertNotEqual(shunt.unique, first)
        self.assertEqual(self.client.value("/Soc", shunt.service), 12.0)


if __name__ == "__main__":
    unittest.main()
