# SPDX-License-Identifier: MIT
"""Neighbours on the bus that claim to be SmartShunts, flood, flap, and want our name."""
import sys
import time
import unittest

from support import LIMITS, FaultCase, ShuntFaultCase, config_for, slowness, wait_until

from harness.bus import SERVICE
from harness.case import payload
from harness.process import Process
from harness.shunts import AGGREGATE, FOLDER, PREFIX

SECONDS = 3
ROGUE = PREFIX + "rogue"


class Neighbour:
    def rogue(self, manner, name, seconds=SECONDS):
        process = Process([sys.executable, "-B", "-m", "harness.rogue", manner, name, str(seconds)],
                          env=self.bus.environment(), cwd=FOLDER)
        self.addCleanup(process.stop, 9)
        process.wait_for_log("^:")
        return process

    def done(self, process):
        """Waits for its end; how often it did it."""
        return int(process.wait_for_log("^done ", timeout=90).text.split()[1])


class Shunts(Neighbour, ShuntFaultCase):
    def start(self):
        self.good = self.shunt("ttyS5", current=1.0)
        self.start_time = time.monotonic()
        self.daemon = self.aggregate()
        self.becomes(current=1.0)
        return self.daemon

    def latency(self, current):
        """Seconds until a change of the good shunt shows."""
        begin = time.monotonic()
        self.good.change(current=current)
        self.becomes(current=current)
        return time.monotonic() - begin

    def endures(self, manner, lines, kib=512, cpu_share=0.95):
        """The good shunt's values go on while the rogue is at it, and afterwards it is as before."""
        daemon = self.start()
        before, mark, cpu = daemon.memory_kib(), daemon.mark(), daemon.cpu_seconds()
        process = self.rogue(manner, ROGUE)
        begin = time.monotonic()
        worst = 0.0
        while process.running() and not process.matching("^done"):
            wait_until(lambda: self.client.owner(AGGREGATE), 5 * slowness(), "the aggregate")
            self.good.change(current=2.0)
            start = time.monotonic()
            self.client.get_items(AGGREGATE)
            worst = max(worst, time.monotonic() - start)
        times = self.done(process)
        taken = time.monotonic() - begin
        self.noted(f"{times} times in {SECONDS} s; slowest answer {worst:.3f} s, "
                   f"{(daemon.cpu_seconds() - cpu) / taken:.0%} CPU, "
                   f"{len(daemon.lines) - mark} lines of log")
        self.assertLess(worst, 2 * slowness())
        process.stop()
        self.recovered("right sum after the rogue's end", self.latency(3.0), 3)
        self.assertLessEqual(len(daemon.lines) - mark, lines, self.log())
        self.memory_stays(daemon, before, kib)
        self.assertTrue(daemon.running())

    def test_flaps_a_hundred_times_a_second(self):
        self.endures("flapping", lines=90)  # up to four lines for each of the first twenty

    def test_flaps_under_ever_new_names(self):
        # Of each of the 300 it is remembered who it was, also for the next start.
        self.endures("flapping_under_many_names", lines=90, kib=1024)

    def test_flaps_alone(self):
        """Nobody else is there: the aggregate itself comes and goes, the log does not."""
        daemon = self.aggregate(default={"logging": "WARNING"}, wait=False)
        process = self.rogue("flapping", ROGUE)
        self.noted(f"{self.done(process)} times, {len(daemon.lines)} lines of log")
        process.stop()
        self.assertLessEqual(len(daemon.lines), 50, self.log())
        self.shunt("ttyS5", current=1.0)
        begin = time.monotonic()
        self.becomes(current=1.0)
        self.recovered("right sum of a shunt that comes after it", time.monotonic() - begin, 3)

    def test_sends_nonsense_as_fast_as_it_can(self):
        self.endures("sending_nonsense", lines=30)

    def test_floods_the_bus_with_signals(self):
        daemon = self.start()
        before = daemon.memory_kib()
        process = self.rogue("flooding", AGGREGATE)
        time.sleep(0.5)
        latency = max(self.latency(float(n)) for n in range(2, 6))
        self.noted(f"{self.done(process)} signals, half of them to us alone")
        self.recovered("a shunt's change shows during the flood", latency, 2)
        self.memory_stays(daemon, before, 512)


class Battery(Neighbour, FaultCase):
    def test_wants_our_name(self):
        daemon = self.run_battery(LIMITS)
        owner = self.client.owner(SERVICE)
        process = self.rogue("stealing", SERVICE)
        self.assertEqual(self.done(process), 0, "it got the name")
        self.assertEqual(self.client.owner(SERVICE), owner)
        self.publish_and_wait(payload(Soc=33))
        self.assertEqual(daemon.complaints(), [])

    def test_has_our_name(self):
        process = self.rogue("sending_nonsense", SERVICE, seconds=6)
        self.start_broker()
        daemon = self.start_daemon(config_for(self.broker))
        self.broker.wait_subscribed()
        self.feed()
        daemon.wait_for_log(rf"^ERROR .*{SERVICE} is already taken by .*: stop that one")
        self.done(process)
        process.stop()
        begin = time.monotonic()
        wait_until(lambda: self.client.owner(SERVICE), 15 * slowness(), "the daemon to take over")
        self.recovered("name taken once it is free (tried every 10 s)", time.monotonic() - begin, 11)
        self.assertEqual(len(daemon.errors()), 1)

    def test_asks_for_everything_and_never_reads(self):
        daemon = self.run_battery(LIMITS)
        before = daemon.memory_kib()
        process = self.rogue("never_reading", SERVICE, seconds=5)
        worst = 0.0
        number = 0
        while not process.matching("^done"):
            number += 1
            begin = time.monotonic()
            self.publish_and_wait(payload(Soc=number % 90, Info=LIMITS["Info"]))
            worst = max(worst, time.monotonic() - begin)
        self.noted(f"{self.done(process)} questions")
        self.recovered("slowest value while it asks", worst, 2)
        self.memory_stays(daemon, before, 1024)

    def test_floods_the_bus_with_signals(self):
        daemon = self.run_battery(LIMITS)
        before = daemon.memory_kib()
        process = self.rogue("flooding", SERVICE)
        worst = 0.0
        while not process.matching("^done"):
            begin = time.monotonic()
            self.publish_and_wait(payload(Soc=worst % 90, Info=LIMITS["Info"]))
            worst = max(worst, time.monotonic() - begin)
        self.noted(f"{self.done(process)} signals, half of them to us alone")
        self.recovered("slowest value during the flood", worst, 2)
        self.memory_stays(daemon, before, 512)


if __name__ == "__main__":
    unittest.main()
