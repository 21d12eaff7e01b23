# SPDX-License-Identifier: MIT
"""What a client on the bus sees of one service: nothing here knows what was published."""

import time
from collections import deque
from dataclasses import dataclass

import dbus

BUS_ITEM = "com.victronenergy.BusItem"
RATE_WINDOW_S = 10


@dataclass
class Item:
    value: object = None  # None: the bus says "invalid"
    text: str = ""
    changed_at: float = 0.0


def plain(value):
    """A D-Bus value as a Python one; the empty array means invalid."""
    if isinstance(value, dbus.Array):
        return None if not value else [plain(v) for v in value]
    if isinstance(value, (dbus.Double, float)):
        return float(value)
    if isinstance(value, (int, dbus.Byte)):
        return int(value)
    return str(value)


class BusView:
    """Follows a service through GetItems and ItemsChanged. `bus` needs a GLib main loop."""

    def __init__(self, bus, service):
        self.service = service
        self.items = {}
        self.present = False
        self.since = 0.0
        self.signals = 0
        self.last_signal_items = 0
        self._arrivals = deque()
        self._bus = bus
        bus.add_signal_receiver(self._on_items_changed, "ItemsChanged", BUS_ITEM,
                                bus_name=service, path="/")
        bus.add_signal_receiver(self._on_properties_changed, "PropertiesChanged", BUS_ITEM,
                                bus_name=service, path_keyword="path")
        bus.watch_name_owner(service, self._on_owner)

    def number(self, path):
        item = self.items.get(path)
        return item.value if item and isinstance(item.value, (int, float)) else None

    def text(self, path):
        item = self.items.get(path)
        return item.text if item and item.value is not None else ""

    def signals_per_second(self):
        now = time.monotonic()
        while self._arrivals and self._arrivals[0] < now - RATE_WINDOW_S:
            self._arrivals.popleft()
        window = min(RATE_WINDOW_S, max(1.0, now - self.since))
        return len(self._arrivals) / window

    def _on_owner(self, owner):
        self.present = bool(owner)
        self.since = time.monotonic()
        self.items.clear()
        self._arrivals.clear()
        if owner:
            self._bus.call_async(owner, "/", BUS_ITEM, "GetItems", "", (), self._take, lambda _: None)

    def _take(self, changes):
        now = time.monotonic()
        for path, fields in changes.items():
            item = self.items.setdefault(str(path), Item())
            if "Value" in fields and plain(fields["Value"]) != item.value:
                item.value = plain(fields["Value"])
                item.changed_at = now
            item.text = str(fields.get("Text", item.value))

    def _on_items_changed(self, changes):
        self._count(len(changes))
        self._take(changes)

    def quiet_s(self):
        """Seconds since the last signal."""
        return time.monotonic() - self._arrivals[-1] if self._arrivals else float("inf")

    def _on_properties_changed(self, changes, path):
        self._count(1)
        self._take({path: changes})

    def _count(self, item_count):
        self.signals += 1
        self.last_signal_items = item_count
        self._arrivals.append(time.monotonic())
