# SPDX-License-Identifier: MIT
"""Brokers that are down, killed, refuse, are slow, babble, storm, or change their identity."""
import random
import time
import unittest

from support import CCL, LIMITS, FaultCase, config_for, wait_until

from harness.bus import SERVICE
from harness.case import payload
from harness.certs import Authority
from harness.servers import CONNACK, Proxy, Server, answering, closing
from harness.waiting import stays_true

GARBAGE = [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 64, b"\xff" * 64, b"\x20\x02\x00\x63",
           b"\x20\xff\xff\xff\xff\x7f", b"\x30\xff\xff\xff\x7f", b"\x20\x00", b"\xf0\x00" * 30,
           random.Random(1).randbytes(4096), random.Random(2).randbytes(100_000)]


class Absent(FaultCase):
    def test_down_at_boot(self):
        broker = self.start_broker(start=False)
        daemon = self.start_daemon(config_for(broker))
        daemon.wait_for_log("connection refused: is the broker running")
        stays_true(daemon.running, 3, "the daemon")
        begin = time.monotonic()
        broker.start()
        self.feed()
        self.client.wait_for_name()
        self.recovered("battery on the bus after the broker's start", time.monotonic() - begin, 6)

    def test_killed(self):
        self.run_battery(LIMITS)
        mark = self.daemon.mark()
        begin = time.monotonic()
        self.broker.kill()
        self.daemon.wait_for_log("WARNING .*connection lost", since=mark)
        self.recovered("loss in the log", time.monotonic() - begin, 2)
        stays_true(self.daemon.running, 2, "the daemon")
        self.broker.start()
        begin = time.monotonic()
        self.feed(payload(Soc=41))
        self.client.wait_for_value("/Soc", 41.0)
        self.recovered("values again after the broker's start", time.monotonic() - begin, 6)

    def test_away_while_the_battery_lives(self):
        """Attempts after 1, 3, 7, 15 s, and then not 31, when the battery would be about to end."""
        self.run_battery(LIMITS, {"timeout": 60})
        self.broker.kill()
        begin = time.monotonic()
        server = Server(closing(), port=self.broker.port)
        self.addCleanup(server.stop)

        def attempts():  # each has a second connection right behind it, which finds out why
            times = [when - begin for when in server.connections]
            return [when for when, before in zip(times, [-10.0, *times]) if when - before > 0.5]
        wait_until(lambda: attempts() and attempts()[-1] > 17, 60, lambda: f"{attempts()}")
        pause = attempts()[-1] - attempts()[-2]
        self.noted(f"attempts at {', '.join(f'{when:.1f}' for when in attempts())} s")
        self.assertLess(pause, 13, "too late for the battery")

    def test_refusing(self):
        broker = self.start_broker(users={"jo": "right"})
        daemon = self.start_daemon(config_for(broker, mqtt={"username": "jo", "password": "wrong"}))
        daemon.wait_for_log("wrong user name or password")
        broker.users = None
        broker.kill()
        broker.start()
        begin = time.monotonic()
        self.feed()
        self.client.wait_for_name()
        self.recovered("battery on the bus once the broker takes us", time.monotonic() - begin, 10)


class Babbling(FaultCase):
    def broker_takes_over(self, port):
        """A real broker on the port of the bad server."""
        broker = self.start_broker(start=False)
        broker.port = port
        broker.start()
        return broker

    def test_garbage_in_answer_to_connect(self):
        queue = list(GARBAGE)
        server = Server(lambda c: answering(queue[len(server.connections) % len(queue)])(c))
        self.addCleanup(server.stop)
        self.broker = server
        daemon = self.start_daemon(config_for(server))
        daemon.wait_for_log("WARNING")
        stays_true(daemon.running, 6, "the daemon")
        self.assertLessEqual(len(daemon.lines), 8, daemon.output())
        server.stop()
        self.broker_takes_over(server.port)
        begin = time.monotonic()
        self.feed()
        self.client.wait_for_name(timeout=60)
        self.recovered("battery on the bus with a real broker", time.monotonic() - begin, 30)

    def test_garbage_on_a_working_connection(self):
        broker = self.start_broker()
        proxy = Proxy(broker.port)
        self.addCleanup(proxy.stop)
        daemon = self.start_daemon(config_for(proxy, {"timeout": 90}))
        feed = self.feed()
        self.client.wait_for_name()
        before = daemon.memory_kib()
        slowest = 0.0
        for number, garbage in enumerate((GARBAGE[3], GARBAGE[5], GARBAGE[7], GARBAGE[8])):
            feed.message = payload(Soc=20 + number, Info=LIMITS["Info"])
            proxy.inject(garbage)
            proxy.cut()  # as the broker would, after such a dialogue
            slowest = max(slowest, self.seconds_until(
                lambda n=number: self.client.value("/Soc") == 20.0 + n, 60, "values again"))
            self.assertEqual(self.client.value(CCL), 80.0)
        self.recovered("slowest return of values in four rounds (backoff included)", slowest, 20)
        self.memory_stays(daemon, before, 512)
        self.assertEqual(daemon.errors(), [])


class Storms(FaultCase):
    """Clients may not answer a broker that drops them with a storm of their own."""

    def count_for(self, server, seconds, connections):
        daemon = self.start_daemon(config_for(server))
        self.broker = server
        stays_true(daemon.running, seconds, "the daemon")
        self.noted(f"{len(server.connections)} connections in {seconds} s (limit {connections}), "
                   f"{len(daemon.lines)} lines of log, {daemon.cpu_seconds():.2f} CPU-s")
        self.assertLessEqual(len(server.connections), connections)
        self.assertGreater(len(server.connections), 2)
        self.assertLessEqual(len(daemon.lines), 6, daemon.output())

    def test_accepting_and_closing_at_once(self):
        server = Server(closing())
        self.addCleanup(server.stop)
        # 0, 1, 3, 7 s: four attempts, each with a second connection that finds out why.
        self.count_for(server, 8, 8)

    def test_closing_right_after_the_greeting(self):
        server = Server(closing(CONNACK))
        self.addCleanup(server.stop)
        self.count_for(server, 8, 6)


class Slow(FaultCase):
    def test_two_seconds_of_delay(self):
        broker = self.start_broker()
        proxy = Proxy(broker.port, delay=2.0)
        self.addCleanup(proxy.stop)
        self.start_daemon(config_for(proxy))
        begin = time.monotonic()
        self.feed(every=1)
        self.client.wait_for_name()
        self.recovered("battery on the bus over a link with 2 s delay", time.monotonic() - begin, 20)

    def test_a_link_that_drips(self):
        broker = self.start_broker()
        proxy = Proxy(broker.port)
        self.addCleanup(proxy.stop)
        self.start_daemon(config_for(proxy, {"timeout": 20}))
        feed = self.feed()
        self.client.wait_for_name()
        proxy.piece, proxy.pause = 20, 0.1  # 200 bytes a second: one message a second
        feed.every = 3.0
        feed.message = payload(Soc=44, Info=LIMITS["Info"])
        begin = time.monotonic()
        self.client.wait_for_value("/Soc", 44.0)
        self.recovered("newest value over a link of 200 bytes/s", time.monotonic() - begin, 20)
        self.assertEqual(self.client.value(CCL), 80.0)


class Certificate(FaultCase):
    def test_restarted_with_another_certificate(self):
        right, wrong = Authority(self.folder), Authority(self.folder, "other")
        names = "DNS:localhost,IP:127.0.0.1"
        good = right.issue("server", names)
        broker = self.start_broker(tls=good, ca=right.certificate)
        mqtt = {"broker_address": "localhost", "tls_enabled": 1, "tls_path_to_ca": right.certificate}
        daemon = self.run_battery(LIMITS, {"timeout": 5}, mqtt, broker)
        mark = daemon.mark()
        broker.kill()
        broker.tls, broker.ca = wrong.issue("impostor", names), wrong.certificate
        broker.start()
        daemon.wait_for_log("server certificate not trusted", since=mark, timeout=60)
        self.client.wait_for_value(CCL, 0.0)
        self.client.wait_for_no_name()
        self.assertFalse(broker.process.matching("Received SUBSCRIBE"), "it trusted the impostor")
        broker.kill()
        broker.tls, broker.ca = good, right.certificate
        broker.start()
        begin = time.monotonic()
        self.feed()
        wait_until(lambda: self.client.owner(SERVICE), 70, "the battery to come back")
        self.recovered("battery back with the right certificate (backoff included)",
                       time.monotonic() - begin, 40)
        self.assertEqual(len(daemon.matching("not trusted")), 1, daemon.output())


if __name__ == "__main__":
    unittest.main()
