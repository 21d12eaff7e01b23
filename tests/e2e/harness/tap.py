# SPDX-License-Identifier: MIT
"""What a bus connection of its own receives, in the order in which it came over the wire."""
import collections
import queue
import time

from gi.repository import Gio, GLib

from .bus import BUS_ITEM, DBUS
from .recorder import items_of

# A change signal, a change of a name's owner, an answer to GetItems (items None: an error).
Told = collections.namedtuple("Told", "time sender items")
Owner = collections.namedtuple("Owner", "time name old new")
Answer = collections.namedtuple("Answer", "time serial items")


class Tap:
    """Events wait in a queue for the one thread that takes them with next()."""

    def __init__(self, address):
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
                 | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        self._events = queue.SimpleQueue()
        self._connection = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        self._connection.set_exit_on_close(False)
        self._connection.add_filter(self._on_message)
        for rule in (f"type='signal',interface='{BUS_ITEM}'",
                     f"type='signal',sender='{DBUS}',member='NameOwnerChanged'"):
            self.call_daemon("AddMatch", GLib.Variant("(s)", (rule,)))

    def call_daemon(self, member, arguments=None):
        """The result of a method of the bus daemon, or None when it answers with an error."""
        try:
            return self._connection.call_sync(
                DBUS, "/org/freedesktop/DBus", DBUS, member, arguments, None,
                Gio.DBusCallFlags.NONE, 20000, None).unpack()
        except GLib.Error:
            return None

    def names(self):
        return self.call_daemon("ListNames")[0]

    def owner(self, name):
        found = self.call_daemon("GetNameOwner", GLib.Variant("(s)", (name,)))
        return found[0] if found else None

    def ask(self, service):
        """Sends GetItems; its answer comes as an Answer with the serial returned here."""
        message = Gio.DBusMessage.new_method_call(service, "/", BUS_ITEM, "GetItems")
        _, serial = self._connection.send_message(message, Gio.DBusSendMessageFlags.NONE)
        return serial

    def next(self, timeout):
        """The next event, or None when none comes within `timeout` seconds."""
        try:
            return self._events.get(timeout=max(0.0, timeout))
        except queue.Empty:
            return None

    def _on_message(self, _connection, message, incoming):
        """In GDBus's own thread."""
        if not incoming:
            return message
        now, body = time.monotonic(), message.get_body()
        kind, member = message.get_message_type(), message.get_member()
        if kind == Gio.DBusMessageType.SIGNAL:
            if message.get_interface() == BUS_ITEM:
                self._events.put(Told(now, message.get_sender(), items_of(
                    member, message.get_path(), message.get_signature(), body)))
            elif member == "NameOwnerChanged":
                self._events.put(Owner(now, *body.unpack()))
            return None
        if kind == Gio.DBusMessageType.METHOD_RETURN and message.get_signature() == "a{sa{sv}}":
            self._events.put(Answer(now, message.get_reply_serial(),
                                    items_of("GetItems", "/", "a{sa{sv}}", body)))
        elif kind == Gio.DBusMessageType.ERROR:
            self._events.put(Answer(now, message.get_reply_serial(), None))
        return message

    def close(self):
        if not self._connection.is_closed():
            self._connection.close_sync(None)
