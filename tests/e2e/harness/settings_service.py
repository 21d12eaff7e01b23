# SPDX-License-Identifier: MIT
"""Stand-in for com.victronenergy.settings, a process of its own.

Values live in a JSON file, so that a restart keeps them. Prints `ready`, and one JSON line per
AddSettings and SetValue call.
"""
import argparse
import json
import os
import re
import sys

import dbus
import dbus.bus
import dbus.mainloop.glib
import dbus.service
from gi.repository import GLib

BUS_ITEM = "com.victronenergy.BusItem"
SETTINGS = "com.victronenergy.Settings"
NAME = "com.victronenergy.settings"
INSTANCE = re.compile(r"^/Settings/Devices/[A-Za-z0-9_]+/ClassAndVrmInstance$")


def kind_of(value):
    if isinstance(value, dbus.String):
        return "s"
    if isinstance(value, dbus.Double):
        return "f"
    return "i" if isinstance(value, (dbus.Int32, dbus.Int64)) else None


def say(what, **details):
    print(json.dumps({"call": what, **details}), flush=True)


class Leaf(dbus.service.Object):
    """One setting."""

    def __init__(self, owner, path, entry):
        super().__init__(owner.bus, path)
        self.owner, self.path, self.entry = owner, path, entry

    def wrapped(self, value=None):
        value = self.entry["value"] if value is None else value
        kind = {"s": dbus.String, "f": dbus.Double, "i": dbus.Int32}[self.entry["type"]]
        return kind(value, variant_level=1)

    @dbus.service.method(BUS_ITEM, out_signature="v")
    def GetValue(self):
        return self.wrapped()

    @dbus.service.method(BUS_ITEM, out_signature="s")
    def GetText(self):
        return str(self.entry["value"])

    @dbus.service.method(BUS_ITEM, out_signature="v")
    def GetDefault(self):
        return self.wrapped(self.entry["default"])

    @dbus.service.method(BUS_ITEM, in_signature="v", out_signature="i")
    def SetValue(self, value):
        say("SetValue", path=self.path, value=str(value))
        try:
            value = {"s": str, "f": float, "i": int}[self.entry["type"]](value)
        except (TypeError, ValueError):
            return -1
        if INSTANCE.match(self.path):
            value = self.owner.free_instance(self.path, value)
            if value is None:
                return -1
        if value != self.entry["value"]:
            self.entry["value"] = value
            self.owner.save()
            self.changed()
        return 0

    def changed(self, **more):
        self.PropertiesChanged({"Value": self.wrapped(),
                                "Text": dbus.String(self.entry["value"], variant_level=1), **more})

    @dbus.service.signal(BUS_ITEM, signature="a{sv}")
    def PropertiesChanged(self, _changes):
        pass


class Group(dbus.service.Object):
    """`/Settings`: AddSettings with relative paths."""

    def __init__(self, root):
        super().__init__(root.bus, "/Settings")
        self.root = root

    @dbus.service.method(SETTINGS, in_signature="aa{sv}", out_signature="aa{sv}",
                         async_callbacks=("reply", "fail"))
    def AddSettings(self, wishes, reply, fail):
        for wish in wishes:
            wish["path"] = dbus.String("/Settings" + wish["path"], variant_level=1)
        self.root.add_all(wishes, reply, fail)


class Root(dbus.service.Object):
    """`/`: AddSettings with absolute paths, GetItems."""

    def __init__(self, connection, file, delay_ms):
        self.bus, self.file, self.delay_ms = connection, file, delay_ms
        self.entries, self.leaves = {}, {}
        if os.path.exists(file):
            with open(file, encoding="utf-8") as stored:
                self.entries = json.load(stored)
        super().__init__(connection, "/")
        self.group = Group(self)
        for path, entry in self.entries.items():
            self.leaves[path] = Leaf(self, path, entry)

    def save(self):
        with open(self.file + ".new", "w", encoding="utf-8") as file:
            json.dump(self.entries, file, indent=1)
        os.replace(self.file + ".new", self.file)

    def free_instance(self, path, wanted):
        match = re.fullmatch(r"([a-z]+):(\d+)", wanted)
        if not match:
            return None
        taken = {e["value"] for p, e in self.entries.items() if INSTANCE.match(p) and p != path}
        number = int(match[2])
        while f"{match[1]}:{number}" in taken:
            number += 1
        return f"{match[1]}:{number}"

    def add(self, wish):
        """One entry of AddSettings; returns (value or None, error)."""
        path, default = wish.get("path"), wish.get("default")
        if not isinstance(path, dbus.String):
            return None, -4
        if not path.startswith("/Settings/"):
            return None, -9
        if path.rsplit("/", 1)[1].startswith("_"):
            return None, -2
        kind = kind_of(default)
        if kind is None:
            return None, -3
        path = str(path)
        plain = {"s": str, "f": float, "i": int}[kind](default)
        known = self.entries.get(path)
        if known is None:
            value = self.free_instance(path, plain) if INSTANCE.match(path) else plain
            if value is None:
                return None, -6
            known = self.entries[path] = {"type": kind, "default": plain, "value": value}
            self.leaves[path] = Leaf(self, path, known)
        elif known["type"] != kind:
            return None, -5
        known["default"] = plain
        self.save()
        self.leaves[path].changed(Default=self.leaves[path].wrapped(plain))
        return self.leaves[path].wrapped(), 0

    @dbus.service.method(SETTINGS, in_signature="aa{sv}", out_signature="aa{sv}",
                         async_callbacks=("reply", "fail"))
    def AddSettings(self, wishes, reply, fail):
        self.add_all(wishes, reply, fail)

    def add_all(self, wishes, reply, fail):
        say("AddSettings", paths=[str(w.get("path", "")) for w in wishes],
            defaults=[str(w.get("default", "")) for w in wishes])
        for wish in wishes:
            if not re.fullmatch(r"(/[A-Za-z0-9_]+)+", str(wish.get("path", ""))):
                fail(dbus.DBusException("illegal path", name="org.freedesktop.DBus.Error.Failed"))
                return
        answers = []
        for wish in wishes:
            value, error = self.add(wish)
            answer = {"path": dbus.String(wish.get("path", ""), variant_level=1),
                      "error": dbus.Int32(error, variant_level=1)}
            if value is not None:
                answer["value"] = value
            answers.append(dbus.Dictionary(answer, signature="sv"))
        result = dbus.Array(answers, signature="a{sv}")
        GLib.timeout_add(self.delay_ms, lambda: reply(result))

    @dbus.service.method(BUS_ITEM, out_signature="a{sa{sv}}")
    def GetItems(self):
        return dbus.Dictionary(
            {path: {"Value": leaf.wrapped(), "Text": dbus.String(leaf.entry["value"], variant_level=1)}
             for path, leaf in self.leaves.items()}, signature="sa{sv}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--delay-ms", type=int, default=0, help="time AddSettings takes")
    options = parser.parse_args()
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    connection = dbus.bus.BusConnection(os.environ["DBUS_SESSION_BUS_ADDRESS"])
    root = Root(connection, options.file, options.delay_ms)
    if connection.request_name(NAME, dbus.bus.NAME_FLAG_DO_NOT_QUEUE) != 1:
        sys.exit("the name is taken")
    assert root is not None
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
