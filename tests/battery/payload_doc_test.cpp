// SPDX-License-Identifier: MIT
#include "dmb/battery/quantity.h"

#include <gtest/gtest.h>

#include <charconv>
#include <fstream>
#include <sstream>
#include <string>

namespace dmb {
namespace {

std::string number(double value) {
  char buffer[32];
  return {buffer,
          std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed).ptr};
}

std::string what(const ItemSpec& item) {
  if (item.kind == Kind::text) return "text | |";
  const std::string unit(unit_of(item.text));
  const std::string range = number(item.min) + " … " + number(item.max) + " |";
  if (item.kind == Kind::enumeration) return "whole number | " + range;
  if (item.kind == Kind::count) return "count" + (unit.empty() ? "" : ", " + unit) + " | " + range;
  return "number" + (unit.empty() ? "" : ", " + unit) + " | " + range;
}

/// A row of docs/payload.md; empty for the later members of a numbered family.
std::string row(const ItemSpec& item) {
  std::string key(item.path.substr(1));
  if (key.starts_with("Voltages/Cell") || key.starts_with("Balances/Cell")) {
    if (!key.ends_with("/Cell1")) return "";
    key += "` … `" + key.substr(0, key.size() - 1) + std::to_string(kMaxCells);
  } else if (key.starts_with("TimeToSoC/")) {
    if (key != "TimeToSoC/0") return "";
    key = "TimeToSoC/0`, `…/5` … `…/100";
  }
  return "| `" + key + "` | " + what(item) + "\n";
}

TEST(PayloadDoc, ListsEveryKeyAPayloadMayCarry) {
  std::string want;
  for (const ItemSpec& item : quantity_specs())
    if (has(item.traits, Trait::payload)) want += row(item);
  std::ifstream file(DMB_SOURCE_DIR "/docs/payload.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_NE(text.str().find(want), std::string::npos) << "docs/payload.md must hold this table:\n"
                                                      << want;
}

}  // namespace
}  // namespace dmb
