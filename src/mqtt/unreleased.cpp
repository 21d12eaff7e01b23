// SPDX-License-Identifier: MIT
#include "unreleased.h"

#include <mqtt/exception.h>

namespace dmb {
namespace {

/// Paho's keys: "r-" and the message's number for what was received, others for what we send.
bool was_received(const std::string& key) {
  return key.starts_with('r');
}

}  // namespace

void Unreleased::put(const std::string& key, const std::vector<mqtt::string_view>& parts) {
  // Paho keeps what cannot be stored. What can be it frees, and reads it again, which ours cannot.
  if (!was_received(key)) throw mqtt::persistence_exception();
  remove(key);  // a number used again replaces the message
  std::size_t size = 0;
  for (const auto& part : parts) size += part.size();
  bytes_of_.emplace(key, size);
  bytes_ += size;
  if (bytes_of_.size() > limits_.messages || bytes_ > limits_.bytes) too_many_();
}

void Unreleased::remove(const std::string& key) {
  const auto found = bytes_of_.find(key);
  if (found == bytes_of_.end()) return;
  bytes_ -= found->second;
  bytes_of_.erase(found);
}

}  // namespace dmb
