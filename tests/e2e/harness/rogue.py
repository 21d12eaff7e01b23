# SPDX-License-Identifier: MIT
"""Neighbours on the bus that behave as badly as the bus lets them.

Run as a program: `python3 -m harness.rogue MANNER NAME SECONDS`. Prints its unique name, and
`done <count>` at its end.
"""
import itertools
import os
import socket
import sys
import time

from gi.repository import Gio, GLib

BUS_ITEM = "com.victronenergy.BusItem"
DBUS = "org.freedesktop.DBus"


def connect():
    flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
             | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
    return Gio.DBusConnection.new_for_address_sync(os.environ["DBUS_SESSION_BUS_ADDRESS"], flags,
                                                   None, None)


def daemon_call(connection, member, arguments):
    return connection.call_sync(DBUS, "/org/freedesktop/DBus", DBUS, member, arguments, None,
                                Gio.DBusCallFlags.NONE, 20000, None)


def until(seconds):
    """Counts until the time is over."""
    end = time.monotonic() + seconds
    for number in itertools.count():
        if time.monotonic() > end:
            return
        yield number


def flapping(connection, name, seconds, different=False):
    """Claims and releases a name a hundred times a second."""
    begin = time.monotonic()
    count = 0
    for number in until(seconds):
        suffix = str(number) if different else ""
        daemon_call(connection, "RequestName", GLib.Variant("(su)", (name + suffix, 4)))
        time.sleep(max(0, begin + (number + 0.5) / 100 - time.monotonic()))
        daemon_call(connection, "ReleaseName", GLib.Variant("(s)", (name + suffix,)))
        time.sleep(max(0, begin + (number + 1) / 100 - time.monotonic()))
        count += 1
    return count


def flapping_under_many_names(connection, name, seconds):
    return flapping(connection, name, seconds, different=True)


def nonsense(number):
    """One of many bodies that no BusItem signal has."""
    bodies = [GLib.Variant("(i)", (number,)), GLib.Variant("()", ()),
              GLib.Variant("(a{sv})", ({"Value": GLib.Variant("d", float("nan"))},)),
              GLib.Variant("(a{sa{sv}})", ({"/Dc/0/Current": {"Value": GLib.Variant("s", "x" * 9999)}},)),
              GLib.Variant("(a{sa{sv}})", ({f"/{number}/{n}": {} for n in range(200)},)),
              GLib.Variant("(a{sa{sv}})", ({"/Soc": {"Value": GLib.Variant("v", GLib.Variant("i", 5))}},)),
              GLib.Variant("(a{sa{sv}})", ({"/Dc/0/Voltage": {"Value": GLib.Variant("d", 1e300)}},)),
              GLib.Variant("(a{sa{sv}})", ({"/ProductName": {"Value": GLib.Variant("ai", [1, 2])}},))]
    return bodies[number % len(bodies)]


def sending_nonsense(connection, name, seconds):
    """Owns the name of a shunt and sends signals of every wrong kind as fast as it can."""
    daemon_call(connection, "RequestName", GLib.Variant("(su)", (name, 4)))
    count = 0
    for number in until(seconds):
        member = "ItemsChanged" if number % 3 else "PropertiesChanged"
        path = "/" if number % 5 else "/Dc/0/Voltage"
        connection.emit_signal(None, path, BUS_ITEM, member, nonsense(number))
        count = number
        if number % 50 == 0:
            connection.flush_sync(None)
    return count


def flooding(connection, name, seconds):
    """Signals to everybody, and straight to the owner of `name`, as fast as the bus takes them."""
    owner = daemon_call(connection, "GetNameOwner", GLib.Variant("(s)", (name,))).unpack()[0]
    body = GLib.Variant("(a{sa{sv}})", ({"/Soc": {"Value": GLib.Variant("d", 1.0)}},))
    count = 0
    for number in until(seconds):
        connection.emit_signal(owner if number % 2 else None, "/", BUS_ITEM, "ItemsChanged", body)
        count = number
        if number % 50 == 0:
            connection.flush_sync(None)
    return count


def stealing(connection, name, seconds):
    """Asks for the name by all means there are; the count of times it got it."""
    count = 0
    for number in until(seconds):
        flags = number % 8  # allow replacement, replace existing, do not queue
        got = daemon_call(connection, "RequestName", GLib.Variant("(su)", (name, flags))).unpack()[0]
        count += got in (1, 4)
        daemon_call(connection, "ReleaseName", GLib.Variant("(s)", (name,)))
    return count


def never_reading(_connection, name, seconds):
    """Asks for everything again and again and reads no answer."""
    path = os.environ["DBUS_SESSION_BUS_ADDRESS"].split("path=")[1].split(",")[0]
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(path)
        raw.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
        raw.recv(4096)
        raw.sendall(b"BEGIN\r\n")
        serial = itertools.count(1)

        def send(service, object_path, interface, member, body=None):
            message = Gio.DBusMessage.new_method_call(service, object_path, interface, member)
            message.set_serial(next(serial))
            if body:
                message.set_body(body)
            raw.sendall(message.to_blob(Gio.DBusCapabilityFlags.NONE))
        send(DBUS, "/org/freedesktop/DBus", DBUS, "Hello")
        send(DBUS, "/org/freedesktop/DBus", DBUS, "AddMatch",
             GLib.Variant("(s)", ("type='signal',interface='com.victronenergy.BusItem'",)))
        raw.settimeout(0.2)
        count = 0
        for _ in until(seconds):
            try:
                send(name, "/", BUS_ITEM, "GetItems")
                count += 1
            except OSError:  # the bus daemon takes no more, or has ended it
                time.sleep(0.01)
    return count


MANNERS = {function.__name__: function for function in (
    flapping, flapping_under_many_names, sending_nonsense, flooding, stealing, never_reading)}


def answer_as_a_shunt(connection):
    """Every name of this connection is a healthy SmartShunt, at least at the first look."""
    values = {"/ProductId": GLib.Variant("i", 0xA389), "/ProductName": GLib.Variant("s", "SmartShunt"),
              "/Dc/0/Voltage": GLib.Variant("d", 52.0), "/Dc/0/Current": GLib.Variant("d", 1000.0),
              "/Soc": GLib.Variant("d", 50.0), "/InstalledCapacity": GLib.Variant("d", 100.0)}
    items = GLib.Variant("(a{sa{sv}})", ({path: {"Value": value} for path, value in values.items()},))

    def on_message(_connection, message, incoming):
        if not incoming or message.get_message_type() != Gio.DBusMessageType.METHOD_CALL:
            return message
        if message.get_member() == "GetItems":
            reply = Gio.DBusMessage.new_method_reply(message)
            reply.set_body(items)
        else:
            reply = Gio.DBusMessage.new_method_error_literal(message, DBUS + ".Error.Failed", "no")
        connection.send_message(reply, Gio.DBusSendMessageFlags.NONE)
        return None
    connection.add_filter(on_message)


def main():
    manner, name, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    connection = connect()
    answer_as_a_shunt(connection)
    print(connection.get_unique_name(), flush=True)
    print("done", MANNERS[manner](connection, name, seconds), flush=True)


if __name__ == "__main__":
    main()
