# SPDX-License-Identifier: MIT
"""Records signals with arrival times, through GDBus on a thread of its own."""
import collections
import threading
import time

from gi.repository import Gio, GLib

from .bus import BUS_ITEM, DBUS, Item
from .waiting import wait_until

# `items` is {path: Item} for both kinds of change signal.
Change = collections.namedtuple("Change", "time sender member path signature items")
NameEvent = collections.namedtuple("NameEvent", "time name old new")


def _unpack_value(variant):
    if variant.get_type_string().startswith("a") and variant.n_children() == 0:
        return None
    return variant.unpack()


def _entry_to_item(entry):
    """An Item of a GVariant a{sv}."""
    values = {}
    for index in range(entry.n_children()):
        pair = entry.get_child_value(index)
        values[pair.get_child_value(0).get_string()] = pair.get_child_value(1).get_variant()
    value, text = values.get("Value"), values.get("Text")
    return Item(value.get_type_string() if value is not None else None,
                _unpack_value(value) if value is not None else None,
                text.unpack() if text is not None else None)


def items_of(member, path, signature, body):
    """{path: Item} of the arguments of a change signal or of the answer to GetItems."""
    first = body.get_child_value(0) if body is not None and body.n_children() else None
    if member == "PropertiesChanged" and signature == "a{sv}":
        return {path: _entry_to_item(first)}
    if member not in ("ItemsChanged", "GetItems") or signature != "a{sa{sv}}":
        return {}
    pairs = [first.get_child_value(index) for index in range(first.n_children())]
    return {pair.get_child_value(0).get_string(): _entry_to_item(pair.get_child_value(1))
            for pair in pairs}


class Recorder:
    """Collects ItemsChanged, PropertiesChanged and NameOwnerChanged of everyone on a bus."""

    def __init__(self, address):
        self.changes = []
        self.names = []
        self._context = GLib.MainContext()
        self._loop = GLib.MainLoop(self._context)
        self._connection = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(address,), daemon=True)
        self._thread.start()
        if not self._ready.wait(20):
            raise AssertionError("the signal recorder could not connect")

    def _run(self, address):
        self._context.push_thread_default()
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
                 | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        self._connection = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        self._connection.set_exit_on_close(False)
        self._connection.signal_subscribe(None, BUS_ITEM, None, None, None,
                                          Gio.DBusSignalFlags.NONE, self._on_change)
        self._connection.signal_subscribe(DBUS, DBUS, "NameOwnerChanged", None, None,
                                          Gio.DBusSignalFlags.NONE, self._on_name)
        self._round_trip()
        self._ready.set()
        self._loop.run()
        self._context.pop_thread_default()

    def _round_trip(self):
        self._connection.call_sync(DBUS, "/org/freedesktop/DBus", DBUS, "GetId", None, None,
                                   Gio.DBusCallFlags.NONE, 20000, None)

    def _on_change(self, _connection, sender, path, _interface, member, parameters):
        now = time.monotonic()
        signature = parameters.get_type_string()[1:-1]
        self.changes.append(Change(now, sender, member, path, signature,
                                   items_of(member, path, signature, parameters)))

    def _on_name(self, _connection, _sender, _path, _interface, _member, parameters):
        self.names.append(NameEvent(time.monotonic(), *parameters.unpack()))

    def sync(self):
        """Returns once every signal that the bus has already forwarded is recorded."""
        self._round_trip()
        done = threading.Event()
        source = GLib.Idle(GLib.PRIORITY_LOW)
        source.set_callback(lambda *_: done.set())
        source.attach(self._context)
        if not done.wait(20):
            raise AssertionError("the signal recorder hangs")

    def mark(self):
        self.sync()
        return len(self.changes)

    def of(self, sender, since=0):
        """All changes that connection sent, in order."""
        return [change for change in self.changes[since:] if change.sender == sender]

    def carrying(self, path, sender=None, since=0):
        """Changes that hold an item of this path."""
        return [change for change in self.changes[since:]
                if path in change.items and sender in (None, change.sender)]

    def wait_for(self, path, condition=lambda item: True, since=0, timeout=30.0):
        """The first change carrying `path` with an item that fulfils `condition`."""
        return wait_until(
            lambda: next((c for c in self.carrying(path, since=since) if condition(c.items[path])),
                         None), timeout, f"a signal with {path}")

    def owners(self, name):
        """NameOwnerChanged events of a well-known name."""
        self.sync()
        return [event for event in self.names if event.name == name]

    def stop(self):
        self._context.invoke_full(GLib.PRIORITY_DEFAULT, self._loop.quit)
        self._thread.join(10)
        if not self._connection.is_closed():
            self._connection.close_sync(None)
