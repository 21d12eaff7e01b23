# SPDX-License-Identifier: MIT
"""The harness itself: what the other tests rely on works without the daemon."""
import signal
import unittest

import dbus

from harness import paths
from harness.bus import Item
from harness.case import Case
from harness.certs import Authority
from harness.recorder import Recorder

SETTINGS = "com.victronenergy.settings"
INSTANCE = "/Settings/Devices/{}/ClassAndVrmInstance"


class TheHarness(Case):
    def add_settings(self, *wishes):
        entries = [dbus.Dictionary({"path": dbus.String(path, variant_level=1),
                                    "default": default}, signature="sv") for path, default in wishes]
        return self.client.call(SETTINGS, "/", "AddSettings", entries, signature="aa{sv}",
                                interface="com.victronenergy.Settings").args[0]

    def test_settings_allocate_the_next_free_instance_and_remember_it(self):
        settings = self.start_settings()
        for device, number in (("a", 100), ("b", 101), ("a", 100)):
            answer = self.add_settings((INSTANCE.format(device), dbus.String("battery:100", variant_level=1)))
            self.assertEqual(str(answer[0]["value"]), f"battery:{number}")
        settings.stop(signal.SIGKILL)
        self.client.wait_for_no_name(SETTINGS)
        self.start_settings()
        self.assertEqual(self.client.value(INSTANCE.format("b"), SETTINGS), "battery:101")

    def test_settings_refuse_an_illegal_path_as_a_whole(self):
        self.start_settings()
        with self.assertRaises(dbus.DBusException):
            self.add_settings(("/Settings/Devices/a-b/CustomName", dbus.String("", variant_level=1)))

    def test_recorder_and_client_see_exact_types_and_order(self):
        self.start_settings()
        path = "/Settings/Devices/x/CustomName"
        self.add_settings((path, dbus.String("", variant_level=1)))
        mark = self.recorder.mark()
        self.assertEqual(self.client.set_value(path, dbus.String("Shed"), SETTINGS), 0)
        change = self.recorder.wait_for(path, since=mark)
        self.assertEqual((change.member, change.signature), ("PropertiesChanged", "a{sv}"))
        self.assertEqual(change.items[path], Item("s", "Shed", "Shed"))
        self.assertEqual(self.client.get_value(path, SETTINGS), ("s", "Shed"))
        self.assertEqual(self.recorder.mark(), mark + 1)

    def test_recorder_can_be_stopped(self):
        Recorder(self.bus.address).stop()

    def test_broker_passes_every_payload_and_restarts_on_its_port(self):
        broker = self.start_broker()
        for payload in (b"{}", b"", b"\xff\x00\xfe", b"x" * (1 << 20)):
            listener = broker.subscribe(f"t/{len(payload)}")
            broker.publish(payload, f"t/{len(payload)}")
            line = listener.wait_for_log("^t/").text
            self.assertEqual(bytes.fromhex(line.split(" ", 1)[1]), payload)
            listener.stop()
        port = broker.port
        broker.kill()
        broker.start()
        self.assertEqual(broker.port, port)
        broker.publish("x")

    def test_broker_checks_passwords_and_certificates(self):
        self.start_broker(users={"jo": "secret"}).publish("x")
        authority = Authority(self.folder)
        tls = authority.issue("server", "DNS:localhost,IP:127.0.0.1")
        broker = self.start_broker(tls=tls, ca=authority.certificate)
        broker.publish("x")
        broker.ca = Authority(self.folder, "other").certificate
        with self.assertRaises(AssertionError):
            broker.publish("x")

    def test_path_table_holds_each_seed_path_once(self):
        self.assertEqual(len([p for p in paths.ROWS if '/Cell' in p]), 48 + 1)  # and /Alarms/CellImbalance
        self.assertEqual(paths.expected("/Soc", 87.8), Item("d", 87.8, "87%"))
        self.assertEqual(paths.expected("/ConsumedAmphours", 74.5), Item("d", -74.5, "-74.5Ah"))
        self.assertEqual(paths.row("/Voltages/Cell30"), ("d", "V3"))


if __name__ == "__main__":
    unittest.main()
