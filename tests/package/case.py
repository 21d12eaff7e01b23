# SPDX-License-Identifier: MIT
"""Base of the tests of a package: the e2e harness with the daemon in a root folder of its own."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))

from harness.case import Case  # noqa: E402
from harness.daemon import Daemon, config_for  # noqa: E402
from harness.process import Process  # noqa: E402
from root_folder import INSTALL, RootFolder  # noqa: E402

PACKAGE = os.environ["DMB_PACKAGE"]
ARCH = os.environ["DMB_ARCH"]
NATIVE = ARCH == os.uname().machine
LAUNCHER = INSTALL + "/dbus-mqtt-battery"
BINARY = INSTALL + "/bin/dbus-mqtt-battery"


class PackagedDaemon(Daemon):
    """The daemon of the package, started by its launcher inside the root folder."""

    def __init__(self, bus, root, *arguments, launcher=LAUNCHER, before=(), path="/bin"):
        root.share(bus.folder)
        env = {"PATH": path, "DBUS_SESSION_BUS_ADDRESS": bus.address}
        self.program = [*before, *root.command(launcher, *arguments)]
        self._recording = None  # the recording would be inside the root folder
        env["PATH"] += ":" + os.environ["PATH"]
        Process.__init__(self, self.program, env=env)


class PackageCase(Case):
    """A root folder per class; Debian 11's glibc is in DMB_OLD_LIBC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = RootFolder(PACKAGE, ARCH, os.environ["DMB_OLD_LIBC"])
        cls.addClassCleanup(cls.root.remove)

    def start_packaged(self, *arguments, **options):
        self.daemon = PackagedDaemon(self.bus, self.root, *arguments, **options)
        self.addCleanup(self._end, self.daemon)
        return self.daemon

    def run_packaged(self, mqtt=None, message=None, broker=None, **options):
        """Broker, config in the package's folder, daemon, one message; returns when it shows."""
        broker = broker or self.start_broker()
        self.root.write(INSTALL + "/config.ini", config_for(broker, None, mqtt))
        daemon = self.start_packaged(**options)
        broker.wait_subscribed()
        broker.publish(message or {"Dc": {"Power": 321.6, "Voltage": 52.7}, "Soc": 63})
        self.client.wait_for_name()
        return daemon

    def mapped_files(self):
        """Files that the daemon has mapped, as the daemon sees them."""
        with open(f"/proc/{self.daemon.pid}/maps", encoding="utf-8") as maps:
            names = {line.split(None, 5)[5].strip() for line in maps if line.count("/")}
        return {name.removeprefix(self.root.path) for name in names if name.startswith("/")}


__all__ = ["ARCH", "BINARY", "INSTALL", "LAUNCHER", "NATIVE", "PACKAGE", "PackageCase"]
