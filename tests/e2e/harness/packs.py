# SPDX-License-Identifier: MIT
"""Batteries with a BMS on the bus, played as other drivers show them: the serial driver, a CAN-bus BMS, a BMV."""
import json
import os

from .case import DATA
from .shunts import FakeShunt

SERIAL_DRIVER = "payload-serialbattery-jsondata.json"
CVL, CCL, DCL = "/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent"
CHARGE, DISCHARGE = "/Io/AllowToCharge", "/Io/AllowToDischarge"


def _flat(value, path=""):
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _flat(below, f"{path}/{key}")
    else:
        yield path, value


def serial_items():
    """{path: value} of what the serial driver shows; its JSON has the same names as its tree."""
    with open(os.path.join(DATA, SERIAL_DRIVER), encoding="utf-8") as file:
        data = json.load(file)
    data = data.get("value", data)
    data = json.loads(data) if isinstance(data, str) else data
    return dict(_flat(data))


class Pack(FakeShunt):
    """A battery of 26.8 V with limits. `kind`: "serial", "can", "lynx". Further values as of FakeShunt."""

    KINDS = {
        "serial": ("serialbattery", {}),
        "can": ("socketcan_can0_vi0_uc", {
            "/Mgmt/ProcessName": "can-bus-bms", "/Mgmt/Connection": "CAN-bus BMS", "/ProductId": 0xB015,
            "/ProductName": "CAN-bus BMS battery"}),
        "lynx": ("socketcan_can1_vi0_uc", {
            "/Mgmt/ProcessName": "vecan-dbus", "/Mgmt/Connection": "VE.Can", "/ProductId": 0xA3E5,
            "/ProductName": "Lynx Smart BMS 500"})}

    def __init__(self, case, kind, number, capacity_ah=100.0, ccl=50.0, dcl=60.0, cvl=28.4, **values):
        prefix, own = self.KINDS[kind]
        items = serial_items()
        if kind == "can":
            items = {path: value for path, value in items.items() if not path.startswith(
                ("/Voltages", "/Balances", "/TimeToSoC", "/History", "/Info/ChargeMode"))}
        left_ah, used_ah = (0.6 * capacity_ah, -0.4 * capacity_ah) if capacity_ah else (None, None)
        items |= own | {
            "/DeviceInstance": 600 + number, "/Serial": f"{kind}{number:04d}", "/CustomName": f"{kind} {number}",
            "/InstalledCapacity": capacity_ah, "/Capacity": left_ah, "/Soc": 60.0,
            "/ConsumedAmphours": used_ah, "/Dc/0/Voltage": 26.8, "/Dc/0/Current": 0.0, "/Dc/0/Power": 0.0,
            CVL: cvl, CCL: ccl, DCL: dcl, CHARGE: 1, DISCHARGE: 1, "/Alarms/BmsCable": 0, "/Connected": 1}
        self.kind, self.capacity_ah = kind, capacity_ah
        super().__init__(case, f"{prefix}{number}", items=items, vreg={}, instance=600 + number,
                         **values)


__all__ = ["CCL", "CHARGE", "CVL", "DCL", "DISCHARGE", "Pack", "serial_items"]
