# SPDX-License-Identifier: MIT
"""Base of the tests that ask `--status`."""
import json
import os

from .daemon import binary
from .process import run
from .shunts import ShuntCase
from .waiting import slowness, wait_until

HEALTHY, DEGRADED, NOT_RUNNING = 0, 1, 3


class StatusCase(ShuntCase):
    def ask(self, *arguments, config=None, env=None):
        config = config or os.path.join(self.folder, "config.ini")
        result = run([binary(), "--status", "--config", config, *arguments], check=False,
                     env=env or self.bus.environment(), timeout=30 * slowness())
        return result.returncode, result.stdout.decode()

    def as_json(self, **options):
        code, text = self.ask("--json", **options)
        report = json.loads(text)
        self.assertEqual(report["exit_code"], code)
        return report

    def problems(self, report):
        return [f"{a['subject']}: {a['what']} -> {a['todo']}" for a in report["advice"] if a["problem"]]

    def becomes_verdict(self, verdict, *parts, **options):
        """Waits until the verdict is this and its problems hold every one of `parts`."""
        last = []

        def reached():
            last[:] = [self.as_json(**options)]
            told = "\n".join(self.problems(last[0]))
            return last[0]["verdict"] == verdict and all(part in told for part in parts)
        wait_until(reached, 30 * slowness(), lambda: f"{verdict} with {parts}; last: {last}", 0.1)
        return last[0]

    def assert_text(self, code, first_line, *parts, **options):
        """The text form: exit code, first line, and words regardless of line breaks."""
        got, text = self.ask(**options)
        self.assertEqual(got, code, text)
        self.assertRegex(text.splitlines()[0], first_line)
        flat = " ".join(text.split())
        for part in parts:
            self.assertIn(part, flat)
        for line in text.splitlines():
            self.assertTrue(len(line) <= 80 or " " not in line.strip(), f"too long: {line}")
        self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f]")
        return text
