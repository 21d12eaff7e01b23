# SPDX-License-Identifier: MIT
"""Every command of the README's installation chapter, then those of its own page, are run in their order on the emulated
device."""
import functools
import http.server
import os
import re
import shutil
import tempfile
import threading
import unittest

from emulation.case import FOLDER, RELEASES, DeviceCase
from emulation.packages import SOURCE
from harness.case import MINIMUM
from harness.waiting import wait_until

CHAPTER = r"^## Install on the GX device\n(.*?)^## "
PLACE = "releases.example/owner/project/releases"


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def text_of(name):
    with open(os.path.join(SOURCE, name), encoding="utf-8") as file:
        return file.read()


def pages():
    """As in a release, with the address of the place."""
    readme = text_of("README.md").replace("RELEASES/", "https://" + PLACE + "/")
    return re.search(CHAPTER, readme, re.S | re.M)[1] + text_of("docs/install.md")


def commands():
    blocks = re.findall(r"```sh\n(.*?)```", pages(), re.S)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


class Readme(DeviceCase):
    """What is expected of a command is beside it in `expectations`; one without is an error."""
    place = "https://" + PLACE

    def serve(self):
        site = tempfile.mkdtemp(prefix="dmb-site-")
        self.addCleanup(shutil.rmtree, site, ignore_errors=True)
        self.packages.release_to(os.path.join(site, PLACE), "0.1.0")
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(QuietHandler, directory=site))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.device.write("/etc/test-web-port", str(server.server_port))

    def keep_publishing(self):
        """As the battery's publisher does, also while the driver is replaced."""
        ended = threading.Event()

        def publish():
            while not ended.wait(1.0):
                self.broker.publish(MINIMUM, "home/battery")
        publisher = threading.Thread(target=publish, daemon=True)
        publisher.start()
        self.addCleanup(publisher.join)
        self.addCleanup(ended.set)

    def prepare(self):
        self.start_broker()
        self.keep_publishing()
        self.serve()
        # An editor that does what the user is asked to do.
        self.device.write("/usr/bin/nano", "#!/bin/sh\nsed -i -e 's/IP_ADDR_OR_FQDN/127.0.0.1/' -e "
                          f"'s/^;broker_port = 1883/broker_port = {self.broker.port}/' \"$1\"\n", 0o755)

    def expectations(self):
        download = f"bash {FOLDER}/download.sh"
        return {
            "wget -O /tmp/download.sh": lambda out: None,
            "bash /tmp/download.sh": lambda out: self.assertIn("Done: dbus-mqtt-battery 0.1.0", out),
            f"nano {FOLDER}/config.ini": lambda out: self.wait_for_battery(),
            f"nano {FOLDER}-2/config.ini": lambda out: self.wait_for_battery("mqtt_battery_2"),
            f"{FOLDER}/dbus-mqtt-battery --config": lambda out: self.assertIn("is valid", out),
            f"{download} --from /data/releases": lambda out: self.assertIn("Done", out),
            "tar -xzf /data/releases": lambda out: None,
            f"bash {FOLDER}/install.sh": lambda out: self.device.wait_up(),
            f"{download} --instance 2": lambda out: self.device.wait_up("dbus-mqtt-battery-2"),
            f"{download} --list": lambda out: self.assertIn("\n0.1.0\n", out),
            f"{download} --version 0.1.0": lambda out: self.assertIn("Done: dbus-mqtt-battery 0.1.0", out),
            f"{download} --beta": lambda out: self.assertIn("Done: dbus-mqtt-battery 0.1.0", out),
            download: lambda out: self.assertIn("Done: dbus-mqtt-battery 0.1.0", out),
            "tail -n 100 -F": lambda out: self.assertIn("*** starting dbus-mqtt-battery ***", out),
            "svstat": lambda out: self.assertRegex(out, r"up \(pid \d+\) \d+ seconds"),
            f"{FOLDER}/restart.sh": lambda out: self.assertIn(": up (pid", out),
            "svc -d": lambda out: None,
            "svc -u": lambda out: self.device.wait_up(),
            f"{FOLDER}/uninstall.sh": lambda out: self.assertFalse(self.device.exists("/data/rc.local") and
                "dbus-mqtt-battery/" in self.device.read("/data/rc.local")),
        }

    def run_command(self, command):
        if "tail" in command:  # it follows the log until Ctrl-C
            return self.device.converse(command, [("*** starting", "\x03")]).output
        if command.endswith("/uninstall.sh"):
            return self.device.converse(command, [("[y/N]", "y\n")]).output
        return self.device.must(command, DMB_STAY_UP_SECONDS=1)

    def test_every_command_does_what_the_text_says(self):
        self.prepare()
        expectations, used = self.expectations(), set()
        for command in commands():
            key = max((key for key in expectations if command.startswith(key)), key=len, default=None)
            self.assertIsNotNone(key, f"a command that no test expects: {command}")
            used.add(key)
            with self.subTest(command=command):
                expectations[key](self.run_command(command))
        self.assertEqual(set(expectations), used, "commands that are there no more")

    def test_the_service_of_the_table_of_troubles_is_named_as_svstat_does(self):
        self.install()
        self.device.must("svc -d /service/dbus-mqtt-battery")
        wait_until(lambda: ": down" in self.device.must("svstat /service/dbus-mqtt-battery"), 20, "down")
        self.device.must(f"sh {FOLDER}/install.sh --undo")
        self.device.must("mkdir /tmp/dbus-mqtt-battery")  # as in /service before svscan has looked
        self.assertIn("unable to open supervise/ok", self.device.run("svstat /tmp/dbus-mqtt-battery").output)

    def test_messages_of_the_table_of_troubles_are_those_of_the_scripts(self):
        scripts = "".join(text_of(name) for name in (
            "install.sh", "download.sh", "service/change_over.sh", "service/start_line.sh"))
        for text in ("was damaged", "is wrong", "not enough free space", "did not stay up",
                     "is a web page", "does not know where the releases are"):
            self.assertIn(text, pages())
            self.assertIn(text, scripts)


if __name__ == "__main__":
    unittest.main(verbosity=2)
