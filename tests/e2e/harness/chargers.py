# SPDX-License-Identifier: MIT
"""A Multi, solar chargers and the battery they charge: Ohm's law and what they are told."""
import time


class Charger:
    """What a charger was last told; it keeps that until it is told something else."""

    def __init__(self, rating_a):
        self.rating_a = rating_a
        self.sense_v, self.sense_error_v = None, 0.0
        self.history = []  # (time, what, value), changes only

    def tell(self, what, value):
        if getattr(self, what) != value:
            setattr(self, what, value)
            self.history.append((time.monotonic(), what, value))

    def told(self, what, since=0.0):
        """The values `what` was given since that time."""
        return [value for moment, name, value in self.history if name == what and moment >= since]


class Multi(Charger):
    """The inverter: /BatteryOperationalLimits/… as systemcalc writes them, None until it has."""

    def __init__(self, rating_a=70.0, own_voltage_v=56.0):
        super().__init__(rating_a)
        self.own_voltage_v = own_voltage_v
        self.cvl_v = self.ccl_a = self.dcl_a = None

    def wants(self):
        """(voltage to reach, most it gives)."""
        voltage = self.own_voltage_v if self.cvl_v is None else self.cvl_v
        return voltage, self.rating_a if self.ccl_a is None else min(self.rating_a, self.ccl_a)


class Mppt(Charger):
    """A solar charger: /Link/ChargeVoltage and /Link/ChargeCurrent; `sun_a` is what the sun gives."""

    def __init__(self, rating_a=35.0, sun_a=0.0, own_voltage_v=56.8):
        super().__init__(rating_a)
        self.sun_a, self.own_voltage_v = sun_a, own_voltage_v
        self.voltage_v = self.current_a = None

    def wants(self):
        voltage = self.own_voltage_v if self.voltage_v is None else self.voltage_v
        limit = self.rating_a if self.current_a is None else self.current_a
        return voltage, min(self.rating_a, self.sun_a, limit)


class Plant:
    """The real battery and its chargers. `ocv_v`: its voltage without current; `load_a`: what DC
    loads and the inverter take; `mains`: whether the Multi charges, too."""

    def __init__(self, ocv_v=53.0, resistance_ohm=0.005, sun_a=0.0, load_a=0.0, mains=False):
        self.ocv_v, self.resistance_ohm = ocv_v, resistance_ohm
        self.load_a, self.mains = load_a, mains
        self.multi, self.mppt = Multi(), Mppt(sun_a=sun_a)

    def sense(self, voltage):
        """The chargers are told that this is the battery's voltage, and correct theirs by it."""
        error = 0.0 if voltage is None else voltage - self.measure()[0]
        for charger in (self.multi, self.mppt):
            charger.tell("sense_v", voltage)
            charger.sense_error_v = error

    def _given(self, voltage):
        """Current of all chargers together while the battery has this voltage."""
        total = 0.0
        for charger in [self.mppt] + [self.multi] * self.mains:
            target, most = charger.wants()
            below = target - voltage - charger.sense_error_v
            total += most * min(1.0, max(0.0, below / 0.01))
        return total

    def measure(self):
        """(voltage, current into the battery) as they settle."""
        low, high = self.ocv_v - 10, self.ocv_v + 10
        while high - low > 1e-6:
            middle = (low + high) / 2
            if (middle - self.ocv_v) / self.resistance_ohm < self._given(middle) - self.load_a:
                low = middle
            else:
                high = middle
        return middle, (middle - self.ocv_v) / self.resistance_ohm
