// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dmb {

/// A JSON text, parsed to be looked at by several pointers. In the order of the text, one row per
/// value: no payload decides the depth of a recursion, and memory is used again for the next one.
class JsonDocument {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, text, object, list };

  struct Node {
    Kind kind = Kind::null;
    double number = 0;      ///< of a boolean 1 or 0
    std::size_t end = 0;    ///< the row behind this value and all that is in it
    std::size_t begin = 0;  ///< in the pool of texts: of the key, if it has one, and of the text
    std::size_t key_size = 0;
    std::size_t text_size = 0;
  };

  /// Objects and lists within each other; battery data has four.
  static constexpr std::size_t kMaxDepth = 16;
  /// Values in one document; a battery has some hundred.
  static constexpr std::size_t kMaxNodes = 20'000;

  /// nullopt when all went well, else what is wrong, for people. Bare words where publishers have
  /// no number (nan, -inf, unavailable) are texts.
  std::optional<std::string> parse(std::string_view text);
  /// Gives back the memory of a document larger than batteries send.
  void release_if_large();

  // Rows; 0 is the root.
  const Node& node(std::size_t at) const { return nodes_[at]; }
  std::string_view key(std::size_t at) const;
  std::string_view text(std::size_t at) const;
  /// Behind the last one inside `parent`; the first one inside is parent + 1, the next one behind
  /// `at` is node(at).end.
  std::size_t end_of(std::size_t parent) const { return nodes_[parent].end; }
  /// The member of this name, the last one said.
  std::optional<std::size_t> member(std::size_t object, std::string_view key) const;
  /// The element, from 0.
  std::optional<std::size_t> element(std::size_t list, std::size_t index) const;

 private:
  class Builder;

  std::vector<Node> nodes_;
  std::string texts_;
};

}  // namespace dmb
