// SPDX-License-Identifier: MIT
#pragma once

#include "dmb/bank/member.h"
#include "dmb/battery/quantity.h"

#include <array>
#include <string>

namespace dmb {

/// Where a member tells one of its MemberTexts.
struct MemberText {
  Quantity quantity;
  std::string MemberTexts::*text;
};

inline constexpr auto kMemberTexts = std::to_array<MemberText>({
    {q("/System/MinVoltageCellId"), &MemberTexts::min_cell_id},
    {q("/System/MaxVoltageCellId"), &MemberTexts::max_cell_id},
    {q("/System/MinTemperatureCellId"), &MemberTexts::min_temperature_id},
    {q("/System/MaxTemperatureCellId"), &MemberTexts::max_temperature_id},
    {q("/Info/ChargeMode"), &MemberTexts::charge_mode},
    {q("/Info/ChargeLimitation"), &MemberTexts::charge_limitation},
    {q("/Info/DischargeLimitation"), &MemberTexts::discharge_limitation},
});

/// Sets `text` to what `value` says; a null one, or one that is no text, says nothing. Returns
/// whether that changed it.
bool set_text(std::string& text, const Value* value);

}  // namespace dmb
