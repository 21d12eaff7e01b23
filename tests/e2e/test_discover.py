# SPDX-License-Identifier: MIT
"""--discover: what is on the broker, as sections that work when they are pasted."""
import configparser
import os
import signal
import stat
import subprocess
import time
import unittest

from harness.case import DATA, Case
from harness.daemon import binary
from harness.mqtt_client import Feed, MqttClient
from harness.waiting import slowness, wait_until

# By hand, as the README has them: publisher -> the lines of its section.
SECTIONS = {
    "batmon-ha": {"preset": "batmon", "topic": "battery1"},
    "diybms-v4": {"preset": "diybms", "topic": "diybms"},
    "esp32-bluetoothbms2mqtt": {"preset": "esp32-bluetoothbms2mqtt", "topic": "shed"},
    "esphome-bms-to-inverter": {"topic": "enphase/battery"},
    "esphome-jk-bms": {"preset": "esphome-jk-bms", "topic": "jkbms"},
    "gx-scalar-topics": {"preset": "victron", "topic": "N/c0619ab00000/battery/512"},
    "hm2mqtt-marstek": {"preset": "marstek-hm2mqtt", "topic": "hm2mqtt/HMG-50/device/aabbccddeeff"},
    "home-assistant-statestream": {"preset": "homeassistant", "topic": "ha"},
    "homeassistant-template-json": {"topic": "home/battery"},
    "jbd-bms-victron-bridge": {"topic": "battery/jbd_jbd1"},
    "jbdbms2mqtt": {"preset": "jbdbms2mqtt", "topic": "jbd"},
    "opendtu-onbattery-jkbms": {"preset": "opendtu-jk", "topic": "solar"},
    "opendtu-onbattery-pylontech": {"preset": "opendtu-pylontech", "topic": "roof"},
    "seplos-mqtt-bash": {"preset": "seplos-bash", "topic": "homeassistant/sensor/seplos_364700000000"},
    "seplos-mqtt-rs485": {"preset": "seplos-rs485", "topic": "seplos"},
    "shelly-uni-script": {"topic": "shelly/battery"},
    "solar-assistant": {"preset": "solar-assistant", "topic": "solar_assistant/battery_1"},
}
# Two pairs of them use one topic, which no real broker would have.
MOVED = {"shelly-uni-script": ("enphase", "shelly"), "opendtu-onbattery-pylontech": ("solar", "roof")}
# What the batteries of two sections differ in.
ITS_OWN = ("/Mgmt/", "/DeviceInstance", "/CustomName", "/Serial", "/UpdateIndex", "/ProductName",
           "/ConnectionInformation", "/Battery/", "/TimeToGo", "/History/TimeSinceLastFullCharge")


def messages_of(publisher):
    """[(topic, payload)] in the order of its file."""
    old, new = MOVED.get(publisher, ("", ""))
    with open(os.path.join(DATA, "publishers", publisher, "messages.tsv"), encoding="utf-8") as file:
        for line in file:
            if not line.startswith("#") and "\t" in line:
                topic, content, _ = line.rstrip("\n").split("\t")
                yield topic.replace(old, new, 1) if topic.startswith(old) else topic, content


def good_messages_of(publisher):
    """Without those that say at the end that there is no value, so that a battery stays."""
    told = set()
    for topic, content in messages_of(publisher):
        if topic not in told:
            told.add(topic)
            yield topic, content


def sections_of(text):
    """{section: {key: value}} of what was printed; comments are no part of it."""
    parsed = configparser.ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=(";",))
    parsed.read_string(text)
    return {name: {key: value.strip('"') for key, value in parsed[name].items()} for name in parsed.sections()}


class Discover(Case):
    def start_discover(self, *arguments, seconds=4, config=None):
        path = os.path.join(self.folder, "config.ini")
        if config is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(config)
        return subprocess.Popen([binary(), "--discover", str(int(seconds * slowness())), "--config", path, *arguments],
                                env=self.bus.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def discover(self, *arguments, **options):
        """(exit code, standard output, standard error)."""
        process = self.start_discover(*arguments, **options)
        out, error = process.communicate(timeout=120 * slowness())
        return process.returncode, out.decode(), error.decode()

    def feed(self, messages, broker=None):
        feed = Feed((broker or self.broker).port, lambda: messages, every=0.5)
        self.addCleanup(feed.stop)
        return feed

    def only_broker(self):
        return f"[MQTT]\nbroker_address = 127.0.0.1\nbroker_port = {self.broker.port}\n"


class Publishers(Discover):
    def test_each_of_all_publishers_is_found_and_shows_the_same_as_its_preset(self):
        self.start_broker(log=("error", "warning", "notice", "information", "subscribe"))
        everything = [message for publisher in SECTIONS for message in messages_of(publisher)]
        feed = self.feed(everything)
        code, text, error = self.discover(config=self.only_broker(), seconds=6)
        feed.stop()
        self.assertEqual(code, 0, error)
        found = sections_of(text)
        self.assertEqual(len(found), len(SECTIONS), text)
        pairs = {}
        for name, keys in found.items():
            self.assertTrue(name.startswith("BATTERY "), name)
            instance = int(keys.pop("device_instance"))
            publisher = [wanted for wanted, lines in SECTIONS.items() if lines == keys]
            self.assertEqual(len(publisher), 1, f"{name}: {keys}")
            pairs[publisher[0]] = instance
        self.assertEqual(len(set(pairs.values())), len(SECTIONS))
        self.compare(text, pairs)

    def compare(self, text, pairs):
        """The pasted sections and those by hand, side by side on one bus."""
        head = "[DEFAULT]\nmin_update_interval = 0\ntimeout = 600\n" + self.only_broker()
        self.start_daemon(head + text, "pasted.ini")
        by_hand = ""
        for number, (publisher, keys) in enumerate(SECTIONS.items()):
            by_hand += f"[BATTERY {publisher}]\ndevice_instance = {300 + number}\n"
            by_hand += "".join(f"{key} = {value}\n" for key, value in keys.items())
        self.start_daemon(head + by_hand, "by-hand.ini")
        self.feed([message for publisher in SECTIONS for message in good_messages_of(publisher)])
        for number, publisher in enumerate(SECTIONS):
            with self.subTest(publisher):
                names = [f"com.victronenergy.battery.mqtt_battery_{instance}"
                         for instance in (pairs[publisher], 300 + number)]
                for name in names:
                    self.client.wait_for_name(name, timeout=60 * slowness())

                def shown():
                    both = [{path: item.value for path, item in self.client.get_items(name).items()
                             if not path.startswith(ITS_OWN)} for name in names]
                    return both[0] == both[1] and both[0].get("/Soc") is not None
                wait_until(shown, 60 * slowness(), f"{publisher}: the same items of both", interval=0.3)


class Command(Discover):
    JSON = [("home/cellar", '{"Soc": 55, "Dc": {"Voltage": 52.1, "Current": 1}}')]

    def test_it_ends_with_the_next_step_and_writes_nothing_by_itself(self):
        self.start_broker()
        self.feed(self.JSON)
        code, text, _ = self.discover(config=self.only_broker())
        self.assertEqual(code, 0)
        self.assertIn("\n[BATTERY cellar]\ntopic = home/cellar\ndevice_instance = 101\n", text)
        self.assertRegex(text.splitlines()[-1], r"^; Next: copy .*config\.ini.* --write")
        with open(os.path.join(self.folder, "config.ini"), encoding="utf-8") as file:
            self.assertEqual(file.read(), self.only_broker())
        self.assertEqual(os.listdir(self.folder), ["config.ini"])

    def test_write_appends_and_keeps_what_was_there(self):
        self.start_broker()
        self.feed(self.JSON)
        before = self.only_broker() + "; the end, without a line feed"
        path = os.path.join(self.folder, "config.ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write(before)
        os.chmod(path, 0o600)
        code, text, error = self.discover("--write")
        self.assertEqual(code, 0, error)
        self.assertIn("1 batteries were added", text.splitlines()[-1])
        with open(path, encoding="utf-8") as file:
            after = file.read()
        self.assertTrue(after.startswith(before + "\n"), after)
        self.assertIn("\n[BATTERY cellar]\n", after)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        copy = path + ".before-discover-1"
        with open(copy, encoding="utf-8") as file:
            self.assertEqual(file.read(), before)
        self.assertEqual(stat.S_IMODE(os.stat(copy).st_mode), 0o600)
        code, text, error = self.discover("--write")
        self.assertEqual(code, 0, error)
        self.assertIn("the config reads it already", text)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), after)
        self.assertEqual(sorted(os.listdir(self.folder)), ["config.ini", "config.ini.before-discover-1"])

    def test_without_a_config_the_broker_is_given_and_stands_in_the_output(self):
        self.start_broker()
        self.feed(self.JSON)
        code, _, error = self.discover()
        self.assertEqual(code, 2)
        self.assertIn("--broker", error)
        code, text, error = self.discover("--broker", f"127.0.0.1:{self.broker.port}", "--write")
        self.assertEqual(code, 0, error)
        self.assertEqual(sections_of(text)["MQTT"],
                         {"broker_address": "127.0.0.1", "broker_port": str(self.broker.port)})
        with open(os.path.join(self.folder, "config.ini"), encoding="utf-8") as file:
            self.assertEqual(sections_of(file.read()), sections_of(text))

    def test_a_broken_config_is_not_made_longer(self):
        self.start_broker()
        code, text, error = self.discover("--write", config=self.only_broker() + "[BATTERY x]\ntopic = a\n")
        self.assertEqual((code, text), (2, ""))
        self.assertIn("device_instance", error)

    def test_nothing_there_is_said(self):
        self.start_broker()
        self.feed([("plug/power", "20"), ("cam", '{"token":"hunter2","Soc":"hunter3"}')])
        code, text, _ = self.discover(config=self.only_broker(), seconds=2)
        self.assertEqual(code, 1)
        self.assertRegex(text.splitlines()[-1], "^; Next: ")
        self.assertNotIn("hunter", text)

    def test_no_connection_is_said_as_the_daemon_says_it(self):
        self.start_broker(start=False)
        code, text, error = self.discover(config=self.only_broker())
        self.assertEqual((code, text), (3, ""))
        self.assertIn("connection refused", error)

    def test_the_password_goes_to_its_own_broker_only(self):
        other = self.start_broker()
        self.start_broker(users={"jo": "hunter2"})
        config = self.only_broker() + "username = jo\npassword = hunter2\n"
        code, text, error = self.discover(config=config, seconds=1)
        self.assertEqual(code, 1, error)
        self.assertNotIn("hunter2", text + error)
        code, text, error = self.discover("--broker", f"127.0.0.1:{other.port}", seconds=1)
        self.assertEqual(code, 1, error)
        self.assertTrue(other.process.matching("New client connected.*discover"))
        self.assertFalse(other.process.matching("u'jo'"), other.process.output())
        code, _, error = self.discover(config=config.replace("hunter2", "hunter3"))
        self.assertEqual(code, 3)
        self.assertIn("wrong user name or password", error)
        self.assertNotIn("hunter3", error)

    def test_it_can_be_ended_sooner(self):
        self.start_broker()
        self.feed(self.JSON)
        process = self.start_discover(config=self.only_broker(), seconds=600)
        self.broker.wait_subscribed("#")
        self.broker.wait_for_log("Sending PUBLISH to dbus-mqtt-battery-discover.*home/cellar", count=4)
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=60 * slowness())
        self.assertEqual(process.returncode, 0)
        self.assertIn(b"[BATTERY cellar]", text)

    def test_a_venus_device_is_asked_for_its_values(self):
        self.start_broker()
        asked = self.broker.subscribe("R/#")
        self.addCleanup(asked.stop)
        self.broker.publish('{"value":"c0619ab00000"}', "N/c0619ab00000/system/0/Serial", retain=True)
        process = self.start_discover(config=self.only_broker(), seconds=600)
        asked.wait_for_log("^R/c0619ab00000/keepalive $", timeout=60 * slowness())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60 * slowness())

    def test_wrong_arguments_are_refused(self):
        for arguments in (["--discover", "0"], ["--discover=x"], ["--discover", "--broker", ":1"],
                          ["--discover", "--broker", "h:x"], ["--write"], ["--broker", "h"]):
            result = subprocess.run([binary(), *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                    env=self.bus.environment(), timeout=60, check=False)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn(b"--help", result.stdout)


class BusyBroker(Discover):
    TOPICS = 100_000

    def test_many_topics_and_large_payloads_stay_bounded(self):
        self.start_broker(log=("error", "warning", "notice", "information", "subscribe"))
        client = MqttClient(self.broker.port)
        self.addCleanup(client.close)
        process = self.start_discover(config=self.only_broker(), seconds=600)
        self.broker.wait_for_log(r"-discover-\S+ 0 #$")
        large = b'{"Soc":' + b"[" * 200_000
        for number in range(self.TOPICS):
            client.publish(f"plug/{number}/{('soc', 'voltage', 'power', 'x')[number % 4]}", str(number % 100))
            if number % 1000 == 0:
                client.publish(f"large/{number}", large)
                client.publish(f"binary/{number}/soc", bytes(range(256)))
        self.feed(Command.JSON)  # the broker drops what a slow reader leaves
        self.wait_until_idle(process)
        with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
            peak_kib = next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=120 * slowness())
        self.assertLess(len(text), 64 * 1024)
        self.assertIn(b"[BATTERY cellar]", text)
        self.assertIn(b"left out", text)
        if slowness() == 1.0:
            self.assertLess(peak_kib, 96 * 1024)

    def wait_until_idle(self, process):
        """Until it has looked at all that came: it used no processor for a second."""
        def ticks():
            with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
                return sum(int(field) for field in file.read().rsplit(")", 1)[1].split()[11:13])

        def idle():
            before = ticks()
            time.sleep(1)
            return ticks() - before <= 1
        wait_until(idle, 120 * slowness(), "the program to have looked at everything")


if __name__ == "__main__":
    unittest.main()
