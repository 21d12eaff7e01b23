// SPDX-License-Identifier: MIT
// A line of a recording, which may come from anybody. What is read of it can be written again,
// and masked.
#include "../support/broken_rule.h"
#include "dmb/record/line_text.h"
#include "dmb/record/masker.h"

#include <cstdint>
#include <string>
#include <string_view>

using namespace dmb;
using test::rule;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  record::Masker masker;
  static_cast<void>(masker.learn_config(text));
  static_cast<void>(masker.mask_config(text));
  const auto line = record::parse_line(text);
  if (!line) {
    static_cast<void>(record::is_of_other_version(text));
    return 0;
  }
  rule(!record::is_of_other_version(text), "a line that is read is of another version");
  const std::string written = record::to_text(*line);
  rule(written.find('\n') == std::string::npos, "a line of several lines");
  const auto back = record::parse_line(written);
  rule(back && record::to_text(*back) == written, "a line that is not read as it was written");
  static_cast<void>(masker.learn(*line));
  const std::string masked = record::to_text(masker.mask(*line));
  rule(record::parse_line(masked).has_value(), "a masked line that is none");
  return 0;
}
