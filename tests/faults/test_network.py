# SPDX-License-Identifier: MIT
"""A network that loses packets, and a broker whose name leads elsewhere."""
import os
import time
import unittest

from support import CCL, LIMITS, FaultCase, config_for

from harness.broker import Broker
from harness.bus import SERVICE
from harness.case import payload
from harness.namespaces import Cable, own_mounts
from harness.servers import Proxy


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

    @staticmethod
    def write(path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    unittest.main()
