# SPDX-License-Identifier: MIT
"""`--status`: what it says of what a newcomer gets wrong, in words, as JSON and as exit code."""
import json
import os
import time
import unittest

from harness.case import LIMITS, payload
from harness.daemon import config_for, ini
from harness.servers import CONNACK, Server
from harness.shunts import AGGREGATE
from harness.status import DEGRADED, HEALTHY, StatusCase
from harness.waiting import wait_until


class BrokerTrouble(StatusCase):
    def test_broker_down(self):
        broker = self.start_broker(start=False)
        self.start_daemon(config_for(broker))
        self.becomes_verdict("degraded", "connection refused", "start the broker", "broker_address")
        self.assert_text(DEGRADED, "^DEGRADED: 1 problem$", f"127.0.0.1:{broker.port}",
                         "not connected, trying for", "connection refused")

    def test_wrong_password_is_told_and_never_shown(self):
        broker = self.start_broker(users={"jo": "right-secret"})
        self.start_daemon(config_for(broker, mqtt={"username": "jo", "password": "wr0ng-secret"}))
        report = self.becomes_verdict("degraded", "wrong user name or password",
                                      "correct username and password in [MQTT]")
        self.assertNotIn("wr0ng", json.dumps(report))
        text = self.assert_text(DEGRADED, "^DEGRADED", "wrong user name or password",
                                f"kill -HUP {self.daemon.pid}")
        self.assertNotIn("wr0ng", text)

    def test_a_broker_that_is_lost_after_a_live_battery(self):
        self.run_battery(LIMITS)
        self.broker.kill()
        report = self.becomes_verdict("degraded", "no connection to 127.0.0.1")
        self.assertEqual(report["processes"][0]["batteries"][0]["life"], "live")


    def test_a_refused_subscription_is_a_problem_until_it_is_allowed(self):
        answers = [0x80, 0]  # to the subscription of the first connection, and of the second

        def broker(client):
            client.recv(4096)
            client.sendall(CONNACK)
            number = client.recv(4096)[2:4]
            client.sendall(b"\x90\x03" + number + bytes([answers.pop(0)]))
            while client.recv(4096):
                pass
        server = Server(broker)
        self.addCleanup(server.stop)
        daemon = self.start_daemon(config_for(server))
        report = self.becomes_verdict("degraded", "it refuses the subscription to home/battery",
                                      "access rules")
        self.assertTrue(report["processes"][0]["broker"]["connected"])
        server.cut()
        daemon.wait_for_log("the subscription to home/battery is allowed now")
        self.assertEqual(self.as_json()["processes"][0]["broker"]["refused_subscriptions"], [])
        self.assertEqual(len(daemon.matching("refuses the subscription")), 1, daemon.output())


class PayloadTrouble(StatusCase):
    def test_no_payload_yet(self):
        broker = self.start_broker()
        self.start_daemon(config_for(broker))
        broker.wait_subscribed()
        self.becomes_verdict("degraded", "no message on topic home/battery yet",
                             f"mosquitto_sub -v -h 127.0.0.1 -p {broker.port}")
        self.assert_text(DEGRADED, "^DEGRADED: 1 problem$", "waiting for the first message",
                         "start the publisher, or correct the topic")

    def test_a_payload_without_soc(self):
        broker = self.start_broker()
        self.start_daemon(config_for(broker))
        broker.wait_subscribed()
        broker.publish({"Dc": {"Power": 321.6, "Voltage": 52.7}})
        report = self.becomes_verdict("degraded", "the payload has no Soc", '{"Soc": 63,')
        self.assertEqual(report["processes"][0]["batteries"][0]["rejected"], 1)
        self.assert_text(DEGRADED, "^DEGRADED", "the payload has no Soc", "1 not used")

    def test_a_bad_payload_after_good_ones_and_a_good_one_again(self):
        self.run_battery()
        self.broker.publish("not json")
        self.becomes_verdict("degraded", "the newest message cannot be used")
        self.publish_and_wait(payload(Soc=5))
        self.becomes_verdict("healthy")

    def test_a_field_that_cannot_be_used_is_named_with_its_likely_unit(self):
        self.run_battery(payload(Voltages={"Cell1": 3.3}))
        self.becomes_verdict("healthy")
        self.broker.publish(payload(Voltages={"Cell1": 3301}, Dc={"Power": 1.2, "Current": 2, "Voltage": 5223}))
        self.becomes_verdict("degraded", "Dc/0/Voltage 5223 is outside", "hundredths of a volt",
                             "Voltages/Cell1 3301 is outside", "millivolts")
        self.broker.publish(payload(Voltages={"Cell1": 3.301}))
        self.becomes_verdict("healthy")

    def test_values_that_do_not_fit_together_for_a_minute_are_a_problem_with_a_likely_cause(self):
        """A current in mA, and a voltage of which the cells know nothing; said once, shown as told."""
        daemon = self.run_battery({"Soc": 63, "Dc": {"Power": 321.6, "Voltage": 52.7, "Current": 6100},
                                   "Voltages": [3.3, 3.3]})
        log, begin = daemon.mark(), time.monotonic()
        report = None
        while time.monotonic() - begin < 100 and not (report and self.problems(report)):
            self.broker.publish({"Soc": 63, "Dc": {"Power": 321.6, "Voltage": 52.7, "Current": 6100},
                                 "Voltages": [3.3, 3.3]})
            time.sleep(1)
            report = self.as_json()
        self.assertGreater(time.monotonic() - begin, 55)
        told = "\n".join(self.problems(report))
        for part in ("Dc/0/Power is 322 W", "probably in milliamperes", "cells have 6.60 V together",
                     "probably not all cells are told"):
            self.assertIn(part, told)
        self.assertEqual(self.client.value("/Dc/0/Current"), 6100.0, "nothing is corrected")
        self.assertEqual(len(daemon.matching("^WARNING.*milliamperes", log)), 1, daemon.output())

    def test_a_silent_battery_and_a_lost_limit(self):
        self.run_battery(LIMITS, {"timeout": 4})
        self.becomes_verdict("degraded", "no valid message for", "charging is stopped")
        self.assert_text(DEGRADED, "^DEGRADED", "CCL 0.0 A, charging is stopped: the battery is silent")


class ShuntTrouble(StatusCase):
    def test_no_shunts(self):
        self.aggregate(wait=False)
        self.becomes_verdict("degraded", "there is no SmartShunt on the bus", "VE.Direct")
        self.assert_text(DEGRADED, "^DEGRADED: 1 problem$", "0 shunt(s) counted")

    def test_a_hostile_name_reaches_the_terminal_harmless(self):
        self.shunt("ttyS5", name="\x1b[2Jred\x9b")
        self.aggregate()
        self.becomes_verdict("healthy")
        self.assert_text(HEALTHY, "^OK", "[2Jred")

    def test_a_hung_shunt_is_named(self):
        self.shunt("ttyS5")
        hung = self.shunt("ttyS6", claim=False)
        hung.hang("GetItems", "GetValue")
        hung.claim()
        self.aggregate()
        self.becomes_verdict("degraded", hung.service + " does not answer")
        self.assert_text(DEGRADED, "^DEGRADED", "Not counted", "it does not answer")

    def test_a_virtual_bms_that_stops_says_why(self):
        self.shunt("ttyS5", name="Bow", items={"/Alarms/HighVoltage": 2})
        self.aggregate({"device_mode": "virtual-bms", "max_charge_voltage": 56.8,
                        "max_charge_current": 100, "max_discharge_current": 200})
        report = self.becomes_verdict("degraded", "charging is stopped: Bow: high voltage alarm")
        limits = report["processes"][0]["aggregate"]["limits"]
        self.assertEqual(limits["max_charge_current_a"]["value"], 0)
        self.assertEqual(limits["max_discharge_current_a"],
                         {"value": 200, "why": "as configured", "fault": False,
                          "votes": [{"value": 200, "why": "as configured"}]})

    def test_a_battery_that_has_disconnected_itself_is_named(self):
        self.shunt("ttyS5", name="Bow", voltage=52.6, current=20.0, temperature=20.0)
        self.shunt("ttyS6", name="Stern", voltage=40.0, current=0.0, temperature=20.0)
        self.aggregate({"device_mode": "virtual-bms", "max_charge_voltage": 56.8, "max_charge_current": 100})
        self.becomes_verdict("degraded", "charging is limited: Stern: disconnected")

    def test_a_shunt_that_lacks_some_stop_alarms_is_named(self):
        self.shunt("ttyS5", name="Bow", temperature=20.0, items={"/Alarms/HighVoltage": None})
        self.aggregate({"device_mode": "virtual-bms", "max_charge_voltage": 56.8, "max_charge_current": 100})
        self.becomes(items={"/Info/MaxChargeCurrent": 100.0})
        hints = [a["what"] for a in self.as_json()["advice"] if not a["problem"]]
        self.assertIn("Bow does not tell /Alarms/HighVoltage, so the BMS cannot stop for it", hints)

    def test_a_lost_shunt_is_missed(self):
        self.shunt("ttyS5")
        lost = self.shunt("ttyS6")
        self.aggregate()
        self.becomes(items={"/System/NrOfModulesOnline": 2})
        lost.kill()
        self.becomes_verdict("degraded", "1 shunt(s) missing: ", "--forget NAME")


class ConfigTrouble(StatusCase):
    def test_an_invalid_config_is_listed_until_it_is_corrected(self):
        broker = self.start_broker()
        daemon = self.start_daemon(ini({"MQTT": {
            "tls_enabled": "perhaps", "broker_address": "a b", "topic": "home/battery"}}))
        report = self.becomes_verdict("degraded", "has 2 error(s), so nothing runs",
                                      "correct what is listed below and save the file")
        config = report["processes"][0]["config"]
        self.assertEqual(config["state"], "waiting")
        self.assertRegex(" ".join(config["errors"]), r"tls_enabled.*broker_address")
        self.assert_text(DEGRADED, "^DEGRADED: 1 problem$", "config.ini:2:", "tls_enabled", "a b")
        daemon.write_config(config_for(broker))
        broker.wait_subscribed()
        broker.publish(payload())
        self.becomes_verdict("healthy")

    def test_an_error_after_a_reload_leaves_the_old_config_in_force(self):
        daemon = self.run_battery()
        daemon.write_config("[MQTT]\nbroker_port = 99999\n")
        daemon.reload()
        report = self.becomes_verdict("degraded", "what ran before goes on unchanged")
        self.assertEqual(report["processes"][0]["config"]["state"], "outdated")
        self.assertTrue(report["processes"][0]["batteries"][0]["service"]["on_bus"])

    def test_without_a_config_the_shunts_are_aggregated(self):
        self.shunt("ttyS5")
        self.start_daemon(None)
        self.client.wait_for_name(AGGREGATE)
        report = self.becomes_verdict("healthy")
        self.assertEqual(report["processes"][0]["config"]["state"], "missing")
        self.assert_text(HEALTHY, "^OK", "every SmartShunt is aggregated")


    def test_a_changed_file_that_nobody_read_is_a_problem(self):
        # A link hides the change of the file it points to.
        broker = self.start_broker()
        elsewhere = os.path.join(self.folder, "elsewhere")
        os.mkdir(elsewhere)
        real = os.path.join(elsewhere, "real.ini")
        with open(real, "w", encoding="utf-8") as file:
            file.write(config_for(broker))
        os.symlink(real, os.path.join(self.folder, "config.ini"))
        daemon = self.start_daemon(None)
        broker.wait_subscribed()
        broker.publish(payload())
        self.becomes_verdict("healthy")
        with open(real, "w", encoding="utf-8") as file:
            file.write(config_for(broker, {"device_name": "New"}))
        self.becomes_verdict("degraded", "has changed since it was read", "kill -HUP")
        daemon.reload()
        wait_until(lambda: "has changed" not in " ".join(self.problems(self.as_json())), 20,
                   "the file that was read")

    def test_two_batteries_on_one_topic_are_a_problem(self):
        self.run_battery(BATTERY_twin={"topic": "home/battery", "device_instance": 101})
        self.becomes_verdict("degraded", "are one battery, shown twice")


if __name__ == "__main__":
    unittest.main()
