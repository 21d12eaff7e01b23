// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace dmb {

/// The topics that may be a battery's, and what came on each: the first payload, the longest one,
/// which mostly says the most, and the last one. Bounded.
class HeardTopics {
 public:
  struct Payloads {
    std::string first;
    std::string longest;
    std::string last;
  };

  bool has(std::string_view topic) const { return topics_.contains(topic); }
  /// False: there is no room for it. For those that are a `likely` battery's some is held back:
  /// common names alone may be anything's.
  bool keep(std::string_view topic, std::string_view payload, bool likely);
  /// nullptr: it was not heard.
  const Payloads* find(std::string_view topic) const;
  const std::map<std::string, Payloads, std::less<>>& all() const { return topics_; }

 private:
  std::map<std::string, Payloads, std::less<>> topics_;
  std::size_t bytes_ = 0;
};

}  // namespace dmb
