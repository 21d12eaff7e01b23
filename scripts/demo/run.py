#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs the daemon with a made-up battery and two shunts on a private bus, and shows the bus."""

import argparse
import locale
import os
import shutil
import signal
import subprocess
import sys
import time

import dbus
import dbus.mainloop.glib
from gi.repository import GLib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lib")]
import bank  # noqa: E402
import table  # noqa: E402
from bus_view import BusView  # noqa: E402
from playground import Playground, StartError  # noqa: E402

SERVICE = "com.victronenergy.battery.mqtt_battery"
TOPIC = "demo/battery"
CONFIG = """[DEFAULT]
logging = INFO
sources = mqtt, smartshunts
device_name = Demo Battery

[TIME_TO_GO]
recalculate_every = 5

[MQTT]
broker_address = 127.0.0.1
broker_port = {port}
topic = {topic}
"""
ONCE_PATIENCE_S = 20
QUIET_S = 0.3
PLAIN_EVERY_S = 10
EXPECTED = [
    "/DeviceInstance", "/ProductId", "/ProductName", "/FirmwareVersion", "/Connected",
    "/Mgmt/ProcessName", "/Mgmt/ProcessVersion", "/Mgmt/Connection", "/UpdateIndex",
    "/Soc", "/InstalledCapacity", "/Capacity", "/ConsumedAmphours", "/TimeToGo",
    "/Dc/0/Voltage", "/Dc/0/Current", "/Dc/0/Power", "/Dc/0/Temperature",
    "/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent",
    "/Alarms/HighCellVoltage", "/Alarms/CellImbalance",
    "/System/MinCellVoltage", "/System/MaxCellVoltage", "/System/MinVoltageCellId",
    "/System/MaxVoltageCellId", "/System/MOSTemperature", "/Voltages/Sum", "/Voltages/Diff",
    "/Io/AllowToCharge", "/Io/AllowToDischarge", "/History/ChargeCycles",
] + [f"/{group}/Cell{n}" for group in ("Voltages", "Balances") for n in range(1, 17)]


class Demo:
    def __init__(self, playground, options):
        self._place = playground
        self._options = options
        self._loop = GLib.MainLoop()
        self._code = 0
        self._farewell = []
        self._live = sys.stdout.isatty() and not options.once
        self._style = table.Style(self._live and "NO_COLOR" not in os.environ,
                                  not options.ascii and can_show_blocks())
        self._start_shunts()
        self._daemon = self._start_daemon()
        self._start_battery()
        bus = dbus.bus.BusConnection(playground.bus_address)
        self._view = BusView(bus, SERVICE)
        self._bank = bank.Bank(bus, options.bms)
        self._started = time.monotonic()

    def run(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            GLib.unix_signal_add(GLib.PRIORITY_HIGH, number, self._finish, 0)
        GLib.child_watch_add(GLib.PRIORITY_DEFAULT, self._daemon.pid, self._on_daemon_end)
        if self._options.once:
            GLib.timeout_add(100, self._once)
        elif self._live:
            GLib.timeout_add(250, self._draw)
        else:
            GLib.timeout_add_seconds(PLAIN_EVERY_S, self._print)
        if self._live:
            put("\033[?1049h\033[?25l\033[2J")
        try:
            self._loop.run()
        finally:
            if self._live:
                put("\033[?25h\033[?1049l")
        for line in self._farewell:
            print(line)
        return self._code

    def _start_daemon(self):
        text = CONFIG.format(port=self._place.port, topic=TOPIC) + bank.config(self._options.bms)
        config = self._place.write("config.ini", text)
        return self._place.spawn("daemon", [self._options.daemon, "--config", config])

    def _start_shunts(self):
        for number, capacity_ah, soc in bank.SHUNTS:
            alarms = ["--alarms"] if self._options.bms and number == bank.SHUNTS[-1][0] else []
            self._place.spawn(f"shunt{number}", [sys.executable, "-B", f"{HERE}/shunt.py", str(number),
                                                 str(capacity_ah), str(soc), *alarms])

    def _start_battery(self):
        battery = self._place.spawn("battery", [sys.executable, "-B", f"{HERE}/battery.py"],
                                    stdout=subprocess.PIPE)
        self._place.spawn("publisher", ["mosquitto_pub", "-h", "127.0.0.1", "-p",
                                        str(self._place.port), "-t", TOPIC, "-l"],
                          stdin=battery.stdout)
        battery.stdout.close()

    def _finish(self, code, *lines):
        self._code = code
        self._farewell = list(lines)
        self._loop.quit()
        return GLib.SOURCE_REMOVE

    def _on_daemon_end(self, _pid, status):
        self._daemon.returncode = os.waitstatus_to_exitcode(status)
        how = (f"with exit code {self._daemon.returncode}" if self._daemon.returncode >= 0
               else f"by signal {-self._daemon.returncode}")
        self._finish(1, f"The daemon ended {how}. The last lines of its log:",
                     *("  " + line for line in self._place.log_tail("daemon", 15)))

    def _missing(self):
        items = self._view.items
        return [path for path in EXPECTED if path not in items or items[path].value is None
                ] + [f"{path} of the bank" for path in self._bank.missing()]

    def _once(self):
        complete = self._view.present and self._view.signals >= 2 and not self._missing()
        # Not between a shunt's change and the aggregate's: changes are gathered for a moment.
        moving = self._bank.view.quiet_s() < QUIET_S
        if (not complete or moving) and time.monotonic() - self._started < ONCE_PATIENCE_S:
            return GLib.SOURCE_CONTINUE
        lines = table.listing(self._view, self._style) if self._view.present else [
            f"{SERVICE} is not on the bus. The last lines of the daemon's log:",
            *self._place.log_tail("daemon", 15)]
        lines += ["", *table.listing(self._bank.view, self._style), "",
                  *self._bank.strip(self._style, 79)]
        missing = self._missing()
        if missing:
            lines.append("Missing or without a value: " + " ".join(missing))
        elif not complete:
            lines.append("The values do not change: no signal was seen.")
        return self._finish(0 if complete else 1, *lines)

    def _waiting(self):
        log = self._place.log_tail("daemon", 12)
        return [f" {SERVICE}", " is not on the bus yet. The daemon's log:", ""] + log

    def _draw(self):
        size = shutil.get_terminal_size()
        width, height = size.columns, size.lines
        strip = self._bank.strip(self._style, width)
        room = height - len(strip)
        lines = (table.screen(self._view, self._style, width, room) if self._view.present
                 else self._waiting()[:room]) + strip
        # Line wrap is off while drawing, so that a narrow window cuts lines instead of breaking them.
        put("\033[?7l\033[H" + "\033[K\r\n".join(lines) + "\033[K\033[J\033[?7h")
        return GLib.SOURCE_CONTINUE

    def _print(self):
        lines = table.listing(self._view, self._style) if self._view.present else self._waiting()
        put("\n".join(lines + [""] + self._bank.strip(self._style, 79)) + "\n\n")
        return GLib.SOURCE_CONTINUE


def put(text):
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.kill(os.getpid(), signal.SIGTERM)


def can_show_blocks():
    return "UTF" in (sys.stdout.encoding or locale.getpreferredencoding()).upper()


def main():
    parser = argparse.ArgumentParser(prog="scripts/demo.sh", description=__doc__)
    parser.add_argument("--daemon", required=True)
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--bms", action="store_true")
    parser.add_argument("--ascii", action="store_true")
    options = parser.parse_args()
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # until the loop takes over
    try:
        with Playground("dmb-demo") as playground:
            return Demo(playground, options).run()
    except StartError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
