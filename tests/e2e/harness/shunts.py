# SPDX-License-Identifier: MIT
"""SmartShunts to be aggregated, each a process with a bus connection of its own.

Run as a program (`python3 -m harness.shunts`) it is one shunt, told what to do through a method of
its own; imported, it is what tests tell it with.
"""
import json
import os
import signal
import sys

import dbus
import dbus.bus
import dbus.lowlevel
import dbus.mainloop.glib
from gi.repository import GLib

from . import paths
from .bus import BUS_ITEM
from .case import DATA, Case
from .daemon import ini
from .process import Process
from .waiting import slowness, wait_until

PREFIX = "com.victronenergy.battery."
AGGREGATE = PREFIX + "aggregate_shunts"
VREG = "com.victronenergy.VregLink"
CONTROL = "test.FakeShunt"
FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

ALARMS = ["/Alarms/" + name for name in (
    "Alarm", "LowVoltage", "HighVoltage", "LowSoc", "LowTemperature", "HighTemperature",
    "MidVoltage", "LowStarterVoltage", "HighStarterVoltage")]
SHORT = {"voltage": "/Dc/0/Voltage", "current": "/Dc/0/Current", "power": "/Dc/0/Power",
         "temperature": "/Dc/0/Temperature", "soc": "/Soc", "consumed": "/ConsumedAmphours",
         "instance": "/DeviceInstance", "serial": "/Serial", "name": "/CustomName",
         "product": "/ProductName", "product_id": "/ProductId"}
# Error a SmartShunt answers for a register that cannot be reached.
UNREACHABLE = 0x8101


# --- the shunt's side -------------------------------------------------------------------------

_KINDS = {"b": dbus.Boolean, "y": dbus.Byte, "n": dbus.Int16, "q": dbus.UInt16, "i": dbus.Int32,
          "u": dbus.UInt32, "x": dbus.Int64, "t": dbus.UInt64, "d": dbus.Double, "s": dbus.String}


def wire(value):
    """A value for a variant; {"as": signature, "value": ...} forces a type. None is invalid."""
    if isinstance(value, dict):
        sign, value = value["as"], value["value"]
        if sign[0] == "a":
            return dbus.Array(value, signature=sign[1:], variant_level=1)
        return _KINDS[sign](value, variant_level=1)
    if value is None:
        return dbus.Array([], signature="i", variant_level=1)
    kind = {int: dbus.Int32, float: dbus.Double, str: dbus.String}[type(value)]
    return kind(value, variant_level=1)


def text_of(value):
    return "---" if value is None else str(value["value"] if isinstance(value, dict) else value)


class Shunt:
    """Answers calls to every path of a connection; changes are told with either signal."""

    def __init__(self, connection):
        self.connection = connection
        self.items, self.vreg, self.deaf = {}, {}, set()
        self.registers_asked = []
        connection._register_object_path("/", self._on_call, None, fallback=True)

    def _on_call(self, _connection, message):
        if message.get_type() != 1:
            return dbus.lowlevel.HANDLER_RESULT_NOT_YET_HANDLED
        member, path = message.get_member(), message.get_path()
        if message.get_interface() == CONTROL:
            self.obey(json.loads(message.get_args_list()[0]))
            self._reply(message, "s", json.dumps(self.registers_asked))
        elif {member, "*"} & self.deaf:
            pass  # never answered
        else:
            self._answer(message, member, path)
        return dbus.lowlevel.HANDLER_RESULT_HANDLED

    def _answer(self, message, member, path):
        below = path.rstrip("/") + "/"
        tree = {k[len(below):]: v for k, v in self.items.items() if k.startswith(below)}
        if member == "GetVreg" and self.vreg and path == "/Devices/0/VregLink":
            self._answer_register(message)
        elif member == "GetItems" and path == "/" and "no GetItems" not in self.deaf:
            self._reply(message, "a{sa{sv}}", self.entries(self.items))
        elif member == "GetValue" and path in self.items:
            self._reply(message, "v", wire(self.items[path]))
        elif member == "GetText" and path in self.items:
            self._reply(message, "s", text_of(self.items[path]))
        elif member == "GetValue" and tree:
            values = {key: wire(value) for key, value in tree.items()}
            self._reply(message, "v", dbus.Dictionary(values, signature="sv", variant_level=1))
        elif member == "GetText" and tree:
            texts = {key: text_of(value) for key, value in tree.items()}
            self._reply(message, "v", dbus.Dictionary(texts, signature="ss", variant_level=1))
        else:
            known = tree or path in self.items
            error = "UnknownMethod" if known else "UnknownObject"
            self.connection.send_message(dbus.lowlevel.ErrorMessage(
                message, f"org.freedesktop.DBus.Error.{error}", f"{member} of {path}"))

    def _answer_register(self, message):
        register = int(message.get_args_list()[0])
        self.registers_asked.append(register)
        value = self.vreg.get(f"0x{register:04X}", {"error": UNREACHABLE})
        if value == "never":
            return
        if isinstance(value, dict) and "delay_ms" in value:
            data = value["value"].to_bytes(2, "little")
            GLib.timeout_add(value["delay_ms"], lambda: self._reply(message, "qay", 0, data))
        elif isinstance(value, dict):
            self._reply(message, "qay", value["error"], bytes(value.get("data", ())))
        else:
            self._reply(message, "qay", 0, value.to_bytes(2, "little"))

    def _reply(self, message, signature, *args):
        reply = dbus.lowlevel.MethodReturnMessage(message)
        reply.append(*args, signature=signature)
        self.connection.send_message(reply)

    @staticmethod
    def entries(items):
        return {path: {"Value": wire(value), "Text": dbus.String(text_of(value), variant_level=1)}
                for path, value in items.items()}

    def obey(self, order):
        for what, details in order.items():
            getattr(self, "do_" + what)(details)

    def do_set(self, items):
        self.items.update(items)

    def do_vreg(self, registers):
        self.vreg = registers

    def do_deaf(self, members):
        self.deaf = set(members)

    def do_claim(self, name):
        if self.connection.request_name(name, dbus.bus.NAME_FLAG_DO_NOT_QUEUE) != 1:
            sys.exit(f"{name} is taken")

    def do_release(self, name):
        self.connection.release_name(name)

    def do_items_changed(self, items):
        self.do_set(items)
        self.send("/", "ItemsChanged", "a{sa{sv}}", self.entries(items))

    def do_properties_changed(self, items):
        self.do_set(items)
        for path, entry in self.entries(items).items():
            self.send(path, "PropertiesChanged", "a{sv}", entry)

    def do_raw(self, signals):
        """Each [path, member, signature, arguments]; dictionaries stand for wire() values."""
        for path, member, signature, arguments in signals:
            self.send(path, member, signature, *[_wired(a) for a in arguments])

    def send(self, path, member, signature, *arguments):
        message = dbus.lowlevel.SignalMessage(path, BUS_ITEM, member)
        if signature:
            message.append(*arguments, signature=signature)
        self.connection.send_message(message)


def _wired(argument):
    if not isinstance(argument, dict):
        return argument
    return wire(argument) if "as" in argument else {k: _wired(v) for k, v in argument.items()}


def main():
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    connection = dbus.bus.BusConnection(os.environ["DBUS_SESSION_BUS_ADDRESS"])
    shunt = Shunt(connection)
    assert shunt is not None
    print(connection.get_unique_name(), flush=True)
    GLib.MainLoop().run()


# --- the tests' side --------------------------------------------------------------------------

def _spelled(values):
    """{path: value} of short names and paths; power follows voltage and current."""
    items = {SHORT.get(key, key): value for key, value in values.items()}
    voltage, current = items.get(SHORT["voltage"]), items.get(SHORT["current"])
    if isinstance(voltage, float) and isinstance(current, float):
        items.setdefault(SHORT["power"], voltage * current)
    if items.get(SHORT["temperature"]) is not None:
        items.setdefault("/Settings/HasTemperature", 1)
    return items


def shunt_data(kind):
    """(items, registers) of tests/data/smartshunt-<kind>.json."""
    with open(os.path.join(DATA, f"smartshunt-{kind}.json"), encoding="utf-8") as file:
        data = json.load(file)
    return {k: v for k, v in data.items() if k.startswith("/")}, data["_vreg"]


class FakeShunt:
    """`values`: short names or, in `items`, paths. `capacity` sets register 0x1000 (None: cannot
    be read), `vreg` all registers ({}: no VregLink), each a number, "never", {"error", "data"} or
    {"value", "delay_ms"}. `claim=False`: not on the bus as a shunt yet."""

    def __init__(self, case, suffix, kind="48v", items=None, vreg=None, claim=True, **values):
        self.case, self.service = case, PREFIX + suffix
        data, registers = shunt_data(kind)
        if "capacity" in values:
            registers["0x1000"] = values.pop("capacity") or {"error": UNREACHABLE}
        instance = values.setdefault("instance", 279 + sum(suffix.encode()) % 1000)
        self.items = {
            "/Mgmt/ProcessName": "vedirect-dbus", "/Mgmt/ProcessVersion": "3.68",
            "/Mgmt/Connection": "VE.Direct", "/HardwareVersion": None, "/Connected": 1,
            "/CustomName": "", "/Serial": f"HQ22{instance:06d}", "/GroupId": None,
            "/Relay/0/State": None, "/Devices/0/VregLink": None, "/VEDirect/HexChecksumErrors": 0,
            **data, **_spelled(values), **(items or {})}
        self.vreg = registers if vreg is None else vreg
        self._begin(claim)

    def _begin(self, claim):
        self.process = Process([sys.executable, "-B", "-m", "harness.shunts"],
                               env=self.case.bus.environment(), cwd=FOLDER)
        self.case.addCleanup(self.process.stop, signal.SIGKILL)
        self.unique = self.process.wait_for_log("^:").text
        self.order(set=self.items, vreg=self.vreg)
        if claim:
            self.claim()

    def order(self, **what):
        """Returns once it is done and everything is sent; the registers asked for so far."""
        reply = self.case.client.call(self.unique, "/", "Do", json.dumps(what), signature="s",
                                      interface=CONTROL)
        return json.loads(reply.args[0])

    def claim(self):
        self.order(claim=self.service)

    def release(self):
        self.order(release=self.service)

    def change(self, with_properties=False, **values):
        """Changes values and tells them with ItemsChanged, or one PropertiesChanged each."""
        items = _spelled(values.pop("items", {}) | values)
        self.items.update(items)
        self.order(**{"properties_changed" if with_properties else "items_changed": items})

    def hang(self, *members):
        """From now on these methods (all, if none is given) are never answered."""
        self.order(deaf=members or ["*"])

    def kill(self):
        self.process.stop(signal.SIGKILL)

    def come_back(self, **values):
        """A new process, so another connection, with the old or given values."""
        self.items.update(_spelled(values))
        self._begin(True)


class ShuntCase(Case):
    """Plays shunts and watches their aggregate. `config`: further sections."""

    def setUp(self):
        super().setUp()
        self.config = {}
        self.addCleanup(self._no_aggregate_left)

    def _no_aggregate_left(self):
        if self.bus.process.running():
            self.client.wait_for_no_name(AGGREGATE)

    def shunt(self, suffix, kind="48v", **options):
        return FakeShunt(self, suffix, kind, **options)

    def state_file(self):
        return os.path.join(self.folder, "state.json")

    def aggregate(self, shunts=None, default=None, wait=True, fresh=True):
        """The daemon with [SMARTSHUNTS]; changes go out at once unless `default` says otherwise.
        `fresh`: it remembers nothing of earlier runs."""
        if fresh and os.path.exists(self.state_file()):
            os.remove(self.state_file())
        daemon = self.start_daemon(ini({
            "DEFAULT": {"logging": "INFO", "min_update_interval": 0, **(default or {})},
            "SMARTSHUNTS": shunts or {"device_mode": "monitor"}, **self.config}))
        if wait:
            self.client.wait_for_name(AGGREGATE)
        return daemon

    def items(self):
        return self.client.get_items(AGGREGATE)

    def value(self, path):
        return self.client.value(SHORT.get(path, path), AGGREGATE)

    def becomes(self, timeout=20.0, **wanted):
        """Waits until these values (short names, or paths in `items`) are on the aggregate."""
        wanted = _pathed(wanted)
        seen = {}

        def reached():
            try:
                seen.update((path, item.value) for path, item in self.items().items())
            except dbus.DBusException:  # it may be off the bus for a while
                return False
            return not differences(wanted, seen)
        wait_until(reached, timeout * slowness(),
                   lambda: f"these (path, wanted, seen) to agree: {differences(wanted, seen)}")

    def assert_shows(self, **wanted):
        wanted = _pathed(wanted)
        self.assertEqual(differences(wanted, {k: v.value for k, v in self.items().items()}), [])

    def delay(self, mark, shunt, path):
        """Seconds from the shunt's to the aggregate's first signal of `path` since `mark`."""
        owner = self.client.owner(AGGREGATE)
        ours = wait_until(lambda: self.recorder.carrying(path, owner, mark), 30,
                          f"the aggregate to tell {path}")
        return ours[0].time - self.recorder.carrying(path, shunt.unique, mark)[0].time

    def tracks(self, *shunts):
        return ",".join(sorted(shunt.service for shunt in shunts))


def _pathed(wanted):
    return {SHORT.get(key, key): value
            for key, value in (wanted.pop("items", {}) | wanted).items()}


def tolerance(path):
    """Half of a tenth of what the text shows; starter items like the others."""
    like = path.replace("Starter", "").replace("/Dc/1/", "/Dc/0/")
    return paths.tolerance(like) if paths.row(like) else 0.005


def differences(wanted, seen):
    """[(path, wanted, seen)] where they differ by more than rounding explains."""
    def same(path, value):
        if path not in seen or isinstance(value, (str, type(None))) or seen[path] is None:
            return seen.get(path, "missing") == value
        return not isinstance(seen[path], str) and abs(seen[path] - value) <= tolerance(path)
    return [(path, value, seen.get(path, "missing")) for path, value in wanted.items()
            if not same(path, value)]


__all__ = ["AGGREGATE", "ALARMS", "FakeShunt", "ShuntCase", "differences", "shunt_data", "tolerance"]

if __name__ == "__main__":
    main()
