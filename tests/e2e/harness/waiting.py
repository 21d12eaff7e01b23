# SPDX-License-Identifier: MIT
"""Waiting for conditions with a deadline; nothing here sleeps blindly."""
import functools
import os
import time


class Timeout(AssertionError):
    """A condition did not come true in time."""


@functools.lru_cache(maxsize=None)
def slowness():
    """How much longer than a release build the tested binary may take (sanitizers: 5)."""
    with open(os.environ["DMB_BINARY"], "rb") as binary:
        content = binary.read()
    return 5.0 if b"__asan_init" in content or b"__tsan_init" in content else 1.0


def wait_until(condition, timeout=30.0, what="a condition", interval=0.01):
    """Polls until `condition()` is truthy and returns its result; raises Timeout after `timeout` s."""
    deadline = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise Timeout(f"waited {timeout:.1f} s in vain for {what() if callable(what) else what}")
        time.sleep(interval)


def stays_true(condition, seconds, what="a condition", interval=0.05):
    """Checks that `condition()` holds for `seconds` without a gap."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not condition():
            left = deadline - time.monotonic()
            raise AssertionError(f"{what} stopped being true {seconds - left:.2f} s into {seconds} s")
        time.sleep(interval)
