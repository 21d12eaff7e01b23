# SPDX-License-Identifier: MIT
"""SIGHUP: what a changed config changes, and what it leaves alone."""
import os
import signal
import time
import unittest

import dbus.exceptions

from harness.bus import SERVICE
from harness.case import LIMITS, TOPIC, Case, payload
from harness.daemon import binary, config_for
from harness.waiting import slowness, wait_until


class Reload(Case):
    def test_a_good_config_is_applied_on_sighup(self):
        daemon = self.run_battery(LIMITS)
        pid = daemon.pid
        daemon.write_config(config_for(self.broker, {"device_instance": 133}, {"topic": "home/other"}))
        daemon.reload()
        self.broker.wait_subscribed("home/other")
        self.broker.publish(payload(Soc=17), "home/other")
        wait_until(lambda: self.client.owner(SERVICE) and self.client.value("/Soc") == 17.0, 20,
                   "the value of the new topic")
        self.assertEqual(self.client.value("/DeviceInstance"), 133)
        self.broker.publish(payload(Soc=99), TOPIC)
        self.publish_and_wait(payload(Soc=18), "home/other")
        self.client.wait_for_value("/Soc", 18.0)
        self.assertTrue(daemon.running() and daemon.pid == pid)

    def test_a_sighup_right_after_the_start_ends_nothing(self):
        """As soon as main() does anything, which shows in SIGPIPE being ignored."""
        broker = self.start_broker()

        def begun(daemon):
            with open(f"/proc/{daemon.pid}/status", encoding="ascii") as file:
                status = dict(line.rstrip("\n").split(":\t", 1) for line in file)
            ignored = int(status["SigIgn"], 16) >> (signal.SIGPIPE - 1) & 1
            return status["Name"] == os.path.basename(binary())[:15] and ignored
        for _ in range(5):
            daemon = self.start_daemon(config_for(broker))
            end = time.monotonic() + 20 * slowness()
            while not begun(daemon) and time.monotonic() < end:
                pass
            daemon.reload()
            daemon.wait_for_log("SIGHUP: reading .* again")
            self.assertEqual(daemon.terminate()[0], 0)

    def reload_with(self, *arguments, **sections):
        log = self.daemon.mark()
        self.daemon.write_config(config_for(self.broker, *arguments, **sections))
        self.daemon.reload()
        self.daemon.wait_for_log("is loaded", since=log)

    def test_what_changed_is_applied_in_place_and_nothing_is_forgotten(self):
        self.run_battery(LIMITS)
        owner = self.client.owner(SERVICE)
        self.reload_with({"device_name": "Saloon", "product_id": "0xBA77", "timeout": 3,
                          "stop_discharge_on_timeout": 1, "min_update_interval": 50},
                         TIME_TO_GO={"enabled": 0})
        self.client.wait_for_value("/CustomName", "Saloon")
        self.client.wait_for_value("/ProductId", 0xBA77)
        # No message has come since: all that is there was told before.
        self.assertEqual(self.client.value("/Soc"), 63.0)
        self.assertEqual(self.client.value("/Info/MaxChargeCurrent"), 80.0)
        self.assertEqual(self.client.owner(SERVICE), owner)
        # The new rules hold: after 3 s of silence both currents are 0.
        self.client.wait_for_value("/Info/MaxDischargeCurrent", 0.0)
        self.assertEqual(self.client.value("/Info/MaxChargeCurrent"), 0.0)
        self.assertEqual(self.client.owner(SERVICE), owner)

    def shows(self, path, value):
        try:
            return self.client.value(path) == value
        except dbus.exceptions.DBusException:  # it leaves the bus for a moment
            return False

    def test_a_battery_under_another_instance_or_name_is_back_with_all_it_knew(self):
        self.run_battery(LIMITS)
        self.reload_with({"device_instance": 133})
        self.broker.wait_subscribed(count=2)  # the client id holds the instance
        self.broker.wait_for_log(r"New client connected from \S+ as dbus-mqtt-battery-\S+-133 ")
        wait_until(lambda: self.shows("/DeviceInstance", 133), 20, "the battery under its new instance")
        self.assertEqual(self.client.value("/Info/MaxChargeCurrent"), 80.0)
        self.reload_with({"device_instance": 133, "service_name": "saloon"})
        name = SERVICE.replace("mqtt_battery", "saloon")
        self.client.wait_for_name(name)
        self.client.wait_for_no_name()
        self.assertEqual(self.client.value("/Info/MaxChargeCurrent", name), 80.0)
        self.broker.publish(payload(Soc=12))
        self.client.wait_for_value("/Soc", 12.0, name)

    def test_limits_of_another_topic_do_not_outlive_it(self):
        self.run_battery(LIMITS)
        owner = self.client.owner(SERVICE)
        self.reload_with(mqtt={"topic": "home/+"})  # covers what was heard
        self.assertEqual(self.client.value("/Info/MaxChargeCurrent"), 80.0)
        self.reload_with(mqtt={"topic": "home/other"})
        self.client.wait_for_value("/Info/MaxChargeCurrent", 0.0)
        self.broker.wait_subscribed("home/other")
        self.broker.publish(LIMITS, "home/other")
        self.client.wait_for_value("/Info/MaxChargeCurrent", 80.0)
        self.assertEqual(self.client.owner(SERVICE), owner)

    def test_a_saved_correction_is_noticed_while_a_config_is_in_force(self):
        daemon = self.run_battery(LIMITS)
        owner, log = self.client.owner(SERVICE), daemon.mark()
        good = config_for(self.broker, {"logging": "DEBUG"})
        for half in (good[:20], good[:40], "[MQTT]\nbroker_port = many\n"):  # somebody still types
            with open(daemon.config_file, "w", encoding="utf-8") as file:
                file.write(half)
            time.sleep(0.5)
        written = time.monotonic()
        daemon.wait_for_log("^WARNING .*has changed", since=log)
        self.assertGreater(time.monotonic() - written, 1.0)
        daemon.wait_for_log("^ERROR .*what ran before goes on unchanged", since=log)
        self.assertEqual(len(daemon.matching("has changed", log)), 1, daemon.output())
        self.publish_and_wait(payload(Soc=21))
        self.assertEqual(self.client.owner(SERVICE), owner)
        daemon.write_config(good)
        daemon.wait_for_log("^INFO .*is loaded", since=log)
        self.publish_and_wait(payload(Soc=22))
        daemon.wait_for_log("^DEBUG", since=log)
        self.assertEqual(self.client.owner(SERVICE), owner)

    def test_other_files_beside_the_config_are_no_change_of_it(self):
        daemon = self.run_battery(LIMITS)
        log = daemon.mark()
        daemon.write_config(config_for(self.broker, {"logging": "DEBUG"}))
        # They must not put off the reading either.
        stop = time.monotonic() + 20 * slowness()
        while not daemon.matching("is loaded", log) and time.monotonic() < stop:
            with open(os.path.join(self.folder, "notes.txt"), "w", encoding="utf-8") as file:
                file.write(str(stop))
            time.sleep(0.3)
        self.assertEqual(len(daemon.matching("is loaded", log)), 1, daemon.output())

    def test_a_broker_that_moved_is_followed(self):
        daemon = self.run_battery(LIMITS)
        old, owner = self.broker, self.client.owner(SERVICE)
        new = self.start_broker()
        daemon.write_config(config_for(new))
        daemon.reload()
        new.wait_subscribed()
        # The battery is the same one: it stays, with what it told, until its time-out.
        self.assertEqual(self.client.owner(SERVICE), owner)
        self.assertEqual(self.client.value("/Info/MaxChargeCurrent"), 80.0)
        self.assertEqual(self.client.value("/Mgmt/Connection"), f"MQTT 127.0.0.1:{new.port}")
        old.wait_for_log("Received DISCONNECT|closed its connection|disconnected")
        new.publish(payload(Soc=16))
        wait_until(lambda: self.client.owner(SERVICE) and self.client.value("/Soc") == 16.0, 20,
                   "a value of the new broker")
        self.assertTrue(daemon.running())

    def test_a_bad_config_is_reported_and_the_old_one_stays(self):
        daemon = self.run_battery(LIMITS)
        log, owner = daemon.mark(), self.client.owner(SERVICE)
        daemon.write_config(config_for(self.broker, {"timeout": "soon"},
                                       {"broker_port": 99999, "tls_enabled": "perhaps"}))
        daemon.reload()
        daemon.wait_for_log(r"(?i)^(WARNING|ERROR).*timeout", since=log)
        daemon.wait_for_log(r"(?i)^(WARNING|ERROR).*broker_port", since=log)
        self.publish_and_wait(payload(Soc=19))
        self.client.wait_for_value("/Soc", 19.0)
        self.assertEqual(self.client.owner(SERVICE), owner)

    def test_the_same_config_again_disturbs_nothing(self):
        daemon = self.run_battery(LIMITS)
        for _ in range(3):
            daemon.reload()
        self.publish_and_wait(payload(Soc=20), timeout=60)
        self.client.wait_for_value("/Soc", 20.0)
        self.assertTrue(daemon.running())

    def test_a_battery_added_by_a_reload_appears(self):
        daemon = self.run_battery(LIMITS)
        daemon.write_config(config_for(self.broker, BATTERY_new={"topic": "home/new",
                                                                 "device_instance": 104}))
        daemon.reload()
        self.broker.wait_subscribed("home/new")
        self.broker.publish(payload(), "home/new")
        self.client.wait_for_name(SERVICE + "_104")
        daemon.write_config(config_for(self.broker))
        daemon.reload()
        self.client.wait_for_no_name(SERVICE + "_104")
        self.assertTrue(daemon.running())


if __name__ == "__main__":
    unittest.main()
