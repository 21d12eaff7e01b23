# SPDX-License-Identifier: MIT
"""A settings service that lies. Run as a program: `liar.py LIE`; prints `ready`."""
import os
import sys

LIES = ("wrong types", "absurd instance", "negative instance", "other class", "huge strings",
        "no answers", "other signature")


def main(lie):
    import dbus
    import dbus.bus
    import dbus.lowlevel
    import dbus.mainloop.glib
    from gi.repository import GLib
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    connection = dbus.bus.BusConnection(os.environ["DBUS_SESSION_BUS_ADDRESS"])

    def entry(path, value):
        return dbus.Dictionary({"path": dbus.String(path, variant_level=1),
                                "error": dbus.Int32(0, variant_level=1), "value": value},
                               signature="sv")

    def values(wishes):
        instance, name = (str(wish["path"]) for wish in wishes[:2])
        text = {"wrong types": (dbus.Double(1e300), dbus.Int64(5)),
                "absurd instance": (dbus.String("battery:2147483647"), dbus.String("")),
                "negative instance": (dbus.String("battery:-1"), dbus.String("")),
                "other class": (dbus.String("vebus:100"), dbus.String("")),
                "huge strings": (dbus.String("battery:" + "9" * 1_000_000),
                                 dbus.String("n" * 4_000_000)),
                "restless": (dbus.String("battery:100"), dbus.String(""))}[lie]
        return [entry(path, type(value)(value, variant_level=1))
                for path, value in zip((instance, name), text)], instance

    def announce(path, number):
        signal = dbus.lowlevel.SignalMessage(path, "com.victronenergy.BusItem", "PropertiesChanged")
        signal.append({"Value": dbus.String(f"battery:{number}", variant_level=1),
                       "Text": dbus.String("", variant_level=1)}, signature="a{sv}")
        connection.send_message(signal)

    def be_restless(path, left=[200]):  # noqa: B006
        left[0] -= 1
        announce(path, 500 + left[0] % 7 if left[0] else 777)
        return left[0] > 0

    def on_call(_connection, message):
        if message.get_type() != 1:
            return dbus.lowlevel.HANDLER_RESULT_NOT_YET_HANDLED
        if message.get_member() == "AddSettings":
            reply = dbus.lowlevel.MethodReturnMessage(message)
            if lie == "other signature":
                reply.append("battery:7", signature="s")
            elif lie == "no answers":
                reply.append([], signature="aa{sv}")
            else:
                answers, path = values(message.get_args_list()[0])
                reply.append(answers, signature="aa{sv}")
                if lie == "restless":
                    GLib.timeout_add(10, be_restless, path)
            connection.send_message(reply)
        return dbus.lowlevel.HANDLER_RESULT_HANDLED

    connection._register_object_path("/", on_call, None, fallback=True)
    if connection.request_name("com.victronenergy.settings") != 1:
        sys.exit("the name is taken")
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(sys.argv[1])
