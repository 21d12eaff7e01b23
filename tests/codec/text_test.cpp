// SPDX-License-Identifier: MIT
#include "dmb/codec/text.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <random>
#include <string>
#include <string_view>

namespace dmb {
namespace {

using Style = TextFormat::Style;

struct TextCase {
  OptValue value;
  TextFormat format;
  const char* text;
};

TEST(FormatText, PrintsNumbersAsTheItemTableSays) {
  const TextFormat volts{.decimals = 2, .unit = "V"};
  const TextFormat amps{.decimals = 1, .unit = "A"};
  const TextFormat percent{.style = Style::cut_off, .unit = "%"};
  const TextFormat hex{.style = Style::hexadecimal};
  const TextCase cases[] = {
      {52.7, volts, "52.70V"},
      {52.705001, volts, "52.71V"},
      {-3.24, amps, "-3.2A"},
      {7, amps, "7.0A"},
      {63.9, percent, "63%"},
      {-63.9, percent, "-63%"},
      {100, percent, "100%"},
      {21.55, {.decimals = 1, .unit = "°C"}, "21.6°C"},
      {3.2514, {.decimals = 3, .unit = "V"}, "3.251V"},
      {9, {}, "9"},
      {0xBA77, hex, "0xBA77"},
      {0xFFFF, hex, "0xFFFF"},
      {0xA3, hex, "0x00A3"},
      {0x109FF, hex, "0x109FF"},
      {-1, hex, "0xFFFFFFFF"},
      {864000.0, {.style = Style::cut_off}, "864000"},
      {1e15, {.style = Style::cut_off, .unit = "W"}, "1000000000000000W"},
  };
  for (const auto& c : cases) EXPECT_EQ(format_text(c.value, c.format), c.text);
}

TEST(FormatText, PrintsTheLargestDoubleWithTheMostDecimals) {
  const double largest = std::numeric_limits<double>::max();
  EXPECT_EQ(format_text(-largest, {.decimals = 255}).size(), 1U + 309U + 1U + 255U);
  EXPECT_EQ(format_text(largest, {.style = Style::hexadecimal}).size(), 309U);
}

std::string by_the_c_library(double value, int decimals) {
  std::array<char, 400> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  const std::string text = buffer.data();
  return text.find_first_not_of("-0.") == std::string::npos && text[0] == '-' ? text.substr(1)
                                                                              : text;
}

/// The C library calculates exactly. Numbers about the middle between two texts are the hard ones.
TEST(FormatText, RoundsLikeTheCLibrary) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const auto decimals = static_cast<std::uint8_t>(random() % 6);
    const double steps = std::pow(10, decimals);
    const auto spread = std::pow(10.0, static_cast<double>(random() % 12));
    double value = static_cast<double>(random() % 2'000'001) / 1e6 - 1;  // -1 ... 1
    value *= spread;
    if (i % 2 == 0) value = (std::trunc(value * steps) + 0.5) / steps;
    if (i % 8 == 0) value = std::nextafter(value, i % 16 == 0 ? 1e300 : -1e300);
    ASSERT_EQ(format_text(value, {.decimals = decimals}), by_the_c_library(value, decimals))
        << std::hexfloat << value;
  }
}

TEST(FormatText, NeverPrintsANegativeZero) {
  EXPECT_EQ(format_text(-0.0, {.decimals = 1, .unit = "A"}), "0.0A");
  EXPECT_EQ(format_text(-0.04, {.decimals = 1, .unit = "A"}), "0.0A");
  EXPECT_EQ(format_text(-0.06, {.decimals = 1, .unit = "A"}), "-0.1A");
  EXPECT_EQ(format_text(-0.004, {.decimals = 2, .unit = "V"}), "0.00V");
  EXPECT_EQ(format_text(-0.9, {.style = Style::cut_off, .unit = "W"}), "0W");
  EXPECT_EQ(format_text(-0.4, {}), "0");
}

TEST(FormatText, ShowsDashesForWhatIsInvalid) {
  EXPECT_EQ(format_text(std::nullopt, {.unit = "V"}), "---");
  EXPECT_EQ(format_text(std::numeric_limits<double>::quiet_NaN(), {.unit = "V"}), "---");
  EXPECT_EQ(format_text(-std::numeric_limits<double>::infinity(), {}), "---");
}

TEST(FormatText, ShowsTextAsItIs) {
  EXPECT_EQ(format_text("Shed", {}), "Shed");
  EXPECT_EQ(format_text("", {}), "");
}

TEST(AppendText, KeepsWhatIsThere) {
  std::string out = "U=";
  append_text(out, 1.5, {.decimals = 1, .unit = "V"});
  EXPECT_EQ(out, "U=1.5V");
}

struct PrintableCase {
  std::string_view untrusted;
  const char* shown;
};

constexpr PrintableCase kPrintable[] = {
    {"", ""},
    {"Shed 1°", "Shed 1°"},
    {"日本 🔋", "日本 🔋"},
    {"a\nb\r\tc", "a\\x0Ab\\x0D\\x09c"},
    {"\x1b[2J\x7f", "\\x1B[2J\\x7F"},
    {std::string_view("a\0b", 3), "a\\x00b"},
    {"\xC2\x9B"
     "31m",
     "\\xC2\\x9B31m"},                             // C1: an escape sequence to some terminals
    {"caf\xE9", "caf\\xE9"},                       // Latin-1
    {"\xC3", "\\xC3"},                             // cut off
    {"\xE2\x82", "\\xE2\\x82"},                    // cut off
    {"\xC0\xAF", "\\xC0\\xAF"},                    // overlong
    {"\xE0\x80\xAF", "\\xE0\\x80\\xAF"},           // overlong
    {"\xED\xA0\x80", "\\xED\\xA0\\x80"},           // surrogate
    {"\xF4\x90\x80\x80", "\\xF4\\x90\\x80\\x80"},  // past U+10FFFF
    {"\xFF\xFE", "\\xFF\\xFE"},
    {"\x80x", "\\x80x"},
};

TEST(Printable, EscapesControlsAndBrokenUtf8) {
  for (const auto& c : kPrintable) EXPECT_EQ(printable(c.untrusted), c.shown);
}

TEST(Printable, CutsLongTextBetweenCharacters) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdefg", 6), "abcdef…");
  EXPECT_EQ(printable("abc°d", 4), "abc…");
  EXPECT_EQ(printable("abc\n", 6), "abc…");
  EXPECT_EQ(printable("abc", 0), "…");
  EXPECT_EQ(printable(std::string(1000, 'x')).size(), 80 + std::string("…").size());
}

TEST(IsBusText, AcceptsWhatDBusCarries) {
  for (const std::string_view good : {"", "Shed", "°C", "日本 🔋", "a\nb"}) {
    EXPECT_TRUE(is_bus_text(good)) << good;
  }
  for (const std::string_view bad : {"caf\xE9", "\xC3", "\xED\xA0\x80", "ok\xFF", "\xEF\xBF\xBE",
                                     "\xEF\xB7\x90", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_FALSE(is_bus_text(bad));
  }
  EXPECT_FALSE(is_bus_text(std::string_view("a\0b", 3)));
}

}  // namespace
}  // namespace dmb
