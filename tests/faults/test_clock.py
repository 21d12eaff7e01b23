# SPDX-License-Identifier: MIT
"""A wall clock that jumps by years, as it does when a device without a battery for its clock finds a
time server. Nobody can set the clock of a test machine, so the daemon runs with clock_shift.cpp."""
import os
import signal
import struct
import time
import unittest

from support import CCL, LIMITS, FaultCase, config_for, slowness, wait_until

from harness.bus import SERVICE
from harness.case import payload
from harness.certs import Authority
from harness.servers import Server, answering
from harness.waiting import stays_true

YEAR_S = 365 * 24 * 3600


class Clock(FaultCase):
    def setUp(self):
        super().setUp()
        self.shift_file = os.path.join(self.folder, "shift")
        self.shift_by(0)

    def shift_by(self, years):
        mode = "r+b" if os.path.exists(self.shift_file) else "wb"  # in place: it is mapped
        with open(self.shift_file, mode) as file:
            file.write(struct.pack("q", years * YEAR_S))

    def start_daemon(self, config=None, name="config.ini", **options):
        environment = {"LD_PRELOAD": os.environ["DMB_CLOCK_SHIFT"],
                       "DMB_CLOCK_SHIFT_FILE": self.shift_file}
        if slowness() > 1:  # the sanitizer wants to be the first library
            environment["ASAN_OPTIONS"] = (
                os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0")
        return super().start_daemon(config, name, environment=environment, **options)

    def test_jumps_do_not_touch_a_live_battery(self):
        daemon = self.run_battery(LIMITS, {"timeout": 4})
        owner, before = self.client.owner(SERVICE), daemon.mark()
        for number, years in enumerate((10, -10, 0, 50, -25)):
            self.shift_by(years)
            for soc in range(4):
                self.publish_and_wait(payload(Soc=10 * number + soc, Info=LIMITS["Info"]))
                self.assertEqual(self.client.value(CCL), 80.0)
        self.assertEqual(self.client.owner(SERVICE), owner)
        self.assertEqual(daemon.lines[before:], [], "nothing was worth a line")

    def test_the_time_out_comes_neither_early_nor_late(self):
        self.run_battery(LIMITS, {"timeout": 6})
        last = time.monotonic()
        self.shift_by(10)
        stays_true(lambda: self.limit() == 80.0, 3, "the charge limit")
        self.shift_by(-10)
        wait_until(lambda: self.limit() == 0.0, 20 * slowness(), "the charge limit to be 0")
        self.recovered("charging stopped after the last message (time-out 6 s)",
                       time.monotonic() - last, 7.5)

    def test_a_clock_set_back_while_connecting_does_not_end_the_attempts(self):
        server = Server(answering())  # takes the connection and never says a word
        self.broker = server
        daemon = self.start_daemon(config_for(server))
        wait_until(lambda: server.connections, 10, "the first attempt")
        self.shift_by(-10)
        begin = time.monotonic()
        daemon.wait_for_log("no answer within 10 s", timeout=60)
        self.recovered("a hanging attempt given up", time.monotonic() - begin, 35)
        server.stop()
        broker = self.start_broker(start=False)
        broker.port = server.port
        broker.start()
        self.feed()
        begin = time.monotonic()
        self.client.wait_for_name()
        self.recovered("battery on the bus with a broker that answers", time.monotonic() - begin, 15)

    def test_a_certificate_is_valid_once_the_clock_is_right(self):
        authority = Authority(self.folder)
        broker = self.start_broker(tls=authority.issue("server", "DNS:localhost,IP:127.0.0.1"),
                                   ca=authority.certificate)
        self.shift_by(-50)
        daemon = self.start_daemon(config_for(broker, mqtt={
            "broker_address": "localhost", "tls_enabled": 1,
            "tls_path_to_ca": authority.certificate}))
        daemon.wait_for_log("not trusted: certificate is not yet valid: check .* clock")
        self.shift_by(0)
        begin = time.monotonic()
        self.feed()
        self.client.wait_for_name()
        self.recovered("battery on the bus once the clock is right", time.monotonic() - begin, 20)


class Standstill(FaultCase):
    """We are stopped (SIGSTOP; a suspended device is the same) while messages go on coming."""

    def test_messages_that_waited_while_we_stood_still_are_no_life(self):
        daemon = self.run_battery(LIMITS, {"timeout": 3})
        owner = self.client.owner(SERVICE)
        daemon.send(signal.SIGSTOP)
        begin = time.monotonic()
        for _ in range(3):
            self.broker.publish(payload(Soc=77, Info=LIMITS["Info"]))
        time.sleep(max(0.0, begin + 4.5 - time.monotonic()))
        mark, log = self.recorder.mark(), daemon.mark()
        daemon.send(signal.SIGCONT)
        begin = time.monotonic()
        self.client.wait_for_value(CCL, 0.0)
        self.recovered("charging stopped after the standstill", time.monotonic() - begin, 2)
        daemon.wait_for_log("stood still for", since=log)
        self.client.wait_for_no_name()
        self.recorder.sync()
        for path, stale in (("/Soc", 77.0), (CCL, 80.0)):
            shown = [change.items[path].value for change in self.recorder.carrying(path, owner, mark)]
            self.assertNotIn(stale, shown, "it took what had waited")
        self.feed(payload(Soc=44, Info=LIMITS["Info"]))
        self.client.wait_for_name()
        self.assertEqual(self.client.value(CCL), 80.0)


if __name__ == "__main__":
    unittest.main()
