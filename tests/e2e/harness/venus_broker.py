# SPDX-License-Identifier: MIT
"""Another GX device as the broker's publisher: heartbeats, changes, and answers when asked."""
import time

from .mqtt_client import Feed, MqttClient


class VenusBroker:
    """Another GX device's side of a broker: heartbeats, and answers to R/<portal>/<path>. `values`
    {portal: {path: payload}} is what is there now; `republishes`: whether keepalives are answered
    with everything."""

    def __init__(self, port, values, beats_every=0.5, republishes=True):
        self.values, self.republishes = values, republishes
        self.asked = []  # (time, topic) of every R/… that came
        self.on_publish = lambda topic, payload: None  # called before anything goes out
        self.client = MqttClient(port, on_message=self._answer, topics=["R/#"])
        self._feed = Feed(port, self._beats, beats_every)

    def _beats(self):
        self.client.connect()
        beats = [(f"N/{portal}/heartbeat", {"value": int(time.monotonic())}) for portal in self.values]
        for topic, payload in beats:
            self.on_publish(topic, payload)
        return beats

    def _answer(self, topic, payload, _retained):
        self.asked.append((time.monotonic(), topic))
        _, portal, path = topic.split("/", 2)
        there = self.values.get(portal, {})
        if path == "keepalive":
            wanted = there if self.republishes and not payload else {}
        else:
            wanted = {path: there[path]} if path in there else {}
        for key, value in wanted.items():
            self._publish(f"N/{portal}/{key}", value)

    def tell(self, portal, path, payload):
        """The value becomes this, and is published as a change."""
        self.values[portal][path] = payload
        self._publish(f"N/{portal}/{path}", payload)

    def leave(self, portal, path):
        """The battery's driver leaves: an empty message, and no answers any more."""
        self.values[portal].pop(path, None)
        self._publish(f"N/{portal}/{path}", b"")

    def _publish(self, topic, payload):
        self.on_publish(topic, payload)
        self.client.publish(topic, payload)

    def stop(self):
        self._feed.stop()
        self.client.close()
