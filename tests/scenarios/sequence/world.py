# SPDX-License-Identifier: MIT
"""Everything around the daemon in the random-sequence test, and what is known of its state."""
import json
import os
import signal
import struct
import time

from harness.daemon import ini
from harness.mqtt_client import Feed, MqttClient, encoded
from harness.venus_broker import VenusBroker
from harness.waiting import slowness

from .sources import SLACK_S, BankSource, MqttSource, ShuntState

PLAIN_TOPIC, PORTAL, VENUS_PATH = "home/battery", "c0619ab12345", "battery/1/JsonData"
TIMEOUT_S, SHUNT_TIMEOUT_S = 4, 5  # the longest that a config of this test has
YEAR_S = 365 * 24 * 3600
USABLE = {"Dc": {"Power": 527.0, "Voltage": 52.7, "Current": 10.0}, "Soc": 63, "InstalledCapacity": 100}


def base_config(port):
    return {
        "DEFAULT": {"logging": "INFO", "sources": "mqtt, smartshunts", "device_instance": 140,
                    "device_name": "Plain", "service_name": "plain", "timeout": TIMEOUT_S,
                    "min_update_interval": 100, "stop_discharge_on_timeout": 0},
        "TIME_TO_GO": {"enabled": 1, "soc": 10, "recalculate_every": 5, "while_charging": "full"},
        "MQTT": {"broker_address": "127.0.0.1", "broker_port": port, "topic": PLAIN_TOPIC},
        "BATTERY Venus": {"topic": f"N/{PORTAL}/{VENUS_PATH}", "device_instance": 141,
                          "service_name": "venus", "timeout": TIMEOUT_S},
        "SMARTSHUNTS": {"device_mode": "virtual-bms", "device_instance": 142, "service_name": "bank",
                        "max_charge_voltage": 56.4, "max_charge_current": 80,
                        "max_discharge_current": 120, "timeout": SHUNT_TIMEOUT_S, "log_period": 0},
    }


class World:
    """`case`: the test, for its bus, folder and clean-up."""

    def __init__(self, case):
        self.case = case
        self.broker = case.start_broker()
        self.port = self.broker.port
        self.broker_up, self.broker_frozen = True, False
        self.daemon_frozen, self.thawed_at = False, 0.0
        self.pids, self.daemon = set(), None
        self._changes, self._exclusions = {}, [(0.0, frozenset())]
        self._log_seen, self._connected = (None, 0), False
        self.plain, self.venus_source = MqttSource(TIMEOUT_S, self), MqttSource(TIMEOUT_S, self)
        self.venus_source.ages_alone = False  # while it rests, all it told holds
        self.eligible = False  # whether a heartbeat may count for it
        self.shunts = [ShuntState(case.shunt(name, capacity=100, temperature=20.0, instance=number), name)
                       for name, number in (("ttyS5", 288), ("ttyS6", 289))]
        self.bank = BankSource(SHUNT_TIMEOUT_S, self, self.shunts)
        self.plain_mode, self.plain_ccl, self.counter = "live", 80, 0
        self.settings = None
        self.thief = None
        self._clock = os.path.join(case.folder, "shift")
        self.shift_clock(0)
        self.client = MqttClient(self.port)
        case.addCleanup(self.client.close)
        self.venus = VenusBroker(self.port, {PORTAL: {VENUS_PATH: self.venus_json(80)}})
        self.venus.on_publish = self.on_venus
        case.addCleanup(self.venus.stop)
        self.start_daemon()
        feed = Feed(self.port, self._plain_messages, 0.3)
        case.addCleanup(feed.stop)

    def who(self, name, pid):
        """The source behind a service, for the watch."""
        if pid not in self.pids:
            return None
        suffix = name.rsplit(".", 1)[1]
        return next((source for prefix, source in (("plain", self.plain), ("venus", self.venus_source),
                                                   ("bank", self.bank)) if suffix.startswith(prefix)), None)

    def patience(self):
        return None if self.frozen_daemon(time.monotonic()) else 4.0 * slowness()

    def stands_still(self):
        return self.broker_frozen or self.daemon_frozen

    def frozen_daemon(self, now):
        return self.daemon_frozen or now < self.thawed_at + SLACK_S

    def delivers(self):
        """Whether a message that goes out now surely reaches the daemon."""
        process = self.broker.process
        if not self.broker_up or self.broker_frozen or not process.running():
            return False
        seen = self._log_seen[1] if self._log_seen[0] is process else 0
        if seen == 0:
            self._connected = False
        lines = process.lines[seen:]
        self._log_seen = (process, seen + len(lines))
        for line in lines:
            if "Sending SUBACK to dbus-mqtt-battery" in line.text:
                self._connected = True
            elif "lient dbus-mqtt-battery" in line.text and "connected as" not in line.text:
                self._connected = False
        return self._connected

    def exclusions(self, now):
        """Sets of shunts that are or were excluded a moment ago."""
        old = [entry for entry in self._exclusions if entry[0] < now - 2 * SLACK_S]
        return [names for _, names in old[-1:] + self._exclusions[len(old):]]

    # --- messages ---

    def venus_json(self, ccl, **changes):
        content = {**USABLE, "Info": {"MaxChargeVoltage": 55.2, "MaxChargeCurrent": ccl,
                                      "MaxDischargeCurrent": 120}, **changes}
        return {"value": json.dumps(content)}

    def on_venus(self, topic, payload):
        if topic.endswith("/heartbeat"):
            if self.eligible:
                self.venus_source.message(None)
            return
        text = json.loads(payload["value"]) if payload else {}
        usable = bool(text) and text["Soc"] is not None and text["Dc"]["Voltage"] is not None
        if usable:
            self.eligible = True
            self.venus_source.message(text["Info"]["MaxChargeCurrent"])
            return
        if text:  # no life, but lower limits are taken
            self.venus_source.message(text["Info"]["MaxChargeCurrent"], life=False)
        if self.delivers() and not self.daemon_frozen:
            self.eligible = False
            if not payload:
                self.venus_source.end()

    def _plain_messages(self):
        """What the plain battery's publisher says now, again and again."""
        self.counter += 1
        measured = {**USABLE, "Soc": 40 + self.counter % 50, "Dc": {
            "Power": 52.7 * (self.counter % 40), "Voltage": 52.7, "Current": float(self.counter % 40)}}
        info = {"Info": {"MaxChargeVoltage": 55.2, "MaxChargeCurrent": self.plain_ccl,
                         "MaxDischargeCurrent": 120}}
        nothing = {"Soc": "unavailable", "Dc": {"Power": "unavailable", "Voltage": None}}
        message, ccl, life = {
            "live": (measured | info, self.plain_ccl, True),
            "no limits": (measured, None, True),
            "few": ({"Soc": 50, "Dc": {"Power": 100, "Voltage": 52.0}}, None, True),
            "bad ccl": (measured | {"Info": {**info["Info"], "MaxChargeCurrent": "0,0"}}, 0.0, True),
            "bad cvl": (measured | {"Info": {**info["Info"], "MaxChargeVoltage": 552}}, self.plain_ccl, True),
            "unavailable": (nothing | info, self.plain_ccl, False),
            "no soc": ({"Dc": measured["Dc"]} | info, None, False),
            "garbage": ('{"Soc": 5', None, False),
            "silent": (None, None, False)}[self.plain_mode]
        if message is None:
            return []
        if life or ccl is not None:
            self.plain.message(ccl, life)
        return [(PLAIN_TOPIC, message)]

    def publish(self, payload, topic=PLAIN_TOPIC, retain=False):
        return self.client.publish(topic, encoded(payload), retain)

    # --- what is done to the daemon's surroundings ---

    def kill_broker(self):
        self.eligible = False
        self.thaw_broker()
        self.broker_up = False
        for source in (self.plain, self.venus_source):
            source.doubt()
        self.broker.kill()

    def start_broker(self):
        self.broker.start()
        self.broker_up = True

    def freeze_broker(self):
        self.broker_frozen = True
        self.broker.freeze()

    def thaw_broker(self):
        if self.broker_frozen:
            self.broker.thaw()
            self.broker_frozen = False
            self._delivered(True)

    def freeze_daemon(self):
        self.daemon.send(signal.SIGSTOP)
        self.daemon_frozen, self.frozen_at = True, time.monotonic()

    def thaw_daemon(self):
        if self.daemon_frozen:
            self.daemon.send(signal.SIGCONT)
            self.thawed_at, self.daemon_frozen = time.monotonic(), False
            self._delivered(self.thawed_at - self.frozen_at < TIMEOUT_S)

    def _delivered(self, usable):
        for source in (self.plain, self.venus_source):
            source.delivered(usable)

    def start_daemon(self):
        environment = {"LD_PRELOAD": os.environ["DMB_CLOCK_SHIFT"], "DMB_CLOCK_SHIFT_FILE": self._clock}
        if slowness() > 1:  # the sanitizer wants to be the first library
            environment["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"
        self.daemon = self.case.start_daemon(self._config_text(), environment=environment)
        self.pids.add(self.daemon.pid)
        end = time.monotonic() + 1.0  # a SIGHUP before it listens to signals would end it
        while not self.daemon.lines and time.monotonic() < end:
            time.sleep(0.01)

    def kill_daemon(self):
        self.thaw_daemon()
        self.daemon.stop(signal.SIGKILL)
        self._forget_delays()  # one that runs may be lost with it
        self.start_daemon()

    def shift_clock(self, years):
        with open(self._clock, "r+b" if os.path.exists(self._clock) else "wb") as file:  # it is mapped
            file.write(struct.pack("q", years * YEAR_S))

    def _config_text(self):
        sections = base_config(self.port)
        for (section, key), value in self._changes.items():
            sections[section][key] = value
            if value is None:
                del sections[section][key]
        return ini(sections)

    def change_config(self, changes, tell=True):
        """`changes` {(section, key): value}, None: without the key; what is not named is as ever."""
        before, self._changes = self._changes, changes
        excluded = str(changes.get(("SMARTSHUNTS", "exclude_shunts"), ""))
        names = frozenset(s.suffix for s in self.shunts if str(s.fake.items["/DeviceInstance"]) in excluded)
        if names != self._exclusions[-1][1]:
            self._exclusions.append((time.monotonic(), names))
        if self._makes_another_bank(changes) or self._makes_another_bank(before):
            self._forget_delays()
        self.daemon.write_config(self._config_text())
        if tell:
            self.daemon.reload()

    @staticmethod
    def _makes_another_bank(changes):
        """Only a bank that keeps its name and instance, and is one, forgets nothing."""
        return ("DEFAULT", "sources") in changes or any(section == "SMARTSHUNTS" and key in (
            "device_mode", "device_instance", "service_name", "max_charge_voltage")
            for section, key in changes)

    def _forget_delays(self):
        for shunt in self.shunts:
            shunt.stops = {k: v for k, v in shunt.stops.items() if k not in shunt.released}

    def heal(self):
        """All is well again."""
        self.thaw_daemon()
        self.thaw_broker()
        if not self.broker_up:
            self.start_broker()
        for shunt in self.shunts:
            heal_shunt(shunt)
        if self.thief:
            self.case.client.release_name(self.thief)
            self.thief = None
        self.change_config({})
        self.plain_mode, self.plain_ccl = "live", 80
        self.venus.republishes = True
        self.venus.tell(PORTAL, VENUS_PATH, self.venus_json(80))


def heal_shunt(shunt):
    if shunt.frozen:
        shunt.fake.process.send(signal.SIGCONT)
    if shunt.killed:
        shunt.fake.come_back()
    elif not shunt.here:
        shunt.fake.claim()
    shunt.frozen = shunt.killed = False
    shunt.here = True
    items = {f"/Alarms/{name}": 0 for name in ("HighVoltage", "LowVoltage", "HighTemperature",
                                               "LowTemperature", "LowSoc")}
    shunt.fake.change(temperature=20.0, items={**items, "/Connected": 1, "/Dc/0/Voltage": 52.0})
    shunt.back()


