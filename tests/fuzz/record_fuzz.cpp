// SPDX-License-Identifier: MIT
// A line of a recording, which may come from anybody. What is read of it can be written again.
#include "../support/broken_rule.h"
#include "dmb/record/line_text.h"

#include <cstdint>
#include <string>
#include <string_view>

using namespace dmb;
using test::rule;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
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
  return 0;
}
