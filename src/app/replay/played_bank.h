// SPDX-License-Identifier: MIT
#pragma once

#include "app/bank_setup.h"
#include "app/replay/played.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace dmb::replay {

/// A bank, with its members as they were told last.
class PlayedBank final : public Played {
 public:
  /// Null: `config` has no bank of that name.
  static std::unique_ptr<PlayedBank> create(const Config& config, const std::string& service);
  explicit PlayedBank(BankSetup setup);

  DeviceDescription description() const override;
  const std::string& name() const override { return setup_.description.device_name; }
  std::string_view member_word() const override;
  Device& device() override { return bank_; }
  bool change(const Config& config, const std::string& service, Instant now) override;
  void resume(const State& memory, Instant now) override;
  void forget_sensors() override { bank_.forget_missing_sensors(); }
  void take(const record::MembersCame& came, Instant now) override;
  void forget(const std::string& name) override { bank_.forget(name); }
  void redetect() override { bank_.redetect(); }
  std::optional<record::Decision> view(Instant now) override;

 private:
  BankSetup setup_;
  BankDevice bank_;
  std::vector<WatchedMember> members_;
};

}  // namespace dmb::replay
