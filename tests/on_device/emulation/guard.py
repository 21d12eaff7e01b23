# SPDX-License-Identifier: MIT
"""guard.py ROOT: when its standard input closes, ends everything that runs in ROOT and removes it.

The test holds the other end, so this happens however the test ends.
"""
import os
import shutil
import signal
import subprocess
import sys
import time


def processes_in(root):
    """Ids of the processes whose root directory is `root`."""
    found = []
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and os.readlink(f"/proc/{entry}/root") == root:
                found.append(int(entry))
        except OSError:
            pass  # ended meanwhile, or not ours to look at
    return found


def end_all(root, seconds=20.0):
    """Kills until none is left; supervise may start another one in between."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        pids = processes_in(root)
        if not pids:
            return True
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(0.01)
    return False


if __name__ == "__main__":
    os.setsid()
    sys.stdin.read()
    end_all(sys.argv[1])
    for place in (sys.argv[1] + "/proc", sys.argv[1]):
        subprocess.run(["umount", "-l", place], stderr=subprocess.DEVNULL, check=False)
    if not os.path.ismount(sys.argv[1] + "/proc"):
        shutil.rmtree(sys.argv[1], ignore_errors=True)
