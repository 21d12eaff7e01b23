# SPDX-License-Identifier: MIT
"""A recording, as who got it from somebody else looks at it."""
import json
import os
import unittest

from harness.bus import SERVICE
from harness.case import DATA, LIMITS, Case
from harness.daemon import binary, config_for
from harness.process import Process, run
from harness.recording import Recording
from harness.waiting import slowness, wait_until

RECORDING = os.path.join(DATA, "replays", "charging-goes-on-then-silence.jsonl")
CONFIG = "[DEFAULT]\ntimeout = 20\n[MQTT]\nbroker_address = localhost\ntopic = battery/house\n"


class Replay(Case):
    def replay(self, *arguments, file=RECORDING, environment=None):
        result = run([binary(), "--replay", file, *arguments], env=environment or self.bus.environment(),
                     check=False, timeout=20 * slowness())
        return result.returncode, result.stdout.decode()

    def changed(self, change):
        """A copy of the recording whose decisions went through `change`."""
        path = os.path.join(self.folder, "changed.jsonl")
        with open(RECORDING, encoding="utf-8") as file, open(path, "w", encoding="utf-8") as copy:
            for text in file:
                line = json.loads(text)
                change(line)
                copy.write(json.dumps(line) + "\n")
        return path

    def test_prints_what_was_decided_the_same_each_time(self):
        code, text = self.replay()
        self.assertEqual(code, 0)
        self.assertRegex(text, r"0:00:05\.000  2026-01-02 03:04:10  House +comes to the bus\n")
        self.assertRegex(text, r"House +CCL 60 A -> 0 A: charging is stopped: the battery is silent\n")
        self.assertNotIn("/Soc", text)
        self.assertEqual(self.replay(), (code, text))

    def test_prints_items_where_asked(self):
        code, text = self.replay("--items")
        self.assertEqual(code, 0)
        self.assertIn("/Soc = 60%", text)

    def test_finds_no_difference_to_itself(self):
        self.assertEqual(self.replay("--diff"), (0, "same: 8 decisions\n"))

    def test_finds_what_was_decided_otherwise(self):
        def change(line):
            limit = line.get("decided", {}).get("decision", {}).get("max_charge_current_a", {})
            if limit.get("value") == 60:
                limit["value"] = 61
        file = self.changed(change)
        for code, text in (self.replay("--diff", file=file), self.replay("--diff", file)):
            self.assertEqual(code, 1)
            self.assertIn("CCL 61 A", text)
            self.assertIn("CCL 60 A", text)

    def test_plays_it_with_another_config(self):
        path = os.path.join(self.folder, "other.ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write(CONFIG)
        code, text = self.replay("--config", path)
        self.assertEqual(code, 0)
        self.assertRegex(text, r"0:00:50\.000 .* CCL 60 A -> 0 A: charging is stopped: the battery is silent\n")
        self.assertEqual(self.replay("--diff", "--config", path)[0], 1)

    def test_says_what_cannot_be_read(self):
        for file in (os.path.join(self.folder, "missing"), os.devnull, binary(), self.folder):
            for arguments in ([], ["--items"], ["--diff"], ["--publish"]):
                code, text = self.replay(*arguments, file=file)
                self.assertEqual(code, 2, f"{file} {arguments}: {text}")
        self.assertEqual(self.replay("--diff", os.devnull)[0], 2)
        self.assertEqual(self.replay("--config", os.path.join(self.folder, "missing.ini"))[0], 2)

    def test_refuses_what_does_not_go_together(self):
        for arguments in (["--items", "--diff"], ["--speed", "2"], ["--publish", "--speed", "0"],
                          ["--publish", "--speed", "nan"], ["--publish", "--items"], ["--publish", "--speed", "x"]):
            self.assertEqual(self.replay(*arguments)[0], 2, arguments)
        for arguments in (["--items"], ["--diff"], ["--publish"], ["--speed", "3"]):
            result = run([binary(), *arguments], env=self.bus.environment(), check=False, timeout=20 * slowness())
            self.assertEqual(result.returncode, 2, arguments)

    def test_shows_the_battery_on_the_session_bus(self):
        player = Process([binary(), "--replay", RECORDING, "--publish"], env=self.bus.environment())
        self.addCleanup(player.stop)
        self.client.wait_for_name(timeout=30 * slowness())
        self.assertEqual(self.client.value("/Soc"), 60)
        self.assertEqual(self.client.value("/Mgmt/Connection"), "recording")
        wait_until(lambda: self.client.value("/Info/MaxChargeCurrent") == 0, 30 * slowness(), "the stop")

    def test_ends_with_the_recording(self):
        code, _ = self.replay("--publish", "--speed", "1000")
        self.assertEqual(code, 0)
        self.client.wait_for_no_name(SERVICE)

    def test_never_shows_anything_on_the_system_bus(self):
        without = {k: v for k, v in self.bus.environment().items() if k != "DBUS_SESSION_BUS_ADDRESS"}
        same = self.bus.environment()
        same["DBUS_SYSTEM_BUS_ADDRESS"] = same["DBUS_SESSION_BUS_ADDRESS"]
        device = {**without, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/var/run/dbus/system_bus_socket"}
        for environment in (without, same, device):
            code, text = self.replay("--publish", environment=environment)
            self.assertEqual(code, 2, text)
            self.assertIn("system bus", text)


class Recorded(Case):
    """That the check which every other test ends with finds something."""

    def setUp(self):
        super().setUp()
        self.recording = Recording()
        self.addCleanup(self.recording.remove)

    def run_recorded(self):
        broker = self.start_broker()
        daemon = self.start_daemon(config_for(broker), arguments=self.recording.options, recorded=False)
        broker.wait_subscribed()
        broker.publish(LIMITS)
        self.client.wait_for_value("/Info/MaxChargeCurrent", 80)
        broker.publish({**LIMITS, "Info": {**LIMITS["Info"], "MaxChargeCurrent": 70}})
        self.client.wait_for_value("/Info/MaxChargeCurrent", 70)
        daemon.stop()

    def test_what_a_daemon_decided_is_decided_again(self):
        self.run_recorded()
        self.assertEqual(self.recording.check(binary(), self.bus.environment()), 3)

    def test_another_decision_is_found(self):
        self.run_recorded()
        with open(self.recording.file, encoding="utf-8") as file:
            text = file.read()
        with open(self.recording.file, "w", encoding="utf-8") as file:
            file.write(text.replace('"value":70.0', '"value":71.0'))
        with self.assertRaises(AssertionError):
            self.recording.check(binary(), self.bus.environment())

    def test_a_message_that_is_missing_is_found(self):
        self.run_recorded()
        with open(self.recording.file, encoding="utf-8") as file:
            lines = file.readlines()
        messages = [i for i, line in enumerate(lines) if '"mqtt":' in line]
        del lines[messages[-1]]
        with open(self.recording.file, "w", encoding="utf-8") as file:
            file.writelines(lines)
        with self.assertRaises(AssertionError):
            self.recording.check(binary(), self.bus.environment())


if __name__ == "__main__":
    unittest.main()
