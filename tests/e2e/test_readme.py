# SPDX-License-Identifier: MIT
"""The README of an owner, letter by letter: each piece of config is one that the program takes, each command one that it
knows. The chapter about installing is followed on an emulated device (device.readme)."""
import os
import re
import unittest

from harness.case import Case, LIMITS
from harness.daemon import binary, config_for
from harness.process import run

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PAGES = ("README.md", "docs/banks.md", "docs/mqtt-battery.md", "docs/publishers.md", "docs/publish.md",
         "docs/smartshunts.md", "docs/switches.md", "docs/trial.md", "docs/troubleshooting.md", "docs/recording.md")
INSTALLED = "/data/etc/dbus-mqtt-battery/dbus-mqtt-battery"
BROKER = "[MQTT]\nbroker_address = 192.168.1.5\ntopic = battery\n"


def text_of(page):
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        return file.read()


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", text_of(page), re.S)


def whole(block):
    """What the block leaves to the reader, who has a broker already, and below a map a preset."""
    if block.startswith("[MAP]\nInfo/"):
        return BROKER + "preset = batmon\n" + block
    if "broker_address" in block or "[SMARTSHUNTS]" in block:
        return block
    return block.replace("[MQTT]\n", BROKER) if "[MQTT]" in block else BROKER + block


class Configs(Case):
    def test_each_is_valid_and_has_no_key_that_nothing_reads(self):
        seen = 0
        for page in PAGES:
            for block in blocks(page, "ini"):
                with self.subTest(page=page, block=block):
                    path = os.path.join(self.folder, "config.ini")
                    with open(path, "w", encoding="utf-8") as file:
                        file.write(whole(block))
                    result = run([binary(), "--config", path, "--check-config"], check=False)
                    text = result.stdout.decode()
                    self.assertEqual(result.returncode, 0, text)
                    self.assertNotRegex(text, r"(?i)unknown|not known|nothing reads|did you mean")
                    seen += 1
        self.assertGreater(seen, 15, "there are blocks to be checked")


class Commands(Case):
    def commands(self):
        lines = [line for block in blocks("README.md", "sh") for line in block.splitlines()]
        return [line.removeprefix(INSTALLED).split() for line in lines
                if line.startswith(INSTALLED) and "--check-config" not in line]

    def test_each_does_what_its_chapter_says(self):
        broker = self.start_broker()
        daemon = self.start_daemon(config_for(broker))
        broker.wait_subscribed()
        broker.publish(LIMITS)
        self.client.wait_for_name()
        expected = {"--status": (0, "MQTT Battery"), "--why": (0, "")}
        used = set()
        for words in self.commands():
            if words[0] not in expected:
                continue
            code, text = expected[words[0]]
            result = run([binary(), "--config", daemon.config_file, *words], check=False, env=self.bus.environment())
            said = result.stdout.decode()
            self.assertIn(result.returncode, (code, 1), said)
            self.assertIn(text, said)
            used.add(words[0])
        self.assertEqual(used, set(expected))

    def test_each_is_one_that_help_tells_of(self):
        told = run([binary(), "--help"]).stdout.decode()
        every = {word for page in PAGES for block in blocks(page, "sh")
                 for line in block.splitlines() if "dbus-mqtt-battery --" in line for word in re.findall(r"(?<!\S)--[a-z-]+", line)}
        self.assertIn("--import", every)
        for option in sorted(every):
            self.assertRegex(told, rf"{option}\b", option)


if __name__ == "__main__":
    unittest.main()
