# SPDX-License-Identifier: MIT
"""Who may know whom: what each folder of include/dmb and src may include and call."""

import re
from dataclasses import dataclass

CORE = {"battery", "bank", "control", "codec", "mapping", "importing", "device", "config", "status", "publish", "why", "record"}
ADAPTERS = {"runtime", "mqtt", "dbus", "log", "sources", "sinks", "app"}
ALL_FOLDERS = CORE | ADAPTERS

# The standard library as far as it neither reads a clock, nor a file, nor starts a thread.
PURE_STD = set("""
algorithm any array bit bitset cassert cctype cerrno cfloat charconv chrono cinttypes climits cmath
compare complex concepts cstddef cstdint cstdlib cstring deque exception expected format forward_list
functional initializer_list iomanip iosfwd istream iterator limits list locale map memory
memory_resource new numbers numeric optional ostream queue random ranges ratio regex set
source_location span sstream stack stdexcept streambuf string string_view system_error tuple type_traits typeindex
typeinfo unordered_map unordered_set utility valarray variant vector version
""".split())
SYSTEM_STD = set("""
atomic condition_variable csignal cstdio ctime filesystem fstream future iostream latch mutex
semaphore shared_mutex stop_token thread
""".split())
POSIX = r"(sys|netinet|arpa|linux)/.*\.h|(unistd|fcntl|getopt|malloc|poll|signal|errno|pthread|netdb|spawn|dirent|time)\.h"


@dataclass(frozen=True)
class Layer:
    """What one folder may include. `others`: patterns of headers beyond the standard library."""

    folders: set
    others: tuple = ()
    core: bool = False

    def allows_std(self, header):
        return header in PURE_STD or (header in SYSTEM_STD and not self.core)

    def allows_other(self, header):
        return any(re.fullmatch(pattern, header) for pattern in self.others)


BATTERIES = {"battery", "bank", "control"}  # what a battery is, several as one, who limits it

LAYERS = {
    "battery": Layer({"battery"}, core=True),
    "bank": Layer({"battery", "bank"}, core=True),
    "control": Layer(BATTERIES, core=True),
    "codec": Layer(BATTERIES | {"codec"}, (r"nlohmann/.*",), core=True),
    "mapping": Layer({"battery", "codec", "mapping"}, (r"nlohmann/.*",), core=True),
    "importing": Layer({"battery", "control", "config", "importing"}, (r"nlohmann/.*",), core=True),
    "device": Layer(BATTERIES | {"codec", "device"}, core=True),
    "config": Layer(BATTERIES | {"codec", "mapping", "publish", "config"}, (r"ini\.h",), core=True),
    "status": Layer(BATTERIES | {"codec", "mapping", "device", "config", "status"}, (r"nlohmann/.*",), core=True),
    "publish": Layer({"battery", "codec", "device", "publish"}, (r"nlohmann/.*",), core=True),
    "why": Layer(BATTERIES | {"codec", "device", "config", "status", "why"}, (r"nlohmann/.*",), core=True),
    "record": Layer(BATTERIES | {"codec", "config", "record"}, (r"nlohmann/.*",), core=True),
    "runtime": Layer({"battery", "runtime"}, (r"systemd/sd-event\.h", POSIX)),
    "log": Layer(BATTERIES | {"codec", "device", "log"}, (r"spdlog/.*",)),
    "mqtt": Layer({"battery", "codec", "config", "runtime", "log", "mqtt"},
                  (r"mqtt/.*", r"MQTT\w+\.h", r"openssl/.*", r"spdlog/.*", POSIX)),
    "dbus": Layer({"battery", "codec", "runtime", "log", "dbus"},
                  (r"sdbus-c\+\+/.*", r"systemd/.*", r"spdlog/.*", POSIX)),
    "sources": Layer({"battery", "bank", "control", "codec", "config", "device", "mapping", "runtime", "log", "mqtt", "dbus", "sources"},
                     (r"sdbus-c\+\+/.*", r"systemd/.*", r"spdlog/.*")),
    "sinks": Layer({"battery", "codec", "config", "control", "bank", "device", "status", "publish", "runtime", "log", "mqtt", "dbus", "sinks"},
                   (r"sdbus-c\+\+/.*", r"systemd/.*", r"spdlog/.*")),
    "app": Layer(ALL_FOLDERS, (r"spdlog/.*", POSIX)),
    "main": Layer(ALL_FOLDERS, (r"spdlog/.*", POSIX)),
}

# Core is handed the time and the text; it never fetches them.
FORBIDDEN_IN_CORE = {
    "reads a clock": r"\b(steady|system|high_resolution)_clock::now\s*\(|\b(clock_gettime|gettimeofday)\s*\("
                     r"|\b(std::)?time\s*\(\s*(nullptr|NULL|0)\s*\)",
    "touches a file": r"\b(fopen|freopen|ini_parse|ini_parse_file)\s*\(|\b[io]?fstream\b|\bstd::filesystem\b",
    "reads the environment": r"\bgetenv\s*\(",
    "prints": r"\bstd::(cout|cerr|clog)\b|\b(printf|puts)\s*\(",
}

# The same, and the libraries of the adapters, as undefined symbols of core's archives.
FORBIDDEN_SYMBOLS = re.compile(
    r"\b(sdbus|mqtt|spdlog)::|\bsd_(bus|event)_|\bMQTT(Async|Client)_"
    r"|std::chrono::_V2::(steady|system)_clock::now"
    r"|\b(fopen|fopen64|freopen|open|open64|ini_parse|ini_parse_file|getenv|secure_getenv"
    r"|clock_gettime|gettimeofday|time|pthread_create)(@|$)"
    r"|std::(__cxx11::)?basic_([io]?fstream|filebuf)|std::filesystem::")
