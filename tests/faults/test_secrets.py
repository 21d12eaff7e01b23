# SPDX-License-Identifier: MIT
"""Passwords and keys stay where they belong: in the config file and on the way to the broker."""
import glob
import os
import resource
import shutil
import subprocess
import unittest

from support import LIMITS, FaultCase, ShuntFaultCase, config_for, slowness, wait_until

from harness.case import payload
from harness.daemon import binary
from harness.process import run
from harness.shunts import AGGREGATE

PASSWORD = "s3cr3t-Passw0rd"
NOBODY = 65534


class Secrets(FaultCase):
    def start_with_password(self, right=True, mode=0o600, **default):
        broker = self.start_broker(users={"jo": PASSWORD if right else "another"})
        config = os.path.join(self.folder, "config.ini")
        with open(config, "w", encoding="utf-8") as file:
            file.write(config_for(broker, {"logging": "DEBUG", **default},
                                  {"username": "jo", "password": PASSWORD}))
        os.chmod(config, mode)
        return self.start_daemon()

    def assert_silent(self, text, where):
        self.assertNotIn(PASSWORD, text, where)
        self.assertNotIn(PASSWORD[::-1], text, where)

    def test_neither_log_nor_bus_nor_status_nor_process_list_shows_the_password(self):
        daemon = self.start_with_password()
        self.broker.wait_subscribed()
        self.broker.publish(LIMITS)
        self.client.wait_for_name()
        self.assert_silent(str(self.client.get_items()), "bus")
        for name in ("cmdline", "environ", "status", "comm"):
            with open(f"/proc/{daemon.pid}/{name}", "rb") as file:
                self.assert_silent(file.read().decode(errors="replace"), name)
        for form in ((), ("--json",)):
            status = run([binary(), "--config", daemon.config_file, "--status", *form], check=False,
                         env=self.bus.environment())
            self.assertIn(b"127.0.0.1", status.stdout)
            self.assert_silent(status.stdout.decode(), "--status")
        daemon.reload()
        daemon.write_config("[MQTT]\npassword = " + PASSWORD + "\nbroker_port = many\nusername\n")
        daemon.reload()
        daemon.wait_for_log("WARNING.*broker_port")
        daemon.wait_for_log("^ERROR .*goes on unchanged")
        checked = run([binary(), "--config", daemon.config_file, "--check-config"], check=False)
        self.assert_silent(checked.stdout.decode(), "--check-config")
        self.assert_silent(daemon.output(), "log")

    def test_a_refusal_does_not_show_it_either(self):
        daemon = self.start_with_password(right=False)
        daemon.wait_for_log("wrong user name or password")
        self.assert_silent(daemon.output(), "log")

    def test_a_config_that_everybody_may_read_is_worth_a_hint(self):
        hint = "holds a password, and every user of this device may read it: chmod 600"
        for mode, hints in ((0o644, 1), (0o600, 0), (0o640, 0)):
            with self.subTest(oct(mode)):
                daemon = self.start_with_password(mode=mode)
                daemon.wait_for_log("connected")
                self.assertEqual(len(daemon.matching("^INFO .*" + hint)), hints, daemon.output())
                daemon.stop()


class Recorded(ShuntFaultCase):
    """A recording is sent to strangers."""
    PORTAL, SERIAL, ADDRESS = "c0619ab12345", "JKB-77x1234", "c8:47:8c:e1:02:9f"
    BROKER, USER, CLIENT, WORD = "ha.harbour-road.example", "ahab", "pequod-gx", "Queequeg"
    TOPIC = f"N/{PORTAL}/{WORD}/{SERIAL}"

    def message(self, soc):
        return payload(Soc=soc, serial_number=self.SERIAL, CustomName=self.WORD,
                       bms={"mac": self.ADDRESS, "apiToken": PASSWORD})

    def start_recording(self, *arguments, **default):
        self.shunt_serial = self.shunt("ttyS5", current=1.0).items["/Serial"]
        broker = self.start_broker(users={self.USER: PASSWORD})
        login = {"username": self.USER, "password": PASSWORD}
        text = config_for(broker, {"record_mb": 2, "record_mask": f"{self.WORD}, boat", "device_name": self.WORD,
                                   "min_update_interval": 1000, **default}, {**login, "topic": self.TOPIC},
                          SMARTSHUNTS={"device_mode": "monitor"},
                          PUBLISH={**login, "broker_address": self.BROKER, "client": self.CLIENT})
        daemon = self.start_daemon(text, recorded=False, arguments=arguments)
        broker.wait_subscribed(self.TOPIC)
        broker.publish(self.message(50), self.TOPIC)
        self.client.wait_for_name()
        self.client.wait_for_name(AGGREGATE)
        return daemon

    def begin_a_second_part(self):
        """Each part has at most 1 MB."""
        before = glob.glob(self.file + "*")
        for batch in range(6):
            self.broker.publish_many([self.message(batch + n / 1000) for n in range(600)], self.TOPIC)
        wait_until(lambda: glob.glob(self.file + "*") != before, 60 * slowness(), "a second part")

    def assert_masked(self):
        for path in (self.file, self.file + ".1"):
            with open(path, encoding="utf-8") as file:
                text = file.read().lower()
            self.assertIn("mqtt_battery", text)
            self.assertIn("aggregate_shunts", text)
            secrets = (PASSWORD, self.PORTAL, self.SERIAL, self.ADDRESS, self.BROKER, self.USER, self.CLIENT, self.WORD,
                       self.shunt_serial)
            self.assertEqual([secret for secret in secrets if secret.lower() in text], [], path)

    def record_to(self, *arguments, **default):
        self.file = os.path.join(self.folder, "log.jsonl")
        daemon = self.start_recording(*arguments, **default)
        self.begin_a_second_part()
        self.assertEqual(daemon.terminate()[0], 0)
        self.assert_masked()
        replayed = run([binary(), "--replay", self.file, "--diff"], check=False, timeout=120 * slowness())
        self.assertEqual(replayed.returncode, 0, replayed.stdout.decode())

    def test_neither_part_of_a_recording_holds_one_and_it_is_decided_the_same(self):
        self.record_to(record=os.path.join(self.folder, "log.jsonl"))

    def test_nor_does_one_that_only_the_command_line_asks_for(self):
        self.record_to("--record", os.path.join(self.folder, "log.jsonl"))


class CoreDumps(FaultCase):
    """The memory of the process holds the password."""

    def owner_of_memory(self, limit):
        """Who owns the process's memory in /proc: its own user, or root if nobody may dump it."""
        shutil.copy(binary(), self.folder)  # where any user may read it
        os.chmod(self.folder, 0o755)
        config = os.path.join(self.folder, "config.ini")
        with open(config, "w", encoding="utf-8") as file:
            file.write("[MQTT]\nbroker_port = many\n")
        os.chmod(config, 0o644)
        user = os.geteuid() or NOBODY

        def become_user():
            resource.setrlimit(resource.RLIMIT_CORE, (limit, resource.RLIM_INFINITY))
            if os.geteuid() == 0:
                os.setgroups([])
                os.setresgid(user, user, user)
                os.setresuid(user, user, user)
        with subprocess.Popen([os.path.join(self.folder, os.path.basename(binary())),
                               "--config", config], stdout=subprocess.PIPE,
                              env={**os.environ, "ASAN_OPTIONS": "disable_coredump=0"},
                              stderr=subprocess.STDOUT, preexec_fn=become_user,
                              cwd=self.folder) as process:
            self.assertIn(b"ERROR", process.stdout.readline())
            owner = os.stat(f"/proc/{process.pid}/mem").st_uid
            process.terminate()
        self.assertIn(owner, (0, user))
        return "root" if owner == 0 else "user"

    def test_are_off_unless_asked_for(self):
        self.assertEqual(self.owner_of_memory(limit=0), "root")

    def test_are_on_after_ulimit(self):
        self.assertEqual(self.owner_of_memory(limit=resource.RLIM_INFINITY), "user")


if __name__ == "__main__":
    unittest.main()
