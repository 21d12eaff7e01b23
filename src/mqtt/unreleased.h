// SPDX-License-Identifier: MIT
#pragma once

#include <mqtt/iclient_persistence.h>

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dmb {

/// What a broker may have told us with QoS 2 and not yet released. We ask for QoS 0 only, but Paho
/// takes whatever comes and keeps it for a release that may never come.
struct UnreleasedLimits {
  std::size_t messages = 16;
  std::size_t bytes = std::size_t{1} << 20;
};

/// Sees those messages in the only place where Paho shows them before their release: it would have
/// them stored. Nothing is stored here, they are only counted. On Paho's thread.
class Unreleased final : public mqtt::iclient_persistence {
 public:
  /// `too_many` is called once they exceed the limits, for each more; it must not throw.
  explicit Unreleased(std::function<void()> too_many, UnreleasedLimits limits = {})
      : too_many_(std::move(too_many)), limits_(limits) {}

  void open(const std::string&, const std::string&) override { clear(); }
  void close() override {}
  void clear() override {
    bytes_of_.clear();
    bytes_ = 0;
  }
  bool contains_key(const std::string&) override { return false; }
  mqtt::string_collection keys() const override { return {}; }
  /// Throws mqtt::persistence_exception, as not stored, for what we send ourselves.
  void put(const std::string& key, const std::vector<mqtt::string_view>& parts) override;
  std::string get(const std::string&) const override { return {}; }
  void remove(const std::string& key) override;

 private:
  const std::function<void()> too_many_;
  const UnreleasedLimits limits_;
  std::map<std::string, std::size_t> bytes_of_;
  std::size_t bytes_ = 0;
};

}  // namespace dmb
