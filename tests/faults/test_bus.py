# SPDX-License-Identifier: MIT
"""A D-Bus daemon that dies, and one that stands still."""
import os
import signal
import time
import unittest

from support import CCL, LIMITS, FaultCase, ShuntFaultCase, config_for, slowness

from harness.bus import SERVICE, Client
from harness.case import payload
from harness.daemon import binary
from harness.process import Process, run


class Killed(FaultCase):
    def test_ends_the_daemon_and_the_supervisor_brings_it_back(self):
        self.bus.address = self.bus.address.split(",guid")[0]  # the new bus has another
        broker = self.start_broker()
        folder = os.path.join(self.folder, "service")
        os.mkdir(folder)
        config = os.path.join(self.folder, "config.ini")
        with open(config, "w", encoding="utf-8") as file:
            file.write(config_for(broker))
        script = os.path.join(folder, "run")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\nexec 2>&1\nexec '{binary()}' --config '{config}'\n")
        os.chmod(script, 0o755)
        self.daemon = Process(["supervise", folder], env=self.bus.environment())
        self.addCleanup(self.daemon.stop)
        self.addCleanup(self.daemon.wait_until_dead, 20)
        self.addCleanup(run, ["svc", "-dx", folder])
        self.feed()
        self.client.wait_for_name()
        begin = time.monotonic()
        self.bus.process.stop(signal.SIGKILL)
        self.daemon.wait_for_log("ERROR stopping: the connection to the D-Bus daemon is lost")
        self.recovered("end of the daemon, with the reason in the log", time.monotonic() - begin, 2)
        self.bus.process = Process(["dbus-daemon", f"--config-file={self.bus.folder}/bus.conf",
                                    "--nofork", "--nopidfile", "--print-address"])
        self.bus.process.wait_for_log("^unix:")
        begin = time.monotonic()
        client = Client(self.bus.address)
        self.addCleanup(client.close)
        client.wait_for_name()
        self.recovered("battery back on the new bus", time.monotonic() - begin, 5)
        self.assertEqual(client.value(CCL), 80.0)

    def _no_service_left(self):
        pass  # the client's bus is gone


class KilledUnderShunts(ShuntFaultCase):
    def test_ends_with_the_reason_after_a_shunt_left(self):
        stays, leaves = self.shunt("ttyS5"), self.shunt("ttyS6")
        daemon = self.aggregate()
        self.becomes(items={"/Measurement/TracksServices": self.tracks(stays, leaves)})
        leaves.kill()
        self.becomes(items={"/Measurement/TracksServices": self.tracks(stays)})
        self.bus.process.stop(signal.SIGKILL)
        daemon.wait_for_log("ERROR stopping: the connection to the D-Bus daemon is lost")
        daemon.wait_until_dead(10)
        self.assertEqual(daemon.stop()[0], 1, "it was aborted")

    def _no_service_left(self):
        pass  # the client's bus is gone


class Stopped(FaultCase):
    def stop_the_bus(self):
        self.bus.process.send(signal.SIGSTOP)
        self.addCleanup(self.bus.process.send, signal.SIGCONT)

    def test_memory_stays_and_the_newest_value_comes_at_once(self):
        daemon = self.run_battery(LIMITS)
        before = daemon.memory_kib()
        self.recorder.mark()
        self.stop_the_bus()
        begin = time.monotonic()
        for number in range(40):
            info = {"MaxChargeVoltage": 55.2, "MaxDischargeCurrent": 120,
                    "MaxChargeCurrent": 20 + number / 10}  # limits never wait for their turn
            cells = {f"Cell{cell}": 3 + number / 1000 + cell / 100 for cell in range(1, 25)}
            self.broker.publish({**payload(Soc=number, Info=info), "Voltages": cells,
                                 **{f"Filler{n}": None for n in range(5)}})
            self.broker.publish_many([payload(Soc=number + n / 100, Info=info, Voltages={
                f"Cell{cell}": 3 + n / 100 + cell / 100 for cell in range(1, 25)})
                for n in range(60)])
        self.noted(f"bus stopped for {time.monotonic() - begin:.1f} s under 2440 messages")
        self.memory_stays(daemon, before, 1024)
        self.broker.publish(payload(Soc=77, Info=LIMITS["Info"]))
        self.bus.process.send(signal.SIGCONT)
        begin = time.monotonic()
        self.client.wait_for_value("/Soc", 77.0, timeout=30 * slowness())
        self.recovered("newest value after SIGCONT", time.monotonic() - begin, 2)
        self.assertEqual(self.client.value(CCL), 80.0)
        self.memory_stays(daemon, before, 1024)

    def test_silence_meanwhile_stops_charging_once_it_goes_on(self):
        daemon = self.run_battery(LIMITS, {"timeout": 3})
        self.stop_the_bus()
        mark = daemon.mark()
        daemon.wait_for_log("its values are withdrawn", since=mark)
        self.bus.process.send(signal.SIGCONT)
        begin = time.monotonic()
        self.client.wait_for_value(CCL, 0.0)
        self.recovered("charging stopped after SIGCONT", time.monotonic() - begin, 2)
        self.publish_and_wait(LIMITS)
        self.client.wait_for_value(CCL, 80.0)

    def test_a_daemon_told_to_end_meanwhile_ends(self):
        daemon = self.run_battery(LIMITS)
        self.stop_the_bus()
        code, taken = daemon.terminate()
        self.assertEqual(code, 0)
        self.recovered("end on SIGTERM", taken, 1)
        self.bus.process.send(signal.SIGCONT)
        self.client.wait_for_no_name(SERVICE)


if __name__ == "__main__":
    unittest.main()
