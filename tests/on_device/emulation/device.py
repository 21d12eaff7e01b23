# SPDX-License-Identifier: MIT
"""The device: boots in the order of Venus OS, runs commands, is shut down or loses power."""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from . import mounts, root as root_builder
from .guard import end_all, processes_in
from harness.bus import Client
from harness.process import Process
from harness.waiting import Timeout, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/tmp", "TERM": "dumb"}
_BUS_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>
"""


class Result:
    """How a command ended: exit code and everything it printed."""

    def __init__(self, code, output):
        self.code, self.output = code, output


class Device:
    """Switched on with boot(); close() leaves nothing behind."""

    def __init__(self):
        # Short: the path of the bus's socket is limited to 107 characters.
        self.root = os.path.realpath(tempfile.mkdtemp(prefix="dmb-gx-", dir="/tmp"))
        self._guard = subprocess.Popen([sys.executable, os.path.join(HERE, "guard.py"), self.root],
                                       stdin=subprocess.PIPE)
        self._svscan = None
        self.boot_log = ""
        try:
            os.mkdir(self.path("proc"))
            root_builder.build(self.root, mounts.mount_proc(self.root))
            self._start_bus()
        except BaseException:
            self.close()
            raise

    def close(self):
        self.power_off()
        if getattr(self, "bus", None):
            self.bus.stop()
        self._guard.stdin.close()
        self._guard.wait(60)

    # ---- files ----------------------------------------------------------------------------------

    def path(self, name):
        """Where a file of the device is on this machine."""
        return os.path.join(self.root, name.lstrip("/"))

    def read(self, name):
        with open(self.path(name), encoding="utf-8", errors="replace") as file:
            return file.read()

    def write(self, name, content, mode=0o644):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        os.chmod(path, mode)

    def exists(self, name):
        return os.path.lexists(self.path(name))

    # ---- commands -------------------------------------------------------------------------------

    def _command(self, command, environment):
        variables = [f"{key}={value}" for key, value in {**_ENVIRONMENT, **environment}.items()]
        return ["/usr/bin/env", "-i", *variables, shutil.which("chroot", path="/usr/sbin:/usr/bin"),
                self.root, "/bin/sh", "-c", command]

    def run(self, command, timeout=120.0, **environment):
        """Runs a shell command without a terminal."""
        done = subprocess.run(self._command(command, environment), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, check=False)
        return Result(done.returncode, done.stdout.decode("utf-8", "replace"))

    def must(self, command, **options):
        """Runs a command that has to succeed; returns what it printed."""
        result = self.run(command, **options)
        if result.code != 0:
            raise AssertionError(f"{command!r} ended with {result.code}:\n{result.output}")
        return result.output

    def converse(self, command, answers, timeout=120.0, **environment):
        """Runs a command on a terminal; `answers` are (what it asks, what to type)."""
        pid, terminal = pty.fork()
        if pid == 0:
            arguments = self._command(command, environment)
            os.execv(arguments[0], arguments)
        output, waiting, seen = "", list(answers), 0
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            ready, _, _ = select.select([terminal], [], [], 1.0)
            try:
                output += os.read(terminal, 65536).decode("utf-8", "replace") if ready else ""
            except OSError:  # the terminal is closed: the command has ended
                break
            if waiting and (found := output.find(waiting[0][0], seen)) >= 0:
                seen = found + len(waiting[0][0])
                os.write(terminal, waiting.pop(0)[1].encode())
        else:
            os.kill(pid, signal.SIGKILL)
        os.close(terminal)
        _, status = os.waitpid(pid, 0)
        if waiting:
            raise AssertionError(f"{command!r} never asked {waiting[0][0]!r}:\n{output}")
        return Result(os.waitstatus_to_exitcode(status), output.replace("\r\n", "\n"))

    # ---- power ----------------------------------------------------------------------------------

    def boot(self):
        """rcS: /service and RAM folders anew; rc5: sticks, svscan, rc.local."""
        self._empty("service")
        self._empty("var/volatile/tmp")
        self.must("cp -a /opt/victronenergy/service/* /service/")
        self.boot_log = self.must("/etc/init.d/update-data.sh")
        self._svscan = Process(["/usr/bin/env", "-i", "PATH=" + _ENVIRONMENT["PATH"],
                                shutil.which("chroot", path="/usr/sbin:/usr/bin"), self.root,
                                "/usr/bin/svscan", "/service"])
        if os.access(self.path("data/rc.local"), os.X_OK):
            self.boot_log += self.run("/data/rc.local").output
        wait_until(lambda: self.run("svok /service/localsettings").code == 0, 30, "svscan to work")

    def plug_in(self):
        """A stick was put in while the device runs (Venus OS 3.70 and later)."""
        return self.must("/etc/init.d/update-data.sh")

    def power_off(self):
        """Everything ends at once, as in a power cut."""
        if not end_all(self.root):
            raise AssertionError(f"processes that cannot be ended: {processes_in(self.root)}")
        if self._svscan:  # only now, as its children shared its output
            self._svscan.stop(signal.SIGKILL)
            self._svscan = None

    def reboot(self):
        self.power_off()
        self.boot()

    def _empty(self, name):
        shutil.rmtree(self.path(name))
        os.makedirs(self.path(name))

    # ---- bus and services -----------------------------------------------------------------------

    def _start_bus(self):
        socket = self.path("run/dbus/system_bus_socket")
        config = self.path("run/dbus/test.conf")
        self.write("run/dbus/test.conf", _BUS_CONFIG.format(path=socket))
        self.bus = Process(["dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile",
                            "--print-address"])
        self.address = self.bus.wait_for_log("^unix:").text.strip()

    def client(self):
        return Client(self.address)

    def status(self, service="dbus-mqtt-battery"):
        """(pid, seconds) of a running service, or None."""
        text = self.run(f"svstat /service/{service}").output
        found = re.search(r": up \(pid (\d+)\) (\d+) seconds", text)
        return (int(found[1]), int(found[2])) if found else None

    def wait_up(self, service="dbus-mqtt-battery", timeout=60.0, other_than=None):
        """Waits until the service runs, as another process than `other_than`; returns its pid."""
        def pid():
            status = self.status(service)
            return status and status[0] != other_than and status[0]
        return wait_until(pid, timeout, f"{service} to run", 0.1)

    def log(self, service="dbus-mqtt-battery"):
        return self.log_in(f"/var/log/{service}")

    def log_in(self, folder):
        """All lines of multilog's folder; "" without one. It may be rotating its files at any moment:
        `current` gets another name, and is not there until it is made anew."""
        listing = f"ls -i {folder} 2>/dev/null"
        for _ in range(50):
            before = self.run(listing).output
            text = self.run(f"cd {folder} 2>/dev/null && cat @* current 2>/dev/null | tai64nlocal").output
            if " current" in before and before == self.run(listing).output:
                break
        return text

    def wait_for_log(self, pattern, service="dbus-mqtt-battery", timeout=60.0):
        try:
            return wait_until(lambda: re.search(pattern, self.log(service), re.M), timeout, "a line", 0.1)
        except Timeout:
            raise AssertionError(f"no line like {pattern!r} in:\n{self.log(service)}") from None
