#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Measures banks: MQTT packs of 16 cells, alone and as one, and members on the bus; see run.sh --help."""

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
from shunts import Place, Probe  # noqa: E402
from subjects import Appearance, Bus, Subject, cpu_seconds, memory_kb, probe_command  # noqa: E402

PREFIX = "com.victronenergy.battery."
PAYLOAD = "payload-seed-full.json"
CELLS = 16
HEAD = """[DEFAULT]
min_update_interval = 100
"""
BROKER = """
[MQTT]
broker_address = 127.0.0.1
broker_port = {port}
"""
BATTERY = """
[BATTERY {name}]
topic = bench/{name}
device_instance = {instance}
service_name = bench_{name}
"""
CHARGE = """
[CHARGE CONTROL]
max_charge_current = 1000
max_discharge_current = 1000
"""
BANK = """
[BANK bench]
device_instance = 190
service_name = bench_bank
members = {members}
show_members = {shown}
log_period = 0
"""


def pack_payload(folder):
    """A pack of 16 cells with limits, of which everything moves from message to message."""
    with open(os.path.join(folder, PAYLOAD), encoding="utf-8") as file:
        pack = json.load(file)
    for group in ("Voltages", "Balances"):
        pack[group] = {f"Cell{i}": (3.3 if group == "Voltages" else 0) for i in range(1, CELLS + 1)}
    pack["Info"] = {"MaxChargeVoltage": 55.2, "MaxChargeCurrent": 80.0, "MaxDischargeCurrent": 120.0}
    pack["Io"] = {"AllowToCharge": 1, "AllowToDischarge": 1}
    pack["Dc"]["Voltage"] = 52.8
    return json.dumps(pack)


class Bench:
    def __init__(self, options, place):
        self.options, self.place = options, place
        self.bus = Bus(place.bus_address)
        self.payload = place.write("pack.json", pack_payload(options.data))

    def measure(self, what, batteries, bank, shown=1, charge=False):
        """Of a core, in percent, and memory, of so many packs at one message a second each."""
        note(what)
        place, names = self.place, [f"p{i}" for i in range(batteries)]
        text = HEAD + BROKER.format(port=place.port) + "".join(
            BATTERY.format(name=name, instance=200 + i) for i, name in enumerate(names))
        if bank:
            text += BANK.format(members=", ".join(names), shown=shown)
        if charge:
            text += CHARGE
        config = place.write("banks.ini", text)
        feeders = [place.spawn(f"feeder{i}", probe_command(self.options.probe, place.port,
                                                           f"bench/{name}", self.payload, rate=1))
                   for i, name in enumerate(names)]
        service = PREFIX + ("bench_bank" if bank else f"bench_{names[-1]}")
        found = self.watch(Subject("banks", service, "", [self.options.daemon, "--config", config]))
        for feeder in feeders:
            place.stop(feeder)
        return found

    def watch(self, daemon):
        appearance = Appearance(self.bus, daemon.service)
        daemon.start(self.place)
        if appearance.seconds() is None:
            raise StartError(f"{daemon.service} did not appear: " +
                             " | ".join(self.place.log_tail("subject", 5)))
        time.sleep(6)
        percents = []
        for _ in range(self.options.rounds):
            cpu, began = cpu_seconds(daemon.pid), time.monotonic()
            time.sleep(max(3, 10 * self.options.scale))
            percents.append(100 * (cpu_seconds(daemon.pid) - cpu) / (time.monotonic() - began))
        memory = memory_kb(daemon.pid)
        daemon.stop(self.place)
        return {"percent": sorted(percents)[len(percents) // 2], "memory_kb": memory}


def on_the_bus(options, number):
    """A bank of monitors on the bus, each once a second."""
    note(f"{number} members on the bus")
    with Place("dmb-bench") as place:
        probe = Probe(place, [options.shunt_probe, options.tree, str(number)])
        config = place.write("bus.ini", HEAD + BANK.format(members="smartshunt", shown=1))
        bench = Subject("banks", PREFIX + "bench_bank", "", [options.daemon, "--config", config])
        appearance = Appearance(Bus(place.bus_address), bench.service)
        bench.start(place)
        if appearance.seconds() is None:
            raise StartError(f"{bench.service} did not appear: " +
                             " | ".join(place.log_tail("subject", 5)))
        probe.ask("watch", bench.service)
        time.sleep(2)
        percents = []
        for _ in range(options.rounds):
            cpu, began = cpu_seconds(bench.pid), time.monotonic()
            probe.ask("rate", max(3, round(10 * options.scale)))
            percents.append(100 * (cpu_seconds(bench.pid) - cpu) / (time.monotonic() - began))
        memory = memory_kb(bench.pid)
        bench.stop(place)
        probe.stop()
        return {"percent": sorted(percents)[len(percents) // 2], "memory_kb": memory}


def note(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def rows(found):
    yield "| | of a core | RSS | anonymous |"
    yield "|---|---:|---:|---:|"
    for what, one in found.items():
        memory = one["memory_kb"]
        yield (f"| {what} | {one['percent']:.2f} % | {memory['rss'] / 1024:.1f} MB "
               f"| {memory['anonymous'] / 1024:.2f} MB |")


def parse():
    parser = program.parser("banks", __doc__, ("daemon", "floor", "probe", "data", "tree", "shunt-probe"))
    parser.add_argument("--rounds", type=int, default=3, help="turns, of which the median counts (%(default)s)")
    parser.add_argument("--scale", type=float, default=1, help="times as long (1)")
    parser.add_argument("--starts", help=argparse.SUPPRESS)
    parser.add_argument("--packs", type=int, default=16, help="MQTT packs (%(default)s)")
    parser.add_argument("--members", type=int, default=64, help="on the bus (%(default)s)")
    return parser.parse_args()


def main():
    options = parse()
    many = options.packs
    with contextlib.ExitStack() as stack:
        bench = Bench(options, stack.enter_context(Playground("dmb-bench")))
        single = bench.measure("1 battery", 1, bank=False)
        alone = bench.measure(f"{many} batteries, no bank", many, bank=False)
        one = bench.measure("a bank of 1 that is not on the bus", 1, bank=True, shown=0)
        bank = bench.measure(f"a bank of {many} that are not on the bus", many, bank=True, shown=0)
        charge = bench.measure("the same with charge control", many, bank=True, shown=0, charge=True)
        shown = bench.measure(f"a bank of {many} that are on the bus", many, bank=True)
    bus = on_the_bus(options, options.members)
    table = list(rows({"1 battery, one message a second": single, f"{many} batteries, one message a second each": alone,
                       "a bank of 1, its member not on the bus": one,
                       f"a bank of {many}, members not on the bus": bank,
                       "the same with charge control": charge,
                       f"a bank of {many}, members on the bus": shown,
                       f"a bank of {options.members} monitors on the bus, one change a second each": bus}))
    table.append(f"| bank of {many} ÷ {many} times 1 battery | {bank['percent'] / (many * single['percent']):.2f} × | | |")
    table.append(f"| bank of {many} ÷ {many} batteries | {bank['percent'] / alone['percent']:.2f} × | | |")
    table.append(f"| bank of {many} with charge control ÷ {many} times 1 battery "
                 f"| {charge['percent'] / (many * single['percent']):.2f} × | | |")
    if many > 1:
        more_kb = (bank["memory_kb"]["anonymous"] - one["memory_kb"]["anonymous"]) / (many - 1)
        table.append(f"| a further member that is not on the bus | | | {more_kb:.0f} kB |")
    print("\n".join(table))
    if options.document:
        document.put("banks", "\n".join(table), "bench/run.sh banks")


if __name__ == "__main__":
    sys.exit(program.run(main))
