# SPDX-License-Identifier: MIT
"""Switches on the display (docs/switches.md): written in every way, at once, kept, and never above the config."""
import json
import os
import signal
import unittest

import dbus

from harness.bms import BMS, CCL, CVL, DCL, RELEASE_S, WHY_NOT_CHARGE, Bms
from harness.bus import SERVICE
from harness.case import LIMITS, MINIMUM, Case
from harness.daemon import config_for, ini
from harness.shunts import AGGREGATE
from harness.waiting import slowness, wait_until

ROOT = "/SwitchableOutput/"
TAKEN, NOT_WRITABLE, REFUSED = 0, 1, 2
SWITCHED = {**BMS, "switches": 1}
SETTINGS = "com.victronenergy.settings"
EMPTY = dbus.Array([], signature="i")
BIG, SMALL = "relay_shunt_ttyS5", "relay_shunt_ttyS6"


def stored(folder):
    """{last part of the path: value} of what the settings service keeps."""
    try:
        with open(os.path.join(folder, "settings.json"), encoding="utf-8") as file:
            return {path.rsplit("/", 1)[1]: entry["value"] for path, entry in json.load(file).items()}
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


class Pane:
    """The display's switch pane: it shows outputs by Name, State or Dimming, and a type that it knows."""

    def __init__(self, client, service):
        self.client, self.service = client, service

    def outputs(self):
        items = {path: item.value for path, item in self.client.get_items(self.service).items()}
        names = {path.split("/")[2] for path in items if path.startswith(ROOT)}

        def is_shown(output):
            kind = items.get(f"{ROOT}{output}/Settings/Type")
            valid = items.get(f"{ROOT}{output}/Settings/ValidTypes")
            moves = [items.get(f"{ROOT}{output}/{leaf}") for leaf in ("State", "Dimming")]
            return (items.get(f"{ROOT}{output}/Name") and kind is not None and (valid >> kind) & 1
                    and any(value is not None for value in moves)
                    and items.get(f"{ROOT}{output}/Settings/ShowUIControl") & 1)
        return {name for name in names if is_shown(name)}

    def value(self, item):
        return self.client.value(ROOT + item, self.service)

    def write(self, item, value):
        return self.client.set_value(ROOT + item, value, self.service)

    def write_bare(self, item, value, signature):
        """As a program does that puts the value into no variant."""
        return int(self.client.call(self.service, ROOT + item, "SetValue", value, signature=signature).args[0])


class Matrix(Bms):
    """A virtual BMS of two shunts, 300 and 100 Ah: 80 A in, 120 A out, SoC above 60 %."""

    def start(self, shunts=None):
        daemon = self.bank(shunts or SWITCHED, soc=70.0)
        self.pane = Pane(self.client, AGGREGATE)
        return daemon

    def limits(self):
        items = self.items()
        return tuple(items[path].value for path in (CCL, DCL))

    def assert_becomes(self, ccl, dcl, timeout=5):
        wait_until(lambda: self.limits() == (ccl, dcl), timeout * slowness(),
                   lambda: f"CCL {ccl} and DCL {dcl}, last seen {self.limits()}")

    def test_the_pane_shows_what_there_is(self):
        self.start()
        self.assertEqual(self.pane.outputs(), {"stop_charge", "stop_discharge", "charge_to", "max_charge_current",
                                               "max_discharge_current", "redetect", BIG, SMALL})
        self.assertEqual(self.pane.value(f"{BIG}/Name"), "Include Big one")
        self.assertEqual(self.pane.value("max_charge_current/Settings/DimmingMax"), 80.0)

    def test_every_output_in_every_way(self):
        self.start()
        rows = [("stop_charge/State", 1, 0, (0.0, 120.0)), ("stop_discharge/State", 1, 0, (80.0, 0.0)),
                ("charge_to/Dimming", 55, 100, (0.0, 120.0)), ("max_charge_current/Dimming", 40, 80, (40.0, 120.0)),
                ("max_discharge_current/Dimming", 50, 120, (80.0, 50.0))]
        ways = {"int": (dbus.Int32, None), "double": (dbus.Double, None), "long, as from MQTT": (dbus.Int64, None),
                "text, as from a command line": (lambda v: dbus.String(str(v)), None),
                "bare int": (dbus.Int32, "i"), "bare double": (dbus.Double, "d"),
                "bool": (dbus.Boolean, None), "bare bool": (dbus.Boolean, "b")}
        for item, value, back, limits in rows:
            for way, (kind, signature) in ways.items():
                if kind is dbus.Boolean and value != 1:
                    continue
                for written, expected in ((value, limits), (back, (80.0, 120.0))):
                    with self.subTest(item=item, way=way, value=written):
                        code = (self.pane.write(item, kind(written)) if signature is None
                                else self.pane.write_bare(item, kind(written), signature))
                        self.assertEqual(code, TAKEN)
                        self.assertEqual(self.pane.value(item), written, "echoed at once")
                        self.assert_becomes(*expected)

    def test_a_member_is_switched_in_every_way(self):
        self.start()
        for value in (dbus.Int32(0), dbus.Double(0), dbus.Boolean(False)):
            self.assertEqual(self.pane.write(f"{SMALL}/State", value), TAKEN)
            self.assertEqual(self.pane.value(f"{SMALL}/State"), 0)
            self.assert_becomes(60.0, 90.0)
            self.becomes(items={"/InstalledCapacity": 300.0})
            self.assertEqual(self.value("/Alarms/BmsCable"), 0)
            self.assertEqual(self.pane.write(f"{BIG}/State", dbus.Int32(0)), REFUSED)
            self.assertEqual(self.pane.value(f"{BIG}/State"), 1)
            self.assertEqual(self.pane.write(f"{SMALL}/State", type(value)(1)), TAKEN)
            self.becomes(items={"/InstalledCapacity": 400.0})
        self.assert_becomes(80.0, 120.0, timeout=RELEASE_S + 10)

    def test_a_limit_falls_in_the_same_turn(self):
        self.start()
        mark = self.recorder.mark()
        self.pane.write("stop_charge/State", dbus.Int32(1))
        self.assert_becomes(0.0, 120.0)
        self.recorder.sync()
        owner = self.client.owner(AGGREGATE)
        echo = self.recorder.carrying(f"{ROOT}stop_charge/State", owner, mark)[0]
        limit = self.recorder.carrying(CCL, owner, mark)[0]
        self.assertEqual(limit.items[CCL].value, 0.0)
        self.assertLess(limit.time - echo.time, 0.2 * slowness())
        self.assertEqual(self.value(WHY_NOT_CHARGE), "a switch on the GX stops charging")

    def test_nonsense_is_refused_and_changes_nothing(self):
        self.start()

        def seen():
            return {path: item.value for path, item in self.items().items()
                    if path.startswith(ROOT) or path in (CVL, CCL, DCL)}
        before = seen()
        nan = float("nan")
        for item, value in [("max_charge_current/Dimming", dbus.Double(nan)), ("max_charge_current/Dimming", dbus.Double(-1)),
                            ("max_charge_current/Dimming", dbus.Double(1e300)), ("max_charge_current/Dimming", dbus.Double(81)),
                            ("max_charge_current/Dimming", dbus.String("all")), ("max_charge_current/Dimming", EMPTY),
                            ("charge_to/Dimming", dbus.Int32(49)), ("charge_to/Dimming", dbus.Int32(101)),
                            ("charge_to/State", dbus.Int32(0)), ("stop_charge/State", dbus.Int32(2)),
                            ("stop_charge/State", dbus.Int32(-1)), ("stop_charge/State", dbus.String("on")),
                            ("stop_charge/State", EMPTY), ("stop_charge/Status", dbus.Int32(9)),
                            ("stop_charge/Name", dbus.String("x")), ("stop_charge/Settings/Type", dbus.Int32(2)),
                            ("stop_charge/Settings/CustomName", dbus.Int32(5)),
                            ("stop_charge/Settings/CustomName", dbus.String("x" * 33)),
                            ("stop_charge/Settings/ShowUIControl", dbus.Int32(8)),
                            ("max_charge_current/Settings/DimmingMax", dbus.Double(500))]:
            with self.subTest(item=item, value=value):
                self.assertIn(self.pane.write(item, value), (NOT_WRITABLE, REFUSED))
        for unknown in ("stop/State", "relay_shunt_ttyS9/State"):
            self.client.error_of(AGGREGATE, ROOT + unknown, "SetValue", dbus.Int32(1), signature="v")
        self.assertEqual(seen(), before)

    def test_a_momentary_goes_back_by_itself(self):
        daemon = self.start()
        self.small.release()
        self.becomes(items={"/Alarms/BmsCable": 1})
        self.assertEqual(self.pane.write("redetect/State", dbus.Int32(1)), TAKEN)
        self.assertEqual(self.pane.value("redetect/State"), 0)
        daemon.wait_for_log("the missing shunt Small one is forgotten")
        self.becomes(items={"/Alarms/BmsCable": 0})
        self.assert_becomes(80.0, 120.0, timeout=RELEASE_S + 10)

    def test_what_was_written_is_there_after_a_restart(self):
        daemon = self.start()
        self.pane.write("stop_charge/State", dbus.Int32(1))
        self.pane.write("max_discharge_current/Dimming", dbus.Int32(30))
        self.pane.write(f"{SMALL}/State", dbus.Int32(0))
        self.pane.write("stop_charge/Settings/CustomName", dbus.String("Nicht laden"))
        daemon.stop()
        self.client.wait_for_no_name(AGGREGATE)
        self.aggregate(SWITCHED, fresh=False)
        items = self.items()
        self.assertEqual((items[CCL].value, items[DCL].value), (0.0, 30.0), "from the first moment on")
        self.assertEqual(self.value("/InstalledCapacity"), 300.0)
        self.assertEqual(self.pane.value("stop_charge/Settings/CustomName"), "Nicht laden")
        self.assertEqual(self.pane.value(f"{SMALL}/State"), 0)

    def test_the_settings_service_keeps_it_and_may_be_lost(self):
        settings = self.start_settings()
        self.start()
        self.pane.write("stop_charge/State", dbus.Int32(1))
        wait_until(lambda: stored(self.folder).get("Switch_stop_charge") == 1, 10, "the switch to be stored")
        settings.stop(signal.SIGKILL)
        self.pane.write("stop_charge/State", dbus.Int32(0))
        self.pane.write("max_charge_current/Dimming", dbus.Double(40))
        self.assert_becomes(40.0, 120.0)
        self.start_settings()
        wait_until(lambda: (stored(self.folder).get("Switch_stop_charge"),
                            stored(self.folder).get("Switch_max_charge_current")) == (0, 40.0), 30, "both to be stored")
        self.assert_becomes(40.0, 120.0)

    def test_what_somebody_changes_in_the_settings_counts(self):
        self.start_settings()
        self.start()
        wait_until(lambda: "Switch_stop_discharge" in stored(self.folder), 10, "the settings to be there")
        with open(os.path.join(self.folder, "settings.json"), encoding="utf-8") as file:
            path = next(p for p in json.load(file) if p.endswith("/Switch_stop_discharge"))
        self.assertEqual(self.client.set_value(path, dbus.Int32(1), SETTINGS), 0)
        self.assert_becomes(80.0, 0.0)
        self.client.wait_for_value(f"{ROOT}stop_discharge/State", 1, AGGREGATE)

    def test_turned_off_in_the_config_they_do_nothing_more(self):
        daemon = self.start()
        self.pane.write("stop_charge/State", dbus.Int32(1))
        self.assert_becomes(0.0, 120.0)
        daemon.write_config(ini({"DEFAULT": {"logging": "INFO", "min_update_interval": 0}, "SMARTSHUNTS": BMS}))
        daemon.reload()
        daemon.wait_for_log("switches are turned off in the config; this ends: Stop charging: on")
        self.client.wait_for_name(AGGREGATE)
        self.assert_becomes(80.0, 120.0)
        self.assertEqual([path for path in self.items() if path.startswith(ROOT)], [])

    def test_a_monitor_has_only_what_is_of_its_members(self):
        self.shunt("ttyS5")
        self.shunt("ttyS6")
        self.aggregate({"device_mode": "monitor", "switches": 1})
        pane = Pane(self.client, AGGREGATE)
        wait_until(lambda: pane.outputs() == {"redetect", BIG, SMALL}, 10, lambda: f"three outputs, seen {pane.outputs()}")

    def test_there_are_none_by_default(self):
        self.bank()
        self.assertEqual([path for path in self.items() if path.startswith(ROOT)], [])


class Bank(Case):
    """Two batteries of this process as one."""
    NAME = "com.victronenergy.battery.bank_110"

    def start(self, **bank):
        broker = self.start_broker()
        self.addCleanup(self.client.wait_for_no_name, self.NAME)
        self.sections = {"BATTERY Aft": {"topic": "home/aft", "device_instance": 101},
                         "BATTERY Fore": {"topic": "home/fore", "device_instance": 102},
                         "BANK House": {"device_instance": 110, **bank}}
        config = {"DEFAULT": {"logging": "INFO", "min_update_interval": 0, "sources": "mqtt"},
                  "MQTT": {"broker_address": "127.0.0.1", "broker_port": broker.port}, **self.sections}
        self.config = config
        daemon = self.start_daemon(ini(config))
        for topic in ("home/aft", "home/fore"):
            broker.wait_subscribed(topic)
        self.tell()
        self.client.wait_for_name(self.NAME)
        return daemon

    def tell(self):
        told = {**LIMITS, "InstalledCapacity": 100, "Dc": {"Power": 0, "Voltage": 52.7, "Current": 0.0}}
        for topic in ("home/aft", "home/fore"):
            self.broker.publish(told, topic)

    def test_a_member_of_this_process_is_switched_and_stays_so(self):
        daemon = self.start(switches=1)
        pane = Pane(self.client, self.NAME)
        aft, fore = "relay_member_mqtt_battery_101", "relay_member_mqtt_battery_102"
        self.client.wait_for_value(CCL, 160.0, self.NAME)
        self.assertLessEqual({aft, fore, "redetect", "stop_charge"}, pane.outputs())
        self.assertEqual(pane.value(f"{aft}/Name"), "Include Aft")
        self.assertEqual(pane.write(f"{aft}/State", dbus.Int32(0)), TAKEN)
        self.client.wait_for_value(CCL, 80.0, self.NAME)
        self.client.wait_for_value("/InstalledCapacity", 100.0, self.NAME)
        self.assertEqual(pane.write(f"{fore}/State", dbus.Int32(0)), REFUSED)
        status = json.loads(self.client.call(f"io.github.dbus_mqtt_battery.Status.p{daemon.pid}", "/", "GetStatus",
                                             interface="io.github.dbus_mqtt_battery.Status").args[0])
        bank = next(one for one in status["banks"] if one["name"] == "House")
        self.assertEqual(bank["limits"]["switches"], "Include Aft: off")
        self.assertIn("it is switched off on the GX", [one["why"] for one in bank["not_counted"]])
        daemon.stop()
        self.client.wait_for_no_name(self.NAME)
        self.start_daemon(ini(self.config))
        self.broker.wait_subscribed("home/fore", count=2)
        self.tell()
        self.client.wait_for_name(self.NAME)
        self.assertEqual(self.client.value(CCL, self.NAME), 80.0)
        self.assertEqual(self.client.value("/Alarms/BmsCable", self.NAME), 0)

    def test_turned_on_by_a_reload_they_are_there(self):
        daemon = self.start()
        pane = Pane(self.client, self.NAME)
        self.assertEqual(pane.outputs(), set())
        self.config["BANK House"]["switches"] = 1
        daemon.write_config(ini(self.config))
        daemon.reload()
        wait_until(lambda: "stop_charge" in pane.outputs(), 20, "switches")
        pane.write("stop_charge/State", dbus.Int32(1))
        self.client.wait_for_value(CCL, 0.0, self.NAME)

    def test_a_flood_of_writes_fills_no_log(self):
        daemon = self.start(switches=1)
        pane = Pane(self.client, self.NAME)
        for i in range(200):
            pane.write("charge_to/Dimming", dbus.Int32(60 + i % 2))
        daemon.wait_for_log("The switches of House change all the time")
        self.assertLess(len(daemon.matching("by somebody on the bus")), 50)
        self.assertEqual(pane.value("charge_to/Dimming"), 61.0)


class OneBattery(Case):
    """A battery from MQTT that tells limits, or has a charge control."""

    def test_its_stops_lower_what_it_tells(self):
        daemon = self.run_battery(LIMITS, default={"switches": 1})
        pane = Pane(self.client, SERVICE)
        self.assertEqual(pane.outputs(), {"stop_charge", "stop_discharge", "charge_to"})
        pane.write("stop_charge/State", dbus.Int32(1))
        pane.write("stop_discharge/State", dbus.Boolean(True))
        self.client.wait_for_value(CCL, 0.0)
        self.client.wait_for_value(DCL, 0.0)
        daemon.wait_for_log("^INFO .*Stop charging: on, by somebody on the bus")
        daemon.wait_for_log("^WARNING .*charging stopped: a switch on the GX stops charging")
        pane.write("stop_charge/State", dbus.Int32(0))
        pane.write("stop_discharge/State", dbus.Int32(0))
        self.client.wait_for_value(CCL, 80.0)
        self.client.wait_for_value(DCL, 120.0)

    def test_one_without_limits_has_none_and_becomes_no_bms(self):
        self.run_battery(MINIMUM, default={"switches": 1})
        self.assertEqual(Pane(self.client, SERVICE).outputs(), set())
        self.assertNotIn(CCL, self.client.get_items())

    def test_a_full_charge_goes_on_beyond_the_goal_and_ends_with_another_one(self):
        cells = {f"Cell{n}": 3.3 for n in range(1, 17)}
        told = {"Dc": {"Power": 528, "Voltage": 52.8, "Current": 10.0, "Temperature": 20.0}, "Soc": 85,
                "InstalledCapacity": 280, "Voltages": cells}
        broker = self.start_broker()
        config = config_for(broker, default={"switches": 1},
                            **{"CHARGE CONTROL": {"max_charge_current": 100, "max_discharge_current": 150}})
        self.start_daemon(config)
        broker.wait_subscribed()
        broker.publish(told)
        self.client.wait_for_name()
        pane = Pane(self.client, SERVICE)
        wait_until(lambda: "full_charge" in pane.outputs(), 10, "the switch for a full charge")
        self.assertEqual(pane.value("max_charge_current/Settings/DimmingMax"), 100.0)
        pane.write("charge_to/Dimming", dbus.Int32(80))
        self.client.wait_for_value(CCL, 0.0)
        self.assertEqual(self.client.value("/Info/ChargeLimitation"), "charge to 80 %: reached (SoC 85 %)")
        self.assertEqual(pane.write("full_charge/State", dbus.Int32(1)), TAKEN)
        self.client.wait_for_value(CCL, 100.0)
        self.assertEqual((pane.value("full_charge/State"), pane.value("full_charge/Status")), (0, 9))
        self.assertEqual(self.client.value("/Info/ChargeMode"), "Bulk, full charge")
        pane.write("charge_to/Dimming", dbus.Int32(80))
        self.client.wait_for_value(CCL, 0.0)
        self.assertEqual(pane.value("full_charge/Status"), 0)


if __name__ == "__main__":
    unittest.main()
