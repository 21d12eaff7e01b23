# SPDX-License-Identifier: MIT
"""What a daemon under test records, played anew when it has ended: the same must be decided."""
import os
import re
import shutil
import tempfile

from .process import run
from .waiting import slowness


def is_wanted():
    return os.environ.get("DMB_RECORD_TESTS") == "1"


class Recording:
    """A recording in a folder of its own; `options` are the daemon's."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="dmb-recording-")
        os.chmod(self.folder, 0o777)
        self.file = os.path.join(self.folder, "recording.jsonl")
        self.options = ["--record", self.file]

    def check(self, binary, environment):
        """Returns how many decisions were made again; raises AssertionError where one is another."""
        if not os.path.exists(self.file):
            return 0  # it ended before there was a config
        result = run([binary, "--replay", self.file, "--diff"], env=environment, check=False,
                     timeout=60 * slowness())
        text = result.stdout.decode("utf-8", "replace")
        if result.returncode != 0:
            raise AssertionError(f"its recording is decided otherwise (exit {result.returncode}):\n{self.keep()}\n{text}")
        return int(re.search(r"^same: (\d+) decisions", text, re.M)[1])

    def keep(self):
        """Where it can be looked at, if the environment says where."""
        folder = os.environ.get("DMB_KEEP_RECORDINGS")
        if not folder:
            return "(DMB_KEEP_RECORDINGS=FOLDER keeps it)"
        os.makedirs(folder, exist_ok=True)
        kept = tempfile.mkdtemp(dir=folder)
        shutil.copytree(self.folder, kept, dirs_exist_ok=True)
        return kept

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
