# SPDX-License-Identifier: MIT
"""The bank of shunts beside the battery: what is configured, expected and drawn."""

from bus_view import BusView
from table import BOLD, CYAN, DIM, GREEN, RED, cut

SERVICE = "com.victronenergy.battery.aggregate_shunts"
SHUNTS = [(1, 290, 54.8), (2, 100, 90.0)]  # number, capacity in Ah, SoC in percent
CONFIG = """
[SMARTSHUNTS]
device_name = Demo Bank
device_mode = {mode}
{limits}
"""
BMS_LIMITS = "max_charge_voltage = 56.8\nmax_charge_current = 150\nmax_discharge_current = 250"
EXPECTED = ["/Soc", "/Dc/0/Voltage", "/Dc/0/Current", "/Dc/0/Power", "/ConsumedAmphours",
            "/InstalledCapacity", "/Capacity", "/Alarms/HighVoltage", "/Measurement/Kind",
            "/Measurement/TracksServices", "/System/NrOfModulesOnline", "/ProductId"]
BMS_EXPECTED = ["/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent",
                "/Io/AllowToCharge", "/Io/AllowToDischarge"]


def config(bms):
    return CONFIG.format(mode="virtual-bms" if bms else "monitor", limits=BMS_LIMITS if bms else "")


class Bank:
    def __init__(self, bus, bms):
        self.view = BusView(bus, SERVICE)
        self._shunts = [BusView(bus, f"com.victronenergy.battery.demo_shunt_{number}")
                        for number, _, _ in SHUNTS]
        self._bms = bms

    def missing(self):
        wanted = EXPECTED + (BMS_EXPECTED if self._bms else [])
        gaps = [p for p in wanted if p not in self.view.items or self.view.items[p].value is None]
        complete = self.view.number("/System/NrOfModulesOnline") == len(SHUNTS)
        return gaps if complete else gaps + ["a shunt"]

    def strip(self, style, width):
        """Lines for below the battery: each shunt, their aggregate, what the virtual BMS does."""
        lines = [style.paint(CYAN, cut(f" {SERVICE}", width))]
        rows = [(view.text("/CustomName"), view, PLAIN_ROW) for view in self._shunts]
        rows.append((self.view.text("/CustomName") or "Demo Bank", self.view, BOLD))
        for name, view, code in rows:
            lines.append(style.paint(code if view.present else DIM, cut(self._row(name, view), width)))
        if self._bms:
            lines.append(self._bms_line(style, width))
        return lines

    def _row(self, name, view):
        if not view.present:
            return f" {name or 'shunt':<12} not on the bus"
        figures = [view.text(path) for path in ("/Dc/0/Voltage", "/Dc/0/Current", "/Dc/0/Power")]
        soc = view.number("/Soc")
        capacity = view.text("/InstalledCapacity")
        alarm = "  high voltage alarm" if view.number("/Alarms/HighVoltage") else ""
        return (f" {name:<12}" + "".join(f"{text:>11}" for text in figures) +
                (f"{soc:>8.1f} %" if soc is not None else "") +
                (f"   {capacity}" if capacity else "") + alarm)

    def _bms_line(self, style, width):
        allowed = self.view.number("/Io/AllowToCharge") == 1
        reason = self.view.text("/Info/ChargeLimitation")
        line = (f" CVL {self.view.text('/Info/MaxChargeVoltage')}  CCL {self.view.text('/Info/MaxChargeCurrent')}"
                f"  DCL {self.view.text('/Info/MaxDischargeCurrent')}  " +
                ("charging allowed" if allowed else f"charging stopped: {reason}"))
        return style.paint(GREEN if allowed else RED, cut(line, width))


PLAIN_ROW = ""
