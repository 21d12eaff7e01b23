# SPDX-License-Identifier: MIT
"""The interface of every service on the wire (docs/venus-dbus.md, "BusItem", "Writing", "Values and texts")."""
import re
import socket
import unittest
import xml.etree.ElementTree as ElementTree

import dbus

from harness.bus import BUS_ITEM, INVALID, SERVICE, plain, signature_of
from harness.case import LIMITS, Case, payload
from harness.daemon import binary, config_for
from harness.process import Process, run

UNKNOWN_OBJECT = "org.freedesktop.DBus.Error.UnknownObject"
UNKNOWN_METHOD = "org.freedesktop.DBus.Error.UnknownMethod"
INTROSPECTABLE = "org.freedesktop.DBus.Introspectable"


class BusItems(Case):
    """One daemon with one message serves all tests that only read."""

    def setUp(self):
        super().setUp()
        self.run_battery(LIMITS)

    def tree(self, path, member):
        """GetValue or GetText of a tree node as {relative path: dbus value}."""
        reply = self.client.call(SERVICE, path, member)
        self.assertEqual(reply.signature, "v")
        return signature_of(reply.args[0]), reply.args[0]

    def test_get_items_holds_every_leaf_with_a_leading_slash_value_and_text(self):
        items = self.client.get_items()  # checks the signature
        self.assertGreater(len(items), 100)
        self.assertFalse([path for path in items if not path.startswith("/") or path.endswith("/")])
        for path, item in items.items():
            self.assertIn(item.signature, ("ai", "d", "i", "s"), path)
            self.assertEqual(item.signature == "ai", item.text == "---", path)

    def test_tree_nodes_answer_relative_paths(self):
        items = self.client.get_items()
        for node in ("/", "/Dc", "/Dc/0", "/Info", "/Mgmt"):
            prefix = node.rstrip("/") + "/"
            below = {path[len(prefix):]: item for path, item in items.items() if path.startswith(prefix)}
            kind, values = self.tree(node, "GetValue")
            self.assertEqual(kind, "a{sv}", node)
            self.assertEqual({str(k): (signature_of(v), plain(v)) for k, v in values.items()},
                             {path: item[:2] for path, item in below.items()}, node)
            kind, texts = self.tree(node, "GetText")
            self.assertEqual(kind, "a{ss}", node)
            self.assertEqual({str(k): str(v) for k, v in texts.items()},
                             {path: item.text for path, item in below.items()}, node)

    def test_leaves_answer_value_and_text_like_get_items(self):
        for path, item in self.client.get_items().items():
            self.assertEqual(self.client.get_value(path), item[:2], path)
            reply = self.client.call(SERVICE, path, "GetText")
            self.assertEqual((reply.signature, str(reply.args[0])), ("s", item.text), path)

    def test_invalid_is_an_empty_array_of_int(self):
        self.assertEqual(self.client.get_items()["/Dc/0/MidVoltage"], INVALID)
        reply = self.client.call(SERVICE, "/Dc/0/MidVoltage", "GetValue")
        self.assertEqual((signature_of(reply.args[0]), len(reply.args[0])), ("ai", 0))
        self.assertEqual(self.client.get_text("/Dc/0/MidVoltage"), "---")

    def test_get_description_answers_a_string(self):
        reply = self.client.call(SERVICE, "/Soc", "GetDescription", "en", 10, signature="si")
        self.assertEqual(reply.signature, "s")

    def test_set_value_of_everything_but_the_name_answers_1_and_changes_nothing(self):
        before = self.client.get_items()
        mark = self.recorder.mark()
        values = [dbus.Int32(1), dbus.Double(1.5), dbus.String("x"), dbus.Boolean(True),
                  dbus.UInt32(7), dbus.Byte(1), dbus.Int64(5), dbus.Array([], signature="i")]
        for index, path in enumerate(path for path in sorted(before) if path != "/CustomName"):
            self.assertEqual(self.client.set_value(path, values[index % len(values)]), 1, path)
        self.assertEqual(self.client.get_items(), before)
        self.assertEqual(self.changes_since(mark), [])

    def test_unknown_objects_and_methods_are_said_to_be_unknown(self):
        table = [("/Nope", "GetValue", UNKNOWN_OBJECT), ("/Dc/1", "GetValue", UNKNOWN_OBJECT),
                 ("/Soc/Child", "GetValue", UNKNOWN_OBJECT), ("/Soc", "GetMoon", UNKNOWN_METHOD),
                 ("/", "GetMoon", UNKNOWN_METHOD), ("/Dc", "GetMoon", UNKNOWN_METHOD),
                 ("/Dc", "GetItems", UNKNOWN_METHOD), ("/Soc", "GetItems", UNKNOWN_METHOD)]
        for path, member, error in table:
            self.assertEqual(self.client.error_of(SERVICE, path, member), error, (path, member))
        self.assertEqual(self.client.error_of(SERVICE, "/Dc", "SetValue", dbus.Int32(1),
                                              signature="v"), UNKNOWN_METHOD)

    def test_bare_and_odd_arguments_end_cleanly_and_the_service_goes_on(self):
        tries = [((dbus.Int32(5),), "i"), ((dbus.Array([], signature="i"),), "ai"), ((), ""),
                 (("x", "y"), "ss"), ((dbus.Int32(1), dbus.Int32(1)), "vv")]
        for path in ("/Soc", "/CustomName"):
            for arguments, signature in tries:
                self.client.error_of(SERVICE, path, "SetValue", *arguments, signature=signature)
                self.assertEqual(self.client.value("/Soc"), 63.0)
                self.assertEqual(self.client.get_value("/CustomName")[0], "s")
        self.client.error_of(SERVICE, "/", "GetItems", "surplus", signature="s")
        self.client.error_of(SERVICE, "/Soc", "GetDescription")
        self.publish_and_wait(payload(Soc=44))
        self.client.wait_for_value("/Soc", 44.0)
        self.assertTrue(self.daemon.running())

    def test_peer_ping_works(self):
        for path in ("/", "/Soc"):
            self.client.call(SERVICE, path, "Ping", interface="org.freedesktop.DBus.Peer")

    def introspect(self, path):
        text = self.client.call(SERVICE, path, "Introspect", interface=INTROSPECTABLE).args[0]
        root = ElementTree.fromstring(str(text))
        children = {node.get("name") for node in root.findall("node")}
        item = root.find(f"interface[@name='{BUS_ITEM}']")
        self.assertIsNotNone(item, f"{path} does not list {BUS_ITEM}")
        members = {}
        for member in [*item.findall("method"), *item.findall("signal")]:
            arguments = member.findall("arg")
            default = "out" if member.tag == "signal" else "in"
            outs = [a for a in arguments if a.get("direction", default) == "out"]
            ins = [a for a in arguments if a not in outs]
            members[member.get("name")] = ("".join(a.get("type") for a in ins),
                                           "".join(a.get("type") for a in outs))
        return children, members

    def test_introspection_lists_children_and_members_on_every_level(self):
        children, members = self.introspect("/")
        paths = self.client.get_items()
        self.assertEqual(children, {path.split("/")[1] for path in paths})
        for name, types in {"GetItems": ("", "a{sa{sv}}"), "GetValue": ("", "v"),
                            "GetText": ("", "v"), "ItemsChanged": ("", "a{sa{sv}}")}.items():
            self.assertEqual(members.get(name), types, name)
        children, members = self.introspect("/Dc/0")
        self.assertEqual(children, {p.split("/")[3] for p in paths if p.startswith("/Dc/0/")})
        self.assertEqual((members["GetValue"], members["GetText"]), (("", "v"), ("", "v")))
        self.assertEqual(self.introspect("/Dc")[0], {"0"})
        children, members = self.introspect("/Soc")
        self.assertEqual(children, set())
        for name, types in {"GetValue": ("", "v"), "GetText": ("", "s"), "SetValue": ("v", "i"),
                            "PropertiesChanged": ("", "a{sv}")}.items():
            self.assertEqual(members.get(name), types, name)
        self.assertEqual(members["GetDescription"], ("si", "s"))


class Identity(Case):
    def test_generic_paths_say_who_we_are(self):
        self.run_battery(default={"device_name": "House bank", "device_instance": 123})
        items = self.client.get_items()
        version = run([binary(), "--version"]).stdout.decode().strip()
        self.assertIn(items["/FirmwareVersion"].value, version)
        self.assertRegex(items["/FirmwareVersion"].value, r"^v?\d+\.\d+")
        self.assertEqual(items["/FirmwareVersion"].signature, "s")
        self.assertEqual(items["/DeviceInstance"][:2], ("i", 123))
        self.assertEqual(items["/ProductName"].signature, "s")
        self.assertIn("House bank", (items["/ProductName"].value, items["/CustomName"].value))
        self.assertTrue(items["/ProductName"].value)
        self.assertEqual(items["/ProductId"][:2], ("i", 0xFFFF))
        self.assertEqual(items["/ProductId"].text.lower(), "0xffff")
        self.assertEqual(items["/Connected"][:2], ("i", 1))
        self.assertEqual(items["/Mgmt/ProcessName"][:2], ("s", "dbus-mqtt-battery"))
        for path in ("/Mgmt/ProcessVersion", "/Mgmt/Connection", "/Serial"):
            self.assertEqual(items[path].signature, "s", path)
            self.assertTrue(items[path].value, path)
        # Of this device and this battery, whatever the service is called.
        self.assertEqual(items["/Serial"].value, f"{socket.gethostname()}-123")
        self.assertNotIn(items["/Mgmt/Connection"].value, ("VE.Can", "VE.Bus"))
        self.assertEqual(items["/CustomName"].signature, "s")
        self.assertEqual(items["/UpdateIndex"].signature, "i")

    def test_the_name_appears_when_all_items_are_there(self):
        broker = self.start_broker()
        self.start_daemon(config_for(broker))
        broker.wait_subscribed()
        self.assertIsNone(self.client.owner(SERVICE), "no message yet, so no service")
        broker.publish(LIMITS)
        while not self.client.owner(SERVICE):
            pass
        at_once = self.client.get_items()
        self.assertEqual(at_once["/Dc/0/Voltage"].value, 52.7)
        self.assertEqual(at_once["/Info/MaxChargeVoltage"].value, 55.2)
        self.assertEqual(at_once["/DeviceInstance"][:2], ("i", 100))
        self.publish_and_wait(LIMITS)
        self.assertEqual(self.client.get_items().keys(), at_once.keys())

    def test_two_batteries_are_two_connections(self):
        self.run_battery(BATTERY_house2={"topic": "home/second", "device_instance": 101,
                                         "device_name": "Second"})
        second = SERVICE + "_101"
        self.assertIsNone(self.client.owner(second), "the second battery has not reported yet")
        self.broker.wait_subscribed("home/second")
        self.broker.publish(payload(Soc=22), "home/second")
        self.client.wait_for_name(second)
        self.assertNotEqual(self.client.owner(SERVICE), self.client.owner(second))
        self.assertEqual(self.client.value("/Soc"), 63.0)
        self.assertEqual(self.client.value("/Soc", second), 22.0)
        self.assertEqual(self.client.get_value("/DeviceInstance", second), ("i", 101))
        self.daemon.stop()
        self.client.wait_for_no_name(second)


class CustomName(Case):
    def setUp(self):
        super().setUp()
        self.run_battery()

    def test_is_accepted_and_signalled_once_before_the_reply(self):
        monitor = Process(["dbus-monitor", "--address", self.bus.address, "type='method_return'",
                           f"type='signal',interface='{BUS_ITEM}'"], env=self.bus.environment())
        self.addCleanup(monitor.stop)
        owner = self.client.owner(SERVICE)
        monitor.wait_for_log("NameLost|NameAcquired")
        mark = self.recorder.mark()
        self.assertEqual(self.client.set_value("/CustomName", dbus.String("Boat shed")), 0)
        changes = self.changes_since(mark)
        self.assertEqual([c.items["/CustomName"] for c in changes], [("s", "Boat shed", "Boat shed")])
        expected = {"ItemsChanged": ("/", "a{sa{sv}}"), "PropertiesChanged": ("/CustomName", "a{sv}")}
        self.assertEqual((changes[0].path, changes[0].signature), expected[changes[0].member])
        self.assertEqual(self.client.get_value("/CustomName"), ("s", "Boat shed"))
        sender, caller = re.escape(owner), re.escape(self.client.connection.get_unique_name())
        monitor.wait_for_log(rf"^method return .*sender={sender} .*destination={caller} ")
        kinds = [line.text.split(" ")[0] for line in monitor.matching(rf"sender={sender} ")]
        self.assertEqual(kinds[kinds.index("signal"):][:2], ["signal", "method"])
        self.assertNotIn("method", kinds[:kinds.index("signal")])

    def test_an_equal_write_answers_0_without_a_signal(self):
        self.assertEqual(self.client.set_value("/CustomName", dbus.String("Same")), 0)
        mark = self.recorder.mark()
        self.assertEqual(self.client.set_value("/CustomName", dbus.String("Same")), 0)
        self.assertEqual(self.changes_since(mark), [])

    def test_takes_what_fits_the_guis_field_and_refuses_the_rest(self):
        """At most 32 characters; a number is a slip, not a name."""
        name = "ä" * 32
        self.assertEqual(self.client.set_value("/CustomName", dbus.String(name)), 0)
        for value in (dbus.Int32(5), dbus.Double(1.5), dbus.Boolean(True),
                      dbus.Array(["x"], signature="s"), dbus.String("ä" * 33), dbus.String("x" * 500)):
            self.assertEqual(self.client.set_value("/CustomName", value), 1, repr(value))
            self.assertEqual(self.client.get_value("/CustomName"), ("s", name))
        self.assertEqual(self.client.set_value("/CustomName", dbus.Array([], signature="i")), 0)
        self.assertEqual(self.client.get_value("/CustomName")[0], "s")
        self.publish_and_wait(payload(Soc=40))
        self.client.wait_for_value("/Soc", 40.0)


if __name__ == "__main__":
    unittest.main()
