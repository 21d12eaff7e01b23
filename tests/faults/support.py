# SPDX-License-Identifier: MIT
"""What the fault tests have in common; the tools are those of the end-to-end tests."""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

# pylint: disable=wrong-import-position
from harness.case import LIMITS, Case  # noqa: E402
from harness.daemon import config_for  # noqa: E402
from harness.shunts import ShuntCase  # noqa: E402
from harness.waiting import slowness, wait_until  # noqa: E402

CCL = "/Info/MaxChargeCurrent"
MIB_OF_KIB = 1024
# A promised time is for a machine with nothing else to do; the one that runs the tests may be busy.
BUSY = 3


def long_run():
    """Whether the long form is wanted; continuous integration takes the short one."""
    return os.environ.get("DMB_FAULTS", "short") == "long"


class Faults:
    """Mixed into a Case: measures recoveries, one line each, from which docs/reliability.md lives."""

    def recovered(self, what, seconds, limit):
        """Prints how long something took, and fails if that is longer than promised."""
        name = f"{type(self).__name__}.{self._testMethodName}"
        print(f"\nFAULT {name}: {what}: {seconds:.2f} s (limit {limit:g} s)", flush=True)
        self.assertLess(seconds, limit * slowness() * BUSY, f"{what} took too long\n{self.log()}")

    def noted(self, what):
        print(f"\nFAULT {type(self).__name__}.{self._testMethodName}: {what}", flush=True)

    def log(self):
        return self.daemon.output()[-4000:]

    def seconds_until(self, condition, timeout, what, interval=0.01):
        begin = time.monotonic()
        wait_until(condition, timeout * slowness(), lambda: f"{what}\n{self.log()}", interval)
        return time.monotonic() - begin

    def feed(self, message=None, every=0.3, broker=None):
        """Publishes the same message again and again in the background, whatever the broker does."""
        feeder = Feeder(broker or self.broker, message or LIMITS, every)
        self.addCleanup(feeder.stop)
        return feeder

    def memory_stays(self, daemon, before_kib, allowed_kib):
        """Private memory now against `before_kib`; sanitizers keep freed memory, so they may more."""
        grown = daemon.memory_kib() - before_kib
        self.noted(f"memory grew by {grown} KiB (limit {allowed_kib} KiB)")
        self.assertLess(grown, allowed_kib if slowness() == 1 else 1024 * MIB_OF_KIB)


class FaultCase(Faults, Case):
    """A battery from a broker in trouble."""

    def limit(self):
        return self.client.value(CCL)


class ShuntFaultCase(Faults, ShuntCase):
    """Shunts in trouble."""


class Feeder:
    """See Faults.feed."""

    def __init__(self, broker, message, every):
        import threading
        self._stop = threading.Event()
        self.broker, self.message, self.every = broker, message, every
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stop.wait(self.every):
            try:
                self.broker.publish(self.message)
            except Exception:  # pylint: disable=broad-except  # the broker is the one in trouble
                pass

    def stop(self):
        self._stop.set()
        self._thread.join(70)


__all__ = ["CCL", "FaultCase", "Faults", "LIMITS", "MIB_OF_KIB", "ShuntFaultCase", "config_for",
           "long_run", "signal", "slowness", "wait_until"]
