# SPDX-License-Identifier: MIT
"""A private D-Bus daemon and a client that sees exact D-Bus types."""
import collections
import os
import shutil
import tempfile

import dbus
import dbus.bus
import dbus.lowlevel

from .process import Process
from .waiting import wait_until

BUS_ITEM = "com.victronenergy.BusItem"
DBUS = "org.freedesktop.DBus"
SERVICE = "com.victronenergy.battery.mqtt_battery"

# One bus item: D-Bus signature of its value, plain Python value (None: invalid), text.
Item = collections.namedtuple("Item", "signature value text")
INVALID = Item("ai", None, "---")
Reply = collections.namedtuple("Reply", "signature args")

_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy>{limits}</busconfig>
"""

_SIGNATURES = ((dbus.Boolean, "b"), (dbus.Byte, "y"), (dbus.Int16, "n"), (dbus.UInt16, "q"),
               (dbus.Int32, "i"), (dbus.UInt32, "u"), (dbus.Int64, "x"), (dbus.UInt64, "t"),
               (dbus.Double, "d"), (dbus.ObjectPath, "o"), (dbus.String, "s"))


def signature_of(value):
    """The D-Bus signature of a value that dbus-python received."""
    if isinstance(value, dbus.Array):
        return f"a{value.signature}"
    if isinstance(value, dbus.Dictionary):
        return "a{%s}" % value.signature
    return next(sign for kind, sign in _SIGNATURES if isinstance(value, kind))


def plain(value):
    """The value as a plain Python one; an empty array is None."""
    if isinstance(value, dbus.Array):
        return [plain(v) for v in value] or None
    if isinstance(value, dbus.Dictionary):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, dbus.Double):
        return float(value)
    return str(value) if isinstance(value, str) else int(value)


class PrivateBus:
    """A dbus-daemon of its own in a temporary folder; `limits` as of its configuration."""

    def __init__(self, **limits):
        self.folder = tempfile.mkdtemp(prefix="dmb-bus-")
        config = os.path.join(self.folder, "bus.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(_CONFIG.format(
                path=os.path.join(self.folder, "socket"),
                limits="".join(f'<limit name="{name}">{value}</limit>' for name, value in limits.items())))
        self.process = Process(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile", "--print-address"])
        self.address = self.process.wait_for_log("^unix:").text.strip()

    def environment(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith("DBUS_")}
        env["DBUS_SESSION_BUS_ADDRESS"] = self.address
        return env

    def stop(self):
        self.process.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Client:
    """Calls on a bus connection of its own."""

    def __init__(self, address):
        self.connection = dbus.bus.BusConnection(address)
        self.connection.set_exit_on_disconnect(False)

    def call(self, service, path, member, *args, signature="", interface=BUS_ITEM, timeout=20.0):
        """A method call with exact argument types; raises dbus.DBusException on an error reply."""
        message = dbus.lowlevel.MethodCallMessage(service, path, interface, member)
        if signature:
            message.append(*args, signature=signature)
        reply = self.connection.send_message_with_reply_and_block(message, timeout)
        return Reply(reply.get_signature(), reply.get_args_list())

    def error_of(self, *args, **kwargs):
        """The D-Bus error name a call ends with, or None if it succeeds."""
        try:
            self.call(*args, **kwargs)
        except dbus.DBusException as error:
            return error.get_dbus_name()
        return None

    def owner(self, name):
        """Unique connection name of the owner, or None."""
        try:
            return str(self.connection.get_name_owner(name))
        except dbus.DBusException:
            return None

    def wait_for_name(self, name=SERVICE, timeout=30.0):
        return wait_until(lambda: self.owner(name), timeout, f"{name} to appear on the bus")

    def wait_for_no_name(self, name=SERVICE, timeout=30.0):
        wait_until(lambda: not self.owner(name), timeout, f"{name} to leave the bus")

    def get_items(self, service=SERVICE):
        """GetItems of `/` as {path: Item}."""
        reply = self.call(service, "/", "GetItems")
        assert reply.signature == "a{sa{sv}}", reply.signature
        return {str(path): to_item(entry) for path, entry in reply.args[0].items()}

    def get_value(self, path, service=SERVICE):
        """(signature inside the variant, plain value) of one object."""
        reply = self.call(service, path, "GetValue")
        assert reply.signature == "v", reply.signature
        return signature_of(reply.args[0]), plain(reply.args[0])

    def get_text(self, path, service=SERVICE):
        return plain(self.call(service, path, "GetText").args[0])

    def value(self, path, service=SERVICE):
        return self.get_value(path, service)[1]

    def wait_for_value(self, path, expected, service=SERVICE, timeout=30.0):
        """Waits until the item has this value (floats: within 1e-6; None: invalid)."""
        seen = []

        def reached():
            try:
                seen[:] = [self.value(path, service)]
            except dbus.DBusException as error:
                seen[:] = [error.get_dbus_name()]
                return False
            if isinstance(expected, float) and isinstance(seen[0], float):
                return abs(seen[0] - expected) < 1e-6
            return seen[0] == expected
        wait_until(reached, timeout, lambda: f"{path} to become {expected!r}, last seen {seen}")

    def set_value(self, path, value, service=SERVICE):
        """SetValue with `value` (an exact dbus type) in a variant; returns the code."""
        reply = self.call(service, path, "SetValue", value, signature="v")
        assert reply.signature == "i", reply.signature
        return int(reply.args[0])

    def request_name(self, name):
        return self.connection.request_name(name, dbus.bus.NAME_FLAG_DO_NOT_QUEUE)

    def release_name(self, name):
        self.connection.release_name(name)

    def close(self):
        self.connection.close()


def to_item(entry):
    """An Item of a received {Value, Text} dictionary."""
    return Item(signature_of(entry["Value"]), plain(entry["Value"]), str(entry["Text"]))
