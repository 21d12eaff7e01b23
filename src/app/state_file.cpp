// SPDX-License-Identifier: MIT
#include "app/state_file.h"

#include "dmb/codec/text.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

namespace dmb {
namespace {

constexpr std::chrono::seconds kSoon{1};
constexpr std::chrono::minutes kBetweenWrites{1};
constexpr std::chrono::hours kWhileAway{1};  ///< the hours of those that are away are kept
constexpr std::size_t kMaxBytes = 1 << 20;

/// Empty, or why not.
std::string replace_file(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path fresh = path.string() + ".new";
  errno = 0;
  std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return strerror(errno);
  std::error_code error;
  std::filesystem::rename(fresh, path, error);
  return error ? error.message() : "";
}

bool is_anybody_away(const State& state) {
  return std::ranges::any_of(state.banks, [](const auto& bank) {
    return std::ranges::any_of(bank.second.shunts,
                               [](const auto& shunt) { return shunt.away.count() > 0; });
  });
}

template <typename Memories>
const typename Memories::mapped_type* find(const Memories& memories,
                                           const std::string& service_name) {
  const auto found = memories.find(service_name);
  return found == memories.end() ? nullptr : &found->second;
}

}  // namespace

StateFile::StateFile(Loop& loop, std::filesystem::path path)
    : loop_(loop), path_(std::move(path)), timer_(loop.add_timer([this] { write(); })) {
  read();
}

void StateFile::read() {
  std::error_code error;
  if (!std::filesystem::exists(path_, error)) {
    spdlog::info("{} does not exist: nothing is remembered of earlier runs", path_.string());
    return;
  }
  std::string text(kMaxBytes, '\0');
  std::ifstream in(path_, std::ios::binary);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  auto state = decode_state(text);
  if (!state) {
    spdlog::warn(
        "{} cannot be read: shunts and sensors that are missing now, alarms that held, how full a "
        "battery was and what its switches were set to are not known; it is written anew",
        path_.string());
    return;
  }
  state_ = std::move(*state);
  written_ = std::move(text);
}

const BankMemory* StateFile::recall_bank(const std::string& service_name) const {
  return find(state_.banks, service_name);
}

const ChargeMemory* StateFile::recall_charge_control(const std::string& service_name) const {
  return find(state_.charge_controls, service_name);
}

KeptValues StateFile::recall_settings(const std::string& service_name) const {
  const KeptValues* found = find(state_.settings, service_name);
  return found != nullptr ? *found : KeptValues();
}

void StateFile::changed() {
  if (std::exchange(due_, true)) return;
  const Instant soon = loop_.now() + kSoon;
  timer_.arm(written_at_ ? std::max(soon, *written_at_ + kBetweenWrites) : soon);
}

void StateFile::write() {
  due_ = false;
  if (collect_) collect_(state_);
  if (is_anybody_away(state_)) timer_.arm(loop_.now() + kWhileAway);
  std::string text = encode_state(state_);
  if (text == written_ || (state_.empty() && written_.empty())) return;
  written_at_ = loop_.now();
  const std::string why_not = replace_file(path_, text);
  if (why_not.empty()) {
    failure_said_ = false;
    written_ = std::move(text);
  } else if (!std::exchange(failure_said_, true)) {
    spdlog::warn(
        "{} cannot be written: {}; a restart forgets lost shunts, alarms that hold, how full a "
        "battery was and switches that the settings service has not stored",
        path_.string(), printable(why_not, 200));
  }
}

}  // namespace dmb
