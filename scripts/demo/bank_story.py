#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs the daemon with a bank of two MQTT packs, a serial driver's battery and a shunt, and tells a story:
one pack becomes cold, one is lost, and both come back."""

import math
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lib")]
from bank_packs import MqttPack, SerialPack  # noqa: E402
from story import Story, play  # noqa: E402

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


class Demo(Story):
    def __init__(self, place, options):
        super().__init__(place, options, SERVICE)
        self._second = 0
        place.spawn("shunt", [sys.executable, "-B", f"{HERE}/shunt.py", "1", "480", "61"])
        self._packs = [MqttPack(place, "demo/pack1", "Pack1", 280, 62.0, 140.0, 200.0, 7),
                       MqttPack(place, "demo/pack2", "Pack2", 100, 57.0, 50.0, 100.0, 3),
                       SerialPack(place.bus_address, "Left pack", 100, 60.0, 60.0, 80.0, 12)]
        self.start_daemon(CONFIG.format(silence=SILENCE_S, port=place.port))

    def chapters(self):
        return [
            ("Three packs as one, the shunt measures for all", lambda: None,
             lambda v: v.number("/System/NrOfModulesOnline") == 3 and v.number("/Info/MaxChargeCurrent")),
            ("Pack2 becomes too cold to be charged: the others go on", lambda: self.be_cold(True),
             lambda v: "Pack2" in v.text("/Info/ChargeLimitation") and v.number("/Info/MaxChargeCurrent")),
            ("Pack2 is warm again; what it adds is used after 30 s", lambda: self.be_cold(False),
             lambda v: v.number("/System/NrOfModulesBlockingCharge") == 0),
            (f"Pack1 falls silent: lost after {SILENCE_S} s, the limits shrink", lambda: self.be_silent(True),
             lambda v: v.number("/System/NrOfModulesOffline") == 1 and v.number("/Alarms/BmsCable") == 1),
            ("Pack1 is back", lambda: self.be_silent(False),
             lambda v: v.number("/System/NrOfModulesOffline") == 0 and v.number("/Alarms/BmsCable") == 0)]

    def be_cold(self, cold):
        self._packs[1].cold = cold

    def be_silent(self, silent):
        self._packs[0].silent = silent

    def tick(self):
        self._second += 1
        current_a = 60 * math.sin(2 * math.pi * self._second / 60)
        there = [pack for pack in self._packs if not pack.silent and not (pack.cold and current_a > 0)]
        whole_ah = sum(pack.capacity_ah for pack in there)
        for pack in self._packs:
            pack.tell(current_a * pack.capacity_ah / whole_ah if pack in there else 0.0)

    def show(self):
        text = self.view.text
        print("\n".join(pack.row() for pack in self._packs))
        print(f" {'House':<14}{text('/InstalledCapacity')}  {text('/Soc')}  {text('/Dc/0/Voltage')}  "
              f"{text('/Dc/0/Current')}   modules {text('/System/NrOfModulesOnline')} online, "
              f"{text('/System/NrOfModulesOffline')} offline, {text('/System/NrOfModulesBlockingCharge')} not charging")
        print(f"   CVL {text('/Info/MaxChargeVoltage')}  CCL {text('/Info/MaxChargeCurrent')}  "
              f"DCL {text('/Info/MaxDischargeCurrent')}  {text('/Info/ChargeMode')}   lowest cell "
              f"{text('/System/MinVoltageCellId')} {text('/System/MinCellVoltage')}")
        reason = text("/Info/ChargeLimitation")
        print(f"   {reason}" if reason else "   nothing but the packs' own limits", flush=True)


if __name__ == "__main__":
    sys.exit(play(Demo, "--bank", __doc__))
