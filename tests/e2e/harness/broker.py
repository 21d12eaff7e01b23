# SPDX-License-Identifier: MIT
"""A real mosquitto on a free loopback port, and its command line clients."""
import json
import os
import re
import shutil
import signal
import socket
import tempfile

from .process import Process, run
from .waiting import Timeout, wait_until

TOPIC = "home/battery"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """`users`: {name: password}; `tls`: (server certificate, key); `start=False` only takes a port;
    `wrapper`: words of a command that runs it and its clients in a place of their own."""

    def __init__(self, users=None, tls=None, ca=None, client_certificates=False, start=True,
                 address="127.0.0.1", wrapper=(), log=("all",)):
        self.folder = tempfile.mkdtemp(prefix="dmb-broker-")
        self.users, self.tls, self.ca = users, tls, ca
        self.client_certificates = client_certificates
        self.foreign_name = False  # its certificate is for another host; our own clients accept that
        self.address, self.wrapper, self.log = address, wrapper, log
        self.port = free_port()
        self.process = None
        if start:
            self._start_on_some_port()

    def _start_on_some_port(self):
        for _ in range(5):  # a parallel test may have snatched the port
            try:
                return self.start()
            except Timeout:
                self.port = free_port()
        raise AssertionError("mosquitto found no free port")

    def _write_config(self):
        lines = [f"listener {self.port} {self.address}", "log_dest stderr", *(f"log_type {kind}" for kind in self.log),
                 "connection_messages true", "persistence false", "sys_interval 0",
                 f"allow_anonymous {'false' if self.users else 'true'}"]
        if os.geteuid() == 0:
            lines.append("user root")
        if self.users:
            passwords = os.path.join(self.folder, "passwords")
            open(passwords, "w", encoding="utf-8").close()
            for name, password in self.users.items():
                run(["mosquitto_passwd", "-b", passwords, name, password])
            lines.append(f"password_file {passwords}")
        if self.tls:
            lines += [f"certfile {self.tls[0]}", f"keyfile {self.tls[1]}"]
        if self.client_certificates:
            lines += [f"cafile {self.ca}", "require_certificate true"]
        config = os.path.join(self.folder, "mosquitto.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        return config

    def start(self):
        """(Re)starts it on its port."""
        self.process = Process([*self.wrapper, "mosquitto", "-c", self._write_config()])
        try:
            wait_until(lambda: self.process.matching("running") or not self.process.running(), 20,
                       "mosquitto to run")
            if not self.process.running():
                raise Timeout(self.process.output())
        except Timeout:
            self.process.stop(signal.SIGKILL)
            raise

    def kill(self):
        self.process.stop(signal.SIGKILL)

    def freeze(self):
        self.process.send(signal.SIGSTOP)

    def thaw(self):
        self.process.send(signal.SIGCONT)

    def stop(self):
        if self.process and self.process.running():
            self.thaw()
            self.process.stop(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def wait_for_log(self, pattern, timeout=60.0, **kwargs):
        return self.process.wait_for_log(pattern, timeout, **kwargs)

    def wait_subscribed(self, topic=TOPIC, timeout=60.0, count=1):
        """Returns once a client has subscribed to `topic`, with QoS 0 as all of ours do, (as often as
        `count`) since the start."""
        return self.wait_for_log(r"^(\d+: )?\t" + re.escape(topic) + r" \(QoS 0\)$", timeout,
                                 count=count)

    def _client(self, program, arguments):
        command = [*self.wrapper, program, "-h", self.address, "-p", str(self.port), *arguments]
        if self.users:
            name, password = next(iter(self.users.items()))
            command += ["-u", name, "-P", password]
        if self.tls:
            command += ["--cafile", self.ca] + (["--insecure"] if self.foreign_name else [])
        return command

    def publish(self, payload, topic=TOPIC, retain=False):
        """Publishes a dict or list (as JSON), text or bytes; QoS 1, so it returns after the broker has it."""
        if isinstance(payload, (dict, list)):
            payload = json.dumps(payload)
        if isinstance(payload, str):
            payload = payload.encode()
        arguments = ["-t", topic, "-q", "1"] + (["-r"] if retain else [])
        if payload:
            run(self._client("mosquitto_pub", arguments + ["-s"]), data=payload)
        else:
            run(self._client("mosquitto_pub", arguments + ["-n"]))

    def publish_many(self, payloads, topic=TOPIC):
        """Publishes a list of objects as fast as mosquitto_pub can, in order."""
        lines = "".join(json.dumps(payload) + "\n" for payload in payloads).encode()
        run(self._client("mosquitto_pub", ["-t", topic, "-q", "1", "-l"]), data=lines)

    def subscribe(self, topic):
        """A mosquitto_sub process; each line it prints is `<topic> <payload as hex>`."""
        process = Process(self._client("mosquitto_sub", ["-t", topic, "-F", "%t %x"]))
        self.wait_subscribed(topic)
        return process
