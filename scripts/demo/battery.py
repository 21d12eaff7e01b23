# SPDX-License-Identifier: MIT
"""A made-up 16-cell battery: prints its state once a second, one JSON object per line.

Two minutes stand for two hours: it charges for one minute and discharges for one.
"""

import json
import math
import random
import sys
import time

CYCLE_S = 120
FIRST_PHASE_S = 32  # so that the first alarm comes soon
CELLS = 16
INSTALLED_AH = 280
PEAK_A = 180

# What each cell has more or less than the average, in mV. Cell 7 is weak, cell 12 runs ahead.
CELL_OFFSET_MV = [0, 2, -1, 3, -2, 1, -4, 0, 2, -3, 1, 5, -1, 0, 2, -2]
WEAK_CELL = 6


def soc_percent(phase):
    return 74.0 - 20.0 * math.cos(2 * math.pi * phase)


def open_circuit_v(soc):
    knee = max(0.0, soc - 88.0)
    return 3.22 + 0.0011 * soc + 0.006 * knee ** 1.6


def cell_voltages(soc, current_a):
    mean = open_circuit_v(soc) + 0.00025 * current_a
    volts = [mean + 0.001 * (offset + random.uniform(-0.6, 0.6)) for offset in CELL_OFFSET_MV]
    volts[WEAK_CELL] += 0.00012 * current_a
    return [round(v, 3) for v in volts]


def payload(seconds):
    phase = (seconds + FIRST_PHASE_S) % CYCLE_S / CYCLE_S
    soc = soc_percent(phase)
    current = PEAK_A * math.sin(2 * math.pi * phase) + random.uniform(-1.5, 1.5)
    cells = cell_voltages(soc, current)
    spread = max(cells) - min(cells)
    full = max(cells) > 3.40
    temperature = 24 + 4 * math.sin(2 * math.pi * (phase - 0.15))
    return {
        "Dc": {"Voltage": round(sum(cells), 2), "Current": round(current, 1),
               "Temperature": round(temperature, 1)},
        "InstalledCapacity": INSTALLED_AH,
        "Soc": round(soc, 1),
        "Balancing": int(full),
        "Alarms": {"HighCellVoltage": 2 if max(cells) > 3.425 else int(full),
                   "CellImbalance": int(spread > 0.025), "LowSoc": 0, "HighTemperature": 0},
        "Info": {"MaxChargeVoltage": 55.2, "MaxChargeCurrent": 60.0 if full else 200.0,
                 "MaxDischargeCurrent": 220.0 if soc > 60 else 150.0},
        "History": {"ChargeCycles": 42 + int((seconds + FIRST_PHASE_S) / CYCLE_S)},
        "System": {"NrOfCellsPerBattery": CELLS, "NrOfModulesOnline": 1, "NrOfModulesOffline": 0,
                   "MOSTemperature": round(temperature + 0.03 * abs(current), 1),
                   "MinTemperatureCellId": "C1", "MinCellTemperature": round(temperature - 0.8, 1),
                   "MaxTemperatureCellId": "C9", "MaxCellTemperature": round(temperature + 1.1, 1)},
        "Voltages": {f"Cell{n}": v for n, v in enumerate(cells, 1)},
        "Balances": {f"Cell{n}": int(full and v > max(cells) - 0.004)
                     for n, v in enumerate(cells, 1)},
        "Io": {"AllowToCharge": 1, "AllowToDischarge": 1, "AllowToBalance": 1},
    }


def main():
    start = time.monotonic()
    second = 0
    try:
        while True:
            print(json.dumps(payload(second)), flush=True)
            second += 1
            time.sleep(max(0.0, start + second - time.monotonic()))
    except (KeyboardInterrupt, BrokenPipeError):
        sys.stderr.close()


if __name__ == "__main__":
    main()
