// SPDX-License-Identifier: MIT
// What is_bus_text takes for a text is what libsystemd takes for one, for every character there is.
#include "../support/offline_bus.h"
#include "dmb/codec/text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace dmb {
namespace {

/// `number` in UTF-8's scheme with `length` bytes, overlong or out of range as it may be.
std::string in_bytes(std::uint32_t number, std::size_t length) {
  std::string bytes(length, '\0');
  for (std::size_t i = length - 1; i > 0; --i, number >>= 6U)
    bytes[i] = static_cast<char>(0x80U | (number & 0x3FU));
  constexpr std::uint32_t kMarks[] = {0x00, 0xC0, 0xE0, 0xF0};
  bytes[0] = static_cast<char>(kMarks[length - 1] | number);
  return bytes;
}

TEST(BusText, IsWhatLibsystemdCarries) {
  constexpr std::uint32_t kNumbers[] = {1U << 7U, 1U << 11U, 1U << 16U, 1U << 21U};
  constexpr std::uint32_t kPerMessage = 4096;
  const test::OfflineBus bus;
  std::size_t carried_at_all = 0;
  for (std::size_t length = 1; length <= 4; ++length) {
    test::OfflineBus::Message message;
    for (std::uint32_t number = length == 1 ? 1 : 0; number < kNumbers[length - 1]; ++number) {
      if (!message || number % kPerMessage == 0) message = bus.new_message();
      const std::string text = in_bytes(number, length);
      const bool carried = sd_bus_message_append_basic(message.get(), 's', text.c_str()) >= 0;
      carried_at_all += carried ? 1 : 0;
      ASSERT_EQ(is_bus_text(text), carried) << std::hex << number << " in " << length << " bytes";
    }
  }
  // All code points but NUL, the surrogates and the 66 noncharacters.
  EXPECT_EQ(carried_at_all, 0x110000U - 1 - 0x800 - 66);
}

TEST(BusText, EverythingPrintableMakesIsCarried) {
  for (const std::string& untrusted :
       {std::string("a\xEF\xBF\xBF z"), std::string("nul\0", 4), std::string("\xF0\x9F\xBF\xBE"),
        std::string("\xC3"), std::string("bell\a")}) {
    const auto message = test::OfflineBus().new_message();
    const std::string shown = printable(untrusted);
    EXPECT_GE(sd_bus_message_append_basic(message.get(), 's', shown.c_str()), 0) << shown;
    EXPECT_TRUE(std::ranges::all_of(shown, [](char c) { return c >= ' ' && c <= '~'; })) << shown;
  }
}

}  // namespace
}  // namespace dmb
