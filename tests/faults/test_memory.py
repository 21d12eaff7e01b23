# SPDX-License-Identifier: MIT
"""Under the limits that the device's run scripts set: 100 MB of address space, TLS included."""
import threading
import time
import unittest

from support import CCL, LIMITS, MIB_OF_KIB, FaultCase, config_for, slowness, wait_until

from harness.case import payload
from harness.certs import Authority
from harness.servers import CONNACK, Server, answering
from harness.waiting import stays_true

LIMIT = "100000000"


def softlimit():
    """As the device does it; a sanitizer reserves terabytes, which no such limit allows."""
    limits = ["softlimit", "-d", LIMIT, "-s", "1000000", "-a", LIMIT]
    return limits if slowness() == 1 else ["softlimit", "-s", "1000000"]


class Limited(FaultCase):
    def test_tls_fits(self):
        authority = Authority(self.folder)
        broker = self.start_broker(tls=authority.issue("server", "DNS:localhost,IP:127.0.0.1"),
                                   ca=authority.certificate)
        begin = time.monotonic()
        daemon = self.start_daemon(config_for(broker, mqtt={
            "broker_address": "localhost", "tls_enabled": 1,
            "tls_path_to_ca": authority.certificate}), wrapper=softlimit())
        self.feed()
        self.client.wait_for_name()
        self.recovered("battery on the bus through TLS", time.monotonic() - begin, 5)
        for number in range(3):  # each attempt has threads of its own
            broker.kill()
            broker.start()
            broker.wait_subscribed()
        self.publish_and_wait(payload(Soc=30 + number, Info=LIMITS["Info"]))
        self.noted(f"address space {daemon.address_space_kib() / 1024:.0f} MiB, "
                   f"private memory {daemon.memory_kib()} KiB")
        self.assertEqual(self.client.value(CCL), 80.0)

    def test_a_message_larger_than_the_limit_leaves(self):
        """Paho takes a message whole before we can see its size."""
        self.run_with_huge(60_000_000)

    def test_a_message_at_the_brokers_own_limit(self):
        """FlashMQ, the broker on the device, passes on 16 MiB."""
        self.run_with_huge(16_000_000)

    def run_with_huge(self, size):
        broker = self.start_broker()
        daemon = self.start_daemon(config_for(broker), wrapper=softlimit())
        broker.wait_subscribed()
        broker.publish(LIMITS)
        self.client.wait_for_name()
        before = daemon.memory_kib()
        for _ in range(3):
            broker.publish(b" " * size)
        self.broker.publish(payload(Soc=45, Info=LIMITS["Info"]))
        feed = self.feed(payload(Soc=45, Info=LIMITS["Info"]))
        begin = time.monotonic()
        self.client.wait_for_value("/Soc", 45.0, timeout=30 * slowness())
        self.recovered(f"values after messages of {size / 1e6:g} MB", time.monotonic() - begin, 10)
        self.assertTrue(daemon.running(), "it ended")
        feed.stop()
        # Paho keeps the buffer of the largest one, and no second.
        self.memory_stays(daemon, before, size // 1024 + 1024)

    def test_a_header_that_announces_a_quarter_of_a_gigabyte(self):
        header = b"\x30\xff\xff\xff\x7f\x00\x0chome/battery" + b"{" * 1000
        server = Server(answering(CONNACK, header))
        self.addCleanup(server.stop)
        self.broker = server
        daemon = self.start_daemon(config_for(server), wrapper=softlimit())
        stays_true(daemon.running, 4, "the daemon")
        server.stop()
        broker = self.start_broker(start=False)
        broker.port = server.port
        broker.start()
        self.feed()
        begin = time.monotonic()
        self.client.wait_for_name()
        self.recovered("battery on the bus with a real broker", time.monotonic() - begin, 15)
        self.assertLess(daemon.memory_kib(), 8192 * slowness() ** 4)

    def test_messages_of_qos_2_that_are_never_released(self):
        """We ask for QoS 0; the library keeps what comes with QoS 2 until the broker releases it."""
        size = 60_000
        topic = b"home/battery"

        def flood(client):
            client.recv(65536)
            client.sendall(CONNACK)
            client.recv(65536)
            client.sendall(b"\x90\x03\x00\x01\x00")
            threading.Thread(target=drain, args=(client,), daemon=True).start()
            number = 0
            while True:
                number = number % 65535 + 1
                body = len(topic).to_bytes(2, "big") + topic + number.to_bytes(2, "big") + b" " * size
                length = bytes([len(body) & 127 | 128, len(body) >> 7 & 127 | 128, len(body) >> 14])
                client.sendall(b"\x34" + length + body)

        def drain(client):
            try:
                while client.recv(65536):
                    pass
            except OSError:
                pass
        server = Server(flood)
        self.addCleanup(server.stop)
        self.broker = server
        daemon = self.start_daemon(config_for(server), wrapper=softlimit())
        highest = 0

        def refused_twice():
            nonlocal highest
            self.assertTrue(daemon.running(), "it ended")
            highest = max(highest, daemon.memory_kib())
            return len(server.connections) >= 3
        wait_until(refused_twice, 60, lambda: f"the connection to end\n{self.log()}", 0.002)
        self.noted(f"private memory at most {highest} KiB")
        self.assertLess(highest, 16 * MIB_OF_KIB * slowness() ** 4)
        self.assertEqual(len(daemon.matching("nobody asked for")), 1, daemon.output())
        server.stop()
        broker = self.start_broker(start=False)
        broker.port = server.port
        broker.start()
        self.feed()
        begin = time.monotonic()
        self.client.wait_for_name()
        self.recovered("battery on the bus with a real broker", time.monotonic() - begin, 10)


if __name__ == "__main__":
    unittest.main()
