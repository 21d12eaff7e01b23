# SPDX-License-Identifier: MIT
"""Servers that are no honest brokers, and a TCP proxy that makes an honest one slow."""
import socket
import threading
import time

CONNACK = b"\x20\x02\x00\x00"


class Server:
    """Listens on `address`; every client gets a thread that runs `serve(socket)` and closes it.

    `connections` are the times at which clients came.
    """

    def __init__(self, serve, address="127.0.0.1", port=0):
        self._serve = serve
        self._open = set()
        self.connections = []
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((address, port))
        self._listener.listen(50)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed
            self.connections.append(time.monotonic())
            self._open.add(client)
            threading.Thread(target=self._run, args=(client,), daemon=True).start()

    def _run(self, client):
        try:
            self._serve(client)
        except OSError:
            pass  # the client went, or we do
        finally:
            self._close(client)

    def _close(self, client):
        self._open.discard(client)
        try:
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        client.close()

    def cut(self):
        """Ends all connections; new ones are welcome."""
        for client in list(self._open):
            self._close(client)

    def stop(self):
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        self.cut()


def answering(*answers):
    """For Server: sends one answer per thing received, then stays silent."""
    def serve(client):
        for answer in answers:
            if not client.recv(65536):
                return
            client.sendall(answer)
        while client.recv(65536):
            pass
    return serve


def closing(*answers):
    """For Server: like answering(), but closes after the last answer."""
    def serve(client):
        for answer in answers:
            if not client.recv(65536):
                return
            client.sendall(answer)
    return serve


class Proxy(Server):
    """Passes bytes on to `target`, a port: after `delay` seconds, in pieces of `piece` bytes with
    `pause` seconds between them. All may be changed at any time."""

    def __init__(self, target, address="127.0.0.1", port=0, delay=0.0, piece=65536, pause=0.0):
        self.target, self.delay, self.piece, self.pause = target, delay, piece, pause
        self._to_clients = []
        super().__init__(self._pass_on, address, port)

    def _pass_on(self, client):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        broker = socket.create_connection(("127.0.0.1", self.target))
        self._open.add(broker)
        self._to_clients.append(client)
        up = threading.Thread(target=self._pump, args=(client, broker), daemon=True)
        up.start()
        self._pump(broker, client)
        self._to_clients.remove(client)
        self._close(broker)

    def _pump(self, source, sink):
        try:
            while data := source.recv(self.piece):
                if self.delay:
                    time.sleep(self.delay)
                if self.pause:
                    time.sleep(self.pause)
                sink.sendall(data)
        except OSError:
            pass
        self._close(sink)
        self._close(source)

    def inject(self, data):
        """Sends bytes to the clients as if the broker had."""
        for client in self._to_clients:
            client.sendall(data)
