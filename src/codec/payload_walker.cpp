// SPDX-License-Identifier: MIT
#include "payload_walker.h"

#include "dmb/battery/letter_case.h"
#include "dmb/battery/quantity.h"
#include "dmb/codec/field.h"
#include "dmb/codec/payload_key.h"
#include "dmb/codec/text.h"

#include <algorithm>

namespace dmb {

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

bool PayloadWalker::scalar_at_root(std::string_view what) {
  root_ = what;
  return false;
}

/// True where values are passed over: inside arrays, and beside a {"value": …} wrapper.
bool PayloadWalker::not_battery_data() const {
  if (array_depth_ > 0) return true;
  return wrapper_ == Wrapper::done || (wrapper_ == Wrapper::inside && depth_ == 1);
}

std::optional<Quantity> PayloadWalker::item_here() {
  const PayloadKey key = understand_key(path());
  if (!key.item && !key.ignored) say_unknown(std::string(path()));
  return key.item;
}

/// The item of the next value in a list of cells.
std::optional<Quantity> PayloadWalker::item_in_list() {
  if (!cells_ || array_depth_ != 1 || depth_ != cells_->depth) return std::nullopt;
  const int index = cells_->next++;
  if (index < kMaxCells) return cells_->first.after(static_cast<std::size_t>(index));
  if (index == kMaxCells) say_unknown(std::string(path()) + " beyond the 128th");
  return std::nullopt;
}

void PayloadWalker::say_unknown(std::string key) {
  constexpr std::size_t kMaxShown = 120;
  key.resize(std::min(key.size(), kMaxShown));
  out_->add_unknown_key(std::move(key));
}

void PayloadWalker::note(std::optional<Quantity> id) {
  if (notes_ == nullptr) return;
  if (id && out_->find(*id) != nullptr) notes_->in_order = false;
  notes_->items.push_back(id);
}

template <typename Set>
bool PayloadWalker::scalar(std::string_view what, Set set) {
  if (depth_ == 0 && array_depth_ == 0) return scalar_at_root(what);
  if (wrapper_ == Wrapper::expected && array_depth_ == 0)
    return scalar_at_root("{\"value\": " + std::string(what) + "}");
  const auto id = not_battery_data() ? item_in_list() : item_here();
  note(id);
  if (id) set(*id, id->spec());
  return true;
}

bool PayloadWalker::null() {
  if (wrapper_ == Wrapper::expected && array_depth_ == 0) {
    wrapped_null_ = true;
    wrapper_ = Wrapper::done;
    return true;
  }
  return scalar("null", [this](Quantity id, const ItemSpec&) { out_->set(id, std::nullopt); });
}

bool PayloadWalker::boolean(bool value) {
  return scalar("true or false", [this, value](Quantity id, const ItemSpec& item) {
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
  return scalar("a bare number", [this, value](Quantity id, const ItemSpec& item) {
    set_number(*out_, id, item, value);
  });
}

bool PayloadWalker::string(string_t& value) {
  if (wrapper_ == Wrapper::expected && array_depth_ == 0) {
    wrapped_text_ = std::move(value);
    wrapper_ = Wrapper::done;
    return true;
  }
  return scalar("a bare text", [this, &value](Quantity id, const ItemSpec& item) {
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
  if (const auto id = item_in_list()) out_->set_bad(*id, "is an object");
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
  begin_list();
  ++array_depth_;
  return true;
}

void PayloadWalker::begin_list() {
  const bool passed_over = not_battery_data();
  if (!passed_over)
    if (const auto first = find_list_of_cells(path())) {
      cells_ = ListOfCells{*first, depth_, 0};
      return;
    }
  if (const auto id = passed_over ? item_in_list() : item_here()) out_->set_bad(*id, "is a list");
}

bool PayloadWalker::end_array() {
  if (--array_depth_ == 0) cells_.reset();
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
