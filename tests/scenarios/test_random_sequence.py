# SPDX-License-Identifier: MIT
"""Everything at once, in a random order that a seed repeats, while an independent listener checks what
must always hold (sequence/watch.py). A minute by default; by hand for as long as one likes:

    tests/scenarios/test_random_sequence.py --seconds 3600 --seed 7
"""
import argparse
import random
import sys
import time
import unittest

from support import ScenarioCase, slowness, wait_until

from harness.systemcalc import CCL, CVL
from sequence.steps import WEIGHTS
from sequence.watch import Watch
from sequence.world import World

OPTIONS = {"seconds": 60.0, "seed": 1, "ignore": None}
LINES_A_STEP = 25  # of log, on average
LINES_AT_ONCE = 120
SHOWN_STEPS = 40


def said(lines):
    """How many lines of log are for everybody: who asks for DEBUG is told of each message."""
    return sum(not line.text.startswith("DEBUG") for line in lines)


class RandomSequence(ScenarioCase):
    def setUp(self):
        super().setUp()
        self.random = random.Random(OPTIONS["seed"])
        self.history, self.lines, self.blamed = [], 0, 0
        self.world = World(self)
        self.addCleanup(self.world.thaw_daemon)
        self.watch = Watch(self.bus.address, self.world.who, self.world.patience, OPTIONS["ignore"])
        self.addCleanup(self.watch.stop)
        # Both shunts were seen together: from here on their shares are known.
        wait_until(lambda: any(service.value("/System/NrOfModulesOnline") == len(self.world.shunts)
                               for service in self.watch.of(self.world.bank)), 30 * slowness(), "the bank")
        self.began = time.monotonic()

    def say(self, text):
        self.history.append((time.monotonic(), text))

    def fail_with_history(self, what):
        begin = self.history[0][0]
        told = [f"{moment - begin:8.2f} s  {text}" for moment, text in sorted(
            self.history[-SHOWN_STEPS:] + [(m, f"*** {v}") for m, v in self.watch.violations[:20]])]
        log = [f"{line.time - begin:8.2f} s  {line.text}" for line in self.world.daemon.lines[-60:]]
        self.fail(f"{what}; seed {OPTIONS['seed']}, step {len(self.history)}. The last steps:\n"
                  + "\n".join(told) + "\nThe daemon's log:\n" + "\n".join(log))

    def check(self):
        if self.watch.violations:
            self.fail_with_history(self.watch.violations[0][1])
        if not self.world.daemon.running():
            self.fail_with_history("the daemon ended")
        lines = said(self.world.daemon.lines[self.lines:])
        if lines > LINES_AT_ONCE:
            self.fail_with_history(f"{lines} lines of log for one step")

    def step(self):
        # The numbers of a step come from a generator of its own: they do not depend on what went before.
        own = random.Random(self.random.getrandbits(64))
        step = own.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))[0]
        self.lines = len(self.world.daemon.lines)
        daemon = self.world.daemon
        self.say(step.__name__)
        result = step(self.world, own)
        self.history[-1] = (self.history[-1][0], f"{step.__name__} {result or ''}")
        pause = own.choices((0.05, 0.2, 0.5, 1.0, 5.0, 17.0), weights=(24, 24, 24, 22, 4, 2))[0]
        if self.world.daemon is not daemon:
            self.lines = 0
        end = time.monotonic() + pause
        while time.monotonic() < end:
            self.check()
            time.sleep(0.05)

    def whole(self, source):
        services = self.watch.of(source)
        return bool(services) and services[0].value(CVL) == source.cvl_v and services[0].value(CCL)

    def test_whatever_happens_no_limit_outlives_its_source(self):
        end = time.monotonic() + OPTIONS["seconds"]
        while time.monotonic() < end:
            self.step()
        self.check()
        self.say("all is well again")
        self.world.heal()
        sources = {"plain": self.world.plain, "venus": self.world.venus_source}
        try:
            wait_until(lambda: all(self.whole(s) for s in sources.values()) and self.watch.of(self.world.bank),
                       60 * slowness(), lambda: "recovery", 0.1)
        except AssertionError:
            missing = [name for name, source in sources.items() if not self.whole(source)]
            self.fail_with_history(f"no recovery: {missing or 'bank'}")
        self.check()
        lines = sum(said(daemon.lines) for daemon in self.daemons)
        self.assertLess(lines, LINES_A_STEP * len(self.history) + 200, "too much log")
        print(f"\nSCENARIO seed {OPTIONS['seed']}: {len(self.history)} steps in "
              f"{time.monotonic() - self.began:.0f} s, {self.watch.compared} times all items compared, "
              f"{lines} lines of log", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Everything at once, in random order.")
    parser.add_argument("--seconds", type=float, default=OPTIONS["seconds"])
    parser.add_argument("--seed", type=int, default=OPTIONS["seed"])
    parser.add_argument("--ignore", help="violations to pass over: a regular expression")
    options, rest = parser.parse_known_args()
    OPTIONS.update(vars(options))
    unittest.main(argv=[sys.argv[0], *rest])
