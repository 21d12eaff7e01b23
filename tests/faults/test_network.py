# SPDX-License-Identifier: MIT
"""A network that loses packets, and a broker whose name leads elsewhere."""
import os
import sys
import time
import unittest

from support import CCL, LIMITS, FaultCase, config_for, signal

from harness.broker import Broker
from harness.bus import SERVICE
from harness.case import payload
from harness.certs import Authority
from harness.namespaces import Cable, own_mounts
from harness.process import Process
from harness.servers import Proxy

NAME_SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "name_server.py")


class Cabled(FaultCase):
    """The daemon in a network of its own, the broker in another."""

    def setUp(self):
        super().setUp()
        self.cable = Cable()
        self.addCleanup(self.cable.stop)
        self.broker = Broker(start=False, address=Cable.BROKER, wrapper=self.cable.broker_side)
        self.addCleanup(self.broker.stop)
        self.broker.start()

    def start_cabled(self, **default):
        self.start_daemon(config_for(self.broker, default, {"broker_address": Cable.BROKER}),
                          wrapper=self.cable.daemon_side)
        self.broker.wait_subscribed()
        feed = self.feed()
        self.client.wait_for_name()
        return feed

    def test_packets_get_lost_and_late(self):
        feed = self.start_cabled(timeout=20)
        self.cable.squeeze("24kbit", "3000b")
        lost = self.cable.dropped()
        for number in range(40):  # far more than passes: what waits is cut off
            feed.broker.publish({**LIMITS, "Soc": 20 + number, "Filler": "x" * 1000})
        feed.message = payload(Soc=71, Info=LIMITS["Info"])
        begin = time.monotonic()
        self.client.wait_for_value("/Soc", 71.0, timeout=90)
        self.recovered("newest value over a link that dropped packets", time.monotonic() - begin, 60)
        self.assertGreater(self.cable.dropped(), lost, "nothing was lost")
        self.assertEqual(self.client.value(CCL), 80.0)


class TlsNames(FaultCase):
    """With TLS the certificate is for a name; the connection still goes to an address that was looked
    up before, so that nothing waits for a name server later, and no dead address holds us up."""

    def secure_broker(self, **options):
        authority = Authority(self.folder)
        broker = Broker(start=False, tls=authority.issue("server", "DNS:broker.test"),
                        ca=authority.certificate, **options)
        broker.foreign_name = True
        self.addCleanup(broker.stop)
        broker.start()
        self.broker = broker
        return broker, {"broker_address": "broker.test", "tls_enabled": 1,
                        "tls_path_to_ca": authority.certificate}

    def test_the_first_of_two_addresses_is_dead(self):
        broker, mqtt = self.secure_broker(address="127.0.0.2")
        Names.reaches_the_second_address(self, broker, mqtt)

    def test_the_name_server_falls_silent(self):
        cable = Cable()
        self.addCleanup(cable.stop)
        broker, mqtt = self.secure_broker(address=Cable.BROKER, wrapper=cable.broker_side)
        resolv, nsswitch = (os.path.join(self.folder, name) for name in ("resolv.conf", "nsswitch"))
        Names.write(resolv, f"nameserver {Cable.BROKER}\noptions timeout:20 attempts:3\n")
        Names.write(nsswitch, "hosts: dns\n")
        names = Process([*cable.broker_side, sys.executable, NAME_SERVER, Cable.BROKER])
        self.addCleanup(names.stop, signal.SIGKILL)
        names.wait_for_log("^ready$")
        mounts = (f"mount --bind '{resolv}' /etc/resolv.conf"
                  f" && mount --bind '{nsswitch}' /etc/nsswitch.conf")
        begin = time.monotonic()
        daemon = self.start_daemon(config_for(broker, {"timeout": 5}, mqtt),
                                   wrapper=[*cable.daemon_side, *own_mounts(mounts)])
        feed = self.feed()
        self.client.wait_for_name()  # one look-up was answered, and there is no second
        self.recovered("battery on the bus with one answer of the name server",
                       time.monotonic() - begin, 5)
        feed.stop()
        broker.kill()
        begin = time.monotonic()
        self.client.wait_for_value(CCL, 0.0)
        self.recovered("charging stopped while a look-up hangs", time.monotonic() - begin, 6)
        names.wait_for_log("silent")
        self.recovered("exit while a look-up hangs", daemon.terminate()[1], 1)


class Names(FaultCase):
    def test_the_brokers_name_leads_elsewhere(self):
        """The name is looked up at each attempt; an address kept would lead to the old place."""
        old = self.start_broker()
        new = Broker()
        self.addCleanup(new.stop)
        moved = Proxy(new.port, address="127.0.0.2", port=old.port)
        self.addCleanup(moved.stop)
        hosts = os.path.join(self.folder, "hosts")
        self.write(hosts, "127.0.0.1 broker.test\n")
        daemon = self.start_daemon(config_for(old, mqtt={"broker_address": "broker.test"}),
                                   wrapper=own_mounts(f"mount --bind '{hosts}' /etc/hosts"))
        old.wait_subscribed()
        old.publish(LIMITS)
        owner = self.client.wait_for_name()
        self.write(hosts, "127.0.0.2 broker.test\n")
        mark = daemon.mark()
        old.kill()
        begin = time.monotonic()
        self.feed(payload(Soc=49), broker=new)
        self.client.wait_for_value("/Soc", 49.0)
        self.recovered("values from the broker's new address", time.monotonic() - begin, 6)
        self.assertEqual(self.client.owner(SERVICE), owner)
        daemon.wait_for_log("connected$", since=mark)

    def test_the_first_of_two_addresses_is_dead(self):
        broker = self.start_broker(address="127.0.0.2")
        self.reaches_the_second_address(broker, {"broker_address": "broker.test"})

    def reaches_the_second_address(self, broker, mqtt):
        hosts = os.path.join(self.folder, "hosts")
        # The C library puts the address first that is most like our own.
        Names.write(hosts, "127.0.0.1 broker.test\n127.0.0.2 broker.test\n")
        begin = time.monotonic()
        daemon = self.start_daemon(config_for(broker, mqtt=mqtt),
                                   wrapper=own_mounts(f"mount --bind '{hosts}' /etc/hosts"))
        self.feed()
        self.client.wait_for_name()
        self.recovered("battery through the second address of the name", time.monotonic() - begin, 6)
        self.assertTrue(daemon.matching("connection refused"), "the first address was alive")

    @staticmethod
    def write(path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    unittest.main()
