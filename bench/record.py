#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures what a recording costs: two daemons, one of them records, are sent the same in turns; see run.sh --help."""

import argparse
import contextlib
import json
import os
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "scripts", "lib")]
import document  # noqa: E402
import program  # noqa: E402
from playground import Playground, StartError  # noqa: E402
from subjects import (CONFIG, Appearance, Bus, Subject, cpu_seconds, memory_kb, probe_command,  # noqa: E402
                      run_probe)

PREFIX = "com.victronenergy.battery."
PAYLOAD = "payload-seed-full.json"
RATES = {1: 20, 10: 150, 100: 1000}
WARMUP = 20


class Bench:
    def __init__(self, options, place):
        self.options = options
        self.place = place
        self.bus = Bus(place.bus_address)
        self.subjects = [self.start("off", 201), self.start("on", 202)]

    def start(self, name, instance):
        folder = os.path.join(self.place.folder, name)
        os.makedirs(folder)  # each has a state of its own
        path = os.path.join(folder, "config.ini")
        topic = f"bench/{name}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(CONFIG.format(port=self.place.port, topic=topic).replace(
                "[DEFAULT]\n", f"[DEFAULT]\ndevice_instance = {instance}\nservice_name = {name}\n"))
        record = ["--record", os.path.join(folder, "recording.jsonl")] if name == "on" else []
        subject = Subject(name, PREFIX + name, topic, [self.options.daemon, "--config", path, *record])
        appearance = Appearance(self.bus, subject.service)
        subject.start(self.place)
        feeder = self.place.spawn("feeder", self.probe(subject, rate=10))
        if appearance.seconds() is None:
            raise StartError(f"{subject.service} did not appear: " + " | ".join(self.place.log_tail("subject", 5)))
        self.place.stop(feeder)
        return subject

    def probe(self, subject, **options):
        return probe_command(self.options.probe, self.place.port, subject.topic,
                             os.path.join(self.options.data, PAYLOAD), **options)

    def measure(self):
        """{rate: {"off" or "on": {"cpu": [µs for each message, of each round], "us": latencies}}}."""
        return {rate: self.at(rate, max(10, round(count * self.options.scale))) for rate, count in RATES.items()}

    def at(self, rate, count):
        found = {subject.name: {"cpu": [], "us": []} for subject in self.subjects}
        for turn in range(self.options.rounds):
            for subject in self.subjects:
                print(f"  {subject.name}: {count} messages at {rate}/s, turn {turn + 1}", file=sys.stderr, flush=True)
                before = cpu_seconds(subject.pid)
                report = json.loads(run_probe(
                    self.probe(subject, service=subject.service, rate=rate, count=count, warmup=WARMUP, settle=3),
                    self.place.bus_address))
                found[subject.name]["cpu"].append(1e6 * (cpu_seconds(subject.pid) - before) / (count + WARMUP))
                found[subject.name]["us"] += report["latencies_us"]
        return found


def rows(costs, subjects):
    yield "| full payload | without | recorded | ratio |"
    yield "|---|---:|---:|---:|"
    for rate, found in costs.items():
        for what, of in (("CPU for each message", lambda one: statistics.median(one["cpu"])),
                         ("visible after", lambda one: statistics.median(one["us"]))):
            off, on = of(found["off"]), of(found["on"])
            yield f"| {what} at {rate}/s | {off:.0f} µs | {on:.0f} µs | {on / off:.2f} × |"
    off, on = (memory_kb(subject.pid)["anonymous"] / 1024 for subject in subjects)
    yield f"| anonymous memory | {off:.1f} MB | {on:.1f} MB | |"


def parse():
    parser = program.parser("record", __doc__, ("daemon", "floor", "probe", "data"), optional=("floor",))
    parser.add_argument("--starts", help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=5, help="turns of each (5)")
    parser.add_argument("--scale", type=float, default=1, help="times as many messages (1)")
    return parser.parse_args()


def main():
    options = parse()
    with contextlib.ExitStack() as stack:
        bench = Bench(options, stack.enter_context(Playground("dmb-bench")))
        table = "\n".join(rows(bench.measure(), bench.subjects))
    print(table)
    if options.document:
        document.put("record", table, "bench/run.sh record")


if __name__ == "__main__":
    sys.exit(program.run(main))
