# SPDX-License-Identifier: MIT
"""Stand-ins for a DNS server and for the device's Avahi, both answering for one name only."""
import os
import socket
import struct
import threading


class _Server:
    def __init__(self, listening):
        self.asked = []
        self._socket = listening
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while True:
            try:
                self._answer_one()
            except OSError:
                return

    def stop(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


def _name_in(query):
    """The name a DNS query asks for, and the end of its question."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode())
        at += 1 + query[at]
    return ".".join(labels), at + 5


class DnsServer(_Server):
    """Answers 127.0.0.1 for `name` (type A), on port 53 of a loopback address of its own."""

    def __init__(self, name):
        self.name = name
        self.address = f"127.{os.getpid() >> 16 & 127 | 1}.{os.getpid() >> 8 & 255}.{os.getpid() & 255 or 1}"
        listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listening.bind((self.address, 53))
        super().__init__(listening)

    def stop(self):
        try:
            super().stop()
        except OSError:  # it has no connection to shut down, but its thread is awake now
            self._socket.close()

    def _answer_one(self):
        query, sender = self._socket.recvfrom(2000)
        if not query:  # the socket was shut down
            raise OSError("no longer listening")
        name, end = _name_in(query)
        self.asked.append(name)
        kind = struct.unpack(">H", query[end - 4:end - 2])[0]
        found = name == self.name and kind == 1
        flags = 0x8180 if name == self.name else 0x8183
        answer = query[:2] + struct.pack(">HHHHH", flags, 1, found, 0, 0) + query[12:end]
        if found:
            answer += struct.pack(">HHHIH", 0xC00C, 1, 1, 60, 4) + socket.inet_aton("127.0.0.1")
        self._socket.sendto(answer, sender)


class AvahiSocket(_Server):
    """Avahi's local protocol: one line asked, one answered."""

    def __init__(self, path, name):
        self.name = name
        os.makedirs(os.path.dirname(path), exist_ok=True)
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        os.chmod(path, 0o777)
        listening.listen()
        super().__init__(listening)

    def _answer_one(self):
        connection, _ = self._socket.accept()
        with connection:
            question = connection.recv(1000).decode().strip()
            self.asked.append(question)
            answer = "-15 Timeout reached\n"
            if question == f"RESOLVE-HOSTNAME-IPV4 {self.name}":
                answer = f"+ 2 0 {self.name} 127.0.0.1\n"
            connection.sendall(answer.encode())
