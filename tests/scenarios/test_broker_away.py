# SPDX-License-Identifier: MIT
"""A broker that leaves, hangs and comes back, most of all that of another GX device: which batteries
are there afterwards, and what their chargers are told. Several batteries share a daemon."""
import copy
import json
import signal
import time
import unittest

from support import FULL, HOLD_S, ScenarioCase, Site, stays_true, wait_until

from harness.daemon import config_for

TIMEOUT_S = 4
PATH = "battery/1/JsonData"


def json_data(**changes):
    return {"value": json.dumps({**copy.deepcopy(FULL), **changes})}


LOST_ITS_BMS = json_data(Dc={"Power": None, "Voltage": None, "Current": None},
                         Alarms={"BmsCable": 2}, System={"NrOfModulesOffline": 1})


class Away(ScenarioCase):
    def begin(self, portals, plain=(), timeout=TIMEOUT_S):
        """A daemon with a battery per portal (another GX device's) and per plain topic."""
        names = [*portals, *plain]
        self.instances = {name: 200 + number for number, name in enumerate(names)}
        topics = {name: f"N/{name}/{PATH}" if name in portals else name for name in names}
        broker = self.start_broker()
        sections = {f"BATTERY_{name}": {"topic": topics[name], "device_instance": number,
                                        "timeout": timeout}
                    for name, number in self.instances.items()}
        self.sites = {name: Site(n, n) for name, n in self.instances.items()}
        self.there = {portal: {PATH: json_data()} for portal in portals}
        self.systemcalc(*self.sites.values())
        self.text = config_for(broker, mqtt={"topic": ""}, **sections)

    def ccl(self, name):
        return self.sites[name].multi.ccl_a

    def all_charge(self, *names):
        wait_until(lambda: all(self.ccl(name) == 80.0 for name in names), 30,
                   lambda: f"chargers to run: {[(n, self.ccl(n)) for n in names]}")

    def here(self, name):
        return self.instances[name] in self.calc.services


class Absence(Away):
    def test_after_an_absence_only_those_that_answer_are_alive(self):
        """One battery's driver loses its BMS while we listen. Then the broker is away for a moment;
        meanwhile another one's driver leaves, of which nobody will ever be told, a third one's loses
        its BMS, and a fourth one just rests, so its values do not change."""
        self.begin(("blind", "left", "loses", "rests"))
        venus = self.venus(self.there)
        self.start_daemon(self.text)
        self.all_charge(*self.there)
        begin = time.monotonic()
        venus.tell("blind", PATH, LOST_ITS_BMS)
        self.within(TIMEOUT_S + 1.5, lambda: self.ccl("blind") == 0.0, "blind while connected: at 0", begin)
        venus.republishes = False  # the three full publishes a second are used up by others
        self.broker.kill()
        begin = time.monotonic()
        del self.there["left"][PATH]
        self.there["loses"][PATH] = LOST_ITS_BMS
        stays_true(lambda: not self.broker.process.running(), 0.5)
        self.broker.start()
        self.within(2 + TIMEOUT_S, lambda: self.ccl("left") == 0.0, "the one that left is at 0", begin)
        self.within(2 + TIMEOUT_S, lambda: self.ccl("loses") == 0.0, "the blind one is at 0", begin)
        self.within(2 + TIMEOUT_S + HOLD_S, lambda: not self.here("left") and not self.here("loses"),
                    "they are gone", begin)
        self.assertFalse(self.here("blind"))
        self.assertTrue(self.here("rests"))
        self.assertEqual(self.sites["rests"].multi.told("ccl_a"), [80.0], "a resting battery lives on")
        asked = [topic for moment, topic in venus.asked if moment > begin]
        self.assertIn(f"R/rests/{PATH}", asked)
        for name in ("blind", "left", "loses"):
            venus.tell(name, PATH, json_data(Soc=64))
        self.all_charge(*self.there)

    def test_an_idle_battery_is_found_at_the_start_and_after_the_broker_hung(self):
        """The full publishes are used up by others, and nothing changes: nobody tells us unasked."""
        self.begin(("idle",))
        self.venus(self.there, republishes=False)
        begin = time.monotonic()
        self.start_daemon(self.text)
        self.within(12, lambda: self.ccl("idle") == 80.0, "an idle battery is there", begin)
        stays_true(lambda: self.ccl("idle") == 80.0, TIMEOUT_S + 3, "a resting battery, by its heartbeats")
        begin = time.monotonic()
        self.broker.freeze()
        self.within(TIMEOUT_S + 1.5, lambda: self.ccl("idle") == 0.0, "broker hangs: chargers stop", begin)
        self.broker.thaw()
        begin = time.monotonic()
        self.within(12, lambda: self.ccl("idle") == 80.0, "broker goes on: back", begin)


class Stalls(Away):
    def test_what_waited_while_we_stood_still_is_no_life(self):
        """Stopped (or suspended) for longer than the time-out; messages of that time come all at
        once afterwards, and nothing new."""
        self.begin(("venus",), plain=("plain",), timeout=3)
        venus = self.venus(self.there)
        daemon = self.start_daemon(self.text)
        self.broker.wait_subscribed("plain")
        client = self.client_for(self.broker)
        client.publish("plain", FULL)
        self.all_charge("venus", "plain")
        daemon.send(signal.SIGSTOP)
        end = time.monotonic() + 5
        while time.monotonic() < end:
            client.publish("plain", FULL)
            time.sleep(0.5)
        venus.stop()
        self.there["venus"].clear()
        daemon.send(signal.SIGCONT)
        begin = time.monotonic()
        taken = self.within(1, lambda: self.ccl("plain") == 0.0 and self.ccl("venus") == 0.0, "both at 0", begin)
        self.assertLess(taken, 2.9, "what had waited was taken for life")
        self.within(HOLD_S + 3, lambda: not self.calc.services, "both gone", begin)
        self.assertNotIn(80.0, self.sites["plain"].multi.told("ccl_a", begin))

    def test_stored_heartbeats_are_no_life(self):
        self.begin(("stored",), timeout=3)
        venus = self.venus(self.there)
        venus.client.publish("N/stored/heartbeat", {"value": 1}, retain=True)
        self.start_daemon(self.text)
        self.all_charge("stored")
        venus.stop()  # nothing comes any more but what each new connection gets from the store
        begin = time.monotonic()
        for _ in range(3):
            self.broker.kill()
            self.broker.start()
            self.client_for(self.broker).publish("N/stored/heartbeat", {"value": 1}, retain=True)
            self.broker.wait_subscribed(f"N/stored/{PATH}")
        wait_until(lambda: self.ccl("stored") == 0.0, 20, "chargers to stop")
        stopped = self.sites["stored"].multi.history[-1][0]
        self.within(3 + 2, lambda: True, "chargers stopped", time.monotonic() - (stopped - begin))
        self.assertLess(stopped - begin, 3 + 4, "each new connection's stored heartbeat was a life")


class Returns(Away):
    def test_a_broker_back_shortly_before_the_time_out_is_found_in_time(self):
        """Away for 17 s of a time-out of 29 s: waits of 1, 2, 4, 8, 16 s would come too late."""
        self.begin((), plain=("plain",), timeout=29)
        self.start_daemon(self.text)
        self.broker.wait_subscribed("plain")
        self.feed(lambda: [("plain", FULL)])
        self.all_charge("plain")
        begin = time.monotonic()
        self.broker.kill()
        stays_true(lambda: self.ccl("plain") == 80.0, 17, "the limit while the broker is away", 0.2)
        self.broker.start()
        self.broker.wait_subscribed("plain", timeout=60)
        self.within(28, lambda: True, "connected again", begin)
        self.assertLess(time.monotonic() - begin, 29, "too late: the chargers are at 0")
        stays_true(lambda: self.ccl("plain") == 80.0, 2)
        self.assertEqual(self.sites["plain"].multi.told("ccl_a"), [80.0])

    def test_stored_limits_of_the_past_raise_nothing_after_a_reconnect(self):
        self.begin((), plain=("plain",), timeout=20)
        self.start_daemon(self.text)
        self.broker.wait_subscribed("plain")
        client = self.client_for(self.broker)
        client.publish("plain", FULL)
        self.all_charge("plain")
        stopped = copy.deepcopy(FULL)
        stopped["Info"]["MaxChargeCurrent"] = 0
        client.publish("plain", stopped)
        wait_until(lambda: self.ccl("plain") == 0.0, 10, "the stop")
        begin = time.monotonic()
        self.broker.kill()
        self.broker.start()
        self.client_for(self.broker).publish("plain", FULL, retain=True)
        mark = self.daemon.mark()
        self.broker.wait_subscribed("plain")
        self.daemon.wait_for_log("onnected", since=mark)
        stays_true(lambda: self.ccl("plain") == 0.0, 2)
        self.assertEqual(self.sites["plain"].multi.told("ccl_a", begin), [])


if __name__ == "__main__":
    unittest.main()
