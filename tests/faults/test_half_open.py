# SPDX-License-Identifier: MIT
"""A connection whose other end is gone without a word: only the keepalive of 30 s tells.

Such a fault lasts more than a minute, so all are made at the same time.
"""
import threading
import time
import unittest

from support import CCL, LIMITS, FaultCase, config_for, slowness

from harness.broker import Broker
from harness.case import payload
from harness.namespaces import Cable

TIMEOUT_S = 5
KEEPALIVE_S = 30
NAMES = ("frozen", "pulled_cable", "new_address")


class HalfOpen(FaultCase):
    def battery(self, broker, name, **options):
        """A daemon of its own for this broker; returns it with its battery on the bus."""
        config = config_for(broker, {"timeout": TIMEOUT_S, "service_name": name,
                                     "device_instance": 100 + NAMES.index(name)},
                            {"broker_address": broker.address})
        daemon = self.start_daemon(config, name + ".ini", **options)
        broker.wait_subscribed()
        broker.publish(LIMITS)
        self.client.wait_for_name("com.victronenergy.battery." + name)
        return daemon

    def lives_through(self, broker, name, daemon, fault, repair, what):
        """The whole story of one fault."""
        service = "com.victronenergy.battery." + name
        daemon_mark, begin = daemon.mark(), time.monotonic()
        fault()
        self.client.wait_for_value(CCL, 0.0, service, timeout=(TIMEOUT_S + 20) * slowness())
        self.recovered(f"{what}: charging stopped", time.monotonic() - begin, TIMEOUT_S + 2)
        self.client.wait_for_no_name(service, timeout=40 * slowness())
        self.recovered(f"{what}: battery off the bus", time.monotonic() - begin, TIMEOUT_S + 13)
        daemon.wait_for_log("connection lost", timeout=4 * KEEPALIVE_S, since=daemon_mark)
        self.recovered(f"{what}: loss noticed and logged", time.monotonic() - begin,
                       3.5 * KEEPALIVE_S)
        repair()
        begin = time.monotonic()
        feed = self.feed(payload(Soc=44, Info=LIMITS["Info"]), broker=broker)
        self.client.wait_for_value("/Soc", 44.0, service, timeout=60)
        self.recovered(f"{what}: battery back, complete", time.monotonic() - begin, 40)
        self.assertEqual(self.client.value(CCL, service), 80.0)
        feed.stop()
        self.assertTrue(daemon.running())

    def far_broker(self):
        cable = Cable()
        self.addCleanup(cable.stop)
        broker = Broker(start=False, address=Cable.BROKER, wrapper=cable.broker_side)
        self.addCleanup(broker.stop)
        broker.start()
        return cable, broker

    def test_broker_frozen_cable_pulled_own_address_changed(self):
        frozen = self.start_broker()
        pulled, pulled_broker = self.far_broker()
        moved, moved_broker = self.far_broker()
        stories = [
            (frozen, NAMES[0], self.battery(frozen, NAMES[0]), frozen.freeze, frozen.thaw,
             "broker SIGSTOPped"),
            (pulled_broker, NAMES[1],
             self.battery(pulled_broker, NAMES[1], wrapper=pulled.daemon_side),
             pulled.pull, pulled.plug, "cable pulled"),
            (moved_broker, NAMES[2],
             self.battery(moved_broker, NAMES[2], wrapper=moved.daemon_side),
             lambda: moved.change_address("10.9.8.3"), lambda: None, "our address changed")]
        failures = []

        def tell(story):
            try:
                self.lives_through(*story)
            except Exception as error:  # pylint: disable=broad-except
                failures.append(error)
        threads = [threading.Thread(target=tell, args=(story,)) for story in stories]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]

    def _no_service_left(self):
        for name in NAMES:
            self.client.wait_for_no_name("com.victronenergy.battery." + name)


if __name__ == "__main__":
    unittest.main()
