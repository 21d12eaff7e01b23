#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures the daemon beside the floor program and prints one table; see run.sh --help."""

import argparse
import contextlib
import json
import os
import shlex
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "scripts", "lib")]
import document  # noqa: E402
import program  # noqa: E402
from playground import Playground, StartError  # noqa: E402
from report import markdown, overload_markdown, payloads_markdown  # noqa: E402
from subjects import (CONFIG, Appearance, Bus, Subject, context_switches,  # noqa: E402
                      cpu_seconds, memory_kb, peak_kb, probe_command, run_probe, sleeps)

PREFIX = "com.victronenergy.battery."
MESSAGES = {1: 30, 10: 200, 100: 2000, 1000: 10000}
PAYLOADS = {"minimum": "payload-seed-minimum.json", "full": "payload-seed-full.json",
            "JsonData": "payload-serialbattery-jsondata.json"}
PAYLOAD_RATE = 100
# As fast as one connection takes them: ten times what any program here can show.
OVERLOAD_RATE = 80000
OVERLOAD_MESSAGES = 60000
WARMUP = 3
WIRE_MESSAGES = 20
IDLE_S = 10


class Bench:
    def __init__(self, options, place, bus_address, port):
        self.options = options
        self.place = place
        self.bus_address = bus_address
        self.port = port
        self.bus = Bus(bus_address)
        self.results = {}

    def probe(self, subject, payload="full", **options):
        return probe_command(self.options.probe, self.port, subject.topic,
                             os.path.join(self.options.data, PAYLOADS[payload]), **options)

    def measure_all(self, subjects):
        for subject in subjects:
            self.results[subject.name] = {"rates": {}, "payloads": {}}
            if subject.command:
                self.start_up(subject)
                self.start(subject)
        for subject in subjects:
            self.at_rest(subject)
        for rate in self.options.rates:
            self.at_rate(subjects, rate, "full", "rates", rate)
        for subject in subjects:
            self.on_the_wire(subject)
            self.results[subject.name]["memory_kb_after"] = memory_kb(subject.pid)
        for payload in PAYLOADS if self.options.payloads else ():
            self.at_rate(subjects, PAYLOAD_RATE, payload, "payloads", payload)
        for subject in subjects if self.options.overload else ():
            self.overload(subject)

    def start_up(self, subject):
        times = []
        for _ in range(self.options.starts):
            times.append(self.start(subject))
            subject.stop(self.place)
        self.results[subject.name]["start_up_s"] = times

    def start(self, subject):
        """Seconds until the name is on the bus, with messages coming in 50 times a second."""
        note(f"{subject.name}: start")
        feeder = self.place.spawn("feeder", self.probe(subject, rate=50))
        time.sleep(0.5)  # until messages are coming in
        appearance = Appearance(self.bus, subject.service)
        subject.start(self.place)
        seconds = appearance.seconds()
        self.place.stop(feeder)
        if seconds is None:
            raise StartError(f"{subject.name} did not appear as {subject.service}: " +
                             " | ".join(self.place.log_tail("subject", 5)))
        return seconds

    def at_rest(self, subject):
        note(f"{subject.name}: {IDLE_S} s without messages")
        result = self.results[subject.name]
        time.sleep(1)
        before = sleeps(subject.pid)
        time.sleep(IDLE_S)
        result["idle_wakeups_per_s"] = (sleeps(subject.pid) - before) / IDLE_S
        result["memory_kb"] = memory_kb(subject.pid)

    def at_rate(self, subjects, rate, payload, kind, key):
        # In turns, so that a machine whose speed drifts is unfair to nobody.
        count = max(3, round(self.options.scale * MESSAGES.get(rate, rate * 10) /
                             self.options.rounds))
        for subject in subjects:
            self.results[subject.name][kind][key] = {
                "us": [], "cpu_s": 0.0, "switches": 0, "sent": 0, "counted": 0, "items": 0}
        for turn in range(self.options.rounds):
            for subject in subjects:
                note(f"{subject.name}: {count} messages ({payload}) at {rate}/s, turn {turn + 1}")
                self.one_turn(subject, rate, count, payload, self.results[subject.name][kind][key])

    def one_turn(self, subject, rate, count, payload, pool):
        before = cpu_seconds(subject.pid), context_switches(subject.pid)
        report = json.loads(run_probe(
            self.probe(subject, payload, service=subject.service, rate=rate, count=count,
                       warmup=WARMUP, settle=self.options.settle), self.bus_address))
        pool["cpu_s"] += cpu_seconds(subject.pid) - before[0]
        pool["switches"] += context_switches(subject.pid) - before[1]
        pool["us"] += report["latencies_us"]
        pool["items"] += report["items"]
        pool["sent"] += count + WARMUP
        pool["counted"] += count

    def overload(self, subject):
        """What comes in faster than it can be shown: does the newest state win, and soon?"""
        count = max(1000, round(self.options.scale * OVERLOAD_MESSAGES))
        note(f"{subject.name}: {count} messages as fast as they go")
        before = cpu_seconds(subject.pid)
        report = json.loads(run_probe(
            self.probe(subject, service=subject.service, rate=OVERLOAD_RATE, count=count,
                       warmup=WARMUP, settle=30), self.bus_address))
        self.results[subject.name]["overload"] = {
            "sent": count, "rate": count / report["sending_s"], "us": report["latencies_us"],
            "newest_us": report["newest_us"], "cpu_s": cpu_seconds(subject.pid) - before,
            "peak_kb": peak_kb(subject.pid), "memory_kb": memory_kb(subject.pid)}

    def on_the_wire(self, subject):
        note(f"{subject.name}: size on the bus")
        report = {}
        command = self.probe(subject, service=subject.service, rate=10, count=WIRE_MESSAGES,
                             warmup=0, settle=max(1.5, self.options.settle))
        total = self.bus.count_bytes(
            subject.service, lambda: report.update(json.loads(run_probe(command,
                                                                        self.bus_address))))
        shown = max(1, report["shown"])
        self.results[subject.name]["per_shown_update"] = {
            "signals": report["signals"] / shown, "items": report["items"] / shown,
            "bytes": total / shown}


def note(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def subjects_of(options, place):
    if options.pid:
        return [Subject("measured process", options.service, options.topic, pid=options.pid)]
    topics = {name: f"bench/{name}" for name in ("floor", "hand-over", "battery", "other")}
    config = place.write("config.ini", CONFIG.format(port=place.port, topic=topics["battery"]))
    port = str(place.port)
    subjects = [
        Subject("floor", PREFIX + "floor", topics["floor"],
                [options.floor, port, topics["floor"], PREFIX + "floor"]),
        Subject("floor with hand-over", PREFIX + "hand_over", topics["hand-over"],
                [options.floor, port, topics["hand-over"], PREFIX + "hand_over", "hand-over"]),
        Subject("dbus-mqtt-battery", PREFIX + "mqtt_battery", topics["battery"],
                [options.daemon, "--config", config])]
    if options.command:
        words = options.command.format(port=port, topic=topics["other"], folder=place.folder)
        subjects.append(Subject("other", options.service, topics["other"], shlex.split(words)))
    return subjects


def parse():
    parser = argparse.ArgumentParser(prog="bench/run.sh", description=__doc__)
    for name in ("daemon", "floor", "probe", "data"):
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--document", action="store_true",
                        help="also put the table into docs/measurements.md")
    parser.add_argument("--json", metavar="FILE", help="also write every figure to FILE")
    parser.add_argument("--rates", default="1,10,100,1000", help="messages per second (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="turns per rate (%(default)s)")
    parser.add_argument("--scale", type=float, default=1, help="times as many messages (1)")
    parser.add_argument("--starts", type=int, default=10, help="start-ups to time (%(default)s)")
    parser.add_argument("--settle", type=float, default=0.5,
                        help="seconds to wait for the last signal (%(default)s); a program that "
                        "publishes once a second needs 1.5")
    parser.add_argument("--no-payloads", dest="payloads", action="store_false",
                        help="only the full payload")
    parser.add_argument("--no-overload", dest="overload", action="store_false",
                        help="no more messages than can be shown")
    parser.add_argument("--service", help="bus name of another program, with --command or --pid")
    parser.add_argument("--command", help="start this program too and measure it in the same run; "
                        "{port}, {topic} and {folder} are filled in")
    parser.add_argument("--pid", type=int, help="measure only this running process, on the bus of "
                        "DBUS_SESSION_BUS_ADDRESS")
    parser.add_argument("--port", type=int, default=1883, help="broker port, with --pid")
    parser.add_argument("--topic", help="topic it listens to, with --pid")
    options = parser.parse_args()
    options.rates = [int(rate) for rate in options.rates.split(",")]
    if (options.pid or options.command) and not options.service:
        parser.error("--pid and --command need --service")
    if options.pid and not options.topic:
        parser.error("--pid needs --topic")
    return options


def main():
    options = parse()
    with contextlib.ExitStack() as stack:
        place, address, port = None, os.environ.get("DBUS_SESSION_BUS_ADDRESS"), options.port
        if not options.pid:
            place = stack.enter_context(Playground("dmb-bench"))
            address, port = place.bus_address, place.port
        bench = Bench(options, place, address, port)
        bench.measure_all(subjects_of(options, place))
    tables = {"mqtt": markdown(bench.results, options.rates)}
    if options.payloads:
        tables["payloads"] = payloads_markdown(bench.results, PAYLOADS)
    if options.overload:
        tables["overload"] = overload_markdown(bench.results)
    print("\n\n".join(tables.values()))
    for name, table in tables.items() if options.document else ():
        document.put(name, table, "bench/run.sh")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(bench.results, file, indent=1)


if __name__ == "__main__":
    sys.exit(program.run(main))
