# SPDX-License-Identifier: MIT
"""A whole GX on the bus: systemcalc, settings, a solar charger and a Multi, that obey each other
(docs/venus-dbus.md, "Choice of monitor and BMS", "Limits", "When a battery leaves").

Run as a program (`python3 -m harness.gx`) it plays the services; imported, it works out what they say.
"""
import json
import os
import signal
import sys

import dbus
import dbus.bus
import dbus.mainloop.glib
from gi.repository import GLib

from .chargers import Plant
from .process import Process
from .shunts import CONTROL, FOLDER, Shunt
from .systemcalc import BATTERY, CCL, CVL, DCL, Site

SYSTEM, SETTINGS = "com.victronenergy.system", "com.victronenergy.settings"
SOLAR, VEBUS = "com.victronenergy.solarcharger.ttyO2", "com.victronenergy.vebus.ttyS4"


class Stage(Shunt):
    """Plays any number of services, each on a connection of its own."""

    def __init__(self, connection):
        super().__init__(connection)
        self.services = {}

    def do_show(self, wanted):
        """{service: its items, and what it is deaf to, see Shunt}; whoever is not named leaves."""
        for name in set(self.services) - set(wanted):
            self.services.pop(name).connection.close()
        for name, (items, deaf) in wanted.items():
            is_new = name not in self.services
            if is_new:
                connection = dbus.bus.BusConnection(os.environ["DBUS_SESSION_BUS_ADDRESS"])
                connection.set_exit_on_disconnect(False)
                self.services[name] = Shunt(connection)
            service = self.services[name]
            service.items, service.deaf = items, set(deaf)
            if is_new:
                service.do_claim(name)


def main():
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    connection = dbus.bus.BusConnection(os.environ["DBUS_SESSION_BUS_ADDRESS"])
    stage = Stage(connection)
    assert stage is not None
    print(connection.get_unique_name(), flush=True)
    GLib.MainLoop().run()


# --- the tests' side --------------------------------------------------------------------------


class Gx(Site):
    """`plant` is what really flows. What a person may have set, and how the devices are, are plain
    attributes; `changes` overrides any item: {service: {path: value}}."""

    def __init__(self, case, plant=None):
        super().__init__(plant=plant or Plant(ocv_v=53.0, sun_a=12.0))
        self.case, self.changes, self.deaf, self.absent = case, {}, {}, set()
        self.dvcc = True
        self.user_a, self.user_v = -1, 0.0
        self.low_soc, self.seen = 0, {}
        process = Process([sys.executable, "-B", "-m", "harness.gx"], env=case.bus.environment(), cwd=FOLDER)
        case.addCleanup(process.stop, signal.SIGKILL)
        self.stage = process.wait_for_log("^:").text

    # What systemcalc does

    @staticmethod
    def _sense(_monitor, _value):
        """The chargers go by what they measure: what the battery says is rounded."""
        return None

    def look(self):
        """Reads all batteries on the bus and hands on what one of them allows."""
        self.seen = {}
        for name in self.case.client.connection.list_names():
            if name.startswith(BATTERY):
                items = self.case.client.get_items(str(name))
                self.seen[items["/DeviceInstance"].value] = (str(name), items)
        self.choose(self.seen)

    def write(self, limits):
        if limits is None or not self.dvcc:
            return
        limits = dict(limits)
        if self.user_v > 0:
            limits[CVL] = min(limits[CVL], self.user_v)
        if self.user_a >= 0:
            limits[CCL] = min(self.user_a, 1e4 if limits[CCL] is None else limits[CCL])
        super().write(limits)

    # What stands on the bus

    def gives(self, charger):
        target, most = charger.wants()
        below = target - self.plant.measure()[0] - charger.sense_error_v
        return most * min(1.0, max(0.0, below / 0.01))

    def services(self):
        return {SYSTEM: self.system_items(), SETTINGS: self.settings_items(), SOLAR: self.solar_items(),
                VEBUS: self.multi_items()}

    def system_items(self):
        bmses = [name for name, items in self.seen.values() if CVL in items and items[CVL].value is not None]
        return {"/ActiveBmsService": self.bms, "/Control/Dvcc": int(self.dvcc),
                "/Dc/Battery/BatteryService": self.monitor, "/ActiveBatteryService": None,
                "/Dc/Battery/ChargeVoltage": self.multi.cvl_v if self.dvcc and self.bms else None,
                "/Dvcc/Alarms/MultipleBatteries": int(len(bmses) > 1), "/Dvcc/Alarms/FirmwareInsufficient": 0,
                "/SystemState/LowSoc": self.low_soc, "/Dc/Battery/Current": self.plant.measure()[1]}

    def settings_items(self):
        return {"/Settings/Services/Bol": int(self.dvcc), "/Settings/SystemSetup/MaxChargeCurrent": self.user_a,
                "/Settings/SystemSetup/MaxChargeVoltage": self.user_v,
                "/Settings/SystemSetup/BmsInstance": -1 if self.bms_instance is None else self.bms_instance,
                "/Settings/CGwacs/OvervoltageFeedIn": int(self.feed_in),
                "/Settings/CGwacs/BatteryLife/MinimumSocLimit": 20, "/Settings/CGwacs/MaxDischargePower": -1}

    def solar_items(self):
        given, night = self.gives(self.mppt), self.mppt.sun_a == 0
        tracker = 0 if night else 2 if given > self.mppt.sun_a - 0.1 else 1
        return {"/ProductName": "SmartSolar MPPT 150/35", "/CustomName": "Roof", "/Dc/0/Current": given,
                "/Link/ChargeCurrent": self.mppt.current_a, "/Link/ChargeVoltage": self.mppt.voltage_v,
                "/Settings/ChargeCurrentLimit": self.mppt.rating_a, "/State": 0 if night else 252, "/ErrorCode": 0,
                "/Mode": 1, "/DeviceOffReason": int(night), "/MppOperationMode": tracker,
                "/Pv/V": 2.0 if night else 92.0, "/Settings/BmsPresent": int(self.ever_had_bms)}

    def multi_items(self):
        given = (self.gives(self.multi) if self.plant.mains else 0.0) - self.plant.load_a
        limits = "/BatteryOperationalLimits/"
        return {"/ProductName": "MultiPlus 48/3000/35-32", "/CustomName": "Multi", "/Dc/0/Current": given,
                limits + "MaxChargeVoltage": self.multi.cvl_v, limits + "MaxChargeCurrent": self.multi.ccl_a,
                limits + "MaxDischargeCurrent": self.multi.dcl_a, "/Mode": 3, "/VebusError": 0,
                "/Ac/ActiveIn/Connected": int(self.plant.mains or self.feed_in),
                "/Hub4/AssistantId": 5 if self.feed_in else None}

    def show(self):
        shown = {name: ({**items, **self.changes.get(name, {})}, self.deaf.get(name, []))
                 for name, items in self.services().items() if name not in self.absent}
        self.case.client.call(self.stage, "/", "Do", json.dumps({"show": shown}), signature="s", interface=CONTROL)


if __name__ == "__main__":
    main()

__all__ = ["CCL", "CVL", "DCL", "Gx", "SETTINGS", "SOLAR", "SYSTEM", "VEBUS"]
