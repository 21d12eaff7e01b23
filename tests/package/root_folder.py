# SPDX-License-Identifier: MIT
"""A root file system like a device's: busybox, an old glibc, a package; entered with chroot."""
import os
import shutil
import subprocess
import tarfile
import tempfile

from harness.process import run

INSTALL = "/data/etc/dbus-mqtt-battery"
HERE = os.path.dirname(os.path.abspath(__file__))
_TRIPLES = {"armv7": "arm-linux-gnueabihf", "aarch64": "aarch64-linux-gnu",
            "x86_64": "x86_64-linux-gnu"}
# What a device may have under the names of bundled libraries; whoever loads one of these fails.
_DECOYS = ("libstdc++.so.6", "libgcc_s.so.1", "libssl.so.3", "libcrypto.so.3", "libsystemd.so.0",
           "libinih.so.1", "libsdbus-c++.so.1", "libnss_mdns4_minimal.so.2")


def unpack(package, folder):
    """Unpacks a package into the (new) folder, without its top folder."""
    parent = tempfile.mkdtemp(prefix="dmb-unpack-")
    with tarfile.open(package) as archive:
        archive.extractall(parent)
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    shutil.move(os.path.join(parent, "dbus-mqtt-battery"), folder)
    os.rmdir(parent)


class RootFolder:
    """Mounts belong to the mount namespace of the test run (scripts/test-package.sh)."""

    def __init__(self, package, arch, old_libc):
        self.path = tempfile.mkdtemp(prefix="dmb-root-")
        self.mounts = []
        for folder in ("bin", "lib", "usr/lib", "etc", "dev", "proc", "run", "tmp", "var", "data"):
            os.makedirs(self.of("/" + folder))
        os.symlink("/run", self.of("/var/run"))
        shutil.copy("/bin/busybox", self.of("/bin/busybox"))
        for applet in ("sh", "readlink", "dirname", "ps", "pidof"):
            os.symlink("busybox", self.of("/bin/" + applet))
        self._add_foreign_libraries(arch, old_libc)
        self.write("/etc/hosts", "127.0.0.1 localhost broker.test\n")
        self.write("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
        self.mount("proc", "/proc", "-t", "proc")
        for device in ("null", "urandom", "random"):
            self.write("/dev/" + device, "")
            self.mount("/dev/" + device, "/dev/" + device, "--bind")
        unpack(package, self.of(INSTALL))

    def of(self, path):
        return self.path + path

    def write(self, path, text):
        os.makedirs(os.path.dirname(self.of(path)), exist_ok=True)
        with open(self.of(path), "w", encoding="utf-8") as file:
            file.write(text)

    def _add_foreign_libraries(self, arch, old_libc):
        """Debian 11's glibc (2.31) where a program would look for it, and decoys of the rest."""
        run(["dpkg-deb", "-x", old_libc, self.path])
        for folder in ("/usr/lib", "/lib/" + _TRIPLES[arch], "/usr/lib/" + _TRIPLES[arch]):
            for name in _DECOYS:
                self.write(f"{folder}/{name}", "a decoy, not a library\n")
        self.write("/etc/ld.so.conf", f"/lib/{_TRIPLES[arch]}\n/usr/lib\n")

    def mount(self, source, target, *options):
        run(["mount", *options, source, self.of(target)])
        self.mounts.append(self.of(target))

    def share(self, folder):
        """Makes a folder of the host, e.g. the bus's socket, appear under the same path inside."""
        if not os.path.isdir(self.of(folder)):
            os.makedirs(self.of(folder))
            self.mount(folder, folder, "--bind")

    def command(self, *arguments):
        return ["chroot", self.path, *arguments]

    def run(self, *arguments, env=None):
        """Runs a command inside to its end; (exit code, output)."""
        result = subprocess.run(self.command(*arguments), env=env, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
                                check=False)
        return result.returncode, result.stdout.decode()

    def remove(self):
        for mount in reversed(self.mounts):
            run(["umount", "-l", mount])
        shutil.rmtree(self.path)
