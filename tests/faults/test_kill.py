# SPDX-License-Identifier: MIT
"""SIGKILL at random moments: the bus then shows a complete and right battery, or none.

Every value of a message is computed from one number, so a battery put together from two messages, or
half filled, gives itself away.
"""
import os
import random
import signal
import threading
import time
import unittest

import dbus

from support import FaultCase, config_for, long_run


KILLS = 200 if long_run() else 20


def message(number):
    return {"Soc": number % 100, "Dc": {"Voltage": 40 + number % 100 / 10, "Current": float(number % 100)},
            "Info": {"MaxChargeVoltage": 50 + number % 100 / 10, "MaxChargeCurrent": number % 100,
                     "MaxDischargeCurrent": 200 + number % 100},
            "Voltages": {f"Cell{cell}": round(3 + number % 100 / 1000 + cell / 100, 3)
                         for cell in range(1, 17)}}


class Killed(FaultCase):
    def test_at_random_moments(self):
        broker = self.start_broker()
        broker.publish(message(7), retain=True)
        self.stop = threading.Event()
        feeder = threading.Thread(target=self.keep_publishing, args=(broker,), daemon=True)
        feeder.start()
        self.addCleanup(feeder.join, 20)
        self.addCleanup(self.stop.set)
        config = config_for(broker, {"timeout": 0, "logging": "WARNING"})
        seed = int(os.environ.get("DMB_SEED", time.time()))
        moments = random.Random(seed)
        seen = {"complete": 0, "none": 0}
        appeared = []
        for _ in range(KILLS):
            begin = time.monotonic()
            daemon = self.start_daemon(config)
            end = begin + moments.uniform(0.0, 0.6)
            while time.monotonic() < end:
                self.look(seen, appeared, begin)
            daemon.send(signal.SIGKILL)
            self.assertEqual(daemon.wait(), -signal.SIGKILL)
            self.client.wait_for_no_name(timeout=5)
        self.noted(f"{KILLS} kills (seed {seed}); looks: {seen['complete']} complete, "
                   f"{seen['none']} no battery, 0 others")
        self.assertGreater(seen["complete"], KILLS)
        self.assertGreater(seen["none"], KILLS)
        begin = time.monotonic()
        self.start_daemon(config)
        self.client.wait_for_name()
        self.recovered("battery on the bus after the last kill", time.monotonic() - begin, 2)

    def keep_publishing(self, broker):
        """300 different messages a second."""
        number = 0
        while not self.stop.wait(0.1):
            broker.publish_many([message(number + n) for n in range(30)])
            number += 30

    def look(self, seen, appeared, begin):
        try:
            items = self.client.get_items()
        except dbus.DBusException as error:
            self.assertIn(error.get_dbus_name().rsplit(".", 1)[1],
                          ("ServiceUnknown", "NameHasNoOwner", "NoReply"))
            seen["none"] += 1
            return
        self.assert_right(items)
        seen["complete"] += 1
        appeared.append(time.monotonic() - begin)

    def assert_right(self, items):
        number = int(items["/Soc"].value)
        wanted = message(number)
        found = {"Soc": items["/Soc"].value,
                 "Dc": {"Voltage": items["/Dc/0/Voltage"].value, "Current": items["/Dc/0/Current"].value},
                 "Info": {key: items["/Info/" + key].value for key in wanted["Info"]},
                 "Voltages": {f"Cell{n}": items[f"/Voltages/Cell{n}"].value for n in range(1, 17)}}
        for section, values in found.items():
            for key, value in (values.items() if isinstance(values, dict) else [("", values)]):
                want = wanted[section][key] if key else wanted[section]
                self.assertAlmostEqual(value, want, places=3, msg=f"{section}.{key} of {number}")
        self.assertGreater(len(items), 150)
        self.assertEqual(items["/ProductName"].value, "MQTT Battery")


if __name__ == "__main__":
    unittest.main()
