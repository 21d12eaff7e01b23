# SPDX-License-Identifier: MIT
"""A made-up SmartShunt on the bus: as its driver shows one, with a value that changes each second.

Usage: shunt.py NUMBER CAPACITY_AH SOC_PERCENT [--alarms]
With --alarms it raises its high-voltage alarm for ten seconds of every forty.
"""

import math
import sys

import dbus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

BUS_ITEM = "com.victronenergy.BusItem"
PRODUCT_ID = 0xA389
ALARMS = ["Alarm", "LowVoltage", "HighVoltage", "LowSoc", "LowTemperature", "HighTemperature",
          "MidVoltage", "LowStarterVoltage", "HighStarterVoltage"]
CYCLE_S = 60
ALARM_EVERY_S = 40
ALARM_FROM_S, ALARM_TO_S = 8, 18


TEXTS = {"/Dc/0/Voltage": "{:.2f}V", "/Dc/0/Current": "{:.1f}A", "/Dc/0/Power": "{:.0f}W"}


def as_fields(path, value):
    text = TEXTS.get(path, "{}").format(value)
    return dbus.Dictionary({"Value": value, "Text": text}, signature="sv")


class Registers(dbus.service.Object):
    """VregLink: the battery's capacity is all the demo tells."""

    def __init__(self, bus, capacity_ah):
        super().__init__(bus, "/Devices/0/VregLink")
        self._capacity_ah = capacity_ah

    @dbus.service.method("com.victronenergy.VregLink", in_signature="q", out_signature="qay")
    def GetVreg(self, register):  # noqa: N802 - the name on the bus
        if register == 0x1000:
            return 0, dbus.ByteArray(self._capacity_ah.to_bytes(2, "little"))
        return 0x8101, dbus.ByteArray(b"")


class Shunt(dbus.service.Object):
    def __init__(self, bus, number, capacity_ah, soc, alarms):
        super().__init__(bus, "/")
        self._capacity_ah, self._soc, self._alarms = capacity_ah, soc, alarms
        self._second = 0
        self._items = {
            "/ProductId": dbus.Int32(PRODUCT_ID), "/ProductName": "SmartShunt 500A/50mV",
            "/CustomName": f"House {number}", "/Serial": f"DEMO{number:04}",
            "/DeviceInstance": dbus.Int32(270 + number), "/Connected": dbus.Int32(1),
            **{f"/Alarms/{name}": dbus.Int32(0) for name in ALARMS},
            **self._measured()}
        GLib.timeout_add(1000, self._tick)

    @dbus.service.method(BUS_ITEM, out_signature="a{sa{sv}}")
    def GetItems(self):  # noqa: N802
        return {path: as_fields(path, value) for path, value in self._items.items()}

    @dbus.service.signal(BUS_ITEM, signature="a{sa{sv}}")
    def ItemsChanged(self, changes):  # noqa: N802
        pass

    def _measured(self):
        current = 0.15 * self._capacity_ah * math.sin(2 * math.pi * self._second / CYCLE_S)
        self._soc = min(100.0, max(20.0, self._soc + current / self._capacity_ah))
        voltage = 52.0 + 0.015 * self._soc + 0.002 * current
        return {"/Dc/0/Voltage": round(voltage, 2), "/Dc/0/Current": round(current, 1),
                "/Dc/0/Power": round(voltage * current, 0), "/Soc": round(self._soc, 1),
                "/ConsumedAmphours": round((self._soc / 100 - 1) * self._capacity_ah, 1)}

    def _tick(self):
        self._second += 1
        changes = self._measured()
        if self._alarms:
            raised = ALARM_FROM_S <= self._second % ALARM_EVERY_S < ALARM_TO_S
            changes["/Alarms/HighVoltage"] = dbus.Int32(2 if raised else 0)
        changes = {path: value for path, value in changes.items() if self._items[path] != value}
        self._items.update(changes)
        if changes:
            self.ItemsChanged({path: as_fields(path, value) for path, value in changes.items()})
        return GLib.SOURCE_CONTINUE


def main():
    number, capacity_ah, soc = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    bus = dbus.bus.BusConnection(dbus.bus.BusConnection.TYPE_SESSION)
    objects = [Shunt(bus, number, capacity_ah, soc, "--alarms" in sys.argv), Registers(bus, capacity_ah)]
    objects.append(dbus.service.BusName(f"com.victronenergy.battery.demo_shunt_{number}", bus))
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
