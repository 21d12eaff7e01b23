# SPDX-License-Identifier: MIT
"""Every publisher that is known arrives on the bus by a few lines of config, and its loss stops charging."""
import collections
import os
import unittest

import dbus

from harness import paths
from harness.bus import SERVICE
from harness.case import DATA, Case
from harness.daemon import ini
from harness.mqtt_client import MqttClient
from harness.publishers import Message, Publishers, recording
from harness.waiting import Timeout, stays_true, wait_until

# section: the lines of [BATTERY name]; map: those of [MAP name]; items: what must be on the bus.
Publisher = collections.namedtuple("Publisher", "section map items")

PORTAL = "c0619ab00000"
ESPHOME_ALARMS = {f"/Alarms/{name}": 0 for name in (
    "LowSoc", "HighInternalTemperature", "HighVoltage", "LowVoltage", "HighTemperature", "HighChargeCurrent",
    "HighDischargeCurrent", "CellImbalance", "LowTemperature", "HighCellVoltage", "LowCellVoltage")}
JBD_ALARMS = {f"/Alarms/{name}": 0 for name in (
    "HighCellVoltage", "LowCellVoltage", "HighVoltage", "LowVoltage", "HighChargeTemperature", "LowChargeTemperature",
    "HighTemperature", "LowTemperature", "HighChargeCurrent", "HighDischargeCurrent", "InternalFailure")}
DALY = {"/Soc": 71.4, "/Dc/0/Voltage": 52.8, "/Dc/0/Current": -12.5, "/Dc/0/Power": -660.0,
        "/Dc/0/Temperature": 19.0, "/Capacity": 199.9, "/History/ChargeCycles": 41, "/Voltages/Cell1": 3.303,
        "/Voltages/Cell2": 3.298, "/Voltages/Diff": 0.005, "/System/MinCellVoltage": 3.298,
        "/System/MaxCellVoltage": 3.303, "/System/NrOfCellsPerBattery": 16, "/System/Temperature1": 19.0,
        "/System/MOSTemperature": 24.0, "/Io/AllowToCharge": 1, "/Io/AllowToDischarge": 0, "/Balancing": 1,
        "/System/NrOfModulesBlockingDischarge": 1}

PUBLISHERS = {
    "batmon-ha": Publisher({"preset": "batmon", "topic": "battery1"}, {}, {
        "/Soc": 67.9, "/Dc/0/Voltage": 52.5, "/Dc/0/Current": -16.0, "/Dc/0/Power": -840.0,
        "/Dc/0/Temperature": 21.4, "/InstalledCapacity": 280.0, "/Capacity": 190.1, "/Soh": 98.5,
        "/ConsumedAmphours": -89.9, "/History/ChargeCycles": 37, "/Voltages/Cell1": 3.281, "/Voltages/Cell2": 3.283,
        "/System/MinCellVoltage": 3.281, "/System/MinVoltageCellId": "C1", "/System/MaxVoltageCellId": "C2",
        "/System/Temperature1": 21.4, "/System/MOSTemperature": 25.5, "/Io/AllowToCharge": 1,
        "/Io/AllowToDischarge": 0, "/Alarms/InternalFailure": 0}),
    "diybms-v4": Publisher({"preset": "diybms", "topic": "diybms"}, {}, {
        "/Soc": 74.31, "/Dc/0/Voltage": 53.01, "/Dc/0/Current": -4.3, "/Dc/0/Power": -227.9,
        "/Dc/0/Temperature": 21.0, "/Voltages/Cell1": 3.312, "/Voltages/Cell2": 3.315, "/Voltages/Diff": 0.012,
        "/Balances/Cell1": 0, "/Info/MaxChargeVoltage": 55.2, "/Info/MaxChargeCurrent": 40.0,
        "/Alarms/InternalFailure": 0, "/Alarms/HighCurrent": 0}),
    "esp32-bluetoothbms2mqtt": Publisher({"preset": "esp32-bluetoothbms2mqtt", "topic": "shed"}, {}, {
        "/Soc": 83.0, "/Dc/0/Voltage": 13.21, "/Dc/0/Current": -4.3, "/Dc/0/Power": -4.3 * 13.21,
        "/Dc/0/Temperature": 22.9, "/System/Temperature1": 22.9, "/Voltages/Diff": 0.003,
        "/System/NrOfCellsPerBattery": 4}),
    "esphome-jk-bms": Publisher({"preset": "esphome-jk-bms", "topic": "jkbms", "name": "jk-bms"}, {}, {
        "/Soc": 73.0, "/Dc/0/Voltage": 53.64, "/Dc/0/Current": -4.3, "/Dc/0/Power": -230.65,
        "/Dc/0/Temperature": 22.0, "/InstalledCapacity": 280.0, "/Capacity": 204.4, "/Voltages/Cell1": 3.352,
        "/Voltages/Cell2": 3.353, "/System/Temperature1": 22.0, "/System/MOSTemperature": 24.0,
        "/Io/AllowToCharge": 1, "/Io/AllowToDischarge": 1, **ESPHOME_ALARMS}),
    "esphome-jbd-bms": Publisher({"preset": "esphome-jbd-bms", "topic": "jbd-bms-ble", "name": "jbd-bms-ble"}, {}, {
        "/Soc": 88.0, "/Dc/0/Voltage": 13.28, "/Dc/0/Current": 5.1, "/Dc/0/Power": 67.73, "/Dc/0/Temperature": 18.4,
        "/InstalledCapacity": 100.0, "/Capacity": 88.2, "/Voltages/Cell1": 3.321, "/System/Temperature1": 18.4,
        "/Io/AllowToCharge": 0, "/System/NrOfModulesBlockingCharge": 1, **JBD_ALARMS,
        "/Alarms/LowChargeTemperature": 2}),
    "esphome-daly-bms": Publisher({"preset": "esphome-daly-bms", "topic": "daly-bms-ble", "sign": "-1"}, {}, {
        "/Soc": 54.3, "/Dc/0/Voltage": 26.5, "/Dc/0/Current": -3.2, "/Dc/0/Power": -84.8, "/Voltages/Cell1": 3.312,
        "/System/MOSTemperature": 21.0, "/Io/AllowToDischarge": 1}),
    "gx-scalar-topics": Publisher({"preset": "victron", "topic": f"N/{PORTAL}/battery/512"}, {}, {
        "/Soc": 74.0, "/Dc/0/Voltage": 49.81, "/Dc/0/Current": -10.7, "/Dc/0/Power": -532.0,
        "/Info/MaxChargeCurrent": 200.0, "/Info/MaxChargeVoltage": 53.2, "/Info/MaxDischargeCurrent": 200.0,
        "/System/MinVoltageCellId": "C3", "/TimeToGo": None, "/Soh": 98.0, "/Alarms/LowVoltage": 0,
        "/System/NrOfModulesOnline": 2}),
    "hm2mqtt-marstek": Publisher(
        {"preset": "marstek-hm2mqtt", "topic": "hm2mqtt/HMG-50/device/aabbccddeeff"}, {}, {
            "/Soc": 65.0, "/Soh": 100.0, "/Dc/0/Voltage": 52.23, "/Dc/0/Current": None, "/Dc/0/Power": None,
            "/Voltages/Cell1": 3.265, "/Voltages/Cell2": 3.265, "/Voltages/Cell3": 3.264, "/Voltages/Cell4": 3.266,
            "/System/NrOfCellsPerBattery": 4, "/System/Temperature1": 18.0, "/System/Temperature2": 19.0,
            "/System/Temperature3": 18.0, "/System/Temperature4": 19.0, "/InstalledCapacity": None}),
    "home-assistant-statestream": Publisher(
        {"preset": "homeassistant", "topic": "ha", "name": "bms"},
        {"Io/AllowToCharge": "{topic}/binary_sensor/bms_charging/state on=1 off=0"}, {
            "/Soc": 63.0, "/Dc/0/Voltage": 52.7, "/Dc/0/Current": -4.3, "/Dc/0/Power": -226.6, "/Io/AllowToCharge": 0,
            "/System/NrOfModulesBlockingCharge": 1}),
    "jbdbms2mqtt": Publisher({"preset": "jbdbms2mqtt", "topic": "jbd"}, {}, {
        "/Soc": 83.0, "/Dc/0/Voltage": 13.21, "/Dc/0/Current": -4.3, "/Dc/0/Power": -57.0, "/Dc/0/Temperature": 22.9,
        "/InstalledCapacity": 100.0, "/Capacity": 83.1, "/History/ChargeCycles": 12, "/Voltages/Cell1": 3.301,
        "/Voltages/Cell3": 3.3, "/Voltages/Diff": 0.003, "/System/MinCellVoltage": 3.3,
        "/System/MaxCellVoltage": 3.303, "/System/Temperature1": 22.9, "/System/MOSTemperature": 24.1,
        "/Io/AllowToCharge": 1, "/Io/AllowToDischarge": 1, **JBD_ALARMS}),
    "opendtu-onbattery-jkbms": Publisher({"preset": "opendtu-jk", "topic": "solar"}, {}, {
        "/Soc": 73.0, "/Dc/0/Voltage": 53.12, "/Dc/0/Current": -4.5, "/Dc/0/Power": -4.5 * 53.12,
        "/Dc/0/Temperature": 21.0, "/InstalledCapacity": 280.0, "/Voltages/Cell1": 3.321, "/Voltages/Cell2": 3.32,
        "/System/MinCellVoltage": 3.32, "/System/MaxCellVoltage": 3.321, "/System/Temperature1": 21.0,
        "/System/MOSTemperature": 27.0, "/Io/AllowToCharge": 1, "/Balancing": 0, "/Alarms/HighCellVoltage": 0,
        "/Alarms/LowTemperature": 2}),
    "opendtu-onbattery-pylontech": Publisher({"preset": "opendtu-pylontech", "topic": "solar2"}, {}, {
        "/Soc": 88.0, "/Soh": 99.0, "/Dc/0/Voltage": 49.81, "/Dc/0/Current": -10.7, "/Dc/0/Power": -10.7 * 49.81,
        "/Dc/0/Temperature": 18.5, "/Info/MaxChargeVoltage": 53.2, "/Info/MaxChargeCurrent": 37.0,
        "/Info/MaxDischargeCurrent": 37.0, "/Info/BatteryLowVoltage": 46.0, "/Info/ChargeRequest": 1,
        "/Io/AllowToCharge": 1, "/Io/AllowToDischarge": 0, "/System/NrOfModulesOnline": 4,
        "/System/NrOfModulesBlockingDischarge": 1, "/Alarms/HighVoltage": 1, "/Alarms/LowVoltage": 2}),
    "seplos-mqtt-bash": Publisher(
        {"preset": "seplos-bash", "topic": "homeassistant/sensor/seplos_364700000000"}, {}, {
            "/Soc": 71.9, "/Soh": 100.0, "/Dc/0/Voltage": 52.81, "/Dc/0/Current": -4.35,
            "/Dc/0/Power": -4.35 * 52.81, "/Dc/0/Temperature": 21.5, "/Capacity": 201.13,
            "/History/ChargeCycles": 12, "/Voltages/Cell1": 3.301, "/Voltages/Cell2": 3.302, "/Voltages/Diff": 0.007,
            "/System/MinCellVoltage": 3.295, "/System/MaxCellVoltage": 3.302, "/System/Temperature1": 21.5}),
    "seplos-mqtt-rs485": Publisher({"preset": "seplos-rs485", "topic": "seplos"}, {}, {
        "/Soc": 71.5, "/Dc/0/Voltage": 53.1, "/Dc/0/Current": -5.12, "/Dc/0/Power": -271.87, "/Capacity": 200.1,
        "/Voltages/Cell1": 3.318, "/Voltages/Cell2": 3.319, "/System/MinCellVoltage": 3.316,
        "/System/NrOfCellsPerBattery": 16}),
    "seplos-mqtt-rs485-v3": Publisher({"preset": "seplos-rs485", "topic": "seplos3", "pack": 1}, {}, {
        "/Soc": 71.5, "/Soh": 100.0, "/Dc/0/Voltage": 53.1, "/Dc/0/Current": 5.12, "/Dc/0/Power": 271.87,
        "/Dc/0/Temperature": 12.5, "/InstalledCapacity": 280.0, "/Capacity": 200.1, "/History/ChargeCycles": 7,
        "/Voltages/Cell1": 3.318, "/Voltages/Cell2": 3.319, "/System/Temperature1": 12.5,
        "/System/MOSTemperature": 17.3, "/Io/AllowToCharge": 1, "/Io/AllowToDischarge": 0, "/Balances/Cell2": 1,
        "/System/NrOfModulesBlockingDischarge": 1, "/Alarms/HighCellVoltage": 1, "/Alarms/LowVoltage": 2,
        "/Alarms/LowSoc": 0}),
    "solar-assistant": Publisher({"preset": "solar-assistant", "topic": "solar_assistant/battery_1"}, {}, {
        "/Soc": 47.9, "/Soh": 100.0, "/Dc/0/Voltage": 52.3, "/Dc/0/Current": -3.5, "/Dc/0/Power": -183.0,
        "/Dc/0/Temperature": 22.3, "/InstalledCapacity": 100.0, "/History/ChargeCycles": 103,
        "/System/MinCellVoltage": 3.266, "/System/MaxCellVoltage": 3.27}),
    "serialbattery-generic": Publisher({"preset": "serialbattery-generic", "topic": "battery/json"}, {
        "Info/MaxChargeVoltage": "14.2"}, {
            "/Soc": 80.5, "/Soh": 98.5, "/Dc/0/Voltage": 13.2, "/Dc/0/Current": -5.2, "/Dc/0/Power": -5.2 * 13.2,
            "/Dc/0/Temperature": 25.5, "/InstalledCapacity": 100.0, "/Capacity": 80.5, "/Heating": 0,
            "/Info/MaxChargeVoltage": 14.2, "/Info/MaxChargeCurrent": 50.0, "/Info/MaxDischargeCurrent": 60.0,
            "/Info/BatteryLowVoltage": 10.0, "/Io/AllowToCharge": 1, "/Io/AllowToDischarge": 0,
            "/Io/AllowToBalance": 1, "/Voltages/Cell1": 3.3, "/Voltages/Cell2": 3.31, "/Voltages/Cell3": 3.29,
            "/Voltages/Cell4": 3.3, "/Balances/Cell1": 0, "/Balances/Cell2": 1, "/Balances/Cell3": 0,
            "/Balances/Cell4": 0, "/System/NrOfCellsPerBattery": 4, "/System/Temperature1": 25.5,
            "/System/Temperature2": 25.6, "/System/MOSTemperature": 30.0, "/History/ChargeCycles": 120,
            "/History/DeepestDischarge": -80.0, "/Alarms/HighVoltage": 0, "/Alarms/LowSoc": 1,
            "/Alarms/InternalFailure": 0, "/Alarms/LowTemperature": 2, "/System/NrOfModulesBlockingDischarge": 1}),
    "daly2mqtt": Publisher({"preset": "daly2mqtt", "topic": "BMS01"}, {}, DALY),
    "daly2mqtt-json": Publisher({"preset": "daly2mqtt-json", "topic": "BMS02"}, {}, DALY),
    "battery-emulator": Publisher({"preset": "battery-emulator", "topic": "be"}, {}, {
        "/Soc": 64.5, "/Soh": 97.0, "/Dc/0/Voltage": 370.2, "/Dc/0/Current": -10.0, "/Dc/0/Power": -3700.0,
        "/System/MinCellTemperature": 11.5, "/System/MaxCellTemperature": 13.0, "/System/MinCellVoltage": 3.849,
        "/System/MaxCellVoltage": 3.861, "/Voltages/Diff": 0.012, "/Voltages/Cell1": 3.861, "/Voltages/Cell2": 3.849,
        "/Voltages/Cell3": 3.855, "/Balances/Cell1": 0, "/Balances/Cell2": 1, "/Balances/Cell3": 0}),
    "tasmota-seplos": Publisher({"preset": "tasmota", "topic": "tasmota_bms"}, {}, {
        "/Soc": 62.2, "/Soh": 100.0, "/Dc/0/Voltage": 53.16, "/Dc/0/Current": -0.95, "/Dc/0/Power": -0.95 * 53.16,
        "/Dc/0/Temperature": 24.2, "/InstalledCapacity": 124.1, "/Capacity": 77.2, "/History/ChargeCycles": 817,
        "/Voltages/Cell1": 3.323, "/Voltages/Cell2": 3.322, "/Voltages/Diff": 0.002, "/System/MinCellVoltage": 3.322,
        "/System/MaxCellVoltage": 3.324, "/System/NrOfCellsPerBattery": 16, "/System/Temperature1": 24.2,
        "/System/Temperature2": 24.5}),
    # Those that send our JSON.
    "esphome-bms-to-inverter": Publisher({"topic": "enphase/battery"}, {}, {
        "/Soc": 63.0, "/Dc/0/Voltage": 52.7, "/Dc/0/Current": -4.3, "/Dc/0/Power": -226.61, "/Dc/0/Temperature": 23.0,
        "/InstalledCapacity": 280.0, "/Info/ChargeRequest": 0, "/Info/MaxChargeVoltage": 55.2,
        "/Info/MaxChargeCurrent": 100.0, "/Info/MaxDischargeCurrent": 120.0, "/System/MinVoltageCellId": "3",
        "/System/MaxVoltageCellId": "12", "/System/MinCellVoltage": 3.28, "/System/MaxCellVoltage": 3.301,
        "/System/MOSTemperature": 25.0, "/Voltages/Cell1": 3.29, "/Voltages/Cell2": 3.301, "/Alarms/LowVoltage": 0,
        "/Alarms/HighVoltage": 0, "/Alarms/HighChargeCurrent": 0, "/Alarms/HighChargeTemperature": 0,
        "/Alarms/LowChargeTemperature": 0}),
    "homeassistant-template-json": Publisher({"topic": "home/battery"}, {}, {
        "/Soc": 63.0, "/Dc/0/Power": 321.6, "/Dc/0/Voltage": 52.7, "/Dc/0/Current": 321.6 / 52.7,
        "/Info/MaxChargeVoltage": 55.2, "/Info/MaxChargeCurrent": 80.0, "/Info/MaxDischargeCurrent": 120.0}),
    "jbd-bms-victron-bridge": Publisher({"topic": "battery/jbd_jbd1"}, {}, {
        "/Soc": 79.0, "/Dc/0/Power": 547.4, "/Dc/0/Voltage": 13.57, "/Dc/0/Current": 40.34, "/Dc/0/Temperature": 21.8,
        "/InstalledCapacity": 280.0, "/Capacity": 221.2, "/ConsumedAmphours": -58.8, "/Info/MaxChargeVoltage": 14.0,
        "/Info/MaxChargeCurrent": 50.0, "/Info/MaxDischargeCurrent": 150.0}),
    "shelly-uni-script": Publisher({"topic": "shelly/battery"}, {}, {
        "/Soc": 80.0, "/Dc/0/Power": 0.178, "/Dc/0/Voltage": 12.7, "/Dc/0/Current": 0.178 / 12.7,
        "/Dc/0/Temperature": 18.0, "/InstalledCapacity": 95.0}),
}
# Another view of the same device.
LIST = ("victron-batteries", Publisher(
    {"preset": "victron-batteries", "topic": f"N/{PORTAL}/system/0/Batteries", "instance": 512}, {}, {
        "/Soc": 74.0, "/Dc/0/Voltage": 49.81, "/Dc/0/Current": -10.7, "/Dc/0/Power": -532.0,
        "/Dc/0/Temperature": 12.4}))
# Two publishers write to one topic in their examples.
MOVED = {"shelly-uni-script": ("enphase/battery", "shelly/battery"),
         "opendtu-onbattery-pylontech": ("solar/", "solar2/")}
# What the driver derives of the items above, tested elsewhere, and what it always tells.
DERIVED = {"/TimeToGo", "/ConsumedAmphours", "/Capacity", "/Voltages/Sum", "/Voltages/Diff",
           "/System/MinCellVoltage", "/System/MaxCellVoltage", "/System/MinVoltageCellId",
           "/System/MaxVoltageCellId", "/System/NrOfCellsPerBattery", "/System/NrOfModulesOnline",
           "/System/NrOfModulesOffline", "/System/NrOfModulesBlockingCharge",
           "/System/NrOfModulesBlockingDischarge"}


def messages(name):
    """The live and the lost ones."""
    old, new = MOVED.get(name, ("", ""))
    return [[m._replace(topic=m.topic.replace(old, new, 1)) for m in rows] for rows in recording(name)]


def said(topic, payload, retained=False):
    return [Message(topic, payload, retained)]


def heartbeat():
    return said(f"N/{PORTAL}/heartbeat", '{"value":1}')


class PublishersCase(Case):
    """One broker and one daemon for all of them: [BATTERY name] each, with instances from 101."""

    def setUp(self):
        super().setUp()
        self.start_broker()
        self.batteries = {}  # {name: service}

    def start_all(self, publishers, timeouts=None):
        sections = {"DEFAULT": {"logging": "INFO", "min_update_interval": 0, "timeout": 3},
                    "MQTT": {"broker_address": "127.0.0.1", "broker_port": self.broker.port}}
        for number, (name, publisher) in enumerate(publishers.items(), 101):
            sections[f"BATTERY {name}"] = {**publisher.section, "device_instance": number,
                                           "timeout": (timeouts or {}).get(name, 3)}
            if publisher.map:
                sections[f"MAP {name}"] = publisher.map
            self.batteries[name] = f"{SERVICE}_{number}"
            self.addCleanup(self.client.wait_for_no_name, self.batteries[name])
        daemon = self.start_daemon(ini(sections))
        self.wire = Publishers(self.broker.port)
        self.addCleanup(self.wire.stop)
        return daemon

    def items(self, name):
        try:
            return self.client.get_items(self.batteries[name])
        except dbus.DBusException:
            return {}

    def on_the_bus(self):
        return [name for name, service in self.batteries.items() if self.client.owner(service)]

    def wrong(self, name, wanted):
        """What is not as wanted on the bus, and what is there and not wanted."""
        items = self.items(name)
        if not items:
            return [f"{name} is not on the bus"]
        problems = [paths.mismatch(path, items.get(path), paths.expected(path, value))
                    for path, value in wanted.items()]
        known = [path for path, item in items.items() if paths.row(path) and item.value is not None]
        problems += [f"{path}: {items[path]}, not expected" for path in known
                     if path not in wanted and path not in DERIVED]
        if (items["/ProductId"].value, items["/CustomName"].value) != (0xFFFF, name):
            problems.append("is not called what the config says")
        return [f"{name}: {problem}" for problem in problems if problem]

    def wait_for_items(self, publishers):
        problems = []

        def reached():
            problems[:] = [p for name, publisher in publishers.items() for p in self.wrong(name, publisher.items)]
            return not problems
        try:
            wait_until(reached, 20, "the items", interval=0.2)
        except Timeout:
            self.fail("\n".join(problems))


class Arrival(PublishersCase):
    def test_every_publisher_arrives_by_a_few_lines_of_config(self):
        """What its source says, with unit and sign, and nothing else; stored messages alone show no battery."""
        publishers = {**PUBLISHERS, LIST[0]: LIST[1]}
        live = {name: messages(name)[0] for name in PUBLISHERS}
        store = MqttClient(self.broker.port)
        self.addCleanup(store.close)
        for rows in live.values():
            for message in rows:
                if message.retained:
                    store.publish(*message)
        self.start_all(publishers)
        self.broker.wait_for_log(r"Sending PUBLISH to \S+ \(d0, q0, r1, m0, 'tele/tasmota_bms/LWT'")
        stays_true(lambda: not self.on_the_bus(), 1, "absence while there are only stored messages")
        self.wire.repeated = {**live, "heartbeat": heartbeat()}
        self.wait_for_items(publishers)
        self.assertEqual([line.text for line in self.daemon.complaints(0)], [])

    def test_an_own_preset_comes_first_and_packs_of_one_publisher_are_kept_apart(self):
        os.mkdir(os.path.join(self.folder, "presets"))
        with open(os.path.join(self.folder, "presets", "batmon.ini"), "w", encoding="utf-8") as file:
            file.write("; mine\n[PRESET]\ntopic = shed\n[MAP]\nSoc = {topic}/soc\nDc/0/Voltage = {topic}/u\n")
        section, _, items = PUBLISHERS["seplos-mqtt-rs485"]
        publishers = {"own": Publisher({"preset": "batmon"}, {}, {"/Soc": 55.0, "/Dc/0/Voltage": 26.0}),
                      "first": Publisher(section, {}, items),
                      "second": Publisher({**section, "pack": 1}, {}, {**items, "/Soc": 33.0})}
        self.start_all(publishers)
        rows = messages("seplos-mqtt-rs485")[0]
        other = [m._replace(topic=m.topic.replace("pack-0", "pack-1"),
                            payload=m.payload.replace('"soc":71.5', '"soc":33')) for m in rows]
        self.wire.repeated = {"own": said("shed/soc", "55") + said("shed/u", "26"), "packs": rows + other}
        self.wait_for_items(publishers)

    def test_the_configs_are_short(self):
        for name, publisher in PUBLISHERS.items():
            headers = 1 + bool(publisher.map)
            self.assertLessEqual(len(publisher.section) + len(publisher.map) + headers, 6, name)

    def test_every_recorded_publisher_is_played(self):
        self.assertEqual(set(os.listdir(os.path.join(DATA, "publishers"))), set(PUBLISHERS))


# How each publisher's battery is lost: what is sent once, and what goes on being sent.
Loss = collections.namedtuple("Loss", "once repeated")
# It says so: charging stops at once, long before the timeout.
AT_ONCE = {
    "esphome-jk-bms": Loss(said("jkbms/status", "offline", True), []),
    "diybms-v4": Loss(said("diybms/status", '{"alive":0}', True), []),
    "jbdbms2mqtt": Loss(said("jbd/stat/BMS/state", "disconnected"), []),
    "esp32-bluetoothbms2mqtt": Loss(said("shed/bms-status", "0"), []),
    "opendtu-onbattery-jkbms": Loss(said("solar/dtu/status", "offline", True), []),
    "seplos-mqtt-rs485": Loss(said("seplos/availability", "offline"), []),
    "tasmota-seplos": Loss(said("tele/tasmota_bms/LWT", "Offline", True), []),
    "daly2mqtt-json": Loss(said("BMS02/Alive", "false", True), []),
    "gx-scalar-topics": Loss(said(f"N/{PORTAL}/battery/512/Soc", ""), heartbeat()),
}
UNAVAILABLE = [Message(f"ha/sensor/bms_{what}/state", "unavailable", True)
               for what in ("voltage", "current", "power", "soc")]
# It goes on in some way, or is silent: charging stops after the timeout.
LATER = {
    "batmon-ha": Loss([], [m for m in messages("batmon-ha")[0] if "soc_percent" not in m.topic]),
    "hm2mqtt-marstek": Loss([], []),
    "seplos-mqtt-bash": Loss([], []),
    "solar-assistant": Loss([], [m._replace(payload="unknown") if "state_of_charge" in m.topic else m
                                 for m in messages("solar-assistant")[0]]),
    "serialbattery-generic": Loss([], []),
    "jbd-bms-victron-bridge": Loss([], []),
    "esphome-bms-to-inverter": Loss([], said("enphase/battery/status", "online")),
    "esphome-daly-bms": Loss([], said("daly-bms-ble/status", "online", True)),
    "esphome-jbd-bms": Loss([], [Message("jbd-bms-ble/sensor/jbd-bms-ble_total_voltage/state", "nan", True),
                                 Message("jbd-bms-ble/sensor/jbd-bms-ble_state_of_charge/state", "nan", True)]),
    "home-assistant-statestream": Loss([], UNAVAILABLE + said("ha/sensor/time/state", "12:34", True)),
    "homeassistant-template-json": Loss([], messages("homeassistant-template-json")[1]),
    "shelly-uni-script": Loss([], messages("shelly-uni-script")[1]),
    "opendtu-onbattery-pylontech": Loss([], [m for m in messages("opendtu-onbattery-pylontech")[0]
                                             if not m.topic.endswith("dataAge")] +
                                        said("solar2/battery/dataAge", "31", True)),
    "seplos-mqtt-rs485-v3": Loss([], said("seplos3/availability", "online")),
    "daly2mqtt": Loss([], messages("daly2mqtt")[1]),
    "battery-emulator": Loss([], messages("battery-emulator")[1]),
}
# Limits that only the config gives: they must not live longer than the battery.
WITH_CONSTANTS = {"home-assistant-statestream", "batmon-ha"}
CONSTANTS = {"Info/MaxChargeVoltage": "55.2", "Info/MaxChargeCurrent": "80", "Info/MaxDischargeCurrent": "120"}


class LossTest(PublishersCase):
    def stopped(self, name):
        items = self.items(name)
        if not items:
            return False
        limit = items.get("/Info/MaxChargeCurrent")
        return (items["/Alarms/BmsCable"].value == 2 and items["/Soc"].value is None and
                items["/Dc/0/Voltage"].value is None and (limit is None or limit.value == 0.0))

    def lose(self, losses):
        for name, loss in losses.items():
            self.wire.repeated[name] = loss.repeated
            self.wire.send(loss.once)

    def wait_stopped(self, names, timeout):
        left = set(names)

        def all_stopped():
            left.difference_update([name for name in left if self.stopped(name)])
            return not left
        wait_until(all_stopped, timeout, lambda: f"the stop of {sorted(left)}", interval=0.1)

    def start_everything(self, names, timeouts):
        publishers = {name: PUBLISHERS[name] for name in names}
        for name in WITH_CONSTANTS.intersection(names):
            publishers[name] = publishers[name]._replace(map=CONSTANTS)
        self.start_all(publishers, timeouts)
        self.wire.repeated = {**{name: messages(name)[0] for name in names}, "heartbeat": heartbeat()}
        wait_until(lambda: len(self.on_the_bus()) == len(names), 20,
                   lambda: f"{sorted(set(names) - set(self.on_the_bus()))} to appear", interval=0.1)

    def test_who_says_that_the_battery_is_gone_is_believed_at_once(self):
        self.start_everything(AT_ONCE, {name: 600 for name in AT_ONCE})
        self.lose(AT_ONCE)
        self.wait_stopped(AT_ONCE, 8)

    def test_silence_and_values_that_are_none_stop_charging_after_the_timeout(self):
        """A GX device at rest lives by its heartbeat meanwhile, and no longer."""
        self.start_everything([*LATER, "gx-scalar-topics"], {})
        for name in WITH_CONSTANTS:
            self.client.wait_for_value("/Info/MaxChargeCurrent", 80.0, self.batteries[name])
        self.lose(LATER)
        self.wire.repeated["gx-scalar-topics"] = []
        self.wait_stopped(LATER, 12)
        # What goes on being sent brings none of them back.
        stays_true(lambda: all(self.stopped(name) for name in LATER), 3, "the stop of all", interval=0.2)
        self.assertEqual(self.wrong("gx-scalar-topics", PUBLISHERS["gx-scalar-topics"].items), [])
        self.wire.repeated["heartbeat"] = []
        self.wait_stopped(["gx-scalar-topics"], 12)


if __name__ == "__main__":
    unittest.main()
