#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures the SmartShunt aggregator beside a floor program and prints one table; see
run.sh shunts --help."""

import argparse
import contextlib
import json
import os
import select
import shlex
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "scripts", "lib")]
import document  # noqa: E402
import program  # noqa: E402
from playground import Playground, StartError  # noqa: E402
from shunts_report import markdown  # noqa: E402
from subjects import Appearance, Bus, Subject, cpu_seconds, memory_kb  # noqa: E402

SERVICE = "com.victronenergy.battery.aggregate_shunts"
FLOOR = "com.victronenergy.bench.floor"
READER = "com.victronenergy.bench.reader"
PREFIX = "com.victronenergy.battery.bench_shunt_"
CONFIG = """[DEFAULT]
min_update_interval = {interval}

[SMARTSHUNTS]
device_mode = monitor
"""
LIMITS = """  <limit name="max_connections_per_user">1000</limit>
  <limit name="max_completed_connections">1000</limit>
</busconfig>"""
# Seconds of shunts at 1 Hz, by number of shunts: few shunts take longer to send enough.
SECONDS = {2: 18, 16: 9, 64: 6, 256: 6}
LATENCY_AT = (2, 64)
FLOOR_ITEMS = 6
ANSWER_S = 120


class Place(Playground):
    """A bus for hundreds of connections, and no broker."""

    def write(self, name, text):
        if name == "bus.conf":
            text = text.replace("</busconfig>", LIMITS)
        return super().write(name, text)

    def _start_broker(self):
        pass

    def bus_pid(self):
        return self._processes[0].pid


class Probe:
    """The program that plays the shunts: a line in, a line of JSON out."""

    def __init__(self, place, command):
        self._process = place.spawn("probe", command, stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE)
        self._place = place
        self._answer()

    def ask(self, *words):
        self._process.stdin.write((" ".join(map(str, words)) + "\n").encode())
        self._process.stdin.flush()
        return self._answer()

    def cpu(self):
        return cpu_seconds(self._process.pid)

    def stop(self):
        self._place.stop(self._process)

    def _answer(self):
        ready, _, _ = select.select([self._process.stdout], [], [], ANSWER_S)
        line = self._process.stdout.readline() if ready else b""
        if not line:
            raise StartError("bench_shunt_probe failed: " +
                             " | ".join(self._place.log_tail("probe", 3)))
        return json.loads(line)


class Machine:
    """How much of the machine others used while we measured."""

    def __init__(self):
        self._start = self._now()

    @staticmethod
    def _now():
        with open("/proc/stat", encoding="ascii") as file:
            ticks = [int(word) for word in file.readline().split()[1:9]]
        own = os.times()
        return sum(ticks), sum(ticks) - ticks[3] - ticks[4], own.user + own.system + \
            own.children_user + own.children_system

    def report(self):
        total, busy, own = (b - a for a, b in zip(self._start, self._now()))
        return {"busy_percent": 100 * busy / max(1, total),
                "own_percent": 100 * own * os.sysconf("SC_CLK_TCK") / max(1, total),
                "load": os.getloadavg()}


class Bench:
    def __init__(self, options, place):
        self.options = options
        self.place = place
        self.bus = Bus(place.bus_address)
        self.probe = None
        self.results = []

    def measure_all(self):
        for count in self.options.counts:
            note(f"{count} shunts")
            self.probe = Probe(self.place, [self.options.probe, self.options.tree, str(count)])
            if count in self.options.latency_at:
                self.latency(count)
            for interval in (0, 100):
                self.at_1_hz(count, interval)
            self.probe.stop()

    def subjects(self, count, interval):
        config = self.place.write(f"config-{interval}.ini", CONFIG.format(interval=interval))
        floor = [self.options.floor, FLOOR, PREFIX, str(count), str(FLOOR_ITEMS), str(interval)]
        reader = [self.options.floor, READER, *floor[2:], "read"]
        subjects = [
            Subject("floor", FLOOR, None, floor),
            Subject("floor that reads", READER, None, reader),
            Subject("dbus-mqtt-battery", SERVICE, None, [self.options.daemon, "--config", config])]
        if self.options.command:
            words = self.options.command.format(folder=self.place.folder)
            subjects.append(Subject("other", self.options.service, None, shlex.split(words)))
        return subjects

    def start(self, subject):
        """Seconds until its name is on the bus, and how many shunts it has found by then."""
        appearance = Appearance(self.bus, subject.service)
        subject.start(self.place)
        seconds = appearance.seconds()
        if seconds is None:
            raise StartError(f"{subject.name} did not appear as {subject.service}: " +
                             " | ".join(self.place.log_tail("subject", 5)))
        return seconds, self.probe.ask("watch", subject.service)["members"]

    def latency(self, count):
        """One program at a time, in turns, so that a machine whose speed drifts is fair."""
        result = {"kind": "latency", "shunts": count, "subjects": {}}
        changes = max(20, round(self.options.scale * self.options.changes / self.options.rounds))
        for turn in range(self.options.rounds):
            for subject in self.subjects(count, 0):
                note(f"{subject.name}: {changes} changes one by one, turn {turn + 1}")
                pool = result["subjects"].setdefault(
                    subject.name, {"us": [], "start_s": [], "found_us": [], "lost_us": []})
                seconds, members = self.start(subject)
                report = self.probe.ask("latency", changes, 4)["services"][subject.service]
                pool["us"] += report["latencies_us"]
                pool["start_s"].append(seconds)
                pool["lost"] = pool.get("lost", 0) + changes - len(report["latencies_us"])
                if members:
                    found = self.probe.ask("discover", self.options.discoveries)
                    pool["found_us"] += found["found_us"]
                    pool["lost_us"] += found["lost_us"]
                self.probe.ask("forget")
                subject.stop(self.place)
        self.results.append(result)

    def at_1_hz(self, count, interval):
        """All programs listen to the same shunts at the same time."""
        subjects = self.subjects(count, interval)
        result = {"kind": "rate", "shunts": count, "interval_ms": interval, "dbus_percent": [],
                  "subjects": {subject.name: {"cpu_us": [], "percent": [], "us": []}
                               for subject in subjects}}
        for subject in subjects:
            one = result["subjects"][subject.name]
            one["start_s"], one["members"] = self.start(subject)
        seconds = max(2, self.options.scale * SECONDS.get(count, 6) / self.options.rounds)
        time.sleep(0.5)  # what came with the start has been shown
        for turn in range(self.options.rounds):
            note(f"{count} at 1 Hz, interval {interval} ms, {seconds:.0f} s, turn {turn + 1}")
            self.one_turn(subjects, seconds, result)
        for subject in subjects:
            one = result["subjects"][subject.name]
            one["memory_kb"] = memory_kb(subject.pid)
            if interval == 0 and count in self.options.latency_at:
                self.on_the_wire(subject, one)
        self.probe.ask("forget")
        for subject in subjects:
            subject.stop(self.place)
        self.results.append(result)

    def one_turn(self, subjects, seconds, result):
        before = {subject.name: cpu_seconds(subject.pid) for subject in subjects}
        bus_before = cpu_seconds(self.place.bus_pid())
        report = self.probe.ask("rate", seconds)
        bus_s = cpu_seconds(self.place.bus_pid()) - bus_before
        result["dbus_percent"].append(100 * bus_s / report["seconds"])
        for subject in subjects:
            one = result["subjects"][subject.name]
            used_s = cpu_seconds(subject.pid) - before[subject.name]
            seen = report["services"][subject.service]
            one["cpu_us"].append(1e6 * used_s / max(1, report["sent"]))
            one["percent"].append(100 * used_s / report["seconds"])
            one["us"] += seen["latencies_us"]
            for what in ("signals", "items"):
                one[what] = one.get(what, 0) + seen[what]
            one["sent"] = one.get("sent", 0) + report["sent"]

    def on_the_wire(self, subject, one):
        reports = []
        size = self.bus.count_bytes(subject.service,
                                    lambda: reports.append(self.probe.ask("latency", 20, 2)))
        signals = reports[0]["services"][subject.service]["signals"]
        one["bytes_per_signal"] = size / max(1, signals + 30)  # and those it sends to warm up


def note(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def parse():
    parser = argparse.ArgumentParser(prog="bench/run.sh shunts", description=__doc__)
    for name in ("daemon", "floor", "probe", "tree"):
        parser.add_argument(f"--{name}", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--document", action="store_true",
                        help="also put the table into docs/measurements.md")
    parser.add_argument("--json", metavar="FILE", help="also write every figure to FILE")
    parser.add_argument("--counts", default="2,16,64,256", help="numbers of shunts (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="turns (%(default)s)")
    parser.add_argument("--scale", type=float, default=1, help="times as much of everything (1)")
    parser.add_argument("--starts", type=int, dest="discoveries", default=10,
                        help="shunts that appear in each turn (%(default)s)")
    parser.add_argument("--changes", type=int, default=1000,
                        help="changes to time one by one (%(default)s)")
    parser.add_argument("--service", help="bus name of another aggregator, with --command")
    parser.add_argument("--command", help="start this aggregator too and measure it in the same "
                        "run; {folder} is filled in")
    options = parser.parse_args()
    options.counts = [int(count) for count in options.counts.split(",")]
    options.latency_at = [count for count in options.counts if count in LATENCY_AT]
    if options.command and not options.service:
        parser.error("--command needs --service")
    return options


def main():
    options = parse()
    machine = Machine()
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        bench = Bench(options, stack.enter_context(Place("dmb-shunts")))
        bench.measure_all()
    results = {"runs": bench.results, "machine": machine.report(),
               "seconds": time.monotonic() - started}
    table = markdown(results)
    print(table)
    if options.document:
        document.put("shunts", table, "bench/run.sh shunts")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(results, file, indent=1)


if __name__ == "__main__":
    sys.exit(program.run(main))
