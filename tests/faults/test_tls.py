# SPDX-License-Identifier: MIT
"""Each way in which a TLS connection must fail, with its own words in the log."""
import socket
import ssl
import unittest

from support import FaultCase, config_for

from harness.certs import Authority
from harness.servers import Server

NAMES = "DNS:localhost,IP:127.0.0.1"


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


class Tls(FaultCase):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.folder)

    def options(self, **more):
        return {"broker_address": "localhost", "tls_enabled": 1,
                "tls_path_to_ca": self.authority.certificate, **more}

    def refused(self, pair, words, mqtt=None, **broker):
        """The log says `words` in one line, the broker never sees a subscription, and with
        tls_insecure or the right certificate it would have: see test_the_right_one_is_taken."""
        broker = self.start_broker(tls=pair, ca=self.authority.certificate, **broker)
        daemon = self.start_daemon(config_for(broker, {"logging": "WARNING"}, mqtt or self.options()))
        line = daemon.wait_for_log("^WARNING MQTT localhost")
        self.assertIn(words, line.text)
        broker.wait_for_log("error|disconnected|closed", timeout=20)
        self.assertFalse(broker.process.matching("Received SUBSCRIBE"), "it trusted the broker")
        self.assertEqual(len(daemon.lines), 1, daemon.output())

    def test_the_right_one_is_taken(self):
        broker = self.start_broker(tls=self.authority.issue("server", NAMES),
                                   ca=self.authority.certificate)
        self.start_daemon(config_for(broker, mqtt=self.options()))
        broker.wait_subscribed()

    def test_a_certificate_for_an_ipv6_address(self):
        if not has_ipv6():
            self.skipTest("this machine has no IPv6")
        broker = self.start_broker(tls=self.authority.issue("server", "IP:::1"),
                                   ca=self.authority.certificate, address="::1")
        for spelling in ("::1", "[::1]", "0:0::1"):
            with self.subTest(spelling):
                mark = broker.process.mark()
                daemon = self.start_daemon(config_for(broker, mqtt=self.options(broker_address=spelling)))
                broker.wait_for_log("Received SUBSCRIBE", since=mark)
                daemon.stop()

    def test_a_certificate_for_another_ipv6_address(self):
        if not has_ipv6():
            self.skipTest("this machine has no IPv6")
        broker = self.start_broker(tls=self.authority.issue("server", "IP:::2,DNS:localhost"),
                                   ca=self.authority.certificate, address="::1")
        daemon = self.start_daemon(config_for(broker, {"logging": "WARNING"}, self.options(broker_address="::1")))
        line = daemon.wait_for_log("^WARNING MQTT ")
        self.assertIn("server certificate is for another host name, not for ::1", line.text)
        broker.wait_for_log("error|disconnected|closed", timeout=20)
        self.assertFalse(broker.process.matching("Received SUBSCRIBE"), "it trusted the broker")

    def test_wrong_authority(self):
        other = Authority(self.folder, "other")
        self.refused(other.issue("server", NAMES), "server certificate not trusted: unable to get "
                     "local issuer certificate: check tls_path_to_ca")

    def test_wrong_host_name(self):
        self.refused(self.authority.issue("server", "DNS:elsewhere.example"),
                     "server certificate is for another host name, not for localhost")

    def test_a_name_in_the_common_name_only(self):
        """Nobody checks common names any more, unless there is no other name."""
        self.refused(self.authority.issue("localhost", "DNS:elsewhere.example"),
                     "server certificate is for another host name, not for localhost")

    def test_expired(self):
        self.refused(self.authority.issue("server", NAMES, "20200101000000Z", "20210101000000Z"),
                     "not trusted: certificate has expired: check its dates and this device's clock")

    def test_not_yet_valid(self):
        self.refused(self.authority.issue("server", NAMES, "20700101000000Z", "20710101000000Z"),
                     "not trusted: certificate is not yet valid: check its dates and this device's")

    def test_self_signed(self):
        self.refused(Authority(self.folder, "self").self_signed(NAMES),
                     "server certificate not trusted: self-signed certificate: check tls_path_to_ca")

    def test_client_certificate_missing(self):
        self.refused(self.authority.issue("server", NAMES), "the broker wants a client certificate: "
                     "set tls_path_to_cert and tls_path_to_key", client_certificates=True)

    def test_client_certificate_of_a_stranger(self):
        certificate, key = Authority(self.folder, "other").issue("client", "DNS:client.example")
        self.refused(self.authority.issue("server", NAMES), "the broker refuses the client certificate",
                     self.options(tls_path_to_cert=certificate, tls_path_to_key=key),
                     client_certificates=True)

    def test_outdated_protocol_version(self):
        certificate, key = self.authority.issue("server", NAMES)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
        agreed = []

        def serve(client):
            with context.wrap_socket(client, server_side=True) as session:
                agreed.append(session.version())
        server = Server(serve)
        self.addCleanup(server.stop)
        self.broker = server
        daemon = self.start_daemon(config_for(server, {"logging": "WARNING"}, self.options()))
        line = daemon.wait_for_log("^WARNING MQTT localhost")
        self.assertIn("the broker offers only an outdated TLS version", line.text)
        self.assertEqual(agreed, [])


if __name__ == "__main__":
    unittest.main()
