# SPDX-License-Identifier: MIT
"""A day's worth of traffic, accelerated, against the real daemon: nothing may grow or get lost."""
import argparse
import contextlib
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))

# pylint: disable=wrong-import-position
from harness.broker import TOPIC, Broker  # noqa: E402
from harness.bus import SERVICE, Client, PrivateBus  # noqa: E402
from harness.daemon import Daemon, config_for  # noqa: E402
from harness.shunts import AGGREGATE, FakeShunt  # noqa: E402
from harness.waiting import slowness, wait_until  # noqa: E402

ALLOWED_KIB = 256
CHUNK = 200  # fewer than the inbox holds, so that every message is decoded
SHUNT_CHUNK = 50


class World:
    """Bus, broker, two shunts and the daemon that shows both; gone when closed."""

    def __init__(self, stack):
        self.stack = stack
        self.bus = PrivateBus()
        stack.callback(self.bus.stop)
        self.client = Client(self.bus.address)
        stack.callback(self.client.close)
        self.broker = Broker(log=("error", "warning", "notice", "information"))
        stack.callback(self.broker.stop)
        self.shunts = [FakeShunt(self, f"ttyS{n}", current=1.0) for n in (5, 6)]
        self.folder = tempfile.mkdtemp(prefix="dmb-endurance-")
        self.addresses = itertools.cycle(("127.0.0.1", "localhost"))
        path = os.path.join(self.folder, "config.ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.config())
        self.daemon = Daemon(self.bus, path)
        stack.callback(self.daemon.stop)
        self.daemon.wait_for_log("connected")
        self.numbers = itertools.count(1)
        self.publish([self.message(next(self.numbers))])
        self.client.wait_for_name()
        self.client.wait_for_name(AGGREGATE)

    def addCleanup(self, function, *arguments):  # what FakeShunt wants of a test
        self.stack.callback(function, *arguments)

    def config(self):
        return config_for(self.broker, {"min_update_interval": 20},
                          {"broker_address": next(self.addresses)}, SMARTSHUNTS={"log_period": 0})

    @staticmethod
    def message(number):
        """35 values that change with every message; the number can be read back from three."""
        low, high = number % 1000, number // 1000
        return {"Soc": low / 10, "Capacity": float(high % 10000), "InstalledCapacity": 10000.0,
                "Dc": {"Voltage": 48 + low / 1000, "Current": float(low), "Power": 48.0 * low},
                "Info": {"MaxChargeVoltage": 55.2, "MaxChargeCurrent": 50 + low / 100,
                         "MaxDischargeCurrent": 120},
                "Voltages": {f"Cell{n}": 3 + low / 10000 + n / 100 for n in range(1, 25)}}

    def publish(self, messages):
        lines = "".join(json.dumps(message) + "\n" for message in messages).encode()
        subprocess.run(["mosquitto_pub", "-p", str(self.broker.port), "-t", TOPIC, "-q", "0", "-l"],
                       input=lines, check=True, timeout=300)

    def shows(self, number):
        items = self.client.get_items()
        wanted = self.message(number)
        return (abs(items["/Soc"].value - wanted["Soc"]) < 1e-6
                and items["/Capacity"].value == wanted["Capacity"]
                and abs(items["/Voltages/Cell24"].value - wanted["Voltages"]["Cell24"]) < 1e-6
                and abs(items["/Info/MaxChargeCurrent"].value
                        - wanted["Info"]["MaxChargeCurrent"]) < 1e-6)

    # --- The three kinds of traffic ---

    def messages(self, count):
        """In chunks; the last message of each must end up on the bus."""
        for _ in range(max(1, count // CHUNK)):
            chunk = [next(self.numbers) for _ in range(CHUNK)]
            before = self.client.value("/UpdateIndex")
            self.publish(map(self.message, chunk))
            wait_until(lambda last=chunk[-1]: self.shows(last), 30 * slowness(),
                       "the last message to show")
            if self.client.value("/UpdateIndex") == before:  # 1 in 256 by chance
                self.publish([self.message(next(self.numbers))])
                wait_until(lambda old=before: self.client.value("/UpdateIndex") != old, 20,
                           "/UpdateIndex to move")

    def shunt_changes(self, count):
        """Each shunt in turn sends a bundle; the sum of the last values must show."""
        for number in range(max(2, count // SHUNT_CHUNK)):
            shunt = self.shunts[number % 2]
            currents = [float(number % 50 + n) for n in range(SHUNT_CHUNK)]
            shunt.order(raw=[["/", "ItemsChanged", "a{sa{sv}}", [{
                "/Dc/0/Current": {"Value": {"as": "d", "value": current}},
                "/Soc": {"Value": {"as": "d", "value": 50 + current / 4}}}]] for current in currents])
            shunt.last = currents[-1]
            if number % 20 > 17:
                total = sum(getattr(one, "last", 1.0) for one in self.shunts)
                wait_until(lambda want=total: self.client.value("/Dc/0/Current", AGGREGATE) == want,
                           30 * slowness(), "the sum of the shunts' last currents")

    def reconnects(self, count):
        """Another broker address each time: the whole client, battery and service are made anew."""
        for _ in range(count):
            mark = self.daemon.mark()
            self.daemon.write_config(self.config())
            self.daemon.reload()
            self.daemon.wait_for_log(r": connected$", timeout=60, since=mark)
            number = next(self.numbers)

            def returned(number=number):
                self.publish([self.message(number)])
                return self.client.owner(SERVICE) and self.shows(number)
            wait_until(returned, 30 * slowness(), "the battery to return", interval=0.05)
            del self.daemon.lines[:-50]


def run(world, options):
    """Warms up with a part of everything, then measures everything."""
    begin = time.monotonic()
    world.messages(options.messages // 20)
    world.shunt_changes(options.shunt_changes // 20)
    world.reconnects(max(5, options.reconnects // 20))
    world.messages(CHUNK)
    daemon = world.daemon
    failed = False
    for name, count in (("messages", options.messages), ("shunt_changes", options.shunt_changes),
                        ("reconnects", options.reconnects)):
        memory, descriptors, cpu = (daemon.memory_kib(), daemon.descriptors(), daemon.cpu_seconds())
        start = time.monotonic()
        getattr(world, name)(count)
        grown = daemon.memory_kib() - memory
        more = daemon.descriptors() - descriptors
        print(f"ENDURANCE {count} {name}: {time.monotonic() - start:.0f} s, "
              f"{daemon.cpu_seconds() - cpu:.1f} CPU-s, memory {memory} KiB {grown:+} KiB, "
              f"descriptors {descriptors} {more:+}", flush=True)
        failed = failed or grown >= ALLOWED_KIB * (1 if slowness() == 1 else 64) or more != 0
    daemon.memory_kib()  # still there
    print(f"ENDURANCE in all {time.monotonic() - begin:.0f} s", flush=True)
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="under a minute, for every build")
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--shunt-changes", type=int, default=100_000)
    parser.add_argument("--reconnects", type=int, default=1_000)
    options = parser.parse_args()
    if options.short:
        options.messages, options.shunt_changes, options.reconnects = 20_000, 4_000, 12
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended"))
    with contextlib.ExitStack() as stack:
        world = World(stack)
        try:
            failed = run(world, options)
        except BaseException:
            print(world.daemon.output()[-4000:], file=sys.stderr)
            raise
    sys.exit("memory or descriptors grew" if failed else 0)


if __name__ == "__main__":
    main()
