// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/bank_memory.h"
#include "dmb/codec/kept_values.h"
#include "dmb/codec/publish_memory.h"
#include "dmb/control/charge_control.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace dmb {

/// What is remembered over restarts, by the service name of the battery or bank.
struct State {
  std::map<std::string, BankMemory, std::less<>> banks;
  std::map<std::string, ChargeMemory, std::less<>> charge_controls;
  std::map<std::string, KeptValues, std::less<>> settings;
  PublishMemory published;  ///< of all of them

  bool empty() const {
    return banks.empty() && charge_controls.empty() && settings.empty() && published.empty();
  }
  bool operator==(const State&) const = default;
};

/// As JSON, for people to read as well.
std::string encode_state(const State& state);

/// nullopt: not such a text. What is out of any possible range is left out.
std::optional<State> decode_state(std::string_view text);

}  // namespace dmb
