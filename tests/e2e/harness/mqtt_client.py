# SPDX-License-Identifier: MIT
"""A small MQTT client, so that a test may publish often without a process for each message."""
import itertools
import json
import socket
import struct
import threading
import time

_NUMBERS = itertools.count(1)


def _text(text):
    raw = text.encode()
    return struct.pack(">H", len(raw)) + raw


def _packet(kind, body):
    length, rest = b"", len(body)
    while True:
        rest, digit = divmod(rest, 128)
        length += bytes([digit | (0x80 if rest else 0)])
        if not rest:
            return bytes([kind]) + length + body


def encoded(payload):
    """A dict or list as JSON, text or bytes as they are."""
    if isinstance(payload, (dict, list)):
        payload = json.dumps(payload)
    return payload.encode() if isinstance(payload, str) else payload


class MqttClient:
    """QoS 0 only, and a connection of its own. `on_message(topic, payload, retained)` is called in a
    thread of this client. A broker that is away makes publish() return False."""

    def __init__(self, port, address="127.0.0.1", on_message=None, topics=()):
        self.where, self.on_message, self.topics = (address, port), on_message, topics
        self._lock = threading.Lock()
        self._socket = None
        self._closed = False

    def connect(self):
        """Returns whether there is a connection."""
        with self._lock:
            return self._connect()

    def _connect(self):
        if self._socket:
            return True
        try:
            sock = socket.create_connection(self.where, timeout=2)
            name = f"test-{id(self)}-{next(_NUMBERS)}"
            sock.sendall(_packet(0x10, _text("MQTT") + b"\x04\x02\x00\x00" + _text(name)))
            stream = sock.makefile("rb")
            if stream.read(4) != b"\x20\x02\x00\x00":
                raise OSError("refused")
            for topic in self.topics:
                sock.sendall(_packet(0x82, struct.pack(">H", 1) + _text(topic) + b"\x00"))
            sock.settimeout(None)
        except OSError:
            return False
        self._socket = sock
        threading.Thread(target=self._read, args=(sock, stream), daemon=True).start()
        return True

    def publish(self, topic, payload, retain=False):
        packet = _packet(0x31 if retain else 0x30, _text(topic) + encoded(payload))
        with self._lock:
            if self._closed or not self._connect():
                return False
            try:
                self._socket.sendall(packet)
                return True
            except OSError:
                self._drop(self._socket)
                return False

    def _drop(self, sock):
        sock.close()
        if self._socket is sock:
            self._socket = None

    def _read(self, sock, stream):
        try:
            while True:
                kind = stream.read(1)[0]
                length = shift = 0
                while True:
                    digit = stream.read(1)[0]
                    length, shift = length | (digit & 0x7F) << shift, shift + 7
                    if digit < 0x80:
                        break
                body = stream.read(length)
                if kind >> 4 == 3 and self.on_message:
                    size = struct.unpack(">H", body[:2])[0]
                    self.on_message(body[2:2 + size].decode(), body[2 + size:], bool(kind & 1))
        except (OSError, IndexError, ValueError):
            with self._lock:
                self._drop(sock)

    def close(self):
        with self._lock:
            self._closed = True
            if self._socket:
                try:
                    self._socket.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                self._drop(self._socket)


class Feed:
    """Publishes what `messages()` returns, [(topic, payload)], every so many seconds until stop()."""

    def __init__(self, port, messages, every=0.4):
        self.messages, self.every = messages, every
        self.client = MqttClient(port)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._stop.is_set():
            begin = time.monotonic()
            for topic, payload in self.messages():
                self.client.publish(topic, payload)
            self._stop.wait(max(0.01, self.every - (time.monotonic() - begin)))

    def stop(self):
        self._stop.set()
        self.client.close()
        self._thread.join(30)
