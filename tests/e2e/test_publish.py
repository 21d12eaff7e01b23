# SPDX-License-Identifier: MIT
"""[PUBLISH]: what brokers and whoever reads them get of the batteries, and that no battery pays for it."""
import collections
import json
import os
import pathlib
import signal
import subprocess
import threading
import time
import unittest

from harness.broker import TOPIC, Broker
from harness.bus import SERVICE
from harness.case import LIMITS, MINIMUM, Case, payload, read_payload
from harness.certs import Authority
from harness.daemon import binary, config_for
from harness.mqtt_client import MqttClient
from harness.waiting import slowness, wait_until

BASE = "dbus-mqtt-battery/boat"
DISCOVERY = "homeassistant/device/boat_mqtt_battery/config"
CCL = "/Info/MaxChargeCurrent"
COPY = "com.victronenergy.battery.copy"
Heard = collections.namedtuple("Heard", "payload retained time")


class Ear:
    """All that comes from the broker, by topic; what it has stored first."""

    def __init__(self, broker, *topics):
        self._lock = threading.Lock()
        self._heard = collections.defaultdict(list)
        self._client = MqttClient(broker.port, on_message=self._take, topics=topics or ("#",))
        wait_until(self._client.connect, 30, "a connection of the test's own")

    def _take(self, topic, text, retained):
        with self._lock:
            self._heard[topic].append(Heard(text.decode(), retained, time.monotonic()))

    def of(self, topic):
        with self._lock:
            return list(self._heard[topic])

    def last(self, topic):
        heard = self.of(topic)
        return heard[-1].payload if heard else None

    def topics(self):
        """With a stored message of ours."""
        with self._lock:
            return {topic for topic, heard in self._heard.items()
                    if heard[-1].retained and topic.startswith(("dbus-mqtt-battery", "homeassistant"))}

    def becomes(self, topic, text, timeout=30.0):
        wait_until(lambda: self.last(topic) == text, timeout, f"{text!r} of {topic}, not {self.last(topic)!r}")

    def state(self, wanted=lambda state: True, service="mqtt_battery", timeout=30.0):
        """The newest state that is as wanted, once there is one."""
        topic = f"{BASE}/{service}/state"

        def found():
            return next((json.loads(h.payload) for h in reversed(self.of(topic)) if wanted(json.loads(h.payload))), None)
        wait_until(found, timeout, f"a state as wanted, last: {self.last(topic)}")
        return found()

    def close(self):
        self._client.close()


class Publishing(Case):
    def listen(self, broker, *topics):
        ear = Ear(broker, *topics)
        self.addCleanup(ear.close)
        return ear

    def stored(self, broker):
        """Topics of ours of which the broker stores something now."""
        ear = Ear(broker, "dbus-mqtt-battery/#", "homeassistant/#", "last")
        broker.publish("x", "last")
        ear.becomes("last", "x")
        ear.close()
        return ear.topics()

    def run_published(self, first=LIMITS, default=None, publish=None, **sections):
        return self.run_battery(first, default, broker=getattr(self, "broker", None),
                                PUBLISH={"client": "boat", "interval": 1, **(publish or {})}, **sections)

    def save(self, config):
        mark = self.daemon.mark()
        self.daemon.write_config(config)
        self.daemon.wait_for_log("is loaded", since=mark)

    def entities(self, ear):
        announced = json.loads(ear.last(DISCOVERY))
        return announced, {component["uniq_id"]
                           for component in announced["components"].values()}


class ToTheSameBroker(Publishing):
    def test_it_is_announced_told_and_gone_with_its_battery(self):
        broker = self.start_broker()
        ear = self.listen(broker)
        self.run_published(default={"timeout": 4})
        ear.becomes(f"{BASE}/status", "online")
        ear.becomes(f"{BASE}/mqtt_battery/availability", "online")
        state = ear.state()
        self.assertEqual((state["Soc"], state["Dc"]["0"]["Voltage"], state["Info"]["MaxChargeCurrent"]), (63, 52.7, 80))
        self.assertEqual(state["About"]["limits"]["max_charge_current_a"]["why"], "as the payload gives it")
        wait_until(lambda: ear.last(DISCOVERY), 30, "the announcement")
        announced, ids = self.entities(ear)
        self.assertEqual(announced["dev"]["name"], "MQTT Battery")
        self.assertIn("boat_mqtt_battery_Soc", ids)
        # A state that is old must not be taken for one that is new.
        self.assertEqual(self.stored(broker), {f"{BASE}/status", f"{BASE}/mqtt_battery/availability", DISCOVERY})
        self.client.wait_for_no_name()
        ear.becomes(f"{BASE}/mqtt_battery/availability", "offline")
        self.assertEqual(ear.last(f"{BASE}/status"), "online")

    def test_a_limit_that_changes_does_not_wait_for_the_interval(self):
        self.start_broker()
        ear = self.listen(self.broker)
        self.run_battery(LIMITS, broker=self.broker, PUBLISH={"client": "boat", "interval": 3600})
        ear.state(lambda state: state["Info"]["MaxChargeCurrent"] == 80)
        self.broker.publish(payload(Info={**LIMITS["Info"], "MaxChargeCurrent": 5}))
        ear.state(lambda state: state["Info"]["MaxChargeCurrent"] == 5)
        self.assertLess(len(ear.of(f"{BASE}/mqtt_battery/state")), 8)

    def test_names_change_and_entities_stay_until_the_battery_or_the_section_goes(self):
        broker = self.start_broker()
        ear = self.listen(broker)
        garage = {"BATTERY_Garage": {"topic": "home/garage", "device_instance": 101, "service_name": "garage"}}
        self.run_published(**garage)
        broker.publish(MINIMUM, "home/garage")
        wait_until(lambda: ear.last(DISCOVERY) and ear.last(DISCOVERY.replace("mqtt_battery", "garage")), 30,
                   "two announcements")
        _, ids = self.entities(ear)
        publish = {"PUBLISH": {"client": "boat", "interval": 1}}
        self.save(config_for(broker, {"device_name": "House"}, **publish, **garage))
        wait_until(lambda: json.loads(ear.last(DISCOVERY))["dev"]["name"] == "House", 30, "the new name")
        self.assertEqual(self.entities(ear)[1], ids)
        self.save(config_for(broker, **publish))
        ear.becomes(DISCOVERY.replace("mqtt_battery", "garage"), "")
        ear.becomes(f"{BASE}/garage/availability", "")
        self.assertTrue(ear.last(DISCOVERY))
        self.save(config_for(broker))
        self.daemon.wait_for_log("is removed from there")
        self.assertEqual(self.stored(broker), set())
        self.assertEqual(self.client.value("/Soc"), 63)

    def test_the_broker_tells_of_a_kill_and_what_was_left_goes_after_a_restart(self):
        broker = self.start_broker()
        ear = self.listen(broker)
        self.run_published()
        wait_until(lambda: ear.last(DISCOVERY), 30, "the announcement")
        _, ids = self.entities(ear)
        self.daemon.wait_for_log(r"\[PUBLISH\] .*: connected")
        state_file = pathlib.Path(self.folder, "state.json")
        wait_until(lambda: state_file.exists() and DISCOVERY in state_file.read_text(encoding="utf-8"), 90,
                   "a written state")
        self.daemon.stop(signal.SIGKILL)
        ear.becomes(f"{BASE}/status", "offline")
        self.start_daemon()
        broker.wait_subscribed(count=2)
        broker.publish(LIMITS)
        ear.becomes(f"{BASE}/status", "online")
        self.client.wait_for_name()
        self.assertEqual(self.entities(ear)[1], ids)
        code, taken = self.daemon.terminate()
        self.assertEqual(code, 0)
        self.assertLess(taken, 5)
        ear.becomes(f"{BASE}/status", "offline")
        self.start_daemon(config_for(broker))
        self.daemon.wait_for_log("is removed from there")
        self.assertEqual(self.stored(broker), set())

    def test_another_daemon_that_reads_the_state_shows_the_same(self):
        self.run_published(json.loads(read_payload("payload-seed-full.json")))
        self.addCleanup(self.client.wait_for_no_name, COPY)
        self.start_daemon(config_for(self.broker, {"service_name": "copy", "device_instance": 102,
                                                   "device_name": "Copy"},
                                     {"topic": f"{BASE}/mqtt_battery/state"}), "copy.ini")
        self.client.wait_for_name(COPY)
        ours = {"/CustomName", "/DeviceInstance", "/ProcessId", "/Serial", "/TimeToGo", "/UpdateIndex",
                "/Battery/1/Serial"}

        def items(service):
            return {path: entry.value for path, entry in self.client.get_items(service).items()
                    if path not in ours and not path.startswith("/Mgmt/")}

        def differing():
            original, copy = items(SERVICE), items(COPY)
            return {path: (original.get(path), copy.get(path)) for path in original.keys() | copy.keys()
                    if original.get(path) != copy.get(path)}
        wait_until(lambda: not differing(), 30, lambda: f"both to show the same; differing: {differing()}")
        self.assertGreater(len(items(COPY)), 50)
        self.assertFalse(self.daemon.complaints(), "nothing is wrong with what our own daemon sends")

    def test_a_loop_is_refused_and_what_runs_goes_on(self):
        self.run_published()
        loop = config_for(self.broker, mqtt={"topic": f"{BASE}/#"}, PUBLISH={"client": "boat"})
        mark = self.daemon.mark()
        self.daemon.write_config(loop)
        self.daemon.wait_for_log(r"^ERROR .*its own source", since=mark)
        self.assertEqual(self.client.value("/Soc"), 63)
        path = os.path.join(self.folder, "loop.ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write(loop)
        checked = subprocess.run([binary(), "--config", path, "--check-config"], check=False, capture_output=True, text=True)
        self.assertEqual(checked.returncode, 2)
        self.assertIn("its own source", checked.stdout)

    def test_many_reloads_neither_end_the_connection_nor_disturb_the_battery(self):
        self.run_published()
        self.daemon.wait_for_log(r"\[PUBLISH\] .*: connected")
        # Another topic needs another will, and so another connection; the last one stays.
        for i in range(20):
            self.daemon.write_config(config_for(self.broker, PUBLISH={"client": f"boat{i % 2}"}))
            self.daemon.reload()
        self.save(config_for(self.broker, PUBLISH={"client": "boat", "interval": 1}))
        ear = self.listen(self.broker)
        ear.becomes(f"{BASE}/status", "online")
        mark = self.daemon.mark()
        for _ in range(20):
            self.daemon.reload()
        self.publish_and_wait(payload(Soc=64))
        self.client.wait_for_value("/Soc", 64)
        ear.state(lambda state: state["Soc"] == 64)
        self.assertEqual(self.daemon.matching(r"\[PUBLISH\]", mark), [])
        wait_until(lambda: {topic for topic in self.stored(self.broker) if "boat0" in topic or "boat1" in topic} == set(),
                   30, "what was published before to be removed")



class ToABrokerOfItsOwn(Publishing):
    def setUp(self):
        super().setUp()
        authority = Authority(self.folder)
        self.other = Broker(users={"home": "secret"}, tls=authority.issue("localhost", "IP:127.0.0.1"),
                            ca=authority.certificate)
        self.addCleanup(self.other.stop)
        self.section = {"client": "boat", "interval": 1, "broker_address": "127.0.0.1", "broker_port": self.other.port,
                        "tls_enabled": 1, "tls_path_to_ca": authority.certificate, "username": "home",
                        "password": "secret"}

    def latency(self, soc):
        """From a message to the item."""
        begin = time.monotonic()
        self.broker.publish(payload(Soc=soc))
        self.client.wait_for_value("/Soc", soc)
        return time.monotonic() - begin

    def test_it_is_reached_with_tls_and_a_password_and_the_other_one_gets_nothing(self):
        heard = self.other.subscribe(f"{BASE}/#")
        ear = self.listen(self.start_broker())
        self.run_battery(LIMITS, broker=self.broker, PUBLISH=self.section)
        heard.wait_for_log(f"^{BASE}/mqtt_battery/state ")
        heard.stop()
        self.assertEqual([topic for topic in ear.topics() if topic.startswith("dbus-mqtt-battery")], [])
        self.assertNotIn("secret", self.daemon.output())

    def test_a_wrong_password_is_said_once_and_by_the_status(self):
        self.run_battery(LIMITS, PUBLISH={**self.section, "password": "wrong"})
        self.daemon.wait_for_log(r"^WARNING \[PUBLISH\] .*wrong user name or password")
        report = subprocess.run([binary(), "--config", self.daemon.config_file, "--status"], check=False,
                                capture_output=True, text=True, env=self.bus.environment())
        self.assertIn("wrong user name or password", report.stdout)
        self.assertIn("username and password in [PUBLISH]", report.stdout)

    def test_one_that_is_frozen_or_down_costs_the_battery_nothing(self):
        self.run_battery(LIMITS, broker=self.start_broker(), PUBLISH=self.section)
        self.daemon.wait_for_log(r"\[PUBLISH\] .*: connected")
        usual = max(self.latency(soc) for soc in (10, 11, 12))
        self.other.freeze()
        before = self.daemon.memory_kib()
        worst = max(self.latency(soc) for soc in range(20, 60))
        self.assertLess(worst, 2 * usual + 1.0)
        # A flood of limits: each would be told at once.
        for amps in range(10, 300, 10):
            self.broker.publish(payload(Info={**LIMITS["Info"], "MaxChargeCurrent": amps}))
        self.assertLess(self.daemon.memory_kib() - before, 2048 * slowness())
        self.other.thaw()
        self.other.kill()
        self.daemon.wait_for_log(r"^WARNING \[PUBLISH\] ")
        worst = max(self.latency(soc) for soc in range(60, 80))
        self.assertLess(worst, 2 * usual + 1.0)
        self.other.start()
        self.daemon.wait_for_log(r"\[PUBLISH\] .*: connected", timeout=90, count=2)

    def test_one_that_never_answers_costs_neither_start_nor_end(self):
        self.other.freeze()
        self.run_battery(LIMITS, broker=self.start_broker(), PUBLISH=self.section)
        self.latency(40)
        code, taken = self.daemon.terminate()
        self.assertEqual(code, 0)
        self.assertLess(taken, 3)


if __name__ == "__main__":
    unittest.main(verbosity=2)
