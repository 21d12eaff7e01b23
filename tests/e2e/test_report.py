# SPDX-License-Identifier: MIT
"""`--report`: one archive with what a bug report needs, and none of its owner's secrets in it."""
import json
import os
import tarfile
import unittest

from harness.case import Case, payload
from harness.daemon import binary, config_for
from harness.namespaces import own_mounts
from harness.process import run
from harness.waiting import slowness, wait_until

# One of each kind that a report must not hold, wherever it stands.
PASSWORD, OLD_PASSWORD, USER = "sword;fish#9", "anchor-chain", "skipper77"
SERIAL, VICTRON_SERIAL, PORTAL_ID = "JBD-0815-4711", "HQ2042ABCDE", "c0619ab12345"
MARKED, CLIENT, CLOUD_TOKEN = "Seeadler", "yacht-4711", "eyJhbGciOi"
SECRETS = (PASSWORD, OLD_PASSWORD, USER, SERIAL, VICTRON_SERIAL, PORTAL_ID, MARKED, CLIENT, CLOUD_TOKEN)
TOPIC = f"{MARKED}/battery"
ALWAYS = {"about.txt", "versions.txt", "check-config.txt", "status.txt", "status.json", "why.txt", "why.json"}


class ReportCase(Case):
    def setUp(self):
        super().setUp()
        self.archive = os.path.join(self.folder, "report.tar.gz")
        self.config_file = os.path.join(self.folder, "config.ini")

    def report(self, wrapper=(), archive=None, **environment):
        done = run([*wrapper, binary(), "--config", self.config_file, "--report", archive or self.archive], check=False,
                   env={**self.bus.environment(), **environment}, timeout=120 * slowness())
        self.assertFalse([name for name in os.listdir(self.folder) if name.startswith(".report")], "left behind")
        return done.returncode, done.stdout.decode()

    def files(self):
        """{name: text} of the archive, which nobody else may read."""
        self.assertEqual(os.stat(self.archive).st_mode & 0o777, 0o600)
        with tarfile.open(self.archive, "r:gz") as archive:
            return {os.path.basename(member.name): archive.extractfile(member).read().decode()
                    for member in archive.getmembers() if member.isfile()}

    def assert_holds_no_secret(self, files):
        for name, text in files.items():
            for secret in SECRETS:
                self.assertNotIn(secret.lower(), text.lower(), f"{secret} stands in {name}")


class OfARunningInstallation(ReportCase):
    def config(self, broker):
        default = {"device_name": f"{MARKED} house", "record": f"{self.folder}/boat.jsonl", "record_mask": MARKED}
        text = config_for(broker, default,
                          {"topic": TOPIC, "username": USER, "password": PASSWORD},
                          SMARTSHUNTS={"exclude_shunts": VICTRON_SERIAL}, PUBLISH={"client": CLIENT})
        return text + f"\n;password = {OLD_PASSWORD}\n; was N/{PORTAL_ID}/battery/5/JsonData\n"

    def recorded(self):
        try:
            with open(os.path.join(self.folder, "boat.jsonl"), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def own_log(self):
        """Wrapper of a program that sees a log of this installation, longer than what goes into a report."""
        log = os.path.join(self.folder, "log", os.path.basename(self.folder))
        os.makedirs(log)
        with open(os.path.join(log, "@4000000065aa.s"), "w", encoding="utf-8") as file:
            file.write("INFO the oldest line\n" * 20_000)
        with open(os.path.join(log, "current"), "w", encoding="utf-8") as file:
            file.write(f"INFO {VICTRON_SERIAL} of {PORTAL_ID} at N/{PORTAL_ID}/system as {USER}\nINFO the last line\n")
        return own_mounts(f"mount --bind {self.folder}/log /var/log")

    def test_a_report_has_what_is_needed_and_no_secret(self):
        broker = self.start_broker()
        daemon = self.start_daemon(self.config(broker), recorded=False)  # by its config
        broker.wait_subscribed(TOPIC)
        broker.publish(payload(Serial=SERIAL, CustomName=f"of {MARKED}", Token=CLOUD_TOKEN), TOPIC)
        self.client.wait_for_name()
        wait_until(lambda: '"decided"' in self.recorded(), 30 * slowness(), "a decision to be recorded")
        code, said = self.report(self.own_log())
        self.assertEqual(code, 0, said)
        files = self.files()
        self.assert_holds_no_secret({"what it says": said, **files})
        self.assertEqual(set(files), ALWAYS | {"config.ini", "log.txt", "recording.jsonl"})
        self.assertEqual(files["about.txt"].strip(), said[:said.index("\nIt is in")].strip())
        self.assertEqual(json.loads(files["status.json"])["processes"][0]["pid"], daemon.pid)
        self.assertIn("is valid", files["check-config.txt"])
        self.assertTrue(files["log.txt"].endswith("the last line\n"))
        self.assertLessEqual(len(files["log.txt"]), 300_000)
        for name in ("why.txt", "why.json", "versions.txt"):
            self.assertTrue(files[name].strip(), name)
        self.check_masked_config(files["config.ini"])
        self.check_masked_recording(files["recording.jsonl"])

    def check_masked_config(self, text):
        """It is still a config, with the same topics for the same things."""
        self.assertRegex(text, r"(?m)^topic = word1/battery$")
        self.assertRegex(text, r"(?m)^broker_address = 127\.0\.0\.1$")
        path = os.path.join(self.folder, "masked.ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = run([binary(), "--config", path, "--check-config"], check=False, env=self.bus.environment(),
                   timeout=20 * slowness())
        self.assertEqual(done.returncode, 0, done.stdout.decode())


    def check_masked_recording(self, text):
        """Without its secrets it is decided as it was with them."""
        path = os.path.join(self.folder, "masked.jsonl")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        done = run([binary(), "--replay", path, "--diff"], check=False, env=self.bus.environment(),
                   timeout=60 * slowness())
        self.assertEqual(done.returncode, 0, done.stdout.decode())
        self.assertRegex(done.stdout.decode(), r"(?m)^same: [1-9]")


class OfARecording(ReportCase):
    def test_a_word_that_was_marked_later_is_masked_in_both_parts(self):
        recording = os.path.join(self.folder, "boat.jsonl")
        for name, number in ((recording, 2), (recording + ".1", 1)):
            with open(name, "w", encoding="utf-8") as file:
                file.write(f'{{"t":{number},"mqtt":{{"topic":"{TOPIC}","payload":"{{}}"}}}}\n')
        with open(self.config_file, "w", encoding="utf-8") as file:
            file.write(f"[DEFAULT]\nrecord = {os.path.basename(recording)}\nrecord_mask = {MARKED}\n")
        code, said = self.report()
        self.assertEqual(code, 0, said)
        files = self.files()
        self.assert_holds_no_secret(files)
        for name, number in (("recording.jsonl", 2), ("recording.jsonl.1", 1)):
            self.assertEqual(json.loads(files[name]),
                             {"t": number, "mqtt": {"topic": "word1/battery", "payload": "{}"}})


class OfWhatIsMissing(ReportCase):
    def test_a_report_without_config_and_daemon_says_so(self):
        code, said = self.report()
        self.assertEqual(code, 0, said)
        files = self.files()
        self.assertEqual(set(files), ALWAYS)
        for name in ("config.ini", "log.txt", "recording.jsonl"):
            self.assertRegex(said, rf"{name} .*: there is none")

    def test_no_file_is_overwritten(self):
        with open(self.archive, "w", encoding="utf-8") as file:
            file.write("mine")
        code, said = self.report()
        self.assertEqual(code, 1, said)
        self.assertRegex(said, "report.tar.gz: File exists")
        with open(self.archive, encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine")

    def test_what_keeps_it_from_being_written_is_said(self):
        code, said = self.report(archive=os.path.join(self.folder, "nowhere", "report.tar.gz"))
        self.assertEqual(code, 1, said)
        self.assertRegex(said, "nowhere.*No such file or directory")
        code, said = self.report(PATH=self.folder)  # where no tar is
        self.assertEqual(code, 1, said)
        self.assertRegex(said, "tar")
        self.assertFalse(os.path.exists(self.archive))


if __name__ == "__main__":
    unittest.main()
