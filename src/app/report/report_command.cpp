// SPDX-License-Identifier: MIT
#include "app/report/report_command.h"

#include "app/config_file.h"
#include "app/report/child.h"
#include "app/report/report_parts.h"
#include "dmb/codec/text.h"
#include "dmb/record/line_text.h"
#include "dmb/record/masker.h"
#include "runtime/identity.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace dmb {
namespace {

using record::Masker;
using record::Secret;
using report::Part;
using std::filesystem::path;

constexpr const char* kFolder = "dbus-mqtt-battery-report";
constexpr std::uintmax_t kMaxRecording = std::uintmax_t{100} << 20U;

constexpr const char* kAdvice =
    "\nLook at it before you send it: names that you gave to batteries, shunts and topics stand in "
    "it.\n"
    "A word that nobody shall see goes into record_mask in [DEFAULT] of the config; then make the "
    "report\n"
    "anew. A word that the program itself uses (battery, voltage) cannot be masked.\n";

[[noreturn]] void fail(const path& file) {
  throw std::runtime_error("cannot write " + printable(file.string(), 200) + ": " +
                           std::strerror(errno));
}

/// A folder beside the report in which it is made; gone with this object.
class Workshop {
 public:
  explicit Workshop(const path& beside) {
    std::string name = (beside / ".report-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) fail(name);
    root_ = name;
    std::filesystem::create_directory(folder());
  }
  ~Workshop() {
    std::error_code error;
    std::filesystem::remove_all(root_, error);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  const path& root() const { return root_; }
  path folder() const { return root_ / kFolder; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream out(folder() / name, std::ios::binary);
    out << text << std::flush;
    if (!out) fail(folder() / name);
  }

 private:
  path root_;
};

/// Gathers what a report consists of, and masks it.
class Report {
 public:
  explicit Report(const Options& options)
      : config_(read_config_file(options.config_path)),
        recordings_(report::recordings_of(config_.text, options.config_path, options.record_to)) {
    learned_ = masker_.learn_config(config_.text);
    learn_this_device();
    parts_ = report::told_by_program(options.config_path);
    parts_.insert(parts_.begin(), report::versions());
    parts_.push_back(report::log_of(options.config_path));
    for (const Part& part : parts_) learned_ = masker_.learn_text(part.text) && learned_;
  }

  /// Returns what is in it, for people.
  std::string write(const Workshop& workshop) const {
    if (!learned_) throw std::runtime_error("there are too many serials and passwords to mask");
    std::string about = std::string(kProgramName) + " " + std::string(version()) + ", a report:\n";
    write_config(workshop, about);
    for (const Part& part : parts_) {
      if (!part.text.empty()) workshop.write(part.name, masker_.mask(part.text));
      tell(about, part.name, part.about, part.text.empty());
    }
    write_recordings(workshop, about);
    about += masked();
    about += kAdvice;
    workshop.write("about.txt", about);
    return about;
  }

 private:
  /// Its portal id, or its name; both stand in client ids.
  void learn_this_device() {
    constexpr std::size_t kPortalIdSize = 12;
    const std::string id = local_device_id();
    const bool is_portal_id =
        id.size() == kPortalIdSize && id.find_first_not_of("0123456789abcdef") == std::string::npos;
    masker_.learn(is_portal_id ? Secret::portal_id : Secret::client_id, id);
  }

  static void tell(std::string& about, const std::string& name, const std::string& what,
                   bool is_missing) {
    about += "  " + name + std::string(name.size() < 18 ? 18 - name.size() : 1, ' ') + what;
    about += is_missing ? ": there is none\n" : "\n";
  }

  void write_config(const Workshop& workshop, std::string& about) const {
    const bool is_there = config_.state == ConfigFile::State::read;
    if (is_there) workshop.write("config.ini", masker_.mask_config(config_.text));
    tell(about, "config.ini", "the config, without its secrets", !is_there);
  }

  void write_recordings(const Workshop& workshop, std::string& about) const {
    for (const path& recording : recordings_) {
      const bool is_older = recording.extension() == ".1";
      const std::string name = is_older ? "recording.jsonl.1" : "recording.jsonl";
      const bool is_fit = std::filesystem::file_size(recording) <= kMaxRecording;
      if (is_fit) copy_recording(recording, workshop.folder() / name);
      tell(about, name, is_fit ? "what came in and was decided, for --replay" : "it is too large",
           !is_fit);
    }
    if (recordings_.empty())
      tell(about, "recording.jsonl", "what came in and was decided (record in the config)", true);
  }

  /// It was masked when it was written, but perhaps with fewer words.
  void copy_recording(const path& from, const path& to) const {
    std::ifstream in(from, std::ios::binary);
    std::ofstream out(to, std::ios::binary);
    for (std::string line; std::getline(in, line);) {
      if (line.size() <= record::kMaxLineBytes) out << masker_.mask(std::move(line)) << '\n';
      line.clear();
    }
    out.flush();
    if (!out) fail(to);
  }

  std::string masked() const {
    constexpr std::array kNames{"passwords", "user names", "serials",       "portal ids",
                                "brokers",   "client ids", "words of yours"};
    std::string text;
    for (std::size_t kind = 0; kind < kNames.size(); ++kind)
      if (const auto count = masker_.count(static_cast<Secret>(kind)); count > 0)
        text +=
            (text.empty() ? "\nMasked: " : ", ") + std::to_string(count) + " " + kNames.at(kind);
    return text.empty() ? text : text + "\n";
  }

  ConfigFile config_;
  std::vector<path> recordings_;
  std::vector<Part> parts_;
  Masker masker_;
  bool learned_ = true;
};

void pack(const Workshop& workshop, const path& file) {
  const path packed = workshop.root() / "packed";
  const auto outcome =
      report::run_child({"tar", "-czf", packed.string(), "-C", workshop.root().string(), kFolder},
                        4096, std::chrono::minutes(10));
  if (outcome.exit_code != 0)
    throw std::runtime_error("tar does not make the archive: " + printable(outcome.output, 200));
  if (link(packed.c_str(), file.c_str()) == 0) return;
  // A USB stick knows no links.
  if (errno == EEXIST || std::filesystem::exists(file)) fail(file);
  if (std::rename(packed.c_str(), file.c_str()) != 0) fail(file);
}

}  // namespace

int write_report(const Options& options) try {
  const path& file = options.report_path;
  umask(S_IRWXG | S_IRWXO);
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    errno = EEXIST;
    fail(file);
  }
  const Workshop workshop(std::filesystem::absolute(file).parent_path());
  const std::string about = Report(options).write(workshop);
  pack(workshop, file);
  std::printf("%s\nIt is in %s\n", about.c_str(), printable(file.string(), 200).c_str());
  return 0;
} catch (const std::exception& trouble) {
  std::fprintf(stderr, "%s\n", trouble.what());
  return 1;
}

}  // namespace dmb
