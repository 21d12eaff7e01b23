// SPDX-License-Identifier: MIT
#include "dmb/publish/state_message.h"

#include "dmb/battery/shortest.h"
#include "dmb/device/change.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace dmb {
namespace {

/// Writes members of nested objects, those of one object one after the other.
class NestedObject {
 public:
  explicit NestedObject(std::string& out) : out_(out) { out_ += '{'; }

  /// The key of the member at `path`, "/Dc/0/Voltage"; its value has to follow.
  void begin_member(std::string_view path) {
    const std::size_t last = path.rfind('/');
    enter(path.substr(0, last));
    begin_key(path.substr(last + 1));
  }
  void end() {
    leave_to(0);
    out_ += '}';
  }

 private:
  /// Closes and opens objects until those of `path` are open, "/Dc/0".
  void enter(std::string_view path) {
    while (!path.starts_with(open_)) leave_to(open_.rfind('/'));
    while (path.size() > open_.size()) {
      const std::size_t begin = open_.size() + 1;
      const std::size_t end = std::min(path.find('/', begin), path.size());
      begin_key(path.substr(begin, end - begin));
      out_ += '{';
      open_ = path.substr(0, end);
    }
  }

  void leave_to(std::size_t size) {
    out_.append(static_cast<std::size_t>(std::count(
                    open_.begin() + static_cast<std::ptrdiff_t>(size), open_.end(), '/')),
                '}');
    open_ = open_.substr(0, size);
  }

  void begin_key(std::string_view key) {
    if (out_.back() != '{') out_ += ',';
    out_ += '"';
    out_ += key;
    out_ += "\":";
  }

  std::string& out_;
  std::string_view open_;  ///< path of the innermost open object; empty: the root
};

void append(std::string& out, const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value))
    out += nlohmann::json(*text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  else if (const auto* number = std::get_if<double>(&value))
    out += shortest(*number);
  else
    out += shortest(std::get<std::int32_t>(value));
}

}  // namespace

std::string state_message(const ItemValues& values, std::string_view about) {
  std::string message;
  message.reserve(4096);
  NestedObject object(message);
  for (const Quantity id : values.existing()) {
    const ItemSpec& item = id.spec();
    if (!values[id].value || !has(item.traits, Trait::payload)) continue;
    object.begin_member(item.path);
    append(message, *as_published(values[id].value, item));
  }
  if (!about.empty()) {
    object.begin_member("/About");
    message += about;
  }
  object.end();
  return message;
}

}  // namespace dmb
