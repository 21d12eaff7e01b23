# SPDX-License-Identifier: MIT
"""What is in a package: files, sizes, how the program was linked, and the archives around it."""
import glob
import hashlib
import json
import os
import re
import subprocess
import tarfile
import tempfile
import unittest

PACKAGE = os.environ["DMB_PACKAGE"]
ARCH = os.environ["DMB_ARCH"]
DIST = os.path.dirname(PACKAGE)
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MACHINES = {"armv7": "ARM", "aarch64": "AArch64", "x86_64": "Advanced Micro Devices X86-64"}
MAX_BYTES = {"armv7": 10_000_000, "aarch64": 16_000_000, "x86_64": 18_000_000}
EXECUTABLE = {"dbus-mqtt-battery", "install.sh", "uninstall.sh", "restart.sh", "download.sh",
              "service/change_over.sh", "service/start_line.sh", "service/take_over.sh",
              "service/run", "service/log/run", "bin/dbus-mqtt-battery"}
PLAIN = {"config.sample.ini", "README.md", "CHANGELOG.md", "LICENSE", "VERSION", "ARCH",
         "licences/THIRD-PARTY.gz", "licences/sbom.spdx.json"}
PRESETS = {"share/presets/" + os.path.basename(file) for file in glob.glob(SOURCE + "/presets/*.ini")}


def readelf(option, file):
    return subprocess.run(["readelf", option, "-W", file], check=True, stdout=subprocess.PIPE,
                          text=True).stdout


def sums(text):
    """{file: checksum} of a SHA256SUMS file."""
    return {name: digest for digest, name in (line.split("  ") for line in text.splitlines())}


def checksum(content):
    return hashlib.sha256(content).hexdigest()


def read(path):
    with open(path, "rb") as file:
        return file.read()


class Contents(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory(prefix="dmb-contents-")
        cls.addClassCleanup(temporary.cleanup)
        with tarfile.open(PACKAGE) as archive:
            cls.members = archive.getmembers()
            archive.extractall(temporary.name)
        cls.folder = os.path.join(temporary.name, "dbus-mqtt-battery")
        cls.program = os.path.join(cls.folder, "bin/dbus-mqtt-battery")
        cls.libraries = sorted(glob.glob(cls.folder + "/lib/*"))

    def text(self, name):
        return read(os.path.join(self.folder, name)).decode()

    def test_there_is_every_file_and_no_other(self):
        files = {os.path.relpath(os.path.join(at, name), self.folder)
                 for at, _, names in os.walk(self.folder) for name in names}
        self.assertEqual({file for file in files if not file.startswith("lib/")},
                         EXECUTABLE | PLAIN | PRESETS)

    def test_owners_modes_and_times_do_not_depend_on_who_built_it(self):
        self.assertEqual({(member.uid, member.gid) for member in self.members}, {(0, 0)})
        self.assertEqual(len({member.mtime for member in self.members}), 1)
        for member in self.members:
            name = member.name.removeprefix("dbus-mqtt-battery/")
            runs = member.isdir() or name in EXECUTABLE or name.startswith("lib/")
            self.assertEqual((name, member.mode), (name, 0o755 if runs else 0o644))
            self.assertTrue(member.isdir() or member.isfile(), f"{name} is a link or worse")

    def test_it_says_what_it_is(self):
        self.assertEqual(self.text("ARCH"), ARCH + "\n")
        version = self.text("VERSION").strip()
        self.assertEqual(os.path.basename(PACKAGE), f"dbus-mqtt-battery-{version}-{ARCH}.tar.gz")
        declared = re.search(r"^project\(.* VERSION (\S+)", read(SOURCE + "/CMakeLists.txt").decode(),
                             re.M).group(1)
        self.assertRegex(version, re.escape(declared) + r"(\.\d+)?(-(alpha|beta|rc)\.\d+)?(-dirty)?$")

    def test_it_is_small_enough(self):
        size = sum(member.size for member in self.members)
        print(f"{ARCH}: {size / 1e6:.2f} MB installed, {os.path.getsize(PACKAGE) / 1e6:.2f} MB packed")
        self.assertLessEqual(size, MAX_BYTES[ARCH])

    def test_every_library_that_is_needed_is_there(self):
        names = {os.path.basename(library) for library in self.libraries}
        for file in [self.program, *self.libraries]:
            dynamic = readelf("-d", file)
            self.assertLessEqual(set(re.findall(r"NEEDED.*\[(.*)\]", dynamic)), names, file)
            self.assertIn(f"Machine:                           {MACHINES[ARCH]}", readelf("-h", file))
            if file != self.program:
                self.assertNotRegex(dynamic, r"\((RPATH|RUNPATH)\)", file)

    def test_what_stands_in_for_a_library_has_what_libsystemd_wants(self):
        def functions(library, pattern):
            symbols = readelf("--dyn-syms", os.path.join(self.folder, "lib", library))
            return {name.replace("@@", "@") for name in re.findall(pattern, symbols)}
        for library, name in (("libgcrypt.so.20", "gcry_"), ("libzstd.so.1", "ZSTD_"), ("liblz4.so.1", "LZ4_"),
                              ("liblzma.so.5", "lzma_")):
            with self.subTest(library=library):
                wanted = functions("libsystemd.so.0", rf" UND ({name}[\w@.]+)")
                self.assertTrue(wanted)
                self.assertEqual(wanted, functions(library, rf" \d+ ({name}[\w@.]+)"))
                self.assertLess(os.path.getsize(os.path.join(self.folder, "lib", library)), 80_000)

    def test_the_program_is_hardened(self):
        headers, dynamic = readelf("-l", self.program), readelf("-d", self.program)
        self.assertRegex(readelf("-h", self.program), r"Type: +DYN")
        self.assertRegex(dynamic, r"FLAGS_1.*\bNOW\b.*\bPIE\b")
        self.assertIn("GNU_RELRO", headers)
        self.assertRegex(headers, r"GNU_STACK .* RW ")
        imported = readelf("--dyn-syms", self.program)
        self.assertRegex(imported, r"__\w+_chk@GLIBC")
        self.assertRegex(imported, r"__stack_chk_fail@GLIBC")

    def test_the_program_uses_its_own_loader_and_libraries(self):
        loader = re.search(r"program interpreter: (.*)\]", readelf("-l", self.program)).group(1)
        self.assertIn(os.path.join(self.folder, loader), self.libraries)
        self.assertRegex(readelf("-d", self.program), r"\(RPATH\).*\[\$ORIGIN/\.\./lib\]")

    def test_the_program_runs_on_the_oldest_device(self):
        if ARCH == "armv7":
            attributes = readelf("-A", self.program)
            self.assertRegex(attributes, r"Tag_FP_arch: VFPv3-D16\n")
            self.assertIn("Tag_CPU_arch: v7\n", attributes)
            self.assertNotIn("Tag_Advanced_SIMD_arch", attributes)
            self.assertNotRegex(attributes, r"Tag_DIV_use: Allowed in v7-A")
            self.assertIn("Tag_ABI_VFP_args: VFP registers", attributes)

    def test_the_program_is_stripped_and_tells_nothing_of_the_build_machine(self):
        self.assertNotIn(".symtab", readelf("-S", self.program))
        content = read(self.program)
        for path in (SOURCE, os.path.expanduser("~"), "/sysroot"):
            self.assertNotIn(path.encode() + b"/", content)

    def test_licences_of_what_is_bundled_are_told(self):
        text = subprocess.check_output(["zcat", os.path.join(self.folder, "licences/THIRD-PARTY.gz")], text=True)
        for name in ("libc6", "libssl3", "libsystemd0", "libsdbus-c++1", "libpaho-mqtt1.3", "libinih1",
                     "nlohmann-json3-dev", "libspdlog-dev", "LGPL-2.1", "Apache-2.0"):
            self.assertIn(f"\n==== {name}\n", text)

    def test_the_bill_of_materials_names_every_library_and_where_it_is_from(self):
        bill = json.loads(self.text("licences/sbom.spdx.json"))
        self.assertEqual("SPDX-2.3", bill["spdxVersion"])
        self.assertEqual({"lib/" + os.path.basename(library): checksum(read(library)) for library in self.libraries},
                         {file["fileName"].removeprefix("./"): file["checksums"][0]["checksumValue"]
                          for file in bill["files"]})
        versions = {part["name"]: part["versionInfo"] for part in bill["packages"]}
        self.assertEqual(self.text("VERSION").strip(), versions["dbus-mqtt-battery"])
        texts = subprocess.check_output(["zcat", os.path.join(self.folder, "licences/THIRD-PARTY.gz")], text=True)
        for name, version in versions.items():
            if name != "dbus-mqtt-battery":
                self.assertIn(f"\n{name} {version}\n", texts)
        ids = [part["SPDXID"] for part in bill["packages"] + bill["files"]] + ["SPDXRef-DOCUMENT"]
        self.assertEqual(len(ids), len(set(ids)))
        for relation in bill["relationships"]:
            self.assertLessEqual({relation["spdxElementId"], relation["relatedSpdxElement"]}, set(ids))


class Archives(unittest.TestCase):
    def test_the_checksums_cover_every_archive(self):
        listed = sums(read(os.path.join(DIST, "SHA256SUMS")).decode())
        there = {os.path.basename(file): checksum(read(file)) for file in glob.glob(DIST + "/*.tar.gz")}
        self.assertEqual(listed, there)

    def test_the_usb_archive_has_all_packages_and_touches_only_its_own_folder(self):
        (usb,) = glob.glob(DIST + "/venus-data-dbus-mqtt-battery-*.tar.gz")
        with tarfile.open(usb) as archive:
            files = {member.name: archive.extractfile(member).read()
                     for member in archive.getmembers() if not member.isdir()}
            modes = {member.name: member.mode for member in archive.getmembers()}
        packages = {os.path.basename(file): checksum(read(file))
                    for file in glob.glob(DIST + "/dbus-mqtt-battery-*.tar.gz")}
        self.assertEqual(sums(files["rc/packages/SHA256SUMS"].decode()), packages)
        scripts = {"rc/pre-hook.sh", "rc/post-hook.sh", "rc/packages/download.sh"}
        self.assertEqual(set(files), scripts | {"rc/packages/SHA256SUMS"} |
                         {"rc/packages/" + name for name in packages})
        for name, digest in packages.items():
            self.assertEqual(checksum(files["rc/packages/" + name]), digest)
        self.assertEqual({modes[script] for script in scripts}, {0o755})

    def test_every_download_script_knows_the_same_place(self):
        def place_in(archive, name):
            with tarfile.open(archive) as files:
                return re.search(r"^place=(.*)$", files.extractfile(name).read().decode(), re.M)[1]
        (usb,) = glob.glob(DIST + "/venus-data-dbus-mqtt-battery-*.tar.gz")
        (helper,) = glob.glob(DIST + "/setuphelper-dbus-mqtt-battery-*.tar.gz")
        places = {place_in(usb, "rc/packages/download.sh"), place_in(helper, "dbus-mqtt-battery/download.sh"),
                  *(place_in(package, "dbus-mqtt-battery/download.sh")
                    for package in glob.glob(DIST + "/dbus-mqtt-battery-*.tar.gz"))}
        self.assertEqual(1, len(places), places)

    def test_the_archive_for_setuphelper_has_what_its_package_manager_looks_for(self):
        (helper,) = glob.glob(DIST + "/setuphelper-dbus-mqtt-battery-*.tar.gz")
        with tarfile.open(helper) as archive:
            files = {member.name.removeprefix("dbus-mqtt-battery/"): member for member in archive if member.isfile()}
            version = archive.extractfile(files["version"]).read().decode()
        self.assertEqual({"setup", "work.sh", "download.sh", "changes", "version", "release"}, set(files) - {"gitHubInfo"})
        self.assertRegex(version, r"^v\d+(\.\d+)+([~a]\d+)?(-dirty)?\n$")
        self.assertEqual({0o755}, {files[name].mode for name in ("setup", "work.sh", "download.sh")})


if __name__ == "__main__":
    unittest.main(verbosity=2)
