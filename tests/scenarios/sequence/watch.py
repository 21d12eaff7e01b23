# SPDX-License-Identifier: MIT
"""An independent listener on the bus that knows what must hold at any time, whatever was done."""
import math
import re
import threading
import time

from gi.repository import GLib

from harness.systemcalc import BATTERY, CCL, CVL, DCL
from harness.tap import Answer, Owner, Tap, Told

LIMITS = (CVL, CCL, DCL)
LOOK_EVERY_S = 0.25


class Service:
    """What one owner of a name has shown, by GetItems once and by signals since."""

    def __init__(self, name, owner):
        self.name, self.owner = name, owner
        self.since = time.monotonic()
        self.shown = None
        self.asked = None  # (serial, time) of the open question

    def value(self, path):
        item = (self.shown or {}).get(path)
        return item.value if item else None


class Watch:
    """`who(name, owner's pid)`: the source behind a service that is ours, else None. A source says
    what is allowed: charging_a(now), (most, why), and expected_off(now), a reason or None.
    `patience()`: seconds within which a question must be answered now; None: do not expect it."""

    def __init__(self, address, who, patience, ignore=None):
        self.violations = []
        self._ignore = ignore
        self.services = {}
        self.compared = 0
        self._who, self._patience = who, patience
        self._sources, self._kinds = {}, {}
        self._tap = Tap(address)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            for name in self._tap.names():
                if name.startswith(BATTERY):
                    self._came(name, self._tap.owner(name))
            due = 0.0
            while not self._stop.is_set():
                now = time.monotonic()
                if now >= due:
                    due = now + LOOK_EVERY_S
                    self._look(now)
                event = self._tap.next(due - time.monotonic())
                if event is not None:
                    self._take(event)
        except Exception as error:  # pylint: disable=broad-except  # must not pass for calm
            self.blame(f"the watch itself failed: {type(error).__name__}: {error}")

    def blame(self, what):
        if not (self._ignore and re.search(self._ignore, what)):
            self.violations.append((time.monotonic(), what))

    def _take(self, event):
        if isinstance(event, Owner) and event.name.startswith(BATTERY):
            self.services.pop(event.name, None)
            if event.new:
                self._came(event.name, event.new)
            return
        for service in list(self.services.values()):
            if isinstance(event, Told) and event.sender == service.owner and service.shown is not None:
                self._apply(service, event.items)
            elif isinstance(event, Answer) and service.asked and service.asked[0] == event.serial:
                service.asked = None
                self._answered(service, event.items)

    def _came(self, name, owner):
        pid = owner and self._tap.call_daemon("GetConnectionUnixProcessID", GLib.Variant("(s)", (owner,)))
        source = self._who(name, pid[0]) if pid else None
        if source is not None:
            self._sources[name] = source
            self.services[name] = Service(name, owner)
            self._ask(self.services[name])

    def _ask(self, service):
        service.asked = (self._tap.ask(service.name), time.monotonic())

    def _answered(self, service, items):
        if items is None:
            return  # it left
        if service.shown is None:
            service.shown = {}
            self._apply(service, items)
            return
        self.compared += 1
        for path in sorted(service.shown.keys() | items.keys()):
            if service.shown.get(path) != items.get(path):
                self.blame(f"{service.name} {path}: GetItems says {items.get(path)}, its signals said "
                           f"{service.shown.get(path)}")
        self._apply(service, items)

    def _apply(self, service, items):
        before = {path: service.value(path) for path in LIMITS}
        for path, item in items.items():
            self._check_item(service, path, item)
        service.shown.update(items)
        self._check_limits(service, before)
        self._check_source(service, time.monotonic())

    def _check_item(self, service, path, item):
        if item.value is None:
            if item.signature != "ai":
                self.blame(f"{service.name} {path}: invalid as {item.signature}")
            return
        kind = self._kinds.setdefault((id(self._sources[service.name]), path), item.signature)
        if kind != item.signature:
            self.blame(f"{service.name} {path}: type {item.signature} after {kind}")
        if isinstance(item.value, float) and not math.isfinite(item.value):
            self.blame(f"{service.name} {path}: {item.value}")
        if path in LIMITS and (item.value < 0 or path == CVL and item.value == 0):
            self.blame(f"{service.name} {path}: a limit of {item.value}")

    def _check_limits(self, service, before):
        if service.value(CVL) is None:
            return
        if service.value(CCL) is None:
            self.blame(f"{service.name}: CVL {service.value(CVL)} without CCL (before: {before})")
        if before[DCL] is not None and service.value(DCL) is None and before[CVL] is not None:
            self.blame(f"{service.name}: DCL became invalid, it was {before[DCL]}")

    def _check_source(self, service, now):
        source = self._sources[service.name]
        ccl = service.value(CCL)
        if ccl:
            most, why = source.charging_a(now)
            if ccl > most + 1e-6:
                self.blame(f"{service.name}: CCL {ccl}, allowed {most:g}: {why}")
        voltage = service.value(CVL)
        if voltage is not None and voltage > source.cvl_v + 1e-6:
            self.blame(f"{service.name}: CVL {voltage}, never more than {source.cvl_v} was told")

    def _look(self, now):
        patience = self._patience()
        for service in list(self.services.values()):
            if service.asked is None:
                self._ask(service)
            elif patience is None:
                service.asked = (service.asked[0], now)
            elif now - service.asked[1] > patience:
                self.blame(f"{service.name}: no answer to GetItems for {now - service.asked[1]:.1f} s")
                service.asked = None
            if service.shown is not None:
                self._check_source(service, now)
            reason = self._sources[service.name].expected_off(now)
            if reason:
                self.blame(f"{service.name}: still on the bus: {reason}")

    def of(self, source):
        """The services of a source that are on the bus now."""
        return [s for s in list(self.services.values()) if self._sources[s.name] is source]

    def stop(self):
        self._stop.set()
        self._thread.join(30)
        self._tap.close()
