# SPDX-License-Identifier: MIT
"""Configuration text and the daemon under test."""
import os
import signal

from .broker import TOPIC
from .process import Process


def binary():
    return os.environ["DMB_BINARY"]


def ini(sections):
    """INI text of {section: {key: value}}."""
    return "\n".join(f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in keys.items())
                     for name, keys in sections.items())


def config_for(broker, default=None, mqtt=None, **sections):
    """Config of one battery on `broker`; `default`, `mqtt` and `sections` override or add keys.

    Values go out at once here (min_update_interval 0), so that an applied message can be seen as a
    whole. A keyword like BATTERY_house2 becomes the section [BATTERY house2].
    """
    everything = {
        "DEFAULT": {"logging": "INFO", "min_update_interval": 0, **(default or {})},
        "MQTT": {"broker_address": "127.0.0.1", "broker_port": broker.port, "topic": TOPIC,
                 **(mqtt or {})},
    }
    for name, keys in sections.items():
        everything[name.replace("BATTERY_", "BATTERY ")] = keys
    return ini(everything)


class Daemon(Process):
    """Runs the daemon with a config file on a private bus."""

    def __init__(self, bus, config_file, arguments=()):
        self.config_file = config_file
        super().__init__([binary(), "--config", config_file, *arguments], env=bus.environment())

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

    def terminate(self, number=signal.SIGTERM):
        """Ends it; returns (exit code, seconds taken)."""
        return self.stop(number)
