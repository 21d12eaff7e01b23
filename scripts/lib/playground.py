# SPDX-License-Identifier: MIT
"""A private D-Bus daemon and MQTT broker on this machine, gone without a trace when closed."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""
BROKER_CONFIG = """listener {port} 127.0.0.1
allow_anonymous true
persistence false
log_type error
log_type warning
max_queued_messages 100000
set_tcp_nodelay true
"""
PR_SET_PDEATHSIG = 1


class StartError(Exception):
    """Something could not be started; the message is for people."""


def _own_session_that_dies_with_us():
    # A Ctrl-C must reach only us, so that we can end the others in order; and should we be killed,
    # nothing may stay behind.
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _until(condition, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return False


def _accepts(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Playground:
    """Use as a context manager. `spawn` runs programs with this bus as their session bus."""

    def __init__(self, name):
        # Short on purpose: a socket path may have 107 characters.
        self.folder = tempfile.mkdtemp(prefix=name + ".", dir="/tmp")
        self.bus_address = f"unix:path={self.folder}/bus"
        self.port = 0
        self._processes = []

    def __enter__(self):
        try:
            self._start_bus()
            self._start_broker()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.path(name)

    def spawn(self, name, command, **options):
        """Starts a program; what it prints goes to <folder>/<name>.log unless told otherwise."""
        environment = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": self.bus_address}
        with open(self.path(name + ".log"), "ab") as log:
            options.setdefault("stdin", subprocess.DEVNULL)
            options.setdefault("stdout", log)
            options.setdefault("stderr", log)
            try:
                process = subprocess.Popen(command, env=environment,
                                           preexec_fn=_own_session_that_dies_with_us, **options)
            except OSError as error:
                raise StartError(f"cannot start {command[0]}: {error.strerror}") from error
        self._processes.append(process)
        return process

    def log_tail(self, name, lines):
        try:
            with open(self.path(name + ".log"), encoding="utf-8", errors="replace") as log:
                return [line.rstrip("\n") for line in log][-lines:]
        except FileNotFoundError:
            return []

    def stop(self, process):
        """Asks a program to end, and makes it end after two seconds."""
        self._processes.remove(process)
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def close(self):
        for process in reversed(list(self._processes)):
            self.stop(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start_bus(self):
        config = self.write("bus.conf", BUS_CONFIG.format(socket=self.path("bus")))
        self.spawn("dbus-daemon", ["dbus-daemon", "--nofork", "--nopidfile",
                                   f"--config-file={config}"])
        if not _until(lambda: os.path.exists(self.path("bus")), 10):
            raise StartError("dbus-daemon did not start: " +
                             " ".join(self.log_tail("dbus-daemon", 3)))

    def _start_broker(self):
        # /usr/sbin is not in every user's PATH.
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        for _ in range(5):  # another program may take the port we found
            self.port = _free_port()
            config = self.write("broker.conf", BROKER_CONFIG.format(port=self.port))
            broker = self.spawn("mosquitto", [program, "-c", config])
            if _until(lambda: broker.poll() is not None or _accepts(self.port), 10):
                if broker.poll() is None:
                    return
            self.stop(broker)
        raise StartError("mosquitto did not start: " + " ".join(self.log_tail("mosquitto", 3)))
