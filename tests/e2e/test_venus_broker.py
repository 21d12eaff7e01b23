# SPDX-License-Identifier: MIT
"""A Venus device as the broker: keepalives, heartbeats, JsonData (docs/venus-dbus.md,
"MQTT of a Venus device")."""
import json
import unittest

from harness.bus import SERVICE
from harness.case import LIMITS, Case, read_payload
from harness.daemon import config_for
from harness.waiting import stays_true, wait_until

PORTAL = "c0619ab12345"
TOPIC = f"N/{PORTAL}/battery/1/JsonData"
HEARTBEAT = f"N/{PORTAL}/heartbeat"
KEEPALIVE = f"R/{PORTAL}/keepalive"
SUPPRESS = {"keepalive-options": ["suppress-republish"]}


def json_data(content=None):
    """What dbus-serialbattery's item looks like on MQTT: JSON text in `value`."""
    return json.dumps({"value": json.dumps(content or LIMITS)})


class VenusBroker(Case):
    def setUp(self):
        super().setUp()
        self.start_broker()
        self.asked = self.broker.subscribe("R/#")
        self.addCleanup(self.asked.stop)

    def run_venus(self, topic=TOPIC, first=None, **default):
        daemon = self.start_daemon(config_for(self.broker, default, {"topic": topic}))
        self.broker.wait_subscribed(TOPIC)
        self.broker.publish(first or json_data(), TOPIC)
        self.client.wait_for_name()
        return daemon

    def keepalives(self):
        """Payloads published to the keepalive topic so far, in order."""
        return [bytes.fromhex(line.text.partition(" ")[2]) for line in self.asked.matching("^" + KEEPALIVE)]

    def beat(self):
        self.broker.publish('{"value":1700000000}', HEARTBEAT)

    def test_json_data_is_decoded_twice(self):
        self.run_venus(first=read_payload("payload-serialbattery-jsondata.json"))
        self.assertEqual((self.client.value("/Soc"), self.client.value("/Dc/0/Current")), (87.8, 3.61))

    def test_a_leading_slash_is_dropped_with_a_hint(self):
        daemon = self.run_venus("/" + TOPIC)
        self.assertTrue(daemon.matching(r'(?i)^(INFO|WARNING).*leading "?/'), daemon.output())

    def test_the_first_keepalive_asks_for_everything(self):
        self.run_venus()
        self.asked.wait_for_log("^" + KEEPALIVE)
        self.assertEqual(self.keepalives(), [b""])

    def test_later_keepalives_suppress_the_republishing(self):
        self.run_venus()
        first = self.asked.wait_for_log("^" + KEEPALIVE)
        second = self.asked.wait_for_log("^" + KEEPALIVE, timeout=40, count=2)
        self.assertEqual(self.keepalives()[0], b"")
        self.assertEqual(json.loads(self.keepalives()[1]), SUPPRESS)
        self.assertAlmostEqual(second.time - first.time, 30, delta=3)

    def test_everything_is_asked_for_again_after_the_broker_restarted(self):
        self.run_venus()
        self.asked.wait_for_log("^" + KEEPALIVE)
        self.broker.kill()
        self.broker.start()
        self.broker.wait_subscribed(TOPIC)
        line = self.broker.wait_for_log(f"Received PUBLISH from .*'{KEEPALIVE}'")
        self.assertIn("(0 bytes)", line.text)

    def test_no_keepalive_goes_to_another_kind_of_broker(self):
        self.run_battery(broker=self.broker)
        self.assertFalse(self.broker.process.matching("Received PUBLISH from .*keepalive"))
        self.assertEqual(self.asked.lines, [])

    def test_heartbeats_keep_an_idle_battery_alive(self):
        self.run_venus(timeout=2)
        self.broker.wait_subscribed(HEARTBEAT)
        rounds = iter(range(100))

        def alive():
            if next(rounds) % 2 == 0:
                self.beat()
            items = self.client.get_items()
            return (items["/Info/MaxChargeCurrent"].value, items["/Soc"].value,
                    items["/Dc/0/Temperature"].value) == (80.0, 63.0, 21.0)
        stays_true(alive, 6, "an idle battery with heartbeats", interval=0.4)
        self.client.wait_for_value("/Alarms/BmsCable", 2)  # and without them it dies
        self.assertEqual(self.client.value("/Info/MaxChargeCurrent"), 0.0)

    def test_a_heartbeat_alone_starts_nothing(self):
        self.start_daemon(config_for(self.broker, mqtt={"topic": TOPIC}))
        self.broker.wait_subscribed(HEARTBEAT)
        for _ in range(5):
            self.beat()
        stays_true(lambda: not self.client.owner(SERVICE), 2, "absence before the first value")

    def test_a_device_declared_gone_is_not_kept_by_heartbeats(self):
        for gone in (b"", '{"value":null}'):
            with self.subTest(gone):
                daemon = self.run_venus(timeout=60)
                self.broker.wait_subscribed(HEARTBEAT)
                self.broker.publish(gone, TOPIC)
                self.client.wait_for_value("/Alarms/BmsCable", 2, timeout=10)

                def dead_in_spite_of_heartbeats():
                    self.beat()
                    return not self.client.owner(SERVICE)
                wait_until(dead_in_spite_of_heartbeats, 20, "the service to leave", interval=0.5)
                self.beat()
                self.broker.publish(json_data({**LIMITS, "Soc": 44}), TOPIC)
                self.client.wait_for_name()
                self.assertEqual(self.client.value("/Soc"), 44.0)
                daemon.stop()
                self.client.wait_for_no_name()
                self.broker.kill()
                self.broker.start()

    def questions(self, topic=TOPIC):
        """How often the broker was asked for the topic itself so far."""
        return len(self.asked.matching("^R/" + topic.removeprefix("N/") + " $"))

    def beat_until(self, condition, timeout, what):
        def beaten():
            self.beat()
            return condition()
        wait_until(beaten, timeout, what, interval=0.5)

    def test_heartbeats_do_not_keep_a_battery_whose_driver_left_while_the_broker_was_away(self):
        self.run_venus(timeout=6)
        self.beat()
        self.broker.kill()
        self.broker.start()
        self.asked = self.broker.subscribe("R/#")
        self.addCleanup(self.asked.stop)
        self.broker.wait_subscribed(HEARTBEAT)
        self.beat_until(lambda: self.client.value("/Info/MaxChargeCurrent") == 0.0, 20, "the time-out")
        self.assertGreaterEqual(self.questions(), 1)

    def test_heartbeats_do_not_keep_a_driver_that_lost_its_battery(self):
        daemon = self.run_venus(timeout=4)
        lost = {**LIMITS, "Dc": {"Power": None, "Voltage": None, "Current": None}, "Alarms": {"BmsCable": 1}}
        self.broker.publish(json_data(lost), TOPIC)
        self.client.wait_for_value("/Alarms/BmsCable", 1)  # its own alarm is not lost
        self.assertEqual(self.client.value("/Dc/0/Voltage"), None)
        self.beat_until(lambda: self.client.value("/Info/MaxChargeCurrent") == 0.0, 20, "the time-out")
        self.assertEqual(self.client.value("/Alarms/BmsCable"), 2)
        self.broker.publish(json_data(), TOPIC)
        self.client.wait_for_value("/Info/MaxChargeCurrent", 80.0)
        self.broker.publish("{}", TOPIC)  # rejected: nothing vouches for the values any more
        daemon.wait_for_log("no Dc/0/Voltage")
        self.beat_until(lambda: self.client.value("/Info/MaxChargeCurrent") == 0.0, 20, "the time-out")

    def test_a_resting_battery_that_was_not_heard_is_asked_for_until_it_answers(self):
        daemon = self.start_daemon(config_for(self.broker, {"timeout": 30}, {"topic": TOPIC},
                                              BATTERY_two={"topic": TOPIC.replace("/1/", "/2/"),
                                                           "device_instance": 102}))
        self.broker.wait_subscribed(HEARTBEAT)
        self.beat_until(lambda: self.questions() >= 2, 30, "two questions")
        first, second = self.asked.matching(f"^R/{PORTAL}/battery/1/JsonData $")[:2]
        self.assertAlmostEqual(second.time - first.time, 10, delta=1.5)
        self.assertEqual(self.questions(TOPIC.replace("/1/", "/2/")), self.questions(),
                         "each battery of the portal")
        self.broker.publish(json_data(), TOPIC)
        self.client.wait_for_name()
        asked = self.questions()
        self.beat_until(lambda: self.questions(TOPIC.replace("/1/", "/2/")) > asked, 30, "a question for the other")
        self.assertEqual(self.questions(), asked, "and none any more for the one that answered")
        self.assertTrue(daemon.running())

    def test_a_resting_battery_comes_back_when_a_broker_that_hung_goes_on(self):
        self.run_venus(timeout=3)
        self.beat()
        self.broker.freeze()
        self.addCleanup(self.broker.thaw)
        self.client.wait_for_value("/Info/MaxChargeCurrent", 0.0, timeout=20)
        self.broker.thaw()
        self.beat_until(lambda: self.questions() >= 1, 20, "the question")
        self.broker.publish(json_data(), TOPIC)  # the answer; by itself it would say nothing
        self.client.wait_for_value("/Info/MaxChargeCurrent", 80.0)

    def test_a_battery_added_by_a_reload_is_asked_for_on_the_connection_that_is_there(self):
        daemon = self.run_venus(timeout=30)
        self.beat()
        second = TOPIC.replace("/1/", "/2/")
        owner = self.client.owner(SERVICE)
        daemon.write_config(config_for(self.broker, {"timeout": 30, "device_name": "Renamed"}, {"topic": TOPIC},
                                       BATTERY_two={"topic": second, "device_instance": 102}))
        daemon.reload()
        self.broker.wait_subscribed(second)
        self.beat_until(lambda: self.questions(second) >= 1, 20, "the question")
        self.broker.publish(json_data(), second)
        self.client.wait_for_name(SERVICE + "_102")
        self.assertEqual(self.questions(), 0, "the first one was heard")
        self.client.wait_for_value("/CustomName", "Renamed")
        self.assertEqual(self.client.owner(SERVICE), owner, "and never left the bus for its new name")
        self.assertEqual(self.client.value("/Info/MaxChargeCurrent"), 80.0)

    def test_a_retained_heartbeat_is_no_life(self):
        self.broker.publish('{"value":1700000000}', HEARTBEAT, retain=True)
        daemon = self.run_venus(timeout=4)
        one = config_for(self.broker, {"timeout": 4}, {"topic": TOPIC})
        two = config_for(self.broker, {"timeout": 4}, {"topic": TOPIC},
                         BATTERY_two={"topic": f"N/{PORTAL}/+", "device_instance": 102})
        rounds = iter(range(100))

        def dead_in_spite_of_stored_heartbeats():
            # Each subscription to more brings the stored heartbeat again, on the same connection.
            daemon.write_config(two if next(rounds) % 2 == 0 else one)
            daemon.reload()
            return self.client.value("/Info/MaxChargeCurrent") == 0.0
        wait_until(dead_in_spite_of_stored_heartbeats, 25, "the time-out", interval=0.5)
        self.assertGreater(next(rounds), 4, "it was delivered again meanwhile")
        self.assertTrue(daemon.running())

    def test_a_bridged_broker_is_kept_alive_and_asked_under_its_prefix(self):
        topic = "boat/gx/" + TOPIC
        asked = self.broker.subscribe("boat/gx/R/#")
        self.addCleanup(asked.stop)
        self.start_daemon(config_for(self.broker, {"timeout": 2}, {"topic": topic}))
        self.broker.wait_subscribed("boat/gx/" + HEARTBEAT)
        asked.wait_for_log("^boat/gx/" + KEEPALIVE)
        self.broker.publish('{"value":1}', "boat/gx/" + HEARTBEAT)
        asked.wait_for_log(f"^boat/gx/R/{PORTAL}/battery/1/JsonData $")
        self.broker.publish(json_data(), topic)
        self.client.wait_for_name()

        def alive():
            self.broker.publish('{"value":1}', "boat/gx/" + HEARTBEAT)
            return self.client.value("/Info/MaxChargeCurrent") == 80.0
        stays_true(alive, 5, "an idle battery with heartbeats", interval=0.5)


if __name__ == "__main__":
    unittest.main()
