// SPDX-License-Identifier: MIT
#include "payload_walker.h"

#include "dmb/codec/field.h"
#include "dmb/codec/text.h"
#include "dmb/domain/battery_items.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace dmb {
namespace {

constexpr std::size_t kMaxKey = 64;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::equal(text.begin(), text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return lower(a) == b; });
}

/// Keys that other publishers send along and that say nothing about the battery (contract 7.4).
bool silently_ignored(std::string_view key) {
  static constexpr std::array<std::string_view, 16> kIgnored{"connected",
                                                             "customname",
                                                             "deviceinstance",
                                                             "devicename",
                                                             "errorcode",
                                                             "family",
                                                             "firmwareversion",
                                                             "hardwareversion",
                                                             "history/clear",
                                                             "jsondata",
                                                             "history/canbecleared",
                                                             "manufacturer",
                                                             "productid",
                                                             "productname",
                                                             "serial",
                                                             "mgmt"};
  return key.starts_with("mgmt/") || key.starts_with("info/chargemodedebug") ||
         std::find(kIgnored.begin(), kIgnored.end(), key) != kIgnored.end();
}

/// `path` in lower case with "dc/power" completed to "dc/0/power". nullopt when it is too long to
/// be any item's.
std::optional<std::string_view> normal_key(std::string_view path,
                                           std::array<char, kMaxKey>& buffer) {
  if (path.size() + 2 > buffer.size()) return std::nullopt;
  std::size_t size = 0;
  for (const char c : path) buffer[size++] = lower(c);
  const std::string_view key(buffer.data(), size);
  if (!key.starts_with("dc/") || key.find('/', 3) != std::string_view::npos) return key;
  std::copy_backward(buffer.data() + 3, buffer.data() + size, buffer.data() + size + 2);
  buffer[3] = '0';
  buffer[4] = '/';
  return std::string_view(buffer.data(), size + 2);
}

}  // namespace

PayloadWalker::PayloadWalker(Reading& out, Layer layer, ScalarNotes* notes)
    : out_(&out), layer_(layer), notes_(notes) {
  if (notes_ != nullptr) notes_->begin();
}

PayloadWalker PayloadWalker::restarted() const {
  out_->clear();
  PayloadWalker other(*out_, layer_, notes_);
  if (notes_ != nullptr) notes_->in_order = false;
  return other;
}

bool PayloadWalker::is_non_finite(std::string_view word) {
  if (word == "NaN" || word == "Infinity" || word == "-Infinity") return true;
  double number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  // Out of range is overflow or underflow; the shortest way to tell is the exponent's sign.
  return error == std::errc::result_out_of_range && end == word.data() + word.size() &&
         word.find("e-") == std::string_view::npos && word.find("E-") == std::string_view::npos;
}

bool PayloadWalker::scalar_at_root(std::string_view what) {
  root_ = what;
  return false;
}

/// True where values are passed over: inside arrays, and beside a {"value": …} wrapper.
bool PayloadWalker::not_battery_data() const {
  if (array_depth_ > 0) return true;
  return wrapper_ == Wrapper::done || (wrapper_ == Wrapper::inside && depth_ == 1);
}

std::optional<ItemId> PayloadWalker::item_here() {
  std::array<char, kMaxKey> buffer;
  const auto key = normal_key(path(), buffer);
  if (key) {
    if (const auto id = find_payload_item(*key)) return id;
    if (silently_ignored(*key)) return std::nullopt;
  }
  constexpr std::size_t kMaxShown = 120;
  out_->add_unknown_key(std::string(path().substr(0, kMaxShown)));
  return std::nullopt;
}

void PayloadWalker::note(std::optional<ItemId> id) {
  if (notes_ == nullptr) return;
  if (id && out_->find(*id) != nullptr) notes_->in_order = false;
  notes_->items.push_back(id);
}

template <typename Set>
bool PayloadWalker::scalar(std::string_view what, Set set) {
  if (depth_ == 0 && array_depth_ == 0) return scalar_at_root(what);
  if (wrapper_ == Wrapper::expected && array_depth_ == 0)
    return scalar_at_root("{\"value\": " + std::string(what) + "}");
  const auto id = not_battery_data() ? std::nullopt : item_here();
  note(id);
  if (id) set(*id, battery_items()[*id]);
  return true;
}

bool PayloadWalker::null() {
  if (wrapper_ == Wrapper::expected && array_depth_ == 0) {
    wrapped_null_ = true;
    wrapper_ = Wrapper::done;
    return true;
  }
  return scalar("null", [this](ItemId id, const ItemSpec&) { out_->set(id, std::nullopt); });
}

bool PayloadWalker::boolean(bool value) {
  return scalar("true or false", [this, value](ItemId id, const ItemSpec& item) {
    set_boolean(*out_, id, item, value);
  });
}

bool PayloadWalker::number_integer(number_integer_t value) {
  return number_float(static_cast<double>(value), {});
}

bool PayloadWalker::number_unsigned(number_unsigned_t value) {
  return number_float(static_cast<double>(value), {});
}

bool PayloadWalker::number_float(number_float_t value, const string_t&) {
  return scalar("a bare number", [this, value](ItemId id, const ItemSpec& item) {
    set_number(*out_, id, item, value);
  });
}

bool PayloadWalker::string(string_t& value) {
  if (wrapper_ == Wrapper::expected && array_depth_ == 0) {
    wrapped_text_ = std::move(value);
    wrapper_ = Wrapper::done;
    return true;
  }
  return scalar("a bare text", [this, &value](ItemId id, const ItemSpec& item) {
    set_string(*out_, id, item, value);
  });
}

bool PayloadWalker::binary(binary_t&) {
  return scalar_at_root("binary data");
}

bool PayloadWalker::start_object(std::size_t) {
  if (depth_ + array_depth_ >= kMaxDepth) {
    too_deep_ = true;
    return false;
  }
  ++depth_;
  if (wrapper_ == Wrapper::expected && array_depth_ == 0) {
    wrapper_ = Wrapper::inside;
    path_size_ = 0;
  }
  path_ends_[depth_ - 1] = path_size_;
  return true;
}

bool PayloadWalker::key(string_t& name) {
  if (array_depth_ > 0) return true;
  path_size_ = path_ends_[depth_ - 1];
  std::string_view element = name;
  while (element.starts_with('/')) element.remove_prefix(1);
  if (depth_ == 1 && layer_ == Layer::outer && equals_ignoring_case(element, "value")) {
    out_->clear();  // beside a wrapper nothing else counts
    if (notes_ != nullptr) notes_->in_order = false;
    wrapper_ = Wrapper::expected;
    wrapped_null_ = false;
    wrapped_text_.reset();
    return true;
  }
  if (path_size_ > 0) extend_path("/");
  extend_path(element);
  return true;
}

void PayloadWalker::extend_path(std::string_view text) {
  const std::size_t size = std::min(text.size(), kMaxPath - path_size_);
  std::copy_n(text.begin(), size, path_text_.begin() + static_cast<std::ptrdiff_t>(path_size_));
  path_size_ += size;
}

bool PayloadWalker::end_object() {
  --depth_;
  path_size_ = path_ends_[depth_];
  if (wrapper_ == Wrapper::inside && depth_ == 1) wrapper_ = Wrapper::done;
  return true;
}

bool PayloadWalker::start_array(std::size_t) {
  if (depth_ == 0 && array_depth_ == 0) return scalar_at_root("a list");
  if (wrapper_ == Wrapper::expected) return scalar_at_root("{\"value\": a list}");
  if (depth_ + array_depth_ >= kMaxDepth) {
    too_deep_ = true;
    return false;
  }
  if (!not_battery_data())
    if (const auto id = item_here()) out_->set_bad(*id, "is a list");
  ++array_depth_;
  return true;
}

bool PayloadWalker::end_array() {
  --array_depth_;
  return true;
}

bool PayloadWalker::parse_error(std::size_t position, const std::string& last_token,
                                const nlohmann::json::exception&) {
  malformed_ = true;
  error_ = "the payload is not valid JSON at byte " + std::to_string(position);
  if (!last_token.empty()) error_ += ", near " + printable(last_token, 40);
  return false;
}

}  // namespace dmb
