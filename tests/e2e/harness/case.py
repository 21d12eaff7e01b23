# SPDX-License-Identifier: MIT
"""Base of the test classes: a bus per class, broker and daemon per test."""
import json
import os
import shutil
import signal
import sys
import tempfile
import unittest

from .broker import TOPIC, Broker
from .bus import SERVICE, Client, PrivateBus
from .daemon import Daemon, config_for
from .process import Process, run
from .recorder import Recorder
from .waiting import wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(os.path.dirname(os.path.dirname(HERE)), "data")

MINIMUM = {"Dc": {"Power": 321.6, "Voltage": 52.7}, "Soc": 63}
# CVL in the silence after LIMITS: the last voltage less 2 %, and less the 0.4 V by which chargers stand above
# what they are told.
BLIND_STOP_V = 51.246
LIMITS = {"Dc": {"Power": 321.6, "Voltage": 52.7, "Temperature": 21.0}, "Soc": 63,
          "Info": {"MaxChargeVoltage": 55.2, "MaxChargeCurrent": 80, "MaxDischargeCurrent": 120}}


def read_payload(name):
    with open(os.path.join(DATA, name), "rb") as file:
        return file.read()


def payload(**changes):
    """The minimum payload with top-level keys changed or added."""
    return {**json.loads(json.dumps(MINIMUM)), **changes}


class Case(unittest.TestCase):
    """Names are said with self.service; a failing test prints what the daemon logged."""
    BUS_LIMITS = {}

    @classmethod
    def setUpClass(cls):
        cls.bus = PrivateBus(**cls.BUS_LIMITS)
        cls.addClassCleanup(cls.bus.stop)
        cls.client = Client(cls.bus.address)
        cls.addClassCleanup(cls.client.close)
        cls.recorder = Recorder(cls.bus.address)
        cls.addClassCleanup(cls.recorder.stop)

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dmb-e2e-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.addCleanup(self._no_service_left)
        self.daemons = []

    def _no_service_left(self):
        if self.bus.process.running():
            self.client.wait_for_no_name(SERVICE)

    def start_broker(self, **options):
        self.broker = Broker(**options)
        self.addCleanup(self.broker.stop)
        return self.broker

    def start_daemon(self, config=None, name="config.ini", **options):
        """Starts the daemon; `config` None: leave the file as it is (or missing). `options` as of
        Daemon."""
        path = os.path.join(self.folder, name)
        if config is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(config)
        daemon = Daemon(self.bus, path, **options)
        self.daemons.append(daemon)
        self.daemon = daemon
        self.addCleanup(self._end, daemon)
        return daemon

    def _end(self, daemon):
        daemon.stop(signal.SIGTERM)
        result = self._outcome.result
        if self in [getattr(case, "test_case", case) for case, _ in result.failures + result.errors]:
            print(f"--- log of the daemon in {self.id()}:\n{daemon.output()[-6000:]}\n---",
                  file=sys.stderr)
        if daemon.matching(r"Sanitizer|runtime error:"):
            raise AssertionError(f"a sanitizer complained:\n{daemon.output()[-20000:]}")
        daemon.check_recording()

    def run_battery(self, first=None, default=None, mqtt=None, broker=None, **sections):
        """Broker, daemon, first message; returns when the service is on the bus."""
        broker = broker or self.start_broker()
        daemon = self.start_daemon(config_for(broker, default, mqtt, **sections))
        broker.wait_subscribed()
        broker.publish(first if first is not None else MINIMUM)
        self.client.wait_for_name()
        return daemon

    def applied(self):
        """How many messages the daemon has applied, of all its batteries."""
        name = f"io.github.dbus_mqtt_battery.Status.p{self.daemon.pid}"
        reply = self.client.call(name, "/", "GetStatus", interface="io.github.dbus_mqtt_battery.Status")
        return sum(battery["accepted"] for battery in json.loads(reply.args[0])["batteries"])

    def publish_and_wait(self, message, topic=TOPIC, timeout=30.0):
        """Publishes a message that must be applied, and waits until it is and the bus shows it."""
        before = self.applied()
        self.broker.publish(message, topic)
        wait_until(lambda: self.applied() != before, timeout, "a message to be applied")

    def changes_since(self, mark):
        """Signals of the battery since `mark`, all of what the bus has forwarded by now."""
        self.recorder.sync()
        return self.recorder.of(self.client.owner(SERVICE), mark)

    def start_settings(self, **options):
        """The stand-in for com.victronenergy.settings; its values live in self.folder."""
        command = [sys.executable, os.path.join(HERE, "settings_service.py"),
                   os.path.join(self.folder, "settings.json")]
        for name, value in options.items():
            command += [f"--{name.replace('_', '-')}", str(value)]
        process = Process(command, env=self.bus.environment())
        self.addCleanup(process.stop, signal.SIGKILL)
        process.wait_for_log("^ready$")
        return process


__all__ = ["Case", "DATA", "LIMITS", "MINIMUM", "SERVICE", "TOPIC", "payload", "read_payload", "run"]
