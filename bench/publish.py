#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures what [PUBLISH] costs: two daemons read the same messages, one of them publishes; see run.sh --help."""

import argparse
import contextlib
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "scripts", "lib")]
import document  # noqa: E402
import program  # noqa: E402
from playground import Playground, StartError  # noqa: E402
from subjects import Appearance, Bus, Subject, cpu_seconds, memory_kb, probe_command, sleeps  # noqa: E402

PREFIX = "com.victronenergy.battery."
PAYLOAD = "payload-seed-full.json"
TOPIC = "bench/battery"
CONFIG = """[DEFAULT]
device_instance = {instance}
service_name = {name}

[MQTT]
broker_address = 127.0.0.1
broker_port = {port}
topic = {topic}
{more}"""
PUBLISH = """
[PUBLISH]
client = bench
"""
RATES = {1: 60, 10: 30}


class Bench:
    def __init__(self, options, place):
        self.options = options
        self.place = place
        self.bus = Bus(place.bus_address)

    def start(self, name, instance, more):
        folder = os.path.join(self.place.folder, name)
        os.makedirs(folder)  # each has a state of its own
        path = os.path.join(folder, "config.ini")
        with open(path, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(instance=instance, name=name, port=self.place.port, topic=TOPIC, more=more))
        subject = Subject(name, PREFIX + name, TOPIC, [self.options.daemon, "--config", path])
        appearance = Appearance(self.bus, subject.service)
        subject.start(self.place)
        if appearance.seconds() is None:
            raise StartError(f"{subject.service} did not appear: " + " | ".join(self.place.log_tail("subject", 5)))
        return subject

    def measure(self):
        """{rate: {"off" or "on": µs of CPU for each message}}, and the memory of both after it all."""
        feeder = self.feed(1)
        subjects = {"off": self.start("off", 201, ""), "on": self.start("on", 202, PUBLISH)}
        self.place.stop(feeder)
        costs = {}
        for rate, seconds in RATES.items():
            seconds = max(10, round(seconds * self.options.scale))
            print(f"  {seconds} s at {rate}/s", file=sys.stderr, flush=True)
            feeder = self.feed(rate)
            time.sleep(6)  # the announcement is through
            before = {name: (cpu_seconds(s.pid), sleeps(s.pid)) for name, s in subjects.items()}
            time.sleep(seconds)
            costs[rate] = {name: {"us": 1e6 * (cpu_seconds(s.pid) - before[name][0]) / (rate * seconds),
                                  "wakeups": (sleeps(s.pid) - before[name][1]) / seconds}
                           for name, s in subjects.items()}
            self.place.stop(feeder)
        memory = {name: memory_kb(s.pid)["anonymous"] for name, s in subjects.items()}
        for subject in subjects.values():
            subject.stop(self.place)
        return costs, memory

    def feed(self, rate):
        feeder = self.place.spawn("feeder", probe_command(
            self.options.probe, self.place.port, TOPIC, os.path.join(self.options.data, PAYLOAD), rate=rate))
        time.sleep(0.5)
        return feeder


def rows(costs, memory):
    yield "| full payload, a state every 5 s | without [PUBLISH] | with it | ratio |"
    yield "|---|---:|---:|---:|"
    for rate, found in costs.items():
        off, on = found["off"], found["on"]
        yield f"| CPU for each message at {rate}/s | {off['us']:.0f} µs | {on['us']:.0f} µs | {on['us'] / off['us']:.2f} × |"
        yield f"| wake-ups a second at {rate}/s | {off['wakeups']:.1f} | {on['wakeups']:.1f} | |"
    yield f"| anonymous memory | {memory['off'] / 1024:.1f} MB | {memory['on'] / 1024:.1f} MB | |"


def parse():
    parser = program.parser("publish", __doc__, ("daemon", "floor", "probe", "data"), optional=("floor",))
    parser.add_argument("--rounds", "--starts", help=argparse.SUPPRESS)
    parser.add_argument("--scale", type=float, default=1, help="times as long (1)")
    return parser.parse_args()


def main():
    options = parse()
    with contextlib.ExitStack() as stack:
        costs, memory = Bench(options, stack.enter_context(Playground("dmb-bench"))).measure()
    table = "\n".join(rows(costs, memory))
    print(table)
    if options.document:
        document.put("publish", table, "bench/run.sh publish")


if __name__ == "__main__":
    sys.exit(program.run(main))
