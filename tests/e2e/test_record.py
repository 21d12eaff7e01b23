# SPDX-License-Identifier: MIT
"""What is recorded, where, how much of it, and that it is decided the same when it is played."""
import glob
import json
import os
import signal
import unittest

from harness.case import LIMITS, Case, payload
from harness.daemon import binary, config_for
from harness.process import run
from harness.waiting import slowness, wait_until

MEGABYTE = 1_000_000


class Record(Case):
    """Each daemon records by its config, not by the harness."""

    def setUp(self):
        super().setUp()
        self.file = os.path.join(self.folder, "boat.jsonl")

    def config(self, broker, **keys):
        return config_for(broker, keys, {"username": "captain", "password": "wqzvtk7p"})

    def start(self, **keys):
        broker = self.start_broker()
        daemon = self.start_daemon(self.config(broker, **keys), recorded=False)
        broker.wait_subscribed()
        broker.publish(LIMITS)
        self.client.wait_for_name()
        return daemon

    def lines(self, file=None):
        with open(file or self.file, "rb") as recording:
            return recording.read().splitlines()

    def replay(self):
        result = run([binary(), "--replay", self.file, "--diff"], check=False, timeout=60 * slowness())
        return result.returncode, result.stdout.decode()

    def status(self, daemon):
        result = run([binary(), "--config", daemon.config_file, "--status", "--json"],
                     env=self.bus.environment(), check=False, timeout=30 * slowness())
        return json.loads(result.stdout)["processes"][0]["recording"]

    def test_a_recording_is_decided_the_same_and_tells_no_secret(self):
        daemon = self.start(record=self.file)
        self.publish_and_wait(payload(Soc=41))
        wait_until(lambda: os.path.exists(self.file), 20, "the file")
        told = self.status(daemon)
        self.assertEqual((told["file"], told["trouble"], told["lost_lines"]), (self.file, "", 0))
        self.assertEqual(daemon.terminate()[0], 0)
        code, text = self.replay()
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"^same: [1-9]")
        recording = b"\n".join(self.lines())
        self.assertNotIn(b"wqzvtk7p", recording)
        self.assertNotIn(b"captain", recording)
        self.assertEqual(os.stat(self.file).st_mode & 0o777, 0o600)

    def test_it_begins_and_ends_by_the_config_of_a_running_daemon(self):
        daemon = self.start()
        self.assertIsNone(self.status(daemon))
        for on in (True, False):
            log = daemon.mark()
            daemon.write_config(self.config(self.broker, record=self.file if on else ""))
            daemon.reload()
            daemon.wait_for_log("is loaded", since=log)
            self.publish_and_wait(payload(Soc=42 if on else 43))
        self.assertIsNone(self.status(daemon))
        self.assertIn(b'"catches_up":true', self.lines()[0])
        self.assertTrue(any(b"42" in line for line in self.lines() if b'"mqtt"' in line))
        self.assertFalse(any(b":43" in line for line in self.lines() if b'"mqtt"' in line))

    def test_a_kill_costs_the_last_moment_at_most_and_the_next_run_goes_on(self):
        daemon = self.start(record=self.file)
        self.publish_and_wait(payload(Soc=44))
        wait_until(lambda: os.path.exists(self.file) and len(self.lines()) > 5, 20, "some lines")
        daemon.stop(signal.SIGKILL)
        with open(self.file, "ab") as recording:
            recording.write(b'{"t":123,"mqtt":{"topic":"home/ba')  # as a power cut leaves it
        code, text = self.replay()
        self.assertEqual(code, 0, text)
        self.client.wait_for_no_name()
        daemon = self.start_daemon(self.config(self.broker, record=self.file), recorded=False)
        self.broker.wait_subscribed(count=2)
        self.broker.publish(LIMITS)
        self.client.wait_for_name()
        self.assertEqual(daemon.terminate()[0], 0)
        self.assertEqual(sum(b'"began"' in line for line in self.lines()), 2)
        code, text = self.replay()
        self.assertEqual(code, 0, text)

    def test_it_takes_no_more_room_than_it_may(self):
        daemon = self.start(record=self.file, record_mb=2, min_update_interval=1000)
        for batch in range(12):
            self.broker.publish_many([{**LIMITS, "Soc": batch + n / 1000} for n in range(1000)])
            self.assertLessEqual(self.size(), 2 * MEGABYTE)
        self.broker.publish({**LIMITS, "Soc": 99})
        self.client.wait_for_value("/Soc", 99.0, timeout=60 * slowness())
        wait_until(lambda: os.path.exists(self.file + ".1"), 20, "a second part")
        self.assertEqual(daemon.terminate()[0], 0)
        self.assertLessEqual(self.size(), 2 * MEGABYTE)
        code, text = self.replay()
        self.assertEqual(code, 0, text)

    def size(self):
        return sum(os.path.getsize(file) for file in glob.glob(self.file + "*"))


if __name__ == "__main__":
    unittest.main()
