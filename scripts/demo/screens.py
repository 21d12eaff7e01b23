#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs the daemon with a bank of two packs, and draws what it then shows: the display's page of cells and its switch
pane, by the paths that they read, and the device that Home Assistant makes of what is published."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "lib")]
import dbus  # noqa: E402
import sheet  # noqa: E402
from bank_packs import MqttPack  # noqa: E402
from bus_view import BUS_ITEM  # noqa: E402
from home_assistant import HomeAssistant  # noqa: E402
from story import Story, play  # noqa: E402

SERVICE = "com.victronenergy.battery.bank_110"
CONFIG = """[DEFAULT]
switches = 1

[MQTT]
broker_address = 127.0.0.1
broker_port = {port}

[PUBLISH]
client = boat
interval = 1

[BATTERY Pack1]
topic = demo/pack1
device_instance = 101

[BATTERY Pack2]
topic = demo/pack2
device_instance = 102

[BANK House]
device_instance = 110
members = Pack1, Pack2
show_members = 0
max_charge_current = 150
max_discharge_current = 250

[CHARGE CONTROL]
chemistry = lfp
"""
SPREAD_MV = (0, 1, -2, 3, 0, 2, -9, 1, -1, 4, 0, -1, 2, 0, 1, -3)
SWITCH = "/SwitchableOutput/"
MOMENTARY, TOGGLE = 0, 1
IMBALANCE, BALANCED = 2, 1


class SpreadPack(MqttPack):
    """Its cells differ by some millivolts, always the same."""

    def cells(self):
        return [round(volts + SPREAD_MV[(n + self.weak_cell) % len(SPREAD_MV)] / 1000, 3)
                for n, volts in enumerate(super().cells())]


class Screens(Story):
    patience_s = 60  # also where a sanitizer looks on

    def __init__(self, place, options):
        super().__init__(place, options, SERVICE)
        self._bus = dbus.bus.BusConnection(place.bus_address)
        self._home_assistant = HomeAssistant(place)
        self._packs = [SpreadPack(place, "demo/pack1", "Pack1", 280, 62.0, 140.0, 200.0, 7),
                       SpreadPack(place, "demo/pack2", "Pack2", 100, 57.0, 50.0, 100.0, 3)]
        self.start_daemon(CONFIG.format(port=place.port))

    def chapters(self):
        return [
            ("Pack2 is chosen on the page of cells", lambda: None, self._choose_second),
            ("The page shows its cells", lambda: None, self._draw_cells),
            ("Charge to 80 %, and no more than 100 A", self._move_sliders, self._draw_switches),
            ("Home Assistant has a device of it", lambda: None, self._draw_home_assistant)]

    def tick(self):
        for pack, share_a in zip(self._packs, (44.0, 16.0)):
            pack.tell(share_a)

    def show(self):
        pass

    def _write(self, path, value):
        return dbus.Interface(self._bus.get_object(SERVICE, path, introspect=False), BUS_ITEM).SetValue(value) == 0

    def _draw(self, name, title, columns, **layout):
        path = os.path.join(self._options.folder, name)
        sheet.draw(path, title, "drawn of what the running driver shows", columns, **layout)
        print(path, flush=True)
        return True

    # --- The page of cells ---

    def _choose_second(self, view):
        return view.number("/System/NrOfBatteries") == 2 and self._write("/Battery/Request/Id", dbus.Int32(2))

    def _draw_cells(self, view):
        """By the page's rules: rows without a value are hidden."""
        if view.number("/Battery/2/Cell/16/Voltage") is None:
            return False
        batteries = range(1, view.number("/System/NrOfBatteries") + 1)
        chosen = view.number("/Battery/Request/Id")
        names = " | ".join(f"[{name}]" if number == chosen else name
                           for number, name in ((n, view.text(f"/Battery/{n}/Serial")) for n in batteries))
        status = view.number(f"/Battery/{chosen}/Status")
        about = [sheet.Value("Battery", names)]
        about += [sheet.Value(name, view.text(f"/Battery/{chosen}/{name}"))
                  for name in ("Capacity", "Voltage", "Current", "Temperature")]
        about += [sheet.Value("Status", word) for bit, word in ((BALANCED, "Balanced"), (IMBALANCE, "Imbalance"))
                  if status is not None and status & bit]
        cells = [sheet.Value(f"Cell {n}", f"{view.number(path):.3f} V")
                 for n in range(1, view.number("/System/NrOfCellsPerBattery") + 1)
                 if view.number(path := f"/Battery/{chosen}/Cell/{n}/Voltage") is not None]
        half = (len(cells) + 1) // 2
        return self._draw("screen-cells.svg", "Individual Battery Info", [about, cells[:half], cells[half:]])

    # --- The switch pane ---

    def _move_sliders(self):
        self._write(f"{SWITCH}charge_to/Dimming", 80.0)
        self._write(f"{SWITCH}max_charge_current/Dimming", 100.0)

    def _draw_switches(self, view):
        if view.number("/Info/MaxChargeCurrent") != 100 or view.number(f"{SWITCH}charge_to/Dimming") != 80:
            return False
        outputs = sorted((path.split("/")[2] for path in view.items if path.startswith(SWITCH) and path.endswith("/Name")),
                         key=lambda output: view.text(f"{SWITCH}{output}/Name"))
        rows = [self._control(view, SWITCH + output) for output in outputs]
        half = (len(rows) + 1) // 2
        return self._draw("screen-switches.svg", view.text("/CustomName"), [rows[:half], rows[half:]])

    @staticmethod
    def _control(view, output):
        name, kind = view.text(f"{output}/Name"), view.number(f"{output}/Settings/Type")
        if kind == MOMENTARY:
            return sheet.Button(name, "Press")
        if kind == TOGGLE:
            return sheet.Toggle(name, view.number(f"{output}/State") == 1)
        low, high = (view.number(f"{output}/Settings/Dimming{end}") for end in ("Min", "Max"))
        value = view.number(f"{output}/Dimming")
        return sheet.Slider(name, (value - low) / (high - low), f"{value:.0f} {view.text(f'{output}/Settings/Unit')}")

    # --- Home Assistant ---

    def _draw_home_assistant(self, _view):
        device = self._home_assistant.device("boat_bank_110")
        return device is not None and self._draw("screen-homeassistant.svg", *device, column_width=490)


if __name__ == "__main__":
    sys.exit(play(Screens, "--screens", __doc__))
