// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

namespace dmb::fuzz {

/// Draws values from a fuzzer's input; zeros when it has run out.
class InputBytes {
 public:
  InputBytes(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

  bool empty() const { return at_ >= size_; }
  std::uint8_t byte() { return empty() ? std::uint8_t{0} : data_[at_++]; }
  bool flag() { return byte() % 2 == 1; }
  std::size_t below(std::size_t limit) { return byte() % limit; }

  template <typename Integer>
  Integer integer() {
    Integer value{};
    for (std::size_t i = 0; i < sizeof value; ++i)
      value = static_cast<Integer>(static_cast<std::uint64_t>(value) << 8U | byte());
    return value;
  }

  /// Every kind of double: what batteries measure, edges, and any bits at all.
  double real() {
    using Limits = std::numeric_limits<double>;
    constexpr std::array kOdd{0.0,
                              -0.0,
                              1.0,
                              2.0,
                              100.0,
                              0.5,
                              1e-300,
                              Limits::denorm_min(),
                              Limits::max(),
                              -Limits::max(),
                              Limits::infinity(),
                              -Limits::infinity(),
                              Limits::quiet_NaN(),
                              2147483647.0,
                              1e6,
                              -1e6};
    switch (below(4)) {
      case 0:
        return kOdd[below(kOdd.size())];
      case 1:
        return std::bit_cast<double>(integer<std::uint64_t>());
      case 2:
        return integer<std::int16_t>() / 10.0;
      default:
        return integer<std::int8_t>();
    }
  }

  std::string text(std::size_t max_size) {
    const std::size_t size = std::min({below(256), max_size, size_ - std::min(at_, size_)});
    std::string out(reinterpret_cast<const char*>(data_) + std::min(at_, size_), size);
    at_ += size;
    return out;
  }

 private:
  const std::uint8_t* data_;
  std::size_t size_;
  std::size_t at_ = 0;
};

}  // namespace dmb::fuzz
