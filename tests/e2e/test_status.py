# SPDX-License-Identifier: MIT
"""`--status`: what it says in each situation a newcomer meets, in words, as JSON and as exit code."""
import json
import os
import time
import unittest

from harness.bus import SERVICE, Client
from harness.case import HERE, LIMITS, payload
from harness.daemon import binary, config_for, ini
from harness.process import run
from harness.servers import CONNACK, Server
from harness.shunts import AGGREGATE
from harness.status import DEGRADED, HEALTHY, NOT_RUNNING, StatusCase
from harness.waiting import wait_until

FOLDER = os.path.dirname(HERE)


class Healthy(StatusCase):
    def test_a_live_battery_is_told_with_its_values_and_limits(self):
        self.run_battery(LIMITS)
        report = self.becomes_verdict("healthy")
        process = report["processes"][0]
        self.assertEqual(process["pid"], self.daemon.pid)
        self.assertEqual(process["config"]["state"], "in_force")
        self.assertTrue(process["broker"]["connected"])
        battery = process["batteries"][0]
        self.assertEqual((battery["life"], battery["topic"]), ("live", "home/battery"))
        self.assertEqual(battery["service"]["name"], SERVICE)
        self.assertEqual(battery["values"]["soc_percent"], 63)
        self.assertEqual(battery["limits"]["max_charge_current_a"],
                         {"value": 80, "why": "as the payload gives it", "fault": False})
        self.assertLess(battery["last_sign_age_s"], 30)
        self.assert_text(HEALTHY, "^OK: on the bus: MQTT Battery$", "52.70 V", "63.0 %", SERVICE,
                         "CCL 80.0 A, as the payload gives it", "connected for")

    def test_an_aggregate_is_told_with_members_capacities_and_who_is_left_out(self):
        self.shunt("ttyS5", name="Bow", capacity=300, voltage=52.0, current=4.0, soc=50.0)
        self.shunt("ttyS6", name="Stern", capacity=100, voltage=52.0, current=2.0, soc=50.0)
        self.shunt("ttyS7", name="Thruster")
        self.aggregate({"exclude_shunts": "Thruster"})
        self.becomes(current=6.0)
        report = self.becomes_verdict("healthy")
        aggregate = report["processes"][0]["aggregate"]
        self.assertEqual([m["name"] for m in aggregate["members"]], ["Bow", "Stern"])
        self.assertEqual([m["capacity_ah"] for m in aggregate["members"]], [300, 100])
        self.assertEqual(aggregate["capacity_ah"], 400)
        self.assertEqual([n["name"] for n in aggregate["not_counted"]], ["Thruster"])
        self.assert_text(HEALTHY, "^OK", "Bow", "Stern", "400 Ah", "from its own settings",
                         "exclude_shunts names it", AGGREGATE)

    def test_asking_changes_nothing_on_the_bus(self):
        self.run_battery()
        self.recorder.sync()
        mark = self.recorder.mark()
        names = {str(n) for n in self.client.connection.list_names() if not n.startswith(":")}
        self.becomes_verdict("healthy")
        self.assertEqual(self.changes_since(mark), [])
        self.assertEqual({n for n in names if n.startswith("com.victronenergy")}, {SERVICE})


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
                         {"value": 200, "why": "as configured", "fault": False})

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


class Names(StatusCase):
    def test_a_taken_name(self):
        other = Client(self.bus.address)
        self.addCleanup(other.close)
        other.request_name(SERVICE)
        broker = self.start_broker()
        self.start_daemon(config_for(broker))
        broker.wait_subscribed()
        broker.publish(payload())
        self.becomes_verdict("degraded", f"{SERVICE} is taken by", f"(pid {os.getpid()})",
                             "set another service_name")
        self.assert_text(DEGRADED, "^DEGRADED", "not on the bus: taken by")
        other.close()

    def test_a_stopped_daemon(self):
        daemon = self.run_battery()
        daemon.terminate()
        report = self.becomes_verdict("not_running", "config.ini", "start it: ")
        self.assertEqual(report["processes"], [])
        self.assert_text(NOT_RUNNING, "^NOT RUNNING", f"dbus-mqtt-battery --config {self.folder}")

    def test_no_bus(self):
        env = {**self.bus.environment(), "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus"}
        self.becomes_verdict("not_running", "no connection to the D-Bus daemon", env=env)
        self.assert_text(NOT_RUNNING, "^NOT RUNNING", "D-Bus", env=env)

    def test_two_instances_tell_about_themselves_and_name_each_other(self):
        self.run_battery()
        first = self.daemon
        second = self.start_daemon(config_for(self.broker, {"service_name": "two", "device_name": "Two",
                                                            "device_instance": 102}), "second.ini")
        self.broker.wait_subscribed(count=2)
        self.broker.publish(payload())
        self.client.wait_for_name(SERVICE.replace("mqtt_battery", "two"))
        report = self.becomes_verdict("healthy")
        self.assertEqual([p["pid"] for p in report["processes"]], [first.pid])
        self.assertEqual([(o["pid"], o["config_file"]) for o in report["others"]],
                         [(second.pid, second.config_file)])
        self.assert_text(HEALTHY, "^OK: on the bus: Two$", first.config_file,
                         config=second.config_file)
        link = os.path.join(self.folder, "linked")
        os.symlink(self.folder, link)
        self.becomes_verdict("healthy", config=os.path.join(link, "config.ini"))

    def test_two_with_the_same_config_are_a_problem(self):
        self.run_battery()
        self.start_daemon(None)
        self.becomes_verdict("degraded", "2 run with the same config file")


class GxSystem(StatusCase):
    def system(self, service, items):
        """One of the device's own services."""
        process = self.shunt("none", claim=False, items=items)
        process.order(claim=service)

    def test_limits_that_reach_no_charger_are_a_problem(self):
        self.run_battery(LIMITS)
        self.system("com.victronenergy.system", {
            "/ActiveBatteryService": "com.victronenergy.battery/7",
            "/Dc/Battery/BatteryService": "com.victronenergy.battery.other",
            "/ActiveBmsService": "com.victronenergy.battery.other"})
        report = self.becomes_verdict("degraded", "the selected BMS is com.victronenergy.battery.other",
                                      "Controlling BMS")
        self.assertEqual(report["system"], {"present": True, "dvcc": None,
                                            "bms": "com.victronenergy.battery.other",
                                            "battery_monitor": "com.victronenergy.battery.other"})
        self.assert_text(DEGRADED, "^DEGRADED", "the selected battery monitor is",
                         "Settings > System setup > Battery monitor")
        self.system("com.victronenergy.settings", {"/Settings/Services/Bol": 0})
        self.becomes_verdict("degraded", "DVCC is off")

    def test_systemcalc_knows_better_than_the_setting_whether_dvcc_is_on(self):
        self.run_battery(LIMITS)
        self.system("com.victronenergy.system", {
            "/Dc/Battery/BatteryService": SERVICE, "/ActiveBmsService": SERVICE, "/Control/Dvcc": 1})
        self.system("com.victronenergy.settings", {"/Settings/Services/Bol": 0})
        self.assertIs(self.becomes_verdict("healthy")["system"]["dvcc"], True)

    def test_has_nothing_to_say_when_ours_is_selected(self):
        self.run_battery(LIMITS)
        self.system("com.victronenergy.system", {
            "/ActiveBatteryService": "com.victronenergy.battery/100", "/ActiveBmsService": SERVICE})
        report = self.becomes_verdict("healthy")
        self.assertEqual(report["advice"], [])
        self.assertEqual(report["system"]["battery_monitor"], "com.victronenergy.battery/100")


class Readme(StatusCase):
    def test_its_example_is_what_is_printed(self):
        """Line by line, but for those with numbers or a folder: they depend on time and place."""
        with open(os.path.join(FOLDER, "..", "..", "README.md"), encoding="utf-8") as file:
            readme = file.read()
        example = readme.split("## Status", 1)[1].split("\n```\n", 3)[2]
        self.assertTrue(example.startswith("DEGRADED: 1 problem"), example)
        broker = self.start_broker()
        self.start_daemon(config_for(broker))
        broker.wait_subscribed()
        broker.publish({"Dc": {"Power": 321.6, "Voltage": 52.7}})
        self.becomes_verdict("degraded", "the payload has no Soc")
        _, text = self.ask()
        for line in example.splitlines():
            if not any(c.isdigit() for c in line) and not line.startswith("Config"):
                self.assertIn(line, text.splitlines())

    def test_every_key_is_in_the_documentation(self):
        with open(os.path.join(FOLDER, "..", "..", "docs", "status.md"), encoding="utf-8") as file:
            documented = file.read()
        self.shunt("ttyS5")
        self.run_battery(LIMITS, {"sources": "mqtt, smartshunts"})
        self.client.wait_for_name(AGGREGATE)

        def keys(node):
            children = node.values() if isinstance(node, dict) else node
            for child in children if isinstance(node, (dict, list)) else ():
                yield from keys(child)
            yield from node if isinstance(node, dict) else ()
        for key in sorted(set(keys(self.as_json()))):
            self.assertRegex(documented, rf"`{key}(\[\])?`")


class CommandLine(StatusCase):
    def test_json_alone_is_refused(self):
        result = run([binary(), "--json"], check=False, env=self.bus.environment())
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"--status", result.stdout)


if __name__ == "__main__":
    unittest.main()
