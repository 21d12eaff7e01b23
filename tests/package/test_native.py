# SPDX-License-Identifier: MIT
"""What an emulator would hide: name, limits and memory. For the architecture of this machine only."""
import os
import subprocess
import unittest

from case import ARCH, BINARY, PackageCase
from harness.certs import Authority

# What service/run sets, as services of Venus OS do.
LIMITED = ("softlimit", "-d", "100000000", "-s", "1000000", "-a", "100000000")


class Native(PackageCase):
    def test_it_has_its_own_name_in_ps(self):
        self.run_packaged()
        with open(f"/proc/{self.daemon.pid}/comm", encoding="utf-8") as file:
            self.assertEqual(file.read(), "dbus-mqtt-batte\n")
        line = f" *{self.daemon.pid} .* {BINARY}\n"
        self.assertRegex(self.root.run("/bin/ps")[1], line)
        self.assertRegex(subprocess.check_output(["ps", "ax"], text=True), line)
        self.assertIn(str(self.daemon.pid), self.root.run("/bin/pidof", "dbus-mqtt-battery")[1].split())
        self.assertEqual(os.readlink(f"/proc/{self.daemon.pid}/exe"), self.root.of(BINARY))

    def status(self):
        with open(f"/proc/{self.daemon.pid}/status", encoding="utf-8") as file:
            return {line.split()[0]: int(line.split()[1]) for line in file if " kB" in line}

    def reconnect(self, broker):
        broker.kill()
        self.daemon.wait_for_log("connection lost")
        broker.start()
        broker.wait_subscribed()
        broker.publish({"Dc": {"Power": 1, "Voltage": 52.7}, "Soc": 64})
        self.client.wait_for_value("/Soc", 64.0)

    def test_it_runs_under_the_limits_of_a_venus_service_with_tls(self):
        authority = Authority(self.root.of("/data"))
        broker = self.start_broker(tls=authority.issue("server", "DNS:localhost"),
                                   ca=authority.certificate)
        broker.foreign_name = True
        mqtt = {"broker_address": "localhost", "tls_enabled": 1, "tls_path_to_ca": "/data/ca.crt"}
        self.run_packaged(mqtt, broker=broker, before=LIMITED)
        self.client.wait_for_value("/Soc", 63.0)
        with open(f"/proc/{self.daemon.pid}/limits", encoding="utf-8") as limits:
            self.assertRegex(limits.read(), r"Max address space +100000000 ")
        self.reconnect(broker)
        print(f"{ARCH} with TLS under softlimit: peak address space {self.status()['VmPeak:']} kB, "
              f"resident {self.status()['VmRSS:']} kB, anonymous {self.status()['RssAnon:']} kB")

    def test_its_memory_is_within_the_target(self):
        self.run_packaged()
        self.client.wait_for_value("/Soc", 63.0)
        status = self.status()
        print(f"{ARCH}: resident {status['VmRSS:']} kB, anonymous {status['RssAnon:']} kB")
        self.assertLessEqual(status["RssAnon:"], 3000)
        self.assertLessEqual(status["VmRSS:"], 12000)


if __name__ == "__main__":
    unittest.main(verbosity=2)
