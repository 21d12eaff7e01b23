# SPDX-License-Identifier: MIT
"""`--status`: what it says when all is well, of processes and of the system around them."""
import os
import unittest

from harness.bus import SERVICE, Client
from harness.case import HERE, LIMITS, payload
from harness.daemon import binary, config_for
from harness.process import run
from harness.shunts import AGGREGATE
from harness.status import DEGRADED, HEALTHY, NOT_RUNNING, StatusCase

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
                         {"value": 80, "why": "as the payload gives it", "fault": False,
                          "votes": [{"value": 80, "why": "as the payload gives it"}]})
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


class Documentation(StatusCase):
    def test_its_example_is_what_is_printed(self):
        """Line by line, but for those with numbers or a folder: they depend on time and place."""
        with open(os.path.join(FOLDER, "..", "..", "docs", "troubleshooting.md"),
                  encoding="utf-8") as file:
            page = file.read()
        example = page.split("## What `--status` prints", 1)[1].split("```\n", 2)[1]
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
