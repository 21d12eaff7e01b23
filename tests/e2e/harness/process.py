# SPDX-License-Identifier: MIT
"""Child processes whose output is collected line by line with arrival times."""
import collections
import ctypes
import os
import re
import signal
import subprocess
import threading
import time

from .waiting import Timeout, wait_until

Line = collections.namedtuple("Line", "time text")
_PR_SET_PDEATHSIG = 1


def _die_with_parent():
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """Runs `command`; stdout and stderr are merged and kept in `lines`."""

    def __init__(self, command, env=None, cwd=None):
        self.command = command
        self.lines = []
        self._ended = False
        self._changed = threading.Condition()
        self._popen = subprocess.Popen(
            command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, preexec_fn=_die_with_parent)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self):
        return self._popen.pid

    def _read(self):
        for raw in self._popen.stdout:
            with self._changed:
                self.lines.append(Line(time.monotonic(), raw.decode("utf-8", "replace").rstrip("\n")))
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def running(self):
        return self._popen.poll() is None

    def send(self, number):
        os.kill(self.pid, number)

    def output(self):
        return "\n".join(line.text for line in self.lines)

    def mark(self):
        """Position in the output; pass it as `since` to look only at what came later."""
        return len(self.lines)

    def matching(self, pattern, since=0):
        found = re.compile(pattern)
        return [line for line in self.lines[since:] if found.search(line.text)]

    def wait_for_log(self, pattern, timeout=30.0, since=0, count=1):
        """The `count`-th line that matches `pattern` after position `since`."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = self.matching(pattern, since)
                if len(found) >= count:
                    return found[count - 1]
                left = deadline - time.monotonic()
                if left <= 0 or self._ended:
                    raise Timeout(f"no line {count} like {pattern!r} from {self.command[0]} within "
                                  f"{timeout} s or its life; its output:\n{self.output()}")
                self._changed.wait(left)

    def wait(self, timeout=30.0):
        """Waits for the end; returns the exit code (negative: killed by that signal)."""
        code = self._popen.wait(timeout)
        self._reader.join(5)
        return code

    def stop(self, number=signal.SIGTERM, timeout=30.0):
        """Ends it; returns (exit code, seconds taken). Kills what does not obey."""
        start = time.monotonic()
        if self.running():
            self.send(number)
            try:
                self._popen.wait(timeout)
            except subprocess.TimeoutExpired:
                self._popen.kill()
                self._popen.wait()
        taken = time.monotonic() - start
        self._reader.join(5)
        self._popen.stdout.close()
        return self._popen.returncode, taken

    def wait_until_dead(self, timeout=30.0):
        wait_until(lambda: not self.running(), timeout, f"{self.command[0]} to end")


def run(command, timeout=60.0, data=None, env=None, check=True):
    """Runs to completion and returns the subprocess result (text unless `data` is bytes)."""
    result = subprocess.run(command, input=data, env=env, timeout=timeout, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if check and result.returncode != 0:
        raise AssertionError(f"{command} ended with {result.returncode}: {result.stdout!r}")
    return result
