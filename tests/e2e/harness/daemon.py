# SPDX-License-Identifier: MIT
"""Configuration text and the daemon under test."""
import os
import signal
import time

from . import recording
from .broker import TOPIC
from .process import Process
from .recording import Recording


def binary():
    return os.environ["DMB_BINARY"]


def ini(sections):
    """INI text of {section: {key: value}}."""
    return "\n".join(f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())
                     for name, keys in sections.items())


def config_for(broker, default=None, mqtt=None, **sections):
    """Config of one battery on `broker`; `default`, `mqtt` and `sections` override or add keys.

    The service is called mqtt_battery, whatever the instance, unless a test says otherwise. Values go
    out at once here (min_update_interval 0), so that an applied message can be seen as a whole. A
    keyword like BATTERY_house2 becomes the section [BATTERY house2].
    """
    everything = {
        "DEFAULT": {"logging": "INFO", "min_update_interval": 0, "service_name": "mqtt_battery",
                    **(default or {})},
        "MQTT": {"broker_address": "127.0.0.1", "broker_port": broker.port, "topic": TOPIC,
                 **(mqtt or {})},
    }
    for name, keys in sections.items():
        everything[name.replace("BATTERY_", "BATTERY ")] = keys
    return ini(everything)


class Daemon(Process):
    """Runs the daemon with a config file on a private bus.

    `wrapper`: words of a command that runs it in its own place, as `softlimit -a 100000000`;
    `environment`: variables it gets besides; `recorded`: what it decides is recorded, and played
    anew by check_recording(), where the tests are run so.
    """

    def __init__(self, bus, config_file, arguments=(), wrapper=(), environment=None, recorded=True):
        self.config_file = config_file
        self._environment = {**bus.environment(), **(environment or {})}
        self._recording = Recording() if recorded and recording.is_wanted() else None
        options = self._recording.options if self._recording else []
        super().__init__([*wrapper, binary(), "--config", config_file, *arguments, *options],
                         env=self._environment)

    def check_recording(self):
        """Once, after its end; how many decisions were made again, 0 where nothing was recorded."""
        if not self._recording:
            return 0
        kept, self._recording = self._recording, None
        try:
            return kept.check(binary(), self._environment)
        finally:
            kept.remove()

    def write_config(self, text):
        """Replaces the config file the way an editor does: whole, by renaming."""
        with open(self.config_file + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(self.config_file + ".new", self.config_file)

    def errors(self, since=0):
        return self.matching(r"^ERROR\b", since)

    def complaints(self, since=0):
        """Lines a user should read: warnings and errors."""
        return self.matching(r"^(WARNING|ERROR|CRITICAL)\b", since)

    def reload(self):
        self.send(signal.SIGHUP)

    def memory_kib(self):
        """Private memory (RssAnon)."""
        return self._status("RssAnon")

    def address_space_kib(self):
        return self._status("VmSize")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def wake_ups(self, seconds):
        """How often it ran within so many seconds."""
        def count():
            return self._status("voluntary_ctxt_switches")
        before = count()
        time.sleep(seconds)
        return count() - before

    def cpu_seconds(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _status(self, key):
        with open(f"/proc/{self.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(key + ":"))

    def terminate(self, number=signal.SIGTERM):
        """Ends it; returns (exit code, seconds taken)."""
        return self.stop(number)
