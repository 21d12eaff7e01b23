# SPDX-License-Identifier: MIT
"""The power is cut at random moments of an installation, an update, a roll-back and the boot after them.

Whatever the moment: after the next boot the old or the new version is there as a whole and is started, the
config is the owner's, and a version that is bad does not stay. A cut is either at any time, or in one of the
steps that matter: before or after the n-th mv, or in the middle of the n-th rm.
"""
import os
import random
import shutil
import subprocess
import tempfile
import time
import unittest

from emulation.case import FOLDER, RELEASES
from emulation.device import Device
from emulation.guard import end_all, processes_in
from emulation.packages import Packages
from harness.waiting import wait_until

CUTS = 100
FOREIGN = "#!/bin/bash\necho mine\nexit 0\n"
CONFIG = "[MQTT]\nbroker_address = 127.0.0.1\ntopic = home/battery\n"
# A program with a battery in version 0.9.0 and not: what is asked of it when it is judged.
PROGRAM = """#!/bin/sh
bad=0
! grep -q 0.9.0 "${0%/*}/VERSION" || bad=1
case "$*" in
  *--status*) echo '{"on_bus": true}' | if [ $bad = 1 ]; then sed s/true/false/; else cat; fi; exit $bad ;;
esac
"""
# daemontools that say what matters here without running anything.
SVOK = "#!/bin/sh\n[ -e /run/svscan ] && [ -d \"$1\" ]\n"
SVSTAT = "#!/bin/sh\n[ -e /run/svscan ] && echo \"$1: up (pid $(cat /run/pid)) 99 seconds\"\n"
SVC = "#!/bin/sh\necho $$ >/run/pid\n"
SLEEP = "#!/bin/sh\nexec busybox sleeq 0.05\n"
# The n-th of these waits to be killed: before or after its work, or with half of it done.
STEP = """#!/bin/sh
left=$(cat /run/steps 2>/dev/null)
[ -z "$left" ] || echo $((left - 1)) >/run/steps
if [ "$left" = 1 ]; then
  case $(cat /run/when) in
    after) busybox APPLET "$@" ;;
    half)
      for last; do :; done
      [ APPLET != rl ] || find "$last" -type f | sed 'n;d' | while read -r file; do busybox rl -f "$file"; done
      ;;
  esac
  : >/run/cut-here
  exec busybox sleeq 100000
fi
exec busybox APPLET "$@"
"""
# The Python driver's own installer: a link in /service and a line at the end of rc.local.
PYTHON_INSTALL = f"""#!/bin/sh
[ -L /service/dbus-mqtt-battery ] || ln -s {FOLDER}/service /service/dbus-mqtt-battery
grep -qxF 'bash {FOLDER}/install.sh' /data/rc.local || echo 'bash {FOLDER}/install.sh' >>/data/rc.local
"""
DOWNLOAD = f"sh {RELEASES}/download.sh --from {RELEASES} --version "


class PowerCuts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.device = Device()
        cls.addClassCleanup(cls.device.close)
        cls.saved = tempfile.mkdtemp(prefix="dmb-saved-")
        cls.addClassCleanup(shutil.rmtree, cls.saved)
        cls._make_steps_countable()
        packages = Packages(stand_in=PROGRAM)
        cls.addClassCleanup(packages.remove)
        for version in ("0.1.0", "0.2.0", "0.9.0"):
            packages.add(version)
        packages.copy_to(cls.device, RELEASES)
        cls.device.write("/data/rc.local", FOREIGN, 0o755)
        cls._prepare_states()

    @classmethod
    def _make_steps_countable(cls):
        """The small shell prefers its own mv, rm and sleep, so they get other names in its (sorted) table."""
        path = cls.device.path("/usr/bin/busybox")
        with open(path, "rb") as file:
            content = file.read().replace(b"\0mv\0", b"\0mw\0").replace(b"\0rm\0", b"\0rl\0") \
                .replace(b"\0sleep\0", b"\0sleeq\0")
        with open(path, "wb") as file:
            file.write(content)
        for name, text in (("mv", STEP.replace("APPLET", "mw")), ("rm", STEP.replace("APPLET", "rl")),
                           ("sleep", SLEEP), ("svok", SVOK), ("svstat", SVSTAT), ("svc", SVC)):
            os.unlink(cls.device.path("/usr/bin/" + name))
            cls.device.write("/usr/bin/" + name, text, 0o755)

    @classmethod
    def _prepare_states(cls):
        """/data as it is before each of them: empty, with the Python driver, installed, not proved yet."""
        cls._save("empty")
        for name, text in (("dbus-mqtt-battery.py", ""), ("config.ini", CONFIG), ("service/run", ""),
                           ("service/log/run", ""), ("install.sh", PYTHON_INSTALL)):
            cls.device.write(f"{FOLDER}/{name}", text, 0o755)
        cls.device.write("/data/rc.local", f"{FOREIGN[:-7]}bash {FOLDER}/install.sh\n", 0o755)
        cls._save("python")
        cls._load("empty")
        cls._switch_on()
        cls.device.must(DOWNLOAD + "0.1.0")
        cls.device.write(FOLDER + "/config.ini", CONFIG)
        cls._save("installed")
        for version in ("0.2.0", "0.9.0"):
            cls._load("installed")
            cls._switch_on(svscan=False)
            cls.device.must(DOWNLOAD + version)
            cls.device.write(FOLDER + "/.before", "stay_up=10\nverdict=0\non_bus=1\n")
            cls._save("unproved " + version)

    @classmethod
    def _save(cls, name):
        shutil.copytree(cls.device.path("/data"), os.path.join(cls.saved, name), symlinks=True)

    @classmethod
    def _load(cls, name):
        shutil.rmtree(cls.device.path("/data"))
        shutil.copytree(os.path.join(cls.saved, name), cls.device.path("/data"), symlinks=True)

    @classmethod
    def _switch_on(cls, svscan=True):
        for name in ("service", "var/volatile/tmp"):
            shutil.rmtree(cls.device.path(name))
            os.makedirs(cls.device.path(name))
        os.mkdir(cls.device.path("/service/localsettings"))
        for name in ("svscan", "steps", "cut-here"):
            if cls.device.exists("/run/" + name):
                os.unlink(cls.device.path("/run/" + name))
        cls.device.write("/run/pid", "1")
        if svscan:
            cls.device.write("/run/svscan", "")

    def boot(self, **environment):
        """Until nothing works in the background any more."""
        self._switch_on()
        if os.access(self.device.path("/data/rc.local"), os.X_OK):
            self.device.run("/data/rc.local", **environment)
        wait_until(lambda: not processes_in(self.device.root), 60, "the end of the boot", 0.01)

    def begin(self, command, environment):
        variables = [f"{key}={value}" for key, value in environment.items()]
        return subprocess.Popen(["/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *variables,
                                 "/usr/sbin/chroot", self.device.root, "/bin/sh", "-c", command],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def seconds_of(self, state, command, environment):
        """(seconds, steps) that it takes uninterrupted."""
        self._load(state)
        self._switch_on()
        self.device.write("/run/steps", "1000000")
        start = time.monotonic()
        self.begin(command, environment).wait()
        wait_until(lambda: not processes_in(self.device.root), 60, "its end", 0.01)
        return time.monotonic() - start, 1000000 - int(self.device.read("/run/steps"))

    def cut(self, command, environment, seconds, steps):
        """Runs it until the power is cut; returns where that was."""
        at_step = self.random.random() < 0.6
        if at_step:
            step, when = self.random.randint(1, steps), self.random.choice(("before", "after", "half"))
            self.device.write("/run/steps", str(step))
            self.device.write("/run/when", when)
            where = f"{when} step {step} of {steps}"
        else:
            delay = self.random.random() * seconds
            where = f"after {delay:.3f} s of {seconds:.3f} s"
        process, start = self.begin(command, environment), time.monotonic()
        while processes_in(self.device.root) or process.poll() is None:
            if at_step and self.device.exists("/run/cut-here"):
                break
            if not at_step and time.monotonic() - start >= delay:
                break
            time.sleep(0.002)
        end_all(self.device.root)
        process.wait()
        return where

    def cut_often(self, times, state, command, versions, **environment):
        self.random = random.Random(f"{state} {command}")
        seconds, steps = self.seconds_of(state, command, environment)
        self.assertGreater(steps, 4)
        for _ in range(times):
            self._load(state)
            self._switch_on()
            where = self.cut(command, environment, seconds, steps)
            with self.subTest(state=state, command=command, cut=where):
                self.boot(**environment)
                self.check(state, versions)

    def check(self, state, versions):
        names = sorted(name for name in os.listdir(self.device.path("/data/etc")) if "old-python" not in name)
        if state == "empty" and not names or names == [".dbus-mqtt-battery.new"]:
            return  # nothing is installed yet
        if state == "python" and self.device.exists(FOLDER + "/dbus-mqtt-battery.py"):
            self.assertNotIn("dbus-mqtt-battery.previous", names)  # what else is left the next update deletes
            self.assertEqual(CONFIG, self.device.read(FOLDER + "/config.ini"))
            self.assertEqual(FOLDER + "/service", os.readlink(self.device.path("/service/dbus-mqtt-battery")))
            return
        self.assertEqual(["dbus-mqtt-battery"], names)
        version = self.device.read(FOLDER + "/VERSION").strip()
        self.assertIn(version, versions)
        self.assert_whole(version)
        if state != "empty":
            self.assertEqual(CONFIG, self.device.read(FOLDER + "/config.ini"))
        self.assertEqual(FOLDER + "\n", self.device.read("/service/dbus-mqtt-battery/folder"))
        self.assertTrue(os.access(self.device.path("/service/dbus-mqtt-battery/run"), os.X_OK))
        lines = self.device.read("/data/rc.local").splitlines(keepends=True)
        self.assertEqual(1, sum(FOLDER + "/install.sh" in line for line in lines))
        foreign = FOREIGN[:-7] if state == "python" else FOREIGN  # an exit would have kept it from starting
        self.assertEqual(foreign, "".join(line for line in lines if FOLDER not in line))

    def assert_whole(self, version):
        """Everything of the package is there as it was packed."""
        unpacked = os.path.join(self.saved, version)
        if not os.path.exists(unpacked):
            os.mkdir(unpacked)
            subprocess.run(["tar", "-xzf", self.device.path(f"{RELEASES}/dbus-mqtt-battery-{version}-x86_64.tar.gz"),
                            "-C", unpacked], check=True)
        result = subprocess.run(["diff", "-r", os.path.join(unpacked, "dbus-mqtt-battery"),
                                 self.device.path(FOLDER)], stdout=subprocess.PIPE, text=True, check=False)
        differs = [line for line in result.stdout.splitlines() if not line.startswith("Only in " + self.device.root)]
        self.assertEqual([], differs)

    def test_of_a_first_installation(self):
        self.cut_often(CUTS // 10, "empty", DOWNLOAD + "0.1.0", ("0.1.0",))

    def test_of_an_update_from_the_python_driver(self):
        self.cut_often(CUTS // 5, "python", DOWNLOAD + "0.1.0", ("0.1.0",))

    def test_of_an_update_that_goes_back_to_the_python_driver(self):
        self.cut_often(CUTS // 10, "python", DOWNLOAD + "0.9.0", (), DMB_BE_WELL_SECONDS=0)

    def test_of_an_update(self):
        self.cut_often(CUTS // 5, "installed", DOWNLOAD + "0.2.0", ("0.1.0", "0.2.0"))

    def test_of_an_update_that_goes_back(self):
        self.cut_often(CUTS // 5, "installed", DOWNLOAD + "0.9.0", ("0.1.0",), DMB_BE_WELL_SECONDS=1)

    def test_of_the_first_boot_of_a_good_version(self):
        self.cut_often(CUTS // 10, "unproved 0.2.0", "/data/rc.local", ("0.2.0",))

    def test_of_the_first_boot_of_a_bad_version(self):
        self.cut_often(CUTS // 10, "unproved 0.9.0", "/data/rc.local", ("0.1.0",), DMB_BE_WELL_SECONDS=1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
