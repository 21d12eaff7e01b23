// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>

namespace dmb::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

/// How many cases of `count` a test tries: sanitizers make each ten times slower, and look for what
/// the first ones show as well. The plain build tries them all.
template <std::integral T>
constexpr T in_scale(T count) {
  constexpr T kPart = 5;
  return kSanitized ? (count + kPart - 1) / kPart : count;
}

}  // namespace dmb::test
