// SPDX-License-Identifier: MIT
#include "dmb/codec/payload_key.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/quantity.h"

#include <algorithm>
#include <array>

namespace dmb {
namespace {

/// Text of a key, long enough for any item's; what does not fit is no item's.
class KeyText {
 public:
  void add(std::string_view text) {
    fits_ = fits_ && text.size() <= chars_.size() - size_;
    if (!fits_) return;
    for (const char c : text) chars_[size_++] = lower(c);
  }
  bool fits() const { return fits_; }
  std::string_view view() const { return {chars_.data(), size_}; }

 private:
  std::array<char, 64> chars_;
  std::size_t size_ = 0;
  bool fits_ = true;
};

/// Keys that other publishers send along and that say nothing about the battery; "about" is that of
/// the state that this program publishes.
bool silently_ignored(std::string_view key) {
  static constexpr std::array<std::string_view, 15> kIgnored{
      "connected",       "customname",      "deviceinstance", "devicename", "family",
      "firmwareversion", "hardwareversion", "history/clear",  "jsondata",   "history/canbecleared",
      "manufacturer",    "productid",       "productname",    "serial",     "mgmt"};
  return key.starts_with("mgmt/") || key.starts_with("about/") ||
         key.starts_with("info/chargemodedebug") ||
         std::find(kIgnored.begin(), kIgnored.end(), key) != kIgnored.end();
}

/// In lower case, with "dc/power" completed to "dc/0/power".
KeyText normal_key(std::string_view path) {
  constexpr std::string_view kDc = "dc/";
  KeyText key;
  const bool short_form = path.size() > kDc.size() &&
                          equals_ignoring_case(path.substr(0, kDc.size()), kDc) &&
                          path.find('/', kDc.size()) == std::string_view::npos;
  key.add(short_form ? "dc/0/" : "");
  key.add(short_form ? path.substr(kDc.size()) : path);
  return key;
}

/// "cell/7/volts" as "voltages/cell7", "cell/sum" as "voltages/sum".
KeyText as_voltages(std::string_view key) {
  constexpr std::string_view kCell = "cell/";
  constexpr std::string_view kVolts = "/volts";
  KeyText other;
  if (!key.starts_with(kCell)) {
    other.add(key);
    return other;
  }
  key.remove_prefix(kCell.size());
  const bool of_one_cell = key.ends_with(kVolts);
  if (of_one_cell) key.remove_suffix(kVolts.size());
  other.add(of_one_cell ? "voltages/cell" : "voltages/");
  other.add(key);
  return other;
}

/// "cell01" as "cell1".
KeyText without_leading_zeros(std::string_view key) {
  KeyText other;
  bool in_number = false;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const bool more = i + 1 < key.size() && is_digit(key[i + 1]);
    if (key[i] == '0' && !in_number && more) continue;
    in_number = is_digit(key[i]);
    other.add(key.substr(i, 1));
  }
  return other;
}

std::optional<Quantity> find_in_other_spelling(std::string_view key) {
  const KeyText as_cells = as_voltages(key);
  if (!as_cells.fits()) return std::nullopt;
  return find_payload_quantity(without_leading_zeros(as_cells.view()).view());
}

}  // namespace

PayloadKey understand_key(std::string_view path) {
  const KeyText key = normal_key(path);
  if (!key.fits()) return {};
  if (const auto id = find_payload_quantity(key.view())) return {.item = id};
  if (silently_ignored(key.view())) return {.item = std::nullopt, .ignored = true};
  return {.item = find_in_other_spelling(key.view())};
}

std::optional<Quantity> find_list_of_cells(std::string_view path) {
  if (equals_ignoring_case(path, "voltages")) return q("/Voltages/Cell1");
  if (equals_ignoring_case(path, "balances")) return q("/Balances/Cell1");
  return std::nullopt;
}

}  // namespace dmb
