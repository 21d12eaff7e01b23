// SPDX-License-Identifier: MIT
#include "app/options.h"

#include "dmb/config/text_rules.h"
#include "runtime/identity.h"

#include <getopt.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <string_view>
#include <system_error>

namespace dmb {
namespace {

constexpr const char* kHelp =
    R"(Usage: dbus-mqtt-battery [--config FILE] [--check-config | --status [--json] | --why [NAME] [--json] |
                         --forget NAME | --discover [SECONDS] [--broker HOST[:PORT]] [--write] |
                         --import FILE | --record FILE | --report FILE |
                         --replay FILE [--items | --diff [OTHER] | --publish [--speed N]] |
                         --version | --help]

Publishes battery data from an MQTT broker, and several batteries as one, as batteries on the
Venus OS D-Bus.

  --config FILE    use FILE (default: %s)
  --check-config   list every problem of the config file and exit: 0 valid, 2 not
  --status         say how the one that runs with this config file is, and what to do if something
                   is wrong; exit: 0 healthy, 1 degraded, 3 not running
  --why [NAME]     say in one line what keeps the battery from being charged more, or discharged,
                   what would change it, and the chain of limits from the config to the chargers;
                   exit: 0 nothing limits, 1 something does, 3 there is nothing to explain
  --json           with --status and --why: for scripts
  --forget NAME    a shunt or battery that was taken out for good is not missed any more: its custom
                   name or serial; or, by the name of a battery or bank, what its charge control
                   misses of its cells and temperatures; exit: 0 forgotten, 1 not, 3 nothing runs
  --discover [SECONDS]
                   listen on the broker (30 s) and print the batteries found there as a piece of
                   config; exit: 0 found, 1 none, 3 no connection
  --broker HOST[:PORT]
                   with --discover: another broker than the config's, without user and password
  --write          with --discover: append what is new to the config file; a copy is kept
  --import FILE    print what the config of dbus-aggregate-batteries (config.ini, settings.py), of
                   BatteryAggregator (config.json), or about charging of the serial driver
                   (config.ini) is here; exit: 0 printed, 1 it is none of them
  --record FILE    while it runs, write all that comes in and is decided to FILE, masked, for a bug
                   report; the last 24 h or 20 MB, as record_hours and record_mb say
  --replay FILE    play what was recorded (--record) anew, and print what was decided, when and why;
                   with --config as that config would have had it; exit: 0 printed, 2 no recording
  --items          with --replay: also each item that changes
  --diff [OTHER]   with --replay: compare what is decided now with what was decided then, or with
                   what is decided in another recording; exit: 0 the same, 1 not, 2 no recording
  --publish        with --replay: show the batteries on the session bus, never on the system bus
  --speed N        with --publish: N times as fast as it was
  --report FILE    put what a bug report needs into one archive (FILE.tar.gz): config, status, why, log and
                   recording (or that of --record), without passwords, serials, portal id and the
                   words of record_mask; exit: 0 written, 1 not
  --version        print the version and exit
  --help           print this help and exit

Signals: SIGTERM and SIGINT end it, SIGHUP reads the config file again.
The log goes to standard output. Every key is explained in config.sample.ini.
)";

constexpr std::array<option, 20> kLong{
    {{"config", required_argument, nullptr, 'c'},   {"check-config", no_argument, nullptr, 'k'},
     {"status", no_argument, nullptr, 's'},         {"why", optional_argument, nullptr, 'y'},
     {"json", no_argument, nullptr, 'j'},           {"forget", required_argument, nullptr, 'f'},
     {"discover", optional_argument, nullptr, 'd'}, {"broker", required_argument, nullptr, 'b'},
     {"write", no_argument, nullptr, 'w'},          {"import", required_argument, nullptr, 'i'},
     {"record", required_argument, nullptr, 'R'},   {"report", required_argument, nullptr, 'p'},
     {"replay", required_argument, nullptr, 'r'},   {"items", no_argument, nullptr, 't'},
     {"diff", optional_argument, nullptr, 'D'},     {"publish", no_argument, nullptr, 'P'},
     {"speed", required_argument, nullptr, 'S'},    {"version", no_argument, nullptr, 'v'},
     {"help", no_argument, nullptr, 'h'},           {nullptr, 0, nullptr, 0}}};

ParsedOptions refuse(const char* program) {
  std::fprintf(stderr, "Try '%s --help'.\n", program);
  return {{}, kExitUsage};
}

/// The number from `least` to `most` that is all of `text`.
std::optional<int> number_in(std::string_view text, int least, int most) {
  int number = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  const bool is_one = read.ec == std::errc{} && read.ptr == end;
  return is_one && number >= least && number <= most ? std::optional(number) : std::nullopt;
}

/// "--discover 60" as well as "--discover=60".
const char* discover_argument(int argc, char** argv) {
  if (optarg != nullptr) return optarg;
  const bool follows = optind < argc && argv[optind][0] >= '0' && argv[optind][0] <= '9';
  return follows ? argv[optind++] : nullptr;
}

/// "--why House" as well as "--why=House"; "" without one.
const char* text_argument(int argc, char** argv) {
  if (optarg != nullptr) return optarg;
  const bool follows = optind < argc && argv[optind][0] != '-';
  return follows ? argv[optind++] : "";
}

/// False: no number of seconds.
bool read_seconds(const char* argument, std::chrono::seconds& time) {
  constexpr int kMostSeconds = 3600;
  if (argument == nullptr) return true;
  const auto seconds = number_in(argument, 1, kMostSeconds);
  if (seconds) time = std::chrono::seconds(*seconds);
  return seconds.has_value();
}

/// "host", "host:1883", "[::1]:1883", "::1".
std::optional<Options::Broker> read_broker(std::string_view text) {
  constexpr int kLastPort = 65535;
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else if (const std::size_t colon = text.find(':'); colon == text.rfind(':')) {
    host = text.substr(0, colon);
    port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon);
  }
  if (host.empty() || broker_address_fault(host)) return std::nullopt;
  Options::Broker broker{.address = std::string(host)};
  if (port.empty()) return broker;
  const auto number = number_in(port.substr(1), 1, kLastPort);
  if (!port.starts_with(':') || !number) return std::nullopt;
  broker.port = static_cast<std::uint16_t>(*number);
  return broker;
}

ParsedOptions refuse(const char* program, const char* why) {
  std::fprintf(stderr, "%s: %s\n", program, why);
  return refuse(program);
}

/// Null: what is said of --replay goes together.
const char* replay_fault(const Options& options) {
  const Options::Replay& replay = options.replay;
  const int modes = int{replay.items} + int{replay.diff} + int{replay.publish};
  if (options.action != Options::Action::replay && (modes > 0 || replay.speed))
    return "--items, --diff, --publish and --speed go with --replay";
  if (modes > 1) return "--items, --diff and --publish go one at a time";
  if (replay.speed && !replay.publish) return "--speed goes with --publish";
  return nullptr;
}

/// What can only be said when all options are known.
ParsedOptions checked(const ParsedOptions& parsed, int argc, char** argv) {
  if (optind < argc) {
    std::fprintf(stderr, "%s: unexpected argument '%s'\n", argv[0], argv[optind]);
    return refuse(argv[0]);
  }
  const bool tells = parsed.options.action == Options::Action::status ||
                     parsed.options.action == Options::Action::why;
  if (parsed.options.json && !tells) return refuse(argv[0], "--json goes with --status and --why");
  if (parsed.options.action == Options::Action::forget && parsed.options.forget.empty()) {
    std::fprintf(stderr, "%s: --forget needs the name of a shunt\n", argv[0]);
    return refuse(argv[0]);
  }
  const bool discovers = parsed.options.action == Options::Action::discover;
  if (!discovers && (parsed.options.broker || parsed.options.write))
    return refuse(argv[0], "--broker and --write go with --discover");
  if (const char* fault = replay_fault(parsed.options)) return refuse(argv[0], fault);
  return parsed;
}

/// nullopt: no number of times.
std::optional<double> speed_in(std::string_view text) {
  constexpr double kFastest = 1e6;
  double speed = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, speed);
  const bool is_one = read.ec == std::errc{} && read.ptr == end;
  return is_one && speed > 0 && speed <= kFastest ? std::optional(speed) : std::nullopt;
}

/// Those of --replay. False: it is none of them.
bool read_replay_option(int option, int argc, char** argv, Options& options) {
  switch (option) {
    case 'r':
      options.action = Options::Action::replay;
      options.replay.file = optarg;
      return true;
    case 't':
      options.replay.items = true;
      return true;
    case 'D':
      options.replay.diff = true;
      if (const std::string_view other = text_argument(argc, argv); !other.empty())
        options.replay.diff_with = other;
      return true;
    case 'P':
      options.replay.publish = true;
      return true;
    case 'S':
      options.replay.speed = speed_in(optarg);
      if (!options.replay.speed) std::fprintf(stderr, "--speed takes a number above 0\n");
      return options.replay.speed.has_value();
    default:
      return false;
  }
}

}  // namespace

ParsedOptions parse_options(int argc, char** argv) {
  ParsedOptions parsed;
  for (int option = 0; (option = getopt_long(argc, argv, "c:vh", kLong.data(), nullptr)) != -1;) {
    switch (option) {
      case 'c':
        parsed.options.config_path = optarg;
        parsed.options.config_given = true;
        break;
      case 'k':
        parsed.options.action = Options::Action::check_config;
        break;
      case 's':
        parsed.options.action = Options::Action::status;
        break;
      case 'y':
        parsed.options.action = Options::Action::why;
        parsed.options.why = text_argument(argc, argv);
        break;
      case 'j':
        parsed.options.json = true;
        break;
      case 'f':
        parsed.options.action = Options::Action::forget;
        parsed.options.forget = optarg;
        break;
      case 'd':
        parsed.options.action = Options::Action::discover;
        if (!read_seconds(discover_argument(argc, argv), parsed.options.discover_time))
          return refuse(argv[0], "--discover takes a number of seconds, 1 to 3600");
        break;
      case 'b':
        parsed.options.broker = read_broker(optarg);
        if (!parsed.options.broker)
          return refuse(argv[0], "--broker takes a host name or address, and perhaps :PORT");
        break;
      case 'w':
        parsed.options.write = true;
        break;
      case 'i':
        parsed.options.action = Options::Action::import_file;
        parsed.options.import_path = optarg;
        break;
      case 'R':
        parsed.options.record_to = std::filesystem::absolute(optarg);
        break;
      case 'p':
        parsed.options.action = Options::Action::report;
        parsed.options.report_path = optarg;
        break;
      case 'v':
        std::printf("%s %s\n", kProgramName.data(), version().data());
        return {{}, 0};
      case 'h':
        std::printf(kHelp, parsed.options.config_path.c_str());
        return {{}, 0};
      default:
        if (read_replay_option(option, argc, argv, parsed.options)) break;
        return refuse(argv[0]);
    }
  }
  return checked(parsed, argc, argv);
}

}  // namespace dmb
