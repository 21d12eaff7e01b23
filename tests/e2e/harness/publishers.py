# SPDX-License-Identifier: MIT
"""What publishers of battery data send: tests/data/publishers."""
import collections
import os
import threading

from .case import DATA
from .mqtt_client import MqttClient

Message = collections.namedtuple("Message", "topic payload retained")
Recording = collections.namedtuple("Recording", "live lost")


def recording(name):
    """The messages of a publisher: while all is well, and those with which it tells that its battery is lost."""
    sections = {"live": [], "lost": []}
    section = sections["live"]
    with open(os.path.join(DATA, "publishers", name, "messages.tsv"), encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line == "# lost":
                section = sections["lost"]
            elif line and not line.startswith("#"):
                topic, payload, retained = line.split("\t")
                section.append(Message(topic, payload, retained == "1"))
    return Recording(**sections)


class Publishers:
    """Several publishers on one connection: what is in `repeated` {name: [Message]} is sent every so
    many seconds."""

    def __init__(self, port, every=0.4):
        self.repeated, self.every = {}, every
        self._client = MqttClient(port)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def send(self, messages):
        for message in messages:
            self._client.publish(*message)

    def _run(self):
        while not self._stop.wait(self.every):
            for messages in list(self.repeated.values()):
                self.send(messages)

    def stop(self):
        self._stop.set()
        self._thread.join(30)
        self._client.close()
