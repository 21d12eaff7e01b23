# SPDX-License-Identifier: MIT
"""The batteries of the bank's demo: two packs that publish over MQTT, and one as the serial driver shows it."""

import json
import subprocess

import dbus
import dbus.service

BUS_ITEM = "com.victronenergy.BusItem"
CELLS = 16
TEXTS = {"/Dc/0/Voltage": "{:.2f}V", "/Dc/0/Current": "{:.1f}A", "/Soc": "{:.0f}%"}


class Pack:
    """What one battery says; the story changes it."""

    def __init__(self, name, capacity_ah, soc, ccl_a, dcl_a, weak_cell):
        self.name, self.capacity_ah, self.soc = name, capacity_ah, soc
        self.ccl_a, self.dcl_a, self.weak_cell = ccl_a, dcl_a, weak_cell
        self.cold = self.silent = False

    def allows(self):
        return 0 if self.cold else 1

    def ccl(self):
        return 0.0 if self.cold else self.ccl_a

    def celsius(self):
        return -3.0 if self.cold else 18.0

    def cells(self):
        mean = 3.28 + 0.0006 * self.soc
        return [round(mean - (0.006 if n == self.weak_cell else 0.0), 3) for n in range(1, CELLS + 1)]

    def row(self):
        """For people."""
        if self.silent:
            return f" {self.name:<14}{self.capacity_ah:>5} Ah   says nothing any more"
        return (f" {self.name:<14}{self.capacity_ah:>5} Ah {self.soc:>6.1f} % {self.celsius():>6.1f} °C"
                f"   allows {self.ccl():>5.1f} A in, {self.dcl_a:>5.1f} A out")


class MqttPack(Pack):
    """Publishes itself once a second, unless the story says otherwise."""

    def __init__(self, place, topic, *values):
        super().__init__(*values)
        self._publisher = place.spawn(topic.replace("/", "-"), [
            "mosquitto_pub", "-h", "127.0.0.1", "-p", str(place.port), "-t", topic, "-l"],
            stdin=subprocess.PIPE)

    def tell(self, share_a):
        if self.silent:
            return
        cells = self.cells()
        payload = {
            "Dc": {"Voltage": round(sum(cells), 2), "Current": round(share_a, 1), "Temperature": self.celsius()},
            "Soc": round(self.soc, 1), "InstalledCapacity": self.capacity_ah,
            "Info": {"MaxChargeVoltage": 55.2, "MaxChargeCurrent": self.ccl(), "MaxDischargeCurrent": self.dcl_a,
                     "ChargeMode": "Bulk", "ChargeLimitation": "too cold" if self.cold else ""},
            "Alarms": {"LowChargeTemperature": 2 if self.cold else 0},
            "Io": {"AllowToCharge": self.allows(), "AllowToDischarge": 1},
            "Voltages": {f"Cell{n}": volts for n, volts in enumerate(cells, 1)}}
        self._publisher.stdin.write(json.dumps(payload).encode() + b"\n")
        self._publisher.stdin.flush()


class SerialPack(Pack, dbus.service.Object):
    """One on the bus, as dbus-serialbattery shows it."""

    SERVICE = "com.victronenergy.battery.ttyUSB0"

    def __init__(self, address, *values):
        Pack.__init__(self, *values)
        self._bus = dbus.bus.BusConnection(address)
        dbus.service.Object.__init__(self, self._bus, "/")
        self._items = self._all(0.0)
        self._name = dbus.service.BusName(self.SERVICE, self._bus)

    def _all(self, share_a):
        cells = self.cells()
        return {
            "/Mgmt/ProcessName": "dbus-serialbattery", "/Mgmt/Connection": "/dev/ttyUSB0",
            "/ProductId": dbus.Int32(0xBA77), "/ProductName": "SerialBattery(JBD)", "/CustomName": self.name,
            "/Serial": "DEMO-JBD", "/DeviceInstance": dbus.Int32(1), "/Connected": dbus.Int32(1),
            "/Dc/0/Voltage": round(sum(cells), 2), "/Dc/0/Current": round(share_a, 1),
            "/Dc/0/Power": round(sum(cells) * share_a), "/Dc/0/Temperature": self.celsius(),
            "/Soc": round(self.soc, 1), "/InstalledCapacity": float(self.capacity_ah),
            "/Info/MaxChargeVoltage": 55.2, "/Info/MaxChargeCurrent": self.ccl(),
            "/Info/MaxDischargeCurrent": self.dcl_a, "/Info/ChargeMode": "Bulk",
            "/Io/AllowToCharge": dbus.Int32(self.allows()), "/Io/AllowToDischarge": dbus.Int32(1),
            "/System/MinCellVoltage": min(cells), "/System/MaxCellVoltage": max(cells),
            "/System/MinVoltageCellId": f"C{self.weak_cell}", "/System/MaxVoltageCellId": "C1",
            "/Alarms/HighVoltage": dbus.Int32(0), "/Alarms/BmsCable": dbus.Int32(0)}

    @staticmethod
    def _fields(path, value):
        return dbus.Dictionary({"Value": value, "Text": TEXTS.get(path, "{}").format(value)}, signature="sv")

    @dbus.service.method(BUS_ITEM, out_signature="a{sa{sv}}")
    def GetItems(self):  # noqa: N802 - the name on the bus
        return {path: self._fields(path, value) for path, value in self._items.items()}

    @dbus.service.method(BUS_ITEM, out_signature="v")
    def GetValue(self):  # noqa: N802
        return dbus.Dictionary({path[1:]: value for path, value in self._items.items()}, signature="sv")

    @dbus.service.signal(BUS_ITEM, signature="a{sa{sv}}")
    def ItemsChanged(self, changes):  # noqa: N802
        pass

    def tell(self, share_a):
        now = self._all(share_a)
        changes = {path: value for path, value in now.items() if self._items[path] != value}
        self._items = now
        if changes:
            self.ItemsChanged({path: self._fields(path, value) for path, value in changes.items()})
