# SPDX-License-Identifier: MIT
"""A package at work in a root file system with an old glibc, a real bus and a real broker."""
import os
import signal
import unittest

from case import INSTALL, LAUNCHER, NATIVE, PACKAGE, PackageCase
from harness.case import LIMITS
from harness.certs import Authority
from name_servers import AvahiSocket, DnsServer
from root_folder import unpack

class Running(PackageCase):
    def test_a_payload_becomes_items_of_the_right_types(self):
        self.run_packaged(message=LIMITS)
        self.client.wait_for_value("/Soc", 63.0)
        items = self.client.get_items()
        expected = {"/Soc": ("d", 63.0), "/Dc/0/Voltage": ("d", 52.7), "/Dc/0/Power": ("d", 321.6),
                    "/Info/MaxChargeVoltage": ("d", 55.2), "/Info/MaxDischargeCurrent": ("d", 120.0),
                    "/Connected": ("i", 1), "/ProductId": ("i", 0xFFFF)}
        self.assertEqual({path: items[path][:2] for path in expected}, expected)
        self.assertEqual(items["/Dc/0/Voltage"].text, "52.70V")

    def test_nothing_but_the_bundled_libraries_is_loaded(self):
        self.run_packaged(mqtt={"broker_address": "localhost"})
        libraries = {name for name in self.mapped_files() if ".so" in name}
        self.assertIn(INSTALL + "/lib/libc.so.6", libraries)
        self.assertEqual({os.path.dirname(name) for name in libraries}, {INSTALL + "/lib"})

    def test_sigterm_ends_it_with_0_at_once(self):
        self.run_packaged()
        code, seconds = self.daemon.stop(signal.SIGTERM)
        self.assertEqual(code, 0, self.daemon.output())
        self.assertLess(seconds, 1 if NATIVE else 10)

    def test_the_version_is_the_packages(self):
        with open(self.root.of(INSTALL + "/VERSION"), encoding="utf-8") as file:
            version = file.read().strip().removesuffix("-dirty")
        self.assertEqual(self.root.run(LAUNCHER, "--version"), (0, f"dbus-mqtt-battery {version}\n"))


class Names(PackageCase):
    """TLS by host name with a private authority, whatever the device's name service is set to."""

    def setUp(self):
        super().setUp()
        authority = Authority(self.root.of("/data"))
        self.ca = "/data/ca.crt"
        pair = authority.issue("server", "DNS:broker.test,DNS:broker.example,DNS:broker.local")
        self.broker = self.start_broker(tls=pair, ca=authority.certificate)
        self.broker.foreign_name = True  # the test's own client uses the address

    def reach(self, name, nsswitch, **options):
        self.root.write("/etc/nsswitch.conf", nsswitch)
        self.run_packaged({"broker_address": name, "tls_enabled": 1, "tls_path_to_ca": self.ca},
                          broker=self.broker, **options)
        self.client.wait_for_value("/Soc", 63.0)

    def test_from_the_hosts_file(self):
        self.reach("broker.test", "hosts: files dns\n")

    def test_from_the_hosts_file_with_mdns4_minimal_in_nsswitch(self):
        self.reach("broker.test", "hosts: files mdns4_minimal [NOTFOUND=return] dns\n")

    def test_without_a_nsswitch_file_entry(self):
        self.reach("broker.test", "")

    def ask_dns(self, nsswitch):
        server = DnsServer("broker.example")
        self.addCleanup(server.stop)
        self.root.write("/etc/resolv.conf", f"nameserver {server.address}\n")
        self.reach("broker.example", nsswitch)
        self.assertIn("broker.example", server.asked)

    def test_from_dns(self):
        self.ask_dns("hosts: files dns\n")

    def test_from_dns_with_mdns4_minimal_before_it(self):
        self.ask_dns("hosts: files mdns4_minimal [NOTFOUND=return] dns\n")

    def test_from_avahi(self):
        avahi = AvahiSocket(self.root.of("/run/avahi-daemon/socket"), "broker.local")
        self.addCleanup(avahi.stop)
        self.reach("broker.local", "hosts: files mdns4_minimal [NOTFOUND=return] dns\n")
        self.assertIn("RESOLVE-HOSTNAME-IPV4 broker.local", avahi.asked)
        self.assertIn(INSTALL + "/lib/libnss_mdns4_minimal.so.2", self.mapped_files())


class Launcher(PackageCase):
    """Started in any way, it finds its own folder, and files where the user stands."""

    def checked(self, *command):
        return self.root.run(*command)

    def test_its_config_lies_in_its_folder(self):
        self.root.write(INSTALL + "/config.ini", "[MQTT]\ntopic = a\nbroker_address = b\n")
        self.assertEqual(self.checked(LAUNCHER, "--check-config"),
                         (0, f"{INSTALL}/config.ini is valid\n"))

    def test_links_and_folders_with_spaces(self):
        folder = "/data/my apps/second one"
        unpack(PACKAGE, self.root.of(folder))
        self.root.write(folder + "/config.ini", "[MQTT]\ntopic = a\nbroker_address = b\n")
        os.symlink("my apps", self.root.of("/data/link"))
        os.symlink("../data/link/second one/dbus-mqtt-battery", self.root.of("/bin/battery"))
        for command in (f"{folder}/dbus-mqtt-battery", "/bin/battery", "battery"):
            with self.subTest(command):
                self.assertEqual(self.checked("/bin/sh", "-c", f"PATH=/bin '{command}' --check-config"),
                                 (0, f"{folder}/config.ini is valid\n"))

    def test_a_relative_config_file_is_meant_from_where_the_user_stands(self):
        self.root.write("/data/own folder/my.ini", "[MQTT]\ntopic = a\nbroker_address = b\n")
        for option in ("--config my.ini", "--config=my.ini", "-c my.ini", "--config ./my.ini",
                       "--config '/data/own folder/my.ini'"):
            with self.subTest(option):
                code, output = self.checked(
                    "/bin/sh", "-c", f"cd '/data/own folder' && {LAUNCHER} --check-config {option}")
                self.assertEqual(code, 0, output)
                self.assertRegex(output, r"^/data/own folder/(\./)?my\.ini is valid\n$")

    def test_the_devices_settings_for_the_loader_and_openssl_do_not_matter(self):
        self.root.write("/data/openssl.cnf", "openssl_conf = nonsense\n[nonsense\n")
        self.root.write("/usr/lib/ssl/openssl.cnf", "openssl_conf = nonsense\n[nonsense\n")
        code, output = self.root.run(LAUNCHER, "--version", env={
            "PATH": "/bin:/usr/sbin:/usr/bin", "LD_LIBRARY_PATH": "/usr/lib",
            "LD_PRELOAD": "/usr/lib/libssl.so.3", "OPENSSL_CONF": "/data/openssl.cnf"})
        self.assertEqual(code, 0, output)

    def test_the_launcher_passes_the_exit_code(self):
        self.assertEqual(self.checked(LAUNCHER, "--nonsense")[0], 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
