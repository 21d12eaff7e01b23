# SPDX-License-Identifier: MIT
"""Command line and config file as the user meets them."""
import os
import unittest

from harness.bus import SERVICE
from harness.case import Case, payload
from harness.daemon import binary, config_for
from harness.process import run
from harness.waiting import slowness, stays_true

BROKEN = """[DEFAULT]
timeout = abc
min_update_interval = -5
[MQTT]
broker_address = IP_ADDR_OR_FQDN
broker_port = 99999
tls_enabled = maybe
"""
# (line, key) of every problem above, and the key that is missing.
PROBLEMS = [(2, "timeout"), (3, "min_update_interval"), (5, "broker_address"), (6, "broker_port"),
            (7, "tls_enabled"), (None, "topic")]
SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "config.sample.ini")


class CommandLine(Case):
    def program(self, *arguments):
        result = run([binary(), *arguments], env=self.bus.environment(), check=False,
                     timeout=20 * slowness())
        return result.returncode, result.stdout.decode()

    def check_config(self, text):
        path = os.path.join(self.folder, "given.ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return self.program("--check-config", "--config", path)

    def assert_lists_every_problem(self, text):
        for line, key in PROBLEMS:
            said = [t for t in text.splitlines() if key in t]
            self.assertTrue(said, f"{key} is not mentioned in:\n{text}")
            if line:
                self.assertRegex("\n".join(said), rf"\b{line}\b", f"line of {key}")
        self.assertIn("given.ini" if "given.ini" in text else "config.ini", text)
        self.assertIn("MQTT", text)

    def test_version(self):
        code, text = self.program("--version")
        self.assertEqual(code, 0)
        self.assertRegex(text, r"\d+\.\d+\.\d+")

    def test_help_names_every_option(self):
        code, text = self.program("--help")
        self.assertEqual(code, 0)
        for option in ("--config", "--check-config", "--status", "--json", "--forget", "--discover", "--broker",
                       "--write", "--import", "--record", "--report", "--replay", "--items", "--diff", "--publish", "--speed",
                       "--version", "--help"):
            self.assertIn(option, text)

    def test_an_unknown_option_is_refused_with_a_hint(self):
        for arguments in (["--frobnicate"], ["-x"], ["surplus"], ["--config"], ["--forget"], ["--forget", ""]):
            code, text = self.program(*arguments)
            self.assertEqual(code, 2, arguments)
            self.assertIn("--help", text)

    def test_check_config_lists_every_problem_at_once(self):
        code, text = self.check_config(BROKEN)
        self.assertEqual(code, 2, text)
        self.assert_lists_every_problem(text)

    def test_check_config_accepts_a_valid_config(self):
        broker = self.start_broker(start=False)
        code, text = self.check_config(config_for(broker, BATTERY_two={"topic": "x", "device_instance": 101}))
        self.assertEqual(code, 0, text)

    def test_check_config_warns_of_a_misspelt_key_with_the_nearest(self):
        broker = self.start_broker(start=False)
        code, text = self.check_config(config_for(broker, {"timeuot": 5}))
        self.assertEqual(code, 0, text)
        self.assertRegex(text, "timeuot")
        self.assertRegex(text.replace("timeuot", ""), "timeout")

    def test_check_config_of_a_missing_file_is_no_crash(self):
        code, text = self.program("--check-config", "--config", self.folder + "/none.ini")
        self.assertIn(code, (0, 2), text)
        self.assertIn("none.ini", text)

    def test_check_config_says_what_each_battery_is_charged_by(self):
        config = config_for(self.start_broker(start=False), BATTERY_Pack1={"topic": "x", "device_instance": 101})
        maxima = "max_charge_current = 100\nmax_discharge_current = 150\n"
        code, text = self.check_config(config + "[CHARGE CONTROL Pack1]\nMAX_CELL_VOLTAGE = 3.46\n" + maxima)
        self.assertEqual(code, 0, text)
        self.assertIn("MAX_CELL_VOLTAGE: becomes cell_full = 3.46\n", text)
        self.assertIn("\nPack1: charge control lfp, full 3.46 V, float 3.375 V, at most 100 A in and 150 A out\n", text)
        self.assertEqual(text.count("charge control lfp"), 1, text)
        code, text = self.check_config(config + "[CHARGE CONTROL]\ncell_full = 3.65\n" + maxima)
        self.assertEqual(code, 2, text)
        self.assertIn("[CHARGE CONTROL] cell_full: 3.65 V is above cell_never_above, 3.6 V", text)
        self.assertNotIn("charge control lfp", text)

    def test_import_prints_a_bank_and_refuses_what_it_does_not_know(self):
        given = os.path.join(self.folder, "other.ini")
        with open(given, "w", encoding="utf-8") as file:
            file.write("[DEFAULT]\nNR_OF_BATTERIES = 2\nOWN_SOC = True\n")
        code, text = self.program("--import", given)
        self.assertEqual(code, 0, text)
        self.assertIn("[BANK House]\n", text)
        self.assertIn("expected = 2\n", text)
        self.assertIn("# OWN_SOC has no counterpart", text)
        with open(given, "w", encoding="utf-8") as file:
            file.write("[MQTT]\ntopic = x\n")
        for path in (given, self.folder + "/none.ini"):
            code, text = self.program("--import", path)
            self.assertEqual(code, 1, text)
            self.assertIn(path, text)

    def test_the_sample_config_needs_only_the_broker_and_the_topic(self):
        with open(SAMPLE, encoding="utf-8") as file:
            text = file.read()
        code, output = self.check_config(text)
        if "IP_ADDR_OR_FQDN" in text:
            self.assertEqual(code, 2)
            self.assertIn("broker_address", output)
            code, output = self.check_config(text.replace("IP_ADDR_OR_FQDN", "192.0.2.1"))
        self.assertIn(code, (0, 2))
        self.assertNotRegex(output, "(?i)unknown")

    def test_topics_with_commas_are_answered_with_the_sections_to_write(self):
        code, text = self.check_config(config_for(self.start_broker(start=False),
                                                  mqtt={"topic": "home/a, home/b"}))
        self.assertEqual(code, 2, text)
        self.assertIn('[BATTERY 101] with the lines "topic = home/b" and "device_instance = 101"', text)

    def test_passwords_are_never_printed(self):
        for port in ("1883", "wrong"):
            _, text = self.check_config(f"[MQTT]\nbroker_address=127.0.0.1\nbroker_port={port}\n"
                                        "topic=x\nusername=jo\npassword=hunter2\ntls_enabled=perhaps\n")
            self.assertNotIn("hunter2", text)


class ConfigFile(Case):
    def serves_after_saving(self, daemon, broker):
        daemon.write_config(config_for(broker))
        broker.wait_subscribed()
        broker.publish(payload())
        self.client.wait_for_name()
        self.assertTrue(daemon.running())

    def test_a_missing_config_is_reported_and_saving_one_starts_the_service(self):
        broker = self.start_broker()
        daemon = self.start_daemon(None)
        daemon.wait_for_log(r"config\.ini")
        stays_true(daemon.running, 2, "the daemon without a config")
        self.assertIsNone(self.client.owner(SERVICE))
        self.serves_after_saving(daemon, broker)

    def test_a_broken_config_is_listed_whole_and_saving_a_right_one_starts_the_service(self):
        broker = self.start_broker()
        daemon = self.start_daemon(BROKEN)
        for _, key in PROBLEMS:
            daemon.wait_for_log(rf"^(WARNING|ERROR)?.*{key}")
        CommandLine.assert_lists_every_problem(self, daemon.output())
        stays_true(daemon.running, 4, "the daemon with a broken config")
        for _, key in PROBLEMS:
            self.assertEqual(len(daemon.matching(rf"\b{key}\b")), 1, "said once:\n" + daemon.output())
        still = daemon.mark()
        daemon.write_config(BROKEN.replace("abc", "60").replace("99999", "1883"))
        daemon.wait_for_log("tls_enabled", since=still)
        self.assertFalse(daemon.matching("broker_port.*99999", still))
        self.serves_after_saving(daemon, broker)

    def test_a_config_saved_in_place_is_noticed_too(self):
        broker = self.start_broker()
        daemon = self.start_daemon(BROKEN)
        daemon.wait_for_log("tls_enabled")
        with open(daemon.config_file, "w", encoding="utf-8") as file:
            file.write(config_for(broker))
        broker.wait_subscribed()

    def test_a_config_saved_while_its_problems_are_being_listed_is_not_missed(self):
        broker = self.start_broker()
        for number in range(5):
            daemon = self.start_daemon(BROKEN)
            daemon.wait_for_log("^ERROR")  # the file has been read, the list is not complete yet
            daemon.write_config(config_for(broker))
            broker.wait_subscribed(count=number + 1, timeout=10 * slowness())
            daemon.stop()

    def test_names_are_case_insensitive_and_comments_and_quotes_are_understood(self):
        broker = self.start_broker()
        text = (f"; a comment\n[default]\nLOGGING = info ; why\n[Mqtt]\nBroker_Address = \"127.0.0.1\"\n"
                f"BROKER_PORT={broker.port} # port\n  Topic = home/battery\t; topic\n")
        daemon = self.start_daemon(text)
        broker.wait_subscribed()
        self.assertEqual(daemon.complaints(), [], daemon.output())

    def test_two_copied_configs_that_differ_in_their_instance_both_appear(self):
        broker = self.start_broker()
        for instance in (141, 142):
            self.start_daemon("[DEFAULT]\nlogging = INFO\ndevice_name = Battery #1\n"
                              f"device_instance = {instance}\n[MQTT]\nbroker_address = 127.0.0.1\n"
                              f"broker_port = {broker.port}\ntopic = home/{instance}\n", f"{instance}.ini")
        for instance in (141, 142):
            broker.wait_subscribed(f"home/{instance}")
            broker.publish(payload(), f"home/{instance}")
        for instance in (141, 142):
            name = f"{SERVICE}_{instance}"
            self.client.wait_for_name(name)
            self.assertEqual(self.client.value("/DeviceInstance", name), instance)
            self.assertEqual(self.client.value("/CustomName", name), "Battery #1")

    def test_a_slip_that_cannot_do_harm_does_not_cost_the_battery(self):
        broker = self.start_broker()
        daemon = self.start_daemon(
            "[DEFAULT]\nlogging = WARN\nmin_update_interval = soon\ndevice_instance = 20000\n"
            f"[TIME_TO_GO]\nrecalculate_every = 1\n[MQTT]\nbroker_address = 127.0.0.1\n"
            f"broker_port = {broker.port}\ntopic_battery = home/battery\n")
        broker.wait_subscribed()
        broker.publish(payload())
        self.client.wait_for_name()
        self.assertEqual(self.client.value("/DeviceInstance"), 100)
        for key in ("min_update_interval", "device_instance", "recalculate_every"):
            self.assertEqual(len(daemon.matching(rf"^WARNING .*{key}.*default is used")), 1, daemon.output())

    def test_wildcard_topics_work(self):
        broker = self.start_broker()
        self.start_daemon(config_for(broker, mqtt={"topic": "home/+/data"}))
        broker.wait_subscribed("home/+/data")
        broker.publish(payload(), "home/cellar/data")
        self.client.wait_for_name()

    def test_only_the_wanted_levels_are_logged(self):
        for level, expected in (("ERROR", {"ERROR"}), ("WARNING", {"ERROR", "WARNING"})):
            with self.subTest(level):
                daemon = self.run_battery(default={"logging": level})
                self.publish_and_wait(payload(Frobnicate=1))
                self.broker.publish("not json")
                self.publish_and_wait(payload(Soc=1))
                daemon.stop()
                self.assertLessEqual({line.text.split(" ")[0] for line in daemon.lines}, expected)

    def test_every_line_is_a_level_and_a_message_without_time(self):
        daemon = self.run_battery(default={"logging": "DEBUG"})
        self.broker.publish("not json")
        self.publish_and_wait(payload(Soc=2))
        daemon.stop()
        for line in daemon.lines:
            self.assertRegex(line.text, r"^(ERROR|WARNING|INFO|DEBUG) \S")
            self.assertNotRegex(line.text, r"\b\d\d:\d\d:\d\d\b")


if __name__ == "__main__":
    unittest.main()
