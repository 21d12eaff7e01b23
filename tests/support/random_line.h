// SPDX-License-Identifier: MIT
#pragma once

#include "../property/random_input.h"
#include "dmb/record/line.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace dmb::test {

/// Makes lines of a recording, of every kind, with every quantity and any bytes as text.
class RandomLine {
 public:
  explicit RandomLine(RandomInput& random) : random_(random) {}

  record::Line line() {
    record::What what;
    fill_kind(what, random_.below(std::variant_size_v<record::What>));
    return {time(), std::move(what)};
  }

  std::string text() {
    std::string out;
    const bool any_bytes = random_.one_in(4);
    for (std::size_t size = random_.below(20); size > 0; --size)
      out += any_bytes ? static_cast<char>(random_.below(256)) : letter();
    return out;
  }
  /// Never one that is not finite: those are left out.
  double number() {
    constexpr std::array kOdd{0.0, -0.0, 1e300, -1e-300, 0.1, 5.0, 4294967296.0, 1e15 + 0.5};
    if (random_.one_in(4)) return kOdd.at(random_.below(kOdd.size()));
    return random_.between(-1000, 1000) / (random_.one_in(2) ? 1 : 3);
  }

 private:
  char letter() {
    constexpr std::string_view kLetters = "abcXYZ019 \"\\/{}[]:,\n\t_.";
    return kLetters.at(random_.below(kLetters.size()));
  }
  bool flag() { return random_.one_in(2); }
  Instant time() {
    const auto half = static_cast<std::int64_t>(random_.below(1U << 31U));
    return Instant(std::chrono::nanoseconds(half * 1'000'003));
  }
  std::optional<double> maybe() {
    return random_.one_in(3) ? std::nullopt : std::optional(number());
  }
  Value value() {
    if (random_.one_in(3)) return text();
    if (flag()) return number();
    return static_cast<std::int32_t>(random_.below(1U << 31U));
  }

  template <std::size_t Kind = 0>
  void fill_kind(record::What& what, std::size_t kind) {
    if constexpr (Kind < std::variant_size_v<record::What>) {
      if (kind == Kind) return fill(what.emplace<Kind>());
      fill_kind<Kind + 1>(what, kind);
    }
  }

  void fill(auto& of_device) {
    if constexpr (requires { of_device.device; }) of_device.device = text();
  }
  void fill(record::Began& began) {
    began = {text(), std::int64_t(random_.below(2'000'000'000)), std::int64_t(random_.below(9)),
             flag()};
  }
  void fill(record::ConfigLoaded& config) {
    config = {text(), {{text(), text()}, {text(), text()}}};
  }
  void fill(record::Created& created) { created = {text(), flag()}; }
  void fill(record::Changed& changed) { changed = {text(), text()}; }
  void fill(record::Resumed& resumed) {
    resumed.device = text();
    resumed.memory.banks["b"].heard_together = random_.below(9);
    resumed.memory.settings["b"]["Switch"] = {Value(number()), flag()};
  }
  void fill(record::MessageCame& message) { message = {text(), text(), flag(), time()}; }
  void fill(record::OversizedCame& message) { message = {text(), random_.below(1U << 30U)}; }
  void fill(record::MembersCame& came) {
    came = {text(), flag(), {}, {text()}, flag()};
    for (std::size_t count = random_.below(3); count > 0; --count)
      came.members.emplace_back(random_.below(kMaxMembersSeen), member());
  }
  void fill(record::LookedAround& looked) { looked = {text(), {{text(), text()}, {text()}}}; }
  void fill(record::WishesCame& wishes) {
    wishes = {text(), {flag(), flag(), maybe(), maybe(), maybe()}, {text(), text()}};
  }
  void fill(record::FullChargeCame& came) { came = {text(), flag()}; }
  void fill(record::TodayCame& came) {
    came.device = text();
    if (flag()) came.date = std::chrono::sys_days(std::chrono::days(random_.below(40'000)));
  }
  void fill(record::MemberForgotten& forgotten) { forgotten = {text(), text()}; }
  void fill(record::Decided& decided) { decided = {text(), {flag(), limit(), limit(), limit()}}; }
  void fill(record::Gap& gap) { gap.lines = random_.below(1000); }

  std::optional<record::DecidedLimit> limit() {
    if (random_.one_in(3)) return std::nullopt;
    return record::DecidedLimit{maybe(), text()};
  }

  WatchedMember member() {
    WatchedMember out{
        .snapshot = {.capacity_ah = maybe(),
                     .values = {},
                     .standing = static_cast<Standing>(random_.below(10)),
                     .discharge_floor_percent = maybe(),
                     .id = text(),
                     .service = text(),
                     .name = text(),
                     .texts = {text(), text(), text(), text(), flag(), text(), text(), text()},
                     .fault = static_cast<Standing>(random_.below(10))},
        .place = {static_cast<MemberRole>(random_.below(3)),
                  static_cast<std::uint16_t>(random_.below(65'536)), std::nullopt},
        .register_capacity_ah = maybe(),
        .register_charged_voltage_v = maybe(),
        .register_discharge_floor_percent = maybe(),
        .discharge_floor_doubtful = flag(),
        .registers_pending = flag()};
    if (flag()) out.place.pair = static_cast<std::uint16_t>(random_.below(65'536));
    for (const MemberQuantity quantity : kAllMemberQuantities)
      out.snapshot.values[quantity] = maybe();
    for (const Quantity quantity : all_quantities())
      if (random_.one_in(20)) out.others.set(quantity, value());
    return out;
  }

  RandomInput& random_;
};

}  // namespace dmb::test
