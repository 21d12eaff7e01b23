# SPDX-License-Identifier: MIT
"""`--status` among processes that own a name like ours, or do not answer."""
import json
import os
import signal
import sys
import unittest

import dbus
import dbus.bus

from harness.process import Process
from harness.status import HEALTHY, StatusCase

PREFIX = "io.github.dbus_mqtt_battery.Status.p"


class Strangers(StatusCase):
    """Processes that own a name like ours and are not."""

    def stranger(self, answer):
        process = Process([sys.executable, "-B", __file__, "--stranger", answer],
                          env=self.bus.environment())
        self.addCleanup(process.stop, signal.SIGKILL)
        process.wait_for_log("^ready$")
        return process

    def test_nonsense_and_silence_leave_the_rest_readable(self):
        self.run_battery()
        answers = ["garbage", "[]", "{}", '{"schema": 2}', '{"schema": "1"}', "[" * 100000,
                   '{"schema": 1, "pid": "x", "config": [], "batteries": [1, null, {"name": 5}]}',
                   "never", "number", "error"]
        strangers = [self.stranger(answer) for answer in answers]
        report = self.becomes_verdict("healthy")
        self.assertEqual(len(report["processes"]), 1)
        self.assertEqual({o["pid"] for o in report["others"]}, {s.pid for s in strangers})
        silent = next(o for o in report["others"] if o["pid"] == strangers[7].pid)
        self.assertIn("does not answer within 3 s", silent["trouble"])
        self.assert_text(HEALTHY, "^OK", "its answer is not a status", f"pid {strangers[7].pid}")

    def test_an_imitation_cannot_harm_the_terminal(self):
        config = os.path.join(self.folder, "config.ini")
        evil = {"schema": 1, "version": "\x1b[31m", "pid": -5, "uptime_s": 1e300,
                "config": {"file": config, "state": "on fire", "errors": ["\x07" * 5000]},
                "broker": {"host": "\x9b\u202e", "port": 1 << 70, "state_age_s": -1e308},
                "batteries": [{"name": "x" * 5000, "life": "live"}] * 3}
        stranger = self.stranger(json.dumps(evil))
        report = self.becomes_verdict("degraded")
        self.assertEqual(report["processes"][0]["pid"], stranger.pid)
        _, text = self.ask()
        self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f-\x9f]")

    def test_a_hung_daemon_is_told_apart_from_a_stopped_one(self):
        daemon = self.run_battery()
        daemon.send(signal.SIGSTOP)
        self.addCleanup(daemon.send, signal.SIGCONT)
        self.becomes_verdict("not_running", "does not answer within 3 s", f"kill {daemon.pid}")
        daemon.send(signal.SIGCONT)
        self.becomes_verdict("healthy")


def stranger(answer):
    """Owns a status name and answers like this."""
    from gi.repository import GLib  # pylint: disable=import-outside-toplevel
    import dbus.mainloop.glib  # pylint: disable=import-outside-toplevel
    dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
    connection = dbus.bus.BusConnection(os.environ["DBUS_SESSION_BUS_ADDRESS"])

    def on_call(_connection, message):
        reply = dbus.lowlevel.MethodReturnMessage(message)
        if answer == "number":
            reply.append(7, signature="i")
        elif answer == "error":
            reply = dbus.lowlevel.ErrorMessage(message, "org.x.Odd", "\x1b[2J\n")
        else:
            reply.append(answer, signature="s")
        if answer != "never":
            connection.send_message(reply)
        return dbus.lowlevel.HANDLER_RESULT_HANDLED
    connection._register_object_path("/", on_call, None, fallback=True)
    connection.request_name(f"{PREFIX}{os.getpid()}", dbus.bus.NAME_FLAG_DO_NOT_QUEUE)
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--stranger"]:
        stranger(sys.argv[2])
    unittest.main()
