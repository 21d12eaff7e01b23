# SPDX-License-Identifier: MIT
"""Base of the tests of a virtual BMS over two batteries of 300 and 100 Ah."""
from .shunts import AGGREGATE, ShuntCase
from .waiting import slowness

CVL, CCL, DCL = "/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent"
CHARGE, DISCHARGE = "/Io/AllowToCharge", "/Io/AllowToDischarge"
WHY_NOT_CHARGE, WHY_NOT_DISCHARGE = "/Info/ChargeLimitation", "/Info/DischargeLimitation"
CABLE = "/Alarms/BmsCable"
BMS = {"device_mode": "virtual-bms", "max_charge_voltage": 56.4, "max_charge_current": 80,
       "max_discharge_current": 120, "temp_cold_danger": 5, "temp_hot_danger": 45}
RELEASE_S, HOLD_S = 30.0, 10.0


class Bms(ShuntCase):
    def shunt(self, suffix, kind="48v", **options):
        """At rest, unless it is told otherwise: a stop is not fought over."""
        return super().shunt(suffix, kind, **{"current": 0.0, **options})

    def bank(self, shunts=None, default=None, **values):
        """Two batteries of 300 and 100 Ah behind a BMS."""
        self.big = self.shunt("ttyS5", name="Big one", capacity=300, temperature=20.0, **values)
        self.small = self.shunt("ttyS6", name="Small one", capacity=100, temperature=22.0, **values)
        daemon = self.aggregate(shunts or BMS, default)
        self.shows()
        return daemon

    def shows(self, ccl=80.0, dcl=120.0, charge=1, discharge=1, cable=0, timeout=5):
        self.becomes(timeout, items={CVL: 56.4, CCL: ccl, DCL: dcl, CHARGE: charge,
                                     DISCHARGE: discharge, CABLE: cable})

    def acts_within(self, seconds, mark, shunt, cause, effect):
        owner = self.client.owner(AGGREGATE)
        self.recorder.sync()
        ours = self.recorder.carrying(effect, owner, mark)[0]
        theirs = self.recorder.carrying(cause, shunt.unique, mark)[0]
        self.assertLess(ours.time - theirs.time, seconds * slowness())
        return ours
