// SPDX-License-Identifier: MIT
// What a process with a status name answers to --status, and what is shown of it.
#include "../support/broken_rule.h"
#include "dmb/codec/text.h"
#include "dmb/status/health.h"
#include "dmb/status/json.h"
#include "dmb/status/render.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using namespace dmb;
using test::rule;

namespace {

/// For a terminal: lines of UTF-8, nothing that moves the cursor.
void check_page(const std::string& page) {
  rule(is_bus_text(page), "a page that is not UTF-8");
  const bool plain = std::ranges::all_of(page, [](char c) {
    return c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
  });
  rule(plain, "a control character on the page");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  const status::Parsed parsed = status::parse_process(json);
  rule(parsed.process.has_value() == parsed.trouble.empty(),
       "trouble with a status, or none without");
  if (!parsed.process) return 0;
  const std::string written = status::to_json(*parsed.process);
  rule(written.find('\n') == std::string::npos, "a status of more than a line");
  rule(status::parse_process(written).process.has_value(), "written out it cannot be read");
  status::Report report;
  report.config_file = parsed.process->config.file;
  report.processes.push_back(*parsed.process);
  const auto advice = status::advise(report);
  check_page(status::render(report, advice));
  rule(is_bus_text(status::report_json(report, advice)), "JSON that is not UTF-8");
  return 0;
}
