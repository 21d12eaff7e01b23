# SPDX-License-Identifier: MIT
"""The programs that are measured, and what /proc and the bus tell of them."""

import glob
import os
import re
import subprocess
import time

from gi.repository import Gio, GLib

CONFIG = """[DEFAULT]
min_update_interval = 0

[MQTT]
broker_address = 127.0.0.1
broker_port = {port}
topic = {topic}
"""
APPEAR_S = 60


class Subject:
    """One program that publishes a battery of what arrives on `topic`."""

    def __init__(self, name, service, topic, command=None, pid=None):
        self.name = name
        self.service = service
        self.topic = topic
        self.command = command  # None: runs already
        self.pid = pid
        self.process = None

    def start(self, place):
        self.process = place.spawn("subject", self.command)
        self.pid = self.process.pid

    def stop(self, place):
        place.stop(self.process)


def cpu_seconds(pid):
    """What all threads of the process have used so far, in nanosecond resolution: the process's CPU
    clock, as clock_getcpuclockid(3) names it. /proc/<pid>/stat counts in steps of 10 ms."""
    return time.clock_gettime((~pid << 3) | 2)


def memory_kb(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        text = file.read()
    return {"rss": int(re.search(r"^Rss:\s+(\d+)", text, re.M)[1]),
            "anonymous": int(re.search(r"^Anonymous:\s+(\d+)", text, re.M)[1])}


def _switches(pid, kinds):
    total = 0
    for status in glob.glob(f"/proc/{pid}/task/*/status"):
        with open(status, encoding="ascii", errors="replace") as file:
            total += sum(map(int, re.findall(rf"^{kinds}_ctxt_switches:\s+(\d+)", file.read(),
                                             re.M)))
    return total


def sleeps(pid):
    """How often the threads of the process went to sleep: as often as they were woken up."""
    return _switches(pid, "voluntary")


def context_switches(pid):
    """And how often they were made to wait for others."""
    return _switches(pid, "(?:non)?voluntary")


def peak_kb(pid):
    """The most memory that was ever resident."""
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return int(re.search(r"^VmHWM:\s+(\d+)", file.read(), re.M)[1])


class Bus:
    """A client that sees whole messages and name changes."""

    def __init__(self, address):
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
                 Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        self._connection = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        self._context = GLib.MainContext.default()

    def owner(self, service):
        try:
            return self._call("GetNameOwner", service)
        except GLib.Error:
            return None

    def wait_for(self, service, seconds):
        """The monotonic time at which the name was taken; None when it was not."""
        seen = []
        subscription = self._connection.signal_subscribe(
            "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", None, service,
            Gio.DBusSignalFlags.NONE,
            lambda *args: args[5][2] and seen.append(time.monotonic()))
        self._call("GetId")  # the subscription is in force when this is answered
        yield  # the caller starts the program now
        deadline = time.monotonic() + seconds
        while not seen and time.monotonic() < deadline:
            if not self._context.iteration(False):
                time.sleep(0.0005)
        self._connection.signal_unsubscribe(subscription)
        yield seen[0] if seen else None

    def count_bytes(self, service, action):
        """Runs `action` in another process's time and adds up the size of the service's signals."""
        owner = self.owner(service)
        sizes = []

        def look(_, message, incoming):
            if incoming and message.get_sender() == owner and (
                    message.get_message_type() == Gio.DBusMessageType.SIGNAL):
                sizes.append(len(message.to_blob(Gio.DBusCapabilityFlags.NONE)))
            return message

        rule = f"type='signal',sender='{owner}'"
        self._call("AddMatch", rule)
        look_id = self._connection.add_filter(look)
        action()
        self._connection.remove_filter(look_id)
        self._call("RemoveMatch", rule)
        return sum(sizes)

    def _call(self, method, *arguments):
        signature = GLib.Variant(f"({'s' * len(arguments)})", arguments) if arguments else None
        reply = self._connection.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                           "org.freedesktop.DBus", method, signature, None,
                                           Gio.DBusCallFlags.NONE, 5000, None)
        return reply.unpack()[0] if reply.n_children() else None


class Appearance:
    """Start-up: from starting the program to its name on the bus."""

    def __init__(self, bus, service):
        self._wait = bus.wait_for(service, APPEAR_S)
        next(self._wait)
        self._started = time.monotonic()

    def seconds(self):
        taken = next(self._wait)
        return None if taken is None else max(0.0, taken - self._started)


def probe_command(probe, port, topic, payload, **options):
    extra = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    return [probe, "--port", str(port), "--topic", topic, "--payload", payload, *extra]


def environment(bus_address):
    return {**os.environ, "DBUS_SESSION_BUS_ADDRESS": bus_address}


def run_probe(command, bus_address):
    return subprocess.run(command, env=environment(bus_address), check=True,
                          stdout=subprocess.PIPE, text=True).stdout
