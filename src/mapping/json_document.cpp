// SPDX-License-Identifier: MIT
#include "json_document.h"

#include "dmb/codec/json_repair.h"
#include "dmb/codec/text.h"

#include <nlohmann/json.hpp>

#include <array>

namespace dmb {

/// What nlohmann's parser tells of a text, as rows.
class JsonDocument::Builder {
 public:
  // What nlohmann's parser asks of a handler.
  using number_integer_t = std::int64_t;
  using number_unsigned_t = std::uint64_t;
  using number_float_t = double;
  using string_t = std::string;
  using binary_t = nlohmann::json::binary_t;

  explicit Builder(JsonDocument& out) : out_(out) {
    out_.nodes_.clear();
    out_.texts_.clear();
  }

  bool null() { return add({.kind = Kind::null}); }
  bool boolean(bool value) { return add({.kind = Kind::boolean, .number = value ? 1.0 : 0.0}); }
  bool number_integer(number_integer_t value) { return number(static_cast<double>(value)); }
  bool number_unsigned(number_unsigned_t value) { return number(static_cast<double>(value)); }
  bool number_float(number_float_t value, const string_t&) { return number(value); }
  bool string(string_t& value) { return add({.kind = Kind::text}, value); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Kind::object); }
  bool start_array(std::size_t) { return open(Kind::list); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(string_t& name) {
    key_ = name;
    return true;
  }
  bool parse_error(std::size_t position, const std::string& last_token,
                   const nlohmann::json::exception&) {
    malformed_ = true;
    error_ = "the payload is not valid JSON at byte " + std::to_string(position);
    if (!last_token.empty()) error_ += ", near " + printable(last_token, 40);
    return false;
  }

  bool malformed() const { return malformed_; }
  const std::string& error() const { return error_; }

 private:
  bool number(double value) { return add({.kind = Kind::number, .number = value}); }

  bool add(Node node, std::string_view text = {}) {
    if (out_.nodes_.size() >= kMaxNodes)
      return refuse("the payload has more values than any battery data");
    node.begin = out_.texts_.size();
    node.key_size = key_.size();
    node.text_size = text.size();
    node.end = out_.nodes_.size() + 1;
    out_.texts_.append(key_).append(text);
    out_.nodes_.push_back(node);
    key_.clear();
    return true;
  }

  bool open(Kind kind) {
    if (depth_ >= kMaxDepth)
      return refuse("the payload is nested deeper than any battery data; nothing of it is used");
    open_[depth_++] = out_.nodes_.size();
    return add({.kind = kind});
  }

  bool close() {
    out_.nodes_[open_[--depth_]].end = out_.nodes_.size();
    return true;
  }

  bool refuse(std::string_view why) {
    error_ = why;
    return false;
  }

  JsonDocument& out_;
  std::string key_;
  std::array<std::size_t, kMaxDepth> open_{};
  std::size_t depth_ = 0;
  bool malformed_ = false;
  std::string error_;
};

std::optional<std::string> JsonDocument::parse(std::string_view text) {
  Builder builder(*this);
  if (nlohmann::json::sax_parse(text, &builder)) return std::nullopt;
  if (!builder.malformed()) return builder.error();
  const std::string repaired = quote_bare_words(text);
  if (repaired.size() == text.size()) return builder.error();
  Builder second(*this);
  if (nlohmann::json::sax_parse(repaired, &second)) return std::nullopt;
  return second.malformed() ? builder.error() : second.error();
}

void JsonDocument::release_if_large() {
  constexpr std::size_t kMaxKeptNodes = 1000;
  constexpr std::size_t kMaxKeptText = 32UL * 1024;
  if (nodes_.capacity() > kMaxKeptNodes) nodes_ = {};
  if (texts_.capacity() > kMaxKeptText) texts_ = {};
}

std::string_view JsonDocument::key(std::size_t at) const {
  return std::string_view(texts_).substr(nodes_[at].begin, nodes_[at].key_size);
}

std::string_view JsonDocument::text(std::size_t at) const {
  const Node& node = nodes_[at];
  return std::string_view(texts_).substr(node.begin + node.key_size, node.text_size);
}

std::optional<std::size_t> JsonDocument::member(std::size_t object, std::string_view name) const {
  std::optional<std::size_t> found;
  for (std::size_t at = object + 1; at < end_of(object); at = end_of(at))
    if (key(at) == name) found = at;
  return found;
}

std::optional<std::size_t> JsonDocument::element(std::size_t list, std::size_t index) const {
  for (std::size_t at = list + 1; at < end_of(list); at = end_of(at))
    if (index-- == 0) return at;
  return std::nullopt;
}

}  // namespace dmb
