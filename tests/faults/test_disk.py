# SPDX-License-Identifier: MIT
"""No room, no right to write, and nobody who reads the log: the battery must not stand still."""
import fcntl
import json
import os
import subprocess
import time
import unittest

from support import CCL, LIMITS, FaultCase, config_for, wait_until

from harness.bus import SERVICE
from harness.case import payload
from harness.daemon import binary
from harness.namespaces import own_mounts
from harness.process import run
from harness.waiting import slowness


class Log(FaultCase):
    """What stdout leads to. At DEBUG level every message is a line of the log."""

    def start_into(self, descriptor, **default):
        broker = self.start_broker()
        config = os.path.join(self.folder, "config.ini")
        with open(config, "w", encoding="utf-8") as file:
            file.write(config_for(broker, {"logging": "DEBUG", **default}))
        self.process = subprocess.Popen([binary(), "--config", config], stdout=descriptor,
                                        stderr=descriptor, env=self.bus.environment())
        self.addCleanup(self.end)
        broker.wait_subscribed()
        broker.publish(LIMITS)
        self.client.wait_for_name()

    def end(self):
        self.process.terminate()
        self.assertEqual(self.process.wait(20), 0)

    def log(self):
        return ""

    def works(self, what):
        """Values and the fail-safe still reach the bus, however much is logged."""
        for batch in range(3):
            self.broker.publish_many([payload(Soc=batch + n / 1000, **{f"key{batch}x{n}": 1})
                                      for n in range(1000)])
        self.broker.publish({**LIMITS, "Soc": 55})
        begin = time.monotonic()
        self.client.wait_for_value("/Soc", 55.0, timeout=20 * slowness())
        self.recovered(f"newest value although {what}", time.monotonic() - begin, 3)
        self.client.wait_for_value(CCL, 0.0, timeout=20 * slowness())

    def test_a_full_disk(self):
        with open("/dev/full", "wb") as full:
            self.start_into(full, timeout=2)
        self.works("every write to the log fails")

    def test_a_log_that_nobody_reads(self):
        read_end, write_end = os.pipe()
        fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, 4096)
        self.start_into(write_end, timeout=2)
        os.close(write_end)
        self.works("the log's pipe is full")
        with open(read_end, "rb", buffering=0) as log:
            text = b""
            begin = time.monotonic()
            while b"lines of this log are missing" not in text:  # the next line says so
                text += log.read(65536)
                self.broker.publish(LIMITS)
            self.recovered("log goes on, with the gap told, once it is read",
                           time.monotonic() - begin, 3)
        lines = text.decode().splitlines()
        self.assertTrue(all(line.split(" ")[0] in ("DEBUG", "INFO", "WARNING", "ERROR")
                            for line in lines), "a line was torn")

    def test_a_log_that_is_closed(self):
        read_end, write_end = os.pipe()
        self.start_into(write_end, timeout=2)
        os.close(write_end)
        os.close(read_end)
        self.works("nobody has the log's pipe open")


class ReadOnly(FaultCase):
    """A /data that the kernel made read-only, as it does with a broken card."""

    def start_read_only(self):
        broker = self.start_broker()
        config = os.path.join(self.folder, "data", "config.ini")
        os.mkdir(os.path.dirname(config))
        with open(config, "w", encoding="utf-8") as file:
            file.write(config_for(broker))
        folder = os.path.dirname(config)
        return self.start_daemon(name="data/config.ini", wrapper=own_mounts(
            f"mount --bind '{folder}' '{folder}' && mount -o remount,bind,ro '{folder}'"
            f" && ! touch '{folder}/x' 2>/dev/null"))

    def test_a_read_only_config_folder(self):
        begin = time.monotonic()
        daemon = self.start_read_only()
        self.feed()
        self.client.wait_for_name()
        self.recovered("battery on the bus with a read-only /data", time.monotonic() - begin, 5)
        self.assertEqual(self.client.set_value("/CustomName", "Kept in memory"), 0)
        self.assertEqual(self.client.value("/CustomName"), "Kept in memory")
        daemon.reload()
        wait_until(lambda: daemon.matching("is loaded")[1:], 10, "the reload")
        self.assertEqual(daemon.errors(), [])
        self.assertTrue(self.client.owner(SERVICE))

    def test_a_full_data_partition(self):
        broker = self.start_broker()
        folder = os.path.join(self.folder, "data")
        os.mkdir(folder)
        config = os.path.join(self.folder, "config.ini")
        with open(config, "w", encoding="utf-8") as file:
            file.write(config_for(broker))
        daemon = self.start_daemon(name="data/config.ini", wrapper=own_mounts(
            f"mount -t tmpfs -o size=64k tmpfs '{folder}' && cp '{config}' '{folder}'"
            f" && {{ cat /dev/zero >'{folder}/rest' 2>/dev/null; true; }}"))
        begin = time.monotonic()
        self.feed()
        self.client.wait_for_name()
        self.recovered("battery on the bus with a full /data", time.monotonic() - begin, 5)
        self.assertEqual(daemon.errors(), [])


class Recording(FaultCase):
    """What is recorded is worth less than the battery."""

    def start_recording_to(self, prepare):
        """A daemon for which the folder "stick" is as `prepare`, words of a shell, makes it."""
        broker = self.start_broker()
        folder = os.path.join(self.folder, "stick")
        os.mkdir(folder)
        self.file = os.path.join(folder, "boat.jsonl")
        return self.start_daemon(config_for(broker, {"record": self.file, "timeout": 2}), recorded=False,
                                 wrapper=own_mounts(prepare.format(folder)))

    def trouble(self):
        result = run([binary(), "--config", self.daemon.config_file, "--status", "--json"],
                     env=self.bus.environment(), check=False, timeout=30 * slowness())
        return json.loads(result.stdout)["processes"][0]["recording"]["trouble"]

    def works_without(self, daemon, why):
        begin = time.monotonic()
        feeder = self.feed(every=0.1)
        self.client.wait_for_name()
        self.recovered(f"battery on the bus although the recording's disk: {why}", time.monotonic() - begin, 5)
        wait_until(lambda: self.trouble() == why, 20 * slowness(), "the trouble in the status")
        log = rf"^WARNING recording to {self.file} is not possible: {why}"
        daemon.wait_for_log(log, timeout=20 * slowness())
        feeder.stop()
        self.client.wait_for_value(CCL, 0.0, timeout=20 * slowness())
        self.assertEqual(len(daemon.matching(log)), 1)
        self.assertEqual(daemon.errors(), [])

    def test_a_full_disk(self):
        self.works_without(self.start_recording_to(
            "mount -t tmpfs -o size=64k tmpfs '{0}' && {{ cat /dev/zero >'{0}/rest' 2>/dev/null; true; }}"),
            "No space left on device")

    def test_a_read_only_disk(self):
        self.works_without(self.start_recording_to(
            "mount --bind '{0}' '{0}' && mount -o remount,bind,ro '{0}'"), "Read-only file system")

    def test_a_folder_that_is_not_there(self):
        daemon = self.start_recording_to("rmdir '{0}'")
        self.works_without(daemon, "No such file or directory")


if __name__ == "__main__":
    unittest.main()
