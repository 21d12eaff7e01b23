#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures batteries with a map: one value per topic; see run.sh --help."""

import argparse
import contextlib
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "scripts", "lib")]
import document  # noqa: E402
import program  # noqa: E402
from playground import Playground, StartError  # noqa: E402
from report import growth, percentile  # noqa: E402
from subjects import (Appearance, Bus, Subject, cpu_seconds, memory_kb,  # noqa: E402
                      probe_command, run_probe)

PREFIX = "com.victronenergy.battery."
PAYLOAD = "payload-seed-full.json"
WARMUP = 3
RATES = {1: 20, 10: 200, 100: 2000}
HEAD = """[DEFAULT]
min_update_interval = {interval}

[MQTT]
broker_address = 127.0.0.1
broker_port = {port}
"""
BATTERY = """
[BATTERY {name}]
topic = bench/{name}
device_instance = {instance}
service_name = bench_{name}

[MAP {name}]
{{item}} = {{topic}}/{{item}}
"""


def config_of(port, names, interval):
    return HEAD.format(port=port, interval=interval) + "".join(
        BATTERY.format(name=name, instance=200 + i) for i, name in enumerate(names))


class Bench:
    def __init__(self, options, place):
        self.options = options
        self.place = place
        self.bus = Bus(place.bus_address)
        self.payload = os.path.join(options.data, PAYLOAD)

    def probe(self, topic, **options):
        return probe_command(self.options.probe, self.place.port, topic, self.payload, **options)

    def start(self, subject, feed):
        feeder = self.place.spawn("feeder", feed)
        time.sleep(0.5)
        appearance = Appearance(self.bus, subject.service)
        subject.start(self.place)
        taken = appearance.seconds()
        self.place.stop(feeder)
        if taken is None:
            raise StartError(f"{subject.service} did not appear: " +
                             " | ".join(self.place.log_tail("subject", 5)))

    def bursts(self):
        """{rate: {subject: pool}}, in turns."""
        place = self.place
        config = place.write("burst.ini", config_of(place.port, ["one"], 0))
        floor = Subject("floor", PREFIX + "floor", "bench/floor",
                        [self.options.floor, str(place.port), "bench/floor", PREFIX + "floor"])
        daemon = Subject("burst", PREFIX + "bench_one", "bench/one",
                         [self.options.daemon, "--config", config])
        self.start(floor, self.probe(floor.topic, rate=20))
        self.start(daemon, self.probe(daemon.topic, rate=20, burst=1))
        results = {}
        for rate in RATES:
            count = max(3, round(RATES[rate] * self.options.scale / self.options.rounds))
            results[rate] = {s.name: {"us": [], "cpu_s": 0.0, "sent": 0, "signals": 0}
                             for s in (floor, daemon)}
            for _ in range(self.options.rounds):
                for subject in (floor, daemon):
                    note(f"{subject.name}: {count} at {rate}/s")
                    self.turn(subject, rate, count, results[rate][subject.name])
        floor.stop(place)
        daemon.stop(place)
        return results

    def turn(self, subject, rate, count, pool):
        before = cpu_seconds(subject.pid)
        report = json.loads(run_probe(
            self.probe(subject.topic, service=subject.service, rate=rate, count=count,
                       warmup=WARMUP, burst=int(subject.name == "burst")),
            self.place.bus_address))
        pool["cpu_s"] += cpu_seconds(subject.pid) - before
        pool["us"] += report["latencies_us"]
        pool["sent"] += count + WARMUP
        pool["signals"] += report["signals"]

    def many(self, number):
        """Of a core, in percent, and memory of `number` batteries with one burst a second each."""
        note(f"{number} batteries")
        place = self.place
        names = [f"b{i}" for i in range(number)]
        config = place.write("many.ini", config_of(place.port, names, 100))
        feeders = [place.spawn(f"feeder{i}", self.probe(f"bench/{name}", rate=1, burst=1))
                   for i, name in enumerate(names)]
        daemon = Subject("many", PREFIX + f"bench_{names[-1]}", "",
                         [self.options.daemon, "--config", config])
        appearance = Appearance(self.bus, daemon.service)
        daemon.start(place)
        if appearance.seconds() is None:
            raise StartError(f"{daemon.service} did not appear: " +
                             " | ".join(place.log_tail("subject", 5)))
        time.sleep(5)
        cpu, began = cpu_seconds(daemon.pid), time.monotonic()
        time.sleep(max(3, 20 * self.options.scale))
        percent = 100 * (cpu_seconds(daemon.pid) - cpu) / (time.monotonic() - began)
        memory = memory_kb(daemon.pid)
        daemon.stop(place)
        for feeder in feeders:
            place.stop(feeder)
        return {"percent": percent, "memory_kb": memory}


def note(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def burst_rows(results):
    yield "| burst of 40 topics → one signal | floor, one message | the burst | ratio |"
    yield "|---|---:|---:|---:|"
    for rate, pools in results.items():
        for percent in (50, 99):
            one, other = (percentile(sorted(pools[name]["us"]), percent) / 1000
                          for name in ("floor", "burst"))
            yield (f"| p{percent} at {rate}/s | {one:.2f} ms | {other:.2f} ms "
                   f"| {other / one:.2f} × |")
        one, other = (1e6 * pools[name]["cpu_s"] / pools[name]["sent"]
                      for name in ("floor", "burst"))
        yield f"| CPU at {rate}/s | {one:.0f} µs | {other:.0f} µs | {other / one:.2f} × |"
        yield (f"| signals at {rate}/s, for each burst | – "
               f"| {pools['burst']['signals'] / pools['burst']['sent']:.2f} | |")


def many_rows(results):
    yield "| batteries with 40 topics each, once a second | of a core | RSS | anonymous |"
    yield "|---|---:|---:|---:|"
    for number, found in results.items():
        memory = found["memory_kb"]
        yield (f"| {number} | {found['percent']:.2f} % | {memory['rss'] / 1024:.1f} MB "
               f"| {memory['anonymous'] / 1024:.1f} MB |")
    power = growth({number: found["percent"] for number, found in results.items()})
    yield f"| growth of CPU (1 = linear) | {power:.2f} | | |"


def parse():
    parser = argparse.ArgumentParser(prog="bench/run.sh maps", description=__doc__)
    for name in ("daemon", "floor", "probe", "data"):
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--document", action="store_true",
                        help="also put the tables into docs/measurements.md")
    parser.add_argument("--rounds", type=int, default=3, help="turns per rate (%(default)s)")
    parser.add_argument("--scale", type=float, default=1, help="times as many messages (1)")
    parser.add_argument("--starts", help=argparse.SUPPRESS)
    parser.add_argument("--batteries", default="1,10,25,50", help="how many (%(default)s)")
    return parser.parse_args()


def main():
    options = parse()
    with contextlib.ExitStack() as stack:
        bench = Bench(options, stack.enter_context(Playground("dmb-bench")))
        bursts = bench.bursts()
        many = {int(n): bench.many(int(n)) for n in options.batteries.split(",")}
    tables = {"bursts": "\n".join(burst_rows(bursts)), "maps": "\n".join(many_rows(many))}
    print("\n\n".join(tables.values()))
    for name, table in tables.items() if options.document else ():
        document.put(name, table, "bench/run.sh maps")


if __name__ == "__main__":
    sys.exit(program.run(main))
