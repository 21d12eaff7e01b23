# SPDX-License-Identifier: MIT
"""Base of the device tests: packages per class, a device that has booted per test."""
import contextlib
import sys
import threading
import unittest

import dbus

from .device import Device
from .packages import Packages
from harness.broker import Broker
from harness.case import MINIMUM
from harness.waiting import wait_until

RELEASES = "/data/releases"
FOLDER = "/data/etc/dbus-mqtt-battery"


class DeviceCase(unittest.TestCase):
    """self.device has version 0.1.0 in a folder of releases; nothing is installed."""
    place = ""  # written into download.sh, as in a release

    @classmethod
    def setUpClass(cls):
        cls.packages = Packages(cls.place)
        cls.addClassCleanup(cls.packages.remove)
        cls.packages.add("0.1.0")

    def setUp(self):
        self.device = Device()
        self.addCleanup(self.device.close)
        self.addCleanup(self._tell)
        self.packages.copy_to(self.device, RELEASES)
        self.device.boot()

    def _tell(self):
        result = self._outcome.result
        if self in [getattr(case, "test_case", case) for case, _ in result.failures + result.errors]:
            for name in ("", "-2"):
                print(f"--- log of dbus-mqtt-battery{name} in {self.id()}:\n"
                      f"{self.device.log('dbus-mqtt-battery' + name)[-3000:]}---", file=sys.stderr)

    def download(self, arguments="", script=RELEASES + "/download.sh", seconds=1, **environment):
        """Runs download.sh; `seconds` is how long the new version is watched (None: the default)."""
        if seconds is not None:
            environment["DMB_STAY_UP_SECONDS"] = seconds
        return self.device.run(f"sh {script} --from {RELEASES} {arguments}", **environment)

    def install(self, arguments="", **options):
        """An installation that has to work; returns what download.sh printed."""
        result = self.download(arguments, **options)
        self.assertEqual(0, result.code, result.output)
        return result.output

    def start_broker(self):
        self.broker = Broker()
        self.addCleanup(self.broker.stop)
        return self.broker

    def keep_publishing(self, topic="home/battery"):
        """As a publisher does: a message each second, until the test ends."""
        ended = threading.Event()

        def publish():
            while not ended.wait(1):
                self.broker.publish(MINIMUM, topic)
        thread = threading.Thread(target=publish, daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(ended.set)

    def configure(self, folder=FOLDER, topic="home/battery", extra=""):
        """Sets broker and topic as a user would, in the file that was created."""
        text = self.device.read(folder + "/config.ini")
        text = text.replace("IP_ADDR_OR_FQDN", "127.0.0.1") \
                   .replace(";broker_port = 1883", f"broker_port = {self.broker.port}") \
                   .replace("topic = home/battery", f"topic = {topic}", 1)
        self.device.write(folder + "/config.ini", text + extra)

    def wait_for_battery(self, name="mqtt_battery", topic="home/battery"):
        """Publishes until the battery is on the bus; returns its SoC."""
        client = self.device.client()
        self.addCleanup(client.close)
        service = "com.victronenergy.battery." + name

        def soc():
            """One that ends just now has a name, but no answer any more."""
            self.broker.publish(MINIMUM, topic)
            if not client.owner(service):
                return None
            with contextlib.suppress(dbus.DBusException):
                return client.call(service, "/Soc", "GetValue").args
            return None
        return wait_until(soc, 60, f"{service} to appear", 0.2)[0]
