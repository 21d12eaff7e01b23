# SPDX-License-Identifier: MIT
"""Builds the root file system: busybox, daemontools, and the folders of Venus OS."""
import os
import re
import shutil
import stat
import subprocess

DAEMONTOOLS = ("svscan", "supervise", "multilog", "softlimit", "svc", "svok", "svstat", "tai64nlocal")
# Applets that the device has not, or has as a program of its own. Debian's busybox shell prefers its
# applets to programs, so they are renamed in a copy of it; the names keep their place in its sorted table.
_HIDDEN = {b"svc": b"sv1", b"svok": b"sv1k", b"timeout": b"timeouX", b"sha512sum": b"sha512suX",
           b"wget": b"wgeX"}
_NOT_LINKED = {"busybox", "linuxrc"} | {name.decode() for name in _HIDDEN.values()}
_FOLDERS = ("usr/bin", "usr/sbin", "usr/lib", "etc/init.d", "data/etc", "data/log", "data/conf", "service",
            "run/dbus", "run/media", "var/volatile/log", "var/volatile/tmp", "dev",
            "opt/victronenergy/service")
_LINKS = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib", "var/run": "../run",
          "var/log": "../data/log", "var/tmp": "volatile/tmp", "tmp": "var/tmp", "media": "run/media",
          "var/lib": "volatile"}

# What the boot does with an archive on a stick, by its public description.
_UPDATE_DATA = r"""#!/bin/sh
for archive in /media/*/venus-data-*.tar.gz; do
  [ -f "$archive" ] || continue
  echo "update-data: $archive"
  tmp=$(mktemp -d)
  tar xzf "$archive" -C "$tmp" rc || echo "update-data: no rc in the archive"
  if sh "$tmp/rc/pre-hook.sh"; then
    # The device's tar can --exclude rc; Debian's busybox cannot.
    others=$(tar tzf "$archive" | grep -v '^rc$\|^rc/')
    result=success
    [ -z "$others" ] || tar xzf "$archive" -C /data $others || result=extraction-failed
    sh "$tmp/rc/post-hook.sh" "$result"
  fi
  rm -rf "$tmp"
done
"""
# Only loopback is reachable: an address on GitHub is asked from the test's own web server.
_ON_LOOPBACK = """#!/bin/sh
port=$(cat /etc/test-web-port 2>/dev/null)
for argument in "$@"; do
  shift
  case $argument in
    https://*) argument=http://127.0.0.1:${port:-1}/${argument#https://} ;;
  esac
  set -- "$@" "$argument"
done
exec %s "$@"
"""


def _write(path, text, mode=0o755):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def libraries_of(program):
    """Every shared library of a program, and the loader."""
    listing = subprocess.run(["ldd", program], stdout=subprocess.PIPE, check=True).stdout.decode()
    return re.findall(r"(/\S+) \(0x", listing)


def _add_program(root, name):
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if not path:
        raise AssertionError(f"{name} is not installed: scripts/install-deps.sh test")
    shutil.copy(path, os.path.join(root, "usr/bin", name))
    for library in libraries_of(path):
        target = os.path.join(root, "usr/lib", os.path.basename(library))
        if not os.path.exists(target):
            shutil.copy(library, target)


def _add_busybox(root):
    busybox = shutil.which("busybox")
    if not busybox or "not a dynamic" not in subprocess.run(
            ["ldd", busybox], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout.decode():
        raise AssertionError("busybox-static is not installed: scripts/install-deps.sh test")
    with open(busybox, "rb") as file:
        content = file.read()
    for name, other in _HIDDEN.items():
        content = content.replace(b"\0%s\0" % name, b"\0%s\0" % other)
    copy = os.path.join(root, "usr/bin/busybox")
    with open(copy, "wb") as file:
        file.write(content)
    os.chmod(copy, 0o755)
    applets = subprocess.check_output([copy, "--list"]).decode().split()
    if set(applets) & {name.decode() for name in _HIDDEN}:
        raise AssertionError("this busybox could not be made to look like the device's")
    for applet in applets:
        if applet not in _NOT_LINKED:
            os.symlink("busybox", os.path.join(root, "usr/bin", applet))
    # The device has bash; our scripts must not need more than the small shell.
    _write(os.path.join(root, "usr/bin/bash"), '#!/bin/sh\nexec /bin/sh "$@"\n')


def _add_devices(root):
    for name, minor in (("null", 3), ("zero", 5), ("urandom", 9)):
        path = os.path.join(root, "dev", name)
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, minor))
        os.chmod(path, 0o666)


def _add_stub_service(root):
    """Another service of the device, that nobody but the device may touch."""
    folder = os.path.join(root, "opt/victronenergy/service/localsettings")
    os.makedirs(folder)
    _write(os.path.join(folder, "run"), "#!/bin/sh\nexec sleep 100000\n")


def build(root, has_proc):
    """Fills the folder `root`, in which there is nothing but /proc."""
    for folder in _FOLDERS:
        os.makedirs(os.path.join(root, folder))
    for link, target in _LINKS.items():
        os.symlink(target, os.path.join(root, link))
    _add_busybox(root)
    for name in DAEMONTOOLS + ("curl", "wget"):
        _add_program(root, name)
    for name in ("curl", "wget"):
        program = os.path.join(root, "usr/bin", name)
        os.rename(program, program + ".real")
        _write(program, _ON_LOOPBACK % f"/usr/bin/{name}.real")
    _write(os.path.join(root, "usr/bin/svrescan"), "#!/bin/sh\necho asked >>/run/svrescan\n")
    _write(os.path.join(root, "etc/init.d/update-data.sh"), _UPDATE_DATA)
    if not has_proc:
        _write(os.path.join(root, "proc/mounts"), "/dev/root / ext4 rw 0 0\n", 0o644)
    _write(os.path.join(root, "etc/passwd"), "root:x:0:0:root:/home/root:/bin/sh\n", 0o644)
    os.symlink("../proc/mounts", os.path.join(root, "etc/mtab"))
    _add_devices(root)
    _add_stub_service(root)
