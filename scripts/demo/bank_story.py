#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs the daemon with a bank of two MQTT packs, a serial driver's battery and a shunt, and tells a story:
one pack becomes cold, one is lost, and both come back."""

import argparse
import math
import os
import signal
import sys
import time

import dbus
import dbus.mainloop.glib
from gi.repository import GLib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lib")]
from bank_packs import MqttPack, SerialPack  # noqa: E402
from bus_view import BusView  # noqa: E402
from playground import Playground, StartError  # noqa: E402

SERVICE = "com.victronenergy.battery.bank_110"
SILENCE_S = 5
CONFIG = """[DEFAULT]
logging = INFO
timeout = {silence}

[MQTT]
broker_address = 127.0.0.1
broker_port = {port}

[BATTERY Pack1]
topic = demo/pack1
device_instance = 101

[BATTERY Pack2]
topic = demo/pack2
device_instance = 102

[BANK House]
device_instance = 110
members = Pack1, Pack2, serialbattery
shunt = 271
show_members = 0
"""
PATIENCE_S = 20


class Story:
    """Chapters: what happens, and what the bank must show then; None as condition: just look."""

    def __init__(self, demo):
        self.chapters = [
            ("Three packs as one, the shunt measures for all", lambda: None,
             lambda v: v.number("/System/NrOfModulesOnline") == 3 and v.number("/Info/MaxChargeCurrent")),
            ("Pack2 becomes too cold to be charged: the others go on", lambda: demo.be_cold(True),
             lambda v: "Pack2" in v.text("/Info/ChargeLimitation") and v.number("/Info/MaxChargeCurrent")),
            ("Pack2 is warm again; what it adds is used after 30 s", lambda: demo.be_cold(False),
             lambda v: v.number("/System/NrOfModulesBlockingCharge") == 0),
            (f"Pack1 falls silent: lost after {SILENCE_S} s, the limits shrink", lambda: demo.be_silent(True),
             lambda v: v.number("/System/NrOfModulesOffline") == 1 and v.number("/Alarms/BmsCable") == 1),
            ("Pack1 is back", lambda: demo.be_silent(False),
             lambda v: v.number("/System/NrOfModulesOffline") == 0 and v.number("/Alarms/BmsCable") == 0)]


class Demo:
    def __init__(self, place, options):
        self._place, self._options = place, options
        self._loop = GLib.MainLoop()
        self._code = 0
        self._second = 0
        place.spawn("shunt", [sys.executable, "-B", f"{HERE}/shunt.py", "1", "480", "61"])
        self._packs = [MqttPack(place, "demo/pack1", "Pack1", 280, 62.0, 140.0, 200.0, 7),
                       MqttPack(place, "demo/pack2", "Pack2", 100, 57.0, 50.0, 100.0, 3),
                       SerialPack(place.bus_address, "Left pack", 100, 60.0, 60.0, 80.0, 12)]
        self._daemon = place.spawn("daemon", [options.daemon, "--config", place.write(
            "config.ini", CONFIG.format(silence=SILENCE_S, port=place.port))])
        self._view = BusView(dbus.bus.BusConnection(place.bus_address), SERVICE)
        self._chapters = iter(Story(self).chapters)

    def be_cold(self, cold):
        self._packs[1].cold = cold

    def be_silent(self, silent):
        self._packs[0].silent = silent

    def run(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            GLib.unix_signal_add(GLib.PRIORITY_HIGH, number, self._end, 0)
        self._tick()
        GLib.timeout_add(1000, self._tick)
        self._next_chapter()
        GLib.timeout_add(100, self._look)
        self._loop.run()
        return self._code

    def _tick(self):
        self._second += 1
        current_a = 60 * math.sin(2 * math.pi * self._second / 60)
        there = [pack for pack in self._packs if not pack.silent and not (pack.cold and current_a > 0)]
        whole_ah = sum(pack.capacity_ah for pack in there)
        for pack in self._packs:
            pack.tell(current_a * pack.capacity_ah / whole_ah if pack in there else 0.0)
        return GLib.SOURCE_CONTINUE

    def _next_chapter(self):
        chapter = next(self._chapters, None)
        if chapter is None:
            self._end(0)
            return
        self._title, act, self._reached = chapter
        act()
        self._began, self._shown_at = time.monotonic(), None
        print(f"\n=== {self._title}", flush=True)

    def _look(self):
        """Shows the bank once it shows what it must, and goes on some seconds later."""
        now = time.monotonic()
        if self._daemon.poll() is not None:
            return self._fail("the daemon ended")
        if self._shown_at is None and self._view.present and self._reached(self._view):
            self._shown_at = now
            self._show()
        elif self._shown_at is None and now > self._began + PATIENCE_S:
            return self._fail("this was not seen")
        elif self._shown_at is not None and now > self._shown_at + (1 if self._options.once else 12):
            if not self._options.once:
                self._show()
            self._next_chapter()
        return GLib.SOURCE_CONTINUE

    def _show(self):
        text = self._view.text
        print("\n".join(pack.row() for pack in self._packs))
        print(f" {'House':<14}{text('/InstalledCapacity')}  {text('/Soc')}  {text('/Dc/0/Voltage')}  "
              f"{text('/Dc/0/Current')}   modules {text('/System/NrOfModulesOnline')} online, "
              f"{text('/System/NrOfModulesOffline')} offline, {text('/System/NrOfModulesBlockingCharge')} not charging")
        print(f"   CVL {text('/Info/MaxChargeVoltage')}  CCL {text('/Info/MaxChargeCurrent')}  "
              f"DCL {text('/Info/MaxDischargeCurrent')}  {text('/Info/ChargeMode')}   lowest cell "
              f"{text('/System/MinVoltageCellId')} {text('/System/MinCellVoltage')}")
        reason = text("/Info/ChargeLimitation")
        print(f"   {reason}" if reason else "   nothing but the packs' own limits", flush=True)

    def _fail(self, what):
        print(f"{what}. The last lines of the daemon's log:\n" + "\n".join(self._place.log_tail("daemon", 15)))
        return self._end(1)

    def _end(self, code):
        self._code = code
        self._loop.quit()
        return GLib.SOURCE_REMOVE


def main():
    parser = argparse.ArgumentParser(prog="scripts/demo.sh --bank", description=__doc__)
    parser.add_argument("--daemon", required=True)
    parser.add_argument("--once", action="store_true", help="the story in short")
    options = parser.parse_args()
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # until the loop takes over
    try:
        with Playground("dmb-demo") as place:
            return Demo(place, options).run()
    except StartError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
