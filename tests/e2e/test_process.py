# SPDX-License-Identifier: MIT
"""The program as a process: name conflicts, signals, exits, supervision."""
import os
import signal
import unittest

import dbus.exceptions

from harness.bus import SERVICE, Client
from harness.case import LIMITS, Case, payload
from harness.daemon import binary, config_for
from harness.process import Process, run
from harness.waiting import slowness, stays_true, wait_until

RETRY_S = 10.0


class Exit(Case):
    """SIGTERM and SIGINT end it within a second, whatever state it is in."""

    def assert_ends_quickly(self, daemon, number=signal.SIGTERM):
        code, taken = daemon.terminate(number)
        self.assertEqual(code, 0, daemon.output())
        self.assertLess(taken, 1.0 * slowness())
        self.client.wait_for_no_name(timeout=5)

    def test_while_connected(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                self.assert_ends_quickly(self.run_battery(LIMITS), number)

    def test_before_the_first_message(self):
        broker = self.start_broker()
        daemon = self.start_daemon(config_for(broker))
        broker.wait_subscribed()
        self.assert_ends_quickly(daemon)

    def test_says_goodbye_to_the_broker(self):
        daemon = self.run_battery()
        mark = self.broker.process.mark()
        self.assert_ends_quickly(daemon)
        self.broker.wait_for_log("Received DISCONNECT", timeout=5, since=mark)

    def test_with_the_broker_down_from_the_start(self):
        daemon = self.start_daemon(config_for(self.start_broker(start=False)))
        daemon.wait_for_log(r"^(WARNING|ERROR)\b")
        self.assert_ends_quickly(daemon)

    def test_with_the_broker_killed(self):
        daemon = self.run_battery(LIMITS)
        mark = daemon.mark()
        self.broker.kill()
        daemon.wait_for_log(r"^(WARNING|ERROR)\b", since=mark)
        self.assert_ends_quickly(daemon)

    def test_with_the_broker_frozen(self):
        daemon = self.run_battery(LIMITS)
        self.broker.freeze()
        self.assert_ends_quickly(daemon)

    def test_with_the_broker_frozen_before_it_answered(self):
        broker = self.start_broker()
        broker.freeze()
        daemon = self.start_daemon(config_for(broker))
        stays_true(daemon.running, 1, "the daemon")
        self.assert_ends_quickly(daemon)

    def test_with_a_broken_config(self):
        daemon = self.start_daemon("[MQTT]\nbroker_port = many\n")
        daemon.wait_for_log(r"^(WARNING|ERROR)\b")
        self.assert_ends_quickly(daemon)

    def test_while_silent(self):
        daemon = self.run_battery(LIMITS, default={"timeout": 1})
        self.client.wait_for_value("/Alarms/BmsCable", 2)
        self.assert_ends_quickly(daemon)


class BusTrouble(Case):
    def test_a_dead_bus_ends_it_with_an_error(self):
        daemon = self.run_battery(LIMITS)
        self.bus.process.stop(signal.SIGKILL)
        code = daemon.wait(20 * slowness())
        self.assertGreater(code, 0, daemon.output())
        self.assertTrue(daemon.errors(), daemon.output())


class FullBus(Case):
    BUS_LIMITS = {"max_connections_per_user": 20, "max_completed_connections": 20}

    def test_a_reload_past_the_limit_of_connections_ends_nothing_and_is_made_up_for(self):
        daemon = self.run_battery(LIMITS)
        owner = self.client.owner(SERVICE)
        others = []
        try:
            while len(others) < 20:
                others.append(Client(self.bus.address))
        except dbus.exceptions.DBusException:
            pass
        self.assertLess(len(others), 20)
        daemon.write_config(config_for(self.broker, BATTERY_new={"topic": "home/new", "device_instance": 104}))
        daemon.reload()
        daemon.wait_for_log("^ERROR new cannot start: .*trying again every 10 s")
        self.publish_and_wait(payload(Soc=31))
        for other in others:
            other.close()
        self.broker.wait_subscribed("home/new")
        wait_until(lambda: self.broker.publish(payload(), "home/new") or self.client.owner(SERVICE + "_104"),
                   40, "the new battery", interval=0.5)
        self.assertEqual(self.client.owner(SERVICE), owner)
        self.assertEqual(len(daemon.matching("cannot start")), 1, daemon.output())


class NoBus(Case):
    def test_no_bus_at_the_start_is_an_exit_with_an_error(self):
        environment = {**self.bus.environment(),
                       "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus"}
        config = os.path.join(self.folder, "config.ini")
        with open(config, "w", encoding="utf-8") as file:
            file.write(config_for(self.start_broker()))
        daemon = Process([binary(), "--config", config], env=environment)
        self.addCleanup(daemon.stop)
        try:
            self.broker.wait_subscribed(timeout=3)
            self.broker.publish(payload())
        except AssertionError:
            pass  # it may end before it ever asks the broker
        self.assertGreater(daemon.wait(20 * slowness()), 0, daemon.output())
        self.assertTrue(daemon.matching(r"^ERROR\b"), daemon.output())


class NameTaken(Case):
    def test_the_owner_is_named_once_and_the_name_taken_when_free(self):
        rival = Client(self.bus.address)
        self.addCleanup(rival.close)
        self.assertEqual(rival.request_name(SERVICE), 1)
        broker = self.start_broker()
        daemon = self.start_daemon(config_for(broker))
        broker.wait_subscribed()
        broker.publish(payload())
        line = daemon.wait_for_log(rf"^ERROR\b.*{SERVICE}")
        self.assertRegex(line.text, rf"\b{os.getpid()}\b|python")
        broker.publish(payload(Soc=50))
        stays_true(daemon.running, RETRY_S + 2, "the daemon whose name is taken", interval=0.5)
        self.assertEqual(len(daemon.errors()), 1, daemon.output())
        self.assertEqual(self.client.owner(SERVICE), rival.connection.get_unique_name())
        broker.publish(payload(Soc=48))
        rival.release_name(SERVICE)
        wait_until(lambda: self.client.owner(SERVICE), RETRY_S + 5 * slowness(), "the daemon to take over")
        self.assertEqual(self.client.value("/Soc"), 48.0)

    def test_a_second_daemon_leaves_the_first_alone(self):
        self.run_battery(LIMITS)
        owner, first = self.client.owner(SERVICE), self.daemon
        # Another instance, so another client id at the broker: only the bus name is the same.
        second = self.start_daemon(config_for(self.broker, {"device_instance": 101}),
                                   name="second.ini")
        self.broker.wait_subscribed(count=2)
        self.publish_and_wait(payload(Soc=47))
        line = second.wait_for_log(rf"^ERROR\b.*{SERVICE}")
        self.assertRegex(line.text, rf"\b{first.pid}\b|dbus-mqtt-bat")
        self.client.wait_for_value("/Soc", 47.0)
        self.assertEqual(self.client.owner(SERVICE), owner)


class Supervised(Case):
    """Under daemontools' supervise, as on the device."""

    def setUp(self):
        super().setUp()
        self.start_broker()
        self.service = os.path.join(self.folder, "service")
        os.mkdir(self.service)
        self.write_run(config_for(self.broker, {"device_instance": 117}))
        self.supervise = Process(["supervise", self.service], env=self.bus.environment())
        self.addCleanup(self.end)

    def write_run(self, config):
        path = os.path.join(self.folder, "config.ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write(config)
        script = os.path.join(self.service, "run")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\nexec 2>&1\nexec '{binary()}' --config '{path}'\n")
        os.chmod(script, 0o755)

    def end(self):
        run(["svc", "-dx", self.service])
        self.supervise.wait_until_dead(20)
        self.supervise.stop()

    def pid(self):
        """Process id from svstat, or None while down."""
        words = run(["svstat", self.service]).stdout.decode().split()
        return int(words[words.index("(pid") + 1].rstrip(")")) if "(pid" in words else None

    def test_it_comes_back_on_the_same_instance_after_kill_9(self):
        self.start_settings()
        self.broker.wait_subscribed()
        self.broker.publish(LIMITS)
        owner = self.client.wait_for_name()
        self.assertEqual(self.client.value("/DeviceInstance"), 117)
        os.kill(self.pid(), signal.SIGKILL)
        self.client.wait_for_no_name(timeout=5)
        self.broker.wait_subscribed(count=2)
        self.broker.publish(LIMITS)
        self.assertNotEqual(self.client.wait_for_name(), owner)
        self.assertEqual(self.client.value("/DeviceInstance"), 117)
        self.assertEqual(self.client.value("/Info/MaxChargeCurrent"), 80.0)

    def test_svc_restarts_it(self):
        self.broker.wait_subscribed()
        before = self.pid()
        run(["svc", "-t", self.service])
        self.broker.wait_subscribed(count=2)
        self.assertNotEqual(self.pid(), before)

    def test_nothing_a_user_does_makes_it_a_restart_loop(self):
        self.broker.wait_subscribed()
        rival = Client(self.bus.address)
        self.addCleanup(rival.close)
        rival.request_name(SERVICE)
        before = self.pid()
        self.broker.publish(payload())
        self.broker.kill()
        stays_true(lambda: self.pid() == before, 5, "the same process", interval=0.5)


if __name__ == "__main__":
    unittest.main()
