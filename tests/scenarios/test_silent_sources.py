# SPDX-License-Identifier: MIT
"""Batteries whose messages go on without telling anything, or tell limits that cannot be used: what
their chargers are told. All of them live in one daemon side by side, each with chargers of its own."""
import copy
import math
import time
import unittest

from support import BUSY, FULL, HOLD_S, Plant, ScenarioCase, Site, slowness, wait_until

from harness.daemon import config_for

TIMEOUT_S = 3
SUN_A = 35.0


def full(**changes):
    """The full message with top-level keys changed; a value of None removes the key."""
    message = copy.deepcopy(FULL)
    for key, value in changes.items():
        message[key] = value
        if value is None:
            del message[key]
    return message


def limits(cvl=55.2, **others):
    return {"MaxChargeVoltage": cvl, **others}


class Batteries(ScenarioCase):
    """`self.messages` {name: what is published again and again}, `self.sites` {name: Site}."""

    def begin(self, messages, retained=None):
        """Starts broker, daemon and systemcalc with a battery per name."""
        broker = self.start_broker()
        self.client_of_broker = self.client_for(broker)
        for name, message in (retained or {}).items():
            self.client_of_broker.publish(f"battery/{name}", message, retain=True)
        self.messages = dict(messages)
        self.instances = {name: 200 + number for number, name in enumerate(messages)}
        sections = {f"BATTERY_{name}": {
            "topic": f"battery/{name}", "device_instance": instance, "timeout": TIMEOUT_S}
            for name, instance in self.instances.items()}
        self.start_daemon(config_for(broker, mqtt={"topic": ""}, **sections))
        self.sites = {name: Site(instance, instance, Plant(sun_a=SUN_A))
                      for name, instance in self.instances.items()}
        self.systemcalc(*self.sites.values())
        for name in messages:
            broker.wait_subscribed(f"battery/{name}")
        self.feed(lambda: [(f"battery/{name}", message) for name, message in list(self.messages.items())
                           if message is not None])

    def service(self, name):
        return f"com.victronenergy.battery.mqtt_battery_{self.instances[name]}"

    def charging(self):
        """Names of those whose chargers charge."""
        return [name for name, site in self.sites.items() if site.multi.ccl_a != 0
                or site.mppt.current_a != 0]

    def wait_for_all(self, ccl=80.0 - SUN_A):
        wait_until(lambda: all(site.multi.ccl_a == ccl for site in self.sites.values()), 60 * slowness(),
                   lambda: f"all chargers to run, these do not: "
                           f"{[n for n, s in self.sites.items() if s.multi.ccl_a != ccl]}", 0.1)


class ValuesUnavailable(Batteries):
    """The publisher lives, its battery does not; its limits are constants."""

    THEN = {
        "unavailable": full(Soc="unavailable", Dc={"Power": "unavailable", "Voltage": "unavailable"}),
        "unknown": full(Soc="unknown", Dc={"Power": "unknown", "Voltage": "unknown"}),
        "null": full(Soc=None, Dc={"Power": None, "Voltage": None}) | {"Soc": None},
        "empty": full(Soc="", Dc={"Power": "", "Voltage": ""}),
        "nan": full(Soc="nan", Dc={"Power": "NaN", "Voltage": "NaN"}),
        "bare_nan": full(Soc=math.nan, Dc={"Power": math.nan, "Voltage": math.nan}),
        "impossible": full(Soc=6300, Dc={"Power": 1e12, "Voltage": -1e9}),
        "soc_only": full(Dc={"Power": "unavailable", "Voltage": "unavailable"}),
        "volts_only": full(Soc="unavailable"),
        "only_limits": {"Info": FULL["Info"]},
        "gone_silent": None,
    }

    def test_chargers_stop_within_the_time_out_and_stay_stopped(self):
        self.begin({name: FULL for name in self.THEN})
        self.wait_for_all()
        begin = time.monotonic()
        self.messages = dict(self.THEN)
        wait_until(lambda: not self.charging(), TIMEOUT_S + HOLD_S * BUSY * slowness(),
                   lambda: f"all chargers to stop, these do not: {self.charging()}", 0.05)
        self.within(TIMEOUT_S + 1.0, lambda: True, "chargers of all eleven stopped", begin)
        self.within(TIMEOUT_S + HOLD_S + 1.0, lambda: not self.calc.services,
                    "all eleven off the bus", begin)
        self.cycles(3)
        self.assertEqual(self.charging(), [], "limits that were written last stay in force")
        self.messages = {name: FULL for name in self.THEN}
        self.wait_for_all()


class Usable(Batteries):
    """The battery lives; what it says of its limits cannot be used, or is none of now."""

    CCL = {"negative": -5, "comma": "0,0", "nan": "NaN", "false": False, "null": None,
           "beyond": 30000, "word": "unavailable", "list": [80]}
    CVL = {"zero_volts": 0, "wrong_unit": 552, "negative_volts": -55.2, "half": 27.6}
    STOPPED = [f"first_{name}" for name in CCL] + [f"then_{name}" for name in CCL]

    def start(self):
        first = {f"first_{name}": full(Info=limits(MaxChargeCurrent=bad)) for name, bad in self.CCL.items()}
        first |= {f"then_{name}": FULL for name in self.CCL}
        first |= {f"cvl_{name}": full(Info=limits(cvl, MaxChargeCurrent=80))
                  for name, cvl in self.CVL.items()}
        first |= {"ended": FULL, "retained": full(Info=None), "no_ccl": full(Info=limits())}
        self.begin(first, retained={"retained": FULL})

    def test_chargers_get_zero_or_nothing_but_never_a_limit_that_nobody_gave(self):
        self.start()
        wait_until(lambda: len(self.calc.services) == len(self.messages), 60 * slowness(),
                   lambda: f"all {len(self.messages)} batteries, here: {self.calc.services}", 0.1)
        self.cycles()
        self.messages |= {f"then_{name}": full(Info=limits(MaxChargeCurrent=bad))
                          for name, bad in self.CCL.items()}
        self.messages["ended"] = b""  # gone, then back without limits
        self.cycles()
        self.messages["ended"] = full(Info=None)
        wait_until(lambda: not set(self.charging()) & set(self.STOPPED), 20 * slowness(),
                   lambda: f"zero everywhere, not here: {set(self.charging()) & set(self.STOPPED)}", 0.1)
        self.cycles(4)
        wrong = {name: self.sites[name].multi.told("ccl_a") for name in self.STOPPED
                 if name.startswith("first") and self.sites[name].multi.told("ccl_a") != [0.0]}
        self.assertEqual(wrong, {}, "the first limit of current was not usable: a stop")
        self.assertEqual(self.sites["ended"].multi.ccl_a, 0.0, "a declared end wipes what was told before")
        self.assertEqual(self.sites["retained"].multi.told("cvl_v"), [], "a stored message enables nothing")
        written = {name: self.sites[f"cvl_{name}"].multi.told("cvl_v") for name in self.CVL}
        self.assertEqual({n: v for n, v in written.items() if v}, {}, "a charge voltage that cannot be")
        self.assertEqual(self.sites["no_ccl"].multi.told("ccl_a"), [10000.0], "no limit is a number, too")
        self.assertEqual(len(self.calc.services), len(self.messages), "all of them live")
        for name in self.CVL:
            self.assertTrue(self.daemon.matching(rf"(?i)^(WARNING|ERROR).*cvl_{name}\b.*"), name)


if __name__ == "__main__":
    unittest.main()
