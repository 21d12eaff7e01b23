# SPDX-License-Identifier: MIT
"""The items that payloads carry, written down a second time for the tests.

Each line: path, D-Bus type, text token. `a..b` in a path stands for a row per number.
"""
import re

from .bus import INVALID, Item

_TABLE = """
Dc/0/Power d W | Dc/0/Voltage d V2 | Dc/0/Current d A1 | Dc/0/Temperature d T
Dc/0/MidVoltage d V2 | Dc/0/MidVoltageDeviation d V2
InstalledCapacity d AH | Capacity d AH | ConsumedAmphours d AH | Soc d P | TimeToGo i/d N
Balancing i N | SystemSwitch i N | Soh d P | SocBms d P | State i N | CurrentAvg d A1
Heating i N | ConnectionInformation s S | Settings/HasTemperature i N
Alarms/LowVoltage i N | Alarms/HighVoltage i N | Alarms/LowSoc i N
Alarms/HighChargeCurrent i N | Alarms/HighDischargeCurrent i N | Alarms/HighCurrent i N
Alarms/CellImbalance i N | Alarms/HighChargeTemperature i N | Alarms/LowChargeTemperature i N
Alarms/LowCellVoltage i N | Alarms/LowTemperature i N | Alarms/HighTemperature i N
Alarms/FuseBlown i N | Alarms/BmsCable i N | Alarms/HighCellVoltage i N
Alarms/HighInternalTemperature i N | Alarms/InternalFailure i N | Alarms/StateOfHealth i N
Info/ChargeRequest i N | Info/MaxChargeVoltage d V2 | Info/MaxChargeCurrent d A1
Info/MaxDischargeCurrent d A1 | Info/BatteryLowVoltage d N | Info/MaxChargeCellVoltage d V3
Info/HeatingCurrent d A1 | Info/HeatingPower d W | Info/HeatingTemperatureStart d T
Info/HeatingTemperatureStop d T | Info/ChargeMode s S | Info/ChargeLimitation s S
Info/DischargeLimitation s S
History/ChargeCycles i N | History/FullDischarges i N | History/MinimumVoltage d V2
History/MaximumVoltage d V2 | History/TotalAhDrawn d AH | History/DeepestDischarge d N
History/LastDischarge d N | History/AverageDischarge d N | History/ChargedEnergy d N
History/DischargedEnergy d N | History/LowVoltageAlarms i N | History/HighVoltageAlarms i N
History/MinimumCellVoltage d N | History/MaximumCellVoltage d N | History/MinimumTemperature d N
History/MaximumTemperature d N | History/TimeSinceLastFullCharge i N
System/MinVoltageCellId s S | System/MaxVoltageCellId s S | System/MinCellVoltage d V3
System/MaxCellVoltage d V3 | System/MinTemperatureCellId s S | System/MaxTemperatureCellId s S
System/MinCellTemperature d T | System/MaxCellTemperature d T | System/MOSTemperature d T
System/NrOfCellsPerBattery i N | System/NrOfModulesOnline i N | System/NrOfModulesOffline i N
System/NrOfModulesBlockingCharge i N | System/NrOfModulesBlockingDischarge i N
System/Temperature1..4 d T | System/Temperature1..4Name s S
Voltages/Cell1..24 d V3 | Voltages/Sum d V2 | Voltages/Diff d V3 | Balances/Cell1..24 i N
Io/AllowToCharge i N | Io/AllowToDischarge i N | Io/AllowToBalance i N | Io/AllowToHeat i N
Io/ExternalRelay i N | Io/ForceChargingOff i N | Io/ForceDischargingOff i N
Io/TurnBalancingOff i N
TimeToSoC/0 s S | TimeToSoC/5 s S | TimeToSoC/10 s S | TimeToSoC/15 s S | TimeToSoC/20 s S
TimeToSoC/25 s S | TimeToSoC/30 s S | TimeToSoC/35 s S | TimeToSoC/40 s S | TimeToSoC/45 s S
TimeToSoC/50 s S | TimeToSoC/55 s S | TimeToSoC/60 s S | TimeToSoC/65 s S | TimeToSoC/70 s S
TimeToSoC/75 s S | TimeToSoC/80 s S | TimeToSoC/85 s S | TimeToSoC/90 s S | TimeToSoC/95 s S
TimeToSoC/100 s S
"""
_FORMATS = {"A1": "%.1fA", "AH": "%.1fAh", "N": "%i", "P": "%i%%", "S": "%s", "T": "%.1f°C",
            "V2": "%.2fV", "V3": "%.3fV", "W": "%iW"}
# Only dbus-serialbattery has them: exist once a payload has carried them.
_ON_SIGHT = """
ErrorCode i N | Mode i N | DeviceState i N | CapacityBms d AH | ConsumedAmphoursBms d AH
History/AutomaticSyncs i N
"""
# Published values may be rounded to a tenth of what the text shows.
_RESOLUTION = {"A1": 0.1, "AH": 0.1, "N": 1, "P": 1, "S": 0, "T": 0.1, "V2": 0.01, "V3": 0.001,
               "W": 1}
# Go out negative or zero whatever the payload says.
NEGATIVE = {"/ConsumedAmphours", "/History/TotalAhDrawn", "/History/DeepestDischarge",
            "/History/LastDischarge", "/History/AverageDischarge", "/ConsumedAmphoursBms"}
# Exist only once a payload has carried them: the mere path makes a service the monitor.
LIMITS = {"/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent"}


def _rows(text):
    table = {}
    for row in filter(str.strip, re.split(r"[|\n]", text)):
        path, kind, token = row.split()
        span = re.search(r"(\d+)\.\.(\d+)", path)
        numbers = range(int(span[1]), int(span[2]) + 1) if span else [None]
        for number in numbers:
            full = path.replace(span[0], str(number)) if span else path
            table["/" + full] = (kind, token)
    return table


ROWS = _rows(_TABLE)
_ALL = {**ROWS, **_rows(_ON_SIGHT)}


def row(path):
    """(types, text token) of a path; cells beyond 24 are like the others."""
    return _ALL.get(re.sub(r"(/(Voltages|Balances)/Cell)\d+$", r"\g<1>1", path))


def tolerance(path):
    return _RESOLUTION[row(path)[1]] / 20 + 1e-9


def text_of(path, value):
    return _FORMATS[row(path)[1]] % value


def expected(path, value):
    """The Item a payload value must become."""
    if value is None or value == "":
        return INVALID
    kind, _ = row(path)
    if path in NEGATIVE:
        value = -abs(value)
    value = {"s": str, "i": int}.get(kind, float)(value)
    return Item(kind, value, text_of(path, value))


def mismatch(path, seen, wanted):
    """What is wrong with the Item `seen`, or None; numbers may be rounded as allowed."""
    if seen is None:
        return f"{path}: no such item, expected {wanted}"
    if seen.signature not in wanted.signature.split("/"):
        return f"{path}: D-Bus type {seen.signature}, expected {wanted.signature} ({seen})"
    if isinstance(wanted.value, float):
        if abs(seen.value - wanted.value) > tolerance(path):
            return f"{path}: {seen.value}, expected {wanted.value}"
        texts = {text_of(path, wanted.value), text_of(path, seen.value)}
        return None if seen.text in texts else f"{path}: text {seen.text!r}, expected {wanted.text!r}"
    return None if seen[1:] == wanted[1:] else f"{path}: {seen}, expected {wanted}"


def leaves(data, prefix=""):
    """{path: value} of a decoded payload object (nested, flat, `Dc` with or without `0`)."""
    found = {}
    for key, value in data.items():
        path = f"{prefix}/{key}"
        if isinstance(value, dict):
            found.update(leaves(value, path))
        else:
            found[re.sub(r"^/Dc/(?!0/)", "/Dc/0/", path)] = value
    return found
