# SPDX-License-Identifier: MIT
"""The aggregator's configuration as seen on the bus, old files included."""
import unittest

import dbus

from harness.bus import Client
from harness.shunts import AGGREGATE, PREFIX, ShuntCase
from harness.waiting import slowness, stays_true, wait_until

TRACKS = "/Measurement/TracksServices"

# What users of the Python aggregator have: one section, upper case, inline comments, quotes.
OLD = """[DEFAULT]

; ---- What the bank is called ----
DEVICE_NAME = Bow bank   ; shown in the GUI
DEVICE_INSTANCE = 77
# Leave these out, by number and by name
EXCLUDE_SHUNTS = 401, "DC Loads", 'Aux, old'   # the inverter's
TOTAL_CAPACITY = 640     # Ah
CAPACITY_MODE = register
DEVICE_MODE = monitor  ; or virtual-bms
MAX_CHARGE_VOLTAGE = 14.2  # 4 x 3.55
MAX_CHARGE_CURRENT =
MAX_DISCHARGE_CURRENT =
TEMP_COLD_DANGER = 4.0     # degrees
TEMP_HOT_DANGER = 48.5
UPDATE_INTERVAL_FIND_DEVICES = 1
MAX_UPDATE_INTERVAL_FIND_DEVICES = 1800
SEARCH_TRIALS = 10
READ_TRIALS = 10
TIME_BEFORE_RESTART = 15
LOGGING = INFO  # Options: ERROR, WARNING, INFO, DEBUG
LOG_PERIOD = 600
"""
IGNORED = ("update_interval_find_devices", "max_update_interval_find_devices", "search_trials",
           "read_trials", "time_before_restart")


class Exclusion(ShuntCase):
    def test_by_instance_name_serial_and_service(self):
        kept = self.shunt("ttyS5", current=1.0, instance=279)
        others = [dict(suffix="ttyS6", instance=300), dict(suffix="ttyS7", name="DC Loads"),
                  dict(suffix="ttyS8", serial="HQ2230ABCDE"), dict(suffix="ttyUSB3"),
                  dict(suffix="ttyUSB4", name="Aux, old")]
        for other in others:
            self.shunt(current=50.0, **other)
        self.aggregate({"exclude_shunts":
                        f'300, "DC Loads", HQ2230ABCDE, {PREFIX}ttyUSB3, "Aux, old"'})
        self.becomes(current=1.0, items={TRACKS: kept.service, "/System/NrOfModulesOnline": 1})
        stays_true(lambda: self.value(TRACKS) == kept.service, 0.3)

    def test_half_of_a_name_or_number_excludes_nobody(self):
        shunts = [self.shunt("ttyS5", instance=2790), self.shunt("ttyS50", name="DC Loads 2")]
        self.aggregate({"exclude_shunts": f"279, DC Loads, HQ22, {PREFIX}ttyS"})
        self.becomes(items={TRACKS: self.tracks(*shunts)})

    def test_a_name_given_later_excludes_then(self):
        a, b = self.shunt("ttyS5"), self.shunt("ttyS6")
        self.aggregate({"exclude_shunts": "DC Loads"})
        self.becomes(items={TRACKS: self.tracks(a, b)})
        b.change(with_properties=True, name="DC Loads")
        self.becomes(timeout=5, items={TRACKS: a.service, "/System/NrOfModulesOnline": 1})
        b.change(name="")
        self.becomes(timeout=5, items={TRACKS: self.tracks(a, b)})

    def test_excluding_everybody_is_explained(self):
        self.shunt("ttyS5", instance=279)
        daemon = self.aggregate({"exclude_shunts": "279"}, wait=False)
        daemon.wait_for_log("(?i)exclude")
        stays_true(lambda: not self.client.owner(AGGREGATE), 0.5)


class OldFile(ShuntCase):
    def setUp(self):
        super().setUp()
        self.kept = self.shunt("ttyUSB1", "12v", current=2.0, voltage=13.2)
        self.shunt("ttyUSB2", "12v", current=50.0, instance=401)
        self.shunt("ttyUSB3", "12v", current=50.0, name="DC Loads")
        self.shunt("ttyUSB4", "12v", current=50.0, name="Aux, old")

    def test_works_unchanged(self):
        daemon = self.start_daemon(OLD)
        self.client.wait_for_name(AGGREGATE)
        self.becomes(current=2.0, items={
            TRACKS: self.kept.service, "/CustomName": "Bow bank", "/DeviceInstance": 77,
            "/InstalledCapacity": 640.0, "/ProductId": 0xA389})
        self.assertNotIn("/Info/MaxChargeVoltage", self.items())
        self.assertEqual(daemon.complaints(), [])
        for key in IGNORED:
            self.assertTrue(daemon.matching(rf"(?i)^INFO .*\b{key}\b"), key)

    def test_as_a_bms_works_unchanged(self):
        self.start_daemon(OLD.replace("DEVICE_MODE = monitor", "DEVICE_MODE = virtual-bms"))
        self.client.wait_for_name(AGGREGATE)
        self.becomes(current=2.0, items={
            "/CustomName": "Bow bank", "/ProductId": 0xBA77, "/Info/MaxChargeVoltage": 14.2,
            "/Info/MaxChargeCurrent": 10000.0, "/Info/MaxDischargeCurrent": 10000.0})
        self.kept.change(temperature=48.0)
        self.becomes(temperature=48.0, items={"/Io/AllowToCharge": 1})
        self.kept.change(temperature=48.6)
        self.becomes(items={"/Io/AllowToCharge": 0, "/Info/MaxChargeCurrent": 0.0})

    def test_with_windows_line_ends(self):
        self.start_daemon("\ufeff" + OLD.replace("\n", "\r\n"))
        self.client.wait_for_name(AGGREGATE)
        self.becomes(current=2.0, items={"/CustomName": "Bow bank", "/InstalledCapacity": 640.0})

    def test_one_key_is_enough(self):
        for text in ("[DEFAULT]\nDEVICE_NAME = Bank\n", "[DEFAULT]\nLOGGING=INFO\nTOTAL_CAPACITY = 600\n"):
            with self.subTest(text):
                daemon = self.start_daemon(text)
                self.client.wait_for_name(AGGREGATE)
                self.becomes(items={"/System/NrOfModulesOnline": 4})
                daemon.stop()
                self.client.wait_for_no_name(AGGREGATE)


class Changes(ShuntCase):
    def test_a_new_config_is_applied_on_sighup(self):
        a, b = self.shunt("ttyS5", instance=279), self.shunt("ttyS6", instance=280)
        daemon = self.aggregate()
        self.becomes(items={TRACKS: self.tracks(a, b)})
        daemon.write_config("[SMARTSHUNTS]\nexclude_shunts = 280\ndevice_name = Half\n")
        daemon.reload()
        self.becomes(items={TRACKS: a.service, "/CustomName": "Half"})
        mark = daemon.mark()
        daemon.write_config("[SMARTSHUNTS]\ndevice_mode = virtual\n")
        daemon.reload()
        daemon.wait_for_log("^ERROR .*device_mode", since=mark)
        stays_true(lambda: self.value("/CustomName") == "Half", 0.5)
        daemon.write_config("[SMARTSHUNTS]\ndevice_mode = virtual-bms\nmax_charge_voltage = 56\n")
        daemon.reload()
        self.becomes(items={"/ProductId": 0xBA77, "/Info/MaxChargeVoltage": 56.0})
        daemon.write_config("[SMARTSHUNTS]\ndevice_mode = monitor\n")
        daemon.reload()
        self.becomes(items={"/ProductId": 0xA389})
        self.assertNotIn("/Info/MaxChargeVoltage", self.items())

    def test_a_file_that_is_created_takes_over(self):
        a, b = self.shunt("ttyS5", instance=279), self.shunt("ttyS6", instance=280)
        daemon = self.start_daemon(None, name="later.ini")
        self.client.wait_for_name(AGGREGATE)
        self.becomes(items={TRACKS: self.tracks(a, b)})
        daemon.write_config("[SMARTSHUNTS]\nexclude_shunts = 280\n")
        self.becomes(items={TRACKS: a.service})

    def test_a_corrected_file_starts_it(self):
        self.shunt("ttyS5")
        daemon = self.aggregate({"temp_hot_danger": "warm"}, wait=False)
        daemon.wait_for_log("^ERROR .*temp_hot_danger")
        daemon.write_config("[SMARTSHUNTS]\ntemp_hot_danger = 45\n")
        self.client.wait_for_name(AGGREGATE)

    def test_a_taken_name_is_reported_and_tried_again(self):
        self.shunt("ttyS5", current=4.0)
        rival = Client(self.bus.address)
        self.addCleanup(rival.close)
        rival.request_name(AGGREGATE)
        daemon = self.aggregate(wait=False)
        line = daemon.wait_for_log("^ERROR .*" + AGGREGATE.replace(".", r"\."))
        self.assertRegex(line.text, r"python|pid|process")
        rival.release_name(AGGREGATE)
        self.becomes(timeout=15, current=4.0)
        self.assertEqual(len(daemon.errors()), 1, daemon.output())

    def test_status_lines(self):
        self.shunt("ttyS5", current=12.34)
        daemon = self.aggregate({"log_period": 1})
        daemon.wait_for_log(r"^INFO .*12\.3A", count=2, timeout=10)

    def test_its_instance_and_name_come_from_the_settings(self):
        settings = self.start_settings()
        self.shunt("ttyS5")
        daemon = self.aggregate({"device_instance": 150, "device_name": "Bank"})
        self.assert_shows(items={"/DeviceInstance": 150, "/CustomName": "Bank"})
        self.assertEqual(self.client.set_value("/CustomName", dbus.String("House"), AGGREGATE), 0)
        wait_until(lambda: settings.matching("SetValue.*House"), 10, "the name to be stored")
        daemon.stop()
        self.client.wait_for_no_name(AGGREGATE, 5 * slowness())
        self.aggregate({"device_instance": 160, "device_name": "Bank"})
        self.assert_shows(items={"/DeviceInstance": 150, "/CustomName": "House"})


if __name__ == "__main__":
    unittest.main()
