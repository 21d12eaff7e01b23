# SPDX-License-Identifier: MIT
"""Brokers that are absent, die, refuse, or are not who they claim to be."""
import re
import unittest

from harness.broker import Broker
from harness.bus import SERVICE
from harness.case import Case, payload
from harness.certs import Authority
from harness.daemon import config_for
from harness.waiting import stays_true


class BrokerTrouble(Case):
    def test_a_daemon_started_before_its_broker_connects_later(self):
        broker = self.start_broker(start=False)
        daemon = self.start_daemon(config_for(broker))
        daemon.wait_for_log(r"^(WARNING|ERROR)\b.*(broker|MQTT|127\.0\.0\.1)")
        stays_true(daemon.running, 3, "the daemon without a broker")
        self.assertLessEqual(len(daemon.complaints()), 2, daemon.output())
        broker.start()
        broker.wait_subscribed()
        broker.publish(payload())
        self.client.wait_for_name()

    def test_a_broker_killed_and_restarted_is_subscribed_again_every_time(self):
        daemon = self.run_battery()
        instance, owner = self.client.value("/DeviceInstance"), self.client.owner(SERVICE)
        for round_number in range(2):
            mark = daemon.mark()
            self.broker.kill()
            daemon.wait_for_log(r"^(WARNING|ERROR)\b", since=mark)
            self.broker.start()
            self.broker.wait_subscribed()
            self.publish_and_wait(payload(Soc=30 + round_number))
            self.client.wait_for_value("/Soc", 30.0 + round_number)
        self.assertEqual(self.client.value("/DeviceInstance"), instance)
        self.assertEqual(self.client.owner(SERVICE), owner, "a short outage must not end the service")

    def test_a_long_outage_is_a_handful_of_lines(self):
        daemon = self.run_battery()
        mark = daemon.mark()
        self.broker.kill()
        daemon.wait_for_log(r"^(WARNING|ERROR)\b", since=mark)
        stays_true(daemon.running, 10, "the daemon without a broker")
        self.assertLessEqual(len(daemon.lines) - mark, 3, daemon.output())

    def test_client_ids_are_stable_and_differ_by_instance_and_keepalive_is_30_s(self):
        broker = self.start_broker()
        connected = r"New client connected from \S+ as (\S+) \(.*k(\d+)"
        seen = []
        for instance in (100, 101, 100):
            daemon = self.start_daemon(config_for(broker, {"device_instance": instance}))
            broker.wait_subscribed(count=len(seen) + 1)
            found = broker.process.matching(connected)
            seen.append(re.search(connected, found[-1].text).groups())
            daemon.terminate()
        self.assertEqual(seen[0], seen[2])
        self.assertNotEqual(seen[0][0], seen[1][0])
        self.assertEqual(seen[0][1], "30")

    def test_a_wrong_password_is_called_that_and_never_printed(self):
        broker = self.start_broker(users={"jo": "right-secret"})
        mqtt = {"username": "jo", "password": "wr0ng;#secret"}
        daemon = self.start_daemon(config_for(broker, {"logging": "DEBUG"}, mqtt))
        daemon.wait_for_log(r"(?i)^(WARNING|ERROR)\b.*(password|user ?name|authori[sz])")
        stays_true(daemon.running, 4, "the daemon with a wrong password")
        self.assertFalse(daemon.matching(r"(?i)\blost\b"), daemon.output())
        self.assertFalse(daemon.matching("wr0ng"), daemon.output())
        self.assertEqual(len(daemon.matching(r"(?i)^(WARNING|ERROR)\b.*(password|authori[sz])")), 1)

    def test_the_right_password_with_comment_signs_works_and_is_never_printed(self):
        broker = self.start_broker(users={"jo": "s3cret ;x #y"})
        mqtt = {"username": "jo", "password": "s3cret ;x #y"}
        daemon = self.run_battery(default={"logging": "DEBUG"}, mqtt=mqtt, broker=broker)
        daemon.terminate()
        self.assertFalse(daemon.matching("s3cret"), daemon.output())

    def test_a_user_name_without_a_password_is_refused_as_such(self):
        broker = self.start_broker(users={"jo": "secret"})
        daemon = self.start_daemon(config_for(broker, mqtt={"username": "jo"}))
        daemon.wait_for_log(r"(?i)^(WARNING|ERROR)\b.*(password|user ?name|authori[sz])")
        self.assertTrue(daemon.running())

    def test_a_corrected_password_works_after_a_reload(self):
        broker = self.start_broker(users={"jo": "right-secret"})
        daemon = self.start_daemon(config_for(broker, mqtt={"username": "jo", "password": "no"}))
        daemon.wait_for_log(r"(?i)^(WARNING|ERROR)\b.*(password|authori[sz])")
        daemon.write_config(config_for(broker, mqtt={"username": "jo", "password": "right-secret"}))
        daemon.reload()
        broker.wait_subscribed()


class Tls(Case):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.folder)

    def options(self, **more):
        return {"broker_address": "localhost", "tls_enabled": 1,
                "tls_path_to_ca": self.authority.certificate, **more}

    def broker_as(self, names, **more):
        pair = self.authority.issue("server", names)
        return self.start_broker(tls=pair, ca=self.authority.certificate, **more)

    def refused(self, broker, mqtt, pattern):
        """The daemon complains like `pattern`, stays up, and never subscribes."""
        daemon = self.start_daemon(config_for(broker, mqtt=mqtt))
        daemon.wait_for_log(r"(?i)^(WARNING|ERROR)\b.*" + pattern)
        stays_true(daemon.running, 3, "the daemon")
        self.assertFalse(broker.process.matching(r"^(\d+: )?Received SUBSCRIBE"), "it trusted the broker")
        self.assertFalse(daemon.matching(r"(?i)\blost\b"), daemon.output())

    def test_works_by_name_and_by_address(self):
        for address in ("localhost", "127.0.0.1"):
            with self.subTest(address):
                broker = self.broker_as("DNS:localhost,IP:127.0.0.1")
                daemon = self.run_battery(mqtt=self.options(broker_address=address), broker=broker)
                self.assertEqual(self.client.value("/Soc"), 63.0)
                daemon.stop()
                self.client.wait_for_no_name()

    def test_a_broker_of_another_authority_is_refused(self):
        broker = self.broker_as("DNS:localhost,IP:127.0.0.1")
        other = Authority(self.folder, "other").certificate
        self.refused(broker, self.options(tls_path_to_ca=other), "(certificate|CA|TLS)")

    def test_the_system_bundle_does_not_know_our_authority(self):
        broker = self.broker_as("DNS:localhost,IP:127.0.0.1")
        mqtt = self.options()
        del mqtt["tls_path_to_ca"]
        self.refused(broker, mqtt, "(certificate|CA|TLS)")

    def test_a_certificate_for_another_host_is_refused(self):
        broker = self.broker_as("DNS:elsewhere.example")
        self.refused(broker, self.options(), "(certificate|host|name|TLS)")

    def test_insecure_accepts_another_name_but_no_other_authority(self):
        broker = self.broker_as("DNS:elsewhere.example")
        broker.foreign_name = True
        daemon = self.run_battery(mqtt=self.options(tls_insecure=1), broker=broker)
        daemon.stop()
        other = Authority(self.folder, "other").certificate
        self.refused(self.broker_as("DNS:elsewhere.example"),
                     self.options(tls_insecure=1, tls_path_to_ca=other), "(certificate|CA|TLS)")

    def test_insecure_without_a_ca_accepts_everybody(self):
        broker = self.broker_as("DNS:elsewhere.example")
        broker.foreign_name = True
        mqtt = self.options(tls_insecure=1)
        del mqtt["tls_path_to_ca"]
        self.run_battery(mqtt=mqtt, broker=broker)

    def test_a_client_certificate_is_presented(self):
        broker = self.broker_as("DNS:localhost,IP:127.0.0.1", client_certificates=True)
        certificate, key = self.authority.issue("client", "DNS:client.example")
        self.start_daemon(config_for(broker, mqtt=self.options(
            tls_path_to_cert=certificate, tls_path_to_key=key)))
        broker.wait_subscribed()

    def test_a_missing_ca_file_is_reported_by_its_name(self):
        broker = self.broker_as("DNS:localhost")
        missing = self.folder + "/nowhere.crt"
        daemon = self.start_daemon(config_for(broker, mqtt=self.options(tls_path_to_ca=missing)))
        daemon.wait_for_log(r"^(WARNING|ERROR)\b.*nowhere\.crt")
        stays_true(daemon.running, 2, "the daemon")

    def test_plain_against_tls_and_tls_against_plain_do_not_end_it(self):
        tls = self.broker_as("DNS:localhost,IP:127.0.0.1")
        plain = Broker()
        self.addCleanup(plain.stop)
        for broker, mqtt in ((tls, {}), (plain, self.options())):
            daemon = self.start_daemon(config_for(broker, mqtt=mqtt))
            daemon.wait_for_log(r"^(WARNING|ERROR)\b")
            stays_true(daemon.running, 2, "the daemon")
            self.assertEqual(daemon.terminate()[0], 0)


if __name__ == "__main__":
    unittest.main()
