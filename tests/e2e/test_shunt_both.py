# SPDX-License-Identifier: MIT
"""A battery from MQTT and an aggregate of shunts out of one process."""
import signal
import unittest

import dbus

from harness.bus import SERVICE
from harness.case import LIMITS, MINIMUM, payload
from harness.daemon import config_for
from harness.shunts import AGGREGATE, ShuntCase
from harness.waiting import slowness, stays_true

TRACKS = "/Measurement/TracksServices"


class Both(ShuntCase):
    def start_both(self, shunts=None, **options):
        broker = self.start_broker()
        daemon = self.start_daemon(config_for(
            broker, SMARTSHUNTS=shunts or {"device_mode": "monitor"}, **options))
        broker.wait_subscribed()
        broker.publish(LIMITS)
        self.client.wait_for_name(SERVICE)
        self.client.wait_for_name(AGGREGATE)
        return daemon

    def pid_of(self, name):
        return int(self.client.call("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                    "GetConnectionUnixProcessID", name, signature="s",
                                    interface="org.freedesktop.DBus").args[0])

    def test_two_services_of_one_process(self):
        shunt = self.shunt("ttyS5", current=1.0)
        self.start_both()
        self.assertNotEqual(self.client.owner(SERVICE), self.client.owner(AGGREGATE))
        self.assertEqual(self.pid_of(SERVICE), self.pid_of(AGGREGATE))
        battery = self.client.get_items(SERVICE)
        self.assertEqual((battery["/DeviceInstance"].value, battery["/CustomName"].value),
                         (100, "MQTT Battery"))
        self.assertEqual(battery["/Soc"].value, 63.0)
        self.assertNotIn(TRACKS, battery)
        self.becomes(current=1.0, items={"/DeviceInstance": 99, TRACKS: shunt.service,
                                         "/CustomName": "SmartShunt Aggregate"})
        self.assertNotIn("/Info/MaxChargeVoltage", self.items())

    def test_what_one_is_told_the_other_does_not_say(self):
        shunt = self.shunt("ttyS5", current=1.0)
        self.start_both()
        self.becomes(current=1.0, items={"/InstalledCapacity": 290.0})
        battery, aggregate = self.client.owner(SERVICE), self.client.owner(AGGREGATE)
        mark = self.recorder.mark()
        self.publish_and_wait(payload(Soc=44))
        self.recorder.sync()
        self.assertEqual(self.recorder.of(aggregate, mark), [])
        mark = self.recorder.mark()
        shunt.change(current=2.0)
        self.becomes(current=2.0)
        self.recorder.sync()
        self.assertEqual(self.recorder.of(battery, mark), [])
        self.assertEqual(self.client.value("/Soc"), 44.0)

    def test_a_killed_broker_does_not_touch_the_aggregate(self):
        shunt = self.shunt("ttyS5", current=1.0)
        daemon = self.start_both(default={"timeout": 1})
        owner = self.client.owner(AGGREGATE)
        mark = daemon.mark()
        self.broker.kill()
        daemon.wait_for_log(r"^(WARNING|ERROR)\b", since=mark)
        self.client.wait_for_value("/Alarms/BmsCable", 2)
        before = self.recorder.mark()
        shunt.change(current=9.0)
        self.assertLess(self.delay(before, shunt, "/Dc/0/Current"), 0.3 * slowness())
        self.client.wait_for_no_name(SERVICE)
        shunt.change(current=10.0)
        self.becomes(current=10.0)
        self.assertEqual(self.client.owner(AGGREGATE), owner)
        self.broker.start()
        self.broker.wait_subscribed()
        self.broker.publish(MINIMUM)
        self.client.wait_for_name(SERVICE)
        self.assertEqual(self.client.owner(AGGREGATE), owner)

    def test_a_broker_that_is_not_there_does_not_keep_the_aggregate_back(self):
        self.shunt("ttyS5")
        broker = self.start_broker(start=False)
        self.start_daemon(config_for(broker, SMARTSHUNTS={"device_mode": "monitor"}))
        self.client.wait_for_name(AGGREGATE, 3 * slowness())
        self.assertIsNone(self.client.owner(SERVICE))

    def test_lost_shunts_do_not_touch_the_battery(self):
        shunt = self.shunt("ttyS5")
        self.start_both({"device_mode": "virtual-bms", "max_charge_voltage": 56})
        owner = self.client.owner(SERVICE)
        shunt.kill()
        self.becomes(items={"/Alarms/BmsCable": 2})
        self.assertNotEqual(self.client.value("/Alarms/BmsCable"), 2)
        self.assertEqual(self.client.value("/Info/MaxChargeCurrent"), 80.0)
        self.publish_and_wait({**LIMITS, "Soc": 70})
        self.assertEqual((self.client.owner(SERVICE), self.client.value("/Soc")), (owner, 70.0))

    def test_our_battery_is_no_member_whatever_it_is_called(self):
        shunt = self.shunt("ttyS5", current=1.0)
        self.start_both(default={"device_name": "SmartShunt from MQTT"})
        stays_true(lambda: self.value(TRACKS) == shunt.service, 0.5)
        self.becomes(current=1.0)

    def test_both_have_settings_of_their_own(self):
        settings = self.start_settings()
        self.shunt("ttyS5")
        self.start_both(shunts={"device_instance": 150})
        self.assertEqual(self.client.value("/DeviceInstance"), 100)
        self.assertEqual(self.value("/DeviceInstance"), 150)
        self.assertEqual(self.client.set_value("/CustomName", dbus.String("Shed"), AGGREGATE), 0)
        settings.wait_for_log("SetValue.*Shed")
        self.assertEqual(self.client.value("/CustomName"), "MQTT Battery")

    def test_ends_within_a_second(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                shunt = self.shunt("ttyS5")
                daemon = self.start_both()
                code, taken = daemon.terminate(number)
                self.assertEqual(code, 0, daemon.output())
                self.assertLess(taken, 1.0 * slowness())
                self.client.wait_for_no_name(AGGREGATE, 1)
                self.client.wait_for_no_name(SERVICE, 1)
                shunt.kill()


if __name__ == "__main__":
    unittest.main()
