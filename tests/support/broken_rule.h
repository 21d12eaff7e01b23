// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

namespace dmb::test {

/// Something that must hold for every input did not. A fuzzer dies of it, a property test reports
/// it with the seed of its input.
class BrokenRule : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

inline void rule(bool holds, const std::string& what) {
  if (!holds) throw BrokenRule(what);
}

/// For rules whose text is worth making only when they are broken.
template <typename Describe>
void rule_with(bool holds, Describe describe) {
  if (!holds) throw BrokenRule(describe());
}

}  // namespace dmb::test
