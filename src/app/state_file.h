// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/codec/state_text.h"
#include "runtime/loop.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace dmb {

/// What banks, charge controls and settings of users remember over restarts, in one small file
/// beside the config. Written whole or not at all, only when it says something new, and at most
/// once a minute: it lies on flash. A file that is missing or cannot be read is as at the first
/// start; the log says so.
class StateFile {
 public:
  /// `loop` must outlive it.
  StateFile(Loop& loop, std::filesystem::path path);

  /// Of the bank of this service name, from an earlier run; nullptr: nothing.
  const BankMemory* recall_bank(const std::string& service_name) const;
  /// Likewise of the charge control of a battery or bank.
  const ChargeMemory* recall_charge_control(const std::string& service_name) const;
  /// What its user set; empty: nothing.
  KeptValues recall_settings(const std::string& service_name) const;

  /// What lies on a broker.
  const PublishMemory& recall_published() const { return state_.published; }

  /// Called whenever it is to be written what is true then.
  using Collect = std::function<void(State&)>;
  void collect_with(Collect collect) { collect_ = std::move(collect); }

  /// Something may be new: it is written soon.
  void changed();
  /// At a clean end: what is true now.
  void write();

 private:
  void read();

  Loop& loop_;
  std::filesystem::path path_;
  Collect collect_;
  State state_;
  std::string written_;  ///< as it stands in the file
  std::optional<Instant> written_at_;
  bool failure_said_ = false;
  bool due_ = false;
  Timer timer_;
};

}  // namespace dmb
