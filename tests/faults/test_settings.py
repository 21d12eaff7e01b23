# SPDX-License-Identifier: MIT
"""A settings service that is absent, hangs, or lies about the instance and the name."""
import time
import unittest

from support import CCL, LIMITS, FaultCase, config_for

import dbus

from harness.bus import SERVICE
from harness.case import payload
from harness.liar import LIES
from harness.process import Process
from harness.waiting import stays_true


class Settings(FaultCase):
    def timed_start(self, what, limit, **default):
        broker = self.start_broker()
        self.start_daemon(config_for(broker, default))
        broker.wait_subscribed()
        begin = time.monotonic()
        self.feed()
        self.client.wait_for_name()
        self.recovered(f"battery on the bus, {what}", time.monotonic() - begin, limit)

    def test_absent(self):
        self.timed_start("no settings service", 2, device_instance=144)
        self.assertEqual(self.client.value("/DeviceInstance"), 144)
        self.assertEqual(self.daemon.complaints(), [])

    def test_hanging(self):
        import signal
        settings = self.start_settings()
        settings.send(signal.SIGSTOP)
        self.addCleanup(settings.send, signal.SIGCONT)
        self.timed_start("settings service SIGSTOPped", 4)
        self.assertEqual(self.client.value("/DeviceInstance"), 100)
        self.daemon.wait_for_log("Using VRM instance 100 without .*: it does not answer")
        begin = time.monotonic()
        settings.send(signal.SIGCONT)
        settings.wait_for_log('"AddSettings"')
        self.recovered("asked again, or answered, on SIGCONT", time.monotonic() - begin, 3)
        self.assertEqual(self.client.set_value("/CustomName", dbus.String("Told")), 0)
        settings.wait_for_log('"SetValue".*Told')

    def start_liar(self, lie):
        import os
        import sys
        from harness import liar
        process = Process([sys.executable, "-B", liar.__file__, lie], env=self.bus.environment(),
                          cwd=os.path.dirname(liar.__file__))
        self.addCleanup(process.stop)
        process.wait_for_log("^ready$")

    def test_lying(self):
        for lie in LIES:
            with self.subTest(lie):
                self.start_liar(lie)
                daemon = self.run_battery(LIMITS)
                before = daemon.memory_kib()
                self.assertEqual(self.client.value("/DeviceInstance"), 100)
                self.assertEqual(self.client.value("/CustomName"), "MQTT Battery")
                self.publish_and_wait(payload(Soc=31, Info=LIMITS["Info"]))
                self.assertEqual(self.client.value(CCL), 80.0)
                self.assertEqual(len(daemon.complaints()), 1, daemon.output())
                self.assertLess(max(len(line.text) for line in daemon.lines), 500)
                self.memory_stays(daemon, before, 512)
                self.doCleanups()
                self.client.wait_for_no_name()
                self.setUp()

    def test_changing_its_mind_all_the_time(self):
        """An instance that changes makes the battery leave and return: it stays complete."""
        self.start_liar("restless")
        self.run_battery(LIMITS)
        self.feed(every=0.1)
        stays_true(self.daemon.running, 3, "the daemon")
        begin = time.monotonic()
        self.client.wait_for_value("/DeviceInstance", 777)
        self.recovered("the last word is what counts", time.monotonic() - begin, 15)
        self.assertEqual(self.client.value(CCL), 80.0)
        self.assertTrue(self.client.owner(SERVICE))
        self.assertLess(len(self.daemon.lines), 60, self.daemon.output()[-3000:])


if __name__ == "__main__":
    unittest.main()
