# SPDX-License-Identifier: MIT
"""Places of its own for the daemon: mounts and networks that nobody else sees (Linux namespaces).

Without root it needs unprivileged user namespaces.
"""
import os
import signal
import subprocess

from .process import Process, run


def _unshare(*kinds):
    return ["unshare", *kinds, *([] if os.geteuid() == 0 else ["--map-root-user"])]


def own_mounts(prepare):
    """Wrapper for a daemon that sees its own mounts; the shell commands `prepare` make them."""
    return [*_unshare("--mount"), "sh", "-c", f'{{ {prepare}; }} && exec "$0" "$@"']


class Cable:
    """Two networks joined by one cable that can be pulled: 10.9.8.1 with the broker and 10.9.8.2 with
    the daemon. `broker_side` and `daemon_side` are wrappers."""

    BROKER = "10.9.8.1"
    DAEMON = "10.9.8.2"

    def __init__(self):
        outer = _unshare("--net")
        self._near = self._network(outer)
        # Of the same user namespace as the first, so that the cable may join them.
        self._far = self._network([*self._enter(self._near), "unshare", "--net"])
        self.broker_side = self._enter(self._near)
        self.daemon_side = self._enter(self._far)
        self._in(self._near, "ip", "link", "add", "near", "type", "veth", "peer", "name", "far",
                 "netns", str(self._far.pid))
        for side, name, address in ((self._near, "near", self.BROKER),
                                    (self._far, "far", self.DAEMON)):
            self._in(side, "ip", "link", "set", "lo", "up")
            self._in(side, "ip", "address", "add", address + "/24", "dev", name)
            self._in(side, "ip", "link", "set", name, "up")

    @staticmethod
    def _network(command):
        holder = Process([*command, "sh", "-c", "echo ready; exec sleep 1000"])
        holder.wait_for_log("ready")
        return holder

    @staticmethod
    def _enter(holder):
        kinds = ["--net"] if os.geteuid() == 0 else ["--user", "--preserve-credentials", "--net"]
        return ["nsenter", "--target", str(holder.pid), *kinds]

    def _in(self, side, *command):
        run([*self._enter(side), *command])

    def pull(self):
        """From now on packets vanish; neither end is told."""
        self._in(self._near, "ip", "link", "set", "near", "promisc", "on")
        self._in(self._near, "ip", "address", "del", self.BROKER + "/24", "dev", "near")

    def plug(self):
        self._in(self._near, "ip", "address", "add", self.BROKER + "/24", "dev", "near")

    def change_address(self, new):
        """The daemon's side gets another address, as from a DHCP server."""
        self._in(self._far, "ip", "address", "flush", "dev", "far")
        self._in(self._far, "ip", "address", "add", new + "/24", "dev", "far")

    def squeeze(self, rate, limit):
        """Towards the daemon only `rate` (as 16kbit) passes; beyond `limit` packets get lost."""
        self._in(self._near, "tc", "qdisc", "replace", "dev", "near", "root", "tbf", "rate", rate,
                 "burst", "1600", "limit", limit)

    def dropped(self):
        """Packets lost so far to squeeze()."""
        text = subprocess.check_output([*self._enter(self._near), "tc", "-s", "qdisc", "show", "dev",
                                        "near"], text=True)
        return int(text.split("dropped ")[1].split(",")[0])

    def stop(self):
        for holder in (self._far, self._near):
            holder.stop(signal.SIGKILL)
