# SPDX-License-Identifier: MIT
"""Stand-in for systemcalc with its chargers: chooses monitor and BMS, writes limits
(docs/venus-dbus.md, "Choice of monitor and BMS", "Limits", "When a battery leaves").

As the real one it trusts whatever is on the bus, skips what is invalid, stops writing when the BMS
is gone, and waits for a service that does not answer. A wrong type ends it.
"""
import math
import threading
import time

from .chargers import Plant
from .tap import Answer, Owner, Tap, Told

BATTERY = "com.victronenergy.battery."
CVL, CCL, DCL = "/Info/MaxChargeVoltage", "/Info/MaxChargeCurrent", "/Info/MaxDischargeCurrent"
NUMBERS = ("/Dc/0/Voltage", "/Dc/0/Current", "/Dc/0/Power", "/Dc/0/Temperature", "/Soc", "/TimeToGo",
           "/InstalledCapacity", "/Capacity", "/ConsumedAmphours", "/Connected", "/ProductId",
           "/DeviceInstance", CVL, CCL, DCL, "/Info/BatteryLowVoltage")
TEXTS = ("/ProductName", "/CustomName", "/Mgmt/Connection")
NO_LIMIT_A = 10000.0
ANSWER_TIMEOUT_S = 25.0


def wrong(path, item):
    """What in this item would end or blind systemcalc, or None."""
    if item.value is None:
        return None
    if path in TEXTS and item.signature != "s":
        return f"{path} is no text: {item}"
    if path in NUMBERS and (item.signature not in ("i", "d", "n", "q", "u", "x", "y")
                            or not math.isfinite(item.value)):
        return f"{path} is no number: {item}"
    return None


class Site:
    """One installation: which monitor and BMS it is set to (None: automatic; else instances), its
    chargers, and DC-coupled feed-in with the Multi's voltage offset."""

    def __init__(self, monitor=None, bms=None, plant=None, feed_in=False, offset_v=0.4):
        self.monitor_instance, self.bms_instance = monitor, bms
        self.plant = plant or Plant()
        self.feed_in, self.offset_v = feed_in, offset_v
        self.monitor = self.bms = None  # service names in use
        self.ever_had_bms = False

    @property
    def multi(self):
        return self.plant.multi

    @property
    def mppt(self):
        return self.plant.mppt

    def charging_a(self):
        """Current into the real battery now."""
        return self.plant.measure()[1]

    def choose(self, services):
        """`services`: {instance: (service name, items)}."""
        def value(instance, path):
            item = services[instance][1].get(path)
            return item.value if item else None

        monitors = [n for n in services if value(n, "/Connected") == 1 and value(n, "/ProductName")
                    and value(n, "/Mgmt/Connection") and self.monitor_instance in (None, n)]
        monitor = min(monitors, key=lambda n: (CVL not in services[n][1], n), default=None)
        several = [n for n in services if value(n, CVL) is not None and self.bms_instance in (None, n)]
        bms = min(several, key=lambda n: -1 if n == monitor else n, default=None)
        self.monitor = services[monitor][0] if monitor is not None else None
        self.bms = services[bms][0] if bms is not None else None
        self.write({path: value(bms, path) for path in (CVL, CCL, DCL)} if bms is not None else None)
        self.plant.sense(self._sense(monitor, value))

    @staticmethod
    def _sense(monitor, value):
        if monitor is None or value(monitor, "/Mgmt/InsecureConnection") == 1:
            return None
        return value(monitor, "/Dc/0/Voltage")

    def write(self, limits):
        if limits is None:  # nothing is set to 0 or invalid: what was written last just stays
            return
        self.ever_had_bms = True
        cvl, ccl, dcl = (None if limits[path] is None else max(0.0, float(limits[path]))
                         for path in (CVL, CCL, DCL))
        multi, mppt = self.plant.multi, self.plant.mppt
        multi.tell("cvl_v", cvl)
        multi.tell("dcl_a", dcl)
        if ccl is not None:  # else the Multi keeps the last number
            solar = min(mppt.sun_a, mppt.rating_a) if ccl < NO_LIMIT_A else 0.0
            multi.tell("ccl_a", max(0.0, ccl - solar))
        if self.feed_in:
            mppt.tell("voltage_v", cvl + max(0.1, self.offset_v))
            mppt.tell("current_a", mppt.rating_a)
        else:
            mppt.tell("voltage_v", cvl)
            loads = max(0.0, self.plant.load_a)
            mppt.tell("current_a", mppt.rating_a if ccl is None else min(mppt.rating_a, ccl + loads))


class Systemcalc:
    """Runs in a thread of its own. `cycle` is 3 s in the real one."""

    def __init__(self, address, *sites, cycle=0.3):
        self.sites, self.cycle = list(sites) or [Site()], cycle
        self.services = {}  # instance: service name; two of one instance hide each other
        self.ended = None  # why it died
        self.blocked_s = 0.0  # longest wait for an answer
        self.cycles = 0
        self._items, self._owners, self._later = {}, {}, []
        self._tap = Tap(address)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            for name in self._tap.names():
                if name.startswith(BATTERY):
                    self._scan(name, self._tap.owner(name))
            due = time.monotonic()
            while not self._stop.is_set():
                if time.monotonic() >= due:
                    self._cycle()
                    due = time.monotonic() + self.cycle
                self._take(self._later.pop(0) if self._later
                           else self._tap.next(due - time.monotonic()))
        except Exception as error:  # pylint: disable=broad-except  # it must not pass for a calm one
            self.ended = self.ended or f"{type(error).__name__}: {error}"

    def _take(self, event):
        if isinstance(event, Owner) and event.name.startswith(BATTERY):
            self._forget(event.name)
            if event.new:
                self._scan(event.name, event.new)
        elif isinstance(event, Told):
            for name, owner in self._owners.items():
                if owner == event.sender:
                    self._update(name, event.items)

    def _scan(self, name, owner):
        """Reads a service once; until it answers nothing else happens."""
        begin, serial = time.monotonic(), self._tap.ask(name)
        while True:
            event = self._tap.next(begin + ANSWER_TIMEOUT_S - time.monotonic())
            if event is None or isinstance(event, Answer) and event.serial == serial:
                break
            self._later.append(event)
            if self._stop.is_set():
                return
        self.blocked_s = max(self.blocked_s, time.monotonic() - begin)
        items = event.items if event else None
        instance = items.get("/DeviceInstance") if items else None
        if instance is None or instance.value is None:
            return  # stays invisible until its name is claimed anew
        self._owners[name], self._items[name] = owner, {}
        self.services[instance.value] = name
        self._update(name, items)

    def _forget(self, name):
        self._owners.pop(name, None)
        if self._items.pop(name, None) is None:
            return
        for instance in [n for n, service in self.services.items() if service == name]:
            del self.services[instance]

    def _update(self, name, items):
        for path, item in items.items():
            complaint = wrong(path, item)
            if complaint:
                self.ended = f"{name}: {complaint}"
                raise ValueError(self.ended)
            self._items[name][path] = item

    def _cycle(self):
        seen = {n: (name, self._items[name]) for n, name in self.services.items()}
        for site in self.sites:
            site.choose(seen)
        self.cycles += 1

    def stop(self):
        self._stop.set()
        self._thread.join(30)
        self._tap.close()


__all__ = ["CCL", "CVL", "DCL", "NO_LIMIT_A", "Site", "Systemcalc"]
