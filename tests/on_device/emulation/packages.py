# SPDX-License-Identifier: MIT
"""Packages as they are released, also damaged ones, made from the built program.

DMB_DEVICE_PACKAGE names a package made by scripts/package.sh to test that one instead.
"""
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile

from .root import libraries_of

SOURCE = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".."))
_SCRIPTS = ("install.sh", "uninstall.sh", "restart.sh", "download.sh", "service/change_over.sh",
            "service/start_line.sh", "service/take_over.sh", "service/run", "service/log/run")
_TEXTS = ("config.sample.ini", "README.md", "CHANGELOG.md", "LICENSE")
_LAUNCHER = """#!/bin/sh
here=$(cd "$(dirname "$0")" && pwd -P)
exec "$here/lib/%s" --library-path "$here/lib" "$here/bin/dbus-mqtt-battery" "$@"
"""


def _write(path, text, mode):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def stamp(file, place):
    """As scripts/package.sh does for the files of a package."""
    subprocess.run(["bash", "-c", '. "$0" && stamp "$1" "$2"', os.path.join(SOURCE, "scripts/package/stamp.sh"), file,
                    place], check=True)


def _copy_scripts(folder):
    os.makedirs(os.path.join(folder, "service/log"), exist_ok=True)
    for name in _SCRIPTS + _TEXTS:
        shutil.copyfile(os.path.join(SOURCE, name), os.path.join(folder, name))
        os.chmod(os.path.join(folder, name), 0o755 if name in _SCRIPTS else 0o644)
    shutil.copytree(os.path.join(SOURCE, "presets"), os.path.join(folder, "share/presets"))


def _bundle_program(folder):
    binary = os.environ["DMB_BINARY"]
    for name in ("bin", "lib"):
        os.mkdir(os.path.join(folder, name))
    subprocess.run(["strip", "-o", os.path.join(folder, "bin/dbus-mqtt-battery"), binary], check=True)
    for library in libraries_of(binary):
        shutil.copy(library, os.path.join(folder, "lib"))
    loader = next(name for name in os.listdir(os.path.join(folder, "lib")) if name.startswith("ld-"))
    _write(os.path.join(folder, "dbus-mqtt-battery"), _LAUNCHER % loader, 0o755)
    _write(os.path.join(folder, "ARCH"), "x86_64\n", 0o644)


class Packages:
    """A folder of packages and SHA256SUMS; `place` is written into what tells where releases are. `stand_in`: the
    text of a script instead of the program with all its libraries."""

    def __init__(self, place="", stand_in=None):
        self.folder = tempfile.mkdtemp(prefix="dmb-releases-")
        self.location = os.path.join(self.folder, "releases")
        self._work = os.path.join(self.folder, "dbus-mqtt-battery")
        os.mkdir(self.location)
        given = os.environ.get("DMB_DEVICE_PACKAGE")
        if given and not stand_in:
            with tarfile.open(given) as archive:
                archive.extractall(self.folder)
        else:
            os.mkdir(self._work)
            if stand_in:
                _write(os.path.join(self._work, "dbus-mqtt-battery"), stand_in, 0o755)
                _write(os.path.join(self._work, "ARCH"), "x86_64\n", 0o644)
            else:
                _bundle_program(self._work)
            _copy_scripts(self._work)
            for name in ("download.sh", "README.md"):
                stamp(os.path.join(self._work, name), place)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def add(self, version, **replaced):
        """Makes a package; `replaced` is {name: text of that file in the package}."""
        saved = {name: os.path.join(self._work, name.replace("__", "/").replace("_", "-"))
                 for name in replaced}
        for name, path in saved.items():
            shutil.copy2(path, path + ".kept")
            _write(path, replaced[name], 0o755)
        _write(os.path.join(self._work, "VERSION"), version + "\n", 0o644)
        name = f"dbus-mqtt-battery-{version}-x86_64.tar.gz"
        with tarfile.open(os.path.join(self.location, name), "w:gz", compresslevel=1) as archive:
            archive.add(self._work, "dbus-mqtt-battery",
                        filter=lambda member: None if member.name.endswith(".kept") else member)
        for path in saved.values():
            os.replace(path + ".kept", path)
        self.write_sums()
        return name

    def write_sums(self):
        lines = []
        for name in sorted(os.listdir(self.location)):
            if name.endswith(".tar.gz"):
                with open(os.path.join(self.location, name), "rb") as file:
                    lines.append(f"{hashlib.sha256(file.read()).hexdigest()}  {name}\n")
        _write(os.path.join(self.location, "SHA256SUMS"), "".join(lines), 0o644)

    def release_to(self, place, version):
        """Adds a version to `place`, a folder that is a place of releases, as scripts/release.sh does."""
        release = os.path.join(place, "download/v" + version)
        os.makedirs(release)
        for name in (f"dbus-mqtt-battery-{version}-x86_64.tar.gz", "SHA256SUMS"):
            shutil.copy(os.path.join(self.location, name), release)
        shutil.copy(os.path.join(self._work, "download.sh"), release)
        subprocess.run([os.path.join(SOURCE, "scripts/release/index.sh"),
                        os.path.join(place, "download/index/VERSIONS"), version],
                       env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}, check=True,
                       stdout=subprocess.DEVNULL)
        if "-" not in version:
            shutil.rmtree(os.path.join(place, "latest"), ignore_errors=True)
            os.mkdir(os.path.join(place, "latest"))
            os.symlink("../download/v" + version, os.path.join(place, "latest/download"))

    def copy_to(self, device, folder):
        """Puts the releases, and download.sh, into a folder of the device."""
        shutil.copytree(self.location, device.path(folder), dirs_exist_ok=True)
        shutil.copy(os.path.join(self._work, "download.sh"), device.path(folder))

    def usb_archive(self, path):
        """The archive for USB sticks with everything in `rc/`, as scripts/package.sh makes it."""
        with tarfile.open(path, "w:gz", compresslevel=1) as archive:
            for name in ("rc", "rc/packages"):  # the device asks for the member "rc"
                archive.add(self.location, name, recursive=False)
            archive.add(os.path.join(SOURCE, "scripts/usb/pre-hook.sh"), "rc/pre-hook.sh")
            archive.add(os.path.join(SOURCE, "scripts/usb/post-hook.sh"), "rc/post-hook.sh")
            archive.add(os.path.join(SOURCE, "download.sh"), "rc/packages/download.sh")
            for name in sorted(os.listdir(self.location)):  # SHA256SUMS first
                archive.add(os.path.join(self.location, name), "rc/packages/" + name)


# Programs that let an update fail: one that ends at once, one that ends after three seconds, one that
# runs without a battery, one that cannot use the config, one for another processor.
ENDS_AT_ONCE = """#!/bin/sh
case "$*" in
  --version) echo "dbus-mqtt-battery broken"; exit 0 ;;
  *--check-config) exit 0 ;;
  *--status*) echo "NOT RUNNING: broken"; exit 3 ;;
esac
echo "ERROR I am broken"
exit 1
"""
ENDS_SOON = ENDS_AT_ONCE.replace("\nexit 1", "\nsleep 3\nexit 1")
NO_BATTERY = ENDS_AT_ONCE.replace("\nexit 1", "\nexec sleep 100000")
REFUSES_CONFIG = ENDS_AT_ONCE.replace("*--check-config) exit 0", "*--check-config) echo 'no such key'; exit 2")
DOES_NOT_RUN = "#!/bin/sh\necho 'Exec format error'\nexit 126\n"
